"""The pages: editor, report, a page for each code, and the interface's documentation.

Every template gets `request` and what its route adds.
"""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from functools import cache
from http import HTTPStatus
from itertools import groupby
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

import graphcore

from .. import answers, interface, words
from ..bodies import read_upload
from ..problems import DETAILS, Problem
from ..services import Services, Shared, sent, shipped
from ..words import language_of

FAMILIES = {
    "GC0": "The file",
    "GC1": "The dialect",
    "GC2": "Arguments of layers",
    "GC3": "The wiring",
    "GC4": "Shapes and dtypes",
    "GC5": "Training",
    "GC6": "Output",
    "GC7": "Python around the model",
    "GC8": "What a file could do",
    "GC9": "Mistakes of ours",
}
# A whole traceback may be pasted into the field; addresses have their limit.
MOST_ASKED = 4_000
router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)


@router.get("/")
@router.get("/p/{id}")
async def editor(request: Request, shared: Shared) -> Response:
    """The editor; it finds in the address what to open: a model, or a project."""
    return page(request, shared, "editor.html", built=_built(), can_train=shared.can_train)


@router.get("/report")
async def empty_report(request: Request, shared: Shared) -> Response:
    """The form to upload a model."""
    return page(request, shared, "report.html", report=None, address=str(request.base_url))


@router.post("/report")
async def report(request: Request, shared: Shared) -> Response:
    """Problems, summary and diagram of an uploaded model, without any script."""
    upload = await read_upload(request, shared.settings)
    said = await shared.answer(answers.report_page, upload.body, language=language_of(request))
    checked = datetime.now(UTC)
    return page(request, shared, "report.html", file=upload.name, checked=checked, **said)


@router.post("/report/safe-copy")
async def safe_copy(request: Request, shared: Shared) -> Response:
    """A copy of an uploaded file without what it could do, as a download; a page that says why where there is none."""
    upload = await read_upload(request, shared.settings)
    answer = await shared.answer(answers.safe_copy, upload.body, name=upload.name, language=language_of(request))
    if answer.status != HTTPStatus.OK:
        raise Problem(HTTPStatus(answer.status), json.loads(answer.body)["detail"])
    return sent(answer)


@router.get("/diagnostics")
async def codes(request: Request, shared: Shared, q: Annotated[str, Query(max_length=MOST_ASKED)] = "") -> Response:
    """All codes, or those that words are about; one of them that is named by its id or slug opens itself."""
    asked = q.strip()
    found = graphcore.find_codes(asked) if asked else ()
    if len(found) == 1 and asked.lower() in (found[0].id.lower(), found[0].slug):
        return RedirectResponse(f"{request.scope['root_path']}/diagnostics/{found[0].id}", HTTPStatus.SEE_OTHER)
    said = [graphcore.say_code(code, language_of(request)) for code in found]
    return page(
        request,
        shared,
        "diagnostics.html",
        families=_families(language_of(request)),
        code=None,
        asked=asked,
        found=said,
    )


@router.get("/diagnostics/{id}")
async def code(id: str, request: Request, shared: Shared) -> Response:
    """What a code means, why it happens and what mends it, with an example and what is said about it."""
    language = language_of(request)
    found = graphcore.say_code(_code(id), language)
    said = dict(_said_about(found, language))
    said |= {"family": words.said(FAMILIES[id[:3]], language), "keras": graphcore.keras_says(found.id), "asked": ""}
    return page(request, shared, "diagnostics.html", families=_families(language), code=found, **said)


@router.get("/diagnostics/{id}/example")
async def code_example(id: str) -> Response:
    """The model that has this problem, for the editor to open."""
    found = _code(id)
    if found.example.kind != "model":
        raise Problem(HTTPStatus.NOT_FOUND, "The example of {code} is no model", {"code": id})
    return Response(found.example.text, media_type="application/json")


@router.get("/style")
async def style(request: Request, shared: Shared) -> Response:
    """Every token and every state of every part, light and dark; in development only."""
    if not shared.settings.development:
        raise Problem(HTTPStatus.NOT_FOUND, DETAILS[HTTPStatus.NOT_FOUND])
    tokens = (shipped("static") / "css" / "tokens.css").read_text(encoding="utf-8")
    return page(request, shared, "style.html", built=_built(), tokens=tokens_in(tokens))


@router.get("/docs")
async def docs(request: Request, shared: Shared) -> Response:
    """The REST interface, from its own description and without any script."""
    openapi, address = request.app.openapi(), str(request.base_url)
    groups, forms = interface.groups(openapi, address), interface.forms(openapi)
    return page(request, shared, "docs.html", groups=groups, forms=forms, address=address.rstrip("/"))


@router.get("/favicon.ico")
async def favicon(request: Request) -> Response:
    """Browsers ask for it here."""
    return RedirectResponse(f"{request.scope['root_path']}/static/icons/layerwright.svg", HTTPStatus.MOVED_PERMANENTLY)


def page(
    request: Request, shared: Services, template: str, status_code: int = HTTPStatus.OK, **context: Any
) -> Response:
    """A template, filled."""
    return words.keep(request, shared.templates.TemplateResponse(request, template, context, status_code=status_code))


def tokens_in(css: str) -> dict[str, list[str]]:
    """The names of a stylesheet's tokens by their first words: what a page of all of them cannot forget one of.

    >>> tokens_in(":root { --ink: #000; --ink-2: #555; --s1: 4px; --ease: ease; }")
    {'colour': ['ink', 'ink-2'], 'space': ['s1'], 'other': ['ease']}
    """
    found: dict[str, list[str]] = {}
    for name, value in re.findall(r"--([\w-]+):\s*([^;]+);", css):
        kind = next((kind for kind, form in _TOKENS if re.fullmatch(form, f"{name}: {value}", re.DOTALL)), "other")
        if name not in found.setdefault(kind, []):
            found[kind].append(name)
    return found


_TOKENS = (
    ("shadow", r"sh\d: .*"),
    ("colour", r".*: (light-dark\(#.*|#\w+)"),
    ("type", r"(t\d|sans|mono): .*"),
    ("space", r"s\d: .*"),
    ("radius", r"r\d: .*"),
    ("motion", r"m\d: .*"),
    ("measure", r".*: \d+px"),
)


def _families(language: graphcore.Language) -> list[tuple[str, str, list[graphcore.Code]]]:
    """The codes by what they are about: their first digits, a name, and the codes."""
    grouped = groupby(graphcore.CODES.values(), key=lambda code: code.id[:3])
    return [
        (digits, words.said(FAMILIES[digits], language), [graphcore.say_code(code, language) for code in found])
        for digits, found in grouped
    ]


def _code(id: str) -> graphcore.Code:
    found = graphcore.CODES.get(id)
    if found is None:
        raise Problem(HTTPStatus.NOT_FOUND, "There is no code {code}", {"code": repr(id[:40])})
    return found


@cache
def _said_about(code: graphcore.Code, language: graphcore.Language) -> dict[str, Any]:
    if code.example.kind not in ("model", "safety"):
        return {"problems": [], "excerpts": []}
    return answers.problems_page(code.example.text, code.id, safety=code.example.kind == "safety", language=language)


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
