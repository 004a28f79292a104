"""A project as one file: a zip archive of its revisions and what is said about them.

    project.json         {"layerwright_project": 1, "name": …, "revisions": [{"number", "name", "saved"}, …]}
    revisions/12.json    the document of revision 12

What is imported may come from anybody: members are counted, and unpacked no further than the limit.
"""

from __future__ import annotations

import io
import json
import zipfile
import zlib
from collections.abc import Iterable
from typing import Any, NamedTuple

from .kept import NoProjectFile, is_name

FORMAT = 1
INDEX = "project.json"
MOST_REVISIONS = 2_000


class State(NamedTuple):
    """A document with its number, its name where it has one, and when it was saved, in seconds since 1970."""

    number: int
    name: str | None
    saved: float
    document: bytes


class Unpacked(NamedTuple):
    """A project from a file; its revisions are in order, and there is one at least."""

    name: str
    states: list[State]


def pack(name: str, states: Iterable[State]) -> bytes:
    """The file of a project. The same project gives the same bytes."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        said = []
        for state in states:
            said.append({"number": state.number, "name": state.name, "saved": state.saved})
            archive.writestr(_member(f"revisions/{state.number}.json"), state.document)
        index = {"layerwright_project": FORMAT, "name": name, "revisions": said}
        archive.writestr(_member(INDEX), json.dumps(index, indent=1))
    return made.getvalue()


def _member(name: str) -> zipfile.ZipInfo:
    """A member without a time of its own."""
    member = zipfile.ZipInfo(name)
    member.compress_type = zipfile.ZIP_DEFLATED
    return member


def unpack(body: bytes, most: int) -> Unpacked | None:
    """The project in a file of at most so many bytes unpacked; None where the file is another one.

    Raises:
        NoProjectFile: it says that it is one, and is not.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(body)) as archive:
            if INDEX not in archive.namelist():
                return None
            return _read(archive, most)
    except (
        zipfile.BadZipFile,
        zlib.error,
        NotImplementedError,
        RuntimeError,
        EOFError,
        KeyError,
        OSError,
        ValueError,
    ) as error:
        if not zipfile.is_zipfile(io.BytesIO(body)):
            return None
        raise NoProjectFile(f"The archive is damaged: {error}") from error


def _read(archive: zipfile.ZipFile, most: int) -> Unpacked:
    left = most

    def member(name: str) -> bytes:
        nonlocal left
        if archive.getinfo(name).compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise NoProjectFile(f"{name} is packed in a way that no export uses")
        with archive.open(name) as file:
            data = file.read(left + 1)
        left -= len(data)
        if left < 0:
            raise NoProjectFile(f"The project has more than {most:,} bytes unpacked")
        return data

    index = _json(member(INDEX))
    if not isinstance(index, dict) or index.get("layerwright_project") != FORMAT:
        raise NoProjectFile(f"{INDEX} is not of a project, or of a newer Layerwright")
    name, revisions = index.get("name"), index.get("revisions")
    if not isinstance(name, str) or not isinstance(revisions, list) or not 0 < len(revisions) <= MOST_REVISIONS:
        raise NoProjectFile(f"{INDEX} has no name, or not 1 to {MOST_REVISIONS:,} revisions")
    states: list[State] = []
    for said in revisions:
        number = said.get("number") if isinstance(said, dict) else None
        if type(number) is not int or not 0 < number < 2**31 - 1 or (states and number <= states[-1].number):
            raise NoProjectFile(f"The revisions in {INDEX} are not numbered upwards")
        title, saved = said.get("name"), said.get("saved")
        if (title is not None and not (isinstance(title, str) and is_name(title))) or not _is_time(saved):
            raise NoProjectFile(f"Revision {number} in {INDEX} has an odd name or time")
        document = member(f"revisions/{number}.json")
        if not isinstance(_json(document), dict):
            raise NoProjectFile(f"Revision {number} is no JSON object")
        states.append(State(number, title, float(saved), document))
    return Unpacked(name, states)


def _is_time(value: Any) -> bool:  # any JSON
    return isinstance(value, (int, float)) and not isinstance(value, bool) and 0 <= value < 1e11


def _json(data: bytes) -> Any:  # any JSON
    try:
        return json.loads(data)
    except (ValueError, RecursionError):
        return None
