"""Operations on signals: Fourier transforms, and sequences cut out of a signal."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from ..shapes import Dim, RuleError, Shape, show
from .operands import operation, same_type, shape_of, tensor, told
from .params import anything, flag, integer, looked_at_late, nullable, open_size
from .spec import OpDef, RuleContext


def _complex(x: Any, rank: int) -> Shape:
    """The shape of a signal in two parts, real and imaginary.

    Raises:
        RuleError: missing-input (GC402), rank-mismatch (GC403), sizes-differ (GC405).
    """
    if not isinstance(x, (list, tuple)) or len(x) != 2:
        raise RuleError("GC402", "needs two tensors in a list, the real and the imaginary part", "connect both")
    real, imaginary = (tensor(part).shape or () for part in x)
    if real != imaginary:
        raise RuleError("GC405", f"needs parts of one shape, gets {show(real)} and {show(imaginary)}", inputs=(0, 1))
    if len(real) < rank:
        raise RuleError("GC403", f"needs rank {rank} at least, gets {show(real)}", inputs=(0,))
    return real


def _transformed(rank: int) -> Any:
    def shape(c: RuleContext, x: Any) -> list[Shape]:
        given = _complex(x, rank)
        if None in given[-rank:]:
            raise RuleError("GC408", f"needs a known size on its last axes, gets {show(given)}", inputs=(0,))
        return [given, given]

    return shape


def _both_types(c: RuleContext, x: Any) -> list[str | None]:
    return [tensor(part).dtype for part in x]


def _real_type(c: RuleContext, x: Any) -> str | None:
    return tensor(x[0]).dtype


def _halved(c: RuleContext, x: Any) -> list[Shape]:
    shape = shape_of(x)
    if not shape:
        raise RuleError("GC403", "needs an axis to transform, gets ()", inputs=(0,))
    length = shape[-1] if c.fft_length is None else c.fft_length
    return [(*shape[:-1], None if length is None else length // 2 + 1)] * 2


def _restored(c: RuleContext, x: Any) -> Shape:
    shape = _complex(x, 1)
    length = shape[-1]
    if c.fft_length is not None:
        return (*shape[:-1], c.fft_length)
    return (*shape[:-1], None if length is None else 2 * (length - 1))


def _steps(c: RuleContext, length: Dim, window: int) -> Dim:
    if length is None:
        return None
    stride = told(c, "sequence_stride")
    if stride == 0:
        raise RuleError("GC204", "has a stride of 0", arg="sequence_stride")
    steps: Dim = 1 + (length - window) // stride
    return steps


def _cut(c: RuleContext, x: Any) -> Shape:
    shape = shape_of(x)
    if not shape:
        raise RuleError("GC403", "needs an axis to cut, gets ()", inputs=(0,))
    steps = None if shape[-1] is None else _steps(c, shape[-1], told(c, "sequence_length"))
    return (*shape[:-1], steps, c.sequence_length)


def _spectrum(c: RuleContext, x: Any) -> list[Shape]:
    shape = shape_of(x)
    if not shape:
        raise RuleError("GC403", "needs an axis to transform, gets ()", inputs=(0,))
    around = c.fft_length // 2 * 2 if c.center else 0
    length = None if shape[-1] is None else shape[-1] + around
    return [(*shape[:-1], _steps(c, length, c.fft_length), c.fft_length // 2 + 1)] * 2


def _resounding(c: RuleContext, x: Any) -> Shape:
    shape = _complex(x, 2)
    steps, length = shape[-2], c.length
    if steps is not None:  # Keras computes it also where it is told the length
        kinds = (int,) if length is None else (int, float)
        heard = (steps - 1) * told(c, "sequence_stride", kinds) + told(c, "fft_length", kinds)
        around = c.fft_length // 2 * 2 if c.center else 0
        length = heard - around if length is None else length
    return (*shape[:-2], length)


_COMPLEX = "[(…, n), (…, n)] → (…, n), (…, n)"
_LENGTH = integer("fft_length")
_STRIDE = looked_at_late(integer("sequence_stride", required=True))
_WINDOWS = (anything("sequence_length", required=True), _STRIDE)
_TRANSFORM = integer("fft_length", required=True)

_CENTER = replace(flag("center", True), read=lambda value: value is not False)
"""Keras asks whether it is false, and not whether it is true."""

ENTRIES: Sequence[OpDef] = (
    operation("FFT", ["x"], _transformed(1), _both_types, _COMPLEX),
    operation("FFT2", ["x"], _transformed(2), _both_types, _COMPLEX),
    operation("IFFT2", ["x"], _transformed(2), _both_types, _COMPLEX),
    operation("RFFT", ["x"], _halved, same_type, "(…, n) → (…, n // 2 + 1), twice", nullable(_LENGTH)),
    operation("IRFFT", ["x"], _restored, _real_type, "[(…, n), (…, n)] → (…, 2 * (n - 1))", nullable(_LENGTH)),
    operation(
        "STFT",
        ["x"],
        _spectrum,
        same_type,
        "(…, n) → (…, sequences, fft_length // 2 + 1), twice",
        *(*_WINDOWS, _TRANSFORM, anything("window", "hann"), _CENTER),
    ),
    operation(
        "ISTFT",
        ["x"],
        _resounding,
        _real_type,
        "[(…, sequences, n), (…, sequences, n)] → (…, length)",
        *(
            *_WINDOWS,
            looked_at_late(_TRANSFORM),
            nullable(integer("length")),
            anything("window", "hann"),
            flag("center", True),
        ),
    ),
    operation(
        "ExtractSequences",
        ["x"],
        _cut,
        same_type,
        "(…, n) → (…, sequences, sequence_length)",
        *(open_size(integer("sequence_length", required=True)), _STRIDE),
    ),
)
