"""Files as tools wrote them, and as they come broken."""

from __future__ import annotations

import json
import shutil
import zipfile
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import graphcore
from graphcore import formats
from graphcore.contents import beside
from graphcore.formats import savedmodel, weights_only
from graphcore.formats.entries import snake_case
from graphcore.formats.write_back import CannotCopyPart, copy_of
from graphcore.model import Graph, Layer, NodeKey, TensorRef
from graphcore.shapes import TensorSpec
from graphcore.source import Limits
from tests.app.configs import functional, layer, source

MODELS = Path(__file__).parents[1] / "models"
BROKEN = Path(__file__).parents[1] / "broken"
WRITTEN = sorted(path for path in MODELS.glob("keras*/*.json") if ".expected" not in path.name)


def read(value: Any, limits: Limits | None = None) -> tuple[Graph, list[tuple[str, str]]]:
    """A graph, and the codes and pointers of what was found."""
    graph, found, _ = formats.read(value, limits)
    assert graph is not None
    return graph, [(d.code, d.at.pointer) for d in found]


def calls(graph: Graph) -> dict[str, tuple[Any, ...]]:
    """Each call as `layer[k]`, with its tensors as `layer[node][tensor]`."""
    return {
        f"{key.layer}[{key.index}]": tuple(f"{ref.layer}[{ref.node}][{ref.tensor}]" for _, ref in node.tensors())
        for key, node in graph.nodes.items()
    }


