"""The config inside a `.keras` archive, a SavedModel or a checkpoint of Orbax, packed or a folder.

Read within limits, never unpacked.
"""

from __future__ import annotations

import errno
import io
import json
import os
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from ..diagnostics import Diagnostic, Place
from ..source import Limits, over
from . import savedmodel

CONFIG = "config.json"
METADATA = "metadata.json"
_SAVED = (savedmodel.METADATA, savedmodel.GRAPH)
# What Orbax writes into the folder of a checkpoint, and into that of each item in it. Keras's OrbaxCheckpoint has a
# folder for each step, in it one of the model's config, in it a file of its texts.
_OF_ORBAX = ("_CHECKPOINT_METADATA", "_METADATA", "manifest.ocdbt")
_TEXTS = "_strings.json"
_CONFIG_OF_ORBAX = f"model_config/{_TEXTS}"
# Two dates and a version.
_MOST_METADATA = 64 * 1024
# What zipfile raises on bytes that a stranger chose.
BROKEN = (zipfile.BadZipFile, zlib.error, RuntimeError, NotImplementedError, EOFError, OSError, ValueError, KeyError)


class Packed(NamedTuple):
    """A model's config from inside another file.

    `member` is the file's name in an archive. `is_legacy`: written by Keras 3 in the old way, without modules.
    `is_saved`: in the JSON of a SavedModel.
    """

    text: bytes
    member: str | None
    keras_version: str | None = None
    is_legacy: bool = False
    is_saved: bool = False


def unpack(source: bytes | Path, limits: Limits) -> tuple[Packed | None, list[Diagnostic]]:
    """The config of a `.keras` archive or a packed SavedModel, and the version of Keras that wrote it."""
    try:
        with zipfile.ZipFile(io.BytesIO(source) if isinstance(source, bytes) else source) as archive:
            return _read(archive.namelist(), lambda name, most: _bytes(archive, name, most), limits)
    except BROKEN as error:
        return None, [_damaged(f"The archive cannot be read: {_reason(error)}")]


def unpack_folder(folder: Path, limits: Limits) -> tuple[Packed | None, list[Diagnostic]]:
    """The config of a SavedModel, or of a `.keras` archive that somebody unpacked.

    Raises:
        OSError: there is no such file in it, or it cannot be read.
    """
    steps = [one.name for one in folder.iterdir() if _is_step(one.name)][: limits.members]
    inside = (_TEXTS, _CONFIG_OF_ORBAX, *_OF_ORBAX, *(f"{step}/{_CONFIG_OF_ORBAX}" for step in steps))
    marks = (f"{step}/{_OF_ORBAX[0]}" for step in steps)
    names = [name for name in (CONFIG, METADATA, *_SAVED, *inside, *marks) if (folder / name).is_file()]
    if not names or names == [METADATA]:
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), str(folder))
    return _read(names, lambda name, most: _at_most(folder / name, most), limits)


def unpack_saved(source: bytes | Path, member: str, limits: Limits) -> tuple[Packed | None, list[Diagnostic]]:
    """The config in one file of a SavedModel.

    Raises:
        OSError: a path cannot be read.
    """
    data = source if isinstance(source, bytes) else _at_most(source, limits.member_bytes)
    return _saved(None if data is None or len(data) > limits.member_bytes else data, member, limits, None)


def _read(
    names: list[str], read: Callable[[str, int], bytes | None], limits: Limits
) -> tuple[Packed | None, list[Diagnostic]]:
    """`read` gives a member's bytes, None where there are more than so many."""
    if len(names) > limits.members:
        return None, [over(f"holds {len(names):,} files", f"{limits.members:,}")]
    if CONFIG not in names:
        if (texts := _config_of_orbax(names)) is not None:
            text = read(texts, limits.member_bytes)
            return (None, [_over(texts, limits)]) if text is None else (Packed(text, texts), [])
        for member in _SAVED:
            inside = next((name for name in names if name == member or name.endswith(f"/{member}")), None)
            if inside is not None:
                return _saved(read(inside, limits.member_bytes), member, limits, inside)
        return None, [_without_config(names)]
    text = read(CONFIG, limits.member_bytes)
    if text is None:
        return None, [_over(CONFIG, limits)]
    version = _version(read(METADATA, _MOST_METADATA)) if METADATA in names else None
    found = []
    if names.count(CONFIG) > 1:
        message = f"The archive holds {CONFIG} {names.count(CONFIG)} times; the last one counts"
        found.append(Diagnostic("GC003", message, Place("", member=CONFIG), hint="write the archive again"))
    return Packed(text, CONFIG, version), found


