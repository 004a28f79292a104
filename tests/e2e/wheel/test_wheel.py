"""README's path with the wheel: installed in an empty environment, used from a folder that has an `app` of its own."""

from __future__ import annotations

import hashlib
import json
import re
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from email.parser import Parser
from io import BytesIO
from pathlib import Path
from urllib.parse import urljoin

import h5py
import httpx2
import pytest
from playwright.sync_api import Browser, expect

from tests.app.configs import regressor
from tests.e2e.conftest import PATIENCE, watched

from .environments import ROOT, Environment, build_wheel, empty, install, install_beside

# It asks an index for what the wheel depends on, and it drives Chromium: not for the suite of seconds.
pytestmark = pytest.mark.browser

EXAMPLES = ROOT / "app" / "examples"
MOST_BYTES = 5_000_000


@pytest.fixture(scope="session")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build_wheel(ROOT, tmp_path_factory.mktemp("wheel"))


@pytest.fixture(scope="session")
def bare(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Environment:
    """`pip install layerwright`."""
    folder = tmp_path_factory.mktemp("bare")
    environment = empty(folder / "venv", folder / "work")
    install(environment, wheel, folder)
    shutil.copy(EXAMPLES / "resnet50.json", environment.folder)
    shutil.copy(EXAMPLES / "broken.json", environment.folder)
    return environment


@pytest.fixture(scope="session")
def service(bare: Environment) -> Iterator[httpx2.Client]:
    with bare.served() as address, httpx2.Client(base_url=address, timeout=PATIENCE / 1000) as client:
        yield client


# --- what it is -------------------------------------------------------------------------------------------------------


def test_it_is_small_and_pure_and_takes_no_common_name(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()
    assert wheel.name.endswith("-py3-none-any.whl")
    assert {name.split("/")[0] for name in names if ".dist-info/" not in name} == {"graphcore", "layerwright_server"}
    assert wheel.stat().st_size <= MOST_BYTES


def test_it_holds_what_the_service_delivers_and_its_types(wheel: Path) -> None:
    names = set(zipfile.ZipFile(wheel).namelist())
    tracked = subprocess.run(
        ["git", "ls-files", "app", "static", "templates"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout.split()
    server = {f"layerwright_server/{name.removeprefix('app/')}" for name in tracked}
    assert server - names == set()
    assert "graphcore/py.typed" in names
    assert [name for name in names if re.search(r"static/dist/editor-[\w-]+\.js$", name)]


def test_it_says_what_it_is(wheel: Path) -> None:
    archive = zipfile.ZipFile(wheel)
    (metadata,) = (name for name in archive.namelist() if name.endswith(".dist-info/METADATA"))
    said = Parser().parsestr(archive.read(metadata).decode())
    assert (said["License-Expression"], said["Requires-Python"]) == ("Apache-2.0", ">=3.11")
    assert said["Description-Content-Type"] == "text/markdown"
    assert str(said.get_payload()).startswith("# Layerwright\n")
    asked = said.get_all("Requires-Dist") or []
    assert [r for r in asked if "extra ==" not in r and re.match("tensorflow|keras|numpy|mlxtend|scikit", r)] == []


def test_it_is_the_same_however_often_and_from_what_it_is_built(wheel: Path, tmp_path: Path) -> None:
    built = subprocess.run([sys.executable, "-m", "hatchling", "build", "-t", "sdist", "-d", tmp_path], cwd=ROOT)
    assert built.returncode == 0
    (archive,) = tmp_path.glob("*.tar.gz")
    again = build_wheel(archive, tmp_path)
    assert hashlib.sha256(again.read_bytes()).digest() == hashlib.sha256(wheel.read_bytes()).digest()


def test_without_the_editor_there_is_no_wheel(tmp_path: Path) -> None:
    for name in ("pyproject.toml", "hatch_build.py", "README.md", "LICENSE", "graphcore", "app", "static", "templates"):
        (tmp_path / name).symlink_to(ROOT / name)
    (tmp_path / "static").unlink()
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel"]
    built = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert built.returncode != 0
    assert "static/dist is missing: make wheel builds the editor" in built.stderr


# --- without the extra ------------------------------------------------------------------------------------------------


def test_nothing_of_ours_is_called_app_and_nothing_trains(bare: Environment) -> None:
    installed = {path.name for path in bare.packages.iterdir()}
    assert {"graphcore", "layerwright_server"} <= installed
    assert installed & {"app", "static", "templates", "tensorflow", "keras"} == set()


def test_the_library_is_imported_and_checks(bare: Environment) -> None:
    code = "import graphcore; print([p.code for p in graphcore.check('broken.json').diagnostics])"
    assert bare.run("python", "-c", code).stdout == "['GC204', 'GC202', 'GC406', 'GC201', 'GC302', 'GC410']\n"


def test_the_command_does_what_the_readme_says(bare: Environment) -> None:
    assert re.fullmatch(r"layerwright \d+\.\d+\.\d+\n", bare.run("layerwright", "--version").stdout)
    checked = bare.run("layerwright", "check", "--ignore", "GC211", "resnet50.json")
    assert (checked.returncode, checked.stderr) == (0, "")
    assert checked.stdout == "ok  resnet50.json  resnet50  Keras 3  177 layers  25,636,712 parameters\n"
    assert bare.run("layerwright", "check", "broken.json").returncode == 1
    assert "conv1_conv (Conv2D)" in bare.run("layerwright", "summary", "resnet50.json").stdout
    converted = bare.run("layerwright", "convert", "resnet50.json", "--to", "python", "-o", "resnet50.py")
    assert (converted.returncode, converted.stderr) == (0, "")
    compile((bare.folder / "resnet50.py").read_text(), "resnet50.py", "exec")


@pytest.mark.parametrize(("format", "begins"), [("svg", b"<?xml"), ("png", b"\x89PNG"), ("pdf", b"%PDF-")])
def test_a_diagram_is_drawn(bare: Environment, format: str, begins: bytes) -> None:
    drawn = bare.run("layerwright", "plot", "resnet50.json", "-o", f"resnet50.{format}", "--show-shapes")
    assert drawn.returncode == 0, drawn.stderr
    assert (bare.folder / f"resnet50.{format}").read_bytes().startswith(begins)


@pytest.mark.parametrize("path", ["/", "/report", "/diagnostics/GC404", "/docs"])
def test_a_page_and_all_that_it_loads_are_there(service: httpx2.Client, path: str) -> None:
    page = service.get(path)
    assert page.status_code == 200
    loaded = re.findall(r'<(?:script|link)[^>]* (?:src|href)="([^"]+)"', page.text)
    assert len(loaded) >= 3
    assert [(link, status) for link in loaded if (status := service.get(urljoin(path, link)).status_code) != 200] == []


def test_models_are_checked_drawn_and_converted_over_http(service: httpx2.Client) -> None:
    model = service.get("/api/v1/examples/mlp").content
    assert service.post("/api/v1/check", content=model).json()["params"]["total"] == 55_050
    for query in ("plot?format=svg", "plot?format=png", "plot?format=pdf", "convert?to=python"):
        assert service.post(f"/api/v1/{query}", content=model).status_code == 200, query
    report = service.post("/report", files={"file": ("mlp.json", model)})
    assert "no problems" in report.text and "data:image/svg+xml" in report.text


def test_an_archive_is_read_in_the_child_process(service: httpx2.Client) -> None:
    file = BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("config.json", json.dumps(regressor()))
        archive.writestr("metadata.json", '{"keras_version": "3.15.1"}')
    assert service.post("/api/v1/check", content=file.getvalue()).json()["ok"] is True


def test_a_project_is_kept(service: httpx2.Client) -> None:
    made = service.post("/api/v1/projects", json=regressor())
    assert made.status_code == 201
    assert service.get(f"/api/v1/projects/{made.json()['id']}/document").json()["layerwright"] == 1


def test_a_training_is_refused_with_what_to_install(service: httpx2.Client) -> None:
    request = {"model": regressor(), "plan": {"loss": "mse"}, "data": {"synthetic": {"samples": 64}}}
    refused = service.post("/api/v1/jobs", json=request)
    assert (refused.status_code, refused.headers["content-type"]) == (501, "application/problem+json")
    assert "pip install 'layerwright[train]'" in refused.json()["detail"]


def test_the_editor_opens_a_model_in_a_browser(service: httpx2.Client, browser: Browser) -> None:
    with watched(browser, str(service.base_url)) as page:
        page.goto("/?open=/api/v1/examples/resnet50")
        canvas = page.get_by_test_id("canvas")
        expect(canvas).to_have_attribute("data-state", "ready", timeout=PATIENCE)
        expect(canvas).to_have_attribute("data-nodes", "177")
        page.get_by_role("button", name="Train").click()
        expect(page.get_by_text("pip install 'layerwright[train]'")).to_be_visible()


# --- with the extra ---------------------------------------------------------------------------------------------------


@pytest.mark.keras
def test_with_the_extra_a_model_is_trained_and_its_weights_are_taken_away(wheel: Path, tmp_path: Path) -> None:
    environment = empty(tmp_path / "venv", tmp_path / "work")
    install_beside(environment, wheel, "train")
    with environment.served() as address, httpx2.Client(base_url=address, timeout=PATIENCE / 1000) as client:
        request = {"model": regressor(), "plan": {"loss": "mse", "epochs": 1}, "data": {"dataset": "boston-housing"}}
        asked = client.post("/api/v1/jobs", json=request)
        assert asked.status_code == 201, asked.text
        job = f"/api/v1/jobs/{asked.json()['id']}"
        events = client.get(f"{job}/events").text  # closes after `end`
        assert re.findall(r"^event: (epoch|end)$", events, re.MULTILINE) == ["epoch", "end"], events
        assert client.get(job).json()["state"] == "succeeded"
        weights = client.get(f"{job}/weights", params={"format": "weights.h5"})
    with h5py.File(BytesIO(weights.content)) as file:
        shapes = [file[f"layers/dense{i}/vars/{k}"].shape for i in ("", "_1") for k in (0, 1)]
    assert shapes == [(13, 16), (16,), (16, 1), (1,)]
