"""The page on coverage is what the catalog and the records say, and nothing of Keras lacks an entry unnamed."""

from __future__ import annotations

import pytest

from graphcore.catalog import CATALOG
from graphcore.catalog.names import KERAS2_LAYERS, KERAS3_LAYERS, OPERATIONS
from graphcore.model import Dialect

from . import coverage
from .drawing import classes
from .exceptions import WITHOUT_ENTRY, WITHOUT_RULE


def test_the_page_is_up_to_date() -> None:
    assert coverage.PAGE.read_text() == coverage.page(), "python -m tests.oracle.coverage writes it"


@pytest.mark.parametrize(("dialect", "names"), [("keras3", KERAS3_LAYERS), ("keras2", KERAS2_LAYERS)])
def test_every_layer_has_an_entry_or_a_reason(dialect: Dialect, names: frozenset[str]) -> None:
    assert names - set(CATALOG.tables[dialect, False]) == set(WITHOUT_ENTRY[dialect])


def test_every_operation_has_an_entry_or_a_reason() -> None:
    assert OPERATIONS - set(CATALOG.tables["keras3", True]) == set(WITHOUT_RULE)


@pytest.mark.parametrize("dialect", ("keras3", "keras2"))
def test_every_layer_has_enough_cases_or_a_reason(dialect: Dialect) -> None:
    said = coverage.said_of_layers(dialect)
    few = {name for name in classes(dialect) if not said[name].is_enough}
    assert few == {name for one, name in coverage.FEW if one == dialect}
