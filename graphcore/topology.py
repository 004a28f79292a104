"""The order in which calls can be made, and the wires that lead nowhere or in circles."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

from .diagnostics import Diagnostic, Place
from .model import Graph, NodeKey, TensorRef, leaves

Inbound = list[tuple[str, TensorRef]]
"""What comes into a call: each tensor with its way (`args/0/1`)."""


@dataclass(frozen=True, slots=True)
class Wiring:
    """The calls of a graph in an order that makes every tensor before it is used.

    `order` leaves out the calls in `broken`: those on a cycle, with a wire from nowhere, or that wait for such a call
    of the same layer. `broken` names the problem of each.
    """

    order: tuple[NodeKey, ...]
    inbound: Mapping[NodeKey, Inbound]
    broken: Mapping[NodeKey, Diagnostic]
    diagnostics: tuple[Diagnostic, ...]


def wire(graph: Graph, path: tuple[str, ...] = ()) -> Wiring:
    """Follow every wire of a graph once; linear in calls and wires."""
    inbound, is_in_order = _inbound(graph)
    if is_in_order:
        return Wiring(tuple(inbound), inbound, {}, tuple(_missing_ends(graph, path)))
    return _sorted(graph, inbound, path)


def _inbound(graph: Graph) -> tuple[dict[NodeKey, Inbound], bool]:
    """What comes into each call, and whether each stands after those that it needs, as most files have them."""
    inbound: dict[NodeKey, Inbound] = {}
    before: Mapping[Any, Inbound] = inbound  # a pair finds what a NodeKey does, and is made ten times faster
    is_in_order = True
    for key, node in graph.nodes.items():
        tensors = node.tensors()
        if is_in_order:
            for _, ref in tensors:
                if ref[:2] not in before:
                    is_in_order = False
            if key[1] and (key[0], key[1] - 1) not in before:
                is_in_order = False
        inbound[key] = tensors
    return inbound, is_in_order


def _sorted(graph: Graph, inbound: Mapping[NodeKey, Inbound], path: tuple[str, ...]) -> Wiring:
    nodes = graph.nodes
    found: list[Diagnostic] = []
    broken: dict[NodeKey, Diagnostic] = {}
    waits: dict[NodeKey, int] = {}
    feeds: dict[NodeKey, list[NodeKey]] = {}
    ready: list[NodeKey] = []
    missing: _Missing | None = None
    for key, tensors in inbound.items():
        count = 0
        for way, ref in tensors:
            source = NodeKey(ref[0], ref[1])
            if source in nodes:
                count += 1
                feeds.setdefault(source, []).append(key)
            else:
                place = Place(f"{nodes[key].origin}", key.layer, key.index, arg=way, path=path)
                missing = missing or _Missing(graph)
                problem = missing.problem(ref, place, f"{_named(graph, key)} is fed by")
                found.append(problem)
                broken.setdefault(key, problem)
        if key.index and (before := NodeKey(key.layer, key.index - 1)) in nodes:
            # Keras makes the calls of a layer in their order, and builds its weights in the first.
            count += 1
            feeds.setdefault(before, []).append(key)
        waits[key] = count
        if not count:
            ready.append(key)
    order = _walk(ready, waits, feeds)
    if len(order) < len(nodes):
        found += _cycles(graph, order, inbound, broken, path)
    found += _missing_ends(graph, path)
    return Wiring(tuple(key for key in order if key not in broken), inbound, broken, tuple(found))


def _walk(ready: list[NodeKey], waits: dict[NodeKey, int], feeds: Mapping[NodeKey, list[NodeKey]]) -> list[NodeKey]:
    order: list[NodeKey] = []
    ready.reverse()
    while ready:
        key = ready.pop()
        order.append(key)
        for next_key in reversed(feeds.get(key, ())):
            waits[next_key] -= 1
            if not waits[next_key]:
                ready.append(next_key)
    return order


def _cycles(
    graph: Graph,
    order: list[NodeKey],
    inbound: Mapping[NodeKey, Inbound],
    broken: dict[NodeKey, Diagnostic],
    path: tuple[str, ...],
) -> list[Diagnostic]:
    """One problem a circle; what merely hangs behind one is broken because of it, and not reported."""
    done = set(order)
    left = {key: _sources(graph, key, inbound) - done for key in graph.nodes if key not in done}
    found: list[Diagnostic] = []
    walked: set[NodeKey] = set()
    for start in left:
        circle = _circle(start, left, walked)
        if circle is None:
            continue
        names = list(dict.fromkeys(key.layer for key in circle))
        shown = " → ".join(f'"{name}"' for name in [*names[:8], names[0]])
        first = circle[0]
        problem = Diagnostic(
            "GC306",
            f"{_named(graph, first)} waits for itself: {shown}",
            Place(graph.nodes[first].origin, first.layer, first.index, path=path),
            hint="feed one of these layers from a layer outside the circle",
            data={"layers": names},
        )
        found.append(problem)
        for key in circle:
            broken[key] = problem
    for key in left:
        broken.setdefault(key, found[0])
    return found


def _sources(graph: Graph, key: NodeKey, inbound: Mapping[NodeKey, Inbound]) -> set[NodeKey]:
    sources = {ref.call for _, ref in inbound[key] if ref.call in graph.nodes}
    before = NodeKey(key.layer, key.index - 1)
    return sources | {before} if before in graph.nodes else sources


def _circle(start: NodeKey, left: Mapping[NodeKey, set[NodeKey]], walked: set[NodeKey]) -> list[NodeKey] | None:
    """Walk against the wires until a call comes again; None where the walk ends where another has been."""
    way: dict[NodeKey, int] = {}
    key = start
    while key not in way:
        if key in walked:
            return None
        walked.add(key)
        way[key] = len(way)
        key = min(left[key])  # never empty: the walk in order would have taken the call
    circle = list(way)[way[key] :]
    circle.reverse()
    first = circle.index(min(circle))
    return circle[first:] + circle[:first]


def _missing_ends(graph: Graph, path: tuple[str, ...]) -> list[Diagnostic]:
    missing: _Missing | None = None
    found = []
    for side, tree in (("input", graph.inputs), ("output", graph.outputs)):
        for way, ref in leaves(tree):
            if ref.call not in graph.nodes:
                place = Place(f"{graph.origin}/{side}_layers{way}", path=path)
                missing = missing or _Missing(graph)
                found.append(missing.problem(ref, place, f"An {side} of the model is"))
    return found


class _Missing:
    """Says what is wrong with references that name nothing. Guesses are costly, so only the first ones get one."""

    def __init__(self, graph: Graph) -> None:
        self._layers = graph.layers
        self._calls = Counter(key.layer for key in graph.nodes)
        self._guesses_left = 20

    def problem(self, ref: TensorRef, place: Place, subject: str) -> Diagnostic:
        if ref.layer not in self._layers:
            self._guesses_left -= 1
            is_worth_it = self._guesses_left >= 0 and len(ref.layer) < 200
            close = get_close_matches(ref.layer, self._layers, n=1) if is_worth_it else []
            hint = f'did you mean "{close[0]}"' if close else "name one of the model's layers"
            return Diagnostic("GC302", f'{subject} "{ref.layer}", and the model has no such layer', place, hint=hint)
        calls = self._calls[ref.layer]
        if not calls:
            says, hint = "which is never called", f'connect "{ref.layer}" to a tensor'
        else:
            says = f"which has {calls} call{'s' if calls > 1 else ''}, counted from 0"
            hint = "name call 0" if calls == 1 else f"name one of the calls 0 to {calls - 1}"
        return Diagnostic("GC303", f'{subject} call {ref.node} of "{ref.layer}", {says}', place, hint=hint)


def _named(graph: Graph, key: NodeKey) -> str:
    return f'{graph.layers[key.layer].op.cls} "{key.layer}"'
