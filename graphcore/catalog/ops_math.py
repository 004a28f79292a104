"""Operations that compute: on each value, on two operands, over axes, and products of matrices."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from ..model import JSON, Object
from ..shapes import Dim, RuleError, Shape, TensorSpec, may_agree, show
from . import dtypes
from .dtypes import result_type
from .operands import (
    AXES,
    KEEPDIMS,
    always,
    axis_of,
    binary,
    dtype_name,
    dtype_of,
    flat,
    operation,
    optional_axis,
    own_dtypes,
    promoted,
    reduced,
    reduction,
    same_type,
    shape_of,
    tensor,
    through,
    together,
    told,
    unary,
)
from .params import anything, flag, integer, looked_at_late, open_size, whole_numbers
from .rules import times
from .spec import BadValue, Function, OpDef, Param, RuleContext, entries, is_float

_FLOATED = through(dtypes.floated)
_NO_INTEGER = through(dtypes.no_integer)
_NO_BOOL: Callable[..., str | None] = through(dtypes.no_bool)
_SUMMED: Callable[..., str | None] = through(dtypes.summed)


def _floated_alike(dtype: str) -> str:
    """Integers become floats, int64 one of 64 bits."""
    if dtype == "int64":
        return "float64"
    return "float32" if dtype in ("int8", "int16", "int32", "uint8", "uint16", "uint32") else dtype


def _cube_root(dtype: str) -> str:
    return "float32" if dtype == "bool" else _floated_alike(dtype)


def _as_angle(dtype: str) -> str:
    if dtype in ("int64", "float64"):
        return "float64"
    return dtype if dtype in ("bfloat16", "float16") else "float32"


def _absolute_float(dtype: str) -> str | None:
    return None if "complex" in dtype else dtypes.no_integer(dtype)


def _correlated(dtype: str) -> str | None:
    return "float64" if dtype == "int64" else result_type(dtype, "float")


EACH = entries(
    unary(
        ("Absolute", "Abs", "Conjugate", "Conj", "Copy", "Negative", "Real", "Imag", "Sign", "Trunc", "BitwiseInvert"),
        same_type,
        "(…) → (…), each value on its own",
    ),
    unary(("BitwiseNot", "Rsqrt", "Erf", "Erfinv"), same_type, "(…) → (…), each value on its own"),
    unary(("Round",), same_type, "(…) → (…), rounded", anything("decimals", 0)),
    unary(
        ("NanToNum",),
        same_type,
        "(…) → (…), numbers for what is none",
        *(anything("nan", 0.0), anything("posinf"), anything("neginf")),
    ),
    unary(
        ("Arccos", "Arccosh", "Arcsin", "Arcsinh", "Arctan", "Arctanh", "Angle", "Ceil", "Cos", "Cosh", "Floor"),
        _FLOATED,
        "(…) → (…), each value on its own, as floats",
    ),
    unary(
        ("Log", "Log10", "Log1p", "Log2", "Sin", "Sinc", "Sinh", "Sqrt", "Tan", "Tanh"),
        _FLOATED,
        "(…) → (…), each value on its own, as floats",
    ),
    unary(("Exp", "Exp2", "Expm1"), _NO_INTEGER, "(…) → (…), a power for each value"),
    unary(("Square",), through(dtypes.no_bool), "(…) → (…), x * x"),
    unary(("Reciprocal",), always("float32"), "(…) → (…), 1 / x"),
    unary(("Erfc",), through(lambda dtype: result_type(dtype, "float")), "(…) → (…), 1 - erf(x)"),
    unary(
        ("Isfinite", "Isinf", "Isnan", "Isneginf", "Isposinf", "Isreal", "LogicalNot", "Signbit"),
        always("bool"),
        "(…) → (…), true or false for each value",
    ),
    unary(("Cbrt",), through(_cube_root), "(…) → (…), the cube root of each value"),
    unary(("Deg2rad", "Rad2deg", "I0"), through(_as_angle), "(…) → (…), each value on its own, as floats"),
    unary(("Fabs",), through(_absolute_float), "(…) → (…), each value without its sign, as floats"),
    unary(("Corrcoef",), through(_correlated), "(a, b) → (a, b), how rows go together"),
    unary(
        ("Clip",),
        through(dtypes.no_bool),
        "(…) → (…), no smaller than x_min and no larger than x_max",
        *(anything("x_min", required=True), anything("x_max", required=True)),
    ),
)


def _promoted(c: RuleContext, x1: Any, x2: Any) -> str | None:
    return promoted(x1, x2)


def _promoted_float(c: RuleContext, x1: Any, x2: Any) -> str | None:
    return promoted(x1, x2, more=("float",))


def _no_bool(c: RuleContext, x1: Any, x2: Any) -> str | None:
    out = promoted(x1, x2)
    return None if out is None else dtypes.no_bool(out)


def _angle(c: RuleContext, x1: Any, x2: Any) -> str | None:
    """A number counts as float32 here."""
    both = [dtype_of(x) if isinstance(x, (TensorSpec, Object)) else "float32" for x in (x1, x2)]
    known = [dtype for dtype in both if dtype is not None]
    if len(known) < 2:
        return None
    out = result_type(*known, "float")
    if out is None:
        raise RuleError("GC409", f"cannot combine {known[0]} with {known[1]}", "cast one of them")
    return out


def _of_tensors(c: RuleContext, x1: Any, x2: Any) -> str | None:
    """What two tensors are promoted to; no numbers here."""
    return promoted(tensor(x1, "x1"), tensor(x2, "x2"))


def _floats_of_tensors(c: RuleContext, x1: Any, x2: Any) -> str | None:
    out = _of_tensors(c, x1, x2)
    return None if out is None else _floated_alike(out)


def _first_of_two(c: RuleContext, x: Any, y: Any) -> Shape:
    """Keras gives the first operand's shape and leaves the other for later."""
    return tensor(x).shape or ()


