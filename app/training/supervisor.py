"""The queue and the watch over workers: every job ends in a state, with a reason that a user understands."""

from __future__ import annotations

import asyncio
import json
import logging
import secrets
import signal
import sqlite3
import time
from collections.abc import AsyncGenerator
from contextlib import closing, suppress
from pathlib import Path
from typing import Any

from .engine import Engine, Handle
from .folder import EXIT_NO_SPACE, Event, EventReader, EventWriter, JobFolder, write_json
from .states import JobTable, Progress, State

# How soon an event in the file is seen: half of what a batch event may take at most.
TICK = 0.025
# How often a quiet stream says that it lives, so that a client that vanished is noticed.
HEARTBEAT = 15.0
# A full disk is not asked more often than this.
RETRY = 5.0
# A job that was interrupted this often brings the machine down with it.
MOST_STARTS = 5

log = logging.getLogger(__name__)


class QueueFull(Exception):
    """So many jobs wait already that no more are taken."""


class _Job:
    """A job that has not ended yet."""

    def __init__(self, folder: JobFolder, epochs: int) -> None:
        self.folder = folder
        self.progress = Progress(epochs)
        self.reader = EventReader(folder)
        self.changed = asyncio.Event()
        self.starts = 0
        self.is_waiting = True
        self.task: asyncio.Task[None]

    def read(self) -> bool:
        """Take in what is new, and wake who waits for it. False where there was nothing."""
        events = self.reader.read()
        for event in events:
            self.progress.take(event)
            self.starts += event.kind == "state" and event.data["state"] == State.RUNNING
        if events:
            self.changed.set()
            self.changed = asyncio.Event()
        return bool(events)


class Supervisor:
    """The jobs under `root`. Its methods belong to one event loop."""

    def __init__(
        self,
        root: Path,
        table: JobTable,
        engine: Engine,
        *,
        max_jobs: int,
        max_queued: int,
        cancel_seconds: float,
        stop_seconds: float,
    ) -> None:
        self._root = root
        self._table = table
        self._engine = engine
        self._slots = asyncio.Semaphore(max_jobs)  # first come, first served
        self._max_queued = max_queued
        self._cancel_seconds = cancel_seconds
        self._stop_seconds = stop_seconds
        self._live: dict[str, _Job] = {}
        self._closing = False

    def open(self) -> None:
        """Take up what an earlier service left: folders are the truth, rows follow."""
        self._root.mkdir(parents=True, exist_ok=True)
        rows = {row["id"]: row for row in self._table.all()}
        folders = {path.name: JobFolder(path) for path in self._root.iterdir() if path.is_dir()}
        for id in rows.keys() - folders.keys():
            self._table.remove(id)
        order = {id: number for number, id in enumerate(rows)}
        for id, folder in sorted(folders.items(), key=lambda item: (order.get(item[0], len(order)), item[0])):
            if not folder.plan.exists():
                folder.remove()  # its maker died while making it
            elif id not in rows or not State(rows[id]["state"]).is_final:
                self._take_up(folder, is_known=id in rows)

    def _take_up(self, folder: JobFolder, *, is_known: bool) -> None:
        job = _Job(folder, json.loads(folder.plan.read_bytes())["epochs"])
        while job.read():
            pass
        if not is_known:
            self._table.add(folder.id, {**job.progress.summary(), "state": str(State.QUEUED)})
        self._watch_over(job)

    async def close(self) -> None:
        """Ask running workers to leave a checkpoint and end; the next service continues their jobs."""
        self._closing = True
        for job in self._live.values():
            if job.is_waiting:
                job.task.cancel()
        await asyncio.gather(*(job.task for job in self._live.values()), return_exceptions=True)

    def submit(self, config: object, plan: dict[str, Any], data: object) -> dict[str, Any]:
        """Queue a job and give it as the wire shows it. The plan is complete and was checked.

        Raises:
            QueueFull: too many jobs wait.
            OSError: the disk is full.
        """
        if len(self._live) >= self._max_queued:
            raise QueueFull
        folder = JobFolder(self._root / secrets.token_hex(8))
        folder.create(config, plan, data)
        job = _Job(folder, plan["epochs"])
        job.read()
        self._table.add(folder.id, job.progress.summary())
        self._watch_over(job)
        return self._shown(job)

    def job(self, id: str) -> dict[str, Any] | None:
        """A job as the wire shows it, None where there is none of this id."""
        live = self._live.get(id)
        return self._table.get(id) if live is None else self._shown(live)

    def jobs(self) -> list[dict[str, Any]]:
        """All jobs, the newest first."""
        rows = self._table.all()
        return [self._shown(self._live[row["id"]]) if row["id"] in self._live else row for row in reversed(rows)]

    @staticmethod
    def _shown(job: _Job) -> dict[str, Any]:
        return {"id": job.folder.id, **job.progress.summary()}

    def folder(self, id: str) -> JobFolder:
        """Where a job that exists keeps its files."""
        return JobFolder(self._root / id)

    def cancel(self, id: str) -> None:
        """Ask for the end of a job; one that has ended stays as it is."""
        if job := self._live.get(id):
            job.folder.cancel.touch()
            if job.is_waiting:
                job.is_waiting = False
                job.task.cancel()
                job.task = asyncio.create_task(self._settle(job, None))

    def remove(self, id: str) -> None:
        """Delete a job that has ended, with all its files."""
        self._table.remove(id)
        self.folder(id).remove()

    async def watch(self, id: str, after: int) -> AsyncGenerator[Event | None, None]:
        """The events of a job from number `after` + 1 on, as they happen, until `end`; None as a sign of life."""
        reader = EventReader(self.folder(id))
        while True:
            live = self._live.get(id)
            changed = live.changed if live else None
            events = reader.read()
            for event in events:
                if event.kind == "end":  # who reads it may ask for the job next, and must find it ended
                    while live := self._live.get(id):
                        await live.changed.wait()
                if event.seq > after:
                    yield event
                if event.kind == "end":
                    return
            if events:
                continue
            if changed is None:
                return
            try:
                await asyncio.wait_for(changed.wait(), HEARTBEAT)
            except TimeoutError:
                yield None

    def _watch_over(self, job: _Job) -> None:
        self._live[job.folder.id] = job
        job.task = asyncio.create_task(self._tend(job))

    async def _tend(self, job: _Job) -> None:
        if handle := self._engine.find(job.folder):  # a worker that outlived its service keeps its place
            job.is_waiting = False
            return await self._follow(job, handle)
        async with self._slots:
            job.is_waiting = False
            if job.folder.read_outcome() is None and not job.folder.cancel.exists():
                if reason := _reason_against_a_start(job):
                    return await self._settle(job, None, reason)
                try:
                    if job.progress.state is State.QUEUED:
                        self._table.advance(
                            job.folder.id, State.RUNNING, {**job.progress.summary(), "state": "running"}
                        )
                    job.progress.state = State.RUNNING
                    handle = await asyncio.to_thread(self._engine.start, job.folder)
                except (OSError, sqlite3.Error) as error:
                    reason = ("not-started", f"No training process could be started: {error}")
                    return await self._settle(job, None, reason)
                return await self._follow(job, handle)
            await self._settle(job, None)

    async def _follow(self, job: _Job, handle: Handle) -> None:
        kill_at: float | None = None
        while (code := handle.poll()) is None:
            job.read()
            if kill_at is None and (self._closing or job.folder.cancel.exists()):
                handle.cancel()
                kill_at = time.monotonic() + (self._stop_seconds if self._closing else self._cancel_seconds)
            if kill_at is not None and time.monotonic() > kill_at:
                handle.kill()
            await asyncio.sleep(TICK)
        if self._closing and job.folder.read_outcome() is None and not job.folder.cancel.exists():
            return  # interrupted: the next service goes on
        await self._settle(job, code)

    async def _settle(self, job: _Job, code: int | None, reason: tuple[str, str] | None = None) -> None:
        """Bring an ended job into its last state, whatever it takes: a full disk is tried again until it has room."""
        while True:
            try:
                outcome = await asyncio.to_thread(_conclude, job.folder, code, reason)
                while job.read():
                    pass
                job.progress.state, job.progress.error = State(outcome["state"]), outcome["error"]
                self._table.advance(job.folder.id, job.progress.state, job.progress.summary())
                break
            except (OSError, sqlite3.Error) as error:
                log.warning("job %s cannot be concluded yet: %s", job.folder.id, error)
                if self._closing:
                    return
                await asyncio.sleep(RETRY)
        del self._live[job.folder.id]
        job.changed.set()


