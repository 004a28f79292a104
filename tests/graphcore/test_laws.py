"""Laws that every entry keeps: total, monotone, pure. Rows of the tables give arguments, shapes are made up."""

from __future__ import annotations

import copy

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graphcore.model import Dialect
from graphcore.shapes import Dim, Shape
from tests.graphcore import cases_a, cases_b
from tests.graphcore.cases import Case
from tests.oracle.answers import Answer, ask_us

CASES = (*cases_a.CASES, *cases_b.CASES)
DIALECTS: tuple[Dialect, ...] = ("keras3", "keras2")
DTYPES = ("float32", "float16", "float64", "int32", "int64", "uint8", "bool", "string")

classes = sorted({case.cls for case in CASES})
dims = st.one_of(st.none(), st.integers(0, 12), st.just(1), st.sampled_from((1, 2, 3, 4, 32)))
shapes = st.lists(dims, max_size=6).map(tuple)


def rows_of(cls: str) -> list[Case]:
    """The rows of a class."""
    return [case for case in CASES if case.cls == cls]


def crashed(answer: Answer) -> bool:
    """Whether a rule neither answered nor refused."""
    return answer.outputs is None and answer.why.startswith("GC901")


@pytest.mark.parametrize("cls", classes)
def test_answers_or_refuses_whatever_comes_in(cls: str) -> None:
    rows = rows_of(cls)

    @given(st.sampled_from(rows), st.data(), st.sampled_from(DIALECTS))
    def law(case: Case, data: st.DataObject, dialect: Dialect) -> None:
        inputs = tuple(data.draw(shapes) for _ in case.inputs)
        dtypes = tuple(data.draw(st.sampled_from(DTYPES)) for _ in case.inputs)
        answer = ask_us(case._replace(inputs=inputs, dtypes=dtypes), dialect)
        assert not crashed(answer), answer.why

    law()


@pytest.mark.parametrize("cls", classes)
def test_learning_a_size_keeps_what_was_known(cls: str) -> None:
    rows = [case for case in rows_of(cls) if any(None in shape for shape in case.inputs)]
    if not rows:
        return

    @given(st.sampled_from(rows), st.data(), st.sampled_from(DIALECTS))
    def law(case: Case, data: st.DataObject, dialect: Dialect) -> None:
        open_axes = [(i, axis) for i, shape in enumerate(case.inputs) for axis, dim in enumerate(shape) if dim is None]
        i, axis = data.draw(st.sampled_from(open_axes))
        # One-hot vectors of an axis of 1 lose it in Keras, and those of an unknown axis do not.
        size = data.draw(st.integers(2 if case.config.get("output_mode") == "one_hot" else 1, 12))
        learned = tuple(_put(shape, axis, size) if i == k else shape for k, shape in enumerate(case.inputs))
        before, after = ask_us(case, dialect), ask_us(case._replace(inputs=learned), dialect)
        if before.outputs is not None and after.outputs is not None:
            assert len(before.outputs) == len(after.outputs)
            for (shape, dtype), (shape_after, dtype_after) in zip(before.outputs, after.outputs, strict=True):
                assert _is_kept(shape, shape_after), (case.title, learned, shape, shape_after)
                assert dtype == dtype_after

    law()


@pytest.mark.parametrize("cls", classes)
def test_asking_again_gives_the_same_and_changes_nothing(cls: str) -> None:
    for case in rows_of(cls)[::7]:
        for dialect in case.only or DIALECTS:
            config = copy.deepcopy(case.config)
            assert ask_us(case, dialect) == ask_us(case, dialect)
            assert case.config == config


def _put(shape: Shape, axis: int, size: Dim) -> Shape:
    return (*shape[:axis], size, *shape[axis + 1 :])


def _is_kept(before: Shape | None, after: Shape | None) -> bool:
    if before is None:
        return True
    return (
        after is not None
        and len(before) == len(after)
        and all(a is None or a == b for a, b in zip(before, after, strict=True))
    )
