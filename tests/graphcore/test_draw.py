"""Pictures: inert, bounded, and there."""

from __future__ import annotations

import json
import re
import shutil
import struct
import sys
import time
from pathlib import Path

import pytest

import graphcore
from graphcore import draw as facade_draw
from graphcore.draw import MOST_PIXELS, MOST_SIDE, CannotDraw, draw, draw_within
from graphcore.plot import plot_model

from .models import functional, layer, source

DOT = "digraph G { dpi=100; a [shape=record, label=<<table><tr><td>first</td></tr></table>>]; a -> b }"
needs_no_system_dot = pytest.mark.usefixtures("only_the_wheel")


@pytest.fixture
def only_the_wheel(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "which", lambda name: None)


def test_svg_is_a_picture_with_its_texts() -> None:
    svg = draw(DOT, "svg").decode()
    assert svg.startswith("<?xml")
    assert "DOCTYPE" not in svg
    assert re.findall(r"<text[^>]*>(\w+)</text>", svg) == ["first", "b"]


def test_png_is_one() -> None:
    assert facade_draw(DOT, "png").startswith(b"\x89PNG\r\n\x1a\n")


@needs_no_system_dot
def test_pdf_needs_the_program_of_the_system() -> None:
    with pytest.raises(CannotDraw, match="PDF needs the program dot"):
        draw(DOT, "pdf")


@pytest.mark.parametrize(
    "attributes",
    ['URL="javascript:alert(1)"', 'href="http://x.example"', 'label=<<table href="x"><tr><td>a</td></tr></table>>'],
)
def test_links_are_no_part_of_a_picture(attributes: str) -> None:
    with pytest.raises(CannotDraw, match="which no picture needs"):
        draw(f"digraph G {{ a [{attributes}] }}", "svg")


def test_no_file_is_opened(tmp_path: Path) -> None:
    picture = tmp_path / "secret.png"
    picture.write_bytes(draw(DOT, "png"))
    label = f'<<table><tr><td><img src="{picture}"/></td></tr></table>>'
    dot = f'digraph G {{ a [image="{picture}", shapefile="{picture}", label={label}] }}'
    try:
        svg = draw(dot, "svg")
    except CannotDraw:
        return
    assert b"secret" not in svg


def test_what_is_no_dot_is_refused_in_a_sentence() -> None:
    with pytest.raises(CannotDraw, match="Graphviz stopped: "):
        draw("digraph {", "svg")


def test_a_picture_is_no_larger_than_viewers_can_show() -> None:
    chain = "; ".join(f"n{i} -> n{i + 1}" for i in range(900))
    drawing = draw_within(f"digraph G {{\ndpi=200;\n{chain} }}", "png")
    width, height = struct.unpack(">II", drawing.body[16:24])
    assert max(width, height) <= MOST_SIDE * 1.01
    assert width * height <= MOST_PIXELS * 1.01
    assert [note for note in drawing.notes if "dpi" in note]


def program_that(folder: Path, does: str) -> Path:
    """A `dot` that is a script."""
    program = folder / "dot"
    program.write_text(f"#!{sys.executable}\nimport sys\nfrom threading import Event\n{does}\n")
    program.chmod(0o755)
    return program


def test_edges_that_take_too_long_become_simpler(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    does = "Event().wait(0 if '-Gsplines=line' in sys.argv else 60); print('<svg width=\"8pt\" height=\"8pt\"></svg>')"
    monkeypatch.setattr(shutil, "which", lambda name: str(program_that(tmp_path, does)))
    drawing = draw_within("digraph G { splines=curved }", "svg", seconds=3)
    assert drawing.notes == ("The edges are drawn as line",)


def test_drawing_ends_in_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "which", lambda name: str(program_that(tmp_path, "Event().wait(60)")))
    started = time.monotonic()
    with pytest.raises(CannotDraw, match="longer than 1 seconds"):
        draw_within("digraph G { a }", "svg", seconds=1)
    assert time.monotonic() - started < 10


def test_plot_model_writes_what_the_name_says(tmp_path: Path) -> None:
    graph, _ = graphcore.read(json.dumps(functional(source("x", 8), layer("Dense", "y", "x", units=4))))
    assert graph is not None
    plot_model(graph, tmp_path / "m.svg", show_shapes=True)
    plot_model(graph, tmp_path / "m.png")
    plot_model(graph, tmp_path / "m.dot", show_layer_names=True)
    assert "(None, 4)" in (tmp_path / "m.svg").read_text()
    assert (tmp_path / "m.png").read_bytes().startswith(b"\x89PNG")
    assert "<b>y</b> (Dense)" in (tmp_path / "m.dot").read_text()
    with pytest.raises(ValueError, match="not as gif"):
        plot_model(graph, tmp_path / "m.gif")
