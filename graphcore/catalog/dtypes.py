"""Which dtype comes out where several go in: the promotion of Keras 3.

`int` and `float` stand for Python's numbers, which give way to the dtype of a tensor.
"""

from __future__ import annotations

from functools import lru_cache

# Each dtype with those right above it. Source: Keras 3, `keras.src.backend.common.dtypes`, after JAX.
_ABOVE: dict[str, tuple[str, ...]] = {
    "bool": ("int",),
    "uint8": ("int16", "uint16"),
    "uint16": ("int32", "uint32"),
    "uint32": ("int64", "uint64"),
    "uint64": ("float",),
    "int": ("uint8", "int8", "complex64"),
    "int8": ("int16",),
    "int16": ("int32",),
    "int32": ("int64",),
    "int64": ("float",),
    "float": ("bfloat16", "float16"),
    "bfloat16": ("float32",),
    "float16": ("float32",),
    "float32": ("float64", "complex64"),
    "float64": ("complex128",),
    "complex64": ("complex128",),
    "complex128": (),
}
_STRONG = {"int": "int64", "float": "float32"}
_NARROWED = {"uint64": "uint32", "complex128": "complex64"}
ALLOWED = (
    *("bool", "uint8", "uint16", "uint32", "uint64", "int8", "int16", "int32", "int64", "bfloat16", "float16"),
    *("float32", "float64", "complex64", "complex128", "string", "float8_e4m3fn", "float8_e5m2"),
)
"""Every dtype of a Keras tensor."""
FLOATS = ("float16", "float32", "float64", "bfloat16")


def _bounds() -> dict[str, frozenset[str]]:
    found: dict[str, frozenset[str]] = {}
    for dtype in _ABOVE:
        seen, stack = {dtype}, [dtype]
        while stack:
            new = [above for above in _ABOVE[stack.pop()] if above not in seen]
            seen.update(new)
            stack.extend(new)
        found[dtype] = frozenset(seen)
    return found


_BOUNDS = _bounds()


@lru_cache(1024)
def result_type(*dtypes: str) -> str | None:
    """The dtype that these are promoted to, None where Keras refuses them.

    Source: Keras 3, `keras.backend.result_type` with TensorFlow below and floatx float32.

    >>> result_type("int32", "float"), result_type("float16", "bfloat16"), result_type("int")
    ('float32', 'float32', 'int32')
    """
    if any(dtype.startswith("float8") for dtype in dtypes):
        return None
    is_weak = all(dtype in _STRONG for dtype in dtypes)
    strong = {_STRONG.get(dtype, dtype) for dtype in dtypes}
    if is_weak:
        bound = strong.pop() if len(strong) == 1 else _least_bound(frozenset(strong))
        return "int32" if bound is not None and bound.startswith("int") else "float32"
    if len(strong) == 1:
        out: str | None = strong.pop()
    else:
        out = _least_bound(frozenset(dtypes))
    if out in _STRONG:
        return "int32" if out == "int" else "float32"
    return None if out is None else _NARROWED.get(out, out)


def _least_bound(dtypes: frozenset[str]) -> str | None:
    if any(dtype not in _BOUNDS for dtype in dtypes):
        return None
    common = frozenset.intersection(*(_BOUNDS[dtype] for dtype in dtypes))
    least = common & dtypes or {dtype for dtype in common if common <= _BOUNDS[dtype]}
    return next(iter(least)) if len(least) == 1 else None


def floated(dtype: str) -> str | None:
    """What sines, logarithms and roots give: floats stay, int64 and the like become float32.

    >>> floated("int64"), floated("bfloat16"), floated("int32")
    ('float32', 'bfloat16', 'float32')
    """
    return "float32" if dtype == "int64" else result_type(dtype, "float")


def no_integer(dtype: str) -> str:
    """Floats and complex stay, integers and bool become float32."""
    return "float32" if "int" in dtype or dtype == "bool" else dtype


def no_bool(dtype: str) -> str:
    """A bool becomes int32."""
    return "int32" if dtype == "bool" else dtype


def summed(dtype: str) -> str:
    """What sums and products are held in: small integers become 32 bits wide."""
    if dtype in ("bool", "int8", "int16"):
        return "int32"
    return "uint32" if dtype in ("uint8", "uint16") else dtype


def divided(dtype: str) -> str:
    """What TensorFlow divides in: whole numbers of 8 and 16 bits in float32, wider ones in float64, others as they are.

    >>> divided("uint8"), divided("int32"), divided("float16")
    ('float32', 'float64', 'float16')
    """
    if "int" not in dtype:
        return dtype
    return "float32" if dtype in ("uint8", "int8", "uint16", "int16") else "float64"


def complex_of(dtype: str) -> str:
    """The complex numbers whose parts are these floats; others stay."""
    return {"float32": "complex64", "float64": "complex128"}.get(dtype, dtype)


def real_of(dtype: str) -> str:
    """What the parts of complex numbers are; others stay."""
    return {"complex64": "float32", "complex128": "float64"}.get(dtype, dtype)
