"""One problem and the model that it is in: what proposals look at, and the small changes that they are made of."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ..catalog import CATALOG
from ..catalog.spec import OpDef
from ..causes import Cause, cause
from ..diagnostics import Diagnostic
from ..formats import keras2
from ..formats.entries import snake_case
from ..infer import explain
from ..inference import Inference
from ..judge import Judged
from ..model import JSON, Dialect, Graph, Layer, NodeKey, TensorRef
from ..patch import Change, Patch, insert, parts, put, remove, value_at
from ..prepare import COMMON
from ..shapes import Shape
from ..source import escape

MOST_NAMED = 3
MOST_ABOVE = 200
"""Calls that are looked at against the wires."""


@dataclass(frozen=True, slots=True)
class Proposal:
    """A change that may mend a problem. `safe` is as in `Fix`; `puts`: the class of what it puts into a wire."""

    title: str
    patch: Patch
    safe: bool = False
    puts: str | None = None

    def is_alike(self, other: Proposal) -> bool:
        """Whether both put a layer of the same class into a wire."""
        return self.puts is not None and self.puts == other.puts


class Case:
    """A problem of a judged file. Graph and inference are those of the innermost model around it."""

    def __init__(self, judged: Judged, problem: Diagnostic, graph: Graph, known: Inference) -> None:
        self.judged = judged
        self.problem = problem
        self.graph = graph
        self.known = known
        self.value = judged.source.value if judged.source is not None else None
        self.is_old = graph.dialect in ("keras2", "keras1")
        self.dialect: Dialect = "keras2" if graph.dialect == "keras2" else "keras3"

    def at(self, pointer: str) -> JSON:
        """What stands in the file at a pointer."""
        return value_at(self.value, pointer)

    # --- what is known ------------------------------------------------------------------------------------------------

    @property
    def layer(self) -> Layer | None:
        """The layer that the problem is about."""
        return self.graph.layers.get(self.problem.at.layer or "")

    @property
    def call(self) -> NodeKey | None:
        """The call that the problem is about."""
        at = self.problem.at
        key = NodeKey(at.layer or "", at.node_index or 0)
        return key if key in self.graph.nodes else None

    def entry(self, name: str) -> OpDef | None:
        """What the catalog says of a layer's class."""
        made = self.known.prepared.get(name)
        return made.entry if made is not None else None

    def values(self, name: str) -> Mapping[str, Any]:
        """A layer's arguments as its rule reads them."""
        made = self.known.prepared.get(name)
        return made.values if made is not None else {}

    def shape(self, ref: TensorRef) -> Shape | None:
        """What is known of a tensor's shape."""
        return self.known.spec(ref).shape

    def cause(self, ref: TensorRef, axis: int) -> Cause | None:
        """The argument that made the size of an axis, found against the wires; None where none did alone."""
        known = self.known
        return cause(ref, axis, known.specs, known.inbound, lambda key: explain(known, key))

    def inbound(self, key: NodeKey) -> list[TensorRef]:
        """The tensors that come into a call."""
        return [ref for _, ref in self.known.inbound.get(key, ())]

    def consumers(self, key: NodeKey) -> list[NodeKey]:
        """The calls that take a tensor of a call."""
        return [to for to, tensors in self.known.inbound.items() if any(ref.call == key for _, ref in tensors)]

    def above(self, ref: TensorRef) -> list[NodeKey]:
        """The calls that a tensor comes from, its own first, as far as they are looked at."""
        found = {ref.call: None}
        waiting = [ref.call]
        for key in waiting:  # grows on the way
            for other in self.inbound(key):
                if other.call not in found and len(found) < MOST_ABOVE:
                    found[other.call] = None
                    waiting.append(other.call)
        return list(found)

    # --- arguments ----------------------------------------------------------------------------------------------------

    def pointer(self, name: str, argument: str) -> str:
        """Where an argument stands, or would stand, in the file: under the name that the file gives it."""
        layer = self.graph.layers[name]
        said = self.at(f"{layer.origin}/config")
        entry = self.entry(name)
        key = argument
        if isinstance(said, dict) and argument not in said and entry is not None:
            key = next((old for old, new in entry.renamed.items() if new == argument and old in said), argument)
        return f"{layer.origin}/config/{escape(key)}"

    def set(self, name: str, argument: str, value: JSON) -> Change:
        """Give an argument a value."""
        return put(self.pointer(name, argument), value)

    def unset(self, name: str, argument: str) -> Change:
        """Take an argument away: Keras's default counts."""
        return remove(self.pointer(name, argument))

    def reads(self, name: str, argument: str, value: JSON) -> bool:
        """Whether the layer takes a value."""
        entry = self.entry(name)
        read = CATALOG.form(entry, self.dialect).readers.get(argument) if entry is not None else None
        if read is None and (param := COMMON.get(argument)) is not None:
            read = param.old if self.is_old and param.old is not None else param.read
        if read is None:
            return False
        try:
            read(value)
        except ValueError:
            return False
        return True

    def input_shape(self, name: str) -> tuple[str, list[JSON]] | None:
        """Where an input states its shape, and the shape, batch first."""
        origin = self.graph.layers[name].origin
        for key in ("batch_shape", "batch_input_shape"):
            said = self.at(f"{origin}/config/{key}")
            if isinstance(said, list):
                return f"{origin}/config/{key}", said
        said = self.at(f"{self.graph.origin}/build_input_shape")
        if self.graph.layers[name].is_implied and isinstance(said, list):
            return f"{self.graph.origin}/build_input_shape", said
        return None

    def resize_input(self, name: str, sizes: Mapping[int, int]) -> Patch:
        """Give axes of an input other sizes; no change where it does not say its shape."""
        found = self.input_shape(name)
        if found is None or any(axis >= len(found[1]) for axis in sizes):
            return ()
        pointer, shape = found
        return (put(pointer, [sizes.get(axis, dim) for axis, dim in enumerate(shape)]),)

    # --- wires --------------------------------------------------------------------------------------------------------

    def tensor_pointers(self, key: NodeKey) -> list[str]:
        """Where the file names each tensor that comes into a call, in order; none in a Sequential."""
        node = self.graph.nodes[key]
        if self.graph.kind == "sequential":
            return []
        record = self.at(node.origin)
        if isinstance(record, dict) and ("args" in record or "kwargs" in record):
            return [f"{node.origin}/{way}" for way, _ in self.known.inbound[key]]
        return _old_pointers(record, node.origin)

    def end_pointers(self, side: str) -> list[str]:
        """Where the file names each input or output of the model, in order."""
        return _end_pointers(self.at(f"{self.graph.origin}/{side}"), f"{self.graph.origin}/{side}")

    def number(self, ref: TensorRef, *, is_output: bool = False) -> int:
        """The number of a call as the file counts."""
        layer = self.graph.layers.get(ref.layer)
        body = layer.body if layer is not None else None
        if body is None:
            return ref.node
        if self.is_old:
            return ref.node + (body.kind == "functional" or body.inputs != ())
        return ref.node + (is_output and self.graph.dialect == "keras3" and body.kind == "functional")

    def feed(self, key: NodeKey, i: int, ref: TensorRef) -> Patch:
        """Make a tensor the input `i` of a call, in place of another."""
        pointers = self.tensor_pointers(key)
        if i >= len(pointers):
            return ()
        return self._retarget(pointers[i], ref)

    def _retarget(self, pointer: str, ref: TensorRef) -> Patch:
        said = self.at(pointer)
        if isinstance(said, dict):
            return (put(pointer, self.tensor(ref, said)),)
        if isinstance(said, list) and len(said) >= 3:
            return (put(pointer, [ref.layer, self.number(ref), ref.tensor, *said[3:]]),)
        return ()

    def tensor(self, ref: TensorRef, like: Mapping[str, JSON] | None = None) -> JSON:
        """A tensor as a call of Keras 3 holds it."""
        spec = self.known.spec(ref)
        said = like.get("config") if like is not None else None
        kept = said if isinstance(said, dict) else {}
        config: dict[str, JSON] = {"shape": [None] if spec.shape is None else list(spec.shape)}
        config["dtype"] = spec.dtype or kept.get("dtype") or "float32"
        config["keras_history"] = [ref.layer, self.number(ref), ref.tensor]
        return {"class_name": "__keras_tensor__", "config": config}

    def end(self, ref: TensorRef) -> list[JSON]:
        """An output as `output_layers` names it."""
        return [ref.layer, self.number(ref, is_output=True), ref.tensor]

    def new_call(self, refs: Sequence[TensorRef], *, is_list: bool) -> JSON:
        """The record of a call on these tensors."""
        if self.is_old:
            return [[ref.layer, self.number(ref), ref.tensor, {}] for ref in refs]
        tensors = [self.tensor(ref) for ref in refs]
        return {"args": [tensors] if is_list else tensors, "kwargs": {}}

    def new_layer(
        self, cls: str, name: str, config: Mapping[str, JSON], refs: Sequence[TensorRef], *, is_list: bool = False
    ) -> JSON:
        """The entry of a layer that the file's Keras reads."""
        said = {"name": name, **config}
        if self.is_old:
            made: dict[str, JSON] = {"class_name": cls, "config": said}
        else:
            made = {"module": "keras.layers", "class_name": cls, "config": said, "registered_name": None}
        if self.graph.kind == "sequential":
            return made
        return {**made, "name": name, "inbound_nodes": [self.new_call(refs, is_list=is_list)]}

    def put_between(self, key: NodeKey, i: int, words: str, cls: str, config: Mapping[str, JSON]) -> Proposal:
        """Put a new layer into the wire to input `i` of a call; the title has `words` for it."""
        ref = self.inbound(key)[i]
        title = f"Put {words} between {listed([ref.layer])} and {listed([key.layer])}"
        return Proposal(title, self._between(key, i, ref, cls, config), puts=cls)

    def _between(self, key: NodeKey, i: int, ref: TensorRef, cls: str, config: Mapping[str, JSON]) -> Patch:
        name = self.free_name(snake_case(cls))
        before = insert(self.graph.layers[key.layer].origin, self.new_layer(cls, name, config, [ref]))
        if self.graph.kind == "sequential":
            return (before,) if not self.graph.layers[ref.layer].is_implied else ()
        pointers = self.tensor_pointers(key)
        if i >= len(pointers):
            return ()
        new = TensorRef(name, 0, 0)
        said = self.at(pointers[i])
        if isinstance(said, dict):
            return (before, put(pointers[i], self.tensor(new, said)))
        return (before, put(pointers[i], [name, 0, 0, *said[3:]]))

    def bypass(self, names: Sequence[str]) -> Patch:
        """Take layers out and keep the wire: who took their output takes what they took first."""
        gone = set(names)
        changes: list[Change] = [remove(self.graph.layers[name].origin) for name in names]
        if self.graph.kind == "sequential":
            return tuple(changes)

        def source(ref: TensorRef) -> TensorRef | None:
            for _ in range(len(gone) + 1):
                if ref.layer not in gone:
                    return ref
                fed = self.inbound(ref.call)
                if not fed:
                    return None
                ref = fed[0]
            return None

        for key in self.graph.nodes:
            if key.layer in gone:
                continue
            for i, ref in enumerate(self.inbound(key)):
                if ref.layer in gone:
                    instead = source(ref)
                    if instead is None:
                        return ()
                    changes += self.feed(key, i, instead)
        for pointer, ref in zip(self.end_pointers("output_layers"), self.graph.output_refs, strict=False):
            if ref.layer in gone:
                instead = source(ref)
                if instead is None:
                    return ()
                changes.append(put(pointer, self.end(instead)))
        return tuple(changes)

    def free_name(self, stem: str) -> str:
        """A name that no layer has, as Keras numbers them."""
        taken = self.graph.layers
        name, n = stem, 0
        while name in taken:
            n += 1
            name = f"{stem}_{n}"
        return name


