"""A model's custom classes → Python source with a class for each, to be filled in.

The source loads the file: each class takes the arguments that the file has, keeps them for `get_config`, is registered
as the file names it, and answers its output's shape and its weights as far as a contract says them. What it computes is
not in the file: `call` says so until somebody writes it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field

from .catalog import CATALOG, Custom, Known, is_custom
from .contracts import Contract, axis_of, contracts_of, suggestion
from .formats.entries import op_of
from .inference import Inference, inside_out
from .model import JSON, Dialect, Graph, Layer, Node, NodeKey, Op, TensorRef
from .prepare import COMMON, FIRST, UNREAD
from .python_text import Names, TooDeep, flat, in_docstring, is_argument, literal, quoted, snake
from .shape_rule import Written, as_source, read_shapes
from .shapes import Shape, TensorSpec

MOST_SHOWN = 3
"""Values of an argument that a comment names."""
_WIDTH = 110

# What a layer of Keras 3 has: an argument of such a name is kept under another.
OF_A_LAYER = frozenset(
    (
        "add_loss",
        "add_metric",
        "add_variable",
        "add_weight",
        "build",
        "build_from_config",
        "built",
        "call",
        "compute_dtype",
        "compute_mask",
        "compute_output_shape",
        "compute_output_spec",
        "count_params",
        "dtype",
        "dtype_policy",
        "from_config",
        "get_build_config",
        "get_config",
        "get_weights",
        "input",
        "input_dtype",
        "input_spec",
        "load_own_variables",
        "losses",
        "metrics",
        "metrics_variables",
        "name",
        "non_trainable_variables",
        "non_trainable_weights",
        "output",
        "path",
        "quantization_mode",
        "quantize",
        "quantized_build",
        "quantized_call",
        "rematerialized_call",
        "save_own_variables",
        "set_weights",
        "stateless_call",
        "supports_masking",
        "symbolic_call",
        "trainable",
        "trainable_variables",
        "trainable_weights",
        "variable_dtype",
        "variables",
        "weights",
    )
)
_TAKEN = frozenset({*COMMON, *FIRST, "self", "kwargs", "config"})


@dataclass(slots=True)
class _Seen:
    """What a file has of one class: configs of its layers, and what came in and out of their calls."""

    op: Op
    layers: list[Layer] = field(default_factory=list)
    calls: list[tuple[Node, list[TensorSpec], tuple[TensorSpec, ...]]] = field(default_factory=list)
    stored: Mapping[str, TensorSpec] | None = None


def to_stub(inference: Inference) -> str | None:
    """The source for the custom classes of a model, None where it has none."""
    seen = _seen(inference)
    if not seen:
        return None
    graph = inference.graph
    dialect: Dialect = "keras2" if graph.dialect == "keras2" else "keras3"
    contracts = contracts_of(graph.extras.get("contracts"), CATALOG, dialect)
    names = Names({"keras", "saving", "layers"})
    classes = []
    for one in seen.values():
        agreed = contracts.find(one.layers[0])
        classes.append(_Class(one, names, None if agreed is None else agreed.contract).source())
    is_any_said = bool(contracts.agreed)
    head = f'"""Custom classes of {in_docstring(graph.name)}, as far as its file says them. Written by Layerwright.\n\n'
    head += "Import this before you load the file. Write what each class does into its call"
    head += '.\n"""\n' if is_any_said else ', and check the shapes:\nno contract says them.\n"""\n'
    return f"{head}\nimport keras\nfrom keras import layers, saving\n\n\n" + "\n\n".join(classes)


def _seen(inference: Inference) -> dict[Op, _Seen]:
    """The custom classes by how the file names them, in its order; those inside of wrappers after all others."""
    found: dict[Op, _Seen] = {}
    wrapped: list[Layer] = []
    for known in reversed(list(inside_out(inference))):
        for name, layer in known.graph.layers.items():
            if layer.body is not None:
                continue
            if _is_unknown(layer.op, known.graph):
                one = found.setdefault(layer.op, _Seen(layer.op))
                one.layers.append(layer)
                one.stored = one.stored or known.graph.stored.get(name)
                one.calls += _calls(known, name)
            wrapped += _inside(layer.config)
    for layer in wrapped:
        found.setdefault(layer.op, _Seen(layer.op)).layers.append(layer)
    return found


