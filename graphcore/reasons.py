"""Why a tensor has its shape: a rule is run on sizes that remember how they were computed.

So a rule explains itself: what is said of `(224 - 7)//2 + 1` is the expression that made 109, and cannot disagree.
"""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

from .shapes import Dim, TensorSpec

Specs = tuple[TensorSpec, ...]
# An expression that is longer is written as its value, or nested models would double it with each layer.
LONGEST = 120
# Stands for an unknown size while a rule runs: most strides and factors divide it.
ANY_SIZE = 5040


class Source(NamedTuple):
    """A size that comes in: which input of the call, which axis of it."""

    input: int
    axis: int


@dataclass(frozen=True, slots=True)
class Reason:
    """Why one axis has its size.

    `text` has the numbers filled in: `(224 - 7)//2 + 1 = 109`, `filters = 64`, `the same as the input's`. `sources` are
    the sizes that come in of which it was computed, `args` the arguments of the layer. `is_same`: it is its one source,
    unchanged.
    """

    text: str
    sources: tuple[Source, ...] = ()
    args: tuple[str, ...] = ()
    is_same: bool = False

    @property
    def arg(self) -> str | None:
        """The argument that made the size alone."""
        return self.args[0] if len(self.args) == 1 and not self.sources else None


Reasons = tuple[tuple[Reason, ...] | None, ...]
"""A reason for each axis of each output of a call; None for one whose shape is unknown."""


def explained(rule: Callable[[list[TensorSpec]], Specs], inputs: Sequence[TensorSpec], outputs: Specs) -> Reasons:
    """A reason for each axis of each output that `rule` gave of `inputs`; None for one whose shape is unknown."""
    known = rule([_marked(i, spec, ()) for i, spec in enumerate(inputs)])
    open_axes = {axis for spec in inputs for axis, dim in enumerate(spec.shape or ()) if dim is None}
    guessed = rule([_marked(i, spec, open_axes) for i, spec in enumerate(inputs)]) if open_axes else ()
    if len(open_axes) > 1 and _is_refused(guessed):  # sizes that meet are known on one side only: one axis at a time
        alone = [rule([_marked(i, spec, (axis,)) for i, spec in enumerate(inputs)]) for axis in sorted(open_axes)]
        guesses = [specs for specs in alone if not _is_refused(specs)]
    else:
        guesses = [guessed]
    return tuple(_reasons(j, spec, known, guesses, inputs) for j, spec in enumerate(outputs))


def as_recorded(spec: TensorSpec) -> tuple[Reason, ...] | None:
    """Reasons for a shape that no rule gave."""
    return None if spec.shape is None else tuple(Reason(f"the file records {dim}") for dim in spec.shape)


def named(values: Mapping[str, Any]) -> dict[str, Any]:
    """A layer's arguments, each number remembering its name."""
    return {name: _named(value, name) for name, value in values.items()}


def named_call(value: Any, name: str = "") -> Any:
    """The same for a call's argument, whose slices are objects."""
    if type(value) is dict:
        return {key: named_call(one, f"{name}.{key}" if name else key) for key, one in value.items()}
    return _named(value, name)


def _named(value: Any, name: str) -> Any:
    if type(value) is int:
        size = Size(value, args=frozenset((re.split(r"[\[.]", name)[0],)))
        size.name = name
        return size
    if type(value) is tuple:
        return tuple(_named(one, f"{name}[{i}]") for i, one in enumerate(value))
    return value


def _marked(i: int, spec: TensorSpec, opened: Collection[int]) -> TensorSpec:
    """A spec whose sizes know where they come in; unknown ones on these axes get a value."""
    if spec.shape is None:
        return spec
    return replace(
        spec, shape=tuple(_mark(Source(i, axis), dim, axis in opened) for axis, dim in enumerate(spec.shape))
    )


def _mark(source: Source, dim: Dim, is_guessed: bool) -> Dim:
    if dim is None and not is_guessed:
        return None
    size = Size(ANY_SIZE if dim is None else dim, str(dim), sources=frozenset((source,)))
    size.mark = source
    return size


def _is_refused(specs: Specs) -> bool:
    return any(spec.shape is None for spec in specs)


def _reasons(
    j: int, spec: TensorSpec, known: Specs, guesses: Sequence[Specs], inputs: Sequence[TensorSpec]
) -> tuple[Reason, ...] | None:
    if spec.shape is None:
        return None
    candidates = [_axes(known, j), *(_axes(specs, j) for specs in guesses)]
    return tuple(_reason(axis, dim, candidates, inputs) for axis, dim in enumerate(spec.shape))


def _axes(specs: Specs, j: int) -> tuple[Dim, ...]:
    return (specs[j].shape or ()) if j < len(specs) else ()


def _reason(axis: int, dim: Dim, candidates: Sequence[tuple[Dim, ...]], inputs: Sequence[TensorSpec]) -> Reason:
    """The reason of one axis: of the rule as it ran, or where that gave None of the rule with a guess."""
    if dim is None:
        for shape in candidates[1:]:
            size = shape[axis] if axis < len(shape) else None
            if isinstance(size, Size) and any((inputs[i].shape or ())[at] is None for i, at in size.sources):
                return _said(axis, dim, size, inputs)
        return Reason("known when the model runs")
    size = candidates[0][axis] if axis < len(candidates[0]) else None  # a guess may give another rank
    if isinstance(size, Size) and size == dim:
        return _said(axis, dim, size, inputs)
    return Reason(f"comes to {dim}" if candidates[0] else f"given by the call: {dim}")


