"""The models that checks are timed on."""

from __future__ import annotations

from typing import Any

APPLICATIONS = ("ResNet50", "DenseNet121", "EfficientNetB0", "EfficientNetV2L", "NASNetMobile", "NASNetLarge")
BLOCKS = 12


def texts(keras: Any) -> dict[str, str]:
    """The text of each model, as Keras writes it."""
    made = {}
    for name in APPLICATIONS:
        made[name] = getattr(keras.applications, name)(weights=None).to_json()
        keras.utils.clear_session()
    made[f"A transformer of {BLOCKS} blocks"] = transformer(keras).to_json()
    keras.utils.clear_session()
    return made


def transformer(keras: Any, length: int = 128, width: int = 256, heads: int = 8, words: int = 10_000) -> Any:
    """An encoder as Keras's examples build it: attention and two Dense layers a block, each with a sum and a norm."""
    layers = keras.layers
    x = inputs = keras.Input((length,), dtype="int32")
    x = layers.Embedding(words, width)(x)
    for _ in range(BLOCKS):
        attended = layers.MultiHeadAttention(heads, width // heads, dropout=0.1)(x, x)
        x = layers.LayerNormalization(epsilon=1e-6)(layers.Add()([x, layers.Dropout(0.1)(attended)]))
        forward = layers.Dense(width)(layers.Dense(4 * width, activation="relu")(x))
        x = layers.LayerNormalization(epsilon=1e-6)(layers.Add()([x, layers.Dropout(0.1)(forward)]))
    return keras.Model(inputs, layers.Dense(2, activation="softmax")(layers.GlobalAveragePooling1D()(x)))
