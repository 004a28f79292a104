"""A job's folder, which is the truth about the job: its files, its lock, its events.

    config.json     the model, exported by us         events.jsonl   what happened, one JSON object a line
    plan.json       how it is trained                 outcome.json   how it ended; there is none before
    data.json       what it is trained on             cancel         exists once somebody asked for the end
    artifacts/      what can be downloaded            log.txt        what the process printed
    checkpoint/     what a restart continues from     lock           held by whoever writes, its pid inside

Whoever holds the lock writes; everybody may read. The kernel lets go of the lock when its holder dies, however it dies.
"""

from __future__ import annotations

import errno
import fcntl
import json
import os
import shutil
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import Any, NamedTuple

CHUNK = 1 << 20  # bytes of events read at once, so that a long history never stands in memory as a whole
# sysexits.h: how a worker ends that could not even write its reason, because the disk is full.
EXIT_NO_SPACE = 74
LOG_TAIL_LINES = 20
LOG_TAIL_BYTES = 8_192


class Event(NamedTuple):
    """One thing that happened. `seq` counts from 1 without gaps; `kind`: state, batch, epoch, log, artifact or end."""

    seq: int
    kind: str
    data: dict[str, Any]


class JobFolder:
    """The files of one job under `path`, whose last part is the job's id."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.config = path / "config.json"
        self.plan = path / "plan.json"
        self.data = path / "data.json"
        self.events = path / "events.jsonl"
        self.outcome = path / "outcome.json"
        self.cancel = path / "cancel"
        self.log = path / "log.txt"
        self.artifacts = path / "artifacts"
        self.checkpoint = path / "checkpoint"
        self._lock = path / "lock"

    @property
    def id(self) -> str:
        return self.path.name

    def create(self, config: object, plan: object, data: object) -> None:
        """Make the folder with what the worker needs. The plan is written last: a folder without one is no job.

        Raises:
            OSError: the disk is full or the folder exists.
        """
        self.path.mkdir(parents=True)
        try:
            self.artifacts.mkdir()
            self.checkpoint.mkdir()
            write_json(self.config, config)
            write_json(self.data, data)
            with self.locked(), closing(EventWriter(self)) as events:
                events.append("state", {"state": "queued"})
            write_json(self.plan, plan)
        except OSError:
            self.remove()
            raise

    def remove(self) -> None:
        """Delete the folder and everything in it."""
        shutil.rmtree(self.path, ignore_errors=True)

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Hold the lock, waiting for it, and leave our pid in it."""
        with open(self._lock, "a+") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            file.truncate(0)
            file.write(str(os.getpid()))
            file.flush()
            yield

    def holder(self) -> int | None:
        """The process that holds the lock, None where nobody does (0 for a holder that has not written its pid yet)."""
        with suppress(FileNotFoundError), open(self._lock) as file:
            try:
                # Shared, so that two who ask at once do not take each other for a worker.
                fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
            except BlockingIOError:
                return int(file.read() or 0)
        return None

    def read_outcome(self) -> dict[str, Any] | None:
        """How the job ended, None where it has not."""
        with suppress(FileNotFoundError, ValueError):
            outcome: dict[str, Any] = json.loads(self.outcome.read_bytes())
            return outcome
        return None

    def log_tail(self) -> list[str]:
        """The last lines that the process printed."""
        try:
            with open(self.log, "rb") as file:
                file.seek(max(0, file.seek(0, os.SEEK_END) - LOG_TAIL_BYTES))
                text = file.read().decode("utf-8", "replace")
        except FileNotFoundError:
            return []
        return [line for line in text.splitlines() if line.strip()][-LOG_TAIL_LINES:]


class EventWriter:
    """Appends events; for the holder of the lock only. A line that a dead writer left unfinished is cut off."""

    def __init__(self, folder: JobFolder) -> None:
        self._file = os.open(folder.events, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        self._seq = 0
        self.has_ended = False
        reader = EventReader(folder)
        while events := reader.read():
            self._seq = events[-1].seq
            self.has_ended = events[-1].kind == "end"
        self._size = reader.offset
        os.truncate(self._file, self._size)

    def close(self) -> None:
        """Let go of the file."""
        os.close(self._file)

    def append(self, kind: str, data: dict[str, Any]) -> None:
        """Write one event, at once and whole.

        Raises:
            OSError: the disk is full.
        """
        event = {"seq": self._seq + 1, "event": kind, "time": round(time.time(), 3), "data": data}
        line = json.dumps(event, allow_nan=False).encode() + b"\n"
        if os.write(self._file, line) < len(line):
            os.truncate(self._file, self._size)
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        self._seq += 1
        self._size += len(line)


class EventReader:
    """Reads the events of a job from the start on, again and again while it grows."""

    def __init__(self, folder: JobFolder) -> None:
        self._path = folder.events
        self.offset = 0  # bytes of whole lines read so far

    def read(self) -> list[Event]:
        """The next events, at most a megabyte of them; empty where there is no whole line more."""
        try:
            with open(self._path, "rb") as file:
                file.seek(self.offset)
                chunk = file.read(CHUNK)
        except FileNotFoundError:
            return []
        chunk = chunk[: chunk.rfind(b"\n") + 1]
        self.offset += len(chunk)
        lines = [json.loads(line) for line in chunk.splitlines()]
        return [Event(line["seq"], line["event"], line["data"]) for line in lines]


def write_json(path: Path, value: object) -> None:
    """Write a file so that a reader sees the old one or the new one, never half of it."""
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        temporary.write_text(json.dumps(value))
        os.replace(temporary, path)
    except OSError:
        temporary.unlink(missing_ok=True)
        raise
