"""Writes the models of this folder with the installed Keras and tf_keras, one process each. Run by hand:

KERAS_BACKEND=tensorflow python tests/models/write_models.py keras3
python tests/models/write_models.py keras2

Every file is what the tool wrote, unchanged: `NAME.json` is `to_json()`, `NAME.config.json` is `get_config()`, `.keras`
and `.h5` are saved models with small weights, `.keras_metadata.pb` is Keras's part of a SavedModel. Beside each stands
`NAME.expected.json`: output shapes and dtypes of each call, and parameters by layer, of nested models as `outer/inner`.
"""

from __future__ import annotations

import json
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent


def models(keras: Any) -> Iterator[Callable[[], Any]]:
    """Makers of models that Keras 2 and 3 both know, by the module of either."""
    layers = keras.layers

    def sequential() -> Any:
        return keras.Sequential(
            [
                keras.Input((28, 28, 1), name="pixels"),
                layers.Conv2D(4, 3, activation="relu", name="conv"),
                layers.MaxPooling2D(name="pool"),
                layers.Flatten(name="flatten"),
                layers.Dense(10, activation="softmax", name="digit"),
            ],
            name="sequential",
        )

    def deferred() -> Any:
        return keras.Sequential([layers.Dense(4, name="one"), layers.Dense(2, name="two")], name="deferred")

    def built() -> Any:
        made = keras.Sequential([layers.Dense(4, name="one"), layers.Dense(2, name="two")], name="built")
        made.build((None, 3))
        return made

    def shared() -> Any:
        left, right = keras.Input((6,), name="left"), keras.Input((6,), name="right")
        tower = layers.Dense(3, name="tower")
        distance = layers.Subtract(name="distance")([tower(left), tower(right)])
        return keras.Model([left, right], layers.Dense(1, name="score")(distance), name="shared")

    def nested() -> Any:
        inside = keras.Input((6,), name="inside")
        encoder = keras.Model(inside, layers.Dense(4, name="inner")(inside), name="encoder")
        head = keras.Sequential([keras.Input((4,), name="features"), layers.Dense(2, name="last")], name="head")
        one, two = keras.Input((6,), name="one"), keras.Input((6,), name="two")
        joined = layers.Add(name="joined")([encoder(one), encoder(two)])
        return keras.Model([one, two], [head(joined), encoder(two)], name="nested")

    def deep() -> Any:
        model: Any = None
        for depth in range(4):
            x = keras.Input((5,), name=f"x{depth}")
            y = layers.Dense(5, name=f"dense{depth}")(x if model is None else model(x))
            model = keras.Model(x, y, name=f"level{depth}")
        return model

    def named() -> Any:
        given = {"b": keras.Input((3,), name="b"), "a": keras.Input((4,), name="a")}
        x = layers.Concatenate(name="both")([given["b"], given["a"]])
        out = {"score": layers.Dense(1, name="score")(x), "kind": layers.Dense(5, name="kind")(x)}
        return keras.Model(given, out, name="named")

    def echo() -> Any:
        x = keras.Input((3,), name="x")
        return keras.Model(x, [x, layers.Dense(2, name="y")(x)], name="echo")

    def attention() -> Any:
        words = keras.Input((12, 8), name="words")
        seen = layers.MultiHeadAttention(2, 4, name="attention")(query=words, value=words, key=words)
        x = layers.LayerNormalization(name="norm")(layers.Add(name="residual")([words, seen]))
        return keras.Model(words, layers.GlobalAveragePooling1D(name="mean")(x), name="attention")

    def recurrent() -> Any:
        steps = keras.Input((None, 5), name="steps")
        whole, hidden, cell = layers.LSTM(4, return_sequences=True, return_state=True, name="encoder")(steps)
        y = layers.LSTM(4, name="decoder")(whole, initial_state=[hidden, cell])
        z = layers.Bidirectional(layers.GRU(3, name="gru"), name="both_ways")(whole)
        return keras.Model(steps, layers.Concatenate(name="joined")([y, z]), name="recurrent")

    def masked() -> Any:
        ids = keras.Input((9,), dtype="int32", name="ids")
        x = layers.Embedding(20, 6, mask_zero=True, name="embedding")(ids)
        x = layers.TimeDistributed(layers.Dense(4, name="each"), name="every")(x)
        return keras.Model(ids, layers.LSTM(3, name="lstm")(x), name="masked")

    def frozen() -> Any:
        x = keras.Input((8, 8, 3), name="image")
        y = layers.Conv2D(4, 3, padding="same", trainable=False, name="fixed")(x)
        y = layers.BatchNormalization(name="norm")(y)
        return keras.Model(x, layers.Activation("relu", name="relu")(y), name="frozen")

    yield from (sequential, deferred, built, shared, nested, deep, named, echo, attention, recurrent, masked, frozen)


