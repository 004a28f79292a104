"""Which numbers tf_keras knows while it builds: `tf.shape(x)[1] * 2` is one, where the size is known.

A whole number of 32 bits, or an axis of them, keeps what TensorFlow can say of it from one function to the next, so
that what is reshaped, resized or filled by it has known sizes. What is computed needs every number; what is only put
together or cut may have open ones.

Source: tf_keras, `KerasTensor.from_tensor`; TensorFlow, `EvaluateConstantPartialShape`.
"""

from __future__ import annotations

import math
import operator
from collections.abc import Callable, Mapping, Sequence
from itertools import accumulate
from typing import Any

from ..shapes import RuleError, Shape, TensorSpec
from .spec import is_whole
from .tf_operands import MOST_NUMBERS, Arguments, Numbers, numbers_in, size_said

_LARGEST = 1 << 31
Reader = Callable[[Any, Arguments], Shape | None]
"""The numbers that come out of a function; None where nothing is known of them."""


def counted(function: str, x: Any, named: Arguments, made: Any) -> Any:
    """What a function gives, with the numbers that are known of it.

    Raises:
        RuleError: empty-output (GC407), one is below 0, and tf_keras takes them for sizes.
    """
    if isinstance(made, list):
        parts = _PARTS.get(function)
        values = None if parts is None else parts(x, named, made)
        return made if values is None else [_with(spec, one) for spec, one in zip(made, values, strict=True)]
    reader = _READERS.get(function)
    if reader is None or not isinstance(made, TensorSpec) or not _may_count(made):
        return made
    return _with(made, reader(x, named))


def cut(x: Any, parts: Sequence[Any], made: TensorSpec) -> TensorSpec:
    """A slice of numbers.

    Raises:
        RuleError: bad-value (GC204), tf_keras cannot turn sizes round by a slice.
    """
    if _may_count(x) and x.shape and x.shape[0] is not None and any(_leads_back(part) for part in parts):
        raise RuleError("GC204", "turns sizes round by a slice, which tf_keras cannot", "use tf.reverse", inputs=(0,))
    return _with(made, _sliced(x, parts)) if isinstance(x, Numbers) and _may_count(made) else made


def _leads_back(part: Any) -> bool:
    step = part.get("step") if isinstance(part, Mapping) else None
    return is_whole(step) and step < 0 and part.get("stop") is None


def _may_count(spec: TensorSpec) -> bool:
    return spec.dtype == "int32" and spec.shape is not None and len(spec.shape) < 2


def _with(spec: TensorSpec, values: Shape | None) -> TensorSpec:
    if values is None or not 0 < len(values) <= MOST_NUMBERS or not _may_count(spec):
        return spec
    least = min((number for number in values if number is not None), default=0)
    if least < (-1 if None in values else 0):
        raise RuleError("GC407", f"comes to {least}, which tf_keras takes for a size", inputs=(0,))
    kept = tuple(number if number is not None and 0 <= number < _LARGEST else None for number in values)
    if all(number is None for number in kept):
        return spec
    return Numbers(spec.shape, spec.dtype, values=kept)


# What comes in


def _partly(said: Any) -> Shape | None:
    """The numbers of a tensor, a number or a list; None where nobody knows how many there are."""
    if isinstance(said, Numbers):
        return said.values
    if isinstance(said, TensorSpec):
        count = 1 if said.shape == () else said.shape[0] if said.shape and len(said.shape) == 1 else None
        return None if count is None or count > MOST_NUMBERS else (None,) * count
    if is_whole(said):
        return (said,)
    if isinstance(said, (list, tuple)) and len(said) <= MOST_NUMBERS:
        each = [_partly(one) for one in said]
        return tuple(one[0] for one in each if one) if all(one is not None and len(one) == 1 for one in each) else None
    return None


def _wholly(said: Any) -> list[int] | None:
    """The same where each of them is known."""
    values = _partly(said)
    known = [number for number in values or () if number is not None]
    return known if values is not None and len(known) == len(values) else None


# What comes out


def _shape(x: Any, named: Arguments) -> Shape | None:
    return x.shape if isinstance(x, TensorSpec) else None


def _rank(x: Any, named: Arguments) -> Shape | None:
    return None if x.shape is None else (len(x.shape),)


def _how_many(x: Any, named: Arguments) -> Shape | None:
    shape = x.shape or ()
    return None if x.shape is None or None in shape else (math.prod(dim for dim in shape if dim is not None),)


def _each(apply: Callable[[int], int]) -> Reader:
    def values(x: Any, named: Arguments) -> Shape | None:
        known = _wholly(x)
        return None if known is None else tuple(map(apply, known))

    return values


