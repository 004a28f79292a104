"""Sparse and ragged inputs of every layer: which outputs are such, and what is refused, as Keras says."""

from __future__ import annotations

from typing import Any

import pytest

import graphcore
from graphcore.model import Dialect, NodeKey
from graphcore.shapes import TensorSpec

from . import records
from .comparing import verdict_told
from .drawing import classes, text_of
from .exceptions import SPECIAL, unexcused

each_dialect = pytest.mark.parametrize("dialect", ("keras3", "keras2"))
ONE_IN = 50
"""Files of which one is asked live."""


def told(cls: str, said: Any) -> str:
    """What differs from Keras's answer, in words; empty where nothing does."""
    report = graphcore.check(text_of(said["model"]))
    config = said["model"]["config"]["layers"][-1]["config"]
    title = f"{cls} {config} of a {said['kind']} input"
    is_refused = isinstance(said["said"], str)
    differs = verdict_told(report, None if is_refused else said["said"], said["said"])
    if differs is not None:
        return differs and f"{title}: {differs}"
    assert report.inference is not None
    ours = [
        [None if spec.shape is None else list(spec.shape), spec.dtype, _kind(spec)]
        for spec in report.inference.specs[NodeKey("x", 0)]
    ]
    if ours == said["said"]:
        return ""
    verb = "forgets sizes:" if _forgets(said["said"], ours) else "gives"
    return f"{title}: Keras {verb} {said['said']}, and we {ours}"


def _forgets(keras: list[Any], ours: list[Any]) -> bool:
    """Whether all is the same but for sizes that Keras does not know."""
    return len(keras) == len(ours) and all(
        [their_dtype, their_kind] == [dtype, kind]
        and shape is not None
        and len(their_shape) == len(shape)
        and all(their in (None, size) for their, size in zip(their_shape, shape, strict=True))
        for (their_shape, their_dtype, their_kind), (shape, dtype, kind) in zip(keras, ours, strict=True)
    )


def _kind(spec: TensorSpec) -> str:
    return "sparse" if spec.sparse else "ragged" if spec.ragged else "dense"


@each_dialect
def test_agrees_with_what_keras_said(dialect: Dialect) -> None:
    found = records.read("special", dialect)
    assert sorted(found) == classes(dialect)
    differing = [(cls, says) for cls, cases in found.items() for said in cases if (says := told(cls, said))]
    assert unexcused(SPECIAL, dialect, differing) == []


@pytest.mark.keras
@each_dialect
def test_keras_says_the_same_again(dialect: Dialect) -> None:
    from .asking import Generation  # imports Keras
    from .special import ask

    asked = Generation(dialect)
    every = [said for cases in records.read("special", dialect).values() for said in cases]
    for said in every[::ONE_IN]:
        now = ask(asked, text_of(said["model"]))
        assert isinstance(now, str) if isinstance(said["said"], str) else now == said["said"]
