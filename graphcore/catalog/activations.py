"""Activations as layers."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any, NoReturn

from ..diagnostics import shown
from ..model import JSON
from ..shapes import RuleError, Shape, TensorSpec, broadcast, show
from .masks import masked
from .params import KERAS2, KERAS3, flag, nullable, number, serialized, unread, whole_numbers
from .rules import are_numbers, are_real, function_dtype, needs_float, same, takes_only
from .spec import (
    AS_IT_COMES,
    BadValue,
    OldKinds,
    One,
    OpDef,
    Param,
    RuleContext,
    Taken,
    WeightSpec,
    autocast,
    is_float,
    needs_rank,
    stays_unranked,
)

RELU = OpDef(
    "layers.ReLU",
    params=(
        nullable(number("max_value", least=0)),
        number("negative_slope", 0.0, least=0),
        number("threshold", 0.0, least=0),
    ),
    inputs=One(),
    old_unranked=stays_unranked,
    old_kinds=OldKinds(ragged="kept"),
    shape=same,
    dtype=lambda c, x: function_dtype(c, x, "relu"),
    group="activation",
    doc="(…) → (…)",
)


def _slope_fits(c: RuleContext) -> Iterator[RuleError]:
    """Keras 3 looks at the slope where it is not told by the name that Keras 2 had for it."""
    if c.dialect == "keras3" and "alpha" not in c.said and "negative_slope" in c.said:
        try:
            number("negative_slope", least=0).read(c.said["negative_slope"])
        except Taken:
            return
        except BadValue as error:
            says = f"has negative_slope {shown(c.said['negative_slope'])}; it takes {error}"
            yield RuleError("GC204", says, "use a number from 0", arg="negative_slope")


LEAKY_RELU = OpDef(
    "layers.LeakyReLU",
    params=(
        unread(number("negative_slope", 0.3, least=0, inert=True, only=KERAS3)),
        number("alpha", 0.3, least=0, inert=True, old=number("alpha").read),
    ),
    checks=_slope_fits,
    inputs=One(),
    old_unranked=stays_unranked,
    old_kinds=OldKinds(ragged="kept"),
    shape=same,
    dtype=lambda c, x: function_dtype(c, x, "leaky_relu"),
    group="activation",
    renamed={"alpha": "negative_slope"},
    doc="(…) → (…)",
)


def _alpha_of_elu() -> Param:
    plain = number("alpha", 1.0)

    def read(value: JSON) -> Any:
        try:
            return plain.read(value)
        except BadValue as wanted:  # Keras 3 looks when data come
            raise Taken(str(wanted), value) from None

    return replace(plain, read=read, old=plain.read)


ELU = OpDef(
    "layers.ELU",
    params=(_alpha_of_elu(),),
    inputs=One(),
    old_unranked=stays_unranked,
    old_kinds=OldKinds(ragged="kept"),
    shape=same,
    dtype=needs_float,
    group="activation",
    doc="(…) → (…)",
)


def _cut_off(c: RuleContext, x: TensorSpec) -> str | None:
    """What comes in, compared with theta and multiplied by the truths of that in the compute dtype."""
    dtype = autocast(c, x.dtype)
    if c.compute_dtype == "bool" or dtype == c.compute_dtype:
        takes_only(c, x, are_real if c.compute_dtype != "bool" else are_numbers)
        return c.compute_dtype
    return needs_float(c, replace(x, dtype=dtype)) if is_float(c.compute_dtype) else _not_both(c, dtype)


def _not_both(c: RuleContext, dtype: str | None) -> NoReturn:
    says = f"cannot combine {dtype} with its own {c.compute_dtype}"
    raise RuleError("GC409", says, f"cast the input to {c.compute_dtype}", arg="dtype", inputs=(0,))


THRESHOLDED_RELU = OpDef(
    "layers.ThresholdedReLU",
    params=(number("theta", 1.0, least=0),),
    inputs=One(),
    old_unranked=stays_unranked,
    old_kinds=OldKinds(ragged="kept"),
    shape=same,
    dtype=_cut_off,
    group="activation",
    only=KERAS2,
    palette=False,
    doc="(…) → (…)",
)


# PReLU


def _sloped(c: RuleContext, x: TensorSpec) -> Shape | None:
    """Keras 2 multiplies with the slopes that an earlier call made."""
    if c.dialect == "keras3" or not c.built:
        return x.shape
    return broadcast(x.shape or (), c.built[0].shape)


def _sloped_dtype(c: RuleContext, x: TensorSpec) -> str | None:
    """Keras 2 multiplies what comes in with slopes of the layer's dtype."""
    if c.dialect == "keras3" or is_float(c.compute_dtype) or x.dtype is None:
        return needs_float(c, x)
    return x.dtype if x.dtype == c.compute_dtype and "uint" not in x.dtype else _not_both(c, x.dtype)


