"""The catalog as plain data: what a form needs to ask for a layer's arguments, and what a palette shows."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..catalog import CATALOG, Catalog
from ..catalog.spec import OpDef, Param


def describe_catalog(catalog: Catalog = CATALOG) -> dict[str, Any]:
    """Every class that Keras 3 has, in the order of the tables."""
    items = [_entry(entry) for entry in catalog.entries if not entry.only or "keras3" in entry.only]
    return {"items": items, "next": None}


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
    }


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
