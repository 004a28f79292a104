"""More calls of operations: those that one table a class says best."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import product
from typing import Any

from graphcore.model import Object

from .cases_ops import DOTS, DTYPES, N, OperationCase, T, array, cut

F, M, V, R, B = T(N, 4), T(3, 3), T(5), T(2, 4, 6), T(N, N, 6)
Whole, Truth, Scalar = T(N, 4, dtype="int32"), T(N, 4, dtype="bool"), T()
Row = tuple[Mapping[str, Any], tuple[Any, ...]]

ONE = (
    *("Cbrt", "Deg2rad", "Rad2deg", "I0", "Fabs", "Corrcoef", "Array", "Nanargmax", "Nanargmin", "Nanmax", "Nanmin"),
    *("Nanmedian", "Nanprod", "Nancumsum", "Nancumprod", "Fliplr", "Flipud", "Diag", "Diagflat", "Rot90", "View"),
    *("ViewAsReal", "ViewAsComplex", "Ndim", "Vander", "Nonzero", "Unique", "Trapezoid", "Bincount", "Histogram"),
    *("Cholesky", "CholeskyInverse", "Inv", "Det", "Logdet", "Slogdet", "Eig", "Eigh", "LuFactor", "Qr", "SVD"),
    *("MatrixRank", "Pinv", "Trace", "RFFT", "Full", "Average", "GaussianBlur", "ElasticTransform", "SobelEdges"),
    *("Nanmean", "Median"),
)
"""Operations on one tensor that need no arguments but, for some, a shape."""
TWO = (
    *("Hypot", "Heaviside", "Gcd", "Lcm", "Ldexp", "Nextafter", "BitwiseAnd", "BitwiseOr", "BitwiseXor", "AllClose"),
    *("BitwiseLeftShift", "LeftShift", "BitwiseRightShift", "RightShift", "Isclose", "IsIn", "Kron", "Linspace"),
    *("Logspace", "Geomspace", "PSNR", "Polar", "BinaryCrossentropy", "CategoricalCrossentropy", "Percentile"),
    *("Nanpercentile", "Quantile", "Nanquantile", "CDist", "Cross", "SearchSorted", "Meshgrid"),
)
"""Operations on two tensors."""
REQUIRED: Mapping[str, Mapping[str, Any]] = {"Full": {"shape": [2, N]}, "PSNR": {"max_val": 1.0}}
SIDES = (
    F,
    Scalar,
    T(4),
    T(3),
    T(N, 3),
    T(2, 3),
    T(N, 1),
    Whole,
    T(2, 1, 4),
    2,
    0.5,
    True,
    array([1.0, 2.0, 3.0]),
    [0.25, 0.5],
)

TABLE: Mapping[str, tuple[Row, ...]] = {
    "Average": (({}, (F, F)), ({"axis": 1}, (F, T(4))), ({"axis": 0}, (F, T(N))), ({"axis": 1}, (F, T(5)))),
    "ArraySplit": tuple(({"indices_or_sections": n, "axis": a}, (R,)) for n in (1, 2, 4) for a in (0, 1, 2, -1)),
    "Hsplit": tuple(({"indices_or_sections": n}, (x,)) for n in (1, 2, [1, 3]) for x in (R, F, T(6))),
    "Vsplit": tuple(({"indices_or_sections": n}, (x,)) for n in (1, 2, [1]) for x in (R, F, T(6))),
    "Dsplit": tuple(({"indices_or_sections": n}, (x,)) for n in (1, 2, 3, [1, 3]) for x in (R, B)),
    "Argpartition": tuple(({"kth": k, "axis": a}, (x,)) for k in (0, 2) for a in (0, -1, N, 7) for x in (F, R, V)),
    "Dstack": tuple(({}, ((x, y),)) for x in (F, V, Scalar, R, T(2, 4, N)) for y in (F, T(N, 5), V, R, Whole)),
    "Rearrange": (
        ({}, (R, "a b c -> c a b")),
        ({}, (R, "a b c -> a (b c)")),
        ({}, (R, "a b c -> (a b c)")),
        ({}, (F, "a b -> b a")),
        ({}, (R, "a b -> b a")),
        ({}, (R, "a b c -> a b d")),
    ),
    "Select": (({}, ([Truth], [F])), ({}, ([Truth, Truth], [F, Whole], 1)), ({}, ([Truth], [2]))),
    "UnravelIndex": tuple(
        ({"shape": s}, (x,)) for s in ([2, 3], [7], [N, 2], []) for x in (Whole, T(3, dtype="int64"))
    ),
    "InTopK": (({"k": 2}, (T(N, dtype="int32"), F)), ({"k": 1}, (T(3, dtype="int64"), T(3, 5)))),
    "Scatter": tuple(
        ({"shape": s}, (T(3, 1, dtype="int32"), x)) for s in ([8], [4, N], []) for x in (T(3), T(3, dtype="int32"), F)
    ),
    "ScatterUpdate": tuple(({"reduction": r}, (x, Whole, F)) for r in (N, "add", "max") for x in (F, R, V)),
    "SliceUpdate": tuple(({}, (x, [0] * len(x.shape or ()), x)) for x in (F, R, V, Scalar, Whole)),
    **{
        name: tuple(
            ({"num_segments": n}, (x, T(4, dtype="int32"))) for n in (N, 3, 0) for x in (F, R, V, Whole, Scalar)
        )
        for name in ("SegmentSum", "SegmentMax", "SegmentMin", "SegmentProd")
    },
    "Bincount": tuple(
        ({"weights": w, "minlength": 3}, (x,)) for w in (N, [1, 2], [0.5], []) for x in (Whole, V, Scalar)
    ),
    "Histogram": tuple(({"bins": n, "range": r}, (V,)) for n in (3, 0, -1, "x") for r in (N, [0, 1])),
    "Unique": tuple(
        ({"return_index": a, "return_inverse": b, "return_counts": a, "axis": axis, "size": size}, (x,))
        for a, b in product((False, True), repeat=2)
        for axis in (N, 0, -1, 5)
        for size in (N, 3)
        for x in (F, Whole)
    ),
    "Full": tuple(
        ({"shape": s, "dtype": d}, (x,)) for s in ([], [3, N], [-1], N) for d in (N, "int8") for x in (Scalar,)
    ),
    "Vander": tuple(({"N": n}, (x,)) for n in (N, 3, 0) for x in (V, F, Scalar)),
    "Trapezoid": tuple(({"axis": a, "x": x}, (y,)) for a in (-1, 0, 9, N) for x in (N, [1, 2]) for y in (F, R, Whole)),
    "Rot90": tuple(({"axes": a}, (x,)) for a in ([0, 1], [1, 2], [-1, 0], [0, 0], [0], [4, 0]) for x in (F, R)),
    "Diag": tuple(({"k": k}, (x,)) for k in (0, 2, -1, 9) for x in (F, V, M, T(3, 7), T(N))),
    "Diagflat": tuple(({"k": k}, (x,)) for k in (0, 2, -1) for x in (F, V, M, R)),
    "View": tuple(({"dtype": d}, (x,)) for d in DTYPES for x in (F, T(N, 3, dtype="uint8"), T(N, 8, dtype="bool"))),
    "Trace": tuple(({"axis1": a, "axis2": b}, (R,)) for a, b in product((0, 1, -1, 5), (0, 2))),
    "Cross": tuple(({"axis": a}, (T(3, 2), T(3, 3))) for a in (N, 0, 1, 5)),
    "Correlate": tuple(
        ({"mode": m}, (x, y)) for m in ("valid", "same", "full", "x") for x in (V, T(3), F, T(N)) for y in (V, T(2))
    ),
    "Solve": (({}, (M, T(3, 2))), ({}, (T(N, 3, 3), T(N, 3, 2))), ({}, (M, V)), ({}, (T(N, 3, 3), T(3, 3)))),
    "SolveTriangular": (({"lower": True}, (M, T(3, 2))), ({}, (T(N, 3, 3), T(N, 3, 5))), ({}, (M, T(3)))),
    "Lstsq": (({}, (T(4, 3), T(4, 2))), ({}, (T(4, 3), T(4))), ({}, (T(4, 3), V)), ({}, (T(N, 3), T(N, 2)))),
    "Qr": tuple(({"mode": m}, (x,)) for m in ("reduced", "complete", "raw") for x in (R, M, T(5, 2), F)),
    "SVD": tuple(({"full_matrices": a, "compute_uv": b}, (R,)) for a, b in product((True, False), repeat=2)),
    **{
        name: tuple(({}, ((x, y),)) for x in (R, M, V, F, T(N, 8, 8)) for y in (R, M, V, T(N, 8, 8), T(N, 8)))
        for name in ("FFT", "FFT2", "IFFT2")
    },
    "RFFT": tuple(({"fft_length": n}, (x,)) for n in (N, 5, 8) for x in (R, V, F, T(N, N), Scalar)),
    "IRFFT": tuple(({"fft_length": n}, ((x, x),)) for n in (N, 5, 8) for x in (R, V, F, T(N, N), Scalar)),
    "STFT": tuple(
        ({"sequence_length": 8, "sequence_stride": 4, "fft_length": n, "center": c}, (x,))
        for n in (8, 9)
        for c in (True, False)
        for x in (T(2, 32), T(N, N), T(64), Scalar, T(3))
    ),
    "ISTFT": tuple(
        ({"sequence_length": 8, "sequence_stride": 4, "fft_length": 8, "length": n, "center": c}, ((x, x),))
        for n in (N, 20)
        for c in (True, False)
        for x in (T(2, 9, 5), T(N, N, 5), V)
    ),
    "ExtractSequences": tuple(
        ({"sequence_length": n, "sequence_stride": s}, (x,)) for n in (2, 4) for s in (1, 3, 0) for x in (R, V, T(N, N))
    ),
    "SparseCategoricalCrossentropy": (
        *(({"axis": a}, (T(N, dtype="int32"), F)) for a in (-1, 1, 0, 2)),
        *(({}, (x, T(N, 3, 5))) for x in (T(N, 3), T(N, 3, 1), T(N, N), T(N), T(2, 3))),
    ),
    "BinaryCrossentropy": (({"from_logits": True}, (F, F)), ({}, (F, T(N, 5))), ({}, (F, T(3, 4)))),
    "CTCLoss": (({}, (T(N, 5, dtype="int32"), T(N, 9, 7), T(N), T(N))), ({}, (T(2, 5), T(2, 9, 7), T(2), T(3)))),
    "CTCDecode": tuple(
        ({"strategy": s, "top_paths": n}, (x, T(N)))
        for s in ("greedy", "beam_search")
        for n in (1, 3)
        for x in (B, F, V)
    ),
    "Percentile": tuple(({"axis": a}, (R, q)) for a in (N, 1, [0, 2]) for q in (50, [25, 50], [5], T(3), array([1.0]))),
    "Quantile": tuple(
        ({"axis": a}, (R, q)) for a in (N, 1, [0, 2]) for q in (0.5, [0.2, 0.5], [0.5], T(3), array([1.0]))
    ),
    "Meshgrid": tuple(
        ({"indexing": way}, xs)
        for way in ("xy", "ij")
        for xs in ((V,), (V, T(3)), (V, F, R), (T(N), Whole), (Scalar, V))
    ),
    "Linspace": tuple(
        ({"num": n, "axis": a, "dtype": d, "retstep": r}, (F, x))
        for n, a, d, r in (
            (3, 0, N, False),
            (3, -1, "int32", False),
            (0, 1, "float16", False),
            (2, 5, N, False),
            (2, 0, N, True),
        )
        for x in (F, 2, T(5))
    ),
    "ConvTranspose": tuple(
        ({"strides": s, "padding": p, "output_padding": o, "data_format": f}, (x, k))
        for s, p, o in ((1, "valid", N), (2, "same", N), ([2, 3], "valid", 1), (2, "same", [0, 1]))
        for f in ("channels_last", "channels_first")
        for x in (T(N, 8, 9, 3), T(2, N, 4, 3), T(N, 3, 4, 5))
        for k in (T(3, 3, 5, 3), T(2, 2, 4, 7))
    ),
    "SeparableConv": tuple(
        ({"strides": s, "padding": p, "data_format": f}, (x, T(3, 3, 3, 2), T(1, 1, 6, 5)))
        for s, p in ((1, "valid"), (2, "same"))
        for f in ("channels_last", "channels_first")
        for x in (T(N, 8, 9, 3), T(2, N, 4, 3), T(N, 3, 4, 5), F)
    ),
    "Unfold": tuple(
        ({"kernel_size": k, "stride": s, "padding": p, "dilation": d}, (x,))
        for k, s, p, d in ((2, 1, 0, 1), ([2, 3], [1, 2], 1, 2), (9, 1, 0, 1))
        for x in (T(N, 3, 8, 8), T(2, 3, 5, 6), T(N, N, 8, 8), F)
    ),
    "Fold": tuple(
        ({"output_size": o, "kernel_size": k}, (x,))
        for o in (6, [4, 6])
        for k in (2, [1, 3])
        for x in (T(N, 12, 9), T(2, N, 4), T(N, 7, 9), F)
    ),
    "AdaptiveAveragePool": (({"output_size": [2, 2], "data_format": "channels_last"}, (T(N, 8, 8, 3),)),),
    "AdaptiveMaxPool": (({"output_size": [2, 2], "data_format": "channels_first"}, (T(N, 3, 8, 8),)),),
    "AffineTransform": tuple(({}, (x, t)) for x in (T(N, 8, 8, 3), T(8, 8, 3), F) for t in (T(N, 8), T(8), R)),
    "PerspectiveTransform": tuple(
        ({}, (x, p, q)) for x in (T(N, 8, 8, 3), F) for p in (T(N, 4, 2), T(4, 2), F) for q in (T(N, 4, 2), T(4, 2))
    ),
    "MapCoordinates": tuple(({"order": 1}, (x, c)) for x in (F, R, V) for c in (T(2, 5), T(3, 4, N), T(1, 7), T(2))),
    "ScaleAndTranslate": tuple(
        ({"spatial_dims": [1, 2], "method": "linear", "antialias": a}, (x, s, T(2), T(2)))
        for a in (True, False)
        for x in (T(2, 8, 8, 3),)
        for s in ([2, 16, 16, 3], [N, 4, 4, 3], [1], [], [2, -1], T(4))
    ),
    "SSIM": tuple(({}, (x, y)) for x in (T(N, 16, 16, 3), T(16, 16, 3), F) for y in (T(N, 16, 16, 3), T(16, 16, 3), F)),
    "GaussianBlur": tuple(
        ({"kernel_size": [3, 3], "data_format": f}, (T(N, 8, 8, 3),)) for f in (N, "channels_first", "x")
    ),
    "Digitize": tuple(({}, (x, array(bins))) for x in (F, Whole, R, Scalar) for bins in ([1.0, 2.0], [0.0])),
}


def constant(value: Any, dtype: str = "float32") -> Object:
    """A tensor of TensorFlow's among the arguments, as a file has it."""
    return Object("__tensor__", config={"value": value, "dtype": dtype})


