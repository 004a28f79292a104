"""A report as text for a terminal: each problem with its place and the way out, then the verdict."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from unicodedata import combining, east_asian_width

from ..diagnostics import Diagnostic, Related
from ..excerpt import Excerpt
from ..model import Graph
from ..report import Report, weigh
from .plain_text import printable, thousands

_COLOURS = {"error": "31", "warning": "33", "info": "36"}
_GAP = 3  # between a tensor and its shape


def render_text(report: Report, file: str, *, colour: bool = False, lines: bool = False) -> str:
    """Every problem that is shown, a line apart, and a last line that says how the file is.

    `lines`: with the line of the file at each place, and a caret beneath it.
    """
    shown = report.diagnostics
    blocks = [render_problem(diagnostic, report, file, colour=colour, lines=lines) for diagnostic in shown]
    return "\n\n".join([*blocks, _verdict(report, file, colour)]) + "\n"


def render_problem(
    diagnostic: Diagnostic, report: Report, file: str, *, colour: bool = False, lines: bool = False
) -> str:
    """One problem: sentence, place, what belongs to it, the way out."""
    at = diagnostic.at
    head = f"{diagnostic.severity}[{diagnostic.code}]"
    inside = f'in "{"/".join(at.path)}": ' if at.path else ""
    member = at.member or report.member
    line, column = report.place(at)
    where = file if member is None else f"{file}/{member}"
    if line is not None:
        where = f"{where}:{line}:{column}"
    paint = _COLOURS[diagnostic.severity]
    block = [
        f"{_painted(head, paint, colour)} {printable(inside + diagnostic.message)}",
        f"  --> {printable(f'{where}  {at.pointer}'.rstrip())}" if where else "",
    ]
    if lines and (excerpt := report.excerpt(at)) is not None:
        block += _excerpt_lines(excerpt, paint, colour)
    block += _related_lines(diagnostic.related)
    if diagnostic.hint is not None:
        block.append(f"hint: {printable(diagnostic.hint)}")
    block += [f"fix{' (safe)' if fix.safe else ''}: {printable(fix.title)}" for fix in diagnostic.fixes]
    return "\n".join(filter(None, block))


def _excerpt_lines(excerpt: Excerpt, paint: str, colour: bool) -> Iterator[str]:
    """The line of the file and a caret beneath its value."""
    number, line = excerpt.lines[-1]
    gutter = len(str(number))
    plain = "".join(char if _is_one_wide(char) else "·" for char in line)  # or the caret stands elsewhere
    yield f"{' ' * gutter} |"
    yield f"{number} | {plain}".rstrip()
    yield f"{' ' * gutter} | {' ' * excerpt.start}{_painted('^' * excerpt.length, paint, colour)}"


def _is_one_wide(char: str) -> bool:
    return char.isprintable() and not combining(char) and east_asian_width(char) not in "WF"


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
    if report.graph is None:
        return ", ".join(found)
    if not report.ok or report.inference is None:
        return f"{_read_as(report.graph)}: {', '.join(found)}"
    totals = weigh(report.inference).totals(report.inference)
    parameters = thousands(totals.total) if totals.total is not None else f"≥ {thousands(totals.known)}"
    facts = [
        printable(file),
        printable(report.graph.name, most=80),
        _read_as(report.graph),
        _counted(sum(not layer.is_implied for layer in report.graph.layers.values()), "layer"),
        f"{parameters} parameters",
        ", ".join(found),
    ]
    return "  ".join([_painted("ok", "32", colour), *filter(None, facts)])


def _read_as(graph: Graph) -> str:
    """What the content was taken for: the Keras that the file names, else the generation that its form is of."""
    if graph.dialect == "document":
        return "Layerwright document"
    return f"Keras {printable(graph.keras_version or graph.dialect.removeprefix('keras'), most=20)}"


def _counted(count: int, what: str) -> str:
    return f"{count:,} {what}{'' if count == 1 else 's'}"


def _painted(text: str, colour: str, is_painted: bool) -> str:
    return f"\x1b[1;{colour}m{text}\x1b[0m" if is_painted else text
