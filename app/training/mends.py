"""What would make a refused training work: changes of the request, each tried before it is offered."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import Any, NamedTuple

import graphcore
from graphcore import Diagnostic, Fix

JSON = dict[str, Any]
Look = Callable[[JSON], list[Diagnostic]]
"""All that is wrong with a request, the model's own errors included."""

MOST_TRIES = 12
"""Requests that are looked through again: each reads and infers the model."""
MOST_OFFERED = 3
"""Changes that are offered for one problem, the likeliest first."""
_SYNTHETIC: JSON = {"synthetic": {"samples": 512, "seed": 0}}


class Proposal(NamedTuple):
    """A change of a request, made in a copy of it."""

    title: str
    change: Callable[[JSON], None]


def with_fixes(wanted: JSON, problems: list[Diagnostic], look: Look) -> list[Diagnostic]:
    """The problems of a request, each with the changes after which it is gone and none has come."""
    if not isinstance(wanted.get("model"), dict) or not isinstance(wanted.get("plan"), dict):
        return problems
    left = MOST_TRIES
    found: list[Diagnostic] = []
    numbers: dict[str, int] = {}
    for problem in problems:
        fixes: list[Fix] = []
        for proposal in _proposals(wanted, problem):
            if left == 0 or len(fixes) == MOST_OFFERED:
                break
            left -= 1
            after = copy.deepcopy(wanted)
            proposal.change(after)
            if not _solves(problem, problems, look(after)):
                continue
            numbers[problem.code] = number = numbers.get(problem.code, 0) + 1
            diff, effect = _told(wanted, after, problem)
            fixes.append(Fix(f"{problem.code}-{number}", proposal.title, False, diff, effect))
        found.append(replace(problem, fixes=tuple(fixes)))
    return found


def _solves(problem: Diagnostic, before: list[Diagnostic], after: list[Diagnostic]) -> bool:
    """Whether a problem is gone, and no other has come in its place."""
    known = {_key(one) for one in before}
    now = {_key(one) for one in after}
    return _key(problem) not in now and now <= known


def _key(problem: Diagnostic) -> tuple[str, str, str | None]:
    return problem.code, problem.at.pointer, problem.at.layer


# --- what may help ----------------------------------------------------------------------------------------------------


def _proposals(wanted: JSON, problem: Diagnostic) -> Iterator[Proposal]:
    for propose in _BY_CODE.get(problem.code, ()):
        yield from propose(wanted, problem)


def _other_loss(wanted: JSON, problem: Diagnostic) -> Iterator[Proposal]:
    """The losses that people use for a number, for yes and no, for classes."""
    plan = wanted.get("plan")
    said = plan.get("loss") if isinstance(plan, dict) else None
    if isinstance(said, str) or (isinstance(said, dict) and "class_name" in said):
        for loss in ("binary_crossentropy", "mse", "mae", "sparse_categorical_crossentropy"):
            if loss != said:
                yield _planned("loss", loss, f'Set loss to "{loss}"')


def _other_units(wanted: JSON, problem: Diagnostic) -> Iterator[Proposal]:
    """The units of the output: one for each class of the data, or one for its number."""
    classes = problem.data.get("classes", 1)
    entry = _entry(wanted, problem.at.layer)
    config = entry.get("config") if entry is not None else None
    if not isinstance(config, dict) or config.get("units") in (None, classes) or not isinstance(classes, int):
        return
    name = problem.at.layer

    def change(request: JSON) -> None:
        made = _entry(request, name)
        assert made is not None
        made["config"]["units"] = classes

    yield Proposal(f'Give "{name}" {classes} {"unit" if classes == 1 else "units"}', change)


