"""What in a file could run code, read files, reach the network or exhaust memory, in which Keras, and the way out.

Nothing of it is run, imported, opened or fetched here. Each danger is a diagnostic (GC801 to GC806) and, where it
stands in the config, a change that puts a placeholder of a name in its place.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import Any, NamedTuple, TypeAlias

from .bytecode import names_in
from .contents import ADDRESS, Beside
from .diagnostics import Diagnostic, Place, Related
from .inference import Inference, inside_out
from .model import BESIDE_MODEL, JSON
from .patch import Patch, put, value_at
from .report import activation_bytes, weigh
from .source import Limits, escape, load

PACKAGE = "layerwright"
"""The package that placeholders are registered under: `layerwright>LambdaPlaceholder`."""
MOST_BYTES = 64 * 2**30
"""Memory that a layer's weights, or its output for one sample, take without a word: no published model has so much."""
MOST_TOLD = 12
"""Names and texts of bytecode that are told."""
MOST_CODE = 4_000_000
"""Characters of bytecode that are looked through."""

# Which Keras does it: from the advisories and the code of Keras's tags (docs/safety.md).
_LAMBDA = (
    "Keras 3 runs it with safe_mode=False, before 3.11.3 from an .h5 in safe mode too (CVE-2025-9905); tf_keras from an"
    " .h5 or a SavedModel (CVE-2024-3660)"
)
_IMPORTED = (
    "Keras 3.0 to 3.8 and tf_keras import the module and take what is named, in safe mode too (CVE-2025-1550); later"
    " ones import Keras's own packages"
)
_CALLED = (
    "Keras 3.0 to 3.10 calls it, in safe mode too (CVE-2025-8747, CVE-2025-9906); 3.11 refuses what loads or fetches,"
    " 3.12.3 and 3.15 more of them"
)
_PICKLED = "Keras 3 reads it with PyTorch, before 3.11.3 in safe mode too (CVE-2025-49655)"
_TF_CALLED = "TensorFlow's functions are called by name while tf_keras loads the file; Keras 3 has no such layer"
_READ = "Keras opens it while it makes the layer, before 3.12 in safe mode too (CVE-2025-12058), and so does tf_keras"
_HANDED_ON = "Keras hands it on to what the class does with it"
_SAVED = (
    "Keras 3 loads what stands there with safe_mode=False, before 3.12.1 and in 3.13.0 and 3.13.1 in safe mode too"
    " (CVE-2026-1462); its graph may read and write files"
)

# Keras's modules whose functions are no parts of a model.
_TOOLS = frozenset(
    {"backend", "callbacks", "config", "datasets", "distribution", "export", "models", "saving", "tree", "utils"}
)
_OURS = ("keras", "tf_keras", "tensorflow")
# Functions of TensorFlow that reach out of the graph.
_OUTSIDE = re.compile(
    r"(?:^|\.)(?:compat|data|debugging|distribute|get_file|gfile|io|load_library|load_op_library|numpy_function|print"
    r"|py_function|raw_ops|saved_model|summary|sysconfig|train)(?:\.|$)"
)
# Arguments that name a file or a folder.
_PATHS = frozenset(
    {
        "cache_dir",
        "directory",
        "file",
        "filename",
        "filepath",
        "fname",
        "model_path",
        "origin",
        "path",
        "vocabulary",
    }
)
# What stands in a safe copy where a path or an address stood.
_NOWHERE = "placeholder"
# What Keras 3 serializes a function as: its config is the name.
_NAMED_BY_CONFIG = frozenset({"function"})
# What a placeholder keeps of a layer's config.
_KEPT = ("name", "trainable", "dtype", "batch_input_shape")


class Danger(NamedTuple):
    """What a file could do. `patch` takes it out of the config; `member` is a file of an archive that is left out."""

    diagnostic: Diagnostic
    patch: Patch = ()
    member: str | None = None


def dangers_in(value: JSON) -> list[Danger]:
    """What a config could do, in its order; every object of it is looked at, at any depth."""
    return list(_Walk(value).found())


def dangers_of(inference: Inference) -> list[Danger]:
    """The layers whose weights or outputs would exhaust memory."""
    return [Danger(diagnostic) for diagnostic in _huge(inference)]


