"""What goes into an operation: tensors, numbers and arrays, and the rules that most operations share."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

from ..diagnostics import shown
from ..model import JSON, Object
from ..shapes import RuleError, Shape, TensorSpec, broadcast, show
from .dtypes import ALLOWED, result_type
from .params import flag, nested_shape, whole_numbers
from .spec import SNAKE, BadValue, Call, Function, OpDef, Param, Rule, RuleContext, no_products, tensors_of

Floats = Callable[[str], str | None]
"""Which dtype an operation makes of one."""


def told(c: RuleContext, name: str, kinds: tuple[type, ...] = (int,)) -> Any:
    """A whole number among the arguments, or one of other `kinds`.

    Raises:
        RuleError: bad-value (GC204).
    """
    value = getattr(c, name)
    if not isinstance(value, kinds):
        raise RuleError("GC204", f"has {name} {shown(value)}; it takes a whole number", arg=name)
    return value


def shape_of(value: Any) -> Shape:
    """The shape of an operand: a tensor's, an array's, () for a number."""
    if isinstance(value, TensorSpec):
        return value.shape or ()
    if isinstance(value, Object) and isinstance(value.config, dict):
        try:
            return nested_shape(value.config.get("value"))
        except BadValue:
            return ()
    return ()


def dtype_of(value: Any) -> str | None:
    """The dtype of an operand, `int` or `float` for a number of Python's.

    Raises:
        RuleError: bad-value (GC204), it is none.
    """
    if isinstance(value, TensorSpec):
        return value.dtype
    if isinstance(value, Object) and isinstance(value.config, dict):
        dtype = value.config.get("dtype")
        return dtype if isinstance(dtype, str) else None
    kinds = ((bool, "bool"), (int, "int"), (float, "float"), (str, "string"))
    kind = next((name for kind, name in kinds if isinstance(value, kind)), None)
    if kind is None:
        raise RuleError("GC204", f"cannot take {str(value)[:40]} as an operand", "give a tensor, a number or an array")
    return kind


def own_dtype(value: Any) -> str | None:
    """The dtype of an operand by itself: a number of Python's has the widest of its kind, and gives way to none."""
    return {"int": "int64", "float": "float32"}.get(dtype := dtype_of(value) or "", dtype) or None


def tensor(value: Any, name: str = "x") -> TensorSpec:
    """An operand that Keras asks for its shape and dtype: a tensor or an array.

    Raises:
        RuleError: missing-input (GC402), it is a number, a list or nothing.
    """
    if isinstance(value, TensorSpec):
        return value
    if not isinstance(value, Object) or value.cls not in _ARRAYS:
        said = "nothing" if value is None else f"{str(value)[:40]}"
        hint = f"connect a tensor to {name}, or give an array"
        raise RuleError("GC402", f"needs a tensor as {name}, gets {said}", hint)
    return TensorSpec(shape_of(value), dtype_of(value))


_ARRAYS = ("__numpy__", "__tensor__")


def promoted(*values: Any, more: tuple[str, ...] = ()) -> str | None:
    """The dtype that operands are promoted to.

    Raises:
        RuleError: dtype-refused (GC409), there is none.
    """
    dtypes = [dtype_of(value) for value in values]
    known = [dtype for dtype in dtypes if dtype is not None]
    if len(known) < len(dtypes):
        return None
    out = result_type(*known, *more)
    if out is None:
        raise RuleError("GC409", f"cannot combine {' with '.join(known)}", "cast one of them")
    return out


def own_dtypes(c: RuleContext, x1: Any, x2: Any) -> str | None:
    """What two operands are promoted to, numbers as if they were tensors."""
    dtypes = [own_dtype(x1), own_dtype(x2)]
    return promoted(*(TensorSpec((), dtype) for dtype in dtypes))


def together(*shapes: Shape) -> Shape:
    """The shape that operands broadcast to.

    Raises:
        RuleError: broadcast-mismatch (GC404), with the axis and both sizes.
    """
    out = shapes[0]
    for shape in shapes[1:]:
        if shape != out:
            try:
                out = broadcast(out, shape)
            except RuleError as error:
                raise _clash(error, out, shape) from None
    return out


def _clash(error: RuleError, a: Shape, b: Shape) -> RuleError:
    pairs = zip(reversed(a), reversed(b), strict=False)
    back = next(k for k, (x, y) in enumerate(pairs, 1) if None not in (x, y) and 1 not in (x, y) and x != y)
    sizes = [a[-back], b[-back]]
    if len(a) != len(b):
        return RuleError("GC404", error.says, f"make {sizes[0]} and {sizes[1]} equal, or one of them 1")
    axis = len(a) - back
    hint = f"make axis {axis} equal: {sizes[0]} and {sizes[1]}"
    return RuleError("GC404", error.says, hint, data={"axis": axis, "sizes": sizes})


def axis_of(axis: int, rank: int, arg: str = "axis") -> int:
    """An axis counted from the front.

    Raises:
        RuleError: rank-mismatch (GC403), there is none.
    """
    if not -rank <= axis < rank:
        raise RuleError("GC403", f"has {arg} {axis}, and its input has rank {rank}", arg=arg, inputs=(0,))
    return axis % rank


