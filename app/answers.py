"""What the service answers about a model: a file's bytes to an answer's, the same in a thread and in a child process.

All that the service asks of graphcore about a model stands here and in `training.requests`.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any, Literal, NamedTuple

import graphcore

from .problems import MEDIA_TYPE, Problem

Form = Literal["keras3", "keras2", "python", "document"]
Picture = Literal["svg", "png", "pdf", "dot"]

_PICTURES: Mapping[Picture, str] = {
    "svg": "image/svg+xml",
    "png": "image/png",
    "pdf": "application/pdf",
    "dot": "text/vnd.graphviz; charset=utf-8",
}
# A report page shows a diagram up to here; beyond, nobody could read it on paper and drawing takes long.
MOST_DRAWN = 300


class Answer(NamedTuple):
    """The status, kind and bytes of a response."""

    media_type: str
    body: bytes
    status: int = HTTPStatus.OK


def check(body: bytes, *, document: bool) -> Answer:
    """The report; with the document where asked for and where there is a graph."""
    report = graphcore.render_json(graphcore.check(body))
    if not document:
        return Answer("application/json", report)
    graph, _ = graphcore.read(body)
    added = None if graph is None else graphcore.to_config(graph, "document")
    return Answer("application/json", report.rstrip()[:-1] + b', "document": ' + json.dumps(added).encode() + b"}")


def plot(body: bytes, *, format: Picture, options: Mapping[str, Any]) -> Answer:
    """The model's diagram; a broken model is drawn with its marks."""
    graph, _ = graphcore.read(body)
    if graph is None:
        return _refused(body, "There is no model to draw")
    dot = graphcore.model_to_dot(graph, **options).to_string()
    if format == "dot":
        return Answer(_PICTURES[format], dot.encode())
    try:
        return Answer(_PICTURES[format], graphcore.draw(dot, format))
    except graphcore.CannotDraw as error:
        return _problem(Problem(HTTPStatus.NOT_IMPLEMENTED, str(error)))


def convert(body: bytes, *, to: Form) -> Answer:
    """The model in another form."""
    graph, _ = graphcore.read(body)
    if graph is None:
        return _refused(body, "There is no model to convert")
    try:
        if to == "python":
            return Answer("text/x-python; charset=utf-8", graphcore.to_python(graph).encode())
        return Answer("application/json", json.dumps(graphcore.to_config(graph, to), indent=1).encode())
    except graphcore.CannotWrite as error:
        found = [graphcore.render_diagnostic(problem) for problem in error.diagnostics]
        return _problem(Problem(HTTPStatus.UNPROCESSABLE_ENTITY, str(error), diagnostics=found))


def catalog() -> Answer:
    """Every layer that a model may hold."""
    return Answer("application/json", json.dumps(graphcore.describe_catalog()).encode())


def report_page(body: bytes) -> dict[str, Any]:
    """What the report's template shows: report, table of `summary()`, and the diagram where it is small."""
    report: dict[str, Any] = json.loads(graphcore.render_json(graphcore.check(body)))
    graph, _ = graphcore.read(body)
    summary = diagram = None
    if graph is not None:
        summary = graphcore.summary(graph)
        if len(report["nodes"]) <= MOST_DRAWN:
            dot = graphcore.model_to_dot(graph, show_shapes=True, show_layer_names=True).to_string()
            diagram = graphcore.draw(dot, "svg").decode()
    return {"report": report, "summary": summary, "diagram": diagram}


def _refused(body: bytes, detail: str) -> Answer:
    report = json.loads(graphcore.render_json(graphcore.check(body)))
    return _problem(Problem(HTTPStatus.UNPROCESSABLE_ENTITY, detail, diagnostics=report["diagnostics"]))


def _problem(problem: Problem) -> Answer:
    return Answer(MEDIA_TYPE, bytes(problem.response().body), problem.status)
