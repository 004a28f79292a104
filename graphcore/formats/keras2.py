"""Calls as Keras 1 and 2 record them: nested lists of `["x", 0, 0, {keyword arguments}]`.

The keyword arguments stand with every tensor; Keras calls the layer with those of the last. Among them `["y", 0, 0]` is
a tensor. A record that is one such list alone (as TFOpLambda's are) is one tensor, like a list of one.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ..model import JSON, Node, NodeKey, TensorRef, Value
from ..source import escape
from .keras3 import MOST_NESTED

CONSTANT = "_CONSTANT_VALUE"
# Their calls keep a list of one tensor a list.
KEEPS_LISTS = frozenset({"TFOpLambda", "ClassMethod", "InstanceMethod", "InstanceProperty", "SlicingOpLambda"})


_RECORD = 'write each tensor as ["dense", 0, 0, {}], in one list for a call'


class CallReader:
    """Reads the records of one graph. `resolve` and `say` are as in `keras3.CallReader`."""

    def __init__(self, resolve: Callable[[str, int, int, str], TensorRef], say: Callable[..., None]) -> None:
        self.resolve = resolve
        self.say = say

    def read(self, record: JSON, key: NodeKey, origin: str, cls: str) -> Node:
        """One call. What cannot be read of it is said, and left out."""
        if record.__class__ is list and len(record) == 1 and cls not in KEEPS_LISTS:
            only = record[0]
            if is_leaf(only):  # most calls
                ref = self._leaf(only, f"{origin}/0", {})
                if len(only) == 3 or not only[3]:
                    return Node(key, (ref,), {}, origin)
                return Node(key, (ref,), self._named(only[3], f"{origin}/0/3"), origin)
        found: dict[str, Any] = {}
        if not record or record.__class__ not in (list, dict):
            self.say("GC103", origin, "has a record that names no tensor", _RECORD)
            return Node(key, (), {}, origin)
        first = self._first(record, origin, found, 0)
        if first.__class__ is tuple and len(first) == 1 and cls not in KEEPS_LISTS:
            first = first[0]
        named = self._named(found["said"], found["at"]) if found.get("said") else {}
        return Node(key, (first,), named, origin)

    def _first(self, value: JSON, pointer: str, found: dict[str, Any], depth: int) -> Value:
        """The first argument: a tensor, or lists and objects of them. Notes the last keyword arguments in `found`."""
        if is_leaf(value):
            return self._leaf(value, pointer, found)
        if depth <= MOST_NESTED:
            if value.__class__ is list:
                return tuple([self._first(v, f"{pointer}/{i}", found, depth + 1) for i, v in enumerate(value)])
            if value.__class__ is dict:
                return {
                    name: self._first(value[name], f"{pointer}/{escape(name)}", found, depth + 1)
                    for name in sorted(value)
                }
        self.say("GC103", pointer, "has a record in which no [layer, node_index, tensor_index] stands", _RECORD)
        return None

    def _leaf(self, leaf: list[JSON], pointer: str, found: dict[str, Any]) -> Value:
        if len(leaf) == 4:
            found["said"], found["at"] = leaf[3], f"{pointer}/3"
        if leaf[0] == CONSTANT:
            return self.value(leaf[2], f"{pointer}/2")
        return self.resolve(leaf[0], leaf[1], leaf[2], pointer)

    def _named(self, said: JSON, pointer: str) -> dict[str, Value]:
        if said.__class__ is not dict:
            self.say("GC103", pointer, "has keyword arguments that are no object")
            return {}
        return {name: self.value(value, f"{pointer}/{escape(name)}") for name, value in said.items()}

    def value(self, value: JSON, pointer: str, depth: int = 0) -> Value:
        """A keyword argument, with a TensorRef for each tensor in it."""
        kind = value.__class__
        if kind is list:
            if is_leaf(value):
                return self._leaf(value, pointer, {})
            if depth <= MOST_NESTED:
                return tuple([self.value(inner, f"{pointer}/{i}", depth + 1) for i, inner in enumerate(value)])
        elif kind is dict:
            if depth <= MOST_NESTED:
                return {k: self.value(inner, f"{pointer}/{escape(k)}", depth + 1) for k, inner in value.items()}
        else:
            return value
        self.say("GC103", pointer, f"has an argument of more than {MOST_NESTED} levels")
        return None


def is_leaf(value: JSON) -> bool:
    """Whether a list names a tensor, or holds a constant in its place."""
    return (
        value.__class__ is list
        and 3 <= len(value) <= 4
        and value[0].__class__ is str
        and value[1].__class__ is int
        and (value[2].__class__ is int or value[0] == CONSTANT)
        and (len(value) == 3 or value[3].__class__ is dict)
    )
