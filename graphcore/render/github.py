"""A report as the lines that GitHub Actions shows beside the file."""

from __future__ import annotations

from ..report import Report
from .plain_text import printable

_LEVELS = {"error": "error", "warning": "warning", "info": "notice"}


def render_github(report: Report, file: str) -> str:
    """A workflow command for each problem.

    >>> render_github(Report(None, None), "model.json")
    ''
    """
    lines = []
    for diagnostic in report.diagnostics:
        line, column = report.place(diagnostic.at)
        facts = {"file": file, "line": line, "col": column, "title": f"{diagnostic.code} {diagnostic.slug}"}
        given = ",".join(f"{key}={_property(str(value))}" for key, value in facts.items() if value is not None)
        says = diagnostic.message if diagnostic.hint is None else f"{diagnostic.message}\nhint: {diagnostic.hint}"
        lines.append(f"::{_LEVELS[diagnostic.severity]} {given}::{_data(says)}\n")
    return "".join(lines)


def _data(text: str) -> str:
    shown = "\n".join(printable(line) for line in text.split("\n"))
    return shown.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