@pytest.mark.parametrize("path", WRITTEN, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_what_keras_wrote_is_read_whole(path: Path) -> None:
    graph, found = read(path)
    assert (found, graph.dialect) == ([], path.parent.name)
    expected = json.loads((path.parent / f"{path.name.split('.')[0]}.expected.json").read_text())
    if expected["total"] is not None:  # else Keras has made no call yet
        counts = {name: len(made) for name, made in expected["calls"].items()}
        read_counts = _counts(graph, "")
        # A Sequential of Keras 2 does not tell of its input layer.
        assert {name: read_counts[name] for name in counts} == counts


def _counts(graph: Graph, prefix: str) -> dict[str, int]:
    counts = {prefix + name: 0 for name in graph.layers}
    for key in graph.nodes:
        counts[prefix + key.layer] += 1
    for name, inner in graph.layers.items():
        if inner.body is not None:
            counts |= _counts(inner.body, f"{prefix}{name}/")
    return counts


@pytest.mark.parametrize("folder", ["keras3", "keras2"])
@pytest.mark.parametrize("name", ["shared", "nested", "sequential", "recurrent"])
def test_one_model_is_one_graph_in_every_form(folder: str, name: str) -> None:
    graphs = [read(MODELS / folder / f"{name}{end}")[0] for end in (".json", ".keras", ".h5")]
    assert len({str(calls(graph)) for graph in graphs}) == 1
    assert len({str((graph.inputs, graph.outputs, list(graph.layers))) for graph in graphs}) == 1
    version = {"keras3": "3.15.1", "keras2": "2.21.0"}[folder]
    assert [graph.keras_version for graph in graphs[1:]] == [version, version]
    assert {graph.dialect for graph in graphs} == {folder}


SAVED = ["shared", "nested", "sequential", "recurrent"]


@pytest.mark.parametrize("name", SAVED)
def test_savedmodel_is_the_same_graph_bare_packed_and_as_a_folder(name: str, tmp_path: Path) -> None:
    metadata = MODELS / "keras2" / f"{name}.keras_metadata.pb"
    folder = tmp_path / "saved"
    folder.mkdir()
    shutil.copy(metadata, folder / "keras_metadata.pb")
    packed = shutil.make_archive(str(tmp_path / "packed"), "zip", tmp_path, "saved")
    whole = read(MODELS / "keras2" / f"{name}.json")[0]
    for path in (metadata, folder, Path(packed)):
        graph, found = read(path)
        assert calls(graph) == calls(whole)
        assert (graph.inputs, graph.outputs, list(graph.layers)) == (whole.inputs, whole.outputs, list(whole.layers))
        assert (graph.dialect, graph.keras_version, found) == ("keras2", "2.21.0", [])


def test_savedmodel_before_tensorflow_2_5_has_its_config_in_the_graph(tmp_path: Path) -> None:
    text = json.dumps({"class_name": "Sequential", "config": {"name": "old", "layers": []}}).encode()
    message = _field(3, text)
    for number in (4, 1, 7, 2):
        message = _field(number, message)
    (tmp_path / "saved_model.pb").write_bytes(b"\x08\x01" + message)
    for path in (tmp_path, tmp_path / "saved_model.pb"):
        graph, _, _ = formats.read(path)
        assert graph is not None
        assert graph.name == "old"


@pytest.mark.parametrize(
    ("parts", "hint"),
    [
        ({}, "build the model with keras.Model(inputs, outputs) and save that: it lists its layers"),
        (
            {
                part: {"module": "keras", "class_name": "Sequential", "config": {"layers": []}}
                for part in ("encoder", "decoder")
            },
            "save the models that it holds by themselves, and open those files: encoder, decoder",
        ),
    ],
)
def test_a_class_that_makes_its_layers_in_its_code_comes_with_a_way_out(parts: dict[str, Any], hint: str) -> None:
    model = {"module": "models", "class_name": "VAE", "config": {**parts, "beta": 1.0}, "registered_name": "models>VAE"}
    graph, (found,), _ = formats.read(model)
    assert (graph, found.code, found.hint) == (None, "GC004", hint)


def test_savedmodel_without_a_config_has_its_own_sentence(tmp_path: Path) -> None:
    (tmp_path / "saved_model.pb").write_bytes(b"\x08\x01" + _field(2, _field(7, b"")))
    graph, (found,), _ = formats.read(tmp_path)
    assert (graph, found.code) == (None, "GC004")
    assert found.message == "The SavedModel's saved_model.pb holds no Keras config"


def test_savedmodel_with_line_ends_of_git_opens_and_says_so() -> None:
    whole = (MODELS / "keras2" / "shared.keras_metadata.pb").read_bytes()
    text = savedmodel.config_of(whole, savedmodel.METADATA).text
    spaced = json.dumps(json.loads(text), indent=1).encode()
    rest = whole[whole.index(text) + len(text) :]
    # As a program on Windows writes it, and as Git leaves it where it takes the file for text.
    counted = _field(
        1, b'\x1a\x04root"\x0f_tf_keras_layer' + _field(5, spaced.replace(b"\n", b"\r\n")) + b"2\x02\x08\x02"
    )
    graph, (found,), _ = formats.read((counted + rest).replace(b"\r\n", b"\n"))
    assert graph is not None
    assert calls(graph) == calls(read(MODELS / "keras2" / "shared.json")[0])
    assert (found.code, found.severity) == ("GC005", "error")


def test_savedmodel_that_is_cut_off_is_damaged() -> None:
    whole = (MODELS / "keras2" / "shared.keras_metadata.pb").read_bytes()
    graph, (found,), _ = formats.read(whole[:900])
    assert (graph, found.code) == (None, "GC005")
    assert "cut off" in found.message


def test_one_layer_of_keras_opens_as_a_chain_of_it() -> None:
    new = {"module": "keras.layers", "class_name": "Conv2D", "config": {"name": "c", "filters": 3, "kernel_size": 3}}
    said = json.loads(graphcore.render_json(graphcore.check({**new, "build_config": {"input_shape": [None, 8, 8, 3]}})))
    assert (said["ok"], said["dialect"], said["params"]["total"]) == (True, "keras3", 84)
    old = {"class_name": "Dense", "config": {"name": "d", "unts": 3, "batch_input_shape": [None, 4]}}
    report = graphcore.check(old)
    assert [(problem.code, problem.at.pointer) for problem in report.diagnostics] == [("GC202", "/config/unts")]
    mended = graphcore.mend(json.dumps(old))
    assert mended.text == json.dumps(old).replace("unts", "units")
    assert json.loads(graphcore.render_json(mended.report))["params"]["total"] == 15
    assert read({**new, "config": [1]})[1] == [("GC102", "/config")]


def of_orbax(folder: Path, steps: dict[int, dict[str, Any] | None]) -> Path:
    """A folder as Keras 3.15.1's OrbaxCheckpoint wrote it: with the model's config, or with weights alone."""
    for step, model in steps.items():
        items = {"": "_CHECKPOINT_METADATA", "pytree/": "_METADATA", "pytree/d/": 32 * "0"}
        if model is not None:
            items["model_config/"] = "_strings.json"
        for item, name in items.items():
            inside = folder / f"{step}" / item
            inside.mkdir(parents=True, exist_ok=True)
            (inside / name).write_text(json.dumps({"config": json.dumps(model)} if "strings" in name else {}))
    return folder


def zipped(folder: Path) -> Path:
    return Path(shutil.make_archive(str(folder), "zip", folder.parent, folder.name))


def test_checkpoint_of_orbax_opens_at_its_last_step(tmp_path: Path) -> None:
    old, new = functional(source("x", 8), layer("Dense", "y", "x", units=3)), functional(source("x", 8), name="new")
    root = of_orbax(tmp_path / "saved", {9: old, 10: new})
    for path in (root, root / "10", root / "10" / "model_config", zipped(root)):
        graph, found, _ = formats.read(path)
        assert graph is not None
        assert (graph.name, graph.dialect, found) == ("new", "keras3", ())
    assert read(root / "9")[0].layers.keys() == {"x", "y"}
    assert beside(zipped(root), Limits()).unread == ()


def weights(
    root: dict[str, Any], names: dict[str, str] | None = None, attributes: dict[str, Any] | None = None
) -> bytes:
    """An HDF5 file of arrays by their paths, of names of layers, and of attributes of its root."""
    data = BytesIO()
    with h5py.File(data, "w") as file:
        for path, shape in root.items():
            file.create_dataset(path, shape)
        for path, name in (names or {}).items():
            file.require_group(path).attrs["name"] = name
        file.attrs.update(attributes or {})
    return data.getvalue()


@pytest.mark.parametrize(
    ("data", "says", "layers"),
    [
        (  # as Keras 3.15 writes save_weights() of a compiled model
            weights(
                {
                    "layers/dense/vars/0": (8, 16),
                    "layers/dense/vars/1": (16,),
                    "layers/lstm/cell/vars/0": (3, 20),
                    "optimizer/vars/0": (),
                },
                {"layers/dense/vars": "hidden", "layers/input_layer/vars": "x", "vars": "sequential"},
            ),
            "The file holds weights and no model; it has 204 parameters in 3 arrays of 2 layers",
            '"hidden" (8, 16), "lstm" (3, 20)',
        ),
        (  # as tf_keras 2.21 writes save_weights("x.h5")
            weights(
                {"b/b/kernel:0": (8, 4), "a/a/kernel:0": (4, 2), "a/a/bias:0": (2,)},
                attributes={"layer_names": ["b", "flatten", "a"], "keras_version": "2.21.0"},
            ),
            "The file holds weights and no model; it has 42 parameters in 3 arrays of 2 layers",
            '"a" (4, 2), "b" (8, 4)',
        ),
        (
            weights({f"layers/l{i:02}/vars/0": (2,) for i in range(10)}),
            "The file holds weights and no model; it has 20 parameters in 10 arrays of 10 layers",
            ", ".join(f'"l{i:02}" (2,)' for i in range(8)) + " and 2 more",
        ),
        (
            weights({"encoder/weight": (8, 4), "decoder/weight": (8, 4), "step": ()}),
            "The HDF5 file has no attribute model_config: it holds weights only, or it is not Keras's;"
            " 3 arrays, in 2 groups",
            None,
        ),
        (weights({}, attributes={"layer_names": []}), "The file holds weights and no model", None),
    ],
)
def test_weights_alone_say_whose_they_are(data: bytes, says: str, layers: str | None) -> None:
    graph, (found,), _ = formats.read(data)
    assert (graph, found.code, found.message) == (None, "GC006", says)
    assert [(row.label, row.says) for row in found.related] == ([] if layers is None else [("layers", layers)])


def test_weights_of_many_groups_and_of_loops_are_counted_within_a_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(weights_only, "MOST_OBJECTS", 4)
    data = BytesIO(weights({f"layers/l{i}/vars/0": (2,) for i in range(5)}))
    with h5py.File(data, "r+") as file:
        file["layers/l0/round"] = file["layers"]
        file["layers/away"] = h5py.ExternalLink("/etc/other.h5", "/")
    _, (found,), _ = formats.read(data.getvalue())
    assert found.message.startswith("The file holds weights and no model")


def test_link_of_a_damaged_file_to_nothing_is_passed_over() -> None:
    """From the fuzz: h5py lists a name, and finds nothing there."""

    class Damaged:
        def __iter__(self) -> Iterator[str]:
            return iter(["layers"])

        def get(self, _: str, *, getlink: bool = False) -> Any:
            return h5py.HardLink() if getlink else None

    counted = weights_only.census(Damaged(), h5py)
    assert (counted.groups, counted.layers, counted.is_whole) == (0, [], True)


def test_checkpoint_of_orbax_without_a_config_holds_weights(tmp_path: Path) -> None:
    root = of_orbax(tmp_path / "saved", {0: None})
    for path in (root, root / "0", root / "0" / "pytree", zipped(root)):
        graph, (found,), _ = formats.read(path)
        assert (graph, found.code) == (None, "GC006")
        assert found.message == "A checkpoint of Orbax holds weights and no model"


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"GGUF\x03\0\0\0", "a GGUF file of llama.cpp, which holds no Keras config"),
        (b"\x10\0\0\0\0\0\0\0" + b'{"a":{"shape":[]}}', "safetensors: weights without a model"),
        (b"\x08\x07\x12\x07pytorch\x1a\x051.9.0", "a model of ONNX, which holds no Keras config"),
        (
            b'model_checkpoint_path: "cp.ckpt"\n',
            "the list of TensorFlow's checkpoints: weights without a model",
        ),
        (b'Model: "mlp"\n_____\n Layer (type)', "a table that model.summary() prints"),
        (b"\0\0\0\0TFL3\0", "a model of TensorFlow Lite, which holds no Keras config"),
    ],
)
def test_file_of_another_kind_is_told_by_its_beginning(data: bytes, says: str) -> None:
    graph, (found,), _ = formats.read(data)
    assert (graph, found.code, found.message) == (None, "GC007", f"The file is {says}")
    assert found.hint


