"""TensorFlow's functions inside a model, as Keras 2 records them: TFOpLambda and SlicingOpLambda.

A function without a rule gives unknown, never "same as input".
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from ..model import JSON
from ..shapes import Dim, RuleError, Shape, TensorSpec, broadcast, show, sliced, unify
from . import tf_images, tf_linalg, tf_networks, tf_places
from .operands import axis_of, flat, reduced
from .rules import times
from .spec import BadValue, Call, OpDef, Param, RuleContext, is_float, is_whole
from .tf_operands import (
    Arguments,
    Function,
    axes_said,
    axis_said,
    cast,
    check_whole,
    dtype_said,
    has_floats,
    index_dtype,
    numbers,
    of_floats,
    of_reals,
    one_dtype,
    same,
    shape_of,
    size_said,
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


def _cast_within(x: Any, named: Arguments) -> TensorSpec:
    made = cast(x, named)
    if made.dtype in ("bool", "string"):
        raise RuleError("GC409", f"cannot cast within the bounds of {made.dtype}", "use tf.cast")
    return made


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


def _divided_safely(x: Any, named: Arguments) -> TensorSpec:
    made = _divided(x, named)
    if made.dtype == "bool":
        raise RuleError("GC409", "cannot divide bool", "cast the inputs", inputs=(0,))
    return made


def _whole_parts(x: Any, named: Arguments) -> TensorSpec:
    made = _binary(x, named)
    if made.dtype is not None and made.dtype.startswith(("bool", "string", "complex")):
        raise RuleError("GC409", f"cannot divide {made.dtype} into whole parts", "cast the inputs", inputs=(0,))
    return made


def _divided(x: Any, named: Arguments) -> TensorSpec:
    made = _binary(x, named)
    if made.dtype is None or "int" not in made.dtype:
        return made
    return TensorSpec(made.shape, _DIVIDED.get(made.dtype, "float64"))


def _compared(x: Any, named: Arguments) -> TensorSpec:
    made = _binary(x, named)
    return TensorSpec(made.shape, "bool")


def _ordered(x: Any, named: Arguments) -> TensorSpec:
    made = _binary(x, named)
    if made.dtype is not None and made.dtype.startswith(("bool", "complex", "string")):
        raise RuleError("GC409", f"cannot put {made.dtype} in order", "cast the inputs", inputs=(0,))
    return TensorSpec(made.shape, "bool")


def _is_other(x: Any, named: Arguments) -> TensorSpec:
    """One truth where the shapes differ; unknown where they may.

    Source: TensorFlow, `BroadcastBinaryOpOutputShapeFnHelper` with incompatible_shape_error=False.
    """
    y = named.get("other")
    one_dtype(x, y)
    a, b = shape_of(x), shape_of(y)
    head = max(len(a), len(b))
    pairs = list(zip((1,) * (head - len(a)) + a, (1,) * (head - len(b)) + b, strict=True))
    for m, n in pairs:
        if (m is None) != (n is None) and 1 not in (m, n):
            return TensorSpec(None, "bool")
        if None not in (m, n) and 1 not in (m, n) and m != n:
            return TensorSpec((), "bool")
    return TensorSpec(together(x, y), "bool")


def _both_true(x: Any, named: Arguments) -> TensorSpec:
    y = named.get("y")
    if isinstance(y, TensorSpec):
        _bools(y, ())
    return _bools(x, together(x, y))


def _chosen(x: Any, named: Arguments) -> TensorSpec | None:
    a, b = named.get("x"), named.get("y")
    if a is None or b is None:
        return None  # the places that are true: as many as there are
    if not isinstance(x, (TensorSpec, bool, list, tuple)):
        raise RuleError("GC409", f"chooses by bool, gets {str(x)[:40]}", "compare first")
    if isinstance(x, TensorSpec) and x.dtype not in (None, "bool"):
        raise RuleError("GC409", f"chooses by bool, gets {x.dtype}", "compare first", inputs=(0,))
    if isinstance(a, TensorSpec) or isinstance(b, TensorSpec):
        dtype = one_dtype(a, b) if isinstance(a, TensorSpec) else one_dtype(b, a)
    else:
        dtype = None
    if dtype is None:
        dtype = "float32" if has_floats((a, b)) else "int32"
    return TensorSpec(broadcast(together(a, b), shape_of(x)), dtype)


def _chosen_whole(x: Any, named: Arguments) -> TensorSpec | None:
    """As TensorFlow 1 chose: between tensors of one shape, by as many truths, one a row, or one."""
    made = _chosen(x, named)
    if made is None:
        return None
    a, b, by = (shape_of(value) for value in (named.get("x"), named.get("y"), x))
    if len(a) != len(b):
        raise RuleError("GC404", f"cannot choose between {show(a)} and {show(b)}", inputs=(0,))
    shape = tuple(unify(m, n) for m, n in zip(a, b, strict=True))
    if len(by) == len(shape):
        shape = tuple(unify(m, n) for m, n in zip(shape, by, strict=True))
    elif len(by) > 1 or (by and not shape):
        raise RuleError("GC404", f"cannot choose by {show(by)} between {show(a)}", inputs=(0,))
    elif by:
        unify(shape[0], by[0])
    return TensorSpec(shape, made.dtype)


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


def _extreme(x: Any, named: Arguments) -> TensorSpec:
    return without(_reduced, "bool", "string", "complex")(x, named)  # type: ignore[no-any-return]


def _norm(x: Any, named: Arguments) -> TensorSpec:
    axes = axes_said(named.get("axis"))
    if isinstance(named.get("axis"), (list, tuple)) and len(axes or ()) != 2:
        raise RuleError("GC204", f"takes one axis or two, gets {str(axes)[:40]}")
    if named.get("ord") == "fro" and axes is not None and len(axes) == 1:
        raise RuleError("GC205", "knows the Frobenius norm of matrices only", "give two axes")
    return _reduced_floats(x, named)


def _reduced_bools(x: Any, named: Arguments) -> TensorSpec:
    return _bools(x, _reduced(x, named).shape or ())


def _place(x: Any, named: Arguments) -> TensorSpec:
    """TensorFlow looks at no axis of a vector."""
    shape = tensor(x).shape or ()
    axis = axis_said(named, max(len(shape), 20) if len(shape) == 1 else len(shape), default=0)
    shape = () if len(shape) == 1 else reduced(shape, (axis or 0,), False)
    return TensorSpec(shape, index_dtype(named, "output_type", "int64"))


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
    axis, older = named.get("axis"), named.get("dim")
    if axis is not None and older is not None:
        raise RuleError("GC205", "has both axis and dim", "remove dim")
    axis = older if axis is None else axis
    axis = axis[0] if isinstance(axis, (list, tuple)) and len(axis) == 1 else axis
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
    parts, axis = named.get("num_or_size_splits"), axis_said({"axis": 0, **named}, len(shape))
    if axis is None:
        raise RuleError("GC402", "does not say along which axis", "state axis")
    length = shape[axis]
    sizes: list[Dim]
    if is_whole(parts) and parts > 0:
        if length is not None and length % parts:
            raise RuleError("GC405", f"cannot split axis {axis} of {show(shape)} into {parts} equal parts", inputs=(0,))
        sizes = [None if length is None else length // parts] * parts
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
    shape, widths = tensor(x).shape or (), numbers(named.get("paddings"), "paddings")
    if len(widths) != len(shape):
        raise RuleError("GC403", f"pads {len(widths)} axes of {show(shape)}", inputs=(0,))
    out: list[Dim] = []
    for dim, pair in zip(shape, widths, strict=True):
        if isinstance(pair, (list, tuple)) and (len(pair) != 2 or any(is_whole(n) and n < 0 for n in pair)):
            raise RuleError("GC204", f"pads an axis by {str(list(pair))[:40]}: two numbers from 0 on")
        is_known = isinstance(pair, (list, tuple)) and all(is_whole(n) for n in pair)
        out.append(None if dim is None or not is_known else dim + pair[0] + pair[1])
    return TensorSpec(tuple(out), x.dtype)


def _gathered(x: Any, named: Arguments) -> TensorSpec:
    shape, at = tensor(x).shape or (), shape_of(named.get("indices"))
    axis, batch = named.get("axis"), int(named.get("batch_dims") or 0)
    check_whole(named.get("indices"), "indices")
    if axis is not None and not is_whole(axis):
        raise RuleError("GC204", "takes one axis")
    where = axis_of(batch if axis is None else axis, len(shape))
    return TensorSpec((*shape[:where], *at[batch:], *shape[where + 1 :]), x.dtype)


def _one_hot(x: Any, named: Arguments) -> TensorSpec:
    shape, depth = tensor(x).shape or (), named.get("depth")
    axis = axis_said(named, len(shape) + 1)
    at = len(shape) if axis is None else axis
    if tensor(x).dtype not in (None, "uint8", "int8", "int32", "int64"):
        raise RuleError("GC409", f"needs whole numbers, gets {x.dtype}", "cast the input", inputs=(0,))
    size = size_said(depth)
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


def _image_resized(x: Any, named: Arguments) -> TensorSpec:
    shape = tensor(x).shape or ()
    size = named.get("size")
    if len(shape) not in (3, 4):
        raise RuleError("GC403", f"needs rank 3 or 4, gets {show(shape)} of rank {len(shape)}", inputs=(0,))
    given = size if isinstance(size, (list, tuple)) and len(size) == 2 else (None, None)
    if isinstance(size, (list, tuple)) and len(size) != 2:
        raise RuleError("GC204", "takes two numbers as size: height and width")
    height, width = (size_said(n) for n in given)
    if named.get("method", 0) not in (*_RESIZED, *range(8)):
        raise RuleError("GC204", f"resizes by {', '.join(_RESIZED)}")
    if named.get("preserve_aspect_ratio"):
        height, width = _as_before(shape[-3], shape[-2], height, width)
    is_nearest = named.get("method") in ("nearest", 1)
    return TensorSpec((*shape[:-3], height, width, shape[-1]), x.dtype if is_nearest else "float32")


_RESIZED = ("bilinear", "nearest", "bicubic", "area", "lanczos3", "lanczos5", "gaussian", "mitchellcubic")


def _as_before(rows: Dim, columns: Dim, height: Dim, width: Dim) -> tuple[Dim, Dim]:
    """The largest size inside of another that has the proportions of what comes in."""
    if not rows or not columns or height is None or width is None:
        return None, None
    scale = height / rows if height * columns < width * rows else width / columns
    return round(scale * rows), round(scale * columns)


def _spread(x: Any, named: Arguments) -> TensorSpec:
    target = named.get("shape")
    if isinstance(target, TensorSpec):
        return TensorSpec((None,) * target.shape[0] if target.shape and target.shape[0] else None, x.dtype)
    sizes = tuple(size_said(dim) for dim in numbers(target, "shape"))
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
    (batch, height, width, channels), n = _space(x, named)
    if channels is not None and channels % (n * n):
        raise RuleError("GC405", f"cannot divide {channels} channels by {n * n}", inputs=(0,))
    less = None if channels is None else channels // (n * n)
    return _in_format(named, batch, times(height, n), times(width, n), less, x.dtype)


def _to_depth(x: Any, named: Arguments) -> TensorSpec:
    (batch, *space, channels), n = _space(x, named)
    for dim in space:
        if dim is not None and dim % n:
            raise RuleError("GC405", f"cannot divide {dim} by {n}", inputs=(0,))
    height, width = (None if dim is None else dim // n for dim in space)
    return _in_format(named, batch, height, width, times(channels, n * n), x.dtype)


def _in_format(named: Arguments, batch: Dim, height: Dim, width: Dim, channels: Dim, dtype: str | None) -> TensorSpec:
    is_first = named.get("data_format") == "NCHW"
    return TensorSpec((batch, channels, height, width) if is_first else (batch, height, width, channels), dtype)


def _space(x: Any, named: Arguments) -> tuple[Shape, int]:
    shape, n = tensor(x).shape or (), named.get("block_size")
    if len(shape) != 4:
        raise RuleError("GC403", f"needs rank 4, gets {show(shape)} of rank {len(shape)}", inputs=(0,))
    if not is_whole(n) or n < 2:
        raise RuleError("GC204", "needs a block_size above 1")
    form = named.get("data_format") or "NHWC"
    if form not in ("NHWC", "NCHW"):
        raise RuleError("GC204", "needs data_format NHWC or NCHW")
    return (shape if form == "NHWC" else (shape[0], *shape[2:], shape[1])), n


def _top(x: Any, named: Arguments) -> list[TensorSpec]:
    shape, k = tensor(x).shape or (), named.get("k", 1)
    if not shape:
        raise RuleError("GC403", "needs an axis to look along, gets ()", inputs=(0,))
    size = k if is_whole(k) else None
    if size is not None and shape[-1] is not None and size > shape[-1]:
        raise RuleError("GC405", f"takes the {size} largest of {shape[-1]} in {show(shape)}", inputs=(0,))
    return [TensorSpec((*shape[:-1], size), x.dtype), TensorSpec((*shape[:-1], size), "int32")]


def _shape_tensor(x: Any, named: Arguments) -> TensorSpec:
    return TensorSpec((len(tensor(x).shape or ()),), _counted_in(x, named))


def _counted_in(x: Any, named: Arguments) -> str:
    """What sizes are counted in; where all are known, TensorFlow writes them down in any dtype."""
    dtype = dtype_said(named.get("out_type")) or "int32"
    if None in (tensor(x).shape or ()) or dtype in ("bool", "string"):
        return index_dtype(named, "out_type", "int32")
    return dtype


def _rank(x: Any, named: Arguments) -> TensorSpec:
    return TensorSpec((), "int32")


def _batch_flat(x: Any, named: Arguments) -> TensorSpec:
    shape = tensor(x).shape or ()
    width = None if None in shape else math.prod(dim for dim in shape[1:] if dim is not None)
    return TensorSpec((shape[0] if width else None, width), x.dtype)


def _grayed(x: Any, named: Arguments) -> TensorSpec:
    shape = tensor(x).shape or ()
    if not shape:
        raise RuleError("GC403", "needs an axis for the channels, gets ()", inputs=(0,))
    if None not in shape and shape[-1] != 3:  # else TensorFlow multiplies when the model runs
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
    if axis_said({"axis": -1, **named}, len(shape)) is None:
        raise RuleError("GC402", "does not say along which axis", "state axis")
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
    if axis is not None and not is_whole(axis):
        raise RuleError("GC204", "takes one axis")
    repeats = size_said(repeats)
    if axis is None:
        return TensorSpec((times(*flat(shape), repeats) if is_whole(repeats) and axis is None else None,), x.dtype)
    at = axis_of(axis, len(shape))
    size = times(shape[at], repeats) if is_whole(repeats) else None
    return TensorSpec((*shape[:at], size, *shape[at + 1 :]), x.dtype)


def _how_many(x: Any, named: Arguments) -> TensorSpec:
    is_empty = 0 in (tensor(x).shape or ())
    return TensorSpec((), _counted_in(TensorSpec((0,), None) if is_empty else x, named))


def _found(x: Any, named: Arguments) -> TensorSpec:
    one_dtype(tensor(x), named.get("values"))
    return TensorSpec(shape_of(named.get("values")), index_dtype(named, "out_type", "int32"))


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


def _softmax(x: Any, named: Arguments) -> TensorSpec:
    """Of floats, along one axis."""
    axis_said(named, len(tensor(x).shape or ()))
    return of_reals(x, named)


def _normalized(x: Any, named: Arguments) -> TensorSpec:
    rank = len(tensor(x).shape or ())
    for name in ("axis", "dim"):
        for axis in axes_said(named.get(name)) or ():
            axis_of(axis, rank)
    return of_floats(x, named)


def _dropped(x: Any, named: Arguments) -> TensorSpec:
    rate = named.get("rate", 0)
    if isinstance(rate, (int, float)) and not 0 <= rate < 1:
        raise RuleError("GC204", f"drops a part from 0 to below 1, not {rate}")
    return of_floats(x, named)


def _run_through(x: Any, named: Arguments) -> TensorSpec:
    """TensorFlow looks at the axis when the model runs."""
    if named.get("axis", 0) is None:
        raise RuleError("GC402", "does not say along which axis", "state axis")
    return same(x, named)


def _sorted(x: Any, named: Arguments) -> TensorSpec:
    return TensorSpec(_sorted_places(x, named).shape, x.dtype)


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
    steps = named.get("seq_axis") if named.get("seq_dim") is None else named.get("seq_dim")
    at = axis_said({"seq_axis": steps}, len(shape), "seq_axis")
    rows = axis_said(named, len(shape), "batch_axis" if named.get("batch_dim") is None else "batch_dim", 0) or 0
    check_whole(lengths, "seq_lengths")
    count = shape_of(lengths)
    if at is None or len(count) != 1:
        raise RuleError("GC204", f"turns axis {at} of each of axis {rows}, by lengths {show(count)}", inputs=(0,))
    return TensorSpec((*shape[:rows], unify(shape[rows], count[0]), *shape[rows + 1 :]), x.dtype)


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


def _complex(x: Any, named: Arguments) -> TensorSpec:
    y = named.get("imag")
    made = without(of_floats, "float16", "bfloat16", "complex")(TensorSpec(together(x, y), one_dtype(x, y)), named)
    return TensorSpec(made.shape, "complex128" if made.dtype == "float64" else "complex64")


def _text(dtype: str, *others: str) -> Function:
    """Of texts, each on its own, in this dtype or in one of the others that are said."""

    def rule(x: Any, named: Arguments) -> TensorSpec:
        if tensor(x).dtype not in (None, "string"):
            raise RuleError("GC409", f"needs texts, gets {x.dtype}", inputs=(0,))
        buckets = named.get("num_buckets", 1)
        if is_whole(buckets) and buckets < 1:
            raise RuleError("GC204", f"hashes into 1 bucket or more, not {buckets}")
        said = dtype_said(named.get("out_type")) or dtype
        if others and said not in others:
            raise RuleError("GC204", f"gives {', '.join(others)}, not {said}")
        return TensorSpec(x.shape, said)

    return rule


def _to(dtype: str) -> Function:
    """In this dtype."""
    return lambda x, named: cast(x, {"dtype": dtype})


def _reduced_v1(function: Function) -> Function:
    """As TensorFlow 1 called the arguments, too."""

    def rule(x: Any, named: Arguments) -> Any:
        for new, old in (("axis", "reduction_indices"), ("axis", "dimension"), ("keepdims", "keep_dims")):
            if named.get(old) is not None:
                if named.get(new) is not None:
                    raise RuleError("GC205", f"has both {new} and {old}", f"remove {old}")
                named = {**named, new: named[old]}
        return function(x, named)

    return rule


def _one_truth(x: Any, named: Arguments) -> TensorSpec:
    tensor(x)
    return TensorSpec((), "bool")


def _last_taken(x: Any, named: Arguments) -> TensorSpec:
    return TensorSpec((of_reals(x, named).shape or ())[:-1], x.dtype)


def _scaled(x: Any, named: Arguments) -> TensorSpec:
    """A number first, then the tensor."""
    y = named.get("x")
    one_dtype(x, tensor(y))
    if shape_of(x):
        raise RuleError("GC403", f"scales by one number, gets {show(shape_of(x))}", inputs=(0,))
    return TensorSpec(shape_of(y), tensor(y).dtype)


def _each_of_them(x: Any, named: Arguments) -> list[TensorSpec]:
    return [TensorSpec(one.shape, one.dtype) for one in tensors(x)]


def _shape_of_each(x: Any, named: Arguments) -> list[TensorSpec]:
    dtype = index_dtype(named, "out_type", "int32")
    return [TensorSpec((len(one.shape or ()),), dtype) for one in tensors(x)]


def _scattered_new(x: Any, named: Arguments) -> TensorSpec:
    """Values at places of a tensor of zeros: the places come first."""
    updates, said = named.get("updates"), named.get("shape")
    if isinstance(said, (list, tuple)):
        said = [None if size == -1 else size for size in said]
    sizes = tuple(said) if isinstance(said, list) else tf_places.sizes_said(said)
    if sizes is None:
        return TensorSpec(None, tensor(updates).dtype)
    return _scattered(TensorSpec(sizes, tensor(updates).dtype), {"indices": x, "updates": updates})


def _text_joined(x: Any, named: Arguments) -> TensorSpec:
    given = tensors(x)
    if any(one.dtype not in (None, "string") for one in given):
        raise RuleError("GC409", "joins texts", "use strings.as_string first", inputs=(0,))
    shape: Shape = ()
    for one in given:
        if shape and one.shape:
            if len(shape) != len(one.shape):
                raise RuleError("GC403", f"cannot join {show(shape)} with {show(one.shape)}", inputs=(0,))
            shape = tuple(unify(a, b) for a, b in zip(shape, one.shape, strict=True))
        else:
            shape = shape or one.shape or ()
    return TensorSpec(shape, "string")


def _text_reduced(x: Any, named: Arguments) -> TensorSpec:
    _text("string")(x, {})
    keeps = bool(named.get("keepdims") or named.get("keep_dims"))
    return _reduced(x, {"axis": named.get("axis"), "keepdims": keeps})


def _text_of(x: Any, named: Arguments) -> TensorSpec:
    return TensorSpec(tensor(x).shape, "string")


def _parts_of_text(x: Any, named: Arguments) -> TensorSpec:
    """A ragged axis more."""
    shape = _text("string")(x, {}).shape or ()
    return TensorSpec((None, None) if len(shape) == 1 else (*shape, None), "string", ragged=True)


def _random(x: Any, named: Arguments) -> TensorSpec:
    dtype = dtype_said(named.get("dtype")) or "float32"
    if not is_float(dtype):
        raise RuleError("GC204", f"draws floats, not {dtype}")
    return TensorSpec(tf_places.sizes_said(x), dtype)


def _random_evenly(x: Any, named: Arguments) -> TensorSpec:
    dtype = dtype_said(named.get("dtype"))
    if dtype not in ("int32", "int64"):
        return _random(x, named)
    if named.get("maxval") is None:
        raise RuleError("GC203", "draws whole numbers, and does not say up to which", "state maxval")
    return TensorSpec(tf_places.sizes_said(x), dtype)


FUNCTIONS: dict[str, Function] = {
    **tf_places.FUNCTIONS,
    **table(of_reals, "math.bessel_i0e", "math.bessel_i1e", "math.erfcinv"),
    **table(
        of_reals,
        *(f"math.special.bessel_{name}" for name in ("j0", "j1", "k0", "k0e", "k1", "k1e", "y0", "y1")),
        *(f"math.special.{name}" for name in ("dawsn", "expint", "fresnel_cos", "fresnel_sin", "spence")),
    ),
    **table(without(same, "bool", "string", "uint"), "math.reciprocal"),
    **table(_real_part, "math.imag", "math.angle"),
    **table(without(_one_truth, "bool", "complex", "string"), "math.is_non_decreasing", "math.is_strictly_increasing"),
    **table(without(_run_through, "bool", "string", "int", "uint", "complex"), "math.cumulative_logsumexp"),
    **table(_last_taken, "math.lbeta"),
    **table(
        _reduced_v1(without(_reduced, "bool", "string")),
        *(f"compat.v1.math.reduce_{name}" for name in ("mean", "prod", "sum")),
    ),
    **table(_reduced_v1(_extreme), "compat.v1.math.reduce_max", "compat.v1.math.reduce_min"),
    **table(_reduced_v1(_reduced_floats), "compat.v1.math.reduce_logsumexp"),
    **table(_reduced_v1(_place), "compat.v1.math.argmax", "compat.v1.math.argmin"),
    **table(_reduced_v1(_counted), "compat.v1.math.count_nonzero"),
    **table(_to("bfloat16"), "compat.v1.to_bfloat16"),
    **table(_to("float64"), "compat.v1.to_double"),
    **table(_to("float32"), "compat.v1.to_float"),
    **table(_to("int32"), "compat.v1.to_int32"),
    **table(_to("int64"), "compat.v1.to_int64"),
    **table(of_reals, "debugging.check_numerics"),
    **table(without(_second_named("x"), "complex"), "math.igamma", "math.igammac", "math.polygamma"),
    **table(without(_second_named("q"), "complex", "float16", "bfloat16"), "math.zeta"),
    **table(_second_named("y"), "math.xdivy"),
    **table(without(_second_named("x2"), "complex", "float16", "bfloat16"), "math.nextafter"),
    **table(without(_binary, "bool", "string"), "compat.v1.div", "truncatediv", "realdiv"),
    **table(without(_whole_parts, "int8", "uint8", "int16", "uint16"), "truncatemod"),
    **table(without(same, "bool", "string", "float", "bfloat", "complex"), "bitwise.invert"),
    **table(_bits, "bitwise.left_shift", "bitwise.right_shift"),
    **table(_scaled, "math.scalar_mul", "compat.v1.math.scalar_mul"),
    **table(_each_of_them, "identity_n"),
    **table(_shape_of_each, "shape_n"),
    **table(_added, "math.accumulate_n"),
    **table(_scattered, *(f"tensor_scatter_nd_{name}" for name in ("add", "max", "min", "sub"))),
    **table(_scattered_new, "scatter_nd"),
    **table(_gathered_at, "gather_nd"),
    **table(_random, "random.normal", "random.truncated_normal"),
    **table(_random_evenly, "random.uniform"),
    **table(_dropped, "compat.v1.nn.dropout"),
    **table(_image_resized, "compat.v1.image.resize_images"),
    **table(_to_depth, "compat.v1.nn.space_to_depth"),
    **table(_to_space, "compat.v1.nn.depth_to_space"),
    **table(_text("int32"), "strings.length", "compat.v1.strings.length"),
    **table(_text("string"), "strings.strip", "strings.substr", "compat.v1.strings.substr"),
    **table(_text("string"), "io.decode_base64", "io.encode_base64"),
    **table(_text("bool"), "strings.regex_full_match"),
    **table(
        _text("int64"),
        *("strings.to_hash_bucket", "strings.to_hash_bucket_strong", "compat.v1.strings.to_hash_bucket"),
    ),
    **table(_text("float32", "float32", "float64", "int32", "int64"), "compat.v1.strings.to_number"),
    **table(_text_joined, "strings.join"),
    **table(_text_reduced, "strings.reduce_join"),
    **table(_text_of, "strings.as_string"),
    **table(_parts_of_text, "strings.split", "strings.bytes_split"),
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
    **table(_rolled, "roll"),
    **table(_rows_turned, "reverse_sequence"),
    **table(same, "random.shuffle"),
    **table(_scattered, "tensor_scatter_nd_update"),
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
    **table(_complex, "dtypes.complex"),
    **table(_text("string"), "strings.lower", "strings.upper", "strings.regex_replace"),
    **table(_text("int64"), "strings.to_hash_bucket_fast"),
    **table(_text("float32"), "strings.to_number"),
    **tf_images.FUNCTIONS,
    **tf_linalg.FUNCTIONS,
    **tf_networks.FUNCTIONS,
    **table(
        same,
        *("identity", "stop_gradient", "math.negative", "math.abs", "math.square", "math.round"),
    ),
    **table(without(same, "string"), "math.sign"),
    **table(without(same, "bool", "string", "complex"), "nn.relu", "nn.relu6", "clip_by_value"),
    **table(_turned_round, "reverse"),
    **table(without(_run_through, "bool", "string"), "math.cumsum", "math.cumprod"),
    **table(without(_sorted, "bool", "string", "complex"), "sort"),
    **table(
        of_floats,
        *("nn.silu", "nn.gelu"),
        *("math.tanh", "nn.tanh", "math.sigmoid", "nn.sigmoid", "math.sqrt", "math.rsqrt", "math.exp"),
        *("math.log", "math.log1p", "math.expm1", "math.sin", "math.cos", "math.tan", "math.floor", "math.ceil"),
    ),
    **table(_softmax, "nn.softmax", "nn.log_softmax"),
    **table(of_reals, "math.erf", "math.log_sigmoid", "math.softplus"),
    **table(of_reals, "nn.elu", "nn.selu", "nn.softsign", "nn.softplus"),
    **table(_normalized, "math.l2_normalize", "nn.l2_normalize", "linalg.l2_normalize"),
    **table(_dropped, "nn.dropout"),
    **table(of_floats, "math.atan", "math.sinh", "math.cosh"),
    **table(without(_leaky, "bool", "string", "complex"), "nn.leaky_relu"),
    **table(_filled, "ones_like", "zeros_like", "compat.v1.ones_like", "compat.v1.zeros_like"),
    **table(cast, "cast", "compat.v1.cast"),
    **table(_cast_within, "saturate_cast"),
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
        "math.squared_difference",
    ),
    **table(_whole_parts, "math.floormod", "math.floordiv", "compat.v1.floor_div"),
    **table(_divided, "math.truediv", "math.divide"),
    **table(_divided_safely, "math.divide_no_nan"),
    **table(_ordered, "math.greater", "math.greater_equal", "math.less", "math.less_equal"),
    **table(_compared, "math.equal", "math.not_equal"),
    **table(_is_other, "__operators__.eq", "__operators__.ne"),
    **table(_both_true, "math.logical_and", "math.logical_or", "math.logical_xor"),
    **table(_chosen, "where"),
    **table(_chosen_whole, "compat.v1.where"),
    **table(_added, "math.add_n"),
    **table(
        without(_reduced, "bool", "string"),
        *("math.reduce_mean", "math.reduce_sum", "math.reduce_prod", "math.reduce_euclidean_norm"),
    ),
    **table(_extreme, "math.reduce_max", "math.reduce_min"),
    **table(
        _reduced_floats,
        *("math.reduce_std", "math.reduce_variance", "math.reduce_logsumexp"),
    ),
    **table(_norm, "compat.v1.norm"),
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
    **table(without(_top, "bool", "string", "complex"), "math.top_k"),
    **table(_shape_tensor, "shape", "compat.v1.shape"),
    **table(_rank, "rank"),
    **table(_batch_flat, "keras.backend.batch_flatten"),
    **table(without(_grayed, "bool", "string", "complex"), "image.rgb_to_grayscale"),
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
