"""Cases of merging, reshaping, attention, preprocessing and wrapping layers."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from graphcore.model import Dialect
from graphcore.shapes import Shape

from . import cases_a
from .cases import Case

KERAS2: tuple[Dialect, ...] = ("keras2",)
KERAS3: tuple[Dialect, ...] = ("keras3",)
N = None

ELEMENTWISE = ("Add", "Subtract", "Multiply", "Average", "Maximum", "Minimum")


def rows(
    cls: str,
    configs: Iterable[Mapping[str, Any]],
    inputs: Iterable[Sequence[Shape]],
    only: tuple[Dialect, ...] = (),
    **call: Any,
) -> Iterator[Case]:
    """A case for each config and each list of inputs."""
    listed = list(inputs)
    for config in configs:
        for shapes in listed:
            yield Case(cls, config, tuple(shapes), (), only, call)


def merging() -> Iterator[Case]:
    lists: tuple[tuple[Shape, ...], ...] = (
        ((4,), (4, 5)),
        ((N, 3), (N, 3)),
        ((N, 3), (N, 1)),
        ((N, N), (N, 5)),
        ((N, N), (N, 1)),
        ((2, 3), (4, 3)),
        ((1, 3), (4, 3)),
        ((4, 3), (N, 3)),
        ((N, 4, 5), (N, 5)),
        ((N, 4, 5), (N, 4)),
        ((N, 4, 5), (N, 1, 1, 5)),
        ((3,), (3,)),
        ((3,), (1,)),
        ((2,), (3, 4)),
        ((N, 3), (N, 3), (N, 3)),
        ((N, 3), (4, 3), (N, 1)),
        ((N, 3), (N, 3), (N, 4)),
        ((N, 1), (N, N), (N, 4)),
        ((N, 7),),
        ((N, N, 3), (N, 5, N)),
        ((N, N, N), (1, 1, 1)),
        ((4, N, 3), (1, 5, 3)),
        ((N, 2, 1, 4), (N, 3, 1)),
        ((2, 3, 4), (3,)),
    )
    for cls in ELEMENTWISE:
        yield from rows(cls, [{}], lists)
        yield Case(cls, {}, ((), (3,)), (), KERAS3)
    for cls in (*ELEMENTWISE, "Concatenate", "Dot"):
        config = {"axes": 1} if cls == "Dot" else {}
        yield Case(cls, {**config, "bogus": 1}, ((N, 3), (N, 3)))
        for dtypes in (
            ("int32", "int32"),
            ("int32", "float32"),
            ("float16", "float32"),
            ("bool", "bool"),
            ("string", "string"),
            ("float64", "float64"),
            ("uint8", "uint8"),
            ("complex64", "complex64"),
            ("int64", "int32"),
            ("int16", "int16"),
            ("bfloat16", "float16"),
        ):
            for policy in ({}, {"dtype": "mixed_float16"}, {"dtype": "float64"}):
                yield Case(cls, config | policy, ((N, 3), (N, 3)), dtypes)


def concatenating() -> Iterator[Case]:
    lists: tuple[tuple[Shape, ...], ...] = (
        ((N, 3, 4), (N, 3, 4)),
        ((2, 3, 4), (3, 3, 4)),
        ((N, N, 3), (N, 5, 4)),
        ((4, 5, 3), (N, N, 3)),
        ((3,), (3,)),
        ((N, 3), (N, 3, 4)),
        ((N, 2, 3),),
        ((N, 2, 3), (N, 2, 3), (N, N, 3)),
        ((N, 1, 3), (N, 4, 3)),
        ((5, 2, 3), (N, 2, 3)),
        ((5, 2, 3), (6, 2, 3)),
    )
    yield from rows("Concatenate", [{"axis": axis} for axis in range(-4, 4)], lists)
    yield from rows("Concatenate", [{"axis": axis} for axis in ("x", 1.0, [1], None)], [((N, 3), (N, 3))])


def dotting() -> Iterator[Case]:
    lists: tuple[tuple[Shape, ...], ...] = (
        ((N, 3, 4), (N, 3, 4)),
        ((2, 3, 4), (3, 3, 4)),
        ((N, 4), (N, 4)),
        ((N, 3, 4), (N, 4, 3)),
        ((N, 4), (N, 4, 5)),
        ((N, N, 4), (N, 4)),
        ((N, N), (N, N)),
        ((N, N), (N, 4)),
        ((4,), (4,)),
        ((4,), (4, 5)),
        ((N, 2, 3, 4), (N, 3, 2, 5)),
        ((2, 3, 4), (N, 3, 4)),
        ((N, 5, 6, 7, 8), (N, 5, 2)),
        ((N, 3, 1), (2, 3)),
        ((N, 3),),
        ((N, 3), (N, 3), (N, 3)),
    )
    axes = (0, 1, 2, 3, -1, -4, [1, 2], [-1, 1], [2, -1], [-4, 1], [1, 0], [0, 1], [1], "a", None, [1, 2, 3], 1.0)
    yield from rows("Dot", [{"axes": axis} for axis in axes], lists)
    yield from rows("Dot", [{"axes": 1, "normalize": True}], lists[:5])


def reshaping() -> Iterator[Case]:
    targets: tuple[Any, ...] = (
        *([7, 7, 256], [-1], [-1, 7], [12], [3, 4], [4, -1], [-1, -1], [0], [], [-1, 5], [N, 4], [2, -2], [3, -1, 2]),
        *(5, [1.0, 2], None, [True, 12]),
    )
    shapes: tuple[Shape, ...] = (
        *((N, 6272), (N, 12), (N, 3, 4), (5, 12), (N, N), (N, N, 4), (4, N, 6), (12,), (N, 1), (N, 2, N, 3), (2, N)),
        (N, 0),
    )
    yield from rows("Reshape", [{"target_shape": target} for target in targets], [(shape,) for shape in shapes])
    shapes = ((N,), (5,), (N, 3), (N, N), (4, N), (N, 3, 4), (N, N, 4), (4, N, 4), (3, 4, 5), (N, 0, 3), (1, 1, 1, 1))
    for data_format in ("channels_first", None, "CHANNELS_LAST", "x"):
        yield from rows("Flatten", [{"data_format": data_format}], [(shape,) for shape in shapes])
    yield from rows("Flatten", [{}], [(shape,) for shape in (*shapes, (N, 7, 7, 3, 2))])
    dims: tuple[Any, ...] = ([1], [2, 1], [1, 2], [3, 1, 2], [1, 1], [0, 1], [2], "a", None, [2.0, 1], [], 1)
    shapes = ((N,), (N, 3), (N, 3, 4), (5, N, 4), (N, 2, 3, 4))
    yield from rows("Permute", [{"dims": one} for one in dims], [(shape,) for shape in shapes])
    times = (0, 1, 3, -1, 2.0, "a", None, True)
    yield from rows("RepeatVector", [{"n": n} for n in times], [((N, 4),), ((2, N),), ((N, 2, 3),), ((3,),)])
    for dtype in ("int32", "float16", "bool", "string", "float64"):
        yield Case("RepeatVector", {"n": 3}, ((N, 2),), (dtype,))
        for policy in ({}, {"dtype": "mixed_float16"}):
            yield Case("Reshape", {"target_shape": [4], **policy}, ((N, 2, 2),), (dtype,))
            yield Case("Flatten", policy, ((N, 2, 2),), (dtype,))
            yield Case("Permute", {"dims": [2, 1], **policy}, ((N, 2, 2),), (dtype,))


def scaling() -> Iterator[Case]:
    configs: tuple[dict[str, Any], ...] = (
        {"scale": 2.0},
        {"scale": 2.0, "offset": 1},
        {"scale": [1, 2, 3], "offset": 0.0},
        {"scale": [1, 2, 3], "offset": [0, 0, 0]},
        {"scale": [[1.0, 2.0]], "offset": 0},
        {"offset": 1.0},
    )
    shapes: tuple[Shape, ...] = ((N, 4, 3), (N, 3), (N, 2), (N, N, 1), (3,), (N, N))
    yield from rows("Rescaling", configs, [(shape,) for shape in shapes])
    for dtype in ("int32", "float16", "bool", "string", "float64"):
        for policy in ({}, {"dtype": "mixed_float16"}):
            yield Case("Rescaling", {"scale": 2.0, "offset": 0.0, **policy}, ((N, 2, 2),), (dtype,))
            yield Case("Normalization", policy, ((N, 2, 2),), (dtype,))


def normalizing() -> Iterator[Case]:
    axes: tuple[Any, ...] = (-1, None, [1, 2], [-1, 1], 0, 5, [1, 1], 3, "a", -4, [])
    configs: list[dict[str, Any]] = [{}, *({"axis": axis} for axis in axes)]
    for axis, mean, variance in (
        (-1, 0.0, 1.0),
        (-1, [1, 2, 3], [1, 2, 3]),
        (-1, [1, 2, 3], 1),
        (-1, 1, None),
        (-1, None, 1),
        (-1, [[1, 2, 3]], [[1, 2, 3]]),
        (-1, [1], [2]),
        ([1, 2], [1, 2, 3], [1, 2, 3]),
        ([1, 2], [[1]] * 4, [[1]] * 4),
        (None, [1.0], [1.0]),
        (None, 1.0, 1.0),
        ([1, 3], [1, 2, 3], [1, 2, 3]),
        (-1, [1, [2]], [1, 2]),
    ):
        configs.append({"axis": axis, "mean": mean, "variance": variance})
    shapes: tuple[Shape, ...] = ((N, 4, 3), (N, 3), (N,), (N, N), (N, N, 3), (4, N, 4), (2, 4, 4, 3), (N, 1))
    yield from rows("Normalization", [*configs, {"invert": True}], [(shape,) for shape in shapes])


def _remembered(cases: Iterable[Case]) -> Iterator[Case]:
    """For Keras 2 with the shapes that its config remembers: none."""
    nothing = {"query_shape": None, "key_shape": None, "value_shape": None}
    for case in cases:
        yield case._replace(only=KERAS3)
        yield case._replace(only=KERAS2, config={**nothing, **case.config})


def attending() -> Iterator[Case]:
    base = {"num_heads": 2, "key_dim": 4}
    lists: tuple[tuple[Shape, ...], ...] = (
        ((N, 5, 8), (N, 6, 3)),
        ((2, 5, 8), (N, N, 8)),
        ((N, 5, 8), (N, 6, 8), (N, 6, 9)),
        ((N, 5, 8), (N, 6, 8), (N, 7, 9)),
        ((N, 5, 8), (N, N, 8), (N, 6, 9)),
        ((N, 5, N), (N, 6, 8)),
        ((N, 5, 8), (N, 6, N)),
        ((N, 8), (N, 8)),
        ((N, 3, 5, 8), (N, 3, 6, 8)),
        ((N, 3, 5, 8), (N, 4, 6, 8)),
        ((N, 3, 5, 8), (N, 6, 8)),
        ((N, 5, 8), (N, 4, 6, 8)),
        ((2, 5, 8), (3, 6, 8)),
        ((N, 5, 8),),
        ((1, 5, 8), (3, 6, 8)),
    )
    yield from _remembered(rows("MultiHeadAttention", [base], lists))
    yield from _remembered(rows("MultiHeadAttention", [base], lists[::2], return_attention_scores=True))
    some: tuple[tuple[Shape, ...], ...] = (lists[0], lists[7], lists[8])
    said: tuple[dict[str, Any], ...] = (
        *({"value_dim": 5}, {"output_shape": 7}, {"output_shape": [3, 2]}, {"output_shape": []}, {"use_bias": False}),
        *({"attention_axes": axes} for axes in ([1], 2, [1, 2], -1, [-2], 9)),
        {"dropout": 0.5},
        {"dtype": "mixed_float16"},
    )
    configs = [{**base, **more} for more in said]
    yield from _remembered(rows("MultiHeadAttention", configs, some, return_attention_scores=True))
    wrong: tuple[dict[str, Any], ...] = ({"value_dim": 0}, {"value_dim": "a"}, {"num_heads": 0}, {"key_dim": "a"})
    yield from _remembered(rows("MultiHeadAttention", [{**base, **more} for more in wrong], some[:1]))
    yield from _remembered(rows("MultiHeadAttention", [{"num_heads": 2}, {"key_dim": 3}], some[:1]))
    new: tuple[dict[str, Any], ...] = (
        *({"use_gate": True}, {"sliding_window": 3}, {"sliding_window": 0}, {"flash_attention": None}, {"seed": 3}),
        *({"bogus": 1}, {"query_shape": [N, 5, 8]}),
    )
    yield from rows("MultiHeadAttention", [{**base, **more} for more in new], some[:1], KERAS3)
    yield Case("MultiHeadAttention", base, lists[0], (), KERAS2)
    for query in ([N, 5, 8], [N, 5, 9]):
        remembered = {"query_shape": query, "key_shape": [N, 6, 3], "value_shape": [N, 6, 3]}
        yield Case("MultiHeadAttention", {**base, **remembered}, lists[0], (), KERAS2)
    for dtype in ("int32", "float16", "bool", "float64"):
        for dtypes in ((dtype,), ("float32", dtype), (dtype, dtype)):
            yield from _remembered([Case("MultiHeadAttention", base, lists[0], dtypes)])
    masks: tuple[Shape, ...] = ((N, 5, 6), (N, 1, 6), (N, 2, 5, 6), (N, 5, 5), (5, 6), (N, 2, 1, 6))
    for mask in masks:
        inputs: tuple[Shape, ...] = ((N, 5, 8), (N, 6, 8), (N, 6, 8), mask)
        kinds = ("float32", "float32", "float32", "bool")
        scores = {"return_attention_scores": True}
        yield from _remembered([Case("MultiHeadAttention", base, inputs, kinds, (), scores)])
    call = {"training": False, "use_causal_mask": True}
    yield from _remembered([Case("MultiHeadAttention", base, lists[0], (), (), call)])


def _layer(cls: str, **config: Any) -> dict[str, Any]:
    return {"module": "keras.layers", "class_name": cls, "config": config, "registered_name": None}


def wrapping() -> Iterator[Case]:
    conv = _layer("Conv2D", filters=4, kernel_size=3)
    inner = (
        *(_layer("Dense", units=4), _layer("Dense", units=4, trainable=False), _layer("Flatten"), conv),
        *(
            _layer("Conv1D", filters=4, kernel_size=3, strides=2),
            _layer("BatchNormalization"),
            _layer("Dropout", rate=0.5),
        ),
        *(
            _layer("Activation", activation="relu"),
            _layer("GlobalAveragePooling2D"),
            _layer("Reshape", target_shape=[-1]),
        ),
        _layer("Embedding", input_dim=9, output_dim=3),
    )
    shapes: tuple[Shape, ...] = (
        *((N, 5, 8), (N, N, 8), (2, 5, 8), (2, N, 8), (N, 5, 8, 8, 3), (N, N, 8, 8, 3), (2, 5, N, N, 3), (N, 8)),
        *((N, 5, N), (N, 5, 8, 3), (3, 5, 2, 3)),
    )
    yield from rows("TimeDistributed", [{"layer": one} for one in inner], [(shape,) for shape in shapes])
    yield from rows("TimeDistributed", [{}, {"layer": None}, {"layer": 3}, {"layer": _layer("Dense")}], [((N, 5, 8),)])
    for dtype in ("int32", "float16"):
        yield Case("TimeDistributed", {"layer": _layer("Dense", units=4)}, ((N, 5, 8),), (dtype,))
        yield Case("TimeDistributed", {"layer": inner[2], "dtype": "mixed_float16"}, ((N, 5, 8),), (dtype,))
    some = ((N, 5, 8), (N, N, 8), (N, 5, 8, 3), (4, 8), (N,), (N, N))
    for power in (1, 0, -1, "a"):
        configs = [{"layer": one, "power_iterations": power} for one in (inner if power == 1 else inner[:1])]
        yield from rows("SpectralNormalization", configs, [(shape,) for shape in some])


def both_ways() -> Iterator[Case]:
    lstm = _layer("LSTM", units=4)
    shapes: tuple[Shape, ...] = ((N, 5, 8), (N, N, 8), (2, 5, 8), (N, 8), (N, 5, N))
    inner: tuple[dict[str, Any], ...] = (
        *(lstm, _layer("GRU", units=4), _layer("SimpleRNN", units=4), _layer("GRU", units=4, reset_after=False)),
        *(_layer("LSTM", units=4, return_sequences=True), _layer("LSTM", units=4, return_state=True)),
        *(
            _layer("LSTM", units=4, return_state=True, return_sequences=True),
            _layer("LSTM", units=4, go_backwards=True),
        ),
        *(_layer("GRU", units=4, return_state=True), _layer("LSTM", units=4, use_bias=False)),
        _layer("Dense", units=4),
    )
    configs: list[dict[str, Any]] = [{"layer": one} for one in inner]
    for mode in ("sum", "mul", "ave", None, "x"):
        configs += [{"layer": one, "merge_mode": mode} for one in (inner[0], inner[4], inner[6])]
    for back in (
        _layer("LSTM", units=4, go_backwards=True),
        _layer("LSTM", units=3, go_backwards=True),
        _layer("GRU", units=4, go_backwards=True),
        _layer("LSTM", units=4),
        _layer("LSTM", units=4, go_backwards=True, return_sequences=True),
    ):
        configs.append({"layer": lstm, "backward_layer": back})
    configs.append({"layer": lstm, "backward_layer": None, "dtype": "mixed_float16"})
    configs.append({"layer": lstm, "weights": None, "bogus": 1})
    yield from rows("Bidirectional", configs, [(shape,) for shape in shapes])


def looking_up() -> Iterator[Case]:
    lists: tuple[tuple[Shape, ...], ...] = (
        ((N, 5, 8), (N, 6, 8)),
        ((N, 5, 8), (N, 6, 8), (N, 6, 8)),
        ((N, 5, 8), (N, 6, 4), (N, 6, 8)),
        ((N, 5, 8), (N, 6, 4)),
        ((2, 5, 8), (N, N, 8)),
        ((N, 5, N), (N, 6, 8)),
        ((N, 5, 8), (N, 6, N)),
        ((N, 5, 8), (N, 7, 8), (N, 6, 8)),
        ((N, 8), (N, 8)),
        ((8,), (8,)),
        ((N, 3, 5, 8), (N, 3, 6, 8)),
        ((N, 3, 5, 8), (N, 6, 8)),
        ((2, 5, 8), (3, 6, 8)),
        ((N, 5, 8),),
        ((N, 5, 8),) * 4,
        ((N, 5, 1), (N, 6, 8)),
        ((1, 5, 8), (3, 6, 8)),
    )
    calls: tuple[dict[str, bool], ...] = ({}, {"return_attention_scores": True})
    plain: tuple[dict[str, Any], ...] = ({}, {"use_scale": True}, {"score_mode": "concat"})
    for call in calls:
        all_plain = [*plain, {"score_mode": "concat", "use_scale": True}]
        additive: tuple[dict[str, Any], ...] = ({}, {"use_scale": False}, {"dropout": 0.5})
        yield from (case._replace(call=call) for case in rows("Attention", all_plain, lists))
        yield from (case._replace(call=call) for case in rows("AdditiveAttention", additive, lists))
    wrong: tuple[dict[str, Any], ...] = ({"score_mode": "x"}, {"bogus": 1}, {"dropout": 0.3, "dtype": "mixed_float16"})
    yield from rows("Attention", wrong, lists[:1])
    for cls in ("Attention", "AdditiveAttention"):
        for dtypes in (("int32", "int32"), ("float16", "float32"), ("float32", "int32")):
            yield Case(cls, {}, lists[0], dtypes)
    base = {"head_dim": 4, "num_query_heads": 6, "num_key_value_heads": 2}
    for more in (
        {},
        {"use_bias": False},
        {"use_gate": True},
        {"num_key_value_heads": 4},
        {"head_dim": 0},
        {"dropout": 0.1},
    ):
        # With rank 4 Keras takes letters of its equation for other axes, and builds what cannot run.
        flat = [shapes for shapes in lists if len(shapes[0]) < 4]
        yield from rows("GroupQueryAttention", [{**base, **more}], flat, KERAS3)
        yield from rows("GroupQueryAttention", [{**base, **more}], lists[:4], KERAS3, return_attention_scores=True)


def augmenting() -> Iterator[Case]:
    shapes: tuple[Shape, ...] = (
        (N, 8, 9, 3),
        (8, 9, 3),
        (N, N, N, 3),
        (2, 8, 8, 3),
        (N, 8),
        (N, 2, 8, 8, 3),
        (N, 3, 8, 9),
    )
    inputs = [(shape,) for shape in shapes]
    sizes = {"height": 4, "width": 5}
    for cls in ("Resizing", "CenterCrop", "RandomCrop"):
        yield from rows(cls, [sizes, {"height": 4}, {**sizes, "bogus": 1}, {"height": "a", "width": 5}], inputs)
        yield from rows(cls, [{**sizes, "data_format": "channels_first"}, {**sizes, "data_format": None}], inputs)
        yield from (
            Case(cls, {**sizes, **policy}, shapes[:1], (dtype,))
            for dtype in ("uint8", "float16")
            for policy in POLICIES
        )
    yield from rows("Resizing", [{**sizes, "interpolation": "nearest", "crop_to_aspect_ratio": True}], inputs)
    both: tuple[tuple[str, dict[str, Any]], ...] = (
        *(
            ("RandomFlip", {}),
            ("RandomFlip", {"mode": "vertical"}),
            ("RandomFlip", {"mode": "x"}),
            ("RandomRotation", {"factor": 0.2}),
        ),
        *(("RandomRotation", {}), ("RandomZoom", {"height_factor": 0.2}), ("RandomContrast", {"factor": 0.2})),
        *(("RandomTranslation", {"height_factor": 0.2, "width_factor": 0.1}), ("RandomBrightness", {"factor": 0.2})),
        ("RandomRotation", {"factor": 0.2, "seed": 3, "fill_mode": "constant"}),
    )
    for cls, config in both:
        yield from rows(cls, [config], inputs)
        for dtype in ("uint8", "float16"):
            for policy in POLICIES:
                yield Case(cls, {**config, **policy}, shapes[:1], (dtype,))
    for cls in ("RandomHeight", "RandomWidth"):
        yield from rows(cls, [{"factor": 0.2}, {}], inputs, KERAS2)
    new: tuple[tuple[str, dict[str, Any]], ...] = (
        *((f"Random{name}", {"factor": 0.3}) for name in ("ColorDegeneration", "Hue", "Saturation", "Sharpness")),
        *((f"Random{name}", {}) for name in ("Grayscale", "Invert", "Erasing", "GaussianBlur", "ElasticTransform")),
        *((f"Random{name}", {}) for name in ("Perspective", "Shear", "ColorJitter")),
        *(
            (name, {})
            for name in ("RandAugment", "AugMix", "AutoContrast", "Equalization", "Solarization", "CutMix", "MixUp")
        ),
        ("RandomPosterization", {"factor": 4}),
    )
    for cls, config in new:
        yield from rows(cls, [config], inputs[:5], KERAS3)
        for dtype in ("uint8", "float16"):
            yield Case(cls, config, shapes[:1], (dtype,), KERAS3)


def encoding() -> Iterator[Case]:
    shapes: tuple[Shape, ...] = ((N, 3), (N,), (N, 1), (N, 3, 4), (5,), (N, N), (1,), (2, 3), (N, 3, 1), (2, 1))
    numbers = [(shape,) for shape in shapes]
    modes = ("int", "one_hot", "multi_hot", "count", "binary", "x")

    def each(cls: str, base: dict[str, Any], dtype: str, **more: Any) -> Iterator[Case]:
        for mode in (*modes, None):
            config = {**base, **more, **({} if mode is None else {"output_mode": mode})}
            yield from (case._replace(dtypes=(dtype,)) for case in rows(cls, [config], numbers))

    yield from each("CategoryEncoding", {"num_tokens": 7}, "int32")
    yield from rows("CategoryEncoding", [{}, {"num_tokens": 0}, {"num_tokens": 7, "dtype": "float16"}], numbers[:2])
    yield from each("Discretization", {"bin_boundaries": [0.0, 1.0, 2.0]}, "float32")
    wrong: tuple[dict[str, Any], ...] = (
        *({}, {"num_bins": 4}, {"num_bins": 4, "bin_boundaries": [1.0]}, {"num_bins": -1}, {"bin_boundaries": []}),
        *({"bin_boundaries": [1.0], "sparse": True}, {"bin_boundaries": [1.0], "dtype": "float16"}),
    )
    yield from rows("Discretization", wrong, numbers[:2])
    yield from each("Hashing", {"num_bins": 7}, "int64")
    yield from each("Hashing", {"num_bins": 7}, "string")
    odd: tuple[dict[str, Any], ...] = (
        *(
            {},
            {"num_bins": 0},
            {"num_bins": 3, "salt": 7},
            {"num_bins": 3, "salt": [1, 2]},
            {"num_bins": 3, "salt": "a"},
        ),
        *({"num_bins": 3, "sparse": True}, {"num_bins": 3, "dtype": "int32"}, {"num_bins": 3, "dtype": "float32"}),
    )
    yield from (case._replace(dtypes=("int64",)) for case in rows("Hashing", odd, numbers[:2]))
    words, keys = {"vocabulary": ["a", "b", "c"]}, {"vocabulary": [1, 2, 3, 4]}
    yield from each("StringLookup", words, "string")
    yield from each("StringLookup", words, "string", mask_token="", num_oov_indices=2)
    yield from each("StringLookup", {"vocabulary": ["[UNK]", "b", "c"]}, "string")
    yield from each("StringLookup", words, "string", max_tokens=9, pad_to_max_tokens=True)
    yield from each("IntegerLookup", keys, "int64")
    yield from (case._replace(only=KERAS3) for case in each("IntegerLookup", {}, "int64"))
    odd = (
        {"max_tokens": 1},
        {"pad_to_max_tokens": True},
        {"invert": True},
        {"num_oov_indices": -1},
        {"vocabulary": []},
    )
    for bad in odd:
        yield from (case._replace(dtypes=("int64",)) for case in rows("IntegerLookup", [{**keys, **bad}], numbers[:2]))
    texts: dict[str, Any] = {"standardize": "lower_and_strip_punctuation", "split": "whitespace", **words}
    yield from rows("TextVectorization", [words, texts], numbers[1:2])
    texts = {"ngrams": None, **texts}
    yield from each("TextVectorization", texts, "string")
    yield from each("TextVectorization", texts, "string", split=None)
    lengths: tuple[dict[str, Any], ...] = (
        *({"output_sequence_length": 9}, {"output_sequence_length": 9, "output_mode": "count"}, {"ngrams": 2}),
        *({"output_sequence_length": "a"}, {"max_tokens": 9, "pad_to_max_tokens": True, "output_mode": "multi_hot"}),
    )
    for more in lengths:
        yield from (
            case._replace(dtypes=("string",)) for case in rows("TextVectorization", [{**texts, **more}], numbers)
        )


def said(cls: str, base: Mapping[str, Any], shape: Shape, dtype: str, *more: Mapping[str, Any]) -> Iterator[Case]:
    """A case for each of some further arguments."""
    for one in more:
        yield Case(cls, {**base, **one}, (shape,), (dtype,))


def each_of(name: str, *values: Any) -> Iterator[dict[str, Any]]:
    """An argument with each of some values."""
    for value in values:
        yield {name: value}


def vocabularies() -> Iterator[Case]:
    """What a vocabulary may hold, and what goes with it."""
    words, keys = {"vocabulary": ["a", "b", "c"]}, {"vocabulary": [1, 2, 3, 4]}
    weighed: dict[str, Any] = {"output_mode": "tf_idf", "idf_weights": [0.5, 1.0, 2.0]}
    of_texts: tuple[dict[str, Any], ...] = (
        *each_of("mask_token", None, "", "m", "a", 0, True, 2.5, ["m"], ["a"], {}),
        *each_of("oov_token", None, "a", "?", 5, ["?"]),
        *({"invert": True, **one} for one in each_of("oov_token", None, "?", "a", "b", 5, True, ["?"], {})),
        *({"invert": True, **one} for one in each_of("mask_token", None, "", "b", 5)),
        *each_of("vocabulary", ["a", "a"], ["a", 1], [1, 2], [None], [["a"]], {}, 5, True, ["[UNK]", "a", "a"]),
        *({"mask_token": "", **one} for one in each_of("vocabulary", ["", "[UNK]", "a"], ["[UNK]", "a"], ["a", ""])),
        *each_of("max_tokens", 2, 3, 4, 5),
        *({"output_mode": "count", **one} for one in each_of("max_tokens", 3, 4)),
        *({"output_mode": "count", **one} for one in each_of("vocabulary_size", 3, 4, None)),
        *({"vocabulary": None, **one} for one in each_of("vocabulary_size", 3, -1, [2], "x", 1.5)),
        *({"vocabulary": None, "output_mode": "count", **one} for one in each_of("vocabulary_size", 3, [2], "x", -1)),
        *({**weighed, **one} for one in each_of("idf_weights", None, [1], [1, 2, 3], [True, False, True], "abc")),
        *({**weighed, **one} for one in each_of("idf_weights", ["a", "b", "c"], [[1], [2], [3]], 1, {}, [1, 2, None])),
        *({**weighed, **one} for one in ({"pad_to_max_tokens": True, "max_tokens": 9}, {"vocabulary": None})),
        *each_of("idf_weights", [1, 2, 3], []),
        *each_of("vocabulary_dtype", "string", None),
        weighed,
    )
    yield from said("StringLookup", words, (N, 3), "string", *of_texts)
    of_numbers: tuple[dict[str, Any], ...] = (
        *each_of("mask_token", None, 0, 1, 7, True, False, 2.5, -0.5, "x", "7", [7], {}),
        *each_of("oov_token", None, 0, 2.5, "x", "7", [7], {}),
        *({"invert": True, **one} for one in each_of("oov_token", None, 0, 1, 2, 2.5, "x", True)),
        *each_of("vocabulary", [1, 1], [1.5, 2.5], [True, False], ["1", "2"], ["a"], [1, None], [[1]], [-1, 1, 2]),
        *each_of("vocabulary_dtype", "int64", "int32", "uint8", "string", "float32", "x", None, 5),
        *({"invert": True, **one} for one in each_of("vocabulary_dtype", "int64", "int32", "uint8")),
    )
    yield from said("IntegerLookup", keys, (N, 3), "int64", *of_numbers)
    hashed: tuple[dict[str, Any], ...] = (
        *each_of("oov_method", "floormod", "farmhash", "x", None, 1),
        *each_of("salt", 3, [1, 2], True, [1], [1, 2, 3], ["a", "b"], 2.5, "x", {}, None),
        *({"oov_method": "farmhash", **one} for one in each_of("salt", 3, [1, 2], True, "x")),
    )
    for cls, base, dtype in (("StringLookup", words, "string"), ("IntegerLookup", keys, "int64")):
        yield from (case._replace(only=KERAS3) for case in said(cls, base, (N, 3), dtype, *hashed))


def texts() -> Iterator[Case]:
    """How texts are prepared and looked up."""
    plain = {"standardize": "lower", "split": "whitespace", "ngrams": None, "vocabulary": ["a", "b", "c"]}
    weighed: dict[str, Any] = {"output_mode": "tf_idf", "idf_weights": [0.5, 1.0, 2.0]}
    more: tuple[dict[str, Any], ...] = (
        *each_of("standardize", None, "strip_punctuation", "lower_and_strip_punctuation", "Lower", "x", True, 1, {}),
        *each_of("split", None, "character", "Whitespace", "x", False, 0, []),
        *each_of("ngrams", 1, 3, 0, -1, True, [1, 2], [], [True], 2.5, "x", [1.5], ["a"], {}),
        *({"split": None, **one} for one in each_of("ngrams", 2, 0)),
        *({"split": None, "output_sequence_length": 5, **one} for one in each_of("ngrams", 2, None)),
        *({**weighed, **one} for one in each_of("idf_weights", None, [1], [1, 2, 3], "abc", ["a", "b", "c"], 1)),
        *each_of("vocabulary", ["", "[UNK]", "a"], ["[UNK]", "a"], ["a", ""], ["a", "a"], [1], None),
        *({"output_mode": "count", **one} for one in each_of("vocabulary", None, ["a"])),
        *({"output_mode": "count", **one} for one in each_of("max_tokens", 3, 4, 5)),
        *each_of("sparse", True, False),
        *({"ragged": True, **one} for one in each_of("output_sequence_length", None, 3)),
        *each_of("output_sequence_length", 0, 3),
        *each_of("idf_weights", [1, 2, 3]),
        weighed,
    )
    for shape in ((N, 1), (4, 1), (N,)):
        yield from said("TextVectorization", plain, shape, "string", *more)


def hashes() -> Iterator[Case]:
    """Values that have a bin of their own, and what hashes are mixed with."""
    values = (None, 0, 1, True, "x", "", 2.5, [1], [1, 2, 3], [1, 2], ["a"])
    for shape, dtype in (((N, 3), "int64"), ((4, 1), "uint8"), ((N, 3), "string"), ((N, 3), "float32"), ((3,), "bool")):
        for bins in (1, 7):
            yield from said("Hashing", {"num_bins": bins}, shape, dtype, *each_of("mask_value", *values))
    salts = each_of("salt", 0, True, [1, 2], [1.5, 2], ["a", "b"], [1], [1, 2, 3], 2.5, "x", {}, None)
    yield from said("Hashing", {"num_bins": 7}, (N, 3), "int64", *salts)
    yield from said(
        "Hashing", {"num_bins": 7, "output_mode": "count"}, (2, 3), "int64", *each_of("sparse", True, False)
    )
    kinds = ("int8", "uint8", "uint32", "bool", "string", "float16", "bfloat16", "float64")
    for mode in ("int", "count"):
        for dtype in kinds:
            yield Case("Discretization", {"bin_boundaries": [1.0], "output_mode": mode}, ((N, 1),), (dtype,))
            if mode != "int":
                yield Case("CategoryEncoding", {"num_tokens": 3, "output_mode": mode}, ((N, 1),), (dtype,))
    ends = each_of("bin_boundaries", [True], [None], ["a"], [[1, 2]], [2, 1])
    yield from said("Discretization", {}, (N, 3), "float32", *ends)
    yield from said("Discretization", {}, (N, 3), "float32", *each_of("num_bins", True, False, -1, "x"))


def sounds() -> Iterator[Case]:
    """Windows by name and by numbers, and how often a second is heard."""
    names = (
        "hann",
        "ham",
        "boxcar",
        "tukey",
        "hann_periodic",
        "triang_symmetric",
        "Hann",
        "kaiser",
        "x",
        "",
        "hanning",
    )
    numbers: tuple[Any, ...] = (
        [1, 2, 3, 4],
        [1.5, 2, 3, True],
        [1, 2, 3],
        [],
        ["a", "b", "c", "d"],
        [[1, 2, 3, 4]],
        2.5,
        True,
        {},
    )
    for mode in ("log", "real", "stft"):
        windows = each_of("window", None, *names, *numbers)
        base = {"frame_length": 4, "mode": mode}
        yield from (
            case._replace(only=KERAS3) for case in said("STFTSpectrogram", base, (N, 20, 2), "float32", *windows)
        )
    heard: tuple[dict[str, Any], ...] = (
        *each_of("sampling_rate", 8000, 8000.5, 0, -1, True, None, "x", [], [1], {}),
        *({"max_freq": 4000.0, **one} for one in each_of("sampling_rate", 8000, None, "x")),
        *({"max_freq": 0, **one} for one in each_of("sampling_rate", 8000, "x")),
        *each_of("window", None, "x", [1]),
    )
    mel = {"fft_length": 64, "sequence_stride": 16, "num_mel_bins": 8}
    yield from (case._replace(only=KERAS3) for case in said("MelSpectrogram", mel, (N, 400), "float32", *heard))


def values_that_change_no_shape() -> Iterator[Case]:
    """What Keras looks at all the same when a layer is made or called."""
    filled = each_of("fill_value", 0, -1, 2.7, True, "3", " 4 ", "2.5", "x", "", None, [], [1], {})
    boxes = said("MaxNumBoundingBoxes", {"max_number": 3}, (N, 4), "float32", *filled)
    yield from (case._replace(only=KERAS3) for case in boxes)
    clips: tuple[Any, ...] = (
        *(None, {}, [], "", 0, {"rmax": 1}, {"rmax": "x", "dmax": None}),
        *({"a": 1}, ["rmax"], ["a"], "rmax", 1, True),
    )
    for renorm in (True, False):
        yield from said(
            "BatchNormalization", {"renorm": renorm}, (N, 3), "float32", *each_of("renorm_clipping", *clips)
        )
    table = {"input_dim": 3, "output_dim": 2}
    given: tuple[Any, ...] = (None, [], [1], [[[1, 2], [3, 4], [5, 6]]], 0, "x", False)
    yield from said("Embedding", table, (N, 5), "int32", *each_of("weights", *given))
    inner = {"layer": {"module": "keras.layers", "class_name": "LSTM", "config": {"units": 2}, "registered_name": None}}
    halves: tuple[Any, ...] = (None, [], [1, 2], 0, False, "x", 1, True, {}, {"a": 1})
    yield from said("Bidirectional", inner, (N, 5, 4), "float32", *each_of("weights", *halves))
    nothing: tuple[Any, ...] = (None, 0, [], "x", {})
    for one in (*each_of("input_tensor", *nothing), *each_of("type_spec", *nothing)):
        yield Case("InputLayer", {"batch_input_shape": [N, 3], **one}, only=KERAS2)
    for one in each_of("input_tensor", *nothing):
        yield Case("InputLayer", {"batch_shape": [N, 3], **one}, only=KERAS3)
    parts = list(each_of("dropout", 0, 0.5, 1, 1.5, -0.5, "x", None))
    heads = ((N, 3, 4), (N, 5, 4))
    yield from rows("MultiHeadAttention", [{"num_heads": 2, "key_dim": 3, **one} for one in parts], [heads])
    grouped = {"head_dim": 4, "num_query_heads": 6, "num_key_value_heads": 2}
    yield from rows("GroupQueryAttention", [{**grouped, **one} for one in parts], [heads], KERAS3)
    penalties = (*each_of("l1", 0, 0.5, -0.5, None, "x"), *each_of("l2", 1, -1, None))
    yield from said("ActivityRegularization", {}, (N, 4), "float32", *penalties)
    for dtype in ("float32", "int32", "uint8"):
        for is_scaled in (True, False):
            yield Case("Dot", {"axes": 1, "normalize": is_scaled}, ((N, 4), (N, 4)), (dtype, dtype))
    yield from odd_values()
    frames = {"filters": 2, "kernel_size": 3}
    yield from said("ConvLSTM1D", frames, (N, 5, 8, 4), "float32", *each_of("seed", None, 3))
    common: tuple[dict[str, Any], ...] = (
        *each_of("activity_regularizer", None, "l2", "L1", "x", 0, 1, True, [], {"class_name": "Zeros", "config": {}}),
        *each_of("activity_regularizer", {"class_name": "L2", "config": {"l2": 0.1}}),
        *each_of("weights", None, 0, 1),
        *each_of("dynamic", False, None, 0, "x"),
        *each_of("implementation", 1, None, "x"),
        *(one for name in ("batch_input_shape", "input_shape") for one in each_of(name, None, 3, "x", [None, "a"])),
        *(one for name in ("batch_shape", "input_length", "input_dim") for one in each_of(name, None, 3, [None, 4])),
    )
    for cls, base, shape in (
        ("ReLU", {}, (N, 4)),
        ("Dense", {"units": 3}, (N, 4)),
        ("MaxPooling2D", {}, (N, 4, 4, 2)),
        ("Layer", {}, (N, 4)),
    ):
        yield from said(cls, base, shape, "float32", *common)


def odd_values() -> Iterator[Case]:
    """What a walk of all arguments with null, true, 0, -1, 1.5, "x", [] and {} showed."""
    remembered = {f"{name}_shape": None for name in ("query", "value", "key")}
    attention = {"num_heads": 2, "key_dim": 3, **remembered}
    heads = ((N, 3, 4), (N, 5, 4))
    starts: tuple[dict[str, Any], ...] = (
        *each_of("kernel_initializer", None, "zeros"),
        *each_of("bias_initializer", None, "zeros"),
        {"bias_initializer": None, "use_bias": False},
    )
    old: tuple[dict[str, Any], ...] = (
        *each_of("dropout", 0, 0.5, True, -1, 1.5, None, "x", []),
        *each_of("query_shape", [], [N, 3, 7]),
    )
    yield from rows("MultiHeadAttention", [{**attention, **one} for one in (*starts, *old)], [heads], KERAS2)
    grouped = {"head_dim": 4, "num_query_heads": 6, "num_key_value_heads": 2}
    yield from rows("MultiHeadAttention", [{"num_heads": 2, "key_dim": 3, **one} for one in starts], [heads], KERAS3)
    yield from rows("GroupQueryAttention", [{**grouped, **one} for one in starts], [heads], KERAS3)
    steps = (N, 5, 4)
    filled = [{"bias_initializer": None, **one} for one in ({}, {"unit_forget_bias": False}, {"use_bias": False})]
    odd = (*each_of("time_major", 0, None, "x", True), *each_of("go_backwards", 0, None, "x", {}, [1], [None]))
    slow = [{**one, **two} for one in ({"unroll": True}, {"activation": "relu"}, {"use_bias": False}) for two in odd]
    for cls in ("LSTM", "GRU", "SimpleRNN"):
        yield from said(cls, {"units": 2}, steps, "float32", *filled, *odd, *slow)
        for one in each_of("activity_regularizer", "l2", "x", 0, True, [], {}):
            yield Case(cls, {"units": 2, **one}, (steps,))
        for one in (*each_of("dropout", True, False), *each_of("recurrent_dropout", True)):
            yield Case(cls, {"units": 2, **one}, (steps,))
    yield from said("ConvLSTM1D", {"filters": 2, "kernel_size": 3}, (N, 5, 8, 4), "float32", *filled)
    yield Case("RNN", {"cell": []}, (steps,))
    yield Case("Pipeline", {"layers": []}, ((N, 4),), only=KERAS3)
    for cls in ("Embedding", "ReversibleEmbedding"):
        table = {"input_dim": 3, "output_dim": 2}
        yield from said(cls, table, (N, 5), "int32", *each_of("input_dim", True), *each_of("output_dim", True))
    yield from said("ActivityRegularization", {}, (N, 4), "float32", *each_of("activity_regularizer", None, "l2"))
    yield from said("ActivityRegularization", {}, (N, 4), "float32", *each_of("l1", True, False))
    numbers = (True, False)
    for cls, name in (("Dropout", "rate"), ("AlphaDropout", "rate"), ("GaussianNoise", "stddev")):
        yield from said(cls, {}, (N, 4), "float32", *each_of(name, *numbers))
    for cls, name in (("ReLU", "max_value"), ("ReLU", "threshold"), ("LeakyReLU", "alpha"), ("Masking", "mask_value")):
        yield from said(cls, {}, (N, 3, 4), "float32", *each_of(name, *numbers))
    normal = (*each_of("epsilon", *numbers), *each_of("momentum", *numbers))
    yield from said("BatchNormalization", {}, (N, 4), "float32", *normal)
    plain = {"standardize": "lower", "ngrams": None, "vocabulary": ["a", "b", "c"]}
    for shape in ((N, 1), (4, 1), (N,), (4,), (4, 3)):
        lengths = [{"split": split, "output_sequence_length": n} for split in ("whitespace", None) for n in (-1, -5)]
        yield from said("TextVectorization", plain, shape, "string", *lengths)
    mel = {"fft_length": 64, "num_mel_bins": 8}
    for heard in ((N, 400), (N, N), (400,)):
        yield from said("MelSpectrogram", mel, heard, "float32", *each_of("sequence_stride", 0, -1, -400, -401, True))
    for cls in ("CenterCrop", "RandomCrop", "Resizing"):
        sides = (*each_of("height", 0, -1, True), *each_of("width", 0))
        sized = list(said(cls, {"height": 3, "width": 3}, (N, 8, 8, 3), "float32", *sides))
        yield from (case for case in sized if cls != "Resizing" or case.config["height"] is True)
    ends: tuple[Any, ...] = (
        *(0, 0.5, 1, 1.5, -0.5, -1, True, None, "x", [], {}),
        *([0, 0], [0, 0.5], [0.5, 0], [-0.5, 0.5], [0.2], [2, 1]),
    )
    for cls in ("RandomContrast", "RandomBrightness", "RandomRotation"):
        factors = said(cls, {}, (N, 8, 8, 3), "float32", *each_of("factor", *ends))
        yield from (case._replace(only=KERAS2) for case in factors)
    spans = each_of("value_range", None, True, 0, "x", [], [0], [0, 1], {})
    yield from said("RandomBrightness", {"factor": 0.2}, (N, 8, 8, 3), "float32", *spans)
    nested: tuple[Any, ...] = (
        *([[1]], [[1, 2]], [[1, 2, 3]], [[]], [[1, 2], [3]]),
        *([[["a"]]], [[[1]]], [[True]], [[N]], [{}]),
    )
    for shape, dtype in (((N, 3), "int64"), ((4, 3), "int64"), ((N, 3), "string")):
        yield from said("Hashing", {"num_bins": 7}, shape, dtype, *each_of("mask_value", *nested))
    yield Case("Hashing", {"num_bins": 7, "mask_value": [[1]] * 4}, ((4, 3),), ("int64",))
    yield from truths()
    for convolved in ({"return_sequences": True}, {}):
        frames = {"filters": 2, "kernel_size": 3, **convolved}
        turned = said("ConvLSTM1D", frames, (N, 5, 8, 4), "float32", *each_of("time_major", True, False, None, 0, "x"))
        yield from (case._replace(only=KERAS2) for case in turned)


def truths() -> Iterator[Case]:
    """Where true and false stand for 1 and 0, and where a weight's size may not be one."""
    for cls, name in (("BatchNormalization", "axis"), ("LayerNormalization", "axis"), ("UnitNormalization", "axis")):
        yield from said(cls, {}, (N, 3, 4), "float32", *each_of(name, True, False))
        yield from said(cls, {}, (2, 3, 4), "float32", *each_of(name, True, False))
    yield from said("Softmax", {}, (N, 3, 4), "float32", *each_of("axis", True, False))
    yield from said("PReLU", {}, (N, 3, 4), "float32", *each_of("shared_axes", True, False))
    for rank in (1, 2, 3):
        shape = (N, *(7,) * rank, 2)
        yield from said(f"ZeroPadding{rank}D", {}, shape, "float32", *each_of("padding", True, False))
        yield from said(f"Cropping{rank}D", {}, shape, "float32", *each_of("cropping", True, False))
        sides = (*each_of("filters", True), *each_of("kernel_size", True), *each_of("strides", True))
        kernel = {"filters": 2, "kernel_size": 3}
        for cls in (f"Conv{rank}D", f"Conv{rank}DTranspose"):
            yield from said(cls, kernel, shape, "float32", *sides, *each_of("dilation_rate", True))
        yield from said(f"MaxPooling{rank}D", {}, shape, "float32", *each_of("pool_size", True))
    for rank in (1, 2):
        shape, kernel = (N, *(7,) * rank, 2), {"filters": 2, "kernel_size": 3}
        many = (*each_of("kernel_size", True), *each_of("depth_multiplier", True))
        yield from said(f"SeparableConv{rank}D", kernel, shape, "float32", *each_of("filters", True), *many)
        yield from said(f"DepthwiseConv{rank}D", {"kernel_size": 3}, shape, "float32", *many)
    for cls in ("LSTM", "GRU", "SimpleRNN"):
        yield from said(cls, {}, (N, 5, 4), "float32", *each_of("units", True))
    yield from said("Dense", {}, (N, 4), "float32", *each_of("units", True, False, 2.7, "3"))
    sizes = each_of("output_shape", -1, 0, [-1], [3])
    yield from said("EinsumDense", {"equation": "ab,bc->ac"}, (N, 4), "float32", *sizes)
    yield from said("RepeatVector", {}, (N, 4), "float32", *each_of("n", True))
    for cls in ("RandomBrightness", "RandomRotation"):
        yield from said(cls, {"factor": None}, (N, 8, 8, 3), "float32", {})


