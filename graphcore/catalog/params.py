"""Arguments that many layers share: how each is read from JSON, its schema, its default."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from math import isfinite
from typing import Any

from ..model import JSON, Dialect
from .names import (
    ARGUMENTS,
    KERAS2_CONSTRAINTS,
    KERAS2_INITIALIZERS,
    KERAS2_REGULARIZERS,
    KERAS3_CONSTRAINTS,
    KERAS3_INITIALIZERS,
    KERAS3_LAYERS,
    KERAS3_REGULARIZERS,
)
from .spec import BadValue, Param, Taken

ACTIVATIONS = (
    *("celu", "elu", "exponential", "gelu", "glu", "hard_shrink", "hard_sigmoid", "hard_silu", "hard_swish"),
    *("hard_tanh", "leaky_relu", "linear", "log_sigmoid", "log_softmax", "mish", "relu", "relu6", "selu", "sigmoid"),
    *("silu", "soft_shrink", "softmax", "softplus", "softsign", "sparse_plus", "sparse_sigmoid", "sparsemax"),
    *("squareplus", "swish", "tanh", "tanh_shrink", "threshold"),
)

KERAS2_ACTIVATIONS = (
    *("elu", "exponential", "gelu", "hard_sigmoid", "leaky_relu", "linear", "log_softmax", "mish", "relu", "relu6"),
    *("selu", "sigmoid", "silu", "softmax", "softplus", "softsign", "swish", "tanh"),
)


def integer(name: str, default: int | None = None, *, least: int | None = None, doc: str = "", **more: Any) -> Param:
    """A whole number, `least` at least. Keras also takes 2.0 where Python would."""
    wanted = "a whole number" + ("" if least is None else f" from {least}" if least != 1 else " above 0")
    schema: dict[str, JSON] = {"type": "integer"} | ({} if least is None else {"minimum": least})

    def read(value: JSON) -> int:
        if value.__class__ is bool and (least is None or least <= value):
            raise Taken(wanted, int(value))
        if type(value) is not int or (least is not None and value < least):
            raise BadValue(wanted)
        return value

    return Param(name, read, schema, default, doc=doc, **more)


def pos_int(name: str, *, doc: str = "") -> Param:
    """A whole number above 0 that must be given; Keras 2 makes sizes of weights of it, where true is none."""
    plain = integer(name, least=1, doc=doc, required=True)
    return replace(plain, old=strict(plain).read)


def number(
    name: str, default: float | None = None, *, least: float | None = None, most: float | None = None, **more: Any
) -> Param:
    """A number, between these where they are given. Keras also takes true and false, which Python counts as 1 and 0."""
    bounds = "" if least is None and most is None else f" from {least}" if most is None else f" from {least} to {most}"
    schema: dict[str, JSON] = {"type": "number"}
    schema |= {} if least is None else {"minimum": least}
    schema |= {} if most is None else {"maximum": most}

    def read(value: JSON) -> float:
        is_number = isinstance(value, (int, float))
        if not is_number or (least is not None and value < least) or (most is not None and value > most):
            raise BadValue(f"a number{bounds}")
        if isinstance(value, bool):
            raise Taken(f"a number{bounds}", int(value))
        result: float = value
        return result

    return Param(name, read, schema, default, **more)


def flag(name: str, default: bool = False, **more: Any) -> Param:
    """True or false. Keras takes whatever Python calls true, so 0, 1 and null pass without a word."""

    def read(value: JSON) -> bool:
        if not isinstance(value, (bool, int, float)) and value is not None:
            raise Taken("true or false", bool(value))
        return bool(value)

    return Param(name, read, {"type": "boolean"}, default, **more)


def choice(name: str, options: Iterable[str], default: str | None = None, **more: Any) -> Param:
    """One of some words, in any case, as Keras's `standardize_…` functions take them."""
    known = tuple(options)
    wanted = "one of " + ", ".join(f'"{option}"' for option in known)

    def read(value: JSON) -> str:
        if not isinstance(value, str) or value.lower() not in known:
            raise BadValue(wanted)
        return value.lower()

    return Param(name, read, {"enum": list(known)}, default, **more)


def one_of(name: str, options: Iterable[str], default: str | None = None, **more: Any) -> Param:
    """One of some words, as they are written."""
    known = tuple(options)
    wanted = "one of " + ", ".join(f'"{option}"' for option in known)

    def read(value: JSON) -> str:
        if not isinstance(value, str) or value not in known:
            raise BadValue(wanted)
        return value

    return Param(name, read, {"enum": list(known)}, default, **more)


