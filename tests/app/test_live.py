"""What only a real connection can show: events that stream, clients that vanish, bodies that lie."""

from __future__ import annotations

import http.client
import json
import re
import socket
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from app.settings import Settings
from app.training.folder import JobFolder
from app.training.plan import complete

from .live import served

JOB = "0123456789abcdef"


@pytest.fixture
def address(tmp_path: Path) -> Iterator[tuple[str, int]]:
    """A service with one job in its queue that never starts."""
    JobFolder(tmp_path / "jobs" / JOB).create({}, complete({"loss": "mse"}), {})
    with served(Settings(data=tmp_path, max_jobs=0, body_bytes=100_000)) as address:
        yield address


def ask(address: tuple[str, int], path: str) -> str:
    with closing(http.client.HTTPConnection(*address)) as connection:
        connection.request("GET", path)
        return connection.getresponse().read().decode()


def streams(address: tuple[str, int]) -> int:
    found = re.search(r"^layerwright_event_streams (\d+)$", ask(address, "/metrics"), re.MULTILINE)
    assert found
    return int(found[1])


def follow(address: tuple[str, int], last: str = "0") -> socket.socket:
    connection = socket.create_connection(address)
    connection.sendall(
        f"GET /api/v1/jobs/{JOB}/events HTTP/1.1\r\nHost: localhost\r\nLast-Event-ID: {last}\r\n\r\n".encode()
    )
    return connection


def read_until(connection: socket.socket, mark: bytes) -> bytes:
    seen = b""
    while mark not in seen:
        chunk = connection.recv(4096)
        assert chunk, seen
        seen += chunk
    return seen


def test_events_stream_to_many_and_end_when_they_vanish(address: tuple[str, int]) -> None:
    clients = [follow(address) for _ in range(30)]
    for client in clients:
        assert b'id: 1\nevent: state\ndata: {"state": "queued"}\n\n' in read_until(client, b'"queued"}\n\n').replace(
            b"\r", b""
        )
    assert streams(address) == 30
    for i, client in enumerate(clients):
        if i % 2:  # some go politely, some pull the plug
            client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\0\0\0\0\0\0\0")
        client.close()
    while streams(address):  # each question is a round trip; a stream that leaks hangs here
        pass


def test_the_stream_closes_after_the_end_and_begins_where_it_is_told(address: tuple[str, int]) -> None:
    with closing(http.client.HTTPConnection(*address)) as connection:
        connection.request("POST", f"/api/v1/jobs/{JOB}/cancel")
        assert connection.getresponse().status == 200
    with closing(http.client.HTTPConnection(*address)) as connection:
        connection.request("GET", f"/api/v1/jobs/{JOB}/events", headers={"Last-Event-ID": "1"})
        answer = connection.getresponse()
        assert answer.headers["content-type"].startswith("text/event-stream")
        assert answer.read().decode() == 'id: 2\nevent: end\ndata: {"state": "cancelled", "error": null}\n\n'
    job = json.loads(ask(address, f"/api/v1/jobs/{JOB}"))
    assert (job["state"], job["formats"]) == ("cancelled", [])


@pytest.mark.parametrize("last", ["-1", "one", "9" * 30])
def test_a_last_event_that_is_no_number_is_refused(address: tuple[str, int], last: str) -> None:
    with follow(address, last) as connection:
        assert b" 422 " in read_until(connection, b"\r\n")


def test_an_endless_chunked_body_is_cut_off(address: tuple[str, int]) -> None:
    with socket.create_connection(address) as connection:
        connection.sendall(b"POST /api/v1/check HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n")
        chunk = b"2000\r\n" + b" " * 0x2000 + b"\r\n"
        for _ in range(13):
            connection.sendall(chunk)
        assert b" 413 " in read_until(connection, b"\r\n")


def test_a_body_that_is_declared_too_large_is_refused_unread(address: tuple[str, int]) -> None:
    with socket.create_connection(address) as connection:
        connection.sendall(b"POST /api/v1/check HTTP/1.1\r\nHost: localhost\r\nContent-Length: 999999999999\r\n\r\n")
        assert b" 413 " in read_until(connection, b"\r\n")


@pytest.mark.parametrize(
    "request_line",
    [
        b"GET / HTTP/1.1\r\n\r\n",
        b"GET /%00 HTTP/1.1\r\nHost: localhost\r\n\r\n",
        b"BREW / HTTP/1.1\r\nHost: localhost\r\n\r\n",
    ],
)
def test_odd_requests_are_answered(address: tuple[str, int], request_line: bytes) -> None:
    with socket.create_connection(address) as connection:
        connection.sendall(request_line)
        assert re.match(rb"HTTP/1\.1 4\d\d ", read_until(connection, b"\r\n"))
    assert ask(address, "/healthz") == "ok\n"
