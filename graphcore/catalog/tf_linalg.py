"""TensorFlow's functions of matrices."""

from __future__ import annotations

from typing import Any

from ..shapes import Dim, RuleError, Shape, TensorSpec, broadcast, show, unify
from .dtypes import complex_of, real_of
from .operands import axis_of
from .rules import times
from .spec import is_whole
from .tf_operands import (
    NO_NUMBERS,
    Arguments,
    Function,
    axes_said,
    of_floats,
    one_dtype,
    same,
    shape_of,
    spread,
    table,
    tensor,
    tensors,
    unified,
    without,
)


def _matrices(x: Any) -> Shape:
    shape = tensor(x).shape or ()
    if len(shape) < 2:
        raise RuleError("GC403", f"needs matrices, gets {show(shape)} of rank {len(shape)}", inputs=(0,))
    return shape


def _square(x: Any, named: Arguments) -> TensorSpec:
    shape = _matrices(x)
    of_floats(x, named)
    rows, columns = shape[-2:]
    if None not in (rows, columns) and rows != columns:
        raise RuleError("GC405", f"needs square matrices, gets {show(shape)}", inputs=(0,))
    size = unify(rows, columns)
    return TensorSpec((*shape[:-2], size, size), x.dtype)


def _number_each(x: Any, named: Arguments) -> TensorSpec:
    return TensorSpec((_square(x, named).shape or ())[:-2], x.dtype)


def _traced(x: Any, named: Arguments) -> TensorSpec:
    return TensorSpec(_matrices(x)[:-2], x.dtype)


def _turned(x: Any, named: Arguments) -> TensorSpec:
    shape = _matrices(x)
    return TensorSpec((*shape[:-2], shape[-1], shape[-2]), x.dtype)


def _diagonal(x: Any, named: Arguments) -> TensorSpec:
    """Matrices of vectors on one diagonal; with several, or sizes that are said, theirs are left open."""
    shape, k = tensor(x).shape or (), named.get("k", 0)
    if not shape:
        raise RuleError("GC403", "needs vectors, gets ()", inputs=(0,))
    if not is_whole(k):
        return TensorSpec(None, x.dtype)
    is_said = any(named.get(name, -1) != -1 for name in ("num_rows", "num_cols"))
    size = None if is_said or shape[-1] is None else shape[-1] + abs(k)
    return TensorSpec((*shape[:-1], size, size), x.dtype)


def _on_diagonal(x: Any, named: Arguments) -> TensorSpec:
    shape = _matrices(x)
    k = named.get("k", 0)
    if not is_whole(k):
        return TensorSpec(None, x.dtype)
    return TensorSpec((*shape[:-2], _diagonal_length(shape, k)), x.dtype)


def _diagonal_length(shape: Shape, k: int) -> Dim:
    """How long a diagonal is.

    Raises:
        RuleError: shape-mismatch (GC405), there is none.
    """
    rows, columns = shape[-2:]
    if (k and rows is not None and -k >= rows) or (k and columns is not None and k >= columns):
        raise RuleError("GC405", f"has no diagonal {k} in {show(shape)}", inputs=(0,))
    if rows is None or columns is None:
        return None
    return _least(rows + k, columns) if k < 0 else _least(rows, columns - k)


def _least(a: Dim, b: Dim) -> Dim:
    """The smaller one, which remembers where it comes from."""
    return None if a is None or b is None else a if a < b else b


def _put_on_diagonal(x: Any, named: Arguments) -> TensorSpec:
    shape, k = _matrices(x), named.get("k", 0)
    diagonal = named.get("diagonal")
    one_dtype(x, diagonal)
    given = shape_of(diagonal)
    if not is_whole(k):
        return TensorSpec(shape, x.dtype)
    _diagonal_length(shape, k)
    if len(given) != len(shape) - 1:
        raise RuleError("GC403", f"puts {show(given)} on the diagonal of {show(shape)}", inputs=(0,))
    batch = [unify(one, other) for one, other in zip(shape[:-2], given[:-1], strict=True)]
    return TensorSpec((*batch, *shape[-2:]), x.dtype)