def reduced(shape: Shape, axes: Sequence[int] | None, keepdims: bool) -> Shape:
    """A shape without some axes, or with these as 1; all where there are none.

    Raises:
        RuleError: rank-mismatch (GC403).
    """
    if axes is None:
        return (1,) * len(shape) if keepdims else ()
    at = [axis_of(axis, len(shape)) for axis in axes]
    if keepdims:
        return tuple(1 if i in at else dim for i, dim in enumerate(shape))
    left = list(shape)
    for axis in sorted(at, reverse=True):
        if axis >= len(left):
            raise RuleError("GC204", f"names an axis of {show(shape)} twice", arg="axis")
        del left[axis]  # one that is named twice takes its neighbour along, as in Keras
    return tuple(left)


def optional_axis(default: int | None = None, name: str = "axis") -> Param:
    """A whole number, or null for all axes."""

    def read(value: JSON) -> int | None:
        if value is not None and type(value) is not int:
            raise BadValue("a whole number or null")
        return value

    return Param(name, read, {"type": ["integer", "null"]}, default)


def dtype_name(**more: Any) -> Param:
    """The name of a dtype, or null for the one that follows from the operands.

    Source: Keras 3, `standardize_dtype`.
    """

    def read(value: JSON) -> str | None:
        if value == "int":
            return "int64"
        if value is not None and (not isinstance(value, str) or value not in ALLOWED):
            raise BadValue("the name of a dtype, or null")
        return value

    return Param("dtype", read, {"enum": [*ALLOWED, None]}, **more)


def flat(shape: Shape) -> Shape:
    """All values in one axis."""
    return (None,) if None in shape else (math.prod(dim for dim in shape if dim is not None),)


def operation(
    name: str,
    names: Sequence[str],
    shape: Rule | None,
    dtype: Rule | None,
    doc: str,
    *params: Param,
    cost: Rule | None = no_products,
    function: Function | None = SNAKE,
) -> OpDef:
    """An entry of `keras.ops`: its call's arguments by name, its constructor's in `params`."""
    return OpDef(
        f"ops.{name}",
        params=params,
        inputs=Call(*names),
        shape=None if shape is None else _possible(shape),
        dtype=dtype,
        cost=cost,
        function=function,
        mask=None,
        group="operations",
        doc=doc,
        only=("keras3",),
        palette=False,
    )


def _possible(shape: Rule) -> Rule:
    """The rule, refusing sizes below 0, as every tensor of Keras does."""

    def rule(c: RuleContext, *given: Any) -> Any:
        made = shape(c, *given)
        for one in made if isinstance(made, list) else (made,):
            if one is not None and any(dim is not None and dim < 0 for dim in one):
                inputs = [value.shape for value in tensors_of(given)]
                raise RuleError("GC407", f"makes {show(one)} of {' and '.join(map(show, inputs))}", inputs=(0,))
        return made

    return rule


def same_shape(c: RuleContext, x: Any, *_more: Any) -> Shape:
    """The first operand's shape."""
    return shape_of(x)


def same_type(c: RuleContext, x: Any, *_more: Any) -> str | None:
    """The first operand's dtype."""
    return dtype_of(x)


def through(change: Floats) -> Rule:
    """A dtype rule of the first operand's dtype."""

    def rule(c: RuleContext, x: Any, *_more: Any) -> str | None:
        dtype = dtype_of(x)
        if dtype is None:
            return None
        out = change(dtype)
        if out is None:
            raise RuleError("GC409", f"cannot take {dtype}", "cast the input to a float", inputs=(0,))
        return out

    return rule


def always(dtype: str) -> Rule:
    """A dtype rule that gives this one."""
    return lambda c, *_given: dtype


def unary(names: Sequence[str], dtype: Rule, doc: str, *params: Param, first: str = "x") -> tuple[OpDef, ...]:
    """Operations on each value."""
    return tuple(operation(name, [first], same_shape, dtype, doc, *params) for name in names)


def binary(names: Sequence[str], dtype: Rule, doc: str) -> tuple[OpDef, ...]:
    """Operations on two operands that broadcast."""

    def shape(c: RuleContext, x1: Any, x2: Any) -> Shape:
        try:
            return together(shape_of(x1), shape_of(x2))
        except RuleError as error:
            if isinstance(x1, TensorSpec) and isinstance(x2, TensorSpec):
                error.inputs = (0, 1)
            raise

    return tuple(operation(name, ["x1", "x2"], shape, dtype, doc) for name in names)


AXES = whole_numbers("axis", None, nullable=True, doc="The axes to reduce; all where null.")
KEEPDIMS = flag("keepdims", doc="Whether the reduced axes stay, with size 1.")


def reduction(names: Sequence[str], dtype: Rule, doc: str, *params: Param) -> tuple[OpDef, ...]:
    """Operations that take axes away."""

    def shape(c: RuleContext, x: Any) -> Shape:
        return reduced(shape_of(x), c.axis, c.keepdims)

    return tuple(operation(name, ["x"], shape, dtype, doc, AXES, KEEPDIMS, *params) for name in names)
