"""Builds the image and walks through it as its user would: `python -m tools.image_test [FOLDER]`, as root.

No engine and no registry is needed: buildah builds on a base that debootstrap makes, and runc starts the container as
compose.yaml does: read-only root, a volume, a tmpfs, no capabilities, limits. A FOLDER that is named keeps base and
layers for the next run; else nothing stays.
"""

from __future__ import annotations

import json
import os
import re
import secrets
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http.client import HTTPResponse
from pathlib import Path
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.request import Request, urlopen

from tools import image, install

PROGRAMS = ("buildah", "debootstrap", "runc")
MEMORY, TMPFS, PIDS, CPUS = 4 << 30, 512 << 20, 512, 2
# What docker stop grants before it kills.
GRACE = 10.0
RESNET50 = "import keras; print(keras.applications.ResNet50(weights=None).to_json())"


def main(folders: list[str]) -> int:
    """Run all steps; 1 at the first that fails, 2 where they cannot be run."""
    missing = [program for program in PROGRAMS if not shutil.which(program)]
    if missing or os.geteuid():
        print(f"Run it as root, with {', '.join(PROGRAMS)}: apt install {' '.join(missing)}", file=sys.stderr)
        return 2
    if folders:
        Path(folders[0]).mkdir(parents=True, exist_ok=True)
        return _walk(Path(folders[0]).resolve(), is_kept=True)
    with tempfile.TemporaryDirectory(prefix="layerwright-image-") as folder:
        return _walk(Path(folder), is_kept=False)


def _walk(folder: Path, *, is_kept: bool) -> int:
    store = Store(folder, is_kept=is_kept)
    try:
        _build(store, folder)
        with store.mounted("layerwright-base") as base, store.mounted("layerwright") as root:
            _sizes(base, root)
            _left_behind(store, folder, base, root)
            _use(store, folder, root)
        _bare(store)
    except AssertionError as error:
        print(f"FAILED  {error}", file=sys.stderr)
        return 1
    finally:
        store.clear()
    return 0


def step(sentence: str) -> None:
    """Say what was found."""
    print(f"ok  {sentence}", flush=True)


class Store:
    """Images and containers of buildah, apart from the machine's own."""

    def __init__(self, folder: Path, *, is_kept: bool) -> None:
        self.is_kept = is_kept
        self.command = ["buildah", "--root", str(folder / "store"), "--runroot", str(folder / "run")]

    def run(self, *arguments: str) -> str:
        """What a command of buildah says."""
        env = {"BUILDAH_ISOLATION": "chroot", **os.environ}
        ran = subprocess.run([*self.command, *arguments], env=env, capture_output=True, text=True, check=False)
        assert ran.returncode == 0, f"buildah {' '.join(arguments)}: {ran.stderr.strip()}"
        return ran.stdout.strip()

    @contextmanager
    def mounted(self, name: str) -> Iterator[Path]:
        """The files of an image."""
        container = self.run("from", name)
        yield Path(self.run("mount", container))
        self.run("rm", container)

    def config(self, name: str) -> dict[str, Any]:
        """An image's configuration, as `docker inspect` shows it."""
        config: dict[str, Any] = json.loads(self.run("inspect", "--type", "image", name))["Docker"]["config"]
        return config

    def clear(self) -> None:
        """Remove all containers, and unless they are kept all images."""
        self.run("rm", "--all")
        if not self.is_kept:
            self.run("rmi", "--all", "--force")


def _build(store: Store, folder: Path) -> None:
    began = time.monotonic()
    if "layerwright-base" not in store.run("images"):
        packages = "--include=ca-certificates,python3,python3-venv"
        debootstrap = ["debootstrap", "--variant=minbase", packages, "bookworm", str(folder / "base")]
        with open(folder / "debootstrap.log", "w") as log:
            code = subprocess.run(debootstrap, stdout=log, stderr=log, check=False).returncode
        assert code == 0, f"debootstrap: see {log.name}"
        for archive in (folder / "base/var/cache/apt/archives").glob("*.deb"):
            archive.unlink()
        container = store.run("from", "scratch")
        store.run("add", "--quiet", container, str(folder / "base"), "/")
        store.run("commit", "--quiet", "--rm", container, "layerwright-base")
        shutil.rmtree(folder / "base")
        step(f"a base of Debian's packages, in {time.monotonic() - began:.0f} s")
    began = time.monotonic()
    # A secret that is known, so that it can be looked for.
    own = os.environ.get("PIP_CONFIG_FILE")
    (folder / "pip.conf").write_text((Path(own).read_text() if own else "") + f"\n# {_marker(folder)}\n")
    environ = {**os.environ, "PIP_CONFIG_FILE": str(folder / "pip.conf")}
    builder = [*store.command, "build", "--quiet", "--format", "docker", f"--layers={str(store.is_kept).lower()}"]
    assert image.build(builder, "layerwright", "localhost/layerwright-base", environ) == 0, "the image cannot be built"
    step(f"the image, built in {time.monotonic() - began:.0f} s")


