"""Files from strangers, over the interface: each gets a report or a problem soon, and nothing in it is run."""

from __future__ import annotations

import base64
import io
import json
import re
import struct
import sys
import time
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import h5py
import pytest
from starlette.testclient import TestClient

from app.main import create_app
from app.settings import Settings

from .configs import JSON, functional, layer, regressor, source, tensor

# The promise is 5 s on an idle machine; other tests may run beside.
SECONDS = 30.0
CHECK = "/api/v1/check?document=true"
SMALL_ROUTES = [
    CHECK,
    "/api/v1/plot?show_shapes=true&show_layer_names=true&show_dtype=true&expand_nested=true&show_layer_activations=true",
    "/api/v1/plot?format=dot&show_layer_names=true&rankdir=LR",
    *(f"/api/v1/convert?to={form}" for form in ("keras3", "keras2", "python", "document")),
    "/report",
]
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


class Watch:
    """What Python did while it was watched, of what no file may make it do."""

    WATCHED = frozenset(
        {
            "open",
            "socket.connect",
            "socket.getaddrinfo",
            "subprocess.Popen",
            "os.system",
            "pickle.find_class",
            "marshal.loads",
            "exec",
            "urllib.Request",
        }
    )

    def __init__(self) -> None:
        self.seen: list[tuple[str, str]] = []
        self.is_on = False
        sys.addaudithook(self._hear)

    def _hear(self, event: str, arguments: tuple[Any, ...]) -> None:
        if self.is_on and event in self.WATCHED:
            self.seen.append((event, str(arguments[0])[:200]))

    @contextmanager
    def on(self) -> Iterator[list[tuple[str, str]]]:
        self.seen = []
        self.is_on = True
        try:
            yield self.seen
        finally:
            self.is_on = False


WATCH = Watch()


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    settings = Settings(data=tmp_path_factory.mktemp("data"), max_jobs=0)
    with TestClient(create_app(settings), base_url="http://localhost") as client:
        yield client


def ask(client: TestClient, route: str, body: bytes) -> Any:
    """The answer's content: JSON that every reader takes, or text. Late, broken and 500 fail."""
    began = time.perf_counter()
    answer = client.post(route, content=body)
    assert time.perf_counter() - began < SECONDS
    assert answer.status_code in (200, 413, 422), answer.text[:500]
    kind = answer.headers["content-type"].partition(";")[0]
    if kind in ("application/json", "application/problem+json"):
        return json.loads(answer.content.decode(), parse_constant=_refuse)
    text = answer.content.decode()
    if kind == "image/svg+xml":
        assert not re.search(
            r"<(script|image|foreignobject|style|a)\b|<[^>]*\s(on\w+|style|\S*href)\s*=", text, re.IGNORECASE
        )
    if kind == "text/x-python":
        compile(text, "model.py", "exec")
    return text


def _refuse(constant: str) -> None:
    raise AssertionError(f"{constant} is not JSON")


def refused(client: TestClient, body: bytes) -> list[str]:
    """The codes of a report that is not ok, or of a problem."""
    report = ask(client, CHECK, body)
    assert not report.get("ok"), report
    return [diagnostic["code"] for diagnostic in report.get("diagnostics", ())]


def dumped(model: Any) -> bytes:
    return json.dumps(model).encode()


def dense(name: str, *inputs: str, **config: Any) -> JSON:
    return layer("Dense", name, inputs, **{"units": 4, **config})


@pytest.mark.parametrize("name", HOSTILE_NAMES, ids=lambda name: ascii(name[:24]))
def test_names_are_only_names(client: TestClient, name: str) -> None:
    model = functional(source("x", 3), dense(name, "x"), layer("Add", "y", ["x", name]), outputs=["y"], name=name)
    model["config"]["layers"][1]["config"]["kernel_initializer"] = {"class_name": name, "config": {name: name}}
    model["config"]["layers"].append(layer(name, "z", ["y"], activation=name))
    with WATCH.on() as seen:
        for route in SMALL_ROUTES:
            ask(client, route, dumped(model))
    assert not [event for event in seen if event[0] in ("os.system", "socket.connect", "urllib.Request")]
    assert not [event for event in seen if "passwd" in event[1] or "evil" in event[1]]


