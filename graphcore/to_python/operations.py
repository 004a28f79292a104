"""Calls of operations: functions of keras.ops, and subscripts."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from ..catalog import Custom, Known, Stranger
from ..formats.entries import snake_case
from ..model import Layer, Node, Object, TensorRef, Value
from ..python_text import Expression, Group, call, flat, keyword_argument, literal
from .objects import REFUSED, Objects, check_argument
from .script import Script, Unwritable

Read = Callable[[Value], Expression]
"""Gives an argument of a call as an expression."""

# Functions of keras.ops that are not their class's name in snake case.
_FUNCTIONS = {
    "AllClose": "allclose",
    "BatchNorm": "batch_normalization",
    "CDist": "cdist",
    "IsIn": "isin",
    "LayerNorm": "layer_normalization",
    "RMSNorm": "rms_normalization",
    "SearchSorted": "searchsorted",
}
_IMAGE_FUNCTIONS = frozenset(
    {
        *("AffineTransform", "CropImages", "ElasticTransform", "ExtractPatches", "GaussianBlur", "HSVToRGB"),
        *("MapCoordinates", "PadImages", "PerspectiveTransform", "RGBToGrayscale", "RGBToHSV", "Resize", "SSIM"),
        *("ScaleAndTranslate", "SobelEdges"),
    }
)
# Their call's arguments come in another order than the function's; by name they cannot go wrong.
_CALL_NAMES = {
    "Average": ("x", "weights"),
    "BatchNorm": ("x", "mean", "variance", "offset", "scale"),
    "LayerNorm": ("x", "gamma", "beta"),
    "Pad": ("x", "constant_values"),
}


def operation(script: Script, objects: Objects, layer: Layer, node: Node, read: Read) -> Expression:
    """The call of an operation."""
    cls = layer.op.cls
    verdict = script.catalog.classify(layer.op, "keras3")
    if isinstance(verdict, (Custom, Stranger)):
        raise Unwritable(f"is of class {cls[:80]}, which keras.ops has not")
    if cls in REFUSED:
        raise Unwritable(REFUSED[cls])
    entry = verdict.entry if isinstance(verdict, Known) else None
    if cls == "GetItem":
        return _item(node, read)
    function = f"{'image.' if cls in _IMAGE_FUNCTIONS else ''}{_FUNCTIONS.get(cls) or snake_case(cls)}"
    script.imports.add("ops")
    said = objects.said(layer.config, entry, skip=("name",))
    arguments = [read(value) for value in node.args]
    names = _CALL_NAMES.get(cls)
    if names is not None:
        arguments = [
            a if not i else keyword_argument(n, a) for i, (n, a) in enumerate(zip(names, arguments, strict=False))
        ]
    if cls == "Einsum":
        arguments = [literal(layer.config.get("subscripts")), *arguments]
        said.pop("subscripts", None)
    if cls == "Full":
        arguments = [keyword_argument("fill_value", argument) for argument in arguments]
    for key, value in node.kwargs.items():
        if value is not None or key == "constant_values":
            check_argument(key)
            said[key] = read(value)
    return call(f"ops.{function}", *arguments, *(keyword_argument(key, value) for key, value in said.items()))


def _item(node: Node, read: Read) -> Expression:
    arguments = [*node.args, *(node.kwargs[key] for key in ("x", "key") if key in node.kwargs)]
    if len(arguments) != 2 or type(arguments[0]) is not TensorRef:
        raise Unwritable("is a slice without a tensor or a key")
    tensor, key = arguments
    parts = key if isinstance(key, (tuple, list)) else (key,)
    return Group(f"{flat(read(tensor))}[", tuple(_index(part, read) for part in parts), "]")


def _index(part: Value, read: Read) -> Expression:
    if isinstance(part, Object) and part.cls == "__slice__":
        config = part.config if isinstance(part.config, Mapping) else {}
        texts = ["" if config.get(k) is None else flat(read(config[k])) for k in ("start", "stop", "step")]
        return f"{texts[0]}:{texts[1]}" + (f":{texts[2]}" if texts[2] else "")
    return read(part)
