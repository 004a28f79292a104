"""Layers that move a window: convolutions, pooling, up-sampling, padding and cropping."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ..model import JSON
from ..shapes import RuleError, Shape, TensorSpec, show
from .params import (
    KERAS3,
    activation,
    anything,
    choice,
    data_format,
    flag,
    integer,
    kernel_and_bias,
    pos_int,
    sizes,
)
from .rules import (
    bias,
    channel_axis,
    channels,
    exact_rank,
    lora,
    lora_after,
    needs_float,
    per_sample,
    put,
    slide,
    spatial,
    times,
)
from .spec import BadValue, One, OpDef, Param, RuleContext, WeightSpec, entries

RANKS = (1, 2, 3)
OLD_CONV = {
    "nb_filter": "filters",
    "filter_length": "kernel_size",
    "border_mode": "padding",
    "subsample": "strides",
    "subsample_length": "strides",
    "dim_ordering": "data_format",
    "init": "kernel_initializer",
    "W_regularizer": "kernel_regularizer",
    "b_regularizer": "bias_regularizer",
    "W_constraint": "kernel_constraint",
    "b_constraint": "bias_constraint",
    "bias": "use_bias",
    "atrous_rate": "dilation_rate",
}
AXES = {1: "steps", 2: "height, width", 3: "depth, height, width"}


def _padding(rank: int, *, causal: bool = False) -> Param:
    return choice("padding", ("valid", "same", "causal") if causal else ("valid", "same"), "valid")


def _window(rank: int) -> tuple[Param, ...]:
    return (sizes("kernel_size", rank, required=True), sizes("strides", rank, (1,) * rank))


def _lora() -> tuple[Param, ...]:
    return (integer("lora_rank", only=KERAS3), anything("lora_alpha", only=KERAS3))


# Convolution


def _conv(rank: int) -> OpDef:
    return OpDef(
        f"layers.Conv{rank}D",
        params=(
            pos_int("filters"),
            *_window(rank),
            _padding(rank, causal=rank == 1),
            data_format(),
            sizes("dilation_rate", rank, (1,) * rank),
            integer("groups", 1, least=0),
            activation(),
            flag("use_bias", True),
            *kernel_and_bias(),
            *_lora(),
        ),
        inputs=One(min_rank=rank + 2),
        shape=_conv_shape,
        dtype=needs_float,
        weights=_conv_weights,
        mask="drops",
        cost=lambda c, x, y: times(per_sample(y), *c.kernel_size, channels(c, x) // (c.groups or 1)),
        checks=_conv_checks,
        group="convolution",
        aliases=(f"Convolution{rank}D", *(("AtrousConvolution1D",) if rank == 1 else ())),
        renamed=OLD_CONV,
        doc=f"(batch, {AXES[rank]}, in) → (batch, {AXES[rank]}, filters)",
    )


def _conv_shape(c: RuleContext, x: TensorSpec) -> Shape:
    shape = x.shape or ()
    if len(shape) != len(c.kernel_size) + 2:
        return _conv_of_more_axes(c, x)
    return put(c, x, slide(c, spatial(c, x), c.kernel_size, c.strides, c.dilation_rate, "kernel_size"), c.filters)


def _conv_of_more_axes(c: RuleContext, x: TensorSpec) -> Shape:
    """Keras 2 takes further batch axes in front; Keras 3 does not."""
    rank = len(c.kernel_size)
    if c.dialect != "keras2":
        exact_rank(x, rank + 2)
    shape = x.shape or ()
    inner = TensorSpec((None, *shape[-rank - 1 :]), x.dtype)
    return (*shape[: -rank - 1], *_conv_shape(c, inner)[1:])


def _conv_weights(c: RuleContext, x: TensorSpec) -> list[WeightSpec]:
    many, groups = channels(c, x), c.groups or 1
    if many % groups:
        raise RuleError(
            "GC205",
            f"cannot divide the {many} channels of {show(x.shape)} into {groups} groups",
            "make groups a divisor of the channels that come in",
            arg="groups",
            inputs=(0,),
        )
    kernel = WeightSpec("kernel", (*c.kernel_size, many // groups, c.filters))
    return [*lora(c, kernel), *bias(c, c.filters), *lora_after(c, kernel)]


def _conv_checks(c: RuleContext) -> Iterator[RuleError]:
    if c.groups == 0 and c.dialect == "keras3":
        yield RuleError("GC204", "needs groups above 0, gets 0", "use groups=1", arg="groups")
    elif c.groups and c.filters % c.groups:
        yield RuleError(
            "GC205",
            f"cannot divide {c.filters} filters into {c.groups} groups",
            "make filters a multiple of groups",
            arg="groups",
        )
    yield from _one_of_stride_and_dilation(c)


def _one_of_stride_and_dilation(c: RuleContext) -> Iterator[RuleError]:
    if max(c.strides) > 1 and max(c.dilation_rate) > 1:
        yield RuleError(
            "GC205",
            f"cannot have both strides {show(c.strides)} and dilation_rate {show(c.dilation_rate)} above 1",
            "set one of the two to 1",
            arg="dilation_rate",
        )


CONVOLUTIONS = tuple(_conv(rank) for rank in RANKS)


# Pooling


def _pool(kind: str, rank: int) -> OpDef:
    return OpDef(
        f"layers.{kind}Pooling{rank}D",
        params=(
            sizes("pool_size", rank, (2,) * rank),
            _strides_of_pool(rank),
            _padding(rank),
            data_format(),
        ),
        inputs=One(rank=rank + 2),
        shape=_pool_shape,
        mask="drops",
        cost=lambda c, x, y: times(per_sample(y), *c.pool_size),
        group="pooling",
        aliases=(f"{'Max' if kind == 'Max' else 'Avg'}Pool{rank}D",),
        renamed={
            "pool_length": "pool_size",
            "stride": "strides",
            "border_mode": "padding",
            "dim_ordering": "data_format",
        },
        doc=f"(batch, {AXES[rank]}, channels) → (batch, fewer {AXES[rank]}, channels)",
    )


def _strides_of_pool(rank: int) -> Param:
    given = sizes("strides", rank)

    def read(value: JSON) -> Any:
        return None if value is None else given.read(value)

    return Param("strides", read, {"anyOf": [*given.schema["anyOf"], {"type": "null"}]}, None)


def _pool_shape(c: RuleContext, x: TensorSpec) -> Shape:
    strides = c.strides or c.pool_size
    exact_rank(x, len(c.pool_size) + 2)
    out = slide(c, spatial(c, x), c.pool_size, strides, (1,) * len(strides), "pool_size")
    return put(c, x, out, (x.shape or ())[channel_axis(c, x)])


POOLING = tuple(_pool(kind, rank) for kind in ("Max", "Average") for rank in RANKS)


# Pooling of everything


def _pool_all(kind: str, rank: int) -> OpDef:
    return OpDef(
        f"layers.Global{kind}Pooling{rank}D",
        params=(data_format(), flag("keepdims")),
        inputs=One(rank=rank + 2),
        shape=_pool_all_shape,
        mask="drops",
        cost=lambda c, x, y: per_sample(x.shape),
        group="pooling",
        aliases=(f"Global{'Max' if kind == 'Max' else 'Avg'}Pool{rank}D",),
        renamed={"dim_ordering": "data_format"},
        doc=f"(batch, {AXES[rank]}, channels) → (batch, channels)",
    )


def _pool_all_shape(c: RuleContext, x: TensorSpec) -> Shape:
    shape = x.shape or (None, None)
    many = shape[channel_axis(c, x)]
    return put(c, x, (1,) * (len(shape) - 2), many) if c.keepdims else (shape[0], many)


GLOBAL_POOLING = tuple(_pool_all(kind, rank) for kind in ("Max", "Average") for rank in RANKS)


# Padding


def _pairs(name: str, rank: int, default: Any, doc: str = "") -> Param:
    """A number for all sides, a list of one number an axis, or a list of pairs (before, after); read as pairs.

    In one dimension a list is the pair itself.
    """
    wanted = "a whole number from 0" if rank == 1 else f"a whole number from 0, or {rank} of them, or {rank} pairs"

    def read(value: JSON) -> tuple[tuple[int, int], ...]:
        each = [value] * rank if type(value) is int else [value] if rank == 1 else value
        if not isinstance(each, (list, tuple)) or len(each) != rank:
            raise BadValue(wanted)
        pairs = [(one, one) if type(one) is int else one for one in each]
        for pair in pairs:
            if not isinstance(pair, (list, tuple)) or len(pair) != 2 or any(type(i) is not int or i < 0 for i in pair):
                raise BadValue(wanted)
        return tuple((before, after) for before, after in pairs)

    return Param(name, read, {"anyOf": [{"type": "integer", "minimum": 0}, {"type": "array"}]}, default, doc=doc)


def _pad(rank: int) -> OpDef:
    return OpDef(
        f"layers.ZeroPadding{rank}D",
        params=(_pairs("padding", rank, ((1, 1),) * rank), data_format()),
        inputs=One(rank=rank + 2),
        shape=_pad_shape,
        mask="drops",
        group="reshaping",
        renamed={"dim_ordering": "data_format"},
        doc=f"(batch, {AXES[rank]}, channels) → (batch, more {AXES[rank]}, channels)",
    )


def _pad_shape(c: RuleContext, x: TensorSpec) -> Shape:
    out = [None if size is None else size + a + b for size, (a, b) in zip(spatial(c, x), c.padding, strict=True)]
    return put(c, x, out, (x.shape or ())[channel_axis(c, x)])


PADDING = tuple(_pad(rank) for rank in RANKS)

ENTRIES = entries(CONVOLUTIONS, POOLING, GLOBAL_POOLING, PADDING)
