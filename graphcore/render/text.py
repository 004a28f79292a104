"""A report as text for a terminal: each problem with its place and the way out, then the verdict."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from ..diagnostics import Diagnostic, Related
from ..report import Report, weigh
from .plain_text import printable, thousands

_COLOURS = {"error": "31", "warning": "33", "info": "36"}
_GAP = 3  # between a tensor and its shape


def render_text(report: Report, file: str, *, colour: bool = False) -> str:
    """Every problem that is shown, a line apart, and a last line that says how the file is."""
    blocks = [_block(diagnostic, report, file, colour) for diagnostic in report.diagnostics]
    return "\n\n".join([*blocks, _verdict(report, file, colour)]) + "\n"


def _block(diagnostic: Diagnostic, report: Report, file: str, colour: bool) -> str:
    at = diagnostic.at
    head = f"{diagnostic.severity}[{diagnostic.code}]"
    inside = f'in "{"/".join(at.path)}": ' if at.path else ""
    member = at.member or report.member
    line, column = report.place(at)
    where = file if member is None else f"{file}/{member}"
    if line is not None:
        where = f"{where}:{line}:{column}"
    lines = [
        f"{_painted(head, _COLOURS[diagnostic.severity], colour)} {printable(inside + diagnostic.message)}",
        f"  --> {printable(f'{where}  {at.pointer}'.rstrip())}",
        *_related_lines(diagnostic.related),
    ]
    if diagnostic.hint is not None:
        lines.append(f"hint: {printable(diagnostic.hint)}")
    lines += [f"fix{' (safe)' if fix.safe else ''}: {printable(fix.title)}" for fix in diagnostic.fixes]
    return "\n".join(lines)


def _related_lines(related: Sequence[Related]) -> Iterator[str]:
    """Label, tensor and shape in columns."""
    rows = [(printable(r.label), printable(_tensor(r)), printable(r.says)) for r in related]
    label_width = max((len(label) for label, _, _ in rows), default=0)
    tensor_width = max((len(tensor) for _, tensor, _ in rows), default=0) + _GAP
    for label, tensor, says in rows:
        yield f"{label:{label_width}}  {tensor:{tensor_width}}{says}".rstrip()


def _tensor(related: Related) -> str:
    at = related.at
    if at.layer is None or at.node_index is None:
        return at.layer or ""
    return f"{at.layer}[{at.node_index}][{at.tensor_index or 0}]"


def _verdict(report: Report, file: str, colour: bool) -> str:
    counts = Counter(diagnostic.severity for diagnostic in report.diagnostics)
    found = [_counted(counts[s], s) for s in ("error", "warning") if counts[s]]
    if report.more:
        found.append(f"{report.more:,} more")
    if not report.ok or report.graph is None or report.inference is None:
        return ", ".join(found)
    totals = weigh(report.inference).totals(report.inference)
    parameters = thousands(totals.total) if totals.total is not None else f"≥ {thousands(totals.known)}"
    facts = [
        printable(file),
        printable(report.graph.name, most=80),
        _counted(sum(not layer.is_implied for layer in report.graph.layers.values()), "layer"),
        f"{parameters} parameters",
        ", ".join(found),
    ]
    return "  ".join([_painted("ok", "32", colour), *filter(None, facts)])


def _counted(count: int, what: str) -> str:
    return f"{count:,} {what}{'' if count == 1 else 's'}"


def _painted(text: str, colour: str, is_painted: bool) -> str:
    return f"\x1b[1;{colour}m{text}\x1b[0m" if is_painted else text
