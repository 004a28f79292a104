"""Which layer makes, passes on, takes or drops a mask: every layer fed by tensors that have one.

A case that Keras took is asked again with a Masking layer between inputs and layer: on all inputs, and on one of them.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, NamedTuple

from graphcore.model import JSON, Dialect
from tests.graphcore.cases import Case

from . import records
from .answers import dtype_of
from .drawing import classes, file_of

if TYPE_CHECKING:
    from .asking import Generation

BEGINS = 3
"""Cases of a class."""


class Question(NamedTuple):
    """A case of a layer, and which of its inputs are masked."""

    case: Case
    masked: tuple[int, ...]


def questions(dialect: Dialect) -> Iterator[Question]:
    """Every question, in the order in which they are recorded."""
    found = records.read("drawn", dialect)
    for cls in classes(dialect):
        taken = [said for said in found[cls] if said["outputs"] is not None and said["inputs"]]
        by_form = {(len(said["outputs"]), len(said["inputs"])): said for said in reversed(taken)}
        chosen = list(by_form.values())
        chosen += [said for said in taken if said not in chosen]
        for said in chosen[:BEGINS]:
            inputs = tuple(tuple(shape) for shape in said["inputs"])
            case = Case(cls, said["config"], inputs, tuple(said["dtypes"]), (), said["call"])
            every = tuple(i for i, shape in enumerate(inputs) if shape and dtype_of(case, i) not in ("string", "bool"))
            yield Question(case, every)
            if len(every) > 1:
                yield from (Question(case, (i,)) for i in every[:2])


def text_of(question: Question, dialect: Dialect) -> str:
    """The file that holds a question: `m0` stands between `in0` and the layer."""
    file = file_of(question.case, dialect)
    layers = file["config"]["layers"]
    for i in question.masked:
        made = _masking(i, question.case, dialect)
        _feed(layers[-1]["inbound_nodes"], f"in{i}", f"m{i}")
        layers.insert(-1, made)
    return json.dumps(file)


def _masking(i: int, case: Case, dialect: Dialect) -> dict[str, Any]:
    config: dict[str, JSON] = {"name": f"m{i}", "mask_value": 0, "dtype": "float32"}
    dtype = dtype_of(case, i)
    if dtype.startswith(("float", "bfloat")):
        config["dtype"] = dtype
    if dialect == "keras2":
        return {"class_name": "Masking", "config": config, "name": f"m{i}", "inbound_nodes": [[[f"in{i}", 0, 0, {}]]]}
    said = {"shape": list(case.inputs[i]), "dtype": dtype, "keras_history": [f"in{i}", 0, 0]}
    call = {"args": [{"class_name": "__keras_tensor__", "config": said}], "kwargs": {}}
    made = {"module": "keras.layers", "class_name": "Masking", "config": config, "registered_name": None}
    return {**made, "name": f"m{i}", "inbound_nodes": [call]}


def _feed(tree: Any, old: str, new: str) -> None:
    """Let what came from one layer come from another, in place."""
    waiting = [tree]
    while waiting:
        value = waiting.pop()
        if isinstance(value, dict):
            waiting.extend(value.values())
        elif isinstance(value, list):
            if value[:1] == [old] and len(value) > 2:
                value[0] = new
            waiting.extend(value)


def ask(asked: Generation, text: str) -> dict[str, Any]:
    """The outputs of the layer "x" and the shapes of their masks; both null where Keras refuses it."""

    def of_layer() -> dict[str, Any]:
        model = asked.build(text)
        layer = model.get_layer("x")
        return {"outputs": asked.outputs_of(layer), "masks": asked.masks_of(model)["x"][0]}

    return asked.answer(of_layer, nothing=("outputs", "masks"), letters=160)


def ask_all(asked: Generation) -> list[dict[str, Any]]:
    """Every question with its answer."""
    dialect: Dialect = "keras3" if asked.is_3 else "keras2"
    found = []
    for question in asked.each(questions(dialect)):
        case = question.case
        said = {"cls": case.cls, "config": case.config, "inputs": case.inputs, "dtypes": case.dtypes, "call": case.call}
        found.append({**said, "masked": question.masked, **ask(asked, text_of(question, dialect))})
    return found
