"""The report as JSON: its form, its sums, its order, and that nothing in a file can break it."""

from __future__ import annotations

import json
from typing import Any

import pytest

import graphcore
from graphcore.render.json import render_json, render_plain

from .models import custom, functional, inside, layer, sequential, source, tensor, text


def report_of(model: dict[str, Any] | str) -> dict[str, Any]:
    said = model if isinstance(model, str) else text(model)
    plain: dict[str, Any] = json.loads(render_json(graphcore.check(said)))
    return plain


MLP = functional(
    source("Image", 784),
    layer("Dense", "Dense1", "Image", units=64, activation="relu"),
    layer("Dense", "Output", "Dense1", units=10),
    name="mlp",
)


def test_the_form_of_a_report() -> None:
    assert report_of(MLP) == {
        "ok": True,
        "name": "mlp",
        "dialect": "keras3",
        "keras_version": None,
        "inputs": [["Image", 0, 0]],
        "outputs": [["Output", 0, 0]],
        "input_names": ["Image"],
        "output_names": ["Output"],
        "params": {"trainable": 50_890, "non_trainable": 0, "total": 50_890, "known": 50_890},
        "cost": {
            "weights_bytes": 203_560,
            "activation_bytes": 3_432,
            "peak_activation_bytes": 3_392,
            "multiply_adds": 50_816,
        },
        "nodes": [
            {
                "layer": "Image",
                "class_name": "InputLayer",
                "node_index": 0,
                "inbound": [],
                "inbound_args": [],
                "outputs": [{"shape": [None, 784], "dtype": "float32"}],
                "params": {"trainable": 0, "non_trainable": 0},
                "cost": {"weights_bytes": 0, "activation_bytes": 3_136, "multiply_adds": 0},
            },
            {
                "layer": "Dense1",
                "class_name": "Dense",
                "node_index": 0,
                "inbound": [["Image", 0, 0]],
                "inbound_args": ["args/0"],
                "outputs": [{"shape": [None, 64], "dtype": "float32"}],
                "params": {"trainable": 50_240, "non_trainable": 0},
                "cost": {"weights_bytes": 200_960, "activation_bytes": 256, "multiply_adds": 50_176},
            },
            {
                "layer": "Output",
                "class_name": "Dense",
                "node_index": 0,
                "inbound": [["Dense1", 0, 0]],
                "inbound_args": ["args/0"],
                "outputs": [{"shape": [None, 10], "dtype": "float32"}],
                "params": {"trainable": 650, "non_trainable": 0},
                "cost": {"weights_bytes": 2_600, "activation_bytes": 40, "multiply_adds": 640},
            },
        ],
        "more": 0,
        "diagnostics": [],
    }


def test_the_form_of_a_diagnostic() -> None:
    model = functional(source("x", 8), source("z", 9), layer("Add", "sum", ["x", "z"]))
    (found,) = report_of(model)["diagnostics"]
    said = text(model).split("\n")[found["line"] - 1]
    assert said[found["column"] - 1] == "{"
    related = found.pop("related")
    assert {**found, "line": 0, "column": 0} == {
        "code": "GC404",
        "slug": "broadcast-mismatch",
        "severity": "error",
        "message": 'Add "sum" cannot combine (None, 8) with (None, 9)',
        "hint": found["hint"],
        "pointer": "/config/layers/2/inbound_nodes/0",
        "line": 0,
        "column": 0,
        "member": None,
        "path": [],
        "layer": "sum",
        "node_index": 0,
        "arg": None,
        "input": None,
        "fixes": found["fixes"],
    }
    assert related[1] == {
        "label": "input 1",
        "says": "(None, 9)",
        "pointer": "/config/layers/1",
        "path": [],
        "layer": "z",
        "node_index": 0,
        "tensor_index": 0,
    }


def test_a_parsed_object_has_no_lines() -> None:
    report = graphcore.check(functional(source("x", 8), layer("Dense", "y", "x")))
    (found,) = render_plain(report)["diagnostics"]
    assert (found["code"], found["line"], found["column"]) == ("GC203", None, None)


def test_what_holds_no_model_is_a_report_too() -> None:
    report = report_of("{\n oops")
    assert (report["ok"], report["name"], report["dialect"], report["nodes"]) == (False, None, None, [])
    assert report["params"] == {"trainable": None, "non_trainable": None, "total": None, "known": 0}
    assert [(d["code"], d["line"], d["column"]) for d in report["diagnostics"]] == [("GC001", 2, 2)]


