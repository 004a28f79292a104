"""A measured figure beside what it has to reach, and the small arithmetic of measuring."""

from __future__ import annotations

import gc
import statistics
import time
from collections.abc import Callable, Sequence
from typing import NamedTuple


class Figure(NamedTuple):
    """One row of the page. `is_met` is None where nothing was promised."""

    what: str
    measured: str
    promised: str = ""
    is_met: bool | None = None


class Section(NamedTuple):
    """Figures that were taken in one run, and how."""

    title: str
    how: str
    figures: Sequence[Figure]


def seconds(act: Callable[[], object]) -> float:
    """How long something takes, once, with the garbage of others out of the way."""
    gc.collect()
    start = time.perf_counter()
    act()
    return time.perf_counter() - start


def interleaved(acts: Sequence[Callable[[], object]], rounds: int) -> list[float]:
    """The median seconds of each, taken in turns, so that a slow moment of the machine strikes all."""
    taken: list[list[float]] = [[] for _ in acts]
    for _ in range(rounds):
        for times, act in zip(taken, acts, strict=True):
            times.append(seconds(act))
    return [statistics.median(times) for times in taken]


def shown(took: float) -> str:
    """Seconds, as people read them."""
    if took < 0.1:
        return f"{took * 1000:.1f} ms" if took < 0.01 else f"{took * 1000:.0f} ms"
    return f"{took:.2f} s" if took < 10 else f"{took:.0f} s"


def times(ratio: float) -> str:
    """A ratio."""
    return f"{ratio:.1f} ×" if ratio < 20 else f"{ratio:.0f} ×"