def _alpha(c: RuleContext, x: TensorSpec) -> list[WeightSpec]:
    """A slope for each place of a sample, shared along `shared_axes`.

    Source: Keras 3, `PReLU.build`.
    """
    shape = list((x.shape or ())[1:])
    for axis in c.shared_axes or ():
        if not -len(shape) <= axis - 1 < len(shape):
            raise RuleError(
                "GC403",
                f"has shared_axes {show(c.shared_axes)}, and its input {show(x.shape)} has rank {len(x.shape or ())}",
                f"choose axes from 1 to {len(shape)}" if shape else "remove shared_axes",
                arg="shared_axes",
                inputs=(0,),
            )
        shape[axis - 1] = 1
    if None in shape:
        axis = shape.index(None) + 1
        raise RuleError(
            "GC408",
            f"needs a known size on axis {axis}, gets {show(x.shape)}",
            f"give axis {axis} a size, or put it into shared_axes",
            inputs=(0,),
            data={"axis": axis},
        )
    return [WeightSpec("alpha", tuple(shape))]


def _kept(c: RuleContext, x: TensorSpec) -> Shape | None:
    """Both Keras look at the axes that are not shared; Keras 3 only where there are shared ones."""
    if c.dialect == "keras3" and not c.shared_axes:
        return None
    return tuple(None if i in (0, *(c.shared_axes or ())) else size for i, size in enumerate(x.shape or ()))


PRELU = OpDef(
    "layers.PReLU",
    unchecked=KERAS3,
    params=(
        serialized("alpha_initializer", "zeros"),
        serialized("alpha_regularizer"),
        serialized("alpha_constraint"),
        whole_numbers("shared_axes", nullable=True),
    ),
    inputs=One(),
    shape=_sloped,
    dynamic=AS_IT_COMES,
    dtype=_sloped_dtype,
    weights=_alpha,
    filled=are_real,
    group="activation",
    renamed={"init": "alpha_initializer"},
    keeps_rank=KERAS3,
    keeps=_kept,
    reuses=KERAS2,
    doc="(batch, …) → (batch, …)",
)


# Softmax


def _softmax_shape(c: RuleContext, x: TensorSpec) -> Shape | None:
    """Keras 3 does not look; Keras 2 runs it."""
    rank = len(x.shape or ())
    if c.dialect == "keras2" and len(c.axis) == 1 and rank < 2:
        raise RuleError("GC403", f"needs rank 2 or more, gets {show(x.shape)}", inputs=(0,))
    for axis in c.axis or ():
        if c.dialect == "keras2" and not -rank <= axis < rank:
            raise RuleError(
                "GC403",
                f"has axis {axis}, and its input {show(x.shape)} has rank {rank}",
                f"choose an axis from {-rank} to {rank - 1}",
                arg="axis",
                inputs=(0,),
            )
    return masked(c, x)


def _softmax_axis() -> Param:
    """One axis or several; null is the last one to TensorFlow, and none to Keras 3."""
    one = whole_numbers("axis", (-1,))

    def old(value: JSON) -> Any:
        if value == []:
            raise BadValue("an axis or a list of axes")
        only = value[0] if isinstance(value, list) and len(value) == 1 else value
        axis = one.read(-1 if only is None else only)
        if only is not value and type(only) is not int:
            raise Taken("an axis or a list of axes", axis)
        return axis

    return replace(nullable(unread(one)), old=old)


def _softmax_unranked(c: RuleContext, x: TensorSpec) -> None:
    """One axis is held against the rank, and several are not."""
    if not isinstance(c.axis, (list, tuple)) or len(c.axis) < 2:
        needs_rank(c, x)


SOFTMAX = OpDef(
    "layers.Softmax",
    params=(_softmax_axis(), flag("robust_masking", only=KERAS2)),
    inputs=One(),
    old_unranked=_softmax_unranked,
    old_kinds=OldKinds(ragged="kept"),
    shape=_softmax_shape,
    dynamic=AS_IT_COMES,
    dtype=needs_float,
    group="activation",
    doc="(…) → (…)",
)

ENTRIES = (RELU, LEAKY_RELU, ELU, PRELU, SOFTMAX, THRESHOLDED_RELU)
