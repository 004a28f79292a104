"""Two tensors that do not agree, and the sizes in which they differ."""

from __future__ import annotations

from dataclasses import dataclass

from ..model import TensorRef
from ..shapes import Dim
from .case import Case


@dataclass(frozen=True, slots=True)
class Side:
    """One of two tensors that do not agree: input `i` of the call, the axis that differs, its size and the other's."""

    i: int
    ref: TensorRef
    axis: int
    size: int
    wanted: int


def sides_of(case: Case) -> list[Side]:
    """Both sides of the problem, the one that is changed first first; none where it names no two sizes."""
    data, call = case.problem.data, case.call
    inputs, sizes = data.get("inputs"), data.get("sizes")
    axes = data.get("axes") or [data.get("axis")] * 2
    if call is None or not isinstance(inputs, (tuple, list)) or len(inputs) != 2:
        return []
    refs = case.inbound(call)
    if max(inputs) >= len(refs) or any(type(axis) is not int for axis in axes):
        return []
    pair = [refs[i] for i in inputs]
    shapes = [case.shape(ref) or () for ref in pair]
    if any(axis >= len(shape) for axis, shape in zip(axes, shapes, strict=True)):
        return []
    found = sizes if sizes else [shape[axis] for axis, shape in zip(axes, shapes, strict=True)]
    a, b = found
    if not (type(a) is int and type(b) is int):
        return []
    # The second branch is the one that was added to the first: it is changed first.
    return [Side(inputs[1], pair[1], axes[1], b, a), Side(inputs[0], pair[0], axes[0], a, b)]


def size_at(case: Case, ref: TensorRef, axis: int) -> Dim:
    """The size of an axis, None where it is unknown or not there."""
    shape = case.shape(ref) or ()
    return shape[axis] if axis < len(shape) else None
