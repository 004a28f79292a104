"""What goes into TensorFlow's functions as Keras 2 records them, and the rules that most of them share."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ..shapes import Dim, RuleError, Shape, TensorSpec, show, unify
from .operands import axis_of
from .params import nested_shape
from .rules import exact_rank
from .spec import BadValue, is_float, is_whole

Arguments = Mapping[str, Any]
Function = Callable[[Any, Arguments], Any]
"""What comes out of the first argument and the named ones: a TensorSpec, a list of them, or None for unknown."""
NO_NUMBERS = ("bool", "complex", "string")
"""How dtypes begin whose values have no order."""

MOST_NUMBERS = 254
"""Numbers of an axis that are kept: a tensor has no more axes."""


@dataclass(frozen=True, slots=True)
class Numbers(TensorSpec):
    """A whole number, or an axis of them, which tf_keras knows while it builds: sizes that are computed with.

    An open one among `values` is None.
    """

    values: Shape = ()


def numbers_in(said: Any) -> Any:
    """An argument with the numbers of its tensors in their places, as if they were written there."""
    if isinstance(said, Numbers):
        each = [TensorSpec((), said.dtype) if number is None else number for number in said.values]
        return each if said.shape else each[0]
    if isinstance(said, (list, tuple)):
        return [numbers_in(one) for one in said]
    if isinstance(said, dict):
        return {name: numbers_in(one) for name, one in said.items()}
    return said


def sized(function: Function, *names: str, first: bool = False) -> Function:
    """The function, which looks at the numbers of these arguments, or of the first one."""

    def rule(x: Any, named: Arguments) -> Any:
        known = {name: numbers_in(named[name]) for name in names if name in named}
        return function(numbers_in(x) if first else x, {**named, **known})

    return rule


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


def of_rank(x: Any, *ranks: int) -> Shape:
    """The shape of a tensor, which must have one of these ranks.

    Raises:
        RuleError: missing-input (GC402), rank-mismatch (GC403).
    """
    exact_rank(tensor(x), *ranks)
    return x.shape or ()


def of_rank_from(x: Any, rank: int) -> Shape:
    """The shape of a tensor, which must have this rank or a higher one.

    Raises:
        RuleError: missing-input (GC402), rank-mismatch (GC403).
    """
    shape = tensor(x).shape or ()
    if len(shape) < rank:
        raise RuleError("GC403", f"needs rank {rank} or more, gets {show(shape)}", inputs=(0,))
    return shape


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
    if isinstance(x, TensorSpec):
        dtype, is_taken = x.dtype, _kind(y) in _TAKEN.get((x.dtype or "")[:3], _ALL)
    else:  # TensorFlow makes a tensor of it before it looks at the second
        dtype, is_taken = tensor(y).dtype, tensor(y).dtype in (None, _OWN.get(_kind(x)))
    if not is_taken:
        value = str(x if isinstance(y, TensorSpec) else y)[:40]
        raise RuleError("GC409", f"cannot combine {dtype} with {value}", "cast one of them", inputs=(0,))
    return dtype


_ALL = ("bool", "int", "float", "str")
_OWN = {"bool": "bool", "int": "int32", "float": "float32", "str": "string"}
_TAKEN = {
    **dict.fromkeys(("int", "uin"), ("int", "bool")),
    **dict.fromkeys(("flo", "bfl", "com"), ("int", "float", "bool")),
    "boo": ("bool",),
    "str": ("str",),
}
"""Which numbers and texts of Python become tensors of a dtype that begins so."""


def _kind(value: Any) -> str:
    """What a number, a text or nested lists of them are to TensorFlow."""
    kinds: set[str] = set()
    stack = [value]
    while stack:
        one = stack.pop()
        if isinstance(one, (list, tuple)):
            stack.extend(one)
        else:
            kinds.add("int" if is_whole(one) else type(one).__name__)
    return "float" if kinds == {"int", "float"} else kinds.pop() if len(kinds) == 1 else "float" if not kinds else ""


def together(x: Any, y: Any) -> Shape:
    """What two operands broadcast to.

    Raises:
        RuleError: missing-input (GC402), broadcast-mismatch (GC404).
    """
    if y is None or x is None:
        raise RuleError("GC402", "misses its second argument", "state y: Keras 2 lost it when it wrote the file")
    try:
        return spread(shape_of(x), shape_of(y))
    except RuleError as error:
        error.inputs = (0, 1) if isinstance(x, TensorSpec) and isinstance(y, TensorSpec) else ()
        raise


def spread(a: Shape, b: Shape) -> Shape:
    """What two shapes broadcast to.

    Raises:
        RuleError: broadcast-mismatch (GC404).
    """
    head = max(len(a), len(b))
    out = [_spread(m, n) for m, n in zip((1,) * (head - len(a)) + a, (1,) * (head - len(b)) + b, strict=True)]
    if -1 in out:
        data = {"axis": out.index(-1)} if len(a) == len(b) else {}
        raise RuleError("GC404", f"cannot combine {show(a)} with {show(b)}", inputs=(0, 1), data=data)
    return tuple(out)


def _spread(a: Dim, b: Dim) -> Dim:
    """The size that two broadcast to, -1 where they cannot; an unknown one beside 0 stays unknown.

    Source: TensorFlow, `BroadcastBinaryOpOutputShapeFnHelper`.
    """
    if a is None or b is None:
        known = a if b is None else b
        return known if known is not None and known > 1 else None
    return b if a == 1 else a if b in (1, a) else -1


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


def unified(a: Shape, b: Shape) -> Shape:
    """The shape that two sides describe, who have one rank.

    Raises:
        RuleError: sizes-differ (GC405).
    """
    return tuple(unify(one, other) for one, other in zip(a, b, strict=True))


def of_one_shape(x: Any, named: Arguments) -> TensorSpec:
    """One of several tensors that have one shape and one dtype.

    Raises:
        RuleError: rank-mismatch (GC403), sizes-differ (GC405), dtype-refused (GC409).
    """
    given = made_tensors(x)
    shape = given[0].shape or ()
    for other in given[1:]:
        if len(other.shape or ()) != len(shape):
            raise RuleError("GC403", f"cannot add {show(shape)} and {show(other.shape)}", inputs=(0,))
        one_dtype(given[0], other)
        shape = unified(shape, other.shape or ())
    return TensorSpec(shape, given[0].dtype)


def without(function: Function, *kinds: str) -> Function:
    """The function, refusing dtypes whose names begin so."""

    def rule(x: Any, named: Arguments) -> Any:
        dtype = tensor(x).dtype
        if dtype is not None and dtype.startswith(kinds):
            raise RuleError("GC409", f"cannot take {dtype}", "cast the input", inputs=(0,))
        return function(x, named)

    return rule


def without_either(function: Function, *kinds: str) -> Function:
    """The function of two operands of one dtype, refusing dtypes whose names begin so in whichever is a tensor."""

    def rule(x: Any, named: Arguments) -> Any:
        for one in (x, named.get("y")):
            if isinstance(one, TensorSpec) and one.dtype is not None and one.dtype.startswith(kinds):
                raise RuleError("GC409", f"cannot take {one.dtype}", "cast the input", inputs=(0,))
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


def renamed(named: Arguments, **old: str) -> Arguments:
    """Arguments by their names of today, where TensorFlow 1 called them otherwise.

    Raises:
        RuleError: conflicting-arguments (GC205), one has both names.

    >>> renamed({"dim": 1}, dim="axis")
    {'axis': 1}
    """
    found = dict(named)
    for before, today in old.items():
        value = found.pop(before, None)
        if value is not None:
            if found.get(today) is not None:
                raise RuleError("GC205", f"has both {today} and {before}", f"remove {before}")
            found[today] = value
    return found


def axis_said(named: Arguments, rank: int, name: str = "axis", default: int | None = None) -> int | None:
    """An axis among the arguments, counted from the front; None where there is none and no default.

    Raises:
        RuleError: bad-value (GC204), rank-mismatch (GC403).
    """
    said = named.get(name)
    if said is None:
        said = default
    if said is None:
        return None
    if not is_whole(said):
        raise RuleError("GC204", f"takes a whole number as {name}, gets {str(said)[:40]}")
    return axis_of(said, rank, name)


def index_dtype(named: Arguments, name: str, default: str) -> str:
    """The dtype of places and counts among the arguments, which is int32 or int64.

    Raises:
        RuleError: bad-value (GC204).
    """
    dtype = dtype_said(named.get(name)) or default
    if dtype not in ("int32", "int64"):
        raise RuleError("GC204", f"counts in int32 or int64, not in {dtype}")
    return dtype


def check_bools(x: Any) -> None:
    """Refuse a tensor that is none of bool.

    Raises:
        RuleError: dtype-refused (GC409).
    """
    if tensor(x).dtype not in (None, "bool"):
        raise RuleError("GC409", f"needs bool, gets {x.dtype}", "compare first", inputs=(0,))


def check_whole(value: Any, what: str) -> None:
    """Refuse what is no tensor or list of whole numbers.

    Raises:
        RuleError: dtype-refused (GC409).
    """
    dtype = value.dtype if isinstance(value, TensorSpec) else _OWN.get(_kind(value), "nothing")
    if dtype not in (None, "int32", "int64"):
        raise RuleError("GC409", f"needs int32 or int64 as {what}, gets {dtype}", "cast it")


def size_said(said: Any) -> Dim:
    """A size among the arguments; None where it is unknown or below 0."""
    return said if is_whole(said) and said >= 0 else None


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


def tensors(x: Any) -> list[TensorSpec]:
    """A list of tensors, of which there must be one.

    Raises:
        RuleError: missing-input (GC402).
    """
    if not isinstance(x, (list, tuple)) or not x:
        raise RuleError("GC402", "needs a list of tensors", "connect tensors")
    return [tensor(one) for one in x]


def made_tensors(x: Any) -> list[TensorSpec]:
    """A list of tensors; numbers beside them become such, of the dtype of the first one.

    Raises:
        RuleError: missing-input (GC402), dtype-refused (GC409).
    """
    given = x if isinstance(x, (list, tuple)) else ()
    dtype = next((one.dtype for one in given if isinstance(one, TensorSpec)), None)
    return tensors(x) if dtype is None else [_made_tensor(one, dtype) for one in given]


def _made_tensor(value: Any, dtype: str) -> TensorSpec:
    if isinstance(value, TensorSpec):
        return value
    if not isinstance(value, (int, float, list, tuple)):
        raise RuleError("GC402", f"has {str(value)[:40]} in its list of tensors", "connect a tensor")
    return TensorSpec(shape_of(value), one_dtype(TensorSpec((), dtype), value))


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
