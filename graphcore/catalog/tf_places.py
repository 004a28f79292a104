"""TensorFlow's functions of places and parts: gathered, scattered, masked, in segments, in blocks."""

from __future__ import annotations

from typing import Any

from ..shapes import Dim, RuleError, Shape, TensorSpec, show, unify
from .dtypes import divided
from .operands import axis_of
from .rules import times
from .spec import is_whole
from .tf_operands import (
    Arguments,
    Function,
    axis_said,
    check_whole,
    dtype_said,
    index_dtype,
    of_floats,
    of_rank,
    one_dtype,
    shape_of,
    size_said,
    sized,
    sizes_said,
    table,
    tensor,
    without,
)

# Segments


def _segments(x: Any, named: Arguments) -> TensorSpec:
    """A sum for each run of equal ids: how many there are is known when the model runs."""
    shape, ids = tensor(x).shape or (), named.get("segment_ids")
    check_whole(ids, "segment_ids")
    count = shape_of(ids)
    if len(count) != 1 or not shape:
        raise RuleError("GC403", f"needs an axis of segment_ids, gets {show(count)} for {show(shape)}", inputs=(0,))
    return TensorSpec((None, *shape[1:]), x.dtype)


def _unsorted(x: Any, named: Arguments) -> TensorSpec:
    shape, ids = tensor(x).shape or (), named.get("segment_ids")
    check_whole(ids, "segment_ids")
    head = shape_of(ids)
    if len(head) > len(shape):
        raise RuleError("GC403", f"needs {show(shape)} to begin with {show(head)}", inputs=(0,))
    for one, other in zip(shape, head, strict=False):
        unify(one, other)
    number = named.get("num_segments")
    check_whole(number, "num_segments")
    if is_whole(number) and number < 0:
        raise RuleError("GC204", f"makes {number} segments")
    return TensorSpec((size_said(number), *shape[len(head) :]), x.dtype)


def _averaged(x: Any, named: Arguments) -> TensorSpec:
    made = _unsorted(x, named)
    return TensorSpec(made.shape, None if made.dtype is None else divided(made.dtype))


# Masks


def _masked(x: Any, named: Arguments) -> TensorSpec:
    """What a mask leaves of it: as many as there are truths."""
    shape, mask = tensor(x).shape or (), named.get("mask")
    given = shape_of(mask)
    axis = axis_said(named, len(shape), default=0) or 0
    said = named.get("axis")
    is_behind = is_whole(said) and said < 0 and said + len(given) >= 0  # TensorFlow then holds it against nothing
    if not given or is_behind or len(given) + axis > len(shape):
        raise RuleError("GC403", f"masks {show(shape)} by {show(given)}", inputs=(0,))
    for one, other in zip(shape[axis:], given, strict=False):
        unify(one, other)
    return TensorSpec((*shape[:axis], None, *shape[axis + len(given) :]), x.dtype)


def _sequence_mask(x: Any, named: Arguments) -> TensorSpec:
    longest = named.get("maxlen")
    if longest is not None:
        check_whole(tensor(x), "lengths")
    elif tensor(x).dtype in ("bool", "string"):
        raise RuleError("GC409", f"needs numbers as lengths, gets {x.dtype}", inputs=(0,))
    return TensorSpec((*(x.shape or ()), size_said(longest)), dtype_said(named.get("dtype")) or "bool")


def _in_top(x: Any, named: Arguments) -> TensorSpec:
    """Whether what is wanted is among the k largest."""
    targets, predictions = (x, named["predictions"]) if "predictions" in named else (named.get("targets"), x)
    check_whole(targets, "targets")
    given, wanted = shape_of(predictions), shape_of(targets)
    if len(given) != 2 or len(wanted) != 1:
        raise RuleError("GC403", f"looks for {show(wanted)} in {show(given)}", inputs=(0,))
    if isinstance(predictions, TensorSpec) and predictions.dtype not in (None, "float32"):
        raise RuleError("GC409", f"needs float32, gets {predictions.dtype}", "cast the predictions")
    return TensorSpec((unify(given[0], wanted[0]),), "bool")


# Distinct values and parts


def _distinct(x: Any, named: Arguments) -> list[TensorSpec]:
    return [TensorSpec((None,), tensor(x).dtype), TensorSpec(of_rank(x, 1), index_dtype(named, "out_idx", "int32"))]


def _distinct_counted(x: Any, named: Arguments) -> list[TensorSpec]:
    dtype = index_dtype(named, "out_idx", "int32")
    return [TensorSpec((None,), tensor(x).dtype), TensorSpec(x.shape, dtype), TensorSpec((None,), dtype)]


