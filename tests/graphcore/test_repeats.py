"""A text in which configs repeat reads as any reader of JSON reads it, whatever is in it."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graphcore.repeats import decode

MODEL = '{"class_name": "Functional", "config": {"name": "m", "layers": [%s]}}'
CONFIGS = (
    '"units": 8, "dtype": {"class_name": "DTypePolicy", "config": {"name": "float32"}}}',
    '"units": 8}',
    '"units": 8.0}',
    '"units": true}',
    '"units": NaN}',
    '"layer": {"class_name": "Dense", "config": {"name": "d", "units": 2}}}',
    '"layers": [{"class_name": "Dense", "config": {"name": "d", "units": 2}}]}',
    '"name": "again"}',
    '"units": 1, "units": 2}',
    '"a": "\\"class_name\\": \\"Dense\\", \\"config\\": {\\"name\\": \\"x\\", "}',
    '"a": [1, 2',
)
NAMES = ("a", "b", "é", "NaN", 'with \\" quote', "")
CLASSES = ("Dense", "Add", "Functional", "Mine")


@st.composite
def texts(draw: st.DrawFn) -> str:
    """A model of a few layers that say few things, sometimes with a hand's slip in the text."""
    space = draw(st.sampled_from((" ", "", "\n  ")))
    layers = []
    for _ in range(draw(st.integers(0, 6))):
        cls, name, rest = (draw(st.sampled_from(options)) for options in (CLASSES, NAMES, CONFIGS))
        config = f'{{{space.strip(" ")}"name":{space}"{name}",{space}{rest}'
        layers.append(f'{{"class_name":{space}"{cls}",{space}"config":{space}{config}, "name": "{name}", "n": [0]}}')
    text = MODEL % ", ".join(layers)
    if draw(st.booleans()):
        at = draw(st.integers(0, len(text)))
        text = text[:at] + draw(st.sampled_from(('"', "{", "}", ",", "\\", "NaN", "", " "))) + text[at + 1 :]
    return text


@given(texts())
def test_reads_as_json_does(text: str) -> None:
    try:
        expected = json.loads(text)
    except ValueError:
        with pytest.raises(ValueError, match=r"."):
            decode(text)
        return
    decoded = decode(text)
    assert json.dumps(decoded.value) == json.dumps(expected)
    assert not (decoded.is_sure and _has_doubles(text))


def test_what_layers_say_alike_is_one_value() -> None:
    layer = '{"class_name": "Dense", "config": {"name": "%s", "units": [1000, 2000]}}'
    decoded = decode(MODEL % ", ".join(layer % name for name in "ab"))
    a, b = (entry["config"] for entry in decoded.value["config"]["layers"])
    assert decoded.is_sure
    assert (a["name"], b["name"]) == ("a", "b")
    assert a["units"] is b["units"]
    assert decoded.alike.number(a) == decoded.alike.number(b) is not None
    assert decoded.alike.number(dict(a)) is None


def _has_doubles(text: str) -> bool:
    found = False

    def look(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        nonlocal found
        found = found or len(dict(pairs)) != len(pairs)
        return dict(pairs)

    json.loads(text, object_pairs_hook=look)
    return found
