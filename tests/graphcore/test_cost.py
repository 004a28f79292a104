"""What models cost: each entry says how it multiplies, totals add up, and memory is freed after its last use."""

from __future__ import annotations

import json
from typing import Any

import graphcore
from graphcore.catalog import ENTRIES, ops_control
from graphcore.catalog.spec import no_products
from graphcore.cost import UNKNOWN_COST, Cost, total_cost
from graphcore.infer import infer
from graphcore.report import weigh
from graphcore.summary import summary
from tests.graphcore import cases_a, cases_b
from tests.oracle import answers

from .models import functional, inside, layer, source

# Kernels that are looked up in, or that only scale.
NO_PRODUCTS = {"Embedding", "BatchNormalization", "SyncBatchNormalization", "LayerNormalization", "PReLU"}
NO_PRODUCTS |= {"RMSNormalization", "GroupNormalization", "Normalization", "Discretization"}
UNKNOWABLE = {"layers.Lambda": "code of the file's author"}
UNKNOWABLE |= dict.fromkeys((entry.name for entry in ops_control.ENTRIES), "code of the file's author")


def cost_of(model: dict[str, Any]) -> Cost:
    graph, _ = graphcore.read(json.dumps(model))
    assert graph is not None
    inference = infer(graph)
    return total_cost(inference, weigh(inference).totals(inference))


def test_every_layer_with_a_kernel_says_how_often_it_multiplies() -> None:
    silent = {entry.cls for entry in ENTRIES if entry.cost is no_products}
    with_kernels: set[str] = set()
    for case in (*cases_a.CASES, *cases_b.CASES):
        if case.cls in silent - with_kernels:
            for dialect in case.only or ("keras3", "keras2"):
                graph = answers.model_of(case, dialect)
                weights = infer(graph).weights["x"] if graph is not None else None
                if any(len(weight.shape) > 1 for weight in weights or ()):
                    with_kernels.add(case.cls)
    assert with_kernels <= NO_PRODUCTS


def test_each_frame_of_a_spectrogram_is_multiplied_by_both_kernels() -> None:
    """TensorFlow's profiler counts the same: 22 frames of 2 channels, 16 samples by 9 bins, twice."""
    model = functional(source("x", 100, 2), layer("STFTSpectrogram", "y", "x", frame_length=16, frame_step=4))
    assert cost_of(model).multiply_adds == 22 * 2 * 16 * 9 * 2


def test_what_no_one_can_count_is_named() -> None:
    assert {entry.name for entry in ENTRIES if entry.cost is None} == set(UNKNOWABLE)


def test_totals_add_up() -> None:
    model = functional(source("x", 4), layer("Dense", "wide", "x", units=8), layer("Dense", "y", "wide", units=2))
    assert cost_of(model) == Cost(
        weights_bytes=4 * (4 * 8 + 8 + 8 * 2 + 2),
        activation_bytes=4 * (4 + 8 + 2),
        peak_activation_bytes=4 * (4 + 8),
        multiply_adds=4 * 8 + 8 * 2,
    )


def test_a_tensor_is_held_until_its_last_use() -> None:
    model = functional(
        source("x", 4),
        layer("Dense", "a", "x", units=4),
        layer("Dense", "b", "a", units=4),
        layer("Add", "sum", ["x", "b"]),
    )
    cost = cost_of(model)
    assert (cost.activation_bytes, cost.peak_activation_bytes) == (4 * 16, 4 * 12)


def test_the_inside_of_a_nested_model_counts_and_its_ends_count_once() -> None:
    body = functional(
        source("i", 4), layer("Dense", "wide", "i", units=8), layer("Dense", "o", "wide", units=2), name="in"
    )
    cost = cost_of(functional(source("x", 4), inside(body, "x"), layer("Dense", "y", "in", units=3)))
    assert cost.activation_bytes == 4 * (4 + 8 + 2 + 3)
    assert cost.peak_activation_bytes == 4 * (4 + 8)
    assert cost.multiply_adds == 4 * 8 + 8 * 2 + 2 * 3


def test_what_is_open_is_unknown() -> None:
    cost = cost_of(functional(source("x", None, 4), layer("Dense", "y", "x", units=2)))
    assert cost == Cost(weights_bytes=40, activation_bytes=None, peak_activation_bytes=None, multiply_adds=None)
    assert json.loads(graphcore.render_json(graphcore.check("[")))["cost"] == UNKNOWN_COST._asdict()


def test_bytes_are_those_of_each_variable() -> None:
    model = functional(source("x", 4), layer("Dense", "y", "x", units=2, dtype="mixed_bfloat16"))
    cost = cost_of(model)
    assert (cost.weights_bytes, cost.activation_bytes) == (4 * 10, 4 * 4 + 2 * 2)


def test_the_table_shows_cost_where_it_is_asked_for() -> None:
    graph, _ = graphcore.read(json.dumps(functional(source("x", 4), layer("Dense", "y", "x", units=2))))
    assert graph is not None
    lines = summary(graph, cost=True).splitlines()
    assert [cell.strip() for cell in lines[2].strip("┃").split("┃")] == [
        *("Layer (type)", "Output Shape", "Param #", "Weights", "Activations", "Multiply-adds"),
    ]
    assert [cell.strip() for cell in lines[6].strip("│").split("│")] == [
        *("y (Dense)", "(None, 2)", "10", "40.00 B", "8.00 B", "8"),
    ]
    assert lines[-2:] == [
        " Activations of a sample: 24.00 B in all, 24.00 B at a time",
        " Multiply-adds of a sample: 8",
    ]
