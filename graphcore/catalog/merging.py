"""Layers that merge a list of tensors: Add, Concatenate, Dot and their kin."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NoReturn

from ..model import JSON
from ..shapes import Dim, RuleError, Shape, TensorSpec, broadcast, show, size
from .dtypes import divided
from .masks import ends, joined, of_all
from .params import flag, integer
from .rules import all_sparse
from .spec import BadValue, Dynamic, Many, OldKinds, OpDef, Param, Rule, RuleContext, Taken, autocast, entries


def _merged_shape(c: RuleContext, xs: Sequence[TensorSpec]) -> Shape:
    """The batch size that all share, and the rest broadcast from the right.

    Keras 3 states the shape by its own rule, where unknown with 8 is unknown; Keras 2 runs TensorFlow's, where it is 8.
    """
    first = xs[0].shape
    assert first is not None
    if all(x.shape == first for x in xs):
        if first or c.dialect == "keras2":
            return first
        raise RuleError("GC403", "needs a batch axis, gets ()", inputs=(0,))
    shapes = [x.shape or () for x in xs]
    if c.dialect == "keras3" and () in shapes:
        raise RuleError("GC403", "needs a batch axis, gets ()", inputs=(shapes.index(()),))
    batch = _merged_batch(c, shapes)
    merged = shapes[0][1:]
    try:
        for shape in shapes[1:]:
            if merged != shape[1:]:
                merged = _combine(c, merged, shape[1:])
    except RuleError:
        _blame(shapes)
    if c.dialect == "keras2":
        return _as_tensorflow(shapes)
    return (batch, *merged)


def _merged_said(c: RuleContext, xs: Sequence[TensorSpec]) -> Shape:
    """What Keras 2 says of a merge that it does not run: as Keras 3, but for batches that differ.

    Source: tf_keras, `_Merge.compute_output_shape`.
    """
    shapes = [x.shape or () for x in xs]
    batches = {shape[0] for shape in shapes if shape} - {None}
    merged = shapes[0][1:]
    for shape in shapes[1:]:
        merged = _combine_known(merged, shape[1:])
    return (batches.pop() if len(batches) == 1 else None, *merged)


def _merged_batch(c: RuleContext, shapes: Sequence[Shape]) -> Dim:
    """The batch size of all. A layer of Keras 3 compares them when it is built; later they differ, and it has none."""
    batch: Dim = None
    for i, shape in enumerate(shapes):
        if not shape or shape[0] is None or shape[0] == batch:
            continue
        if batch is not None:
            if c.dialect == "keras3" and c.first:
                return None
            other = next(k for k, s in enumerate(shapes) if s and s[0] == batch)
            raise _differ(shapes, other, i, 0)
        batch = shape[0]
    return batch


def _combine(c: RuleContext, a: Shape, b: Shape) -> Shape:
    return broadcast(a, b) if c.dialect == "keras2" else _combine_known(a, b)


def _combine_known(a: Shape, b: Shape) -> Shape:
    """As Keras states it where it does not run the merge: a size that one does not know nobody knows."""
    if len(a) < len(b):
        a, b = b, a
    head = len(a) - len(b)
    out = list(a)
    for i, j in enumerate(b, head):
        if out[i] is None or j is None:
            out[i] = None
        elif out[i] == 1:
            out[i] = j
        elif j != 1 and out[i] != j:
            raise RuleError("GC404", f"cannot combine {show(a)} with {show(b)}")
    return tuple(out)


def _as_tensorflow(shapes: Sequence[Shape]) -> Shape:
    """Lower ranks filled up behind the batch axis, then TensorFlow's broadcast."""
    rank = max(map(len, shapes))
    merged: Shape | None = None
    for shape in shapes:
        full = (*shape[:1], *(1,) * (rank - len(shape)), *shape[1:])
        merged = full if merged is None else broadcast(merged, full)
    return merged or ()


def _blame(shapes: Sequence[Shape]) -> NoReturn:
    """Names the first two inputs that clash, and the axis.

    Raises:
        RuleError: broadcast-mismatch (GC404), always.
    """
    seen: dict[int, tuple[int, int]] = {}  # axis from the right → size, input
    for i, shape in enumerate(shapes):
        for back, dim in enumerate(reversed(shape[1:]), 1):
            if dim is None or dim == 1:
                continue
            known, at = seen.setdefault(back, (dim, i))
            if known != dim:
                raise _differ(shapes, at, i, -back)
    raise RuleError("GC404", f"cannot combine {' with '.join(map(show, shapes))}")