def text(name: str, default: str | None = None, **more: Any) -> Param:
    """A text or null."""

    def read(value: JSON) -> str | None:
        if value is not None and not isinstance(value, str):
            raise BadValue("a text")
        return value

    return Param(name, read, {"type": ["string", "null"]}, default, **more)


def anything(name: str, default: Any = None, **more: Any) -> Param:
    """An argument that changes no shape, dtype or weight and that Keras does not look at while it builds."""
    return Param(name, _same, {}, default, inert=True, **more)


def nothing(name: str, **more: Any) -> Param:
    """An argument for a tensor or an array, of which a file can say nothing but null."""

    def read(value: JSON) -> None:
        if value is not None:
            raise BadValue("null: a file holds no tensor there")

    return Param(name, read, {"type": "null"}, inert=True, **more)


def seed(**more: Any) -> Param:
    """Where random numbers begin: Keras 3 makes a generator of it at once; Keras 2 a number.

    Source: Keras 3, `SeedGenerator`.
    """

    def read(value: JSON) -> int | None:
        if value is not None and type(value) is not int:
            raise BadValue("a whole number or null")
        return value

    def read_old(value: JSON) -> JSON:
        if isinstance(value, (str, dict)):
            raise BadValue("a whole number or null")
        return value

    return Param("seed", read, {}, inert=True, old=read_old, **more)


def sizes(
    name: str, rank: int, default: Any = None, *, least: int = 1, required: bool = False, doc: str = "", **more: Any
) -> Param:
    """One whole number for all axes, or a list of `rank` of them; read as a tuple.

    Source: Keras 3, `standardize_tuple`.
    """
    above = "above 0" if least == 1 else f"from {least}"
    wanted = f"a whole number {above}" + ("" if rank == 1 else f", or {rank} of them")
    one: JSON = {"type": "integer", "minimum": least}
    schema: JSON = {"anyOf": [one, {"type": "array", "items": one, "minItems": rank, "maxItems": rank}]}

    def read(value: JSON) -> tuple[int, ...]:
        if value.__class__ is bool and least <= value:
            raise Taken(wanted, (int(value),) * rank)
        if type(value) is int:
            value = (value,) * rank
        if not isinstance(value, (list, tuple)) or len(value) != rank:
            raise BadValue(wanted)
        for i in value:
            if not isinstance(i, int) or i < least:
                raise BadValue(wanted)
        if bool in map(type, value):
            raise Taken(wanted, tuple(map(int, value)))
        return tuple(value)

    return Param(name, read, schema, default, required, doc=doc, **more)


def kernel_size(rank: int) -> Param:
    """How far a kernel reaches: sizes of a weight, of which true is none in Keras 2."""
    plain = sizes("kernel_size", rank, required=True)
    return replace(plain, old=strict(plain).read)


def whole_numbers(name: str, default: Any = None, *, nullable: bool = False, **more: Any) -> Param:
    """One whole number or a list of them; read as a tuple, or None where null may stand."""

    def read(value: JSON) -> tuple[int, ...] | None:
        if value is None and nullable:
            return None
        if isinstance(value, bool):
            raise Taken("a whole number or a list of them", (int(value),))
        if type(value) is int:
            return (value,)
        if not isinstance(value, (list, tuple)) or any(type(i) is not int for i in value):
            raise BadValue("a whole number or a list of them")
        return tuple(value)

    return Param(name, read, {"anyOf": [{"type": "integer"}, {"type": "array"}]}, default, **more)


def activation(name: str = "activation", default: str | None = None, **more: Any) -> Param:
    """The name of an activation, a serialized function or layer, or null for none."""
    schema: JSON = {"anyOf": [{"enum": list(ACTIVATIONS)}, {"type": ["object", "null"]}]}
    read = _activation_of(ACTIVATIONS, _is_found_function)
    old = _activation_of(KERAS2_ACTIVATIONS, is_function)
    return Param(name, read, schema, default, inert=True, old=old, **more)


def _activation_of(names: Iterable[str], is_callable: Callable[[JSON], bool]) -> Callable[[JSON], JSON]:
    known = frozenset(names)

    def read(value: JSON) -> JSON:
        if value.__class__ is str:
            if value not in known and ">" not in value:
                raise BadValue("the name of an activation")
        elif value is not None and not is_callable(value):
            raise BadValue("the name of an activation, or null")
        return value

    return read


