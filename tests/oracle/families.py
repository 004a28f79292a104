"""What turns up in a random model, read from its file alone: classes of layers and operations, and ways to use them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from .random_layers import ATTENTIONS, RECURRENT

WAYS = (
    *("states given", "states returned", "several inputs of an attention", "scores returned", "causal attention"),
    *("dict of inputs", "dict of outputs", "nested inputs", "nested outputs"),
    *("a tensor in between as output", "an input as output", "fixed batch", "unknown size"),
    *("Functional in Sequential in Functional", "a model called again", "a layer called again"),
    *("a frozen layer", "a frozen model", "a frozen model inside", "mixed precision", "another float"),
    *("channels_first", "a tensor by name", "a number among the arguments", "an array among the arguments"),
    *("an index", "strings", "whole numbers", "a mask", "a layer in a layer"),
)
"""Ways that a generation's random models must all show; `found_in` names those of one model."""


def found_in(config: dict[str, Any], answers: Any) -> set[str]:
    """Classes as `class Dense` and ways of a model, each once."""
    found = set(_ways_of_model(config["config"], ""))
    if answers and answers.get("masks"):  # older records say nothing of masks
        found.add("a mask")
    return found


FURTHER_WAYS = (
    *("a mask by name", "a mask of null", "inputs by name", "training said", "a model at each step"),
    *("a wrapper in a wrapper", "low rank", "few bits", "a frozen layer in a model that is not"),
)
"""What further models show in one generation at least."""


def found_further(config: dict[str, Any]) -> set[str]:
    """The further ways of a model, each once."""
    found: set[str] = set()
    waiting = [config]
    while waiting:
        layer = waiting.pop()
        said = layer["config"]
        layers = said.get("layers")
        if isinstance(layers, list):
            waiting += layers
            own = {one["config"].get("trainable") for one in layers if "layers" not in one["config"]}
            if said.get("trainable") and {True, False} <= own:
                found.add("a frozen layer in a model that is not")
        inner = said.get("layer")
        if isinstance(inner, dict):
            found |= {"a model at each step"} if "layers" in inner["config"] else set()
            found |= {"a wrapper in a wrapper"} if isinstance(inner["config"].get("layer"), dict) else set()
            waiting.append(inner)
        if said.get("lora_rank"):
            found.add("low rank")
        if isinstance(said.get("dtype"), dict) and "Quantized" in said["dtype"]["class_name"]:
            found.add("few bits")
        for node in layer.get("inbound_nodes", ()):
            found |= _further_calls(node, is_model=isinstance(layers, list))
    return found


def _further_calls(node: Any, *, is_model: bool) -> set[str]:
    if isinstance(node, dict) and "args" not in node:  # as Keras 2 calls a model by names
        return {"inputs by name"}
    given, named = _call(node)
    found = {"training said"} if named.get("training") is not None else set()
    if "mask" in named:
        found.add("a mask by name" if any(True for _ in histories(named["mask"])) else "a mask of null")
    if is_model and (isinstance(given, dict) or any(isinstance(one, dict) for one in given)):
        found.add("inputs by name")
    return found


def nodes_of(config: dict[str, Any]) -> int:
    """Calls of a model's own layers, inputs included."""
    layers = config["config"]["layers"]
    return sum(max(len(layer["inbound_nodes"]), 1) for layer in layers)


def _ways_of_model(model: dict[str, Any], around: str) -> Iterator[str]:
    layers = model["layers"]
    if not around:
        yield from _ends(model)
        if model.get("trainable") is False:
            yield "a frozen model"
    for layer in layers:
        said = layer["config"]
        if "layers" in said and layer["class_name"] in ("Functional", "Sequential", "Model"):
            yield from _ways_of_model(said, f"{layer['class_name']}/{around}")
            if layer["class_name"] != "Sequential" and around == "Sequential/":
                yield "Functional in Sequential in Functional"
            if said.get("trainable") is False:
                yield "a frozen model inside"
            if len(layer.get("inbound_nodes", ())) > 1:
                yield "a model called again"
        else:
            yield from _ways_of_layer(layer)


def _ends(model: dict[str, Any]) -> Iterator[str]:
    for side in ("input", "output"):
        ends = model[f"{side}_layers"]
        if isinstance(ends, dict):
            yield f"dict of {side}s"
            if any(isinstance(one, list) and one and not isinstance(one[0], str) for one in ends.values()):
                yield f"nested {side}s"
        elif isinstance(ends, list) and any(isinstance(one, list) and isinstance(one[0], list) for one in ends):
            yield f"nested {side}s"
    used = {history[0] for layer in model["layers"] for history in histories(layer.get("inbound_nodes", []))}
    outputs = {history[0] for history in histories(model["output_layers"])}
    inputs = {history[0] for history in histories(model["input_layers"])}
    if outputs & inputs:
        yield "an input as output"
    if (outputs - inputs) & used:
        yield "a tensor in between as output"


