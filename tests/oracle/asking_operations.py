"""What Keras 3 answers about each drawn call of an operation. Imported only where Keras may be."""

from __future__ import annotations

import json
import warnings
from itertools import islice
from typing import Any

from tests.graphcore.cases_ops import OperationCase

from .answers import Answer, refused
from .drawing_operations import classes, drawn, file_of, written
from .operating import ask_keras, class_of

ENOUGH = 26
"""Accepted calls of a class."""
DISTINCT = 8
"""Different answers among them."""
REFUSED = 24
"""Refused calls of a class that are kept; the next ones are tried and forgotten."""
MOST = 1500
"""Calls that are tried."""


def ask_class(cls: str) -> list[dict[str, Any]]:
    """Drawn calls of a class with Keras's answers, until enough were accepted."""
    found: list[dict[str, Any]] = []
    seen: set[str] = set()
    told: set[str] = set()
    accepted = kept = 0
    for case in islice(drawn(cls), MOST):
        said = {"config": case.config, "args": written(case.args)}
        text = json.dumps(said)
        if text in seen:
            continue
        seen.add(text)
        answer = ask_keras(case)
        if answer.outputs is None:
            kept += 1
            if kept > REFUSED:
                continue
        else:
            told.add(json.dumps(answer.outputs))
            accepted += 1
        found.append({**said, "outputs": answer.outputs})
        if accepted >= ENOUGH and len(told) >= DISTINCT:
            break
        if accepted >= 2 * ENOUGH and len(seen) > MOST // 10:  # it has no more to say
            break
    return found


def ask_all() -> dict[str, list[dict[str, Any]]]:
    """Every class that has a rule."""
    return {cls: ask_class(cls) for cls in classes()}


def ask_by_file(case: OperationCase) -> Answer:
    """Keras's answer about a file that holds the call."""
    import keras

    keras.backend.clear_session()
    text = json.dumps(file_of(case, class_of(case.cls).__module__))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            model = keras.models.model_from_json(text)
        except Exception as error:  # whatever Keras raises is its no
            return refused(error)
    called = next(one for one in model.operations if one.name == "x")
    outputs = keras.tree.flatten(called.output)
    return Answer(tuple((tuple(y.shape), str(y.dtype)) for y in outputs), ())
