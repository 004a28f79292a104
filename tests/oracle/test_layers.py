"""Single layers, row by row, against both Keras: shape, dtype, weights and verdict have to agree.

What Keras said is recorded (`make oracle`); a sample is asked live.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

import pytest

from graphcore.model import Dialect
from tests.graphcore import cases_a, cases_b
from tests.graphcore.cases import Case

from . import records
from .answers import ask_keras, ask_us, key, told, unpacked

ONE_IN = 50
"""Rows of which one is asked live."""


class Table(NamedTuple):
    """Rows, the name of their record, and how many of them Keras takes and refuses at least."""

    name: str
    cases: Sequence[Case]
    taken: int
    refused: int


TABLES = (
    # Core, windows, normalization, activation, regularization and recurrent layers.
    Table("a", cases_a.CASES, taken=5000, refused=1000),
    # Merging, reshaping, attention, preprocessing and wrapping layers.
    Table("b", cases_b.CASES, taken=800, refused=800),
)

each_table = pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
each_dialect = pytest.mark.parametrize("dialect", ("keras3", "keras2"))


def rows(table: Table, dialect: Dialect) -> list[Case]:
    """The rows that a dialect is asked about."""
    return [case for case in table.cases if not case.only or dialect in case.only]


@each_table
@each_dialect
def test_agrees_with_what_keras_said(table: Table, dialect: Dialect) -> None:
    recorded = records.read("layers", f"{table.name}-{dialect}")
    counted: Counter[str] = Counter()
    wrong = []
    for case in rows(table, dialect):
        keras = unpacked(recorded[key(case)])
        counted["refused" if keras.outputs is None else "taken"] += 1
        wrong.append(told(case, keras, ask_us(case, dialect)))
    assert [one for one in wrong if one] == []
    assert counted["taken"] > table.taken, counted
    assert counted["refused"] > table.refused, counted


@pytest.mark.keras
@each_table
@each_dialect
def test_agrees_with_keras_live(table: Table, dialect: Dialect) -> None:
    asked = rows(table, dialect)[::ONE_IN]
    wrong = [told(case, ask_keras(case, dialect), ask_us(case, dialect)) for case in asked]
    assert [one for one in wrong if one] == []
