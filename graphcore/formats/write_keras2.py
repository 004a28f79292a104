"""Graphs as Keras 2 reads them: calls as nested lists, those of a nested model with an input counted from 1.

A graph of Keras 3 or a document goes through `migrate.to_old_terms` first.
"""

from __future__ import annotations

from collections.abc import Mapping

from ..diagnostics import Diagnostic, Place
from ..edits import said_name
from ..model import BESIDE_MODEL, JSON, Graph, Layer, Node, NodeKey, Object, TensorRef, Value
from .keras2 import CONSTANT, KEEPS_LISTS
from .write import CannotWrite

# The last version that came with TensorFlow before Keras 3 did; tf_keras reads all older ones too.
VERSION = "2.15.0"


def to_keras2(graph: Graph) -> dict[str, JSON]:
    """The whole object that `to_json` of tf_keras gives: class_name, config, keras_version, backend.

    Raises:
        CannotWrite: a call has arguments that Keras 2 has no form for (GC601).
    """
    insides = [graph]
    around: list[tuple[int, str]] = [(-1, "")]
    paths: list[tuple[str, ...]] = [()]
    for i, inside in enumerate(insides):  # grows on the way
        for name, layer in inside.layers.items():
            if layer.body is not None:
                insides.append(layer.body)
                around.append((i, name))
                paths.append((*paths[i], name))
    bodies: list[dict[str, JSON]] = [{} for _ in insides]
    problems: list[Diagnostic] = []
    made: JSON = {}
    for i in range(len(insides) - 1, -1, -1):
        made = _Writing(insides[i], bodies[i], paths[i], problems).config()
        outer, name = around[i]
        if outer >= 0:
            bodies[outer][name] = made
    if problems:
        first = problems[0].message
        raise CannotWrite(
            f"{len(problems)} calls have no form in Keras 2" if len(problems) > 1 else first, tuple(problems)
        )
    extras = {key: value for key, value in graph.extras.items() if key not in (*BESIDE_MODEL, "document")}
    return {
        **_named(graph.op.cls, graph.op.module, graph.op.registered, made),
        "keras_version": graph.keras_version or VERSION,
        "backend": "tensorflow",
        **extras,
    }


class _Writing:
    """One graph on its way into a config."""

    def __init__(
        self, graph: Graph, bodies: Mapping[str, JSON], path: tuple[str, ...], problems: list[Diagnostic]
    ) -> None:
        self.graph = graph
        self.bodies = bodies
        self.path = path
        self.problems = problems
        self.shifts = {
            name: 1
            for name, layer in graph.layers.items()
            if layer.body is not None and (layer.body.kind == "functional" or layer.body.inputs != ())
        }
        self.calls: dict[str, list[Node]] = {}
        for node in graph.nodes.values():
            self.calls.setdefault(node.key.layer, []).append(node)

    def config(self) -> JSON:
        graph = self.graph
        config = dict(graph.config)
        config.setdefault("name", graph.name)
        config["layers"] = [self._entry(layer) for layer in graph.layers.values() if not layer.is_implied]
        if graph.kind == "functional":
            config["input_layers"] = self._ends(graph.inputs)
            config["output_layers"] = self._ends(graph.outputs)
        return config

    def _entry(self, layer: Layer) -> JSON:
        config = self.bodies.get(layer.name, layer.config)
        name = said_name(self.graph, layer)
        if self.graph.kind == "sequential" and "name" not in config:
            config = {"name": name, **config}
        entry = {**_named(layer.op.cls, layer.op.module, layer.op.registered, config), **layer.extras}
        if self.graph.kind == "functional":
            entry["name"] = name
            calls = [] if layer.op.cls == "InputLayer" else self.calls.get(layer.name, ())
            entry["inbound_nodes"] = [self._call(node, layer.op.cls) for node in calls]
        return entry

    def _call(self, node: Node, cls: str) -> JSON:
        kwargs = {key: self._value(value, node.key) for key, value in node.kwargs.items()}
        if len(node.args) != 1:
            self._refuse(node.key, f"has {len(node.args)} arguments in order; Keras 2 records one")
            return []
        record = self._first(node.args[0], kwargs, node.key)
        is_one = type(node.args[0]) is not tuple and not isinstance(node.args[0], dict)
        return [record] if is_one and cls not in KEEPS_LISTS else record

    def _first(self, value: Value, kwargs: JSON, key: NodeKey) -> JSON:
        if type(value) is TensorRef:
            return [*self._ref(value), kwargs]
        if type(value) is tuple:
            return [self._first(inner, kwargs, key) for inner in value]
        if isinstance(value, dict):
            return {name: self._first(inner, kwargs, key) for name, inner in value.items()}
        return [CONSTANT, -1, self._value(value, key), kwargs]

    def _value(self, value: Value, key: NodeKey) -> JSON:
        if type(value) is TensorRef:
            return self._ref(value)
        if type(value) is tuple:
            return [self._value(inner, key) for inner in value]
        if isinstance(value, dict):
            return {name: self._value(inner, key) for name, inner in value.items()}
        if isinstance(value, Object):
            self._refuse(key, f"holds a {value.cls}, which Keras 2 does not write")
            return None
        return value

    def _ref(self, ref: TensorRef) -> list[JSON]:
        return [ref.layer, ref.node + self.shifts.get(ref.layer, 0), ref.tensor]

    def _ends(self, tree: Value) -> JSON:
        ends = self._end(tree)
        return [ends] if type(tree) is TensorRef else ends

    def _end(self, tree: Value) -> JSON:
        if type(tree) is TensorRef:
            return self._ref(tree)
        if isinstance(tree, dict):
            return {key: self._end(inner) for key, inner in tree.items()}
        return [self._end(inner) for inner in tree]

    def _refuse(self, key: NodeKey, says: str) -> None:
        place = Place(self.graph.nodes[key].origin, key.layer, key.index, path=self.path)
        self.problems.append(Diagnostic("GC601", f'Call {key.index} of "{key.layer}" {says}', place))


def _named(cls: str, module: str | None, registered: str | None, config: JSON) -> dict[str, JSON]:
    if module is None and registered is None:
        return {"class_name": cls, "config": config}
    return {"module": module, "class_name": cls, "config": config, "registered_name": registered}
