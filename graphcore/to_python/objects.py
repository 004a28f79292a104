"""Layers, initializers and what else a config holds, as expressions that make them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ..catalog import Custom, Known, Stranger, Unruled, is_custom
from ..catalog.objects import CONSTRAINTS, INITIALIZERS, REGULARIZERS, class_today
from ..catalog.params import ACTIVATIONS
from ..catalog.policies import POLICIES, policy_name
from ..catalog.quantization import QUANTIZERS
from ..catalog.spec import BadValue, OpDef, Param
from ..diagnostics import shown
from ..formats.entries import Style, op_of, read_model, snake_case
from ..model import JSON, Dialect, Op
from ..python_text import (
    DEEPEST,
    Expression,
    call,
    is_argument,
    keyword_argument,
    literal,
    many,
    pair,
    prefixed,
    quoted,
)
from ..source import Limits
from .brought import APPLICATIONS
from .script import Script, Unwritable

ARRAYS = frozenset({"__numpy__", "__tensor__"})

# Initializers and their like, with Keras's defaults.
_ROOMS = tuple(
    (room, {cls: one.defaults for cls, one in table.items()})
    for room, table in (("initializers", INITIALIZERS), ("regularizers", REGULARIZERS), ("constraints", CONSTRAINTS))
)


class Objects:
    """What configs of one model hold, as expressions."""

    def __init__(self, script: Script, dialect: Dialect) -> None:
        self.script = script
        self._dialect = dialect

    def layer(self, op: Op, config: Mapping[str, JSON], name: str | None, depth: int = 0) -> Expression:
        """A layer of a class, from its config."""
        if depth > DEEPEST:
            raise Unwritable(f"wraps layers deeper than {DEEPEST}")
        cls = op.cls
        verdict = self.script.catalog.classify(op, "keras3")
        if isinstance(verdict, Stranger):
            raise Unwritable(f"is of class {cls[:80]}, which Keras has not")
        if isinstance(verdict, Custom):
            return self._custom(op, config, name)
        entry = verdict.entry if isinstance(verdict, Known) else None
        if entry is not None and entry.unwritten:
            raise Unwritable(entry.unwritten)
        if isinstance(verdict, Unruled) and not cls.isidentifier():
            raise Unwritable(f"is of class {cls[:80]}, which Keras has not")
        if entry is not None and entry.name.startswith("applications."):
            if entry.cls not in APPLICATIONS:
                raise Unwritable(f"is of class {cls[:80]}, which keras.layers has not")
            head = self.script.application(entry.cls)
        else:
            self.script.imports.add("layers")
            head = f"layers.{entry.cls if entry is not None else cls}"
        said = self.said(config, entry, skip=("name", "trainable", "dtype"), depth=depth)
        return call(
            head, *(keyword_argument(key, value) for key, value in said.items()), *self._base(config, name, entry)
        )

    def _base(self, config: Mapping[str, JSON], name: str | None, entry: OpDef | None = None) -> list[Expression]:
        items: list[Expression] = []
        if config.get("trainable", True) is False:
            items.append("trainable=False")
        dtype = self.policy(config.get("dtype"))
        default = None if entry is not None and entry.chooses_dtype else quoted("float32")
        if dtype not in (None, default):
            items.append(keyword_argument("dtype", dtype))
        if name is not None:
            items.append(keyword_argument("name", quoted(name)))
        return items

    def policy(self, said: JSON) -> Expression | None:
        """A dtype policy, by its name where it has one: `float32`, `int8_from_float32`; None where nothing is said."""
        name = policy_name(said)
        if name is not None:
            return quoted(name)
        config = said.get("config") if isinstance(said, Mapping) else None
        if not isinstance(said, Mapping) or not isinstance(config, Mapping):
            return None
        cls = said.get("class_name")
        if not isinstance(cls, str) or cls not in POLICIES:
            raise Unwritable(f"has a dtype policy of class {str(cls)[:80]}, which has no source")
        if not config or "name" in config:  # a name of null
            return None
        self.script.imports.add("dtype_policies")
        values = ((key, self._policy_part(key, value)) for key, value in config.items() if is_argument(key))
        return call(f"dtype_policies.{cls}", *(keyword_argument(key, value) for key, value in values))

    def _policy_part(self, key: str, value: JSON) -> Expression:
        if not isinstance(value, Mapping):
            return literal(value)
        if key != "policy_map":
            return self.policy(value) or "None"
        # A map takes no names for policies.
        made = ((path, self.policy(one)) for path, one in value.items())
        return many((pair(path, call("dtype_policies.get", one or "None")) for path, one in made), "{}")

    def _custom(self, op: Op, config: Mapping[str, JSON], name: str | None) -> Expression:
        head = self.script.stand_in(op, base="layers")
        others = {key: value for key, value in config.items() if key not in ("name", "trainable", "dtype")}
        items: list[Expression] = []
        plain = {key: value for key, value in others.items() if is_argument(key)}
        items += [keyword_argument(key, self._value(value)) for key, value in plain.items() if value is not None]
        odd = {key: value for key, value in others.items() if key not in plain}
        if odd:
            pairs = (pair(key, self._value(value)) for key, value in odd.items())
            items.append(prefixed("**", many(pairs, "{}")))
        return call(head, *items, *self._base(config, name))

    def said(
        self, config: Mapping[str, JSON], entry: OpDef | None, *, skip: Sequence[str], depth: int = 0
    ) -> dict[str, Expression]:
        """The arguments that differ from Keras's own, in the entry's order."""
        said: dict[str, Expression] = {}
        known = entry.by_name if entry is not None else {}
        order = [key for key in known if key in config] + [key for key in config if key not in known]
        for key in order:
            value = config[key]
            param = known.get(key)
            if key in skip or (param is None and value is None) or _is_default(param, value):
                continue
            if param is not None and param.only and "keras3" not in param.only:
                if param.inert:
                    continue
                raise Unwritable(f"has {key} {shown(value)}, which Keras 3 has not")
            check_argument(key)
            if param is not None and param.is_path and isinstance(value, str):
                raise Unwritable(f"reads its {key} from a file")
            said[key] = self._value(value, key, depth + 1)
        return said

    def _value(self, value: JSON, key: str = "", depth: int = 0) -> Expression:
        """An argument as its class takes it: serialized objects are made, the rest is literal."""
        if depth > DEEPEST:
            raise Unwritable(f"has an argument that is nested deeper than {DEEPEST}")
        if isinstance(value, Mapping) and isinstance(value.get("class_name"), str):
            return self._object(value, key, depth)
        if isinstance(value, list) and any(isinstance(item, Mapping) for item in value):
            return many(self._value(item, key, depth + 1) for item in value)
        return literal(value)

    def _object(self, value: Mapping[str, JSON], key: str, depth: int) -> Expression:
        cls = class_today(value["class_name"])
        said = value.get("config")
        if cls == "__tuple__" and isinstance(value.get("items"), list):
            return many((self._value(item, key, depth + 1) for item in value["items"]), "()")
        if cls in ARRAYS and isinstance(said, Mapping):
            return self.script.array(cls, said)
        if cls == "function" or isinstance(said, str):
            return self._function(value, said if isinstance(said, str) else cls)
        op = op_of(value)
        config = said if isinstance(said, Mapping) else {}
        if cls in POLICIES:
            return self.policy(value) or "None"
        if cls in QUANTIZERS:
            self.script.imports.add("quantizers")
            pairs = ((k, self._value(v, k, depth + 1)) for k, v in config.items() if is_argument(k))
            return call(f"quantizers.{cls}", *(keyword_argument(k, v) for k, v in pairs))
        if is_custom(op):
            if key in ("layer", "backward_layer", "cell", "cells"):
                return self._custom(op, config, _text(config.get("name")))
            name = self.script.stand_in(op, base="object")
            pairs = ((k, self._value(v, k, depth + 1)) for k, v in config.items() if is_argument(k))
            return call(name, *(keyword_argument(k, v) for k, v in pairs))
        for room, table in _ROOMS:
            if cls in table and _may_be_in(op, room, key):
                return self._room_object(room, cls, table[cls], config)
        if cls in ("Functional", "Sequential", "Model"):
            return self._inner_model(value)
        return self.layer(op, config, _text(config.get("name")), depth + 1)

    def _room_object(self, room: str, cls: str, defaults: Mapping[str, Any], config: Mapping[str, JSON]) -> Expression:
        said = {key: value for key, value in config.items() if key in defaults and value != defaults[key]}
        if not said and room == "initializers" and cls != "Constant":  # Keras 3.15 stumbles over "constant"
            return quoted(snake_case(cls))
        self.script.imports.add(room)
        return call(f"{room}.{cls}", *(keyword_argument(key, self._value(value)) for key, value in said.items()))

    def _function(self, value: Mapping[str, JSON], name: str) -> Expression:
        module = value.get("module")
        if name in ACTIVATIONS and (module is None or str(module).startswith(("builtins", "keras", "tf_keras"))):
            return quoted(name)
        registered = _text(value.get("registered_name"))
        op = Op(name, _text(module), registered if registered != "function" else None)
        return self.script.stand_in(op, base="function")

    def _inner_model(self, value: Mapping[str, JSON]) -> Expression:
        """A model inside a wrapper: a function of its own."""
        graph, found = read_model(value, "", Style(self._dialect), Limits())
        if graph is None or any(problem.severity == "error" for problem in found):
            raise Unwritable("wraps a model that cannot be read")
        return f"{self.script.define(graph)}()"


def _is_default(param: Param | None, value: JSON) -> bool:
    if param is None or param.required:
        return False
    try:
        read = param.read(value)
    except BadValue:
        return False
    default = param.default
    if default is None and read == "linear" and param.name.endswith("activation"):
        return True
    if isinstance(read, Mapping) and (default is None or isinstance(default, str)):
        return isinstance(default, str) and _is_named(read, default)
    if isinstance(read, str) and isinstance(default, str) and param.name.endswith(("izer", "constraint")):
        return _joined(read) == _joined(default)
    if isinstance(read, list):
        read = tuple(read)
    return type(read) is type(default) and bool(read == default)


def _is_named(value: Mapping[str, JSON], default: str) -> bool:
    """Whether a serialized object is what Keras makes of a name."""
    cls, config = value.get("class_name"), value.get("config")
    if config == default:
        return True  # a function: its name
    if not isinstance(cls, str):
        return False
    cls = class_today(cls)
    if _joined(cls) != _joined(default):
        return False
    for _, table in _ROOMS:
        if cls in table:
            said = config if isinstance(config, Mapping) else {}
            return all(key not in table[cls] or value == table[cls][key] for key, value in said.items())
    return False


def _joined(name: str) -> str:
    return name.replace("_", "").lower()


def _may_be_in(op: Op, room: str, key: str) -> bool:
    """Whether a class is Keras's of a room; TensorFlow's own initializers are the same ones."""
    is_tensorflow = op.module is not None and op.module.startswith("tensorflow.") and key.endswith(room[:-1])
    return op.module is None or room in op.module or op.module in ("keras", "tf_keras") or is_tensorflow


def _text(value: JSON) -> str | None:
    return value if isinstance(value, str) else None


def check_argument(name: str) -> None:
    """Refuse what no argument can be called."""
    if not is_argument(name):
        raise Unwritable(f"has an argument {name[:80]!r}, which is no name")
