"""Graphs of Keras 1 and 2 in the terms of Keras 3.

What an argument is called now stands in the catalog (`renamed`); here is what no entry can know: the input of an old
Sequential, slashes in names, states in a list of inputs, functions of TensorFlow, values that changed. Whatever Keras 3
has no word for stays as it is, so that a check names it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from .catalog import CATALOG, Catalog, Custom
from .catalog.objects import class_today
from .catalog.spec import BadValue, OpDef
from .diagnostics import Diagnostic, Place
from .formats.entries import Style, input_shape, kind_of, op_of, read_model
from .formats.write import CannotWrite, Known, model_object
from .model import BESIDE_MODEL, JSON, Graph, Layer, Node, NodeKey, Op, TensorRef, Value
from .shapes import TensorSpec
from .source import Limits, escape
from .tf_functions import Operation, function_of, operation_of

# A wrapper around a model around a wrapper …: nobody goes deeper, and Python's stack ends.
_MOST_WRAPPED = 8


def migrate(graph: Graph, catalog: Catalog = CATALOG) -> Graph:
    """The graph in Keras 3's terms, its places those of the file. One of Keras 3 or a document is itself.

    A graph of Keras 1 keeps its dialect, because it is judged as Keras 3 all the same; one of Keras 2 is
    Keras 3's then.
    """
    if graph.dialect not in ("keras2", "keras1") or graph.source_dialect is not None:
        return graph
    return _migrated(_branched(graph, 0) if graph.dialect == "keras1" else graph, catalog, 0)


def _migrated(graph: Graph, catalog: Catalog, depth: int) -> Graph:
    insides = [graph]
    around: list[tuple[int, str]] = [(-1, "")]
    for i, inside in enumerate(insides):  # grows on the way
        for name, layer in inside.layers.items():
            if layer.body is not None:
                insides.append(layer.body)
                around.append((i, name))
    bodies: list[dict[str, Graph]] = [{} for _ in insides]
    made = graph
    for i in range(len(insides) - 1, -1, -1):
        made = _Migration(insides[i], bodies[i], catalog, depth).graph_3()
        outer, name = around[i]
        if outer >= 0:
            bodies[outer][name] = made
    return made


_HOMES = {
    "functional": Op("Functional", "keras.src.models.functional", "Functional"),
    "sequential": Op("Sequential", "keras"),
}
_MERGES = {
    "sum": "Add",
    "mul": "Multiply",
    "concat": "Concatenate",
    "ave": "Average",
    "max": "Maximum",
    "dot": "Dot",
    "cos": "Dot",
}
# Keys that say what goes into the first layer of a Sequential; its InputLayer says it now.
_FIRST = frozenset({"batch_input_shape", "input_shape", "input_dim", "input_length", "input_dtype", "batch_size"})
_INNER = ("layer", "backward_layer", "cell", "activation")
# About weights that the class has not, and records of how it was built.
_UNSAID = ("_initializer", "_regularizer", "_constraint", "_shape")
# What Keras 1 did and had no argument for.
_WAS: Mapping[str, Mapping[str, JSON]] = {"GRU": {"reset_after": False}}
# What ran on a GPU alone is what Keras 3 chooses itself where there is one; its two biases are one there.
_ON_GPU: Mapping[str, tuple[str, Mapping[str, JSON]]] = {
    "CuDNNLSTM": ("LSTM", {}),
    "CuDNNGRU": ("GRU", {"reset_after": True}),
}
_ORDERS = {"th": "channels_first", "tf": "channels_last"}


class _Migration:
    """One graph, the models inside it done."""

    def __init__(self, graph: Graph, bodies: Mapping[str, Graph], catalog: Catalog, depth: int) -> None:
        self.graph = graph
        self.bodies = bodies
        self.catalog = catalog
        self.depth = depth
        self.names = _free_of_slashes(graph)
        self.calls: dict[str, list[Node]] = {}
        for node in graph.nodes.values():
            self.calls.setdefault(node.key.layer, []).append(node)

    def graph_3(self) -> Graph:
        graph = self.graph
        layers: dict[str, Layer] = {}
        nodes: dict[NodeKey, Node] = {}
        declared = dict(graph.declared)
        for name, layer in graph.layers.items():
            made, calls = self._layer(layer, self.calls.get(name, []))
            layers[made.name] = made
            recorded = self._recorded(made)
            for node in calls:
                nodes[node.key] = node
                if recorded is not None:
                    declared[TensorRef(*node.key, 0)] = recorded
        home = _HOMES[graph.kind]
        is_own = graph.op.cls not in ("Model", "Functional", "Sequential")
        name = graph.name.replace("/", "_")
        return replace(
            graph,
            name=name,
            layers=layers,
            nodes=nodes,
            inputs=self._renamed(_single(graph.inputs)),
            outputs=self._renamed(_single(graph.outputs)),
            declared=declared,
            op=graph.op if is_own else home,
            config={**graph.config, "name": name},
            extras={key: value for key, value in graph.extras.items() if key in (*BESIDE_MODEL, "document")},
            dialect="keras1" if graph.dialect == "keras1" else "keras3",
            source_dialect=graph.dialect,
        )

    def _recorded(self, made: Layer) -> TensorSpec | None:
        """What a layer that is never run gives, where Keras 1 says it; later Keras ran it, whatever is said there."""
        sizes = made.config.get("output_shape")
        entry = self.catalog.find(made.op, "keras3") if self.graph.dialect == "keras1" and sizes else None
        if entry is None or not entry.kept or not isinstance(sizes, list):
            return None
        return TensorSpec((None, *sizes), "float32") if all(type(size) is int for size in sizes) else None

    def _layer(self, layer: Layer, calls: list[Node]) -> tuple[Layer, list[Node]]:
        name = self.names.get(layer.name, layer.name)
        operations = [operation_of(layer, node) for node in calls]
        first = operations[0] if operations else None
        if first is not None and all(
            o is not None and (o.op, o.config) == (first.op, first.config) for o in operations
        ):
            made = {"name": name, **first.config}
            changed = layer._replace(name=name, op=first.op, config=made, extras={})
            return changed, [self._operation_call(node, o) for node, o in zip(calls, operations, strict=True) if o]
        body = self.bodies.get(layer.name)
        if body is not None:
            is_own = layer.op.cls not in ("Model", "Functional", "Sequential")
            op = layer.op if is_own else _HOMES[body.kind]
            changed = layer._replace(name=name, op=op, config=body.config, body=body, extras={})
            return changed, [self._call(node, None) for node in calls]
        words = _Words(self.catalog, self.graph.dialect, self.depth)
        op, config, entry = words.layer(layer)
        if name != layer.name or "/" in str(config.get("name", "")):
            config = {**config, "name": name}
        if self.graph.kind == "sequential":
            config = {"name": name, **config}
        changed = layer._replace(name=name, op=op, config=config, extras={}, is_implied=False)
        return changed, [self._call(node, entry) for node in calls]

    def _operation_call(self, node: Node, operation: Operation) -> Node:
        args = tuple(self._renamed(value) for value in operation.args)
        return Node(self._key(node.key), args, {}, node.origin)

    def _call(self, node: Node, entry: OpDef | None) -> Node:
        args = tuple(self._renamed(value) for value in node.args)
        kwargs = {key: self._renamed(value) for key, value in node.kwargs.items()}
        if entry is not None and "initial_state?" in entry.inputs.names and len(args) == 1:
            # Keras 2 lists the initial states behind the sequence.
            first = args[0]
            if type(first) is tuple and len(first) > 1:
                args, kwargs = (first[0],), {**kwargs, "initial_state": first[1:]}
        return Node(self._key(node.key), args, kwargs, node.origin)

    def _key(self, key: NodeKey) -> NodeKey:
        name = self.names.get(key.layer)
        return key if name is None else NodeKey(name, key.index)

    def _renamed(self, value: Value) -> Value:
        if not self.names:
            return value
        if type(value) is TensorRef:
            name = self.names.get(value.layer)
            return value if name is None else value._replace(layer=name)
        if isinstance(value, tuple):
            return tuple(self._renamed(inner) for inner in value)
        if isinstance(value, dict):
            return {key: self._renamed(inner) for key, inner in value.items()}
        return value


class _Words:
    """The classes and arguments of layers in Keras 3's words."""

    def __init__(self, catalog: Catalog, dialect: str, depth: int) -> None:
        self.catalog = catalog
        self.is_first_keras = dialect == "keras1"
        self.depth = depth

    def layer(self, layer: Layer) -> tuple[Op, Mapping[str, JSON], OpDef | None]:
        """Class and config of a layer, and its entry."""
        if layer.op.cls == "InputLayer":
            shape = input_shape(layer)
            config = {key: value for key, value in layer.config.items() if key not in _FIRST}
            said = layer.config.get("dtype", layer.config.get("input_dtype"))
            return Op("InputLayer", "keras.layers"), {"batch_shape": shape, **config, "dtype": _dtype(said)}, None
        return self.converted(layer.op, layer.config)

    def converted(self, op: Op, config: Mapping[str, JSON]) -> tuple[Op, Mapping[str, JSON], OpDef | None]:
        """Class and config of a serialized layer."""
        op = _at_home(op)
        mode = config.get("mode")
        if self.is_first_keras and op.cls == "Merge" and isinstance(mode, str) and mode in _MERGES:
            op, config = _merge(mode, config)
        elif self.is_first_keras and op.cls == "Merge" and "mode_type" in config:
            op, config = Op("Lambda"), _merging_function(config)
        if op.cls in _ON_GPU and op.registered in (None, op.cls):
            cls, more = _ON_GPU[op.cls]
            op, config = Op(cls), {**config, **more}
        if isinstance(self.catalog.classify(op, "keras2"), Custom):
            own = op if op.module is not None else Op(op.cls.rpartition(">")[2], None, op.registered or op.cls)
            return own, {key: value for key, value in config.items() if key != "batch_input_shape"}, None
        entry = self.catalog.find(Op(op.cls, "keras.layers"), "keras1" if self.is_first_keras else "keras3")
        if entry is None:
            return op, config, None
        old = self.catalog.find(op, "keras2")
        if self.is_first_keras:
            config = _sizes_of_keras1(config)
        made: dict[str, JSON] = dict(_WAS.get(entry.cls, {})) if self.is_first_keras else {}
        for key, value in config.items():
            new = self._key(key, value, entry, old)
            if new is not None:
                made[new] = self._value(new, value)
        return Op(entry.cls, "keras.layers") if entry.name.startswith("layers.") else op, made, entry

    def _key(self, key: str, value: JSON, entry: OpDef, old: OpDef | None) -> str | None:
        """An argument's name now; None where it is gone and meant nothing."""
        param = entry.by_name.get(key)
        if param is not None and "keras3" in (param.only or ("keras3",)):
            return key
        if key in entry.renamed:
            return entry.renamed[key] or None
        if key in _FIRST:
            return None
        gone = old.by_name.get(key) if old is not None else None
        if gone is not None and (value == gone.default or key.endswith(_UNSAID)):
            return None
        if value in (None, False, 0) and (gone is not None or self.is_first_keras) and key not in ("trainable",):
            return None
        return None if self.is_first_keras and key == "mode" and value == 0 else key

    def _value(self, key: str, value: JSON) -> JSON:
        if key == "dtype":
            return _dtype(value)
        if key.endswith("_initializer"):
            return _initializer(value)
        if key.endswith("_regularizer"):
            return _regularizer(value)
        if key.endswith("_constraint"):
            return _constraint(value)
        if key == "data_format":
            return None if value == "default" else _ORDERS.get(value, value) if isinstance(value, str) else value
        if key == "axis" and isinstance(value, list) and len(value) == 1:
            return value[0]
        if key in _INNER:
            return self.inner(value)
        if key in ("cells", "layers") and isinstance(value, list):
            return [self.inner(inner) for inner in value]
        return value

    def inner(self, value: JSON) -> JSON:
        """A serialized layer or model among the arguments."""
        if not isinstance(value, dict) or not isinstance(value.get("class_name"), str) or self.depth > _MOST_WRAPPED:
            return value
        config = value.get("config")
        if kind_of(value) is not None:
            graph, _ = read_model(value, "", Style("keras2"), Limits())
            return value if graph is None else model_object(_migrated(graph, self.catalog, self.depth + 1), "keras")
        if not isinstance(config, dict):
            return value
        deeper = _Words(self.catalog, "keras1" if self.is_first_keras else "keras2", self.depth + 1)
        op, made, _ = deeper.converted(op_of(value), config)
        return {"module": op.module, "class_name": op.cls, "config": dict(made), "registered_name": op.registered}


