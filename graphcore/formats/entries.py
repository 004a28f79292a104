"""A model's config → Graph: the part that all of Keras's dialects share.

A config lists its layers, nested models among them with lists of their own. Insides are read before what they lie in,
without recursion, so that depth costs nothing.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from ..catalog.names import KERAS2_LAYERS
from ..diagnostics import Diagnostic, Place, shown
from ..model import JSON, NOTHING, Dialect, Graph, Kind, Layer, Node, NodeKey, Op, TensorRef, Value, filled
from ..plain_calls import Plain
from ..source import Limits, escape, over
from . import keras2, keras3
from .modules import MODELS, is_no_model, lost

_COMPILED_BY = frozenset(
    (
        *("optimizer", "loss", "loss_weights", "metrics", "weighted_metrics", "run_eagerly", "steps_per_execution"),
        *("jit_compile", "auto_scale_loss"),
    )
)
"""Arguments of `compile` of Keras 3."""
_NEED_LAYERS = ("Functional", "Sequential")
_NOTHING_PLAIN: Mapping[int, Plain] = {}
_STRUCTURE = frozenset({"layers", "input_layers", "output_layers"})
_ENTRY = frozenset({"class_name", "module", "registered_name", "config", "name", "inbound_nodes"})
# In a Sequential the name stands in the config and nothing is called by the file.
_CHAIN_ENTRY = _ENTRY - {"name", "inbound_nodes"}


@dataclass(frozen=True, slots=True)
class Style:
    """What is to be known about a file to read its entries.

    `is_legacy`: written by Keras 3 without modules, as it does into HDF5. `member`: the file inside an archive.
    """

    dialect: Dialect
    member: str | None = None
    is_legacy: bool = False


def read_model(
    entry: Mapping[str, JSON],
    origin: str,
    style: Style,
    limits: Limits,
    *,
    list_at: str | None = None,
    plain: Mapping[int, Plain] = _NOTHING_PLAIN,
) -> tuple[Graph | None, list[Diagnostic]]:
    """The graph of `{"class_name": …, "config": {…}}`, or of a bare config, which stands at the pointer `origin`.

    `list_at` is where the layers stand if the file is nothing but their list; `plain` tells what calls and tensors say
    that were read with the text. No graph comes back where there are more layers than the limit.
    """
    reading = _Reading(style, limits, plain, is_list=list_at is not None)
    is_bare = "config" not in entry
    whole = {"config": entry} if is_bare else entry
    at = list_at if list_at is not None else origin if is_bare else f"{origin}/config"
    top = reading.frame(whole, at, kind_of(whole) or "functional", ())
    if (beyond := reading.discover(top)) is not None:
        return None, [beyond]
    graph: Graph | None = None
    for frame in reversed(reading.frames):
        graph = frame.read()
        if frame.around is not None:
            frame.around.bodies[frame.index] = graph
    reading.frames.clear()  # they know their reading: a cycle would keep the file until the collector comes
    return graph, reading.found


def kind_of(entry: Mapping[str, JSON]) -> Kind | None:
    """What kind of model an entry is; None for a layer.

    A user's own class is a model where its config has the form of one. A Sequential of Keras 1 has its list as config.
    """
    config = entry.get("config")
    cls = entry.get("class_name")
    known = MODELS.get(cls) if isinstance(cls, str) else None
    if isinstance(config, list):
        return "sequential" if known or "class_name" not in entry else None
    if not isinstance(config, dict):
        return None
    if "layers" not in config:
        # `Model` is also what a subclass without a form of its own is called.
        return known if cls != "Model" else None
    if known == "functional" and not _has_ends(config) and not _has_calls(config["layers"]):
        return "sequential"  # of a wrong name
    if known is not None:
        return known
    if _has_ends(config):
        return "functional"
    if "class_name" not in entry:
        if not _are_layers(config["layers"]):
            return None  # other programs have layers too
        return "functional" if _has_calls(config["layers"]) else "sequential"
    return "sequential" if "build_input_shape" in config else None


def uncompilable(entry: Mapping[str, JSON], dialect: Dialect) -> str | None:
    """What keeps Keras 3 from compiling a model as its entry says, as the end of a sentence; None where nothing does.

    Keras compiles a model right after it made it, and gives `compile` what stands there by name; what is empty it
    passes over. Which classes of losses and metrics there are is no matter of the model.

    Source: Keras 3, `deserialize_keras_object` and `Trainer.compile_from_config`.
    """
    said = entry.get("compile_config")
    if not said or dialect not in ("keras3", "document"):
        return None
    if not isinstance(said, dict):
        return f"is {shown(said)}, and must be an object"
    unknown = next((key for key in said if key not in _COMPILED_BY), None)
    if unknown is not None:
        return f'has "{unknown[:40]}", which compile() does not take'
    return "has optimizer null, without which Keras cannot compile it" if said.get("optimizer", "") is None else None


def _has_ends(config: Mapping[str, JSON]) -> bool:
    return "input_layers" in config or "output_layers" in config


def _are_layers(listed: JSON) -> bool:
    """Whether a list may be one of layers: one of them has a class, or none is there."""
    return isinstance(listed, list) and (
        not listed or any(isinstance(entry, dict) and "class_name" in entry for entry in listed)
    )


def _has_calls(entries: JSON) -> bool:
    return isinstance(entries, list) and any(isinstance(entry, dict) and "inbound_nodes" in entry for entry in entries)


@dataclass(slots=True)
class _Reading:
    """What the frames of one file share."""

    style: Style
    limits: Limits
    plain: Mapping[int, Plain]
    is_list: bool = False  # the file is a list of layers, which has been said
    found: list[Diagnostic] = field(default_factory=list)
    frames: list[_Frame] = field(default_factory=list)

    def frame(self, entry: Mapping[str, JSON], at: str, kind: Kind, path: tuple[str, ...]) -> _Frame:
        """A model that is to be read, with its list of layers. `at` is the pointer of its config."""
        config = entry.get("config")
        frame = _Frame(self, entry, config if isinstance(config, dict) else {}, at, kind, path)
        listed = config if isinstance(config, list) else frame.config.get("layers")
        if isinstance(listed, list):
            frame.entries = listed
            if isinstance(config, list):
                frame.list_at = at
                if frame.is_new and not self.is_list:
                    frame.say("GC102", at, f"The config of {frame.of()} is a list; Keras 3 reads an object", _IN_OBJECT)
        elif "layers" in frame.config:
            frame.say(
                "GC102",
                f"{at}/layers",
                f"{frame.subject()} needs a list of layers, and has {shown(listed)}",
                _LIST_LAYERS,
            )
        else:
            frame.say("GC101", at, f"{frame.subject()} has no list of layers", _LIST_LAYERS)
        return frame

    def discover(self, top: _Frame) -> Diagnostic | None:
        """Find the nested models of `top`, each after the one that it lies in; the problem where they are too many."""
        self.frames.append(top)
        layers = 0
        for frame in self.frames:  # grows on the way
            layers += len(frame.entries)
            if layers > self.limits.layers:
                return over(
                    f"has more than {self.limits.layers:,} layers", f"{self.limits.layers:,}", self.style.member
                )
            for i, entry in enumerate(frame.entries):
                if entry.__class__ is not dict:
                    continue
                config = entry.get("config")
                if config.__class__ is dict and "layers" not in config and entry.get("class_name") not in _NEED_LAYERS:
                    continue
                if (kind := kind_of(entry)) is not None:
                    path = (*frame.path, str(entry.get("name") or _name_in(config) or i))
                    inner = self.frame(entry, f"{frame.list_at}/{i}/config", kind, path)
                    inner.around, inner.index = frame, i
                    self.frames.append(inner)
        return None


class _Frame:
    """One model of a file, outermost or nested."""

    __slots__ = (
        "around",
        "at",
        "bodies",
        "config",
        "entries",
        "entry",
        "index",
        "kind",
        "list_at",
        "made",
        "path",
        "reading",
        "rows",
    )

    def __init__(
        self,
        reading: _Reading,
        entry: Mapping[str, JSON],
        config: Mapping[str, JSON],
        at: str,
        kind: Kind,
        path: tuple[str, ...],
    ) -> None:
        self.reading = reading
        self.entry = entry
        self.config = config
        self.at = at
        self.kind = kind
        self.path = path
        self.entries: list[JSON] = []
        self.list_at = f"{at}/layers"
        self.around: _Frame | None = None
        self.index = 0
        self.bodies: dict[int, Graph] = {}
        self.rows: list[tuple[Mapping[str, JSON], str, str]] = []  # entry, layer and pointer of each that can be read
        self.made: dict[str, int] = {}  # how far names made from a stem are counted: all may have one

    @property
    def dialect(self) -> Dialect:
        return self.reading.style.dialect

    @property
    def is_new(self) -> bool:
        """Whether the file is judged as Keras 3 from the start."""
        return self.dialect in ("keras3", "document")

    def subject(self) -> str:
        """How a sentence about the model begins."""
        return f'Model "{self.name()}"' if self.path or isinstance(self.config.get("name"), str) else "The model"

    def name(self) -> str:
        """The model's name, or what Keras would call it."""
        name = self.config.get("name")
        if self.path and not isinstance(name, str):
            return self.path[-1]
        if isinstance(name, str):
            return name
        return "sequential" if self.kind == "sequential" else "functional" if self.is_new else "model"

    def say(self, code: str, pointer: str, message: str, hint: str | None = None, layer: str | None = None) -> None:
        """Note a problem."""
        at = Place(pointer, layer, path=self.path, member=self.reading.style.member)
        self.reading.found.append(Diagnostic(code, message, at, hint=hint))

    def read(self) -> Graph:
        """The graph, once the models inside it are read."""
        config = {key: value for key, value in self.config.items() if key not in _STRUCTURE}
        self._check_name(config)
        layers = self._layers()
        if self.kind == "sequential":
            nodes, inputs, outputs = _Chain(self, layers).read()
            declared = {}
            if (cls := self.entry.get("class_name")) in ("Functional", "Model"):
                hint = 'write "class_name": "Sequential" if it is a chain of layers'
                self.say(
                    "GC101", self.at, f"{self.subject()} is a {cls} and has no input_layers and output_layers", hint
                )
        else:
            calls = _Calls(self, layers)
            nodes, declared = calls.read(), calls.declared
            inputs, outputs = calls.ends("input_layers"), calls.ends("output_layers")
        entry = self.entry
        is_outermost = self.around is None
        return Graph(
            self.name(),
            layers,
            nodes,
            inputs,
            outputs,
            declared,
            self.kind,
            op_of(entry) if "class_name" in entry else Op(self.kind.capitalize()),
            config,
            {key: value for key, value in entry.items() if key not in _ENTRY} if is_outermost else {},
            self.dialect,
            origin=self.at,
        )

    def _check_name(self, config: Mapping[str, JSON]) -> None:
        name = config.get("name")
        if isinstance(name, str):
            if self.is_new and "/" in name:
                self.say("GC204", f"{self.at}/name", f"{self.subject()} has a name with a slash", _NO_SLASH)
        elif name is not None:
            if self.is_new:  # Keras 2 takes anything
                self.say(
                    "GC102",
                    f"{self.at}/name",
                    f"The name of the model is {shown(name)}, and must be a text",
                    "put it into double quotes",
                )
        elif isinstance(self.entry.get("config"), dict):
            self.say("GC101", self.at, f"The config of {self.of()} has no name", 'add "name"')

    def _layers(self) -> dict[str, Layer]:
        """The layers by key, in the file's order."""
        layers: dict[str, Layer] = {}
        bodies, list_at, is_new = self.bodies, self.list_at, self.is_new
        is_chain = self.kind == "sequential"
        known = _CHAIN_ENTRY if is_chain else _ENTRY
        odd: list[tuple[str, str]] = []
        rows = self.rows
        ops: dict[str, Op] = {}  # of the classes in keras.layers, which most are
        for i, entry in enumerate(self.entries):
            origin = f"{list_at}/{i}"
            if entry.__class__ is not dict:
                self.say("GC102", origin, f"Layer {i} of {self.of()} is {shown(entry)}, and must be an object", _LAYER)
                continue
            config = entry.get("config")
            said = config.get("name") if config.__class__ is dict else None
            name = entry.get("name") if not is_chain or said.__class__ is not str else said
            if name.__class__ is not str:
                name = self._missing_name(entry, said, origin, layers)
            elif said != name and said.__class__ is str and not is_chain:
                odd.append((name, origin))
                message = f'Layer "{name}" is called "{said}" in its config; references mean the name beside it'
                self.say("GC104", f"{origin}/config/name", message, "give both the same name", name)
            if name in layers:
                if not is_chain and self.dialect == "keras2":
                    self._more_calls(name, origin)
                    rows.append((entry, name, origin))
                    continue
                if self._is_later_input(entry, layers[name]):
                    rows[:] = [row for row in rows if row[1] != name]
                    message = f'Input "{name}" stands twice; Keras 3 takes the later one'
                    self.say("GC104", f"{origin}/name", message, "remove one of them", name)
                else:
                    name = self._double(name, origin, layers)
            rows.append((entry, name, origin))
            if is_new and "/" in name:
                self.say("GC204", f"{origin}/name", f'Layer "{name}" has a name with a slash', _NO_SLASH, name)
            cls = entry.get("class_name")
            module, registered = entry.get("module"), entry.get("registered_name")
            if cls.__class__ is not str:
                self._check_class(cls, name, origin)
            if module == "keras.layers" and registered is None and cls.__class__ is str:
                op = ops.get(cls) or ops.setdefault(cls, Op(cls, module))
            else:
                self._check_module(entry, name, origin)
                op = op_of(entry)
            body = bodies.get(i)
            if body is not None:
                config = body.config
                self._check_model(entry, body, name, origin)
            elif config.__class__ is not dict:
                self._check_config(entry, name, origin)
                config = {}
            extras = NOTHING
            if "build_config" in entry and len(entry) == len(known) + 1 and known.issubset(entry):  # so of most
                extras = {"build_config": entry["build_config"]}
            elif len(entry) > 4 and not known.issuperset(entry):
                extras = {key: entry[key] for key in entry if key not in known}
            layers[name] = filled(Layer, (name, op, config, body, origin, extras, False))
        if odd:
            self._check_odd_names(layers, odd)
        return layers

    def _is_later_input(self, entry: Mapping[str, JSON], first: Layer) -> bool:
        cls = entry.get("class_name")
        return self.is_new and self.kind == "functional" and first.op.cls == "InputLayer" and cls == first.op.cls

    def _more_calls(self, name: str, origin: str) -> None:
        """A second entry of a name, which Keras 2 takes as more calls of the first."""
        message = f'Layer "{name}" stands twice; Keras 2 takes the second entry as more calls of the first'
        self.say("GC104", f"{origin}/name", message, "write its calls into one entry, or rename one of them", name)

    def of(self) -> str:
        """The model inside of a sentence."""
        return self.subject().replace("The model", "the model").replace("Model", "model")

    def _missing_name(self, entry: Mapping[str, JSON], said: JSON, origin: str, layers: Mapping[str, Layer]) -> str:
        """A key for a layer without a name; Keras numbers names that it makes."""
        name = entry.get("name")
        if self.kind != "sequential":
            if name is None:
                self.say("GC101", origin, f"{_named_class(entry)} has no name", 'add "name" to its entry')
            else:
                message = f"{_named_class(entry)} has the name {shown(name)}, which is no text"
                self.say("GC102", f"{origin}/name", message, _QUOTE)
        elif said is not None:
            message = f"{_named_class(entry)} has the name {shown(said)}, which is no text"
            self.say("GC102", f"{origin}/config/name", message, _QUOTE)
        stem = said if isinstance(said, str) else snake_case(str(entry.get("class_name") or "layer"))
        n = self.made.get(stem, 0)
        made = f"{stem}_{n}" if n else stem
        while made in layers:
            n += 1
            made = f"{stem}_{n}"
        self.made[stem] = n
        return made

    def _double(self, name: str, origin: str, layers: Mapping[str, Layer]) -> str:
        at = f"{origin}/name" if self.kind != "sequential" else f"{origin}/config/name"
        n = self.made.get(f"{name}~", 2)
        while (key := f"{name}~{n}") in layers:
            n += 1
        self.made[f"{name}~"] = n
        first = layers[name]
        message = f'Two layers are named "{name}": a {first.op.cls}, and one after it'
        self.say("GC301", at, message, "rename one of them, and the places that mean it", key)
        return key

    def _check_class(self, cls: JSON, name: str, origin: str) -> None:
        if cls is None:
            self.say(
                "GC101",
                origin,
                f'Layer "{name}" has no class_name',
                'add its class, such as "class_name": "Dense"',
                name,
            )
        else:
            message = f'Layer "{name}" has the class_name {shown(cls)}, which is no text'
            self.say("GC102", f"{origin}/class_name", message, 'write its class, such as "Dense"', name)

    def _check_module(self, entry: Mapping[str, JSON], name: str, origin: str) -> None:
        style = self.reading.style
        wrong = lost(entry, style.dialect, is_legacy=style.is_legacy)
        if wrong is not None:
            self.say(wrong.code, f"{origin}/{wrong.key}", f'Layer "{name}" {wrong.says}', wrong.hint, name)

    def _check_model(self, entry: Mapping[str, JSON], body: Graph, name: str, origin: str) -> None:
        if is_no_model(entry, self.dialect):
            message = f'Model "{name}" is of class {str(entry["class_name"])[:80]}, which is no model of Keras'
            hint = f'write "class_name": "{body.kind.capitalize()}", or register a class of your own'
            self.say("GC201", f"{origin}/class_name", message, hint, name)
        if (wrong := uncompilable(entry, self.dialect)) is not None:
            message = f'The compile_config of model "{name}" {wrong}'
            self.say("GC102", f"{origin}/compile_config", message, REMOVE_COMPILED, name)

    def _check_config(self, entry: Mapping[str, JSON], name: str, origin: str) -> None:
        if not self.is_new and entry.get("config") is None:
            return  # Keras 2 makes the layer of its defaults
        if "config" in entry:
            message = f'The config of layer "{name}" is {shown(entry["config"])}, and must be an object'
            self.say("GC102", f"{origin}/config", message, "write its arguments by name, or {} where it has none", name)
        else:
            self.say("GC101", origin, f'Layer "{name}" has no config', 'add "config": {} with its arguments', name)

    def _check_odd_names(self, layers: Mapping[str, Layer], odd: list[tuple[str, str]]) -> None:
        """Keras names the layer by its config, so two entries may mean one name after all."""
        names = {name: str(layer.config.get("name", name)) for name, layer in layers.items()}
        counts: dict[str, int] = {}
        for name in names.values():
            counts[name] = counts.get(name, 0) + 1
        for name, origin in odd:
            if counts[names[name]] > 1:
                message = f'Two layers are named "{names[name]}" in their configs'
                self.say("GC301", f"{origin}/config/name", message, "rename one of them", name)


