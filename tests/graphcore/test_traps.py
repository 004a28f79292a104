"""What real files hold that nobody expects, as `to_json` of other versions and other tools wrote it."""

from __future__ import annotations

import json
from typing import Any

import pytest

import graphcore
from graphcore.model import TensorRef
from graphcore.patch import patched, put, remove
from graphcore.render.json import render_json
from tests.broken.bases import Generation, base

from .notation import write

JSON = dict[str, Any]


def entry(model: JSON, name: str) -> JSON:
    """A layer's config in a model."""
    config: JSON = next(one["config"] for one in model["config"]["layers"] if one["config"]["name"] == name)
    return config


def said(model: JSON) -> list[tuple[str, str]]:
    return [(found.code, found.at.pointer) for found in graphcore.check(model).diagnostics]


def told(model: JSON) -> JSON:
    """The report on a model, as JSON."""
    report: JSON = json.loads(render_json(graphcore.check(model)))
    return report


def node_of(report: JSON, name: str) -> JSON:
    """The only call of a layer in a report."""
    (node,) = (node for node in report["nodes"] if node["layer"] == name)
    return dict(node)


def test_backbone_of_keras_hub_has_no_layers_in_its_file() -> None:
    config = {"name": "bert", "trainable": True, "vocabulary_size": 30522, "num_layers": 12}
    model = {
        "module": "keras_hub.src.models.bert.bert_backbone",
        "class_name": "BertBackbone",
        "config": config,
        "registered_name": "keras_hub>BertBackbone",
    }
    assert said(model) == [("GC004", "")]


@pytest.mark.parametrize(
    ("name", "key", "value"),
    [
        ("norm", "axis", [3]),
        ("image", "dtype", "float"),
        ("conv", "bias_initializer", None),
        ("conv", "activation", {"class_name": "LeakyReLU", "config": {"name": "leaky", "alpha": 0.2}}),
        ("norm", "beta_initializer", {"class_name": "Zeros", "config": {"dtype": "float32"}}),
    ],
)
def test_odd_values_of_keras_2_are_read(name: str, key: str, value: Any) -> None:
    model = base("image", "keras2")
    entry(model, name)[key] = value
    assert said(model) == []


def test_loss_of_an_unknown_name_keeps_no_file_from_opening() -> None:
    model = base("mlp", "keras3") | {"compile_config": {"optimizer": "adam", "loss": "Custom>stock_return_loss"}}
    assert said(model) == []


@pytest.mark.parametrize("generation", ["keras3", "keras2"])
def test_sizes_of_batches_are_compared(generation: Any) -> None:
    model = base("branches", generation)
    for name, size in (("a", 4), ("b", 5)):
        config = entry(model, name)
        config["batch_shape" if generation == "keras3" else "batch_input_shape"][0] = size
    errors = [found.code for found in graphcore.check(model).diagnostics if found.severity == "error"]
    assert errors == ["GC404"]


# ruff: noqa: E501  a trap is a line: its number in docs/formats.md, a model, one change, and what is said of it

