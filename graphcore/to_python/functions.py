"""One model as a function: its calls in order, each a line."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field

from ..catalog import is_operation
from ..catalog.policies import POLICIES
from ..catalog.spec import is_float
from ..diagnostics import Diagnostic, Place
from ..formats.entries import snake_case
from ..formats.write import CannotWrite
from ..infer import infer
from ..inference import Inference, is_frozen
from ..model import Graph, Layer, Node, NodeKey, Object, TensorRef, Value, leaves
from ..python_text import (
    DEEPEST,
    Chain,
    Expression,
    Group,
    Names,
    TooDeep,
    call,
    in_docstring,
    is_shape,
    keyword_argument,
    lay_out,
    literal,
    many,
    pair,
    quoted,
    snake,
)
from .objects import ARRAYS, Objects, check_argument
from .operations import operation
from .outputs import output_counts, ways_of_outputs
from .script import OURS, Script, Unwritable


def write_function(script: Script, graph: Graph, name: str) -> str:
    """The text of a function that builds a model.

    Raises:
        CannotWrite: a layer has no source, or the wiring leads nowhere (GC601).
    """
    return _Function(script, graph, name).write()


@dataclass(slots=True)
class _Lines:
    """Statements of a function."""

    lines: list[str] = field(default_factory=list)

    def assign(self, name: str, value: Expression) -> None:
        """`name = value`, over as many lines as it takes."""
        head = f"    {name} = "
        self.lines.append(head + lay_out(value, 4, len(head), 0))

    def give_back(self, value: Expression) -> None:
        """The function's last line."""
        head = "    return "
        self.lines.append(head + lay_out(value, 4, len(head), 0))


