"""A model as a small picture: boxes in rows, coloured by kind, and the wires between them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from typing import Any, NamedTuple

import graphcore

# More cannot be told apart at the size of a stamp. Rows are high enough for eyes up to nine, and closer beyond: with
# nine of them ResNet50 looked like a stack of nine layers.
ROWS, COLUMNS = 21, 4
WIDTH, HEIGHT = 200, 112
_HIGHEST, _BOX, _STEP = 11.5, 36, 44
_INNER = 104
# How far a wire bends out that would lie behind a box: a fixed part, and more for each row that it passes.
_LEAST_BEND, _BEND, _MOST_BEND = 6, 5, 46
# The part of a row that its boxes fill.
_FILLED = 0.57
# The page's colours, light and dark: an image cannot ask the page for them.
_COLOURS = {
    "input": ("#355067", "#eaf4ff"),
    "core": ("#6b35cb", "#ba95fc"),
    "convolution": ("#0463a8", "#6b90e4"),
    "pooling": ("#098994", "#55b7be"),
    "normalization": ("#226646", "#a1f5ba"),
    "activation": ("#895f04", "#ffc331"),
    "recurrent": ("#b901a8", "#fe8fd4"),
    "attention": ("#b56441", "#c46d02"),
    "merging": ("#1c1a72", "#cbd1f7"),
    "reshaping": ("#5a5604", "#b2b937"),
    "regularization": ("#613f22", "#ac8661"),
    "preprocessing": ("#073b5c", "#71c6f1"),
    "operation": ("#596a80", "#7b8493"),
    "wire": ("#86867d", "#777a83"),
}
_OTHERS = "operation"


Call = tuple[str, int]


class _Place(NamedTuple):
    row: int
    column: int


def thumbnail(nodes: Sequence[Mapping[str, Any]]) -> str:
    """The SVG of a report's nodes: rows are levels of its depth, of a deep model some of them."""
    places = _placed(nodes)
    kinds = {(node["layer"], node["node_index"]): _kind(node["class_name"]) for node in nodes}
    columns = [0] * ROWS
    for place in places.values():
        columns[place.row] = max(columns[place.row], place.column + 1)
    rows = sum(map(bool, columns))
    high = round(min(_HIGHEST, _INNER / max(rows, 1)), 2)
    thick = round(high * _FILLED, 2)
    top = (HEIGHT - rows * high) / 2

    def middle(place: _Place) -> float:
        return WIDTH / 2 + (place.column - (columns[place.row] - 1) / 2) * _STEP

    drawn: list[str] = []
    for before, after in _wires(nodes, places):
        start, end = top + before.row * high + thick, top + after.row * high
        at, to, step = middle(before), middle(after), after.row - before.row
        between = range(before.row + 1, after.row)
        if any(_is_behind(at + (to - at) * (row - before.row) / step, columns[row]) for row in between):
            # Around what stands between, further where more does: at the left, as skip wires run on the canvas.
            bend = min(at, to) - _BOX / 2 - min(_LEAST_BEND + _BEND * step, _MOST_BEND)
            begins, ends = f"{at - _BOX / 2:g} {start - thick / 2:g}", f"{to - _BOX / 2:g} {end + thick / 2:g}"
            drawn.append(f'<path d="M{begins}C{bend:g} {start:g} {bend:g} {end:g} {ends}"/>')
            continue
        drawn.append(f'<path d="M{at:g} {start:g}L{to:g} {end:g}"/>')
    for call, place in places.items():
        x, y = middle(place) - _BOX / 2, top + place.row * high
        drawn.append(f'<rect class="{kinds[call]}" x="{x:g}" y="{y:g}" width="{_BOX}" height="{thick:g}" rx="2"/>')
    used = sorted({*(kinds[call] for call in places), "wire"})
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}">'
        f"<style>{_styles(used)}</style>{''.join(drawn)}</svg>"
    )


def _placed(nodes: Sequence[Mapping[str, Any]]) -> dict[Call, _Place]:
    """Where those calls are that are drawn: the first few of each level that has a row."""
    depths: dict[Call, int] = {}
    for node in nodes:  # a file's order is nearly always that of its wires; where it is not, a box stands too high
        depths[node["layer"], node["node_index"]] = 1 + max((depths.get(ref, -1) for ref in _inbound(node)), default=-1)
    deepest = max(depths.values(), default=0)
    shown = {i if deepest < ROWS else round(i * deepest / (ROWS - 1)): i for i in range(min(deepest + 1, ROWS))}
    places: dict[Call, _Place] = {}
    filled = [0] * ROWS
    for call, depth in depths.items():
        row = shown.get(depth)
        if row is not None and filled[row] < COLUMNS:
            places[call] = _Place(row, filled[row])
            filled[row] += 1
    return places


def _wires(nodes: Sequence[Mapping[str, Any]], places: Mapping[Call, _Place]) -> Iterable[tuple[_Place, _Place]]:
    """What leads from a box to one further down; where some calls are not drawn, from the nearest row alone."""
    found: dict[tuple[_Place, _Place], None] = {}
    leads: dict[Call, frozenset[_Place]] = {}  # the lowest boxes above a call, itself where it is one
    for node in nodes:
        above = frozenset[_Place]().union(*(leads.get(ref, frozenset()) for ref in _inbound(node)))
        call = (node["layer"], node["node_index"])
        here = places.get(call)
        if len(places) < len(nodes):
            lowest = max((place.row for place in above), default=0)
            above = frozenset(place for place in above if place.row == lowest)
        if here is None:
            leads[call] = above
            continue
        found |= {(place, here): None for place in sorted(above) if place.row < here.row}
        leads[call] = frozenset({here})
    return found


def _is_behind(x: float, boxes: int) -> bool:
    """Whether a place of a row of so many boxes is behind one of them."""
    middles = (WIDTH / 2 + (column - (boxes - 1) / 2) * _STEP for column in range(boxes))
    return any(abs(x - middle) < _BOX / 2 for middle in middles)


def _inbound(node: Mapping[str, Any]) -> list[Call]:
    return [(ref[0], ref[1]) for ref in node["inbound"]]


def _styles(used: Iterable[str]) -> str:
    """The colours of these kinds on light and on dark pages."""
    light = "".join(_rule(kind, _COLOURS[kind][0]) for kind in used)
    dark = "".join(_rule(kind, _COLOURS[kind][1]) for kind in used)
    return f"{light}@media (prefers-color-scheme: dark){{{dark}}}"


def _rule(kind: str, colour: str) -> str:
    return (
        f"path{{fill:none;stroke:{colour};opacity:.7}}" if kind == "wire" else f".{kind}{{fill:{colour};opacity:.85}}"
    )


def _kind(cls: str) -> str:
    return "input" if cls == "InputLayer" else _kinds().get(cls, _OTHERS)


@cache
def _kinds() -> Mapping[str, str]:
    """The kind of each class that the catalog has a colour for."""
    entries = graphcore.describe_catalog()["items"]
    return {entry["name"]: entry["group"] for entry in entries if entry["group"] in _COLOURS}