def test_pickle_of_pytorch_is_told_by_its_member(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "m.pt", "w") as packed:
        packed.writestr("archive/data.pkl", b"\x80\x02.")
    graph, (found,), _ = formats.read(tmp_path / "m.pt")
    assert (graph, found.code) == (None, "GC007")
    assert found.message == "The file is a pickle of PyTorch, which runs code when it is read"


def test_layers_of_another_program_are_no_model() -> None:
    graph, (found,), _ = formats.read({"globals": {"steps": 50}, "layers": [{"name": "infection"}]})
    assert (graph, found.code) == (None, "GC004")


@settings(max_examples=200)
@given(st.binary(max_size=64))
def test_savedmodel_of_any_bytes_never_fails(rest: bytes) -> None:
    for start in (b"\x08\x01\x12", b"\x0a\x20\x0a\x04root\x22\x0a_tf_keras_", b"\x0a\xff\xff\xff\xff\xff_tf_keras_"):
        graph, found, _ = formats.read(start + rest)
        assert graph is not None or found


def test_unpacked_archive_of_keras_3_opens_as_a_folder(tmp_path: Path) -> None:
    with zipfile.ZipFile(MODELS / "keras3" / "nested.keras") as archive:
        archive.extractall(tmp_path)
    graph, _ = read(tmp_path)
    assert calls(graph) == calls(read(MODELS / "keras3" / "nested.keras")[0])


