"""The walk over a graph: what is known of each call, what is unknown because of what, and one problem a cause."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import graphcore
from graphcore.binding import replaced
from graphcore.catalog import CATALOG
from graphcore.catalog.policies import Policy
from graphcore.catalog.spec import One, OpDef, RuleContext
from graphcore.formats import read
from graphcore.infer import infer
from graphcore.inference import Inference, count
from graphcore.model import Graph, Layer, Node, NodeKey, Op, TensorRef, leaves
from graphcore.shapes import TensorSpec
from graphcore.source import Limits
from tests.app.configs import functional, layer, source, tensor

from .notation import write

JSON = dict[str, Any]


def inferred(config: JSON, **options: Any) -> Inference:
    models = {entry["name"] for entry in config["config"]["layers"] if entry["class_name"] == "Functional"}
    for output in config["config"]["output_layers"]:
        if output[0] in models and not output[1]:
            output[1] = 1  # here, and nowhere else, Keras 3 counts the calls of a nested model from 1
    graph, found, _ = read(config)
    assert graph is not None
    assert found == ()
    return infer(graph, **options)


def shape(result: Inference, name: str, node: int = 0) -> Any:
    return result.spec(TensorRef(name, node, 0)).shape


def codes(result: Inference) -> list[tuple[str, str]]:
    return [(problem.code, problem.at.pointer) for problem in result.diagnostics]


def dense(name: str, inputs: list[str], units: int = 4, **config: Any) -> JSON:
    return layer("Dense", name, inputs, units=units, **config)


def call_of(name: str, node: int = 0) -> JSON:
    made = tensor(name)
    made["config"]["keras_history"][1] = node
    return {"args": [made], "kwargs": {}}


def nested(name: str, config: JSON, inputs: list[str]) -> JSON:
    made = layer("Functional", name, inputs)
    made["config"] = {**config["config"], "name": name}
    return made


def test_a_shared_layer_counts_its_weights_once() -> None:
    shared = dense("d", ["a"])
    shared["inbound_nodes"].append(call_of("b"))
    result = inferred(functional(source("a", 3), source("b", 3), shared, outputs=["d"]))
    assert codes(result) == []
    assert shape(result, "d", 0) == shape(result, "d", 1) == (None, 4)
    assert count(result.weights["d"] or ()) == (16, 0)


def test_a_shared_layer_cannot_serve_inputs_of_two_sizes() -> None:
    shared = dense("d", ["a"])
    shared["inbound_nodes"].append(call_of("b"))
    result = inferred(functional(source("a", 3), source("b", 5), shared, outputs=["d"]))
    assert codes(result) == [("GC411", "/config/layers/2/inbound_nodes/1")]
    assert shape(result, "d", 0) == (None, 4)
    assert shape(result, "d", 1) is None


def test_one_cause_gives_one_problem_and_blame_downstream() -> None:
    result = inferred(
        functional(
            source("x", 8),
            dense("bad", ["x"], units=-1),
            dense("after", ["bad"]),
            dense("last", ["after"]),
        )
    )
    assert codes(result) == [("GC204", "/config/layers/1/config/units")]
    assert {key.layer: problem.code for key, problem in result.blame.items()} == {
        "bad": "GC204",
        "after": "GC204",
        "last": "GC204",
    }
    assert result.weights["last"] is None


def test_all_problems_come_in_one_run() -> None:
    result = inferred(
        functional(
            source("x", 8),
            dense("a", ["x"], units=0),
            dense("b", ["x"], unit=3),
            layer("Conv2D", "c", ["x"], filters=2, kernel_size=3),
            layer("Dens", "d", ["x"], units=4),
            outputs=["a", "b", "c", "d"],
        )
    )
    assert sorted(codes(result)) == [
        ("GC201", "/config/layers/4/class_name"),
        ("GC202", "/config/layers/2/config/unit"),
        ("GC204", "/config/layers/1/config/units"),
        ("GC403", "/config/layers/3/inbound_nodes/0"),
    ]


def test_a_misspelt_word_is_taken_for_the_nearest_so_that_the_rest_is_checked() -> None:
    result = inferred(
        functional(
            source("x", 8, 8, 1),
            layer("Conv2D", "c", ["x"], filters=2, kernel_size=3, padding="sme"),
            layer("Reshape", "r", ["c"], target_shape=[5]),
        )
    )
    assert [problem.code for problem in result.diagnostics] == ["GC204", "GC406"]
    assert result.diagnostics[0].hint == 'did you mean "same"'
    assert shape(result, "c") == (None, 8, 8, 2)


def test_a_bad_initializer_leaves_the_shape_known() -> None:
    result = inferred(functional(source("x", 8), dense("d", ["x"], kernel_initializer=3)))
    assert [problem.code for problem in result.diagnostics] == ["GC204"]
    assert shape(result, "d") == (None, 4)


def test_wires_from_nowhere_are_named_and_guessed() -> None:
    result = inferred(
        functional(
            source("image", 8), dense("a", ["imag"]), dense("b", ["a"]), dense("c", ["image"]), outputs=["b", "c"]
        )
    )
    assert codes(result) == [("GC302", "/config/layers/1/inbound_nodes/0")]
    assert result.diagnostics[0].hint == 'did you mean "image"'
    assert shape(result, "c") == (None, 4)


def test_a_call_and_an_output_that_are_not_there_are_named() -> None:
    second = dense("a", ["x"])
    second["inbound_nodes"] = [call_of("x", 3)]
    third = layer("Dense", "b", ["x"], units=2)
    third["inbound_nodes"][0]["args"][0]["config"]["keras_history"] = ["x", 0, 2]
    result = inferred(functional(source("x", 8), second, third, outputs=["a", "b"]))
    assert codes(result) == [
        ("GC303", "/config/layers/1/inbound_nodes/0"),
        ("GC304", "/config/layers/2/inbound_nodes/0"),
    ]


def test_a_circle_is_one_problem_and_what_hangs_behind_is_unknown() -> None:
    result = inferred(
        functional(
            source("x", 8),
            layer("Add", "a", ["x", "c"]),
            dense("b", ["a"]),
            dense("c", ["b"], units=8),
            dense("behind", ["c"]),
        )
    )
    assert [problem.code for problem in result.diagnostics] == ["GC306"]
    assert result.diagnostics[0].data["layers"] == ["a", "b", "c"]
    assert shape(result, "behind") is None
    assert result.blame[NodeKey("behind", 0)].code == "GC306"


def test_a_sum_of_unequal_branches_names_the_arguments_that_made_them() -> None:
    result = inferred(
        functional(
            source("x", 8, 8, 1),
            layer("Conv2D", "left", ["x"], filters=32, kernel_size=1),
            layer("BatchNormalization", "norm", ["left"]),
            layer("Conv2D", "right", ["x"], filters=33, kernel_size=1),
            layer("Add", "sum", ["norm", "right"]),
        )
    )
    (problem,) = result.diagnostics
    assert problem.code == "GC404"
    assert problem.message == 'Add "sum" cannot combine (None, 8, 8, 32) with (None, 8, 8, 33)'
    assert problem.hint == 'make axis 3 equal: filters of "left" is 32, filters of "right" is 33'
    assert [(related.label, related.at.layer) for related in problem.related] == [
        ("input 0", "norm"),
        ("input 1", "right"),
    ]


def test_a_reshape_that_does_not_fit_says_which_units_would() -> None:
    result = inferred(
        functional(
            source("x", 8), dense("d", ["x"], units=6272), layer("Reshape", "r", ["d"], target_shape=[7, 7, 256])
        )
    )
    (problem,) = result.diagnostics
    assert problem.hint == 'units of "d" is 6272: 12544 would fit'


@pytest.mark.parametrize("form", ["channels_last", "channels_first"])
def test_a_window_that_does_not_fit_is_told_with_the_sizes_on_the_way(form: str) -> None:
    batch, data = (None, 28, 30, 1), {"data_format": form}
    shape = [batch[0], batch[3], *batch[1:3]] if form == "channels_first" else list(batch)
    layers = [layer("InputLayer", "x", batch_shape=shape)]
    for i in range(4):
        convolved = layer("Conv2D", f"c{i}", [layers[-1]["name"]], filters=4, kernel_size=[3, 3], **data)
        layers += [convolved, layer("MaxPooling2D", f"p{i}", [f"c{i}"], **data)]
    (problem,) = graphcore.check(functional(*layers, outputs=["p3"]), fixes=False).diagnostics
    assert problem.hint == (
        'use padding="same", or let at least (3, 3) come in; on the way 28 → 26 → 13 → 11 → 5 → 3 → 1'
    )


def test_a_nested_model_is_checked_inside_and_at_its_call() -> None:
    inner = functional(source("i", 3), dense("d", ["i"]))
    fits = inferred(functional(source("x", 3), nested("inner", inner, ["x"])))
    assert (codes(fits), shape(fits, "inner")) == ([], (None, 4))
    assert count(fits.weights["inner"] or ()) == (16, 0)
    differs = inferred(functional(source("x", 5), nested("inner", inner, ["x"])))
    assert [problem.code for problem in differs.diagnostics] == ["GC405"]
    broken = functional(source("i", 3), dense("d", ["i"], units=0))
    inside = inferred(functional(source("x", 3), nested("inner", broken, ["x"])))
    assert [(problem.code, problem.at.path) for problem in inside.diagnostics] == [("GC204", ("inner",))]


def test_a_nested_model_takes_the_sizes_that_its_call_brings() -> None:
    inner = functional(source("i", None, None, 1), layer("MaxPooling2D", "pool", ["i"]))
    result = inferred(functional(source("x", 8, 6, 1), nested("inner", inner, ["x"])))
    assert shape(result, "inner") == (None, 4, 3, 1)
    assert result.bodies["inner"].spec(TensorRef("pool", 0, 0)).shape == (None, 4, 3, 1)


def test_models_that_call_their_child_twice_forty_deep_stay_small() -> None:
    config = functional(source("i", 3), dense("d", ["i"], units=3))
    for _ in range(40):
        inner = nested("m", config, ["i"])
        inner["inbound_nodes"].append(call_of("m", 0))
        config = functional(source("i", 3), inner, outputs=["m"])
        config["config"]["output_layers"] = [["m", 2, 0]]
    result = inferred(config, limits=Limits(steps=1000))
    assert codes(result) == []
    assert shape(result, "m", 1) == (None, 3)


def test_steps_are_counted_and_bounded() -> None:
    names = [f"d{i}" for i in range(20)]
    layers = [dense(name, [before]) for name, before in zip(names, ["x", *names], strict=False)]
    result = inferred(functional(source("x", 3), *layers), limits=Limits(steps=5))
    assert [problem.code for problem in result.diagnostics] == ["GC002"]


def test_a_rule_that_crashes_is_our_problem_and_hides_no_other() -> None:
    def crash(c: RuleContext, x: TensorSpec) -> None:
        raise ZeroDivisionError

    catalog = CATALOG.extended(OpDef("layers.Crash", inputs=One(), shape=crash))
    graph, _, _ = read(
        functional(source("x", 3), layer("Crash", "boom", ["x"]), dense("d", ["x"], units=0), outputs=["boom", "d"])
    )
    assert graph is not None
    result = infer(graph, catalog)
    assert sorted(problem.code for problem in result.diagnostics) == ["GC204", "GC901"]


def test_incremental_equals_from_scratch() -> None:
    before = functional(
        source("x", 8), dense("a", ["x"]), dense("b", ["x"], units=5), dense("c", ["a"]), outputs=["b", "c"]
    )
    after = functional(
        source("x", 8), dense("a", ["x"], units=7), dense("b", ["x"], units=5), dense("c", ["a"]), outputs=["b", "c"]
    )
    graph, _, _ = read(after)
    assert graph is not None
    scratch, again = infer(graph), infer(graph, previous=inferred(before))
    assert (again.specs, again.weights, again.diagnostics) == (scratch.specs, scratch.weights, scratch.diagnostics)


def test_what_is_wrong_with_a_call_that_did_not_change_is_told_again() -> None:
    made = {**dense("a", ["x"]), "build_config": {"input_shape": [None, 9]}}
    before = functional(source("x", 8), made, dense("b", ["a"], units=5), outputs=["b"])
    after = functional(source("x", 8), made, dense("b", ["a"], units=6), outputs=["b"])
    graph, _, _ = read(after)
    assert graph is not None
    again = infer(graph, previous=inferred(before))
    assert [(found.code, found.at.layer) for found in again.diagnostics] == [("GC208", "a")]


def test_what_did_not_change_is_not_inferred_again() -> None:
    asked: list[str] = []

    def identity(c: RuleContext, x: TensorSpec) -> Any:
        asked.append(c.layer.name)
        return x.shape

    catalog = CATALOG.extended(OpDef("layers.Counted", inputs=One(), shape=identity))

    def model(units: int) -> JSON:
        return functional(
            source("x", 8),
            layer("Counted", "left", ["x"]),
            dense("d", ["x"], units=units),
            layer("Counted", "right", ["d"]),
            outputs=["left", "right"],
        )

    first, _, _ = read(model(4))
    second, _, _ = read(model(5))
    assert first is not None
    assert second is not None
    known = infer(first, catalog)
    asked.clear()
    infer(second, catalog, previous=known)
    assert asked == ["right"]


@pytest.mark.parametrize(
    ("dtype", "compute", "variable"),
    [
        ("float16", "float16", "float16"),
        ("mixed_bfloat16", "bfloat16", "float32"),
        ({"class_name": "DTypePolicy", "config": {"name": "mixed_float16"}}, "float16", "float32"),
    ],
)
def test_policies_give_the_dtype_of_outputs_and_weights(dtype: Any, compute: str, variable: str) -> None:
    result = inferred(functional(source("x", 8), dense("d", ["x"], dtype=dtype)))
    assert result.spec(TensorRef("d", 0, 0)).dtype == compute
    assert result.prepared["d"].policy == Policy(compute, variable)


def test_layers_that_say_nearly_the_same_are_told_apart() -> None:
    result = inferred(
        functional(
            source("x", 8),
            dense("a", ["x"], units=1),
            dense("b", ["x"], units=True),
            dense("c", ["x"], units=1),
            outputs=["a", "b", "c"],
        )
    )
    assert codes(result) == [("GC210", "/config/layers/2/config/units")]
    assert shape(result, "a") == shape(result, "c") == (None, 1)
    assert result.prepared["a"] is result.prepared["c"]


@pytest.mark.parametrize(
    "call",
    [
        {"args": [tensor("x"), 3], "kwargs": {}},
        {"args": [tensor("x")], "kwargs": {"value": 3}},
        {"args": [tensor("x")], "kwargs": {"value": None}},
        {"args": [tensor("x"), tensor("x")], "kwargs": {"key": "x"}},
    ],
)
def test_what_is_no_tensor_is_refused_where_a_layer_takes_one(call: JSON) -> None:
    attention = layer("MultiHeadAttention", "a", ["x"], num_heads=2, key_dim=4)
    attention["inbound_nodes"] = [call]
    result = inferred(functional(source("x", 4, 8), attention))
    assert codes(result) == [("GC402", "/config/layers/1/inbound_nodes/0")]


@st.composite
def models(draw: st.DrawFn) -> JSON:
    """Two inputs and a few layers, each fed by any before it; some of them cannot be, so that problems come and go."""
    layers = [source("x0", 4), source("x1", 6)]
    for i in range(2, draw(st.integers(3, 8))):
        before = [entry["name"] for entry in layers]
        one, other = draw(st.sampled_from(before)), draw(st.sampled_from(before))
        kind = draw(st.sampled_from(("dense", "shared", "norm", "add", "conv")))
        if kind == "dense":
            made = dense(f"x{i}", [one], units=draw(st.sampled_from((4, 6, 0))))
        elif kind == "shared":
            made = dense(f"x{i}", [one])
            made["inbound_nodes"].append(call_of(other))
        elif kind == "norm":
            made = layer("BatchNormalization", f"x{i}", [one], axis=draw(st.sampled_from((-1, 3))))
        elif kind == "add":
            made = layer("Add", f"x{i}", [one, other])
        else:
            made = layer("Conv2D", f"x{i}", [one], filters=2, kernel_size=[3, 3])
        layers.append(made)
    return functional(*layers, outputs=[layers[-1]["name"]])


@given(models(), models())
def test_any_edit_gives_what_scratch_gives(before: JSON, after: JSON) -> None:
    old, _, _ = read(before)
    new, _, _ = read(after)
    assert old is not None
    assert new is not None
    scratch, again = infer(new), infer(new, previous=infer(old))
    assert (again.specs, again.weights, again.costs) == (scratch.specs, scratch.weights, scratch.costs)
    assert set(map(repr, again.diagnostics)) == set(map(repr, scratch.diagnostics))
    assert again.blame.keys() == scratch.blame.keys()


def test_a_wrapped_layer_whose_module_is_no_text_is_read_by_its_class() -> None:
    wrapped = {"module": 5, "class_name": "Dense", "config": {"name": "d", "units": 4}, "registered_name": None}
    report = graphcore.check(functional(source("x", 5, 8), layer("TimeDistributed", "y", "x", layer=wrapped)))
    assert [problem.code for problem in report.diagnostics if problem.code == "GC901"] == []


def test_a_bidirectional_that_gets_no_tensor_says_so() -> None:
    file = json.dumps(
        {
            "class_name": "Functional",
            "keras_version": "2.15.0",
            "backend": "tensorflow",
            "config": {
                "name": "m",
                "layers": [
                    {
                        "class_name": "InputLayer",
                        "name": "x",
                        "inbound_nodes": [],
                        "config": {"name": "x", "batch_input_shape": [None, 5, 8], "dtype": "float32"},
                    },
                    {
                        "class_name": "Bidirectional",
                        "name": "y",
                        "inbound_nodes": [[[5, 6]]],
                        "config": {"name": "y", "layer": {"class_name": "GRU", "config": {"name": "g", "units": 4}}},
                    },
                ],
                "input_layers": [["x", 0, 0]],
                "output_layers": [["y", 0, 0]],
            },
        }
    )
    codes = {problem.code for problem in graphcore.check(file.encode()).diagnostics}
    assert "GC103" in codes
    assert "GC901" not in codes


def test_specs_take_the_places_of_their_tensors_in_any_tree() -> None:
    tree = {"b": (TensorRef("b", 0, 0), 3), "a": [TensorRef("a", 0, 0), {"d": TensorRef("d", 0, 0), "c": None}]}
    names = [ref.layer for _, ref in leaves(tree)]
    assert replaced(tree, iter(names)) == {"b": ("b", 3), "a": ("a", {"d": "d", "c": None})}


@pytest.mark.parametrize(
    ("cls", "config", "code"),
    [
        ("Dense", {"units": 2}, "GC401"),
        ("BatchNormalization", {}, "GC401"),
        ("Reshape", {"target_shape": [2, 2]}, "GC401"),
        ("Dropout", {"rate": 0.5}, None),
        ("Activation", {"activation": "relu"}, None),
        ("Concatenate", {}, None),
    ],
)
def test_a_list_of_one_tensor_is_a_tensor_to_layers_that_pass_it_on(cls: str, config: JSON, code: str | None) -> None:
    """As keras 3.15 answers."""
    entry = layer(cls, "d", ["x"], **config)
    entry["inbound_nodes"][0]["args"] = [[tensor("x")]]
    result = inferred(functional(source("x", 4), entry))
    assert [found for found, _ in codes(result)] == ([] if code is None else [code])


@pytest.mark.parametrize(
    "said", [3, {"input_shape": None}, {"input_shape": "x"}, {"shapes_dict": None}, {"shapes_dict": {}}]
)
@pytest.mark.parametrize("call", ["Dense(x) units=3", "Concatenate([x, x])", "LSTM(x) units=2"])
def test_a_build_config_that_is_no_shape_is_refused_where_a_layer_builds_by_it(said: Any, call: str) -> None:
    """Keras 3.15 ends in a TypeError, ValueError or KeyError for each of them."""
    found = graphcore.check(write(f'x = Input [null, 5, 4]\ny = {call} "build_config"={json.dumps(said)} -> out').text)
    assert [problem.code for problem in found.diagnostics] == ["GC208"]
    assert [fix.title for fix in found.diagnostics[0].fixes] == ['Remove build_config from "y"']


@pytest.mark.parametrize(
    ("call", "said"),
    [
        ("Dense(x) units=3", {"input_shape": {"a": [None, 4]}}),
        ("Dense(x) units=3", {"input_shape": [None, "4"]}),
        ("Dense(x) units=3", {"input_shape": [[None, 4], [None, 4]]}),
        ("Dense(x) units=3", {"shapes_dict": {"sequences_shape": [None, 4]}}),
        ("LSTM(x) units=2", {"shapes_dict": {"input_shape": [None, 4]}}),
        ("LSTM(x) units=2", {"shapes_dict": {"sequences_shape": {"a": 1}}}),
        ("MultiHeadAttention(x, x) num_heads=2 key_dim=2", {"input_shape": [None, 5, 4]}),
        ("MultiHeadAttention(x, x) num_heads=2 key_dim=2", {"shapes_dict": {"query_shape": [None, 5, 4]}}),
        ("Concatenate([x, x])", {"shapes_dict": {"input_shape": [None, 4]}}),
    ],
)
def test_a_build_config_of_another_form_than_build_takes_is_refused(call: str, said: Any) -> None:
    """Keras 3.15 ends in a KeyError, TypeError or ValueError for each of them."""
    found = graphcore.check(write(f'x = Input [null, 5, 4]\ny = {call} "build_config"={json.dumps(said)} -> out').text)
    assert [problem.code for problem in found.diagnostics] == ["GC208"]


@pytest.mark.parametrize(
    ("said", "is_taken"),
    [
        ({"input_shape": [None, 4]}, True),
        ({"shapes_dict": {"input_shape": [None, 4]}}, True),
        ({"shapes_dict": {"inputs_shape": [None, 4]}}, False),
        ({"shapes_dict": {"input_shape": [None, 4], "states_shape": [None, 2]}}, False),
    ],
)
def test_a_cell_is_built_by_the_shape_of_its_input_alone(said: Any, is_taken: bool) -> None:
    """As Keras 3.15 does: GRUCell.build() got an unexpected keyword argument 'states_shape'."""
    call = f'GRUCell(x, s) units=2 "build_config"={json.dumps(said)}'
    found = graphcore.check(write(f"x = Input [null, 4]\ns = Input [null, 2]\ny = {call} -> out").text)
    assert [problem.code for problem in found.diagnostics] == ([] if is_taken else ["GC208"])


def test_a_build_config_may_name_the_input_in_a_dict() -> None:
    said = {"shapes_dict": {"input_shape": [None, 5, 4]}}
    text = write(f'x = Input [null, 5, 4]\ny = Dense(x) units=3 "build_config"={json.dumps(said)} -> out').text
    assert graphcore.check(text).diagnostics == ()


@pytest.mark.parametrize("said", [None, {}, 0, False, []])
def test_a_build_config_that_says_nothing_is_passed_over(said: Any) -> None:
    text = write(f'x = Input [null, 4]\ny = Dense(x) units=3 "build_config"={json.dumps(said)} -> out').text
    assert graphcore.check(text).diagnostics == ()


@pytest.mark.parametrize("sizes", [(4, 4, 5), (5, 4, 4), (4, 5, 4)])
def test_a_build_config_of_another_shape_is_found_among_layers_that_say_the_same(sizes: tuple[int, ...]) -> None:
    calls = zip(("a = Dense(x)", "b = Dense(a)", "c = Dense(b)"), sizes, strict=True)
    rows = [f'{call} units=4 "build_config"={{"input_shape": [null, {size}]}}' for call, size in calls]
    text = write("\n".join(["x = Input [null, 4]", *rows]) + " -> out").text
    found = graphcore.check(text, fixes=False).diagnostics
    assert [(one.code, one.at.layer) for one in found] == [("GC208", "abc"[sizes.index(5)])]


@pytest.mark.parametrize("wrong", [0, 1, 2])
def test_a_build_config_that_is_no_list_of_shapes_is_found_among_sums_that_have_one(wrong: int) -> None:
    shapes = ["[null, 4]" if i == wrong else "[[null, 4], [null, 4]]" for i in range(3)]
    sums = [
        f'{name} = Add([x, y]) "build_config"={{"input_shape": {one}}}' for name, one in zip("abc", shapes, strict=True)
    ]
    text = write("\n".join(["x = Input [null, 4]", "y = Input [null, 4]", *sums, "z = Add([a, b, c]) -> out"])).text
    found = graphcore.check(text, fixes=False).diagnostics
    assert [(one.code, one.at.layer) for one in found] == [("GC208", "abc"[wrong])]


def test_an_embedding_is_built_whatever_its_build_config_says() -> None:
    layer = 'Embedding(x) input_dim=9 output_dim=2 "build_config"={"input_shape":null}'
    text = write(f"x = Input [null, 4]\ny = {layer} -> out").text
    assert graphcore.check(text).diagnostics == ()


def _called(cls: str, config: dict[str, Any], args: tuple[Any, ...], **kwargs: Any) -> list[str]:
    """The errors of a layer that is called so, with `x` and a mask of truths to call it with."""
    x, m, y = TensorRef("x", 0, 0), TensorRef("m", 0, 0), TensorRef("y", 0, 0)
    layers = {
        "x": Layer("x", Op("InputLayer"), {"batch_shape": [None, 5, 8]}),
        "m": Layer("m", Op("InputLayer"), {"batch_shape": [None, 5], "dtype": "bool"}),
        "y": Layer("y", Op(cls), config),
    }
    nodes = {x.call: Node(x.call), m.call: Node(m.call), y.call: Node(y.call, args, kwargs)}
    found = infer(Graph("m", layers, nodes, (x, m), y))
    return [f"{problem.code} {problem.message}" for problem in found.diagnostics]


_X, _M = TensorRef("x", 0, 0), TensorRef("m", 0, 0)


@pytest.mark.parametrize(
    ("cls", "config", "args", "kwargs", "says"),
    [
        ("Dense", {"units": 4}, (_X, _X), {}, 'GC401 Dense "y" takes 1 argument by position, gets 2'),
        ("ReLU", {}, (_X, None), {}, 'GC401 ReLU "y" takes 1 argument by position, gets 2'),
        ("ReLU", {}, (_X,), {"mask": None}, 'GC202 ReLU "y" has no argument mask in its call'),
        ("ReLU", {}, (), {"x": _X}, 'GC202 ReLU "y" has no argument x in its call'),
        ("ReLU", {}, (_X,), {"inputs": _X}, 'GC401 ReLU "y" gets inputs by position and by name'),
        ("ReLU", {}, (_X,), {"training": True}, ""),
        ("Dropout", {"rate": 0.5}, (_X, True), {}, "GC402"),
        ("Softmax", {}, (_X, None), {}, 'GC401 Softmax "y" gets null for mask by position'),
        ("LSTM", {"units": 4}, (_X, None, _M), {}, ""),
        ("MultiHeadAttention", {"num_heads": 2, "key_dim": 4}, (_X, _X, _X, _M), {}, ""),
        (
            "MultiHeadAttention",
            {"num_heads": 2, "key_dim": 4},
            (_X, _X),
            {"return_attention_scores": _M},
            'GC204 MultiHeadAttention "y" takes true or false for return_attention_scores',
        ),
    ],
)
def test_a_call_takes_what_its_class_says(
    cls: str, config: dict[str, Any], args: tuple[Any, ...], kwargs: dict[str, Any], says: str
) -> None:
    """The verdicts are those of `tests/oracle/recorded/forms`; here is what is said."""
    found = _called(cls, config, args, **kwargs)
    assert len(found) == bool(says), found
    assert all(one.startswith(says) for one in found), found
