"""What random models and changed files found: small models, each of which we once judged otherwise than Keras does.

Keras builds each model from its file; its answers, masks among them, are ours, and where it refuses the file so do we.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import graphcore
from graphcore.model import NodeKey
from graphcore.shapes import TensorSpec
from tests.graphcore.cases import Case
from tests.graphcore.cases_ops import OperationCase

from . import records
from .comparing import differences
from .drawing import file_of
from .drawing_functions import file_of as function_file

pytestmark = pytest.mark.keras

Build = Callable[[Any], Any]


def _crossing_of_floats(keras: Any) -> Any:
    words = keras.Input((8,), dtype="string")
    return keras.Model(words, keras.layers.HashedCrossing(7, dtype="float64")([words, words]))


def _heads(**more: Any) -> Build:
    """Attention with scores, its query masked."""

    def build(keras: Any) -> Any:
        query, value = keras.Input((5, 4)), keras.Input((6, 4))
        masked = keras.layers.Masking()(query)
        attend = keras.layers.MultiHeadAttention(2, 3)
        inputs = [query, value]
        if more.get("attention_mask"):
            inputs.append(keras.Input(batch_shape=(1, 1, 6)))
        given = {**more, "attention_mask": inputs[-1]} if len(inputs) > 2 else more
        return keras.Model(inputs, attend(masked, value, return_attention_scores=True, **given))

    return build


def _read_both_ways(later: tuple[int | None, ...], cell: str | None = None, **said: Any) -> Build:
    """A Bidirectional that is called again; around a cell it has no input_spec."""

    def build(keras: Any) -> Any:
        layers = keras.layers
        inner = layers.LSTM(3, **said) if cell is None else layers.RNN(getattr(layers, cell)(3), **said)
        read, x, y = layers.Bidirectional(inner), keras.Input((5, 4)), keras.Input(batch_shape=later)
        return keras.Model([x, y], [read(x), read(y)])

    return build


def _grouped_inside(scores: bool) -> Build:
    """A GroupQueryAttention in a model that is called with an axis of 1 more: its rank is asked when it is built."""

    def build(keras: Any) -> Any:
        x, y = keras.Input((None, 4)), keras.Input((6, 4, 1))
        given = keras.layers.GroupQueryAttention(2, 4, 2)(x, x, return_attention_scores=scores)
        return keras.Model(y, keras.Model(x, given)(y))

    return build


def _augmented_off(cls: str, shape: tuple[int | None, ...], training: Any, **said: Any) -> Build:
    """A random layer of a model that is not trained."""

    def build(keras: Any) -> Any:
        x = keras.Input(batch_shape=shape)
        made = keras.Model(x, getattr(keras.layers, cls)(**said)(keras.layers.ReLU()(x), training=False))
        config = json.loads(made.to_json())
        config["config"]["layers"][-1]["inbound_nodes"][0][0][3]["training"] = training
        return config

    return build


def _masked_beside(*batches: int | None) -> Build:
    """What is masked, joined with what is not: batches are those of the first."""

    def build(keras: Any) -> Any:
        xs = [keras.Input(batch_shape=(batch, 5, 4)) for batch in batches]
        joined = keras.layers.Concatenate()([keras.layers.Masking()(xs[0]), *xs[1:]])
        return keras.Model(xs, keras.layers.LSTM(3, return_sequences=True)(joined))

    return build


def _causes(*axes: int) -> Build:
    """Causal attention in pictures."""

    def build(keras: Any) -> Any:
        x = keras.Input((5, 6, 4))
        said = {"use_causal_mask": True, "return_attention_scores": True}
        made = keras.Model(x, keras.layers.MultiHeadAttention(2, 3, attention_axes=(1,))(x, x, **said))
        return _changed(made, {"attention_axes": list(axes)})

    return build


def _number_first(dtype: str) -> Build:
    def build(keras: Any) -> Any:
        x = keras.Input((3,), dtype=dtype)
        return keras.Model(x, [1.0 - x, x - 1.0] if "float" in dtype else [3 * x, x * 3])

    return build


def _local(implementation: int, *later: int | None, batch: int | None = None) -> Build:
    def build(keras: Any) -> Any:
        x, y = keras.Input(batch_shape=(batch, 10, 3)), keras.Input(batch_shape=(batch, *later))
        local = keras.layers.LocallyConnected1D(2, 3, implementation=implementation)
        first = local(x)
        again = keras.Model([x, y], [first, keras.layers.Flatten()(y)])
        return _called_again(again, local.name, y.node.layer.name)

    return build


def _in_another_dtype(*later: int) -> Build:
    """A model called with floats of 16 bits: Keras 3 looks inside of it where the shape is another one, too."""

    def build(keras: Any) -> Any:
        x, y = keras.Input((2, 3)), keras.Input(later, dtype="bfloat16")
        inside = keras.Input((2, 3))
        inner = keras.Model(inside, [keras.ops.relu(inside), keras.layers.ReLU()(inside), inside > 0.0])
        return keras.Model([x, y], [inner(x), inner(y)])

    return build


def _attention_without_batch(**said: Any) -> Build:
    """Attention to a vector, which a sum over segments makes of a batch."""

    def build(keras: Any) -> Any:
        x = keras.Input(batch_shape=(5,))
        return keras.Model(x, keras.layers.MultiHeadAttention(**said)(x, x))

    return build


def _attention_of_another_rank(keras: Any) -> Any:
    """Inside a model that is called again, Keras 3 counts the axes that attend no more."""
    inside = keras.Input((4, None, None, 1))
    inner = keras.Model(inside, keras.layers.MultiHeadAttention(2, 2, attention_axes=(1, 2, 3))(inside, inside))
    x, y = keras.Input((4, 2, 2, 1)), keras.Input((None,))
    return keras.Model([x, y], [inner(x), inner(y)])


def _normalized_along(axis: int) -> Build:
    def build(keras: Any) -> Any:
        x = keras.Input((9, 4, 3))
        made = keras.Model(x, keras.layers.Normalization(mean=0.5, variance=2.0)(x))
        return _changed(made, {"axis": [axis]})

    return build


def _grouped_nothing(keras: Any) -> Any:
    x = keras.Input((5, 4))
    made = keras.Model(x, keras.layers.GroupNormalization(4)(keras.layers.DepthwiseConv1D(2, depth_multiplier=2)(x)))
    config = _changed(made, {})
    config["config"]["layers"][1]["config"]["depth_multiplier"] = 0
    return config


def _cropped(*shape: int | None) -> Build:
    """A picture that is cropped at random, or made as large: of two ways TensorFlow may forget the batch."""

    def build(keras: Any) -> Any:
        x = keras.Input(batch_shape=shape)
        return keras.Model(x, keras.layers.RandomCrop(4, 4)(x))

    return build


def _cast_on_the_way(keras: Any) -> Any:
    """Masks that go into models of another dtype, or of one axis more: tf_keras makes other tensors of theirs."""
    x = keras.Input((8, 4))
    masked = keras.layers.Masking()(x)
    given = []
    for shape, dtype in (((8, 4), "float32"), ((8, 4), "float64"), ((8, 4, 1), "float32")):
        inside = keras.Input(shape, dtype=dtype)
        given.append(keras.Model(inside, keras.layers.Dropout(0.1)(inside))(masked))
    return keras.Model(x, given)


def _flat_nothing(keras: Any) -> Any:
    x = keras.Input(batch_shape=(2, 1, 1, 1, 5))
    return keras.Model(x, keras.layers.Flatten()(keras.layers.Cropping3D(1)(x)))


def _one_picture(*later: int | None, data_format: str = "channels_last") -> Build:
    """A layer that enlarges pictures is called again with one axis less."""

    def build(keras: Any) -> Any:
        x, y = keras.Input((4, 5, 3)), keras.Input(later)
        larger = keras.layers.UpSampling2D((1, 2), data_format=data_format)
        made = keras.Model([x, y], [larger(x), keras.layers.Flatten()(y)])
        return _called_again(made, larger.name, y.node.layer.name)

    return build


def _dilated(*extra: int | None, rate: int = 2) -> Build:
    """A convolution with the channels first, and further axes of batches."""

    def build(keras: Any) -> Any:
        x = keras.Input(batch_shape=(None, *extra, 6, 6, 3))
        made = keras.layers.Conv2D(2, 1, padding="same", dilation_rate=rate, data_format="channels_first")
        return keras.Model(x, made(x))

    return build


def _local_inside(*later: int | None) -> Build:
    """A local layer in a model that is called again."""

    def build(keras: Any) -> Any:
        x, y, z = keras.Input((10, 3)), keras.Input((10, 3)), keras.Input((10, 3))
        inner = keras.Model(x, keras.layers.LocallyConnected1D(2, 1)(x))
        config: dict[str, Any] = json.loads(keras.Model([y, z], [inner(y), inner(z)]).to_json())
        config["config"]["layers"][1]["config"]["batch_input_shape"] = [None, *later]
        return config

    return build


def _added_up(later: tuple[int | None, ...]) -> Build:
    """Additive attention in a model that is called again, on another size: its scale spreads where it can."""

    def build(keras: Any) -> Any:
        x, y, z = keras.Input((5, 4)), keras.Input((5, 4)), keras.Input((5, 1))
        inner = keras.Model(x, keras.layers.AdditiveAttention()([x, x]))
        config: dict[str, Any] = json.loads(keras.Model([y, z], [inner(y), inner(z)]).to_json())
        config["config"]["layers"][1]["config"]["batch_input_shape"] = [None, *later]
        return config

    return build


def _convolved_on(
    x: tuple[int | None, ...], state: tuple[int | None, ...], *, filters: int = 2, many: int = 2
) -> Build:
    """A recurrent convolution of `x` that begins with `many` states of one shape, batches first."""

    def build(keras: Any) -> Any:
        inputs = [keras.Input((5, 6, 6, 3)), keras.Input((6, 6, 2)), keras.Input((6, 6, 2))]
        layer = keras.layers.ConvLSTM2D(2, 2, padding="same", return_state=True)
        config = _changed(keras.Model(inputs, layer(inputs[0], initial_state=inputs[1:])), {"filters": filters})
        layers = config["config"]["layers"]
        for one, shape in zip(layers, (x, state, state), strict=False):
            one["config"]["batch_input_shape"] = list(shape)
        del layers[-1]["inbound_nodes"][0][many + 1 :]
        return config

    return build


def _sheared(low: float, high: float) -> Build:
    def build(keras: Any) -> Any:
        x = keras.Input((8, 8, 3))
        made = keras.Model(x, keras.layers.RandomShear([0.0, 0.1], 0.1)(x))
        return _changed(made, {"x_factor": [low, high], "y_factor": [0.0, 0.1]})

    return build


def _each_step(*later: int | None) -> Build:
    """A recurrent layer at each step: Keras 3 asks it for a shape, and it looks at batch and steps alone."""

    def build(keras: Any) -> Any:
        x, y = keras.Input((4, 6, 5)), keras.Input(later)
        each = keras.layers.TimeDistributed(keras.layers.LSTM(2))
        return keras.Model([x, y], [each(x), each(y)])

    return build


def _each_volume(keras: Any) -> Any:
    x = keras.Input((4, 6, 5, 3))
    return keras.Model(x, keras.layers.TimeDistributed(keras.layers.GRU(2, return_sequences=True))(x))


def _rank_of_both_ways(keras: Any) -> Any:
    x = keras.Input((4, 6))
    made = keras.Model(x, keras.layers.Bidirectional(keras.layers.GRU(2))(x))
    config = _changed(made, {})
    config["config"]["layers"][0]["config"]["batch_shape"] = [None, 4]
    return config


def _twice_both_ways(keras: Any) -> Any:
    """Inside a model that is called again, Keras 3 looks at no rank."""
    inside = keras.Input((None, 2))
    flat = keras.layers.Reshape((-1, 2))(inside)
    inner = keras.Model(inside, keras.layers.Bidirectional(keras.layers.GRU(2))(flat))
    x, y = keras.Input((4, 2)), keras.Input((6, 2))
    return keras.Model([x, y], [inner(x), inner(y)])


def _pooled(data_format: str) -> Build:
    def build(keras: Any) -> Any:
        x = keras.Input(batch_shape=(None, 6, 2))
        made = keras.Model(x, keras.ops.average_pool(x, 2))
        config = _changed(made, {"data_format": data_format})
        config["config"]["layers"][0]["config"]["batch_shape"] = [None]
        return config

    return build


def _merged_batches(*batches: int | None, is_first: bool = False, inside: bool = False) -> Build:
    """A merge whose inputs have other batches: Keras 3 compares them when it builds the layer, and never again."""

    def build(keras: Any) -> Any:
        inputs = [keras.Input(batch_shape=(None, 4)) for _ in batches]
        merge = keras.layers.Average()
        model = keras.Model(inputs, merge(inputs))
        others = [keras.Input(batch_shape=(None, 4)) for _ in batches]
        given = model(others) if inside else merge(others)
        config: dict[str, Any] = json.loads(keras.Model([*inputs, *others], [model.output, given]).to_json())
        begins = [one["config"] for one in config["config"]["layers"] if one["class_name"] == "InputLayer"]
        for one, batch in zip(begins[: len(batches)] if is_first else begins[-len(batches) :], batches, strict=True):
            one["batch_shape"][0] = batch
        return config

    return build


def _masked_by_null(cls: str, inside: str | None = None, **said: Any) -> Build:
    """A call that names null as its mask: tf_keras then takes none, and Keras 3 that of the tensor."""

    def build(keras: Any) -> Any:
        layers = keras.layers
        x = keras.Input((4, 6))
        masked = layers.Masking()(x)
        wrapped = {} if inside is None else {"layer": getattr(layers, inside)(2, **said)}
        layer = getattr(layers, cls)(**(wrapped or said))
        return keras.Model(x, layer([masked, masked] if "Attention" in cls else masked, mask=None))

    return build


def _normalized_by_a_mask(training: bool | None, wraps: bool = False) -> Build:
    """A mask that spreads over nothing: tf_keras looks at it where the batch is normalized by its own mean."""

    def build(keras: Any) -> Any:
        x = keras.Input((4, 5, 3) if wraps else (5, 3))
        norm = keras.layers.BatchNormalization()
        if wraps:
            return keras.Model(x, keras.layers.TimeDistributed(norm)(x, mask=x))
        config: dict[str, Any] = json.loads(keras.Model(x, norm(x, mask=x)).to_json())
        if training is not None:
            config["config"]["layers"][1]["inbound_nodes"][0][0][3]["training"] = training
        return config

    return build


def _model_masked_by_null(keras: Any) -> Any:
    x, inside = keras.Input((4, 6)), keras.Input((4, 6))
    masked = keras.layers.Masking()(x)
    inner = keras.Model(inside, keras.layers.GRU(2, return_sequences=True)(inside))
    chain = keras.Sequential([keras.Input((4, 6)), keras.layers.GRU(2, return_sequences=True)])
    given = [inner(masked), inner(masked, mask=None), chain(masked), chain(masked, mask=None)]
    mask, two = keras.Input((4,), dtype="bool"), [keras.Input((4, 6)), keras.Input((4, 6))]
    joined = keras.Model(two, keras.layers.Concatenate(axis=1)(two))
    given += [inner(x, mask=mask), chain(masked, mask=mask)]
    if keras.__version__.startswith("2"):
        given.append(joined([x, masked], mask=[mask, mask]))
    return keras.Model([x, mask], given)


def _masked_from_outside(batch: int | None, *, others: int | None = None, **said: Any) -> Build:
    """A recurrent layer whose mask is an input of its own, and knows the batch."""

    def build(keras: Any) -> Any:
        x = keras.Input(batch_shape=(others, 4, 6))
        mask = keras.Input(batch_shape=(batch, 4), dtype="bool")
        return keras.Model([x, mask], keras.layers.LSTM(2, activation="relu", **said)(x, mask=mask))

    return build


def _masked_steps(batch: int | None, inside: str, **said: Any) -> Build:
    """A layer at each step: its mask, with a batch that is known or open."""

    def build(keras: Any) -> Any:
        x = keras.Input(batch_shape=(batch, 5, 4, 6))
        made = getattr(keras.layers, inside)(**said)
        steps = keras.layers.TimeDistributed(made)
        given = [steps(x)]
        if not said.get("stateful"):  # a loop over its steps, which keeps to masks of steps
            given.append(keras.layers.TimeDistributed(type(made)(**said))(keras.layers.Masking()(x)))
        return keras.Model(x, given)

    return build


def _convolved_in_batches(rank: int, *more: int | None, **said: Any) -> Build:
    """TensorFlow's convolution of a tensor with further axes of batches."""

    def build(keras: Any) -> Any:
        import tensorflow as tf

        x = keras.Input((*more, *(8,) * rank, 6))
        kernel = np.ones((*(2,) * rank, 6, 3), "float32")
        return keras.Model(x, getattr(tf.nn, f"conv{rank}d")(x, kernel, padding="VALID", **said))

    return build


