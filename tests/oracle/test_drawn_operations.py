"""Argument sets drawn from the catalog's schemas, for every operation of Keras 3."""

from __future__ import annotations

import json

import pytest

import graphcore
from graphcore.model import NodeKey
from tests.graphcore.cases_ops import OperationCase

from . import records
from .answers import Answer
from .drawing_operations import classes, file_of, read
from .drawn_calls import Call, differing, recorded, seldom_taken
from .exceptions import DRAWN_OPERATIONS, FEW_ANSWERS, unexcused
from .operating import ask_us

ONE_IN = 20
"""Calls of which one is asked live."""
A_FILE = 4
"""And of these, those of which one is asked as a file: Keras takes a hundred times as long to load one."""


def calls() -> list[Call]:
    """Every recorded call, and what Keras gave for it."""
    return recorded(records.read("drawn", "operations-keras3"), read)


def test_agrees_with_what_keras_said() -> None:
    every = calls()
    assert sorted({case.cls for case, _ in every}) == classes()
    told = differing(every, ask_us, "keras3", ())
    assert unexcused(DRAWN_OPERATIONS, "keras3", [(says, says) for says in told]) == []


def test_every_operation_was_taken_often_enough() -> None:
    assert seldom_taken(calls(), classes(), accepted=25, distinct=8) == set(FEW_ANSWERS)


def _ours_by_file(case: OperationCase) -> Answer:
    report = graphcore.check(json.dumps(file_of(case, "keras.src.ops.numpy")))
    errors = [one for one in report.diagnostics if one.severity == "error"]
    if errors or report.inference is None:
        return Answer(None, None, "; ".join(f"{one.code}: {one.message}" for one in errors))
    return Answer(tuple((spec.shape, spec.dtype) for spec in report.inference.specs[NodeKey("x", 0)]), ())


@pytest.mark.keras
def test_keras_says_the_same_again() -> None:
    from .operating import ask_keras

    wrong = [case.title for case, theirs in calls()[::ONE_IN] if ask_keras(case).outputs != theirs]
    assert wrong == []


@pytest.mark.keras
def test_agrees_with_keras_live_about_files() -> None:
    from .asking_operations import ask_by_file

    asked = [(case, ask_by_file(case).outputs) for case, _ in calls()[:: ONE_IN * A_FILE]]
    assert differing(asked, _ours_by_file, "keras3", DRAWN_OPERATIONS) == []