def _both(apply: Callable[[int, int], int]) -> Reader:
    def values(x: Any, named: Arguments) -> Shape | None:
        a, b = _wholly(x), _wholly(named.get("y"))
        if not a or not b or len({len(a), len(b), 1}) > 2:
            return None
        length = max(len(a), len(b))
        pairs = zip(a * (length // len(a)), b * (length // len(b)), strict=True)
        try:
            return tuple(apply(m, n) for m, n in pairs)
        except (ArithmeticError, ValueError):  # of nothing, or more than 32 bits hold
            return None

    return values


def _power(base: int, exponent: int) -> int:
    if exponent < 0 or max(abs(base), 2).bit_length() * exponent > 64:
        raise OverflowError
    return int(base**exponent)


def _reduced(apply: Callable[[Sequence[int]], int]) -> Reader:
    def values(x: Any, named: Arguments) -> Shape | None:
        known = _wholly(x)
        if not known or (x.shape == () and named.get("axis") is not None):
            return None
        return (apply(known),)

    return values


def _cast(x: Any, named: Arguments) -> Shape | None:
    return _partly(x) if isinstance(x, Numbers) else None


def _kept(x: Any, named: Arguments) -> Shape | None:
    known = _wholly(x)
    return None if known is None else tuple(known)


def _joined(x: Any, named: Arguments) -> Shape | None:
    each = [_partly(one) for one in x]
    return None if any(one is None for one in each) else tuple(number for one in each for number in one or ())


def _stacked(x: Any, named: Arguments) -> Shape | None:
    return _partly(list(x))


def _summed(x: Any, named: Arguments) -> Shape | None:
    each = [_wholly(one) for one in x]
    lengths = {len(one or ()) for one in each}
    if None in each or len(lengths) != 1:
        return None
    return tuple(sum(numbers) for numbers in zip(*(one or () for one in each), strict=True))


def _scaled(x: Any, named: Arguments) -> Shape | None:
    return _both(operator.mul)(x, {"y": named.get("x")})


def _gathered(x: Any, named: Arguments) -> Shape | None:
    known, at = _wholly(x), _wholly(named.get("indices"))
    if known is None or at is None or any(not 0 <= i < len(known) for i in at):
        return None
    return tuple(known[i] for i in at)


def _turned(x: Any, named: Arguments) -> Shape | None:
    known = _wholly(x)
    return None if known is None else tuple(known[::-1] if named.get("axis") else known)


def _tiled(x: Any, named: Arguments) -> Shape | None:
    known, times = _wholly(x), _wholly(named.get("multiples"))
    if known is None or times is None or len(times) != 1 or len(known) * times[0] > MOST_NUMBERS:
        return None
    return tuple(known * times[0])


def _filled(x: Any, named: Arguments) -> Shape | None:
    count, value = _wholly(x), _wholly(named.get("value"))
    if count is None or len(count) > 1 or value is None or any(size > MOST_NUMBERS for size in count):
        return None
    return tuple(value * (count[0] if count else 1))


def _clipped(x: Any, named: Arguments) -> Shape | None:
    least, most = _wholly(named.get("clip_value_min")), _wholly(named.get("clip_value_max"))
    known = _wholly(x)
    if known is None or least is None or most is None or len(least) != 1 or len(most) != 1:
        return None
    return tuple(max(min(number, most[0]), least[0]) for number in known)


def _ordered(x: Any, named: Arguments) -> Shape | None:
    known = _wholly(x)
    return None if known is None else tuple(sorted(known, reverse=named.get("direction") == "DESCENDING"))


def _place(choose: Callable[[Sequence[int]], int]) -> Reader:
    def values(x: Any, named: Arguments) -> Shape | None:
        known = _wholly(x)
        return (known.index(choose(known)),) if known else None

    return values


def _repeated(x: Any, named: Arguments) -> Shape | None:
    known, times = _wholly(x), _wholly(named.get("repeats"))
    if known is None or times is None or len(times) != 1 or len(known) * times[0] > MOST_NUMBERS:
        return None
    return tuple(number for number in known for _ in range(times[0]))


def _padded(x: Any, named: Arguments) -> Shape | None:
    known, widths = _wholly(x), numbers_in(named.get("paddings"))
    by = _wholly(widths[0]) if isinstance(widths, list) and len(widths) == 1 else None
    value = named.get("constant_values")
    if known is None or by is None or sum(by) > MOST_NUMBERS or named.get("mode", "CONSTANT") != "CONSTANT":
        return None
    return None if not is_whole(value or 0) else (*(value or 0,) * by[0], *known, *(value or 0,) * by[1])


def _alike(number: int) -> Reader:
    def values(x: Any, named: Arguments) -> Shape | None:
        shape = x.shape if isinstance(x, TensorSpec) else None
        if shape is None or len(shape) > 1 or any(dim is None or dim > MOST_NUMBERS for dim in shape):
            return None
        return (number,) * (math.prod(dim for dim in shape if dim is not None))

    return values


def _range(x: Any, named: Arguments) -> Shape | None:
    start, limit = (0, x) if named.get("limit") is None else (x, named["limit"])
    said = [_wholly(one) for one in (start, limit, named.get("delta", 1))]
    if any(one is None or len(one) != 1 for one in said):
        return None
    first, end, step = (one[0] for one in said if one)
    return tuple(range(first, end, step)) if step and abs(end - first) <= MOST_NUMBERS * abs(step) else None


def _sliced(x: Numbers, parts: Sequence[Any]) -> Shape | None:
    if not x.shape or len(parts) != 1:
        return None
    part = numbers_in(parts[0])
    if is_whole(part):
        return (x.values[part],) if -len(x.values) <= part < len(x.values) else None
    bounds = [part.get(name) for name in ("start", "stop", "step")] if isinstance(part, Mapping) else [""]
    if any(bound is not None and not is_whole(bound) for bound in bounds):
        return None
    return x.values[slice(*bounds)]


def _run_through(apply: Callable[[int, int], int]) -> Reader:
    def values(x: Any, named: Arguments) -> Shape | None:
        known = _wholly(x)
        if known is None or named.get("exclusive") or named.get("reverse"):
            return None
        return tuple(accumulate(known, apply))

    return values


_SAME = ("identity", "stop_gradient", "expand_dims", "compat.v1.expand_dims", "squeeze", "compat.v1.squeeze")
_READERS: Mapping[str, Reader] = {
    **dict.fromkeys(("shape", "compat.v1.shape"), _shape),
    "rank": _rank,
    **dict.fromkeys(("size", "compat.v1.size"), _how_many),
    **dict.fromkeys(("math.add", "__operators__.add"), _both(operator.add)),
    "math.subtract": _both(operator.sub),
    "math.multiply": _both(operator.mul),
    **dict.fromkeys(("math.scalar_mul", "compat.v1.math.scalar_mul"), _scaled),
    **dict.fromkeys(("math.floordiv", "compat.v1.floor_div"), _both(operator.floordiv)),
    "math.floormod": _both(operator.mod),
    "math.pow": _both(_power),
    "math.maximum": _both(max),
    "math.minimum": _both(min),
    "math.squared_difference": _both(lambda a, b: (a - b) ** 2),
    "bitwise.bitwise_and": _both(operator.and_),
    "bitwise.bitwise_or": _both(operator.or_),
    "bitwise.bitwise_xor": _both(operator.xor),
    "bitwise.left_shift": _both(lambda a, b: a << b if b < 32 else _LARGEST),
    "bitwise.right_shift": _both(operator.rshift),
    "clip_by_value": _clipped,
    "sort": _ordered,
    "math.argmax": _place(max),
    "math.argmin": _place(min),
    "repeat": _repeated,
    **dict.fromkeys(("pad", "compat.v1.pad"), _padded),
    "math.negative": _each(operator.neg),
    "math.abs": _each(abs),
    "math.sign": _each(lambda number: (number > 0) - (number < 0)),
    "math.square": _each(lambda number: number * number),
    **dict.fromkeys(("math.reduce_prod", "compat.v1.math.reduce_prod"), _reduced(math.prod)),
    **dict.fromkeys(("math.reduce_sum", "compat.v1.math.reduce_sum"), _reduced(sum)),
    **dict.fromkeys(("math.reduce_max", "compat.v1.math.reduce_max"), _reduced(max)),
    **dict.fromkeys(("math.reduce_min", "compat.v1.math.reduce_min"), _reduced(min)),
    "math.cumsum": _run_through(operator.add),
    "math.cumprod": _run_through(operator.mul),
    **dict.fromkeys(("math.add_n", "math.accumulate_n"), _summed),
    **dict.fromkeys(("cast", "compat.v1.cast", "compat.v1.to_int32", "convert_to_tensor"), _cast),
    **dict.fromkeys(_SAME, _kept),
    **dict.fromkeys(("reshape", "compat.v1.reshape"), _kept),
    "concat": _joined,
    "stack": _stacked,
    **dict.fromkeys(("gather", "compat.v1.gather"), _gathered),
    "reverse": _turned,
    "tile": _tiled,
    "fill": _filled,
    **dict.fromkeys(("zeros_like", "compat.v1.zeros_like"), _alike(0)),
    **dict.fromkeys(("ones_like", "compat.v1.ones_like"), _alike(1)),
    "zeros": lambda x, named: _filled(x, {"value": 0}),
    "ones": lambda x, named: _filled(x, {"value": 1}),
    "range": _range,
}


def _shapes(x: Any, named: Arguments, made: Sequence[TensorSpec]) -> list[Shape | None]:
    return [one.shape if isinstance(one, TensorSpec) else None for one in x]


def _each_alone(x: Any, named: Arguments, made: Sequence[TensorSpec]) -> list[Shape | None] | None:
    values = _partly(x)
    return None if values is None or len(values) != len(made) else [(number,) for number in values]


def _apart(x: Any, named: Arguments, made: Sequence[TensorSpec]) -> list[Shape | None] | None:
    """The numbers of each part, one after the other."""
    known = _wholly(x)
    if known is None:
        return None
    sizes = [1 if not spec.shape else size_said(spec.shape[0]) for spec in made]
    if None in sizes or sum(size or 0 for size in sizes) != len(known):
        return None
    ends = list(accumulate(size or 0 for size in sizes))
    return [tuple(known[end - (size or 0) : end]) for size, end in zip(sizes, ends, strict=True)]


_PARTS: Mapping[str, Callable[[Any, Arguments, Sequence[TensorSpec]], list[Shape | None] | None]] = {
    "shape_n": _shapes,
    "unstack": _each_alone,
    "split": _apart,
}
"""The same of functions that give several."""
