"""Random models of common layers, and a broken copy of each, with what Keras says about them.

Everything is drawn from one seed, and Keras itself says which calls are possible while a model grows, so that every
whole model is one that Keras built. Broken copies change one thing of its config: most Keras refuses, some it takes.
"""

from __future__ import annotations

import copy
import json
import signal
import time
import warnings
from collections.abc import Callable
from random import Random
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .asking import Generation

Make = Callable[[Any, Random], Any]
"""A layer of `keras.layers`, its arguments drawn."""

NODES = (5, 60)
"""Calls of a model, its inputs included."""
PATIENCE = 30.0
"""Seconds of the processor, not of the clock, for a whole model. A broken copy gets a few times what the whole took:
Keras 2 waits for a call for ever where that ended in an IndexError."""
NO_ANSWER = "Keras gives no answer"


def cases(asked: Generation, *, seed: int, models: int, first: int = 0) -> list[dict[str, Any]]:
    """Models and a broken copy of each: `{"config", "broken": what was changed, "answers": null if refused, "why"}`."""
    found = []
    signal.signal(signal.SIGPROF, _give_up)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for number in range(first, first + models):
            random = Random(f"{seed}/{asked.name}/{number}")
            if number % 20 == 0:
                asked.forget()
            config = grown(asked, random)
            start = time.process_time()
            found.append(_asked(asked, config, None, PATIENCE))
            found.append(_broken(asked, config, random, 1 + 3 * (time.process_time() - start)))
    return found


def _broken(asked: Generation, config: dict[str, Any], random: Random, patience: float) -> dict[str, Any]:
    """A broken copy that Keras has an answer about."""
    while True:
        broken = copy.deepcopy(config)
        changed = _break(broken["config"], random, asked.is_3)
        if changed is not None:
            said = _asked(asked, broken, changed, patience)
            if NO_ANSWER not in (said["why"] or ""):
                return said


def grown(asked: Generation, random: Random) -> dict[str, Any]:
    """The config of a model that Keras built: the same for the same numbers, wherever it is asked."""
    while True:
        asked.forget_names()
        try:
            config: dict[str, Any] = json.loads(_Growing(asked, random).grow().to_json())
        except Exception:  # Keras refuses the whole, as it does where it takes a nested model's second call for a cycle
            continue
        if len(config["config"]["layers"]) >= NODES[0]:
            return config


def _asked(asked: Generation, config: dict[str, Any], broken: str | None, patience: float) -> dict[str, Any]:
    asked.forget_names()
    signal.setitimer(signal.ITIMER_PROF, patience)
    try:
        answers = asked.describe(asked.build(json.dumps(config)))
    except Exception as error:  # whatever Keras raises is its no
        why = NO_ANSWER if NO_ANSWER in str(error) else f"{type(error).__name__}: {error}"[:120]
        return {"config": config, "broken": broken, "answers": None, "why": why}
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
    return {"config": config, "broken": broken, "answers": answers, "why": None}


def _give_up(_signal: int, _frame: object) -> None:
    raise TimeoutError(NO_ANSWER)


# Growing