def listed_truths() -> Iterator[Case]:
    """The same in the lists that `get_config` makes of them."""
    for rank in (1, 2, 3):
        shape, kernel = (N, *(7,) * rank, 2), {"filters": 2, "kernel_size": 3}
        for value in (True, False):
            each: Any = [value] * rank
            pairs: Any = [value, value] if rank == 1 else [[value, value]] * rank
            for cls, name in (("ZeroPadding", "padding"), ("Cropping", "cropping")):
                yield from said(f"{cls}{rank}D", {}, shape, "float32", *each_of(name, each, pairs))
            yield from said(f"UpSampling{rank}D", {}, shape, "float32", *each_of("size", each))
            for cls in (f"MaxPooling{rank}D", f"AveragePooling{rank}D"):
                yield from said(cls, {}, shape, "float32", *each_of("pool_size", each), *each_of("strides", each))
            windows = (*each_of("kernel_size", each), *each_of("strides", each), *each_of("dilation_rate", each))
            for cls in (f"Conv{rank}D", f"Conv{rank}DTranspose"):
                yield from said(cls, kernel, shape, "float32", *windows)
            if rank < 3:
                yield from said(f"SeparableConv{rank}D", kernel, shape, "float32", *windows)
                yield from said(f"DepthwiseConv{rank}D", {"kernel_size": 3}, shape, "float32", *windows)
    for cls in ("BatchNormalization", "LayerNormalization", "UnitNormalization"):
        yield from said(cls, {}, (N, 3, 4), "float32", *each_of("axis", [True], [False]))