@pytest.mark.parametrize("name", HOSTILE_NAMES, ids=lambda name: ascii(name[:24]))
def test_names_of_a_sound_model_come_back_as_they_were(client: TestClient, name: str) -> None:
    if "\ud800" in name:
        return  # no text of UTF-8 can hold it; what becomes of it is shown above
    report = ask(client, CHECK, dumped(functional(source("x", 3), dense(name or "d", "x"))))
    assert report["nodes"][1]["layer"] == (name or "d")


@pytest.mark.parametrize("name", HOSTILE_NAMES, ids=lambda name: ascii(name[:24]))
def test_a_drawing_and_a_program_hold_names_as_text(client: TestClient, name: str) -> None:
    body = dumped(functional(source("x", 3), dense(name or "d", "x")))
    for route in SMALL_ROUTES[1:]:
        ask(client, route, body)


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "latin-1", "cp037"])
def test_other_encodings_get_a_report(client: TestClient, encoding: str) -> None:
    body = json.dumps(regressor(), ensure_ascii=False).replace("price", "preis").encode(encoding)
    report = ask(client, CHECK, body)
    assert report["ok"] or report["diagnostics"][0]["code"].startswith("GC0")
    assert report["ok"] or encoding != "utf-8-sig"


@pytest.mark.parametrize(
    "body",
    [
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
    ],
    ids=lambda body: ascii(body[:24].decode("latin-1")),
)
def test_what_is_no_model_gets_a_report(client: TestClient, body: bytes) -> None:
    assert refused(client, body)[0].startswith("GC")
    for route in SMALL_ROUTES[1:]:
        ask(client, route, body)


@pytest.mark.parametrize(
    "units",
    [
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
    ],
)
def test_numbers_that_are_none_are_answered_in_json(client: TestClient, units: str) -> None:
    body = dumped(functional(source("x", 3), dense("y", "x", units=-77))).replace(b"-77", units.encode())
    for route in SMALL_ROUTES:
        ask(client, route, body)


@pytest.mark.parametrize("size", ["NaN", "1e999", str(2**63), str(10**400), "-1", "0", '"3"', "[]", "1.5", "true"])
def test_dimensions_that_are_none_are_answered_in_json(client: TestClient, size: str) -> None:
    body = dumped(functional(source("x", -77), dense("y", "x"))).replace(b"-77", size.encode())
    for route in SMALL_ROUTES:
        ask(client, route, body)


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


@pytest.mark.parametrize("key", ["name", "layers", "input_layers", "output_layers", "trainable"])
def test_a_models_fields_may_be_anything(client: TestClient, key: str) -> None:
    for junk in JUNK:
        model = regressor()
        model["config"][key] = junk
        for route in SMALL_ROUTES:
            ask(client, route, dumped(model))


@pytest.mark.parametrize(
    "key", ["module", "class_name", "config", "registered_name", "name", "inbound_nodes", "build_config"]
)
def test_a_layers_fields_may_be_anything(client: TestClient, key: str) -> None:
    for junk in JUNK:
        model = regressor()
        model["config"]["layers"][1][key] = junk
        for route in SMALL_ROUTES:
            ask(client, route, dumped(model))


@pytest.mark.parametrize(
    "path", ["args", "kwargs", "args/0", "args/0/class_name", "args/0/config", "args/0/config/keras_history"]
)
def test_a_calls_fields_may_be_anything(client: TestClient, path: str) -> None:
    for junk in JUNK:
        model = regressor()
        place = model["config"]["layers"][1]["inbound_nodes"][0]
        *above, last = (int(part) if part.isdecimal() else part for part in path.split("/"))
        for part in above:
            place = place[part]
        place[last] = junk
        for route in SMALL_ROUTES:
            ask(client, route, dumped(model))


_MARKER = "/proc/self/environ"
BYTECODE = base64.b64encode(b"\xe3" + b"\x00" * 40).decode()


