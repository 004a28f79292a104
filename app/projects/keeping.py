"""The projects of a running service: the store is opened when somebody first asks, and asked in threads."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

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

    def close(self) -> None:
        """Let go of the database."""
        if self._store is not None:
            self._store.close()

    def _opened(self) -> Store:
        with self._opening:
            if self._store is None:
                from .store import open_sqlite  # late: SQLAlchemy and Alembic take half a second

                self._store = open_sqlite(self._path, self._keep)
            return self._store
