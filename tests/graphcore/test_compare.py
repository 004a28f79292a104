"""What makes one model another."""

from __future__ import annotations

import json
import re
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

import graphcore
from graphcore.compare import Comparison, compare
from graphcore.render.compared import comparison_as_data, comparison_as_text

from .notation import write

MODELS = Path(__file__).parents[1] / "models"
EXAMPLES = Path(__file__).parents[2] / "app" / "examples"
MLP = """
x = Input [null, 8]
a = Dense(x) units=4 activation="relu"
b = Dense(a) units=2 -> out
"""


def compared(before: Any, after: Any) -> Comparison:
    sides = [write(one).text if isinstance(one, str) and one.lstrip()[0] != "{" else one for one in (before, after)]
    return compare(graphcore.check(sides[0], fixes=False), graphcore.check(sides[1], fixes=False))


def lines(before: Any, after: Any) -> list[str]:
    """What is said of the differences, without the head and the sums."""
    return comparison_as_text(compared(before, after), "a", "b").splitlines()[2:-3]


FILES = [path for path in sorted(MODELS.glob("keras[23]/*.json")) if ".expected" not in path.name]


@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_a_model_is_the_same_as_itself(path: Path) -> None:
    said = compared(path, path)
    assert said.is_same and said.params[0] == said.params[1]


@pytest.mark.parametrize("name", ["shared", "nested", "sequential"])
def test_generations_of_keras_write_the_same_model(name: str) -> None:
    assert compared(MODELS / "keras3" / f"{name}.json", MODELS / "keras2" / f"{name}.json").is_same
    assert compared(MODELS / "keras3" / f"{name}.json", MODELS / "keras3" / f"{name}.keras").is_same
    assert compared(MODELS / "keras2" / f"{name}.h5", MODELS / "keras3" / f"{name}.keras").is_same


def test_an_argument_a_shape_and_the_sizes() -> None:
    after = MLP.replace("units=2", "units=3").replace('"relu"', '"tanh"')
    assert comparison_as_text(compared(MLP, after), "a.json", "b.json") == (
        "a.json → b.json\n"
        "\n"
        '~ Dense "a"\n'
        "    activation: relu → tanh\n"
        '~ Dense "b"\n'
        "    units: 2 → 3\n"
        "    output shape: (None, 2) → (None, 3)\n"
        "~ output shape: (None, 2) → (None, 3)\n"
        "\n"
        "parameters: 46 → 51\n"
        "layers: 2 changed, 1 the same\n"
    )


def test_a_default_that_is_stated_is_no_difference() -> None:
    stated = """
    x = Input [null, 8] dtype="float32"
    a = Dense(x) units=4 activation="relu" use_bias=true kernel_initializer="glorot_uniform" bias_constraint=null
    b = Dense(a) units=2 dtype={"class_name": "DTypePolicy", "config": {"name": "float32"}} trainable=true -> out
    """
    assert compared(MLP, stated).is_same
    assert lines(MLP, MLP.replace("units=2", "units=2 use_bias=false"))[:2] == [
        '~ Dense "b"',
        "    use_bias: – → false",
    ]


def test_the_name_that_keras_3_had_for_a_class_before_is_no_difference() -> None:
    def recurrent(cls: str, gain: float = 1.0) -> str:
        said = json.dumps({"module": "keras.initializers", "class_name": cls, "config": {"seed": None, "gain": gain}})
        return f"x = Input [null, 5, 8]\na = LSTM(x) units=4 recurrent_initializer={said} -> out"

    assert compared(recurrent("OrthogonalInitializer"), recurrent("Orthogonal")).is_same
    assert lines(recurrent("OrthogonalInitializer"), recurrent("Orthogonal", 2.0))[:2] == [
        '~ LSTM "a"',
        "    recurrent_initializer.gain: 1.0 → 2.0",
    ]


def test_a_layer_between_others() -> None:
    after = MLP.replace("b = Dense(a)", "d = Dropout(a) rate=0.5\nb = Dense(d)")
    assert lines(MLP, after) == ['+ Dropout "d"', '~ Dense "b"', "    call: a → d"]
    assert lines(after, MLP) == ['- Dropout "d"', '~ Dense "b"', "    call: d → a"]


