"""Graphs as Keras 3 reads them.

What Keras 3.15 loads with `model_from_json`, with its own numbers: `output_layers` counts the calls of a nested
Functional from 1. A `build_config` is left out: weights are built from it before the call, so one that no longer fits
breaks a model that is fine. A graph of Keras 1 or 2 goes through `migrate` first.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, Protocol

from ..diagnostics import Diagnostic, Place
from ..edits import said_name
from ..model import BESIDE_MODEL, JSON, Graph, Layer, Node, Object, Op, TensorRef, Value
from ..shapes import TensorSpec
from .keras3 import MOST_NESTED, SHAPE_IS_UNKNOWN

Numbers = Literal["ours", "keras"]
"""Calls counted from 0 everywhere, or as Keras 3 counts."""

_HOME = {
    "Functional": Op("Functional", "keras.src.models.functional", "Functional"),
    "Model": Op("Functional", "keras.src.models.functional", "Functional"),
    "Sequential": Op("Sequential", "keras", None),
}
# Keras 2 kept calls of TensorFlow's functions as layers; Keras 3 has no class for any of them.
_TENSORFLOW = frozenset(
    {
        "TFOpLambda",
        "SlicingOpLambda",
        "TensorFlowOpLayer",
        "ClassMethod",
        "InstanceMethod",
        "InstanceProperty",
        "ModuleWrapper",
    }
)


class CannotWrite(Exception):
    """A graph that has no form in the wanted dialect; `diagnostics` say where and why."""

    def __init__(self, message: str, diagnostics: tuple[Diagnostic, ...]) -> None:
        super().__init__(message)
        self.diagnostics = diagnostics


class Known(Protocol):
    """What is known about tensors: an Inference."""

    @property
    def bodies(self) -> Mapping[str, Known]:
        """The insides of nested models."""

    def spec(self, ref: TensorRef) -> TensorSpec:
        """What is known of one tensor."""


def to_keras3(graph: Graph, inference: Known | None = None) -> dict[str, JSON]:
    """The whole object that `to_json` gives: module, class_name, config, registered_name.

    The recorded shapes are those of `inference` where it knows them, else those that the file declared. Keras asks that
    they are there and does not read them.

    Raises:
        CannotWrite: a layer has no class in Keras 3 (GC601).
    """
    problems = tuple(_unwritable(graph))
    if problems:
        raise CannotWrite(
            f"{len(problems)} layers have no form in Keras 3" if len(problems) > 1 else problems[0].message, problems
        )
    return model_object(graph, "keras", inference)


def model_object(graph: Graph, numbers: Numbers, inference: Known | None = None) -> dict[str, JSON]:
    """A model as a Keras 3 object. With our numbers nothing is left out, and shapes stand where they are declared."""
    insides: list[tuple[Graph, Known | None]] = [(graph, inference)]
    parents: list[tuple[int, str]] = [(-1, "")]
    for i, (inside, known) in enumerate(insides):  # grows on the way
        for name, layer in inside.layers.items():
            if layer.body is not None:
                insides.append((layer.body, known.bodies.get(name) if known is not None else None))
                parents.append((i, name))
    configs: list[dict[str, JSON]] = [{} for _ in insides]
    bodies: list[dict[str, dict[str, JSON]]] = [{} for _ in insides]
    for i in range(len(insides) - 1, -1, -1):
        inside, known = insides[i]
        configs[i] = _Writing(inside, numbers, known, bodies[i]).config()
        around, name = parents[i]
        if around >= 0:
            bodies[around][name] = configs[i]
    return {**_named(graph.op, configs[0], numbers), **_extras(graph.extras, numbers)}


def _unwritable(graph: Graph) -> list[Diagnostic]:
    found = []
    waiting: list[tuple[Graph, tuple[str, ...]]] = [(graph, ())]
    while waiting:
        inside, path = waiting.pop()
        for name, layer in inside.layers.items():
            at = Place(layer.origin, name, path=path)
            if layer.op.cls in _TENSORFLOW:
                function = layer.config.get("function") or layer.config.get("name")
                says = f'{layer.op.cls} "{name}" calls TensorFlow\'s {function}, for which Keras 3 has no layer'
                found.append(Diagnostic("GC601", says, at, hint="replace it by layers or operations of Keras"))
            elif layer.op.cls == "":
                says = f'Layer "{name}" has no class, so Keras cannot make it'
                found.append(Diagnostic("GC601", says, at, hint="say which class it is of"))
            if layer.body is not None:
                waiting.append((layer.body, (*path, name)))
    return found


class _Writing:
    """One graph on its way into a config."""

    def __init__(
        self, graph: Graph, numbers: Numbers, known: Known | None, bodies: Mapping[str, dict[str, JSON]]
    ) -> None:
        self.graph = graph
        self.numbers = numbers
        self.known = known
        self.bodies = bodies
        self.calls: dict[str, list[Node]] = {}
        for node in graph.nodes.values():
            self.calls.setdefault(node.key.layer, []).append(node)

    def config(self) -> dict[str, JSON]:
        graph = self.graph
        layers = [self._entry(layer) for layer in graph.layers.values() if self._is_written(layer)]
        config: dict[str, JSON] = {**graph.config}
        if graph.kind == "sequential":
            if self.numbers == "keras":
                config.setdefault("name", graph.name)
            return {**config, "layers": layers}
        if self.numbers == "keras":
            config = {"name": graph.name, **config}
        config["layers"] = layers
        config["input_layers"] = self._ends(graph.inputs, is_output=False)
        config["output_layers"] = self._ends(graph.outputs, is_output=True)
        return config

    def _is_written(self, layer: Layer) -> bool:
        return self.numbers == "keras" or not layer.is_implied

    def _entry(self, layer: Layer) -> dict[str, JSON]:
        body = self.bodies.get(layer.name)
        config: JSON = body if body is not None else layer.config
        if self.numbers == "keras" and body is None:
            config = _unbuilt(config, 0)
        name = said_name(self.graph, layer)
        if self.graph.kind == "sequential" and "name" not in config:
            config = {"name": name, **config}
        entry = {**_named(layer.op, config, self.numbers), **_extras(layer.extras, self.numbers)}
        if self.graph.kind == "sequential":
            return entry
        entry["name"] = name
        calls = self.calls.get(layer.name, ())
        entry["inbound_nodes"] = [] if layer.op.cls == "InputLayer" else [self._call(node) for node in calls]
        return entry

    def _call(self, node: Node) -> dict[str, JSON]:
        args = [self._value(value) for value in node.args]
        kwargs = {key: self._value(value) for key, value in node.kwargs.items()}
        return {"args": args, "kwargs": kwargs, **(node.extras or {})}

    def _value(self, value: Value) -> JSON:
        kind = value.__class__
        if kind is TensorRef:
            return self._tensor(value)
        if kind is tuple or kind is list:
            return [self._value(inner) for inner in value]
        if kind is dict:
            return {key: self._value(inner) for key, inner in value.items()}
        if kind is Object:
            made = {"class_name": value.cls, "config": value.config, **(value.extras or {})}
            if value.module is not None or value.registered is not None:
                made = {"module": value.module, **made, "registered_name": value.registered}
            return made
        return value

    def _tensor(self, ref: TensorRef) -> JSON:
        declared = self.graph.declared.get(ref)
        spec = self.known.spec(ref) if self.known is not None else None
        specs = [spec for spec in (spec, declared) if spec is not None]
        shape = next((spec.shape for spec in specs if spec.shape is not None), None)
        dtype = next((spec.dtype for spec in specs if spec.dtype is not None), "float32")
        config: dict[str, JSON] = {}
        if shape is not None:
            config["shape"] = list(shape)
        elif self.numbers == "keras":
            config |= {"shape": [None], SHAPE_IS_UNKNOWN: True}  # Keras asks for a shape, and does not use it
        config["dtype"] = dtype
        config["keras_history"] = [ref.layer, ref.node, ref.tensor]
        return {"class_name": "__keras_tensor__", "config": config}

    def _ends(self, tree: Value, *, is_output: bool) -> JSON:
        if tree.__class__ is TensorRef:
            named = self.graph.layers.get(tree.layer)
            body = named.body if named is not None else None
            shift = 1 if is_output and self.numbers == "keras" and body is not None and body.kind == "functional" else 0
            return [tree.layer, tree.node + shift, tree.tensor]
        if isinstance(tree, dict):
            return {key: self._ends(inner, is_output=is_output) for key, inner in tree.items()}
        return [self._ends(inner, is_output=is_output) for inner in tree]


def _named(op: Op, config: JSON, numbers: Numbers) -> dict[str, JSON]:
    """The four keys of a serialized object. A class of Keras's that names no module is given its own."""
    if op.module is None and op.registered is None:
        if numbers == "ours" and op.cls not in _HOME:
            return {"class_name": op.cls, "config": config}
        op = _HOME.get(op.cls, Op(op.cls, "keras.layers", None))
    return {"module": op.module, "class_name": op.cls, "config": config, "registered_name": op.registered}


def _unbuilt(value: JSON, depth: int) -> JSON:
    """A layer's config without the `build_config` of layers among its arguments; parts without one stay the same."""
    if depth > MOST_NESTED:
        return value
    if isinstance(value, list):
        items = [_unbuilt(item, depth + 1) for item in value]
        return value if all(new is old for new, old in zip(items, value, strict=True)) else items
    if not isinstance(value, dict):
        return value
    kept = {key: _unbuilt(inner, depth + 1) for key, inner in value.items() if key != "build_config"}
    return value if len(kept) == len(value) and all(kept[key] is value[key] for key in kept) else kept


def _extras(extras: Mapping[str, JSON], numbers: Numbers) -> dict[str, JSON]:
    left_out = ("build_config",) if numbers == "keras" else ()
    return {key: value for key, value in extras.items() if key not in (*left_out, *BESIDE_MODEL, "document")}
