"""What Keras 3, tf_keras and we answer about one layer: the outputs, the weights, or that it is refused."""

from __future__ import annotations

import json
import warnings
from collections.abc import Mapping
from typing import Any, NamedTuple

from graphcore.catalog import CATALOG
from graphcore.catalog.spec import Inputs
from graphcore.infer import infer
from graphcore.model import Dialect, Graph, Layer, Node, NodeKey, Op, TensorRef
from tests.graphcore.cases import Case


class Answer(NamedTuple):
    """Outputs as (shape, dtype); weights as (shape, trainable), sorted; both None where the layer is refused."""

    outputs: tuple[tuple[Any, ...], ...] | None
    weights: tuple[tuple[Any, ...], ...] | None
    why: str = ""

    @property
    def facts(self) -> tuple[Any, ...]:
        """What has to agree: not the words of a refusal."""
        return self.outputs, self.weights


def told(case: Case, keras: Answer, ours: Answer) -> str:
    """A disagreement in words, empty where there is none."""
    if keras.facts == ours.facts:
        return ""
    says, we_say = (str(one.why if one.outputs is None else one.facts) for one in (keras, ours))
    return f"{case.title} Keras: {says} we: {we_say}"


def key(case: Case) -> str:
    """A case as a key of a record."""
    return json.dumps([case.cls, case.config, case.inputs, case.dtypes, case.call], separators=(",", ":"))


def packed(answer: Answer) -> Any:
    """An answer as JSON; a refusal is null."""
    return None if answer.outputs is None else [answer.outputs, answer.weights]


def unpacked(record: Any) -> Answer:
    """The answer of a record."""
    if record is None:
        return Answer(None, None, "refused")
    outputs, weights = record
    return Answer(
        tuple((tuple(shape), dtype) for shape, dtype in outputs),
        tuple((tuple(shape), trainable) for shape, trainable in weights),
    )


def refused(why: object) -> Answer:
    """The answer no."""
    return Answer(None, None, f"{type(why).__name__}: {why}"[:300])


def ask_us(case: Case, dialect: Dialect) -> Answer:
    """Our answer, through the whole of `infer`."""
    graph = model_of(case, dialect)
    if graph is None:
        return refused("no entry")
    found = infer(graph)
    # Keras was asked about a call, and finds circles in models only.
    errors = [d for d in found.diagnostics if d.severity == "error" and d.code != "GC306"]
    errors.sort(key=lambda d: d.code != "GC901")  # our own fault first
    if errors:
        return Answer(None, None, f"{errors[0].code}: {errors[0].message}")
    weights = found.weights["x"]
    return Answer(
        tuple((spec.shape, spec.dtype) for spec in found.specs[NodeKey("x", 0)]),
        None if weights is None else _sorted((w.shape, w.trainable) for w in weights),
    )


def model_of(case: Case, dialect: Dialect) -> Graph | None:
    """The layer, called "x", on an input for each of its tensors; None where the dialect has no entry for it."""
    entry = CATALOG.find(Op(case.cls), dialect)
    if entry is None:
        return None
    refs = tuple(TensorRef(f"in{i}", 0, 0) for i in range(len(case.inputs)))
    layers = {ref.layer: _input(i, case, dialect) for i, ref in enumerate(refs)}
    layers["x"] = Layer("x", Op(case.cls), _json(case.config))
    args, kwargs = arguments(entry.inputs, refs, case.call)
    nodes = {NodeKey(ref.layer, 0): Node(NodeKey(ref.layer, 0)) for ref in refs}
    nodes[NodeKey("x", 0)] = Node(NodeKey("x", 0), args, kwargs)
    return Graph("m", layers, nodes, refs, TensorRef("x", 0, 0), dialect=dialect)


def _input(i: int, case: Case, dialect: Dialect) -> Layer:
    key = "batch_shape" if dialect == "keras3" else "batch_input_shape"
    return Layer(f"in{i}", Op("InputLayer"), {key: list(case.inputs[i]), "dtype": dtype_of(case, i)})


def dtype_of(case: Case, i: int) -> str:
    """The dtype of an input."""
    return case.dtypes[i] if i < len(case.dtypes) else "float32"


def arguments(inputs: Inputs, tensors: tuple[Any, ...], call: Mapping[str, Any]) -> tuple[Any, dict[str, Any]]:
    """Tensors in the form that an entry names: positional arguments and named ones."""
    if inputs.form == "many":
        return (list(tensors),), dict(call)
    if inputs.form == "call":
        behind = len(inputs.names) - 1
        each = tensors if len(tensors) <= behind + 1 else (*tensors[:behind], list(tensors[behind:]))
        named = {name.rstrip("?"): tensor for name, tensor in zip(inputs.names, each, strict=False)}
        first = next(iter(named))
        return (named.pop(first),), {**named, **call}
    return tensors, dict(call)


def ask_keras(case: Case, dialect: Dialect) -> Answer:
    """Keras's answer: the class built from the config, and called."""
    entry = CATALOG.find(Op(case.cls), dialect)
    inputs = entry.inputs if entry is not None else Inputs("one")
    ask = _ask_keras3 if dialect == "keras3" else _ask_tf_keras
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return ask(case, inputs)
        except Exception as error:  # whatever Keras raises is its no
            return refused(error)


def _ask_keras3(case: Case, inputs: Inputs) -> Answer:
    import keras

    config = {**_json(case.config), "name": "x"}
    made = {"module": "keras.layers", "class_name": case.cls, "config": config, "registered_name": None}
    layer = keras.saving.deserialize_keras_object(made, safe_mode=False)
    tensors = tuple(
        keras.Input(batch_shape=shape, dtype=dtype_of(case, i), name=f"in{i}") for i, shape in enumerate(case.inputs)
    )
    args, kwargs = arguments(inputs, tensors, case.call)
    outputs = [layer.output] if inputs.form == "source" else keras.tree.flatten(layer(*args, **kwargs))
    return Answer(
        tuple((tuple(y.shape), str(y.dtype)) for y in outputs),
        _sorted((tuple(w.shape), w.trainable) for w in layer.weights),
    )


def _ask_tf_keras(case: Case, inputs: Inputs) -> Answer:
    import tensorflow as tf
    import tf_keras

    layer = tf_keras.layers.deserialize({"class_name": case.cls, "config": {**_json(case.config), "name": "x"}})
    tensors = tuple(
        tf_keras.Input(batch_shape=shape, dtype=dtype_of(case, i), name=f"in{i}") for i, shape in enumerate(case.inputs)
    )
    args, kwargs = arguments(inputs, tensors, case.call)
    outputs = [layer.output] if inputs.form == "source" else tf.nest.flatten(layer(*args, **kwargs))
    trainable = {id(w) for w in layer.trainable_weights}
    return Answer(
        tuple((tuple(y.shape), y.dtype.name) for y in outputs),
        # A look-up without a vocabulary has a handler for one among them.
        _sorted((tuple(w.shape), id(w) in trainable) for w in layer.weights if hasattr(w, "shape")),
    )


def _json(config: Mapping[str, Any]) -> dict[str, Any]:
    read: dict[str, Any] = json.loads(json.dumps(config))
    return read


def _sorted(weights: Any) -> tuple[Any, ...]:
    return tuple(sorted(weights, key=str))
