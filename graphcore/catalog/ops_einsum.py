"""`keras.ops.einsum`: the shape that the letters of an equation give, and what the products cost."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations
from typing import Any

from ..model import JSON
from ..shapes import Dim, RuleError, Shape, show
from .operands import dtype_of, operation, promoted, shape_of, together
from .spec import BadValue, Function, OpDef, Param, RuleContext

Letters = tuple[str, ...]
"""The axes of an operand by name; those that an ellipsis stands for are `...1`, `...2` from the right."""


def _operands(c: RuleContext, first: Any) -> list[Any]:
    return [first, *c.call.get("args", ())]


def _read_subscripts(value: JSON) -> str:
    if not isinstance(value, str) or value.count("->") > 1:
        raise BadValue('an equation as "ij,jk->ik"')
    return value


def _shape(c: RuleContext, first: Any) -> Shape:
    """The sizes of the letters that stay, each operand spread over them and broadcast.

    Source: Keras 3, `Einsum.compute_output_spec`.
    """
    operands = _operands(c, first)
    left, _, right = c.subscripts.partition("->")
    specs = left.split(",")
    if len(specs) != len(operands):
        raise RuleError("GC401", f"takes {len(specs)} tensors for {c.subscripts}, gets {len(operands)}")
    target = right if "->" in c.subscripts else _kept_letters(left)
    spread = [_spread(target, spec, shape_of(operand)) for spec, operand in zip(specs, operands, strict=True)]
    return together(*spread)


def _kept_letters(left: str) -> str:
    letters = [letter for letter in left if letter.isalpha()]
    # Keras drops a letter at its second place and takes it up again at none.
    return "..." + "".join(sorted(letter for letter in set(letters) if letters.count(letter) == 1))


def _spread(target: str, spec: str, shape: Shape) -> Shape:
    head, dots, tail = spec.partition("...")
    sizes: dict[str, Dim] = {}
    if not dots:
        if len(head) != len(shape):
            raise RuleError("GC403", f"needs rank {len(head)} for {spec}, gets {show(shape)} of rank {len(shape)}")
        middle: Shape = ()
        sizes = dict(zip(reversed(head), reversed(shape), strict=True))
    else:
        if len(head) + len(tail) > len(shape):
            raise RuleError("GC403", f"needs rank {len(head) + len(tail)} or more for {spec}, gets {show(shape)}")
        middle = shape[len(head) : len(shape) - len(tail)]
        back = dict(zip(reversed(tail), reversed(shape), strict=False))
        sizes = {**back, **dict(zip(reversed(head), reversed(shape[: len(head)]), strict=True))}
    out: list[Dim] = []
    before, has_dots, after = target.partition("...")
    for part in (before, None, after) if has_dots else (before,):
        out.extend(middle if part is None else (sizes.get(letter, 1) for letter in part if letter.isalpha()))
    return tuple(out)


def _dtype(c: RuleContext, first: Any) -> str | None:
    known = [dtype_of(operand) for operand in _operands(c, first)]
    if set(known) == {"int8"}:
        return "int32"
    return promoted(*_operands(c, first))


# What it costs


def _cost(c: RuleContext, first: Any, y: Shape) -> Dim:
    """Each choice of letters of two operands at a time, in TensorFlow's order; the first axis is the batch.

    As a call with more operands comes as `args`, `y` is the last argument.
    """
    operands = _operands(c, first)
    left, _, right = c.subscripts.partition("->")
    specs = [_letters(spec, len(shape_of(operand))) for spec, operand in zip(left.split(","), operands, strict=True)]
    if len(specs) < 2:
        return 0
    target = _letters(right if "->" in c.subscripts else _kept_letters(left), len(y))
    sizes = _sizes(specs, operands)
    sizes[target[0] if target else ""] = 1
    used = {letter for spec in specs for letter in spec}
    if any(sizes[letter] is None for letter in used):
        return None
    known = {letter: size for letter, size in sizes.items() if size is not None}
    return sum(math.prod(known[letter] for letter in a | b) for a, b in _pairs(specs, frozenset(target), known))


def _letters(spec: str, rank: int) -> Letters:
    """The names of an operand's axes."""
    head, dots, tail = spec.replace(" ", "").partition("...")
    middle = [f"...{place}" for place in range(rank - len(head) - len(tail), 0, -1)] if dots else []
    return (*head, *middle, *tail)


def _sizes(specs: Sequence[Letters], operands: Sequence[Any]) -> dict[str, Dim]:
    sizes: dict[str, Dim] = {}
    for spec, operand in zip(specs, operands, strict=True):
        for letter, size in zip(spec, shape_of(operand), strict=True):
            if sizes.get(letter, 1) == 1 or (size is not None and sizes[letter] is None):
                sizes[letter] = size
    return sizes


Axes = frozenset[str]


def _pairs(specs: Sequence[Letters], target: Axes, sizes: Mapping[str, int]) -> Iterator[tuple[Axes, Axes]]:
    """Which operands are multiplied with each other, one pair after the other.

    Source: opt_einsum, `ssa_greedy_optimize`: alike ones first, then where most values go away, what shares no letter
    that goes away last.
    """
    waiting = list(enumerate(frozenset(spec) for spec in specs))
    number = len(waiting)
    target = target.union(frozenset.intersection(*(letters for _, letters in waiting)))  # theirs go away last
    while len(waiting) > 1:
        first, second = min(combinations(waiting, 2), key=lambda pair: _order(pair, waiting, target, sizes))
        (_, a), (_, b) = first, second
        yield a, b
        waiting = [one for one in waiting if one not in (first, second)]
        stays = target.union(*(letters for _, letters in waiting))
        waiting.append((number, (a | b) & stays))
        number += 1


def _order(
    pair: tuple[tuple[int, Axes], tuple[int, Axes]],
    waiting: Sequence[tuple[int, Axes]],
    target: Axes,
    sizes: Mapping[str, int],
) -> tuple[int, ...]:
    (i, a), (k, b) = pair
    if a == b:
        return 0, k, i
    if not (a & b) - target:
        kept = sorted((_values(one & target, sizes), place) for one, place in ((a, i), (b, k)))
        return 2, *kept[0], *kept[1]
    stays = target.union(*(letters for place, letters in waiting if place not in (i, k)))
    return 1, _values((a | b) & stays, sizes) - _values(a, sizes) - _values(b, sizes), k, i


def _values(axes: Axes, sizes: Mapping[str, int]) -> int:
    return math.prod(sizes[letter] for letter in axes)


ENTRIES: Sequence[OpDef] = (
    operation(
        "Einsum",
        ["operands"],
        _shape,
        _dtype,
        "by the letters of an equation",
        Param("subscripts", _read_subscripts, {"type": "string"}, required=True),
        cost=_cost,
        function=Function(before=("subscripts",)),
    ),
)
