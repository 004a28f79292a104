"""What random models and changed files found: small models, each of which we once judged otherwise than Keras does.

Keras builds each model from its file; its answers, masks among them, are ours, and where it refuses the file so do we.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

import graphcore

from . import records
from .comparing import differences

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
        )
    },
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
