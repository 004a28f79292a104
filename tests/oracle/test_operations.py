"""Every operation of the catalog against Keras 3, call by call, and the promotion of every pair of dtypes."""

from __future__ import annotations

from collections import Counter
from itertools import product
from typing import Any

import pytest

from graphcore.catalog import CATALOG
from graphcore.catalog.dtypes import result_type
from tests.graphcore.cases_ops import CASES, OperationCase

from . import records
from .operating import ask_keras, ask_us

ONE_IN = 20
"""Calls of which one is asked live."""
DTYPES = (
    *("bool", "uint8", "uint16", "uint32", "uint64", "int8", "int16", "int32", "int64", "bfloat16", "float16"),
    *("float32", "float64", "complex64", "complex128", "string", "float8_e4m3fn"),
)


def told(case: OperationCase, theirs: Any) -> str:
    """A disagreement in words, empty where there is none."""
    ours = ask_us(case)
    return "" if ours.outputs == theirs else f"{case.title} Keras: {theirs} we: {ours.outputs} {ours.why}"


def test_agrees_with_what_keras_said() -> None:
    recorded = records.read("layers", "operations-keras3")
    counted: Counter[str] = Counter()
    wrong = []
    for case in CASES:
        outputs = recorded[case.title]
        keras = None if outputs is None else tuple((tuple(shape), dtype) for shape, dtype in outputs)
        counted["refused" if keras is None else "taken"] += 1
        wrong.append(told(case, keras))
    assert [one for one in wrong if one] == []
    assert counted["taken"] > 10000, counted
    assert counted["refused"] > 4000, counted


@pytest.mark.keras
def test_agrees_with_keras_live() -> None:
    wrong = [told(case, ask_keras(case).outputs) for case in CASES[::ONE_IN]]
    assert [one for one in wrong if one] == []


def test_every_operation_is_asked_about() -> None:
    asked = {case.cls for case in CASES}
    entries = {entry.cls for entry in CATALOG.entries if entry.name.startswith("ops.")}
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