def dangers_beside(beside: Beside, limits: Limits) -> list[Danger]:
    """What stands beside the config in an archive, a SavedModel or an HDF5 file."""
    found = [
        Danger(Diagnostic(one.code, one.says, Place("", member=one.member), hint=one.hint), member=one.member)
        for one in beside.found
    ]
    for member, why in beside.unread:
        says = f"{member[:200]} was not looked through: {why}"
        unread = Diagnostic("GC806", says, Place("", member=member), hint="look at it by other means")
        found.append(Danger(unread, member=member))
    for member, text in beside.configs:
        source, _ = load(text, replace(limits, bytes=limits.member_bytes), member)
        for danger in [] if source is None or source.value is None else dangers_in(source.value):
            at = replace(danger.diagnostic.at, member=member)
            found.append(Danger(replace(danger.diagnostic, at=at), member=member))
    return found


class _Object(NamedTuple):
    """A serialized object: what it is, where it stands, and in which layer."""

    said: Mapping[str, JSON]
    pointer: str
    layer: str | None

    @property
    def cls(self) -> str:
        return str(self.said["class_name"])

    @property
    def config(self) -> Mapping[str, JSON]:
        config = self.said.get("config")
        return config if isinstance(config, dict) else {}

    @property
    def who(self) -> str:
        """How a message names it."""
        cls = self.cls.strip("_").capitalize() if self.cls.startswith("__") else self.cls[:80]
        return cls if self.layer is None else f'{cls} "{self.layer[:80]}"'

    def danger(self, code: str, says: str, hint: str, related: tuple[Related, ...] = ()) -> Danger:
        """A danger that goes when a placeholder takes the object's place."""
        at = Place(self.pointer, self.layer)
        return Danger(Diagnostic(code, f"{self.who} {says}", at, related, hint), self.placeholder())

    def placeholder(self) -> Patch:
        """A class of a name of ours in its place, with nothing of its config but what every layer has."""
        word = re.sub(r"[^A-Za-z0-9_]", "", self.cls)[:60].strip("_") or "Object"
        name = f"{word[:1].upper()}{word[1:]}Placeholder"
        kept = {key: self.config[key] for key in _KEPT if key in self.config}
        if "module" not in self.said and "registered_name" not in self.said:  # Keras 2 finds a class by this alone
            return (put(f"{self.pointer}/class_name", f"{PACKAGE}>{name}"), put(f"{self.pointer}/config", kept))
        return (
            put(f"{self.pointer}/module", None),
            put(f"{self.pointer}/class_name", name),
            put(f"{self.pointer}/config", kept),
            put(f"{self.pointer}/registered_name", f"{PACKAGE}>{name}"),
        )


# --- what a class holds -----------------------------------------------------------------------------------------------


def _lambda(held: _Object) -> Danger | None:
    code = held.config.get("code")
    return _code(held, [code] if isinstance(code, str) else [])


def _lambda_layer(held: _Object) -> Danger | None:
    codes = []
    for key in ("function", "output_shape", "mask"):
        value, kind = held.config.get(key), held.config.get(f"{key}_type")
        if isinstance(value, dict) and value.get("class_name") == "__lambda__":
            inner = value.get("config")
            codes.append(inner.get("code") if isinstance(inner, dict) else None)
        elif kind == "lambda" or (isinstance(value, list) and len(value) == 3 and isinstance(value[0], str)):
            codes.append(value[0] if isinstance(value, list) and value else value)
    return _code(held, [code for code in codes if isinstance(code, str)]) if codes else None


def _code(held: _Object, codes: list[str]) -> Danger:
    names: dict[str, None] = {}
    texts: dict[str, None] = {}
    is_followed = bool(codes)
    for code in codes:
        named = names_in(_decoded(code))
        if named is None:
            is_followed = False
        else:
            names.update(dict.fromkeys(named.names))
            texts.update(dict.fromkeys(named.texts))
    at = Place(held.pointer, held.layer)
    related = []
    if names:
        related.append(Related("names", at, _listed(list(names))))
    if texts:
        related.append(Related("texts", at, _listed([_shown(text) for text in texts])))
    if not is_followed:
        return held.danger("GC801", "holds bytecode that cannot be followed", _LAMBDA, tuple(related))
    uses = f" that uses {_listed(list(names))}" if names else ""
    return held.danger("GC801", f"holds Python bytecode{uses}", _LAMBDA, tuple(related))


def _torch(held: _Object) -> Danger | None:
    return held.danger("GC801", "holds a pickle, which runs code when it is read", _PICKLED)


