"""Every code can be reached: its example triggers it and nothing else."""

from __future__ import annotations

import re
import zipfile
from io import BytesIO
from pathlib import Path

import h5py
import pytest

import graphcore
from graphcore.catalog import Catalog
from graphcore.catalog.params import BOTH
from graphcore.catalog.spec import OpDef
from graphcore.check import check_graph
from graphcore.codes import CODES, Code
from graphcore.infer import infer

MODELS = [code for code in CODES.values() if code.example.kind == "model"]
DENSE = CODES["GC203"].example.text.replace('"name": "y"}', '"name": "y", "units": 4}')


@pytest.mark.parametrize("code", MODELS, ids=lambda code: code.id)
def test_an_example_triggers_its_code_alone(code: Code) -> None:
    report = graphcore.check(code.example.text.encode())
    assert {problem.code for problem in report.diagnostics} == {code.id}
    assert report.ok == (code.severity != "error")


@pytest.mark.parametrize("code", [c for c in CODES.values() if c.example.kind == "safety"], ids=lambda code: code.id)
def test_an_example_of_a_danger_has_no_other(code: Code) -> None:
    report = graphcore.check(code.example.text.encode(), safety=True)
    assert {problem.code for problem in report.diagnostics} - {"GC206", "GC207"} == {code.id}
    assert report.ok


@pytest.mark.parametrize("code", CODES.values(), ids=lambda code: code.id)
def test_a_code_says_why_and_what_to_do(code: Code) -> None:
    assert re.fullmatch(r"GC\d{3}", code.id)
    assert re.fullmatch(r"[a-z]+(-[a-z]+)*", code.slug)
    assert not code.title.endswith(".")
    assert code.why.endswith(".")
    assert code.remedy.endswith(".")
    assert not re.search(r"invalid|failed to|please|oops|!", " ".join((code.title, code.why, code.remedy)).lower())


def test_slugs_are_unique() -> None:
    assert len({code.slug for code in CODES.values()}) == len(CODES)


def codes_of(source: bytes | Path) -> list[str]:
    return [problem.code for problem in graphcore.check(source).diagnostics]


def test_half_an_archive_is_damaged() -> None:
    file = BytesIO()
    with zipfile.ZipFile(file, "w") as packed:
        packed.writestr("config.json", DENSE)
    assert codes_of(file.getvalue()[: len(file.getvalue()) // 2]) == ["GC005"]


def test_weights_alone_are_no_model(tmp_path: Path) -> None:
    path = tmp_path / "model.weights.h5"
    with h5py.File(path, "w") as file:
        file.create_group("layers/dense/vars").create_dataset("0", data=[1.0, 2.0])
    assert codes_of(path) == ["GC006"]
    assert codes_of(path.read_bytes()) == ["GC006"]


def test_a_class_without_an_entry_is_named() -> None:
    graph, _ = graphcore.read(DENSE)
    assert graph is not None
    catalog = Catalog(tuple(entry for entry in graphcore.CATALOG.entries if entry.cls != "Dense"))
    found = infer(graph, catalog)
    assert [(problem.code, problem.at.layer) for problem in found.diagnostics] == [("GC209", "y")]


def test_a_rule_that_crashes_hides_nothing_else() -> None:
    def crash(*_: object) -> None:
        raise ZeroDivisionError

    graph, _ = graphcore.read(CODES["GC305"].example.text)
    assert graph is not None
    found = infer(graph, graphcore.CATALOG.extended(OpDef("layers.Dense", shape=crash, takes_any_argument=BOTH)))
    assert [problem.code for problem in found.diagnostics] == ["GC901", "GC901"]
    assert [problem.code for problem in check_graph(graph, found)] == []  # what is unused and broken is named once
