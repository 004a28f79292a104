"""What experienced people say of models that Keras takes, and where they say nothing."""

from __future__ import annotations

from typing import Any

import pytest

import graphcore
from graphcore.codes import CODES
from graphcore.diagnostics import Diagnostic
from tests.oracle import records

from .models import functional, inside, layer, source, tensor

ADVICE = frozenset({"GC211", "GC212", "GC213", "GC216", "GC309", "GC508", "GC509"})


def advice(model: Any) -> list[Diagnostic]:
    report = graphcore.check(model)
    assert report.ok, report.diagnostics
    return [problem for problem in report.diagnostics if problem.code in ADVICE]


def said(model: Any) -> list[tuple[str, str | None]]:
    return [(problem.code, problem.at.layer) for problem in advice(model)]


# --- bias before BatchNormalization -----------------------------------------------------------------------------------


def convolution(**config: Any) -> dict[str, Any]:
    return layer("Conv2D", "c", "x", filters=4, kernel_size=[3, 3], **config)


@pytest.mark.parametrize(
    ("before", "after", "is_idle"),
    [
        ({}, {}, True),
        ({"use_bias": True, "activation": "linear"}, {}, True),
        ({"use_bias": False}, {}, False),
        ({"activation": "relu"}, {}, False),
        ({"trainable": False}, {}, False),
        ({}, {"trainable": False}, False),
        ({}, {"axis": 1}, False),
        ({}, {"axis": 3}, True),
        ({}, {"center": False}, True),
    ],
)
def test_a_bias_before_batch_normalization(before: dict[str, Any], after: dict[str, Any], is_idle: bool) -> None:
    model = functional(source("x", 8, 8, 3), convolution(**before), layer("BatchNormalization", "y", "c", **after))
    assert [one for one in said(model) if one[0] == "GC211"] == ([("GC211", "c")] if is_idle else [])


def test_a_bias_that_something_else_reads_is_needed() -> None:
    layers = [source("x", 8, 8, 3), convolution(), layer("BatchNormalization", "n", "c"), layer("Add", "y", ["n", "c"])]
    assert said(functional(*layers)) == []


def test_several_are_said_once_with_their_parameters() -> None:
    layers = [source("x", 8)]
    for i in range(7):
        layers.append(layer("Dense", f"d{i}", layers[-1]["name"], units=10))
        layers.append(layer("BatchNormalization", f"n{i}", f"d{i}"))
    (one,) = advice(functional(*layers))
    assert one.message == (
        "7 layers add a bias that the BatchNormalization after them takes away again: 70 parameters do nothing:"
        ' "d0", "d1", "d2", "d3", "d4" and 2 more'
    )
    assert one.severity == "info"


# --- dropout, freezing, twins -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(("rate", "is_idle"), [(0, True), (0.0, True), (1, True), (0.5, False), (0.001, False)])
def test_a_dropout_of_nothing_or_everything(rate: float, is_idle: bool) -> None:
    model = functional(source("x", 8), layer("Dropout", "d", "x", rate=rate), layer("Dense", "y", "d", units=2))
    assert said(model) == ([("GC212", "d")] if is_idle else [])


def chain(*frozen: bool, cls: str = "Dense") -> Any:
    layers = [source("x", 8)]
    for i, is_frozen in enumerate(frozen):
        config = {} if cls == "BatchNormalization" and is_frozen else {"units": 4}
        name = cls if is_frozen else "Dense"
        layers.append(layer(name, f"d{i}", layers[-1]["name"], trainable=not is_frozen, **config))
    return functional(*layers)


@pytest.mark.parametrize(
    ("frozen", "found"),
    [
        ((False, False), []),
        ((True, False), []),  # a trained head on a frozen base, as everybody does
        ((True, True, False), []),
        ((False, True), [("GC213", "d0")]),
        ((True, False, True, False), [("GC213", "d1")]),
    ],
)
def test_a_trained_layer_before_a_frozen_one(frozen: tuple[bool, ...], found: list[Any]) -> None:
    assert said(chain(*frozen)) == found


def test_a_frozen_normalization_is_no_sign() -> None:
    assert [code for code, _ in said(chain(False, True, cls="BatchNormalization"))] in ([], ["GC211"])


def test_what_a_plan_freezes_counts() -> None:
    document = {"layerwright": 1, "model": chain(False, False), "plan": {"frozen": ["d1"]}}
    assert said(document) == [("GC213", "d0")]


def twins(merge: str, units: int = 4, **meeting: Any) -> Any:
    return functional(
        source("a", 8),
        source("b", 8),
        layer("Dense", "da", "a", units=4, activation="relu"),
        layer("Dense", "db", "b", units=units, activation="relu"),
        layer(merge, "y", ["da", "db"], **meeting),
    )