def _of_a_number(keras: Any) -> Any:
    """Functions that look at the rank when the model runs."""
    import tensorflow as tf

    x = keras.Input((4, 6))
    number, row = tf.reduce_sum(x), tf.reduce_sum(x, axis=[1, 2])
    given = [tf.linalg.band_part(one, 1, 0) for one in (number, row)]
    return keras.Model(x, [*given, tf.argmax(number, axis=1), tf.argmax(row, axis=3), tf.cumsum(number, axis=2)])


def _changed(model: Any, said: dict[str, Any]) -> dict[str, Any]:
    """The model's file with other arguments of its last layer."""
    config: dict[str, Any] = json.loads(model.to_json())
    config["config"]["layers"][-1]["config"].update(said)
    return config


def _called_again(model: Any, name: str, source: str) -> dict[str, Any]:
    """The model's file with one more call of a layer, of another input, which Keras may refuse."""
    config: dict[str, Any] = json.loads(model.to_json())
    (layer,) = (one for one in config["config"]["layers"] if one["config"]["name"] == name)
    layer["inbound_nodes"].append([[source, 0, 0, {}]])
    config["config"]["output_layers"].append([name, 1, 0])
    return config


_SEQUENCES: dict[str, Any] = {"units": 2, "return_sequences": True}
MASKED_BY_NULL: tuple[tuple[str, str | None, dict[str, Any]], ...] = (
    *((cls, None, _SEQUENCES) for cls in ("LSTM", "GRU", "SimpleRNN")),
    *((cls, None, {}) for cls in ("BatchNormalization", "GlobalAveragePooling1D", "Softmax")),
    *((cls, None, {}) for cls in ("Attention", "AdditiveAttention")),
    ("Bidirectional", "LSTM", {"return_sequences": True}),
    ("TimeDistributed", "Dense", {}),
)
MASKED_STEPS: tuple[tuple[str, dict[str, Any]], ...] = (
    *(("Masking", {}), ("LayerNormalization", {}), ("BatchNormalization", {}), ("Dropout", {"rate": 0.1})),
    *(("LSTM", {"units": 2, "activation": "relu", "return_sequences": many}) for many in (False, True)),
    ("GlobalAveragePooling1D", {}),
)
CASES: dict[str, tuple[str, Build]] = {
    "a crossing says its dtype, and floats are none": ("keras3", _crossing_of_floats),
    **{
        f"scores have the mask of {more}": ("keras2", _heads(**more))
        for more in (
            {},
            {"use_causal_mask": True},
            {"attention_mask": True},
            {"attention_mask": True, "use_causal_mask": True},
        )
    },
    **{f"causes over axes {axes}": ("keras2", _causes(*axes)) for axes in ((1,), (2,), (1, 2))},
    **{
        f"a number before {dtype}": ("keras2", _number_first(dtype))
        for dtype in ("float32", "float64", "int64", "int32")
    },
    **{
        f"a local layer of {implementation} later for {later}, {batch}": (
            "keras2",
            _local(implementation, *later, batch=batch),
        )
        for implementation, later, batch in (
            *((1, (12, 3), None), (1, (None, 3), None), (1, (8, 3), None), (1, (10, 4), None)),
            *((1, (12, 3), 2), (1, (10, 4), 2), (1, (10, 6), 2), (1, (None, 3), 2), (1, (8, 3), 2)),
            *((2, (12, 3), None), (3, (None, 3), None)),
            *((1, (1, 1, 1, 3), None), (1, (8, 2, 3), 2), (1, (8, 2, 3), None), (1, (4, 3, 3), 2), (1, (3,), None)),
        )
    },
    **{f"a model called with {later} of 16 bits": ("keras3", _in_another_dtype(*later)) for later in ((2, 3), (2, 1))},
    **{
        f"attention to a vector, {said}": ("keras3", _attention_without_batch(**said))
        for said in (
            {"num_heads": 2, "key_dim": 2, "value_dim": 4},
            {"num_heads": 1, "key_dim": 2, "output_shape": (2, 3), "use_gate": True},
            {"num_heads": 2, "key_dim": 2, "use_bias": False},
        )
    },
    "attention along axes that a later call does not have": ("keras3", _attention_of_another_rank),
    "masks are lost by a cast": ("keras2", _cast_on_the_way),
    "no values laid in a row": ("keras2", _flat_nothing),
    **{
        f"one picture of {later} enlarged, {form}": ("keras2", _one_picture(*later, data_format=form))
        for later, form in (
            *(((5, 3), "channels_last"), ((None, 3), "channels_last"), ((5, 4, 3), "channels_last")),
            *(((5, 3), "channels_first"), ((5,), "channels_last"), ((2, 5, 4, 3), "channels_last")),
        )
    },
    **{
        f"dilated by {rate} behind batches of {extra}": ("keras2", _dilated(*extra, rate=rate))
        for extra, rate in ((((None,), 2), ((4,), 2), ((None, None), 2), ((3, None), 2), ((None,), 1)))
    },
    **{
        f"a local layer inside, later for {later}": ("keras2", _local_inside(*later))
        for later in ((10, 3), (4, 3), (None, 3), (12, 3), (10, 4))
    },
    **{
        f"no mask by name for {cls} {inside or ''}": (generation, _masked_by_null(cls, inside, **said))
        for generation in ("keras2", "keras3")
        for cls, inside, said in MASKED_BY_NULL
    },
    **{
        f"normalized by a mask that does not fit, training {training}": ("keras2", _normalized_by_a_mask(training))
        for training in (None, False, True)
    },
    "normalized by a mask at each step": ("keras2", _normalized_by_a_mask(None, wraps=True)),
    "no mask by name for a model": ("keras2", _model_masked_by_null),
    "no mask by name for a model in Keras 3": ("keras3", _model_masked_by_null),
    **{
        f"a mask of {batch} for {others}, {said}": (generation, _masked_from_outside(batch, others=others, **said))
        for generation in ("keras2", "keras3")
        for batch, others in ((3, None), (None, 3), (3, 3))
        for said in ({}, {"return_sequences": True}, {"return_state": True})
    },
    **{
        f"masks of steps of {batch} in {inside} {said}": ("keras2", _masked_steps(batch, inside, **said))
        for batch in (None, 2)
        for inside, said in MASKED_STEPS
    },
    "masks of steps of a layer with a state": (
        "keras2",
        _masked_steps(2, "LSTM", units=2, activation="relu", stateful=True),
    ),
    **{
        f"convolved along {rank} behind {more}, {said}": ("keras2", _convolved_in_batches(rank, *more, **said))
        for rank, more, said in (
            *((1, (3,), {"stride": 1}), (1, (3, None), {"stride": 2}), (1, (), {"stride": 1})),
            *((2, (3,), {"strides": 1}), (2, (None,), {"strides": [1, 2]})),
        )
    },
    "functions of a number": ("keras2", _of_a_number),
    **{
        f"merged batches of {batches}, {how}": ("keras3", _merged_batches(*batches, **how))
        for batches in ((2, 3), (2, None), (2, 3, 2))
        for how in ({}, {"is_first": True}, {"inside": True})
    },
    **{
        f"read both ways, later {later}, {cell} {said}": ("keras3", _read_both_ways(later, cell, **said))
        for cell in ("LSTMCell", "GRUCell", None)
        for said in ({}, {"return_sequences": True}, {"return_state": True})
        for later in ((None, 7, 4), (None, 9), (3, None), (None, 5, 4, 2))
        if cell is not None or len(later) == 3
    },
    **{f"attention in groups inside, scores {scores}": ("keras3", _grouped_inside(scores)) for scores in (False, True)},
    **{
        f"masked of batches {batches}, joined": ("keras3", _masked_beside(*batches))
        for batches in ((None, 2), (2, None), (None, None, 3))
    },
    **{
        f"{cls} of {shape}, training {training}": ("keras2", _augmented_off(cls, shape, training, **said))
        for cls, said in (
            *((cls, {"factor": 0.2}) for cls in ("RandomWidth", "RandomHeight", "RandomRotation", "RandomContrast")),
            *(("RandomFlip", {}), ("RandomZoom", {"height_factor": 0.1})),
        )
        for shape in ((None, 8, 6, 3), (None, 6), (2, None, 8, 6, 3))
        for training in (False, 0)
    },
    "no channels for any group": ("keras2", _grouped_nothing),
    **{
        f"cropped from {shape}": ("keras2", _cropped(*shape))
        for shape in ((2, 6, 6, 3), (2, 3, 3, 3), (2, None, 6, 3), (2, 4, None, 3), (None, None, None, 3))
    },
    **{f"normalized along axis {axis}": ("keras3", _normalized_along(axis)) for axis in (-1, 2, 40, -5)},
    **{
        f"additive attention later on {later}": ("keras2", _added_up(later))
        for later in ((5, 1), (5, 4), (5, 3), (5, 8), (1, 4), (5, None))
    },
    **{
        f"a recurrent convolution of {x} begins with {state}": ("keras2", _convolved_on(x, state))
        for x, state in (
            *(((None, 5, 6, 6, 3), state) for state in ((None, 6, 6, 2), (4, 6, 6, 2), (None, None, None, 2))),
            *(((None, 5, 6, 6, 3), state) for state in ((None, 6, 6, 3), (None, 6, 6, None), (None, 1, 1, 2))),
            *(((None, 5, 6, 6, 3), state) for state in ((None, 5, 6, 2), (None, 2), (None, 6, 6, 1, 2))),
            *(((4, 5, 6, 6, 3), state) for state in ((2, 6, 6, 2), (1, 6, 6, 2), (None, 6, 6, 2))),
            *(((1, 5, 6, 6, 3), (4, 6, 6, 2)), ((None, 5, None, None, 3), (None, 6, 6, 2))),
            *(((None, 5, 1, 1, 3), state) for state in ((None, 6, 6, 2), (None, None, None, 2), (None, 1, 6, 2))),
        )
    },
    "a recurrent convolution begins with fewer filters": (
        "keras2",
        _convolved_on((None, 5, 6, 6, 3), (None, 6, 6, 2), filters=7),
    ),
    "a recurrent convolution begins with one state": (
        "keras2",
        _convolved_on((None, 5, 6, 6, 3), (None, 6, 6, 2), many=1),
    ),
    **{
        f"sheared from {ends}": ("keras3", _sheared(*ends))
        for ends in ((-0.1, 0.1), (0.0, 0.1), (0.5, 1.5), (0.2, 0.1))
    },
}


