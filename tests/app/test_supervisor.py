"""The queue and the watch, with workers that do exactly what a test says."""

from __future__ import annotations

import asyncio
import errno
import json
import signal
import sqlite3
from collections.abc import Awaitable, Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from app.db import Database
from app.training import supervisor as module
from app.training.engine import Handle
from app.training.folder import EXIT_NO_SPACE, Event, EventReader, EventWriter, JobFolder, write_json
from app.training.plan import complete
from app.training.states import NEXT, IllegalStep, JobTable, Progress, State
from app.training.supervisor import QueueFull, Supervisor


class Puppet:
    """A worker whose strings the test pulls."""

    def __init__(self, folder: JobFolder) -> None:
        self.folder = folder
        self.code: int | None = None
        self.asked: list[str] = []

    def poll(self) -> int | None:
        return self.code

    def cancel(self) -> None:
        self.asked.append("cancel")

    def kill(self) -> None:
        self.asked.append("kill")
        self.code = -signal.SIGKILL

    def say(self, kind: str, **data: Any) -> None:
        with self.folder.locked(), closing(EventWriter(self.folder)) as events:
            events.append(kind, data)


class Theatre:
    """An engine of puppets."""

    def __init__(self) -> None:
        self.started: asyncio.Queue[Puppet] = asyncio.Queue()
        self.refuses: OSError | None = None
        self._loop = asyncio.get_running_loop()

    def start(self, folder: JobFolder) -> Handle:
        if self.refuses:
            raise self.refuses
        puppet = Puppet(folder)
        self._loop.call_soon_threadsafe(self.started.put_nowait, puppet)
        return puppet

    def find(self, _folder: JobFolder) -> Handle | None:
        return None


class Stage:
    """A supervisor with its engine."""

    def __init__(self, root: Path, *, max_jobs: int = 1, cancel_seconds: float = 20, stop_seconds: float = 20) -> None:
        self.engine = Theatre()
        self.database = Database(root / "index.sqlite")
        self.table = JobTable(self.database)
        self.supervisor = Supervisor(
            root / "jobs",
            self.table,
            self.engine,
            max_jobs=max_jobs,
            max_queued=3,
            cancel_seconds=cancel_seconds,
            stop_seconds=stop_seconds,
        )
        self.supervisor.open()

    def submit(self) -> str:
        id: str = self.supervisor.submit({}, complete({"loss": "mse", "epochs": 9}), {})["id"]
        return id

    async def end(self, id: str) -> dict[str, Any]:
        events = [event async for event in self.supervisor.watch(id, 0)]
        assert events[-1] is not None and events[-1].kind == "end"
        job = self.supervisor.job(id)
        assert job is not None and events[-1].data == {"state": job["state"], "error": job["error"]}
        return job


def play(root: Path, story: Callable[[Stage], Awaitable[Any]], **settings: Any) -> Any:
    async def whole() -> Any:
        stage = Stage(root, **settings)
        try:
            return await story(stage)
        finally:  # as a service ends that is killed: nothing is told to anybody
            tasks = [job.task for job in stage.supervisor._live.values()]
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            stage.database.close()

    return asyncio.run(whole())


@pytest.mark.parametrize(
    ("code", "reason"),
    [(-9, "killed"), (-11, "crashed"), (1, "crashed"), (0, "crashed"), (EXIT_NO_SPACE, "disk-full"), (-200, "crashed")],
)
def test_a_worker_that_dies_without_a_word_is_given_a_reason(tmp_path: Path, code: int, reason: str) -> None:
    async def story(stage: Stage) -> dict[str, Any]:
        id = stage.submit()
        puppet = await stage.engine.started.get()
        puppet.say("state", state="running")
        puppet.folder.log.write_text("one\n\ntwo\n")
        puppet.code = code
        return await stage.end(id)

    job = play(tmp_path, story)
    assert (job["state"], job["error"]["code"], job["error"]["log_tail"]) == ("failed", reason, ["one", "two"])


