"""Whether Keras finds a class by the module and the registered name that a file states beside it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from ..model import JSON, Dialect, Kind

MODELS: Mapping[str, Kind] = {"Functional": "functional", "Model": "functional", "Sequential": "sequential"}
"""Keras's own classes of models; Keras 1 and 2 called a Functional `Model`."""

HOMES = {"Functional": "keras.src.models.functional", "Sequential": "keras", "Model": "keras.src.models.functional"}
"""Where Keras 3 finds its own classes of models; all others live in `keras.layers`."""


class Lost(NamedTuple):
    """Why Keras does not find a class: the key that is to blame, and how the sentence about the layer goes on."""

    code: str
    key: str
    says: str
    hint: str


_ABSENT = object()


def lost(
    entry: Mapping[str, JSON], dialect: Dialect, *, is_legacy: bool = False, is_inside: bool = False
) -> Lost | None:
    """What keeps Keras from finding the class of an entry; None where nothing does, or where the class is a user's.

    `is_legacy`: written by Keras 3 without modules. `is_inside`: of a layer inside of another, which always has one.

    Source: Keras 3, `serialization_lib._retrieve_class_or_fn`. tf_keras looks at no more than null.
    """
    module, registered = entry.get("module", _ABSENT), entry.get("registered_name")
    if registered.__class__ in (dict, list):
        return Lost("GC102", "registered_name", "has a registered_name that is no text", "remove it")
    cls = entry.get("class_name")
    is_users = isinstance(registered, str) and (
        ">" in registered or (registered != "" and not module and cls not in MODELS)
    )
    if dialect == "keras2":
        is_null = module is None and not is_users
        return (
            Lost("GC101", "module", "has module null, which Keras takes for a user's class", _REMOVE)
            if is_null
            else None
        )
    if is_users or is_legacy or (module is _ABSENT and not is_inside):
        return None
    hint = f'write "module": "{HOMES.get(str(cls), "keras.layers")}"'
    if module is _ABSENT:
        return Lost("GC101", "module", "has no module, and Keras 3 needs it to find the class", hint)
    if not isinstance(module, str):
        if module is None:
            return Lost("GC101", "module", "has module null, and Keras 3 needs it to find the class", hint)
        return Lost("GC102", "module", "has a module that is no text", hint)
    if module == "":
        return Lost("GC101", "module", "has an empty module, and Keras 3 needs it to find the class", hint)
    public = _PUBLIC.get(str(cls), ("keras.layers",))
    if module in public:
        if registered and registered != cls:
            says = f"is Keras's own {str(cls)[:80]}, and has another registered_name"
            return Lost("GC201", "registered_name", says, "set registered_name to null")
        return None
    root, _, rest = module.partition(".")
    if str(cls) in MODELS and rest.startswith(("src.engine.", "src.models.")) and rest not in _ROOMS_OF_MODELS:
        return Lost("GC201", "module", f"is of module {module[:80]}, which Keras 3 does not have", hint)
    if cls == "Sequential" and rest.startswith("src.models.functional"):
        return Lost("GC201", "module", f"is of class {module}.Sequential, which Keras 3 does not have", hint)
    if root in ("tf_keras", "tensorflow") or (root == "keras" and not rest.startswith(("src", "ops"))):
        return Lost("GC201", "module", f"is of class {module[:80]}.{str(cls)[:80]}, which Keras 3 does not have", hint)
    return None


def is_no_model(entry: Mapping[str, JSON], dialect: Dialect) -> bool:
    """Whether an entry with the form of a model names a class that is neither one of Keras's models nor a user's.

    tf_keras gives such a name back as it stands, outermost, and refuses it inside of a model, as Keras 3 does anywhere.
    """
    cls, registered = entry.get("class_name"), entry.get("registered_name")
    if not isinstance(cls, str) or cls in MODELS or dialect == "keras1":
        return False
    module = entry.get("module")
    if any(">" in name for name in (cls, registered) if isinstance(name, str)):
        return False
    if isinstance(module, str) and module:
        return module.partition(".")[0] in _ROOTS
    return not registered


_ROOTS = ("keras", "tf_keras", "tensorflow")
_REMOVE = "remove the module, or name the class's own"
_ROOMS_OF_MODELS = frozenset({f"src.models.{name}" for name in ("functional", "model", "sequential", "cloning")})
_PUBLIC = {"Sequential": ("keras", "keras.models"), "Model": ("keras", "keras.models"), "Functional": ()}
