"""What a file could do: found, told with its place, and gone from the safe copy."""

from __future__ import annotations

import base64
import json
import marshal
import struct
import zipfile
from collections.abc import Sequence
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from typing import Any

import h5py
import numpy
import pytest
from hypothesis import given
from hypothesis import strategies as st

import graphcore
from graphcore import cli, contents, graph_ops
from graphcore.bytecode import names_in
from graphcore.contents import Beside, beside
from graphcore.graph_ops import MOST_NODES, look_through
from graphcore.safety import dangers_in, dangers_of
from graphcore.source import Limits
from tests.app.configs import field

from .notation import write

PAYLOAD = "touch /tmp/payload-was-here"
CODE = marshal.dumps(compile(f"lambda x: __import__('os').system({PAYLOAD!r}) or x", "<string>", "eval").co_consts[0])
PACKED = base64.encodebytes(CODE).decode()

# --- bytecode ---------------------------------------------------------------------------------------------------------


def test_bytecode_is_read_for_names_and_texts() -> None:
    found = names_in(CODE)
    assert found is not None
    assert (found.names, set(found.texts)) == (("__import__", "system"), {"os", PAYLOAD})


def text(said: str) -> bytes:
    return b"z" + bytes([len(said)]) + said.encode()


def many(*values: bytes) -> bytes:
    return b")" + bytes([len(values)]) + b"".join(values)


def code(numbers: int, after: int, *, names: bytes, constants: bytes) -> bytes:
    """A code object as some version of Python writes it."""
    rest = many() * 3 if after == 1 else many() + b"s" + struct.pack("<i", 0) + text("f")
    tail = text("f") + text("n") if after == 1 else text("n") + text("q")
    last = b"s" + struct.pack("<i", 0)
    return b"\xe3" + b"\0" * 4 * numbers + last + constants + names + rest + tail + b"\0" * 4 + last * after


@pytest.mark.parametrize(("numbers", "after"), [(5, 2), (6, 1), (5, 1), (4, 1)], ids=["3.11", "3.8", "3.0", "2.7"])
def test_bytecode_of_other_pythons_is_read(numbers: int, after: int) -> None:
    inner = code(numbers, after, names=many(text("popen")), constants=many(b"N"))
    data = code(numbers, after, names=many(text("os"), text("system")), constants=many(text("ls"), b"N", inner))
    found = names_in(data)
    assert found is not None
    assert (found.names, found.texts) == (("os", "system", "popen"), ("ls",))


@given(
    st.binary(max_size=400)
    | st.builds(lambda at, to: CODE[:at] + bytes([to]) + CODE[at + 1 :], st.integers(0, 200), st.integers(0, 255))
)
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    names_in(data)


def test_bytes_that_refer_to_themselves_end() -> None:
    assert names_in(b"\xa9\x01r" + struct.pack("<i", 0)) is None
    assert names_in(b"(" + struct.pack("<i", 2**31 - 1) + b"N" * 10) is None
    assert names_in(b")\x01" * 5_000 + b"N") is None


# --- configs ----------------------------------------------------------------------------------------------------------

LAMBDA = {"class_name": "__lambda__", "config": {"code": PACKED, "defaults": None, "closure": None}}
GET_FILE = {"class_name": "function", "config": "get_file", "module": "keras.utils", "registered_name": "get_file"}


def model(layer: dict[str, Any]) -> dict[str, Any]:
    made: dict[str, Any] = json.loads(write("x = Input [null, 8]\ny = Dense(x) units=4 -> out").text)
    made["config"]["layers"][1] |= layer
    return made


def lamb(function: Any, **more: Any) -> dict[str, Any]:
    return {"class_name": "Lambda", "config": {"name": "y", "function": function, **more}}