def activities() -> Iterator[Case]:
    """Keras 2 regularizes the output of each call, and Keras 3 what a call of data gives."""
    regularizers: tuple[Any, ...] = (
        *("l1", "L2", "l1_l2", "L1L2", "orthogonal_regularizer"),
        {"class_name": "L1L2", "config": {"l1": 0.1, "l2": 0.0}},
        {"class_name": "OrthogonalRegularizer", "config": {"factor": 0.1, "mode": "columns"}},
    )
    for dtype in ("float16", "int32", "uint8", "bool", "string", "complex64"):
        yield from said("ActivityRegularization", {}, (N, 4), dtype, {}, *each_of("l1", 0.5), *each_of("l2", 0.5))
        for cls, shape in (("Layer", (N, 4)), ("Layer", (3, 4)), ("Flatten", (N, 4, 2)), ("RepeatVector", (N, 4))):
            base = {"n": 3} if cls == "RepeatVector" else {}
            for one in said(cls, base, shape, dtype, *each_of("activity_regularizer", *regularizers)):
                yield one._replace(only=KERAS2)
    yield from said("RandomGrayscale", {}, (N, 8, 8, 3), "float32", *each_of("factor", [0, 1], 0, True, 1.5, None))


def values_of_other_kinds() -> Iterator[Case]:
    """Arguments that a walk left over, with values of other kinds than those that they are made for."""
    odd: tuple[Any, ...] = (None, True, False, 0, -1, 1.5, 2.0, "x", "", [], [1.5], ["x"], {})
    wide = (N, 8, 9, 10, 4)
    for rank in (1, 2, 3):
        shape = (N, *wide[1 : rank + 1], 4)
        for cls in (f"AdaptiveMaxPooling{rank}D", f"AdaptiveAveragePooling{rank}D"):
            adapted = said(cls, {"output_size": 2}, shape, "float32", *each_of("data_format", *odd))
            yield from (case._replace(only=KERAS3) for case in adapted)
            yield Case(cls, {"output_size": False}, (shape,), only=KERAS3)
        conv: dict[str, Any] = {"filters": 2, "kernel_size": 2}
        for cls in (f"Conv{rank}D", f"Conv{rank}DTranspose"):
            yield from said(cls, conv, shape, "float32", *each_of("groups", *odd), *each_of("filters", *odd))
        yield from said(f"Conv{rank}D", conv, shape, "float32", *each_of("lora_rank", *odd))
        yield from said(f"Cropping{rank}D", {}, shape, "float32", *each_of("cropping", *odd))
        yield from said(f"UpSampling{rank}D", {}, shape, "float32", *each_of("size", *odd))
        for cls in (f"AveragePooling{rank}D", f"MaxPooling{rank}D"):
            yield from said(cls, {"pool_size": 2}, shape, "float32", *each_of("pool_size", False, *[[1.5] * rank] * 1))
        for cls in (f"Conv{rank}D", f"MaxPooling{rank}D"):
            base = conv if cls.startswith("Conv") else {"pool_size": 2}
            yield from said(cls, base, shape, "float32", *each_of("strides", [1.5] * rank, ["2"] * rank))
        for cls in (f"SeparableConv{rank}D", f"DepthwiseConv{rank}D", f"Conv{rank}DTranspose")[rank > 2 and 2 :]:
            base = {**conv} if cls[0] != "D" else {"kernel_size": 2}
            both = (*each_of("strides", [1.5] * rank), *each_of("dilation_rate", [1.5] * rank))
            yield from said(cls, base, shape, "float32", *both)
        yield from said(f"Conv{rank}D", conv, shape, "float32", *each_of("dilation_rate", [1.5] * rank))
        for size in (1, 2, 3):
            yield from said(
                f"Cropping{rank}D", {}, (N, *(size,) * rank, 4), "float32", *each_of("cropping", -1, -2, -3)
            )
    for rank in (1, 2):
        shape = (N, *wide[1 : rank + 1], 4)
        local = {"filters": 2, "kernel_size": 2}
        for one in each_of("filters", *odd):
            yield Case(f"LocallyConnected{rank}D", {**local, **one}, (shape,), only=KERAS2)
        groups = (*each_of("groups", *odd), *each_of("filters", *odd))
        yield from said(f"SeparableConv{rank}D", local, shape, "float32", *groups)
        yield from said(f"DepthwiseConv{rank}D", {"kernel_size": 2}, shape, "float32", *each_of("groups", *odd))
    ranks = (*each_of("lora_rank", *odd), *each_of("lora_alpha", *odd))
    yield from said("Dense", {"units": 3}, (N, 4), "float32", *ranks)
    yield from said("Embedding", {"input_dim": 5, "output_dim": 3}, (N, 4), "int32", *ranks)
    ein = {"equation": "ab,bc->ac", "output_shape": 3}
    more = (*ranks, *each_of("output_shape", *odd), *each_of("bias_axes", None, "", "c", [], ["c"], {}, True, 0))
    yield from said("EinsumDense", ein, (N, 4), "float32", *more)
    for bins in ((N, 3), (4, 1)):
        yield from said("Discretization", {}, bins, "float32", *each_of("bin_boundaries", *odd, 3, [1, 2]))
    counts = {"bin_boundaries": [1.0, 2.0], "output_mode": "one_hot"}
    yield from said("Discretization", counts, (N, 1), "float32", *each_of("bin_boundaries", True, 3, "xyz", {"a": 1}))
    for shape in ((N, 4), (N, 3, 4)):
        yield from said("Softmax", {}, shape, "float32", *each_of("axis", *odd, [[1]], {"a": 1}, [None]))
    for shape in ((N, 4), (N, 3, 4)):
        values = (*odd, [1, 2], [1, 2, 3, 4], [[1]], {"a": 1}, "nan")
        yield from said("Masking", {}, shape, "float32", *each_of("mask_value", *values))
    for cls in ("BatchNormalization", "LayerNormalization", "GroupNormalization", "SyncBatchNormalization"):
        base = {"groups": 2} if cls.startswith("Group") else {}
        for shape in ((N, 4), (N, 5, 6, 4)):
            epsilons = said(cls, base, shape, "float32", *each_of("epsilon", *odd, "1e-3"))
            yield from (case._replace(only=KERAS2 if cls.startswith("Sync") else ()) for case in epsilons)
    for one in each_of("epsilon", *odd, [1, 2]):
        yield Case("RMSNormalization", one, ((N, 4),), only=KERAS3)
    for cls in ("CenterCrop", "RandomCrop", "Resizing"):
        sides = (*each_of("height", *odd), *each_of("width", False, 0, -1))
        yield from said(cls, {"height": 3, "width": 3}, (N, 8, 8, 3), "float32", *sides)
    cell = {"class_name": "SimpleRNNCell", "config": {"units": 2}}
    for value in (*odd, 1, 2):
        yield Case("RNN", {"cell": cell, "num_constants": value}, ((N, 5, 4),))
        for cls in ("LSTM", "GRU", "SimpleRNN"):
            yield Case(cls, {"units": 2, "num_constants": value}, ((N, 5, 4),))
    heads = {"num_heads": 2, "key_dim": 3}
    old = {f"{name}_shape": None for name in ("query", "value", "key")}
    for value in (False, True):
        counted = {**heads, **old, "num_heads": value}
        yield Case("MultiHeadAttention", counted, ((N, 3, 4), (N, 5, 4)), only=KERAS2)
    for value in (*odd, [2], [1, 2], -2):
        yield Case("MultiHeadAttention", {**heads, "attention_axes": value}, ((N, 3, 4), (N, 5, 4)), only=KERAS3)
        said_in_2 = {**heads, **old, "attention_axes": value}
        yield Case("MultiHeadAttention", said_in_2, ((N, 3, 4), (N, 5, 4)), only=KERAS2)
    for value in odd:
        for name in ("query_shape", "value_shape", "key_shape"):
            yield Case("MultiHeadAttention", {**heads, **old, name: value}, ((N, 3, 4), (N, 5, 4)), only=KERAS2)
    for value in (*odd, 19, 100, 2.5, [None]):
        for cls in ("Dense", "ReLU", "ELU", "UnitNormalization", "Rescaling", "Add"):
            needed = {"Dense": {"units": 3}, "Rescaling": {"scale": 2}}.get(cls, {})
            yield Case(cls, {**needed, "dtype": value}, ((N, 4),) * (2 if cls == "Add" else 1))
    for name in ("scale", "offset"):
        for value in (*odd, "relu", [1, 2, 3, 4]):
            yield Case("Rescaling", {"scale": 2.0, name: value}, ((N, 4),))
    for value in odd:
        for mode in ("int", "one_hot"):
            yield Case("Hashing", {"num_bins": value, "output_mode": mode}, ((N, 3),), ("int64",))
        for mode in ("int", "one_hot"):
            crossed = {"num_bins": value, "output_mode": mode}
            yield Case("HashedCrossing", crossed, ((N, 1), (N, 1)), ("int64", "int64"))
        yield Case("Permute", {"dims": value}, ((N,),))
        yield Case("Permute", {"dims": value}, ((N, 3),))
        yield Case("Attention", {"seed": value, "dropout": 0.5}, ((N, 3, 4), (N, 5, 4)))
        yield Case("AdditiveAttention", {"seed": value, "dropout": 0.5}, ((N, 3, 4), (N, 5, 4)))
        yield Case("AdditiveAttention", {"seed": value}, ((N, 3, 4), (N, 5, 4)))
        inner = {"class_name": "Dense", "config": {"units": 3}}
        yield Case("SpectralNormalization", {"layer": inner, "power_iterations": value}, ((N, 4),), only=KERAS3)
        yield Case("RandomBrightness", {"factor": value}, ((N, 8, 8, 3),), only=KERAS3)
        yield Case("ConvLSTM1D", {"filters": value, "kernel_size": 2}, ((N, 5, 8, 4),))
        for mode in ("int", "multi_hot"):
            table = {"vocabulary": [1, 2], "output_mode": mode, "vocabulary_size": value}
            yield Case("IntegerLookup", table, ((N, 3),), ("int64",))


