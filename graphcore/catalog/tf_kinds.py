"""What TensorFlow's functions make of ragged and sparse tensors, as Keras 2 runs them: most refuse such.

Asked of the installed TensorFlow with a tensor of either kind in the place of the first one.
"""

from __future__ import annotations

from dataclasses import replace

from ..shapes import RuleError, TensorSpec

Made = TensorSpec | list[TensorSpec]


def of_kind(function: str, odd: TensorSpec, made: Made, *, is_first: bool) -> Made | None:
    """What comes out where a tensor that comes in is ragged or sparse, of what would come out of a dense one.

    None where nobody knows: most functions were asked about the first tensor only.

    Raises:
        RuleError: ragged-or-sparse-refused (GC412).
    """
    kinds = _OF_RAGGED if odd.ragged else _OF_SPARSE
    if not any(function in names for names in kinds):
        if not is_first or (odd.ragged and function in _UNTOLD):
            return None
        name = "ragged" if odd.ragged else "sparse"
        raise RuleError("GC412", f"cannot take a {name} tensor", f"set {name} of its input to false", inputs=(0,))
    one = _of_ragged if odd.ragged else _of_sparse
    return [one(function, spec) for spec in made] if isinstance(made, list) else one(function, made)


def _of_ragged(function: str, made: TensorSpec) -> TensorSpec:
    if function in _DENSE:
        return made
    is_ragged = function in _RAGGED or None in (made.shape or ())[1:]  # an open axis is left behind the first
    return replace(made, ragged=is_ragged)


def _of_sparse(function: str, made: TensorSpec) -> TensorSpec:
    if function in _SIZES:
        return made
    shape = made.shape or ()
    return replace(made, sparse=True, shape=shape if function in _UNTOUCHED else (None,) * len(shape))


