"""TensorFlow's functions of neural networks: convolutions, pools, activations, losses, look-ups."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ..shapes import Dim, RuleError, Shape, TensorSpec, show, unify, window
from .operands import axis_of, reduced
from .rules import times
from .spec import is_whole
from .tf_operands import (
    NO_NUMBERS,
    Arguments,
    Function,
    axes_said,
    axis_said,
    check_whole,
    index_dtype,
    of_floats,
    of_rank,
    of_reals,
    one_dtype,
    renamed,
    same,
    shape_of,
    size_said,
    sized,
    table,
    tensor,
    together,
    unified,
    without,
)


def _each(said: Any, rank: int, what: str, named: Arguments, *, default: int | None = None) -> tuple[int, ...]:
    """A number for each axis in space: one for all, one for each, or with those of batch and channels among them."""
    least = -1 if what == "ksize" else 1  # TensorFlow looks at the size of a window when the model runs
    if said is None and default is not None:
        return (default,) * rank
    given = [said] if is_whole(said) else list(said) if isinstance(said, (list, tuple)) else []
    if not given or any(not is_whole(n) or n < least for n in given) or len(given) not in (1, rank, rank + 2):
        raise RuleError("GC204", f"needs whole numbers above 0 as {what}")
    if len(given) == rank + 2:
        return tuple(given[2:] if _is_first(rank, named) else given[1:-1])
    return tuple(given) if len(given) == rank else tuple(given) * rank


_FORMATS = {1: ("NWC", "NCW"), 2: ("NHWC", "NCHW"), 3: ("NDHWC", "NCDHW")}


def _slid(
    x: TensorSpec, widths: Sequence[Dim], steps: Sequence[int], rates: Sequence[int], named: Arguments, filters: Dim
) -> TensorSpec:
    """Positions of windows of these widths; the channels stand where they did."""
    rank = len(widths)
    batch, *space, _ = _channels_last(x, rank, named)
    padding = named.get("padding")
    if padding not in ("VALID", "SAME"):
        raise RuleError("GC204", 'needs padding "VALID" or "SAME"')
    way = str(padding).lower()
    each = zip(space, widths, steps, rates, strict=True)
    out = [None if w is None and way == "valid" else window(dim, _known(w), s, way, d) for dim, w, s, d in each]
    if any(dim is not None and (dim < 0 or (dim == 0 and before)) for dim, before in zip(out, space, strict=True)):
        raise RuleError("GC407", f"makes {show(tuple(out))} of {show(x.shape)}", inputs=(0,))
    return TensorSpec(_put(batch, out, filters, named), x.dtype)


def _put(batch: Dim, space: Sequence[Dim], channels: Dim, named: Arguments) -> Shape:
    return (batch, channels, *space) if _is_first(len(space), named) else (batch, *space, channels)


def _known(width: Dim) -> int:
    """A window's width; where it is unknown, it makes no difference to what comes out."""
    return 1 if width is None else width


def _is_first(rank: int, named: Arguments) -> bool:
    """Whether the channels stand before the axes in space.

    Raises:
        RuleError: bad-value (GC204), a format of another rank.
    """
    form = named.get("data_format") or _FORMATS[rank][0]
    form = {"NHWC": "NWC", "NCHW": "NCW"}.get(form, form) if rank == 1 else form
    if form not in _FORMATS[rank]:
        raise RuleError("GC204", f"needs data_format {' or '.join(_FORMATS[rank])}")
    return bool(form == _FORMATS[rank][1])


def _channels_last(x: TensorSpec, rank: int, named: Arguments) -> Shape:
    shape = of_rank(x, rank + 2)
    return (shape[0], *shape[2:], shape[1]) if _is_first(rank, named) else shape


def _kernel(x: Any, named: Arguments, shape: Shape) -> Shape:
    said = named.get("filters") if named.get("filters") is not None else named.get("filter")
    sizes = shape_of(said)
    if len(sizes) != len(shape):
        raise RuleError("GC403", f"has a kernel {show(sizes)} for {show(shape)}", inputs=(0,))
    one_dtype(x, said)
    return sizes