class _Function:
    """One model: its calls in order, each a line."""

    def __init__(self, script: Script, graph: Graph, name: str) -> None:
        self.script = script
        self.objects = Objects(script, graph.dialect)
        self.graph = graph
        self.name = name
        self.names = Names(taken={*OURS, *script.builders.values()})
        self.body = _Lines()
        self.ways: dict[NodeKey, Callable[[int], str]] = {}
        self.shared: dict[str, str] = {}  # the variables of layers that are called more than once
        self.layer_names = _layer_names(graph)
        # Prefixes under which Keras may name an operation as the source names a layer.
        given = (self.layer_names[one.name] for one in graph.layers.values() if not is_operation(one.op))
        self.clashing = frozenset(prefix for name in given for prefix in _prefixes(name))

    def write(self) -> str:
        """The function's text."""
        is_sequential = self.graph.kind == "sequential"
        value = self._sequential() if is_sequential else self._functional()
        self.script.imports.add("Sequential" if is_sequential else "Model")
        self.body.give_back(value)
        says = in_docstring(self.graph.name) or "A model without a name"
        return "\n".join([f"def {self.name}():", f'    """{says}."""', *self.body.lines, ""])

    # Functional

    def _functional(self) -> Expression:
        inference = infer(self.graph, self.script.catalog)
        problem = _broken_wiring(self.graph, inference)
        if problem is not None:
            raise _refusal(problem)
        needed = _needed(self.graph, inference)
        calls = Counter(key.layer for key in needed)
        outputs = output_counts(inference)
        for key in inference.order:
            if key in needed:
                if _casts(inference, key):
                    self.script.auto.unsure.add("cast")
                self._write_call(key, calls[key.layer], outputs.get(key, 1))
        items = [
            keyword_argument("inputs", self._value(self.graph.inputs)),
            keyword_argument("outputs", self._value(self.graph.outputs)),
            keyword_argument("name", quoted(_plain(self.graph.name))),
            *(["trainable=False"] if is_frozen(self.graph) else []),
        ]
        return call("Model", *items)

    def _write_call(self, key: NodeKey, calls: int, outputs: int) -> None:
        layer = self.graph.layers[key.layer]
        node = self.graph.nodes[key]
        try:
            value = self._called(layer, node, calls)
            variable = self.names.variable(layer.name, layer.op.cls)
            self.ways[key] = ways_of_outputs(layer, variable, outputs, self.script.catalog)
        except (Unwritable, TooDeep) as why:
            raise _refusal(_cannot(layer, str(why))) from None
        self.body.assign(variable, value)

    def _makes_mask(self, layer: Layer) -> bool:
        """Whether a mask begins here: always, or where the layer is told to by `mask_zero`."""
        entry = self.script.catalog.find(layer.op, "keras3")
        if entry is None or not entry.begins_mask:
            return False
        return "mask_zero" not in entry.by_name or bool(layer.config.get("mask_zero"))

    def _called(self, layer: Layer, node: Node, calls: int) -> Expression:
        if layer.op.cls == "InputLayer" and not node.args and not node.kwargs:
            return self._input(layer)
        if layer.body is None and is_operation(layer.op):
            return self._operation(layer, node)
        arguments = self._arguments(node)
        # Masks make operations by themselves, which count too.
        self.script.has_masks |= self._makes_mask(layer)
        if calls == 1:
            return Chain((self._layer(layer), Group("(", arguments, ")")))
        variable = self.shared.get(layer.name)
        if variable is None:
            variable = self.shared[layer.name] = self.names.variable(f"shared_{snake(layer.name)}", "shared")
            self.body.assign(variable, self._layer(layer))
        return Group(f"{variable}(", arguments, ")")

    def _arguments(self, node: Node) -> tuple[Expression, ...]:
        items = [self._value(value) for value in node.args]
        for key, value in node.kwargs.items():
            # Keras 3 records `training: false` on every Dropout, and overrides it when the model is called.
            is_noise = value is None or (key == "training" and value is False and self.graph.source_dialect is None)
            if not is_noise:
                check_argument(key)
                items.append(keyword_argument(key, self._value(value)))
        return tuple(items)

    def _value(self, value: Value, depth: int = 0) -> Expression:
        """A call's argument: tensors are variables, serialized things what they stand for."""
        if depth > DEEPEST:
            raise Unwritable(f"is called with a value that is nested deeper than {DEEPEST}")
        if type(value) is TensorRef:
            way = self.ways.get(value.call)
            if way is None:
                raise Unwritable(f'is fed by "{value.layer[:80]}", which is made after it or not at all')
            return way(value.tensor)
        if isinstance(value, Object):
            return self._object(value)
        if isinstance(value, Mapping):
            return many((pair(str(k), self._value(v, depth + 1)) for k, v in value.items()), "{}")
        if isinstance(value, (tuple, list)):
            has_tensors = next(leaves(value), None) is not None
            brackets = "()" if not has_tensors and is_shape(value) else "[]"
            return many((self._value(item, depth + 1) for item in value), brackets)
        return literal(value)

    def _object(self, value: Object) -> Expression:
        config = value.config if isinstance(value.config, Mapping) else {}
        if value.cls == "__slice__":
            return call("slice", *(literal(config.get(part)) for part in ("start", "stop", "step")))
        if value.cls == "__ellipsis__":
            return "..."
        if value.cls in ARRAYS:
            return self.script.array(value.cls, config)
        if value.cls in POLICIES:
            return self.objects.policy({"class_name": value.cls, "config": config}) or "None"
        raise Unwritable(f"is called with {value.cls[:80]}, which has no source")

    # Operations

    def _operation(self, layer: Layer, node: Node) -> Expression:
        cls = layer.op.cls
        prefix = snake_case(cls)
        automatic = self.script.auto.next(prefix)
        value = operation(self.objects, layer, node, self._value)
        wanted = _plain(str(self.layer_names[layer.name]))
        is_first = node.key.index == 0
        # Functions that build nested models run in another order than they stand in.
        is_unsure = prefix in self.script.auto.unsure or self.script.has_masks or self.script.has_inner_operations
        is_other = automatic != wanted or is_unsure
        if is_first and (prefix in self.clashing or (self.graph.source_dialect is None and is_other)):
            self.script.names_operations = True
            return call("named", value, quoted(wanted))
        return value

    # Layers

    def _input(self, layer: Layer) -> Expression:
        self.script.imports.add("Input")
        config = layer.config
        items: list[Expression] = []
        whole = config.get("batch_shape", config.get("batch_input_shape"))
        shape = config.get("shape", config.get("input_shape"))
        if isinstance(whole, (list, tuple)) and whole:
            shape, batch = whole[1:], whole[0]
        else:
            batch = config.get("batch_size")
        if isinstance(whole, (list, tuple)) and not whole:
            items.append(keyword_argument("batch_shape", "()"))
        else:
            if not isinstance(shape, (list, tuple)):
                raise Unwritable("has no shape")
            items.append(keyword_argument("shape", many((literal(dim) for dim in shape), "()")))
            if batch is not None:
                items.append(keyword_argument("batch_size", literal(batch)))
        dtype = self.objects.policy(config.get("dtype"))
        if dtype not in (None, quoted("float32")):
            items.append(keyword_argument("dtype", dtype))
        items += [keyword_argument(key, "True") for key in ("sparse", "ragged", "optional") if config.get(key)]
        return call("Input", *items, keyword_argument("name", quoted(self.layer_names[layer.name])))

    def _layer(self, layer: Layer) -> Expression:
        """The layer itself, not called yet."""
        if layer.body is not None:
            return f"{self.script.builders[id(layer.body)]}()"
        return self.objects.layer(layer.op, layer.config, self.layer_names[layer.name])

    # Sequential

    def _sequential(self) -> Expression:
        items: list[Expression] = []
        for layer in self.graph.layers.values():
            try:
                items.append(self._input(layer) if layer.op.cls == "InputLayer" else self._layer(layer))
            except (Unwritable, TooDeep) as why:
                raise _refusal(_cannot(layer, str(why))) from None
        return call(
            "Sequential", Group("[", tuple(items), "]"), keyword_argument("name", quoted(_plain(self.graph.name)))
        )


