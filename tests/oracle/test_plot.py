"""Boxes, texts and wires of our DOT against those of `keras.utils.model_to_dot`."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from html import unescape
from itertools import product
from pathlib import Path
from typing import Any, NamedTuple

import pytest

import graphcore

pytestmark = pytest.mark.keras

_NODE = re.compile(r'^\s*("?[\w]+"?) \[(?=.*\blabel=)(.*)\];$')
_EDGE = re.compile(r"^\s*(\w+) -> (\w+)")
_CLUSTER = re.compile(r"^\s*label=(.*);$")


class Plot(NamedTuple):
    """A DOT text without its ids: the texts of each box, of the wires' ends, and each frame's name with its boxes."""

    boxes: Counter[tuple[str, ...]]
    wires: Counter[tuple[tuple[str, ...], tuple[str, ...]]]
    frames: Counter[tuple[str, tuple[tuple[str, ...], ...]]]


def plot_of(dot: str) -> Plot:
    boxes: dict[str, tuple[str, ...]] = {}
    wires: list[tuple[str, str]] = []
    frames: list[tuple[str, list[str]]] = []
    done: list[tuple[str, list[str]]] = []
    for line in dot.splitlines():
        if node := _NODE.match(line):
            texts = [unescape(text) for text in re.findall(r">([^<>]+)<", node[2])]
            boxes[node[1]] = tuple(text for text in texts if text.strip())
            for _, inside in frames:
                inside.append(node[1])
        elif edge := _EDGE.match(line):
            wires.append((edge[1], edge[2]))
        elif "subgraph" in line:
            frames.append(("", []))
        elif frames and (label := _CLUSTER.match(line)):
            frames[-1] = (unescape(label[1].strip('<>"')), frames[-1][1])
        elif frames and line.strip() in ("}", "};"):
            done.append(frames.pop())
    return Plot(
        Counter(boxes.values()),
        Counter((boxes[start], boxes[end]) for start, end in wires),
        Counter((name, tuple(sorted(boxes[number] for number in inside))) for name, inside in done),
    )


def chain(keras: Any) -> Any:
    layers = keras.layers
    return keras.Sequential(
        [
            layers.Input((8, 8, 3)),
            layers.Conv2D(4, 3, activation="relu", name="conv"),
            layers.BatchNormalization(trainable=False, name="norm"),
            layers.Flatten(name="flat"),
            layers.Dense(10, activation="softmax", name="digit"),
        ],
        name="chain",
    )


def branches(keras: Any) -> Any:
    layers = keras.layers
    x = layers.Input((16,), name="x")
    y = layers.Input((16,), dtype="int32", name="y")
    embedded = layers.Embedding(50, 4, mask_zero=True, name="embedded")(y)
    hidden, state, carry = layers.LSTM(4, return_state=True, name="lstm")(embedded)
    joined = layers.Concatenate(name="joined")([x, hidden, state, carry])
    return keras.Model([x, y], [layers.Dense(1, name="price")(joined), x * 2.0], name="branches")


def shared(keras: Any) -> Any:
    layers = keras.layers
    left, right = layers.Input((16,), name="left"), layers.Input((16,), name="right")
    dense = layers.Dense(8, activation="gelu", name="dense")
    a, b = dense(left), dense(right)
    return keras.Model({"l": left, "r": right}, {"dot": layers.Dot(1, name="dot")([a, b]), "a": a}, name="shared")


def nested(keras: Any) -> Any:
    layers = keras.layers
    i = layers.Input((4,), name="i")
    encoder = keras.Model(i, layers.Dense(4, name="code")(i), name="encoder")
    head = keras.Sequential([layers.Input((4,)), layers.Dense(3, name="d1"), layers.ReLU(name="r")], name="head")
    p, q = layers.Input((4,), name="p"), layers.Input((4,), name="q")
    pair = keras.Model([p, q], {"sum": layers.Add(name="s")([p, q]), "product": layers.Multiply(name="m")([p, q])})
    pair.name = "pair"
    x, z = layers.Input((4,), name="x"), layers.Input((4,), name="z")
    both = pair([encoder(x), encoder(z)])
    return keras.Model([x, z], [head(both["sum"]), both["product"]], name="nested")


def deep(keras: Any) -> Any:
    layers = keras.layers
    i = layers.Input((4,), name="i")
    inner = keras.Model(i, [layers.Dense(4, name="u")(i), layers.Dense(2, name="v")(i)], name="inner")
    j = layers.Input((4,), name="j")
    u, v = inner(j)
    middle = keras.Model(j, [u, layers.Activation("swish", name="act")(v)], name="middle")
    x = layers.Input((4,), name="x")
    a, b = middle(x)
    block = keras.Sequential(
        [layers.Input((4,)), layers.Dense(5, name="k"), layers.Dropout(0.5, name="drop")], name="block"
    )
    return keras.Model(x, [block(a), b], name="deep")


def residual(keras: Any) -> Any:
    return keras.applications.MobileNetV2(weights=None, input_shape=(96, 96, 3), alpha=0.35)


def residual_with_top(keras: Any) -> Any:
    return keras.applications.ResNet50(weights=None)


MAKERS = (chain, branches, shared, nested, deep, residual, residual_with_top)
# A model that is not built has no boxes that Keras could draw.
FILES = tuple(
    path
    for path in sorted((Path(__file__).parents[1] / "models" / "keras3").glob("*.json"))
    if path.name.count(".") == 1 and path.stem != "deferred"
)
MODELS: tuple[Callable[[Any], Any] | Path, ...] = (*MAKERS, *FILES)
OPTIONS: list[dict[str, Any]] = [
    dict(zip(("show_shapes", "show_dtype", "expand_nested"), flags, strict=True))
    for flags in product((False, True), repeat=3)
]
OPTIONS += [
    {"show_trainable": True, "show_layer_activations": True, "show_layer_names": False},
    {"show_trainable": True, "show_layer_activations": True, "show_shapes": True, "rankdir": "LR"},
    {"show_trainable": True, "expand_nested": True, "dpi": 72, "splines": "curved"},
]


def titled(model: Callable[[Any], Any] | Path) -> str:
    """A name for a test's title."""
    return model.stem if isinstance(model, Path) else model.__name__


def written(model: Callable[[Any], Any] | Path, keras: Any) -> str:
    """A model's file, as Keras writes it."""
    keras.utils.clear_session()
    return model.read_text() if isinstance(model, Path) else str(model(keras).to_json())


def attributes_of(dot: str) -> set[str]:
    """What is said of the whole drawing."""
    return set(re.findall(r"^(rankdir|dpi|splines|concentrate)=(\S+?);$", dot, re.MULTILINE))


def test_there_are_twenty_models() -> None:
    assert len(MODELS) >= 20


@pytest.mark.parametrize("made", MODELS, ids=titled)
def test_draws_what_keras_draws(made: Callable[[Any], Any] | Path) -> None:
    import keras

    text = written(made, keras)
    model = keras.models.model_from_json(text)
    graph, problems = graphcore.read(text)
    assert graph is not None
    assert [problem.message for problem in problems] == []
    for options in OPTIONS:
        our_dot = graphcore.model_to_dot(graph, **options).to_string()
        their_dot = keras.utils.model_to_dot(model, **options).to_string()
        ours, theirs = plot_of(our_dot), plot_of(their_dot)
        assert theirs.boxes.total() > 1
        assert ours.boxes == theirs.boxes, options
        assert ours.wires == theirs.wires, options
        assert ours.frames == theirs.frames, options
        assert attributes_of(our_dot) == attributes_of(their_dot), options
