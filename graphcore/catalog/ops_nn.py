"""Operations of neural networks: activations, windows, normalization, attention, one-hot."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

from ..model import JSON
from ..shapes import Dim, RuleError, Shape, show, window
from .operands import (
    always,
    axis_of,
    dtype_name,
    dtype_of,
    operation,
    promoted,
    same_shape,
    same_type,
    shape_of,
    tensor,
    unary,
)
from .params import anything, choice, data_format, flag, integer, nullable, open_size, whole_numbers
from .rules import plus, times
from .spec import BadValue, Function, OpDef, Param, RuleContext, entries

ACTIVATIONS = entries(
    unary(
        ("Relu", "Relu6", "Sigmoid", "SparseSigmoid", "Softplus", "Softsign", "SparsePlus", "Silu", "LogSigmoid"),
        same_type,
        "(…) → (…), each value on its own",
    ),
    unary(("HardSigmoid", "HardSilu", "Selu", "TanhShrink", "HardTanh"), same_type, "(…) → (…), each value on its own"),
    unary(("SoftShrink", "HardShrink"), same_type, "(…) → (…), small values become 0", anything("threshold", 0.5)),
    unary(("Squareplus",), same_type, "(…) → (…), each value on its own", anything("b", 4)),
    unary(("LeakyRelu",), same_type, "(…) → (…), negative values scaled down", anything("negative_slope", 0.2)),
    unary(("Elu", "Celu"), same_type, "(…) → (…), each value on its own", anything("alpha", 1.0)),
    unary(("Gelu",), same_type, "(…) → (…), each value on its own", anything("approximate", True)),
    unary(
        ("Threshold",),
        same_type,
        "(…) → (…), values below the threshold replaced",
        *(anything("threshold", required=True), anything("default_value", required=True)),
    ),
)


def _along_axes(c: RuleContext, x: Any) -> Shape:
    shape = shape_of(x)
    for axis in c.axis or ():
        axis_of(axis, len(shape))
    return shape


def _along_axis(c: RuleContext, x: Any) -> Shape:
    shape = shape_of(x)
    axis_of(c.axis, len(shape))
    return shape


def _halved(c: RuleContext, x: Any) -> Shape:
    shape = shape_of(x)
    axis = axis_of(c.axis, len(shape))
    size = shape[axis]
    if size is not None and size % 2:
        says = f"needs an even size on axis {axis}, gets {show(shape)}"
        raise RuleError("GC405", says, inputs=(0,), data={"axis": axis})
    return (*shape[:axis], None if size is None else size // 2, *shape[axis + 1 :])


def _axes(default: int = -1) -> Param:
    return whole_numbers("axis", (default,), nullable=True)


AXES = (
    *(
        operation(name, ["x"], _along_axes, same_type, "(…) → (…), a softmax", _axes())
        for name in ("Softmax", "LogSoftmax")
    ),
    operation("Sparsemax", ["x"], _along_axis, same_type, "(…) → (…), a sparse softmax", integer("axis", -1)),
    operation("Glu", ["x"], _halved, same_type, "(…, 2 * a) → (…, a), one half gates the other", integer("axis", -1)),
    operation(
        "Normalize",
        ["x"],
        _along_axes,
        always("float32"),
        "(…) → (…), of length 1 along an axis",
        *(_axes(), anything("order", 2), anything("epsilon")),
    ),
    operation(
        "RMSNorm",
        ["x", "scale"],
        same_shape,
        same_type,
        "(…) → (…)",
        *(anything("axis", -1), anything("epsilon")),
        function=Function("rms_normalization"),
    ),
    operation(
        "LayerNorm",
        ["x", "gamma", "beta"],
        same_shape,
        same_type,
        "(…) → (…)",
        *(anything("axis", -1), anything("epsilon"), anything("rms_scaling", False)),
        function=Function("layer_normalization"),
    ),
)


def _batch_normed(c: RuleContext, x: Any, mean: Any, variance: Any, offset: Any, scale: Any) -> Shape:
    shape = shape_of(x)
    axis = axis_of(c.axis, len(shape))
    given = {"mean": mean, "variance": variance, "offset": offset, "scale": scale}
    for name, value in given.items():
        if value is None and name in ("mean", "variance"):
            raise RuleError("GC402", f"needs a {name}", f"connect a tensor to {name}")
        if value is not None and shape_of(value) != (shape[axis],):
            says = f"needs {name} of shape {show((shape[axis],))}, gets {show(shape_of(value))}"
            raise RuleError("GC405", says, inputs=(0,))
    if offset is not None and scale is None:
        raise RuleError("GC402", "needs scale with offset", "give both or neither")
    return shape


# Windows


def _read_sizes(value: JSON) -> int | tuple[int, ...]:
    if type(value) is int:
        return value
    if not isinstance(value, (list, tuple)) or any(type(i) is not int for i in value):
        raise BadValue("a whole number or a list of them")
    return tuple(value)


def _sizes(name: str, default: Any = None, *, required: bool = False) -> Param:
    return Param(name, _read_sizes, {"type": ["integer", "array"]}, default, required)


def _for_each(given: Any, rank: int, arg: str) -> tuple[int, ...]:
    """One number for all axes or one for each, as NumPy spreads them."""
    sizes = (given,) * rank if isinstance(given, int) else tuple(given)
    if len(sizes) not in (1, rank):
        raise RuleError("GC403", f"has {len(sizes)} {arg} for {rank} axes in space", arg=arg, inputs=(0,))
    return sizes if len(sizes) == rank else sizes * rank


def slid(
    c: RuleContext, shape: Shape, width: Any, strides: Any, padding: str, dilation: Any, filters: Dim, arg: str
) -> Shape:
    """The shape that a window makes in space, with this many channels.

    Raises:
        RuleError: rank-mismatch (GC403), bad-value (GC204), unknown-size (GC408), empty-output (GC407).

    Source: Keras 3, `compute_conv_output_shape` and `compute_pooling_output_shape`.
    """
    if len(shape) < 2:
        raise RuleError("GC403", f"needs axes for batch and channels, gets {show(shape)}", inputs=(0,))
    is_first = c.data_format == "channels_first"
    space = shape[2:] if is_first else shape[1:-1]
    rank = len(space)
    spread = (dilation,) * rank if isinstance(dilation, int) else dilation
    if len(spread) != rank:
        says = f"has {len(spread)} numbers in dilation_rate for {rank} axes in space"
        raise RuleError("GC403", says, arg="dilation_rate", inputs=(0,))
    steps = _for_each(width if strides is None else strides, rank, "strides")
    if 0 in steps:
        raise RuleError("GC204", "has a stride of 0", arg="strides")
    if padding == "valid":
        wide = _for_each(width, rank, arg)
        if None in wide:
            raise RuleError("GC408", f"needs {arg} of known sizes, gets {show(wide)}", inputs=(1,))
        sizes = tuple(window(*each[:3], "valid", each[3]) for each in zip(space, wide, steps, spread, strict=True))
        if any(size is not None and size <= 0 for size in sizes):
            says = f"makes {show(sizes)} of {show(space)}: {arg} {show(wide)} does not fit"
            raise RuleError("GC407", says, 'use padding="same"', inputs=(0,))
    else:
        sizes = tuple(None if dim is None else (dim - 1) // step + 1 for dim, step in zip(space, steps, strict=True))
    return (shape[0], filters, *sizes) if is_first else (shape[0], *sizes, filters)


def _pooled(c: RuleContext, inputs: Any) -> Shape:
    shape = shape_of(inputs)
    if len(shape) == 1 and c.data_format == "channels_last":
        shape *= 2  # Keras 3 takes the only axis for batch and channels
    channels = shape[1 if c.data_format == "channels_first" else -1] if len(shape) > 1 else None
    return slid(c, shape, c.pool_size, c.strides, c.padding, 1, channels, "pool_size")


def _kernel(c: RuleContext, inputs: Any, kernel: Any) -> tuple[Shape, Shape]:
    shape, sizes = shape_of(inputs), shape_of(kernel)
    if len(sizes) != len(shape) or len(shape) < 3:
        raise RuleError("GC403", f"has a kernel {show(sizes)} for {show(shape)}", "give both one rank", inputs=(0,))
    channels = shape[1] if c.data_format == "channels_first" else shape[-1]
    if channels is not None and sizes[-2] is not None and channels != sizes[-2]:
        says = f"has a kernel for {sizes[-2]} channels, and {show(shape)} has {channels}"
        raise RuleError("GC405", says, inputs=(0,), data={"sizes": [channels, sizes[-2]]})
    return shape, sizes


def _convolved(c: RuleContext, inputs: Any, kernel: Any) -> Shape:
    shape, sizes = _kernel(c, inputs, kernel)
    return slid(c, shape, sizes[:-2], c.strides, c.padding, c.dilation_rate, sizes[-1], "the kernel")


def _depthwise(c: RuleContext, inputs: Any, kernel: Any) -> Shape:
    shape, sizes = _kernel(c, inputs, kernel)
    filters = times(sizes[-1], sizes[-2])
    if filters is None:
        raise RuleError("GC408", f"needs a kernel of known channels, gets {show(sizes)}", inputs=(1,))
    return slid(c, shape, sizes[:-2], c.strides, c.padding, c.dilation_rate, filters, "the kernel")


def _convolved_cost(c: RuleContext, inputs: Any, kernel: Any, y: Shape) -> Dim:
    return times(*y[1:], *shape_of(kernel)[:-1])


def _depthwise_cost(c: RuleContext, inputs: Any, kernel: Any, y: Shape) -> Dim:
    return times(*y[1:], *shape_of(kernel)[:-2])


def _separated(c: RuleContext, inputs: Any, depthwise_kernel: Any, pointwise_kernel: Any) -> Shape:
    out = _depthwise(c, inputs, depthwise_kernel)
    filters = (tensor(pointwise_kernel, "pointwise_kernel").shape or (None,))[-1]
    return (out[0], filters, *out[2:]) if c.data_format == "channels_first" else (*out[:-1], filters)


def _separated_cost(c: RuleContext, inputs: Any, depthwise_kernel: Any, pointwise_kernel: Any, y: Shape) -> Dim:
    """Each place of each channel meets the first kernel, and what that makes the second."""
    is_first = c.data_format == "channels_first"
    sizes, space = shape_of(depthwise_kernel), y[2:] if is_first else y[1:-1]
    between = times(*sizes[-2:])
    return times(*space, between, plus(times(*sizes[:-2]), y[1] if is_first else y[-1]))


def _transposed(c: RuleContext, inputs: Any, kernel: Any) -> Shape:
    """Source: Keras 3, `compute_conv_transpose_output_shape`."""
    shape, sizes = tensor(inputs, "inputs").shape or (), tensor(kernel, "kernel").shape or ()
    if len(shape) < 2 or len(sizes) < max(len(shape), 2):
        raise RuleError("GC403", f"has a kernel {show(sizes)} for {show(shape)}", "give both one rank", inputs=(0,))
    is_first = c.data_format == "channels_first"
    channels = shape[1] if is_first else shape[-1]
    if None not in (channels, sizes[-1]) and channels != sizes[-1]:
        says = f"has a kernel for {sizes[-1]} channels, and {show(shape)} has {channels}"
        raise RuleError("GC405", says, inputs=(0,), data={"sizes": [channels, sizes[-1]]})
    space = shape[2:] if is_first else shape[1:-1]
    rank = len(space)
    each = [_of_axes(value, rank, name) for name, value in (("strides", c.strides), ("dilation_rate", c.dilation_rate))]
    extra = (None,) * rank if c.output_padding is None else _of_axes(c.output_padding, rank, "output_padding")
    made = [spread(c, *one) for one in zip(space, sizes, *each, extra, strict=False)]
    return (shape[0], sizes[-2], *made) if is_first else (shape[0], *made, sizes[-2])


def _of_axes(value: Any, rank: int, arg: str) -> tuple[int, ...]:
    sizes = (value,) * rank if isinstance(value, int) else tuple(value or ())
    if len(sizes) < rank:
        raise RuleError("GC403", f"has {len(sizes)} {arg} for {rank} axes in space", arg=arg, inputs=(0,))
    return sizes[:rank]


def spread(c: RuleContext, size: Dim, width: Dim, stride: int, dilation: int, extra: int | None) -> Dim:
    """The size that a transposed window makes of one."""
    if size is None:
        return None
    if width is None:
        raise RuleError("GC408", "needs a kernel of known sizes", inputs=(1,))
    covered = (width - 1) * dilation + 1
    if c.padding == "valid":
        return (size - 1) * stride + covered + (max(covered, stride) - covered if extra is None else extra)
    return size * stride if extra is None else (size - 1) * stride + covered % 2 + extra


def _transposed_cost(c: RuleContext, inputs: Any, kernel: Any, y: Shape) -> Dim:
    return times(*shape_of(inputs)[1:], *shape_of(kernel)[:-1])


def _two(value: Any, arg: str) -> tuple[int, int]:
    sizes = (value, value) if isinstance(value, int) else value
    if sizes is None or len(sizes) != 2:
        raise RuleError("GC204", f"needs one or two numbers as {arg}", arg=arg)
    return sizes[0], sizes[1]


def _unfolded(c: RuleContext, x: Any) -> Shape:
    """Source: Keras 3, `Unfold.compute_output_spec`."""
    shape = shape_of(x)
    if len(shape) != 4:
        raise RuleError("GC403", f"needs rank 4, gets {show(shape)} of rank {len(shape)}", inputs=(0,))
    if None in shape[1:]:
        raise RuleError("GC408", f"needs known sizes but for the batch, gets {show(shape)}", inputs=(0,))
    names = ("kernel_size", "dilation", "padding", "stride")
    wide, apart, around, steps = (_two(getattr(c, name), name) for name in names)
    if 0 in steps:
        raise RuleError("GC204", "has a stride of 0", arg="stride")
    places = [
        (size + 2 * p - d * (k - 1) - 1) // s + 1
        for size, k, d, p, s in zip(shape[2:], wide, apart, around, steps, strict=True)
        if size is not None
    ]
    return (shape[0], times(shape[1], *wide), times(*places))


def _folded(c: RuleContext, x: Any) -> Shape:
    shape = shape_of(x)
    if len(shape) != 3:
        raise RuleError("GC403", f"needs rank 3, gets {show(shape)} of rank {len(shape)}", inputs=(0,))
    wide, size = _two(c.kernel_size, "kernel_size"), _two(c.output_size, "output_size")
    area = wide[0] * wide[1]
    if area == 0 and shape[1] is not None:
        raise RuleError("GC204", "has a kernel of no size", arg="kernel_size")
    if shape[1] is not None and shape[1] % area:
        raise RuleError("GC405", f"cannot divide {shape[1]} by {area}, the size of a patch", inputs=(0,))
    return (shape[0], None if shape[1] is None else shape[1] // area, *size)


def _lengths(c: RuleContext, abs_: Any, angle: Any) -> Shape:
    return tensor(abs_, "abs_").shape or ()


def _never(c: RuleContext) -> Iterator[RuleError]:
    says = "cannot be loaded by Keras: it joins its output_size, which a file holds as a list, to a tuple"
    yield RuleError("GC205", says, "use a layer of adaptive pooling", arg="output_size")


def _attended_cost(c: RuleContext, query: Any, key: Any, value: Any, *_more: Any) -> Dim:
    q, k = shape_of(query), shape_of(key)
    return times(*q[1:], k[1], 2) if len(k) == 4 else None


_PADDING = choice("padding", ("valid", "same"), "valid")
_WINDOW = (_PADDING, data_format())
_LAST = "channels_last"
# What is not channels_last is channels_first to them, null too; `keras.ops` always states it.
_STATED = replace(data_format("channels_first"), read=lambda value: value if value == _LAST else "channels_first")
_POOLS = tuple(
    operation(
        name,
        ["inputs"],
        _pooled,
        same_type,
        "(batch, …, channels) → (batch, …, channels)",
        *(_sizes("pool_size", required=True), nullable(_sizes("strides")), _PADDING, _STATED),
        function=Function(always=("data_format",)),
    )
    for name in ("MaxPool", "AveragePool")
)
_CONVOLUTIONS = (
    operation(
        "Conv",
        ["inputs", "kernel"],
        _convolved,
        same_type,
        "(batch, …, in), (…, in, out) → (batch, …, out)",
        *(_sizes("strides", 1), *_WINDOW, _sizes("dilation_rate", 1)),
        cost=_convolved_cost,
    ),
    operation(
        "DepthwiseConv",
        ["inputs", "kernel"],
        _depthwise,
        same_type,
        "(batch, …, in), (…, in, n) → (batch, …, in * n)",
        *(_sizes("strides", 1), *_WINDOW, _sizes("dilation_rate", 1)),
        cost=_depthwise_cost,
    ),
)


_TRANSPOSED = operation(
    "ConvTranspose",
    ["inputs", "kernel"],
    _transposed,
    same_type,
    "(batch, …, in), (…, out, in) → (batch, … × strides, out)",
    *(_sizes("strides", 1), _PADDING, nullable(_sizes("output_padding")), data_format(), _sizes("dilation_rate", 1)),
    cost=_transposed_cost,
)
_SEPARABLE = operation(
    "SeparableConv",
    ["inputs", "depthwise_kernel", "pointwise_kernel"],
    _separated,
    same_type,
    "(batch, …, in), (…, in, n), (…, in * n, out) → (batch, …, out)",
    *(_sizes("strides", 1), *_WINDOW, _sizes("dilation_rate", 1)),
    cost=_separated_cost,
)
_ADAPTIVE = tuple(
    replace(
        operation(
            name,
            ["inputs"],
            same_shape,
            same_type,
            "never: Keras writes it and does not load it",
            *(anything("output_size", required=True), data_format()),
        ),
        checks=_never,
    )
    for name in ("AdaptiveAveragePool", "AdaptiveMaxPool")
)
_PATCHES = (
    operation(
        "Unfold",
        ["x"],
        _unfolded,
        same_type,
        "(batch, c, h, w) → (batch, c * kernel_size, places)",
        *(_sizes("kernel_size", required=True), _sizes("dilation", 1), _sizes("padding", 0), _sizes("stride", 1)),
    ),
    operation(
        "Fold",
        ["x"],
        _folded,
        same_type,
        "(batch, c * kernel_size, places) → (batch, c, *output_size)",
        *(_sizes("output_size", required=True), _sizes("kernel_size", required=True)),
        *(anything("dilation", 1), anything("padding", 0), anything("stride", 1)),
    ),
)


# Depth and space


def _blocks(c: RuleContext, x: Any) -> tuple[Dim, Dim, Dim, Dim]:
    shape = shape_of(x)
    if len(shape) != 4:
        raise RuleError("GC403", f"needs rank 4, gets {show(shape)} of rank {len(shape)}", inputs=(0,))
    if c.data_format == "channels_first":
        return shape[0], shape[2], shape[3], shape[1]
    return shape[0], shape[1], shape[2], shape[3]


def _ordered(c: RuleContext, batch: Dim, height: Dim, width: Dim, channels: Dim) -> Shape:
    if c.data_format == "channels_first":
        return (batch, channels, height, width)
    return (batch, height, width, channels)


def _divided(size: Dim, by: int, what: str) -> Dim:
    if size is not None and size % by:
        raise RuleError("GC405", f"cannot divide {what} {size} by {by}", arg="block_size", inputs=(0,))
    return None if size is None else size // by


def _to_space(c: RuleContext, x: Any) -> Shape:
    batch, height, width, channels = _blocks(c, x)
    n = c.block_size
    return _ordered(c, batch, times(height, n), times(width, n), _divided(channels, n * n, "channels"))


def _to_depth(c: RuleContext, x: Any) -> Shape:
    batch, height, width, channels = _blocks(c, x)
    n = c.block_size
    return _ordered(c, batch, _divided(height, n, "height"), _divided(width, n, "width"), times(channels, n * n))


# Classes


def _one_hot(c: RuleContext, x: Any) -> Shape:
    shape = shape_of(x)
    if c.axis == -1:
        return (*shape, c.num_classes)
    if not 0 <= c.axis < len(shape):
        raise RuleError("GC204", f"needs axis -1 or one of {show(shape)}, gets {c.axis}", arg="axis", inputs=(0,))
    return (*shape[: c.axis], c.num_classes, *shape[c.axis :])


def _multi_hot(c: RuleContext, inputs: Any) -> Shape:
    shape = _one_hot(c, inputs)
    return shape[-1:] if len(shape) == 2 else (shape[0], *shape[2:])


def _attended_dtype(c: RuleContext, query: Any, key: Any, value: Any, *_more: Any) -> str | None:
    return promoted(*(tensor(x, name) for x, name in ((query, "query"), (key, "key"), (value, "value"))))


OTHER = (
    operation(
        "BatchNorm",
        ["x", "mean", "variance", "offset", "scale"],
        _batch_normed,
        same_type,
        "(…, channels) → (…, channels)",
        integer("axis", required=True),
        anything("epsilon", 0.001),
        function=Function("batch_normalization", by_place=3),
    ),
    *_POOLS,
    *_CONVOLUTIONS,
    _TRANSPOSED,
    _SEPARABLE,
    *_ADAPTIVE,
    *_PATCHES,
    operation("Polar", ["abs_", "angle"], _lengths, always("float32"), "(…), (…) → (…), from length and angle"),
    operation(
        "DepthToSpace",
        ["x"],
        _to_space,
        same_type,
        "(batch, h, w, c * n²) → (batch, h * n, w * n, c)",
        integer("block_size", least=1, required=True),
        data_format(),
    ),
    operation(
        "SpaceToDepth",
        ["x"],
        _to_depth,
        same_type,
        "(batch, h * n, w * n, c) → (batch, h, w, c * n²)",
        integer("block_size", least=1, required=True),
        data_format(),
    ),
    operation(
        "OneHot",
        ["x"],
        _one_hot,
        lambda c, x: c.dtype or "float32",
        "(…) → (…, num_classes)",
        open_size(integer("num_classes", least=0, required=True)),
        integer("axis", -1),
        dtype_name(),
        flag("sparse"),
    ),
    operation(
        "MultiHot",
        ["inputs"],
        _multi_hot,
        lambda c, inputs: dtype_of(inputs),
        "(batch, n) → (batch, num_classes)",
        integer("num_classes", least=0, required=True),
        integer("axis", -1),
        dtype_name(),
        flag("sparse"),
    ),
    operation(
        "DotProductAttention",
        ["query", "key", "value", "bias?", "mask?", "scale?"],
        same_shape,
        _attended_dtype,
        "query (batch, T, heads, d), key and value (batch, S, heads, d) → (batch, T, heads, d)",
        flag("is_causal"),
        anything("flash_attention"),
        anything("attn_logits_soft_cap"),
        cost=_attended_cost,
    ),
)

ENTRIES: Sequence[OpDef] = entries(ACTIVATIONS, AXES, OTHER)