class _Growing:
    """One model while layers are added to it. `tensors` and `is_used` go together, in the order that they were made."""

    def __init__(self, asked: Generation, random: Random, depth: int = 0) -> None:
        self.asked = asked
        self.k = asked.keras
        self.random = random
        self.depth = depth
        self.tensors: list[Any] = []
        self.is_used: list[bool] = []
        self.layers: list[Any] = []
        self.calls = 0

    def grow(self) -> Any:
        """A whole model."""
        least, most = NODES
        inputs = [self._input(i) for i in range(self.random.choice((1, 1, 1, 2, 3)))]
        return self.grow_from(inputs, least + int((most - least + 1) * self.random.random() ** 2))

    def grow_from(self, inputs: list[Any], wanted: int) -> Any:
        """A model of so many calls, its inputs included."""
        self._gain(inputs)
        self.calls = len(inputs)
        ways = (self._one,) * 9 + (self._merge,) * 4 + (self._compute, self._again, self._nested)
        for _ in range(wanted * 4):
            if self.calls >= wanted:
                break
            self._add(self.random.choice(ways))
        ends = [tensor for tensor, is_used in zip(self.tensors, self.is_used, strict=True) if not is_used]
        ends = ends[-self.random.choice((1, 2, 4, 8, 16)) :]
        outputs: Any = ends[0] if len(ends) == 1 else ends
        if self.asked.is_3 and len(ends) > 1 and self.random.random() < 0.3:
            outputs = {f"out{i}": tensor for i, tensor in enumerate(ends)}
        return self.k.Model(inputs if len(inputs) > 1 else inputs[0], outputs)

    def _input(self, i: int) -> Any:
        random = self.random
        side = random.choice((6, 8, 9, 12))
        shape, dtype = random.choice(
            (
                ((side, side, random.choice((1, 3, 4))), "float32"),
                ((side, side + 2, 4), "float32"),
                ((None, None, 3), "float32"),
                ((random.choice((5, 7, None)), random.choice((4, 6))), "float32"),
                ((random.choice((4, 8, 12)),), "float32"),
                ((random.choice((5, 7, None)),), "int32"),
            )
        )
        batch = random.choice((None,) * 9 + (2,))
        return self.k.Input(batch_shape=(batch, *shape), dtype=dtype, name=f"in{i}")

    def _add(self, step: Callable[[], tuple[Any, Any, list[int]] | None]) -> None:
        try:
            made = step()
        except Exception:  # Keras refuses this call: another one is drawn
            return
        if made is None:
            return
        layer, outputs, taken = made
        if layer is not None and all(layer is not one for one in self.layers):
            self.layers.append(layer)
        for i in taken:
            self.is_used[i] = True
        self.calls += 1
        self._gain(self._flat(outputs))

    def _gain(self, tensors: list[Any]) -> None:
        self.tensors += tensors
        self.is_used += [False] * len(tensors)

    def _flat(self, outputs: Any) -> list[Any]:
        if isinstance(outputs, dict):
            return [outputs[key] for key in sorted(outputs)]
        return list(outputs) if isinstance(outputs, (list, tuple)) else [outputs]

    def _pick(self) -> int:
        """A tensor's number, more likely a late one."""
        return len(self.tensors) - 1 - min(int(self.random.expovariate(0.6)), len(self.tensors) - 1)

    def _alike(self, i: int) -> int:
        """Another tensor of the same rank, or the same one."""
        rank = len(self.tensors[i].shape)
        same = [j for j, y in enumerate(self.tensors) if len(y.shape) == rank and j != i]
        return self.random.choice(same or [i])

    def _one(self) -> tuple[Any, Any, list[int]]:
        i = self._pick()
        x = self.tensors[i]
        layer = self._layer(x)
        return layer, layer(x, x) if type(layer).__name__ == "MultiHeadAttention" else layer(x), [i]

    def _layer(self, x: Any) -> Any:
        dtype = x.dtype if isinstance(x.dtype, str) else x.dtype.name
        choices = WORDS if dtype.startswith("int") else [*ANY, *BY_RANK.get(len(x.shape), [])]
        return self.random.choice(choices)(self.k.layers, self.random)

    def _merge(self) -> tuple[Any, Any, list[int]]:
        i = self._pick()
        taken = [i, self._alike(i)]
        if self.random.random() < 0.2:
            taken.append(self._alike(i))
        layer = self.random.choice(MERGES)(self.k.layers, self.random)
        return layer, layer([self.tensors[i] for i in taken]), taken

    def _compute(self) -> tuple[Any, Any, list[int]]:
        """An operator between tensors, or a tensor and a number."""
        i = self._pick()
        j = self._alike(i)
        x, y = self.tensors[i], self.tensors[j]
        return None, self.random.choice(OPERATORS_3 if self.asked.is_3 else OPERATORS)(x, y), [i, j]

    def _again(self) -> tuple[Any, Any, list[int]] | None:
        """A layer or a model that was called is called again."""
        if not self.layers:
            return None
        layer, i = self.random.choice(self.layers), self._pick()
        taken = [i]
        if isinstance(layer, self.k.Model) and len(layer.inputs) > 1:
            taken += [self._alike(i) for _ in layer.inputs[1:]]
        xs = [self.tensors[i] for i in taken]
        return layer, layer(xs if len(xs) > 1 else xs[0]), taken

    def _nested(self) -> tuple[Any, Any, list[int]]:
        i = self._pick()
        taken = [i]
        if self.random.random() < 0.3:
            taken.append(self._alike(i))
        xs = [self.tensors[i] for i in taken]
        inside = [self.k.Input(batch_shape=(None, *x.shape[1:]), dtype=x.dtype) for x in xs]
        if len(xs) == 1 and self.random.random() < 0.4:
            layers = [inside[0]]
            y = inside[0]
            for _ in range(self.random.randint(1, 3)):
                layers.append(self._layer(y))
                y = layers[-1](y)
            model = self.k.Sequential(layers)
        elif self.depth < 2:
            inner = _Growing(self.asked, self.random, self.depth + 1)
            model = inner.grow_from(inside, len(inside) + self.random.randint(1, 5))
        else:
            model = self.k.Model(inside[0], self._layer(inside[0])(inside[0]))
            taken, xs = taken[:1], xs[:1]
        return model, model(xs if len(xs) > 1 else xs[0]), taken


