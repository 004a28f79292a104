"""What stands beside the config in an archive, a SavedModel or an HDF5 file; nothing is run, followed or unpickled."""

from __future__ import annotations

import io
import os
import re
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath, PureWindowsPath
from typing import Any, BinaryIO, NamedTuple

from . import graph_ops
from .formats import savedmodel
from .formats.archive import BROKEN, CONFIG, METADATA
from .formats.kinds import Stranger, kind
from .hdf5_contents import Hdf5, look_into
from .shapes import TensorSpec
from .source import Limits

MOST_UNPACKED = 128 * 2**20
"""Bytes of a packed member that are unpacked to look into it; what is stored as it is needs none."""
ADDRESS = re.compile(r"\s*(?:https?|ftps?|gs|s3|hdfs|viewfs|file|ssh|smb)://", re.IGNORECASE)
"""How a text begins that is an address, or a path that TensorFlow's file systems take for one."""
BOMB_RATIO, BOMB_BYTES = 200, 2**30
"""A member that unpacks to so many times its size, and to more than this, is no weights: those pack to two thirds."""
_BEGINNING = 4096

# Which Keras does it: see docs/safety.md.
_OUTSIDE = "what unpacks the archive by its names writes beside it; Keras and Python's zipfile do not"
_LINK = "what reads the folder reads that file"
_PICKLE = "a pickle runs code when it is read; no Keras reads it from here, other programs may"
_ARRAYS = "NumPy unpickles it where a program allows that; Keras did before 3.9"
_BOMB = "Keras unpacks it while it loads the model, before 3.12.3, in 3.13 and 3.14"
_RUN = "TensorFlow runs it when the model is called or, in an initializer, loaded: by tf_keras and by a TFSMLayer"
_EFFECTS: Mapping[graph_ops.Effect, tuple[str, str]] = {
    "python": ("GC801", "which calls a function of Python"),
    "graph": ("GC801", "which runs a graph that a text holds"),
    "reads": ("GC803", "which reads a file"),
    "writes": ("GC803", "which can write a file"),
    "network": ("GC804", "which asks another machine"),
}
# What Keras writes into an archive, TensorFlow into a SavedModel and Orbax into a checkpoint, beside config, graph
# and HDF5.
_KNOWN = re.compile(
    r"(?:.*/)?(?:assets|assets\.extra|variables)/.*|(?:.*/)?(?:fingerprint|keras_metadata)\.pb|.*\.weights\.(?:npz|json)|.*/"
    r"|(?:.*/)?(?:_METADATA|_CHECKPOINT_METADATA|_strings\.json|_sharding|commit_success\.txt|manifest\.ocdbt"
    r"|array_metadatas/[^/]*|d/[0-9a-f]{32})"
)


class Found(NamedTuple):
    """Something beside the config that could do harm."""

    code: str
    says: str
    hint: str
    member: str


@dataclass(frozen=True, slots=True)
class Beside:
    """What was found, which files were not looked through and why, and the weights by the names of their layers.

    `configs` are other configs of an HDF5 file, by their attributes.
    """

    found: tuple[Found, ...] = ()
    unread: tuple[tuple[str, str], ...] = ()
    weights: Mapping[str, Mapping[str, TensorSpec]] | None = None
    configs: tuple[tuple[str, bytes], ...] = ()


def beside(source: bytes | Path, limits: Limits) -> Beside:
    """What stands in a file beside its config; nothing for a file that is no archive.

    Raises:
        OSError: a path cannot be read.
    """
    looking = _Looking(limits)
    if isinstance(source, Path) and source.is_dir():
        looking.folder(source)
        return looking.beside()
    with _opened(source) as file:
        beginning = file.read(_BEGINNING)
        file.seek(0)
        what = kind(beginning)
        if what == "hdf5":
            looking.hdf5(called(source), file)
        elif what == "zip":
            try:
                with zipfile.ZipFile(file) as archive:
                    looking.archive(archive, file)
            except BROKEN:
                return Beside()
        elif savedmodel.member_of(beginning) == savedmodel.GRAPH:
            looking.graph(called(source), file)
    return looking.beside()


def called(source: bytes | Path) -> str:
    """How what stands in the file itself names it, as its member."""
    return source.name if isinstance(source, Path) else "the file"


def _opened(source: bytes | Path) -> BinaryIO:
    return source.open("rb") if isinstance(source, Path) else io.BytesIO(source)


