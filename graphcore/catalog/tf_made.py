"""What TensorFlow makes of a shape: constants and draws."""

from __future__ import annotations

from typing import Any

from ..shapes import RuleError, TensorSpec, show
from .spec import is_float
from .tf_operands import (
    Arguments,
    Function,
    dtype_said,
    shape_of,
    sizes_said,
    table,
    tensor,
)


def _made(x: Any, named: Arguments) -> TensorSpec:
    return TensorSpec(sizes_said(x), dtype_said(named.get("dtype")) or "float32")


def _filled(x: Any, named: Arguments) -> TensorSpec:
    value = named.get("value")
    if shape_of(value):
        raise RuleError("GC403", f"fills with one value, gets {show(shape_of(value))}")
    kinds = {bool: "bool", int: "int32", float: "float32", str: "string"}
    dtype = value.dtype if isinstance(value, TensorSpec) else kinds.get(type(value))
    if dtype is None and not isinstance(value, TensorSpec):
        raise RuleError("GC402", "does not say with what it fills", "state value")
    return TensorSpec(sizes_said(x), dtype)


def _like(x: Any, named: Arguments) -> TensorSpec:
    return TensorSpec(tensor(x).shape, dtype_said(named.get("dtype")) or tensor(x).dtype)


def _random(x: Any, named: Arguments) -> TensorSpec:
    dtype = dtype_said(named.get("dtype")) or "float32"
    if not is_float(dtype):
        raise RuleError("GC204", f"draws floats, not {dtype}")
    return TensorSpec(sizes_said(x), dtype)


def _random_evenly(x: Any, named: Arguments) -> TensorSpec:
    dtype = dtype_said(named.get("dtype"))
    if dtype not in ("int32", "int64"):
        return _random(x, named)
    if named.get("maxval") is None:
        raise RuleError("GC203", "draws whole numbers, and does not say up to which", "state maxval")
    return TensorSpec(sizes_said(x), dtype)


FUNCTIONS: dict[str, Function] = {
    **table(_made, "zeros", "ones"),
    **table(_filled, "fill"),
    **table(_random, "random.normal", "random.truncated_normal"),
    **table(_random_evenly, "random.uniform"),
    **table(_like, "ones_like", "zeros_like", "compat.v1.ones_like", "compat.v1.zeros_like"),
}
