"""Diagrams in pieces: every box is whole in one of them, and beneath each other they are the diagram."""

from __future__ import annotations

import doctest
import re
from itertools import pairwise

import graphcore
from app import strips as module
from app.strips import strips

SIZE = re.compile(rb'<svg [^>]*?width="(\d+)pt" height="(\d+)pt"\s+viewBox="([^"]+)"')


def drawn(edges: str) -> bytes:
    return graphcore.draw(f"digraph G {{ dpi=48; node [shape=box]; {edges} }}", "svg")


def chain(length: int) -> str:
    return "; ".join(f"n{i} -> n{i + 1}" for i in range(length)) + f"; n0 -> n{length}"


def texts(svg: bytes) -> list[bytes]:
    return re.findall(rb"<text[^>]*>([^<]*)</text>", svg)


def test_every_box_is_in_one_piece() -> None:
    svg = drawn(chain(60))
    pieces = strips(svg)
    assert len(pieces) > 2
    assert sorted(text for piece in pieces for text in texts(piece)) == sorted(b"n%d" % i for i in range(61))


def test_pieces_are_the_whole_diagram_and_none_is_higher_than_a_page() -> None:
    svg = drawn(chain(60))
    whole = SIZE.search(svg)
    sizes = [found for piece in strips(svg) if (found := SIZE.search(piece))]
    assert whole is not None
    assert {size[1] for size in sizes} == {whole[1]}
    assert sum(int(size[2]) for size in sizes) == int(whole[2])
    assert max(int(size[2]) for size in sizes) <= module.PAGE_HEIGHT
    places = [list(map(int, size[3].split())) for size in sizes]
    assert [above[1] + above[3] - below[1] for above, below in pairwise(places)] == [0] * (len(places) - 1)


def test_an_edge_goes_on_in_the_next_piece() -> None:
    pieces = strips(drawn(chain(60)))
    assert all(b"<title>n0&#45;&gt;n60</title>" in piece for piece in pieces)


def test_what_fits_on_a_page_stays_as_it_is() -> None:
    svg = drawn(chain(6))
    assert strips(svg) == (svg,)


def test_what_is_no_drawing_of_graphviz_stays_as_it_is() -> None:
    assert strips(b"<svg/>") == (b"<svg/>",)


def test_examples() -> None:
    assert doctest.testmod(module).failed == 0