def _other_shape(wanted: JSON, problem: Diagnostic) -> Iterator[Proposal]:
    """The shape of the input as the data gives it, the layers built anew."""
    name = problem.at.layer
    for shape in problem.data.get("given", ()):

        def change(request: JSON, shape: list[int] = shape) -> None:
            entry = _entry(request, name)
            config = entry.get("config") if entry is not None else None
            key = "batch_shape" if isinstance(config, dict) and "batch_shape" in config else "batch_input_shape"
            if isinstance(config, dict) and isinstance(config.get(key), list):
                config[key] = [config[key][0] if config[key] else None, *shape]
            for layer in _layers(request):
                layer.pop("build_config", None)

        yield Proposal(
            f'Give "{name}" the shape ({", ".join(map(str, shape))}{"," if len(shape) == 1 else ""})', change
        )


def _other_data(wanted: JSON, problem: Diagnostic) -> Iterator[Proposal]:
    yield Proposal("Train on synthetic data, which fits any model", lambda request: request.update(data=_SYNTHETIC))


def _fewer_samples(wanted: JSON, problem: Diagnostic) -> Iterator[Proposal]:
    most = problem.data.get("most")
    if isinstance(most, int):
        data = {"synthetic": {**wanted["data"]["synthetic"], "samples": most}}
        yield Proposal(f"Train on {most:,} samples", lambda request: request.update(data=data))


def _other_number(wanted: JSON, problem: Diagnostic) -> Iterator[Proposal]:
    """The value of the plan that the problem names as the one that fits."""
    key, value = problem.data.get("key"), problem.data.get("value")
    if isinstance(key, str) and value is not None:
        yield _planned(key, value, f"Set {key} to {value}")


def _planned(key: str, value: Any, title: str) -> Proposal:  # any JSON
    return Proposal(title, lambda request: request["plan"].update({key: value}))


def _all_trained(wanted: JSON, problem: Diagnostic) -> Iterator[Proposal]:
    frozen = [layer for layer in _layers(wanted) if _config(layer).get("trainable") is False]

    def change(request: JSON) -> None:
        for layer in _layers(request):
            if _config(layer).get("trainable") is False:
                _config(layer)["trainable"] = True

    if frozen:
        yield Proposal(f"Train the {len(frozen)} frozen {'layer' if len(frozen) == 1 else 'layers'}", change)


_BY_CODE: Mapping[str, tuple[Callable[[JSON, Diagnostic], Iterator[Proposal]], ...]] = {
    "GC501": (_all_trained,),
    "GC502": (_other_units, _other_loss),
    "GC503": (_other_shape, _fewer_samples, _other_data),
    "GC504": (_other_units, _other_data),
    "GC505": (_other_number,),
    "GC506": (_other_number,),
}


# --- the request ------------------------------------------------------------------------------------------------------


def _model(request: Mapping[str, Any]) -> Any:  # any JSON
    model = request.get("model")
    return model.get("model") if isinstance(model, dict) and "layerwright" in model else model


def _layers(request: Mapping[str, Any]) -> list[JSON]:
    """The entries of the model's own layers."""
    config = _config(_model(request))
    layers = config.get("layers")
    return [layer for layer in layers if isinstance(layer, dict)] if isinstance(layers, list) else []


def _config(entry: Any) -> JSON:  # any JSON
    config = entry.get("config") if isinstance(entry, dict) else None
    return config if isinstance(config, dict) else {}


def _entry(request: Mapping[str, Any], name: str | None) -> JSON | None:
    return next((one for one in _layers(request) if name in (one.get("name"), _config(one).get("name"))), None)


def _told(before: JSON, after: JSON, problem: Diagnostic) -> tuple[Mapping[str, Any], Mapping[str, Any]]:
    """The change as a diff of the document's records, plan and data among them, and what it does to the model."""
    diff, effect = graphcore.change_between(before["model"], after["model"])
    added, updated, removed = (dict(diff[part]) for part in ("added", "updated", "removed"))
    plans = [(f"plan/{key}", before["plan"].get(key), value) for key, value in after["plan"].items()]
    for key, was, now in (*plans, ("plan/data", before.get("data"), after.get("data"))):
        if was is None and now is not None:
            added[key] = now
        elif was != now:
            updated[key] = [was, now]
    return {"added": added, "updated": updated, "removed": removed}, {**effect, "solves": {problem.code: 1}}