def _field(number: int, content: bytes) -> bytes:
    """A field with a length, as protocol buffers write it."""
    size, varint = len(content), b""
    while size > 0x7F:
        varint += bytes([size & 0x7F | 0x80])
        size >>= 7
    return bytes([number << 3 | 2]) + varint + bytes([size]) + content


@pytest.mark.parametrize("path", sorted(BROKEN.glob("*.expected")), ids=lambda path: path.stem)
def test_broken_file_is_named_for_what_it_is(path: Path) -> None:
    graph, found, _ = formats.read(path.parent / path.stem)
    lines = [f"{d.code} {d.at.pointer or '-'} {d.message}" for d in found]
    opened = "nothing" if graph is None else f"{len(graph.layers)} layers, {len(graph.nodes)} calls"
    assert [f"opens {opened}", *lines] == path.read_text().splitlines()


def test_weights_alone_have_their_own_sentence() -> None:
    graph, (found,), _ = formats.read(MODELS / "keras3" / "shared.weights.h5")
    assert (graph, found.code) == (None, "GC006")


@pytest.mark.parametrize("folder", ["keras3", "keras2"])
def test_nested_model_is_a_layer_with_its_calls_from_0(folder: str) -> None:
    graph, _ = read(MODELS / folder / "nested.json")
    assert calls(graph) == {
        "one[0]": (),
        "two[0]": (),
        "encoder[0]": ("one[0][0]",),
        "encoder[1]": ("two[0][0]",),
        "encoder[2]": ("two[0][0]",),
        "joined[0]": ("encoder[0][0]", "encoder[1][0]"),
        "head[0]": ("joined[0][0]",),
    }
    assert graph.outputs == (TensorRef("head", 0, 0), TensorRef("encoder", 2, 0))
    body = graph.layers["encoder"].body
    assert body is not None
    assert calls(body) == {"inside[0]": (), "inner[0]": ("inside[0][0]",)}