def _at_home(op: Op) -> Op:
    """Where Keras 3 has a class of tf_keras's own modules; those may be registered as if they were a user's."""
    if op.module is not None and op.module.startswith("tf_keras."):
        return Op(op.cls, op.module.removeprefix("tf_"), op.cls if op.registered is not None else None)
    return op


def _branched(graph: Graph, depth: int) -> Graph:
    """A Sequential of Keras 1 that begins by merging whole models, as the functional model that it is."""
    merge = next(iter(graph.layers.values()), None)
    said = merge.config.get("layers") if merge is not None else None
    if graph.kind != "sequential" or merge is None or merge.op.cls != "Merge" or depth > _MOST_WRAPPED:
        return graph
    layers: dict[str, Layer] = {}
    nodes: dict[NodeKey, Node] = {}
    inputs: list[TensorRef] = []
    ends: list[TensorRef] = []
    for i, entry in enumerate(said if isinstance(said, list) else ()):
        origin = f"{merge.origin}/config/layers/{i}"
        body = None
        if isinstance(entry, dict) and kind_of(entry) is not None:
            body, _ = read_model(entry, origin, Style("keras1"), Limits())
        if body is None or not (body := _branched(body, depth + 1)).input_refs:
            return graph  # a layer, or a model whose input nobody knows
        fed: list[TensorRef] = []
        for ref in body.input_refs:
            inner = body.layers.get(ref.layer)
            name = _free(ref.layer, layers, graph.layers)
            config = {"batch_input_shape": input_shape(inner) if inner is not None else None, "name": name}
            layers[name] = Layer(name, Op("InputLayer"), config, origin=origin)
            nodes[NodeKey(name, 0)] = Node(NodeKey(name, 0), origin=origin)
            fed.append(TensorRef(name, 0, 0))
        inputs += fed
        name = _free(body.name, layers, graph.layers)
        layers[name] = Layer(name, Op("Sequential"), body.config, body, origin)
        nodes[NodeKey(name, 0)] = Node(NodeKey(name, 0), (fed[0] if len(fed) == 1 else tuple(fed),), origin=origin)
        ends.append(TensorRef(name, 0, 0))
    if not ends:
        return graph
    config = {key: value for key, value in merge.config.items() if key != "layers"}
    layers[merge.name] = merge._replace(config=config)
    key = NodeKey(merge.name, 0)
    nodes[key] = Node(key, (tuple(ends),), origin=merge.origin)
    layers |= {name: layer for name, layer in graph.layers.items() if name != merge.name}
    nodes |= {k: node for k, node in graph.nodes.items() if k != key}
    op = Op("Model")
    return replace(graph, layers=layers, nodes=nodes, inputs=tuple(inputs), kind="functional", op=op)


