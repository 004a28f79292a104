"""Wires that a layer which joins may have lost: tensors that nothing takes, and what the file remembers of the join.

Keras writes no layer that leads nowhere, so one in a file has lost its wire, or the model an output.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from itertools import combinations
from typing import NamedTuple

from ..context import Context, outputs_of
from ..model import JSON, NodeKey, TensorRef
from ..patch import Patch, insert, put
from ..shapes import RuleError, Shape, may_agree
from .case import Case, Proposal, around, last, listed

MOST_LOST = 3
"""Wires of one call that are looked for together."""
MOST_TRIED = 8
"""Calls that are looked at in a model, and tensors that nothing takes for one of them."""
MOST_SEEN = 200
"""Tensors that others take, of which one is looked for."""
MOST_ALIKE = 2
"""Tensors that others take and any of which would do: beyond, nobody knows which it was."""


Takers = Mapping[NodeKey, Sequence[NodeKey]]


class Lost(NamedTuple):
    """Tensors with which a call gives again what the file remembers of it."""

    call: NodeKey
    refs: tuple[TensorRef, ...]


def lost_wires(case: Case) -> Iterator[Lost]:
    """Calls that join and give another shape than the file remembers, and what they would give it with.

    Tensors that nothing takes come first; where none will do, one that others take too, if few are like it.
    """
    unused = set(idle(case))
    for call, was in _contradicted_joins(case):
        refs, behind = case.inbound(call), after(case, [call.layer])
        every = [ref for key in case.graph.nodes if key.layer not in behind and (ref := TensorRef(*key, 0)) not in refs]
        free = _nearest(case, call, [ref for ref in every if ref in unused])[:MOST_TRIED]
        used = _nearest(case, call, [ref for ref in every if ref not in unused])[:MOST_SEEN]
        sets = [*(combinations(free, n) for n in range(1, MOST_LOST + 1)), combinations(used, 1)]
        for some in sets:  # no more wires than are needed
            fitting = [refs_lost for refs_lost in some if _given_by(case, call, [*refs, *refs_lost]) == was]
            if fitting and (fitting[0][0] in unused or len(fitting) <= MOST_ALIKE):
                yield from (Lost(call, tuple(ref for ref in every if ref in refs_lost)) for refs_lost in fitting)
            if fitting:
                break


def is_trace_of_lost_wire(case: Case, names: Collection[str]) -> bool:
    """Whether what these layers remember may be right, and a wire before them lost: nothing else says that it was."""
    return any(not after(case, [call.layer]).isdisjoint(names) for call, _ in _contradicted_joins(case))


def _contradicted_joins(case: Case) -> list[tuple[NodeKey, Shape]]:
    """Calls that join and give another shape than the file remembers, though what comes in is as it was."""
    takers = _takers(case)
    found: list[tuple[NodeKey, Shape]] = []
    for call in _joins(case):
        now, was = case.shape(TensorRef(*call, 0)), remembered(case, TensorRef(*call, 0), takers)
        if was is None or (now is not None and may_agree(now, was)):
            continue
        incoming = [(case.shape(ref), remembered(case, ref, takers)) for ref in case.inbound(call)]
        if all(now is None or was is None or may_agree(now, was) for now, was in incoming):
            found.append((call, was))
        if len(found) == MOST_TRIED:
            break
    return found


def remembered(case: Case, ref: TensorRef, takers: Takers) -> Shape | None:
    """What the file says that a tensor's shape was: its record, or what a layer was built for that takes it alone."""
    said = case.graph.declared.get(ref)
    if said is not None and any(said.shape or ()):
        return said.shape
    alone = (key.layer for key in takers.get(ref.call, ()) if case.inbound(key) == [ref])
    return next((shape for name in alone if (shape := built_for(case, name)) is not None), None)


