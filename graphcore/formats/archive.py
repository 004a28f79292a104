"""The config inside a `.keras` archive, read within limits and never unpacked to the disk."""

from __future__ import annotations

import io
import json
import zipfile
import zlib
from pathlib import Path
from typing import NamedTuple

from ..diagnostics import Diagnostic, Place
from ..source import Limits, over

CONFIG = "config.json"
_METADATA = "metadata.json"
# Two dates and a version.
_MOST_METADATA = 64 * 1024
# What zipfile raises on bytes that a stranger chose.
_BROKEN = (zipfile.BadZipFile, zlib.error, RuntimeError, NotImplementedError, EOFError, OSError, ValueError, KeyError)


class Packed(NamedTuple):
    """A model's config from inside another file.

    `is_legacy`: written by Keras 3 in the old way, without modules.
    """

    text: bytes
    member: str
    keras_version: str | None = None
    is_legacy: bool = False


def unpack(source: bytes | Path, limits: Limits) -> tuple[Packed | None, list[Diagnostic]]:
    """The config of a `.keras` archive and the version of Keras that wrote it."""
    try:
        with zipfile.ZipFile(io.BytesIO(source) if isinstance(source, bytes) else source) as archive:
            return _read(archive, limits)
    except _BROKEN as error:
        return None, [_damaged(f"The archive cannot be read: {_reason(error)}")]


def _read(archive: zipfile.ZipFile, limits: Limits) -> tuple[Packed | None, list[Diagnostic]]:
    names = archive.namelist()
    if len(names) > limits.members:
        return None, [over(f"holds {len(names):,} files", f"{limits.members:,}")]
    if CONFIG not in names:
        return None, [_without_config(names)]
    text = _bytes(archive, CONFIG, limits.member_bytes)
    if text is None:
        return None, [over(f"holds a {CONFIG} of more than {limits.member_bytes:,} bytes", f"{limits.member_bytes:,}")]
    version = _version(archive) if _METADATA in names else None
    found = []
    if names.count(CONFIG) > 1:
        message = f"The archive holds {CONFIG} {names.count(CONFIG)} times; the last one counts"
        found.append(Diagnostic("GC003", message, Place("", member=CONFIG), hint="write the archive again"))
    return Packed(text, CONFIG, version), found


def _bytes(archive: zipfile.ZipFile, name: str, most: int) -> bytes | None:
    """A member's bytes, None where there are more than `most`: the size that it declares need not be true."""
    with archive.open(name) as member:
        data = member.read(most + 1)
    return data if len(data) <= most else None


def _version(archive: zipfile.ZipFile) -> str | None:
    data = _bytes(archive, _METADATA, _MOST_METADATA)
    try:
        said = json.loads(data) if data else None
    except (ValueError, RecursionError):
        return None
    version = said.get("keras_version") if isinstance(said, dict) else None
    return version if isinstance(version, str) else None


def _without_config(names: list[str]) -> Diagnostic:
    hint = "save the whole model with model.save('model.keras')"
    if any(name.endswith((".weights.h5", "variables.h5")) for name in names):
        return Diagnostic("GC006", "The archive holds weights and no config.json", Place(""), hint=hint)
    if any(name.endswith(".npy") for name in names):
        return Diagnostic("GC007", "The file is an archive of arrays (.npz), not a model", Place(""), hint=hint)
    if any(name.endswith("saved_model.pb") for name in names):
        return Diagnostic("GC007", "The file is a packed SavedModel, not a .keras archive", Place(""), hint=hint)
    return Diagnostic("GC004", "The archive holds no config.json, so it is no .keras file", Place(""), hint=hint)


def _damaged(message: str) -> Diagnostic:
    return Diagnostic("GC005", message, Place(""), hint="copy or download the file again, and compare its size")


def _reason(error: BaseException) -> str:
    """Why, in words of our own where zipfile's depend on what a stranger wrote."""
    if isinstance(error, RuntimeError) and "encrypted" in str(error):
        return "it is encrypted"
    if isinstance(error, NotImplementedError):
        return "it is packed by a method that is not known here"
    if isinstance(error, (zlib.error, EOFError)):
        return "its content is cut off or changed"
    return "it is cut off or changed"
