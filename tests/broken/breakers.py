"""What is done to sound models to break them: the model, the deed, the code that must be said of it, and where.

A place is a layer's name and the way inside its entry, `h/config/units`, or a way from the top, `./config/name`. Where
nothing else is said, the problem must be at the place that was changed.
"""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import graphcore
from graphcore.render.text import render_text

from .bases import JSON, Generation, base

Deed = Callable[[JSON], str]
"""Changes a model, and gives the pointer of what was changed."""


@dataclass(frozen=True, slots=True)
class Break:
    """One broken file."""

    name: str
    base: str
    deeds: tuple[Deed, ...]
    code: str
    at: str | None
    generation: Generation
    on_text: Callable[[str], str] | None = None

    def file(self) -> tuple[bytes, str]:
        """The file, and the pointer of the place where its problem must be."""
        model = base(self.base, self.generation)
        pointers = [deed(model) for deed in self.deeds]
        pointer = pointer_of(model, self.at) if self.at is not None else pointers[0] if pointers else ""
        text = written(model)
        return (self.on_text(text) if self.on_text is not None else text).encode("utf-8", "surrogatepass"), pointer


def wording(path: Path) -> str:
    """Our report on a file, as text."""
    return render_text(graphcore.check(path), path.name)


def written(model: JSON) -> str:
    """The model with a line for each layer."""
    marked = copy.deepcopy(model)
    lines: list[str] = []

    def mark(entry: Any) -> str:
        lines.append(json.dumps(entry))
        return f"@{len(lines) - 1}@"

    config = marked.get("config")
    if isinstance(config, dict) and isinstance(config.get("layers"), list):
        config["layers"] = [mark(entry) for entry in config["layers"]]
    text = json.dumps(marked)
    for i, line in enumerate(lines):
        text = text.replace(f'"@{i}@"', f"\n {line}", 1)
    return text + "\n"


# --- deeds ------------------------------------------------------------------------------------------------------------


def put(where: str, value: Any) -> Deed:
    """Write a value, over another or as a new key."""

    def deed(model: JSON) -> str:
        pointer = pointer_of(model, where)
        holder, key = _holder(model, pointer)
        holder[key] = copy.deepcopy(value)
        return pointer

    return deed


def drop(where: str) -> Deed:
    """Take something away; the place is what it was in."""

    def deed(model: JSON) -> str:
        pointer = pointer_of(model, where)
        holder, key = _holder(model, pointer)
        del holder[key]
        return pointer.rpartition("/")[0]

    return deed


def feed(name: str, *history: Any, call: int = 0, which: int = 0) -> Deed:
    """Let a tensor of a call come from elsewhere."""

    def deed(model: JSON) -> str:
        pointer = pointer_of(model, f"{name}/inbound_nodes/{call}")
        holder, key = _holder(model, pointer)
        record = holder[key]
        if isinstance(record, dict):
            first = record["args"][0]
            (first[which] if isinstance(first, list) else first)["config"]["keras_history"] = list(history)
        else:
            record[which][:3] = history
        return pointer

    return deed


def again(name: str, **changes: Any) -> Deed:
    """A second entry of a layer, with changes in its config."""

    def deed(model: JSON) -> str:
        layers = model["config"]["layers"]
        entry = copy.deepcopy(next(one for one in layers if one["name"] == name))
        entry["config"] |= changes
        layers.append(entry)
        return f"/config/layers/{len(layers) - 1}/name"

    return deed


def lose(name: str) -> Deed:
    """Take a layer away."""

    def deed(model: JSON) -> str:
        layers = model["config"]["layers"]
        layers[:] = [entry for entry in layers if entry.get("name", entry["config"]["name"]) != name]
        return "/config/layers"

    return deed


def insert(before: str, entry: JSON) -> Deed:
    """Put a layer of a chain before another."""

    def deed(model: JSON) -> str:
        layers = model["config"]["layers"]
        at = next(i for i, one in enumerate(layers) if one["config"]["name"] == before)
        layers.insert(at, copy.deepcopy(entry))
        return f"/config/layers/{at}"

    return deed


def pointer_of(model: JSON, where: str) -> str:
    """The JSON pointer of a place."""
    first, _, rest = where.partition("/")
    if first in (".", ""):
        return f"/{rest}" if rest else ""
    layers = model["config"]["layers"]
    if first.startswith("#"):
        at = int(first[1:])
    else:
        entries = [entry if isinstance(entry, dict) else {} for entry in layers]
        at = next(i for i, entry in enumerate(entries) if first in (entry.get("name"), _config(entry).get("name")))
    return f"/config/layers/{at}" + (f"/{rest}" if rest else "")


def _config(entry: JSON) -> JSON:
    config = entry.get("config")
    return config if isinstance(config, dict) else {}


