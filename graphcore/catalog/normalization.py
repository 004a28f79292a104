"""Layers that normalize: over the batch, over features, over groups of channels."""

from __future__ import annotations

from ..model import JSON
from .params import anything, flag, number, serialized
from .rules import known, per_sample, same
from .spec import BadValue, One, OpDef, Param, RuleContext, WeightSpec, compute_dtype


def _axis(default: int = -1) -> Param:
    """One axis, or a list of them; a list of one is what Keras 2 writes."""

    def read(value: JSON) -> tuple[int, ...]:
        given = value if isinstance(value, (list, tuple)) else [value]
        if not given or any(type(axis) is not int for axis in given):
            raise BadValue("an axis or a list of axes")
        return tuple(given)

    return Param("axis", read, {"anyOf": [{"type": "integer"}, {"type": "array"}]}, (default,))


def _gamma_and_beta() -> tuple[Param, ...]:
    return (
        flag("center", True),
        flag("scale", True),
        serialized("beta_initializer", "zeros"),
        serialized("gamma_initializer", "ones"),
        serialized("beta_regularizer"),
        serialized("gamma_regularizer"),
        serialized("beta_constraint"),
        serialized("gamma_constraint"),
    )


BATCH = OpDef(
    "layers.BatchNormalization",
    params=(
        _axis(),
        number("momentum", 0.99),
        number("epsilon", 1e-3),
        *_gamma_and_beta(),
        serialized("moving_mean_initializer", "zeros"),
        serialized("moving_variance_initializer", "ones"),
        flag("renorm"),
        anything("renorm_clipping"),
        anything("renorm_momentum", 0.99),
        flag("synchronized"),
    ),
    inputs=One(),
    shape=same,
    dtype=compute_dtype,
    weights=lambda c, x: _batch_weights(c, tuple(known(x, axis) for axis in c.axis)),
    cost=lambda c, x, y: per_sample(y),
    group="normalization",
    doc="(batch, …, features) → (batch, …, features)",
)


def _batch_weights(c: RuleContext, shape: tuple[int, ...]) -> list[WeightSpec]:
    return [
        *([WeightSpec("gamma", shape)] if c.scale else []),
        *([WeightSpec("beta", shape)] if c.center else []),
        WeightSpec("moving_mean", shape, trainable=False),
        WeightSpec("moving_variance", shape, trainable=False),
    ]


ENTRIES = (BATCH,)
