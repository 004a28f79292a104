"""Layers that look through a window: how it lies, and proposals for one that finds nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from ..model import NodeKey, TensorRef
from ..shapes import Dim, Shape, show, window
from .case import MOST_ABOVE, Case, Proposal, listed


@dataclass(frozen=True, slots=True)
class Window:
    """A layer that looks through a window; one value for each axis in space."""

    axes: tuple[int, ...]
    width: tuple[int, ...]
    stride: tuple[int, ...]
    dilation: tuple[int, ...]
    padding: str
    arg: str

    def out(self, length: Dim, k: int, *, stride: int | None = None, padding: str | None = None) -> Dim:
        """What one axis becomes."""
        chosen = self.stride[k] if stride is None else stride
        return window(length, self.width[k], chosen, padding or self.padding, self.dilation[k])

    def needs(self, out: int, k: int) -> int:
        """The least length of an axis that gives so many positions."""
        if self.padding == "valid":
            return (out - 1) * self.stride[k] + self.dilation[k] * (self.width[k] - 1) + 1
        return (out - 1) * self.stride[k] + 1


def window_of(case: Case, name: str, rank: int) -> Window | None:
    """How a layer's window lies; None for a layer that has none, or spreads its input."""
    values = case.values(name)
    arg = next((arg for arg in ("kernel_size", "pool_size") if isinstance(values.get(arg), tuple)), None)
    padding = values.get("padding")
    if arg is None or not isinstance(padding, str) or "output_padding" in values or len(values[arg]) != rank - 2:
        return None
    width = values[arg]
    ones = (1,) * len(width)
    stride = values.get("strides")
    dilation = values.get("dilation_rate")
    start = 2 if has_channels_first(case, name) else 1
    return Window(
        tuple(range(start, start + len(width))),
        width,
        stride if isinstance(stride, tuple) else width if arg == "pool_size" else ones,
        dilation if isinstance(dilation, tuple) else ones,
        padding,
        arg,
    )


def enough_left(case: Case) -> Iterator[Proposal]:
    """A window that finds nothing: padding that keeps the size, a larger input, one stage fewer, a smaller window."""
    call = case.call
    refs = case.inbound(call) if call is not None else []
    if call is None or not refs or case.shape(refs[0]) is None:
        yield from _less_cropping(case)
        return
    shape = case.shape(refs[0]) or ()
    rank = len(shape)
    here = window_of(case, call.layer, rank)
    if here is None:
        yield from _less_cropping(case)
        return
    yield from channels_last(case)
    above = _windows_above(case, call, rank)
    below = _windows_below(case, call, rank)
    narrow = [name for name in (*above, call.layer, *below) if is_valid(case, name, rank)]
    filters = [name for name in narrow if _is_filter(case, name)]
    is_narrow = is_valid(case, call.layer, rank)
    for names in ([call.layer], filters) if is_narrow else ():
        yield same_padding(case, names)
    yield from _larger_input(case, call, here, below, rank)
    yield from _fewer_stages(case, call, shape, here, below)
    for names in ([name for name in narrow if name not in above], narrow) if is_narrow else ():
        yield same_padding(case, names)
    sizes = [shape[axis] for axis in here.axes]
    fits = [size if size is not None and size < width else width for size, width in zip(sizes, here.width, strict=True)]
    if all(size > 0 for size in fits):
        title = f"Set {here.arg} of {listed([call.layer])} to {show(tuple(fits))}"
        yield Proposal(title, (case.set(call.layer, here.arg, fits),))


def channels_last(case: Case) -> Iterator[Proposal]:
    """Pictures with their channels in front, where layers look for them at the end."""
    call = case.call
    refs = case.inbound(call) if call is not None else []
    if call is None or not refs:
        return
    rank = len(case.shape(refs[0]) or ())
    start = next((key for key in case.above(TensorRef(*call, 0)) if not case.inbound(key)), None)
    shape = case.shape(TensorRef(*start, 0)) or () if start is not None else ()
    if (
        start is None
        or len(shape) != rank
        or rank < 4
        or shape[1] not in (1, 3, 4)
        or has_channels_first(case, call.layer)
    ):
        return
    sizes = [*shape[2:], shape[1]]
    if any(size is not None and size <= shape[1] for size in shape[2:]):
        return
    moved = {axis: size for axis, size in enumerate(sizes, 1) if size is not None}
    if len(moved) == len(sizes):
        words = " × ".join(map(str, sizes))
        title = f"Make {listed([start.layer])} {words}, with the channels at the end"
        yield Proposal(title, case.resize_input(start.layer, moved))
    after = case.consumers(start)
    if len(after) == 1:
        i = next(i for i, ref in enumerate(case.inbound(after[0])) if ref.call == start)
        dims = [*range(2, rank), 1]
        yield case.put_between(after[0], i, f"a Permute to {show(tuple(dims))}", "Permute", {"dims": dims})