def _divided(x: Any, named: Arguments) -> list[TensorSpec]:
    """Its rows in several tensors, as many in each as there are."""
    shape, parts, number = tensor(x).shape or (), named.get("partitions"), named.get("num_partitions")
    head = shape_of(parts)
    if isinstance(parts, TensorSpec) and parts.dtype not in (None, "int32"):
        raise RuleError("GC409", f"needs int32 as partitions, gets {parts.dtype}", "cast them")
    if not is_whole(number) or number < 1 or len(head) > len(shape):
        raise RuleError("GC204", f"makes {number} parts of {show(shape)} by {show(head)}", inputs=(0,))
    for one, other in zip(shape, head, strict=False):
        unify(one, other)
    return [TensorSpec((None, *shape[len(head) :]), x.dtype)] * number


def _inverse(x: Any, named: Arguments) -> TensorSpec:
    check_whole(tensor(x), "a permutation")
    return TensorSpec(of_rank(x, 1), x.dtype)


# Blocks


def _to_batches(x: Any, named: Arguments) -> TensorSpec:
    """Blocks of the axes in space, in the batch.

    Source: TensorFlow, `SpaceToBatchShapeHelper`.
    """
    shape, blocks, widths = tensor(x).shape or (), named.get("block_shape"), named.get("paddings")
    sizes = _blocks(shape, blocks, widths)
    space: list[Dim] = []
    for dim, block, (before, after) in zip(shape[1:], sizes, _pairs(widths), strict=False):
        whole = None if dim is None else dim + before + after
        if whole is not None and whole % block:
            raise RuleError("GC405", f"cannot divide {whole} by {block}", inputs=(0,))
        space.append(None if whole is None else whole // block)
    return TensorSpec((times(shape[0], *sizes), *space, *shape[1 + len(sizes) :]), x.dtype)


def _from_batches(x: Any, named: Arguments) -> TensorSpec:
    """The way back."""
    shape, blocks, cuts = tensor(x).shape or (), named.get("block_shape"), named.get("crops")
    sizes = _blocks(shape, blocks, cuts)
    batch, whole = shape[0], times(*sizes)
    if batch is not None and whole and batch % whole:
        raise RuleError("GC405", f"cannot divide the batch of {batch} by {whole}", inputs=(0,))
    space: list[Dim] = []
    for dim, block, (before, after) in zip(shape[1:], sizes, _pairs(cuts), strict=False):
        left = None if dim is None else dim * block - before - after
        if left is not None and left < 0:
            raise RuleError("GC407", f"cuts {before + after} of {dim * block if dim else 0}", inputs=(0,))
        space.append(left)
    first = None if batch is None or not whole else batch // whole
    return TensorSpec((first, *space, *shape[1 + len(sizes) :]), x.dtype)


def _blocks(shape: Shape, blocks: Any, pairs: Any) -> list[int]:
    if not isinstance(blocks, (list, tuple)) or any(not is_whole(n) or n < 1 for n in blocks):
        raise RuleError("GC204", f"needs whole numbers above 0 as block_shape, gets {str(blocks)[:40]}")
    if len(_pairs(pairs)) != len(blocks) or len(shape) < len(blocks) + 1:
        raise RuleError("GC403", f"takes blocks {list(blocks)} of {show(shape)}", inputs=(0,))
    return list(blocks)


def _pairs(said: Any) -> list[tuple[int, int]]:
    rows = said if isinstance(said, (list, tuple)) else ()
    if any(
        not isinstance(row, (list, tuple)) or len(row) != 2 or any(size_said(n) is None for n in row) for row in rows
    ):
        raise RuleError("GC204", "needs two numbers from 0 on for each axis")
    return [(row[0], row[1]) for row in rows]


# Made of a shape


# Windows along an axis


def _gathered(x: Any, named: Arguments) -> TensorSpec:
    shape, at = tensor(x).shape or (), shape_of(named.get("indices"))
    axis, batch = named.get("axis"), int(named.get("batch_dims") or 0)
    check_whole(named.get("indices"), "indices")
    if axis is not None and not is_whole(axis):
        raise RuleError("GC204", "takes one axis")
    where = axis_of(batch if axis is None else axis, len(shape))
    return TensorSpec((*shape[:where], *at[batch:], *shape[where + 1 :]), x.dtype)


def _gathered_at(x: Any, named: Arguments) -> TensorSpec:
    shape, at = tensor(x).shape or (), shape_of(named.get("indices"))
    check_whole(named.get("indices"), "indices")
    batch = named.get("batch_dims") or 0
    if not is_whole(batch) or batch < 0 or (batch and batch >= min(len(at), len(shape))):
        raise RuleError("GC204", f"has {str(batch)[:20]} axes of batches in {show(shape)} and {show(at)}", inputs=(0,))
    if not at or at[-1] is None:
        return TensorSpec(None, x.dtype)
    for one, other in zip(shape[:batch], at[:batch], strict=True):
        unify(one, other)
    if at[-1] > len(shape) - batch:
        raise RuleError("GC405", f"takes indices of {at[-1]} numbers into {show(shape)}", inputs=(0,))
    return TensorSpec((*at[:-1], *shape[batch + at[-1] :]), x.dtype)


def _one_hot(x: Any, named: Arguments) -> TensorSpec:
    shape, depth = tensor(x).shape or (), named.get("depth")
    axis = axis_said(named, len(shape) + 1)
    at = len(shape) if axis is None else axis
    if tensor(x).dtype not in (None, "uint8", "int8", "int32", "int64"):
        raise RuleError("GC409", f"needs whole numbers, gets {x.dtype}", "cast the input", inputs=(0,))
    size = size_said(depth)
    return TensorSpec((*shape[:at], size, *shape[at:]), dtype_said(named.get("dtype")) or "float32")


def _found(x: Any, named: Arguments) -> TensorSpec:
    one_dtype(tensor(x), named.get("values"))
    return TensorSpec(shape_of(named.get("values")), index_dtype(named, "out_type", "int32"))


def _scattered(x: Any, named: Arguments) -> TensorSpec:
    """Source: TensorFlow, `ScatterNdShapeHelper`."""
    shape, at, new = tensor(x).shape or (), shape_of(named.get("indices")), shape_of(named.get("updates"))
    check_whole(named.get("indices"), "indices")
    one_dtype(x, named.get("updates"))
    if 0 in shape and 0 not in at and 0 not in new and None not in (*at, *new):
        raise RuleError("GC405", f"puts {show(new)} into {show(shape)}, which holds nothing", inputs=(0,))
    if at and at[-1] is not None:
        wanted = (*at[:-1], *shape[at[-1] :])
        if len(wanted) != len(new):
            raise RuleError("GC403", f"needs {show(wanted)} to put into {show(shape)}, gets {show(new)}", inputs=(0,))
        for one, other in zip(wanted, new, strict=True):
            unify(one, other)
    elif not at:
        raise RuleError("GC405", f"puts values at {show(at)} of {show(shape)}", inputs=(0,))
    return TensorSpec(shape, x.dtype)


def _scattered_new(x: Any, named: Arguments) -> TensorSpec:
    """Values at places of a tensor of zeros: the places come first."""
    updates, said = named.get("updates"), named.get("shape")
    if isinstance(said, (list, tuple)):
        said = [TensorSpec((), "int32") if size in (-1, None) else size for size in said]
    sizes = sizes_said(said)
    if sizes is None:
        return TensorSpec(None, tensor(updates).dtype)
    return _scattered(TensorSpec(sizes, tensor(updates).dtype), {"indices": x, "updates": updates})


_SEGMENTED = ("max", "mean", "min", "prod", "sum")
FUNCTIONS: dict[str, Function] = {
    **table(
        _scattered,
        *(f"tensor_scatter_nd_{name}" for name in ("add", "max", "min", "sub")),
        "tensor_scatter_nd_update",
    ),
    **table(sized(_scattered_new, "shape"), "scatter_nd"),
    **table(_gathered_at, "gather_nd", "compat.v1.gather_nd"),
    **table(_found, "searchsorted"),
    **table(_gathered, "gather", "compat.v1.gather"),
    **table(sized(_one_hot, "depth", "axis"), "one_hot"),
    **table(without(_segments, "bool", "string"), *(f"math.segment_{name}" for name in _SEGMENTED)),
    **table(
        without(sized(_unsorted, "num_segments"), "bool", "string"),
        *(f"math.unsorted_segment_{name}" for name in ("max", "min", "prod", "sum")),
    ),
    **table(lambda x, named: of_floats(_unsorted(x, named), named), "math.unsorted_segment_sqrt_n"),
    **table(without(_averaged, "bool", "string"), "math.unsorted_segment_mean"),
    **table(_masked, "compat.v1.boolean_mask", "boolean_mask"),
    **table(sized(_sequence_mask, "maxlen"), "sequence_mask"),
    **table(_in_top, "math.in_top_k", "compat.v1.math.in_top_k"),
    **table(_distinct, "unique"),
    **table(_distinct_counted, "unique_with_counts"),
    **table(_divided, "dynamic_partition"),
    **table(_inverse, "math.invert_permutation"),
    **table(_to_batches, "space_to_batch", "space_to_batch_nd"),
    **table(_from_batches, "batch_to_space", "compat.v1.batch_to_space_nd"),
}
