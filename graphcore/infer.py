"""A graph → what is known about it: the spec of every tensor, the weights of every layer, and every problem.

A rule raises one `RuleError`; it is located here, the call's outputs become unknown with that problem as blame, and the
walk goes on: one cause, one diagnostic, no cascade.
"""

from __future__ import annotations

import traceback
from collections.abc import Mapping
from dataclasses import replace
from itertools import repeat
from typing import Any, NamedTuple

from .binding import (
    UNMASKED,
    bind,
    check_fit,
    check_kept,
    check_model_call,
    check_rank,
    fit,
    masked_by_call,
    replaced,
    replaced_named,
)
from .catalog import CATALOG, Catalog
from .catalog.activity import check_activity
from .catalog.spec import Inner, OpDef, WeightSpec
from .causes import way_out
from .context import Context, Prepared, Specs, Weights, cost_of, frozen, located, outputs_of, weights_of, without_mask
from .contracts import contracts_of
from .diagnostics import Diagnostic, Place, Related, shown
from .inference import Inference, spec_at
from .inner import InnerLayers
from .model import JSON, Dialect, Graph, Layer, Node, NodeKey, TensorRef, are_tensors, exact, filled, has_output
from .prepare import Preparer
from .reasons import Reasons, as_recorded, explained, named, named_call
from .repeats import Alike
from .shapes import UNKNOWN, RuleError, TensorSpec, Unranked, may_agree, show
from .source import Limits
from .topology import Inbound, wire

MASKS = frozenset({"mask", "attention_mask", "training"})


def infer(
    graph: Graph,
    catalog: Catalog = CATALOG,
    limits: Limits | None = None,
    previous: Inference | None = None,
    *,
    alike: Alike | None = None,
) -> Inference:
    """Infer a whole graph. What did not change since `previous` is taken from there.

    `alike` knows configs of the graph that say the same: the arguments of those are read once.
    """
    return _Run(catalog, limits or Limits(), graph, alike).infer(graph, (), previous=previous)


def explain(inference: Inference, key: NodeKey, catalog: Catalog = CATALOG) -> Reasons:
    """Why each output of a call has its shape: a reason an axis; None where the shape is unknown.

    Sources of a reason count the call's tensors as `inference.inbound` lists them.
    """
    return _explain(_Run(catalog, Limits(), inference.graph, is_explained=True), inference, key)


class _Step(Exception):
    """A problem of one call, located."""

    def __init__(self, diagnostic: Diagnostic | None) -> None:
        super().__init__()
        self.diagnostic = diagnostic


class _Answer(NamedTuple):
    """What a layer's rules say of a first call. `held` are the objects whose ids its question is made of."""

    outputs: Specs
    weights: Weights | None
    cost: int | None
    first: list[Any]
    held: tuple[Prepared, list[TensorSpec]]


class _Run:
    """One inference: what all nested graphs share."""

    def __init__(
        self, catalog: Catalog, limits: Limits, graph: Graph, alike: Alike | None = None, *, is_explained: bool = False
    ) -> None:
        self.catalog = catalog
        self.limits = limits
        self.is_explained = is_explained  # numbers remember where they come from
        self.dialect: Dialect = "keras2" if graph.dialect == "keras2" else "keras3"
        self.contracts = contracts_of(graph.extras.get("contracts"), catalog, self.dialect)
        self.preparer = Preparer(
            catalog, self.dialect, self.contracts, alike, stored=graph.stored, is_explained=is_explained
        )
        self.stored = graph.stored
        self.inner = InnerLayers()
        self.steps = 0
        self.exhausted: Diagnostic | None = None  # the problem that ended the inference, once it has
        self.bodies: dict[tuple[int, Any], Inference] = {}
        self.answers: dict[tuple[object, ...] | None, _Answer] = {}  # models repeat their blocks
        self.specs: dict[TensorSpec, TensorSpec] = {}

    def infer(
        self,
        graph: Graph,
        path: tuple[str, ...],
        given: Mapping[TensorRef, TensorSpec] | None = None,
        fed: TensorSpec | None = None,
        previous: Inference | None = None,
        alone: Inference | None = None,
    ) -> Inference:
        """A graph's inference. `given` replaces what its inputs say; `fed` goes into a Sequential without an input.

        `alone` is what was inferred of it as it stands: arguments were read then, and weights made.
        """
        wiring = wire(graph, path)
        walk = _Walk(self, graph, path, wiring.inbound, given or {}, fed, previous)
        walk.diagnostics.extend(wiring.diagnostics)
        if not path:
            walk.diagnostics.extend(self.contracts.diagnostics)
        walk.prepare(alone)
        for key, problem in wiring.broken.items():
            walk.blame[key] = problem
            walk.specs[key] = (UNKNOWN,)
            walk.open.add(key)
        for key in wiring.order:
            walk.call(key)
        walk.check_ends()
        return walk.result(wiring.order)

    def one_of_each(self, specs: Specs, inputs: list[TensorSpec]) -> Specs:
        """Equal specs as one object, so that ids tell questions apart, as they do of what came in."""
        if len(specs) == 1 and inputs and specs[0] is inputs[0]:
            return specs
        known = self.specs.setdefault
        return tuple([known(spec, spec) for spec in specs])

    def step(self) -> None:
        """Count one rule's call.

        Raises:
            RuleError: over-limit (GC002).
        """
        self.steps += 1
        if self.steps > self.limits.steps:
            raise RuleError("GC002", f"was not inferred: the model takes more than {self.limits.steps:,} steps")

    def infer_inner(
        self, layer: Layer, said: JSON, inputs: Specs, call: Mapping[str, Any], first: Specs | None = None
    ) -> Inner:
        """What a serialized layer or model inside a layer makes of inputs."""
        self.step()
        return self.inner.infer(self, layer, said, inputs, call, first)