def is_function(value: JSON) -> bool:
    """Whether a value may be a serialized function or layer: it has a class, and not that of an initializer."""
    cls = value.get("class_name") if isinstance(value, dict) else None
    return isinstance(cls, str) and (_is_a_users(cls, value) or _plain(cls) not in ARGUMENTS)


def is_found(value: JSON) -> bool:
    """Whether Keras 3 finds all classes that serialized objects inside a value name: it needs their modules.

    Source: Keras 3, `deserialize_keras_object`; what only looks like an object stays as it is.
    """
    waiting = [value]
    while waiting:  # no recursion: values nest deeply
        one = waiting.pop()
        if isinstance(one, (list, tuple)):
            waiting += one
        elif isinstance(one, dict):
            if "class_name" not in one or "config" not in one:
                waiting += one.values()
            elif not _is_found_object(one):
                return False
    return True


def _is_found_object(value: dict[str, JSON]) -> bool:
    cls, config, module = value["class_name"], value["config"], value.get("module")
    if not isinstance(cls, str):
        return False
    if _is_a_users(cls, value):
        return True
    names = _FOUND.get(str(module))
    is_of_keras = isinstance(module, str) and module.startswith("keras.") and (names is None or cls in names)
    return is_of_keras and (config is None or isinstance(config, dict))


def _is_found_function(value: JSON) -> bool:
    """Whether Keras 3 makes something of it that can be called: it does not ask what."""
    return isinstance(value, dict) and {"class_name", "config"}.issubset(value) and is_found(value)


_FOUND = {"keras.activations": frozenset(ACTIVATIONS), "keras.layers": KERAS3_LAYERS}
"""What some modules of Keras 3 hold."""


def serialized(name: str, default: JSON = None, **more: Any) -> Param:
    """An initializer, regularizer or constraint, by the argument's ending: its name, a serialized object, or null."""
    what = name.rpartition("_")[2]
    names, old_names = _SERIALIZED[what]
    short = sorted(one for one in names if one.islower() and _plain(one) not in _NEEDS)
    schema: JSON = {"anyOf": [{"enum": short}, {"type": ["object", "null"]}]}
    one = f"an {what}" if what == "initializer" else f"a {what}"
    wanted = f"the name of {one}, an object with class_name, or null"
    read, old = _object_of(names, wanted, _NEEDS), _object_of(old_names, wanted, {})
    if what == "regularizer" and name != "activity_regularizer":  # that one is called
        old = _any_text(old, wanted)
    return Param(name, read, schema, default, inert=True, old=old, **more)


def _plain(cls: str) -> str:
    """A class's name without what its spellings differ in: glorot_uniform, GlorotUniform, GlorotUniformV2."""
    return cls.lower().replace("_", "").removesuffix("v2")


def _with_arguments(names: Iterable[str]) -> dict[str, frozenset[str] | None]:
    """What each class takes; None where that is not known."""
    return {name: ARGUMENTS.get(_plain(name)) for name in names}


_SERIALIZED = {
    "initializer": (_with_arguments(KERAS3_INITIALIZERS), _with_arguments(KERAS2_INITIALIZERS)),
    "regularizer": (_with_arguments(KERAS3_REGULARIZERS), _with_arguments(KERAS2_REGULARIZERS)),
    "constraint": (_with_arguments(KERAS3_CONSTRAINTS), _with_arguments(KERAS2_CONSTRAINTS)),
}


_NEEDS = {"constant": "value"}
"""An argument that an initializer of Keras 3 must be told."""


def _object_of(names: dict[str, frozenset[str] | None], wanted: str, needs: dict[str, str]) -> Callable[[JSON], JSON]:
    def read(value: JSON) -> JSON:
        if value is None:
            return None
        if isinstance(value, dict):
            cls = value.get("class_name")
            if isinstance(cls, str) and _is_a_users(cls, value):
                return value
            if isinstance(cls, str) and cls in names:
                _check_arguments(cls, value.get("config"), names[cls])
                needed = needs.get(_plain(cls))
                if needed is not None and needed not in (value.get("config") or {}):
                    raise BadValue(f"a {cls} with {needed}")
                return value
        elif isinstance(value, str) and ((value in names and _plain(value) not in needs) or ">" in value):
            return value
        raise BadValue(wanted)

    return read