def _saved_model(held: _Object) -> Danger | None:
    return held.danger("GC803", f"loads a SavedModel from {_shown(held.config.get('filepath'))}", _SAVED)


def _function(held: _Object) -> Danger | None:
    name = held.config.get("function", held.config.get("name"))
    if not isinstance(name, str) or not _OUTSIDE.search(name):
        return None
    return held.danger("GC801", f"calls TensorFlow's {name[:80]}", _TF_CALLED)


_HOLDING: Mapping[str, Callable[[_Object], Danger | None]] = {
    "__lambda__": _lambda,
    "Lambda": _lambda_layer,
    "TorchModuleWrapper": _torch,
    "TFSMLayer": _saved_model,
    **dict.fromkeys(("TFOpLambda", "ClassMethod", "InstanceMethod", "TensorFlowOpLayer"), _function),
}
"""Classes of Keras that hold code, or name it."""


# --- the walk ---------------------------------------------------------------------------------------------------------


_PLAIN = frozenset({str, int, float, bool, type(None)})


def _is_plain(value: JSON) -> bool:
    """Whether a value is a list in which no object can be."""
    return isinstance(value, list) and _PLAIN.issuperset(map(type, value))


_Way: TypeAlias = "tuple[_Way, str | int] | None"
"""How a value is reached: the way to what it lies in, and its key there. Of most values nobody asks the pointer."""


def _pointer(way: _Way) -> str:
    parts = []
    while way is not None:
        way, key = way
        parts.append(f"/{key if isinstance(key, int) else escape(key)}")
    return "".join(reversed(parts))


class _Walk:
    """A config, gone through without recursion."""

    def __init__(self, value: JSON) -> None:
        self.value = value
        self.homes: dict[tuple[str, str], list[tuple[str, str | None]]] = {}
        self.known: set[tuple[str | None, str]] = set()  # modules and classes of which nothing is to be said

    def found(self) -> Iterator[Danger]:
        """The dangers; modules come last, each with all that name it."""
        start = self.value
        if isinstance(start, dict) and "layerwright" in start:
            start = {key: value for key, value in start.items() if key not in BESIDE_MODEL}
        # What is no JSON, or a number alone, has nothing in it.
        waiting: list[tuple[JSON, _Way, str | None]] = [(start, None, None)] if isinstance(start, (dict, list)) else []
        clean: set[int] = set()  # the reader holds what stands again as one object
        while waiting:
            value, way, layer = waiting.pop()
            is_clean = True
            if isinstance(value, dict) and "class_name" in value:
                layer = _name_of(value) or layer
                is_clean = self._is_known(value)
                danger = None if is_clean else self._object(_Object(value, _pointer(way), layer))
                if danger is not None:
                    yield danger
                    continue
            inner: list[tuple[JSON, _Way, str | None]] = []
            for key, one in value.items() if isinstance(value, dict) else enumerate(value):
                if one.__class__ is str:
                    if isinstance(key, str) and (":" in one or key in _PATHS) and _is_danger(key, one):
                        is_clean = False
                        yield _text(key, one, _pointer((way, key)), layer)
                elif isinstance(one, (dict, list)) and id(one) not in clean and not _is_plain(one):
                    inner.append((one, (way, key), layer))
            if inner:
                waiting += reversed(inner)
            elif is_clean:
                clean.add(id(value))
        yield from self._modules()

    def _is_known(self, said: Mapping[str, JSON]) -> bool:
        """Whether an object is of a class of Keras that was found to be none of those that are looked at, as most."""
        cls, module = said["class_name"], said.get("module")
        return cls.__class__ is str and (module is None or module.__class__ is str) and (module, cls) in self.known

    def _object(self, held: _Object) -> Danger | None:
        """The danger that a serialized object is as a whole."""
        if not isinstance(held.said["class_name"], str):
            return None
        holding = _HOLDING.get(held.cls)
        if holding is not None and (danger := holding(held)) is not None:
            return danger
        module, config = held.said.get("module"), held.said.get("config")
        if not isinstance(module, str):
            if module is None and holding is None:
                self.known.add((None, held.cls))
            return None
        is_function = held.cls in _NAMED_BY_CONFIG and isinstance(config, str)
        name = str(config) if is_function else held.cls
        root, *rooms = module.split(".")
        if root == "builtins" and not is_function:
            return held.danger("GC801", "is a function of Python itself", _IMPORTED)
        if root in _OURS and name[:1].islower() and _TOOLS.intersection(rooms):
            code = "GC804" if name == "get_file" else "GC801"
            return held.danger(code, f"calls {module[:80]}.{name[:80]}", _CALLED)
        if root not in (*_OURS, "builtins"):
            self.homes.setdefault((module, name), []).append((held.pointer, held.layer))
        elif holding is None and held.cls not in _NAMED_BY_CONFIG:
            self.known.add((module, name))
        return None

    def _modules(self) -> Iterator[Danger]:
        """Modules that are not Keras's: what they are named for stays, under the name that it is registered by."""
        for (module, name), places in self.homes.items():
            pointer, layer = places[0]
            many = f", in {len(places):,} places" if len(places) > 1 else ""
            says = f"Module {module[:80]} is named as the home of {name[:80]}{many}"
            changes = []
            for at, _ in places:
                said = value_at(self.value, f"{at}/registered_name")
                changes.append(put(f"{at}/module", None))
                if not isinstance(said, str) or not said:
                    changes.append(put(f"{at}/registered_name", f"{PACKAGE}>{name}"))
            yield Danger(Diagnostic("GC802", says, Place(f"{pointer}/module", layer), hint=_IMPORTED), tuple(changes))


