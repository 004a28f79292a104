"""A wish to train, looked through before it is queued: the model as it will be built, the whole plan, the data."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

import graphcore

from .datasets import datasets
from .mends import with_fixes
from .plan import complete
from .safe_config import UnsafeConfig, refuse_unsafe

DEFAULT_SYNTHETIC: Mapping[str, int] = {"samples": 512, "seed": 0}
MOST_SAMPLES = 1_000_000
MOST_SEED = 2**32 - 1

JSON = dict[str, Any]


class Prepared(NamedTuple):
    """A job that can work: what goes into its folder."""

    config: JSON
    plan: JSON
    data: JSON


class Refused(NamedTuple):
    """A job that cannot work: a sentence, and diagnostics in the report's form with pointers from the request on."""

    detail: str
    diagnostics: list[JSON]


def prepare(body: bytes, *, language: graphcore.Language = "en") -> Prepared | Refused:
    """What a request to train asks for, or why it cannot be had and what would help, said in a language."""
    try:
        wanted = json.loads(body)
    except (ValueError, RecursionError):
        return Refused("The body is not JSON", [])
    if not isinstance(wanted, dict) or "model" not in wanted:
        return Refused('The body is not an object with "model", "data" and "plan"', [])
    looked = _look(wanted, language)
    if not isinstance(looked, _Problems):
        return looked
    found = [graphcore.say_diagnostic(one, language) for one in with_fixes(wanted, looked.found, _again)]
    return Refused("The job cannot work as asked", [_wire(one) for one in found])


class _Problems(NamedTuple):
    """What keeps a model that is fine from being trained as asked."""

    found: list[graphcore.Diagnostic]


def _again(wanted: JSON) -> list[graphcore.Diagnostic]:
    """What is wrong with a request that was changed."""
    looked = _look(wanted)
    if isinstance(looked, Refused):
        return [graphcore.Diagnostic("GC507", looked.detail, graphcore.Place("/model"))]
    return looked.found if isinstance(looked, _Problems) else []


def _look(wanted: JSON, language: graphcore.Language = "en") -> Prepared | Refused | _Problems:
    try:
        model = _file(wanted["model"])
    except RecursionError:
        return Refused("The model is nested too deep", [])
    checked = graphcore.say_report(graphcore.check(model, fixes=False), language)
    report: JSON = json.loads(graphcore.render_json(checked))
    graph, _ = graphcore.read(model)
    if graph is None or not report["ok"]:
        found = [_in_request(d) for d in report["diagnostics"] if d["severity"] == "error"]
        return Refused("The model has errors, so it cannot be trained", found)
    try:
        config = graphcore.to_config(graph, "keras3")
    except graphcore.CannotWrite as error:
        said = [graphcore.say_diagnostic(problem, language) for problem in error.diagnostics]
        return Refused(
            graphcore.say(str(error), language), [_in_request(graphcore.render_diagnostic(one)) for one in said]
        )
    config.pop("compile_config", None)  # the plan says how to train; the file may name a stranger's loss
    return _prepare(wanted, json.loads(json.dumps(config)), report)


def _file(model: Any) -> bytes:  # any JSON
    """The model as a file of its own: read within the same limits as any, and a text is never taken for a path."""
    return (model if isinstance(model, str) else json.dumps(model)).encode("utf-8", "surrogatepass")


def _in_request(diagnostic: JSON) -> JSON:
    """A diagnostic about the model as one about the request, whose lines are others."""
    return {**diagnostic, "pointer": f"/model{diagnostic['pointer']}", "line": None, "column": None}


def _prepare(wanted: Mapping[str, Any], config: JSON, report: JSON) -> Prepared | _Problems:
    said, problems = _read_data(wanted.get("data"))
    plan = wanted.get("plan", {})
    inputs, outputs = _ports(report, "inputs"), _ports(report, "outputs")
    problems.extend(_refused_layers(config))
    names = [node["layer"] for node in report["nodes"]]
    problems += graphcore.check_training(inputs, outputs, report["params"]["trainable"], plan, _described(said), names)
    if isinstance(plan, Mapping) and plan.get("initial_weights") is not None:
        problems.append(
            graphcore.Diagnostic("GC505", "initial_weights are not built yet", graphcore.Place("/plan/initial_weights"))
        )
    if problems:
        return _Problems(problems)
    if "dataset" in said:
        said["shape"] = list(graphcore.sample_shape(inputs[0].spec, _described(said)) or ())
    return Prepared(config, complete(plan), said)


