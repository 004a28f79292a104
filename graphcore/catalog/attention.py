"""Attention: MultiHeadAttention and its kin."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from string import ascii_letters
from typing import Any

from ..diagnostics import shown
from ..model import JSON
from ..shapes import Dim, RuleError, Shape, TensorSpec, broadcast, show, unify
from .initializers import check_made
from .masks import masks_of, of_query
from .params import (
    KERAS2,
    KERAS3,
    anything,
    flag,
    integer,
    kernel_and_bias,
    never_null,
    number,
    one_of,
    pos_int,
    read_old_rate,
    strict,
)
from .quantization import by_letters, kernel_weights
from .rules import known, needs_float, plus, times
from .spec import (
    AS_IT_COMES,
    BadValue,
    Call,
    Many,
    OldKinds,
    OpDef,
    Param,
    RuleContext,
    Taken,
    WeightSpec,
    needs_rank,
    stays_unranked,
)


def _optional_size(name: str, doc: str = "", *, least: int = 1, **more: Any) -> Param:
    def read(value: JSON) -> int | None:
        if value is True:
            raise Taken("a whole number above 0, or null", 1)
        if value is not None and (type(value) is not int or value < least):
            raise BadValue("a whole number above 0, or null")
        return value

    return Param(name, read, {"type": ["integer", "null"], "minimum": 1}, doc=doc, **more)


def _some_sizes(name: str, least: int | None, doc: str = "") -> Param:
    """A whole number or a list of them, read as a tuple; null and nothing are None."""

    def read(value: JSON) -> tuple[int, ...] | None:
        listed = (value,) if type(value) is int and (value or least is None) else value
        if not listed:
            return None
        if value is True:
            raise Taken("a whole number, a list of them, or null", (1,))
        if not isinstance(listed, (list, tuple)) or any(type(i) is not int for i in listed):
            raise BadValue("a whole number, a list of them, or null")
        if least is not None and min(listed) < least:
            raise BadValue("sizes above 0")
        return tuple(listed)

    return Param(name, read, {"anyOf": [{"type": ["integer", "null"]}, {"type": "array"}]}, doc=doc)


def _axes_that_attend() -> Param:
    """Truths count as axes; Keras 2 refuses none at all."""
    plain = _some_sizes("attention_axes", None, "The axes that attend to each other; all in between where null.")

    def read(value: JSON) -> tuple[int, ...] | None:
        if isinstance(value, bool):
            raise Taken("a whole number, a list of them, or null", (int(value),))
        found: tuple[int, ...] | None = plain.read(value)
        return found

    def read_old(value: JSON) -> tuple[int, ...] | None:
        if value in ("", [], {}):
            raise BadValue("a whole number, a list of them, or null")
        return read(value)

    return replace(plain, read=read, old=read_old)


def _read_shape(value: JSON) -> Shape | None:
    """A shape as tf_keras writes it: a list, or an object with `items`."""
    if isinstance(value, dict):
        value = value.get("items", value.get("config"))
    if value is None:
        return None
    if not isinstance(value, (list, tuple)) or any(dim is not None and type(dim) is not int for dim in value):
        raise Taken("a shape or null", None)  # tf_keras looks where all three are there
    return tuple(value)


def _read_shape_or_none(value: JSON) -> Shape | None:
    try:
        return _read_shape(value)
    except Taken:
        return None


def _memorized(name: str) -> Param:
    return Param(
        name,
        _read_shape,
        {"type": ["array", "object", "null"]},
        required=True,
        only=KERAS2,
        doc="The shape that Keras 2 remembers for the weights.",
    )


def _shapes(query: TensorSpec, value: TensorSpec, key: TensorSpec | None) -> tuple[Shape, Shape, Shape]:
    for name, given in (("query", query), ("value", value), ("key", key)):
        if not isinstance(given, TensorSpec) and (name != "key" or given is not None):
            raise RuleError("GC402", f"takes a tensor as {name}", f"connect a tensor to {name}")
    q, v = query.shape or (), value.shape or ()
    return q, v, v if key is None or key.shape is None else key.shape


def _heads_fit(c: RuleContext, q: Shape, v: Shape, k: Shape) -> None:
    """Refuse value and key of different lengths, and axes that are none.

    Raises:
        RuleError: sizes-differ (GC405), rank-mismatch (GC403).
    """
    least = 1 if c.dialect == "keras3" else 2
    for i, shape in enumerate((q, v, k)):
        if len(shape) < least:
            raise RuleError("GC403", f"needs rank {least} at least, gets {show(shape)}", inputs=(min(i, 1),))
    if v[1:-1] != k[1:-1] and (c.dialect == "keras3" or len(v) != len(k)):
        says = f"needs equal sizes of value and key but for the last, gets {show(v)} and {show(k)}"
        differ = [axis for axis in range(1, len(v) - 1) if len(v) == len(k) and v[axis] != k[axis]]
        data = {"axis": differ[0], "sizes": [v[differ[0]], k[differ[0]]]} if differ else {}
        raise RuleError("GC405", says, "make them equal, or leave key out: value is key then", inputs=(1, 2), data=data)


def _attention_axes(c: RuleContext, rank: int) -> tuple[int, ...]:
    """The axes that attend to each other, of projections of this rank (…, heads, size).

    Raises:
        RuleError: bad-value (GC204), there is no such axis.
    """
    if c.attention_axes is None:
        return tuple(range(1, rank - 2))
    axes = tuple(c.attention_axes)
    if c.dialect == "keras3":
        axes = tuple(axis if axis >= 0 else rank - 1 + axis for axis in axes)
    if any(not -rank <= axis < rank for axis in axes):
        says = f"has attention_axes {show(axes)}, and its inputs have rank {rank - 1}"
        raise RuleError("GC204", says, arg="attention_axes")
    return axes


def _rank_of_projections(c: RuleContext, value: TensorSpec) -> int:
    """What the axes that attend are counted by: in Keras 3 the value that the layer was built for."""
    built_for = c.first[1] if c.first and c.dialect == "keras3" else value
    return len((built_for if isinstance(built_for, TensorSpec) else value).shape or ()) + 1


def _is_remembered(c: RuleContext) -> bool:
    """Whether tf_keras builds the layer of what its file says, and not of what comes in."""
    return None not in (c.query_shape, c.value_shape, c.key_shape)


def _as_remembered(c: RuleContext, *shapes: Shape) -> None:
    """Refuse other ranks than Keras 2 remembers, where it remembers all three: its products are made for them.

    Raises:
        RuleError: rank-mismatch (GC403).
    """
    remembered = (c.query_shape, c.value_shape, c.key_shape)
    if not _is_remembered(c):
        return
    for i, (name, said, shape) in enumerate(zip(("query", "value", "key"), remembered, shapes, strict=True)):
        if len(said) != len(shape):
            says = f"remembers a {name} of {show(said)}, and gets {show(shape)}"
            raise RuleError("GC403", says, f"set {name}_shape to null", arg=f"{name}_shape", inputs=(min(i, 1),))


def _attended(
    c: RuleContext,
    query: TensorSpec,
    value: TensorSpec,
    key: TensorSpec | None,
    attention_mask: TensorSpec | None,
    scores: Any,
    *_more: Any,
) -> Shape | list[Shape]:
    q, v, k = _shapes(query, value, key)
    _heads_fit(c, q, v, k)
    if c.dialect == "keras2":
        _as_remembered(c, q, v, k)
    axes = _attention_axes(c, _rank_of_projections(c, value))
    tail = c.output_shape or q[-1:]
    if c.dialect == "keras2":
        out, score = _einsum(c, q, v, k, axes, _places_left(c, q, v, attention_mask))
        if _is_remembered(c) and not c.output_shape:
            tail = (c.query_shape[-1],)
    elif scores and len(q) < 2:
        raise RuleError("GC403", f"needs rank 2 at least for scores, gets {show(q)}", inputs=(0,))
    else:
        out, score = q[:-1], (q[0], c.num_heads, *q[1:2] * 2)
    return [(*out, *tail), score] if scores else (*out, *tail)


def _einsum(
    c: RuleContext, q: Shape, v: Shape, k: Shape, axes: tuple[int, ...], mask: Shape | None
) -> tuple[Shape, Shape]:
    """What TensorFlow makes of the two products, sizes of one letter unified; without the last axis, and the scores."""
    if len(q) != len(v):
        raise RuleError("GC403", f"needs query and value of one rank, gets {show(q)} and {show(v)}", inputs=(0, 1))
    axes = tuple(axis % (len(v) + 1) for axis in axes)
    if not axes or len(set(axes)) < len(axes) or len(v) in axes:
        says = f"cannot attend along axes {show(axes)} of {show((*q[:-1], c.num_heads, c.key_dim))}"
        raise RuleError("GC204", says, arg="attention_axes", inputs=(0,))
    out, joint, last = [[*shape[:-1], c.num_heads] for shape in (q, k, v)]
    batch = [i for i in range(len(v)) if i not in axes]
    try:
        for i in batch:
            out[i] = unify(out[i], joint[i])
        score = (*(out[i] for i in batch), *(out[i] for i in axes), *(joint[i] for i in axes))
        for i in axes:
            unify(joint[i], last[i])
        for i in batch:
            out[i] = unify(out[i], last[i])
    except RuleError:
        says = f"cannot attend: query {show(q)}, value {show(v)}, key {show(k)}"
        raise RuleError("GC405", says, "make their batch sizes, and the lengths of value and key, equal") from None
    if mask is not None:
        score = broadcast(score, _over_heads(mask, len(score), axes))
    return tuple(out[:-1]), score


def _places_left(c: RuleContext, q: Shape, v: Shape, attention_mask: TensorSpec | None) -> Shape | None:
    """The mask that tf_keras puts over scores: the one that is given, and that of causes; masks of inputs do not come.

    Raises:
        RuleError: broadcast-mismatch (GC404), the two do not fit; missing-input (GC402), it is no tensor.
    """
    name = "attention_mask"
    if attention_mask is not None and not isinstance(attention_mask, TensorSpec):
        raise RuleError("GC402", f"takes a tensor as {name}", f"connect a tensor to {name}")
    given = None if attention_mask is None else attention_mask.shape
    if not c.call.get("use_causal_mask"):
        return given
    causes = (1, q[1], v[1])
    return causes if given is None else broadcast(given, causes)


def _over_heads(mask: Shape, rank: int, axes: tuple[int, ...]) -> Shape:
    """The mask with an axis of 1 for the heads, as TensorFlow's `expand_dims` puts it.

    Raises:
        RuleError: rank-mismatch (GC403), the mask has no room for all axes that attend.
    """
    at = len(mask) - 2 * len(axes)
    if at < 0 and len(mask) < rank:
        says = f"cannot spread a mask of {show(mask)} over scores of rank {rank}"
        raise RuleError("GC403", says, "give a mask of (batch, T, S), with all axes that attend", inputs=(0,))
    at = max(at, 0)
    return (*mask[:at], *(1,) * (rank - len(mask)), *mask[at:])


def _heads_masks(
    c: RuleContext,
    query: TensorSpec,
    value: TensorSpec,
    key: TensorSpec | None,
    attention_mask: TensorSpec | None,
    scores: Any,
    *_more: Any,
) -> list[Shape | None]:
    """The query's mask; and that of the scores, which tf_keras lets its Softmax put there."""
    mask = None
    if scores and c.dialect == "keras2":
        mask = _places_left(c, query.shape or (), value.shape or (), attention_mask)
    if mask is None:
        return [query.mask]
    rank = len(query.shape or ())
    axes = _attention_axes(c, len(value.shape or ()) + 1)
    return [query.mask, _over_heads(mask, rank - len(axes) + 2 * len(axes), axes)]


