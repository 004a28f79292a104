"""The catalog as plain data: what a form needs to ask for a layer's arguments, and what a palette shows."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..catalog import CATALOG, Catalog
from ..catalog.objects import CONSTRAINTS, INITIALIZERS, REGULARIZERS, ObjectClass
from ..catalog.spec import OpDef, Param
from ..model import JSON


def _inner(cls: str, **config: JSON) -> JSON:
    return {"module": "keras.layers", "class_name": cls, "config": config, "registered_name": None}


# What must be said has no default in Keras; a value to start from is quicker to change than an empty field is to fill.
_STARTING: Mapping[str, JSON] = {
    "units": 64,
    "filters": 32,
    "kernel_size": 3,
    "pool_size": 2,
    "rate": 0.5,
    "stddev": 0.1,
    "activation": "relu",
    "target_shape": [-1],
    "dims": [1],
    "n": 2,
    "axes": 1,
    "input_dim": 1000,
    "output_dim": 64,
    "num_heads": 4,
    "key_dim": 32,
    "head_dim": 32,
    "num_query_heads": 4,
    "num_key_value_heads": 2,
    "num_tokens": 10,
    "num_bins": 10,
    "max_number": 10,
    "height": 64,
    "width": 64,
    "factor": 0.1,
    "height_factor": 0.1,
    "width_factor": 0.1,
    "scale": 1 / 255,
    "output_size": 4,
    "equation": "ab,bc->ac",
    "output_shape": 64,
    "layer": _inner("Dense", name="dense", units=64),
    "cell": _inner("LSTMCell", name="lstm_cell", units=64),
}
# Where a class needs another value than the argument's name says, or one of two arguments that neither must be said.
_STARTING_OF: Mapping[str, Mapping[str, JSON]] = {
    "Bidirectional": {"layer": _inner("LSTM", name="lstm", units=64)},
    "Discretization": {"num_bins": 10},
    "InputLayer": {"batch_shape": [None, 32], "dtype": "float32"},
    "Pipeline": {"layers": []},
    "RandomPosterization": {"factor": 4},
    "StackedRNNCells": {"cells": [_inner("LSTMCell", name="lstm_cell", units=64)]},
}


def describe_catalog(catalog: Catalog = CATALOG) -> dict[str, Any]:
    """Every class that Keras 3 has, in the order of the tables, and the objects that arguments of them can be."""
    items = [_entry(entry) for entry in catalog.entries if not entry.only or "keras3" in entry.only]
    rooms = {"initializer": INITIALIZERS, "regularizer": REGULARIZERS, "constraint": CONSTRAINTS}
    objects = {what: [_object(cls, one) for cls, one in table.items()] for what, table in rooms.items()}
    return {"items": items, "next": None, "objects": objects}


def _object(cls: str, one: ObjectClass) -> dict[str, Any]:
    return {"name": cls, "aliases": list(one.aliases), "params": [argument._asdict() for argument in one.arguments]}


def _entry(entry: OpDef) -> dict[str, Any]:
    return {
        "name": entry.cls,
        "op": entry.name,
        "group": entry.group,
        "doc": entry.doc,
        "aliases": list(entry.aliases),
        "params": [_param(param) for param in entry.params if not param.only or "keras3" in param.only],
        "inputs": {
            "form": entry.inputs.form,
            "min": entry.inputs.least,
            "max": entry.inputs.most,
            "min_rank": entry.inputs.min_rank,
            "max_rank": entry.inputs.max_rank,
            "names": list(entry.inputs.names),
        },
        "palette": entry.palette and not entry.kept,
        "start": starting_config(entry),
    }


def starting_config(entry: OpDef) -> dict[str, JSON]:
    """The arguments that a layer begins with which a hand adds: all that must be said."""
    said = [param for param in entry.params if param.required and (not param.only or "keras3" in param.only)]
    found = {param.name: _STARTING.get(param.name, _plain(param.default)) for param in said}
    return {**found, **_STARTING_OF.get(entry.cls, {})} if entry.name.startswith("layers.") else found


def _param(param: Param) -> dict[str, Any]:
    return {
        "name": param.name,
        "required": param.required,
        "default": _plain(param.default),
        "schema": param.schema,
        "doc": param.doc,
    }


def _plain(value: Any) -> Any:
    """A default as JSON has it."""
    if isinstance(value, (tuple, list)):
        return [_plain(one) for one in value]
    if isinstance(value, Mapping):
        return {str(key): _plain(one) for key, one in value.items()}
    return value if isinstance(value, (bool, int, float, str)) else None
