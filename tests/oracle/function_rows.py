"""Calls of functions of TensorFlow with which drawn ones begin, beside those of the tables."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import product
from typing import Any

from graphcore.shapes import TensorSpec
from tests.graphcore.cases_ops import OperationCase, T

N = None


def case(function: str, *args: Any, **named: Any) -> OperationCase:
    return OperationCase(function, named, args)


_PAIRS = ((T(N, 4), T(N, 4)), (T(2, 3, 4), T(N, 1)), (T(N, N, 4), T(4)), (T(5), T(N, 5)), (T(N, 1), T(3)))


def _of(spec: TensorSpec, dtype: str) -> TensorSpec:
    return TensorSpec(spec.shape, dtype)


def _known() -> Iterator[OperationCase]:
    """More of functions that take few of the tables' tensors."""
    for start in (T(N, 4), T(2, 4), T(N), T(N, N, 3), T(N, 1), _of(T(N, 4), "int32"), _of(T(3, 2), "float16")):
        for axis in (0, -1, 1):
            yield case("linspace", start, stop=2, num=5, axis=axis)
        yield case("linspace", start, stop=start, num=3)
        for name in ("where", "compat.v1.where"):
            yield case(name, start)
    for dtype, names in (
        ("int32", ("bitwise.bitwise_and", "bitwise.bitwise_or", "bitwise.bitwise_xor")),
        ("bool", ("math.logical_and", "math.logical_or", "math.logical_xor")),
    ):
        for name, (x, y) in product(names, _PAIRS):
            yield case(name, _of(x, dtype), y=_of(y, dtype))
    for plane in ((N, 4), (2, 3), (N, N, 5), (7,)):
        yield case("math.logical_not", TensorSpec(plane, "bool"))
        yield case("image.grayscale_to_rgb", TensorSpec((*plane, 1), "float32"))
    for deep in (T(N, 8, 8, 4), T(2, 3, 4, 16), T(N, N, N, 8), T(N, 5, N, 36)):
        yield case("nn.depth_to_space", deep, block_size=2)
    others: tuple[Any, ...] = (2.0, T(N, 4), T(4), [1.0, 2.0, 3.0, 4.0])
    for other in others:
        yield case("math.maximum", T(N, 4), y=other)


