"""Projects: documents that are kept, their revisions, and projects as files. docs/projects.md shows the requests."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Annotated, Any, TypeVar

from fastapi import APIRouter, Path, Query, Request
from starlette.responses import Response

from .. import answers
from ..bodies import read_model
from ..problems import Problem
from ..projects.intake import duplicated, from_file, kept_of
from ..projects.kept import NAME_MOST, Conflict, Project, Revision, is_name
from ..projects.project_file import pack
from ..services import Services, Shared, as_download
from ..wire import ProjectChange, ProjectList, ProjectOut, RevisionList, RevisionName, RevisionOut

router = APIRouter(prefix="/api/v1/projects", tags=["projects"])

MOST_LISTED = 200
Id = Annotated[str, Path(pattern="^[0-9a-f]{16}$")]
Number = Annotated[int, Path(ge=1, le=2**31 - 1)]
Words = Annotated[str, Query(max_length=400)]
_DOCUMENT: dict[int | str, dict[str, Any]] = {
    200: {"content": {"application/json": {}}},
    304: {"description": "If-None-Match has its tag"},
}


@router.get("", response_model=ProjectList)
async def list_projects(
    shared: Shared,
    q: Words = "",
    deleted: bool = False,
    after: Annotated[str | None, Query(pattern=r"^\d{1,18}-[0-9a-f]{16}$")] = None,
    limit: Annotated[int, Query(ge=1, le=MOST_LISTED)] = 50,
) -> Any:  # FastAPI checks it against the model
    """Projects, those that changed last first. `q`: words that name or model have; `type:LSTM`, `is:error`."""
    page = await shared.kept(lambda store: store.search(q.split(), is_deleted=deleted, after=after, most=limit))
    return {"items": [_project(project) for project in page.items], "next": page.next}


@router.post("", status_code=HTTPStatus.CREATED, response_model=ProjectOut)
async def create_project(
    request: Request, response: Response, shared: Shared, name: Annotated[str | None, Query()] = None
) -> Any:  # as above
    """A new project of a model, a document, or an exported project; of an empty model where the body is empty."""
    project = await from_file(shared, await read_model(request, shared.settings), _name(name) if name else None)
    return _created(project, request, response)


@router.get("/{id}", response_model=ProjectOut)
async def get_project(id: Id, response: Response, shared: Shared) -> Any:  # as above
    """A project without its document."""
    return _tagged(await shared.kept(lambda store: store.get(id)), response)


@router.patch("/{id}", response_model=ProjectOut)
async def change_project(id: Id, change: ProjectChange, response: Response, shared: Shared) -> Any:  # as above
    """Rename a project, or have a deleted one back."""
    if change.deleted is False:
        await shared.kept(lambda store: store.restore(id))
    if change.name is not None:
        name = _name(change.name)
        await shared.kept(lambda store: store.rename(id, name))
    return await get_project(id, response, shared)


@router.delete("/{id}", status_code=HTTPStatus.NO_CONTENT)
async def delete_project(id: Id, shared: Shared, forever: bool = False) -> None:
    """Delete a project. It can be had back for 30 days; `forever` deletes one that was deleted for good."""
    await shared.kept(lambda store: store.purge(id) if forever else store.delete(id))


@router.post("/{id}/duplicate", status_code=HTTPStatus.CREATED, response_model=ProjectOut)
async def duplicate_project(id: Id, request: Request, response: Response, shared: Shared) -> Any:  # as above
    """A new project that begins with the newest document of this one."""
    return _created(await duplicated(shared, id), request, response)


@router.get("/{id}/export", response_class=Response, responses={200: {"content": {"application/zip": {}}}})
async def export_project(id: Id, shared: Shared) -> Response:
    """The project with all its revisions as one file, which `POST /api/v1/projects` takes."""
    project = await shared.kept(lambda store: store.get(id))
    body = await shared.kept(lambda store: pack(project.name, store.states(id)))
    return Response(body, media_type="application/zip", headers=as_download(f"{project.name}.layerwright"))


@router.get("/{id}/thumbnail", response_class=Response, responses={200: {"content": {"image/svg+xml": {}}}})
async def get_thumbnail(id: Id, shared: Shared) -> Response:
    """A small picture of the model."""
    return Response(await shared.kept(lambda store: store.thumbnail(id)), media_type="image/svg+xml")


@router.get("/{id}/document", response_class=Response, responses=_DOCUMENT)
async def get_document(id: Id, request: Request, shared: Shared) -> Response:
    """The newest document, byte for byte as it was saved, with its ETag."""
    return await _document(id, None, request, shared)


@router.put("/{id}/document", response_model=ProjectOut)
async def save_document(id: Id, request: Request, response: Response, shared: Shared) -> Any:  # as above
    """Save a document as the newest revision. If-Match names the state that it follows, `*` any."""
    tags = _expected(request)
    kept = await kept_of(shared, await read_model(request, shared.settings))
    return _tagged(await _saved(shared, lambda store: store.save(id, kept, tags)), response)


@router.get("/{id}/revisions", response_model=RevisionList)
async def list_revisions(
    id: Id,
    shared: Shared,
    before: Annotated[int | None, Query(ge=1)] = None,
    limit: Annotated[int, Query(ge=1, le=MOST_LISTED)] = 100,
) -> Any:  # as above
    """What was saved, the newest first."""
    found = await shared.kept(lambda store: store.revisions(id, before=before, most=limit + 1))
    shown = found[:limit]
    return {"items": [_revision(one) for one in shown], "next": str(shown[-1].number) if len(found) > limit else None}


@router.get("/{id}/revisions/{number}", response_class=Response, responses=_DOCUMENT)
async def get_revision(id: Id, number: Number, request: Request, shared: Shared) -> Response:
    """The document of a revision."""
    return await _document(id, number, request, shared)


@router.patch("/{id}/revisions/{number}", response_model=RevisionOut)
async def name_revision(id: Id, number: Number, named: RevisionName, shared: Shared) -> Any:  # as above
    """Name a revision: it is then kept for good. Null takes the name away."""
    name = None if named.name is None else _name(named.name)
    return _revision(await shared.kept(lambda store: store.name_revision(id, number, name)))


@router.post("/{id}/revisions/{number}/restore", response_model=ProjectOut)
async def restore_revision(
    id: Id, number: Number, request: Request, response: Response, shared: Shared
) -> Any:  # as above
    """Save the document of a revision once more, as the newest. If-Match as for a save."""
    tags = _expected(request)
    found = await shared.kept(lambda store: store.document(id, number))
    kept = await kept_of(shared, found.document)
    return _tagged(await _saved(shared, lambda store: store.save(id, kept, tags)), response)


@router.get("/{id}/revisions/{number}/diff", response_class=Response, responses=_DOCUMENT)
async def compare_revisions(
    id: Id, number: Number, shared: Shared, since: Annotated[int | None, Query(ge=1)] = None
) -> Response:
    """What changed up to a revision since another, by default the one before it: a diff of records."""
    after = await shared.kept(lambda store: store.document(id, number))
    if since is None:
        older = await shared.kept(lambda store: store.revisions(id, before=number, most=1))
        since = older[0].number if older else number
    before = await shared.kept(lambda store: store.document(id, since))
    answer = await shared.answer(answers.difference, after.document, before=before.document)
    return Response(answer.body, answer.status, media_type=answer.media_type)


T = TypeVar("T")


async def _saved(shared: Services, save: Callable[[Any], T]) -> T:
    try:
        return await shared.kept(save)
    except Conflict as conflict:
        detail = "The project was saved by somebody else meanwhile: fetch its document, and save on top of that"
        raise Problem(HTTPStatus.PRECONDITION_FAILED, detail, headers={"ETag": f'"{conflict.tag}"'}) from None


def _expected(request: Request) -> list[str] | None:
    """The tags in If-Match; None for `*`."""
    said = request.headers.get("if-match")
    if said is None:
        detail = "A save needs If-Match: the ETag of the document that was changed, or * to overwrite whatever is there"
        raise Problem(HTTPStatus.PRECONDITION_REQUIRED, detail)
    # A weak tag says that something else may have the same meaning, which a save cannot build on.
    return None if said.strip() == "*" else [tag for is_weak, tag in _TAG.findall(said) if not is_weak]


_TAG = re.compile(r'(W/)?"([^"]*)"')


async def _document(id: str, number: int | None, request: Request, shared: Services) -> Response:
    found = await shared.kept(lambda store: store.document(id, number))
    headers = {"etag": f'"{found.revision.tag}"', "cache-control": "no-cache"}
    known = request.headers.get("if-none-match", "")
    if known.strip() == "*" or found.revision.tag in [tag for _, tag in _TAG.findall(known)]:
        return Response(status_code=HTTPStatus.NOT_MODIFIED, headers=headers)
    return Response(found.document, media_type="application/json", headers=headers)


def _name(text: str) -> str:
    if not is_name(text):
        detail = "A name has 1 to {n} letters, and no control characters"
        raise Problem(HTTPStatus.UNPROCESSABLE_ENTITY, detail, {"n": NAME_MOST})
    return text.strip()


def _created(project: Project, request: Request, response: Response) -> dict[str, Any]:
    response.headers["location"] = f"{request.scope['root_path']}{router.prefix}/{project.id}"
    return _tagged(project, response)


def _tagged(project: Project, response: Response) -> dict[str, Any]:
    response.headers["etag"] = f'"{project.tag}"'
    return _project(project)


def _project(project: Project) -> dict[str, Any]:
    return {
        "id": project.id,
        "name": project.name,
        "created": _time(project.created),
        "changed": _time(project.changed),
        "deleted": None if project.deleted is None else _time(project.deleted),
        "revision": project.revision,
        "etag": f'"{project.tag}"',
        "summary": project.summary,
    }


def _revision(revision: Revision) -> dict[str, Any]:
    said = revision._asdict()
    return {**said, "saved": _time(revision.saved), "etag": f'"{said.pop("tag")}"'}


def _time(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