def _bits(c: RuleContext, x: Any, y: Any) -> str | None:
    return promoted(tensor(x), tensor(y, "y"))


def _shifted(c: RuleContext, x: Any, y: Any) -> str | None:
    return dtype_of(x) if isinstance(y, int) else _bits(c, x, y)


def _close(c: RuleContext, x1: Any, x2: Any, rtol: Any, atol: Any) -> Shape:
    return together(shape_of(x1), shape_of(x2))


_BITS = "(…), (…) → the first one's, bit by bit"

PAIRS = entries(
    binary(("Hypot", "Heaviside"), _floats_of_tensors, "(…), (…) → what both broadcast to, as floats"),
    binary(("Gcd", "Lcm"), own_dtypes, "(…), (…) → what both broadcast to"),
    binary(("Ldexp", "Nextafter"), _promoted_float, "(…), (…) → what both broadcast to, as floats"),
    tuple(
        operation(name, ["x", "y"], _first_of_two, _bits, _BITS) for name in ("BitwiseAnd", "BitwiseOr", "BitwiseXor")
    ),
    tuple(
        operation(name, ["x", "y"], _first_of_two, _shifted, _BITS)
        for name in ("BitwiseLeftShift", "LeftShift", "BitwiseRightShift", "RightShift")
    ),
    (
        operation(
            "Isclose",
            ["x1", "x2", "rtol?", "atol?"],
            _close,
            always("bool"),
            "(…), (…) → what both broadcast to, true or false",
            flag("equal_nan"),
        ),
        operation(
            "AllClose",
            ["x1", "x2"],
            lambda c, x1, x2: (),
            always("bool"),
            "(…), (…) → (), whether all are nearly equal",
            *(anything("rtol", 1e-05), anything("atol", 1e-08), flag("equal_nan")),
            function=Function("allclose"),
        ),
        operation(
            "IsIn",
            ["x1", "x2"],
            _first_of_two,
            always("bool"),
            "(…), any → (…), whether each value is among others",
            *(flag("assume_unique"), flag("invert")),
            function=Function("isin"),
        ),
    ),
    binary(
        ("Add", "Subtract", "Multiply", "Maximum", "Minimum", "Fmax", "Fmin", "Power", "FloorDivide"),
        _promoted,
        "(…), (…) → what both broadcast to",
    ),
    binary(
        ("Divide", "TrueDivide", "DivideNoNan", "Logaddexp", "Logaddexp2"),
        _promoted_float,
        "(…), (…) → what both broadcast to, as floats",
    ),
    binary(("Mod", "Fmod"), _no_bool, "(…), (…) → what both broadcast to, the rest of a division"),
    binary(("Arctan2",), _angle, "(…), (…) → what both broadcast to, an angle"),
    binary(
        ("Equal", "NotEqual", "Greater", "GreaterEqual", "Less", "LessEqual", "LogicalAnd", "LogicalOr", "LogicalXor"),
        always("bool"),
        "(…), (…) → what both broadcast to, true or false",
    ),
)