def test_a_way_that_leads_to_where_it_was_ends() -> None:
    circle = layer("Dense", "a", "b", units=4), layer("Dense", "b", "a", units=4)
    model = functional(source("x", 4), *circle, inputs=["x", "a"], outputs=["b"])
    assert "GC306" in {problem.code for problem in graphcore.check(model).diagnostics}


def test_two_ways_that_are_alike_and_compared() -> None:
    assert said(twins("Subtract")) == [("GC309", "db")]
    assert said(twins("Dot", axes=1)) == [("GC309", "db")]


def test_ways_that_differ_or_are_only_joined_are_not_meant() -> None:
    assert said(twins("Concatenate")) == []
    assert said(twins("Concatenate", units=5)) == []
    shared, both = layer("Dense", "d", "a", "b", units=4), [tensor("d"), tensor("d", 1)]
    assert said(functional(source("a", 8), source("b", 8), shared, layer("Subtract", "y", both))) == []


# --- losses -----------------------------------------------------------------------------------------------------------

LOGITS = {"class_name": "SparseCategoricalCrossentropy", "config": {"from_logits": True}}
BINARY = {"class_name": "BinaryCrossentropy", "config": {"from_logits": True}}


def compiled(loss: Any, activation: str | None = None, units: int = 4, *more: dict[str, Any]) -> Any:
    config = {} if activation is None else {"activation": activation}
    model = functional(source("x", 8), layer("Dense", "y", "x", units=units, **config), *more)
    return {**model, "compile_config": {"optimizer": "adam", "loss": loss}}


@pytest.mark.parametrize(
    ("loss", "activation", "units", "code"),
    [
        (LOGITS, "softmax", 4, "GC508"),
        (LOGITS, None, 4, None),
        (LOGITS, "linear", 4, None),
        (BINARY, "sigmoid", 1, "GC508"),
        ("sparse_categorical_crossentropy", "softmax", 4, None),
        ("sparse_categorical_crossentropy", None, 4, "GC509"),
        ("categorical_crossentropy", "relu", 4, "GC509"),
        ("categorical_crossentropy", "sigmoid", 4, "GC509"),
        ("binary_crossentropy", "softmax", 1, "GC509"),
        ("binary_crossentropy", "sigmoid", 4, None),
        ("binary_crossentropy", "softmax", 2, None),
        ("binary_crossentropy", "tanh", 1, "GC509"),
        ("bce", "tanh", 1, "GC509"),
        ("mse", None, 1, None),
        ("mse", "softmax", 4, None),
        ({"class_name": "function", "config": "categorical_crossentropy"}, "relu", 4, "GC509"),
        ({"y": "categorical_crossentropy"}, "relu", 4, "GC509"),
        (["categorical_crossentropy"], "relu", 4, "GC509"),
        ({"other": "categorical_crossentropy"}, "relu", 4, None),
        ({"class_name": "MyLoss", "config": {}}, "relu", 4, None),
        (3, "relu", 4, None),
        ([[3], None], "relu", 4, None),
        ({"class_name": ["x"]}, "relu", 4, None),
    ],
)
def test_the_last_activation_and_the_loss(loss: Any, activation: str | None, units: int, code: str | None) -> None:
    assert said(compiled(loss, activation, units)) == ([] if code is None else [(code, "y")])


def test_the_last_activation_is_looked_for_behind_what_hands_on() -> None:
    more = (layer("Activation", "a", "y", activation="softmax"), layer("Reshape", "r", "a", target_shape=[2, 2]))
    assert said(compiled(LOGITS, None, 4, *more)) == [("GC508", "a")]
    softmax = layer("Softmax", "s", "y")
    assert said(compiled(LOGITS, None, 4, softmax)) == [("GC508", "s")]


def test_the_place_is_the_loss() -> None:
    (one,) = advice(compiled(LOGITS, "softmax"))
    assert one.at.pointer == "/compile_config/loss"
    document = {"layerwright": 1, "model": compiled("mse", "softmax"), "plan": {"loss": LOGITS}}
    (one,) = advice(document)
    assert one.at.pointer == "/plan/loss"


def test_inside_a_nested_model() -> None:
    inner = functional(source("i", 8), layer("Dense", "y", "i", units=4, activation="softmax"), name="head")
    outer = functional(source("x", 8), inside(inner, "x"), outputs=[["head", 1, 0]])
    (one,) = advice({**outer, "compile_config": {"loss": LOGITS}})
    assert (one.code, one.at.layer, one.at.path) == ("GC508", "y", ("head",))


