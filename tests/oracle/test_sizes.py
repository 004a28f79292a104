"""Functions of TensorFlow that take one number, which is mostly a size: of `tf.shape(x)[1]`."""

from __future__ import annotations

import json
from typing import Any

import pytest

import graphcore

CALLS: list[tuple[str, Any, dict[str, Any]]] = [
    ("range", "n", {}),
    ("range", "n", {"dtype": "float32"}),
    ("range", "n", {"dtype": "int64"}),
    ("range", "n", {"limit": 9, "delta": 2}),
    ("range", 0, {"limit": "n"}),
    ("range", 0, {"limit": "n", "delta": 2, "dtype": "float64"}),
    ("range", 0.5, {"limit": "n"}),
    ("range", 0, {"limit": "n", "delta": 0.5}),
    ("range", 0, {"limit": "n", "delta": 0}),
    ("range", "x", {}),
    ("range", "small", {}),
    ("range", "small", {"dtype": "int32"}),
    ("range", "real", {}),
    ("range", "half", {}),
    ("range", "half", {"delta": 0.5}),
    ("range", 0, {"limit": "n", "delta": "x"}),
    ("range", "n", {"limit": "n"}),
    ("eye", "n", {}),
    ("eye", "n", {"num_columns": 3}),
    ("eye", 3, {"num_columns": "n"}),
    ("eye", "n", {"batch_shape": [2], "dtype": "float64"}),
    ("eye", "n", {"num_columns": 4, "batch_shape": [2, 5], "dtype": "int32"}),
    ("eye", "real", {}),
    ("eye", "n", {"num_columns": 2.5}),
    ("eye", 2, {"num_columns": "n", "batch_shape": []}),
    ("eye", "x", {}),
]
"""A function, its first argument and others. `n` is a size that nobody knows, `x` the input."""
CASTS = {"small": "uint8", "real": "float32", "half": "float16"}
"""The size in another dtype."""


def model(function: str, first: Any, named: dict[str, Any]) -> str:
    """A file of tf_keras with the call."""
    start = ["x", 0, 0]
    layers = [
        _layer("InputLayer", "x", {"batch_input_shape": [None, None, 4], "dtype": "float32"}, []),
        _layer("TFOpLambda", "s", {"function": "compat.v1.shape"}, [[*start, {"out_type": "int32"}]]),
        _layer("SlicingOpLambda", "n", {"function": "__operators__.getitem"}, [["s", 0, 0, {"slice_spec": 1}]]),
        *(
            _layer("TFOpLambda", name, {"function": "cast"}, [["n", 0, 0, {"dtype": dtype}]])
            for name, dtype in CASTS.items()
        ),
    ]
    arguments = {
        key: [value, 0, 0] if isinstance(value, str) else value for key, value in named.items() if key != "dtype"
    }
    arguments |= {key: value for key, value in named.items() if key == "dtype"}
    begin = [first, 0, 0] if isinstance(first, str) else ["_CONSTANT_VALUE", -1, first]
    layers.append(_layer("TFOpLambda", "y", {"function": function}, [[*begin, arguments]]))
    config = {"name": "m", "layers": layers, "input_layers": [start], "output_layers": [["y", 0, 0]]}
    return json.dumps({"class_name": "Functional", "config": config, "keras_version": "2.21.0"})


def _layer(cls: str, name: str, config: dict[str, Any], nodes: list[Any]) -> dict[str, Any]:
    made = {"class_name": cls, "config": {"name": name, **config}, "name": name}
    return {**made, "inbound_nodes": nodes}


def ours(text: str) -> Any:
    """Shape and dtype of the output; None where it is refused."""
    report = graphcore.check(text)
    if any(one.severity == "error" for one in report.diagnostics) or report.inference is None:
        return None
    (ref,) = report.inference.graph.output_refs
    spec = report.inference.spec(ref)
    return spec.shape, spec.dtype


@pytest.mark.keras
def test_sizes_make_what_they_make_in_tf_keras() -> None:
    from .asking import Generation  # imports Keras

    asked = Generation("keras2")

    def theirs(text: str) -> Any:
        told = asked.answer(lambda: {"outputs": asked.outputs_of(asked.build(text).get_layer("y"))})["outputs"]
        return None if told is None else (tuple(told[0][0]), told[0][1])

    texts = [model(*call) for call in CALLS]
    answers = [(call, theirs(text), ours(text)) for call, text in zip(CALLS, texts, strict=True)]
    assert [one for one in answers if one[1] != one[2]] == []
    assert len({str(we_say) for _, _, we_say in answers}) > 8


def test_a_range_of_an_unknown_size_keeps_what_comes_after_it_known() -> None:
    assert ours(model("range", 0, {"limit": "n"})) == ((None,), "int32")
    assert ours(model("eye", "n", {"num_columns": 3})) == ((None, 3), "float32")
    assert ours(model("range", "x", {})) is None