def test_declared_shapes_are_what_the_file_recorded() -> None:
    graph, _ = read(MODELS / "keras3" / "masked.json")
    assert graph.declared[TensorRef("embedding", 0, 0)] == TensorSpec((None, 9, 6), "float32")
    assert graph.declared[TensorRef("not_equal", 0, 0)] == TensorSpec((None, 9), "bool")


def test_functions_of_tensorflow_keep_their_arguments() -> None:
    graph, _ = read(MODELS / "keras2" / "lambdas.json")
    assert graph.nodes[NodeKey("tf.math.subtract_1", 0)].args == (1.0,)
    assert calls(graph)["tf.concat[0]"] == ("tf.__operators__.add[0][0]", "x[0][0]")


def test_input_of_an_old_sequential_follows_from_its_first_layer() -> None:
    model = json.loads((MODELS / "keras2" / "first_shape.json").read_text())
    written = model["config"]["layers"].pop(0)["config"]
    graph, found = read(model)
    assert (found, graph.inputs) == ([], TensorRef("one_input", 0, 0))
    implied = graph.layers["one_input"]
    assert (implied.is_implied, implied.config) == (True, {key: written[key] for key in implied.config})
    graph, found = read(
        [
            {"class_name": "Dense", "config": {"output_dim": 4, "input_dim": 3, "activation": "relu"}},
            {"class_name": "Activation", "config": {"activation": "relu"}},
        ]
    )
    assert (graph.dialect, found) == ("keras2", [("GC004", "")])
    assert calls(graph) == {"dense_input[0]": (), "dense[0]": ("dense_input[0][0]",), "activation[0]": ("dense[0][0]",)}


@pytest.mark.parametrize("wrap", ["model_config", "modelTopology", "both", "text", "text inside"])
def test_wrapped_configs_are_found(wrap: str) -> None:
    config = json.loads((MODELS / "keras2" / "shared.json").read_text())
    plain, _ = read(config)
    wrapped = {
        "model_config": {"model_config": config, "keras_version": "2.4.0"},
        "modelTopology": {"modelTopology": config},
        "both": {"format": "layers-model", "modelTopology": {"keras_version": "tfjs 1.3.1", "model_config": config}},
        "text": json.dumps(json.dumps(config)),
        "text inside": {"model_config": json.dumps(config)},
    }[wrap]
    graph, found = read(wrapped)
    assert (calls(graph), found) == (calls(plain), [])


def test_bare_config_is_a_model() -> None:
    config = functional(source("x", 8), layer("Dense", "y", ["x"], units=4))["config"]
    graph, found = read(config)
    assert (calls(graph), found, graph.origin) == ({"x[0]": (), "y[0]": ("x[0][0]",)}, [], "")
    assert graph.layers["y"].origin == "/layers/1"


def test_document_counts_calls_as_we_do() -> None:
    inner = functional(source("i", 8), layer("Dense", "d", ["i"], units=4), name="inner")
    nested = {**inner, "name": "inner", "inbound_nodes": layer("Add", "a", ["x"])["inbound_nodes"]}
    model = functional(source("x", 8), nested)
    graph, found = read({"layerwright": 1, "model": model, "source_dialect": "keras2", "mine": 1})
    assert (graph.dialect, graph.source_dialect, found) == ("document", "keras2", [])
    assert graph.outputs == (TensorRef("inner", 0, 0),)
    assert graph.layers["inner"].origin == "/model/config/layers/1"
    # The same as a file of Keras: output_layers counts a nested Functional from 1, so 0 is the last call by accident.
    graph, found = read(model)
    assert (graph.outputs, found) == ((TensorRef("inner", 0, 0),), [("GC104", "/config/output_layers/0")])