def lost_wire(case: Case) -> Iterator[Proposal]:
    """A size that differs from what the file remembers: the wire without which it does."""
    for lost in lost_wires(case):
        if case.problem.at.layer in after(case, [lost.call.layer]):
            yield from _connected(case, lost)


def loose_end(case: Case) -> Iterator[Proposal]:
    """A layer that leads nowhere: into the layer that joins from which its wire is missing."""
    call = case.call
    if call is None or case.consumers(call):
        return
    ref = TensorRef(*call, 0)
    for lost in lost_wires(case):
        if ref in lost.refs:
            yield from _connected(case, lost)
    order, takers = _order(case), _takers(case)
    joins = sorted(_joins(case), key=lambda join: abs(order[join.layer] - order[ref.layer]))
    for join in joins[:MOST_TRIED]:
        if _may_have_lost(case, join, ref, takers):
            yield from _connected(case, Lost(join, (ref,)))


def _joins(case: Case) -> Iterator[NodeKey]:
    """The calls that join tensors and take one more."""
    if case.graph.kind == "sequential":
        return
    for call in case.graph.nodes:
        entry = case.entry(call.layer)
        if entry is None or entry.group != "merging" or entry.inputs.form != "many":
            continue
        count = len(case.tensor_pointers(call))
        if count and count == len(case.inbound(call)) and (entry.inputs.most is None or count < entry.inputs.most):
            yield call


def _may_have_lost(case: Case, join: NodeKey, ref: TensorRef, takers: Takers) -> bool:
    """Whether a tensor may be missing from a call of which the file remembers nothing else.

    The call has one tensor left, or the layers between are as far from the end of the model as that of the tensor: by
    that distance Keras writes them, so that what a join takes alone stands right before it.
    """
    refs = case.inbound(join)
    given, was = _given_by(case, join, [*refs, ref]), remembered(case, TensorRef(*join, 0), takers)
    if given is None or (was is not None and not may_agree(given, was)) or ref.layer in after(case, [join.layer]):
        return False
    if len(refs) == 1:
        return True
    order = _order(case)
    here, there = order[ref.layer], order[join.layer]
    between = [key for key in case.graph.nodes if here < order[key.layer] < there]
    taken = {one.layer for key in between for one in case.inbound(key)}
    is_next = here < there and all(order.get(layer, there) < here for layer in taken)  # some may not be there
    return was is None and _is_ordered(case, join) and is_next


def _given_by(case: Case, call: NodeKey, refs: Sequence[TensorRef]) -> Shape | None:
    """The shape that a call would give of these tensors; None where it refuses them."""
    made = case.known.prepared[call.layer]
    specs = [case.known.spec(ref) for ref in refs]
    if made.entry is None or made.failed is not None or any(spec.shape is None for spec in specs):
        return None
    if made.entry.inputs.most is not None and len(specs) > made.entry.inputs.most:
        return None
    context = Context(case.graph.layers[call.layer], made, case.dialect, {})
    try:
        return outputs_of(made.entry, context, [specs])[0].shape
    except RuleError:
        return None


def _connected(case: Case, lost: Lost) -> Iterator[Proposal]:
    """The wires, where they were; where nothing says where, behind the others or before them."""
    names, join = listed([ref.layer for ref in lost.refs]), listed([lost.call.layer])
    title, refs = f"Connect {names} to {join}", case.inbound(lost.call)
    placed = _placed(case, refs, lost.refs)
    if placed is not None:
        yield Proposal(title, _with(case, lost.call, placed))
        return
    yield Proposal(title, _with(case, lost.call, [*refs, *lost.refs]))
    if _is_ordered(case, lost.call):
        yield Proposal(f"Connect {names} to {join} as its first input", _with(case, lost.call, [*lost.refs, *refs]))