def _holder(model: JSON, pointer: str) -> tuple[Any, Any]:
    holder: Any = model
    *way, last = pointer[1:].split("/")
    for part in way:
        holder = holder[int(part) if isinstance(holder, list) else part]
    return holder, int(last) if isinstance(holder, list) else last


# --- the table --------------------------------------------------------------------------------------------------------

_BOTH: tuple[Generation, ...] = ("keras3", "keras2")


def breaks() -> dict[str, Break]:
    """Every broken file by its path: the family, the generation, and what was done."""
    found = {}
    for family, rows in FAMILIES.items():
        for row in rows:
            for generation in row.generations:
                one = replace(row.made, generation=generation)
                path = f"{family}/{generation}-{one.name}.json"
                assert path not in found, path
                found[path] = one
    return found


@dataclass(frozen=True, slots=True)
class Row:
    """A break in one generation or both."""

    made: Break
    generations: tuple[Generation, ...] = _BOTH


def row(
    name: str,
    model: str,
    *deeds: Deed,
    code: str,
    at: str | None = None,
    only: Generation | None = None,
    text: Callable[[str], str] | None = None,
) -> Row:
    """A line of the table."""
    return Row(Break(name, model, deeds, code, at, "keras3", text), _BOTH if only is None else (only,))


def _swap(old: str, new: str) -> Callable[[str], str]:
    def swap(text: str) -> str:
        assert old in text, (old, text)
        return text.replace(old, new, 1)

    return swap


