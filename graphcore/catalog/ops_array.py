"""Operations that take tensors apart and put them together: slices, reshapes, joins, casts, choices."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from itertools import pairwise
from typing import Any

from ..model import JSON, Object
from ..shapes import Dim, RuleError, Shape, TensorSpec, fill_in, may_agree, show, size, sliced
from .operands import (
    always,
    axis_of,
    dtype_name,
    dtype_of,
    flat,
    operation,
    optional_axis,
    promoted,
    reduced,
    same_shape,
    same_type,
    shape_of,
    together,
    told,
    unary,
)
from .params import anything, integer, looked_at_late, nested_shape, whole_numbers
from .reshaping import no_fit
from .spec import BadValue, Function, OpDef, Param, RuleContext, entries, is_whole


def _items(value: Any) -> list[Any]:
    """The tensors of a list, of which there must be one.

    Raises:
        RuleError: missing-input (GC402).
    """
    if not isinstance(value, (list, tuple)) or not value:
        raise RuleError("GC402", "needs a list of tensors", "connect tensors")
    return list(value)


# Taking apart


def _sliced(c: RuleContext, x: Any, key: Any) -> Shape:
    """Source: Keras 3, `GetItem.compute_output_spec`."""
    given = shape_of(x)
    if isinstance(key, int):
        rest: list[Any] = [key]
    elif isinstance(key, (tuple, list)):
        rest = list(key)
    else:
        raise RuleError("GC204", "takes a whole number or a list as key", inputs=(0,))
    dots = sum(_is(part, "__ellipsis__") for part in rest)
    if dots > 1:
        raise RuleError("GC204", "has more than one ellipsis in its key", inputs=(0,))
    if not dots:
        rest.append(Object("__ellipsis__"))
    left, out = list(given), list[Dim]()
    while rest:
        part = rest.pop(0)
        if _is(part, "__ellipsis__"):
            kept = len(left) - sum(other is not None for other in rest)
            out += left[:kept]
            left = left[kept:]
        elif part is None:
            out.append(1)
        elif not left:
            raise RuleError("GC403", f"has a key with more axes than {show(given)}", inputs=(0,))
        else:
            length = left.pop(0)
            if isinstance(part, int):
                _in_bounds(part, length, given)
            elif _is(part, "__slice__"):
                out.append(_slice_length(part, length))
            else:
                raise RuleError("GC204", "takes whole numbers, slices, null and an ellipsis in its key", inputs=(0,))
    return tuple(out)


def _is(part: Any, cls: str) -> bool:
    return isinstance(part, Object) and part.cls == cls


def _in_bounds(index: int, length: Dim, given: Shape) -> None:
    if length is not None and not -length <= index < length:
        says = f"takes index {index} of an axis of size {length} in {show(given)}"
        raise RuleError("GC204", says, f"use -{length} to {length - 1}" if length else None, inputs=(0,))


def _slice_length(part: Object, length: Dim) -> Dim:
    if length is None:
        return None
    config = part.config if isinstance(part.config, dict) else {}
    bounds = [config.get(name) for name in ("start", "stop", "step")]
    if any(bound is not None and type(bound) is not int for bound in bounds) or bounds[2] == 0:
        raise RuleError("GC204", f"has a slice of {bounds} in its key", inputs=(0,))
    return sliced(length, *bounds)


def _split(c: RuleContext, x: Any) -> list[Shape]:
    return _pieces(c, x, c.axis)


def _pieces(c: RuleContext, x: Any, axis: int) -> list[Shape]:
    shape = shape_of(x)
    axis = axis_of(axis, len(shape))
    length, sections = shape[axis], c.indices_or_sections
    sizes: list[Dim]
    if isinstance(sections, int):
        if sections == 0 and length is not None:
            raise RuleError("GC204", "cannot split into 0 parts", arg="indices_or_sections")
        if length is not None and length % sections:
            says = f"cannot split axis {axis} of {show(shape)} into {sections} equal parts"
            raise RuleError("GC405", says, inputs=(0,), data={"axis": axis})
        sizes = [None if length is None else length // sections] * max(sections, 0)
    else:
        ends = (0, *sections, length)
        sizes = [None if b is None or a is None else b - a for a, b in pairwise(ends)]
    if any(part is not None and part < 0 for part in sizes):
        raise RuleError("GC407", f"makes parts of sizes {show(tuple(sizes))} of {show(shape)}", inputs=(0,))
    return [(*shape[:axis], part, *shape[axis + 1 :]) for part in sizes]


def _read_sections(value: JSON) -> int | tuple[int, ...]:
    if type(value) is int:
        return value
    if not isinstance(value, (list, tuple)) or any(type(i) is not int for i in value):
        raise BadValue("a whole number or a list of them")
    return tuple(value)


_SECTIONS = Param("indices_or_sections", _read_sections, {"type": ["integer", "array"]}, required=True)


def _split_along(axis: int, rank: int) -> Any:
    def shape(c: RuleContext, x: Any) -> list[Shape]:
        given = shape_of(x)
        if len(given) < rank:
            raise RuleError("GC403", f"needs rank {rank} at least, gets {show(given)}", inputs=(0,))
        return _pieces(c, x, min(axis, len(given) - 1))

    return shape


def _nearly_equal(c: RuleContext, x: Any) -> list[Shape]:
    shape, count = shape_of(x), c.indices_or_sections
    at = c.axis + len(shape) if c.axis < 0 else c.axis  # which Keras takes for counted from the end again
    axis = axis_of(at, len(shape))
    length = shape[axis]
    if count == 0 and length is not None:
        raise RuleError("GC204", "cannot split into 0 parts", arg="indices_or_sections")
    parts = range(max(count, 0))
    sizes = [None if length is None else length // count + (1 if i < length % count else 0) for i in parts]
    return [(*shape[:axis], part, *shape[axis + 1 :]) for part in sizes]


def _unstacked(c: RuleContext, x: Any) -> list[Shape]:
    shape = shape_of(x)
    axis = axis_of(c.axis, len(shape))
    num = shape[axis] if c.num is None else c.num
    if num is None:
        says = f"needs a known size on axis {axis} of {show(shape)}, or num"
        raise RuleError("GC408", says, "give num", inputs=(0,), data={"axis": axis})
    return [(*shape[:axis], *shape[axis + 1 :])] * num


def _cut(c: RuleContext, inputs: Any, start_indices: Any) -> Shape:
    shape = shape_of(inputs)
    if len(c.shape) != len(shape):
        raise RuleError("GC403", f"cuts {show(c.shape)} out of {show(shape)} of another rank", arg="shape", inputs=(0,))
    if isinstance(start_indices, (list, tuple)) and len(start_indices) != len(shape):
        raise RuleError("GC403", f"starts at {len(start_indices)} indices in {show(shape)}", inputs=(0,))
    out: list[Dim] = []
    for i, (dim, wanted) in enumerate(zip(shape, c.shape, strict=True)):
        if wanted != -1:
            out.append(wanted)
        elif start_indices is None:
            raise RuleError("GC402", "has nothing for start_indices", "connect a tensor", arg="start_indices")
        elif dim is None or not isinstance(start_indices, (list, tuple)) or type(start_indices[i]) is not int:
            out.append(None)
        else:
            out.append(dim - start_indices[i])
    return tuple(out)


def _taken(c: RuleContext, x: Any, indices: Any) -> Shape:
    shape, at = shape_of(x), _index_shape(indices)
    if c.axis is None:
        return at
    axis = axis_of(c.axis, len(shape))
    return (*shape[:axis], *at, *shape[axis + 1 :])


def _index_shape(indices: Any) -> Shape:
    return nested_shape(indices) if isinstance(indices, (list, tuple)) else shape_of(indices)


def _taken_along(c: RuleContext, x: Any, indices: Any) -> Shape:
    shape, at = shape_of(x), shape_of(indices)
    given = flat(shape) if c.axis is None else shape
    if len(given) != len(at):
        raise RuleError("GC403", f"needs indices of the rank of {show(given)}, gets {show(at)}", inputs=(0, 1))
    axis = 0 if c.axis is None else axis_of(c.axis, len(given))
    return together((*given[:axis], at[axis], *given[axis + 1 :]), at)


_PARTS = Function(gives_many=True)
PARTS = (
    operation("GetItem", ["x", "key"], _sliced, same_type, "(a, b, …) → what the key takes of it", function=None),
    operation(
        "Split",
        ["x"],
        _split,
        same_type,
        "(…, a, …) → parts of it along an axis",
        _SECTIONS,
        integer("axis", 0),
        function=_PARTS,
    ),
    *(
        operation(
            name,
            ["x"],
            _split_along(axis, rank),
            same_type,
            f"(…) → parts of it along axis {axis}",
            _SECTIONS,
            function=_PARTS,
        )
        for name, axis, rank in (("Hsplit", 1, 1), ("Vsplit", 0, 2), ("Dsplit", 2, 3))
    ),
    operation(
        "ArraySplit",
        ["x"],
        _nearly_equal,
        same_type,
        "(…, a, …) → nearly equal parts of it along an axis",
        *(integer("indices_or_sections", required=True), integer("axis", 0)),
        function=_PARTS,
    ),
    operation(
        "Unstack",
        ["x"],
        _unstacked,
        same_type,
        "(…, a, …) → a tensors without the axis",
        Param("num", optional_axis().read, {"type": ["integer", "null"]}),
        integer("axis", 0),
        function=_PARTS,
    ),
    operation(
        "Slice",
        ["inputs", "start_indices"],
        _cut,
        same_type,
        "(a, b, …) → shape",
        whole_numbers("shape", required=True),
    ),
    operation(
        "Take",
        ["x", "indices"],
        _taken,
        same_type,
        "(…, a, …), (i…) → (…, i…, …)",
        optional_axis(),
    ),
    operation(
        "TakeAlongAxis",
        ["x", "indices"],
        _taken_along,
        same_type,
        "(…, a, …), (…, i, …) → (…, i, …)",
        optional_axis(),
    ),
)


# Putting together


def _joined(c: RuleContext, xs: Any) -> Shape:
    shapes = [shape_of(x) for x in _items(xs)]
    return _along_one(shapes, axis_of(c.axis, len(shapes[0])))


def _along_one(shapes: Sequence[Shape], axis: int) -> Shape:
    first = shapes[0]
    out: Dim = 0
    for i, shape in enumerate(shapes):
        if not may_agree(shape, first, but=axis):
            says = f"cannot join {show(first)} with {show(shape)} along axis {axis}"
            raise RuleError("GC404", says, _where(first, shape, axis), inputs=(0, i), data=_facts(first, shape, axis))
        size_here = shape[axis]
        out = None if out is None or size_here is None else out + size_here
    return (*first[:axis], out, *first[axis + 1 :])


def _facts(a: Shape, b: Shape, but: int) -> dict[str, Any]:
    if len(a) != len(b):
        return {}
    differ = [i for i, (x, y) in enumerate(zip(a, b, strict=True)) if i != but and None not in (x, y) and x != y]
    return {"axis": differ[0]}


def _where(a: Shape, b: Shape, but: int) -> str | None:
    facts = _facts(a, b, but)
    return f"make axis {facts['axis']} equal: {a[facts['axis']]} and {b[facts['axis']]}" if facts else None


def _promoted_list(c: RuleContext, xs: Any) -> str | None:
    return promoted(*_items(xs))


def _stacked(c: RuleContext, xs: Any) -> Shape:
    shapes = [shape_of(x) for x in _items(xs)]
    first = shapes[0]
    for i, shape in enumerate(shapes):
        if not may_agree(shape, first):
            raise RuleError("GC404", f"cannot stack {show(first)} with {show(shape)}", inputs=(0, i))
    axis = axis_of(c.axis, len(first) + 1)
    return (*first[:axis], len(shapes), *first[axis:])


def _piled(axis: int) -> Any:
    def shape(c: RuleContext, xs: Any) -> Shape:
        shapes = [shape_of(x) for x in _items(xs)]
        return _along_one(shapes, axis_of(axis, len(shapes[0])))

    return shape


def _appended(c: RuleContext, x1: Any, x2: Any) -> Shape:
    a, b = shape_of(x1), shape_of(x2)
    if c.axis is None:
        left, right = flat(a)[0], flat(b)[0]
        return (None if left is None or right is None else left + right,)
    axis = axis_of(c.axis, len(a))
    joined = _along_one([a, b], axis)
    if joined[axis] is None:
        raise RuleError("GC408", f"needs known sizes on axis {axis}, gets {show(a)} and {show(b)}", data={"axis": axis})
    return joined


def _deep(c: RuleContext, xs: Any) -> Shape:
    shapes = [_with_depth(shape_of(x)) for x in _items(xs)]
    return _along_one(shapes, 2)


def _with_depth(shape: Shape) -> Shape:
    if not shape:
        return (1, 1, 1)
    return (1, shape[0], 1) if len(shape) == 1 else (*shape, 1) if len(shape) == 2 else shape


JOINS = (
    operation("Dstack", ["xs"], _deep, _promoted_list, "[(a, b), (a, b)] → (a, b, 2)"),
    operation("Concatenate", ["xs"], _joined, _promoted_list, "[(…, a), (…, b)] → (…, a + b)", integer("axis", 0)),
    operation("Stack", ["x"], _stacked, _promoted_list, "n times (…) → (…, n, …)", integer("axis", 0)),
    operation("Hstack", ["xs"], _piled(1), _promoted_list, "[(a, b, …), (a, c, …)] → (a, b + c, …)"),
    operation("Vstack", ["xs"], _piled(0), _promoted_list, "[(a, …), (b, …)] → (a + b, …)"),
)


# Other shapes


def _reshaped(c: RuleContext, x: Any) -> Shape:
    given, target = shape_of(x), c.newshape
    if None in given or None in target:
        return tuple(None if dim == -1 else dim for dim in target)
    shape = fill_in(target, size(given))
    if shape is None:
        raise no_fit(target, given, given)
    return shape


def _read_newshape(value: JSON) -> Shape:
    if not isinstance(value, (list, tuple)):
        raise BadValue("a list of sizes")
    target = tuple(dim if isinstance(dim, int) else None for dim in value)
    if any(dim is not None and dim < -1 for dim in target) or target.count(-1) > 1:
        raise BadValue("a list of sizes, at most one of them -1")
    return target


def _read_order(value: JSON) -> tuple[int, ...] | None:
    if value is not None and (not isinstance(value, (list, tuple)) or any(type(axis) is not int for axis in value)):
        raise BadValue("a list of axes, or null")
    return None if value is None else tuple(value)


def _transposed(c: RuleContext, x: Any) -> Shape:
    shape = shape_of(x)
    if c.axes is None:
        return shape[::-1]
    rank = len(shape)
    if len(c.axes) != rank:
        raise RuleError("GC403", f"puts {len(c.axes)} axes in order, and {show(shape)} has {rank}", inputs=(0,))
    at = [axis_of(axis, rank, "axes") for axis in c.axes]
    if len(set(at)) != rank:
        raise RuleError("GC204", f"names an axis twice: {show(c.axes)}", arg="axes")
    return tuple(shape[axis] for axis in at)


def _expanded(c: RuleContext, x: Any) -> Shape:
    shape = shape_of(x)
    axes = c.axis
    rank = len(shape) + len(axes)
    at = {axis_of(axis, rank) for axis in axes}
    if len(at) < len(axes):
        raise RuleError("GC204", f"names an axis twice: {show(axes)}", arg="axis")
    left = iter(shape)
    return tuple(1 if i in at else next(left) for i in range(rank))


def _squeezed(c: RuleContext, x: Any) -> Shape:
    shape = shape_of(x)
    if c.axis is None:
        return tuple(dim for dim in shape if dim != 1)
    for axis in c.axis:
        if shape[axis_of(axis, len(shape))] != 1:
            says = f"cannot take away axis {axis} of {show(shape)}: its size is not 1"
            raise RuleError("GC405", says, "name an axis of size 1", arg="axis", inputs=(0,))
    return reduced(shape, c.axis, False)


def _flat_shape(c: RuleContext, x: Any) -> Shape:
    return flat(shape_of(x))


def _turned(c: RuleContext, x: Any) -> Shape:
    shape = shape_of(x)
    for axis in c.axis or ():
        axis_of(axis, len(shape))
    return shape


def _repeated(c: RuleContext, x: Any) -> Shape:
    shape, repeats = shape_of(x), c.repeats
    if c.axis is None:
        length = flat(shape)[0]
        if length is None:
            return (None,)
        return (_times(length, repeats, shape),)
    axis = axis_of(c.axis, len(shape))
    length = shape[axis]
    if length is None:
        return shape
    return (*shape[:axis], _times(length, repeats, shape), *shape[axis + 1 :])


def _times(length: int, repeats: tuple[int, ...], shape: Shape) -> int:
    if len(repeats) == 1:
        return length * repeats[0]
    if len(repeats) != length:
        raise RuleError("GC405", f"has {len(repeats)} repeats for {length} places of {show(shape)}", arg="repeats")
    return sum(repeats)


def _tiled(c: RuleContext, x: Any) -> Shape:
    shape, repeats = shape_of(x), c.repeats
    rank = max(len(shape), len(repeats))
    full: Shape = (*(1,) * (rank - len(shape)), *shape)
    times: tuple[int, ...] = (*(1,) * (rank - len(repeats)), *repeats)
    return tuple(None if dim is None else dim * n for dim, n in zip(full, times, strict=True))


def _spread(c: RuleContext, x: Any) -> Shape:
    together(shape_of(x), c.shape)
    target: Shape = c.shape
    return target


def _swapped(c: RuleContext, x: Any) -> Shape:
    shape = list(shape_of(x))
    a, b = axis_of(c.axis1, len(shape), "axis1"), axis_of(c.axis2, len(shape), "axis2")
    shape[a], shape[b] = shape[b], shape[a]
    return tuple(shape)


def _moved(c: RuleContext, x: Any) -> Shape:
    shape = shape_of(x)
    rank = len(shape)
    if len(c.source) != len(c.destination):
        raise RuleError("GC205", "has source and destination of different lengths", arg="destination")
    sources = [axis_of(axis, rank, "source") for axis in c.source]
    places = [axis_of(axis, rank, "destination") for axis in c.destination]
    if len(set(sources)) < len(sources) or len(set(places)) < len(places):
        raise RuleError("GC204", "names an axis twice", arg="source")
    rest = iter(i for i in range(rank) if i not in sources)
    moved = dict(zip(places, sources, strict=True))
    return tuple(shape[moved[i] if i in moved else next(rest)] for i in range(rank))


def _read_padding(value: JSON) -> tuple[tuple[int, int], ...]:
    wanted = "a whole number, a pair, or a pair for each axis"
    if type(value) is int:
        return ((value, value),)
    if not isinstance(value, (list, tuple)) or not value:
        raise BadValue(wanted)
    if type(value[0]) is int and len(value) < 2:
        raise BadValue(wanted)
    pairs = [value] if type(value[0]) is int else list(value)
    out = []
    for pair in pairs:
        if not isinstance(pair, (list, tuple)) or not pair or any(type(i) is not int for i in pair):
            raise BadValue(wanted)
        out.append((pair[0], pair[1] if len(pair) > 1 else pair[0]))
    return tuple(out)


def _padded(c: RuleContext, x: Any, constant_values: Any) -> Shape:
    shape, widths = shape_of(x), c.pad_width
    if len(widths) == 1:
        widths = widths * len(shape)
    if len(widths) != len(shape):
        raise RuleError("GC403", f"pads {len(widths)} axes, and {show(shape)} has {len(shape)}", inputs=(0,))
    out = tuple(None if dim is None else dim + a + b for dim, (a, b) in zip(shape, widths, strict=True))
    if any(dim is not None and dim < 0 for dim in out):
        raise RuleError("GC407", f"makes {show(out)} of {show(shape)}", arg="pad_width", inputs=(0,))
    return out


def _whole_diagonal(c: RuleContext, name: str) -> int:
    """Which diagonal is meant: Keras cuts the size down, so 1.5 takes off as much as 2."""
    said = told(c, name, (int, float))
    return said if isinstance(said, int) else math.ceil(said) if said > 0 else math.floor(said)


def _diagonal(c: RuleContext, x: Any) -> Shape:
    shape = shape_of(x)
    if len(shape) < 2:
        raise RuleError("GC403", f"needs rank 2 at least, gets {show(shape)}", inputs=(0,))
    a, b = axis_of(c.axis1, len(shape), "axis1"), axis_of(c.axis2, len(shape), "axis2")
    rest = tuple(dim for i, dim in enumerate(shape) if i not in (a, b))
    rows, columns = shape[a], shape[b]
    if rows is None or columns is None:
        return (*rest, None)
    offset = _whole_diagonal(c, "offset")
    remaining = columns - offset if offset > 0 else rows + offset
    return (*rest, max(0, min(remaining, rows, columns)))


def _of_diagonal(c: RuleContext, x: Any) -> Shape:
    """A matrix of a vector, or the vector of a matrix."""
    shape = shape_of(x)
    if len(shape) == 1:
        return _square(c, shape[0])
    if len(shape) != 2:
        raise RuleError("GC403", f"needs rank 1 or 2, gets {show(shape)}", inputs=(0,))
    rows, columns = shape
    if rows is None or columns is None:
        return (None,)
    k = _whole_diagonal(c, "k")
    return (max(0, min(columns - k if k > 0 else rows + k, rows, columns)),)


def _square(c: RuleContext, size: Dim) -> Shape:
    return (None if size is None else size + abs(int(told(c, "k", (int, float)))),) * 2


def _on_diagonal(c: RuleContext, x: Any) -> Shape:
    return _square(c, flat(shape_of(x))[0])


def _quarter_turned(c: RuleContext, array: Any) -> Shape:
    shape = list(shape_of(array))
    if len(shape) < 2:
        raise RuleError("GC403", f"needs rank 2 at least, gets {show(tuple(shape))}", inputs=(0,))
    if len(c.axes) != 2 or c.axes[0] == c.axes[1]:
        raise RuleError("GC204", f"needs two different axes, gets {show(c.axes)}", arg="axes")
    a, b = (axis_of(axis, len(shape), "axes") for axis in c.axes)
    shape[a], shape[b] = shape[b], shape[a]
    return tuple(shape)


def _turned_round(rank: int) -> Any:
    def shape(c: RuleContext, x: Any) -> Shape:
        given = shape_of(x)
        if len(given) < rank:
            raise RuleError("GC403", f"needs rank {rank} at least, gets {show(given)}", inputs=(0,))
        return given

    return shape


def _rearranged(c: RuleContext, tensor: Any, pattern: Any) -> Shape:
    """Source: Keras 3, `Rearrange.compute_output_spec`."""
    if "args" in c.call:
        raise RuleError("GC401", "takes 2 arguments by position", "give the sizes of its names by name")
    if not isinstance(pattern, str) or pattern.count("->") != 1:
        raise RuleError("GC204", 'needs a pattern as "b h w c -> b (h w) c"', arg="pattern")
    before, after = (re.findall(r"\w+|\(.*?\)", side) for side in pattern.split("->"))
    sizes: dict[str, Dim] = {name: value for name, value in c.call.items() if is_whole(value)}
    known: dict[str, Dim] = {}
    for group, dim in zip(before, shape_of(tensor), strict=False):
        if not group.startswith("("):
            known[group] = dim
            continue
        names = re.findall(r"\w+", group)
        missing = [name for name in names if name not in sizes]
        if missing:
            product = math.prod(sizes[name] or 0 for name in names if name in sizes)
            if dim is None or product == 0:
                raise RuleError("GC408", f"needs a known size for {group} of {show(shape_of(tensor))}", inputs=(0,))
            sizes[missing[0]] = dim // product
        known.update({name: sizes.get(name) for name in names})
    return tuple(_merged(re.findall(r"\w+", group), known) for group in after)


def _merged(names: Sequence[str], known: dict[str, Dim]) -> Dim:
    product = 1
    for name in names:
        size = known.get(name)
        if size is None:
            raise RuleError("GC408", f"needs a known size for {name}", f"give {name} a size", inputs=(0,))
        product *= size
    return product


_AXES_TO_TURN = whole_numbers("axis", None, nullable=True)


_K = looked_at_late(integer("k", 0))

SHAPES = (
    operation("Diag", ["x"], _of_diagonal, same_type, "(a) → (a, a), or (a, a) → (a)", _K),
    operation("Diagflat", ["x"], _on_diagonal, same_type, "(…) → (a, a), a being how many values", _K),
    operation(
        "Rot90",
        ["array"],
        _quarter_turned,
        same_type,
        "(a, b, …) → (b, a, …), turned by quarters",
        *(anything("k", 1), whole_numbers("axes", (0, 1))),
    ),
    operation("Fliplr", ["x"], _turned_round(2), same_type, "(a, b, …) → (a, b, …), turned round"),
    operation("Flipud", ["x"], _turned_round(1), same_type, "(a, …) → (a, …), turned round"),
    operation("Rearrange", ["tensor", "pattern"], _rearranged, same_type, "by the names of a pattern"),
    operation(
        "Reshape",
        ["x"],
        _reshaped,
        same_type,
        "(…) → newshape",
        Param("newshape", _read_newshape, {"type": "array"}, required=True),
    ),
    operation(
        "Transpose",
        ["x"],
        _transposed,
        same_type,
        "(a, b, …) → its axes in another order",
        Param("axes", _read_order, {"type": ["array", "null"], "items": {"type": "integer"}}),
    ),
    operation(
        "ExpandDims",
        ["x"],
        _expanded,
        same_type,
        "(…) → (…, 1, …)",
        whole_numbers("axis", required=True),
    ),
    operation("Squeeze", ["x"], _squeezed, same_type, "(…, 1, …) → (…)", _AXES_TO_TURN),
    operation("Ravel", ["x"], _flat_shape, same_type, "(a, b, …) → (a * b * …)"),
    operation("Flip", ["x"], _turned, same_type, "(…) → (…), turned round", _AXES_TO_TURN),
    operation(
        "Roll", ["x"], _turned, same_type, "(…) → (…), moved round", anything("shift", required=True), _AXES_TO_TURN
    ),
    operation(
        "Repeat",
        ["x"],
        _repeated,
        same_type,
        "(…, a, …) → (…, a * repeats, …)",
        whole_numbers("repeats", required=True),
        optional_axis(),
    ),
    operation("Tile", ["x"], _tiled, same_type, "(a, b) → (a * m, b * n)", whole_numbers("repeats", required=True)),
    operation(
        "BroadcastTo",
        ["x"],
        _spread,
        same_type,
        "(…) → shape",
        Param("shape", _read_newshape, {"type": "array"}, required=True),
    ),
    operation(
        "Swapaxes",
        ["x"],
        _swapped,
        same_type,
        "(…, a, …, b, …) → (…, b, …, a, …)",
        integer("axis1", required=True),
        integer("axis2", required=True),
    ),
    operation(
        "Moveaxis",
        ["x"],
        _moved,
        same_type,
        "(a, b, c) → an axis at another place",
        whole_numbers("source", required=True),
        whole_numbers("destination", required=True),
    ),
    operation(
        "Pad",
        ["x", "constant_values?"],
        _padded,
        same_type,
        "(a, b) → each axis longer at both ends",
        Param("pad_width", _read_padding, {"type": ["integer", "array"]}, required=True),
        anything("mode", "constant"),
        function=Function(by_place=1),
    ),
    operation(
        "Diagonal",
        ["x"],
        _diagonal,
        same_type,
        "(…, a, a) → (…, a)",
        looked_at_late(integer("offset", 0)),
        integer("axis1", 0),
        integer("axis2", 1),
    ),
)


# The same shape, other values


def _own_dtype(c: RuleContext, x: Any, *_more: Any) -> str | None:
    return c.dtype or dtype_of(x)


def _chosen(c: RuleContext, condition: Any, x1: Any, x2: Any) -> Shape:
    return together(shape_of(condition), shape_of(x1), shape_of(x2))


def _chosen_dtype(c: RuleContext, condition: Any, x1: Any, x2: Any) -> str | None:
    given = [TensorSpec((), "int64") if x is None else x for x in (x1, x2)]
    return promoted(*given)


def _to_dtype(c: RuleContext, *_given: Any) -> str:
    return c.dtype or "float32"


_BYTES = {
    **dict.fromkeys(("bool", "uint8", "int8", "float8_e4m3fn", "float8_e5m2"), 1),
    **dict.fromkeys(("uint16", "int16", "bfloat16", "float16"), 2),
    **dict.fromkeys(("uint32", "int32", "float32"), 4),
    **dict.fromkeys(("uint64", "int64", "float64", "complex64"), 8),
    "complex128": 16,
}


def _reinterpreted(c: RuleContext, x: Any) -> Shape | None:
    """The last axis in values of another width."""
    shape, before = shape_of(x), dtype_of(x)
    after = c.dtype or before
    if before is None or after is None:
        return None
    for dtype in (before, after):
        if dtype not in _BYTES:
            raise RuleError("GC409", f"cannot see {before} as {after}", arg="dtype")
    old, new = _BYTES[before], _BYTES[after]
    if old == new:
        return shape
    if not shape:
        raise RuleError("GC403", f"cannot see a number of {before} as {after}: they differ in width", inputs=(0,))
    if shape[-1] is None:
        return shape
    if shape[-1] * old % new:
        raise RuleError("GC405", f"cannot see {show(shape)} of {before} as {after}: bytes are left over", inputs=(0,))
    return (*shape[:-1], shape[-1] * old // new)


def _pair_of_parts(c: RuleContext, x: Any) -> Shape:
    return (*shape_of(x), 2)


VALUES = entries(
    (
        operation("View", ["x"], _reinterpreted, _own_dtype, "(…, a) → (…, b), the same bytes", dtype_name()),
        operation("ViewAsReal", ["x"], _pair_of_parts, always("float32"), "(…) → (…, 2), real and imaginary"),
        operation("ViewAsComplex", ["x"], lambda c, x: shape_of(x)[:-1], always("complex64"), "(…, 2) → (…)"),
    ),
    tuple(
        operation(name, ["x"], same_shape, _to_dtype, "(…) → (…), as dtype", dtype_name(required=True))
        for name in ("Cast", "SaturateCast")
    ),
    tuple(
        operation(name, ["x"], same_shape, _own_dtype, "(…) → (…), all the same", dtype_name())
        for name in ("OnesLike", "ZerosLike", "EmptyLike")
    ),
    (
        operation("FullLike", ["x", "fill_value"], same_shape, _own_dtype, "(…) → (…), all the same", dtype_name()),
        operation(
            "ConvertToTensor",
            ["x"],
            same_shape,
            _own_dtype,
            "(…) → (…)",
            *(dtype_name(), anything("sparse"), anything("ragged")),
        ),
        operation("StopGradient", ["variable"], same_shape, same_type, "(…) → (…), not learned through"),
        operation("Where", ["condition", "x1", "x2"], _chosen, _chosen_dtype, "(…), (…), (…) → what they broadcast to"),
        operation(
            "Append",
            ["x1", "x2"],
            _appended,
            lambda c, x1, x2: promoted(x1, x2),
            "(a), (b) → (a + b)",
            optional_axis(),
        ),
    ),
    unary(("Tril", "Triu"), same_type, "(…, a, b) → (…, a, b), one half 0", anything("k", 0)),
)

ENTRIES: Sequence[OpDef] = entries(PARTS, JOINS, SHAPES, VALUES)
