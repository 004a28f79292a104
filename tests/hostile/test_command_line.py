"""Hostile files on the command line: an exit code for each, in time and within memory, and nothing is done."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from .child import MOST_BYTES
from .files import FILES

ROOT = Path(__file__).parents[2]
# Of the processor, for three commands; the promise is 5 s for one.
SECONDS = 15.0


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What the commands did with each file."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.hostile.child", str(tmp_path_factory.mktemp("hostile"))],
        cwd=ROOT,
        env={**os.environ, "OPENBLAS_NUM_THREADS": "1"},
        capture_output=True,
        text=True,
        timeout=1200,
    )
    assert done.returncode == 0, done.stderr[-2_000:]
    return {said["name"]: said for said in map(json.loads, done.stdout.splitlines())}


def test_each_file_was_answered(told: dict[str, Any]) -> None:
    assert len(FILES) >= 400
    assert list(told) == list(FILES)
    odd = {name: said["codes"] for name, said in told.items() if not {*said["codes"]} <= {0, 1}}
    assert odd == {}


def test_nothing_was_run_imported_opened_or_fetched(told: dict[str, Any]) -> None:
    done = {name: said["seen"] for name, said in told.items() if said["seen"]}
    assert done == {}


def test_none_took_long_or_much_memory(told: dict[str, Any]) -> None:
    assert {name: said["seconds"] for name, said in told.items() if said["seconds"] > SECONDS} == {}
    assert max(said["peak"] for said in told.values()) < MOST_BYTES
