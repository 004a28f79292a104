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


@pytest.mark.parametrize("expand_nested", [False, True])
@pytest.mark.parametrize("made", test_plot.MODELS, ids=test_plot.titled)
def test_prints_what_keras_prints(made: Any, expand_nested: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    import keras

    monkeypatch.setenv("COLUMNS", "500")  # rich cuts what is wider than the terminal
    text = test_plot.written(made, keras)
    lines: list[str] = []
    model = keras.models.model_from_json(text)
    model.summary(line_length=400, expand_nested=expand_nested, print_fn=lines.append)
    graph, _ = graphcore.read(text)
    assert graph is not None
    ours, theirs = table_of(summary(graph, expand_nested=expand_nested)), table_of("\n".join(lines))
    assert len(theirs[0]) > 1
    for row in ours[0]:
        if row[0].startswith("└") and len(row) == 4:
            row[3] = "-"  # Keras does not say what layers inside are connected to
    assert ours == theirs