def _marker(folder: Path) -> str:
    kept = folder / "marker"
    if not kept.exists():
        kept.write_text(f"layerwright-secret-{secrets.token_hex(8)}")
    return kept.read_text()


def _sizes(base: Path, root: Path) -> None:
    own = _megabytes(root) - _megabytes(base)
    tensorflow = sum(_installed_sizes("tensorflow", root)) / 1e6
    step(f"{own:.0f} MB over the base; TensorFlow and what it needs, as pip installs them, are {tensorflow:.0f} MB")
    assert own <= tensorflow + 150, "the image is larger than TensorFlow and 150 MB"


def _installed_sizes(package: str, root: Path) -> Iterator[int]:
    """The sizes of what pip installed for a package and for all that it needs, with what was removed since."""
    chosen = install.select(install.LOCK.read_text(), [package])
    names = {re.sub(r"[-_.]+", "_", name) for name in re.findall(r"^([\w.-]+)==", chosen, flags=re.MULTILINE)}
    for site in root.glob("opt/layerwright/lib/python3*/site-packages"):
        for record in site.glob("*.dist-info/RECORD"):
            if re.sub(r"[-_.]+", "_", record.parent.name.partition("-")[0]).lower() in names:
                for line in record.read_text().splitlines():
                    path, _, size = line.rsplit(",", 2)
                    # pip writes no sizes for the bytecode that it compiles.
                    yield int(size) if size else (site / path).stat().st_size if (site / path).exists() else 0


def _megabytes(path: Path) -> float:
    return int(subprocess.check_output(["du", "-s", "--apparent-size", "-B1", path], text=True).split()[0]) / 1e6


def _left_behind(store: Store, folder: Path, base: Path, root: Path) -> None:
    found = subprocess.run(["grep", "-rlF", "-D", "skip", _marker(folder), root], capture_output=True, text=True)
    assert found.returncode == 1, f"the caller's pip.conf is in the image: {found.stdout}"
    assert _marker(folder) not in store.run("inspect", "--type", "image", "layerwright"), "it is in the history"
    certificates = "etc/ssl/certs/ca-certificates.crt"
    assert (root / certificates).read_bytes() == (base / certificates).read_bytes(), "the caller's certificates stay"
    assert not (root / "etc/pip.conf").exists() and not (root / "root/.npmrc").exists()
    step("nothing of the caller's pip.conf, certificates and npmrc is in files, configuration or history")