def test_half_a_line_of_a_dead_worker_is_cut_off(tmp_path: Path) -> None:
    async def story(stage: Stage) -> list[Event | None]:
        id = stage.submit()
        puppet = await stage.engine.started.get()
        with open(puppet.folder.events, "a") as file:
            file.write('{"seq": 2, "event": "sta')
        puppet.code = -9
        return [event async for event in stage.supervisor.watch(id, 0)]

    events = play(tmp_path, story)
    assert [(event.seq, event.kind) for event in events] == [(1, "state"), (2, "end")]


def test_a_worker_that_does_not_stop_is_killed_after_its_grace(tmp_path: Path) -> None:
    async def story(stage: Stage) -> tuple[dict[str, Any], list[str]]:
        id = stage.submit()
        puppet = await stage.engine.started.get()
        stage.supervisor.cancel(id)
        job = await stage.end(id)
        return job, puppet.asked

    job, asked = play(tmp_path, story, cancel_seconds=0.05)
    assert (job["state"], asked) == ("cancelled", ["cancel", "kill"])


def test_a_service_that_ends_waits_for_a_worker_as_long_as_it_may(tmp_path: Path) -> None:
    async def story(stage: Stage) -> tuple[str, list[str]]:
        id = stage.submit()
        puppet = await stage.engine.started.get()
        await stage.supervisor.close()
        return stage.table.get(id)["state"], puppet.asked  # type: ignore[index]  # it is there

    assert play(tmp_path, story, stop_seconds=0.05) == ("running", ["cancel", "kill"])


def test_no_process_to_be_had_is_a_reason(tmp_path: Path) -> None:
    async def story(stage: Stage) -> dict[str, Any]:
        stage.engine.refuses = OSError(errno.EAGAIN, "Resource temporarily unavailable")
        return await stage.end(stage.submit())

    job = play(tmp_path, story)
    assert (job["state"], job["error"]["code"]) == ("failed", "not-started")
    assert "Resource temporarily unavailable" in job["error"]["message"]


def test_as_many_run_at_once_as_may(tmp_path: Path) -> None:
    async def story(stage: Stage) -> None:
        first, second, third = stage.submit(), stage.submit(), stage.submit()
        puppets = [await stage.engine.started.get() for _ in range(2)]
        assert [puppet.folder.id for puppet in puppets] == [first, second]
        assert stage.supervisor.job(third)["state"] == "queued"  # type: ignore[index]  # it is there
        puppets[1].code = -9
        assert (await stage.engine.started.get()).folder.id == third

    play(tmp_path, story, max_jobs=2)


def test_more_than_may_wait_are_refused(tmp_path: Path) -> None:
    async def story(stage: Stage) -> None:
        for _ in range(3):
            stage.submit()
        with pytest.raises(QueueFull):
            stage.submit()

    play(tmp_path, story)


def test_a_watcher_reads_on_from_where_it_was(tmp_path: Path) -> None:
    async def story(stage: Stage) -> list[int]:
        id = stage.submit()
        puppet = await stage.engine.started.get()
        for step in (1, 2, 3):
            puppet.say("batch", epoch=1, epochs=9, step=step, steps=3, logs={}, seconds=0.0)
        puppet.code = 1
        await stage.end(id)
        return [event.seq async for event in stage.supervisor.watch(id, 3) if event]

    assert play(tmp_path, story) == [4, 5]


def test_a_quiet_job_gives_signs_of_life(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "HEARTBEAT", 0.01)

    async def story(stage: Stage) -> list[Event | None]:
        watched = stage.supervisor.watch(stage.submit(), 0)
        seen = [await anext(watched) for _ in range(3)]
        await watched.aclose()
        return seen

    first, *rest = play(tmp_path, story)
    assert first.kind == "state" and rest == [None, None]


def test_a_full_disk_is_tried_again_until_there_is_room(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "RETRY", 0.0)
    room = iter([False, False, True])

    def write(path: Path, value: object) -> None:
        if not next(room):
            raise OSError(errno.ENOSPC, "No space left on device")
        write_json(path, value)

    async def story(stage: Stage) -> dict[str, Any]:
        id = stage.submit()
        puppet = await stage.engine.started.get()
        monkeypatch.setattr(module, "write_json", write)
        puppet.code = EXIT_NO_SPACE
        return await stage.end(id)

    assert play(tmp_path, story)["error"]["code"] == "disk-full"


