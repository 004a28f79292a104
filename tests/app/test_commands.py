"""`layerwright serve` as a process: ready, what it prints, how it refuses, what it leaves out of memory."""

from __future__ import annotations

import http.client
import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from app.commands import EXIT_UNUSABLE, _listen
from app.settings import Settings, settings_from

_SERVE = """
import argparse, sys
from app.commands import add_commands
parser = argparse.ArgumentParser()
add_commands(parser.add_subparsers())
arguments = parser.parse_args()
code = arguments.run(arguments)
print(sorted({"tensorflow", "keras", "numpy", "h5py", "sklearn"} & sys.modules.keys()))
sys.exit(code)
"""


@contextmanager
def serving(data: Path, *arguments: str, **environ: str) -> Iterator[subprocess.Popen[str]]:
    environment = {**os.environ, "LAYERWRIGHT_DATA": str(data), **environ}
    command = [sys.executable, "-c", _SERVE, "serve", *arguments]
    with subprocess.Popen(
        command,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=Path(__file__).parents[2],
    ) as process:
        try:
            yield process
        finally:
            process.kill()


def first_line(process: subprocess.Popen[str]) -> str:
    assert process.stdout
    return process.stdout.readline().strip()


def test_it_serves_without_loading_anything_heavy_and_ends_on_ctrl_c(tmp_path: Path) -> None:
    with serving(tmp_path, "--port", "0") as process:
        found = re.fullmatch(r"Layerwright is at http://127\.0\.0\.1:(\d+)/", first_line(process))
        assert found
        connection = http.client.HTTPConnection("127.0.0.1", int(found[1]))
        connection.request("GET", "/readyz")
        assert connection.getresponse().read() == b"ready\n"
        connection.close()
        resident = int(Path(f"/proc/{process.pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
        assert resident < 120 * 2**20
        process.send_signal(signal.SIGINT)
        output, errors = process.communicate()
    assert (output.strip(), errors, process.returncode) == ("[]", "", 0)


def test_it_ends_well_where_an_orchestrator_ends_it(tmp_path: Path) -> None:
    with serving(tmp_path, "--port", "0") as process:
        first_line(process)
        process.send_signal(signal.SIGTERM)
        _, errors = process.communicate()
    assert (errors, process.returncode) == ("", 0)


@pytest.mark.parametrize(("proxies", "scheme"), [("127.0.0.1", "https"), ("203.0.113.1", "http"), ("", "http")])
def test_only_a_proxy_that_is_named_says_how_it_is_reached(tmp_path: Path, proxies: str, scheme: str) -> None:
    with serving(tmp_path, "--port", "0", "--root-path", "/layerwright", LAYERWRIGHT_PROXIES=proxies) as process:
        found = re.fullmatch(r"Layerwright is at http://127\.0\.0\.1:(\d+)/layerwright/", first_line(process))
        assert found
        connection = http.client.HTTPConnection("127.0.0.1", int(found[1]))
        connection.request("GET", "/docs", headers={"X-Forwarded-Proto": "https"})
        assert f"curl {scheme}://127.0.0.1:{found[1]}/layerwright/api/v1/" in connection.getresponse().read().decode()
        connection.close()


def test_a_port_that_is_taken_is_exit_2(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        with serving(tmp_path, "--port", port) as process:
            _, errors = process.communicate()
    assert process.returncode == EXIT_UNUSABLE
    assert errors == f"layerwright serve: Port {port} of 127.0.0.1 is taken\n"


def test_a_data_folder_that_is_taken_is_exit_2(tmp_path: Path) -> None:
    with serving(tmp_path, "--port", "0") as first:
        first_line(first)
        with serving(tmp_path, "--port", "0") as second:
            _, errors = second.communicate()
    assert second.returncode == EXIT_UNUSABLE
    assert errors == f"layerwright serve: Another Layerwright uses {tmp_path}: give this one its own LAYERWRIGHT_DATA\n"


@pytest.mark.parametrize(
    ("arguments", "environ", "sentence"),
    [
        (["--port", "70000"], {}, "Port 70000 of 127.0.0.1 cannot be bound"),
        (["--host", "203.0.113.1", "--port", "0"], {}, "Port 0 of 203.0.113.1 cannot be bound"),
        ([], {"LAYERWRIGHT_PORT": "eighty"}, "LAYERWRIGHT_PORT is 'eighty', which is no number"),
        (["--root-path", "layerwright/"], {}, "The root path is 'layerwright/'; it looks like /layerwright"),
    ],
)
def test_what_cannot_be_used_is_exit_2(
    tmp_path: Path, arguments: list[str], environ: dict[str, str], sentence: str
) -> None:
    with serving(tmp_path, *arguments, **environ) as process:
        _, errors = process.communicate()
    assert process.returncode == EXIT_UNUSABLE
    assert errors.startswith(f"layerwright serve: {sentence}")


def test_bound_elsewhere_it_makes_a_token_and_prints_it(tmp_path: Path) -> None:
    with serving(tmp_path, "--host", "0.0.0.0", "--port", "0") as process:
        found = re.fullmatch(r"Layerwright is at http://localhost:(\d+)/\?token=([\w-]{32})", first_line(process))
        assert found
        connection = http.client.HTTPConnection("127.0.0.1", int(found[1]))
        for headers, status in (({}, 401), ({"Authorization": f"Bearer {found[2]}"}, 200)):
            connection.request("GET", "/api/v1/jobs", headers=headers)
            answer = connection.getresponse()
            answer.read()
            assert answer.status == status
        connection.close()


def test_settings_come_from_the_environment() -> None:
    environ = {
        "LAYERWRIGHT_HOSTS": "a.example, b.example",
        "LAYERWRIGHT_MAX_JOBS": "2",
        "LAYERWRIGHT_TOKEN": "",
        "HOME": "/",
    }
    environ["LAYERWRIGHT_DATA"] = "/data"
    assert settings_from(environ) == Settings(data=Path("/data"), hosts=("a.example", "b.example"), max_jobs=2)


def test_answers_do_not_wait_for_nagle() -> None:
    """asyncio sets TCP_NODELAY only where a socket names its protocol; without, small answers took 44 ms each."""
    with _listen("127.0.0.1", 0) as listener:
        assert listener.proto == socket.IPPROTO_TCP
