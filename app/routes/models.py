"""A model in, an answer about it out: nothing is kept."""

from __future__ import annotations

import gzip
import json
from functools import cache
from http import HTTPStatus
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from .. import answers
from ..answers import Form, Picture
from ..bodies import read_body, read_model, read_upload
from ..problems import Problem
from ..services import Shared, Spoken, sent, shipped
from ..wire import ExampleList, Explain, Explanation, FixRequest, Mended, ProblemOut, Report, TracebackReading
from ..words import language_of, said

router = APIRouter(prefix="/api/v1", tags=["models"])

_FILE = {
    "requestBody": {
        "content": {
            "application/octet-stream": {"schema": {"type": "string", "format": "binary"}},
            "multipart/form-data": {
                "schema": {"type": "object", "properties": {"file": {"type": "string", "format": "binary"}}}
            },
        }
    }
}
_EXPLAIN = {"requestBody": {"content": {"application/json": {"schema": Explain.model_json_schema()}}}}
_FIX = {"requestBody": {"required": True, "content": {"application/json": {"schema": FixRequest.model_json_schema()}}}}
_PICTURED: dict[str, Any] = {
    "content": {kind: {} for kind in ("image/svg+xml", "image/png", "application/pdf", "text/vnd.graphviz")}
}
_COPY: dict[str, Any] = {"content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}}}
_UNSAFE: dict[str, Any] = {"model": ProblemOut, "description": "No safe copy can be made, with the reason"}
_CONVERTED: dict[str, Any] = {"content": {kind: {} for kind in ("application/json", "text/x-python")}}


Ignored = Annotated[
    str,
    Query(
        pattern=r"^(GC\d{3}(,GC\d{3})*)?$",
        max_length=600,
        description="Codes of warnings and hints that are left out, as in GC211,GC305; errors stay",
    ),
]


@router.post("/check", responses={200: {"model": Report}}, openapi_extra=_FILE)
async def check(
    request: Request,
    shared: Shared,
    document: bool = False,
    fixes: bool = True,
    ignore: Ignored = "",
    safety: bool = False,
    language: Spoken = "en",
) -> Response:
    """The report about a model, with the document where asked for. What does not parse is a report too.

    Fixes are tried before they are offered: up to twenty checks more, which `fixes=false` leaves out. `safety` adds
    what the file could do when Keras loads it: GC801 to GC806. `language` is that of messages, hints and fixes.
    """
    body = await read_model(request, shared.settings)
    silent = [code for code in ignore.split(",") if code]
    options: dict[str, Any] = {"document": document, "fixes": fixes, "ignore": silent, "safety": safety}
    options["language"] = language
    return sent(await shared.answer(answers.check, body, **options))


@router.post("/fix", responses={200: {"model": Mended}}, openapi_extra=_FIX)
async def fix(request: Request, shared: Shared, language: Spoken = "en") -> Response:
    """The document of a model with fixes of its report made, and its report then."""
    return sent(await shared.answer(answers.fix, await read_body(request, shared.settings), language=language))


@router.post("/plot", response_class=Response, responses={200: _PICTURED}, openapi_extra=_FILE)
async def plot(
    request: Request,
    shared: Shared,
    format: Picture = "svg",
    show_shapes: bool = False,
    show_dtype: bool = False,
    show_layer_names: bool = False,
    rankdir: Literal["TB", "BT", "LR", "RL"] = "TB",
    expand_nested: bool = False,
    dpi: Annotated[int, Query(ge=10, le=600)] = 200,
    show_layer_activations: bool = False,
    show_trainable: bool = False,
    splines: Literal["ortho", "curved", "polyline", "spline", "line", "true", "false", "none"] = "ortho",
    layer_range: Annotated[list[str] | None, Query(min_length=2, max_length=2)] = None,
    heat: Literal["parameters", "multiply_adds", "activation_bytes"] | None = None,
) -> Response:
    """The model's diagram, with the options of Keras's `plot_model`; `heat` colours layers by how much they have."""
    body = await read_model(request, shared.settings)
    options: dict[str, Any] = {
        "show_shapes": show_shapes,
        "show_dtype": show_dtype,
        "show_layer_names": show_layer_names,
        "rankdir": rankdir,
        "expand_nested": expand_nested,
        "dpi": dpi,
        "show_layer_activations": show_layer_activations,
        "show_trainable": show_trainable,
        "splines": splines,
        "layer_range": layer_range,
        "heat": heat,
    }
    return sent(await shared.answer(answers.plot, body, format=format, options=options, language=language_of(request)))


@router.post("/convert", response_class=Response, responses={200: _CONVERTED}, openapi_extra=_FILE)
async def convert(request: Request, shared: Shared, to: Form) -> Response:
    """The model in another form."""
    body = await read_model(request, shared.settings)
    return sent(await shared.answer(answers.convert, body, to=to, language=language_of(request)))


@router.post("/safe-copy", response_class=Response, responses={200: _COPY, 422: _UNSAFE}, openapi_extra=_FILE)
async def safe_copy(request: Request, shared: Shared) -> Response:
    """The file without what it could do when Keras loads it, placeholders in its place; all else is as it was.

    `check?safety=true` says what that is: GC801 to GC805. The copy has the format of the file. 422 where something
    would be left in it, and for a SavedModel, with the reason.
    """
    upload = await read_upload(request, shared.settings)
    return sent(await shared.answer(answers.safe_copy, upload.body, name=upload.name, language=language_of(request)))


@router.post("/explain", responses={200: {"model": Explanation | TracebackReading}}, openapi_extra=_EXPLAIN)
async def explain(request: Request, shared: Shared, language: Spoken = "en") -> Response:
    """Why a tensor has its shape (`model`, `layer`), or what a traceback of Keras means (`traceback`)."""
    return sent(await shared.answer(answers.explain, await read_body(request, shared.settings), language=language))


@router.get("/catalog")
def catalog() -> Response:
    """Every layer: its group, parameters, input form and doc."""
    return sent(answers.catalog())


@router.get("/catalog/arguments")
def arguments(language: Spoken = "en") -> Response:
    """What each argument is for, in a sentence: by its name, and by operation where it is for something else there."""
    return sent(answers.arguments(language))


@router.get("/examples", response_model=ExampleList)
def examples(language: Spoken = "en") -> Any:  # FastAPI checks it against the model
    """The gallery, with titles and descriptions in a language."""
    told = [{**one, **{key: said(one[key], language) for key in ("title", "description")}} for one in _gallery()]
    return {"items": told, "next": None}


@router.get("/examples/{name}")
def example(name: str) -> Response:
    """One model of the gallery, as Keras wrote it."""
    if name not in {entry["name"] for entry in _gallery()}:
        raise Problem(HTTPStatus.NOT_FOUND, "There is no example {name}", {"name": repr(name[:40])})
    plain = shipped("examples") / f"{name}.json"
    body = plain.read_bytes() if plain.is_file() else gzip.decompress(plain.with_suffix(".json.gz").read_bytes())
    return Response(body, media_type="application/json")


@cache
def _gallery() -> list[dict[str, Any]]:
    index: list[dict[str, Any]] = json.loads((shipped("examples") / "index.json").read_text())
    return index