def test_layers_with_other_names_are_found_by_their_place_and_their_words() -> None:
    renamed = re.sub(r"\ba\b", "dense_7", re.sub(r"\bb\b", "dense_8", MLP))
    assert lines(MLP, renamed) == ['~ Dense "dense_7", which was "a"', '~ Dense "dense_8", which was "b"']
    behind_another = renamed.replace("dense_7 = Dense(x)", "f = Flatten(x)\ndense_7 = Dense(f)").replace("=2", "=5")
    assert lines(MLP, behind_another) == [
        '+ Flatten "f"',
        '~ Dense "dense_7", which was "a"',
        "    call: x → f",
        '~ Dense "dense_8", which was "b"',
        "    units: 2 → 5",
        "    output shape: (None, 2) → (None, 5)",
        "~ output shape: (None, 2) → (None, 5)",
    ]


def test_calls_are_told_apart_by_their_arguments() -> None:
    one = """
    x = Input [null, 4, 8]
    y = Input [null, 6, 8]
    m = MultiHeadAttention(x, y) num_heads=2 key_dim=4
    n = Dense(m)(y) units=2 -> out
    """
    assert compared(one, one.replace("(x, y)", "(query=x, value=y, key=null)")).is_same
    assert compared(one.replace("(x, y)", "(x, y, y)"), one.replace("(x, y)", "(x, key=y, value=y)")).is_same
    assert lines(one, one.replace("(x, y)", "(x, value=x)").replace("(m)(y)", "(m)")) == [
        '~ MultiHeadAttention "m"',
        "    call: x, y → x, value=x",
        '~ Dense "n"',
        "    call 1: y → –",
    ]


def test_inside_of_wrappers_and_nested_models() -> None:
    def nested(more: int) -> dict[str, Any]:
        model: dict[str, Any] = json.loads((MODELS / "keras3" / "nested.json").read_text())
        encoder = next(one for one in model["config"]["layers"] if one["name"] == "encoder")
        inner = next(one for one in encoder["config"]["layers"] if one["name"] == "inner")
        inner["config"]["units"] += more
        optimizer = {"class_name": "SGD", "config": {"learning_rate": more}}
        return {**model, "compile_config": {"optimizer": optimizer, "loss": "mse"}}

    said = comparison_as_data(compared(nested(0), nested(1)))
    inner = next(one for one in said["layers"] if one["path"] == "encoder/inner")
    assert [change["what"] for change in inner["changes"]] == ["units"]
    assert said["model"][0] == {"what": "compiled with optimizer.learning_rate", "before": 0, "after": 1}
    wrapped = """
    x = Input [null, 4, 8]
    y = TimeDistributed(x) layer={"class_name": "Dense", "module": "keras.layers", "config": {"units": 3}} -> out
    """
    assert lines(wrapped, wrapped.replace('"units": 3', '"units": 4'))[:2] == [
        '~ TimeDistributed "y"',
        "    layer.units: 3 → 4",
    ]


def test_data_leaves_out_what_a_side_does_not_say() -> None:
    said = comparison_as_data(compared(MLP, MLP.replace("units=2", "units=2 use_bias=false").replace("b =", "c =")))
    assert said == {
        "same": False,
        "layers": [
            {
                "kind": "changed",
                "path": "c",
                "class": "Dense",
                "was": "b",
                "changes": [{"what": "use_bias", "after": False}],
            }
        ],
        "model": [],
        "params": [46, 44],
        "unchanged": 2,
    }


def test_broken_models_are_compared_as_far_as_they_are_known() -> None:
    assert lines(EXAMPLES / "unet.json", EXAMPLES / "unet-as-printed.json")[:3] == [
        '- Conv2DTranspose "ConvT2"',
        '~ Conv "Conv1"',
        "    class: Conv2D → Conv",
    ]
    deep: Any = 1
    for _ in range(400):
        deep = {"class_name": "A", "config": {"a": deep}}
    one = json.loads(write(MLP).text)
    one["config"]["layers"][1]["config"]["kernel_initializer"] = deep
    assert [layer.path for layer in compared(one, MLP).layers] == ["a"]


def test_many_layers_without_a_name_in_common_take_no_longer() -> None:
    """Pairs are looked up, not tried: 20,000 layers against 20,000 end."""
    names = [f"{{}}{i}" for i in range(20_000)]
    sides = []
    for letter in "ab":
        own = [name.format(letter) for name in names]
        text = f"{own[0]} = Input [null, 8]\n"
        text += "\n".join(f"{name} = Dense({last}) units=8" for last, name in pairwise(own))
        sides.append(write(f"{text} -> out").text)
    said = compared(sides[0], sides[1])
    assert (len(said.layers), said.same) == (20_000, 0)
    assert {one.kind for one in said.layers} == {"changed"} and not any(one.changes for one in said.layers)
