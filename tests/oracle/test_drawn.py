"""Argument sets drawn from the catalog's schemas, for every layer of both Keras, as files that Keras was given."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest

import graphcore
from graphcore.model import Dialect, NodeKey
from tests.graphcore.cases import Case

from . import records
from .comparing import verdict_told, without_records
from .drawing import classes, file_of, text_of
from .exceptions import DRAWN, unexcused

each_dialect = pytest.mark.parametrize("dialect", ("keras3", "keras2"))
ONE_IN = 20
"""Cases of which one is asked live."""


@each_dialect
def test_agrees_with_what_keras_said(dialect: Dialect) -> None:
    found = records.read("drawn", dialect)
    assert sorted(found) == classes(dialect)
    differing: list[tuple[str, str]] = []
    for cls, cases in found.items():
        counted = Counter("refused" if said["outputs"] is None else "accepted" for said in cases)
        print(f"{cls}: {counted['accepted']} accepted, {counted['refused']} refused")
        differing += [(cls, says) for number, said in enumerate(cases) if (says := told(cls, number, said, dialect))]
    assert unexcused(DRAWN, dialect, differing) == []


@pytest.mark.keras
@each_dialect
def test_keras_says_the_same_again(dialect: Dialect) -> None:
    from .asking import Generation  # imports Keras
    from .asking_layers import ask

    asked = Generation(dialect)
    every = [(cls, said) for cls, cases in records.read("drawn", dialect).items() for said in cases]
    for cls, said in every[::ONE_IN]:
        now = ask(asked, text_of(file_of(_case(cls, said), dialect)))
        assert now["outputs"] == said["outputs"], (cls, said)
        assert now["weights"] == said["weights"], (cls, said)


def _case(cls: str, said: Any) -> Case:
    inputs = tuple(tuple(shape) for shape in said["inputs"])
    return Case(cls, said["config"], inputs, tuple(said["dtypes"]), (), said["call"])


def told(cls: str, number: int, said: Any, dialect: Dialect) -> str:
    """What differs from Keras's answer, in words; empty where nothing does."""
    case = _case(cls, said)
    model = file_of(case, dialect, said.get("written"))
    report = graphcore.check(text_of(without_records(model) if number % 3 == 2 else model))
    differs = verdict_told(report, said["outputs"], said.get("why"))
    if differs is not None:
        return differs and f"{case.title}: {differs}"
    assert report.inference is not None
    specs = report.inference.specs[NodeKey("x", 0)]
    ours = [[None if spec.shape is None else list(spec.shape), spec.dtype] for spec in specs]
    if ours != said["outputs"]:
        return f"{case.title}: Keras gives {said['outputs']}, and we {ours}"
    weights = report.inference.weights["x"]
    variable = report.inference.prepared["x"].policy.variable
    found = (
        None if weights is None else [[_last(w.name), list(w.shape), w.dtype or variable, w.trainable] for w in weights]
    )
    wanted = [[_last(name), *rest] for name, *rest in said["weights"]]
    return (
        ""
        if found is not None and sorted(found, key=str) == sorted(wanted, key=str)
        else f"{case.title}: Keras has the weights {wanted}, and we {found}"
    )


def _last(path: str) -> str:
    return path.rpartition("/")[2]