def _needed(graph: Graph, inference: Inference) -> Collection[NodeKey]:
    """The inputs and the calls that the outputs need, from these against the wires."""
    needed = dict.fromkeys(ref.call for ref in graph.input_refs)
    stack = [ref.call for ref in reversed(graph.output_refs)]
    while stack:
        key = stack.pop()
        if key not in needed:
            needed[key] = None
            stack.extend(ref.call for _, ref in reversed(inference.inbound.get(key, ())))
    return needed.keys()


def _casts(inference: Inference, key: NodeKey) -> bool:
    """Whether a layer may cast what comes in to the dtype that it computes in: Keras makes an operation for that.

    Source: Keras 3, `DTypePolicy.convert_input`.
    """
    if is_operation(inference.graph.layers[key.layer].op):
        return False
    made = inference.prepared.get(key.layer)
    wanted = made.policy.compute if made is not None else None
    dtypes = (inference.spec(ref).dtype for _, ref in inference.inbound.get(key, ()))
    return any(dtype is None or (is_float(dtype) and dtype != wanted) for dtype in dtypes)


def _broken_wiring(graph: Graph, inference: Inference) -> Diagnostic | None:
    """Why the outputs cannot be reached, None where they can."""
    if not graph.output_refs:
        return Diagnostic("GC601", "The model has no outputs, so there is no source for it", Place(graph.origin))
    made = set(inference.order)
    for key in _needed(graph, inference):
        if key not in made:
            why = inference.blame.get(key)
            place = why.at if why is not None else Place(graph.origin)
            says = why.message if why is not None else f'"{key.layer}" has no call {key.index}'
            hint = why.hint if why is not None else None
            return Diagnostic("GC601", f"The model's wiring leads nowhere: {says}", place, hint=hint)
    return None


def _refusal(problem: Diagnostic) -> CannotWrite:
    return CannotWrite(f"The model cannot be written as Python: {problem.message}", (problem,))


def _cannot(layer: Layer, says: str) -> Diagnostic:
    return Diagnostic("GC601", f'{layer.op.cls[:80]} "{layer.name}" {says}', Place(layer.origin, layer.name))


def _layer_names(graph: Graph) -> dict[str, str]:
    """The name that each layer gets: the file's, which Keras 3 takes without a slash."""
    names: dict[str, str] = {}
    taken: set[str] = set()
    for key, layer in graph.layers.items():
        said = layer.body.name if layer.body is not None else layer.config.get("name")
        name = free = _plain(said if isinstance(said, str) and said else layer.name)
        number = 1
        while free in taken:
            number += 1
            free = f"{name}_{number}"
        taken.add(free)
        names[key] = free
    return names


def _plain(name: str) -> str:
    return name.replace("/", "_")


def _prefixes(name: str) -> tuple[str, ...]:
    """Of what an automatic name may be made: `add_1` of `add`, or of itself."""
    prefix, _, number = name.rpartition("_")
    return (name, prefix) if number.isdigit() else (name,)
