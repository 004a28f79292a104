"""Who may call, and what answers forbid a browser."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from app.guard import COOKIE
from app.main import create_app
from app.settings import Settings


@pytest.fixture
def client(tmp_path: Path) -> Iterator[TestClient]:
    with TestClient(create_app(Settings(data=tmp_path)), base_url="http://127.0.0.1:8000") as client:
        yield client


@pytest.fixture
def guarded(tmp_path: Path) -> Iterator[TestClient]:
    settings = Settings(data=tmp_path, host="0.0.0.0", token="open sesame")
    with TestClient(create_app(settings), base_url="http://workbench.example") as client:
        yield client


@pytest.mark.parametrize("host", ["localhost", "localhost:8000", "127.0.0.1:1", "[::1]:8000", "LOCALHOST"])
def test_loopback_may_be_called_by_its_names(client: TestClient, host: str) -> None:
    assert client.get("/api/v1/jobs", headers={"host": host}).status_code == 200


@pytest.mark.parametrize("host", ["evil.example", "localhost.evil.example", "127.0.0.1.evil.example:8000", "", "[::2]"])
def test_a_strangers_name_for_us_is_refused(client: TestClient, host: str) -> None:
    answer = client.get("/api/v1/jobs", headers={"host": host})
    assert (answer.status_code, answer.headers["content-type"]) == (403, "application/problem+json")


def test_an_allowed_name_is_let_in(tmp_path: Path) -> None:
    with TestClient(create_app(Settings(data=tmp_path, hosts=("Models.Example",)))) as client:
        assert client.get("/api/v1/jobs", headers={"host": "models.example:80"}).status_code == 200
        assert client.get("/api/v1/jobs", headers={"host": "other.example"}).status_code == 403


@pytest.mark.parametrize("method", ["GET", "POST", "DELETE", "OPTIONS"])
@pytest.mark.parametrize("origin", ["http://evil.example", "null", "http://127.0.0.1:9999", "https://"])
def test_a_strangers_page_is_refused(client: TestClient, method: str, origin: str) -> None:
    answer = client.request(method, "/api/v1/jobs", headers={"origin": origin})
    assert answer.status_code == 403
    assert not [name for name in answer.headers if name.startswith("access-control")]


def test_a_strangers_page_is_refused_without_origin_too(client: TestClient) -> None:
    foreign = {"sec-fetch-site": "cross-site", "sec-fetch-mode": "no-cors"}
    assert client.get("/api/v1/jobs", headers=foreign).status_code == 403


def test_our_own_page_is_let_in(client: TestClient) -> None:
    assert client.get("/api/v1/jobs", headers={"origin": "http://127.0.0.1:8000"}).status_code == 200


def test_without_the_token_nothing_but_health_answers(guarded: TestClient) -> None:
    answer = guarded.get("/api/v1/jobs")
    assert (answer.status_code, answer.headers["www-authenticate"]) == (401, "Bearer")
    assert guarded.get("/").status_code == 401
    assert guarded.get("/static/icons.svg").status_code == 401
    assert [guarded.get(path).status_code for path in ("/healthz", "/readyz")] == [200, 200]


@pytest.mark.parametrize("header", ["Bearer open", "bearer", "Basic open sesame", "Bearer open sesame!", "Bearer öpen"])
def test_a_wrong_token_is_refused(guarded: TestClient, header: str) -> None:
    assert guarded.get("/api/v1/jobs", headers=[(b"authorization", header.encode())]).status_code == 401


def test_the_token_opens_as_bearer(guarded: TestClient) -> None:
    assert guarded.get("/api/v1/jobs", headers={"authorization": "Bearer open sesame"}).status_code == 200


def test_the_token_in_the_address_becomes_a_cookie(guarded: TestClient) -> None:
    answer = guarded.get("/api/v1/jobs?x=1&token=open+sesame", follow_redirects=False)
    assert (answer.status_code, answer.headers["location"]) == (303, "/api/v1/jobs?x=1")
    cookie = answer.headers["set-cookie"]
    assert "HttpOnly" in cookie and "SameSite=lax" in cookie and "open" not in cookie
    assert guarded.get("/api/v1/jobs").status_code == 200  # the client keeps it
    guarded.cookies.set(COOKIE, "another")
    assert guarded.get("/healthz").status_code == 200


def test_the_token_redirects_to_us_only(guarded: TestClient) -> None:
    answer = guarded.get("http://workbench.example//evil.example/?token=open+sesame", follow_redirects=False)
    assert answer.headers["location"] == "/evil.example/"


def test_the_token_does_not_work_in_the_address_of_a_post(guarded: TestClient) -> None:
    assert guarded.post("/api/v1/check?token=open+sesame", content=b"{}").status_code == 401


def test_answers_forbid_a_browser_what_they_do_not_need(client: TestClient) -> None:
    answer = client.get("/api/v1/jobs")
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["x-frame-options"] == "DENY"
    assert answer.headers["content-security-policy"] == "default-src 'none'; frame-ancestors 'none'; sandbox"


@pytest.mark.parametrize(("accept", "kind"), [("text/html", "text/html"), ("*/*", "application/problem+json")])
def test_an_answer_about_our_own_mistake_forbids_the_same(
    client: TestClient, monkeypatch: pytest.MonkeyPatch, accept: str, kind: str
) -> None:
    def fail(*_: object) -> None:
        raise ZeroDivisionError("a secret")

    monkeypatch.setattr("app.interface.groups", fail)
    failing = TestClient(client.app, base_url="http://localhost", raise_server_exceptions=False)
    answer = failing.get("/docs", headers={"accept": accept})
    assert (answer.status_code, answer.headers["content-type"].partition(";")[0]) == (500, kind)
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["content-security-policy"].startswith("default-src 'none'; ")
    assert "secret" not in answer.text and "ZeroDivision" not in answer.text


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/api/v1/nothing", 404),
        ("GET", "/api/v1/jobs/0123456789abcdef", 404),
        ("GET", "/api/v1/jobs/..%2f..%2fetc", 404),
        ("PUT", "/api/v1/jobs", 405),
        ("TRACE", "/api/v1/check", 405),
        ("POST", "/api/v1/check?document=perhaps", 422),
        ("GET", "/api/v1/projects/0123456789abcdef", 404),
        ("POST", "/api/v1/files", 501),
        ("POST", "/api/v1/datasets", 501),
        ("GET", "/api/v1/datasets/nothing", 404),
    ],
)
def test_every_refusal_of_the_interface_is_a_problem(client: TestClient, method: str, path: str, status: int) -> None:
    answer = client.request(method, path)
    problem = answer.json()
    assert (answer.status_code, answer.headers["content-type"]) == (status, "application/problem+json")
    assert problem["status"] == status and problem["title"] and problem["detail"] and problem["type"] == "about:blank"


@pytest.mark.parametrize("path", ["/static/..%2fapp/main.py", "/static/../pyproject.toml", "/static/%2e%2e/README.md"])
def test_static_files_stay_in_their_folder(client: TestClient, path: str) -> None:
    assert client.get(path).status_code in (400, 404)
