"""What the service answers about a model: a file's bytes to an answer's, the same in a thread and in a child process.

All that the service asks of graphcore about a model stands here and in `training.requests`.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Mapping, Sequence
from http import HTTPStatus
from os.path import splitext
from typing import Any, Literal, NamedTuple

import graphcore

from . import words
from .problems import MEDIA_TYPE, Problem
from .projects.kept import Kept
from .projects.thumbnail import thumbnail
from .report_view import view
from .strips import strips

Form = Literal["keras3", "keras2", "python", "document", "stub"]
Picture = Literal["svg", "png", "pdf", "dot"]

_PICTURES: Mapping[Picture, str] = {
    "svg": "image/svg+xml",
    "png": "image/png",
    "pdf": "application/pdf",
    "dot": "text/vnd.graphviz; charset=utf-8",
}
# A report page shows a diagram up to here; beyond, nobody could read it on paper and drawing takes long.
MOST_DRAWN = 300
# The child that answers has 4.5 seconds; the program that draws would outlive it.
DRAW_SECONDS = 3.0
# What a search looks through of one model; a name may be a megabyte long.
MOST_WORDS = 50_000
_NOTHING: Mapping[str, object] = {}
_NO_JSON_NUMBER = "The model holds NaN or Infinity, which JSON has not"
# Text of the size of the page's own.
PAGE_DPI = 48


# What names a tensor in a request, and what each is where it is left out.
_TENSOR: Mapping[str, Any] = {"layer": None, "path": [], "node_index": 0, "tensor_index": 0}


class Answer(NamedTuple):
    """The status, kind and bytes of a response; `name` is what a browser saves it as, where it does."""

    media_type: str
    body: bytes
    status: int = HTTPStatus.OK
    name: str | None = None


def check(
    body: bytes,
    *,
    document: bool,
    fixes: bool,
    ignore: Sequence[str] = (),
    safety: bool = False,
    language: graphcore.Language = "en",
) -> Answer:
    """The report; with fixes, what the file could do, and the document where asked for, without what is ignored."""
    checked = graphcore.check(body, fixes=fixes, ignore=ignore, safety=safety)
    report = graphcore.render_json(graphcore.say_report(checked, language))
    if not document:
        return Answer("application/json", report)
    added = None if checked.graph is None else graphcore.to_config(checked.graph, "document")
    return Answer("application/json", report.rstrip()[:-1] + b', "document": ' + _for_browsers(added) + b"}")


def fix(body: bytes, *, language: graphcore.Language = "en") -> Answer:
    """The document of a model after its fixes, its report, and the ids that were not found."""
    try:
        wanted = json.loads(body)
        model, fixes = wanted["model"], wanted["fixes"]
        if fixes != "safe" and not (isinstance(fixes, list) and all(isinstance(id, str) for id in fixes)):
            raise TypeError
        # Bytes, for a text that stands alone may be the name of a file.
        text = (model if isinstance(model, str) else json.dumps(model)).encode("utf-8", "surrogatepass")
    except (ValueError, KeyError, TypeError, RecursionError):
        detail = 'The body must be {"model": …, "fixes": […]}, the fixes ids of its report, or "safe" for all safe ones'
        return _problem(Problem(HTTPStatus.UNPROCESSABLE_ENTITY, detail), language)
    mended = graphcore.mend(text, fixes)
    head = (
        b'{"document": '
        + _for_browsers(mended.document)
        + b', "done": '
        + json.dumps([graphcore.say(title, language) for title in mended.done]).encode()
    )
    missing = json.dumps(mended.missing).encode()
    return Answer(
        "application/json",
        head
        + b', "missing": '
        + missing
        + b', "report": '
        + graphcore.render_json(graphcore.say_report(mended.report, language))
        + b"}",
    )


def plot(body: bytes, *, format: Picture, options: Mapping[str, Any], language: graphcore.Language = "en") -> Answer:
    """The model's diagram; a broken model is drawn with its marks."""
    graph, _ = graphcore.read(body)
    if graph is None:
        return _refused(body, "There is no model to draw", language)
    try:
        dot = graphcore.model_to_dot(graph, **options).to_string()
    except ValueError as error:  # a pattern of layer_range that is none
        return _not_done(error, language)
    if format == "dot":
        return Answer(_PICTURES[format], dot.encode("utf-8", "replace"))
    try:
        return Answer(_PICTURES[format], graphcore.draw(dot, format, seconds=DRAW_SECONDS))
    except graphcore.CannotDraw as error:
        return _not_done(error, language)


