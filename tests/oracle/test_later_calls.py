"""Later calls of a layer, alone and inside a nested model, as Keras answered them."""

from __future__ import annotations

from typing import Any

import pytest

import graphcore
from graphcore.model import Dialect, NodeKey

from . import records
from .comparing import verdict_told
from .exceptions import LATER, unexcused
from .later_calls import Question, questions, text_of

each_dialect = pytest.mark.parametrize("dialect", ("keras3", "keras2"))
ONE_IN = 60
"""Questions of which one is asked live."""


@each_dialect
def test_agrees_with_what_keras_said(dialect: Dialect) -> None:
    found = records.read("later", dialect)
    told = [(question.cls, says) for question, said in _each(found) if (says := _told(question, said, dialect))]
    assert unexcused(LATER, dialect, told) == []


@each_dialect
def test_every_layer_is_asked(dialect: Dialect) -> None:
    asked = {said["cls"] for said in records.read("later", dialect)}
    assert asked == {question.cls for question in questions(dialect)}


@pytest.mark.keras
@each_dialect
def test_keras_says_the_same_again(dialect: Dialect) -> None:
    from .asking import Generation  # imports Keras
    from .later_calls import ask

    asked = Generation(dialect)
    for question, said in list(_each(records.read("later", dialect)))[::ONE_IN]:
        assert ask(asked, question)["outputs"] == said["outputs"], question


def _each(found: list[Any]) -> list[tuple[Question, Any]]:
    asked = []
    for said in found:
        first, second = tuple(said["first"]), tuple(said["second"])
        question = Question(said["cls"], said["config"], said["dtype"], first, second, said["place"])
        asked.append((question, said))
    return asked


def _told(question: Question, said: Any, dialect: Dialect) -> str:
    """What differs, in words; empty where nothing does."""
    report = graphcore.check(text_of(question, dialect == "keras3"))
    title = f"{question.place} {question.cls} {question.config} {question.first} {question.second}:"
    differs = verdict_told(report, said["outputs"], said.get("why"))
    if differs is not None:
        return differs and f"{title} {differs}"
    assert report.inference is not None
    key = {"alone": NodeKey("x", 1), "inside": NodeKey("inner", 1), "within": NodeKey("inner", 0)}[question.place]
    specs = report.inference.specs[key]
    if question.place != "alone":
        specs = specs[-1:]
    ours = [[None if spec.shape is None else list(spec.shape), spec.dtype] for spec in specs]
    return "" if ours == said["outputs"] else f"{title} Keras gives {said['outputs']}, and we {ours}"