def _said(axis: int, dim: Dim, size: Size, inputs: Sequence[TensorSpec]) -> Reason:
    sources, args = tuple(sorted(size.sources)), tuple(sorted(size.args))
    if size.name is not None:
        return Reason(f"{size.name} = {dim}", sources, args)
    if size.mark is not None:
        whose = "the input's" if len(inputs) == 1 else f"that of input {size.mark.input}"
        where = "" if size.mark.axis == axis else f", axis {size.mark.axis}"
        return Reason(f"the same as {whose}{where}", sources, args, is_same=True)
    return Reason(f"{size.text} = {dim}", sources, args)


class Size(int):
    """A size that remembers its expression. `level` says how tightly that binds: 0 a sum, 1 a product, 2 one word.

    `name`: the argument that it is; `mark`: the size that comes in that it is. `minuend`, `subtrahend`, `negated`: what
    it was made of, where it is a difference or a negative: what is undone is not written.
    """

    text: str
    level: int
    sources: frozenset[Source]
    args: frozenset[str]
    name: str | None = None
    mark: Source | None = None
    minuend: Size | None = None
    subtrahend: int | None = None
    negated: Size | None = None

    def __new__(
        cls,
        value: int,
        text: str | None = None,
        level: int = 2,
        *,
        sources: frozenset[Source] = frozenset(),
        args: frozenset[str] = frozenset(),
    ) -> Size:
        """A size of this value; its text is the number where none is given."""
        size = super().__new__(cls, value)
        size.text, size.level = (str(value), 2) if text is None or len(text) > LONGEST else (text, level)
        size.sources, size.args = sources, args
        return size

    def __neg__(self) -> Size:
        if self.negated is not None:
            return self.negated
        size = _made(-int(self), f"-{self._within(2)}", 1, self)
        size.negated = self
        return size

    def __add__(self, other: int) -> Any:
        return _sum(self, other)

    def __radd__(self, other: int) -> Any:
        return _sum(other, self)

    def __sub__(self, other: int) -> Any:
        return _difference(self, other)

    def __rsub__(self, other: int) -> Any:
        return _difference(other, self)

    def __mul__(self, other: int) -> Any:
        return _product("*", operator.mul, self, other)

    def __rmul__(self, other: int) -> Any:
        return _product("*", operator.mul, other, self)

    def __floordiv__(self, other: int) -> Any:
        return _quotient(self, other)

    def __rfloordiv__(self, other: int) -> Any:
        return _quotient(other, self)

    def __mod__(self, other: int) -> Any:
        return _product("%", operator.mod, self, other)

    def __rmod__(self, other: int) -> Any:
        return _product("%", operator.mod, other, self)

    def _within(self, level: int) -> str:
        """Its expression as an operand of one that binds so tightly."""
        return self.text if self.level >= level else f"({self.text})"


def _sum(left: int, right: int) -> Any:
    if not _are_whole(left, right):
        return NotImplemented
    if _is_plain(0, left) or _is_plain(0, right):
        return right if _is_plain(0, left) else left
    a, b = _size(left), _size(right)
    if a.minuend is not None and a.subtrahend == right and not isinstance(right, Size):
        return a.minuend
    return _made(int(a) + int(b), f"{a.text} + {b.text}", 0, a, b)


def _difference(left: int, right: int) -> Any:
    if not _are_whole(left, right):
        return NotImplemented
    if _is_plain(0, right):
        return left
    a, b = _size(left), _size(right)
    size = _made(int(a) - int(b), f"{a.text} - {b._within(1)}", 0, a, b)
    size.minuend, size.subtrahend = a, right
    return size


def _product(sign: str, apply: Callable[[int, int], int], left: int, right: int) -> Any:
    if not _are_whole(left, right):
        return NotImplemented
    if sign == "*" and (_is_plain(1, left) or _is_plain(1, right)):
        return right if _is_plain(1, left) else left
    a, b = _size(left), _size(right)
    return _made(apply(int(a), int(b)), f"{a._within(1)}{sign}{b._within(1 if sign == '*' else 2)}", 1, a, b)


def _quotient(left: int, right: int) -> Any:
    """The quotient, whose negative is rounded up where `left` is a negative: -(-a // b) is ceil(a/b)."""
    if _is_plain(1, right):
        return left
    size = _product("//", operator.floordiv, left, right)
    if isinstance(left, Size) and left.negated is not None and isinstance(size, Size):
        size.negated = _made(-int(size), f"ceil({left.negated._within(1)}/{_size(right)._within(2)})", 2, size)
    return size


def _is_plain(number: int, operand: int) -> bool:
    """Whether an operand is this number as somebody wrote it, which changes nothing."""
    return operand == number and (not isinstance(operand, Size) or operand.name is not None)


def _are_whole(*operands: Any) -> bool:
    return all(isinstance(operand, int) for operand in operands)


def _size(value: int) -> Size:
    return value if isinstance(value, Size) else Size(value)


def _made(value: int, text: str, level: int, *of: Size) -> Size:
    sources = frozenset[Source]().union(*(size.sources for size in of))
    args = frozenset[str]().union(*(size.args for size in of))
    return Size(value, text, level, sources=sources, args=args)
