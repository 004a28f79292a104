"""Proposals for another way to join the same tensors."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ..model import NodeKey
from ..patch import put
from ..shapes import Shape, show
from .case import Case, Proposal, listed
from .sides import Side


def same_tensor(case: Case, call: NodeKey, sides: Sequence[Side]) -> Iterator[Proposal]:
    """An attention whose value and key differ: one tensor as both."""
    entry = case.entry(call.layer)
    if entry is not None and entry.group == "attention":
        for side, other in zip(sides, sides[::-1], strict=True):
            title = f"Connect {listed([other.ref.layer])} in place of {listed([side.ref.layer])}"
            yield Proposal(title, case.feed(call, side.i, other.ref))


def joins_elsewhere(case: Case, call: NodeKey) -> bool:
    """Whether a Concatenate joins along another axis than the last, or a Dot along given ones."""
    if "axes" in case.values(call.layer):
        return True
    axis = case.values(call.layer).get("axis")
    ranks = {len(case.shape(ref) or ()) for ref in case.inbound(call)}
    return isinstance(axis, int) and axis not in (-1, max(ranks, default=0) - 1)


def other_join(case: Case, call: NodeKey) -> Iterator[Proposal]:
    """Join the same tensors in another way."""
    layer = case.graph.layers[call.layer]
    entry = case.entry(call.layer)
    if entry is None or entry.group != "merging":
        return
    shapes = [case.shape(ref) or () for ref in case.inbound(call)]
    if "axes" in case.values(call.layer) and len(shapes) == 2:
        yield from _other_axes(case, call, shapes)
    ranks = {len(shape) for shape in shapes}
    if len(ranks) != 1:
        return
    rank = ranks.pop()
    fitting = [
        axis
        for axis in range(1, rank)
        if all(len({shape[k] for shape in shapes} - {None}) <= 1 for k in range(rank) if k != axis)
    ]
    values = case.values(call.layer)
    for axis in fitting:
        said = axis if axis != rank - 1 else -1
        if "axis" in values:
            if values["axis"] not in (axis, axis - rank):
                yield Proposal(
                    f"Join in {listed([layer.name])} along axis {said}", (case.set(layer.name, "axis", said),)
                )
        elif "axes" not in values:
            config = {key: value for key, value in layer.config.items() if key in ("name", "trainable", "dtype")}
            changes = (
                put(f"{layer.origin}/class_name", "Concatenate"),
                put(f"{layer.origin}/config", {**config, "axis": said}),
            )
            yield Proposal(f"Make {listed([layer.name])} a Concatenate", changes)


def _other_axes(case: Case, call: NodeKey, shapes: Sequence[Shape]) -> Iterator[Proposal]:
    """A product along axes of one size, the last ones first."""
    a, b = shapes
    pairs = [(i, j) for i in range(len(a) - 1, 0, -1) for j in range(len(b) - 1, 0, -1) if a[i] == b[j] is not None]
    for pair in pairs[:2]:
        title = f"Set axes of {listed([call.layer])} to {show(pair)}"
        yield Proposal(title, (case.set(call.layer, "axes", list(pair)),))
