"""The wheel, installed in an empty environment: its size, how long it takes to install, to start, and what it holds."""

from __future__ import annotations

import http.client
import os
import re
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from .figures import Figure, Section, seconds, shown

ROOT = Path(__file__).parents[1]
SMALL = ROOT / "app" / "examples" / "mlp.json"
LARGE = ROOT / "app" / "examples" / "resnet50.json"
ROUNDS = 7
WHEEL_BYTES = 5_000_000
INSTALL = 60.0
READY = 1.0
RESIDENT_MB = 120


def measure() -> Section:
    """Build, download, install, start; all but the download counts."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        _pip("wheel", "--no-deps", "--no-build-isolation", "--wheel-dir", name, str(ROOT))
        (wheel,) = folder.glob("layerwright-*.whl")
        _pip("download", "--only-binary=:all:", "-c", str(_constraints(folder)), "--dest", name, str(wheel))
        others = sum(file.stat().st_size for file in folder.glob("*.whl")) - wheel.stat().st_size
        installed = seconds(lambda: _install(folder, wheel))
        size = sum(file.lstat().st_size for file in (folder / "venv").rglob("*"))
        starts = [_ready(folder) for _ in range(ROUNDS)]
        ready, busy = (statistics.median(taken) for taken in zip(*starts, strict=True))
        first, used, child = _resident(folder)
        bytes_ = wheel.stat().st_size
        figures = [
            Figure("The wheel", _mb(bytes_), f"≤ {_mb(WHEEL_BYTES)}", bytes_ <= WHEEL_BYTES),
            Figure(f"What it needs beside itself, to download; installed {_mb(size)}", _mb(others)),
            Figure(
                "`pip install` in an empty environment, and `layerwright check` of a small file, after the download",
                shown(installed),
                f"≤ {shown(INSTALL)}",
                installed <= INSTALL,
            ),
            Figure("`layerwright serve`: start → `/readyz` answers", shown(ready), f"≤ {shown(READY)}", ready <= READY),
            Figure("of that, its own processor time, which a busy machine does not stretch", shown(busy)),
            Figure("Resident memory of the service when it is ready", _mb(first)),
            Figure(
                "the same after a check, a report with its diagram and the interface's page",
                _mb(used),
                f"≤ {RESIDENT_MB} MB",
                used <= RESIDENT_MB * 1_000_000,
            ),
            Figure("Resident memory of the child that reads archives", _mb(child)),
        ]
    how = f"From the wheel, without the extra; the start is the median of {ROUNDS}, with bytecode as pip compiles it."
    return Section("Installed", how, figures)


def _constraints(folder: Path) -> Path:
    """The versions of the lock."""
    path = folder / "constraints.txt"
    lock = (ROOT / "requirements.lock").read_text()
    path.write_text("\n".join(re.findall(r"^[\w.-]+==[^\s\\]+(?: ;[^\\\n]+)?", lock, re.MULTILINE)))
    return path


def _install(folder: Path, wheel: Path) -> None:
    venv = folder / "venv"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", venv], check=True)
    _pip("--python", str(venv / "bin" / "python"), "install", "--no-index", "--find-links", str(folder), str(wheel))
    subprocess.run([venv / "bin" / "layerwright", "check", SMALL], check=True, stdout=subprocess.DEVNULL)


def _pip(*arguments: str) -> None:
    subprocess.run([sys.executable, "-m", "pip", "--quiet", "--disable-pip-version-check", *arguments], check=True)


@contextmanager
def _served(folder: Path) -> Iterator[tuple[int, str]]:
    """The service's process and address, once it says where it listens."""
    environment = {**os.environ, "LAYERWRIGHT_DATA": str(folder / "data")}
    command = [str(folder / "venv" / "bin" / "layerwright"), "serve", "--port", "0"]
    server = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True)
    try:
        assert server.stdout is not None
        address = next(word for line in server.stdout for word in line.split() if word.startswith("http://"))
        yield server.pid, address.removeprefix("http://").split("/")[0]
    finally:
        server.terminate()
        server.wait()


def _ready(folder: Path) -> tuple[float, float]:
    """Seconds from the start to an answer, and seconds of a processor until then."""
    start = time.perf_counter()
    with _served(folder) as (pid, host):
        _ask(host, "GET", "/readyz")
        took = time.perf_counter() - start
        spent = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[11:13]
        return took, sum(map(int, spent)) / os.sysconf("SC_CLK_TCK")


def _resident(folder: Path) -> tuple[int, int, int]:
    """Bytes in memory: of the service when it is ready and after some use, and of its warm child."""
    with _served(folder) as (pid, host):
        _ask(host, "GET", "/readyz")
        first = _memory(pid)
        model = LARGE.read_bytes()
        for path in ("/api/v1/check", "/report"):
            _ask(host, "POST", path, model)
        for path in ("/", "/docs", "/api/v1/catalog"):
            _ask(host, "GET", path)
        # An archive, though an empty one, is read by the child.
        _ask(host, "POST", "/api/v1/check", b"PK\5\6" + bytes(18))
        tasks = Path(f"/proc/{pid}/task").glob("*/children")
        children = {int(child) for task in tasks for child in task.read_text().split()}
        return first, _memory(pid), max(map(_memory, children))


def _memory(pid: int) -> int:
    found = re.search(r"^VmRSS:\s+(\d+) kB", Path(f"/proc/{pid}/status").read_text(), re.MULTILINE)
    return int(found[1]) * 1024 if found else 0


def _ask(host: str, method: str, path: str, body: bytes | None = None) -> None:
    with closing(http.client.HTTPConnection(host)) as connection:
        connection.request(method, path, body)
        answer = connection.getresponse()
        answer.read()
        if answer.status != 200:
            raise RuntimeError(f"{method} {path} answers {answer.status}")


def _mb(size: float) -> str:
    return f"{size / 1_000_000:.1f} MB" if size < 10_000_000 else f"{size / 1_000_000:.0f} MB"
