"""What experienced people say of a model that Keras takes: what does nothing, and what does something else than meant.

Each kind is said once a model, whatever number of layers it is about.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from .context import Specs
from .diagnostics import Diagnostic, Place
from .infer import explain
from .inference import Inference, is_frozen
from .model import JSON, Graph, Layer, NodeKey, TensorRef, has_output
from .reasons import Reasons
from .shapes import Shape, show
from .source import escape
from .training_fit import LOSS_NAMES

MOST_NAMED = 5
_DROPOUTS = frozenset(
    {"Dropout", "SpatialDropout1D", "SpatialDropout2D", "SpatialDropout3D", "GaussianDropout", "AlphaDropout"}
)
_NORMALIZERS = frozenset({"BatchNormalization", "LayerNormalization", "GroupNormalization", "UnitNormalization"})
# They hand on the values that come in: an activation before them is still the last one.
_HANDS_ON = frozenset(
    {"Reshape", "Flatten", "Dropout", "Permute", "Identity", "Cropping1D", "Cropping2D", "Cropping3D"}
)
# Layers in which ways meet that are alike on both sides.
_COMPARES = frozenset(
    {"Subtract", "Dot", "Add", "Multiply", "Maximum", "Minimum", "Average", "Lambda", "CosineSimilarity"}
)
_CROSSENTROPIES = {
    "BinaryCrossentropy": ("sigmoid", "hard_sigmoid"),
    "BinaryFocalCrossentropy": ("sigmoid", "hard_sigmoid"),
    "CategoricalCrossentropy": ("softmax",),
    "CategoricalFocalCrossentropy": ("softmax",),
    "SparseCategoricalCrossentropy": ("softmax",),
}
_PROBABILITIES = frozenset({"softmax", "sigmoid", "hard_sigmoid"})
# Give nothing that a crossentropy could take for a probability.
_NO_PROBABILITIES = frozenset(
    {"linear", "relu", "leaky_relu", "elu", "selu", "gelu", "silu", "swish", "tanh", "softplus"}
)
# Keras 1 and 2: min(max(0.2*x + 0.5, 0), 1). Keras 3: relu6(x + 3)/6. At 2.5 that is 1 and 0.917.
_HARD_SIGMOID = "hard_sigmoid"
Path = tuple[str, ...]


def advise(graph: Graph, inference: Inference) -> Iterator[Diagnostic]:
    """Advice about a model and the models in it; about its losses where it says how it is trained."""
    waiting: list[tuple[Inference, Path]] = [(inference, ())]
    while waiting:
        known, path = waiting.pop()
        yield from _idle_biases(known, path)
        yield from _idle_dropouts(known, path)
        yield from _empty(known, path)
        if graph.dialect == "keras2" or graph.source_dialect in ("keras2", "keras1"):
            yield from _other_in_keras3(known, path)
        if graph.kind == "functional":
            yield from _alike(known, path)
        waiting.extend((body, (*path, name)) for name, body in known.bodies.items())
    yield from _frozen_behind(graph, inference)
    for loss in _losses(graph):
        yield from _check_loss(loss, inference)


# --- what does nothing ------------------------------------------------------------------------------------------------


def _idle_biases(known: Inference, path: Path) -> Iterator[Diagnostic]:
    """Biases that a BatchNormalization takes away again: it subtracts the mean."""
    found: dict[str, int] = {}
    uses: Counter[tuple[str, int]] | None = None
    normalizers = {name for name, layer in known.graph.layers.items() if layer.op.cls == "BatchNormalization"}
    for key, inbound in known.inbound.items() if normalizers else ():
        if key.layer not in normalizers or len(inbound) != 1:
            continue
        ref = inbound[0][1]
        size = _idle_bias(known, key, ref)
        if size is None or known.graph.layers[key.layer].config.get("trainable") is False:
            continue
        uses = uses if uses is not None else _uses(known)
        if uses[ref[:2]] == 1:
            found[ref.layer] = size
    if not found:
        return
    first = known.graph.layers[next(iter(found))]
    what = f'{first.op.cls} "{first.name}" adds a bias' if len(found) == 1 else f"{len(found)} layers add a bias"
    counted = f"{sum(found.values()):,} parameters"
    yield Diagnostic(
        "GC211",
        f"{what} that the BatchNormalization after {'it' if len(found) == 1 else 'them'} takes away again: {counted} do"
        f" nothing{_listed(found)}",
        Place(f"{first.origin}/config", first.name, path=path),
        hint="set use_bias to false: BatchNormalization has an offset of its own",
        data={"layers": list(found), "parameters": sum(found.values())},
    )


def _idle_bias(known: Inference, normalizer: NodeKey, ref: TensorRef) -> int | None:
    """The size of the bias of what comes into a BatchNormalization; None where it has none, or needs it."""
    made, after = known.prepared.get(ref.layer), known.prepared.get(normalizer.layer)
    if made is None or after is None:
        return None
    values = made.values
    if values.get("use_bias") is not True or values.get("activation") not in (None, "linear") or not made.is_trainable:
        return None
    shape = known.spec(ref).shape
    if shape is None:
        return None
    axis = after.values.get("axis")
    axis = axis[0] if isinstance(axis, (list, tuple)) and len(axis) == 1 else axis
    channels = 1 if values.get("data_format") == "channels_first" else len(shape) - 1
    if not isinstance(axis, int) or axis % len(shape) != channels:
        return None
    weights = known.weights.get(ref.layer) or ()
    return next((w.shape[0] for w in weights if w.name == "bias" and len(w.shape) == 1), None)


def _uses(known: Inference) -> Counter[tuple[str, int]]:
    """How often each call is used, as a pair."""
    uses = Counter([ref[:2] for inbound in known.inbound.values() for _, ref in inbound])
    uses.update([ref[:2] for ref in known.graph.output_refs])
    return uses


def _idle_dropouts(known: Inference, path: Path) -> Iterator[Diagnostic]:
    by_rate: dict[int, list[Layer]] = {}
    for name, layer in known.graph.layers.items():
        if layer.op.cls in _DROPOUTS and (made := known.prepared.get(name)) is not None:
            rate = made.values.get("rate")
            if rate in (0, 1) and not isinstance(rate, bool):
                by_rate.setdefault(int(rate), []).append(layer)
    for rate, layers in sorted(by_rate.items()):
        first, count = layers[0], len(layers)
        what = f'{first.op.cls} "{first.name}" has' if count == 1 else f"{count} dropout layers have"
        does = "changes nothing" if rate == 0 else "leaves nothing while the model is trained"
        yield Diagnostic(
            "GC212",
            f"{what} rate {rate}, which {does}{_listed([layer.name for layer in layers])}",
            Place(f"{first.origin}/config/rate", first.name, arg="rate", path=path),
            hint="give it a rate between, such as 0.5, or take it away",
            data={"layers": [layer.name for layer in layers]},
        )


def _empty(known: Inference, path: Path) -> Iterator[Diagnostic]:
    """A size of 0, where it comes from: Keras takes it, and nothing is computed from there on."""
    distinct = dict(zip(map(id, known.specs.values()), known.specs.values(), strict=True))
    shapes = {at: shape for at, specs in distinct.items() if (shape := _empty_among(specs)) is not None}
    for key, specs in known.specs.items() if shapes else ():
        shape = shapes.get(id(specs))
        if shape is None or key.index > 0 or any(0 in (known.spec(ref).shape or ()) for _, ref in known.inbound[key]):
            continue
        layer = known.graph.layers[key.layer]
        made = _made_empty(specs, explain(known, key))
        place = f"{layer.origin}/config/{escape(made)}" if made is not None else layer.origin
        yield Diagnostic(
            "GC210",
            f'{layer.op.cls} "{layer.name}" gives {show(shape)}, which holds no values',
            Place(place, layer.name, arg=made, path=path),
            hint=f"give {made} a whole number above 0" if made is not None else "make each size 1 or more",
        )


def _empty_among(specs: Specs) -> Shape | None:
    """The first shape with a size of 0 behind the batch."""
    for spec in specs:
        if spec.shape is not None and 0 in spec.shape[1:]:
            return spec.shape
    return None


def _made_empty(specs: Specs, reasons: Reasons) -> str | None:
    """The argument that made a size 0, alone."""
    for spec, axes in zip(specs, reasons, strict=False):
        for size, reason in zip(spec.shape or (), axes or (), strict=False):
            if size == 0 and reason.arg is not None:
                return reason.arg
    return None


def _other_in_keras3(known: Inference, path: Path) -> Iterator[Diagnostic]:
    """Layers of older Keras whose function Keras 3 computes otherwise: trained weights give other values there."""
    found: list[tuple[Layer, str]] = []
    for name, made in known.prepared.items():
        argument = next((key for key, value in made.values.items() if value == _HARD_SIGMOID), None)
        if argument is not None:
            found.append((known.graph.layers[name], argument))
    if not found:
        return
    first, argument = found[0]
    names = [layer.name for layer, _ in found]
    what = f'{first.op.cls} "{first.name}" uses' if len(found) == 1 else f"{len(found)} layers use"
    yield Diagnostic(
        "GC216",
        f"{what} {_HARD_SIGMOID}, which Keras 3 computes otherwise{_listed(names)}",
        Place(f"{first.origin}/config/{argument}", first.name, arg=argument, path=path),
        hint="for trained weights give the layer a function of your own in Keras 3: min(max(0.2*x + 0.5, 0), 1)",
        data={"layers": names},
    )


def _frozen_behind(graph: Graph, inference: Inference) -> Iterator[Diagnostic]:
    """Layers that are trained though what comes after them is frozen: it was trained for other values."""
    plan = graph.extras.get("plan")
    said = plan.get("frozen") if isinstance(plan, Mapping) else None
    named = frozenset(name for name in said if isinstance(name, str)) if isinstance(said, list) else frozenset()
    frozen = {
        name
        for name, layer in graph.layers.items()
        if name in named or (layer.config.get("trainable") is False if layer.body is None else is_frozen(graph, layer))
    }
    frozen = {name for name in frozen if graph.layers[name].op.cls not in _NORMALIZERS and inference.weights.get(name)}
    if not frozen or is_frozen(graph):
        return
    below: dict[NodeKey, str] = {}  # the first frozen layer after a call
    for key in reversed(inference.order):
        behind = key.layer if key.layer in frozen else below.get(key)
        if behind is not None:
            for _, ref in inference.inbound.get(key, ()):
                below.setdefault(ref.call, behind)
    trained = {
        key.layer: behind
        for key, behind in below.items()
        if key.layer not in frozen and any(weight.trainable for weight in inference.weights.get(key.layer) or ())
    }
    names = [name for name in graph.layers if name in trained]
    if not names:
        return
    first, count = graph.layers[names[0]], len(names)
    what = f'{first.op.cls} "{first.name}" is' if count == 1 else f"{count} layers are"
    after = f'"{trained[names[0]]}" after {"it" if count == 1 else "them"}'
    yield Diagnostic(
        "GC213",
        f"{what} trained, and {after} is frozen: it was trained for what came before{_listed(names)}",
        Place(first.origin, first.name),
        hint="freeze what stands before a frozen layer too, or train both; leave it where that is meant, as in a GAN",
        data={"layers": names},
    )


# --- what is alike and not shared -------------------------------------------------------------------------------------


def _alike(known: Inference, path: Path) -> Iterator[Diagnostic]:
    """Two inputs of one form whose ways are the same layer by layer, each with weights of its own, until they meet."""
    graph = known.graph
    inputs = [ref for ref in graph.input_refs if ref.call in known.inbound]
    if not 2 <= len(inputs) <= 16:
        return
    ways = {ref: _way(known, ref) for ref in inputs}
    for i, a in enumerate(inputs):
        for b in inputs[i + 1 :]:
            one, other = ways[a], ways[b]
            if known.spec(a) != known.spec(b) or not one.steps or one.form != other.form or one.meets != other.meets:
                continue
            shared = set(one.steps) & set(other.steps)
            weighted = [name for name in one.steps if known.weights.get(name)]
            if shared or not weighted or one.meets is None or graph.layers[one.meets].op.cls not in _COMPARES:
                continue
            twin = other.steps[one.steps.index(weighted[0])]
            yield Diagnostic(
                "GC309",
                f'The ways of "{a.layer}" and "{b.layer}" to "{one.meets}" are alike layer by layer, and have weights'
                f' of their own: "{weighted[0]}" and "{twin}"',
                Place(graph.layers[twin].origin, twin, path=path),
                hint="to treat both inputs alike, call the same layers on both; leave it where each has its own",
                data={"layers": [*one.steps, *other.steps]},
            )
            return


class _Way(NamedTuple):
    """The layers that only one input leads to, what they are, and where the way meets others."""

    steps: tuple[str, ...]
    form: tuple[str, ...]
    meets: str | None


def _way(known: Inference, start: TensorRef) -> _Way:
    """A straight way: call after call, until it branches, meets another, or leads to where it was."""
    consumers: dict[NodeKey, list[NodeKey]] = {}
    for key, inbound in known.inbound.items():
        for _, ref in inbound:
            consumers.setdefault(ref.call, []).append(key)
    steps: list[str] = []
    form: list[str] = []
    call = start.call
    seen = {call}
    while True:
        after = consumers.get(call, [])
        if len(after) != 1 or after[0] in seen:
            return _Way(tuple(steps), tuple(form), None)
        call = after[0]
        seen.add(call)
        if len(known.inbound[call]) != 1:
            return _Way(tuple(steps), tuple(form), call.layer)
        layer = known.graph.layers[call.layer]
        said = {key: value for key, value in layer.config.items() if key != "name"}
        steps.append(layer.name)
        form.append(f"{layer.op.cls} {said}" if layer.body is None else f"{layer.op.cls} {layer.name}")


# --- losses -----------------------------------------------------------------------------------------------------------


class _Loss(NamedTuple):
    """A loss of an output, and where it stands."""

    name: str
    from_logits: bool
    output: int
    pointer: str


def _losses(graph: Graph) -> Iterator[_Loss]:
    """The losses that a document's plan or a file's compile_config names, by output."""
    root = graph.origin.rpartition("/")[0]
    plan, compiled = graph.extras.get("plan"), graph.extras.get("compile_config")
    if isinstance(plan, Mapping) and plan.get("loss") is not None:
        yield from _by_output(graph, plan["loss"], "/plan/loss")
    elif isinstance(compiled, Mapping) and compiled.get("loss") is not None:
        yield from _by_output(graph, compiled["loss"], f"{root}/compile_config/loss")


def _by_output(graph: Graph, said: JSON, pointer: str) -> Iterator[_Loss]:
    names = [ref.layer for ref in graph.output_refs]
    each: Iterable[tuple[JSON, int, str]]
    if isinstance(said, dict) and "class_name" not in said:
        each = [(said[n], i, f"{pointer}/{escape(n)}") for i, n in enumerate(names) if n in said]
    elif isinstance(said, list):
        each = [(one, i, f"{pointer}/{i}") for i, one in enumerate(said[: len(names)])]
    else:
        each = [(said, i, pointer) for i in range(len(names))]
    for one, i, at in each:
        loss = _loss(one)
        if loss is not None:
            yield _Loss(*loss, i, at)


def _loss(said: JSON) -> tuple[str, bool] | None:
    """The class of a loss and whether it takes logits; None where it is none of Keras's."""
    if isinstance(said, str):
        return (LOSS_NAMES[said], False) if said in LOSS_NAMES else None
    if not isinstance(said, dict) or not isinstance(said.get("class_name"), str):
        return None
    config = said.get("config")
    if said["class_name"] == "function" and isinstance(config, str):
        return _loss(config)
    name = LOSS_NAMES.get(said["class_name"])
    takes_logits = isinstance(config, dict) and config.get("from_logits") is True
    return None if name is None else (name, takes_logits)


