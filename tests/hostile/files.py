"""Files from strangers that mean harm, or are no files at all: each gets a report, and does nothing.

`FILES` makes each when it is asked for: no bomb lies in the repository.
"""

from __future__ import annotations

import base64
import io
import json
import struct
import zipfile
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import Any

import h5py

from tests.app.configs import JSON, field, functional, layer, regressor, saved_metadata, source, tensor

HOSTILE_NAMES = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "<svg onload=alert(1)>",
    "javascript:alert(1)",
    "{{7*7}}{% for x in y %}",
    '"]; n0 [URL="javascript:alert(1)"]; x [label="',
    "trailing backslash \\",
    "\\N\\G\\L",
    '<<TABLE><TR><TD><IMG SRC="/etc/passwd"/></TD></TR></TABLE>>',
    "a:b:c",
    "\x1b[31mred\x1b]8;;http://evil.example\x07",
    "\x85\x9b31m",
    "exe.\u202etxt\u2066",
    "line\nbreak\r\n# end",
    "=cmd|'/c calc'!A1",
    "'); import os; os.system('true'); ('",
    '"""\nimport os\n"""',
    "",
    "../../etc/passwd",
    "CON",
    "__proto__",
    "constructor",
    "\ud800",
    "\x00",
    "😀 名前",
    "n" * 1_000_000,
]


def dumped(model: Any) -> bytes:
    return json.dumps(model).encode()


def dense(name: str, *inputs: str, **config: Any) -> JSON:
    return layer("Dense", name, inputs, **{"units": 4, **config})


NO_MODELS: list[bytes] = [
    b"[" * 100_000,
    b'{"a":' * 100_000,
    b"[" * 900 + b"]" * 900,
    b"[" * 100_000 + b"]" * 100_000,
    b"[],".join([b"["] + [b""] * 1_300_000) + b"0]",
    b"9" * 5_000,
    b'{"class_name": ' + b"9" * 5_000 + b"}",
    b'"' + b"\\u0000" * 1000 + b'"',
    b"NaN",
    b"-Infinity",
    b"1e999",
    b"{" + b'"class_name": "Functional",' * 1000 + b'"config": {}}',
    b'{"class_name": "Functional"',
    b'{"class_name": "Functional", "config": "\xff\xfe"}',
    b'{"class_name": "\xed\xa0\x80"}',
    b"\xef\xbb\xbf",
    b"\x00" * 1000,
    b" " * 1000,
    b"true",
    b'"model"',
    b"'single'",
    b"<html><script>alert(1)</script>",
    b"\x80\x04\x95\x10\x00\x00\x00\x00\x00\x00\x00\x8c\x02os\x94\x8c\x06system\x94\x93.",
    b"!!python/object/apply:os.system ['true']",
]
NO_NUMBERS = [
    "NaN",
    "Infinity",
    "-Infinity",
    "1e999",
    "-0.0",
    "1e18",
    str(2**63),
    str(10**4000),
    '"64"',
    "[64]",
    "{}",
    "true",
    "null",
]
NO_SIZES = ["NaN", "1e999", str(2**63), str(10**400), "-1", "0", '"3"', "[]", "1.5", "true"]
JUNK: list[Any] = [
    None,
    True,
    0,
    -1,
    1.5,
    "",
    "x",
    [],
    [[]],
    [None],
    {},
    {"a": {}},
    [["x", 0]],
    [["x", 0, 0, 0, 0]],
    [{"a": 1}],
]


_MARKER = "/proc/self/environ"
BYTECODE = base64.b64encode(b"\xe3" + b"\x00" * 40).decode()


