"""Small models as Keras 3 writes them, for tests that must not wait for Keras."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

JSON = dict[str, Any]


def layer(cls: str, name: str, inputs: Sequence[str] = (), **config: Any) -> JSON:
    """A layer with one call on these layers' first outputs."""
    call = {"args": [tensor(inputs[0]) if len(inputs) == 1 else [tensor(i) for i in inputs]], "kwargs": {}}
    return {
        "module": "keras.layers",
        "class_name": cls,
        "config": {"name": name, **config},
        "registered_name": None,
        "name": name,
        "inbound_nodes": [call] if inputs else [],
    }


def tensor(name: str) -> JSON:
    return {
        "class_name": "__keras_tensor__",
        "config": {"shape": [None], "dtype": "float32", "keras_history": [name, 0, 0]},
    }


def source(name: str, *shape: int | None, dtype: str = "float32", batch: int | None = None, **config: Any) -> JSON:
    """An input layer for samples of this shape."""
    return layer("InputLayer", name, batch_shape=[batch, *shape], dtype=dtype, **config)


def functional(*layers: JSON, outputs: Sequence[str] = (), name: str = "model") -> JSON:
    """A model of these layers; without `outputs`, the last one is the output."""
    inputs = [entry["name"] for entry in layers if entry["class_name"] == "InputLayer"]
    return {
        "module": "keras.src.models.functional",
        "class_name": "Functional",
        "config": {
            "name": name,
            "trainable": True,
            "layers": list(layers),
            "input_layers": [[i, 0, 0] for i in inputs],
            "output_layers": [[o, 0, 0] for o in outputs or [layers[-1]["name"]]],
        },
        "registered_name": "Functional",
    }


def regressor(features: int = 13, units: int = 16) -> JSON:
    """Two Dense layers that give one number."""
    return functional(
        source("x", features),
        layer("Dense", "hidden", ["x"], units=units, activation="relu"),
        layer("Dense", "price", ["hidden"], units=1),
        name="regressor",
    )


def digit_classifier() -> JSON:
    """A convolution over 8×8 pixels and ten probabilities."""
    return functional(
        source("image", 8, 8, 1),
        layer("Conv2D", "conv", ["image"], filters=8, kernel_size=[3, 3], activation="relu"),
        layer("BatchNormalization", "norm", ["conv"]),
        layer("Flatten", "flat", ["norm"]),
        layer("Dense", "digit", ["flat"], units=10, activation="softmax"),
        name="digits",
    )


def with_code() -> JSON:
    """A model with a Lambda that holds Python bytecode."""
    code = {"class_name": "__lambda__", "config": {"code": "4wEAAA==", "defaults": None, "closure": None}}
    return functional(
        source("x", 4),
        layer("Dense", "hidden", ["x"], units=3),
        layer("Lambda", "double", ["hidden"], function=code, output_shape=[3]),
        layer("Dense", "out", ["double"], units=1),
    )


def field(number: int, content: bytes) -> bytes:
    """A field with a length, as protocol buffers write it."""
    size, varint = len(content), b""
    while size > 0x7F:
        varint, size = varint + bytes([size & 0x7F | 0x80]), size >> 7
    return bytes([number << 3 | 2]) + varint + bytes([size]) + content


def saved_metadata(config: bytes) -> bytes:
    """The keras_metadata.pb of a SavedModel with this config."""
    return field(1, b'\x1a\x04root"\x0f_tf_keras_layer' + field(5, config))
