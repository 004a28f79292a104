"""Why a tensor has its shape: the calls that made each size, what ends it, and the smallest input that works."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from .diagnostics import Diagnostic
from .infer import explain, infer
from .inference import Inference
from .model import Graph, Layer, NodeKey, TensorRef, has_output
from .reasons import Reason
from .shapes import Dim, TensorSpec

MOST_STEPS = 2_000
"""Steps of a chain; a chain of 20,000 would take seconds and nobody reads it."""
# A whole inference each: what a person waits for, counted in calls of rules.
_MOST_CALLS = 40_000
_FEWEST_TRIES = 24
_LARGEST = 1 << 14
_OF_SIZES = frozenset({"GC404", "GC405", "GC406", "GC407", "GC411"})
Path = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Step:
    """What one call made of a size: `text` says how. `others` are further sizes that it was computed of.

    `path` names the nested models around the call.
    """

    ref: TensorRef
    axis: int
    size: Dim
    text: str
    cls: str
    is_same: bool = False
    others: tuple[Dim, ...] = ()
    path: Path = ()


@dataclass(frozen=True, slots=True)
class Axis:
    """One size of a tensor and the calls that made it, the first one first. `is_whole`: none were left out."""

    size: Dim
    steps: tuple[Step, ...]
    is_whole: bool = True

    @property
    def sizes(self) -> tuple[Dim, ...]:
        """The sizes on the way, each once where it stays the same: 224, 112, 56."""
        found: list[Dim] = []
        for step in self.steps:
            if not step.is_same or not found:
                found.append(step.size)
        return tuple(found)


@dataclass(frozen=True, slots=True)
class Smallest:
    """The smallest input that works: these axes of an input, and the size of all of them."""

    input: str
    axes: tuple[int, ...]
    size: int
    now: int


@dataclass(frozen=True, slots=True)
class Incoming:
    """A tensor that comes into a call, with the chain of each of its sizes."""

    ref: TensorRef
    spec: TensorSpec
    axes: tuple[Axis, ...]


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why a tensor has its shape.

    Where the shape is unknown `problem` says what ends it, `axes` is empty, and `inputs` are those of the call that
    fails, with the chains that lead there.
    """

    ref: TensorRef
    path: Path
    cls: str
    spec: TensorSpec
    axes: tuple[Axis, ...]
    inputs: tuple[Incoming, ...]
    problem: Diagnostic | None = None
    smallest: Smallest | None = None


def explain_shape(inference: Inference, ref: TensorRef, path: Path = ()) -> Explanation | None:
    """Why a tensor has its shape; None where there is no such tensor. `path` leads into nested models."""
    models = _models(inference, path)
    if models is None:
        return None
    known = models[-1]
    layer = known.graph.layers.get(ref.layer)
    outputs = known.specs.get(ref.call, ())
    if layer is None or ref.call not in known.graph.nodes or (outputs and not has_output(ref, len(outputs))):
        return None
    if outputs and ref.tensor < 0:  # counts from the end, as in a file
        ref = ref._replace(tensor=ref.tensor + len(outputs))
    spec, chain = known.spec(ref), _Chain(models, path)
    problem = known.blame.get(ref.call) if spec.shape is None else None
    axes = chain.axes(ref)
    culprit = ref.call if problem is None else _culprit(problem, ref.call, known)
    comes_in = tuple(
        Incoming(source, known.spec(source), chain.axes(source) if spec.shape is None else ())
        for _, source in known.inbound.get(culprit, ())[:12]
    )
    led = [*axes, *(axis for incoming in comes_in for axis in incoming.axes)]
    smallest = _smallest(inference, led, problem)
    return Explanation(ref, path, layer.op.cls, spec, axes, comes_in, problem, smallest)


def _culprit(problem: Diagnostic, call: NodeKey, known: Inference) -> NodeKey:
    """The call that fails: the one asked for, or one before it."""
    key = NodeKey(problem.at.layer or "", problem.at.node_index or 0)
    return key if key in known.inbound else call


def _models(inference: Inference, path: Path) -> list[Inference] | None:
    """The inferences from the outermost model to the one that the path leads to."""
    found = [inference]
    for name in path:
        inner = found[-1].bodies.get(name)
        if inner is None:
            return None
        found.append(inner)
    return found