def _dimensions(x: Any, named: Arguments) -> TensorSpec:
    shape = tensor(x).shape or ()
    return TensorSpec((*shape, *shape), x.dtype)


def _singular(x: Any, named: Arguments) -> Any:
    shape = _matrices(x)
    of_floats(x, named)
    rows, columns = shape[-2:]
    least = _least(rows, columns)
    values = TensorSpec((*shape[:-2], least), None if x.dtype is None else real_of(x.dtype))
    if named.get("compute_uv") is False:
        return values
    left, right = (rows, columns) if named.get("full_matrices") else (least, least)
    return [values, TensorSpec((*shape[:-2], rows, left), x.dtype), TensorSpec((*shape[:-2], columns, right), x.dtype)]


def _triangular(x: Any, named: Arguments) -> list[TensorSpec]:
    shape = _matrices(x)
    of_floats(x, named)
    rows, columns = shape[-2:]
    middle = rows if named.get("full_matrices") else _least(rows, columns)
    return [TensorSpec((*shape[:-2], rows, middle), x.dtype), TensorSpec((*shape[:-2], middle, columns), x.dtype)]


def _values_and_vectors(x: Any, named: Arguments) -> list[TensorSpec]:
    made = _square(x, named)
    return [TensorSpec((made.shape or ())[:-1], x.dtype), made]


def _contracted(x: Any, named: Arguments) -> TensorSpec:
    a, b = tensor(x).shape or (), shape_of(named.get("b"))
    dtype = one_dtype(x, named.get("b"))
    sides = _sides(a, b, named.get("axes"))
    left, right = [a[at] for at in sides[0]], [b[at] for at in sides[1]]
    # With an unknown size anywhere TensorFlow multiplies what it reshapes when the model runs.
    if len(left) != len(right) or (None not in (*a, *b) and left != right):
        raise RuleError("GC405", f"cannot multiply {show(a)} with {show(b)}", inputs=(0, 1))
    rest = [dim for at, dim in enumerate(a) if at not in sides[0]]
    return TensorSpec((*rest, *(dim for at, dim in enumerate(b) if at not in sides[1])), dtype)


def _sides(a: Shape, b: Shape, axes: Any) -> list[list[int]]:
    """The axes of both that are multiplied."""
    if is_whole(axes):
        if axes < 0 or axes > min(len(a), len(b)):
            raise RuleError("GC204", f"takes {axes} axes of {show(a)} and {show(b)}")
        return [list(range(len(a) - axes, len(a))), list(range(axes))]
    if isinstance(axes, (list, tuple)) and len(axes) == 2:
        sides = [[side] if is_whole(side) else list(side) for side in axes if is_whole(side) or _is_list(side)]
        if len(sides) != 2:
            raise RuleError("GC204", "takes a number of axes, or two lists of them")
        return [[axis_of(at, len(shape), "axes") for at in side] for side, shape in zip(sides, (a, b), strict=True)]
    raise RuleError("GC402", "does not say along which axes", "state axes")


def _is_list(side: Any) -> bool:
    return isinstance(side, (list, tuple)) and all(is_whole(axis) for axis in side)


def _contracted_cost(x: Any, named: Arguments, y: Shape) -> Dim:
    a = shape_of(x)
    return times(*y[1:], *(a[at] for at in _sides(a, shape_of(named.get("b")), named.get("axes"))[0]))


def _square_complex(x: Any, named: Arguments) -> TensorSpec:
    made = _square(x, named)
    return TensorSpec(made.shape, None if x.dtype is None else complex_of(x.dtype))


def _own_values(x: Any, named: Arguments) -> TensorSpec:
    made = _square_complex(x, named)
    return TensorSpec((made.shape or ())[:-1], made.dtype)


def _own_values_and_vectors(x: Any, named: Arguments) -> list[TensorSpec]:
    return [_own_values(x, named), _square_complex(x, named)]


