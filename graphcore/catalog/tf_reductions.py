"""TensorFlow's functions along axes: sums, extremes and their places, running sums, order."""

from __future__ import annotations

from typing import Any

from ..shapes import RuleError, TensorSpec, show
from .operands import axis_of, reduced
from .spec import is_whole
from .tf_operands import (
    NO_NUMBERS,
    Arguments,
    Function,
    axes_said,
    axis_said,
    check_bools,
    dtype_said,
    index_dtype,
    numbers_in,
    of_floats,
    of_reals,
    renamed,
    same,
    sized,
    table,
    tensor,
    without,
)


def reduction(x: Any, named: Arguments) -> TensorSpec:
    """What is left of a tensor without the axes that are named, or with these as 1.

    Raises:
        RuleError: bad-value (GC204), rank-mismatch (GC403).
    """
    said, shape = numbers_in(named.get("axis")), tensor(x).shape or ()
    if any(isinstance(axis, TensorSpec) for axis in (said if isinstance(said, list) else (said,))):
        return TensorSpec((None,) * len(shape) if named.get("keepdims") else None, x.dtype)
    axes = axes_said(said)
    if axes is not None:
        axes = tuple({axis_of(axis, len(shape)): axis for axis in axes}.values())
    return TensorSpec(reduced(shape, axes, bool(named.get("keepdims"))), x.dtype)


def _reduced_floats(x: Any, named: Arguments) -> TensorSpec:
    of_floats(x, named)
    return reduction(x, named)


_extreme = without(reduction, *NO_NUMBERS)


def _norm(x: Any, named: Arguments) -> TensorSpec:
    axes = axes_said(named.get("axis"))
    if isinstance(named.get("axis"), (list, tuple)) and len(axes or ()) != 2:
        raise RuleError("GC204", f"takes one axis or two, gets {str(axes)[:40]}")
    if named.get("ord") == "fro" and axes is not None and len(axes) == 1:
        raise RuleError("GC205", "knows the Frobenius norm of matrices only", "give two axes")
    return _reduced_floats(x, named)


def _reduced_bools(x: Any, named: Arguments) -> TensorSpec:
    check_bools(x)
    return TensorSpec(reduction(x, named).shape, "bool")


def _place(x: Any, named: Arguments) -> TensorSpec:
    """TensorFlow looks at no axis of a vector or a number."""
    shape = tensor(x).shape or ()
    axis = axis_said(named, max(len(shape), 20) if len(shape) < 2 else len(shape), default=0)
    shape = () if len(shape) < 2 else reduced(shape, (axis or 0,), False)
    return TensorSpec(shape, index_dtype(named, "output_type", "int64"))


def _reduced_v1(function: Function) -> Function:
    """As TensorFlow 1 called the arguments, too."""

    def rule(x: Any, named: Arguments) -> Any:
        return function(x, renamed(named, reduction_indices="axis", dimension="axis", keep_dims="keepdims"))

    return rule


def _counted(x: Any, named: Arguments) -> TensorSpec:
    return TensorSpec(reduction(x, named).shape, dtype_said(named.get("dtype")) or "int64")


def _part_of_zeros(x: Any, named: Arguments) -> TensorSpec:
    tensor(x)
    return TensorSpec((), "float32")


def _one_truth(x: Any, named: Arguments) -> TensorSpec:
    tensor(x)
    return TensorSpec((), "bool")


def _last_taken(x: Any, named: Arguments) -> TensorSpec:
    return TensorSpec((of_reals(x, named).shape or ())[:-1], x.dtype)


def _run_through(x: Any, named: Arguments) -> TensorSpec:
    """TensorFlow looks at the axis when the model runs."""
    if named.get("axis", 0) is None:
        raise RuleError("GC402", "does not say along which axis", "state axis")
    return same(x, named)


def _top(x: Any, named: Arguments) -> list[TensorSpec]:
    shape, k = tensor(x).shape or (), named.get("k", 1)
    if not shape:
        raise RuleError("GC403", "needs an axis to look along, gets ()", inputs=(0,))
    size = k if is_whole(k) else None
    if size is not None and shape[-1] is not None and size > shape[-1]:
        raise RuleError("GC405", f"takes the {size} largest of {shape[-1]} in {show(shape)}", inputs=(0,))
    return [TensorSpec((*shape[:-1], size), x.dtype), TensorSpec((*shape[:-1], size), "int32")]


def _sorted_places(x: Any, named: Arguments) -> TensorSpec:
    shape = tensor(x).shape or ()
    if not shape:
        raise RuleError("GC403", "needs an axis to sort along, gets ()", inputs=(0,))
    if axis_said({"axis": -1, **named}, len(shape)) is None:
        raise RuleError("GC402", "does not say along which axis", "state axis")
    return TensorSpec(shape, "int32")


def _sorted(x: Any, named: Arguments) -> TensorSpec:
    return TensorSpec(_sorted_places(x, named).shape, x.dtype)


FUNCTIONS: dict[str, Function] = {
    **table(without(_one_truth, *NO_NUMBERS), "math.is_non_decreasing", "math.is_strictly_increasing"),
    **table(without(_run_through, "bool", "string", "int", "uint", "complex"), "math.cumulative_logsumexp"),
    **table(_last_taken, "math.lbeta"),
    **table(
        _reduced_v1(without(reduction, "bool", "string")),
        *(f"compat.v1.math.reduce_{name}" for name in ("mean", "prod", "sum")),
    ),
    **table(_reduced_v1(_extreme), "compat.v1.math.reduce_max", "compat.v1.math.reduce_min"),
    **table(_reduced_v1(_reduced_floats), "compat.v1.math.reduce_logsumexp"),
    **table(_reduced_v1(_place), "compat.v1.math.argmax", "compat.v1.math.argmin"),
    **table(_reduced_v1(_counted), "compat.v1.math.count_nonzero"),
    **table(_counted, "math.count_nonzero"),
    **table(_part_of_zeros, "math.zero_fraction"),
    **table(without(_sorted_places, *NO_NUMBERS), "argsort"),
    **table(without(_run_through, "bool", "string"), "math.cumsum", "math.cumprod"),
    **table(without(_sorted, *NO_NUMBERS), "sort"),
    **table(
        without(reduction, "bool", "string"),
        *("math.reduce_mean", "math.reduce_sum", "math.reduce_prod", "math.reduce_euclidean_norm"),
    ),
    **table(_extreme, "math.reduce_max", "math.reduce_min"),
    **table(_reduced_floats, "math.reduce_std", "math.reduce_variance", "math.reduce_logsumexp"),
    **table(_norm, "compat.v1.norm"),
    **table(_reduced_bools, "math.reduce_any", "math.reduce_all"),
    **table(_place, "math.argmax", "math.argmin"),
    **table(sized(without(_top, *NO_NUMBERS), "k"), "math.top_k"),
}