CASES: dict[str, tuple[dict[str, Any], str, str]] = {
    "Keras 3's Lambda": (lamb(LAMBDA), "GC801", 'Lambda "y" holds Python bytecode that uses __import__, system'),
    "Keras 2's Lambda": (
        lamb([PACKED, None, None], function_type="lambda"),
        "GC801",
        'Lambda "y" holds Python bytecode that uses __import__, system',
    ),
    "a Lambda of nonsense": (lamb(["AAAA", None, None]), "GC801", 'Lambda "y" holds bytecode that cannot be followed'),
    "code in any object": (
        {"config": {"name": "y", "units": 4, "kernel_initializer": LAMBDA}},
        "GC801",
        'Lambda "y" holds Python bytecode that uses __import__, system',
    ),
    "a pickle": (
        {"class_name": "TorchModuleWrapper", "config": {"name": "y", "module": PACKED}},
        "GC801",
        'TorchModuleWrapper "y" holds a pickle, which runs code when it is read',
    ),
    "a function of Python": (
        {"class_name": "eval", "module": "builtins", "config": {"name": "y", "source": PAYLOAD}},
        "GC801",
        'eval "y" is a function of Python itself',
    ),
    "a function of Keras": (
        {"class_name": "enable_unsafe_deserialization", "module": "keras.config", "config": {"name": "y"}},
        "GC801",
        'enable_unsafe_deserialization "y" calls keras.config.enable_unsafe_deserialization',
    ),
    "a function of TensorFlow": (
        {"class_name": "TFOpLambda", "config": {"name": "y", "function": "io.write_file"}},
        "GC801",
        'TFOpLambda "y" calls TensorFlow\'s io.write_file',
    ),
    "a module": (
        {"class_name": "Popen", "module": "subprocess", "config": {"name": "y"}, "registered_name": "Popen"},
        "GC802",
        "Module subprocess is named as the home of Popen",
    ),
    "a function's module": (
        lamb({"class_name": "function", "config": "system", "module": "os", "registered_name": "system"}),
        "GC802",
        "Module os is named as the home of system",
    ),
    "a vocabulary": (
        {"class_name": "StringLookup", "config": {"name": "y", "vocabulary": "/etc/passwd"}},
        "GC803",
        '"y" names a file as its vocabulary: "/etc/passwd"',
    ),
    "a SavedModel": (
        {"class_name": "TFSMLayer", "config": {"name": "y", "filepath": "/srv/saved"}},
        "GC803",
        'TFSMLayer "y" loads a SavedModel from "/srv/saved"',
    ),
    "an address": (
        {"config": {"name": "y", "units": 4, "kernel_regularizer": "https://example.com/a"}},
        "GC804",
        '"y" names an address as its kernel_regularizer: "https://example.com/a"',
    ),
    "a module in compile_config": (
        {"compile_config": {"loss": {"class_name": "function", "config": "system", "module": "os"}}},
        "GC802",
        "Module os is named as the home of system",
    ),
    "code in compile_config": (
        {"compile_config": {"metrics": [[LAMBDA]], "optimizer": "adam"}},
        "GC801",
        'Lambda "y" holds Python bytecode that uses __import__, system',
    ),
    "a path in build_config": (
        {"build_config": {"input_shape": [None, 8], "path": "/etc/passwd"}},
        "GC803",
        '"y" names a file as its path: "/etc/passwd"',
    ),
    "a module of Flax": (
        {"class_name": "FlaxLayer", "config": {"name": "y", "module": {"class_name": "Popen", "module": "subprocess"}}},
        "GC802",
        "Module subprocess is named as the home of Popen",
    ),
    "a function for JAX": (
        {"class_name": "JaxLayer", "config": {"name": "y", "call_fn": LAMBDA, "init_fn": None}},
        "GC801",
        'Lambda "y" holds Python bytecode that uses __import__, system',
    ),
    "a vocabulary of TextVectorization": (
        {"class_name": "TextVectorization", "config": {"name": "y", "vocabulary": "gs://bucket/vocabulary.txt"}},
        "GC804",
        '"y" names an address as its vocabulary: "gs://bucket/vocabulary.txt"',
    ),
    "a download": (lamb(GET_FILE), "GC804", 'function "y" calls keras.utils.get_file'),
}
PAYLOADS = (
    PACKED.strip().replace("\n", "\\n"),
    PAYLOAD,
    "/etc/passwd",
    "/srv/saved",
    "example.com",
    "io.write_file",
    "get_file",
    "subprocess",
    "keras.config",
    "gs://",
)


@pytest.mark.parametrize("name", CASES)
def test_a_danger_is_told_in_its_place(name: str) -> None:
    layer, code, says = CASES[name]
    found = [danger.diagnostic for danger in dangers_in(model(layer))]
    assert [(one.code, one.message) for one in found] == [(code, says)]
    assert found[0].at.pointer.startswith("/config/layers/1")
    assert found[0].at.layer == "y"


