"""Text that a terminal or a log only shows: nothing in it moves the cursor, turns the line around or ends it."""

from __future__ import annotations

MOST_TEXT = 2_000
"""Characters of one piece of text: a name in a file may be a megabyte long."""
_SHORT = {"\n": "\\n", "\r": "\\r", "\t": "\\t", "\\": "\\"}


def printable(text: str, *, most: int = MOST_TEXT) -> str:
    r"""The text with what is not printed written as an escape, clipped where it is long.

    >>> print(printable("a\x1b[31m\u202eb"))
    a\x1b[31m\u202eb
    """
    if len(text) > most:
        text = f"{text[: most - 1]}…"
    if text.isprintable():
        return text
    return "".join(char if char.isprintable() else char.encode("unicode_escape").decode() for char in text)


def thousands(number: int) -> str:
    """A count with commas; Python writes no number of more than 4,300 digits.

    >>> thousands(25636712), thousands(10**5000)
    ('25,636,712', 'more than 10^4000')
    """
    return f"{number:,}" if number.bit_length() < 13_000 else "more than 10^4000"
