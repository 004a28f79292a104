"""A file looked through for what it could do, and a copy of it with placeholders in place of that."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

from .collector import paused
from .contents import beside
from .diagnostics import Diagnostic
from .formats import read
from .formats.write_back import write_copy
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
    """A file of which no safe copy can be made; the text says why."""


def look(judged: Judged, source: bytes | Path | None, limits: Limits) -> Looked:
    """Look a judged file through, and what stands beside its config where its bytes are given.

    Raises:
        OSError: the path cannot be read.
    """
    found = [] if judged.source is None else dangers_in(judged.source.value)
    if judged.inference is not None:
        found += dangers_of(judged.inference)
    if source is not None:
        found += dangers_beside(beside(source, limits))
    return Looked(replace(judged, found=(*judged.found, *(one.diagnostic for one in found))), tuple(found))


def copy_safely(path: Path, to: Path, limits: Limits) -> tuple[Danger, ...]:
    """Write a copy of a file without what it could do, and give what was taken out.

    Everything else is as it was, byte by byte but for HDF5, which h5py writes. A danger without a place in the config
    that a placeholder could take (what would exhaust memory) stays out with its file of the archive.

    Raises:
        OSError: the file cannot be read, or the copy not written.
        CannotCopy: a danger would be left in it.
    """
    with paused():
        judged = judge(read(path, limits), limits)
        looked = look(judged, path, limits)
        left = [
            one.diagnostic for one in looked.dangers if not one.patch and (one.member is None or _is_whole(one, path))
        ]
        source = judged.source
        if source is None or source.text is None or left:
            reason = left[0].message if left else _unread(judged.found)
            raise CannotCopy(f"no safe copy can be made: {reason}")
        safe = replace(source, text=_patched(source, tuple(one for one in looked.dangers if one.patch)))
        again = dangers_in(_value(safe, limits))
        if again:
            raise CannotCopy(f"no safe copy can be made: {again[0].diagnostic.message}")
        write_copy(path, to, safe, without={one.member for one in looked.dangers if not one.patch and one.member})
    return looked.dangers


def _is_whole(danger: Danger, path: Path) -> bool:
    """Whether a danger is in the file itself, not in one of an archive."""
    return danger.member == path.name


def _patched(source: Source, dangers: tuple[Danger, ...]) -> str:
    patch: Patch = tuple(change for danger in dangers for change in danger.patch)
    return patched_text(source.text or "", patch)


def _value(source: Source, limits: Limits) -> JSON:
    _, _, again = read((source.text or "").encode("utf-8", "surrogatepass"), limits)
    return None if again is None else again.value


def _unread(found: tuple[Diagnostic, ...]) -> str:
    return found[0].message if found else "the file holds no config"