def _free(name: str, *taken: Mapping[str, Layer]) -> str:
    made, n = name, 0
    while any(made in names for names in taken):
        n += 1
        made = f"{name}_{n}"
    return made


def _merge(mode: str, config: Mapping[str, JSON]) -> tuple[Op, Mapping[str, JSON]]:
    """Keras 1 had one class for all that merges."""
    made = {key: value for key, value in config.items() if key in ("name", "trainable")}
    if mode == "concat":
        made["axis"] = config.get("concat_axis", -1)
    elif mode in ("dot", "cos"):
        made |= {"axes": config.get("dot_axes", -1), "normalize": mode == "cos"}
    return Op(_MERGES[mode]), made


def _merging_function(config: Mapping[str, JSON]) -> Mapping[str, JSON]:
    """A Merge of Keras 1 that holds code: a Lambda, as that version wrote one."""
    kept = ("name", "trainable", "output_shape", "output_shape_type", "arguments")
    made = {key: value for key, value in config.items() if key in kept}
    return {**made, "function": config.get("mode"), "function_type": config.get("mode_type")}


def _sizes_of_keras1(config: Mapping[str, JSON]) -> Mapping[str, JSON]:
    """Sizes of kernels, which Keras 1 had as an argument for each axis."""
    for parts in (("nb_row", "nb_col"), ("kernel_dim1", "kernel_dim2", "kernel_dim3")):
        if all(part in config for part in parts):
            rest = {key: value for key, value in config.items() if key not in parts}
            return {**rest, "kernel_size": [config[part] for part in parts]}
    return config