# --- sizes of nothing -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("after", "found"),
    [
        (("Dense", {"units": 0}), ("y", "units", 'Dense "y" gives (None, 0), which holds no values')),
        (("RepeatVector", {"n": 0}), ("y", "n", 'RepeatVector "y" gives (None, 0, 8), which holds no values')),
        (("Dense", {"units": 4}), None),
    ],
)
def test_a_size_of_nothing_that_keras_2_takes_is_said_where_it_comes_from(
    after: tuple[str, dict[str, Any]], found: tuple[str, str, str] | None
) -> None:
    cls, config = after
    layers = [
        {
            "class_name": "InputLayer",
            "name": "x",
            "inbound_nodes": [],
            "config": {"name": "x", "batch_input_shape": [None, 8], "dtype": "float32"},
        },
        {"class_name": cls, "name": "y", "inbound_nodes": [[["x", 0, 0, {}]]], "config": {"name": "y", **config}},
        {"class_name": "ReLU", "name": "z", "inbound_nodes": [[["y", 0, 0, {}]]], "config": {"name": "z"}},
    ]
    ends = {"input_layers": [["x", 0, 0]], "output_layers": [["z", 0, 0]]}
    model = {
        "class_name": "Functional",
        "keras_version": "2.15.0",
        "config": {"name": "m", "layers": layers, **ends},
    }
    report = graphcore.check(model)
    assert report.ok
    assert [(p.code, p.at.layer, p.at.arg, p.message) for p in report.diagnostics] == (
        [("GC210", *found)] if found else []
    )


def test_an_empty_input_is_said_once() -> None:
    model = functional(source("x", 0), layer("ReLU", "a", "x"), layer("ReLU", "b", "a"))
    found = graphcore.check(model).diagnostics
    assert [(problem.code, problem.at.pointer) for problem in found] == [
        ("GC210", "/config/layers/0/config/batch_shape")
    ]


# --- real models are quiet --------------------------------------------------------------------------------------------

JUSTIFIED = {"ResNet50": 26_560, "ResNet101": 52_672, "ResNet152": 75_712}
"""The first residual networks have biases that do nothing, and so many parameters in them."""


@pytest.mark.parametrize("generation", records.GENERATIONS)
def test_keras_applications_are_quiet(generation: str) -> None:
    found = {}
    for name, record in records.every(generation):
        problems = graphcore.check(record["config"], fixes=False).diagnostics
        if problems:
            found[name] = {problem.code: problem.data.get("parameters") for problem in problems}
    assert found == {name: {"GC211": count} for name, count in JUSTIFIED.items()}


# --- silence ----------------------------------------------------------------------------------------------------------


def test_what_is_ignored_is_not_said() -> None:
    model = functional(source("x", 8), layer("Dropout", "d", "x", rate=0), layer("Dense", "y", "d"))
    codes = [problem.code for problem in graphcore.check(model).diagnostics]
    assert codes == ["GC203", "GC212"]
    assert [problem.code for problem in graphcore.check(model, ignore=["GC212", "GC203"]).diagnostics] == ["GC203"]


SILENT = [code.id for code in CODES.values() if code.severity != "error" and code.example.kind == "model"]


@pytest.mark.parametrize("code", SILENT)
def test_every_warning_about_a_model_can_be_silenced(code: str) -> None:
    """By who asks, as the command line and the service do, and by the document, as the page does."""
    text = CODES[code].example.text
    assert code in [problem.code for problem in graphcore.check(text, fixes=False).diagnostics]
    assert code not in [problem.code for problem in graphcore.check(text, fixes=False, ignore=[code]).diagnostics]
    graph, _ = graphcore.read(text)
    assert graph is not None
    document = graphcore.to_config(graph, "document")
    quiet = {**document, "view": {"ignored": {code: True}}}
    assert code not in [problem.code for problem in graphcore.check(quiet, fixes=False).diagnostics]


def test_a_document_remembers_what_is_ignored() -> None:
    model = functional(source("x", 8), layer("Dropout", "d", "x", rate=0))
    document = {"layerwright": 1, "model": model, "view": {"ignored": {"GC212": True}}}
    assert advice(document) == []
    assert [code for code, _ in said({**document, "view": {"ignored": ["GC212"]}})] == ["GC212"]


def test_a_function_that_keras_3_computes_otherwise_is_told_where_a_file_is_older() -> None:
    text = CODES["GC216"].example.text
    assert said(text) == [("GC216", "y")]
    graph, _ = graphcore.read(text)
    assert graph is not None
    assert said(graphcore.to_config(graph, "document")) == [("GC216", "y")]
    assert said(graphcore.to_config(graph, "keras3")) == []