@pytest.mark.parametrize("generation", records.GENERATIONS)
def test_answers_are_those_of_keras(generation: str) -> None:
    from .asking import Generation  # imports Keras

    asked = Generation(generation)
    wrong = {}
    for name, (one, build) in CASES.items():
        if one == generation:
            asked.forget_names()
            made = build(asked.keras)
            text = json.dumps(made) if isinstance(made, dict) else made.to_json()
            says = told(asked, text)
            if says:
                wrong[name] = says
    assert wrong == {}


ODD = (None, True, -1, 0.5, -0.5, 1.5, "x", "bilinear", "reflect", [0.1], [0.2, 0.1], [-0.1, 0.1], [0.5, 1.5], [2, 2])
"""Values that arguments of image layers may and may not have."""
MOVED = ("height_factor", "width_factor", "fill_mode", "interpolation", "fill_value", "seed")
ARGUMENTS: dict[str, dict[str, tuple[str, ...]]] = {
    "keras3": {
        "RandomZoom": MOVED,
        "RandomTranslation": MOVED,
        "RandomShear": ("x_factor", "y_factor", "interpolation"),
        "RandomColorJitter": ("brightness_factor", "contrast_factor", "saturation_factor", "hue_factor"),
        "RandomElasticTransform": ("scale",),
        "RandomErasing": ("scale",),
        "RandomGaussianBlur": ("kernel_size", "sigma"),
        "RandomPerspective": ("scale", "interpolation"),
        "Solarization": ("addition_factor",),
        "AugMix": ("interpolation",),
        "RandAugment": ("interpolation", "seed"),
        "Dropout": ("seed",),
    },
    "keras2": {"RandomZoom": MOVED, "RandomTranslation": MOVED, "RandomWidth": ("factor", "interpolation", "seed")},
}
NEEDED = {
    "RandomZoom": {"height_factor": 0.1},
    "RandomTranslation": {"height_factor": 0.1, "width_factor": 0.1},
    "RandomWidth": {"factor": 0.1},
    "Dropout": {"rate": 0.5},
}


