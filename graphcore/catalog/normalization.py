"""Layers that normalize: over the batch, over features, over groups of channels."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from math import isfinite
from typing import Any

from ..diagnostics import shown
from ..model import JSON
from ..shapes import RuleError, Shape, TensorSpec, broadcast, show, size
from .masks import check_spread
from .params import KERAS2, KERAS3, anything, flag, integer, number, serialized, unread
from .rules import are_floats, computed_in, known, needs_float
from .spec import AS_IT_COMES, BadValue, OldKinds, One, OpDef, Param, RuleContext, Taken, WeightSpec, compute_dtype


def _axes(default: int = -1) -> Param:
    """One axis, or a list of them, which Keras 2 writes for one too; read as it stands."""

    def read(value: JSON) -> int | tuple[int, ...]:
        if isinstance(value, bool):
            raise Taken("an axis or a list of axes", int(value))
        if type(value) is int:
            return value
        if not isinstance(value, (list, tuple)) or any(not isinstance(axis, int) for axis in value):
            raise BadValue("an axis or a list of axes")
        if bool in map(type, value):
            raise Taken("an axis or a list of axes", tuple(map(int, value)))
        return tuple(value)

    def old(value: JSON) -> int | tuple[int, ...]:
        if value in ([], ()):
            raise BadValue("an axis or a list of axes")
        return read(value)

    return Param("axis", read, {"anyOf": [{"type": "integer"}, {"type": "array"}]}, default, old=old)


def _epsilon(default: float) -> Param:
    """What Keras 3 does not look at until data come, and Keras 2 adds."""
    plain = number("epsilon", default, inert=True)
    return replace(unread(plain), old=_or_list_of_one(plain.read))


def _or_list_of_one(read: Callable[[JSON], Any]) -> Callable[[JSON], Any]:
    """The same number, or a list of it alone, which TensorFlow spreads."""

    def read_either(value: JSON) -> Any:
        if isinstance(value, list) and len(value) == 1 and isinstance(value[0], (int, float)):
            raise Taken("a number", float(value[0]))
        return read(value)

    return read_either


def _axis_as_number() -> Param:
    """An axis, which Keras 3 makes a whole number, of a text too."""
    plain = _axes()

    def read(value: JSON) -> int | tuple[int, ...]:
        if isinstance(value, str) and _WHOLE.fullmatch(value.strip()):
            raise Taken("an axis or a list of axes", int(value))
        is_number = isinstance(value, float) and isfinite(value)
        return plain.read(int(value) if is_number else value)  # type: ignore[no-any-return]  # as read

    return replace(plain, read=read, old=plain.old or plain.read)


_WHOLE = re.compile(r"[+-]?[0-9]{1,9}")


def _listed(axis: int | tuple[int, ...]) -> tuple[int, ...]:
    return (axis,) if isinstance(axis, int) else axis


def _gamma_and_beta() -> tuple[Param, ...]:
    return (
        flag("center", True),
        flag("scale", True),
        serialized("beta_initializer", "zeros"),
        serialized("gamma_initializer", "ones"),
        serialized("beta_regularizer"),
        serialized("gamma_regularizer"),
        serialized("beta_constraint"),
        serialized("gamma_constraint"),
    )


def _both(c: RuleContext, shape: Shape) -> list[WeightSpec]:
    return [
        *([WeightSpec("gamma", shape)] if c.scale else []),
        *([WeightSpec("beta", shape)] if c.center else []),
    ]


def _no_axis(c: RuleContext, x: TensorSpec, axis: int) -> RuleError:
    rank = len(x.shape or ())
    return RuleError(
        "GC403",
        f"has axis {axis}, and its input {show(x.shape)} has rank {rank}",
        f"choose an axis from {-rank} to {rank - 1}" if rank else None,
        arg="axis",
        inputs=(0,),
    )


def _there(c: RuleContext, x: TensorSpec) -> Shape | None:
    """The input's shape, where it has all axes that the layer names."""
    rank = len(x.shape or ())
    axis = c.axis
    if isinstance(axis, int):
        if not -rank <= axis < rank:
            raise _no_axis(c, x, axis)
        return x.shape
    for one in axis:
        if not -rank <= one < rank:
            raise _no_axis(c, x, one)
    if c.dialect == "keras2" and len({one % rank for one in axis}) < len(axis):
        raise RuleError("GC205", f"has axis {list(axis)}, which names one twice", "name each axis once", arg="axis")
    return x.shape