# fmt: off
_RAGGED = frozenset((
    "__operators__.eq", "__operators__.ne", "bitwise.bitwise_and", "bitwise.bitwise_or", "bitwise.bitwise_xor",
    "bitwise.invert", "bitwise.left_shift", "bitwise.right_shift", "cast", "clip_by_value", "compat.v1.cast",
    "compat.v1.div", "compat.v1.expand_dims", "compat.v1.floor_div", "compat.v1.math.scalar_mul",
    "compat.v1.nn.dropout", "compat.v1.nn.log_softmax", "compat.v1.ones_like", "compat.v1.strings.length",
    "compat.v1.strings.substr", "compat.v1.strings.to_hash_bucket", "compat.v1.to_bfloat16",
    "compat.v1.to_double", "compat.v1.to_float", "compat.v1.to_int32", "compat.v1.to_int64",
    "compat.v1.zeros_like", "concat", "debugging.check_numerics", "dtypes.complex", "dtypes.saturate_cast",
    "expand_dims", "identity", "image.adjust_brightness", "image.adjust_gamma", "image.convert_image_dtype",
    "image.random_brightness", "io.decode_base64", "io.encode_base64", "math.abs", "math.acos", "math.acosh",
    "math.add", "math.angle", "math.asin", "math.asinh", "math.atan", "math.atan2", "math.atanh",
    "math.bessel_i0", "math.bessel_i0e", "math.bessel_i1", "math.bessel_i1e", "math.ceil", "math.conj",
    "math.cos", "math.cosh", "math.cumsum", "math.digamma", "math.divide", "math.divide_no_nan", "math.equal",
    "math.erf", "math.erfc", "math.erfcinv", "math.erfinv", "math.exp", "math.expm1", "math.floor",
    "math.floordiv", "math.floormod", "math.greater", "math.greater_equal", "math.imag", "math.is_finite",
    "math.is_inf", "math.is_nan", "math.less", "math.less_equal", "math.lgamma", "math.log", "math.log1p",
    "math.log_sigmoid", "math.logical_and", "math.logical_not", "math.logical_or", "math.logical_xor",
    "math.maximum", "math.minimum", "math.multiply", "math.multiply_no_nan", "math.ndtri", "math.negative",
    "math.nextafter", "math.not_equal", "math.pow", "math.real", "math.reciprocal", "math.reciprocal_no_nan",
    "math.rint", "math.round", "math.rsqrt", "math.scalar_mul", "math.sigmoid", "math.sign", "math.sin",
    "math.sinh", "math.softplus", "math.special.bessel_j0", "math.special.bessel_j1", "math.special.bessel_k0",
    "math.special.bessel_k0e", "math.special.bessel_k1", "math.special.bessel_k1e", "math.special.bessel_y0",
    "math.special.bessel_y1", "math.special.dawsn", "math.special.expint", "math.special.fresnel_cos",
    "math.special.fresnel_sin", "math.special.spence", "math.sqrt", "math.square", "math.squared_difference",
    "math.subtract", "math.tan", "math.tanh", "math.truediv", "math.unsorted_segment_max",
    "math.unsorted_segment_mean", "math.unsorted_segment_min", "math.unsorted_segment_prod",
    "math.unsorted_segment_sqrt_n", "math.unsorted_segment_sum", "math.xdivy", "math.xlog1py", "math.xlogy",
    "math.zeta", "nn.batch_normalization", "nn.dropout", "nn.elu", "nn.gelu", "nn.leaky_relu", "nn.relu",
    "nn.relu6", "nn.selu", "nn.sigmoid", "nn.sigmoid_cross_entropy_with_logits", "nn.silu", "nn.softmax",
    "nn.softplus", "nn.softsign", "nn.tanh", "one_hot", "ones_like", "realdiv", "reverse", "saturate_cast",
    "split", "stack", "stop_gradient", "strings.as_string", "strings.bytes_split", "strings.length",
    "strings.lower", "strings.regex_full_match", "strings.regex_replace", "strings.split", "strings.strip",
    "strings.substr", "strings.to_hash_bucket", "strings.to_hash_bucket_fast", "strings.to_hash_bucket_strong",
    "strings.to_number", "strings.upper", "tile", "truncatediv", "truncatemod", "zeros_like",
))
"""They keep rows of different lengths."""
_BY_AXIS = frozenset((
    "compat.v1.math.reduce_logsumexp", "compat.v1.math.reduce_max", "compat.v1.math.reduce_mean",
    "compat.v1.math.reduce_min", "compat.v1.math.reduce_prod", "compat.v1.math.reduce_sum", "math.reduce_all",
    "math.reduce_any", "math.reduce_euclidean_norm", "math.reduce_logsumexp", "math.reduce_max",
    "math.reduce_mean", "math.reduce_min", "math.reduce_prod", "math.reduce_std", "math.reduce_sum",
    "math.reduce_variance", "strings.reduce_join",
))
"""They take an axis away: that of the rows, or another."""
_DENSE = frozenset((
    "compat.v1.nn.moments", "compat.v1.reshape", "compat.v1.size", "image.total_variation",
    "math.is_non_decreasing", "math.is_strictly_increasing", "nn.moments", "rank", "reshape", "size",
))
"""They make a dense tensor of a ragged one."""
_UNTOLD = frozenset((
    "compat.v1.gather", "compat.v1.gather_nd", "compat.v1.image.resize_images", "compat.v1.squeeze",
    "compat.v1.where", "dynamic_partition", "gather", "gather_nd", "image.resize", "linalg.matmul",
    "linalg.matvec", "nn.embedding_lookup", "squeeze", "where",
))
"""What they make of a ragged tensor depends on more."""
_CHANGED = frozenset((
    "cast", "compat.v1.cast", "compat.v1.to_bfloat16", "compat.v1.to_double", "compat.v1.to_float",
    "compat.v1.to_int32", "compat.v1.to_int64", "math.abs", "math.asin", "math.asinh", "math.atan", "math.atanh",
    "math.bessel_i0e", "math.bessel_i1e", "math.divide", "math.erf", "math.negative", "math.sign", "math.sin",
    "math.sqrt", "math.square", "math.tan", "math.tanh", "nn.tanh",
))
"""They change the values of a sparse tensor, and TensorFlow forgets its sizes."""
# fmt: on
_UNTOUCHED = frozenset(("identity", "concat", "stop_gradient"))
_SIZES = frozenset(("compat.v1.shape", "compat.v1.size", "rank", "shape", "size"))

_OF_RAGGED, _OF_SPARSE = (_RAGGED, _BY_AXIS, _DENSE), (_CHANGED, _UNTOUCHED, _SIZES)
