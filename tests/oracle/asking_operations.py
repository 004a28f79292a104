"""What Keras 3 answers about each drawn call of an operation. Imported only where Keras may be."""

from __future__ import annotations

import json
import warnings
from typing import Any

from tests.graphcore.cases_ops import OperationCase

from .answers import Answer, refused
from .drawing_operations import classes, drawn, file_of, written
from .drawn_calls import Enough, answered
from .operating import ask_keras, class_of

ENOUGH = Enough(accepted=26, distinct=8, refused=24, most=1500, least=150)


def ask_class(cls: str) -> list[dict[str, Any]]:
    """Drawn calls of a class with Keras's answers, until enough were accepted."""
    return answered(drawn(cls), written, ask_keras, ENOUGH)


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