def _mean_dtype(dtype: str) -> str | None:
    wide = result_type(dtype, "float32")
    return wide if wide is None or "int" in dtype or dtype == "bool" else dtype


def _summed(dtype: str) -> str | None:
    alone = result_type(dtype)
    return None if alone is None else dtypes.summed(alone)


def _own_dtype(c: RuleContext, x: Any) -> str | None:
    return str(c.dtype) if c.dtype else _SUMMED(c, x)


def _place(c: RuleContext, x: Any) -> Shape:
    return reduced(shape_of(x), None if c.axis is None else (c.axis,), c.keepdims)


def _parted(c: RuleContext, x: Any, q: Any) -> Shape:
    """An axis in front for several parts of the whole."""
    rest = reduced(tensor(x).shape or (), c.axis, c.keepdims)
    if isinstance(q, (list, tuple)):
        return (len(q), *rest)
    return (*shape_of(q)[:1], *rest)


def _parted_of_several(c: RuleContext, x: Any, q: Any) -> Shape:
    is_one = isinstance(q, (list, tuple)) and len(q) < 2
    return _parted(c, x, 0.5 if is_one else q)


def _of_integers(dtype: str) -> str | None:
    return "float32" if "int" in dtype else result_type(dtype, "float")


REDUCTIONS = entries(
    reduction(("All", "Any"), always("bool"), "(…) → without some axes, true where all or any are"),
    reduction(("Amax", "Amin", "Ptp"), same_type, "(…) → without some axes"),
    reduction(("Max", "Min"), same_type, "(…) → without some axes", anything("initial")),
    reduction(("Argmax", "Argmin"), always("int32"), "(…) → without an axis: the place of the extreme"),
    reduction(("Mean",), through(_mean_dtype), "(…) → without some axes, their mean"),
    reduction(("Sum", "Nansum"), through(_summed), "(…) → without some axes, their sum"),
    reduction(("Prod",), _own_dtype, "(…) → without some axes, their product", dtype_name()),
    reduction(("Std",), _NO_INTEGER, "(…) → without some axes, their deviation"),
    reduction(
        ("Var", "Nanmean", "Nanvar", "Nanstd"),
        through(lambda dtype: result_type(dtype, "float")),
        "(…) → without some axes, as floats",
    ),
    reduction(("Median",), _FLOATED, "(…) → without some axes, the middle value"),
    reduction(("Nanmax", "Nanmin"), through(result_type), "(…) → without some axes"),
    reduction(("Nanmedian",), through(lambda dtype: result_type(dtype, "float")), "(…) → without some axes, as floats"),
    reduction(("Nanprod",), through(dtypes.summed), "(…) → without some axes, their product"),
    tuple(
        operation(name, ["x"], _place, always("int32"), "(…) → without an axis: the place", optional_axis(), KEEPDIMS)
        for name in ("Nanargmax", "Nanargmin")
    ),
    tuple(
        operation(
            name,
            ["x", "q"],
            shape,
            dtype,
            "(…), (q) → (q, …) without some axes",
            AXES,
            anything("method", "linear"),
            KEEPDIMS,
        )
        for name, shape, dtype in (
            ("Percentile", _parted, through(lambda dtype: dtype if is_float(dtype) else "float32")),
            ("Nanpercentile", _parted, through(_of_integers)),
            ("Quantile", _parted_of_several, through(dtypes.floated)),
            ("Nanquantile", _parted_of_several, through(dtypes.floated)),
        )
    ),
    reduction(("Logsumexp",), always("float32"), "(…) → without some axes, log(sum(exp(x)))"),
)


