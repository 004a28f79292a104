"""Every public function of `keras.ops`, called once on symbolic tensors: what it leaves in a file, and whether Keras
loads that again. Imported only where Keras may be.
"""

from __future__ import annotations

import inspect
import warnings
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import keras
from keras import ops


class Outcome(NamedTuple):
    """Of a function: the classes that its call leaves in a model, and why no file holds them where none does."""

    classes: tuple[str, ...]
    why: str = ""


def public() -> dict[str, Callable[..., Any]]:
    """Every function by name: `add`, and `image.resize` where `keras.ops` itself has it not."""
    found: dict[str, Callable[..., Any]] = {}
    rooms = {"": ops} | {f"{name}.": getattr(ops, name) for name in ("numpy", "nn", "image", "linalg")}
    for prefix, module in rooms.items():
        for name in dir(module):
            one = getattr(module, name)
            if name.startswith("_") or not callable(one) or inspect.isclass(one):
                continue
            if not prefix or getattr(ops, name, None) is not one:
                found[prefix + name] = one
    return found


def outcome(name: str, function: Callable[..., Any]) -> Outcome:
    """What becomes of a call of a function."""
    keras.backend.clear_session()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            tensors = _called(name, function)
        except Exception as error:  # whatever Keras raises is its no
            return Outcome((), f"Keras calls it on no symbolic tensor: {_short(error)}")
        if not tensors:
            return Outcome((), "gives no symbolic tensor, so no node of a model")
        model = keras.Model(keras.utils.get_source_inputs(tensors[0]), tensors)
        classes = tuple(type(one).__name__ for one in model.operations if not isinstance(one, keras.layers.InputLayer))
        try:
            text = model.to_json()
        except Exception as error:  # whatever Keras raises is its no
            return Outcome(classes, f"Keras does not write it: {_short(error)}")
        try:
            again = keras.models.model_from_json(text)
        except Exception as error:  # whatever Keras raises is its no
            return Outcome(classes, f"Keras writes it and does not load it: {_short(error)}")
    pairs = zip(model.outputs, again.outputs, strict=True)
    assert all((a.shape, a.dtype) == (b.shape, b.dtype) for a, b in pairs), name
    return Outcome(classes)


def _short(error: Exception) -> str:
    lines = [line.strip() for line in str(error).replace("\x1b[1m", "").replace("\x1b[0m", "").splitlines()]
    said = [line for line in lines if line and not line.startswith(("Exception encountered when calling", "config="))]
    last = next((line for line in said if line.startswith("Exception encountered: ")), said[0] if said else "")
    return last.removeprefix("Exception encountered: ").split(". ")[0][:120].rstrip(".")


def _called(name: str, function: Callable[..., Any]) -> list[Any]:
    """The symbolic tensors of a call; the first of some usual operands that Keras takes, or those of the table."""
    made = _CALLS.get(name.rpartition(".")[2])
    if made is not None:
        return _symbolic(made(function))
    problem: Exception = ValueError("no tensor comes out")
    for operands in _USUAL:
        try:
            tensors = _symbolic(function(*operands()))
        except Exception as error:  # whatever Keras raises is its no
            problem = error
            continue
        if tensors:
            return tensors
    raise problem


def _symbolic(tree: Any) -> list[Any]:
    return [one for one in keras.tree.flatten(tree) if isinstance(one, keras.KerasTensor)]


def _t(*shape: int | None, dtype: str = "float32") -> Any:
    return keras.Input(batch_shape=shape, dtype=dtype)


def _i(*shape: int | None) -> Any:
    return _t(*shape, dtype="int32")


def _images() -> Any:
    return _t(2, 8, 8, 3)


