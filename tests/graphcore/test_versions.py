"""Files that many versions of Keras wrote: each opens as what it is, with the shapes and counts it had there."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

import graphcore
from graphcore.inference import Inference, count
from graphcore.model import NodeKey

VERSIONS = Path(__file__).parents[1] / "models" / "versions"
FILES = sorted(path for path in VERSIONS.glob("*/*") if ".expected" not in path.name)

DIALECTS = {
    "keras-1": "keras1",
    "keras-2": "keras2",
    "keras-3": "keras3",
    "tf_keras-2": "keras2",
    "tfjs-layers-4": "keras2",
}
GONE = {
    "gone.json": [
        'Layer "highway" is of class Highway, which no Keras after 1 has',
        'Layer "maxout" is of class MaxoutDense, which no Keras after 1 has',
    ]
}


@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.name}-{path.name}")
def test_file_of_another_version_has_the_answers_of_that_version(path: Path) -> None:
    report = graphcore.check(path)
    errors = [d.message for d in report.diagnostics if d.severity == "error"]
    assert errors == GONE.get(path.name, [])
    assert report.graph is not None
    assert report.inference is not None
    assert report.graph.dialect == DIALECTS[path.parent.name.partition(".")[0]]
    expected = json.loads((path.parent / f"{path.name.split('.')[0]}.expected.json").read_text())
    assert _differences(report.inference, "", expected) == []
    assert not _unknown(report.inference) or path.stem == "gone"


KERAS_3 = [path for path in FILES if path.parent.name.startswith("keras-3") and path.suffix == ".json"]


@pytest.mark.parametrize("path", KERAS_3, ids=lambda path: f"{path.parent.name}-{path.name}")
def test_file_of_an_earlier_keras_3_is_written_as_python_as_one_of_today(path: Path) -> None:
    newest = VERSIONS / "keras-3.11.3" / path.name
    assert _layers_in_python(path) == _layers_in_python(newest)


def _layers_in_python(path: Path) -> list[str]:
    """The source but for its ends: whether one output is a list was not written always."""
    graph, _ = graphcore.read(path)
    assert graph is not None
    lines = graphcore.to_python(graph).replace("[0]", "").splitlines()
    return [line for line in lines if "return Model(" not in line]


@pytest.mark.parametrize(
    "path", [path for path in KERAS_3 if path.stem != "operations"], ids=lambda path: f"{path.parent.name}-{path.name}"
)
def test_file_of_an_earlier_keras_3_means_the_same_in_keras_2(path: Path) -> None:
    report = graphcore.check(path, fixes=False)
    assert report.graph is not None
    assert report.inference is not None
    back = graphcore.check(json.loads(json.dumps(graphcore.to_config(report.graph, "keras2"))), fixes=False)
    assert back.inference is not None
    assert [d.message for d in back.diagnostics if d.severity == "error"] == []
    weights, others = report.inference.all_weights(), back.inference.all_weights()
    assert weights is not None
    assert others is not None
    assert count(weights) == count(others)


def _differences(inference: Inference, prefix: str, expected: Any) -> list[str]:
    told = []
    unknown = _unknown(inference)
    for name in inference.graph.layers:
        calls, params = expected["calls"].get(prefix + name), expected["params"].get(prefix + name)
        if calls is None or name in unknown:  # an input that follows from a shape; what a Lambda or a lost class gives
            continue
        indices = [key.index for key in inference.graph.nodes if key.layer == name]
        for index, outputs in zip(indices, calls, strict=False):
            found = [
                [None if spec.shape is None else list(spec.shape), spec.dtype]
                for spec in inference.specs[NodeKey(name, index)]
            ]
            if found != outputs:
                told.append(f"{prefix}{name}[{index}]: {found}, it was {outputs}")
        weights = inference.weights.get(name)
        is_code = inference.graph.layers[name].op.cls == "Lambda"  # whose weights nobody knows
        if not is_code and (weights is None or list(count(weights)) != params):
            told.append(f"{prefix}{name}: {weights}, there were {params}")
        if name in inference.bodies:
            told += _differences(inference.bodies[name], f"{prefix}{name}/", expected)
    return told


def _unknown(inference: Inference) -> set[str]:
    """Layers that put out what nobody knows."""
    known = {key for key, specs in inference.specs.items() if all(spec.shape is not None for spec in specs)}
    return {key.layer for key in inference.graph.nodes if key not in known}
