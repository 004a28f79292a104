"""How long it takes until something happens: the import, and the command line on a small file."""

from __future__ import annotations

import statistics
import subprocess
import sys
from pathlib import Path

from .figures import Figure, Section, seconds, shown

ROUNDS = 9
IMPORT = 0.1
COMMAND = 0.25
SMALL = Path(__file__).parents[1] / "app" / "examples" / "mlp.json"
_TIMED = "import time; t = time.perf_counter(); import graphcore; print(time.perf_counter() - t)"


def measure() -> Section:
    """Import and command, each in a new process."""
    imports = statistics.median(float(_output(["-c", _TIMED])) for _ in range(ROUNDS))
    empty = statistics.median(seconds(lambda: _output(["-c", "pass"])) for _ in range(ROUNDS))
    command = ["-m", "graphcore.cli", "check", str(SMALL)]
    checked = statistics.median(seconds(lambda: _output(command)) for _ in range(ROUNDS))
    figures = [
        Figure("`import graphcore`", shown(imports), f"≤ {shown(IMPORT)}", imports <= IMPORT),
        Figure("`layerwright check` of a small file", shown(checked), f"≤ {shown(COMMAND)}", checked <= COMMAND),
        Figure("of that, Python itself", shown(empty)),
    ]
    return Section("Start", f"A new process each time, the median of {ROUNDS}.", figures)


def _output(arguments: list[str]) -> str:
    return subprocess.run([sys.executable, *arguments], check=True, stdout=subprocess.PIPE, text=True).stdout
