"""Python source as text: expressions that break over lines, literals, and names that are free."""

from __future__ import annotations

import builtins
import keyword
import math
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from .model import JSON

# As Black has it with a line a little longer than its own.
WIDTH = 100
# CPython's parser gives up at 200 brackets, and nobody reads a tenth of that.
DEEPEST = 60
LONGEST_NAME = 60


class TooDeep(ValueError):
    """A value that is nested deeper than a reader, or Python's parser, can follow."""


# Expressions


@dataclass(frozen=True, slots=True)
class Group:
    """Brackets around items, flat where that fits, else an item a line.

    `head` ends with the opening bracket. A tuple of one item has a comma. `is_packed`: as many on a line as fit.
    """

    head: str
    items: tuple[Expression, ...]
    tail: str
    is_tuple: bool = False
    is_packed: bool = False


@dataclass(frozen=True, slots=True)
class Chain:
    """Expressions in a row without a break between them: a layer and its call."""

    parts: tuple[Expression, ...]


Expression = str | Group | Chain


def flat(expression: Expression) -> str:
    """The text on one line."""
    if isinstance(expression, str):
        return expression
    if isinstance(expression, Chain):
        return "".join(flat(part) for part in expression.parts)
    inside = ", ".join(flat(item) for item in expression.items)
    comma = "," if expression.is_tuple and len(expression.items) == 1 else ""
    return f"{expression.head}{inside}{comma}{expression.tail}"


def lay_out(expression: Expression, indent: int, before: int, after: int = 0) -> str:
    """The text over as many lines as it takes; `before` columns of its first and `after` of its last are taken."""
    text = flat(expression)
    if isinstance(expression, str) or before + len(text) + after <= WIDTH:
        return text
    if isinstance(expression, Chain):
        return _lay_out_chain(expression, indent, before, after)
    if not expression.items:
        return text
    inner = indent + 4
    if expression.is_packed:
        lines = _packed([flat(item) for item in expression.items], WIDTH - inner)
    else:
        lines = [lay_out(item, inner, inner, 1) + "," for item in expression.items]
    return "\n".join([expression.head, *(" " * inner + line for line in lines), " " * indent + expression.tail])


def _lay_out_chain(chain: Chain, indent: int, before: int, after: int) -> str:
    """Break the longest part that has something inside, as Black breaks the brackets that help; else all of them."""
    longest = max(range(len(chain.parts)), key=lambda i: _room_inside(chain.parts[i]))
    for broken in ({longest}, set(range(len(chain.parts)))):
        parts = [lay_out(p, indent, WIDTH, after) if i in broken else flat(p) for i, p in enumerate(chain.parts)]
        text = "".join(parts)
        if before + len(text.partition("\n")[0]) <= WIDTH:
            break
    return text


def _room_inside(expression: Expression) -> int:
    return len(flat(expression)) if isinstance(expression, Group) and expression.items else 0


def _packed(items: Sequence[str], room: int) -> list[str]:
    lines = [""]
    for item in items:
        if lines[-1] and len(lines[-1]) + len(item) + 2 > room:
            lines.append("")
        lines[-1] += f"{' ' if lines[-1] else ''}{item},"
    return lines


def call(head: str, *items: Expression) -> Group:
    """`head(…)`."""
    return Group(f"{head}(", items, ")")


def prefixed(prefix: str, value: Expression) -> Expression:
    """An expression with something before it on its first line: `name=`, `"key": `, `**`."""
    if isinstance(value, Group):
        return Group(prefix + value.head, value.items, value.tail, value.is_tuple, value.is_packed)
    if isinstance(value, Chain):
        return Chain((prefixed(prefix, value.parts[0]), *value.parts[1:]))
    return prefix + value


def keyword_argument(name: str, value: Expression) -> Expression:
    """`name=value`."""
    return prefixed(f"{name}=", value)


def pair(key: str, value: Expression) -> Expression:
    """`"key": value`, for a dict."""
    return prefixed(f"{quoted(key)}: ", value)


def many(items: Iterable[Expression], brackets: str = "[]") -> Group:
    """A list, `()` a tuple, `{}` a dict of pairs."""
    items = tuple(items)
    is_packed = len(items) > 8 and all(isinstance(item, str) and len(item) < 12 for item in items)
    return Group(brackets[0], items, brackets[1], is_tuple=brackets == "()", is_packed=is_packed)


