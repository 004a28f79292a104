"""A layer that is called once and then again with another input, alone and inside a model that is called again.

Both Keras look at less when they call a layer that is built, and at more, or at nothing, inside a nested model. Every
layer that takes one tensor is asked, with arguments that Keras took in a drawn case.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Literal, NamedTuple, get_args

from graphcore.catalog import CATALOG
from graphcore.model import JSON, Dialect, Op
from graphcore.shapes import Shape

from . import records
from .drawing import classes

if TYPE_CHECKING:
    from .asking import Generation

Place = Literal["alone", "inside", "within"]
"""Where the layer is called twice: in the model itself; by a nested model that is; in a nested model that is called."""
BEGINS = 2
"""First calls of a class."""


class Question(NamedTuple):
    """A layer of arguments, the shape of its first call and of its second one."""

    cls: str
    config: dict[str, JSON]
    dtype: str
    first: Shape
    second: Shape
    place: Place


def questions(dialect: Dialect) -> Iterator[Question]:
    """Every question, in the order in which they are recorded."""
    found = records.read("drawn", dialect)
    for cls in classes(dialect):
        entry = CATALOG.find(Op(cls), dialect)
        if entry is None or entry.inputs.form not in ("one", "call") or "Cell" in cls:
            continue
        for said in _begins(found[cls]):
            first = tuple(said["inputs"][0])
            dtype = said["dtypes"][0] if said["dtypes"] else "float32"
            for second in _others(first):
                if not second and dialect == "keras2":
                    continue  # tf_keras takes () for an unknown shape, which is no other call
                for place in get_args(Place):
                    yield Question(cls, said["config"], dtype, first, second, place)


def _begins(drawn: list[Any]) -> list[Any]:
    """Cases that Keras took, of several ranks where there are some."""
    taken = [said for said in drawn if said["outputs"] is not None and len(said["inputs"]) == 1 and not said["call"]]
    by_rank = {len(said["inputs"][0]): said for said in reversed(taken)}
    chosen = [by_rank[rank] for rank in sorted(by_rank)][:BEGINS]
    return [*chosen, *(said for said in taken if said not in chosen)][:BEGINS]


def _others(first: Shape) -> list[Shape]:
    """Shapes that differ from this one in one way each."""
    if not first:
        return [(None,)]
    *most, last = first
    found: list[Shape] = [(*first, 3), tuple(most)]
    if most:
        size = last or 2
        found += [(*most, other) for other in (size + 1, size * 2, 1, None) if other != last]
    if len(first) > 2:
        size = first[1] or 4
        found += [(first[0], other, *first[2:]) for other in (size + 2, None) if other != first[1]]
        found.append((first[0], 2, *first[1:]))
    return found


def ask(asked: Generation, question: Question) -> dict[str, Any]:
    """What the second call gives, null where Keras refuses the file, and its words."""

    def of_calls() -> dict[str, Any]:
        calls = asked.describe(asked.build(text_of(question, asked.is_3)))["calls"]
        return {"outputs": calls["x"][1] if question.place == "alone" else calls["inner"][-1][-1:]}

    return asked.answer(of_calls, letters=160)


def ask_all(asked: Generation) -> list[dict[str, Any]]:
    """Every question with its answer."""
    every = asked.each(questions("keras3" if asked.is_3 else "keras2"))
    return [{**question._asdict(), **ask(asked, question)} for question in every]


# Files


def text_of(question: Question, is_3: bool) -> str:
    """The file that holds a question."""
    own = _layer(question.cls, {**question.config, "name": "x"}, is_3)
    shapes = {"in0": question.first, "in1": question.second}
    if question.place == "inside":
        body = _model("inner", {"in": question.first}, own, question.dtype, is_3)
        own = {**body, "name": "inner"}
    if question.place == "within":
        body = _model("inner", shapes, own, question.dtype, is_3)
        return json.dumps(_around(body, shapes, question.dtype, is_3))
    return json.dumps(_model("m", shapes, own, question.dtype, is_3))


def _around(body: dict[str, Any], shapes: dict[str, Shape], dtype: str, is_3: bool) -> dict[str, Any]:
    """A model of the same inputs that calls a nested one once, on all of them."""
    model = _model("m", shapes, {**body, "name": "inner"}, dtype, is_3)
    config = model["config"]
    calls = config["layers"][-1]["inbound_nodes"]
    all_of_them = (
        [{"args": [[call["args"][0] for call in calls]], "kwargs": {}}] if is_3 else [[call[0] for call in calls]]
    )
    config["layers"][-1]["inbound_nodes"] = all_of_them
    config["output_layers"] = [["inner", 0, i] for i in range(len(shapes))]
    return model


def _model(name: str, shapes: dict[str, Shape], own: dict[str, Any], dtype: str, is_3: bool) -> dict[str, Any]:
    """A model of so many inputs, with the layer or model called on each of them."""
    key = "batch_shape" if is_3 else "batch_input_shape"
    inputs = [
        {**_layer("InputLayer", {key: list(shape), "dtype": dtype, "name": one}, is_3), "inbound_nodes": []}
        for one, shape in shapes.items()
    ]
    nodes = [_call(one, shape, dtype, is_3) for one, shape in shapes.items()]
    called = own["config"]["name"]
    config = {
        "name": name,
        "trainable": True,
        "layers": [*inputs, {**own, "inbound_nodes": nodes}],
        "input_layers": [[one, 0, 0] for one in shapes],
        "output_layers": [[called, i, 0] for i in range(len(shapes))],
    }
    model = {"class_name": "Functional", "config": config}
    return {"module": "keras.src.models.functional", **model} if is_3 else {**model, "keras_version": "2.21.0"}


def _layer(cls: str, config: dict[str, Any], is_3: bool) -> dict[str, Any]:
    made = {"class_name": cls, "config": config, "name": config["name"]}
    return {"module": "keras.layers", **made, "registered_name": None} if is_3 else made


def _call(fed_by: str, shape: Shape, dtype: str, is_3: bool) -> Any:
    if not is_3:
        return [[fed_by, 0, 0, {}]]
    said = {"shape": list(shape), "dtype": dtype, "keras_history": [fed_by, 0, 0]}
    return {"args": [{"class_name": "__keras_tensor__", "config": said}], "kwargs": {}}