def test_a_job_that_was_interrupted_too_often_is_given_up(tmp_path: Path) -> None:
    async def first(stage: Stage) -> str:
        id = stage.submit()
        puppet = await stage.engine.started.get()
        for _ in range(5):
            puppet.say("state", state="running")
        (puppet.folder.checkpoint / "state.npz").touch()
        return id

    id = play(tmp_path, first)
    job = play(tmp_path, lambda stage: stage.end(id))
    assert (job["state"], job["error"]["code"]) == ("failed", "too-many-starts")


def test_folders_are_the_truth_and_rows_follow(tmp_path: Path) -> None:
    async def first(stage: Stage) -> tuple[str, str]:
        known, lost = stage.submit(), stage.submit()
        stage.table.remove(lost)
        stage.table.add("0" * 16, Progress(1).summary())
        (tmp_path / "jobs" / "half-made").mkdir()
        return known, lost

    known, lost = play(tmp_path, first)

    async def second(stage: Stage) -> list[str]:
        started = [(await stage.engine.started.get()).folder.id]
        assert {job["id"] for job in stage.supervisor.jobs()} == {known, lost}
        return started

    assert play(tmp_path, second) == [known]
    assert not (tmp_path / "jobs" / "half-made").exists()


@pytest.mark.parametrize("before", State)
@pytest.mark.parametrize("to", State)
def test_only_the_steps_of_the_table_are_taken(tmp_path: Path, before: State, to: State) -> None:
    with closing(Database(tmp_path / "index.sqlite")) as database:
        table = JobTable(database)
        table.add("a", {**Progress(1).summary(), "state": str(before)})
        if to in NEXT[before]:
            table.advance("a", to, {"state": str(to)})
            assert table.get("a") == {"id": "a", "state": str(to)}
        else:
            with pytest.raises(IllegalStep):
                table.advance("a", to, {})
            assert table.get("a") == {"id": "a", **Progress(1).summary(), "state": str(before)}


def test_a_transaction_happens_as_a_whole_or_not_at_all(tmp_path: Path) -> None:
    with closing(Database(tmp_path / "index.sqlite")) as database:
        insert = "INSERT INTO jobs (id, state, summary) VALUES ('a', 'queued', '{}')"
        with database.transaction() as connection:
            connection.execute(insert)
        with pytest.raises(sqlite3.IntegrityError):
            _insert_both(database, insert.replace("'a'", "'b'"), insert)
        assert [job["id"] for job in JobTable(database).all()] == ["a"]


def _insert_both(database: Database, *statements: str) -> None:
    with database.transaction() as connection:
        for statement in statements:
            connection.execute(statement)


def test_a_database_is_migrated_once(tmp_path: Path) -> None:
    for _ in range(2):
        with closing(Database(tmp_path / "index.sqlite")) as database:
            JobTable(database).all()


def test_a_writer_that_cannot_write_leaves_whole_lines(tmp_path: Path) -> None:
    folder = JobFolder(tmp_path / "job")
    folder.create({}, {}, {})
    with closing(EventWriter(folder)) as writer:
        writer.append("log", {"text": "fits"})
        with pytest.raises(ValueError, match="JSON compliant"):
            writer.append("log", {"text": float("nan")})
        writer.append("log", {"text": "fits too"})
    assert [(event.seq, event.kind) for event in EventReader(folder).read()] == [(1, "state"), (2, "log"), (3, "log")]


def test_a_folder_that_cannot_be_made_leaves_nothing(tmp_path: Path) -> None:
    folder = JobFolder(tmp_path / "job")
    with pytest.raises(TypeError):
        folder.create({}, {"plan": object()}, {})
    assert json.loads(folder.config.read_text()) == {}
    folder.remove()
    assert not folder.path.exists()