def test_a_shared_layer_is_a_node_a_call_and_counts_once() -> None:
    report = report_of(
        functional(
            source("a", 8),
            source("b", 8),
            layer("Dense", "shared", "a", "b", units=4),
            layer("Add", "sum", [tensor("shared"), tensor("shared", 1)]),
        )
    )
    calls = [(n["layer"], n["node_index"], n["params"]["trainable"]) for n in report["nodes"][2:]]
    assert calls == [("shared", 0, 36), ("shared", 1, 36), ("sum", 0, 0)]
    assert report["params"]["total"] == 36
    assert report["nodes"][-1]["inbound_args"] == ["args/0/0", "args/0/1"]


def test_a_nested_model_stands_in_its_first_call_and_counts_once() -> None:
    inner = functional(source("i", 4), layer("Dense", "dense", "i", units=4), name="inner")
    report = report_of(
        functional(
            source("x", 4),
            inside(inner, "x", "x"),
            layer("Add", "sum", [tensor("inner", 0), tensor("inner", 1)]),
        )
    )
    first, second = report["nodes"][1:3]
    assert report["ok"]
    assert (first["class_name"], first["params"]) == ("Functional", {"trainable": 20, "non_trainable": 0})
    assert [(n["layer"], n["params"]["trainable"]) for n in first["body"]["nodes"]] == [("i", 0), ("dense", 20)]
    assert (first["body"]["inputs"], first["body"]["outputs"]) == ([["i", 0, 0]], [["dense", 0, 0]])
    assert "body" not in second
    assert report["params"]["total"] == 20
    assert first["cost"]["weights_bytes"] == 80


def test_what_cannot_be_counted_is_null_wherever_it_enters() -> None:
    report = report_of(
        functional(source("x", 8), custom("mine", "x"), layer("Dense", "y", "x", units=4), outputs=["mine", "y"])
    )
    assert report["ok"]
    assert report["params"] == {"trainable": None, "non_trainable": None, "total": None, "known": 36}
    assert report["nodes"][1]["params"] == {"trainable": None, "non_trainable": None}
    assert report["nodes"][1]["cost"]["weights_bytes"] is None


def test_what_is_known_inside_of_a_nested_model_is_known_of_the_whole() -> None:
    inner = functional(source("i", 4), layer("Dense", "dense", "i", units=4), custom("mine", "dense"), name="inner")
    middle = functional(source("m", 4), inside(inner, "m", "m"), name="middle")
    outer = functional(source("x", 4), layer("Dense", "first", "x", units=4), inside(middle, "first"))
    report = report_of(outer)
    assert report["params"] == {"trainable": None, "non_trainable": None, "total": None, "known": 40}


def test_layers_that_keras_drops_are_shown_and_not_counted() -> None:
    report = report_of(
        functional(source("x", 8), layer("Dense", "dead", "x", units=9), layer("Dense", "y", "x", units=4))
    )
    assert [node["layer"] for node in report["nodes"]] == ["x", "dead", "y"]
    assert report["params"]["total"] == 36


def test_a_sequential_without_an_input_is_ok_and_unknown() -> None:
    report = report_of(sequential(layer("Dense", "a", units=4), layer("Dense", "b", units=2)))
    assert (report["ok"], report["inputs"], report["params"]["total"]) == (True, [], None)
    assert [(n["layer"], n["inbound"], n["outputs"][0]["shape"]) for n in report["nodes"]] == [
        ("a", [], None),
        ("b", [["a", 0, 0]], None),
    ]
    assert report["outputs"] == [["b", 0, 0]]


def test_trees_of_inputs_and_outputs_are_flat_in_keras_order() -> None:
    report = report_of(
        functional(
            source("b", 8),
            source("a", 8),
            layer("Add", "s", ["a", "b"]),
            layer("Multiply", "m", ["a", "b"]),
            inputs={"second": "b", "first": "a"},
            outputs={"z": ["m", "s"], "y": "s"},
        )
    )
    assert report["input_names"] == ["a", "b"]
    assert report["output_names"] == ["s", "m", "s"]


