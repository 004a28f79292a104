"""What single layers cost, how they are found, and the words in which they refuse."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

import graphcore
from graphcore.catalog import CATALOG, ENTRIES, Catalog, Custom, Known, Stranger, Unruled
from graphcore.catalog.names import KERAS2_LAYERS, KERAS3_LAYERS
from graphcore.catalog.packages import PACKAGES
from graphcore.catalog.params import integer
from graphcore.catalog.spec import One, OpDef
from graphcore.infer import infer
from graphcore.inference import Inference
from graphcore.model import Dialect, Graph, Layer, Node, NodeKey, Op, TensorRef
from graphcore.shapes import Shape

CALL = NodeKey("x", 0)


def call(
    cls: str, config: Mapping[str, Any], shape: Shape, dialect: Dialect = "keras3", dtype: str = "float32"
) -> Inference:
    """One layer called with one input."""
    key = "batch_input_shape" if dialect == "keras2" else "batch_shape"
    ref = TensorRef("in", 0, 0)
    layers = {
        "in": Layer("in", Op("InputLayer"), {key: list(shape), "dtype": dtype}),
        "x": Layer("x", Op(cls), config),
    }
    nodes = {NodeKey("in", 0): Node(NodeKey("in", 0)), CALL: Node(CALL, (ref,))}
    return infer(Graph("m", layers, nodes, ref, TensorRef("x", 0, 0), dialect=dialect))


def inner(cls: str, **config: Any) -> dict[str, Any]:
    """A serialized layer."""
    return {"class_name": cls, "module": "keras.layers", "registered_name": None, "config": config}


@pytest.mark.parametrize(
    ("cls", "config", "shape", "cost"),
    [
        ("Dense", {"units": 64}, (None, 784), 784 * 64),
        ("Dense", {"units": 64}, (None, 10, 784), 10 * 784 * 64),
        ("Dense", {"units": 64}, (None, None, 784), None),
        ("Conv2D", {"filters": 8, "kernel_size": 3}, (None, 28, 28, 4), 26 * 26 * 8 * 9 * 4),
        ("Conv2D", {"filters": 8, "kernel_size": 3, "groups": 2}, (None, 28, 28, 4), 26 * 26 * 8 * 9 * 2),
        ("Conv2D", {"filters": 8, "kernel_size": 3}, (None, None, 28, 4), None),
        ("Conv2DTranspose", {"filters": 8, "kernel_size": 2, "strides": 2}, (None, 4, 4, 3), 16 * 3 * 4 * 8),
        ("DepthwiseConv2D", {"kernel_size": 3}, (None, 28, 28, 4), 26 * 26 * 4 * 9),
        ("SeparableConv2D", {"filters": 8, "kernel_size": 3}, (None, 28, 28, 4), 26 * 26 * 4 * (9 + 8)),
        ("BatchNormalization", {}, (None, 28, 28, 4), 0),
        ("MaxPooling2D", {"pool_size": 2}, (None, 28, 28, 4), 0),
        ("GlobalAveragePooling2D", {}, (None, 7, 7, 4), 0),
        ("Embedding", {"input_dim": 9, "output_dim": 4}, (None, 7), 0),
        ("EinsumDense", {"equation": "abc,cde->abde", "output_shape": [None, 8, 4]}, (None, 10, 32), 10 * 8 * 4 * 32),
        ("LSTM", {"units": 5}, (None, 7, 4), 7 * 4 * 5 * (4 + 5)),
        ("LSTM", {"units": 5}, (None, None, 4), None),
        ("ConvLSTM1D", {"filters": 5, "kernel_size": 3}, (None, 6, 8, 4), 6 * 6 * 3 * 4 * 5 * (4 + 5)),
        ("GRU", {"units": 5}, (None, 7, 4), 7 * 3 * 5 * (4 + 5)),
        ("RNN", {"cell": [inner("LSTMCell", units=5), inner("GRUCell", units=6)]}, (None, 7, 4), 7 * (180 + 198)),
        ("TimeDistributed", {"layer": inner("Dense", units=5)}, (None, 7, 4), 7 * 4 * 5),
        ("Bidirectional", {"layer": inner("LSTM", units=5)}, (None, 7, 4), 2 * 7 * 4 * 5 * (4 + 5)),
        ("Bidirectional", {"layer": inner("LSTM", units=5)}, (None, None, 4), None),
        ("SpectralNormalization", {"layer": inner("Dense", units=5)}, (None, 4), 4 * 5),
        ("Activation", {"activation": "relu"}, (None, 7, 4), 0),
        ("Lambda", {}, (None, 7, 4), None),
    ],
)
def test_multiply_adds_of_one_sample(cls: str, config: dict[str, Any], shape: Shape, cost: int | None) -> None:
    assert call(cls, config, shape).costs.get(CALL) == cost


@pytest.mark.parametrize(
    ("cls", "config", "shape", "message", "hint"),
    [
        (
            "Conv2D",
            {"filters": 8, "kernel_size": 5},
            (None, 3, 9, 1),
            'GC407 Conv2D "x" makes (-1, 5) of (3, 9): kernel_size (5, 5) does not fit',
            'use padding="same", or let at least (5, 5) come in',
        ),
        (
            "Conv2D",
            {"filters": 8, "kernel_size": 3},
            (None, 9, 9, None),
            'GC408 Conv2D "x" needs a known size on axis 3 for the channels, gets (None, 9, 9, None)',
            "give axis 3 of the input a size: the weights need it",
        ),
        (
            "Conv2D",
            {"filters": 9, "kernel_size": 3, "groups": 3},
            (None, 9, 9, 4),
            'GC205 Conv2D "x" cannot divide the 4 channels of (None, 9, 9, 4) into 3 groups',
            "make groups a divisor of the channels that come in",
        ),
        (
            "Conv2D",
            {"filters": 8, "kernel_size": 3, "groups": 3},
            (None, 9, 9, 3),
            'GC205 Conv2D "x" cannot divide 8 filters into 3 groups',
            "make filters a multiple of groups",
        ),
        (
            "Conv2D",
            {"filters": 8, "kernel_size": 3, "strides": 2, "dilation_rate": 2},
            (None, 9, 9, 3),
            'GC205 Conv2D "x" cannot have both strides (2, 2) and dilation_rate (2, 2) above 1',
            "set one of the two to 1",
        ),
        (
            "Cropping2D",
            {"cropping": [[1, 2], [3, 4]]},
            (None, 9, 7, 3),
            'GC407 Cropping2D "x" makes (6, 0) of (9, 7): cropping ((1, 2), (3, 4)) leaves nothing',
            "crop less, or use a larger input",
        ),
        (
            "BatchNormalization",
            {"axis": 4},
            (None, 9, 7, 3),
            'GC403 BatchNormalization "x" has axis 4, and its input (None, 9, 7, 3) has rank 4',
            "choose an axis from -4 to 3",
        ),
        (
            "GroupNormalization",
            {"groups": 4},
            (None, 9, 7, 6),
            'GC205 GroupNormalization "x" cannot divide the 6 channels of (None, 9, 7, 6) into 4 groups',
            "make groups a divisor of 6",
        ),
        (
            "PReLU",
            {"shared_axes": [1]},
            (None, None, None, 3),
            'GC408 PReLU "x" needs a known size on axis 2, gets (None, None, None, 3)',
            "give axis 2 a size, or put it into shared_axes",
        ),
        (
            "LSTM",
            {"units": 8},
            (None, 9),
            'GC403 LSTM "x" needs rank 3, gets (None, 9) of rank 2',
            "put a Reshape before it that adds an axis, or let a recurrent layer before it return_sequences",
        ),
        (
            "Dense",
            {"units": 8, "kernel_initializer": "glorot_unifrom"},
            (None, 9),
            'GC204 Dense "x" has kernel_initializer "glorot_unifrom"; it takes the name of an initializer, an object '
            "with class_name, or null",
            'did you mean "glorot_uniform"',
        ),
    ],
)
def test_refuses_in_these_words(cls: str, config: dict[str, Any], shape: Shape, message: str, hint: str) -> None:
    (problem,) = call(cls, config, shape).diagnostics
    assert f"{problem.code} {problem.message}" == message
    assert problem.hint == hint


def test_keras_2_refuses_integers_where_its_operation_takes_floats() -> None:
    (problem,) = call("Conv1D", {"filters": 2, "kernel_size": 1}, (None, 3, 4), "keras2", "int32").diagnostics
    assert (problem.code, problem.message) == ("GC409", 'Conv1D "x" needs floats, gets int32')
    assert call("Conv1D", {"filters": 2, "kernel_size": 1}, (None, 3, 4), "keras3", "int32").diagnostics == ()


def test_what_passes_and_cannot_be_meant_is_a_warning() -> None:
    found = call("UpSampling2D", {"interpolation": "nearst"}, (None, 3, 4, 1))
    (problem,) = found.diagnostics
    assert (problem.code, problem.severity) == ("GC210", "warning")
    assert found.specs[CALL][0].shape == (None, 6, 8, 1)


@pytest.mark.parametrize(
    ("op", "dialect", "kind"),
    [
        (Op("Dense"), "keras3", Known),
        (Op("Dense", "keras.layers", None), "keras3", Known),
        (Op("Convolution2D"), "keras2", Known),
        (Op("LSTMV2"), "keras2", Known),
        (Op("LSTMV2"), "keras3", Stranger),
        (Op("Deconvolution2D"), "keras1", Known),
        (Op("Deconvolution2D"), "keras3", Stranger),
        (Op("ThresholdedReLU"), "keras2", Known),
        (Op("ThresholdedReLU"), "keras3", Stranger),
        (Op("LayerScale", "keras.src.applications.convnext", "LayerScale"), "keras3", Known),
        (
            Op("CustomScaleLayer", "tf_keras.src.applications.inception_resnet_v2", "Custom>CustomScaleLayer"),
            "keras2",
            Known,
        ),
        (Op("Wrapper", "keras.layers", None), "keras3", Unruled),
        (Op("Conv", None, "Conv"), "keras3", Custom),
        (Op("Dense", None, "mine>Dense"), "keras3", Custom),
        (Op("Dense", "mine.layers", None), "keras3", Custom),
        (Op("Addons>GroupNormalization"), "keras2", Custom),
        (Op("Dense", None, "Keras>Dense"), "keras3", Known),
        (Op("Dens"), "keras3", Stranger),
    ],
)
def test_class_is(op: Op, dialect: Dialect, kind: type) -> None:
    assert isinstance(CATALOG.classify(op, dialect), kind)


def test_an_operation_is_not_the_layer_of_its_name() -> None:
    layer, operation = (CATALOG.find(Op("Add", module), "keras3") for module in ("keras.layers", "keras.src.ops.numpy"))
    assert layer is not None and layer.name == "layers.Add"
    assert operation is not None and operation.name == "ops.Add"


def test_a_stranger_comes_with_guesses() -> None:
    assert CATALOG.classify(Op("Conv2d"), "keras3") == Stranger("Conv2d", ("Conv2D",))
    assert CATALOG.classify(Op("CuDNNLSTM"), "keras3") == Stranger("CuDNNLSTM", ("LSTM",))
    assert CATALOG.classify(Op("x" * 10_000), "keras3") == Stranger("x" * 10_000, ())


def test_a_layer_of_another_package_is_none_of_keras_misspelt() -> None:
    clip = {"class_name": "Clip", "config": {"min_value": -1.0, "max_value": 1.0}}  # QKeras's
    said = {"units": 4, "kernel_constraint": clip, "kernel_quantizer": None, "bias_quantizer": None}
    model = {
        "class_name": "Sequential",
        "config": {
            "name": "quantized",
            "layers": [
                {"class_name": "QDense", "config": {"name": "a", "batch_input_shape": [None, 8], **said}},
                {"class_name": "QActivation", "config": {"name": "b", "activation": "quantized_relu(16,4)"}},
            ],
        },
        "keras_version": "2.8.0",
        "backend": "tensorflow",
    }
    report = graphcore.check(model)
    assert report.ok
    assert [(d.code, d.message.partition(":")[0], d.fixes) for d in report.diagnostics] == [
        ("GC206", 'QDense "a" is a custom class, of QKeras', ()),
        ("GC206", 'QActivation "b" is a custom class, of QKeras', ()),
    ]
    assert report.diagnostics[0].message.endswith(": its shape and weights are unknown")
    assert [CATALOG.classify(Op(cls), "keras3") for cls in sorted(PACKAGES)] == [
        Custom(cls) for cls in sorted(PACKAGES)
    ]
    assert PACKAGES.keys().isdisjoint(KERAS2_LAYERS | KERAS3_LAYERS)


def test_a_catalog_takes_more_entries() -> None:
    mine = OpDef("layers.Mine", params=(integer("size", 3),), inputs=One(), shape=lambda c, x: (c.size,))
    larger = CATALOG.extended(mine)
    assert larger.find(Op("Mine"), "keras3") is mine
    assert CATALOG.find(Op("Mine"), "keras3") is None
    assert isinstance(larger, Catalog)


def test_entries_say_what_they_are() -> None:
    for entry in ENTRIES:
        assert entry.doc, entry.name
        assert entry.by_name.keys().isdisjoint({"name", "trainable"}), entry.name
        for old, new in entry.renamed.items():
            assert not new or new in entry.by_name, (entry.name, old, new)