X, M, F, R = T(N, 8, 9, 3), T(N, 3, 3), T(N, 4), T(N, 5, 4)
OF_ONE: Mapping[str, Mapping[str, Any]] = {
    **{
        f"math.{name}": {}
        for name in (
            *("bessel_i0e", "bessel_i1e", "erfcinv", "reciprocal", "angle", "imag", "is_non_decreasing", "lbeta"),
            *("is_strictly_increasing", "cumulative_logsumexp"),
        )
    },
    **{
        f"math.special.{name}": {}
        for name in (
            *("bessel_j0", "bessel_j1", "bessel_k0", "bessel_k0e", "bessel_k1", "bessel_k1e", "bessel_y0"),
            *("bessel_y1", "dawsn", "expint", "fresnel_cos", "fresnel_sin", "spence"),
        )
    },
    **{f"compat.v1.math.reduce_{name}": {"axis": 1} for name in ("logsumexp", "max", "mean", "min", "prod", "sum")},
    "compat.v1.math.argmax": {"axis": 1},
    "compat.v1.math.argmin": {"axis": 1},
    "compat.v1.math.count_nonzero": {"axis": 1},
    **{f"compat.v1.to_{name}": {} for name in ("bfloat16", "double", "float", "int32", "int64")},
    "debugging.check_numerics": {"message": "m"},
    "nn.crelu": {},
    "nn.moments": {"axes": [0]},
    "compat.v1.nn.moments": {"axes": [0]},
    "compat.v1.nn.softmax": {},
    "compat.v1.nn.log_softmax": {},
    "compat.v1.nn.dropout": {"rate": 0.5},
    "linalg.normalize": {"axis": 1},
    "signal.dct": {"type": 2},
    "signal.idct": {"type": 2},
    "signal.fftshift": {"axes": 1},
    "signal.ifftshift": {"axes": 1},
    "signal.frame": {"frame_length": 2, "frame_step": 1},
    "signal.overlap_and_add": {"frame_step": 2},
    "signal.stft": {"frame_length": 4, "frame_step": 2},
}
"""Functions of floats of any shape, with the arguments that they need."""
SHAPES = ((N, 4), (2, 3, 4), (N, N, 5), (7,), (N, 3, 3))
IMAGES: Mapping[str, Mapping[str, Any]] = {
    "image.adjust_contrast": {"contrast_factor": 2.0},
    "image.adjust_gamma": {"gamma": 2},
    "image.adjust_hue": {"delta": 0.1},
    "image.adjust_saturation": {"saturation_factor": 2.0},
    "image.central_crop": {"central_fraction": 0.5},
    "image.per_image_standardization": {},
    **{f"image.rgb_to_{name}": {} for name in ("yiq", "yuv")},
    **{f"image.{name}_to_rgb": {} for name in ("yiq", "yuv")},
    "image.sobel_edges": {},
    "image.image_gradients": {},
    "image.total_variation": {},
    "image.random_brightness": {"max_delta": 0.1},
    "image.random_contrast": {"lower": 0.1, "upper": 0.5},
    "image.random_flip_left_right": {},
    "image.random_flip_up_down": {},
    "image.random_hue": {"max_delta": 0.1},
    "image.random_saturation": {"lower": 0.1, "upper": 0.5},
    "compat.v1.image.resize_images": {"size": [4, 5]},
    "compat.v1.image.resize_area": {"size": [4, 5]},
    "compat.v1.image.resize_bicubic": {"size": [4, 5]},
    "compat.v1.nn.space_to_depth": {"block_size": 2},
    "compat.v1.nn.depth_to_space": {"block_size": 2},
    "nn.max_pool": {"ksize": 2, "strides": 2, "padding": "SAME"},
    "compat.v1.nn.max_pool": {"ksize": 2, "strides": 2, "padding": "SAME"},
    "compat.v1.nn.avg_pool": {"ksize": 2, "strides": 2, "padding": "SAME"},
}
PIXELS = ((N, 8, 9, 3), (N, N, N, 3), (2, 6, 6, 3), (8, 9, 3), (N, 6, 6, 4))
MATRICES: Mapping[str, Mapping[str, Any]] = {
    f"linalg.{name}": {}
    for name in (
        "eig",
        "eigvals",
        "eigvalsh",
        "logdet",
        "lu",
        "matrix_rank",
        "pinv",
        "sqrtm",
        "tensor_diag_part",
    )
}
SQUARES = ((N, 3, 3), (4, 4), (N, N, N), (2, N, 5, 5), (N, 3, 4))
TEXTS: Mapping[str, Mapping[str, Any]] = {
    **{f"strings.{name}": {} for name in ("length", "strip", "bytes_split", "split")},
    "compat.v1.strings.length": {},
    "strings.regex_full_match": {"pattern": "a"},
    "strings.substr": {"pos": 0, "len": 2},
    "compat.v1.strings.substr": {"pos": 0, "len": 2},
    "strings.reduce_join": {"axis": 1},
    "strings.to_hash_bucket": {"num_buckets": 5},
    "strings.to_hash_bucket_strong": {"num_buckets": 5, "key": [1, 2]},
    "compat.v1.strings.to_hash_bucket": {"num_buckets": 5},
    "compat.v1.strings.to_number": {},
    "io.decode_base64": {},
    "io.encode_base64": {},
}
PAIRS: Mapping[str, str] = {
    **dict.fromkeys(("math.igamma", "math.igammac", "math.polygamma"), "x"),
    "math.zeta": "q",
    **dict.fromkeys(("math.xdivy", "compat.v1.div", "truncatediv", "truncatemod", "realdiv"), "y"),
    "math.nextafter": "x2",
    **dict.fromkeys(
        ("nn.sigmoid_cross_entropy_with_logits", "compat.v1.nn.sigmoid_cross_entropy_with_logits"), "logits"
    ),
    **dict.fromkeys(
        ("nn.softmax_cross_entropy_with_logits", "compat.v1.nn.softmax_cross_entropy_with_logits"), "logits"
    ),
    "nn.log_poisson_loss": "log_input",
    **dict.fromkeys(("keras.backend.binary_crossentropy", "keras.backend.categorical_crossentropy"), "output"),
}


