"""The collector is out of the way inside, and as it was outside."""

from __future__ import annotations

import gc
import sys
import weakref

from graphcore.collector import paused


def test_it_rests_inside_and_goes_on_outside() -> None:
    assert gc.isenabled()
    with paused():
        assert not gc.isenabled()
        with paused():
            pass
        assert not gc.isenabled()
        made = [[i] for i in range(20_000)]
    assert gc.isenabled()
    assert gc.get_freeze_count() == 0
    assert not any(one is made for one in gc.get_objects(0))


class Ring:
    """A cycle that nobody holds."""

    def __init__(self, weight: int = 0) -> None:
        self.ring = self
        self.weight = [float(i) for i in range(weight)]


def test_small_models_leave_cycles_of_others_to_python() -> None:
    rings = weakref.WeakSet[Ring]()
    for _ in range(300):
        rings.update([Ring() for _ in range(20)])
        with paused():
            assert [[i] for i in range(10)]
    assert len(rings) < 3_000


def test_large_models_do_not_let_cycles_of_others_pile_up() -> None:
    rings = weakref.WeakSet[Ring]()
    many = sys.getallocatedblocks() // 2_000  # as much as is in use, in rings of two thousand blocks
    most = 0
    for _ in range(3 * many // 20):
        rings.update([Ring(2_000) for _ in range(20)])
        with paused():
            kept = [[i] for i in range(20_000)]
        del kept
        most = max(most, len(rings))
    assert most < many


def test_a_large_model_is_not_gone_through_for_its_own_sake() -> None:
    collected = []
    gc.callbacks.append(lambda phase, info: collected.append(info["generation"]) if phase == "start" else None)
    try:
        for _ in range(4):
            with paused():
                kept = [[i] for i in range(sys.getallocatedblocks() // 2)]
            del kept
        assert collected.count(2) <= 1  # what other tests left may be gone through
    finally:
        gc.callbacks.pop()


def test_what_somebody_has_switched_off_or_frozen_stays_so() -> None:
    gc.disable()
    gc.freeze()
    try:
        frozen = gc.get_freeze_count()
        with paused():
            pass
        assert not gc.isenabled()
        assert gc.get_freeze_count() >= frozen > 0
    finally:
        gc.unfreeze()
        gc.enable()
