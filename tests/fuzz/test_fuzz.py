"""Two thousand made-up files, the same in every run: nothing raises and nothing hangs."""

from __future__ import annotations

import signal

import pytest

from .__main__ import late, run
from .files import kind_of, made

COUNT, PARTS = 2_000, 8


@pytest.mark.parametrize("part", range(PARTS))
def test_no_file_makes_anything_raise_or_hang(part: int) -> None:
    before = signal.signal(signal.SIGPROF, late)
    try:
        figures = run(range(COUNT * part // PARTS, COUNT * (part + 1) // PARTS))
    finally:
        signal.signal(signal.SIGPROF, before)
    assert figures["failed"] == []
    # Files that nothing opens would prove nothing, nor would those that are sound.
    assert figures["opened"] > COUNT // PARTS // 3
    assert figures["ok"] < figures["opened"]
    assert len(figures["codes"]) > 20


def test_a_seed_is_a_file() -> None:
    assert made(7) == made(7) != made(8)
    assert len({kind_of(seed) for seed in range(100)}) == 6
