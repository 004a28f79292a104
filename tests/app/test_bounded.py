"""A call in a child process: late, greedy and dead children are sentences, and the next call works."""

from __future__ import annotations

import asyncio
import os
import signal
import threading
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from app.bounded import BoundedWorker, OutOfBounds


def length(body: bytes, *, times: int = 1) -> int:
    return len(body) * times


def wait_for_ever(_body: bytes) -> None:
    threading.Event().wait()


def take_memory(_body: bytes) -> int:
    return len(bytearray(1 << 30))


def die(_body: bytes) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def blunder(_body: bytes) -> None:
    raise ZeroDivisionError


def process(_body: bytes) -> int:
    return os.getpid()


def run(scenario: Callable[[BoundedWorker], Awaitable[Any]], seconds: float = 300) -> Any:
    async def story() -> Any:
        worker = BoundedWorker(seconds, 256 << 20)
        try:
            return await scenario(worker)
        finally:
            worker.close()

    return asyncio.run(story())


def test_a_call_returns_what_the_function_returns() -> None:
    assert run(lambda worker: worker.call(length, b"x" * 5_000_000, times=2)) == 10_000_000


def test_the_child_is_used_again_and_is_not_us() -> None:
    async def scenario(worker: BoundedWorker) -> list[int]:
        return [await worker.call(process, b""), *await asyncio.gather(*(worker.call(process, b"") for _ in range(3)))]

    pids = run(scenario)
    assert len(set(pids)) == 1 and pids[0] != os.getpid()


@pytest.mark.parametrize(
    ("function", "sentence"), [(take_memory, "more memory"), (die, "crashed"), (blunder, "crashed")]
)
def test_a_child_that_fails_is_replaced(function: Any, sentence: str) -> None:
    async def scenario(worker: BoundedWorker) -> int:
        with pytest.raises(OutOfBounds, match=sentence):
            await worker.call(function, b"")
        result: int = await worker.call(length, b"abc")
        return result

    assert run(scenario) == 3


def test_a_late_child_is_replaced() -> None:
    async def scenario(worker: BoundedWorker) -> None:
        await worker.warm()
        with pytest.raises(OutOfBounds, match=r"more than 0\.2 seconds"):
            await worker.call(wait_for_ever, b"")

    run(scenario, seconds=0.2)


def test_a_worker_that_is_closed_during_a_call_ends_the_call() -> None:
    async def scenario(worker: BoundedWorker) -> None:
        await worker.warm()
        waiting = asyncio.create_task(worker.call(wait_for_ever, b""))
        while worker._turn.locked() is False:  # until the call has the child
            await asyncio.sleep(0)
        worker.close()
        with pytest.raises(OutOfBounds):
            await waiting

    run(scenario)
