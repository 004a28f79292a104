"""Layers that prepare data inside a model: Rescaling, Normalization, Resizing, augmentation, lookups."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from ..model import JSON
from ..shapes import Dim, RuleError, Shape, TensorSpec, broadcast, normal_axis, show, size
from .masks import passes_in_keras3
from .params import KERAS2, KERAS3, flag, is_found, nested_shape, said_in_keras3
from .rules import are_floats, are_real, computed_in
from .spec import (
    AS_IT_COMES,
    BadValue,
    Dynamic,
    OldKinds,
    One,
    OpDef,
    Param,
    RuleContext,
    Taken,
    WeightSpec,
    is_float,
    stays_unranked,
)


def _read_found(value: JSON) -> JSON:
    """Whatever Keras 3 can make of serialized objects."""
    if not is_found(value):
        raise BadValue("a number or a list of them")
    return _read_numbers(value)


def _read_numbers(value: JSON) -> JSON:
    """Numbers, possibly as the array that Keras 3 serializes."""
    if isinstance(value, dict) and value.get("class_name") in ("__numpy__", "__tensor__"):
        value = value.get("config", {}).get("value")
    return value


def _numbers(name: str, default: Any = None, **more: Any) -> Param:
    return Param(name, _read_numbers, {"type": ["number", "array", "null"]}, default, **more)


def _scaled_by(name: str, default: Any = None, **more: Any) -> Param:
    """Numbers, or whatever else Keras 3 can read: it looks at them when data come."""
    return replace(_numbers(name, default, **more), read=_read_found, old=_read_numbers)


def _rescaled(c: RuleContext, x: TensorSpec) -> Shape | None:
    """Keras 3 states the input's shape; Keras 2 broadcasts with scale and offset."""
    if c.dialect == "keras3" or x.shape is None:
        return x.shape
    shape = x.shape
    for name in ("scale", "offset"):
        given = getattr(c, name)
        if isinstance(given, str) or (isinstance(given, list) and given and all(isinstance(one, str) for one in given)):
            continue  # TensorFlow makes a number of it when the model runs
        try:
            shape = broadcast(shape, nested_shape(given))
        except BadValue as wrong:
            raise RuleError("GC204", f"needs {wrong} as {name}", arg=name) from None
    return shape


RESCALING = OpDef(
    "layers.Rescaling",
    params=(
        _scaled_by("scale", required=True, doc="What each value is multiplied by, first."),
        *said_in_keras3(_scaled_by("offset", 0.0, doc="What is added then.")),
    ),
    inputs=One(),
    old_unranked=stays_unranked,
    old_kinds=OldKinds(ragged="kept"),
    shape=_rescaled,
    dynamic=AS_IT_COMES,
    mask=passes_in_keras3,
    dtype=computed_in(lambda dtype: are_real(dtype) or are_floats(dtype)),
    group="preprocessing",
    doc="(…) → (…), scale * x + offset",
)


_AXES = "a whole number, a list of them, or null"


def _read_axis(value: JSON) -> tuple[int, ...]:
    """Truths count as axes in both Keras, and nothing at all is no axis."""
    if value is None:
        return ()
    axes = (value,) if isinstance(value, int) else value
    if axes in ("", {}):
        raise Taken(_AXES, ())
    if not isinstance(axes, (list, tuple)) or not all(isinstance(axis, int) for axis in axes):
        raise BadValue(_AXES)
    if bool in map(type, axes):
        raise Taken(_AXES, tuple(map(int, axes)))
    return tuple(axes)


def _kept_axes(c: RuleContext, x: TensorSpec) -> list[int]:
    """The axes with statistics of their own, sorted.

    Raises:
        RuleError: rank-mismatch (GC403), unknown-size (GC408).
    """
    shape = x.shape or ()
    axes = sorted(normal_axis(axis, len(shape)) for axis in c.axis)
    for axis in axes:
        if shape[axis] is None:
            says = f"needs a known size on axis {axis}, gets {show(shape)}"
            hint = "give that axis a size: the statistics need it"
            raise RuleError("GC408", says, hint, inputs=(0,), data={"axis": axis})
    return axes


def _normalized(c: RuleContext, x: TensorSpec) -> Shape | None:
    shape = x.shape or ()
    if c.dialect == "keras2" and c.first:
        return _spread_as_built(c, shape, c.first[0])
    _check_statistics(c, c.first[0] if c.first else x)  # Keras 3 states the shape, and looks when it builds
    return shape