_USUAL: tuple[Callable[[], tuple[Any, ...]], ...] = (
    lambda: (_t(2, 3),),
    lambda: (_t(4),),
    lambda: (_t(3, 3),),
    lambda: (_t(2, 4, 4),),
    lambda: (_images(),),
    lambda: (_t(2, 3), _t(2, 3)),
    lambda: (_i(2, 3), _i(2, 3)),
    lambda: (_t(2, 3, 3),),
    lambda: (_t(3, 3), _t(3, 3)),
)
_ONE = lambda f: f(_t(2, 3))  # noqa: E731
_MADE = lambda f: f((2, 3))  # noqa: E731
_RELU = keras.activations.relu
_PAIR = lambda f: f([_t(2, 3), _t(2, 3)])  # noqa: E731  a row of the table
_PARTS = lambda f: f(_t(4, 4, 4), 2)  # noqa: E731
_SPECTRUM = lambda f: f((_t(2, 8, 8), _t(2, 8, 8)))  # noqa: E731
_SEGMENTS = lambda f: f(_t(4, 3), _i(4), 3)  # noqa: E731
_QUANTILE = lambda f: f(_t(2, 3), 0.5)  # noqa: E731
_CALLS: dict[str, Callable[[Any], Any]] = {
    "adaptive_average_pool": lambda f: f(_images(), (2, 2)),
    "adaptive_max_pool": lambda f: f(_images(), (2, 2)),
    "affine_transform": lambda f: f(_images(), _t(2, 8)),
    "arange": lambda f: f(_t()),
    "argpartition": lambda f: f(_t(5), 2),
    "array_split": _PARTS,
    "associative_scan": lambda f: f(lambda a, b: a + b, _t(3, 4)),
    "average_pool": lambda f: f(_images(), 2),
    "bartlett": _ONE,
    "batch_normalization": lambda f: f(_t(2, 4), _t(4), _t(4), -1),
    "bincount": lambda f: f(_i(5)),
    "blackman": _ONE,
    "broadcast_to": lambda f: f(_t(1, 4), (3, 4)),
    "cast": lambda f: f(_t(2, 3), "int32"),
    "clip": lambda f: f(_t(2, 3), 0, 1),
    "concatenate": _PAIR,
    "cond": lambda f: f(_t(dtype="bool"), lambda: ops.ones((2,)), lambda: ops.zeros((2,))),
    "conv": lambda f: f(_images(), _t(3, 3, 3, 4)),
    "conv_transpose": lambda f: f(_images(), _t(3, 3, 4, 3), 2),
    "convert_to_numpy": _ONE,
    "correlate": lambda f: f(_t(5), _t(3)),
    "crop_images": lambda f: f(_images(), 1, 1, 1, 1),
    "ctc_decode": lambda f: f(_t(2, 10, 7), _i(2)),
    "ctc_loss": lambda f: f(_i(2, 5), _t(2, 10, 7), _i(2), _i(2)),
    "custom_gradient": lambda f: f(lambda x: (x, lambda upstream: upstream))(_t(2, 3)),
    "depth_to_space": lambda f: f(_t(2, 4, 4, 4), 2),
    "depthwise_conv": lambda f: f(_images(), _t(3, 3, 3, 4)),
    "digitize": lambda f: f(_t(3), keras.ops.convert_to_numpy([0.0, 1.0])),
    "dot_product_attention": lambda f: f(_t(2, 5, 2, 8), _t(2, 6, 2, 8), _t(2, 6, 2, 8)),
    "dsplit": _PARTS,
    "dstack": _PAIR,
    "dtype": _ONE,
    "einsum": lambda f: f("ij,jk->ik", _t(2, 3), _t(3, 4)),
    "empty": _MADE,
    "expand_dims": lambda f: f(_t(2), 0),
    "extract_patches": lambda f: f(_images(), 2),
    "extract_patches_3d": lambda f: f(_t(2, 4, 4, 4, 3), 2),
    "extract_sequences": lambda f: f(_t(2, 16), 4, 2),
    "eye": lambda f: f(3),
    "fft": _SPECTRUM,
    "fft2": _SPECTRUM,
    "fold": lambda f: f(_t(2, 12, 9), (6, 6), 2, stride=2),
    "fori_loop": lambda f: f(0, 3, lambda i, x: x + 1, _t(2, 3)),
    "full": lambda f: f((2, 3), _t()),
    "full_like": lambda f: f(_t(2, 3), 2.0),
    "get_item": lambda f: f(_t(2, 3), 0),
    "glu": lambda f: f(_t(2, 4)),
    "hamming": _ONE,
    "hanning": _ONE,
    "histogram": lambda f: f(_t(5)),
    "hsplit": _PARTS,
    "hstack": _PAIR,
    "identity": lambda f: f(3),
    "ifft2": _SPECTRUM,
    "in_top_k": lambda f: f(_i(3), _t(3, 5), 2),
    "irfft": _SPECTRUM,
    "is_tensor": _ONE,
    "istft": lambda f: f((_t(2, 5, 9), _t(2, 5, 9)), 16, 4, 16),
    "jvp": lambda f: f(_RELU, (_t(2, 3),), (_t(2, 3),)),
    "kaiser": lambda f: f(_t(), 1.0),
    "layer_normalization": lambda f: f(_t(2, 4), _t(4), _t(4)),
    "lstsq": lambda f: f(_t(4, 3), _t(4)),
    "map": lambda f: f(_RELU, _t(3, 4)),
    "map_coordinates": lambda f: f(_t(4, 4), _t(2, 5), 1),
    "max_pool": lambda f: f(_images(), 2),
    "meshgrid": lambda f: f(_t(3), _t(4)),
    "moments": lambda f: f(_t(2, 3), [0]),
    "moveaxis": lambda f: f(_t(2, 3, 4), 0, 1),
    "multi_hot": lambda f: f(_i(2, 3), 5),
    "nanpercentile": _QUANTILE,
    "nanquantile": _QUANTILE,
    "one_hot": lambda f: f(_i(2, 3), 5),
    "ones": _MADE,
    "pad": lambda f: f(_t(2, 3), 1),
    "pad_images": lambda f: f(_images(), 1, 1, 1, 1),
    "percentile": _QUANTILE,
    "perspective_transform": lambda f: f(_images(), _t(2, 4, 2), _t(2, 4, 2)),
    "psnr": lambda f: f(_t(2, 3), _t(2, 3), 1.0),
    "quantile": _QUANTILE,
    "rearrange": lambda f: f(_t(2, 4, 3), "b t c -> b c t"),
    "repeat": lambda f: f(_t(2, 3), 2),
    "reshape": lambda f: f(_t(2, 3), (3, 2)),
    "resize": lambda f: f(_images(), (4, 4)),
    "rms_normalization": lambda f: f(_t(2, 4), _t(4)),
    "roll": lambda f: f(_t(2, 3), 1),
    "saturate_cast": lambda f: f(_t(2, 3), "int32"),
    "scale_and_translate": lambda f: f(_images(), (2, 16, 16, 3), _t(2), _t(2), (1, 2), "linear"),
    "scan": lambda f: f(lambda c, x: (c + x, c), _t(4), _t(3, 4)),
    "scatter": lambda f: f(_i(3, 1), _t(3), (8,)),
    "scatter_update": lambda f: f(_t(8), _i(3, 1), _t(3)),
    "searchsorted": lambda f: f(_t(5), _t(3)),
    "segment_max": _SEGMENTS,
    "segment_min": _SEGMENTS,
    "segment_prod": _SEGMENTS,
    "segment_sum": _SEGMENTS,
    "select": lambda f: f([_t(3, dtype="bool")], [_t(3)]),
    "separable_conv": lambda f: f(_images(), _t(3, 3, 3, 4), _t(1, 1, 12, 5)),
    "shape": _ONE,
    "slice": lambda f: f(_t(4, 4), [0, 0], (2, 2)),
    "slice_update": lambda f: f(_t(4, 4), [0, 0], _t(2, 2)),
    "space_to_depth": lambda f: f(_t(2, 4, 4, 4), 2),
    "sparse_categorical_crossentropy": lambda f: f(_i(2), _t(2, 5)),
    "split": _PARTS,
    "squeeze": lambda f: f(_t(2, 1)),
    "ssim": lambda f: f(_images(), _images()),
    "stack": _PAIR,
    "stft": lambda f: f(_t(2, 64), 16, 4, 16),
    "swapaxes": lambda f: f(_t(2, 3), 0, 1),
    "switch": lambda f: f(_i(), [_RELU, _RELU], _t(3)),
    "take": lambda f: f(_t(4, 3), [0, 1]),
    "take_along_axis": lambda f: f(_t(4, 3), _i(4, 3), 0),
    "threshold": lambda f: f(_t(3), 0.5, 0.0),
    "tile": lambda f: f(_t(2, 3), (2, 1)),
    "top_k": lambda f: f(_t(4), 2),
    "tri": lambda f: f(3),
    "unfold": lambda f: f(_t(2, 3, 8, 8), 2),
    "unravel_index": lambda f: f(_i(3), (2, 3)),
    "vectorize": lambda f: f(lambda x: x * 2)(_t(3)),
    "vectorized_map": lambda f: f(_RELU, _t(3, 4)),
    "view": lambda f: f(_t(2, 4), "int32"),
    "view_as_complex": lambda f: f(_t(3, 2)),
    "view_as_real": lambda f: f(_t(3, dtype="complex64")),
    "vsplit": _PARTS,
    "vstack": _PAIR,
    "where": lambda f: f(_t(3, dtype="bool"), _t(3), _t(3)),
    "while_loop": lambda f: f(lambda x: True, lambda x: [x + 1], [_t(3)]),
    "zeros": _MADE,
}
"""Calls of functions that take more than one or two tensors of usual shapes."""


def every() -> Iterator[tuple[str, Outcome]]:
    """What becomes of each function."""
    for name, function in public().items():
        yield name, outcome(name, function)