def _is_unknown(op: Op, graph: Graph) -> bool:
    verdict = CATALOG.classify(op, "keras2" if graph.dialect == "keras2" else "keras3")
    return isinstance(verdict, Custom) or (op.cls != "" and not isinstance(verdict, Known) and op.module is None)


def _calls(known: Inference, name: str) -> Iterator[tuple[Node, list[TensorSpec], tuple[TensorSpec, ...]]]:
    index = 0
    while (node := known.graph.nodes.get(NodeKey(name, index))) is not None:
        inputs = [known.spec(ref) for _, ref in known.inbound.get(node.key, ())]
        yield node, inputs, known.specs.get(node.key, ())
        index += 1


def _inside(config: Mapping[str, JSON]) -> Iterator[Layer]:
    """Layers of custom classes among a layer's arguments: what a wrapper wraps, the cell of a recurrent layer."""
    waiting: list[JSON] = [config.get(key) for key in ("layer", "backward_layer", "cell", "cells")]
    while waiting:
        value = waiting.pop()
        if isinstance(value, list):
            waiting += value
        elif isinstance(value, dict) and isinstance(value.get("class_name"), str):
            inner = value.get("config")
            op = op_of(value)
            if is_custom(op) and isinstance(inner, dict):
                yield Layer(str(inner.get("name", "")), op, inner)
            elif isinstance(inner, dict):
                waiting += [inner.get(key) for key in ("layer", "backward_layer", "cell", "cells")]