def _check_loss(loss: _Loss, inference: Inference) -> Iterator[Diagnostic]:
    ref = inference.graph.output_refs[loss.output]
    ends = _last_activation(inference, ref)
    if ends is None or loss.name not in _CROSSENTROPIES:
        return
    layer, activation, path = ends
    at = Place(loss.pointer, layer.name, path=path)
    whose = f'{layer.op.cls} "{layer.name}"'
    if loss.from_logits and activation in _PROBABILITIES:
        yield Diagnostic(
            "GC508",
            f"{whose} ends in {activation}, and {loss.name} with from_logits applies it once more",
            at,
            hint=f"set from_logits to false, or take {activation} away",
        )
    if loss.from_logits:
        return
    wanted = _CROSSENTROPIES[loss.name]
    shape = inference.spec(ref).shape
    if activation == "softmax" and shape is not None and shape[-1] == 1:
        yield Diagnostic(
            "GC509",
            f"{whose} ends in softmax over one unit, which is 1 whatever comes in",
            at,
            hint="use sigmoid with binary_crossentropy, or a unit for each class",
        )
    elif activation in _NO_PROBABILITIES:
        yield Diagnostic(
            "GC509",
            f"{whose} ends in {activation}, and {loss.name} takes probabilities",
            at,
            hint=f"end it in {wanted[0]}, or set from_logits to true",
        )
    elif activation in ("sigmoid", "hard_sigmoid") and "softmax" in wanted:
        yield Diagnostic(
            "GC509",
            f"{whose} ends in {activation}, and {loss.name} takes probabilities of classes that add up to 1",
            at,
            hint="end it in softmax, or use binary_crossentropy where several classes may hold at once",
        )