def listed(names: Sequence[str]) -> str:
    """Names in a title: the first ones, and how many more.

    >>> listed(["a", "b"]), listed(["a", "b", "c", "d", "e"])
    ('"a" and "b"', '"a", "b", "c" and 2 more')
    """
    shown = [f'"{name[:60]}"' for name in names[: MOST_NAMED + (len(names) == MOST_NAMED + 1)]]
    if len(names) > MOST_NAMED + 1:
        return f"{', '.join(shown)} and {len(names) - MOST_NAMED} more"
    return f"{', '.join(shown[:-1])} and {shown[-1]}" if len(shown) > 1 else "".join(shown)


def cases(judged: Judged) -> Iterator[Case]:
    """A case for each problem, in order. Without a graph there are none."""
    if judged.graph is None or judged.inference is None or judged.source is None:
        return
    for problem in judged.found:
        graph: Graph | None = judged.graph
        known: Inference | None = judged.inference
        for name in problem.at.path:
            layer = graph.layers.get(name) if graph is not None else None
            graph = layer.body if layer is not None else None
            known = known.bodies.get(name) if known is not None else None
        if graph is not None and known is not None:
            yield Case(judged, problem, graph, known)


def around(pointer: str) -> str:
    """The pointer of what holds a place."""
    return pointer.rpartition("/")[0]