def _ways_of_layer(layer: dict[str, Any]) -> Iterator[str]:
    cls, said, nodes = layer["class_name"], layer["config"], layer.get("inbound_nodes", [])
    yield f"class {said['function'] if cls == 'TFOpLambda' else cls}"
    for inner in _inside(said):
        yield f"class {inner}"
        yield "a layer in a layer"
    shape = said.get("batch_shape", said.get("batch_input_shape"))
    if cls == "InputLayer" and shape:
        if shape[0] is not None:
            yield "fixed batch"
        if None in shape[1:]:
            yield "unknown size"
        if said["dtype"] == "string":
            yield "strings"
        elif "int" in said["dtype"]:
            yield "whole numbers"
    policy = said.get("dtype")
    name = policy["config"].get("name", "") if isinstance(policy, dict) else str(policy)
    if name.startswith("mixed"):
        yield "mixed precision"
    elif name in ("float16", "float64", "bfloat16"):
        yield "another float"
    if said.get("data_format") == "channels_first":
        yield "channels_first"
    if said.get("trainable") is False:
        yield "a frozen layer"
    if len(nodes) > 1:
        yield "a layer called again"
    if cls in ("GetItem", "SlicingOpLambda"):
        yield "an index"
    yield from _ways_of_calls(cls, said, nodes)


def _ways_of_calls(cls: str, said: dict[str, Any], nodes: list[Any]) -> Iterator[str]:
    if cls in RECURRENT and said.get("return_state"):
        yield "states returned"
    for node in nodes:
        given, named = _call(node)
        tensors = [*histories(given), *histories(named)]
        if cls in RECURRENT and len(tensors) > 1:
            yield "states given"
        if cls in (*ATTENTIONS, "GroupedQueryAttention"):
            if len({tuple(one[:3]) for one in tensors}) > 1:
                yield "several inputs of an attention"
            if named.get("return_attention_scores"):
                yield "scores returned"
            if named.get("use_causal_mask"):
                yield "causal attention"
        if any(list(histories(value)) for name, value in named.items() if name not in ("mask", "initial_state")):
            yield "a tensor by name"
        for value in _plain(given):
            if isinstance(value, (int, float)) and not isinstance(value, bool):
                yield "a number among the arguments"
        if _has_array([given, named]):
            yield "an array among the arguments"


def _call(node: Any) -> tuple[Any, dict[str, Any]]:
    """What comes by place and by name in a call."""
    if isinstance(node, dict):
        return node["args"], node["kwargs"]
    named: dict[str, Any] = {}
    for one in node if node and isinstance(node[0], list) else [node]:
        if isinstance(one, list) and len(one) > 3 and isinstance(one[3], dict):
            named.update(one[3])
    return node, named


def _plain(tree: Any) -> Iterator[Any]:
    """Numbers that stand where tensors could."""
    waiting = [tree]
    while waiting:
        value = waiting.pop()
        if isinstance(value, dict):
            if value.get("class_name") is None:
                waiting.extend(value.values())
        elif isinstance(value, list):
            if len(value) > 2 and value[0] == "_CONSTANT_VALUE":
                yield value[2]
            elif not (len(value) > 2 and isinstance(value[0], str)):
                waiting.extend(value)
        else:
            yield value


def _has_array(tree: Any) -> bool:
    waiting = [tree]
    while waiting:
        value = waiting.pop()
        if isinstance(value, dict):
            if value.get("class_name") in ("__numpy__", "__tensor__"):
                return True
            waiting.extend(value.values())
        elif isinstance(value, list):
            if value[:1] == ["_CONSTANT_VALUE"] and isinstance(value[2], list):
                return True
            waiting.extend(value)
    return False


def histories(tree: Any) -> Iterator[list[Any]]:
    """The references to tensors in a tree: `[layer, node, tensor, …]`."""
    waiting = [tree]
    while waiting:
        value = waiting.pop()
        if isinstance(value, dict):
            if value.get("class_name") == "__keras_tensor__":
                yield value["config"]["keras_history"]
            else:
                waiting.extend(value.values())
        elif isinstance(value, list):
            if len(value) > 2 and isinstance(value[0], str) and type(value[1]) is int and type(value[2]) is int:
                if value[0] != "_CONSTANT_VALUE":
                    yield value
                waiting.extend(value[3:])
            else:
                waiting.extend(value)


def _inside(said: dict[str, Any]) -> Iterator[str]:
    """Classes of layers inside a layer: of wrappers, and cells."""
    waiting = [said[key] for key in ("layer", "backward_layer", "cell", "cells", "layers") if key in said]
    while waiting:
        value = waiting.pop()
        if isinstance(value, list):
            waiting.extend(value)
        elif isinstance(value, dict) and "class_name" in value:
            yield value["class_name"]
            waiting += [value["config"][key] for key in ("layer", "cell", "cells") if key in value["config"]]
