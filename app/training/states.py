"""The states of a job, the steps between them, and the table that remembers them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from enum import StrEnum
from typing import Any

from ..db import Database
from .folder import Event


class State(StrEnum):
    """Where a job stands."""

    QUEUED = "queued"
    RUNNING = "running"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    CANCELLED = "cancelled"

    @property
    def is_final(self) -> bool:
        return not NEXT[self]


NEXT: Mapping[State, frozenset[State]] = {
    # A queued job fails where no process can be started for it.
    State.QUEUED: frozenset({State.RUNNING, State.FAILED, State.CANCELLED}),
    State.RUNNING: frozenset({State.SUCCEEDED, State.FAILED, State.CANCELLED}),
    State.SUCCEEDED: frozenset(),
    State.FAILED: frozenset(),
    State.CANCELLED: frozenset(),
}


class IllegalStep(Exception):
    """A job cannot go from its state to that one."""


class Progress:
    """What a job's events say about it so far."""

    def __init__(self, epochs: int) -> None:
        self.state = State.QUEUED
        self.epoch = self.step = self.steps = 0
        self.epochs = epochs
        self.history: dict[str, list[float | None]] = {}
        self.error: dict[str, Any] | None = None
        self.formats: list[str] = []

    def take(self, event: Event) -> None:
        """Add one event, in order."""
        data = event.data
        match event.kind:
            case "state":
                self.state = State(data["state"])
            case "batch" | "epoch":
                self.epoch, self.step, self.steps = data["epoch"], data["step"], data["steps"]
                if event.kind == "epoch":
                    self._add_epoch(data["epoch"], data["logs"])
            case "artifact" if data["format"] not in self.formats:
                self.formats.append(data["format"])
            case "end":
                self.state, self.error = State(data["state"]), data["error"]

    def _add_epoch(self, epoch: int, logs: Mapping[str, float | None]) -> None:
        for key, value in logs.items():
            values = self.history.setdefault(key, [])
            # A job that was taken up again repeats the epochs after its checkpoint: the newer run counts.
            del values[epoch - 1 :]
            values.append(value)

    def summary(self) -> dict[str, Any]:
        """The job as the wire shows it, without its id."""
        return {
            "state": str(self.state),
            "epoch": self.epoch,
            "epochs": self.epochs,
            "step": self.step,
            "steps": self.steps,
            "history": self.history,
            "error": self.error,
            "formats": self.formats,
        }


class JobTable:
    """The rows of the jobs. Every step of a state is one transaction."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, id: str, summary: Mapping[str, Any]) -> None:
        """Add a job at the end of the queue, in the state that its summary gives."""
        with self._database.transaction() as connection:
            connection.execute(
                "INSERT INTO jobs (id, state, summary) VALUES (?, ?, ?)", (id, summary["state"], json.dumps(summary))
            )

    def advance(self, id: str, to: State, summary: Mapping[str, Any]) -> None:
        """Take a job from the state it is in to the next.

        Raises:
            IllegalStep: its state does not lead there.
        """
        before = [state for state in State if to in NEXT[state]]
        with self._database.transaction() as connection:
            changed = connection.execute(
                f"UPDATE jobs SET state = ?, summary = ? WHERE id = ? AND state IN ({', '.join('?' * len(before))})",
                (to, json.dumps(summary), id, *before),
            )
            if changed.rowcount != 1:
                raise IllegalStep(f"job {id} cannot become {to}")

    def get(self, id: str) -> dict[str, Any] | None:
        """A job as it was at its last step, None where there is none of this id."""
        with self._database.transaction() as connection:
            row = connection.execute("SELECT id, summary FROM jobs WHERE id = ?", (id,)).fetchone()
        return None if row is None else {"id": row["id"], **json.loads(row["summary"])}

    def all(self) -> list[dict[str, Any]]:
        """All jobs, the newest last."""
        with self._database.transaction() as connection:
            rows = connection.execute("SELECT id, summary FROM jobs ORDER BY number").fetchall()
        return [{"id": row["id"], **json.loads(row["summary"])} for row in rows]

    def remove(self, id: str) -> None:
        """Forget a job."""
        with self._database.transaction() as connection:
            connection.execute("DELETE FROM jobs WHERE id = ?", (id,))
