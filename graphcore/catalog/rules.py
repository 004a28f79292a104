"""Rules that entries of several tables share: axes, windows, weights, costs, and the words of their refusals."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from itertools import repeat
from typing import Any

from ..shapes import Dim, RuleError, Shape, TensorSpec, show, window
from .spec import RuleContext, WeightSpec, autocast, is_float


def same(c: RuleContext, x: TensorSpec) -> Shape | None:
    """The input's own shape."""
    return x.shape


def kept_sparse(c: RuleContext, x: TensorSpec) -> str:
    """A sparse input of Keras 3 stays sparse, where the layer does not cast it.

    Source: Keras 3, `compute_output_spec` of the layers that move values, and of `Cast`.
    """
    return "sparse" if _comes_sparse(c, x) and c.dialect == "keras3" else "dense"


def _comes_sparse(c: RuleContext, x: TensorSpec) -> bool:
    return x.sparse and autocast(c, x.dtype) == x.dtype


def all_sparse(c: RuleContext, xs: Sequence[TensorSpec]) -> str:
    """Sparse inputs merge into a sparse tensor.

    Source: Keras 3, `Merge.compute_output_spec`.
    """
    for x in xs:
        if not _comes_sparse(c, x):
            return "dense"
    return "sparse" if xs else "dense"


def last(c: RuleContext, x: TensorSpec) -> int:
    """The size of the last axis, which a weight needs.

    Raises:
        RuleError: unknown-size (GC408).
    """
    return known(x, -1)


def known(x: TensorSpec, axis: int, what: str = "") -> int:
    """The size of an axis that must be known, because a weight has it.

    Raises:
        RuleError: unknown-size (GC408); rank-mismatch (GC403) where there is no such axis.
    """
    shape = x.shape or ()
    if not -len(shape) <= axis < len(shape):
        raise RuleError("GC403", f"needs axis {axis}, gets {show(x.shape)} of rank {len(shape)}", inputs=(0,))
    size = shape[axis]
    if size is None:
        axis %= len(shape)
        raise RuleError(
            "GC408",
            f"needs a known size on axis {axis}{what}, gets {show(shape)}",
            f"give axis {axis} of the input a size: the weights need it",
            inputs=(0,),
            data={"axis": axis},
        )
    return size


def channel_axis(c: RuleContext, x: TensorSpec) -> int:
    """The axis of the channels: -1, or 1 where `data_format` is channels_first."""
    return 1 if c.data_format == "channels_first" else -1


def channels_if_known(c: RuleContext, x: TensorSpec) -> Dim:
    """The number of channels, None where it is unknown."""
    return (x.shape or (None,))[channel_axis(c, x)] if len(x.shape or ()) > 1 else None


def channels(c: RuleContext, x: TensorSpec) -> int:
    """The number of channels, which a kernel needs.

    Raises:
        RuleError: unknown-size (GC408).
    """
    return known(x, channel_axis(c, x), " for the channels")


def spatial(c: RuleContext, x: TensorSpec) -> Shape:
    """The sizes between batch and channels."""
    shape = x.shape or ()
    return shape[2:] if c.data_format == "channels_first" else shape[1:-1]


def put(c: RuleContext, x: TensorSpec, sizes: Iterable[Dim], filters: Dim) -> Shape:
    """A shape with the input's batch, these sizes in space, and this many channels."""
    batch = (x.shape or (None,))[0]
    return (batch, filters, *sizes) if c.data_format == "channels_first" else (batch, *sizes, filters)


def exact_rank(x: TensorSpec, *ranks: int) -> None:
    """Refuse a tensor of another rank.

    Raises:
        RuleError: rank-mismatch (GC403).
    """
    given = len(x.shape or ())
    if given not in ranks:
        wanted = " or ".join(map(str, ranks))
        raise RuleError("GC403", f"needs rank {wanted}, gets {show(x.shape)} of rank {given}", inputs=(0,))


def refuse_sparse(x: TensorSpec) -> None:
    """Refuse a sparse tensor.

    Raises:
        RuleError: ragged-or-sparse-refused (GC412).
    """
    if x.sparse:
        raise RuleError("GC412", "cannot take a sparse tensor", "set sparse of its input to false", inputs=(0,))


def slide(
    c: RuleContext, sizes: Shape, width: Sequence[int], stride: Sequence[int], dilation: Sequence[int], arg: str
) -> list[Dim]:
    """Positions that a window takes in space, `arg` naming its width's argument.

    Raises:
        RuleError: empty-output (GC407), a valid window does not fit.
    """
    padding = c.padding
    out: list[Any] = [*map(window, sizes, width, stride, repeat(padding), dilation)]
    if float in map(type, stride) or float in map(type, dilation):
        out = [size if size is None else int(size) for size in out]
    if padding == "valid":
        # tf_keras leaves the least size open where a dilated window meets an axis of unknown size.
        least = 0 if c.dialect == "keras2" and None in sizes and max(dilation) > 1 else 1
        for i, size in enumerate(out):
            if size is not None and size < least:
                axis = i + (2 if c.data_format == "channels_first" else 1)
                raise _empty(sizes, out, width, dilation, arg, axis)
    return out