class _Walk:
    """One graph of a run: calls are inferred in order, and what they give is gathered here."""

    def __init__(
        self,
        run: _Run,
        graph: Graph,
        path: tuple[str, ...],
        inbound: Mapping[NodeKey, Inbound],
        given: Mapping[TensorRef, TensorSpec],
        fed: TensorSpec | None,
        previous: Inference | None,
    ) -> None:
        self.run = run
        self.graph = graph
        self.path = path
        self.inbound = inbound
        self.given = {ref.call: spec for ref, spec in given.items()}
        self.fed = fed
        self.previous = previous
        self.prepared: dict[str, Prepared] = {}
        self.kept: set[str] = set()  # layers that are as they were in `previous`
        self.told = {  # calls of which `previous` tells something: it has to be told again
            (found.at.layer, found.at.node_index)
            for found in (previous.diagnostics if previous is not None else ())
            if found.at.path == path
        }
        self.specs: dict[NodeKey, Specs] = {}
        self.weights: dict[str, Weights | None] = {}
        self.costs: dict[NodeKey, int | None] = {}
        self.bodies: dict[str, Inference] = {}
        self.blame: dict[NodeKey, Diagnostic] = {}
        self.open: set[NodeKey] = set()  # calls of which nobody knows how many outputs they have
        self.diagnostics: list[Diagnostic] = []
        self.explaining: _Run | None = None
        self.reasons: dict[NodeKey, Reasons] = {}
        self.firsts: dict[str, list[Any]] = {}  # what first calls brought
        self.passed: dict[TensorRef, TensorRef] = {}  # tensors that Keras 3 gives back as it gets them
        self.unfit: Diagnostic | None = None  # why tf_keras, which builds this model, refuses to call it
        self.is_again = False  # a nested model for the shapes of a call; Keras 3 checks nothing then

    def prepare(self, alone: Inference | None) -> None:
        """Read the arguments of every layer."""
        if alone is not None:
            self.is_again = True
            self.prepared = dict(alone.prepared)
            self.firsts = dict(alone.firsts)
            self.weights = {name: weights for name, weights in alone.weights.items() if weights is not None}
            return
        before = self.previous.prepared if self.previous is not None else {}
        before_layers = self.previous.graph.layers if self.previous is not None else {}
        for key, layer in self.graph.layers.items():
            if layer.body is not None:
                continue
            old = before.get(key)
            if old is not None and not old.diagnostics and _is_same(before_layers[key], layer):
                self.prepared[key] = old
                self.kept.add(key)
                continue
            self.prepared[key] = made = self.run.preparer.prepare(layer, self.path, self.graph.declared)
            self.diagnostics.extend(made.diagnostics)

    def call(self, key: NodeKey) -> None:
        """Infer one call."""
        if self.run.exhausted is not None:
            self.blame[key] = self.run.exhausted
            return self._leave_unknown(key)
        node = self.graph.nodes[key]
        layer = self.graph.layers[key.layer]
        try:
            if self.given and (spec := self.given.get(key)) is not None and not self.inbound[key]:
                self._take_given(key, layer, spec)
            elif layer.body is not None:
                self._call_model(key, node, layer, layer.body)
            else:
                self._call_layer(key, node, layer, self.prepared[key.layer])
        except _Step as step:
            if step.diagnostic is not None:
                self.diagnostics.append(step.diagnostic)
                self.blame[key] = step.diagnostic
            self._leave_unknown(key)
        except RuleError as error:
            problem = located(layer, error, self._place(key), self._related(key))
            self._fail(key, replace(problem, hint=self._way_out(key, error) or problem.hint))
            if error.code == "GC002":
                self.run.exhausted = problem
        except Exception as error:  # a rule crashed: the boundary that keeps a bad rule from hiding everything else
            line = traceback.extract_tb(error.__traceback__)[-1]
            where = f"{line.filename.rpartition('/')[2]}:{line.lineno}"
            says = f"cannot be inferred: a rule of Layerwright stopped with {type(error).__name__} at {where}"
            self._fail(
                key, located(layer, RuleError("GC901", says, "please report it with this file"), self._place(key))
            )

    def _way_out(self, key: NodeKey, error: RuleError) -> str | None:
        refs = [ref for _, ref in self.inbound[key]]
        return way_out(error, refs, self.specs, self.inbound, self._reasons)

    def _reasons(self, key: NodeKey) -> Reasons:
        """Why a call above has its shapes, once: many hints may lead through it."""
        found = self.reasons.get(key)
        if found is None:
            self.explaining = self.explaining or _Run(self.run.catalog, self.run.limits, self.graph, is_explained=True)
            found = self.reasons[key] = _explain(self.explaining, self, key)
        return found

    def _take_given(self, key: NodeKey, layer: Layer, spec: TensorSpec) -> None:
        self.specs[key] = (spec,)
        self.costs[key] = 0
        self.weights.setdefault(key.layer, ())
        made = self.prepared.get(key.layer)
        if made is not None and made.failed is not None:
            self.blame[key] = made.failed

    def _fail(self, key: NodeKey, problem: Diagnostic) -> None:
        self.diagnostics.append(problem)
        self.blame[key] = problem
        self._leave_unknown(key)

    def _leave_unknown(self, key: NodeKey) -> None:
        self.specs[key] = (UNKNOWN,)
        self.open.add(key)
        self.weights.setdefault(key.layer, None)

    def _call_layer(self, key: NodeKey, node: Node, layer: Layer, made: Prepared) -> None:
        entry = made.entry
        if made.failed is not None:
            self.blame[key] = made.failed
            return self._leave_unknown(key)
        inputs = self._inputs(key)
        if self.previous is not None and self._reuse(key, inputs, self.previous):
            return
        if made.declared or entry is None:
            return self._declare(key, made, inputs)
        run = self.run
        run.step()
        is_start = self.graph.kind == "sequential" and not inputs and entry.inputs.form != "source"
        if is_start:
            if self.fed is None or self.fed.shape is None:
                return self._leave_unknown(key)
            inputs = [self.fed]
        name = key[0]
        is_its_own = self.is_again or name in self.weights or run.is_explained
        is_as_built = _is_as_built(node, layer, entry, inputs)
        question = None if is_its_own else _question(node, layer, made, inputs, is_as_built)
        answer = run.answers.get(question)
        if answer is not None:
            self.specs[key], self.weights[name], self.costs[key], self.firsts[name], _ = answer
            return
        found = len(self.diagnostics)
        self._ask(key, node, layer, made, entry, inputs, is_start=is_start, is_as_built=is_as_built)
        is_whole = len(self.diagnostics) == found and key not in self.open and name in self.firsts
        if question is not None and is_whole:
            given = (self.specs[key], self.weights[name], self.costs[key], self.firsts[name], (made, inputs))
            run.answers[question] = filled(_Answer, given)

    def _ask(
        self,
        key: NodeKey,
        node: Node,
        layer: Layer,
        made: Prepared,
        entry: OpDef,
        inputs: list[TensorSpec],
        *,
        is_start: bool,
        is_as_built: bool,
    ) -> None:
        """Ask a layer's rules about a call."""
        run = self.run
        dialect = run.dialect
        values, call = bind(entry, node, inputs, is_old=dialect == "keras2", is_start=is_start)
        if not entry.takes_unknown and None in [spec.shape for spec in inputs]:
            is_unranked = all(spec.shape is not None or spec.__class__ is Unranked for spec in inputs)
            if entry.old_unranked is None or not is_unranked:
                return self._wait(key, inputs)
            return self._ask_without_rank(key, made, entry, self._context(layer, made, call), values)
        if run.is_explained:
            call, values = named_call(call), [named_call(value, name) for name, value in _by_name(entry, values)]
        context = self._context(layer, made, call)
        context.is_asked_only = self.is_again and dialect == "keras3"
        context.first = first = self.firsts.get(key.layer)
        recorded = None
        if first is None and dialect == "keras3" and "build_config" in layer.extras:
            recorded = values if is_as_built else _built_for(layer.extras["build_config"], entry, values)
            context.first = recorded
            if recorded == values and entry.inputs.form != "call":
                recorded = values  # nothing in it can be wrong
            elif key.layer not in self.weights:
                self._check_record(key, layer, entry, context)
        is_checked = self._is_checked(key)
        if is_checked:
            check_rank(entry, values)
            if context.first:
                check_kept(entry, context, context.first, values)
        elif dialect == "keras2" and self.path and self.unfit is None:
            self.unfit = self._unfit(key, layer, made, entry, context, values)
        outputs = outputs_of(entry, context, values)
        if dialect == "keras2" and (regularizer := layer.config.get("activity_regularizer")) is not None:
            for output in outputs:
                check_activity(regularizer, output)
        is_first = key.layer not in self.weights
        if is_first and entry.weights is None and (recorded is values or entry.group != "merging"):
            self.weights[key.layer] = ()
        elif is_first or dialect not in entry.reuses or (is_checked and self.is_again):
            self._weigh(key, layer, made, entry, context, values, recorded)
        if first is None:
            self.firsts[key.layer] = values
        if dialect in entry.gives_back and (self.is_again or inputs[0].dtype == outputs[0].dtype):
            self.passed[TensorRef(*key, 0)] = self.inbound[key][0][1]
        self.specs[key] = outputs if run.is_explained else run.one_of_each(outputs, inputs)
        self.costs[key] = cost_of(entry, context, values, outputs)

    def _ask_without_rank(
        self, key: NodeKey, made: Prepared, entry: OpDef, context: Context, values: list[Any]
    ) -> None:
        """Ask a layer of Keras 2 about inputs that state no shape."""
        assert entry.old_unranked is not None  # its caller has asked
        shape = entry.old_unranked(context, *values)
        dtype = entry.dtype(context, *values) if entry.dtype is not None else None
        self.specs[key] = (Unranked(None, dtype) if shape is None else TensorSpec(shape, dtype),)
        if key.layer not in self.weights:
            self.weights[key.layer] = frozen(made, weights_of(entry, context, values), self.run.dialect)
        self.costs[key] = None

    def _context(self, layer: Layer, made: Prepared, call: Mapping[str, Any]) -> Context:
        context = Context(layer, made, self.run.dialect, call, self.run)
        context.built = self.weights.get(layer.name)
        if self.graph.stored:  # few files hold weights
            context.stored = self._stored(layer.name)
        return context

    def _stored(self, name: str) -> Weights | None:
        """The weights that the file holds of a layer, all taken for trainable: it does not say which are."""
        held = self.run.stored.get(name)
        return (
            None
            if held is None
            else tuple(WeightSpec(way, one.shape or (), dtype=one.dtype) for way, one in held.items())
        )

    def _is_checked(self, key: NodeKey) -> bool:
        """Whether Keras holds a call's inputs against what the layer takes.

        Keras 3 does not where it asks a nested model again; tf_keras does there, and else only when it builds a layer.
        """
        return not self.is_again if self.run.dialect == "keras3" else self.is_again or key.layer not in self.weights

    def _is_unchecked(self, entry: OpDef) -> bool:
        """Whether a later call may need other weights and be built all the same."""
        if self.is_again:
            return self.run.dialect == "keras3"
        return self.run.dialect in entry.unchecked

    def _check_record(self, key: NodeKey, layer: Layer, entry: OpDef, context: Context) -> None:
        """Refuse a `build_config` without a shape where Keras 3 needs one to build.

        Raises:
            _Step: build-config-mismatch (GC208).
        """
        said = layer.extras["build_config"]
        if not isinstance(said, dict) or said.get("input_shape", ...) is not None:
            return
        if entry.inputs.form != "many":
            try:
                weights_of(entry, context, [UNKNOWN])
                return
            except RuleError:
                pass
        raise _Step(self._misbuilt(key, layer, "cannot be built without the input_shape of its build_config"))

    def _unfit(
        self, key: NodeKey, layer: Layer, made: Prepared, entry: OpDef, context: Context, values: list[Any]
    ) -> Diagnostic | None:
        """Why a call that tf_keras makes without looking would be refused with a look."""
        try:
            check_rank(entry, values)
            if context.first:
                check_kept(entry, context, context.first, values)
            if self.run.dialect in entry.reuses:
                self._weigh(key, layer, made, entry, context, values)
        except RuleError as error:
            return located(layer, error, self._place(key), self._related(key))
        return None

    def _wait(self, key: NodeKey, inputs: list[TensorSpec]) -> None:
        """What comes in is unknown, so what goes out is; the reason is passed on."""
        for i, spec in enumerate(inputs):
            if spec.shape is not None:
                continue
            problem = self.blame.get(self.inbound[key][i][1].call) if i < len(self.inbound[key]) else None
            if problem is not None:
                self.blame[key] = problem
                break
        self._leave_unknown(key)

    def _inputs(self, key: NodeKey) -> list[TensorSpec]:
        specs: Mapping[Any, Specs] = self.specs  # a pair finds what a NodeKey does, and is made ten times faster
        inbound = self.inbound[key]
        if len(inbound) == 1 and not (ref := inbound[0][1])[2] and (outputs := specs.get(ref[:2])):  # so of nearly all
            return [outputs[0]]
        found = []
        for i, (way, ref) in enumerate(inbound):
            outputs = specs.get(ref[:2], ())
            if outputs and not ref[2]:
                found.append(outputs[0])
            elif has_output(ref, len(outputs)):
                found.append(outputs[ref[2]])
            elif ref.call in self.open or not outputs:
                found.append(UNKNOWN)
            else:
                raise _Step(self._no_such_output(key, i, way, ref, len(outputs)))
        return found

    def _no_such_output(self, key: NodeKey, i: int, way: str, ref: TensorRef, outputs: int) -> Diagnostic:
        place = Place(self.graph.nodes[key].origin, key.layer, key.index, arg=way, input=i, path=self.path)
        op = self.graph.layers[key.layer].op.cls
        return Diagnostic(
            "GC304",
            f'{op} "{key.layer}" is fed by output {ref.tensor} of "{ref.layer}", which has {outputs}, counted from 0',
            place,
            hint="name output 0" if outputs == 1 else f"name one of the outputs 0 to {outputs - 1}",
        )

    def _reuse(self, key: NodeKey, inputs: list[TensorSpec], old: Inference) -> bool:
        """Take a call from the previous inference where layer, call and inputs are the same as then."""
        if key in old.blame or key in self.told or key.layer not in self.kept:
            return False
        outputs = old.specs.get(key)
        node = old.graph.nodes.get(key)
        if not outputs or node is None or self.inbound[key] != old.inbound.get(key):
            return False
        if node.kwargs != self.graph.nodes[key].kwargs or node.args != self.graph.nodes[key].args:
            return False
        if inputs != [old.spec(ref) for _, ref in self.inbound[key]] or outputs == (UNKNOWN,):
            return False
        if key.layer in self.weights and (
            self.weights.get(key.layer) != old.weights.get(key.layer)
            or self.firsts.get(key.layer) != old.firsts.get(key.layer)
        ):
            return False  # an earlier call was another
        self.specs[key] = outputs
        if key in old.costs:
            self.costs[key] = old.costs[key]
        self.weights.setdefault(key.layer, old.weights.get(key.layer))
        if key.layer in old.firsts:
            self.firsts.setdefault(key.layer, old.firsts[key.layer])
        return True

    def _declare(self, key: NodeKey, made: Prepared, inputs: list[TensorSpec]) -> None:
        """No rule can know: what the file recorded stands."""
        declared = self.graph.declared
        outputs: list[TensorSpec] = []
        while (spec := declared.get(TensorRef(key.layer, key.index, len(outputs)))) is not None:
            outputs.append(spec)
        self.specs[key] = tuple(outputs) or (UNKNOWN,)
        self.open.add(key)
        if key.layer in self.weights:
            return
        entry, layer = made.entry, self.graph.layers[key.layer]
        if entry is None or entry.kept or entry.declared:
            self.weights[key.layer] = self._stored(key.layer)
        else:
            context = self._context(layer, made, {})
            self.weights[key.layer] = frozen(made, weights_of(entry, context, [inputs]), self.run.dialect)

    def _weigh(
        self,
        key: NodeKey,
        layer: Layer,
        made: Prepared,
        entry: OpDef,
        context: Context,
        values: list[Any],
        recorded: list[Any] | None = None,
    ) -> None:
        """The layer's weights at its first call; at later ones the same must come out.

        `recorded` are the inputs that Keras 3 builds it for, where its `build_config` names some.
        """
        try:
            weights = weights_of(entry, context, values)
        except RuleError as error:
            is_there = self.weights.get(key.layer) is not None
            if is_there and (error.code == "GC408" or (self.run.dialect == "keras3" and self._is_unchecked(entry))):
                return  # they were made for sizes that were known, and Keras 3 does not look again
            if error.code != "GC408" or entry.weights is None or recorded is None:
                raise
            weights = weights_of(entry, context, recorded)  # of sizes that are known there
        if (
            recorded is not values
            and (weights or entry.group == "merging")
            and self.run.dialect == "keras3"
            and "build_config" in layer.extras
            and key.layer not in self.weights
        ):
            weights = self._built(key, layer, entry, context, values, recorded, weights)
        weights = frozen(made, weights, self.run.dialect)
        first = self.weights.setdefault(key.layer, weights)
        if first is None or first is weights or first == weights:
            return
        for before, now in zip(first, weights, strict=False):
            if before.shape != now.shape and not may_agree(before.shape, now.shape):
                says = f"has a {before.name} of {show(before.shape)} from call 0, and this one needs {show(now.shape)}"
                hint = "share a layer only between inputs of the same size, or use a second layer"
                is_noticed = not self.is_again and entry.noticed is not None and entry.noticed(*values)
                if is_noticed or not self._is_unchecked(entry):
                    raise RuleError("GC411", says, hint, inputs=(0,))
                late = RuleError("GC210", f"{says}: it can be built and not run", hint, inputs=(0,))
                self.diagnostics.append(located(layer, late, self._place(key), self._related(key)))
                return

    def _built(
        self,
        key: NodeKey,
        layer: Layer,
        entry: OpDef,
        context: Context,
        values: list[Any],
        recorded: list[Any] | None,
        weights: Weights,
    ) -> Weights:
        """The weights that Keras 3 makes from a layer's `build_config`, before it calls the layer.

        Where they are not those that the input needs, the call fails; some layers only notice when they run.
        """
        wrong = _unbuildable(layer.extras["build_config"], entry)
        if wrong is not None and _needs_shape(entry, context, values):
            self.diagnostics.append(self._misbuilt(key, layer, f"has a build_config {wrong}"))
            return weights
        if recorded is None or recorded == values:
            return weights
        says = f"is built for {_shapes(recorded)} by its build_config, and gets {_shapes(values)}"
        try:
            built = weights_of(entry, context, recorded)
        except RuleError:
            self.diagnostics.append(self._misbuilt(key, layer, says))
            return weights
        if all(may_agree(one.shape, other.shape) for one, other in zip(built, weights, strict=False)):
            return weights
        if "keras3" in entry.unchecked:
            self.diagnostics.append(self._misbuilt(key, layer, f"{says}: it cannot run", "GC210"))
            return built
        self.diagnostics.append(self._misbuilt(key, layer, says))
        return weights

    def _misbuilt(self, key: NodeKey, layer: Layer, says: str, code: str = "GC208") -> Diagnostic:
        """The problem of a `build_config`, at its place."""
        place = Place(f"{layer.origin}/build_config", key.layer, key.index, path=self.path)
        hint = "remove the build_config: Keras then builds the layer from its input"
        return located(layer, RuleError(code, says, hint), place)

    def _call_model(self, key: NodeKey, node: Node, layer: Layer, body: Graph) -> None:
        """A nested model: its inside once as it stands, and again for the shapes that this call brings."""
        check_model_call(layer, node, is_old=self.run.dialect == "keras2")
        inputs = self._inputs(key)
        tensors = [
            spec
            for (way, _), spec in zip(self.inbound[key], inputs, strict=True)
            if way.partition("/")[2].partition("/")[0] not in MASKS
        ]
        if "mask" in node.kwargs and self.run.dialect == "keras2":
            masks = [spec for (way, _), spec in zip(self.inbound[key], inputs, strict=True) if _is_of_mask(way)]
            tensors = masked_by_call(tensors, node, masks)
        refs = body.input_refs
        path = (*self.path, key.layer)
        alone = self._body(body, path, None, None)
        if key.layer not in self.bodies:
            self.bodies[key.layer] = alone
            self.diagnostics.extend(alone.diagnostics)
            self.weights[key.layer] = alone.all_weights()
        if alone.unfit is not None:
            raise _Step(alone.unfit)
        if refs or body.kind == "functional":
            if len(tensors) != len(refs):
                raise RuleError(
                    "GC401",
                    f"takes {len(refs)} tensors, gets {len(tensors)}",
                    "connect one tensor to each of its inputs",
                )
            given = {}
            for i, (ref, spec) in enumerate(zip(refs, tensors, strict=True)):
                given[ref] = self._fit(key, layer, i, ref, alone.spec(ref), spec)
            if self.run.dialect == "keras3" and any(given[ref].shape != alone.spec(ref).shape for ref in refs):
                # Only where all shapes are those of its inputs does Keras 3 give what it gave, and never look inside.
                given = {
                    ref: replace(given[ref], dtype=spec.dtype or given[ref].dtype)
                    for ref, spec in zip(refs, tensors, strict=True)
                }
            is_same = not self.run.is_explained and all(given[ref] == alone.spec(ref) for ref in refs)
            inside = alone if is_same else self._body(body, path, given, alone)
        else:
            if len(tensors) != 1:
                raise RuleError("GC401", f"takes 1 tensor, gets {len(tensors)}", "connect one tensor")
            inside = alone if tensors[0].shape is None else self._body(body, path, tensors[0], alone)
        if inside is not alone:
            self._enter(key, inside, alone)
        if self.run.dialect == "keras3" and any(alone.spec(ref).shape != inside.spec(ref).shape for ref in refs):
            self._pass(key, inside)
        outputs = _given_by(inside) or (UNKNOWN,)
        # Masks go into and come out of nested models in tf_keras only.
        self.specs[key] = tuple(map(without_mask, outputs)) if self.run.dialect == "keras3" else outputs
        self.costs[key] = inside.multiply_adds()
        for ref in body.output_refs:
            if inside.spec(ref).shape is None and ref.call in inside.blame:
                self.blame[key] = inside.blame[ref.call]
        if any(spec.shape is None for spec in tensors) and key not in self.blame:
            for (_, ref), spec in zip(self.inbound[key], inputs, strict=True):
                if spec.shape is None and ref.call in self.blame:
                    self.blame[key] = self.blame[ref.call]

    def _pass(self, key: NodeKey, inside: Inference) -> None:
        """Note which outputs of a nested model that Keras 3 runs through are tensors that it gets."""
        body = inside.graph
        for i, ref in enumerate(body.output_refs):
            while (ref := inside.passed.get(ref, ref)) in inside.passed:
                pass
            if ref in body.input_refs:
                at = body.input_refs.index(ref)
                self.passed[TensorRef(*key, i)] = self.inbound[key][at][1]

    def _fit(
        self, key: NodeKey, layer: Layer, i: int, ref: TensorRef, wanted: TensorSpec, given: TensorSpec
    ) -> TensorSpec:
        """What a nested model's input becomes when this tensor is given; tf_keras looks only where it looks at all."""
        is_old = self.run.dialect == "keras2"
        try:
            check_fit(i, ref, wanted, given)
        except RuleError as error:
            if not is_old or self.is_again:
                raise
            if self.path and self.unfit is None:
                self.unfit = located(layer, error, self._place(key), self._related(key))
        return fit(wanted, given, is_old=is_old)

    def _enter(self, key: NodeKey, inside: Inference, alone: Inference) -> None:
        """Take over what a call with its own shapes found inside a nested model."""
        known = {(d.code, d.at.pointer) for d in alone.diagnostics}
        self.diagnostics.extend(d for d in inside.diagnostics if (d.code, d.at.pointer) not in known)
        if self.bodies.get(key.layer) is alone:
            self.bodies[key.layer] = inside
            if self.weights.get(key.layer) is None:
                self.weights[key.layer] = inside.all_weights()

    def _body(self, body: Graph, path: tuple[str, ...], given: Any, alone: Inference | None) -> Inference:
        """The inside of a nested model for some inputs, once: a child that is called twice, 40 deep, stays small."""
        fed = given if isinstance(given, TensorSpec) else None
        inputs = given if isinstance(given, dict) else {}
        key = (id(body), fed or tuple(sorted(inputs.items())) if not inputs else tuple(inputs.items()))
        found = self.run.bodies.get(key)
        if found is None:
            found = self.run.infer(body, path, inputs, fed, alone=alone)
            self.run.bodies[key] = found
        return found

    def _place(self, key: NodeKey) -> Place:
        return Place(self.graph.nodes[key].origin, key.layer, key.index, path=self.path)

    def _related(self, key: NodeKey) -> tuple[Related, ...]:
        related = []
        for i, (way, ref) in enumerate(self.inbound[key][:12]):
            origin = self.graph.layers[ref.layer].origin
            outputs = self.specs.get(ref.call, ())
            spec = outputs[ref.tensor] if has_output(ref, len(outputs)) else UNKNOWN
            place = Place(origin, ref.layer, ref.node, ref.tensor, arg=way, input=i, path=self.path)
            related.append(Related(f"input {i}", place, show(spec.shape)))
        return tuple(related)

    def check_ends(self) -> None:
        """Outputs of the model that their layer does not give, and tensors that Keras 3 takes for a circle."""
        if self.passed and not self.is_again:
            self._check_passed()
        ends = [("output", i, ref) for i, ref in enumerate(self.graph.output_refs)]
        ends += [("input", i, ref) for i, ref in enumerate(self.graph.input_refs)]
        for side, i, ref in ends:
            outputs = self.specs.get(ref.call)
            if outputs is not None and ref.call not in self.open and not has_output(ref, len(outputs)):
                place = Place(f"{self.graph.origin}/{side}_layers/{i}", path=self.path)
                says = f'An {side} of the model is output {ref.tensor} of "{ref.layer}", which has {len(outputs)}'
                hint = "name output 0" if outputs else "name another layer: this one gives nothing"
                self.diagnostics.append(Diagnostic("GC304", f"{says}, counted from 0", place, hint=hint))

    def _check_passed(self) -> None:
        """Refuse a tensor that comes out as it came in, where an output needs it: it then comes from itself."""
        needed: set[TensorRef] = set()
        waiting = list(self.graph.output_refs)
        while waiting:
            ref = waiting.pop()
            if ref not in needed:
                needed.add(ref)
                waiting.extend(source for _, source in self.inbound.get(ref.call, ()))
        for out, given in self.passed.items():
            if out in needed or given in needed:
                layer = self.graph.layers[out.layer]
                says = f'gives back the very tensor that it gets from "{given.layer}", which Keras 3 takes for a circle'
                hint = "put an Identity layer before it" if layer.body is None else "make it no output of the model"
                problem = located(layer, RuleError("GC306", says, hint), self._place(out.call))
                self.diagnostics.append(problem)
                self.blame.setdefault(out.call, problem)

    def result(self, order: tuple[NodeKey, ...]) -> Inference:
        """What was gathered."""
        if len(self.weights) < len(self.graph.layers):
            for key in self.graph.layers:
                self.weights.setdefault(key, None)
        return Inference(
            self.graph,
            order,
            self.inbound,
            self.specs,
            self.weights,
            self.costs,
            self.bodies,
            self.blame,
            tuple(self.diagnostics),
            self.prepared,
            self.firsts,
            self.unfit,
            self.passed,
        )