def _ports(report: JSON, side: str) -> list[graphcore.Port]:
    calls = {(node["layer"], node["node_index"]): node for node in report["nodes"]}
    names = report[f"{side[:-1]}_names"]
    ports = []
    for name, (layer, node, tensor) in zip(names, report[side], strict=True):
        seen = calls[layer, node]["outputs"][tensor]
        shape = None if seen["shape"] is None else tuple(seen["shape"])
        ports.append(graphcore.Port(name, graphcore.TensorSpec(shape, seen["dtype"]), f"/model/{layer}"))
    return ports


def _refused_layers(config: JSON) -> Iterator[graphcore.Diagnostic]:
    try:
        refuse_unsafe(config)
    except UnsafeConfig as error:
        yield graphcore.Diagnostic(
            "GC507", str(error), graphcore.Place("/model"), hint="replace the layer by Keras's own layers"
        )


def _read_data(said: Any) -> tuple[JSON, list[graphcore.Diagnostic]]:  # any JSON
    """The data that was asked for, complete, and what is wrong with it; on a problem, data that fits anything."""
    fits_all: JSON = {"synthetic": dict(DEFAULT_SYNTHETIC)}
    if not isinstance(said, Mapping) or len(said) != 1 or not said.keys() <= {"dataset", "synthetic"}:
        hint = 'write {"dataset": "boston-housing"}, or {"synthetic": {"samples": 512, "seed": 0}}'
        return fits_all, [
            graphcore.Diagnostic(
                "GC505", 'data names neither "dataset" nor "synthetic"', graphcore.Place("/data"), hint=hint
            )
        ]
    if "dataset" in said:
        if isinstance(said["dataset"], str) and said["dataset"] in datasets():
            return {"dataset": said["dataset"]}, []
        known = ", ".join(datasets())
        message = f"There is no data set {str(said['dataset'])[:40]!r}"
        return fits_all, [
            graphcore.Diagnostic("GC506", message, graphcore.Place("/data/dataset"), hint=f"there are {known}")
        ]
    return _read_synthetic(said["synthetic"], fits_all)


def _read_synthetic(said: Any, fits_all: JSON) -> tuple[JSON, list[graphcore.Diagnostic]]:
    if not isinstance(said, Mapping):
        return fits_all, [graphcore.Diagnostic("GC505", "synthetic is no object", graphcore.Place("/data/synthetic"))]
    problems = [
        graphcore.Diagnostic("GC505", f'synthetic data has no "{str(key)[:40]}"', graphcore.Place("/data/synthetic"))
        for key in said.keys() - DEFAULT_SYNTHETIC.keys()
    ]
    values = {**DEFAULT_SYNTHETIC, **said}
    for key, least, most in (("samples", 1, MOST_SAMPLES), ("seed", 0, MOST_SEED)):
        if type(values[key]) is not int or not least <= values[key] <= most:
            message = f"{key} takes a whole number from {least} to {most:,}"
            problems.append(graphcore.Diagnostic("GC505", message, graphcore.Place(f"/data/synthetic/{key}")))
    return (fits_all, problems) if problems else ({"synthetic": values}, [])


def _described(said: JSON) -> graphcore.Data:
    if "synthetic" in said:
        return graphcore.Data("synthetic", said["synthetic"]["samples"])
    dataset = datasets()[said["dataset"]]
    return graphcore.Data(dataset.id, dataset.samples, dataset.shapes, len(dataset.classes))


def _wire(problem: graphcore.Diagnostic) -> JSON:
    """A problem of a request as the wire shows problems; a request has no lines."""
    return {
        "code": problem.code,
        "slug": problem.slug,
        "severity": problem.severity,
        "message": problem.message,
        "hint": problem.hint,
        "pointer": problem.at.pointer,
        "line": None,
        "column": None,
        "member": None,
        "layer": problem.at.layer,
        "node_index": problem.at.node_index,
        "related": [],
        "fixes": graphcore.render_diagnostic(problem)["fixes"],
    }
