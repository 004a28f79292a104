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