def _reason_against_a_start(job: _Job) -> tuple[str, str] | None:
    if job.progress.state is State.RUNNING and not any(job.folder.checkpoint.glob("*.npz")):
        return (
            "service-stopped",
            "The service stopped while this job ran, before there was a checkpoint to continue from",
        )
    if job.starts >= MOST_STARTS:
        return "too-many-starts", f"The training was interrupted {job.starts} times and is not started again"
    return None


def _conclude(folder: JobFolder, code: int | None, reason: tuple[str, str] | None) -> dict[str, Any]:
    """Write the outcome that a dead worker did not, and the last event where it is missing; the outcome."""
    with folder.locked(), closing(EventWriter(folder)) as writer:
        outcome = folder.read_outcome()
        if outcome is None:
            outcome = {"state": str(State.CANCELLED), "error": None}
            if not folder.cancel.exists():
                slug, message = reason or _reason(code)
                outcome = {
                    "state": str(State.FAILED),
                    "error": {"code": slug, "message": message, "log_tail": folder.log_tail()},
                }
            write_json(folder.outcome, outcome)
        if not writer.has_ended:
            for path in sorted(folder.artifacts.glob("model.*")):  # what a checkpoint left can still be had
                writer.append("artifact", {"format": path.name.removeprefix("model."), "bytes": path.stat().st_size})
            writer.append("end", outcome)
    return outcome


def _reason(code: int | None) -> tuple[str, str]:
    if code == EXIT_NO_SPACE:
        return "disk-full", "The disk that holds the jobs is full: delete old jobs or free some space, then train again"
    if code == -signal.SIGKILL:
        return "killed", "The training process was killed, most often because the machine ran out of memory"
    if code is not None and code < 0:
        with suppress(ValueError):
            return "crashed", f"The training process ended by the signal {signal.Signals(-code).name}"
    return "crashed", "The training process ended without saying why; its last lines may tell"
