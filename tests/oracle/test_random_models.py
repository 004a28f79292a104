"""Random models and broken copies of them: Keras's verdict, and every shape, dtype, mask and count, against ours.

What Keras said is recorded (`make oracle`); a few new ones are asked live. Accepted and refused ones are counted apart.
Every third whole model is judged without its recorded shapes and `build_config`, too.
"""

from __future__ import annotations

import json
from collections import Counter
from random import Random
from typing import Any

import pytest

import graphcore
from graphcore.catalog import CATALOG
from graphcore.model import Dialect

from . import records
from .comparing import differences, without_records
from .families import FURTHER_WAYS, WAYS, found_further, found_in, nodes_of
from .growing import NODES, Growing
from .growing_further import GrowingFurther
from .random_models import cases, grown

LIVE_MODELS = 8
LEAST = 10
"""Models of each generation that have a class, or show a way."""
_OF_APPLICATIONS = "a class of keras.applications, in the recorded models of those"
_OLD_CLASS = "a class of TensorFlow 1, which no function of tf_keras makes"
NEVER: dict[str, dict[str, str]] = {
    "keras3": {
        **dict.fromkeys(("CustomScaleLayer", "LayerScale", "StochasticDepth"), _OF_APPLICATIONS),
        "Layer": "refused when it is called",
        "MaxNumBoundingBoxes": "takes images and boxes by name, and gives them as they are",
    },
    "keras2": {
        **dict.fromkeys(("CustomScaleLayer", "LayerScale", "StochasticDepth"), _OF_APPLICATIONS),
        **dict.fromkeys(("AddLoss", "AddMetric"), "made by a model's add_loss and add_metric, called by no hand"),
        "Layer": "the class that others derive from: what comes in goes out",
        "SyncBatchNormalization": "deprecated: BatchNormalization(synchronized=True) takes its place",
        "TFOpLambda": "by the name of its function",
        **dict.fromkeys(("BatchNormalizationV1", "BatchNormalizationV2", "CuDNNGRU", "CuDNNLSTM"), _OLD_CLASS),
        **dict.fromkeys(
            ("ClassMethod", "InstanceMethod", "InstanceProperty"),
            "parts of ragged and sparse tensors, in rows of their own",
        ),
    },
}
"""Classes of the catalog that random models do not have, and why; each has cases of its own."""

PARTS = [name.split("-") for name in records.names("random")]


def test_as_many_models_are_recorded_as_the_coverage_page_says() -> None:
    counted = Counter(generation for generation, _ in PARTS)
    assert {generation: n * records.A_FILE for generation, n in counted.items()} == records.RANDOM_MODELS


@pytest.mark.parametrize("generation", records.GENERATIONS)
def test_every_class_and_every_way_to_use_them_turns_up(generation: Dialect) -> None:
    counted: Counter[str] = Counter()
    sizes: list[int] = []
    for _, part in (one for one in PARTS if one[0] == generation):
        for case in records.read("random", f"{generation}-{part}")[::2]:
            counted.update(found_in(case["config"], case["answers"]))
            sizes.append(nodes_of(case["config"]))
    entries = [entry for entry in CATALOG.tables[generation, False].values() if not entry.kept]
    classes = {entry.name.removeprefix("layers.").removeprefix("applications.") for entry in entries}
    wanted = [*(f"class {name}" for name in classes - NEVER[generation].keys()), *WAYS]
    assert {name: counted[name] for name in wanted if counted[name] < LEAST} == {}
    assert [name for name in NEVER[generation] if counted[f"class {name}"]] == []
    functions = [name for name in counted if name.startswith("class ") and name.removeprefix("class ") not in classes]
    assert len(functions) >= {"keras3": 100, "keras2": 30}[generation], len(functions)
    _are_spread(sizes)


def _are_spread(sizes: list[int]) -> None:
    """Each quarter of the sizes from 5 to 60 has a seventh of the models at least."""
    least, most = NODES
    quarter = (most - least + 1) / 4
    shares = Counter(min(int((size - least) / quarter), 3) for size in sizes)
    assert min(sizes) >= least
    assert {n: shares[n] for n in range(4) if shares[n] < len(sizes) / 7} == {}