REMOVE_COMPILED = "remove it, and compile the model in your own code"
_IN_OBJECT = 'write {"name": …, "layers": […]} with the list in it'
_LIST_LAYERS = 'list its layers: "layers": [{"class_name": …}, …]'
_LAYER = 'write {"class_name": …, "config": …}, or remove it'
_QUOTE = "put the name into double quotes"
_NO_SLASH = "Keras 3 refuses a slash in a name: use an underscore"


class _Calls:
    """The calls of a functional model, and its ends."""

    def __init__(self, frame: _Frame, layers: Mapping[str, Layer]) -> None:
        self.frame = frame
        self.layers = layers
        self.declared: dict[TensorRef, Any] = {}
        self.shifts = _shifts(frame.dialect, layers)
        self.key = NodeKey("", 0)

    def read(self) -> dict[NodeKey, Node]:
        """Every call by its key, layer by layer."""
        frame = self.frame
        needs_shape = frame.dialect == "keras3"
        plain = frame.reading.plain
        new = keras3.CallReader(
            self.layers, self.declared, plain, self._resolve_call, self._say, needs_shape=needs_shape
        )
        old = keras2.CallReader(self._resolve_call, self._say)
        read, read_old, is_new = new.read, old.read, frame.is_new
        nodes: dict[NodeKey, Node] = {}
        calls: dict[str, int] = {}
        for entry, name, at in frame.rows:
            records = entry.get("inbound_nodes")
            cls = self.layers[name].op.cls
            if records.__class__ is not list:
                records = self._no_records(entry, name, cls, at)
            if cls == "InputLayer":
                self._source(name, at, records, nodes)
                continue
            k = calls.get(name, 0)
            said = plain.get(id(records))
            if said is not None:  # so of most
                key = filled(NodeKey, (name, k))
                nodes[key] = new.read_plain(said, key, f"{at}/inbound_nodes/0")
                calls[name] = k + 1
                continue
            for i, record in enumerate(records):
                key = self.key = filled(NodeKey, (name, k + i))
                origin = f"{at}/inbound_nodes/{i}"
                if record.__class__ is dict and (is_new or "args" in record or "kwargs" in record):
                    nodes[key] = read(record, key, origin)
                else:
                    nodes[key] = read_old(record, key, origin, cls)
            calls[name] = k + len(records)
        return nodes

    def _source(self, name: str, at: str, records: list[JSON], nodes: dict[NodeKey, Node]) -> None:
        """The call of an InputLayer, which no file records: Keras makes it with the layer."""
        key = NodeKey(name, 0)
        nodes[key] = Node(key, (), {}, at)
        if records and self.frame.is_new:
            message = f'InputLayer "{name}" is called, and nothing can be fed into an input'
            self.frame.say("GC103", f"{at}/inbound_nodes", message, "empty its inbound_nodes", name)
        elif records:
            message = f'InputLayer "{name}" is called, which leads nowhere'
            self.frame.say("GC104", f"{at}/inbound_nodes", message, "remove its calls", name)

    def ends(self, side: str) -> Value:
        """The tree of the model's inputs or outputs."""
        frame = self.frame
        pointer = f"{frame.at}/{side}"
        if side not in frame.config:
            frame.say("GC101", frame.at, f"{frame.subject()} has no {side}", f"name its {side[:-7]}s in {side}")
            return ()
        return self._end(frame.config[side], pointer, is_output=side == "output_layers")

    def _end(self, value: JSON, pointer: str, *, is_output: bool, depth: int = 0) -> Value:
        if value.__class__ is list:
            if value and value[0].__class__ is str:
                layer, node, tensor = value if len(value) == 3 else (None, None, None)
                if layer is not None and node.__class__ is int and tensor.__class__ is int:
                    shift = self.shifts.get(layer, 0) if not is_output else self._output_shift(layer)
                    return self._counted(layer, node - shift, tensor, pointer)
            elif depth < keras3.MOST_NESTED:
                ends = [
                    self._end(inner, f"{pointer}/{i}", is_output=is_output, depth=depth + 1)
                    for i, inner in enumerate(value)
                ]
                return tuple(end for end in ends if end is not None)
        elif value.__class__ is dict and depth < keras3.MOST_NESTED:
            named = {
                key: self._end(inner, f"{pointer}/{escape(key)}", is_output=is_output, depth=depth + 1)
                for key, inner in value.items()
            }
            return {key: end for key, end in named.items() if end is not None}
        what = "An output" if is_output else "An input"
        says = f"{what} of {self.frame.of()} is {shown(value)}, and must be [layer, node_index, tensor_index]"
        self.frame.say("GC102", pointer, says, 'write the name of the layer and two numbers, as in ["dense", 0, 0]')
        return None if depth else ()

    def _output_shift(self, layer: str) -> int:
        """Keras 3 counts the calls of a nested Functional from 1 among outputs, and there only."""
        if self.frame.dialect != "keras3":
            return self.shifts.get(layer, 0)
        named = self.layers.get(layer)
        return 1 if named is not None and named.body is not None and named.body.kind == "functional" else 0

    def _resolve_call(self, layer: str, node: int, tensor: int, pointer: str) -> TensorRef:
        return self._counted(layer, node - self.shifts.get(layer, 0), tensor, pointer)

    def _counted(self, layer: str, node: int, tensor: int, pointer: str) -> TensorRef:
        """A reference; one that counts back from the last call, as Python lets Keras 3 do, gets its number.

        Keras 2 takes any call of an InputLayer for its only one.
        """
        if layer not in self.layers or (node >= 0 and (node == 0 or self.frame.is_new)):
            return TensorRef(layer, node, tensor)
        if not self.frame.is_new:
            if self.layers[layer].op.cls != "InputLayer":
                return TensorRef(layer, node, tensor)
            message = f'A reference to InputLayer "{layer}" names call {node}; it has one, which is call 0'
            self.frame.say("GC104", pointer, message, "name call 0", layer)
            return TensorRef(layer, 0, tensor)
        calls = sum(
            len(records)
            for entry, name, _ in self.frame.rows
            if name == layer and isinstance(records := entry.get("inbound_nodes"), list)
        )
        if self.layers[layer].op.cls == "InputLayer":
            calls = 1
        if node + calls < 0:
            return TensorRef(layer, node, tensor)
        message = f'A reference to "{layer}" names call {node}, which counts back from its last call'
        self.frame.say("GC104", pointer, message, f"name call {node + calls}", layer)
        return TensorRef(layer, node + calls, tensor)

    def _say(self, code: str, pointer: str, says: str, hint: str | None = None) -> None:
        key = self.key
        subject = f'Call {key.index} of "{key.layer}"'
        at = Place(pointer, key.layer, key.index, path=self.frame.path, member=self.frame.reading.style.member)
        self.frame.reading.found.append(Diagnostic(code, f"{subject} {says}", at, hint=hint))

    def _no_records(self, entry: Mapping[str, JSON], name: str, cls: str, at: str) -> list[JSON]:
        if "inbound_nodes" in entry:
            message = f'The inbound_nodes of "{name}" are {shown(entry["inbound_nodes"])}, and must be a list'
            hint = "list its calls, [] where it has none"
            self.frame.say("GC102", f"{at}/inbound_nodes", message, hint, name)
        else:
            message = f'{cls} "{name}" has no inbound_nodes'
            self.frame.say("GC101", at, message, "list its calls, [] where it has none", name)
        return []


