"""Reports as people and tools read them: text, lines for GitHub, SARIF."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

import graphcore
from graphcore.render.github import render_github
from graphcore.render.plain_text import printable, thousands
from graphcore.render.sarif import render_sarif
from graphcore.render.text import render_text

from .models import functional, inside, layer, source, text
from .sarif_form import Log

BROKEN = Path(__file__).parents[1] / "broken"

BRANCHES = functional(
    source("image", 240, 240, 32),
    layer("Conv2D", "project_conv", "image", filters=33, kernel_size=[1, 1]),
    layer("Add", "block1a_add", ["image", "project_conv"]),
)


def shown(model: dict[str, Any] | str, file: str = "model.json", *, colour: bool = False) -> str:
    said = model if isinstance(model, str) else json.dumps(model)
    return render_text(graphcore.check(said), file, colour=colour)


def test_a_problem_as_text() -> None:
    report = graphcore.check(text(BRANCHES))
    line, column = report.place(report.diagnostics[0].at)
    assert render_text(report, "model.json") == (
        'error[GC404] Add "block1a_add" cannot combine (None, 240, 240, 32) with (None, 240, 240, 33)\n'
        f"  --> model.json:{line}:{column}  /config/layers/2/inbound_nodes/0\n"
        "input 0  image[0][0]          (None, 240, 240, 32)\n"
        "input 1  project_conv[0][0]   (None, 240, 240, 33)\n"
        f"hint: {report.diagnostics[0].hint}\n"
        'fix: Set filters of "project_conv" to 32\n'
        'fix: Put a 1×1 Conv2D of 33 filters between "image" and "block1a_add"\n'
        'fix: Put a 1×1 Conv2D of 32 filters between "project_conv" and "block1a_add"\n'
        'fix: Make "block1a_add" a Concatenate\n'
        "\n"
        "Keras 3: 1 error\n"
    )
    assert text(BRANCHES).split("\n")[line - 1 if line else 0][column - 1 if column else 0] == "{"


def test_a_model_without_problems_is_one_line() -> None:
    model = functional(source("x", 8), layer("Dense", "y", "x", units=1_000), name="wide")
    assert shown(model) == "ok  model.json  wide  Keras 3  2 layers  9,000 parameters\n"


def test_warnings_are_shown_and_the_model_is_ok() -> None:
    model = functional(
        source("x", 8), layer("Dense", "dead", "x", units=4), layer("Dense", "y", "x", units=1), name="m"
    )
    column = json.dumps(model).index('{"args"') + 1
    assert shown(model) == (
        'warning[GC305] Dense "dead" leads to no output\n'
        f"  --> model.json:1:{column}  /config/layers/1/inbound_nodes/0\n"
        "hint: Keras drops it when the model is made: connect it, make it an output, or remove it\n"
        'fix: Make "dead" an output\n'
        'fix: Remove "dead"\n'
        "\n"
        "ok  model.json  m  Keras 3  3 layers  9 parameters  1 warning\n"
    )


def test_the_last_line_counts_what_was_found() -> None:
    bad = (layer("Dense", "a", "x"), layer("Dense", "b", "x", units=0))
    model = functional(source("x", 8), *bad, layer("ReLU", "dead", "x"), layer("ReLU", "y", "x"))
    assert shown(model).endswith("\n\nKeras 3: 2 errors, 1 warning\n")
    layers = [layer("Dense", f"d{i}", "x", unit=3) for i in range(300)]
    model = functional(source("x", 8), *layers, outputs=[f"d{i}" for i in range(300)])
    assert shown(model).endswith("\n\nKeras 3: 200 errors, 100 more\n")


def test_a_problem_inside_a_nested_model_says_where() -> None:
    inner = functional(source("i", 8), layer("Dense", "y", "i"), name="encoder")
    first = shown(functional(source("x", 8), inside(inner, "x"), outputs=[["encoder", 1, 0]])).split("\n")[0]
    assert first == 'error[GC203] in "encoder": Dense "y" has no units, which it needs'


def test_text_for_a_terminal_is_only_text() -> None:
    evil = "a\x1b]0;pwned\x07\u202eb\x9b31m\nnew"
    said = shown(functional(source("x", 8), layer("Dense", evil, "x")), f"m\x1b[2J{evil}.json")
    assert all(char.isprintable() or char == "\n" for char in said)
    assert "\\x1b]0;pwned\\x07\\u202eb\\x9b31m\\nnew" in said


def test_colours_are_for_the_first_word_only() -> None:
    assert shown("{", colour=True).startswith("\x1b[1;31merror[GC001]\x1b[0m ")
    assert shown("{").startswith("error[GC001] ")


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("dense_1", "dense_1"),
        ("层 é", "层 é"),
        ("a\tb", "a\\tb"),
        ("\ud800", "\\ud800"),
        ("\u2028", "\\u2028"),
        ("", ""),
    ],
)
def test_printable(said: str, expected: str) -> None:
    assert printable(said) == expected


def test_what_is_long_is_clipped() -> None:
    assert printable("a" * 10, most=4) == "aaa…"
    assert thousands(1_234_567) == "1,234,567"
    assert thousands(10**5_000) == "more than 10^4000"


def test_lines_for_github() -> None:
    found = render_github(graphcore.check("{\n oops, 100%"), "a,b:c.json").split("\n")
    assert found[0].startswith("::error file=a%2Cb%3Ac.json,line=2,col=2,title=GC001 not-json::")
    assert found[1:] == [""]
    evil = functional(source("x", 8), layer("Dense", "a\n::error::b", "x"))
    assert "\n" not in render_github(graphcore.check(evil), "m.json").rstrip("\n")


def test_sarif_names_rule_place_and_layer() -> None:
    report = graphcore.check(text(BRANCHES))
    log = json.loads(render_sarif([("dir with space/model.json", report)]))
    (run,) = log["runs"]
    (result,) = run["results"]
    assert log["version"] == "2.1.0"
    assert [rule["id"] for rule in run["tool"]["driver"]["rules"]] == ["GC404"]
    assert (result["ruleId"], result["ruleIndex"], result["level"]) == ("GC404", 0, "error")
    place = result["locations"][0]
    assert place["physicalLocation"]["artifactLocation"] == {"uri": "dir%20with%20space/model.json"}
    assert place["physicalLocation"]["region"]["startLine"] == report.place(report.diagnostics[0].at)[0]
    assert place["logicalLocations"] == [{"fullyQualifiedName": "block1a_add"}]


def test_sarif_has_its_form_for_every_broken_file() -> None:
    files = sorted(path.with_suffix("") for path in BROKEN.rglob("*.expected"))
    reports = [(path.relative_to(BROKEN).as_posix(), graphcore.check(path)) for path in files]
    (run,) = Log.model_validate_json(render_sarif(reports)).runs
    assert len(run.results) == sum(len(report.diagnostics) for _, report in reports) > 50
    assert all(run.tool.driver.rules[result.ruleIndex].id == result.ruleId for result in run.results)


def test_a_report_says_where_masks_are_and_what_becomes_of_them() -> None:
    model = functional(
        source("words", 7, dtype="int32"),
        layer("Embedding", "embedding", "words", input_dim=9, output_dim=4, mask_zero=True),
        layer("Dropout", "rest", "embedding", rate=0.5),
        layer("GRU", "last", "rest", units=3),
        layer("Flatten", "flat", "rest"),
        layer("Concatenate", "both", ["last", "flat"]),
    )
    nodes = json.loads(graphcore.render_json(graphcore.check(json.dumps(model))))["nodes"]
    said = {node["layer"]: (node.get("masking"), node["outputs"][0].get("mask")) for node in nodes}
    assert said == {
        "words": (None, None),
        "embedding": ("makes", [None, 7]),
        "rest": ("passes", [None, 7]),
        "last": ("consumes", None),
        "flat": ("drops", None),
        "both": (None, None),
    }
