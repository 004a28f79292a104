"""Explanations over HTTP: why a shape, and what a traceback means."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from app.main import create_app
from app.settings import Settings
from app.wire import Explanation, TracebackReading

from .configs import functional, layer, regressor, source

SAID = "TypeError: Dense.__init__() missing 1 required positional argument: 'units'"


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    settings = Settings(data=tmp_path_factory.mktemp("data"), max_jobs=0)
    with TestClient(create_app(settings), base_url="http://localhost") as client:
        yield client


def ask(client: TestClient, **said: Any) -> Any:
    answer = client.post("/api/v1/explain", json=said)
    assert answer.status_code == 200, answer.text
    return answer.json()


def test_why_a_shape(client: TestClient) -> None:
    model = functional(source("x", 13), layer("Dense", "y", "x", units=4))
    said = ask(client, model=model, layer="y")
    assert Explanation(**said).model_dump(mode="json") == said
    assert (said["shape"], [axis["size"] for axis in said["axes"]]) == ([None, 4], [None, 4])
    assert said["axes"][1]["steps"][0]["text"] == "units = 4"


def test_what_a_traceback_means(client: TestClient) -> None:
    said = ask(client, traceback=SAID)
    TracebackReading(**said)
    assert [(d["code"], d["layer"]) for d in said["diagnostics"]] == [("GC203", None)]


def test_what_it_means_in_the_model(client: TestClient) -> None:
    model = functional(source("x", 13), layer("Dense", "y", "x"))
    (found,) = ask(client, traceback=SAID, model=model)["diagnostics"]
    assert (found["code"], found["layer"], found["pointer"]) == ("GC203", "y", "/config/layers/1/config")
    assert ask(client, traceback="no such words")["diagnostics"] == []


@pytest.mark.parametrize(
    "said",
    [
        {},
        {"model": {}},
        {"layer": "y"},
        {"model": regressor(), "layer": "none"},
        {"model": regressor(), "layer": 3},
        {"model": regressor(), "layer": "y", "node_index": "0"},
        {"model": regressor(), "layer": "y", "path": "y"},
        {"model": 3, "layer": "y"},
        {"traceback": 3},
    ],
)
def test_what_cannot_be_explained_is_refused(client: TestClient, said: Any) -> None:
    answer = client.post("/api/v1/explain", json=said)
    assert (answer.status_code, answer.headers["content-type"]) == (422, "application/problem+json")


@pytest.mark.parametrize("body", [b"", b"[]", b"{", b"[" * 100_000, b"\xff"])
def test_what_is_no_request_is_refused(client: TestClient, body: bytes) -> None:
    assert client.post("/api/v1/explain", content=body).status_code == 422


def test_a_path_is_not_opened(client: TestClient, tmp_path: Path) -> None:
    secret = tmp_path / "model.json"
    secret.write_text("secret")
    said = ask(client, traceback=SAID, model=str(secret))
    assert [d["code"] for d in said["diagnostics"]] == ["GC203"]
    assert "secret" not in client.post("/api/v1/explain", json={"model": str(secret), "layer": "y"}).text