def _shifts(dialect: Dialect, layers: Mapping[str, Layer]) -> Mapping[str, int]:
    """How much the calls of nested models are counted too high.

    Keras 1 and 2 count those from 1 which have an input of their own, because making them was a first call.
    """
    if dialect not in ("keras2", "keras1"):
        return {}
    return {
        name: 1
        for name, layer in layers.items()
        if layer.body is not None and (layer.body.kind == "functional" or layer.body.inputs != ())
    }


class _Chain:
    """The layers of a Sequential as calls, each fed by the one before, and its input where a shape implies it."""

    def __init__(self, frame: _Frame, layers: dict[str, Layer]) -> None:
        self.frame = frame
        self.layers = layers

    def read(self) -> tuple[dict[NodeKey, Node], Value, Value]:
        """Calls, inputs and outputs."""
        first = next(iter(self.layers.values()), None)
        if first is not None and first.op.cls != "InputLayer":
            self._imply_input(first)
        nodes: dict[NodeKey, Node] = {}
        before: TensorRef | None = None
        inputs: Value = ()
        for name, layer in self.layers.items():
            key = NodeKey(name, 0)
            nodes[key] = Node(key, () if before is None else (before,), {}, layer.origin)
            before = TensorRef(name, 0, 0)
            if len(nodes) == 1 and layer.op.cls == "InputLayer":
                inputs = before
        return nodes, inputs, () if before is None else before

    def _imply_input(self, first: Layer) -> None:
        shape = self._shape(first)
        if shape is None:
            return
        is_new = self.frame.is_new
        stem = "input_layer" if is_new else f"{first.name}_input"
        name, n = stem, 0
        while name in self.layers:
            n += 1
            name = f"{stem}_{n}"
        dtype = _input_dtype(first, is_new=is_new)
        config = {"batch_shape" if is_new else "batch_input_shape": shape, "dtype": dtype, "name": name}
        layer = Layer(name, Op("InputLayer"), config, origin=first.origin, is_implied=True)
        rest = dict(self.layers)
        self.layers.clear()
        self.layers.update({name: layer, **rest})

    def _shape(self, first: Layer) -> list[JSON] | None:
        """The shape that goes in, batch first, where the file says it."""
        config = first.config
        if self.frame.dialect == "keras2":
            if shape := self._said_in_keras2(first):
                return shape
        elif (shape := _sizes(config.get("batch_input_shape"))) is not None:
            return shape
        elif (shape := _sizes(config.get("input_shape"))) is not None:
            return [None, *shape]
        elif not self.frame.is_new and (shape := _old_shape(first)) is not None:
            return shape
        if first.body is not None and isinstance(first.body.inputs, (TensorRef, tuple)):
            refs = first.body.input_refs
            source = first.body.layers.get(refs[0].layer) if len(refs) == 1 else None
            if source is not None:
                return input_shape(source)
        frame = self.frame
        build = frame.entry.get("build_config")
        for said in (
            frame.config.get("build_input_shape"),
            build.get("input_shape") if isinstance(build, dict) else None,
        ):
            if (shape := _sizes(said)) is not None:
                return shape
        return None

    def _said_in_keras2(self, first: Layer) -> list[JSON] | None:
        """The shape that a first layer of Keras 2 states, None where it states none that can be."""
        said = _first_of_keras2(first)
        if said is None:
            return None
        key, sizes = said
        shape = _sizes(sizes)
        if shape is None and first.op.cls in KERAS2_LAYERS:  # a user's class may mean something else
            if _sizes(sizes[:1]) is None and key != "batch_input_shape":
                key = "batch_size"
            says = f"has {key} {shown(first.config[key])}; it takes whole numbers and null"
            at = f"{first.origin}/config/{key}"
            self.frame.say("GC204", at, f'{first.op.cls} "{first.name}" {says}', _SIZES, first.name)
        return shape


