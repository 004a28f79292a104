"""Sparse and ragged tensors: files whose input is one, for every layer, and what Keras makes of each."""

from __future__ import annotations

import json
import warnings
from collections.abc import Collection, Iterator
from itertools import islice, product
from typing import TYPE_CHECKING, Any

from graphcore.catalog import CATALOG
from graphcore.model import Dialect, Op

from .drawing import classes, file_of, rows_of, text_of

if TYPE_CHECKING:
    from .asking import Generation  # imports Keras

KINDS = ("sparse", "ragged")
ROWS = 3
"""Rows of each class that are asked, of those that Keras takes with a dense input."""
TRIED = 12


def files_of(cls: str, dialect: Dialect) -> Iterator[dict[str, Any]]:
    """Rows of a class as files with a dense input, without two that say the same."""
    entry = CATALOG.find(Op(cls), dialect)
    assert entry is not None
    rows = rows_of(cls, entry, dialect)
    seen = set()
    for case in rows[:: max(1, len(rows) // TRIED)]:
        model = file_of(case._replace(cls=cls, only=()), dialect)
        text = text_of(model)
        if case.inputs and text not in seen:
            seen.add(text)
            yield model


def special(model: dict[str, Any], kind: str, names: Collection[str]) -> dict[str, Any]:
    """The model with those of its inputs sparse or ragged."""
    copy: dict[str, Any] = json.loads(json.dumps(model))
    for layer in copy["config"]["layers"][:-1]:
        if layer["config"]["name"] in names:
            layer["config"][kind] = True
            shape = layer["config"].get("batch_input_shape", ())
            if kind == "ragged" and len(shape) > 2 and None not in shape[1:]:
                shape[1] = None  # to tf_keras a tensor with every size known is not ragged
    for tensor in _tensors(copy["config"]["layers"][-1]["inbound_nodes"]):
        if tensor["config"]["keras_history"][0] in names:
            tensor["config"][kind] = True
    return copy


def _tensors(value: Any) -> Iterator[dict[str, Any]]:
    """The tensors of a call record of Keras 3; those of Keras 2 say nothing of themselves."""
    if isinstance(value, list):
        for one in value:
            yield from _tensors(one)
    elif isinstance(value, dict) and value.get("class_name") == "__keras_tensor__":
        yield value
    elif isinstance(value, dict):
        for one in value.values():
            yield from _tensors(one)


def ask(asked: Generation, text: str) -> list[Any] | str:
    """Shape, dtype and kind of each output; or why Keras refuses it."""
    asked.forget_names()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            from .asking import flat, spec_of

            layer = asked.build(text).get_layer("x")
            (node,) = layer._inbound_nodes
            outputs = node.output_tensors if asked.is_3 else flat(node.outputs)
        except Exception as error:  # whatever Keras raises is its no
            return asked.words_of(error, 100)
    return [[*spec_of(tensor), asked.kind(tensor)] for tensor in outputs]


def ask_all(asked: Generation) -> dict[str, list[dict[str, Any]]]:
    """Every class of a Keras."""
    dialect: Dialect = "keras3" if asked.is_3 else "keras2"
    return {cls: list(_asked(asked, cls, dialect)) for cls in classes(dialect)}


def _asked(asked: Generation, cls: str, dialect: Dialect) -> Iterator[dict[str, Any]]:
    taken = (model for model in files_of(cls, dialect) if isinstance(ask(asked, text_of(model)), list))
    for model in islice(taken, ROWS):
        inputs = [name for name, *_ in model["config"]["input_layers"]]
        for kind, names in product(KINDS, (inputs[:1], inputs) if len(inputs) > 1 else (inputs,)):
            one = special(model, kind, names)
            yield {"model": one, "kind": kind, "said": ask(asked, text_of(one))}
