"""The pages: editor, report, a page for each code, and the interface's documentation.

Every template gets `request`, `nonce` (for a style element) and what its route adds.
"""

from __future__ import annotations

import json
from http import HTTPStatus
from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

import graphcore

from .. import answers
from ..bodies import read_model
from ..problems import Problem
from ..services import Services, Shared, shipped

router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)


@router.get("/")
@router.get("/p/{id}")
async def editor(request: Request, shared: Shared) -> Response:
    """The editor; it finds in the address what to open."""
    return page(request, shared, "editor.html", built=_built(), can_train=shared.can_train)


@router.get("/report")
async def empty_report(request: Request, shared: Shared) -> Response:
    """The form to upload a model."""
    return page(request, shared, "report.html", report=None)


@router.post("/report")
async def report(request: Request, shared: Shared) -> Response:
    """Problems, summary and diagram of an uploaded model, without any script."""
    body = await read_model(request, shared.settings)
    said = await shared.answer(answers.report_page, body)
    return page(request, shared, "report.html", **said)


@router.get("/diagnostics")
async def codes(request: Request, shared: Shared) -> Response:
    """All codes."""
    return page(request, shared, "diagnostics.html", codes=list(graphcore.CODES.values()), code=None)


@router.get("/diagnostics/{id}")
async def code(id: str, request: Request, shared: Shared) -> Response:
    """What a code means, why it happens and what mends it."""
    found = graphcore.CODES.get(id)
    if found is None:
        raise Problem(HTTPStatus.NOT_FOUND, f"There is no code {id[:40]!r}")
    return page(request, shared, "diagnostics.html", codes=list(graphcore.CODES.values()), code=found)


@router.get("/docs")
async def docs(request: Request, shared: Shared) -> Response:
    """The REST interface, from its own description and without any script."""
    return page(request, shared, "docs.html", interface=request.app.openapi())


@router.get("/favicon.ico")
async def favicon() -> Response:
    """Browsers ask for it here."""
    return RedirectResponse("/static/icons/layerwright.svg", HTTPStatus.MOVED_PERMANENTLY)


def page(
    request: Request, shared: Services, template: str, status_code: int = HTTPStatus.OK, **context: Any
) -> Response:
    """A template, filled."""
    context["nonce"] = request.state.nonce
    return shared.templates.TemplateResponse(request, template, context, status_code=status_code)


def _built() -> dict[str, Any] | None:
    """The files of the built editor, as Vite's manifest names them; None where it was not built."""
    dist = shipped("static") / "dist"
    try:
        manifest = json.loads((dist / ".vite" / "manifest.json").read_text())
    except FileNotFoundError:
        return None
    entry = next(chunk for chunk in manifest.values() if chunk.get("isEntry"))
    return {
        "script": f"/static/dist/{entry['file']}",
        "styles": [f"/static/dist/{file}" for file in entry.get("css", [])],
        "preload": [f"/static/dist/{manifest[key]['file']}" for key in entry.get("imports", [])],
    }