def only_keras3(keras: Any) -> Iterator[Callable[[], Any]]:
    """Makers of models with what Keras 3 alone has: operations in the graph."""
    layers, ops = keras.layers, keras.ops

    def operations() -> Any:
        x = keras.Input((4, 6), name="x")
        mean = ops.mean(x, axis=-1, keepdims=True)
        scaled = (x - mean) * 2.0 + ops.ones((6,))
        picked = ops.reshape(scaled[:, 1:3, ..., None], (-1, 12))
        return keras.Model(x, [ops.softmax(picked), ops.concatenate([scaled, x], axis=1)], name="operations")

    def mixed() -> Any:
        x = keras.Input((8,), name="x")
        y = layers.Dense(4, dtype="mixed_bfloat16", name="half")(x)
        return keras.Model(x, layers.Dense(2, dtype="float32", name="whole")(y), name="mixed")

    yield from (operations, mixed)


def only_keras2(tf_keras: Any) -> Iterator[Callable[[], Any]]:
    """Makers of models with what Keras 2 alone has: TensorFlow's functions, inputs that follow from shapes."""
    import tensorflow as tf

    layers = tf_keras.layers

    def first_shape() -> Any:
        return tf_keras.Sequential(
            [layers.Dense(4, input_shape=(3,), name="one"), layers.Dense(2, name="two")], name="first_shape"
        )

    def lambdas() -> Any:
        x = tf_keras.Input((4, 6), name="x")
        y = tf.reduce_mean(x, axis=-1, keepdims=True)
        z = tf.nn.relu(x - y) * 2.0 + 1.0
        return tf_keras.Model(x, [1.0 - z[:, 1:3], tf.concat([z, x], axis=1)], name="lambdas")

    yield from (first_shape, lambdas)


def main(generation: str) -> None:
    """Write every model of one generation of Keras."""
    chosen: Any
    if generation == "keras3":
        import keras

        chosen, makers = keras, only_keras3(keras)
    else:
        import tf_keras

        chosen, makers = tf_keras, only_keras2(tf_keras)
    folder = HERE / generation
    folder.mkdir(exist_ok=True)
    for make in (*models(chosen), *makers):
        model = make()
        name = model.name
        (folder / f"{name}.json").write_text(model.to_json(indent=1) + "\n")
        (folder / f"{name}.expected.json").write_text(json.dumps(expected(model), indent=1) + "\n")
        if name in ("nested", "named"):
            (folder / f"{name}.config.json").write_text(json.dumps(model.get_config(), default=list) + "\n")
        if name in ("shared", "nested", "sequential", "recurrent"):
            model.save(folder / f"{name}.keras")
            model.save(folder / f"{name}.h5")
            if generation == "keras2":
                _save_metadata(model, folder / f"{name}.keras_metadata.pb")
        if name == "shared":
            model.save_weights(folder / "shared.weights.h5")


def _save_metadata(model: Any, path: Path) -> None:
    """Keep of a SavedModel what Keras writes about the model; the rest is TensorFlow's graph of its functions."""
    with tempfile.TemporaryDirectory() as folder:
        model.save(folder, save_format="tf")
        path.write_bytes((Path(folder) / "keras_metadata.pb").read_bytes())


def expected(model: Any) -> dict[str, Any]:
    """Keras's answers: `calls` by layer, for each call shape and dtype of its outputs; `params` by layer."""
    found: dict[str, Any] = {"calls": {}, "params": {}}
    found["total"] = model.count_params() if model.built else None
    _describe(model, "", found)
    return found


def _describe(model: Any, prefix: str, found: dict[str, Any]) -> None:
    graph = getattr(model, "_functional", None) or model
    nodes: Any = getattr(graph, "_nodes", None) or getattr(graph, "_network_nodes", ())
    for layer in getattr(graph, "_operations", None) or graph.layers:
        calls = []
        for i, node in enumerate(layer._inbound_nodes):
            if f"{layer.name}_ib-{i}" in nodes or (id(layer), i) in nodes or _key(layer, i) in nodes:
                outputs = getattr(node, "output_tensors", None)
                outputs = node.outputs if outputs is None else outputs
                calls.append([[list(t.shape), _dtype(t)] for t in _flat(outputs)])
        found["calls"][prefix + layer.name] = calls
        weights = getattr(layer, "trainable_weights", ()), getattr(layer, "non_trainable_weights", ())
        found["params"][prefix + layer.name] = [sum(_size(w) for w in side) for side in weights]
        if hasattr(layer, "get_layer"):
            _describe(layer, f"{prefix}{layer.name}/", found)


def _key(layer: Any, index: int) -> Any:
    from keras.src.models.functional import make_node_key

    return make_node_key(layer, index)


def _flat(tree: Any) -> list[Any]:
    if isinstance(tree, dict):
        return [leaf for key in sorted(tree) for leaf in _flat(tree[key])]
    if isinstance(tree, (list, tuple)):
        return [leaf for item in tree for leaf in _flat(item)]
    return [tree]


def _dtype(tensor: Any) -> str:
    return str(getattr(tensor.dtype, "name", tensor.dtype))


def _size(weight: Any) -> int:
    size = 1
    for dim in weight.shape:
        size *= dim
    return size


if __name__ == "__main__":
    main(sys.argv[1])