def policies() -> Iterator[Case]:
    """Layers of Keras 2 that compute in what is no float: most weights are not made in such, and nothing is cast."""
    picture, steps, flat = (N, 5, 5, 3), (N, 5, 4), (N, 4)
    cell = {"class_name": "GRUCell", "config": {"units": 3}}
    layers: tuple[tuple[str, dict[str, Any], tuple[Shape, ...]], ...] = (
        ("Dense", {"units": 3}, (flat,)),
        ("Conv1D", {"filters": 2, "kernel_size": 2}, (steps,)),
        ("SeparableConv1D", {"filters": 2, "kernel_size": 2}, (steps,)),
        ("LocallyConnected1D", {"filters": 2, "kernel_size": 2}, (steps,)),
        ("Embedding", {"input_dim": 5, "output_dim": 2}, (flat,)),
        ("LSTM", {"units": 2}, (steps,)),
        ("RNN", {"cell": cell}, (steps,)),
        ("ConvLSTM1D", {"filters": 2, "kernel_size": 2}, ((N, 5, 5, 4),)),
        ("AdditiveAttention", {"use_scale": False}, (steps, steps)),
        ("Attention", {"use_scale": True}, (steps, steps)),
        ("BatchNormalization", {}, (flat,)),
        ("BatchNormalization", {"scale": False, "center": False}, (flat,)),
        ("LayerNormalization", {}, (flat,)),
        ("LayerNormalization", {"scale": False, "center": False}, (flat,)),
        ("GroupNormalization", {"groups": 2}, (flat,)),
        ("UnitNormalization", {}, (flat,)),
        ("Normalization", {"axis": -1}, (flat,)),
        ("ELU", {}, (flat,)),
        ("PReLU", {}, (flat,)),
        ("Softmax", {}, (flat,)),
        ("ThresholdedReLU", {}, (flat,)),
        ("Dropout", {"rate": 0.5}, (flat,)),
        ("ActivityRegularization", {"l1": 0.1}, (flat,)),
        ("Rescaling", {"scale": 2.0, "offset": 0.0}, (flat,)),
        ("CenterCrop", {"height": 4, "width": 4}, (picture,)),
        ("RandomCrop", {"height": 4, "width": 4}, (picture,)),
        ("RandomContrast", {"factor": 0.2}, (picture,)),
        ("Resizing", {"height": 4, "width": 4}, (picture,)),
    )
    for cls, config, inputs in layers:
        for policy in ("int32", "uint8", "bool", "complex64"):
            for dtype in ("float32", "int32"):
                yield Case(cls, {**config, "dtype": policy}, inputs, (dtype,) * len(inputs), KERAS2)
    for rank in (1, 2, 3):
        for rates in ([3, 2, 2], [2, 2, 2], [1, 2, 2]):
            for order in ("channels_last", "channels_first"):
                said = {"filters": 6, "kernel_size": 2, "dilation_rate": rates[:rank], "data_format": order}
                yield Case(f"Conv{rank}DTranspose", said, ((N, *(8,) * rank, 4),), only=KERAS2)
    for cls in ("RandomWidth", "RandomHeight"):
        for dtype in ("string", "bool", "int32", "complex64"):
            yield Case(cls, {"factor": 0.2}, (picture,), (dtype,), KERAS2)
    for one in (0, 1, [2]):
        yield Case("BatchNormalization", {"axis": one, "virtual_batch_size": 2}, ((8, 3, 4),), only=KERAS2)
    for axis in ([True, 2], [True], [2, 1]):
        yield Case("LayerNormalization", {"axis": axis}, ((N, 3, 4),), only=KERAS2)
    for height, width, is_cut in ((-1, 2, True), (2, -1, True), (2, -1, False)):
        for shape in (picture, (N, N, N, 3)):
            resized = {"height": height, "width": width, "crop_to_aspect_ratio": is_cut}
            yield Case("Resizing", resized, (shape,), only=KERAS2)