def _explain(run: _Run, known: Inference | _Walk, key: NodeKey) -> Reasons:
    """The reasons of a call, by asking its rule again in a run that explains."""
    refs = [ref for _, ref in known.inbound.get(key, ())]
    walk = _Walk(run, known.graph, (), known.inbound, {}, None, None)
    layer, outputs = known.graph.layers[key.layer], known.specs.get(key, ())
    if layer.body is None:
        made = known.prepared.get(key.layer) or run.preparer.prepare(layer, ())
        if made.declared:
            return tuple(as_recorded(spec) for spec in outputs)
        walk.prepared[key.layer] = made._replace(values=named(made.values))

    def rule(inputs: list[TensorSpec]) -> Specs:
        walk.specs = {}
        for ref, spec in zip(reversed(refs), reversed(inputs), strict=True):  # the first of two of one tensor stands
            before = walk.specs.get(ref.call, known.specs.get(ref.call, ()))
            at = ref.tensor if ref.tensor >= 0 else max(ref.tensor + len(before), 0)
            walk.specs[ref.call] = (*before[:at], spec, *before[at + 1 :])
        weights = known.weights.get(key.layer)
        walk.weights = {key.layer: weights} if key.index and weights is not None else {}
        walk.firsts = dict(known.firsts) if walk.weights else {}
        walk.call(key)
        return walk.specs[key]

    return explained(rule, [spec_at(known.specs, ref) for ref in refs], outputs)


