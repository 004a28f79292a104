"""What a fix does, told apart from where it stands: the same fix is found again after another one was made."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from ..diagnostics import Fix
from ..edits import last_of, parent_of
from ..model import JSON
from ..source import escape

_GONE = "gone"
# A shape or dtype that is recorded there, of a tensor in a call or for `build`: nothing is computed with it.
_RECORDED = re.compile(r"^/(?:args|kwargs)/.*/config/(?:shape(?:/\d+)?|dtype)$|^/build_config\b")


def deed(fix: Fix) -> frozenset[tuple[str, str, str]]:
    """The parts of the document that a fix changes: record, pointer in it, new value.

    What only records a shape is left out where the fix does anything else: it follows what was changed before. A name
    that the fix makes up is a number here.
    """
    diff: Mapping[str, Any] = fix.diff
    added = [key.removeprefix("layer/") for key in diff["added"] if key.startswith("layer/")]
    numbers = {path: f"new/{n}" for n, path in enumerate(added)}
    made_up = {repr(last_of(path)): number for path, number in numbers.items()}
    done = {(key, "", _GONE) for key in diff["removed"]}
    for key, value in diff["added"].items():
        kind, _, path = key.partition("/")
        at = f"{kind}/{numbers.get(path) or numbers.get(parent_of(path)) or path}"
        done |= {(at, pointer, made_up.get(leaf, leaf)) for pointer, leaf in _leaves(value)}
    for key, (was, to) in diff["updated"].items():
        before, after = dict(_leaves(was)), dict(_leaves(to))
        for pointer in before.keys() | after.keys():
            leaf = after.get(pointer, _GONE)
            if before.get(pointer, _GONE) != leaf:
                done.add((key, pointer, made_up.get(leaf, leaf)))
    meant = frozenset(part for part in done if not _RECORDED.search(part[1]))
    return meant or frozenset(done)


def _leaves(value: JSON) -> Iterator[tuple[str, str]]:
    """What stands at the ends of a value: its pointer and its text."""
    waiting: list[tuple[JSON, str]] = [(value, "")]
    while waiting:
        inner, pointer = waiting.pop()
        if isinstance(inner, dict) and inner:
            waiting += [(one, f"{pointer}/{escape(key)}") for key, one in inner.items()]
        elif isinstance(inner, list) and inner:
            waiting += [(one, f"{pointer}/{i}") for i, one in enumerate(inner)]
        else:
            yield pointer, repr(inner)
