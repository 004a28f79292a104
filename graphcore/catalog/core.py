"""Layers that most models begin with: inputs, dense layers, embeddings, activations by name."""

from __future__ import annotations

from collections.abc import Iterator

from ..model import JSON
from ..shapes import RuleError, Shape
from .params import KERAS2, KERAS3, activation, anything, flag, integer, kernel_and_bias, pos_int, text
from .rules import bias, elementwise, last, lora, lora_after, per_sample, same, times
from .spec import BadValue, One, OpDef, Param, RuleContext, Source, WeightSpec

# Inputs


def _shape_param(name: str, doc: str = "") -> Param:
    """A list of sizes; null and -1 stand for an unknown one."""

    def read(value: JSON) -> Shape | None:
        if value is None:
            return None
        if not isinstance(value, (list, tuple)):
            raise BadValue("a list of sizes")
        for size in value:
            if size is not None and (type(size) is not int or size < 0):
                raise BadValue("a list of sizes, each a whole number from 0, or null for an unknown one")
        return tuple(value)

    one: JSON = {"type": ["integer", "null"], "minimum": 0}
    return Param(name, read, {"anyOf": [{"type": "array", "items": one}, {"type": "null"}]}, None, doc=doc)


def _input_shape(c: RuleContext) -> Shape | None:
    whole = c.batch_shape if c.batch_shape is not None else c.batch_input_shape
    if whole is not None:
        return whole  # type: ignore[no-any-return]  # a parameter's value
    one: Shape | None = c.shape if c.shape is not None else c.input_shape
    return None if one is None else (c.batch_size, *one)


def _input_checks(c: RuleContext) -> Iterator[RuleError]:
    if _input_shape(c) is None:
        yield RuleError("GC203", "needs a shape", "give batch_shape, with null for the batch: [null, 28, 28, 1]")


INPUT = OpDef(
    "layers.InputLayer",
    params=(
        _shape_param("batch_shape", "the whole shape, the batch first"),
        _shape_param("batch_input_shape"),
        _shape_param("shape"),
        _shape_param("input_shape"),
        integer("batch_size"),
        text("dtype"),
        flag("sparse"),
        flag("ragged"),
        flag("optional"),
        anything("input_tensor"),
        anything("type_spec", only=KERAS2),
    ),
    inputs=Source(),
    shape=_input_shape,
    dtype=lambda c: c.dtype or "float32",
    checks=_input_checks,
    renamed={"batch_input_shape": "batch_shape", "input_dtype": "dtype"},
    takes_any_argument=True,
    doc="→ (batch, …)",
)


# Dense

DENSE = OpDef(
    "layers.Dense",
    params=(
        pos_int("units"),
        activation(),
        flag("use_bias", True),
        *kernel_and_bias(),
        integer("lora_rank", only=KERAS3),
        anything("lora_alpha", only=KERAS3),
        anything("quantization_config", only=KERAS3),
    ),
    inputs=One(min_rank=2),
    shape=lambda c, x: (*(x.shape or ())[:-1], c.units),
    weights=lambda c, x: _dense_weights(c, WeightSpec("kernel", (last(c, x), c.units))),
    cost=lambda c, x, y: times(per_sample(y), last(c, x)),
    renamed={
        "output_dim": "units",
        "init": "kernel_initializer",
        "W_regularizer": "kernel_regularizer",
        "b_regularizer": "bias_regularizer",
        "W_constraint": "kernel_constraint",
        "b_constraint": "bias_constraint",
        "bias": "use_bias",
    },
    doc="(batch, …, in) → (batch, …, units)",
)


def _dense_weights(c: RuleContext, kernel: WeightSpec) -> list[WeightSpec]:
    return [*lora(c, kernel), *bias(c, c.units), *lora_after(c, kernel)]


ACTIVATION = OpDef(
    "layers.Activation",
    params=(activation("activation"),),
    inputs=One(),
    shape=same,
    cost=elementwise,
    group="activation",
    doc="(…) → (…)",
)

ENTRIES = (INPUT, DENSE, ACTIVATION)
