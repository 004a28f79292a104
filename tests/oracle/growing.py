"""Random models that Keras itself builds while they grow: Keras says which calls are possible.

Most steps take a tensor and draw what fits its rank; as many take a class and look for a tensor, so that classes which
few tensors fit turn up, too. What no tensor fits gets an input of its own.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from random import Random
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from .random_layers import (
    ATTENTIONS,
    MERGES,
    OF_2,
    OF_3,
    OPERATIONS_2,
    OPERATIONS_3,
    OPERATORS,
    OPERATORS_3,
    PAIRS,
    RECURRENT,
    SHAPES,
    Arguments,
    Drawn,
)

if TYPE_CHECKING:
    from .asking import Generation

NODES = (5, 60)
"""Calls of a model, its inputs included."""
MOST_INPUTS = 8
MOST_OUTPUTS = 16
DEEPEST = 3
"""Models inside of models."""
RARE = ("LSTM", "GRU", "SimpleRNN", "RNN", "Bidirectional", "ConvLSTM1D", "ConvLSTM2D", "ConvLSTM3D")
"""Layers that tf_keras takes ten times as long for as for others: drawn again four times of five."""
MIXED = {"keras3": ("mixed_float16", "mixed_bfloat16", "float16", "float64"), "keras2": ("mixed_float16", "float64")}
"""Policies that whole models may have."""


class Step(NamedTuple):
    """A call that Keras took: the layer, where one was called, what it gave, and the numbers of the tensors it got."""

    layer: Any
    outputs: Any
    taken: list[int]


class Growing:
    """One model while layers are added to it. `tensors` and `is_used` go together, in the order that they were made."""

    def __init__(self, asked: Generation, random: Random, depth: int = 0) -> None:
        self.asked = asked
        self.k = asked.keras
        self.random = random
        self.depth = depth
        self.drawn: Mapping[str, Drawn] = OF_3 if asked.is_3 else OF_2
        self.tensors: list[Any] = []
        self.is_used: list[bool] = []
        self.inputs: list[Any] = []
        self.layers: list[Any] = []
        self.calls = 0

    def grow(self) -> Any:
        """A whole model, one in ten of which computes in a policy of its own."""
        policy = self.random.choice(MIXED[self.asked.name]) if self.random.random() < 0.1 else None
        with self.asked.policy(policy):
            for _ in range(self.random.choice((1, 1, 1, 2, 3))):
                rank = self.random.choice((2, 2, 3, 3, 3, 4, 4, 4, 5))
                self._input(rank, "i" if rank < 4 and self.random.random() < 0.3 else "f")
            model = self._grow_to(self.random.randint(*NODES))
            if self.random.random() < 0.1:
                model.trainable = False
            return model

    def grow_inside(self, inputs: list[Any], wanted: int) -> Any:
        """A model of so many calls upon those inputs, which another model calls."""
        for tensor in inputs:
            self._begin(tensor)
        return self._grow_to(len(inputs) + wanted)

    def ways(self) -> list[Callable[[], Step | None]]:
        """The steps that a model grows by, each as often as it is listed."""
        ways: list[Callable[[], Step | None]] = [self._one] * 18 + [self._of_class] * 18 + [self._merge] * 9
        ways += [self._keyword, self._attend] * 2
        ways += [self._compute, self._operate, self._again, self._nested] * 3 + [self._operate] * 3 + [self._recur]
        return ways

    def _grow_to(self, wanted: int) -> Any:
        ways = self.ways()
        for _ in range(wanted * 4):
            if self.calls >= wanted:
                break
            self._try(self.random.choice(ways))
        return self.k.Model(self._packed(self.inputs, "in"), self._packed(self._ends(), "out"))

    def _ends(self) -> list[Any]:
        """What nothing uses, and now and then a tensor that is used, or an input."""
        ends = [tensor for tensor, is_used in zip(self.tensors, self.is_used, strict=True) if not is_used]
        ends = ends[-MOST_OUTPUTS:]
        used = [tensor for tensor, is_used in zip(self.tensors, self.is_used, strict=True) if is_used]
        inner = [tensor for tensor in used if all(tensor is not one for one in self.inputs)]
        if inner and self.random.random() < 0.2:
            ends.append(self.random.choice(inner))
        if self.random.random() < 0.08:
            ends.append(self.random.choice(self.inputs))
        return ends

    def _packed(self, tensors: list[Any], name: str) -> Any:
        """The tensors as a model's inputs or outputs: one, a list, and now and then by name or nested."""
        if len(tensors) == 1 and self.random.random() < 0.9:
            return tensors[0]
        way = self.random.random()
        if way < 0.15:
            return {f"{name}{i}": tensor for i, tensor in enumerate(tensors)}
        if way < 0.25 and len(tensors) > 1:
            return [tensors[0], tensors[1:]]
        if way < 0.32 and len(tensors) > 2:
            return {"first": tensors[0], "more": tensors[1:]}
        return tensors

    # Tensors

    def _input(self, rank: int, kind: str) -> int:
        """A new input; gives its number."""
        shape = self.random.choice(SHAPES[rank])
        dtype = {"f": "float32", "i": "int32", "s": "string"}[kind]
        batch = self.random.choice((None,) * 9 + (2,))
        name = f"in{len(self.inputs)}"
        return self._begin(self.k.Input(batch_shape=(batch, *shape), dtype=dtype, name=name))

    def _begin(self, tensor: Any) -> int:
        self.inputs.append(tensor)
        self.calls += 1
        self._gain([tensor])
        return len(self.tensors) - 1

    def _gain(self, tensors: list[Any]) -> None:
        self.tensors += tensors
        self.is_used += [False] * len(tensors)

    def _pick(self) -> int:
        """A tensor's number: most often the last that nothing uses, else more likely a late one."""
        unused = [i for i, is_used in enumerate(self.is_used) if not is_used]
        if unused and self.random.random() < 0.6:
            return unused[-1 - min(int(self.random.expovariate(1.2)), len(unused) - 1)]
        return len(self.tensors) - 1 - min(int(self.random.expovariate(0.6)), len(self.tensors) - 1)

    def _alike(self, i: int) -> int:
        """Another tensor of the same rank, or the same one; most often one that fits."""
        rank, shape = len(self.tensors[i].shape), tuple(self.tensors[i].shape)
        same = [j for j, y in enumerate(self.tensors) if len(y.shape) == rank and j != i]
        fitting = [j for j in same if tuple(self.tensors[j].shape) == shape]
        return self.random.choice((fitting if self.random.random() < 0.7 else same) or [i])

    def _find(self, ranks: tuple[int, ...], kind: str) -> int | None:
        """A tensor of one of the ranks and of the kind, else a new input; None where there are too many of those."""
        fitting = [i for i, x in enumerate(self.tensors) if len(x.shape) in ranks and self._kind(x) == kind]
        if fitting and self.random.random() < 0.8:
            return fitting[-1 - min(int(self.random.expovariate(0.5)), len(fitting) - 1)]
        if self.depth or len(self.inputs) >= MOST_INPUTS:
            return self.random.choice(fitting) if fitting else None
        return self._input(self.random.choice(ranks), kind)

    def _kind(self, x: Any) -> str:
        dtype = x.dtype if isinstance(x.dtype, str) else x.dtype.name
        return "s" if dtype == "string" else "i" if "int" in dtype or dtype == "bool" else "f"

    # Steps

    def _try(self, step: Callable[[], Step | None]) -> None:
        try:
            made = step()
        except Exception:  # Keras refuses this call: another one is drawn
            return
        if made is None:
            return
        if made.layer is not None and all(made.layer is not one for one in self.layers):
            self.layers.append(made.layer)
        for i in made.taken:
            self.is_used[i] = True
        self.calls += 1
        self._gain(self._flat(made.outputs))

    def _flat(self, outputs: Any) -> list[Any]:
        if isinstance(outputs, dict):
            return [leaf for key in sorted(outputs) for leaf in self._flat(outputs[key])]
        if isinstance(outputs, (list, tuple)):
            return [leaf for one in outputs for leaf in self._flat(one)]
        return [outputs]

    def _make(self, name: str, arguments: Arguments) -> Any:
        """A layer of that class; now and then frozen, or of a policy of its own."""
        said = arguments(self.k.layers, self.random)
        if self.random.random() < 0.06:
            said["trainable"] = False
        if self.random.random() < 0.06:
            said["dtype"] = self.random.choice(MIXED[self.asked.name])
        return getattr(self.k.layers, name)(**said)

    def _layer(self, x: Any) -> Any:
        """A layer for a tensor of that rank and kind."""
        rank, kind = len(x.shape), self._kind(x)
        names = [name for name, one in self.drawn.items() if rank in one.ranks and one.kind == kind]
        if not names or (kind == "i" and self.random.random() < 0.2):
            names = [name for name, one in self.drawn.items() if rank in one.ranks and one.kind == "f"]
        name = self._seldom(names)
        return self._make(name, self.drawn[name].arguments)

    def _seldom(self, names: list[str]) -> str:
        """One of the classes, those that take long less often."""
        name = self.random.choice(names)
        return self.random.choice(names) if name in RARE and self.random.random() < 0.8 else name

    def _one(self) -> Step:
        i = self._pick()
        layer = self._layer(self.tensors[i])
        return Step(layer, layer(self.tensors[i]), [i])

    def _of_class(self) -> Step | None:
        name = self._seldom(sorted(self.drawn))
        one = self.drawn[name]
        i = self._find(one.ranks, one.kind)
        if i is None:
            return None
        layer = self._make(name, one.arguments)
        return Step(layer, layer(self.tensors[i]), [i])

    def _merge(self) -> Step | None:
        if self.random.random() < 0.05:
            name = self.random.choice(sorted(PAIRS))
            i = self._find((2,), self.random.choice("is"))
            if i is None:
                return None
            layer = self._make(name, PAIRS[name])
            return Step(layer, layer([self.tensors[i], self.tensors[i]]), [i])
        i = self._pick()
        taken = [i, self._alike(i)]
        if self.random.random() < 0.2:
            taken.append(self._alike(i))
        name = self.random.choice(sorted(MERGES))
        layer = self._make(name, MERGES[name])
        return Step(layer, layer([self.tensors[i] for i in taken]), taken)

    def _compute(self) -> Step:
        """An operator between tensors, or a tensor and a number or an array."""
        i = self._pick()
        j = self._alike(i)
        x, y = self.tensors[i], self.tensors[j]
        return Step(
            None, self.random.choice(OPERATORS_3 if self.asked.is_3 else OPERATORS)(None, x, y, self.random), [i]
        )

    def _operate(self) -> Step:
        """A function of `keras.ops`, or of TensorFlow."""
        i = self._pick()
        j = self._alike(i)
        operation = self.random.choice(OPERATIONS_3 if self.asked.is_3 else OPERATIONS_2)
        outputs = operation(self.asked.operations, self.tensors[i], self.tensors[j], self.random)
        return Step(None, outputs, [i])

    def _again(self) -> Step | None:
        """A layer or a model that was called is called again, models more often."""
        models = [one for one in self.layers if isinstance(one, self.k.Model)]
        layers = models if models and self.random.random() < 0.4 else self.layers
        if not layers:
            return None
        layer, i = self.random.choice(layers), self._pick()
        inputs = layer.inputs if isinstance(layer, self.k.Model) else [None]
        taken = [i]
        if len(inputs) > 1:
            taken += [self._alike(i) for _ in inputs[1:]]
        xs = [self.tensors[i] for i in taken]
        return Step(layer, layer(xs if len(xs) > 1 else xs[0]), taken)

    def _keyword(self) -> Step:
        """A layer whose tensors come by name."""
        i = self._pick()
        x = self.tensors[i]
        if self.random.random() < 0.4:
            j = self._find((3,), "f")
            i = i if j is None else j
            j = self._alike(i)
            layer = self._make("MultiHeadAttention", ATTENTIONS["MultiHeadAttention"])
            return Step(layer, layer(query=self.tensors[i], value=self.tensors[j]), [i, j])
        layer = self._layer(x)
        return Step(layer, layer(**{self.asked.first_argument(layer): x}), [i])

    def _recur(self) -> Step | None:
        """A recurrent layer that begins with the states of another one, and gives its own."""
        name = self.random.choice(RECURRENT)
        drawn = self.drawn[name]
        i = self._find(drawn.ranks, "f")
        if i is None:
            return None
        x = self.tensors[i]
        said = drawn.arguments(self.k.layers, self.random)
        if name == "Bidirectional":
            said = {**said, "layer": self.k.layers.GRU(2, activation="relu", return_state=True)}
        else:
            said = {**said, "return_state": True}
        before = getattr(self.k.layers, name)(**said)
        given = self._flat(before(x))
        states = given[2:] if name == "Bidirectional" and said["merge_mode"] is None else given[1:]
        self._try(lambda: Step(before, given, [i]))
        numbers = list(range(len(self.tensors) - len(states), len(self.tensors)))
        config = before.get_config()
        config["name"] = f"{before.name}_next"
        layer = type(before).from_config(config)
        if self.asked.is_3 or self.random.random() < 0.5:
            return Step(layer, layer(x, initial_state=states), [i, *numbers])
        return Step(layer, layer([x, *states]), [i, *numbers])

    def _attend(self) -> Step | None:
        """Attention to several tensors, with masks, scores and causes."""
        names = sorted(name for name in ATTENTIONS if hasattr(self.k.layers, name))
        name = self.random.choice(names)
        i = self._find((3,), "f")
        if i is None:
            return None
        taken = [i, *(self._alike(i) for _ in range(self.random.choice((0, 1, 2))))]
        xs = [self.tensors[j] for j in taken]
        layer = self._make(name, ATTENTIONS[name])
        said: dict[str, Any] = {}
        if self.random.random() < 0.4:
            said["return_attention_scores"] = True
        if self.random.random() < 0.2:
            said["use_causal_mask"] = True
        if name in ("MultiHeadAttention", "GroupQueryAttention"):
            if self.random.random() < 0.2 and self.asked.is_3:
                said["attention_mask"] = np.ones((1, 1), bool)
            return Step(layer, layer(*xs, **said) if len(xs) > 1 else layer(xs[0], xs[0], **said), taken)
        return Step(layer, layer(xs if len(xs) > 1 else [xs[0], xs[0]], **said), taken)

    # Models inside

    def _nested(self) -> Step | None:
        i = self._pick()
        taken = [i]
        if self.random.random() < 0.3:
            taken.append(self._alike(i))
        xs = [self.tensors[i] for i in taken]
        model = self._model_for(xs, taken)
        if model is None:
            return None
        if self.random.random() < 0.12:
            model.trainable = False
        given = model(self._fitting(model, xs))
        if self.random.random() < 0.3:  # once more at once
            self._try(lambda: Step(model, given, taken))
            j = self._alike(i) if len(xs) == 1 else i
            others = [self.tensors[j], *xs[1:]]
            return Step(model, model(self._fitting(model, others)), [j, *taken[1:]])
        return Step(model, given, taken)

    def _model_for(self, xs: list[Any], taken: list[int]) -> Any:
        inside = [self.k.Input(batch_shape=(None, *x.shape[1:]), dtype=x.dtype) for x in xs]
        if self.depth + 1 >= DEEPEST:
            return None
        if len(xs) == 1 and self.random.random() < 0.5:
            return self._chain(inside[0])
        return type(self)(self.asked, self.random, self.depth + 1).grow_inside(inside, self.random.randint(1, 5))

    def _chain(self, start: Any) -> Any:
        """A Sequential of layers, and now and then of a model."""
        layers = [start]
        y = start
        for _ in range(self.random.randint(1, 3)):
            layers.append(self._step_of_chain(y))
            y = layers[-1](y)
            if isinstance(y, (list, tuple, dict)):
                break
        return self.k.Sequential(layers)

    def _step_of_chain(self, y: Any) -> Any:
        if self.random.random() < 0.3:
            inside = self.k.Input(batch_shape=(None, *y.shape[1:]), dtype=y.dtype)
            return self.k.Model(inside, self._layer(inside)(inside))
        return self._layer(y)

    def _fitting(self, model: Any, xs: list[Any]) -> Any:
        """Tensors as a model wants them: one, a list, or by name."""
        names = None if isinstance(model, self.k.Sequential) else model.input
        if isinstance(names, dict) and all(not isinstance(one, list) for one in names.values()):
            return dict(zip(names, xs, strict=True))
        return xs if len(xs) > 1 else xs[0]
