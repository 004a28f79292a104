"""TensorFlow's functions of each value, and of two values: arithmetic, comparisons, choices, bits, casts."""

from __future__ import annotations

from typing import Any

from ..shapes import RuleError, TensorSpec, broadcast, show, unify
from .dtypes import complex_of, divided, real_of
from .tf_operands import (
    NO_NUMBERS,
    Arguments,
    Function,
    cast,
    check_bools,
    dtype_said,
    has_floats,
    of_floats,
    of_one_shape,
    of_reals,
    one_dtype,
    same,
    shape_of,
    table,
    tensor,
    tensors,
    together,
    unified,
    without,
    without_either,
)


def _cast_within(x: Any, named: Arguments) -> TensorSpec:
    made = cast(x, named)
    if made.dtype in ("bool", "string"):
        raise RuleError("GC409", f"cannot cast within the bounds of {made.dtype}", "use tf.cast")
    return made


def _negated(x: Any, named: Arguments) -> TensorSpec:
    check_bools(x)
    return TensorSpec(x.shape, "bool")


def _binary(x: Any, named: Arguments) -> TensorSpec:
    y = named.get("y")
    return TensorSpec(together(x, y), one_dtype(x, y))


def _divided_safely(x: Any, named: Arguments) -> TensorSpec:
    made = _divided(x, named)
    if made.dtype == "bool":
        raise RuleError("GC409", "cannot divide bool", "cast the inputs", inputs=(0,))
    return made


def _whole_parts(x: Any, named: Arguments) -> TensorSpec:
    made = _binary(x, named)
    if made.dtype is not None and made.dtype.startswith(NO_NUMBERS):
        raise RuleError("GC409", f"cannot divide {made.dtype} into whole parts", "cast the inputs", inputs=(0,))
    return made


def _divided(x: Any, named: Arguments) -> TensorSpec:
    made = _binary(x, named)
    return TensorSpec(made.shape, None if made.dtype is None else divided(made.dtype))


def _compared(x: Any, named: Arguments) -> TensorSpec:
    made = _binary(x, named)
    return TensorSpec(made.shape, "bool")


def _ordered(x: Any, named: Arguments) -> TensorSpec:
    made = _binary(x, named)
    if made.dtype is not None and made.dtype.startswith(NO_NUMBERS):
        raise RuleError("GC409", f"cannot put {made.dtype} in order", "cast the inputs", inputs=(0,))
    return TensorSpec(made.shape, "bool")


def _is_other(x: Any, named: Arguments) -> TensorSpec:
    """One truth where the shapes differ; unknown where they may.

    Source: TensorFlow, `BroadcastBinaryOpOutputShapeFnHelper` with incompatible_shape_error=False.
    """
    y = named.get("other")
    if y is None and "other" in named:  # nothing is equal to it
        return TensorSpec((), "bool")
    one_dtype(x, y)
    a, b = shape_of(x), shape_of(y)
    head = max(len(a), len(b))
    pairs = list(zip((1,) * (head - len(a)) + a, (1,) * (head - len(b)) + b, strict=True))
    for m, n in pairs:
        if (m is None) != (n is None) and 1 not in (m, n):
            return TensorSpec(None, "bool")
        if None not in (m, n) and 1 not in (m, n) and m != n:
            return TensorSpec((), "bool")
    return TensorSpec(together(x, y), "bool")


def _both_true(x: Any, named: Arguments) -> TensorSpec:
    y = named.get("y")
    if isinstance(y, TensorSpec):
        check_bools(y)
    check_bools(x)
    return TensorSpec(together(x, y), "bool")


def _places(x: Any) -> TensorSpec:
    """Where it is true: as many places as there are."""
    dtype = tensor(x).dtype
    if dtype == "string":
        raise RuleError("GC409", "finds places of truths and numbers, gets string", "compare first", inputs=(0,))
    return TensorSpec((None, len(x.shape or ())), "int64")