class Container:
    """The image, running as compose.yaml runs it."""

    def __init__(self, store: Store, folder: Path, root: Path) -> None:
        self.name = f"layerwright-{secrets.token_hex(4)}"
        self._runc = ["runc", "--root", str(folder / "runc")]
        self._image = store.config("layerwright")
        with socket.create_server(("127.0.0.1", 0)) as probe:
            self._address = f"http://127.0.0.1:{probe.getsockname()[1]}"
        bundle = folder / "bundle"
        bundle.mkdir(exist_ok=True)
        (bundle / "config.json").unlink(missing_ok=True)
        subprocess.run(["runc", "spec"], cwd=bundle, check=True)
        spec = json.loads((bundle / "config.json").read_text())
        (bundle / "config.json").write_text(json.dumps(self._adapted(spec, root, folder / "volume")))
        began = time.monotonic()
        self._process = subprocess.Popen(
            [*self._runc, "run", "--bundle", str(bundle), self.name], stdout=subprocess.PIPE, text=True
        )
        assert self._process.stdout
        said = self._process.stdout.readline().strip()
        found = re.search(r"\?token=([\w-]+)$", said)
        assert found, f"it printed no token but {said!r}"
        self._token = found[1]
        while not self._is_ready():
            assert self._process.poll() is None, "it ended before it was ready"
            time.sleep(0.01)
        self.start_seconds = time.monotonic() - began

    def _adapted(self, spec: dict[str, Any], root: Path, volume: Path) -> dict[str, Any]:
        passwd = (root / "etc/passwd").read_text()
        uid, gid = (int(id) for id in re.search(rf"^{self._image['User']}:x:(\d+):(\d+):", passwd, re.M).groups())  # type: ignore[union-attr]  # the image made the user
        volume.mkdir(exist_ok=True)
        os.chown(volume, uid, gid)  # as an engine does, from the image's folder
        port = self._address.rpartition(":")[2]
        spec["root"] = {"path": str(root), "readonly": True}
        spec["process"] |= {
            "terminal": False,
            "user": {"uid": uid, "gid": gid},
            "args": self._image["Cmd"],
            "env": [*self._image["Env"], f"LAYERWRIGHT_PORT={port}"],
            "cwd": self._image["WorkingDir"],
            "capabilities": {kind: [] for kind in ("bounding", "effective", "permitted", "inheritable", "ambient")},
            "noNewPrivileges": True,
        }
        spec["mounts"] += [
            {
                "destination": "/tmp",
                "type": "tmpfs",
                "source": "tmpfs",
                "options": ["nosuid", "nodev", "mode=1777", f"size={TMPFS}"],
            },
            {
                "destination": "/data",
                "type": "bind",
                "source": str(volume),
                "options": ["bind", "rw", "nosuid", "nodev"],
            },
        ]
        # This machine's network: the walk calls the container at its port.
        spec["linux"]["namespaces"] = [kind for kind in spec["linux"]["namespaces"] if kind["type"] != "network"]
        spec["linux"]["resources"] = {
            "memory": {"limit": MEMORY},
            "pids": {"limit": PIDS},
            "cpu": {"quota": CPUS * 100_000, "period": 100_000},
        }
        return spec

    def _is_ready(self) -> bool:
        with suppress(URLError, ConnectionError):
            return self.ask("/readyz", token=False).status == 200
        return False

    def ask(self, path: str, body: bytes | None = None, *, token: bool = True) -> HTTPResponse:
        """The service's answer."""
        headers = {"Authorization": f"Bearer {self._token}"} if token else {}
        answer: HTTPResponse = urlopen(Request(self._address + path, body, headers))
        return answer

    def json(self, path: str, body: Any = None) -> Any:  # any JSON
        """The service's answer, read."""
        return json.load(self.ask(path, None if body is None else json.dumps(body).encode()))

    def execute(self, *command: str) -> subprocess.CompletedProcess[str]:
        """What a command says in the container."""
        return subprocess.run(
            [*self._runc, "exec", self.name, *command], capture_output=True, text=True, check=False, timeout=300
        )

    def is_healthy(self) -> bool:
        """What the image's own healthcheck says, on the port of this walk."""
        kind, *command = self._image["Healthcheck"]["Test"]
        assert kind == "CMD"
        return self.execute(*(part.replace("http://127.0.0.1:8000", self._address) for part in command)).returncode == 0

    def stop(self) -> float:
        """Stop it as an engine does; the seconds that it took."""
        began = time.monotonic()
        subprocess.run([*self._runc, "kill", self.name, self._image["StopSignal"]], check=True)
        code = self._process.wait(60)
        seconds = time.monotonic() - began
        assert code == 0, f"it ended with {code}"
        assert seconds < GRACE, f"it took {seconds:.1f} s to stop"
        return seconds

    def kill(self) -> None:
        """End it, whatever it does."""
        subprocess.run([*self._runc, "delete", "--force", self.name], capture_output=True, check=False)
        self._process.wait()


@contextmanager
def _running(store: Store, folder: Path, root: Path) -> Iterator[Container]:
    container = Container(store, folder, root)
    try:
        yield container
    finally:
        container.kill()


def _use(store: Store, folder: Path, root: Path) -> None:
    shutil.rmtree(folder / "volume", ignore_errors=True)
    with _running(store, folder, root) as container:
        step(f"it is ready {container.start_seconds:.1f} s after its start, on a read-only root, and printed its token")
        _is_confined(container)
        config = container.execute("python", "-c", RESNET50).stdout
        job = _resnet50(container, json.loads(config))
        weights = container.ask(f"/api/v1/jobs/{job}/weights").read()
        assert weights.startswith(b"\x89HDF"), "the weights are no HDF5"
        step(f"its weights are downloaded: {len(weights) / 1e6:.0f} MB of HDF5")
        long = _start(container, json.loads(config), epochs=1000, samples=2)
        assert any(kind == "epoch" for kind in _events(container, long, until="epoch"))
        step(f"while another job runs it is stopped: it ends after {container.stop():.1f} s with exit code 0")
    with _running(store, folder, root) as container:
        assert container.json(f"/api/v1/jobs/{job}")["state"] == "succeeded"
        assert container.ask(f"/api/v1/jobs/{job}/weights").read() == weights
        step("started again, it has the job and the same weights: the volume survives")
        assert "epoch" in _events(container, long, until="epoch", after=_last_event(folder, long))
        state = container.json(f"/api/v1/jobs/{long}")
        assert (state["state"], state["error"]) == ("running", None)
        step(f"and the job that was stopped goes on: epoch {state['epoch']} of {state['epochs']}")
        container.json(f"/api/v1/jobs/{long}/cancel", {})
        _events(container, long, until="end")
        step(f"cancelled, it is {container.json(f'/api/v1/jobs/{long}')['state']}; stopped in {container.stop():.1f} s")


