"""Every public function of `keras.ops` has an entry, or a recorded reason why no file holds it."""

from __future__ import annotations

import pytest

from graphcore.catalog import CATALOG

from . import records

ONE_IN = 20
"""Functions of which one is called again."""


def test_every_function_has_an_entry_or_a_reason() -> None:
    table = CATALOG.tables["keras3", True]
    found = records.read("layers", "public-operations")
    assert len(found) > 300
    assert [name for name, said in found.items() if not said["why"] and not set(said["classes"]) <= set(table)] == []


def test_an_entry_of_what_keras_never_loads_refuses() -> None:
    """What Keras writes and does not load has an entry where its file can be told: kept, or refused as Keras does."""
    table = CATALOG.tables["keras3", True]
    found = records.read("layers", "public-operations")
    never = {cls for said in found.values() if "does not load" in said["why"] for cls in said["classes"]}
    assert never <= set(table)
    assert {cls for cls in never if not table[cls].kept} == {"AdaptiveAveragePool", "AdaptiveMaxPool"}


@pytest.mark.keras
def test_the_functions_are_those_of_keras() -> None:
    from .public_operations import outcome, public

    found, functions = records.read("layers", "public-operations"), public()
    assert sorted(found) == sorted(functions)
    for name in sorted(functions)[::ONE_IN]:
        said = outcome(name, functions[name])
        assert (list(said.classes), said.why) == (found[name]["classes"], found[name]["why"]), name
