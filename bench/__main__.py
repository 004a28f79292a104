"""Measures everything and writes `docs/benchmarks.md`. A name as argument measures that part alone and prints it.

python -m bench [start|installed|growth|load|opening|moving|editing|training|cold_check]
"""

from __future__ import annotations

import os
import platform
import sys
from collections.abc import Callable
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from . import cold_check, editing, growth, installed, load, moving, opening, start, training
from .figures import Section

PAGE = Path(__file__).parents[1] / "docs" / "benchmarks.md"
PARTS: dict[str, Callable[[], Section]] = {
    "start": start.measure,
    "installed": installed.measure,
    "growth": growth.measure,
    "load": load.measure,
    "opening": opening.measure,
    "moving": moving.measure,
    "editing": editing.measure,
    "training": training.measure,
    # The last one: it imports TensorFlow into this process.
    "cold_check": cold_check.measure,
}


def main(names: list[str]) -> None:
    """Measure the parts of these names, or all. A figure that is missed stands in the page, and ends nothing."""
    sections = []
    for name in names or PARTS:
        section = PARTS[name]()
        sections.append(section)
        print("\n".join(_table(section)), flush=True)
    if not names:
        PAGE.write_text(_page(sections))


def _page(sections: list[Section]) -> str:
    lines = [
        "# Benchmarks",
        "",
        "Written by `make bench`. Ratios are taken in one run on one machine; they carry over, seconds do not.",
        "",
        f"{_machine()}.",
        "",
    ]
    for section in sections:
        lines += _table(section)
    return "\n".join(lines)


def _table(section: Section) -> list[str]:
    rows = [f"## {section.title}", "", section.how, "", "| what | measured | to reach | |", "|---|---|---|---|"]
    for figure in section.figures:
        mark = "" if figure.is_met is None else "reached" if figure.is_met else "**missed**"
        rows.append(f"| {figure.what} | {figure.measured} | {figure.promised} | {mark} |")
    return [*rows, ""]


def _machine() -> str:
    parts = [f"{os.cpu_count()} cores ({platform.machine()})", f"Python {platform.python_version()}"]
    for package in ("keras", "tensorflow"):
        try:
            parts.append(f"{package} {version(package)}")
        except PackageNotFoundError:
            parts.append(f"no {package}")
    return ", ".join(parts)


if __name__ == "__main__":
    main(sys.argv[1:])
