"""In which order `make oracle` asks, with nobody who answers."""

from __future__ import annotations

import json
from pathlib import Path
from subprocess import CalledProcessError
from threading import Event, Lock

import pytest

from . import record, records
from .record import AFTER, ASKED, KINDS, Task, ask_at_once, tasks

MOST = 3


class _Asking:
    """Notes what begins and ends; one of the tasks may fail, and the others end after it."""

    def __init__(self, failing: Task | None = None) -> None:
        self.failing = failing
        self.told: list[tuple[str, Task]] = []
        self.lock = Lock()
        self.has_failed = Event()
        if failing is None:
            self.has_failed.set()

    def __call__(self, task: Task) -> str:
        self._tell("begins", task)
        if task == self.failing:
            self.has_failed.set()
            raise CalledProcessError(1, list(task.words))
        self.has_failed.wait()
        self._tell("ends", task)
        return f"version of {task.generation}"

    def _tell(self, what: str, task: Task) -> None:
        with self.lock:
            self.told.append((what, task))


@pytest.fixture
def versions(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    monkeypatch.setattr(record, "PROCESSES", MOST)
    monkeypatch.setattr(records, "VERSIONS", tmp_path / "versions.json")
    return tmp_path / "versions.json"


def test_everything_is_asked_once_and_after_what_it_begins_with(
    monkeypatch: pytest.MonkeyPatch, versions: Path
) -> None:
    asking = _Asking()
    monkeypatch.setattr(record, "_asked_apart", asking)
    ask_at_once(tasks())
    begun = [task for what, task in asking.told if what == "begins"]
    assert sorted(begun) == sorted(tasks())
    assert {task.what for task in begun} == {kind for kinds in KINDS.values() for kind in kinds} <= ASKED.keys()
    for task in begun:
        before = asking.told[: asking.told.index(("begins", task))]
        needed = [one for one in tasks() if one.generation == task.generation and one.what in AFTER.get(task.what, ())]
        assert [one for one in needed if ("ends", one) not in before] == [], task
        running = len(before) - 2 * sum(what == "ends" for what, _ in before)
        assert running < MOST
    assert json.loads(versions.read_text()) == {"keras3": "version of keras3", "keras2": "version of keras2"}


def test_a_failure_ends_it(monkeypatch: pytest.MonkeyPatch, versions: Path) -> None:
    asking = _Asking(tasks()[0])
    monkeypatch.setattr(record, "_asked_apart", asking)
    with pytest.raises(CalledProcessError):
        ask_at_once(tasks())
    assert not versions.exists()
    begun, ended = ([task for what, task in asking.told if what == one] for one in ("begins", "ends"))
    assert len(begun) < len(tasks())
    assert {*begun} - {*ended} == {tasks()[0]}  # those that ran were waited for
