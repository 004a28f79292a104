"""Calls and tensors as Keras 3 writes nearly all of them, read by their text before the rest of it is.

A layer that is called once, with one tensor, has a third of its objects for that, which say five things. Texts of such
form are taken out together, and a mark stands for each; what is in any other form is left to the reader of JSON.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from functools import cache
from itertools import repeat
from typing import Any, NamedTuple

from .shapes import TensorSpec

JSON = Any  # a parsed value

MARK_OF_CALLS = "-Infinity"
MARK_OF_TENSOR = "Infinity"
"""Words that json lets its caller read."""
_BEGINNING = 100
DEPTH = 6
"""How deep brackets lie in each other in a list of one call."""

_ONE = (
    r'\{"class_name":~"__keras_tensor__",~"config":~\{("shape":~\[[^]["{}]*\],~"dtype":~"[a-z0-9_]+"),~'
    r'"keras_history":~\["([^"\\\x00-\x1f]*)",~(0|[1-9][0-9]{0,8}),~(0|[1-9][0-9]{0,8})\]\}\}'
)
# The list of calls of a layer that is called once.
_LISTED = rf'\[\{{"args":~\[{_ONE}\],~"kwargs":~(\{{(?:"[a-z_]+":~(?:null|true|false))?\}})\}}\]'


@cache
def _forms(space: str) -> tuple[re.Pattern[str], re.Pattern[str]]:
    """Both patterns, with a space behind each colon and comma as json.dumps writes it, or none as a browser does."""
    return re.compile(_LISTED.replace("~", space)), re.compile(_ONE.replace("~", space))


class Plain(NamedTuple):
    """What a record of a tensor says, or a list of one call with one tensor: that, and its other arguments.

    `spec` is what the file states of the tensor.
    """

    value: JSON  # the record or the list itself, which so keeps its id
    layer: str
    node: int
    tensor: int
    spec: TensorSpec
    kwargs: Mapping[str, JSON] | None = None


class TakenOut(NamedTuple):
    """A text without its plain calls and tensors, their values in the order of the marks, and by ids what they say."""

    text: str
    calls: list[JSON]
    tensors: list[JSON]
    plain: dict[int, Plain]


def take_out(text: str) -> TakenOut:
    """Read the plain calls and tensors of a text.

    Raises:
        JSONDecodeError: a shape is no JSON.
    """
    listed, one = _forms(" " if '": ' in text[:_BEGINNING] else "")
    around = listed.split(text)
    beside = one.split(MARK_OF_CALLS.join(around[::6]))
    if len(around) == len(beside) == 1:
        return TakenOut(text, [], [], {})
    said = _said({*around[1::6], *beside[1::5]})
    called, fed = _Columns(around, 6, said), _Columns(beside, 5, said)
    kwargs = {text: json.loads(text) for text in set(around[5::6])}
    named = [kwargs[text] for text in around[5::6]]
    calls = [[{"args": [record], "kwargs": given}] for record, given in zip(called.records(), named, strict=True)]
    tensors = fed.records()
    plain = {**called.plain(calls, named), **fed.plain(tensors, repeat(None))}
    return TakenOut(MARK_OF_TENSOR.join(beside[::5]), calls, tensors, plain)


class _Columns:
    """What the records of many tensors say, each kind of it as one list: so all are handled without a step for each."""

    def __init__(self, pieces: list[str], width: int, said: Mapping[str, tuple[JSON, JSON, TensorSpec | None]]) -> None:
        self.said = [*map(said.__getitem__, pieces[1::width])]
        self.layers = pieces[2::width]
        self.nodes = [*map(int, pieces[3::width])]
        self.tensors = [*map(int, pieces[4::width])]

    def records(self) -> list[JSON]:
        """The values of the records."""
        each = zip(self.said, self.layers, self.nodes, self.tensors, strict=True)
        return [
            {
                "class_name": "__keras_tensor__",
                "config": {"shape": shape, "dtype": dtype, "keras_history": [layer, node, tensor]},
            }
            for (shape, dtype, _), layer, node, tensor in each
        ]

    def plain(self, values: list[JSON], kwargs: Iterable[Mapping[str, JSON] | None]) -> dict[int, Plain]:
        """What they say, by the ids of these values."""
        specs = [spec for _, _, spec in self.said]
        each = zip(values, self.layers, self.nodes, self.tensors, specs, kwargs, strict=False)  # kwargs may go on
        table = dict(zip(map(id, values), map(tuple.__new__, repeat(Plain), each), strict=True))
        if None in specs:
            for value, spec in zip(values, specs, strict=True):
                if spec is None:
                    del table[id(value)]
        return table


def _said(heads: set[str]) -> dict[str, tuple[JSON, JSON, TensorSpec | None]]:
    """Shape and dtype of a tensor as values, and what they mean; a model has few of them, and many tensors."""
    texts = [*heads]
    values = json.loads(f"[{{{'},{'.join(texts)}}}]")
    return {text: (one["shape"], one["dtype"], _spec(**one)) for text, one in zip(texts, values, strict=True)}


def _spec(shape: list[JSON], dtype: str) -> TensorSpec | None:
    is_shape = all(size is None or (size.__class__ is int and size >= 0) for size in shape)
    return TensorSpec(tuple(shape), dtype) if is_shape else None
