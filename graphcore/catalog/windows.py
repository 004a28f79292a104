"""Layers that move a window: convolutions, pooling, up-sampling, padding and cropping."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import product
from typing import Any

from ..model import JSON
from ..shapes import Dim, RuleError, Shape, TensorSpec, broadcast, show
from .low_rank import low_rank, low_rank_product, low_rank_weights
from .masks import ends
from .params import (
    KERAS2,
    KERAS3,
    activation,
    anything,
    choice,
    cut_down,
    data_format,
    empty_as,
    flag,
    fractional,
    integer,
    kernel_and_bias,
    kernel_size,
    nullable,
    pos_int,
    said_in_keras3,
    serialized,
    sizes,
    strict,
)
from .rules import (
    are_numbers,
    bias,
    channel_axis,
    channels,
    channels_if_known,
    exact_rank,
    known,
    needs_float,
    per_sample,
    plus,
    put,
    run_dtype,
    slide,
    spatial,
    takes_only,
    times,
)
from .spec import (
    AS_IT_RUNS,
    BadValue,
    Dynamic,
    OldKinds,
    One,
    OpDef,
    Param,
    RuleContext,
    Taken,
    WeightSpec,
    compute_dtype,
    entries,
    needs_rank,
    of_rank,
    stays_unranked,
)

RANKS = (1, 2, 3)
OLD_WINDOW = {
    "filter_length": "kernel_size",
    "border_mode": "padding",
    "subsample": "strides",
    "subsample_length": "strides",
    "dim_ordering": "data_format",
    "b_regularizer": "bias_regularizer",
    "b_constraint": "bias_constraint",
    "bias": "use_bias",
}
OLD_LOCAL = OLD_WINDOW | {
    "nb_filter": "filters",
    "init": "kernel_initializer",
    "W_regularizer": "kernel_regularizer",
    "W_constraint": "kernel_constraint",
}
OLD_CONV = OLD_LOCAL | {"atrous_rate": "dilation_rate"}
OLD_DEPTHWISE = OLD_WINDOW | {"init": "depthwise_initializer", "atrous_rate": "dilation_rate"}
AXES = {1: "steps", 2: "height, width", 3: "depth, height, width"}


def _padding(rank: int, *, causal: bool = False) -> Param:
    return choice("padding", ("valid", "same", "causal") if causal else ("valid", "same"), "valid")


def _window(rank: int) -> tuple[Param, ...]:
    return (kernel_size(rank), sizes("strides", rank, (1,) * rank))


# Convolution


def _groups() -> Param:
    """Keras 2 takes what is nothing for 1."""
    plain = integer("groups", 1, least=0)
    return replace(plain, old=empty_as(plain, 0).read)


def _divisor_of_filters() -> Param:
    """Keras 2 divides the filters by it, and does no more."""
    plain = integer("groups", 1, only=KERAS2)

    def read(value: JSON) -> Any:
        is_number = isinstance(value, float) and math.isfinite(value)
        if is_number and value:
            raise Taken("a whole number", value)
        return plain.read(value)

    return replace(plain, old=empty_as(replace(plain, read=read), 0).read)


def _conv(rank: int) -> OpDef:
    return OpDef(
        f"layers.Conv{rank}D",
        params=(
            cut_down(pos_int("filters")),
            kernel_size(rank),
            fractional(sizes("strides", rank, (1,) * rank)),
            _padding(rank, causal=rank == 1),
            data_format(),
            fractional(sizes("dilation_rate", rank, (1,) * rank)),
            _groups(),
            activation(),
            flag("use_bias", True),
            *kernel_and_bias(),
            *low_rank(),
        ),
        inputs=One(min_rank=rank + 2),
        shape=_conv_shape,
        dtype=needs_float,
        weights=_conv_weights,
        reuses=KERAS2,
        mask=None,
        cost=_conv_cost,
        checks=_conv_checks,
        group="convolution",
        aliases=(f"Convolution{rank}D", *((f"AtrousConvolution{rank}D",) if rank < 3 else ())),
        renamed=OLD_CONV,
        doc=f"(batch, {AXES[rank]}, in) → (batch, {AXES[rank]}, filters)",
    )


def _conv_shape(c: RuleContext, x: TensorSpec) -> Shape:
    shape = x.shape or ()
    if c.dialect == "keras2" and c.built:
        _check_kernel(c, x, c.built[0].shape[-2])
    if len(shape) != len(c.kernel_size) + 2:
        return _conv_of_more_axes(c, x)
    return put(c, x, slide(c, spatial(c, x), c.kernel_size, c.strides, c.dilation_rate, "kernel_size"), c.filters)


def _conv_of_more_axes(c: RuleContext, x: TensorSpec) -> Shape:
    """Keras 2 takes further batch axes in front; Keras 3 does not."""
    rank = len(c.kernel_size)
    shape = x.shape or ()
    if c.dialect != "keras2" or len(shape) < rank + 2:
        exact_rank(x, rank + 2)
    inner = TensorSpec((None, *shape[-rank - 1 :]), x.dtype)
    outer = shape[: -rank - 1]
    if c.data_format == "channels_first" and max(c.dilation_rate) > 1 and outer[1] is None:
        outer = (outer[0], c.filters, *outer[2:])  # TensorFlow takes axis 1 for the channels where it dilates
    return (*outer, *_conv_shape(c, inner)[1:])


def _check_kernel(c: RuleContext, x: TensorSpec, depth: Dim) -> None:
    """TensorFlow convolves with the kernel that there is: what is a multiple of its depth comes in as groups."""
    shape = x.shape or ()
    axis = _channels_of_conv(c)
    many = shape[axis] if len(shape) > len(c.kernel_size) + 1 else None
    if many is None or depth is None or (many % depth == 0 and c.filters % max(many // depth, 1) == 0):
        return
    raise RuleError(
        "GC411",
        f"has a kernel for {depth} channels from call 0, and gets {show(x.shape)}",
        "share a layer only between inputs of the same size, or use a second layer",
        inputs=(0,),
    )


def _channels_of_conv(c: RuleContext) -> int:
    """The axis of the channels, in front of those in space where Keras 2 takes further batch axes."""
    return -1 if c.data_format != "channels_first" else -1 - len(c.kernel_size) if c.dialect == "keras2" else 1


def _conv_weights(c: RuleContext, x: TensorSpec) -> list[WeightSpec]:
    many, groups = known(x, _channels_of_conv(c), " for the channels"), c.groups or 1
    if many % groups:
        raise RuleError(
            "GC205",
            f"cannot divide the {many} channels of {show(x.shape)} into {groups} groups",
            "make groups a divisor of the channels that come in",
            arg="groups",
            inputs=(0,),
            data={"channels": many, "groups": groups},
        )
    shape = (*c.kernel_size, many // groups, c.filters)
    added = low_rank_weights(c, shape, c.kernel_constraint)
    return [WeightSpec("kernel", shape, trainable=not added), *bias(c, c.filters), *added]


def _conv_checks(c: RuleContext) -> Iterator[RuleError]:
    if c.groups == 0 and c.dialect == "keras3":
        yield RuleError("GC204", "needs groups above 0, gets 0", "use groups=1", arg="groups")
    yield from _groups_of_filters(c)
    yield from _one_of_stride_and_dilation(c)


def _conv_cost(c: RuleContext, x: TensorSpec, y: Shape) -> Dim:
    many = channels_if_known(c, x)
    if many is None:
        return None
    kernel = (*c.kernel_size, many // (c.groups or 1))
    product = times(*y[1:], *kernel)
    return plus(product, low_rank_product(c, (*kernel, c.filters))) if c.lora_rank else product


def _groups_of_filters(c: RuleContext) -> Iterator[RuleError]:
    if c.groups == 0 and c.dialect == "keras2":
        yield RuleError("GC210", "has groups 0, which Keras 2 takes for 1", "use groups=1", arg="groups")
    if c.groups and c.filters % c.groups:
        yield RuleError(
            "GC205",
            f"cannot divide {c.filters} filters into {c.groups} groups",
            "make filters a multiple of groups",
            arg="groups",
            data={"beside": ["filters"]},
        )


def _one_of_stride_and_dilation(c: RuleContext) -> Iterator[RuleError]:
    if max(c.strides) > 1 and max(c.dilation_rate) > 1:
        yield RuleError(
            "GC205",
            f"cannot have both strides {show(c.strides)} and dilation_rate {show(c.dilation_rate)} above 1",
            "set one of the two to 1",
            arg="dilation_rate",
            data={"beside": ["strides"]},
        )


CONVOLUTIONS = tuple(_conv(rank) for rank in RANKS)

# Transposed convolution


def _dilation_of_transposed(rank: int) -> Param:
    """tf_keras convolves volumes back without it."""
    plain = sizes("dilation_rate", rank, (1,) * rank)
    return replace(plain, old=fractional(plain, is_cut=True).old) if rank == 3 else plain


def _transposed(rank: int) -> OpDef:
    return OpDef(
        f"layers.Conv{rank}DTranspose",
        params=(
            cut_down(pos_int("filters")),
            *_window(rank),
            _padding(rank),
            nullable(sizes("output_padding", rank, least=0)),
            data_format(),
            _dilation_of_transposed(rank),
            _divisor_of_filters(),
            activation(),
            flag("use_bias", True),
            *kernel_and_bias(),
        ),
        inputs=One(rank=rank + 2),
        shape=_transposed_shape,
        dtype=needs_float,
        weights=_transposed_weights,
        reuses=KERAS2 if rank == 3 else (),  # TensorFlow does not look at the depth there
        mask=None,
        cost=lambda c, x, y: times(per_sample(x.shape), *c.kernel_size, c.filters),
        checks=_transposed_checks,
        group="convolution",
        aliases=(f"Convolution{rank}DTranspose", *((f"Deconvolution{rank}D",) if rank > 1 else ())),
        renamed=OLD_CONV,
        doc=f"(batch, {AXES[rank]}, in) → (batch, {AXES[rank]} × strides, filters)",
    )


def _transposed_shape(c: RuleContext, x: TensorSpec) -> Shape:
    rank = len(x.shape or ())
    if c.dialect == "keras2" or not 2 <= rank <= len(c.kernel_size) + 2:  # Keras 3 goes along the axes that there are
        exact_rank(x, len(c.kernel_size) + 2)
    extra = c.output_padding or (None,) * len(c.kernel_size)
    rates = c.dilation_rate
    if c.dialect == "keras2" and len(rates) == 3:  # tf_keras does not hand it on
        rates = (1, 1, 1)
    each = zip(spatial(c, x), c.kernel_size, c.strides, rates, extra, strict=False)
    return put(c, x, [_spread(c, *one) for one in each], c.filters)


def _spread(c: RuleContext, size: Dim, width: int, stride: int, dilation: int, extra: int | None) -> Dim:
    """The size that a transposed window makes of one.

    Source: Keras 3, `_get_output_shape_given_tf_padding`; tf_keras, `deconv_output_length`.
    """
    if size is None:
        return None
    covered = (width - 1) * dilation + 1
    if c.padding == "valid":
        return (size - 1) * stride + covered + (max(stride - covered, 0) if extra is None else extra)
    if extra is None:
        return size * stride
    return (size - 1) * stride + covered % 2 + extra


def _transposed_weights(c: RuleContext, x: TensorSpec) -> list[WeightSpec]:
    return [WeightSpec("kernel", (*c.kernel_size, c.filters, channels(c, x))), *bias(c, c.filters)]


def _transposed_checks(c: RuleContext) -> Iterator[RuleError]:
    if c.output_padding is not None and any(a >= b for a, b in zip(c.output_padding, c.strides, strict=True)):
        yield RuleError(
            "GC205",
            f"has output_padding {show(c.output_padding)}, which must be below strides {show(c.strides)} on each axis",
            "make output_padding smaller or strides larger",
            arg="output_padding",
            data={"beside": ["strides"]},
        )
    yield from _one_of_stride_and_dilation(c)
    if c.dialect == "keras2":
        yield from _groups_of_filters(c)
        if len(c.dilation_rate) == 2 and c.dilation_rate[0] != c.dilation_rate[1]:
            says = f"has dilation_rate {show(c.dilation_rate)}, and takes one rate for both axes"
            yield RuleError("GC204", says, "write one number", arg="dilation_rate")


TRANSPOSED = tuple(_transposed(rank) for rank in RANKS)


# Depthwise and separable convolution


def _depthwise(rank: int) -> OpDef:
    return OpDef(
        f"layers.DepthwiseConv{rank}D",
        params=(
            kernel_size(rank),
            fractional(sizes("strides", rank, (1,) * rank), is_cut=True),
            _padding(rank),
            _depth_multiplier(),
            data_format(),
            fractional(sizes("dilation_rate", rank, (1,) * rank)),
            anything("groups", 1, only=KERAS2),
            activation(),
            flag("use_bias", True),
            *kernel_and_bias("depthwise"),
            *_plain_kernel(),
        ),
        inputs=One(rank=rank + 2),
        shape=_depthwise_shape,
        dtype=needs_float,
        weights=_depthwise_weights,
        mask=None,
        cost=lambda c, x, y: times(per_sample(y), *c.kernel_size),
        checks=_keras2_stride_and_dilation,
        group="convolution",
        renamed=OLD_DEPTHWISE,
        doc=f"(batch, {AXES[rank]}, in) → (batch, {AXES[rank]}, in × depth_multiplier)",
    )


def _plain_kernel() -> tuple[Param, ...]:
    """What Keras 2 writes into a config, inherited from Conv, and does not use."""
    return (
        serialized("kernel_initializer", "glorot_uniform", only=KERAS2),
        serialized("kernel_regularizer", only=KERAS2),
        serialized("kernel_constraint", only=KERAS2),
    )


def _depthwise_shape(c: RuleContext, x: TensorSpec) -> Shape:
    exact_rank(x, len(c.kernel_size) + 2)
    # Keras 3 multiplies, and cannot where a later call does not know the channels; Keras 2 has its kernel.
    many = channels(c, x) if c.dialect == "keras3" or not c.built else c.built[0].shape[-2]
    return put(c, x, _slide_apart(c, spatial(c, x)), times(many, c.depth_multiplier))


def _slide_apart(c: RuleContext, sizes: Shape) -> list[Dim]:
    """Positions of the window. TensorFlow folds a dilated one into the batch, and knows no size if one is unknown."""
    if c.dialect == "keras2" and None in sizes and max(c.dilation_rate) > 1:
        return [None for _ in sizes]
    return slide(c, sizes, c.kernel_size, c.strides, c.dilation_rate, "kernel_size")


def _depth_multiplier() -> Param:
    plain = integer("depth_multiplier", 1, least=1)
    return replace(plain, old=strict(integer("depth_multiplier", 1, least=0)).read)


def _depthwise_weights(c: RuleContext, x: TensorSpec) -> list[WeightSpec]:
    many = channels(c, x)
    return [
        WeightSpec(
            "kernel" if c.dialect == "keras3" else "depthwise_kernel", (*c.kernel_size, many, c.depth_multiplier)
        ),
        *bias(c, many * c.depth_multiplier),
    ]


def _keras2_stride_and_dilation(c: RuleContext) -> Iterator[RuleError]:
    if c.dialect == "keras2":
        yield from _one_of_stride_and_dilation(c)


DEPTHWISE = tuple(_depthwise(rank) for rank in (1, 2))


def _separable(rank: int) -> OpDef:
    return OpDef(
        f"layers.SeparableConv{rank}D",
        params=(
            cut_down(pos_int("filters")),
            kernel_size(rank),
            fractional(sizes("strides", rank, (1,) * rank), is_cut=True),
            _padding(rank, causal=rank == 1),
            data_format(),
            fractional(sizes("dilation_rate", rank, (1,) * rank)),
            _divisor_of_filters(),
            replace(integer("depth_multiplier", 1, least=1), old=strict(integer("depth_multiplier", 1, least=1)).read),
            activation(),
            flag("use_bias", True),
            serialized("depthwise_initializer", "glorot_uniform"),
            serialized("pointwise_initializer", "glorot_uniform"),
            serialized("bias_initializer", "zeros"),
            serialized("depthwise_regularizer"),
            serialized("pointwise_regularizer"),
            serialized("bias_regularizer"),
            serialized("activity_regularizer"),
            serialized("depthwise_constraint"),
            serialized("pointwise_constraint"),
            serialized("bias_constraint"),
            *_plain_kernel(),
        ),
        inputs=One(rank=rank + 2),
        shape=_separable_shape,
        dtype=needs_float,
        weights=_separable_weights,
        mask=None,
        cost=_separable_cost,
        checks=_separable_checks,
        group="convolution",
        aliases=(f"SeparableConvolution{rank}D",),
        renamed=OLD_DEPTHWISE | {"nb_filter": "filters"},
        doc=f"(batch, {AXES[rank]}, in) → (batch, {AXES[rank]}, filters)",
    )


def _separable_shape(c: RuleContext, x: TensorSpec) -> Shape:
    exact_rank(x, len(c.kernel_size) + 2)
    return put(c, x, _slide_apart(c, spatial(c, x)), c.filters)


def _separable_weights(c: RuleContext, x: TensorSpec) -> list[WeightSpec]:
    many, depth = channels(c, x), c.depth_multiplier
    return [
        WeightSpec("depthwise_kernel", (*c.kernel_size, many, depth)),
        WeightSpec("pointwise_kernel", (*(1 for _ in c.kernel_size), many * depth, c.filters)),
        *bias(c, c.filters),
    ]


def _separable_cost(c: RuleContext, x: TensorSpec, y: Shape) -> Dim:
    """Depthwise over each position, then a dense step of its channels."""
    positions = times(*spatial(c, TensorSpec(y, None)))
    many = channels_if_known(c, x)
    return times(positions, many, c.depth_multiplier, math.prod(c.kernel_size) + c.filters)


def _separable_checks(c: RuleContext) -> Iterator[RuleError]:
    if c.dialect == "keras2":
        yield from _one_of_stride_and_dilation(c)
        yield from _groups_of_filters(c)
    elif c.padding == "causal":
        yield RuleError(
            "GC204", 'has padding "causal"; it takes one of "valid", "same"', 'use padding="same"', arg="padding"
        )


SEPARABLE = tuple(_separable(rank) for rank in (1, 2))


# Windows with weights of their own at each place, of Keras 2


def _local(rank: int) -> OpDef:
    return OpDef(
        f"layers.LocallyConnected{rank}D",
        params=(
            replace(pos_int("filters"), old=strict(integer("filters", least=0)).read),
            *_window(rank),
            _padding(rank),
            data_format(),
            activation(),
            flag("use_bias", True),
            *kernel_and_bias(),
            integer("implementation", 1),
        ),
        inputs=One(rank=rank + 2),
        shape=_local_shape,
        dynamic=Dynamic(_local_said),
        dtype=needs_float,
        weights=_local_weights,
        reuses=KERAS2,
        mask=None,
        cost=lambda c, x, y: times(per_sample(y), *c.kernel_size, channels_if_known(c, x)),
        checks=_local_checks,
        group="legacy",
        renamed=OLD_LOCAL,
        only=KERAS2,
        palette=False,
        doc=f"(batch, {AXES[rank]}, in) → (batch, {AXES[rank]}, filters)",
    )


def _local_checks(c: RuleContext) -> Iterator[RuleError]:
    if c.implementation not in (1, 2, 3):
        says = f"has implementation {c.implementation}; it takes 1, 2 or 3"
        yield RuleError("GC204", says, "use implementation=1", arg="implementation")
    elif c.implementation == 1 and c.padding != "valid":
        says = f'has padding "{c.padding}", and takes "valid" only where implementation is 1'
        yield RuleError("GC205", says, "use implementation=2", arg="padding", data={"beside": ["implementation"]})


def _local_said(c: RuleContext, x: TensorSpec) -> Shape:
    """What Keras 2 says of a layer that it does not run, and that needs no weights."""
    exact_rank(x, len(c.kernel_size) + 2)
    places = slide(c, spatial(c, x), c.kernel_size, c.strides, (1,) * len(c.kernel_size), "kernel_size")
    return put(c, x, places, c.filters)


def _local_shape(c: RuleContext, x: TensorSpec) -> Shape:
    if c.first and c.implementation == 1:
        return _local_shape_again(c, x, c.first[0])
    out = put(c, x, _local_places(c, x), c.filters)
    if not c.first:
        return out
    shape, before = x.shape or (), c.first[0].shape
    sizes = (per_sample(shape), per_sample(before))
    if shape[0] is not None and None not in sizes and sizes[0] != sizes[1]:
        raise RuleError("GC411", f"multiplies what {show(before)} holds, and gets {show(shape)}", inputs=(0,))
    return broadcast(out, put(c, c.first[0], _local_places(c, c.first[0]), c.filters)) if c.use_bias else out


def _local_shape_again(c: RuleContext, x: TensorSpec, before: TensorSpec) -> Shape:
    """A later call: the places of the first one, whatever the sizes. What they cut out is laid in rows of one kernel.

    Source: tf_keras, `backend.local_conv`.

    Raises:
        RuleError: built-for-other (GC411), a fixed batch does not come out whole.
    """
    places, shape = _local_places(c, before), x.shape or ()
    rank, is_first = len(c.kernel_size), c.data_format == "channels_first"
    if len(shape) < rank + 2:
        exact_rank(x, rank + 2)
    begin = 2 if is_first else 1
    wanted = math.prod(c.kernel_size) * channels(c, before)
    cuts = [
        {None if size is None else max(0, min(size - i * stride, width)) for i in range(count)}
        for size, count, stride, width in zip(
            shape[begin : begin + rank], places, c.strides, c.kernel_size, strict=True
        )
    ]
    rows: set[float | None] = set()
    for cut in product(*cuts):
        held = [*shape[:begin], *shape[begin + rank :], *cut]  # axes beyond the channels are held whole
        rows.add(0 if 0 in held else None if None in held else math.prod(size or 0 for size in held) / wanted)
    known = {size for size in rows if size is not None}
    if len(known) > 1 or any(size != int(size) for size in known):
        raise RuleError("GC411", f"was built for {show(before.shape)}, and gets {show(x.shape)}", inputs=(0,))
    batch = next((int(size) for size in known), None)
    return (batch, c.filters, *places) if is_first else (batch, *places, c.filters)


def _local_places(c: RuleContext, x: TensorSpec) -> list[int]:
    first = 2 if c.data_format == "channels_first" else 1
    behind = first + len(c.kernel_size)
    if len(x.shape or ()) < behind:
        exact_rank(x, len(c.kernel_size) + 2)
    sizes_known = [_known_in_space(x, size) for size in (x.shape or ())[first:behind]]
    out = slide(c, tuple(sizes_known), c.kernel_size, c.strides, (1,) * len(c.kernel_size), "kernel_size")
    return [size for size in out if size is not None]


def _known_in_space(x: TensorSpec, size: Dim) -> int:
    if size is None:
        says = f"needs known sizes in space, gets {show(x.shape)}"
        raise RuleError("GC408", says, "give these axes of the input sizes", inputs=(0,))
    return size


def _local_weights(c: RuleContext, x: TensorSpec) -> list[WeightSpec]:
    """Those of the first call, which hold later ones to their channels alone.

    Source: tf_keras, `LocallyConnected2D.build`.
    """
    if c.built and c.first and channels_if_known(c, x) in (None, channels(c, c.first[0])):
        return list(c.built)
    many, out = channels(c, x), _local_places(c, x)
    given = [_known_in_space(x, size) for size in spatial(c, x)]
    if c.implementation == 1:
        kernel: Shape = (math.prod(out), math.prod(c.kernel_size) * many, c.filters)
    elif c.implementation == 3:
        each = zip(given, c.kernel_size, c.strides, out, strict=True)
        kernel = (many * c.filters * math.prod(_connections(*axis, c.padding) for axis in each),)
    elif c.data_format == "channels_first":
        kernel = (many, *given, c.filters, *out)
    else:
        kernel = (*given, many, *out, c.filters)
    return [WeightSpec("kernel", kernel), *([WeightSpec("bias", (*out, c.filters))] if c.use_bias else [])]


def _connections(size: int, width: int, stride: int, places: int, padding: str) -> int:
    """How many sizes along one axis all places together look at, cut at the ends."""
    shift = width // 2 if padding == "same" else 0
    return sum(min(size, i * stride - shift + width) - max(0, i * stride - shift) for i in range(places))


LOCAL = tuple(_local(rank) for rank in (1, 2))


# Pooling


def _max_pool_dtype(c: RuleContext, x: TensorSpec) -> str | None:
    """As TensorFlow's pools: floats in three dimensions, and no float64; numbers in fewer."""
    if c.dialect == "keras2":
        is_volume = len(c.pool_size) == 3
        if x.dtype in ("bool", "string") or (is_volume and c.compute_dtype == "float64"):
            raise RuleError("GC409", f"cannot pool {x.dtype}", "cast the input to float32", inputs=(0,))
        if is_volume:
            return needs_float(c, x)
    return run_dtype(c, x)


