"""What stands beside the config in an archive or HDF5 file: names, links and shapes; none is followed or read."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath, PureWindowsPath
from typing import Any, BinaryIO, NamedTuple

from .formats.archive import BROKEN
from .formats.kinds import kind
from .shapes import TensorSpec
from .source import Limits

MOST_OBJECTS = 20_000
"""Groups and data sets of one HDF5 file that are looked at: a model of 3,000 layers has 12,000."""
MOST_UNPACKED = 128 * 2**20
"""Bytes of a packed member that are unpacked to look into it; what is stored as it is needs none."""
BOMB_RATIO, BOMB_BYTES = 200, 2**30
"""A member that unpacks to so many times its size, and to more than this, is no weights: those pack to two thirds."""

# Which Keras does it: see docs/safety.md.
_STORED = (
    "HDF5 opens that file when the data is read: tf_keras while it loads weights, and Keras 3 before 3.12.1, in 3.13.0"
    " and 3.13.1, from an .h5 up to 3.14.0 (CVE-2026-1669)"
)
_LINKED = (
    "HDF5 opens that file when the data is read: tf_keras while it loads weights, and Keras 3 before 3.12.2, in 3.13"
    " and 3.14.0"
)
_OUTSIDE = "what unpacks the archive by its names writes beside it; Keras and Python's zipfile do not"
_PICKLE = "a pickle runs code when it is read; no Keras reads it from here, other programs may"
_BOMB = "Keras unpacks it while it loads the model, before 3.12.3, in 3.13 and 3.14"


class Found(NamedTuple):
    """Something beside the config that could do harm."""

    code: str
    says: str
    hint: str
    member: str


@dataclass(frozen=True, slots=True)
class Beside:
    """What was found, which files were not looked through and why, and the weights by the names of their layers."""

    found: tuple[Found, ...] = ()
    unread: tuple[tuple[str, str], ...] = ()
    weights: Mapping[str, Mapping[str, TensorSpec]] | None = None


def beside(source: bytes | Path, limits: Limits) -> Beside:
    """What stands in a file beside its config; nothing for a file that is no archive.

    Raises:
        OSError: a path cannot be read.
    """
    if isinstance(source, Path) and source.is_dir():
        return Beside(unread=((source.name, "it is a folder"),))
    with _opened(source) as file:
        what = kind(file.read(4096))
        file.seek(0)
        if what == "hdf5":
            found, unread, weights = _hdf5(file, called(source))
            return Beside(tuple(found), tuple(unread), weights)
        if what != "zip":
            return Beside()
        try:
            with zipfile.ZipFile(file) as archive:
                return _archive(archive, file, limits)
        except BROKEN:
            return Beside()


def called(source: bytes | Path) -> str:
    """How what stands in the file itself names it, as its member."""
    return source.name if isinstance(source, Path) else "the file"


def _opened(source: bytes | Path) -> BinaryIO:
    return source.open("rb") if isinstance(source, Path) else io.BytesIO(source)


def _archive(archive: zipfile.ZipFile, file: BinaryIO, limits: Limits) -> Beside:
    found: list[Found] = []
    unread: list[tuple[str, str]] = []
    weights: Mapping[str, Mapping[str, TensorSpec]] | None = None
    for info in archive.infolist()[: limits.members]:
        name = info.filename
        found += _named(info)
        if name.endswith((".h5", ".hdf5")):
            inner = _member(archive, file, info)
            if inner is None:
                unread.append((name, f"it unpacks to {info.file_size:,} bytes"))
                continue
            more, not_read, of_layers = _hdf5(inner, name)
            found += more
            unread += not_read
            weights = weights or of_layers
        elif name.endswith(".pb"):
            unread.append((name, "it holds a graph of TensorFlow, which may read and write files"))
    return Beside(tuple(found), tuple(unread), weights)


def _named(info: zipfile.ZipInfo) -> Iterator[Found]:
    """What a member's name and sizes say."""
    name = info.filename
    windows = PureWindowsPath(name)
    is_outside = ".." in PurePosixPath(name).parts or ".." in windows.parts or name.startswith("/") or windows.anchor
    if is_outside:
        yield Found("GC803", f"The archive has a file of the name {name[:200]}", _OUTSIDE, name)
    if info.external_attr >> 28 == 0xA:
        yield Found("GC803", f"{name[:200]} is a link to another file", _OUTSIDE, name)
    if name.endswith((".pkl", ".pickle", ".joblib", ".pt", ".pth")):
        yield Found("GC801", f"{name[:200]} is a pickle by its name", _PICKLE, name)
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


