"""What an HDF5 file holds beside the config: links, shapes, what a compiled model was trained with; no data is read."""

from __future__ import annotations

from math import prod
from typing import Any, BinaryIO, NamedTuple

from .formats.hdf5_heaps import has_broken_heap
from .formats.hdf5_objects import MOST_OBJECTS, walk
from .formats.hdf5_text import text_of
from .shapes import TensorSpec
from .source import Limits

SHAPE_BYTES, SHAPE_RATIO = 4 * 2**30, 1_000
"""A data set that declares more than this, and so many times what it stores, is made to take memory."""

# Which Keras does it: see docs/safety.md.
_STORED = (
    "HDF5 opens that file when the data is read: tf_keras while it loads weights, and Keras 3 before 3.12.1, in 3.13.0"
    " and 3.13.1, from an .h5 up to 3.14.0 (CVE-2026-1669)"
)
_LINKED = (
    "HDF5 opens that file when the data is read: tf_keras while it loads weights, and Keras 3 before 3.12.2, in 3.13"
    " and 3.14.0"
)
_SHAPED = "Keras makes it while it loads weights, before 3.12.3, in 3.13 and 3.14 (CVE-2026-0897)"
_CONFIGS = ("training_config", "optimizer_config")


class Told(NamedTuple):
    """Something in a file that could do harm."""

    code: str
    says: str
    hint: str


Weights = dict[str, dict[str, TensorSpec]]


class Hdf5(NamedTuple):
    """What was found, why not all was looked at, the weights by layers, and other configs by their attributes."""

    found: tuple[Told, ...] = ()
    unread: str | None = None
    weights: Weights | None = None
    configs: tuple[tuple[str, bytes], ...] = ()


def look_into(file: BinaryIO, limits: Limits) -> Hdf5:
    """The links that lead out of an HDF5 file, and the shapes of its weights. No data is read, no link followed."""
    try:
        import h5py  # a door that opens late: see formats.h5
    except ImportError:
        return Hdf5(unread="h5py is not installed")
    try:
        if has_broken_heap(file):
            return Hdf5(unread="it is cut off or changed")
        with h5py.File(file, "r") as opened:
            walk = _Walk(h5py)
            walk.through(opened)
            walk.configs(opened, limits)
    except (OSError, RuntimeError, ValueError, KeyError, TypeError, AttributeError, OverflowError, MemoryError):
        return Hdf5(unread="it is cut off or changed")
    return Hdf5(tuple(walk.found), walk.unread, walk.weights(), tuple(walk.other))


class _Walk:
    """One HDF5 file, each object of it once."""

    def __init__(self, h5py: Any) -> None:
        self.h5py = h5py
        self.found: list[Told] = []
        self.unread: str | None = None
        self.other: list[tuple[str, bytes]] = []
        self.names: dict[str, str] = {}  # of layers, by the groups that hold their weights
        self.specs: dict[str, TensorSpec] = {}  # of data sets, by their paths

    def through(self, root: Any) -> None:
        """Look at every link of every group."""
        h5py, count = self.h5py, 0
        for parts, link, opened in walk(root, h5py):
            at = "/" + "/".join(parts)
            if isinstance(link, h5py.ExternalLink):
                self._outside(f"{at[:200]} is a link into the file {link.filename[:200]}", _LINKED)
            if opened is None:
                continue
            count += 1
            if count > MOST_OBJECTS:
                self.unread = f"it has more than {MOST_OBJECTS:,} groups and data sets"
                return
            if isinstance(opened, h5py.Dataset):
                self._dataset(opened, at)
            elif parts[-1] == "vars" and isinstance(opened, h5py.Group):
                said = text_of(opened, "name", h5py)
                if isinstance(said, str):
                    self.names["/" + "/".join(parts[:-1])] = said

    def configs(self, root: Any, limits: Limits) -> None:
        """Keep the texts of other configs than the model's."""
        for name in _CONFIGS:
            if name not in root.attrs:
                continue
            size = self.h5py.h5a.open(root.id, name.encode()).get_storage_size()
            text = text_of(root, name, self.h5py) if size <= limits.member_bytes else None
            if text is not None:
                self.other.append((name, text.encode("utf-8", "surrogatepass") if isinstance(text, str) else text))

    def weights(self) -> Weights:
        """The data sets of each layer, with those of the layers in it.

        Keras 3 writes a layer's name beside its weights, in a folder `layers`; Keras 2 names the group by it.
        """
        found: Weights = {}
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
        if data.shape is None:
            return
        self.specs[at] = TensorSpec(tuple(data.shape), str(data.dtype))
        size, stored = prod(data.shape) * data.dtype.itemsize, data.id.get_storage_size()
        if size > SHAPE_BYTES and size > SHAPE_RATIO * stored:
            says = f"{at[:200]} declares {size:,} bytes and stores {stored:,}"
            self.found.append(Told("GC805", says, _SHAPED))

    def _outside(self, says: str, hint: str) -> None:
        self.found.append(Told("GC803", says, hint))
