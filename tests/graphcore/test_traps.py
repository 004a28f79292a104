"""What real files hold that nobody expects, as `to_json` of other versions and other tools wrote it."""

from __future__ import annotations

from typing import Any

import pytest

import graphcore
from tests.broken.bases import base

JSON = dict[str, Any]


def entry(model: JSON, name: str) -> JSON:
    """A layer's config in a model."""
    config: JSON = next(one["config"] for one in model["config"]["layers"] if one["config"]["name"] == name)
    return config


def said(model: JSON) -> list[tuple[str, str]]:
    return [(found.code, found.at.pointer) for found in graphcore.check(model).diagnostics]


def test_backbone_of_keras_hub_has_no_layers_in_its_file() -> None:
    config = {"name": "bert", "trainable": True, "vocabulary_size": 30522, "num_layers": 12}
    model = {
        "module": "keras_hub.src.models.bert.bert_backbone",
        "class_name": "BertBackbone",
        "config": config,
        "registered_name": "keras_hub>BertBackbone",
    }
    assert said(model) == [("GC004", "")]


@pytest.mark.parametrize(
    ("name", "key", "value"),
    [
        ("norm", "axis", [3]),
        ("image", "dtype", "float"),
        ("conv", "bias_initializer", None),
        ("conv", "activation", {"class_name": "LeakyReLU", "config": {"name": "leaky", "alpha": 0.2}}),
        ("norm", "beta_initializer", {"class_name": "Zeros", "config": {"dtype": "float32"}}),
    ],
)
def test_odd_values_of_keras_2_are_read(name: str, key: str, value: Any) -> None:
    model = base("image", "keras2")
    entry(model, name)[key] = value
    assert said(model) == []


def test_loss_of_an_unknown_name_keeps_no_file_from_opening() -> None:
    model = base("mlp", "keras3") | {"compile_config": {"optimizer": "adam", "loss": "Custom>stock_return_loss"}}
    assert said(model) == []


@pytest.mark.parametrize("generation", ["keras3", "keras2"])
def test_sizes_of_batches_are_compared(generation: Any) -> None:
    model = base("branches", generation)
    for name, size in (("a", 4), ("b", 5)):
        config = entry(model, name)
        config["batch_shape" if generation == "keras3" else "batch_input_shape"][0] = size
    errors = [found.code for found in graphcore.check(model).diagnostics if found.severity == "error"]
    assert errors == ["GC404"]