def _size(random: Random) -> int:
    return random.choice((1, 2, 3, 4, 5, 8))


def _padding(random: Random) -> str:
    return random.choice(("valid", "same"))


def _window(random: Random, rank: int) -> dict[str, Any]:
    one = random.random() < 0.6
    sizes = [random.choice((1, 2, 3)) for _ in range(rank)]
    strided = random.choice((1, 1, 2))
    dilated = random.choice((1, 1, 1, 2)) if strided == 1 else 1
    return {
        "kernel_size": sizes[0] if one else sizes,
        "strides": strided,
        "dilation_rate": dilated,
        "padding": _padding(random),
        "use_bias": random.random() < 0.8,
    }


def _pool(random: Random, rank: int) -> dict[str, Any]:
    size = random.choice((2, 3, [2] * rank))
    return {"pool_size": size, "strides": random.choice((None, 1, 2)), "padding": _padding(random)}


def _around(random: Random, rank: int) -> Any:
    return random.choice((1, 2, [1] * rank, [[0, 1]] * rank) if rank > 1 else (1, 2, [0, 1]))


def _target(random: Random) -> list[int]:
    return random.choice(([-1], [-1, 2], [2, -1], [4, -1], [-1, 3], [3, 4], [2, 2, -1], [1, -1, 1]))


def _recurrent(random: Random) -> dict[str, Any]:
    return {
        "return_sequences": random.random() < 0.6,
        "return_state": random.random() < 0.3,
        "go_backwards": random.random() < 0.1,
    }