def _head_weights(
    c: RuleContext, query: TensorSpec, value: TensorSpec, key: TensorSpec | None, *_more: Any
) -> list[WeightSpec]:
    width = c.value_dim or c.key_dim
    found = [*_project(c, "query", query, c.num_heads, c.key_dim)]
    found += _project(c, "key", value if key is None else key, c.num_heads, c.key_dim)
    if c.dialect == "keras3" and c.use_gate:
        found += _project(c, "gate", query, c.num_heads, width)
    found += _project(c, "value", value, c.num_heads, width)
    tail = c.output_shape or (known(query, -1),)
    if c.dialect == "keras2" and _is_remembered(c) and not c.output_shape:
        tail = (c.query_shape[-1],)
    return [*found, *_merge(c, query, (c.num_heads, width), tail)]


def _project(c: RuleContext, name: str, x: TensorSpec, *sizes: int) -> list[WeightSpec]:
    """The variables of a dense step from the last axis to heads of a size."""
    free, letters = len(x.shape or ()) - 1, ascii_letters
    given, out = letters[: free + 1], letters[:free] + letters[free + 1 : free + 3]
    if not free:  # Keras 3 takes the only axis for the batch, which comes first of what goes out
        sizes = (known(x, 0), sizes[0])
    return _inside(c, name, (given, letters[free : free + 3], out), (known(x, -1), *sizes), sizes)