@pytest.mark.parametrize("generation", records.GENERATIONS)
def test_arguments_are_taken_and_refused_as_by_keras(generation: str) -> None:
    from .asking import Generation  # imports Keras

    asked = Generation(generation)
    wrong = {}
    for cls, names in ARGUMENTS[generation].items():
        x = asked.keras.Input((8, 8, 3), name="x")
        model = asked.keras.Model(x, getattr(asked.keras.layers, cls)(**NEEDED.get(cls, {}))(x))
        for name in names:
            for value in ODD:
                says = told(asked, json.dumps(_changed(model, {name: value})))
                if says:
                    wrong[cls, name, str(value)] = says
    assert wrong == {}


DTYPES = ("float16", "float64", "int32", "int8", "uint8", "bool", "string")
OF_DTYPES: dict[str, tuple[tuple[int, ...], dict[str, Any]]] = {
    "AddMetric": ((4,), {"metric_name": "m"}),
    "CategoryEncoding": ((4,), {"num_tokens": 5}),
    "Discretization": ((4,), {"bin_boundaries": [0.0, 1.0]}),
    "GlobalAveragePooling1D": ((4, 3), {}),
    "GlobalMaxPooling1D": ((4, 3), {}),
    "Hashing": ((4,), {"num_bins": 5}),
    "Masking": ((4, 3), {"mask_value": 0}),
    "UpSampling2D": ((4, 4, 3), {}),
}
"""Layers that tf_keras runs on some dtypes only: the shape that comes in, and their arguments."""


