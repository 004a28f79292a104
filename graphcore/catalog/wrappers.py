"""Layers around layers: TimeDistributed, Bidirectional, SpectralNormalization."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from ..model import JSON
from ..shapes import RuleError, Shape, TensorSpec, show
from .masks import check_steps
from .names import KERAS2_LAYERS, KERAS3_LAYERS
from .params import KERAS2, KERAS3, compared, inner_layer, integer
from .rules import plus, times
from .spec import (
    BadValue,
    Call,
    Inner,
    OldKinds,
    One,
    OpDef,
    Param,
    RuleContext,
    WeightSpec,
    compute_dtype,
    mask_of,
    passes,
)

_UNKNOWN_WEIGHTS = WeightSpec("layer", (None,))
"""Stands for weights of an inside that has no rule: the count is unknown, not 0."""


def _weights_of(inner: Inner) -> tuple[WeightSpec, ...]:
    """The weights of an inside; an unknown one where it is of no known class."""
    if inner.outputs and inner.outputs[0].shape is None and not inner.weights:
        return (_UNKNOWN_WEIGHTS,)
    return inner.weights


# TimeDistributed


def _one_step(c: RuleContext, x: TensorSpec) -> Inner:
    """What the layer makes of one step in time."""
    first = (_inside_of(c, c.first[0]),) if c.first and c.dialect == "keras2" else None
    return c.infer(c.layer, _inside_of(c, x), first=first)


def _inside_of(c: RuleContext, x: TensorSpec) -> TensorSpec:
    batch, time, *rest = x.shape or (None, None)
    if c.dialect == "keras3":
        return TensorSpec((batch, *rest), x.dtype)
    mask = mask_of(c, x)
    steps = None if batch is None or time is None else batch * time  # all steps at once, in the batch
    if mask is not None:
        mask = None if _is_loop(c, x) else (steps, *mask[2:])
    batch = steps
    return TensorSpec((batch, *rest), x.dtype, mask=mask)


def _is_loop(c: RuleContext, x: TensorSpec) -> bool:
    """Whether tf_keras runs step by step, and keeps the mask to itself: a layer with a state, of a batch that is known.

    Source: tf_keras, `TimeDistributed._always_use_reshape`.
    """
    return bool((x.shape or (None,))[0]) and _has_state(c.said["layer"])


def _has_state(said: JSON) -> bool:
    """Whether a serialized layer is stateful, or one inside of it; what can be none is not."""
    waiting = [said]
    while waiting:
        config = _config(waiting.pop())
        if config.get("stateful"):
            return True
        if isinstance(config.get("layers"), list):
            waiting += config["layers"]
        elif "merge_mode" in config:  # both directions begin with the states that the last batch left
            waiting.append(config.get("layer"))
    return False


def _stepped_mask(c: RuleContext, x: TensorSpec) -> Shape | None:
    """Source: tf_keras, `TimeDistributed.compute_mask`."""
    mask = mask_of(c, x)
    batch, time = (x.shape or (None, None))[:2]
    if c.dialect == "keras3":
        return mask
    inner = _one_step(c, x)
    if _is_loop(c, x):
        check_steps(c, x, [(batch, *(inner.outputs[0].shape or (None,))[1:])])
        return mask
    if mask is not None and inner.drops_masks:
        hint = "put no Masking before it, or wrap a layer that takes masks"
        says = f"wraps a {c.said['layer']['class_name']}, which takes no mask, and gets one"
        raise RuleError("GC205", says, hint, arg="layer", inputs=(0,))
    made = inner.outputs[0].mask
    if made is None:
        return None if mask is None else mask[:2]
    return (batch, time, *made[1:])


def _stepped(c: RuleContext, x: TensorSpec) -> Shape | None:
    if c.dialect == "keras3" and len(x.shape or ()) < 3:
        raise RuleError("GC403", f"needs rank 3 or more, gets {show(x.shape)}", inputs=(0,))
    child = _one_step(c, x).outputs[0].shape
    if child is None:
        return None
    batch, time = (x.shape or (None, None))[:2]
    if not child:
        raise RuleError("GC403", "wraps a layer that gives no batch axis", arg="layer")
    return (batch if c.dialect == "keras2" else child[0], time, *child[1:])


def _stepped_dtype(c: RuleContext, x: TensorSpec) -> str | None:
    return c.compute_dtype if c.dialect == "keras3" else _one_step(c, x).outputs[0].dtype


TIME_DISTRIBUTED = OpDef(
    "layers.TimeDistributed",
    unchecked=KERAS3,
    keeps=lambda c, x: None if c.dialect == "keras3" else (None, None, *x.shape[2:]),
    reuses=KERAS2,
    params=(inner_layer(doc="The layer that each step in time goes through."),),
    inputs=One(min_rank=3),
    old_kinds=OldKinds(ragged="kept"),
    shape=_stepped,
    dtype=_stepped_dtype,
    weights=lambda c, x: _weights_of(_one_step(c, x)),
    mask=_stepped_mask,
    cost=lambda c, x, y: times((x.shape or (None, None))[1], _one_step(c, x).multiply_adds),
    group="wrappers",
    doc="(batch, time, …) → (batch, time, …), the layer on each step",
    delegates=True,
)


# Bidirectional

_RECURRENT = frozenset(
    (
        "LSTM",
        "GRU",
        "SimpleRNN",
        "RNN",
        "ConvLSTM1D",
        "ConvLSTM2D",
        "ConvLSTM3D",
        "CuDNNLSTM",
        "CuDNNGRU",
        "Bidirectional",
    ),
)
_NOT_RECURRENT = (KERAS3_LAYERS | KERAS2_LAYERS) - _RECURRENT
_MODES = ("sum", "mul", "ave", "concat", None)


def _read_mode(value: JSON) -> str | None:
    if value not in _MODES:
        raise BadValue('one of "concat", "sum", "mul", "ave", or null')
    return None if value is None else str(value)


def _read_optional_layer(value: JSON) -> JSON:
    if value is not None and (not isinstance(value, dict) or not isinstance(value.get("class_name"), str)):
        raise BadValue("a serialized layer or null")
    return value


def _config(layer: JSON) -> Mapping[str, Any]:
    config = layer.get("config") if isinstance(layer, dict) else None
    return config if isinstance(config, dict) else {}


def _said(layer: JSON, name: str) -> bool:
    return bool(_config(layer).get(name, False))


def _directions_fit(c: RuleContext) -> Iterator[RuleError]:
    forward, backward = c.said["layer"], c.backward_layer
    for arg, layer in (("layer", forward), ("backward_layer", backward)):
        if layer is not None and layer["class_name"] in _NOT_RECURRENT:
            yield RuleError("GC205", f"wraps a {layer['class_name']}, which is not recurrent", arg=arg)
            return
    if backward is None:
        if c.dialect == "keras3" and _said(forward, "go_backwards"):
            yield RuleError(
                "GC205", "wraps a layer that goes backwards already", "set go_backwards to false", arg="layer"
            )
        return
    if _said(forward, "go_backwards") == _said(backward, "go_backwards"):
        says = "has layer and backward_layer that go the same way"
        yield RuleError("GC205", says, "set go_backwards of backward_layer to true", arg="backward_layer")
    for name in ("stateful", "return_sequences", "return_state"):
        if _said(forward, name) != _said(backward, name):
            says = f"has layer and backward_layer with a different {name}"
            yield RuleError("GC205", says, f"give both the same {name}", arg="backward_layer")


def _sequence(given: Any) -> TensorSpec:
    """The sequence, of an input that Keras 2 may list with the states.

    Raises:
        RuleError: missing-input (GC402), what comes in is no tensor.
    """
    first = given[0] if isinstance(given, (tuple, list)) and given else given
    if not isinstance(first, TensorSpec):
        raise RuleError("GC402", "has no tensor as its input", "connect a sequence")
    return first


def _directions(c: RuleContext, given: Any) -> tuple[Inner, Inner]:
    x = _sequence(given)
    if x.shape is not None and len(x.shape) < 2:
        raise RuleError("GC403", f"needs a sequence, gets {show(x.shape)}", inputs=(0,))
    is_unlooked = bool(c.first) and c.said["layer"]["class_name"] == "RNN"  # which has no input_spec
    if c.dialect == "keras3" and not c.is_asked_only and not is_unlooked:
        c.infer(c.layer, x, first=())  # it has the layer's input_spec
    forward = c.infer(c.layer, x)
    return forward, forward if c.backward_layer is None else c.infer(c.backward_layer, x)


def _both_ways(c: RuleContext, given: Any, *_more: Any) -> list[TensorSpec] | None:
    forward, backward = _directions(c, given)
    (y, *states), (z, *back) = forward.outputs, backward.outputs
    if y.shape is None or z.shape is None:
        return None
    dtype = c.compute_dtype if c.dialect == "keras3" else y.dtype
    if c.dialect == "keras3":
        states = back = [TensorSpec(state.shape, c.compute_dtype) for state in states]
    if c.merge_mode is None:
        merged = [TensorSpec(y.shape, dtype), TensorSpec(y.shape if c.dialect == "keras3" else z.shape, dtype)]
    elif c.merge_mode == "concat":
        merged = [TensorSpec(_side_by_side(c, y.shape, z.shape), dtype)]
    else:
        if c.dialect == "keras2" and y.shape[-1] != z.shape[-1]:
            raise RuleError("GC404", f"cannot combine {show(y.shape)} with {show(z.shape)}", arg="backward_layer")
        merged = [TensorSpec(y.shape, dtype)]
    return [*merged, *states, *back]


def _both_masks(c: RuleContext, given: Any, *_more: Any) -> list[Shape | None]:
    """The mask of the steps for each way, where there are steps."""
    mask = passes(c, given) if _said(c.said["layer"], "return_sequences") else None
    return [mask, mask if c.merge_mode is None else None]


def _side_by_side(c: RuleContext, y: Shape, z: Shape) -> Shape:
    """Keras 3 doubles the size of the forward layer, whatever the backward one has."""
    if y[-1] is None or z[-1] is None:
        raise RuleError("GC408", f"needs a known last size to concatenate, gets {show(y)}", arg="layer")
    return (*y[:-1], 2 * y[-1] if c.dialect == "keras3" else y[-1] + z[-1])


def _both_weights(c: RuleContext, given: Any, *_more: Any) -> list[WeightSpec]:
    ways = zip(("forward", "backward"), _directions(c, given), strict=True)
    return [weight._replace(name=f"{way}/{weight.name}") for way, inner in ways for weight in _weights_of(inner)]


def _read_both_weights(value: JSON) -> JSON:
    """Each direction is given a half of it, and uses none."""
    if value and not isinstance(value, (list, tuple, str)):
        raise BadValue("a list, or null")
    return value


BIDIRECTIONAL = OpDef(
    "layers.Bidirectional",
    unchecked=KERAS3,
    params=(
        inner_layer(doc="The recurrent layer that reads forwards."),
        Param(
            "merge_mode",
            _read_mode,
            {"enum": list(_MODES)},
            "concat",
            doc="How both outputs become one; null gives both.",
        ),
        Param("weights", _read_both_weights, {"type": ["array", "null"]}, inert=True),
        Param(
            "backward_layer",
            _read_optional_layer,
            {"type": ["object", "null"]},
            doc="The layer that reads backwards; the same one turned round where null.",
        ),
        Param("num_constants", integer("num_constants").read, {"type": "integer"}, 0, only=("keras2",)),
    ),
    inputs=Call("sequences", "initial_state?"),
    old_kinds=OldKinds(ragged="steps"),
    shape=_both_ways,
    weights=_both_weights,
    mask=_both_masks,
    cost=lambda c, given, *_more: plus(*(way.multiply_adds for way in _directions(c, given))),
    checks=_directions_fit,
    group="wrappers",
    doc="(batch, time, in) → (batch, units * 2), with sequences (batch, time, units * 2)",
    delegates=True,
)


# SpectralNormalization


def _kernel(weights: Sequence[WeightSpec]) -> WeightSpec | None:
    return next((weight for weight in weights if weight.name in ("kernel", "embeddings")), None)


def _normalized_weights(c: RuleContext, x: TensorSpec) -> list[WeightSpec]:
    inner = c.infer(c.layer, x)
    weights = _weights_of(inner)
    kernel = _kernel(weights)
    if kernel is None:
        if _UNKNOWN_WEIGHTS in weights:
            return list(weights)
        cls = c.said["layer"]["class_name"]
        raise RuleError("GC205", f"wraps a {cls}, which has no kernel", arg="layer")
    rest = [weight for weight in weights if weight is not kernel]
    return [kernel, WeightSpec("vector_u", (1, kernel.shape[-1]), False, kernel.dtype), *rest]


def _inner_dtype(c: RuleContext, x: TensorSpec) -> str | None:
    return compute_dtype(c) if c.dialect == "keras3" else c.infer(c.layer, x).outputs[0].dtype


SPECTRAL_NORMALIZATION = OpDef(
    "layers.SpectralNormalization",
    only=("keras3",),  # tf_keras registers it as Addons>SpectralNormalization
    params=(
        inner_layer(doc="A layer with a kernel or embeddings."),
        compared(integer("power_iterations", 1, least=1, doc="Steps of the power method."), lambda steps: steps > 0),
    ),
    inputs=One(min_rank=1),
    shape=lambda c, x: c.infer(c.layer, x).outputs[0].shape,
    dtype=_inner_dtype,
    weights=_normalized_weights,
    cost=lambda c, x, y: c.infer(c.layer, x).multiply_adds,
    mask=None,
    group="wrappers",
    doc="what the layer inside makes of it, its kernel divided by its largest singular value",
    delegates=True,
)

# Pipeline


def _read_layers(value: JSON) -> JSON:
    if (
        not isinstance(value, list)
        or not value
        or not all(isinstance(one, dict) and "class_name" in one for one in value)
    ):
        raise BadValue("a list of serialized layers")
    return value


def _piped(c: RuleContext, x: TensorSpec) -> Iterator[Inner]:
    """What each layer makes: they are called, where other wrappers ask what they hold for a shape."""
    before = c.first[0] if c.first else None
    for layer in c.layers:
        inner = c.infer(layer, x, first=() if before is None else (before,))
        yield inner
        x = inner.outputs[0]
        before = None if before is None else c.infer(layer, before).outputs[0]


def _piped_shape(c: RuleContext, x: TensorSpec) -> TensorSpec:
    for inner in _piped(c, x):
        x = inner.outputs[0]
    return x


PIPELINE = OpDef(
    "layers.Pipeline",
    only=KERAS3,
    lacks=("trainable", "dtype", "activity_regularizer", "autocast"),
    reuses=KERAS3,
    params=(Param("layers", _read_layers, {"type": "array", "items": {"type": "object"}}, required=True),),
    inputs=One(),
    shape=_piped_shape,
    weights=lambda c, x: [weight for inner in _piped(c, x) for weight in _weights_of(inner)],
    cost=lambda c, x, y: plus(*(inner.multiply_adds for inner in _piped(c, x))),
    mask=None,
    group="wrappers",
    palette=False,
    doc="what its layers make of it, one after the other",
)

ENTRIES = (TIME_DISTRIBUTED, BIDIRECTIONAL, SPECTRAL_NORMALIZATION, PIPELINE)
