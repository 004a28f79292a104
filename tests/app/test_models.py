"""Models over HTTP: the routes that keep nothing."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import h5py
import pytest
from starlette.testclient import TestClient

from app.main import create_app
from app.settings import Settings
from graphcore import CODES

from .configs import functional, layer, regressor, saved_metadata, source, with_code


@pytest.fixture
def client(tmp_path: Path) -> Iterator[TestClient]:
    with TestClient(create_app(Settings(data=tmp_path, max_jobs=0)), base_url="http://localhost") as client:
        yield client


def archive(config: Any) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("config.json", json.dumps(config))
        packed.writestr("metadata.json", "{}")
    return file.getvalue()


def test_the_gallery_is_listed_and_each_of_it_is_checked(client: TestClient) -> None:
    items = client.get("/api/v1/examples").json()["items"]
    names = ["mlp", "unet", "unet-as-printed", "transformer", "resnet50", "nasnetlarge", "broken"]
    assert [item["name"] for item in items] == names
    reports = {}
    for name in names:
        model = client.get(f"/api/v1/examples/{name}")
        assert model.headers["content-type"] == "application/json"
        reports[name] = client.post("/api/v1/check", content=model.content).json()
    assert {name: report["ok"] for name, report in reports.items()} == {**dict.fromkeys(names, True), "broken": False}
    assert {name: reports[name]["params"]["total"] for name in names[:4]} == {
        **{"mlp": 55_050, "unet": 26_017_541, "unet-as-printed": None, "transformer": 1_156_738}
    }
    assert len({problem["code"] for problem in reports["broken"]["diagnostics"]}) >= 4


@pytest.mark.parametrize("name", ["nothing", "index", "..%2fsettings", "%00"])
def test_what_is_not_in_the_gallery_is_not_found(client: TestClient, name: str) -> None:
    assert client.get(f"/api/v1/examples/{name}").status_code == 404


def test_a_form_and_a_raw_body_and_an_archive_are_the_same(client: TestClient) -> None:
    body = json.dumps(regressor()).encode()
    raw = client.post("/api/v1/check", content=body).json()
    form = client.post("/api/v1/check", files={"file": ("model.json", body)}).json()
    packed = client.post("/api/v1/check", content=archive(regressor())).json()
    assert raw["ok"] and raw == form
    assert packed["params"] == raw["params"]


@pytest.mark.parametrize(
    "body", [b"", b"{", b"null", b"\x00\x01", b"PK\x03\x04 broken", b"\x89HDF\r\n\x1a\n broken", b"[" * 99]
)
def test_what_does_not_parse_is_still_a_report(client: TestClient, body: bytes) -> None:
    answer = client.post("/api/v1/check", content=body)
    report = answer.json()
    assert (answer.status_code, report["ok"], report["dialect"], report["nodes"]) == (200, False, None, [])
    assert report["diagnostics"][0]["code"].startswith("GC0")


def test_a_large_body_is_checked_in_the_child(client: TestClient) -> None:
    body = json.dumps(regressor()).encode() + b" " * (5 << 20)
    assert client.post("/api/v1/check", content=body).json()["ok"]


def test_an_archive_that_claims_little_and_holds_much_is_bounded(client: TestClient) -> None:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("config.json", b" " * (1 << 30))
    answer = client.post("/api/v1/check", content=file.getvalue())
    assert answer.status_code in (200, 422)
    assert not answer.json().get("ok")


def test_the_document_comes_where_asked_for(client: TestClient) -> None:
    report = client.post("/api/v1/check?document=true", content=json.dumps(regressor())).json()
    assert report["document"]["layerwright"] == 1
    assert report["document"]["model"]["config"]["name"] == "regressor"


def test_drawings_are_inert_and_what_they_say_they_are(client: TestClient) -> None:
    evil = functional(source("x", 3), layer("Dense", '<script>alert("x")</script>', ["x"], units=1))
    answer = client.post("/api/v1/plot?show_layer_names=true&show_shapes=true", content=json.dumps(evil))
    assert answer.headers["content-type"] == "image/svg+xml"
    assert "sandbox" in answer.headers["content-security-policy"]
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert b"<script" not in answer.content
    assert client.post("/api/v1/plot?format=png", content=json.dumps(regressor())).content.startswith(b"\x89PNG")
    pdf = client.post("/api/v1/plot?format=pdf", content=json.dumps(regressor()))
    assert (pdf.headers["content-type"], pdf.content[:5]) == ("application/pdf", b"%PDF-")
    assert (
        client.post("/api/v1/plot?format=dot", content=json.dumps(regressor()))
        .text.lstrip()
        .startswith(("digraph", "strict digraph"))
    )


@pytest.mark.parametrize(
    "query", ["format=gif", "dpi=0", "dpi=100000", "layer_range=a", "show_shapes=perhaps", "rankdir=XX"]
)
def test_an_option_that_is_none_is_refused(client: TestClient, query: str) -> None:
    assert client.post(f"/api/v1/plot?{query}", content=json.dumps(regressor())).status_code == 422


def test_what_has_no_graph_cannot_be_drawn_or_converted(client: TestClient) -> None:
    for path in ("/api/v1/plot", "/api/v1/convert?to=python"):
        answer = client.post(path, content=b"{")
        assert (answer.status_code, answer.headers["content-type"]) == (422, "application/problem+json")
        assert answer.json()["diagnostics"][0]["code"] == "GC001"


def test_a_model_is_converted(client: TestClient) -> None:
    body = json.dumps(regressor())
    compile(client.post("/api/v1/convert?to=python", content=body).text, "model.py", "exec")
    document = client.post("/api/v1/convert?to=document", content=body).json()
    assert client.post("/api/v1/check", content=json.dumps(document)).json()["dialect"] == "document"


def test_the_catalog_describes_dense(client: TestClient) -> None:
    assert '"layers.Dense"' in client.get("/api/v1/catalog").text


MISSPELT = functional(source("x", 8), layer("Desne", "y", "x", units=-4))


def test_a_fix_of_the_report_is_made(client: TestClient) -> None:
    report = client.post("/api/v1/check", json=MISSPELT).json()
    ids = {fix["title"]: fix["id"] for problem in report["diagnostics"] for fix in problem["fixes"]}
    assert list(ids) == ['Make "y" a Dense in place of Desne']
    answer = client.post("/api/v1/fix", json={"model": MISSPELT, "fixes": list(ids.values())}).json()
    assert answer["done"] == list(ids)
    assert answer["document"]["model"]["config"]["layers"][1]["class_name"] == "Dense"
    assert [problem["code"] for problem in answer["report"]["diagnostics"]] == ["GC204"]
    again = client.post("/api/v1/fix", json={"model": answer["document"], "fixes": ["GC204-1", "GC999-1"]}).json()
    assert (again["report"]["ok"], again["missing"]) == (True, ["GC999-1"])


def test_all_safe_fixes_are_made(client: TestClient) -> None:
    broken = client.get("/api/v1/examples/broken").json()
    answer = client.post("/api/v1/fix", json={"model": broken, "fixes": "safe"}).json()
    assert len(answer["done"]) == 3
    assert {problem["code"] for problem in answer["report"]["diagnostics"]} >= {"GC202", "GC406"}


def test_the_diff_of_a_fix_belongs_to_the_document(client: TestClient) -> None:
    report = client.post("/api/v1/check?document=true", json=MISSPELT).json()
    (fix,) = report["diagnostics"][0]["fixes"]
    entry = report["document"]["model"]["config"]["layers"][1]
    (was, now) = fix["diff"]["updated"]["layer/y"]
    assert was == {key: value for key, value in entry.items() if key != "inbound_nodes"}
    assert now == {**was, "class_name": "Dense"}


def test_fixes_are_not_looked_for_where_nobody_asks(client: TestClient) -> None:
    report = client.post("/api/v1/check?fixes=false", json=MISSPELT).json()
    assert [problem["fixes"] for problem in report["diagnostics"]] == [[], []][: len(report["diagnostics"])]


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"[]",
        b"{}",
        b'{"model": {}}',
        b'{"model": {}, "fixes": "all"}',
        b'{"model": {}, "fixes": [1]}',
        b"[" * 5000,
    ],
)
def test_a_wish_for_fixes_that_is_none_is_refused(client: TestClient, body: bytes) -> None:
    answer = client.post("/api/v1/fix", content=body)
    assert (answer.status_code, answer.headers["content-type"]) == (422, "application/problem+json")


@pytest.mark.parametrize("model", ["/etc/passwd", "{", "", None, 5])
def test_what_is_no_model_has_no_fixes(client: TestClient, model: Any) -> None:
    answer = client.post("/api/v1/fix", json={"model": model, "fixes": "safe"}).json()
    assert (answer["document"], answer["done"], answer["report"]["ok"]) == (None, [], False)


def test_warnings_can_be_ignored(client: TestClient) -> None:
    body = json.dumps(functional(source("x", 8), layer("Dropout", "d", "x", rate=0))).encode()
    assert [d["code"] for d in client.post("/api/v1/check", content=body).json()["diagnostics"]] == ["GC212"]
    assert client.post("/api/v1/check?ignore=GC305,GC212", content=body).json()["diagnostics"] == []
    assert client.post("/api/v1/check?ignore=all", content=body).status_code == 422


def test_check_says_what_a_file_could_do_where_asked(client: TestClient) -> None:
    text = CODES["GC803"].example.text.encode()
    codes = [
        [problem["code"] for problem in client.post(f"/api/v1/check{asked}", content=text).json()["diagnostics"]]
        for asked in ("", "?safety=true")
    ]
    assert codes == [[], ["GC803"]]


def in_hdf5(config: Any) -> bytes:
    file = io.BytesIO()
    with h5py.File(file, "w") as tree:
        tree.attrs["model_config"] = json.dumps(config)
    return file.getvalue()


def in_saved_model(config: Any) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as packed:
        packed.writestr("model/keras_metadata.pb", saved_metadata(json.dumps(config).encode()))
        packed.writestr("model/saved_model.pb", b"")
    return file.getvalue()


def as_text(config: Any) -> bytes:
    return json.dumps(config).encode()


@pytest.mark.parametrize(
    ("name", "made", "after"),
    [
        ("net.keras", archive, "net.safe.keras"),
        ("net.h5", in_hdf5, "net.safe.h5"),
        ("net.json", as_text, "net.safe.json"),
        ("", as_text, "model.safe.json"),
        ("", in_hdf5, "model.safe.h5"),
        ("", archive, "model.safe.keras"),
        ("net", lambda config: json.dumps(json.dumps(config)).encode("utf-16"), "net.safe"),
        ("a.layerwright", lambda config: as_text({"layerwright": 1, "model": config}), "a.safe.layerwright"),
        ("x.json", lambda config: as_text({"modelTopology": {"model_config": config}}), "x.safe.json"),
    ],
)
def test_a_file_comes_back_without_what_it_could_do(client: TestClient, name: str, made: Any, after: str) -> None:
    body = made(with_code())
    sent = {"files": {"file": (name, body)}} if name else {"content": body}
    answer = client.post("/api/v1/safe-copy", **sent)
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/octet-stream")
    assert answer.headers["content-disposition"] == f"attachment; filename*=UTF-8''{after}"
    reports = [client.post("/api/v1/check?safety=true", content=file).json() for file in (body, answer.content)]
    codes = [[one["code"] for one in report["diagnostics"] if one["code"] >= "GC8"] for report in reports]
    assert codes == [["GC801"], []]
    names = [[node["layer"] for node in report["nodes"]] for report in reports]
    assert names[0] == names[1] == ["x", "hidden", "double", "out"]


def test_a_file_of_which_no_copy_would_be_safe_is_refused_with_the_reason(client: TestClient) -> None:
    huge = functional(source("x", 8), layer("Dense", "y", "x", units=10**12))
    answer = client.post("/api/v1/safe-copy", content=as_text(huge))
    assert answer.status_code == 422
    problem = answer.json()
    assert problem["detail"].startswith('No safe copy can be made: Dense "y" takes ')
    assert [one["code"] for one in problem["diagnostics"]] == ["GC805"]
    saved = client.post("/api/v1/safe-copy", content=in_saved_model(with_code())).json()
    assert saved["detail"].startswith("No safe copy can be made: a SavedModel runs the graph in its saved_model.pb")
    copied = client.post("/report/safe-copy", files={"file": ("net.json", as_text(with_code()))})
    assert copied.headers["content-disposition"].endswith("net.safe.json")
    page = client.post("/report/safe-copy", content=as_text(huge), headers={"accept": "text/html"})
    assert (page.status_code, "No safe copy can be made" in page.text) == (422, True)
    assert client.post("/api/v1/safe-copy", content=b"nothing").status_code == 422