def _check_statistics(c: RuleContext, x: TensorSpec) -> None:
    """Refuse what a layer cannot be built for: axes that there are not, and statistics that do not spread over them."""
    shape = x.shape or ()
    kept = _kept_axes(c, x)
    if any(shape[axis] != 1 for axis in kept if kept.count(axis) > 1):
        raise RuleError("GC204", f"names an axis of {show(shape)} twice: {show(tuple(kept))}", arg="axis")
    if c.mean is None:
        return
    for name in ("mean", "variance"):
        given = nested_shape(getattr(c, name))
        if not (_fits_new if c.dialect == "keras3" else _fits_old)(given, [shape[axis] for axis in kept]):
            says = f"cannot spread {name} of shape {show(given)} over axes {show(tuple(kept))} of {show(shape)}"
            raise RuleError("GC405", says, "give one number for each place of these axes", arg=name, inputs=(0,))


def _spread_as_built(c: RuleContext, shape: Shape, first: TensorSpec) -> Shape:
    """tf_keras broadcasts with statistics in the shape that the first call gave them."""
    kept = _kept_axes(c, first)
    return broadcast(shape, tuple(size if axis in kept else 1 for axis, size in enumerate(first.shape or ())))


def _fits_new(given: tuple[int, ...], kept: list[Dim]) -> bool:
    return all(a in (1, b) for a, b in zip(reversed(given), reversed(kept), strict=False))


def _fits_old(given: tuple[int, ...], kept: list[Dim]) -> bool:
    try:
        return size(broadcast(given, tuple(kept))) == size(kept)
    except RuleError:
        return False


def _statistics(c: RuleContext, x: TensorSpec) -> list[WeightSpec]:
    if c.mean is not None:
        return []
    shape = x.shape or ()
    kept = tuple(shape[axis] for axis in _kept_axes(c, x))
    is_old = c.dialect == "keras2"
    dtype = c.compute_dtype if is_old else None
    return [
        WeightSpec("mean", kept, False, dtype),
        WeightSpec("variance", kept, False, dtype),
        WeightSpec("count", (), False, "int64"),
    ]


def _both_or_none(c: RuleContext) -> Iterator[RuleError]:
    if (c.mean is None) != (c.variance is None):
        missing, other = ("variance", "mean") if c.variance is None else ("mean", "variance")
        yield RuleError("GC205", "needs mean and variance, or neither", arg=missing, data={"beside": [other]})
        return
    if c.mean is None:
        return
    shapes = []
    for name in ("mean", "variance"):
        try:
            shapes.append(nested_shape(getattr(c, name)))
        except BadValue as wrong:
            yield RuleError("GC204", f"needs {wrong} as {name}", arg=name)
            return
    if c.dialect == "keras2":
        return
    if shapes[0] != shapes[1]:
        says = f"has mean of shape {show(shapes[0])} and variance of shape {show(shapes[1])}"
        yield RuleError("GC205", says, "make their shapes equal", arg="variance", data={"beside": ["mean"]})
    elif len(shapes[0]) > len(c.axis):
        says = f"has mean of rank {len(shapes[0])}, and {len(c.axis)} axes to spread it over"
        yield RuleError("GC205", says, "name more axes", arg="mean", data={"beside": ["axis"]})


NORMALIZATION = OpDef(
    "layers.Normalization",
    unchecked=KERAS3,
    reuses=KERAS2,
    params=(
        Param(
            "axis",
            _read_axis,
            {"type": ["integer", "array", "null"]},
            (-1,),
            doc="The axes with a mean and a variance of their own; null for one of all.",
        ),
        _numbers("mean", doc="The mean to take off; learned by adapt where null."),
        _numbers("variance", doc="The variance to divide by."),
        flag("invert", doc="Turn it round: scale up, then add the mean."),
    ),
    inputs=One(),
    shape=_normalized,
    dynamic=Dynamic(AS_IT_COMES.shape, lambda c, x: x.dtype),
    mask=passes_in_keras3,
    dtype=computed_in(is_float),
    weights=_statistics,
    checks=_both_or_none,
    group="preprocessing",
    doc="(…) → (…), (x - mean) / sqrt(variance)",
)

ENTRIES = (RESCALING, NORMALIZATION)