_FORM = (
    # What is not there.
    row("no-layer-name", "mlp", drop("h/name"), code="GC101", at="#1"),
    row("no-layer-class", "mlp", drop("h/class_name"), code="GC101"),
    row("no-layer-config", "mlp", drop("h/config"), code="GC101", at="#1", only="keras3"),
    row("no-layer-config", "mlp", drop("h/config"), code="GC203", at="#1/config", only="keras2"),
    row("no-inbound-nodes", "mlp", drop("y/inbound_nodes"), code="GC101"),
    row("no-model-name", "mlp", drop("./config/name"), code="GC101"),
    row("no-class-name", "mlp", drop("./class_name"), code="GC101"),
    row("no-module", "mlp", drop("./module"), code="GC101", only="keras3"),
    row("no-layers", "mlp", drop("./config/layers"), code="GC101"),
    row("no-input-layers", "mlp", drop("./config/input_layers"), code="GC101"),
    row("no-output-layers", "mlp", drop("./config/output_layers"), code="GC101"),
    row("no-args", "mlp", drop("y/inbound_nodes/0/args"), code="GC103", only="keras3"),
    row("no-kwargs", "mlp", drop("y/inbound_nodes/0/kwargs"), code="GC103", only="keras3"),
    row(
        "no-history",
        "mlp",
        drop("y/inbound_nodes/0/args/0/config/keras_history"),
        code="GC103",
        only="keras3",
        at="y/inbound_nodes/0/args/0/config/keras_history",
    ),
    row("no-tensor-shape", "mlp", drop("y/inbound_nodes/0/args/0/config/shape"), code="GC101", only="keras3"),
    row("no-name-of-inner-layer", "nested", drop("encoder/config/layers/1/name"), code="GC101"),
    row("no-outputs-of-inner-model", "nested", drop("encoder/config/output_layers"), code="GC101"),
    # What is of another type.
    row("layers-number", "mlp", put("./config/layers", 3), code="GC102"),
    row("config-list", "mlp", put("./config", [1, 2]), code="GC101"),
    row("config-null", "mlp", put("./config", None), code="GC004", at="."),
    row("class-name-number", "mlp", put("./class_name", 7), code="GC102"),
    row("model-name-number", "mlp", put("./config/name", 7), code="GC102", only="keras3"),
    row("layer-null", "mlp", put("y", None), code="GC102", at="./config/layers/2"),
    row("layer-text", "mlp", put("y", "Dense"), code="GC102", at="./config/layers/2"),
    row("layer-list", "mlp", put("y", ["Dense", {"units": 2}]), code="GC102", at="./config/layers/2"),
    row("layer-config-number", "mlp", put("y/config", 5), code="GC102"),
    row("layer-config-null", "mlp", put("y/config", None), code="GC102", only="keras3"),
    row("layer-config-null", "mlp", put("y/config", None), code="GC203", only="keras2"),
    row("layer-config-list", "mlp", put("y/config", [["units", 2]]), code="GC102"),
    row("layer-class-number", "mlp", put("y/class_name", 7), code="GC102"),
    row("layer-class-null", "mlp", put("y/class_name", None), code="GC101", at="y"),
    row("layer-name-number", "mlp", put("h/name", 7), code="GC102", at="#1/name"),
    row("layer-name-null", "mlp", put("h/name", None), code="GC101", at="#1"),
    row("module-number", "mlp", put("y/module", 7), code="GC102", only="keras3"),
    row("registered-number", "mlp", put("y/registered_name", 7), code="GC201", only="keras3"),
    row("calls-number", "mlp", put("y/inbound_nodes", 7), code="GC102"),
    row("calls-text", "mlp", put("y/inbound_nodes", "h"), code="GC102"),
    row("call-null", "mlp", put("y/inbound_nodes/0", None), code="GC103"),
    row("call-empty", "mlp", put("y/inbound_nodes/0", []), code="GC103"),
    row("call-name-alone", "mlp", put("y/inbound_nodes/0", "h"), code="GC103"),
    row(
        "call-of-two",
        "mlp",
        put("y/inbound_nodes/0", [["h", 0]]),
        code="GC103",
        only="keras2",
        at="y/inbound_nodes/0/0/0",
    ),
    row(
        "call-of-texts",
        "mlp",
        put("y/inbound_nodes/0", [["h", "0", "0", {}]]),
        code="GC103",
        only="keras2",
        at="y/inbound_nodes/0/0/0",
    ),
    row("args-number", "mlp", put("y/inbound_nodes/0/args", 3), code="GC103", only="keras3", at="y/inbound_nodes/0"),
    row(
        "args-object",
        "mlp",
        put("y/inbound_nodes/0/args", {"x": 1}),
        code="GC103",
        only="keras3",
        at="y/inbound_nodes/0",
    ),
    row(
        "kwargs-list", "mlp", put("y/inbound_nodes/0/kwargs", [1]), code="GC103", only="keras3", at="y/inbound_nodes/0"
    ),
    row(
        "history-of-two",
        "mlp",
        put("y/inbound_nodes/0/args/0/config/keras_history", ["h", 0]),
        code="GC103",
        only="keras3",
    ),
    row("history-null", "mlp", put("y/inbound_nodes/0/args/0/config/keras_history", None), code="GC103", only="keras3"),
    row("history-text", "mlp", put("y/inbound_nodes/0/args/0/config/keras_history", "h"), code="GC103", only="keras3"),
    row("tensor-shape-text", "mlp", put("y/inbound_nodes/0/args/0/config/shape", "x"), code="GC102", only="keras3"),
    row("inputs-number", "mlp", put("./config/input_layers", 7), code="GC102"),
    row("inputs-texts", "mlp", put("./config/input_layers", ["x"]), code="GC102"),
    row("outputs-number", "mlp", put("./config/output_layers", 7), code="GC102"),
    row("outputs-null", "mlp", put("./config/output_layers", None), code="GC102"),
    row(
        "outputs-of-two", "mlp", put("./config/output_layers", [["y", 0]]), code="GC102", at="./config/output_layers/0"
    ),
    row(
        "outputs-of-texts",
        "mlp",
        put("./config/output_layers", [["y", "0", "0"]]),
        code="GC102",
        at="./config/output_layers/0",
    ),
    row("outputs-of-name", "mlp", put("./config/output_layers", ["y"]), code="GC102"),
    # What Keras takes, and nobody meant.
    row("names-differ", "mlp", put("h/config/name", "z"), code="GC104", at="#1/config/name"),
    row("slash-in-name", "mlp", put("./config/name", "a/b"), code="GC204", only="keras3"),
    row(
        "slash-in-layer",
        "mlp",
        put("y/name", "a/b"),
        put("#2/config/name", "a/b"),
        put("./config/output_layers", [["a/b", 0, 0]]),
        code="GC204",
        at="#2/name",
        only="keras3",
    ),
    row("input-is-called", "mlp", put("x/inbound_nodes", [{"args": [], "kwargs": {}}]), code="GC103", only="keras3"),
    row("index-negative", "mlp", feed("y", "h", -1, 0), code="GC104", at="y/inbound_nodes/0/args/0", only="keras3"),
    row("index-negative", "mlp", feed("y", "h", -1, 0), code="GC303", at="y/inbound_nodes/0", only="keras2"),
    row("second-entry", "mlp", again("h"), code="GC104", only="keras2"),
    row("model-class-lost", "mlp", put("./class_name", "Functionl"), code="GC201", only="keras3"),
    row("model-module-lost", "mlp", put("./module", "keras.src.models.gone"), code="GC201", only="keras3"),
    row("chain-functional", "chain", put("./class_name", "Functional"), code="GC101", at="./config"),
    row("chain-layer-null", "chain", put("one", None), code="GC102", at="./config/layers/1"),
)

