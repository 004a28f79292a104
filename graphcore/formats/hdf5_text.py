"""The text in an attribute of an HDF5 file: Keras and h5py have about ten types for it, and a stranger's file any."""

from __future__ import annotations

from typing import Any

from .hdf5_objects import named, walk


def text_of(holder: Any, name: str, h5py: Any) -> bytes | str | None:
    """The text in an attribute of a file or group; None where there is none."""
    if name not in holder.attrs:
        return None
    said = h5py.h5a.open(holder.id, name.encode()).get_type()
    return _as_text(holder.attrs[name]) if is_readable(said, h5py) else None


def unreadable(root: Any, h5py: Any) -> str | None:
    """What in a file, at any depth, HDF5 cannot be asked for without harm; None where there is nothing.

    Links into other files are passed over.
    """
    if (harmful := _attribute(root, h5py)) is not None:
        return harmful
    for path, link, opened in walk(root, h5py):
        at = "/" + "/".join(path)
        if not isinstance(opened, (h5py.Group, h5py.Dataset)):
            if isinstance(link, h5py.HardLink):
                return at  # nothing, or a type by itself
            continue
        if isinstance(opened, h5py.Dataset) and not is_readable(opened.id.get_type(), h5py):
            return at
        if (harmful := _attribute(opened, h5py)) is not None:
            return f"{at}{harmful}"
    return None


def _attribute(holder: Any, h5py: Any) -> str | None:
    for i in range(h5py.h5a.get_num_attrs(holder.id)):
        attribute = h5py.h5a.open(holder.id, index=i)
        if not is_readable(attribute.get_type(), h5py):
            return f"@{named(attribute.name)}"
    return None


def is_readable(said: Any, h5py: Any) -> bool:
    """Whether values of a type can be read from a file that may be damaged.

    HDF5 (1.14.6) ends the process where a sequence of free length is of a kind that there is not; Keras writes none.
    """
    h5t = h5py.h5t
    if isinstance(said, h5t.TypeArrayID):
        return is_readable(said.get_super(), h5py)
    if isinstance(said, h5t.TypeCompoundID):
        return all(is_readable(said.get_member_type(i), h5py) for i in range(said.get_nmembers()))
    return not isinstance(said, (h5t.TypeVlenID, h5t.TypeReferenceID))


def _as_text(value: Any) -> bytes | str | None:
    """The text of an attribute, which comes as about ten types: text, bytes, arrays of one, arrays of characters."""
    for _ in range(4):
        if isinstance(value, (bytes, str)):
            return value
        if not hasattr(value, "tolist"):
            break
        value = value.tolist()
        if isinstance(value, list) and len(value) == 1:
            value = value[0]
        elif isinstance(value, list):
            parts = [part.decode("utf-8", "replace") if isinstance(part, bytes) else part for part in value]
            return "".join(parts) if all(isinstance(part, str) for part in parts) else None
    if isinstance(value, tuple) and len(value) == 1:
        return _as_text(value[0])
    return value if isinstance(value, (bytes, str)) else None
