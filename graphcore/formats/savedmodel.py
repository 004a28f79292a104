"""The config inside a SavedModel, read from its protocol buffers by their wire format, without TensorFlow.

Since TensorFlow 2.5 a Keras model keeps its config as a JSON text in `keras_metadata.pb`; before, in `saved_model.pb`
itself. Only the fields on the way to that text are looked at.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, Literal, NamedTuple, TypeVar

from ..model import JSON

METADATA = "keras_metadata.pb"
GRAPH = "saved_model.pb"
# SavedMetadata.nodes → SavedObject.metadata; the first object is the model.
_IN_METADATA = (1, 5)
# SavedModel.meta_graphs → MetaGraphDef.object_graph_def → SavedObjectGraph.nodes → SavedObject.user_object → metadata.
_IN_GRAPH = (2, 7, 1, 4, 3)
_CONTROL = re.compile(rb"[\x00-\x08\x0b\x0c\x0e-\x1f]")
_LISTS = ("__tuple__", "TensorShape")


Message = TypeVar("Message", bytes, memoryview)


class Found(NamedTuple):
    """The config's JSON text in a SavedModel's file, empty where none is in it, and what is wrong with the file."""

    text: bytes
    damage: Literal["cut off", "line ends"] | None = None


def config_of(message: bytes, member: str) -> Found:
    """The config in a SavedModel's file, `member` being METADATA or GRAPH."""
    for number in _IN_METADATA if member == METADATA else _IN_GRAPH:
        _, message, is_whole = next((field for field in fields(message) if field[0] == number), (number, b"", True))
        if not is_whole:
            return Found(b"", "cut off")
    # No JSON holds a control character. Where one stands, lengths count line ends that Git has made shorter.
    if (beyond := _CONTROL.search(message)) is not None:
        return Found(message[: message.rfind(b"}", 0, beyond.start()) + 1], "line ends")
    return Found(message)


def member_of(beginning: bytes) -> str | None:
    """Which file of a SavedModel starts so: with an object of Keras, or with the schema's version and a graph."""
    if beginning[:1] == b"\x0a" and b"_tf_keras_" in beginning[:64]:
        return METADATA
    return GRAPH if beginning[:3] == b"\x08\x01\x12" else None


def plain(value: JSON) -> JSON:
    """The value with lists where a SavedModel's JSON has objects for tuples and shapes. The value itself is changed."""
    top = [value]
    waiting: list[tuple[Any, Any]] = [(top, 0)]  # containers, and where to look in them
    while waiting:
        around, key = waiting.pop()
        inner = around[key]
        while isinstance(inner, dict) and inner.get("class_name") in _LISTS and isinstance(inner.get("items"), list):
            inner = around[key] = inner["items"]
        if isinstance(inner, (dict, list)):
            waiting.extend((inner, at) for at in (inner if isinstance(inner, dict) else range(len(inner))))
    return top[0]


def fields(message: Message) -> Iterator[tuple[int, Message, bool]]:
    """Number and content of each field that has a length, as far as the bytes make sense, and whether all is there."""
    at = 0
    while at < len(message):
        tag, at = _varint(message, at)
        match tag & 7:
            case 0:
                _, at = _varint(message, at)
            case 1:
                at += 8
            case 2:
                size, at = _varint(message, at)
                yield tag >> 3, message[at : at + size], at + size <= len(message)
                at += size
            case 5:
                at += 4
            case _:
                return


def _varint(message: bytes | memoryview, at: int) -> tuple[int, int]:
    """A number of at most 64 bits, and where it ends."""
    value = 0
    for i, byte in enumerate(message[at : at + 10]):
        value |= (byte & 0x7F) << 7 * i
        if byte < 0x80:
            return value, at + i + 1
    return 0, len(message)
