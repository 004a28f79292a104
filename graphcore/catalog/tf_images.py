"""TensorFlow's functions of images."""

from __future__ import annotations

from typing import Any

from ..shapes import Dim, RuleError, Shape, TensorSpec, show, window
from .spec import is_whole
from .tf_operands import (
    NO_NUMBERS,
    Arguments,
    Function,
    cast,
    numbers_in,
    of_floats,
    of_rank,
    of_rank_from,
    of_reals,
    one_dtype,
    same,
    shape_of,
    size_said,
    sized,
    spread,
    table,
    tensor,
    unified,
    without,
)


def _image(x: Any) -> Shape:
    shape = of_rank(x, 3, 4)
    if 0 in shape[-3:]:
        raise RuleError("GC405", f"needs an image with pixels, gets {show(shape)}", inputs=(0,))
    return shape


def _as_it_is(x: Any, named: Arguments) -> TensorSpec:
    return TensorSpec(_image(x), x.dtype)


def _turned(x: Any, named: Arguments) -> TensorSpec:
    shape = _image(x)
    return TensorSpec((*shape[:-3], shape[-2], shape[-3], shape[-1]), x.dtype)


def _quarter_turned(x: Any, named: Arguments) -> TensorSpec:
    """TensorFlow counts the quarters when the model runs; squares stay squares."""
    shape = _image(x)
    side = shape[-2] if shape[-2] == shape[-3] else None
    return TensorSpec((*shape[:-3], side, side, shape[-1]), x.dtype)


def _with_channels(x: Any) -> Shape:
    shape = tensor(x).shape or ()
    if not shape:
        raise RuleError("GC403", "needs an axis for the channels, gets ()", inputs=(0,))
    return shape


def _coloured(x: Any, named: Arguments) -> TensorSpec:
    """Of images with three channels."""
    shape = _with_channels(x)
    if shape[-1] not in (None, 3):
        raise RuleError("GC405", f"needs 3 channels, gets {show(shape)}", inputs=(0,))
    return TensorSpec((*shape[:-1], 3), of_reals(x, named).dtype)


def _rgb(x: Any, named: Arguments) -> TensorSpec:
    shape = _with_channels(x)
    if shape[-1] not in (None, 1):
        raise RuleError("GC405", f"needs 1 channel, gets {show(shape)}", inputs=(0,))
    return TensorSpec((*shape[:-1], 3), x.dtype)


def _in_box(x: Any, named: Arguments) -> TensorSpec:
    """A part, or the whole with a border: height and width are said."""
    shape = _image(x)
    sizes = (named.get("target_height"), named.get("target_width"))
    if any(is_whole(size) and size < 1 for size in sizes):
        raise RuleError("GC204", f"makes {sizes[0]} × {sizes[1]} pixels: give sizes above 0")
    height, width = sizes if all(is_whole(size) for size in sizes) else (None, None)
    return TensorSpec((*shape[:-3], height, width, shape[-1]), x.dtype)


def _cut_out(x: Any, named: Arguments) -> TensorSpec:
    shape = _in_box(x, named).shape or ()
    sizes = (size_said(named.get("target_height")), size_said(named.get("target_width")))
    made = TensorSpec((*shape[:-3], *sizes, shape[-1]), x.dtype)
    for offset, inside, outside in _sides(x, named):
        if outside is not None and inside is not None and offset + inside > outside:
            raise RuleError("GC405", f"cuts pixels {offset} to {offset + inside} out of {outside}", inputs=(0,))
    return made


def _framed(x: Any, named: Arguments) -> TensorSpec:
    shape = _image(x)
    sizes = (size_said(named.get("target_height")), size_said(named.get("target_width")))
    sizes = (None, None) if None in sizes else sizes
    made = TensorSpec((*shape[:-3], *sizes, shape[-1]), x.dtype)
    for offset, outside, inside in _sides(x, named):
        if outside is not None and inside is not None and offset + inside > outside:
            raise RuleError("GC405", f"puts {inside} pixels from {offset} on into {outside}", inputs=(0,))
    return made