def _counted(c: RuleContext, x: Any) -> Shape:
    return reduced(shape_of(x), c.axis, False)


def _read_order(value: JSON) -> JSON:
    if value is not None and value not in ("fro", "nuc") and type(value) not in (int, float):
        raise BadValue('"fro", "nuc", a number or null')
    return value


def _norm_shape(c: RuleContext, x: Any) -> Shape:
    shape = shape_of(x)
    axes = range(len(shape)) if c.axis is None else c.axis
    if len(axes) == 1 and isinstance(c.ord, str):
        raise RuleError("GC204", f"has no norm {c.ord} along one axis", arg="ord")
    if len(axes) == 2 and c.ord not in (None, "fro", "nuc", float("inf"), float("-inf"), 1, -1, 2, -2):
        raise RuleError("GC204", f"has no norm {c.ord} along two axes", arg="ord")
    return reduced(shape, c.axis, c.keepdims)


def _averaged(c: RuleContext, x: Any, weights: Any) -> Shape:
    """Source: Keras 3, `Average.compute_output_spec`."""
    given = tensor(x).shape or ()
    rest = reduced(given, None if c.axis is None else (c.axis,), False)
    if weights is None:
        return rest
    weighs = tensor(weights, "weights").shape or ()
    on_axis = c.axis is not None and may_agree((given[c.axis],), weighs)
    if not (on_axis or may_agree(given, weighs)):
        wanted = show(given) if c.axis is None else f"{show(given)} or {show((given[c.axis],))}"
        raise RuleError("GC405", f"needs weights of shape {wanted}, gets {show(weighs)}", inputs=(1,))
    return rest


def _averaged_dtype(c: RuleContext, x: Any, weights: Any) -> str | None:
    return promoted(x, *(() if weights is None else (weights,)), more=("float",))


def _moments(c: RuleContext, x: Any) -> list[Shape]:
    return [reduced(shape_of(x), c.axes, c.keepdims)] * 2


OTHER_REDUCTIONS = (
    operation(
        "Average",
        ["x", "weights?"],
        _averaged,
        _averaged_dtype,
        "(…), weights → without an axis, the weighted mean",
        optional_axis(),
        function=Function(by_place=1),
    ),
    operation(
        "CountNonzero",
        ["x"],
        _counted,
        always("int32"),
        "(…) → without some axes, how many are not 0",
        whole_numbers("axis", None, nullable=True),
    ),
    operation(
        "Norm",
        ["x"],
        _norm_shape,
        _NO_INTEGER,
        "(…) → without some axes, their length",
        Param("ord", _read_order, {}),
        whole_numbers("axis", None, nullable=True),
        flag("keepdims"),
    ),
    operation(
        "Moments",
        ["x"],
        _moments,
        same_type,
        "(…) → mean and variance, without some axes",
        whole_numbers("axes", required=True, nullable=True),
        flag("keepdims"),
        flag("synchronized"),
    ),
)


# Along an axis, the shape stays


def _along(c: RuleContext, x: Any) -> Shape:
    shape = shape_of(x)
    if c.axis is None:
        return flat(shape)
    axis_of(c.axis, len(shape))
    return shape


def _running_dtype(c: RuleContext, x: Any) -> str | None:
    return dtypes.no_bool(c.dtype) if c.dtype else _NO_BOOL(c, x)


def _running(c: RuleContext, x: Any) -> Shape:
    """Keras does not look at the axis before the model runs."""
    return flat(shape_of(x)) if c.axis is None else shape_of(x)


_RUNNING = "(…) → (…), running along an axis"