TRAPS = """\
1 an old file with the keys of a new one is old | keras2 | mlp | put /config/layers/1/module "keras.layers" | -
1 and with a registered_name and a build_config | keras2 | mlp | put /config/layers/1/build_config {"input_shape": [null, 8]} | -
3 a single output without the list around it | keras3 | mlp | put /config/output_layers ["y", 0, 0] | -
3 outputs as a dict | keras3 | mlp | put /config/output_layers {"first": ["y", 0, 0]} | -
3 inputs as a dict | keras3 | branches | put /config/input_layers {"one": ["a", 0, 0], "two": ["b", 0, 0]} | -
5 a wrong record | keras3 | mlp | put /config/layers/1/inbound_nodes/0/args/0/config/shape [null, 9] | GC410
5 no record at all | keras3 | mlp | remove /config/layers/1/inbound_nodes/0/args/0/config/shape | GC101
6 built for another size | keras3 | mlp | put /config/layers/2/build_config {"input_shape": [null, 5]} | GC208
6 built for what comes in | keras3 | mlp | put /config/layers/2/build_config {"input_shape": [null, 4]} | -
6 not built before it is called | keras3 | mlp | put /config/layers/1/config/units 5 | GC410
7 the config says another name | keras3 | mlp | put /config/layers/1/config/name "other" | GC104
7 no name beside the config | keras3 | mlp | remove /config/layers/1/name | GC101
7 nor in Keras 2 | keras2 | mlp | remove /config/layers/1/name | GC101
8 a mask of null | keras3 | image | put /config/layers/2/inbound_nodes/0/kwargs {"mask": null} | -
8 a mask of null for a layer that takes none | keras3 | mlp | put /config/layers/1/inbound_nodes/0/kwargs {"mask": null} | GC202
8 training said to be false | keras3 | image | put /config/layers/6/inbound_nodes/0/kwargs {"training": false} | -
11 a call too far | keras3 | mlp | put /config/layers/2/inbound_nodes/0/args/0/config/keras_history ["h", 1, 0] | GC303
11 an output too far | keras3 | mlp | put /config/layers/2/inbound_nodes/0/args/0/config/keras_history ["h", 0, 1] | GC304
11 a circle in Keras 2, which walks it for ever | keras2 | mlp | put /config/layers/1/inbound_nodes [[["y", 0, 0, {}]]] | GC306
11 a call that is missing in Keras 2 | keras2 | mlp | put /config/layers/2/inbound_nodes [[["h", 1, 0, {}]]] | GC303
14 a rate that is a word, in Keras 2 | keras2 | image | put /config/layers/6/config/rate "half" | GC210
14 no groups, in Keras 2 | keras2 | image | put /config/layers/1/config/groups 0 | GC210
14 an argument that nobody knows, of an input of Keras 3 | keras3 | mlp | put /config/layers/0/config/nobody 1 | -
14 a key that nobody knows | keras3 | mlp | put /config/layers/1/nobody {"a": 1} | -
14 a name with a slash, in Keras 2 | keras2 | mlp | put /config/layers/1/config/name "a/b" | GC104
14 no outputs, in Keras 2 | keras2 | mlp | put /config/output_layers [] | GC104
16 nothing about training and building | keras3 | mlp | put /compile_config null | -
16 no version | keras3 | mlp | remove /keras_version | -
16 no module at the top | keras3 | mlp | remove /module | GC101
29 a version of TensorFlow's | keras2 | mlp | put /keras_version "2.2.4-tf" | -
29 no version of Keras 2 | keras2 | mlp | remove /keras_version | -
32 a dtype of text | keras2 | words | put /config/layers/0/config/dtype "uint16" | -
33 shapes that Keras 2.15 writes and Keras 3 refuses | keras3 | attention | put /config/layers/2/config/query_shape [null, 5, 8] | GC202
34 a metric that nobody knows | keras3 | mlp | put /compile_config {"metrics": ["my>own"], "optimizer": "adam"} | -
"""


@pytest.mark.parametrize("line", TRAPS.splitlines(), ids=lambda line: line.partition(" | ")[0])
def test_trap(line: str) -> None:
    _, said, name, change, code = line.split(" | ")
    generation: Generation = "keras2" if said == "keras2" else "keras3"
    deed, pointer, *value = change.split(" ", 2)
    patch = put(pointer, json.loads(value[0])) if deed == "put" else remove(pointer)
    report = graphcore.check(patched(base(name, generation), (patch,)), fixes=False)
    assert report.dialect == generation
    assert [problem.code for problem in report.diagnostics] == ([] if code == "-" else [code])


MASKS = """\
ids = Input [null, 9]
e = Embedding(ids) input_dim=20 output_dim=6 mask_zero=true
seen = ops.NotEqual(ids, 0)
h = LSTM(e, mask=seen, initial_state=[s:1, s:2]) units=4
s = LSTM(e, mask=null) units=4 return_state=true
y = Dense(h) units=2 -> out
"""


