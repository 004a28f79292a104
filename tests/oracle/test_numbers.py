"""Sizes that functions of TensorFlow compute with, as tf_keras knows them while it builds."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from .test_found import told

pytestmark = pytest.mark.keras

WRITTEN = (3, 9, 6)
SHAPES = ((None, 4, 6), (None, 2, None))
"""What comes in: each model is written for a first shape, and its file then says each of these."""
Size = Callable[[Any, Any, Any], Any]

NUMBERS: dict[str, Size] = {
    "one size": lambda tf, s, x: s[1],
    "the last one": lambda tf, s, x: s[-1],
    "times": lambda tf, s, x: s[1] * s[2],
    "twice": lambda tf, s, x: 2 * s[1],
    "half": lambda tf, s, x: s[1] // 2,
    "rest": lambda tf, s, x: s[1] % 3 + 1,
    "less": lambda tf, s, x: s[1] - 5,
    "less, but not below": lambda tf, s, x: tf.maximum(s[1] - 5, 1),
    "the smaller one": lambda tf, s, x: tf.minimum(s[1], s[2]),
    "absolute": lambda tf, s, x: abs(s[1] - 5),
    "power": lambda tf, s, x: s[1] ** 2,
    "power of 0": lambda tf, s, x: s[1] ** 0,
    "square": lambda tf, s, x: tf.square(s[2]),
    "by nothing": lambda tf, s, x: s[1] // tf.minimum(s[2] - 1, 1),
    "product": lambda tf, s, x: tf.reduce_prod(s[1:]),
    "product of all": lambda tf, s, x: tf.reduce_prod(s),
    "sum": lambda tf, s, x: tf.reduce_sum(s[1:3]),
    "largest": lambda tf, s, x: tf.reduce_max(s[1:]),
    "smallest": lambda tf, s, x: tf.reduce_min(s[1:]),
    "product along": lambda tf, s, x: tf.reduce_prod(s[1:], axis=0),
    "kept product": lambda tf, s, x: tf.reduce_prod(s[1:], keepdims=True)[0],
    "rank": lambda tf, s, x: tf.rank(x),
    "size of it": lambda tf, s, x: tf.size(x),
    "size of a part": lambda tf, s, x: tf.size(x[0]),
    "cast and back": lambda tf, s, x: tf.cast(tf.cast(s[1], "float32"), "int32"),
    "cast to the same": lambda tf, s, x: tf.cast(s[1], "int32"),
    "as it is": lambda tf, s, x: tf.identity(s[1]),
    "gathered": lambda tf, s, x: tf.gather(s, 2),
    "unstacked": lambda tf, s, x: tf.unstack(s[1:])[0],
    "unstacked beside an open one": lambda tf, s, x: tf.unstack(s)[1],
    "split": lambda tf, s, x: tf.split(s[1:], 2)[1][0],
    "squeezed": lambda tf, s, x: tf.squeeze(s[1:2]),
    "reversed": lambda tf, s, x: tf.reverse(s[1:], [0])[0],
    "scaled": lambda tf, s, x: tf.math.scalar_mul(2, s[1]),
    "added up": lambda tf, s, x: tf.add_n([s[1], s[2], s[1]]),
    "filled": lambda tf, s, x: tf.fill([2], s[1])[1],
    "ones": lambda tf, s, x: tf.ones_like(s)[1] * 3,
    "zeros": lambda tf, s, x: tf.zeros_like(s[1]) + 2,
    "range": lambda tf, s, x: tf.range(s[1])[1],
    "range with a step": lambda tf, s, x: tf.range(1, s[2] + 2, 2)[1],
    "summed along": lambda tf, s, x: tf.cumsum(s[1:])[1],
    "tiled": lambda tf, s, x: tf.tile(s[1:2], [2])[1],
    "stacked": lambda tf, s, x: tf.stack([s[1], 3])[0],
    "stacked beside an open one": lambda tf, s, x: tf.stack([s[0], s[2]])[1],
    "expanded": lambda tf, s, x: tf.expand_dims(s[2], 0)[0],
    "a truth": lambda tf, s, x: tf.cast(s[1] > 3, "int32"),
    "chosen": lambda tf, s, x: tf.where(s[1] > 3, s[1], 3),
    "of 64 bits": lambda tf, s, x: tf.cast(tf.shape(x, out_type="int64")[1], "int32"),
    "squared difference": lambda tf, s, x: tf.math.squared_difference(s[1], s[2]),
    "whole part": lambda tf, s, x: tf.cast(s[1] / 2, "int32"),
    "sign": lambda tf, s, x: tf.sign(s[1]) * 3,
    "clipped": lambda tf, s, x: tf.clip_by_value(s[1], 1, 3),
    "bits": lambda tf, s, x: tf.bitwise.left_shift(s[1], 1),
    "sorted": lambda tf, s, x: tf.sort(s[1:])[0],
    "place of the largest": lambda tf, s, x: tf.argmax(s, output_type="int32") + 1,
    "padded": lambda tf, s, x: tf.pad(s[1:2], [[0, 1]])[1] + 2,
    "repeated": lambda tf, s, x: tf.repeat(s[1:2], 2)[1],
}
"""One number each, made of the sizes `s` of `x`, which is of rank 3: a tensor is then made with so many places."""

AXES: dict[str, Size] = {
    "all": lambda tf, s, x: s,
    "the first": lambda tf, s, x: s[:2],
    "the last": lambda tf, s, x: s[-2:],
    "every other": lambda tf, s, x: s[::2],
    "twice": lambda tf, s, x: s[1:] * 2,
    "twice with an open one": lambda tf, s, x: s * 2,
    "halves": lambda tf, s, x: s[1:] // 2,
    "spread": lambda tf, s, x: s[1:] + s[1:2],
    "joined": lambda tf, s, x: tf.concat([s[:1], [2], s[2:]], 0),
    "joined from the end": lambda tf, s, x: tf.concat([s[:-1], [5]], -1),
    "stacked": lambda tf, s, x: tf.stack([s[0], 2, s[1]]),
    "in a list": lambda tf, s, x: [s[0], 2, s[1] * s[2]],
    "reversed": lambda tf, s, x: tf.reverse(s, [0]),
    "gathered": lambda tf, s, x: tf.gather(s[1:], [1, 0]),
    "as it is": lambda tf, s, x: tf.identity(s),
    "range": lambda tf, s, x: tf.range(1, s[1]),
    "less": lambda tf, s, x: s - 2,
    "less, of one": lambda tf, s, x: tf.stack([s[1] - 2, s[0]]),
    "turned by hand": lambda tf, s, x: s[2:0:-1],
    "of 64 bits": lambda tf, s, x: tf.cast(s, "int64"),
    "tiled": lambda tf, s, x: tf.tile(s[1:2], [3]),
    "split": lambda tf, s, x: tf.split(s, [1, 2])[1],
    "shapes": lambda tf, s, x: tf.shape_n([x, x[:, 0]])[1],
}
"""Axes of numbers of them, which are then a shape."""

USES: dict[str, Size] = {
    "reshape": lambda tf, s, x: tf.reshape(x, [s[0], s[1] * s[2]]),
    "reshape with one that is found": lambda tf, s, x: tf.reshape(x, [-1, s[2]]),
    "reshape as another": lambda tf, s, x: tf.reshape(x[:, :1], tf.concat([s[:1], s[2:]], 0)),
    "image": lambda tf, s, x: tf.image.resize(x[..., None], s[1:] * 2),
    "image, sides apart": lambda tf, s, x: tf.image.resize(x[..., None], (s[1], s[2] * 2)),
    "image as another": lambda tf, s, x: tf.image.resize(x[..., None], s[1:]),
    "image, stacked": lambda tf, s, x: tf.image.resize(x[..., None], tf.stack([s[1], 5])),
    "image in a box": lambda tf, s, x: tf.image.resize_with_crop_or_pad(x[..., None], s[2], s[1]),
    "image with a border": lambda tf, s, x: tf.image.pad_to_bounding_box(x[..., None], 0, 1, s[1], s[2] + 2),
    "image cut out": lambda tf, s, x: tf.image.crop_to_bounding_box(x[..., None], 0, 0, s[1] // 2, s[2]),
    "tile": lambda tf, s, x: tf.tile(x, [1, s[2], 2]),
    "pad": lambda tf, s, x: tf.pad(x, [[0, 0], [0, 9 - s[1]], [s[2], 0]]),
    "spread": lambda tf, s, x: tf.broadcast_to(x[:, :1], s),
    "one-hot": lambda tf, s, x: tf.one_hot(tf.range(s[1]), s[2]),
    "eye": lambda tf, s, x: tf.eye(s[1], s[2], batch_shape=s[:1]),
    "repeat": lambda tf, s, x: tf.repeat(x, s[2], axis=1),
    "split": lambda tf, s, x: tf.split(x, [1, s[1] - 1], axis=1),
    "cut": lambda tf, s, x: tf.slice(x, [0, 0, 0], [-1, s[1] // 2, 1]),
    "pad by an axis": lambda tf, s, x: tf.pad(x, tf.stack([[0, 0], [1, 1], s[1:]])),
    "spread over nothing": lambda tf, s, x: tf.broadcast_to(tf.reduce_sum(x), tf.shape(tf.reduce_sum(x))),
    "spread over sizes that are not known": lambda tf, s, x: tf.broadcast_to(
        x, tf.cast(tf.cast(s, "float32"), "int32")
    ),
    "spread by a list": lambda tf, s, x: tf.broadcast_to(x[:, :1], [s[0], s[1], s[2]]),
    "tile by an axis": lambda tf, s, x: tf.tile(x, s),
    "zeros of a list": lambda tf, s, x: tf.zeros((s[0], 3, s[2])),
    "filled": lambda tf, s, x: tf.fill(s[1:], 0.5),
    "expanded": lambda tf, s, x: tf.expand_dims(x, tf.rank(x) - 1),
    "reduced along an open axis": lambda tf, s, x: tf.reduce_max(x, axis=s[0] - s[0] + 1),
    "reduced, and kept": lambda tf, s, x: tf.reduce_max(x, axis=s[1:2] * 0, keepdims=True),
    "image with a frame": lambda tf, s, x: tf.image.resize_with_pad(x[..., None], s[2], s[1]),
    "image kept": lambda tf, s, x: tf.image.resize(x[..., None], s[1:] * 3, preserve_aspect_ratio=True),
    "cut from an open place": lambda tf, s, x: tf.slice(x, [0, s[1] - 1, 0], [-1, 1, -1]),
    "whole cut": lambda tf, s, x: tf.slice(x, [0, 0, 0], tf.stack([s[0], s[1], 1])),
    "reduced": lambda tf, s, x: tf.reduce_sum(x, axis=tf.rank(x) - 1),
    "slice": lambda tf, s, x: x[:, : s[1] // 2, 1:],
    "slice from the end": lambda tf, s, x: x[:, s[1] - 1 :],
    "place": lambda tf, s, x: x[:, s[1] - 1],
    "largest": lambda tf, s, x: tf.math.top_k(x, s[2] // 2),
    "steps": lambda tf, s, x: tf.sequence_mask(tf.ones_like(s), s[1]),
    "segments": lambda tf, s, x: tf.math.unsorted_segment_sum(x, tf.zeros_like(x[:, 0, 0], "int32"), s[1]),
    "scattered": lambda tf, s, x: tf.scatter_nd([[0]], x[:1, 0], [3, s[2]]),
    "noise": lambda tf, s, x: x + tf.random.normal(s),
    "even noise": lambda tf, s, x: tf.random.uniform([s[0], s[1]], 0, 5, "int32"),
    "made whole": lambda tf, s, x: tf.strided_slice(x, [0, 0, 0], s // 1),
    "in a model": lambda tf, s, x: _inside(tf, s[1:]),
    "another order": lambda tf, s, x: tf.transpose(x, tf.concat([[0], [2, 1]], 0)),
    "heads": lambda tf, s, x: tf.transpose(tf.reshape(x, (s[0], s[1], s[2] // 2, 2)), [0, 2, 1, 3]),
    "positions": lambda tf, s, x: x + tf.cast(tf.range(s[1])[None, :, None], "float32"),
    "causes": lambda tf, s, x: tf.linalg.band_part(tf.ones((s[1], s[1])), -1, 0),
}


def _inside(tf: Any, sizes: Any) -> Any:
    """Sizes that go into a model."""
    import tf_keras

    inside = tf_keras.Input(batch_shape=(2,), dtype="int32")
    return tf_keras.Model(inside, [tf.zeros(inside), inside * 2])(sizes)


def _files(build: Size) -> list[str]:
    import tensorflow as tf
    import tf_keras

    tf_keras.backend.reset_uids()
    x = tf_keras.Input(batch_shape=WRITTEN)
    config = json.loads(tf_keras.Model(x, build(tf, tf.shape(x), x)).to_json())
    found = []
    for shape in SHAPES:
        config["config"]["layers"][0]["config"]["batch_input_shape"] = list(shape)
        found.append(json.dumps(config))
    return found


@pytest.mark.parametrize("kind", ["numbers", "axes", "uses"])
def test_sizes_are_known_as_by_tf_keras(kind: str) -> None:
    from .asking import Generation  # imports Keras

    asked = Generation("keras2")
    builds = {
        "numbers": {name: _then(build, lambda tf, n: tf.zeros([2, n])) for name, build in NUMBERS.items()},
        "axes": {name: _then(build, lambda tf, n: tf.zeros(n)) for name, build in AXES.items()},
        "uses": USES,
    }[kind]
    wrong = {}
    for name, build in builds.items():
        for shape, text in zip(SHAPES, _files(build), strict=True):
            says = told(asked, text)
            if says:
                wrong[name, shape] = says
    assert wrong == {}


def _then(build: Size, use: Callable[[Any, Any], Any]) -> Size:
    return lambda tf, s, x: use(tf, build(tf, s, x))
