"""TensorFlow's functions that reshape, join, part, pad and turn tensors, or tell their shapes."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from ..shapes import Dim, RuleError, Shape, TensorSpec, show, sliced, unify
from .operands import axis_of, flat
from .rules import times
from .spec import is_whole
from .tf_operands import (
    MOST_NUMBERS,
    Arguments,
    Function,
    axes_said,
    axis_said,
    check_whole,
    dtype_said,
    index_dtype,
    made_tensors,
    numbers,
    numbers_in,
    of_one_shape,
    one_dtype,
    renamed,
    same,
    shape_of,
    size_said,
    sized,
    table,
    tensor,
    tensors,
    unified,
)


def _reshaped(x: Any, named: Arguments) -> TensorSpec:
    """Source: TensorFlow, `SetOutputShapeForReshape`."""
    given, target = tensor(x).shape or (), named.get("shape")
    if isinstance(target, TensorSpec):
        length = target.shape[0] if target.shape else None
        return TensorSpec(None if length is None else (None,) * length, x.dtype)
    if not isinstance(target, (list, tuple)):
        raise RuleError("GC402", "does not say to which shape", "state shape")
    sizes = [dim if is_whole(dim) and dim >= 0 else None for dim in target]
    return TensorSpec(_fitted(given, sizes, target), x.dtype)


def _fitted(given: Shape, sizes: list[Dim], target: Sequence[Any]) -> Shape:
    has, needs = (math.prod(dim for dim in side if dim is not None) for side in (given, sizes))
    open_in, open_out = given.count(None), sizes.count(None)
    fits = True
    if open_in == 0 and open_out == 0:
        fits = has == needs
    elif open_in == 0 and open_out == 1 and needs > 0:
        fits = has % needs == 0
        sizes[sizes.index(None)] = has // needs
    elif open_in == 1 and open_out == 0 and has > 0:
        fits = needs % has == 0
    if not fits:
        shown = show(tuple(dim if is_whole(dim) else None for dim in target))
        says = f"cannot make {shown} from {show(given)}: {has:,} values do not fit {needs:,}"
        raise RuleError("GC406", says, inputs=(0,))
    return tuple(sizes)


def _expanded(x: Any, named: Arguments) -> TensorSpec:
    shape = tensor(x).shape or ()
    axis = renamed(named, dim="axis").get("axis")
    axis = axis[0] if isinstance(axis, (list, tuple)) and len(axis) == 1 else axis
    if not is_whole(axis):
        raise RuleError("GC402", "does not say at which axis", "state axis")
    at = axis_of(axis, len(shape) + 1)
    return TensorSpec((*shape[:at], 1, *shape[at:]), x.dtype)


def _squeezed(x: Any, named: Arguments) -> TensorSpec:
    shape = tensor(x).shape or ()
    axes = axes_said(renamed(named, squeeze_dims="axis").get("axis"))
    if not axes:
        if None in shape:
            return TensorSpec(None, x.dtype)  # it may be 1 when the model runs
        return TensorSpec(tuple(dim for dim in shape if dim != 1), x.dtype)
    at = {axis_of(axis, len(shape)) for axis in axes}
    for axis in sorted(at):
        if shape[axis] not in (None, 1):
            says = f"cannot take away axis {axis} of {show(shape)}: its size is not 1"
            raise RuleError("GC405", says, "name an axis of size 1", inputs=(0,))
    return TensorSpec(tuple(dim for i, dim in enumerate(shape) if i not in at), x.dtype)


def _transposed(x: Any, named: Arguments) -> TensorSpec:
    shape = tensor(x).shape or ()
    order = axes_said(named.get("perm"))
    if order is None:
        return TensorSpec(shape[::-1], x.dtype)
    if len(order) != len(shape):
        raise RuleError("GC403", f"puts {len(order)} axes in order, and {show(shape)} has {len(shape)}", inputs=(0,))
    at = [axis_of(axis, len(shape), "perm") for axis in order]
    return TensorSpec(tuple(shape[axis] for axis in at), x.dtype)


def _joined(x: Any, named: Arguments) -> TensorSpec:
    given = made_tensors(x)
    first = given[0].shape or ()
    axis = named.get("axis")
    if not is_whole(axis):
        raise RuleError("GC402", "does not say along which axis", "state axis")
    if not first and len(given) > 1:
        raise RuleError("GC403", "cannot join given without axes", inputs=(0,))
    at = axis_of(axis, len(first)) if first else 0
    out = list(first)
    for i, other in enumerate(given[1:], 1):
        shape = other.shape or ()
        one_dtype(given[0], other)
        if len(shape) != len(first):
            raise RuleError("GC403", f"cannot join {show(first)} with {show(shape)}", inputs=(0, i))
        for k, dim in enumerate(shape):
            known = out[k]
            if k == at:
                out[k] = None if known is None or dim is None else known + dim
            elif known is None:
                out[k] = dim
            elif dim is not None and dim != known:
                says = f"cannot join {show(first)} with {show(shape)} along axis {at}"
                hint = f"make axis {k} equal: {known} and {dim}"
                raise RuleError("GC404", says, hint, inputs=(0, i), data={"axis": k})
    return TensorSpec(tuple(out), given[0].dtype)


def _stacked(x: Any, named: Arguments) -> TensorSpec:
    given = made_tensors(x)
    shape = of_one_shape(given, {}).shape or ()
    axis = named.get("axis", 0)
    at = axis_of(int(axis), len(shape) + 1)
    return TensorSpec((*shape[:at], len(given), *shape[at:]), given[0].dtype)


def _split(x: Any, named: Arguments) -> list[TensorSpec]:
    shape = tensor(x).shape or ()
    parts, axis = named.get("num_or_size_splits"), axis_said({"axis": 0, **named}, len(shape))
    if axis is None:
        raise RuleError("GC402", "does not say along which axis", "state axis")
    length = shape[axis]
    sizes: list[Dim]
    if is_whole(parts) and parts > 0:
        if length is not None and length % parts:
            raise RuleError("GC405", f"cannot split axis {axis} of {show(shape)} into {parts} equal parts", inputs=(0,))
        sizes = [None if length is None else length // parts] * parts
    elif isinstance(parts, (list, tuple)) and any(isinstance(part, TensorSpec) for part in parts):
        sizes = [None] * len(parts)
    elif isinstance(parts, (list, tuple)) and all(is_whole(part) for part in parts):
        if named.get("num") not in (None, len(parts)):
            raise RuleError("GC205", f"makes {named['num']} parts, and has sizes for {len(parts)}", "remove num")
        known = sum(part for part in parts if part >= 0)
        sizes = [(None if length is None else length - known) if part < 0 else part for part in parts]
        if length is not None and (known > length or (-1 not in parts and known != length)):
            raise RuleError("GC405", f"cannot split axis {axis} of {show(shape)} into {list(parts)}", inputs=(0,))
    else:
        raise RuleError("GC204", "takes a number of parts or a list of sizes")
    return [TensorSpec((*shape[:axis], size, *shape[axis + 1 :]), x.dtype) for size in sizes]


def _unstacked(x: Any, named: Arguments) -> list[TensorSpec]:
    shape = tensor(x).shape or ()
    axis = axis_said(named, len(shape), default=0) or 0
    number = shape[axis] if named.get("num") is None else named["num"]
    if not is_whole(number):
        raise RuleError("GC408", f"needs a known size on axis {axis} of {show(shape)}, or num", inputs=(0,))
    if shape[axis] not in (None, number):
        raise RuleError("GC405", f"cannot take {number} parts of axis {axis} of {show(shape)}", inputs=(0,))
    return [TensorSpec((*shape[:axis], *shape[axis + 1 :]), x.dtype)] * number


def _tiled(x: Any, named: Arguments) -> TensorSpec:
    shape, times_ = tensor(x).shape or (), numbers(named.get("multiples"), "multiples")
    if len(times_) != len(shape):
        raise RuleError("GC403", f"has {len(times_)} multiples for {show(shape)}", inputs=(0,))
    sizes = [times(dim, size_said(n)) for dim, n in zip(shape, times_, strict=True)]
    return TensorSpec(tuple(sizes), x.dtype)


def _padded(x: Any, named: Arguments) -> TensorSpec:
    shape, said = tensor(x).shape or (), named.get("paddings")
    if isinstance(said, TensorSpec):
        return TensorSpec((None,) * len(shape), x.dtype)
    known = numbers_in(said)
    is_open = isinstance(known, list) and any(isinstance(n, TensorSpec) for pair in known for n in _in_pair(pair))
    widths = numbers(said if is_open else known, "paddings")  # TensorFlow reads all of them, or none of a tensor
    if len(widths) != len(shape):
        raise RuleError("GC403", f"pads {len(widths)} axes of {show(shape)}", inputs=(0,))
    out: list[Dim] = []
    for dim, pair in zip(shape, widths, strict=True):
        if isinstance(pair, (list, tuple)) and (len(pair) != 2 or any(is_whole(n) and n < 0 for n in pair)):
            raise RuleError("GC204", f"pads an axis by {str(list(pair))[:40]}: two numbers from 0 on")
        is_known = isinstance(pair, (list, tuple)) and all(is_whole(n) for n in pair)
        out.append(None if dim is None or not is_known else dim + pair[0] + pair[1])
    return TensorSpec(tuple(out), x.dtype)


def _in_pair(pair: Any) -> Sequence[Any]:
    return pair if isinstance(pair, (list, tuple)) else (pair,)


def _spread(x: Any, named: Arguments) -> TensorSpec:
    target = named.get("shape")
    if isinstance(target, TensorSpec):
        length = target.shape[0] if target.shape else None
        if length is None:
            return TensorSpec(None, x.dtype)
        sizes: Shape = (None,) * length
    else:
        sizes = tuple(size_said(dim) for dim in numbers(target, "shape"))
    given = tensor(x).shape or ()
    for dim, wanted in zip(reversed(given), reversed(sizes), strict=False):
        if None not in (dim, wanted) and dim not in (1, wanted):
            raise RuleError("GC404", f"cannot spread {show(given)} to {show(sizes)}", inputs=(0,))
    if len(given) > len(sizes):
        raise RuleError("GC404", f"cannot spread {show(given)} to {show(sizes)}", inputs=(0,))
    held = [None] * (len(sizes) - len(given)) + [None if dim == 1 else dim for dim in given]
    return TensorSpec(tuple(a if b is None else b for a, b in zip(held, sizes, strict=True)), x.dtype)


def _cut(x: Any, named: Arguments) -> TensorSpec:
    shape = tensor(x).shape or ()
    begin, size = named.get("begin"), named.get("size")
    if not isinstance(size, (list, tuple)) or not isinstance(begin, (list, tuple)):
        return TensorSpec((None,) * len(shape), x.dtype)
    if len(size) != len(shape) or len(begin) != len(shape):
        raise RuleError("GC403", f"cuts {len(size)} axes of {show(shape)}", inputs=(0,))
    out: list[Dim] = []
    is_open = not all(is_whole(length) for length in size)
    for dim, start, length in zip(shape, begin, size, strict=True):
        known = is_whole(start) and dim is not None and not is_open
        if not is_whole(length):
            out.append(None)
        elif length == -1:
            out.append(dim - start if known else None)
        else:
            out.append(length)
    return TensorSpec(tuple(out), x.dtype)


def _shape_tensor(x: Any, named: Arguments) -> TensorSpec:
    return TensorSpec((len(tensor(x).shape or ()),), _counted_in(x, named))


def _counted_in(x: Any, named: Arguments) -> str:
    """What sizes are counted in; where all are known, TensorFlow writes them down in any dtype."""
    dtype = dtype_said(named.get("out_type")) or "int32"
    if None in (tensor(x).shape or ()) or dtype in ("bool", "string"):
        return index_dtype(named, "out_type", "int32")
    return dtype


def _shape_of_each(x: Any, named: Arguments) -> list[TensorSpec]:
    dtype = index_dtype(named, "out_type", "int32")
    return [TensorSpec((len(one.shape or ()),), dtype) for one in tensors(x)]


def _rank(x: Any, named: Arguments) -> TensorSpec:
    return TensorSpec((), "int32")


def _how_many(x: Any, named: Arguments) -> TensorSpec:
    is_empty = 0 in (tensor(x).shape or ())
    return TensorSpec((), _counted_in(TensorSpec((0,), None) if is_empty else x, named))


def _batch_flat(x: Any, named: Arguments) -> TensorSpec:
    shape = tensor(x).shape or ()
    width = None if None in shape else math.prod(dim for dim in shape[1:] if dim is not None)
    return TensorSpec((shape[0] if width else None, width), x.dtype)


def _checked(x: Any, named: Arguments) -> TensorSpec:
    """What comes in, with the sizes that are said."""
    given, said = tensor(x).shape or (), named.get("shape")
    if not isinstance(said, (list, tuple)):
        return same(x, named)
    wanted = tuple(dim if is_whole(dim) else None for dim in said)
    if len(wanted) != len(given):
        raise RuleError("GC403", f"needs {show(wanted)}, gets {show(given)}", inputs=(0,))
    try:
        return TensorSpec(unified(given, wanted), x.dtype)
    except RuleError:
        raise RuleError("GC405", f"needs {show(wanted)}, gets {show(given)}", inputs=(0,)) from None


def _repeated(x: Any, named: Arguments) -> TensorSpec:
    shape, repeats, axis = tensor(x).shape or (), named.get("repeats"), named.get("axis")
    if axis is not None and not is_whole(axis):
        raise RuleError("GC204", "takes one axis")
    number = size_said(repeats)
    if axis is None:
        return TensorSpec((times(*flat(shape), number),), x.dtype)
    at = axis_of(axis, len(shape))
    return TensorSpec((*shape[:at], times(shape[at], number), *shape[at + 1 :]), x.dtype)


def _turned_round(x: Any, named: Arguments) -> TensorSpec:
    shape = tensor(x).shape or ()
    axes = [axis_of(axis, len(shape)) for axis in axes_said(named.get("axis")) or ()]
    if len(set(axes)) < len(axes):
        raise RuleError("GC204", "names an axis twice", inputs=(0,))
    return TensorSpec(shape, x.dtype)


def _rolled(x: Any, named: Arguments) -> TensorSpec:
    if shape_of(named.get("shift")) != shape_of(named.get("axis")):
        raise RuleError("GC405", "needs a shift for each axis", "state as many axes as shifts")
    return same(x, named)


def _rows_turned(x: Any, named: Arguments) -> TensorSpec:
    """Each row is turned round up to its length along one axis."""
    shape, lengths = tensor(x).shape or (), named.get("seq_lengths")
    named = renamed(named, seq_dim="seq_axis", batch_dim="batch_axis")
    at = axis_said(named, len(shape), "seq_axis")
    rows = axis_said(named, len(shape), "batch_axis", 0) or 0
    check_whole(lengths, "seq_lengths")
    count = shape_of(lengths)
    if at is None or len(count) != 1:
        raise RuleError("GC204", f"turns axis {at} of each of axis {rows}, by lengths {show(count)}", inputs=(0,))
    return TensorSpec((*shape[:rows], unify(shape[rows], count[0]), *shape[rows + 1 :]), x.dtype)


# Slices


def taken(given: Shape, parts: Sequence[Any]) -> Shape:
    """What a slice takes of a tensor, as TensorFlow slices: whole numbers, slices, null for a new axis, an ellipsis.

    Raises:
        RuleError: bad-value (GC204), rank-mismatch (GC403).
    """
    dots = sum(_is_dots(part) for part in parts)
    if dots > 1:
        raise RuleError("GC204", "has more than one ellipsis in its slice", inputs=(0,))
    count = sum(part is not None and not _is_dots(part) for part in parts)
    if count > len(given):
        raise RuleError("GC403", f"takes {count} axes of {show(given)}", inputs=(0,))
    left, out = list(given), list[Dim]()
    is_open = any(isinstance(bound, TensorSpec) for part in parts if isinstance(part, dict) for bound in part.values())
    for part in parts if dots else [*parts, _DOTS]:
        if _is_dots(part):
            kept = len(given) - count
            out += left[:kept]
            del left[:kept]
        elif part is None:
            out.append(1)
        else:
            _take(part, left.pop(0), out, given)
            if is_open and isinstance(part, dict) and (part.get("start"), part.get("stop")) != (None, None):
                out[-1] = None  # where one bound is open, TensorFlow reads none of them
    return tuple(out)


_DOTS = {"class_name": "__ellipsis__"}


def _is_dots(part: Any) -> bool:
    return isinstance(part, dict) and part.get("class_name") == "__ellipsis__"


def _take(part: Any, length: Dim, out: list[Dim], given: Shape) -> None:
    if is_whole(part):
        if length is not None and not -length <= part < length:
            raise RuleError("GC204", f"takes index {part} of an axis of size {length} in {show(given)}", inputs=(0,))
    elif isinstance(part, TensorSpec):
        if part.shape:
            raise RuleError("GC204", "takes a tensor as index that is no number", inputs=(1,))
    elif isinstance(part, dict):
        out.append(_length(part, length))
    else:
        raise RuleError("GC204", "takes whole numbers, slices, null and an ellipsis", inputs=(0,))


def _length(part: Mapping[str, Any], length: Dim) -> Dim:
    bounds = [part.get(name) for name in ("start", "stop", "step")]
    if any(bound is not None and not is_whole(bound) for bound in bounds):
        return None
    start, stop, step = bounds
    if step == 0:
        raise RuleError("GC204", "has a slice of step 0", inputs=(0,))
    return sliced(length, start, stop, step)


def _strided(x: Any, named: Arguments) -> TensorSpec:
    """A slice by numbers for each axis and by masks, whose bits say what the numbers mean."""
    given = tensor(x).shape or ()
    begin, end, steps = (named.get(name) for name in ("begin", "end", "strides"))
    if begin is None or end is None:
        raise RuleError("GC402", "does not say where it begins and ends", "state begin and end")
    begin, end, steps = (_apart(said) for said in (begin, end, steps))
    if not all(_are_numbers(said) for said in (begin, end, [] if steps is None else steps)):
        return TensorSpec(None, x.dtype)
    steps = [1] * len(begin) if steps is None else steps
    if not len(begin) == len(end) == len(steps):
        raise RuleError("GC205", f"has {len(begin)} places to begin, {len(end)} to end and {len(steps)} strides")
    masks = {name: named.get(f"{name}_mask") or 0 for name in ("begin", "end", "ellipsis", "new_axis", "shrink_axis")}
    if not all(is_whole(mask) for mask in masks.values()):
        return TensorSpec(None, x.dtype)
    if masks["ellipsis"].bit_count() > 1:
        raise RuleError("GC204", "has more than one ellipsis in its slice", inputs=(0,))
    return TensorSpec(
        taken(given, [_part(masks, i, *of) for i, of in enumerate(zip(begin, end, steps, strict=True))]), x.dtype
    )


def _apart(said: Any) -> Any:
    """A tensor of numbers as a list of tensors."""
    many = said.shape[0] if isinstance(said, TensorSpec) and said.shape and len(said.shape) == 1 else None
    return said if many is None or many > MOST_NUMBERS else [TensorSpec((), said.dtype)] * many


def _are_numbers(said: Any) -> bool:
    return isinstance(said, (list, tuple)) and all(is_whole(one) or isinstance(one, TensorSpec) for one in said)


def _part(masks: Mapping[str, int], i: int, begin: Any, end: Any, step: Any) -> Any:
    """One part of a slice as a file holds it: a bit of the masks says what it is."""
    is_set = {name: bool(mask >> i & 1) for name, mask in masks.items()}
    if is_set["ellipsis"]:
        return _DOTS
    if is_set["new_axis"]:
        return None
    if step == 0:
        raise RuleError("GC204", "has a slice of step 0", inputs=(0,))
    if is_set["shrink_axis"]:
        if is_whole(step) and step < 0:
            raise RuleError("GC204", f"takes one place by a stride of {step}", inputs=(0,))
        return begin
    return {"start": None if is_set["begin"] else begin, "stop": None if is_set["end"] else end, "step": step}


FUNCTIONS: dict[str, Function] = {
    **table(sized(_strided, "begin", "end", "strides"), "strided_slice"),
    **table(_shape_of_each, "shape_n"),
    **table(_rolled, "roll"),
    **table(_rows_turned, "reverse_sequence"),
    **table(same, "random.shuffle"),
    **table(_checked, "ensure_shape"),
    **table(sized(_repeated, "repeats", "axis"), "repeat"),
    **table(_how_many, "compat.v1.size", "size"),
    **table(sized(_turned_round, "axis"), "reverse"),
    **table(sized(_reshaped, "shape"), "reshape", "compat.v1.reshape"),
    **table(sized(_expanded, "axis"), "expand_dims", "compat.v1.expand_dims"),
    **table(_squeezed, "squeeze", "compat.v1.squeeze"),
    **table(sized(_transposed, "perm"), "transpose", "compat.v1.transpose"),
    **table(_joined, "concat"),
    **table(_stacked, "stack"),
    **table(sized(_split, "num_or_size_splits", "axis"), "split"),
    **table(_unstacked, "unstack"),
    **table(sized(_tiled, "multiples"), "tile"),
    **table(_padded, "pad", "compat.v1.pad"),
    **table(sized(_spread, "shape"), "broadcast_to"),
    **table(sized(_cut, "begin", "size"), "slice"),
    **table(_shape_tensor, "shape", "compat.v1.shape"),
    **table(_rank, "rank"),
    **table(_batch_flat, "keras.backend.batch_flatten"),
}
