"""Proposals for what made a size: the argument far above, the windows on the way."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

from ..model import NodeKey, TensorRef
from ..shapes import Dim, show
from .case import MOST_ABOVE, Case, Proposal, listed
from .sides import Side, size_at
from .windows import Window, has_channels_first, is_valid, same_padding, window_of


def is_given(case: Case, side: Side) -> bool:
    """Whether the size is that of an input of the model."""
    made = case.cause(side.ref, side.axis)
    return made is not None and not case.inbound(NodeKey(made.layer, 0))


def by_cause(case: Case, side: Side) -> Iterator[Proposal]:
    """Another value of the argument that made the size."""
    made = case.cause(side.ref, side.axis)
    if made is None:
        return
    value = case.values(made.layer).get(made.arg)
    if not case.inbound(NodeKey(made.layer, 0)):
        shape = case.shape(TensorRef(made.layer, 0, 0)) or ()
        if made.size not in shape:
            return
        axis = side.axis if side.axis < len(shape) and shape[side.axis] == made.size else shape.index(made.size)
        patch = case.resize_input(made.layer, {axis: side.wanted})
        yield Proposal(f"Make axis {axis} of {listed([made.layer])} {side.wanted}", patch)
    elif value == made.size:
        title = f"Set {made.arg} of {listed([made.layer])} to {side.wanted}"
        yield Proposal(title, (case.set(made.layer, made.arg, side.wanted),))
    elif isinstance(value, tuple) and made.size in value:
        sizes = list(value)
        sizes[sizes.index(made.size)] = side.wanted
        title = f"Set {made.arg} of {listed([made.layer])} to {show(tuple(sizes))}"
        yield Proposal(title, (case.set(made.layer, made.arg, sizes),))


def by_window(case: Case, side: Side) -> Iterator[Proposal]:
    """Another padding or stride of the window that made the size, or of one after it that may make another."""
    ref = side.ref
    for _ in range(MOST_ABOVE):
        shape = case.shape(ref) or ()
        fed = case.inbound(ref.call)
        if fed and "output_padding" in case.values(ref.layer):
            yield from _by_spreading(case, ref, fed[0], side)
            return
        found = window_of(case, ref.layer, len(shape))
        if found is not None and side.axis in found.axes and fed:
            mends = list(_other_window(case, ref, found, size_at(case, fed[0], side.axis), side))
            yield from mends
            if mends:
                return
        above = [r for r in fed if size_at(case, r, side.axis) == side.size and len(case.shape(r) or ()) == len(shape)]
        if not above:
            return
        ref = above[0]


def _other_window(case: Case, ref: TensorRef, here: Window, length: Dim, side: Side) -> Iterator[Proposal]:
    """The window of a layer with another padding or stride that makes what is wanted."""
    k = here.axes.index(side.axis)
    name = listed([ref.layer])
    for padding in ("same", "valid"):
        if padding != here.padding and here.out(length, k, padding=padding) == side.wanted:
            yield Proposal(f'Set padding of {name} to "{padding}"', (case.set(ref.layer, "padding", padding),))
    for stride in (1, 2, 3, 4):
        strides = [stride] * len(here.axes)
        changes = (case.set(ref.layer, "strides", strides),)
        if stride != here.stride[k] and here.out(length, k, stride=stride) == side.wanted:
            yield Proposal(f"Set strides of {name} to {show(tuple(strides))}", changes)
        elif stride != here.stride[k] and here.out(length, k, stride=stride, padding="same") == side.wanted:
            both = (*changes, case.set(ref.layer, "padding", "same"))
            yield Proposal(f'Set strides of {name} to {show(tuple(strides))}, padding to "same"', both)


def _by_spreading(case: Case, ref: TensorRef, fed: TensorRef, side: Side) -> Iterator[Proposal]:
    """The other padding of a transposed convolution, which makes a size larger."""
    values = case.values(ref.layer)
    stride = values["strides"][0] if isinstance(values.get("strides"), tuple) else None
    length = size_at(case, fed, side.axis)
    if length is None or stride is None or values.get("padding") != "valid" or length * stride != side.wanted:
        return
    yield Proposal(f'Set padding of {listed([ref.layer])} to "same"', (case.set(ref.layer, "padding", "same"),))


def by_windows(case: Case, sides: Sequence[Side]) -> Iterator[Proposal]:
    """Several windows that each took a little: padding for all of them; an input that all strides divide."""
    rank = len(case.shape(sides[0].ref) or ())
    if any(len(case.shape(side.ref) or ()) != rank for side in sides):
        return
    ways = [case.above(side.ref) for side in sides]
    names = {key.layer for way in ways for key in way}
    above = [name for name in case.graph.layers if name in names]
    narrow = [name for name in above if is_valid(case, name, rank) and _takes_away(case, name, rank)]
    if len(narrow) > 1:
        later = _windows_of_kind(case, narrow[0], after=narrow[-1])
        yield same_padding(case, narrow)
        if later:
            yield same_padding(case, [*narrow, *later])
    yield from _even_input(case, ways, sides, rank)


def _takes_away(case: Case, name: str, rank: int) -> bool:
    """Whether a window without padding makes a size smaller than its stride alone would."""
    found = window_of(case, name, rank)
    return found is not None and any(w > s for w, s in zip(found.width, found.stride, strict=True))


def _windows_of_kind(case: Case, like: str, *, after: str) -> list[str]:
    """Layers of a layer's class further down that have no padding either."""
    names = list(case.graph.layers)
    cls = case.graph.layers[like].op
    later = names[names.index(after) + 1 :]
    return [name for name in later if case.graph.layers[name].op == cls and case.values(name).get("padding") == "valid"]


def _even_input(case: Case, ways: Sequence[Sequence[NodeKey]], sides: Sequence[Side], rank: int) -> Iterator[Proposal]:
    """An input whose sizes the strides of the deeper way divide: what is made smaller comes back whole."""
    factors = [
        math.prod(w.stride[0] for key in way if (w := window_of(case, key.layer, rank)) is not None) for way in ways
    ]
    factor = max(factors)
    start = next((key for key in ways[0] if key in ways[1] and not case.inbound(key)), None)
    if start is None or factor < 2 or abs(sides[0].size - sides[0].wanted) >= factor:
        return
    shape = case.shape(TensorRef(*start, 0)) or ()
    if len(shape) != rank:
        return
    first = 2 if any(has_channels_first(case, key.layer) for way in ways for key in way) else 1
    sizes = {
        axis: -(-size // factor) * factor
        for axis, size in enumerate(shape)
        if first <= axis < first + rank - 2 and size
    }
    if sizes and any(shape[axis] != size for axis, size in sizes.items()):
        words = " × ".join(str(size) for size in sizes.values())
        title = f"Make {listed([start.layer])} {words}, which the strides divide by {factor}"
        yield Proposal(title, case.resize_input(start.layer, sizes))
