"""Proposals for shapes and dtypes: the argument far above that made a size, or a layer in the wire that changes it."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ..check import contradicted
from ..diagnostics import shown
from ..model import JSON, NodeKey, TensorRef
from ..patch import Change, put
from ..shapes import Dim, Shape, show, window
from .case import Case, Proposal, listed

# What a picture has, where a channel axis must be known and nothing says how many there are.
PICTURE = 3
MOST_ABOVE = 200
"""Calls that are looked at against the wires."""
MOST_CHANGED = 8
"""How many times larger or smaller an argument is made to fit before other ways are."""


# --- two sizes that must agree ----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Side:
    """One of two tensors that do not agree: input `i` of the call, the axis that differs, its size and the other's."""

    i: int
    ref: TensorRef
    axis: int
    size: int
    wanted: int


def agree(case: Case) -> Iterator[Proposal]:
    """Two inputs of different size: what made either, a layer in the wire of either, another way to join them."""
    call = case.call
    sides = _sides(case)
    if call is None or not sides:
        return
    joins = list(_other_join(case, call))
    causes = {side: list(_by_cause(case, side)) for side in sides}
    # Data has the shape that it has: where an argument made the other size, the input is the last to change.
    given = [side for side in sides if _is_given(case, side)]
    given = given if len(given) < len(sides) else []
    yield from _same_tensor(case, call, sides)
    if _joins_elsewhere(case, call):
        yield from joins
    for side in sides:
        if side not in given:
            yield from causes[side]
    for side in sides:
        yield from _by_window(case, side)
    yield from _by_windows(case, call, sides)
    for side in _shorter_first(case, sides):
        yield from _projected(case, call, side, next(other for other in sides if other is not side))
    yield from joins
    for side in _shorter_first(case, sides):
        yield from _by_layer(case, call, side)
    for side in given:
        yield from causes[side]
    yield from _by_order(case, call, sides)


def _is_given(case: Case, side: _Side) -> bool:
    """Whether the size is that of an input of the model."""
    made = case.cause(side.ref, side.axis)
    return made is not None and not case.inbound(NodeKey(made.layer, 0))


def _same_tensor(case: Case, call: NodeKey, sides: Sequence[_Side]) -> Iterator[Proposal]:
    """An attention whose value and key differ: one tensor as both."""
    entry = case.entry(call.layer)
    if entry is not None and entry.group == "attention":
        for side, other in zip(sides, sides[::-1], strict=True):
            title = f"Connect {listed([other.ref.layer])} in place of {listed([side.ref.layer])}"
            yield Proposal(title, case.feed(call, side.i, other.ref))


def _joins_elsewhere(case: Case, call: NodeKey) -> bool:
    """Whether a Concatenate joins along another axis than the last, or a Dot along given ones."""
    if "axes" in case.values(call.layer):
        return True
    axis = case.values(call.layer).get("axis")
    ranks = {len(case.shape(ref) or ()) for ref in case.inbound(call)}
    return isinstance(axis, int) and axis not in (-1, max(ranks, default=0) - 1)


def _shorter_first(case: Case, sides: Sequence[_Side]) -> list[_Side]:
    """The branch of fewer layers first: what a residual block adds is its input, and that is what is projected."""
    above = {side: _above(case, side.ref) for side in sides}
    shared = set[NodeKey].intersection(*above.values())
    return sorted(sides, key=lambda side: len(above[side] - shared)) if shared else list(sides)


def _above(case: Case, ref: TensorRef) -> set[NodeKey]:
    """The calls that a tensor comes from, its own included, as far as they are looked at."""
    found = {ref.call}
    waiting = [ref.call]
    for key in waiting:  # grows on the way
        new = {other.call for other in case.inbound(key)} - found
        if len(found) < MOST_ABOVE:
            found |= new
            waiting.extend(new)
    return found