def last(pointer: str) -> str:
    """The key or index at the end of a pointer."""
    found = parts(pointer)
    return found[-1] if found else ""


def _old_pointers(record: JSON, origin: str) -> list[str]:
    """Where a record of Keras 1 or 2 names its tensors: those by position, then those among its keyword arguments."""
    found: list[str] = []
    named: list[tuple[JSON, str]] = []
    stack: list[tuple[JSON, str]] = [(record, origin)]
    while stack:
        value, pointer = stack.pop()
        if keras2.is_leaf(value):
            if value[0] != keras2.CONSTANT:
                found.append(pointer)
            if len(value) == 4:
                named = [(value[3], f"{pointer}/3")]
        elif isinstance(value, list):
            stack.extend((value[i], f"{pointer}/{i}") for i in range(len(value) - 1, -1, -1))
        elif isinstance(value, dict):
            stack.extend((value[key], f"{pointer}/{escape(key)}") for key in sorted(value, reverse=True))
    while named:
        value, pointer = named.pop()
        if keras2.is_leaf(value):
            if value[0] != keras2.CONSTANT:
                found.append(pointer)
        elif isinstance(value, list):
            named.extend((value[i], f"{pointer}/{i}") for i in range(len(value) - 1, -1, -1))
        elif isinstance(value, dict):
            named.extend((inner, f"{pointer}/{escape(key)}") for key, inner in reversed(value.items()))
    return found


def _end_pointers(ends: JSON, pointer: str) -> list[str]:
    found: list[str] = []
    stack: list[tuple[JSON, str]] = [(ends, pointer)]
    while stack:
        value, at = stack.pop()
        if isinstance(value, list):
            if value and isinstance(value[0], str):
                found.append(at)
            else:
                stack.extend((value[i], f"{at}/{i}") for i in range(len(value) - 1, -1, -1))
        elif isinstance(value, dict):
            stack.extend((value[key], f"{at}/{escape(key)}") for key in sorted(value, reverse=True))
    return found
