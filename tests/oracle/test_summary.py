"""Rows and sums of our summary against those that `model.summary()` prints."""

from __future__ import annotations

import re
from typing import Any

import pytest

import graphcore
from graphcore.summary import summary

from . import test_plot

pytestmark = pytest.mark.keras

Table = tuple[list[list[str]], list[str]]


def table_of(said: str) -> Table:
    """The cells of each row without blanks, and the lines beneath."""
    rows: list[list[str]] = []
    is_new = True
    for line in said.splitlines():
        if line.startswith("│"):
            cells = ["".join(cell.split()) for cell in line.strip("│").split("│")]
            if is_new:
                rows.append(cells)
            else:
                rows[-1] = [before + more for before, more in zip(rows[-1], cells, strict=True)]
            is_new = False
        else:
            is_new = True
    return rows, re.findall(r"^ .*params: .*$", said, re.MULTILINE)


def options_of(model: Any) -> list[dict[str, Any]]:
    """Every option of `model.summary()` that makes other rows; widths are a matter of the terminal."""
    names = [layer.name for layer in model.layers]
    part = (names[len(names) // 3], names[-1 - len(names) // 3])
    return [
        {"expand_nested": False},
        {"expand_nested": True, "show_trainable": True},
        {"layer_range": part, "show_trainable": True},
        {"layer_range": (part[1], f"{part[0][:2]}.*"), "expand_nested": True},
    ]


@pytest.mark.parametrize("made", test_plot.MODELS, ids=test_plot.titled)
def test_prints_what_keras_prints(made: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    import keras

    monkeypatch.setenv("COLUMNS", "500")  # rich cuts what is wider than the terminal
    text = test_plot.written(made, keras)
    model = keras.models.model_from_json(text)
    graph, _ = graphcore.read(text)
    assert graph is not None
    for options in options_of(model):
        lines: list[str] = []
        model.summary(line_length=400, print_fn=lines.append, **options)
        ours, theirs = table_of(summary(graph, **options)), table_of("\n".join(lines))
        assert len(theirs[0]) > 0
        is_chain = "Connected to" not in lines[0]
        for row in ours[0]:
            if row[0].startswith("└") and not is_chain:
                row[3] = "-"  # Keras does not say what layers inside are connected to
        assert ours == theirs, options