_SIZES = "give each axis its size, null for one that is not known"
_RECURRENT = frozenset(
    f"{cls}{version}" for cls in ("RNN", "SimpleRNN", "LSTM", "GRU") for version in ("", "V1", "V2")
) | {"ConvLSTM1D", "ConvLSTM2D", "ConvLSTM3D"}


def _first_of_keras2(first: Layer) -> tuple[str, list[JSON]] | None:
    """The argument that says what goes into a first layer, and the sizes that Keras 2 reads in it; None for none.

    Values that no layer takes are the business of its arguments.

    Source: tf_keras, `Layer.__init__`, `RNN.__init__` and `Embedding.__init__`.
    """
    config, cls = first.config, first.op.cls
    if "batch_input_shape" in config:
        return _listed("batch_input_shape", config["batch_input_shape"], [])
    batch = [config.get("batch_size")]
    if "input_shape" in config:
        return _listed("input_shape", config["input_shape"], batch)
    if cls == "Embedding":
        length = config.get("input_length")
        key = "input_length" if length else "batch_size" if "batch_size" in config else "input_dim"
        return key, [*batch, length or None]
    if cls in _RECURRENT and not {"input_dim", "input_length"}.isdisjoint(config):
        key = "input_dim" if "input_dim" in config else "input_length"
        return key, [*batch, config.get("input_length"), config.get("input_dim")]
    return ("input_dim", [*batch, config["input_dim"]]) if "input_dim" in config else None