# Over the batch


def _as_float(strict: Param) -> Param:
    """The same number, which Keras 3 also takes as a text that Python's `float` reads."""

    def read(value: JSON) -> Any:
        try:
            number_in_text = float(value) if isinstance(value, str) else None
        except ValueError:
            number_in_text = None
        if number_in_text is not None:
            raise Taken("a number", number_in_text)
        return strict.read(value)

    return replace(strict, read=read, old=strict.read)


def _momentum() -> Param:
    """A number, at which Keras 2 does not look."""
    strict = number("momentum", 0.99)

    def read_old(value: JSON) -> Any:
        try:
            return strict.read(value)
        except BadValue:
            raise Taken("a number", 0.99) from None

    return replace(_as_float(strict), old=read_old, inert=True)


def _added_epsilon() -> Param:
    """A number, or to Keras 2 a list of one."""
    plain = _as_float(number("epsilon", 1e-3, inert=True))
    read_old = _or_list_of_one(number("epsilon").read)

    def read_old_or_null(value: JSON) -> Any:
        if value is None:
            raise Taken("a number", 1e-3)
        return read_old(value)

    return replace(plain, old=read_old_or_null)


_CLIPPED = ("rmax", "rmin", "dmax")


def _renorm_clipping() -> Param:
    """Keras looks at it where `renorm` is true: at its keys, and never at their numbers."""
    schema: JSON = {"anyOf": [{"type": "object", "properties": {key: {} for key in _CLIPPED}}, {"type": "null"}]}
    return Param("renorm_clipping", lambda value: value, schema, inert=True)


def _clipping_fits(c: RuleContext) -> Iterator[RuleError]:
    said = c.renorm_clipping
    is_form = isinstance(said, dict) or (c.dialect == "keras2" and isinstance(said, (list, tuple)))
    if c.renorm and said and not (is_form and all(key in _CLIPPED for key in said)):
        wanted = "an object with rmax, rmin and dmax, or null"
        yield RuleError("GC204", f"has renorm_clipping {shown(said)}; it takes {wanted}", arg="renorm_clipping")


def _batch(name: str, aliases: tuple[str, ...] = (), **more: object) -> OpDef:
    return OpDef(
        f"layers.{name}",
        params=(
            _axis_as_number(),
            _momentum(),
            _added_epsilon(),
            *_gamma_and_beta(),
            serialized("moving_mean_initializer", "zeros"),
            serialized("moving_variance_initializer", "ones"),
            flag("renorm"),
            _renorm_clipping(),
            anything("renorm_momentum", 0.99),
            *((flag("synchronized"),) if name == "BatchNormalization" else ()),
            anything("fused", only=KERAS2),
            integer_or_null("virtual_batch_size"),
            anything("adjustment", only=KERAS2),
        ),
        inputs=One(min_rank=1),
        shape=_batch_shape,
        dtype=compute_dtype,
        filled=are_floats,
        dynamic=AS_IT_COMES,
        weights=_batch_weights,
        checks=_batch_checks,
        group="normalization",
        aliases=aliases,
        renamed={"beta_init": "beta_initializer", "gamma_init": "gamma_initializer", "mode": ""},
        keeps_rank=KERAS2 + KERAS3,
        reuses=KERAS2,
        doc="(batch, …, features) → (batch, …, features)",
        **more,  # type: ignore[arg-type]  # fields of OpDef by name
    )


def _batch_shape(c: RuleContext, x: TensorSpec) -> Shape | None:
    if c.dialect == "keras2" and c.first:
        return _with_weights_there_are(c, x, _is_fused(c, len(c.first[0].shape)))
    shape = _there(c, x)
    if c.dialect == "keras2":
        is_fused = _is_fused(c, len(shape or ()))
        if not is_fused and c.call.get("training") in (True, 1):  # else moving averages take its place
            check_spread(c, x, 1)
        _check_fused(c, x, _listed(c.axis), len(shape or ()))
        said = c.said.get("epsilon", 1e-3)
        if isinstance(said, list) if is_fused else said is None:
            raise RuleError("GC204", f"has epsilon {shown(said)}; it takes a number", arg="epsilon")
    return shape


