"""Proposals for sizes that must agree: the argument far above that made one, a layer in the wire that changes it."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from ..model import JSON, NodeKey, TensorRef
from ..patch import put
from ..shapes import Dim, Shape, show
from .arguments import default_axes
from .case import MOST_ABOVE, Case, Proposal, listed
from .windows import Window, has_channels_first, is_valid, same_padding, window_of

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
    above = {side: set(case.above(side.ref)) for side in sides}
    shared = set[NodeKey].intersection(*above.values())
    return sorted(sides, key=lambda side: len(above[side] - shared)) if shared else list(sides)


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
        found = window_of(case, ref.layer, len(shape))
        if found is not None and side.axis in found.axes and fed:
            mends = list(_other_window(case, ref, found, _size(case, fed[0], side.axis), side))
            yield from mends
            if mends:
                return
        above = [r for r in fed if _size(case, r, side.axis) == side.size and len(case.shape(r) or ()) == len(shape)]
        if not above:
            return
        ref = above[0]


def _other_window(case: Case, ref: TensorRef, here: Window, length: Dim, side: _Side) -> Iterator[Proposal]:
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


def _even_input(case: Case, ways: Sequence[Sequence[NodeKey]], sides: Sequence[_Side], rank: int) -> Iterator[Proposal]:
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


def _projected(case: Case, call: NodeKey, side: _Side, other: _Side) -> Iterator[Proposal]:
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


def _by_layer(case: Case, call: NodeKey, side: _Side) -> Iterator[Proposal]:
    """A layer in the wire that makes the size."""
    shape = case.shape(side.ref) or ()
    rank = len(shape)
    is_first = has_channels_first(case, call.layer) or has_channels_first(case, side.ref.layer)
    channel = 1 if is_first else rank - 1
    more: dict[str, JSON] = {"data_format": "channels_first"} if is_first else {}
    if side.axis == channel and rank >= 2:
        if 4 <= rank <= 5:
            size = [1] * (rank - 2)
            config = {"filters": side.wanted, "kernel_size": size, **more}
            cls = f"Conv{rank - 2}D"
            yield case.put_between(call, side.i, f"a 1×1 {cls} of {side.wanted} filters", cls, config)
        if not is_first:
            words = f"a Dense of {side.wanted} units"
            yield case.put_between(call, side.i, words, "Dense", {"units": side.wanted})
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
        cls = f"Cropping{rank - 2}D"
        yield case.put_between(call, side.i, f"a {cls}", cls, {"cropping": said, **more})
        if side.wanted and side.size % side.wanted == 0:
            factor = side.size // side.wanted
            pool: dict[str, JSON] = {"pool_size": [factor] * (rank - 2), **more}
            cls = f"MaxPooling{rank - 2}D"
            yield case.put_between(call, side.i, f"a {cls} of {factor}", cls, pool)
    else:
        cls = f"ZeroPadding{rank - 2}D"
        yield case.put_between(call, side.i, f"a {cls}", cls, {"padding": said, **more})
        if side.size and side.wanted % side.size == 0:
            factor = side.wanted // side.size
            up: dict[str, JSON] = {"size": factor if rank == 3 else [factor] * (rank - 2), **more}
            cls = f"UpSampling{rank - 2}D"
            yield case.put_between(call, side.i, f"an {cls} of {factor}", cls, up)


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
    yield case.put_between(call, side.i, f"a Permute to {show(tuple(dims))}", "Permute", {"dims": dims})


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


PROPOSERS: Mapping[str, Sequence[Callable[[Case], Iterator[Proposal]]]] = {
    "GC208": (as_built,),
    "GC404": (agree, default_axes),
    "GC405": (agree, default_axes),
    "GC406": (other_target,),
}