def _dtype(value: JSON) -> JSON:
    """A dtype or policy as Keras 3 reads it: by its name."""
    while isinstance(value, dict):
        inner = value.get("config")
        value = inner.get("name") if isinstance(inner, dict) else None
    if isinstance(value, str):
        return {"float": "float32", "double": "float64", "int": "int32"}.get(value, value)
    return "float32" if value is None else value


def _initializer(value: JSON) -> JSON:
    """An initializer without what old ones said: the dtype, and `normal` for a normal distribution that is cut."""
    config = value.get("config") if isinstance(value, dict) else None
    if not isinstance(config, dict):
        return value
    made = {key: inner for key, inner in config.items() if key != "dtype"}
    if value.get("class_name") == "VarianceScaling" and made.get("distribution") == "normal":
        made["distribution"] = "truncated_normal"
    return {**value, "config": made}


def _regularizer(value: JSON) -> JSON:
    """A regularizer of Keras 1, which was its own config."""
    if isinstance(value, dict) and "class_name" not in value and ("l1" in value or "l2" in value):
        return {"class_name": "L1L2", "config": {"l1": value.get("l1", 0.0), "l2": value.get("l2", 0.0)}}
    return value


def _constraint(value: JSON) -> JSON:
    """A constraint of Keras 1, which was its own config and called the largest norm `m`."""
    if isinstance(value, dict) and "class_name" not in value and isinstance(name := value.get("name"), str):
        said = {"max_value" if key == "m" else key: inner for key, inner in value.items() if key != "name"}
        return {"class_name": name, "config": said}
    return value


