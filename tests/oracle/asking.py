"""Asks an installed Keras. Imported only where Keras may be: it takes seconds.

A generation is a module: `keras` or `tf_keras`.
"""

from __future__ import annotations

import inspect
import os
import re
import signal
import warnings
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from importlib import import_module
from typing import Any, TypeVar

os.environ.setdefault("KERAS_BACKEND", "tensorflow")
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("CUDA_VISIBLE_DEVICES", "-1")

Q = TypeVar("Q")
MODULES = {"keras3": "keras", "keras2": "tf_keras"}
PATIENCE = 20
"""Seconds of the processor for one question: tf_keras waits for ever for some calls."""


class Generation:
    """One of the two Keras, with what differs between them."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.keras = import_module(MODULES[name])
        functional = import_module("keras.src.models.functional" if self.is_3 else "tf_keras.src.engine.functional")
        self._functional = functional.Functional
        self._node_key = functional.make_node_key if self.is_3 else functional._make_node_key

    @property
    def is_3(self) -> bool:
        """Whether it is Keras 3."""
        return self.name == "keras3"

    @property
    def version(self) -> str:
        """Its version."""
        return str(self.keras.__version__)

    @property
    def operations(self) -> Any:
        """The functions that its models may hold: `keras.ops`, or those of TensorFlow."""
        return self.keras.ops if self.is_3 else import_module("tensorflow")

    @contextmanager
    def policy(self, name: str | None) -> Iterator[None]:
        """Let what is made meanwhile compute and keep its weights so; None leaves it as it is."""
        change = self.keras.config.set_dtype_policy if self.is_3 else self.keras.mixed_precision.set_global_policy
        change(name or "float32")
        try:
            yield
        finally:
            change("float32")

    def layer_class(self, name: str) -> Any:
        """The class of a layer that a file names; None where this Keras finds none of the name."""
        if self.is_3:
            return getattr(self.keras.layers, name, None)
        serialization = import_module("tf_keras.src.layers.serialization")
        serialization.populate_deserializable_objects()
        return serialization.LOCAL.ALL_OBJECTS.get(name)

    def first_argument(self, layer: Any) -> str:
        """What a layer's call names its first tensor."""
        return next(iter(inspect.signature(layer.call).parameters))

    def forget(self) -> None:
        """Let go of every model, and count names from the start."""
        (self.keras.utils if self.is_3 else self.keras.backend).clear_session()

    def each(self, questions: Iterable[Q]) -> Iterator[Q]:
        """Questions one by one; models of earlier ones are let go of on the way."""
        for i, question in enumerate(questions):
            if i % 200 == 0:
                self.forget()
            yield question

    def forget_names(self) -> None:
        """Count names from the start; memory is another matter, and takes a hundred times as long."""
        if self.is_3:
            self.keras.utils.clear_session(free_memory=False)
        else:
            self.keras.backend.reset_uids()

    def build(self, text: str) -> Any:
        """The model of a text, as `to_json` writes it.

        Raises:
            ValueError: tf_keras gives back the name of a class that it does not find.
            Exception: whatever else Keras raises.
        """
        model = self.keras.models.model_from_json(text)
        if isinstance(model, str):
            raise ValueError(f"no model, but the text {model!r}")
        return model

    @staticmethod
    def words_of(error: Exception, letters: int) -> str:
        """How Keras says its no, without addresses in memory: the same in every process."""
        return re.sub(r" at 0x[0-9a-f]+", "", f"{type(error).__name__}: {error}")[:letters]

    def answer(
        self, ask: Callable[[], dict[str, Any]], *, nothing: Iterable[str] = ("outputs",), letters: int = 100
    ) -> dict[str, Any]:
        """What Keras answers to a question; where it refuses, or takes too long, `nothing` is null, with its words."""
        self.forget_names()
        signal.signal(signal.SIGPROF, _give_up)
        signal.setitimer(signal.ITIMER_PROF, PATIENCE)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            try:
                return ask()
            except Exception as error:  # whatever Keras raises is its no
                return {**dict.fromkeys(nothing), "why": self.words_of(error, letters)}
            finally:
                signal.setitimer(signal.ITIMER_PROF, 0)

    def describe(self, model: Any) -> dict[str, Any]:
        """The answers about a model."""
        calls: dict[str, Any] = {}
        params: dict[str, Any] = {}
        stack = [("", model)]
        while stack:
            prefix, one = stack.pop()
            for layer in self._layers(one):
                key = prefix + layer.name
                calls[key] = [[spec_of(tensor) for tensor in outputs] for outputs in self._calls(one, layer)]
                has_weights = hasattr(layer, "trainable_weights")  # `weights` are an argument of some operations
                trainable, others = (layer.trainable_weights, layer.non_trainable_weights) if has_weights else ((), ())
                params[key] = [_count(trainable), _count(others)]
                if self._is_model(layer):
                    stack.append((f"{key}/", layer))
        return {
            "total": _count(model.weights),
            "trainable": _count(model.trainable_weights),
            "non_trainable": _count(model.non_trainable_weights),
            "calls": calls,
            "params": params,
        }

    def all_weights(self, model: Any) -> dict[str, Any]:
        """Name, shape, dtype and trainability of the weights of each layer that is no model, at any depth."""
        found: dict[str, Any] = {}
        stack = [("", model)]
        while stack:
            prefix, one = stack.pop()
            for layer in self._layers(one):
                if self._is_model(layer):
                    stack.append((f"{prefix}{layer.name}/", layer))
                elif weights := self._weights(layer):
                    found[prefix + layer.name] = weights
        return found

    def _weights(self, layer: Any) -> list[list[Any]]:
        if not hasattr(layer, "trainable_weights"):  # an operation, one of whose arguments may be called weights
            return []
        trainable = {id(weight) for weight in layer.trainable_weights}
        return sorted(
            [_last_name(w.name), list(w.shape), str(getattr(w.dtype, "name", w.dtype)), id(w) in trainable]
            for w in layer.weights
            if hasattr(w, "shape")  # a look-up without a vocabulary has a handler for one among them
        )

    def outputs_of(self, layer: Any) -> list[Any]:
        """Shape and dtype of all that a layer's only call gives."""
        (node,) = layer._inbound_nodes
        return [spec_of(tensor) for tensor in (node.output_tensors if self.is_3 else flat(node.outputs))]

    def kind(self, tensor: Any) -> str:
        """Whether a tensor is dense, sparse or ragged."""
        if self.is_3:
            return "sparse" if tensor.sparse else "ragged" if tensor.ragged else "dense"
        spec = type(getattr(tensor, "type_spec", None)).__name__
        return {"SparseTensorSpec": "sparse", "RaggedTensorSpec": "ragged"}.get(spec, "dense")

    def masks_of(self, model: Any) -> dict[str, Any]:
        """The shape of the mask of each output of each call of the layers of a model, null where it has none."""
        return {
            layer.name: [[_mask(tensor) for tensor in outputs] for outputs in self._calls(model, layer)]
            for layer in self._layers(model)
        }

    def all_masks(self, model: Any) -> dict[str, Any]:
        """The same at any depth, as in `describe`, of layers some call of which gives a mask."""
        found: dict[str, Any] = {}
        stack = [("", model)]
        while stack:
            prefix, one = stack.pop()
            found.update({f"{prefix}{name}": calls for name, calls in self.masks_of(one).items()})
            stack += [(f"{prefix}{layer.name}/", layer) for layer in self._layers(one) if self._is_model(layer)]
        return {key: calls for key, calls in found.items() if any(mask is not None for call in calls for mask in call)}

    def _is_model(self, layer: Any) -> bool:
        return isinstance(layer, (self._functional, self.keras.Sequential))

    def _layers(self, model: Any) -> list[Any]:
        if not self.is_3:
            return list(model.layers)
        inside = model._functional if isinstance(model, self.keras.Sequential) else model
        return [] if inside is None else list(inside._operations)

    def _calls(self, model: Any, layer: Any) -> list[list[Any]]:
        """The outputs of each call that belongs to the model."""
        found = []
        inside = model._functional if self.is_3 and isinstance(model, self.keras.Sequential) else model
        for i, node in enumerate(layer._inbound_nodes):
            if self.is_3:
                if self._node_key(layer, i) in inside._nodes:
                    found.append(list(node.output_tensors))
            elif self._node_key(layer.name, i) in inside._network_nodes:
                found.append(flat(node.outputs))
        return found


def spec_of(tensor: Any) -> list[Any]:
    """Shape and dtype of a tensor."""
    dtype = tensor.dtype
    shape = None if tensor.shape is None or getattr(tensor.shape, "rank", 0) is None else list(tensor.shape)
    return [shape, str(dtype.name if hasattr(dtype, "name") else dtype)]


def _last_name(name: str) -> str:
    return name.rpartition("/")[2].partition(":")[0]


def _mask(tensor: Any) -> Any:
    mask = getattr(tensor, "_keras_mask", None)
    return None if mask is None else spec_of(mask)[0]


def _count(weights: Any) -> int:
    total = 0
    for weight in weights:
        product = 1
        for size in weight.shape:
            product *= int(size)
        total += product
    return total


def flat(tree: Any) -> list[Any]:
    """The leaves of a nested value, in order."""
    if isinstance(tree, dict):
        return [leaf for key in sorted(tree) for leaf in flat(tree[key])]
    if isinstance(tree, (list, tuple)):
        return [leaf for item in tree for leaf in flat(item)]
    return [tree]


def _give_up(_signal: int, _frame: object) -> None:
    raise TimeoutError(f"no answer in {PATIENCE} seconds")
