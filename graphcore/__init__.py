"""Read, check, draw and convert Keras models without TensorFlow, and without running anything of them.

`check("model.json")` gives every problem at its place. `read(data)` gives a graph and the problems of its file, from
bytes, text, a path or a parsed object; `summary(graph)` prints it as `model.summary()` would.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import Any, Literal, NamedTuple

from .collector import paused

with paused():  # classes and tables stay: to go through them again and again took an eighth of the import
    from .catalog import CATALOG
    from .code_search import find_codes
    from .codes import CODES, Code
    from .diagnostics import Diagnostic, Fix, Place, Related
    from .dot import model_to_dot
    from .draw import CannotDraw, draw
    from .edits import GONE, as_json, diff_of, records
    from .excerpt import Excerpt
    from .explain import Explanation, explain_shape
    from .formats.document import to_document
    from .formats.write import CannotWrite, to_keras3
    from .formats.write_back import whole_text
    from .formats.write_keras2 import to_keras2
    from .infer import infer
    from .inference import Inference
    from .judge import agreed, as_judged, bytes_of, judge, opened, silence
    from .keras_says import Saying, keras_says
    from .language import LANGUAGES, Language, say, say_code, say_diagnostic, say_explanation, say_reading, say_report
    from .mending import apply_named, apply_safe, document_of, offer
    from .mending import change_between as _change_between
    from .migrate import migrate, to_old_terms
    from .model import Dialect, Graph, Layer, Node, NodeKey, TensorRef
    from .plot import plot_model
    from .render.arguments import describe_arguments
    from .render.catalog import describe_catalog
    from .render.explained import explanation_as_data, reading_as_data
    from .render.json import render_diagnostic, render_json
    from .report import Report, make_report
    from .safe_copy import CannotCopy, Safe, copy_safely, look, make_safe
    from .shapes import TensorSpec
    from .source import Limits
    from .stub import to_stub
    from .summary import summary
    from .to_python import to_python
    from .traceback_reader import Reading, read_traceback
    from .training_fit import Data, Port, check_training, sample_shape

__all__ = [
    "CATALOG",
    "CODES",
    "LANGUAGES",
    "CannotCopy",
    "CannotDraw",
    "CannotWrite",
    "Code",
    "Data",
    "Diagnostic",
    "Excerpt",
    "Explanation",
    "Fix",
    "Graph",
    "Inference",
    "Language",
    "Layer",
    "Limits",
    "Mended",
    "Node",
    "NodeKey",
    "Place",
    "Port",
    "Reading",
    "Related",
    "Report",
    "Safe",
    "Saying",
    "TensorRef",
    "TensorSpec",
    "change_between",
    "check",
    "check_training",
    "copy_safely",
    "describe_arguments",
    "describe_catalog",
    "document_diff",
    "draw",
    "explain",
    "explanation_as_data",
    "find_codes",
    "infer",
    "keras_says",
    "make_safe",
    "mend",
    "model_to_dot",
    "plot_model",
    "read",
    "read_traceback",
    "reading_as_data",
    "render_diagnostic",
    "render_json",
    "sample_shape",
    "say",
    "say_code",
    "say_diagnostic",
    "say_explanation",
    "say_reading",
    "say_report",
    "summary",
    "to_config",
    "to_python",
    "to_stub",
]

Readable = bytes | bytearray | str | Path | dict[str, Any] | list[Any]
"""A file's bytes or text, the path of one, or parsed JSON."""


def read(
    source: Readable, limits: Limits | None = None, *, contracts: Mapping[str, Any] | None = None
) -> tuple[Graph | None, tuple[Diagnostic, ...]]:
    """The graph of a file and what is wrong with the file; no graph where there is none in it.

    `contracts` say of custom classes what the file does not, as `docs/custom-layers.md` has it.
    """
    with paused():
        graph, found, _ = opened(source, limits or Limits())
        return (None if graph is None else agreed(as_judged(graph), contracts or {})), found


