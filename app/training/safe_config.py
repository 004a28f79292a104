"""What a worker may build: a config is looked through before Keras sees it.

The service trains only what its exporter wrote from catalog layers. This is the second lock on the same door: it knows
nothing of the catalog and refuses whatever could run code, read a file or reach outside Keras.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

# Lambda and TorchModuleWrapper carry code; the others read a path or a vocabulary, which may be one.
REFUSED = frozenset(
    {
        "Lambda",
        "TorchModuleWrapper",
        "TFSMLayer",
        "FlaxLayer",
        "JaxLayer",
        "StringLookup",
        "TextVectorization",
        "TFOpLambda",
    }
)
# Where the exporter's classes live. `builtins` is how Keras writes a plain function such as an activation.
MODULES = re.compile(
    r"keras(\.(layers|models|initializers|regularizers|constraints|activations|ops|dtype_policies|random"
    r"|src\.(layers|ops|models|activations|initializers|regularizers|constraints|dtype_policies|applications|random)"
    r"(\.[a-z0-9_]+)*))?"
)


class UnsafeConfig(ValueError):
    """The config holds something that a worker never builds."""


def refuse_unsafe(config: Any) -> None:  # any JSON
    """Look at every object of a config.

    Raises:
        UnsafeConfig: one of them is code, a path, a string vocabulary, or lies outside Keras's layers.
    """
    for found in _objects(config):
        name, module, registered = found.get("class_name"), found.get("module"), found.get("registered_name")
        if name in REFUSED or not isinstance(name, str):
            raise UnsafeConfig(f"A layer of class {name!r} is never built here")
        if name == "function" and module == "builtins" and isinstance(found.get("config"), str):
            continue
        if module is not None and not (isinstance(module, str) and MODULES.fullmatch(module)):
            raise UnsafeConfig(f"{name} lies in {module!r}, outside Keras's layers")
        if module is None and registered is not None:
            raise UnsafeConfig(f"{name} is a custom class")
        if registered not in (None, name) and not (isinstance(registered, str) and registered.startswith("Keras>")):
            raise UnsafeConfig(f"{name} is registered as {registered!r}, a custom class")
        inner = found.get("config")
        if isinstance(inner, Mapping) and isinstance(inner.get("vocabulary"), str):
            raise UnsafeConfig(f"{name} reads its vocabulary from a file")


def with_mixed_precision(config: Any, policy: str) -> Any:  # any JSON, returned changed
    """The config with each float32 policy of a layer replaced; inputs keep their dtype: data has one, not a policy."""
    if isinstance(config, list):
        return [with_mixed_precision(value, policy) for value in config]
    if not isinstance(config, Mapping):
        return config
    changed = {key: with_mixed_precision(value, policy) for key, value in config.items()}
    inner = changed.get("config")
    if config.get("class_name") == "DTypePolicy" and inner == {"name": "float32"}:
        return {**changed, "config": {"name": policy}}
    is_layer = "name" in config and config.get("class_name") not in (None, "InputLayer")
    if is_layer and isinstance(inner, dict) and inner.get("dtype") == "float32":
        return {**changed, "config": {**inner, "dtype": policy}}
    return changed


def _objects(config: Any) -> Iterator[Mapping[str, Any]]:
    stack = [config]
    while stack:
        value = stack.pop()
        if isinstance(value, Mapping):
            if "class_name" in value:
                yield value
            stack.extend(value.values())
        elif isinstance(value, list):
            stack.extend(value)
