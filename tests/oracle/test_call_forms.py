"""Arguments that a layer's call may not have, as Keras answered; what its call takes, as the installed Keras has it."""

from __future__ import annotations

import inspect
import json
from collections import Counter
from functools import partial
from importlib import import_module
from typing import Any

import pytest

import graphcore
from graphcore.catalog import CATALOG
from graphcore.catalog.calls import OPEN_OPERATIONS, Signature
from graphcore.model import Dialect, NodeKey

from . import records
from .call_forms import TENSOR, Question, questions, text_of
from .comparing import errors_of, verdict_told
from .exceptions import FORMS, unexcused

each_dialect = pytest.mark.parametrize("dialect", ("keras3", "keras2"))
OPERATION_ROOMS = ("numpy", "nn", "core", "math", "image", "linalg", "einops")
"""Modules of Keras 3 that hold operations."""
ONE_IN = 80
"""Questions of which one is asked live."""


@each_dialect
def test_agrees_with_what_keras_said(dialect: Dialect) -> None:
    told = [(question.cls, says) for question, said in _each(dialect) if (says := _told(question, said, dialect))]
    assert unexcused(FORMS, dialect, told) == []


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


@pytest.mark.keras
def test_operations_are_called_as_the_installed_keras_does() -> None:
    rooms = [import_module(f"keras.src.ops.{room}") for room in OPERATION_ROOMS]
    differing = {}
    for name, entry in CATALOG.tables["keras3", True].items():
        cls = next((vars(room)[name] for room in rooms if name in vars(room)), None)
        if cls is not None and entry.name.startswith("ops."):
            takes = list(inspect.signature(cls.call).parameters.values())[1:]
            others = any(one.kind in (one.VAR_POSITIONAL, one.VAR_KEYWORD) for one in takes)
            theirs, ours = [one.name for one in takes], [one.rstrip("?") for one in entry.inputs.names]
            if others != (name in OPEN_OPERATIONS) or (not others and theirs != ours):
                differing[name] = (theirs, ours)
    assert differing == {}


ONE: dict[str, Any] = {"shape": [None, 4], "dtype": "float32", "keras_history": ["in0", 0, 0]}
"""The tensor that goes into a nested model."""
OF_MODELS: tuple[tuple[list[Any], dict[str, Any]], ...] = (
    *(([TENSOR, *more], {}) for more in ([], [TENSOR], [None], [True], [None, None], [None] * 3)),
    *(([TENSOR], {name: value}) for name in ("training", "mask", "strange", "inputs") for value in (None, TENSOR)),
    *(([], {name: TENSOR}) for name in ("inputs", "x")),
)
"""How a nested model is called: by position and by name."""


@pytest.mark.keras
@each_dialect
@pytest.mark.parametrize("kind", ("Functional", "Sequential"))
def test_nested_models_are_called_as_keras_does(dialect: Dialect, kind: str) -> None:
    from .asking import Generation  # imports Keras

    asked = Generation(dialect)
    verdicts = {}
    for args, kwargs in OF_MODELS:
        if dialect == "keras3" or args == [TENSOR]:
            text = json.dumps(_around_a_model(kind, args, kwargs, dialect))
            keras = asked.answer(partial(_named, asked, text))["outputs"] is not None
            verdicts[str((args, kwargs))] = (keras, graphcore.check(text).ok)
    assert {call: said for call, said in verdicts.items() if said[0] != said[1]} == {}
    assert {keras for keras, _ in verdicts.values()} == {True, False}


def _named(asked: Any, text: str) -> dict[str, Any]:
    return {"outputs": asked.build(text).name}


def _around_a_model(kind: str, args: list[Any], kwargs: dict[str, Any], dialect: Dialect) -> dict[str, Any]:
    is_3 = dialect == "keras3"
    tensor = {"class_name": "__keras_tensor__", "config": ONE}
    begin: dict[str, Any] = {"class_name": "InputLayer", "config": {"dtype": "float32", "name": "in0"}, "name": "in0"}
    begin["config"]["batch_shape" if is_3 else "batch_input_shape"] = [None, 4]
    begin["inbound_nodes"] = []
    dense: dict[str, Any] = {"class_name": "Dense", "config": {"name": "d", "units": 3}, "name": "d"}
    inside: dict[str, Any] = {"name": "m", "layers": [begin, dense]}
    if kind == "Functional":
        dense["inbound_nodes"] = [{"args": [tensor], "kwargs": {}}] if is_3 else [[["in0", 0, 0, {}]]]
        inside |= {"input_layers": [["in0", 0, 0]], "output_layers": [["d", 0, 0]]}
    given = tensor if is_3 else ["in0", 0, 0]
    named = {name: given if value == TENSOR else value for name, value in kwargs.items()}
    placed = [given if value == TENSOR else value for value in args]
    nodes: list[Any] = [{"args": placed, "kwargs": named}] if is_3 else [[["in0", 0, 0, named]]]
    model: dict[str, Any] = {"class_name": kind, "config": inside, "name": "m", "inbound_nodes": nodes}
    room = {"Functional": "keras.src.models.functional"}
    ends = {"input_layers": [["in0", 0, 0]], "output_layers": [["m", 0 if is_3 else 1, 0]]}
    if is_3:
        for one, module in ((begin, "keras.layers"), (dense, "keras.layers"), (model, room.get(kind, "keras"))):
            one.update(module=module, registered_name=None)
    around: dict[str, Any] = {"class_name": "Functional", "config": {"name": "whole", "layers": [begin, model], **ends}}
    return {
        **around,
        **({"module": room["Functional"]} if is_3 else {"keras_version": "2.21.0", "backend": "tensorflow"}),
    }


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