_ARGUMENTS = (
    row("class-misspelt", "mlp", put("y/class_name", "Desne"), code="GC201"),
    row("class-of-lower-case", "mlp", put("y/class_name", "dense"), code="GC201"),
    row("class-of-pytorch", "mlp", put("y/class_name", "Linear"), code="GC201"),
    row("class-empty", "mlp", put("y/class_name", ""), code="GC201"),
    row("class-gone", "words", put("memory/class_name", "CuDNNLSTM"), code="GC201", only="keras3"),
    row("class-of-inner-layer", "nested", put("encoder/config/layers/1/class_name", "Dnese"), code="GC201"),
    row("class-of-chain", "chain", put("two/class_name", "Softmaxx"), code="GC201"),
    row(
        "custom-registered",
        "mlp",
        put("h/registered_name", "mine>Linear"),
        put("h/class_name", "Linear"),
        put("h/module", "mine"),
        code="GC206",
        at="h/class_name",
        only="keras3",
    ),
    row(
        "custom-of-module-null",
        "mlp",
        put("h/module", None),
        put("h/registered_name", "Conv"),
        put("h/class_name", "Conv"),
        code="GC206",
        at="h/class_name",
        only="keras3",
    ),
    row(
        "no-entry",
        "mlp",
        put("h/class_name", "TensorFlowOpLayer"),
        put(
            "h/config",
            {
                "name": "h",
                "node_def": {"name": "Relu", "op": "Relu", "input": ["x"], "attr": {"T": {"type": "DT_FLOAT"}}},
                "constants": {},
            },
        ),
        code="GC209",
        at="h/class_name",
        only="keras2",
    ),
    row("argument-misspelt", "mlp", put("y/config/unit", 3), code="GC202"),
    row("argument-of-another-layer", "mlp", put("y/config/filters", 3), code="GC202"),
    row("argument-of-keras-1", "mlp", put("y/config/output_dim", 2), drop("y/config/units"), code="GC202"),
    row("argument-gone", "words", put("memory/config/time_major", False), code="GC202", only="keras3"),
    row("argument-gone-and-meant", "words", put("memory/config/time_major", True), code="GC202", only="keras3"),
    row("argument-of-keras-3", "mlp", put("h/config/quantization_config", None), code="GC202", only="keras2"),
    row("input-shape-in-layer", "mlp", put("h/config/batch_input_shape", [None, 8]), code="GC202", only="keras3"),
    row("no-units", "mlp", drop("y/config/units"), code="GC203"),
    row("no-filters", "cnn", drop("conv/config/filters"), code="GC203"),
    row("no-kernel-size", "cnn", drop("conv/config/kernel_size"), code="GC203"),
    row("no-input-dim", "words", drop("words/config/input_dim"), code="GC203"),
    row("no-target-shape", "arranged", drop("square/config/target_shape"), code="GC203"),
    row("no-key-dim", "attention", drop("look/config/key_dim"), code="GC203"),
    row("no-rate", "image", drop("drop/config/rate"), code="GC203"),
    row("units-negative", "mlp", put("y/config/units", -4), code="GC204"),
    row("units-zero", "mlp", put("y/config/units", 0), code="GC204", only="keras3"),
    row("units-text", "mlp", put("y/config/units", "many"), code="GC204"),
    row("units-fraction", "mlp", put("y/config/units", 2.5), code="GC204", only="keras3"),
    row("units-null", "mlp", put("y/config/units", None), code="GC204"),
    row("units-list", "mlp", put("y/config/units", [2]), code="GC204"),
    row("filters-zero", "cnn", put("conv/config/filters", 0), code="GC204"),
    row("filters-negative", "cnn", put("conv/config/filters", -1), code="GC204"),
    row("kernel-of-three", "cnn", put("conv/config/kernel_size", [3, 3, 3]), code="GC204"),
    row("kernel-zero", "cnn", put("conv/config/kernel_size", [0, 3]), code="GC204"),
    row("kernel-text", "cnn", put("conv/config/kernel_size", "3x3"), code="GC204"),
    row("strides-zero", "cnn", put("conv/config/strides", [0, 1]), code="GC204"),
    row("padding-misspelt", "cnn", put("conv/config/padding", "sme"), code="GC204"),
    row("padding-null", "cnn", put("conv/config/padding", None), code="GC204"),
    row("padding-of-causal", "cnn", put("conv/config/padding", "causal"), code="GC204"),
    row("data-format", "cnn", put("conv/config/data_format", "channel_first"), code="GC204"),
    row("groups-negative", "cnn", put("conv/config/groups", -1), code="GC204"),
    row("activation-misspelt", "mlp", put("h/config/activation", "reluu"), code="GC204"),
    row("activation-number", "mlp", put("h/config/activation", 3), code="GC204"),
    row("initializer-misspelt", "mlp", put("h/config/kernel_initializer", "glorot"), code="GC204"),
    row("initializer-number", "mlp", put("h/config/kernel_initializer", 3), code="GC204"),
    row("regularizer-number", "mlp", put("h/config/kernel_regularizer", 0.01), code="GC204"),
    row("regularizer-misspelt", "mlp", put("h/config/kernel_regularizer", "l3"), code="GC204", only="keras3"),
    row("regularizer-misspelt", "mlp", put("h/config/kernel_regularizer", "l3"), code="GC210", only="keras2"),
    row("constraint-number", "mlp", put("h/config/kernel_constraint", 3), code="GC204"),
    row("rate-two", "image", put("drop/config/rate", 2), code="GC204"),
    row("rate-negative", "image", put("drop/config/rate", -0.5), code="GC204"),
    row("rate-text", "image", put("drop/config/rate", "half"), code="GC204", only="keras3"),
    row("rate-text", "image", put("drop/config/rate", "half"), code="GC210", only="keras2"),
    row("pool-zero", "cnn", put("pool/config/pool_size", [0, 2]), code="GC204"),
    row("pool-text", "cnn", put("pool/config/pool_size", "2"), code="GC204"),
    row("target-number", "arranged", put("square/config/target_shape", 8), code="GC204"),
    row("dims-from-zero", "arranged", put("turned/config/dims", [1, 0]), code="GC204"),
    row("dims-twice", "arranged", put("turned/config/dims", [1, 1]), code="GC204"),
    row("cropping-negative", "image", put("crop/config/cropping", [[-1, 0], [0, 0]]), code="GC204"),
    row("cropping-text", "image", put("crop/config/cropping", "1"), code="GC204"),
    row("size-zero", "image", put("up/config/size", [0, 2]), code="GC204"),
    row("interpolation", "image", put("up/config/interpolation", "nearst"), code="GC210", only="keras3"),
    row("interpolation", "image", put("up/config/interpolation", "nearst"), code="GC204", only="keras2"),
    row("axis-beyond", "image", put("norm/config/axis", 7), code="GC403"),
    row("axis-text", "image", put("norm/config/axis", "channels"), code="GC204"),
    row("momentum-text", "image", put("norm/config/momentum", "0.9"), code="GC210"),
    row("heads-zero", "attention", put("look/config/num_heads", 0), code="GC204", only="keras3"),
    row("heads-text", "attention", put("look/config/num_heads", "2"), code="GC204"),
    row("input-dim-negative", "words", put("words/config/input_dim", -3), code="GC204"),
    row("output-dim-zero", "words", put("words/config/output_dim", 0), code="GC204"),
    row("dtype-misspelt", "mlp", put("h/config/dtype", "flot32"), code="GC204"),
    row("dtype-number", "mlp", put("h/config/dtype", 32), code="GC204"),
    row("input-dtype", "mlp", put("x/config/dtype", "floaty"), code="GC204"),
    row("trainable-text", "mlp", put("h/config/trainable", "no"), code="GC204"),
    row("use-bias-text", "mlp", put("h/config/use_bias", "x"), code="GC210"),
    row("batch-shape-text", "mlp", put("x/config/batch_shape", "8"), code="GC204", only="keras3"),
    row("batch-shape-negative", "mlp", put("x/config/batch_shape", [None, -8]), code="GC204", only="keras3"),
    row("batch-shape-null", "mlp", put("x/config/batch_shape", None), code="GC203", only="keras3", at="x"),
    row("batch-shape-text", "mlp", put("x/config/batch_input_shape", "8"), code="GC204", only="keras2"),
    row("batch-shape-negative", "mlp", put("x/config/batch_input_shape", [None, -8]), code="GC204", only="keras2"),
    row(
        "stride-and-dilation",
        "cnn",
        put("conv/config/dilation_rate", [2, 2]),
        put("conv/config/strides", [2, 2]),
        code="GC205",
    ),
    row("filters-in-groups", "cnn", put("conv/config/groups", 3), code="GC205"),
    row("channels-in-groups", "cnn", put("conv/config/groups", 2), code="GC205"),
    row(
        "lambda",
        "mlp",
        put("h/class_name", "Lambda"),
        put("h/config", {"name": "h", "function": {"class_name": "__lambda__", "config": {"code": "4wEA"}}}),
        code="GC207",
        at="h",
        only="keras3",
    ),
    row(
        "lambda",
        "mlp",
        put("h/class_name", "Lambda"),
        put("h/config", {"name": "h", "function": ["4wEA", None, None], "function_type": "lambda"}),
        code="GC207",
        at="h",
        only="keras2",
    ),
    row("build-config", "mlp", put("y/build_config", {"input_shape": [None, 5]}), code="GC208", only="keras3"),
    row(
        "build-config-of-conv",
        "cnn",
        put("conv/build_config", {"input_shape": [None, 8, 8, 1]}),
        code="GC208",
        only="keras3",
    ),
    row("dropout-idle", "image", put("drop/config/rate", 0), code="GC212"),
    row("dropout-of-all", "image", put("drop/config/rate", 1), code="GC212"),
    row("bias-before-norm", "image", put("conv/config/use_bias", True), code="GC211", at="conv/config"),
    row("frozen-after-trained", "mlp", put("y/config/trainable", False), code="GC213", at="h"),
    row("hard-sigmoid", "mlp", put("h/config/activation", "hard_sigmoid"), code="GC216", only="keras2"),
)