def _differ(shapes: Sequence[Shape], i: int, j: int, axis: int, verb: str = "combine") -> RuleError:
    """Two inputs of different size on an axis, which counts from the right where it is negative."""
    a, b = shapes[i], shapes[j]
    says = f"cannot {verb} {show(a)} with {show(b)}"
    sizes, at = [a[axis], b[axis]], [axis % len(a), axis % len(b)]
    if at[0] == at[1]:
        hint = f"make axis {at[0]} equal: input {i} has {sizes[0]}, input {j} has {sizes[1]}"
        return RuleError("GC404", says, hint, inputs=(i, j), data={"axis": at[0], "sizes": sizes})
    hint = f"make axis {at[0]} of input {i} ({sizes[0]}) and axis {at[1]} of input {j} ({sizes[1]}) equal"
    return RuleError("GC404", says, hint, inputs=(i, j), data={"axes": at, "sizes": sizes})


def _merged_dtype(c: RuleContext, xs: Sequence[TensorSpec]) -> str | None:
    """Keras 3 states the layer's compute dtype, whatever comes in; Keras 2 takes one dtype only."""
    if c.dialect == "keras3":
        return c.compute_dtype
    first: str | None = None
    for i, x in enumerate(xs):
        dtype = autocast(c, x.dtype)
        if dtype is None:
            return None
        if first is None:
            first = dtype
        elif dtype != first:
            raise RuleError("GC409", f"cannot combine {first} with {dtype}", "cast one of them", inputs=(0, i))
    return first


def _without(*dtypes: str) -> Rule:
    """The dtype that all have, but those that TensorFlow's operation refuses: Keras 2 runs it, Keras 3 does not."""

    def rule(c: RuleContext, xs: Sequence[TensorSpec]) -> str | None:
        dtype = _merged_dtype(c, xs)
        if c.dialect == "keras2" and dtype in dtypes:
            raise RuleError("GC409", f"cannot take {dtype}", "cast the inputs to a float", inputs=(0,))
        return dtype

    return rule


_NO_BOOL, _NO_TEXT, _NO_BOOL_OR_TEXT = _without("bool"), _without("string"), _without("bool", "string")
_ORDERED = _without("bool", "string", "complex64", "complex128")


def _multiplied_dtype(c: RuleContext, xs: Sequence[TensorSpec]) -> str | None:
    """TensorFlow's `*` is a logical and where one of them is a truth, and takes numbers for truths."""
    dtypes = [x.dtype or "" for x in xs]
    if c.dialect == "keras2" and "bool" in dtypes and "string" not in dtypes:
        return "bool"
    dtype: str | None = _NO_TEXT(c, xs)
    return dtype


def _average_dtype(c: RuleContext, xs: Sequence[TensorSpec]) -> str | None:
    dtype: str | None = _NO_BOOL_OR_TEXT(c, xs)
    return dtype if c.dialect == "keras3" or dtype is None else divided(dtype)


def _merge(cls: str, dtype: Rule, doc: str, *, exactly: int | None = None) -> OpDef:
    return OpDef(
        f"layers.{cls}",
        inputs=Many(exactly or 1, exactly),
        kind=all_sparse,
        old_kinds=OldKinds(ragged="kept"),
        shape=_merged_shape,
        dtype=dtype,
        dynamic=Dynamic(_merged_said),
        mask=of_all,
        group="merging",
        doc=doc,
    )


ELEMENTWISE = (
    _merge("Add", _NO_BOOL, "[(batch, …), …] → (batch, …), the sum of all"),
    _merge(
        "Subtract", _NO_BOOL_OR_TEXT, "[(batch, …), (batch, …)] → (batch, …), the first without the second", exactly=2
    ),
    _merge("Multiply", _multiplied_dtype, "[(batch, …), …] → (batch, …), the product of all"),
    _merge("Average", _average_dtype, "[(batch, …), …] → (batch, …), the mean of all"),
    _merge("Maximum", _ORDERED, "[(batch, …), …] → (batch, …), the largest of all"),
    _merge("Minimum", _ORDERED, "[(batch, …), …] → (batch, …), the smallest of all"),
)


