"""Text → value within limits, and pointers → places."""

from __future__ import annotations

import json
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graphcore.source import Limits, escape, load, locate


@pytest.mark.parametrize(
    ("text", "says", "place"),
    [
        ("", "The file is empty", (1, 1)),
        ('{"a": 1,\n}', 'A comma stands before "}"', (2, 1)),
        ("[1,\n 2,\n]", 'A comma stands before "]"', (3, 1)),
        ("{'a': 1}", "A single quote stands where JSON has a double quote", (1, 2)),
        ('{"a": None}', "None stands where JSON has null", (1, 7)),
        ('{"a": True}', "True stands where JSON has true", (1, 7)),
        ('{"a": 1\n', "The text ends before its brackets are closed", (2, 1)),
        ('{"a": 1}\n}', "More stands after the end of the model: }", (2, 1)),
        ('{"a": 1 "b": 2}', 'A comma or a closing bracket is missing before "b": 2}', (1, 9)),
        ('{"a" 1}', "A colon is missing before 1}", (1, 6)),
        ("{a: 1}", "A key in double quotes belongs where a: 1} stands", (1, 2)),
        ('{"a": "b', "A text that begins here has no end", (1, 7)),
        ('{"a": "b\n"}', "A text holds a line end or another control character", (1, 9)),
        ('{"a": "\\d"}', "A text holds a backslash that escapes nothing", (1, 8)),
        ('{"a": // why\n 1}', "A comment stands here, which JSON has not", (1, 7)),
    ],
)
def test_syntax_error_is_named_at_its_place(text: str, says: str, place: tuple[int, int]) -> None:
    source, (found,) = load(text.encode())
    assert (found.code, found.message) == ("GC001", says)
    assert source is not None
    assert source.text is not None
    # Where Python 3.13 stops at the comma itself, that is the place.
    line, column = locate(source.text, [""])[""]
    assert (line, column) == place or text[: text.index(",")].endswith("1")


@pytest.mark.parametrize(
    ("text", "limits", "says"),
    [
        ("[" + "0," * 50 + "0]", Limits(bytes=60), "The file has 103 bytes; the limit is 60"),
        ("[" + "0," * 50 + "0]", Limits(tokens=40), "The file has 51 values; the limit is 40"),
        ("[" * 9 + "]" * 9, Limits(depth=8), "The file is nested deeper than 8 levels"),
        ('{"a":[' * 400 + "]}" * 400, Limits(), "The file is nested deeper than 500 levels"),
        (
            "[" + "1" * 4301 + "]",
            Limits(),
            "The file holds a number of more than 4,300 digits; the limit is 4,300 digits",
        ),
    ],
)
def test_limits_are_counted_before_reading(text: str, limits: Limits, says: str) -> None:
    _, (found,) = load(text.encode(), limits)
    assert (found.code, found.message) == ("GC002", says)


def test_brackets_inside_texts_are_not_nesting() -> None:
    text = json.dumps({"a": "[" * 3000, "b": "]}" * 40, "c": '"[{\\'})
    source, found = load(text)
    assert found == []
    assert source is not None


@pytest.mark.parametrize("text", ["[" * 200_000, "[]," * 900_000, '{"a":' * 100_000, '["' + "\\" * 1_000_001])
def test_hostile_texts_end_soon(text: str) -> None:
    begin = time.process_time()
    _, found = load(text.encode())
    assert found
    assert time.process_time() - begin < 2


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32"])
def test_encodings_that_json_allows(encoding: str) -> None:
    source, found = load('{"naïve": [1, "é"]}'.encode(encoding))
    assert found == []
    assert source is not None
    assert source.value == {"naïve": [1, "é"]}


def test_trailing_nulls_of_fixed_length_texts_are_dropped() -> None:
    source, found = load(b'{"a": 1}\0\0\0')
    assert (source and source.value, found) == ({"a": 1}, [])


def test_odd_numbers_and_lone_surrogates_survive() -> None:
    source, found = load(b'{"a": NaN, "b": -Infinity, "c": "\\ud800", "d": 1e999}')
    assert found == []
    assert source is not None
    assert json.dumps(source.value)  # what writes it must not fail


def test_keys_that_stand_twice_are_found_in_every_object() -> None:
    source, found = load('{"a": 1, "b": [{"c/d": 1, "c/d": 2, "c/d": 3}], "a": 2}')
    assert source is not None
    assert source.value == {"a": 2, "b": [{"c/d": 3}]}
    assert sorted((d.code, d.at.pointer) for d in found) == [("GC003", "/a"), ("GC003", "/b/0/c~1d")]


def test_text_that_looks_like_a_path_is_read(tmp_path: Path) -> None:
    path = tmp_path / "model.json"
    path.write_text("[1]")
    for source in (path, str(path)):
        read, _ = load(source)
        assert read is not None
        assert read.value == [1]
    with pytest.raises(FileNotFoundError):
        load(str(tmp_path / "none.json"))


def test_places_are_lines_and_columns_of_values() -> None:
    text = '{\n "config": {"layers": [\n  {"name": "x"},\n  {"name": "é", "a/b": {"": 7}}\n ]}}'
    wanted = [
        "",
        "/config",
        "/config/layers/1",
        "/config/layers/1/a~1b/",
        "/config/layers/9/x",
        "/none",
        "/config/layers/0/name",
    ]
    assert locate(text, wanted) == {
        "": (1, 1),
        "/config": (2, 12),
        "/config/layers/1": (4, 3),
        "/config/layers/1/a~1b/": (4, 29),
        "/config/layers/9/x": (2, 23),
        "/none": (1, 1),
        "/config/layers/0/name": (3, 12),
    }


_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=4), inner, max_size=4),
    max_leaves=12,
)


@given(_VALUES.filter(lambda value: isinstance(value, (dict, list))), st.sampled_from([None, 1]))
def test_every_value_is_found_where_it_stands(value: object, indent: int | None) -> None:
    text = json.dumps(value, indent=indent)
    source, found = load(text)
    assert found == []
    assert source is not None
    assert source.value == value
    pointers = dict(_pointers(value))
    lines = text.split("\n")
    places = locate(text, pointers)
    for pointer, place in places.items():
        assert locate(text, [pointer], has_doubles=False) == {pointer: place}
    for pointer, (line, column) in places.items():
        rest = "\n".join([lines[line - 1][column - 1 :], *lines[line:]])
        assert json.JSONDecoder().raw_decode(rest)[0] == pointers[pointer]


def _pointers(value: object, at: str = "") -> list[tuple[str, object]]:
    found = [(at, value)]
    members = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in members:
        found += _pointers(inner, f"{at}/{escape(str(key))}")
    return found


def test_of_keys_that_stand_twice_the_last_is_found() -> None:
    text = '{"a": 1, "b": 2,\n "a": 3}'
    assert locate(text, ["/a"]) == {"/a": (2, 7)}


@pytest.mark.parametrize("end", ["", ","])
def test_depth_is_counted_around_configs_and_in_them(end: str) -> None:
    config = '{"name": "d", "x": ' + "[" * 5 + "]" * 5 + "}"
    text = "[" * 5 + '{"class_name": "Dense", "config": ' + config + end + "}" + "]" * 5
    source, found = load(text, Limits(depth=12))
    assert (source is not None, [d.code for d in found]) == (True, ["GC001"] if end else [])
    source, found = load(text, Limits(depth=11))
    assert (source, [d.code for d in found]) == (None, ["GC002"])