def _own_values_only(x: Any, named: Arguments) -> TensorSpec:
    return _values_and_vectors(x, named)[0]


def _two_triangles(x: Any, named: Arguments) -> list[TensorSpec]:
    made = _square(x, named)
    return [made, TensorSpec((made.shape or ())[:-1], "int32")]


def _ranked(x: Any, named: Arguments) -> TensorSpec:
    shape = _matrices(of_floats(x, named))
    return TensorSpec(shape[:-2], "int32")


def _inverted(x: Any, named: Arguments) -> TensorSpec:
    shape = _matrices(of_floats(x, named))
    return TensorSpec((*shape[:-2], shape[-1], shape[-2]), x.dtype)


def _half_of_axes(x: Any, named: Arguments) -> TensorSpec:
    shape = tensor(x).shape or ()
    if not shape or len(shape) % 2:
        raise RuleError("GC403", f"needs an even rank, gets {show(shape)}", inputs=(0,))
    half = len(shape) // 2
    return TensorSpec(unified(shape[:half], shape[half:]), x.dtype)


def _solved(x: Any, named: Arguments) -> TensorSpec:
    """Source: TensorFlow, `MatrixSolveShapeFn`."""
    shape, given = _square(x, named).shape or (), shape_of(named.get("rhs"))
    dtype = one_dtype(x, named.get("rhs"))
    if len(given) < 2:
        raise RuleError("GC403", f"needs matrices, gets {show(shape)} and {show(given)}", inputs=(0,))
    head = spread(shape[:-2], given[:-2])
    return TensorSpec((*head, unify(shape[-1], given[-2]), given[-1]), dtype)


def _least_squares(x: Any, named: Arguments) -> TensorSpec:
    shape, given = _matrices(of_floats(x, named)), shape_of(named.get("rhs"))
    dtype = one_dtype(x, named.get("rhs"))
    if len(given) != len(shape):
        raise RuleError("GC403", f"needs matrices, gets {show(shape)} and {show(given)}", inputs=(0,))
    unify(shape[-2], given[-2])
    head = unified(shape[:-2], given[:-2])
    return TensorSpec((*head, shape[-1], given[-1]), dtype)


def _by_vector(x: Any, named: Arguments) -> TensorSpec:
    shape, given = _matrices(x), shape_of(named.get("b"))
    dtype = one_dtype(x, named.get("b"))
    if not given:
        raise RuleError("GC403", "needs a vector, gets ()", inputs=(0,))
    if named.get("transpose_a") or named.get("adjoint_a"):
        shape = (*shape[:-2], shape[-1], shape[-2])
    if None not in (shape[-1], given[-1]) and shape[-1] != given[-1]:
        raise RuleError("GC405", f"cannot multiply {show(shape)} with {show(given)}", inputs=(0,))
    return TensorSpec((*spread(shape[:-2], given[:-1]), shape[-2]), dtype)


def _crossed(x: Any, named: Arguments) -> TensorSpec:
    shape, given = tensor(x).shape or (), shape_of(named.get("b"))
    dtype = one_dtype(x, named.get("b"))
    if len(shape) != len(given) or not shape:
        raise RuleError("GC403", f"needs one rank, gets {show(shape)} and {show(given)}", inputs=(0,))
    made = unified(shape, given)
    if made[-1] not in (None, 3):
        raise RuleError("GC405", f"needs vectors of 3, gets {show(made)}", inputs=(0,))
    return TensorSpec(made, dtype)


def _normalized(x: Any, named: Arguments) -> list[TensorSpec]:
    """The values by their norm, and the norm."""
    shape = of_floats(x, named).shape or ()
    said = axes_said(named.get("axis"))
    axes = {axis_of(axis, len(shape)) for axis in (range(len(shape)) if said is None else said)}
    norm = tuple(1 if i in axes else dim for i, dim in enumerate(shape))
    return [TensorSpec(shape, x.dtype), TensorSpec(norm, x.dtype)]