def test_mixed_precision_and_unknown_sizes_in_costs() -> None:
    policy = {
        "class_name": "DTypePolicy",
        "config": {"name": "mixed_bfloat16"},
        "module": "keras",
        "registered_name": None,
    }
    report = report_of(functional(source("x", None, 8), layer("Dense", "y", "x", units=4, dtype=policy)))
    node = report["nodes"][1]
    assert node["outputs"] == [{"shape": [None, None, 4], "dtype": "bfloat16"}]
    assert (node["cost"]["weights_bytes"], node["cost"]["activation_bytes"]) == (144, None)


@pytest.mark.parametrize("name", ["\ud800", "a\u202eb", "</script>", 'q"\\', "\x00\x1b[31m", "n" * 100_000, "名"])
def test_any_name_is_written_and_comes_back(name: str) -> None:
    body = render_json(graphcore.check(json.dumps(functional(source("x", 8), layer("Dense", name, "x", units=4)))))
    assert body.isascii()
    assert json.loads(body)["nodes"][1]["layer"] == name


def test_numbers_that_json_cannot_write_are_null() -> None:
    huge = 10**4_000
    report = report_of(functional(source("x", huge), layer("Dense", "y", "x", units=huge), name="big"))
    assert report["params"]["total"] is None
    assert report["nodes"][1]["outputs"][0]["shape"] == [None, huge]


def test_a_message_with_a_huge_name_is_clipped() -> None:
    report = report_of(functional(source("x", 8), layer("Dense", "n" * 100_000, "x")))
    assert [len(d["message"]) < 3_000 for d in report["diagnostics"]] == [True]


def test_models_a_hundred_deep_are_written() -> None:
    model = sequential(source("x", 8), layer("Dense", "d", units=8), name="m0")
    for depth in range(1, 100):
        model = sequential(source("x", 8), model, name=f"m{depth}")
    report = report_of(json.dumps(model))
    assert (report["ok"], report["params"]["total"]) == (True, 72)


def test_problems_beyond_200_are_counted() -> None:
    layers = [layer("Dense", f"d{i}", "x", unit=3) for i in range(300)]
    report = report_of(functional(source("x", 8), *layers, outputs=[f"d{i}" for i in range(300)]))
    assert (len(report["diagnostics"]), report["more"]) == (200, 100)
    assert not report["ok"]


def params(value: Any) -> tuple[tuple[int, int], dict[str, tuple[int, int]]]:
    """Trainable and non-trainable parameters of a model, and of each of its layers that has any."""
    report = json.loads(render_json(graphcore.check(value)))
    nodes = {node["layer"]: tuple(node["params"].values()) for node in report["nodes"]}
    return (report["params"]["trainable"], report["params"]["non_trainable"]), {
        name: sizes for name, sizes in nodes.items() if any(sizes)
    }


def test_frozen_models_count_as_in_keras_3() -> None:
    """As keras 3.15 answers: a model at the top trains nothing, and its layers say nothing of it; a nested one
    says that it trains nothing, and the model around it trains it all the same."""
    inner = functional(source("x", 3), layer("Dense", "d", "x", units=4))
    inner["config"]["trainable"] = False
    assert params(inner) == ((0, 16), {"d": (16, 0)})
    entry = inside(inner, "y")
    outer = functional(source("y", 3), entry, layer("Dense", "e", "model", units=1), name="outer")
    assert params(outer) == ((21, 0), {"model": (0, 16), "e": (5, 0)})
    chain = sequential(source("x", 3), layer("Dense", "d", units=4))
    chain["config"]["trainable"] = False
    assert params(chain) == ((16, 0), {"d": (16, 0)})


@pytest.mark.parametrize(
    ("cls", "config", "sizes"),
    [
        ("Dense", {"units": 2}, (0, 10)),
        ("LSTM", {"units": 2}, (0, 56)),
        ("TimeDistributed", {"layer": layer("Dense", "d", units=2)}, (10, 0)),
        ("Bidirectional", {"layer": layer("LSTM", "l", units=2)}, (112, 0)),
        ("MultiHeadAttention", {"num_heads": 1, "key_dim": 2}, (42, 0)),
    ],
)
def test_frozen_layer_does_not_freeze_the_layers_that_it_holds_in_keras_3(
    cls: str, config: dict[str, Any], sizes: tuple[int, int]
) -> None:
    entry = layer(cls, "y", "x", trainable=False, **config)
    if cls == "MultiHeadAttention":
        entry["inbound_nodes"][0]["args"] *= 2
    total, layers = params(functional(source("x", 5, 4), entry))
    assert total == sizes
    assert layers == {"y": (0, sum(sizes))}