def _chosen(x: Any, named: Arguments) -> TensorSpec | None:
    a, b = named.get("x"), named.get("y")
    if a is None and b is None:
        return _places(x)
    if a is None or b is None:
        name = "x" if a is None else "y"
        raise RuleError("GC402", f"chooses between two, and does not say {name}", f"state {name}, or neither")
    if not isinstance(x, (TensorSpec, bool, list, tuple)):
        raise RuleError("GC409", f"chooses by bool, gets {str(x)[:40]}", "compare first")
    if isinstance(x, TensorSpec) and x.dtype not in (None, "bool"):
        raise RuleError("GC409", f"chooses by bool, gets {x.dtype}", "compare first", inputs=(0,))
    if isinstance(a, TensorSpec) or isinstance(b, TensorSpec):
        dtype = one_dtype(a, b) if isinstance(a, TensorSpec) else one_dtype(b, a)
    else:
        dtype = None
    if dtype is None:
        dtype = "float32" if has_floats((a, b)) else "int32"
    return TensorSpec(broadcast(together(a, b), shape_of(x)), dtype)


def _chosen_whole(x: Any, named: Arguments) -> TensorSpec | None:
    """As TensorFlow 1 chose: between tensors of one shape, by as many truths, one a row, or one."""
    made = _chosen(x, named)
    if made is None or (named.get("x") is None and named.get("y") is None):
        return made
    a, b, by = (shape_of(value) for value in (named.get("x"), named.get("y"), x))
    if len(a) != len(b):
        raise RuleError("GC404", f"cannot choose between {show(a)} and {show(b)}", inputs=(0,))
    shape = unified(a, b)
    if len(by) == len(shape):
        shape = unified(shape, by)
    elif len(by) > 1 or (by and not shape):
        raise RuleError("GC404", f"cannot choose by {show(by)} between {show(a)}", inputs=(0,))
    elif by:
        unify(shape[0], by[0])
    return TensorSpec(shape, made.dtype)


def _as_bools(x: Any, named: Arguments) -> TensorSpec:
    return TensorSpec(of_reals(x, named).shape, "bool")


def _real_part(x: Any, named: Arguments) -> TensorSpec:
    dtype = tensor(x).dtype
    return TensorSpec(x.shape, None if dtype is None else real_of(dtype))


def _second_named(name: str) -> Function:
    """A function of two floats, whose second argument has this name."""
    return lambda x, named: of_floats(_binary(x, {"y": named.get(name)}), named)


def _bits(x: Any, named: Arguments) -> TensorSpec:
    made = _binary(x, named)
    if made.dtype is not None and "int" not in made.dtype:
        raise RuleError("GC409", f"needs whole numbers, gets {made.dtype}", "cast the inputs", inputs=(0,))
    return made


def _complex(x: Any, named: Arguments) -> TensorSpec:
    y = named.get("imag")
    made = without(of_floats, "float16", "bfloat16", "complex")(TensorSpec(together(x, y), one_dtype(x, y)), named)
    return TensorSpec(made.shape, complex_of(made.dtype or "float32"))


def _to(dtype: str) -> Function:
    """In this dtype."""
    return lambda x, named: cast(x, {"dtype": dtype})


def _scaled(x: Any, named: Arguments) -> TensorSpec:
    """A number first, then the tensor."""
    y = named.get("x")
    one_dtype(x, tensor(y))
    if shape_of(x):
        raise RuleError("GC403", f"scales by one number, gets {show(shape_of(x))}", inputs=(0,))
    return TensorSpec(shape_of(y), tensor(y).dtype)


def _each_of_them(x: Any, named: Arguments) -> list[TensorSpec]:
    return [TensorSpec(one.shape, one.dtype) for one in tensors(x)]


def _converted(x: Any, named: Arguments) -> TensorSpec:
    dtype = dtype_said(named.get("dtype"))
    if dtype is not None and tensor(x).dtype not in (None, dtype):
        raise RuleError("GC409", f"cannot take {x.dtype} for {dtype}", "cast it", inputs=(0,))
    return same(x, named)


