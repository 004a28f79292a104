"""A bounded matcher for names: the part of regular expressions that people use, in time that no pattern can stretch."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

MOST_PATTERN = 200
"""Characters of a pattern: matching takes these times the characters of a name. Groups in groups are among them."""
MOST_NAME = 1_000
"""Characters of a name that are looked at."""

Accepts = Callable[[str], bool]

_CLASSES: dict[str, Accepts] = {
    "d": str.isdecimal,
    "D": lambda char: not char.isdecimal(),
    "w": lambda char: char.isalnum() or char == "_",
    "W": lambda char: not (char.isalnum() or char == "_"),
    "s": str.isspace,
    "S": lambda char: not char.isspace(),
}


def in_range(names: Sequence[str], layer_range: tuple[str, str]) -> Sequence[str]:
    """The names from the first that one pattern matches to the last that the other one does, in their own order.

    Raises:
        ValueError: a pattern matches none, or is none.
    """
    first, last = (_matching(names, pattern) for pattern in layer_range)
    # The other way round, Keras takes them in the order of the model.
    start, end = (first[0], last[-1]) if first[0] <= last[-1] else (last[0], first[-1])
    return names[start : end + 1]


def _matching(names: Sequence[str], pattern: str) -> list[int]:
    compiled = NamePattern(pattern)
    found = [i for i, name in enumerate(names) if compiled.matches_start(name)]
    if not found:
        raise ValueError(f"layer_range: no layer's name begins with {pattern[:80]!r}")
    return found


class _Fork(NamedTuple):
    """Leads on to several states without a character."""

    targets: list[int]


class _Edge(NamedTuple):
    """Leads on at the start (`^`) or the end (`$`) of a name only."""

    at: str
    targets: list[int]


class _Take(NamedTuple):
    """Leads on with a character."""

    accepts: Accepts
    targets: list[int]


class NamePattern:
    r"""A regular expression without backtracking: `.` `[…]` `\d \w \s` `( )` `|` `*` `+` `?` `^` `$`.

    Raises:
        ValueError: the pattern is none, is too long, or has something else in it.
    """

    def __init__(self, pattern: str) -> None:
        self._text = pattern
        self._at = 0
        self._states: list[_Fork | _Edge | _Take] = []
        if len(pattern) > MOST_PATTERN:
            raise self._refused(f"more than {MOST_PATTERN} characters")
        self._start, self._end = self._either()
        if self._at < len(pattern):
            raise self._refused("a bracket that nothing opens")

    def matches_start(self, name: str) -> bool:
        """Whether a name begins with what the pattern describes, as `re.match` says it."""
        name = name[:MOST_NAME]
        current = self._reached([self._start], 0, len(name))
        for i, char in enumerate(name):
            if self._end in current or not current:
                break
            moved: list[int] = []
            for number in current:
                state = self._states[number]
                if isinstance(state, _Take) and state.accepts(char):
                    moved += state.targets
            current = self._reached(moved, i + 1, len(name))
        return self._end in current

    def _reached(self, numbers: list[int], at: int, length: int) -> set[int]:
        """These states, and all that they lead to without a character."""
        found = set(numbers)
        waiting = list(found)
        while waiting:
            state = self._states[waiting.pop()]
            if isinstance(state, _Take):
                continue
            if isinstance(state, _Edge) and at != (0 if state.at == "^" else length):
                continue
            fresh = [target for target in state.targets if target not in found]
            found.update(fresh)
            waiting += fresh
        return found

    # Each part gives the numbers of its first and last state.

    def _either(self) -> tuple[int, int]:
        """Branches between bars. Recursive as brackets nest, which the pattern's length bounds."""
        start, end = self._add(_Fork([])), self._add(_Fork([]))
        while True:
            first, last = self._sequence()
            self._states[start].targets.append(first)
            self._states[last].targets.append(end)
            if self._peek() != "|":
                return start, end
            self._at += 1

    def _sequence(self) -> tuple[int, int]:
        start = end = self._add(_Fork([]))
        while self._peek() not in ("", "|", ")"):
            first, last = self._repeated()
            self._states[end].targets.append(first)
            end = last
        return start, end

    def _repeated(self) -> tuple[int, int]:
        first, last = self._one()
        if (sign := self._peek()) in ("*", "+", "?"):
            self._at += 1
            start, end = self._add(_Fork([first])), self._add(_Fork([]))
            self._states[last].targets.append(end)
            if sign != "?":
                self._states[end].targets.append(first)
            if sign != "+":
                self._states[start].targets.append(end)
            first, last = start, end
            if self._peek() == "?":  # a lazy one takes less, and matches the same names
                self._at += 1
            if self._peek() in ("*", "+", "?"):
                raise self._refused(f"{sign}{self._peek()}")
        if self._peek() == "{":
            raise self._refused("counts in braces")
        return first, last

    def _one(self) -> tuple[int, int]:
        char = self._next()
        if char == "(":
            if self._text.startswith("?:", self._at):
                self._at += 2
            elif self._peek() == "?":
                raise self._refused("groups with ?")
            inside = self._either()
            if self._next() != ")":
                raise self._refused("a bracket that nothing closes")
            return inside
        if char in ("*", "+", "?"):
            raise self._refused(f"{char} after nothing")
        end = self._add(_Fork([]))
        if char in ("^", "$"):
            return self._add(_Edge(char, [end])), end
        if char == ".":
            accepts: Accepts = lambda other: other != "\n"  # noqa: E731  three ways to the same kind of thing
        elif char == "[":
            accepts = self._set()
        else:
            accepts = self._escape() if char == "\\" else char.__eq__
        return self._add(_Take(accepts, [end])), end

    def _set(self) -> Accepts:
        """Characters and ranges in brackets."""
        is_negated = self._peek() == "^"
        self._at += is_negated
        parts: list[Accepts] = []
        while not parts or self._peek() != "]":
            char = self._next()
            if not char:
                raise self._refused("a bracket that nothing closes")
            if char == "\\":
                parts.append(self._escape())
            elif self._peek() == "-" and self._text[self._at + 1 : self._at + 2] not in ("]", ""):
                self._at += 1
                parts.append(_range(char, self._next()))
            else:
                parts.append(char.__eq__)
        self._at += 1
        return lambda other: any(part(other) for part in parts) != is_negated

    def _escape(self) -> Accepts:
        char = self._next()
        if char in _CLASSES:
            return _CLASSES[char]
        if not char or char.isalnum():
            raise self._refused(f"\\{char}")
        return char.__eq__

    def _peek(self) -> str:
        return self._text[self._at : self._at + 1]

    def _next(self) -> str:
        char = self._peek()
        self._at += 1
        return char

    def _add(self, state: _Fork | _Edge | _Take) -> int:
        self._states.append(state)
        return len(self._states) - 1

    def _refused(self, what: str) -> ValueError:
        return ValueError(f"The pattern {self._text[:80]!r} has {what}, which is not understood here")


def _range(first: str, last: str) -> Accepts:
    return lambda char: first <= char <= last