def test_second_layer_of_a_name_is_kept_where_no_reference_finds_it() -> None:
    graph, found = read(functional(source("x", 8), layer("Dense", "y", ["x"]), layer("ReLU", "y", ["x"])))
    assert list(graph.layers) == ["x", "y", "y~2"]
    assert found == [("GC301", "/config/layers/2/name")]


def test_layers_in_any_order_are_read() -> None:
    model = functional(source("x", 8), layer("Dense", "y", ["x"]), layer("Dense", "z", ["y"]))
    model["config"]["layers"].reverse()
    graph, found = read(model)
    assert (list(graph.layers), found) == (["z", "y", "x"], [])


def test_keras_2_takes_a_second_entry_as_more_calls() -> None:
    model = json.loads((MODELS / "keras2" / "echo.json").read_text())
    model["config"]["layers"].append(json.loads(json.dumps(model["config"]["layers"][1])))
    graph, found = read(model)
    assert calls(graph) == {"x[0]": (), "y[0]": ("x[0][0]",), "y[1]": ("x[0][0]",)}
    assert found == [("GC104", "/config/layers/2/name")]


def test_keras_2_knows_one_call_of_an_input() -> None:
    model = json.loads((MODELS / "keras2" / "echo.json").read_text())
    model["config"]["layers"][1]["inbound_nodes"] = [[["x", 5, 0, {}]]]
    graph, found = read(model)
    assert (calls(graph)["y[0]"], found) == (("x[0][0]",), [("GC104", "/config/layers/1/inbound_nodes/0/0")])


def test_chain_that_is_called_functional_opens_with_an_error() -> None:
    model = json.loads((MODELS / "keras2" / "first_shape.json").read_text())
    graph, found = read({**model, "class_name": "Functional"})
    assert (graph.kind, found) == ("sequential", [("GC101", "/config")])


@pytest.mark.parametrize(
    ("entries", "dialect"),
    [
        ([{"class_name": "Dense", "config": {"name": "a", "batch_input_shape": [None, 3]}}], "keras2"),
        ([{"class_name": "Dense", "config": {"name": "a", "input_dtype": "float32", "output_dim": 3}}], "keras1"),
        ([{"class_name": "Convolution2D", "config": {"name": "a", "nb_filter": 3}}], "keras1"),
        ([{"class_name": "InputLayer", "config": {"name": "a", "batch_shape": [None, 3]}}], "keras3"),
        ([{"class_name": "Dense", "config": {"name": "a", "units": 3}}], "keras3"),
    ],
)
def test_dialect_is_told_by_words(entries: list[Any], dialect: str) -> None:
    words = {"keras_version": "1.2.0"} if dialect == "keras1" else {}
    assert read({"class_name": "Sequential", "config": {"name": "s", "layers": entries}, **words})[0].dialect == dialect


def test_names_of_keras_3_with_calls_of_keras_2_are_keras_3() -> None:
    model = functional(source("x", 8), layer("Dense", "y", units=4))
    model["config"]["layers"][1]["inbound_nodes"] = [[["x", 0, 0, {}]]]
    graph, found = read(model)
    assert (graph.dialect, calls(graph)["y[0]"], found) == ("keras3", ("x[0][0]",), [])


def test_own_class_with_a_models_config_is_a_model() -> None:
    model = {**functional(source("x", 8), layer("Dense", "y", ["x"])), "class_name": "Mine", "module": "mine"}
    graph, found = read(model)
    assert (graph.kind, graph.op.cls, found) == ("functional", "Mine", [])


def test_chain_grows_linearly() -> None:
    def chain(length: int) -> dict[str, Any]:
        steps = [layer("Dense", f"d{i}", [f"d{i - 1}" if i else "x"]) for i in range(length)]
        return functional(source("x", 8), *steps)

    graph, found = read(chain(20_000))
    assert (len(graph.nodes), found) == (20_001, [])


def test_depth_of_nested_models_needs_no_stack() -> None:
    model: dict[str, Any] = functional(source("x", 8), layer("Dense", "y", ["x"]), name="m0")
    for depth in range(1, 120):
        inner = {**model, "name": f"m{depth - 1}", "inbound_nodes": layer("Add", "a", ["x"])["inbound_nodes"]}
        model = functional(source("x", 8), inner, name=f"m{depth}")
    graph, _ = read(model)
    depth = 0
    inside: Layer | None = None
    while (inside := graph.layers.get(f"m{118 - depth}")) is not None and inside.body is not None:
        graph, depth = inside.body, depth + 1
    assert depth == 119


