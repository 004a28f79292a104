"""Problems as data: what is wrong, where, because of what, and the way out."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from .codes import CODES, Severity
from .patch import Patch

MOST_SHOWN = 200
"""Diagnostics of a report; the rest is counted."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where something is: a JSON pointer into the file, and what stands there.

    `layer` is a layer of the innermost model, `path` the nested models around it, outermost first. `member` names the
    file inside an archive that the pointer is about.
    """

    pointer: str
    layer: str | None = None
    node_index: int | None = None
    tensor_index: int | None = None
    arg: str | None = None
    input: int | None = None
    path: tuple[str, ...] = ()
    member: str | None = None


class Related(NamedTuple):
    """Another place that belongs to a problem: `input 0  stem[0][0]  (None, 8)`."""

    label: str
    at: Place
    says: str


@dataclass(frozen=True, slots=True)
class Fix:
    """A change that mends a problem, as a diff of the document's records.

    `safe`: it changes no shape, count or meaning that Keras would have computed. `effect` is what it does to the model:
    parameters and outputs before and after, the codes that it solves, how many problems it reveals, and how many more
    tensors are known. `stages` are the same change as patches of the file, made one after the other.
    """

    id: str
    title: str
    safe: bool
    diff: Mapping[str, Any]  # {"added", "updated", "removed"} on records
    effect: Mapping[str, Any] = field(default_factory=dict)
    stages: tuple[Patch, ...] = ()


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """One problem. `data` are facts for tools; what people read stands in message, related and hint."""

    code: str
    message: str
    at: Place
    related: tuple[Related, ...] = ()
    hint: str | None = None
    fixes: tuple[Fix, ...] = ()
    data: Mapping[str, Any] = field(default_factory=dict)

    @property
    def slug(self) -> str:
        """The code in words."""
        return CODES[self.code].slug

    @property
    def severity(self) -> Severity:
        """How bad it is: the code says so."""
        return CODES[self.code].severity


_RANK = {"error": 0, "warning": 1, "info": 2}


def sort_diagnostics(found: Iterable[Diagnostic]) -> tuple[Diagnostic, ...]:
    """Errors first, then as the file has them; equal ones once."""
    unique: dict[tuple[Any, ...], Diagnostic] = {}
    for diagnostic in found:
        at = diagnostic.at
        unique.setdefault((diagnostic.code, at.pointer, at.arg, at.input, diagnostic.message), diagnostic)
    return tuple(sorted(unique.values(), key=_order))


def _order(diagnostic: Diagnostic) -> tuple[Any, ...]:
    return _RANK[diagnostic.severity], _natural(diagnostic.at.pointer), diagnostic.code, diagnostic.message


def _natural(pointer: str) -> tuple[tuple[int, int, str], ...]:
    """Parts of a pointer, the numbers among them as numbers: /layers/9 comes before /layers/10."""
    return tuple((0, int(part), "") if part.isdecimal() else (1, 0, part) for part in pointer.split("/"))


def shown(value: Any) -> str:
    """A JSON value in a message: as JSON writes it, cut where it is long."""
    text = f'"{value}"' if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)
    return text if len(text) <= 40 else f"{text[:37]}…"
