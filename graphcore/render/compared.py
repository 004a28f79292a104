"""What makes one model another, as text for a terminal and as plain data."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

from ..compare import Change, Comparison, Difference, Kind, Shapes
from ..edits import GONE
from ..shapes import show
from .plain_text import printable, thousands

MOST_SAID = 120
"""Characters of one value on a terminal."""
_SIGNS: dict[Kind, str] = {"added": "+", "removed": "-", "changed": "~"}


def comparison_as_text(said: Comparison, before: str, after: str) -> str:
    """Layer by layer what is another, then the models themselves and how many parameters they have."""
    lines = [f"{printable(before)} → {printable(after)}", ""]
    if said.is_same:
        return "\n".join([*lines, f"the models are the same: {_layers(said.same)}"]) + "\n"
    for difference in said.layers:
        lines += _of_layer(difference)
    for change in said.model:
        lines.append(f"~ {_change(change)}")
    lines += ["", f"parameters: {_sizes(said.params)}", _counted(said)]
    return "\n".join(lines) + "\n"


def comparison_as_data(said: Comparison) -> dict[str, Any]:
    """`{"same", "layers": [{"kind", "path", "class", "was", "changes"}], "model", "params", "unchanged"}`.

    A change is `{"what", "before", "after"}`, without the side that does not say it.
    """
    return {
        "same": said.is_same,
        "layers": [
            {
                "kind": one.kind,
                "path": one.path,
                "class": one.cls,
                "was": one.was,
                "changes": [_as_data(change) for change in one.changes],
            }
            for one in said.layers
        ],
        "model": [_as_data(change) for change in said.model],
        "params": list(said.params),
        "unchanged": said.same,
    }


def _as_data(change: Change) -> dict[str, Any]:
    sides = {"before": change.before, "after": change.after}
    return {"what": change.what, **{side: _plain(value) for side, value in sides.items() if value is not GONE}}


def _plain(value: Any) -> Any:
    return [None if shape is None else list(shape) for shape in value.each] if isinstance(value, Shapes) else value


def _of_layer(one: Difference) -> Iterator[str]:
    name = f'{printable(one.cls)} "{printable(one.path)}"'
    was = "" if one.was is None else f', which was "{printable(one.was)}"'
    yield f"{_SIGNS[one.kind]} {name}{was}"
    for change in one.changes:
        yield f"    {_change(change)}"


def _change(change: Change) -> str:
    return f"{printable(change.what)}: {_value(change.before)} → {_value(change.after)}"


def _value(value: Any) -> str:
    if value is GONE:
        return "–"
    if isinstance(value, Shapes):
        return ", ".join(map(show, value.each))
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return printable(text, most=MOST_SAID)


def _sizes(params: Sequence[int | None]) -> str:
    said = ["unknown" if count is None else thousands(count) for count in params]
    return said[0] if said[0] == said[1] else " → ".join(said)


def _counted(said: Comparison) -> str:
    counts = Counter(one.kind for one in said.layers)
    parts = [f"{counts[kind]} {kind}" for kind in _SIGNS if counts[kind]]
    return f"layers: {', '.join([*parts, f'{said.same} the same'])}"


def _layers(count: int) -> str:
    return "1 layer" if count == 1 else f"{thousands(count)} layers"
