"""How long it takes until something happens: the import, and the command line on a small file."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

from .figures import Figure, Section, seconds, shown

ROUNDS = 9
IMPORT = 0.1
COMMAND = 0.25
SMALL = Path(__file__).parents[1] / "app" / "examples" / "mlp.json"
_TIMED = "import time; t = time.perf_counter(); import graphcore; print(time.perf_counter() - t)"


def measure() -> Section:
    """Import and command, each in a new process, from bytecode as an installed package has it."""
    with tempfile.TemporaryDirectory() as bytecode:
        environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
        return _measured({**environment, "PYTHONPYCACHEPREFIX": bytecode})


def _measured(environment: dict[str, str]) -> Section:
    def output(*arguments: str) -> str:
        command = [sys.executable, *arguments]
        return subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True, env=environment).stdout

    command = ("-m", "graphcore.cli", "check", str(SMALL))
    output(*command)  # compiles everything
    imports = statistics.median(float(output("-c", _TIMED)) for _ in range(ROUNDS))
    empty = statistics.median(seconds(lambda: output("-c", "pass")) for _ in range(ROUNDS))
    checked = statistics.median(seconds(lambda: output(*command)) for _ in range(ROUNDS))
    figures = [
        Figure("`import graphcore`", shown(imports), f"≤ {shown(IMPORT)}", imports <= IMPORT),
        Figure("`layerwright check` of a small file", shown(checked), f"≤ {shown(COMMAND)}", checked <= COMMAND),
        Figure("of that, Python itself", shown(empty)),
    ]
    return Section("Start", f"A new process each time, the median of {ROUNDS}.", figures)