def _merge(c: RuleContext, query: TensorSpec, heads: tuple[int, int], tail: Shape) -> list[WeightSpec]:
    """The variables of the dense step from all heads to what comes out."""
    free, letters = len(query.shape or ()) - 1, ascii_letters
    kernel = letters[free : free + 2 + len(tail)]
    spread: Shape = ()
    if not free:  # here, too; and the size of a head is one axis more than the equation has
        size = known(query, 0)
        heads, tail, spread = (size, heads[0]), (size, *tail[:-1]), (1,)
    named = (letters[: free + 2], kernel, letters[:free] + kernel[2:])
    return _inside(c, "attention_output", named, (*heads, *tail), (*tail, *spread))


def _inside(c: RuleContext, name: str, letters: tuple[str, str, str], kernel: Shape, bias: Shape) -> list[WeightSpec]:
    """The variables of a dense step by an equation, under its name and of its own policy."""
    policy = c.policy.at(f"{c.layer.name}/{name}")
    how = policy.quantization
    found = kernel_weights(by_letters(*letters, kernel, how), how, bias if c.use_bias else None, [])
    dtype = None if policy.variable == c.variable_dtype else policy.variable
    return [w._replace(name=f"{name}/{w.name}", dtype=w.dtype or dtype) for w in found]


