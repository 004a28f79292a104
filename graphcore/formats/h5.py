"""The config inside an HDF5 file: one attribute of the root is read; without it, what else is there is counted."""

from __future__ import annotations

import io
from math import prod
from pathlib import Path
from typing import Any

from ..diagnostics import Diagnostic, Place, Related
from ..shapes import show
from ..source import Limits, over
from .archive import Packed
from .hdf5_heaps import has_broken_heap
from .hdf5_text import text_of
from .weights_only import census

ATTRIBUTE = "model_config"
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
    try:
        with io.BytesIO(source) if isinstance(source, bytes) else source.open("rb") as data:
            if has_broken_heap(data):
                return None, [_damaged()]
        with h5py.File(io.BytesIO(source) if isinstance(source, bytes) else source, "r") as file:
            return _read(file, h5py, limits)
    except _BROKEN:
        return None, [_damaged()]


def _damaged() -> Diagnostic:
    message = "The HDF5 file cannot be read: it is cut off or changed"
    return Diagnostic("GC005", message, Place(""), hint="copy or download the file again")


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
