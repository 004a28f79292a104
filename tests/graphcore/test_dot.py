"""The DOT text: its form, and that nothing in a file can be anything but text in it."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

import graphcore
from graphcore.draw import draw

from .models import functional, inside, layer, source


def dot_of(model: dict[str, Any], **options: Any) -> str:
    graph, _ = graphcore.read(json.dumps(model))
    assert graph is not None
    text: str = graphcore.model_to_dot(graph, **options).to_string()
    return text


SMALL = functional(source("x", 8), layer("Dense", "y", "x", units=4))
_HEAD = '<table border="0" cellborder="1" bgcolor="black" cellpadding="10">'


def test_the_form_of_a_dot_text() -> None:
    title = '<td bgcolor="black"><font point-size="16" color="white"><b>{}</b> ({})</font></td>'
    rest = "</table>>, fontname=Helvetica, border=0, margin=0];"
    assert dot_of(SMALL) == (
        "digraph G {\n"
        "rankdir=TB;\n"
        "concentrate=true;\n"
        "dpi=200;\n"
        "splines=ortho;\n"
        "node [shape=record];\n"
        f"n0 [label=<{_HEAD}<tr>{title.format('x', 'InputLayer')}</tr>{rest}\n"
        f"n1 [label=<{_HEAD}<tr>{title.format('y', 'Dense')}</tr>{rest}\n"
        "n0 -> n1 [penwidth=2];\n"
        "}\n"
    )


def test_the_same_model_gives_the_same_text() -> None:
    options = {"show_shapes": True, "show_dtype": True, "expand_nested": True, "show_trainable": True}
    assert dot_of(SMALL, **options) == dot_of(SMALL, **options)


def test_a_broken_layer_is_framed_in_red_with_its_code() -> None:
    text = dot_of(functional(source("x", 8), layer("Dense", "y", "x")))
    assert text.count("<b>GC203</b>") == 1
    assert text.count('border="4" color="#c62828"') == 1


EVIL = (
    '"]; n9 [URL="javascript:alert(1)", image="/etc/passwd"',
    "back\\",
    "<img src='/etc/passwd'/>",
    "<b>",
    "a:b",
    "&amp;<",
    "-->",
    "\\N\\G\\l",
    "a\nb\x00c",
    "\ud800",
    "",
    "edge",
    "<>",
    "n" * 10_000,
    "层",
)


@pytest.mark.parametrize("name", EVIL, ids=range(len(EVIL)))
def test_any_name_is_text_in_the_drawing(name: str) -> None:
    inner = functional(source("i", 8), layer("Dense", name, "i", units=4, activation=name), name=name)
    model = functional(source("x", 8), inside(inner, "x"), layer(name or "Dense", "y", "x", units=4), name=name)
    graph, _ = graphcore.read(json.dumps(model))
    assert graph is not None
    dot = graphcore.model_to_dot(graph, expand_nested=True, show_layer_activations=True).to_string()
    svg = draw(dot, "svg")
    assert svg.count(b'class="node"') == 4
    assert svg.count(b'class="cluster"') == 1
    assert b"href" not in svg
    assert b"<image" not in svg


@pytest.mark.parametrize(
    "options", [{"rankdir": "TB; x"}, {"splines": "wavy"}, {"layer_range": ("a",)}, {"layer_range": (1, 2)}]
)
def test_an_option_that_is_none_is_refused(options: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="takes"):
        dot_of(SMALL, **options)


def test_heat_colours_layers_by_an_amount() -> None:
    model = functional(
        source("x", 4),
        layer("Dense", "most", "x", units=100),
        layer("Dense", "half", "most", units=2),
        layer("Activation", "none", "half", activation="relu"),
        layer("Lambda", "open", "none"),
    )
    graph, _ = graphcore.read(json.dumps(model))
    assert graph is not None
    text = graphcore.model_to_dot(graph, heat="multiply_adds").to_string()
    amounts = re.findall(r'bgcolor="([^"]+)"[^>]*><font[^>]*>Multiply-adds: <b>([^<]+)', text)
    assert amounts == [("#f3efe4", "0"), ("#7c2c14", "400"), ("#b04f1c", "200"), ("#f3efe4", "0"), ("white", "unknown")]
    assert "Multiply-adds" not in graphcore.model_to_dot(graph).to_string()
    with pytest.raises(ValueError, match="heat is 'speed'; it takes parameters, multiply_adds, activation_bytes"):
        graphcore.model_to_dot(graph, heat="speed")  # type: ignore[arg-type]  # what a caller may still say