GADGETS: list[JSON] = [
    layer(
        "Lambda",
        "y",
        ["x"],
        function={"class_name": "__lambda__", "config": {"code": BYTECODE, "defaults": None, "closure": None}},
    ),
    layer("Lambda", "y", ["x"], function=[BYTECODE, None, None], function_type="lambda", module="os"),
    {**layer("system", "y", ["x"], command="true"), "module": "os", "registered_name": "system"},
    {**layer("function", "y", ["x"], config="system"), "module": "os"},
    {**layer("get_file", "y", ["x"], fname="x", origin="http://127.0.0.1:9/"), "module": "keras.utils"},
    layer("StringLookup", "y", ["x"], vocabulary=_MARKER),
    layer("TextVectorization", "y", ["x"], vocabulary="http://127.0.0.1:9/vocabulary"),
    layer("TFSMLayer", "y", ["x"], filepath=_MARKER),
    layer("TorchModuleWrapper", "y", ["x"], module=BYTECODE),
    layer("TFOpLambda", "y", ["x"], function="io.read_file"),
    {**layer("TFOpLambda", "y", ["x"], function="keras.utils.get_file"), "class_name": "TFOpLambda"},
    layer("Dense", "y", ["x"], units=1, activation={"class_name": "function", "config": "system", "module": "os"}),
    layer("Dense", "y", ["x"], units={"class_name": "__tensor__", "config": {"value": [1], "dtype": "float32"}}),
    layer(
        "Dense",
        "y",
        ["x"],
        units=1,
        kernel_regularizer={"module": "builtins", "class_name": "exec", "config": {"code": "1"}},
    ),
]


def doubling(depth: int) -> JSON:
    """A model that calls its child twice, whose child does, and so on: 2^depth calls."""
    inner: JSON = functional(source("x", 4), dense("d", "x"), name="m0")
    for level in range(1, depth):
        child = {**inner, "name": f"m{level - 1}"}
        calls = [{"args": [tensor("x")], "kwargs": {}}, {"args": [tensor(child["name"])], "kwargs": {}}]
        inner = functional(source("x", 4), {**child, "inbound_nodes": calls}, name=f"m{level}")
        inner["config"]["output_layers"] = [[child["name"], 1, 0]]
    return inner


def deep_sequential(depth: int) -> bytes:
    """A Sequential in a Sequential in … as text: json.dumps would not go that deep."""
    entry = b'{"module": "keras", "class_name": "Sequential", "config": {"name": "s", "layers": ['
    return entry * depth + b"]}}" * depth


GRAPHS: dict[str, Callable[[], bytes]] = {
    "doubling": lambda: dumped(doubling(40)),
    "sequential-100": lambda: deep_sequential(100),
    "sequential-2000": lambda: deep_sequential(2_000),
    "chain": lambda: dumped(functional(source("d0", 4), *(dense(f"d{i}", f"d{i - 1}") for i in range(1, 2_000)))),
    "calls": lambda: dumped(
        functional(source("x", 4), {**dense("y", "x"), "inbound_nodes": dense("y", "x")["inbound_nodes"] * 10_000})
    ),
    "concatenate": lambda: dumped(functional(source("x", 4), layer("Concatenate", "y", ["x"] * 30_000))),
    "inputs": lambda: dumped(functional(*(source(f"x{i}", 4) for i in range(2_000)), layer("Add", "y", ["x0", "x1"]))),
    "cycle": lambda: dumped(functional(source("x", 4), *(dense(f"d{i}", f"d{(i + 1) % 1_000}") for i in range(1_000)))),
    "self": lambda: dumped(functional(source("x", 4), dense("y", "y"))),
    "rank": lambda: dumped(functional(source("x", *([1] * 1_000)), layer("Flatten", "y", ["x"]))),
    "reshape": lambda: dumped(functional(source("x", 4), layer("Reshape", "y", ["x"], target_shape=[1] * 100_000))),
    "permute": lambda: dumped(functional(source("x", 4), layer("Permute", "y", ["x"], dims=[1] * 100_000))),
    "huge": lambda: dumped(
        functional(source("x", 2**62), dense("y", "x", units=10**18), dense("z", "y", units=10**18))
    ),
    "kernel": lambda: dumped(
        functional(
            source("x", 8, 8, 3), layer("Conv2D", "y", ["x"], filters=10**9, kernel_size=[10**9, 10**9], padding="same")
        )
    ),
    "einsum": lambda: dumped(
        functional(source("x", 4), layer("EinsumDense", "y", ["x"], equation="ab," * 10_000 + "->a", output_shape=[4]))
    ),
    "repeat": lambda: dumped(functional(source("x", 4), layer("RepeatVector", "y", ["x"], n=10**15))),
    "padding": lambda: dumped(
        functional(source("x", 4, 4, 1), layer("ZeroPadding2D", "y", ["x"], padding=[[10**30, 0], [0, 10**30]]))
    ),
    "names": lambda: dumped(functional(source("x", 4), *(dense("same", "x") for _ in range(2_000)))),
    "wrapper": lambda: dumped(
        functional(
            source("x", 4, 4), layer("TimeDistributed", "y", ["x"], layer=layer("Bidirectional", "b", layer=dense("d")))
        )
    ),
}


