"""Boxes, frames and wires of a diagram."""

from __future__ import annotations

import json
from typing import Any

import pytest

import graphcore
from graphcore.diagram import Diagram, Frame, Options, draw_diagram
from graphcore.name_pattern import NamePattern

from .models import custom, functional, inside, layer, sequential, source, tensor


def diagram_of(model: dict[str, Any], **options: Any) -> Diagram:
    graph, _ = graphcore.read(json.dumps(model))
    assert graph is not None
    return draw_diagram(graph, graphcore.infer(graph), Options(**options))


def wires(diagram: Diagram) -> list[str]:
    return [f"{diagram.boxes[start].name} → {diagram.boxes[end].name}" for start, end in diagram.wires]


def cells(diagram: Diagram, name: str) -> list[tuple[str, str]]:
    return next([tuple(cell) for cell in box.cells] for box in diagram.boxes if box.name == name)  # type: ignore[misc]


SHARED = functional(
    source("a", 8),
    source("b", 8),
    layer("Dense", "shared", "a", "b", units=4),
    layer("Add", "sum", [tensor("shared"), tensor("shared", 1)]),
)


def test_a_shared_layer_is_one_box_and_a_wire_is_drawn_once() -> None:
    diagram = diagram_of(SHARED, show_shapes=True, show_dtype=True)
    assert [box.name for box in diagram.boxes] == ["a", "b", "shared", "sum"]
    assert wires(diagram) == ["a → shared", "b → shared", "shared → sum"]
    assert cells(diagram, "a") == [("Output shape", "(None, 8)"), ("Output dtype", "float32")]
    assert cells(diagram, "sum") == [
        ("Input shape", "[(None, 4), (None, 4)]"),
        ("Output shape", "(None, 4)"),
        ("Output dtype", "float32"),
    ]


INNER = functional(
    source("p", 4),
    source("q", 4),
    layer("Add", "s", ["p", "q"]),
    layer("Multiply", "m", ["p", "q"]),
    outputs={"sum": "s", "product": "m"},
    name="pair",
)
NESTED = functional(
    source("x", 4),
    source("z", 4),
    inside(INNER, ["x", "z"]),
    inside(sequential(source("i", 4), layer("Dense", "d", units=3), layer("ReLU", "r"), name="head"), "pair"),
    layer("Dense", "y", tensor("pair", 0, 1), units=1),
    outputs=["head", "y"],
)


def test_nested_models_are_boxes_with_their_own_inputs_and_outputs() -> None:
    diagram = diagram_of(NESTED, show_shapes=True)
    assert wires(diagram) == ["x → pair", "z → pair", "pair → head", "pair → y"]
    assert cells(diagram, "pair") == [
        ("Input shape", "[(None, 4), (None, 4)]"),
        ("Output shape", "sum: (None, 4), product: (None, 4)"),
    ]


def test_opened_nested_models_are_frames_and_wires_lead_into_them() -> None:
    diagram = diagram_of(NESTED, expand_nested=True)
    assert diagram.frame == Frame("model", (0, 1, Frame("pair", (2, 3, 4, 5)), Frame("head", (6, 7)), 8))
    assert [box.name for box in diagram.boxes] == ["x", "z", "p", "q", "s", "m", "d", "r", "y"]
    assert set(wires(diagram)) == {
        *("x → p", "z → q", "p → s", "q → s", "p → m", "q → m", "d → r"),
        *("m → d", "s → y"),  # dict keys in order: product is output 0, sum is 1
    }


def test_an_activation_is_named_as_its_function() -> None:
    leaky = {"class_name": "LeakyReLU", "config": {"name": "leaky", "negative_slope": 0.1}, "module": "keras.layers"}
    relu = {"class_name": "function", "config": "relu", "module": "builtins", "registered_name": "function"}
    said: list[Any] = ["swish", None, "gelu", {**leaky, "registered_name": None}, relu]
    layers = [layer("Dense", f"d{i}", "x", units=1, activation=value) for i, value in enumerate(said)]
    diagram = diagram_of(
        functional(source("x", 8), *layers, outputs=[f"d{i}" for i in range(5)]), show_layer_activations=True
    )
    assert [box.activation for box in diagram.boxes] == [None, "silu", "linear", "gelu", "leaky", "relu"]