def test_masks_and_states_are_wires() -> None:
    """Traps 8 and 9; the layers stand in another order than they are called, trap 14."""
    report = told(json.loads(write(MASKS).text))
    assert report["diagnostics"] == []
    h = node_of(report, "h")
    assert dict(zip(h["inbound_args"], h["inbound"], strict=True)) == {
        "args/0": ["e", 0, 0],
        "kwargs/initial_state/0": ["s", 0, 1],
        "kwargs/initial_state/1": ["s", 0, 2],
        "kwargs/mask": ["seen", 0, 0],
    }


UNKNOWN = """\
Dense(x) units=4 | null, null
Conv2D(x) filters=2 kernel_size=1 | null, 8, 8, null
BatchNormalization(x) | null, 8, null
LayerNormalization(x) | null, 8, null
PReLU(x) | null, null, 4
ConvLSTM2D(x) filters=2 kernel_size=1 | null, 3, null, 8, 1
Dot([x, k]) axes=1 | null, null
"""


@pytest.mark.parametrize("line", UNKNOWN.splitlines())
def test_sizes_that_weights_need_are_asked_for(line: str) -> None:
    """Trap 12."""
    call, shape = line.split(" | ")
    report = graphcore.check(write(f"x = Input [{shape}]\nk = Input [null, 8]\ny = {call} -> out").text, fixes=False)
    assert [problem.code for problem in report.diagnostics if problem.severity == "error"] in (["GC408"], ["GC405"])


@pytest.mark.parametrize(
    ("text", "is_read"),
    [
        ('{"rate": NaN}', True),
        ('{"rate": 0.5,}', False),
        ("{'rate': 0.5}", False),
    ],
)
def test_json_of_python_is_read_as_far_as_python_reads_it(text: str, is_read: bool) -> None:
    """Trap 15."""
    model = write("x = Input [null, 8]\ny = Dropout(x) rate=0.5 -> out").text.replace('"rate": 0.5', f'"x": {text}')
    codes = [problem.code for problem in graphcore.check(model).diagnostics]
    assert (codes != ["GC001"]) == is_read


def test_layer_of_an_application_is_known_by_its_bare_name() -> None:
    """Trap 17: LayerScale has a weight for each channel."""
    for module in ("keras.src.applications.convnext", None):
        lines = "x = Input [null, 8]\ny = LayerScale(x) init_values=0.1 projection_dim=8 -> out"
        model = json.loads(write(lines).text)
        model["config"]["layers"][1] |= {"module": module}
        if module is None:
            del model["config"]["layers"][1]["registered_name"], model["config"]["layers"][1]["module"]
        report = told(model)
        assert (report["ok"], report["params"]["total"]) == (True, 8), module


def test_weights_are_counted_and_seeds_are_not() -> None:
    """Trap 18."""
    text = "x = Input [null, 8]\nd = Dropout(x) rate=0.5 seed=3\nh = Dense(d) units=4 trainable=false -> out"
    params = told(json.loads(write(text).text))["params"]
    assert (params["trainable"], params["non_trainable"]) == (0, 36)


def test_policy_of_each_layer_is_its_own() -> None:
    """Trap 21."""
    text = 'x = Input [null, 8]\nh = Dense(x) units=4 dtype="mixed_float16"\ny = Dense(h) units=2 -> out'
    nodes = told(json.loads(write(text).text))["nodes"]
    assert [node["outputs"][0]["dtype"] for node in nodes] == ["float32", "float16", "float32"]


def test_chain_of_five_thousand_layers_has_a_report() -> None:
    """Trap 26: Keras ends in a RecursionError."""
    lines = ["l0 = Input [null, 2]", *(f"l{i} = ReLU(l{i - 1})" for i in range(1, 5_000))]
    report = graphcore.check(write("\n".join([*lines[:-1], f"{lines[-1]} -> out"])).text)
    assert report.ok
    assert report.inference is not None
    assert report.inference.spec(TensorRef("l4999", 0, 0)).shape == (None, 2)


def test_json_in_a_json_text_and_without_its_class_is_a_model() -> None:
    """Traps 27 and 28."""
    model = base("chain", "keras2")
    model["config"] = model["config"]["layers"]
    assert graphcore.check(json.dumps(json.dumps(model))).diagnostics == ()