def check(
    source: Readable,
    limits: Limits | None = None,
    *,
    fixes: bool = True,
    ignore: Collection[str] = (),
    contracts: Mapping[str, Any] | None = None,
    safety: bool = False,
) -> Report:
    """All that is wrong with a model, and all that is known about it.

    A Keras 3 or Keras 2 file is judged as its own Keras would; a document and a Keras 1 file as Keras 3. `fixes` asks
    for the ways out, each tried to the end of the graph: a model without problems pays nothing for them, a broken one
    up to twenty checks. Warnings and hints of the codes in `ignore` are left out. `contracts` say of custom classes
    what the file does not. `safety` adds what the file could do: GC801 to GC806.
    """
    limits = limits or Limits()
    with paused():
        judged = judge(opened(source, limits), limits, contracts=contracts)
        if safety:
            judged = look(judged, bytes_of(source), limits).judged
        judged = silence(judged, ignore)
        if fixes:
            judged = offer(judged, limits)
        return make_report(judged.graph, judged.inference, judged.found, judged.source)


def mend(source: Readable, fixes: Sequence[str] | Literal["safe"] = "safe", limits: Limits | None = None) -> Mended:
    """A model with fixes made: those that a report names by their ids, or all safe ones."""
    limits = limits or Limits()
    with paused():
        judged = judge(opened(source, limits), limits)
        missing: list[str] = []
        if fixes == "safe":
            judged, made = apply_safe(judged, limits)
            titles = [fix.title for fix in made]
        else:
            judged, titles, missing = apply_named(judged, fixes, limits)
        offered = offer(judged, limits)
        report = make_report(offered.graph, offered.inference, offered.found, offered.source)
        document = None if offered.graph is None else document_of(offered)
        text = None if offered.source is None or offered.source.text is None else whole_text(offered.source)
    return Mended(report, document, text, tuple(titles), tuple(missing))


class Mended(NamedTuple):
    """A model after its fixes: its report and document, its text in the file's own dialect, what was done and was not.

    `missing` are ids that the report does not have, or that an earlier one of the fixes has made impossible.
    """

    report: Report
    document: dict[str, Any] | None
    text: str | None
    done: tuple[str, ...]
    missing: tuple[str, ...]


def change_between(before: Readable, after: Readable) -> tuple[Mapping[str, Any], Mapping[str, Any]]:
    """What makes one model the other: a diff of the document's records, and its effect as a fix tells it."""
    limits = Limits()
    with paused():
        return _change_between(*(judge(opened(one, limits), limits) for one in (before, after)))


def explain(
    model: Readable | Report, layer: str, node: int = 0, tensor: int = 0, path: Sequence[str] = ()
) -> Explanation | None:
    """Why an output of a layer has its shape, and what made each size; None where there is no such tensor.

    `node` is the call, counted from 0, `path` the nested models around the layer.
    """
    report = model if isinstance(model, Report) else check(model)
    if report.inference is None:
        return None
    return explain_shape(report.inference, TensorRef(layer, node, tensor), tuple(path))


def document_diff(before: Mapping[str, Any], after: Mapping[str, Any]) -> dict[str, Any]:
    """What was changed between two documents, by record: `{"added", "updated": {key: [from, to]}, "removed"}`."""
    was = records(before)
    return as_json(diff_of(was, {**dict.fromkeys(was, GONE), **records(after)}))


def to_config(graph: Graph, dialect: Dialect) -> dict[str, Any]:
    """The model as Keras 3 or Keras 2 writes it, or as a document.

    Raises:
        CannotWrite: the dialect has no form for something in the graph.
    """
    if dialect == "keras2" and graph.dialect == "keras2":
        return to_keras2(graph)
    graph = migrate(graph, CATALOG)
    if dialect == "keras2":
        return to_keras2(to_old_terms(graph, CATALOG, infer(graph, CATALOG)))
    if dialect == "document":
        return to_document(graph)
    return to_keras3(graph, infer(graph, CATALOG))
