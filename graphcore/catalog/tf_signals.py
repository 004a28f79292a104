"""TensorFlow's functions of frames and of their frequencies."""

from __future__ import annotations

from typing import Any

from ..shapes import Dim, RuleError, TensorSpec
from .dtypes import complex_of
from .operands import axis_of
from .spec import is_whole
from .tf_operands import (
    Arguments,
    Function,
    axes_said,
    axis_said,
    check_whole,
    of_floats,
    of_rank_from,
    size_said,
    table,
    tensor,
    without,
)


def _framed(x: Any, named: Arguments) -> TensorSpec:
    """Source: TensorFlow, `shape_ops.frame`."""
    shape = tensor(x).shape or ()
    axis = axis_said({"axis": -1, **named}, len(shape))
    if axis is None:
        raise RuleError("GC402", "does not say along which axis", "state axis")
    length, step = named.get("frame_length"), named.get("frame_step")
    for size in (length, step):
        check_whole(size, "a frame")
    if not is_whole(length) or not is_whole(step) or step < 1 or length < 0:
        return TensorSpec((*shape[:axis], None, None, *shape[axis + 1 :]), x.dtype)
    samples = shape[axis]
    count: Dim = None
    if samples is not None:
        count = -(-samples // step) if named.get("pad_end") else max(0, 1 + (samples - length) // step)
    return TensorSpec((*shape[:axis], count, length, *shape[axis + 1 :]), x.dtype)


def _overlapped(x: Any, named: Arguments) -> TensorSpec:
    shape, step = of_rank_from(x, 2), named.get("frame_step")
    check_whole(step, "frame_step")
    if is_whole(step) and step < 1:
        raise RuleError("GC204", f"moves frames by {step}")
    frames, length = shape[-2:]
    if frames is None or length is None or not is_whole(step):
        return TensorSpec((*shape[:-2], None), x.dtype)
    return TensorSpec((*shape[:-2], size_said((frames - 1) * step + length)), x.dtype)


def _spectra(x: Any, named: Arguments) -> TensorSpec:
    """The frequencies of each frame.

    Source: TensorFlow, `spectral_ops.stft`: as many as the next power of two has.
    """
    shape = _framed(_transformed(x, {}), named).shape or ()
    length = named.get("fft_length")
    if length is None and shape[-1] is not None:
        length = 1 << max(shape[-1] - 1, 0).bit_length()
    if isinstance(length, (list, tuple)):
        raise RuleError("GC204", "takes one number as fft_length")
    bins = length // 2 + 1 if is_whole(length) else None
    return TensorSpec((*shape[:-1], bins), complex_of(x.dtype or "float32"))


def _transformed(x: Any, named: Arguments) -> TensorSpec:
    made = of_floats(x, named)
    if made.dtype is not None and made.dtype.startswith(("complex", "float16", "bfloat16")):
        raise RuleError("GC409", f"transforms float32 and float64, not {made.dtype}", inputs=(0,))
    return made


def _cosines(x: Any, named: Arguments) -> TensorSpec:
    """Source: TensorFlow, `dct_ops._validate_dct_arguments`."""
    made, kind = _transformed(x, named), named.get("type", 2)
    if named.get("axis", -1) != -1 or named.get("norm") not in (None, "ortho") or kind not in (1, 2, 3, 4):
        raise RuleError("GC204", "transforms along the last axis, by type 1 to 4, with norm ortho or none")
    last = (made.shape or (None,))[-1]
    if kind == 1 and (named.get("norm") is not None or (last is not None and last < 2)):
        raise RuleError("GC205", "transforms two values or more without a norm by type 1")
    return made


def _frequencies(rank: int) -> Function:
    def rule(x: Any, named: Arguments) -> TensorSpec:
        if tensor(x).dtype is not None and not x.dtype.startswith("complex"):
            raise RuleError("GC409", f"needs complex numbers, gets {x.dtype}", "cast the input", inputs=(0,))
        return TensorSpec(of_rank_from(x, rank), x.dtype)

    return rule


def _shifted(x: Any, named: Arguments) -> TensorSpec:
    for axis in axes_said(named.get("axes")) or ():
        axis_of(axis, len(tensor(x).shape or ()))
    return TensorSpec(tensor(x).shape, x.dtype)


FUNCTIONS: dict[str, Function] = {
    **table(without(_framed, "string"), "signal.frame"),
    **table(without(_overlapped, "string", "bool"), "signal.overlap_and_add"),
    **table(_spectra, "signal.stft"),
    **table(_cosines, "signal.dct", "signal.idct"),
    **table(_frequencies(1), "signal.fft", "signal.ifft"),
    **table(_frequencies(2), "signal.fft2d", "signal.ifft2d"),
    **table(_frequencies(3), "signal.fft3d", "signal.ifft3d"),
    **table(_shifted, "signal.fftshift", "signal.ifftshift"),
}
