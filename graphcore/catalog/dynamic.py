"""Layers of Keras 2 that are dynamic: they run in Python only, so a model that is built does not run them.

Keras asks such a layer for the shape of what it would give. It builds no weights, checks no input and computes no mask.

Source: tf_keras, `Layer._keras_tensor_symbolic_call`, `Layer.compute_output_signature`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from ..model import JSON
from ..shapes import RuleError, Shape, TensorSpec
from .spec import Dynamic, OpDef, Rule, RuleContext, tensors_of


def is_dynamic(entry: OpDef, config: Mapping[str, JSON]) -> bool:
    """Whether a layer, or one that it holds, says that it is dynamic."""
    if entry.inputs.form == "source":
        return False
    if config.get("dynamic") is True:
        return True
    return entry.delegates and _holds_dynamic(config)


def _holds_dynamic(config: Mapping[str, JSON]) -> bool:
    """Whether a serialized layer among the arguments is dynamic, or one inside of it."""
    waiting = [*config.values()]  # no recursion: they nest deeply
    while waiting:
        value = waiting.pop()
        if isinstance(value, list):
            waiting += value
        elif isinstance(value, dict) and isinstance(inside := value.get("config"), dict):
            if inside.get("dynamic") is True:
                return True
            waiting += inside.values()
    return False


def as_dynamic(entry: OpDef, says: Dynamic) -> OpDef:
    """The same layer, where it is not run.

    Where it says what it would give by a rule of the run, what that refuses has an unknown shape: Keras looks at less,
    but for sizes that no tensor has.
    """
    given = entry.inputs
    return replace(
        entry,
        inputs=replace(given, min_rank=0 if says.shape is not None else given.min_rank, max_rank=None),
        shape=says.shape or _leniently(entry.shape, given.max_rank),
        dtype=says.dtype,
        kind=says.kind,
        old_kinds=None,
        weights=None,
        mask=None,
        keeps=None,
    )


_ALWAYS_REFUSED = ("GC406", "GC407")
"""Sizes that no tensor has: Keras notices them when it makes a shape of them."""


def _leniently(rule: Rule | None, max_rank: int | None) -> Rule:
    def shape(c: RuleContext, *inputs: Any) -> list[Shape | None] | Shape | None:
        is_deeper = max_rank is not None and any(len(x.shape or ()) > max_rank for x in tensors_of(inputs[:1]))
        try:
            made = None if rule is None or is_deeper else rule(c, *inputs)
        except RuleError as error:
            if error.code in _ALWAYS_REFUSED:
                raise
            return None
        return [_shape_of(one) for one in made] if isinstance(made, list) else _shape_of(made)

    return shape


def _shape_of(made: TensorSpec | Shape | None) -> Shape | None:
    return made.shape if isinstance(made, TensorSpec) else made
