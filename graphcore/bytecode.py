"""What marshalled Python code names, read without Python's `marshal`, which may crash on bytes that others wrote.

No code object is made. Each version of Python lays one out in its own way; the first layout that comes out even counts.
"""

from __future__ import annotations

import struct
from typing import Any, NamedTuple

MOST_READ = 200_000
"""Values of one stream: a lambda has a few dozen."""
MOST_NESTED = 100


class Named(NamedTuple):
    """What code mentions: the names of globals, attributes and modules, and its texts. None of it is run."""

    names: tuple[str, ...]
    texts: tuple[str, ...]


class _Layout(NamedTuple):
    """The parts of a code object: so many numbers, values, the first line, so many values after it."""

    numbers: int
    values: int
    after: int


# Python 3.11 and later, 3.8 to 3.10, 3.0 to 3.7, 2. In all of them the values begin with bytecode, constants, names.
_LAYOUTS = (_Layout(5, 8, 2), _Layout(6, 8, 1), _Layout(5, 8, 1), _Layout(4, 8, 1))


class _Broken(ValueError):
    """The bytes are no such stream."""


class _Code(NamedTuple):
    constants: Any
    names: Any


def names_in(data: bytes) -> Named | None:
    """The names and texts in marshalled code, None where the bytes cannot be followed.

    >>> import marshal
    >>> names_in(marshal.dumps(compile("os.system('ls')", "x", "eval")))
    Named(names=('os', 'system'), texts=('ls',))
    """
    for layout in _LAYOUTS:
        reader = _Reader(data, layout)
        try:
            found = reader.value(0)
        except (_Broken, IndexError, struct.error, UnicodeDecodeError):
            continue
        if reader.at == len(data) and any(isinstance(one, _Code) for one in _flat(found)):
            return _named(found)
    return None


def _named(tree: Any) -> Named:
    names: dict[str, None] = {}
    texts: dict[str, None] = {}
    for one in _flat(tree):
        if isinstance(one, _Code):
            names.update(dict.fromkeys(name for name in one.names if isinstance(name, str)))
            texts.update(dict.fromkeys(_texts(one.constants)))
    return Named(tuple(names), tuple(texts))


def _flat(tree: Any) -> list[Any]:
    """Every value of a tree, and what is in the code in it."""
    found: list[Any] = []
    waiting = [tree]
    while waiting and len(found) < MOST_READ:
        one = waiting.pop()
        found.append(one)
        if isinstance(one, _Code):
            waiting += [one.names, one.constants]
        elif isinstance(one, (list, tuple)):
            waiting += reversed(one)
    return found


def _texts(constants: Any) -> list[str]:
    """Texts among constants, those in tuples included; inner code says its own."""
    found: list[str] = []
    waiting = [constants]
    while waiting and len(found) < MOST_READ:
        one = waiting.pop()
        if isinstance(one, str):
            found.append(one)
        elif isinstance(one, list):
            waiting += reversed(one)
    return found


class _Reader:
    """A stream of marshalled values, read in one layout of code."""

    def __init__(self, data: bytes, layout: _Layout) -> None:
        self.data = data
        self.at = 0
        self.layout = layout
        self.seen: list[Any] = []  # what later values refer to
        self.interned: list[Any] = []
        self.left = MOST_READ

    def value(self, depth: int) -> Any:
        """The next value.

        Raises:
            _Broken: there is none.
        """
        self.left -= 1
        if depth > MOST_NESTED or self.left < 0:
            raise _Broken
        mark = self._take(1)[0]
        kind, is_kept = chr(mark & 0x7F), bool(mark & 0x80)
        place = len(self.seen)
        if is_kept:
            self.seen.append(None)
        found = self._of_kind(kind, depth)
        if is_kept:
            self.seen[place] = found
        return found

    def _of_kind(self, kind: str, depth: int) -> Any:
        if kind in "NFTS.0":
            return None
        if kind in "iI":
            return self._take(4 if kind == "i" else 8) and None
        if kind in "gy":
            return self._take(8 if kind == "g" else 16) and None
        if kind in "fx":
            for _ in range(1 if kind == "f" else 2):
                self._take(self._take(1)[0])
            return None
        if kind == "l":
            self._take(2 * abs(self._number()))
            return None
        if kind in "su":
            data = self._take(self._size())
            return data.decode("utf-8", "surrogatepass") if kind == "u" else data
        if kind in "taA":
            text = self._take(self._size()).decode("latin-1")
            if kind == "t":
                self.interned.append(text)
            return text
        if kind in "zZ":
            return self._take(self._take(1)[0]).decode("latin-1")
        if kind == "r":
            return self.seen[self._size()]
        if kind == "R":
            return self.interned[self._size()]
        if kind in "([<>)":
            count = self._take(1)[0] if kind == ")" else self._size()
            return [self.value(depth + 1) for _ in range(count)]
        if kind == "{":
            return self._dict(depth)
        if kind == "c":
            return self._code(depth)
        raise _Broken

    def _dict(self, depth: int) -> Any:
        found = []
        while self.data[self.at] & 0x7F != ord("0"):
            found += [self.value(depth + 1), self.value(depth + 1)]
        self.at += 1
        return found

    def _code(self, depth: int) -> _Code:
        self._take(4 * self.layout.numbers)
        values = [self.value(depth + 1) for _ in range(self.layout.values)]
        self._take(4)  # the line
        for _ in range(self.layout.after):
            self.value(depth + 1)
        if not isinstance(values[0], bytes) or not isinstance(values[2], list):
            raise _Broken
        return _Code(values[1], values[2])

    def _take(self, count: int) -> bytes:
        if count < 0 or self.at + count > len(self.data):
            raise _Broken
        self.at += count
        return self.data[self.at - count : self.at]

    def _number(self) -> int:
        return int(struct.unpack("<i", self._take(4))[0])

    def _size(self) -> int:
        size = self._number()
        if not 0 <= size <= len(self.data):
            raise _Broken
        return size