_WIRING = (
    row("twice-named", "mlp", again("h", units=5), code="GC301", only="keras3"),
    row("twice-named-otherwise", "mlp", again("h", units=5), code="GC104", only="keras2"),
    row("no-such-layer", "mlp", feed("y", "hidden", 0, 0), code="GC302"),
    row("no-such-layer-of-merge", "branches", feed("sum", "rihgt", 0, 0, which=1), code="GC302"),
    row("no-such-call", "mlp", feed("y", "h", 1, 0), code="GC303"),
    row("no-such-call-of-shared", "siamese", feed("joined", "tower", 2, 0, which=1), code="GC303"),
    row("no-such-call-of-nested", "nested", feed("sum", "encoder", 5, 0, which=1), code="GC303"),
    row("no-such-output", "mlp", feed("y", "h", 0, 1), code="GC304"),
    row("no-such-output-of-states", "words", feed("y", "memory", 0, 3), code="GC304"),
    row(
        "no-such-output-layer",
        "mlp",
        put("./config/output_layers", [["z", 0, 0]]),
        code="GC302",
        at="./config/output_layers/0",
    ),
    row(
        "no-such-output-call",
        "mlp",
        put("./config/output_layers", [["y", 3, 0]]),
        code="GC303",
        at="./config/output_layers/0",
    ),
    row(
        "no-such-output-tensor",
        "mlp",
        put("./config/output_layers", [["y", 0, 2]]),
        code="GC304",
        at="./config/output_layers/0",
    ),
    row(
        "no-such-input-layer",
        "mlp",
        put("./config/input_layers", [["z", 0, 0]]),
        code="GC302",
        at="./config/input_layers/0",
    ),
    row("layer-lost", "mlp", lose("h"), code="GC302", at="y/inbound_nodes/0"),
    row("input-lost", "branches", lose("b"), code="GC302", at="right/inbound_nodes/0"),
    row("output-lost", "mlp", lose("y"), code="GC302", at="./config/output_layers/0"),
    row("feeds-itself", "mlp", feed("h", "h", 0, 0), code="GC306", only="keras3"),
    row("cycle", "mlp", feed("h", "y", 0, 0), code="GC306", only="keras3"),
    row("cycle-of-branches", "branches", feed("left", "sum", 0, 0), code="GC306", only="keras3"),
    row("unused", "branches", put("./config/output_layers", [["left", 0, 0]]), code="GC305", at="y/inbound_nodes/0"),
    row("unused-input", "branches", feed("right", "a", 0, 0), code="GC305", at="b"),
    row("input-not-listed", "branches", put("./config/input_layers", [["a", 0, 0]]), code="GC307", at="b"),
    row("no-outputs", "mlp", put("./config/output_layers", []), code="GC308", only="keras3"),
    row("no-layers-at-all", "mlp", put("./config/layers", []), code="GC302", at="./config/output_layers/0"),
    row(
        "no-such-inner-layer",
        "nested",
        put("encoder/config/output_layers", [["outer", 0, 0]]),
        code="GC302",
        at="encoder/config/output_layers/0",
    ),
    row("never-called", "mlp", put("y/inbound_nodes", []), code="GC303", at="./config/output_layers/0"),
    row(
        "alike",
        "branches",
        put("b/config/batch_shape", [None, 6]),
        put("sum/class_name", "Subtract"),
        code="GC309",
        at="right",
        only="keras3",
    ),
    row(
        "alike",
        "branches",
        put("b/config/batch_input_shape", [None, 6]),
        put("sum/class_name", "Subtract"),
        code="GC309",
        at="right",
        only="keras2",
    ),
)

