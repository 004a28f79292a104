"""Python's collector of reference cycles, out of the way while a model is read.

A parsed file and a graph are trees of many small objects, and hold no cycles. The collector walks all of them again and
again as they grow: on a chain of 10,000 layers it took four fifths of the time.
"""

from __future__ import annotations

import gc
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager

_lock = threading.Lock()
_inside = 0
_resumes = False
_settled = 0
"""Objects that were counted among the old since somebody looked how much is in use."""
_MOST_SETTLED = 50_000
"""So many go by without a look, which takes a tenth of a check where TensorFlow's memory lies beside."""
_alive = 0
"""Blocks of memory that were in use when the old objects were last gone through; 0 before anybody looked."""


@contextmanager
def paused() -> Iterator[None]:
    """Nothing is collected inside; from several threads at once it resumes when the last one leaves."""
    global _inside, _resumes
    _go_through_the_old()
    with _lock:
        if not _inside:
            _resumes = gc.isenabled()
            gc.disable()
        _inside += 1
    try:
        yield
    finally:
        with _lock:
            _inside -= 1
            if not _inside and _resumes:
                _settle()
                gc.enable()


def _settle() -> None:
    """Count what was made meanwhile among the old: as young it would be walked at once, a tenth of a check's time."""
    global _settled
    young = gc.get_count()[0]
    if young >= gc.get_threshold()[0] and not gc.get_freeze_count():  # what somebody else has frozen stays so
        gc.freeze()
        gc.unfreeze()
        _settled += young


def _go_through_the_old() -> None:
    """Collect where a quarter more memory is in use than after the last time.

    Cycles of others may be among what `_settle` counts as old, and Python goes through the old by how many it moved
    there itself: a service would grow with each request. It is done before a model is read, so that none is gone
    through for its own sake: one of 100,000 layers would take half as long again.
    """
    global _alive, _settled
    if _settled < _MOST_SETTLED or not gc.isenabled():  # somebody's wish, or a model is being read
        return
    _settled = 0
    used = sys.getallocatedblocks()
    if used > _alive + _alive // 4 > 0:
        gc.collect()
        _alive = sys.getallocatedblocks()
    else:
        _alive = min(used, _alive or used)
