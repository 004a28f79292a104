"""Files from strangers, over the interface: each gets a report or a problem soon, and nothing in it is run."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from app.main import create_app
from app.settings import Settings
from tests.hostile.files import (
    ARCHIVES,
    FILES,
    GADGETS,
    GRAPHS,
    HDF5,
    HOSTILE_NAMES,
    JUNK,
    NO_MODELS,
    NO_NUMBERS,
    NO_SIZES,
    attribute,
    dense,
    dumped,
    packed,
    stored,
)
from tests.hostile.watch import Watch

from .configs import JSON, functional, layer, regressor, source

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


WATCH = Watch()


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    settings = Settings(data=tmp_path_factory.mktemp("data"), max_jobs=0)
    with TestClient(create_app(settings), base_url="http://localhost") as client:
        yield client


def ask(client: TestClient, route: str, body: bytes) -> Any:
    """The answer's content: JSON that every reader takes, or text. Late, broken and 500 fail."""
    began = time.process_time()
    answer = client.post(route, content=body)
    assert time.process_time() - began < SECONDS
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


@pytest.mark.parametrize("body", NO_MODELS, ids=lambda body: ascii(body[:24].decode("latin-1")))
def test_what_is_no_model_gets_a_report(client: TestClient, body: bytes) -> None:
    assert refused(client, body)[0].startswith("GC")
    for route in SMALL_ROUTES[1:]:
        ask(client, route, body)


@pytest.mark.parametrize("units", NO_NUMBERS)
def test_numbers_that_are_none_are_answered_in_json(client: TestClient, units: str) -> None:
    body = dumped(functional(source("x", 3), dense("y", "x", units=-77))).replace(b"-77", units.encode())
    for route in SMALL_ROUTES:
        ask(client, route, body)


@pytest.mark.parametrize("size", NO_SIZES)
def test_dimensions_that_are_none_are_answered_in_json(client: TestClient, size: str) -> None:
    body = dumped(functional(source("x", -77), dense("y", "x"))).replace(b"-77", size.encode())
    for route in SMALL_ROUTES:
        ask(client, route, body)


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


@pytest.mark.parametrize("entry", GADGETS, ids=lambda entry: str(entry["class_name"]))
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
        if event[0] not in ("exec", "import") and not (event[0] == "open" and event[1].endswith((".py", ".pyc")))
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
        stored(attribute(path)),
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


@pytest.mark.parametrize("name", GRAPHS)
def test_a_graph_that_blows_up_is_answered_in_time(client: TestClient, name: str) -> None:
    body = GRAPHS[name]()
    for route in (CHECK, "/api/v1/plot", "/api/v1/convert?to=python", "/report"):
        ask(client, route, body)


@pytest.mark.parametrize("pattern", ["(a+)+$", "(", "[", "a" * 10_000, "(?:a?){50}a{50}", "\\", "*", "(?P<x>a)(?P=x)"])
def test_a_range_of_layers_is_a_bounded_expression(client: TestClient, pattern: str) -> None:
    body = dumped(functional(source("a" * 60 + "!", 4), dense("aaaa", "a" * 60 + "!")))
    began = time.process_time()
    answer = client.post("/api/v1/plot", params={"format": "dot", "layer_range": [pattern, pattern]}, content=body)
    assert time.process_time() - began < SECONDS
    assert answer.status_code in (200, 422)


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


@pytest.mark.parametrize("name", HDF5)
def test_an_hdf5_file_is_bounded_and_answered(client: TestClient, name: str) -> None:
    body = HDF5[name]()
    for route in (CHECK, "/api/v1/convert?to=python", "/report"):
        ask(client, route, body)
    assert client.get("/healthz").status_code == 200


@pytest.mark.parametrize("name", [name for name in FILES if name.startswith(("saved-", "in-"))])
def test_what_is_wrapped_is_bounded_and_answered(client: TestClient, name: str) -> None:
    body = FILES[name]()
    for route in (CHECK, "/api/v1/convert?to=python", "/report"):
        ask(client, route, body)


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