def _sides(x: Any, named: Arguments) -> list[tuple[int, Dim, Dim]]:
    """Offset, size that is said and size that comes in, of height and width."""
    shape, found = tensor(x).shape or (), []
    for side, given in zip(("height", "width"), shape[-3:-1], strict=True):
        offset, size = named.get(f"offset_{side}"), named.get(f"target_{side}")
        if is_whole(offset) and offset < 0:
            raise RuleError("GC204", f"begins at pixel {offset}: give an offset from 0 on")
        found.append((offset if is_whole(offset) else 0, size if is_whole(size) else None, given))
    return found


def _in_box_as_floats(x: Any, named: Arguments) -> TensorSpec:
    given, made = tensor(x).shape or (), _in_box(x, named).shape or ()
    sides = [(a, b) for a, b in zip(given[-3:-1], made[-3:-1], strict=True) if a is not None and b is not None]
    if len(sides) == 2 and any(a * other < size for a, _ in sides for size, other in sides):
        raise RuleError("GC407", f"leaves no pixel of {show(given)} in {show(made)}", inputs=(0,))
    return TensorSpec(made, "float32")


def _boxes(x: Any, named: Arguments) -> TensorSpec:
    shape, boxes, size = of_rank(x, 4), named.get("boxes"), named.get("crop_size")
    if named.get("method", "bilinear") not in ("bilinear", "nearest"):
        raise RuleError("GC204", "resizes by bilinear or nearest")
    count = boxes.shape[0] if isinstance(boxes, TensorSpec) and boxes.shape else None
    height, width = _two_sizes(size)
    return TensorSpec((count, height, width, shape[3]), "float32")


def _two_sizes(size: Any) -> tuple[Dim, Dim]:
    """Height and width, of a list both or none, as TensorFlow makes a tensor of it."""
    said = numbers_in(size)
    if not isinstance(said, (list, tuple)):
        return None, None
    if len(said) != 2:
        raise RuleError("GC204", f"needs height and width, gets {str(list(said))[:40]}")
    height, width = (size_said(size) for size in said)
    is_open = not isinstance(size, TensorSpec) and any(isinstance(one, TensorSpec) for one in said)
    return (None, None) if is_open else (height, width)


def _resized(x: Any, named: Arguments) -> TensorSpec:
    shape = of_rank(x, 4)
    return TensorSpec((shape[0], *_two_sizes(named.get("size")), shape[3]), "float32")


def _resized_as_it_is(x: Any, named: Arguments) -> TensorSpec:
    return TensorSpec(_resized(x, named).shape, x.dtype)


def _converted(x: Any, named: Arguments) -> TensorSpec:
    made = cast(x, named)
    if made.dtype is not None and made.dtype.startswith(NO_NUMBERS):
        raise RuleError("GC409", f"cannot make pixels of {made.dtype}", "convert to floats or whole numbers")
    return made


def _patches(x: Any, named: Arguments) -> TensorSpec:
    shape = of_rank(x, 4)
    sizes, strides, rates = (_four(named.get(name), name) for name in ("sizes", "strides", "rates"))
    if named.get("padding") not in ("VALID", "SAME"):
        raise RuleError("GC204", 'needs padding "VALID" or "SAME"')
    padding = named["padding"].lower()
    each = zip(shape[1:3], sizes, strides, rates, strict=True)
    space = [window(dim, w, s, padding, rate) for dim, w, s, rate in each]
    if any(dim is not None and dim < 0 for dim in space):
        raise RuleError("GC407", f"makes {show(tuple(space))} of {show(shape)}", inputs=(0,))
    depth = None if shape[3] is None else shape[3] * sizes[0] * sizes[1]
    return TensorSpec((shape[0], *space, depth), x.dtype)


def _four(said: Any, what: str) -> tuple[int, int]:
    if (
        not isinstance(said, (list, tuple))
        or len(said) != 4
        or any(not is_whole(n) for n in said)
        or min(said[1:3]) <= 0
    ):
        raise RuleError("GC204", f"needs four whole numbers as {what}, those inside above 0")
    return said[1], said[2]


