"""Where a size comes from: the argument far above that a message should name, instead of the place where sizes meet."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from .context import Prepared
from .model import NodeKey, TensorRef
from .shapes import Dim, RuleError, TensorSpec
from .topology import Inbound

# Arguments that are the size of the channel axis of what their layer gives.
CHANNELS = ("units", "filters", "output_dim")


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
    specs: Mapping[NodeKey, tuple[TensorSpec, ...]],
    inbound: Mapping[NodeKey, Inbound],
    layers: Mapping[str, Prepared],
) -> str | None:
    """The hint for a call of these inputs whose sizes clash, by the names of the arguments that made them."""
    axis = error.data.get("axis")
    are_two = len(error.inputs) == 2 and max(error.inputs) < len(refs)
    if error.code == "GC404" and isinstance(axis, int) and are_two:
        two = [refs[i] for i in error.inputs]
        if any(axis >= len(_shape(ref, specs)) for ref in two):
            return None
        causes = [cause(ref, axis, specs, inbound, layers) for ref in two]
        known = [str(one) for one in causes if one is not None]
        if len(known) == 1:
            known.append(f"the other branch has {_shape(two[0 if causes[0] is None else 1], specs)[axis]}")
        return f"make axis {axis} equal: {', '.join(known)}" if known else None
    needs, gets = error.data.get("needs"), error.data.get("gets")
    if error.code == "GC406" and isinstance(needs, int) and isinstance(gets, int) and gets and refs:
        made = cause(refs[0], len(_shape(refs[0], specs)) - 1, specs, inbound, layers)
        if made is not None and made.size * needs % gets == 0:
            return f"{made}: {made.size * needs // gets} would fit"
    return None


def cause(
    ref: TensorRef,
    axis: int,
    specs: Mapping[NodeKey, tuple[TensorSpec, ...]],
    inbound: Mapping[NodeKey, Inbound],
    layers: Mapping[str, Prepared],
) -> Cause | None:
    """The argument that made the size of a tensor's axis, found against the wires; None where no argument did."""
    size = _size(ref, axis, specs)
    seen: set[NodeKey] = set()
    while size is not None and ref.call not in seen:
        seen.add(ref.call)
        made = layers.get(ref.layer)
        if made is None or made.entry is None:
            return None
        shape = specs[ref.call][ref.tensor].shape or ()
        arg = _argument(made.values, axis, size, len(shape))
        if arg is not None:
            return Cause(ref.layer, arg, size)
        above = [
            source
            for _, source in inbound.get(ref.call, ())
            if _size(source, axis, specs) == size and len(_shape(source, specs)) == len(shape)
        ]
        if not above:
            return None
        ref = above[0]
    return None


def _argument(values: Mapping[str, Any], axis: int, size: int, rank: int) -> str | None:
    is_first = values.get("data_format") == "channels_first"
    if axis == (1 if is_first else rank - 1):
        for name in CHANNELS:
            if values.get(name) == size:
                return name
    target = values.get("target_shape")
    if isinstance(target, tuple) and 0 < axis <= len(target) and target[axis - 1] == size:
        return "target_shape"
    batch_shape = values.get("batch_shape")
    if isinstance(batch_shape, tuple) and axis < len(batch_shape) and batch_shape[axis] == size:
        return "shape"
    return None


def _shape(ref: TensorRef, specs: Mapping[NodeKey, tuple[TensorSpec, ...]]) -> tuple[Dim, ...]:
    outputs = specs.get(ref.call, ())
    return (outputs[ref.tensor].shape or ()) if 0 <= ref.tensor < len(outputs) else ()


def _size(ref: TensorRef, axis: int, specs: Mapping[NodeKey, tuple[TensorSpec, ...]]) -> Dim:
    shape = _shape(ref, specs)
    return shape[axis] if axis < len(shape) else None