ANY: list[Make] = [
    lambda k, r: k.Dense(_size(r), activation=r.choice((None, "relu", "softmax")), use_bias=r.random() < 0.8),
    lambda k, r: k.Dense(_size(r)),
    lambda k, r: k.Dropout(0.2),
    lambda k, r: k.Activation(r.choice(("relu", "tanh", "gelu", "softmax"))),
    lambda k, r: k.ReLU(6.0),
    lambda k, r: k.LeakyReLU(),
    lambda k, r: k.ELU(),
    lambda k, r: k.PReLU(),
    lambda k, r: k.Softmax(),
    lambda k, r: k.BatchNormalization(axis=r.choice((-1, -1, 1)), scale=r.random() < 0.8, center=r.random() < 0.8),
    lambda k, r: k.LayerNormalization(axis=r.choice((-1, -1, 1, [1, 2]))),
    lambda k, r: k.GroupNormalization(groups=r.choice((1, 2, -1))),
    lambda k, r: k.UnitNormalization(),
    lambda k, r: k.GaussianNoise(0.1),
    lambda k, r: k.Rescaling(0.5),
    lambda k, r: k.Flatten(),
    lambda k, r: k.Reshape(_target(r)),
    lambda k, r: k.Reshape(_target(r)),
    lambda k, r: k.Masking(),
]
BY_RANK: dict[int, list[Make]] = {
    2: [lambda k, r: k.RepeatVector(r.choice((2, 3)))],
    3: [
        lambda k, r: k.Conv1D(_size(r), **_window(r, 1)),
        lambda k, r: k.Conv1D(2, 2, padding="causal"),
        lambda k, r: k.SeparableConv1D(_size(r), **_window(r, 1)),
        lambda k, r: k.DepthwiseConv1D(**_window(r, 1), depth_multiplier=r.choice((1, 2))),
        lambda k, r: k.Conv1DTranspose(_size(r), **_window(r, 1)),
        lambda k, r: k.MaxPooling1D(r.choice((2, 3)), strides=r.choice((None, 1)), padding=_padding(r)),
        lambda k, r: k.AveragePooling1D(2, padding=_padding(r)),
        lambda k, r: k.GlobalAveragePooling1D(keepdims=r.random() < 0.3),
        lambda k, r: k.GlobalMaxPooling1D(),
        lambda k, r: k.UpSampling1D(2),
        lambda k, r: k.ZeroPadding1D(_around(r, 1)),
        lambda k, r: k.Cropping1D(_around(r, 1)),
        lambda k, r: k.SpatialDropout1D(0.1),
        lambda k, r: k.Permute((2, 1)),
        lambda k, r: k.LSTM(_size(r), **_recurrent(r)),
        lambda k, r: k.GRU(_size(r), reset_after=r.random() < 0.7, **_recurrent(r)),
        lambda k, r: k.SimpleRNN(_size(r), **_recurrent(r)),
        lambda k, r: k.Bidirectional(
            k.LSTM(_size(r), return_sequences=r.random() < 0.6), merge_mode=r.choice(("concat", "sum", "ave", None))
        ),
        lambda k, r: k.TimeDistributed(k.Dense(_size(r))),
        lambda k, r: k.MultiHeadAttention(r.choice((1, 2)), r.choice((2, 3)), value_dim=r.choice((None, 4))),
    ],
    4: [
        lambda k, r: k.Conv2D(_size(r), **_window(r, 2)),
        lambda k, r: k.Conv2D(_size(r), **_window(r, 2)),
        lambda k, r: k.Conv2D(4, 3, groups=r.choice((1, 2)), activation="relu"),
        lambda k, r: k.DepthwiseConv2D(**_window(r, 2), depth_multiplier=r.choice((1, 2))),
        lambda k, r: k.SeparableConv2D(_size(r), **_window(r, 2)),
        lambda k, r: k.Conv2DTranspose(_size(r), **_window(r, 2)),
        lambda k, r: k.MaxPooling2D(**_pool(r, 2)),
        lambda k, r: k.AveragePooling2D(**_pool(r, 2)),
        lambda k, r: k.GlobalAveragePooling2D(keepdims=r.random() < 0.3),
        lambda k, r: k.GlobalMaxPooling2D(),
        lambda k, r: k.UpSampling2D(r.choice((2, (1, 2))), interpolation=r.choice(("nearest", "bilinear"))),
        lambda k, r: k.ZeroPadding2D(_around(r, 2)),
        lambda k, r: k.Cropping2D(_around(r, 2)),
        lambda k, r: k.SpatialDropout2D(0.1),
        lambda k, r: k.Resizing(4, 5),
        lambda k, r: k.CenterCrop(4, 4),
        lambda k, r: k.Permute(r.choice(((2, 1, 3), (3, 1, 2)))),
        lambda k, r: k.TimeDistributed(k.Conv1D(2, 2)),
        lambda k, r: k.ConvLSTM1D(2, 2, return_sequences=r.random() < 0.5),
    ],
    5: [
        lambda k, r: k.Conv3D(_size(r), **_window(r, 3)),
        lambda k, r: k.MaxPooling3D(2),
        lambda k, r: k.ConvLSTM2D(2, 2, padding=_padding(r)),
        lambda k, r: k.TimeDistributed(k.Flatten()),
    ],
}
WORDS: list[Make] = [
    lambda k, r: k.Embedding(20, _size(r), mask_zero=r.random() < 0.4),
    lambda k, r: k.Embedding(20, _size(r)),
    lambda k, r: k.CategoryEncoding(10, output_mode=r.choice(("multi_hot", "count"))),
]
MERGES: list[Make] = [
    lambda k, r: k.Add(),
    lambda k, r: k.Multiply(),
    lambda k, r: k.Average(),
    lambda k, r: k.Maximum(),
    lambda k, r: k.Subtract(),
    lambda k, r: k.Concatenate(axis=r.choice((-1, -1, 1))),
    lambda k, r: k.Concatenate(),
    lambda k, r: k.Dot(axes=r.choice((1, -1, 2, [1, 2]))),
    lambda k, r: k.Attention(),
]
OPERATORS: list[Callable[[Any, Any], Any]] = [
    lambda x, y: x + y,
    lambda x, y: x - y,
    lambda x, y: x * y,
    lambda x, y: x * 2.0,
    lambda x, y: 1.0 - x,
    lambda x, y: x / (y + 1.5),
    lambda x, y: -x,
    lambda x, y: x[:, 0],
    lambda x, y: x[:, ::2],
    lambda x, y: x[:, None],
]
OPERATORS_3 = [*OPERATORS, lambda x, y: x[..., 1:]]
"""tf_keras cannot write an Ellipsis."""


