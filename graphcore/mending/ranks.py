"""Proposals for an input with another number of axes: sequences, another class, a layer in the wire."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator, Mapping, Sequence

from ..model import JSON, NodeKey, TensorRef
from ..patch import Change, put
from ..shapes import Dim, Shape, show
from .arguments import default_axes
from .case import Case, Proposal, listed


def other_rank(case: Case) -> Iterator[Proposal]:
    """An input with another number of axes: sequences where they are wanted, a layer in the wire, another class."""
    call = case.call
    if call is None:
        return
    refs = case.inbound(call)
    i = case.problem.at.input if case.problem.at.input is not None else 0
    if case.problem.at.arg in ("axis", "axes"):  # the input is not to blame
        return
    if i >= len(refs) or case.shape(refs[i]) is None:
        return
    shape = case.shape(refs[i]) or ()
    ref, rank = refs[i], len(shape)
    entry = case.entry(call.layer)
    least = case.problem.data.get("least") or (entry.inputs.min_rank if entry is not None else 0)
    most = case.problem.data.get("most") or (entry.inputs.max_rank if entry is not None else None)
    is_low = bool(least) and rank < least
    is_high = most is not None and rank > most
    yield from _fewer_dims(case, call, rank)
    if rank == 2 and not is_high:
        yield from _sequences(case, ref)
    if rank == 3 and is_high:
        yield from _last_step(case, ref)
    before = list(_as_before(case, ref, least or 0, most)) if is_low or is_high else []
    yield from before
    if before and is_low:
        return
    is_picture = is_low and rank == 3 and shape[1] == shape[2] and not case.inbound(ref.call)
    layers = [
        case.put_between(call, i, words, cls, config)
        for words, cls, config in _to_other_rank(shape, least or 0, is_low=is_low, is_high=is_high)
    ]
    if is_picture:
        yield from layers[:1]
    yield from _other_dimension(case, call, rank)
    yield from layers


def _fewer_dims(case: Case, call: NodeKey, rank: int) -> Iterator[Proposal]:
    """A Permute that names axes beyond those that there are: without them."""
    dims = case.values(call.layer).get("dims")
    if isinstance(dims, tuple) and all(type(dim) is int for dim in dims):
        left = [dim for dim in dims if dim < rank]
        if sorted(left) == list(range(1, rank)):
            title = f"Set dims of {listed([call.layer])} to {show(tuple(left))}"
            yield Proposal(title, (case.set(call.layer, "dims", left),))


def _last_step(case: Case, ref: TensorRef) -> Iterator[Proposal]:
    """A recurrent layer above that gives every step."""
    for _ in range(8):
        if case.values(ref.layer).get("return_sequences") is True:
            change = case.set(ref.layer, "return_sequences", False)
            yield Proposal(f"Set return_sequences of {listed([ref.layer])} to false", (change,))
            return
        fed = case.inbound(ref.call)
        if not fed or case.shape(fed[0]) != case.shape(ref):
            return
        ref = fed[0]


def _as_before(case: Case, ref: TensorRef, least: int, most: int | None) -> Iterator[Proposal]:
    """Without the layer above that changed the number of axes, where it was right before."""
    for _ in range(8):
        fed = case.inbound(ref.call)
        if len(fed) != 1:
            return
        before, here = len(case.shape(fed[0]) or ()), len(case.shape(ref) or ())
        if before != here:
            is_alone = len(case.consumers(ref.call)) == 1
            if is_alone and least <= before <= (most or before) and not case.known.weights.get(ref.layer):
                yield Proposal(f"Take {listed([ref.layer])} out", case.bypass([ref.layer]))
            return
        if case.shape(fed[0]) != case.shape(ref):
            return
        ref = fed[0]


def _sequences(case: Case, ref: TensorRef) -> Iterator[Proposal]:
    """A recurrent layer above that gives its last step only."""
    for _ in range(8):
        if case.values(ref.layer).get("return_sequences") is False:
            change = case.set(ref.layer, "return_sequences", True)
            yield Proposal(f"Set return_sequences of {listed([ref.layer])} to true", (change,))
            return
        inner = case.graph.layers[ref.layer].config.get("layer")
        said = inner.get("config") if isinstance(inner, dict) else None
        if isinstance(said, dict) and "units" in said and not said.get("return_sequences"):
            pointer = f"{case.graph.layers[ref.layer].origin}/config/layer/config/return_sequences"
            yield Proposal(f"Set return_sequences in {listed([ref.layer])} to true", (put(pointer, True),))
            return
        fed = case.inbound(ref.call)
        if not fed or case.shape(fed[0]) != case.shape(ref):
            return
        ref = fed[0]


def _other_dimension(case: Case, call: NodeKey, rank: int) -> Iterator[Proposal]:
    """The same class for another number of axes: Conv1D in place of Conv2D."""
    layer = case.graph.layers[call.layer]
    found = re.fullmatch(r"(\w+?)([123])D(\w*)", layer.op.cls)
    if found is None or not 3 <= rank <= 5:
        return
    old, new = int(found[2]), rank - 2
    if old == new:
        return
    changes: list[Change] = [put(f"{layer.origin}/class_name", f"{found[1]}{new}D{found[3]}")]
    for key, value in layer.config.items():
        if isinstance(value, list) and len(value) == old and all(type(v) is int for v in value):
            changes.append(case.set(layer.name, key, (value * 3)[:new]))
    title = f"Make {listed([layer.name])} a {found[1]}{new}D{found[3]}"
    yield Proposal(title, tuple(changes))


def _to_other_rank(
    shape: Shape, least: int, *, is_low: bool, is_high: bool
) -> Iterator[tuple[str, str, Mapping[str, JSON]]]:
    """Layers that change the number of axes: words for the title, class, config."""
    rank, sizes = len(shape), list(shape[1:])
    is_known = all(type(size) is int for size in sizes)
    if is_low and rank == 2 and least == 4 and (picture := _as_picture(sizes[0])):
        yield f"a Reshape to {show(tuple(picture))}", "Reshape", {"target_shape": picture}
    if not is_low:
        if rank > 2 and is_known:
            yield "a Flatten", "Flatten", {}
        if 3 <= rank <= 5:
            cls = f"GlobalAveragePooling{rank - 2}D"
            yield f"a {cls}", cls, {}
        for merged in _merged(sizes) if rank >= 4 else ():
            yield f"a Reshape to {show(tuple(merged))}", "Reshape", {"target_shape": merged}
    if not is_high and sizes.count(None) <= 1:
        target = [-1 if size is None else size for size in sizes]
        for new in ([*target, 1], [1, *target], [*target, 1, 1]):
            yield f"a Reshape to {show(tuple(new))}", "Reshape", {"target_shape": new}


def _as_picture(size: Dim) -> list[JSON]:
    """The shape of a square picture of so many values, in grey or in three colours; none where there is none.

    >>> _as_picture(784), _as_picture(3072), _as_picture(30)
    ([28, 28, 1], [32, 32, 3], [])
    """
    for channels in (1, 3):
        side = math.isqrt((size or 0) // channels)
        if side > 3 and side * side * channels == size:
            return [side, side, channels]
    return []


def _merged(sizes: Sequence[Dim]) -> Iterator[list[JSON]]:
    """Steps of values: each along the first axis, as the frames of a video, or all positions one after the other."""
    rest = [size for size in sizes[1:] if size is not None]
    if len(rest) == len(sizes) - 1:
        yield [-1 if sizes[0] is None else sizes[0], math.prod(rest)]
    if sizes[-1] is not None and sizes[1:-1] != [1] * (len(sizes) - 2):
        before = [size for size in sizes[:-1] if size is not None]
        yield [math.prod(before) if len(before) == len(sizes) - 1 else -1, sizes[-1]]


PROPOSERS: Mapping[str, Sequence[Callable[[Case], Iterator[Proposal]]]] = {
    "GC403": (default_axes, other_rank),
}
