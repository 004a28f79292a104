"""A graph → Python source that rebuilds it with the Functional API of Keras 3.

The source has one function a model, inner ones first, and leaves the model in `model`. Names from the file stand inside
string literals; the variables are made from them and are plain words. Arguments that are Keras's defaults are left out.

A class of the file's author is not in the file: the source holds a stand-in that says so when it is called, to be
replaced by an import. What holds code, or reads a file or an address while it is built, is not written at all.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from .catalog import CATALOG, Catalog, Custom, Known, Stranger, Unruled, is_custom, is_operation
from .catalog.objects import CONSTRAINTS, INITIALIZERS, REGULARIZERS
from .catalog.params import ACTIVATIONS
from .catalog.spec import BadValue, OpDef, Param
from .diagnostics import Diagnostic, Place
from .formats.entries import Style, read_model
from .formats.write import CannotWrite
from .infer import infer
from .inference import Inference, is_frozen
from .migrate import migrate
from .model import JSON, Graph, Layer, Node, NodeKey, Object, Op, TensorRef, Value, leaves
from .python_text import (
    DEEPEST,
    Chain,
    Expression,
    Group,
    Names,
    TooDeep,
    call,
    flat,
    in_docstring,
    is_argument,
    is_shape,
    keyword_argument,
    lay_out,
    literal,
    many,
    pair,
    prefixed,
    quoted,
    snake,
)
from .source import Limits


def to_python(graph: Graph, catalog: Catalog = CATALOG) -> str:
    """Source that rebuilds the model when it is run, and leaves it in `model`.

    Raises:
        CannotWrite: a layer holds code or reads a file, or the wiring leads nowhere (GC601).
    """
    return _Script(catalog).write(migrate(graph, catalog))


# A wrapper around a model around a wrapper: each costs a piece of Python's stack.
MOST_WRAPPED = 8
# What no variable may be called: the script's own names.
_OURS = frozenset({"Input", "Model", "Sequential", "layers", "ops", "initializers", "regularizers", "constraints"})
_OURS |= {"keras", "model", "named", "np", "build_model", "random", "saving"}

# Objects among arguments: initializers and their like, with Keras's defaults

_ROOMS = tuple(
    (room, {cls: one.defaults for cls, one in table.items()})
    for room, table in (("initializers", INITIALIZERS), ("regularizers", REGULARIZERS), ("constraints", CONSTRAINTS))
)
_POLICIES = frozenset({"DTypePolicy", "FloatDTypePolicy", "Policy"})
_ARRAYS = frozenset({"__numpy__", "__tensor__"})
_QUANTIZED = frozenset({"QuantizedDTypePolicy", "QuantizedFloat8DTypePolicy"})

# Classes of keras.applications that keras.layers has not: the source brings them along.
_APPLICATIONS: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "LayerScale": (
        '''\
@saving.register_keras_serializable("layerwright")
class LayerScale(layers.Layer):
    """A learned factor a channel, as in keras.applications.ConvNeXt."""

    def __init__(self, init_values, projection_dim, **kwargs):
        super().__init__(**kwargs)
        self.init_values = init_values
        self.projection_dim = projection_dim

    def build(self, _):
        start = initializers.Constant(self.init_values)
        self.gamma = self.add_weight(shape=(self.projection_dim,), initializer=start)

    def call(self, x):
        return x * self.gamma

    def get_config(self):
        config = {"init_values": self.init_values, "projection_dim": self.projection_dim}
        return {**super().get_config(), **config}
''',
        ("initializers", "layers", "saving"),
    ),
    "StochasticDepth": (
        '''\
@saving.register_keras_serializable("layerwright")
class StochasticDepth(layers.Layer):
    """Drops the whole batch's residual at random, as in keras.applications.ConvNeXt."""

    def __init__(self, drop_path_rate, **kwargs):
        super().__init__(**kwargs)
        self.drop_path_rate = drop_path_rate

    def call(self, x, training=None):
        if not training:
            return x
        keep = 1 - self.drop_path_rate
        shape = (ops.shape(x)[0],) + (1,) * (len(x.shape) - 1)
        return (x / keep) * ops.floor(keep + random.uniform(shape, 0, 1))

    def get_config(self):
        return {**super().get_config(), "drop_path_rate": self.drop_path_rate}
