"""A file looked through for what it could do, and a copy of it with placeholders in place of that."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import NamedTuple

from .collector import paused
from .contents import beside, called
from .diagnostics import Diagnostic
from .formats import read
from .formats.write_back import CannotCopyPart, copy_of, write_copy
from .judge import Judged, judge
from .model import JSON
from .patch import Patch, patched_text
from .safety import Danger, dangers_beside, dangers_in, dangers_of
from .source import Limits, Source


@dataclass(frozen=True, slots=True)
class Looked:
    """A file that was judged and looked through. The dangers are among the problems of `judged`."""

    judged: Judged
    dangers: tuple[Danger, ...]

    @property
    def is_safe(self) -> bool:
        """Whether nothing was found; what could not be looked through does not count."""
        return all(danger.diagnostic.code == "GC806" for danger in self.dangers)


class CannotCopy(ValueError):
    """A file of which no safe copy can be made: `why`, and in `diagnostics` what would be left in it."""

    def __init__(self, why: str, diagnostics: tuple[Diagnostic, ...] = ()) -> None:
        super().__init__(f"no safe copy can be made: {why}")
        self.diagnostics = diagnostics


def look(judged: Judged, source: bytes | Path | None, limits: Limits) -> Looked:
    """Look a judged file through, and what stands beside its config where its bytes are given.

    Raises:
        OSError: the path cannot be read.
    """
    found = [] if judged.source is None else dangers_in(judged.source.value)
    if judged.inference is not None:
        found += dangers_of(judged.inference)
    if source is not None:
        found += dangers_beside(beside(source, limits), limits)
    return Looked(replace(judged, found=(*judged.found, *(one.diagnostic for one in found))), tuple(found))


class Safe(NamedTuple):
    """The bytes of a safe copy, and what was taken out."""

    data: bytes
    taken: tuple[Danger, ...]


def make_safe(data: bytes, limits: Limits | None = None) -> Safe:
    """A copy of a file without what it could do.

    Everything else is as it was, byte by byte but for HDF5, which h5py writes. A danger without a place in the config
    that a placeholder could take stays out with its file of the archive.

    Raises:
        CannotCopy: a danger would be left in it, or a part of it is damaged.
    """
    with paused():
        harmless = _made_harmless(data, limits or Limits())
        try:
            return Safe(copy_of(data, harmless.source, harmless.without), harmless.taken)
        except OSError as error:  # nothing is written but memory
            raise CannotCopy(str(error)) from error


def copy_safely(path: Path, to: Path, limits: Limits) -> tuple[Danger, ...]:
    """The same from one file to another; gives what was taken out.

    Raises:
        OSError: the file cannot be read, or the copy not written.
        CannotCopy: a danger would be left in it, or a part of it is damaged.
    """
    with paused():
        harmless = _made_harmless(path, limits)
        try:
            write_copy(path, to, harmless.source, harmless.without)
        except CannotCopyPart as error:
            raise CannotCopy(str(error)) from error
    return harmless.taken


class _Harmless(NamedTuple):
    """The config's text with placeholders, the members that stay out, and what is gone with both."""

    source: Source
    without: frozenset[str]
    taken: tuple[Danger, ...]


def _made_harmless(given: bytes | Path, limits: Limits) -> _Harmless:
    judged = judge(read(given, limits), limits)
    looked = look(judged, given, limits)
    source = judged.source
    if source is None or source.text is None or source.value is None:  # what is not read is not known
        raise CannotCopy(_unread(judged.found), judged.found)
    if source.is_saved:
        raise CannotCopy(_GRAPH)
    left = [one.diagnostic for one in looked.dangers if not one.patch and (one.member is None or _is_whole(one, given))]
    if left:
        raise CannotCopy(left[0].message, tuple(left))
    safe = replace(source, text=_patched(source, tuple(one for one in looked.dangers if one.patch)))
    again = dangers_in(_value(safe, limits))
    if again:
        raise CannotCopy(again[0].diagnostic.message, (again[0].diagnostic,))
    without = frozenset(one.member for one in looked.dangers if not one.patch and one.member)
    return _Harmless(safe, without, looked.dangers)


_GRAPH = (
    "a SavedModel runs the graph in its saved_model.pb, in which nothing can be replaced; write its config with"
    " layerwright convert --to keras2, and copy that"
)


def _is_whole(danger: Danger, given: bytes | Path) -> bool:
    """Whether a danger is in the file itself, not in one of an archive."""
    return danger.member == called(given)


def _patched(source: Source, dangers: tuple[Danger, ...]) -> str:
    patch: Patch = tuple(change for danger in dangers for change in danger.patch)
    return patched_text(source.text or "", patch)


def _value(source: Source, limits: Limits) -> JSON:
    _, _, again = read((source.text or "").encode("utf-8", "surrogatepass"), limits)
    return None if again is None else again.value


def _unread(found: tuple[Diagnostic, ...]) -> str:
    return found[0].message if found else "the file holds no config"