def dtypes_of_indices() -> Iterator[Case]:
    """What the layers of Keras 2 that give indices or counts make of their dtype."""
    mixed = {"class_name": "Policy", "config": {"name": "mixed_float16"}}
    for dtype in ("int64", "int32", "uint8", "float16", "float64", "mixed_float16", "string", 9, 7, False, 0, N, mixed):
        for mode in ("int", "one_hot", "count"):
            said = {"output_mode": mode, "dtype": dtype}
            yield Case("IntegerLookup", {"vocabulary": [1, 2], **said}, ((N, 1),), ("int64",), KERAS2)
            yield Case("StringLookup", {"vocabulary": ["a", "b"], **said}, ((N, 1),), ("string",), KERAS2)
            yield Case("Hashing", {"num_bins": 3, **said}, ((N, 1),), ("int64",), KERAS2)
            yield Case("Discretization", {"bin_boundaries": [1.0], **said}, ((N, 1),), (), KERAS2)
            texts = {"vocabulary": ["a"], "standardize": N, "split": N, "ngrams": N}
            if mode != "one_hot":
                yield Case("TextVectorization", {**texts, **said}, ((N, 2),), ("string",), KERAS2)
        yield Case("IntegerLookup", {"vocabulary": [1], "invert": True, "dtype": dtype}, ((N, 1),), ("int64",), KERAS2)
        yield Case("StringLookup", {"vocabulary": ["a"], "invert": True, "dtype": dtype}, ((N, 1),), ("int64",), KERAS2)