def test_more_layers_than_the_limit_are_not_read() -> None:
    model = functional(source("x", 8), *(layer("Dense", f"d{i}") for i in range(50)))
    graph, (found,), _ = formats.read(model, Limits(layers=20))
    assert (graph, found.code) == (None, "GC002")


@pytest.mark.parametrize(
    "value", [None, 5, "x", [], {}, [[]], [None], {"args": 5}, {"kwargs": []}, [["x", 0]], [["x", "0", 0]]]
)
@pytest.mark.parametrize("where", ["inbound_nodes", "call", "args", "arg"])
def test_anything_may_stand_in_a_call(value: Any, where: str) -> None:
    model = functional(source("x", 8), layer("Dense", "y", ["x"], units=4))
    entry = model["config"]["layers"][1]
    if where == "inbound_nodes":
        entry["inbound_nodes"] = value
    elif where == "call":
        entry["inbound_nodes"][0] = value
    elif where == "args":
        entry["inbound_nodes"][0]["args"] = value
    else:
        entry["inbound_nodes"][0]["args"][0] = value
    graph, _ = read(model)
    assert "y" in graph.layers


def test_argument_nested_too_deep_is_left_out() -> None:
    deep: Any = 1
    for _ in range(200):
        deep = [deep]
    model = functional(source("x", 8), layer("Dense", "y", ["x"]))
    model["config"]["layers"][1]["inbound_nodes"][0]["kwargs"] = {"a": deep, "b": 2}
    graph, found = read(model)
    assert graph.nodes[NodeKey("y", 0)].kwargs["b"] == 2
    assert [code for code, _ in found] == ["GC103"]


def test_archive_that_lies_about_its_size_is_cut_at_the_limit(tmp_path: Path) -> None:
    path = tmp_path / "bomb.keras"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("config.json", b" " * 50_000_000)
    graph, (found,), _ = formats.read(path, Limits(member_bytes=1_000_000))
    assert (graph, found.code) == (None, "GC002")


def test_archive_of_too_many_members_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "many.keras"
    with zipfile.ZipFile(path, "w") as archive:
        for i in range(50):
            archive.writestr(f"{i}", b"")
    graph, (found,), _ = formats.read(path.read_bytes(), Limits(members=20))
    assert (graph, found.code) == (None, "GC002")