def test_dtypes_are_taken_and_refused_as_by_tf_keras() -> None:
    from .asking import Generation  # imports Keras

    asked = Generation("keras2")
    layers = asked.keras.layers
    wrong = {}
    for cls, (shape, said) in OF_DTYPES.items():
        x = asked.keras.Input(shape, name="x")
        config = json.loads(asked.keras.Model(x, layers.Activation("linear")(x)).to_json())
        begins, layer = config["config"]["layers"]
        layer["class_name"] = cls
        layer["config"] = {"name": layer["config"]["name"], **said}
        for dtype in DTYPES:
            begins["config"]["dtype"] = dtype
            says = told(asked, json.dumps(config))
            if says:
                wrong[cls, dtype] = says
    assert wrong == {}


@pytest.mark.parametrize("generation", records.GENERATIONS)
@pytest.mark.parametrize("cls", ("LSTMCell", "GRUCell", "SimpleRNNCell"))
def test_cells_take_dtypes_as_those_of_keras_do(generation: str, cls: str) -> None:
    from .asking import Generation  # imports Keras

    asked = Generation(generation)
    x = asked.keras.Input((4,), name="x")
    states = [asked.keras.Input((2,), name=f"s{i}") for i in range(2 if cls == "LSTMCell" else 1)]
    text = asked.keras.Model([x, *states], getattr(asked.keras.layers, cls)(2, name="cell")(x, states)).to_json()
    wrong = {}
    for dtypes in (*((dtype, "float32") for dtype in DTYPES), *(("float32", dtype) for dtype in DTYPES)):
        config = json.loads(text)
        for one in config["config"]["layers"]:
            if one["name"] != "cell":
                one["config"]["dtype"] = dtypes[one["name"] != "x"]
        says = told(asked, json.dumps(config))
        if says:
            wrong[dtypes] = says
    assert wrong == {}


