"""Writes the gallery's models, `app/examples/`, with the installed Keras. Run by hand after a change:

KERAS_BACKEND=tensorflow python tests/models/write_examples.py
"""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import keras
from keras import layers

GALLERY = Path(__file__).parents[2] / "app" / "examples"
# Beyond this a file is kept packed: NASNetLarge is 1 MB of JSON and 23 kB packed.
PACK_FROM = 200_000


class Conv(layers.Conv2D):
    """As in the tf.keras notes."""

    def __init__(self, idx: int, **kwargs: Any) -> None:
        super().__init__(**{**kwargs, "name": f"Conv{idx}", "activation": "relu"})


class ConvT(layers.Conv2DTranspose):
    """As in the tf.keras notes."""

    def __init__(self, idx: int, **kwargs: Any) -> None:
        super().__init__(**{**kwargs, "name": f"ConvT{idx}", "activation": "relu"})


def mlp() -> keras.Model:
    """Example 1 of the tf.keras notes: 55,050 parameters."""
    inputs = layers.Input(shape=(784,), name="Image")
    x = layers.Dense(64, activation="relu", name="Dense1")(inputs)
    x = layers.Dense(64, activation="relu", name="Dense2")(x)
    outputs = layers.Dense(10, activation="softmax", name="Output")(x)
    return keras.Model(inputs, outputs, name="Test Model")


def unet() -> keras.Model:
    """Example 2 of the tf.keras notes with Keras's own layers and both outputs: 26,017,541 parameters."""
    inputs = layers.Input(shape=(28, 28, 1), name="Image")
    x = layers.Conv2D(128, 2, strides=2, activation="relu", name="Conv1")(inputs)
    x = layers.Conv2D(256, 2, strides=2, activation="relu", name="Conv2")(x)
    x = layers.Flatten(name="Flatten")(x)
    classes = layers.Dense(4, activation="softmax", name="CLF")(x)
    feature = layers.Dense(1024, activation="relu", name="Feature")(x)
    x = layers.Dense(7 * 7 * 256, activation="relu", name="Dense")(feature)
    x = layers.Reshape((7, 7, 256), name="Reshape")(x)
    x = layers.Conv2DTranspose(128, 2, strides=2, activation="relu", name="ConvT1")(x)
    image = layers.Conv2DTranspose(1, 2, strides=2, activation="relu", name="ConvT2")(x)
    return keras.Model(inputs, (image, classes), name="unet")


def unet_as_printed() -> keras.Model:
    """Example 2 as the notes print it: its own subclasses, and the tensor before `img` as output."""
    inputs = layers.Input(shape=(28, 28, 1), name="Image")
    x = Conv(idx=1, filters=128, kernel_size=2, strides=2)(inputs)
    x = Conv(idx=2, filters=256, kernel_size=2, strides=2)(x)
    x = layers.Flatten(name="Flatten")(x)
    outputs1 = layers.Dense(units=4, activation="softmax", name="CLF")(x)
    feature = layers.Dense(units=1024, activation="relu", name="Feature")(x)
    x = layers.Dense(units=7 * 7 * 256, activation="relu", name="Dense")(feature)
    x = layers.Reshape(target_shape=(7, 7, 256), name="Reshape")(x)
    x = ConvT(idx=1, filters=128, kernel_size=2, strides=2)(x)
    ConvT(idx=2, filters=1, kernel_size=2, strides=2)(x)
    return keras.Model(inputs, (x, outputs1), name="unet_as_printed")


def transformer() -> keras.Model:
    """A block of an encoder that reads words, with its attention called by keyword."""
    words = layers.Input(shape=(64,), dtype="int32", name="words")
    x = layers.Embedding(8000, 128, name="embedding")(words)
    attended = layers.MultiHeadAttention(4, 32, dropout=0.1, name="attention")(query=x, value=x, key=x)
    x = layers.LayerNormalization(epsilon=1e-6, name="norm_1")(layers.Add(name="residual_1")([x, attended]))
    y = layers.Dense(256, activation="gelu", name="expand")(x)
    y = layers.Dropout(0.1, name="dropout")(layers.Dense(128, name="project")(y))
    x = layers.LayerNormalization(epsilon=1e-6, name="norm_2")(layers.Add(name="residual_2")([x, y]))
    x = layers.GlobalAveragePooling1D(name="mean")(x)
    return keras.Model(words, layers.Dense(2, activation="softmax", name="sentiment")(x), name="transformer")


def broken() -> dict[str, Any]:
    """The U-Net with five mistakes that people make, each in another place and of another kind."""
    config: dict[str, Any] = json.loads(unet().to_json())
    config["config"]["name"] = "broken"
    by_name = {layer["name"]: layer for layer in config["config"]["layers"]}
    for layer in by_name.values():
        layer.pop("build_config", None)
    by_name["Conv1"]["config"]["padding"] = "sme"
    by_name["Conv2"]["config"]["filter"] = 256
    by_name["Dense"]["config"]["units"] = 6272
    by_name["CLF"]["class_name"] = "Desne"
    config["config"]["output_layers"][0] = ["ConvT3", 0, 0]
    return config


def resnet50() -> keras.Model:
    """ResNet50 of keras.applications."""
    return keras.applications.ResNet50(weights=None)


def nasnetlarge() -> keras.Model:
    """NASNetLarge of keras.applications: 1,041 layers."""
    return keras.applications.NASNetLarge(weights=None)


MODELS = (
    ("mlp", "Perceptron", "Three Dense layers for MNIST, from the tf.keras notes", mlp),
    ("unet", "U-Net with a classifier", "Two outputs: a picture and four classes, from the tf.keras notes", unet),
    ("unet-as-printed", "U-Net as printed", "The same with the subclasses of the tf.keras notes", unet_as_printed),
    ("transformer", "Transformer block", "Attention called with keyword tensors, on integer words", transformer),
    ("resnet50", "ResNet50", "From keras.applications, 177 layers", resnet50),
    ("nasnetlarge", "NASNetLarge", "From keras.applications, 1,041 layers", nasnetlarge),
    ("broken", "A broken U-Net", "Five mistakes that people make, found in one run", broken),
)


def main() -> None:
    """Write every example, and the list of them."""
    GALLERY.mkdir(exist_ok=True)
    index = []
    for name, title, description, make in MODELS:
        model = make()  # a model, or the config of one that Keras would refuse
        config = model if isinstance(model, dict) else json.loads(model.to_json())
        count = len(config["config"]["layers"])
        index.append({"name": name, "title": title, "description": description, "layers": count})
        config.pop("compile_config", None)
        text = json.dumps(config, indent=1 if name == "broken" else None).encode()
        if len(text) < PACK_FROM:
            (GALLERY / f"{name}.json").write_bytes(text + b"\n")
        else:
            (GALLERY / f"{name}.json.gz").write_bytes(gzip.compress(text, mtime=0))
    (GALLERY / "index.json").write_text(json.dumps(index, indent=1) + "\n")


if __name__ == "__main__":
    main()