@pytest.mark.parametrize("end", [".keras", ".h5"])
def test_any_damage_to_an_archive_is_a_diagnostic(end: str) -> None:
    whole = bytearray((MODELS / "keras3" / f"shared{end}").read_bytes())
    for at in range(0, len(whole), max(1, len(whole) // 97)):
        damaged = bytearray(whole)
        damaged[at : at + 4] = b"\xff\x00\xfe\x01"
        _, found, _ = formats.read(bytes(damaged))
        assert all(d.code.startswith("GC") for d in found)
        formats.read(bytes(whole[:at]))


def test_address_beyond_what_h5py_can_count_is_damage(tmp_path: Path) -> None:
    path = tmp_path / "model.h5"
    with h5py.File(path, "w") as file:
        file.attrs["model_config"] = "{}"
    data = bytearray(path.read_bytes())
    data[41:49] = b"\0" * 7 + b"\x80"
    graph, (found,), _ = formats.read(bytes(data))
    assert (graph, found.code) == (None, "GC005")


@pytest.mark.parametrize("broken", ["no size", "back", "too long", "too large", "whole"])
def test_heap_over_which_hdf5_walks_for_ever_or_beyond_is_damage(broken: str, tmp_path: Path) -> None:
    path = tmp_path / "model.h5"
    with h5py.File(path, "w") as file:
        file.attrs["model_config"] = (MODELS / "keras2" / "echo.json").read_text()
    data = bytearray(path.read_bytes())
    heap = data.index(b"GCOL")
    free = at = heap + 16
    while data[at : at + 2] != b"\0\0":
        at = free = at + 16 + -(-int.from_bytes(data[at + 8 : at + 16], "little") // 8) * 8
    place, size = {
        "no size": (free, 0),
        "back": (heap + 16, 2**64 - 16),  # with its head: to itself
        "too long": (heap + 16, 2**32),
        "too large": (heap, 2**32),
        "whole": (free, int.from_bytes(data[free + 8 : free + 16], "little")),
    }[broken]
    data[place + 8 : place + 16] = size.to_bytes(8, "little")
    path.write_bytes(data)
    for given_as in (bytes(data), path):
        graph, found, _ = formats.read(given_as)
        assert [problem.code for problem in found] == ([] if broken == "whole" else ["GC005"])
        assert (graph is None) == (broken != "whole")
    assert bool(beside(bytes(data), Limits()).unread) == (broken != "whole")


@pytest.mark.parametrize(
    "kind", ["bytes", "str", "fixed", "array", "characters", "objects", "compound", "number", "empty"]
)
def test_config_of_hdf5_comes_in_many_types(kind: str, tmp_path: Path) -> None:
    text = (MODELS / "keras2" / "echo.json").read_text()
    values: dict[str, Any] = {
        "bytes": text.encode(),
        "str": text,
        "fixed": np.bytes_(text.encode()),
        "array": np.array([text.encode()]),
        "characters": np.array([letter.encode() for letter in text]),
        "objects": np.array([text], dtype=h5py.string_dtype()),
        "compound": np.array([(text.encode(),)], dtype=[("config", f"S{len(text) + 3}")]),
        "number": 5,
        "empty": h5py.Empty("f"),
    }
    path = tmp_path / "model.h5"
    with h5py.File(path, "w") as file:
        if kind in ("fixed", "array", "characters", "compound"):
            file.attrs.create("model_config", values[kind])
        else:
            file.attrs["model_config"] = values[kind]
    graph, found, _ = formats.read(path)
    if kind in ("number", "empty"):
        assert (graph, [d.code for d in found]) == (None, ["GC005"])
    else:
        assert (found, list(graph.layers) if graph else None) == ((), ["x", "y"])


@pytest.mark.parametrize("name", ["model_config", "keras_version"])
def test_attribute_of_a_type_that_there_is_not_ends_no_process(name: str, tmp_path: Path) -> None:
    """From the fuzz: HDF5 (1.14.6) reads it into nothing. A text of free length says that it is one in four bits."""
    path = tmp_path / "model.h5"
    with h5py.File(path, "w") as file:
        file.attrs["model_config"] = (MODELS / "keras2" / "echo.json").read_text()
        file.attrs["keras_version"] = "2.9.0"
    data = bytearray(path.read_bytes())
    kind = data.index(b"\x19", data.index(name.encode())) + 1
    assert data[kind] == 1
    data[kind] = 9
    graph, found, source = formats.read(bytes(data))
    assert [problem.code for problem in found] == (["GC005"] if name == "model_config" else [])
    assert (graph is None) == (name == "model_config")
    assert beside(bytes(data), Limits()).configs == ()
    if source is not None and graph is not None:
        with pytest.raises(CannotCopyPart):
            copy_of(bytes(data), source)


@pytest.mark.parametrize("what", ["a type by itself", "an attribute"])
def test_no_copy_is_made_of_what_ends_hdf5(what: str) -> None:
    """From the fuzz: types by themselves, and attributes that hold sequences, which damaged files have."""
    data = BytesIO()
    with h5py.File(data, "w") as file:
        file.attrs["model_config"] = (MODELS / "keras2" / "echo.json").read_text()
        layer = file.create_group("model_weights/x")
        if what == "an attribute":
            numbers = np.empty(1, dtype=object)
            numbers[0] = np.array([1, 2], dtype=np.int8)
            layer.attrs.create("names", numbers, dtype=h5py.vlen_dtype(np.int8))
        else:
            layer["kernel"] = np.dtype("f4")
    graph, _, source = formats.read(data.getvalue())
    assert graph is not None and source is not None
    with pytest.raises(CannotCopyPart, match="/model_weights/x"):
        copy_of(data.getvalue(), source)


def test_names_are_made_as_keras_makes_them() -> None:
    names = ["Conv2D", "BatchNormalization", "LSTM", "MultiHeadAttention", "GlobalMaxPooling1D", "ReLU", "", "_"]
    expected = ["conv2d", "batch_normalization", "lstm", "multi_head_attention", "global_max_pooling1d", "re_lu"]
    assert [snake_case(name) for name in names[:6]] == expected
    assert snake_case("") == "layer"
