"""What is written for Keras 3, and what becomes of files of Keras 1 and 2 on the way."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

import graphcore
from graphcore import formats
from graphcore.formats.write import CannotWrite, to_keras3
from graphcore.formats.write_keras2 import to_keras2
from graphcore.infer import infer
from graphcore.inference import count
from graphcore.migrate import migrate, to_old_terms
from graphcore.model import Graph, Op, TensorRef
from tests.app.configs import functional, layer, source

TESTS = Path(__file__).parents[1]
WRITTEN = sorted(path for path in (TESTS / "models").glob("keras*/*.json") if ".expected" not in path.name)
EXAMPLES = sorted(path for path in (TESTS.parent / "app" / "examples").glob("*.json") if path.stem != "index")
# The other examples are broken, or of classes that are not Keras's.
LOADABLE = {"mlp", "unet", "resnet50", "transformer"}
JSON = dict[str, Any]


def read(value: Any) -> Graph:
    graph, found, _ = formats.read(value)
    assert graph is not None
    assert found == ()
    return graph


def without_build_config(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: without_build_config(inner) for key, inner in value.items() if key != "build_config"}
    return [without_build_config(inner) for inner in value] if isinstance(value, list) else value


def named(path: Path) -> str:
    return f"{path.parent.name}-{path.stem}"


@pytest.mark.parametrize("path", [p for p in (*WRITTEN, *EXAMPLES) if p.parent.name != "keras2"], ids=named)
def test_file_of_keras_3_is_written_as_it_was(path: Path) -> None:
    said = without_build_config(json.loads(path.read_text()))
    written = json.loads(json.dumps(to_keras3(read(path))))
    assert (written if "class_name" in said else written["config"]) == said


@pytest.mark.parametrize("path", [p for p in WRITTEN if p.parent.name == "keras2"], ids=named)
def test_file_of_keras_2_means_the_same_in_keras_3(path: Path) -> None:
    graph = read(path)
    old, new = infer(graph), infer(read(to_keras3(migrate(graph), infer(migrate(graph)))))
    assert [d for d in new.diagnostics if d.severity == "error"] == []
    assert {key: [spec.shape for spec in specs] for key, specs in old.specs.items()} == {
        key: [spec.shape for spec in specs] for key, specs in new.specs.items()
    }
    assert {name: count(weights or ()) for name, weights in old.weights.items()} == {
        name: count(weights or ()) for name, weights in new.weights.items()
    }


@pytest.mark.parametrize("path", [p for p in WRITTEN if p.parent.name == "keras2"], ids=named)
def test_file_of_keras_2_is_written_as_it_was(path: Path) -> None:
    said = json.loads(path.read_text())
    written = json.loads(json.dumps(to_keras2(read(path))))
    assert (written if "class_name" in said else written["config"]) == said


@pytest.mark.parametrize(
    "path", [p for p in WRITTEN if p.parent.name == "keras3" and p.stem != "operations"], ids=named
)
def test_file_of_keras_3_means_the_same_in_keras_2(path: Path) -> None:
    graph = read(path)
    new = infer(graph)
    written = to_keras2(to_old_terms(graph, inference=new))
    back, found, _ = formats.read(written)
    assert back is not None
    assert (found, back.dialect) == ((), "keras2")
    old = infer(back)
    assert [d for d in old.diagnostics if d.severity == "error"] == []
    assert [old.spec(ref).shape for ref in back.output_refs] == [new.spec(ref).shape for ref in graph.output_refs]
    assert {name: count(weights or ()) for name, weights in old.weights.items()} == {
        name: count(weights or ()) for name, weights in new.weights.items()
    }


def _custom_of_keras_2() -> JSON:
    """A registered class whose output nobody knows, and a layer behind that needs to know it."""
    layers: list[tuple[str, JSON, list[Any]]] = [
        ("InputLayer", {"name": "x", "batch_input_shape": [None, 8], "dtype": "float32"}, []),
        ("Mine>Twice", {"name": "twice", "trainable": True, "dtype": "float32"}, [[["x", 0, 0, {}]]]),
        ("Dense", {"name": "y", "units": 3}, [[["twice", 0, 0, {}]]]),
    ]
    return {
        "class_name": "Functional",
        "config": {
            "name": "model",
            "layers": [
                {"class_name": cls, "config": config, "name": config["name"], "inbound_nodes": calls}
                for cls, config, calls in layers
            ],
            "input_layers": [["x", 0, 0]],
            "output_layers": [["y", 0, 0]],
        },
        "keras_version": "2.9.0",
        "backend": "tensorflow",
    }


def test_a_custom_class_of_keras_2_is_one_of_keras_3_and_what_it_gives_stays_unknown() -> None:
    graph = read(_custom_of_keras_2())
    written = to_keras3(migrate(graph), infer(migrate(graph)))
    entry = written["config"]["layers"][1]
    assert (entry["module"], entry["class_name"], entry["registered_name"]) == (None, "Twice", "Mine>Twice")
    for again in (written, to_keras2(to_old_terms(read(written)))):
        report = graphcore.check(json.loads(json.dumps(again)))
        assert [d.code for d in report.diagnostics] == ["GC206"]
        assert report.graph is not None
        assert report.inference is not None
        assert report.inference.spec(TensorRef("twice", 0, 0)).shape is None


@pytest.mark.keras
def test_keras_3_loads_a_custom_class_of_keras_2_behind_which_nothing_is_known() -> None:
    import keras

    @keras.saving.register_keras_serializable("Mine")
    class Twice(keras.layers.Layer):
        def call(self, x: Any) -> Any:
            return 2 * x

    graph = migrate(read(_custom_of_keras_2()))
    model = keras.models.model_from_json(json.dumps(to_keras3(graph, infer(graph))))
    assert isinstance(model.get_layer("twice"), Twice)
    assert model.output_shape == (None, 3)


def test_null_for_what_keras_2_has_not_in_a_call_goes_without_saying() -> None:
    model = functional(source("x", 5, 4), layer("MultiHeadAttention", "a", ["x", "x"], num_heads=2, key_dim=3))
    call = model["config"]["layers"][1]["inbound_nodes"][0]
    call["args"] = call["args"][0]
    call["kwargs"] = {"query_mask": None, "value_mask": None, "attention_mask": None}  # as Keras 3 writes it
    graph = read(model)
    written = to_keras2(to_old_terms(graph, inference=infer(graph)))
    ((_, _, _, said),) = written["config"]["layers"][1]["inbound_nodes"][0]
    assert sorted(said) == ["attention_mask", "value"]
    back = infer(read(written))
    assert [d for d in back.diagnostics if d.severity == "error"] == []


def test_what_keras_2_has_not_cannot_be_written_for_it() -> None:
    model = functional(
        source("x", 8),
        layer("Dense", "a", ["x"], units=4, lora_rank=2),
        layer("RMSNormalization", "b", ["a"]),
        layer("Activation", "c", ["b"], activation="hard_silu"),
    )
    with pytest.raises(CannotWrite) as error:
        to_old_terms(read(model))
    assert [(d.code, d.at.layer, d.at.pointer) for d in error.value.diagnostics] == [
        ("GC601", "a", "/config/layers/1/config/lora_rank"),
        ("GC601", "b", "/config/layers/2"),
        ("GC601", "c", "/config/layers/3/config/activation"),
    ]


def test_output_of_a_nested_functional_is_counted_from_1() -> None:
    written = to_keras3(read(TESTS / "models" / "keras2" / "nested.json"))
    assert written["config"]["output_layers"] == [["head", 0, 0], ["encoder", 3, 0]]


def test_shapes_come_from_the_inference() -> None:
    model = functional(source("x", 8), layer("Dense", "y", ["x"], units=4), layer("ReLU", "z", ["y"]))
    graph = read(model)
    calls = [entry["inbound_nodes"] for entry in to_keras3(graph, infer(graph))["config"]["layers"]]
    assert [call[0]["args"][0]["config"]["shape"] for call in calls[1:]] == [[None, 8], [None, 4]]


def test_bare_config_is_given_its_module() -> None:
    graph = read(functional(source("x", 8), layer("Dense", "y", ["x"], units=4))["config"])
    written = to_keras3(graph)
    assert (written["module"], written["registered_name"]) == ("keras.src.models.functional", "Functional")


def test_custom_class_is_written_as_it_stood() -> None:
    mine = {**layer("Mine", "y", ["x"], units=4), "module": "mine", "registered_name": "mine>Mine"}
    written = to_keras3(read(functional(source("x", 8), mine)))
    assert written["config"]["layers"][1] == mine


def test_function_without_a_counterpart_cannot_be_written() -> None:
    model = json.loads((TESTS / "models" / "keras2" / "lambdas.json").read_text())
    for entry in model["config"]["layers"]:
        if entry["config"].get("function") == "nn.relu":
            entry["config"]["function"] = "nn.crelu"
    with pytest.raises(CannotWrite) as error:
        to_keras3(migrate(read(model)))
    (found,) = error.value.diagnostics
    assert (found.code, found.at.layer) == ("GC601", "tf.nn.relu")
    assert "nn.crelu" in str(error.value)


def test_functions_of_tensorflow_become_operations() -> None:
    graph = migrate(read(TESTS / "models" / "keras2" / "lambdas.json"))
    assert [layer.op.cls for layer in graph.layers.values()] == [
        *("InputLayer", "Mean", "Subtract", "Relu", "Multiply", "Add", "GetItem", "Subtract", "Concatenate")
    ]


def test_names_lose_their_slashes_everywhere() -> None:
    graph = migrate(
        read(
            {
                "class_name": "Functional",
                "keras_version": "2.10.0",
                "config": {
                    "name": "a/b",
                    "layers": [
                        old("InputLayer", "i/x", batch_input_shape=[None, 4]),
                        old("Dense", "d/y", [["i/x", 0, 0, {}]], units=2),
                        old("ReLU", "d_y", [["d/y", 0, 0, {}]]),
                    ],
                    "input_layers": [["i/x", 0, 0]],
                    "output_layers": [["d_y", 0, 0]],
                },
            }
        )
    )
    assert (graph.name, list(graph.layers)) == ("a_b", ["i_x", "d_y_1", "d_y"])
    assert graph.inputs == TensorRef("i_x", 0, 0)
    assert [call["args"] for call in to_keras3(graph)["config"]["layers"][2]["inbound_nodes"]] == [
        [
            {
                "class_name": "__keras_tensor__",
                "config": {
                    "shape": [None],
                    "shape_is_unknown": True,
                    "dtype": "float32",
                    "keras_history": ["d_y_1", 0, 0],
                },
            }
        ]
    ]


def old(cls: str, name: str, *calls: Any, **config: Any) -> JSON:
    return {"class_name": cls, "name": name, "config": {"name": name, **config}, "inbound_nodes": list(calls)}


def test_file_of_keras_1_speaks_as_keras_3() -> None:
    dense = {"name": "d", "output_dim": 10, "init": "normal", "W_regularizer": {"name": "L2", "l1": 0.0, "l2": 0.1}}
    conv = {"name": "c", "nb_filter": 3, "nb_row": 5, "nb_col": 4, "border_mode": "same", "dim_ordering": "th"}
    graph = migrate(
        read(
            {
                "class_name": "Sequential",
                "keras_version": "1.2.2",
                "config": [
                    {"class_name": "Convolution2D", "config": {"batch_input_shape": [None, 1, 8, 8], **conv}},
                    {"class_name": "Flatten", "config": {"name": "f"}},
                    {"class_name": "Dense", "config": {**dense, "bias": True, "input_dim": None}},
                ],
            }
        )
    )
    assert (graph.dialect, graph.source_dialect) == ("keras1", "keras1")
    assert [(layer.op, dict(layer.config)) for layer in graph.layers.values()] == [
        (
            Op("InputLayer", "keras.layers"),
            {"batch_shape": [None, 1, 8, 8], "dtype": "float32", "name": "c_input"},
        ),
        (
            Op("Conv2D", "keras.layers"),
            {"name": "c", "filters": 3, "padding": "same", "data_format": "channels_first", "kernel_size": [5, 4]},
        ),
        (Op("Flatten", "keras.layers"), {"name": "f"}),
        (
            Op("Dense", "keras.layers"),
            {
                "name": "d",
                "units": 10,
                "kernel_initializer": "normal",
                "kernel_regularizer": {"class_name": "L1L2", "config": {"l1": 0.0, "l2": 0.1}},
                "use_bias": True,
            },
        ),
    ]


def test_merge_of_keras_1_becomes_the_layer_that_it_meant() -> None:
    model = {
        "class_name": "Model",
        "keras_version": "1.1.0",
        "config": {
            "name": "m",
            "layers": [
                old("InputLayer", "a", batch_input_shape=[None, 4], input_dtype="float32"),
                old("InputLayer", "b", batch_input_shape=[None, 3], input_dtype="float32"),
                old("Merge", "m", [["a", 0, 0], ["b", 0, 0]], mode="concat", concat_axis=1, dot_axes=-1),
            ],
            "input_layers": [["a", 0, 0], ["b", 0, 0]],
            "output_layers": [["m", 0, 0]],
        },
    }
    graph = migrate(read(model))
    assert (graph.layers["m"].op.cls, dict(graph.layers["m"].config)) == ("Concatenate", {"name": "m", "axis": 1})
    assert infer(graph).spec(TensorRef("m", 0, 0)).shape == (None, 7)


@pytest.mark.parametrize(
    ("said", "shape"),
    [
        ({"output_shape": None, "output_shape_type": "raw"}, None),
        ({"output_shape": [16], "output_shape_type": "raw"}, (None, 16)),
        ({"output_shape": ["4wEA", None, None], "output_shape_type": "lambda"}, None),
    ],
)
def test_merge_of_keras_1_by_a_function_is_kept_as_code(said: JSON, shape: Any) -> None:
    model = {
        "class_name": "Model",
        "keras_version": "1.2.2",
        "config": {
            "name": "m",
            "layers": [
                old("InputLayer", "a", batch_input_shape=[None, 8], input_dtype="float32"),
                old("InputLayer", "b", batch_input_shape=[None, 8], input_dtype="float32"),
                old("Merge", "m", [["a", 0, 0], ["b", 0, 0]], mode=["4wEA", None, None], mode_type="lambda", **said),
                old("Dense", "d", [["m", 0, 0]], output_dim=4),
            ],
            "input_layers": [["a", 0, 0], ["b", 0, 0]],
            "output_layers": [["d", 0, 0]],
        },
    }
    assert [problem.code for problem in graphcore.check(model).diagnostics] == ["GC207"]
    assert infer(migrate(read(model))).spec(TensorRef("m", 0, 0)).shape == shape


def test_chain_that_begins_by_merging_models_is_a_graph() -> None:
    def branch(size: int) -> JSON:
        dense = {"name": f"d{size}", "output_dim": 4, "batch_input_shape": [None, size], "input_dtype": "float32"}
        return {"class_name": "Sequential", "config": [{"class_name": "Dense", "config": dense}]}

    merge = {"name": "m", "mode": "concat", "concat_axis": -1, "layers": [branch(3), branch(5)]}
    graph = migrate(
        read(
            {
                "class_name": "Sequential",
                "keras_version": "1.0.8",
                "config": [
                    {"class_name": "Merge", "config": merge},
                    {"class_name": "Dense", "config": {"name": "y", "output_dim": 2}},
                ],
            }
        )
    )
    known = infer(graph)
    assert [d for d in known.diagnostics if d.severity == "error"] == []
    assert {name: layer.op.cls for name, layer in graph.layers.items()} == {
        "d3_input": "InputLayer",
        "sequential": "Sequential",
        "d5_input": "InputLayer",
        "sequential_1": "Sequential",
        "m": "Concatenate",
        "y": "Dense",
    }
    assert (known.spec(TensorRef("m", 0, 0)).shape, graph.kind) == ((None, 8), "functional")
    assert to_keras3(graph)["class_name"] == "Functional"


def test_model_inside_a_wrapper_is_brought_along() -> None:
    inner = json.loads((TESTS / "models" / "keras2" / "built.json").read_text())
    wrapped = old("TimeDistributed", "w", [["x", 0, 0, {}]], layer={k: inner[k] for k in ("class_name", "config")})
    model = {
        "class_name": "Functional",
        "config": {
            "name": "m",
            "layers": [old("InputLayer", "x", batch_input_shape=[None, 5, 3]), wrapped],
            "input_layers": [["x", 0, 0]],
            "output_layers": [["w", 0, 0]],
        },
    }
    said = to_keras3(migrate(read(model)))["config"]["layers"][1]["config"]["layer"]
    assert said["module"] == "keras"
    assert said["config"]["layers"][0]["config"]["batch_shape"] == [None, 3]


def test_document_and_keras_3_are_not_touched() -> None:
    graph = read(TESTS / "models" / "keras3" / "shared.json")
    assert migrate(graph) is graph
    once = migrate(read(TESTS / "models" / "keras2" / "shared.json"))
    assert migrate(once) is once


@pytest.mark.keras
@pytest.mark.parametrize("path", [*WRITTEN, *(path for path in EXAMPLES if path.stem in LOADABLE)], ids=named)
def test_keras_loads_what_is_written(path: Path) -> None:
    import keras

    graph = migrate(read(path))
    model = keras.models.model_from_json(json.dumps(to_keras3(graph, infer(graph))))
    beside = path.parent / f"{path.name.split('.')[0]}.expected.json"
    if beside.exists():
        expected = json.loads(beside.read_text())
        assert (model.count_params() if model.built else None) == expected["total"]
        _compare(model, "", expected["calls"])
    else:
        asked = keras.models.model_from_json(path.read_text())
        assert model.count_params() == asked.count_params()
        assert [t.shape for t in model.outputs] == [t.shape for t in asked.outputs]


def _compare(model: Any, prefix: str, calls: JSON) -> None:
    graph = getattr(model, "_functional", None) or model
    for operation in getattr(graph, "operations", ()):
        for made, outputs in zip(operation._inbound_nodes, calls.get(prefix + operation.name, ()), strict=False):
            assert [list(t.shape) for t in made.output_tensors] == [shape for shape, _ in outputs]
        if isinstance(getattr(operation, "layers", None), list):
            _compare(operation, f"{prefix}{operation.name}/", calls)


@pytest.mark.keras
@pytest.mark.parametrize(
    "path", [p for p in WRITTEN if p.parent.name == "keras3" and p.stem != "operations"], ids=named
)
def test_keras_2_loads_what_is_written_for_it(path: Path) -> None:
    import tf_keras

    graph = read(path)
    inference = infer(graph)
    written = to_keras2(to_old_terms(graph, inference=inference))
    model = tf_keras.models.model_from_json(json.dumps(written))
    if model.built:
        counts = [count(weights or ()) for weights in inference.weights.values()]
        assert model.count_params() == sum((trainable or 0) + (other or 0) for trainable, other in counts)
        assert [tuple(t.shape) for t in model.outputs] == [inference.spec(ref).shape for ref in graph.output_refs]
