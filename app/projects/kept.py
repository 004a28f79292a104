"""What is known of a document when it is kept, and of a project in a list: plain data, for routes and store alike."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

NAME_MOST = 200


class Kept(NamedTuple):
    """A document's bytes with what a list shows of it: what its check said, words to search, a picture."""

    document: bytes
    name: str
    summary: Mapping[str, Any]
    words: str
    thumbnail: str


class Revision(NamedTuple):
    """A state that was saved. Times are seconds since 1970."""

    number: int
    name: str | None
    saved: float
    bytes: int
    tag: str


@dataclass(frozen=True, slots=True)
class Project:
    """A project as a list shows it; `revision` is its newest. Times are seconds since 1970."""

    id: str
    name: str
    created: float
    changed: float
    deleted: float | None
    revision: int
    tag: str
    summary: Mapping[str, Any]


class Page(NamedTuple):
    """Some projects of a list, and where the next ones begin; None where there are none."""

    items: list[Project]
    next: str | None


class NoSuchThing(Exception):
    """There is no project, or no revision, of that name."""


class Conflict(Exception):
    """The newest state is another than the one that was changed. Its tag is in `tag`."""

    def __init__(self, tag: str) -> None:
        super().__init__(tag)
        self.tag = tag


class NotKept(Exception):
    """The database cannot be read or written, with its reason."""


class NoProjectFile(Exception):
    """What was imported is no exported project, with the reason."""


def is_name(text: str) -> bool:
    """Whether a text can name a project or a revision: it has letters, no controls, and can be written as UTF-8."""
    return bool(text.strip()) and len(text) <= NAME_MOST and not any(map(_is_odd, text))


def as_name(text: str, otherwise: str) -> str:
    r"""The name that a text makes once what no name may hold is taken out.

    >>> as_name("a\x00b", "model"), as_name("", "model")
    ('ab', 'model')
    """
    return "".join(letter for letter in text if not _is_odd(letter)).strip()[:NAME_MOST] or otherwise


def _is_odd(letter: str) -> bool:
    return letter < " " or "\x7f" <= letter < "\xa0" or "\ud800" <= letter <= "\udfff"