KEYS: tuple[Any, ...] = (
    *(True, [True], [0, 1], [0, -2], [cut(None, None, 3)], [cut(5, 0, -2)], [cut(-3, -1)], [cut(), cut(), cut()]),
    *([N], [N, N], [DOTS, N], [N, 0, DOTS], [0, DOTS, cut(1, 3)], [DOTS, 0, 0], [cut(0, 0)], [cut(1), N, cut(N, -1)]),
    *(array(1, "int64"), array([0, 1], "int64"), [array([0, 1], "int64")], [cut(), array([True, False], "bool")]),
    *(T(dtype="int32"), T(2, dtype="int32"), [T(dtype="int32")], [cut(), T(2, dtype="int32")], [0, T(3, dtype="bool")]),
    *(constant([0, 1], "int32"), [constant(1, "int32")], [1.5], ["a"], [cut(), "a"], N, "a", {}, [-1], -1, [[0, 1]]),
)
"""Every form of an index: Keras takes numbers, slices, null and one ellipsis, and no tensors or arrays."""
CONSTANTS = (
    constant([1.0] * 4),
    constant(2, "int64"),
    constant([[1.0], [2.0]], "float16"),
    array(True, "bool"),
    -3,
    1e9,
)
"""What may stand beside a tensor in an expression."""


