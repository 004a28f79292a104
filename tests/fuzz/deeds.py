"""All that the library does with a file, one after the other, as the command line and the service do it."""

from __future__ import annotations

import json
from typing import Any

import graphcore
from graphcore.model import Dialect
from graphcore.render.github import render_github
from graphcore.render.sarif import render_sarif
from graphcore.render.text import render_text

_DANGERS = frozenset({"GC801", "GC802", "GC803", "GC804", "GC805"})
_FORMS: tuple[Dialect, ...] = ("keras3", "keras2", "document")


def everything(source: bytes) -> graphcore.Report:
    """The report of a file, after all that is done with it.

    Raises:
        Exception: anything that is raised is our bug.
    """
    report = graphcore.check(source)
    json.loads(graphcore.render_json(report), parse_constant=_refused)
    render_text(report, "model.json", lines=True)
    render_sarif([("model.json", report)])
    render_github(report, "model.json")
    assert report.ok == all(problem.severity != "error" for problem in report.diagnostics) or report.more
    assert all(problem.code in graphcore.CODES for problem in report.diagnostics)
    _safety(source, report)
    if report.graph is None or report.inference is None:
        assert report.diagnostics
        return report
    graph = report.graph
    graphcore.summary(graph, expand_nested=True, cost=True)
    graphcore.model_to_dot(
        graph, show_shapes=True, show_dtype=True, show_layer_names=True, expand_nested=True, show_layer_activations=True
    ).to_string()
    for form in _FORMS:
        _written(graph, form, is_sound=report.ok)
    _program(graph)
    for ref in graph.output_refs[:2]:
        graphcore.explain(report, ref.layer, ref.node, ref.tensor)
    graphcore.mend(source)
    return report


def _safety(source: bytes, report: graphcore.Report) -> None:
    """What the file could do changes no verdict, and is gone from its copy."""
    looked = graphcore.check(source, fixes=False, safety=True)
    json.loads(graphcore.render_json(looked), parse_constant=_refused)
    render_text(looked, "model.json", lines=True)
    assert looked.ok == report.ok
    try:
        copied = graphcore.make_safe(source).data
    except graphcore.CannotCopy:
        return
    again = graphcore.check(copied, fixes=False, safety=True)
    left = [problem.message for problem in again.diagnostics if problem.code in _DANGERS]
    assert not left, left[0]


def _written(graph: graphcore.Graph, form: Dialect, *, is_sound: bool) -> None:
    try:
        config = graphcore.to_config(graph, form)
    except graphcore.CannotWrite as error:
        assert error.diagnostics
        return
    text = json.dumps(config)
    again, _ = graphcore.read(text.encode())
    assert again is not None or not is_sound


def _program(graph: graphcore.Graph) -> None:
    try:
        program = graphcore.to_python(graph)
    except graphcore.CannotWrite as error:
        assert error.diagnostics
        return
    compile(program, "model.py", "exec")


def _refused(constant: str) -> Any:
    raise AssertionError(f"{constant} is not JSON")
