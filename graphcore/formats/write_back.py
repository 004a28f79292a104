"""A file with another config in it: its text replaced where it stands, everything beside it byte for byte."""

from __future__ import annotations

import codecs
import json
import os
import shutil
import tempfile
import zipfile
import zlib
from collections.abc import Collection
from io import BytesIO
from pathlib import Path
from typing import Any

from ..patch import patched_text, put
from ..source import Source
from . import h5, kinds
from .hdf5_objects import named
from .hdf5_text import unreadable

_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
# What zipfile raises while it reads a member that is not what the archive says of it.
_UNREADABLE = (zipfile.BadZipFile, zlib.error, RuntimeError, NotImplementedError, EOFError)


class CannotCopyPart(OSError):
    """A part of a file beside its config that cannot be read, so that no copy of the file can have it."""


def write_back(path: Path, source: Source) -> None:
    """Write a source's text into the file that it was read from: all of it or, where something fails, nothing.

    Raises:
        OSError: the file cannot be read or written.
        CannotCopyPart: something beside the config is damaged.
    """
    if path.is_dir() and source.member is not None:
        path /= source.member
    path = path.resolve()  # what a link names is written, not the link
    write_copy(path, path, source)


def write_copy(path: Path, to: Path, source: Source, without: Collection[str] = ()) -> None:
    """Write a file as another one, with a source's text in place of its own.

    `without` are files of an archive, or attributes of an HDF5 file, that stay out.

    Raises:
        OSError: the file cannot be read, or the other not written.
        CannotCopyPart: something beside the config is damaged.
    """
    text = whole_text(source)
    with path.open("rb") as file:
        kind = kinds.kind(file.read(4096))
    handle, name = tempfile.mkstemp(dir=to.resolve().parent, prefix=f".{to.name}.")
    os.close(handle)
    made = Path(name)
    try:
        if kind == "zip":
            _repack(path, made, source.member, text, without)
        elif kind == "hdf5" and path == to:
            _with_attribute(path, made, text)
        elif kind == "hdf5":
            _afresh(path, made, text, without)
        else:
            made.write_bytes(in_bytes(path.read_bytes(), text))
        shutil.copymode(path, made)
        made.replace(to)
    finally:
        made.unlink(missing_ok=True)


def copy_of(data: bytes, source: Source, without: Collection[str] = ()) -> bytes:
    """The same from bytes to bytes.

    Raises:
        CannotCopyPart: something beside the config is damaged.
    """
    text = whole_text(source)
    made = BytesIO()
    match kinds.kind(data[:4096]):
        case "zip":
            _repack(BytesIO(data), made, source.member, text, without)
        case "hdf5":
            _afresh(BytesIO(data), made, text, without)
        case _:
            return in_bytes(data, text)
    return made.getvalue()


def whole_text(source: Source) -> str:
    """The text of a file; that of a model in a JSON text is put into the text around it."""
    text = source.text or ""
    while source.around is not None:
        source, pointer = source.around
        text = patched_text(source.text or "", (put(pointer, text),)) if pointer else json.dumps(text)
    return text


def in_bytes(before: bytes, text: str) -> bytes:
    """A text as the bytes of the file before it were written: mark, encoding, and zeros behind its end."""
    for mark, encoding in _BOMS:
        if before.startswith(mark):
            return mark + text.encode(encoding, "surrogatepass")
    encoding = json.detect_encoding(before)
    rest = before[len(before.rstrip(b"\0")) :] if encoding == "utf-8" else b""
    return text.encode(encoding, "surrogatepass") + rest


def _repack(
    before: Path | BytesIO, made: Path | BytesIO, config: str | None, text: str, without: Collection[str] = ()
) -> None:
    """The archive with another config, its other members as they are, but for those that stay out."""
    with zipfile.ZipFile(before) as old, zipfile.ZipFile(made, "w", allowZip64=True) as new:
        new.comment = old.comment
        last = {info.filename: info for info in old.infolist()}
        for info in old.infolist():
            if info.filename in without:
                continue
            if info.filename != config:
                try:
                    _copy_member(old, info, new)
                except _UNREADABLE as error:
                    raise CannotCopyPart(f"{info.filename[:200]} is damaged: {error}") from error
            elif info is last[info.filename]:
                new.writestr(_like(info), in_bytes(old.read(info), text))


def _copy_member(old: zipfile.ZipFile, info: zipfile.ZipInfo, new: zipfile.ZipFile) -> None:
    with old.open(info) as member, new.open(_like(info), "w", force_zip64=info.file_size >= 2**31) as copy:
        shutil.copyfileobj(member, copy)


def _like(info: zipfile.ZipInfo) -> zipfile.ZipInfo:
    """A member's name, date, way of packing and rights, without its sizes."""
    made = zipfile.ZipInfo(info.filename, info.date_time)
    made.compress_type, made.external_attr = info.compress_type, info.external_attr
    made.create_system, made.comment, made.extra = info.create_system, info.comment, b""
    return made


def _afresh(before: Path | BytesIO, made: Path | BytesIO, text: str, without: Collection[str] = ()) -> None:
    """The HDF5 file written anew, without some attributes: one that is changed keeps the old bytes, unnamed."""
    import h5py  # a door that opens late: see formats.h5

    with h5py.File(before, "r") as old, h5py.File(made, "w") as new:
        key: bytes | str = "/"
        try:
            harmful = unreadable(old, h5py)
            if harmful is not None:
                raise CannotCopyPart(f"{harmful[:200]} is of a type that Keras never writes")
            for key in old:
                old.copy(key, new)
            for key in old.attrs:
                if key != h5.ATTRIBUTE and key not in without:
                    _copy_attribute(old, key, new)
        except (RuntimeError, ValueError, KeyError, TypeError, OverflowError, MemoryError) as error:
            raise CannotCopyPart(f"{named(key)[:200]} is damaged: {error}") from error
        _put_config(new, text, old.attrs[h5.ATTRIBUTE])


def _copy_attribute(old: Any, name: bytes | str, new: Any) -> None:
    """An attribute with its type and its bytes, which h5py's texts would lose: not every text is UTF-8."""
    import h5py
    import numpy

    held = old.attrs.get_id(name)
    data = name if isinstance(name, bytes) else name.encode("utf-8", "surrogateescape")
    made = h5py.h5a.create(new.id, data, held.get_type(), held.get_space())
    if held.shape is not None:
        values = numpy.empty(held.shape, held.dtype)
        held.read(values)
        made.write(values)


def _with_attribute(path: Path, made: Path, text: str) -> None:
    """The HDF5 file with another config in its attribute, of the type that it had."""
    import h5py  # a door that opens late: see formats.h5

    shutil.copyfile(path, made)
    with h5py.File(made, "r+") as file:
        _put_config(file, text, file.attrs[h5.ATTRIBUTE])


def _put_config(file: Any, text: str, before: Any) -> None:
    """A config in its attribute, as the text or the bytes that it was; bytes that are no UTF-8 stay as they are."""
    import h5py

    try:
        data = text.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:
        data = text.encode("utf-8", "surrogatepass")
    if isinstance(before, str):
        file.attrs.create(h5.ATTRIBUTE, data, dtype=h5py.string_dtype())
    else:
        file.attrs[h5.ATTRIBUTE] = data
