"""Python's collector of reference cycles, out of the way while a model is read.

A parsed file and a graph are trees of many small objects, and hold no cycles. The collector walks all of them again and
again as they grow: on a chain of 10,000 layers it took four fifths of the time.
"""

from __future__ import annotations

import gc
import threading
from collections.abc import Iterator
from contextlib import contextmanager

_lock = threading.Lock()
_inside = 0
_resumes = False
_settled = 0
_MOST_SETTLED = 1_000_000
"""Objects that may be counted among the old before these are gone through: a hundred models of some hundred layers."""


@contextmanager
def paused() -> Iterator[None]:
    """Nothing is collected inside; from several threads at once it resumes when the last one leaves."""
    global _inside, _resumes
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
    """Count what was made meanwhile among the old: as young it would be walked at once, a tenth of a check's time.

    Cycles of others are then among the old too, and Python goes through those by how many it moved there itself: so few
    objects are left to it, and now and then the old are gone through here. A service would else grow with each request.
    What was made just now does not count yet: a model of 100,000 layers is not gone through for its own sake.
    """
    global _settled
    young = gc.get_count()[0]
    if gc.get_freeze_count() or young < gc.get_threshold()[0]:  # what somebody else has frozen stays so
        return
    if _settled > _MOST_SETTLED:
        _settled = 0
        gc.collect()
    gc.freeze()
    gc.unfreeze()
    _settled += young