@dataclass
class _Looking:
    """One file or folder, looked through."""

    limits: Limits
    found: list[Found] = field(default_factory=list)
    unread: list[tuple[str, str]] = field(default_factory=list)
    weights: Mapping[str, Mapping[str, TensorSpec]] | None = None
    configs: tuple[tuple[str, bytes], ...] = ()

    def beside(self) -> Beside:
        """All that was found."""
        return Beside(tuple(self.found), tuple(self.unread), self.weights, self.configs)

    def archive(self, archive: zipfile.ZipFile, file: BinaryIO) -> None:
        """The members of a zip."""
        for info in archive.infolist()[: self.limits.members]:
            name = info.filename
            self.found += _named(info)
            if name in (CONFIG, METADATA) or info.is_dir():
                continue
            try:
                with archive.open(info) as member:
                    beginning = member.read(_BEGINNING)
                self._member(name, info.file_size, beginning, lambda info=info: _member(archive, file, info))
            except BROKEN:  # what is damaged hides nothing of the others
                self.unread.append((name, "it is damaged"))

    def folder(self, folder: Path) -> None:
        """The files of a folder; no link is followed."""
        left = self.limits.members
        for around, folders, files in os.walk(folder):
            folders.sort()
            for name in sorted((*files, *(one for one in folders if Path(around, one).is_symlink()))):
                left -= 1
                path = Path(around, name)
                at = path.relative_to(folder).as_posix()
                if left < 0:
                    self.unread.append((at, f"the folder has more than {self.limits.members:,} files"))
                    return
                if path.is_symlink() or not path.is_file():
                    self.found.append(Found("GC803", f"{at[:200]} is a link to another file", _LINK, at))
                elif at not in (CONFIG, METADATA):
                    with path.open("rb") as file:
                        beginning = file.read(_BEGINNING)
                    self._member(at, path.stat().st_size, beginning, lambda path=path: path.open("rb"))

    def _member(self, name: str, size: int, beginning: bytes, opened: Any) -> None:
        """One file of an archive or a folder, told by its beginning and its name."""
        what = kind(beginning)
        if _is_pickle(what) or name.endswith((".pkl", ".pickle", ".joblib", ".pt", ".pth")):
            how = "its first bytes" if _is_pickle(what) else "its name"
            self.found.append(Found("GC801", f"{name[:200]} is a pickle by {how}", _PICKLE, name))
        elif what == "hdf5" or name.endswith((".h5", ".hdf5")):
            self._within(name, size, opened, self.hdf5)
        elif what == "zip":
            self._within(name, size, opened, self.nested)
        elif name.endswith(savedmodel.GRAPH):
            self._within(name, size, opened, self.graph)
        elif name.endswith(".pb") and not _KNOWN.fullmatch(name):
            self.unread.append((name, "it may hold a graph of TensorFlow, which could read and write files"))
        elif not _KNOWN.fullmatch(name) and not any(one.member == name for one in self.found):
            self.unread.append((name, "it is no file that Keras writes"))

    def _within(self, name: str, size: int, opened: Any, look: Any) -> None:
        file = opened()
        if file is None:
            self.unread.append((name, f"it unpacks to {size:,} bytes"))
            return
        with file:
            look(name, file)

    def hdf5(self, name: str, file: BinaryIO) -> None:
        """Links, shapes and other configs of an HDF5 file."""
        inside: Hdf5 = look_into(file, self.limits)
        self.found += [Found(*told, name) for told in inside.found]
        self.unread += [] if inside.unread is None else [(name, inside.unread)]
        self.weights = self.weights or inside.weights
        self.configs = self.configs or inside.configs

    def nested(self, name: str, file: BinaryIO) -> None:
        """An archive in the archive: that of NumPy's arrays is looked through, any other is not."""
        try:
            with zipfile.ZipFile(file) as inner:
                infos = inner.infolist()[: self.limits.members]
                self.found += [one._replace(member=name) for info in infos for one in _named(info)]
                is_pickled = any(info.filename.endswith((".pkl", ".pickle")) for info in infos)
                arrays = [info for info in infos if info.filename.endswith(".npy")]
                objects = [info.filename for info in arrays if _holds_objects(inner, info)]
        except BROKEN:
            self.unread.append((name, "it is an archive that is cut off or changed"))
            return
        if is_pickled:
            self.found.append(Found("GC801", f"{name[:200]} is an archive with a pickle in it", _PICKLE, name))
        if objects:
            says = f"{name[:200]} holds an array of objects, {objects[0][:80]}, which is a pickle"
            self.found.append(Found("GC801", says, _ARRAYS, name))
        if len(arrays) < len(infos) and not is_pickled:
            self.unread.append((name, "it is an archive itself"))

    def graph(self, name: str, file: BinaryIO) -> None:
        """What the graph of a SavedModel does beside computing."""
        data = file.read(self.limits.member_bytes + 1)
        if len(data) > self.limits.member_bytes:
            self.unread.append((name, f"it has more than {self.limits.member_bytes:,} bytes"))
            return
        graphs = graph_ops.look_through(data)
        for outside in graphs.outside:
            code, does = _EFFECTS[outside.effect]
            where = f", in {outside.function[:100]}" if outside.function else ""
            many = f" and {outside.times - 1:,} more" if outside.times > 1 else ""
            texts = ", ".join(f'"{text}"' for text in outside.texts)
            given = f"; with {texts}" if texts else ""
            if any(ADDRESS.match(text) for text in outside.texts):
                code = "GC804" if code == "GC803" else code
            self.found.append(Found(code, f"{name[:200]} has {outside.op}, {does}{where}{many}{given}", _RUN, name))
        for asset in graphs.assets:
            if _leads_out(asset):
                says = f"{name[:200]} names {asset[:200]} as one of its own files"
                self.found.append(Found("GC803", says, _LINK, name))
        if not graphs.is_whole:
            self.unread.append((name, f"it is cut off, or has more than {graph_ops.MOST_NODES:,} operations"))


