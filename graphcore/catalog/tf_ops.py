"""TensorFlow's functions inside a model, as Keras 2 records them: TFOpLambda and SlicingOpLambda.

A function without a rule gives unknown, never "same as input".
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from ..model import JSON
from ..shapes import Dim, RuleError, Shape, TensorSpec, broadcast, show, sliced, unify, window
from . import tf_images, tf_linalg, tf_networks
from .operands import axis_of, flat, reduced
from .rules import times
from .spec import BadValue, Call, OpDef, Param, RuleContext, is_whole
from .tf_operands import (
    Arguments,
    Function,
    axes_said,
    cast,
    dtype_said,
    has_floats,
    numbers,
    of_floats,
    of_reals,
    one_dtype,
    same,
    shape_of,
    table,
    tensor,
    tensors,
    together,
    without,
)

# Functions of each value


def _leaky(x: Any, named: Arguments) -> TensorSpec:
    dtype = tensor(x).dtype
    return TensorSpec(x.shape, "float32" if dtype is not None and "int" in dtype else dtype)


def _filled(x: Any, named: Arguments) -> TensorSpec:
    return TensorSpec(tensor(x).shape, dtype_said(named.get("dtype")) or tensor(x).dtype)


def _negated(x: Any, named: Arguments) -> TensorSpec:
    return _bools(x, tensor(x).shape or ())


def _bools(x: Any, shape: Shape) -> TensorSpec:
    if tensor(x).dtype not in (None, "bool"):
        raise RuleError("GC409", f"needs bool, gets {x.dtype}", "compare first", inputs=(0,))
    return TensorSpec(shape, "bool")


# Functions of two


def _binary(x: Any, named: Arguments) -> TensorSpec:
    y = named.get("y")
    return TensorSpec(together(x, y), one_dtype(x, y))


_DIVIDED = {"uint8": "float32", "int8": "float32", "uint16": "float32", "int16": "float32"}


def _divided(x: Any, named: Arguments) -> TensorSpec:
    made = _binary(x, named)
    if made.dtype is None or "int" not in made.dtype:
        return made
    return TensorSpec(made.shape, _DIVIDED.get(made.dtype, "float64"))


def _compared(x: Any, named: Arguments) -> TensorSpec:
    made = _binary(x, named)
    return TensorSpec(made.shape, "bool")


def _is_other(x: Any, named: Arguments) -> TensorSpec:
    return _compared(x, {"y": named.get("other")})


def _both_true(x: Any, named: Arguments) -> TensorSpec:
    y = named.get("y")
    if isinstance(y, TensorSpec):
        _bools(y, ())
    return _bools(x, together(x, y))


def _chosen(x: Any, named: Arguments) -> TensorSpec | None:
    a, b = named.get("x"), named.get("y")
    if a is None or b is None:
        return None  # the places that are true: as many as there are
    dtype = one_dtype(a, b) if isinstance(a, TensorSpec) or isinstance(b, TensorSpec) else None
    if dtype is None:
        dtype = "float32" if has_floats((a, b)) else "int32"
    return TensorSpec(broadcast(together(a, b), shape_of(x)), dtype)


def _added(x: Any, named: Arguments) -> TensorSpec:
    given = tensors(x)
    shape = given[0].shape or ()
    for other in given[1:]:
        if len(other.shape or ()) != len(shape):
            raise RuleError("GC403", f"cannot add {show(shape)} and {show(other.shape)}", inputs=(0,))
        one_dtype(given[0], other)
        shape = tuple(unify(a, b) for a, b in zip(shape, other.shape or (), strict=True))
    return TensorSpec(shape, given[0].dtype)


# Reductions


def _reduced(x: Any, named: Arguments) -> TensorSpec:
    axes = axes_said(named.get("axis"))
    shape = tensor(x).shape or ()
    if axes is not None:
        axes = tuple({axis_of(axis, len(shape)): axis for axis in axes}.values())
    return TensorSpec(reduced(shape, axes, bool(named.get("keepdims"))), x.dtype)


def _reduced_floats(x: Any, named: Arguments) -> TensorSpec:
    of_floats(x, named)
    return _reduced(x, named)


def _reduced_bools(x: Any, named: Arguments) -> TensorSpec:
    return _bools(x, _reduced(x, named).shape or ())


def _place(x: Any, named: Arguments) -> TensorSpec:
    axis = named.get("axis")
    shape = reduced(tensor(x).shape or (), (0 if axis is None else int(axis),), False)
    return TensorSpec(shape, dtype_said(named.get("output_type")) or "int64")


# Shapes


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
    axis = named.get("axis")
    if not is_whole(axis):
        raise RuleError("GC402", "does not say at which axis", "state axis")
    at = axis_of(axis, len(shape) + 1)
    return TensorSpec((*shape[:at], 1, *shape[at:]), x.dtype)


def _squeezed(x: Any, named: Arguments) -> TensorSpec:
    shape = tensor(x).shape or ()
    axes = axes_said(named.get("axis")) or axes_said(named.get("squeeze_dims"))
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
    given = tensors(x)
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
    given = tensors(x)
    shape = _added(given, {}).shape or ()
    axis = named.get("axis", 0)
    at = axis_of(int(axis), len(shape) + 1)
    return TensorSpec((*shape[:at], len(given), *shape[at:]), given[0].dtype)


def _split(x: Any, named: Arguments) -> list[TensorSpec]:
    shape = tensor(x).shape or ()
    parts, axis = named.get("num_or_size_splits"), axis_of(int(named.get("axis", 0)), len(shape))
    length = shape[axis]
    sizes: list[Dim]
    if is_whole(parts) and parts > 0:
        if length is not None and length % parts:
            raise RuleError("GC405", f"cannot split axis {axis} of {show(shape)} into {parts} equal parts", inputs=(0,))
        sizes = [None if length is None else length // parts] * parts
    elif isinstance(parts, (list, tuple)) and all(is_whole(part) for part in parts):
        known = sum(part for part in parts if part >= 0)
        sizes = [(None if length is None else length - known) if part < 0 else part for part in parts]
        if length is not None and (known > length or (-1 not in parts and known != length)):
            raise RuleError("GC405", f"cannot split axis {axis} of {show(shape)} into {list(parts)}", inputs=(0,))
    else:
        raise RuleError("GC204", "takes a number of parts or a list of sizes")
    return [TensorSpec((*shape[:axis], size, *shape[axis + 1 :]), x.dtype) for size in sizes]


def _unstacked(x: Any, named: Arguments) -> list[TensorSpec]:
    shape = tensor(x).shape or ()
    axis = axis_of(int(named.get("axis", 0)), len(shape))
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
    sizes = [times(dim, n if is_whole(n) else None) for dim, n in zip(shape, times_, strict=True)]
    return TensorSpec(tuple(sizes), x.dtype)


def _padded(x: Any, named: Arguments) -> TensorSpec:
    shape, widths = tensor(x).shape or (), numbers(named.get("paddings"), "paddings")
    if len(widths) != len(shape):
        raise RuleError("GC403", f"pads {len(widths)} axes of {show(shape)}", inputs=(0,))
    out: list[Dim] = []
    for dim, pair in zip(shape, widths, strict=True):
        is_known = isinstance(pair, (list, tuple)) and len(pair) == 2 and all(is_whole(n) for n in pair)
        out.append(None if dim is None or not is_known else dim + pair[0] + pair[1])
    return TensorSpec(tuple(out), x.dtype)


def _gathered(x: Any, named: Arguments) -> TensorSpec:
    shape, at = tensor(x).shape or (), shape_of(named.get("indices"))
    axis, batch = named.get("axis"), int(named.get("batch_dims") or 0)
    where = axis_of(batch if axis is None else int(axis), len(shape))
    return TensorSpec((*shape[:where], *at[batch:], *shape[where + 1 :]), x.dtype)


def _one_hot(x: Any, named: Arguments) -> TensorSpec:
    shape, depth = tensor(x).shape or (), named.get("depth")
    axis = named.get("axis")
    at = len(shape) if axis in (None, -1) else axis_of(int(axis or 0), len(shape) + 1)
    size = depth if is_whole(depth) else None
    return TensorSpec((*shape[:at], size, *shape[at:]), dtype_said(named.get("dtype")) or "float32")


def _multiplied(x: Any, named: Arguments) -> TensorSpec:
    y = named.get("b")
    a, b = shape_of(tensor(x)), shape_of(y)
    if len(a) < 2 or len(b) < 2:
        raise RuleError("GC403", f"needs matrices, gets {show(a)} and {show(b)}", inputs=(0,))
    a = (*a[:-2], a[-1], a[-2]) if named.get("transpose_a") or named.get("adjoint_a") else a
    b = (*b[:-2], b[-1], b[-2]) if named.get("transpose_b") or named.get("adjoint_b") else b
    if None not in (a[-1], b[-2]) and a[-1] != b[-2]:
        says = f"cannot multiply {show(a)} with {show(b)}: {a[-1]} columns, {b[-2]} rows"
        raise RuleError("GC405", says, inputs=(0, 1) if isinstance(y, TensorSpec) else (0,))
    try:
        head = broadcast(a[:-2], b[:-2])
    except RuleError:
        raise RuleError("GC404", f"cannot multiply {show(a)} with {show(b)}") from None
    return TensorSpec((*head, a[-2], b[-1]), one_dtype(x, y))


def _biased(x: Any, named: Arguments) -> TensorSpec:
    shape, width = tensor(x).shape or (), shape_of(named.get("bias"))
    if len(shape) < 2 or len(width) != 1:
        raise RuleError("GC403", f"adds a bias {show(width)} to {show(shape)}", inputs=(0,))
    is_first = str(named.get("data_format") or "").startswith("NC")
    axis = 1 if is_first else len(shape) - 1
    if None not in (shape[axis], width[0]) and shape[axis] != width[0]:
        raise RuleError("GC405", f"adds a bias {show(width)} to {show(shape)}", inputs=(0,))
    out = list(shape)
    out[axis] = width[0] if shape[axis] is None else shape[axis]
    return TensorSpec(tuple(out), x.dtype)


def _image_resized(x: Any, named: Arguments) -> TensorSpec:
    shape = tensor(x).shape or ()
    size = named.get("size")
    if len(shape) not in (3, 4):
        raise RuleError("GC403", f"needs rank 3 or 4, gets {show(shape)} of rank {len(shape)}", inputs=(0,))
    given = size if isinstance(size, (list, tuple)) and len(size) == 2 else (None, None)
    if isinstance(size, (list, tuple)) and len(size) != 2:
        raise RuleError("GC204", "takes two numbers as size: height and width")
    height, width = (n if is_whole(n) else None for n in given)
    if named.get("preserve_aspect_ratio"):
        height = width = None
    is_nearest = named.get("method") in ("nearest", 1)
    return TensorSpec((*shape[:-3], height, width, shape[-1]), x.dtype if is_nearest else "float32")


def _spread(x: Any, named: Arguments) -> TensorSpec:
    target = named.get("shape")
    if isinstance(target, TensorSpec):
        return TensorSpec((None,) * target.shape[0] if target.shape and target.shape[0] else None, x.dtype)
    sizes = tuple(dim if is_whole(dim) else None for dim in numbers(target, "shape"))
    given = tensor(x).shape or ()
    for dim, wanted in zip(reversed(given), reversed(sizes), strict=False):
        if None not in (dim, wanted) and dim not in (1, wanted):
            raise RuleError("GC404", f"cannot spread {show(given)} to {show(sizes)}", inputs=(0,))
    if len(given) > len(sizes):
        raise RuleError("GC404", f"cannot spread {show(given)} to {show(sizes)}", inputs=(0,))
    return TensorSpec(sizes, x.dtype)


def _cut(x: Any, named: Arguments) -> TensorSpec:
    shape = tensor(x).shape or ()
    begin, size = named.get("begin"), named.get("size")
    if not isinstance(size, (list, tuple)) or not isinstance(begin, (list, tuple)):
        return TensorSpec((None,) * len(shape), x.dtype)
    if len(size) != len(shape) or len(begin) != len(shape):
        raise RuleError("GC403", f"cuts {len(size)} axes of {show(shape)}", inputs=(0,))
    out: list[Dim] = []
    for dim, start, length in zip(shape, begin, size, strict=True):
        known = is_whole(start) and dim is not None
        if not is_whole(length):
            out.append(None)
        elif length == -1:
            out.append(dim - start if known else None)
        else:
            out.append(length)
    return TensorSpec(tuple(out), x.dtype)


def _to_space(x: Any, named: Arguments) -> TensorSpec:
    shape, n = _space(x, named)
    if shape[3] is not None and shape[3] % (n * n):
        raise RuleError("GC405", f"cannot divide {shape[3]} channels by {n * n}", inputs=(0,))
    channels = None if shape[3] is None else shape[3] // (n * n)
    return TensorSpec((shape[0], times(shape[1], n), times(shape[2], n), channels), x.dtype)


def _to_depth(x: Any, named: Arguments) -> TensorSpec:
    shape, n = _space(x, named)
    for dim in shape[1:3]:
        if dim is not None and dim % n:
            raise RuleError("GC405", f"cannot divide {dim} by {n}", inputs=(0,))
    height, width = (None if dim is None else dim // n for dim in shape[1:3])
    return TensorSpec((shape[0], height, width, times(shape[3], n * n)), x.dtype)


def _space(x: Any, named: Arguments) -> tuple[Shape, int]:
    shape, n = tensor(x).shape or (), named.get("block_size")
    if len(shape) != 4:
        raise RuleError("GC403", f"needs rank 4, gets {show(shape)} of rank {len(shape)}", inputs=(0,))
    if not is_whole(n) or n < 2:
        raise RuleError("GC204", "needs a block_size above 1")
    if named.get("data_format") not in (None, "NHWC"):
        return (None, None, None, None), n
    return shape, n


def _top(x: Any, named: Arguments) -> list[TensorSpec]:
    shape, k = tensor(x).shape or (), named.get("k", 1)
    if not shape:
        raise RuleError("GC403", "needs an axis to look along, gets ()", inputs=(0,))
    size = k if is_whole(k) else None
    if size is not None and shape[-1] is not None and size > shape[-1]:
        raise RuleError("GC405", f"takes the {size} largest of {shape[-1]} in {show(shape)}", inputs=(0,))
    return [TensorSpec((*shape[:-1], size), x.dtype), TensorSpec((*shape[:-1], size), "int32")]


def _shape_tensor(x: Any, named: Arguments) -> TensorSpec:
    return TensorSpec((len(tensor(x).shape or ()),), dtype_said(named.get("out_type")) or "int32")


def _rank(x: Any, named: Arguments) -> TensorSpec:
    return TensorSpec((), "int32")


def _batch_flat(x: Any, named: Arguments) -> TensorSpec:
    return TensorSpec((None, None), tensor(x).dtype)


def _pooled(x: Any, named: Arguments) -> TensorSpec:
    shape = tensor(x).shape or ()
    if len(shape) != 4:
        raise RuleError("GC403", f"needs rank 4, gets {show(shape)} of rank {len(shape)}", inputs=(0,))
    if named.get("data_format") not in (None, "NHWC"):
        return TensorSpec((None,) * 4, x.dtype)
    widths, steps = (_two(named.get(name), name) for name in ("ksize", "strides"))
    padding = str(named.get("padding", "")).lower()
    if padding not in ("valid", "same"):
        raise RuleError("GC204", 'needs padding "VALID" or "SAME"')
    space = [window(dim, w, s, padding) for dim, w, s in zip(shape[1:3], widths, steps, strict=True)]
    if any(dim is not None and dim <= 0 for dim in space):
        raise RuleError("GC407", f"makes {show(tuple(space))} of {show(shape)}", inputs=(0,))
    return TensorSpec((shape[0], *space, shape[3]), x.dtype)


def _two(said: Any, what: str) -> tuple[int, int]:
    given = [said] if is_whole(said) else list(said) if isinstance(said, (list, tuple)) else []
    if any(not is_whole(n) or n <= 0 for n in given) or len(given) not in (1, 2, 4):
        raise RuleError("GC204", f"needs whole numbers above 0 as {what}")
    if len(given) == 4:
        return given[1], given[2]
    return given[0], given[-1]


def _grayed(x: Any, named: Arguments) -> TensorSpec:
    shape = tensor(x).shape or ()
    if not shape:
        raise RuleError("GC403", "needs an axis for the channels, gets ()", inputs=(0,))
    if len(shape) > 2 and shape[-1] not in (None, 3):
        raise RuleError("GC405", f"needs 3 channels, gets {show(shape)}", inputs=(0,))
    return TensorSpec((*shape[:-1], 1), x.dtype)


# More of one tensor


def _as_bools(x: Any, named: Arguments) -> TensorSpec:
    return TensorSpec(of_reals(x, named).shape, "bool")


def _real_part(x: Any, named: Arguments) -> TensorSpec:
    real = {"complex64": "float32", "complex128": "float64"}
    return TensorSpec(tensor(x).shape, real.get(x.dtype or "", x.dtype))


def _second_named(*names: str) -> Function:
    """A function of two floats, whose second argument has one of these names."""

    def rule(x: Any, named: Arguments) -> TensorSpec:
        y = next((named[name] for name in names if named.get(name) is not None), None)
        return of_floats(_binary(x, {"y": y}), named)

    return rule


def _bits(x: Any, named: Arguments) -> TensorSpec:
    made = _binary(x, named)
    if made.dtype is not None and "int" not in made.dtype:
        raise RuleError("GC409", f"needs whole numbers, gets {made.dtype}", "cast the inputs", inputs=(0,))
    return made


def _counted(x: Any, named: Arguments) -> TensorSpec:
    return TensorSpec(_reduced(x, named).shape, dtype_said(named.get("dtype")) or "int64")


def _part_of_zeros(x: Any, named: Arguments) -> TensorSpec:
    tensor(x)
    return TensorSpec((), "float32")


def _sorted_places(x: Any, named: Arguments) -> TensorSpec:
    shape = tensor(x).shape or ()
    if not shape:
        raise RuleError("GC403", "needs an axis to sort along, gets ()", inputs=(0,))
    axis = named.get("axis", -1)
    if is_whole(axis):
        axis_of(axis, len(shape))
    return TensorSpec(shape, "int32")


def _checked(x: Any, named: Arguments) -> TensorSpec:
    """What comes in, with the sizes that are said."""
    given, said = tensor(x).shape or (), named.get("shape")
    if not isinstance(said, (list, tuple)):
        return same(x, named)
    wanted = tuple(dim if is_whole(dim) else None for dim in said)
    if len(wanted) != len(given):
        raise RuleError("GC403", f"needs {show(wanted)}, gets {show(given)}", inputs=(0,))
    try:
        return TensorSpec(tuple(unify(a, b) for a, b in zip(given, wanted, strict=True)), x.dtype)
    except RuleError:
        raise RuleError("GC405", f"needs {show(wanted)}, gets {show(given)}", inputs=(0,)) from None


def _converted(x: Any, named: Arguments) -> TensorSpec:
    dtype = dtype_said(named.get("dtype"))
    if dtype is not None and tensor(x).dtype not in (None, dtype):
        raise RuleError("GC409", f"cannot take {x.dtype} for {dtype}", "cast it", inputs=(0,))
    return same(x, named)


def _repeated(x: Any, named: Arguments) -> TensorSpec:
    shape, repeats, axis = tensor(x).shape or (), named.get("repeats"), named.get("axis")
    if axis is None or not is_whole(axis):
        return TensorSpec((times(*flat(shape), repeats) if is_whole(repeats) and axis is None else None,), x.dtype)
    at = axis_of(axis, len(shape))
    size = times(shape[at], repeats) if is_whole(repeats) else None
    return TensorSpec((*shape[:at], size, *shape[at + 1 :]), x.dtype)


def _how_many(x: Any, named: Arguments) -> TensorSpec:
    tensor(x)
    return TensorSpec((), dtype_said(named.get("out_type")) or "int32")


def _found(x: Any, named: Arguments) -> TensorSpec:
    tensor(x)
    return TensorSpec(shape_of(named.get("values")), dtype_said(named.get("out_type")) or "int32")


def _gathered_at(x: Any, named: Arguments) -> TensorSpec:
    shape, at = tensor(x).shape or (), shape_of(named.get("indices"))
    if not at or at[-1] is None or named.get("batch_dims"):
        return TensorSpec(None, x.dtype)
    if at[-1] > len(shape):
        raise RuleError("GC405", f"takes indices of {at[-1]} numbers into {show(shape)}", inputs=(0,))
    return TensorSpec((*at[:-1], *shape[at[-1] :]), x.dtype)


def _complex(x: Any, named: Arguments) -> TensorSpec:
    made = of_floats(_binary(x, {"y": named.get("imag")}), named)
    return TensorSpec(made.shape, "complex128" if made.dtype == "float64" else "complex64")


def _text(dtype: str) -> Function:
    """Of texts, each on its own."""

    def rule(x: Any, named: Arguments) -> TensorSpec:
        if tensor(x).dtype not in (None, "string"):
            raise RuleError("GC409", f"needs texts, gets {x.dtype}", inputs=(0,))
        return TensorSpec(x.shape, dtype_said(named.get("out_type")) or dtype)

    return rule


FUNCTIONS: dict[str, Function] = {
    **table(
        of_floats,
        *("math.acos", "math.acosh", "math.asin", "math.asinh", "math.atanh", "math.reciprocal_no_nan"),
    ),
    **table(
        of_reals,
        *("math.bessel_i0", "math.bessel_i1", "math.digamma", "math.lgamma", "math.erfc", "math.erfinv", "math.ndtri"),
        *("math.rint", "clip_by_norm"),
    ),
    **table(
        without(same, "bool", "string", "int", "uint", "float16", "float64", "bfloat16", "complex"),
        "quantization.fake_quant_with_min_max_args",
    ),
    **table(same, "roll", "reverse_sequence", "random.shuffle", "tensor_scatter_nd_update"),
    **table(without(same, "bool", "string"), "math.conj"),
    **table(without(_real_part, "bool", "string"), "math.real"),
    **table(_as_bools, "math.is_finite", "math.is_inf", "math.is_nan"),
    **table(_second_named("y"), "math.xlogy", "math.xlog1py", "math.multiply_no_nan"),
    **table(without(_second_named("x"), "complex"), "math.atan2"),
    **table(_bits, "bitwise.bitwise_and", "bitwise.bitwise_or", "bitwise.bitwise_xor"),
    **table(_counted, "math.count_nonzero"),
    **table(_part_of_zeros, "math.zero_fraction"),
    **table(without(_sorted_places, "bool", "complex", "string"), "argsort"),
    **table(_checked, "ensure_shape"),
    **table(_converted, "convert_to_tensor"),
    **table(_repeated, "repeat"),
    **table(_how_many, "compat.v1.size", "size"),
    **table(_found, "searchsorted"),
    **table(_gathered_at, "compat.v1.gather_nd"),
    **table(without(_complex, "float16", "bfloat16", "complex"), "dtypes.complex"),
    **table(_text("string"), "strings.lower", "strings.upper", "strings.regex_replace"),
    **table(_text("int64"), "strings.to_hash_bucket_fast"),
    **table(_text("float32"), "strings.to_number"),
    **tf_images.FUNCTIONS,
    **tf_linalg.FUNCTIONS,
    **tf_networks.FUNCTIONS,
    **table(
        same,
        *("identity", "stop_gradient", "math.negative", "math.abs", "math.square", "math.sign", "nn.relu", "nn.relu6"),
        *("math.round", "clip_by_value", "reverse", "math.cumsum", "math.cumprod", "sort"),
    ),
    **table(
        of_floats,
        *("nn.softmax", "nn.log_softmax", "nn.elu", "nn.selu", "nn.silu", "nn.gelu", "nn.softsign", "nn.softplus"),
        *("math.softplus", "math.tanh", "nn.tanh", "math.sigmoid", "nn.sigmoid", "math.sqrt", "math.rsqrt", "math.exp"),
        *("math.log", "math.log1p", "math.expm1", "math.sin", "math.cos", "math.tan", "math.floor", "math.ceil"),
        *("math.erf", "math.l2_normalize", "nn.l2_normalize", "linalg.l2_normalize", "nn.dropout", "math.log_sigmoid"),
    ),
    **table(of_floats, "math.atan", "math.sinh", "math.cosh"),
    **table(_leaky, "nn.leaky_relu"),
    **table(_filled, "ones_like", "zeros_like", "compat.v1.ones_like", "compat.v1.zeros_like"),
    **table(cast, "cast", "saturate_cast", "compat.v1.cast"),
    **table(_negated, "math.logical_not"),
    **table(
        _binary,
        *(
            "math.add",
            "__operators__.add",
            "math.subtract",
            "math.multiply",
            "math.pow",
            "math.maximum",
            "math.minimum",
        ),
        *("math.floormod", "math.floordiv", "compat.v1.floor_div", "math.squared_difference"),
    ),
    **table(_divided, "math.truediv", "math.divide", "math.divide_no_nan"),
    **table(
        _compared,
        *("math.greater", "math.greater_equal", "math.less", "math.less_equal", "math.equal", "math.not_equal"),
    ),
    **table(_is_other, "__operators__.eq", "__operators__.ne"),
    **table(_both_true, "math.logical_and", "math.logical_or", "math.logical_xor"),
    **table(_chosen, "where", "compat.v1.where"),
    **table(_added, "math.add_n"),
    **table(
        _reduced,
        *(
            "math.reduce_mean",
            "math.reduce_sum",
            "math.reduce_max",
            "math.reduce_min",
            "math.reduce_prod",
            "math.reduce_euclidean_norm",
        ),
    ),
    **table(
        _reduced_floats,
        *("math.reduce_std", "math.reduce_variance", "math.reduce_logsumexp"),
        "compat.v1.norm",
    ),
    **table(_reduced_bools, "math.reduce_any", "math.reduce_all"),
    **table(_place, "math.argmax", "math.argmin"),
    **table(_reshaped, "reshape", "compat.v1.reshape"),
    **table(_expanded, "expand_dims", "compat.v1.expand_dims"),
    **table(_squeezed, "squeeze", "compat.v1.squeeze"),
    **table(_transposed, "transpose", "compat.v1.transpose"),
    **table(_joined, "concat"),
    **table(_stacked, "stack"),
    **table(_split, "split"),
    **table(_unstacked, "unstack"),
    **table(_tiled, "tile"),
    **table(_padded, "pad", "compat.v1.pad"),
    **table(_gathered, "gather", "compat.v1.gather"),
    **table(_one_hot, "one_hot"),
    **table(_multiplied, "linalg.matmul"),
    **table(_biased, "nn.bias_add"),
    **table(_image_resized, "image.resize"),
    **table(_spread, "broadcast_to"),
    **table(_cut, "slice"),
    **table(_to_space, "nn.depth_to_space"),
    **table(_to_depth, "nn.space_to_depth"),
    **table(_top, "math.top_k"),
    **table(_shape_tensor, "shape", "compat.v1.shape"),
    **table(_rank, "rank"),
    **table(_batch_flat, "keras.backend.batch_flatten"),
    **table(_pooled, "nn.max_pool2d"),
    **table(lambda x, named: _pooled(of_floats(x, named), named), "nn.avg_pool2d"),
    **table(_grayed, "image.rgb_to_grayscale"),
}


def _called(c: RuleContext, first: Any) -> Any:
    rule = FUNCTIONS.get(c.function)
    return None if rule is None else rule(first, c.call)


def _known_function(c: RuleContext) -> Iterator[RuleError]:
    if c.function not in FUNCTIONS:
        says = f"calls tf.{c.function[:80]}, which has no rule here yet: what comes out is unknown"
        yield RuleError("GC209", says, arg="function")


def _read_function(value: JSON) -> str:
    if not isinstance(value, str):
        raise BadValue("the name of a function of TensorFlow")
    return value


def _multiplied_cost(x: Any, named: Arguments, y: Shape) -> Dim:
    return times(*y[1:], shape_of(x)[-2 if named.get("transpose_a") or named.get("adjoint_a") else -1])


PRODUCTS = {"linalg.matmul": _multiplied_cost, **tf_linalg.PRODUCTS, **tf_networks.PRODUCTS}
"""Functions that multiply and add, and how often for one sample."""


def _call_cost(c: RuleContext, first: Any, y: Shape) -> Dim:
    cost = PRODUCTS.get(c.function)
    return 0 if cost is None else cost(first, c.call, y)


# Slices


def _sliced(c: RuleContext, x: Any, slice_spec: Any) -> TensorSpec | None:
    """`x[…]`, as TensorFlow slices."""
    if c.function != "__operators__.getitem":  # the class calls any function, and its arguments have other names
        named = c.call if slice_spec is None else {**c.call, "y": slice_spec}
        rule = FUNCTIONS.get(c.function)
        return None if rule is None else rule(x, named)
    spec = list(slice_spec) if isinstance(slice_spec, (list, tuple)) else [slice_spec]
    given = tensor(x).shape or ()
    dots = sum(_is_dots(part) for part in spec)
    if dots > 1:
        raise RuleError("GC204", "has more than one ellipsis in its slice", inputs=(0,))
    taken = sum(part is not None and not _is_dots(part) for part in spec)
    if taken > len(given):
        raise RuleError("GC403", f"takes {taken} axes of {show(given)}", inputs=(0,))
    left, out = list(given), list[Dim]()
    for part in spec if dots else [*spec, {"class_name": "__ellipsis__"}]:
        if _is_dots(part):
            kept = len(given) - taken
            out += left[:kept]
            del left[:kept]
        elif part is None:
            out.append(1)
        else:
            _take(part, left.pop(0), out, given)
    return TensorSpec(tuple(out), x.dtype)


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


_FUNCTION = Param(
    "function", _read_function, {"type": "string"}, required=True, doc="A function of TensorFlow, without `tf.`."
)

ENTRIES: Sequence[OpDef] = (
    OpDef(
        "layers.TFOpLambda",
        params=(_FUNCTION,),
        inputs=Call("x"),
        old_kinds=None,
        shape=_called,
        dtype=None,
        mask=None,
        cost=_call_cost,
        checks=_known_function,
        group="legacy",
        doc="what the function of TensorFlow makes of it",
        only=("keras2",),
        palette=False,
    ),
    OpDef(
        "layers.SlicingOpLambda",
        params=(_FUNCTION,),
        inputs=Call("x", "slice_spec?"),
        old_kinds=None,
        shape=_sliced,
        dtype=None,
        mask=None,
        group="legacy",
        doc="(a, b, …) → a slice of it",
        only=("keras2",),
        palette=False,
    ),
)
