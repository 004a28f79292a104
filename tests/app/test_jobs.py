"""Training over HTTP: what is refused before it is queued, and one job from the request to its weights."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from app.main import create_app
from app.settings import Settings
from app.training.requests import Prepared, prepare

from .configs import digit_classifier, functional, layer, regressor, source

BOSTON = {"dataset": "boston-housing"}


@pytest.fixture
def client(tmp_path: Path) -> Iterator[TestClient]:
    """A service where nothing ever starts: jobs stay in the queue."""
    with TestClient(
        create_app(Settings(data=tmp_path, max_jobs=0, max_queued=3)), base_url="http://localhost"
    ) as client:
        yield client


def submit(client: TestClient, model: Any, data: Any = BOSTON, **plan: Any) -> Any:
    return client.post("/api/v1/jobs", json={"model": model, "project": None, "data": data, "plan": plan})


def problems(answer: Any) -> list[tuple[str, str]]:
    assert (answer.status_code, answer.headers["content-type"]) == (422, "application/problem+json")
    return [(problem["code"], problem["pointer"]) for problem in answer.json()["diagnostics"]]


def test_a_job_that_can_work_is_queued(client: TestClient) -> None:
    answer = submit(client, regressor(), loss="mse", epochs=3)
    job = answer.json()
    assert (answer.status_code, answer.headers["location"]) == (201, f"/api/v1/jobs/{job['id']}")
    assert job == {
        **{"id": job["id"], "state": "queued", "epoch": 0, "epochs": 3, "step": 0, "steps": 0},
        **{"history": {}, "error": None, "formats": []},
    }
    assert client.get(answer.headers["location"]).json() == job
    assert client.get("/api/v1/jobs").json() == {"items": [job], "next": None}


@pytest.mark.parametrize(
    ("data", "plan", "expected"),
    [
        ({"dataset": "digits"}, {"loss": "mse"}, ("GC503", "/data")),
        ({"dataset": "boston"}, {"loss": "mse"}, ("GC506", "/data/dataset")),
        ({"dataset": ["iris"]}, {"loss": "mse"}, ("GC506", "/data/dataset")),
        ({"dataset": "../../etc/passwd"}, {"loss": "mse"}, ("GC506", "/data/dataset")),
        (None, {"loss": "mse"}, ("GC505", "/data")),
        ({"synthetic": {"samples": 0}}, {"loss": "mse"}, ("GC505", "/data/synthetic/samples")),
        ({"synthetic": {"samples": 8, "sed": 0}}, {"loss": "mse"}, ("GC505", "/data/synthetic")),
        (BOSTON, {}, ("GC505", "/plan")),
        (BOSTON, {"loss": "mse", "epochs": 0}, ("GC505", "/plan/epochs")),
        (BOSTON, {"loss": "mse", "initial_weights": "abc"}, ("GC505", "/plan/initial_weights")),
    ],
)
def test_what_cannot_work_is_refused_with_its_place(
    client: TestClient, data: Any, plan: dict[str, Any], expected: tuple[str, str]
) -> None:
    assert problems(submit(client, regressor(), data, **plan)) == [expected]


def test_errors_of_the_model_point_into_the_request(client: TestClient) -> None:
    model = functional(source("x", 13), layer("Dense", "price", ["x"], units=-1))
    (problem,) = problems(submit(client, model, loss="mse"))
    assert problem[0] == "GC204" and problem[1].startswith("/model/config/layers/1")


def test_layers_that_could_run_something_are_refused(client: TestClient) -> None:
    custom = {**layer("Mine", "mine", ["x"]), "module": None, "registered_name": "Mine"}
    model = functional(source("x", 13), custom, layer("Dense", "y", ["x"], units=1), outputs=["y"])
    assert ("GC507", "/model") in problems(submit(client, model, loss="mse"))


def test_a_model_without_weights_is_refused(client: TestClient) -> None:
    model = functional(source("x", 13), layer("ReLU", "y", ["x"]))
    assert problems(submit(client, model, {"synthetic": {}}, loss="mse")) == [("GC501", "/model")]


@pytest.mark.parametrize("body", [b"", b"[]", b'{"plan": {}}', b"{" * 100_000])
def test_a_body_that_is_no_request_is_refused(client: TestClient, body: bytes) -> None:
    answer = client.post("/api/v1/jobs", content=body)
    assert (answer.status_code, answer.headers["content-type"]) == (422, "application/problem+json")


def test_a_full_queue_is_said(client: TestClient) -> None:
    codes = [submit(client, regressor(), loss="mse").status_code for _ in range(4)]
    assert codes == [201, 201, 201, 503]


def test_a_job_that_runs_is_not_deleted_and_one_that_ended_is(client: TestClient, tmp_path: Path) -> None:
    path = submit(client, regressor(), loss="mse").headers["location"]
    assert client.delete(path).status_code == 409
    client.post(f"{path}/cancel")
    with client.stream("GET", f"{path}/events") as events:
        assert 'event: end\ndata: {"state": "cancelled", "error": null}' in "".join(events.iter_text())
    assert client.get(f"{path}/weights").status_code == 404
    assert client.delete(path).status_code == 204
    assert client.get(path).status_code == 404
    assert list((tmp_path / "jobs").iterdir()) == []


@pytest.mark.parametrize(
    ("format", "status"), [("weights.h5", 404), ("keras", 404), ("onnx", 501), ("../../plan.json", 422), ("", 422)]
)
def test_weights_that_are_not_there(client: TestClient, format: str, status: int) -> None:
    path = submit(client, regressor(), loss="mse").headers["location"]
    answer = client.get(f"{path}/weights", params={"format": format})
    assert (answer.status_code, answer.headers["content-type"]) == (status, "application/problem+json")


def test_datasets_are_described_and_shown(client: TestClient) -> None:
    items = {item["id"]: item for item in client.get("/api/v1/datasets").json()["items"]}
    assert set(items) == {"boston-housing", "diabetes", "iris", "wine", "breast-cancer", "digits", "mnist-5k"}
    boston = client.get("/api/v1/datasets/boston-housing").json()
    assert boston["columns"][0] == "CRIM" and boston["columns"][-1] == "MEDV"
    assert boston["preview"][0] == [0.00632, 18, 2.31, 0, 0.538, 6.575, 65.2, 4.09, 1, 296, 15.3, 396.9, 4.98, 24]
    assert boston["task"] == "regression" and boston["samples"] == 506
    for id in items:
        shown = client.get(f"/api/v1/datasets/{id}").json()
        assert {len(row) for row in shown["preview"]} == {len(shown["columns"])}
        assert all(len(shown["columns"]) - 1 == _size(shape) for shape in shown["inputs"][0]["shapes"])


def _size(shape: list[int]) -> int:
    size = 1
    for dim in shape:
        size *= dim
    return size


@pytest.mark.keras
def test_a_digit_classifier_is_trained_over_http(tmp_path: Path) -> None:
    import keras
    import numpy as np

    with TestClient(create_app(Settings(data=tmp_path)), base_url="http://localhost") as client:
        answer = submit(
            client, digit_classifier(), {"dataset": "digits"}, loss="sparse_categorical_crossentropy",
            metrics=["accuracy"], epochs=2, validation_split=0.2, seed=7,
        )  # fmt: skip
        assert answer.status_code == 201, answer.text
        path = answer.headers["location"]
        with client.stream("GET", f"{path}/events") as events:
            kinds = [line.removeprefix("event: ") for line in events.iter_lines() if line.startswith("event: ")]
        assert kinds.index("batch") < kinds.index("epoch") < kinds.index("artifact") < kinds.index("end")
        job = client.get(path).json()
        assert (job["state"], job["formats"]) == ("succeeded", ["weights.h5", "keras"])
        files = {}
        for format in job["formats"]:
            got = client.get(f"{path}/weights", params={"format": format})
            assert got.headers["content-disposition"] == f'attachment; filename="model.{format}"'
            files[format] = tmp_path / f"model.{format}"
            files[format].write_bytes(got.content)
    plain = keras.models.model_from_json(json.dumps(digit_classifier()))
    plain.load_weights(files["weights.h5"])
    images = np.random.default_rng(0).random((4, 8, 8, 1), dtype="float32")
    saved = keras.models.load_model(files["keras"])
    np.testing.assert_array_equal(plain.predict(images, verbose=0), saved.predict(images, verbose=0))


def test_how_a_file_was_compiled_is_left_out() -> None:
    model = {**regressor(), "compile_config": {"loss": {"class_name": "Mine", "module": None}}}
    wanted = {"model": model, "data": {"synthetic": {"samples": 8, "seed": 0}}, "plan": {"loss": "mse"}}
    prepared = prepare(json.dumps(wanted).encode())
    assert isinstance(prepared, Prepared)
    assert "compile_config" not in prepared.config
