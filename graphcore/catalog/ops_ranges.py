"""Operations that make arrays of numbers: ranges, grids, powers, one value everywhere."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

from ..shapes import Dim, RuleError, Shape
from .dtypes import result_type
from .operands import (
    always,
    axis_of,
    dtype_name,
    dtype_of,
    operation,
    own_dtype,
    same_shape,
    same_type,
    shape_of,
    tensor,
    together,
)
from .ops_places import size_list
from .params import anything, choice, flag, integer, nullable, open_size
from .spec import Function, OpDef, RuleContext


def _spaced(c: RuleContext, start: Any, stop: Any) -> Shape:
    shape = together(shape_of(start), shape_of(stop))
    at = axis_of(c.axis, len(shape) + 1)
    return (*shape[:at], c.num, *shape[at:])


def _spaced_dtype(c: RuleContext, start: Any, stop: Any) -> str | None:
    dtype = c.dtype or own_dtype(start)
    if dtype is None:
        return None
    out = result_type(dtype, "float")
    if out is None:
        raise RuleError("GC409", f"cannot make floats of {dtype}", arg="dtype")
    return out


def _step_too(c: RuleContext) -> Iterator[RuleError]:
    if c.retstep:
        says = "cannot return its step in a model, only tensors"
        yield RuleError("GC205", says, "set retstep to false", arg="retstep")


def _filled(c: RuleContext, fill_value: Any) -> Shape:
    shape: Shape = c.shape
    return shape


def _grid(c: RuleContext, first: Any) -> list[Shape]:
    """Source: Keras 3, `Meshgrid.compute_output_spec`."""
    given = _all(c, first)
    sizes: list[Dim] = []
    for x in given:
        shape = tensor(x).shape or ()
        sizes.append(None if None in shape else math.prod(dim for dim in shape if dim is not None))
    if c.indexing == "xy":
        if len(sizes) < 2:
            raise RuleError("GC401", "takes 2 tensors or more, gets 1", 'set indexing to "ij", or connect another')
        sizes[:2] = sizes[1], sizes[0]
    return [tuple(sizes)] * len(given)


def _grid_dtype(c: RuleContext, first: Any) -> str | None:
    """Keras gives all the last one's dtype, and float32 where axes are in order."""
    return "float32" if c.indexing == "ij" else dtype_of(_all(c, first)[-1])


def _all(c: RuleContext, first: Any) -> list[Any]:
    return [first, *c.call.get("args", ())]


def _powers(c: RuleContext, x: Any) -> Shape:
    shape = shape_of(x)
    if c.N is None and not shape:
        raise RuleError("GC403", "needs an axis to count, or N, gets ()", inputs=(0,))
    return (*shape, shape[0] if c.N is None else c.N)


def _ranked(c: RuleContext, x: Any) -> Shape:
    """Keras gives a tensor of as many numbers as there are axes, and not one number."""
    return (len(shape_of(x)),)


_SPACED = "(…), (…) → (num, …)"
_DTYPE = dtype_name()
_NUM = (open_size(integer("num", 50, least=0)), flag("endpoint", True))

ENTRIES: Sequence[OpDef] = (
    replace(
        operation(
            "Linspace",
            ["start", "stop"],
            _spaced,
            _spaced_dtype,
            _SPACED,
            *(*_NUM, flag("retstep"), _DTYPE, integer("axis", 0)),
        ),
        checks=_step_too,
    ),
    operation(
        "Logspace",
        ["start", "stop"],
        _spaced,
        _spaced_dtype,
        _SPACED,
        *(*_NUM, anything("base", 10), _DTYPE, integer("axis", 0)),
    ),
    operation("Geomspace", ["start", "stop"], _spaced, _spaced_dtype, _SPACED, *_NUM, _DTYPE, integer("axis", 0)),
    operation(
        "Full",
        ["fill_value"],
        _filled,
        lambda c, fill_value: c.dtype or "float32",
        "() → shape",
        *(size_list("shape"), _DTYPE),
        function=Function(before=("shape",)),
    ),
    operation(
        "Meshgrid", ["x"], _grid, _grid_dtype, "(a), (b) → (b, a), twice", choice("indexing", ("xy", "ij"), "xy")
    ),
    operation(
        "Vander",
        ["x"],
        _powers,
        same_type,
        "(a) → (a, N), powers of each",
        *(nullable(integer("N", least=0)), flag("increasing")),
    ),
    operation("Ndim", ["x"], _ranked, always("float32"), "(…) → how many axes there are"),
    operation("Array", ["x"], same_shape, lambda c, x: c.dtype or tensor(x).dtype, "(…) → (…)", _DTYPE),
)
