"""Calls of TensorFlow's functions as Keras 2 records them: the function, what goes in first, and by name."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product
from typing import Any

from graphcore.shapes import TensorSpec

from .cases_ops import OperationCase, T

N = None
DTYPES = ("float32", "float16", "int32", "int64", "uint8", "bool")


def case(function: str, *args: Any, **named: Any) -> OperationCase:
    return OperationCase(function, named, args)


def each_value() -> Iterator[OperationCase]:
    names = (
        *(
            "identity",
            "math.negative",
            "math.abs",
            "math.square",
            "nn.relu",
            "nn.relu6",
            "nn.softmax",
            "nn.log_softmax",
        ),
        *("nn.elu", "nn.selu", "nn.silu", "nn.gelu", "nn.leaky_relu", "math.tanh", "math.sigmoid", "math.sqrt"),
        *(
            "math.rsqrt",
            "math.exp",
            "math.log",
            "math.log1p",
            "math.sin",
            "math.cos",
            "math.floor",
            "math.ceil",
            "math.erf",
        ),
        *("math.round", "math.l2_normalize", "ones_like", "zeros_like", "stop_gradient", "math.softplus"),
    )
    for name in names:
        for shape in ((N, 4), (2, 3, 4), (N, N, 5)):
            yield case(name, TensorSpec(shape, "float32"))
        for dtype in ("float16", "int32"):
            yield case(name, T(N, 4, dtype=dtype))
    for dtype in DTYPES:
        yield case("math.logical_not", T(N, 4, dtype=dtype))
        yield case("cast", T(N, 4), dtype=dtype)
        yield case("ones_like", T(N, 4), dtype=dtype)
    yield case("clip_by_value", T(N, 4), clip_value_min=0, clip_value_max=1)
    yield case("reverse", T(N, 4), axis=[1])
    yield case("math.cumsum", T(N, 4), axis=1)
    yield case("nn.dropout", T(N, 4), rate=0.5)


def pairs() -> Iterator[OperationCase]:
    sides: tuple[Any, ...] = (
        *(T(N, 4), T(N, 1), T(4), T(N, N), T(3, 1, 4), T(N, 5), T(2, 4), T(2, N)),
        *(1, 2.5, [1.0, 2.0, 3.0, 4.0], [[1], [2]]),
    )
    for name in ("math.add", "math.multiply", "math.truediv", "math.greater"):
        for x, y in product(sides[:8], sides):
            yield case(name, x, y=y)
    names = (
        *("__operators__.add", "math.subtract", "math.pow", "math.maximum", "math.minimum", "math.floormod"),
        *(
            "math.squared_difference",
            "math.less",
            "math.equal",
            "math.not_equal",
            "math.logical_and",
            "math.logical_or",
        ),
    )
    for name in names:
        for a, b in product(("float32", "int32", "bool"), ("float32", "int32", "bool")):
            if not (name.startswith("math.logical") or a != "bool" or b != "bool" or "equal" in name):
                continue
            yield case(name, T(N, 4, dtype=a), y=T(N, 4, dtype=b))
    for name, dtype in product(("math.truediv", "math.multiply"), ("int32", "int64", "uint8", "float16")):
        yield case(name, T(N, 4, dtype=dtype), y=2)
        yield case(name, T(N, 4, dtype=dtype), y=2.5)
        yield case(name, T(N, 4, dtype=dtype), y=T(N, 4, dtype=dtype))
    yield case("math.subtract", 1.0, y=T(N, 4))
    yield case("__operators__.ne", T(N, 4, dtype="int32"))
    chosen: tuple[Any, ...] = (
        *((T(N, 4), T(N, 4)), (T(N, 4), 0.0), (1.0, T(N, 4)), (T(4), T(N, 1)), (T(N, 5), T(N, 4)), (0.0, 1.0)),
    )
    for one, other in chosen:
        yield case("where", T(N, 4, dtype="bool"), x=one, y=other)
    for xs in ((T(N, 4), T(N, 4)), (T(N, 4), T(2, 4)), (T(N, 4), T(N, 5)), (T(N, 4), T(4))):
        yield case("math.add_n", xs)


def reductions() -> Iterator[OperationCase]:
    for name in ("math.reduce_mean", "math.reduce_sum", "math.reduce_max", "math.reduce_std", "math.reduce_logsumexp"):
        for axis in (None, 0, 1, -1, [0, 1], [-1, 1], 3, [1, -2]):
            yield case(name, T(N, 4, 5), axis=axis)
            yield case(name, T(2, N, 5), axis=axis, keepdims=True)
        yield case(name, T(N, 4, dtype="int32"), axis=1)
    for dtype in ("bool", "int32"):
        yield case("math.reduce_any", T(N, 4, dtype=dtype), axis=-1)
    for axis in (0, 1, -1, 2, None):
        yield case("math.argmax", T(N, 4), axis=axis)
    yield case("math.argmax", T(N, 4), axis=1, output_type="int32")


def shapes() -> Iterator[OperationCase]:
    some = (T(N, 4, 6), T(3, 4), T(N, N, 6), T(2, 3, 4), T(5), T(N, 1, 6), T(1, 1), T(N, 12), T(2, N))
    targets: tuple[Any, ...] = ([-1], [-1, 6], [2, -1], [24], [3, 4, -1], [5, 5], [-1, -1], [], [12, 1], [-1, 24])
    for x in some:
        for target in targets:
            yield case("reshape", x, shape=target)
        for axis in (0, 1, -1, -3, 3, 4):
            yield case("expand_dims", x, axis=axis)
            yield case("squeeze", x, axis=axis)
            yield case("compat.v1.squeeze", x, axis=axis, name=None)
        for order in ([0, 2, 1], [1, 0], [0, 0, 1], [2, 1, 0], [0]):
            yield case("compat.v1.transpose", x, perm=order, name="transpose", conjugate=False)
        for multiples in ([1, 2, 1], [2, 3], [2]):
            yield case("tile", x, multiples=multiples, name=None)
        for paddings in ([[0, 0], [1, 1], [0, 2]], [[1, 2], [3, 4]], [[1, 1]]):
            yield case("compat.v1.pad", x, paddings=paddings, mode="CONSTANT", name=None, constant_values=0)
        for parts in (1, 2, 3, [1, 3], [2, -1], [1, 1]):
            for axis in (0, 1, -1):
                yield case("split", x, num_or_size_splits=parts, axis=axis)
        for axis in (0, 1, -1):
            yield case("unstack", x, axis=axis)
            yield case("gather", x, indices=[0, 1], axis=axis)
        yield case("compat.v1.shape", x, name=None, out_type="int32")
        yield case("rank", x)
        yield case("math.top_k", x, k=2)
        for begin, size in (([0, 0, 0], [-1, 2, 3]), ([0, 1], [1, -1]), ([1], [2])):
            yield case("slice", x, begin=begin, size=size)
    for x, at in product((T(N, 4, 6), T(N, N, 6)), (T(N, 4, dtype="int32"), T(N, 2, dtype="int32"))):
        yield case("compat.v1.gather", x, indices=at, validate_indices=None, name=None, axis=1, batch_dims=1)
        yield case("compat.v1.gather", x, indices=at, validate_indices=None, name=None, axis=1, batch_dims=0)
    yield case("one_hot", T(N, 4, dtype="int32"), depth=5)
    for axis in (-1, 0, 1):
        yield case("one_hot", T(N, 4, dtype="int32"), depth=5, axis=axis)
    for target in ([3, 4, 6], [2, 3, 4], [7, 12], [6]):
        for x in some:
            yield case("broadcast_to", x, shape=target, name=None)


def lists() -> Iterator[OperationCase]:
    for xs in (
        (T(N, 4), T(N, 4)),
        (T(N, 4), T(N, 5)),
        (T(2, 4), T(3, 4)),
        (T(N, N), T(2, 4)),
        (T(N, 4, 3), T(N, 5, 3), T(N, 6, 3)),
        (T(N, 4, dtype="int32"), T(N, 4)),
        (T(N, 4), T(N, 4, 1)),
    ):
        for axis in (0, 1, -1, 2):
            yield case("concat", xs, axis=axis)
            yield case("stack", xs, axis=axis)


def products_and_images() -> Iterator[OperationCase]:
    sides = (T(N, 4), T(4, 5), T(N, 3, 4), T(N, 4, 3), T(2, 3, 4), T(N, N), T(N, N, 4), T(4), T(2, 4, 5))
    for x, y in product(sides, sides):
        yield case("linalg.matmul", x, b=y)
        yield case("linalg.matmul", x, b=y, transpose_b=True)
    yield case("linalg.matmul", T(N, 4), b=[[1.0, 2.0]] * 4)
    images = (T(N, 8, 8, 3), T(N, N, N, 3), T(2, 8, 6, 12), T(8, 8, 3), T(N, 8, 8, 3, dtype="uint8"), T(N, 4))
    for x in images:
        yield case("image.resize", x, size=[4, 5])
        yield case("image.resize", x, size=[4, 5], method="nearest")
        yield case("nn.depth_to_space", x, block_size=2)
        yield case("nn.space_to_depth", x, block_size=2)
        yield case("image.rgb_to_grayscale", x)
        for padding in ("VALID", "SAME"):
            yield case("nn.avg_pool2d", x, ksize=2, strides=2, padding=padding)
            yield case("nn.max_pool2d", x, ksize=[3, 2], strides=[1, 2], padding=padding)
            yield case("nn.max_pool2d", x, ksize=9, strides=1, padding=padding)
    for bias in ([1.0] * 4, [1.0] * 3):
        yield case("nn.bias_add", T(N, 4), bias=bias)
        yield case("nn.bias_add", T(N, N), bias=bias)


def slices() -> Iterator[OperationCase]:
    def cut(start: int | None = None, stop: int | None = None, step: int | None = None) -> dict[str, Any]:
        return {"start": start, "stop": stop, "step": step}

    dots = {"class_name": "__ellipsis__"}
    specs: tuple[Any, ...] = (
        *([cut(), 0], [cut(), -1], [cut(), 4], [cut(), -5], [0], [dots, 0], [dots, cut(1)], [cut(), None]),
        *([None, dots], [cut(None, None, -1)], [cut(), cut(1, 3)], [cut(), cut(3, 1)], [cut(), cut(-2)], [0, 0, 0]),
        *([0, 0, 0, 0], [cut(), cut(None, None, 2), 1], [cut(0, 2)], [dots], [1, dots, 0, None], [cut(), cut(10, 20)]),
        *([cut(2, 1)], [cut(-1, -2)], [cut(0, 0)], [cut(1, 2)], [cut(-2, None)], [cut(None, 3)]),
    )
    for spec in specs:
        for x in (T(N, 4, 5), T(3, 4), T(N, N), T(6), T(2, 3, 4, 5)):
            yield case("__operators__.getitem", x, slice_spec=spec)


def other_names() -> Iterator[OperationCase]:
    """Functions that share a rule with one that is asked about above."""
    x, y = T(N, 4), T(N, 1)
    for name in (
        *(
            "math.atan",
            "math.cosh",
            "math.cumprod",
            "math.expm1",
            "math.log_sigmoid",
            "math.sign",
            "math.sinh",
            "math.tan",
        ),
        *("nn.l2_normalize", "nn.sigmoid", "nn.softplus", "nn.softsign", "nn.tanh", "sort", "shape", "transpose"),
        *(
            "linalg.l2_normalize",
            "compat.v1.ones_like",
            "compat.v1.zeros_like",
            "squeeze",
            "keras.backend.batch_flatten",
        ),
    ):
        yield case(name, x)
        yield case(name, T(N, 4, dtype="int32"))
    for name in (
        *("math.divide", "math.divide_no_nan", "math.floordiv", "math.greater_equal", "math.less_equal"),
        "compat.v1.floor_div",
    ):
        yield case(name, x, y=y)
        yield case(name, T(N, 4, dtype="int32"), y=T(N, 4, dtype="int32"))
    for name in ("math.reduce_min", "math.reduce_prod", "math.reduce_variance", "math.reduce_euclidean_norm"):
        yield case(name, x, axis=1)
        yield case(name, T(N, 4, dtype="int32"), axis=1, keepdims=True)
    yield case("__operators__.eq", x, other=y)
    yield case("__operators__.ne", x, other=2)
    truth = T(N, 4, dtype="bool")
    yield case("math.reduce_all", truth, axis=1)
    yield case("math.logical_xor", truth, y=truth)
    yield case("math.argmin", x, axis=1)
    yield case("pad", x, paddings=[[0, 0], [1, 2]])
    yield case("saturate_cast", x, dtype="float16")
    yield case("compat.v1.cast", x, dtype="float16")
    yield case("compat.v1.reshape", x, shape=[-1, 2])
    yield case("compat.v1.expand_dims", x, axis=1)
    yield case("compat.v1.where", truth, x=x, y=x)
    yield case("compat.v1.norm", x, axis=1)
    yield case("gather", x, indices=[1], axis=1)
    yield case("math.cumprod", x, axis=1)


CASES: tuple[OperationCase, ...] = tuple(
    one
    for family in (each_value, pairs, reductions, shapes, lists, products_and_images, slices, other_names)
    for one in family()
)