def _pool(kind: str, rank: int) -> OpDef:
    pool_size = fractional(sizes("pool_size", rank, (2,) * rank), is_cut=True)
    return OpDef(
        f"layers.{kind}Pooling{rank}D",
        params=(
            *(said_in_keras3(pool_size) if kind == "Average" else (pool_size,)),
            fractional(nullable(sizes("strides", rank)), is_cut=True),
            _padding_of_pool(),
            data_format(),
        ),
        inputs=One(rank=rank + 2),
        old_unranked=needs_rank if (kind, rank) == ("Average", 2) else of_rank(rank + 2),
        shape=_pool_shape,
        dtype=_max_pool_dtype if kind == "Max" else needs_float,
        mask=None,
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


def _padding_of_pool() -> Param:
    """Keras 3 wants the word as it is; Keras 2 takes any case."""
    plain = _padding(1)

    def read(value: JSON) -> Any:
        if value not in ("valid", "same"):
            raise BadValue('"valid" or "same"')
        return value

    return replace(plain, read=read, old=plain.read)


def _pool_shape(c: RuleContext, x: TensorSpec) -> Shape:
    strides = c.strides or c.pool_size
    if c.dialect == "keras3" and len(x.shape or ()) != len(c.pool_size) + 2:
        return _pool_as_arrays(c, x, strides)
    exact_rank(x, len(c.pool_size) + 2)
    out = slide(c, spatial(c, x), c.pool_size, strides, (1,) * len(strides), "pool_size")
    return put(c, x, out, (x.shape or ())[channel_axis(c, x)])


def _pool_as_arrays(c: RuleContext, x: TensorSpec, strides: tuple[int, ...]) -> Shape:
    """What Keras 3 computes of another rank, where it asks a nested model again: its arrays broadcast.

    Source: Keras 3, `compute_pooling_output_shape`.
    """
    shape = x.shape or ()
    given, wide = spatial(c, x), len(c.pool_size)
    if len(shape) < 2 or (len(given) != 1 and wide != 1):
        exact_rank(x, wide + 2)
    many = len(given) if wide == 1 else wide
    sizes = [-1 if size is None else size for size in given] * (many if len(given) == 1 else 1)
    each = zip(sizes, c.pool_size * (many if wide == 1 else 1), strides * (many if wide == 1 else 1), strict=True)
    out: list[Dim] = [((size - pool if c.padding == "valid" else size - 1) // by) + 1 for size, pool, by in each]
    for i, size in enumerate(given):
        out[i] = None if size is None else out[i]
    if any(size is not None and size < (c.padding == "valid") for size in out):
        raise RuleError("GC407", f"makes {show(tuple(out))} of {show(given)}", arg="pool_size", inputs=(0,))
    return put(c, x, out, shape[channel_axis(c, x)])


POOLING = tuple(_pool(kind, rank) for kind in ("Max", "Average") for rank in RANKS)


# Pooling of everything


def _average_dtype(c: RuleContext, x: TensorSpec) -> str | None:
    """Keras 2 takes the average of truths as that of numbers."""
    takes_only(c, x, lambda dtype: dtype != "string")
    return "float32" if c.dialect == "keras2" and x.dtype == "bool" else run_dtype(c, x)


def _max_dtype(c: RuleContext, x: TensorSpec) -> str | None:
    takes_only(c, x, are_numbers)
    return run_dtype(c, x)


def _pool_all(kind: str, rank: int) -> OpDef:
    return OpDef(
        f"layers.Global{kind}Pooling{rank}D",
        params=(data_format(), flag("keepdims")),
        inputs=One(rank=rank + 2),
        old_kinds=OldKinds(ragged="dense"),
        shape=lambda c, x: _pool_axes(c, x, rank) if c.dialect == "keras2" else _pool_all_shape(c, x),
        dtype=_average_dtype if kind == "Average" else _max_dtype,
        mask=ends if kind == "Average" and rank == 1 else None,
        group="pooling",
        aliases=(f"Global{'Max' if kind == 'Max' else 'Avg'}Pool{rank}D",),
        renamed={"dim_ordering": "data_format"},
        doc=f"(batch, {AXES[rank]}, channels) → (batch, channels)",
    )


def _pool_all_shape(c: RuleContext, x: TensorSpec) -> Shape:
    shape = x.shape or (None, None)
    many = shape[channel_axis(c, x)]
    return put(c, x, (1,) * (len(shape) - 2), many) if c.keepdims else (shape[0], many)


def _pool_axes(c: RuleContext, x: TensorSpec, rank: int) -> Shape:
    """tf_keras reduces axes by their number, whatever the rank of a later call."""
    shape = x.shape or ()
    first = 2 if c.data_format == "channels_first" else 1
    axes = range(first, first + rank)
    if len(shape) < axes.stop:
        says = f"reduces axis {axes.stop - 1}, and gets {show(shape)} of rank {len(shape)}"
        raise RuleError("GC403", says, "use a second layer for inputs of another rank", inputs=(0,))
    if c.keepdims:
        return tuple(1 if axis in axes else size for axis, size in enumerate(shape))
    return tuple(size for axis, size in enumerate(shape) if axis not in axes)


GLOBAL_POOLING = tuple(_pool_all(kind, rank) for kind in ("Max", "Average") for rank in RANKS)


# Pooling to a size


def _adapted(c: RuleContext, x: TensorSpec) -> Shape:
    shape = x.shape or ()
    if len(shape) < 2 and c.data_format == "channels_first":
        exact_rank(x, len(c.output_size) + 2)
    return put(c, x, c.output_size, shape[channel_axis(c, x)])


def _sizes_or_null(param: Param) -> Param:
    """The same sizes, of which null in a list stands for one that is not known."""

    def read(value: JSON) -> tuple[Dim, ...]:
        if isinstance(value, (list, tuple)) and None in value:
            known = param.read([0 if size is None else size for size in value])
            raise Taken("whole numbers", tuple(None if a is None else b for a, b in zip(value, known, strict=True)))
        sizes_said: tuple[int, ...] = param.read(value)
        return sizes_said

    return replace(param, read=read)


def _exact_format() -> Param:
    """Either order of channels as it is written, and whatever is nothing for the last."""
    plain = data_format()

    def read(value: JSON) -> Any:
        if isinstance(value, str) and value != value.lower():
            raise BadValue('"channels_last" or "channels_first"')
        return plain.read(value)

    return empty_as(replace(plain, read=read), "channels_last")


def _adaptive(kind: str, rank: int) -> OpDef:
    return OpDef(
        f"layers.Adaptive{kind}Pooling{rank}D",
        params=(_sizes_or_null(sizes("output_size", rank, least=0, required=True)), _exact_format()),
        inputs=One(min_rank=1),  # Keras looks at batch and channels only
        shape=_adapted,
        dtype=compute_dtype,
        mask=None,
        group="pooling",
        only=KERAS3,
        doc=f"(batch, {AXES[rank]}, channels) → (batch, {'output_size' if rank == 1 else '*output_size'}, channels)",
    )


ADAPTIVE_POOLING = tuple(_adaptive(kind, rank) for kind in ("Max", "Average") for rank in RANKS)


# Up-sampling

INTERPOLATIONS = ("nearest", "bilinear", "bicubic", "lanczos3", "lanczos5", "area", "gaussian", "mitchellcubic")


def _resized_unranked(c: RuleContext, x: TensorSpec) -> Shape | None:
    return needs_rank(c) if c.interpolation != "nearest" else (None,) * 4


def _repeat(rank: int) -> OpDef:
    return OpDef(
        f"layers.UpSampling{rank}D",
        params=(
            _times() if rank == 1 else sizes("size", rank, (2,) * rank),
            *((data_format(),) if rank > 1 else ()),
            *((_interpolation(),) if rank == 2 else ()),
        ),
        inputs=One(rank=rank + 2) if rank < 3 else One(min_rank=4),
        old_unranked=_resized_unranked if rank == 2 else needs_rank,
        old_kinds=OldKinds(ragged=("refused", "dense", "kept")[rank - 1]),
        shape=(_repeat_steps, _resize, _repeat_volume)[rank - 1],
        dynamic=Dynamic(_repeated_said) if rank == 2 else AS_IT_RUNS,
        keeps=(lambda c, x: (None,) * 5 if c.dialect == "keras3" else None) if rank == 3 else None,
        dtype=_resized_dtype if rank == 2 else run_dtype,
        mask=None,
        checks=_check_interpolation if rank == 2 else None,
        group="reshaping",
        renamed={"length": "size"} if rank == 1 else {"dim_ordering": "data_format"},
        doc=f"(batch, {AXES[rank]}, channels) → (batch, {AXES[rank]} × size, channels)",
    )


def _repeated_said(c: RuleContext, x: TensorSpec) -> Shape:
    """What Keras 2 says of a layer that it does not run: a size that is known stays so beside one that is not."""
    exact_rank(x, len(c.size) + 2)
    return put(c, x, map(times, spatial(c, x), c.size), channels_if_known(c, x))


def _resized_dtype(c: RuleContext, x: TensorSpec) -> str | None:
    """TensorFlow's resizing in Keras 2: whole numbers become floats where it computes new ones."""
    takes_only(c, x, are_numbers)
    is_computed = c.dialect == "keras2" and c.interpolation != "nearest"
    return "float32" if is_computed and x.dtype is not None and "int" in x.dtype else run_dtype(c, x)


def _times() -> Param:
    """How often each step stands: a number, and no list of one."""
    one = sizes("size", 1, (2,))

    def read(value: JSON) -> tuple[int, ...]:
        if type(value) is not int:
            raise BadValue("a whole number above 0")
        return tuple(one.read(value))

    def read_old(value: JSON) -> tuple[int, ...]:
        if isinstance(value, float) and 1 <= value < math.inf:
            raise Taken("a whole number above 0", (int(value),))
        return tuple(one.read(value)) if isinstance(value, int) else read(value)

    return replace(one, read=read, old=read_old)


def _interpolation() -> Param:
    plain = choice("interpolation", INTERPOLATIONS, "nearest")

    def read(value: JSON) -> str:
        if not isinstance(value, str):
            raise BadValue("a text")
        return value.lower()

    return replace(plain, read=read, old=plain.read)


def _check_interpolation(c: RuleContext) -> Iterator[RuleError]:
    """Keras 3 finds out when data come only."""
    if c.interpolation not in INTERPOLATIONS:
        yield RuleError(
            "GC210",
            f'has interpolation "{c.interpolation[:40]}", which fails as soon as data come',
            f"use one of {', '.join(INTERPOLATIONS)}",
            arg="interpolation",
        )


def _repeat_steps(c: RuleContext, x: TensorSpec) -> Shape:
    """Along axis 1, whatever the rank of a later call; Keras 3 then forgets the axes behind the channels."""
    if c.dialect == "keras3":
        return _of_rank(c, x, 3, lambda shape: (shape[0], times(shape[1], *c.size), shape[2]))
    batch, steps, *rest = x.shape or ()
    return batch, times(steps, *c.size), *rest


def _of_rank(c: RuleContext, x: TensorSpec, rank: int, made: Callable[[Shape], Shape]) -> Shape:
    """What is made of as many axes: Keras 3 does not look at others where it asks a nested model again."""
    shape = x.shape or ()
    if len(shape) < rank:
        exact_rank(x, rank)
    return made(shape[:rank])


def _resize(c: RuleContext, x: TensorSpec) -> Shape:
    if (x.shape or (None,))[-1] is not None:
        _refuse_ragged(c, x)
    if c.dialect == "keras3" and len(x.shape or ()) != 4:
        return _of_rank(c, x, 4, lambda shape: _resize(c, TensorSpec(shape, x.dtype)))
    if len(x.shape or ()) != 4:
        return _resize_picture(c, x)
    given = spatial(c, x)
    # tf_keras computes both sizes at run time where it does not know one.
    is_open = c.dialect == "keras2" and None in given
    out = [None if is_open else times(size, by) for size, by in zip(given, c.size, strict=True)]
    return put(c, x, out, (x.shape or ())[channel_axis(c, x)])


def _resize_picture(c: RuleContext, x: TensorSpec) -> Shape:
    """A later call of tf_keras with one axis less: TensorFlow resizes one picture, by the sizes of axes 1 and 2."""
    shape = x.shape or ()
    if len(shape) != 3 or c.data_format == "channels_first":
        exact_rank(x, 4)
    is_open = None in shape[1:]
    return (*(None if is_open else times(size, by) for size, by in zip(shape[1:], c.size, strict=True)), shape[2])


def _refuse_ragged(c: RuleContext, x: TensorSpec) -> None:
    """Refuse a ragged tensor where TensorFlow asks for the sizes of an axis in Keras 2."""
    if c.dialect == "keras2" and x.ragged:
        raise RuleError("GC412", "cannot take a ragged tensor", "set ragged of its input to false", inputs=(0,))


def _repeat_volume(c: RuleContext, x: TensorSpec) -> Shape:
    """Three axes are repeated; tf_keras forgets to look at the rank."""
    if c.data_format == "channels_last":
        _refuse_ragged(c, x)
    shape = list(x.shape or ())
    first = 2 if c.data_format == "channels_first" else 1
    if len(shape) < (5 if c.dialect == "keras3" else first + 3) or (c.dialect == "keras3" and not c.first):
        exact_rank(x, 5)
    if c.dialect == "keras3":
        del shape[5:]
    for i, by in enumerate(c.size, first):
        shape[i] = times(shape[i], by)
    return tuple(shape)


UP_SAMPLING = tuple(_repeat(rank) for rank in RANKS)


# Padding


def _pairs(name: str, rank: int, default: Any, doc: str = "") -> Param:
    """A number for all sides, a list of one number an axis, or a list of pairs (before, after); read as pairs.

    In one dimension a list is the pair itself.
    """
    wanted = "a whole number from 0" if rank == 1 else f"a whole number from 0, or {rank} of them, or {rank} pairs"

    def read(value: JSON) -> tuple[tuple[int, int], ...]:
        if isinstance(value, bool):
            raise Taken(wanted, ((int(value),) * 2,) * rank)
        each = [value] * rank if type(value) is int else [value] if rank == 1 else value
        if not isinstance(each, (list, tuple)) or len(each) != rank:
            raise BadValue(wanted)
        pairs = [(one, one) if isinstance(one, int) else one for one in each]
        for pair in pairs:
            if not isinstance(pair, (list, tuple)) or len(pair) != 2 or any(not _is_count(i) for i in pair):
                raise BadValue(wanted)
        if any(bool in map(type, pair) for pair in pairs):
            raise Taken(wanted, tuple((int(before), int(after)) for before, after in pairs))
        return tuple((before, after) for before, after in pairs)

    return Param(name, read, {"anyOf": [{"type": "integer", "minimum": 0}, {"type": "array"}]}, default, doc=doc)


def _is_count(value: JSON) -> bool:
    """Whether it counts from 0, as true and false do, too."""
    return isinstance(value, int) and value >= 0


def _padding_pairs(rank: int) -> Param:
    """Keras does not look at a single number for two or three axes: a negative one crops."""
    plain = _pairs("padding", rank, ((1, 1),) * rank)
    if rank == 1:
        return plain

    def read(value: JSON) -> Any:
        return ((value, value),) * rank if type(value) is int else plain.read(value)

    return replace(plain, read=read, old=plain.read)


def _pad_checks(c: RuleContext) -> Iterator[RuleError]:
    if c.padding[0][0] < 0:
        says = f"has padding {c.padding[0][0]}, which crops"
        yield RuleError("GC210", says, "use a Cropping layer, or padding from 0", arg="padding")


def _pad(rank: int) -> OpDef:
    return OpDef(
        f"layers.ZeroPadding{rank}D",
        params=(
            _padding_pairs(rank),
            data_format() if rank > 1 else replace(data_format(), only=KERAS3),
        ),
        inputs=One(rank=rank + 2),
        old_unranked=of_rank(rank + 2),
        shape=_pad_shape,
        dtype=run_dtype,
        mask=None,
        checks=_pad_checks,
        group="reshaping",
        renamed={"dim_ordering": "data_format"},
        doc=f"(batch, {AXES[rank]}, channels) → (batch, {AXES[rank]} + padding, channels)",
    )


def _pad_shape(c: RuleContext, x: TensorSpec) -> Shape:
    first = 2 if c.data_format == "channels_first" else 1
    behind = first + len(c.padding)
    shape = x.shape or ()
    if c.dialect == "keras2" or len(shape) < behind:  # Keras 3 does not look where it asks a nested model again
        exact_rank(x, len(c.padding) + 2)
    given = shape[first:behind]
    out = [None if size is None else size + a + b for size, (a, b) in zip(given, c.padding, strict=True)]
    for size in out:
        if size is not None and size < 0:
            raise RuleError(
                "GC407",
                f"makes {show(tuple(out))} of {show(given)}: padding {c.padding[0][0]} crops too much",
                "use padding from 0",
                arg="padding",
                inputs=(0,),
            )
    return (*shape[:first], *out, *shape[behind:])


PADDING = tuple(_pad(rank) for rank in RANKS)


# Cropping


def _cropping(rank: int) -> Param:
    """tf_keras does not look at a single number for two or three axes."""
    plain = _pairs("cropping", rank, ((0, 0),) * 2 if rank == 2 else ((1, 1),) * rank)

    def read(value: JSON) -> Any:
        if type(value) is int and value < 0:
            raise Taken("a whole number from 0", ((value, value),) * rank)
        return plain.read(value)

    return replace(plain, old=read) if rank > 1 else plain


def _crop(rank: int) -> OpDef:
    return OpDef(
        f"layers.Cropping{rank}D",
        params=(
            _cropping(rank),
            *((data_format(),) if rank > 1 else ()),
        ),
        inputs=One(rank=rank + 2),
        old_unranked=stays_unranked,
        old_kinds=OldKinds(ragged="kept"),
        shape=_crop_shape,
        dtype=run_dtype,
        mask=None,
        group="reshaping",
        renamed={"dim_ordering": "data_format"} if rank > 1 else {},
        doc=f"(batch, {AXES[rank]}, channels) → (batch, {AXES[rank]} − cropping, channels)",
    )


def _crop_shape(c: RuleContext, x: TensorSpec) -> Shape:
    """Axes by their number. Of more axes in a later call tf_keras keeps those behind, and Keras 3 forgets them."""
    rank = len(c.cropping) + 2
    shape = (x.shape or ())[: rank if c.dialect == "keras3" else None]
    if len(shape) < rank:
        exact_rank(x, rank)
    first = 2 if len(c.cropping) > 1 and c.data_format == "channels_first" else 1
    behind = first + len(c.cropping)
    return (*shape[:first], *_cut(c, x, shape[first:behind]), *shape[behind:])


def _cut(c: RuleContext, x: TensorSpec, given: Shape) -> list[Dim]:
    out = [None if size is None else size - a - b for size, (a, b) in zip(given, c.cropping, strict=True)]
    if c.cropping[0][0] < 0:  # what Python's slices make of it: from so many before the end to so many from the start
        by = -c.cropping[0][0]
        return [None if size is None else max(0, min(by, size) - max(size - by, 0)) for size in given]
    if c.dialect == "keras2" and len(out) == 3:  # tf_keras does not look, and a slice has no size below 0
        return [None if size is None else max(0, size) for size in out]
    for size in out:
        if size is not None and size <= 0:
            raise RuleError(
                "GC407",
                f"makes {show(tuple(out))} of {show(given)}: cropping {show_pairs(c.cropping)} leaves nothing",
                "crop less, or use a larger input",
                arg="cropping",
                inputs=(0,),
            )
    return out


def show_pairs(pairs: tuple[tuple[int, int], ...]) -> str:
    """Pairs as they stand in a config: one alone without its brackets."""
    return str(pairs[0] if len(pairs) == 1 else pairs)


CROPPING = tuple(_crop(rank) for rank in RANKS)

ENTRIES = entries(
    CONVOLUTIONS,
    TRANSPOSED,
    DEPTHWISE,
    SEPARABLE,
    LOCAL,
    POOLING,
    GLOBAL_POOLING,
    ADAPTIVE_POOLING,
    UP_SAMPLING,
    PADDING,
    CROPPING,
)
