"""The service in a process of its own, as a user starts it."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def served() -> Iterator[str]:
    """Its address, as in `http://127.0.0.1:8000`; what it keeps goes with it."""
    command = [sys.executable, "-u", "-m", "graphcore.cli", "serve", "--port", "0"]
    with tempfile.TemporaryDirectory() as data, started(command, {"LAYERWRIGHT_DATA": data}) as address:
        yield address


@contextmanager
def started(command: list[str], settings: dict[str, str] | None = None) -> Iterator[str]:
    """The first address that a program prints, while the program runs."""
    server = subprocess.Popen(command, env={**os.environ, **(settings or {})}, stdout=subprocess.PIPE, text=True)
    try:
        assert server.stdout is not None
        yield next(word for line in server.stdout for word in line.split() if word.startswith("http://")).rstrip("/")
    finally:
        server.terminate()
        server.communicate()