def test_trainable_is_shown_where_there_are_weights() -> None:
    frozen = layer("Dense", "frozen", "x", units=1, trainable=False)
    model = functional(source("x", 8), frozen, layer("Dense", "free", "x", units=1), layer("ReLU", "r", "x"))
    assert [box.is_trainable for box in diagram_of(model, show_trainable=True).boxes] == [None, False, True, None]
    model["config"]["trainable"] = False  # which reaches no layer of it in Keras 3
    assert [box.is_trainable for box in diagram_of(model, show_trainable=True).boxes] == [None, False, True, None]


def test_errors_are_marks_and_what_follows_is_unknown() -> None:
    broken = functional(
        source("x", 8), layer("Dense", "h", "x"), layer("Dense", "y", "h", units=1), custom("mine", "y")
    )
    diagram = diagram_of(broken, show_shapes=True, show_dtype=True)
    assert [box.marks for box in diagram.boxes] == [(), ("GC203",), (), ()]
    assert cells(diagram, "y") == [("Input shape", "unknown"), ("Output shape", "unknown"), ("Output dtype", "unknown")]


def test_an_error_inside_marks_the_closed_box() -> None:
    inner = functional(source("i", 8), layer("Dense", "d", "i"), name="inner")
    model = functional(source("x", 8), inside(inner, "x"), outputs=[["inner", 1, 0]])
    assert [box.marks for box in diagram_of(model).boxes] == [(), ("GC203",)]
    assert [box.marks for box in diagram_of(model, expand_nested=True).boxes] == [(), (), ("GC203",)]


def test_wires_from_nowhere_and_circles_are_drawn_as_far_as_they_go() -> None:
    model = functional(source("x", 8), layer("Add", "a", ["x", "b"]), layer("Add", "b", ["a", "gone"]))
    assert wires(diagram_of(model)) == ["x → a", "b → a", "a → b"]


CHAIN = functional(
    source("x", 8),
    *(layer("ReLU", f"r{i}", f"r{i - 1}" if i else "x") for i in range(6)),
    layer("Dense", "y", "r5", units=1),
)


@pytest.mark.parametrize(
    ("layer_range", "names"),
    [
        (("r1", "r3"), ["r1", "r2", "r3"]),
        (("r3", "r1"), ["r1", "r2", "r3"]),
        ((".*", "r1"), ["x", "r0", "r1"]),
        (("r[4-9]", "y|z"), ["r4", "r5", "y"]),
        (("r", "r"), ["r0", "r1", "r2", "r3", "r4", "r5"]),
    ],
)
def test_a_range_of_layers_as_tf_keras_has_it(layer_range: tuple[str, str], names: list[str]) -> None:
    diagram = diagram_of(CHAIN, layer_range=layer_range)
    assert [box.name for box in diagram.boxes] == names
    assert len(diagram.wires) == len(names) - 1


@pytest.mark.parametrize("pattern", ["nowhere", "(", "a{2}", "(?=x)", "\\1", "x" * 201, "(" * 150])
def test_a_range_that_is_none_is_refused(pattern: str) -> None:
    with pytest.raises(ValueError, match=r"layer_range|pattern"):
        diagram_of(CHAIN, layer_range=(pattern, "y"))


@pytest.mark.parametrize(
    ("pattern", "name", "matches"),
    [
        ("conv", "conv2d_1", True),
        ("conv$", "conv2d_1", False),
        ("^block[0-9]+_(add|conv)", "block12_add", True),
        ("^block[^0-9]", "block1", False),
        ("a.c", "a_c", True),
        (r"\d\d?\.x", "12.x", True),
        (r"[\w-]+/x", "a-b/x", True),
        ("(?:ab)*c", "ababc", True),
        ("", "anything", True),
        ("a+?b", "aab", True),
    ],
)
def test_name_patterns(pattern: str, name: str, matches: bool) -> None:
    assert NamePattern(pattern).matches_start(name) is matches


def test_no_pattern_takes_long() -> None:
    assert not NamePattern("(((a*)*)*)*b").matches_start("a" * 100_000)


def test_nested_models_are_opened_thirty_deep() -> None:
    model = sequential(source("x", 8), layer("Dense", "d", units=8), name="m0")
    for depth in range(1, 60):
        model = sequential(source("x", 8), model, name=f"m{depth}")
    diagram = diagram_of(model, expand_nested=True)
    assert [box.name for box in diagram.boxes] == ["m28"]
