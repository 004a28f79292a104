"""Arguments that nest as deeply as a file may are read or refused, also where Python's stack is half full already."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest

import graphcore
from graphcore.catalog import CATALOG
from graphcore.catalog.spec import BadValue, Taken
from graphcore.model import Dialect

DEEP = 460
FRAMES = 300
DIALECTS: tuple[Dialect, ...] = ("keras3", "keras2")
ENTRIES = sorted(
    {(dialect, entry.name): entry for (dialect, _), table in CATALOG.tables.items() for entry in table.values()}.items()
)


def _nested(wrap: Callable[[Any], Any]) -> Any:
    value: Any = 1
    for _ in range(DEEP):
        value = wrap(value)
    return value


NESTED = (
    _nested(lambda inside: [inside]),
    _nested(lambda inside: {"a": inside}),
    _nested(lambda inside: {"class_name": "Dense", "config": {"units": inside}, "module": "keras.layers"}),
)


def _below(frames: int, act: Callable[[], Any]) -> Any:
    return act() if not frames else _below(frames - 1, act)


@pytest.mark.parametrize("dialect", DIALECTS)
def test_every_argument_is_read_or_refused(dialect: Dialect) -> None:
    ended = []
    for (one, name), entry in ENTRIES:
        for key, read in CATALOG.form(entry, dialect)[1].items() if one == dialect else ():
            for value in NESTED:
                try:
                    _below(FRAMES, partial(read, value))
                except (BadValue, Taken):
                    pass
                except RecursionError:
                    ended.append((name, key))
    assert ended == []


INSIDE = {
    "a deep argument": {"class_name": "Dense", "config": {"name": "d", "units": 2, "z": NESTED[0]}},
    "layers that are none": {"class_name": "Sequential", "config": {"name": "s", "layers": ["a", 1, None]}},
    "a list as config": {"class_name": "Sequential", "config": ["a", {"class_name": "Dense", "config": {"units": 2}}]},
    "a text as config": {"class_name": "LSTM", "config": "x"},
    "a text inside": {"class_name": "Bidirectional", "config": {"merge_mode": "sum", "layer": "x"}},
    "a list inside": {"class_name": "Bidirectional", "config": {"merge_mode": "sum", "layer": ["x"]}},
    "nothing inside": {"class_name": "TimeDistributed", "config": {"layer": None}},
}


@pytest.mark.parametrize("inside", INSIDE.values(), ids=INSIDE.keys())
@pytest.mark.parametrize("cls", ["TimeDistributed", "Bidirectional"])
def test_a_wrapper_refuses_what_is_no_layer(cls: str, inside: Any) -> None:
    """Of Keras 2, masked and of a batch that is known: what it looks at there is no layer, or holds none."""
    layers: list[tuple[str, dict[str, Any], list[Any]]] = [
        ("InputLayer", {"batch_input_shape": [2, 3, 4], "dtype": "float32", "name": "i"}, []),
        ("Masking", {"name": "k"}, [[["i", 0, 0, {}]]]),
        (cls, {"name": "x", "layer": inside}, [[["k", 0, 0, {}]]]),
    ]
    entries = [
        {"class_name": one, "config": config, "name": config["name"], "inbound_nodes": calls}
        for one, config, calls in layers
    ]
    config = {"name": "m", "layers": entries, "input_layers": [["i", 0, 0]], "output_layers": [["x", 0, 0]]}
    text = json.dumps({"class_name": "Functional", "config": config, "keras_version": "2.15.0"})
    report = _below(FRAMES, lambda: graphcore.check(text, fixes=False))
    assert not report.ok
    assert "GC901" not in {problem.code for problem in report.diagnostics}