def _sides(case: Case) -> list[_Side]:
    data, call = case.problem.data, case.call
    inputs, sizes = data.get("inputs"), data.get("sizes")
    axes = data.get("axes") or [data.get("axis")] * 2
    if call is None or not isinstance(inputs, (tuple, list)) or len(inputs) != 2:
        return []
    refs = case.inbound(call)
    if max(inputs) >= len(refs) or any(type(axis) is not int for axis in axes):
        return []
    pair = [refs[i] for i in inputs]
    shapes = [case.shape(ref) or () for ref in pair]
    if any(axis >= len(shape) for axis, shape in zip(axes, shapes, strict=True)):
        return []
    found = sizes if sizes else [shape[axis] for axis, shape in zip(axes, shapes, strict=True)]
    a, b = found
    if not (type(a) is int and type(b) is int):
        return []
    # The second branch is the one that was added to the first: it is changed first.
    return [_Side(inputs[1], pair[1], axes[1], b, a), _Side(inputs[0], pair[0], axes[0], a, b)]


def _by_cause(case: Case, side: _Side) -> Iterator[Proposal]:
    """Another value of the argument that made the size."""
    made = case.cause(side.ref, side.axis)
    if made is None:
        return
    value = case.values(made.layer).get(made.arg)
    if not case.inbound(NodeKey(made.layer, 0)):
        shape = case.shape(TensorRef(made.layer, 0, 0)) or ()
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


def _by_window(case: Case, side: _Side) -> Iterator[Proposal]:
    """Another padding or stride of the window that made the size, or of one after it that may make another."""
    ref = side.ref
    for _ in range(MOST_ABOVE):
        shape = case.shape(ref) or ()
        fed = case.inbound(ref.call)
        if fed and "output_padding" in case.values(ref.layer):
            yield from _by_spreading(case, ref, fed[0], side)
            return
        found = _window_of(case, ref.layer, len(shape))
        if found is not None and side.axis in found.axes and fed:
            mends = list(_other_window(case, ref, found, _size(case, fed[0], side.axis), side))
            yield from mends
            if mends:
                return
        above = [r for r in fed if _size(case, r, side.axis) == side.size and len(case.shape(r) or ()) == len(shape)]
        if not above:
            return
        ref = above[0]


def _other_window(case: Case, ref: TensorRef, here: _Window, length: Dim, side: _Side) -> Iterator[Proposal]:
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


def _by_spreading(case: Case, ref: TensorRef, fed: TensorRef, side: _Side) -> Iterator[Proposal]:
    """The other padding of a transposed convolution, which makes a size larger."""
    values = case.values(ref.layer)
    stride = values["strides"][0] if isinstance(values.get("strides"), tuple) else None
    length = _size(case, fed, side.axis)
    if length is None or stride is None or values.get("padding") != "valid" or length * stride != side.wanted:
        return
    yield Proposal(f'Set padding of {listed([ref.layer])} to "same"', (case.set(ref.layer, "padding", "same"),))


def _by_windows(case: Case, call: NodeKey, sides: Sequence[_Side]) -> Iterator[Proposal]:
    """Several windows that each took a little: padding for all of them; an input that all strides divide."""
    rank = len(case.shape(sides[0].ref) or ())
    if any(len(case.shape(side.ref) or ()) != rank for side in sides):
        return
    ways = [_above(case, side.ref) for side in sides]
    names = {key.layer for way in ways for key in way}
    above = [name for name in case.graph.layers if name in names]
    narrow = [name for name in above if _is_valid(case, name, rank) and _takes_away(case, name, rank)]
    if len(narrow) > 1:
        later = _windows_of_kind(case, narrow[0], after=narrow[-1])
        yield _same_padding(case, narrow)
        if later:
            yield _same_padding(case, [*narrow, *later])
    yield from _even_input(case, ways, sides, rank)


def _takes_away(case: Case, name: str, rank: int) -> bool:
    """Whether a window without padding makes a size smaller than its stride alone would."""
    found = _window_of(case, name, rank)
    return found is not None and any(w > s for w, s in zip(found.width, found.stride, strict=True))


