"""Classes that only the models of `keras.applications` use. Their files name them, so they are Keras's own."""

from __future__ import annotations

from collections.abc import Sequence

from ..shapes import RuleError, Shape, TensorSpec, broadcast, show
from .params import anything, number, pos_int
from .rules import same
from .spec import Many, One, OpDef, RuleContext, WeightSpec, compute_dtype


def _scaled(c: RuleContext, x: TensorSpec) -> Shape:
    try:
        return broadcast(x.shape or (), (c.projection_dim,))
    except RuleError as error:
        raise RuleError(
            "GC404",
            f"cannot scale {show(x.shape)} by a weight of ({c.projection_dim},)",
            "make projection_dim the size of the last axis",
            arg="projection_dim",
            inputs=(0,),
        ) from error


LAYER_SCALE = OpDef(
    "applications.LayerScale",
    params=(anything("init_values"), pos_int("projection_dim")),
    inputs=One(),
    old_unranked=None,
    shape=_scaled,
    dtype=compute_dtype,
    weights=lambda c, x: [WeightSpec("gamma", (c.projection_dim,))],
    mask=None,
    dynamic=None,
    group="applications",
    palette=False,
    doc="(batch, …, projection_dim) → (batch, …, projection_dim)",
)

STOCHASTIC_DEPTH = OpDef(
    "applications.StochasticDepth",
    params=(number("drop_path_rate"),),
    inputs=One(),
    old_unranked=None,
    shape=same,
    mask=None,
    dynamic=None,
    group="applications",
    palette=False,
    doc="(…) → (…)",
)


def _sum_of_two(c: RuleContext, xs: Sequence[TensorSpec]) -> Shape:
    return broadcast(xs[0].shape or (), xs[1].shape or ())


CUSTOM_SCALE = OpDef(
    "applications.CustomScaleLayer",
    params=(number("scale"),),
    inputs=Many(2, 2),
    old_unranked=None,
    shape=_sum_of_two,
    mask=None,
    dynamic=None,
    group="applications",
    palette=False,
    doc="[(…), (…)] → (…), the second scaled and added",
)

ENTRIES = (LAYER_SCALE, STOCHASTIC_DEPTH, CUSTOM_SCALE)