def _convolved(rank: int) -> Function:
    def rule(x: Any, named: Arguments) -> TensorSpec:
        shape = _channels_last(of_floats(x, named), rank, named)
        sizes = _kernel(x, named, shape)
        if None not in (shape[-1], sizes[-2]) and (sizes[-2] == 0 or (shape[-1] or 0) % (sizes[-2] or 1)):
            raise RuleError("GC405", f"has a kernel {show(sizes)} for {show(x.shape)}", inputs=(0,))
        said = named.get("strides") if named.get("strides") is not None else named.get("stride")
        steps, rates = _each(said, rank, "strides", named, default=1), named.get("dilations")
        if rank == 3 and is_whole(rates):
            raise RuleError("GC204", "needs five whole numbers as dilations")
        return _slid(x, sizes[:-2], steps, _each(rates, rank, "dilations", named, default=1), named, sizes[-1])

    return _in_batches(rule, rank) if rank < 3 else rule


def _in_batches(function: Function, rank: int) -> Function:
    """The function, which takes further axes in front for batches."""

    def rule(x: Any, named: Arguments) -> Any:
        shape = tensor(x).shape or ()
        more = max(len(shape) - rank - 2, 0)
        if not more:
            return function(x, named)
        made = function(TensorSpec((None, *shape[more + 1 :]), x.dtype), named)
        return TensorSpec((*shape[: more + 1], *made.shape[1:]), made.dtype)

    return rule


def _depthwise(x: Any, named: Arguments) -> TensorSpec:
    shape = _channels_last(of_floats(x, named), 2, named)
    sizes = _kernel(x, named, shape)
    if None not in (shape[-1], sizes[-2]) and shape[-1] != sizes[-2]:
        raise RuleError("GC405", f"has a kernel {show(sizes)} for {show(x.shape)}", inputs=(0,))
    rates = _each(named.get("rate") or named.get("dilations"), 2, "rate", named, default=1)
    steps = _each(named.get("strides"), 2, "strides", named)
    return _slid(x, sizes[:2], steps, rates, named, times(sizes[2], sizes[3]))


def _depthwise_v2(x: Any, named: Arguments) -> TensorSpec:
    if is_whole(named.get("dilations")):
        raise RuleError("GC204", "needs two whole numbers as dilations")
    return _depthwise(x, named)


def _pooled(rank: int) -> Function:
    def rule(x: Any, named: Arguments) -> TensorSpec:
        channels = _channels_last(tensor(x), rank, named)[-1]
        widths, steps = (_each(named.get(name), rank, name, named) for name in ("ksize", "strides"))
        return _slid(x, widths, steps, (1,) * rank, named, channels)

    return rule


def _pooled_floats(rank: int) -> Function:
    pooled = _pooled(rank)
    return lambda x, named: pooled(of_floats(x, named), named)


def _doubled(x: Any, named: Arguments) -> TensorSpec:
    shape = tensor(x).shape or ()
    if not shape:
        raise RuleError("GC403", "needs an axis to join along, gets ()", inputs=(0,))
    at = axis_said({"axis": -1, **named}, len(shape))
    if at is None:
        raise RuleError("GC402", "does not say along which axis", "state axis")
    return TensorSpec((*shape[:at], times(shape[at], 2), *shape[at + 1 :]), x.dtype)


def _number(x: Any, named: Arguments) -> TensorSpec:
    return TensorSpec((), of_reals(x, named).dtype)


def _looked_up(x: Any, named: Arguments) -> TensorSpec:
    shape, ids = tensor(x).shape or (), named.get("ids")
    if not shape:
        raise RuleError("GC403", "needs a table to look up in, gets ()", inputs=(0,))
    check_whole(ids, "ids")
    return TensorSpec((*shape_of(ids), *shape[1:]), x.dtype)


