"""Merging, reshaping, attention, preprocessing and operations: costs, words of refusal, laws of operations."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pytest

from graphcore.catalog import CATALOG
from graphcore.infer import infer
from graphcore.inference import Inference
from graphcore.model import Dialect, Graph, Layer, Node, NodeKey, Object, Op, TensorRef
from graphcore.shapes import Shape

CALL = NodeKey("x", 0)


def call(
    cls: str,
    config: Mapping[str, Any],
    *shapes: Shape,
    dialect: Dialect = "keras3",
    dtypes: Sequence[str] = (),
    listed: bool = False,
) -> Inference:
    """One layer called with these inputs, as a list or one after another."""
    key = "batch_input_shape" if dialect == "keras2" else "batch_shape"
    layers = {}
    for i, shape in enumerate(shapes):
        dtype = dtypes[i] if i < len(dtypes) else "float32"
        layers[f"in{i}"] = Layer(f"in{i}", Op("InputLayer"), {key: list(shape), "dtype": dtype})
    layers["x"] = Layer("x", Op(cls), config)
    refs = tuple(TensorRef(f"in{i}", 0, 0) for i in range(len(shapes)))
    nodes = {NodeKey(name, 0): Node(NodeKey(name, 0)) for name in layers}
    nodes[CALL] = Node(CALL, (refs,) if listed else refs)
    return infer(Graph("m", layers, nodes, refs, TensorRef("x", 0, 0), dialect=dialect))


@pytest.mark.parametrize(
    ("cls", "config", "shapes", "message", "hint"),
    [
        (
            "Add",
            {},
            ((None, 240, 240, 32), (None, 240, 240, 33)),
            'GC404 Add "x" cannot combine (None, 240, 240, 32) with (None, 240, 240, 33)',
            'make axis 3 equal: shape of "in0" is 32, shape of "in1" is 33',
        ),
        (
            "Multiply",
            {},
            ((None, 8), (None, 8), (None, 4, 9)),
            'GC404 Multiply "x" cannot combine (None, 8) with (None, 4, 9)',
            "make axis 1 of input 0 (8) and axis 2 of input 2 (9) equal",
        ),
        (
            "Average",
            {},
            ((2, 8), (3, 8)),
            'GC404 Average "x" cannot combine (2, 8) with (3, 8)',
            'make axis 0 equal: shape of "in0" is 2, shape of "in1" is 3',
        ),
        (
            "Concatenate",
            {"axis": 1},
            ((None, 3, 8), (None, 4, 8), (None, 4, 7)),
            'GC404 Concatenate "x" cannot join (None, 3, 8) with (None, 4, 7) along axis 1',
            'make axis 2 equal: shape of "in0" is 8, shape of "in2" is 7',
        ),
        (
            "Concatenate",
            {},
            ((None, 8), (None, 8, 8)),
            'GC403 Concatenate "x" cannot join (None, 8) with (None, 8, 8): their ranks differ',
            None,
        ),
        (
            "Dot",
            {"axes": 1},
            ((None, 8), (None, 9)),
            'GC405 Dot "x" cannot multiply (None, 8) with (None, 9) along axes 1 and 1: 8 and 9',
            "make axis 1 of input 0 and axis 1 of input 1 equal",
        ),
    ],
)
def test_words_of_merging(
    cls: str, config: dict[str, Any], shapes: tuple[Shape, ...], message: str, hint: str | None
) -> None:
    (problem,) = call(cls, config, *shapes, listed=True).diagnostics
    assert f"{problem.code} {problem.message}" == message
    assert problem.hint == hint


@pytest.mark.parametrize(
    ("cls", "config", "shape", "message"),
    [
        (
            "Reshape",
            {"target_shape": [7, 7, 256]},
            (None, 6272),
            'GC406 Reshape "x" cannot make (7, 7, 256) from (None, 6272): '
            "it needs 12,544 values a sample and gets 6,272",
        ),
        (
            "Reshape",
            {"target_shape": [-1, 7]},
            (None, 30),
            'GC406 Reshape "x" cannot make (-1, 7) from (None, 30): 30 values a sample are no multiple of 7',
        ),
        (
            "Permute",
            {"dims": [2, 1]},
            (None, 3, 4, 5),
            'GC403 Permute "x" needs rank 3 for dims (2, 1), gets (None, 3, 4, 5) of rank 4',
        ),
        (
            "Normalization",
            {},
            (None, None),
            'GC408 Normalization "x" needs a known size on axis 1, gets (None, None)',
        ),
        (
            "Normalization",
            {"mean": [1, 2], "variance": [1, 2]},
            (None, 3),
            'GC405 Normalization "x" cannot spread mean of shape (2,) over axes (1,) of (None, 3)',
        ),
        (
            "Rescaling",
            {"scale": 2.0},
            (None, 3),
            'GC203 Rescaling "x" has no offset, which it needs',
        ),
    ],
)
def test_words_of_one_input(cls: str, config: dict[str, Any], shape: Shape, message: str) -> None:
    (problem,) = call(cls, config, shape).diagnostics
    assert f"{problem.code} {problem.message}" == message


@pytest.mark.parametrize(
    ("cls", "config", "shapes", "listed", "cost"),
    [
        ("Add", {}, ((None, 4, 5), (None, 4, 5), (None, 5)), True, 0),
        ("Dot", {"axes": 2}, ((None, 3, 8), (None, 4, 8)), True, 3 * 4 * 8),
        ("Dot", {"axes": 2}, ((None, None, 8), (None, 4, 8)), True, None),
        (
            "MultiHeadAttention",
            {"num_heads": 2, "key_dim": 4},
            ((None, 5, 8), (None, 6, 8)),
            False,
            5 * 8 * 2 * 4 + 2 * 6 * 8 * 2 * 4 + 5 * 6 * 2 * 8 + 5 * 2 * 4 * 8,
        ),
        ("Rescaling", {"scale": 1.0, "offset": 0.0}, ((None, 4, 4),), False, 0),
        (
            "GroupQueryAttention",
            {"head_dim": 4, "num_query_heads": 4, "num_key_value_heads": 2},
            ((None, 5, 8), (None, 6, 8)),
            False,
            5 * 8 * 16 * 2 + 2 * 6 * 8 * 8 + 5 * 6 * 16 * 2,
        ),
        ("Attention", {}, ((None, 5, 8), (None, 6, 8)), True, 5 * 6 * (8 + 8)),
        ("Attention", {"score_mode": "concat"}, ((None, 5, 8), (None, 6, 8)), True, 5 * 6 * 8),
        ("AdditiveAttention", {}, ((None, 5, 8), (None, 6, 8)), True, 5 * 6 * 8),
    ],
)
def test_multiply_adds_of_one_sample(
    cls: str, config: dict[str, Any], shapes: tuple[Shape, ...], listed: bool, cost: int | None
) -> None:
    assert call(cls, config, *shapes, listed=listed).costs[CALL] == cost


def test_concatenate_of_a_hundred_thousand_inputs() -> None:
    found = call("Concatenate", {}, *[(None, 3)] * 100_000, listed=True)
    assert [spec.shape for spec in found.specs[CALL]] == [(None, 300_000)]


@pytest.mark.parametrize(
    ("args", "inputs"),
    [
        ((TensorRef("in0", 0, 0), TensorRef("in1", 0, 0)), 2),
        ((TensorRef("in0", 0, 0), Object("__numpy__", config={"value": [1.0, 2.0], "dtype": "float32"})), 1),
        ((Object("__numpy__", config={"value": [1.0, 2.0], "dtype": "float32"}), TensorRef("in0", 0, 0)), 1),
    ],
)
def test_operands_that_do_not_broadcast(args: tuple[Any, ...], inputs: int) -> None:
    shapes: tuple[Shape, ...] = ((None, 3), (None, 2))
    layers = {f"in{i}": Layer(f"in{i}", Op("InputLayer"), {"batch_shape": list(shapes[i])}) for i in range(inputs)}
    layers["x"] = Layer("x", Op("Add", "keras.src.ops.numpy", "Add"), {})
    nodes = {NodeKey(name, 0): Node(NodeKey(name, 0)) for name in layers}
    nodes[CALL] = Node(CALL, args)
    refs = tuple(TensorRef(f"in{i}", 0, 0) for i in range(inputs))
    found = infer(Graph("m", layers, nodes, refs, TensorRef("x", 0, 0)))
    assert [problem.code for problem in found.diagnostics] == ["GC404"]


def test_a_function_without_a_rule_gives_unknown() -> None:
    found = call("TFOpLambda", {"function": "linalg.expm"}, (None, 4), dialect="keras2")
    (problem,) = found.diagnostics
    assert (problem.code, problem.severity) == ("GC209", "warning")
    assert [spec.shape for spec in found.specs[CALL]] == [None]


def sequential(dialect: Dialect) -> dict[str, Any]:
    """A model of a convolution, as each Keras writes it into a layer around it."""
    key = "batch_shape" if dialect == "keras3" else "batch_input_shape"
    layers: list[tuple[str, dict[str, Any]]] = [
        ("InputLayer", {key: [None, 8, 8, 3]}),
        ("Conv2D", {"filters": 4, "kernel_size": 3}),
        ("Flatten", {}),
    ]
    listed = [
        {
            "module": "keras.layers",
            "class_name": cls,
            "config": {"name": cls.lower(), **config},
            "registered_name": None,
        }
        for cls, config in layers
    ]
    return {
        "module": "keras",
        "class_name": "Sequential",
        "config": {"name": "steps", "layers": listed},
        "registered_name": None,
    }


@pytest.mark.parametrize("dialect", ["keras3", "keras2"])
def test_a_model_on_each_step_in_time(dialect: Dialect) -> None:
    found = call("TimeDistributed", {"layer": sequential(dialect)}, (None, 5, 8, 8, 3), dialect=dialect)
    assert found.diagnostics == ()
    assert [spec.shape for spec in found.specs[CALL]] == [(None, 5, 6 * 6 * 4)]
    weights = found.weights["x"]
    assert weights is not None
    assert [weight.shape for weight in weights] == [(3, 3, 3, 4), (4,)]


def test_a_model_on_each_step_that_does_not_fit() -> None:
    found = call("TimeDistributed", {"layer": sequential("keras3")}, (None, 5, 8, 8, 4))
    assert [problem.severity for problem in found.diagnostics] == ["error"]


def test_operations_are_not_offered_where_a_hand_adds_layers() -> None:
    operations = [entry for entry in CATALOG.entries if entry.name.startswith("ops.")]
    assert len(operations) > 150
    assert {entry.group for entry in operations} == {"operations"}
    assert not any(entry.palette for entry in operations)
