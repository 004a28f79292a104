"""The page on coverage is what the catalog and the records say, and nothing of Keras lacks an entry unnamed."""

from __future__ import annotations

import pytest

import graphcore
from graphcore.catalog import CATALOG, LOST
from graphcore.catalog.names import KERAS2_LAYERS, KERAS3_LAYERS, OPERATIONS
from graphcore.model import Dialect

from . import coverage
from .drawing import classes
from .exceptions import UNREADABLE, WITHOUT_ENTRY, WITHOUT_RULE


def test_the_page_is_up_to_date() -> None:
    assert coverage.PAGE.read_text() == coverage.page(), "python -m tests.oracle.coverage writes it"


@pytest.mark.parametrize(("dialect", "names"), [("keras3", KERAS3_LAYERS), ("keras2", KERAS2_LAYERS)])
def test_every_layer_has_an_entry_or_a_reason(dialect: Dialect, names: frozenset[str]) -> None:
    assert names - set(CATALOG.tables[dialect, False]) == set(WITHOUT_ENTRY[dialect])


def test_what_tf_keras_cannot_read_is_said_to_be_that() -> None:
    assert set(LOST) == set(UNREADABLE)
    layer = {"class_name": "RandomFourierFeatures", "config": {"name": "x", "output_dim": 8}, "name": "x"}
    source = {"class_name": "InputLayer", "config": {"batch_input_shape": [None, 4], "name": "a"}, "name": "a"}
    layers = [{**source, "inbound_nodes": []}, {**layer, "inbound_nodes": [[["a", 0, 0, {}]]]}]
    ends = {"input_layers": [["a", 0, 0]], "output_layers": [["x", 0, 0]]}
    config = {"name": "m", "layers": layers, **ends}
    report = graphcore.check({"class_name": "Functional", "config": config, "keras_version": "2.21.0"})
    assert [(one.code, one.message) for one in report.diagnostics] == [
        ("GC201", 'Layer "x" is of class RandomFourierFeatures, which tf_keras writes and cannot read again')
    ]


def test_every_operation_has_an_entry_or_a_reason() -> None:
    assert OPERATIONS - set(CATALOG.tables["keras3", True]) == set(WITHOUT_RULE)


@pytest.mark.parametrize("dialect", ("keras3", "keras2"))
def test_every_layer_has_enough_cases_or_a_reason(dialect: Dialect) -> None:
    said = coverage.said_of_layers(dialect)
    few = {name for name in classes(dialect) if not said[name].is_enough}
    assert few == {name for one, name in coverage.FEW if one == dialect}
