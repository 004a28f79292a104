"""The page of projects. It has no script: what it does is links and forms, and each form ends in the page again."""

from __future__ import annotations

from datetime import UTC, datetime
from http import HTTPStatus
from typing import Annotated, Any

from fastapi import APIRouter, Form, Path, Query, Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from graphcore import Language

from ..bodies import read_upload
from ..problems import Problem
from ..projects.intake import duplicated, from_file
from ..projects.kept import NAME_MOST, Project, as_name
from ..services import Shared
from ..words import counted, keep, language_of
from ..words import said as say

router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)

RECENT = 4
LISTED = 100
Id = Annotated[str, Path(pattern="^[0-9a-f]{16}$")]


@router.get("/projects")
async def projects(
    request: Request,
    shared: Shared,
    q: Annotated[str, Query(max_length=400)] = "",
    after: Annotated[str | None, Query(pattern=r"^\d{1,18}-[0-9a-f]{16}$")] = None,
    undo: Annotated[str | None, Query(pattern="^[0-9a-f]{16}$")] = None,
) -> Response:
    """Projects with their pictures, and a field to search them."""
    words = q.split()
    page = await shared.kept(lambda store: store.search(words, after=after, most=LISTED))
    count = await shared.kept(lambda store: store.count(words))
    now = datetime.now(UTC)
    language = language_of(request)
    rows = [_row(project, now, language) for project in page.items]
    said = {
        "rows": rows,
        "next": page.next,
        "count": count,
        "recent": rows[:RECENT] if not words and after is None and count > RECENT else [],
        "asked": q.strip(),
        "is_first": after is None,
        "undo": await _deleted(shared, undo) if undo else None,
        "most": NAME_MOST,
    }
    return keep(request, shared.templates.TemplateResponse(request, "projects.html", said))


@router.post("/projects")
async def open_file(request: Request, shared: Shared) -> Response:
    """A new project of an uploaded model or exported project, opened."""
    upload = await read_upload(request, shared.settings)
    if not upload.body:
        raise Problem(HTTPStatus.UNPROCESSABLE_ENTITY, "The file is empty, or none was chosen")
    return _opened(request, await from_file(shared, upload.body, None, upload.name))


@router.post("/projects/new")
async def new_project(request: Request, shared: Shared) -> Response:
    """A new project of an empty model, opened."""
    return _opened(request, await from_file(shared, b"", None))


@router.post("/projects/{id}/rename")
async def rename(
    id: Id, request: Request, shared: Shared, name: Annotated[str, Form(max_length=1000)] = ""
) -> Response:
    """Another name; an empty one changes nothing."""
    if name := as_name(name, ""):
        await shared.kept(lambda store: store.rename(id, name))
    return _back(request)


@router.post("/projects/{id}/duplicate")
async def duplicate(id: Id, request: Request, shared: Shared) -> Response:
    """The same once more."""
    await duplicated(shared, id)
    return _back(request)


@router.post("/projects/{id}/delete")
async def delete(id: Id, request: Request, shared: Shared) -> Response:
    """Out of the list, with a way back."""
    await shared.kept(lambda store: store.delete(id))
    return _back(request, f"?undo={id}")


@router.post("/projects/{id}/undo")
async def undo(id: Id, request: Request, shared: Shared) -> Response:
    """Back into the list."""
    await shared.kept(lambda store: store.restore(id))
    return _back(request)


def _row(project: Project, now: datetime, language: Language) -> dict[str, Any]:
    """A project as the page shows it."""
    said = project.summary
    is_empty = not said["layers"]
    severity = "" if is_empty else "error" if not said["ok"] else "warning" if said["warnings"] else ""
    problems = said["errors"] + said["more"] if severity == "error" else said["warnings"]
    noun = "problem" if severity == "error" else "warning"
    changed = datetime.fromtimestamp(project.changed, UTC)
    parameters = said["parameters"]
    return {
        "id": project.id,
        "name": project.name,
        "tag": project.tag,
        "revision": project.revision,
        "severity": severity,
        "verdict": counted(problems, noun, language)
        if severity
        else say("Empty" if is_empty else "No problems", language),
        "is_empty": is_empty,
        "layers": said["layers"],
        "parameters": _amount(parameters) if parameters is not None else f"≥ {_amount(said['known_parameters'])}",
        "time": changed.isoformat(timespec="seconds"),
        "ago": ago(changed, now, language),
    }


def _amount(number: int) -> str:
    """A count as it is read at a glance."""
    for size, letter in ((10**9, " B"), (10**6, " M")):
        if number >= size:
            return f"{number / size:.3g}{letter}"
    return f"{number:,}"


def ago(then: datetime, now: datetime, language: Language = "en") -> str:
    """How long ago something was, as people say it.

    >>> hour = datetime(2026, 3, 2, 12, tzinfo=UTC)
    >>> ago(hour, hour), ago(hour, hour.replace(minute=5)), ago(hour, hour.replace(day=3))
    ('just now', '5 minutes ago', 'yesterday')
    """
    minutes = int((now - then).total_seconds() // 60)
    if minutes < 1:
        return say("just now", language)
    if minutes < 60:
        return say("{time} ago", language, time=counted(minutes, "minute", language))
    if minutes < 24 * 60:
        return say("{time} ago", language, time=counted(minutes // 60, "hour", language))
    if minutes < 48 * 60:
        return say("yesterday", language)
    return f"{then.day} {then:%b %Y}" if language == "en" else f"{then.year} 年 {then.month} 月 {then.day} 日"


async def _deleted(shared: Shared, id: str) -> Project | None:
    try:
        return await shared.kept(lambda store: store.get(id, is_deleted=True))
    except Problem as problem:
        if problem.status is HTTPStatus.NOT_FOUND:  # somebody has undone it already
            return None
        raise


def _opened(request: Request, project: Project) -> Response:
    return RedirectResponse(f"{request.scope['root_path']}/p/{project.id}", HTTPStatus.SEE_OTHER)


def _back(request: Request, query: str = "") -> Response:
    return RedirectResponse(f"{request.scope['root_path']}/projects{query}", HTTPStatus.SEE_OTHER)