def not_run() -> Iterator[Case]:
    """Layers of Keras 2 that are dynamic: the first two rows of each class, which a model does not run."""
    of_class: dict[str, list[Case]] = {}
    families = (merging, reshaping, scaling, normalizing, attending, wrapping, augmenting, encoding, vocabularies)
    for case in (*cases_a.CASES, *(case for family in families for case in family())):
        listed = of_class.setdefault(case.cls, [])
        if len(listed) < 2 and case.only != KERAS3 and case.inputs:
            listed.append(case._replace(config={**case.config, "dynamic": True}, only=KERAS2))
    for listed in of_class.values():
        yield from listed


def what_keras_only_compares() -> Iterator[Case]:
    """Arguments of Keras 3 with values that it compares, counts or hands on, and does not look at else."""
    odd: tuple[Any, ...] = (None, True, False, 0, 0.5, 1.5, 2.0, "", "x", [], [2], ["x"], {}, {"a": 1})
    dense = {"module": "keras.layers", "class_name": "Dense", "config": {"units": 3}}
    words: dict[str, dict[str, Any]] = {
        "IntegerLookup": {"vocabulary": [1, 2, 3]},
        "StringLookup": {"vocabulary": ["a", "b"]},
        "TextVectorization": {"standardize": "lower", "split": "whitespace", "ngrams": None, "vocabulary": ["a"]},
        "HashedCrossing": {"num_bins": 4},
        "Hashing": {"num_bins": 4},
    }
    for value in odd:
        yield Case("SpectralNormalization", {"layer": dense, "power_iterations": value}, ((N, 4),))
        for cls, config in words.items():
            dtype = "int64" if cls[0] in "IH" else "string"
            inputs = ((N, 1),) * (2 if cls == "HashedCrossing" else 1)
            yield Case(cls, {**config, "dtype": value}, inputs, (dtype,) * len(inputs))
        for name in ("fft_length", "sequence_length", "num_mel_bins"):
            yield Case("MelSpectrogram", {name: value}, ((N, 400),))
        yield Case("MelSpectrogram", {"fft_length": value, "sequence_length": 2}, ((N, 400),))
        yield Case("STFTSpectrogram", {"frame_length": 4, "frame_step": value}, ((N, 400, 2),))
        for mode in ("int", "one_hot"):
            yield Case("Discretization", {"num_bins": value, "output_mode": mode}, ((N, 3),))
            yield Case("Discretization", {"num_bins": value, "bin_boundaries": [1.0], "output_mode": mode}, ((N, 3),))
            for vocabulary in (["a", "b"], None):
                for name in ("num_oov_indices", "max_tokens"):
                    table = {name: value, "vocabulary": vocabulary, "output_mode": mode}
                    yield Case("StringLookup", table, ((N, 1),), ("string",))
        yield Case("MaxNumBoundingBoxes", {"max_number": value}, ((N, 4),))
        yield Case("LeakyReLU", {"negative_slope": value}, ((N, 4),))
        yield Case("LeakyReLU", {"negative_slope": value, "alpha": 0.3}, ((N, 4),))
        yield Case("Dot", {"axes": value}, ((4, 4), (4, 4)))
        yield Case("Dot", {"axes": [1, value]}, ((4, 4), (4, 4)))
        yield Case("Normalization", {"axis": value}, ((2, 4, 8),))
        yield Case("Normalization", {"axis": [1, value]}, ((2, 4, 8),))
        yield Case("GroupNormalization", {"groups": value}, ((1, 2, 8),))
        yield Case("UnitNormalization", {"axis": [value]}, ((1, 2, 8),))
        yield Case("AutoContrast", {"value_range": [value, value]}, ((N, 8, 8, 3),))
        for factor in ("brightness", "contrast", "saturation", "hue"):
            jitter = {f"{factor}_factor": 0.2, "value_range": [value, value]}
            yield Case("RandomColorJitter", jitter, ((N, 8, 8, 3),))
            yield Case("RandomColorJitter", {**jitter, "value_range": value}, ((N, 8, 8, 3),))
        for given in ((2, 3), (N, 4), (4, N, 6)):
            yield Case("Reshape", {"target_shape": value}, (given,))
            yield Case("Reshape", {"target_shape": [value]}, (given,))
        for rank in (1, 2):
            yield Case(f"AdaptiveMaxPooling{rank}D", {"output_size": [value] * rank}, ((N, *(9, 9)[:rank], 4),))
        yield Case("AdaptiveMaxPooling2D", {"output_size": [2, value]}, ((N, 9, 9, 4),))
        heads = {"head_dim": 3, "num_query_heads": 2, "num_key_value_heads": 1}
        yield Case("GroupQueryAttention", {**heads, "num_query_heads": value}, ((N, 3, 4), (N, 5, 4)))
        yield Case("GroupQueryAttention", {**heads, "sliding_window": value}, ((N, 3, 4), (N, 5, 4)))
        whole = {"num_heads": 2, "key_dim": 3}
        for dropout in (0.0, 0.5):
            begun = {"seed": value, "dropout": dropout}
            yield Case("MultiHeadAttention", {**whole, **begun}, ((N, 3, 4), (N, 5, 4)))
            yield Case("GroupQueryAttention", {**heads, **begun}, ((N, 3, 4), (N, 5, 4)))
        yield Case("RandomRotation", {"factor": value}, ((N, 8, 8, 3),))
        yield Case("StackedRNNCells", {"cells": value}, ((N, 4), (N, 3)))
        yield Case("MultiHeadAttention", {**whole, "output_shape": value}, ((N, 3, 4), (N, 5, 4)))
        yield Case("MultiHeadAttention", {**whole, "sliding_window": value}, ((N, 3, 4), (N, 5, 4)))
    for axis in ("1", "-1", "+2", " 1", "1.0", "last", "3"):
        yield Case("BatchNormalization", {"axis": axis}, ((N, 3, 4),))
    for value in (2, "ab", "[4]", "-1", [[4]], [4.0], [True, 3]):
        for given in ((2, 3), (N, 4)):
            yield Case("Reshape", {"target_shape": value}, (given,))


