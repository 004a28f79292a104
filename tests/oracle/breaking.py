"""Broken copies of a model's config: one thing of what its layers mean is changed, and Keras may or may not take it."""

from __future__ import annotations

import copy
from random import Random
from typing import Any

WHOLE = (0, -1, 1, 2, 3, 5, 7, 40)
SIZES = (
    *("units", "filters", "kernel_size", "strides", "pool_size", "size", "padding", "cropping", "dilation_rate", "n"),
    *("groups", "depth_multiplier", "output_dim", "input_dim", "num_heads", "key_dim", "value_dim", "num_tokens"),
    *("height", "width", "axis", "axes", "target_shape", "dims"),
)
WORDS_OF = {
    "padding": ("same", "valid", "causal", "sme"),
    "data_format": ("channels_first", "channels_last", "channel_first"),
    "activation": ("relu", "softmax", "reluu"),
    "recurrent_activation": ("sigmoid", "sigmod"),
    "interpolation": ("nearest", "bilinear", "cubic", "close"),
    "merge_mode": ("sum", "concat", "max"),
    "output_mode": ("multi_hot", "one_hot", "int", "counts"),
}
SWITCHES = ("use_bias", "return_sequences", "return_state", "keepdims", "scale", "center", "mask_zero", "reset_after")


def break_one(config: dict[str, Any], random: Random, is_3: bool) -> str | None:
    """Change one thing of a model's config; gives what was changed, None where nothing fits."""
    if random.random() < 0.7:
        _drop_build_configs(config)
    layers = config["layers"]
    way = random.choice(("argument",) * 6 + ("input", "input", "wire", "wire", "drop", "unknown", "class", "output"))
    layer = random.choice(layers)
    said = layer["config"]
    if way == "argument":
        return _break_argument(layer, random)
    if way == "input":
        layer = random.choice([one for one in layers if one["class_name"] == "InputLayer"])
        return _break_input(layer, random, "batch_shape" if is_3 else "batch_input_shape")
    if way == "wire":
        return _break_wire(layers, random, is_3)
    if layer["class_name"] in ("InputLayer", "Functional", "Sequential"):
        return None
    if way == "drop":
        keys = [key for key in said if key not in ("name", "trainable", "dtype")]
        if not keys:
            return None
        key = random.choice(keys)
        del said[key]
        return f"{layer['class_name']} without {key}"
    if way == "unknown":
        said["sise"] = 3
        return f"{layer['class_name']} with sise"
    if way == "class":
        layer["class_name"] += "s"
        return f"class {layer['class_name']}"
    ends = config["output_layers"]
    end = ends if isinstance(ends, list) and ends and isinstance(ends[0], str) else None
    if end is None or not is_3:
        return None
    end[random.choice((1, 2))] = 3
    return f"output {end}"


def _drop_build_configs(config: Any) -> None:
    stack = [config]
    while stack:
        value = stack.pop()
        if isinstance(value, dict):
            value.pop("build_config", None)
            stack.extend(value.values())
        elif isinstance(value, list):
            stack.extend(value)


def _break_argument(layer: dict[str, Any], random: Random) -> str | None:
    said = layer["config"]
    keys = [key for key in said if key in SIZES or key in WORDS_OF or key in SWITCHES]
    if not keys:
        return None
    key = random.choice(keys)
    old = said[key]
    if isinstance(old, bool):
        said[key] = not old
    elif isinstance(old, str) or (key in WORDS_OF and old is None):
        said[key] = random.choice(WORDS_OF.get(key, ("same",)))
    elif isinstance(old, list) and old and random.random() < 0.8:
        said[key] = _other_list(old, random)
    else:
        said[key] = random.choice((*WHOLE, None, [2], [1, 2], [3, 3, 3]))
    return None if said[key] == old else f"{layer['class_name']}.{key}: {old} → {said[key]}"


def _other_list(old: list[Any], random: Random) -> list[Any]:
    new = copy.deepcopy(old)
    at = random.randrange(len(new))
    way = random.random()
    if way < 0.15:
        return [*new, random.choice((1, 2))]
    if way < 0.3:
        return new[:-1]
    new[at] = [random.choice(WHOLE), random.choice(WHOLE)] if isinstance(new[at], list) else random.choice(WHOLE)
    return new


def _break_input(layer: dict[str, Any], random: Random, key: str) -> str:
    shape = layer["config"][key]
    old = list(shape)
    way = random.random()
    if way < 0.25:
        shape.append(2)
    elif way < 0.4 and len(shape) > 1:
        shape.pop()
    elif way < 0.5:
        layer["config"]["dtype"] = random.choice(("int32", "float16", "string", "bool"))
        return f"input of {layer['config']['dtype']}"
    else:
        shape[random.randrange(1, len(shape)) if len(shape) > 1 else 0] = random.choice((None, 1, 2, 5, 10))
    return f"input {old} → {shape}"


def _break_wire(layers: list[dict[str, Any]], random: Random, is_3: bool) -> str | None:
    """Feed a layer from another one: an earlier one for Keras 2, which never ends on a circle."""
    at = random.randrange(len(layers))
    found = _tensors(layers[at], is_3)
    if not found:
        return None
    history = random.choice(found)
    others = layers if is_3 else layers[:at]
    old = list(history)
    if is_3 and random.random() < 0.25:
        history[random.choice((1, 2))] = random.choice((1, 5))
    elif is_3 and random.random() < 0.2:
        history[0] = "nowhere"
    else:
        history[:3] = [random.choice(others)["name"], 0, 0]
    return f"{layers[at]['name']} fed by {history[:3]} instead of {old[:3]}"


def _tensors(layer: dict[str, Any], is_3: bool) -> list[list[Any]]:
    """The histories in a layer's calls, to be changed in place."""
    found: list[list[Any]] = []
    stack: list[Any] = [layer["inbound_nodes"]]
    while stack:
        value = stack.pop()
        if isinstance(value, dict):
            if value.get("class_name") == "__keras_tensor__":
                found.append(value["config"]["keras_history"])
            else:
                stack.extend(value.values())
        elif isinstance(value, list):
            if not is_3 and len(value) > 2 and isinstance(value[0], str) and isinstance(value[1], int):
                found.append(value)
            else:
                stack.extend(value)
    return found
