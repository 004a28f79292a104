"""The `dtype` of a layer: a dtype or a policy, by name or serialized."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

from ..model import JSON, Dialect
from ..name_pattern import NamePattern
from .spec import BadValue


class Quantization(NamedTuple):
    """How the kernel of a layer is packed.

    `size` is the number of values that share a scale; None or -1 where all of a channel do.
    """

    mode: str
    bits: int | None = None
    size: int | None = None
    history: int = 1024  # of float8's largest values


@dataclass(frozen=True, slots=True)
class Policy:
    """What a layer computes in, what it keeps its weights in, and how they are packed.

    `parts` are the policies of a map by the path, or pattern of paths, of the layers that they are for; that of all
    others comes last, without a path.
    """

    compute: str
    variable: str
    quantization: Quantization | None = None
    parts: tuple[tuple[str, Policy], ...] = ()

    def at(self, path: str) -> Policy:
        """The policy of the layer at a path.

        Source: Keras 3, `DTypePolicyMap.__getitem__`; a pattern that may take long to match is none here.
        """
        if not self.parts:
            return self
        *parts, (_, default) = self.parts
        found = [policy for known, policy in parts if known == path]
        found += [policy for known, policy in parts if _describes(known, path)]
        return replace((found or [default])[0], parts=self.parts)


def _describes(pattern: str, path: str) -> bool:
    try:
        return NamePattern(f"({pattern})$").matches_start(path)
    except ValueError:
        return False


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

FLOAT32 = Policy("float32", "float32")
_MIXED = {"mixed_float16": Policy("float16", "float32"), "mixed_bfloat16": Policy("bfloat16", "float32")}
_MODES = ("int8", "float8", "int4", "gptq", "awq")
_QUANTIZED = frozenset({"mode", "source_name"})
_CLASSES = {
    "DTypePolicy": frozenset({"name"}),
    "FloatDTypePolicy": frozenset({"name"}),
    **dict.fromkeys(("QuantizedDTypePolicy", "GPTQDTypePolicy", "AWQDTypePolicy", "Int4DTypePolicy"), _QUANTIZED),
    "QuantizedFloat8DTypePolicy": _QUANTIZED | {"amax_history_length"},
}
_NAMED = frozenset({"DTypePolicy", "FloatDTypePolicy", "Policy"})
"""Classes of policies that are what their name says; the last one is that of tf_keras."""
_FORMS = {"Int4DTypePolicy": "int4/128", "GPTQDTypePolicy": "gptq/4/128", "AWQDTypePolicy": "awq/4/128"}
"""Classes of policies whose modes have numbers, with an example."""
_BITS = {"gptq": (2, 3, 4, 8), "awq": (4,)}
POLICIES = frozenset({*_CLASSES, *_NAMED, "DTypePolicyMap"})
"""Classes of policies."""
_NUMBER = re.compile(r"[+-]?\d{1,18}")
_TAKES = 'a dtype such as "float32", or a policy such as "mixed_float16"'
# TensorFlow's enumeration, which tf_keras takes too.
_NUMBERED = {
    **{1: "float32", 2: "float64", 3: "int32", 4: "uint8", 5: "int16", 6: "int8", 7: "string", 8: "complex64"},
    **{9: "int64", 10: "bool", 14: "bfloat16", 17: "uint16", 18: "complex128", 19: "float16", 22: "uint32"},
    23: "uint64",
}


def read_policy(said: JSON, dialect: Dialect) -> Policy:
    """The policy that a config calls `dtype`.

    Raises:
        BadValue: it is neither a dtype nor a policy.

    Source: Keras 3, `dtype_policies.get`; tf_keras, `Layer._set_dtype_policy`.

    >>> read_policy("mixed_float16", "keras3").compute, read_policy("int4/32_from_float32", "keras3").quantization
    ('float16', Quantization(mode='int4', bits=None, size=32, history=1024))
    """
    return _old_policy(said) if dialect == "keras2" else _policy(said)


def policy_name(said: JSON) -> str | None:
    """The name that Keras makes the same policy of; None where there is none, as of a DTypePolicyMap.

    Source: Keras 3, `dtype_policies.get`.

    >>> policy_name({"class_name": "Int4DTypePolicy", "config": {"mode": "int4/32", "source_name": "float32"}})
    'int4/32_from_float32'
    """
    if not isinstance(said, dict):
        return said if isinstance(said, str) else None
    cls, config = said.get("class_name"), said.get("config") or {}
    if not isinstance(cls, str) or not isinstance(config, dict):
        return None
    mode, source = config.get("mode"), config.get("source_name")
    if isinstance(mode, str) and isinstance(source, str):
        meant = "QuantizedFloat8DTypePolicy" if mode == "float8" else _class_of(mode)
        is_meant = cls == meant and config.get("amax_history_length", 1024) == 1024
        return f"{mode}_from_{source}" if is_meant else None
    name = config.get("name")
    return name if isinstance(name, str) and cls in _NAMED else None


def _policy(said: JSON) -> Policy:
    if said is None:
        return FLOAT32
    if isinstance(said, dict):
        return _object(said)
    if not isinstance(said, str):
        raise BadValue(_TAKES)
    if said.startswith(_MODES):
        mode, source = _halves(said)
        return _quantized(_class_of(mode), mode, source)
    return _named(said, KERAS3_DTYPES)


def _object(said: dict[str, Any]) -> Policy:
    cls, config = said.get("class_name"), said.get("config") or {}
    if not isinstance(cls, str) or not isinstance(config, dict):
        raise BadValue(_TAKES)
    if cls == "DTypePolicyMap":
        return _map(config)
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
    history = config.get("amax_history_length", 1024)
    if not isinstance(history, int):
        raise BadValue(f"a {cls} whose amax_history_length is a whole number")
    return _quantized(cls, config.get("mode"), config.get("source_name"), history)


def _map(config: dict[str, Any]) -> Policy:
    """A policy for each of some paths, and one for all others."""
    if "policy_map" not in config:
        raise BadValue("a DTypePolicyMap with a policy_map")
    default, parts = _policy(config.get("default_policy")), config["policy_map"]
    if parts is not None and not isinstance(parts, dict):
        raise BadValue("a DTypePolicyMap whose policy_map is an object")
    read = tuple((path, _policy(one)) for path, one in (parts or {}).items())
    return replace(default, parts=(*read, ("", default)))


def _halves(name: str) -> tuple[str, str]:
    mode, _, source = name.partition("_from_")
    if not source or "_from_" in source:
        raise BadValue(f'{_TAKES}; a quantized one is written as "int8_from_float32"')
    return mode, source


def _class_of(mode: str) -> str:
    """The class that a name without one means: `int4` may say how many values share a scale, `gptq` has to."""
    for cls, example in _FORMS.items():
        if mode.startswith(example.partition("/")[0]) and ("/" in mode or cls != "Int4DTypePolicy"):
            return cls
    return "QuantizedDTypePolicy"


def _quantized(cls: str, mode: JSON, source: JSON, history: int = 1024) -> Policy:
    plain = FLOAT32 if source is None else _named(source, KERAS3_DTYPES)
    if cls in _FORMS:
        packing = _in_numbers(mode, _FORMS[cls])
    elif isinstance(mode, str) and mode in _MODES:
        packing = Quantization(mode, history=history)
    else:
        raise BadValue(f"a policy of mode {', '.join(_MODES[:-1])} or {_MODES[-1]}")
    if packing.mode == "int8" and plain.compute == "float16":
        raise BadValue("a policy of mode int8 that does not compute in float16")
    return Policy(plain.compute, plain.variable, packing)


def _in_numbers(mode: JSON, example: str) -> Quantization:
    """A mode with numbers: `gptq/4/128` packs 4 bits each, and 128 values share a scale."""
    base, *_ = wanted = example.split("/")
    said, *texts = mode.split("/") if isinstance(mode, str) else ("",)
    if said != base or len(texts) != len(wanted) - 1 or not all(_NUMBER.fullmatch(text) for text in texts):
        raise BadValue(f"a policy of a mode such as {example}")
    *bits, size = map(int, texts)
    if bits and bits[0] not in _BITS[base]:
        raise BadValue(f"a policy of {base} with {' or '.join(map(str, _BITS[base]))} bits")
    if size < -1 or size == 0:
        raise BadValue(f"a policy of {base} whose last number is above 0, or -1")
    return Quantization(base, bits[0] if bits else None, size)


def _named(name: JSON, dtypes: dict[str, str]) -> Policy:
    if isinstance(name, str):
        if name in dtypes:
            return Policy(dtypes[name], dtypes[name])
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
    if isinstance(said, (int, float)) and said in _NUMBERED:
        name = _NUMBERED[int(said)]
        return Policy(name, name)
    return _named(said, KERAS2_DTYPES)
