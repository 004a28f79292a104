"""What is said of a model, in another language than English: each sentence as its template and values, said anew.

A message is a template with values. The templates stand in the source, in English; `language.zh-CN.json` has the same
ones in Chinese, each with the same values: `{0}` stands as it is, `{1:t}` is a phrase that has a template of its own,
`{1:d}` a deed, which begins small behind another, and `{1:p}` a predicate, which begins with a word of its own.
What has no template stays English, so that nothing is ever left out.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any, Literal

from .codes import Code
from .diagnostics import Diagnostic
from .explain import Axis, Explanation, Incoming
from .report import Report
from .traceback_reader import Reading

Language = Literal["en", "zh-CN"]
LANGUAGES: tuple[Language, ...] = ("en", "zh-CN")

# A name may be a megabyte long, and 200 messages may hold it.
MOST_TEXT = 4_000
# How often a template is held to a text before it stays English: ours take at most 14,000 tries (5 ms), on average
# 1,700, but names in a file can be made of our own words so that every template fits in many ways.
MOST_TRIES = 40_000
MOST_TRIES_OF_REPORT = 2_000_000
# A sentence in a phrase in a subject in a sentence; nothing that we say goes deeper.
_DEEPEST = 6
# " and " and " or " are parts of a sentence, never a whole one.
_FEWEST_LETTERS = 6
# A layer and what is said of it, as every rule's error is put together; two deeds. These are tried first.
_TOGETHER = ('Call {0} of "{1}" {2}', '{0} "{1}" {2}', "{0}, and {1}")
# Two words side by side are no value, unless a file has them for a name.
_SENTENCE = re.compile(r"[a-z]{2},? [a-z]{2}")
_HOLE = re.compile(r"\{(\d+)(:[tdp])?\}")


@dataclass(frozen=True, slots=True)
class Template:
    """An English template and the same in another language. `literals` stand around the values, one more of them."""

    literals: tuple[str, ...]
    other: str

    @property
    def letters(self) -> int:
        """How much of a sentence it is: the most that fits is what was said."""
        return sum(map(len, self.literals))

    def values(self, text: str) -> list[str] | None:
        """The values of a text that was made of it; None where it was not. Each value is the shortest that fits."""
        first, *between = self.literals
        if not text.startswith(first):
            return None
        if not between:
            return [] if text == first else None
        found, at = [], len(first)
        for literal in between[:-1]:
            if not literal:  # two values side by side: the first one takes what both have
                found.append("")
                continue
            end = text.find(literal, at)
            if end < 0:
                return None
            found.append(text[at:end])
            at = end + len(literal)
        end = len(text) - len(between[-1])
        if end < at or not text.endswith(between[-1]):
            return None
        found.append(text[at:end])
        for i, literal in reversed(list(enumerate(between[:-1]))):
            if not literal:
                found[i], found[i + 1] = found[i + 1], ""
        return found


def say(text: str, language: Language) -> str:
    """A message, hint or title in a language; as it is where no template is known to have made it.

    >>> say("set mask_zero to false", "zh-CN")
    '把 mask_zero 设为 false'
    """
    return text if language == "en" else _Speaker(language).say(text)


def say_code(code: Code, language: Language) -> Code:
    """A code with its title, its reason and its ways out in a language."""
    if language == "en":
        return code
    texts: dict[str, str] = _read(language)["codes"]
    title, why, remedy = (texts.get(text, text) for text in (code.title, code.why, code.remedy))
    example = code.example
    if example.kind == "description":
        example = replace(example, text=texts.get(example.text, example.text))
    return replace(code, title=title, why=why, remedy=remedy, example=example)


def say_diagnostic(said: Diagnostic, language: Language) -> Diagnostic:
    """A problem with all that people read of it in a language."""
    return said if language == "en" else _diagnostic(said, _Speaker(language))


def say_report(report: Report, language: Language) -> Report:
    """A report with its problems in a language."""
    if language == "en":
        return report
    speaker = _Speaker(language)
    return replace(report, diagnostics=tuple(_diagnostic(one, speaker) for one in report.diagnostics))


def say_explanation(said: Explanation, language: Language) -> Explanation:
    """Why a tensor has its shape, in a language."""
    if language == "en":
        return said
    speaker = _Speaker(language)
    return replace(
        said,
        axes=_axes(said.axes, speaker),
        inputs=tuple(Incoming(one.ref, one.spec, _axes(one.axes, speaker)) for one in said.inputs),
        problem=None if said.problem is None else _diagnostic(said.problem, speaker),
    )


def say_reading(said: Reading, language: Language) -> Reading:
    """What a traceback means, in a language; what Keras said in it stays."""
    return replace(said, findings=tuple(say_diagnostic(one, language) for one in said.findings))


def _diagnostic(said: Diagnostic, speaker: _Speaker) -> Diagnostic:
    return replace(
        said,
        message=speaker.say(said.message),
        hint=None if said.hint is None else speaker.say(said.hint),
        related=tuple(one._replace(label=speaker.say(one.label), says=speaker.say(one.says)) for one in said.related),
        fixes=tuple(replace(fix, title=speaker.say(fix.title)) for fix in said.fixes),
    )


def _axes(axes: tuple[Axis, ...], speaker: _Speaker) -> tuple[Axis, ...]:
    return tuple(
        replace(axis, steps=tuple(replace(step, text=speaker.say(step.text)) for step in axis.steps)) for axis in axes
    )


class _Speaker:
    """Says texts in another language, and stops where they take too long together."""

    def __init__(self, language: Language) -> None:
        self.table = _table(language)
        self.tries = MOST_TRIES_OF_REPORT
        self.least = 0

    def say(self, text: str) -> str:
        """The text in the language; as it is where no template is known to have made it."""
        if len(text) > MOST_TEXT:
            return text
        self.least = max(0, self.tries - MOST_TRIES)
        try:
            return self._sentence(text, 0)[0]
        except _TooManyTriesError:
            return text

    def _sentence(self, text: str, depth: int, *, is_predicate: bool = False) -> tuple[str, bool]:
        """A text in the other language, and whether nothing of it is left: the first template that manages that."""
        table = self.table
        whole = table.whole.get(text)
        if whole is not None:
            return whole, True
        best = None
        for template in (*table.together, *table.templates):
            if depth == 0 and template.letters < _FEWEST_LETTERS and best is not None:
                break
            if is_predicate and not template.literals[0]:
                continue
            values = self._values(template, text)
            if values is None:
                continue
            said, is_known = self._filled(template.other, values, depth)
            if is_known and (depth or template.letters >= _FEWEST_LETTERS or template in table.together):
                return said, True
            if template.letters >= _FEWEST_LETTERS and template not in table.together:
                best = best or said
        return best or text, False

    def _phrase(self, text: str, depth: int, *, is_predicate: bool = False) -> tuple[str, bool]:
        """A part of a sentence. Of two together the second begins with a mark or a blank: `"a" in 2 places`."""
        if depth > _DEEPEST or not text:
            return text, True
        said, is_known = self._sentence(text, depth, is_predicate=is_predicate)
        if is_known or is_predicate:
            return said, is_known
        for template in self.table.ends:
            at = text.rfind(template.literals[0])
            values = self._values(template, text[at:]) if at > 0 else None
            if values is not None:
                begun, is_begun = self._phrase(text[:at], depth + 1)
                ended, is_ended = self._filled(template.other, values, depth)
                return begun + ended, is_begun and is_ended
        return said, _SENTENCE.search(text) is None

    def _values(self, template: Template, text: str) -> list[str] | None:
        if self.tries <= self.least:
            raise _TooManyTriesError
        self.tries -= 1
        return template.values(text)

    def _filled(self, other: str, values: list[str], depth: int) -> tuple[str, bool]:
        """A template with its values, and whether each phrase in it is known, or a mere word."""
        said, are_known, is_phrase = "", True, False
        pieces = _HOLE.split(other)
        for literal, hole, phrase in zip(pieces[::3], [*pieces[1::3], None], [*pieces[2::3], None], strict=True):
            said = _joined(said, literal) if is_phrase else said + literal
            if hole is None:
                break
            value, is_phrase = values[int(hole)], bool(phrase)
            if is_phrase:
                if phrase == ":d":
                    value = value[:1].upper() + value[1:]
                value, is_known = self._phrase(value, depth + 1, is_predicate=phrase == ":p")
                said = _joined(said, value)
            else:
                is_known = _SENTENCE.search(value) is None
                said += value
            are_known &= is_known
        return said, are_known


class _TooManyTriesError(Exception):
    """A text fits so many templates in so many ways that it stays as it is."""


def _joined(before: str, after: str) -> str:
    """Two parts of a sentence: Chinese touches Chinese, and a blank stands between it and Latin."""
    left, right = before.rstrip(" ")[-1:], after.lstrip(" ")[:1]
    if not left or not right:
        return before + after
    if _is_wide(left) and _is_wide(right):
        return before.rstrip(" ") + after.lstrip(" ")
    is_between = (_is_wide(left) and _is_word(right)) or (_is_word(left) and _is_wide(right))
    if is_between and right not in _MARKS and left not in _MARKS and not before.endswith(" ") and after[0] != " ":
        return f"{before} {after}"
    return before + after


# What stands close to the words on both sides.
_MARKS = "，。；：、（）“”"


def _is_wide(letter: str) -> bool:
    return "\u4e00" <= letter <= "\u9fff" or letter in _MARKS


def _is_word(letter: str) -> bool:
    return letter.isascii() and (letter.isalnum() or letter in '([{"')


@dataclass(frozen=True, slots=True)
class Table:
    """Sentences without values; templates, the longest first; those that end a phrase; those tried before all."""

    whole: Mapping[str, str]
    templates: tuple[Template, ...]
    ends: tuple[Template, ...]
    together: tuple[Template, ...]


@cache
def _table(language: Language) -> Table:
    messages: dict[str, str] = _read(language)["messages"] | _read(language)["together"]
    made = {text: Template(tuple(_HOLE.split(text)[::3]), other) for text, other in messages.items()}
    whole = {text: other for text, other in messages.items() if len(made[text].literals) == 1}
    templates = [template for text, template in made.items() if text not in whole]
    templates.sort(key=lambda template: -template.letters)
    ends = [one for one in (*templates, *(made[text] for text in whole)) if one.literals[0][:1] in (" ", ",", ":")]
    return Table(whole, tuple(templates), tuple(ends), tuple(made[text] for text in _TOGETHER))


@cache
def _read(language: Language) -> dict[str, Any]:
    path = Path(__file__).with_name(f"language.{language}.json")
    read: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return read