@pytest.mark.parametrize(
    "entry",
    [
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
    ],
    ids=lambda entry: str(entry["class_name"]),
)
def test_nothing_in_a_file_is_run_read_or_fetched(client: TestClient, entry: JSON) -> None:
    body = dumped(functional(source("x", 3), entry))
    ask(client, "/report", body)  # what is imported late, is by now
    with WATCH.on() as seen:
        for route in (CHECK, *SMALL_ROUTES[2:-1]):
            text = ask(client, route, body)
            if route.endswith("python") and isinstance(text, str):
                assert not re.search(r"get_file|load_model|tf\.io|io\.read_file\(", text)
    ours = [
        event
        for event in seen
        if event[0] != "exec" and not (event[0] == "open" and event[1].endswith((".py", ".pyc")))
    ]
    assert not ours


def test_a_text_is_never_taken_for_a_path(client: TestClient, tmp_path: Path) -> None:
    secret = tmp_path / "secret.json"
    secret.write_text('{"class_name": "hidden-word"}')
    path = str(secret)
    model = regressor()
    model["config"]["layers"][1]["config"] = path
    files = [
        path.encode(),
        dumped(path),
        dumped({"layerwright": 1, "model": path, "view": {}, "plan": {}}),
        dumped({"model_config": path}),
        dumped({"class_name": "Functional", "config": path}),
        dumped(model),
        packed(("config.json", dumped(path))),
        packed(("config.json", path.encode())),
        stored(_attribute(path)),
    ]
    with WATCH.on() as seen:
        for body in files:
            for route in (CHECK, "/api/v1/convert?to=python", "/report"):
                assert "hidden-word" not in str(ask(client, route, body))
        for wish in (path, {"layerwright": 1, "model": path}, model):
            answer = client.post("/api/v1/jobs", content=dumped({"model": wish, "data": {}, "plan": {"loss": "mse"}}))
            assert answer.status_code == 422
            assert "hidden-word" not in answer.text
    assert not [event for event in seen if path in event[1]]


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


@pytest.mark.parametrize("name", GRAPHS)
def test_a_graph_that_blows_up_is_answered_in_time(client: TestClient, name: str) -> None:
    body = GRAPHS[name]()
    for route in (CHECK, "/api/v1/plot", "/api/v1/convert?to=python", "/report"):
        ask(client, route, body)


@pytest.mark.parametrize("pattern", ["(a+)+$", "(", "[", "a" * 10_000, "(?:a?){50}a{50}", "\\", "*", "(?P<x>a)(?P=x)"])
def test_a_range_of_layers_is_a_bounded_expression(client: TestClient, pattern: str) -> None:
    body = dumped(functional(source("a" * 60 + "!", 4), dense("aaaa", "a" * 60 + "!")))
    began = time.perf_counter()
    answer = client.post("/api/v1/plot", params={"format": "dot", "layer_range": [pattern, pattern]}, content=body)
    assert time.perf_counter() - began < SECONDS
    assert answer.status_code in (200, 422)


def packed(*members: tuple[str, bytes]) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members:
            archive.writestr(zipfile.ZipInfo(name) if name else zipfile.ZipInfo("x"), content, zipfile.ZIP_DEFLATED)
    return file.getvalue()


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
}


@pytest.mark.parametrize("name", ARCHIVES)
def test_an_archive_is_bounded_and_answered(client: TestClient, name: str) -> None:
    body = ARCHIVES[name]()
    for route in (CHECK, "/api/v1/convert?to=python", "/report"):
        ask(client, route, body)
    assert client.get("/healthz").status_code == 200


def test_a_config_that_stands_twice_in_an_archive_is_answered(client: TestClient) -> None:
    with pytest.warns(UserWarning, match="Duplicate name"):
        body = packed(("config.json", b"{}"), ("config.json", dumped(regressor())))
    ask(client, CHECK, body)


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


def _attribute(value: Any) -> Callable[[h5py.File], None]:
    def write(tree: h5py.File) -> None:
        tree.attrs["model_config"] = value

    return write