def convert(body: bytes, *, to: Form, language: graphcore.Language = "en") -> Answer:
    """The model in another form."""
    graph, _ = graphcore.read(body)
    if graph is None:
        return _refused(body, "There is no model to convert", language)
    if to == "stub":
        stub = graphcore.to_stub(graphcore.infer(graph))
        if stub is None:
            return _problem(Problem(HTTPStatus.UNPROCESSABLE_ENTITY, "The model has no custom layers"), language)
        return Answer("text/x-python; charset=utf-8", stub.encode("utf-8", "replace"))
    try:
        if to == "python":
            return Answer("text/x-python; charset=utf-8", graphcore.to_python(graph).encode())
        config = graphcore.to_config(graph, to)
    except graphcore.CannotWrite as error:
        return _not_done(error, language, error.diagnostics)
    if to == "document":
        return Answer("application/json", _for_browsers(config))
    try:
        return Answer("application/json", json.dumps(config, indent=1, allow_nan=False).encode())
    except ValueError:
        return _problem(Problem(HTTPStatus.UNPROCESSABLE_ENTITY, _NO_JSON_NUMBER), language)


def safe_copy(body: bytes, *, name: str, language: graphcore.Language = "en") -> Answer:
    """The file without what it could do, in its own format; a refusal where something of that would be left in it."""
    try:
        safe = graphcore.make_safe(body)
    except graphcore.CannotCopy as error:
        return _not_done(error, language, error.diagnostics)
    stem, suffix = splitext(name or f"model.{_suffix(body)}")
    return Answer("application/octet-stream", safe.data, name=f"{stem}.safe{suffix}")


def _suffix(body: bytes) -> str:
    """What the name of a file ends with that came without one."""
    if body.startswith(b"PK"):
        return "keras"
    return "h5" if body.startswith(b"\x89HDF") else "json"


def explain(body: bytes, *, language: graphcore.Language = "en") -> Answer:
    """What a traceback means, or why a tensor of a model has its shape."""
    try:
        said = json.loads(body)
    except (ValueError, RecursionError):
        said = None
    if not isinstance(said, dict):
        return _asked_wrongly("The body is no JSON object", language)
    model, text = said.get("model"), said.get("traceback")
    if isinstance(model, str):  # as bytes: a text may name a file here
        model = model.encode("utf-8", "surrogatepass")
    report = graphcore.check(model) if isinstance(model, (bytes, dict, list)) else None
    if isinstance(text, str):
        reading = graphcore.say_reading(graphcore.read_traceback(text, report), language)
        said = graphcore.reading_as_data(reading, report)
        for code in said["also"]:
            code["title"] = graphcore.say_code(graphcore.CODES[code["code"]], language).title
        return Answer("application/json", _for_browsers(said))
    layer, path, node, tensor = (said.get(k, d) for k, d in _TENSOR.items())
    are_numbers = type(node) is int and type(tensor) is int
    are_names = isinstance(path, list) and all(isinstance(name, str) for name in (layer, *path))
    if report is None or not are_numbers or not are_names:
        return _asked_wrongly('It takes "traceback", with "model" or without, or "model" and "layer"', language)
    found = graphcore.explain(report, layer, node, tensor, path)
    if found is None:
        which = {"tensor": tensor, "call": node, "layer": repr(layer[:100])}
        return _asked_wrongly("The model has no tensor {tensor} of call {call} of {layer}", language, which)
    explanation = graphcore.say_explanation(found, language)
    return Answer("application/json", _for_browsers(graphcore.explanation_as_data(explanation, report)))


def _asked_wrongly(detail: str, language: graphcore.Language, values: Mapping[str, object] = _NOTHING) -> Answer:
    return _problem(Problem(HTTPStatus.UNPROCESSABLE_ENTITY, detail, values), language)


def catalog() -> Answer:
    """Every layer that a model may hold."""
    return Answer("application/json", json.dumps(graphcore.describe_catalog()).encode())


def arguments(language: graphcore.Language) -> Answer:
    """What each argument of each layer is for."""
    return Answer("application/json", json.dumps(graphcore.describe_arguments(language)).encode())


def keep(body: bytes, *, language: graphcore.Language = "en") -> Kept | Answer:
    """A model as the document that a project keeps, and what a list shows of it; a refusal where there is none.

    A document is kept byte for byte, broken models in it too.
    """
    graph, _ = graphcore.read(body)
    is_document = graph is not None and graph.dialect == "document"
    if graph is None and not _is_document(body):
        return _refused(body, "There is no model to keep", language)
    document = body if graph is None or is_document else _for_browsers(graphcore.to_config(graph, "document"))
    report = json.loads(graphcore.render_json(graphcore.check(document, fixes=False)))
    severities = Counter(problem["severity"] for problem in report["diagnostics"])
    nodes = report["nodes"]
    summary = {
        "ok": report["ok"],
        "errors": severities["error"],
        "warnings": severities["warning"],
        "more": report["more"],
        "layers": len({node["layer"] for node in nodes}),
        "parameters": report["params"]["total"],
        "known_parameters": report["params"]["known"],
    }
    return Kept(document, report["name"] or "", summary, _words(report), thumbnail(nodes))