def _with_weights_there_are(c: RuleContext, x: TensorSpec, is_fused: bool = False) -> Shape:
    """What a later call in tf_keras makes: it knows its axes by their numbers in the first one, and broadcasts.

    Source: tf_keras, `BatchNormalizationBase.call` and `LayerNormalization.call`, `_broadcast`.
    """
    assert c.first and c.built is not None
    shape, before = x.shape or (), c.first[0].shape
    rank = len(shape)
    axes = [axis % len(before) for axis in _listed(c.axis)]
    if max(axes) >= rank or (is_fused and rank != 4):
        says = f"normalizes axis {max(axes)} of {show(before)} from call 0, and gets {show(shape)}"
        raise RuleError("GC403", says, "use a second layer for inputs of another rank", inputs=(0,))
    if not c.built:
        return shape
    learned: Shape = c.built[0].shape
    is_split = c.said.get("virtual_batch_size") is not None
    if is_split:  # the batch into smaller ones, by a further axis of the input and of the weights
        learned = (learned[0], *learned[2:])
    wanted = tuple(shape[axis] if axis in axes else 1 for axis in range(rank))
    if is_fused:
        learned = tuple(learned[0] if axis in axes else 1 for axis in range(rank))
        is_fit = shape[axes[0]] in (None, *c.built[0].shape)
    elif len(learned) != rank and axes != [rank - 1]:
        is_fit = None not in wanted and size(learned) == size(wanted)
        learned = wanted
    else:
        is_fit = True
    out = broadcast(shape, learned) if is_fit else shape
    if not is_fit or len(out) != rank or any(old not in (None, new) for old, new in zip(shape, out, strict=True)):
        raise _misfit(c.built[0], shape)
    return shape if is_split else out


def _misfit(weight: WeightSpec, shape: Shape) -> RuleError:
    says = f"has a {weight.name} of {show(weight.shape)} from call 0, and gets {show(shape)}"
    hint = "share a layer only between inputs of the same size, or use a second layer"
    return RuleError("GC411", says, hint, inputs=(0,))


def _check_fused(c: RuleContext, x: TensorSpec, axes: tuple[int, ...], rank: int) -> None:
    """What tf_keras asks before it fuses, which it does by itself for images.

    Source: tf_keras, `BatchNormalizationBase._raise_if_fused_cannot_be_used` and `build`.
    """
    if c.fused and not _can_be_fused(c):
        raise RuleError(
            "GC205",
            f"cannot be fused with axis {list(axes)}",
            "set fused to null",
            arg="fused",
            data={"beside": ["axis"]},
        )
    if c.fused and rank not in (4, 5):
        says = f"needs rank 4 or 5 to be fused, gets {show(x.shape)} of rank {rank}"
        raise RuleError("GC403", says, "set fused to null", arg="fused", inputs=(0,))
    if _is_fused(c, rank) and rank == 4 and axes[0] % 4 not in (1, 3):
        says = f"has axis {axes[0]}, and is fused over axis 1 or 3 of {show(x.shape)} only"
        raise RuleError("GC403", says, "use axis 1 or 3, or set fused to false", arg="axis", inputs=(0,))


def _can_be_fused(c: RuleContext) -> bool:
    axes = _listed(c.axis)
    return (
        len(axes) == 1
        and axes[0] in (-4, -3, -1, 1, 3, 4)
        and not (c.renorm or c.virtual_batch_size)
        and c.compute_dtype in ("float16", "bfloat16", "float32")
    )


def _is_fused(c: RuleContext, rank: int) -> bool:
    return bool(c.fused) or (c.fused is None and _can_be_fused(c) and rank == 4 and not _is_synchronized(c))


def _is_synchronized(c: RuleContext) -> bool:
    return bool(c.said.get("synchronized")) or c.layer.op.cls == "SyncBatchNormalization"