@pytest.mark.parametrize("name", CASES)
def test_a_safe_copy_has_no_danger_and_nothing_of_it(name: str, tmp_path: Path) -> None:
    before = json.dumps(model(CASES[name][0]), indent=2)
    (tmp_path / "model.json").write_text(before)
    taken = graphcore.copy_safely(tmp_path / "model.json", tmp_path / "safe.json", Limits())
    after = (tmp_path / "safe.json").read_text()
    assert len(taken) == 1
    assert dangers_in(json.loads(after)) == []
    assert [payload for payload in PAYLOADS if payload in after] == []
    # The other layers and the wires are the bytes that they were.
    head = before.index('"class_name": "Dense"') if '"class_name": "Dense"' in before else before.index('"y"')
    assert after[: head - 200] == before[: head - 200]
    assert after[-120:] == before[-120:]


def test_what_keras_writes_of_its_own_classes_is_no_danger() -> None:
    models = Path(__file__).parents[1] / "models"
    files = [path for path in models.glob("keras*/*.json") if ".expected" not in path.name]
    texts = {path.name: path.read_text() for path in files}
    clean = {name: text for name, text in texts.items() if "ambda" not in text and ">" not in text}
    assert len(clean) > 10
    assert [name for name, text in clean.items() if dangers_in(json.loads(text))] == []


def test_a_module_is_told_once_with_all_places_and_its_class_stays() -> None:
    made = model(
        {"class_name": "A", "module": "mine", "registered_name": "mine>A", "config": {"name": "y", "units": 3}}
    )
    made["config"]["layers"].append(json.loads(json.dumps(made["config"]["layers"][1])))
    (danger,) = dangers_in(made)
    assert danger.diagnostic.message == "Module mine is named as the home of A, in 2 places"
    assert {change.pointer.rpartition("/")[2] for change in danger.patch} == {"module"}


def test_a_documents_notes_are_no_arguments() -> None:
    document = {"layerwright": 1, "model": model({}), "view": {"notes": {"y": "https://example.com"}}, "plan": {}}
    assert dangers_in(document) == []


def test_a_config_of_any_depth_is_gone_through() -> None:
    deep: Any = LAMBDA
    for _ in range(50_000):
        deep = [deep]
    assert [danger.diagnostic.code for danger in dangers_in(deep)] == ["GC801"]


def test_weights_that_no_machine_has_are_told() -> None:
    made = model({"config": {"name": "y", "units": 10**12}})
    codes = [problem.code for problem in graphcore.check(made, safety=True).diagnostics]
    assert codes == ["GC805"]


def test_the_outputs_of_a_model_are_gone_through_once_for_all_its_layers() -> None:
    class Watched(dict[Any, Any]):
        rounds = 0

        def items(self) -> Any:
            self.rounds += 1
            return super().items()

    graph, _ = graphcore.read(model({}))
    assert graph is not None
    known = graphcore.infer(graph)
    watched = Watched(known.specs)
    assert dangers_of(replace(known, specs=watched)) == []
    assert watched.rounds == 1


# --- archives and HDF5 ------------------------------------------------------------------------------------------------


def zipped(name: str, data: bytes = b"") -> bytes:
    packed = BytesIO()
    with zipfile.ZipFile(packed, "w") as inner:
        inner.writestr(name, data)
    return packed.getvalue()


def op(name: str) -> bytes:
    """A node of a graph."""
    return field(1, b"n") + field(2, name.encode())


def wired(name: str, op: str, *inputs: str, text: str = "", calls: str = "") -> bytes:
    """A node of a graph with what comes into it; a constant text, a call."""
    key, value = ("value", field(8, field(8, text.encode()))) if text else ("f", field(10, field(1, calls.encode())))
    attribute = field(5, field(1, key.encode()) + field(2, value)) if text or calls else b""
    fed = b"".join(field(3, one.encode()) for one in inputs)
    return field(1, name.encode()) + field(2, op.encode()) + fed + attribute


def function(name: str, *nodes: bytes, takes: Sequence[str] = ()) -> dict[str, Any]:
    signature = field(1, name.encode()) + b"".join(field(2, field(1, one.encode())) for one in takes)
    return {"function": field(1, signature) + b"".join(field(3, node) for node in nodes)}