def _slices_and_constants() -> Iterator[OperationCase]:
    for key, x in product(KEYS, (T(N, 4, 5), T(6), T(2, 3), T(N, N), T())):
        yield OperationCase("GetItem", {}, (x, key))
    for name in ("Add", "Subtract", "Multiply", "TrueDivide", "FloorDivide", "Power", "Mod", "Matmul", "Less", "Equal"):
        for other, dtype in product(CONSTANTS, ("float32", "int32", "bool")):
            yield OperationCase(name, {}, (T(N, 4, dtype=dtype), other))
            yield OperationCase(name, {}, (other, T(N, 4, dtype=dtype)))


def _of_one() -> Iterator[OperationCase]:
    shapes = (F, Scalar, V, M, R, B, T(N), T(N, N), T(2, 2, 2), T(N, 8, 8, 3), T(1, 1), T(0, 3))
    for name in ONE:
        config = REQUIRED.get(name, {})
        yield from (OperationCase(name, config, (T(N, 4, dtype=dtype),)) for dtype in DTYPES)
        yield from (OperationCase(name, config, (x,)) for x in shapes)


def _of_two() -> Iterator[OperationCase]:
    for name in TWO:
        config = REQUIRED.get(name, {})
        for x, y in product(SIDES, SIDES):
            if any(hasattr(side, "ragged") for side in (x, y)):
                yield OperationCase(name, config, (x, y))
        for a in DTYPES:
            yield OperationCase(name, config, (T(N, 4, dtype=a), F))
            yield OperationCase(name, config, (T(N, 4, dtype=a), T(N, 4, dtype=a)))