_SHAPES = (
    row(
        "two-into-dense",
        "mlp",
        put("y/inbound_nodes/0", [["h", 0, 0, {}], ["x", 0, 0, {}]]),
        code="GC401",
        only="keras2",
    ),
    row("one-into-add", "branches", put("sum/inbound_nodes/0", [["left", 0, 0, {}]]), code="GC401", only="keras2"),
    row(
        "three-into-subtract",
        "branches",
        put("sum/class_name", "Subtract"),
        put("sum/inbound_nodes/0", [["left", 0, 0, {}]] * 3),
        code="GC401",
        at="sum/inbound_nodes/0",
        only="keras2",
    ),
    row(
        "list-into-dense",
        "mlp",
        put("y/inbound_nodes/0/args/0", []),
        code="GC402",
        only="keras3",
        at="y/inbound_nodes/0",
    ),
    row(
        "nothing-into-dense",
        "mlp",
        put("y/inbound_nodes/0/args", []),
        code="GC402",
        only="keras3",
        at="y/inbound_nodes/0",
    ),
    row(
        "one-into-dot",
        "arranged",
        put("y/inbound_nodes/0/args/0", []),
        code="GC402",
        only="keras3",
        at="y/inbound_nodes/0",
    ),
    row(
        "no-value",
        "attention",
        drop("look/inbound_nodes/0/kwargs/value"),
        code="GC402",
        only="keras3",
        at="look/inbound_nodes/0",
    ),
    row("no-value", "attention", put("look/inbound_nodes/0", [["x", 0, 0, {}]]), code="GC402", only="keras2"),
    row(
        "image-of-rank-2",
        "cnn",
        put("image/config/batch_shape", [None, 192]),
        code="GC403",
        at="conv/inbound_nodes/0",
        only="keras3",
    ),
    row(
        "image-of-rank-2",
        "cnn",
        put("image/config/batch_input_shape", [None, 192]),
        code="GC403",
        at="conv/inbound_nodes/0",
        only="keras2",
    ),
    row(
        "image-of-rank-3",
        "cnn",
        put("image/config/batch_shape", [None, 8, 8]),
        code="GC403",
        at="conv/inbound_nodes/0",
        only="keras3",
    ),
    row(
        "pool-of-vector",
        "mlp",
        put("h/class_name", "MaxPooling2D"),
        put("h/config", {"name": "h"}),
        code="GC403",
        at="h/inbound_nodes/0",
    ),
    row(
        "lstm-of-vector",
        "mlp",
        put("h/class_name", "LSTM"),
        put("h/config", {"name": "h", "units": 4}),
        code="GC403",
        at="h/inbound_nodes/0",
    ),
    row(
        "permute-of-three", "arranged", put("turned/config/dims", [3, 1, 2]), code="GC403", at="turned/inbound_nodes/0"
    ),
    row("units-differ", "branches", put("right/config/units", 5), code="GC404", at="sum/inbound_nodes/0"),
    row(
        "units-of-nested-differ",
        "nested",
        put("encoder/config/layers/1/config/units", 4),
        feed("sum", "one", 0, 0, which=1),
        code="GC404",
        at="sum/inbound_nodes/0",
    ),
    row("joined-beyond", "siamese", put("joined/config/axis", 5), code="GC403", at="joined/config/axis"),
    row("dot-of-other-axes", "arranged", put("y/config/axes", [1, 2]), code="GC405", at="y/inbound_nodes/0"),
    row(
        "reshape-of-other-size",
        "arranged",
        put("square/config/target_shape", [5, 5]),
        code="GC406",
        at="square/inbound_nodes/0",
    ),
    row(
        "reshape-no-multiple",
        "arranged",
        put("square/config/target_shape", [-1, 7]),
        code="GC406",
        at="square/inbound_nodes/0",
    ),
    row("reshape-two-open", "arranged", put("square/config/target_shape", [-1, -1]), code="GC204"),
    row("kernel-too-large", "cnn", put("conv/config/kernel_size", [9, 9]), code="GC407"),
    row("pool-too-large", "cnn", put("pool/config/pool_size", [7, 7]), code="GC407"),
    row("crop-all", "image", put("crop/config/cropping", [[20, 20], [2, 2]]), code="GC407"),
    row(
        "image-too-small",
        "cnn",
        put("image/config/batch_shape", [None, 3, 3, 3]),
        code="GC407",
        only="keras3",
        at="pool/config/pool_size",
    ),
    row(
        "image-too-small",
        "cnn",
        put("image/config/batch_input_shape", [None, 3, 3, 3]),
        code="GC407",
        only="keras2",
        at="pool/config/pool_size",
    ),
    row(
        "channels-unknown",
        "cnn",
        put("image/config/batch_shape", [None, 8, 8, None]),
        code="GC408",
        at="conv/inbound_nodes/0",
        only="keras3",
    ),
    row(
        "channels-unknown",
        "cnn",
        put("image/config/batch_input_shape", [None, 8, 8, None]),
        code="GC408",
        at="conv/inbound_nodes/0",
        only="keras2",
    ),
    row(
        "size-unknown-for-dense",
        "cnn",
        put("image/config/batch_shape", [None, None, None, 3]),
        code="GC408",
        at="y/inbound_nodes/0",
        only="keras3",
    ),
    row(
        "size-unknown-for-dense",
        "cnn",
        put("image/config/batch_input_shape", [None, None, None, 3]),
        code="GC408",
        at="y/inbound_nodes/0",
        only="keras2",
    ),
    row(
        "sizes-of-vector-unknown",
        "mlp",
        put("x/config/batch_shape", [None, None]),
        code="GC408",
        at="h/inbound_nodes/0",
        only="keras3",
    ),
    row(
        "text-into-softmax",
        "mlp",
        put("x/config/dtype", "string"),
        put("h/class_name", "Softmax"),
        put("h/config", {"name": "h"}),
        code="GC409",
        at="h/inbound_nodes/0",
        only="keras2",
    ),
    row(
        "whole-numbers-into-softmax",
        "mlp",
        put("x/config/dtype", "int32"),
        put("h/class_name", "Softmax"),
        put("h/config", {"name": "h"}),
        code="GC409",
        at="h/inbound_nodes/0",
        only="keras2",
    ),
    row(
        "recorded-otherwise",
        "mlp",
        put("y/inbound_nodes/0/args/0/config/shape", [None, 77]),
        code="GC410",
        only="keras3",
        at="y/inbound_nodes/0/args/0/config/shape",
    ),
    row(
        "shared-of-two-sizes",
        "siamese",
        put("b/config/batch_shape", [None, 7]),
        code="GC411",
        at="tower/inbound_nodes/1",
        only="keras3",
    ),
    row(
        "shared-of-two-sizes",
        "siamese",
        put("b/config/batch_input_shape", [None, 7]),
        code="GC411",
        at="tower/inbound_nodes/1",
        only="keras2",
    ),
    row(
        "nested-of-another-size",
        "nested",
        put("two/config/batch_shape", [None, 7]),
        code="GC405",
        at="encoder/inbound_nodes/1",
        only="keras3",
    ),
    row(
        "nested-of-another-size",
        "nested",
        put("two/config/batch_input_shape", [None, 7]),
        code="GC411",
        only="keras2",
        at="encoder/config/layers/1/inbound_nodes/0",
    ),
    row(
        "ragged-into-conv",
        "arranged",
        put("x/config/ragged", True),
        put("x/config/batch_input_shape", [None, None, 6]),
        put("square/class_name", "Conv1D"),
        put("square/config", {"name": "square", "filters": 3, "kernel_size": [2]}),
        code="GC412",
        at="square/inbound_nodes/0",
        only="keras2",
    ),
    row(
        "sparse-into-conv",
        "cnn",
        put("image/config/sparse", True),
        code="GC412",
        at="conv/inbound_nodes/0",
        only="keras2",
    ),
)