def _single(ends: Value) -> Value:
    """Keras 2 lists one input or output too; Keras 3 would give back a list of one."""
    return ends[0] if type(ends) is tuple and len(ends) == 1 and type(ends[0]) is TensorRef else ends


def _free_of_slashes(graph: Graph) -> dict[str, str]:
    """New names for the layers whose name has a slash, which Keras 3 refuses."""
    renamed: dict[str, str] = {}
    taken: set[str] = set()
    for name in graph.layers:
        if "/" in name:
            taken = taken or set(graph.layers)
            made, n = name.replace("/", "_"), 0
            while made in taken:
                n += 1
                made = f"{name.replace('/', '_')}_{n}"
            taken.add(made)
            renamed[name] = made
    return renamed


# --- and back ---------------------------------------------------------------------------------------------------------


def to_old_terms(graph: Graph, catalog: Catalog = CATALOG, inference: Known | None = None) -> Graph:
    """A graph of Keras 3 or a document in the terms of Keras 2. One of Keras 2 is itself.

    Some layers of Keras 2 state the shapes that they were built with; those come from `inference`.

    Raises:
        CannotWrite: a layer, operation or argument that Keras 2 has not (GC601).
    """
    if graph.dialect == "keras2":
        return graph
    graph = migrate(graph, catalog)
    insides: list[tuple[Graph, tuple[str, ...], Known | None]] = [(graph, (), inference)]
    around: list[tuple[int, str]] = [(-1, "")]
    for i, (inside, path, known) in enumerate(insides):  # grows on the way
        for name, layer in inside.layers.items():
            if layer.body is not None:
                insides.append((layer.body, (*path, name), known.bodies.get(name) if known is not None else None))
                around.append((i, name))
    bodies: list[dict[str, Graph]] = [{} for _ in insides]
    problems: list[Diagnostic] = []
    made = graph
    for i in range(len(insides) - 1, -1, -1):
        made = _Return(*insides[i], bodies[i], catalog, problems).graph_2()
        outer, name = around[i]
        if outer >= 0:
            bodies[outer][name] = made
    if problems:
        many = f"{len(problems)} layers or arguments have no form in Keras 2"
        raise CannotWrite(many if len(problems) > 1 else problems[0].message, tuple(problems))
    return made


