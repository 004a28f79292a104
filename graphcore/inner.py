"""Layers and models inside of layers: what a wrapper asks of the one that it holds."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

from .binding import check_fit, check_kept, check_rank, fit
from .catalog.spec import Inner
from .context import Context, Prepared, Specs, Weights, cost_of, frozen, outputs_of, weights_of
from .formats.entries import Style, op_of, read_model
from .formats.modules import MODELS, lost
from .inference import Inference
from .model import JSON, Graph, Layer, TensorRef
from .prepare import Preparer
from .shapes import UNKNOWN, RuleError, TensorSpec, may_agree, show
from .source import Limits


class Engine(Protocol):
    """What infers the graphs of one run."""

    preparer: Preparer
    limits: Limits

    def infer(
        self,
        graph: Graph,
        path: tuple[str, ...],
        given: Mapping[TensorRef, TensorSpec] | None = None,
        fed: TensorSpec | None = None,
        *,
        alone: Inference | None = None,
    ) -> Inference:
        """A graph's inference."""

    def infer_inner(
        self, layer: Layer, said: JSON, inputs: Specs, call: Mapping[str, Any], first: Specs | None = None
    ) -> Inner:
        """What a serialized layer or model inside a layer makes of inputs."""


class InnerLayers:
    """The serialized layers and models inside the layers of one run, each read once."""

    def __init__(self) -> None:
        self.layers: dict[int, tuple[JSON, Layer, Prepared]] = {}
        self.models: dict[int, tuple[JSON, Inference]] = {}

    def infer(
        self,
        engine: Engine,
        layer: Layer,
        said: JSON,
        inputs: Specs,
        call: Mapping[str, Any],
        first: Specs | None = None,
    ) -> Inner:
        """What a serialized layer or model inside a layer makes of inputs. `first`: see `RuleContext.infer`.

        Raises:
            RuleError: it has a problem of its own, or takes other inputs.
        """
        if isinstance(said, dict) and said.get("class_name") in MODELS and isinstance(said.get("config"), (dict, list)):
            return self._infer_model(engine, layer, said, inputs)
        dialect = engine.preparer.dialect
        held, prepared = self._layer(engine, layer, said)
        if prepared.failed is not None or prepared.entry is None:
            return Inner((UNKNOWN,), ())
        context = Context(held, prepared, dialect, call, engine)
        context.is_asked_only = dialect == "keras3" and first is None
        form = prepared.entry.inputs.form
        values: list[Any] = [list(inputs)] if form in ("many", "all") else list(inputs)
        if form == "call":
            values += [None] * (len(prepared.entry.inputs.names) - len(values))
        if dialect == "keras2" or first is not None:  # Keras 3 mostly asks an inner layer for its shape
            check_rank(prepared.entry, values)
        if first:
            context.built = weights_of(prepared.entry, context, list(first))
            context.first = list(first)
            check_kept(prepared.entry, context, first, values)
        outputs = outputs_of(prepared.entry, context, values)
        made = _made(held, prepared, context, values)
        if not isinstance(made, RuleError):
            made = frozen(prepared, made, dialect)
        cost = cost_of(prepared.entry, context, values, outputs)
        return Inner(outputs, made, cost, drops_masks=prepared.entry.mask is None)

    def _infer_model(self, engine: Engine, layer: Layer, said: JSON, inputs: Specs) -> Inner:
        alone = self._model(engine, layer, said)
        body = alone.graph
        refs = body.input_refs
        if refs or body.kind == "functional":
            if len(refs) != len(inputs):
                raise RuleError("GC401", f"wraps a model of {len(refs)} inputs, gets {len(inputs)}", arg="layer")
            for i, (ref, spec) in enumerate(zip(refs, inputs, strict=True)):
                check_fit(i, ref, alone.spec(ref), spec)
            is_old = engine.preparer.dialect == "keras2"
            given = {ref: fit(alone.spec(ref), spec, is_old=is_old) for ref, spec in zip(refs, inputs, strict=True)}
            inside = engine.infer(body, (layer.name,), given, alone=alone)
        else:
            inside = engine.infer(body, (layer.name,), fed=inputs[0] if inputs else None, alone=alone)
        for problem in inside.diagnostics:
            if problem.severity == "error":
                raise RuleError(problem.code, f"wraps a model that cannot be: {problem.message}", arg="layer")
        return Inner(
            tuple(inside.spec(ref) for ref in body.output_refs) or (UNKNOWN,),
            inside.all_weights() or (),
            inside.multiply_adds(),
        )

    def _model(self, engine: Engine, layer: Layer, said: JSON) -> Inference:
        """A serialized model as it stands."""
        if (known := self.models.get(id(said))) is not None:
            return known[1]
        style = Style(engine.preparer.dialect)
        body, found = read_model(said, f"{layer.origin}/config/layer", style, engine.limits)
        problems = [problem for problem in found if problem.severity == "error"]
        if body is None or problems:
            says = problems[0].message if problems else "it has too many layers"
            code = problems[0].code if problems else "GC002"
            raise RuleError(code, f"wraps a model that cannot be: {says}", arg="layer")
        alone = engine.infer(body, (layer.name,))
        self.models[id(said)] = (said, alone)
        return alone

    def _layer(self, engine: Engine, layer: Layer, said: JSON) -> tuple[Layer, Prepared]:
        """A serialized layer, its arguments read."""
        if (known := self.layers.get(id(said))) is not None:
            return known[1:]
        if not isinstance(said, dict) or not isinstance(said.get("class_name"), str):
            raise RuleError("GC204", f"wraps {type(said).__name__}, not a serialized layer", arg="layer")
        missing = lost(said, "keras3", is_inside=True) if engine.preparer.dialect == "keras3" else None
        if missing is not None:
            raise RuleError(missing.code, f"wraps a layer that {missing.says}", missing.hint, arg="layer")
        config = said.get("config")
        op = op_of(said)
        name = config.get("name", "") if isinstance(config, dict) else ""
        held = Layer(str(name), op, config if isinstance(config, dict) else {}, origin=f"{layer.origin}/config/layer")
        prepared = engine.preparer.prepare(held, ())
        self.layers[id(said)] = (said, held, prepared)
        wrong = next((problem for problem in prepared.diagnostics if problem.severity == "error"), prepared.failed)
        if wrong is not None:
            raise RuleError(wrong.code, f"wraps a layer that cannot be: {wrong.message}", arg="layer")
        return held, prepared


def _made(held: Layer, prepared: Prepared, context: Context, values: list[Any]) -> Weights | RuleError:
    """The variables, or why they cannot be made of what comes in: who asks for a shape alone needs none.

    Raises:
        RuleError: shared-layer-mismatch (GC411), an earlier call has made others.
    """
    assert prepared.entry is not None
    try:
        weights = weights_of(prepared.entry, context, values)
    except RuleError as error:
        if error.code != "GC408" and not context.is_asked_only:
            raise
        if context.built is None:
            return error
        weights = tuple(context.built)
    for before, now in zip(context.built or (), weights, strict=False):
        if not may_agree(before.shape, now.shape):
            says = f"wraps a {held.op.cls} with a {before.name} of {show(before.shape)} from call 0"
            raise RuleError("GC411", f"{says}, and this one needs {show(now.shape)}", inputs=(0,))
    return tuple(
        weight if weight.dtype is not None else weight._replace(dtype=prepared.policy.variable)
        for weight in context.built or weights
    )