class _Class:
    """One class on its way into source."""

    def __init__(self, seen: _Seen, names: Names, contract: Contract | None) -> None:
        self.seen = seen
        self.contract = contract
        op = seen.op
        self.package, _, registered = (op.registered or "").rpartition(">")
        self.registered = registered or op.cls
        self.name = names.cls(op.cls)
        self.base = "Layer" if contract is None or contract.treat_as is None else contract.treat_as
        of_base: frozenset[str] = frozenset()
        if self.base != "Layer":
            verdict = CATALOG.classify(Op(self.base, "keras.layers"), "keras3")
            of_base = frozenset(verdict.entry.by_name) if isinstance(verdict, Known) else frozenset()
        values: dict[str, list[JSON]] = {}
        for layer in seen.layers:
            for key, value in layer.config.items():
                if key not in COMMON and key not in UNREAD and key not in of_base:
                    values.setdefault(key, []).append(value)
        self.arguments = {key: said for key, said in values.items() if _is_name(key)}
        self.others = {key: said[0] for key, said in values.items() if not _is_name(key)}
        self.calls = seen.calls

    def source(self) -> str:
        """The class."""
        parts = [self._head(), self._init()]
        if self.arguments or self.others:
            parts.append(self._get_config())
        if self.base == "Layer":
            parts += filter(None, (self._build(), self._call(), self._shape(), self._spec()))
        body = "\n\n".join(parts)
        if self.package:
            return f"@saving.register_keras_serializable({quoted(self.package)}, {quoted(self.registered)})\n{body}\n"
        known_as = quoted(self.seen.op.registered or self.seen.op.cls)
        return f"{body}\n\n\nsaving.get_custom_objects()[{known_as}] = {self.name}\n"

    def _head(self) -> str:
        layers = self.seen.layers
        more = f" and {len(layers) - 1} more" if len(layers) > 1 else ""
        who = in_docstring(layers[0].name)
        doc = f'    """{in_docstring(self.seen.op.cls)}: layer {who}{more} of the file."""'
        return f"class {self.name}(layers.{self.base}):\n{doc}"

    def _init(self) -> str:
        listed = [f"{key}={_default(said[0])}" for key, said in self.arguments.items()]
        one_line = f"    def __init__(self, {', '.join([*listed, '**kwargs'])}):"
        lines = [one_line]
        if len(one_line) > _WIDTH:
            notes = [_others_seen(said) for said in self.arguments.values()]
            rows = [f"        {part},{note}" for part, note in zip(listed, notes, strict=True)]
            lines = ["    def __init__(", "        self,", *rows, "        **kwargs,", "    ):"]
        elif any(_others_seen(said) for said in self.arguments.values()):
            rows = [
                f"        # {key}:{_others_seen(said)[3:]}"
                for key, said in self.arguments.items()
                if _others_seen(said)
            ]
            lines += rows
        if self.others:
            pairs = ", ".join(f"{quoted(key)}: {_default(value)}" for key, value in self.others.items())
            lines.append("        # Arguments whose names Python cannot have.")
            lines.append(f"        more = {{{pairs}}}")
            lines.append("        self.more_arguments = {key: kwargs.pop(key, value) for key, value in more.items()}")
        lines.append("        super().__init__(**kwargs)")
        lines += [f"        self.{_attribute(key)} = {key}" for key in self.arguments]
        return "\n".join(lines)

    def _get_config(self) -> str:
        pairs = [f"{quoted(key)}: self.{_attribute(key)}" for key in self.arguments]
        pairs += ["**self.more_arguments"] if self.others else []
        said = f"        return {{**super().get_config(), {', '.join(pairs)}}}"
        if len(said) > _WIDTH:
            rows = "".join(f"            {one},\n" for one in pairs)
            said = f"        return {{\n            **super().get_config(),\n{rows}        }}"
        return f"    def get_config(self):\n{said}"

    def _parameters(self) -> list[str]:
        """The names of what a call passes: first those by position, then those by keyword."""
        if not self.calls:
            return ["inputs"]
        node = self.calls[0][0]
        named = dict.fromkeys(key for other, *_ in self.calls for key in other.kwargs)
        by_position = ["inputs", *(f"inputs{i}" for i in range(1, max(1, len(node.args))))]
        known = [name for name in self._built_for() if name not in named and _is_name(name)]
        by_position = [*known, *by_position[len(known) :]]
        named = {key: None for key in named if _is_name(key) and key not in by_position}
        if not node.args and named:
            return [*named]
        return [*by_position, *(f"{key}=None" for key in named)]

    def _built_for(self) -> list[str]:
        """The names of its tensors where a `build_config` has them: Keras builds the class by these."""
        said = self.seen.layers[0].extras.get("build_config")
        shapes = said.get("shapes_dict") if isinstance(said, dict) else None
        return [name.removesuffix("_shape") for name in shapes] if isinstance(shapes, dict) else []

    def _shapes(self) -> list[str]:
        """The parameters of a function of shapes: Keras passes those of several tensors by name."""
        if not self.calls:
            return ["input_shape"]
        node = self.calls[0][0]
        tensors = [name.partition("=")[0] for name in self._parameters()]
        holders = [*node.args, *(node.kwargs.get(name) for name in tensors[len(node.args) :])]
        holding = [name for name, value in zip(tensors, holders, strict=False) if _holds_tensors(value)]
        return [f"{name}_shape" for name in holding] if len(holding) > 1 else ["input_shape"]

    def _call(self) -> str:
        head = f"    def call(self, {', '.join(self._parameters())}):"
        if self._rule() is None:
            first = self._parameters()[0].partition("=")[0]
            why = "# What it computes is not in the file, and no contract says its shape."
            return f"{head}\n        {why}\n        return {first}"
        says = quoted(f"{self.seen.op.cls}.call is not in the file: write it here")
        return f"{head}\n        raise NotImplementedError({says})"

    def _rule(self) -> Written | None:
        """The rule for its outputs: the contract's, else what the file's records come to."""
        if self.contract is not None and self.contract.output is not None:
            return self.contract.output
        recorded: list[tuple[Shape, Shape]] = []
        for _, inputs, outputs in self.calls:
            if len(outputs) != 1 or outputs[0].shape is None or not inputs or inputs[0].shape is None:
                return None
            recorded.append((inputs[0].shape, outputs[0].shape))
        one_each = len(self.seen.layers) == len(self.calls)
        said = (
            suggestion([layer.config for layer in self.seen.layers] if one_each else [{}], recorded)
            if recorded
            else None
        )
        return None if said is None else read_shapes(said)

    def _shape(self) -> str | None:
        rule = self._rule()
        if rule is None:
            return None
        shapes = as_source(rule, self._meanings(rule), self._first())
        said = shapes[0] if len(shapes) == 1 else f"[{', '.join(shapes)}]"
        return f"    def compute_output_shape(self, {', '.join(self._shapes())}):\n        return {said}"

    def _spec(self) -> str | None:
        """Dtypes that Keras would not answer by itself."""
        kinds = self.contract.dtype if self.contract is not None else ()
        rule = self._rule()
        if not kinds or rule is None:
            return None
        names = [name.partition("=")[0] for name in self._parameters()]
        shapes = [f"{name}.shape" for name in names[: len(self._shapes())]]
        if self.calls and isinstance(self.calls[0][0].args[:1], tuple) and _is_list(self.calls[0][0].args[:1]):
            shapes[0] = f"[one.shape for one in {names[0]}]"
        made = f"self.compute_output_shape({', '.join(shapes)})"
        if len(rule.shapes) == 1:
            said = f"keras.KerasTensor({made}, {quoted(kinds[0])})"
        else:
            listed = ", ".join(map(quoted, kinds * (len(rule.shapes) if len(kinds) == 1 else 1)))
            said = f"[keras.KerasTensor(shape, kind) for shape, kind in zip({made}, [{listed}])]"
        return f"    def compute_output_spec(self, {', '.join(self._parameters())}):\n        return {said}"

    def _build(self) -> str | None:
        contract = self.contract
        said: list[tuple[str, str, bool]] = []
        if contract is not None:
            for shapes, is_trainable in ((contract.weights, True), (contract.non_trainable, False)):
                for name, written in shapes.items():
                    said.append((name, as_source(written, self._meanings(written), self._first())[0], is_trainable))
            if contract.parameters is not None:
                (size,) = as_source(contract.parameters, self._meanings(contract.parameters), self._first())
                said.append(("parameters", size, True))
        if not said:
            said = [(name, _default(list(one.shape or ())), True) for name, one in (self.seen.stored or {}).items()]
        if not said:
            return None
        lines = []
        for name, shape, is_trainable in said:
            frozen = "" if is_trainable else ", trainable=False"
            made = f"self.add_weight(shape={shape}, name={quoted(name)}{frozen})"
            lines.append(f"        self.{_weight(name, self.arguments)} = {made}")
        return f"    def build(self, {', '.join(self._shapes())}):\n" + "\n".join(lines)

    def _first(self) -> str:
        """The first shape that comes in."""
        shape = self._shapes()[0]
        return f"{shape}[0]" if self.calls and _is_list(self.calls[0][0].args[:1]) else shape

    def _meanings(self, written: Written) -> dict[str, str]:
        """What the names of a rule are in the class."""
        found: dict[str, str] = {}
        first = self._first()
        shapes = self._all_shapes()
        contract = self.contract or Contract(output=written)
        if contract.inputs is not None:
            for shape, items in zip(shapes, contract.inputs.names_by_axis(), strict=False):
                for axis, name in items:
                    found.setdefault(name, f"{shape}[{axis}]")
        for name in written.names():
            if name in found:
                continue
            if name in self.arguments:
                found[name] = f"self.{_attribute(name)}"
            else:
                place = axis_of(name, contract, {*found, *self.arguments})
                found[name] = f"{first}[{place or 0}]"
        return found

    def _all_shapes(self) -> list[str]:
        named = self._shapes()
        if self.calls and _is_list(self.calls[0][0].args[:1]):
            count = len(self.calls[0][1])
            return [f"{named[0]}[{i}]" for i in range(count)]
        return named