''',
        ("layers", "ops", "random", "saving"),
    ),
    "CustomScaleLayer": (
        '''\
@saving.register_keras_serializable("layerwright")
class CustomScaleLayer(layers.Layer):
    """The first input, and the second one scaled, as in keras.applications.InceptionResNetV2."""

    def __init__(self, scale, **kwargs):
        super().__init__(**kwargs)
        self.scale = scale

    def call(self, inputs):
        return inputs[0] + inputs[1] * self.scale

    def get_config(self):
        return {**super().get_config(), "scale": self.scale}
''',
        ("layers", "saving"),
    ),
}

# What runs code, or reads a file, a module or an address, when it is built or called.
_REFUSED: Mapping[str, str] = {
    "Lambda": "holds code, which is never written out",
    "TFSMLayer": "reads a saved model from a path",
    "TorchModuleWrapper": "holds a pickled module",
    "JaxLayer": "calls functions that are not in the file",
    "FlaxLayer": "calls a module that is not in the file",
    "Cond": "calls functions that are not in the file",
    "ForiLoop": "calls functions that are not in the file",
    "WhileLoop": "calls functions that are not in the file",
    "Scan": "calls functions that are not in the file",
    "AssociativeScan": "calls functions that are not in the file",
    "Map": "calls functions that are not in the file",
    "Switch": "calls functions that are not in the file",
    "VectorizedMap": "calls functions that are not in the file",
    "JVP": "calls functions that are not in the file",
    "Function": "calls functions that are not in the file",
}
# Keras reads a file of this name, where it is a text.
_READ_AS_PATHS = frozenset({"vocabulary", "idf_weights", "filepath", "mean", "variance"})

# Arguments that some class must be given, where another of its family has a default: AveragePooling.
_NEVER_LEFT_OUT = frozenset({"pool_size"})

# Functions of keras.ops that are not their class's name in snake case.
_FUNCTIONS = {
    "AllClose": "allclose",
    "BatchNorm": "batch_normalization",
    "CDist": "cdist",
    "IsIn": "isin",
    "LayerNorm": "layer_normalization",
    "RMSNorm": "rms_normalization",
    "SearchSorted": "searchsorted",
}
_IMAGE_FUNCTIONS = frozenset(
    {
        *("AffineTransform", "CropImages", "ElasticTransform", "ExtractPatches", "GaussianBlur", "HSVToRGB"),
        *("MapCoordinates", "PadImages", "PerspectiveTransform", "RGBToGrayscale", "RGBToHSV", "Resize", "SSIM"),
        *("ScaleAndTranslate", "SobelEdges"),
    }
)
# Their call's arguments come in another order than the function's; by name they cannot go wrong.
_CALL_NAMES = {
    "Average": ("x", "weights"),
    "BatchNorm": ("x", "mean", "variance", "offset", "scale"),
    "LayerNorm": ("x", "gamma", "beta"),
    "Pad": ("x", "constant_values"),
}


class _Unwritable(Exception):
    """Why something has no source: continues the sentence that begins with the layer."""


# The script


class _Script:
    """What all functions of a script share: imports, stand-ins, names of functions."""

    def __init__(self, catalog: Catalog) -> None:
        self.catalog = catalog
        self.imports: set[str] = set()
        self.stand_ins: dict[str, tuple[str, str]] = {}  # key → the name and the text
        self.names = Names(taken=_OURS)
        self.builders: dict[int, str] = {}
        self._wrapped = 0
        self.functions: list[str] = []
        self.auto = _AutoNames()
        self.names_operations = False
        self.has_arrays = False
        self.has_masks = False
        self.has_inner_operations = False

    def write(self, graph: Graph) -> str:
        """The whole source."""
        self.has_inner_operations = _has_inner_operations(graph)
        self._define_all(graph, "build_model")
        return self._assembled(graph)

    def define(self, graph: Graph) -> str:
        """The function that builds a model inside a wrapper, by its name."""
        self._wrapped += 1
        if self._wrapped > MOST_WRAPPED:
            raise _Unwritable(f"wraps models more than {MOST_WRAPPED} deep")
        name = self.names.variable(f"build_{snake(graph.name) or 'inner'}", "build_inner")
        self._define_all(migrate(graph, self.catalog), name)
        self._wrapped -= 1
        return name

    def _define_all(self, graph: Graph, name: str) -> None:
        """A function for each model, inner ones before those that hold them; without recursion."""
        order: list[Graph] = []
        stack = [graph]
        while stack:
            one = stack.pop()
            order.append(one)
            stack.extend(layer.body for layer in reversed(list(one.layers.values())) if layer.body is not None)
        self.builders[id(graph)] = name
        for one in reversed(order):
            if one is not graph:
                inner = self.names.variable(f"build_{snake(one.name) or 'inner'}", "build_inner")
                self.builders[id(one)] = inner
        for one in reversed(order):
            self.functions.append(_Function(self, one, self.builders[id(one)]).write())

    def _assembled(self, graph: Graph) -> str:
        head = f'"""{in_docstring(graph.name)}, as Keras 3 builds it. Written by Layerwright."""'
        numpy = "import numpy as np\n" if self.has_arrays else ""
        parts = [f"{head}\n\n{numpy}from keras import {_imported(self.imports)}\n"]
        if self.names_operations:
            parts.append(_NAMED)
        parts += [text for _, text in self.stand_ins.values() if text]
        parts += self.functions
        parts.append(
            'model = build_model()\n\nif __name__ == "__main__":\n    model.summary()\n',
        )
        return "\n\n".join(parts)

    def stand_in(self, op: Op, *, base: str) -> str:
        """The name of a class or function that the file names and does not hold."""
        key = f"{op.registered or ''}:{op.module or ''}:{op.cls}:{base}"
        if key not in self.stand_ins:
            name = self.names.cls(op.cls)
            if base == "layers":
                self.imports.add("layers")
            self.stand_ins[key] = (name, _stand_in(name, op, base))
        return self.stand_ins[key][0]

    def array(self, cls: str, config: Mapping[str, JSON]) -> Expression:
        """A constant of the file: `__numpy__` is an array, which Keras writes as one again, `__tensor__` a tensor."""
        dtype = config.get("dtype")
        items = [literal(config.get("value"))] + ([keyword_argument("dtype", literal(dtype))] if dtype else [])
        if cls == "__numpy__":
            self.has_arrays = True
            return call("np.array", *items)
        self.imports.add("ops")
        return call("ops.convert_to_tensor", *items)

    def application(self, cls: str) -> str:
        """The name of a class of keras.applications that the source brings along."""
        key = f"applications:{cls}"
        if key not in self.stand_ins:
            text, needs = _APPLICATIONS[cls]
            name = self.names.cls(cls)
            self.imports.update(needs)
            self.stand_ins[key] = (name, text if name == cls else text.replace(f"class {cls}(", f"class {name}("))
        return self.stand_ins[key][0]


_NAMED = '''\
def named(tensor, name):
    """Give the operation behind a tensor the name that it has in the file."""
    first = tensor[0] if isinstance(tensor, (list, tuple)) else tensor
    first._keras_history.operation.name = name
    return tensor
