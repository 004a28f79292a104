"""Calls of operations: constructor's arguments, and what goes in."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import product
from typing import Any, NamedTuple

from graphcore.model import Object
from graphcore.shapes import Shape, TensorSpec

N = None
DTYPES = (
    *("bool", "uint8", "uint16", "uint32", "uint64", "int8", "int16", "int32", "int64"),
    *("bfloat16", "float16", "float32", "float64", "complex64", "string"),
)
SHAPES: tuple[Shape, ...] = ((N, 4), (N, 4, 5), (), (3,), (N, N, 5), (2, 3, 4))


class OperationCase(NamedTuple):
    """One call. `args` hold a TensorSpec for each tensor, numbers, and Objects as a file has them."""

    cls: str
    config: Mapping[str, Any]
    args: tuple[Any, ...]

    @property
    def title(self) -> str:
        """The case in one line."""
        return f"{self.cls}({dict(self.config)}){self.args}"


def T(*shape: int | None, dtype: str = "float32") -> TensorSpec:
    return TensorSpec(tuple(shape), dtype)


def array(value: Any, dtype: str = "float32") -> Object:
    return Object("__numpy__", config={"value": value, "dtype": dtype})


def cut(start: int | None = None, stop: int | None = None, step: int | None = None) -> Object:
    return Object("__slice__", config={"start": start, "stop": stop, "step": step})


DOTS = Object("__ellipsis__", config={})

PLAIN = (
    *("Absolute", "Conjugate", "Copy", "Negative", "Real", "Imag", "Sign", "Trunc", "BitwiseInvert", "BitwiseNot"),
    *("Rsqrt", "Erf", "Erfinv", "Round", "NanToNum", "Arccos", "Arccosh", "Arcsin", "Arcsinh", "Arctan", "Arctanh"),
    *("Angle", "Ceil", "Cos", "Cosh", "Floor", "Log", "Log10", "Log1p", "Log2", "Sin", "Sinc", "Sinh", "Sqrt", "Tan"),
    *("Tanh", "Exp", "Exp2", "Expm1", "Square", "Reciprocal", "Erfc", "Isfinite", "Isinf", "Isnan", "Isneginf"),
    *("Isposinf", "Isreal", "LogicalNot", "Signbit", "Relu", "Relu6", "Sigmoid", "SparseSigmoid", "Softplus"),
    *("Softsign", "SparsePlus", "Silu", "LogSigmoid", "HardSigmoid", "HardSilu", "Selu", "TanhShrink", "HardTanh"),
    *("SoftShrink", "HardShrink", "Squareplus", "LeakyRelu", "Elu", "Celu", "Gelu", "Softmax", "LogSoftmax"),
    *(
        "Sparsemax",
        "Normalize",
        "OnesLike",
        "ZerosLike",
        "EmptyLike",
        "ConvertToTensor",
        "StopGradient",
        "Tril",
        "Triu",
    ),
    *("Size", "Ravel", "Transpose", "Squeeze", "Flip", "Sort", "Argsort", "Cumsum", "Cumprod", "CountNonzero"),
    *("All", "Any", "Amax", "Amin", "Ptp", "Max", "Min", "Argmax", "Argmin", "Mean", "Sum", "Nansum", "Prod", "Std"),
    *("Var", "Nanmean", "Nanvar", "Nanstd", "Median", "Logsumexp", "Norm", "RMSNorm"),
)
PAIRED = (
    *("Add", "Subtract", "Multiply", "Maximum", "Minimum", "Fmax", "Fmin", "Power", "FloorDivide", "Divide"),
    *("TrueDivide", "DivideNoNan", "Logaddexp", "Logaddexp2", "Mod", "Fmod", "Arctan2", "Equal", "NotEqual"),
    *("Greater", "GreaterEqual", "Less", "LessEqual", "LogicalAnd", "LogicalOr", "LogicalXor"),
)
REDUCING = (
    *("All", "Any", "Amax", "Amin", "Ptp", "Max", "Min", "Argmax", "Argmin", "Mean", "Sum", "Nansum", "Prod", "Std"),
    *("Var", "Nanmean", "Nanvar", "Nanstd", "Median", "Logsumexp", "Norm"),
)


def plain() -> Iterator[OperationCase]:
    for name in PLAIN:
        for dtype in DTYPES:
            yield OperationCase(name, {}, (T(N, 4, dtype=dtype),))
        for shape in SHAPES:
            yield OperationCase(name, {}, (TensorSpec(shape, "float32"),))


def paired() -> Iterator[OperationCase]:
    sides: tuple[Any, ...] = (
        *(T(N, 4), T(N, 1), T(4), T(), T(N, N), T(3, 1, 4), T(N, 5), T(2, 4), T(7, 1, N)),
        *(1, 2.5, True, array([1.0] * 4), array([[1]], "int32"), array(3, "int64")),
    )
    for name in ("Add", "TrueDivide", "Equal", "Arctan2"):
        for x, y in product(sides, sides):
            if isinstance(x, TensorSpec) or isinstance(y, TensorSpec):
                yield OperationCase(name, {}, (x, y))
    for name in PAIRED:
        for x, y in product(DTYPES, (*DTYPES, 1, 1.5, True)):
            other = y if not isinstance(y, str) else T(N, 4, dtype=y)
            yield OperationCase(name, {}, (T(N, 4, dtype=x), other))
        yield OperationCase(name, {}, (2, T(N, 4, dtype="int32")))
        yield OperationCase(name, {}, (T(N, 4), [1.0, 2.0]))


def reducing() -> Iterator[OperationCase]:
    axes: tuple[Any, ...] = (None, 0, 1, -1, [0, 1], [-1, 1], 2, -4, [0, 0], [], "a", 1.0)
    for name in REDUCING:
        for axis, keepdims in product(axes, (False, True)):
            for shape in (N, 4), (N, 4, 5), (), (3,):
                yield OperationCase(name, {"axis": axis, "keepdims": keepdims}, (TensorSpec(shape, "float32"),))
    for several in ([0], [0, 1], [-1], [3]):
        yield OperationCase("Moments", {"axes": several, "keepdims": False}, (T(N, 4, 5),))
    for order in (None, "fro", "nuc", 1, 2, 3, "x"):
        for axis in ([1], [1, 2], None):
            yield OperationCase("Norm", {"ord": order, "axis": axis}, (T(N, 4, 5),))
    for dtype in (None, "float64", "int32"):
        yield OperationCase("Prod", {"axis": [1], "dtype": dtype}, (T(N, 4, dtype="int8"),))
        yield OperationCase("Cumsum", {"axis": 1, "dtype": dtype}, (T(N, 4, dtype="bool"),))


def slicing() -> Iterator[OperationCase]:
    keys: tuple[Any, ...] = (
        *([cut(), 0], [cut(), -1], [cut(), 4], [cut(), -5], [0], 0, 7, [DOTS, 0], [DOTS, cut(1)], [cut(), None]),
        *([None, DOTS], [cut(None, None, -1)], [cut(), cut(1, 3)], [cut(), cut(3, 1)], [cut(), cut(-2)], [DOTS, DOTS]),
        *([0, 0, 0], [0, 0, 0, 0], [cut(), cut(None, None, 2), 1], [cut(0, 2)], [DOTS], [], [1, DOTS, 0, None]),
        *([cut(), cut(10, 20)], cut(), "a", [cut(), 1.0]),
    )
    for key in keys:
        for x in (T(N, 4, 5), T(3, 4), T(N, N), T(6), T(2, 3, 4, 5)):
            yield OperationCase("GetItem", {}, (x, key))


def _each(cls: str, configs: Iterable[Mapping[str, Any]], inputs: Iterable[Any]) -> Iterator[OperationCase]:
    listed = list(inputs)
    for config in configs:
        for args in listed:
            yield OperationCase(
                cls, config, args if isinstance(args, tuple) and not hasattr(args, "shape") else (args,)
            )


def arrays() -> Iterator[OperationCase]:
    some: Sequence[Any] = (T(N, 4, 6), T(3, 4), T(N, N, 6), T(2, 3, 4), T(), T(5), T(N, 1, 6), T(1, 1), T(N, 12))
    axes: tuple[Any, ...] = (0, 1, 2, -1, -3, 3, None, "a", [1], [0, 2], [-1, 0], [1, 1], 1.0)
    yield from _each("ExpandDims", [{"axis": axis} for axis in axes], some)
    yield from _each("Squeeze", [{"axis": axis} for axis in axes], some)
    yield from _each("Flip", [{"axis": axis} for axis in axes], some)
    yield from _each("Roll", [{"shift": 1, "axis": axis} for axis in axes], some)
    one = axes[:7]
    for cls in ("Sort", "Argsort", "Cumsum", "Cumprod"):
        yield from _each(cls, [{"axis": axis} for axis in one], some)
    for cls in ("Softmax", "LogSoftmax", "Normalize"):
        yield from _each(cls, [{"axis": axis} for axis in (*one, [1, 2])], some)
    yield from _each("Glu", [{"axis": axis} for axis in (0, 1, -1)], some)
    targets: tuple[Any, ...] = (
        [-1],
        [-1, 6],
        [2, -1],
        [N, 12],
        [24],
        [3, 4, -1],
        [5, 5],
        [-1, -1],
        [-2],
        12,
        [],
        [0],
        [N, -1],
    )
    yield from _each("Reshape", [{"newshape": target} for target in targets], some)
    orders: tuple[Any, ...] = (None, [0, 2, 1], [1, 0], [-1, 0, 1], [0, 0, 1], [2, 1, 0], [0], [0, 1, 3], [])
    yield from _each("Transpose", [{"axes": axes} for axes in orders], some)
    pairs = [{"axis1": a, "axis2": b} for a in (0, 1, -1, 3) for b in (0, 1, -1)]
    yield from _each("Swapaxes", pairs, some)
    moves: tuple[Any, ...] = ((0, 1), (1, -1), ([0, 1], [1, 2]), ([0], [0, 1]), (3, 0), (-1, 0), ([0, 1], [-1, 0]))
    yield from _each("Moveaxis", [{"source": a, "destination": b} for a, b in moves], some)
    repeats: tuple[Any, ...] = (2, [2], [1, 2, 3, 4], [1, 2], 0, [1, 2, 3])
    yield from _each("Repeat", [{"repeats": n, "axis": axis} for n in repeats for axis in (None, 0, 1, -1, 4)], some)
    yield from _each("Tile", [{"repeats": n} for n in (2, [2], [1, 2, 3], [2, 1, 1, 3], [0])], some)
    shapes: tuple[Any, ...] = ([3, 4], [2, 3, 4], [7, 4, 6], [5], [1, 5], [6], [N, 4, 6], [])
    yield from _each("BroadcastTo", [{"shape": shape} for shape in shapes], some)
    widths: tuple[Any, ...] = (
        1,
        [1, 2],
        [[0, 0], [1, 2]],
        [[0, 0], [1, 1], [2, 2]],
        [[1], [2]],
        [[3, 3]],
        [[1, 2, 3]],
        [-3, -3],
    )
    yield from _each("Pad", [{"pad_width": width, "mode": "constant"} for width in widths], some)
    parts: tuple[Any, ...] = (1, 2, 3, [1], [1, 3], [2, 2], [5], [], 0, -1)
    yield from _each("Split", [{"indices_or_sections": p, "axis": axis} for p in parts for axis in (0, 1, -1, 4)], some)
    yield from _each("Unstack", [{"num": num, "axis": axis} for num in (None, 2) for axis in (0, 1, -1, 4)], some)
    yield from _each(
        "Diagonal", [{"offset": n, "axis1": a, "axis2": b} for n in (0, 1, -2) for a, b in ((0, 1), (1, 2))], some
    )
    cuts = [{"shape": [1, 2]}, {"shape": [-1, 2]}, {"shape": [1, -1, 3]}, {"shape": [2]}]
    yield from _each("Slice", cuts, [(x, [0, 1]) for x in some] + [(x, [0, 1, 2]) for x in some])
    yield from _each("Diff", [{"n": n, "axis": axis} for n in (1, 2, 9) for axis in (0, -1, 2)], some)


def joining() -> Iterator[OperationCase]:
    lists: tuple[Any, ...] = (
        (T(N, 4), T(N, 4)),
        (T(N, 4), T(N, 5)),
        (T(2, 4), T(3, 4)),
        (T(N, N), T(2, 4)),
        (T(2, 4), T(N, N)),
        (T(4), T(5)),
        (T(N, 4), T(N, 4, 1)),
        (T(N, 4, 3), T(N, 5, 3), T(N, 6, 3)),
        (T(N, 4, dtype="int32"), T(N, 4, dtype="float16")),
        (T(N, 4, dtype="int32"), T(N, 4, dtype="uint8")),
        (T(N, 4),),
        (T(), T()),
    )
    for xs in lists:
        for axis in (0, 1, -1, 2, -4):
            yield OperationCase("Concatenate", {"axis": axis}, (xs,))
            yield OperationCase("Stack", {"axis": axis}, (xs,))
        yield OperationCase("Vstack", {}, (xs,))
        if len(xs[0].shape) > 1:
            yield OperationCase("Hstack", {}, (xs,))
        if len(xs) == 2:
            yield from (OperationCase("Append", {"axis": where}, xs) for where in (None, 0, 1))


def products() -> Iterator[OperationCase]:
    sides: tuple[TensorSpec, ...] = (
        *(
            T(N, 4),
            T(4, 5),
            T(4),
            T(5),
            T(N, 3, 4),
            T(N, 4, 3),
            T(2, 3, 4),
            T(N, N),
            T(N, N, 4),
            T(7, 1, 4, 5),
            T(),
            T(3, 3),
        ),
    )
    for x, y in product(sides, sides):
        for cls in ("Matmul", "Dot", "Outer", "Inner", "Vdot"):
            if cls != "Dot" or (x.shape and y.shape):
                yield OperationCase(cls, {}, (x, y))
        for axes in (0, 1, 2, [[1], [0]], [[-1], [-1]], [[0, 1], [1, 0]]):
            yield OperationCase("Tensordot", {"axes": axes}, (x, y))
    for a, b in product(DTYPES, DTYPES):
        yield OperationCase("Matmul", {}, (T(N, 4, dtype=a), T(4, 4, dtype=b)))
    equations = (
        *("ij,jk->ik", "bij,bjk->bik", "...ij,...jk->...ik", "ij,jk", "bij,bkj->bik", "ij->ji", "ii->i", "i,j->ij"),
        *("...i,i->...", "ab,cd->abcd", "ij,jk->ik->", "i->", "...ij,kji->...k", "bi,bi->b"),
    )
    for equation in equations:
        count = equation.split("->")[0].count(",") + 1
        for x, y in product(sides[:9], sides[:9]):
            yield OperationCase("Einsum", {"subscripts": equation}, (x, y)[:count])
    for a, b in product(("int8", "float32", "int32", "bfloat16"), repeat=2):
        yield OperationCase("Einsum", {"subscripts": "ij,jk->ik"}, (T(N, 4, dtype=a), T(4, 5, dtype=b)))


def choosing() -> Iterator[OperationCase]:
    x, mask = T(N, 4), T(N, 4, dtype="bool")
    values: tuple[Any, ...] = (x, T(4), T(N, 1), 0, 1.5, T(N, 5), T(N, 4, dtype="int32"), True, T(2, 1, 4), None)
    for a, b in product(values, values):
        yield OperationCase("Where", {}, (mask, a, b))
    for dtype in ("float16", "int32", "bool", "float64", "uint64"):
        yield OperationCase("Cast", {"dtype": dtype}, (x,))
        yield OperationCase("SaturateCast", {"dtype": dtype}, (x,))
        yield OperationCase("OnesLike", {"dtype": dtype}, (x,))
        yield OperationCase("FullLike", {"dtype": dtype}, (x, 2.0))
        yield OperationCase("OneHot", {"num_classes": 3, "dtype": dtype}, (T(N, 4, dtype="int32"),))
    for low, high in ((0, 1), (None, 1.0), (0.5, 2)):
        for dtype in ("float16", "bool", "int32"):
            yield OperationCase("Clip", {"x_min": low, "x_max": high}, (T(N, 4, dtype=dtype),))
    indices: tuple[Any, ...] = (
        T(N, 2, dtype="int32"),
        T(3, dtype="int32"),
        [0, 1],
        [[0, 1]],
        0,
        array([1, 2], "int32"),
    )
    for at in indices:
        for axis in (None, 0, 1, -1, 3):
            yield OperationCase("Take", {"axis": axis}, (T(N, 4, 5), at))
    for at_ in (T(N, 2, dtype="int32"), T(N, 4, dtype="int32"), T(3, 1, dtype="int32"), T(3, dtype="int32")):
        for axis in (None, 0, 1, -1, 3):
            yield OperationCase("TakeAlongAxis", {"axis": axis}, (T(N, 4), at_))
    for k in (1, 3, 9):
        for tensor in (T(N, 4), T(), T(5, dtype="int32"), T(N, N)):
            yield OperationCase("TopK", {"k": k, "sorted": True}, (tensor,))
    for axis in (-1, 0, 1, 2, -2):
        for tensor in (T(N, 4, dtype="int32"), T(5, dtype="int32"), T(N, 4, 5, dtype="int32"), T(dtype="int32")):
            yield OperationCase("OneHot", {"num_classes": 3, "axis": axis}, (tensor,))
            yield OperationCase("MultiHot", {"num_classes": 3, "axis": axis}, (tensor,))
    yield OperationCase("Digitize", {}, (x, array([1.0, 2.0])))


def networks() -> Iterator[OperationCase]:
    images: tuple[TensorSpec, ...] = (
        *(
            T(N, 8, 9, 3),
            T(N, N, N, 3),
            T(2, 3, 8, 9),
            T(N, 8, 3),
            T(N, 2, 2, 3),
            T(N, 8, 9, N),
            T(8, 9, 3),
            T(N, 8, 8, 12),
        ),
        *(T(N, 8, 9, 1), T(N, 8, 9, 3, dtype="uint8"), T(N, 5), T(8, 9, 1)),
    )
    for size, strides, padding, form in product(
        (2, [2, 3], 3), (None, 1, [2, 1]), ("valid", "same"), ("channels_last", "channels_first")
    ):
        config = {"pool_size": size, "strides": strides, "padding": padding, "data_format": form}
        for x in images[:6]:
            if len(x.shape or ()) > 3 or list not in (type(size), type(strides)):  # else NumPy broadcasts
                yield OperationCase("MaxPool", config, (x,))
    yield from _each("AveragePool", [{"pool_size": 2}, {"pool_size": 2, "data_format": None}], images)
    kernels: tuple[Any, ...] = (T(3, 3, 3, 5), array([[[[1.0]] * 3]]), T(2, 3, 4), T(3, 3, 9, 5), T(3, 3, 12, 2))
    for kernel, x in product(kernels, images):
        windows: tuple[dict[str, Any], ...] = (
            {},
            {"strides": 2, "padding": "same"},
            {"strides": [2, 1], "padding": "valid", "data_format": "channels_first"},
            {"dilation_rate": 2},
        )
        for window in windows:
            yield OperationCase("Conv", window, (x, kernel))
            yield OperationCase("DepthwiseConv", window, (x, kernel))
    for n, form in product((1, 2, 3), ("channels_last", "channels_first")):
        yield from _each("DepthToSpace", [{"block_size": n, "data_format": form}], images)
        yield from _each("SpaceToDepth", [{"block_size": n, "data_format": form}], images)
    forms: list[dict[str, Any]] = [{}, {"data_format": "channels_first"}, {"data_format": None}]
    for cls in ("RGBToGrayscale", "RGBToHSV", "HSVToRGB"):
        yield from _each(cls, forms, images)
    yield from _each("Resize", [{"size": [4, 5], **form} for form in forms], images)
    patches: list[dict[str, Any]] = [
        *({"size": 2}, {"size": [2, 3], "strides": 1}, {"size": 2, "padding": "same"}, {"size": 3, "dilation_rate": 2}),
        {"size": 2, "data_format": "channels_first"},
    ]
    yield from _each("ExtractPatches", patches, [x for x in images if len(x.shape or ()) in (3, 4)])
    borders: list[dict[str, Any]] = [
        {"top": 1, "bottom": 1, "left": 2, "right": 0},
        {"top": 1, "bottom": 1},
        {"top": 1, "height": 10, "left": 1, "width": 12},
        {"bottom": 2, "height": 9, "right": 1, "width": 10},
        {"top": 1, "height": 4, "left": 1, "width": 5},
        {"bottom": 9, "height": 4, "right": 1, "width": 5},
        {"top": -1, "bottom": 1, "left": 2, "right": 0},
        {"top": 1, "bottom": 8, "left": 2, "right": 0},
    ]
    for cls, kind in (("PadImages", "padding"), ("CropImages", "cropping")):
        for border in borders:
            named = {f"target_{k}" if k in ("height", "width") else f"{k}_{kind}": v for k, v in border.items()}
            yield from _each(cls, [named, {**named, "data_format": "channels_first"}], images[:8])
    x, vector = T(N, 4, 5), T(5)
    for axis in (-1, 1, 3):
        yield OperationCase("BatchNorm", {"axis": axis}, (x, vector, vector))
        yield OperationCase("BatchNorm", {"axis": axis}, (x, vector, vector, None, None))
        yield OperationCase("BatchNorm", {"axis": axis}, (x, T(4), T(4), T(4), T(4)))
        yield OperationCase("BatchNorm", {"axis": axis}, (x, vector, vector, None, vector))
    for dtype in DTYPES:
        yield OperationCase("Threshold", {"threshold": 1, "default_value": 0}, (T(N, 4, dtype=dtype),))
    yield OperationCase("LayerNorm", {}, (x, None, None))
    yield OperationCase("LayerNorm", {"axis": -1}, (x, vector, vector))
    yield OperationCase("RMSNorm", {}, (x, vector))
    query = T(N, 5, 2, 8)
    yield OperationCase("DotProductAttention", {}, (query, T(N, 6, 2, 8), T(N, 6, 2, 8)))
    yield OperationCase("DotProductAttention", {"is_causal": True}, (query, query, T(N, 5, 2, 8, dtype="float16")))


CASES: tuple[OperationCase, ...] = tuple(
    case
    for family in (plain, paired, reducing, slicing, arrays, joining, products, choosing, networks)
    for case in family()
)
