"""The projects of a running service: the store is opened when somebody first asks, and asked in threads."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from .kept import NotKept

if TYPE_CHECKING:
    from .store import Store

R = TypeVar("R")


class Keeping:
    """A store that is not there before it is needed. A service that only checks never imports it."""

    def __init__(self, path: Path, keep: int) -> None:
        self._path = path
        self._keep = keep
        self._opening = threading.Lock()
        self._store: Store | None = None

    async def ask(self, what: Callable[[Store], R]) -> R:
        """What a function of the store gives.

        Raises:
            NotKept: the database cannot be opened, read or written.
        """
        return await asyncio.to_thread(lambda: what(self._opened()))

    def open_soon(self) -> None:
        """Open in a thread a store that somebody has used before, so that the first request does not wait for it."""
        if self._path.is_file():
            threading.Thread(target=self._open_ahead, name="projects", daemon=True).start()

    def close(self) -> None:
        """Let go of the database."""
        with self._opening:
            if self._store is not None:
                self._store.close()

    def _open_ahead(self) -> None:
        with suppress(NotKept):  # who asks is told
            self._opened()

    def _opened(self) -> Store:
        with self._opening:
            if self._store is None:
                from .store import open_sqlite  # late: SQLAlchemy and Alembic take half a second

                self._store = open_sqlite(self._path, self._keep)
            return self._store
