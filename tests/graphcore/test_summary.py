"""The table of `model.summary()`."""

from __future__ import annotations

import json
from typing import Any

import pytest

import graphcore
from graphcore.summary import memory, summary

from .models import custom, functional, inside, layer, sequential, source, tensor


def summary_of(model: dict[str, Any], **options: Any) -> str:
    graph, _ = graphcore.read(json.dumps(model))
    assert graph is not None
    return summary(graph, **options)


def rows(said: str) -> list[list[str]]:
    """The cells of the table's rows, those that go on in a second line joined."""
    found: list[list[str]] = []
    is_new = True
    for line in said.splitlines()[4:]:
        if line.startswith("│"):
            cells = [cell.strip() for cell in line.strip("│").split("│")]
            if is_new:
                found.append(cells)
            else:
                found[-1] = [" ".join(filter(None, pair)) for pair in zip(found[-1], cells, strict=True)]
            is_new = False
        else:
            is_new = True
    return found


def test_a_chain() -> None:
    model = sequential(source("x", 4), layer("Dense", "d", units=3), layer("BatchNormalization", "b"), name="chain")
    assert summary_of(model) == (
        'Model: "chain"\n'
        "┏━━━━━━━━━━━━━━━━━━━━━━━━┳━━━━━━━━━━━━━━┳━━━━━━━━━┓\n"
        "┃ Layer (type)           ┃ Output Shape ┃ Param # ┃\n"
        "┡━━━━━━━━━━━━━━━━━━━━━━━━╇━━━━━━━━━━━━━━╇━━━━━━━━━┩\n"
        "│ d (Dense)              │ (None, 3)    │      15 │\n"
        "├────────────────────────┼──────────────┼─────────┤\n"
        "│ b (BatchNormalization) │ (None, 3)    │      12 │\n"
        "└────────────────────────┴──────────────┴─────────┘\n"
        " Total params: 27 (108.00 B)\n"
        " Trainable params: 21 (84.00 B)\n"
        " Non-trainable params: 6 (24.00 B)\n"
    )


def test_branches_show_what_they_are_connected_to() -> None:
    model = functional(
        source("a", 8),
        source("b", 8),
        layer("Dense", "shared", "a", "b", units=4),
        layer("Add", "sum", [tensor("shared"), tensor("shared", 1)]),
    )
    assert rows(summary_of(model)) == [
        ["a (InputLayer)", "(None, 8)", "0", "-"],
        ["b (InputLayer)", "(None, 8)", "0", "-"],
        ["shared (Dense)", "(None, 4)", "36", "a[0][0], b[0][0]"],
        ["sum (Add)", "(None, 4)", "0", "shared[0][0], shared[1][0]"],
    ]


def test_unknown_is_said_in_words() -> None:
    model = functional(source("x", 8), custom("mine", "x"), layer("Dense", "y", "x", units=4), outputs=["mine", "y"])
    said = summary_of(model)
    assert [row[:3] for row in rows(said)[1:]] == [
        ["mine (Mine)", "unknown", "unknown"],
        ["y (Dense)", "(None, 4)", "36"],
    ]
    assert said.endswith(" Total params: ≥ 36\n Trainable params: unknown\n Non-trainable params: unknown\n")


def test_layers_that_keras_drops_are_left_out_unless_it_refuses_the_model() -> None:
    dead = layer("Dense", "dead", "x", units=9)
    whole = functional(source("x", 8), dead, layer("Dense", "y", "x", units=4))
    assert [row[0] for row in rows(summary_of(whole))] == ["x (InputLayer)", "y (Dense)"]
    broken = functional(source("x", 8), dead, layer("Dense", "y", "x"))
    assert [row[0] for row in rows(summary_of(broken))] == ["x (InputLayer)", "dead (Dense)", "y (Dense)"]


def test_nested_models_are_one_row_or_opened() -> None:
    inner = functional(source("i", 4), layer("Dense", "dense", "i", units=4), name="inner")
    model = functional(source("x", 4), inside(inner, "x"), outputs=[["inner", 1, 0]])
    assert rows(summary_of(model))[1] == ["inner (Functional)", "(None, 4)", "20"]
    assert rows(summary_of(model, expand_nested=True))[1:] == [
        ["inner (Functional)", "(None, 4)", "20"],
        ["└ i (InputLayer)", "(None, 4)", "0"],
        ["└ dense (Dense)", "(None, 4)", "20"],
    ]


def test_long_cells_go_on_in_the_next_line() -> None:
    names = [f"a_layer_with_a_rather_long_name_{i}" for i in range(4)]
    layers = [layer("Dense", name, "x", units=4) for name in names]
    said = summary_of(functional(source("x", 8), *layers, layer("Concatenate", "join", names)))
    assert max(map(len, said.splitlines())) < 150
    assert rows(said)[-1][3] == ", ".join(f"{name}[0][0]" for name in names)


def test_any_name_stays_in_its_cell() -> None:
    said = summary_of(functional(source("x", 8), layer("Dense", "a\nb\x1b[2J" + "c" * 500, "x", units=4)))
    assert all(char.isprintable() or char == "\n" for char in said)
    assert len({len(line) for line in said.splitlines()[1:-3]}) == 1


@pytest.mark.parametrize(
    ("size", "said"),
    [(0, "0.00 B"), (1023, "1023.00 B"), (1024, "1.00 KB"), (102_546_848, "97.80 MB"), (2**60, "1024.00 PB")],
)
def test_memory_as_keras_writes_it(size: int, said: str) -> None:
    assert memory(size) == said
