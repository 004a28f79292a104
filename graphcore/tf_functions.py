"""Functions of TensorFlow that Keras 2 kept as layers, and the operations of Keras 3 that do the same.

`y * 2` on a tensor of Keras 2 became a layer of class TFOpLambda with the function's name; Keras 3 records an operation
of `keras.ops`. Only functions are here whose meaning is exactly the same; nothing is ever called.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from .model import JSON, Layer, Node, Object, Op, TensorRef, Value

_NUMPY, _NN, _CORE, _MATH = ("keras.src.ops.numpy", "keras.src.ops.nn", "keras.src.ops.core", "keras.src.ops.math")


@dataclass(frozen=True, slots=True)
class Operation:
    """An operation: its class, what it is made with, and what it is called on."""

    op: Op
    config: Mapping[str, JSON] = field(default_factory=dict)
    args: tuple[Value, ...] = ()


Arguments = dict[str, Value]
"""A call's arguments by TensorFlow's names; what comes first is under its own name too."""


def operation_of(layer: Layer, node: Node) -> Operation | None:
    """The operation that a call of a TensorFlow function is, None where Keras 3 has none that is the same."""
    name = layer.config.get("function")
    if layer.op.cls == "SlicingOpLambda" or name == "__operators__.getitem":
        return _slice(node)
    maker = _FUNCTIONS.get(name) if isinstance(name, str) and layer.op.cls == "TFOpLambda" else None
    if maker is None:
        return None
    names, make = maker
    said: Arguments = dict(zip(names, node.args, strict=False))
    said.update((key, value) for key, value in node.kwargs.items() if key != "name")
    if (
        len(node.args) > len(names)
        or names[0] not in said
        or any(key not in names for key in said if said[key] is not None)
    ):
        return None
    return make(said)


Make = Callable[[Arguments], Operation | None]


def _plain(cls: str, module: str, *names: str) -> tuple[tuple[str, ...], Make]:
    """An operation on these tensors, all of them needed."""

    def make(said: Arguments) -> Operation | None:
        args = tuple(said.get(name) for name in names)
        return None if any(value is None for value in args) else Operation(Op(cls, module, cls), {}, args)

    return names, make


def _with(
    cls: str, module: str, names: tuple[str, ...], config: Callable[[Arguments], Mapping[str, JSON] | None]
) -> tuple[tuple[str, ...], Make]:
    """An operation on the first tensor; the other arguments are what it is made with, and hold no tensor."""

    def make(said: Arguments) -> Operation | None:
        if any(_holds_tensor(said.get(name)) for name in names[1:]):
            return None
        made = config(said)
        return None if made is None else Operation(Op(cls, module, cls), made, (said[names[0]],))

    return names, make


def _reduction(cls: str, module: str = _NUMPY) -> tuple[tuple[str, ...], Make]:
    def config(said: Arguments) -> Mapping[str, JSON]:
        return {"axis": _plain_json(said.get("axis")), "keepdims": bool(said.get("keepdims"))}

    return _with(cls, module, ("input_tensor", "axis", "keepdims"), config)


def _slice(node: Node) -> Operation | None:
    """`x[...]`: the key is kept as a list of slices, numbers and null."""
    spec = node.kwargs.get("slice_spec")
    if not node.args or not isinstance(spec, (tuple, list)):
        return None
    key: list[Value] = []
    for part in spec:
        if isinstance(part, dict) and part.keys() == {"start", "stop", "step"} and not _holds_tensor(part):
            key.append(Object("__slice__", config={name: part[name] for name in ("start", "stop", "step")}))
        elif isinstance(part, Mapping) and part.get("value") == "Ellipsis":
            key.append(Object("__ellipsis__", config={}))
        elif part is None or (type(part) is int):
            key.append(part)
        else:
            return None
    return Operation(Op("GetItem", _NUMPY, "GetItem"), {}, (node.args[0], tuple(key)))


def _reshape(said: Arguments) -> Mapping[str, JSON] | None:
    shape = _plain_json(said.get("shape"))
    return {"newshape": shape} if isinstance(shape, list) else None


def _transpose(said: Arguments) -> Mapping[str, JSON] | None:
    return None if said.get("conjugate") else {"axes": _plain_json(said.get("perm"))}


def _cast(said: Arguments) -> Mapping[str, JSON] | None:
    return {"dtype": said["dtype"]} if isinstance(said.get("dtype"), str) else None


def _clip(said: Arguments) -> Mapping[str, JSON] | None:
    low, high = said.get("clip_value_min"), said.get("clip_value_max")
    return {"x_min": low, "x_max": high} if type(low) in (int, float) and type(high) in (int, float) else None


def _matmul(said: Arguments) -> Operation | None:
    if any(said.get(name) for name in said if name not in ("a", "b")) or said.get("b") is None:
        return None
    return Operation(Op("Matmul", _NUMPY, "Matmul"), {}, (said["a"], said["b"]))


def _joined(cls: str) -> Callable[[Arguments], Operation | None]:
    def make(said: Arguments) -> Operation | None:
        axis = said.get("axis", 0)
        return Operation(Op(cls, _NUMPY, cls), {"axis": axis}, (said["values"],)) if type(axis) is int else None

    return make


def _pad(said: Arguments) -> Mapping[str, JSON] | None:
    widths = _plain_json(said.get("paddings"))
    if not isinstance(widths, list) or said.get("mode") not in (None, "CONSTANT") or said.get("constant_values"):
        return None
    return {"pad_width": widths, "mode": "constant"}


def _holds_tensor(value: Value) -> bool:
    if isinstance(value, (tuple, list)) and not isinstance(value, TensorRef):
        return any(_holds_tensor(inner) for inner in value)
    if isinstance(value, dict):
        return any(_holds_tensor(inner) for inner in value.values())
    return isinstance(value, (TensorRef, Object))


def _plain_json(value: Value) -> JSON:
    """A value without tensors as JSON has it."""
    return [_plain_json(inner) for inner in value] if isinstance(value, (tuple, list)) else value


def _axis(said: Arguments) -> Mapping[str, JSON]:
    axis = said.get("axis")
    return {"axis": -1 if axis is None else axis}


_BINARY = {
    "Add": ("math.add", "__operators__.add", "add"),
    "Subtract": ("math.subtract", "__operators__.sub", "subtract"),
    "Multiply": ("math.multiply", "__operators__.mul", "multiply"),
    "TrueDivide": ("math.truediv", "__operators__.truediv", "math.divide", "divide"),
    "FloorDivide": ("math.floordiv", "__operators__.floordiv"),
    "Mod": ("math.floormod", "__operators__.mod"),
    "Power": ("math.pow", "__operators__.pow", "pow"),
    "Maximum": ("math.maximum", "maximum"),
    "Minimum": ("math.minimum", "minimum"),
    "Greater": ("math.greater", "greater", "__operators__.gt"),
    "GreaterEqual": ("math.greater_equal", "greater_equal", "__operators__.ge"),
    "Less": ("math.less", "less", "__operators__.lt"),
    "LessEqual": ("math.less_equal", "less_equal", "__operators__.le"),
    "Equal": ("math.equal", "equal", "__operators__.eq"),
    "NotEqual": ("math.not_equal", "not_equal", "__operators__.ne"),
    "LogicalAnd": ("math.logical_and", "logical_and"),
    "LogicalOr": ("math.logical_or", "logical_or"),
}
# Class, module, TensorFlow's name of the argument, its functions.
_UNARY = (
    ("Absolute", _NUMPY, "x", ("math.abs", "abs", "__operators__.abs")),
    ("Negative", _NUMPY, "x", ("math.negative", "negative", "__operators__.neg")),
    ("Exp", _NUMPY, "x", ("math.exp", "exp")),
    ("Expm1", _NUMPY, "x", ("math.expm1",)),
    ("Log", _NUMPY, "x", ("math.log",)),
    ("Log1p", _NUMPY, "x", ("math.log1p",)),
    ("Sqrt", _NUMPY, "x", ("math.sqrt", "sqrt")),
    ("Rsqrt", _MATH, "x", ("math.rsqrt",)),
    ("Square", _NUMPY, "x", ("math.square", "square")),
    ("Sign", _NUMPY, "x", ("math.sign", "sign")),
    ("Sin", _NUMPY, "x", ("math.sin", "sin")),
    ("Cos", _NUMPY, "x", ("math.cos", "cos")),
    ("Tanh", _NUMPY, "x", ("math.tanh", "tanh", "nn.tanh")),
    ("Floor", _NUMPY, "x", ("math.floor", "floor")),
    ("Ceil", _NUMPY, "x", ("math.ceil",)),
    ("Erf", _MATH, "x", ("math.erf",)),
    ("Sigmoid", _NN, "x", ("math.sigmoid", "sigmoid", "nn.sigmoid")),
    ("Relu", _NN, "features", ("nn.relu",)),
    ("Relu6", _NN, "features", ("nn.relu6",)),
    ("Selu", _NN, "features", ("nn.selu",)),
    ("Softplus", _NN, "features", ("nn.softplus", "math.softplus")),
    ("LogicalNot", _NUMPY, "x", ("math.logical_not", "logical_not")),
    ("StopGradient", _CORE, "input", ("stop_gradient",)),
    ("ZerosLike", _NUMPY, "input", ("zeros_like",)),
    ("OnesLike", _NUMPY, "input", ("ones_like",)),
)
_FUNCTIONS: Mapping[str, tuple[tuple[str, ...], Make]] = {
    **{function: _plain(cls, _NUMPY, "x", "y") for cls, functions in _BINARY.items() for function in functions},
    **{function: _plain(cls, module, name) for cls, module, name, functions in _UNARY for function in functions},
    "nn.elu": _with("Elu", _NN, ("features",), lambda said: {"alpha": 1.0}),
    "nn.silu": _plain("Silu", _NN, "features"),
    "nn.gelu": _with(
        "Gelu", _NN, ("features", "approximate"), lambda said: {"approximate": bool(said.get("approximate"))}
    ),
    "nn.leaky_relu": _with(
        "LeakyRelu", _NN, ("features", "alpha"), lambda said: {"negative_slope": said.get("alpha", 0.2)}
    ),
    "nn.softmax": _with("Softmax", _NN, ("logits", "axis"), _axis),
    "nn.log_softmax": _with("LogSoftmax", _NN, ("logits", "axis"), _axis),
    "math.reduce_mean": _reduction("Mean"),
    "math.reduce_sum": _reduction("Sum"),
    "math.reduce_max": _reduction("Max"),
    "math.reduce_min": _reduction("Min"),
    "math.reduce_prod": _reduction("Prod"),
    "math.reduce_std": _reduction("Std"),
    "math.reduce_variance": _reduction("Var"),
    "math.reduce_logsumexp": _reduction("Logsumexp", _MATH),
    "reshape": _with("Reshape", _NUMPY, ("tensor", "shape"), _reshape),
    "expand_dims": _with("ExpandDims", _NUMPY, ("input", "axis"), lambda said: {"axis": said.get("axis")}),
    "squeeze": _with("Squeeze", _NUMPY, ("input", "axis"), lambda said: {"axis": _plain_json(said.get("axis"))}),
    "transpose": _with("Transpose", _NUMPY, ("a", "perm", "conjugate"), _transpose),
    "tile": _with("Tile", _NUMPY, ("input", "multiples"), lambda said: {"repeats": _plain_json(said.get("multiples"))}),
    "cast": _with("Cast", _CORE, ("x", "dtype"), _cast),
    "clip_by_value": _with("Clip", _NUMPY, ("t", "clip_value_min", "clip_value_max"), _clip),
    "pad": _with("Pad", _NUMPY, ("tensor", "paddings", "mode", "constant_values"), _pad),
    "concat": (("values", "axis"), _joined("Concatenate")),
    "stack": (("values", "axis"), _joined("Stack")),
    "linalg.matmul": (
        ("a", "b", "transpose_a", "transpose_b", "adjoint_a", "adjoint_b", "a_is_sparse", "b_is_sparse"),
        _matmul,
    ),
}


def function_of(cls: str) -> tuple[str, tuple[str, ...]] | None:
    """TensorFlow's function for an operation, and its arguments' names; None where there is none that is the same."""
    return _BACK.get(cls)


_BACK: Mapping[str, tuple[str, tuple[str, ...]]] = {
    **{cls: (functions[0], ("x", "y")) for cls, functions in _BINARY.items()},
    **{cls: (functions[0], (name,)) for cls, _, name, functions in _UNARY},
    "Silu": ("nn.silu", ("features",)),
}
