"""Operations of Keras 3 and functions of TensorFlow in Keras 2, call by call, and the promotion of all dtypes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from itertools import product
from typing import Any, NamedTuple

import pytest

from graphcore.catalog import CATALOG
from graphcore.catalog.dtypes import result_type
from graphcore.catalog.tf_ops import FUNCTIONS
from tests.graphcore import cases_tf_b
from tests.graphcore.cases_ops import OperationCase

from . import records
from .answers import Answer
from .drawing_functions import ROWS as FUNCTION_ROWS
from .drawing_operations import ROWS
from .operating import ask_keras, ask_tf_keras, ask_us, ask_us_of_function

ONE_IN = 20
"""Calls of which one is asked live."""
DTYPES = (
    *("bool", "uint8", "uint16", "uint32", "uint64", "int8", "int16", "int32", "int64", "bfloat16", "float16"),
    *("float32", "float64", "complex64", "complex128", "string", "float8_e4m3fn"),
)


class Table(NamedTuple):
    """Calls, the name of their record, how we and how Keras are asked, and how many Keras takes and refuses."""

    cases: tuple[OperationCase, ...]
    record: str
    us: Callable[[OperationCase], Answer]
    keras: Callable[[OperationCase], Answer]
    taken: int
    refused: int


TABLES = (
    Table(ROWS, "operations-keras3", ask_us, ask_keras, 20000, 5000),
    Table(cases_tf_b.ROWS, "functions-keras2", ask_us_of_function, ask_tf_keras, 1800, 1200),
)


def told(case: OperationCase, theirs: Any, ours: Answer) -> str:
    """A disagreement in words, empty where there is none."""
    return "" if ours.outputs == theirs else f"{case.title} Keras: {theirs} we: {ours.outputs} {ours.why}"


def _shape(recorded: list[int | None] | None) -> tuple[int | None, ...] | None:
    return None if recorded is None else tuple(recorded)


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.record)
def test_agrees_with_what_keras_said(table: Table) -> None:
    recorded = records.read("layers", table.record)
    counted: Counter[str] = Counter()
    wrong = []
    for case in table.cases:
        outputs = recorded[case.title]
        keras = None if outputs is None else tuple((_shape(shape), dtype) for shape, dtype in outputs)
        counted["refused" if keras is None else "taken"] += 1
        wrong.append(told(case, keras, table.us(case)))
    assert [one for one in wrong if one] == []
    assert counted["taken"] > table.taken, counted
    assert counted["refused"] > table.refused, counted


@pytest.mark.keras
@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.record)
def test_agrees_with_keras_live(table: Table) -> None:
    wrong = [told(case, table.keras(case).outputs, table.us(case)) for case in table.cases[::ONE_IN]]
    assert [one for one in wrong if one] == []


def test_every_operation_is_asked_about() -> None:
    asked = {case.cls for case in ROWS}
    entries = {entry.cls for entry in CATALOG.entries if entry.name.startswith("ops.") and not entry.kept}
    assert entries - asked == {"Abs", "Conj"}  # other names of Absolute and Conjugate


@pytest.mark.keras
@pytest.mark.parametrize("count", [1, 2, 3])
def test_dtypes_are_promoted_as_keras_does(count: int) -> None:
    from keras.backend import result_type as theirs

    python = {"int": int, "float": float}
    for dtypes in product((*DTYPES, *python), repeat=count):
        try:
            wanted = theirs(*(python.get(dtype, dtype) for dtype in dtypes))
        except ValueError:
            wanted = None
        assert result_type(*dtypes) == wanted, dtypes


def test_every_function_is_asked_about() -> None:
    assert set(FUNCTIONS) <= {case.cls for case in FUNCTION_ROWS}
