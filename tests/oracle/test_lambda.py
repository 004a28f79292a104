"""What a Lambda gives that says so itself: Keras 3 takes its `output_shape` at its word, tf_keras runs its function."""

from __future__ import annotations

import json
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple

import pytest

import graphcore
from graphcore.model import JSON, Dialect, NodeKey

from .answers import Answer, refused

RELU = {"module": "keras.activations", "class_name": "function", "config": "relu", "registered_name": "relu"}
F = "float32"


class Row(NamedTuple):
    """A Lambda's arguments, its inputs, and what comes out; None where it is refused."""

    config: dict[str, JSON]
    inputs: tuple[tuple[int | None, ...], ...]
    output: tuple[tuple[int | None, ...], str] | None
    dtype: str = F


def _said(output_shape: JSON, output: Any, inputs: Any = ((None, 4),), **config: JSON) -> Row:
    return Row({"output_shape": output_shape, **config}, inputs, output)


_WRONG: tuple[JSON, ...] = (5, 0, True, 1.5, "x", {}, {"a": [1]}, [-1], [1.5], ["a"], [[1, 2]], [[1], [2, 3]])
SAID = (
    _said([3], ((None, 3), F)),
    _said([3, None], ((None, 3, None), F)),
    _said([None], ((None, None), F)),
    _said([0], ((None, 0), F)),
    _said([True], ((None, 1), F)),
    _said([], ((None,), F)),
    _said([3], ((2, 3), F), ((2, 4),)),
    _said([3], ((2, 3), F), ((2, 4), (7, 5))),
    _said([3], ((None, 3), F), ((None, 4), (7, 5))),
    _said([3], ((7, 3), F), ((7,),)),
    _said([3], None, ((),)),
    _said([3], ((None, 3), "float16"), dtype="float16"),
    _said([3], ((None, 3), "float16"), dtype="mixed_float16"),
    _said([3], ((None, 3), "int32"), dtype="int32"),
    _said([3], ((None, 3), F), arguments={"a": 1}),
    _said([3], ((None, 3), F), mask=RELU),
    Row({"output_shape": [3]}, ((None, 4),), ((None, 3), F), "int32"),
    *(_said(wrong, None) for wrong in _WRONG),
)
"""Lambdas of Keras 3."""
_OLD = {"function_type": "function", "output_shape_type": "raw"}
OLD = tuple(
    Row({**_OLD, "output_shape": said}, ((None, 4),), ((None, 4), "int32"), "int32")
    for said in ([9], None, [[1], [2]], 5)
)
"""Lambdas of tf_keras, whose `output_shape` counts for nothing."""


def _file(row: Row, dialect: Dialect) -> str:
    is_3 = dialect == "keras3"
    layers, tensors, ends = [], [], []
    for i, shape in enumerate(row.inputs):
        name, key = f"in{i}", "batch_shape" if is_3 else "batch_input_shape"
        layers.append(_entry("InputLayer", {key: shape, "dtype": row.dtype, "name": name}, []))
        ends.append([name, 0, 0])
        history = {"shape": shape, "dtype": row.dtype, "keras_history": ends[-1]}
        tensors.append({"class_name": "__keras_tensor__", "config": history})
    call: Any = [[[*one, {}] for one in ends]]
    if is_3:
        call = [{"args": tensors if len(tensors) == 1 else [tensors], "kwargs": {}}]
    layers.append(_entry("Lambda", {"name": "x", "function": RELU if is_3 else "relu", **row.config}, call))
    config = {"name": "m", "layers": layers, "input_layers": ends, "output_layers": [["x", 0, 0]]}
    home = {"module": "keras.src.models.functional"} if is_3 else {"keras_version": "2.21.0", "backend": "tensorflow"}
    return json.dumps({**home, "class_name": "Functional", "config": config})


def _entry(cls: str, config: dict[str, Any], calls: list[Any]) -> dict[str, Any]:
    return {
        "module": "keras.layers",
        "class_name": cls,
        "config": config,
        "name": config["name"],
        "inbound_nodes": calls,
    }


def _ours(text: str) -> Answer:
    report = graphcore.check(text)
    errors = [one.message for one in report.diagnostics if one.severity == "error"]
    assert report.inference is not None
    assert "GC207" in [one.code for one in report.diagnostics]
    if errors:
        return Answer(None, None, errors[0])
    return Answer(tuple((spec.shape, spec.dtype) for spec in report.inference.specs[NodeKey("x", 0)]), ())


def _answer(row: Row) -> Any:
    return None if row.output is None else (row.output,)


@pytest.mark.parametrize("row", SAID, ids=str)
def test_a_lambda_gives_the_shape_that_it_says(row: Row) -> None:
    assert _ours(_file(row, "keras3")).outputs == _answer(row)


def test_a_lambda_of_tf_keras_or_with_a_function_for_its_shape_is_unknown() -> None:
    assert [_ours(_file(row, "keras2")).outputs for row in OLD] == [((None, None),)] * len(OLD)
    by_function = _said(RELU, None)
    assert _ours(_file(by_function, "keras3")).outputs == ((None, None),)


def test_a_size_that_is_said_is_explained() -> None:
    said = graphcore.explain(_file(SAID[0], "keras3"), "x")
    assert said is not None
    assert [axis.steps[-1].text for axis in said.axes] == ["the same as the input's", "output_shape[0] = 3"]


@pytest.mark.keras
@pytest.mark.parametrize("safe", (True, False))
def test_keras_gives_these(safe: bool) -> None:
    import keras
    from keras.src.saving.serialization_lib import SafeModeScope

    wrong = []
    for row in SAID:
        with SafeModeScope(safe), _asked() as answer:
            made = keras.models.model_from_json(_file(row, "keras3")).get_layer("x").output
            answer.append(((tuple(made.shape), made.dtype),))
        if (answer or [None])[0] != _answer(row):
            wrong.append((row, answer))
    assert wrong == []


@pytest.mark.keras
def test_tf_keras_gives_these() -> None:
    import tensorflow as tf
    import tf_keras

    files = [_file(row, "keras2") for row in OLD]
    models = [tf_keras.models.model_from_json(one, {"relu": tf.nn.relu}) for one in files]
    made = [model.get_layer("x").output for model in models]
    assert [((tuple(one.shape), one.dtype.name)) for one in made] == [row.output for row in OLD]


@contextmanager
def _asked() -> Iterator[list[Any]]:
    answer: list[Any] = []
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            yield answer
        except Exception as error:  # whatever Keras raises is its no
            refused(error)
