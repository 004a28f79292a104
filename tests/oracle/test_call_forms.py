"""Arguments that a layer's call may not have, as Keras answered; what its call takes, as the installed Keras has it."""

from __future__ import annotations

import inspect
from collections import Counter
from typing import Any

import pytest

import graphcore
from graphcore.catalog import CATALOG
from graphcore.catalog.calls import Signature
from graphcore.model import Dialect, NodeKey

from . import records
from .call_forms import Question, questions, text_of
from .comparing import errors_of, verdict_told
from .exceptions import FORMS, is_excused

each_dialect = pytest.mark.parametrize("dialect", ("keras3", "keras2"))
ONE_IN = 80
"""Questions of which one is asked live."""


@each_dialect
def test_agrees_with_what_keras_said(dialect: Dialect) -> None:
    told = [(question, says) for question, said in _each(dialect) if (says := _told(question, said, dialect))]
    assert [says for question, says in told if not is_excused(FORMS, dialect, question.cls, says)] == []


@each_dialect
def test_every_question_is_asked_and_both_answers_turn_up(dialect: Dialect) -> None:
    every = _each(dialect)
    assert [question for question, _ in every] == list(questions(dialect))
    taken = Counter(said["outputs"] is not None for _, said in every)
    assert taken[True] > 500, taken
    assert taken[False] > 3000, taken


@pytest.mark.keras
@each_dialect
def test_keras_says_the_same_again(dialect: Dialect) -> None:
    from .asking import Generation  # imports Keras
    from .call_forms import ask

    asked = Generation(dialect)
    for question, said in _each(dialect)[::ONE_IN]:
        assert ask(asked, question)["outputs"] == said["outputs"], question


@pytest.mark.keras
@each_dialect
def test_signatures_are_those_of_the_installed_keras(dialect: Dialect) -> None:
    from .asking import Generation  # imports Keras

    asked = Generation(dialect)
    differing = {}
    for name, entry in CATALOG.tables[dialect, False].items():
        cls = asked.layer_class(name)
        if cls is not None and entry.name.startswith("layers."):
            ours = entry.call if dialect == "keras3" else entry.old_call
            assert ours is not None, name
            if (theirs := _signature(cls)) != (found := _shown(ours)):
                differing[name] = (theirs, found)
    assert differing == {}


def _signature(cls: Any) -> tuple[list[str], set[str], bool, bool]:
    """Names by position and by name, whether there are others by position and by name.

    A `__call__` of the class's own comes before its `call`, which gets by name what that does not know.
    """
    first, then = (list(inspect.signature(one).parameters.values())[1:] for one in (cls.__call__, cls.call))
    kinds = {one.kind for one in then}
    placed = [one for one in first if one.kind is one.POSITIONAL_OR_KEYWORD]
    behind = [one for one in then if one.kind in (one.POSITIONAL_OR_KEYWORD, one.KEYWORD_ONLY)]
    if placed:
        behind = [one for one in behind[1:] if one.name not in {known.name for known in placed}]
    else:
        placed = [one for one in behind if one.kind is one.POSITIONAL_OR_KEYWORD]
        behind = [one for one in behind if one.kind is one.KEYWORD_ONLY]
    names = [one.name for one in placed]
    by_name = {one.name for one in behind} | {"training"}.difference(names)
    more = inspect.Parameter.VAR_POSITIONAL in kinds
    return names, by_name, more, inspect.Parameter.VAR_KEYWORD in kinds


def _shown(ours: Signature) -> tuple[list[str], set[str], bool, bool]:
    return list(ours.names), set(ours.by_name), ours.more, ours.others


def _each(dialect: Dialect) -> list[tuple[Question, Any]]:
    asked = []
    for said in records.read("forms", dialect):
        inputs, dtypes = tuple(map(tuple, said["inputs"])), tuple(said["dtypes"])
        args = tuple(said["args"])
        asked.append(
            (Question(said["cls"], said["config"], inputs, dtypes, args, said["kwargs"], said["renames"]), said)
        )
    return asked


def _told(question: Question, said: Any, dialect: Dialect) -> str:
    """What differs, in words; empty where nothing does."""
    report = graphcore.check(text_of(question, dialect))
    title = f"{question.cls} {question.config} args {question.args} kwargs {question.kwargs} {question.renames}:"
    if any(error.startswith("GC901") for error in errors_of(report)):
        return f"{title} {errors_of(report)}"
    differs = verdict_told(report, said["outputs"], said.get("why"))
    if differs is not None:
        return differs and f"{title} {differs}"
    assert report.inference is not None
    specs = report.inference.specs[NodeKey("x", 0)]
    ours = [[None if spec.shape is None else list(spec.shape), spec.dtype] for spec in specs]
    return "" if ours == said["outputs"] else f"{title} Keras gives {said['outputs']}, and we {ours}"
