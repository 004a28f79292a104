"""Writes models with older versions of Keras, one version a process, into `versions/`. Run by hand:

pip install --no-deps --target OLD keras==2.1.6       (1.2.2 comes as source only: pip download, unpack)
pip install --no-deps --target EXTRA pyyaml six dm-tree 'setuptools<81' \\
    keras_applications==1.0.8 keras_preprocessing==1.1.2
PYTHONPATH=EXTRA:. python -m tests.models.write_versions OLD

Every file is what that Keras wrote, unchanged, and beside it stands what that Keras made of the model, as in
`write_models`. Keras before 3 runs on the installed TensorFlow as TensorFlow 1, which it finds by its old names; what
it writes does not depend on that. `tf_keras` in place of OLD writes as tf.keras did before 2.13: without modules.
"""

from __future__ import annotations

import builtins
import collections
import collections.abc
import inspect
import json
import os
import sys
from collections.abc import Callable, Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

from .write_models import expected, models, only_keras3

HERE = Path(__file__).parent / "versions"
# Archives are large beside what they say that JSON does not.
_ARCHIVED = ("1.2.2", "2.1.6", "2.21.0", "3.0.5", "3.11.3")
Makers = Iterator[Callable[[], Any]]


def keras1(keras: Any) -> Makers:
    """Models in the words of Keras 1."""
    layers, Model, Sequential = import_module("keras.layers"), keras.models.Model, keras.models.Sequential

    def cnn() -> Any:
        model = Sequential(name="cnn")
        model.add(layers.ZeroPadding2D((1, 1), input_shape=(12, 12, 3), name="pad"))
        model.add(layers.Convolution2D(4, 3, 3, border_mode="same", init="he_normal", name="conv", W_regularizer="l2"))
        model.add(layers.BatchNormalization(mode=0, axis=3, name="norm"))
        model.add(layers.Activation("relu", name="relu"))
        model.add(layers.Convolution2D(6, 3, 2, subsample=(2, 2), bias=False, name="strided"))
        model.add(layers.MaxPooling2D((2, 2), name="pool"))
        model.add(layers.AveragePooling2D((2, 2), strides=(1, 1), border_mode="same", name="mean"))
        model.add(layers.Dropout(0.5, name="drop"))
        model.add(layers.Flatten(name="flatten"))
        model.add(layers.Dense(5, W_constraint=import_module("keras.constraints").maxnorm(4), name="dense"))
        return model

    def siamese() -> Any:
        left, right = layers.Input((6,), name="left"), layers.Input((6,), name="right")
        tower = layers.Dense(3, activation="tanh", name="tower")
        a, b = tower(left), tower(right)
        both = [
            layers.merge([a, b], mode=mode, name=name, **more)
            for mode, name, more in (
                ("concat", "joined", {}),
                ("sum", "added", {}),
                ("mul", "times", {}),
                ("ave", "mean", {}),
                ("dot", "product", {"dot_axes": 1}),
            )
        ]
        joined = layers.merge(both, mode="concat", name="all")
        return Model(input=[left, right], output=layers.Dense(1, name="score")(joined), name="siamese")

    def text() -> Any:
        words = layers.Input((9,), dtype="int32", name="words")
        x = layers.Embedding(20, 6, name="embedding")(words)
        x = layers.Bidirectional(layers.LSTM(4, return_sequences=True, name="lstm"), name="both_ways")(x)
        x = layers.TimeDistributed(layers.Dense(3, name="each"), name="every")(x)
        x = layers.Convolution1D(5, 3, border_mode="valid", subsample_length=1, name="conv")(x)
        x = layers.GRU(4, inner_activation="sigmoid", dropout_W=0.2, name="gru")(x)
        return Model(input=words, output=layers.Dense(2, activation="softmax", name="kind")(x), name="text")

    def towers() -> Any:
        left = Sequential(name="left")
        left.add(layers.Dense(4, input_dim=3, name="one"))
        right = Sequential(name="right")
        right.add(layers.Dense(4, input_dim=5, name="two"))
        model = Sequential(name="towers")
        model.add(layers.Merge([left, right], mode="concat", name="merge"))
        model.add(layers.Dense(2, name="last"))
        return model

    def old() -> Any:
        x = layers.Input((8, 8, 3), name="x")
        y = layers.AtrousConvolution2D(4, 3, 3, atrous_rate=(2, 2), border_mode="same", name="atrous")(x)
        y = layers.SeparableConvolution2D(5, 3, 3, border_mode="same", name="separable")(y)
        y = layers.UpSampling2D((2, 2), name="up")(y)
        y = layers.Cropping2D(((1, 1), (2, 2)), name="crop")(y)
        y = layers.GlobalAveragePooling2D(name="mean")(y)
        y = layers.Dense(4, name="dense")(y)
        y = layers.LeakyReLU(0.2, name="leaky")(y)
        return Model(input=x, output=layers.Reshape((2, 2), name="square")(y), name="old")

    def gone() -> Any:
        x = layers.Input((4,), name="x")
        y = layers.Highway(name="highway")(layers.Dense(6, name="dense")(x))
        return Model(input=x, output=layers.MaxoutDense(4, nb_feature=3, name="maxout")(y), name="gone")

    def function() -> Any:
        x = layers.Input((4,), name="x")
        double = eval(compile("lambda t: t * 2", "model.py", "eval"))  # its file's name is in its bytes
        y = layers.Lambda(double, output_shape=(4,), name="double")(x)
        return Model(input=x, output=layers.Dense(2, name="y")(y), name="function")

    yield from (cnn, siamese, text, towers, old, gone, function)


