"""What Python does while a file is read, of what no file may make it do."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any


class Watch:
    """What Python did while it was watched, of what no file may make it do."""

    WATCHED = frozenset(
        {
            "open",
            "import",
            "ctypes.dlopen",
            "socket.connect",
            "socket.getaddrinfo",
            "subprocess.Popen",
            "os.system",
            "pickle.find_class",
            "marshal.loads",
            "exec",
            "urllib.Request",
        }
    )

    def __init__(self) -> None:
        self.seen: list[tuple[str, str]] = []
        self.is_on = False
        sys.addaudithook(self._hear)

    def _hear(self, event: str, arguments: tuple[Any, ...]) -> None:
        if self.is_on and event in self.WATCHED:
            self.seen.append((event, str(arguments[0])[:200]))

    @contextmanager
    def on(self) -> Iterator[list[tuple[str, str]]]:
        self.seen = []
        self.is_on = True
        try:
            yield self.seen
        finally:
            self.is_on = False