def words_in_other_cases() -> Iterator[Case]:
    """Words that Keras 3 takes in any case, and those that it takes as they are."""
    attended: tuple[Shape, ...] = ((N, 3, 4), (N, 5, 4))
    asked: tuple[tuple[str, dict[str, Any], tuple[Shape, ...], str, str], ...] = (
        ("AdaptiveMaxPooling1D", {"output_size": 2}, ((N, 9, 4),), "data_format", "channels_first"),
        ("AdaptiveAveragePooling3D", {"output_size": 2}, ((N, 9, 9, 9, 4),), "data_format", "channels_last"),
        ("GlobalMaxPooling2D", {}, ((N, 9, 9, 4),), "data_format", "channels_first"),
        ("STFTSpectrogram", {"frame_length": 4}, ((N, 400, 2),), "mode", "stft"),
        ("STFTSpectrogram", {"frame_length": 4}, ((N, 400, 2),), "padding", "same"),
        ("STFTSpectrogram", {"frame_length": 4}, ((N, 400, 2),), "scaling", "spectrum"),
        ("STFTSpectrogram", {"frame_length": 4}, ((N, 400, 2),), "data_format", "channels_first"),
        ("Conv1D", {"filters": 2, "kernel_size": 2}, ((N, 9, 4),), "padding", "causal"),
        ("Attention", {}, attended, "score_mode", "concat"),
        ("UpSampling2D", {}, ((N, 9, 9, 4),), "interpolation", "bilinear"),
        ("Dense", {"units": 3}, ((N, 4),), "activation", "relu"),
        ("Dense", {"units": 3}, ((N, 4),), "kernel_initializer", "he_normal"),
    )
    for cls, config, inputs, name, word in asked:
        for said_so in (word, word.upper(), word.capitalize(), f"{word} ", [word]):
            yield Case(cls, {**config, name: said_so}, inputs)


