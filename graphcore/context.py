"""A layer whose arguments were read: what its rules may ask, and what they answer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import zip_longest
from typing import Any, NamedTuple, Protocol

from .catalog.initializers import ALWAYS_FILLED, check_initializers
from .catalog.policies import Policy
from .catalog.spec import Inner, OldKinds, OpDef, WeightSpec, no_products, tensors_of
from .diagnostics import Diagnostic, Place, Related
from .model import JSON, Dialect, Layer
from .shapes import RuleError, TensorSpec
from .source import escape

Specs = tuple[TensorSpec, ...]
Weights = tuple[WeightSpec, ...]


class Prepared(NamedTuple):
    """The arguments of a layer, read. Layers of one class that say the same but for their names may share it.

    `entry` is None where nothing can be inferred and `declared` counts.
    """

    entry: OpDef | None
    values: dict[str, Any]
    policy: Policy
    is_trainable: bool
    diagnostics: tuple[Diagnostic, ...] = ()
    failed: Diagnostic | None = None
    declared: bool = False  # nobody can infer it: the file's record stands


class Insides(Protocol):
    """Who answers for what lies inside a layer."""

    def infer_inner(
        self, layer: Layer, said: JSON, inputs: Specs, call: Mapping[str, Any], first: Specs | None = None
    ) -> Inner:
        """What a serialized layer or model inside a layer makes of inputs."""


class Context:
    """What a rule asks, as `RuleContext` says. Its attributes are the layer's parameters, and these beside them.

    The parameters are the dict of the layer's arguments itself, which many layers share: it is only read.
    """

    __slots__ = (
        "__dict__",
        "_holder",
        "_insides",
        "built",
        "call",
        "compute_dtype",
        "dialect",
        "first",
        "is_asked_only",
        "layer",
        "policy",
        "said",
        "stored",
        "variable_dtype",
    )
    layer: Any  # the Layer, or in a wrapper its argument of that name
    built: Sequence[WeightSpec] | None
    first: Sequence[Any] | None
    is_asked_only: bool  # for a shape: Keras 3 then checks no rank, and computes no masks
    stored: Weights | None

    def __init__(
        self,
        layer: Layer,
        prepared: Prepared,
        dialect: Dialect,
        call: Mapping[str, Any],
        insides: Insides | None = None,
    ) -> None:
        self.__dict__ = values = prepared.values
        self._holder = layer
        self._insides = insides
        self.dialect = dialect
        self.policy = prepared.policy
        self.compute_dtype, self.variable_dtype = prepared.policy.compute, prepared.policy.variable
        self.call = call
        self.said = layer.config
        self.layer = values.get("layer", layer)
        self.built = self.first = self.stored = None
        self.is_asked_only = False

    def infer(self, inner: JSON, *inputs: TensorSpec, first: Specs | None = None, **call: Any) -> Inner:
        """What a serialized layer among the arguments makes of these inputs."""
        assert self._insides is not None, "checks of arguments know no inputs"
        return self._insides.infer_inner(self._holder, inner, inputs, call, first)


def outputs_of(entry: OpDef, context: Context, values: list[Any]) -> Specs:
    """What a call gives."""
    outputs = _of_kind(entry, context, values)
    if entry.mask is None or context.is_asked_only:
        return outputs
    mask = entry.mask(context, *values)
    if mask is None:
        return outputs
    masks = mask if isinstance(mask, list) else [mask]
    each = zip_longest(outputs, masks[: len(outputs)])
    return tuple(one if mask is None else replace(one, mask=mask) for one, mask in each)


def _of_kind(entry: OpDef, context: Context, values: list[Any]) -> Specs:
    """The outputs without their masks."""
    outputs = _dense(entry, context, values)
    if context.dialect == "keras2" and entry.old_kinds is not None:
        for odd in tensors_of(values):
            if not odd.is_dense:
                return _of_old_kind(entry.old_kinds, odd, outputs)
    if entry.kind is None or (kind := entry.kind(context, *values)) == "dense":
        return outputs
    return tuple(replace(spec, sparse=kind == "sparse", ragged=kind == "ragged") for spec in outputs)


def _of_old_kind(kinds: OldKinds, odd: TensorSpec, outputs: Specs) -> Specs:
    """What Keras 2 gives where a tensor that comes in is sparse or ragged.

    Raises:
        RuleError: ragged-or-sparse-refused (GC412).
    """
    name = "sparse" if odd.sparse else "ragged"
    kind = kinds.sparse if odd.sparse else kinds.ragged
    if kind == "refused":
        raise RuleError("GC412", f"cannot take a {name} tensor", f"set {name} of its input to false", inputs=(0,))
    has_steps = len(outputs[0].shape or ()) == len(odd.shape or ())
    if kind == "dense" or (kind == "steps" and not has_steps):
        return outputs
    kept = outputs[:1] if kind == "steps" else outputs
    return (*(replace(spec, sparse=odd.sparse, ragged=odd.ragged) for spec in kept), *outputs[len(kept) :])


def _dense(entry: OpDef, context: Context, values: list[Any]) -> Specs:
    made = entry.shape(context, *values) if entry.shape is not None else None
    dtype = entry.dtype(context, *values) if entry.dtype is not None else None
    if made.__class__ is tuple and dtype.__class__ is str:  # so of nearly all
        first = values[0] if values else None
        if first.__class__ is TensorSpec and made is first.shape and dtype == first.dtype and first.is_dense:
            return (without_mask(first),)  # a layer that works on each value alone
        return (TensorSpec(made, dtype),)
    if isinstance(made, list):
        dtypes = dtype if isinstance(dtype, list) else [dtype] * len(made)
        return tuple(
            without_mask(one) if isinstance(one, TensorSpec) else TensorSpec(one, kind)
            for one, kind in zip(made, dtypes, strict=True)
        )
    if isinstance(made, TensorSpec):
        return (without_mask(made),)
    return (TensorSpec(made, dtype if not isinstance(dtype, list) else dtype[0]),)


def without_mask(spec: TensorSpec) -> TensorSpec:
    """The tensor without its mask."""
    return spec if spec.mask is None else replace(spec, mask=None)


def cost_of(entry: OpDef, context: Context, values: list[Any], outputs: Specs) -> int | None:
    """The multiply-adds of a call for one sample; None where they cannot be known."""
    if entry.cost is None or not outputs or outputs[0].shape is None:
        return None
    return 0 if entry.cost is no_products else entry.cost(context, *values, outputs[0].shape)


def weights_of(entry: OpDef, context: Context, values: list[Any]) -> Weights:
    """The variables that a layer makes for its first call.

    Raises:
        RuleError: dtype-refused (GC409), no weights of the layer's dtype are filled.
    """
    if entry.weights is None:
        return ()
    made = tuple(entry.weights(context, *values))
    if context.dialect == "keras3":
        if context.variable_dtype not in ALWAYS_FILLED:
            check_initializers(context, made)
    elif made and not entry.filled(context.variable_dtype):
        _check_filled(entry, context, made)
    return made


def _check_filled(entry: OpDef, context: Context, made: Weights) -> None:
    if any(weight.dtype is None for weight in made):
        says = f"has weights, which are not made in {context.variable_dtype}"
        raise RuleError("GC409", says, "use a float, such as float32", arg="dtype")


def frozen(prepared: Prepared, weights: Weights, dialect: Dialect) -> Weights:
    """The variables as a model counts them. Those that layers inside of a frozen one hold are trained by Keras 3."""
    entry = prepared.entry
    if prepared.is_trainable or (entry is not None and entry.delegates and dialect == "keras3"):
        return weights
    return tuple(w if not w.trainable else w._replace(trainable=False) for w in weights)


def located(layer: Layer, error: RuleError, place: Place, related: tuple[Related, ...] = ()) -> Diagnostic:
    """A rule's error as a problem: at the argument that is to blame where the file has it, else at the place."""
    if error.arg is not None and error.arg in layer.config:
        place = Place(
            f"{layer.origin}/config/{escape(error.arg)}",
            place.layer,
            place.node_index,
            arg=error.arg,
            path=place.path,
        )
    elif len(error.inputs) == 1:
        place = Place(
            place.pointer, place.layer, place.node_index, arg=error.arg, input=error.inputs[0], path=place.path
        )
    elif error.arg is not None:
        place = replace(place, arg=error.arg)
    data = {**error.data, "inputs": error.inputs} if error.inputs else error.data
    return Diagnostic(error.code, f'{layer.op.cls} "{layer.name}" {error.says}', place, related, error.hint, data=data)