def _norm_of_all(x: Any, named: Arguments) -> TensorSpec:
    given = [of_floats(one, named) for one in tensors(x)]
    return TensorSpec((), given[0].dtype)


def _multiplied(x: Any, named: Arguments) -> TensorSpec:
    y = named.get("b")
    a, b = shape_of(tensor(x)), shape_of(y)
    if len(a) < 2 or len(b) < 2:
        raise RuleError("GC403", f"needs matrices, gets {show(a)} and {show(b)}", inputs=(0,))
    a = (*a[:-2], a[-1], a[-2]) if named.get("transpose_a") or named.get("adjoint_a") else a
    b = (*b[:-2], b[-1], b[-2]) if named.get("transpose_b") or named.get("adjoint_b") else b
    if None not in (a[-1], b[-2]) and a[-1] != b[-2]:
        says = f"cannot multiply {show(a)} with {show(b)}: {a[-1]} columns, {b[-2]} rows"
        raise RuleError("GC405", says, inputs=(0, 1) if isinstance(y, TensorSpec) else (0,))
    try:
        head = broadcast(a[:-2], b[:-2])
    except RuleError:
        raise RuleError("GC404", f"cannot multiply {show(a)} with {show(b)}") from None
    return TensorSpec((*head, a[-2], b[-1]), one_dtype(x, y))


def _multiplied_cost(x: Any, named: Arguments, y: Shape) -> Dim:
    return times(*y[1:], shape_of(x)[-2 if named.get("transpose_a") or named.get("adjoint_a") else -1])


def _of_norm_1(x: Any, named: Arguments) -> TensorSpec:
    rank = len(tensor(x).shape or ())
    for name in ("axis", "dim"):
        for axis in axes_said(named.get(name)) or ():
            axis_of(axis, rank)
    return of_floats(x, named)


FUNCTIONS: dict[str, Function] = {
    **table(_of_norm_1, "math.l2_normalize", "nn.l2_normalize", "linalg.l2_normalize"),
    **table(_multiplied, "linalg.matmul"),
    **table(without(_own_values_and_vectors, "float16", "bfloat16"), "linalg.eig"),
    **table(without(_own_values, "float16", "bfloat16"), "linalg.eigvals"),
    **table(_own_values_only, "linalg.eigvalsh"),
    **table(without(_square, "bfloat16"), "linalg.sqrtm"),
    **table(_number_each, "linalg.logdet"),
    **table(_two_triangles, "linalg.lu"),
    **table(_ranked, "linalg.matrix_rank"),
    **table(_inverted, "linalg.pinv"),
    **table(without(_half_of_axes, "bool", "string"), "linalg.tensor_diag_part"),
    **table(without(_solved, "bfloat16"), "linalg.solve"),
    **table(_solved, "linalg.cholesky_solve", "linalg.triangular_solve"),
    **table(_least_squares, "linalg.lstsq"),
    **table(without(_by_vector, "bool", "string"), "linalg.matvec"),
    **table(without(_crossed, *NO_NUMBERS), "linalg.cross"),
    **table(_normalized, "linalg.normalize"),
    **table(_norm_of_all, "linalg.global_norm"),
    **table(_square, "linalg.inv", "linalg.cholesky"),
    **table(without(_number_each, "bfloat16"), "linalg.det"),
    **table(without(_traced, "bool", "string"), "linalg.trace"),
    **table(same, "linalg.band_part"),
    **table(_put_on_diagonal, "linalg.set_diag"),
    **table(_turned, "linalg.matrix_transpose", "linalg.adjoint"),
    **table(without(_diagonal, "string"), "linalg.diag"),
    **table(without(_on_diagonal, "string"), "linalg.diag_part"),
    **table(without(_dimensions, "bool", "string"), "linalg.tensor_diag"),
    **table(_singular, "linalg.svd"),
    **table(_triangular, "linalg.qr"),
    **table(_values_and_vectors, "linalg.eigh"),
    **table(_contracted, "tensordot"),
}

PRODUCTS = {"tensordot": _contracted_cost}
"""Functions that multiply and add, and how often for one sample."""
