"""Small sound models, as Keras 3 and Keras 2 write them: what is broken."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any, Literal

import graphcore
from tests.graphcore.models import functional, inside, layer, sequential, source, tensor

JSON = dict[str, Any]
Generation = Literal["keras3", "keras2"]


def _mlp() -> JSON:
    hidden = layer("Dense", "h", "x", units=4, activation="relu")
    return functional(source("x", 8), hidden, layer("Dense", "y", "h", units=2), name="mlp")


def _cnn() -> JSON:
    return functional(
        source("image", 8, 8, 3),
        layer("Conv2D", "conv", "image", filters=4, kernel_size=[3, 3], activation="relu"),
        layer("MaxPooling2D", "pool", "conv", pool_size=[2, 2]),
        layer("Flatten", "flat", "pool"),
        layer("Dense", "y", "flat", units=2),
        name="cnn",
    )


def _branches() -> JSON:
    return functional(
        source("a", 6),
        source("b", 5),
        layer("Dense", "left", "a", units=4),
        layer("Dense", "right", "b", units=4),
        layer("Add", "sum", ["left", "right"]),
        layer("Dense", "y", "sum", units=1),
        name="branches",
    )


def _siamese() -> JSON:
    tower = layer("Dense", "tower", "a", "b", units=3)
    joined = layer("Concatenate", "joined", [tensor("tower", 0), tensor("tower", 1)])
    return functional(
        source("a", 6), source("b", 6), tower, joined, layer("Dense", "y", "joined", units=1), name="siamese"
    )


def _words() -> JSON:
    return functional(
        source("ids", 9, dtype="int32"),
        layer("Embedding", "words", "ids", input_dim=20, output_dim=6),
        layer("LSTM", "memory", "words", units=4, return_state=True),
        layer("Dense", "y", "memory", units=2),
        name="words",
    )


def _nested() -> JSON:
    encoder = functional(source("inside", 6), layer("Dense", "inner", "inside", units=4), name="encoder")
    return functional(
        source("one", 6),
        source("two", 6),
        inside(encoder, "one", "two"),
        layer("Add", "sum", [tensor("encoder", 0), tensor("encoder", 1)]),
        layer("Dense", "y", "sum", units=1),
        name="nested",
    )


def _image() -> JSON:
    return functional(
        source("image", 12, 12, 3),
        layer("Conv2D", "conv", "image", filters=4, kernel_size=[3, 3], use_bias=False),
        layer("BatchNormalization", "norm", "conv"),
        layer("UpSampling2D", "up", "norm", size=[2, 2]),
        layer("Cropping2D", "crop", "up", cropping=[[1, 1], [2, 2]]),
        layer("GlobalAveragePooling2D", "mean", "crop"),
        layer("Dropout", "drop", "mean", rate=0.5),
        layer("Dense", "y", "drop", units=2),
        name="image",
    )


def _arranged() -> JSON:
    return functional(
        source("x", 4, 6),
        layer("Reshape", "square", "x", target_shape=[8, 3]),
        layer("Permute", "turned", "square", dims=[2, 1]),
        layer("Conv1D", "conv", "turned", filters=5, kernel_size=[2]),
        layer("Dot", "y", ["conv", "conv"], axes=2),
        name="arranged",
    )


def _attention() -> JSON:
    look = layer("MultiHeadAttention", "look", "x", num_heads=2, key_dim=4)
    look["inbound_nodes"][0]["kwargs"] = {"value": tensor("x")}
    return functional(source("x", 5, 8), look, layer("Add", "y", ["x", "look"]), name="attention")


def _chain() -> JSON:
    first = layer("InputLayer", "x", batch_shape=[None, 8], dtype="float32")
    return sequential(
        first, layer("Dense", "one", units=4), layer("Dense", "two", units=2, activation="softmax"), name="chain"
    )


BASES: dict[str, Callable[[], JSON]] = {
    "mlp": _mlp,
    "cnn": _cnn,
    "branches": _branches,
    "siamese": _siamese,
    "words": _words,
    "nested": _nested,
    "image": _image,
    "arranged": _arranged,
    "attention": _attention,
    "chain": _chain,
}


def base(name: str, generation: Generation) -> JSON:
    """A sound model of this name."""
    model = BASES[name]()
    if generation == "keras3":
        _record_shapes(model)
        return {**model, "keras_version": "3.15.1"}
    return {**_old(model), "keras_version": "2.15.0", "backend": "tensorflow"}


def _record_shapes(model: JSON) -> None:
    """Write beside each tensor what it is, as Keras 3 does. Keras never reads it."""
    graph, _ = graphcore.read(copy.deepcopy(model))
    assert graph is not None
    inference = graphcore.infer(graph)
    waiting: list[Any] = [entry["inbound_nodes"] for entry in model["config"]["layers"] if "inbound_nodes" in entry]
    for value in waiting:  # grows on the way
        if isinstance(value, list):
            waiting += value
        elif isinstance(value, dict) and value.get("class_name") == "__keras_tensor__":
            spec = inference.spec(graphcore.TensorRef(*value["config"]["keras_history"]))
            value["config"] |= {"shape": list(spec.shape or ()), "dtype": spec.dtype}
        elif isinstance(value, dict):
            waiting += value.values()


def _old(entry: JSON, models: frozenset[str] = frozenset()) -> JSON:
    """An entry as Keras 2 writes it, at any depth. `models` are those beside it, whose calls it counts from 1."""
    made = {key: copy.deepcopy(value) for key, value in entry.items() if key not in ("module", "registered_name")}
    config = made["config"]
    if "batch_shape" in config:
        config["batch_input_shape"] = config.pop("batch_shape")
    if "key_dim" in config:  # only tf_keras writes what a layer was built for
        config |= {f"{which}_shape": [None, 5, 8] for which in ("query", "key", "value")}
    if "layers" in config:
        inner = frozenset(one.get("name") for one in config["layers"] if "layers" in one["config"])
        config["layers"] = [_old(one, inner) for one in config["layers"]]
    if "inbound_nodes" in made:
        made["inbound_nodes"] = [_old_call(call, models) for call in made["inbound_nodes"]]
    return made


def _old_call(call: JSON, models: frozenset[str]) -> Any:
    kwargs = {key: _triple(value, models) for key, value in call["kwargs"].items()}
    (first,) = call["args"]
    tensors = first if isinstance(first, list) else [first]
    return [[*_triple(one, models), kwargs] for one in tensors]


def _triple(value: JSON, models: frozenset[str]) -> list[Any]:
    name, node, tensor = value["config"]["keras_history"]
    return [name, node + (name in models), tensor]
