"""A tall diagram as pictures that each fit on a page: cut between its rows of boxes, not through one.

Beneath each other they are the whole diagram again. Reads what Graphviz writes, and nothing else.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

# A4 with the margins of the report's style, in points; the height leaves room for a heading.
PAGE_WIDTH = 504.0
PAGE_HEIGHT = 690.0
# A little more than a page is better read a little smaller, on one.
STILL_ONE = 1.6
_FRAME = re.compile(
    rb'<svg width="(\d+)pt" height="(\d+)pt"\s+viewBox="[^"]*"([^>]*)>\s*'
    rb'(<g id="graph0" class="graph" transform="scale\(([\d.]+) [\d.]+\) rotate\(0\) translate\([-\d.]+ ([-\d.]+)\)">)'
)
_ITEM = re.compile(rb'<g id="\w+" class="(node|edge|cluster)">.*?</g>\n', re.DOTALL)
_DRAWN = re.compile(rb' (?:points|d)="([^"]*)"')
_Y = re.compile(rb"[-\d.]+,([-\d.]+)")


def strips(svg: bytes) -> tuple[bytes, ...]:
    """The diagram from top to bottom; as it is where it fits on a page, or where it is no drawing of Graphviz."""
    frame = _FRAME.search(svg)
    if frame is None:
        return (svg,)
    width, height, scale, top = int(frame[1]), int(frame[2]), float(frame[5]), float(frame[6])
    most = PAGE_HEIGHT * max(1.0, width / PAGE_WIDTH)
    if height <= STILL_ONE * most:
        return (svg,)
    items = [
        (found[1], min(ys), max(ys), found[0])
        for found in _ITEM.finditer(svg, frame.end())
        if (ys := [scale * (y + top) for y in _heights(found[0])])
    ]
    boxes = sorted((first, last) for kind, first, last, _ in items if kind == b"node")
    edges = [0, *_cuts(boxes, height, most), height]
    return tuple(
        b'<svg xmlns="http://www.w3.org/2000/svg" width="%dpt" height="%dpt" viewBox="0 %d %d %d">%s\n%s</g></svg>'
        % (width, end - start, start, width, end - start, frame[4], b"".join(_within(items, start, end)))
        for start, end in pairwise(edges)
    )


def _heights(item: bytes) -> list[float]:
    return [float(y) for drawn in _DRAWN.findall(item) for y in _Y.findall(drawn)]


def _within(items: Sequence[tuple[bytes, float, float, bytes]], start: float, end: float) -> list[bytes]:
    return [drawn for _, first, last, drawn in items if first <= end and last >= start]


def _cuts(boxes: Sequence[tuple[float, float]], height: float, most: float) -> list[int]:
    """Where to cut, so that no piece is higher than `most`: in gaps between the boxes, which are sorted.

    A box that is higher than a page is cut all the same.

    >>> _cuts([(0, 40), (50, 90), (60, 95), (105, 140)], 140, 100)
    [100]
    >>> _cuts([(0, 250)], 250, 100)
    [100, 200]
    """
    gaps: list[int] = []
    reached = 0.0
    for first, last in boxes:
        if first > reached:
            gaps.append(round((first + reached) / 2))
        reached = max(reached, last)
    cuts = [0]
    while height - cuts[-1] > most:
        fitting = [gap for gap in gaps if cuts[-1] < gap <= cuts[-1] + most]
        cuts.append(max(fitting, default=int(cuts[-1] + most)))
    return cuts[1:]