def _of_classes(x: Any, named: Arguments) -> TensorSpec:
    """Labels first, then logits, which need an axis of classes."""
    logits = named.get("logits")
    if isinstance(logits, TensorSpec):
        of_reals(logits, named)
    elif not isinstance(x, TensorSpec):
        raise RuleError("GC402", "has no tensor of logits", "connect one")
    wanted, given = shape_of(tensor(x)), shape_of(logits)
    shape = given
    if len(wanted) == len(given):
        is_known = None not in (*wanted, *given)
        open_ones = (a if b is None else b for a, b in zip(wanted, given, strict=True))
        shape = together(x, logits) if is_known else tuple(open_ones)
    axis = axis_said(renamed(named, dim="axis"), len(shape), default=-1)
    if axis is None:
        raise RuleError("GC403", "needs an axis of classes, gets ()", inputs=(0,))
    left = (*shape[:axis], *shape[axis + 1 :])
    if len(wanted) != len(given):  # TensorFlow makes matrices of both
        rows, others = times(*wanted[:-1]), times(*left)
        if None not in (rows, others) and rows != others and 1 not in (rows, others):
            raise RuleError("GC404", f"cannot combine {show(wanted)} with {show(given)}", inputs=(0,))
        left = (others if rows is None else rows,) if len(left) == 1 else left
    return TensorSpec(left, logits.dtype if isinstance(logits, TensorSpec) else x.dtype)


def _four_axes(x: Any, named: Arguments) -> TensorSpec:
    return TensorSpec(of_rank(of_floats(x, named), 4), x.dtype)


def _by_rank(rules: dict[int, Function]) -> Function:
    """One of these, by the rank of what comes in."""

    def rule(x: Any, named: Arguments) -> Any:
        shape = tensor(x).shape or ()
        if len(shape) - 2 not in rules:
            raise RuleError("GC403", f"needs rank 3 to {max(rules) + 2}, gets {show(shape)}", inputs=(0,))
        return rules[len(shape) - 2](x, named)

    return rule


def _separable(x: Any, named: Arguments) -> TensorSpec:
    """A convolution of each channel, then one of all at each place."""
    way = {"rate": named.get("rate"), "dilations": named.get("dilations"), "data_format": named.get("data_format")}
    first = {**way, "filter": named.get("depthwise_filter"), "strides": named.get("strides")}
    rates = _each(named.get("rate") or named.get("dilations"), 2, "rate", named, default=1)
    if max(rates) > 1 and max(_each(named.get("strides"), 2, "strides", named)) > 1:
        raise RuleError("GC205", "has both strides and dilations above 1", "set one of them to 1")
    between = _depthwise(x, {**first, "padding": named.get("padding")})
    unify((shape_of(named.get("pointwise_filter")) or (None,) * 4)[-2], _channels_last(between, 2, named)[-1])
    second = {"filters": named.get("pointwise_filter"), "strides": 1, "padding": "VALID"}
    return TensorSpec(_convolved(2)(between, {**second, "data_format": named.get("data_format")}).shape, x.dtype)


def _turned_back(x: Any, named: Arguments) -> TensorSpec:
    """What the way back of a convolution gives, which is said."""
    _channels_last(of_floats(x, named), 2, named)
    one_dtype(x, named.get("filters"))
    _each(named.get("strides"), 2, "strides", named)
    if named.get("padding", "SAME") not in ("VALID", "SAME"):
        raise RuleError("GC204", 'needs padding "VALID" or "SAME"')
    said = named.get("output_shape")
    if isinstance(said, TensorSpec):
        return TensorSpec((None,) * 4, x.dtype)
    if not isinstance(said, (list, tuple)) or len(said) != 4:
        raise RuleError("GC204", "needs four sizes as output_shape")
    return TensorSpec(((x.shape or (None,))[0], *(size_said(size) for size in said[1:])), x.dtype)