def _is_pickle(what: object) -> bool:
    return isinstance(what, Stranger) and what.says.startswith("a pickle")


def _holds_objects(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> bool:
    """Whether an array of NumPy's is one of objects, by its head."""
    with archive.open(info) as array:
        return re.search(rb"'descr': *\[?.*?'[|=<>]?O", array.read(_BEGINNING)) is not None


def _leads_out(name: str) -> bool:
    windows = PureWindowsPath(name)
    return bool(".." in PurePosixPath(name).parts or ".." in windows.parts or name.startswith("/") or windows.anchor)


def _named(info: zipfile.ZipInfo) -> Iterator[Found]:
    """What a member's name and sizes say."""
    name = info.filename
    if _leads_out(name):
        yield Found("GC803", f"The archive has a file of the name {name[:200]}", _OUTSIDE, name)
    if info.external_attr >> 28 == 0xA:
        yield Found("GC803", f"{name[:200]} is a link to another file", _OUTSIDE, name)
    if info.file_size > BOMB_BYTES and info.file_size > BOMB_RATIO * max(1, info.compress_size):
        says = f"{name[:200]} unpacks from {info.compress_size:,} to {info.file_size:,} bytes"
        yield Found("GC805", says, _BOMB, name)


def _member(archive: zipfile.ZipFile, file: BinaryIO, info: zipfile.ZipInfo) -> BinaryIO | None:
    """A member as a file that can be read anywhere; None where it is too large to unpack."""
    if info.compress_type == zipfile.ZIP_STORED and info.file_size > MOST_UNPACKED:
        file.seek(info.header_offset + 26)
        head = file.read(4)
        start = info.header_offset + 30 + int.from_bytes(head[:2], "little") + int.from_bytes(head[2:], "little")
        return io.BufferedReader(_Window(file, start, info.file_size))
    with archive.open(info) as member:
        data = member.read(MOST_UNPACKED + 1)
    return io.BytesIO(data) if len(data) <= MOST_UNPACKED else None


class _Window(io.RawIOBase):
    """A part of a file as a file."""

    def __init__(self, file: BinaryIO, start: int, size: int) -> None:
        super().__init__()
        self._file, self._start, self._size, self._at = file, start, size, 0

    def readable(self) -> bool:
        """It is."""
        return True

    def seekable(self) -> bool:
        """It is."""
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        """Go to a place in the part."""
        base = {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self._size}[whence]
        self._at = max(0, base + offset)
        return self._at

    def readinto(self, buffer: Any) -> int:
        """Read on, to the end of the part."""
        view = memoryview(buffer).cast("B")
        count = max(0, min(len(view), self._size - self._at))
        self._file.seek(self._start + self._at)
        data = self._file.read(count)
        view[: len(data)] = data
        self._at += len(data)
        return len(data)
