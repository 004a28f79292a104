"""TensorFlow's functions inside a model, as Keras 2 records them: TFOpLambda and SlicingOpLambda.

A function without a rule gives unknown, never "same as input".
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from ..model import JSON
from ..shapes import Dim, RuleError, Shape, TensorSpec
from . import (
    tf_images,
    tf_linalg,
    tf_made,
    tf_math,
    tf_networks,
    tf_places,
    tf_reductions,
    tf_shapes,
    tf_signals,
    tf_strings,
)
from .spec import BadValue, Call, OpDef, Param, RuleContext, tensors_of
from .tf_kinds import of_kind
from .tf_operands import Function, numbers_in, tensor
from .tf_shapes import taken
from .tf_sizes import counted, cut

FUNCTIONS: dict[str, Function] = {
    **tf_math.FUNCTIONS,
    **tf_reductions.FUNCTIONS,
    **tf_shapes.FUNCTIONS,
    **tf_places.FUNCTIONS,
    **tf_made.FUNCTIONS,
    **tf_strings.FUNCTIONS,
    **tf_signals.FUNCTIONS,
    **tf_linalg.FUNCTIONS,
    **tf_networks.FUNCTIONS,
    **tf_images.FUNCTIONS,
}
"""The rule of each function, by its name without `tf.`."""


def _called(c: RuleContext, first: Any) -> Any:
    rule = FUNCTIONS.get(c.function)
    made = None if rule is None else counted(c.function, first, c.call, rule(first, c.call))
    if made is not None:
        for i, x in enumerate(tensors_of((first, c.call))):
            if not x.is_dense:
                return of_kind(c.function, x, made, is_first=i == 0)
    return made


def _known_function(c: RuleContext) -> Iterator[RuleError]:
    if c.function not in FUNCTIONS:
        says = f"calls tf.{c.function[:80]}, which has no rule here yet: what comes out is unknown"
        yield RuleError("GC209", says, arg="function")


def _read_function(value: JSON) -> str:
    if not isinstance(value, str):
        raise BadValue("the name of a function of TensorFlow")
    return value


PRODUCTS = {**tf_linalg.PRODUCTS, **tf_networks.PRODUCTS}
"""Functions that multiply and add, and how often for one sample."""


def _call_cost(c: RuleContext, first: Any, y: Shape) -> Dim:
    cost = PRODUCTS.get(c.function)
    return 0 if cost is None else cost(first, c.call, y)


# Slices


def _sliced(c: RuleContext, x: Any, slice_spec: Any) -> TensorSpec | None:
    """`x[…]`, as TensorFlow slices."""
    if c.function != "__operators__.getitem":  # the class calls any function, and its arguments have other names
        named = c.call if slice_spec is None else {**c.call, "y": slice_spec}
        rule = FUNCTIONS.get(c.function)
        return None if rule is None else rule(x, named)
    said = list(slice_spec) if isinstance(slice_spec, (list, tuple)) else [slice_spec]
    parts = [numbers_in(part) for part in said]
    return cut(x, parts, TensorSpec(taken(tensor(x).shape or (), parts), x.dtype))


_FUNCTION = Param(
    "function", _read_function, {"type": "string"}, required=True, doc="A function of TensorFlow, without `tf.`."
)

ENTRIES: Sequence[OpDef] = (
    OpDef(
        "layers.TFOpLambda",
        params=(_FUNCTION,),
        inputs=Call("x"),
        old_unranked=None,
        old_kinds=None,
        shape=_called,
        dtype=None,
        mask=None,
        cost=_call_cost,
        checks=_known_function,
        group="legacy",
        doc="what the function of TensorFlow makes of it",
        only=("keras2",),
        dynamic=None,
        palette=False,
    ),
    OpDef(
        "layers.SlicingOpLambda",
        params=(_FUNCTION,),
        inputs=Call("x", "slice_spec?"),
        old_unranked=None,
        old_kinds=None,
        shape=_sliced,
        dtype=None,
        mask=None,
        group="legacy",
        doc="(a, b, …) → a slice of it",
        only=("keras2",),
        dynamic=None,
        palette=False,
    ),
)
