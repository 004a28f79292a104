"""Masks: what every layer makes of those that come in, as Keras answered."""

from __future__ import annotations

from typing import Any

import pytest

import graphcore
from graphcore.model import Dialect, NodeKey
from tests.graphcore.cases import Case

from . import records
from .comparing import verdict_told
from .masking import Question, questions, text_of

each_dialect = pytest.mark.parametrize("dialect", ("keras3", "keras2"))
ONE_IN = 20
"""Questions of which one is asked live."""


@each_dialect
def test_agrees_with_what_keras_said(dialect: Dialect) -> None:
    found = records.read("masks", dialect)
    assert [says for said in found if (says := _told(said, dialect))] == []


@each_dialect
def test_every_layer_is_asked(dialect: Dialect) -> None:
    asked = {said["cls"] for said in records.read("masks", dialect)}
    assert asked == {question.case.cls for question in questions(dialect)}


@pytest.mark.keras
@each_dialect
def test_keras_says_the_same_again(dialect: Dialect) -> None:
    from .asking import Generation  # imports Keras
    from .masking import ask

    asked = Generation(dialect)
    for said in records.read("masks", dialect)[::ONE_IN]:
        now = ask(asked, text_of(_question(said), dialect))
        assert (now["outputs"], now["masks"]) == (said["outputs"], said["masks"]), said


def _question(said: Any) -> Question:
    inputs = tuple(tuple(shape) for shape in said["inputs"])
    return Question(
        Case(said["cls"], said["config"], inputs, tuple(said["dtypes"]), (), said["call"]), tuple(said["masked"])
    )


def _told(said: Any, dialect: Dialect) -> str:
    """What differs, in words; empty where nothing does."""
    question = _question(said)
    report = graphcore.check(text_of(question, dialect))
    title = f"{question.case.title} masked {question.masked}:"
    differs = verdict_told(report, said["outputs"], said.get("why"))
    if differs is not None:
        return differs and f"{title} {differs}"
    assert report.inference is not None
    specs = report.inference.specs[NodeKey("x", 0)]
    ours = [[_listed(spec.shape), spec.dtype] for spec in specs], [_listed(spec.mask) for spec in specs]
    return "" if ours == (said["outputs"], said["masks"]) else f"{title} Keras has {said['masks']}, and we {ours[1]}"


def _listed(shape: Any) -> Any:
    return None if shape is None else list(shape)
