"""Whether Keras finds a class by its module and registered name, and values that it takes though they are odd.

Verdicts are those of keras 3.15 and tf_keras 2.21 on these files.
"""

from __future__ import annotations

import json
from typing import Any

import pytest

import graphcore
from tests.app.configs import functional, layer, source
from tests.graphcore.models import sequential
from tests.graphcore.models import source as first

GONE = object()


def errors(model: dict[str, Any]) -> list[tuple[str, str]]:
    report = graphcore.check(json.dumps(model))
    return [(d.code, d.at.pointer) for d in report.diagnostics if d.severity == "error"]


def changed(entry: dict[str, Any], **values: Any) -> dict[str, Any]:
    made = {**entry, **values}
    return {key: value for key, value in made.items() if value is not GONE}


@pytest.mark.parametrize(
    ("values", "code"),
    [
        ({"module": "keras.src.layers.core.dense"}, None),
        ({"module": GONE}, None),
        ({"module": GONE, "registered_name": GONE}, None),
        ({"module": None}, "GC101"),
        ({"module": ""}, "GC101"),
        ({"module": 3}, "GC102"),
        ({"module": "keras"}, "GC201"),
        ({"module": "keras.models"}, "GC201"),
        ({"module": "tf_keras.layers"}, "GC201"),
        ({"registered_name": ""}, None),
        ({"registered_name": False}, None),
        ({"registered_name": "Dense"}, None),
        ({"registered_name": "Other"}, "GC201"),
        ({"registered_name": {}}, "GC102"),
        ({"module": None, "registered_name": "Mine"}, None),  # a user's class, which the file names
    ],
)
def test_layer_of_keras_3_is_found(values: dict[str, Any], code: str | None) -> None:
    dense = changed(layer("Dense", "d", ["x"], units=2), **values)
    key = "registered_name" if "module" not in values else "module"
    expected = [] if code is None else [(code, f"/config/layers/1/{key}")]
    assert errors(functional(source("x", 3), dense)) == expected


@pytest.mark.parametrize(
    ("values", "code"),
    [
        ({"module": "keras.src.models.functional"}, None),
        ({"module": "keras"}, "GC201"),
        ({"module": None}, "GC101"),
        ({"registered_name": "anything"}, None),
        ({"registered_name": []}, "GC102"),
        ({"class_name": "Dense"}, "GC201"),
        ({"class_name": "Model"}, None),
    ],
)
def test_functional_model_of_keras_3_is_found(values: dict[str, Any], code: str | None) -> None:
    model = changed(functional(source("x", 3), layer("Dense", "d", ["x"], units=2)), **values)
    assert [found for found, _ in errors(model)] == ([] if code is None else [code])


@pytest.mark.parametrize(
    ("values", "code"),
    [
        ({"module": "keras", "registered_name": None}, None),
        ({"module": "keras.models", "registered_name": "Sequential"}, None),
        ({"module": "keras.layers", "registered_name": None}, "GC201"),
        ({"module": "keras", "registered_name": "Other"}, "GC201"),
        ({"module": "keras.src.models.functional", "registered_name": None}, "GC201"),
    ],
)
def test_sequential_model_of_keras_3_is_found(values: dict[str, Any], code: str | None) -> None:
    model = changed(sequential(first("x", 3), layer("Dense", "d", units=2)), **values)
    assert [found for found, _ in errors(model)] == ([] if code is None else [code])


@pytest.mark.parametrize(
    ("values", "code"),
    [
        ({"module": 3}, None),
        ({"module": "nowhere.at.all"}, None),
        ({"registered_name": -1}, None),
        ({"module": None}, "GC101"),
        ({"registered_name": []}, "GC102"),
    ],
)
def test_layer_of_keras_2_is_found(values: dict[str, Any], code: str | None) -> None:
    entries = [
        {"class_name": "InputLayer", "config": {"name": "x", "batch_input_shape": [None, 3]}, "name": "x"},
        changed({"class_name": "Dense", "config": {"name": "d", "units": 2}, "name": "d"}, **values),
    ]
    for entry, calls in zip(entries, ([], [[["x", 0, 0, {}]]]), strict=True):
        entry["inbound_nodes"] = calls
    ends = {"input_layers": [["x", 0, 0]], "output_layers": [["d", 0, 0]]}
    model = {"class_name": "Functional", "config": {"name": "m", "layers": entries, **ends}, "backend": "tensorflow"}
    assert [found for found, _ in errors(model)] == ([] if code is None else [code])


@pytest.mark.parametrize(
    ("argument", "value", "code"),
    [
        ("use_bias", "x", "GC210"),
        ("use_bias", [], "GC210"),
        ("use_bias", 1, None),
        ("units", True, "GC210"),
        ("units", False, "GC204"),
        ("activation", {}, "GC204"),
        ("activation", {"class_name": "Zeros", "config": {}}, "GC204"),
        ("activation", {"class_name": "function", "config": "relu", "module": "builtins"}, None),
        ("kernel_initializer", {"class_name": "Zeros", "config": None}, None),
        ("kernel_initializer", {"class_name": "Zeros", "config": 2.5}, "GC204"),
        ("kernel_initializer", {"class_name": "GlorotUniform", "config": {"seed": None}}, None),
        ("kernel_initializer", {"class_name": "GlorotUniform", "config": {"sead": None}}, "GC204"),
        ("bias_regularizer", {"class_name": "L2", "config": {"l2": 0.1}}, None),
        ("bias_regularizer", {"class_name": "L2", "config": {"l1": 0.1}}, "GC204"),
        ("bias_regularizer", "", "GC204"),
    ],
)
def test_odd_values_are_refused_where_keras_refuses_them(argument: str, value: Any, code: str | None) -> None:
    dense = layer("Dense", "d", ["x"], **{"units": 2, argument: value})
    found = graphcore.check(functional(source("x", 3), dense)).diagnostics
    assert [d.code for d in found] == ([] if code is None else [code])
