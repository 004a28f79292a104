"""Masks: which outputs of a layer have one, of which shape, and what tf_keras does to tensors that bring one.

A rule gives the mask of the first output, or a list with that of each. What passes its mask on needs no rule of its own
(`passes`); what drops it has None. In a symbolic call Keras 3 only computes masks, and tf_keras applies them too.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ..shapes import Dim, RuleError, Shape, TensorSpec, broadcast, show, unify
from .spec import RuleContext, mask_of, passes

Mask = Shape | None


def ends(c: RuleContext, *_inputs: Any) -> None:
    """No mask comes out of a layer that takes one: it does not mind, as one that knows no masks may."""


def passes_in_keras3(c: RuleContext, *inputs: Any) -> Mask:
    """The mask goes on in Keras 3; tf_keras drops it."""
    return passes(c, *inputs) if c.dialect == "keras3" else None


def of_places(c: RuleContext, x: TensorSpec) -> Mask:
    """A place is masked where all its values are the one to leave out."""
    return (x.shape or ())[:-1]


def of_words(c: RuleContext, x: TensorSpec) -> Mask:
    """A word is masked where it is 0, if the layer is told so.

    Raises:
        RuleError: dtype-refused (GC409), TensorFlow does not compare truths with 0.
    """
    if not c.mask_zero:
        return None
    if c.dialect == "keras2" and x.dtype in ("bool", "string"):
        raise RuleError("GC409", f"compares {x.dtype} with 0 for its mask", "set mask_zero to false", inputs=(0,))
    return x.shape


def of_sequences(c: RuleContext, *inputs: Any) -> Mask:
    """The steps' mask, where there are steps."""
    return passes(c, *inputs) if c.return_sequences else None


def of_query(c: RuleContext, xs: Sequence[TensorSpec]) -> Mask:
    """The query's mask."""
    return masks_of(c, xs)[0]


def masks_of(c: RuleContext, xs: Sequence[TensorSpec]) -> list[Mask]:
    """The masks that a call names for a list of tensors, or else their own; tf_keras takes a null for none."""
    said = c.call.get("mask")
    if said is None and c.dialect == "keras2" and "mask" in c.call:
        return [None] * len(xs)
    if isinstance(said, (tuple, list)) and any(isinstance(one, TensorSpec) for one in said):
        return [one.shape if isinstance(one, TensorSpec) else None for one in said]
    return [x.mask for x in xs]


def of_all(c: RuleContext, xs: Sequence[TensorSpec]) -> Mask:
    """The masks of all inputs as one: Keras 3 needs one of each, and broadcasts; tf_keras stacks those that there are.

    Raises:
        RuleError: shape-mismatch (GC405), broadcast-mismatch (GC404), they do not fit.
    """
    masks = [x.mask for x in xs if x.mask is not None]
    if not masks or (c.dialect == "keras3" and len(masks) < len(xs)):
        return None
    merged = masks[0]
    for mask in masks[1:]:
        merged = broadcast(merged, mask) if c.dialect == "keras3" else _stacked(merged, mask)
    return merged


def _stacked(a: Shape, b: Shape) -> Shape:
    try:
        if len(a) == len(b):
            return tuple(unify(one, other) for one, other in zip(a, b, strict=True))
    except RuleError:
        pass
    raise RuleError("GC405", f"cannot stack a mask of {show(a)} with one of {show(b)}", "mask inputs of one shape")


def joined(c: RuleContext, xs: Sequence[TensorSpec]) -> Mask:
    """Masks joined as their tensors are: true where there is none. tf_keras gives those of places a last axis of 1.

    Raises:
        RuleError: shape-mismatch (GC405), they do not fit.
    """
    if all(x.mask is None for x in xs):
        return None
    full = [_full(c, x) for x in xs]
    rank = len(full[0])
    if any(len(mask) != rank for mask in full):
        raise RuleError("GC405", f"cannot join masks of {' and '.join(map(show, full))}", "mask all inputs, or none")
    axis = c.axis % rank
    out = list(full[0])
    for mask in full[1:]:
        for i, (one, other) in enumerate(zip(out, mask, strict=True)):
            both = _total(one, other) if i == axis else _same(full, one, other)
            out[i] = one if i != axis and c.dialect == "keras3" else both  # it takes the other sizes from the first
    return tuple(out[:-1])


def _full(c: RuleContext, x: TensorSpec) -> Shape:
    shape = x.shape or ()
    if x.mask is None:
        return shape
    if len(x.mask) < len(shape):
        spread = (*x.mask, 1)
        return broadcast(spread, shape) if c.dialect == "keras3" else spread
    return x.mask


def _total(a: Dim, b: Dim) -> Dim:
    return None if a is None or b is None else a + b


def _same(masks: Sequence[Shape], a: Dim, b: Dim) -> Dim:
    try:
        return unify(a, b)
    except RuleError:
        says = f"cannot join masks of {' and '.join(map(show, masks))}"
        raise RuleError("GC405", says, "mask all inputs, or none") from None


# What tf_keras does with the masks of what comes in


def masked(c: RuleContext, x: TensorSpec) -> Shape:
    """What a mask leaves of a tensor that it is added to: the two broadcast.

    Raises:
        RuleError: broadcast-mismatch (GC404).
    """
    shape, mask = x.shape or (), mask_of(c, x)
    return shape if mask is None or c.dialect == "keras3" else broadcast(shape, mask)


def check_spread(c: RuleContext, x: TensorSpec, *more: Dim) -> None:
    """Refuse a mask that does not broadcast to its tensor; `more` stands behind it.

    Raises:
        RuleError: broadcast-mismatch (GC404).
    """
    mask = mask_of(c, x)
    if mask is None or c.dialect == "keras3":
        return
    out = broadcast((*mask, *more), x.shape or ())
    if len(out) != len(x.shape or ()) or any(
        None not in (a, b) and a != b for a, b in zip(x.shape or (), out, strict=True)
    ):
        raise RuleError("GC404", f"cannot spread a mask of {show(mask)} over {show(x.shape)}", inputs=(0,))


def check_steps(c: RuleContext, x: TensorSpec, outputs: Sequence[Shape]) -> None:
    """Refuse a mask of steps that does not choose between what one step gives: output and states, batch first.

    Source: tf_keras, `backend.rnn`, `_expand_mask`.

    Raises:
        RuleError: broadcast-mismatch (GC404), unknown-size (GC408).
    """
    mask = mask_of(c, x)
    if mask is None or c.dialect == "keras3" or len(mask) < 3:
        return
    step = (mask[0], *mask[2:])
    for out in outputs:
        if None in out[len(step) :]:
            says = f"spreads a mask of {show(mask)} over {show(out)}, and needs its sizes"
            raise RuleError("GC408", says, "give the input sizes, or no mask", inputs=(0,))
        for one, other in zip(step[1:], out[1:], strict=False):
            if None not in (one, other) and one != other and 1 not in (one, other):
                says = f"chooses by a mask of {show(step)} between values of {show(out)}"
                raise RuleError("GC404", says, "mask whole steps: use Masking before there are more axes", inputs=(0,))


def no_mask(c: RuleContext, *inputs: Any) -> None:
    """Refuse a mask, where tf_keras hands it to what has no argument for it.

    Raises:
        RuleError: unknown-argument (GC202).
    """
    if c.dialect == "keras2" and passes(c, *inputs) is not None:
        raise RuleError("GC202", "hands a mask to its cells, which take none", "put no Masking before it", inputs=(0,))
