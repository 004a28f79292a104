"""Calls and outputs below 0 count from the end, where Keras counts so."""

from __future__ import annotations

import json
from typing import Any

import pytest

import graphcore
from tests.graphcore.models import functional, layer, source

from .operating import class_of

End = tuple[str, int, int]
SPLIT: End = ("s", 0, 0)
TENSORS: list[tuple[End, End]] = [
    *((("s", call, output), ("y", 0, 0)) for call in (-3, -1, 0, 2) for output in (-3, -2, -1, 2)),
    *((SPLIT, ("s", call, output)) for call in (-3, -1, 0, 2) for output in (-3, -2, -1, 2)),
    *(((name, call, output), ("y", 0, 0)) for name in "xz" for call in (-2, -1, 0, 1) for output in (-2, -1, 1)),
]
INPUTS: list[End] = [("x", call, output) for call in range(-2, 2) for output in range(-2, 2)]


def model(tensor: End = SPLIT, output: End = ("y", 0, 0), start: End = ("x", 0, 0)) -> str:
    """Two inputs, each split in two by one layer; `y` takes a tensor, and the model gives one."""
    split = layer("Split", "s", "x", "z", indices_or_sections=[1], axis=1)
    split |= {"module": "keras.src.ops.numpy", "registered_name": "Split"}
    taking = layer("ReLU", "y", "s")
    (tensors,) = (call["args"] for call in taking["inbound_nodes"])
    tensors[0]["config"]["keras_history"] = list(tensor)
    made = functional(source("x", 4), source("z", 6), split, taking)
    made["config"] |= {"input_layers": [list(start), ["z", 0, 0]], "output_layers": [list(output)]}
    return json.dumps(made)


def ours(text: str) -> Any:
    """The shape of the model's output; None where it is refused."""
    report = graphcore.check(text)
    if any(one.severity == "error" for one in report.diagnostics) or report.inference is None:
        return None
    (ref,) = report.inference.graph.output_refs
    return report.inference.spec(ref).shape


@pytest.mark.keras
def test_indices_count_as_in_keras() -> None:
    import keras

    def theirs(text: str) -> Any:
        keras.backend.clear_session()
        try:
            return tuple(keras.models.model_from_json(text).outputs[0].shape)
        except Exception:  # whatever Keras raises is its no
            return None

    assert class_of("Split").__module__ == "keras.src.ops.numpy"
    texts = [model(tensor, output) for tensor, output in TENSORS] + [model(start=start) for start in INPUTS]
    answers = [(theirs(text), ours(text)) for text in texts]
    assert [text for text, (keras_says, we_say) in zip(texts, answers, strict=True) if keras_says != we_say] == []
    assert len({we_say for _, we_say in answers}) > 3


@pytest.mark.parametrize(
    ("tensor", "code"), [(("s", 0, -1), None), (("s", 0, -2), None), (("s", 0, -3), "GC304"), (("s", 0, 2), "GC304")]
)
def test_an_output_below_0_is_counted_from_the_end(tensor: End, code: str | None) -> None:
    errors = [one.code for one in graphcore.check(model(tensor)).diagnostics if one.severity == "error"]
    assert errors == ([] if code is None else [code])


def test_python_takes_an_output_from_the_end() -> None:
    graph, _ = graphcore.read(model(("s", 0, -1)))
    assert graph is not None
    assert "[-1]" in graphcore.to_python(graph)
