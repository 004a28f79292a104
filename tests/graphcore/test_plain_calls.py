"""Calls and tensors that are read by their text say what any reader of JSON finds in them."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import graphcore
from graphcore.plain_calls import take_out
from graphcore.repeats import decode

SHAPES: tuple[Any, ...] = ([None, 8], [None, 4, 4, 3], [], [None], [2.5], [-1, 8], [True, 8], [[1], 2], "8", None)
DTYPES = ("float32", "int64", None, "", {"class_name": "DType"})
NAMES = ("a", "b", "é", "a/b", 'with " quote', "back\\slash", "line\nend", "", "Infinity", "nobody")
PLACES = (0, 1, -1, 10**9, 10**10, True, 1.0, "0", None)
KWARGS: tuple[Any, ...] = (
    {},
    {"mask": None},
    {"training": False},
    {"x": 1},
    {"a": None, "b": True},
    {"mask": [1]},
    None,
)


@st.composite
def tensors(draw: st.DrawFn) -> Any:
    """A record of a tensor, most of Keras's form and many with something wrong."""
    one = st.sampled_from
    config: dict[str, Any] = {
        "shape": draw(one(SHAPES[:4]) | one(SHAPES)),
        "dtype": draw(one(DTYPES[:2]) | one(DTYPES)),
        "keras_history": [draw(one(NAMES[:3]) | one(NAMES)), draw(one(PLACES[:2]) | one(PLACES)), draw(one(PLACES))],
    }
    if draw(st.integers(0, 5)) == 0:
        config["shape_is_unknown"] = True
    return {"class_name": "__keras_tensor__", "config": config}


@st.composite
def models(draw: st.DrawFn) -> Any:
    """Layers that are called in many ways."""
    layers: list[Any] = [
        {
            "class_name": "InputLayer",
            "config": {"name": "a", "batch_shape": [None, 8]},
            "name": "a",
            "inbound_nodes": [],
        }
    ]
    for name in draw(st.lists(st.sampled_from(NAMES[1:]), max_size=5)):
        arguments = st.lists(tensors() | st.lists(tensors(), max_size=3) | st.sampled_from((1, None)), max_size=2)
        calls = st.fixed_dictionaries({"args": arguments, "kwargs": st.sampled_from(KWARGS)})
        plain = st.fixed_dictionaries({"args": st.lists(tensors(), min_size=1, max_size=1), "kwargs": st.just({})})
        listed = draw(st.lists(plain, max_size=1) | st.lists(calls, max_size=2))
        entry = {"module": "keras.layers", "class_name": "Activation", "registered_name": None, "name": name}
        layers.append({**entry, "config": {"name": name, "activation": "relu"}, "inbound_nodes": listed})
    ends = {"input_layers": [["a", 0, 0]], "output_layers": [[layers[-1]["name"], 0, 0]]}
    return {"module": "keras", "class_name": "Functional", "config": {"name": "m", "layers": layers, **ends}}


SEPARATORS = st.sampled_from(((", ", ": "), (",", ":"), (" , ", " : "), (",  ", ":")))


@given(models(), SEPARATORS)
def test_a_text_reads_as_its_value_does(model: Any, separators: tuple[str, str]) -> None:
    text = json.dumps(model, separators=separators)
    assert json.dumps(decode(text).value) == json.dumps(json.loads(text))
    graph, found = graphcore.read(text)
    other, found_otherwise = graphcore.read(json.loads(text))
    assert graph == other
    assert found == found_otherwise


@given(models(), SEPARATORS, st.data())
def test_a_slip_of_the_hand_is_found_as_json_finds_it(
    model: Any, separators: tuple[str, str], data: st.DataObject
) -> None:
    text = json.dumps(model, separators=separators)
    at = data.draw(st.integers(0, len(text)))
    slip = data.draw(st.sampled_from(('"', "{", "}", "]", ",", "\\", "NaN", "Infinity", "-Infinity", "", " ", "0")))
    text = text[:at] + slip + text[at + 1 :]
    try:
        expected = json.dumps(json.loads(text))
    except ValueError:
        with pytest.raises(ValueError, match=r"."):
            decode(text)
    else:
        assert json.dumps(decode(text).value) == expected


@pytest.mark.parametrize(("comma", "colon"), [(", ", ": "), (",", ":")], ids=["python", "browser"])
def test_keras_form_is_taken_out(comma: str, colon: str) -> None:
    """As json.dumps and JSON.stringify write it: else each check would take a tenth longer, and no other test fail."""
    tensor = {"shape": [None, 8], "dtype": "float32", "keras_history": ["a", 0, 0]}
    record = {"class_name": "__keras_tensor__", "config": tensor}
    calls = [[{"args": [record], "kwargs": {"mask": None}}], [{"args": [[record, record]], "kwargs": {}}]]
    taken = take_out(json.dumps({"calls": calls}, separators=(comma, colon)))
    assert taken.text == '{"calls": [-Infinity, [{"args": [[Infinity, Infinity]], "kwargs": {}}]]}'.replace(
        ", ", comma
    ).replace(": ", colon)
    assert taken.calls == calls[:1]
    assert taken.tensors == [record, record]
    assert {(one.layer, one.node, one.tensor) for one in taken.plain.values()} == {("a", 0, 0)}