ALONG = entries(
    tuple(
        operation(name, ["x"], _running, _running_dtype, _RUNNING, anything("axis"), dtype_name())
        for name in ("Nancumsum", "Nancumprod")
    ),
    (
        operation(
            "Argpartition",
            ["x"],
            _running,
            always("int32"),
            "(…) → (…), places with the kth smallest at its place",
            *(integer("kth", required=True), anything("axis", -1)),
        ),
    ),
    tuple(
        operation(name, ["x"], _along, _running_dtype, _RUNNING, optional_axis(), dtype_name())
        for name in ("Cumsum", "Cumprod")
    ),
    (
        operation("Sort", ["x"], _along, same_type, "(…) → (…), sorted along an axis", optional_axis(-1)),
        operation("Argsort", ["x"], _along, always("int32"), "(…) → (…), the order along an axis", optional_axis(-1)),
    ),
)


def _differences(c: RuleContext, a: Any) -> Shape:
    shape = list(shape_of(a))
    axis = axis_of(c.axis, len(shape))
    size = shape[axis]
    shape[axis] = None if size is None else max(size - told(c, "n"), 0)
    return tuple(shape)


# Products


def _matmul(c: RuleContext, x1: Any, x2: Any) -> Shape:
    """Source: Keras 3, `compute_matmul_output_shape`."""
    a, b = shape_of(x1), shape_of(x2)
    for i, shape in enumerate((a, b)):
        if not shape:
            raise RuleError("GC403", "needs matrices, gets a number", inputs=(i,))
    left = (1, *a) if len(a) == 1 else a
    right = (*b, 1) if len(b) == 1 else b
    if left[-1] is not None and right[-2] is not None and left[-1] != right[-2]:
        says = f"cannot multiply {show(a)} with {show(b)}: {left[-1]} columns, {right[-2]} rows"
        row = "only size" if len(b) == 1 else "last size but one"
        hint = f"make the last size of the first and the {row} of the second equal"
        raise RuleError("GC405", says, hint, inputs=(0, 1), data={"sizes": [left[-1], right[-2]]})
    head = together(left[:-2], right[:-2])
    return (*head, *(() if len(a) == 1 else left[-2:-1]), *(() if len(b) == 1 else right[-1:]))


def _matmul_dtype(c: RuleContext, x1: Any, x2: Any) -> str | None:
    if dtype_of(x1) == dtype_of(x2) == "int8":
        return "int32"
    return promoted(x1, x2)


def _matmul_cost(c: RuleContext, x1: Any, x2: Any, y: Shape) -> Dim:
    return times(*y[1:], shape_of(x1)[-1])


def _dot_cost(c: RuleContext, x1: Any, x2: Any, y: Shape) -> Dim:
    return times(*y[1:], *shape_of(x1)[-1:]) if shape_of(x2) else 0


def _dot(c: RuleContext, x1: Any, x2: Any) -> Shape:
    a, b = shape_of(x1), shape_of(x2)
    if not a or not b:
        return together(a, b)
    if len(a) == len(b) == 1:
        return ()
    row = b[0] if len(b) == 1 else b[-2]
    if a[-1] != row and (len(b) == 1 or (a[-1] is not None and row is not None)):
        says = f"cannot multiply {show(a)} with {show(b)}: {a[-1]} and {row}"
        raise RuleError("GC405", says, inputs=(0, 1), data={"sizes": [a[-1], row]})
    return (*a[:-1], *b[:-2], *(b[-1:] if len(b) > 1 else ()))


def _read_axes(value: JSON) -> int | tuple[tuple[int, ...], tuple[int, ...]]:
    if type(value) is int:
        return value
    wanted = "a whole number, or two lists of axes"
    if not isinstance(value, (list, tuple)) or len(value) != 2:
        raise BadValue(wanted)
    sides = []
    for side in value:
        if not isinstance(side, (list, tuple)) or any(type(axis) is not int for axis in side):
            raise BadValue(wanted)
        sides.append(tuple(side))
    return sides[0], sides[1]