def same_padding(case: Case, names: Sequence[str]) -> Proposal:
    """Padding that keeps the size, in several layers."""
    title = f'Set padding of {listed(names)} to "same"'
    return Proposal(title, tuple(case.set(name, "padding", "same") for name in dict.fromkeys(names)))


def _less_cropping(case: Case) -> Iterator[Proposal]:
    """A cropping that leaves nothing."""
    layer = case.layer
    if layer is None:
        return
    arg = case.problem.at.arg or "cropping"
    said = case.values(layer.name).get(arg)
    if isinstance(said, tuple):
        yield Proposal(f"Remove {arg} from {listed([layer.name])}", (case.unset(layer.name, arg),))
    yield Proposal(f"Take {listed([layer.name])} out", case.bypass([layer.name]))


def is_valid(case: Case, name: str, rank: int) -> bool:
    """Whether a layer has a window without padding, and can have one with it."""
    found = window_of(case, name, rank)
    return found is not None and found.padding == "valid" and case.reads(name, "padding", "same")


def _is_filter(case: Case, name: str) -> bool:
    entry = case.entry(name)
    return entry is not None and entry.group == "convolution"


def _windows_above(case: Case, call: NodeKey, rank: int) -> list[str]:
    """Layers against the wires that have a window over the same axes, first ones first."""
    found: dict[str, None] = {}
    seen = {call}
    waiting = list(case.inbound(call))
    for ref in waiting:  # grows on the way
        if ref.call in seen or len(case.shape(ref) or ()) != rank or len(seen) > MOST_ABOVE:
            continue
        seen.add(ref.call)
        if window_of(case, ref.layer, rank) is not None:
            found[ref.layer] = None
        waiting.extend(case.inbound(ref.call))
    return list(found)[::-1]


def _windows_below(case: Case, call: NodeKey, rank: int) -> list[str]:
    """Layers along the wires that have a window over the same axes, as long as there is one way only."""
    found: list[str] = []
    seen = {call}
    while len(seen) < MOST_ABOVE:
        after = case.consumers(call)
        if len(after) != 1 or after[0] in seen:
            break
        call = after[0]
        seen.add(call)
        entry = case.entry(call.layer)
        if window_of(case, call.layer, rank) is not None:
            found.append(call.layer)
        elif entry is None or entry.group not in ("activation", "normalization", "regularization"):
            break
    return found


def _larger_input(case: Case, call: NodeKey, here: Window, below: Sequence[str], rank: int) -> Iterator[Proposal]:
    """The smallest input that leaves one position at the end of the windows."""
    needs = [1] * len(here.axes)
    for name in (*reversed(below), call.layer):
        found = window_of(case, name, rank)
        if found is not None:
            needs = [found.needs(need, k) for k, need in enumerate(needs)]
    key = call
    for _ in range(MOST_ABOVE):
        refs = case.inbound(key)
        if not refs:
            break
        key = refs[0].call
        fed = case.inbound(key)
        found = window_of(case, key.layer, rank)
        if found is not None:
            needs = [found.needs(need, k) for k, need in enumerate(needs)]
            continue
        out = case.shape(refs[0]) or ()
        given = (case.shape(fed[0]) or ()) if fed else out
        for k, axis in enumerate(here.axes):
            a, b = given[axis] if axis < len(given) else None, out[axis] if axis < len(out) else None
            if a is None or b is None or not (len(given) == len(out) or given == out[: len(given)]):
                return
            needs[k] += a - b  # what a padding adds, or a cropping takes
    shape = case.shape(TensorRef(*key, 0)) or ()
    if len(shape) <= max(here.axes) or case.inbound(key):
        return
    sizes = {axis: max(need, shape[axis] or 0) for axis, need in zip(here.axes, needs, strict=True)}
    words = " × ".join(str(size) for size in sizes.values())
    title = f"Make {listed([key.layer])} {words}, the smallest input that works"
    yield Proposal(title, case.resize_input(key.layer, sizes))


def _fewer_stages(case: Case, call: NodeKey, shape: Shape, here: Window, below: Sequence[str]) -> Iterator[Proposal]:
    """Without this layer, and without those behind it that would not fit either."""
    names = [call.layer]
    rank = len(shape)
    sizes: list[Dim] = [shape[axis] for axis in here.axes]
    for name in below:
        found = window_of(case, name, rank)
        if found is None:
            continue
        out = [found.out(size, k) for k, size in enumerate(sizes)]
        if any(size is not None and size < 1 for size in out):
            names.append(name)
        else:
            sizes = out
    calls = [key for key in case.graph.nodes if key.layer in names]
    if len(calls) == len(names):
        yield Proposal(f"Take {listed(names)} out", case.bypass(names))


def has_channels_first(case: Case, name: str) -> bool:
    """Whether a layer looks for the channels in front of the sizes in space."""
    return case.values(name).get("data_format") == "channels_first"


PROPOSERS: Mapping[str, Sequence[Callable[[Case], Iterator[Proposal]]]] = {
    "GC407": (enough_left,),
}
