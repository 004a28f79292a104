"""Multiply-adds against TensorFlow's own profiler: recorded for all of `profiling.MODELS`, live for some."""

from __future__ import annotations

import json
from typing import Any

import pytest

import graphcore

from . import profiling, records

RECORDED = records.read("costs", "keras3")
LIVE = ("MobileNet", "transformer", "ConvLSTM2D", "Conv2D, grouped", "Conv3D", "shared layers and models")


def counted(config: Any) -> int | None:
    """The multiply-adds of a model, as we count them."""
    graph, _ = graphcore.read(config)
    assert graph is not None
    return graphcore.infer(graph).multiply_adds()


def test_twenty_models_and_more_are_recorded() -> None:
    assert list(RECORDED) == list(profiling.MODELS)
    assert len(RECORDED) >= 20


@pytest.mark.parametrize("name", RECORDED)
def test_multiply_adds_are_those_of_the_profiler(name: str) -> None:
    config = RECORDED[name]["config"] or records.read("keras3", name)["config"]
    assert counted(json.dumps(config)) == pytest.approx(RECORDED[name]["multiply_adds"], rel=0.01)


@pytest.mark.keras
@pytest.mark.parametrize("name", LIVE)
def test_multiply_adds_are_those_of_the_profiler_live(name: str) -> None:
    from .asking import Generation  # imports Keras

    model = profiling.MODELS[name](Generation("keras3").keras)
    assert counted(model.to_json()) == pytest.approx(profiling.multiply_adds(model), rel=0.01)