def _joined_shape(c: RuleContext, xs: Sequence[TensorSpec]) -> Shape:
    """Sizes add up along the axis; Keras 3 takes the others from the first input, Keras 2 from all that know them."""
    first = xs[0].shape or ()
    rank, axis = len(first), c.axis
    if c.dialect == "keras3" and c.first:
        return _joined_again(c, xs)
    for i, x in enumerate(xs):
        if len(x.shape or ()) != rank:
            says = f"cannot join {show(first)} with {show(x.shape)}: their ranks differ"
            raise RuleError("GC403", says, inputs=(0, i))
    if not -rank <= axis < rank:
        if c.dialect == "keras3" and 0 < rank <= axis and len(xs) == 1:
            return first
        says, hint = f"has axis {axis}, and its inputs have rank {rank}", f"choose an axis from {-rank} to {rank - 1}"
        raise RuleError("GC403", says, hint, arg="axis", inputs=(0,))
    axis %= rank
    known = list(first)
    total: Dim = 0
    for i, x in enumerate(xs):
        shape = x.shape or ()
        for k, dim in enumerate(shape):
            if k == axis or dim is None or dim == known[k]:
                continue
            if known[k] is not None:
                raise _cannot_join(xs, axis, k, known[k], i)
            known[k] = dim
        total = None if total is None or shape[axis] is None else total + shape[axis]
    out = known if c.dialect == "keras2" else list(first)
    out[axis] = total
    return tuple(out)


def _joined_again(c: RuleContext, xs: Sequence[TensorSpec]) -> Shape:
    """A layer that is built, or in Keras 2 is not run: Keras adds up along the axis, and looks at nothing else."""
    out = list(xs[0].shape or ())
    for i, x in enumerate(xs):
        shape = x.shape or ()
        if not -len(shape) <= c.axis < len(shape) and len(xs) > 1:
            says = f"has axis {c.axis}, and gets {show(shape)} of rank {len(shape)}"
            raise RuleError("GC403", says, arg="axis", inputs=(i,))
    for x in xs[1:]:
        one, other = out[c.axis], (x.shape or ())[c.axis]
        out[c.axis] = None if one is None or other is None else one + other
    return tuple(out)


def _cannot_join(xs: Sequence[TensorSpec], axis: int, k: int, size_: Dim, i: int) -> RuleError:
    other = next(j for j, x in enumerate(xs) if x.shape is not None and x.shape[k] == size_)
    a, b = xs[other].shape or (), xs[i].shape or ()
    return RuleError(
        "GC404",
        f"cannot join {show(a)} with {show(b)} along axis {axis}",
        f"make axis {k} equal: input {other} has {a[k]}, input {i} has {b[k]}",
        inputs=(other, i),
        data={"axis": k, "sizes": [a[k], b[k]]},
    )


CONCATENATE = OpDef(
    "layers.Concatenate",
    params=(integer("axis", -1, doc="The axis along which sizes add up."),),
    inputs=Many(1),
    kind=all_sparse,
    old_kinds=None,
    shape=_joined_shape,
    dtype=_merged_dtype,
    dynamic=Dynamic(_joined_again),
    mask=joined,
    group="merging",
    doc="[(batch, …, a), (batch, …, b)] → (batch, …, a + b)",
)


_AXES = "a whole number, or a list of two"


def _read_axes(value: JSON) -> int | tuple[int, int]:
    if type(value) is int:
        return value
    if isinstance(value, bool):
        raise Taken(_AXES, int(value))
    if not isinstance(value, (list, tuple)) or len(value) != 2 or not all(isinstance(i, int) for i in value):
        raise BadValue(_AXES)
    if bool in map(type, value):
        raise Taken(_AXES, tuple(map(int, value)))
    return (value[0], value[1])


def _dotted_axes(c: RuleContext, a: Shape, b: Shape) -> tuple[int, int]:
    """The two axes, counted from the front. A single negative one is taken as a remainder, as Keras does.

    Raises:
        RuleError: rank-mismatch (GC403).
    """
    both = (c.axes, c.axes) if isinstance(c.axes, int) else c.axes
    out = []
    for i, (axis, shape) in enumerate(zip(both, (a, b), strict=True)):
        rank = len(shape)
        if axis < 0 < rank and isinstance(c.axes, int):
            axis %= rank
        if not -rank <= axis < rank:
            raise RuleError("GC403", f"has axis {axis}, and {show(shape)} has none", arg="axes", inputs=(i,))
        out.append(axis % rank)
    return out[0], out[1]


