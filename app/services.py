"""What the routes share: settings, the supervisor of jobs, the bounded worker, templates and counters."""

from __future__ import annotations

import asyncio
import logging
from collections import Counter
from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing
from dataclasses import dataclass, field
from http import HTTPStatus
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Concatenate, ParamSpec, TypeVar
from urllib.parse import quote

from fastapi import Depends, Query, Request
from fastapi.templating import Jinja2Templates
from starlette.responses import Response

from graphcore import Language

from .answers import Answer
from .bounded import BoundedWorker, OutOfBounds
from .problems import Problem
from .projects.keeping import Keeping
from .projects.kept import NoSuchThing, NotKept
from .settings import Settings
from .training.folder import Event
from .training.supervisor import Supervisor

if TYPE_CHECKING:
    from .projects.store import Store

log = logging.getLogger(__name__)
P = ParamSpec("P")
R = TypeVar("R")
_HERE = Path(__file__).parent
_UNREADABLE = "The file cannot be read here: {why}"
_UNKEPT = "Projects cannot be kept here: {why}"


def shipped(folder: str) -> Path:
    """A folder that ships with the package: inside it in the wheel, beside it in the checkout."""
    inside = _HERE / folder
    return inside if inside.is_dir() else _HERE.parent / folder


def as_download(name: str) -> dict[str, str]:
    """The headers of an answer that a browser saves under a name."""
    return {"content-disposition": f"attachment; filename*=UTF-8''{quote(name, safe='')}"}


def sent(answer: Answer) -> Response:
    """An answer as the response that carries it."""
    headers = None if answer.name is None else as_download(answer.name)
    return Response(answer.body, answer.status, headers, answer.media_type)


@dataclass
class Services:
    """One of each for a running service."""

    settings: Settings
    supervisor: Supervisor
    worker: BoundedWorker
    projects: Keeping
    templates: Jinja2Templates
    counters: Counter[str] = field(default_factory=Counter)
    followers: int = 0

    async def followed(self, events: AsyncGenerator[Event | None, None]) -> AsyncGenerator[Event | None, None]:
        """The same events, counted as a stream that is open."""
        self.followers += 1
        try:
            async with aclosing(events):
                async for event in events:
                    yield event
        finally:
            self.followers -= 1

    async def answer(
        self, ask: Callable[Concatenate[bytes, P], R], body: bytes, *args: P.args, **kwargs: P.kwargs
    ) -> R:
        """What a function of `answers` says about a file: at once in a thread, or bounded in a child process.

        A small JSON text is bounded by counting. Archives and HDF5 are unpacked by code that is not ours, and large
        files would hold the interpreter for seconds.

        Raises:
            Problem: 422, the file took more time or memory than it may.
        """
        self.counters[ask.__name__] += 1
        if len(body) <= self.settings.small_bytes and body.lstrip()[:1] in (b"{", b"[", b""):
            return await asyncio.to_thread(ask, body, *args, **kwargs)
        try:
            return await self.worker.call(ask, body, *args, **kwargs)
        except OutOfBounds as error:
            self.counters["out_of_bounds"] += 1
            raise Problem(HTTPStatus.UNPROCESSABLE_ENTITY, _UNREADABLE, {"why": str(error)}) from None

    async def kept(self, ask: Callable[[Store], R]) -> R:
        """What the projects' store says.

        Raises:
            Problem: 404, there is no such project or revision; 507, the database cannot be used.
        """
        try:
            return await self.projects.ask(ask)
        except NoSuchThing:
            raise Problem(HTTPStatus.NOT_FOUND, "There is no such project, or no such revision of it") from None
        except NotKept as error:
            log.warning("projects cannot be kept: %s", error)
            raise Problem(HTTPStatus.INSUFFICIENT_STORAGE, _UNKEPT, {"why": str(error)}) from None

    @property
    def can_train(self) -> bool:
        """Whether TensorFlow is installed; there are platforms without it. It is found without being imported."""
        return find_spec("tensorflow") is not None


def services(request: Request) -> Services:
    """The services of the app that got the request."""
    found: Services = request.app.state.services
    return found


Shared = Annotated[Services, Depends(services)]
Spoken = Annotated[Language, Query(description="The language of what people read in the answer")]
