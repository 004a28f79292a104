"""What TensorFlow's own profiler counts of a model: the operations that multiply and add, of one sample, forwards.

The profiler counts two operations for a multiply-add. It also counts what is done once for each value: additions,
softmax, the parts of a normalization, pooling. Those are no multiply-adds here, and are left out by their type.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from typing import Any

PRODUCTS = frozenset({"MatMul", "BatchMatMul", "BatchMatMulV2", "BatchMatMulV3", "Conv2D", "Conv3D"})
PRODUCTS |= {"Conv2DBackpropInput", "DepthwiseConv2dNative", "Einsum"}


def multiply_adds(model: Any) -> int:
    """Multiply-adds of one sample, as the profiler counts the model's graph."""
    return sum(flops for kind, flops in flops_by_type(model).items() if kind in PRODUCTS) // 2


def flops_by_type(model: Any) -> dict[str, int]:
    """Floating point operations of each type of TensorFlow's, for one sample."""
    import tensorflow as tf
    from tensorflow.python.framework.convert_to_constants import convert_variables_to_constants_v2
    from tensorflow.python.framework.function_def_to_graph import function_def_to_graph

    _count_einsum()
    specs = [tf.TensorSpec((1, *x.shape[1:]), x.dtype) for x in model.inputs]
    run = tf.function(lambda *xs: model(list(xs) if len(xs) > 1 else xs[0], training=False))
    frozen = convert_variables_to_constants_v2(run.get_concrete_function(*specs))
    # Keras compiles a convolution in groups on its own: a function that the graph calls.
    functions = {function.signature.name: function for function in frozen.graph.as_graph_def().library.function}
    compiled = [
        function_def_to_graph(functions[call.get_attr("f").name], input_shapes=[x.shape for x in call.inputs])
        for call in frozen.graph.get_operations()
        if call.type.endswith("PartitionedCall")
    ]
    found: dict[str, int] = {}
    for graph in (frozen.graph, *compiled):
        for kind, flops in _profiled(tf, graph):
            found[kind] = found.get(kind, 0) + flops
    return found


def _profiled(tf: Any, graph: Any) -> Iterator[tuple[str, int]]:
    options = {**tf.compat.v1.profiler.ProfileOptionBuilder.float_operation(), "output": "none"}
    # By scope: as a graph, deep models nest deeper than the profiler's answer may.
    profile = tf.compat.v1.profiler.profile(graph, cmd="scope", options=options)
    kinds = {operation.name: operation.type for operation in graph.get_operations()}
    waiting, seen = [profile], set[str]()
    while waiting:
        node = waiting.pop()
        waiting.extend(node.children)
        if node.name not in seen:
            seen.add(node.name)
            yield kinds.get(node.name, ""), node.float_ops


@cache
def _count_einsum() -> None:
    """The profiler has no formula for Einsum: two operations for each choice of all letters, as for MatMul."""
    from tensorflow.python.framework import graph_util, ops

    @ops.RegisterStatistics("Einsum", "flops")
    def _einsum_flops(graph: Any, node: Any) -> Any:
        specs = node.attr["equation"].s.decode().partition("->")[0].split(",")
        shapes = [graph_util.tensor_shape_from_node_def_name(graph, name).as_list() for name in node.input]
        sizes = {
            letter: size
            for spec, shape in zip(specs, shapes, strict=True)
            for letter, size in zip(spec, shape, strict=True)
        }
        return ops.OpStats("flops", 2 * math.prod(sizes.values()))


def _application(name: str) -> Callable[[Any], Any]:
    return lambda keras: getattr(keras.applications, name)(weights=None)


def _transformer(keras: Any) -> Any:
    layers = keras.layers
    words = keras.Input((64,), dtype="int32")
    x = layers.Embedding(1000, 96)(words)
    for _ in range(3):
        attended = layers.MultiHeadAttention(num_heads=4, key_dim=24, value_dim=16)(x, x)
        x = layers.LayerNormalization()(layers.Add()([x, attended]))
        wide = layers.Dense(192, activation="gelu")(x)
        x = layers.LayerNormalization()(x + layers.Dense(96)(wide))
    return keras.Model(words, layers.Dense(5, activation="softmax")(layers.GlobalAveragePooling1D()(x)))


def _grouped_attention(keras: Any) -> Any:
    x, y = keras.Input((12, 32)), keras.Input((9, 32))
    attend = keras.layers.GroupQueryAttention(head_dim=8, num_query_heads=6, num_key_value_heads=2)
    return keras.Model([x, y], attend(x, y))