def _empty(
    sizes: Shape, out: list[Dim], width: Sequence[int], dilation: Sequence[int], arg: str, axis: int
) -> RuleError:
    covered = tuple(d * (w - 1) + 1 for w, d in zip(width, dilation, strict=True))
    spread = f" with dilation_rate {show(tuple(dilation))}" if max(dilation) > 1 else ""
    return RuleError(
        "GC407",
        f"makes {show(tuple(out))} of {show(sizes)}: {arg} {show(tuple(width))}{spread} does not fit",
        f'use padding="same", or let at least {show(covered)} come in',
        arg=arg,
        inputs=(0,),
        data={"axis": axis},
    )


def run_dtype(c: RuleContext, x: TensorSpec, *_more: Any) -> str | None:
    """Keras 3 states the compute dtype, whatever comes in; Keras 2 runs the operation, and integers stay."""
    return autocast(c, x.dtype) if c.dialect == "keras2" else c.compute_dtype


def function_dtype(c: RuleContext, x: TensorSpec, function: str) -> str | None:
    """The dtype that an activation function gives. Keras 2 runs it, and most of them take floats only.

    Raises:
        RuleError: dtype-refused (GC409).
    """
    if c.dialect != "keras2" or function == "linear":
        return run_dtype(c, x)
    if function in ("relu", "relu6", "leaky_relu") and x.dtype not in ("bool", "string"):
        return run_dtype(c, x) if function != "leaky_relu" or x.dtype is None or is_float(x.dtype) else "float32"
    return needs_float(c, x)


def needs_float(c: RuleContext, x: TensorSpec, *_more: Any) -> str:
    """The compute dtype, for layers whose operation Keras 2 runs on floats only. Keras 3 answers it whatever comes in.

    Raises:
        RuleError: dtype-refused (GC409), Keras 2 casts floats but no integers.
    """
    if c.dialect == "keras2" and x.dtype is not None and not is_float(x.dtype):
        raise RuleError(
            "GC409",
            f"needs floats, gets {x.dtype}",
            "make numbers of the text first, with StringLookup or TextVectorization"
            if x.dtype == "string"
            else f"cast the input to {c.compute_dtype}",
            inputs=(0,),
            data={"dtype": x.dtype},
        )
    return c.compute_dtype if c.dialect == "keras3" or is_float(c.compute_dtype) else x.dtype or c.compute_dtype


def takes_only(c: RuleContext, x: TensorSpec, is_taken: Callable[[str], bool]) -> None:
    """Refuse an input whose dtype TensorFlow's operation has no kernel for, where Keras 2 runs it.

    Floats were cast before, to a compute dtype that is a float.

    Raises:
        RuleError: dtype-refused (GC409).
    """
    dtype = autocast(c, x.dtype)
    if c.dialect == "keras2" and dtype is not None and not is_taken(dtype):
        says, hint = f"cannot take {dtype}", "cast the input to a dtype that it takes, such as float32 or int32"
        raise RuleError("GC409", says, hint, inputs=(0,), data={"dtype": dtype})


def computed_in(is_taken: Callable[[str], bool]) -> Callable[..., str]:
    """The compute dtype, whatever comes in, of a layer that Keras 2 runs in some dtypes only."""

    def rule(c: RuleContext, *_inputs: Any) -> str:
        if c.dialect == "keras2" and not is_taken(c.compute_dtype):
            says = f"cannot compute in {c.compute_dtype}"
            raise RuleError("GC409", says, "use a float, such as float32", arg="dtype")
        return c.compute_dtype

    return rule


def are_floats(dtype: str) -> bool:
    """Whether a dtype is one of the floats, complex ones among them."""
    return is_float(dtype) or dtype.startswith("complex")


def are_real(dtype: str) -> bool:
    """Whether a dtype is one of the floats and whole numbers."""
    return is_float(dtype) or "int" in dtype


def are_numbers(dtype: str) -> bool:
    """Whether a dtype is neither of texts nor of truths."""
    return dtype not in ("string", "bool")


def bias(c: RuleContext, size: int) -> list[WeightSpec]:
    """The bias of so many sizes, where the layer uses one."""
    return [WeightSpec("bias", (size,))] if c.use_bias else []


def per_sample(shape: Shape | None) -> Dim:
    """The elements of one sample: all axes but the first.

    >>> per_sample((None, 4, 4)), per_sample((8, None))
    (16, None)
    """
    return None if shape is None else times(*shape[1:])


def times(*factors: Dim) -> Dim:
    """A product, None where a factor is unknown."""
    return None if None in factors else math.prod(factors)  # type: ignore[arg-type]  # None is not among them


def plus(*parts: Dim) -> Dim:
    """A sum, None where a part is unknown."""
    return None if None in parts else sum(parts)  # type: ignore[arg-type]  # None is not among them
