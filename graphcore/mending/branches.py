"""Proposals for a join whose other branch is gone: what comes in once, made a second time, as siamese models do it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from ..model import JSON, NodeKey, TensorRef
from ..patch import Change, insert, patched, put
from ..shapes import may_agree, show
from .case import Case, Proposal, listed
from .lost import after, idle

MOST_CALLED = 20
"""Layers of a branch that are called a second time."""


def second_branch(case: Case, join: NodeKey, *, on: TensorRef | None = None) -> Iterator[Proposal]:
    """The layers that lead to the one tensor of a join, called once more: on what nothing takes, else on a new input.

    `on`: on this tensor alone.
    """
    (ref,) = case.inbound(join)
    branch = _branch(case, ref)
    if not branch:
        return
    behind = after(case, [join.layer])
    free = [on] if on is not None else [other for other in idle(case) if other.layer not in behind]
    fitting = [(other, calls) for other in free if (calls := _fed_by(case, branch, other))]
    for other, calls in fitting:
        what = f"Call {listed([key.layer for key in reversed(calls)])} on {listed([other.layer])} too"
        yield Proposal(f"{what}, and connect it to {listed([join.layer])}", tuple(_called(case, join, calls, other)))
    if not fitting and on is None:
        yield from _on_new_input(case, join, branch)


def one_sided_join(case: Case) -> Iterator[Proposal]:
    """A layer that leads nowhere: through the branch of a join that joins one tensor alone."""
    call = case.call
    if call is None or case.graph.kind == "sequential":
        return
    ref = TensorRef(*call, 0)
    if ref not in idle(case):
        return
    for join in case.graph.nodes:
        entry = case.entry(join.layer)
        is_join = entry is not None and entry.group == "merging"
        if is_join and len(case.inbound(join)) == 1 and len(case.tensor_pointers(join)) == 1:
            yield from second_branch(case, join, on=ref)
            return


def _branch(case: Case, ref: TensorRef) -> list[NodeKey]:
    """The calls that lead to a tensor one after the other, the last one first."""
    calls: list[NodeKey] = []
    while len(case.inbound(ref.call)) == 1 and len(case.tensor_pointers(ref.call)) == 1 and len(calls) < MOST_CALLED:
        calls.append(ref.call)
        (ref,) = case.inbound(ref.call)
    return calls


def _fed_by(case: Case, branch: Sequence[NodeKey], other: TensorRef) -> Sequence[NodeKey]:
    """As much of a branch as a tensor can go through from where it fits on."""
    shape = case.shape(other)
    if shape is None:
        return ()
    for n in range(len(branch), 0, -1):
        wanted = case.shape(case.inbound(branch[n - 1])[0])
        if wanted is not None and len(wanted) == len(shape) and may_agree(wanted, shape):
            return branch[:n]
    return ()


def _on_new_input(case: Case, join: NodeKey, branch: Sequence[NodeKey]) -> Iterator[Proposal]:
    """A second input like that of the branch."""
    (source,) = case.inbound(branch[-1])
    layer, ends = case.graph.layers.get(source.layer), case.at(f"{case.graph.origin}/input_layers")
    is_listed = isinstance(ends, list) and all(isinstance(end, list) for end in ends)
    if layer is None or layer.op.cls != "InputLayer" or layer.is_implied or not is_listed:
        return
    name, entry = case.free_name(f"{layer.name}_1"), case.at(layer.origin)
    if not isinstance(entry, dict) or not isinstance(entry.get("config"), dict):
        return
    made = {**entry, "name": name, "config": {**entry["config"], "name": name}}
    at, number = layer.origin.rsplit("/", 1)
    new = TensorRef(name, 0, 0)
    changes: list[Change] = list(_called(case, join, branch, new))  # before places move
    changes.append(insert(f"{case.graph.origin}/input_layers/{len(ends)}", [name, 0, 0]))
    changes.append(insert(f"{at}/{int(number) + 1}", made))
    shape = show(case.shape(source) or ())
    layers = listed([key.layer for key in reversed(branch)])
    what = f"Add an InputLayer {listed([name])} of shape {shape}, call {layers} on it too"
    yield Proposal(f"{what}, and connect it to {listed([join.layer])}", tuple(changes))


def _called(case: Case, join: NodeKey, calls: Sequence[NodeKey], source: TensorRef) -> Iterator[Change]:
    """Another call of each layer, the last of which goes into the join."""
    (first,) = case.inbound(join)
    given = [*(case.inbound(key)[0] for key in reversed(calls)), first]
    numbers = Counter(key.layer for key in case.graph.nodes)
    ref = source
    for key, like, gives in zip(reversed(calls), given[:-1], given[1:], strict=True):
        origin, (pointer,) = case.graph.nodes[key].origin, case.tensor_pointers(key)
        tensor = _tensor(case, ref, like, case.at(pointer))
        record = patched(case.at(origin), (put(pointer.removeprefix(origin), tensor),))
        number = numbers[key.layer]
        numbers[key.layer] += 1
        yield insert(f"{case.graph.layers[key.layer].origin}/inbound_nodes/{number}", record)
        ref = TensorRef(key.layer, number, gives.tensor)
    both = case.new_call([first, first], is_list=True)
    second = "/1" if case.is_old else "/args/0/1"
    yield put(case.graph.nodes[join].origin, patched(both, (put(second, _tensor(case, ref, first, None)),)))


def _tensor(case: Case, ref: TensorRef, like: TensorRef, said: JSON) -> JSON:
    """A tensor that is not there yet as a call names it: of the shape of another, with what was said beside it."""
    if case.is_old:
        rest = said[3:] if isinstance(said, list) else [{}]
        return [ref.layer, case.number(ref), ref.tensor, *rest]
    made = case.tensor(like)
    assert isinstance(made, dict)
    return {**made, "config": {**made["config"], "keras_history": [ref.layer, case.number(ref), ref.tensor]}}
