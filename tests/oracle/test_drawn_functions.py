"""Drawn calls of every function of TensorFlow that files of Keras 2 may hold."""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import Any

import pytest

from tests.graphcore.cases_ops import OperationCase

from . import records
from .answers import Answer
from .drawing_functions import functions, read
from .exceptions import DRAWN_FUNCTIONS, FEW_CALLS, is_excused
from .operating import ask_us_of_function

ONE_IN = 240
"""Calls of which one is asked live, as a file."""
LEAST = 15
"""Accepted calls of each function."""


def calls() -> list[tuple[OperationCase, Any]]:
    """Every recorded call, and what tf_keras gave for it; None where it refused."""
    found = []
    for function, cases in records.read("drawn", "functions-keras2").items():
        for said in cases:
            outputs = said["outputs"]
            answer = None if outputs is None else tuple((_shape(shape), dtype) for shape, dtype in outputs)
            found.append((OperationCase(function, read(said["named"]), read(said["args"])), answer))
    return found


def _shape(said: list[int | None] | None) -> tuple[int | None, ...] | None:
    return None if said is None else tuple(said)


def told(case: OperationCase, theirs: Any, ours: Answer) -> str:
    """A difference in words; empty where there is none, or one that is excused."""
    if ours.outputs == theirs and not ours.why.startswith("GC901"):
        return ""
    says = f"{case.cls}{case.args} {case.config} tf_keras: {theirs} we: {ours.outputs} {ours.why}"
    return "" if is_excused(DRAWN_FUNCTIONS, "keras2", case.cls, says) else says


def test_agrees_with_what_tf_keras_said() -> None:
    every = calls()
    assert sorted({case.cls for case, _ in every}) == functions()
    assert [says for case, theirs in every if (says := told(case, theirs, ask_us_of_function(case)))] == []


def test_every_function_was_taken_often_enough() -> None:
    taken: Counter[str] = Counter()
    answers: defaultdict[str, set[Any]] = defaultdict(set)
    for case, answer in calls():
        if answer is not None:
            taken[case.cls] += 1
            answers[case.cls].add(answer)
    assert {name for name in functions() if taken[name] < LEAST} == set(FEW_CALLS)


@pytest.mark.keras
def test_tf_keras_says_the_same_again() -> None:
    from .asking import Generation
    from .asking_functions import ask_by_file

    asked = Generation("keras2")
    assert [case for case, theirs in calls()[::ONE_IN] if ask_by_file(asked, case).outputs != theirs] == []