def packed(*members: tuple[str, bytes]) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members:
            archive.writestr(zipfile.ZipInfo(name) if name else zipfile.ZipInfo("x"), content, zipfile.ZIP_DEFLATED)
    return file.getvalue()


def _npz(descr: bytes) -> bytes:
    return packed(("a.npy", b"\x93NUMPY\x01\0v\0{'descr': '" + descr + b"', 'shape': ()}"))


def _saved_graph(*names: str) -> bytes:
    """A SavedModel's graph of these operations."""
    nodes = b"".join(field(1, field(1, b"n") + field(2, name.encode())) for name in names)
    return b"\x08\x01" + field(2, field(2, nodes) + field(6, field(2, b"../../etc/passwd")))


def nested(depth: int) -> bytes:
    content = dumped(regressor())
    for _ in range(depth):
        content = packed(("config.json", content))
    return content


def patched(archive: bytes, at: int, field: bytes) -> bytes:
    """The archive with a field of every header of a member changed; `at` counts from the local header's signature."""
    out = bytearray(archive)
    for signature, shift in ((b"PK\x03\x04", 0), (b"PK\x01\x02", 2)):
        place = out.find(signature)
        while place >= 0:
            out[place + at + shift : place + at + shift + len(field)] = field
            place = out.find(signature, place + 4)
    return bytes(out)


