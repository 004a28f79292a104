"""What TensorFlow makes of a shape: constants and draws."""

from __future__ import annotations

from typing import Any

from ..shapes import Dim, RuleError, TensorSpec, show
from .spec import is_float, is_whole
from .tf_operands import (
    Arguments,
    Function,
    axis_said,
    dtype_said,
    one_dtype,
    shape_of,
    size_said,
    sized,
    sizes_said,
    spread,
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


# Of single numbers, which are mostly sizes


_WIDER = ("int32", "int64", "float16", "bfloat16", "float32", "float64")
"""Dtypes of a range: the last one among its numbers."""


def _number(said: Any, what: str) -> str | None:
    """The dtype of a number, or of a tensor that holds one.

    Raises:
        RuleError: rank-mismatch (GC403), bad-value (GC204).
    """
    if isinstance(said, TensorSpec):
        if said.shape:
            raise RuleError("GC403", f"takes one number as {what}, gets {show(said.shape)}", inputs=(0,))
        return said.dtype
    if isinstance(said, bool) or not isinstance(said, (int, float)):
        raise RuleError("GC204", f"takes a number as {what}")
    return "int32" if isinstance(said, int) else "float32"


def _range(x: Any, named: Arguments) -> TensorSpec:
    start, limit, delta = x, named.get("limit"), named.get("delta", 1)
    if limit is None:
        start, limit = 0, x
    dtypes = [_number(start, "start"), _number(limit, "limit"), _number(delta, "delta")]
    said = dtype_said(named.get("dtype"))
    strange = [dtype for dtype in dtypes if dtype is not None and dtype not in _WIDER]
    if said is None and strange:
        raise RuleError("GC409", f"cannot count in {strange[0]}", "state dtype, or cast the input", inputs=(0,))
    known = [_WIDER.index(dtype) for dtype in dtypes if dtype in _WIDER]
    dtype = said or (_WIDER[max(known)] if len(known) == len(dtypes) else None)
    return TensorSpec((_count(start, limit, delta),), dtype)


def _count(start: Any, limit: Any, delta: Any) -> Dim:
    """How many numbers a range has; None where one of its own is known when the model runs.

    Raises:
        RuleError: bad-value (GC204), it leads nowhere.
    """
    if any(isinstance(one, TensorSpec) for one in (start, limit, delta)):
        return None
    if delta == 0 or (limit - start) * delta < 0:
        raise RuleError("GC204", f"counts from {start} to {limit} by {delta}")
    return -int((start - limit) // delta)


_DIVIDED = {"int32": "float64", "int64": "float64", "int8": "float32", "int16": "float32", "uint8": "float32"}
"""What whole numbers become where TensorFlow divides them."""


def _evenly(x: Any, named: Arguments) -> TensorSpec:
    """Numbers from `start` to `stop`, on a new axis.

    Source: TensorFlow, `linspace_nd`, which takes sizes from `start` where it does not know all of both.
    """
    stop, num = named.get("stop"), named.get("num")
    if stop is None or num is None:
        raise RuleError("GC402", "misses stop or num", "state both")
    if not isinstance(num, (int, TensorSpec)) or (is_whole(num) and num < 0):
        raise RuleError("GC204", f"takes a whole number from 0 as num, gets {str(num)[:40]}")
    start, end = tensor(x).shape or (), shape_of(stop)
    shape = spread(start, end)
    if None in (*start, *end):
        known = (None,) * (len(shape) - len(start)) + start
        shape = tuple(None if size == 1 else size for size in known)
    dtype = one_dtype(x, stop)
    said = named.get("axis", 0)
    axis = axis_said({"axis": "null" if said is None else said}, len(shape) + 1)
    many = int(num) if isinstance(num, bool) else None if isinstance(num, TensorSpec) else num
    return TensorSpec((*shape[:axis], many, *shape[axis:]), _DIVIDED.get(dtype or "", dtype))


def _identity(x: Any, named: Arguments) -> TensorSpec:
    columns, batch = named.get("num_columns"), named.get("batch_shape")
    for what, said in (("num_rows", x), ("num_columns", x if columns is None else columns)):
        if isinstance(said, float):
            raise RuleError("GC204", f"takes a whole number as {what}")
        _number(said, what)
    sizes = (size_said(x), size_said(x if columns is None else columns))
    dtype = dtype_said(named.get("dtype")) or "float32"
    head = () if batch is None else sizes_said(batch)
    return TensorSpec(None if head is None else (*head, *sizes), dtype)


FUNCTIONS: dict[str, Function] = {
    **table(sized(_range, "limit", "delta", first=True), "range"),
    **table(sized(_identity, "num_columns", "batch_shape", first=True), "eye"),
    **table(sized(_evenly, "num"), "linspace"),
    **table(sized(_made, first=True), "zeros", "ones"),
    **table(sized(_filled, first=True), "fill"),
    **table(sized(_random, first=True), "random.normal", "random.truncated_normal"),
    **table(sized(_random_evenly, first=True), "random.uniform"),
    **table(_like, "ones_like", "zeros_like", "compat.v1.ones_like", "compat.v1.zeros_like"),
}
