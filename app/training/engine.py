"""Where workers run. The supervisor knows no more of them than this."""

from __future__ import annotations

import os
import signal
from contextlib import suppress
from multiprocessing.process import BaseProcess
from typing import Protocol

from .folder import JobFolder
from .launch import start_worker


class Handle(Protocol):
    """A worker that was started."""

    def poll(self) -> int | None:
        """Its exit code, negative for a signal; None while it runs."""

    def cancel(self) -> None:
        """Ask it to come to an end."""

    def kill(self) -> None:
        """End it at once."""


class Engine(Protocol):
    """Something that runs workers."""

    def start(self, folder: JobFolder) -> Handle:
        """Start a worker on a folder. May take seconds.

        Raises:
            OSError: no process could be started.
        """

    def find(self, folder: JobFolder) -> Handle | None:
        """The worker that holds this folder, started by an earlier service; None where none does."""


class LocalEngine:
    """Workers as processes of this machine."""

    def __init__(self, checkpoint_seconds: float) -> None:
        self._checkpoint_seconds = checkpoint_seconds

    def start(self, folder: JobFolder) -> Handle:
        try:
            return _Child(start_worker(str(folder.path), self._checkpoint_seconds), folder)
        except EOFError as error:  # the fork server died before it could answer
            raise OSError("the fork server ended") from error

    def find(self, folder: JobFolder) -> Handle | None:
        return None if folder.holder() is None else _Stranger(folder)


class _Child:
    def __init__(self, process: BaseProcess, folder: JobFolder) -> None:
        self._process = process
        self._folder = folder

    def poll(self) -> int | None:
        code = self._process.exitcode
        # Where the fork server died, its children live on and only seem to have ended: the lock knows.
        return None if code is None or self._folder.holder() is not None else code

    def cancel(self) -> None:
        self._process.terminate()

    def kill(self) -> None:
        self._process.kill()


class _Stranger:
    """A worker of an earlier service, known by its lock."""

    def __init__(self, folder: JobFolder) -> None:
        self._folder = folder

    def poll(self) -> int | None:
        return None if self._folder.holder() is not None else os.EX_SOFTWARE  # nobody learns its real exit code

    def cancel(self) -> None:
        self._signal(signal.SIGTERM)

    def kill(self) -> None:
        self._signal(signal.SIGKILL)

    def _signal(self, number: signal.Signals) -> None:
        if pid := self._folder.holder():
            with suppress(ProcessLookupError):
                os.kill(pid, number)
