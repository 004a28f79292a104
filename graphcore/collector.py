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
_MANY = 10_000
"""Objects that are worth it: a model of some hundred layers has as many."""
_EVERY = 100


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
    """Count what was made meanwhile among the old: as young it would be walked at once, a fifth of a check's time.

    Cycles of others are then among the old too, and Python goes through those by how many it moved there itself: so few
    objects are left to it, and now and then the old are gone through here. A service would else grow with each request.
    """
    global _settled
    if gc.get_freeze_count() or gc.get_count()[0] < _MANY:  # what somebody else has frozen stays so
        return
    gc.freeze()
    gc.unfreeze()
    _settled += 1
    if not _settled % _EVERY:
        gc.collect()