def _of_table() -> Iterator[OperationCase]:
    for name, rows in TABLE.items():
        yield from (OperationCase(name, config, args) for config, args in rows)


def _left_out() -> Iterator[OperationCase]:
    """Calls without what they need or need not, null in its place, and numbers that are not looked at everywhere."""
    mask, a, b = T(N, 4, dtype="bool"), T(N, 4), T(4)
    for args in ((mask,), (mask, a), (mask, a, N), (mask, N, N), (mask, N, b), (mask, a, b), (N, a, b)):
        yield OperationCase("Where", {}, args)
    pair = (T(2, 5, 5), T(2, 5, 5))
    open_pair = (T(2, N, 5), T(2, N, 5))
    frames = {"sequence_length": 8, "sequence_stride": 4, "fft_length": 8}
    signals = ((T(64),), (T(2, N),))
    asked: tuple[tuple[str, dict[str, Any], tuple[str, ...], tuple[tuple[Any, ...], ...]], ...] = (
        ("TopK", {"k": 2}, ("k",), ((T(N, 4),), (T(3, N),))),
        ("OneHot", {"num_classes": 5}, ("num_classes", "axis"), ((T(N, dtype="int32"),), (T(3, dtype="int32"),))),
        ("Linspace", {}, ("num", "endpoint", "axis"), ((T(3), 2.0), (T(N, 4), T(4)))),
        ("Logspace", {}, ("num", "base"), ((T(3), 2.0), (T(N, 4), T(4)))),
        ("Geomspace", {}, ("num",), ((T(3), 2.0), (T(N, 4), T(4)))),
        ("Diag", {}, ("k",), ((T(3),), (T(N),), (T(3, 4),), (T(N, 4),))),
        ("Diagflat", {}, ("k",), ((T(3),), (T(N),), (T(3, 4),), (T(N, 4),), (T(),))),
        ("Diagonal", {}, ("offset",), ((T(3, 4),), (T(N, 4),))),
        ("Diff", {}, ("n",), ((T(3, 4),), (T(3, N),))),
        ("STFT", frames, ("sequence_stride", "fft_length", "center"), signals),
        ("ISTFT", frames, ("sequence_stride", "fft_length", "center", "length"), ((pair,), (open_pair,))),
        ("ISTFT", {**frames, "length": 20}, ("sequence_stride", "fft_length"), ((pair,), (open_pair,))),
        (
            "ExtractSequences",
            {"sequence_length": 8, "sequence_stride": 4},
            ("sequence_length", "sequence_stride"),
            signals,
        ),
        ("CTCDecode", {}, ("top_paths", "strategy"), ((T(N, 5, 6), T(N, dtype="int32")),)),
        ("CTCDecode", {"strategy": "beam_search"}, ("top_paths",), ((T(N, 5, 6), T(N, dtype="int32")),)),
        ("ExtractPatches", {"size": 2}, ("strides", "padding"), ((T(N, 8, 8, 3),), (T(N, N, N, 3),))),
    )
    for cls, config, names, calls in asked:
        for name, args in product(names, calls):
            for value in (N, 0, False) if cls == "ExtractPatches" else (N, 0, 1.5, [2], False):
                yield OperationCase(cls, {**config, name: value}, args)
    yield OperationCase("ExtractPatches", {"size": 2, "dilation_rate": N}, (T(N, 8, 8, 3),))
    for shape in ([1, 3], [1, -1]):
        yield OperationCase("Slice", {"shape": shape}, (T(2, 4), N))
    yield OperationCase("Digitize", {}, (a, N))
    yield OperationCase("Rearrange", {}, (T(2, 4), "a b -> (a b)", N))
    for rank in range(5, 10):
        yield OperationCase("Ndim", {}, (T(*[2] * rank),))
        yield OperationCase("Nonzero", {}, (T(*[2] * rank),))


CASES: tuple[OperationCase, ...] = tuple(
    {
        case.title: case for part in (_of_one, _of_two, _of_table, _slices_and_constants, _left_out) for case in part()
    }.values()
)