def _by_name(entry: OpDef, values: list[Any]) -> list[tuple[str, Any]]:
    names = entry.inputs.names or ("inputs",) * len(values)
    return [(name.rstrip("?"), value) for name, value in zip(names, values, strict=False)]


def _given_by(inside: Inference) -> Specs:
    """What a nested model gives: a Sequential all that its last layer does."""
    refs = inside.graph.output_refs
    if inside.graph.kind == "sequential" and len(refs) == 1:
        return inside.specs.get(refs[0].call, ())
    return tuple(inside.spec(ref) for ref in refs)


def _unbuildable(said: JSON, entry: OpDef) -> str | None:
    """What is wrong with a `build_config` by which no layer can be built that looks at its input's shape.

    Source: Keras 3, `Layer.build_from_config`: what is falsy is passed over; else `input_shape` is handed to `build`,
    or `shapes_dict` as its arguments.
    """
    if not said or isinstance(said, (str, list)):
        return None
    if not isinstance(said, dict):
        return f"of {shown(said)}, which is no object"
    named = _names_of_shapes(entry)
    if "input_shape" in said:
        if len(named) > 1:
            return f"with input_shape, and is built by {' and '.join(named)}"
        return _no_shape("input_shape", said["input_shape"], entry)
    if "shapes_dict" not in said:
        return None
    shapes = said["shapes_dict"]
    if not isinstance(shapes, dict) or not shapes:
        return f"with shapes_dict {shown(shapes)}, which is no shape"
    taken = {f"{name.rstrip('?')}_shape" for name in entry.inputs.built_by}
    if (unknown := next((name for name in shapes if name not in taken), None)) is not None:
        return f'with "{unknown[:40]}", by which it is not built'
    missing = next((name for name in named if name not in shapes), None)
    if missing is not None:
        return f"without {missing}"
    return next((wrong for name in named if (wrong := _no_shape(name, shapes[name], entry)) is not None), None)


