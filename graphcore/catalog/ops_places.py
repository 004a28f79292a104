"""Operations that look values up, count them, and put them at places: search, histograms, scatter, segments."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ..model import JSON
from ..shapes import RuleError, Shape, show
from .operands import (
    always,
    axis_of,
    dtype_of,
    operation,
    optional_axis,
    promoted,
    same_type,
    shape_of,
    tensor,
)
from .params import anything, flag, integer, nested_shape, nullable
from .spec import BadValue, Function, OpDef, Param, RuleContext


def size_list(name: str, *, required: bool = True) -> Param:
    """A shape: a list of sizes, any of them unknown."""

    def read(value: JSON) -> Shape:
        if not isinstance(value, (list, tuple)) or any(d is not None and (type(d) is not int or d < 0) for d in value):
            raise BadValue("a list of sizes")
        return tuple(value)

    return Param(name, read, {"type": "array"}, None, required)


# Look up


def _found(c: RuleContext, sorted_sequence: Any, values: Any) -> Shape:
    shape = tensor(sorted_sequence, "sorted_sequence").shape or ()
    if len(shape) != 1:
        raise RuleError("GC403", f"needs a sequence of rank 1, gets {show(shape)}", inputs=(0,))
    return tensor(values, "values").shape or ()


def _found_dtype(c: RuleContext, sorted_sequence: Any, values: Any) -> str:
    """Keras counts in 64 bits where it does not know how far it will have to."""
    return "int64" if None in shape_of(sorted_sequence) else "int32"


def _targets(c: RuleContext, targets: Any, predictions: Any) -> Shape:
    return tensor(targets, "targets").shape or ()


def _first_choice(choicelist: Any) -> Any:
    if not isinstance(choicelist, (list, tuple)) or not choicelist:
        raise RuleError("GC402", "needs a list of choices", "connect tensors")
    return tensor(choicelist[0], "choicelist")


def _selected(c: RuleContext, condlist: Any, choicelist: Any, default: Any) -> Shape:
    shape: Shape = _first_choice(choicelist).shape or ()
    return shape


def _selected_dtype(c: RuleContext, condlist: Any, choicelist: Any, default: Any) -> str | None:
    dtype: str | None = _first_choice(choicelist).dtype
    return dtype


def _unravelled(c: RuleContext, indices: Any) -> list[Shape]:
    shape = tensor(indices, "indices").shape or ()
    return [(None,) if None in c.shape else shape for _ in c.shape]


def _read_list(value: JSON) -> tuple[JSON, ...]:
    if not isinstance(value, (list, tuple)):
        raise BadValue("a list of sizes")
    return tuple(value)


def _nonzero(c: RuleContext, x: Any) -> list[Shape]:
    return [(None,)] * len(shape_of(x))


def _unique(c: RuleContext, x: Any) -> list[Shape]:
    shape, count = shape_of(x), c.size
    values: Shape = (count,)
    lined: Shape = shape
    if c.axis is not None:
        axis = axis_of(c.axis, len(shape))
        values, lined = (*shape[:axis], count, *shape[axis + 1 :]), (shape[axis],)
    asked = ((c.return_index, (count,)), (c.return_inverse, lined), (c.return_counts, (count,)))
    return [values, *(made for is_asked, made in asked if is_asked)]


def _unique_dtypes(c: RuleContext, x: Any) -> list[str | None]:
    return [dtype_of(x), *["int32"] * sum((c.return_index, c.return_inverse, c.return_counts))]


# Count


def _counted(c: RuleContext, x: Any) -> Shape:
    return (*shape_of(x)[:-1], None)


def _counted_dtype(c: RuleContext, x: Any) -> str | None:
    return "int32" if c.weights is None else promoted(x, more=(c.weights,))


def _read_weights(value: JSON) -> str | None:
    """The dtype of a list of weights."""
    if value is None:
        return None
    stack, is_float, is_whole = [value], False, False
    nested_shape(value)
    while stack:
        one = stack.pop()
        if isinstance(one, (list, tuple)):
            stack.extend(one)
        else:
            is_float |= isinstance(one, float)
            is_whole |= not isinstance(one, bool)
    return "float32" if is_float or value == [] else "int32" if is_whole else "bool"


def _bins(c: RuleContext, x: Any) -> list[Shape]:
    return [(c.bins,), (c.bins + 1,)]


def _read_range(value: JSON) -> None:
    """Keras wants a tuple, which no file can hold."""
    if value:
        raise BadValue("null: Keras takes a tuple only, and a file holds lists")


# Put


def _scattered(c: RuleContext, indices: Any, values: Any) -> Shape:
    shape: Shape = c.shape
    return shape


def _scattered_dtype(c: RuleContext, indices: Any, values: Any) -> str | None:
    return tensor(values, "values").dtype


def _updated(c: RuleContext, inputs: Any, indices: Any, updates: Any) -> Shape:
    return tensor(inputs, "inputs").shape or ()


def _in_segments(c: RuleContext, data: Any, segment_ids: Any) -> Shape:
    return (c.num_segments, *(tensor(data, "data").shape or ())[1:])


def _trapezoids(c: RuleContext, y: Any) -> Shape:
    shape = shape_of(y)
    if c.axis is None or not shape:
        return shape
    at = c.axis % len(shape)
    return (*shape[:at], *shape[at + 1 :])


ENTRIES: Sequence[OpDef] = (
    operation(
        "SearchSorted",
        ["sorted_sequence", "values"],
        _found,
        _found_dtype,
        "(n), (…) → (…), where each value belongs",
        anything("side", "left"),
        function=Function("searchsorted"),
    ),
    operation(
        "InTopK",
        ["targets", "predictions"],
        _targets,
        always("bool"),
        "(batch), (batch, classes) → (batch), whether it is among the k largest",
        anything("k", required=True),
    ),
    operation(
        "Select",
        ["condlist", "choicelist", "default?"],
        _selected,
        _selected_dtype,
        "[(…)], [(…)] → (…), by the first condition that holds",
    ),
    operation(
        "UnravelIndex",
        ["indices"],
        _unravelled,
        same_type,
        "(…) → (…) for each axis of shape",
        Param("shape", _read_list, {"type": "array"}, required=True),
        function=Function(gives_many=True),
    ),
    operation(
        "Nonzero",
        ["x"],
        _nonzero,
        always("int32"),
        "(a, b, …) → (count) for each axis",
        function=Function(gives_many=True),
    ),
    operation(
        "Unique",
        ["x"],
        _unique,
        _unique_dtypes,
        "(…) → (size), and places and counts where they are asked for",
        *(flag("sorted", True), flag("return_index"), flag("return_inverse"), flag("return_counts")),
        *(optional_axis(), nullable(integer("size", least=0)), anything("fill_value")),
    ),
    operation(
        "Bincount",
        ["x"],
        _counted,
        _counted_dtype,
        "(…, n) → (…, count of each number)",
        Param("weights", _read_weights, {"type": ["array", "null"]}),
        *(anything("minlength", 0), flag("sparse")),
    ),
    operation(
        "Histogram",
        ["x"],
        _bins,
        same_type,
        "(n) → (bins) and (bins + 1)",
        integer("bins", 10, least=0),
        Param("range", _read_range, {"type": "null"}),
    ),
    operation(
        "Scatter",
        ["indices", "values"],
        _scattered,
        _scattered_dtype,
        "places, values → shape",
        size_list("shape"),
    ),
    operation(
        "ScatterUpdate",
        ["inputs", "indices", "updates"],
        _updated,
        same_type,
        "(…), places, values → (…)",
        anything("reduction"),
    ),
    operation("SliceUpdate", ["inputs", "start_indices", "updates"], _updated, same_type, "(…), place, values → (…)"),
    *(
        operation(
            name,
            ["data", "segment_ids"],
            _in_segments,
            same_type,
            "(n, …), (n) → (num_segments, …)",
            *(nullable(integer("num_segments", least=0)), flag("sorted")),
        )
        for name in ("SegmentSum", "SegmentMax", "SegmentMin", "SegmentProd")
    ),
    operation(
        "Trapezoid",
        ["y"],
        _trapezoids,
        lambda c, y: promoted(y, more=("float",)),
        "(…, a) → (…), the area below",
        *(anything("x"), anything("dx", 1.0), optional_axis(-1)),
    ),
)