def _heads_cost(c: RuleContext, query: TensorSpec, value: TensorSpec, key: TensorSpec | None, *more: Any) -> Dim:
    q, v, k = _shapes(query, value, key)
    axes = _attention_axes(c, _rank_of_projections(c, value))
    width, heads = c.value_dim or c.key_dim, c.num_heads
    tail = c.output_shape or (q[-1],)
    long, pairs = times(*q[1:-1]), times(*q[1:-1], *(k[i] for i in axes if 0 < i < len(k) - 1))
    parts = (
        times(long, q[-1], heads, c.key_dim),
        times(*k[1:], heads, c.key_dim),
        times(*v[1:], heads, width),
        times(pairs, heads, c.key_dim + width),
        times(long, heads, width, *tail),
        times(long, q[-1], heads, width) if c.dialect == "keras3" and c.use_gate else 0,
    )
    return plus(*parts)


def _compute(c: RuleContext, query: TensorSpec, *more: Any) -> str:
    if c.dialect == "keras2":
        for x in (query, *more[:2]):
            if x is not None:
                needs_float(c, x)
    return c.compute_dtype


def _memory_fits(c: RuleContext) -> Iterator[RuleError]:
    names = ("query_shape", "value_shape", "key_shape")
    if all(c.said.get(name) is not None for name in names):
        for name in names:
            if _read_shape_or_none(c.said[name]) is None:
                yield RuleError("GC204", f"has {name} {shown(c.said[name])}; it takes a shape or null", arg=name)


def _above_zero(c: RuleContext) -> Iterator[RuleError]:
    yield from _seed_fits(c)
    if c.dialect == "keras3" and c.value_dim == 0:
        yield RuleError("GC204", "needs a whole number above 0, or null, as value_dim", arg="value_dim")
    if c.dialect == "keras2":
        yield from _memory_fits(c)
        if not isinstance(c.dropout, (int, float)):
            says = f"has dropout {shown(c.dropout)}, which fails as soon as data come"
            yield RuleError("GC210", says, "use a number from 0 to 1 for dropout", arg="dropout")
        for name in ("num_heads", "value_dim"):
            if getattr(c, name) == 0:
                says = f"has {name} 0, so that its kernels hold nothing and only biases come out"
                yield RuleError("GC210", says, "use a whole number above 0", arg=name)


_COUNTED = (
    # tf_keras builds kernels without elements.
    replace(pos_int("num_heads", doc="How many heads attend."), old=strict(integer("num_heads", least=0)).read),
    pos_int("key_dim", doc="The size of each head."),
)

