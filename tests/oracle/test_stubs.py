"""A stub loads the file that it was written for: Keras's shapes and counts are those of the contract."""

from __future__ import annotations

import json
from typing import Any

import pytest

import graphcore
from graphcore.stub import OF_A_LAYER, to_stub

pytestmark = pytest.mark.keras

# Each a program that leaves a `model`, and the contracts of its classes.
MODELS: dict[str, tuple[str, dict[str, Any]]] = {
    "an embedding": (
        """
@keras.saving.register_keras_serializable("mine")
class Position(layers.Layer):
    def __init__(self, maxlen, vocab_size, embed_dim, **kwargs):
        super().__init__(**kwargs)
        self.said = dict(maxlen=maxlen, vocab_size=vocab_size, embed_dim=embed_dim)
        self.token = layers.Embedding(vocab_size, embed_dim)
    def build(self, shape):
        self.token.build(shape)
    def call(self, x):
        return self.token(x)
    def get_config(self):
        return {**super().get_config(), **self.said}
x = keras.Input((9,), dtype="int32")
model = keras.Model(x, layers.Dense(3)(Position(9, 50, 8)(x)))
""",
        {
            "mine>Position": {
                "output": "(batch, time, embed_dim)",
                "weights": {"token": "(vocab_size, embed_dim)"},
                "dtype": "float32",
            }
        },
    ),
    "a subclass, of two calls": (
        """
class Conv(layers.Conv2D):
    def __init__(self, idx=0, **kwargs):
        super().__init__(**kwargs)
        self.idx = idx
    def get_config(self):
        return {**super().get_config(), "idx": self.idx}
x = keras.Input((8, 8, 3))
conv = Conv(idx=3, filters=3, kernel_size=3, padding="same")
model = keras.Model(x, conv(Conv(filters=3, kernel_size=2)(conv(x))))
""",
        {"Conv": {"treat_as": "Conv2D"}},
    ),
    "several tensors in and out": (
        """
@keras.saving.register_keras_serializable("mine")
class Meet(layers.Layer):
    def __init__(self, units, words=("a", "b"), **kwargs):
        super().__init__(**kwargs)
        self.units, self.words = units, words
    def build(self, query_shape, key_shape):
        self.a = self.add_weight(shape=(query_shape[-1], self.units))
        self.b = self.add_weight(shape=(self.units,), trainable=False)
    def call(self, query, key):
        return query @ self.a + self.b, key[:, :2]
    def compute_output_shape(self, query_shape, key_shape):
        return (*query_shape[:-1], self.units), (key_shape[0], 2, key_shape[2])
    def get_config(self):
        return {**super().get_config(), "units": self.units, "words": list(self.words)}
x, y = keras.Input((5, 4)), keras.Input((7, 6))
a, b = Meet(3)(x, key=y)
model = keras.Model([x, y], [a, b])
""",
        {
            "mine>Meet": {
                "inputs": "(batch, n, m), (batch, k, l)",
                "output": "(batch, n, units), (batch, 2, l)",
                "weights": {"a": "(m, units)"},
                "non_trainable": {"b": "(units,)"},
            }
        },
    ),
    "a list, an open axis, and names that Python or a layer has": (
        """
@keras.saving.register_keras_serializable("mine", "Other")
class Joined(layers.Layer):
    def __init__(self, **kwargs):
        self.said = {key: kwargs.pop(key) for key in ("path", "lambda", "a-b") if key in kwargs}
        super().__init__(**kwargs)
    def call(self, xs):
        return keras.ops.concatenate([*xs, *xs], axis=1)
    def get_config(self):
        return {**super().get_config(), **self.said}
x = keras.Input((None, 4))
model = keras.Model(x, Joined(**{"path": "p", "lambda": 3, "a-b": [1]})([x, x]))
""",
        {"mine>Other": {"output": "(batch, 4 * time, ...)", "parameters": 0}},
    ),
    "inside of a wrapper and of a model": (
        """
@keras.saving.register_keras_serializable("mine")
class Inner(layers.Layer):
    def call(self, x):
        return x
    def compute_output_shape(self, shape):
        return shape
x = keras.Input((5, 4))
inside = keras.Sequential([keras.Input((5, 4)), Inner()])
model = keras.Model(x, layers.TimeDistributed(Inner())(inside(x)))
""",
        {"mine>Inner": {"output": "(...,)", "parameters": 0}},
    ),
    "without a contract": (
        """
@keras.saving.register_keras_serializable("mine")
class Twice(layers.Layer):
    def __init__(self, units, **kwargs):
        super().__init__(**kwargs)
        self.units = units
    def call(self, x):
        return keras.ops.repeat(x[..., :1], self.units, -1)
    def compute_output_shape(self, shape):
        return (*shape[:-1], self.units)
    def get_config(self):
        return {**super().get_config(), "units": self.units}
x = keras.Input((5, 4))
model = keras.Model(x, layers.Dense(2)(Twice(6)(x)))
""",
        {},
    ),
}


@pytest.mark.parametrize("name", MODELS)
def test_a_stub_loads_its_file(name: str) -> None:
    import keras

    program, contracts = MODELS[name]
    made: dict[str, Any] = {"keras": keras, "layers": keras.layers}
    with keras.saving.CustomObjectScope({}):
        exec(program, made)
        text = made["model"].to_json()
    keras.saving.get_custom_objects().clear()
    graph, found = graphcore.read(text, contracts=contracts)
    assert graph is not None and not found
    inference = graphcore.infer(graph)
    source = to_stub(inference)
    assert source is not None
    try:
        exec(compile(source, "stub.py", "exec"), {"__name__": "stub"})
        loaded = keras.models.model_from_json(text)
        assert json.loads(loaded.to_json())["config"]["layers"][-1]["class_name"] is not None
    finally:
        keras.saving.get_custom_objects().clear()
    assert [tuple(one.shape) for one in loaded.outputs] == [tuple(one.shape) for one in made["model"].outputs]
    ours = [inference.spec(ref) for ref in graph.output_refs]
    assert [(one.shape, one.dtype) for one in loaded.outputs] == [
        (one.shape, one.dtype) for one in ours if contracts
    ] or not contracts
    weights = inference.all_weights()
    if contracts and weights is not None:
        assert loaded.count_params() == sum(_size(weight.shape) for weight in weights) == made["model"].count_params()


def _size(shape: Any) -> int:
    size = 1
    for dim in shape:
        size *= dim
    return size


def test_names_of_a_layer_are_those_of_keras() -> None:
    import keras

    public = {name for name in dir(keras.layers.Layer) if not name.startswith("_")}
    assert public - OF_A_LAYER == set()