def keras2(keras: Any) -> Makers:
    """Models in the words of every Keras 2, most of them with what its files had of their own."""
    layers, Model, Sequential = import_module("keras.layers"), keras.models.Model, keras.models.Sequential

    def cnn() -> Any:
        model = Sequential(name="cnn")
        model.add(layers.Conv2D(4, 3, activation="relu", input_shape=(12, 12, 3), kernel_regularizer="l2", name="conv"))
        model.add(layers.BatchNormalization(name="norm"))
        model.add(layers.SeparableConv2D(6, 3, padding="same", name="separable"))
        model.add(layers.MaxPooling2D(name="pool"))
        model.add(layers.Dropout(0.5, name="drop"))
        model.add(layers.Flatten(name="flatten"))
        model.add(layers.Dense(5, activation="softmax", name="dense"))
        return model

    def siamese() -> Any:
        left, right = layers.Input((6,), name="left"), layers.Input((6,), name="right")
        tower = layers.Dense(3, activation="tanh", name="tower")
        a, b = tower(left), tower(right)
        joined = layers.Concatenate(name="joined")([a, b, layers.Dot(1, name="product")([a, b])])
        return Model([left, right], [layers.Dense(1, name="score")(joined), layers.Multiply(name="times")([a, b])])

    def text() -> Any:
        words = layers.Input((9,), dtype="int32", name="words")
        x = layers.Embedding(20, 6, name="embedding")(words)
        whole, hidden, cell = layers.LSTM(4, return_sequences=True, return_state=True, name="encoder")(x)
        x = layers.TimeDistributed(layers.Dense(3, name="each"), name="every")(whole)
        x = layers.LSTM(4, name="decoder")(x, initial_state=[hidden, cell])
        return Model(words, layers.Dense(2, activation="softmax", name="kind")(x), name="text")

    def nested() -> Any:
        inside = layers.Input((6,), name="inside")
        encoder = Model(inside, layers.Dense(4, name="inner")(inside), name="encoder")
        head = Sequential([layers.Dense(2, input_shape=(4,), name="last")], name="head")
        one, two = layers.Input((6,), name="one"), layers.Input((6,), name="two")
        joined = layers.Add(name="sum")([encoder(one), encoder(two)])
        return Model([one, two], [head(joined), encoder(two)], name="nested")

    yield from (cnn, siamese, text, nested)


def old_tf_keras(tf_keras: Any) -> Makers:
    """Models of tf_keras, which writes them as it did before 2.13 where it is asked to."""
    for make in models(tf_keras):
        if make.__name__ in ("sequential", "nested", "attention", "recurrent", "named"):
            yield make


