"""Files with one thing of their form changed: Keras's verdict against ours, the place of what both refuse, and answers.

What Keras said is recorded (`make oracle`); a few new ones are asked live. A third of the changes mean no harm.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable
from typing import Any

import pytest

import graphcore
from graphcore.report import Report

from . import records
from .comparing import differences

LIVE = 20

# Where we differ: a generation, a part of what was changed or of what Keras or we say of it, and why.
EXCUSED = (
    (
        "keras2",
        "one, without config: Keras refuses it: ValueError: as_list() is not defined",
        "an input without a shape goes into a model: what layers that are built make of no rank is not known here",
    ),
    (
        "keras2",
        "TF symbol",
        "a function that is not known here is a warning: TensorFlow finds 8,522 names, and no list of them is here",
    ),
    (
        "keras2",
        "tf.nn.relu, has the config of",
        "relu() gets an axis, which Python refuses there; here the layer is named that is left without axes to index",
    ),
)


@pytest.mark.parametrize("generation", records.GENERATIONS)
def test_verdicts_are_those_that_keras_gave(generation: str) -> None:
    found = records.read("mutations", generation)
    judged = Counter("taken" if case["answers"] is not None else "refused" for case in found)
    assert _differing(found, generation) == []
    assert len(found) == records.MUTATIONS
    assert min(judged["taken"], judged["refused"]) >= records.MUTATIONS // 4, judged


def test_every_excuse_is_needed() -> None:
    differing = {
        generation: [
            f"{_title(case)}: {_told(case)}"
            for case in records.read("mutations", generation)
            if _told(case) is not None or _is_elsewhere(case)
        ]
        for generation in records.GENERATIONS
    }
    unused = [part for one, part, _ in EXCUSED if not any(part in says for says in differing[one])]
    assert unused == []


@pytest.mark.parametrize("generation", records.GENERATIONS)
def test_what_both_refuse_is_placed_at_the_changed_layer_or_next_to_it(generation: str) -> None:
    elsewhere = []
    for case in records.read("mutations", generation):
        if _is_elsewhere(case):
            elsewhere.append(f"{_title(case)}: {[d.message for d in _report(case).diagnostics][:2]}")
    elsewhere = [says for says in elsewhere if not _is_excused(says, generation)]
    assert elsewhere == []


@pytest.mark.keras
@pytest.mark.parametrize("generation", records.GENERATIONS)
def test_verdicts_are_those_of_keras_live(generation: str) -> None:
    from .asking import Generation  # imports Keras
    from .mutations import cases

    assert _differing(cases(Generation(generation), seed=1, count=LIVE), generation) == []


def _report(case: Any) -> Report:
    return graphcore.check(json.dumps(case["config"]))


def _differing(found: Iterable[Any], generation: str) -> list[str]:
    told = [f"{_title(case)}: {says}" for case in found if (says := _told(case)) is not None]
    return [says for says in told if not _is_excused(says, generation)]


def _title(case: Any) -> str:
    return f"{', '.join(case['layers'])}, {case['changed']}"


def _is_excused(says: str, generation: str) -> bool:
    return any(generation == one and part in says for one, part, _ in EXCUSED)


def _told(case: Any) -> str | None:
    """What differs, in words; None where nothing does."""
    report = _report(case)
    errors = [f"{d.code} {d.message}" for d in report.diagnostics if d.severity == "error"]
    if case["answers"] is None:
        return None if errors else f"Keras refuses it: {case['why']}"
    if errors:
        return f"Keras takes it, and we say {errors[:2]}"
    assert report.inference is not None
    names = {layer.config.get("name") == name for name, layer in report.inference.graph.layers.items()}
    if names != {True}:
        return None  # Keras names a layer by its config: its answers are there, for other names
    differs = differences(report.inference, case["answers"])
    return str(differs[:3]) if differs else None


def _is_elsewhere(case: Any) -> bool:
    """Whether both refuse it, and our first error stands far from what was changed."""
    report = _report(case)
    return case["answers"] is None and not report.ok and not _is_near(report, case)


def _is_near(report: Report, case: Any) -> bool:
    """Whether the first error stands at a changed layer, at one that it feeds, one that Keras names, or around it."""
    at = next(d.at for d in report.diagnostics if d.severity == "error")
    if report.graph is None or at.layer is None:
        return True
    changed = set(case["layers"])
    # A second layer of one name stands under a key of its own.
    here = {at.layer, at.layer.partition("~")[0], *at.path}
    fed = {ref.layer for key, node in report.graph.nodes.items() if key.layer == at.layer for _, ref in node.tensors()}
    cls = report.graph.layers[at.layer].op.cls if at.layer in report.graph.layers else at.layer
    return bool(changed & (here | fed)) or at.layer in case["why"] or cls in case["why"]