# Literals


def literal(value: JSON, depth: int = 0) -> Expression:
    """A JSON value, or a plain Python one, as source.

    Raises:
        TooDeep: it is nested too deep.
    """
    if depth > DEEPEST:
        raise TooDeep(f"has a value that is nested deeper than {DEEPEST}")
    if value is None or value is True or value is False:
        return repr(value)
    if isinstance(value, str):
        return quoted(value)
    if isinstance(value, float):
        return repr(value) if math.isfinite(value) else f'float("{value}")'
    if isinstance(value, int):
        # Python refuses to print, and to read, numbers of more than 4,300 digits.
        return repr(value) if value.bit_length() < 1000 else hex(value)
    if isinstance(value, Mapping):
        return many((pair(str(key), literal(value[key], depth + 1)) for key in value), "{}")
    return many((literal(item, depth + 1) for item in value), "()" if is_shape(value, depth) else "[]")


def is_shape(value: JSON, depth: int = 0) -> bool:
    """Whether people write a list as a tuple: one of sizes, or of such; lists of words and of fractions stay lists."""
    if depth > DEEPEST:
        raise TooDeep(f"has a value that is nested deeper than {DEEPEST}")
    return bool(value) and all(
        item is None or type(item) is int or (isinstance(item, (list, tuple)) and is_shape(item, depth + 1))
        for item in value
    )


def quoted(text: str) -> str:
    """A string literal: one line of ASCII in double quotes."""
    inside = ascii(text)[1:-1]
    if "'" in text and '"' not in text:
        return f'"{inside}"'  # ascii() took double quotes itself
    return '"' + inside.replace("\\'", "'").replace('"', '\\"') + '"'


def in_docstring(text: str, longest: int = 80) -> str:
    """A text that cannot end a docstring, nor escape anything in one."""
    return ascii(text[:longest])[1:-1].replace("\\", "/").replace('"', "'")


# Names

_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+|[A-Z]")
_TAKEN = frozenset(keyword.kwlist) | frozenset(keyword.softkwlist) | frozenset(dir(builtins))


class Names:
    """Names that are free, in the order they are asked for; `taken` are not."""

    def __init__(self, taken: Iterable[str] = ()) -> None:
        self._taken = set(taken)
        self._next: dict[str, int] = {}

    def variable(self, text: str, fallback: str) -> str:
        """A variable's name from any text: `block1a/add` gives `block1a_add`."""
        return self._free(snake(text) or snake(fallback) or "x")

    def cls(self, text: str) -> str:
        """A class's name from any text: what stands after `>`, without what no name may hold.

        It begins with a capital, as no variable does.
        """
        word = re.sub(r"[^A-Za-z0-9_]", "", text.rpartition(">")[2])[:LONGEST_NAME].strip("_")
        return self._free(word[0].upper() + word[1:] if word[:1].isalpha() else f"Custom{word}")

    def _free(self, word: str) -> str:
        name = word = f"{word}_" if word in _TAKEN else word
        while name in self._taken:
            self._next[word] = number = self._next.get(word, 1) + 1
            name = f"{word}_{number}"
        self._taken.add(name)
        return name


def snake(text: str) -> str:
    """Words of a text as Python's variables have them, empty where there are none.

    >>> snake("Conv2DTranspose"), snake("tf.math.add_3"), snake("42")
    ('conv2d_transpose', 'tf_math_add_3', 'x42')
    """
    words: list[str] = []
    for chunk in re.split(r"[^A-Za-z0-9]+", text[:LONGEST_NAME]):
        joined: list[str] = []
        for part in _WORD.findall(chunk):
            # A number belongs to the word before it, and so does the D of 2D.
            if joined and (part.isdigit() or (part[0] == "D" and joined[-1][-1].isdigit() and len(part) == 1)):
                joined[-1] += part
            else:
                joined.append(part)
        words += joined
    word = "_".join(words).lower()
    return f"x{word}" if word[:1].isdigit() else word


def is_argument(name: str) -> bool:
    """Whether a text can stand before the `=` of an argument."""
    return name.isascii() and name.isidentifier() and not keyword.iskeyword(name) and not name.startswith("_")