class _Chain:
    """Follows sizes against the wires, out of nested models where they begin."""

    def __init__(self, models: Sequence[Inference], path: Path) -> None:
        self.models = models
        self.path = path
        self.reasons: dict[tuple[int, NodeKey], tuple[tuple[Reason, ...] | None, ...]] = {}

    def axes(self, ref: TensorRef) -> tuple[Axis, ...]:
        """Each size of a tensor with its chain."""
        shape = self.models[-1].spec(ref).shape
        return () if shape is None else tuple(self.axis(ref, axis) for axis in range(len(shape)))

    def axis(self, ref: TensorRef, axis: int) -> Axis:
        """The chain of one size, from where it comes into the model."""
        size = (self.models[-1].spec(ref).shape or ())[axis]
        steps: list[Step] = []
        for step in self._against(ref, axis):
            if len(steps) == MOST_STEPS:
                return Axis(size, tuple(reversed(steps)), is_whole=False)
            steps.append(step)
        return Axis(size, tuple(reversed(steps)))

    def _against(self, ref: TensorRef, axis: int) -> Iterator[Step]:
        depth = len(self.models) - 1
        seen: set[tuple[int, TensorRef, int]] = set()
        while (depth, ref, axis) not in seen:  # a circle has no shapes; this holds whatever a rule says
            seen.add((depth, ref, axis))
            known = self.models[depth]
            shape, reason = known.spec(ref).shape or (), self._reason(depth, ref, axis)
            if reason is None or axis >= len(shape):
                return
            inbound = known.inbound[ref.call]
            others = tuple(
                (known.spec(inbound[source.input][1]).shape or ())[source.axis] for source in reason.sources[1:]
            )
            outside = self._outside(depth, ref) if not reason.sources else None
            cls = known.graph.layers[ref.layer].op.cls
            text = reason.text if outside is None else f"what comes into {'/'.join(self.path[:depth])}"
            is_same = reason.is_same or outside is not None
            yield Step(ref, axis, shape[axis], text, cls, is_same, others, self.path[:depth])
            if outside is not None:
                depth, ref = depth - 1, outside
            elif reason.sources:
                ref, axis = inbound[reason.sources[0].input][1], reason.sources[0].axis
            else:
                return

    def _reason(self, depth: int, ref: TensorRef, axis: int) -> Reason | None:
        key = (depth, ref.call)
        if key not in self.reasons:
            self.reasons[key] = explain(self.models[depth], ref.call)
        found = self.reasons[key]
        axes = found[ref.tensor] if has_output(ref, len(found)) else None
        return axes[axis] if axes is not None and axis < len(axes) else None

    def _outside(self, depth: int, ref: TensorRef) -> TensorRef | None:
        """What the first call of a nested model brings to its input."""
        if depth == 0:
            return None
        inputs = self.models[depth].graph.input_refs
        call = NodeKey(self.path[depth - 1], 0)
        inbound = self.models[depth - 1].inbound.get(call, ())
        i = inputs.index(ref) if ref in inputs else -1
        return inbound[i][1] if 0 <= i < len(inbound) else None


# --- the smallest input that works ------------------------------------------------------------------------------------


def _smallest(inference: Inference, axes: Sequence[Axis], problem: Diagnostic | None) -> Smallest | None:
    """The smallest size of the input that these sizes come from with which the model has no error of size.

    Only where something on the way makes the size smaller: a chain of 8, 8, 8 works with any.
    """
    worked = [axis for axis in axes if axis.steps and not axis.steps[0].path and len(axis.sizes) > 1]
    starts = [axis.steps[0] for axis in worked if axis.steps[0].axis > 0 and axis.steps[0].size is not None]
    starts = [step for step in starts if _said_shape(inference.graph.layers[step.ref.layer]) is not None]
    if not starts or (problem is not None and problem.code not in _OF_SIZES):
        return None
    first = starts[0]
    now = first.size or 0
    resized = sorted({step.axis for step in starts if step.ref == first.ref and step.size == now})
    size = _least(inference, first.ref.layer, resized, now)
    return None if size is None else Smallest(first.ref.layer, tuple(resized), size, now)


def _least(inference: Inference, name: str, axes: Sequence[int], now: int) -> int | None:
    tries = max(_FEWEST_TRIES, _MOST_CALLS // max(1, len(inference.inbound)))
    before = {_sign(problem) for problem in _errors(inference) if problem.code not in _OF_SIZES}

    def works(size: int) -> bool:
        return all(_sign(problem) in before for problem in _errors(infer(_resized(inference.graph, name, axes, size))))

    if tries >= 2 * now:  # one by one: sizes that work need not follow each other
        return next((size for size in range(1, 2 * now + 1) if works(size)), None)
    large = 1
    while not works(large):
        large *= 2
        if large > _LARGEST:
            return None
    least, most = large // 2, large  # `least` fails, `most` works
    while most - least > 1:
        middle = (least + most) // 2
        least, most = (least, middle) if works(middle) else (middle, most)
    return most


def _errors(inference: Inference) -> list[Diagnostic]:
    return [problem for problem in inference.diagnostics if problem.severity == "error"]


def _sign(problem: Diagnostic) -> tuple[str, str]:
    return problem.code, problem.at.pointer


def _resized(graph: Graph, name: str, axes: Sequence[int], size: int) -> Graph:
    """The graph with another size of an input, built anew: what a `build_config` remembers no longer holds."""
    layers: dict[str, Layer] = {}
    for key, layer in graph.layers.items():
        said = _said_shape(layer) if key == name else None
        config: Mapping[str, object] = layer.config
        if said is not None:
            shape = [size if axis in axes else dim for axis, dim in enumerate(layer.config[said])]
            config = {**layer.config, said: shape}
        extras = {k: value for k, value in layer.extras.items() if k != "build_config"}
        layers[key] = layer._replace(config=config, extras=extras)
    return replace(graph, layers=layers, declared={})


def _said_shape(layer: Layer) -> str | None:
    """The key under which an input layer says its shape."""
    for key in ("batch_shape", "batch_input_shape"):
        if layer.op.cls == "InputLayer" and isinstance(layer.config.get(key), list):
            return key
    return None