def _of_rank_3(x: Any, named: Arguments) -> TensorSpec:
    return TensorSpec(of_rank_from(x, 3), x.dtype)


def _between(x: Any, named: Arguments) -> TensorSpec:
    """By a number that is drawn between two."""
    low, high = named.get("lower"), named.get("upper")
    if isinstance(low, (int, float)) and isinstance(high, (int, float)) and not 0 <= low < high:
        raise RuleError("GC204", f"draws from {low} to {high}: give numbers from 0 on, the lower one first")
    return _of_rank_3(x, named)


def _brightened(x: Any, named: Arguments) -> TensorSpec:
    most = named.get("max_delta", 0)
    if isinstance(most, (int, float)) and most < 0:
        raise RuleError("GC204", f"draws from 0 to {most}: give a number from 0 on")
    return same(x, named)


def _mixed(x: Any, named: Arguments) -> TensorSpec:
    """Channels multiplied by a matrix of 3 × 3; with an unknown size anywhere, when the model runs."""
    shape = of_floats(x, named).shape or ()
    if not shape or (None not in shape and shape[-1] != 3):
        raise RuleError("GC405", f"needs 3 channels, gets {show(shape)}", inputs=(0,))
    return TensorSpec((*shape[:-1], 3), x.dtype)


def _center(x: Any, named: Arguments) -> TensorSpec:
    shape, part = _image(x), named.get("central_fraction")
    if not isinstance(part, (int, float)) or not 0 < part <= 1:
        raise RuleError("GC204", "takes a part above 0, up to 1, as central_fraction")
    left = [None if dim is None else dim - 2 * int((dim - dim * part) / 2) for dim in shape[-3:-1]]
    return TensorSpec((*shape[:-3], *left, shape[-1]), x.dtype)


def _standardized(x: Any, named: Arguments) -> TensorSpec:
    shape = _of_rank_3(x, named).shape
    return TensorSpec(shape, x.dtype if x.dtype in (None, "float16", "float32") else "float32")


def _sobel(x: Any, named: Arguments) -> TensorSpec:
    return TensorSpec((*of_rank(x, 4), 2), x.dtype)


def _gradients(x: Any, named: Arguments) -> list[TensorSpec]:
    return [TensorSpec(of_rank(x, 4), x.dtype)] * 2


def _variation(x: Any, named: Arguments) -> TensorSpec:
    shape = of_rank(x, 3, 4)
    return TensorSpec(shape[:-3], x.dtype)


def _likeness(second: str) -> Function:
    """A number for each pair of images."""

    def rule(x: Any, named: Arguments) -> TensorSpec:
        shape, other = tensor(x).shape or (), shape_of(named.get(second))
        if len(shape) < 3 or len(other) < 3:
            raise RuleError("GC403", f"needs rank 3 or more, gets {show(shape)} and {show(other)}", inputs=(0,))
        one_dtype(x, named.get(second))
        unified(shape[-3:], other[-3:])
        return TensorSpec(spread(shape[:-3], other[:-3]), "float32")

    return rule


def _structure(x: Any, named: Arguments) -> TensorSpec:
    made: TensorSpec = _likeness("img2")(x, named)
    size = named.get("filter_size", 11)
    for dim in (tensor(x).shape or ())[-3:-1]:
        if dim is not None and is_whole(size) and dim < size:
            raise RuleError("GC405", f"looks through windows of {size} at {show(x.shape)}", inputs=(0,))
    return made


def _image_resized(x: Any, named: Arguments) -> TensorSpec:
    shape = of_rank(x, 3, 4)
    height, width = _two_sizes(named.get("size"))
    if named.get("method", 0) not in (*_RESIZED, *range(8)):
        raise RuleError("GC204", f"resizes by {', '.join(_RESIZED)}")
    if named.get("preserve_aspect_ratio"):
        height, width = _as_before(shape[-3], shape[-2], height, width)
    is_nearest = named.get("method") in ("nearest", 1)
    return TensorSpec((*shape[:-3], height, width, shape[-1]), x.dtype if is_nearest else "float32")


