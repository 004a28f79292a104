"""Pictures: inert, bounded, and there."""

from __future__ import annotations

import json
import re
import shutil
import struct
import subprocess
import sys
import time
from io import BytesIO
from pathlib import Path

import pytest
from pypdf import PageObject, PdfReader

import graphcore
from graphcore import draw as facade_draw
from graphcore.draw import MOST_PIXELS, MOST_SIDE, CannotDraw, draw, draw_within
from graphcore.plot import plot_model

from .models import functional, layer, source

draw_module = sys.modules["graphcore.draw"]  # the facade has a function of that name
DOT = "digraph G { dpi=100; a [shape=record, label=<<table><tr><td>first</td></tr></table>>]; a -> b }"


def test_svg_is_a_picture_with_its_texts() -> None:
    svg = draw(DOT, "svg").decode()
    assert svg.startswith("<?xml")
    assert "DOCTYPE" not in svg
    assert re.findall(r"<text[^>]*>(\w+)</text>", svg) == ["first", "b"]


def test_png_is_one() -> None:
    assert facade_draw(DOT, "png").startswith(b"\x89PNG\r\n\x1a\n")


def test_pdf_is_vector_and_its_text_stays_text() -> None:
    dot = 'digraph G { fontname="Helvetica"; subgraph cluster_m { label="Вложенная"; a [label="first (Dense)"] } }'
    page = only_page(draw(dot, "pdf"))
    assert sorted(page.extract_text().split("\n")) == ["first (Dense)", "Вложенная"]
    assert list(page.images) == []
    assert draw(dot, "pdf") == draw(dot, "pdf")


def test_pdf_has_the_size_of_the_diagram_whatever_the_resolution() -> None:
    sizes = {tuple(only_page(draw(f"digraph G {{ dpi={dpi}; a -> b }}", "pdf")).mediabox) for dpi in (72, 200)}
    assert len(sizes) == 1


def test_pdf_is_no_larger_than_a_page_can_be() -> None:
    chain = "; ".join(f"n{i} -> n{i + 1}" for i in range(300))
    page = only_page(draw(f"digraph G {{ {chain} }}", "pdf"))
    assert page.mediabox.height == 14_400
    assert len(page.extract_text().split()) == 301


def test_pdf_says_what_the_labels_say_and_does_nothing_else() -> None:
    """Labels are texts: neither Typst's language nor PDF's actions nor SVG's elements are read in them."""
    names = ['#read("/etc/passwd")', "$x$ *b* @ref", "<script>alert(1)</script>", "a)>>/JS(app.alert(1))"]
    graph, _ = graphcore.read(json.dumps(functional(source("x", 8), *(layer("Dense", n, "x", units=4) for n in names))))
    assert graph is not None
    pdf = draw(graphcore.model_to_dot(graph).to_string(), "pdf")
    text = only_page(pdf).extract_text()
    assert [name for name in names if name not in text] == []
    assert not re.search(rb"/(JS|JavaScript|OpenAction|AA|URI|Launch|EmbeddedFile)\b", pdf)


def test_texts_that_no_font_or_file_can_hold_are_drawn() -> None:
    names = ["\x00\x07\x1b", "\ufffe\uffff", "\ud800", "\u202eabc", "a" * 5000, "层输入" * 200, "]]>&#0;"]
    graph, _ = graphcore.read(json.dumps(functional(source("x", 8), *(layer("Dense", n, "x", units=4) for n in names))))
    assert graph is not None
    assert only_page(draw(graphcore.model_to_dot(graph).to_string(), "pdf")).extract_text().count("(Dense)") == 7


def test_what_records_take_for_fields_is_text() -> None:
    names = ["{{7*7}}", "a|b", "}", "a\\{b"]
    graph, _ = graphcore.read(json.dumps(functional(source("x", 8), *(layer("Dense", n, "x", units=4) for n in names))))
    assert graph is not None
    svg = draw(graphcore.model_to_dot(graph).to_string(), "svg").decode()
    assert re.findall(r'font-weight="bold"[^>]*>([^<]*)</text>', svg) == ["x", *names]


def test_pdf_ends_in_time(monkeypatch: pytest.MonkeyPatch) -> None:
    late = [sys.executable, "-c", "from threading import Event; Event().wait(60)"]
    monkeypatch.setattr(draw_module, "_PDF", late)
    with pytest.raises(CannotDraw, match="longer than 2 seconds"):
        draw(DOT, "pdf", seconds=2)


def test_without_typst_a_pdf_is_refused_in_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    without = [sys.executable, "-I", "-S", *draw_module._PDF[2:]]
    monkeypatch.setattr(draw_module, "_PDF", without)
    with pytest.raises(CannotDraw, match="Typst stopped: No module named 'typst'"):
        draw(DOT, "pdf")


def only_page(pdf: bytes) -> PageObject:
    (page,) = PdfReader(BytesIO(pdf)).pages
    return page


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
    # A shell is there at once: Python may need these seconds to start.
    program = tmp_path / "dot"
    program.write_text(
        '#!/bin/sh\ncase "$*" in *-Gsplines=line*) ;; *) exec sleep 60;; esac\n'
        'echo \'<svg width="8pt" height="8pt"></svg>\'\n'
    )
    program.chmod(0o755)
    monkeypatch.setattr(shutil, "which", lambda name: str(program))
    drawing = draw_within("digraph G { splines=curved }", "svg", seconds=3)
    assert drawing.notes == ("The edges are drawn as line",)


def test_drawing_ends_in_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "which", lambda name: str(program_that(tmp_path, "Event().wait(60)")))
    started = time.monotonic()
    with pytest.raises(CannotDraw, match="longer than 1 seconds"):
        draw_within("digraph G { a }", "svg", seconds=1)
    assert time.monotonic() - started < 55


@pytest.mark.skipif(sys.platform != "linux", reason="a process's limits are bounded from outside on Linux only")
def test_what_draws_may_not_take_more_memory_than_who_asks(tmp_path: Path) -> None:
    limit = 1 << 30
    does = (
        'import resource; print(\'<svg width="8pt" height="%dpt"></svg>\' % resource.getrlimit(resource.RLIMIT_AS)[1])'
    )
    program_that(tmp_path, does)
    code = f"import resource; resource.setrlimit(resource.RLIMIT_AS, ({limit}, {limit})); "
    code += "from graphcore.draw import draw; print(draw('graph {}', 'svg').decode())"
    said = subprocess.run([sys.executable, "-c", code], env={"PATH": str(tmp_path)}, stdout=subprocess.PIPE, text=True)
    assert said.stdout.strip() == f'<svg width="8pt" height="{limit}pt"></svg>'


def test_plot_model_writes_what_the_name_says(tmp_path: Path) -> None:
    graph, _ = graphcore.read(json.dumps(functional(source("x", 8), layer("Dense", "y", "x", units=4))))
    assert graph is not None
    plot_model(graph, tmp_path / "m.svg", show_shapes=True)
    plot_model(graph, tmp_path / "m.png")
    plot_model(graph, tmp_path / "m.pdf")
    plot_model(graph, tmp_path / "m.dot", show_layer_names=True)
    assert "(None, 4)" in (tmp_path / "m.svg").read_text()
    assert (tmp_path / "m.png").read_bytes().startswith(b"\x89PNG")
    assert (tmp_path / "m.pdf").read_bytes().startswith(b"%PDF-")
    assert "<b>y</b> (Dense)" in (tmp_path / "m.dot").read_text()
    with pytest.raises(ValueError, match="not as gif"):
        plot_model(graph, tmp_path / "m.gif")