def _is_confined(container: Container) -> None:
    try:
        container.ask("/api/v1/jobs", token=False)
    except HTTPError as error:
        assert error.code == 401
    else:
        raise AssertionError("it answers without the token")
    assert container.is_healthy(), "its healthcheck says that it is not healthy"
    who = container.execute("sh", "-c", "id -u; touch /opt/x /home/layerwright/x; touch /data/x /tmp/x && rm /data/x")
    assert who.stdout.strip() == "1000", who.stdout
    assert who.stderr.count("Read-only file system") == 2 and "/data" not in who.stderr, who.stderr
    status = container.execute("cat", "/proc/1/status").stdout
    assert "CapEff:\t0000000000000000" in status and "NoNewPrivs:\t1" in status, status
    step("uid 1000, no capabilities, nothing but /data and /tmp can be written; healthy; 401 without the token")


def _resnet50(container: Container, config: Any) -> str:
    began = time.monotonic()
    report = container.json("/api/v1/check", config)
    assert report["ok"] and report["params"]["total"] == 25_636_712, report["diagnostics"]
    seconds = time.monotonic() - began
    step(f"ResNet50, as Keras in the image writes it, is ok: {len(report['nodes'])} layers, in {seconds:.2f} s")
    for format, beginning in (("svg", b"<?xml"), ("png", b"\x89PNG"), ("pdf", b"%PDF")):
        began = time.monotonic()
        drawing = container.ask(f"/api/v1/plot?format={format}&show_shapes=true", json.dumps(config).encode()).read()
        assert drawing.startswith(beginning), drawing[:20]
        step(f"drawn as {format}: {len(drawing) / 1e3:.0f} kB, in {time.monotonic() - began:.1f} s")
    assert container.execute("which", "dot").stdout.strip() == "/usr/bin/dot"
    began = time.monotonic()
    job = _start(container, config, epochs=1, samples=8)
    _events(container, job, until="end")
    state = container.json(f"/api/v1/jobs/{job}")
    assert state["state"] == "succeeded", state["error"]
    step(f"trained for an epoch in {time.monotonic() - began:.0f} s: loss {state['history']['loss'][0]:.3f}")
    return job


def _start(container: Container, config: Any, *, epochs: int, samples: int) -> str:
    plan = {"loss": "categorical_crossentropy", "epochs": epochs, "batch_size": 2}
    data = {"synthetic": {"samples": samples, "seed": 0}}
    id: str = container.json("/api/v1/jobs", {"model": config, "project": None, "data": data, "plan": plan})["id"]
    return id


def _events(container: Container, job: str, *, until: str, after: int = 0) -> list[str]:
    """The kinds of a job's events with numbers over `after`, up to the first of this kind."""
    kinds = []
    number = 0
    for line in container.ask(f"/api/v1/jobs/{job}/events"):
        key, _, value = line.decode().strip().partition(": ")
        if key == "id":
            number = int(value)
        if key == "event" and number > after:
            kinds.append(value)
            if value in (until, "end"):
                break
    return kinds


def _last_event(folder: Path, job: str) -> int:
    return len((folder / "volume/jobs" / job / "events.jsonl").read_text().splitlines())


def _bare(store: Store) -> None:
    """What `pip install` and a first check take where there is nothing but Python."""
    wheel = next(iter(sorted((image.ROOT / "dist").glob("*.whl"))), None)
    assert wheel, "there is no wheel: make wheel"
    container = store.run("from", "layerwright-base")
    mounts = [f"--volume={wheel.parent}:/wheel:ro", f"--volume={image.ROOT / 'app/examples'}:/examples:ro"]
    if ca := os.environ.get("PIP_CERT"):
        mounts.append(f"--volume={ca}:/etc/ssl/certs/ca-certificates.crt:ro")
    inside = ["run", *mounts, container, "--", "sh", "-ec"]
    pip = "python3 -m venv /new && /new/bin/pip --disable-pip-version-check"
    store.run(*inside, f"{pip} download --quiet --dest /downloaded /wheel/{wheel.name}")
    began = time.monotonic()
    store.run(*inside, f"{pip} install --quiet --no-index --find-links /downloaded layerwright")
    installed = time.monotonic()
    said = store.run(*inside, "/new/bin/layerwright check /examples/resnet50.json")
    verdict = said.splitlines()[-1]
    assert verdict.startswith("ok "), said
    checked = time.monotonic()
    step(f"where only Python is, pip install of what was downloaded takes {installed - began:.0f} s")
    step(f"and layerwright check after it {checked - installed:.1f} s: {verdict}")
    assert checked - began <= 60, "install and check took more than a minute"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
