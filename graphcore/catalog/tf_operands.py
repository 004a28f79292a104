"""What goes into TensorFlow's functions as Keras 2 records them, and the rules that most of them share."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from ..shapes import RuleError, Shape, TensorSpec, broadcast
from .operands import nested_shape
from .spec import BadValue, is_float, is_whole

Arguments = Mapping[str, Any]
Function = Callable[[Any, Arguments], Any]
"""What comes out of the first argument and the named ones: a TensorSpec, a list of them, or None for unknown."""


def shape_of(value: Any) -> Shape:
    """The shape of a tensor, a number, or nested lists of numbers."""
    if isinstance(value, TensorSpec):
        return value.shape or ()
    try:
        return nested_shape(value) if isinstance(value, (list, tuple)) else ()
    except BadValue:
        raise RuleError("GC204", "takes a list that is no array of numbers") from None


def has_floats(value: Any) -> bool:
    """Whether a number or nested lists hold a float."""
    stack = [value]
    while stack:
        one = stack.pop()
        if isinstance(one, (list, tuple)):
            stack.extend(one)
        elif type(one) is float:
            return True
    return False


def tensor(x: Any) -> TensorSpec:
    """The first argument, which must be a tensor.

    Raises:
        RuleError: missing-input (GC402).
    """
    if not isinstance(x, TensorSpec):
        raise RuleError("GC402", "has no tensor as its first argument", "connect a tensor")
    return x


def one_dtype(x: Any, y: Any) -> str | None:
    """The dtype that both have; a number takes the tensor's.

    Raises:
        RuleError: dtype-refused (GC409), TensorFlow promotes nothing.
    """
    if isinstance(x, TensorSpec) and isinstance(y, TensorSpec):
        if x.dtype is not None and y.dtype is not None and x.dtype != y.dtype:
            says = f"cannot combine {x.dtype} with {y.dtype}"
            raise RuleError("GC409", says, "cast one of them: TensorFlow does not", inputs=(0, 1))
        return x.dtype or y.dtype
    one, other = (x, y) if isinstance(x, TensorSpec) else (y, x)
    dtype = tensor(one).dtype
    if dtype is not None and "int" in dtype and has_floats(other):
        raise RuleError("GC409", f"cannot combine {dtype} with {other}", "cast the tensor to a float", inputs=(0,))
    return dtype


def together(x: Any, y: Any) -> Shape:
    """What two operands broadcast to.

    Raises:
        RuleError: missing-input (GC402), broadcast-mismatch (GC404).
    """
    if y is None or x is None:
        raise RuleError("GC402", "misses its second argument", "state y: Keras 2 lost it when it wrote the file")
    a, b = shape_of(x), shape_of(y)
    try:
        return broadcast(a, b)
    except RuleError as error:
        both = isinstance(x, TensorSpec) and isinstance(y, TensorSpec)
        axes = [
            i for i, (m, n) in enumerate(zip(a, b, strict=False)) if None not in (m, n) and 1 not in (m, n) and m != n
        ]
        data = {"axis": axes[0]} if len(a) == len(b) and axes else {}
        raise RuleError("GC404", error.says, inputs=(0, 1) if both else (), data=data) from None


def same(x: Any, named: Arguments) -> TensorSpec:
    """What comes in."""
    return TensorSpec(tensor(x).shape, tensor(x).dtype)


def of_floats(x: Any, named: Arguments) -> TensorSpec:
    """What comes in, which must be floats.

    Raises:
        RuleError: dtype-refused (GC409).
    """
    dtype = tensor(x).dtype
    if dtype is not None and not is_float(dtype) and not dtype.startswith("complex"):
        raise RuleError("GC409", f"needs floats, gets {dtype}", "cast the input to a float", inputs=(0,))
    return same(x, named)


def of_reals(x: Any, named: Arguments) -> TensorSpec:
    """What comes in, which must be floats and no complex ones.

    Raises:
        RuleError: dtype-refused (GC409).
    """
    made = of_floats(x, named)
    if made.dtype is not None and made.dtype.startswith("complex"):
        raise RuleError("GC409", f"needs real numbers, gets {made.dtype}", inputs=(0,))
    return made


def without(function: Function, *kinds: str) -> Function:
    """The function, refusing dtypes whose names begin so."""

    def rule(x: Any, named: Arguments) -> Any:
        dtype = tensor(x).dtype
        if dtype is not None and dtype.startswith(kinds):
            raise RuleError("GC409", f"cannot take {dtype}", "cast the input", inputs=(0,))
        return function(x, named)

    return rule


def cast(x: Any, named: Arguments) -> TensorSpec:
    """A tensor in the dtype that is named.

    Raises:
        RuleError: no dtype is (GC402).
    """
    dtype = dtype_said(named.get("dtype"))
    if dtype is None:
        raise RuleError("GC402", "does not say to which dtype", "state dtype")
    return TensorSpec(tensor(x).shape, dtype)


def dtype_said(said: Any) -> str | None:
    """The name of a dtype among the arguments, None where there is none."""
    return said if isinstance(said, str) else None


def tensors(x: Any) -> list[TensorSpec]:
    """A list of tensors, of which there must be one.

    Raises:
        RuleError: missing-input (GC402).
    """
    if not isinstance(x, (list, tuple)) or not x:
        raise RuleError("GC402", "needs a list of tensors", "connect tensors")
    return [tensor(one) for one in x]


def axes_said(said: Any) -> tuple[int, ...] | None:
    """Axes among the arguments, None for all.

    Raises:
        RuleError: bad-value (GC204).
    """
    if said is None or is_whole(said):
        return None if said is None else (said,)
    if isinstance(said, (list, tuple)) and all(is_whole(axis) for axis in said):
        return tuple(said)
    raise RuleError("GC204", f"takes no axis {str(said)[:40]}")


def numbers(said: Any, what: str) -> list[Any]:
    """A list among the arguments.

    Raises:
        RuleError: missing-input (GC402).
    """
    if not isinstance(said, (list, tuple)):
        raise RuleError("GC402", f"does not say {what}", f"state {what}")
    return list(said)


def table(function: Function, *names: str) -> dict[str, Function]:
    """One rule for several functions."""
    return dict.fromkeys(names, function)
