"""What leads nowhere, comes from nowhere, or is recorded otherwise."""

from __future__ import annotations

from typing import Any

import pytest

import graphcore

from .models import functional, inside, layer, sequential, source, tensor, text

X = source("x", 8)
INNER = [["inner", 1, 0]]  # Keras 3 counts the calls of a nested Functional from 1 where it names outputs


def dense(name: str, *calls: Any) -> dict[str, Any]:
    return layer("Dense", name, *calls, units=4)


def said(model: dict[str, Any]) -> list[str]:
    """Each problem in one line: code, pointer, message."""
    return [f"{d.code} {d.at.pointer} {d.message}" for d in graphcore.check(text(model)).diagnostics]


CASES = {
    "nothing wrong": (functional(X, dense("y", "x")), []),
    "an input that is an output": (functional(X, dense("y", "x"), outputs=["x", "y"]), []),
    "an intermediate tensor as an output": (functional(X, dense("h", "x"), dense("y", "h"), outputs=["h", "y"]), []),
    "a dead end": (
        functional(X, dense("dead", "x"), dense("y", "x")),
        ['GC305 /config/layers/1/inbound_nodes/0 Dense "dead" leads to no output'],
    ),
    "a branch is named once, at its end": (
        functional(X, dense("a", "x"), dense("b", "a"), dense("c", "b"), dense("y", "x")),
        ['GC305 /config/layers/3/inbound_nodes/0 Dense "c" leads to no output, nor do "b", "a" before it'],
    ),
    "two ends of one branch": (
        functional(X, dense("a", "x"), dense("b", "a"), dense("c", "a"), dense("y", "x")),
        [
            'GC305 /config/layers/2/inbound_nodes/0 Dense "b" leads to no output, nor does "a" before it',
            'GC305 /config/layers/3/inbound_nodes/0 Dense "c" leads to no output',
        ],
    ),
    "a call of a shared layer": (
        functional(X, source("z", 8), dense("y", "x", "z"), outputs=[["y", 0, 0]]),
        ['GC305 /config/layers/2/inbound_nodes/1 Call 1 of Dense "y" leads to no output'],
    ),
    "a layer without a call": (
        functional(X, dense("idle"), dense("y", "x")),
        ['GC305 /config/layers/1 Dense "idle" is never called'],
    ),
    "an input that nothing uses": (
        functional(X, source("z", 8), dense("y", "x")),
        ['GC305 /config/layers/1 InputLayer "z" is an input that nothing uses'],
    ),
    "an input that the model does not name": (
        functional(X, source("z", 8), layer("Add", "y", ["x", "z"]), inputs=["x"]),
        ['GC307 /config/layers/1 The outputs need InputLayer "z", which is not among the inputs of the model'],
    ),
    "no outputs": (
        functional(X, dense("y", "x"), outputs=[]),
        ['GC308 /config/output_layers The model "model" has no output'],
    ),
    "a Sequential uses all it has": (sequential(source("x", 8), dense("a"), dense("b")), []),
    "the inside of a nested model": (
        functional(
            X, inside(functional(source("i", 8), dense("dead", "i"), dense("o", "i"), name="inner"), "x"), outputs=INNER
        ),
        ['GC305 /config/layers/1/config/layers/1/inbound_nodes/0 Dense "dead" leads to no output'],
    ),
}


@pytest.mark.parametrize(("model", "expected"), CASES.values(), ids=CASES)
def test_says_what_leads_nowhere(model: dict[str, Any], expected: list[str]) -> None:
    assert said(model) == expected


def test_a_place_inside_has_its_path() -> None:
    model = CASES["the inside of a nested model"][0]
    assert graphcore.check(text(model)).diagnostics[0].at.path == ("inner",)


def codes(model: dict[str, Any]) -> list[str]:
    return [d.code for d in graphcore.check(text(model)).diagnostics]


def test_a_renamed_layer_is_named_where_it_is_missed_only() -> None:
    assert codes(functional(X, dense("dense_1", "x"), dense("y", "dense1"))) == ["GC302"]
    assert codes(functional(X, dense("h", "x"), dense("y", "h"), outputs=["z"])) == ["GC302"]
    assert codes(functional(X, dense("a", "x"), dense("b", "a"), outputs=["b"], inputs=["y"])) == ["GC302"]


def test_more_dead_ends_than_missing_wires_are_named() -> None:
    ends = [dense(f"end{i}", "x") for i in range(3)]
    assert codes(functional(X, *ends, dense("y", "gone"))) == ["GC302", "GC305", "GC305", "GC305"]


def test_a_second_layer_of_one_name_is_one_problem() -> None:
    assert codes(functional(X, dense("y", "x"), dense("y", "x"))) == ["GC301"]


def recorded(*shapes: list[int | None] | None) -> dict[str, Any]:
    """x → a → b → c, each fed with a tensor of the recorded shape."""
    names = ["x", "a", "b", "c"]
    layers = [dense(name, tensor(before, shape=s)) for before, name, s in zip(names, names[1:], shapes, strict=False)]
    return functional(X, *layers)


def test_a_record_that_differs_is_a_warning_where_it_begins() -> None:
    where = "/config/layers/{}/inbound_nodes/0/args/0/config/shape"
    assert said(recorded([None, 8], [None, 4], [None, 4])) == []
    assert said(recorded(None, None, None)) == []
    assert said(recorded([None, 8], [None, 5], [None, 4])) == [
        f'GC410 {where.format(2)} The file records (None, 5) for "a", which gives (None, 4)'
    ]
    assert said(recorded([None, 9], [None, 5], [None, 6])) == [
        f'GC410 {where.format(1)} The file records (None, 9) for "x", which gives (None, 8)'
    ]


def test_the_inside_of_a_nested_model_was_recorded_for_its_own_inputs() -> None:
    i = source("i", None, 8)
    inner = functional(i, dense("o", tensor("i", shape=[None, None, 8])), name="inner")
    assert said(functional(source("x", 5, 8), inside(inner, tensor("x", shape=[None, 5, 8])), outputs=INNER)) == []


def test_thousands_of_dead_ends_are_counted() -> None:
    model = functional(X, *(dense(f"d{i}", "x") for i in range(5_000)), dense("y", "x"))
    report = graphcore.check(model)
    assert (len(report.diagnostics), report.more) == (200, 4_800)