# Breaking

WHOLE = (0, -1, 1, 2, 3, 5, 7, 40)
SIZES = (
    *("units", "filters", "kernel_size", "strides", "pool_size", "size", "padding", "cropping", "dilation_rate", "n"),
    *("groups", "depth_multiplier", "output_dim", "input_dim", "num_heads", "key_dim", "value_dim", "num_tokens"),
    *("height", "width", "axis", "axes", "target_shape", "dims"),
)
WORDS_OF = {
    "padding": ("same", "valid", "causal", "sme"),
    "data_format": ("channels_first", "channels_last", "channel_first"),
    "activation": ("relu", "softmax", "reluu"),
    "recurrent_activation": ("sigmoid", "sigmod"),
    "interpolation": ("nearest", "bilinear", "cubic", "close"),
    "merge_mode": ("sum", "concat", "max"),
    "output_mode": ("multi_hot", "one_hot", "int", "counts"),
}
SWITCHES = ("use_bias", "return_sequences", "return_state", "keepdims", "scale", "center", "mask_zero", "reset_after")


def _break(config: dict[str, Any], random: Random, is_3: bool) -> str | None:
    """Change one thing of a model's config; gives what was changed, None where nothing fits."""
    if random.random() < 0.7:
        _drop_build_configs(config)
    layers = config["layers"]
    way = random.choice(("argument",) * 6 + ("input", "input", "wire", "wire", "drop", "unknown", "class", "output"))
    layer = random.choice(layers)
    said = layer["config"]
    if way == "argument":
        return _break_argument(layer, random)
    if way == "input":
        layer = random.choice([one for one in layers if one["class_name"] == "InputLayer"])
        return _break_input(layer, random, "batch_shape" if is_3 else "batch_input_shape")
    if way == "wire":
        return _break_wire(layers, random, is_3)
    if layer["class_name"] in ("InputLayer", "Functional", "Sequential"):
        return None
    if way == "drop":
        keys = [key for key in said if key not in ("name", "trainable", "dtype")]
        if not keys:
            return None
        key = random.choice(keys)
        del said[key]
        return f"{layer['class_name']} without {key}"
    if way == "unknown":
        said["sise"] = 3
        return f"{layer['class_name']} with sise"
    if way == "class":
        layer["class_name"] += "s"
        return f"class {layer['class_name']}"
    ends = config["output_layers"]
    end = ends if isinstance(ends, list) and ends and isinstance(ends[0], str) else None
    if end is None or not is_3:
        return None
    end[random.choice((1, 2))] = 3
    return f"output {end}"


