"""What is known about a graph: the result of `infer`, as a value."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from .catalog.spec import WeightSpec
from .context import Prepared, Specs, Weights
from .diagnostics import Diagnostic
from .model import Graph, Layer, NodeKey, TensorRef, has_output
from .shapes import UNKNOWN, TensorSpec
from .topology import Inbound


@dataclass(frozen=True, slots=True)
class Inference:
    """All that is known about a graph. A layer's weights are None where they cannot be known.

    `weights` of a nested model are all that is inside it. `bodies` are the insides of nested models at their first
    call. `blame` says why the outputs of a call are unknown. `costs` are multiply-adds for one sample.
    """

    graph: Graph
    order: tuple[NodeKey, ...] = ()
    inbound: Mapping[NodeKey, Inbound] = field(default_factory=dict)
    specs: Mapping[NodeKey, Specs] = field(default_factory=dict)
    weights: Mapping[str, Weights | None] = field(default_factory=dict)
    costs: Mapping[NodeKey, int | None] = field(default_factory=dict)
    bodies: Mapping[str, Inference] = field(default_factory=dict)
    blame: Mapping[NodeKey, Diagnostic] = field(default_factory=dict)
    diagnostics: tuple[Diagnostic, ...] = ()
    prepared: Mapping[str, Prepared] = field(default_factory=dict, repr=False)
    firsts: Mapping[str, list[Any]] = field(default_factory=dict, repr=False)
    unfit: Diagnostic | None = None
    passed: Mapping[TensorRef, TensorRef] = field(default_factory=dict, repr=False)

    def spec(self, ref: TensorRef) -> TensorSpec:
        """What is known of a tensor; nothing where the reference leads nowhere."""
        return spec_at(self.specs, ref)

    def multiply_adds(self) -> int | None:
        """Those of all calls, for one sample; None where a call's are unknown."""
        costs = [self.costs.get(key) for key in self.order]
        return None if None in costs else sum(cost for cost in costs if cost is not None)

    def all_weights(self) -> Weights | None:
        """The weights of the whole graph, each layer once, in their dtypes; None where a layer's are unknown."""
        found: list[WeightSpec] = []
        for name, weights in self.weights.items():
            if weights is None:
                return None
            made = self.prepared.get(name)
            found += [w if w.dtype or made is None else w._replace(dtype=made.policy.variable) for w in weights]
        return tuple(found)


MaskRole = Literal["makes", "passes", "consumes", "drops"]


def mask_role(known: Inference, key: NodeKey) -> MaskRole | None:
    """What a call does with masks; None where none comes in or out.

    A layer that knows masks and gives none has used it up (a GRU that gives its last step); one that knows none drops
    it, as Keras says in a warning, and so does a nested model of Keras 3.
    """
    gives = any(spec.mask is not None for spec in known.specs.get(key, ()))
    takes = any(known.spec(ref).mask is not None for _, ref in known.inbound.get(key, ()))
    if not takes:
        return "makes" if gives else None
    if gives:
        return "passes"
    prepared = known.prepared.get(key.layer)
    entry = None if prepared is None else prepared.entry
    return "drops" if entry is None or entry.mask is None else "consumes"


def inside_out(inference: Inference) -> Iterator[Inference]:
    """Every model of an inference once, each after those inside it. Not recursive: models nest deeply."""
    done: set[int] = set()
    waiting = [inference]
    while waiting:
        known = waiting[-1]
        inside = [body for body in known.bodies.values() if id(body) not in done]
        if inside:
            waiting.extend(inside)
            continue
        waiting.pop()
        if id(known) not in done:
            done.add(id(known))
            yield known


def is_frozen(graph: Graph, layer: Layer | None = None) -> bool:
    """Whether a layer, or the graph itself, says that none of its weights are trained.

    Keras 2 and every Sequential forget what a model says. Keras 3 obeys a Functional one: at the top nothing is
    trained; a nested one shows no trained weights, and the model around it trains and counts them all the same.
    """
    if layer is not None and layer.body is None:
        return layer.config.get("trainable", True) is False
    model = graph if layer is None or layer.body is None else layer.body
    said = model.config.get("trainable")
    return graph.dialect != "keras2" and model.kind == "functional" and said is not None and not said


def spec_at(specs: Mapping[NodeKey, Specs], ref: TensorRef) -> TensorSpec:
    """The spec of a tensor among those of all calls; unknown where the reference leads nowhere."""
    outputs = specs.get(ref.call, ())
    return outputs[ref.tensor] if has_output(ref, len(outputs)) else UNKNOWN


def count(weights: Iterable[WeightSpec]) -> tuple[int | None, int | None]:
    """Trainable and non-trainable parameters; None where a size is unknown."""
    totals: list[int | None] = [0, 0]
    for weight in weights:
        side = 0 if weight.trainable else 1
        total = totals[side]
        product = 1
        for dim in weight.shape:
            if dim is None:
                total = None
                break
            product *= dim
        totals[side] = None if total is None else total + product
    return totals[0], totals[1]
