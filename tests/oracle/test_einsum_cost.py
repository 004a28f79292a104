"""Einsums of many operands cost what TensorFlow's order of products costs."""

from __future__ import annotations

import math
from random import Random
from typing import NamedTuple

import pytest

from graphcore.infer import infer
from graphcore.model import NodeKey
from graphcore.shapes import TensorSpec
from tests.graphcore.cases_ops import OperationCase

from .operating import model_of


def ours(equation: str, *shapes: tuple[int | None, ...]) -> int | None:
    """Our multiply-adds."""
    args = tuple(TensorSpec(shape, "float32") for shape in shapes)
    return infer(model_of(OperationCase("Einsum", {"subscripts": equation}, args))).costs[NodeKey("x", 0)]


@pytest.mark.parametrize(
    ("equation", "shapes", "multiply_adds"),
    [
        ("bi,ij->bj", ((None, 4), (4, 5)), 20),
        ("bi,ij,jk->bk", ((None, 4), (4, 5), (5, 6)), 4 * 5 * 6 + 4 * 6),
        ("ij,jk,kb->bi", ((100, 4), (4, 5), (5, None)), 4 * 5 + 100 * 4),
        ("...i,ij->...j", ((None, 7, 4), (4, 5)), 7 * 4 * 5),
        ("b...i,ij,jk->b...k", ((None, 7, 4), (4, 5), (5, 6)), 4 * 5 * 6 + 7 * 4 * 6),
        ("bi,bi,bi->b", ((None, 4), (None, 4), (None, 4)), 8),
        ("b,i,j->bij", ((None,), (3,), (4,)), 3 + 12),
        ("bij->bji", ((None, 3, 4),), 0),
        ("bi,ij,jk->bk", ((None, None), (4, 5), (5, 6)), 4 * 5 * 6 + 4 * 6),
        ("bt,ij,jk->bk", ((None, None), (4, 5), (5, 6)), None),
    ],
)
def test_counts_two_operands_at_a_time(
    equation: str, shapes: tuple[tuple[int | None, ...], ...], multiply_adds: int | None
) -> None:
    assert ours(equation, *shapes) == multiply_adds


class Shaped(NamedTuple):
    """What opt_einsum wants of an operand."""

    shape: tuple[int, ...]


@pytest.mark.keras
def test_takes_the_order_of_tensorflow() -> None:
    import opt_einsum

    random = Random(0)
    for _ in range(400):
        sizes = {letter: random.choice((1, 2, 3, 5, 8)) for letter in "abcdefg"} | {"a": 1}
        specs = ["".join(random.sample("abcdefg", random.randint(1, 4))) for _ in range(random.choice((3, 3, 3, 4)))]
        letters = sorted({letter for spec in specs for letter in spec})
        target = "a" + "".join(letter for letter in letters if letter != "a" and random.random() < 0.5)
        if "a" not in letters:
            target = target[1:]
        equation = f"{','.join(specs)}->{target}"
        shapes = [tuple(sizes[letter] for letter in spec) for spec in specs]
        _, steps = opt_einsum.contract_path(
            equation, *map(Shaped, shapes), optimize="greedy", einsum_call=True, use_blas=True
        )
        batch = target[:1]
        counted = sum(
            math.prod(sizes[letter] for letter in {*step[2].partition("->")[0]} - {",", batch}) for step in steps
        )
        if all(sizes[letter] == 1 for letter in batch):
            assert ours(equation, *shapes) == counted, (equation, shapes, [step[2] for step in steps])
