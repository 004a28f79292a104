"""TensorFlow's functions of places, parts and frames, as files of Keras 2 hold them, and what is made of a shape."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ..shapes import Dim, RuleError, Shape, TensorSpec, show, unify
from .operands import axis_of
from .rules import times
from .spec import is_whole
from .tf_operands import (
    Arguments,
    Function,
    axes_said,
    axis_said,
    check_whole,
    dtype_said,
    index_dtype,
    of_floats,
    shape_of,
    size_said,
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
    narrow = ("uint8", "int8", "uint16", "int16")
    is_whole_number = made.dtype is not None and "int" in made.dtype
    return TensorSpec(
        made.shape, made.dtype if not is_whole_number else "float32" if made.dtype in narrow else "float64"
    )


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
    shape = tensor(x).shape or ()
    if len(shape) != 1:
        raise RuleError("GC403", f"needs rank 1, gets {show(shape)}", inputs=(0,))
    return [TensorSpec((None,), x.dtype), TensorSpec(shape, index_dtype(named, "out_idx", "int32"))]


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
    if len(x.shape or ()) != 1:
        raise RuleError("GC403", f"needs rank 1, gets {show(x.shape)}", inputs=(0,))
    return TensorSpec(x.shape, x.dtype)


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


def sizes_said(said: Any) -> Shape | None:
    """The shape that a list of sizes or a tensor of them says; None where nobody knows of what rank.

    Raises:
        RuleError: bad-value (GC204).
    """
    if isinstance(said, TensorSpec):
        count = shape_of(said)
        check_whole(said, "a shape")
        if len(count) != 1:
            raise RuleError("GC403", f"needs an axis of sizes, gets {show(count)}", inputs=(0,))
        return None if count[0] is None else (None,) * count[0]
    if is_whole(said):
        return _sizes((said,))
    if not isinstance(said, (list, tuple)):
        raise RuleError("GC402", "does not say of which shape", "state a list of sizes")
    return _sizes(said)


def _sizes(said: Sequence[Any]) -> Shape:
    for size in said:
        if (is_whole(size) and size < 0) or not (is_whole(size) or isinstance(size, TensorSpec)):
            raise RuleError("GC204", f"makes a tensor of {str(list(said))[:40]}: sizes are whole numbers from 0 on")
        if isinstance(size, TensorSpec) and size.shape:
            raise RuleError("GC204", f"takes {show(size.shape)} for a size, which is one number")
    return tuple(size if is_whole(size) else None for size in said)


def _made(x: Any, named: Arguments) -> TensorSpec:
    return TensorSpec(sizes_said(x), dtype_said(named.get("dtype")) or "float32")


def _filled(x: Any, named: Arguments) -> TensorSpec:
    value = named.get("value")
    if shape_of(value):
        raise RuleError("GC403", f"fills with one value, gets {show(shape_of(value))}")
    kinds = {bool: "bool", int: "int32", float: "float32", str: "string"}
    dtype = value.dtype if isinstance(value, TensorSpec) else kinds.get(type(value))
    if dtype is None and not isinstance(value, TensorSpec):
        raise RuleError("GC402", "does not say with what it fills", "state value")
    return TensorSpec(sizes_said(x), dtype)


# Windows along an axis


def _framed(x: Any, named: Arguments) -> TensorSpec:
    """Source: TensorFlow, `shape_ops.frame`."""
    shape = tensor(x).shape or ()
    axis = axis_said({"axis": -1, **named}, len(shape))
    if axis is None:
        raise RuleError("GC402", "does not say along which axis", "state axis")
    length, step = named.get("frame_length"), named.get("frame_step")
    for size in (length, step):
        check_whole(size, "a frame")
    if not is_whole(length) or not is_whole(step) or step < 1 or length < 0:
        return TensorSpec((*shape[:axis], None, None, *shape[axis + 1 :]), x.dtype)
    samples = shape[axis]
    count: Dim = None
    if samples is not None:
        count = -(-samples // step) if named.get("pad_end") else max(0, 1 + (samples - length) // step)
    return TensorSpec((*shape[:axis], count, length, *shape[axis + 1 :]), x.dtype)


def _overlapped(x: Any, named: Arguments) -> TensorSpec:
    shape, step = tensor(x).shape or (), named.get("frame_step")
    if len(shape) < 2:
        raise RuleError("GC403", f"needs rank 2 or more, gets {show(shape)}", inputs=(0,))
    check_whole(step, "frame_step")
    if is_whole(step) and step < 1:
        raise RuleError("GC204", f"moves frames by {step}")
    frames, length = shape[-2:]
    if frames is None or length is None or not is_whole(step):
        return TensorSpec((*shape[:-2], None), x.dtype)
    return TensorSpec((*shape[:-2], size_said((frames - 1) * step + length)), x.dtype)


def _spectra(x: Any, named: Arguments) -> TensorSpec:
    """The frequencies of each frame.

    Source: TensorFlow, `spectral_ops.stft`: as many as the next power of two has.
    """
    shape = _framed(_transformed(x, {}), named).shape or ()
    length = named.get("fft_length")
    if length is None and shape[-1] is not None:
        length = 1 << max(shape[-1] - 1, 0).bit_length()
    if isinstance(length, (list, tuple)):
        raise RuleError("GC204", "takes one number as fft_length")
    bins = length // 2 + 1 if is_whole(length) else None
    return TensorSpec((*shape[:-1], bins), {"float64": "complex128"}.get(x.dtype or "", "complex64"))


def _transformed(x: Any, named: Arguments) -> TensorSpec:
    made = of_floats(x, named)
    if made.dtype is not None and made.dtype.startswith(("complex", "float16", "bfloat16")):
        raise RuleError("GC409", f"transforms float32 and float64, not {made.dtype}", inputs=(0,))
    return made


def _cosines(x: Any, named: Arguments) -> TensorSpec:
    """Source: TensorFlow, `dct_ops._validate_dct_arguments`."""
    made, kind = _transformed(x, named), named.get("type", 2)
    if named.get("axis", -1) != -1 or named.get("norm") not in (None, "ortho") or kind not in (1, 2, 3, 4):
        raise RuleError("GC204", "transforms along the last axis, by type 1 to 4, with norm ortho or none")
    last = (made.shape or (None,))[-1]
    if kind == 1 and (named.get("norm") is not None or (last is not None and last < 2)):
        raise RuleError("GC205", "transforms two values or more without a norm by type 1")
    return made


def _frequencies(rank: int) -> Function:
    def rule(x: Any, named: Arguments) -> TensorSpec:
        shape = tensor(x).shape or ()
        if x.dtype is not None and not x.dtype.startswith("complex"):
            raise RuleError("GC409", f"needs complex numbers, gets {x.dtype}", "cast the input", inputs=(0,))
        if len(shape) < rank:
            raise RuleError("GC403", f"needs rank {rank} or more, gets {show(shape)}", inputs=(0,))
        return TensorSpec(shape, x.dtype)

    return rule


def _shifted(x: Any, named: Arguments) -> TensorSpec:
    for axis in axes_said(named.get("axes")) or ():
        axis_of(axis, len(tensor(x).shape or ()))
    return TensorSpec(tensor(x).shape, x.dtype)


_SEGMENTED = ("max", "mean", "min", "prod", "sum")
FUNCTIONS: dict[str, Function] = {
    **table(without(_segments, "bool", "string"), *(f"math.segment_{name}" for name in _SEGMENTED)),
    **table(
        without(_unsorted, "bool", "string"),
        *(f"math.unsorted_segment_{name}" for name in ("max", "min", "prod", "sum")),
    ),
    **table(lambda x, named: of_floats(_unsorted(x, named), named), "math.unsorted_segment_sqrt_n"),
    **table(without(_averaged, "bool", "string"), "math.unsorted_segment_mean"),
    **table(_masked, "compat.v1.boolean_mask", "boolean_mask"),
    **table(_sequence_mask, "sequence_mask"),
    **table(_in_top, "math.in_top_k", "compat.v1.math.in_top_k"),
    **table(_distinct, "unique"),
    **table(_distinct_counted, "unique_with_counts"),
    **table(_divided, "dynamic_partition"),
    **table(_inverse, "math.invert_permutation"),
    **table(_to_batches, "space_to_batch", "space_to_batch_nd"),
    **table(_from_batches, "batch_to_space", "compat.v1.batch_to_space_nd"),
    **table(_made, "zeros", "ones"),
    **table(_filled, "fill"),
    **table(without(_framed, "string"), "signal.frame"),
    **table(without(_overlapped, "string", "bool"), "signal.overlap_and_add"),
    **table(_spectra, "signal.stft"),
    **table(_cosines, "signal.dct", "signal.idct"),
    **table(_frequencies(1), "signal.fft", "signal.ifft"),
    **table(_frequencies(2), "signal.fft2d", "signal.ifft2d"),
    **table(_frequencies(3), "signal.fft3d", "signal.ifft3d"),
    **table(_shifted, "signal.fftshift", "signal.ifftshift"),
}
