"""Why a tensor has its shape: chains of sizes, what ends them, the smallest input that works."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

import graphcore
from graphcore.explain import Explanation

from .models import functional, inside, layer, source

EXAMPLES = Path(graphcore.__file__).parents[1] / "app" / "examples"
RESNET = graphcore.check(EXAMPLES / "resnet50.json")


def stages(count: int, size: int = 28, padding: str = "valid") -> dict[str, Any]:
    """Convolutions with a pool after each, as beginners write them."""
    layers = [source("image", size, size, 1)]
    for i in range(count):
        above = layers[-1]["name"]
        layers.append(layer("Conv2D", f"conv_{i}", above, filters=8, kernel_size=[3, 3], padding=padding))
        layers.append(layer("MaxPooling2D", f"pool_{i}", f"conv_{i}"))
    return functional(*layers)


def explained(model: Any, name: str, *where: Any) -> Explanation:
    found = graphcore.explain(model, name, *where)
    assert found is not None
    return found


def test_the_chain_of_each_size() -> None:
    found = explained(RESNET, "conv5_block3_out")
    batch, height, width, channels = found.axes
    assert batch.sizes == (None,)
    assert height.sizes == width.sizes == (224, 230, 112, 114, 56, 28, 14, 7)
    assert channels.sizes == (2048,)
    made = [(step.ref.layer, step.text) for step in height.steps if not step.is_same][:3]
    assert made == [
        ("input_layer", "batch_shape[1] = 224"),
        ("conv1_pad", "224 + 3 + 3 = 230"),
        ("conv1_conv", "(230 - 7)//2 + 1 = 112"),
    ]
    assert channels.steps[0].ref.layer == "conv5_block1_0_conv"
    assert found.problem is None


def test_every_tensor_of_a_model_is_explained() -> None:
    assert RESNET.inference is not None
    for key, specs in RESNET.inference.specs.items():
        found = explained(RESNET, key.layer, key.index)
        assert tuple(axis.size for axis in found.axes) == specs[0].shape
        assert all(axis.steps and axis.steps[-1].size == axis.size for axis in found.axes)


def test_what_ends_a_shape_and_the_smallest_input() -> None:
    """keras#12951: 38 would do for the convolution alone; the pool after it needs more."""
    found = explained(stages(4), "conv_3")
    assert found.spec.shape is None
    assert found.problem is not None
    assert found.problem.code == "GC407"
    (incoming,) = found.inputs
    assert incoming.axes[1].sizes == (28, 26, 13, 11, 5, 3, 1)
    assert found.smallest is not None
    assert (found.smallest.input, found.smallest.axes, found.smallest.size) == ("image", (1, 2), 46)
    assert graphcore.check(stages(4, 46)).ok
    assert not graphcore.check(stages(4, 45)).ok


def test_a_tensor_behind_it_names_the_same_cause() -> None:
    first, behind = explained(stages(4), "conv_3"), explained(stages(4), "pool_3")
    assert behind.problem == first.problem
    assert behind.inputs == first.inputs


@pytest.mark.parametrize(("count", "padding"), [(1, "valid"), (2, "valid"), (3, "valid"), (2, "same"), (4, "same")])
def test_the_smallest_input_works_and_one_less_does_not(count: int, padding: str) -> None:
    smallest = explained(stages(count, 64, padding), f"pool_{count - 1}").smallest
    assert smallest is not None
    assert graphcore.check(stages(count, smallest.size, padding)).ok
    assert not graphcore.check(stages(count, smallest.size - 1, padding)).ok


def test_sizes_that_work_need_not_follow_each_other() -> None:
    """Two ways that meet again only where halving and doubling leaves nothing over."""
    model = functional(
        source("x", 24, 24, 4),
        layer("MaxPooling2D", "down", "x", pool_size=[8, 8]),
        layer("UpSampling2D", "up", "down", size=[8, 8]),
        layer("Add", "y", ["x", "up"]),
    )
    smallest = explained(model, "down").smallest
    assert smallest is not None
    assert smallest.size == 8


def test_no_smallest_input_where_every_one_works() -> None:
    assert explained(functional(source("x", 8), layer("Dense", "y", "x", units=4)), "y").smallest is None


def test_a_chain_leads_out_of_a_nested_model() -> None:
    inner = functional(source("i", None, None, 3), layer("MaxPooling2D", "p", "i"), name="encoder")
    outer = functional(
        source("x", 8, 8, 3), layer("MaxPooling2D", "q", "x"), inside(inner, "q"), outputs=[["encoder", 1, 0]]
    )
    found = explained(outer, "p", 0, 0, ["encoder"])
    assert found.axes[1].sizes == (8, 4, 2)
    assert [(step.path, step.ref.layer) for step in found.axes[1].steps] == [
        ((), "x"),
        ((), "q"),
        (("encoder",), "i"),
        (("encoder",), "p"),
    ]


@pytest.mark.parametrize("where", [("none",), ("y", 1), ("y", 0, 1), ("y", -1), ("y", 0, -2), ("y", 0, 0, ["y"])])
def test_what_is_not_there_is_none(where: tuple[Any, ...]) -> None:
    model = functional(source("x", 8), layer("Dense", "y", "x", units=4))
    assert graphcore.explain(model, *where) is None
    assert graphcore.explain("{", "y") is None


def test_a_tensor_counts_from_the_end_as_in_a_file() -> None:
    model = functional(source("x", 8), layer("Dense", "y", "x", units=4))
    assert explained(model, "y", 0, -1) == explained(model, "y", 0, 0)


def test_a_long_chain_is_cut() -> None:
    layers = [source("x", 8), *(layer("Dense", f"d{i}", f"d{i - 1}" if i else "x", units=4) for i in range(2_100))]
    batch = explained(functional(*layers), "d2099").axes[0]
    assert not batch.is_whole
    assert len(batch.steps) == 2_000


def test_as_data_it_is_json() -> None:
    report = graphcore.check(stages(4))
    said = graphcore.explanation_as_data(explained(report, "conv_3"), report)
    assert json.loads(json.dumps(said))["problem"]["code"] == "GC407"
    assert said["smallest_input"] == {"layer": "image", "axes": [1, 2], "size": 46, "now": 28}
