"""Behind a proxy that shows the service below a path: whatever it does with the path, addresses lead back below it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from app.main import create_app
from app.settings import Settings

from .configs import regressor

BOSTON = {"dataset": "boston-housing"}
PAGES = ("/", "/p/1", "/report", "/diagnostics", "/diagnostics/GC404", "/docs", "/nothing")


@pytest.fixture
def client(tmp_path: Path) -> Iterator[TestClient]:
    settings = Settings(data=tmp_path, root_path="/layerwright", max_jobs=0, hosts=("models.example",))
    with TestClient(create_app(settings), base_url="http://models.example", follow_redirects=False) as client:
        yield client


@pytest.mark.parametrize(
    "path", ["/report", "/docs", "/static/css/tokens.css", "/api/v1/examples/mlp", "/openapi.json", "/healthz"]
)
def test_the_proxy_may_take_the_path_off_or_leave_it_on(client: TestClient, path: str) -> None:
    taken_off, left_on = client.get(path), client.get("/layerwright" + path)
    assert (taken_off.status_code, left_on.status_code) == (200, 200)
    assert taken_off.content == left_on.content


def test_what_only_begins_like_the_root_path_is_not_below_it(client: TestClient) -> None:
    assert client.get("/layerwrightful/docs").status_code == 404
    answer = client.get("/layerwright")
    assert (answer.status_code, answer.headers["location"]) == (307, "http://models.example/layerwright/")


@pytest.mark.parametrize("path", PAGES)
def test_every_address_in_a_page_is_below_the_root_path(client: TestClient, path: str) -> None:
    page = client.get(path, headers={"accept": "text/html"}).text
    addresses = re.findall(r'(?:href|src|action|data-root)="([^"#]+)', page)
    assert addresses
    assert [address for address in addresses if not re.match(r"/layerwright(/|$)", address)] == []


@pytest.mark.parametrize("path", PAGES)
def test_every_local_address_leads_somewhere(client: TestClient, path: str) -> None:
    page = client.get(path, headers={"accept": "text/html"}).text
    for address in sorted(set(re.findall(r'(?:href|src)="([^"#]+)', page))):
        assert client.get(address.removeprefix("/layerwright")).status_code == 200, address


def test_the_report_leads_back_too(client: TestClient) -> None:
    page = client.post("/report", files={"file": ("model.json", b"{")}).text
    assert "GC001" in page
    assert [address for address in re.findall(r'href="(/[^"]*)', page) if not address.startswith("/layerwright/")] == []


def test_a_job_is_found_where_its_location_says(client: TestClient) -> None:
    request = {"model": regressor(), "project": None, "data": BOSTON, "plan": {"loss": "mse"}}
    answer = client.post("/layerwright/api/v1/jobs", json=request)
    location = answer.headers["location"]
    assert location == f"/layerwright/api/v1/jobs/{answer.json()['id']}"
    assert client.get(location).json() == answer.json()


def test_programs_are_told_where_the_interface_is(client: TestClient) -> None:
    assert client.get("/openapi.json").json()["servers"] == [{"url": "/layerwright"}]
    assert "curl http://models.example/layerwright/api/v1/examples/mlp" in client.get("/docs").text


def test_a_wrong_address_of_the_interface_is_a_problem_for_programs(client: TestClient) -> None:
    for path in ("/api/v1/nothing", "/layerwright/api/v1/nothing"):
        answer = client.get(path, headers={"accept": "text/html"})
        assert (answer.status_code, answer.headers["content-type"]) == (404, "application/problem+json")


@pytest.mark.parametrize("path", ["/docs", "/layerwright/docs"])
def test_the_cookie_stays_below_the_root_path(tmp_path: Path, path: str) -> None:
    settings = Settings(data=tmp_path, root_path="/layerwright", token="open sesame")
    with TestClient(create_app(settings), follow_redirects=False) as client:
        assert client.get("/layerwright/healthz").status_code == 200
        answer = client.get(path, params={"token": "open sesame"})
        assert (answer.status_code, answer.headers["location"]) == (303, "/layerwright/docs")
        assert "Path=/layerwright;" in answer.headers["set-cookie"]
        assert client.get("/layerwright/docs").status_code == 200
        assert client.get("/elsewhere/docs").status_code == 401  # the client does not send it there


@pytest.mark.parametrize("root_path", ["layerwright", "/layerwright/", "/", "/a//b", '/"', "/a b", "//evil.example"])
def test_what_is_no_root_path_is_refused(root_path: str) -> None:
    with pytest.raises(ValueError, match="it looks like /layerwright"):
        Settings(root_path=root_path)