def _names_of_shapes(entry: OpDef) -> list[str]:
    """What `build` needs to be told: a shape for each tensor that a call cannot do without."""
    return [f"{name}_shape" for name in entry.inputs.built_by if not name.endswith("?")]


def _no_shape(name: str, shape: JSON, entry: OpDef) -> str | None:
    """What is wrong with one of the shapes that a layer is built for."""
    if entry.inputs.form == "many":
        are_many = isinstance(shape, list) and shape and all(isinstance(one, list) for one in shape)
        return None if are_many else f"with {name} {shown(shape)}, which is no list of shapes"
    is_shape = isinstance(shape, list) and all(size is None or type(size) is int for size in shape)
    return None if is_shape else f"with {name} {shown(shape)}, which is no shape"


def _needs_shape(entry: OpDef, context: Context, values: list[Any]) -> bool:
    """Whether `build` looks at what comes in, as the variables or the ranks of a merge do: an Embedding's does not."""
    if entry.group == "merging":
        return True
    unknown = [TensorSpec(None, one.dtype) if isinstance(one, TensorSpec) else one for one in values]
    try:
        return any(None in weight.shape for weight in weights_of(entry, context, unknown))
    except RuleError:
        return True


def _is_as_built(node: Node, layer: Layer, entry: OpDef, inputs: list[TensorSpec]) -> bool:
    """Whether a layer's `build_config` names the tensor or the list that comes in, as nearly every file does."""
    said = layer.extras.get("build_config")
    if said.__class__ is not dict:
        return False
    shape, form = said.get("input_shape"), entry.inputs.form
    if form == "one":
        return len(inputs) == 1 and _is_shape_of(inputs[0], shape)
    if form != "many" or shape.__class__ is not list or len(shape) != len(inputs):
        return False
    is_list = len(node.args) == 1 and not node.kwargs and are_tensors(node.args[0])
    return is_list and all(map(_is_shape_of, inputs, shape))