@pytest.mark.parametrize(("generation", "part"), PARTS)
def test_agrees_with_what_keras_said(generation: str, part: str) -> None:
    found = records.read("random", f"{generation}-{part}")
    judged = Counter(_judge(case) for case in found)
    assert _differing(found) == []
    assert judged["taken"] >= records.A_FILE, judged
    assert judged["refused"] >= records.A_FILE // 5, judged


@pytest.mark.keras
@pytest.mark.parametrize("generation", records.GENERATIONS)
def test_the_same_models_grow_again(generation: str) -> None:
    from .asking import Generation  # imports Keras

    asked = Generation(generation)
    parts = [part for one, part in PARTS if one == generation][:3]
    numbers = [int(part) * records.A_FILE for part in parts]
    recorded = [records.read("random", f"{generation}-{part}")[0]["config"] for part in parts]
    assert [grown(asked, Random(f"0/{generation}/{number}")) for number in numbers] == recorded
    further = records.read("further", generation)[0]["config"]
    assert grown(asked, Random(f"0/{generation}/0"), GrowingFurther) == further


@pytest.mark.keras
@pytest.mark.parametrize("generation", records.GENERATIONS)
def test_agrees_with_keras_live(generation: str) -> None:
    from .asking import Generation  # imports Keras

    asked = Generation(generation)
    for growing in (Growing, GrowingFurther):
        assert _differing(cases(asked, seed=1, models=LIVE_MODELS // 2, growing=growing)) == []


def _judge(case: Any) -> str:
    report = graphcore.check(json.dumps(case["config"]))
    if any(problem.code == "GC209" for problem in report.diagnostics):
        return "without a rule"
    return "refused" if case["answers"] is None else "taken"


@pytest.mark.parametrize("generation", records.GENERATIONS)
def test_further_models_agree_in_masks_and_weights_by_name(generation: str) -> None:
    found = records.read("further", generation)
    assert _differing(found) == []
    whole = [case for case in found[::2] if case["answers"] is not None]
    assert len(found) == 2 * records.FURTHER_MODELS[generation]
    assert sum("a mask" in found_in(case["config"], case["answers"]) for case in whole) > len(whole) / 2
    assert all(case["answers"]["weights"] for case in whole if case["answers"]["total"])


def test_further_models_show_further_ways() -> None:
    counted: Counter[str] = Counter()
    for generation in records.GENERATIONS:
        for case in records.read("further", generation)[::2]:
            counted.update(found_further(case["config"]))
    assert {name: counted[name] for name in FURTHER_WAYS if counted[name] < LEAST} == {}


def _differing(found: list[Any]) -> list[str]:
    whole = [case for case in found if case["broken"] is None and case["answers"] is not None]
    bare = [
        {**case, "config": without_records(case["config"]), "broken": "without records"}
        for case in whole[::3]
        if not _is_misbuilt(case)
    ]
    return [says for case in [*found, *bare] if (says := _told(case)) is not None]


def _is_misbuilt(case: Any) -> bool:
    """Keras built a layer for the shape in its `build_config`, not for what comes in: its answer needs the record."""
    found = graphcore.check(json.dumps(case["config"])).diagnostics
    return any(problem.code == "GC210" and "by its build_config" in problem.message for problem in found)


def _told(case: Any) -> str | None:
    """What differs, in words; None where nothing does."""
    report = graphcore.check(json.dumps(case["config"]))
    if any(problem.code == "GC209" for problem in report.diagnostics):
        return None  # a class without a rule yet
    errors = [f"{problem.code} {problem.message}" for problem in report.diagnostics if problem.severity == "error"]
    what = case["broken"] or "as Keras wrote it"
    if case["answers"] is None:
        return None if errors else f"{what}: Keras refuses it: {case['why']}"
    if errors:
        return f"{what}: Keras takes it, and we say {errors[:2]}"
    assert report.inference is not None
    differs = differences(report.inference, case["answers"])
    return f"{what}: {differs[:3]}" if differs else None