def integer_or_null(name: str) -> Param:
    """A whole number above 0, or null; of Keras 2."""

    def read(value: JSON) -> int | None:
        if value is not None and (type(value) is not int or value <= 0):
            raise BadValue("a whole number above 0, or null")
        return value

    return Param(name, read, {"type": ["integer", "null"], "minimum": 1}, only=KERAS2)


def _batch_weights(c: RuleContext, x: TensorSpec) -> list[WeightSpec]:
    axis = c.axis
    shape = (known(x, axis),) if isinstance(axis, int) else _broadcast_shape(x, axis)
    if c.virtual_batch_size:
        full = _broadcast_shape(x, _listed(axis), always=True)
        shape = (full[0], 1, *full[1:])
    weights = _both(c, shape)
    weights.append(WeightSpec("moving_mean", shape, False))
    weights.append(WeightSpec("moving_variance", shape, False))
    if c.renorm:
        for name in ("moving_stddev", "renorm_mean", "renorm_stddev"):
            weights.append(WeightSpec(name, shape, trainable=False))
    if c.dialect == "keras2" and c.variable_dtype in ("float16", "bfloat16"):  # too short to gather means in
        return [weight._replace(dtype="float32") for weight in weights]
    return weights


def _broadcast_shape(x: TensorSpec, axes: tuple[int, ...], always: bool = False) -> tuple[int, ...]:
    """The sizes of these axes, 1 elsewhere; of one axis alone only its size.

    Source: tf_keras, `BatchNormalizationBase.build`.
    """
    if len(axes) == 1 and not always:
        return (known(x, axes[0]),)
    rank = len(x.shape or ())
    sizes = {axis % rank: known(x, axis) for axis in axes}
    return tuple(sizes.get(axis, 1) for axis in range(rank))


def _batch_checks(c: RuleContext) -> Iterator[RuleError]:
    yield from _clipping_fits(c)
    if c.dialect == "keras2" and c.said.get("virtual_batch_size") is not None and 0 in _listed(c.axis):
        says = "has virtual_batch_size, and normalizes axis 0, which is the batch"
        yield RuleError("GC205", says, "choose another axis", arg="axis", data={"beside": ["virtual_batch_size"]})
    if c.dialect == "keras3" and not isinstance(c.axis, int):
        hint = f"write {c.axis[0]}" if len(c.axis) == 1 else "use LayerNormalization for several axes"
        yield RuleError("GC204", f"has axis {list(c.axis)}; it takes one whole number", hint, arg="axis")


BATCH = _batch("BatchNormalization", ("BatchNormalizationV1", "BatchNormalizationV2"))
SYNC_BATCH = _batch("SyncBatchNormalization", only=KERAS2, palette=False)


# Over features


def _layer_weights(c: RuleContext, x: TensorSpec) -> list[WeightSpec]:
    axes = _listed(c.axis)
    if c.dialect == "keras2":
        return _both(c, tuple(known(x, axis) for axis in axes))
    shape = tuple(known(x, axis) for axis in sorted(axes))
    return [
        *([WeightSpec("gamma", shape)] if c.scale or c.rms_scaling else []),
        *([WeightSpec("beta", shape)] if c.center and not c.rms_scaling else []),
    ]


def _axes_of_numbers() -> Param:
    """Axes of which Keras 2 takes a truth for one alone: it slices by several."""
    plain = _axes()

    def old(value: JSON) -> Any:
        if isinstance(value, (list, tuple)) and len(value) > 1 and bool in map(type, value):
            raise BadValue("an axis or a list of axes")
        return (plain.old or plain.read)(value)

    return replace(plain, old=old)


LAYER = OpDef(
    "layers.LayerNormalization",
    unchecked=KERAS3,
    params=(
        _axes_of_numbers(),
        unread(number("epsilon", 1e-3, inert=True)),
        *_gamma_and_beta(),
        flag("rms_scaling", only=KERAS3),
    ),
    inputs=One(),
    old_kinds=OldKinds(ragged="kept"),
    shape=lambda c, x: _with_weights_there_are(c, x) if c.dialect == "keras2" and c.first else _there(c, x),
    dtype=computed_in(are_floats),
    filled=are_floats,
    dynamic=AS_IT_COMES,
    weights=_layer_weights,
    group="normalization",
    reuses=KERAS2,
    doc="(batch, …, features) → (batch, …, features)",
)

