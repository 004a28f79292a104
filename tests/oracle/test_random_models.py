"""Random small models and broken copies of them: Keras's verdict, and every shape, dtype and count, against ours.

What Keras said is recorded (`make oracle`); a few new ones are asked live. Accepted and refused ones are counted apart.
"""

from __future__ import annotations

import json
from collections import Counter
from random import Random
from typing import Any

import pytest

import graphcore

from . import records
from .comparing import differences
from .random_models import cases, grown

LIVE_MODELS = 8

PARTS = [name.split("-") for name in records.names("random")]


def test_as_many_models_are_recorded_as_the_coverage_page_says() -> None:
    counted = Counter(generation for generation, _ in PARTS)
    assert {generation: n * records.A_FILE for generation, n in counted.items()} == records.RANDOM_MODELS


@pytest.mark.parametrize(("generation", "part"), PARTS)
def test_agrees_with_what_keras_said(generation: str, part: str) -> None:
    found = records.read("random", f"{generation}-{part}")
    judged = Counter(_judge(case) for case in found)
    assert _differing(found) == []
    assert judged["taken"] >= records.A_FILE, judged
    assert judged["refused"] >= records.A_FILE // 5, judged


@pytest.mark.keras
@pytest.mark.parametrize("generation", records.GENERATIONS)
def test_the_same_models_grow_again(generation: str) -> None:
    from .asking import Generation  # imports Keras

    asked = Generation(generation)
    parts = [part for one, part in PARTS if one == generation][:3]
    numbers = [int(part) * records.A_FILE for part in parts]
    recorded = [records.read("random", f"{generation}-{part}")[0]["config"] for part in parts]
    assert [grown(asked, Random(f"0/{generation}/{number}")) for number in numbers] == recorded


@pytest.mark.keras
@pytest.mark.parametrize("generation", records.GENERATIONS)
def test_agrees_with_keras_live(generation: str) -> None:
    from .asking import Generation  # imports Keras

    found = cases(Generation(generation), seed=1, models=LIVE_MODELS)
    assert _differing(found) == []


def _judge(case: Any) -> str:
    report = graphcore.check(json.dumps(case["config"]))
    if any(problem.code == "GC209" for problem in report.diagnostics):
        return "without a rule"
    return "refused" if case["answers"] is None else "taken"


def _differing(found: list[Any]) -> list[str]:
    return [says for case in found if (says := _told(case)) is not None]


def _told(case: Any) -> str | None:
    """What differs, in words; None where nothing does."""
    report = graphcore.check(json.dumps(case["config"]))
    if any(problem.code == "GC209" for problem in report.diagnostics):
        return None  # a class without a rule yet
    errors = [f"{problem.code} {problem.message}" for problem in report.diagnostics if problem.severity == "error"]
    what = case["broken"] or "as Keras wrote it"
    if case["answers"] is None:
        return None if errors else f"{what}: Keras refuses it: {case['why']}"
    if errors:
        return f"{what}: Keras takes it, and we say {errors[:2]}"
    assert report.inference is not None
    differs = differences(report.inference, case["answers"])
    return f"{what}: {differs[:3]}" if differs else None