SOUND = packed(("metadata.json", b"{}"), ("config.json", dumped(regressor())))
MEMBERS = (("metadata.json", b"{}"), ("config.json", dumped(regressor())))
ARCHIVES: dict[str, Callable[[], bytes]] = {
    "bomb": lambda: packed(("config.json", b" " * (200 << 20))),
    "bomb-of-brackets": lambda: packed(("config.json", b"[" + b"[]," * 8_000_000 + b"0]")),
    "nested": lambda: nested(3),
    "members": lambda: packed(*((f"m{i}", b"") for i in range(20_000))),
    "climbing": lambda: packed(("../../../tmp/config.json", dumped(regressor())), ("/etc/config.json", b"{}")),
    "without-config": lambda: packed(("metadata.json", b"{}"), ("model.weights.h5", b"")),
    "cut": lambda: SOUND[:-30],
    "cut-in-the-middle": lambda: SOUND[: len(SOUND) // 2],
    "encrypted": lambda: patched(SOUND, 6, b"\x01\x00"),
    "unknown-method": lambda: patched(SOUND, 8, b"\x63\x00"),
    "lzma": lambda: patched(SOUND, 8, b"\x0e\x00"),
    "lying-size": lambda: patched(SOUND, 22, struct.pack("<I", 10)),
    "huge-size": lambda: patched(SOUND, 22, struct.pack("<I", 0xFFFFFFF0)),
    "wrong-crc": lambda: patched(SOUND, 14, b"\x00\x00\x00\x00"),
    "junk-inside": lambda: SOUND.replace(SOUND[60:90], b"\xff" * 30),
    "not-json": lambda: packed(("config.json", b"\x00\xff")),
    "empty": lambda: packed(),
    "pickle-inside": lambda: packed(*MEMBERS, ("assets/y", b"\x80\x04\x95\x10\x00.")),
    "torch-inside": lambda: packed(*MEMBERS, ("assets/y.pt", packed(("archive/data.pkl", b"\x80\x02.")))),
    "objects-inside": lambda: packed(*MEMBERS, ("model.weights.npz", _npz(b"|O"))),
    "archive-inside": lambda: packed(*MEMBERS, ("more.zip", nested(5))),
    "graph-inside": lambda: packed(*MEMBERS, ("saved_model.pb", _saved_graph("WriteFile", "PyFunc", "ReadFile"))),
    "graph-of-many": lambda: packed(*MEMBERS, ("saved_model.pb", _saved_graph(*["Add"] * 400_000))),
    "graph-that-lies": lambda: packed(*MEMBERS, ("saved_model.pb", b"\x12\xff\xff\xff\xff\xff\xff\xff\xff\x7f" * 9)),
    "weights-outside": lambda: packed(*MEMBERS, ("model.weights.h5", stored(_outside))),
    "weights-of-no-size": lambda: packed(*MEMBERS, ("model.weights.h5", stored(_bomb))),
}


def stored(write: Callable[[h5py.File], None]) -> bytes:
    file = io.BytesIO()
    with h5py.File(file, "w") as tree:
        write(tree)
    return file.getvalue()


def _groups(tree: h5py.File) -> None:
    for i in range(2_000):
        tree.create_group(f"model_weights/g{i}/h")


def _deep(tree: h5py.File) -> None:
    place = tree
    for _ in range(500):
        place = place.create_group("g")


def _links(tree: h5py.File) -> None:
    tree["model_weights"] = h5py.SoftLink("/model_weights")
    tree["model_config"] = h5py.ExternalLink("/etc/passwd", "/")
    tree["loop"] = h5py.SoftLink("/loop/loop")


def _bomb(tree: h5py.File) -> None:
    tree.create_dataset(
        "model_weights/w", shape=(1 << 28,), dtype="f4", chunks=(1 << 20,), compression="gzip", fillvalue=0
    )


def _outside(tree: h5py.File) -> None:
    tree["layers/a"] = h5py.ExternalLink(_MARKER, "/")
    tree.create_dataset("layers/b/vars/0", shape=(4,), dtype="f4", external=[(_MARKER, 0, 16)])
    layout = h5py.VirtualLayout(shape=(4,), dtype="f4")
    layout[:] = h5py.VirtualSource(_MARKER, "x", shape=(4,))
    tree.create_virtual_dataset("layers/c/vars/0", layout)


def _training(tree: h5py.File) -> None:
    tree.attrs["model_config"] = json.dumps(regressor())
    loss = {"class_name": "function", "config": "system", "module": "os"}
    tree.attrs["training_config"] = json.dumps({"loss": loss, "metrics": [GADGETS[0]["config"]["function"]]})


def attribute(value: Any) -> Callable[[h5py.File], None]:
    def write(tree: h5py.File) -> None:
        tree.attrs["model_config"] = value

    return write


HDF5: dict[str, Callable[[], bytes]] = {
    "groups": lambda: stored(_groups),
    "deep": lambda: stored(_deep),
    "links": lambda: stored(_links),
    "bomb": lambda: stored(_bomb),
    "text": lambda: stored(attribute(json.dumps(regressor()))),
    "bytes": lambda: stored(attribute(json.dumps(regressor()).encode())),
    "number": lambda: stored(attribute(7)),
    "numbers": lambda: stored(attribute([1, 2, 3])),
    "not-json": lambda: stored(attribute("{")),
    "not-utf-8": lambda: stored(attribute(b"\xff\xfe")),
    "empty": lambda: stored(attribute(h5py.Empty("S10"))),
    "cut": lambda: stored(attribute(json.dumps(regressor())))[:600],
    "endless": lambda: _endless(),
    "training-config": lambda: stored(_training),
    "training-config-deep": lambda: stored(lambda tree: tree.attrs.update(training_config="[" * 100_000)),
    "junk": lambda: b"\x89HDF\r\n\x1a\n" + b"\xff" * 5_000,
}


# --- all of them ------------------------------------------------------------------------------------------------------

ENCODINGS = ("utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "latin-1", "cp037")
MODEL_FIELDS = ("name", "layers", "input_layers", "output_layers", "trainable")
LAYER_FIELDS = ("module", "class_name", "config", "registered_name", "name", "inbound_nodes", "build_config")
CALL_FIELDS = ("args", "kwargs", "args/0", "args/0/class_name", "args/0/config", "args/0/config/keras_history")


def named(name: str) -> bytes:
    """A model in which everything that has a name has this one."""
    model = functional(source("x", 3), dense(name, "x"), layer("Add", "y", ["x", name]), outputs=["y"], name=name)
    model["config"]["layers"][1]["config"]["kernel_initializer"] = {"class_name": name, "config": {name: name}}
    model["config"]["layers"].append(layer(name, "z", ["y"], activation=name))
    return dumped(model)


def alone(name: str) -> bytes:
    """A sound model of which one layer has this name."""
    return dumped(functional(source("x", 3), dense(name or "d", "x")))


def numbered(units: str) -> bytes:
    """A model with this for its units."""
    return dumped(functional(source("x", 3), dense("y", "x", units=-77))).replace(b"-77", units.encode())


def sized(size: str) -> bytes:
    """A model with this for a size of its input."""
    return dumped(functional(source("x", -77), dense("y", "x"))).replace(b"-77", size.encode())


def encoded(encoding: str) -> bytes:
    """A sound model in another encoding."""
    return json.dumps(regressor(), ensure_ascii=False).replace("price", "preis").encode(encoding)


def holding(gadget: JSON) -> bytes:
    """A model with a layer that would like to run, read or fetch something."""
    return dumped(functional(source("x", 3), gadget))


def replaced(way: Sequence[str | int], junk: Any) -> bytes:
    """A sound model with junk at a place."""
    model = regressor()
    place: Any = model
    for part in way[:-1]:
        place = place[part]
    place[way[-1]] = junk
    return dumped(model)


def _way(path: str) -> list[str | int]:
    return [int(part) if part.isdecimal() else part for part in path.split("/")]


def _endless() -> bytes:
    """HDF5 with a free part of no size among its texts."""
    data = bytearray(stored(attribute(json.dumps(regressor()))))
    at = data.index(b"GCOL") + 16
    while data[at : at + 2] != b"\0\0":
        at += 16 + -(-int.from_bytes(data[at + 8 : at + 16], "little") // 8) * 8
    data[at + 8 : at + 16] = bytes(8)
    return bytes(data)


SAVED: dict[str, Callable[[], bytes]] = {
    "cut": lambda: saved_metadata(dumped(regressor()))[:200],
    "line-ends": lambda: saved_metadata(dumped(regressor()))[:-9] + b"\x01\x02" * 20,
    "announces-much": lambda: b"\x0a\xff\xff\xff\xff\xff\xff\xff\xff\x7f_tf_keras_layer",
    "never-ending-number": lambda: b"\x0a" + b"\xff" * 64 + b"_tf_keras_layer",
    "tuples": lambda: saved_metadata(b'{"class_name": "__tuple__", "items": ' * 400 + b"[]" + b"}" * 400),
    "deep": lambda: saved_metadata(b"[" * 100_000),
    "gadget": lambda: saved_metadata(holding(GADGETS[0])),
    "graph": lambda: b"\x08\x01\x12" + field(7, b"\xff" * 5_000),
}
WRAPPED: dict[str, Callable[[], bytes]] = {
    "text-in-text": lambda: _texts(dumped(regressor()), 7),
    "text-in-text-without-end": lambda: _texts(b"{", 12),
    "documents": lambda: b'{"layerwright": 1, "model": ' * 300 + b"{}" + b"}" * 300,
    "topologies": lambda: b'{"modelTopology": ' * 300 + b"{}" + b"}" * 300,
    "circle-at-the-input": lambda: _circle(),
}


def _circle() -> bytes:
    model = functional(source("x", 4), dense("a", "b"), dense("b", "a"), outputs=["b"])
    model["config"]["input_layers"].append(["a", 0, 0])
    return dumped(model)


def _texts(text: bytes, depth: int) -> bytes:
    said = text.decode()
    for _ in range(depth):
        said = json.dumps(said)
    return said.encode()


def _all() -> Iterator[tuple[str, Callable[[], bytes]]]:
    """Each file's name and what makes it."""
    for i, name in enumerate(HOSTILE_NAMES):
        yield f"name-{i}", partial(named, name)
        yield f"only-name-{i}", partial(alone, name)
    for encoding in ENCODINGS:
        yield f"encoding-{encoding}", partial(encoded, encoding)
    for i, text in enumerate(NO_MODELS):
        yield f"no-model-{i}", partial(bytes, text)
    for i, units in enumerate(NO_NUMBERS):
        yield f"units-{i}", partial(numbered, units)
    for i, size in enumerate(NO_SIZES):
        yield f"size-{i}", partial(sized, size)
    for i, gadget in enumerate(GADGETS):
        yield f"gadget-{i}", partial(holding, gadget)
    fields: list[list[str | int]] = [["config", key] for key in MODEL_FIELDS]
    fields += [["config", "layers", 1, key] for key in LAYER_FIELDS]
    fields += [["config", "layers", 1, "inbound_nodes", 0, *_way(path)] for path in CALL_FIELDS]
    for way in fields:
        for i, junk in enumerate(JUNK):
            yield f"field-{'.'.join(map(str, way))}-{i}", partial(replaced, way, junk)
    for kind, makers in (("graph", GRAPHS), ("archive", ARCHIVES), ("hdf5", HDF5), ("saved", SAVED), ("in", WRAPPED)):
        for name, make in makers.items():
            yield f"{kind}-{name}", make


FILES: dict[str, Callable[[], bytes]] = dict(_all())
"""Every hostile file by its name, made when it is asked for."""