class _Return:
    """One graph on its way back, the models inside it done."""

    def __init__(
        self,
        graph: Graph,
        path: tuple[str, ...],
        known: Known | None,
        bodies: Mapping[str, Graph],
        catalog: Catalog,
        problems: list[Diagnostic],
    ) -> None:
        self.graph = graph
        self.path = path
        self.known = known
        self.bodies = bodies
        self.catalog = catalog
        self.problems = problems
        self.functions: dict[str, tuple[str, ...]] = {}  # layers that became functions, with their arguments' names

    def graph_2(self) -> Graph:
        graph = self.graph
        entries: dict[str, OpDef | None] = {}
        layers = {name: self._layer(layer, entries) for name, layer in graph.layers.items()}
        nodes = {key: self._call(node, entries.get(key.layer)) for key, node in graph.nodes.items()}
        is_own = graph.op.cls not in ("Model", "Functional", "Sequential")
        config = {key: value for key, value in graph.config.items() if key not in ("dtype", "build_input_shape")}
        return replace(
            graph,
            layers=layers,
            nodes=nodes,
            op=graph.op if is_own else Op(_HOMES[graph.kind].cls),
            config=config,
            extras={},
            dialect="keras2",
            keras_version=None,
        )

    def _layer(self, layer: Layer, entries: dict[str, OpDef | None]) -> Layer:
        body = self.bodies.get(layer.name)
        if body is not None:
            op = body.op if body.op.module is not None else Op(body.op.cls, "keras")
            return layer._replace(op=op, config=body.config, body=body, extras={})
        if isinstance(self.catalog.classify(layer.op, "keras3"), Custom):
            return layer._replace(extras={})
        if layer.op.cls == "InputLayer":
            kept = {key: value for key, value in layer.config.items() if key in ("dtype", "sparse", "ragged", "name")}
            config = {"batch_input_shape": input_shape(layer), **kept, "dtype": _dtype(kept.get("dtype"))}
            return layer._replace(op=Op("InputLayer", "keras.layers"), config=config, extras={}, is_implied=False)
        new, old = self.catalog.find(layer.op, "keras3"), self.catalog.find(layer.op, "keras2")
        function = (
            function_of(layer.op.cls) if layer.op.module and layer.op.module.startswith("keras.src.ops") else None
        )
        if function is not None:
            self.functions[layer.name] = function[1]
            config = {"name": layer.name, "trainable": True, "dtype": "float32", "function": function[0]}
            return layer._replace(op=Op("TFOpLambda"), config=config, extras={})
        if new is None or old is None or new.name.startswith("ops."):
            self._refuse(layer, "of a class that Keras 2 has not", layer.origin)
            return layer
        entries[layer.name] = old
        config = {}
        for key, value in layer.config.items():
            said = self._value(key, value)
            if self._is_said(key, said, layer, new, old):
                config[key] = said
        config |= self._built_shapes(layer, old, config)
        module = f"tf_{layer.op.module}" if (layer.op.module or "").startswith("keras.src.") else "keras.layers"
        return layer._replace(op=layer.op._replace(module=module), config=config, extras={})

    def _built_shapes(self, layer: Layer, old: OpDef, config: Mapping[str, JSON]) -> dict[str, JSON]:
        """What a layer of Keras 2 needs to know of its inputs before it is built: `query_shape` and the like."""
        made: dict[str, JSON] = {}
        node = self.graph.nodes.get(NodeKey(layer.name, 0))
        names = [name.rstrip("?") for name in old.inputs.names]
        for param in old.params:
            if param.required and param.name not in config and param.name.endswith("_shape") and node is not None:
                given = {**dict(zip(names, node.args, strict=False)), **node.kwargs}
                ref = given.get(param.name.removesuffix("_shape")) or given.get("value")
                spec = self.known.spec(ref) if self.known is not None and type(ref) is TensorRef else None
                if spec is not None and spec.shape is not None:
                    made[param.name] = list(spec.shape)
        return made

    def _is_said(self, key: str, value: JSON, layer: Layer, new: OpDef, old: OpDef) -> bool:
        param = old.by_name.get(key)
        if key in ("name", "trainable", "dtype"):
            return True
        if param is not None and "keras2" in (param.only or ("keras2",)):
            try:
                (param.old or param.read)(value)
            except BadValue as error:
                at = f"{layer.origin}/config/{escape(key)}"
                self._refuse(layer, f"made with a value of {key} that Keras 2 does not take: it takes {error}", at)
            return True
        default = new.by_name[key].default if key in new.by_name else None
        if value not in (None, False, default):
            self._refuse(layer, f"made with {key}, which Keras 2 has not", f"{layer.origin}/config/{escape(key)}")
        return False

    def _value(self, key: str, value: JSON) -> JSON:
        if key == "dtype":
            return _dtype(value)
        if isinstance(value, dict) and isinstance(value.get("config"), dict):
            # Keras 3.15 says which axes of a weight are in and out; Keras 2 reads a quantizer nowhere.
            config = {k: v for k, v in value["config"].items() if k not in ("input_axes", "output_axes")}
            if key in _INNER:
                config = {k: self._value(k, v) for k, v in config.items() if k not in ("quantization_config",)}
            kept = {k: v for k, v in value.items() if k != "build_config"}
            cls = value.get("class_name")
            return {**kept, **({"class_name": class_today(cls)} if isinstance(cls, str) else {}), "config": config}
        if key in ("cells", "layers") and isinstance(value, list):
            return [self._value("layer", inner) for inner in value]
        return value

    def _call(self, node: Node, entry: OpDef | None) -> Node:
        """A call with one argument in order; a mask that is none, and the mode, go without saying."""
        takes = entry.old_call if entry is not None else None
        kwargs = {
            key: value
            for key, value in node.kwargs.items()
            if not (key in ("mask", "training") and value in (None, False))
            and not (value is None and takes is not None and not takes.has(key))  # `query_mask`
        }
        args = node.args
        names = [name.rstrip("?") for name in entry.inputs.names] if entry is not None else []
        names = names or list(self.functions.get(node.key.layer, ()))
        if not args and names and names[0] in kwargs:
            args = (kwargs.pop(names[0]),)
        for name, value in zip(names[1:], args[1:], strict=False):
            kwargs[name] = value
        if len(args) > 1 and len(args) <= len(names):
            args = args[:1]
        return node._replace(args=args, kwargs=kwargs)

    def _refuse(self, layer: Layer, says: str, pointer: str) -> None:
        place = Place(pointer, layer.name, path=self.path)
        self.problems.append(Diagnostic("GC601", f'{layer.op.cls} "{layer.name}" is {says}', place))