'''


def _stand_in(name: str, op: Op, base: str) -> str:
    said = in_docstring(f"{op.module}.{op.cls}" if op.module else op.registered or op.cls)
    says = f'raise NotImplementedError("{name} is not in the file: import it in place of this class")'
    doc = f'"""Stands for {said}, which the file names and does not hold: import yours instead."""'
    if base == "function":
        return f"def {name}(x):\n    {doc}\n    {says.replace('class', 'function')}\n"
    over = "(layers.Layer)" if base == "layers" else ""
    return f"class {name}{over}:\n    {doc}\n\n    def __init__(self, **arguments):\n        {says}\n"


def _imported(names: Iterable[str]) -> str:
    return ", ".join(sorted(names, key=lambda name: (name.islower(), name)))


class _AutoNames:
    """Names that Keras gives to operations in a fresh session: `add`, then `add_1`."""

    def __init__(self) -> None:
        self._used: dict[str, int] = {}

    def next(self, prefix: str) -> str:
        """The next one of a prefix.

        Source: Keras 3, `keras.src.utils.naming.uniquify`.
        """
        number = self._used.get(prefix, -1) + 1
        self._used[prefix] = number
        return f"{prefix}_{number}" if number else prefix


def _auto_prefix(cls: str) -> str:
    """Source: Keras 3, `keras.src.utils.naming.to_snake_case`."""
    name = re.sub(r"\W+", "", cls)
    name = re.sub("(.)([A-Z][a-z]+)", r"\1_\2", name)
    return re.sub("([a-z])([A-Z])", r"\1_\2", name).lower()


@dataclass(slots=True)
class _Shared:
    """A layer that is called more than once, or a nested model: it gets a variable of its own."""

    variable: str
    is_made: bool = False


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

    def __init__(self, script: _Script, graph: Graph, name: str) -> None:
        self.script = script
        self.graph = graph
        self.name = name
        self.names = Names(taken={*_OURS, *script.builders.values()})
        self.body = _Lines()
        self.ways: dict[NodeKey, Callable[[int], str]] = {}
        self.shared: dict[str, _Shared] = {}
        self.layer_names = _layer_names(graph)

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
        calls: dict[str, int] = {}
        for key in needed:
            calls[key.layer] = calls.get(key.layer, 0) + 1
        outputs = _output_counts(inference)
        for key in inference.order:
            if key in needed:
                self._write_call(key, calls[key.layer], outputs.get(key, 1))
        items = [
            keyword_argument("inputs", self._tree(self.graph.inputs)),
            keyword_argument("outputs", self._tree(self.graph.outputs)),
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
            self.ways[key] = _ways(layer, variable, outputs, self.script.catalog)
        except (_Unwritable, TooDeep) as why:
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
        known = self.shared.get(layer.name)
        if known is None:
            known = self.shared[layer.name] = _Shared(self.names.variable(f"shared_{snake(layer.name)}", "shared"))
            self.body.assign(known.variable, self._layer(layer))
        return Group(f"{known.variable}(", arguments, ")")

    def _arguments(self, node: Node) -> tuple[Expression, ...]:
        items = [self._value(value) for value in node.args]
        for key, value in node.kwargs.items():
            # Keras 3 records `training: false` on every Dropout, and overrides it when the model is called.
            is_noise = value is None or (key == "training" and value is False and self.graph.source_dialect is None)
            if not is_noise:
                _check_argument(key)
                items.append(keyword_argument(key, self._value(value)))
        return tuple(items)

    def _tree(self, tree: Value) -> Expression:
        return self._value(tree)

    def _value(self, value: Value, depth: int = 0) -> Expression:
        """A call's argument: tensors are variables, serialized things what they stand for."""
        if depth > DEEPEST:
            raise _Unwritable(f"is called with a value that is nested deeper than {DEEPEST}")
        if type(value) is TensorRef:
            way = self.ways.get(value.call)
            if way is None:
                raise _Unwritable(f'is fed by "{value.layer[:80]}", which is made after it or not at all')
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
        if value.cls in _ARRAYS:
            return self.script.array(value.cls, config)
        if value.cls in _POLICIES:
            return literal(config.get("name"))
        raise _Unwritable(f"is called with {value.cls[:80]}, which has no source")

    # Operations

    def _operation(self, layer: Layer, node: Node) -> Expression:
        cls = layer.op.cls
        prefix = _auto_prefix(cls)
        automatic = self.script.auto.next(prefix)
        value = self._operation_call(layer, node)
        wanted = _plain(str(self.layer_names[layer.name]))
        may_clash = any(_may_be_automatic(name, prefix) for name in self._explicit_names())
        is_first = node.key.index == 0
        # Functions that build nested models run in another order than they stand in.
        is_other = automatic != wanted or self.script.has_masks or self.script.has_inner_operations
        if is_first and (may_clash or (self.graph.source_dialect is None and is_other)):
            self.script.names_operations = True
            return call("named", value, quoted(wanted))
        return value

    def _explicit_names(self) -> frozenset[str]:
        """Names that the source gives: those of layers."""
        if not hasattr(self, "_explicit"):
            layers = self.graph.layers.values()
            self._explicit = frozenset(self.layer_names[one.name] for one in layers if not is_operation(one.op))
        return self._explicit

    def _operation_call(self, layer: Layer, node: Node) -> Expression:
        cls = layer.op.cls
        verdict = self.script.catalog.classify(layer.op, "keras3")
        if isinstance(verdict, (Custom, Stranger)):
            raise _Unwritable(f"is of class {cls[:80]}, which keras.ops has not")
        if cls in _REFUSED:
            raise _Unwritable(_REFUSED[cls])
        entry = verdict.entry if isinstance(verdict, Known) else None
        if cls == "GetItem":
            return self._item(node)
        function = f"{'image.' if cls in _IMAGE_FUNCTIONS else ''}{_FUNCTIONS.get(cls) or _auto_prefix(cls)}"
        self.script.imports.add("ops")
        said = self._said(layer.config, entry, skip=("name",))
        arguments = [self._value(value) for value in node.args]
        names = _CALL_NAMES.get(cls)
        if names is not None:
            arguments = [
                a if not i else keyword_argument(n, a) for i, (n, a) in enumerate(zip(names, arguments, strict=False))
            ]
        if cls == "Einsum":
            arguments = [literal(layer.config.get("subscripts")), *arguments]
            said.pop("subscripts", None)
        if cls == "Full":
            arguments = [keyword_argument("fill_value", argument) for argument in arguments]
        for key, value in node.kwargs.items():
            if value is not None or key == "constant_values":
                _check_argument(key)
                said[key] = self._value(value)
        return call(f"ops.{function}", *arguments, *(keyword_argument(key, value) for key, value in said.items()))

    def _item(self, node: Node) -> Expression:
        arguments = [*node.args, *(node.kwargs[key] for key in ("x", "key") if key in node.kwargs)]
        if len(arguments) != 2 or type(arguments[0]) is not TensorRef:
            raise _Unwritable("is a slice without a tensor or a key")
        tensor, key = arguments
        parts = key if isinstance(key, (tuple, list)) else (key,)
        return Group(f"{self._value(tensor)}[", tuple(self._index(part) for part in parts), "]")

    def _index(self, part: Value) -> Expression:
        if isinstance(part, Object) and part.cls == "__slice__":
            config = part.config if isinstance(part.config, Mapping) else {}
            texts = ["" if config.get(k) is None else flat(self._value(config[k])) for k in ("start", "stop", "step")]
            return f"{texts[0]}:{texts[1]}" + (f":{texts[2]}" if texts[2] else "")
        return self._value(part)

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
                raise _Unwritable("has no shape")
            items.append(keyword_argument("shape", many((literal(dim) for dim in shape), "()")))
            if batch is not None:
                items.append(keyword_argument("batch_size", literal(batch)))
        dtype = _policy_name(config.get("dtype"))
        if dtype not in (None, "float32"):
            items.append(keyword_argument("dtype", literal(dtype)))
        items += [keyword_argument(key, "True") for key in ("sparse", "ragged", "optional") if config.get(key)]
        return call("Input", *items, keyword_argument("name", quoted(self.layer_names[layer.name])))

    def _layer(self, layer: Layer) -> Expression:
        """The layer itself, not called yet."""
        if layer.body is not None:
            return f"{self.script.builders[id(layer.body)]}()"
        return self._made(layer.op, layer.config, self.layer_names[layer.name])

    def _made(self, op: Op, config: Mapping[str, JSON], name: str | None, depth: int = 0) -> Expression:
        """A layer of a class, from its config."""
        if depth > DEEPEST:
            raise _Unwritable(f"wraps layers deeper than {DEEPEST}")
        cls = op.cls
        if cls in _REFUSED:
            raise _Unwritable(_REFUSED[cls])
        verdict = self.script.catalog.classify(op, "keras3")
        if isinstance(verdict, Stranger):
            raise _Unwritable(f"is of class {cls[:80]}, which Keras has not")
        if isinstance(verdict, Custom):
            return self._custom(op, config, name)
        entry = verdict.entry if isinstance(verdict, Known) else None
        if entry is not None and entry.kept:
            raise _Unwritable("holds code, which is never written out")
        if isinstance(verdict, Unruled) and not cls.isidentifier():
            raise _Unwritable(f"is of class {cls[:80]}, which Keras has not")
        if entry is not None and entry.name.startswith("applications."):
            if entry.cls not in _APPLICATIONS:
                raise _Unwritable(f"is of class {cls[:80]}, which keras.layers has not")
            head = self.script.application(entry.cls)
        else:
            self.script.imports.add("layers")
            head = f"layers.{entry.cls if entry is not None else cls}"
        said = self._said(config, entry, skip=("name", "trainable", "dtype"), depth=depth)
        return call(
            head, *(keyword_argument(key, value) for key, value in said.items()), *self._base(config, name, entry)
        )

    def _base(self, config: Mapping[str, JSON], name: str | None, entry: OpDef | None = None) -> list[Expression]:
        items: list[Expression] = []
        if config.get("trainable", True) is False:
            items.append("trainable=False")
        dtype = _policy_name(config.get("dtype"))
        default = None if entry is not None and entry.chooses_dtype else "float32"
        if dtype not in (None, default):
            items.append(keyword_argument("dtype", literal(dtype)))
        if name is not None:
            items.append(keyword_argument("name", quoted(name)))
        return items

    def _custom(self, op: Op, config: Mapping[str, JSON], name: str | None) -> Expression:
        head = self.script.stand_in(op, base="layers")
        others = {key: value for key, value in config.items() if key not in ("name", "trainable", "dtype")}
        items: list[Expression] = []
        plain = {key: value for key, value in others.items() if is_argument(key)}
        items += [keyword_argument(key, self._config_value(value)) for key, value in plain.items() if value is not None]
        odd = {key: value for key, value in others.items() if key not in plain}
        if odd:
            pairs = (pair(key, self._config_value(value)) for key, value in odd.items())
            items.append(prefixed("**", many(pairs, "{}")))
        return call(head, *items, *self._base(config, name))

    def _said(
        self, config: Mapping[str, JSON], entry: OpDef | None, *, skip: Sequence[str], depth: int = 0
    ) -> dict[str, Expression]:
        """The arguments that differ from Keras's own, in the entry's order."""
        said: dict[str, Expression] = {}
        known = entry.by_name if entry is not None else {}
        order = [key for key in known if key in config] + [key for key in config if key not in known]
        for key in order:
            value = config[key]
            param = known.get(key)
            if key in skip or (param is None and value is None) or _is_default(param, value):
                continue
            if param is not None and param.only and "keras3" not in param.only:
                continue
            _check_argument(key)
            if key in _READ_AS_PATHS and isinstance(value, str):
                raise _Unwritable(f"reads its {key} from a file")
            said[key] = self._config_value(value, key, depth + 1)
        return said

    def _config_value(self, value: JSON, key: str = "", depth: int = 0) -> Expression:
        """An argument as its class takes it: serialized objects are made, the rest is literal."""
        if depth > DEEPEST:
            raise _Unwritable(f"has an argument that is nested deeper than {DEEPEST}")
        if isinstance(value, Mapping) and isinstance(value.get("class_name"), str):
            return self._config_object(value, key, depth)
        if isinstance(value, list) and any(isinstance(item, Mapping) for item in value):
            return many(self._config_value(item, key, depth + 1) for item in value)
        return literal(value)

    def _config_object(self, value: Mapping[str, JSON], key: str, depth: int) -> Expression:
        cls = value["class_name"]
        said = value.get("config")
        if cls == "__tuple__" and isinstance(value.get("items"), list):
            return many((self._config_value(item, key, depth + 1) for item in value["items"]), "()")
        if cls in _ARRAYS and isinstance(said, Mapping):
            return self.script.array(cls, said)
        if cls == "function" or isinstance(said, str):
            return self._function(value, said if isinstance(said, str) else cls)
        op = _op(value)
        config = said if isinstance(said, Mapping) else {}
        if cls in _POLICIES or cls in _QUANTIZED:
            return literal(_policy_name(value))
        if is_custom(op):
            is_layer = key in ("layer", "backward_layer", "cell", "cells", "activation")
            if is_layer and key != "activation":
                return self._custom(op, config, _text(config.get("name")))
            name = self.script.stand_in(op, base="object")
            pairs = ((k, self._config_value(v, k, depth + 1)) for k, v in config.items() if is_argument(k))
            return call(name, *(keyword_argument(k, v) for k, v in pairs))
        for room, table in _ROOMS:
            if cls in table and _may_be_in(op, room, key):
                return self._room_object(room, cls, table[cls], config)
        if cls in ("Functional", "Sequential", "Model"):
            return self._inner_model(value)
        return self._made(op, config, _text(config.get("name")), depth + 1)

    def _room_object(self, room: str, cls: str, defaults: Mapping[str, Any], config: Mapping[str, JSON]) -> Expression:
        said = {key: value for key, value in config.items() if key in defaults and value != defaults[key]}
        if not said and room == "initializers" and cls != "Constant":  # Keras 3.15 stumbles over "constant"
            return quoted(_auto_prefix(cls))
        self.script.imports.add(room)
        return call(f"{room}.{cls}", *(keyword_argument(key, self._config_value(value)) for key, value in said.items()))

    def _function(self, value: Mapping[str, JSON], name: str) -> Expression:
        module = value.get("module")
        if name in ACTIVATIONS and (module is None or str(module).startswith(("builtins", "keras", "tf_keras"))):
            return quoted(name)
        registered = _text(value.get("registered_name"))
        op = Op(name, _text(module), registered if registered != "function" else None)
        return self.script.stand_in(op, base="function")

    def _inner_model(self, value: Mapping[str, JSON]) -> Expression:
        """A model inside a wrapper: a function of its own."""
        graph, found = read_model(value, "", Style(self.graph.dialect), Limits())
        if graph is None or any(problem.severity == "error" for problem in found):
            raise _Unwritable("wraps a model that cannot be read")
        return f"{self.script.define(graph)}()"

    # Sequential

    def _sequential(self) -> Expression:
        items: list[Expression] = []
        for layer in self.graph.layers.values():
            try:
                items.append(self._input(layer) if layer.op.cls == "InputLayer" else self._layer(layer))
            except (_Unwritable, TooDeep) as why:
                raise _refusal(_cannot(layer, str(why))) from None
        return call(
            "Sequential", Group("[", tuple(items), "]"), keyword_argument("name", quoted(_plain(self.graph.name)))
        )


def _has_inner_operations(graph: Graph) -> bool:
    """Whether a nested model holds operations, at any depth."""
    bodies = [layer.body for layer in graph.layers.values() if layer.body is not None]
    for body in bodies:  # grows on the way
        if any(is_operation(layer.op) for layer in body.layers.values()):
            return True
        bodies.extend(layer.body for layer in body.layers.values() if layer.body is not None)
    return False


def _ways(layer: Layer, variable: str, outputs: int, catalog: Catalog) -> Callable[[int], str]:
    """How each output of a call is named: the variable, an item of it, or a place in a nested model's tree."""
    nests = _nests_of_states(layer.config, catalog)
    if nests:
        ways = [way for n, count in enumerate(nests) for way in _ways_of_item(n, count)]
        return lambda i: variable + (ways[i] if i < len(ways) else f"[{i}]")
    if layer.body is None or layer.body.kind == "sequential":  # whose last layer may give several
        return (lambda i: f"{variable}[{i}]") if outputs > 1 else (lambda i: variable)
    ways = [way for way, _ in _steps(layer.body.outputs)]
    return lambda i: variable + (ways[i] if i < len(ways) else "")


def _ways_of_item(n: int, count: int) -> list[str]:
    return [f"[{n}]"] if count == 1 else [f"[{n}][{i}]" for i in range(count)]


def _nests_of_states(config: Mapping[str, JSON], catalog: Catalog) -> list[int]:
    """How many tensors each item holds of what a layer gives with the states of stacked cells; else nothing.

    Source: Keras 3, `RNN.compute_output_shape`: a cell of several states gives them as a list;
    `Bidirectional.compute_output_shape`: the states back nest as those there, whatever the backward layer keeps.
    """
    inner = _inner_config(config.get("layer"))
    if inner is not None:
        there = _nests_of_states(inner, catalog)
        merged = there[:1] if config.get("merge_mode", "concat") is not None else 2 * there[:1]
        return [*merged, *there[1:], *there[1:]]
    cells = (_inner_config(config.get("cell")) or {}).get("cells", config.get("cell"))
    if not isinstance(cells, list) or not config.get("return_state"):
        return []
    return [1, *(_states_of_cell(cell, catalog) for cell in cells)]


def _states_of_cell(cell: JSON, catalog: Catalog) -> int:
    entry = catalog.find(_op(cell), "keras3") if isinstance(cell, Mapping) else None
    if entry is None or entry.states is None:
        raise _Unwritable("returns the states of stacked cells, one of which keeps an unknown number of them")
    return entry.states


def _inner_config(said: JSON) -> Mapping[str, JSON] | None:
    config = said.get("config") if isinstance(said, Mapping) else None
    return config if isinstance(config, Mapping) else None


def _steps(tree: Value) -> list[tuple[str, TensorRef]]:
    """Every tensor of a tree with the subscripts that lead to it."""
    found: list[tuple[str, TensorRef]] = []
    stack: list[tuple[str, Value]] = [("", tree)]
    while stack:
        way, value = stack.pop()
        if type(value) is TensorRef:
            found.append((way, value))
        elif isinstance(value, Mapping):
            stack.extend((f"{way}[{quoted(str(key))}]", value[key]) for key in sorted(value, reverse=True))
        elif isinstance(value, (tuple, list)):
            stack.extend((f"{way}[{i}]", value[i]) for i in range(len(value) - 1, -1, -1))
    return found


def _output_counts(inference: Inference) -> dict[NodeKey, int]:
    """How many outputs each call has; where no rule knows it, as many as the file names."""
    graph = inference.graph
    counts = {key: len(specs) for key, specs in inference.specs.items()}
    named = [*graph.declared, *graph.output_refs, *(ref for refs in inference.inbound.values() for _, ref in refs)]
    for ref in named:
        counts[ref.call] = max(counts.get(ref.call, 1), ref.tensor + 1)
    return counts


def _needed(graph: Graph, inference: Inference) -> frozenset[NodeKey]:
    """The calls that the outputs need, and the inputs."""
    needed = {ref.call for ref in graph.input_refs}
    stack = [ref.call for ref in graph.output_refs]
    while stack:
        key = stack.pop()
        if key not in needed:
            needed.add(key)
            stack.extend(ref.call for _, ref in inference.inbound.get(key, ()))
    return frozenset(needed)


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


def _may_be_automatic(name: str, prefix: str) -> bool:
    return name == prefix or (name.startswith(f"{prefix}_") and name[len(prefix) + 1 :].isdigit())


def _is_default(param: Param | None, value: JSON) -> bool:
    if param is None or param.required or param.name in _NEVER_LEFT_OUT:
        return False
    try:
        read = param.read(value)
    except BadValue:
        return False
    default = param.default
    if default is None and read == "linear" and param.name.endswith("activation"):
        return True
    if isinstance(read, Mapping) and (default is None or isinstance(default, str)):
        return isinstance(default, str) and _is_named(read, default)
    if isinstance(read, str) and isinstance(default, str) and param.name.endswith(("izer", "constraint")):
        return _joined(read) == _joined(default)
    if isinstance(read, list):
        read = tuple(read)
    return type(read) is type(default) and bool(read == default)


def _is_named(value: Mapping[str, JSON], default: str) -> bool:
    """Whether a serialized object is what Keras makes of a name."""
    cls, config = value.get("class_name"), value.get("config")
    if config == default:
        return True  # a function: its name
    if not isinstance(cls, str) or _joined(cls) != _joined(default):
        return False
    for _, table in _ROOMS:
        if cls in table:
            said = config if isinstance(config, Mapping) else {}
            return all(key not in table[cls] or value == table[cls][key] for key, value in said.items())
    return False


def _joined(name: str) -> str:
    return name.replace("_", "").lower()


def _may_be_in(op: Op, room: str, key: str) -> bool:
    """Whether a class is Keras's of a room; TensorFlow's own initializers are the same ones."""
    is_tensorflow = op.module is not None and op.module.startswith("tensorflow.") and key.endswith(room[:-1])
    return op.module is None or room in op.module or op.module in ("keras", "tf_keras") or is_tensorflow


def _policy_name(said: JSON) -> str | None:
    """What a layer's `dtype` is called: `float32`, `mixed_bfloat16`."""
    if not isinstance(said, Mapping):
        return said if isinstance(said, str) else None
    cls, config = _text(said.get("class_name")), said.get("config")
    if not isinstance(config, Mapping):
        return None
    if cls in _QUANTIZED:
        return f"{config.get('mode')}_from_{config.get('source_name')}"
    if cls in _POLICIES:
        return _text(config.get("name"))
    raise _Unwritable(f"has a dtype policy of class {str(cls)[:80]}, which has no source")


def _op(value: Mapping[str, JSON]) -> Op:
    """The class of a serialized object."""
    return Op(_text(value.get("class_name")) or "", _text(value.get("module")), _text(value.get("registered_name")))


def _text(value: JSON) -> str | None:
    return value if isinstance(value, str) else None


def _check_argument(name: str) -> None:
    if not is_argument(name):
        raise _Unwritable(f"has an argument {name[:80]!r}, which is no name")
