"""Reports as SARIF 2.1.0, which code hosts and editors read."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import PurePath
from urllib.parse import quote

from ..codes import CODES
from ..diagnostics import Diagnostic, Fix
from ..model import JSON
from ..patch import text_edits
from ..report import Report
from ..source import position
from .plain_text import printable

_LEVELS = {"error": "error", "warning": "warning", "info": "note"}
_SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"


def render_sarif(reports: Sequence[tuple[str, Report]]) -> str:
    """One run over all files; the rules are the codes that occur."""
    codes = sorted({diagnostic.code for _, report in reports for diagnostic in report.diagnostics})
    driver = {"name": "layerwright", "rules": [_rule(code) for code in codes]}
    results = [_result(file, report, found, codes) for file, report in reports for found in report.diagnostics]
    run = {"tool": {"driver": driver}, "columnKind": "unicodeCodePoints", "results": results}
    return json.dumps({"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}, indent=1)


def _rule(id: str) -> JSON:
    code = CODES[id]
    return {
        "id": id,
        "name": code.slug,
        "shortDescription": {"text": code.title},
        "fullDescription": {"text": code.why},
        "help": {"text": code.remedy},
        "defaultConfiguration": {"level": _LEVELS[code.severity]},
    }


def _result(file: str, report: Report, found: Diagnostic, codes: Sequence[str]) -> JSON:
    line, column = report.place(found.at)
    physical: dict[str, JSON] = {"artifactLocation": {"uri": quote(PurePath(file).as_posix())}}
    if line is not None:
        physical["region"] = {"startLine": line, "startColumn": column}
    says = found.message if found.hint is None else f"{found.message}; {found.hint}"
    fixes = [] if report.text is None else [_fix(fix, file, report.text) for fix in found.fixes]
    result: dict[str, JSON] = {
        "ruleId": found.code,
        "ruleIndex": codes.index(found.code),
        "level": _LEVELS[found.severity],
        "message": {"text": printable(says)},
        "locations": [
            {
                "physicalLocation": physical,
                "logicalLocations": [
                    {"fullyQualifiedName": printable("/".join((*found.at.path, found.at.layer or "")))}
                ],
            }
        ],
        "properties": {"pointer": found.at.pointer},
    }
    return result | ({"fixes": fixes} if fixes and report.member is None else {})


def _fix(fix: Fix, file: str, text: str) -> JSON:
    """A fix as places of the file's text. Lines and columns count from 1; a region ends before its end column."""
    replacements = [
        {"deletedRegion": _region(text, begin, end), "insertedContent": {"text": new}}
        for begin, end, new in text_edits(text, fix.stages)
    ]
    where = {"uri": quote(PurePath(file).as_posix())}
    return {
        "description": {"text": printable(fix.title)},
        "artifactChanges": [{"artifactLocation": where, "replacements": replacements}],
    }


def _region(text: str, begin: int, end: int) -> JSON:
    line, column = position(text, begin)
    end_line, end_column = position(text, end)
    return {"startLine": line, "startColumn": column, "endLine": end_line, "endColumn": end_column}