def _check_arguments(cls: str, config: JSON, known: frozenset[str] | None) -> None:
    if config is not None and not isinstance(config, dict):
        raise BadValue(f"a {cls} whose config is an object")
    if known is not None and config is not None and not known.issuperset(config):
        others = ", ".join(sorted(known - {"dtype"})) or "no arguments"
        raise BadValue(f"a {cls} with {others}")


def _any_text(read: Callable[[JSON], JSON], wanted: str) -> Callable[[JSON], JSON]:
    """tf_keras makes nothing of a regularizer's name that it does not know."""

    def read_or_take(value: JSON) -> JSON:
        try:
            return read(value)
        except BadValue:
            if isinstance(value, str):
                raise Taken(wanted, None) from None
            raise

    return read_or_take


def _is_a_users(cls: str, value: JSON) -> bool:
    """Whether a serialized object is of a class that Keras cannot know, or plain data: a function, an array."""
    module = value.get("module")
    return (
        ">" in cls
        or cls.startswith("__")
        or cls == "function"
        or bool(value.get("registered_name"))
        or (isinstance(module, str) and not module.startswith(("keras", "tf_keras", "tensorflow")))
    )


def inner_layer(name: str = "layer", **more: Any) -> Param:
    """A serialized layer."""

    def read(value: JSON) -> JSON:
        if not isinstance(value, dict) or not isinstance(value.get("class_name"), str):
            raise BadValue("a serialized layer")
        return value

    return Param(name, read, {"type": "object"}, None, required=True, **more)


def kernel_and_bias(kernel: str = "kernel", kernel_initializer: str = "glorot_uniform") -> tuple[Param, ...]:
    """Initializers, regularizers and constraints of kernel and bias."""
    return (
        serialized(f"{kernel}_initializer", kernel_initializer),
        serialized("bias_initializer", "zeros"),
        serialized(f"{kernel}_regularizer"),
        serialized("bias_regularizer"),
        serialized("activity_regularizer"),
        serialized(f"{kernel}_constraint"),
        serialized("bias_constraint"),
    )


def data_format(default: str | None = None) -> Param:
    """`channels_last`, `channels_first`, or null for the former."""
    options = ("channels_last", "channels_first")

    def read(value: JSON) -> str:
        if value is None:
            return options[0]
        if not isinstance(value, str) or value.lower() not in options:
            raise BadValue('"channels_last" or "channels_first"')
        return value.lower()

    return Param("data_format", read, {"enum": [*options, None]}, default or options[0])


KERAS2: tuple[Dialect, ...] = ("keras2",)
KERAS3: tuple[Dialect, ...] = ("keras3",)
BOTH: tuple[Dialect, ...] = (*KERAS2, *KERAS3)


def nullable(param: Param) -> Param:
    """The same argument, where null may stand; it is then None."""
    read = param.read

    def read_or_null(value: JSON) -> Any:
        return None if value is None else read(value)

    return replace(param, read=read_or_null, schema={"anyOf": [param.schema, {"type": "null"}]})


def _in_both(param: Param, looked_at: Callable[[Callable[[JSON], Any]], Callable[[JSON], Any]]) -> Param:
    """The same argument, looked at in the same way in both generations."""
    return replace(param, read=looked_at(param.read), old=looked_at(param.old or param.read))


def never_null(param: Param) -> Param:
    """The same argument, where null may not stand."""

    def looked_at(read: Callable[[JSON], Any]) -> Callable[[JSON], Any]:
        def read_value(value: JSON) -> Any:
            if value is None:
                raise BadValue(f"the name of an {param.name.rpartition('_')[2]}, or an object with class_name")
            return read(value)

        return read_value

    return _in_both(param, looked_at)


def strict(param: Param) -> Param:
    """The same argument, where Keras takes nothing but what it wants: not true for 1."""

    def looked_at(read: Callable[[JSON], Any]) -> Callable[[JSON], Any]:
        def read_value(value: JSON) -> Any:
            try:
                return read(value)
            except Taken as error:
                raise BadValue(str(error)) from None

        return read_value

    return _in_both(param, looked_at)


def unread(param: Param) -> Param:
    """The same argument, which Keras 3 does not look at, whatever it says."""
    read = param.read

    def read_anything(value: JSON) -> Any:
        try:
            return read(value)
        except Taken:
            raise
        except BadValue as error:
            raise Taken(str(error), None) from None

    return replace(param, read=read_anything, old=param.old or read)


