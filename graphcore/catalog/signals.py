"""Layers that turn sound into spectrograms."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

from ..diagnostics import shown
from ..model import JSON
from ..shapes import Dim, RuleError, Shape, TensorSpec, show, window
from .params import KERAS3, anything, compared, data_format, flag, integer, looked_at_late, nullable, one_of, open_size
from .rules import times
from .spec import BadValue, One, OpDef, Param, RuleContext, WeightSpec, compute_dtype

# Mel


def _mel(c: RuleContext, x: TensorSpec) -> Shape:
    shape = x.shape or ()
    if not shape:
        raise RuleError("GC403", "needs rank 1 or 2, gets ()", inputs=(0,))
    batch, length = ((), shape[0]) if len(shape) == 1 else (shape[:1], shape[1])
    step = c.sequence_stride
    if step == 0 and length is not None:
        raise RuleError("GC204", "has a stride of 0", arg="sequence_stride")
    frames = None if length is None else (length + step + 1) // step
    if frames is not None and frames < 0:
        says = f"makes {frames} frames of {length} samples with sequence_stride {step}"
        raise RuleError("GC204", says, "use a sequence_stride above 0", arg="sequence_stride")
    return (*batch, c.num_mel_bins, frames)


def _mel_fits(c: RuleContext) -> Iterator[RuleError]:
    if not c.max_freq and not (isinstance(c.sampling_rate, (int, float)) and math.isfinite(c.sampling_rate)):
        says = f"has sampling_rate {shown(c.sampling_rate)}; it takes a number where max_freq is not given"
        yield RuleError("GC204", says, arg="sampling_rate", data={"beside": ["max_freq"]})
    try:
        is_too_short = c.fft_length < (c.sequence_length or c.fft_length)
    except TypeError:  # numbers, texts and lists are not held against each other
        is_too_short = True
    if is_too_short:
        says = f"has fft_length {shown(c.fft_length)}, less than sequence_length {shown(c.sequence_length)}"
        yield RuleError(
            "GC205",
            says,
            f"make fft_length {shown(c.sequence_length)} or more",
            arg="fft_length",
            data={"beside": ["sequence_length"]},
        )


MEL_SPECTROGRAM = OpDef(
    "layers.MelSpectrogram",
    params=(
        looked_at_late(integer("fft_length", 2048)),
        integer("sequence_stride", 512, doc="Samples from one frame to the next."),
        nullable(looked_at_late(integer("sequence_length"))),
        anything("window", "hann"),
        Param("sampling_rate", lambda value: value, {"type": "number"}, 16000, inert=True),
        open_size(integer("num_mel_bins", 128, least=0)),
        anything("min_freq", 20.0),
        anything("max_freq"),
        flag("power_to_db", True),
        anything("top_db", 80.0),
        anything("mag_exp", 2.0),
        anything("min_power", 1e-10),
        anything("ref_power", 1.0),
    ),
    inputs=One(),
    shape=_mel,
    dtype=compute_dtype,
    mask=None,
    checks=_mel_fits,
    group="preprocessing",
    only=KERAS3,
    doc="(batch, samples) → (batch, num_mel_bins, (samples + sequence_stride + 1) // sequence_stride)",
)


# STFT

_FADES = (
    *("barthann", "brthan", "bth", "bartlett", "bart", "brt", "blackman", "black", "blk"),
    *("blackmanharris", "blackharr", "bkh", "bohman", "bman", "bmn", "boxcar", "box", "ones", "rect", "rectangular"),
    *("cosine", "halfcosine", "exponential", "poisson", "flattop", "flat", "flt", "hamming", "hamm", "ham"),
    *("hann", "han", "lanczos", "sinc", "nuttall", "nutl", "nut", "parzen", "parz", "par", "taylor", "taylorwin"),
    *("triangle", "triang", "tri", "tukey", "tuk"),
)
"""The windows of SciPy that need no number of their own, which Keras asks for by name."""
_WINDOW = {"anyOf": [{"enum": list(_FADES)}, {"type": "array", "items": {"type": "number"}}, {"type": "null"}]}


def _read_window(value: JSON) -> JSON:
    """A window by its name, also with the ending that says how it is cut; or its numbers.

    Source: SciPy 1.17, `scipy.signal.get_window`.
    """
    if isinstance(value, str):
        if value.removesuffix("_symmetric").removesuffix("_periodic") not in _FADES:
            raise BadValue("the name of a window of SciPy that needs no number")
    elif value is not None and (
        not isinstance(value, (list, tuple)) or any(not isinstance(one, (int, float)) for one in value)
    ):
        raise BadValue("the name of a window of SciPy, a number for each sample of a frame, or null")
    return value


def _step(c: RuleContext) -> Any:
    step: Any = c.frame_step or c.frame_length // 2
    return step if isinstance(step, float) else int(step)


def _bins(c: RuleContext) -> int:
    """Half of the transform's length, which is that of a frame filled up to a power of two where none is given."""
    frame = int(c.frame_length)
    more = 2 ** math.ceil(math.log2(frame)) - frame
    length: int = c.fft_length or (c.frame_length + more if more else c.frame_length)
    return length // 2 + 1


