"""InstanceProperty, InstanceMethod and ClassMethod of Keras 2: parts and methods of ragged and sparse tensors."""

from __future__ import annotations

from collections import Counter

import pytest

import graphcore
from graphcore.catalog.tf_methods import MAKERS, METHODS, PARTS
from graphcore.model import JSON, NodeKey

from . import records
from .exceptions import METHODS as EXCUSED
from .exceptions import is_excused
from .methods import ROWS, Row, ask_tf_keras

ONE_IN = 40
"""Rows of which one is asked live."""


def ask_us(row: Row) -> tuple[JSON, str]:
    """What we answer about a row, and why not."""
    report = graphcore.check(row.file())
    errors = [one.message for one in report.diagnostics if one.severity == "error"]
    if errors or report.inference is None:
        return None, "; ".join(errors)
    specs = report.inference.specs[NodeKey("x", 0)]
    kinds = ["sparse" if spec.sparse else "ragged" if spec.ragged else "dense" for spec in specs]
    given = zip(specs, kinds, strict=True)
    return [[None if spec.shape is None else [*spec.shape], spec.dtype, kind] for spec, kind in given], ""


def told(row: Row, theirs: JSON) -> str:
    """A difference in words; empty where there is none, or one that is excused."""
    ours, why = ask_us(row)
    says = f"{row.title} tf_keras: {theirs} we: {ours} {why}"
    return "" if ours == theirs or is_excused(EXCUSED, "keras2", row.cls, says) else says


def test_agrees_with_what_tf_keras_said() -> None:
    recorded = records.read("layers", "methods-keras2")
    assert sorted(recorded) == sorted(row.title for row in ROWS)
    assert [says for row in ROWS if (says := told(row, recorded[row.title]))] == []


def test_every_part_and_method_was_taken_and_refused() -> None:
    recorded = records.read("layers", "methods-keras2")
    counted: Counter[tuple[JSON, bool]] = Counter()
    for row in ROWS:
        name = row.config.get("attr_name") or row.config["method_name"]
        counted[name, recorded[row.title] is not None] += 1
    names = {name for table in (*PARTS.values(), *METHODS.values(), MAKERS) for name in table}
    assert {name for name, _ in counted} == names
    assert [name for name in names if counted[name, True] < 3 or counted[name, False] < 3] == []


@pytest.mark.keras
def test_tf_keras_says_the_same_again() -> None:
    from .asking import Generation

    asked, recorded = Generation("keras2"), records.read("layers", "methods-keras2")
    assert [row.title for row in ROWS[::ONE_IN] if ask_tf_keras(asked, row) != recorded[row.title]] == []
