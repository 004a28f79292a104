"""TensorFlow's functions of neural networks, as files of Keras 2 hold them: convolutions, pools, losses, look-ups."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ..shapes import Dim, RuleError, Shape, TensorSpec, show, window
from .rules import times
from .spec import is_whole
from .tf_operands import Arguments, Function, of_floats, of_reals, one_dtype, shape_of, table, tensor, together, without


def _spread(said: Any, rank: int, what: str, default: int | None = None) -> tuple[int, ...]:
    """A number for each axis in space: one for all, one for each, or with those of batch and channels around."""
    if said is None and default is not None:
        return (default,) * rank
    given = [said] if is_whole(said) else list(said) if isinstance(said, (list, tuple)) else []
    if not given or any(not is_whole(n) or n <= 0 for n in given) or len(given) not in (1, rank, rank + 2):
        raise RuleError("GC204", f"needs whole numbers above 0 as {what}")
    if len(given) == rank + 2:
        return tuple(given[1:-1])
    return tuple(given) if len(given) == rank else tuple(given) * rank


def _slid(
    x: TensorSpec, widths: Sequence[Dim], steps: Sequence[int], rates: Sequence[int], padding: Any, filters: Dim
) -> TensorSpec:
    shape = x.shape or ()
    way = str(padding).lower()
    if way not in ("valid", "same"):
        raise RuleError("GC204", 'needs padding "VALID" or "SAME"')
    each = zip(shape[1:-1], widths, steps, rates, strict=True)
    space = [None if w is None and way == "valid" else window(dim, w or 1, s, way, d) for dim, w, s, d in each]
    if any(dim is not None and dim <= 0 for dim in space):
        raise RuleError("GC407", f"makes {show(tuple(space))} of {show(shape)}", inputs=(0,))
    return TensorSpec((shape[0], *space, filters), x.dtype)


def _of_rank(x: Any, rank: int, named: Arguments) -> Shape | None:
    """The shape, None where channels stand first."""
    shape = of_floats(x, named).shape or ()
    if len(shape) != rank + 2:
        raise RuleError("GC403", f"needs rank {rank + 2}, gets {show(shape)} of rank {len(shape)}", inputs=(0,))
    said = named.get("data_format")
    return None if isinstance(said, str) and said.startswith("NC") else shape


def _kernel(x: Any, named: Arguments, shape: Shape) -> Shape:
    said = named.get("filters") if named.get("filters") is not None else named.get("filter")
    sizes = shape_of(said)
    if len(sizes) != len(shape):
        raise RuleError("GC403", f"has a kernel {show(sizes)} for {show(shape)}", inputs=(0,))
    one_dtype(x, said)
    return sizes


def _convolved(rank: int) -> Function:
    def rule(x: Any, named: Arguments) -> TensorSpec:
        shape = _of_rank(x, rank, named)
        if shape is None:
            return TensorSpec((None,) * (rank + 2), x.dtype)
        sizes = _kernel(x, named, shape)
        if None not in (shape[-1], sizes[-2]) and (sizes[-2] == 0 or (shape[-1] or 0) % (sizes[-2] or 1)):
            raise RuleError("GC405", f"has a kernel {show(sizes)} for {show(shape)}", inputs=(0,))
        said = named.get("strides") if named.get("strides") is not None else named.get("stride")
        steps = _spread(said, rank, "strides", 1)
        return _slid(
            x, sizes[:-2], steps, _spread(named.get("dilations"), rank, "dilations", 1), named.get("padding"), sizes[-1]
        )

    return rule


def _depthwise(x: Any, named: Arguments) -> TensorSpec:
    shape = _of_rank(x, 2, named)
    if shape is None:
        return TensorSpec((None,) * 4, x.dtype)
    sizes = _kernel(x, named, shape)
    if None not in (shape[-1], sizes[-2]) and shape[-1] != sizes[-2]:
        raise RuleError("GC405", f"has a kernel {show(sizes)} for {show(shape)}", inputs=(0,))
    rates = _spread(named.get("rate") or named.get("dilations"), 2, "rate", 1)
    steps = _spread(named.get("strides"), 2, "strides")
    return _slid(x, sizes[:2], steps, rates, named.get("padding"), times(sizes[2], sizes[3]))


def _pooled(rank: int) -> Function:
    def rule(x: Any, named: Arguments) -> TensorSpec:
        shape = tensor(x).shape or ()
        if len(shape) != rank + 2:
            raise RuleError("GC403", f"needs rank {rank + 2}, gets {show(shape)} of rank {len(shape)}", inputs=(0,))
        said = named.get("data_format")
        if isinstance(said, str) and said.startswith("NC"):
            return TensorSpec((None,) * (rank + 2), x.dtype)
        widths, steps = (_spread(named.get(name), rank, name) for name in ("ksize", "strides"))
        return _slid(x, widths, steps, (1,) * rank, named.get("padding"), shape[-1])

    return rule


def _pooled_floats(rank: int) -> Function:
    pooled = _pooled(rank)
    return lambda x, named: pooled(of_floats(x, named), named)


def _doubled(x: Any, named: Arguments) -> TensorSpec:
    shape = tensor(x).shape or ()
    if not shape:
        raise RuleError("GC403", "needs an axis to join along, gets ()", inputs=(0,))
    axis = named.get("axis", -1)
    at = axis % len(shape) if is_whole(axis) and -len(shape) <= axis < len(shape) else len(shape) - 1
    return TensorSpec((*shape[:at], times(shape[at], 2), *shape[at + 1 :]), x.dtype)


def _number(x: Any, named: Arguments) -> TensorSpec:
    return TensorSpec((), of_reals(x, named).dtype)


def _looked_up(x: Any, named: Arguments) -> TensorSpec:
    shape, ids = tensor(x).shape or (), named.get("ids")
    if not shape:
        raise RuleError("GC403", "needs a table to look up in, gets ()", inputs=(0,))
    return TensorSpec((*shape_of(ids), *shape[1:]), x.dtype)


def _of_classes(x: Any, named: Arguments) -> TensorSpec:
    """Labels first, then logits."""
    logits = named.get("logits")
    wanted, given = tensor(x).shape or (), shape_of(logits)
    is_open = len(wanted) == len(given) and None in (*wanted, *given)
    shape = tuple(b if a is None else a for a, b in zip(wanted, given, strict=True)) if is_open else together(x, logits)
    if not shape:
        raise RuleError("GC403", "needs an axis of classes, gets ()", inputs=(0,))
    return TensorSpec(shape[:-1], logits.dtype if isinstance(logits, TensorSpec) else x.dtype)


def _four_axes(x: Any, named: Arguments) -> TensorSpec:
    shape = of_floats(x, named).shape or ()
    if len(shape) != 4:
        raise RuleError("GC403", f"needs rank 4, gets {show(shape)} of rank {len(shape)}", inputs=(0,))
    return TensorSpec(shape, x.dtype)


FUNCTIONS: dict[str, Function] = {
    **table(_convolved(1), "compat.v1.nn.conv1d"),
    **table(_convolved(2), "compat.v1.nn.conv2d"),
    **table(_convolved(3), "nn.conv3d"),
    **table(_depthwise, "compat.v1.nn.depthwise_conv2d"),
    **table(_pooled(1), "nn.max_pool1d"),
    **table(_pooled(3), "nn.max_pool3d"),
    **table(_pooled_floats(1), "nn.avg_pool1d"),
    **table(_pooled_floats(2), "nn.avg_pool"),
    **table(without(_doubled, "bool", "complex", "string"), "compat.v1.nn.crelu"),
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
    "compat.v1.nn.depthwise_conv2d": depthwise_cost,
}
"""Functions that multiply and add, and how often for one sample."""
