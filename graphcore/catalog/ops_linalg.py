"""Operations on matrices: decompositions, equations, determinants, distances."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ..shapes import Dim, RuleError, Shape, show
from .dtypes import summed
from .operands import (
    always,
    axis_of,
    dtype_of,
    operation,
    optional_axis,
    own_dtypes,
    promoted,
    same_type,
    shape_of,
    tensor,
    together,
)
from .params import anything, choice, flag, integer
from .rules import times
from .spec import Function, OpDef, RuleContext


def _matrices(x: Any, name: str = "x") -> Shape:
    shape = tensor(x, name).shape or ()
    if len(shape) < 2:
        raise RuleError("GC403", f"needs matrices, gets {show(shape)} of rank {len(shape)}", inputs=(0,))
    return shape


def _square(x: Any, name: str = "x") -> Shape:
    """Matrices of as many rows as columns. Keras takes an unknown number for no other.

    Source: Keras 3, `_assert_square`.
    """
    shape = _matrices(x, name)
    if shape[-2] != shape[-1]:
        says = f"needs square matrices, gets {show(shape)}: {shape[-2]} rows and {shape[-1]} columns"
        raise RuleError("GC405", says, inputs=(0,), data={"sizes": [shape[-2], shape[-1]]})
    return shape


def _sized(x: Any) -> tuple[Shape, int, int]:
    """What is in front of a matrix, its rows and its columns, which must be known."""
    shape = _matrices(x)
    rows, columns = shape[-2:]
    if rows is None or columns is None:
        raise RuleError("GC408", f"needs known sizes of its matrices, gets {show(shape)}", inputs=(0,))
    return shape[:-2], rows, columns


def _squares(c: RuleContext, x: Any) -> Shape:
    return _square(x)


def _number_each(c: RuleContext, x: Any) -> Shape:
    return _square(x)[:-2]


def _values_and_vectors(c: RuleContext, x: Any) -> list[Shape]:
    shape = _square(x)
    return [shape[:-1], shape]


def _lu(c: RuleContext, x: Any) -> list[Shape]:
    batch, rows, columns = _sized(x)
    return [(*batch, rows, columns), (*batch, _less(rows, columns))]


def _less(a: int, b: int) -> int:
    return a if a < b else b  # as it is, which remembers where it comes from


def _qr(c: RuleContext, x: Any) -> list[Shape]:
    batch, rows, columns = _sized(x)
    middle = rows if c.mode == "complete" else _less(rows, columns)
    return [(*batch, rows, middle), (*batch, middle, columns)]


def _svd(c: RuleContext, x: Any) -> list[Shape]:
    batch, rows, columns = _sized(x)
    middle = _less(rows, columns)
    left, right = (rows, columns) if c.full_matrices else (middle, middle)
    values = (*batch, middle)
    return [(*batch, rows, left), values, (*batch, right, columns)] if c.compute_uv else [values]


def _solved(c: RuleContext, a: Any, b: Any) -> Shape:
    """Source: Keras 3, `_assert_a_b_compat`."""
    left, right = _square(a, "a"), tensor(b, "b").shape or ()
    if not right:
        raise RuleError("GC403", "needs axes in b, gets a number", inputs=(1,))
    back = 2 if len(left) == len(right) else 1 if len(left) == len(right) - 1 else 0
    if back and left[-back] != right[-back]:
        raise RuleError("GC405", f"cannot solve {show(left)} for {show(right)}", inputs=(0, 1))
    return right


def _fitted(c: RuleContext, a: Any, b: Any) -> Shape:
    left, right = tensor(a, "a").shape or (), tensor(b, "b").shape or ()
    if len(left) != 2 or len(right) not in (1, 2):
        raise RuleError("GC403", f"needs a matrix and a vector or matrix, gets {show(left)} and {show(right)}")
    if left[0] != right[0]:
        raise RuleError("GC405", f"needs as many rows in both, gets {show(left)} and {show(right)}", inputs=(0, 1))
    return (left[1], *right[1:])


def _second_type(c: RuleContext, a: Any, b: Any) -> str | None:
    return dtype_of(b)


def _turned(c: RuleContext, x: Any) -> Shape:
    shape = _matrices(x)
    return (*shape[:-2], shape[-1], shape[-2])


def _without_two(c: RuleContext, x: Any) -> Shape:
    return shape_of(x)[:-2]


def _sign_and_log(c: RuleContext, x: Any) -> list[Shape]:
    return [(), shape_of(x)[:-2]]


def _rank(c: RuleContext, x: Any) -> Shape:
    return _matrices(x)[:-2]


def _distances(c: RuleContext, x: Any, y: Any) -> Shape:
    a, b = _matrices(x), _matrices(y, "y")
    if None not in (a[-1], b[-1]) and a[-1] != b[-1]:
        raise RuleError("GC405", f"needs equal last sizes, gets {show(a)} and {show(b)}", inputs=(0, 1))
    return (*together(a[:-2], b[:-2]), a[-2], b[-2])


def _distances_dtype(c: RuleContext, x: Any, y: Any) -> str | None:
    return promoted(x, y, more=("float",))


def _crossed(c: RuleContext, x1: Any, x2: Any) -> Shape:
    """Source: Keras 3, `Cross.compute_output_spec`."""
    axes = (c.axisa, c.axisb, c.axisc) if c.axis is None else (c.axis,) * 3
    rest, sizes = [], []
    for name, value, axis in (("x1", x1, axes[0]), ("x2", x2, axes[1])):
        shape = tensor(value, name).shape or ()
        at = axis_of(axis, len(shape))
        if shape[at] not in (None, 2, 3):
            raise RuleError("GC405", f"needs vectors of 2 or 3 numbers, gets {show(shape)}", inputs=(0,))
        rest.append((*shape[:at], *shape[at + 1 :]))
        sizes.append(shape[at])
    out = together(*rest)
    size = [3] if 3 in sizes else []
    at = axis_of(axes[2], len(out) + len(size), "axisc")
    return (*out[:at], *size, *out[at:])


def _of_both(c: RuleContext, x1: Any, x2: Any) -> str | None:
    return promoted(tensor(x1, "x1"), tensor(x2, "x2"))


def _kronecker(c: RuleContext, x1: Any, x2: Any) -> Shape:
    """Keras pairs axes from the front, and leaves out those that one has more."""
    return tuple(times(a, b) for a, b in zip(shape_of(x1), shape_of(x2), strict=False))


def _correlated(c: RuleContext, x1: Any, x2: Any) -> Shape:
    shapes = [shape_of(x1), shape_of(x2)]
    for i, shape in enumerate(shapes):
        if len(shape) != 1:
            raise RuleError("GC403", f"needs rank 1, gets {show(shape)}", inputs=(i,))
        if shape[0] is None:
            raise RuleError("GC408", f"needs known lengths, gets {show(shape)}", inputs=(i,), data={"axis": 0})
    a, b = (shape[0] or 0 for shape in shapes)
    if c.mode == "full":
        return (a + b - 1,)
    long, short = (a, b) if a > b else (b, a)
    return (long if c.mode == "same" else long - short + 1,)


def _correlated_cost(c: RuleContext, x1: Any, x2: Any, y: Shape) -> Dim:
    return times(*y, *sorted(dim or 0 for dim in (*shape_of(x1), *shape_of(x2)))[:1])


def _correlated_dtype(c: RuleContext, x1: Any, x2: Any) -> str | None:
    out = promoted(x1, x2)
    if out == "int64":
        return "float64"
    return out if out in ("bfloat16", "float16", "float64", None) else "float32"


def _traced(c: RuleContext, x: Any) -> Shape:
    shape = shape_of(x)
    a, b = axis_of(c.axis1, len(shape), "axis1"), axis_of(c.axis2, len(shape), "axis2")
    if a == b:
        raise RuleError("GC204", "needs two axes, gets one twice", arg="axis2")
    return tuple(dim for i, dim in enumerate(shape) if i not in (a, b))


def _traced_dtype(c: RuleContext, x: Any) -> str | None:
    dtype = dtype_of(x)
    return None if dtype is None else summed(dtype)


_SQUARE = "(…, n, n) → (…, n, n)"
_PARTS = "(…, m, n) → its parts"

ENTRIES: Sequence[OpDef] = (
    operation("Cholesky", ["x"], _squares, same_type, _SQUARE, flag("upper")),
    operation("CholeskyInverse", ["x"], _squares, same_type, _SQUARE, flag("upper")),
    operation("Inv", ["x"], _squares, same_type, _SQUARE),
    operation("Det", ["x"], _number_each, same_type, "(…, n, n) → (…)"),
    operation("Logdet", ["x"], _without_two, same_type, "(…, n, n) → (…)"),
    operation("Slogdet", ["x"], _sign_and_log, same_type, "(…, n, n) → the sign () and the logarithm (…)"),
    operation("Eig", ["x"], _values_and_vectors, same_type, "(…, n, n) → (…, n) and (…, n, n)"),
    operation("Eigh", ["x"], _values_and_vectors, same_type, "(…, n, n) → (…, n) and (…, n, n)"),
    operation("LuFactor", ["x"], _lu, same_type, "(…, m, n) → (…, m, n) and (…, min(m, n))"),
    operation("Qr", ["x"], _qr, same_type, _PARTS, choice("mode", ("reduced", "complete"), "reduced")),
    operation("SVD", ["x"], _svd, same_type, _PARTS, flag("full_matrices", True), flag("compute_uv", True)),
    operation("Solve", ["a", "b"], _solved, _second_type, "(…, n, n), (…, n, k) → (…, n, k)"),
    operation("SolveTriangular", ["a", "b"], _solved, _second_type, "(…, n, n), (…, n, k) → (…, n, k)", flag("lower")),
    operation("Lstsq", ["a", "b"], _fitted, same_type, "(m, n), (m, k) → (n, k)", anything("rcond")),
    operation("MatrixRank", ["x"], _rank, always("int32"), "(…, m, n) → (…)", anything("tol")),
    operation("Pinv", ["x"], _turned, same_type, "(…, m, n) → (…, n, m)", anything("rcond")),
    operation(
        "CDist",
        ["x", "y"],
        _distances,
        _distances_dtype,
        "(…, m, k), (…, n, k) → (…, m, n)",
        function=Function("cdist"),
    ),
    operation(
        "Cross",
        ["x1", "x2"],
        _crossed,
        _of_both,
        "(…, 3), (…, 3) → (…, 3)",
        *(integer("axisa", -1), integer("axisb", -1), integer("axisc", -1), optional_axis()),
    ),
    operation("Kron", ["x1", "x2"], _kronecker, own_dtypes, "(a, b), (m, n) → (a * m, b * n)"),
    operation(
        "Correlate",
        ["x1", "x2"],
        _correlated,
        _correlated_dtype,
        "(a), (b) → where one slides over the other",
        choice("mode", ("valid", "same", "full"), "valid"),
        cost=_correlated_cost,
    ),
    operation(
        "Trace",
        ["x"],
        _traced,
        _traced_dtype,
        "(a, a, …) → (…), the sum of a diagonal",
        *(anything("offset", 0), integer("axis1", 0), integer("axis2", 1)),
    ),
)