def _is_danger(key: str, text: str) -> bool:
    """Whether a text among arguments is an address, or a path."""
    return text not in ("", _NOWHERE) and (key in _PATHS or ADDRESS.match(text) is not None)


def _text(key: str, text: str, pointer: str, layer: str | None) -> Danger:
    """The danger of a text among arguments: an address, or a path."""
    is_address = ADDRESS.match(text) is not None
    who = "The config" if layer is None else f'"{layer[:80]}"'
    what = "an address" if is_address else "a file"
    says = f"{who} names {what} as its {key[:40]}: {_shown(text)}"
    hint = _READ if key == "vocabulary" else _HANDED_ON
    change = put(pointer, None if key == "vocabulary" else _NOWHERE)
    return Danger(Diagnostic("GC804" if is_address else "GC803", says, Place(pointer, layer), hint=hint), (change,))


# --- memory -----------------------------------------------------------------------------------------------------------


def _huge(inference: Inference) -> Iterator[Diagnostic]:
    weighed = weigh(inference)
    for known in inside_out(inference):
        outputs: dict[str, int] = {}
        for key, specs in known.specs.items():
            outputs[key.layer] = max(outputs.get(key.layer, 0), activation_bytes(specs) or 0)
        for name, layer in known.graph.layers.items():
            if layer.body is not None:
                continue
            weighing = weighed.layer(known, name)
            size = (weighing.trainable_bytes or 0) + (weighing.non_trainable_bytes or 0)
            largest = size if size > MOST_BYTES else max(size, outputs.get(name, 0))
            if largest > MOST_BYTES:
                what = "weights" if size > MOST_BYTES else "output for one sample"
                says = f'{layer.op.cls[:80]} "{name[:80]}" takes {(largest + 2**29) >> 30:,} GiB for its {what}'
                yield Diagnostic(
                    "GC805", says, Place(layer.origin, name), hint="Keras makes it when it loads the model"
                )


# --- words ------------------------------------------------------------------------------------------------------------


def _name_of(value: Mapping[str, JSON]) -> str | None:
    """The name of the layer that an entry is."""
    config = value.get("config")
    name = config.get("name") if isinstance(config, dict) and "class_name" in value else None
    return name if isinstance(name, str) else None


def _decoded(code: str) -> bytes:
    """Bytecode as Keras packs it: base64 with line ends; Keras 1 wrote the bytes as characters."""
    text = code[:MOST_CODE]
    try:
        return base64.b64decode("".join(text.split()), validate=True)
    except (binascii.Error, ValueError):
        return text.encode("latin-1", "replace")


def _listed(words: list[str]) -> str:
    shown = ", ".join(word[:60] for word in words[:MOST_TOLD])
    return f"{shown} and {len(words) - MOST_TOLD:,} more" if len(words) > MOST_TOLD else shown


def _shown(value: Any) -> str:
    text = value if isinstance(value, str) else "nowhere" if value is None else str(type(value).__name__)
    return f'"{text}"' if len(text) <= 80 else f'"{text[:77]}…"'
