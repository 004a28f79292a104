"""Operations on images: sizes, colours, patches, borders."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

from ..model import JSON
from ..shapes import Dim, RuleError, Shape, show
from .operands import dtype_of, operation, same_type, shape_of, tensor
from .ops_nn import slid
from .params import anything, choice, data_format, flag
from .rules import times
from .spec import BadValue, Function, OpDef, Param, RuleContext, is_float, is_whole


def _image(x: Any) -> Shape:
    shape = shape_of(x)
    if len(shape) not in (3, 4):
        raise RuleError("GC403", f"needs rank 3 or 4, gets {show(shape)} of rank {len(shape)}", inputs=(0,))
    return shape


def _replaced(shape: Shape, axis: int, size: Dim) -> Shape:
    out = list(shape)
    out[axis] = size
    return tuple(out)


def space_axes(c: RuleContext) -> tuple[int, int]:
    """The axes of height and width, from the right."""
    return (-2, -1) if c.data_format == "channels_first" else (-3, -2)


def _resized(c: RuleContext, images: Any) -> Shape:
    shape = _image(images)
    for axis, size in zip(space_axes(c), c.size, strict=True):
        shape = _replaced(shape, axis, size)
    return shape


def _read_two(value: JSON) -> tuple[int, int]:
    if not isinstance(value, (list, tuple)) or len(value) != 2 or any(type(i) is not int or i < 0 for i in value):
        raise BadValue("two whole numbers: height and width")
    return value[0], value[1]


def _channels(c: RuleContext, x: Any, allowed: tuple[int, ...]) -> tuple[Shape, int]:
    shape = _image(x)
    axis = -3 if c.data_format == "channels_first" else -1
    if shape[axis] is not None and shape[axis] not in allowed:
        says = f"needs {' or '.join(map(str, allowed))} channels, gets {show(shape)}"
        raise RuleError("GC405", says, inputs=(0,), data={"axis": axis % len(shape)})
    return shape, axis


def _gray(c: RuleContext, images: Any) -> Shape:
    shape, axis = _channels(c, images, (1, 3))
    return _replaced(shape, axis, 1)


def _recoloured(c: RuleContext, images: Any) -> Shape:
    shape, _ = _channels(c, images, (3,))
    dtype = dtype_of(images)
    if dtype is not None and not is_float(dtype):
        raise RuleError("GC409", f"needs floats, gets {dtype}", "cast the images to float32", inputs=(0,))
    return shape


def _patches(c: RuleContext, images: Any) -> Shape:
    """Source: Keras 3, `ExtractPatches.compute_output_spec`."""
    shape, size = shape_of(images), c.size
    rank = len(size)
    if len(shape) not in (rank + 1, rank + 2):
        raise RuleError("GC403", f"needs rank {rank + 1} or {rank + 2}, gets {show(shape)}", inputs=(0,))
    is_single = len(shape) == rank + 1
    full: Shape = (1, *shape) if is_single else shape
    channels = full[1] if c.data_format == "channels_first" else full[-1]
    filters = times(*size, channels)
    if channels is None:
        raise RuleError("GC408", f"needs a known number of channels, gets {show(shape)}", inputs=(0,))
    strides = size if c.strides is None else c.strides
    out = slid(c, full, size, strides, c.padding, c.dilation_rate, filters, "size")
    return out[1:] if is_single else out


def _read_size(value: JSON) -> tuple[int, ...]:
    sizes = (value, value) if type(value) is int else value
    if not isinstance(sizes, (list, tuple)) or len(sizes) not in (2, 3) or any(type(i) is not int for i in sizes):
        raise BadValue("a whole number, or two or three of them")
    return tuple(sizes)


def _read_steps(value: JSON) -> int | tuple[int, ...] | None:
    return value if value is None or type(value) is int else _read_size(value)


def _read_dilation(value: JSON) -> int | tuple[int, ...] | None:
    if value is None:
        raise BadValue("a whole number, or two or three of them")
    return _read_steps(value)


def _as_it_is(c: RuleContext, images: Any, *_more: Any) -> Shape:
    return _image(images)


def _moved(c: RuleContext, images: Any, transform: Any) -> Shape:
    rank = len(tensor(transform, "transform").shape or ())
    if rank not in (1, 2):
        raise RuleError("GC403", f"needs a transform of rank 1 or 2, gets rank {rank}", inputs=(1,))
    return _image(images)


def _tilted(c: RuleContext, images: Any, start_points: Any, end_points: Any) -> Shape:
    points = [
        tensor(value, name).shape or () for name, value in (("start_points", start_points), ("end_points", end_points))
    ]
    for given in points:
        if given[-2:] != (4, 2) or len(given) not in (2, 3):
            raise RuleError("GC405", f"needs corners of shape (4, 2) or (batch, 4, 2), gets {show(given)}", inputs=(1,))
    if points[0] != points[1]:
        raise RuleError("GC405", f"needs equal shapes of corners, gets {show(points[0])} and {show(points[1])}")
    return _image(images)


def _looked_up(c: RuleContext, inputs: Any, coordinates: Any) -> Shape:
    given, at = tensor(inputs, "inputs").shape or (), tensor(coordinates, "coordinates").shape or ()
    if len(at) < 2:
        raise RuleError("GC403", f"needs coordinates of rank 2 at least, gets {show(at)}", inputs=(1,))
    if at[0] != len(given):
        raise RuleError("GC405", f"needs a coordinate for each axis of {show(given)}, gets {show(at)}", inputs=(1,))
    return at[1:]


def _rescaled(c: RuleContext, images: Any, output_shape: Any, scale: Any, translation: Any) -> Shape:
    sizes = output_shape if isinstance(output_shape, (list, tuple)) else None
    if sizes is None or any(size is not None and (not is_whole(size) or size < 0) for size in sizes):
        raise RuleError("GC204", "needs a list of sizes as output_shape", arg="output_shape")
    tensor(images, "images")
    return tuple(sizes)


def _edges(c: RuleContext, images: Any) -> Shape:
    shape = shape_of(images)
    if len(shape) != 4:
        raise RuleError("GC403", f"needs rank 4, gets {show(shape)} of rank {len(shape)}", inputs=(0,))
    return (*shape, 2)


def _alike(c: RuleContext, image1: Any, image2: Any) -> Shape:
    first, _ = _image(tensor(image1, "image1")), _image(tensor(image2, "image2"))
    return first[:-3]


# Borders: two of before, after and target are given, the third follows


def _border(name: str) -> Param:
    def read(value: JSON) -> int | None:
        if value is not None and (type(value) is not int or value < 0):
            raise BadValue("a whole number from 0, or null")
        return value

    return Param(name, read, {"type": ["integer", "null"], "minimum": 0})


def _borders(kind: str) -> tuple[Param, ...]:
    names = (f"top_{kind}", f"left_{kind}", f"bottom_{kind}", f"right_{kind}", "target_height", "target_width")
    return tuple(map(_border, names))


def _sides(c: RuleContext, kind: str) -> list[tuple[tuple[str, str, str], list[int | None]]]:
    names = ((f"top_{kind}", f"bottom_{kind}", "target_height"), (f"left_{kind}", f"right_{kind}", "target_width"))
    return [(three, [getattr(c, name) for name in three]) for three in names]


def _two_of_three(kind: str) -> Any:
    def checks(c: RuleContext) -> Iterator[RuleError]:
        for names, given in _sides(c, kind):
            if given.count(None) != 1:
                yield RuleError(
                    "GC205",
                    f"needs two of {', '.join(names)}",
                    "give two and leave one out",
                    arg=names[0],
                    data={"beside": [*names[1:]]},
                )

    return checks


def _bordered(c: RuleContext, images: Any, kind: str, sign: int) -> Shape:
    shape = _image(images)
    out = shape
    for axis, (names, (before, after, target)) in zip(space_axes(c), _sides(c, kind), strict=True):
        size = shape[axis]
        if size is None:
            if target is None and sign < 0:
                raise RuleError("GC408", f"needs {names[2]} where the size is unknown: {show(shape)}", arg=names[2])
            out = _replaced(out, axis, target)
            continue
        if target is None:
            target = size + sign * ((before or 0) + (after or 0))
        rest = sign * (target - size) - (before or 0) - (after or 0)
        if target < 0 or ((before is None or after is None) and rest < 0):
            verb = "pad" if sign > 0 else "crop"
            raise RuleError("GC407", f"cannot {verb} {show(shape)} to {names[2]} {target}", arg=names[2], inputs=(0,))
        out = _replaced(out, axis, target)
    return out


def _with_checks(entry: OpDef, kind: str) -> OpDef:
    return replace(entry, checks=_two_of_three(kind))


_OPERATIONS = (
    operation(
        "Resize",
        ["images"],
        _resized,
        same_type,
        "(batch, h, w, channels) → (batch, *size, channels)",
        Param("size", _read_two, {"type": "array"}, required=True),
        anything("interpolation", "bilinear"),
        flag("antialias"),
        flag("crop_to_aspect_ratio"),
        flag("pad_to_aspect_ratio"),
        anything("fill_mode", "constant"),
        anything("fill_value", 0.0),
        data_format(),
    ),
    operation("RGBToGrayscale", ["images"], _gray, same_type, "(…, 3) → (…, 1)", data_format()),
    operation("RGBToHSV", ["images"], _recoloured, same_type, "(…, 3) → (…, 3)", data_format()),
    operation("HSVToRGB", ["images"], _recoloured, same_type, "(…, 3) → (…, 3)", data_format()),
    operation(
        "ExtractPatches",
        ["images"],
        _patches,
        same_type,
        "(batch, h, w, c) → (batch, rows, columns, size * size * c)",
        Param("size", _read_size, {"type": ["integer", "array"]}, required=True),
        Param("strides", _read_steps, {"type": ["integer", "array", "null"]}),
        Param("dilation_rate", _read_dilation, {"type": ["integer", "array"]}, 1),
        choice("padding", ("valid", "same"), "valid"),
        data_format(),
    ),
    _with_checks(
        operation(
            "PadImages",
            ["images"],
            lambda c, images: _bordered(c, images, "padding", 1),
            same_type,
            "(batch, h, w, c) → (batch, target_height, target_width, c)",
            *_borders("padding"),
            data_format(),
        ),
        "padding",
    ),
    _with_checks(
        operation(
            "CropImages",
            ["images"],
            lambda c, images: _bordered(c, images, "cropping", -1),
            same_type,
            "(batch, h, w, c) → (batch, target_height, target_width, c)",
            *_borders("cropping"),
            data_format(),
        ),
        "cropping",
    ),
    operation(
        "AffineTransform",
        ["images", "transform"],
        _moved,
        same_type,
        "(batch, h, w, c), (batch, 8) → (batch, h, w, c)",
        *(anything("interpolation", "bilinear"), anything("fill_mode", "constant"), anything("fill_value", 0)),
        data_format(),
    ),
    operation(
        "PerspectiveTransform",
        ["images", "start_points", "end_points"],
        _tilted,
        same_type,
        "(batch, h, w, c), corners before and after (batch, 4, 2) → (batch, h, w, c)",
        *(anything("interpolation", "bilinear"), anything("fill_value", 0), data_format()),
    ),
    operation(
        "ElasticTransform",
        ["images"],
        _as_it_is,
        same_type,
        "(batch, h, w, c) → (batch, h, w, c)",
        *(anything("alpha", 20.0), anything("sigma", 5.0), anything("interpolation", "bilinear")),
        *(anything("fill_mode", "reflect"), anything("fill_value", 0.0), anything("seed"), data_format()),
    ),
    operation(
        "GaussianBlur",
        ["images"],
        _as_it_is,
        same_type,
        "(batch, h, w, c) → (batch, h, w, c)",
        *(anything("kernel_size", (3, 3)), anything("sigma", (1.0, 1.0)), data_format()),
    ),
    operation(
        "MapCoordinates",
        ["inputs", "coordinates"],
        _looked_up,
        same_type,
        "(…), (rank, …) → (…), values at coordinates",
        *(anything("order", required=True), anything("fill_mode", "constant"), anything("fill_value", 0)),
    ),
    operation(
        "ScaleAndTranslate",
        ["images", "output_shape", "scale", "translation"],
        _rescaled,
        same_type,
        "(…) → output_shape",
        *(anything("spatial_dims", required=True), anything("method", required=True), flag("antialias", True)),
    ),
    operation("SobelEdges", ["images"], _edges, same_type, "(batch, h, w, c) → (batch, h, w, c, 2)", data_format()),
    operation(
        "SSIM",
        ["image1", "image2"],
        _alike,
        same_type,
        "(batch, h, w, c), (batch, h, w, c) → (batch), how alike they are",
        *(anything("max_val", 1.0), anything("filter_size", 11), anything("filter_sigma", 1.5)),
        *(anything("k1", 0.01), anything("k2", 0.03), data_format()),
    ),
)

ENTRIES: Sequence[OpDef] = tuple(replace(entry, function=Function(room="image")) for entry in _OPERATIONS)
