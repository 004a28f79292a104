"""All of `keras.applications`, of both generations, against what Keras answered; without Keras.

make oracle     asks again
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import graphcore

from . import records
from .comparing import MOST_TOLD, answers_of, differences, without_records

EXAMPLES = Path(__file__).parents[2] / "app" / "examples"
CASES = [(generation, name) for generation in records.GENERATIONS for name in records.names(generation)]


def test_all_applications_have_records() -> None:
    assert len(records.names("keras3")) >= 40
    assert len(records.names("keras2")) >= 70


@pytest.mark.parametrize(("generation", "name"), CASES, ids=[f"{g}-{n}" for g, n in CASES])
def test_agrees_with_keras(generation: str, name: str) -> None:
    record = records.read(generation, name)
    graph, found = graphcore.read(json.dumps(record["config"]))
    assert graph is not None
    assert graph.dialect == generation
    inference = graphcore.infer(graph)
    problems = [*found, *inference.diagnostics]
    assert [problem.message for problem in problems if problem.severity == "error"] == []
    assert differences(inference, record["answers"])[:MOST_TOLD] == []


@pytest.mark.parametrize("name", records.names("keras3"))
def test_recorded_shapes_change_nothing(name: str) -> None:
    config = records.read("keras3", name)["config"]
    whole, _ = graphcore.read(json.dumps(config))
    bare, found = graphcore.read(json.dumps(without_records(config)))
    assert whole is not None
    assert bare is not None
    assert found == ()
    assert answers_of(bare, graphcore.infer(bare)) == answers_of(whole, graphcore.infer(whole))


SEED = [
    # Three Dense layers; a U-Net with both outputs; the same as printed, where ConvT2 is not in the model.
    ("mlp", 55_050),
    ("unet", 26_017_541),
]


@pytest.mark.parametrize(("name", "total"), SEED)
def test_the_notes_examples_have_their_parameters(name: str, total: int) -> None:
    report = json.loads(graphcore.render_json(graphcore.check(EXAMPLES / f"{name}.json")))
    assert report["ok"]
    assert report["params"] == {"trainable": total, "non_trainable": 0, "total": total, "known": total}


def test_the_u_net_as_printed_is_26_017_028_with_plain_layers() -> None:
    config = json.loads((EXAMPLES / "unet-as-printed.json").read_text())
    for entry in config["config"]["layers"]:
        plain = {"Conv": "Conv2D", "ConvT": "Conv2DTranspose"}.get(entry["class_name"])
        if plain:
            entry |= {"module": "keras.layers", "class_name": plain, "registered_name": None}
    report = json.loads(graphcore.render_json(graphcore.check(config)))
    assert report["params"]["total"] == 26_017_028


def test_the_u_net_as_printed_warns_of_its_subclasses_and_knows_no_total() -> None:
    report = json.loads(graphcore.render_json(graphcore.check(EXAMPLES / "unet-as-printed.json")))
    assert report["ok"]
    assert [problem["code"] for problem in report["diagnostics"]] == ["GC206"] * 3
    assert (report["params"]["total"], report["params"]["trainable"]) == (None, None)


LIVE = {"keras3": ("MobileNet", "ResNet50", "ConvNeXtTiny"), "keras2": ("MobileNetV3Small", "EfficientNetB0")}


@pytest.mark.keras
@pytest.mark.parametrize("generation", records.GENERATIONS)
def test_agrees_with_keras_live(generation: str) -> None:
    from .asking import Generation  # imports Keras

    asked = Generation(generation)
    for name in LIVE[generation]:
        asked.forget()
        model = getattr(asked.keras.applications, name)(weights=None)
        graph, _ = graphcore.read(model.to_json())
        assert graph is not None
        assert differences(graphcore.infer(graph), asked.describe(model))[:MOST_TOLD] == []