def saved(*parts: Any, asset: str | None = None, tensor: str = "") -> bytes:
    """A saved_model.pb with these nodes and functions in its graph."""
    functions = b"".join(field(1, part["function"]) for part in parts if isinstance(part, dict))
    graph = b"".join(field(1, part) for part in parts if isinstance(part, bytes)) + field(2, functions)
    files = b"" if asset is None else field(6, field(1, field(1, tensor.encode())) + field(2, asset.encode()))
    return b"\x08\x01" + field(2, field(2, graph) + files)


def archive(path: Path, members: dict[str, bytes], config: dict[str, Any] | None = None) -> Path:
    with zipfile.ZipFile(path, "w") as packed:
        packed.writestr("config.json", json.dumps(config or model({})))
        for name, data in members.items():
            packed.writestr(name, data)
    return path


def hdf5(fill: Any) -> bytes:
    data = BytesIO()
    with h5py.File(data, "w") as file:
        fill(file)
    return data.getvalue()


def external(file: h5py.File) -> None:
    file["layers/dense"] = h5py.ExternalLink("/etc/other.h5", "/x")


def kept_outside(file: h5py.File) -> None:
    file.create_dataset("layers/dense/vars/0", shape=(4,), dtype="f4", external=[("/etc/passwd", 0, 16)])


def virtual(file: h5py.File) -> None:
    layout = h5py.VirtualLayout(shape=(4,), dtype="f4")
    layout[:] = h5py.VirtualSource("/etc/other.h5", "x", shape=(4,))
    file.create_virtual_dataset("w", layout)


def declared(file: h5py.File) -> None:
    file.create_dataset("layers/dense/vars/0", shape=(2**31,), dtype="f4", chunks=(2**20,))


def soft_and_looping(file: h5py.File) -> None:
    group = file.create_group("a")
    group["b"] = group
    file["c"] = h5py.SoftLink("/a/b/a/b")


@pytest.mark.parametrize(
    ("name", "data", "says"),
    [
        ("model.weights.h5", hdf5(external), "/layers/dense is a link into the file /etc/other.h5"),
        ("model.weights.h5", hdf5(kept_outside), "/layers/dense/vars/0 keeps its values in the file /etc/passwd"),
        ("model.weights.h5", hdf5(virtual), "/w is put together from the file /etc/other.h5"),
        (
            "model.weights.h5",
            hdf5(declared),
            "/layers/dense/vars/0 declares 8,589,934,592 bytes and stores 0",
        ),
        ("assets/y/state", b"\x80\x04\x95", "assets/y/state is a pickle by its first bytes"),
        ("assets/y/a.txt", zipped("data.pkl"), "assets/y/a.txt is an archive with a pickle in it"),
        (
            "model.weights.npz",
            zipped("y.npy", b"\x93NUMPY\x01\0v\0{'descr': '|O', 'shape': ()}"),
            "model.weights.npz holds an array of objects, y.npy, which is a pickle",
        ),
        ("more.zip", zipped("model.keras"), "more.zip was not looked through: it is an archive itself"),
        ("run.sh", b"#!/bin/sh", "run.sh was not looked through: it is no file that Keras writes"),
        ("../../evil.sh", b"", "The archive has a file of the name ../../evil.sh"),
        ("/etc/evil", b"", "The archive has a file of the name /etc/evil"),
        ("assets/x.pkl", b"", "assets/x.pkl is a pickle by its name"),
        (
            "saved/other.pb",
            b"",
            "saved/other.pb was not looked through: it may hold a graph of TensorFlow,"
            " which could read and write files",
        ),
        ("saved_model.pb", saved(op("WriteFile")), "saved_model.pb has WriteFile, which can write a file"),
        (
            "saved_model.pb",
            saved(function("__inference_f_1", op("Add"), op("EagerPyFunc"), op("EagerPyFunc"))),
            "saved_model.pb has EagerPyFunc, which calls a function of Python, in __inference_f_1 and 1 more",
        ),
        (
            "saved_model.pb",
            saved(function("f", op("RestoreV2")), function("__inference__traced_save_7", op("SaveV2"))),
            "saved_model.pb has RestoreV2, which reads a file, in f",
        ),
        (
            "saved_model.pb",
            saved(op("DataServiceDatasetV4")),
            "saved_model.pb has DataServiceDatasetV4, which asks another machine",
        ),
        (
            "saved_model.pb",
            saved(op("DatasetFromGraph")),
            "saved_model.pb has DatasetFromGraph, which runs a graph that a text holds",
        ),
        (
            "saved_model.pb",
            saved(asset="../../etc/passwd"),
            "saved_model.pb names ../../etc/passwd as one of its own files",
        ),
        (
            "saved_model.pb",
            saved(op("Add"))[:-2],
            f"saved_model.pb was not looked through: it is cut off, or has more than {MOST_NODES:,} operations",
        ),
        (
            "model.weights.h5",
            b"\x89HDF\r\n\x1a\nxx",
            "model.weights.h5 was not looked through: it is cut off or changed",
        ),
    ],
)
def test_what_stands_beside_the_config_is_told_and_left_out(tmp_path: Path, name: str, data: bytes, says: str) -> None:
    path = archive(tmp_path / "m.keras", {name: data, "metadata.json": b"{}"})
    found = [problem for problem in graphcore.check(path, safety=True).diagnostics if problem.code >= "GC8"]
    assert [(problem.message, problem.at.member) for problem in found] == [(says, name)]
    graphcore.copy_safely(path, tmp_path / "safe.keras", Limits())
    with zipfile.ZipFile(tmp_path / "safe.keras") as packed:
        assert sorted(packed.namelist()) == ["config.json", "metadata.json"]
        assert packed.read("config.json").decode() == json.dumps(model({}))


