"""Random models that carry masks, and use layers in ways that plain ones seldom do.

They grow like those of `growing`, by more steps: masks from the first layer on and given by hand, wrappers and models
inside of wrappers, calls with all tensors by name, inputs of other ranks, layers that are partly frozen, quantized ones
and those with LoRA.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from .growing import Growing, Step
from .random_layers import OPERATIONS_2_FURTHER, OPERATIONS_3_FURTHER

MASKED = ("LSTM", "GRU", "SimpleRNN", "Bidirectional", "RNN", "TimeDistributed", "GlobalAveragePooling1D")
"""Layers that are called with a mask by hand."""


class GrowingFurther(Growing):
    """One such model while layers are added to it."""

    def ways(self) -> list[Callable[[], Step | None]]:
        """The steps of plain models, and as many of their own."""
        own = [self._masked_by_hand, self._wrapped, self._modelled_steps, self._of_ranks, self._named_operation] * 3
        own += [self._frozen_in_part, self._fed_on, self._other_length, self._in_training, self._branched] * 2
        own += [self._operate_further] * 8
        if self.asked.is_3:
            own += [self._lora, self._quantized] + [self._of_other_rank] * 2
        return super().ways() + own * 2

    def _input(self, rank: int, kind: str) -> int:
        """Most inputs that can be masked are, by the first layer."""
        i = super()._input(rank, kind)
        masked = len(self.tensors)
        if self.random.random() < 0.7:
            self._try(lambda: self._first(i, rank, kind))
        return masked if len(self.tensors) > masked and self.random.random() < 0.8 else i

    def _first(self, i: int, rank: int, kind: str) -> Step | None:
        layers, x = self.k.layers, self.tensors[i]
        if kind == "f" and rank > 2:
            layer = layers.Masking(self.random.choice((0.0, -1.0)))
        elif kind == "i" and rank > 1:
            layer = layers.Embedding(20, self.random.choice((3, 4, 6)), mask_zero=self.random.random() < 0.85)
        else:
            return None
        return Step(layer, layer(x), [i])

    # Masks

    def _mask(self, i: int) -> tuple[Any, list[int]]:
        """A tensor of truths for the steps of another one: computed of it, or an input."""
        x = self.tensors[i]
        if self.random.random() < 0.3 and not self.depth:
            given = self.k.Input(batch_shape=(x.shape[0], x.shape[1]), dtype="bool", name=f"in{len(self.inputs)}")
            return given, [self._begin(given)]
        if self.asked.is_3:
            return self.k.ops.any(self.k.ops.not_equal(x, 0), axis=-1), [i]
        o = self.asked.operations
        return o.math.reduce_any(o.math.not_equal(x, 0.0), axis=-1), [i]

    def _masked_by_hand(self) -> Step | None:
        """A layer that is told its mask, or told that there is none."""
        i = self._find((3,), "f")
        if i is None:
            return None
        x = self.tensors[i]
        way = self.random.random()
        if way < 0.3:
            return self._attend_masked(i)
        name = self.random.choice(MASKED)
        layer = self._make(name, self.drawn[name].arguments)
        if way < 0.4:
            return Step(layer, layer(x, mask=None), [i])
        mask, more = self._mask(i)
        return Step(layer, layer(x, mask=mask), [i, *more])

    def _attend_masked(self, i: int) -> Step | None:
        j = self._alike(i)
        x, y = self.tensors[i], self.tensors[j]
        mask, more = self._mask(i)
        if self.random.random() < 0.5:
            name = self.random.choice(("Attention", "AdditiveAttention"))
            layer = self._make(name, lambda _, r: {"use_scale": r.random() < 0.5})
            masks = self.random.choice(([mask, None], [mask, mask], [None, mask]))
            return Step(layer, layer([x, y], mask=masks), [i, j, *more])
        layer = self._make("MultiHeadAttention", lambda _, r: {"num_heads": r.choice((1, 2)), "key_dim": 2})
        if self.asked.is_3:
            key = self.random.choice(("query_mask", "value_mask", "key_mask"))
            return Step(layer, layer(x, y, **{key: mask}), [i, j, *more])
        return Step(layer, layer(x, y, attention_mask=mask[:, None, :]), [i, j, *more])

    # Layers and models inside of layers

    def _inner(self, rank: int, depth: int = 0) -> Any:
        """A layer for each step of a tensor of that rank."""
        layers, r = self.k.layers, self.random
        further: list[Callable[[], Any]] = [
            lambda: layers.Dense(r.choice((2, 3)), activation=r.choice((None, "relu"))),
            lambda: layers.BatchNormalization(),
            lambda: layers.Dropout(0.1),
            lambda: layers.Activation("relu"),
        ]
        if rank == 2:
            further += [lambda: layers.RepeatVector(2), lambda: layers.Reshape((-1, 1))]
        if rank == 3:
            further += [
                lambda: layers.Bidirectional(layers.LSTM(2, activation="relu", return_sequences=r.random() < 0.5)),
                lambda: layers.GRU(2, activation="relu", return_sequences=r.random() < 0.5),
                lambda: layers.Conv1D(2, 2, padding="same"),
                lambda: layers.GlobalMaxPooling1D(keepdims=r.random() < 0.3),
                lambda: layers.Masking(),
                lambda: layers.Flatten(),
            ]
        if rank == 4:
            further += [
                lambda: layers.SeparableConv2D(2, 2, padding="same"),
                lambda: layers.ConvLSTM1D(2, 2, padding="same"),
                lambda: layers.GlobalAveragePooling2D(),
                lambda: layers.MaxPooling2D(2, padding="same"),
            ]
        if rank > 2 and depth < 2:
            further += [lambda: layers.TimeDistributed(self._inner(rank - 1, depth + 1))] * 3
        if self.asked.is_3 and rank in (2, 4):
            further += [
                lambda: layers.SpectralNormalization(layers.Dense(2) if rank == 2 else layers.Conv2D(2, 2)),
            ]
        return r.choice(further)()

    def _wrapped(self) -> Step | None:
        """A wrapper around a wrapper, a stack of cells, or a layer of its own in each direction."""
        layers, r = self.k.layers, self.random
        if r.random() < 0.6:
            i = self._find((3, 4, 5), "f")
            if i is None:
                return None
            layer = layers.TimeDistributed(self._inner(len(self.tensors[i].shape) - 1))
            return Step(layer, layer(self.tensors[i]), [i])
        i = self._find((3,), "f")
        if i is None:
            return None
        said = {"return_sequences": r.random() < 0.7, "return_state": r.random() < 0.2}
        merge = r.choice(("concat", "sum", "mul", "ave", None))
        if r.random() < 0.5:
            cells = [layers.LSTMCell(2), layers.GRUCell(2)][: r.choice((1, 2))]
            layer = layers.Bidirectional(layers.RNN(cells if len(cells) > 1 else cells[0], **said), merge_mode=merge)
        else:
            forth = layers.LSTM(2, activation="relu", **said)
            back = layers.GRU(r.choice((2, 2, 3)), activation="relu", go_backwards=True, **said)
            layer = layers.Bidirectional(forth, merge_mode=merge, backward_layer=back)
        return Step(layer, layer(self.tensors[i]), [i])

    def _modelled_steps(self) -> Step | None:
        """A model at each step of time."""
        i = self._find((3, 4, 5), "f")
        if i is None or self.depth + 1 >= 3:
            return None
        x = self.tensors[i]
        inside = self.k.Input(batch_shape=(None, *x.shape[2:]), dtype=x.dtype)
        if self.random.random() < 0.5:
            model = self._chain(inside)
        else:
            model = type(self)(self.asked, self.random, self.depth + 1).grow_inside([inside], self.random.randint(1, 4))
        if self.random.random() < 0.15:
            model.trainable = False
        layer = self.k.layers.TimeDistributed(model)
        return Step(layer, layer(x), [i])

    # Calls

    def _of_ranks(self) -> Step | None:
        """Merging tensors of two ranks, or with sizes of one that spread."""
        i = self._pick()
        j = self.random.randrange(len(self.tensors))
        name = self.random.choice(("Add", "Multiply", "Maximum", "Average", "Concatenate", "Dot"))
        layer = self._make(name, lambda _, r: {"axes": r.choice((1, [2, 1], -1))} if name == "Dot" else {})
        return Step(layer, layer([self.tensors[i], self.tensors[j]]), [i, j])

    def _named_operation(self) -> Step | None:
        """An operation whose tensors come by name, in a list and among numbers."""
        i = self._pick()
        j = self._alike(i)
        x, y, o = self.tensors[i], self.tensors[j], self.asked.operations
        if self.asked.is_3:
            ways: list[Callable[[], Any]] = [
                lambda: o.add(x1=x, x2=y),
                lambda: o.concatenate(xs=[x, y, x], axis=1),
                lambda: o.where(condition=x > 0, x1=x, x2=0.5),
                lambda: o.where(x > 0, 1, y),
                lambda: o.clip(x=x, x_min=0.0, x_max=1.0),
                lambda: o.stack(x=[x, y], axis=-1),
                lambda: o.einsum("b...,b...->b...", x, y),
                lambda: o.maximum(x1=0.0, x2=x),
                lambda: o.matmul(x1=x, x2=o.swapaxes(y, -1, -2)),
                lambda: o.meshgrid(o.ravel(x), o.ravel(y)),
                lambda: o.split(x=x, indices_or_sections=[1, 2], axis=-1),
            ]
        else:
            ways = [
                lambda: o.add(x=x, y=y),
                lambda: o.concat(values=[x, y, x], axis=1),
                lambda: o.where(condition=x > 0.0, x=x, y=0.5),
                lambda: o.clip_by_value(t=x, clip_value_min=0.0, clip_value_max=1.0),
                lambda: o.stack(values=[x, y], axis=-1),
                lambda: o.maximum(x=0.0, y=x),
                lambda: o.linalg.matmul(a=x, b=y, transpose_b=True),
                lambda: o.add_n([x, y]),
                lambda: o.reduce_sum(input_tensor=x, axis=1),
                lambda: o.split(value=x, num_or_size_splits=[1, -1], axis=-1),
            ]
        return Step(None, self.random.choice(ways)(), [i, j])

    def _operate_further(self) -> Step:
        i = self._pick()
        j = self._alike(i)
        operation = self.random.choice(OPERATIONS_3_FURTHER if self.asked.is_3 else OPERATIONS_2_FURTHER)
        return Step(None, operation(self.asked.operations, self.tensors[i], self.tensors[j], self.random), [i])

    def _other_length(self) -> Step | None:
        """A layer that was called is called with as many channels and another length, or another batch."""
        called = [one for one in self.layers if not isinstance(one, self.k.Model) and one.weights]
        if not called or self.depth or len(self.inputs) >= 8:
            return None
        layer = self.random.choice(called)
        shape = self._shape_of_first(layer)
        if shape is None or len(shape) < 2:
            return None
        other = list(shape)
        at = self.random.randrange(len(shape) - 1)
        other[at] = self.random.choice((None, 3, 6)) if at else self.random.choice((None, 3))
        i = self._begin(self.k.Input(batch_shape=other, dtype="float32", name=f"in{len(self.inputs)}"))
        return Step(layer, layer(self.tensors[i]), [i])

    def _shape_of_first(self, layer: Any) -> Any:
        node = layer._inbound_nodes[0]
        given = node.input_tensors if self.asked.is_3 else node.keras_inputs
        return tuple(given[0].shape) if len(given) == 1 else None

    def _in_training(self) -> Step:
        """A call that says whether it trains."""
        i = self._pick()
        layer = self._layer(self.tensors[i])
        return Step(layer, layer(self.tensors[i], training=self.random.choice((True, False, None))), [i])

    def _branched(self) -> Step | None:
        """A model of several inputs by name, called with them in another order, and its outputs by name."""
        if self.depth + 1 >= 3:
            return None
        i = self._pick()
        j = self.random.randrange(len(self.tensors))
        x, y = self.tensors[i], self.tensors[j]
        names = ("left", "right")
        inside = [
            self.k.Input(batch_shape=(None, *one.shape[1:]), dtype=one.dtype, name=f"{name}{len(self.layers)}")
            for one, name in zip((x, y), names, strict=True)
        ]
        grown = type(self)(self.asked, self.random, self.depth + 1)
        model = grown.grow_inside_by_name(dict(zip(names, inside, strict=True)), self.random.randint(1, 4))
        return Step(model, model({"right": y, "left": x}), [i, j])

    def grow_inside_by_name(self, inputs: dict[str, Any], wanted: int) -> Any:
        """A model of inputs by name."""
        for tensor in inputs.values():
            self._begin(tensor)
        whole = self._grow_to(len(inputs) + wanted)
        return self.k.Model(inputs, whole.output)

    def _fed_on(self) -> Step | None:
        """States of a layer that begin one of another class, or of a cell; stateful ones and unrolled ones."""
        i = self._find((3,), "f")
        if i is None:
            return None
        layers, r, x = self.k.layers, self.random, self.tensors[i]
        name = r.choice(("LSTM", "GRU", "SimpleRNN"))
        said: dict[str, Any] = {"activation": "relu", "return_sequences": r.random() < 0.6}
        if x.shape[0] is not None and r.random() < 0.5:
            said["stateful"] = True
        if x.shape[1] is not None and r.random() < 0.3:
            said["unroll"] = True
        units = r.choice((2, 3))
        before = getattr(layers, name)(units, return_state=True, **said)
        given = self._flat(before(x))
        self._try(lambda: Step(before, given, [i]))
        after = getattr(layers, name)(r.choice((units, units, units, 4)), **said)
        states = given[1:]
        taken = [i, *range(len(self.tensors) - len(states), len(self.tensors))]
        if len(states) == 1 and r.random() < 0.5:
            return Step(after, after(x, initial_state=states[0]), taken)
        if r.random() < 0.3:
            both = layers.Bidirectional(after)
            return Step(both, both(x, initial_state=[*states, *states]), taken)
        return Step(after, after(x, initial_state=states), taken)

    # Weights

    def _frozen_in_part(self) -> Step | None:
        """A model inside, or a wrapper, that is frozen but for a layer, or a layer of which is frozen."""
        if self.depth + 1 >= 3:
            return None
        i = self._pick()
        x = self.tensors[i]
        inside = self.k.Input(batch_shape=(None, *x.shape[1:]), dtype=x.dtype)
        model = type(self)(self.asked, self.random, self.depth + 1).grow_inside([inside], self.random.randint(2, 5))
        layers = [one for one in model.layers if one.weights]
        model.trainable = self.random.random() < 0.5
        if layers:
            one = self.random.choice(layers)
            one.trainable = not model.trainable
            inner = getattr(one, "layer", None)
            if inner is not None:
                inner.trainable = self.random.random() < 0.5
        return Step(model, model(x), [i])

    def _lora(self) -> Step | None:
        """A layer with weights of low rank beside its own."""
        name = self.random.choice(("Dense", "Embedding", "EinsumDense", "Conv1D", "Conv2D"))
        one = self.drawn[name]
        i = self._find(one.ranks, one.kind)
        if i is None:
            return None
        layer = self._make(name, one.arguments)
        y = layer(self.tensors[i])
        layer.enable_lora(self.random.choice((1, 2)))
        return Step(layer, y, [i])

    def _quantized(self) -> Step | None:
        """A layer that keeps its weights in few bits."""
        name = self.random.choice(("Dense", "Embedding", "EinsumDense", "ReversibleEmbedding"))
        one = self.drawn[name]
        i = self._find(one.ranks, one.kind)
        if i is None:
            return None
        layer = self._make(name, one.arguments)
        y = layer(self.tensors[i])
        layer.quantize(self.random.choice(("int8", "int8", "int4", "float8")))
        return Step(layer, y, [i])

    def _of_other_rank(self) -> Step | None:
        """A model that is called with an axis more, or one less, than its input has."""
        i = self._pick()
        x = self.tensors[i]
        model = self._model_for([x], [i])
        if model is None:
            return None
        ranked = x[..., None] if self.random.random() < 0.5 or x.shape[-1] != 1 else x[..., 0]
        return Step(model, model(ranked), [i])