_DROPOUT = replace(number("dropout", 0.0, least=0, most=1, inert=True), old=read_old_rate)
"""Keras makes a Dropout of it."""


def _kernel_and_bias() -> tuple[Param, ...]:
    """As any layer has them; Keras copies the initializers for the layers inside, and there is no copy of null."""
    return tuple(never_null(p) if p.name.endswith("_initializer") else p for p in kernel_and_bias())


MULTI_HEAD_ATTENTION = OpDef(
    "layers.MultiHeadAttention",
    unchecked=KERAS3,
    params=(
        *_COUNTED,
        _optional_size("value_dim", "The size of each head for value; key_dim where null.", least=0),
        _DROPOUT,
        flag("use_bias", True),
        _some_sizes("output_shape", 1, "The last sizes that come out; the query's last where null."),
        _axes_that_attend(),
        _optional_size("sliding_window", only=KERAS3),
        anything("flash_attention", only=KERAS3),
        *_kernel_and_bias(),
        flag("use_gate", only=KERAS3),
        anything("seed", only=KERAS3),
        flag("softmax_robust_masking", only=KERAS2),
        *map(_memorized, ("query_shape", "key_shape", "value_shape")),
    ),
    inputs=Call(
        "query",
        "value",
        "key?",
        "attention_mask?",
        "return_attention_scores?",
        "query_mask?",
        "value_mask?",
        "key_mask?",
    ),
    old_kinds=OldKinds(ragged="steps"),
    shape=_attended,
    dynamic=None,
    dtype=_compute,
    weights=_head_weights,
    mask=_heads_masks,
    cost=_heads_cost,
    checks=_above_zero,
    group="attention",
    doc="query (batch, T, d), value (batch, S, e) → (batch, T, d), with scores also (batch, heads, T, S)",
    delegates=True,
)

# Attention without heads


def _random() -> tuple[Param, ...]:
    """What random numbers begin with; Keras 3 makes a generator of it where there is a dropout."""
    return anything("seed"), anything("force_generator", only=KERAS2), anything("rng_type", only=KERAS2)


def _seed_fits(c: RuleContext) -> Iterator[RuleError]:
    if c.dialect == "keras3" and c.dropout > 0 and c.seed is not None and type(c.seed) is not int:
        yield RuleError("GC204", f"has seed {shown(c.seed)}; it takes a whole number or null", arg="seed")


def _three(xs: list[TensorSpec]) -> tuple[TensorSpec, TensorSpec, TensorSpec]:
    query, value = xs[0], xs[1]
    return query, value, xs[2] if len(xs) > 2 else value


def _looked_up(c: RuleContext, xs: list[TensorSpec]) -> Shape | list[Shape]:
    query, value, key = _three(xs)
    q, v, k = query.shape or (), value.shape or (), key.shape or ()
    wants_scores = bool(c.call.get("return_attention_scores"))
    if c.dialect == "keras2":
        out, scores = _looked_up_by_tensorflow(c, q, v, k, masks_of(c, xs))
        return [out, scores] if wants_scores else out
    masks = c.call.get("mask")
    if masks is not None and not isinstance(masks, (tuple, list)):
        says = "takes a list as mask: the query's and the value's"
        raise RuleError("GC402", says, "put the masks into a list", arg="mask")
    for i, shape in enumerate((q, v)):
        if not shape:
            raise RuleError("GC403", "needs rank 1 at least, gets ()", inputs=(i,))
    if wants_scores and len(k) < 2:
        raise RuleError("GC403", f"needs a key of rank 2 at least, gets {show(k)}", inputs=(len(xs) - 1,))
    return [(*q[:-1], v[-1]), (*q[:-1], k[-2])] if wants_scores else (*q[:-1], v[-1])


