"""Layers that prepare images: other sizes, and random changes that only training sees."""

from __future__ import annotations

from typing import Any

from ..model import JSON, Dialect
from ..shapes import Dim, RuleError, Shape, TensorSpec, show
from .params import KERAS2, KERAS3, anything, choice, flag, rewrite
from .params import data_format as data_format_of
from .spec import BadValue, One, OpDef, Param, RuleContext, compute_dtype, entries, same_dtype

_FORMAT = data_format_of()
_NEW_FORMAT = Param("data_format", _FORMAT.read, _FORMAT.schema, _FORMAT.default, only=KERAS3)
_BOX_FORMAT = anything("bounding_box_format", only=KERAS3)


def _rank(c: RuleContext, x: TensorSpec) -> Shape:
    """The shape of an image or a batch of them; Keras 3 mostly does not look.

    Raises:
        RuleError: rank-mismatch (GC403).
    """
    shape = x.shape or ()
    if len(shape) not in (3, 4):
        raise RuleError("GC403", f"needs rank 3 or 4, gets {show(shape)} of rank {len(shape)}", inputs=(0,))
    return shape


def _set(shape: Shape, axes: tuple[int, int], sizes: tuple[Dim, Dim]) -> Shape:
    out = list(shape)
    for axis, size in zip(axes, sizes, strict=True):
        out[axis] = size
    return tuple(out)


def _space(c: RuleContext) -> tuple[int, int]:
    is_first = c.dialect == "keras3" and c.data_format == "channels_first"
    return (-2, -1) if is_first else (-3, -2)


def _resized(c: RuleContext, x: TensorSpec) -> Shape:
    """Keras 3 replaces two sizes whatever the rank, from the front unless it is 4."""
    shape = x.shape or ()
    if c.dialect == "keras2" or len(shape) in (3, 4):
        return _set(_rank(c, x), _space(c), (c.height, c.width))
    first = 1 if c.data_format == "channels_first" else 0
    if len(shape) < first + 2:
        raise RuleError("GC403", f"needs rank 3 or 4, gets {show(shape)} of rank {len(shape)}", inputs=(0,))
    return _set(shape, (first, first + 1), (c.height, c.width))


def _cropped(c: RuleContext, x: TensorSpec) -> Shape:
    return _set(_rank(c, x), _space(c), (c.height, c.width))


def _randomly_cropped(c: RuleContext, x: TensorSpec) -> Shape:
    shape = x.shape or ()
    if c.dialect == "keras2" or len(shape) < 2 - min(_space(c)) - 2:
        shape = _rank(c, x)
    return _set(shape, _space(c), (c.height, c.width))


def _size(name: str) -> Param:
    def read(value: JSON) -> int:
        if type(value) is not int or value < 0:
            raise BadValue("a whole number")
        return value

    return Param(name, read, {"type": "integer", "minimum": 1}, required=True)


_INTERPOLATIONS = ("bilinear", "nearest", "bicubic", "area", "lanczos3", "lanczos5", "gaussian", "mitchellcubic")

SIZES = (
    OpDef(
        "layers.Resizing",
        params=(
            _size("height"),
            _size("width"),
            rewrite(choice("interpolation", _INTERPOLATIONS, "bilinear"), lambda value: value),
            flag("crop_to_aspect_ratio"),
            flag("pad_to_aspect_ratio", only=KERAS3),
            anything("fill_mode", "constant", only=KERAS3),
            anything("fill_value", 0.0, only=KERAS3),
            flag("antialias", only=KERAS3),
            _NEW_FORMAT,
            anything("factor", only=KERAS3),
            _BOX_FORMAT,
        ),
        inputs=One(),
        shape=_resized,
        dtype=compute_dtype,
        mask="drops",
        group="preprocessing",
        doc="(batch, h, w, channels) → (batch, height, width, channels)",
    ),
    OpDef(
        "layers.CenterCrop",
        params=(_size("height"), _size("width"), _NEW_FORMAT, anything("factor", only=KERAS3), _BOX_FORMAT),
        inputs=One(),
        shape=_cropped,
        dtype=compute_dtype,
        mask="drops",
        group="preprocessing",
        doc="(batch, h, w, channels) → (batch, height, width, channels), the middle",
    ),
    OpDef(
        "layers.RandomCrop",
        params=(
            *(_size("height"), _size("width"), anything("seed"), _NEW_FORMAT),
            *(anything("factor", only=KERAS3), _BOX_FORMAT),
        ),
        inputs=One(),
        shape=_randomly_cropped,
        dtype=compute_dtype,
        mask="drops",
        group="preprocessing",
        doc="(batch, h, w, channels) → (batch, height, width, channels), a random part",
    ),
)


# Random changes


def _kept(c: RuleContext, x: TensorSpec) -> Shape | None:
    return x.shape if c.dialect == "keras3" else _rank(c, x)


def _contrasted(c: RuleContext, x: TensorSpec) -> Shape:
    shape = x.shape or ()
    if c.dialect == "keras2" and len(shape) < 3:
        return _rank(c, x)
    return shape


def _looked_at(c: RuleContext, x: TensorSpec) -> Shape:
    return _rank(c, x)


_SHAPES = {"RandomContrast": _contrasted, "RandomColorDegeneration": _looked_at}


