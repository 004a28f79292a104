"""Layers that prepare images: other sizes, and random changes that only training sees."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from ..diagnostics import shown
from ..model import JSON, Dialect
from ..shapes import Dim, RuleError, Shape, TensorSpec, show
from .params import KERAS2, KERAS3, anything, choice, empty_as, flag, integer, nullable, number, pos_int, seed
from .params import data_format as data_format_of
from .rules import are_real, computed_in, kept_sparse, takes_only
from .spec import (
    AS_IT_COMES,
    BadValue,
    OldKinds,
    One,
    OpDef,
    Param,
    Rule,
    RuleContext,
    Taken,
    compute_dtype,
    entries,
    needs_rank,
    of_rank,
    passes,
    same_dtype,
    stays_unranked,
)

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


def _is_off(c: RuleContext) -> bool:
    """Whether a call says that the model is not trained: what comes in then goes out."""
    said = c.call.get("training")
    return said is not None and not isinstance(said, TensorSpec) and not said


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
    is_open = None in [shape[i] for i in _space(c) if -len(shape) <= i]  # what to crop is then left to the model
    if c.dialect == "keras2" and c.crop_to_aspect_ratio and None in (c.height, c.width) and not is_open:
        arg = "height" if c.height is None else "width"
        raise RuleError("GC204", f"cannot crop to a {arg} below 0", f"give {arg} a number above 0", arg=arg)
    if c.dialect == "keras2" or len(shape) in (3, 4):
        return _set(_rank(c, x), _space(c), (c.height, c.width))
    first = 1 if c.data_format == "channels_first" else 0
    if len(shape) < first + 2:
        raise RuleError("GC403", f"needs rank 3 or 4, gets {show(shape)} of rank {len(shape)}", inputs=(0,))
    return _set(shape, (first, first + 1), (c.height, c.width))


def _cropped(c: RuleContext, x: TensorSpec) -> Shape:
    """tf_keras decides at run time where it does not know both sizes, and then forgets the batch."""
    shape = _rank(c, x)
    first, second = _space(c)
    if c.dialect == "keras2" and None in (shape[first], shape[second]) and len(shape) == 4:
        shape = (None, *shape[1:])
    return _set(shape, (first, second), (c.height, c.width))


def _randomly_cropped(c: RuleContext, x: TensorSpec) -> Shape:
    shape = x.shape or ()
    if c.dialect == "keras2" or len(shape) < 2 - min(_space(c)) - 2:
        shape = _rank(c, x)
    if c.dialect == "keras2" and len(shape) == 4 and None in (shape[1], shape[2]):
        shape = (None, *shape[1:])  # which of the two ways is taken, to crop or to resize, is left to the model
    return _set(shape, _space(c), (c.height, c.width))


def _cut_unranked(c: RuleContext, x: TensorSpec) -> Shape:
    return (c.height, c.width, None)


def _size(name: str) -> Param:
    """A size of the images that come out; Keras 3 also builds one that is not known."""
    plain = replace(integer(name, least=0, required=True), schema={"type": "integer", "minimum": 1})
    return replace(nullable(plain), schema=plain.schema, old=_read_old_size)


def _read_old_size(value: JSON) -> int | None:
    """To TensorFlow -1 is a size that is not known."""
    if value == -1:
        raise Taken("a whole number from 0", None)
    size: int = integer("size", least=0).read(value)
    return size


def _part(name: str) -> Param:
    """A size of a part of an image, of which Keras 2 leaves something."""
    return replace(_size(name), old=pos_int(name).read)


def _factor(
    default: Any = None, low: float = -1, high: float = 1, *, required: bool = False, name: str = "factor"
) -> Param:
    """How strong a change is: a number, or two that it is drawn from. Keras 2 looks when it runs.

    Source: Keras 3, `BaseImagePreprocessingLayer._set_factor`.
    """
    wanted = f"a number from {low} to {high}, or two of them"
    one: JSON = {"type": "number", "minimum": low, "maximum": high}
    schema: JSON = {"anyOf": [one, {"type": "array", "items": one, "minItems": 2, "maxItems": 2}]}

    def read(value: JSON) -> Any:
        ends = value if isinstance(value, (list, tuple)) else (value, value)
        if len(ends) != 2 or not all(isinstance(end, (int, float)) for end in ends):
            raise BadValue(wanted)
        if ends[0] > high or ends[1] < low:
            raise BadValue(wanted)
        return value

    def read_base(value: JSON) -> Any:
        return read(value) if value else 0.0

    is_bases = default is None and not required
    return Param(name, read_base if is_bases else read, schema, default, required, old=lambda value: value)


def _old_brightness(value: JSON) -> JSON:
    """Source: tf_keras, `RandomBrightness._set_factor`."""
    ends = value if isinstance(value, (list, tuple)) else (value, value)
    if len(ends) != 2 or not all(isinstance(end, (int, float)) and -1 <= end <= 1 for end in ends):
        raise BadValue("a number from -1 to 1, or two of them")
    return value


def _old_contrast(value: JSON) -> JSON:
    """Both sides of 1; TensorFlow wants some way between them. Source: tf_keras, `RandomContrast.__init__`."""
    ends = value[:2] if isinstance(value, (list, tuple)) else (value, value)
    if len(ends) < 2 or not all(isinstance(end, (int, float)) and end >= 0 for end in ends):
        raise BadValue(_CONTRAST)
    if ends[0] > 1 or not any(ends):
        raise BadValue(_CONTRAST)
    return value


_CONTRAST = "a number above 0 up to 1, or two from 0 of which one is more"


def _old_turn(value: JSON) -> JSON:
    """Source: tf_keras, `RandomRotation.__init__`."""
    ends = value[:2] if isinstance(value, (list, tuple)) else (value, value)
    if len(ends) < 2 or not all(isinstance(end, (int, float)) for end in ends):
        raise BadValue(_TURN)
    if ends[1] < (ends[0] if isinstance(value, (list, tuple)) else 0):
        raise BadValue(_TURN)
    return value


_TURN = "a number from 0, or two of which the second is no less"


def _within(
    name: str,
    low: float,
    default: Any = None,
    *,
    required: bool = False,
    is_open: bool = False,
    old: Callable[[JSON], JSON] | None = None,
) -> Param:
    """How strong a change is: a number from `low` to 1, or two of them, each looked at.

    Source: Keras 3, `RandomTranslation._set_factor` and its like; `is_open` leaves out `low` itself.
    """
    wanted = f"a number {'above' if is_open else 'from'} {low} {'up ' if is_open else ''}to 1, or two of them"

    def read(value: JSON) -> Any:
        ends = value if isinstance(value, (list, tuple)) else (value, value)
        if len(ends) != 2 or not all(isinstance(end, (int, float)) for end in ends):
            raise BadValue(wanted)
        if any(end > 1 or end < low or (is_open and end == low) for end in ends):
            raise BadValue(wanted)
        return value

    return Param(name, read, {}, default, required, inert=True, old=old)


def _spread(*, rises: bool, most: float | None) -> Callable[[JSON], JSON]:
    """The same in Keras 2, which looks at the first two of a list, and takes a number for both sides.

    Source: tf_keras, `RandomTranslation.__init__`, `RandomZoom.__init__` and `RandomHeight.__init__`.
    """
    wanted = f"numbers from -1{'' if most is None else f' to {most}'}{', the second no less' if rises else ''}"

    def read(value: JSON) -> JSON:
        ends = value[:2] if isinstance(value, (list, tuple)) else (value, value)
        if len(ends) < 2 or not all(isinstance(end, (int, float)) for end in ends):
            raise BadValue(wanted)
        low, high = ends if isinstance(value, (list, tuple)) else (-ends[0], ends[0])
        if (rises and high < low) or min(low, high) < -1 or (most is not None and max(low, high) > most):
            raise BadValue(wanted)
        return value

    return read


def _or_none(param: Param) -> Param:
    """The same, or null."""
    read, old = param.read, param.old or param.read
    return replace(
        param,
        read=lambda value: None if value is None else read(value),
        old=lambda value: None if value is None else old(value),
    )


def _width_of_blur() -> Param:
    """The sizes of a kernel, which may not be even.

    Source: Keras 3, `RandomGaussianBlur._set_kernel_size`.
    """

    def read(value: JSON) -> Any:
        sizes = value if isinstance(value, (list, tuple)) else (value, value)
        if len(sizes) != 2 or any(not isinstance(size, (int, float)) or size % 2 == 0 for size in sizes):
            raise BadValue("an odd number, or two of them")
        return value

    return Param("kernel_size", read, {}, 3, inert=True)


def _share_of_one(name: str, default: float) -> Param:
    """A number from 0 to 1."""

    def read(value: JSON) -> Any:
        if not isinstance(value, (int, float)) or not 0 <= value <= 1:
            raise BadValue("a number from 0 to 1")
        return value

    return Param(name, read, {}, default, inert=True)


def _one_of(name: str, default: str, *words: str) -> Param:
    """One of some words, written so."""

    def read(value: JSON) -> Any:
        if value not in words:
            raise BadValue("one of " + ", ".join(f'"{word}"' for word in words))
        return value

    return Param(name, read, {"enum": list(words)}, default, inert=True)


_BASE = replace(_factor(), only=KERAS3)
_INTERPOLATION = choice(
    "interpolation",
    ("bilinear", "nearest", "bicubic", "area", "lanczos3", "lanczos5", "gaussian", "mitchellcubic"),
    "bilinear",
)

SIZES = (
    OpDef(
        "layers.Resizing",
        params=(
            _size("height"),
            _size("width"),
            replace(_INTERPOLATION, read=lambda value: value, old=_INTERPOLATION.read),
            flag("crop_to_aspect_ratio"),
            flag("pad_to_aspect_ratio", only=KERAS3),
            anything("fill_mode", "constant", only=KERAS3),
            anything("fill_value", 0.0, only=KERAS3),
            flag("antialias", only=KERAS3),
            _NEW_FORMAT,
            _BOX_FORMAT,
        ),
        inputs=One(),
        old_kinds=OldKinds(ragged="dense"),
        shape=_resized,
        dtype=compute_dtype,
        mask=None,
        group="preprocessing",
        doc="(batch, h, w, channels) → (batch, height, width, channels)",
    ),
    OpDef(
        "layers.CenterCrop",
        params=(_part("height"), _part("width"), _NEW_FORMAT, _BOX_FORMAT),
        inputs=One(),
        old_unranked=_cut_unranked,
        shape=_cropped,
        dtype=computed_in(are_real),
        mask=None,
        group="preprocessing",
        doc="(batch, h, w, channels) → (batch, height, width, channels), the middle",
    ),
    OpDef(
        "layers.RandomCrop",
        params=(
            *(_part("height"), _part("width"), seed(), _NEW_FORMAT),
            *(_BASE, _BOX_FORMAT, anything("rng_type", only=KERAS2)),
        ),
        inputs=One(),
        old_unranked=_cut_unranked,
        shape=_randomly_cropped,
        dtype=computed_in(are_real),
        mask=None,
        group="preprocessing",
        doc="(batch, h, w, channels) → (batch, height, width, channels), a random part",
    ),
)


# Random changes


def _kept(c: RuleContext, x: TensorSpec) -> Shape | None:
    return x.shape if c.dialect == "keras3" or _is_off(c) else _rank(c, x)


def _contrasted(c: RuleContext, x: TensorSpec) -> Shape:
    shape = x.shape or ()
    if c.dialect == "keras2" and len(shape) < 3 and not _is_off(c):
        return _rank(c, x)
    return shape


def _looked_at(c: RuleContext, x: TensorSpec) -> Shape:
    """Images of three colours."""
    shape = _rank(c, x)
    channels = shape[-3 if c.data_format == "channels_first" else -1]
    if channels not in (3, None):
        raise RuleError("GC405", f"needs 3 channels, gets {show(shape)}", inputs=(0,))
    return shape


_SHAPES = {"RandomContrast": _contrasted, "RandomColorDegeneration": _looked_at}


def _range() -> Param:
    """The values that images have, as two numbers."""
    schema: JSON = {"type": "array", "items": {"type": "number"}, "minItems": 2, "maxItems": 2}

    def read(value: JSON) -> Any:
        if not isinstance(value, (list, tuple)) or len(value) != 2:
            raise BadValue("two numbers")
        try:
            sorted(value)  # as Keras does
        except TypeError:
            raise BadValue("two numbers") from None
        return value

    return Param("value_range", read, schema, (0, 255))


_UNRANKED: Mapping[str, Rule] = {
    **dict.fromkeys(("RandomContrast", "RandomFlip"), stays_unranked),
    **dict.fromkeys(("RandomRotation", "RandomTranslation", "RandomZoom"), of_rank(4)),
}
"""What Keras 2 makes of an input without a shape; the others look at it."""


def _change(
    cls: str, *params: Param, only: tuple[Dialect, ...] = (), doc: str = "changed at random", keeps_dtype: bool = False
) -> OpDef:
    return OpDef(
        f"layers.{cls}",
        params=(*params, _NEW_FORMAT, _BOX_FORMAT, *(() if only else (_RNG,))),
        inputs=One(),
        old_unranked=_UNRANKED.get(cls, needs_rank),
        old_kinds=OldKinds(ragged="kept") if cls == "RandomBrightness" else OldKinds(),
        shape=_SHAPES.get(cls, _kept),
        dtype=same_dtype if keeps_dtype else computed_in(are_real),
        dynamic=None if cls == "RandomBrightness" else AS_IT_COMES,
        kind=kept_sparse if cls == "RandomGrayscale" else None,
        mask=None,
        group="preprocessing",
        doc=f"(batch, h, w, channels) → (batch, h, w, channels), {doc}",
        only=only,
    )


def _fill_value() -> Param:
    """What stands beyond the edges: Keras 2 makes a tensor of it at once."""

    def read_old(value: JSON) -> JSON:
        if value is None or isinstance(value, (str, dict)):
            raise BadValue("a number")
        return value

    return Param("fill_value", lambda value: value, {}, 0.0, inert=True, old=read_old)


_SMOOTH = _one_of("interpolation", "bilinear", "nearest", "bilinear")
_FILL = (
    _one_of("fill_mode", "reflect", "reflect", "wrap", "constant", "nearest"),
    _SMOOTH,
    _fill_value(),
)
_SEED = seed()
_RNG = anything("rng_type", only=KERAS2)
_RANGE = _range()


def _made_whole(name: str, default: int | None = None, **more: Any) -> Param:
    """What Keras makes a whole number of."""
    wanted = "a whole number"

    def read(value: JSON) -> int:
        try:
            whole = int(value) if isinstance(value, (int, float, str)) else None
        except (ValueError, OverflowError):
            whole = None
        if whole is None:
            raise BadValue(wanted)
        if type(value) is not int:
            raise Taken(wanted, whole)
        return whole

    return Param(name, read, {"type": "integer"}, default, **more)


_ANY_RANGE = anything("value_range", (0, 255))


_MODES = ("horizontal", "vertical", "horizontal_and_vertical")


def _read_mode(value: JSON) -> str:
    if value not in _MODES:
        raise BadValue('"horizontal", "vertical" or "horizontal_and_vertical"')
    return str(value)


def _jitter(name: str, low: float) -> Param:
    """The strength of one of the changes that RandomColorJitter makes, as that change takes it."""
    strict = _factor(None, low, 1, required=True, name=f"{name}_factor")
    return _factor(name=strict.name) if name == "brightness" else replace(strict, required=False)


def _range_is_handed_on(c: RuleContext) -> Iterator[RuleError]:
    """Keras makes a RandomBrightness and a RandomSaturation of it, which look at it, where their factors are given."""
    if c.brightness_factor is None and c.saturation_factor is None:
        return
    try:
        _RANGE.read(c.value_range)
    except BadValue as error:
        says = f"has value_range {shown(c.value_range)}; it takes {error}"
        yield RuleError("GC204", says, "give two numbers", arg="value_range")


CHANGES = (
    _change(
        "RandomFlip",
        Param("mode", lambda value: value, {"enum": list(_MODES)}, "horizontal_and_vertical", old=_read_mode),
        _SEED,
        doc="mirrored at random",
    ),
    _change(
        "RandomRotation",
        replace(empty_as(_or_none(_factor(required=True)), 0.0), old=_old_turn),
        *_FILL,
        _SEED,
        doc="turned at random",
    ),
    _change(
        "RandomZoom",
        *(
            _within("height_factor", -1, required=True, is_open=True, old=_spread(rises=False, most=1)),
            _or_none(_within("width_factor", -1, is_open=True, old=_spread(rises=False, most=None))),
        ),
        *(*_FILL, _SEED),
        doc="zoomed at random",
    ),
    _change(
        "RandomTranslation",
        *(
            _within(f"{side}_factor", -1, required=True, old=_spread(rises=True, most=1))
            for side in ("height", "width")
        ),
        *_FILL,
        _SEED,
        doc="moved at random",
    ),
    _change(
        "RandomContrast",
        *(replace(_factor(None, 0, 1, required=True), old=_old_contrast), replace(_ANY_RANGE, only=KERAS3), _SEED),
    ),
    _change("RandomBrightness", replace(empty_as(_factor(required=True), 0.0), old=_old_brightness), _RANGE, _SEED),
    _change("RandomColorDegeneration", _factor(required=True), _RANGE, _SEED, only=KERAS3),
    _change("RandomHue", _factor(None, 0, 1, required=True), _ANY_RANGE, _SEED, only=KERAS3),
    _change("RandomPosterization", _factor(None, 1, 8, required=True), _RANGE, _SEED, only=KERAS3),
    _change("RandomSaturation", _factor(required=True), _RANGE, _SEED, only=KERAS3),
    _change("RandomSharpness", _factor(None, 0, 1, required=True), _RANGE, _SEED, only=KERAS3),
    _change("RandomGrayscale", number("factor", 0.5, least=0, most=1), _SEED, only=KERAS3, keeps_dtype=True),
    _change("RandomInvert", _factor(1.0, 0, 1), _ANY_RANGE, _SEED, only=KERAS3),
    _change(
        "RandomErasing",
        *(_factor(1.0, 0, 1), _factor((0.02, 0.33), 0, 1, name="scale"), anything("fill_value"), _ANY_RANGE, _SEED),
        only=KERAS3,
    ),
    _change(
        "RandomGaussianBlur",
        *(_factor(1.0, 0, 1), _width_of_blur(), _factor(1.0, 0, 1, name="sigma"), _ANY_RANGE, _SEED),
        only=KERAS3,
    ),
    _change(
        "RandomElasticTransform",
        *(_factor(1.0, 0, 1), _factor(1.0, 0, 1, name="scale"), *_FILL, _ANY_RANGE, _SEED),
        only=KERAS3,
    ),
    _change(
        "RandomPerspective",
        *(_factor(1.0, 0, 1), _share_of_one("scale", 1.0), _SMOOTH),
        *(anything("fill_value", 0.0), _SEED),
        only=KERAS3,
    ),
    _change("RandomShear", _within("x_factor", 0, 0.0), _within("y_factor", 0, 0.0), *_FILL, _SEED, only=KERAS3),
    replace(
        _change(
            "RandomColorJitter",
            *(
                _or_none(_jitter(name, low))
                for name, low in (("brightness", -1), ("contrast", 0), ("saturation", -1), ("hue", 0))
            ),
            *(_ANY_RANGE, _SEED, _BASE),
            only=KERAS3,
        ),
        checks=_range_is_handed_on,
    ),
    _change(
        "RandAugment",
        *(anything("num_ops", 2), _factor(0.5, 0, 1), _SMOOTH, _RANGE, _SEED),
        only=KERAS3,
    ),
    _change(
        "AugMix",
        *(anything("num_chains", 3), anything("chain_depth", 3), _factor(0.3, 0, 1), anything("alpha", 1.0)),
        *(anything("all_ops", True), _SMOOTH, _RANGE, _SEED),
        only=KERAS3,
    ),
    _change("AutoContrast", _RANGE, only=KERAS3, doc="its contrast stretched"),
    _change(
        "ContrastLimitedAdaptiveHistogramEqualization",
        *(_ANY_RANGE, anything("clip_limit", 4.0), anything("tile_grid_size", (8, 8)), _BASE),
        only=KERAS3,
        doc="its histogram evened, tile by tile",
    ),
    replace(
        _change(
            "Equalization",
            *(_RANGE, anything("bins", 256), _BASE),
            only=KERAS3,
            doc="its histogram evened",
            keeps_dtype=True,
        ),
        gives_back=KERAS3,
        mask=passes,
    ),
    _change(
        "Solarization",
        *(_within("addition_factor", 0, 0.0), _within("threshold_factor", 0, 0.0), _RANGE, _SEED),
        only=KERAS3,
    ),
    _change("CutMix", _factor(1.0, 0, 1), _SEED, only=KERAS3, doc="mixed with another"),
    _change("MixUp", anything("alpha", 0.2), _SEED, _BASE, only=KERAS3, doc="mixed with another"),
    _change(
        "MaxNumBoundingBoxes",
        *(_made_whole("max_number", required=True), _made_whole("fill_value", -1, inert=True), _BASE),
        only=KERAS3,
        doc="its boxes cut or filled up to max_number",
    ),
)


def _open_size(axis: int) -> Any:
    def shape(c: RuleContext, x: TensorSpec) -> Shape | None:
        if _is_off(c):
            return x.shape
        given = list(_rank(c, x))
        given[axis] = None
        return tuple(given)

    return shape


def _stretch() -> Param:
    read = _spread(rises=True, most=None)
    return Param("factor", read, {}, required=True, inert=True)


def _stretched_dtype(c: RuleContext, x: TensorSpec) -> str | None:
    """TensorFlow resizes what comes in before it is cast."""
    if _is_off(c):
        return same_dtype(c, x)
    takes_only(c, x, are_real)
    return c.compute_dtype


def _stretched(cls: str, axis: int, doc: str) -> OpDef:
    return OpDef(
        f"layers.{cls}",
        params=(_stretch(), _INTERPOLATION, seed(), _RNG),
        inputs=One(),
        shape=_open_size(axis),
        dtype=_stretched_dtype,
        mask=None,
        group="preprocessing",
        doc=doc,
        only=KERAS2,
    )


STRETCHED = (
    _stretched("RandomHeight", -3, "(batch, h, w, channels) → (batch, unknown, w, channels)"),
    _stretched("RandomWidth", -2, "(batch, h, w, channels) → (batch, h, unknown, channels)"),
)

ENTRIES = entries(SIZES, CHANGES, STRETCHED)