_LOSSES = (
    row(
        "softmax-before-logits",
        "chain",
        put(
            "./compile_config",
            {
                "optimizer": "adam",
                "loss": {
                    "module": "keras.losses",
                    "registered_name": None,
                    "class_name": "SparseCategoricalCrossentropy",
                    "config": {"from_logits": True},
                },
            },
        ),
        code="GC508",
        only="keras3",
        at="./compile_config/loss",
    ),
    row(
        "linear-into-crossentropy",
        "mlp",
        put("./compile_config", {"optimizer": "adam", "loss": "sparse_categorical_crossentropy"}),
        code="GC509",
        only="keras3",
        at="./compile_config/loss",
    ),
    row(
        "relu-into-binary-crossentropy",
        "mlp",
        put("y/config/activation", "relu"),
        put("./compile_config", {"optimizer": "adam", "loss": "binary_crossentropy"}),
        code="GC509",
        only="keras3",
        at="./compile_config/loss",
    ),
)

_TEXTS = (
    row("cut-off", "mlp", code="GC001", text=lambda text: text[: len(text) // 2]),
    row("cut-in-a-text", "mlp", code="GC001", text=lambda text: text[: text.index("Dense") + 2]),
    row("comma-too-many", "mlp", code="GC001", text=lambda text: text.rstrip()[:-1] + ",}\n"),
    row("comma-missing", "mlp", code="GC001", text=_swap(', "config"', ' "config"')),
    row("colon-missing", "mlp", code="GC001", text=_swap('"class_name": ', '"class_name" ')),
    row("single-quotes", "mlp", code="GC001", text=lambda text: text.replace('"', "'")),
    row("words-of-python", "mlp", code="GC001", text=lambda text: text.replace("null", "None").replace("true", "True")),
    row("comment", "mlp", code="GC001", text=_swap("{", "{ // the model\n")),
    row("line-end-in-a-text", "mlp", code="GC001", text=_swap("Dense", "Den\nse")),
    row("backslash", "mlp", code="GC001", text=_swap("Dense", "Den\\se")),
    row("two-models", "mlp", code="GC001", text=lambda text: text + text),
    row("key-unquoted", "mlp", code="GC001", text=_swap('"class_name"', "class_name")),
    row("bracket-of-another-kind", "mlp", code="GC001", text=lambda text: text.rstrip()[:-1] + "]\n"),
    row("key-twice", "mlp", code="GC003", at="y/config/units", text=_swap('"units": 2', '"units": 16, "units": 2')),
    row(
        "name-twice",
        "mlp",
        code="GC003",
        at="./config/name",
        text=_swap('"name": "mlp"', '"name": "old", "name": "mlp"'),
    ),
    row("too-deep", "mlp", code="GC002", text=_swap('"units": 2', '"units": ' + "[" * 600 + "]" * 600)),
    row("merge-marks", "mlp", code="GC007", text=_swap("\n ", "\n<<<<<<< HEAD\n ")),
    row("text-before", "mlp", code="GC001", text=lambda text: "model = " + text),
)

FAMILIES: dict[str, tuple[Row, ...]] = {
    "text": _TEXTS,
    "form": _FORM,
    "arguments": _ARGUMENTS,
    "wiring": _WIRING,
    "shapes": _SHAPES,
    "losses": _LOSSES,
}
