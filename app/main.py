"""The application: what belongs to it, who may call it, which routes it has."""

from __future__ import annotations

import fcntl
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, TextIO

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.responses import Response
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp

from . import words
from .bounded import BoundedWorker
from .db import Database
from .guard import Guard, Policy
from .problems import MEDIA_TYPE, Problem, as_problem
from .projects.keeping import Keeping
from .root_path import BelowRootPath
from .routes import datasets, files, health, jobs, models, pages, project_pages, projects
from .services import Services, shipped
from .settings import Settings
from .templating import open_templates
from .training.engine import LocalEngine
from .training.states import JobTable
from .training.supervisor import Supervisor
from .wire import ProblemOut


class DataTaken(Exception):
    """Another service keeps its jobs in the same folder."""


class Service(FastAPI):
    """An application whose answers all carry a policy, and whose description says that refusals are problem+json."""

    def build_middleware_stack(self) -> ASGIApp:
        """With the policy outside of all: Starlette answers what failed outside of the middleware that it is given."""
        return Policy(super().build_middleware_stack())

    def openapi(self) -> dict[str, Any]:
        """The description; FastAPI writes the media type of what a route returns beside the form of a refusal too."""
        description = super().openapi()
        for methods in description["paths"].values():
            for operation in methods.values():
                refused = operation["responses"]["default"]
                *_, form = refused["content"].values()
                refused["content"] = {MEDIA_TYPE: form}
        return description


def create_app(settings: Settings) -> FastAPI:
    """The service with these settings. The data folder is its own at once; database and processes live in its lifespan.

    Raises:
        DataTaken: another service has this data folder.
        OSError: the folder cannot be made.
    """
    owned = _own(settings.data)

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        database = Database(settings.data / "layerwright.sqlite")
        supervisor = Supervisor(
            settings.data / "jobs",
            JobTable(database),
            LocalEngine(settings.checkpoint_seconds),
            max_jobs=settings.max_jobs,
            max_queued=settings.max_queued,
            cancel_seconds=settings.cancel_seconds,
            stop_seconds=settings.stop_seconds,
        )
        worker = BoundedWorker(settings.child_seconds, settings.child_bytes)
        keeping = Keeping(settings.data / "projects.sqlite", settings.keep_revisions)
        app.state.services = Services(
            settings, supervisor, worker, keeping, open_templates(shipped("templates"), settings.root_path)
        )
        supervisor.open()
        keeping.open_soon()
        try:
            yield
        finally:
            await supervisor.close()
            worker.close()
            keeping.close()
            database.close()
            owned.close()

    app = Service(
        title="Layerwright",
        summary="Draw, check and train Keras models",
        lifespan=lifespan,
        # FastAPI's pages load their scripts from a CDN; ours is in routes/pages.
        docs_url=None,
        redoc_url=None,
        openapi_url="/openapi.json",
        responses={"default": {"model": ProblemOut, "description": "Refused, with the reason"}},
        middleware=[Middleware(BelowRootPath, root_path=settings.root_path), Middleware(Guard, settings=settings)],
    )
    for kind in (Problem, HTTPException, RequestValidationError, Exception):
        app.add_exception_handler(kind, _answer)
    for module in (health, models, jobs, datasets, projects, files, project_pages, pages):
        app.include_router(module.router)
    if (static := shipped("static")).is_dir():
        app.mount("/static", Static(directory=static), name="static")
    return app


class Static(StaticFiles):
    """Files that a browser asks about again, so that it never mixes two versions. Hashed names are kept."""

    def file_response(self, full_path: Any, *args: Any, **kwargs: Any) -> Response:
        """The file, with how long it may be kept."""
        response = super().file_response(full_path, *args, **kwargs)
        kept = re.search(r"/dist/.*-[\w-]{8}\.\w+$", str(full_path))
        response.headers["cache-control"] = "public, max-age=31536000, immutable" if kept else "no-cache"
        return response


async def _answer(request: Request, error: Exception) -> Response:
    """A refusal: for somebody who looks at a page another page, for programs problem+json."""
    problem = as_problem(error)
    language = words.language_of(request)
    if request.url.path.startswith(f"{request.scope['root_path']}/api/") or "text/html" not in request.headers.get(
        "accept", ""
    ):
        return problem.response(language)
    return pages.page(
        request,
        request.app.state.services,
        "message.html",
        status_code=problem.status,
        title=words.said(problem.status.phrase, language),
        detail=problem.said(language),
        status=problem.status.value,
    )


def _own(data: Path) -> TextIO:
    """Take the data folder: two supervisors over the same jobs would start each job twice."""
    data.mkdir(parents=True, exist_ok=True)
    file = open(data / "lock", "w")  # noqa: SIM115  held as long as the service lives
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        file.close()
        raise DataTaken(f"Another Layerwright uses {data}: give this one its own LAYERWRIGHT_DATA") from None
    return file
