"""Rules over a graph and what was inferred of it: what leads nowhere, comes from nowhere, or is recorded otherwise."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Mapping
from collections.abc import Set as AbstractSet
from difflib import get_close_matches
from typing import Any

from .context import Specs
from .diagnostics import Diagnostic, Place
from .inference import Inference
from .model import Graph, NodeKey, TensorRef
from .shapes import Shape, show
from .topology import Inbound

MOST_NAMED = 5
"""Layers that a message names before it counts the rest."""
MOST_LIKENED = 200
"""Characters of a name, and names, that are compared with others: likening is slow."""
_MISWIRED = frozenset({"GC302", "GC303", "GC304", "GC306", "GC401", "GC402"})

Path = tuple[str, ...]


def check_graph(graph: Graph, inference: Inference) -> tuple[Diagnostic, ...]:
    """What is wrong with a model beyond its single layers, nested models at their first call included."""
    found: list[Diagnostic] = []
    waiting: list[tuple[Graph, Inference, Path]] = [(graph, inference, ())]
    while waiting:
        inside, known, path = waiting.pop()
        found += _check_model(inside, known, path)
        for name, body in known.bodies.items():
            waiting.append((body.graph, body, (*path, name)))
    return tuple(found)


def kept_calls(inference: Inference) -> AbstractSet[NodeKey]:
    """The calls that a model consists of: what its outputs need, and its inputs. Keras drops the others.

    All where that cannot be said: in a Sequential, and where a wire on the way comes from nowhere.
    """
    reached, is_whole = _reached(inference)
    return reached if is_whole and reached else inference.inbound.keys()


def _reached(inference: Inference) -> tuple[AbstractSet[NodeKey], bool]:
    """The calls that the outputs need, with the inputs, and whether every wire on the way leads to a call."""
    graph, inbound = inference.graph, inference.inbound
    if graph.kind == "sequential":
        return inbound.keys(), True
    calls: Mapping[Any, Inbound] = inbound  # a pair finds what a NodeKey does, and is made ten times faster
    if len(inference.order) == len(inbound):
        used = {ref[:2] for tensors in inbound.values() for _, ref in tensors}
        used.update([ref[:2] for ref in (*graph.input_refs, *graph.output_refs)])
        if used == calls.keys():  # there is no circle, so what is used by something is used by an output
            return inbound.keys(), True
    reached = {ref[:2] for ref in graph.input_refs}
    is_whole = True
    waiting = [ref[:2] for ref in graph.output_refs if ref[:2] not in reached]
    while waiting:
        key = waiting.pop()
        if key in reached:
            continue
        if key not in calls:
            is_whole = False
            continue
        reached.add(key)
        for _, ref in calls[key]:
            if ref[:2] not in reached:
                waiting.append(ref[:2])
    return {key for key in inbound if key in reached}, is_whole


def _check_model(graph: Graph, inference: Inference, path: Path) -> Iterator[Diagnostic]:
    yield from _check_records(graph, inference, path)
    if graph.kind == "sequential":
        return
    outputs = graph.output_refs
    if not outputs:
        place = Place(f"{graph.origin}/output_layers", path=path)
        hint = "name the tensors that it gives in output_layers"
        if graph.dialect == "keras2":
            yield Diagnostic("GC104", f'The model "{graph.name}" has no output, which Keras 2 takes', place, hint=hint)
        else:
            yield Diagnostic("GC308", f'The model "{graph.name}" has no output', place, hint=hint)
        return
    kept, _ = _reached(inference)
    yield from _check_inputs(graph, inference, kept, path)
    yield from _check_unused(graph, inference, kept, path)


def _check_inputs(graph: Graph, inference: Inference, kept: AbstractSet[NodeKey], path: Path) -> Iterator[Diagnostic]:
    """Input layers that the outputs need and the model does not name."""
    inputs = {ref.call for ref in graph.input_refs}
    unnamed = [
        key
        for key in graph.nodes
        if not inference.inbound[key] and key not in inputs and key in kept and key not in inference.blame
    ]
    if len(unnamed) <= len(inputs - graph.nodes.keys()):
        return  # they are what was meant by the inputs that name nothing
    for key in unnamed:
        layer = graph.layers[key.layer]
        yield Diagnostic(
            "GC307",
            f'The outputs need {layer.op.cls} "{key.layer}", which is not among the inputs of the model',
            Place(layer.origin, key.layer, key.index, path=path),
            hint=f'add ["{key.layer}", {key.index}, 0] to input_layers, or take its tensor from an input',
        )


def _check_unused(graph: Graph, inference: Inference, kept: AbstractSet[NodeKey], path: Path) -> Iterator[Diagnostic]:
    """Layers that lead to no output. Where wires come from nowhere, as many of them are what was meant there."""
    inbound = inference.inbound
    found = [*_unused_calls(graph, inference, kept, path), *_idle_layers(graph, inbound, path)]
    found += _unused_inputs(graph, inbound, path)
    missing = _missing(graph, inference)
    if not found or not missing:
        yield from found
        return
    by_name = {problem.at.layer or "": problem for problem in found}
    unmatched = 0
    for name in missing:
        close = get_close_matches(name, by_name, n=1) if len(name) < MOST_LIKENED else []
        if close:
            del by_name[close[0]]
        else:
            unmatched += 1
    if len(by_name) > unmatched:
        yield from by_name.values()


def _missing(graph: Graph, inference: Inference) -> list[str]:
    """What wires that come from nowhere name, as far as it is worth to look; "" where they name nothing."""
    layers, calls = graph.layers, graph.nodes
    names = [ref.layer for ref in graph.output_refs if ref.call not in calls]
    for problem in {id(problem): problem for problem in inference.blame.values()}.values():
        if problem.code in _MISWIRED and len(names) < MOST_LIKENED:
            refs = inference.inbound.get(NodeKey(problem.at.layer or "", problem.at.node_index or 0), ())
            names.append(next((ref.layer for _, ref in refs if ref.layer not in layers), ""))
    return names


def _unused_calls(graph: Graph, inference: Inference, kept: AbstractSet[NodeKey], path: Path) -> Iterator[Diagnostic]:
    """One diagnostic for each end of a branch of calls that lead to no output."""
    inbound = inference.inbound
    unused = [key for key in inbound if key not in kept] if len(kept) < len(inbound) else []
    feeding = {ref.call for key in unused for _, ref in inbound[key]}
    seen: set[NodeKey] = set(unused) - feeding
    for key in unused:
        if key in feeding or key in inference.blame or _is_second_of_name(key.layer, graph):
            continue
        layer = graph.layers[key.layer]
        before = _branch(key, inbound, kept, seen)
        is_shared = NodeKey(key.layer, 1) in inbound
        subject = f'Call {key.index} of {layer.op.cls} "{key.layer}"' if is_shared else f'{layer.op.cls} "{key.layer}"'
        yield Diagnostic(
            "GC305",
            f"{subject} leads to no output{_and_before(before)}",
            Place(graph.nodes[key].origin or layer.origin, key.layer, key.index, path=path),
            hint="Keras drops it when the model is made: connect it, make it an output, or remove it",
            data={"layers": [key.layer, *before]},
        )


def _is_second_of_name(name: str, graph: Graph) -> bool:
    """Whether nothing can lead to a layer because another has its name."""
    first, mark, number = name.rpartition("~")
    return bool(mark) and number.isdecimal() and first in graph.layers


def _branch(
    end: NodeKey, inbound: Mapping[NodeKey, Inbound], kept: AbstractSet[NodeKey], seen: set[NodeKey]
) -> list[str]:
    """The layers that lead to this end alone, nearest first; `seen` are those that another end has named."""
    waiting = deque([end])
    names: dict[str, None] = {}
    while waiting:
        for _, ref in inbound[waiting.popleft()]:
            if ref.call not in seen and ref.call not in kept and ref.call in inbound:
                seen.add(ref.call)
                waiting.append(ref.call)
                names[ref.layer] = None
    return list(names)


def _and_before(names: list[str]) -> str:
    if not names:
        return ""
    shown = ", ".join(f'"{name}"' for name in names[:MOST_NAMED])
    more = f" and {len(names) - MOST_NAMED} more" if len(names) > MOST_NAMED else ""
    return f", nor {'does' if len(names) == 1 else 'do'} {shown}{more} before it"


def _idle_layers(graph: Graph, inbound: Mapping[NodeKey, Inbound], path: Path) -> Iterator[Diagnostic]:
    called = {key[0] for key in graph.nodes}
    if graph.layers.keys() <= called:
        return
    idle = [layer for layer in graph.layers.values() if layer.name not in called]
    wanted = {ref.layer for tensors in inbound.values() for _, ref in tensors}
    for layer in idle:
        if layer.name not in wanted and not _is_second_of_name(layer.name, graph):
            yield Diagnostic(
                "GC305",
                f'{layer.op.cls} "{layer.name}" is never called',
                Place(layer.origin, layer.name, path=path),
                hint="Keras drops it when the model is made: connect it, or remove it",
                data={"layers": [layer.name]},
            )


def _unused_inputs(graph: Graph, inbound: Mapping[NodeKey, Inbound], path: Path) -> Iterator[Diagnostic]:
    unused = {ref[:2] for ref in graph.input_refs} - {ref[:2] for ref in graph.output_refs}
    for tensors in inbound.values():
        if not unused:
            return  # so after the first calls
        unused.difference_update([ref[:2] for _, ref in tensors])
    for ref in graph.input_refs:
        if ref.call in graph.nodes and ref[:2] in unused:
            layer = graph.layers[ref.layer]
            yield Diagnostic(
                "GC305",
                f'{layer.op.cls} "{ref.layer}" is an input that nothing uses',
                Place(layer.origin, ref.layer, ref.node, path=path),
                hint="Keras keeps it and waits for its data: connect it, or remove it",
                data={"layers": [ref.layer]},
            )


def _check_records(graph: Graph, inference: Inference, path: Path) -> Iterator[Diagnostic]:
    """Shapes that the file recorded otherwise: the first ones of each way down, for those after them follow."""
    wrong = contradicted(graph, inference)
    if not wrong or (path and not wrong.keys().isdisjoint(graph.input_refs)):
        # The inside of a nested model was recorded for its own inputs; a call may bring others.
        return
    named: set[TensorRef] = set()
    for key in graph.nodes:
        for way, ref in inference.inbound[key]:
            if ref not in wrong or ref in named or _follows(ref, wrong, inference.inbound):
                continue
            named.add(ref)
            recorded, computed = wrong[ref]
            yield Diagnostic(
                "GC410",
                f'The file records {show(recorded)} for "{ref.layer}", which gives {show(computed)}',
                Place(f"{graph.nodes[key].origin}/{way}/config/shape", key.layer, key.index, arg=way, path=path),
                hint=f'Keras never reads the record; see what was changed in "{ref.layer}" or before it',
                data={"tensor": list(ref)},
            )


def contradicted(graph: Graph, inference: Inference) -> dict[TensorRef, tuple[Shape, Shape]]:
    """Tensors whose recorded shape is not the one that was inferred: both."""
    specs: Mapping[Any, Specs] = inference.specs
    wrong = {}
    for ref, recorded in graph.declared.items():
        outputs = specs.get(ref[:2], ())
        if recorded.shape is None or not 0 <= ref[2] < len(outputs):
            continue
        computed = outputs[ref[2]].shape
        if computed is not None and computed != recorded.shape and not _is_compatible(recorded.shape, computed):
            wrong[ref] = (recorded.shape, computed)
    return wrong


def _is_compatible(recorded: Shape, computed: Shape) -> bool:
    """Whether a record says no more than what was computed; one without any size says nothing."""
    if not any(recorded):
        return 0 not in recorded
    return len(recorded) == len(computed) and all(a is None or a == b for a, b in zip(recorded, computed, strict=True))


def _follows(ref: TensorRef, wrong: Mapping[TensorRef, object], inbound: Mapping[NodeKey, Inbound]) -> bool:
    """Whether a tensor is made of others that differ already."""
    return any(source in wrong for _, source in inbound.get(ref.call, ()))