def _tensordot(c: RuleContext, x1: Any, x2: Any) -> Shape:
    a, b = shape_of(x1), shape_of(x2)
    if isinstance(c.axes, int):
        return (*a, *b) if c.axes <= 0 else (*a[: -c.axes], *b[c.axes :])
    sides = [[axis_of(axis, len(shape), "axes") for axis in axes] for axes, shape in zip(c.axes, (a, b), strict=True)]
    left, right = [a[axis] for axis in sides[0]], [b[axis] for axis in sides[1]]
    if len(left) != len(right) or any(None not in (x, y) and x != y for x, y in zip(left, right, strict=False)):
        says = f"cannot multiply {show(a)} with {show(b)} along {show(tuple(sides[0]))} and {show(tuple(sides[1]))}"
        raise RuleError("GC405", says, inputs=(0, 1))
    rest = (*((dim, i in sides[0]) for i, dim in enumerate(a)), *((dim, i in sides[1]) for i, dim in enumerate(b)))
    return tuple(dim for dim, is_gone in rest if not is_gone)


def _tensordot_cost(c: RuleContext, x1: Any, x2: Any, y: Shape) -> Dim:
    a = shape_of(x1)
    axes = range(len(a) - min(max(c.axes, 0), len(a)), len(a)) if isinstance(c.axes, int) else c.axes[0]
    return times(*y[1:], *(a[axis] for axis in axes))


def _outer(c: RuleContext, x1: Any, x2: Any) -> Shape:
    return (*flat(shape_of(x1)), *flat(shape_of(x2)))


def _inner(c: RuleContext, x1: Any, x2: Any) -> Shape:
    a, b = shape_of(x1), shape_of(x2)
    if not a or not b:
        return a or b
    if None not in (a[-1], b[-1]) and a[-1] != b[-1]:
        raise RuleError("GC405", f"cannot multiply {show(a)} with {show(b)}: {a[-1]} and {b[-1]}", inputs=(0, 1))
    return (*a[:-1], *b[:-1])


def _vdot_cost(c: RuleContext, x1: Any, x2: Any, y: Shape) -> Dim:
    return times(*shape_of(x1))


_MATRICES = "(…, a, b), (…, b, c) → (…, a, c)"

PRODUCTS = (
    operation("Matmul", ["x1", "x2"], _matmul, _matmul_dtype, _MATRICES, cost=_matmul_cost),
    operation("Dot", ["x1", "x2"], _dot, _promoted, "(…, b), (…, b, c) → (…, …, c)", cost=_dot_cost),
    operation(
        "Tensordot",
        ["x1", "x2"],
        _tensordot,
        _promoted,
        "(a…, k…), (k…, b…) → (a…, b…)",
        Param("axes", _read_axes, {"type": ["integer", "array"]}, 2),
        cost=_tensordot_cost,
    ),
    operation("Outer", ["x1", "x2"], _outer, _promoted, "(a), (b) → (a, b)"),
    operation("Inner", ["x1", "x2"], _inner, _promoted, "(a…, k), (b…, k) → (a…, b…)", cost=_dot_cost),
    operation("Vdot", ["x1", "x2"], lambda c, x1, x2: (), _promoted, "(…), (…) → ()", cost=_vdot_cost),
    operation(
        "Diff",
        ["a"],
        _differences,
        same_type,
        "(…, a) → (…, a - n)",
        looked_at_late(integer("n", 1)),
        integer("axis", -1),
    ),
)


def _top(c: RuleContext, x: Any) -> list[Shape]:
    shape = shape_of(x)
    if not shape:
        raise RuleError("GC403", "needs an axis to look along, gets ()", inputs=(0,))
    return [(*shape[:-1], c.k)] * 2


def _digitized(c: RuleContext, x: Any, bins: Any) -> Shape:
    if bins is None:
        raise RuleError("GC402", "has nothing for bins", "connect a tensor to bins", arg="bins")
    return shape_of(x)


OTHER = (
    operation(
        "TopK",
        ["x"],
        _top,
        lambda c, x: [dtype_of(x), "int32"],
        "(…, a) → the k largest and their places, (…, k) each",
        open_size(integer("k", required=True)),
        flag("sorted", True),
    ),
    operation("Digitize", ["x", "bins"], _digitized, always("int32"), "(…) → (…), the bin of each value"),
    operation("Size", ["x"], lambda c, x: (), always("int32"), "(…) → (), how many values"),
)

ENTRIES: Sequence[OpDef] = entries(EACH, PAIRS, REDUCTIONS, OTHER_REDUCTIONS, ALONG, PRODUCTS, OTHER)
