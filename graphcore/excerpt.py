"""The lines of a file that a problem is about, with the place and the length of the value in the last of them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

LINE = 80
"""What of a line stands on a page or in a terminal beside its number."""
# Lines above the one that a problem is about: enough to see which layer it is.
_ABOVE = 2
_VALUE = re.compile(r'"(?:[^"\\]|\\.)*"?|[^\s"\[\]{},:]+|\[[^\[\]]*\]|\{[^{}]*\}|\S')


@dataclass(frozen=True, slots=True)
class Excerpt:
    """Lines of the file: those above, then the one that is meant, with the place and length of the value in it."""

    lines: tuple[tuple[int, str], ...]
    start: int
    length: int


def excerpts(text: str, places: Mapping[str, tuple[int, int]]) -> dict[str, Excerpt]:
    r"""The lines at each place, by its pointer.

    >>> excerpts('{"a": 1,\n "b": }', {"": (2, 7)})[""]
    Excerpt(lines=((1, '{"a": 1,'), (2, ' "b": }')), start=6, length=1)
    """
    wanted = {number for line, _ in places.values() for number in range(max(1, line - _ABOVE), line + 1)}
    lines = _lines(text, wanted)
    return {pointer: _excerpt(lines, *place) for pointer, place in places.items()}


def _lines(text: str, wanted: set[int]) -> dict[int, str]:
    """Some lines of a text, counted from 1, without cutting all of it up."""
    found: dict[int, str] = {}
    start, number = 0, 1
    for line in sorted(wanted):
        while number < line:
            start = text.find("\n", start) + 1
            number += 1
        end = text.find("\n", start)
        found[line] = text[start : end if end >= 0 else len(text)].rstrip("\r").replace("\t", " ")
    return found


def _excerpt(lines: Mapping[int, str], number: int, column: int) -> Excerpt:
    numbered = [(n, lines[n]) for n in range(max(1, number - _ABOVE), number + 1)]
    line = numbered[-1][1]
    at = min(column - 1, len(line))
    indent = min((len(text) - len(text.lstrip(" ")) for _, text in numbered if text.strip()), default=0)
    if max(len(text) for _, text in numbered) - indent > LINE:
        return _window(number, line, at)
    return Excerpt(tuple((n, text[indent:]) for n, text in numbered), max(0, at - indent), _length(line, at))


def _window(number: int, line: str, at: int) -> Excerpt:
    """A part of a long line: files without line breaks are the rule."""
    left = max(0, at - LINE // 3)
    right = left + LINE
    before, after = "…" if left else "", "…" if right < len(line) else ""
    length = min(_length(line, at), right - at)
    return Excerpt(((number, before + line[left:right] + after),), len(before) + at - left, length)


def _length(line: str, at: int) -> int:
    """How far the value reaches that begins here: to its end where that is near, else one character."""
    found = _VALUE.match(line, at, at + LINE)
    return len(found[0]) if found else 1
