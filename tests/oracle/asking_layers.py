"""What Keras answers about each drawn case of a layer. Imported only where Keras may be."""

from __future__ import annotations

import json
from itertools import islice
from typing import Any

from graphcore.model import Dialect
from tests.graphcore import cases_a, cases_b

from . import records
from .answers import key
from .asking import Generation
from .drawing import classes, drawn, file_of, text_of

ENOUGH = 26
"""Accepted cases of a class, those of the tables counted too."""
LEAST = 6
"""Of them drawn ones."""
DISTINCT = 8
"""Different outputs among them."""
MOST = 120
"""Cases that are tried to find them."""


def ask_class(asked: Generation, cls: str) -> list[dict[str, Any]]:
    """Drawn cases of a class with Keras's answers, until enough were accepted, with those of the tables."""
    dialect: Dialect = "keras3" if asked.is_3 else "keras2"
    rows = [answer for answer in said_of_rows(cls, dialect) if answer is not None]
    told = {json.dumps(outputs) for outputs, _ in rows}
    found: list[dict[str, Any]] = []
    seen: set[str] = set()
    accepted = 0
    for case in islice(drawn(cls, dialect), MOST):
        text = text_of(file_of(case, dialect))
        if text in seen:
            continue
        seen.add(text)
        answer = ask(asked, text)
        if answer["outputs"] is not None:
            accepted += 1
            told.add(json.dumps(answer["outputs"]))
            if len(found) % 3 == 0:  # replayed as it was drawn
                del answer["written"]
        said = {"config": case.config, "inputs": case.inputs, "dtypes": case.dtypes, "call": case.call}
        found.append({**said, **answer})
        if accepted >= max(LEAST, ENOUGH - len(rows)) and len(told) >= DISTINCT:
            break
    return found


def said_of_rows(cls: str, dialect: Dialect) -> list[Any]:
    """What Keras said about the rows of the tables that are about a class; a refusal is None."""
    found = []
    for name, rows in (("a", cases_a.CASES), ("b", cases_b.CASES)):
        recorded = records.read("layers", f"{name}-{dialect}")
        found += [recorded[key(row)] for row in rows if row.cls == cls and (not row.only or dialect in row.only)]
    return found


def ask(asked: Generation, text: str) -> dict[str, Any]:
    """Outputs as (shape, dtype), weights as (path, shape, dtype, trainable), and the layer as Keras writes it."""

    def of_layer() -> dict[str, Any]:
        model = asked.build(text)
        layer = model.get_layer("x")
        outputs = asked.outputs_of(layer)
        weights = _weights(layer, is_3=asked.is_3)
        written = next(one for one in json.loads(model.to_json())["config"]["layers"] if one["name"] == "x")
        return {"outputs": outputs, "weights": weights, "written": written}

    return asked.answer(of_layer, nothing=("outputs", "weights"))


def _weights(layer: Any, *, is_3: bool) -> list[Any]:
    if is_3:
        return [[w.path.partition("/")[2], list(w.shape), w.dtype, w.trainable] for w in layer.weights]
    trainable = {id(w) for w in layer.trainable_weights}
    return [
        [w.name.partition("/")[2].partition(":")[0], w.shape.as_list(), w.dtype.name, id(w) in trainable]
        for w in layer.weights
        if hasattr(w, "shape")  # a look-up without a vocabulary has a handler for one among them
    ]


def ask_all(asked: Generation, only: tuple[str, ...] = ()) -> dict[str, list[dict[str, Any]]]:
    """Every class, or those."""
    dialect: Dialect = "keras3" if asked.is_3 else "keras2"
    found = {}
    for cls in only or classes(dialect):
        asked.forget()
        found[cls] = ask_class(asked, cls)
    return found
