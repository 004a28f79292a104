"""What Keras 3 and we answer about one operation: what comes out, or that it is refused."""

from __future__ import annotations

import warnings
from copy import deepcopy
from importlib import import_module
from typing import Any

from graphcore.infer import infer
from graphcore.model import Graph, Layer, Node, NodeKey, Object, Op, TensorRef
from graphcore.shapes import TensorSpec
from tests.graphcore.cases_ops import OperationCase

from .answers import Answer, refused

_MODULES = ("numpy", "nn", "core", "math", "linalg", "image")


def ask_us(case: OperationCase) -> Answer:
    """Our answer, through the whole of `infer`."""
    inputs: list[TensorSpec] = []
    args = _with_refs(case.args, inputs)
    layers = {f"in{i}": _input(i, spec) for i, spec in enumerate(inputs)}
    layers["x"] = Layer("x", Op(case.cls, "keras.src.ops.numpy", case.cls), dict(case.config))
    nodes = {NodeKey(name, 0): Node(NodeKey(name, 0)) for name in layers}
    nodes[NodeKey("x", 0)] = Node(NodeKey("x", 0), args, {})
    refs = tuple(TensorRef(f"in{i}", 0, 0) for i in range(len(inputs)))
    found = infer(Graph("m", layers, nodes, refs, TensorRef("x", 0, 0)))
    errors = [d for d in found.diagnostics if d.severity == "error"]
    if errors:
        return Answer(None, None, f"{errors[0].code}: {errors[0].message}")
    specs = found.specs[NodeKey("x", 0)]
    return Answer(tuple((spec.shape, spec.dtype) for spec in specs), ())


def _input(i: int, spec: TensorSpec) -> Layer:
    return Layer(f"in{i}", Op("InputLayer"), {"batch_shape": list(spec.shape or ()), "dtype": spec.dtype})


def _with_refs(value: Any, inputs: list[TensorSpec]) -> Any:
    if isinstance(value, TensorSpec):
        inputs.append(value)
        return TensorRef(f"in{len(inputs) - 1}", 0, 0)
    if isinstance(value, (tuple, list)):
        return tuple(_with_refs(item, inputs) for item in value)
    return value


def ask_keras(case: OperationCase) -> Answer:
    """Keras's answer: the operation made from its config, and called."""
    import keras

    made = next((getattr(module, case.cls) for module in _modules() if hasattr(module, case.cls)), None)
    assert made is not None, case.cls
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            outputs = made.from_config(deepcopy(dict(case.config)))(*(_for_keras(value) for value in case.args))
        except Exception as error:  # whatever Keras raises is its no
            return refused(error)
    return Answer(tuple((tuple(y.shape), str(y.dtype)) for y in keras.tree.flatten(outputs)), ())


def _modules() -> list[Any]:
    return [import_module(f"keras.src.ops.{name}") for name in _MODULES]


def _for_keras(value: Any) -> Any:
    import keras
    import numpy

    if isinstance(value, TensorSpec):
        return keras.KerasTensor(value.shape, value.dtype)
    if isinstance(value, Object):
        config = value.config
        if value.cls == "__slice__":
            return slice(config["start"], config["stop"], config["step"])
        return ... if value.cls == "__ellipsis__" else numpy.array(config["value"], config["dtype"])
    if isinstance(value, (tuple, list)):
        return [_for_keras(item) for item in value]
    return value