def _looked_up_by_tensorflow(
    c: RuleContext, q: Shape, v: Shape, k: Shape, masks: Sequence[Shape | None]
) -> tuple[Shape, Shape]:
    """Scores by a product of query and key, or by their sum; then a product with the value. Masks take part."""
    for i, shape in enumerate((q, v, k)):
        if len(shape) < 2:
            raise RuleError("GC403", f"needs rank 2 at least, gets {show(shape)}", inputs=(min(i, 1),))
    is_dot = c.layer.op.cls == "Attention" and c.score_mode == "dot"
    says = f"cannot attend: query {show(q)}, value {show(v)}, key {show(k)}"
    try:
        if is_dot:
            unify(q[-1], k[-1])
            scores: Shape = (*broadcast(q[:-2], k[:-2]), q[-2], k[-2])
        else:
            spread = broadcast((*q[:-1], 1, q[-1]), (*k[:-2], 1, *k[-2:]))
            scores = spread[:-1]
        if masks[1]:
            scores = broadcast(scores, (*masks[1][:-1], 1, masks[1][-1]))
        unify(scores[-1], v[-2])
        out: Shape = (*broadcast(scores[:-2], v[:-2]), scores[-2], v[-1])
        if masks[0]:
            out = broadcast(out, (*masks[0], 1))
    except RuleError:
        hint = "make the last sizes of query and key equal, and the lengths of value and key"
        raise RuleError("GC405", says, hint, inputs=(0, 1)) from None
    return out, scores


def _scale(c: RuleContext, xs: list[TensorSpec]) -> list[WeightSpec]:
    found = [WeightSpec("scale", ())] if c.use_scale else []
    return [*found, WeightSpec("concat_score_weight", ())] if c.score_mode == "concat" else found


def _additive_scale(c: RuleContext, xs: list[TensorSpec]) -> list[WeightSpec]:
    if not c.use_scale:
        return []
    if c.built and c.dialect == "keras2":
        return list(c.built)  # it spreads over later sums, and nothing holds those to it: `_additive` says which fit
    made = WeightSpec("scale", (known(xs[0] if c.dialect == "keras3" else xs[1], -1),))
    if c.dialect == "keras3":
        check_made(c, "glorot_uniform", made)
    return [made]


def _additive(c: RuleContext, xs: list[TensorSpec]) -> Shape | list[Shape]:
    """The scale spreads over the sums, whose last size it must have."""
    if c.dialect == "keras2" and c.use_scale:
        sums = [x.shape[-1] for x in (_three(xs)[0], _three(xs)[2]) if x.shape]
        width = known((c.first[0] if c.first else xs)[1], -1)
        if any(size not in (None, 1, width) for size in sums) and width != 1:
            shapes = ", ".join(show(x.shape) for x in xs)
            raise RuleError("GC405", f"cannot attend with a scale of {width}: {shapes}", inputs=(0, 1))
    return _looked_up(c, xs)


def _looked_up_cost(c: RuleContext, xs: list[TensorSpec], y: Shape) -> Dim:
    """A product of query and key, where scores are one, and a product of the scores and value."""
    query, value, key = (x.shape or () for x in _three(xs))
    if len(key) < 2 or not query:
        return None
    pairs = times(*query[1:-1], key[-2])
    scored = times(pairs, query[-1]) if c.layer.op.cls == "Attention" and c.score_mode == "dot" else 0
    return plus(scored, times(pairs, value[-1]))


def _list_dtype(c: RuleContext, xs: list[TensorSpec]) -> str:
    if c.dialect == "keras2":
        for x in xs[1:]:
            needs_float(c, x)
        return needs_float(c, xs[0])
    return c.compute_dtype


ATTENTION = OpDef(
    "layers.Attention",
    params=(
        flag("use_scale", doc="Whether scores are scaled by a weight."),
        one_of("score_mode", ("dot", "concat"), "dot"),
        number("dropout", 0.0),
        *_random(),
    ),
    inputs=Many(2, 3),
    old_unranked=stays_unranked,
    old_kinds=OldKinds(ragged="kept"),
    shape=_looked_up,
    dynamic=AS_IT_COMES,
    dtype=_list_dtype,
    weights=_scale,
    cost=_looked_up_cost,
    mask=of_query,
    checks=_seed_fits,
    group="attention",
    doc="[query (batch, T, d), value (batch, S, e), key (batch, S, d)] → (batch, T, e)",
)

ADDITIVE_ATTENTION = OpDef(
    "layers.AdditiveAttention",
    params=(
        flag("use_scale", True, doc="Whether each feature has a weight."),
        number("dropout", 0.0),
        *_random(),
    ),
    inputs=Many(2, 3),
    old_unranked=lambda c, xs: needs_rank(c) if c.use_scale else None,
    old_kinds=OldKinds(ragged="kept"),
    shape=_additive,
    dynamic=AS_IT_COMES,
    reuses=KERAS2,
    dtype=_list_dtype,
    weights=_additive_scale,
    cost=_looked_up_cost,
    mask=of_query,
    checks=_seed_fits,
    group="attention",
    doc="[query (batch, T, d), value (batch, S, d), key (batch, S, d)] → (batch, T, d)",
)