def main(old: str) -> None:
    """Write the models of the Keras that is unpacked in a folder."""
    keras = _tf_keras() if old == "tf_keras" else _prepared(old)
    version = keras.__version__
    folder = HERE / (f"keras-{version}" if old != "tf_keras" else f"tf_keras-{version}-as-before-2.13")
    folder.mkdir(parents=True, exist_ok=True)
    chosen = keras1(keras) if version.startswith("1.") else keras2(keras)
    if old == "tf_keras":
        chosen = old_tf_keras(keras)
    elif version.startswith("3."):
        wanted = {"sequential", "built", "nested", "attention", "recurrent", "masked", "operations"}
        wanted -= {"operations"} if version < "3.3" else set()  # an Ellipsis was more than it could write
        chosen = (make for make in (*models(keras), *only_keras3(keras)) if make.__name__ in wanted)
    for make in chosen:
        model, name = make(), make.__name__
        if old == "tf_keras":
            model.use_legacy_config = True
        (folder / f"{name}.json").write_text(model.to_json() + "\n")
        answers = expected(model) if version.startswith("3.") or old == "tf_keras" else _expected(model)
        (folder / f"{name}.expected.json").write_text(json.dumps(answers, default=int) + "\n")
        if name in ("sequential", "siamese") and version in _ARCHIVED:
            model.save(str(folder / f"{name}.h5"))
        if name == "nested" and version in _ARCHIVED and version.startswith("3."):
            model.save(folder / f"{name}.keras")


def _tf_keras() -> Any:
    return import_module("tf_keras")


def _prepared(old: str) -> Any:
    """The Keras of a folder, with the names that it looks for and that are gone."""
    import numpy

    os.environ["KERAS_BACKEND"] = "tensorflow"
    os.environ["TF_USE_LEGACY_KERAS"] = "1"
    for name in ("bool", "int", "float", "object", "str", "complex"):
        if name not in vars(numpy):
            setattr(numpy, name, getattr(builtins, name))
    for name in ("Iterable", "Mapping", "Sequence"):
        setattr(collections, name, getattr(collections.abc, name))
    vars(inspect).setdefault("ArgSpec", collections.namedtuple("ArgSpec", "args varargs keywords defaults"))
    vars(inspect).setdefault("getargspec", lambda f: inspect.ArgSpec(*inspect.getfullargspec(f)[:4]))  # type: ignore[attr-defined]
    if not (Path(old) / "keras" / "src").exists():
        v1 = import_module("tensorflow.compat.v1")
        v1.disable_eager_execution()
        v1.disable_v2_tensorshape()
        v1.disable_tensor_equality()
        v1.disable_resource_variables()
        operations, tensor = import_module("tensorflow.python.framework.ops"), v1.Tensor
        vars(operations).update(_TensorLike=tensor, is_dense_tensor_like=lambda x: isinstance(x, tensor))
        import_module("tensorflow.python.ops.control_flow_ops").__dict__["while_loop"] = v1.while_loop
        sys.modules["tensorflow"] = v1
    sys.path.insert(0, old)
    return import_module("keras")


_NODES = ("container_nodes", "_container_nodes", "_network_nodes")


def _expected(model: Any) -> dict[str, Any]:
    """What a Keras before tf.keras made of a model, in the form of `write_models.expected`."""
    found: dict[str, Any] = {"calls": {}, "params": {}, "total": int(model.count_params())}
    waiting = [("", model)]
    for prefix, one in waiting:  # grows on the way
        nodes = next((vars(one)[key] for key in _NODES if key in vars(one)), ())
        for layer in one.layers:
            calls = []
            for i, node in enumerate(getattr(layer, "_inbound_nodes", None) or layer.inbound_nodes):
                if f"{layer.name}_ib-{i}" in nodes or isinstance(one, import_module("keras.models").Sequential):
                    calls.append([[list(t._keras_shape), t.dtype.name] for t in node.output_tensors])
            found["calls"][prefix + layer.name] = calls
            sides = layer.trainable_weights, layer.non_trainable_weights
            found["params"][prefix + layer.name] = [sum(_size(weight) for weight in side) for side in sides]
            if hasattr(layer, "layers"):
                waiting.append((f"{prefix}{layer.name}/", layer))
    return found


def _size(weight: Any) -> int:
    size = 1
    for dim in weight.shape:
        size *= int(getattr(dim, "value", dim))
    return int(size)


if __name__ == "__main__":
    main(sys.argv[1])
