"""The heaps of texts in an HDF5 file, looked at before HDF5 does.

HDF5 (1.14.6) adds the sizes that a heap states to an address, and looks at none: it walks for ever over a part of no
size or one that leads back, reads past the heap where a text is said to be longer, and takes memory for all that a heap
is said to hold.

Source: HDF5 file format 3.0, III.E; HDF5, `H5HG__cache_heap_deserialize`.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from io import SEEK_END
from typing import BinaryIO

_SIGNATURE = b"GCOL\x01"
# Of a heap, behind which its objects come; and of an object: its index, 0 for what is free, and its size, which counts
# this head too where it is free.
_SIZE, _OBJECT = struct.Struct("<8xQ"), struct.Struct("<H6xQ")
_BLOCK = 1 << 20


def has_broken_heap(file: BinaryIO) -> bool:
    """Whether a heap of a file does not end in it, or a part not in its heap; the file is at its beginning then.

    No heap lies in another, so that more parts than the file has room for are as bad.
    """
    length = file.seek(0, SEEK_END)
    left = length // _OBJECT.size
    try:
        for heap in _heaps(file):
            if heap > length - _SIZE.size:
                continue
            end = heap + int(_SIZE.unpack(_at(file, heap, _SIZE))[0])
            if end > length:
                return True
            place = heap + _SIZE.size
            while place <= end - _OBJECT.size:
                index, size = _OBJECT.unpack(_at(file, place, _OBJECT))
                step = size if index == 0 else _OBJECT.size + -(-size // 8) * 8
                left -= 1
                if left < 0 or not _OBJECT.size <= step <= end - place:
                    return True
                place += step
        return False
    finally:
        file.seek(0)


def _at(file: BinaryIO, place: int, form: struct.Struct) -> bytes:
    file.seek(place)
    return file.read(form.size)


def _heaps(file: BinaryIO) -> Iterator[int]:
    """Where the signature of a heap stands, whatever is read meanwhile."""
    place = 0
    while block := _block(file, place):
        at = block.find(_SIGNATURE)
        while at >= 0:
            yield place + at
            at = block.find(_SIGNATURE, at + 1)
        place += max(len(block) - len(_SIGNATURE) + 1, 1)  # one may lie across the end


def _block(file: BinaryIO, place: int) -> bytes:
    file.seek(place)
    return file.read(_BLOCK)
