"""A file mended in its own text: all safe fixes, or those that are chosen one after the other."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from pathlib import Path

from .collector import paused
from .diagnostics import Diagnostic, Fix
from .judge import Judged, judge, opened, silence
from .mending import MOST_APPLIED, apply, apply_safe, offer
from .model import JSON
from .report import Report, make_report
from .source import Limits, Source

Choice = Callable[[Diagnostic], Fix | None]
"""Which of a problem's fixes is wanted; None for none. EOFError: no more questions."""


@dataclass(frozen=True, slots=True)
class Mending:
    """What was made of a file: the sources before and after, the fixes in it, and the reports of both."""

    before: Source
    after: Source
    made: tuple[Fix, ...]
    report_before: Report
    report: Report


def mend_file(
    source: bytes | Path,
    limits: Limits,
    choose: Choice | None = None,
    ignore: Collection[str] = (),
    contracts: Mapping[str, JSON] | None = None,
) -> Mending:
    """Mend a file. Without `choose` every safe fix is made; what is not of interest is named by codes in `ignore`.

    Raises:
        OSError: the file cannot be read.
    """
    with paused():
        before = silence(judge(opened(source, limits), limits, contracts=contracts), ignore)
        report_before = _report(offer(before, limits))
        after, made = apply_safe(before, limits) if choose is None else _chosen(before, limits, choose)
        report = _report(offer(silence(after, ignore), limits)) if made else report_before
    nothing = Source(None)
    return Mending(before.source or nothing, after.source or nothing, tuple(made), report_before, report)


def _report(judged: Judged) -> Report:
    return make_report(judged.graph, judged.inference, judged.found, judged.source)


def _chosen(judged: Judged, limits: Limits, choose: Choice) -> tuple[Judged, list[Fix]]:
    made: list[Fix] = []
    declined: set[tuple[str, str]] = set()
    while len(made) < MOST_APPLIED:
        found = [p for p in offer(judged, limits).found if p.fixes and (p.code, p.message) not in declined]
        if not found:
            break
        try:
            fix = choose(found[0])
        except (EOFError, KeyboardInterrupt):
            break
        if fix is None:
            declined.add((found[0].code, found[0].message))
        else:
            judged = apply(judged, fix, limits)
            made.append(fix)
    return judged, made