def objects_without_a_home() -> Iterator[Case]:
    """Serialized objects: Keras 3 finds those whose module it is told, wherever it does not know what they are."""
    module: tuple[dict[str, Any], ...] = (
        {"module": "keras.layers"},
        {},
        {"module": None},
        {"module": "keras"},
        {"module": "keras.activations"},
        {"module": "tf_keras.layers"},
        {"module": "keras.layers", "registered_name": ""},
    )
    for home in module:
        dense = {**home, "class_name": "Dense", "config": {"units": 3}}
        yield Case("TimeDistributed", {"layer": dense}, ((N, 5, 4),))
        yield Case("SpectralNormalization", {"layer": dense}, ((N, 4),))
        yield Case("Pipeline", {"layers": [dense]}, ((N, 4),))
        cell = {**home, "class_name": "GRUCell", "config": {"units": 3}}
        yield Case("RNN", {"cell": cell}, ((N, 5, 4),))
        yield Case("RNN", {"cell": [cell, cell]}, ((N, 5, 4),))
        forward = {**home, "class_name": "GRU", "config": {"units": 3}}
        backward = {**forward, "config": {"units": 3, "go_backwards": True}}
        found = {**forward, "module": "keras.layers"}
        yield Case("Bidirectional", {"layer": forward}, ((N, 5, 4),))
        yield Case("Bidirectional", {"layer": found, "backward_layer": backward}, ((N, 5, 4),))
        for one in (
            {"class_name": "ReLU", "config": {}},
            {"class_name": "relu", "config": None},
            {"class_name": "ReLU"},
            {"class_name": "Zeros", "config": {}},
            {"a": 1},
        ):
            yield Case("Activation", {"activation": {**home, **one}}, ((N, 4),))
            yield Case("Dense", {"units": 3, "activation": {**home, **one}}, ((N, 4),))
            yield Case("Rescaling", {"scale": {**home, **one}, "offset": 0.0}, ((N, 4),))
            yield Case("Rescaling", {"scale": 2.0, "offset": [{**home, **one}]}, ((N, 4),))
    cells = [{"module": "keras.layers", "class_name": "GRUCell", "config": {"units": units}} for units in (3, 5, 2)]
    for states in ((3,), (3, 5), (3, 5, 2)):
        yield Case("StackedRNNCells", {"cells": cells}, ((N, 4), *((N, units) for units in states)))


def dtypes_of_weights() -> Iterator[Case]:
    """Dtypes that an initializer of Keras 3 cannot fill a weight with, and those that it can."""
    dtypes = (
        *("float16", "bfloat16", "float64", "complex64", "int16", "int32", "uint8", "uint32", "bool", "string"),
        *("mixed_bfloat16", "int8_from_float32"),
    )
    cells = [
        {"module": "keras.layers", "class_name": f"{kind}Cell", "config": {"units": 3}} for kind in ("GRU", "LSTM")
    ]
    asked: tuple[tuple[str, dict[str, Any], tuple[Shape, ...]], ...] = (
        ("Dense", {"units": 3}, ((N, 4),)),
        ("Dense", {"units": 3, "kernel_initializer": "he_uniform"}, ((N, 4),)),
        ("Dense", {"units": 3, "kernel_initializer": "zeros", "bias_initializer": "ones"}, ((N, 4),)),
        ("Dense", {"units": 3, "kernel_initializer": {"class_name": "Identity", "config": {}}}, ((N, 4),)),
        ("Dense", {"units": 2}, ((N, 4),)),
        ("Conv2D", {"filters": 2, "kernel_size": 3}, ((N, 8, 8, 4),)),
        ("SeparableConv1D", {"filters": 2, "kernel_size": 3}, ((N, 8, 4),)),
        ("Embedding", {"input_dim": 5, "output_dim": 3}, ((N, 4),)),
        ("GRU", {"units": 3}, ((N, 5, 4),)),
        ("ConvLSTM1D", {"filters": 2, "kernel_size": 3}, ((N, 5, 8, 4),)),
        ("RNN", {"cell": cells}, ((N, 5, 4),)),
        ("StackedRNNCells", {"cells": cells[:1]}, ((N, 4), (N, 3))),
        ("StackedRNNCells", {"cells": []}, ((N, 4), (N, 3))),
        ("MultiHeadAttention", {"num_heads": 2, "key_dim": 3}, ((N, 3, 4), (N, 5, 4))),
        ("AdditiveAttention", {}, ((N, 3, 4), (N, 5, 4))),
        ("Attention", {"use_scale": True}, ((N, 3, 4), (N, 5, 4))),
        ("BatchNormalization", {}, ((N, 4),)),
        ("LayerNormalization", {}, ((N, 4),)),
        ("RMSNormalization", {}, ((N, 4),)),
        ("PReLU", {}, ((N, 4),)),
        ("PReLU", {"alpha_initializer": "orthogonal"}, ((N, 4, 4),)),
        ("STFTSpectrogram", {"frame_length": 4}, ((N, 400, 2),)),
    )
    for cls, config, inputs in asked:
        for dtype in dtypes:
            yield Case(cls, {**config, "dtype": dtype}, inputs)
    for constant in (
        *("constant", "Constant", {"class_name": "Constant", "config": {}}, {"class_name": "Constant", "config": None}),
        {"class_name": "Constant", "config": {"value": 2}},
    ):
        yield Case("Dense", {"units": 3, "bias_initializer": constant}, ((N, 4),))


def what_all_layers_take() -> Iterator[Case]:
    """Arguments that nearly all layers of Keras 3 take."""
    flat = {"module": "keras.layers", "class_name": "Flatten", "config": {}}
    for cls, config, given in (
        ("Pipeline", {"layers": [flat]}, (N, 4, 5)),
        ("Discretization", {"num_bins": 3}, (N, 4)),
        ("SpatialDropout1D", {"rate": 0.5}, (N, 4, 5)),
        ("Dropout", {"rate": 0.5}, (N, 4, 5)),
        ("Dense", {"units": 3}, (N, 4)),
        ("HashedCrossing", {"num_bins": 3}, (N, 1)),
        ("IntegerLookup", {"vocabulary": [1, 2]}, (N, 1)),
        ("TextVectorization", {"standardize": "lower", "split": "whitespace", "ngrams": None}, (N, 1)),
        ("CategoryEncoding", {"num_tokens": 3}, (N, 4)),
        ("Normalization", {}, (N, 4)),
        ("Rescaling", {"scale": 2.0, "offset": 0.0}, (N, 4)),
        ("RandomFlip", {}, (N, 8, 8, 3)),
        ("GRU", {"units": 3}, (N, 5, 4)),
        ("ActivityRegularization", {}, (N, 4)),
    ):
        values = {"trainable": False, "dtype": "float32", "autocast": True, "activity_regularizer": None, "bogus": 1}
        for name, value in values.items():
            inputs = (given,) * (2 if cls == "HashedCrossing" else 1)
            dtypes = ("int64",) * len(inputs) if cls in ("HashedCrossing", "IntegerLookup") else ()
            yield Case(cls, {**config, name: value}, inputs, dtypes)


POLICIES: tuple[dict[str, str], ...] = ({}, {"dtype": "mixed_float16"})

CASES: tuple[Case, ...] = tuple(
    case
    for family in (
        merging,
        concatenating,
        dotting,
        reshaping,
        scaling,
        normalizing,
        attending,
        wrapping,
        both_ways,
        looking_up,
        augmenting,
        encoding,
        vocabularies,
        texts,
        hashes,
        sounds,
        values_that_change_no_shape,
        values_of_other_kinds,
        listed_truths,
        activities,
        policies,
        dtypes_of_indices,
        not_run,
    )
    for case in family()
) + tuple(
    case._replace(only=KERAS3)
    for family in (
        what_keras_only_compares,
        words_in_other_cases,
        objects_without_a_home,
        dtypes_of_weights,
        what_all_layers_take,
    )
    for case in family()
)
