"""Calls of operations: functions of keras.ops, and subscripts."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from ..catalog import Known
from ..catalog.spec import BadValue, Function, OpDef, Param
from ..formats.entries import snake_case
from ..model import JSON, Layer, Node, Object, TensorRef, Value
from ..python_text import Expression, Group, call, flat, keyword_argument, literal
from .objects import Objects, check_argument
from .script import Unwritable

Read = Callable[[Value], Expression]
"""Gives an argument of a call as an expression."""


def operation(objects: Objects, layer: Layer, node: Node, read: Read) -> Expression:
    """The call of an operation."""
    verdict = objects.script.catalog.classify(layer.op, "keras3")
    if not isinstance(verdict, Known):
        raise Unwritable(f"is of class {layer.op.cls[:80]}, which keras.ops has not")
    entry = verdict.entry
    if entry.unwritten:
        raise Unwritable(entry.unwritten)
    if entry.function is None:
        return _item(node, read)
    return _call(objects, layer, node, entry, entry.function, read)


def _call(objects: Objects, layer: Layer, node: Node, entry: OpDef, function: Function, read: Read) -> Expression:
    objects.script.imports.add("ops")
    said = objects.said(layer.config, entry, skip=("name",))
    said |= {name: _value(entry.by_name[name], layer.config) for name in function.always}
    before = [said.pop(name) for name in function.before if name in said]
    given = [read(value) for value in node.args]
    places = len(given) if function.by_place is None else function.by_place
    names = [name.rstrip("?") for name in entry.inputs.names]
    if len(given) > max(places, len(names)):
        raise Unwritable(f"is called with {len(given)} arguments, and takes {len(names)}")
    said |= dict(zip(names[places:], given[places:], strict=False))
    for key, value in node.kwargs.items():
        if value is not None or key in names:
            check_argument(key)
            said[key] = read(value)
    head = ".".join(("ops", *filter(None, (function.room, function.name or snake_case(entry.cls)))))
    named = (keyword_argument(key, value) for key, value in said.items())
    return call(head, *before, *given[:places], *named)


def _value(param: Param, config: Mapping[str, JSON]) -> Expression:
    """What an operation makes of an argument, which may be another value than the file has."""
    try:
        return literal(param.read(config[param.name]) if param.name in config else param.default)
    except BadValue:
        return literal(config[param.name])


def _item(node: Node, read: Read) -> Expression:
    arguments = [*node.args, *(node.kwargs[key] for key in ("x", "key") if key in node.kwargs)]
    if len(arguments) != 2 or type(arguments[0]) is not TensorRef:
        raise Unwritable("is a slice without a tensor or a key")
    tensor, key = arguments
    parts = key if isinstance(key, (tuple, list)) else (key,)
    return Group(f"{flat(read(tensor))}[", tuple(_index(part, read) for part in parts), "]")


def _index(part: Value, read: Read) -> Expression:
    if isinstance(part, Object) and part.cls == "__slice__":
        config = part.config if isinstance(part.config, Mapping) else {}
        texts = ["" if config.get(k) is None else flat(read(config[k])) for k in ("start", "stop", "step")]
        return f"{texts[0]}:{texts[1]}" + (f":{texts[2]}" if texts[2] else "")
    return read(part)
