"""Proposals for sizes that must agree: two that meet, one that a layer was built for, the product of a shape."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence

from ..model import JSON, Layer, NodeKey, TensorRef
from ..patch import put
from ..shapes import Shape, show
from .above import by_cause, by_window, by_windows, is_given
from .arguments import default_axes
from .between import MOST_CHANGED, by_layer, by_order, projected
from .case import Case, Proposal, listed
from .joins import joins_elsewhere, other_join, same_tensor
from .sides import Side, sides_of


def agree(case: Case) -> Iterator[Proposal]:
    """Two inputs of different size: what made either, a layer in the wire of either, another way to join them."""
    call = case.call
    sides = sides_of(case)
    if call is None or not sides:
        return
    joins = list(other_join(case, call))
    causes = {side: list(by_cause(case, side)) for side in sides}
    # Data has the shape that it has: where an argument made the other size, the input is the last to change.
    given = [side for side in sides if is_given(case, side)]
    given = given if len(given) < len(sides) else []
    yield from same_tensor(case, call, sides)
    if joins_elsewhere(case, call):
        yield from joins
    for side in sides:
        if side not in given:
            yield from causes[side]
    for side in sides:
        yield from by_window(case, side)
    yield from by_windows(case, sides)
    for side in _shorter_first(case, sides):
        yield from projected(case, call, side, _other(sides, side))
    yield from joins
    for side in _shorter_first(case, sides):
        yield from by_layer(case, call, side, _other(sides, side))
    for side in given:
        yield from causes[side]
    yield from by_order(case, call, sides)


def _shorter_first(case: Case, sides: Sequence[Side]) -> list[Side]:
    """The branch of fewer layers first: what a residual block adds is its input, and that is what is projected."""
    above = {side: set(case.above(side.ref)) for side in sides}
    shared = set[NodeKey].intersection(*above.values())
    return sorted(sides, key=lambda side: len(above[side] - shared)) if shared else list(sides)


def _other(sides: Sequence[Side], side: Side) -> Side:
    return next(other for other in sides if other is not side)


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
            yield from by_cause(case, Side(0, refs[0], axis, size, wanted))


def other_target(case: Case) -> Iterator[Proposal]:
    """A Reshape whose product is another: what made the size that comes in, or a target that fits."""
    call, layer = case.call, case.layer
    refs = case.inbound(call) if call is not None else []
    given = case.shape(refs[0]) if refs else None
    if layer is None or given is None:
        return
    needs, gets = case.problem.data.get("needs"), case.problem.data.get("gets")
    causes: list[Proposal] = []
    is_near = False
    if type(needs) is int and type(gets) is int and gets:
        axes = range(len(given) - 1, 0, -1)
        causes = [proposal for axis in axes for proposal in _by_factor(case, refs[0], axis, needs, gets)]
        # Nobody gives a layer twenty times fewer filters to make a shape fit.
        is_near = max(needs, gets) <= MOST_CHANGED * min(needs, gets)
    if is_near:
        yield from causes
    if None not in given[1:]:
        yield from _targets(case, layer, given)
    if not is_near:
        yield from causes


def _by_factor(case: Case, ref: TensorRef, axis: int, needs: int, gets: int) -> Iterator[Proposal]:
    """Another value of the argument that made a size, by which the product of all becomes what is needed."""
    made = case.cause(ref, axis)
    if made is not None and made.size * needs % gets == 0:
        yield from by_cause(case, Side(0, ref, axis, made.size, made.size * needs // gets))


def _targets(case: Case, layer: Layer, given: Shape) -> Iterator[Proposal]:
    """What makes as many values as come in: a Flatten, a target with one size changed, all of them in a row."""
    target = list(case.values(layer.name).get("target_shape", ()))
    total = math.prod(size for size in given[1:] if size is not None)
    if len(target) == 1 and len(given) > 2:
        config: dict[str, JSON] = {key: value for key, value in layer.config.items() if key != "target_shape"}
        changes = (put(f"{layer.origin}/class_name", "Flatten"), put(f"{layer.origin}/config", config))
        yield Proposal(f"Make {listed([layer.name])} a Flatten", changes)
    for n in range(len(target) - 1, -1, -1):
        others = [*target[:n], *target[n + 1 :]]
        rest = math.prod(size for size in others if size is not None)
        if rest and total % rest == 0 and -1 not in others:
            yield _target(case, layer, [*target[:n], total // rest, *target[n + 1 :]])
    if target:
        yield _target(case, layer, [total])


def _target(case: Case, layer: Layer, sizes: list[JSON]) -> Proposal:
    title = f"Set target_shape of {listed([layer.name])} to {show(tuple(sizes))}"
    return Proposal(title, (case.set(layer.name, "target_shape", sizes),))


PROPOSERS: Mapping[str, Sequence[Callable[[Case], Iterator[Proposal]]]] = {
    "GC208": (as_built,),
    "GC404": (agree, default_axes),
    "GC405": (agree, default_axes),
    "GC406": (other_target,),
}