def _is_name(key: str) -> bool:
    return is_argument(key) and key not in _TAKEN


def _attribute(key: str) -> str:
    return f"{key}_" if key in OF_A_LAYER or key == "more_arguments" else key


def _weight(name: str, taken: Collection[str]) -> str:
    """The attribute of a weight: its name where no argument has it, nor a layer."""
    word = snake(name) or "weight"
    return f"{word}_weight" if not _is_name(word) or word in OF_A_LAYER or word in taken else word


def _default(value: JSON) -> str:
    """A value as Python writes it, None for one that is nested too deep for its parser."""
    try:
        return flat(literal(value))
    except TooDeep:
        return "None"


def _others_seen(said: list[JSON]) -> str:
    """A comment with the other values of an argument."""
    others = list(dict.fromkeys(_default(value) for value in said))[1:]
    if not others:
        return ""
    shown = ", ".join(others[:MOST_SHOWN]) + (", …" if len(others) > MOST_SHOWN else "")
    return f"  # also {shown}"


def _holds_tensors(value: object) -> bool:
    waiting = [value]
    while waiting:
        one = waiting.pop()
        if isinstance(one, TensorRef):
            return True
        if isinstance(one, (tuple, list)):
            waiting += one
        elif isinstance(one, Mapping):
            waiting += one.values()
    return False


def _is_list(args: tuple[object, ...]) -> bool:
    return bool(args) and type(args[0]) is tuple
