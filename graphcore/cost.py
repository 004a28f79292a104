"""What a whole model costs for one sample: memory for weights and activations, and multiply-adds."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from .catalog.rules import plus
from .check import kept_calls
from .inference import Inference, inside_out
from .model import NodeKey
from .report import Totals, activation_bytes
from .shapes import Dim


class Cost(NamedTuple):
    """None where a part is unknown.

    `activation_bytes` are what all layers give, which training keeps for its way back; `peak_activation_bytes` the most
    that a pass forwards holds at a time, where each tensor is freed after its last use. Both leave aside what a layer
    needs while it works, and that some layers write into their input's memory.
    """

    weights_bytes: int | None
    activation_bytes: int | None
    peak_activation_bytes: int | None
    multiply_adds: int | None


UNKNOWN_COST = Cost(None, None, None, None)


def total_cost(inference: Inference, totals: Totals) -> Cost:
    """The cost of a model whose weights were added up."""
    held = _held(inference)
    adds = plus(*(inference.costs.get(key) for key in kept_calls(inference)))
    return Cost(plus(totals.trainable_bytes, totals.non_trainable_bytes), held.total, held.peak, adds)


class _Held(NamedTuple):
    """Bytes of all tensors of a model and of those that are alive at a time; of the inputs among them."""

    total: Dim
    peak: Dim
    inputs: Dim


def _held(inference: Inference) -> _Held:
    """What a model holds."""
    done: dict[int, _Held] = {}
    for known in inside_out(inference):
        done[id(known)] = _held_of(known, {name: done[id(body)] for name, body in known.bodies.items()})
    return done[id(inference)]


def _held_of(known: Inference, bodies: dict[str, _Held]) -> _Held:
    kept = kept_calls(known)
    order = [key for key in known.order if key in kept]
    sizes = {key: activation_bytes(known.specs.get(key, ())) for key in order}
    inputs = plus(*(sizes.get(ref.call) for ref in known.graph.input_refs))
    hidden = {key: _hidden(sizes[key], bodies.get(key.layer)) for key in order}
    if None in sizes.values() or None in hidden.values():
        return _Held(None, None, inputs)
    total = plus(*sizes.values(), *(_total_inside(sizes[key], bodies.get(key.layer)) for key in order))
    return _Held(total, _peak(known, order, sizes, hidden), inputs)


def _hidden(size: Dim, body: _Held | None) -> Dim:
    """What a nested model holds at its peak besides its inputs, which are counted outside, and what it gives."""
    if body is None:
        return 0
    if body.peak is None or body.inputs is None or size is None:
        return None
    return max(body.peak - body.inputs - size, 0)


def _total_inside(size: Dim, body: _Held | None) -> Dim:
    if body is None:
        return 0
    if body.total is None or body.inputs is None or size is None:
        return None
    return max(body.total - body.inputs - size, 0)


def _peak(known: Inference, order: Sequence[NodeKey], sizes: dict[NodeKey, Dim], hidden: dict[NodeKey, Dim]) -> int:
    last = {ref.call: i for i, key in enumerate(order) for _, ref in known.inbound[key]}
    last |= {ref.call: len(order) for ref in known.graph.output_refs}
    ends: dict[int, list[NodeKey]] = {}
    for i, key in enumerate(order):
        ends.setdefault(last.get(key, i), []).append(key)
    alive = peak = 0
    for i, key in enumerate(order):
        alive += sizes[key] or 0
        peak = max(peak, alive + (hidden[key] or 0))
        alive -= sum(sizes[done] or 0 for done in ends.get(i, ()))
    return peak