def difference(body: bytes, before: bytes) -> Answer:
    """What was changed between two documents, as a diff of their records."""
    was, now = json.loads(before), json.loads(body)
    return Answer("application/json", _for_browsers(graphcore.document_diff(was, now)))


def _is_document(body: bytes) -> bool:
    try:
        said = json.loads(body)
    except (ValueError, RecursionError):
        return False
    return isinstance(said, dict) and "layerwright" in said


def _words(report: Mapping[str, Any]) -> str:
    """What a search finds of a model: its classes, its problems, and its layers' names."""
    nodes = report["nodes"]
    classes = dict.fromkeys(f"type:{node['class_name']}" for node in nodes)
    codes = dict.fromkeys(f"code:{problem['code']}" for problem in report["diagnostics"])
    is_what = ["is:ok" if report["ok"] else "is:error"]
    names = dict.fromkeys(node["layer"] for node in nodes)
    # A database refuses half of a pair of surrogates, and PostgreSQL the zero.
    text = " ".join((*is_what, *classes, *codes, *names))[:MOST_WORDS]
    return text.encode("utf-8", "replace").decode().replace("\0", " ")


def report_page(body: bytes, *, language: graphcore.Language = "en") -> dict[str, Any]:
    """What the report's template shows: report, view, text of `summary()`, and the diagram or why there is none.

    The diagram is in pieces, from top to bottom, that each fit on a printed page.
    """
    checked = graphcore.say_report(graphcore.check(body, safety=True), language)
    report: dict[str, Any] = json.loads(graphcore.render_json(checked))
    graph = checked.graph
    summary = None if graph is None else graphcore.summary(graph)
    diagram: tuple[bytes, ...] = ()
    undrawn = words.said("There is no model to draw.", language)
    if graph is not None:
        diagram, undrawn = _diagram(graph, len(report["nodes"]), language)
    said = {
        "report": report,
        "view": view(report, checked.excerpts, language),
        "could_do": checked.dangers,
        "summary": summary,
        "diagram": diagram,
        "undrawn": undrawn,
    }
    return {**said, "sha256": hashlib.sha256(body).hexdigest()}


def problems_page(text: str, code: str, *, safety: bool = False, language: graphcore.Language = "en") -> dict[str, Any]:
    """The problems of one code in a model, as a page shows them."""
    checked = graphcore.say_report(graphcore.check(text.encode(), fixes=False, safety=safety), language)
    report = json.loads(graphcore.render_json(checked))
    report["diagnostics"] = [problem for problem in report["diagnostics"] if problem["code"] == code]
    return {"problems": report["diagnostics"], "excerpts": view(report, checked.excerpts).excerpts}


def _diagram(graph: graphcore.Graph, calls: int, language: graphcore.Language) -> tuple[tuple[bytes, ...], str]:
    """The pictures for the report's page, or the sentence that says why there are none."""
    if calls > MOST_DRAWN:
        return (), words.said("A diagram of {n} layers cannot be read on a page.", language, n=calls)
    try:
        dot = graphcore.model_to_dot(graph, show_shapes=True, show_layer_names=True, dpi=PAGE_DPI).to_string()
        return strips(graphcore.draw(dot, "svg", seconds=DRAW_SECONDS)), ""
    except graphcore.CannotDraw as error:
        return (), f"{graphcore.say(str(error), language)}{words.said('.', language)}"


def _for_browsers(config: Any) -> bytes:  # any JSON
    """JSON that a browser reads: null where Keras's JSON has NaN or Infinity, as in the report."""
    try:
        return json.dumps(config, allow_nan=False).encode()
    except ValueError:
        return json.dumps(json.loads(json.dumps(config), parse_constant=lambda _: None)).encode()


def _refused(body: bytes, detail: str, language: graphcore.Language) -> Answer:
    checked = graphcore.say_report(graphcore.check(body, fixes=False), language)
    found = json.loads(graphcore.render_json(checked))["diagnostics"]
    return _problem(Problem(HTTPStatus.UNPROCESSABLE_ENTITY, detail, diagnostics=found), language)


def _not_done(
    error: Exception, language: graphcore.Language, found: Sequence[graphcore.Diagnostic] | None = None
) -> Answer:
    """What an error of graphcore says, which has its own words in each language, as a whole sentence."""
    says = graphcore.say(str(error), language)
    shown = (
        None
        if found is None
        else [graphcore.render_diagnostic(graphcore.say_diagnostic(one, language)) for one in found]
    )
    return _problem(Problem(HTTPStatus.UNPROCESSABLE_ENTITY, says[:1].upper() + says[1:], diagnostics=shown), language)


def _problem(problem: Problem, language: graphcore.Language) -> Answer:
    return Answer(MEDIA_TYPE, bytes(problem.response(language).body), problem.status)