# --- HDF5 -------------------------------------------------------------------------------------------------------------

_Weights = dict[str, dict[str, TensorSpec]]


def _hdf5(file: BinaryIO, name: str) -> tuple[list[Found], list[tuple[str, str]], _Weights | None]:
    """The links that lead out of an HDF5 file, and the shapes of its weights. No data is read, no link followed."""
    try:
        import h5py  # a door that opens late: see formats.h5
    except ImportError:
        return [], [(name, "h5py is not installed")], None
    try:
        with h5py.File(file, "r") as opened:
            walk = _Hdf5(h5py, name)
            walk.through(opened)
    except (OSError, RuntimeError, ValueError, KeyError, TypeError, AttributeError, MemoryError):
        return [], [(name, "it is cut off or changed")], None
    return walk.found, walk.unread, walk.weights()


class _Hdf5:
    """One HDF5 file, each object of it once."""

    def __init__(self, h5py: Any, name: str) -> None:
        self.h5py = h5py
        self.name = name
        self.found: list[Found] = []
        self.unread: list[tuple[str, str]] = []
        self.names: dict[str, str] = {}  # of layers, by the groups that hold their weights
        self.specs: dict[str, TensorSpec] = {}  # of data sets, by their paths

    def through(self, root: Any) -> None:
        """Look at every link of every group."""
        h5py = self.h5py
        seen: set[int] = set()
        waiting: list[tuple[Any, str]] = [(root, "")]
        while waiting:
            group, path = waiting.pop()
            for key in group:
                if len(seen) >= MOST_OBJECTS:
                    self.unread.append((self.name, f"it has more than {MOST_OBJECTS:,} groups and data sets"))
                    return
                at = f"{path}/{key}"
                link = group.get(key, getlink=True)
                if isinstance(link, h5py.ExternalLink):
                    self._outside(f"{at[:200]} is a link into the file {link.filename[:200]}", _LINKED)
                if not isinstance(link, h5py.HardLink):
                    continue
                opened = group.get(key)
                address = h5py.h5o.get_info(opened.id).addr
                if address in seen:
                    continue
                seen.add(address)
                if isinstance(opened, h5py.Group):
                    waiting.append((opened, at))
                    said = opened.attrs.get("name") if key == "vars" and "name" in opened.attrs else None
                    if isinstance(said, str):
                        self.names[path] = said
                elif isinstance(opened, h5py.Dataset):
                    self._dataset(opened, at)

    def weights(self) -> _Weights:
        """The data sets of each layer, with those of the layers in it.

        Keras 3 writes a layer's name beside its weights, in a folder `layers`; Keras 2 names the group by it.
        """
        found: _Weights = {}
        for path, spec in sorted(self.specs.items()):
            parts = path.split("/")
            for i in range(2, len(parts)):
                around = "/".join(parts[: i + 1])
                is_old = i == 2 and parts[1] == "model_weights"
                name = parts[2] if is_old else self.names.get(around) if parts[i - 1] == "layers" else None
                if name is not None:
                    way = "/".join(part for part in parts[i + 1 :] if part != "vars")
                    found.setdefault(name, {})[way] = spec
        return found

    def _dataset(self, data: Any, at: str) -> None:
        if data.external:
            self._outside(f"{at[:200]} keeps its values in the file {data.external[0][0][:200]}", _STORED)
        if data.is_virtual:
            files = sorted({str(source.file_name) for source in data.virtual_sources()} - {"."})
            if files:
                self._outside(f"{at[:200]} is put together from the file {files[0][:200]}", _LINKED)
        if data.shape is not None:
            self.specs[at] = TensorSpec(tuple(data.shape), str(data.dtype))

    def _outside(self, says: str, hint: str) -> None:
        self.found.append(Found("GC803", says, hint, self.name))
