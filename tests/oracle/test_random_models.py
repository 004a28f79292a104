"""Random small models and broken copies of them: Keras's verdict, and every shape, dtype and count, against ours.

What Keras said is recorded (`make oracle`); a few new ones are asked live. Accepted and refused ones are counted apart.
"""

from __future__ import annotations

import json
from collections import Counter
from typing import Any

import pytest

import graphcore

from . import records
from .comparing import differences
from .random_models import cases

LIVE_MODELS = 8

# What is known to differ: a part of what was changed, a part of our first problem or difference, and why.
EXCUSED = (
    # tf_keras's PReLU multiplies what a later call brings, wherever that broadcasts; its output has the larger shape.
    ("input", "PReLU", "keras2"),
    ("input [None, 7] → [None, None]", "model[0]", "keras2"),
    # It does not look at ranks in later calls either, and reduces an axis that is not there.
    ("", "cannot combine (None, 4) with (None, 2)", "keras2"),
    # Attention along no axis at all: TensorFlow gives up.
    ("dense_1 fed by ['rescaling'", "MultiHeadAttention", "keras2"),
    # The channels are unknown, and known from a build_config that no longer fits.
    ("input [None, None, 6] → [None, None, None]", "MultiHeadAttention", "keras3"),
)


@pytest.mark.parametrize("generation", records.GENERATIONS)
def test_agrees_with_what_keras_said(generation: str) -> None:
    found = records.read("random", generation)
    judged = Counter(_judge(case) for case in found)
    assert _differing(found, generation) == []
    assert judged["taken"] >= records.RANDOM_MODELS, judged
    assert judged["refused"] >= records.RANDOM_MODELS, judged


@pytest.mark.keras
@pytest.mark.parametrize("generation", records.GENERATIONS)
def test_agrees_with_keras_live(generation: str) -> None:
    from .asking import Generation  # imports Keras

    found = cases(Generation(generation), seed=1, models=LIVE_MODELS)
    assert _differing(found, generation) == []


def _judge(case: Any) -> str:
    report = graphcore.check(json.dumps(case["config"]))
    if any(problem.code == "GC209" for problem in report.diagnostics):
        return "without a rule"
    return "refused" if case["answers"] is None else "taken"


def _differing(found: list[Any], generation: str) -> list[str]:
    told = [(case, says) for case in found if (says := _told(case)) is not None]
    return [says for case, says in told if not _is_excused(case["broken"] or "", says, generation)]


def _is_excused(broken: str, says: str, generation: str) -> bool:
    return any(generation == one and broken.startswith(what) and part in says for what, part, one in EXCUSED)


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