def test_inputs_without_a_shape_are_taken_and_refused_as_by_tf_keras() -> None:
    from .asking import Generation  # imports Keras

    asked = Generation("keras2")
    wrong = {}
    for cls, cases in records.read("drawn", "keras2").items():
        said = next((one for one in cases if one["outputs"] is not None and one["inputs"]), None)
        if said is None:
            continue
        inputs = tuple(tuple(shape) for shape in said["inputs"])
        file = file_of(Case(cls, said["config"], inputs, tuple(said["dtypes"]), (), said["call"]), "keras2")
        for layer in file["config"]["layers"][:-1]:
            del layer["config"]["batch_input_shape"]
        says = told(asked, json.dumps(file))
        if says:
            wrong[cls] = says
    assert wrong == {}


FIRST_LAYERS: dict[str, dict[str, Any]] = {
    "Dense": {"units": 3},
    "Embedding": {"input_dim": 4, "output_dim": 2},
    "LSTM": {"units": 2},
}
SAID: dict[str, tuple[Any, ...]] = {
    "batch_input_shape": (None, 3, 1.5, "x", [None, 4], [None, "a"], [None, 2.0], [None, True], [[None, 4]], {"a": 1}),
    "input_shape": (None, 3, "x", [4], [None, 3], [5, 5, 3], True, {}, ["a"], [1.5]),
    "input_dim": (None, 3, 1.5, "x"),
    "input_length": (None, 3, "x"),
    "batch_shape": ([None, 4],),
    "shape": ([4],),
}
COMES_IN: tuple[dict[str, Any], ...] = (
    *({name: value} for name, values in SAID.items() for value in values),
    *({"input_dim": 4, "input_length": value} for value in SAID["input_length"]),
    *({"input_shape": [5, 4], "batch_size": value} for value in (2, None, "x")),
    {"input_dim": 4, "batch_size": 2},
)
"""What a first layer says of its input, in the words of Keras 2 and of others."""