def damaged(path: Path, at: bytes) -> Path:
    """The archive with a byte of a member changed, whose checksum does not."""
    path.write_bytes(path.read_bytes().replace(at, at[:-1] + b"?"))
    return path


def test_a_damaged_file_of_an_archive_hides_nothing_of_the_others(tmp_path: Path) -> None:
    held = {"model.weights.h5": b"\x89HDF\r\n\x1a\nhollow", "assets/x.pkl": b"\x80\x04N."}
    path = damaged(archive(tmp_path / "m.keras", held), b"hollow")
    found = [problem for problem in graphcore.check(path, safety=True).diagnostics if problem.code >= "GC8"]
    assert [problem.message for problem in found] == [
        "assets/x.pkl is a pickle by its first bytes",
        "model.weights.h5 was not looked through: it is damaged",
    ]
    with zipfile.ZipFile(BytesIO(graphcore.make_safe(path.read_bytes()).data)) as packed:
        assert packed.namelist() == ["config.json"]


def test_a_file_that_is_damaged_where_nobody_looks_is_not_copied(tmp_path: Path) -> None:
    path = damaged(archive(tmp_path / "m.keras", {"assets/y.txt": b"x" * 5_000 + b"end"}), b"xend")
    says = "no safe copy can be made: assets/y.txt is damaged: Bad CRC-32"
    with pytest.raises(graphcore.CannotCopy, match=says):
        graphcore.make_safe(path.read_bytes())
    with pytest.raises(graphcore.CannotCopy, match=says):
        graphcore.copy_safely(path, tmp_path / "safe.keras", Limits())
    assert [one.name for one in tmp_path.iterdir()] == ["m.keras"]


def test_what_keras_and_tensorflow_write_beside_a_config_is_no_danger(tmp_path: Path) -> None:
    harmless = {
        "model.weights.h5": hdf5(lambda file: file.create_dataset("layers/y/vars/0", data=numpy.ones(3, "f4"))),
        "model.weights.npz": zipped("y.npy", b"\x93NUMPY\x01\0v\0{'descr': '<f4', 'shape': (3,)}"),
        "assets/y/vocabulary.txt": b"a\nb\n",
        "assets/": b"",
        "fingerprint.pb": b"\x08\x01",
        "variables/variables.index": b"",
        "saved_model.pb": saved(op("SaveV2"), function("__inference__traced_restore_9", op("RestoreV2"), op("MatMul"))),
    }
    assert beside(archive(tmp_path / "m.keras", harmless), Limits()) == Beside(weights={})
    folder = tmp_path / "saved"
    with zipfile.ZipFile(tmp_path / "m.keras") as packed:
        packed.extractall(folder)
    assert beside(folder, Limits()) == Beside(weights={})
    (folder / "assets/other").symlink_to("/etc/passwd")
    assert [one.says for one in beside(folder, Limits()).found] == ["assets/other is a link to another file"]


