"""The collector is out of the way inside, and as it was outside."""

from __future__ import annotations

import gc
import sys
import weakref

import pytest

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


@pytest.mark.parametrize("objects", [10, 20_000])
def test_cycles_of_others_do_not_pile_up(objects: int) -> None:
    class Ring:
        def __init__(self) -> None:
            self.ring = self
            self.weight = [float(i) for i in range(2_000)]

    rings = weakref.WeakSet[Ring]()
    made = 3 * sys.getallocatedblocks() // 2_000  # three times what is in use, in rings of two thousand blocks
    most = 0
    for _ in range(made // 20):
        for _ in range(20):
            rings.add(Ring())
        with paused():
            kept = [[i] for i in range(objects)]
        del kept
        most = max(most, len(rings))
    assert most < made / 3


def test_a_large_model_is_not_gone_through_for_its_own_sake() -> None:
    collected = []
    gc.callbacks.append(lambda phase, info: collected.append(info["generation"]) if phase == "start" else None)
    try:
        with paused():
            pass
        collected.clear()
        for _ in range(3):
            with paused():
                kept = [[i] for i in range(sys.getallocatedblocks() // 2)]
            del kept
        assert 2 not in collected
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
