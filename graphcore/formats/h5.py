"""The config inside an HDF5 file: one attribute of the root is read; without it, what else is there is counted."""

from __future__ import annotations

import io
import mmap
import struct
from math import prod
from pathlib import Path
from typing import Any

from ..diagnostics import Diagnostic, Place, Related
from ..shapes import show
from ..source import Limits, over
from .archive import Packed
from .hdf5_text import text_of
from .weights_only import census

ATTRIBUTE = "model_config"
# Texts lie in global heaps: a signature and version, the size of the heap at 8, its objects from 16 on.
_HEAP = b"GCOL\x01"
_HEAP_SIZE = struct.Struct("<8xQ")
# An object: its index, 0 for what is free, and its size, which counts this head too where it is free.
_HEAP_OBJECT = struct.Struct("<H6xQ")
# What h5py raises on bytes that a stranger chose.
_BROKEN = (OSError, RuntimeError, ValueError, KeyError, TypeError, OverflowError, MemoryError)
MOST_TOLD = 8
"""Layers of a file of weights that are told by their names."""
_HINT = "save the whole model with model.save(), or its config with model.to_json()"


def unpack(source: bytes | Path, limits: Limits) -> tuple[Packed | None, list[Diagnostic]]:
    """The config that Keras keeps in the attribute `model_config`, and the version of Keras that wrote it."""
    try:
        import h5py  # a door that opens late: importing it takes 0.1 s, and few files are HDF5
    except ImportError:
        message = "The file is HDF5, and h5py, which reads it, is not installed"
        return None, [Diagnostic("GC005", message, Place(""), hint="install h5py")]
    if _is_endless(source):
        return None, [_damaged()]
    try:
        with h5py.File(io.BytesIO(source) if isinstance(source, bytes) else source, "r") as file:
            return _read(file, h5py, limits)
    except _BROKEN:
        return None, [_damaged()]


def _damaged() -> Diagnostic:
    message = "The HDF5 file cannot be read: it is cut off or changed"
    return Diagnostic("GC005", message, Place(""), hint="copy or download the file again")


def _is_endless(source: bytes | Path) -> bool:
    """Whether a heap of texts has a free part of no size, over which HDF5 (1.14.6) walks for ever.

    No heap lies in another, so that more steps than the file has room for are as bad.
    """
    if isinstance(source, bytes):
        return _has_endless_heap(source)
    with source.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
        return _has_endless_heap(data)


def _has_endless_heap(data: bytes | mmap.mmap) -> bool:
    steps = len(data) // _HEAP_OBJECT.size
    heap = data.find(_HEAP)
    while 0 <= heap <= len(data) - _HEAP_SIZE.size:
        end = min(heap + _HEAP_SIZE.unpack_from(data, heap)[0], len(data)) - _HEAP_OBJECT.size
        at = heap + _HEAP_SIZE.size
        while at <= end:
            index, size = _HEAP_OBJECT.unpack_from(data, at)
            steps -= 1
            if steps < 0 or (index == 0 and size < _HEAP_OBJECT.size):
                return True
            at += size if index == 0 else _HEAP_OBJECT.size + -(-size // 8) * 8
        heap = data.find(_HEAP, heap + 1)
    return False


def _read(file: Any, h5py: Any, limits: Limits) -> tuple[Packed | None, list[Diagnostic]]:
    if ATTRIBUTE not in file.attrs:
        return None, [_without_config(file, h5py)]
    if h5py.h5a.open(file.id, ATTRIBUTE.encode()).get_storage_size() > limits.member_bytes:
        return None, [
            over(f"holds a {ATTRIBUTE} of more than {limits.member_bytes:,} bytes", f"{limits.member_bytes:,}")
        ]
    text = text_of(file, ATTRIBUTE, h5py)
    if text is None:
        message = f"The attribute {ATTRIBUTE} is no text"
        return None, [Diagnostic("GC005", message, Place("", member=ATTRIBUTE), hint=_HINT)]
    version = text_of(file, "keras_version", h5py)
    said = version.decode("utf-8", "replace") if isinstance(version, bytes) else version
    # Bytes, for a text that stands alone may be the name of a file, and a stranger's must never be.
    data = text.encode("utf-8", "surrogatepass") if isinstance(text, str) else text
    return Packed(data, ATTRIBUTE, said, is_legacy=True), []


def _without_config(file: Any, h5py: Any) -> Diagnostic:
    """Weights alone, or another program's file: what is in it, so that a user knows which model it belongs to."""
    counted = census(file, h5py)
    layers, at = counted.layers, Place("")
    many = "" if counted.is_whole else " at least"
    is_weights = "layer_names" in file.attrs or any(
        name in file for name in ("model_weights", "layers", "_layer_checkpoint_dependencies")
    )
    if not (is_weights or "keras_version" in file.attrs):
        arrays = counted.arrays + counted.others
        says = f"The HDF5 file has no attribute {ATTRIBUTE}: it holds weights only, or it is not Keras's"
        held = f"{says};{many} {arrays:,} arrays, in {counted.groups:,} groups" if counted.groups or arrays else says
        return Diagnostic("GC006", held, at, hint=_HINT)
    says = "The file holds weights and no model"
    if not layers:
        return Diagnostic("GC006", says, at, hint=_HINT)
    whose = f"{len(layers):,} layers" if len(layers) > 1 else "1 layer"
    what = f"{counted.params:,} parameters in {counted.arrays:,} arrays of {whose}"
    shown = [
        f'"{name[:60]}" {show(max(shapes, key=prod))}' for name, shapes in zip(counted.names, layers, strict=False)
    ]
    more = f" and {len(layers) - MOST_TOLD:,} more" if len(layers) > MOST_TOLD else ""
    related = (Related("layers", at, f"{', '.join(shown[:MOST_TOLD])}{more}"),)
    data = {"layers": [name[:200] for name in counted.names], "arrays": counted.arrays, "params": counted.params}
    return Diagnostic("GC006", f"{says}; it has{many} {what}", at, related, _HINT, data=data)