def _change(
    cls: str, *params: Param, only: tuple[Dialect, ...] = (), doc: str = "changed at random", keeps_dtype: bool = False
) -> OpDef:
    named = {param.name for param in params}
    rest = (
        anything("seed"),
        _NEW_FORMAT,
        _BOX_FORMAT,
        anything("factor", only=KERAS3),
        anything("value_range", only=KERAS3),
    )
    return OpDef(
        f"layers.{cls}",
        params=(*params, *(param for param in rest if param.name not in named)),
        inputs=One(),
        shape=_SHAPES.get(cls, _kept),
        dtype=same_dtype if keeps_dtype else compute_dtype,
        mask="drops",
        group="preprocessing",
        doc=f"(batch, h, w, channels) → (batch, h, w, channels), {doc}",
        only=only,
    )


_FILL = (anything("fill_mode", "reflect"), anything("interpolation", "bilinear"), anything("fill_value", 0.0))
_RANGE = anything("value_range", (0, 255))


_MODES = ("horizontal", "vertical", "horizontal_and_vertical")


def _read_mode(value: JSON) -> str:
    if value not in _MODES:
        raise BadValue('"horizontal", "vertical" or "horizontal_and_vertical"')
    return str(value)


CHANGES = (
    _change(
        "RandomFlip",
        Param("mode", lambda value: value, {"enum": list(_MODES)}, "horizontal_and_vertical", old=_read_mode),
        doc="mirrored at random",
    ),
    _change("RandomRotation", anything("factor", required=True), *_FILL, doc="turned at random"),
    _change(
        "RandomZoom", anything("height_factor", required=True), anything("width_factor"), *_FILL, doc="zoomed at random"
    ),
    _change(
        "RandomTranslation",
        *(anything("height_factor", required=True), anything("width_factor", required=True), *_FILL),
        doc="moved at random",
    ),
    _change(
        "RandomContrast",
        anything("factor", required=True),
        Param("value_range", lambda v: v, {}, (0, 255), only=KERAS3),
    ),
    _change("RandomBrightness", anything("factor", required=True), _RANGE),
    _change("RandomColorDegeneration", anything("factor", required=True), _RANGE, only=KERAS3),
    _change("RandomHue", anything("factor", required=True), _RANGE, only=KERAS3),
    _change("RandomPosterization", anything("factor", required=True), _RANGE, only=KERAS3),
    _change("RandomSaturation", anything("factor", required=True), _RANGE, only=KERAS3),
    _change("RandomSharpness", anything("factor", required=True), _RANGE, only=KERAS3),
    _change("RandomGrayscale", anything("factor", 0.5), only=KERAS3, keeps_dtype=True),
    _change("RandomInvert", anything("factor", 1.0), _RANGE, only=KERAS3),
    _change("RandomErasing", anything("factor", 1.0), anything("scale"), anything("fill_value"), _RANGE, only=KERAS3),
    _change(
        "RandomGaussianBlur",
        *(anything("factor", 1.0), anything("kernel_size", 3), anything("sigma", 1.0), _RANGE),
        only=KERAS3,
    ),
    _change("RandomElasticTransform", anything("factor", 1.0), anything("scale", 1.0), *_FILL, _RANGE, only=KERAS3),
    _change(
        "RandomPerspective",
        *(
            anything("factor", 1.0),
            anything("scale", 1.0),
            anything("interpolation", "bilinear"),
            anything("fill_value", 0.0),
        ),
        only=KERAS3,
    ),
    _change("RandomShear", anything("x_factor", 0.0), anything("y_factor", 0.0), *_FILL, only=KERAS3),
    _change(
        "RandomColorJitter",
        *(anything(f"{name}_factor") for name in ("brightness", "contrast", "saturation", "hue")),
        _RANGE,
        only=KERAS3,
    ),
    _change(
        "RandAugment", anything("num_ops", 2), anything("factor", 0.5), anything("interpolation"), _RANGE, only=KERAS3
    ),
    _change(
        "AugMix",
        *(anything("num_chains", 3), anything("chain_depth", 3), anything("factor", 0.3), anything("alpha", 1.0)),
        *(anything("all_ops", True), anything("interpolation", "bilinear"), _RANGE),
        only=KERAS3,
    ),
    _change("AutoContrast", _RANGE, only=KERAS3, doc="its contrast stretched"),
    _change("Equalization", _RANGE, anything("bins", 256), only=KERAS3, doc="its histogram evened", keeps_dtype=True),
    _change("Solarization", anything("addition_factor", 0.0), anything("threshold_factor", 0.0), _RANGE, only=KERAS3),
    _change("CutMix", anything("factor", 1.0), only=KERAS3, doc="mixed with another"),
    _change("MixUp", anything("alpha", 0.2), only=KERAS3, doc="mixed with another"),
)


def _open_size(axis: int) -> Any:
    def shape(c: RuleContext, x: TensorSpec) -> Shape:
        given = list(_rank(c, x))
        given[axis] = None
        return tuple(given)

    return shape


def _stretched(cls: str, axis: int, doc: str) -> OpDef:
    return OpDef(
        f"layers.{cls}",
        params=(anything("factor", required=True), anything("interpolation", "bilinear"), anything("seed")),
        inputs=One(),
        shape=_open_size(axis),
        dtype=compute_dtype,
        mask="drops",
        group="preprocessing",
        doc=doc,
        only=KERAS2,
    )


STRETCHED = (
    _stretched("RandomHeight", -3, "(batch, h, w, channels) → (batch, unknown, w, channels)"),
    _stretched("RandomWidth", -2, "(batch, h, w, channels) → (batch, h, unknown, channels)"),
)

ENTRIES = entries(SIZES, CHANGES, STRETCHED)
