"""Cases of core, windows, normalization, activations, regularization, applications and recurrent layers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import product
from typing import Any

from graphcore.model import Dialect
from graphcore.shapes import Shape

from .cases import Case

KERAS2: tuple[Dialect, ...] = ("keras2",)
KERAS3: tuple[Dialect, ...] = ("keras3",)
FORMATS = ("channels_last", "channels_first")


def rows(
    cls: str, config: Mapping[str, Any], inputs: Sequence[Shape], only: tuple[Dialect, ...] = (), **more: Any
) -> Iterator[Case]:
    """A case for each choice of the arguments in `more`, which are lists, and each input."""
    for values in product(*more.values()):
        for shape in inputs:
            # tf_keras takes an input of rank 0 for one of unknown rank.
            yield Case(cls, {**config, **dict(zip(more, values, strict=True))}, (shape,), (), only if shape else KERAS3)


def typed(cls: str, config: Mapping[str, Any], shape: Shape, *dtypes: str) -> Iterator[Case]:
    """A case for each dtype of the input."""
    for dtype in dtypes:
        yield Case(cls, config, (shape,), (dtype,))


# Inputs


def core() -> Iterator[Case]:
    for config in (
        {"batch_shape": [None, 4, 4], "dtype": "float32"},
        {"batch_shape": [None, None, 3], "dtype": "int32", "sparse": False},
        {"batch_shape": [8, 3]},
        {"batch_shape": [None]},
        {"batch_shape": [None, 3], "dtype": "string"},
        {"batch_shape": [None, 3], "dtype": "float17"},
        {"batch_shape": [None, -1]},
        {"batch_shape": [None, 2.5]},
        {"shape": [4, 4]},
        {"shape": [4], "batch_size": 3},
        {"shape": [4], "batch_shape": [None, 4]},
        {"batch_size": 3, "batch_shape": [3, 4]},
        {"batch_shape": [None, 4], "no_such_argument": 1},
        {"dtype": "float32"},
        {},
    ):
        yield Case("InputLayer", config, only=KERAS3)
    for config in (
        {"batch_input_shape": [None, 4, 4], "dtype": "float32", "sparse": False, "ragged": False},
        {"batch_input_shape": [None, None, 3], "dtype": "int64"},
        {"input_shape": [4, 4]},
        {"input_shape": [4], "batch_size": 3},
        {"input_shape": [4], "batch_input_shape": [None, 4]},
        {"batch_size": 3, "batch_input_shape": [5, 4]},
        {"batch_input_shape": [None, 4], "no_such_argument": 1},
        {"batch_input_shape": [None, 4], "dtype": "uint16"},
        {"batch_shape": [None, 4]},
    ):
        yield Case("InputLayer", config, only=KERAS2)
    for dtype in (None, "float", "int", "double", "half", "str", "bool", "complex64", "qint8", "uint64", "Float32"):
        yield Case("InputLayer", {"batch_shape": [None, 3], "dtype": dtype}, only=KERAS3)
        yield Case("InputLayer", {"batch_input_shape": [None, 3], "dtype": dtype}, only=KERAS2)
    kinds: tuple[dict[str, Any], ...] = (
        {"sparse": True},
        {"ragged": True},
        {"sparse": True, "ragged": True},
        {"batch_size": None},
    )
    for kind in kinds:
        yield Case("InputLayer", {"batch_shape": [None, 3], **kind}, only=KERAS3)
        yield Case("InputLayer", {"batch_input_shape": [None, 3], **kind}, only=KERAS2)
    yield Case("InputLayer", {"batch_shape": []}, only=KERAS3)
    yield Case("InputLayer", {"shape": []}, only=KERAS3)
    yield Case("InputLayer", {"input_shape": 5}, only=KERAS2)
    many: list[Shape] = [
        (None, 3),
        (2, 3),
        (None, 4, 3),
        (None, None, 3),
        (None, None, None, 5),
        (None,),
        (),
        (None, None),
    ]
    yield from rows("Dense", {"units": 7}, many, use_bias=[True, False])
    yield from rows("Dense", {}, [(None, 3)], units=[1, 0, -1, "8", 2.5, None])
    yield Case("Dense", {}, ((None, 3),))
    yield Case("Dense", {"units": 3, "activation": "no_such"}, ((None, 3),))
    yield Case("Dense", {"units": 3, "unit": 4}, ((None, 3),))
    yield from typed("Dense", {"units": 3}, (None, 4), "int32", "uint8", "bool", "float16", "float64", "bfloat16")
    for dtype in ("float16", "mixed_float16", "float64", "mixed_bfloat16"):
        yield Case("Dense", {"units": 3, "dtype": dtype}, ((None, 4),))
    yield Case("Dense", {"units": 3, "trainable": False}, ((None, 4),))
    yield Case("Dense", {"units": 3, "lora_rank": 2}, ((None, 4),), only=KERAS3)
    yield Case("Dense", {"units": 3, "lora_rank": 2}, ((None, 4),), only=KERAS2)
    equations: list[tuple[str, Any, Any, Shape]] = [
        ("ab,bc->ac", 64, "c", (None, 32)),
        ("abc,cd->abd", [None, 64], "d", (None, 32, 128)),
        ("...x,xy->...y", 64, "y", (None, 32, 128)),
        ("...x,xy->...y", [64], None, (None, 3, 32, 128)),
        ("abc,cde->abde", [None, 8, 4], "de", (None, 10, 32)),
        ("abc,cde->abde", [None, 8, 4], "e", (None, 10, 32)),
        ("abc,cde->abde", [10, 8, 4], "de", (None, 10, 32)),
        ("abc,cde->abde", [11, 8, 4], "de", (None, 10, 32)),
        ("abde,dec->abc", [None, 32], "c", (None, 10, 8, 4)),
        ("ab...,bc->ac...", 64, "c", (None, 32, 5, 6)),
        ("ab...,bc->ac...", [64], None, (None, 32, None)),
        ("abc,cd->abd", [None, 64], "z", (None, 32, 128)),
        ("abc,cd->abe", [None, 64], None, (None, 32, 128)),
        ("abc,cde->abd", [None, 64], None, (None, 32, 128)),
        ("abc->ab", [None], None, (None, 32, 128)),
        ("abc,cd->abd", [None, 64], "d", (None, None, 128)),
        ("abc,cd->abd", [None, 64], "d", (None, 3, None)),
        ("abc,bcd->ad", [64], None, (None, 3, 5)),
        ("abc,bd->adc", [7, None], "d", (None, 3, 5)),
        ("abc,bd->adc", [7, None], "dc", (None, 3, 5)),
        ("abc,bd->adc", [7, 5], "dc", (None, 3, 5)),
        ("ab,bc->ac", [64], "c", (None, 3, 4)),
        ("abc,cd->abd", [64], "d", (None, 3, 4)),
    ]
    for equation, out, axes, shape in equations:
        yield Case("EinsumDense", {"equation": equation, "output_shape": out, "bias_axes": axes}, (shape,))
    yield from typed("EinsumDense", {"equation": "ab,bc->ac", "output_shape": 5}, (None, 4), "int32", "float16")
    yield Case("EinsumDense", {"equation": "ab,bc->ac", "output_shape": 5, "lora_rank": 2}, ((None, 4),), only=KERAS3)
    embedding = {"input_dim": 10, "output_dim": 4}
    for dtype in ("int32", "int64", "uint8", "float32", "bool"):
        yield from typed("Embedding", embedding, (None, 5), dtype)
        yield from typed("Embedding", {**embedding, "dtype": "mixed_float16"}, (None, 5), dtype)
    yield from rows("Embedding", embedding, [(None,), (None, None), (None, 3, 4)], mask_zero=[True, False])
    yield from rows("Embedding", {"output_dim": 3}, [(None, 3)], input_dim=[0, -1, 5.5])
    yield Case("Embedding", {**embedding, "input_length": 5}, ((None, 5),))
    yield Case("Embedding", {**embedding, "input_length": 5}, ((None, 6),))
    yield Case("Embedding", {**embedding, "lora_rank": 2}, ((None, 6),), only=KERAS3)
    yield Case("ReversibleEmbedding", embedding, ((None, 6),), ("int32",), KERAS3)
    yield Case("ReversibleEmbedding", {**embedding, "tie_weights": False}, ((None, 6),), ("int32",), KERAS3)
    yield Case("ReversibleEmbedding", embedding, ((None, 6, 4),), (), KERAS3, {"reverse": True})
    yield from rows("Masking", {"mask_value": 0.0}, [(None, 3, 4), (None, None, None), (None, 3), (None,)])
    yield from typed("Masking", {"mask_value": 0}, (None, 3, 4), "int32", "float16")
    yield from rows("Identity", {}, [(None, 3, 4), (None, None), (), (None,)])
    yield from typed("Identity", {}, (None, 3), "int32", "float16", "float64", "bool", "string")
    for name in (
        *("celu", "elu", "exponential", "gelu", "glu", "hard_shrink", "hard_sigmoid", "hard_silu", "hard_swish"),
        *("hard_tanh", "leaky_relu", "linear", "log_sigmoid", "log_softmax", "mish", "relu", "relu6", "selu"),
        *("sigmoid", "silu", "soft_shrink", "softmax", "softplus", "softsign", "sparse_plus", "sparse_sigmoid"),
        *("sparsemax", "squareplus", "swish", "tanh", "tanh_shrink", "threshold", "Relu", "no_such"),
    ):
        yield from rows("Activation", {"activation": name}, [(None, 4), (None, None, None), (None,)])
        yield from typed("Activation", {"activation": name}, (None, 4), "int32", "float16", "bool")
        yield Case("Dense", {"units": 3, "activation": name}, ((None, 4),))
    yield Case("Activation", {"activation": None}, ((None, 4),))
    yield Case("Activation", {}, ((None, 4),))


def keras2_only() -> Iterator[Case]:
    for rank in (1, 2):
        cls = f"LocallyConnected{rank}D"
        for data_format in FORMATS:
            yield from rows(
                cls,
                {"filters": 3, "data_format": data_format},
                space(rank, data_format),
                KERAS2,
                kernel_size=[1, 2, 3],
                strides=[1, 2],
                padding=["valid", "same"],
                implementation=[1, 2, 3, 4],
            )
        yield Case(cls, {"filters": 3, "kernel_size": 2, "use_bias": False}, (SPACE[rank][0],), (), KERAS2)
        yield from rows(cls, {"filters": 3, "kernel_size": 3}, WRONG_RANK[rank], KERAS2)


# Windows

SPACE: dict[int, list[Shape]] = {
    1: [(None, 10, 4), (None, None, 4), (2, 1, 4), (None, 10, None)],
    2: [
        (None, 10, 12, 4),
        (None, None, 11, 4),
        (2, 2, 3, 4),
        (None, None, None, 4),
        (None, 10, 12, None),
        (4, 4, None, 4),
    ],
    3: [(None, 8, 9, 10, 4), (None, None, 9, None, 4), (2, 3, 1, 2, 4), (None, 4, 4, 4, None)],
}
FIRST: dict[int, list[Shape]] = {
    rank: [(shape[0], shape[-1], *shape[1:-1]) for shape in shapes] for rank, shapes in SPACE.items()
}
WRONG_RANK: dict[int, list[Shape]] = {
    1: [(None, 4), (None, 3, 10, 4), ()],
    2: [(None, 10, 4), (None, 3, 10, 12, 4), (None, 3, 3, 10, 12, 4), (None, 4)],
    3: [(None, 8, 9, 4), (None, 2, 8, 9, 10, 4)],
}


def space(rank: int, data_format: str) -> list[Shape]:
    """Inputs for a window of this rank."""
    return SPACE[rank] if data_format == "channels_last" else FIRST[rank]


def convolutions() -> Iterator[Case]:
    for rank in (1, 2, 3):
        cls = f"Conv{rank}D"
        for data_format in FORMATS:
            yield from rows(
                cls,
                {"filters": 6, "data_format": data_format},
                space(rank, data_format),
                kernel_size=[1, 3] if rank > 1 else [1, 2, 3, 11],
                strides=[1, 2, 3] if rank < 3 else [1, 2],
                padding=["valid", "same", *(["causal"] if rank == 1 else [])],
                dilation_rate=[1, 2],
            )
        yield from rows(cls, {"filters": 6, "kernel_size": 3}, WRONG_RANK[rank], padding=["valid", "same"])
        base = {"filters": 6, "kernel_size": 3}
        first = SPACE[rank][0]
        for more in (
            {"groups": 2},
            {"groups": 3},
            {"groups": 4},
            {"groups": 0},
            {"groups": -1},
            {"groups": 1},
            {"filters": 8, "groups": 4},
            {"filters": 0},
            {"filters": None},
            {"filters": -2},
            {"kernel_size": 0},
            {"kernel_size": [3] * (rank + 1)},
            {"kernel_size": [3] * rank},
            {"kernel_size": None},
            {"strides": 0},
            {"strides": [2] * rank},
            {"padding": "full"},
            {"padding": "SAME"},
            {"padding": "causal"},
            {"data_format": "nchw"},
            {"data_format": None},
            {"dilation_rate": 0},
            {"use_bias": False},
            {"trainable": False},
            {"activation": "relu"},
            {"dtype": "mixed_float16"},
            {"kernel_initializer": "no_such"},
            {"no_such": 1},
        ):
            yield Case(cls, {**base, **more}, (first,))
        yield from typed(cls, base, first, "int32", "float16", "uint8")
        yield Case(cls, {**base, "lora_rank": 2}, (first,), only=KERAS3)
        yield Case(cls, {"filters": 6}, (first,))
    yield from rows(
        "Conv2D",
        {"filters": 4},
        SPACE[2],
        kernel_size=[[3, 5], [2, 1]],
        strides=[[1, 2], [2, 2]],
        padding=["valid", "same"],
    )
    yield from rows("Conv2D", {"filters": 4, "kernel_size": 3}, SPACE[2], dilation_rate=[[1, 2], [2, 3]])


def transposed() -> Iterator[Case]:
    for rank in (1, 2, 3):
        cls = f"Conv{rank}DTranspose"
        for data_format in FORMATS:
            yield from rows(
                cls,
                {"filters": 6, "data_format": data_format},
                space(rank, data_format)[:4],
                kernel_size=[1, 2, 3] if rank < 3 else [3],
                strides=[1, 2, 3] if rank < 3 else [1, 2],
                padding=["valid", "same"],
                dilation_rate=[1, 2] if rank < 3 else [1],
                output_padding=[None, 0, 1],
            )
        yield from rows(cls, {"filters": 6, "kernel_size": 3}, WRONG_RANK[rank])
        base = {"filters": 6, "kernel_size": 3}
        first = SPACE[rank][0]
        for more in (
            {"use_bias": False},
            {"padding": "causal"},
            {"padding": "full"},
            {"strides": 3, "output_padding": [2] * rank},
            {"strides": 3, "output_padding": 3},
            {"groups": 1},
            {"groups": 2},
            {"groups": 4},
            {"dtype": "mixed_float16"},
            {"filters": 0},
        ):
            yield Case(cls, {**base, **more}, (first,))
        yield from typed(cls, base, first, "int32", "float16")


def depthwise() -> Iterator[Case]:
    for rank in (1, 2):
        cls = f"DepthwiseConv{rank}D"
        for data_format in FORMATS:
            yield from rows(
                cls,
                {"data_format": data_format},
                space(rank, data_format),
                kernel_size=[1, 3],
                strides=[1, 2],
                padding=["valid", "same"],
                dilation_rate=[1, 2],
                depth_multiplier=[1, 2],
            )
        yield from rows(cls, {"kernel_size": 3}, WRONG_RANK[rank])
        first = SPACE[rank][0]
        for more in (
            {"use_bias": False},
            {"padding": "causal"},
            {"depth_multiplier": 0},
            {"strides": [1, 2][:rank]},
            {"strides": [2, 2][:rank]},
            {"groups": 1},
            {"groups": 2},
            {"kernel_initializer": "zeros"},
            {"filters": 3},
            {"dtype": "mixed_float16"},
        ):
            yield Case(cls, {"kernel_size": 3, **more}, (first,))
        yield from typed(cls, {"kernel_size": 3}, first, "int32", "float16")


def separable() -> Iterator[Case]:
    for rank in (1, 2):
        cls = f"SeparableConv{rank}D"
        for data_format in FORMATS:
            yield from rows(
                cls,
                {"filters": 5, "data_format": data_format},
                space(rank, data_format),
                kernel_size=[1, 3],
                strides=[1, 2],
                padding=["valid", "same", *(["causal"] if rank == 1 else [])],
                dilation_rate=[1, 2],
                depth_multiplier=[1, 2],
            )
        yield from rows(cls, {"kernel_size": 3, "filters": 5}, WRONG_RANK[rank])
        first = SPACE[rank][0]
        for more in (
            {"use_bias": False},
            {"filters": 0},
            {"depth_multiplier": 0},
            {"strides": [1, 2][:rank]},
            {"groups": 1},
            {"groups": 2},
            {"kernel_initializer": "zeros"},
            {"dtype": "mixed_float16"},
        ):
            yield Case(cls, {"kernel_size": 3, "filters": 5, **more}, (first,))
        yield from typed(cls, {"kernel_size": 3, "filters": 5}, first, "int32", "float16")


def pooling() -> Iterator[Case]:
    for kind, rank in product(("Max", "Average"), (1, 2, 3)):
        cls = f"{kind}Pooling{rank}D"
        for data_format in FORMATS:
            yield from rows(
                cls,
                {"data_format": data_format},
                space(rank, data_format),
                pool_size=[1, 2, 3],
                strides=[None, 1, 2, 3] if rank < 3 else [None, 1],
                padding=["valid", "same"],
            )
        yield from rows(cls, {"pool_size": 2}, WRONG_RANK[rank])
        for more in (
            {"pool_size": 0},
            {"pool_size": [2] * rank},
            {"pool_size": [2] * (rank + 1)},
            {"strides": 0},
            {"padding": "causal"},
            {"padding": "SAME"},
            {},
        ):
            yield Case(cls, {"pool_size": 2, **more}, (SPACE[rank][0],))
        yield Case(cls, {}, (SPACE[rank][0],))
        yield from typed(cls, {"pool_size": 2}, SPACE[rank][0], "int32", "float16", "uint8")
        cls = f"Global{kind}Pooling{rank}D"
        for data_format in FORMATS:
            yield from rows(
                cls, {"data_format": data_format}, space(rank, data_format) + WRONG_RANK[rank], keepdims=[True, False]
            )
        yield from typed(cls, {}, SPACE[rank][0], "int32", "float16", "uint8")
        cls = f"Adaptive{kind}Pooling{rank}D"
        for data_format in FORMATS:
            yield from rows(
                cls,
                {"data_format": data_format},
                space(rank, data_format) + WRONG_RANK[rank],
                KERAS3,
                output_size=[2, [3] * rank, [2] * (rank + 1), 0],
            )
        yield from typed(cls, {"output_size": 2}, SPACE[rank][0], "int32", "float16")


def reshaping() -> Iterator[Case]:
    for rank in (1, 2, 3):
        formats: dict[str, Any] = {"data_format": list(FORMATS)} if rank > 1 else {}
        first = SPACE[rank][0]
        inputs = SPACE[rank] + WRONG_RANK[rank]
        size: list[Any] = [1, 2, [2] * rank, [2] * (rank + 1)] if rank > 1 else [1, 2]
        yield from rows(f"UpSampling{rank}D", {}, inputs, size=size, **formats)
        yield from rows(f"UpSampling{rank}D", {}, inputs, KERAS3, size=[0], **formats)
        yield from typed(f"UpSampling{rank}D", {}, first, "int32", "float16")
        pads: list[Any] = [1, 0, [[1, 2]] * rank, [[0, 0]] * rank, [1] * rank, [1] * (rank + 1), -1, None, "same"]
        if rank == 1:
            pads = [1, 0, [1, 2], [0, 3], [1], [1, 2, 3], -1, None]
        yield from rows(f"ZeroPadding{rank}D", {}, inputs, padding=pads, **formats)
        yield from typed(f"ZeroPadding{rank}D", {}, first, "int32", "float16")
        crops: list[Any] = [1, 0, [[1, 2]] * rank, [[0, 1]] * rank, [1] * rank, [1] * (rank + 1), 5, 6, None]
        if rank == 1:
            crops = [1, 0, [1, 2], [0, 3], [1], [1, 2, 3], 5, 6, None]
        yield from rows(f"Cropping{rank}D", {}, inputs, cropping=crops, **formats)
        yield from typed(f"Cropping{rank}D", {}, first, "int32", "float16")
        for cls in (f"UpSampling{rank}D", f"ZeroPadding{rank}D", f"Cropping{rank}D"):
            yield Case(cls, {}, (first,))
            yield Case(cls, {"data_format": "channels_first"}, (first,))
    yield from rows("UpSampling2D", {}, SPACE[2], interpolation=["nearest", "bilinear", "no_such"])


# Normalization


def normalization() -> Iterator[Case]:
    inputs: list[Shape] = [
        *((None, 4), (None, 3, 4), (None, 5, 6, 4), (2, None, None, 4), (None, 3, None), (None,), ()),
        *((None, 2, 3, 4, 5), (None, 4, None, None)),
    ]
    for cls in ("BatchNormalization", "LayerNormalization", "UnitNormalization"):
        yield from rows(
            cls, {}, inputs, axis=[-1, 1, 0, 3, 5, [3], [-1], [1, 2], [2, 1], [1, -1], [1, 1], [-2, 1], [], None, 1.5]
        )
        yield from typed(cls, {}, (None, 3, 4), "int32", "float16", "float64", "bool")
        yield Case(cls, {"dtype": "mixed_float16"}, ((None, 3, 4),))
        yield Case(cls, {"dtype": "float16"}, ((None, 3, 4),))
    for cls in ("BatchNormalization", "LayerNormalization"):
        yield from rows(cls, {}, [(None, 3, 4)], center=[True, False], scale=[True, False], trainable=[True, False])
    yield from rows("BatchNormalization", {}, [(None, 3, 4)], renorm=[True, False], center=[True, False])
    yield from rows("BatchNormalization", {"synchronized": True}, [(None, 3, 4)])
    yield from rows("BatchNormalization", {}, [(8, 3, 4)], fused=[True, False, None])
    yield from rows("BatchNormalization", {}, [(8, 3, 4)], virtual_batch_size=[4, None])
    yield from rows(
        "LayerNormalization", {}, [(None, 3, 4)], center=[True, False], scale=[True, False], rms_scaling=[True]
    )
    yield from rows("RMSNormalization", {}, inputs, KERAS3, axis=[-1, 1, [1, 2], [-1, 1], 7])
    yield from rows("GroupNormalization", {}, inputs, groups=[1, 2, 4, -1, 3, 0, 32], axis=[-1, 1, 3])
    yield from rows("GroupNormalization", {"groups": 2}, [(None, 3, 4)], center=[True, False], scale=[True, False])
    yield from typed("GroupNormalization", {"groups": 2}, (None, 3, 4), "int32", "float16", "float64")
    for cls, config, shape in (
        ("Dense", {"units": 3}, (None, 4)),
        ("Conv2D", {"filters": 3, "kernel_size": 3}, (None, 8, 8, 4)),
        ("DepthwiseConv2D", {"kernel_size": 3}, (None, 8, 8, 4)),
        ("SeparableConv2D", {"filters": 3, "kernel_size": 3}, (None, 8, 8, 4)),
        ("Flatten", {}, (None, 8, 8, 4)),
        ("Conv2D", {"filters": 3, "kernel_size": 9}, (None, 8, 8, 4)),
        ("Dense", {"units": 3}, (None, None)),
    ):
        layer = {
            "module": "keras.layers",
            "class_name": cls,
            "config": {"name": "in", **config},
            "registered_name": None,
        }
        yield Case("SpectralNormalization", {"layer": layer}, (shape,), only=KERAS3)
    yield Case("SpectralNormalization", {"layer": layer, "power_iterations": 0}, ((None, 4),), only=KERAS3)
    yield from rows("SyncBatchNormalization", {}, [(None, 3, 4)], KERAS2)


# Activations, regularization, applications


def activations() -> Iterator[Case]:
    inputs: list[Shape] = [(None, 4), (None, 3, None), (None, 5, 6, 4), (None,), ()]
    for cls in ("ReLU", "LeakyReLU", "ELU", "Softmax", "ThresholdedReLU", "PReLU"):
        only = KERAS2 if cls == "ThresholdedReLU" else ()
        yield from rows(cls, {}, inputs, only)
        for dtype in ("int32", "float16", "bool", "float64"):
            yield Case(cls, {}, ((None, 4),), (dtype,), only)
        yield Case(cls, {"dtype": "mixed_float16"}, ((None, 4),), (), only)
    yield from rows("ReLU", {}, [(None, 4)], max_value=[None, 6, -1, "6"])
    yield from rows("ReLU", {}, [(None, 4)], negative_slope=[None, 0.1, -1, 0])
    yield from rows("ReLU", {}, [(None, 4)], threshold=[None, 0.1, -1])
    yield from rows("LeakyReLU", {}, [(None, 4)], negative_slope=[None, 0.1, -1])
    yield from rows("LeakyReLU", {}, [(None, 4)], alpha=[0.1, -1])
    yield from rows("ELU", {}, [(None, 4)], alpha=[0.1, 2])
    yield from rows("ThresholdedReLU", {}, [(None, 4)], KERAS2, theta=[0.1, -1, None])
    yield from rows("Softmax", {}, inputs, axis=[-1, 1, 0, 5, [1], [1, 2], [1, -1]])
    yield from rows("PReLU", {}, inputs, shared_axes=[None, 1, [1], [1, 2], [2, 3], [3], [], [5], [0], [-1]])


def regularization() -> Iterator[Case]:
    inputs: list[Shape] = [(None, 4), (None, 3, None), (None, 5, 6, 4), (None, 2, 3, 4, 5), (None,), ()]
    for cls in (
        "Dropout",
        "GaussianDropout",
        "AlphaDropout",
        "SpatialDropout1D",
        "SpatialDropout2D",
        "SpatialDropout3D",
    ):
        yield from rows(cls, {"rate": 0.5}, inputs)
        yield from rows(cls, {}, [(None, 4, 4)[: 3 if "1D" in cls else 2]], rate=[0, 1, 1.5, -0.1, None, "half"])
        fitting: Shape = (None, 4, 5, 6, 7)[: int(cls[-2]) + 2 if cls[-1] == "D" else 3]
        for dtype in ("int32", "float16", "bool"):
            yield from typed(cls, {"rate": 0.5}, fitting, dtype)
        yield Case(cls, {}, ((None, 4),))
        yield Case(cls, {"rate": 0.5, "trainable": True}, (fitting,))
    yield from rows(
        "Dropout", {"rate": 0.5}, [(None, 4, 3)], noise_shape=[None, [None, 1, 3], [0, 1], "a", [1.5]], seed=[None, 3]
    )
    yield from rows("SpatialDropout2D", {"rate": 0.5}, [(None, 4, 3, 2)], data_format=[*FORMATS, None, "no_such"])
    yield from rows("GaussianNoise", {}, inputs, stddev=[0.1, 0, 2, -1])
    for dtype in ("int32", "float16"):
        yield from typed("GaussianNoise", {"stddev": 0.1}, (None, 4), dtype)
    yield from rows("ActivityRegularization", {}, inputs, l1=[0.0, 0.1])
    yield from typed("ActivityRegularization", {}, (None, 4), "int32", "float16")


# Recurrent


def _serialized(cls: str, config: Mapping[str, Any]) -> dict[str, Any]:
    return {"module": "keras.layers", "class_name": cls, "config": dict(config), "registered_name": None}


def recurrent() -> Iterator[Case]:
    inputs: list[Shape] = [
        *((None, 7, 4), (None, None, 4), (2, 7, 4), (2, None, 4), (None, 7, None), (None, 4), (None, 3, 7, 4)),
    ]
    for cls in ("LSTM", "GRU", "SimpleRNN"):
        yield from rows(cls, {"units": 5}, inputs, return_sequences=[True, False], return_state=[True, False])
        yield from rows(cls, {"units": 5}, inputs, stateful=[True], return_sequences=[True, False])
        yield from rows(cls, {"units": 5}, inputs, unroll=[True], return_sequences=[True, False])
        yield from rows(
            cls, {"units": 5}, inputs, KERAS2, time_major=[True], return_sequences=[True, False], return_state=[True]
        )
        for more in (
            {"use_bias": False},
            {"trainable": False},
            {"units": 0},
            {"units": None},
            {"go_backwards": True},
            {"dropout": 0.5, "recurrent_dropout": 0.5},
            {"implementation": 1},
            {"implementation": 2},
            {"reset_after": False},
            {"reset_after": True},
            {"unit_forget_bias": False},
            {"recurrent_activation": "hard_sigmoid"},
            {"use_cudnn": "auto"},
            {"zero_output_for_mask": True},
            {"dtype": "mixed_float16"},
            {"time_major": False},
            {"seed": 3},
        ):
            yield Case(cls, {"units": 5, **more}, ((None, 7, 4),))
        yield from typed(cls, {"units": 5}, (None, 7, 4), "int32", "float16")
        for config in ({}, {"use_bias": False}, {"units": 0}):
            yield Case("RNN", {"cell": _serialized(f"{cls}Cell", {"units": 5, **config})}, ((None, 7, 4),))
        cell = _serialized(f"{cls}Cell", {"units": 5})
        yield from rows("RNN", {"cell": cell}, inputs, return_sequences=[True, False], return_state=[True, False])
        yield from rows("RNN", {"cell": cell}, inputs, stateful=[True])
        other = _serialized("GRUCell", {"units": 3})
        stack = _serialized("StackedRNNCells", {"cells": [cell, other]})
        yield from rows("RNN", {"cell": stack}, inputs, return_sequences=[True, False], return_state=[True, False])
    yield from typed("RNN", {"cell": cell}, (None, 7, 4), "int32", "float16")
    yield Case("RNN", {"cell": _serialized("Dense", {"units": 5})}, ((None, 7, 4),))
    states: dict[str, int] = {"LSTM": 2, "GRU": 1, "SimpleRNN": 1}
    for cls, many in states.items():
        for width in (5, 6):
            for some in (many, 1, 3):
                shapes = ((None, 7, 4), *(((None, width),) * some))
                yield Case(cls, {"units": 5, "return_state": True}, shapes)
        for some in (many, 3):
            for batch, width in ((None, 5), (2, 5), (None, 6)):
                shapes = ((None, 4), *(((batch, width),) * some))
                yield Case(f"{cls}Cell", {"units": 5}, shapes)
        yield Case(f"{cls}Cell", {"units": 5}, ((None, 4),))
    for rank in (1, 2, 3):
        cls = f"ConvLSTM{rank}D"
        base = {"filters": 5, "kernel_size": 3}
        space_inputs: list[Shape] = [
            (None, 6, *(8, 9, 10)[:rank], 4),
            (2, None, *(8, 9, 10)[:rank], 4),
            (None, 6, *(8, None, 10)[:rank], 4),
            (None, 6, *(2, 2, 2)[:rank], 4),
            (None, 6, *(8, 9, 10)[:rank], None),
            (None, *(8, 9, 10)[:rank], 4),
        ]
        yield from rows(
            cls,
            base,
            space_inputs,
            return_sequences=[True, False],
            return_state=[True, False],
            padding=["same", "valid"],
            data_format=list(FORMATS),
        )
        yield from rows(cls, base, space_inputs[:2], strides=[1, 2], dilation_rate=[1, 2], padding=["same", "valid"])
        for more in (
            {"use_bias": False},
            {"stateful": True},
            {"dropout": 0.5},
            {"filters": 0},
            {"dtype": "mixed_float16"},
            {"unroll": True},
            {"unit_forget_bias": False},
        ):
            yield Case(cls, {**base, **more}, (space_inputs[0],))
            yield Case(cls, {**base, **more}, (space_inputs[1],))
        yield from typed(cls, base, space_inputs[0], "int32", "float16")


CASES: tuple[Case, ...] = tuple(
    case
    for table in (
        core,
        convolutions,
        transposed,
        depthwise,
        separable,
        pooling,
        reshaping,
        normalization,
        activations,
        regularization,
        recurrent,
        keras2_only,
    )
    for case in table()
)