def _dot_shape(c: RuleContext, xs: Sequence[TensorSpec]) -> Shape:
    """Keras 3 states the shape and looks at neither batch; Keras 2 runs the product, which needs both."""
    a, b = xs[0].shape or (), xs[1].shape or ()
    i, j = _dotted_axes(c, a, b)
    is_built = c.dialect == "keras3" and c.first  # it then only takes the sizes away
    if a[i] != b[j] and not is_built:  # an unknown size with a known one is refused too
        hint = f"make axis {i} of input 0 and axis {j} of input 1 equal"
        says = f"cannot multiply {show(a)} with {show(b)} along axes {i} and {j}: {a[i]} and {b[j]}"
        raise RuleError("GC405", says, hint, inputs=(0, 1), data={"axes": [i, j], "sizes": [a[i], b[j]]})
    rest = [*b[:j], *b[j + 1 :]]
    if c.dialect == "keras2":
        batch = _dotted_batch(a, b, i, j)
        out = (batch, *a[1:i], *a[i + 1 :], *rest[1:])
    elif not rest:
        raise RuleError("GC403", f"needs rank 2 at least, gets {show(b)}", inputs=(1,))
    else:
        out = (*a[:i], *a[i + 1 :], *rest[1:])
    return (*out, 1) if len(out) == 1 else out


def _dot_said(c: RuleContext, xs: Sequence[TensorSpec]) -> Shape:
    """What Keras 2 says of a product that it does not run: it takes axes away."""
    a, b = list(xs[0].shape or ()), list(xs[1].shape or ())
    i, j = _dotted_axes(c, tuple(a), tuple(b))
    if len(b) < 2:
        raise RuleError("GC403", f"needs rank 2 at least, gets {show(tuple(b))}", inputs=(1,))
    del a[i], b[j], b[:1]
    return (*a, *b) if len(a) + len(b) != 1 else (*a, *b, 1)


def _dotted_batch(a: Shape, b: Shape, i: int, j: int) -> Dim:
    for k, (shape, axis) in enumerate(((a, i), (b, j))):
        if len(shape) < 2:
            raise RuleError("GC403", f"needs rank 2 at least, gets {show(shape)}", inputs=(k,))
        if axis == 0:
            raise RuleError("GC204", "cannot multiply along axis 0, the batch", arg="axes", inputs=(k,))
    if a[0] is not None and b[0] is not None and a[0] != b[0]:
        raise _differ((a, b), 0, 1, 0)
    if {a[0], b[0]} == {1, None}:
        return None  # one broadcasts to the other
    return a[0] if b[0] is None else b[0]


def _dot_cost(c: RuleContext, xs: Sequence[TensorSpec], y: Shape) -> Dim:
    a, b = xs[0].shape or (), xs[1].shape or ()
    i, _ = _dotted_axes(c, a, b)
    return size((*y[1:], a[i]))


_DOTTED = _without("bool", "string", "int8")


def _dot_dtype(c: RuleContext, xs: Sequence[TensorSpec]) -> str | None:
    """That of both inputs; Keras 2 scales floats only."""
    dtype: str | None = _DOTTED(c, xs)
    if c.dialect == "keras2" and c.normalize and dtype is not None and "int" in dtype:
        raise RuleError("GC409", f"cannot normalize {dtype}", "cast the inputs to float32", inputs=(0, 1))
    return dtype


DOT = OpDef(
    "layers.Dot",
    params=(
        Param(
            "axes",
            _read_axes,
            {
                "anyOf": [
                    {"type": "integer"},
                    {"type": "array", "items": {"type": "integer"}, "minItems": 2, "maxItems": 2},
                ]
            },
            required=True,
            doc="The axis of each input along which products are summed.",
        ),
        flag("normalize", doc="Scale both to length 1 first: the cosine of the angle."),
    ),
    inputs=Many(2, 2),
    kind=all_sparse,
    shape=_dot_shape,
    dynamic=Dynamic(_dot_said),
    dtype=_dot_dtype,
    cost=_dot_cost,
    mask=ends,
    group="merging",
    doc="[(batch, a, k), (batch, b, k)] → (batch, a, b) with axes=2",
)

ENTRIES = entries(ELEMENTWISE, (CONCATENATE, DOT))
