"""The `dtype` of a layer: a dtype or a policy, by name or serialized."""

from __future__ import annotations

from typing import Any

from ..model import JSON, Dialect
from .spec import BadValue

Policy = tuple[str, str]
"""Compute dtype and variable dtype."""

DTYPES = (
    *("float16", "bfloat16", "float32", "float64", "float8_e4m3fn", "float8_e5m2", "complex64", "complex128"),
    *("int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64", "bool", "string"),
)
KERAS3_DTYPES = {name: name for name in DTYPES} | {"int": "int64"}
KERAS2_DTYPES = {name: name for name in DTYPES} | {
    "float": "float32",
    "double": "float64",
    "half": "float16",
    "": "float32",
    **{
        name: name
        for name in ("qint8", "quint8", "qint16", "quint16", "qint32", "int4", "uint4", "resource", "variant")
    },
}

FLOAT32: Policy = ("float32", "float32")
_MIXED: dict[str, Policy] = {"mixed_float16": ("float16", "float32"), "mixed_bfloat16": ("bfloat16", "float32")}
_MODES = ("int8", "float8", "int4", "gptq", "awq")
_CLASSES = {
    "DTypePolicy": frozenset({"name"}),
    "FloatDTypePolicy": frozenset({"name"}),
    **dict.fromkeys(
        ("QuantizedDTypePolicy", "QuantizedFloat8DTypePolicy", "GPTQDTypePolicy", "AWQDTypePolicy", "Int4DTypePolicy"),
        frozenset({"mode", "source_name"}),
    ),
}
_TAKES = 'a dtype such as "float32", or a policy such as "mixed_float16"'
# TensorFlow's enumeration, which tf_keras takes too.
_NUMBERED = {
    **{1: "float32", 2: "float64", 3: "int32", 4: "uint8", 5: "int16", 6: "int8", 7: "string", 8: "complex64"},
    **{9: "int64", 10: "bool", 14: "bfloat16", 17: "uint16", 18: "complex128", 19: "float16", 22: "uint32"},
    23: "uint64",
}


def read_policy(said: JSON, dialect: Dialect) -> Policy:
    """Compute and variable dtype of what a config calls `dtype`.

    Raises:
        BadValue: it is neither a dtype nor a policy.

    Source: Keras 3, `dtype_policies.get`; tf_keras, `Layer._set_dtype_policy`.

    >>> read_policy("mixed_float16", "keras3"), read_policy("int8_from_float32", "keras3")
    (('float16', 'float32'), ('float32', 'float32'))
    """
    return _old_policy(said) if dialect == "keras2" else _policy(said)


def _policy(said: JSON) -> Policy:
    if said is None:
        return FLOAT32
    if isinstance(said, dict):
        return _object(said)
    if not isinstance(said, str):
        raise BadValue(_TAKES)
    if said.startswith(_MODES):
        mode, source = _halves(said)
        return _quantized(mode, source)
    return _named(said, KERAS3_DTYPES)


def _object(said: dict[str, Any]) -> Policy:
    cls, config = said.get("class_name"), said.get("config") or {}
    if not isinstance(cls, str) or not isinstance(config, dict):
        raise BadValue(_TAKES)
    if cls == "DTypePolicyMap":
        if "policy_map" not in config:
            raise BadValue("a DTypePolicyMap with a policy_map")
        return _policy(config.get("default_policy"))
    known = _CLASSES.get(cls)
    if known is None:
        if ">" in str(said.get("registered_name")):
            return FLOAT32  # a user's policy
        raise BadValue(_TAKES)
    if not known.issuperset(config):
        raise BadValue(f"a {cls} of {' and '.join(sorted(known))}")
    if "name" in known:
        name = config.get("name")
        return FLOAT32 if name is None else _named(name, KERAS3_DTYPES)
    return _quantized(config.get("mode"), config.get("source_name"))


def _halves(name: str) -> tuple[str, str]:
    mode, _, source = name.partition("_from_")
    if not source or "_from_" in source:
        raise BadValue(f'{_TAKES}; a quantized one is written as "int8_from_float32"')
    return mode, source


def _quantized(mode: JSON, source: JSON) -> Policy:
    if not isinstance(mode, str) or mode.partition("/")[0] not in _MODES:
        raise BadValue(f"a policy of mode {', '.join(_MODES[:-1])} or {_MODES[-1]}")
    return FLOAT32 if source is None else _named(source, KERAS3_DTYPES)


def _named(name: JSON, dtypes: dict[str, str]) -> Policy:
    if isinstance(name, str):
        if name in dtypes:
            return (dtypes[name], dtypes[name])
        if name in _MIXED:
            return _MIXED[name]
    raise BadValue(_TAKES)


def _old_policy(said: JSON) -> Policy:
    if isinstance(said, dict):
        config = said.get("config")
        if said.get("class_name") != "Policy" or not isinstance(config, dict):
            raise BadValue(_TAKES)
        said = config.get("name")
    if not said:
        return FLOAT32
    if isinstance(said, int) and said in _NUMBERED:
        return (_NUMBERED[said], _NUMBERED[said])
    return _named(said, KERAS2_DTYPES)
