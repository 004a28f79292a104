"""More calls of TensorFlow's functions as Keras 2 records them: what one table a family says best."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import product
from typing import Any

from graphcore.shapes import TensorSpec

from . import cases_tf
from .cases_ops import OperationCase, T

N = None
SHAPES = ((N, 4), (2, 3, 4), (N, N, 5), (N, 8, 9, 3), (3, 3), (N, 6, 6, 1))
DTYPES = ("float16", "float64", "int32", "int64", "bool", "complex64", "string")
F, R, X, M = T(N, 4), T(N, 5, 4), T(N, 8, 9, 3), T(N, 3, 3)
LABELS = T(N, dtype="int32")

ONE: Mapping[str, Mapping[str, Any]] = {
    **{
        f"math.{name}": {}
        for name in (
            *("acos", "acosh", "asin", "asinh", "atanh", "bessel_i0", "bessel_i1", "digamma", "lgamma", "erfc"),
            *("erfinv", "ndtri", "rint", "reciprocal_no_nan", "conj", "real", "is_finite", "is_inf", "is_nan"),
            *("count_nonzero", "zero_fraction"),
        )
    },
    "clip_by_norm": {"clip_norm": 1.0},
    "quantization.fake_quant_with_min_max_args": {},
    "roll": {"shift": 1, "axis": 1},
    "random.shuffle": {},
    "argsort": {"axis": -1},
    "convert_to_tensor": {},
    "compat.v1.size": {},
    "size": {},
    "compat.v1.nn.crelu": {},
    "nn.l2_loss": {},
    "nn.local_response_normalization": {},
    **{
        f"linalg.{name}": {}
        for name in (
            *("inv", "cholesky", "det", "trace", "matrix_transpose", "adjoint", "diag", "diag_part", "tensor_diag"),
            *("svd", "qr", "eigh"),
        )
    },
    "linalg.band_part": {"num_lower": -1, "num_upper": 0},
    **{f"image.{name}": {} for name in ("flip_left_right", "flip_up_down", "transpose", "rot90", "rgb_to_hsv")},
    **{f"image.{name}": {} for name in ("hsv_to_rgb", "grayscale_to_rgb")},
    "image.adjust_brightness": {"delta": 0.1},
    "image.resize_with_pad": {"target_height": 4, "target_width": 5},
    "image.resize_with_crop_or_pad": {"target_height": 4, "target_width": 5},
    "image.convert_image_dtype": {"dtype": "float32"},
    "image.extract_patches": {
        "sizes": [1, 2, 3, 1],
        "strides": [1, 2, 1, 1],
        "rates": [1, 1, 1, 1],
        "padding": "VALID",
    },
    "compat.v1.image.resize_bilinear": {"size": [4, 5]},
    "compat.v1.image.resize_nearest_neighbor": {"size": [4, 5]},
    **{f"strings.{name}": {} for name in ("lower", "upper", "to_number")},
    "strings.regex_replace": {"pattern": "a", "rewrite": "b"},
    "strings.to_hash_bucket_fast": {"num_buckets": 5},
}
"""Functions of one tensor, with the arguments that they need."""

TWO = {
    "math.xlogy": "y",
    "math.xlog1py": "y",
    "math.multiply_no_nan": "y",
    "math.atan2": "x",
    "bitwise.bitwise_and": "y",
    "bitwise.bitwise_or": "y",
    "bitwise.bitwise_xor": "y",
    "dtypes.complex": "imag",
}
"""Functions of two tensors, and how the second is named."""


def case(function: str, *args: Any, **named: Any) -> OperationCase:
    return OperationCase(function, named, args)


def _of_one() -> Iterator[OperationCase]:
    for name, named in ONE.items():
        kind = "string" if name.startswith("strings.") else "float32"
        for shape in SHAPES:
            yield case(name, TensorSpec(shape, kind), **named)
        for dtype in DTYPES:
            yield case(name, TensorSpec((N, 8, 9, 3) if "image" in name else (N, 3, 3), dtype), **named)


def _of_two() -> Iterator[OperationCase]:
    sides = (F, T(4), T(N, 1), T(2, 1, 4), T(N, 5))
    for name, second in TWO.items():
        for x, y in product(sides, sides):
            yield case(name, x, **{second: y})
        for dtype in DTYPES:
            yield case(name, T(N, 4, dtype=dtype), **{second: T(N, 4, dtype=dtype)})
            yield case(name, T(N, 4, dtype=dtype), **{second: T(N, 4)})


def _shapes() -> Iterator[OperationCase]:
    for said in ([N, 4], [2, 4], [N, 5], [N, N, N]):
        yield case("ensure_shape", F, shape=said)
        yield case("ensure_shape", T(N, N), shape=said)
    for repeats, axis, x in product((2, 3), (N, 0, 1, -1, 5), (F, T(2, 3), T(N, N))):
        yield case("repeat", x, repeats=repeats, axis=axis)
    for x, values in product((T(5), T(2, 5), T(N)), (T(3), T(2, 3), T(N))):
        yield case("searchsorted", x, values=values)
    for at in (T(N, 2), T(3, 1), T(7, 5, 2), T(N, 4), T(2), T(N, N)):
        for x in (R, X, T(4)):
            yield case("compat.v1.gather_nd", x, indices=TensorSpec(at.shape, "int32"))
    for axes, keepdims in product((N, 0, 1, [0, 1]), (False, True)):
        yield case("math.count_nonzero", R, axis=axes, keepdims=keepdims)
    yield case("convert_to_tensor", F, dtype="float32")
    yield case("convert_to_tensor", F, dtype="int32")
    yield case("reverse_sequence", R, seq_lengths=LABELS, seq_axis=1)
    yield case("tensor_scatter_nd_update", T(8), indices=T(3, 1, dtype="int32"), updates=T(3))
    for name in ("argsort", "math.count_nonzero"):
        yield case(name, F, axis=0)
    yield case("argsort", F, axis=3)


def _matrices() -> Iterator[OperationCase]:
    for x, y, axes in product(
        (F, T(3, 4), T(2, 3, 4)), (T(4, 5), T(4), T(3, 4), T(N, N)), (0, 1, 2, [[1], [0]], [1, 0])
    ):
        yield case("tensordot", x, b=y, axes=axes)
    for x in (T(N, 3, 4), T(5, 2), T(N, N, 3)):
        yield case("linalg.svd", x, full_matrices=True)
        yield case("linalg.svd", x, compute_uv=False)
        yield case("linalg.qr", x, full_matrices=True)
    yield case("linalg.set_diag", M, diagonal=T(N, 3))


def _images() -> Iterator[OperationCase]:
    images = (X, T(8, 9, 3), T(N, N, N, 3), F)
    for x in images:
        for k in (0, 1, 2, 3):
            yield case("image.rot90", x, k=k)
        for height, width in ((4, 5), (8, 9), (2, 2)):
            box = {"target_height": height, "target_width": width}
            yield case("image.crop_to_bounding_box", x, offset_height=0, offset_width=0, **box)
            yield case(
                "image.pad_to_bounding_box",
                x,
                offset_height=1,
                offset_width=1,
                target_height=20,
                target_width=width + 20,
            )
            yield case("image.resize_with_crop_or_pad", x, **box)
            yield case("image.resize_with_pad", x, **box)
        yield case("image.crop_and_resize", x, boxes=T(5, 4), box_indices=T(5, dtype="int32"), crop_size=[4, 6])
        for dtype in ("uint8", "float16", "int32"):
            yield case("image.convert_image_dtype", x, dtype=dtype)
        for padding, rate in product(("SAME", "VALID", "x"), (1, 2)):
            window = {"sizes": [1, 2, 3, 1], "strides": [1, 2, 1, 1], "rates": [1, rate, rate, 1], "padding": padding}
            yield case("image.extract_patches", x, **window)


def _networks() -> Iterator[OperationCase]:
    for padding, strides, x in product(("SAME", "VALID", "x"), (1, 2, [1, 2, 1, 1], [2, 1], 0), (X, T(2, N, 7, 3), F)):
        for kernel in (T(3, 3, 3, 5), T(2, 3, 1, 6), T(3, 3, 4, 5)):
            yield case("compat.v1.nn.conv2d", x, filter=kernel, strides=strides, padding=padding)
        yield case("compat.v1.nn.depthwise_conv2d", x, filter=T(3, 3, 3, 2), strides=[1, 2, 2, 1], padding=padding)
        yield case("nn.avg_pool", x, ksize=2, strides=strides, padding=padding)
    yield case("compat.v1.nn.conv2d", X, filter=T(3, 3, 3, 5), strides=1, padding="SAME", dilations=2)
    yield case("compat.v1.nn.conv2d", X, filter=T(3, 3, 3, 5), strides=1, padding="VALID", dilations=[1, 2, 2, 1])
    for padding, strides in product(("SAME", "VALID"), (1, 2)):
        yield case("compat.v1.nn.conv1d", R, filters=T(3, 4, 6), stride=strides, padding=padding)
        yield case("compat.v1.nn.conv1d", R, filters=T(3, 3, 6), stride=strides, padding=padding)
        volume, steps = T(N, 6, 7, 8, 2), [1, strides, strides, strides, 1]
        yield case("nn.conv3d", volume, filters=T(3, 3, 3, 2, 5), strides=steps, padding=padding)
        yield case("nn.max_pool3d", volume, ksize=2, strides=strides, padding=padding)
        for name in ("nn.max_pool1d", "nn.avg_pool1d"):
            yield case(name, R, ksize=2, strides=strides, padding=padding)
            yield case(name, F, ksize=2, strides=strides, padding=padding)
    for ids in (LABELS, T(N, 7, dtype="int64")):
        yield case("compat.v1.nn.embedding_lookup", T(10, 4), ids=ids)
        yield case("compat.v1.nn.embedding_lookup", T(10), ids=ids)
    for labels, logits in ((F, F), (R, R), (F, T(N, 5)), (T(2, 4), F)):
        yield case("compat.v1.nn.softmax_cross_entropy_with_logits_v2", labels, logits=logits)
    for axis in (0, 1, -1):
        yield case("compat.v1.nn.crelu", R, axis=axis)


CASES: tuple[OperationCase, ...] = tuple(
    {one.title: one for part in (_of_one, _of_two, _shapes, _matrices, _images, _networks) for one in part()}.values()
)
ROWS = (*cases_tf.CASES, *CASES)
"""Those of both tables."""