def _new() -> Iterator[OperationCase]:
    for rows, shapes, dtype in (
        (OF_ONE, SHAPES, "float32"),
        (IMAGES, PIXELS, "float32"),
        (MATRICES, SQUARES, "float32"),
        (TEXTS, ((N, 4), (3,), (2, 3, 4), (N, N)), "string"),
        ({"bitwise.invert": {}}, SHAPES, "int32"),
        ({"strings.as_string": {}}, SHAPES, "int32"),
        (
            {f"signal.{way}fft{rank}": {} for way in ("", "i") for rank in ("", "2d", "3d")},
            (*SHAPES, (N, 2, 3, 4)),
            "complex64",
        ),
    ):
        for (name, named), shape in product(rows.items(), shapes):
            yield case(name, TensorSpec(shape, dtype), **named)
    for (name, second), (x, y) in product(PAIRS.items(), (*_PAIRS, (R, R))):
        yield case(name, x, **{second: y})
    for name, (x, y) in product(("bitwise.left_shift", "bitwise.right_shift"), _PAIRS):
        yield case(name, _of(x, "int32"), y=_of(y, "int32"))
    ids = (T(N, dtype="int32"), T(5, dtype="int64"))
    for name, at, x in product(("max", "mean", "min", "prod", "sum"), ids, (T(5, 4), T(N, 3, 2), T(N))):
        yield case(f"math.segment_{name}", x, segment_ids=at)
        yield case(f"math.unsorted_segment_{name}", x, segment_ids=at, num_segments=3)
        yield case("math.unsorted_segment_sqrt_n", x, segment_ids=at, num_segments=4)
    for name in ("compat.v1.boolean_mask", "boolean_mask"):
        for x, mask in ((F, T(N)), (R, T(N, 5)), (F, F), (T(2, 3, 4), T(2, 3)), (R, T(5))):
            yield case(name, x, mask=_of(mask, "bool"), axis=N)
        yield case(name, R, mask=T(5, dtype="bool"), axis=1)
    for lengths in (T(N, dtype="int32"), T(2, 3, dtype="int64"), T(N, 4, dtype="int32")):
        yield case("sequence_mask", lengths, maxlen=6)
        yield case("sequence_mask", lengths, maxlen=5, dtype="float32")
    for x in (F, T(2, 5), T(N, N)):
        at = T(*(x.shape or ())[:1], dtype="int32")
        yield case("math.in_top_k", at, predictions=x, k=2)
        yield case("compat.v1.math.in_top_k", x, targets=at, k=2)
        yield case("nn.sparse_softmax_cross_entropy_with_logits", at, logits=x)
        yield case("compat.v1.nn.sparse_softmax_cross_entropy_with_logits", at, logits=x)
    for x in (T(N), T(5), T(7, dtype="int32")):
        yield case("unique", x)
        yield case("unique_with_counts", x)
        yield case("math.invert_permutation", _of(x, "int32"))
    for x, parts in ((F, T(N)), (R, T(N, 5)), (T(6, 2), T(6))):
        yield case("dynamic_partition", x, partitions=_of(parts, "int32"), num_partitions=2)
    for x in (X, T(2, 8, 6, 4), T(N, N, 8, 1)):
        yield case("space_to_batch", x, block_shape=[2, 2], paddings=[[0, 0], [0, 1]])
        yield case("space_to_batch_nd", x, block_shape=[2, 1], paddings=[[1, 1], [0, 0]])
        yield case("batch_to_space", x, block_shape=[1, 2], crops=[[0, 0], [0, 1]])
        yield case("compat.v1.batch_to_space_nd", x, block_shape=[2, 1], crops=[[0, 0], [1, 1]])
    for sizes in (T(3, dtype="int32"), T(N, dtype="int32"), T(2, dtype="int64")):
        for name in ("zeros", "ones"):
            yield case(name, sizes)
            yield case(name, sizes, dtype="int32")
        yield case("fill", sizes, value=0.0)
        yield case("fill", sizes, value=2)
        for name in ("random.normal", "random.uniform", "random.truncated_normal"):
            yield case(name, sizes)
            yield case(name, sizes, dtype="float16")
    for name in ("tensor_scatter_nd_add", "tensor_scatter_nd_max", "tensor_scatter_nd_min", "tensor_scatter_nd_sub"):
        for x, at, new in ((T(8), T(3, 1), T(3)), (T(N, 4), T(N, 1), T(N, 4)), (T(5, 6), T(2, 2), T(2))):
            yield case(name, x, indices=_of(at, "int32"), updates=new)
    for at, new, shape in ((T(3, 1), T(3), [8]), (T(N, 2), T(N), [4, 5]), (T(N, 1), T(N, 4), [6, 4])):
        yield case("scatter_nd", _of(at, "int32"), updates=new, shape=shape)
    for x, at in ((R, T(N, 2)), (T(4, 5), T(3, 1)), (X, T(7, 5, 2))):
        yield case("gather_nd", x, indices=_of(at, "int32"), batch_dims=0)
    for x, y in ((M, M), (T(3, 3), T(3, 2)), (T(N, 4, 4), T(N, 4, 1)), (T(2, 3, 3), T(2, 3, 5))):
        for name in ("linalg.solve", "linalg.cholesky_solve", "linalg.triangular_solve", "linalg.lstsq"):
            yield case(name, x, rhs=y)
    for x in (T(3, dtype="int32"), T(N, dtype="int64"), T(N, 1)):  # of one number alone: test_sizes.py
        yield case("range", x)
        yield case("range", 0, limit=x)
        yield case("eye", x)
        yield case("eye", x, num_columns=3)
    for x in (X, R, F, T(6, 7)):
        yield case("strided_slice", x, begin=[0, 1], end=[2, 3])
        yield case("strided_slice", x, begin=[0, -1], end=[9, 0], strides=[1, -1], begin_mask=1, end_mask=2)
        yield case("strided_slice", x, begin=[0, 1], end=[1, 2], strides=[2, 1], end_mask=1, shrink_axis_mask=2)
        yield case("strided_slice", x, begin=[0, 0], end=[0, 1], strides=[1, 1], ellipsis_mask=1, new_axis_mask=2)
        for dtype in ("uint8", "int32", "float16"):
            yield case("dtypes.saturate_cast", x, dtype=dtype)
    for x, y in ((M, T(N, 3)), (T(4, 5), T(5)), (T(N, 2, 4), T(4)), (T(N, 4), T(4))):
        yield case("linalg.matvec", x, b=y)
    for x, y in ((T(N, 3), T(N, 3)), (T(2, 3), T(2, 3)), (T(N, 5, 3), T(N, 5, 3))):
        yield case("linalg.cross", x, b=y)
    for xs in ((F, F), (F, T(2, 4)), (R, R, R), (T(3), T(3))):
        yield case("identity_n", xs)
        yield case("shape_n", xs)
        yield case("math.accumulate_n", xs)
        yield case("strings.join", tuple(_of(x, "string") for x in xs))
        yield case("linalg.global_norm", xs)
    for x, kernel in ((X, T(3, 3, 3, 5)), (T(2, 7, 7, 2), T(2, 2, 2, 4)), (T(N, N, 8, 4), T(1, 1, 2, 6))):
        for padding, strides in product(("SAME", "VALID"), (1, 2)):
            yield case("nn.conv2d", x, filters=kernel, strides=strides, padding=padding)
            yield case("nn.convolution", x, filters=kernel, strides=strides, padding=padding)
            yield case("compat.v1.nn.convolution", x, filter=kernel, strides=[strides, strides], padding=padding)
    for padding, strides in product(("SAME", "VALID"), (1, 2)):
        yield case("nn.conv1d", R, filters=T(3, 4, 6), stride=strides, padding=padding)
        yield case("nn.convolution", R, filters=T(3, 4, 6), strides=strides, padding=padding)
        yield case("nn.depthwise_conv2d", X, filter=T(3, 3, 3, 2), strides=[1, strides, strides, 1], padding=padding)
        yield case("nn.avg_pool3d", T(N, 6, 7, 8, 2), ksize=2, strides=strides, padding=padding)
        yield case("nn.max_pool", R, ksize=2, strides=strides, padding=padding)
        filters: Any = {"depthwise_filter": T(3, 3, 3, 2), "pointwise_filter": T(1, 1, 6, 7)}
        yield case("nn.separable_conv2d", X, **filters, strides=[1, strides, strides, 1], padding=padding)
        yield case(
            "nn.conv2d_transpose", X, filters=T(3, 3, 5, 3), output_shape=[2, 8, 9, 5], strides=strides, padding=padding
        )
    for x in (F, R, X):
        channels = T((x.shape or ())[-1])
        stats = {"mean": channels, "variance": channels, "offset": channels, "scale": channels}
        yield case("nn.batch_normalization", x, **stats, variance_epsilon=0.001)
        yield case("compat.v1.math.scalar_mul", 2.0, x=x)
        yield case("math.scalar_mul", 2.0, x=x)
    for ids_ in (T(N, dtype="int32"), T(N, 7, dtype="int64")):
        yield case("nn.embedding_lookup", T(10, 4), ids=ids_)
    for x, y in ((X, X), (T(2, 8, 8, 3), T(2, 8, 8, 3)), (T(8, 8, 3), T(8, 8, 3))):
        yield case("image.psnr", x, b=y, max_val=1.0)
        yield case("image.ssim", T(N, 16, 16, 3), img2=T(N, 16, 16, 3), max_val=1.0)
    for logits in (F, T(2, 5), T(N, N)):
        yield case("random.categorical", logits, num_samples=3)
    for x, y in ((F, T(4, 5)), (T(2, 3), T(3, 7))):
        yield case("compat.v1.nn.xw_plus_b", x, weights=y, biases=T((y.shape or ())[-1]))
        yield case("compat.v1.nn.relu_layer", x, weights=y, biases=T((y.shape or ())[-1]))


ROWS: tuple[OperationCase, ...] = (*_known(), *_new())
