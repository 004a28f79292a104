"""Four hundred broken files: Keras's verdict is ours, the script that broke a file says where, the wording is a golden.

`python -m tests.broken.write` makes files and verdicts anew, and the wording, which is read before it is kept.
"""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

import graphcore
from graphcore.codes import CODES

from .bases import BASES, Generation, base
from .breakers import breaks, wording

HERE = Path(__file__).parent
VERDICTS = json.loads((HERE / "verdicts.json").read_text())
BREAKS = breaks()
LIVE = 24
GENERATIONS: tuple[Generation, ...] = ("keras3", "keras2")

# Files that we judge otherwise than Keras, and why.
DELIBERATE = {
    "arguments/keras3-custom-registered.json": "a custom class is a warning: its user has it",
    "arguments/keras3-custom-of-module-null.json": "a custom class is a warning: its user has it",
    "arguments/keras3-lambda.json": "a Lambda is a warning: outside of safe mode it opens",
    "arguments/keras2-lambda.json": "a Lambda is a warning: outside of safe mode it opens",
}
# Codes that no check of a file alone brings about: by a contract beside it, a program, a request, an output, a look
# for what it could do, a rule of ours.
ELSEWHERE = re.compile(r"GC(008|214|215|50[1-7]|60\d|7\d\d|8\d\d|9\d\d)")


@pytest.mark.parametrize("name", BASES)
@pytest.mark.parametrize("generation", GENERATIONS)
def test_what_is_broken_was_sound(name: str, generation: Generation) -> None:
    assert graphcore.check(json.dumps(base(name, generation))).diagnostics == ()


def test_files_are_those_that_the_script_makes() -> None:
    written = {str(path.relative_to(HERE)) for path in HERE.glob("*/*.json")}
    assert written == set(BREAKS) == set(VERDICTS)
    assert [path for path, one in BREAKS.items() if one.file()[0] != (HERE / path).read_bytes()] == []


@pytest.mark.parametrize("path", BREAKS)
def test_verdict_place_and_code(path: str) -> None:
    one = BREAKS[path]
    _, pointer = one.file()
    report = graphcore.check(HERE / path)
    assert report.ok == (VERDICTS[path] is None) or path in DELIBERATE
    assert (one.code, pointer) in [(found.code, found.at.pointer) for found in report.diagnostics]


@pytest.mark.parametrize("path", BREAKS)
def test_wording(path: str) -> None:
    assert wording(HERE / path) == (HERE / f"{path}.expected").read_text()


def test_no_difference_is_excused_that_is_none() -> None:
    agreed = [path for path in DELIBERATE if graphcore.check(HERE / path).ok == (VERDICTS[path] is None)]
    assert agreed == []


def test_every_code_of_a_file_is_in_the_corpus() -> None:
    files = [path for path in HERE.rglob("*") if path.suffix in (".json", ".keras", ".h5", ".yaml")]
    assert len(files) > 400
    found = {problem.code for path in files for problem in graphcore.check(path).diagnostics}
    assert [code for code in CODES if code not in found and not ELSEWHERE.fullmatch(code)] == []


@pytest.mark.keras
@pytest.mark.parametrize("generation", GENERATIONS)
def test_verdicts_are_those_of_keras_live(generation: Generation) -> None:
    from tests.oracle.asking import Generation as Asked

    from .write import verdict

    asked = Asked(generation)
    for name in BASES:
        assert verdict(asked, json.dumps(base(name, generation)).encode()) is None
    paths = [path for path, one in BREAKS.items() if one.generation == generation]
    some = [path for path in paths if "Timeout" not in str(VERDICTS[path])][:: len(paths) // LIVE]
    said = {path: verdict(asked, (HERE / path).read_bytes()) is None for path in some}
    assert said == {path: VERDICTS[path] is None for path in some}