def _last_activation(inference: Inference, ref: TensorRef) -> tuple[Layer, str, Path] | None:
    """The layer whose activation an output ends in; None where that cannot be said."""
    known = inference
    path: Path = ()
    for _ in range(100):
        layer = known.graph.layers.get(ref.layer)
        if layer is None:
            return None
        body = known.bodies.get(ref.layer)
        if body is not None:
            ends = body.graph.output_refs
            if not has_output(ref, len(ends)):
                return None
            known, path, ref = body, (*path, ref.layer), ends[ref.tensor]
            continue
        made = known.prepared.get(ref.layer)
        values = {} if made is None else made.values
        activation = "linear" if values.get("activation", "") is None else values.get("activation")
        cls = layer.op.cls
        if cls == "Softmax":
            return layer, "softmax", path
        hands_on = cls in _HANDS_ON or (cls == "Activation" and activation == "linear")
        if hands_on:
            inbound = known.inbound.get(ref.call, ())
            if len(inbound) != 1:
                return None
            ref = inbound[0][1]
            continue
        return (layer, activation, path) if isinstance(activation, str) else None
    return None


def _listed(names: Sequence[str] | Mapping[str, Any]) -> str:
    """What else is meant: nothing for one, else the first names."""
    every = list(names)
    if len(every) < 2:
        return ""
    shown = ", ".join(f'"{name}"' for name in every[:MOST_NAMED])
    more = f" and {len(every) - MOST_NAMED} more" if len(every) > MOST_NAMED else ""
    return f": {shown}{more}"