def _windows_of_kind(case: Case, like: str, *, after: str) -> list[str]:
    """Layers of a layer's class further down that have no padding either."""
    names = list(case.graph.layers)
    cls = case.graph.layers[like].op
    later = names[names.index(after) + 1 :]
    return [name for name in later if case.graph.layers[name].op == cls and case.values(name).get("padding") == "valid"]


def _even_input(case: Case, ways: Sequence[set[NodeKey]], sides: Sequence[_Side], rank: int) -> Iterator[Proposal]:
    """An input whose sizes the strides of the deeper way divide: what is made smaller comes back whole."""
    factors = [
        math.prod(w.stride[0] for key in way if (w := _window_of(case, key.layer, rank)) is not None) for way in ways
    ]
    factor = max(factors)
    shared = ways[0] & ways[1]
    start = next((key for key in shared if not case.inbound(key)), None)
    if start is None or factor < 2 or abs(sides[0].size - sides[0].wanted) >= factor:
        return
    shape = case.shape(TensorRef(*start, 0)) or ()
    if len(shape) != rank:
        return
    first = 2 if any(_is_first(case, key.layer) for way in ways for key in way) else 1
    sizes = {
        axis: -(-size // factor) * factor
        for axis, size in enumerate(shape)
        if first <= axis < first + rank - 2 and size
    }
    if sizes and any(shape[axis] != size for axis, size in sizes.items()):
        words = " × ".join(str(size) for size in sizes.values())
        title = f"Make {listed([start.layer])} {words}, which the strides divide by {factor}"
        yield Proposal(title, case.resize_input(start.layer, sizes))


def _projected(case: Case, call: NodeKey, side: _Side, other: _Side) -> Iterator[Proposal]:
    """A 1×1 convolution that gives one branch the sizes of the other, in space too: the shortcut of a ResNet."""
    mine, its = case.shape(side.ref) or (), case.shape(other.ref) or ()
    rank = len(mine)
    is_first = _is_first(case, call.layer) or _is_first(case, side.ref.layer)
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
    title = f"Put a 1×1 Conv{rank - 2}D of {words} between {listed([side.ref.layer])} and {listed([call.layer])}"
    yield Proposal(title, case.put_between(call, side.i, f"Conv{rank - 2}D", config))


def _by_layer(case: Case, call: NodeKey, side: _Side) -> Iterator[Proposal]:
    """A layer in the wire that makes the size."""
    shape = case.shape(side.ref) or ()
    rank, between = len(shape), f"between {listed([side.ref.layer])} and {listed([call.layer])}"
    is_first = _is_first(case, call.layer) or _is_first(case, side.ref.layer)
    channel = 1 if is_first else rank - 1
    more: dict[str, JSON] = {"data_format": "channels_first"} if is_first else {}
    if side.axis == channel and rank >= 2:
        if 4 <= rank <= 5:
            size = [1] * (rank - 2)
            config = {"filters": side.wanted, "kernel_size": size, **more}
            title = f"Put a 1×1 Conv{rank - 2}D of {side.wanted} filters {between}"
            yield Proposal(title, case.put_between(call, side.i, f"Conv{rank - 2}D", config))
        if not is_first:
            title = f"Put a Dense of {side.wanted} units {between}"
            yield Proposal(title, case.put_between(call, side.i, "Dense", {"units": side.wanted}))
        return
    if not 3 <= rank <= 5 or side.axis == 0:
        return
    place = side.axis - (2 if is_first else 1)
    if not 0 <= place < rank - 2:
        return
    by = abs(side.wanted - side.size)
    pairs: list[JSON] = [[0, 0] for _ in range(rank - 2)]
    # All axes that differ in the same way are changed at once.
    other = next(s for s in _sides(case) if s.i != side.i)
    other_shape = case.shape(other.ref) or ()
    for n in range(rank - 2):
        axis = n + (2 if is_first else 1)
        mine, its = shape[axis], other_shape[axis] if axis < len(other_shape) else None
        if n == place or (mine is not None and its is not None and its - mine == side.wanted - side.size):
            pairs[n] = [by // 2, by - by // 2]
    said: JSON = pairs[0] if rank == 3 else pairs
    if side.wanted < side.size:
        config = {"cropping": said, **more}
        yield Proposal(
            f"Put a Cropping{rank - 2}D {between}", case.put_between(call, side.i, f"Cropping{rank - 2}D", config)
        )
        if side.wanted and side.size % side.wanted == 0:
            factor = side.size // side.wanted
            pool: dict[str, JSON] = {"pool_size": [factor] * (rank - 2), **more}
            title = f"Put a MaxPooling{rank - 2}D of {factor} {between}"
            yield Proposal(title, case.put_between(call, side.i, f"MaxPooling{rank - 2}D", pool))
    else:
        config = {"padding": said, **more}
        cls = f"ZeroPadding{rank - 2}D"
        yield Proposal(f"Put a {cls} {between}", case.put_between(call, side.i, cls, config))
        if side.size and side.wanted % side.size == 0:
            factor = side.wanted // side.size
            up: dict[str, JSON] = {"size": factor if rank == 3 else [factor] * (rank - 2), **more}
            title = f"Put an UpSampling{rank - 2}D of {factor} {between}"
            yield Proposal(title, case.put_between(call, side.i, f"UpSampling{rank - 2}D", up))


def _other_join(case: Case, call: NodeKey) -> Iterator[Proposal]:
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


def _by_order(case: Case, call: NodeKey, sides: Sequence[_Side]) -> Iterator[Proposal]:
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
    between = f"between {listed([side.ref.layer])} and {listed([call.layer])}"
    patch = case.put_between(call, side.i, "Permute", {"dims": dims})
    yield Proposal(f"Put a Permute to {show(tuple(dims))} {between}", patch)


def as_built(case: Case) -> Iterator[Proposal]:
    """A `build_config` of another size than comes in: what made the size that comes in."""
    call, layer = case.call, case.layer
    refs = case.inbound(call) if call is not None else []
    said = layer.extras.get("build_config") if layer is not None else None
    built = said.get("input_shape") if isinstance(said, dict) else None
    shape = case.shape(refs[0]) if refs else None
    if shape is None or not isinstance(built, list) or len(built) != len(shape):
        return
    for axis, (size, wanted) in enumerate(zip(shape, built, strict=True)):
        if axis and type(size) is int and type(wanted) is int and size != wanted:
            yield from _by_cause(case, _Side(0, refs[0], axis, size, wanted))


def _size(case: Case, ref: TensorRef, axis: int) -> Dim:
    shape = case.shape(ref) or ()
    return shape[axis] if axis < len(shape) else None


def _is_first(case: Case, name: str) -> bool:
    return case.values(name).get("data_format") == "channels_first"


# --- another number of axes -------------------------------------------------------------------------------------------


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
    between = f"between {listed([ref.layer])} and {listed([call.layer])}"
    is_picture = is_low and rank == 3 and shape[1] == shape[2] and not case.inbound(ref.call)
    layers = [
        Proposal(f"Put {title} {between}", case.put_between(call, i, cls, config))
        for title, cls, config in _to_other_rank(shape, least or 0, is_low=is_low, is_high=is_high)
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


# --- a shape of another size ------------------------------------------------------------------------------------------


def other_target(case: Case) -> Iterator[Proposal]:
    """A Reshape whose product is another: what made the size that comes in, or a target that fits."""
    call, layer = case.call, case.layer
    data = case.problem.data
    needs, gets = data.get("needs"), data.get("gets")
    if call is None or layer is None:
        return
    refs = case.inbound(call)
    given = case.shape(refs[0]) if refs else None
    if given is None:
        return
    far: list[Proposal] = []
    if type(needs) is int and type(gets) is int and gets:
        for axis in range(len(given) - 1, 0, -1):
            made = case.cause(refs[0], axis)
            if made is not None and made.size * needs % gets == 0:
                side = _Side(0, refs[0], axis, made.size, made.size * needs // gets)
                # Nobody gives a layer twenty times fewer filters to make a shape fit.
                is_near = max(needs, gets) <= MOST_CHANGED * min(needs, gets)
                if is_near:
                    yield from _by_cause(case, side)
                else:
                    far.extend(_by_cause(case, side))
    target = list(case.values(layer.name).get("target_shape", ()))
    total = math.prod(d for d in given[1:] if d is not None) if None not in given[1:] else None
    if total is None:
        yield from far
        return
    if len(target) == 1 and len(given) > 2:
        config: dict[str, JSON] = {key: value for key, value in layer.config.items() if key != "target_shape"}
        changes = (put(f"{layer.origin}/class_name", "Flatten"), put(f"{layer.origin}/config", config))
        yield Proposal(f"Make {listed([layer.name])} a Flatten", changes)
    for n in range(len(target) - 1, -1, -1):
        rest = math.prod(d for k, d in enumerate(target) if k != n and d is not None and d != -1)
        if rest and total % rest == 0 and -1 not in (target[:n] + target[n + 1 :]):
            new = [*target[:n], total // rest, *target[n + 1 :]]
            title = f"Set target_shape of {listed([layer.name])} to {show(tuple(new))}"
            yield Proposal(title, (case.set(layer.name, "target_shape", new),))
    if target:
        title = f"Set target_shape of {listed([layer.name])} to {show((total,))}"
        yield Proposal(title, (case.set(layer.name, "target_shape", [total]),))
    yield from far


# --- nothing left -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Window:
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


def _window_of(case: Case, name: str, rank: int) -> _Window | None:
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
    start = 2 if _is_first(case, name) else 1
    return _Window(
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
    here = _window_of(case, call.layer, rank)
    if here is None:
        yield from _less_cropping(case)
        return
    yield from _channels_last(case, call, rank)
    above = _windows_above(case, call, rank)
    below = _windows_below(case, call, rank)
    narrow = [name for name in (*above, call.layer, *below) if _is_valid(case, name, rank)]
    filters = [name for name in narrow if _is_filter(case, name)]
    is_narrow = _is_valid(case, call.layer, rank)
    for names in ([call.layer], filters) if is_narrow else ():
        yield _same_padding(case, names)
    yield from _larger_input(case, call, here, below, rank)
    yield from _fewer_stages(case, call, shape, here, below)
    for names in ([name for name in narrow if name not in above], narrow) if is_narrow else ():
        yield _same_padding(case, names)
    sizes = [shape[axis] for axis in here.axes]
    fits = [size if size is not None and size < width else width for size, width in zip(sizes, here.width, strict=True)]
    if all(size > 0 for size in fits):
        title = f"Set {here.arg} of {listed([call.layer])} to {show(tuple(fits))}"
        yield Proposal(title, (case.set(call.layer, here.arg, fits),))


def _channels_last(case: Case, call: NodeKey, rank: int) -> Iterator[Proposal]:
    """Pictures with their channels in front, where layers look for them at the end."""
    start = next((key for key in _above(case, TensorRef(*call, 0)) if not case.inbound(key)), None)
    shape = case.shape(TensorRef(*start, 0)) or () if start is not None else ()
    if start is None or len(shape) != rank or rank < 4 or shape[1] not in (1, 3, 4) or _is_first(case, call.layer):
        return
    sizes = [*shape[2:], shape[1]]
    if any(size is not None and size <= shape[1] for size in shape[2:]):
        return
    words = " × ".join("?" if size is None else str(size) for size in sizes)
    moved = {axis: size for axis, size in enumerate(sizes, 1) if size is not None}
    title = f"Make {listed([start.layer])} {words}, with the channels at the end"
    yield Proposal(title, case.resize_input(start.layer, moved) if None not in sizes else ())
    after = case.consumers(start)
    if len(after) == 1:
        dims = [*range(2, rank), 1]
        between = f"between {listed([start.layer])} and {listed([after[0].layer])}"
        yield Proposal(
            f"Put a Permute to {show(tuple(dims))} {between}", case.put_between(after[0], 0, "Permute", {"dims": dims})
        )


def _same_padding(case: Case, names: Sequence[str]) -> Proposal:
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


def _is_valid(case: Case, name: str, rank: int) -> bool:
    found = _window_of(case, name, rank)
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
        if _window_of(case, ref.layer, rank) is not None:
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
        if _window_of(case, call.layer, rank) is not None:
            found.append(call.layer)
        elif entry is None or entry.group not in ("activation", "normalization", "regularization"):
            break
    return found


def _larger_input(case: Case, call: NodeKey, here: _Window, below: Sequence[str], rank: int) -> Iterator[Proposal]:
    """The smallest input that leaves one position at the end of the windows."""
    needs = [1] * len(here.axes)
    for name in (*reversed(below), call.layer):
        found = _window_of(case, name, rank)
        if found is not None:
            needs = [found.needs(need, k) for k, need in enumerate(needs)]
    key = call
    for _ in range(MOST_ABOVE):
        refs = case.inbound(key)
        if not refs:
            break
        key = refs[0].call
        fed = case.inbound(key)
        found = _window_of(case, key.layer, rank)
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


def _fewer_stages(case: Case, call: NodeKey, shape: Shape, here: _Window, below: Sequence[str]) -> Iterator[Proposal]:
    """Without this layer, and without those behind it that would not fit either."""
    names = [call.layer]
    rank = len(shape)
    sizes: list[Dim] = [shape[axis] for axis in here.axes]
    for name in below:
        found = _window_of(case, name, rank)
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


# --- sizes that must be known, dtypes, ragged rows --------------------------------------------------------------------


def known_size(case: Case) -> Iterator[Proposal]:
    """A size that weights need: of the input, from what the file knows of it, or a layer that needs it no more."""
    call, layer = case.call, case.layer
    refs = case.inbound(call) if call is not None else []
    if call is None or layer is None or not refs:
        return
    shape = case.shape(refs[0]) or ()
    axis = case.problem.data.get("axis")
    for name, at in _open_axes(case, refs[0], axis if isinstance(axis, int) else None):
        for size in _likely(case, name, at):
            words = f"axis {at[0]}" if len(at) == 1 else f"axes {' and '.join(map(str, at))}"
            title = f"Give {words} of {listed([name])} the size {size}"
            yield Proposal(title, case.resize_input(name, dict.fromkeys(at, size)))
    flat = case.graph.layers[refs[0].layer]
    fed = case.inbound(refs[0].call)
    if flat.op.cls == "Flatten" and fed and len(shape) == 2:
        rank = len(case.shape(fed[0]) or ())
        if 3 <= rank <= 5:
            cls = f"GlobalAveragePooling{rank - 2}D"
            config: dict[str, JSON] = {"name": flat.name}
            changes = (put(f"{flat.origin}/class_name", cls), put(f"{flat.origin}/config", config))
            yield Proposal(f"Make {listed([flat.name])} a {cls}", changes)


def _open_axes(case: Case, ref: TensorRef, axis: int | None) -> Iterator[tuple[str, list[int]]]:
    """The input above a tensor, and its open axes: the one that is needed, or all that a Flatten joins."""
    for _ in range(MOST_ABOVE):
        shape = case.shape(ref) or ()
        fed = case.inbound(ref.call)
        if not fed:
            found = [axis] if axis is not None and axis < len(shape) and axis and shape[axis] is None else []
            wanted = found or [k for k, dim in enumerate(shape) if k and dim is None]
            if wanted:
                yield ref.layer, wanted
            return
        above = case.shape(fed[0]) or ()
        if len(above) != len(shape):
            axis = None
        ref = fed[0]


def _likely(case: Case, name: str, axes: Sequence[int]) -> Iterator[int]:
    """Sizes that the file's own records say, those of other inputs, and those of pictures."""
    found: dict[int, None] = {}
    shape = case.shape(TensorRef(name, 0, 0)) or ()
    for layer in case.graph.layers.values():
        said = layer.extras.get("build_config")
        built = said.get("input_shape") if isinstance(said, dict) else None
        if isinstance(built, list) and len(built) == len(shape):
            found.update((built[k], None) for k in axes if type(built[k]) is int and built[k] > 0)
    for ref in case.graph.input_refs:
        other = case.shape(ref) or ()
        if ref.layer != name and len(other) == len(shape):
            found.update((dim, None) for k in axes if type(dim := other[k]) is int)
    if len(shape) == 4 and list(axes) == [3]:
        found[PICTURE] = None
        found[1] = None
    elif len(shape) == 4:
        found[224] = None
    yield from list(found)[:3]


def other_dtype(case: Case) -> Iterator[Proposal]:
    """Values of another type: the input's own, or a cast in the wire."""
    call = case.call
    refs = case.inbound(call) if call is not None else []
    i = case.problem.at.input or 0
    if call is None or i >= len(refs):
        return
    wanted = "float32"
    for name in _inputs_above(case, refs[i]):
        yield Proposal(f"Set dtype of {listed([name])} to {wanted}", (case.set(name, "dtype", wanted),))
    between = f"between {listed([refs[i].layer])} and {listed([call.layer])}"
    if case.is_old:
        title = f"Put a Rescaling of 1, which casts to {wanted}, {between}"
        yield Proposal(title, case.put_between(call, i, "Rescaling", {"scale": 1.0}))


def dense_rows(case: Case) -> Iterator[Proposal]:
    """A ragged or sparse input: a dense one."""
    call = case.call
    for ref in case.inbound(call) if call is not None else ():
        for name in _inputs_above(case, ref):
            for arg in ("ragged", "sparse"):
                if case.graph.layers[name].config.get(arg) is True:
                    yield Proposal(f"Set {arg} of {listed([name])} to false", (case.set(name, arg, False),))


def _inputs_above(case: Case, ref: TensorRef) -> Iterator[str]:
    seen: set[NodeKey] = set()
    waiting = [ref]
    for here in waiting:  # grows on the way
        if here.call in seen or len(seen) > MOST_ABOVE:
            continue
        seen.add(here.call)
        fed = case.inbound(here.call)
        if not fed and not case.graph.layers[here.layer].is_implied:
            yield here.layer
        waiting.extend(fed)


def true_record(case: Case) -> Iterator[Proposal]:
    """Recorded shapes that are wrong: those that are computed. Keras never reads them.

    Where there are errors they stay: they may be the only trace of what the model was.
    """
    if case.judged.errors:
        return
    wrong = contradicted(case.graph, case.known)
    changes = []
    for key, tensors in case.known.inbound.items():
        for way, ref in tensors:
            if ref in wrong:
                changes.append(put(f"{case.graph.nodes[key].origin}/{way}/config/shape", list(wrong[ref][1])))
    if changes:
        count = "the recorded shape" if len(changes) == 1 else f"{len(changes)} recorded shapes"
        yield Proposal(f"Correct {count} to what is computed", tuple(changes), safe=True)


def default_axes(case: Case) -> Iterator[Proposal]:
    """An argument that names an axis that is not there: Keras's default."""
    layer, arg = case.layer, case.problem.at.arg
    entry = case.entry(layer.name) if layer is not None else None
    if layer is None or entry is None:
        return
    for name in (arg, "axis", "axes", "data_format"):
        param = entry.by_name.get(name or "")
        if param is not None and not param.required and param.name in layer.config:
            title = f"Remove {param.name} from {listed([layer.name])}: {shown(_plain(param.default))} is its default"
            yield Proposal(title, (case.unset(layer.name, param.name),))


def _plain(value: Any) -> JSON:
    return list(value) if isinstance(value, tuple) else value


PROPOSERS: Mapping[str, Sequence[Callable[[Case], Iterator[Proposal]]]] = {
    "GC208": (as_built,),
    "GC403": (default_axes, other_rank),
    "GC404": (agree, default_axes),
    "GC405": (agree, default_axes),
    "GC406": (other_target,),
    "GC407": (enough_left,),
    "GC408": (known_size,),
    "GC409": (other_dtype,),
    "GC410": (true_record,),
    "GC412": (dense_rows,),
}
