"""Quantized layers and LoRA: each variable's name, shape, dtype and trainability, and their sums, as Keras has them."""

from __future__ import annotations

import json
from collections import Counter
from typing import Any

import pytest

import graphcore
from graphcore.model import NodeKey
from graphcore.report import weigh

from . import records
from .comparing import verdict_told
from .drawing import text_of

RECORDED = records.read("quantized", "keras3")
ONE_IN = 25
"""Files of which one is asked live."""


def told(said: Any) -> str:
    """What differs from Keras's answer, in words; empty where nothing does."""
    report = graphcore.check(text_of(said["model"]))
    (layer,) = (one["config"] for one in said["model"]["config"]["layers"] if one["config"]["name"] == "x")
    title = json.dumps(layer)
    differs = verdict_told(report, said["outputs"], said.get("why"))
    if differs is not None:
        return differs and f"{title}: {differs}"
    assert report.inference is not None
    variable = report.inference.prepared["x"].policy.variable
    outputs = [[list(spec.shape or ()), spec.dtype] for spec in report.inference.specs[NodeKey("x", 0)]]
    weights = [
        [weight.name, list(weight.shape), weight.dtype or variable, weight.trainable]
        for weight in report.inference.weights["x"] or ()
    ]
    totals = weigh(report.inference).totals(report.inference)
    found = {
        "outputs": outputs,
        "weights": weights,
        "counts": [totals.trainable, totals.non_trainable],
        "bytes": [totals.trainable_bytes, totals.non_trainable_bytes],
    }
    wrong = [f"{what} {found[what]}, Keras has {said[what]}" for what in found if found[what] != said[what]]
    return f"{title}: {'; '.join(wrong)}" if wrong else ""


def test_agrees_with_what_keras_said() -> None:
    assert [says for said in RECORDED if (says := told(said))] == []


def test_every_mode_of_every_layer_is_among_them() -> None:
    counted: Counter[tuple[str, str]] = Counter()
    for said in RECORDED:
        (layer,) = (one for one in said["model"]["config"]["layers"] if one["config"]["name"] == "x")
        if "build_config" in layer and said["outputs"] is not None:
            counted[layer["class_name"], json.dumps(layer["config"]["dtype"]["config"].get("mode"))[1:-1]] += 1
    for cls in ("Dense", "EinsumDense"):
        for mode in ("int8", "int4/-1", "int4/2", "float8", "gptq/4/2", "gptq/8/2", "awq/4/2"):
            assert counted[cls, mode] >= 2, (cls, mode)
    for cls in ("Embedding", "ReversibleEmbedding"):
        for mode in ("int8", "int4/-1", "int4/2"):
            assert counted[cls, mode] >= 2, (cls, mode)
    assert {cls for cls, _ in counted} >= {"MultiHeadAttention", "GroupQueryAttention"}


@pytest.mark.keras
def test_keras_says_the_same_again() -> None:
    from .asking import Generation  # imports Keras
    from .quantizing import ask

    asked = Generation("keras3")
    for said in RECORDED[::ONE_IN]:
        now = ask(asked, text_of(said["model"]))
        assert {key: now.get(key) for key in said if key not in ("model", "why")} == {
            key: value for key, value in said.items() if key not in ("model", "why")
        }
