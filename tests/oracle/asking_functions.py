"""What tf_keras answers about each drawn call of a function of TensorFlow. Imported only where Keras may be."""

from __future__ import annotations

import inspect
import json
from collections.abc import Sequence
from typing import Any

from tests.graphcore.cases_ops import OperationCase

from .answers import Answer
from .asking import Generation
from .drawing_functions import drawn, file_of, functions, written
from .drawing_operations import tensors_of
from .drawn_calls import Enough, answered

ENOUGH = Enough(accepted=16, distinct=6, refused=10, most=500)


def ask_function(asked: Generation, function: str) -> list[dict[str, Any]]:
    """Drawn calls of a function with the answers of tf_keras, until enough were accepted."""
    # tf_keras takes an input of rank 0 for one of unknown rank.
    cases = (case for case in drawn(function, optional(function)) if all(x.shape for x in tensors_of(case[1:])))
    return answered(cases, written, lambda case: ask_by_file(asked, case), ENOUGH)


def optional(function: str) -> Sequence[str]:
    """The arguments that a function need not be given."""
    from tensorflow.python.util.tf_export import get_symbol_from_name

    known = inspect.signature(get_symbol_from_name(function)).parameters.values()
    return [one.name for one in known if one.default is not one.empty and one.name != "name"]


def ask_by_file(asked: Generation, case: OperationCase) -> Answer:
    """The answer about a file that holds the call."""

    def ask() -> dict[str, Any]:
        model = asked.build(json.dumps(file_of(case)))
        return {"outputs": asked.outputs_of(model.get_layer("x"))}

    said = asked.answer(ask)
    if said["outputs"] is None:
        return Answer(None, None, said["why"])
    return Answer(tuple((None if shape is None else tuple(shape), dtype) for shape, dtype in said["outputs"]), ())


def ask_all(asked: Generation, names: Sequence[str] = ()) -> dict[str, list[dict[str, Any]]]:
    """Every function that has a rule, or those."""
    answers = {}
    for i, name in enumerate(names or functions()):
        if i % 10 == 0:
            asked.forget()
        answers[name] = ask_function(asked, name)
    return answers
