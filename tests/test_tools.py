"""What `make` runs: the lock's sets, the editor's build, the port."""

from __future__ import annotations

import re
import socket
import tomllib
from pathlib import Path

import pytest

from tools import editor, image, image_test, install, serve

LOCK = """\
alpha==1.0 \\
    --hash=sha256:aa
    # via root-one
beta==2.0 ; python_version < '3.12' \\
    --hash=sha256:bb
    # via
    #   alpha
    #   layerwright (pyproject.toml:test)
beta==3.0 ; python_version >= '3.12' \\
    --hash=sha256:cc
    # via
    #   alpha
    #   layerwright (pyproject.toml:test)
gamma==4.0 \\
    --hash=sha256:dd
    # via layerwright (pyproject.toml:test)
root-one==5.0 \\
    --hash=sha256:ee \\
    --hash=sha256:ff
    # via layerwright (pyproject.toml)
"""


def test_a_set_is_what_its_roots_need() -> None:
    chosen = install.select(LOCK, ["Root_One"])
    assert re.findall(r"^\S+", chosen, flags=re.MULTILINE) == ["alpha==1.0", "beta==2.0", "beta==3.0", "root-one==5.0"]
    assert chosen.count("--hash") == 5


def test_what_is_wanted_alone_brings_nothing() -> None:
    chosen = install.select(LOCK, ["alpha", "gamma"], alone={"alpha"})
    assert re.findall(r"^\S+", chosen, flags=re.MULTILINE) == ["alpha==1.0", "gamma==4.0"]


def test_all_sets_together_are_the_lock() -> None:
    project = tomllib.loads(install.PROJECT.read_text())
    sets = ["run", *project["project"]["optional-dependencies"], *project["dependency-groups"]]
    roots = [root for name in sets for root in install.roots_of(project, name)]
    assert install.select(install.LOCK.read_text(), roots) == install.LOCK.read_text()


def test_the_lock_names_no_registry() -> None:
    assert re.findall(r"https?://|--index-url", install.LOCK.read_text()) == []


@pytest.mark.parametrize("lock", ["frontend/package-lock.json", "tests/e2e/browser/package-lock.json"])
def test_the_editor_lock_names_no_registry(lock: str) -> None:
    assert '"resolved"' not in (install.ROOT / lock).read_text()


def test_a_set_that_stands_is_left_alone(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    asked: list[tuple[str, ...]] = []

    def pip(*arguments: str) -> int:
        asked.append(arguments)
        return 0

    monkeypatch.setattr("sys.prefix", str(tmp_path))
    monkeypatch.setattr(install, "_pip", pip)
    assert (install.main(["run", "project"]), len(asked)) == (0, 2)
    assert (install.main(["run", "project"]), len(asked)) == (0, 2)


def test_without_training_the_rest_is_installed(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.prefix", str(tmp_path))
    monkeypatch.setattr(install, "_pip", lambda *arguments: int(arguments[-1].endswith("-train.txt")))
    assert install.main(["run", "train", "project"]) == 0
    assert "Training is off" in capsys.readouterr().out
    assert sorted(stamp.name for stamp in tmp_path.glob(".installed-*")) == [".installed-project", ".installed-run"]


def test_what_cannot_be_installed_ends_the_installation(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("sys.prefix", str(tmp_path))
    monkeypatch.setattr(install, "_pip", lambda *arguments: 1)
    assert install.main(["run", "project"]) == 1


def test_the_editor_is_built_when_its_sources_changed(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    built: list[str] = []

    def node(folder: Path, script: Path, *arguments: str) -> int:
        built.append(script.name)
        editor.DIST.mkdir(exist_ok=True)
        return 0

    sources = tmp_path / "frontend"
    sources.mkdir()
    monkeypatch.setattr(editor, "ROOT", tmp_path)
    monkeypatch.setattr(editor, "EDITOR", sources)
    monkeypatch.setattr(editor, "DIST", tmp_path / "dist")
    monkeypatch.setattr(editor, "modules", lambda folder: 0)
    monkeypatch.setattr(editor, "_node", node)
    (sources / "main.ts").write_text("1")
    assert [editor.build(), editor.build(), len(built)] == [0, 0, 1]
    (sources / "main.test.ts").write_text("a test is not in it")
    assert [editor.build(), len(built)] == [0, 1]
    (sources / "main.ts").write_text("2")
    assert [editor.build(), len(built)] == [0, 2]


@pytest.mark.parametrize(
    ("version", "fits"),
    [
        ("v18.20.0", False),
        ("v20.18.3", False),
        ("v20.19.0", True),
        ("v21.7.0", False),
        ("v22.11.0", False),
        ("v22.12.0", True),
        ("v24.1.0", True),
        ("", False),
    ],
)
def test_which_node_vite_runs_on(version: str, fits: bool) -> None:
    assert editor.is_new_enough(version) is fits


def test_a_taken_port_is_seen() -> None:
    def left() -> int:
        with socket.socket() as taken:
            taken.bind(("127.0.0.1", 0))
            taken.listen()
            port: int = taken.getsockname()[1]
            assert not serve.is_free("127.0.0.1", port)
        return port

    # Another process may take one of them as soon as it is left, but not all.
    assert any(serve.is_free("127.0.0.1", left()) for _ in range(10))


def test_the_image_is_built_with_the_callers_files_as_secrets(tmp_path: Path) -> None:
    (tmp_path / "pip.conf").touch()
    environ = {
        "PIP_CONFIG_FILE": str(tmp_path / "pip.conf"),
        "PIP_CERT": "",
        "SSL_CERT_FILE": str(tmp_path / "nothing.pem"),
        "HTTPS_PROXY": "http://somebody:secret@proxy.example",
    }
    said = list(image.arguments("debian", environ))
    assert said[0] == "--build-arg=BASE=debian"
    assert [argument for argument in said if "secret" in argument] == [f"--secret=id=pip,src={tmp_path}/pip.conf"]
    assert said[-1] == "--build-arg=HTTPS_PROXY"


def test_the_dockerfile_names_every_secret_and_no_index() -> None:
    text = (install.ROOT / "Dockerfile").read_text()
    assert set(re.findall(r"type=secret,id=(\w+)", text)) == image.SECRETS.keys()
    assert "://" not in text.replace("http://127.0.0.1:8000/healthz", "")


def test_the_image_is_tried_as_compose_runs_it() -> None:
    text = (install.ROOT / "compose.yaml").read_text()
    for limit in (
        f"mem_limit: {image_test.MEMORY >> 30}g",
        f"size={image_test.TMPFS >> 20}m",
        f"pids_limit: {image_test.PIDS}",
        f"cpus: {image_test.CPUS}",
    ):
        assert limit in text
