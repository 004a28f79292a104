"""Proposals for a layer in a wire that gives a size another value."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from ..model import JSON, NodeKey
from ..shapes import Shape, show
from .case import Case, Proposal
from .sides import Side
from .windows import has_channels_first

MOST_CHANGED = 8
"""How many times larger or smaller an argument is made to fit before other ways are."""
New = tuple[str, str, Mapping[str, JSON]]
"""A layer for a wire: words for it, its class and config."""


def projected(case: Case, call: NodeKey, side: Side, other: Side) -> Iterator[Proposal]:
    """A 1×1 convolution that gives one branch the sizes of the other, in space too: the shortcut of a ResNet."""
    mine, its = case.shape(side.ref) or (), case.shape(other.ref) or ()
    rank = len(mine)
    is_first = has_channels_first(case, call.layer) or has_channels_first(case, side.ref.layer)
    channel = 1 if is_first else rank - 1
    if not 4 <= rank <= 5 or len(its) != rank or mine[channel] == its[channel] or None in (*mine[1:], *its[1:]):
        return
    entry = case.entry(call.layer)
    if "axis" in case.values(call.layer) or entry is None or entry.group != "merging":
        return
    space = [axis for axis in range(1, rank) if axis != channel]
    strides = {-(-(mine[axis] or 1) // (its[axis] or 1)) for axis in space}
    stride = strides.pop()
    if strides or stride > MOST_CHANGED or any(-(-(mine[axis] or 1) // stride) != its[axis] for axis in space):
        return
    config: dict[str, JSON] = {"filters": its[channel], "kernel_size": [1] * (rank - 2)}
    words = f"{its[channel]} filters"
    if stride > 1:
        config["strides"] = [stride] * (rank - 2)
        words += f" and strides {show((stride,) * (rank - 2))}"
    if is_first:
        config["data_format"] = "channels_first"
    cls = f"Conv{rank - 2}D"
    yield case.put_between(call, side.i, f"a 1×1 {cls} of {words}", cls, config)


def by_layer(case: Case, call: NodeKey, side: Side, other: Side) -> Iterator[Proposal]:
    """A layer in the wire that makes the size."""
    shape, its = case.shape(side.ref) or (), case.shape(other.ref) or ()
    rank = len(shape)
    is_first = has_channels_first(case, call.layer) or has_channels_first(case, side.ref.layer)
    if rank >= 2 and side.axis == (1 if is_first else rank - 1):
        layers = _of_channels(side.wanted, rank, is_first=is_first)
    elif 3 <= rank <= 5:
        start = 2 if is_first else 1
        layers = _in_space(side, shape, its, range(start, start + rank - 2))
    else:
        return
    more: Mapping[str, JSON] = {"data_format": "channels_first"} if is_first else {}
    for words, cls, config in layers:
        yield case.put_between(call, side.i, words, cls, {**config, **more})


def _of_channels(size: int, rank: int, *, is_first: bool) -> Iterator[New]:
    """Layers that give as many channels."""
    if 4 <= rank <= 5:
        cls = f"Conv{rank - 2}D"
        yield f"a 1×1 {cls} of {size} filters", cls, {"filters": size, "kernel_size": [1] * (rank - 2)}
    if not is_first:
        yield f"a Dense of {size} units", "Dense", {"units": size}


def _in_space(side: Side, shape: Shape, its: Shape, space: Sequence[int]) -> Iterator[New]:
    """Layers that make a size in space smaller or larger; all axes that differ in the same way are changed at once."""
    if side.axis not in space:
        return
    dims, by = len(space), side.wanted - side.size
    half, rest = abs(by) // 2, abs(by) - abs(by) // 2
    ends: list[JSON] = [
        [half, rest] if axis == side.axis or _differs_by(by, shape, its, axis) else [0, 0] for axis in space
    ]
    said = ends[0] if dims == 1 else ends
    if by < 0:
        yield f"a Cropping{dims}D", f"Cropping{dims}D", {"cropping": said}
        if side.wanted and side.size % side.wanted == 0:
            factor, cls = side.size // side.wanted, f"MaxPooling{dims}D"
            yield f"a {cls} of {factor}", cls, {"pool_size": [factor] * dims}
    else:
        yield f"a ZeroPadding{dims}D", f"ZeroPadding{dims}D", {"padding": said}
        if side.size and side.wanted % side.size == 0:
            factor, cls = side.wanted // side.size, f"UpSampling{dims}D"
            yield f"an {cls} of {factor}", cls, {"size": factor if dims == 1 else [factor] * dims}


def _differs_by(by: int, shape: Shape, its: Shape, axis: int) -> bool:
    mine, other = shape[axis], its[axis] if axis < len(its) else None
    return mine is not None and other is not None and other - mine == by


def by_order(case: Case, call: NodeKey, sides: Sequence[Side]) -> Iterator[Proposal]:
    """The same sizes in another order."""
    side, other = sides
    mine, its = case.shape(side.ref) or (), case.shape(other.ref) or ()
    if len(mine) != len(its) or mine == its or len(mine) < 3:
        return
    left = list(enumerate(mine[1:], 1))
    dims = []
    for dim in its[1:]:
        found = next((entry for entry in left if entry[1] == dim), None)
        if found is None:
            return
        left.remove(found)
        dims.append(found[0])
    yield case.put_between(call, side.i, f"a Permute to {show(tuple(dims))}", "Permute", {"dims": dims})
