"""Calls of functions of TensorFlow with which drawn ones begin, beside those of the tables."""

from __future__ import annotations

from collections.abc import Iterator
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


ROWS: tuple[OperationCase, ...] = tuple(_known())