def _config_of_orbax(names: list[str]) -> str | None:
    """The config in a checkpoint of Orbax, that of the last step."""
    found = [name for name in names if name == _TEXTS or f"/{name}".endswith(f"/{_CONFIG_OF_ORBAX}")]
    return max(found, key=lambda name: [int(part) for part in name.split("/") if _is_step(part)], default=None)


def _is_step(name: str) -> bool:
    return name.isascii() and name.isdecimal() and len(name) < 20


def _saved(
    data: bytes | None, member: str, limits: Limits, where: str | None
) -> tuple[Packed | None, list[Diagnostic]]:
    """The config in a file of a SavedModel: `data` is None where it is too large, `where` its name in an archive."""
    if data is None:
        return None, [_over(member, limits)]
    text, damage = savedmodel.config_of(data, member)
    if damage == "cut off":
        message = f"The SavedModel's {member} is cut off: it announces more than the {len(data):,} bytes that it has"
        return None, [_damaged(message, where)]
    if not text:
        message = f"The SavedModel's {member} holds no Keras config"
        hint = "open the keras_metadata.pb beside it, or the whole folder"
        if member == savedmodel.METADATA:
            hint = "write the model with model.save('model.keras') or model.to_json(), and open that file"
        return None, [Diagnostic("GC004", message, Place("", member=where), hint=hint)]
    found = []
    if damage == "line ends":
        message = f"The SavedModel's {member} is damaged: its lengths count bytes that are gone"
        hint = "Git may have changed its line ends: set `*.pb binary` in .gitattributes, and add the file again"
        found.append(Diagnostic("GC005", message, Place("", member=where), hint=hint))
    return Packed(text, where, is_saved=True), found


def _over(member: str, limits: Limits) -> Diagnostic:
    return over(f"holds a {member} of more than {limits.member_bytes:,} bytes", f"{limits.member_bytes:,}")


def _at_most(path: Path, most: int) -> bytes | None:
    with path.open("rb") as file:
        data = file.read(most + 1)
    return data if len(data) <= most else None


def _bytes(archive: zipfile.ZipFile, name: str, most: int) -> bytes | None:
    """A member's bytes, None where there are more than `most`: the size that it declares need not be true."""
    with archive.open(name) as member:
        data = member.read(most + 1)
    return data if len(data) <= most else None


def _version(data: bytes | None) -> str | None:
    try:
        said = json.loads(data) if data else None
    except (ValueError, RecursionError):
        return None
    version = said.get("keras_version") if isinstance(said, dict) else None
    return version if isinstance(version, str) else None


def _without_config(names: list[str]) -> Diagnostic:
    hint = "save the whole model with model.save('model.keras')"
    if any(name.rpartition("/")[2] in _OF_ORBAX for name in names):
        return Diagnostic("GC006", "A checkpoint of Orbax holds weights and no model", Place(""), hint=hint)
    if any(name.rpartition("/")[2] == "data.pkl" for name in names):
        message = "The file is a pickle of PyTorch, which runs code when it is read"
        return Diagnostic("GC007", message, Place(""), hint=hint)
    if any(name.endswith((".weights.h5", "variables.h5")) for name in names):
        return Diagnostic("GC006", "The archive holds weights and no config.json", Place(""), hint=hint)
    if any(name.endswith(".npy") for name in names):
        return Diagnostic("GC007", "The file is an archive of arrays (.npz), not a model", Place(""), hint=hint)
    return Diagnostic("GC004", "The archive holds no config.json, so it is no .keras file", Place(""), hint=hint)


def _damaged(message: str, where: str | None = None) -> Diagnostic:
    return Diagnostic(
        "GC005", message, Place("", member=where), hint="copy or download the file again, and compare its size"
    )


def _reason(error: BaseException) -> str:
    """Why, in words of our own where zipfile's depend on what a stranger wrote."""
    if isinstance(error, RuntimeError) and "encrypted" in str(error):
        return "it is encrypted"
    if isinstance(error, NotImplementedError):
        return "it is packed by a method that is not known here"
    if isinstance(error, (zlib.error, EOFError)):
        return "its content is cut off or changed"
    return "it is cut off or changed"
