"""Activations as layers."""

from __future__ import annotations

from ..shapes import RuleError, TensorSpec, show
from .params import KERAS2, flag, nullable, number, serialized, whole_numbers
from .rules import elementwise, needs_float, run_dtype, same
from .spec import One, OpDef, RuleContext, WeightSpec

RELU = OpDef(
    "layers.ReLU",
    params=(
        nullable(number("max_value", least=0)),
        number("negative_slope", 0.0, least=0),
        number("threshold", 0.0, least=0),
    ),
    inputs=One(),
    shape=same,
    dtype=run_dtype,
    cost=elementwise,
    group="activation",
    doc="(…) → (…)",
)

LEAKY_RELU = OpDef(
    "layers.LeakyReLU",
    params=(number("negative_slope", 0.3, least=0), number("alpha", 0.3)),
    inputs=One(),
    shape=same,
    dtype=run_dtype,
    cost=elementwise,
    group="activation",
    renamed={"alpha": "negative_slope"},
    doc="(…) → (…)",
)

ELU = OpDef(
    "layers.ELU",
    params=(number("alpha", 1.0),),
    inputs=One(),
    shape=same,
    dtype=run_dtype,
    cost=elementwise,
    group="activation",
    doc="(…) → (…)",
)

THRESHOLDED_RELU = OpDef(
    "layers.ThresholdedReLU",
    params=(number("theta", 1.0, least=0),),
    inputs=One(),
    shape=same,
    dtype=needs_float,
    cost=elementwise,
    group="activation",
    only=KERAS2,
    palette=False,
    doc="(…) → (…)",
)


# PReLU


def _alpha(c: RuleContext, x: TensorSpec) -> list[WeightSpec]:
    """A slope for each place of a sample, shared along `shared_axes`.

    Source: Keras 3, `PReLU.build`.
    """
    shape = list((x.shape or ())[1:])
    for axis in c.shared_axes or ():
        if not -len(shape) <= axis - 1 < len(shape):
            raise RuleError(
                "GC403",
                f"has shared_axes {show(c.shared_axes)}, and its input {show(x.shape)} has rank {len(shape) + 1}",
                f"choose axes from 1 to {len(shape)}",
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


PRELU = OpDef(
    "layers.PReLU",
    params=(
        serialized("alpha_initializer", "zeros"),
        serialized("alpha_regularizer"),
        serialized("alpha_constraint"),
        whole_numbers("shared_axes", nullable=True),
    ),
    inputs=One(min_rank=1),
    shape=same,
    dtype=needs_float,
    weights=_alpha,
    cost=elementwise,
    group="activation",
    renamed={"init": "alpha_initializer"},
    doc="(batch, …) → (batch, …)",
)


# Softmax

SOFTMAX = OpDef(
    "layers.Softmax",
    params=(whole_numbers("axis", (-1,)), flag("robust_masking", only=KERAS2)),
    inputs=One(),
    shape=same,
    dtype=needs_float,
    cost=elementwise,
    group="activation",
    doc="(…) → (…)",
)

ENTRIES = (RELU, LEAKY_RELU, ELU, PRELU, SOFTMAX, THRESHOLDED_RELU)