@pytest.mark.parametrize("key", ["modelTopology", "model_config"])
def test_topology_of_tensorflow_js_is_read_where_it_lies(key: str) -> None:
    """Trap 29."""
    model = base("mlp", "keras2") | {"keras_version": "tfjs-layers 1.3.1"}
    wrapped: JSON = {"modelTopology": model if key == "modelTopology" else {key: model}, "weightsManifest": []}
    report = told(wrapped)
    assert (report["dialect"], report["diagnostics"], report["params"]["total"]) == ("keras2", [], 46)


@pytest.mark.parametrize("cls", ["ClassMethod", "InstanceMethod", "InstanceProperty", "TFOpLambda", "SlicingOpLambda"])
def test_classes_for_functions_of_keras_2_are_known(cls: str) -> None:
    """Traps 4, 24 and 33: one list less around the tensor; what is not computed here is kept."""
    model = base("mlp", "keras2")
    model["config"]["layers"][1] |= {"class_name": cls, "inbound_nodes": [["x", 0, 0, {"y": 1.0, "name": None}]]}
    model["config"]["layers"][1]["config"] = {"name": "h", "function": "math.add"}
    report = told(model)
    assert "GC201" not in [problem["code"] for problem in report["diagnostics"]]
    assert node_of(report, "h")["inbound"] == [["x", 0, 0]]


def test_tensor_among_the_arguments_of_a_function_is_a_wire() -> None:
    """Traps 4 and 33."""
    model = base("branches", "keras2")
    function = next(one for one in model["config"]["layers"] if one["name"] == "sum")
    function |= {"class_name": "TFOpLambda", "inbound_nodes": [["left", 0, 0, {"y": ["right", 0, 0], "name": None}]]}
    function["config"] = {"name": "sum", "trainable": True, "dtype": "float32", "function": "math.add"}
    report = told(model)
    assert (report["diagnostics"], node_of(report, "sum")["inbound"]) == ([], [["left", 0, 0], ["right", 0, 0]])


@pytest.mark.parametrize(("cls", "count"), [("CuDNNLSTM", 224), ("CuDNNGRU", 168)])
def test_layer_for_a_gpu_counts_both_its_biases_and_becomes_the_other(cls: str, count: int) -> None:
    """Trap 33; tf_keras 2.21 counts so. Keras 3 has one class for both."""
    model = {
        "class_name": "Sequential",
        "keras_version": "2.2.4-tf",
        "config": [{"class_name": cls, "config": {"name": "h", "units": 4, "batch_input_shape": [None, 5, 8]}}],
    }
    report = told(model)
    assert (report["ok"], node_of(report, "h")["outputs"][0]["shape"]) == (True, [None, 4])
    assert report["params"]["total"] == count
    graph, _ = graphcore.read(model)
    assert graph is not None
    assert graphcore.check(graphcore.to_config(graph, "keras3")).diagnostics == ()


def test_layer_for_a_gpu_takes_no_mask() -> None:
    """Trap 33; tf_keras says so too."""
    layers = [
        {"class_name": "Masking", "config": {"name": "m", "batch_input_shape": [None, 5, 8]}},
        {"class_name": "CuDNNGRU", "config": {"name": "h", "units": 4}},
    ]
    model = {"class_name": "Sequential", "keras_version": "2.2.4", "config": layers}
    assert said(model) == [("GC205", "/config/1")]


def test_words_of_keras_that_mislead_find_their_cause() -> None:
    """Trap 35."""
    model = base("mlp", "keras2")
    model["config"]["layers"][1]["class_name"] = "Desne"
    read = graphcore.read_traceback("TypeError: 'str' object is not callable", graphcore.check(model))
    assert [(found.code, found.at.layer) for found in read.findings] == [("GC201", "h")]


def test_shapes_go_on_behind_a_class_of_ones_own() -> None:
    """Trap 36: what comes after it recorded its shape."""
    model = base("mlp", "keras3")
    model["config"]["layers"][1] |= {"module": None, "class_name": "Own", "registered_name": "Own"}
    shapes = {node["layer"]: node["outputs"][0]["shape"] for node in told(model)["nodes"]}
    assert shapes == {"x": [None, 8], "h": [None, 4], "y": [None, 2]}
