"""Layers that move values without computing: Reshape, Flatten, Permute, RepeatVector."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import replace

from ..model import JSON
from ..shapes import RuleError, Shape, TensorSpec, fill_in, show, size
from .params import data_format
from .rules import exact_rank, kept_sparse
from .spec import BadValue, Dynamic, OldKinds, One, OpDef, Param, RuleContext, Taken, compute_dtype, of_rank, same_dtype


def numbers(shape: Shape | tuple[int, ...]) -> str:
    """The product of sizes, with separators for thousands.

    >>> numbers((7, 7, 256))
    '12,544'
    """
    return f"{size(shape):,}"


def no_fit(target: Shape, given: Shape, sample: Shape) -> RuleError:
    """The refusal to reshape `given`, of whose axes `sample` are to be spread over `target`."""
    says = f"cannot make {show(target)} from {show(given)}: {_why(target, sample)}"
    facts = {"needs": size(target), "gets": size(sample)} if given and -1 not in target else {}
    many = numbers(sample)
    hint = f"choose sizes whose product is {many}, or write -1 for one of them"
    if -1 in target:
        hint = f"choose sizes whose product divides {many}"
    return RuleError("GC406", says, hint if given else None, inputs=(0,), data=facts)


def _why(target: Shape, sample: Shape) -> str:
    if -1 in target:
        rest = tuple(dim for dim in target if dim != -1)
        return f"{numbers(sample)} values a sample are no multiple of {numbers(rest)}"
    return f"it needs {numbers(target)} values a sample and gets {numbers(sample)}"


def _reshaped(c: RuleContext, x: TensorSpec) -> Shape:
    batch, *rest = x.shape or (None,)
    sample, target = tuple(rest), c.target_shape
    if None in sample or None in target:
        if c.dialect == "keras2":
            _may_fit(target, x.shape or (), sample)
        return (batch, *(None if dim == -1 else dim for dim in target))
    _one_unknown(c, target)
    shape = fill_in(tuple(-1 if dim is not None and dim < 0 else dim for dim in target), size(sample))
    if shape is None:
        raise no_fit(target, x.shape or (), sample)
    return (batch, *shape)


def _may_fit(target: Shape, given: Shape, sample: Shape) -> None:
    """What TensorFlow sees before it runs: known sizes that cannot divide."""
    if min((dim for dim in target if dim is not None), default=0) < -1:
        raise RuleError("GC204", f"cannot make {show(target)} of unknown sizes", arg="target_shape")
    if given[0] is None or -1 in target or sample.count(None) != 1:
        return
    needed, known = math.prod(d or 0 for d in (given[0], *target)), math.prod(d for d in given if d is not None)
    if known == 0 or needed % known:
        raise RuleError("GC406", f"cannot make {show(target)} from {show(given)}: sizes do not divide", inputs=(0,))


def _one_unknown(c: RuleContext, target: Shape) -> None:
    if sum(dim is not None and dim < 0 for dim in target) > 1:
        raise RuleError("GC204", f"has more than one unknown size in target_shape: {show(target)}", arg="target_shape")


_TARGET = "a list of whole numbers"


def _read_target(value: JSON) -> Shape:
    """What is no number is an unknown size to Keras 3: each letter of a text, each key of an object."""
    if isinstance(value, (str, dict)):
        raise Taken(_TARGET, (None,) * len(value))
    return _read_old_target(value)


def _read_old_target(value: JSON) -> Shape:
    if not isinstance(value, (list, tuple)):
        raise BadValue(_TARGET)
    return tuple(int(dim) if isinstance(dim, int) else None for dim in value)


def _known_target(c: RuleContext) -> Iterator[RuleError]:
    target = c.target_shape
    if c.dialect == "keras2":
        if None in target:
            says, hint = "needs whole numbers in target_shape", "write -1 for one unknown size"
            yield RuleError("GC204", says, hint, arg="target_shape")
    elif target.count(-1) > 1 or any(dim is not None and dim < -1 for dim in target):
        says = f"needs sizes in target_shape, at most one of them -1, gets {show(target)}"
        yield RuleError("GC204", says, arg="target_shape")


RESHAPE = OpDef(
    "layers.Reshape",
    params=(
        Param(
            "target_shape",
            _read_target,
            {"type": "array", "items": {"type": ["integer", "null"], "minimum": -1}},
            required=True,
            old=_read_old_target,
            doc="The sizes of a sample; -1 stands for what is left.",
        ),
    ),
    inputs=One(min_rank=1),
    kind=kept_sparse,
    old_kinds=OldKinds(ragged="dense"),
    shape=_reshaped,
    checks=_known_target,
    mask=None,
    group="reshaping",
    doc="(batch, …) → (batch, *target_shape)",
)


def _flat(c: RuleContext, x: TensorSpec) -> Shape:
    batch, *rest = x.shape or (None,)
    many = None if None in rest else size(rest)
    if c.dialect == "keras2" and many == 0:  # TensorFlow makes [-1, 0] of it, and no values tell how many rows
        batch = None
    return (batch, many)


FLATTEN = OpDef(
    "layers.Flatten",
    params=(data_format(),),
    inputs=One(min_rank=1),
    old_unranked=of_rank(2),
    kind=kept_sparse,
    shape=_flat,
    mask=None,
    group="reshaping",
    doc="(batch, a, b, …) → (batch, a * b * …)",
)


def _read_dims(value: JSON) -> tuple[int, ...]:
    wanted = "the axes from 1 on, each once"
    if value in ("", {}):
        raise Taken(wanted, ())
    if not isinstance(value, (list, tuple)) or any(type(i) is not int for i in value):
        raise BadValue(wanted)
    if sorted(value) != list(range(1, len(value) + 1)):
        raise BadValue(wanted)
    return tuple(value)


def _permuted(c: RuleContext, x: TensorSpec) -> Shape:
    shape = x.shape or ()
    is_fixed = c.dialect == "keras2" or not c.first  # Keras 3 asks a nested model again without a look
    if len(shape) < len(c.dims) + 1 or (is_fixed and len(shape) != len(c.dims) + 1):
        raise RuleError(
            "GC403",
            f"needs rank {len(c.dims) + 1} for dims {show(c.dims)}, gets {show(shape)} of rank {len(shape)}",
            f"name each axis behind the batch once: 1 to {len(shape) - 1}",
        )
    return (shape[0], *(shape[i] for i in c.dims))


def _permuted_said(c: RuleContext, x: TensorSpec) -> Shape:
    """What Keras 2 says of a layer that it does not run: the axes that dims do not name stay where they are."""
    shape = x.shape or ()
    return (*_permuted(c, replace(x, shape=shape[: len(c.dims) + 1])), *shape[len(c.dims) + 1 :])


PERMUTE = OpDef(
    "layers.Permute",
    params=(
        Param(
            "dims",
            _read_dims,
            {"type": "array", "items": {"type": "integer", "minimum": 1}},
            required=True,
            doc="The order of the axes behind the batch: (2, 1) swaps the first two.",
        ),
    ),
    inputs=One(min_rank=1),
    old_unranked=lambda c, x: (None,) * (len(c.dims) + 1),
    kind=kept_sparse,
    shape=_permuted,
    dynamic=Dynamic(_permuted_said),
    keeps=lambda c, x: (None,) * (len(c.dims) + 1),
    mask=None,
    group="reshaping",
    doc="(batch, a, b) → (batch, b, a) with dims=(2, 1)",
)


def _read_times(value: JSON) -> int:
    if not isinstance(value, int):
        raise BadValue("a whole number above 0")
    return value


def _above_zero(c: RuleContext) -> Iterator[RuleError]:
    if c.dialect == "keras3" and (c.n <= 0 or isinstance(c.n, bool)):
        yield RuleError("GC204", f"cannot repeat {c.n} times", "give n a whole number above 0", arg="n")


def _repeated(c: RuleContext, x: TensorSpec) -> Shape:
    if len(x.shape or ()) < 2 or c.dialect == "keras2":
        exact_rank(x, 2)
    batch, width = (x.shape or ())[:2]  # Keras 3 forgets further axes where it asks a nested model again
    times = int(c.n) if isinstance(c.n, bool) else c.n
    return (batch, times if times >= 0 else None, width)  # tf_keras builds a negative n, and fails when it runs


def _repeated_said(c: RuleContext, x: TensorSpec) -> Shape:
    """What Keras 2 says of a layer that it does not run."""
    if c.n < 0:
        raise RuleError("GC204", f"cannot repeat {c.n} times", "give n a whole number above 0", arg="n")
    if len(x.shape or ()) < 2:
        exact_rank(x, 2)
    batch, width = (x.shape or ())[:2]
    return (batch, int(c.n), width)


def _repeated_dtype(c: RuleContext, x: TensorSpec) -> str | None:
    return compute_dtype(c) if c.dialect == "keras3" else same_dtype(c, x)


REPEAT_VECTOR = OpDef(
    "layers.RepeatVector",
    params=(Param("n", _read_times, {"type": "integer", "minimum": 1}, required=True, doc="How often."),),
    inputs=One(rank=2),
    old_kinds=OldKinds(ragged="kept"),
    shape=_repeated,
    dynamic=Dynamic(_repeated_said),
    dtype=_repeated_dtype,
    checks=_above_zero,
    mask=None,
    group="reshaping",
    doc="(batch, width) → (batch, n, width)",
)

ENTRIES = (RESHAPE, FLATTEN, PERMUTE, REPEAT_VECTOR)