def _is_of_mask(way: str) -> bool:
    return way.split("/")[1:2] == ["mask"]


def _question(
    node: Node, layer: Layer, made: Prepared, inputs: list[TensorSpec], is_as_built: bool
) -> tuple[object, ...] | None:
    """All that the answer to a layer's first call depends on; None where that cannot be compared."""
    args, kwargs = node.args, node.kwargs
    form: bytes | None
    built: bytes | None
    if len(args) == 1 and type(args[0]) is TensorRef and (not kwargs or kwargs == UNMASKED):
        form = b"mask" if kwargs else b""
    elif len(args) == 1 and not kwargs and are_tensors(args[0]):
        form = b"list"
    else:
        specs = repeat(...)
        form = exact(([replaced(value, specs) for value in args], replaced_named(kwargs, specs)))
    if is_as_built:
        built = b"as built"
    else:
        said = layer.extras.get("build_config")
        built = b"" if said is None else exact(said)
    if form is None or built is None:
        return None
    return (id(made), form, built, *map(id, inputs))


def _is_shape_of(x: TensorSpec, said: JSON) -> bool:
    return x.shape is not None and said == [*x.shape] and not (x.sparse or x.ragged)


def _built_for(said: JSON, entry: OpDef, values: list[Any]) -> list[Any] | None:
    """The inputs that a `build_config` names in place of those that come in; None where it names none.

    Source: Keras 3, `Layer.get_build_config`: one `input_shape`, or `shapes_dict` with `query_shape` and the like.
    """
    if not isinstance(said, dict):
        return None
    shapes = said.get("shapes_dict")
    if isinstance(shapes, dict) and "input_shape" in shapes and "input_shape" not in said:
        said = shapes
    if isinstance(shapes, dict) and entry.inputs.form == "call":
        names = [name.rstrip("?") for name in entry.inputs.names]
        found = [_in_shape(value, shapes.get(f"{name}_shape")) for name, value in zip(names, values, strict=False)]
        return [value if other is None else other for value, other in zip(values, found, strict=False)]
    if entry.inputs.form == "many" and values:
        shapes = said.get("input_shape")
        if not isinstance(shapes, list) or len(shapes) != len(values[0]):
            return None
        many = [_in_shape(*each) for each in zip(values[0], shapes, strict=True)]
        return None if None in many else [many]
    if entry.inputs.form not in ("one", "call") or not values:
        return None
    first = _in_shape(values[0], said.get("input_shape"))
    return None if first is None else [first, *values[1:]]


def _in_shape(value: Any, shape: JSON) -> TensorSpec | None:
    if not isinstance(value, TensorSpec) or not isinstance(shape, list):
        return None
    if _is_shape_of(value, shape):
        return value
    is_shape = all(dim is None or type(dim) is int for dim in shape)
    return TensorSpec(tuple(shape), value.dtype) if is_shape else None


def _shapes(values: list[Any]) -> str:
    return " and ".join(show(value.shape) for value in values if isinstance(value, TensorSpec))


def _is_same(a: Layer, b: Layer) -> bool:
    return a is b or (
        a.op == b.op and a.origin == b.origin and a.config == b.config and b.body is None and a.body is None
    )