def test_the_paths_that_a_graph_opens_are_told(tmp_path: Path) -> None:
    graph = saved(
        wired("p", "Const", text="/etc"),
        wired("q", "Const", text="/hosts"),
        wired("call", "StatefulPartitionedCall", "other", "p", "^q", calls="f"),
        wired("away", "ReadFile", "away/path"),
        wired("away/path", "Const", text="gs://bucket/" + "x" * 200),
        wired("unknown", "WriteFile", "placeholder", "unknown"),
        function(
            "f",
            wired("end", "Const", text="/passwd"),
            wired("whole", "StringJoin", "path", "end:output:0"),
            wired("again", "Identity", "whole:output:0"),
            wired("read", "ReadFile", "again:output:0"),
            takes=("x", "path"),
        ),
    )
    path = archive(tmp_path / "m.keras", {"saved_model.pb": graph})
    found = [problem for problem in graphcore.check(path, safety=True).diagnostics if problem.code >= "GC8"]
    address = "gs://bucket/" + "x" * 108 + "…"
    assert [(problem.code, problem.message) for problem in found] == [
        ("GC803", "saved_model.pb has WriteFile, which can write a file"),
        (
            "GC804",
            f'saved_model.pb has ReadFile, which reads a file and 1 more; with "{address}", "/etc", "/passwd"',
        ),
    ]


def test_the_own_file_of_a_saved_model_is_told_where_a_table_reads_it() -> None:
    """As TensorFlow 2.21 saves a StaticVocabularyTable: the path lies in a variable."""
    graph = saved(
        wired("asset_path", "Placeholder"),
        wired("v", "VarHandleOp"),
        wired("v/Assign", "AssignVariableOp", "v", "asset_path"),
        wired("v/Read", "ReadVariableOp", "v"),
        wired("call", "StatefulPartitionedCall", "v/Read", "table", calls="initializer"),
        function("initializer", wired("t", "InitializeTableFromTextFileV2", "table", "path"), takes=("path", "table")),
        asset="words.txt",
        tensor="asset_path:0",
    )
    ((outside,), assets, _) = look_through(graph)
    assert (outside.op, outside.texts, assets) == (
        "InitializeTableFromTextFileV2",
        ("assets/words.txt",),
        ("words.txt",),
    )


def test_calls_that_loop_end() -> None:
    called = function("f", wired("g", "PartitionedCall", "x", calls="f"), wired("r", "ReadFile", "x"), takes=("x",))
    (outside,) = look_through(saved(called)).outside
    assert outside.texts == ()


def test_a_graph_of_many_operations_is_looked_through_within_a_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(graph_ops, "MOST_NODES", 3)
    graphs = look_through(saved(*[op("Add")] * 3, op("WriteFile")))
    assert (graphs.outside, graphs.is_whole) == ((), False)


@given(
    st.binary(max_size=300)
    | st.builds(lambda at: saved(op("WriteFile"), function("f", op("Add")))[at:], st.integers(0, 40))
)
def test_any_bytes_are_looked_through_as_a_graph(data: bytes) -> None:
    look_through(data)


def test_what_a_compiled_model_was_trained_with_is_looked_through_and_left_out(tmp_path: Path) -> None:
    path = tmp_path / "m.h5"
    loss = {"class_name": "function", "config": "system", "module": "os"}
    with h5py.File(path, "w") as file:
        file.attrs["model_config"] = json.dumps(model({}))
        file.attrs["training_config"] = json.dumps({"loss": loss, "optimizer_config": {"class_name": "Adam"}})
    (found,) = [one for one in graphcore.check(path, safety=True).diagnostics if one.code >= "GC8"]
    assert (found.code, found.at.member, found.at.pointer) == ("GC802", "training_config", "/loss/module")
    safe = graphcore.make_safe(path.read_bytes()).data
    with h5py.File(BytesIO(safe)) as file:
        assert sorted(file.attrs) == ["model_config"]


def test_links_that_loop_end() -> None:
    assert beside(hdf5(soft_and_looping), Limits()).found == ()


def test_a_bomb_is_told_by_its_sizes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(contents, "BOMB_BYTES", 2**20)
    monkeypatch.setattr(contents, "MOST_UNPACKED", 2**20)
    path = tmp_path / "bomb.keras"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("config.json", json.dumps(model({})))
        with packed.open("model.weights.h5", "w", force_zip64=True) as member:
            member.write(bytes(2**21))
    found = [problem.code for problem in graphcore.check(path, safety=True).diagnostics]
    assert found == ["GC805", "GC806"]


