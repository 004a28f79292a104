"""Everything that is said of a model can be said in Chinese: nothing is missing, and the values are the same."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path

import pytest

import graphcore
from graphcore import language
from graphcore.codes import CODES
from graphcore.language import say, say_code, say_diagnostic, say_report

from .messages_in_source import templates

_TABLE = json.loads((Path(graphcore.__file__).parent / "language.zh-CN.json").read_text(encoding="utf-8"))
_MESSAGES: dict[str, str] = _TABLE["messages"]
_TOGETHER: dict[str, str] = _TABLE["together"]  # what the source puts together of several texts
# Read and compared, never shown: what json.loads says, the reason of a reader, a program's text.
_NEVER_SHOWN = {"job %s cannot be concluded yet: %s", "No space left", "Exception encountered:"} | {
    "Extra data",
    "line ends",
    "{0} … Exception encountered: {1}",
    "None if {0} else {1}",
    "{0} is None",
}
# Two words that are no command and no list of Keras's own.
_ENGLISH = re.compile(r"(?<!`)\b(?!lfs pull|git lfs)[a-z]{2,} [a-z]{2,}")
_CHINESE = re.compile("[\u4e00-\u9fff]")


def test_every_sentence_of_the_source_has_a_chinese_one() -> None:
    said = templates()
    missing = {text: where for text, where in said.items() if text not in _MESSAGES and text not in _NEVER_SHOWN}
    assert missing == {}, "add them to graphcore/language.zh-CN.json"
    assert _MESSAGES.keys() - said.keys() == set(), "the source says these no longer"


def test_both_languages_have_the_same_values() -> None:
    def values(text: str) -> list[str]:
        return sorted(re.findall(r"\{(\d+)(?::[tdp])?\}", text))

    every = _MESSAGES | _TOGETHER
    assert {text: other for text, other in every.items() if values(text) != values(other)} == {}


def test_every_code_has_a_chinese_title_reason_and_way_out() -> None:
    """As they are now: who changes the English is asked for the Chinese."""
    english = {text for code in CODES.values() for text in (code.title, code.why, code.remedy)}
    english |= {code.example.text for code in CODES.values() if code.example.kind == "description"}
    assert english == _TABLE["codes"].keys()
    said = say_code(CODES["GC404"], "zh-CN")
    assert (said.id, said.title) == ("GC404", "输入无法逐元素合并")


@pytest.mark.parametrize(
    ("english", "chinese"),
    [
        (
            'Add "sum" cannot combine (None, 8) with (None, 9)',
            "Add “sum”无法把 (None, 8) 与 (None, 9) 合并",
        ),
        (
            'Conv2D "a" makes (0, 4) of (2, 4): kernel_size (3, 1) with dilation_rate (2, 2) does not fit',
            "Conv2D “a”由 (2, 4) 得到 (0, 4)：kernel_size (3, 1)（dilation_rate 为 (2, 2)）放不下",
        ),
        (
            'Dense "y" is fed by call 3 of "x", which has 1 call, counted from 0',
            "Dense “y”的输入是“x”的调用 3，而它有 1 个调用，从 0 数起",
        ),
        (
            'Set units of "y" to 4, and take "z" and "w" out',
            "把“y”的 units 设为 4，并取出“z”和“w”",
        ),
        (
            'Dense "y" has units "many"; it takes a whole number above 0',
            'Dense “y”的 units 为 "many"；它接受大于 0 的整数',
        ),
    ],
)
def test_a_sentence_is_said_with_its_values(english: str, chinese: str) -> None:
    assert say(english, "zh-CN") == chinese


def test_what_no_template_made_stays_as_it_is() -> None:
    for text in ("", "x", "Something else entirely", "a" * 100_000, 'needs "', "a and b", "x with y"):
        assert say(text, "zh-CN") == text


def test_names_made_of_our_own_words_take_no_long_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every template fits such a name in many ways: the text stays as it is, and so does the rest of a report."""
    pieces = [piece for text in _MESSAGES for piece in re.split(r"\{[^}]*\}", text) if piece.strip()]
    names = ["".join(pieces[start::61])[:4_000] for start in range(60)]
    tried: list[str] = []
    values = language.Template.values

    def counted(template: language.Template, text: str) -> list[str] | None:
        tried.append("")
        return values(template, text)

    monkeypatch.setattr(language.Template, "values", counted)
    assert say(names[0], "zh-CN") == names[0]
    assert len(tried) <= language.MOST_TRIES
    report = graphcore.check(b"{}")
    problems = tuple(replace(report.diagnostics[0], message=name, hint=name) for name in names)
    say_report(replace(report, diagnostics=problems), "zh-CN")
    assert len(tried) <= language.MOST_TRIES + language.MOST_TRIES_OF_REPORT


def test_names_of_a_file_are_never_translated() -> None:
    """A layer may be called as a sentence of ours is."""
    said = say('Layer "has no name" has no config', "zh-CN")
    assert said == "层“has no name”没有 config"


def test_problems_of_real_files_are_said_in_chinese() -> None:
    """What is said of each code's example, and of every fifth file that is broken on purpose, fixes included."""
    broken = sorted((Path(__file__).parents[1] / "broken").rglob("*.json"))[::5]
    models = [code.example.text.encode() for code in CODES.values() if code.example.kind in ("model", "safety")]
    left, count = set(), 0
    for model in (*models, *(path.read_bytes() for path in broken)):
        for problem in graphcore.check(model, safety=True).diagnostics:
            said = say_diagnostic(problem, "zh-CN")
            texts = [said.message, said.hint or "", *(fix.title for fix in said.fixes)]
            texts += [part for one in said.related for part in (one.label, one.says)]
            left |= {text for text in texts if _ENGLISH.search(text)}
            count += 1
            left |= {said.message} if _CHINESE.search(said.message) is None else set()
    assert left == set()
    assert count > 150