def test_first_layers_say_what_comes_in_as_in_tf_keras() -> None:
    from .asking import Generation  # imports Keras

    asked = Generation("keras2")
    wrong = {}
    for cls, said in FIRST_LAYERS.items():
        for more in COMES_IN:
            layer = {"class_name": cls, "config": {"name": "x", **said, **more}}
            model = {"class_name": "Sequential", "config": {"name": "s", "layers": [layer]}}
            says = told(asked, json.dumps({**model, "keras_version": "2.15.0", "backend": "tensorflow"}))
            if says:
                wrong[cls, str(more)] = says
    assert wrong == {}


ARITHMETIC = (
    *("math.negative", "math.abs", "math.square", "math.round", "math.sign", "math.angle"),
    *("math.add", "math.subtract", "math.multiply", "math.pow", "math.maximum", "math.squared_difference"),
)
"""Functions of numbers, of one tensor and of two; the latter from `math.add` on."""


def test_functions_of_numbers_take_dtypes_as_in_tf_keras() -> None:
    from .asking import Generation  # imports Keras

    asked = Generation("keras2")
    x = TensorSpec((None, 4), "float32")
    cases = [OperationCase(name, {"other": None}, (x,)) for name in ("__operators__.eq", "__operators__.ne")]
    for i, function in enumerate(ARITHMETIC):
        for dtype in DTYPES:
            one = TensorSpec((None, 4), dtype)
            cases.append(OperationCase(function, {"y": one} if i >= ARITHMETIC.index("math.add") else {}, (one,)))
    wrong = {case.title: says for case in cases if (says := told(asked, json.dumps(function_file(case))))}
    assert wrong == {}