def _plain_attention(keras: Any) -> Any:
    query, value = keras.Input((12, 16)), keras.Input((9, 16))
    dot = keras.layers.Attention()([query, value])
    return keras.Model([query, value], keras.layers.AdditiveAttention()([dot, value]))


def _sequence(make: Callable[[Any], Any], *shape: int) -> Callable[[Any], Any]:
    def build(keras: Any) -> Any:
        x = keras.Input(shape)
        return keras.Model(x, make(keras.layers)(x))

    return build


def _two_ways(layers: Any) -> Any:
    return layers.Bidirectional(layers.GRU(20, unroll=True, return_sequences=True))


def _stacked(layers: Any) -> Any:
    return layers.RNN([layers.LSTMCell(24), layers.GRUCell(16), layers.SimpleRNNCell(8)], unroll=True)


def _each_step(layers: Any) -> Any:
    return layers.TimeDistributed(layers.Conv2D(8, 3, strides=2))


def _joined(keras: Any) -> Any:
    a, b = keras.Input((12, 16)), keras.Input((16, 20))
    product = keras.ops.matmul(a, b)
    return keras.Model([a, b], keras.ops.einsum("bij,bkj->bik", product, product))


def _dotted(keras: Any) -> Any:
    a, b = keras.Input((12, 16)), keras.Input((9, 16))
    return keras.Model([a, b], keras.layers.Dot(axes=2)([a, b]))


def _shared(keras: Any) -> Any:
    """A nested model that is called twice, and a layer that is."""
    layers = keras.layers
    inside = keras.Input((16, 16, 3))
    tower = keras.Model(inside, layers.Conv2D(8, 3, padding="same")(inside), name="tower")
    a, b = keras.Input((16, 16, 3)), keras.Input((16, 16, 3))
    dense = layers.Dense(7)
    return keras.Model([a, b], layers.Concatenate()([dense(tower(a)), dense(tower(b))]))


def _low_rank(keras: Any) -> Any:
    layers = keras.layers
    words = keras.Input((7,), dtype="int32")
    x = layers.Embedding(50, 24, lora_rank=3)(words)
    x = layers.Conv1D(16, 3, lora_rank=2)(x)
    x = layers.EinsumDense("abc,cde->abde", (5, 4, 6), lora_rank=2)(x)
    return keras.Model(words, layers.Dense(10, lora_rank=4)(x))


MODELS: Mapping[str, Callable[[Any], Any]] = {
    **{
        name: _application(name)
        for name in (
            *("ResNet50", "VGG16", "MobileNet", "MobileNetV2", "DenseNet121", "InceptionV3"),
            *("Xception", "EfficientNetB0", "EfficientNetV2B0", "NASNetMobile", "ConvNeXtTiny"),
        )
    },
    "transformer": _transformer,
    "grouped query attention": _grouped_attention,
    "attention without heads": _plain_attention,
    "LSTM": _sequence(lambda layers: layers.LSTM(32, unroll=True), 15, 24),
    "GRU both ways": _sequence(_two_ways, 11, 24),
    "RNN of three cells": _sequence(_stacked, 9, 12),
    "ConvLSTM2D": _sequence(lambda layers: layers.ConvLSTM2D(6, 3, padding="same", unroll=True), 4, 10, 12, 3),
    "Conv1D, dilated": _sequence(lambda layers: layers.Conv1D(8, 3, dilation_rate=2), 40, 6),
    "Conv2D, grouped": _sequence(lambda layers: layers.Conv2D(12, 3, groups=3, strides=2), 17, 17, 6),
    "Conv3D": _sequence(lambda layers: layers.Conv3D(5, 3), 8, 9, 10, 4),
    "Conv2DTranspose": _sequence(lambda layers: layers.Conv2DTranspose(8, 4, strides=2, padding="same"), 9, 9, 6),
    "DepthwiseConv2D": _sequence(lambda layers: layers.DepthwiseConv2D(3, depth_multiplier=2), 17, 17, 6),
    "SeparableConv2D": _sequence(lambda layers: layers.SeparableConv2D(16, 3, depth_multiplier=2), 17, 17, 6),
    "EinsumDense": _sequence(lambda layers: layers.EinsumDense("abc,cde->abde", (None, 8, 5)), 10, 32),
    "TimeDistributed": _sequence(_each_step, 5, 12, 12, 3),
    "matmul and einsum": _joined,
    "Dot": _dotted,
    "shared layers and models": _shared,
    "LoRA": _low_rank,
}
