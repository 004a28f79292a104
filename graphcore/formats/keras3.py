"""Calls as Keras 3 records them: `{"args": […], "kwargs": {…}}`, tensors among them as `__keras_tensor__`.

A tensor counts calls from 0, those of a nested model too; only `output_layers` of a file counts a nested Functional's
from 1.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from ..diagnostics import shown
from ..model import JSON, Layer, Node, NodeKey, Object, TensorRef, Value, exact, filled
from ..plain_calls import Plain
from ..shapes import TensorSpec
from ..source import escape

# Arguments nested deeper are no call that anybody made, and reading them would use up Python's stack.
MOST_NESTED = 64
SHAPE_IS_UNKNOWN = "shape_is_unknown"
"""Stands beside a shape that was written because Keras 3 asks for one, and that nobody knows."""
_OWN = frozenset({"class_name", "module", "registered_name", "config"})


class CallReader:
    """Reads the records of one graph.

    `declared` gathers what they say about tensors; `plain` are those that were read with the text. `resolve` gives the
    reference for a name, call and output as written. `say` takes a code, a pointer and how the sentence about the call
    goes on. `needs_shape`: Keras reads the shape of each tensor, without using it; a document may leave it out.
    """

    def __init__(
        self,
        layers: Mapping[str, Layer],
        declared: dict[TensorRef, TensorSpec],
        plain: Mapping[int, Plain],
        resolve: Callable[[str, int, int, str], TensorRef],
        say: Callable[..., None],
        *,
        needs_shape: bool,
    ) -> None:
        self.layers = layers
        self.declared = declared
        self.plain = plain
        self.resolve = resolve
        self.say = say
        self.needs_shape = needs_shape
        self._specs: dict[bytes | None, TensorSpec] = {}  # a model has few shapes and many tensors

    def read(self, record: Mapping[str, JSON], key: NodeKey, origin: str) -> Node:
        """One call. What cannot be read of it is said, and left out."""
        args = record.get("args")
        kwargs = record.get("kwargs")
        if args.__class__ is not list:
            says = "has no args" if args is None else f"has args {shown(args)}, and they must be a list"
            self.say("GC103", origin, says, 'write "args": […] with the tensors that come in')
            args = ()
        if kwargs.__class__ is not dict:
            says = "has no kwargs" if kwargs is None else f"has kwargs {shown(kwargs)}, and they must be an object"
            self.say("GC103", origin, says, 'write "kwargs": {} where no argument is named')
            kwargs = {}
        values = []
        for i, value in enumerate(args):
            values.append(self._known(value) or self.value(value, f"{origin}/args/{i}"))
        named = kwargs
        if kwargs:
            named = {}
            for name, value in kwargs.items():
                kind = value.__class__
                if kind is dict or kind is list:
                    value = self.value(value, f"{origin}/kwargs/{escape(name)}")
                named[name] = value
        extras = None
        if len(record) > 2:
            extras = {name: value for name, value in record.items() if name not in ("args", "kwargs")} or None
        return filled(Node, (key, tuple(values), named, origin, extras))

    def value(self, value: JSON, pointer: str, depth: int = 0) -> Value:
        """An argument, with a TensorRef for each tensor in it."""
        kind = value.__class__
        if kind is dict:
            cls = value.get("class_name")
            if cls == "__keras_tensor__":
                return self._tensor(value, pointer)
            if depth > MOST_NESTED:
                self.say("GC103", pointer, f"has an argument of more than {MOST_NESTED} levels")
                return None
            if cls.__class__ is str and "config" in value:
                extras = None if len(value) <= 4 else {k: v for k, v in value.items() if k not in _OWN} or None
                module, registered = value.get("module"), value.get("registered_name")
                return Object(cls, _text(module), _text(registered), value["config"], extras)
            return {name: self.value(inner, f"{pointer}/{escape(name)}", depth + 1) for name, inner in value.items()}
        if kind is list:
            if depth > MOST_NESTED:
                self.say("GC103", pointer, f"has an argument of more than {MOST_NESTED} levels")
                return None
            each = enumerate(value)
            return tuple([self._known(inner) or self.value(inner, f"{pointer}/{i}", depth + 1) for i, inner in each])
        return value

    def read_plain(self, said: Plain, key: NodeKey, origin: str) -> Node:
        """A call that was read with the text."""
        return filled(Node, (key, (self._plain(said),), said[5], origin, None))

    def _plain(self, said: Plain) -> TensorRef:
        _, name, node, tensor, spec, _ = said
        layer = self.layers.get(name)
        ref = filled(TensorRef, (name if layer is None else layer.name, node, tensor))
        self.declared.setdefault(ref, spec)
        return ref

    def _known(self, value: JSON) -> TensorRef | None:
        """The reference of a tensor in which nothing can be wrong, as in nearly all; None for the others."""
        said = self.plain.get(id(value))
        if said is not None:
            return self._plain(said)
        if value.__class__ is not dict or value.get("class_name") != "__keras_tensor__":
            return None
        ref = self._reference(value)
        if ref is None or ref[1] < 0:
            return None
        if ref not in self.declared:
            config = value["config"]
            if SHAPE_IS_UNKNOWN in config:
                return None
            spec = self._specs.get(exact((config.get("shape"), config.get("dtype"))))
            if spec is None:
                return None
            self.declared[ref] = spec
        return ref

    def _tensor(self, value: Mapping[str, JSON], pointer: str) -> Value:
        ref = self._reference(value)
        if ref is not None:
            if ref.node < 0:
                ref = self.resolve(*ref, pointer)
            if ref not in self.declared:
                self._declare(ref, value["config"], pointer)
            return ref
        says = "has a tensor whose keras_history is not [layer, node_index, tensor_index]"
        self.say("GC103", f"{pointer}/config/keras_history", says, 'write where it comes from, as in ["dense", 0, 0]')
        config = value.get("config")
        return Object("__keras_tensor__", _text(value.get("module")), _text(value.get("registered_name")), config)

    def _reference(self, value: Mapping[str, JSON]) -> TensorRef | None:
        """The reference that a tensor's keras_history is; None where it is none.

        It holds the name that the layer has, not another of the same letters: what is one object is found faster.
        """
        config = value.get("config")
        history = config["keras_history"] if config.__class__ is dict and "keras_history" in config else None
        if history.__class__ is not list or len(history) < 3:
            return None
        name, node, tensor = history[:3]
        if name.__class__ is not str or node.__class__ is not int or tensor.__class__ is not int:
            return None
        layer = self.layers.get(name)
        return filled(TensorRef, (name if layer is None else layer.name, node, tensor))

    def _declare(self, ref: TensorRef, config: Mapping[str, JSON], pointer: str) -> None:
        shape, dtype = config.get("shape"), config.get("dtype")
        if config.get(SHAPE_IS_UNKNOWN) is True:
            shape = None
        said = exact((shape, dtype))
        if (spec := self._specs.get(said)) is not None:
            self.declared[ref] = spec
            return
        if dtype.__class__ is not str:
            if dtype is not None or ("dtype" not in config and self.needs_shape):
                self._refuse(config, "dtype", "a text", pointer)
            dtype = None
        if shape.__class__ is list:
            for dim in shape:
                if dim is not None and (not isinstance(dim, int) or dim < 0):
                    self._refuse(config, "shape", "a list of sizes", pointer)
                    return
            self.declared[ref] = spec = TensorSpec(tuple(shape), dtype)
            if dtype is not None:
                self._specs[said] = spec
        elif shape is not None or ("shape" not in config and self.needs_shape):
            # Null says that nothing was recorded. Keras never uses the shape, so its refusal of null is not taken over.
            self._refuse(config, "shape", "a list of sizes", pointer)

    def _refuse(self, config: Mapping[str, JSON], key: str, wanted: str, pointer: str) -> None:
        if key not in config:
            hint = f'add "{key}": Keras wants the key, and never reads it'
            self.say("GC101", f"{pointer}/config", f"has a tensor without a {key}", hint)
        else:
            says = f"has a tensor whose {key} is {shown(config[key])}, and must be {wanted}"
            self.say("GC102", f"{pointer}/config/{key}", says)


def _text(value: Any) -> str | None:  # any JSON
    return value if isinstance(value, str) else None