OF_KINDS: tuple[tuple[str, dict[str, Any]], ...] = (
    *((f"math.reduce_{how}", {"axis": axis}) for how in ("sum", "max", "mean") for axis in (None, 0, 1, -1)),
    ("math.reduce_mean", {"axis": 1, "keepdims": True}),
    *((f"math.{name}", {"y": 2.0}) for name in ("multiply", "add", "divide", "maximum", "greater", "pow")),
    *((name, {}) for name in ("math.square", "math.exp", "nn.relu", "nn.softmax", "math.negative", "math.tanh")),
    *((name, {}) for name in ("identity", "shape", "size", "rank", "transpose", "zeros_like", "math.is_nan")),
    *(("cast", {"dtype": "float16"}), ("expand_dims", {"axis": -1}), ("expand_dims", {"axis": 1})),
    *(("tile", {"multiples": [1, 1]}), ("reverse", {"axis": [1]}), ("math.cumsum", {"axis": 1})),
    *(("reshape", {"shape": [-1, 4]}), ("math.argmax", {"axis": 1}), ("nn.dropout", {"rate": 0.5})),
    *(("math.top_k", {"k": 1}), ("clip_by_value", {"clip_value_min": 0.0, "clip_value_max": 1.0})),
)
"""Functions of TensorFlow, on ragged and on sparse tensors."""


def test_functions_take_ragged_and_sparse_tensors_as_in_tf_keras() -> None:
    from .asking import Generation, flat, spec_of  # imports Keras

    asked = Generation("keras2")
    wrong = {}
    for kind, shape in (("ragged", [None, None]), ("ragged", [None, None, 4]), ("sparse", [None, 4])):
        for function, named in OF_KINDS:
            begin = {"batch_input_shape": shape, "dtype": "float32", "name": "in0", kind: True}
            layers = [
                {"class_name": "InputLayer", "config": begin, "name": "in0", "inbound_nodes": []},
                {
                    "class_name": "TFOpLambda",
                    "config": {"name": "x", "function": function},
                    "name": "x",
                    "inbound_nodes": [["in0", 0, 0, named]],
                },
            ]
            model = {"name": "m", "layers": layers, "input_layers": [["in0", 0, 0]], "output_layers": [["x", 0, 0]]}
            text = json.dumps({"class_name": "Functional", "config": model, "keras_version": "2.15.0"})

            def outputs(text: str = text) -> dict[str, Any]:
                (node,) = asked.build(text).get_layer("x")._inbound_nodes
                return {"outputs": [[*spec_of(one), asked.kind(one)] for one in flat(node.outputs)]}

            theirs = asked.answer(outputs)["outputs"]
            report = graphcore.check(text)
            is_refused = any(problem.severity == "error" for problem in report.diagnostics)
            assert report.inference is not None
            ours = [
                [*spec_of(one), "ragged" if one.ragged else "sparse" if one.sparse else "dense"]
                for one in report.inference.specs[NodeKey("x", 0)]
            ]
            if theirs != (None if is_refused else ours):
                wrong[kind, len(shape), function, str(named)] = (theirs, ours)
    assert wrong == {}


def told(asked: Any, text: str) -> str:
    """Where our answer to a file differs from Keras's, in words."""
    report = graphcore.check(text)
    errors = [f"{problem.code} {problem.message}" for problem in report.diagnostics if problem.severity == "error"]
    asked.forget_names()
    try:
        model = asked.build(text)
    except Exception as error:  # whatever Keras raises is its no
        return "" if errors else f"Keras refuses it: {error}"[:300]
    if errors:
        return f"Keras takes it, and we say {errors[:2]}"
    assert report.inference is not None
    differs = differences(report.inference, {**asked.describe(model), "masks": asked.all_masks(model)})
    return str(differs[:3]) if differs else ""
