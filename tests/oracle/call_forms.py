"""Every layer called with arguments that its call may not have: more by position, and others by name.

Keras binds them to the signature of `call`; a file may hold any, because hands and old programs write files, too. Each
class is asked with the arguments of a drawn case that Keras took.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

from graphcore.model import JSON, Dialect
from tests.graphcore.cases import Case

from . import records
from .drawing import classes, file_of
from .drawing import text_of as json_of

if TYPE_CHECKING:
    from .asking import Generation

TENSOR = "a tensor"
"""Stands for the first input among further arguments."""
BY_POSITION: tuple[tuple[JSON, ...], ...] = (
    (TENSOR,),
    (TENSOR,) * 2,
    (TENSOR,) * 3,
    (None,),
    (None,) * 2,
    (None,) * 5,
    (None, TENSOR),
    (True,),
)
FLAGS = ("training", "count_weights", "reverse", "return_attention_scores", "use_causal_mask", "strange")
"""Names of arguments that are true or false where there are such; `strange` is nobody's."""
TENSORS = ("mask", "attention_mask", "query_mask", "initial_state", "states", "constants")
FIRSTS = ("inputs", "x", "data", "sequences", "sequence", "query")
"""What calls name their first tensor, and what none does."""


class Question(NamedTuple):
    """A layer of arguments, and what its call gets beside its inputs. `renames`: its only input comes by that name."""

    cls: str
    config: dict[str, JSON]
    inputs: tuple[Any, ...]
    dtypes: tuple[str, ...]
    args: tuple[JSON, ...] = ()
    kwargs: Mapping[str, JSON] = {}
    renames: str = ""


def questions(dialect: Dialect) -> Iterator[Question]:
    """Every question, in the order in which they are recorded."""
    found = records.read("drawn", dialect)
    for cls in classes(dialect):
        begin = _begin(cls, found[cls])
        if begin is None:
            continue
        if dialect == "keras3":
            for args in BY_POSITION:
                yield begin._replace(args=args)
            for name in FIRSTS:
                yield begin._replace(renames=name)
        for name in (*FLAGS, *TENSORS, *FIRSTS):
            for value in (None, True, TENSOR) if name in FLAGS else (None, TENSOR):
                yield begin._replace(kwargs={name: value})


def _begin(cls: str, drawn: list[Any]) -> Question | None:
    """The call that a class is asked with: the first drawn one that Keras took, of floats where there is such."""
    taken = [said for said in drawn if said["outputs"] is not None and said["inputs"] and not said["call"]]
    said = min(taken, key=lambda one: bool(one["dtypes"]), default=None)
    if said is None:
        return None
    return Question(cls, said["config"], tuple(map(tuple, said["inputs"])), tuple(said["dtypes"]))


def text_of(question: Question, dialect: Dialect) -> str:
    """The file that holds a question."""
    model = file_of(Case(question.cls, question.config, question.inputs, question.dtypes), dialect)
    (node,) = model["config"]["layers"][-1]["inbound_nodes"]
    if dialect == "keras2":
        kwargs = {name: ["in0", 0, 0] if value == TENSOR else value for name, value in question.kwargs.items()}
        node[0][3] = {**node[0][3], **kwargs}
        return json_of(model)
    shape, dtype = list(question.inputs[0]), (*question.dtypes, "float32")[0]
    said = {"shape": shape, "dtype": dtype, "keras_history": ["in0", 0, 0]}
    tensor = {"class_name": "__keras_tensor__", "config": said}
    node["args"] += [tensor if value == TENSOR else value for value in question.args]
    node["kwargs"].update({name: tensor if value == TENSOR else value for name, value in question.kwargs.items()})
    if question.renames:
        node["kwargs"][question.renames] = node["args"].pop(0)
    return json_of(model)


def ask(asked: Generation, question: Question) -> dict[str, Any]:
    """What the call gives, null where Keras refuses the file, and its words."""

    def of_call() -> dict[str, Any]:
        text = text_of(question, "keras3" if asked.is_3 else "keras2")
        return {"outputs": asked.outputs_of(asked.build(text).get_layer("x"))}

    return asked.answer(of_call, letters=60)


def ask_all(asked: Generation) -> list[dict[str, Any]]:
    """Every question with its answer."""
    every = asked.each(questions("keras3" if asked.is_3 else "keras2"))
    return [{**question._asdict(), **ask(asked, question)} for question in every]
