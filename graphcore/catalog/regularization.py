"""Layers that act while a model trains only: dropout and noise. Seeds are state, not parameters."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

from ..model import JSON
from ..shapes import RuleError, TensorSpec
from .params import KERAS2, anything, data_format, nullable, number, read_old_rate
from .rules import run_dtype, same
from .spec import AS_IT_COMES, BadValue, OldKinds, One, OpDef, Param, RuleContext, autocast, is_float, stays_unranked


def _share(name: str, old: Callable[[JSON], Any]) -> Param:
    """A number from 0 to 1, which must be given; Keras 2 looks less closely."""
    return replace(number(name, least=0, most=1), required=True, inert=True, old=old)


def _any_number(value: JSON) -> JSON:
    """As Keras 2 reads the rate of the other layers: it compares it, and so takes any number."""
    if not isinstance(value, (int, float)):
        raise BadValue("a number from 0 to 1")
    return value


def _anything(value: JSON) -> JSON:
    return value


def _noise_shape() -> Param:
    def read(value: JSON) -> JSON:
        if value is None:
            return None
        if not isinstance(value, (list, tuple)):
            raise BadValue("a list of sizes, or null")
        for size in value:
            if size is not None and (type(size) is not int or size <= 0):
                raise BadValue("a list of sizes above 0, null for the input's")
        return tuple(value)

    schema = {"anyOf": [{"type": "array"}, {"type": "null"}]}
    return Param("noise_shape", read, schema, None, inert=True, old=_anything)


def _checks(param: Param) -> Callable[[RuleContext], Iterator[RuleError]]:
    """What Keras 2 takes and cannot have been meant, and a seed that Keras 3 cannot begin with."""
    name, read = param.name, param.old or param.read

    def check(c: RuleContext) -> Iterator[RuleError]:
        value: JSON = c.said.get(name)
        begin = c.said.get("seed")
        if c.dialect == "keras3" and begin is not None and type(begin) is not int and getattr(c, name):
            yield RuleError("GC204", f"has seed {json.dumps(begin)[:40]}, no whole number", "use null", arg="seed")
        is_number = isinstance(value, (int, float)) and not isinstance(value, bool)
        if c.dialect == "keras2" and not (is_number and 0 <= value <= 1) and _is_taken(read, value):
            shown = json.dumps(value)[:40]
            says = f"has {name} {shown}, which fails as soon as data come"
            yield RuleError("GC210", says, f"use a number from 0 to 1 for {name}", arg=name)

    return check


def _is_taken(read: Callable[[JSON], Any], value: JSON) -> bool:
    try:
        read(value)
    except BadValue:
        return False
    return True


def _layer(name: str, first: Param, *more: Param, rank: int | None = None, was: str = "p") -> OpDef:
    return OpDef(
        f"layers.{name}",
        params=(first, *more, anything("seed")),
        inputs=One(rank=rank) if rank else One(),
        old_unranked=stays_unranked,
        old_kinds=OldKinds("kept", "kept"),
        shape=same,
        dtype=run_dtype,
        dynamic=AS_IT_COMES,
        checks=_checks(first),
        lacks=("trainable", "activity_regularizer", "autocast") if name.startswith("Spatial") else (),
        group="regularization",
        renamed={was: first.name},
        doc="(…) → (…)",
    )


_RATE = _share("rate", read_old_rate)
_ANY_RATE = _share("rate", _any_number)
# tf_keras writes what these inherit from Dropout, and makes its own instead.
_OLD_NOISE = anything("noise_shape", only=KERAS2)


def _added_to_loss(c: RuleContext, x: TensorSpec) -> str | None:
    """Keras 3 states any dtype; Keras 2 adds at once, to 0.0."""
    is_nothing = not c.l1 and not c.l2 and (x.dtype or "").startswith("complex")
    if c.dialect == "keras2" and x.dtype is not None and not is_float(x.dtype) and not is_nothing:
        raise RuleError("GC409", f"needs floats, gets {x.dtype}", f"cast the input to {c.compute_dtype}", inputs=(0,))
    return autocast(c, x.dtype) if c.dialect == "keras2" else c.compute_dtype


def _penalty(name: str) -> Param:
    """How much is added; Keras 3 takes none below 0."""
    return replace(nullable(number(name, 0.0, least=0, inert=True)), old=nullable(number(name)).read)


def _activity_fits(c: RuleContext) -> Iterator[RuleError]:
    if "activity_regularizer" in c.said:  # it makes its own, and hands both on
        yield RuleError("GC202", "has no argument activity_regularizer", "use l1 and l2", arg="activity_regularizer")


ACTIVITY = OpDef(
    "layers.ActivityRegularization",
    params=(_penalty("l1"), _penalty("l2")),
    inputs=One(),
    old_unranked=stays_unranked,
    old_kinds=OldKinds("kept", "kept"),
    shape=same,
    dtype=_added_to_loss,
    checks=_activity_fits,
    group="regularization",
    doc="(…) → (…), adding to the loss",
)

ENTRIES = (
    _layer("Dropout", _RATE, _noise_shape()),
    _layer("SpatialDropout1D", _RATE, _OLD_NOISE, rank=3),
    _layer("SpatialDropout2D", _RATE, data_format(), _OLD_NOISE, rank=4),
    _layer("SpatialDropout3D", _RATE, data_format(), _OLD_NOISE, rank=5),
    _layer("GaussianDropout", _ANY_RATE),
    _layer("GaussianNoise", _share("stddev", _anything), was="sigma"),
    _layer("AlphaDropout", _ANY_RATE, anything("noise_shape")),
    ACTIVITY,
)