# Groups of heads that share key and value


def _grouped(
    c: RuleContext, query: TensorSpec, value: TensorSpec, key: TensorSpec | None, _mask: Any, scores: Any, *_more: Any
) -> Shape | list[Shape]:
    q, v, k = _shapes(query, value, key)
    for i, shape in enumerate((q, v, k)):
        if len(shape) != 3 and not (c.is_asked_only and len(shape) > 1):
            raise RuleError("GC403", f"needs rank 3, gets {show(shape)} of rank {len(shape)}", inputs=(min(i, 1),))
    if q[-1] != v[-1]:
        raise RuleError("GC405", f"needs query and value of one last size, gets {show(q)} and {show(v)}", inputs=(0, 1))
    if v[1:-1] != k[1:-1]:
        raise RuleError("GC405", f"needs value and key of one length, gets {show(v)} and {show(k)}", inputs=(1,))
    return [q, (q[0], c.num_query_heads, q[1], k[1])] if scores else q


def _grouped_weights(
    c: RuleContext, query: TensorSpec, value: TensorSpec, key: TensorSpec | None, *_more: Any
) -> list[WeightSpec]:
    shared = value if key is None else key
    found = [
        *_project(c, "query", query, c.num_query_heads, c.head_dim),
        *_project(c, "key", shared, c.num_key_value_heads, c.head_dim),
        *(_project(c, "gate", query, c.num_query_heads, c.head_dim) if c.use_gate else ()),
        *_project(c, "value", value, c.num_key_value_heads, c.head_dim),
    ]
    return [*found, *_merge(c, query, (c.num_query_heads, c.head_dim), (known(query, -1),))]


def _grouped_cost(c: RuleContext, query: TensorSpec, value: TensorSpec, key: TensorSpec | None, *_more: Any) -> Dim:
    q, v, k = _shapes(query, value, key)
    if not len(q) == len(v) == len(k) == 3:
        return None  # what is asked for its shape alone, and cannot run
    each, shared = c.num_query_heads * c.head_dim, c.num_key_value_heads * c.head_dim
    return plus(
        times(q[1], q[2], each * (3 if c.use_gate else 2)),  # query, gate, output
        times(k[1], k[2], shared),
        times(v[1], v[2], shared),
        times(q[1], k[1], 2 * each),
    )


def _heads_divide(c: RuleContext) -> Iterator[RuleError]:
    yield from _seed_fits(c)
    if c.num_query_heads % c.num_key_value_heads:
        says = f"has {c.num_query_heads} num_query_heads, no multiple of {c.num_key_value_heads} num_key_value_heads"
        yield RuleError(
            "GC205",
            says,
            "make the former a multiple of the latter",
            arg="num_query_heads",
            data={"beside": ["num_key_value_heads"]},
        )


GROUP_QUERY_ATTENTION = OpDef(
    "layers.GroupQueryAttention",
    params=(
        pos_int("head_dim", doc="The size of each head."),
        integer("num_query_heads", least=0, required=True, doc="How many heads ask."),
        pos_int("num_key_value_heads", doc="How many heads answer; each for a group of those that ask."),
        _DROPOUT,
        flag("use_bias", True),
        _optional_size("sliding_window"),
        anything("flash_attention"),
        *_kernel_and_bias(),
        flag("use_gate"),
        anything("seed"),
    ),
    inputs=MULTI_HEAD_ATTENTION.inputs,
    shape=_grouped,
    dtype=lambda c, *_inputs: c.compute_dtype,
    weights=_grouped_weights,
    cost=_grouped_cost,
    checks=_heads_divide,
    group="attention",
    aliases=("GroupedQueryAttention",),
    doc="query (batch, T, d), value (batch, S, d) → (batch, T, d), with scores also (batch, heads, T, S)",
    only=("keras3",),
    delegates=True,
)

ENTRIES = (MULTI_HEAD_ATTENTION, ATTENTION, ADDITIVE_ATTENTION, GROUP_QUERY_ATTENTION)