FUNCTIONS: dict[str, Function] = {
    **table(
        of_reals,
        *("math.bessel_i0e", "math.bessel_i1e", "math.erfcinv", "debugging.check_numerics", "math.bessel_i0"),
        *("math.bessel_i1", "math.digamma", "math.lgamma", "math.erfc", "math.erfinv", "math.ndtri"),
        *("math.rint", "clip_by_norm", "math.erf", "math.log_sigmoid", "math.softplus"),
        *(f"math.special.bessel_{name}" for name in ("j0", "j1", "k0", "k0e", "k1", "k1e", "y0", "y1")),
        *(f"math.special.{name}" for name in ("dawsn", "expint", "fresnel_cos", "fresnel_sin", "spence")),
    ),
    **table(without(same, "bool", "string", "uint"), "math.reciprocal"),
    **table(_real_part, "math.imag"),
    **table(without(_real_part, "bool", "string", "int", "uint"), "math.angle"),
    **table(_to("bfloat16"), "compat.v1.to_bfloat16"),
    **table(_to("float64"), "compat.v1.to_double"),
    **table(_to("float32"), "compat.v1.to_float"),
    **table(_to("int32"), "compat.v1.to_int32"),
    **table(_to("int64"), "compat.v1.to_int64"),
    **table(without(_second_named("x"), "complex"), "math.igamma", "math.igammac", "math.polygamma", "math.atan2"),
    **table(without(_second_named("q"), "complex", "float16", "bfloat16"), "math.zeta"),
    **table(_second_named("y"), "math.xdivy", "math.xlogy", "math.xlog1py", "math.multiply_no_nan"),
    **table(without(_second_named("x2"), "complex", "float16", "bfloat16"), "math.nextafter"),
    **table(without(_binary, "bool", "string"), "compat.v1.div", "truncatediv", "realdiv"),
    **table(without(_whole_parts, "int8", "uint8", "int16", "uint16"), "truncatemod"),
    **table(without(same, "bool", "string", "float", "bfloat", "complex"), "bitwise.invert"),
    **table(
        _bits,
        *("bitwise.left_shift", "bitwise.right_shift", "bitwise.bitwise_and", "bitwise.bitwise_or"),
        "bitwise.bitwise_xor",
    ),
    **table(_scaled, "math.scalar_mul", "compat.v1.math.scalar_mul"),
    **table(_each_of_them, "identity_n"),
    **table(of_one_shape, "math.accumulate_n", "math.add_n"),
    **table(
        of_floats,
        *("math.acos", "math.acosh", "math.asin", "math.asinh", "math.atanh", "math.reciprocal_no_nan"),
        *("math.tanh", "math.sigmoid", "math.sqrt", "math.rsqrt", "math.exp", "math.log", "math.log1p"),
        *("math.expm1", "math.sin", "math.cos", "math.tan", "math.floor", "math.ceil", "math.atan"),
        *("math.sinh", "math.cosh"),
    ),
    **table(
        without(same, "bool", "string", "int", "uint", "float16", "float64", "bfloat16", "complex"),
        "quantization.fake_quant_with_min_max_args",
    ),
    **table(without(same, "bool", "string"), "math.conj"),
    **table(without(_real_part, "bool", "string"), "math.real"),
    **table(_as_bools, "math.is_finite", "math.is_inf", "math.is_nan"),
    **table(_converted, "convert_to_tensor"),
    **table(_complex, "dtypes.complex"),
    **table(same, "identity", "stop_gradient"),
    **table(without(same, "uint", "bool", "string"), "math.negative", "math.sign"),
    **table(without(_real_part, "uint", "bool", "string"), "math.abs"),
    **table(without(same, "bool", "string"), "math.square", "math.round"),
    **table(without(same, *NO_NUMBERS), "clip_by_value"),
    **table(cast, "cast", "compat.v1.cast"),
    **table(without(_cast_within, "bool", "string"), "saturate_cast", "dtypes.saturate_cast"),
    **table(_negated, "math.logical_not"),
    **table(without_either(_binary, "bool"), "math.add", "__operators__.add"),
    **table(without_either(_binary, "bool", "string"), "math.subtract", "math.multiply"),
    **table(without_either(_binary, "bool", "string", "uint"), "math.pow"),
    **table(without_either(_binary, *NO_NUMBERS), "math.maximum", "math.minimum"),
    **table(without_either(_binary, "bool", "string", "int8", "uint"), "math.squared_difference"),
    **table(_whole_parts, "math.floormod", "math.floordiv", "compat.v1.floor_div"),
    **table(_divided, "math.truediv", "math.divide"),
    **table(_divided_safely, "math.divide_no_nan"),
    **table(_ordered, "math.greater", "math.greater_equal", "math.less", "math.less_equal"),
    **table(_compared, "math.equal", "math.not_equal"),
    **table(_is_other, "__operators__.eq", "__operators__.ne"),
    **table(_both_true, "math.logical_and", "math.logical_or", "math.logical_xor"),
    **table(_chosen, "where"),
    **table(_chosen_whole, "compat.v1.where"),
}
