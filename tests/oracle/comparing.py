"""Where what Layerwright infers differs from what Keras answered."""

from __future__ import annotations

import copy
from typing import Any

from graphcore.catalog.tf_operands import Numbers
from graphcore.inference import Inference, count, is_frozen
from graphcore.model import Graph, Layer, NodeKey
from graphcore.report import Report
from graphcore.shapes import Shape, TensorSpec

MOST_TOLD = 20


def differences(inference: Inference, answers: Any) -> list[str]:
    """Every tensor and every count that differs, in the order of the answers; nothing where all are equal."""
    told: list[str] = []
    inside = _by_path(inference)
    other = _other_inputs(inside)
    masked = _masked_inputs(inside)
    for key, calls in answers["calls"].items():
        path, _, name = key.rpartition("/") if key not in inference.graph.layers else ("", "", key)
        if path not in other:
            told += _calls(inside.get(path), key, name, calls, None if path in masked else answers.get("masks"))
    for key, (trainable, others) in answers["params"].items():
        path, _, name = key.rpartition("/") if key not in inference.graph.layers else ("", "", key)
        body = inside.get(path)
        if body is not None and _is_of_masks(body, name):
            continue
        weights = None if body is None else body.weights.get(name)
        counted = None if weights is None else count(weights)
        if counted is not None and body is not None and is_frozen(body.graph, body.graph.layers[name]):
            counted = (0, sum(size or 0 for size in counted))
        if counted != (trainable, others):
            told.append(f"{key}: {counted} parameters, Keras has {(trainable, others)}")
    for key, wanted in answers.get("weights", {}).items():
        path, _, name = key.rpartition("/") if key not in inference.graph.layers else ("", "", key)
        body = inside.get(path)
        if body is not None and not _is_of_masks(body, name) and (found := _weights(body, name)) != wanted:
            told.append(f"{key}: weights {found}, Keras has {wanted}")
    kept = [weights for name, weights in inference.weights.items() if name in answers["params"]]
    known = [weights for weights in kept if weights is not None]
    totals = count(weight for weights in known for weight in weights)
    if is_frozen(inference.graph):
        totals = (0, sum(size or 0 for size in totals))
    if len(known) < len(kept) or totals != (answers["trainable"], answers["non_trainable"]):
        told.append(f"totals {totals}, Keras has {(answers['trainable'], answers['non_trainable'])}")
    return told


def _weights(body: Inference, name: str) -> list[list[Any]] | None:
    """Name, shape, dtype and trainability of a layer's weights, in the order of Keras's answers."""
    weights, layer = body.weights.get(name), body.graph.layers[name]
    if weights is None:
        return None
    is_open, variable = not is_frozen(body.graph, layer), body.prepared[name].policy.variable
    return sorted(
        [w.name.rpartition("/")[2], list(w.shape), w.dtype or variable, w.trainable and is_open] for w in weights
    )


def errors_of(report: Report) -> list[str]:
    """What we refuse a file for."""
    return [f"{one.code} {one.message}" for one in report.diagnostics if one.severity == "error"]


def verdict_told(report: Report, gives: Any, why: Any) -> str | None:
    """What differs between our verdict and Keras's, in words; "" where both refuse, None where both take the file.

    Keras refuses a file of which it `gives` None, and says `why`.
    """
    errors = errors_of(report)
    if gives is None:
        return "" if errors else f"Keras refuses it: {why}"
    return f"Keras gives {gives}, and we say {errors[:2]}" if errors else None


def _calls(inference: Inference | None, key: str, name: str, calls: Any, masks: Any) -> list[str]:
    if inference is None:
        return [f"{key}: no such model"]
    told = []
    if _is_of_masks(inference, name):
        return []
    indices = [key.index for key in inference.graph.nodes if key.layer == name]
    if len(calls) < len(indices):  # Keras says nothing of calls that lead to no output
        indices = [index for index in indices if NodeKey(name, index) in _needed(inference)]
    masked = None if masks is None else masks.get(key, [[None] * len(outputs) for outputs in calls])
    for i, (index, outputs) in enumerate(zip(indices, calls, strict=False)):
        specs = inference.specs.get(NodeKey(name, index), ())
        found = [_said(spec) for spec in specs]
        if found != outputs:
            told.append(f"{key}[{index}]: {found}, Keras has {outputs}")
        elif masked is not None and (ours := [_listed(spec.mask) for spec in specs]) != masked[i]:
            told.append(f"{key}[{index}]: masks of {ours}, Keras has {masked[i]}")
    return told


def _is_of_masks(inference: Inference, name: str) -> bool:
    """Whether it is an operation that a Sequential of Keras 3 made of a mask: no file has it."""
    return inference.graph.kind == "sequential" and name not in inference.graph.layers


def _needed(inference: Inference) -> set[NodeKey]:
    """Calls that outputs come from."""
    needed: set[NodeKey] = set()
    waiting = [ref.call for ref in inference.graph.output_refs]
    while waiting:
        key = waiting.pop()
        if key not in needed:
            needed.add(key)
            waiting.extend(ref.call for _, ref in inference.inbound.get(key, ()))
    return needed


def _other_inputs(inside: dict[str, Inference]) -> set[str]:
    """Nested models with the shapes of their first call here, and in Keras with those that their inputs state."""
    other: set[str] = set()
    for path, one in inside.items():
        refs = one.graph.input_refs if path else []
        specs = [(one.spec(ref), _stated(one.graph.layers[ref.layer])) for ref in refs]
        is_other = any(spec.shape != stated or isinstance(spec, Numbers) for spec, stated in specs)
        if is_other or any(path.startswith(f"{outer}/") for outer in other):
            other.add(path)
    return other


def _masked_inputs(inside: dict[str, Inference]) -> set[str]:
    """Nested models into which masks come with their first call here; in Keras their tensors stay as made."""
    return {
        path
        for path, one in inside.items()
        for outer, around in inside.items()
        if outer
        and (path == outer or path.startswith(f"{outer}/"))
        and any(around.spec(ref).mask is not None for ref in around.graph.input_refs)
    }


def _stated(layer: Layer) -> tuple[int | None, ...] | None:
    """The shape that an input states."""
    stated = layer.config.get("batch_shape", layer.config.get("batch_input_shape"))
    return None if stated is None else tuple(stated)


def _said(spec: TensorSpec) -> list[Any]:
    return [_listed(spec.shape), spec.dtype]


def _listed(shape: Shape | None) -> list[int | None] | None:
    return None if shape is None else list(shape)


def _by_path(inference: Inference) -> dict[str, Inference]:
    """The inside of every nested model by the names around it, joined with slashes."""
    found = {"": inference}
    stack = [("", inference)]
    while stack:
        path, one = stack.pop()
        for name, body in one.bodies.items():
            inner = f"{path}/{name}" if path else name
            found[inner] = body
            stack.append((inner, body))
    return found


def without_records(config: Any) -> Any:
    """The config with every recorded shape nulled and every `build_config` removed, at any depth."""
    bare = copy.deepcopy(config)
    stack = [bare]
    while stack:
        value = stack.pop()
        if isinstance(value, dict):
            value.pop("build_config", None)
            if value.get("class_name") == "__keras_tensor__":
                value["config"]["shape"] = None
            stack.extend(value.values())
        elif isinstance(value, list):
            stack.extend(value)
    return bare


def answers_of(graph: Graph, inference: Inference) -> Any:
    """All that is known, as plain data: equal for equal answers."""
    return [
        (path, dict(one.specs), dict(one.weights), {name: made.policy for name, made in one.prepared.items()})
        for path, one in sorted(_by_path(inference).items())
    ]
