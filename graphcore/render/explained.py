"""What a code or a traceback means, as text for a terminal and as plain data."""

from __future__ import annotations

import textwrap
from typing import Any

from ..codes import CODES, Code
from ..keras_says import keras_says
from ..report import Report
from ..traceback_reader import Reading
from .json import render_diagnostic, render_located
from .plain_text import printable
from .text import render_problem

WIDTH = 100
NOTHING_SAID = "nothing: it takes this without a word, or the problem is not Keras's"


def code_as_text(code: Code) -> str:
    """All about a code: what, why, the ways out, Keras's words and an example."""
    said = [f"{saying.keras}: {saying.text}" for saying in keras_says(code.id)] or [NOTHING_SAID]
    parts = [
        f"{code.severity}[{code.id}] {code.slug}\n{code.title}",
        _paragraph("Why", code.why),
        _paragraph("How to mend it", code.remedy),
        "What Keras says:\n" + "\n".join(_indented(text) for text in said),
        "Example:\n" + textwrap.indent(code.example.text.rstrip(), "  "),
    ]
    return "\n\n".join(parts) + "\n"


def codes_as_text(codes: tuple[Code, ...]) -> str:
    """Several codes, a line each."""
    return "".join(f"{code.id}  {code.slug:24}  {code.title}\n" for code in codes)


def reading_as_text(reading: Reading, report: Report | None, file: str) -> str:
    """What a traceback means, problem by problem, and the sentence of Keras that said so."""
    where = report or Report(None, None)
    blocks = [render_problem(finding, where, file) for finding in reading.findings]
    said = [f"Keras says: {printable(line)}" if i == 0 else f"  {printable(line)}" for i, line in _lines(reading.said)]
    if reading.program is not None:
        said.append(f"in the program: {printable(reading.program.file)}:{reading.program.line}")
    if reading.also:
        said.append(f"Keras says the same of {', '.join(reading.also)}; with the model's file it is told which it is")
    if not blocks:
        blocks = ["Layerwright does not know what this message means"]
    return "\n\n".join([*blocks, "\n".join(said)]).rstrip() + "\n"


def _lines(text: str) -> list[tuple[int, str]]:
    return list(enumerate(text.split("\n"))) if text else []


def code_as_data(code: Code) -> dict[str, Any]:
    """All about a code as JSON has it."""
    return {
        "code": code.id,
        "slug": code.slug,
        "severity": code.severity,
        "title": code.title,
        "why": code.why,
        "remedy": code.remedy,
        "example": {"kind": code.example.kind, "text": code.example.text},
        "keras_says": [{"keras": saying.keras, "text": saying.text} for saying in keras_says(code.id)],
    }


def reading_as_data(reading: Reading, report: Report | None) -> dict[str, Any]:
    """What a traceback means as JSON has it."""
    located = [
        render_diagnostic(finding) if report is None else render_located(finding, report)
        for finding in reading.findings
    ]
    return {
        "said": reading.said,
        "keras": reading.keras,
        "program": None if reading.program is None else {"file": reading.program.file, "line": reading.program.line},
        "diagnostics": located,
        "also": [{"code": id, "slug": CODES[id].slug, "title": CODES[id].title} for id in reading.also],
    }


def _paragraph(title: str, text: str) -> str:
    return f"{title}:\n" + textwrap.fill(text, WIDTH, initial_indent="  ", subsequent_indent="  ")


def _indented(text: str) -> str:
    return "\n".join(
        textwrap.fill(line, WIDTH, initial_indent="  " if i == 0 else "    ", subsequent_indent="    ")
        for i, line in enumerate(text.split("\n"))
    )