def _alike(second: str) -> Function:
    """Of two tensors of floats that have one shape."""

    def rule(x: Any, named: Arguments) -> TensorSpec:
        y = named.get(second)
        a, b = shape_of(tensor(x)), shape_of(y)
        if len(a) != len(b):
            raise RuleError("GC404", f"cannot combine {show(a)} with {show(b)}", inputs=(0,))
        made = TensorSpec(unified(a, b), one_dtype(x, y))
        return of_floats(made, named)

    return rule


def _of_labels(x: Any, named: Arguments) -> TensorSpec:
    """A loss for each label, of logits with an axis of classes more."""
    logits = named.get("logits")
    check_whole(x, "labels")
    given, wanted = shape_of(logits), shape_of(x)
    if not given or len(wanted) != len(given) - 1:
        raise RuleError("GC403", f"needs labels for {show(given)}, gets {show(wanted)}", inputs=(0,))
    for one, other in zip(wanted, given, strict=False):
        unify(one, other)
    return TensorSpec(wanted, of_reals(logits, named).dtype)


def _loss_each(x: Any, named: Arguments) -> TensorSpec:
    """What `keras.backend` makes of targets and outputs, class by class."""
    output = named.get("output")
    return of_floats(TensorSpec(together(x, output), one_dtype(x, output)), named)


def _loss_of_classes(x: Any, named: Arguments) -> TensorSpec:
    made = _alike("output")(x, named)
    shape = made.shape or ()
    axes = axes_said(named.get("axis", -1)) or ()
    return TensorSpec(reduced(shape, [axis_of(axis, len(shape)) for axis in axes], False), made.dtype)


def _normalized(x: Any, named: Arguments) -> TensorSpec:
    shape, dtype = of_floats(x, named).shape or (), x.dtype
    if isinstance(named.get("variance"), TensorSpec):
        of_floats(named["variance"], named)
    for name in ("variance", "scale", "mean", "offset"):
        if named.get(name) is not None:
            shape = together(TensorSpec(shape, dtype), named[name])
    return TensorSpec(shape, dtype)


def _moments(x: Any, named: Arguments) -> list[TensorSpec]:
    """Mean and variance."""
    axes = axes_said(named.get("axes"))
    if axes is None:
        raise RuleError("GC402", "does not say along which axes", "state axes")
    shape = tensor(x).shape or ()
    at = [axis_of(axis, len(shape)) for axis in axes]
    keeps = bool(renamed(named, keep_dims="keepdims").get("keepdims"))
    return [TensorSpec(reduced(shape, tuple(dict.fromkeys(at)), keeps), x.dtype)] * 2


def _layer(x: Any, named: Arguments) -> TensorSpec:
    """A product with weights, and biases."""
    a, b, c = of_floats(x, named).shape or (), shape_of(named.get("weights")), shape_of(named.get("biases"))
    if len(a) != 2 or len(b) != 2 or len(c) != 1:
        raise RuleError("GC403", f"multiplies {show(a)} with {show(b)} and adds {show(c)}", inputs=(0,))
    unify(a[1], b[0])
    one_dtype(x, named.get("weights"))
    one_dtype(x, named.get("biases"))
    return TensorSpec((a[0], unify(b[1], c[0])), x.dtype)


def _softmax(x: Any, named: Arguments) -> TensorSpec:
    axis_said(renamed(named, dim="axis"), len(tensor(x).shape or ()))
    return of_reals(x, named)


def _drawn_classes(x: Any, named: Arguments) -> TensorSpec:
    shape = tensor(x).shape or ()
    count = named.get("num_samples")
    if len(shape) != 2 or (is_whole(count) and count < 0):
        raise RuleError("GC403", f"draws {count} numbers for each row of {show(shape)}", inputs=(0,))
    return TensorSpec((shape[0], size_said(count)), index_dtype(named, "dtype", "int64"))


