"""What the user said: a graph of layers, their calls, and the tensors between them.

A graph is a value. Configs are the parsed JSON itself, shared and never changed; freezing thousands of them would cost
more than reading the file.
"""

from __future__ import annotations

import marshal
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Literal, NamedTuple

from .shapes import TensorSpec

JSON = Any  # a parsed JSON value; a recursive type costs more than it tells
Dialect = Literal["keras3", "keras2", "keras1", "document"]
Kind = Literal["functional", "sequential"]

BESIDE_MODEL = ("view", "plan", "contracts")
"""What a document holds beside its model; in a graph's `extras` as `document` what else stands there."""


class NodeKey(NamedTuple):
    """One call of a layer; calls count from 0."""

    layer: str
    index: int  # type: ignore[assignment]  # the field's word; nobody asks this tuple for its own index()


class TensorRef(NamedTuple):
    """Keras's triple: one output of one call of a layer."""

    layer: str
    node: int
    tensor: int

    @property
    def call(self) -> NodeKey:
        """The call that gives it."""
        return NodeKey(self.layer, self.node)


def has_output(ref: TensorRef, count: int) -> bool:
    """Whether a call with so many outputs gives a tensor. Below 0 Keras counts from the end, as Python does.

    >>> has_output(TensorRef("split", 0, -2), 2), has_output(TensorRef("split", 0, 2), 2)
    (True, False)
    """
    return -count <= ref[2] < count


class Op(NamedTuple):
    """How a file names a class: `class_name`, and where Keras 3 writes them `module` and `registered_name`."""

    cls: str
    module: str | None = None
    registered: str | None = None


@dataclass(frozen=True, slots=True)
class Object:
    """A serialized thing among a call's arguments (a dtype, a slice, an array) that is kept and never run.

    `extras` are its other keys, None where it has none.
    """

    cls: str
    module: str | None = None
    registered: str | None = None
    config: JSON = None
    extras: Mapping[str, JSON] | None = None


Value = Any
"""A tree of a call's argument: None, bool, int, float, str, TensorRef, Object, tuple of Values, or dict of Values."""


NOTHING: Mapping[str, JSON] = MappingProxyType({})


filled = tuple.__new__
"""`filled(Node, (…))` is `Node(…)` with every field given, in half the time."""


# Layers and calls are many: tuples are made four times faster than frozen dataclasses.
class Layer(NamedTuple):
    """A layer as the file states it.

    `name` is its key in `Graph.layers` and what references name; a second layer of one name is kept as `name~2`, which
    no reference of a file can mean. `config` holds only what was said. `body` is the inside of a nested model, and then
    `config` has no layers. `extras` are the entry's other keys (`build_config`, …). `origin` is the JSON pointer of the
    entry. `is_implied`: the file has no such entry, it follows from a shape (the input of an old Sequential).
    """

    name: str
    op: Op
    config: Mapping[str, JSON]
    body: Graph | None = None
    origin: str = ""
    extras: Mapping[str, JSON] = NOTHING
    is_implied: bool = False


class Node(NamedTuple):
    """One call of a layer: a tree of arguments with TensorRefs anywhere in it, and the JSON pointer of the record.

    `extras` are the record's other keys, None where it has none.
    """

    key: NodeKey
    args: tuple[Value, ...] = ()
    kwargs: Mapping[str, Value] = NOTHING
    origin: str = ""
    extras: Mapping[str, JSON] | None = None

    def tensors(self) -> list[tuple[str, TensorRef]]:
        """Every tensor that comes in, in Keras's order, with its way: `args/0/1`, `kwargs/value`."""
        found: list[tuple[str, TensorRef]] = []
        for i, value in enumerate(self.args):
            if type(value) is TensorRef:
                found.append((_FIRST if i == 0 else f"args/{i}", value))
            elif value.__class__ in _TREES:
                found.extend(leaves(value, f"args/{i}"))
        for key, value in self.kwargs.items():
            if type(value) is TensorRef:
                found.append((f"kwargs/{key}", value))
            elif value.__class__ in _TREES:
                found.extend(leaves(value, f"kwargs/{key}"))
        return found


def are_tensors(values: Value) -> bool:
    """Whether an argument is a list of tensors and nothing else."""
    return values.__class__ is tuple and set(map(type, values)) == _ONLY_TENSORS


@dataclass(frozen=True, slots=True)
class Graph:
    """A model: layers by name in the file's order, calls by key, and the trees of its inputs and outputs.

    `inputs` and `outputs` are a TensorRef, or a tuple or dict of such trees. `declared` holds what the file recorded
    about tensors. `config` is the rest of the model's own config (`trainable`, `dtype`, …), `extras` what stands beside
    it (`build_config`, `compile_config`; in a document `view`, `plan` and `contracts`). `origin` points at the model's
    config. `stored` are the weights that the file holds of layers whose classes are unknown, by the layers' names.
    """

    name: str
    layers: Mapping[str, Layer]
    nodes: Mapping[NodeKey, Node]
    inputs: Value = ()
    outputs: Value = ()
    declared: Mapping[TensorRef, TensorSpec] = field(default_factory=dict)
    kind: Kind = "functional"
    op: Op = Op("Functional")  # noqa: RUF009  an immutable value
    config: Mapping[str, JSON] = field(default_factory=dict)
    extras: Mapping[str, JSON] = field(default_factory=dict)
    dialect: Dialect = "keras3"
    source_dialect: Dialect | None = None
    keras_version: str | None = None
    origin: str = "/config"
    stored: Mapping[str, Mapping[str, TensorSpec]] = field(default_factory=dict)

    @property
    def input_refs(self) -> list[TensorRef]:
        """The inputs in Keras's flat order."""
        return [ref for _, ref in leaves(self.inputs)]

    @property
    def output_refs(self) -> list[TensorRef]:
        """The outputs in Keras's flat order."""
        return [ref for _, ref in leaves(self.outputs)]


_FIRST = "args/0"  # one text for nearly all tensors
_TREES = (tuple, list, dict)
_ONLY_TENSORS = {TensorRef}


def leaves(tree: Value, way: str = "") -> Iterator[tuple[str, TensorRef]]:
    """Every TensorRef of a tree in Keras's order (dict keys sorted), with its way joined by slashes."""
    stack: list[tuple[str, Value]] = [(way, tree)]
    while stack:
        at, value = stack.pop()
        if type(value) is TensorRef:
            yield at, value
        elif isinstance(value, dict):
            stack.extend((f"{at}/{key}", value[key]) for key in sorted(value, reverse=True))
        elif isinstance(value, (tuple, list)):
            stack.extend((f"{at}/{i}", value[i]) for i in range(len(value) - 1, -1, -1))


def exact(value: JSON) -> bytes | None:
    """What tells a JSON value from every other, 1 from 1.0 and from true; None where it is nested too deep."""
    try:
        return marshal.dumps(value, 2)  # of this version: later ones also tell who holds which object
    except ValueError:
        return None
