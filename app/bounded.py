"""A call in a child process with a deadline and a memory limit: no file can take the service down.

The child is warm (it has imported what it needs) and is used again until it fails; one that is late, dies or runs out
of memory is replaced.
"""

from __future__ import annotations

import asyncio
import multiprocessing
import resource
import signal
from collections.abc import Callable
from contextlib import suppress
from multiprocessing.connection import Connection
from multiprocessing.context import SpawnProcess
from typing import Any, Concatenate, ParamSpec, TypeVar

P = ParamSpec("P")
R = TypeVar("R")
Outcome = tuple[bool, Any]  # whether the call returned, and what it returned or the sentence of its error


# It takes half a second on an idle machine.
START_SECONDS = 120.0


class OutOfBounds(Exception):
    """A call took more time or memory than it may, or crashed the process; the message says which."""


class BoundedWorker:
    """One child process that makes calls one at a time. `call` may be awaited by many at once; they queue."""

    def __init__(self, seconds: float, memory: int) -> None:
        self._seconds = seconds
        self._memory = memory
        self._turn = asyncio.Lock()
        self._process: SpawnProcess | None = None
        self._connection: Connection

    async def call(
        self, function: Callable[Concatenate[bytes, P], R], body: bytes, *args: P.args, **kwargs: P.kwargs
    ) -> R:
        """What `function(body, *args, **kwargs)` returns. The function is one of a module's, its arguments are small.

        Raises:
            OutOfBounds: it did not end in time, ran out of memory, or took the process with it.
        """
        async with self._turn:
            return await asyncio.to_thread(self._call, function, body, args, kwargs)

    async def warm(self) -> None:
        """Start the child before the first call needs it."""
        async with self._turn:
            with suppress(OutOfBounds):  # the first call tries again
                await asyncio.to_thread(self._start)

    def close(self) -> None:
        """End the child, also while another thread waits for its answer."""
        process, self._process = self._process, None
        if process is not None:
            process.kill()
            process.join()
            process.close()
            self._connection.close()

    def _call(self, function: Callable[..., R], body: bytes, args: Any, kwargs: Any) -> R:  # the parameters of `call`
        try:
            self._start()
            self._connection.send((function, args, kwargs))
            self._connection.send_bytes(body)
            if not self._connection.poll(self._seconds):
                self.close()
                raise OutOfBounds(f"it took more than {self._seconds:g} seconds")
            returned, value = self._connection.recv()
        except (EOFError, OSError):
            self.close()
            raise OutOfBounds("it took more memory than it may, or crashed the process that read it") from None
        if not returned:
            self.close()
            raise OutOfBounds(value)
        result: R = value
        return result

    def _start(self) -> None:
        if self._process is not None and self._process.is_alive():
            return
        self.close()
        # Not the fork server: that one is full of TensorFlow, and what it maps would count against the limit.
        context = multiprocessing.get_context("spawn")
        self._connection, theirs = context.Pipe()
        self._process = context.Process(target=_serve, args=(theirs, self._memory), daemon=True)
        self._process.start()
        theirs.close()
        # Ready, or dead: the first call will tell. What is said later would be taken for the answer of a call.
        if not self._connection.poll(START_SECONDS):
            self.close()
            raise OutOfBounds(f"the process that reads it did not start within {START_SECONDS:g} seconds")
        with suppress(EOFError):
            self._connection.recv()


def _serve(connection: Connection, memory: int) -> None:
    from . import answers  # noqa: F401  late: so that the child has it before its limit is set and its first call comes

    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is meant for the service, which ends us
    # Python, our modules and thread stacks are mapped by now; the limit is for what comes on top.
    limit = _mapped() + memory
    resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    connection.send("ready")
    while True:
        try:
            function, args, kwargs = connection.recv()
            body = connection.recv_bytes()
        except EOFError:
            return
        connection.send(_outcome(function, body, args, kwargs))


def _outcome(function: Callable[..., Any], body: bytes, args: Any, kwargs: Any) -> Outcome:  # the parameters of `call`
    try:
        return True, function(body, *args, **kwargs)
    except MemoryError:
        return False, "it took more memory than it may"


def _mapped() -> int:
    with open("/proc/self/statm") as statm:
        return int(statm.read().split()[0]) * resource.getpagesize()