def _biased(x: Any, named: Arguments) -> TensorSpec:
    shape, width = tensor(x).shape or (), shape_of(named.get("bias"))
    if len(shape) < 2 or len(width) != 1:
        raise RuleError("GC403", f"adds a bias {show(width)} to {show(shape)}", inputs=(0,))
    form = str(named.get("data_format") or "NHWC")
    is_first = form.startswith("NC")
    if not form.startswith("N") or (is_first and len(shape) < 3):
        raise RuleError("GC204", f"knows no channels of {show(shape)} in {form[:20]}")
    axis = 1 if is_first else len(shape) - 1
    if None not in (shape[axis], width[0]) and shape[axis] != width[0]:
        raise RuleError("GC405", f"adds a bias {show(width)} to {show(shape)}", inputs=(0,))
    out = list(shape)
    out[axis] = width[0] if shape[axis] is None else shape[axis]
    return TensorSpec(tuple(out), x.dtype)


def _leaky(x: Any, named: Arguments) -> TensorSpec:
    dtype = tensor(x).dtype
    return TensorSpec(x.shape, "float32" if dtype is not None and "int" in dtype else dtype)


def _dropped(x: Any, named: Arguments) -> TensorSpec:
    rate = named.get("rate", 0)
    if isinstance(rate, (int, float)) and not 0 <= rate < 1:
        raise RuleError("GC204", f"drops a part from 0 to below 1, not {rate}")
    return of_floats(x, named)


def _to_space(x: Any, named: Arguments) -> TensorSpec:
    (batch, height, width, channels), n = _space(x, named)
    if channels is not None and channels % (n * n):
        raise RuleError("GC405", f"cannot divide {channels} channels by {n * n}", inputs=(0,))
    less = None if channels is None else channels // (n * n)
    return TensorSpec(_put(batch, (times(height, n), times(width, n)), less, named), x.dtype)


