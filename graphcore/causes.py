"""Where a size comes from: the argument far above that a message should name, instead of the place where sizes meet."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

from .context import Specs
from .inference import spec_at
from .model import NodeKey, TensorRef, has_output
from .reasons import Reason, Reasons
from .shapes import Dim, RuleError, Shape
from .topology import Inbound

# Calls that are looked through for the argument behind a size, which stands a few above in any model made by hand.
FARTHEST = 1_000
# Calls whose sizes a hint looks at, and sizes that it tells.
LONGEST_WAY = 100
MOST_SIZES = 12
# An argument of a config as a hand writes it.
WRITTEN = {"batch_shape": "shape", "batch_input_shape": "shape"}


class Cause(NamedTuple):
    """The argument of a layer that made a size."""

    layer: str
    arg: str
    size: int

    def __str__(self) -> str:
        return f'{self.arg} of "{self.layer}" is {self.size}'


def way_out(
    error: RuleError,
    refs: Sequence[TensorRef],
    specs: Mapping[NodeKey, Specs],
    inbound: Mapping[NodeKey, Inbound],
    explain: Callable[[NodeKey], Reasons],
) -> str | None:
    """The hint for a call of these inputs whose sizes clash, by the names of the arguments that made them."""
    axis = error.data.get("axis")
    are_two = len(error.inputs) == 2 and max(error.inputs) < len(refs)
    if error.code == "GC404" and isinstance(axis, int) and are_two:
        two = [refs[i] for i in error.inputs]
        if any(axis >= len(_shape(ref, specs)) for ref in two):
            return None
        causes = [cause(ref, axis, specs, inbound, explain) for ref in two]
        known = [str(one) for one in causes if one is not None]
        if len(known) == 1:
            known.append(f"the other branch has {_shape(two[0 if causes[0] is None else 1], specs)[axis]}")
        return f"make axis {axis} equal: {', '.join(known)}" if known else None
    if error.code == "GC407" and isinstance(axis, int) and refs:
        sizes = _on_the_way(refs[0], axis, specs, inbound, explain)
        return f"{error.hint}; on the way {' → '.join(map(str, sizes))}" if len(sizes) > 2 else None
    needs, gets = error.data.get("needs"), error.data.get("gets")
    if error.code == "GC406" and isinstance(needs, int) and isinstance(gets, int) and gets and refs:
        made = cause(refs[0], len(_shape(refs[0], specs)) - 1, specs, inbound, explain)
        if made is not None and made.size * needs % gets == 0:
            return f"{made}: {made.size * needs // gets} would fit"
    return None


def cause(
    ref: TensorRef,
    axis: int,
    specs: Mapping[NodeKey, Specs],
    inbound: Mapping[NodeKey, Inbound],
    explain: Callable[[NodeKey], Reasons],
) -> Cause | None:
    """The argument that made the size of a tensor's axis, found against the wires; None where none did alone."""
    for _ in range(FARTHEST):
        found = _made(ref, axis, specs, explain)
        if found is None:
            return None
        size, reason = found
        if reason.arg is not None and size is not None:
            return Cause(ref.layer, WRITTEN.get(reason.arg, reason.arg), size)
        came = [(inbound[ref.call][source.input][1], source.axis) for source in reason.sources]
        if not reason.is_same:  # a product with axes of 1 is the one that is larger
            came = [(one, at) for one, at in came if _shape(one, specs)[at] != 1] if len(came) > 1 else []
            if len(came) != 1 or _shape(came[0][0], specs)[came[0][1]] != size or size == 1:
                return None
        ref, axis = came[0]
    return None


def _on_the_way(
    ref: TensorRef,
    axis: int,
    specs: Mapping[NodeKey, Specs],
    inbound: Mapping[NodeKey, Inbound],
    explain: Callable[[NodeKey], Reasons],
) -> list[Dim]:
    """The sizes that a tensor's axis had on its way, each once where it stayed; the last of a long way."""
    sizes: list[Dim] = []
    for _ in range(LONGEST_WAY):
        found = _made(ref, axis, specs, explain)
        if found is None:
            break
        size, reason = found
        if not sizes or sizes[-1] != size:
            sizes.append(size)
        if len(reason.sources) != 1:
            break
        source = reason.sources[0]
        ref, axis = inbound[ref.call][source.input][1], source.axis
    return sizes[::-1][-MOST_SIZES:]


def _made(
    ref: TensorRef, axis: int, specs: Mapping[NodeKey, Specs], explain: Callable[[NodeKey], Reasons]
) -> tuple[Dim, Reason] | None:
    """A size and why it is so; None where the tensor has no such axis, or nobody knows."""
    shape, reasons = _shape(ref, specs), explain(ref.call)
    axes = reasons[ref.tensor] if has_output(ref, len(reasons)) else None
    return None if axes is None or not 0 <= axis < len(shape) else (shape[axis], axes[axis])


def _shape(ref: TensorRef, specs: Mapping[NodeKey, Specs]) -> Shape:
    return spec_at(specs, ref).shape or ()