def looked_at_late(param: Param) -> Param:
    """The same argument, which Keras 3 looks at where it needs it alone: at a size that is known, or when data come."""

    def read(value: JSON) -> Any:
        try:
            return param.read(value)
        except Taken:
            raise
        except BadValue as error:
            raise Taken(str(error), value) from None

    return replace(param, read=read)


def compared(param: Param, is_taken: Callable[[float], bool]) -> Param:
    """The same whole number, which Keras 3 only compares: it takes any other number with which that goes well."""

    def read(value: JSON) -> Any:
        try:
            return param.read(value)
        except Taken:
            raise
        except BadValue as error:
            if isinstance(value, (int, float)) and is_taken(value):
                raise Taken(str(error), value) from None
            raise

    return replace(param, read=read, old=param.old or param.read)


def read_old_rate(value: JSON) -> JSON:
    """As Keras 2 reads the rate of a Dropout: it looks at numbers only."""
    if isinstance(value, (int, float)) and not 0 <= value <= 1:
        raise BadValue("a number from 0 to 1")
    return value


def open_size(param: Param) -> Param:
    """The same size, of which Keras 3 makes one that is not known where it is null."""

    def read(value: JSON) -> Any:
        if value is None:
            raise Taken("a whole number", None)
        return param.read(value)

    return replace(param, read=read, old=param.old or param.read)


def empty_as(param: Param, stands_for: Any) -> Param:
    """The same argument, where Keras takes whatever is nothing to Python as it takes this value."""

    def looked_at(read: Callable[[JSON], Any]) -> Callable[[JSON], Any]:
        def read_value(value: JSON) -> Any:
            try:
                return read(value)
            except BadValue as error:
                if value:
                    raise
                raise Taken(str(error), stands_for) from None

        return read_value

    return _in_both(param, looked_at)


def fractional(param: Param, *, is_cut: bool = False) -> Param:
    """The same list of whole numbers, where Keras 3 counts on with others; `is_cut`: Keras 2 takes them, cut down."""

    def looked_at(read: Callable[[JSON], Any], is_cut: bool) -> Callable[[JSON], Any]:
        def read_value(value: JSON) -> Any:
            try:
                return read(value)
            except BadValue as error:
                is_listed = isinstance(value, (list, tuple)) and any(isinstance(one, float) for one in value)
                if not is_listed or not all(isinstance(one, (int, float)) and isfinite(one) for one in value):
                    raise
                read([int(one) if one >= 1 else 1 if one > 0 else -1 for one in value])
                raise Taken(str(error), tuple(map(int, value)) if is_cut else tuple(value)) from None

        return read_value

    old = param.old or param.read
    return replace(param, read=looked_at(param.read, False), old=looked_at(old, True) if is_cut else old)


def cut_down(param: Param) -> Param:
    """The same whole number, where Keras 2 cuts others down to one."""
    read_old = param.old or param.read

    def read(value: JSON) -> Any:
        if not isinstance(value, float) or not isfinite(value):
            return read_old(value)
        raise Taken("a whole number", read_old(int(value)))

    return replace(param, old=read)


def required(param: Param) -> Param:
    """The same argument, which must be given."""
    return replace(param, required=True)


def said_in_keras3(param: Param) -> tuple[Param, Param]:
    """The same argument, which files of Keras 3 must have, and those of Keras 2 may leave out."""
    return replace(param, only=KERAS2), replace(param, required=True, only=KERAS3)


def rewrite(param: Param, read: Callable[[JSON], Any]) -> Param:
    """The same argument, read in another way."""
    return Param(param.name, read, param.schema, param.default, param.required, param.only, param.doc)


_REGULAR = "a number or regular lists of numbers"


def nested_shape(value: Any, kinds: tuple[type, ...] = (int, float), wanted: str = _REGULAR) -> tuple[int, ...]:
    """The shape of numbers, or of values of other `kinds`, in nested lists; () for one of them.

    Raises:
        BadValue: the lists are ragged, or hold something else than what is `wanted`.
    """
    shape: list[int] = []
    level = [value]
    while level and isinstance(level[0], (list, tuple)):
        lengths = {len(part) if isinstance(part, (list, tuple)) else -1 for part in level}
        if len(lengths) != 1:
            raise BadValue(wanted)
        shape.append(lengths.pop())
        level = [item for part in level for item in part]
    if any(not isinstance(item, kinds) for item in level):
        raise BadValue(wanted)
    return tuple(shape)


def _same(value: JSON) -> JSON:
    return value
