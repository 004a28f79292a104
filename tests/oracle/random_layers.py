"""Which layers, merges and operations random models are made of: what goes into each, and how its arguments are drawn.

Ranks count the batch. A kind is a letter: `f`loats, whole numbers from 0 to 19 (`i`), `s`trings. The tables name no
entry of the catalog, so that the same numbers grow the same models whatever the catalog learns.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from random import Random
from typing import Any, NamedTuple

import numpy as np

Arguments = Callable[[Any, Random], dict[str, Any]]
"""The arguments of a layer of `keras.layers`, drawn."""


class Drawn(NamedTuple):
    """A class of `keras.layers`: the ranks that it takes, the kind of values, and its arguments."""

    ranks: tuple[int, ...]
    kind: str
    arguments: Arguments


def _nothing(_layers: Any, _random: Random) -> dict[str, Any]:
    return {}


def _of(ranks: str, arguments: Arguments = _nothing, kind: str = "f") -> Drawn:
    return Drawn(tuple(map(int, ranks)), kind, arguments)


def _size(random: Random) -> int:
    return random.choice((1, 2, 3, 4, 5, 8))


def _padding(random: Random) -> str:
    return random.choice(("valid", "same"))


def _format(random: Random) -> dict[str, Any]:
    return {"data_format": "channels_first"} if random.random() < 0.12 else {}


def _is(random: Random, often: float) -> bool:
    return random.random() < often


def _window(random: Random, rank: int) -> dict[str, Any]:
    sizes = [random.choice((1, 2, 3)) for _ in range(rank)]
    strided = random.choice((1, 1, 2))
    return {
        "kernel_size": sizes[0] if _is(random, 0.6) else sizes,
        "strides": strided,
        "dilation_rate": random.choice((1, 1, 1, 2)) if strided == 1 else 1,
        "padding": _padding(random),
        "use_bias": _is(random, 0.8),
        **_format(random),
    }


def _conv(rank: int, *, has_groups: bool = True) -> Arguments:
    def drawn(_layers: Any, random: Random) -> dict[str, Any]:
        grouped = has_groups and _is(random, 0.15)
        said = {**_window(random, rank), "filters": 4 if grouped else _size(random)}
        said["activation"] = random.choice((None, "relu", "tanh"))
        if rank == 1 and has_groups and _is(random, 0.15):
            said["padding"] = "causal"
            said.pop("data_format", None)
        return {**said, "groups": 2} if grouped else said

    return drawn


def _transposed(rank: int) -> Arguments:
    def drawn(_layers: Any, random: Random) -> dict[str, Any]:
        said = {**_window(random, rank), "filters": _size(random)}
        if said["strides"] == 2 and _is(random, 0.3):
            said["output_padding"] = 1 if rank == 1 else [1] * rank
        return said

    return drawn


def _by_channel(rank: int, **more: Any) -> Arguments:
    return lambda _layers, r: {**_window(r, rank), "depth_multiplier": r.choice((1, 2)), **more}


def _pool(rank: int) -> Arguments:
    return lambda _layers, r: {
        "pool_size": r.choice((2, 3, [2] * rank)) if rank > 1 else r.choice((2, 3)),
        "strides": r.choice((None, 1, 2)),
        "padding": _padding(r),
        **_format(r),
    }


def _whole(_layers: Any, random: Random) -> dict[str, Any]:
    return {"keepdims": _is(random, 0.4), **_format(random)}


def _adaptive(_layers: Any, random: Random) -> dict[str, Any]:
    return {"output_size": random.choice((1, 2, 3)), **_format(random)}


def _around(name: str, rank: int) -> Arguments:
    forms: tuple[Any, ...] = (1, 2, [0, 1]) if rank == 1 else (1, 2, [1] * rank, [[0, 1]] * rank)
    return lambda _layers, r: {name: r.choice(forms), **(_format(r) if rank > 1 else {})}


def _larger(rank: int) -> Arguments:
    return lambda _layers, r: {"size": r.choice((2, [1, 2, 2][:rank])) if rank > 1 else 2}


def _target(random: Random) -> list[int]:
    return random.choice(([-1], [-1, 2], [2, -1], [4, -1], [-1, 3], [3, 4], [2, 2, -1], [1, -1, 1], [2, 2, 2, -1]))


def _recurrent(_layers: Any, random: Random) -> dict[str, Any]:
    return {
        "units": _size(random),
        # What tf_keras does not hand to CuDNN is traced in a third of the time.
        "activation": random.choice(("tanh", "relu", "sigmoid", "softsign")),
        "return_sequences": _is(random, 0.6),
        "return_state": _is(random, 0.2),
        "go_backwards": _is(random, 0.1),
        "use_bias": _is(random, 0.8),
    }


def _gated(layers: Any, random: Random) -> dict[str, Any]:
    return {**_recurrent(layers, random), "reset_after": _is(random, 0.7)}


def _convolved(rank: int) -> Arguments:
    def drawn(_layers: Any, random: Random) -> dict[str, Any]:
        return {
            "filters": random.choice((1, 2, 3)),
            "kernel_size": random.choice((1, 2)),
            "padding": _padding(random),
            "return_sequences": _is(random, 0.6),
            "return_state": _is(random, 0.2),
        }

    return drawn


def _cells(layers: Any, random: Random) -> dict[str, Any]:
    kinds = ("LSTMCell", "GRUCell", "SimpleRNNCell")
    cells = [getattr(layers, random.choice(kinds))(random.choice((2, 3))) for _ in range(random.choice((1, 1, 2)))]
    stack = layers.StackedRNNCells(cells) if len(cells) > 1 and _is(random, 0.5) else cells
    return {
        "cell": cells[0] if len(cells) == 1 else stack,
        "return_sequences": _is(random, 0.6),
        "return_state": _is(random, 0.2),
    }


def _both_ways(layers: Any, random: Random) -> dict[str, Any]:
    inner = getattr(layers, random.choice(("LSTM", "GRU", "SimpleRNN")))
    said = _recurrent(layers, random)
    return {
        "layer": inner(**{**said, "go_backwards": False}),
        "merge_mode": random.choice(("concat", "concat", "sum", "ave", "mul", None)),
    }


def _each_step(layers: Any, random: Random) -> dict[str, Any]:
    inner = random.choice(
        (
            lambda: layers.Dense(_size(random)),
            lambda: layers.Flatten(),
            lambda: layers.Conv1D(2, 2),
            lambda: layers.Conv2D(2, 2, padding="same"),
            lambda: layers.GlobalAveragePooling1D(),
            lambda: layers.LayerNormalization(),
            lambda: layers.TimeDistributed(layers.Dense(3)),
            lambda: layers.LSTM(2, activation="relu"),
        )
    )
    return {"layer": inner()}


def _spectral(layers: Any, random: Random) -> dict[str, Any]:
    return {"layer": random.choice((lambda: layers.Dense(_size(random)), lambda: layers.Conv2D(2, 2)))()}


def _piped(layers: Any, random: Random) -> dict[str, Any]:
    made = [lambda: layers.Rescaling(0.5), lambda: layers.Dense(_size(random)), lambda: layers.RandomFlip()]
    return {"layers": [random.choice(made)() for _ in range(random.choice((1, 2)))]}


def _einsum(_layers: Any, random: Random) -> dict[str, Any]:
    equation, shape, bias = random.choice(
        (
            ("abc,cd->abd", (None, 4), "d"),
            ("abc,cde->abde", (None, 2, 3), "de"),
            ("...x,xy->...y", (3,), "y"),
            ("ab,bc->ac", 5, None),
            ("abcd,de->abce", (None, None, 3), "e"),
        )
    )
    return {"equation": equation, "output_shape": shape, "bias_axes": bias}


def _heads(_layers: Any, random: Random) -> dict[str, Any]:
    return {
        "num_heads": random.choice((1, 2)),
        "key_dim": random.choice((2, 3)),
        "value_dim": random.choice((None, 4)),
        "output_shape": random.choice((None, None, 3)),
        "use_bias": _is(random, 0.8),
    }


def _groups(_layers: Any, random: Random) -> dict[str, Any]:
    return {"head_dim": 2, "num_query_heads": random.choice((2, 4)), "num_key_value_heads": random.choice((1, 2))}


def _scaled(_layers: Any, random: Random) -> dict[str, Any]:
    return {"use_scale": _is(random, 0.5)}


def _vocabulary(*words: Any) -> Arguments:
    def drawn(_layers: Any, random: Random) -> dict[str, Any]:
        mode = random.choice(("int", "int", "multi_hot", "count"))
        return {"vocabulary": list(words), "output_mode": mode, "num_oov_indices": random.choice((1, 2))}

    return drawn


def _texts(_layers: Any, random: Random) -> dict[str, Any]:
    mode = random.choice(({"output_sequence_length": 4}, {}, {"output_mode": "multi_hot"}))
    return {"vocabulary": ["a", "b", "c"], **mode}


SHAPES: Mapping[int, tuple[tuple[Any, ...], ...]] = {
    1: ((),),
    2: ((4,), (8,), (12,), (1,), (None,)),
    3: ((5, 4), (7, 6), (None, 4), (None, 6), (4, None), (400, 2)),
    4: ((6, 6, 3), (8, 10, 4), (12, 12, 1), (None, None, 3), (9, None, 3), (3, 8, 8)),
    5: ((4, 6, 6, 2), (5, 4, 6, 3), (None, 6, 6, 3), (4, None, None, 2)),
    6: ((3, 4, 5, 6, 2), (None, 4, 4, 4, 1)),
}
"""Sizes behind the batch of inputs that models get, by rank."""

BOTH: Mapping[str, Drawn] = {
    # core
    "Dense": _of(
        "23456", lambda _, r: {"units": _size(r), "activation": r.choice((None, "relu")), "use_bias": _is(r, 0.8)}
    ),
    "EinsumDense": _of("234", _einsum),
    "Embedding": _of("234", lambda _, r: {"input_dim": 20, "output_dim": _size(r), "mask_zero": _is(r, 0.6)}, kind="i"),
    "Identity": _of("23456"),
    "Masking": _of("345", lambda _, r: {"mask_value": r.choice((0.0, -1.0))}),
    # activation
    "Activation": _of("23456", lambda _, r: {"activation": r.choice(("relu", "tanh", "gelu", "softmax"))}),
    "ELU": _of("234"),
    "LeakyReLU": _of("234"),
    "PReLU": _of("2345", lambda _, r: r.choice(({}, {"shared_axes": [1]}))),
    "ReLU": _of("234", lambda _, r: {"max_value": r.choice((None, 6.0))}),
    "Softmax": _of("234", lambda _, r: {"axis": r.choice((-1, 1))}),
    # convolution
    "Conv1D": _of("34", _conv(1)),
    "Conv2D": _of("45", _conv(2)),
    "Conv3D": _of("5", _conv(3)),
    "Conv1DTranspose": _of("3", _transposed(1)),
    "Conv2DTranspose": _of("4", _transposed(2)),
    "Conv3DTranspose": _of("5", _transposed(3)),
    "SeparableConv1D": _of("3", lambda _, r: {**_by_channel(1)(_, r), "filters": _size(r)}),
    "SeparableConv2D": _of("4", lambda _, r: {**_by_channel(2)(_, r), "filters": _size(r)}),
    "DepthwiseConv1D": _of("3", _by_channel(1)),
    "DepthwiseConv2D": _of("4", _by_channel(2)),
    # pooling
    **{f"{kind}Pooling{n}D": _of(str(n + 2), _pool(n)) for kind in ("Max", "Average") for n in (1, 2, 3)},
    **{f"Global{kind}Pooling{n}D": _of(str(n + 2), _whole) for kind in ("Max", "Average") for n in (1, 2, 3)},
    # reshaping
    **{f"Cropping{n}D": _of(str(n + 2), _around("cropping", n)) for n in (1, 2, 3)},
    **{f"ZeroPadding{n}D": _of(str(n + 2), _around("padding", n)) for n in (1, 2, 3)},
    **{f"UpSampling{n}D": _of(str(n + 2), _larger(n)) for n in (1, 2, 3)},
    "Flatten": _of("23456", lambda _, r: _format(r)),
    "Reshape": _of("23456", lambda _, r: {"target_shape": _target(r)}),
    "Permute": _of("34", lambda _, r: {"dims": r.choice(((2, 1), (2, 1, 3), (3, 1, 2)))}),
    "RepeatVector": _of("2", lambda _, r: {"n": r.choice((2, 3))}),
    # normalization and regularization
    "BatchNormalization": _of(
        "2345", lambda _, r: {"axis": r.choice((-1, -1, 1)), "scale": _is(r, 0.8), "center": _is(r, 0.8)}
    ),
    "LayerNormalization": _of("345", lambda _, r: {"axis": r.choice((-1, -1, 1, [1, 2]))}),
    "GroupNormalization": _of("345", lambda _, r: {"groups": r.choice((1, 2, -1))}),
    "UnitNormalization": _of("234"),
    "ActivityRegularization": _of("23", lambda _, r: {"l2": 0.1}),
    "AlphaDropout": _of("23", lambda _, r: {"rate": 0.1}),
    "Dropout": _of("234", lambda _, r: {"rate": 0.2}),
    "GaussianDropout": _of("234", lambda _, r: {"rate": 0.2}),
    "GaussianNoise": _of("234", lambda _, r: {"stddev": 0.1}),
    **{f"SpatialDropout{n}D": _of(str(n + 2), lambda _, r: {"rate": 0.1}) for n in (1, 2, 3)},
    # recurrent
    "LSTM": _of("3", _recurrent),
    "GRU": _of("3", _gated),
    "SimpleRNN": _of("3", _recurrent),
    "RNN": _of("3", _cells),
    **{f"ConvLSTM{n}D": _of(str(n + 3), _convolved(n)) for n in (1, 2, 3)},
    # wrappers
    "Bidirectional": _of("3", _both_ways),
    "TimeDistributed": _of("345", _each_step),
    # preprocessing
    "Rescaling": _of("2345", lambda _, r: {"scale": 0.5, "offset": r.choice((0.0, -1.0))}),
    "Resizing": _of("4", lambda _, r: {"height": r.choice((4, 6)), "width": 5}),
    "CenterCrop": _of("4", lambda _, r: {"height": r.choice((4, 5)), "width": 4}),
    "Normalization": _of("234", lambda _, r: {"mean": 0.5, "variance": 2.0}),
    "Discretization": _of("23", lambda _, r: {"bin_boundaries": [0.0, 1.0, 2.0], "output_mode": "int"}),
    "CategoryEncoding": _of(
        "2", lambda _, r: {"num_tokens": 20, "output_mode": r.choice(("multi_hot", "count"))}, kind="i"
    ),
    "Hashing": _of("23", lambda _, r: {"num_bins": r.choice((3, 20))}, kind="s"),
    "IntegerLookup": _of("23", _vocabulary(3, 5, 7), kind="i"),
    "StringLookup": _of("23", _vocabulary("a", "b", "c"), kind="s"),
    "TextVectorization": _of("12", _texts, kind="s"),
    "RandomFlip": _of("4"),
    "RandomRotation": _of("4", lambda _, r: {"factor": 0.1}),
    "RandomZoom": _of("4", lambda _, r: {"height_factor": 0.1}),
    "RandomTranslation": _of("4", lambda _, r: {"height_factor": 0.1, "width_factor": 0.1}),
    "RandomContrast": _of("4", lambda _, r: {"factor": 0.1}),
    "RandomBrightness": _of("4", lambda _, r: {"factor": 0.1}),
    "RandomCrop": _of("4", lambda _, r: {"height": 4, "width": r.choice((3, 4)), "seed": 0}),
}
"""Layers of one input of both generations, by class."""

OF_3: Mapping[str, Drawn] = {
    **BOTH,
    "RMSNormalization": _of("234"),
    "ReversibleEmbedding": _of(
        "23", lambda _, r: {"input_dim": 20, "output_dim": _size(r), "tie_weights": _is(r, 0.5)}, kind="i"
    ),
    "SpectralNormalization": _of("234", _spectral),
    "Pipeline": _of("234", _piped),
    **{f"Adaptive{kind}Pooling{n}D": _of(str(n + 2), _adaptive) for kind in ("Max", "Average") for n in (1, 2, 3)},
    "MelSpectrogram": _of(
        "23", lambda _, r: {"fft_length": 64, "sequence_stride": 16, "num_mel_bins": r.choice((4, 8))}
    ),
    "STFTSpectrogram": _of(
        "3", lambda _, r: {"frame_length": 16, "mode": r.choice(("log", "stft", "real")), "expand_dims": _is(r, 0.3)}
    ),
    **dict.fromkeys(("AugMix", "AutoContrast", "CutMix", "MixUp", "RandAugment", "RandomGrayscale"), _of("4")),
    **dict.fromkeys(("ContrastLimitedAdaptiveHistogramEqualization", "Equalization", "RandomErasing"), _of("4")),
    **dict.fromkeys(("RandomColorJitter", "RandomElasticTransform", "RandomPerspective", "Solarization"), _of("4")),
    **dict.fromkeys(
        ("RandomColorDegeneration", "RandomHue", "RandomInvert", "RandomSaturation", "RandomSharpness"),
        _of("4", lambda _, r: {"factor": 0.1}),
    ),
    "RandomGaussianBlur": _of("4"),
    "RandomPosterization": _of("4", lambda _, r: {"factor": 4}),
    # 0.1 is written as [-0.1, 0.1], which is refused.
    "RandomShear": _of("4", lambda _, r: {"x_factor": [0.0, 0.1], "y_factor": [0.1, 0.2]}),
}
OF_2: Mapping[str, Drawn] = {
    **BOTH,
    "ThresholdedReLU": _of("234"),
    "LocallyConnected1D": _of("3", lambda _, r: {"filters": _size(r), "kernel_size": r.choice((1, 2))}),
    "LocallyConnected2D": _of("4", lambda _, r: {"filters": _size(r), "kernel_size": r.choice((1, 2))}),
    "RandomHeight": _of("4", lambda _, r: {"factor": 0.1}),
    "RandomWidth": _of("4", lambda _, r: {"factor": 0.1}),
}

MERGES: Mapping[str, Arguments] = {
    **dict.fromkeys(("Add", "Multiply", "Average", "Maximum", "Minimum", "Subtract"), _nothing),
    "Concatenate": lambda _, r: {"axis": r.choice((-1, -1, 1))},
    "Dot": lambda _, r: {"axes": r.choice((1, -1, 2, [1, 2])), "normalize": _is(r, 0.2)},
}
PAIRS: Mapping[str, Arguments] = {"HashedCrossing": lambda _, r: {"num_bins": r.choice((3, 7))}}
ATTENTIONS: Mapping[str, Arguments] = {
    "MultiHeadAttention": _heads,
    "GroupQueryAttention": _groups,
    "Attention": _scaled,
    "AdditiveAttention": _scaled,
}
RECURRENT = ("LSTM", "GRU", "SimpleRNN", "RNN", "ConvLSTM1D", "ConvLSTM2D", "Bidirectional")
"""Layers that are called with states."""

Operation = Callable[[Any, Any, Any, Random], Any]
"""What is made of two tensors of one rank: the first argument is `keras.ops`, or `tensorflow` for tf_keras."""

OPERATORS: tuple[Operation, ...] = (
    lambda o, x, y, r: x + y,
    lambda o, x, y, r: x - y,
    lambda o, x, y, r: x * y,
    lambda o, x, y, r: x * 2.0,
    lambda o, x, y, r: 1.0 - x,
    lambda o, x, y, r: x / (y + 1.5),
    lambda o, x, y, r: -x,
    lambda o, x, y, r: x**2.0,
    lambda o, x, y, r: abs(x),
    lambda o, x, y, r: x[:, 0],
    lambda o, x, y, r: x[:, ::2],
    lambda o, x, y, r: x[:, None],
    lambda o, x, y, r: x[:, -1:],
    lambda o, x, y, r: x + np.ones((1,), "float32"),
    lambda o, x, y, r: np.full((1, 1), 0.5, "float32") * x,
)
OPERATORS_3: tuple[Operation, ...] = (
    *OPERATORS,
    lambda o, x, y, r: x[..., 1:],  # tf_keras cannot write an Ellipsis
    lambda o, x, y, r: x[..., None],
    lambda o, x, y, r: x @ o.transpose(y, (0, 2, 1)),
)


def _unary(name: str) -> Operation:
    return lambda o, x, y, r: getattr(o, name)(x)


def _binary(name: str) -> Operation:
    return lambda o, x, y, r: getattr(o, name)(x, y)


def _reduced(name: str) -> Operation:
    return lambda o, x, y, r: getattr(o, name)(x, axis=r.choice((-1, 1)), keepdims=_is(r, 0.5))


def _along(name: str) -> Operation:
    return lambda o, x, y, r: getattr(o, name)(x, axis=r.choice((-1, 1)))


_UNARY = (
    *("relu", "relu6", "sigmoid", "silu", "softplus", "softsign", "tanh", "elu", "selu", "gelu", "hard_sigmoid"),
    *("leaky_relu", "log_sigmoid", "exp", "expm1", "log1p", "sqrt", "square", "abs", "negative", "sign", "floor"),
    *("ceil", "round", "sin", "cos", "arctan", "erf", "reciprocal", "isnan", "isfinite", "zeros_like", "ones_like"),
    *("stop_gradient", "copy", "nan_to_num", "rsqrt", "sparsemax", "ravel", "size", "ndim"),
)
_BINARY = (
    *("add", "subtract", "multiply", "divide", "maximum", "minimum", "power", "logaddexp", "hypot", "arctan2"),
    *("greater", "less_equal", "equal", "not_equal", "mod", "floor_divide", "matmul", "outer", "kron", "vdot"),
)
_REDUCED = ("sum", "mean", "max", "min", "prod", "std", "var", "logsumexp", "any", "all", "median", "norm")
_ALONG = ("argmax", "argmin", "cumsum", "flip", "sort", "argsort", "softmax", "log_softmax", "normalize", "diff")
OPERATIONS_3: tuple[Operation, ...] = (
    *map(_unary, _UNARY),
    *map(_binary, _BINARY),
    *map(_reduced, _REDUCED),
    *map(_along, _ALONG),
    lambda o, x, y, r: o.cast(x, r.choice(("float16", "float32", "int32"))),
    lambda o, x, y, r: o.clip(x, 0.0, 1.0),
    lambda o, x, y, r: o.where(o.greater(x, 0.0), x, y),
    lambda o, x, y, r: o.concatenate([x, y], axis=r.choice((-1, 1))),
    lambda o, x, y, r: o.stack([x, y], axis=r.choice((-1, 1))),
    lambda o, x, y, r: o.split(x, 2, axis=r.choice((-1, 1))),
    lambda o, x, y, r: o.unstack(x, axis=1),
    lambda o, x, y, r: o.expand_dims(x, r.choice((-1, 1))),
    lambda o, x, y, r: o.squeeze(o.expand_dims(x, 1), 1),
    lambda o, x, y, r: o.reshape(x, (-1, r.choice((2, 4)))),
    lambda o, x, y, r: o.moveaxis(x, -1, 1),
    lambda o, x, y, r: o.swapaxes(x, 1, -1),
    lambda o, x, y, r: o.pad(x, [[0, 0], [1, 1], *[[0, 0]] * (len(x.shape) - 2)]),
    lambda o, x, y, r: o.repeat(x, 2, axis=1),
    lambda o, x, y, r: o.tile(x, (1, 2, *[1] * (len(x.shape) - 2))),
    lambda o, x, y, r: o.roll(x, 1, axis=1),
    lambda o, x, y, r: o.take(x, [0, 0], axis=r.choice((-1, 1))),
    lambda o, x, y, r: o.take_along_axis(x, o.argsort(x, axis=1), axis=1),
    lambda o, x, y, r: o.top_k(x, 1),
    lambda o, x, y, r: o.one_hot(o.argmax(x, axis=-1), 4),
    lambda o, x, y, r: o.tril(x),
    lambda o, x, y, r: o.einsum("b...i,b...j->bij", x, y),
    lambda o, x, y, r: o.tensordot(x, y, axes=[[0], [0]]),
    lambda o, x, y, r: o.dot(x, np.ones((x.shape[-1], 3), "float32")),
    lambda o, x, y, r: o.moments(x, axes=[1]),
    lambda o, x, y, r: o.slice(x, (0, 0), (1, 1)),
    lambda o, x, y, r: o.broadcast_to(o.expand_dims(x, 1), (x.shape[0] or 1, 2, *x.shape[1:])),
    lambda o, x, y, r: o.max_pool(x, 2),
    lambda o, x, y, r: o.average_pool(x, 2, padding="same"),
    lambda o, x, y, r: o.conv(x, np.ones((2, 2, x.shape[-1], 3), "float32"), padding="same"),
    lambda o, x, y, r: o.binary_crossentropy(x, y),
    lambda o, x, y, r: o.categorical_crossentropy(o.softmax(x), o.softmax(y)),
    lambda o, x, y, r: o.layer_normalization(x, axis=-1),
    lambda o, x, y, r: o.image.resize(x, (4, 5)),
    lambda o, x, y, r: o.image.rgb_to_grayscale(x),
    lambda o, x, y, r: o.image.extract_patches(x, (2, 2)),
    lambda o, x, y, r: o.image.crop_images(x, 1, 1, target_height=2, target_width=2),
    lambda o, x, y, r: o.qr(x),
    lambda o, x, y, r: o.det(o.matmul(x, o.transpose(x, (0, 2, 1)))),
    lambda o, x, y, r: o.rfft(x),
    lambda o, x, y, r: o.segment_sum(o.sum(x, axis=tuple(range(1, len(x.shape)))), np.array([0], "int32"), 3),
    lambda o, x, y, r: o.searchsorted(np.array([0.0, 1.0], "float32"), x),
    lambda o, x, y, r: o.bincount(o.cast(o.argmax(x, axis=-1), "int32"), minlength=4),
)
"""Operations of Keras 3, of each family: computing, shaping, reducing, networks, images, matrices, signals, losses."""

OPERATIONS_2: tuple[Operation, ...] = (
    *(lambda o, x, y, r, name=name: getattr(o.nn, name)(x) for name in ("relu", "relu6", "sigmoid", "silu", "gelu")),
    *(lambda o, x, y, r, name=name: getattr(o.math, name)(x) for name in ("exp", "sqrt", "square", "abs", "sin")),
    *(
        lambda o, x, y, r, name=name: getattr(o.math, name)(x, axis=r.choice((-1, 1)), keepdims=_is(r, 0.5))
        for name in ("reduce_mean", "reduce_sum", "reduce_max")
    ),
    *(lambda o, x, y, r, name=name: getattr(o.math, name)(x, y) for name in ("maximum", "minimum", "greater")),
    lambda o, x, y, r: o.concat([x, y], axis=r.choice((-1, 1))),
    lambda o, x, y, r: o.stack([x, y], axis=r.choice((-1, 1))),
    lambda o, x, y, r: o.split(x, 2, axis=r.choice((-1, 1))),
    lambda o, x, y, r: o.unstack(x, axis=1),
    lambda o, x, y, r: o.expand_dims(x, axis=r.choice((-1, 1))),
    lambda o, x, y, r: o.squeeze(o.expand_dims(x, axis=1), axis=[1]),
    lambda o, x, y, r: o.reshape(x, (-1, r.choice((2, 4)))),
    lambda o, x, y, r: o.transpose(x, perm=[0, 2, 1]),
    lambda o, x, y, r: o.cast(x, r.choice(("float16", "int32"))),
    lambda o, x, y, r: o.clip_by_value(x, 0.0, 1.0),
    lambda o, x, y, r: o.where(o.math.greater(x, 0.0), x, y),
    lambda o, x, y, r: o.linalg.matmul(x, y, transpose_b=True),
    lambda o, x, y, r: o.tile(x, [1, 2, *[1] * (len(x.shape) - 2)]),
    lambda o, x, y, r: o.nn.softmax(x, axis=-1),
    lambda o, x, y, r: o.one_hot(o.math.argmax(x, axis=-1), 4),
    lambda o, x, y, r: o.image.resize(x, (4, 5)),
    lambda o, x, y, r: o.shape(x),
)
"""Functions of TensorFlow that files of Keras 2 hold."""

OPERATIONS_3_FURTHER: tuple[Operation, ...] = (
    lambda o, x, y, r: x[:, 0, ...],
    lambda o, x, y, r: x[:, ::-1],
    lambda o, x, y, r: x[:, None, ..., -1],
    lambda o, x, y, r: x[0],
    lambda o, x, y, r: x[..., :2, None],
    lambda o, x, y, r: x[:, 1:-1],
    lambda o, x, y, r: x // 2,
    lambda o, x, y, r: x % 3,
    lambda o, x, y, r: 2**x,
    lambda o, x, y, r: (x > 0) & (y > 0),
    lambda o, x, y, r: ~(x > 0),
    lambda o, x, y, r: (x > 0) | (y < 1),
    lambda o, x, y, r: x * np.arange(3, dtype="float64"),
    lambda o, x, y, r: x + np.int64(2),
    lambda o, x, y, r: x - True,
    lambda o, x, y, r: o.cast(x, "int8") + 1.5,
    lambda o, x, y, r: o.cast(x, "bfloat16") + o.cast(y, "float16"),
    lambda o, x, y, r: o.cast(x, "uint8") * o.cast(y, "int8"),
    lambda o, x, y, r: o.sum(o.cast(x, r.choice(("int8", "uint8", "bool", "float16"))), axis=1),
    lambda o, x, y, r: o.mean(o.cast(x, r.choice(("int32", "bool"))), axis=(0, -1), keepdims=True),
    lambda o, x, y, r: o.cumprod(o.cast(x, "int16"), axis=None),
    lambda o, x, y, r: o.broadcast_to(x[:, :1], x.shape),
    lambda o, x, y, r: o.reshape(x, (-1,)),
    lambda o, x, y, r: o.reshape(x, (x.shape[0] or -1, 1, -1) if x.shape[0] else (-1, 1, 2)),
    lambda o, x, y, r: o.transpose(x),
    lambda o, x, y, r: o.transpose(x, (*range(1, len(x.shape)), 0)),
    lambda o, x, y, r: o.squeeze(x),
    lambda o, x, y, r: o.squeeze(x[:, :1], axis=1),
    lambda o, x, y, r: o.max(x, axis=(1, -1)),
    lambda o, x, y, r: o.max(x),
    lambda o, x, y, r: o.argmax(x),
    lambda o, x, y, r: o.argmax(x, axis=1, keepdims=True),
    lambda o, x, y, r: o.take(x, o.cast(o.argmax(y, axis=1), "int32"), axis=1),
    lambda o, x, y, r: o.take(x, np.array([[0, 1], [1, 0]]), axis=r.choice((None, 1))),
    lambda o, x, y, r: o.one_hot(o.cast(x, "int32"), 3, axis=r.choice((-1, 1)), dtype="float16"),
    lambda o, x, y, r: o.multi_hot(o.cast(x, "int32"), 4),
    lambda o, x, y, r: o.repeat(x, 3),
    lambda o, x, y, r: o.repeat(x, [1, 2, 1], axis=1),
    lambda o, x, y, r: o.tile(x, 2),
    lambda o, x, y, r: o.pad(x, 1),
    lambda o, x, y, r: o.pad(x, ((0, 0), (2, 0), *((0, 0),) * (len(x.shape) - 2)), mode="reflect"),
    lambda o, x, y, r: o.concatenate([x, o.cast(y, "int32")], axis=-1),
    lambda o, x, y, r: o.append(x, y, axis=r.choice((None, 1))),
    lambda o, x, y, r: o.hstack([x, y]),
    lambda o, x, y, r: o.vstack([x, y]),
    lambda o, x, y, r: o.array_split(x, 3, axis=1),
    lambda o, x, y, r: o.linspace(x, y, num=3, axis=r.choice((0, -1))),
    lambda o, x, y, r: o.logspace(0.0, x, num=2),
    lambda o, x, y, r: o.matmul(x, np.ones((x.shape[-1], 2), "float32")),
    lambda o, x, y, r: o.matmul(np.ones((2, x.shape[1]), "float32"), x),
    lambda o, x, y, r: o.inner(x, y),
    lambda o, x, y, r: o.cross(x[..., :3], y[..., :3]),
    lambda o, x, y, r: o.tensordot(x, y, axes=r.choice((1, [[-1], [-1]], 0))),
    lambda o, x, y, r: o.einsum("...a,...a->...", x, y),
    lambda o, x, y, r: o.einsum("bij,bkj->bik", x, y),
    lambda o, x, y, r: o.einsum("b...->...", x),
    lambda o, x, y, r: o.dot(x, y),
    lambda o, x, y, r: o.trace(x, axis1=-2, axis2=-1),
    lambda o, x, y, r: o.diagonal(x, offset=r.choice((0, 1)), axis1=-2, axis2=-1),
    lambda o, x, y, r: o.diag(x),
    lambda o, x, y, r: o.triu(x, k=1),
    lambda o, x, y, r: o.quantile(x, [0.1, 0.5], axis=r.choice((None, 1, -1)), keepdims=_is(r, 0.5)),
    lambda o, x, y, r: o.percentile(x, 50, axis=1),
    lambda o, x, y, r: o.average(x, axis=1, weights=y),
    lambda o, x, y, r: o.histogram(x, bins=3),
    lambda o, x, y, r: o.digitize(x, np.array([0.0, 1.0], "float32")),
    lambda o, x, y, r: o.count_nonzero(x, axis=r.choice((None, 1, -1))),
    lambda o, x, y, r: o.nonzero(x),
    lambda o, x, y, r: o.select([x > 0, y > 0], [x, y], 0.0),
    lambda o, x, y, r: o.isclose(x, y),
    lambda o, x, y, r: o.logical_xor(x > 0, y > 0),
    lambda o, x, y, r: o.bitwise_and(o.cast(x, "int32"), o.cast(y, "int64")),
    lambda o, x, y, r: o.left_shift(o.cast(x, "int32"), 2),
    lambda o, x, y, r: o.true_divide(o.cast(x, "int32"), 2),
    lambda o, x, y, r: o.arange(3) + x[..., :3],
    lambda o, x, y, r: o.full_like(x, 2, dtype=r.choice((None, "int32"))),
    lambda o, x, y, r: o.rot90(x),
    lambda o, x, y, r: o.unravel_index(o.cast(o.argmax(x, axis=1), "int32"), (2, 3)),
    lambda o, x, y, r: o.fft((x, y)),
    lambda o, x, y, r: o.stft(x, 4, 2, 8),
    lambda o, x, y, r: o.irfft(o.rfft(x)),
    lambda o, x, y, r: o.extract_sequences(x, 2, 1),
    lambda o, x, y, r: o.in_top_k(o.cast(o.argmax(x, axis=-1), "int32"), x, 2),
    lambda o, x, y, r: o.logdet(o.matmul(x, o.swapaxes(x, -1, -2))),
    lambda o, x, y, r: o.svd(x, full_matrices=_is(r, 0.5), compute_uv=_is(r, 0.7)),
    lambda o, x, y, r: o.norm(x, ord=r.choice((None, "fro", 1)), axis=r.choice((None, -1, (-2, -1)))),
    lambda o, x, y, r: o.solve(o.matmul(x, o.swapaxes(x, -1, -2)), y),
    lambda o, x, y, r: o.eigh(o.matmul(x, o.swapaxes(x, -1, -2))),
    lambda o, x, y, r: o.inv(o.matmul(x, o.swapaxes(x, -1, -2))),
    lambda o, x, y, r: o.batch_normalization(x, np.zeros(x.shape[-1]), np.ones(x.shape[-1]), -1),
    lambda o, x, y, r: o.rms_normalization(x, axis=r.choice((-1, 1))),
    lambda o, x, y, r: o.glu(x),
    lambda o, x, y, r: o.dot_product_attention(x[:, :, None], y[:, :, None], y[:, :, None]),
    lambda o, x, y, r: o.depthwise_conv(x, np.ones((2, 2, x.shape[-1], 1), "float32"), data_format="channels_last"),
    lambda o, x, y, r: o.conv_transpose(x, np.ones((2, 3, x.shape[-1]), "float32"), 2, data_format="channels_last"),
    lambda o, x, y, r: o.separable_conv(
        x, np.ones((2, x.shape[-1], 1), "float32"), np.ones((1, x.shape[-1], 3), "float32"), padding="same"
    ),
    lambda o, x, y, r: o.adaptive_average_pool(x, 2),
    lambda o, x, y, r: o.image.pad_images(x, top_padding=1, left_padding=2, bottom_padding=0, right_padding=1),
    lambda o, x, y, r: o.image.resize(x, (5, 5), crop_to_aspect_ratio=True, data_format="channels_last"),
    lambda o, x, y, r: o.image.affine_transform(x, np.ones((1, 8), "float32")),
    lambda o, x, y, r: o.image.gaussian_blur(x),
    lambda o, x, y, r: o.image.rgb_to_hsv(x),
    lambda o, x, y, r: o.sparse_categorical_crossentropy(o.argmax(y, axis=-1), o.softmax(x)),
    lambda o, x, y, r: o.ctc_loss(o.cast(o.argmax(y, axis=-1), "int32"), x, np.array([2]), np.array([3])),
    lambda o, x, y, r: o.slice_update(x, (0,) * len(x.shape), y[:, :1]),
    lambda o, x, y, r: o.scatter_update(x, np.zeros((1, len(x.shape)), "int32"), np.zeros((1,), "float32")),
    lambda o, x, y, r: o.scatter(o.cast(o.argmax(x, axis=1), "int32"), y, (3, 4)),
    lambda o, x, y, r: o.cond(o.any(x > 0), lambda: x, lambda: y),
    lambda o, x, y, r: o.view_as_complex(x[..., :2]),
    lambda o, x, y, r: o.real(o.view_as_complex(x[..., :2])),
    lambda o, x, y, r: o.signbit(x),
    lambda o, x, y, r: o.heaviside(x, 0.5),
    lambda o, x, y, r: o.nanmean(x, axis=1),
    lambda o, x, y, r: o.nanmax(x, axis=-1),
    lambda o, x, y, r: o.ptp(x, axis=1),
    lambda o, x, y, r: o.unfold(x, 2),
    lambda o, x, y, r: o.dsplit(x, 1),
    lambda o, x, y, r: o.vsplit(x, 1),
)
"""Calls of operations with further forms of their arguments."""
OPERATIONS_2_FURTHER: tuple[Operation, ...] = (
    lambda o, x, y, r: x[:, ::-1],
    lambda o, x, y, r: x[0],
    lambda o, x, y, r: x[:, 1:-1],
    lambda o, x, y, r: x[:, 0, None],
    lambda o, x, y, r: x // 2.0,
    lambda o, x, y, r: x % 3.0,
    lambda o, x, y, r: x @ y,
    lambda o, x, y, r: (x > 0.0) & (y > 0.0),
    lambda o, x, y, r: ~(x > 0.0),
    lambda o, x, y, r: o.reduce_mean(x),
    lambda o, x, y, r: o.reduce_any(x > 0.0, axis=[1]),
    lambda o, x, y, r: o.argmax(x, axis=1, output_type="int32"),
    lambda o, x, y, r: o.gather(x, [0, 1], axis=1),
    lambda o, x, y, r: o.gather(x, o.argmax(y, axis=1), axis=1, batch_dims=1),
    lambda o, x, y, r: o.einsum("bij,bkj->bik", x, y),
    lambda o, x, y, r: o.tensordot(x, y, axes=[[1], [1]]),
    lambda o, x, y, r: o.pad(x, [[0, 0], [1, 2], *[[0, 0]] * (len(x.shape) - 2)], mode="CONSTANT"),
    lambda o, x, y, r: o.repeat(x, 2, axis=1),
    lambda o, x, y, r: o.roll(x, shift=1, axis=1),
    lambda o, x, y, r: o.reverse(x, axis=[1]),
    lambda o, x, y, r: o.sort(x, axis=-1),
    lambda o, x, y, r: o.argsort(x, axis=-1),
    lambda o, x, y, r: o.cumsum(x, axis=1),
    lambda o, x, y, r: o.nn.top_k(x, k=1),
    lambda o, x, y, r: o.nn.l2_normalize(x, axis=-1),
    lambda o, x, y, r: o.nn.moments(x, axes=[1]),
    lambda o, x, y, r: o.nn.conv1d(x, np.ones((2, x.shape[-1], 3), "float32"), stride=1, padding="SAME"),
    lambda o, x, y, r: o.nn.max_pool2d(x, ksize=2, strides=2, padding="VALID"),
    lambda o, x, y, r: o.nn.space_to_depth(x, 2),
    lambda o, x, y, r: o.nn.depth_to_space(x, 2),
    lambda o, x, y, r: o.image.resize(x, [6, 5], method="nearest"),
    lambda o, x, y, r: o.image.flip_left_right(x),
    lambda o, x, y, r: o.image.central_crop(x, 0.5),
    lambda o, x, y, r: o.squeeze(x),
    lambda o, x, y, r: o.reshape(x, [-1]),
    lambda o, x, y, r: o.reshape(x, o.shape(y)),
    lambda o, x, y, r: o.broadcast_to(x, o.shape(y)),
    lambda o, x, y, r: o.zeros_like(x, dtype="int32"),
    lambda o, x, y, r: o.fill(o.shape(x), 0.5),
    lambda o, x, y, r: o.range(o.shape(x)[1]),
    lambda o, x, y, r: o.shape(x)[0],
    lambda o, x, y, r: o.size(x),
    lambda o, x, y, r: o.rank(x),
    lambda o, x, y, r: o.identity(x),
    lambda o, x, y, r: o.stop_gradient(x),
    lambda o, x, y, r: o.boolean_mask(x, x[:, 0] > 0.0),
    lambda o, x, y, r: o.sequence_mask(o.cast(o.reduce_sum(x, axis=-1), "int32"), maxlen=5),
    lambda o, x, y, r: o.linalg.band_part(x, 1, 0),
    lambda o, x, y, r: o.linalg.diag_part(x),
    lambda o, x, y, r: o.linalg.norm(x, axis=-1),
    lambda o, x, y, r: o.math.unsorted_segment_sum(x, o.cast(x[:, 0], "int32"), 3),
    lambda o, x, y, r: o.math.top_k(x, k=2),
    lambda o, x, y, r: o.signal.rfft(x),
    lambda o, x, y, r: o.signal.frame(x, 2, 1),
    lambda o, x, y, r: o.strings.as_string(x),
    lambda o, x, y, r: o.unique(o.reshape(x, [-1])),
    lambda o, x, y, r: o.meshgrid(o.reshape(x, [-1]), o.reshape(y, [-1])),
)
"""Functions of TensorFlow with further forms of their arguments."""
