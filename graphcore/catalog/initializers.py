"""Which dtypes the initializers of Keras 3 can fill a weight with, as TensorFlow makes their numbers."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from ..model import JSON
from ..shapes import RuleError, Shape
from .spec import RuleContext, WeightSpec

ALWAYS_FILLED = frozenset(("float16", "float32", "float64"))
"""Dtypes that every initializer knows."""

_FLOATS = ALWAYS_FILLED | {"bfloat16"}
_COMPLEX = frozenset(("complex64", "complex128"))
_TAKES = {
    "orthogonal": ALWAYS_FILLED,
    "orthogonalinitializer": ALWAYS_FILLED,
    "identity": _FLOATS | _COMPLEX,
    "identityinitializer": _FLOATS | _COMPLEX,
    **dict.fromkeys(
        (
            *("glorotnormal", "henormal", "lecunnormal", "randomnormal", "normal", "truncatednormal"),
            *("randomuniform", "uniform", "variancescaling", "lecununiform", "glorotuniform", "heuniform"),
        ),
        _FLOATS,
    ),
}
"""Those that take some dtypes only."""
_SCALES = {"heuniform": (2.0, False), "lecununiform": (1.0, False), "glorotuniform": (1.0, True)}
"""How far their numbers may lie from 0, and whether what goes out counts for it: where that is 1, whole numbers lie."""


def check_initializers(c: Any, weights: Sequence[WeightSpec]) -> None:
    """Refuse weights that their initializers cannot make in the layer's dtype. `c` is a rule's context.

    Raises:
        RuleError: dtype-refused (GC409).

    Source: Keras 3, `Layer.add_weight`; TensorFlow, `stateless_random_uniform`.
    """
    for weight in weights:
        if weight.dtype is None:
            check_made(c, _initializer(c, weight.name), weight)


def check_made(c: RuleContext, initializer: JSON, weight: WeightSpec) -> None:
    """Refuse a weight that an initializer cannot make in the layer's dtype.

    Raises:
        RuleError: dtype-refused (GC409).
    """
    name = initializer.get("class_name") if isinstance(initializer, dict) else initializer
    dtype = c.variable_dtype
    plain = name.lower().replace("_", "") if isinstance(name, str) else ""
    is_refused = dtype == "string" if plain in ("ones", "one") else dtype not in _TAKES.get(plain, (dtype,))
    if is_refused and not (dtype in ("int32", "int64") and _limit(plain, weight.shape) >= 1):
        says = f"cannot fill its {weight.name} with {name} in {dtype}"
        raise RuleError("GC409", says, "use a dtype of floats, such as float32", arg="dtype")


def _initializer(c: Any, weight: str) -> JSON:
    """What fills a weight; ones where no argument says it."""
    plain = weight.rpartition("/")[2]
    for name in (plain, plain.removesuffix("_kernel")):
        said: JSON = getattr(c, f"{name}_initializer", "ones")
        if said != "ones":
            return said
    return "ones"


def _limit(initializer: str, shape: Shape) -> float:
    """How far from 0 the numbers may lie of an initializer that scales them by a weight's shape; 0 of others.

    Source: Keras 3, `compute_fans` and `VarianceScaling`.
    """
    if initializer not in _SCALES or None in shape:
        return 0.0
    scale, counts_both = _SCALES[initializer]
    sizes = [size for size in shape if size is not None] or [1]
    reach = math.prod(sizes[:-2])
    into, out = (sizes[0], sizes[0]) if len(sizes) < 2 else (sizes[-2] * reach, sizes[-1] * reach)
    return math.sqrt(3 * scale / max(1.0, (into + out) / 2 if counts_both else into))
