"""The document, its records, and changes to it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graphcore import edits, formats
from graphcore.edits import GONE, GraphDiff, apply, from_records, records, reverse, squash
from graphcore.formats.document import to_document
from graphcore.migrate import migrate
from graphcore.model import TensorRef
from tests.app.configs import functional, layer, source, tensor

MODELS = Path(__file__).parents[1] / "models"
WRITTEN = sorted(path for path in MODELS.glob("keras*/*.json") if ".expected" not in path.name)
JSON = dict[str, Any]


def document(path: Path) -> JSON:
    graph, found, _ = formats.read(path)
    assert (graph is not None, found) == (True, ())
    assert graph is not None
    return to_document(migrate(graph))


def sample() -> JSON:
    """x → a → b → (a + b) → inner (a Sequential) → y; a name with a slash, and one that stands twice."""
    inner = {
        **layer("Sequential", "inner", ["sum"]),
        "config": {"name": "inner", "layers": [{"class_name": "Dense", "config": {"name": "d"}}]},
    }
    model = functional(
        source("x", 8),
        layer("Dense", "a", ["x"], units=8),
        {**layer("Dense", "b/c", ["a"], units=8), "build_config": {"input_shape": [None, 8]}},
        layer("Add", "sum", ["a", "b/c"]),
        inner,
        layer("Dense", "y", ["inner"], units=1),
        layer("Dropout", "twice"),
        layer("ReLU", "twice"),
    )
    view = {"positions": {"a": [1, 2], "inner/d": [3, 4]}, "groups": {}, "notes": {}, "mine": {"k": 1}}
    model["config"]["layers"][1]["inbound_nodes"][0]["note"] = "an unknown key of a call"
    return {
        "layerwright": 1,
        "source_dialect": "keras3",
        "mine": {"a": [None]},
        "model": {**model, "also": "kept"},
        "view": view,
        "plan": {"loss": "mse"},
    }


@pytest.mark.parametrize("path", WRITTEN, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_document_of_a_document_is_itself(path: Path) -> None:
    whole = json.loads(json.dumps(document(path)))
    assert whole["source_dialect"] == path.parent.name
    graph, found, _ = formats.read(whole)
    assert (found, graph and to_document(graph)) == ((), whole)
    assert from_records(records(whole)) == whole


def test_unknown_keys_survive_everywhere() -> None:
    graph, _, _ = formats.read(sample())
    assert graph is not None
    assert to_document(graph) == sample()
    assert from_records(records(sample())) == sample()


def test_document_of_keras_3_keeps_what_is_recorded() -> None:
    path = MODELS / "keras3" / "masked.json"
    assert document(path)["model"] == json.loads(path.read_text())


def test_document_counts_calls_of_nested_models_from_0() -> None:
    model = document(MODELS / "keras3" / "nested.json")["model"]
    assert model["config"]["output_layers"] == [["head", 0, 0], ["encoder", 2, 0]]


def test_records_are_the_document_seen_flat() -> None:
    flat = records(sample())
    assert list(flat) == [
        *(
            "document",
            "model",
            "layer/x",
            "layer/a",
            "call/a/0",
            "layer/b~1c",
            "call/b~1c/0",
            "layer/sum",
            "call/sum/0",
        ),
        *("layer/inner", "call/inner/0", "layer/inner/d", "layer/y", "call/y/0", "layer/twice", "layer/twice~2"),
        *("view/positions/a", "view/positions/inner/d", "view/mine/k", "plan/loss"),
    ]
    assert flat["layer/inner"]["order"] == ["d"]
    assert "inbound_nodes" not in flat["layer/a"]
    assert flat["call/a/0"]["note"] == "an unknown key of a call"


def test_layers_are_found_by_their_keys() -> None:
    graph, _, _ = formats.read(sample())
    assert graph is not None
    paths = [edits.path_of(graph, names) for names in (["b/c"], ["twice~2"], ["inner", "d"])]
    assert paths == ["b~1c", "twice~2", "inner/d"]
    assert all(f"layer/{path}" in records(sample()) for path in paths)


def edited(diff: GraphDiff) -> JSON:
    """The sample after a change, which can be taken back."""
    before = records(sample())
    after = apply(before, diff)
    assert apply(after, reverse(diff)) == before
    assert edits.from_json(json.loads(json.dumps(edits.as_json(diff)))) == diff
    return after


def shapes(flat: JSON) -> dict[str, list[bool]]:
    """For each call, whether its tensors have a recorded shape."""
    found: dict[str, list[bool]] = {}

    def note(tensor: Any, _: str) -> Any:
        found[key].append("shape" in tensor["config"])
        return tensor

    for key, call in flat.items():
        if key.startswith("call/"):
            found[key] = []
            edits.map_tensors(call, note)
    return found


def test_argument_is_set_and_shapes_after_it_are_forgotten() -> None:
    after = edited(edits.set_argument(records(sample()), "a", "units", 9))
    assert after["layer/a"]["config"]["units"] == 9
    assert "build_config" not in after["layer/b~1c"]
    assert shapes(after) == {
        "call/a/0": [True],
        "call/b~1c/0": [False],
        "call/sum/0": [False, False],
        "call/inner/0": [False],
        "call/y/0": [False],
    }
    gone = edited(edits.set_argument(records(sample()), "a", "units", GONE))
    assert "units" not in gone["layer/a"]["config"]


def test_change_inside_a_nested_model_is_felt_outside() -> None:
    after = edited(edits.set_argument(records(sample()), "inner/d", "units", 9))
    assert shapes(after)["call/y/0"] == [False]
    assert shapes(after)["call/inner/0"] == [True]


def test_layer_is_renamed_with_all_that_speaks_of_it() -> None:
    after = edited(edits.rename_layer(records(sample()), "inner", "e/f"))
    assert "layer/inner" not in after
    assert after["layer/e~1f"]["name"] == "e/f"
    assert after["layer/e~1f/d"]["config"]["name"] == "d"
    assert after["view/positions/e~1f/d"] == [3, 4]
    assert [ref for ref, _ in edits.tensors_of(after["call/y/0"])] == [TensorRef("e/f", 0, 0)]
    assert not edits.rename_layer(records(sample()), "a", "sum")
    assert not edits.rename_layer(records(sample()), "none", "b")


def test_rename_reaches_the_models_ends_and_the_order_of_a_chain() -> None:
    after = edited(edits.rename_layer(records(sample()), "x", "z"))
    assert after["model"]["config"]["input_layers"] == [["z", 0, 0]]
    after = edited(edits.rename_layer(records(sample()), "inner/d", "z"))
    assert after["layer/inner"]["order"] == ["z"]


def test_deleted_layer_leaves_the_wire_or_cuts_it() -> None:
    kept = edited(edits.delete_layers(records(sample()), ["b~1c"]))
    assert [ref.layer for ref, _ in edits.tensors_of(kept["call/sum/0"])] == ["a", "a"]
    cut = edited(edits.delete_layers(records(sample()), ["b~1c"], "cut"))
    assert [ref.layer for ref, _ in edits.tensors_of(cut["call/sum/0"])] == ["a"]
    both = edited(edits.delete_layers(records(sample()), ["inner", "a"]))
    assert not [key for key in both if key.startswith(("layer/inner", "view/positions"))]
    assert [ref.layer for ref, _ in edits.tensors_of(both["call/y/0"])] == ["sum"]


def test_tensor_is_connected_where_it_is_meant() -> None:
    flat = records(sample())
    after = edited(edits.connect(flat, TensorRef("x", 0, 0), "sum", 0, "args/0/2"))
    assert [way for _, way in edits.tensors_of(after["call/sum/0"])] == ["args/0/0", "args/0/1", "args/0/2"]
    after = edited(edits.connect(flat, TensorRef("x", 0, 0), "twice", 0))
    assert after["call/twice/0"] == {"args": [edits.keras_tensor(TensorRef("x", 0, 0))], "kwargs": {}}
    after = edited(edits.connect(flat, TensorRef("x", 0, 0), "y", 0, "kwargs/mask"))
    assert [(ref.layer, way) for ref, way in edits.tensors_of(after["call/y/0"])] == [
        ("inner", "args/0"),
        ("x", "kwargs/mask"),
    ]


def test_named_fields_and_ends_are_set() -> None:
    flat = records(sample())
    assert edited(edits.set_field(flat, "a", "class_name", "ReLU"))["layer/a"]["class_name"] == "ReLU"
    assert "build_config" not in edited(edits.set_field(flat, "b~1c", "build_config", GONE))["layer/b~1c"]
    after = edited(edits.rename_argument(flat, "a", "units", "features"))
    assert after["layer/a"]["config"] == {"name": "a", "features": 8}
    after = edited(edits.set_ends(flat, "output_layers", ["a", 0, 0]))
    assert after["model"]["config"]["output_layers"] == ["a", 0, 0]


_VALUES = st.none() | st.booleans() | st.integers(0, 2) | st.floats(0, 2) | st.lists(st.integers(0, 1), max_size=2)
_RECORDS = st.dictionaries(st.sampled_from([f"layer/{name}" for name in "abcdef"]), _VALUES)
_WISHES = st.dictionaries(st.sampled_from([f"layer/{name}" for name in "abcdef"]), _VALUES | st.just(GONE), max_size=5)


def wished(before: JSON, wishes: JSON) -> JSON:
    return {key: value for key, value in {**before, **wishes}.items() if value is not GONE}


@given(_RECORDS, _WISHES, _WISHES)
def test_changes_can_be_taken_back_and_joined(before: JSON, wishes: JSON, more: JSON) -> None:
    first = edits.diff_of(before, wishes)
    between = apply(before, first)
    assert repr(sorted(between.items())) == repr(sorted(wished(before, wishes).items()))
    assert apply(between, reverse(first)) == before
    second = edits.diff_of(between, more)
    joined = squash(first, second)
    assert apply(before, joined) == apply(between, second)
    assert not squash(first, reverse(first))


_ANY = st.recursive(
    _VALUES | st.text(max_size=3),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text("a/~", max_size=3), inner, max_size=2),
    max_leaves=5,
)


_PARTS = st.sampled_from(["mine", "plan", "view", "model"])


@given(st.dictionaries(_PARTS, st.dictionaries(st.text("a~b", max_size=2), _ANY)))
def test_any_object_survives_its_records(given: JSON) -> None:
    # Parts of the view are objects that hold something, and three of them are always there.
    view = {what: named for what, named in given.get("view", {}).items() if isinstance(named, dict) and named}
    whole = {"layerwright": 1, "plan": {}, **given, "view": {"positions": {}, "groups": {}, "notes": {}, **view}}
    assert from_records(records(whole)) == whole


def test_tensor_without_a_shape_is_fine_in_a_document() -> None:
    model = functional(source("x", 8), layer("Dense", "y", ["x"], units=1))
    del model["config"]["layers"][1]["inbound_nodes"][0]["args"][0]["config"]["shape"]
    _, found, _ = formats.read({"layerwright": 1, "model": model})
    assert found == ()
    _, found, _ = formats.read(model)
    assert [d.code for d in found] == ["GC101"]
    assert tensor("x")["config"]["shape"] == [None]