def _placed(case: Case, refs: Sequence[TensorRef], missing: Sequence[TensorRef]) -> list[TensorRef] | None:
    """The inputs of a join with those that it has lost; None where the file does not say which came first.

    Of layers that lead to one join alone, Keras writes that of the first input first.
    """
    layers, ends = _order(case), {ref.call for ref in case.graph.output_refs}

    def order(ref: TensorRef) -> tuple[int, int]:
        return layers[ref.layer], ref.node

    alone = [ref for ref in refs if len(case.consumers(ref.call)) == 1 and ref.call not in ends]
    if not alone or alone != sorted(alone, key=order) or any(case.consumers(ref.call) for ref in missing):
        return None
    placed = list(refs)
    for new in sorted(missing, key=order):
        earlier = [ref for ref in alone if order(ref) < order(new)]
        placed.insert(placed.index(earlier[-1]) + 1 if earlier else placed.index(alone[0]), new)
        alone.insert(len(earlier), new)
    return placed


def _is_ordered(case: Case, call: NodeKey) -> bool:
    """Whether it is not the same which tensor comes first: they are joined along an axis."""
    return "axis" in case.values(call.layer)


def _with(case: Case, call: NodeKey, refs: Sequence[TensorRef]) -> Patch:
    """A call of these tensors, those that it has kept as they are written."""
    pointers = case.tensor_pointers(call)
    written = dict(zip(case.inbound(call), pointers, strict=True))
    listed_at = around(pointers[0])
    made = [case.at(written[ref]) if ref in written else _tensor(case, ref) for ref in refs]
    if last(listed_at) == "args":  # one tensor without its list
        return (put(listed_at, [made]),)
    if len(refs) == len(pointers) + 1:
        at = next(i for i, ref in enumerate(refs) if ref not in written)
        return (insert(f"{listed_at}/{at}", made[at]),)
    return (put(listed_at, made),)


def _tensor(case: Case, ref: TensorRef) -> JSON:
    return [ref.layer, case.number(ref), ref.tensor, {}] if case.is_old else case.tensor(ref)


def _order(case: Case) -> dict[str, int]:
    return {name: n for n, name in enumerate(case.graph.layers)}


def _nearest(case: Case, call: NodeKey, refs: Sequence[TensorRef]) -> list[TensorRef]:
    """Tensors of known shape, those whose layers stand nearest in the file first."""
    order = _order(case)
    known = [ref for ref in refs if case.shape(ref) is not None]
    return sorted(known, key=lambda ref: abs(order[call.layer] - order[ref.layer]))


def built_for(case: Case, name: str | None) -> Shape | None:
    """The shape that a layer remembers to have been built for."""
    layer = case.graph.layers.get(name or "")
    said = layer.extras.get("build_config") if layer is not None else None
    if not isinstance(said, dict):
        return None
    shapes = said.get("shapes_dict")
    first = next(iter(shapes.values()), None) if isinstance(shapes, dict) else None
    shape = said.get("input_shape", first)
    return tuple(shape) if isinstance(shape, list) else None


def _takers(case: Case) -> Takers:
    """The calls that take a tensor of each call."""
    found: dict[NodeKey, list[NodeKey]] = {}
    for key, tensors in case.known.inbound.items():
        for _, ref in tensors:
            found.setdefault(ref.call, []).append(key)
    return found


def idle(case: Case) -> list[TensorRef]:
    """Tensors of calls of which nothing takes any, in the order of the file."""
    taken = {ref.call for tensors in case.known.inbound.values() for _, ref in tensors}
    taken.update(ref.call for ref in case.graph.output_refs)
    return [TensorRef(*key, 0) for key in case.graph.nodes if key not in taken]


def after(case: Case, names: Collection[str]) -> set[str]:
    """Layers and those that need them."""
    found = set(names)
    takers: dict[str, list[str]] = {}
    for key, tensors in case.known.inbound.items():
        for _, ref in tensors:
            takers.setdefault(ref.layer, []).append(key.layer)
    waiting = list(found)
    for here in waiting:  # grows on the way
        new = [other for other in takers.get(here, ()) if other not in found]
        found.update(new)
        waiting.extend(new)
    return found