_RESIZED = ("bilinear", "nearest", "bicubic", "area", "lanczos3", "lanczos5", "gaussian", "mitchellcubic")


def _as_before(rows: Dim, columns: Dim, height: Dim, width: Dim) -> tuple[Dim, Dim]:
    """The largest size inside of another that has the proportions of what comes in."""
    if not rows or not columns or height is None or width is None:
        return None, None
    scale = height / rows if height * columns < width * rows else width / columns
    return round(scale * rows), round(scale * columns)


def _grayed(x: Any, named: Arguments) -> TensorSpec:
    shape = _with_channels(x)
    if None not in shape and shape[-1] != 3:  # else TensorFlow multiplies when the model runs
        raise RuleError("GC405", f"needs 3 channels, gets {show(shape)}", inputs=(0,))
    return TensorSpec((*shape[:-1], 1), x.dtype)


_BOX = ("offset_height", "offset_width", "target_height", "target_width")
FUNCTIONS: dict[str, Function] = {
    **table(_image_resized, "compat.v1.image.resize_images", "image.resize"),
    **table(without(_grayed, *NO_NUMBERS), "image.rgb_to_grayscale"),
    **table(
        without(_of_rank_3, *NO_NUMBERS),
        *("image.adjust_contrast", "image.adjust_hue", "image.adjust_saturation", "image.random_hue"),
    ),
    **table(without(_between, *NO_NUMBERS), "image.random_contrast", "image.random_saturation"),
    **table(without(_brightened, *NO_NUMBERS), "image.random_brightness"),
    **table(without(_as_it_is, "bool", "string"), "image.random_flip_left_right", "image.random_flip_up_down"),
    **table(_mixed, "image.rgb_to_yiq", "image.rgb_to_yuv", "image.yiq_to_rgb", "image.yuv_to_rgb"),
    **table(_center, "image.central_crop"),
    **table(without(_standardized, "complex", "string"), "image.per_image_standardization"),
    **table(without(_sobel, *NO_NUMBERS, "int", "uint"), "image.sobel_edges"),
    **table(without(_gradients, "bool", "string"), "image.image_gradients"),
    **table(without(_variation, *NO_NUMBERS), "image.total_variation"),
    **table(without(_likeness("b"), *NO_NUMBERS), "image.psnr"),
    **table(without(_structure, *NO_NUMBERS), "image.ssim"),
    **table(_as_it_is, "image.flip_left_right", "image.flip_up_down"),
    **table(_turned, "image.transpose"),
    **table(_quarter_turned, "image.rot90"),
    **table(without(same, *NO_NUMBERS), "image.adjust_brightness", "image.adjust_gamma"),
    **table(_coloured, "image.rgb_to_hsv", "image.hsv_to_rgb"),
    **table(_rgb, "image.grayscale_to_rgb"),
    **table(sized(_in_box, "target_height", "target_width"), "image.resize_with_crop_or_pad"),
    **table(sized(_cut_out, *_BOX), "image.crop_to_bounding_box"),
    **table(sized(_framed, *_BOX), "image.pad_to_bounding_box"),
    **table(sized(without(_in_box_as_floats, *NO_NUMBERS), "target_height", "target_width"), "image.resize_with_pad"),
    **table(_boxes, "image.crop_and_resize"),
    **table(
        without(_resized, *NO_NUMBERS),
        *(f"compat.v1.image.resize_{name}" for name in ("area", "bicubic", "bilinear")),
    ),
    **table(without(_resized_as_it_is, *NO_NUMBERS), "compat.v1.image.resize_nearest_neighbor"),
    **table(without(_converted, *NO_NUMBERS), "image.convert_image_dtype"),
    **table(without(_patches, "string"), "image.extract_patches"),
}
