"""What Keras 3 and we answer about one operation: what comes out, or that it is refused."""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from copy import deepcopy
from importlib import import_module
from typing import Any

from graphcore.infer import infer
from graphcore.model import Dialect, Graph, Layer, Node, NodeKey, Object, Op, TensorRef
from graphcore.shapes import TensorSpec
from tests.graphcore.cases_ops import OperationCase

from .answers import Answer, refused

_MODULES = ("numpy", "nn", "core", "math", "linalg", "image", "einops")


def ask_us(case: OperationCase) -> Answer:
    """Our answer about an operation of Keras 3, through the whole of `infer`."""
    return _infer(model_of(case))


def ask_us_of_function(case: OperationCase) -> Answer:
    """Our answer about a function of TensorFlow in Keras 2."""
    return _infer(model_of_function(case))


def model_of(case: OperationCase) -> Graph:
    """An operation of Keras 3, called "x", on an input for each of its tensors."""
    layer = Layer("x", Op(case.cls, "keras.src.ops.numpy", case.cls), dict(case.config))
    return _model(layer, case.args, {}, "keras3")


def model_of_function(case: OperationCase) -> Graph:
    """A function of TensorFlow in Keras 2, called "x", on an input for each of its tensors."""
    layer = Layer("x", Op(_class_of(case)), {"function": case.cls})
    return _model(layer, case.args, case.config, "keras2")


def _class_of(case: OperationCase) -> str:
    return "SlicingOpLambda" if case.cls == "__operators__.getitem" else "TFOpLambda"


def _model(layer: Layer, args: tuple[Any, ...], named: Mapping[str, Any], dialect: Dialect) -> Graph:
    inputs: list[TensorSpec] = []
    filled, by_name = _with_refs(args, inputs), _with_refs(dict(named), inputs)
    layers = {f"in{i}": _input(i, spec, dialect) for i, spec in enumerate(inputs)}
    layers["x"] = layer
    nodes = {NodeKey(name, 0): Node(NodeKey(name, 0)) for name in layers}
    nodes[NodeKey("x", 0)] = Node(NodeKey("x", 0), filled, by_name)
    refs = tuple(TensorRef(f"in{i}", 0, 0) for i in range(len(inputs)))
    return Graph("m", layers, nodes, refs, dialect=dialect)  # no outputs: some calls give none


def _infer(graph: Graph) -> Answer:
    found = infer(graph)
    errors = [d for d in found.diagnostics if d.severity == "error"]
    if errors:
        return Answer(None, None, f"{errors[0].code}: {errors[0].message}")
    specs = found.specs[NodeKey("x", 0)]
    return Answer(tuple((spec.shape, spec.dtype) for spec in specs), ())


def _input(i: int, spec: TensorSpec, dialect: Dialect) -> Layer:
    key = "batch_shape" if dialect == "keras3" else "batch_input_shape"
    return Layer(f"in{i}", Op("InputLayer"), {key: list(spec.shape or ()), "dtype": spec.dtype})


def _with_refs(value: Any, inputs: list[TensorSpec]) -> Any:
    if isinstance(value, TensorSpec):
        inputs.append(value)
        return TensorRef(f"in{len(inputs) - 1}", 0, 0)
    if isinstance(value, (tuple, list)):
        return tuple(_with_refs(item, inputs) for item in value)
    if isinstance(value, dict):
        return {key: _with_refs(item, inputs) for key, item in value.items()}
    return value


def ask_keras(case: OperationCase) -> Answer:
    """Keras's answer: the operation made from its config, and called."""
    import keras

    made = class_of(case.cls)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            outputs = made.from_config(deepcopy(dict(case.config)))(*(_for_keras(value) for value in case.args))
        except Exception as error:  # whatever Keras raises is its no
            return refused(error)
    return Answer(tuple((tuple(y.shape), str(y.dtype)) for y in keras.tree.flatten(outputs)), ())


def class_of(cls: str) -> Any:
    """An operation's class, in Keras."""
    modules = [import_module(f"keras.src.ops.{name}") for name in _MODULES]
    return next(getattr(module, cls) for module in modules if hasattr(module, cls))


def _for_keras(value: Any) -> Any:
    import keras
    import numpy

    if isinstance(value, TensorSpec):
        return keras.KerasTensor(value.shape, value.dtype)
    if isinstance(value, Object):
        config = value.config
        if value.cls == "__slice__":
            return slice(config["start"], config["stop"], config["step"])
        if value.cls == "__ellipsis__":
            return ...
        made = keras.ops.convert_to_tensor if value.cls == "__tensor__" else numpy.array
        return made(config["value"], config["dtype"])
    if isinstance(value, (tuple, list)):
        return [_for_keras(item) for item in value]
    return value


def ask_tf_keras(case: OperationCase) -> Answer:
    """The answer of tf_keras about a function of TensorFlow: the layer made from its config, and called."""
    import tensorflow as tf
    from tf_keras.src.layers.core import tf_op_layer

    made = getattr(tf_op_layer, _class_of(case))
    try:
        layer = made.from_config({"name": "x", "function": case.cls})
        args, named = _for_tf_keras(list(case.args)), _for_tf_keras(dict(case.config))
        outputs = tf.nest.flatten(layer(*args, **named))
    except Exception as error:  # whatever TensorFlow raises is its no
        return refused(error)
    return Answer(tuple((_static(y.shape), y.dtype.name) for y in outputs), ())


def _static(shape: Any) -> Any:
    return None if shape.rank is None else tuple(shape.as_list())


def _for_tf_keras(value: Any) -> Any:
    import tf_keras

    if isinstance(value, TensorSpec):
        return tf_keras.Input(batch_shape=value.shape, dtype=value.dtype)
    if isinstance(value, (tuple, list)):
        return [_for_tf_keras(item) for item in value]
    if isinstance(value, dict):
        if value.get("class_name") == "__ellipsis__":
            return ...
        if set(value) == {"start", "stop", "step"}:
            return slice(value["start"], value["stop"], value["step"])
        return {key: _for_tf_keras(item) for key, item in value.items()}
    return value