def _listed(key: str, sizes: JSON, batch: list[JSON]) -> tuple[str, list[JSON]] | None:
    return (key, [*batch, *sizes]) if isinstance(sizes, (list, dict, str)) else None


_WITH_LENGTH = frozenset({"LSTM", "GRU", "SimpleRNN", "TimeDistributedDense", "Convolution1D", "Conv1D", "Highway"})


def _old_shape(first: Layer) -> list[JSON] | None:
    """The shape that Keras 1 takes from `input_dim` and `input_length`."""
    config = first.config
    length = config.get("input_length")
    length = length if type(length) is int else None
    if first.op.cls == "Embedding":
        return [None, length]
    if type(config.get("input_dim")) is not int:
        return None
    return [None, length, config["input_dim"]] if first.op.cls in _WITH_LENGTH else [None, config["input_dim"]]


def input_shape(layer: Layer) -> list[JSON] | None:
    """The shape that an InputLayer states, batch first, by any of the names it has had."""
    config = layer.config
    for key in ("batch_shape", "batch_input_shape"):
        if (shape := _sizes(config.get(key))) is not None:
            return shape
    shape = _sizes(config.get("input_shape", config.get("shape")))
    return None if shape is None else [None, *shape]


def _sizes(value: JSON) -> list[JSON] | None:
    if value.__class__ is list and all(dim is None or dim.__class__ is int for dim in value):
        sizes: list[JSON] = value
        return sizes
    return None


