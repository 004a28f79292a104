"""What is in an HDF5 file, by its links: no link is followed out of it, no data are read."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from typing import Any

MOST_OBJECTS = 20_000
"""Groups and data sets of one file that are looked at, 1 s of them: a model of 3,000 layers has 12,000."""
Path = tuple[str, ...]


def walk(root: Any, h5py: Any) -> Iterator[tuple[Path, Any, Any]]:
    """Every link with its path and what it leads to: a group before what is in it, an object with several names once.

    It leads to nothing where it is no hard link, or damaged.
    """
    seen: set[int] = set()
    waiting: deque[tuple[Any, Path]] = deque([(root, ())])
    while waiting:
        group, path = waiting.popleft()
        for key in group:
            at = (*path, named(key))
            link = group.get(key, getlink=True)
            opened = group.get(key) if isinstance(link, h5py.HardLink) else None
            if opened is not None:
                address = h5py.h5o.get_info(opened.id).addr
                if address in seen:
                    continue
                seen.add(address)
            yield at, link, opened
            if isinstance(opened, h5py.Group):
                waiting.append((opened, at))


def named(name: bytes | str) -> str:
    """A name, which h5py gives as bytes where it is no UTF-8."""
    return name.decode("utf-8", "replace") if isinstance(name, bytes) else name