def _drop_build_configs(config: Any) -> None:
    stack = [config]
    while stack:
        value = stack.pop()
        if isinstance(value, dict):
            value.pop("build_config", None)
            stack.extend(value.values())
        elif isinstance(value, list):
            stack.extend(value)


def _break_argument(layer: dict[str, Any], random: Random) -> str | None:
    said = layer["config"]
    keys = [key for key in said if key in SIZES or key in WORDS_OF or key in SWITCHES]
    if not keys:
        return None
    key = random.choice(keys)
    old = said[key]
    if isinstance(old, bool):
        said[key] = not old
    elif isinstance(old, str) or (key in WORDS_OF and old is None):
        said[key] = random.choice(WORDS_OF.get(key, ("same",)))
    elif isinstance(old, list) and old and random.random() < 0.8:
        said[key] = _other_list(old, random)
    else:
        said[key] = random.choice((*WHOLE, None, [2], [1, 2], [3, 3, 3]))
    return None if said[key] == old else f"{layer['class_name']}.{key}: {old} → {said[key]}"


def _other_list(old: list[Any], random: Random) -> list[Any]:
    new = copy.deepcopy(old)
    at = random.randrange(len(new))
    way = random.random()
    if way < 0.15:
        return [*new, random.choice((1, 2))]
    if way < 0.3:
        return new[:-1]
    new[at] = [random.choice(WHOLE), random.choice(WHOLE)] if isinstance(new[at], list) else random.choice(WHOLE)
    return new


def _break_input(layer: dict[str, Any], random: Random, key: str) -> str:
    shape = layer["config"][key]
    old = list(shape)
    way = random.random()
    if way < 0.25:
        shape.append(2)
    elif way < 0.4 and len(shape) > 1:
        shape.pop()
    elif way < 0.5:
        layer["config"]["dtype"] = random.choice(("int32", "float16", "string", "bool"))
        return f"input of {layer['config']['dtype']}"
    else:
        shape[random.randrange(1, len(shape)) if len(shape) > 1 else 0] = random.choice((None, 1, 2, 5, 10))
    return f"input {old} → {shape}"


def _break_wire(layers: list[dict[str, Any]], random: Random, is_3: bool) -> str | None:
    """Feed a layer from another one: an earlier one for Keras 2, which never ends on a circle."""
    at = random.randrange(len(layers))
    found = _tensors(layers[at], is_3)
    if not found:
        return None
    history = random.choice(found)
    others = layers if is_3 else layers[:at]
    old = list(history)
    if is_3 and random.random() < 0.25:
        history[random.choice((1, 2))] = random.choice((1, 5))
    elif is_3 and random.random() < 0.2:
        history[0] = "nowhere"
    else:
        history[:3] = [random.choice(others)["name"], 0, 0]
    return f"{layers[at]['name']} fed by {history[:3]} instead of {old[:3]}"


def _tensors(layer: dict[str, Any], is_3: bool) -> list[list[Any]]:
    """The histories in a layer's calls, to be changed in place."""
    found: list[list[Any]] = []
    stack: list[Any] = [layer["inbound_nodes"]]
    while stack:
        value = stack.pop()
        if isinstance(value, dict):
            if value.get("class_name") == "__keras_tensor__":
                found.append(value["config"]["keras_history"])
            else:
                stack.extend(value.values())
        elif isinstance(value, list):
            if not is_3 and len(value) > 2 and isinstance(value[0], str) and isinstance(value[1], int):
                found.append(value)
            else:
                stack.extend(value)
    return found
