"""Merging, reshaping, attention, preprocessing and wrapping layers, row by row, against both Keras.

Shape, dtype, weights and verdict have to agree. What Keras said is recorded (`make oracle`); a sample is asked live.
"""

from __future__ import annotations

from collections import Counter

import pytest

from graphcore.model import Dialect
from tests.graphcore.cases import Case
from tests.graphcore.cases_b import CASES

from . import records
from .answers import ask_keras, ask_us, key, told, unpacked

ONE_IN = 50
"""Rows of which one is asked live."""
DIALECTS: tuple[Dialect, ...] = ("keras3", "keras2")


def rows(dialect: Dialect) -> list[Case]:
    """The rows that a dialect is asked about."""
    return [case for case in CASES if not case.only or dialect in case.only]


@pytest.mark.parametrize("dialect", DIALECTS)
def test_agrees_with_what_keras_said(dialect: Dialect) -> None:
    recorded = records.read("layers", f"b-{dialect}")
    counted: Counter[str] = Counter()
    wrong = []
    for case in rows(dialect):
        keras = unpacked(recorded[key(case)])
        counted["refused" if keras.outputs is None else "taken"] += 1
        wrong.append(told(case, keras, ask_us(case, dialect)))
    assert [one for one in wrong if one] == []
    assert counted["taken"] > 800, counted
    assert counted["refused"] > 800, counted


@pytest.mark.keras
@pytest.mark.parametrize("dialect", DIALECTS)
def test_agrees_with_keras_live(dialect: Dialect) -> None:
    wrong = [told(case, ask_keras(case, dialect), ask_us(case, dialect)) for case in rows(dialect)[::ONE_IN]]
    assert [one for one in wrong if one] == []
