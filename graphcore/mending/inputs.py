"""Proposals for what an input of the model is: a size that must be known, a dtype, ragged or sparse rows."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence

from ..model import JSON, TensorRef
from ..patch import put
from .case import MOST_ABOVE, Case, Proposal, listed

# What a picture has, where a channel axis must be known and nothing says how many there are.
PICTURE = 3


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
    if case.is_old:
        yield case.put_between(call, i, f"a Rescaling of 1, which casts to {wanted},", "Rescaling", {"scale": 1.0})


def dense_rows(case: Case) -> Iterator[Proposal]:
    """A ragged or sparse input: a dense one."""
    call = case.call
    for ref in case.inbound(call) if call is not None else ():
        for name in _inputs_above(case, ref):
            for arg in ("ragged", "sparse"):
                if case.graph.layers[name].config.get(arg) is True:
                    yield Proposal(f"Set {arg} of {listed([name])} to false", (case.set(name, arg, False),))


def _inputs_above(case: Case, ref: TensorRef) -> list[str]:
    above = case.above(ref)
    return [key.layer for key in above if not case.inbound(key) and not case.graph.layers[key.layer].is_implied]


PROPOSERS: Mapping[str, Sequence[Callable[[Case], Iterator[Proposal]]]] = {
    "GC408": (known_size,),
    "GC409": (other_dtype,),
    "GC412": (dense_rows,),
}