HDF5: dict[str, Callable[[], bytes]] = {
    "groups": lambda: stored(_groups),
    "deep": lambda: stored(_deep),
    "links": lambda: stored(_links),
    "bomb": lambda: stored(_bomb),
    "text": lambda: stored(_attribute(json.dumps(regressor()))),
    "bytes": lambda: stored(_attribute(json.dumps(regressor()).encode())),
    "number": lambda: stored(_attribute(7)),
    "numbers": lambda: stored(_attribute([1, 2, 3])),
    "not-json": lambda: stored(_attribute("{")),
    "not-utf-8": lambda: stored(_attribute(b"\xff\xfe")),
    "empty": lambda: stored(_attribute(h5py.Empty("S10"))),
    "cut": lambda: stored(_attribute(json.dumps(regressor())))[:600],
    "junk": lambda: b"\x89HDF\r\n\x1a\n" + b"\xff" * 5_000,
}


@pytest.mark.parametrize("name", HDF5)
def test_an_hdf5_file_is_bounded_and_answered(client: TestClient, name: str) -> None:
    body = HDF5[name]()
    for route in (CHECK, "/api/v1/convert?to=python", "/report"):
        ask(client, route, body)
    assert client.get("/healthz").status_code == 200


@pytest.mark.parametrize(
    ("content_type", "body"),
    [
        ("multipart/form-data", b"--b\r\n"),
        ("multipart/form-data; boundary=", b""),
        ("multipart/form-data; boundary=b", b""),
        ("multipart/form-data; boundary=b", b"--b--\r\n"),
        ("multipart/form-data; boundary=b", b"--b\r\nContent-Disposition: form-data; name=file\r\n\r\n{}"),
        ("multipart/form-data; boundary=b", b"--b\r\nContent-Disposition: form-data\r\n\r\n{}\r\n--b--\r\n"),
        ("multipart/form-data; boundary=b", b"--b\r\nA: " + b"x" * 100_000 + b"\r\n\r\n{}\r\n--b--\r\n"),
        (
            "multipart/form-data; boundary=b; charset=nonsense",
            b'--b\r\nContent-Disposition: form-data; name="file"\r\n\r\n\xff\r\n--b--\r\n',
        ),
        (
            "multipart/form-data; boundary=b",
            b'--b\r\nContent-Disposition: form-data; name="f"\r\n\r\nx\r\n' * 100 + b"--b--\r\n",
        ),
        (
            "multipart/form-data; boundary=b",
            b'--b\r\nContent-Disposition: form-data; name="file"; filename="a"\r\n\r\n{}\r\n' * 9 + b"--b--\r\n",
        ),
        ("multipart/form-data; boundary=" + "b" * 10_000, b"x"),
        ("multipart/form-data; boundary=b", b"\xff" * 1000),
        ("multipart/form-data; boundary*=utf-8''b%ff", b"--b"),
    ],
)
def test_a_broken_form_is_refused(client: TestClient, content_type: str, body: bytes) -> None:
    for path in ("/api/v1/check", "/report"):
        answer = client.post(path, content=body, headers={"content-type": content_type})
        assert answer.status_code in (200, 400, 422), answer.text
        assert answer.headers["content-type"].startswith(("application/problem+json", "application/json", "text/html"))


@pytest.mark.parametrize(
    "content_type", ["text/html", "application/json; charset=utf-16", "\x7f", "a" * 5_000, "", "/"]
)
def test_any_other_type_of_content_is_the_file(client: TestClient, content_type: str) -> None:
    answer = client.post("/api/v1/check", content=dumped(regressor()), headers={"content-type": content_type})
    assert answer.json()["ok"]


@pytest.mark.parametrize(
    "method", ["GET", "PUT", "PATCH", "DELETE", "HEAD", "TRACE", "CONNECT", "PROPFIND", "\N{LATIN SMALL LETTER A}"]
)
@pytest.mark.parametrize("path", ["/api/v1/check", "/report", "/api/v1/jobs", "/static/css/tokens.css"])
def test_an_odd_method_is_no_mistake_of_ours(client: TestClient, method: str, path: str) -> None:
    assert client.request(method, path).status_code < 500


