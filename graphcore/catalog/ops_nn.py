"""Operations of neural networks: activations, windows, normalization, attention, one-hot."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from ..model import JSON
from ..shapes import Dim, RuleError, Shape, show, window
from .operands import always, axis_of, dtype_of, operation, promoted, same_shape, same_type, shape_of, unary
from .params import anything, choice, data_format, flag, integer, number, text, whole_numbers
from .rules import times
from .spec import BadValue, OpDef, Param, RuleContext, entries

ACTIVATIONS = entries(
    unary(
        ("Relu", "Relu6", "Sigmoid", "SparseSigmoid", "Softplus", "Softsign", "SparsePlus", "Silu", "LogSigmoid"),
        same_type,
        "(…) → (…), each value on its own",
    ),
    unary(("HardSigmoid", "HardSilu", "Selu", "TanhShrink", "HardTanh"), same_type, "(…) → (…), each value on its own"),
    unary(("SoftShrink", "HardShrink"), same_type, "(…) → (…), small values become 0", number("threshold", 0.5)),
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
    operation("Sparsemax", ["x"], _along_axes, same_type, "(…) → (…), a sparse softmax", _axes()),
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
    ),
    operation(
        "LayerNorm",
        ["x", "gamma", "beta"],
        same_shape,
        same_type,
        "(…) → (…)",
        *(anything("axis", -1), anything("epsilon"), anything("rms_scaling", False)),
    ),
)


def _batch_normed(c: RuleContext, x: Any, mean: Any, variance: Any, offset: Any, scale: Any) -> Shape:
    shape = shape_of(x)
    axis = axis_of(c.axis, len(shape))
    given = {"mean": mean, "variance": variance, "offset": offset, "scale": scale}
    for name, value in given.items():
        if value is not None and shape_of(value) != (shape[axis],):
            says = f"needs {name} of shape {show((shape[axis],))}, gets {show(shape_of(value))}"
            raise RuleError("GC405", says, inputs=(0,))
    if offset is not None and scale is None:
        raise RuleError("GC402", "needs scale with offset", "give both or neither")
    return shape


# Windows


def _read_sizes(value: JSON) -> int | tuple[int, ...] | None:
    if value is None or type(value) is int:
        return value
    if not isinstance(value, (list, tuple)) or any(type(i) is not int for i in value):
        raise BadValue("a whole number or a list of them")
    return tuple(value)


def _sizes(name: str, default: Any = None, *, required: bool = False) -> Param:
    return Param(name, _read_sizes, {"type": ["integer", "array", "null"]}, default, required)


def _for_each(c: RuleContext, given: Any, rank: int, arg: str) -> tuple[int, ...]:
    sizes = (given,) * rank if isinstance(given, int) else tuple(given)
    if len(sizes) not in (1, rank):
        raise RuleError("GC403", f"has {len(sizes)} {arg} for {rank} axes in space", arg=arg, inputs=(0,))
    if any(size <= 0 for size in sizes):
        raise RuleError("GC204", f"needs {arg} above 0, gets {show(sizes)}", arg=arg)
    return sizes if len(sizes) == rank else sizes * rank


def slid(
    c: RuleContext, shape: Shape, width: Any, strides: Any, padding: str, dilation: Any, filters: Dim, arg: str
) -> Shape:
    """The shape that a window makes in space; channels stay where `filters` is None.

    Raises:
        RuleError: rank-mismatch (GC403), empty-output (GC407).
    """
    if len(shape) < 2:
        raise RuleError("GC403", f"needs axes for batch and channels, gets {show(shape)}", inputs=(0,))
    is_first = c.data_format == "channels_first"
    space = shape[2:] if is_first else shape[1:-1]
    rank = len(space)
    wide = _for_each(c, width, rank, arg)
    steps = wide if strides is None else _for_each(c, strides, rank, "strides")
    spread = _for_each(c, dilation, rank, "dilation_rate")
    sizes = tuple(window(*each[:3], padding, each[3]) for each in zip(space, wide, steps, spread, strict=True))
    if padding == "valid" and any(size is not None and size <= 0 for size in sizes):
        says = f"makes {show(sizes)} of {show(space)}: {arg} {show(wide)} does not fit"
        raise RuleError("GC407", says, 'use padding="same"', inputs=(0,))
    channels = (shape[1] if is_first else shape[-1]) if filters is None else filters
    return (shape[0], channels, *sizes) if is_first else (shape[0], *sizes, channels)


def _pooled(c: RuleContext, inputs: Any) -> Shape:
    return slid(c, shape_of(inputs), c.pool_size, c.strides, c.padding, 1, None, "pool_size")


def _kernel(c: RuleContext, inputs: Any, kernel: Any) -> tuple[Shape, Shape]:
    shape, sizes = shape_of(inputs), shape_of(kernel)
    if len(sizes) != len(shape) or len(shape) < 3:
        raise RuleError("GC403", f"has a kernel {show(sizes)} for {show(shape)}", "give both one rank", inputs=(0,))
    channels = shape[1] if c.data_format == "channels_first" else shape[-1]
    if channels is not None and sizes[-2] is not None and channels != sizes[-2]:
        says = f"has a kernel for {sizes[-2]} channels, and {show(shape)} has {channels}"
        raise RuleError("GC405", says, inputs=(0,), data={"sizes": [channels, sizes[-2]]})
    if None in sizes:
        raise RuleError("GC408", f"needs a kernel of known sizes, gets {show(sizes)}", inputs=(1,))
    return shape, sizes


def _convolved(c: RuleContext, inputs: Any, kernel: Any) -> Shape:
    shape, sizes = _kernel(c, inputs, kernel)
    return slid(c, shape, sizes[:-2], c.strides, c.padding, c.dilation_rate, sizes[-1], "the kernel")


def _depthwise(c: RuleContext, inputs: Any, kernel: Any) -> Shape:
    shape, sizes = _kernel(c, inputs, kernel)
    filters = times(sizes[-1], sizes[-2])
    return slid(c, shape, sizes[:-2], c.strides, c.padding, c.dilation_rate, filters, "the kernel")


def _convolved_cost(c: RuleContext, inputs: Any, kernel: Any, y: Shape) -> Dim:
    return times(*y[1:], *shape_of(kernel)[:-1])


def _depthwise_cost(c: RuleContext, inputs: Any, kernel: Any, y: Shape) -> Dim:
    return times(*y[1:], *shape_of(kernel)[:-2])


def _attended_cost(c: RuleContext, query: Any, key: Any, value: Any, *_more: Any) -> Dim:
    q, k = shape_of(query), shape_of(key)
    return times(*q[1:], k[1], 2) if len(k) == 4 else None


_PADDING = choice("padding", ("valid", "same"), "valid")
_WINDOW = (_PADDING, data_format())
# What is not channels_last is channels_first to them, null too; `keras.ops` always states it.
_STATED = replace(data_format("channels_first"), read=lambda value: data_format().read(value or "channels_first"))
_POOLS = tuple(
    operation(
        name,
        ["inputs"],
        _pooled,
        same_type,
        "(batch, …, channels) → (batch, …, channels)",
        *(_sizes("pool_size", required=True), _sizes("strides"), _PADDING, _STATED),
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
    return promoted(query, key, value)


OTHER = (
    operation(
        "BatchNorm",
        ["x", "mean", "variance", "offset", "scale"],
        _batch_normed,
        same_type,
        "(…, channels) → (…, channels)",
        integer("axis", required=True),
        number("epsilon", 0.001),
    ),
    *_POOLS,
    *_CONVOLUTIONS,
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
        integer("num_classes", least=0, required=True),
        integer("axis", -1),
        text("dtype"),
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
        text("dtype"),
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