def _to_depth(x: Any, named: Arguments) -> TensorSpec:
    (batch, *space, channels), n = _space(x, named)
    for dim in space:
        if dim is not None and dim % n:
            raise RuleError("GC405", f"cannot divide {dim} by {n}", inputs=(0,))
    sizes = [None if dim is None else dim // n for dim in space]
    return TensorSpec(_put(batch, sizes, times(channels, n * n), named), x.dtype)


def _space(x: Any, named: Arguments) -> tuple[Shape, int]:
    shape, n = _channels_last(tensor(x), 2, named), named.get("block_size")
    if not is_whole(n) or n < 2:
        raise RuleError("GC204", "needs a block_size above 1")
    return shape, n


FUNCTIONS: dict[str, Function] = {
    **table(_dropped, "compat.v1.nn.dropout", "nn.dropout"),
    **table(_to_depth, "compat.v1.nn.space_to_depth", "nn.space_to_depth"),
    **table(_to_space, "compat.v1.nn.depth_to_space", "nn.depth_to_space"),
    **table(without(same, *NO_NUMBERS), "nn.relu", "nn.relu6"),
    **table(of_floats, "nn.silu", "nn.gelu", "nn.tanh", "nn.sigmoid"),
    **table(_softmax, "nn.softmax", "nn.log_softmax"),
    **table(of_reals, "nn.elu", "nn.selu", "nn.softsign", "nn.softplus"),
    **table(without(_leaky, *NO_NUMBERS), "nn.leaky_relu"),
    **table(_biased, "nn.bias_add"),
    **table(_convolved(1), "nn.conv1d"),
    **table(_convolved(2), "nn.conv2d"),
    **table(_by_rank({1: _convolved(1), 2: _convolved(2), 3: _convolved(3)}), "nn.convolution"),
    **table(_by_rank({1: _convolved(1), 2: _convolved(2), 3: _convolved(3)}), "compat.v1.nn.convolution"),
    **table(_depthwise_v2, "nn.depthwise_conv2d"),
    **table(_separable, "nn.separable_conv2d"),
    **table(sized(_turned_back, "output_shape"), "nn.conv2d_transpose"),
    **table(without(_by_rank({1: _pooled(1), 2: _pooled(2), 3: _pooled(3)}), *NO_NUMBERS), "nn.max_pool"),
    **table(without(_pooled(2), *NO_NUMBERS), "compat.v1.nn.max_pool"),
    **table(_pooled_floats(2), "compat.v1.nn.avg_pool"),
    **table(_pooled_floats(3), "nn.avg_pool3d"),
    **table(_alike("logits"), "nn.sigmoid_cross_entropy_with_logits", "compat.v1.nn.sigmoid_cross_entropy_with_logits"),
    **table(_of_classes, "nn.softmax_cross_entropy_with_logits", "compat.v1.nn.softmax_cross_entropy_with_logits"),
    **table(
        _of_labels,
        *("nn.sparse_softmax_cross_entropy_with_logits", "compat.v1.nn.sparse_softmax_cross_entropy_with_logits"),
    ),
    **table(_alike("log_input"), "nn.log_poisson_loss"),
    **table(_loss_each, "keras.backend.binary_crossentropy"),
    **table(_loss_of_classes, "keras.backend.categorical_crossentropy"),
    **table(_normalized, "nn.batch_normalization"),
    **table(without(_moments, "bool", "string", "int8", "uint8"), "nn.moments", "compat.v1.nn.moments"),
    **table(without(_doubled, *NO_NUMBERS), "nn.crelu"),
    **table(_looked_up, "nn.embedding_lookup"),
    **table(_layer, "compat.v1.nn.xw_plus_b"),
    **table(without(_layer, "complex"), "compat.v1.nn.relu_layer"),
    **table(_softmax, "compat.v1.nn.softmax", "compat.v1.nn.log_softmax"),
    **table(without(_drawn_classes, *NO_NUMBERS), "random.categorical"),
    **table(_convolved(1), "compat.v1.nn.conv1d"),
    **table(_convolved(2), "compat.v1.nn.conv2d"),
    **table(_convolved(3), "nn.conv3d"),
    **table(_depthwise, "compat.v1.nn.depthwise_conv2d"),
    **table(without(_pooled(1), *NO_NUMBERS), "nn.max_pool1d"),
    **table(without(_pooled(2), *NO_NUMBERS), "nn.max_pool2d"),
    **table(without(_pooled(3), *NO_NUMBERS, "int", "uint"), "nn.max_pool3d"),
    **table(_pooled_floats(1), "nn.avg_pool1d"),
    **table(_pooled_floats(2), "nn.avg_pool", "nn.avg_pool2d"),
    **table(without(_doubled, *NO_NUMBERS), "compat.v1.nn.crelu"),
    **table(_number, "nn.l2_loss"),
    **table(_looked_up, "compat.v1.nn.embedding_lookup"),
    **table(_of_classes, "compat.v1.nn.softmax_cross_entropy_with_logits_v2"),
    **table(_four_axes, "nn.local_response_normalization"),
}


def convolution_cost(x: Any, named: Arguments, y: Shape) -> Dim:
    """The multiply-adds of a convolution for one sample."""
    sizes = shape_of(named.get("filters") if named.get("filters") is not None else named.get("filter"))
    return times(*y[1:], *sizes[:-1])


def depthwise_cost(x: Any, named: Arguments, y: Shape) -> Dim:
    """The multiply-adds of a depthwise convolution for one sample."""
    return times(*y[1:], *shape_of(named.get("filter"))[:-2])


PRODUCTS = {
    **dict.fromkeys(("compat.v1.nn.conv1d", "compat.v1.nn.conv2d", "nn.conv3d"), convolution_cost),
    **dict.fromkeys(("nn.conv1d", "nn.conv2d", "nn.convolution", "compat.v1.nn.convolution"), convolution_cost),
    **dict.fromkeys(("compat.v1.nn.depthwise_conv2d", "nn.depthwise_conv2d"), depthwise_cost),
}
"""Functions that multiply and add, and how often for one sample."""