@pytest.mark.parametrize(
    "path",
    [
        "/%00",
        "/%ff",
        "/p/%ff",
        "/diagnostics/%ff",
        "/diagnostics/%00",
        "/api/v1/examples/%ff",
        "/static/%00",
        "/static/%ff",
        "/static/..%2f..%2fetc%2fpasswd",
        "/static/....//....//etc/passwd",
        "/static//etc/passwd",
        "/static/css",
        "/" + "a" * 8_000,
        "/static/" + "a" * 5_000,
        "/api/v1/jobs/%ff",
        "/api/v1/datasets/%ff",
        "/diagnostics/GC404/..%2f..",
        "//evil.example/",
    ],
)
def test_an_odd_address_is_not_found(client: TestClient, path: str) -> None:
    for accept in ("text/html", "*/*"):
        answer = client.get("http://localhost" + path, headers={"accept": accept}, follow_redirects=False)
        assert answer.status_code in (200, 400, 404)
        assert answer.status_code != 200 or path.startswith("/p/")
        assert "root:" not in answer.text


@pytest.mark.parametrize(
    "wish",
    [
        b"",
        b"{",
        b"[]",
        b"null",
        b"7",
        b"\xff",
        b"[" * 100_000,
        b"9" * 5_000,
        b'{"model": null}',
        b'{"model": {}}',
        b'{"model": 7, "data": 7, "plan": 7}',
        b'{"model": "{"}',
    ],
)
def test_a_wish_that_is_none_is_refused(client: TestClient, wish: bytes) -> None:
    answer = client.post("/api/v1/jobs", content=wish)
    assert (answer.status_code, answer.headers["content-type"]) == (422, "application/problem+json")


def test_a_plan_may_hold_anything_and_is_never_a_mistake_of_ours(client: TestClient) -> None:
    keys = [
        "optimizer",
        "loss",
        "loss_weights",
        "metrics",
        "epochs",
        "batch_size",
        "validation_split",
        "shuffle",
        "seed",
        "run_eagerly",
        "jit_compile",
        "mixed_precision",
        "frozen",
        "initial_weights",
        "callbacks",
        "nonsense",
    ]
    odd = [
        *JUNK,
        float("nan"),
        float("inf"),
        10**400,
        "\ud800",
        "<script>",
        {"class_name": "os.system", "config": {"x": 1}},
        [{"class_name": "LambdaCallback", "config": {}}],
        {"module": "os", "class_name": "system"},
    ]
    for key in keys:
        for value in odd:
            wish = {"model": regressor(), "data": {"synthetic": {"samples": 8}}, "plan": {"loss": "mse", key: value}}
            answer = client.post("/api/v1/jobs", content=dumped(wish))
            assert answer.status_code in (201, 422, 503), (key, value, answer.text[:300])
            json.loads(answer.content.decode(), parse_constant=_refuse)
            if answer.status_code == 201:
                client.post(f"/api/v1/jobs/{answer.json()['id']}/cancel")


def test_data_may_be_anything(client: TestClient) -> None:
    odd = [
        *JUNK,
        {"dataset": "../../etc/passwd"},
        {"dataset": 7},
        {"dataset": ["iris"]},
        {"synthetic": 7},
        {"synthetic": None},
        {"synthetic": {"samples": -1}},
        {"synthetic": {"samples": 10**30}},
        {"synthetic": {"samples": "8"}},
        {"synthetic": {"seed": -1}},
        {"synthetic": {"seed": 1.5}},
        {"synthetic": {"seed": float("nan")}},
    ]
    for data in odd:
        answer = client.post(
            "/api/v1/jobs", content=dumped({"model": regressor(), "data": data, "plan": {"loss": "mse"}})
        )
        assert answer.status_code in (201, 422), (data, answer.text[:300])


@pytest.mark.parametrize(
    "header", ["accept", "content-type", "last-event-id", "if-none-match", "range", "cookie", "referer"]
)
@pytest.mark.parametrize("value", ["\xff", "a" * 4_000, ',;="', "bytes=-1,-2,5-1", "*"])
def test_odd_headers_are_no_mistake_of_ours(client: TestClient, header: str, value: str) -> None:
    for path in (
        "/",
        "/report",
        "/static/css/tokens.css",
        "/api/v1/examples/mlp",
        "/api/v1/jobs/0123456789abcdef/events",
    ):
        answer = client.get(path, headers=[(header.encode(), value.encode("latin-1"))])
        assert answer.status_code < 500
