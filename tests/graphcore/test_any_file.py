"""Whatever a file holds: it is read, written as a document and taken apart without an exception."""

from __future__ import annotations

import copy
import json
import random
from pathlib import Path
from typing import Any

import pytest

from graphcore import edits, formats
from graphcore.formats.document import to_document
from graphcore.formats.write import CannotWrite, to_keras3
from graphcore.migrate import migrate
from graphcore.source import locate

MODELS = Path(__file__).parents[1] / "models"
SEEDS = [json.loads(path.read_text()) for path in sorted(MODELS.glob("keras*/*.json")) if ".expected" not in path.name]
ODD: list[Any] = [
    *(
        None,
        True,
        False,
        0,
        -1,
        1,
        2**63,
        10**400,
        0.5,
        float("nan"),
        float("inf"),
        "",
        "x",
        "a/b",
        "~1",
        "\ud800",
        "\x00",
    ),
    *([], {}, [[]], [None], {"": None}, {"class_name": "X"}, {"class_name": "X", "config": 5}, {"config": {}}),
    *(["x", 0, 0], ["x", 0, 0, {}], ["x", -1, 0], [["x", 0, 0]], {"a": ["x", 0, 0]}, "__keras_tensor__", "Sequential"),
    *({"class_name": "__keras_tensor__"}, {"class_name": "__keras_tensor__", "config": {"keras_history": ["x", 0, 0]}}),
    *(
        {"args": [], "kwargs": {}},
        {"args": None},
        {"layers": []},
        {"layers": [{}]},
        {"class_name": "Sequential", "config": []},
    ),
]


def everything(value: Any) -> None:
    """All that is done with a file, but for inference."""
    graph, found, source = formats.read(value)
    if source is not None and source.text is not None:
        locate(source.text, [d.at.pointer for d in found])
    if graph is None:
        assert found
        return
    document = to_document(migrate(graph))
    json.dumps(document)
    again, _, _ = formats.read(json.loads(json.dumps(document)))
    assert again is not None
    assert list(again.nodes) == list(formats.read(document)[0].nodes)  # type: ignore[union-attr]  # as above
    flat = edits.records(document)
    assert edits.from_records(flat).keys() == document.keys()
    for name in list(graph.layers)[:3]:
        path = edits.path_of(graph, [name])
        for diff in (edits.delete_layers(flat, [path]), edits.set_argument(flat, path, "units", 3)):
            after = edits.apply(flat, diff)
            formats.read(edits.from_records(after))
            assert edits.apply(after, edits.reverse(diff)).keys() == flat.keys()
    try:
        to_keras3(migrate(graph))
    except CannotWrite as error:
        assert error.diagnostics


def mutated(value: Any, chance: random.Random) -> Any:
    """The value with one to three of its parts replaced, removed, doubled or swapped with another part."""
    value = copy.deepcopy(value)
    for _ in range(chance.randint(1, 3)):
        spots = list(places(value))
        holder, key = chance.choice(spots)
        other, at = chance.choice(spots)
        match chance.randrange(4):
            case 0:
                holder[key] = copy.deepcopy(chance.choice(ODD))
            case 1:
                del holder[key]
            case 2 if isinstance(holder, list):
                holder.insert(key, copy.deepcopy(holder[key]))
            case _:
                holder[key] = copy.deepcopy(other[at])
    return value


def places(value: Any) -> list[tuple[Any, Any]]:
    found: list[tuple[Any, Any]] = []
    stack = [value]
    while stack:
        holder = stack.pop()
        members = holder.items() if isinstance(holder, dict) else enumerate(holder) if isinstance(holder, list) else ()
        for key, inner in members:
            found.append((holder, key))
            stack.append(inner)
    return found


@pytest.mark.parametrize("seed", range(40))
def test_mutated_models_never_fail(seed: int) -> None:
    chance = random.Random(seed)
    for _ in range(25):
        everything(mutated(chance.choice(SEEDS), chance))


@pytest.mark.parametrize("odd", ODD, ids=lambda odd: repr(odd)[:30])
def test_odd_values_at_the_top_never_fail(odd: Any) -> None:
    for value in (
        odd,
        {"layerwright": 1, "model": odd},
        {"class_name": "Functional", "config": odd},
        {"class_name": "Sequential", "config": {"layers": odd}},
        {"model_config": odd},
        {"layers": odd},
    ):
        everything(json.dumps(value).encode())
        if not isinstance(value, str):  # which may be a path
            everything(value)


def test_texts_cut_anywhere_never_fail() -> None:
    text = (MODELS / "keras3" / "built.json").read_text()
    for end in range(0, len(text), 7):
        everything(text[:end].encode())