def _input_dtype(first: Layer, *, is_new: bool) -> str:
    """The dtype that Keras gives to the input that it makes for a first layer.

    Keras 3 takes the compute dtype of its policy, Keras 2 the dtype of its variables.
    """
    said = first.config.get("dtype")
    while isinstance(said, dict):
        inner = said.get("config")
        said = inner.get("name") if isinstance(inner, dict) else None
    if not isinstance(said, str):
        return "float32"
    if said.startswith("mixed_"):
        return said.removeprefix("mixed_") if is_new else "float32"
    return said


def op_of(entry: Mapping[str, JSON]) -> Op:
    """How an entry names its class; "" where it does not, which has been said."""
    cls, module, registered = (entry.get(key) for key in ("class_name", "module", "registered_name"))
    return Op(
        cls if isinstance(cls, str) else "",
        module if isinstance(module, str) else None,
        registered if isinstance(registered, str) else None,
    )


def snake_case(cls: str) -> str:
    """The stem of the names that Keras makes for a class.

    Source: Keras 3, `to_snake_case`.

    >>> snake_case("Conv2D"), snake_case("BatchNormalization"), snake_case("LSTM")
    ('conv2d', 'batch_normalization', 'lstm')
    """
    made = re.sub(r"\W+", "", cls)
    made = re.sub("(.)([A-Z][a-z]+)", r"\1_\2", made)
    made = re.sub("([a-z])([A-Z])", r"\1_\2", made).lower()
    return made or "layer"


def _name_in(config: JSON) -> JSON:
    return config.get("name") if isinstance(config, dict) else None


def _named_class(entry: Mapping[str, JSON]) -> str:
    cls = entry.get("class_name")
    return f"A {cls[:80]} layer" if isinstance(cls, str) else "A layer"
