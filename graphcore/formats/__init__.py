"""Files → graphs. Forgiving in, exact out; no layer is known here, so unknown ones can be read.

A file is told by its content, never by its name: JSON, a `.keras` archive, HDF5 or a SavedModel; inside of it a whole
`to_json()`, a bare `get_config()`, a document of ours, or one of the objects that tools wrap around a config. How
classes are named and how calls are recorded are told apart on their own, because Keras 2 wrote Keras 3's names.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from ..catalog.names import KERAS2_LAYERS, KERAS3_LAYERS
from ..diagnostics import Diagnostic, Place
from ..model import BESIDE_MODEL, JSON, Dialect, Graph
from ..source import Given, Limits, Source, is_path, load, parse
from . import archive, h5, keras1, kinds, savedmodel
from .document import stored_in
from .entries import REMOVE_COMPILED, Style, kind_of, read_model, snake_case, uncompilable
from .modules import HOMES, MODELS, is_no_model, lost

Read = tuple[Graph | None, tuple[Diagnostic, ...], Source | None]

_WRAPPERS = ("modelTopology", "model_config")
_MOST_WRAPPED = 8


def read(source: Given, limits: Limits | None = None) -> Read:
    """The graph of a file, what is wrong with its form, and its text for looking up places.

    Whatever can be opened opens; no graph comes back where there is no model to see.

    Raises:
        OSError: a path cannot be read.
    """
    limits = limits or Limits()
    if not isinstance(source, (bytes, bytearray, memoryview, str, Path)):
        return _Opening(limits).value(Source(source))
    if isinstance(source, str) and not is_path(source):
        return _Opening(limits).text(source)
    data: bytes | Path
    if isinstance(source, (str, Path)):
        data = Path(source)
        if data.is_dir():
            return _Opening(limits).packed(*archive.unpack_folder(data, limits))
        with data.open("rb") as file:
            beginning = file.read(4096)
    else:
        data = bytes(source)
        beginning = data[:4096]
    if (member := savedmodel.member_of(beginning)) is not None:
        return _Opening(limits).packed(*archive.unpack_saved(data, member, limits))
    kind = kinds.kind(beginning)
    if kind == "zip":
        return _Opening(limits).packed(*archive.unpack(data, limits))
    if kind == "hdf5":
        return _Opening(limits).packed(*h5.unpack(data, limits))
    if kind is not None:
        return None, (Diagnostic("GC007", f"The file is {kind.says}", Place(""), hint=kind.hint),), None
    return _Opening(limits).text(data)


def read_again(source: Source, value: JSON, limits: Limits) -> Read:
    """What `read` gives for a file in which this value stands. What is wrong with its text alone is not found again."""
    return _opening(source, limits).value(replace(source, value=value, text=None))


def read_text(source: Source, text: str, limits: Limits) -> Read:
    """What `read` gives for a file in which this text stands."""
    graph, found, made = _opening(source, limits).text(text.encode("utf-8", "surrogatepass"))
    if made is not None:
        made = replace(made, keras_version=source.keras_version, is_legacy=source.is_legacy, around=source.around)
        made = replace(made, stored=source.stored, is_saved=source.is_saved)
    return graph, found, made


def _opening(source: Source, limits: Limits) -> _Opening:
    opening = _Opening(replace(limits, bytes=max(limits.bytes, limits.member_bytes)))
    opening.version, opening.member = source.keras_version, source.member
    opening.is_legacy, opening.is_saved = source.is_legacy, source.is_saved
    return opening


class _Opening:
    """One file on its way from text to graph, and what was found on it."""

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self.found: list[Diagnostic] = []
        self.version: str | None = None
        self.is_legacy = False
        self.is_saved = False
        self.member: str | None = None

    def packed(self, config: archive.Packed | None, found: list[Diagnostic]) -> Read:
        """A config from inside an archive or HDF5 file."""
        self.found += found
        if config is None:
            return None, tuple(self.found), None
        self.version, self.member = config.keras_version, config.member
        self.is_legacy, self.is_saved = config.is_legacy, config.is_saved
        self.limits = replace(self.limits, bytes=self.limits.member_bytes)
        graph, found_in_text, source = self.text(config.text)
        if source is not None:
            source = replace(source, keras_version=self.version, is_legacy=self.is_legacy, is_saved=self.is_saved)
        return graph, found_in_text, source

    def text(self, text: bytes | str | Path) -> Read:
        """A JSON text."""
        source, found = load(text, self.limits, self.member)
        if source is not None and source.value is None and source.text and found:
            if (at := kinds.conflict(source.text)) is not None:
                line = source.text.count("\n", 0, at) + 1
                message = f"The file holds the marks of a merge conflict, the first in line {line}"
                found = [Diagnostic("GC007", message, found[0].at, hint="resolve the conflict, and keep one side")]
            elif (
                kind := kinds.kind(source.text[:4096].encode("utf-8", "surrogatepass"))
            ) is not None and not isinstance(kind, str):
                found = [Diagnostic("GC007", f"The file is {kind.says}", found[0].at, hint=kind.hint)]
        self.found += found
        if source is None or (found and source.value is None):
            return None, tuple(self.found), source
        return self.value(replace(source, value=savedmodel.plain(source.value)) if self.is_saved else source)

    def value(self, source: Source) -> Read:
        """A parsed value."""
        document: Mapping[str, JSON] | None = None
        origin = ""
        value = source.value
        for _ in range(_MOST_WRAPPED):
            if isinstance(value, str):
                inner, found = parse(value, self.limits, self.member)
                if inner is None or inner.value is None:
                    return self._no_model(source, origin, "The file is a JSON text, and no model is in it")
                self.found += found
                source, value, origin = replace(inner, around=(source, origin)), inner.value, ""
            elif not isinstance(value, dict):
                break
            elif list(value) == ["config"] and isinstance(value["config"], str):  # in a checkpoint of Orbax
                value, origin = value["config"], f"{origin}/config"
            elif "layerwright" in value and document is None:
                document, value, origin = value, value.get("model"), "/model"
            elif (key := next((key for key in _WRAPPERS if key in value), None)) and "class_name" not in value:
                self._note_version(value)
                value, origin = value[key], f"{origin}/{key}"
            else:
                break
        return self._model(source, value, origin, document)

    def _note_version(self, value: Mapping[str, JSON]) -> None:
        version = value.get("keras_version")
        if isinstance(version, str) and self.version is None:
            self.version = version

    def _model(self, source: Source, value: JSON, origin: str, document: Mapping[str, JSON] | None) -> Read:
        if isinstance(value, list) and value and all(isinstance(e, dict) and "class_name" in e for e in value):
            if origin == "":
                message = "The file is a list of layers; Keras reads an object with class_name and config"
                self._say("GC004", "", message, 'put it into {"class_name": "Sequential", "config": {"layers": …}}')
            value = {"class_name": "Sequential", "config": value}
            origin_of_list = origin
        else:
            origin_of_list = None
        if not isinstance(value, dict):
            if document is not None and value is None:
                return self._no_model(source, origin, "The document has no model")
            what = "null" if value is None else f"a {_NAMES.get(type(value), 'value')}"
            where = "The document's model" if document is not None else "The file"
            return self._no_model(source, origin, f"{where} is {what}, not a model's config")
        is_whole = "config" in value
        if kind_of(value if is_whole else {"config": value}) is None:
            cls = value.get("class_name")
            if is_whole and isinstance(cls, str) and cls in _LAYERS:
                return self._one_layer(source, value, origin, document)
            return self._explain(source, value, origin)
        self._note_version(value)
        dialect: Dialect = "document" if document is not None else dialect_of(value, self.version)
        style = Style(dialect, self.member, self.is_legacy)
        graph, found = read_model(value, origin, style, self.limits, list_at=origin_of_list, plain=source.plain)
        self.found += found
        if graph is None:
            return None, tuple(self.found), source
        if is_whole and origin_of_list is None:
            self._check_top(value, origin, dialect)
        return self._complete(graph, document), tuple(self.found), source

    def _one_layer(
        self, source: Source, value: Mapping[str, JSON], origin: str, document: Mapping[str, JSON] | None
    ) -> Read:
        """One layer of Keras alone, as the chain that has it alone."""
        built = value.get("build_config")
        shape = built.get("input_shape") if isinstance(built, dict) else None
        chain = {"name": snake_case(str(value["class_name"])), "layers": [value]}
        whole = {
            "class_name": "Sequential",
            "config": chain if shape is None else {**chain, "build_input_shape": shape},
        }
        dialect: Dialect = "document" if document is not None else dialect_of(whole, self.version)
        graph, found = read_model(whole, origin, Style(dialect, self.member, self.is_legacy), self.limits)
        if graph is None:
            return None, (*self.found, *found), source

        def placed(pointer: str) -> str:
            return origin + pointer.removeprefix(f"{origin}/config/layers/0")

        self.found += [replace(one, at=replace(one.at, pointer=placed(one.at.pointer))) for one in found]
        layers = {name: layer._replace(origin=placed(layer.origin)) for name, layer in graph.layers.items()}
        nodes = {key: node._replace(origin=placed(node.origin)) for key, node in graph.nodes.items()}
        return self._complete(replace(graph, layers=layers, nodes=nodes), document), tuple(self.found), source

    def _check_top(self, value: Mapping[str, JSON], origin: str, dialect: Dialect) -> None:
        if "class_name" not in value:
            self._say("GC101", origin, "The model has no class_name", 'add "class_name": "Functional"')
        elif not isinstance(value["class_name"], str):
            self._say(
                "GC102",
                f"{origin}/class_name",
                "The class_name of the model is no text",
                'write "class_name": "Functional"',
            )
        elif dialect in ("keras3", "document") and "module" not in value and not self.is_legacy:
            hint = f'add "module": "{HOMES.get(value["class_name"], "keras")}"'
            self._say("GC101", origin, "The model has no module, which Keras 3 needs to find its class", hint)
        elif (wrong := lost(value, dialect, is_legacy=self.is_legacy)) is not None:
            self._say(wrong.code, f"{origin}/{wrong.key}", f"The model {wrong.says}", wrong.hint)
        elif is_no_model(value, dialect):
            message = f"The model is of class {value['class_name'][:80]}, which is no model of Keras"
            hint = 'write "class_name": "Functional", or register a class of your own'
            self._say("GC201", f"{origin}/class_name", message, hint)
        if (says := uncompilable(value, dialect)) is not None:
            self._say("GC102", f"{origin}/compile_config", f"The compile_config of the model {says}", REMOVE_COMPILED)

    def _complete(self, graph: Graph, document: Mapping[str, JSON] | None) -> Graph:
        if document is None:
            return replace(graph, keras_version=self.version)
        extras = dict(graph.extras)
        for key in BESIDE_MODEL:
            if key in document:
                extras[key] = document[key]
        extras["document"] = {k: v for k, v in document.items() if k not in ("model", *BESIDE_MODEL)}
        said = document.get("source_dialect")
        known = said if said in ("keras3", "keras2", "keras1") else None
        stored = stored_in(document)
        return replace(graph, extras=extras, source_dialect=known, keras_version=self.version, stored=stored)

    def _explain(self, source: Source, value: Mapping[str, JSON], origin: str) -> Read:
        """The sentence for an object that is no model."""
        cls = value.get("class_name")
        if cls == "Tokenizer" or "word_index" in value:
            self._say("GC007", origin, "The file is the config of a tokenizer, not of a model", _SAVE)
        elif isinstance(cls, str) and cls.endswith("DataGenerator"):
            self._say("GC007", origin, f"The file is the config of {cls[:80]}, not of a model", _SAVE)
        elif "cells" in value and "nbformat" in value:
            self._say("GC007", origin, "The file is a notebook, which is never run here", _SAVE)
        elif "weightsManifest" in value:
            self._say("GC006", origin, "The file lists weights and holds no model", _SAVE)
        elif "node" in value and "versions" in value:
            self._say("GC004", origin, "The file holds a graph of TensorFlow, not a Keras model", _SAVE)
        elif isinstance(cls, str):
            if cls in MODELS:
                message = f"The file holds one {cls[:80]} without a list of layers, and no model can be seen in it"
                self._say("GC004", origin, message, "write the model anew with model.to_json()")
                return None, tuple(self.found), source
            message = (
                f"The file holds one {cls[:80]}, a class that makes its layers in its own code: the file lists none"
            )
            hint = "build the model with keras.Model(inputs, outputs) and save that: it lists its layers"
            if parts := _models_in(value.get("config")):
                hint = f"save the models that it holds by themselves, and open those files: {', '.join(parts)}"
            self._say("GC004", origin, message, hint)
        else:
            keys = ", ".join(f'"{key[:40]}"' for key in list(value)[:5]) or "none"
            self._say("GC004", origin, f"The file holds no model: its keys are {keys}", _SAVE)
        return None, tuple(self.found), source

    def _no_model(self, source: Source, origin: str, message: str) -> Read:
        self._say("GC004", origin, message, _SAVE)
        return None, tuple(self.found), source

    def _say(self, code: str, pointer: str, message: str, hint: str | None = None) -> None:
        self.found.append(Diagnostic(code, message, Place(pointer, member=self.member), hint=hint))


_LAYERS = (KERAS3_LAYERS | KERAS2_LAYERS) - MODELS.keys() - {"InputLayer", "Layer", "LinearModel", "WideDeepModel"}
_SAVE = "write the model with model.save() or model.to_json(), and open that file"
_NAMES = {list: "list", str: "text", bool: "truth value", int: "number", float: "number"}


def dialect_of(model: Mapping[str, JSON], version: str | None = None) -> Dialect:
    """Which Keras wrote a model: by its records of calls, else by its words, else by the version that it states."""
    config = model.get("config", model)
    listed = config if isinstance(config, list) else config.get("layers")
    words: Dialect | None = None
    lists_calls = False
    waiting: list[JSON] = [listed]
    for entries in waiting:  # grows on the way
        for entry in entries if isinstance(entries, list) else ():
            if not isinstance(entry, dict):
                continue
            calls = entry.get("inbound_nodes")
            if isinstance(calls, list) and calls:
                if isinstance(calls[0], dict) and ("args" in calls[0] or "kwargs" in calls[0]):
                    return "keras3"
                lists_calls = lists_calls or isinstance(calls[0], list)
            inner = entry.get("config")
            if isinstance(inner, dict):
                words = words or _words(entry, inner)
                if "layers" in inner:
                    waiting.append(inner["layers"])
        if lists_calls and words is not None:
            break
    if words is None and not lists_calls:
        stated = version or model.get("keras_version")
        if (isinstance(stated, str) and stated[:1] in ("1", "2")) or isinstance(config, list) or "backend" in model:
            words = "keras2"
        else:
            return "keras3"
    stated = str(version or model.get("keras_version") or "")
    if words == "keras3" and not (lists_calls and stated.startswith("2.")):  # that has a word of Keras 3 in it
        return "keras3"
    if isinstance(version, str) and version.startswith("2."):
        return "keras2"
    is_first = isinstance(version, str) and version.startswith("1.")
    return "keras1" if is_first or (isinstance(listed, list) and keras1.speaks(listed)) else "keras2"


def _words(entry: Mapping[str, JSON], config: Mapping[str, JSON]) -> Dialect | None:
    """Which Keras names a layer's arguments so."""
    if "batch_input_shape" in config:
        return "keras2"
    if "batch_shape" in config and entry.get("class_name") == "InputLayer":
        return "keras3"
    dtype = config.get("dtype")
    if isinstance(dtype, dict):
        return "keras3" if str(dtype.get("class_name", "")).endswith("DTypePolicy") else "keras2"
    return None


def _models_in(config: JSON) -> list[str]:
    """The arguments that are models which list their layers: the encoder and the decoder of an autoencoder."""
    if not isinstance(config, dict):
        return []
    return [key[:40] for key, value in config.items() if isinstance(value, dict) and kind_of(value) is not None][:3]
