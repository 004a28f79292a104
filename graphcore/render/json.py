"""A report as JSON: the one file that knows its form."""

from __future__ import annotations

import json
from collections.abc import Iterator

from ..cost import UNKNOWN_COST, total_cost
from ..diagnostics import Diagnostic, Fix, Related
from ..inference import Inference, mask_role
from ..model import JSON, Graph, NodeKey
from ..report import Report, Weighed, Weighing, activation_bytes, weigh
from ..shapes import TensorSpec
from ..topology import Inbound

MOST_TEXT = 2_000
"""Characters of a message: a name may be a megabyte long, and stand in 200 of them."""
_UNKNOWN_TOTALS = {"trainable": None, "non_trainable": None, "total": None, "known": 0}
_UNKNOWN_WEIGHT = Weighing(None, None, None, None)


def render_json(report: Report) -> bytes:
    """The report of the interface, on one line."""
    plain = render_plain(report)
    try:
        return json.dumps(plain, allow_nan=False, separators=(",", ":")).encode()
    except (ValueError, RecursionError):  # NaN, a number of 5,000 digits, models a thousand deep
        return "".join(_write(plain)).encode()


def render_plain(report: Report) -> dict[str, JSON]:
    """The report as JSON values."""
    graph, inference = report.graph, report.inference
    diagnostics = [_diagnostic(diagnostic, report) for diagnostic in report.diagnostics]
    if graph is None or inference is None:
        said: dict[str, JSON] = {"name": None, "dialect": None, "keras_version": None, "inputs": [], "outputs": []}
        said |= {"input_names": [], "output_names": [], "params": _UNKNOWN_TOTALS, "cost": UNKNOWN_COST._asdict()}
        said["nodes"] = []
    else:
        weighed = weigh(inference)
        totals = weighed.totals(inference)
        inputs, outputs = graph.input_refs, graph.output_refs
        said = {
            "name": graph.name,
            "dialect": graph.dialect,
            "keras_version": graph.keras_version,
            "inputs": inputs,
            "outputs": outputs,
            "input_names": [ref.layer for ref in inputs],
            "output_names": [ref.layer for ref in outputs],
            "params": dict(zip(_UNKNOWN_TOTALS, totals[:4], strict=True)),
            "cost": total_cost(inference, totals)._asdict(),
            "nodes": _nodes(inference, weighed),
        }
    return {"ok": report.ok, **said, "more": report.more, "diagnostics": diagnostics}


def render_diagnostic(diagnostic: Diagnostic) -> dict[str, JSON]:
    """A diagnostic alone, where there is no text that it could have a line in."""
    return _diagnostic(diagnostic, None)


def render_located(diagnostic: Diagnostic, report: Report) -> dict[str, JSON]:
    """A diagnostic about a report's file, with its line where the report has it."""
    return _diagnostic(diagnostic, report)


def _nodes(inference: Inference, weighed: Weighed) -> list[JSON]:
    """Every call in the file's order; what is inside a nested model stands in its first call."""
    top: list[JSON] = []
    waiting = [(inference, top)]
    while waiting:
        known, nodes = waiting.pop()
        layers = known.graph.layers
        for key, tensors in known.inbound.items():
            node = _node(known, key, tensors, layers[key[0]].op.cls, weighed.layer(known, key[0]))
            nodes.append(node)
            if key[1] == 0 and (body := known.bodies.get(key[0])) is not None:
                inside: list[JSON] = []
                node["body"] = _body(body.graph, inside)
                waiting.append((body, inside))
    return top


def _node(known: Inference, key: NodeKey, tensors: Inbound, cls: str, weighing: Weighing) -> dict[str, JSON]:
    outputs = known.specs.get(key, ())
    trainable, non_trainable, size, other_size = weighing
    role = mask_role(known, key)
    return {
        "layer": key[0],
        "class_name": cls,
        "node_index": key[1],
        "inbound": [ref for _, ref in tensors],
        "inbound_args": [way for way, _ in tensors],
        "outputs": [_output(spec) for spec in outputs],
        **({} if role is None else {"masking": role}),
        "params": {"trainable": trainable, "non_trainable": non_trainable},
        "cost": {
            "weights_bytes": None if size is None or other_size is None else size + other_size,
            "activation_bytes": activation_bytes(outputs),
            "multiply_adds": known.costs.get(key),
        },
    }


def _output(spec: TensorSpec) -> dict[str, JSON]:
    """A tensor, with the shape of its mask where it has one: most have none."""
    plain: dict[str, JSON] = {"shape": spec.shape, "dtype": spec.dtype}
    return plain if spec.mask is None else plain | {"mask": spec.mask}


def _body(graph: Graph, nodes: list[JSON]) -> dict[str, JSON]:
    return {"name": graph.name, "inputs": graph.input_refs, "outputs": graph.output_refs, "nodes": nodes}


def _diagnostic(diagnostic: Diagnostic, report: Report | None) -> dict[str, JSON]:
    at = diagnostic.at
    line, column = (None, None) if report is None else report.place(at)
    return {
        "code": diagnostic.code,
        "slug": diagnostic.slug,
        "severity": diagnostic.severity,
        "message": _clipped(diagnostic.message),
        "hint": None if diagnostic.hint is None else _clipped(diagnostic.hint),
        "pointer": at.pointer,
        "line": line,
        "column": column,
        "member": at.member or (report.member if report is not None else None),
        "path": at.path,
        "layer": at.layer,
        "node_index": at.node_index,
        "arg": at.arg,
        "input": at.input,
        "related": [_related(related) for related in diagnostic.related],
        "fixes": [_fix(fix) for fix in diagnostic.fixes],
    }


def _fix(fix: Fix) -> dict[str, JSON]:
    return {"id": fix.id, "title": _clipped(fix.title), "safe": fix.safe, "diff": fix.diff, "effect": fix.effect}


def _related(related: Related) -> dict[str, JSON]:
    at = related.at
    return {
        "label": related.label,
        "says": _clipped(related.says),
        "pointer": at.pointer,
        "path": at.path,
        "layer": at.layer,
        "node_index": at.node_index,
        "tensor_index": at.tensor_index,
    }


def _clipped(text: str) -> str:
    return text if len(text) <= MOST_TEXT else f"{text[: MOST_TEXT - 1]}…"


def _write(plain: JSON) -> Iterator[str]:
    """JSON text by a walk of our own: for any depth, and null where JSON or its readers have no word for a number."""
    stack: list[tuple[str, Iterator[JSON]]] = [("", iter((plain,)))]
    is_first = True
    while stack:
        end, rest = stack[-1]
        for value in rest:
            if not is_first:
                yield ","
            is_first = False
            if end == "}":
                key, value = value
                yield f"{json.dumps(str(key))}:"
            if isinstance(value, dict):
                yield "{"
                stack.append(("}", iter(value.items())))
            elif isinstance(value, (list, tuple)):
                yield "["
                stack.append(("]", iter(value)))
            else:
                yield _scalar(value)
                continue
            is_first = True
            break
        else:
            stack.pop()
            is_first = False
            yield end


def _scalar(value: JSON) -> str:
    try:
        return json.dumps(value, allow_nan=False)
    except ValueError:
        return "null"