def _positions(c: RuleContext, time: Dim) -> Dim:
    """How many frames there are; steps that are no whole numbers count on."""
    frames: Any = window(time, c.frame_length, _step(c), c.padding)
    return int(frames) if isinstance(frames, float) else frames


def _frames(c: RuleContext, x: TensorSpec) -> Shape:
    batch, first, second = x.shape or (None, None, None)
    is_last = c.data_format == "channels_last"
    time, channels = (first, second) if is_last else (second, first)
    frames = _positions(c, time)
    if frames is not None and frames < 1:
        says = f"makes {frames} frames of {show(x.shape)}: frame_length {c.frame_length} does not fit"
        raise RuleError("GC407", says, "use a shorter frame_length", arg="frame_length", inputs=(0,))
    if channels is None:
        raise RuleError("GC408", f"needs a known number of channels, gets {show(x.shape)}", inputs=(0,))
    bins = _bins(c) * (2 if c.mode == "stft" else 1)
    if c.expand_dims:
        return (batch, frames, bins, channels) if is_last else (batch, channels, frames, bins)
    wide: Dim = times(bins, channels)
    return (batch, frames, wide) if is_last else (batch, wide, frames)


def _stft_cost(c: RuleContext, x: TensorSpec, y: Shape) -> Dim:
    """Each frame of each channel by one kernel, or by both."""
    _, first, second = x.shape or (None, None, None)
    time, channels = (first, second) if c.data_format == "channels_last" else (second, first)
    kernels = 1 if c.mode in ("real", "imag") else 2
    return times(_positions(c, time), channels, c.frame_length, _bins(c), kernels)


def _stft_weights(c: RuleContext, x: TensorSpec) -> Iterator[WeightSpec]:
    shape = (c.frame_length, 1, _bins(c))
    if c.mode != "imag":
        yield WeightSpec("real_kernel", shape)
    if c.mode != "real":
        yield WeightSpec("imag_kernel", shape)


def _stft_fits(c: RuleContext) -> Iterator[RuleError]:
    if isinstance(c.window, (list, tuple)) and len(c.window) != c.frame_length:
        says = f"has a window of {len(c.window)} numbers, and frame_length {c.frame_length}"
        yield RuleError(
            "GC205", says, "give a number for each sample of a frame", arg="window", data={"beside": ["frame_length"]}
        )
    if isinstance(c.window, str) and not isinstance(c.said.get("periodic", False), bool):
        yield RuleError("GC204", "has a periodic that is neither true nor false", "use one of them", arg="periodic")
    if c.frame_step is not None and not 1 <= c.frame_step <= c.frame_length:
        says = f"has frame_step {c.frame_step}, and frame_length {c.frame_length}"
        yield RuleError(
            "GC205",
            says,
            "use a frame_step from 1 to frame_length",
            arg="frame_step",
            data={"beside": ["frame_length"]},
        )
    if "float" not in c.variable_dtype:
        says = f"cannot make its kernels in {c.variable_dtype}"
        yield RuleError("GC409", says, "use a dtype of floats, such as float32", arg="dtype")
    if not _step(c):
        yield RuleError(
            "GC205", "has frames of 1 sample, which have no half to step by", "give frame_step", arg="frame_length"
        )
    if c.fft_length is not None and c.fft_length < c.frame_length:
        says = f"has fft_length {c.fft_length}, less than frame_length {c.frame_length}"
        yield RuleError(
            "GC205",
            says,
            f"make fft_length {c.frame_length} or more",
            arg="fft_length",
            data={"beside": ["frame_length"]},
        )


STFT_SPECTROGRAM = OpDef(
    "layers.STFTSpectrogram",
    params=(
        one_of("mode", ("log", "magnitude", "psd", "real", "imag", "angle", "stft"), "log"),
        integer("frame_length", 256, least=1, doc="Samples of a frame."),
        nullable(compared(integer("frame_step"), lambda step: step >= 1)),
        nullable(integer("fft_length")),
        Param("window", _read_window, _WINDOW, "hann", inert=True),
        flag("periodic"),
        nullable(one_of("scaling", ("density", "spectrum"), "density")),
        one_of("padding", ("valid", "same"), "valid"),
        flag("expand_dims"),
        data_format(),
    ),
    inputs=One(rank=3),
    shape=_frames,
    dtype=compute_dtype,
    weights=_stft_weights,
    mask=None,
    cost=_stft_cost,
    checks=_stft_fits,
    group="preprocessing",
    only=KERAS3,
    doc="(batch, samples, channels) → (batch, frames, bins * channels)",
)

ENTRIES = (MEL_SPECTROGRAM, STFT_SPECTROGRAM)
