"""Laws that every operation and every function of TensorFlow keeps: total, monotone, pure."""

from __future__ import annotations

import copy
from collections import defaultdict
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graphcore.shapes import Dim, Shape, TensorSpec
from tests.graphcore import cases_ops, cases_ops_b, cases_tf_b
from tests.graphcore.cases_ops import DTYPES, OperationCase
from tests.graphcore.test_laws import is_kept
from tests.oracle.answers import Answer
from tests.oracle.operating import ask_us, ask_us_of_function

FEW = settings(max_examples=12)
"""Some 530 functions, two laws each: 12 examples take 30 s of one core in all."""


dims = st.one_of(st.none(), st.integers(0, 12), st.just(1), st.sampled_from((1, 2, 3, 4, 32)))
shapes = st.lists(dims, max_size=6).map(tuple)


class Function(NamedTuple):
    """An operation by name, its rows, and how it is asked."""

    name: str
    rows: list[OperationCase]
    ask: Callable[[OperationCase], Answer]


def _functions() -> Iterator[Function]:
    tables = (
        ("ops", (*cases_ops.CASES, *cases_ops_b.CASES), ask_us),
        ("tf", cases_tf_b.ROWS, ask_us_of_function),
    )
    for kind, cases, ask in tables:
        rows: defaultdict[str, list[OperationCase]] = defaultdict(list)
        for case in cases:
            rows[case.cls].append(case)
        for cls in sorted(rows):
            yield Function(f"{kind}.{cls}", rows[cls], ask)


each_function = pytest.mark.parametrize("function", list(_functions()), ids=lambda function: function.name)
# Keras counts places in 32 bits where it knows how many there are, and takes away an axis of size 1 where it knows one.
# TensorFlow compares tensors of one known and one unknown size to an unknown shape, and of two unknown ones not.
NOT_MONOTONE = {"ops.SearchSorted", "ops.Squeeze", "tf.__operators__.eq", "tf.__operators__.ne"}


def _changed(value: Any, change: Callable[[TensorSpec], TensorSpec]) -> Any:
    if isinstance(value, TensorSpec):
        return change(value)
    if isinstance(value, (tuple, list)):
        return tuple(_changed(one, change) for one in value)
    if isinstance(value, dict):
        return {key: _changed(one, change) for key, one in value.items()}
    return value


def _with(case: OperationCase, change: Callable[[TensorSpec], TensorSpec]) -> OperationCase:
    return case._replace(args=_changed(case.args, change), config=_changed(dict(case.config), change))


def _specs(case: OperationCase) -> list[TensorSpec]:
    found: list[TensorSpec] = []

    def keep(spec: TensorSpec) -> TensorSpec:
        found.append(spec)
        return spec

    _with(case, keep)
    return found


@each_function
def test_answers_or_refuses_whatever_comes_in(function: Function) -> None:
    @FEW
    @given(st.sampled_from(function.rows), st.data())
    def law(case: OperationCase, data: st.DataObject) -> None:
        drawn = st.builds(TensorSpec, shapes, st.sampled_from(DTYPES))
        answer = function.ask(_with(case, lambda spec: data.draw(st.one_of(drawn, st.just(spec)))))
        assert not answer.why.startswith("GC901"), answer.why

    law()


@each_function
def test_learning_a_size_keeps_what_was_known(function: Function) -> None:
    rows = [case for case in function.rows if any(None in (spec.shape or ()) for spec in _specs(case))]
    if not rows or function.name in NOT_MONOTONE:
        return

    @FEW
    @given(st.sampled_from(rows), st.data(), st.integers(1, 12))
    def law(case: OperationCase, data: st.DataObject, size: Dim) -> None:
        specs = _specs(case)
        open_axes = [(i, at) for i, spec in enumerate(specs) for at, dim in enumerate(spec.shape or ()) if dim is None]
        i, axis = data.draw(st.sampled_from(open_axes))
        numbers = iter(range(len(specs)))
        learned = _with(
            case,
            lambda spec: TensorSpec(_put(spec.shape or (), axis, size), spec.dtype) if next(numbers) == i else spec,
        )
        before, after = function.ask(case), function.ask(learned)
        if before.outputs is not None and after.outputs is not None:
            assert len(before.outputs) == len(after.outputs)
            for (shape, dtype), (shape_after, dtype_after) in zip(before.outputs, after.outputs, strict=True):
                assert is_kept(shape, shape_after), (case.title, learned.title, shape, shape_after)
                assert dtype == dtype_after

    law()


def test_asking_again_gives_the_same_and_changes_nothing() -> None:
    for function in _functions():
        for case in function.rows[:: max(1, len(function.rows) // 6)]:
            config = copy.deepcopy(case.config)
            assert function.ask(case) == function.ask(case), case.title
            assert case.config == config


def _put(shape: Shape, axis: int, size: Dim) -> Shape:
    return (*shape[:axis], size, *shape[axis + 1 :])
