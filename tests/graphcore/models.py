"""Small models as Keras 3 writes them, a line a layer: what tests of the core are tried on."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

JSON = dict[str, Any]


def tensor(layer: str, node: int = 0, index: int = 0, shape: Sequence[int | None] | None = None) -> JSON:
    """One output of a call. A record that gives no size says nothing."""
    config = {"shape": shape or [None], "dtype": "float32", "keras_history": [layer, node, index]}
    return {"class_name": "__keras_tensor__", "config": config}


def layer(cls: str, name: str, *calls: Any, **config: Any) -> JSON:
    """A layer; each call is a layer's name, a tensor, or a list of them."""
    return {
        "module": "keras.layers",
        "class_name": cls,
        "config": {"name": name, **config},
        "registered_name": None,
        "name": name,
        "inbound_nodes": [{"args": [_value(call)], "kwargs": {}} for call in calls],
    }


def source(name: str, *shape: int | None, **config: Any) -> JSON:
    """An input for samples of this shape."""
    return layer("InputLayer", name, batch_shape=[None, *shape], **{"dtype": "float32", **config})


def custom(name: str, *calls: Any) -> JSON:
    """A layer of somebody's own class."""
    return layer("Mine", name, *calls) | {"module": "mine", "registered_name": "mine>Mine"}


def functional(*layers: JSON, inputs: Any = None, outputs: Any = None, name: str = "model") -> JSON:
    """A model of these layers. `inputs` and `outputs`: trees of names or triples; else InputLayers and the last."""
    if inputs is None:
        inputs = [entry["name"] for entry in layers if entry["class_name"] == "InputLayer"]
    return {
        "module": "keras.src.models.functional",
        "class_name": "Functional",
        "registered_name": "Functional",
        "config": {
            "name": name,
            "trainable": True,
            "layers": list(layers),
            "input_layers": _ends(inputs),
            "output_layers": _ends([layers[-1]["name"]] if outputs is None else outputs),
        },
    }


def sequential(*layers: JSON, name: str = "model") -> JSON:
    """A chain of these layers."""
    plain = [{key: value for key, value in entry.items() if key not in ("name", "inbound_nodes")} for entry in layers]
    config = {"name": name, "trainable": True, "dtype": "float32", "layers": plain}
    return {
        "module": "keras.models",
        "class_name": "Sequential",
        "registered_name": "Sequential",
        "config": config,
    }


def inside(model: JSON, *calls: Any) -> JSON:
    """A model as a layer of another."""
    name = model["config"]["name"]
    return {**model, "name": name, "inbound_nodes": layer("", name, *calls)["inbound_nodes"]}


def text(model: JSON) -> str:
    """The file."""
    return json.dumps(model, indent=1)


def _value(call: Any) -> Any:
    if isinstance(call, str):
        return tensor(call)
    return [_value(part) for part in call] if isinstance(call, list) else call


def _ends(tree: Any) -> Any:
    if isinstance(tree, str):
        return [tree, 0, 0]
    if isinstance(tree, dict):
        return {key: _ends(value) for key, value in tree.items()}
    is_triple = len(tree) == 3 and isinstance(tree[1], int)
    return tree if is_triple else [_ends(part) for part in tree]
