"""Sizes and shapes of tensors, and the arithmetic that rules share."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

Dim = int | None
"""One size; None is known at run time only."""
Shape = tuple[Dim, ...]


@dataclass(frozen=True, slots=True, init=False)
class TensorSpec:
    """What is known of a tensor. A shape or dtype of None is unknown; a mask of None is none."""

    shape: Shape | None
    dtype: str | None
    sparse: bool = False
    ragged: bool = False
    mask: Shape | None = field(default=None, repr=False)

    def __init__(
        self,
        shape: Shape | None,
        dtype: str | None,
        sparse: bool = False,
        ragged: bool = False,
        mask: Shape | None = None,
    ) -> None:
        # What a frozen dataclass does by the fields' names takes twice as long, and a model has hundreds.
        _set_shape(self, shape)
        _set_dtype(self, dtype)
        _set_sparse(self, sparse)
        _set_ragged(self, ragged)
        _set_mask(self, mask)

    @property
    def is_dense(self) -> bool:
        """Whether it is neither sparse nor ragged."""
        return not self.sparse and not self.ragged


_set_shape, _set_dtype, _set_sparse, _set_ragged, _set_mask = (
    TensorSpec.__dict__[name].__set__ for name in TensorSpec.__slots__
)


class Unranked(TensorSpec):
    """A tensor without a shape, where that is known: an input of Keras 2 states none. Others are only unknown."""

    __slots__ = ()


UNKNOWN = TensorSpec(None, None)


class RuleError(Exception):
    """What a rule cannot do with its arguments or inputs.

    `says` continues the sentence that begins with the layer: `cannot combine (None, 8) with (None, 9)`. `arg` names the
    argument that is to blame, `inputs` the positions of the inputs that are. `data` are facts for a fix, as JSON.
    """

    def __init__(
        self,
        code: str,
        says: str,
        hint: str | None = None,
        *,
        arg: str | None = None,
        inputs: tuple[int, ...] = (),
        data: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__(says)
        self.code = code
        self.says = says
        self.hint = hint
        self.arg = arg
        self.inputs = inputs
        self.data = data or {}


def size(shape: Iterable[Dim]) -> Dim:
    """The number of elements, None where a size is unknown; an empty axis makes it 0 all the same.

    >>> size((2, 3)), size((None, 3)), size((None, 0))
    (6, None, 0)
    """
    product, is_known = 1, True
    for dim in shape:
        if dim is None:
            is_known = False
        else:
            product *= dim
    return product if is_known or product == 0 else None


def show(shape: Shape | None) -> str:
    """A shape as Keras prints tuples.

    >>> show((None, 8)), show((None,)), show(None)
    ('(None, 8)', '(None,)', 'unknown')
    """
    try:
        return "unknown" if shape is None else str(tuple(shape))
    except ValueError:  # Python writes no number of more than 4,300 digits
        return "a size beyond 10^4000"


def unify(a: Dim, b: Dim) -> Dim:
    """The size of an axis that two sides describe: the one that is known.

    Raises:
        RuleError: sizes-differ (GC405), both are known and differ.
    """
    if a is None or a == b:
        return b
    if b is None:
        return a
    raise RuleError("GC405", f"needs equal sizes, gets {a} and {b}")


def may_agree(a: Shape, b: Shape, *, but: int | None = None) -> bool:
    """Whether two shapes may be one: of one rank, and of sizes that are equal where both are known, but for an axis.

    >>> may_agree((None, 3), (2, 3)), may_agree((2, 3), (2, 4)), may_agree((2, 3), (2, 4), but=1)
    (True, False, True)
    """
    return len(a) == len(b) and all(
        axis == but or x is None or y is None or x == y for axis, (x, y) in enumerate(zip(a, b, strict=True))
    )


def broadcast(a: Shape, b: Shape) -> Shape:
    """The shape that two broadcast to, aligned from the right; a size of 1 takes the other's.

    Raises:
        RuleError: broadcast-mismatch (GC404).

    >>> broadcast((None, 8), (4, 1, 8))
    (4, None, 8)
    """
    short, long = (a, b) if len(a) <= len(b) else (b, a)
    head = len(long) - len(short)
    out = list(long)
    for i, dim in enumerate(short):
        other = long[head + i]
        if other == 1:
            out[head + i] = dim
        elif dim is None or dim == 1 or dim == other:
            out[head + i] = other
        elif other is None:
            out[head + i] = dim
        else:
            raise RuleError("GC404", f"cannot combine {show(a)} with {show(b)}")
    return tuple(out)


def window(length: Dim, width: int, stride: int, padding: str, dilation: int = 1) -> Dim:
    """Positions that a window takes along one axis, or None where `length` is unknown.

    `valid`: (length - (dilation*(width-1) + 1)) // stride + 1; `same`, `causal`: ceil(length / stride). May give 0 or
    less where a window does not fit: the caller names the layer's whole shape in its message.

    Source: Keras 3, `compute_conv_output_shape`.

    >>> window(28, 3, 1, "valid"), window(28, 2, 2, "same"), window(None, 3, 1, "valid")
    (26, 14, None)
    """
    if length is None:
        return None
    if padding == "valid":
        return (length - (dilation * (width - 1) + 1)) // stride + 1
    return -(-length // stride)


def sliced(length: Dim, start: int | None, stop: int | None, step: int | None) -> Dim:
    """Places that a slice takes of an axis, None where its size is unknown.

    >>> sliced(6, 2, None, None), sliced(6, None, -1, 2), sliced(None, 0, 2, 1)
    (4, 3, None)
    """
    if length is None:
        return None
    first, end, step = slice(start, stop, step).indices(length)
    if end == length:
        end = length  # which remembers where it comes from
    return max(-(-(end - first) // step), 0)


def normal_axis(axis: int, rank: int) -> int:
    """An axis counted from the front.

    Raises:
        RuleError: rank-mismatch (GC403), there is no such axis.
    """
    if not -rank <= axis < rank:
        raise RuleError("GC403", f"has axis {axis}, and its input has rank {rank}", arg="axis", inputs=(0,))
    return axis % rank


def fill_in(target: Sequence[Dim], total: Dim) -> Shape | None:
    """A target shape with its one -1 replaced, None where `total` elements do not fit it.

    >>> fill_in((-1, 4), 12), fill_in((5,), 12), fill_in((-1, 4), None)
    ((3, 4), None, (None, 4))
    """
    known = math.prod(dim for dim in target if dim is not None and dim != -1)
    if -1 not in target:
        fits = total is None or None in target or known == total
        return tuple(target) if fits else None
    if total is None:
        return tuple(None if dim == -1 else dim for dim in target)
    if known == 0 or total % known:
        return None
    return tuple(total // known if dim == -1 else dim for dim in target)