def test_an_hdf5_file_is_written_anew_without_the_old_bytes(tmp_path: Path) -> None:
    path = tmp_path / "m.h5"
    with h5py.File(path, "w") as file:
        file.attrs["model_config"] = json.dumps(model(lamb(LAMBDA)))
        file.attrs["keras_version"] = "2.15.0"
        file.create_dataset("model_weights/y/y/kernel", data=numpy.ones((2, 3), "f4"))
    graphcore.copy_safely(path, tmp_path / "safe.h5", Limits())
    assert PACKED[:40].encode() in path.read_bytes()
    assert PACKED[:40].encode() not in (tmp_path / "safe.h5").read_bytes()
    with h5py.File(tmp_path / "safe.h5") as file:
        assert json.loads(file.attrs["model_config"])["config"]["layers"][1]["class_name"] == "LambdaPlaceholder"
        assert (file.attrs["keras_version"], file["model_weights/y/y/kernel"].shape) == ("2.15.0", (2, 3))


def test_attributes_keep_their_type_and_bytes() -> None:
    """A text need not be UTF-8, and h5py writes none that is not."""
    values = {"one": b"\xff", "some": numpy.array([b"\xff", b"q"], object), "fixed": numpy.bytes_(b"\xff"), "n": 5}

    def fill(file: h5py.File) -> None:
        file.attrs["model_config"] = json.dumps(model({}))
        file.attrs["nothing"] = h5py.Empty("f4")
        for name, value in values.items():
            file.attrs[name] = value

    data = hdf5(fill)
    with h5py.File(BytesIO(data)) as old, h5py.File(BytesIO(graphcore.make_safe(data).data)) as new:
        assert sorted(new.attrs) == sorted(old.attrs)
        for name in (*values, "nothing"):
            assert new.attrs.get_id(name).get_type().equal(old.attrs.get_id(name).get_type())
            assert numpy.array_equal(new.attrs[name], old.attrs[name]) or name == "nothing"


def test_a_config_in_hdf5_that_is_no_utf8_is_copied_as_it_is() -> None:
    text = json.dumps(model({})).encode().replace(b'"model"', b'"\xff"')

    def fill(file: h5py.File) -> None:
        file.attrs.create("model_config", text, dtype=h5py.string_dtype())

    with h5py.File(BytesIO(graphcore.make_safe(hdf5(fill)).data)) as new:
        assert new.attrs["model_config"].encode("utf-8", "surrogateescape") == text


def test_links_of_an_hdf5_model_have_no_safe_copy(tmp_path: Path) -> None:
    path = tmp_path / "m.h5"
    with h5py.File(path, "w") as file:
        file.attrs["model_config"] = json.dumps(model({}))
        external(file)
    with pytest.raises(graphcore.CannotCopy, match=r"link into the file /etc/other\.h5"):
        graphcore.copy_safely(path, tmp_path / "safe.h5", Limits())
    assert not (tmp_path / "safe.h5").exists()


# --- the command ------------------------------------------------------------------------------------------------------


def test_the_command_says_what_a_file_could_do_and_copies_it(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "m.json").write_text(json.dumps(model(lamb(LAMBDA))))
    arguments = ["check", "--safety", str(tmp_path / "m.json"), "--safe-copy", str(tmp_path / "safe.json")]
    assert cli.main(arguments) == 1
    captured = capsys.readouterr()
    assert 'warning[GC801] Lambda "y" holds Python bytecode that uses __import__, system' in captured.out
    assert f'"os", "{PAYLOAD}"' in captured.out
    assert (
        captured.err
        == f'taken out of {tmp_path}/safe.json: Lambda "y" holds Python bytecode that uses __import__, system\n'
    )
    assert cli.main(["check", "--safety", str(tmp_path / "safe.json")]) == 0
    assert cli.main(["check", str(tmp_path / "m.json")]) == 0
    assert cli.main(["check", str(tmp_path / "m.json"), "--safe-copy", "x"]) == 2
    assert cli.main(["check", "--safety", "-", "--safe-copy", "x"]) == 2


@pytest.mark.parametrize("text", [b"", b"7", b'"text"', b"null", b"{", b"[]", b"[1, [null]]"])
def test_a_file_without_an_object_has_no_dangers_and_is_no_mistake_of_ours(text: bytes) -> None:
    assert not any(
        problem.code.startswith(("GC8", "GC9")) for problem in graphcore.check(text, safety=True).diagnostics
    )
