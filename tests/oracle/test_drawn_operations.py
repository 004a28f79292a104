"""Argument sets drawn from the catalog's schemas, for every operation of Keras 3."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from typing import Any

import pytest

import graphcore
from graphcore.model import NodeKey
from tests.graphcore.cases_ops import OperationCase

from . import records
from .answers import Answer
from .drawing_operations import classes, file_of, read
from .exceptions import DRAWN_OPERATIONS, FEW_ANSWERS, is_excused
from .operating import ask_us

ONE_IN = 20
"""Calls of which one is asked live."""
A_FILE = 4
"""And of these, those of which one is asked as a file: Keras takes a hundred times as long to load one."""


def calls() -> list[tuple[OperationCase, Any]]:
    """Every recorded call, and what Keras gave for it; None where it refused."""
    found = []
    for cls, cases in records.read("drawn", "operations-keras3").items():
        for said in cases:
            outputs = said["outputs"]
            answer = None if outputs is None else tuple((tuple(shape), dtype) for shape, dtype in outputs)
            found.append((OperationCase(cls, said["config"], read(said["args"])), answer))
    return found


def told(case: OperationCase, theirs: Any, ours: Answer) -> str:
    """A difference in words; empty where there is none, or one that is excused."""
    if ours.outputs == theirs and not ours.why.startswith("GC901"):
        return ""
    says = f"{case.title} Keras: {theirs} we: {ours.outputs} {ours.why}"
    return "" if is_excused(DRAWN_OPERATIONS, "keras3", case.cls, says) else says


def test_agrees_with_what_keras_said() -> None:
    every = calls()
    assert sorted({case.cls for case, _ in every}) == classes()
    wrong = [says for case, theirs in every if (says := told(case, theirs, ask_us(case)))]
    assert wrong == []


def test_every_operation_was_taken_often_enough() -> None:
    taken: Counter[str] = Counter()
    distinct: defaultdict[str, set[Any]] = defaultdict(set)
    for case, answer in calls():
        if answer is not None:
            taken[case.cls] += 1
            distinct[case.cls].add(answer)
    assert {cls for cls in classes() if taken[cls] < 25 or len(distinct[cls]) < 8} == set(FEW_ANSWERS)


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
    assert [says for case, theirs in asked if (says := told(case, theirs, _ours_by_file(case)))] == []