RMS = OpDef(
    "layers.RMSNormalization",
    unchecked=KERAS3,
    params=(_axes(), _epsilon(1e-6)),
    inputs=One(),
    shape=_there,
    dtype=compute_dtype,
    weights=lambda c, x: [WeightSpec("scale", tuple(known(x, axis) for axis in sorted(_listed(c.axis))))],
    mask=None,
    group="normalization",
    only=KERAS3,
    doc="(batch, …, features) → (batch, …, features)",
)


def _unread_axes() -> Param:
    """An axis, or a list whose elements Keras 3 looks at when data come."""
    plain = _axes()

    def read(value: JSON) -> Any:
        if isinstance(value, (list, tuple)) and any(isinstance(axis, float) for axis in value):
            plain.read([axis for axis in value if not isinstance(axis, float)])
            raise Taken("an axis or a list of axes", tuple(axis for axis in value if type(axis) is int))
        return plain.read(value)

    return replace(plain, read=read)


UNIT = OpDef(
    "layers.UnitNormalization",
    params=(replace(_unread_axes(), old=_axes().read),),
    inputs=One(),
    shape=_there,
    dtype=computed_in(are_floats),
    dynamic=AS_IT_COMES,
    group="normalization",
    doc="(batch, …, features) → (batch, …, features)",
)


# Over groups of channels


def _groups() -> Param:
    def read(value: JSON) -> int:
        wanted = "a whole number above 0, or -1 for a group of each channel"
        if value is True:
            raise Taken(wanted, 1)
        if type(value) is not int or (value <= 0 and value != -1):
            raise BadValue(wanted)
        return value

    return Param("groups", read, {"type": "integer"}, 32)


def _grouped(c: RuleContext, x: TensorSpec) -> Shape | None:
    """A later call in tf_keras reshapes the weights that there are into the groups of what comes in."""
    shape = _there(c, x) or ()
    check_spread(c, x)
    return _regrouped(c, shape) if c.dialect == "keras2" and c.first else x.shape


def _regrouped(c: RuleContext, shape: Shape) -> Shape:
    """What TensorFlow knows of the sizes decides: of a batch that is known it sees each number that does not fit."""
    assert c.first and c.built is not None
    many = shape[c.axis]
    groups = c.first[0].shape[c.axis] if c.groups == -1 else c.groups
    learned = c.built[0].shape[0] if c.built else None
    if many is None:
        is_clear = learned is not None and shape.count(None) == 1
        return tuple(learned if size is None else size for size in shape) if is_clear else shape
    if learned not in (None, groups * (many // groups)):
        raise _misfit(c.built[0], shape)
    if many % groups and None not in shape:
        raise _undivided(shape, many, groups)
    return shape


def _group_weights(c: RuleContext, x: TensorSpec) -> list[WeightSpec]:
    many = known(x, c.axis)
    groups = many if c.groups == -1 else c.groups
    if not groups or many < groups or many % groups:
        raise _undivided(x.shape, many, groups)
    return _both(c, (many,))


def _undivided(shape: Shape | None, many: int, groups: int) -> RuleError:
    return RuleError(
        "GC205",
        f"cannot divide the {many} channels of {show(shape)} into {groups} groups",
        f"make groups a divisor of {many}",
        arg="groups",
        inputs=(0,),
        data={"channels": many, "groups": groups},
    )


GROUP = OpDef(
    "layers.GroupNormalization",
    params=(_groups(), integer("axis", -1), _epsilon(1e-3), *_gamma_and_beta()),
    inputs=One(min_rank=1),
    shape=_grouped,
    dtype=needs_float,
    dynamic=AS_IT_COMES,
    weights=_group_weights,
    group="normalization",
    keeps_rank=KERAS2 + KERAS3,
    reuses=KERAS2,
    doc="(batch, …, channels) → (batch, …, channels)",
)


ENTRIES = (BATCH, SYNC_BATCH, LAYER, RMS, UNIT, GROUP)
