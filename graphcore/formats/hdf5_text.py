"""The text in an attribute of an HDF5 file: Keras and h5py have about ten types for it, and a stranger's file any."""

from __future__ import annotations

from typing import Any


def text_of(holder: Any, name: str, h5py: Any) -> bytes | str | None:
    """The text in an attribute of a file or group; None where there is none."""
    if name not in holder.attrs:
        return None
    said = h5py.h5a.open(holder.id, name.encode()).get_type()
    return _as_text(holder.attrs[name]) if is_readable(said, h5py) else None


def unreadable(holder: Any, h5py: Any) -> str | None:
    """What in a file or group, at any depth, HDF5 cannot be asked for without harm; None where there is nothing.

    Links into other files are passed over.
    """
    seen: set[int] = set()
    waiting = [(holder, "")]
    while waiting:
        one, path = waiting.pop()
        for i in range(h5py.h5a.get_num_attrs(one.id)):
            attribute = h5py.h5a.open(one.id, index=i)
            if not is_readable(attribute.get_type(), h5py):
                return f"{path}@{shown(attribute.name)}"
        if isinstance(one, h5py.Dataset) and not is_readable(one.id.get_type(), h5py):
            return path
        for key in one if isinstance(one, h5py.Group) else ():
            if not isinstance(one.get(key, getlink=True), h5py.HardLink):
                continue
            at, inner = f"{path}/{shown(key)}", one.get(key)
            if not isinstance(inner, (h5py.Group, h5py.Dataset)):
                return at  # nothing, or a type by itself
            address = h5py.h5o.get_info(inner.id).addr
            if address not in seen:
                seen.add(address)
                waiting.append((inner, at))
    return None


def shown(name: bytes | str) -> str:
    """A name in a file, which h5py gives as bytes where it is no UTF-8."""
    return name.decode("utf-8", "replace") if isinstance(name, bytes) else name


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
