"""Projects in a database, by SQLAlchemy. SQLite now; nothing but the settings of its connections is SQLite's own.

A save is one transaction that begins with a guarded UPDATE: of two that change the same state one comes first, and the
other learns that it did not. Importing this takes half a second, so the service does it when somebody first asks.
"""

from __future__ import annotations

import hashlib
import json
import secrets
import sqlite3
import time
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

from sqlalchemy import (
    Column,
    Connection,
    MetaData,
    Row,
    Select,
    String,
    Table,
    create_engine,
    delete,
    event,
    func,
    insert,
    inspect,
    or_,
    select,
    update,
)
from sqlalchemy.engine import URL
from sqlalchemy.exc import SQLAlchemyError

from .kept import Conflict, Kept, NoSuchThing, NotKept, Page, Project, Revision
from .project_file import State
from .tables import METADATA, PROJECTS, REVISIONS

# Another writer is done in milliseconds; a disk that hangs is not waited for.
BUSY_SECONDS = 10.0
# How long a deleted project can be had back.
UNDO_SECONDS = 30 * 24 * 3600
# What Alembic notes in a database.
_VERSION = Table("alembic_version", MetaData(), Column("version_num", String(32)))
_LIGHT = [column for column in PROJECTS.c if column.name not in ("words", "thumbnail", "folded")]


class Found(NamedTuple):
    """A document as it was saved."""

    revision: Revision
    document: bytes


def open_sqlite(path: Path, keep: int) -> Store:
    """The projects in a file, which is made where there is none.

    Raises:
        NotKept: it cannot be opened.
    """
    return Store(URL.create("sqlite", database=str(path)), keep)


class Store:
    """All projects of a database. Of the revisions that nobody named it keeps the newest `keep`.

    Every method may raise NotKept. It is used from several threads.
    """

    def __init__(self, url: URL, keep: int) -> None:
        is_sqlite = url.get_backend_name() == "sqlite"
        self._engine = create_engine(url, connect_args={"timeout": BUSY_SECONDS} if is_sqlite else {})
        self._keep = keep
        if is_sqlite:
            event.listen(self._engine, "connect", _set_up_sqlite)
        with self._writing() as connection:
            _migrate(connection)
            self._sweep(connection)

    def close(self) -> None:
        """Let go of the database."""
        self._engine.dispose()

    def search(
        self, words: Sequence[str] = (), *, is_deleted: bool = False, after: str | None = None, most: int = 50
    ) -> Page:
        """Projects in which all these words are found, those that changed last first.

        Raises:
            ValueError: `after` is no `next` of a page.
        """
        wanted = _searched(select(*_LIGHT), words, is_deleted=is_deleted)
        if after is not None:
            changed, _, id = after.partition("-")
            c = PROJECTS.c
            wanted = wanted.where(or_(c.changed < int(changed), (c.changed == int(changed)) & (c.id > id)))
        ordered = wanted.order_by(PROJECTS.c.changed.desc(), PROJECTS.c.id).limit(most + 1)
        with self._reading() as connection:
            rows = connection.execute(ordered).all()
        last = rows[most - 1] if len(rows) > most else None
        return Page([_project(row) for row in rows[:most]], None if last is None else f"{last.changed}-{last.id}")

    def count(self, words: Sequence[str] = (), *, is_deleted: bool = False) -> int:
        """How many projects there are of these."""
        wanted = _searched(select(func.count()).select_from(PROJECTS), words, is_deleted=is_deleted)
        with self._reading() as connection:
            return int(connection.execute(wanted).scalar_one())

    def get(self, id: str, *, is_deleted: bool = False) -> Project:
        """A project; `is_deleted` where it was.

        Raises:
            NoSuchThing: there is none.
        """
        with self._reading() as connection:
            return _get(connection, id, is_deleted=is_deleted)

    def thumbnail(self, id: str) -> str:
        """The small picture of a project, of a deleted one too.

        Raises:
            NoSuchThing: there is no project.
        """
        with self._reading() as connection:
            found = connection.execute(select(PROJECTS.c.thumbnail).where(PROJECTS.c.id == id)).scalar_one_or_none()
        if found is None:
            raise NoSuchThing
        return str(found)

    def create(self, name: str, kept: Kept, earlier: Sequence[State] = ()) -> Project:
        """A new project with one revision, or with those of an exported one before it."""
        id = secrets.token_hex(8)
        now = _now()
        with self._writing() as connection:
            number = earlier[-1].number + 1 if earlier else 1
            tag = _tag(number, kept.document)
            row = {"id": id, "name": name, "folded": _folded(name), "created": now, "changed": now}
            connection.execute(insert(PROJECTS).values(**row, **_of(kept), revision=number, tag=tag))
            for state in earlier:
                _insert(connection, id, state.number, state.name, int(state.saved * 1e6), state.document)
            _insert(connection, id, number, None, now, kept.document)
            return _get(connection, id)

    def rename(self, id: str, name: str) -> Project:
        """Give a project another name.

        Raises:
            NoSuchThing: there is no such project.
        """
        return self._change(id, name=name, folded=_folded(name))

    def delete(self, id: str) -> Project:
        """Take a project out of the list; it can be had back for a month.

        Raises:
            NoSuchThing: there is no such project.
        """
        return self._change(id, deleted=_now())

    def restore(self, id: str) -> Project:
        """Have a deleted project back.

        Raises:
            NoSuchThing: there is no deleted project of this id.
        """
        return self._change(id, was_deleted=True, deleted=None)

    def purge(self, id: str) -> None:
        """Delete a deleted project for good.

        Raises:
            NoSuchThing: there is no deleted project of this id.
        """
        with self._writing() as connection:
            gone = connection.execute(delete(PROJECTS).where(PROJECTS.c.id == id, PROJECTS.c.deleted.is_not(None)))
            if not gone.rowcount:
                raise NoSuchThing

    def document(self, id: str, number: int | None = None) -> Found:
        """The newest document of a project, or that of a revision.

        Raises:
            NoSuchThing: there is no such project or revision.
        """
        with self._reading() as connection:
            wanted = _get(connection, id).revision if number is None else number
            return _found(connection, id, wanted)

    def save(self, id: str, kept: Kept, tags: Sequence[str] | None) -> Project:
        """Save a document as the newest revision. The same bytes once more are no new one.

        `tags` are those of the states that the change may follow; None: any.

        Raises:
            NoSuchThing: there is no such project.
            Conflict: the newest state has none of these tags.
        """
        with self._writing() as connection:
            # A write first: the database lets one transaction in at a time from here on.
            here = (PROJECTS.c.id == id, PROJECTS.c.deleted.is_(None))
            touched = connection.execute(update(PROJECTS).where(*here).values(revision=PROJECTS.c.revision + 1))
            if not touched.rowcount:
                raise NoSuchThing
            before = _get(connection, id)
            if tags is not None and before.tag not in tags:
                raise Conflict(before.tag)  # which takes the number back
            now = _now()
            tag = _tag(before.revision, kept.document)
            if tag.partition("-")[2] == before.tag.partition("-")[2]:
                connection.execute(update(PROJECTS).where(*here).values(revision=before.revision - 1))
                return _get(connection, id)
            connection.execute(update(PROJECTS).where(*here).values(changed=now, tag=tag, **_of(kept)))
            _insert(connection, id, before.revision, None, now, kept.document)
            self._thin_out(connection, id)
            return _get(connection, id)

    def revisions(self, id: str, *, before: int | None = None, most: int = 100) -> list[Revision]:
        """What was saved, the newest first; older than revision `before`.

        Raises:
            NoSuchThing: there is no such project.
        """
        c = REVISIONS.c
        wanted = select(c.number, c.name, c.saved, c.bytes, c.tag).where(c.project == id)
        if before is not None:
            wanted = wanted.where(c.number < before)
        with self._reading() as connection:
            _get(connection, id)
            return [_revision(row) for row in connection.execute(wanted.order_by(c.number.desc()).limit(most))]

    def name_revision(self, id: str, number: int, name: str | None) -> Revision:
        """Name a revision, which keeps it for good, or take its name away.

        Raises:
            NoSuchThing: there is no such project or revision.
        """
        c = REVISIONS.c
        with self._writing() as connection:
            connection.execute(update(REVISIONS).where(c.project == id, c.number == number).values(name=name))
            _get(connection, id)
            return _found(connection, id, number).revision

    def states(self, id: str) -> Iterator[State]:
        """Every revision of a project with its document, the oldest first.

        Raises:
            NoSuchThing: there is no such project.
        """
        wanted = select(REVISIONS).where(REVISIONS.c.project == id).order_by(REVISIONS.c.number)
        with self._reading() as connection:  # one statement sees one moment, whatever is saved meanwhile
            _get(connection, id)
            for row in connection.execute(wanted):
                yield State(row.number, row.name, row.saved / 1e6, zlib.decompress(row.document))

    def _change(self, id: str, *, was_deleted: bool = False, **values: Any) -> Project:
        deleted = PROJECTS.c.deleted
        with self._writing() as connection:
            here = (PROJECTS.c.id == id, deleted.is_not(None) if was_deleted else deleted.is_(None))
            if not connection.execute(update(PROJECTS).where(*here).values(**values)).rowcount:
                raise NoSuchThing
            is_deleted = values.get("deleted") is not None
            return _get(connection, id, is_deleted=is_deleted)

    def _thin_out(self, connection: Connection, id: str) -> None:
        """Drop the oldest revisions without a name, but for so many."""
        c = REVISIONS.c
        unnamed = select(c.number).where(c.project == id, c.name.is_(None))
        oldest = connection.execute(unnamed.order_by(c.number.desc()).offset(self._keep).limit(1)).scalar()
        if oldest is not None:
            connection.execute(delete(REVISIONS).where(c.project == id, c.name.is_(None), c.number <= oldest))

    def _sweep(self, connection: Connection) -> None:
        """Delete for good what was deleted long ago."""
        connection.execute(delete(PROJECTS).where(PROJECTS.c.deleted < _now() - int(UNDO_SECONDS * 1e6)))

    @contextmanager
    def _reading(self) -> Iterator[Connection]:
        with _speaking(), self._engine.connect() as connection:
            yield connection

    @contextmanager
    def _writing(self) -> Iterator[Connection]:
        with _speaking(), self._engine.begin() as connection:
            yield connection


@contextmanager
def _speaking() -> Iterator[None]:
    """What the database refuses, as one kind of error with its own words."""
    try:
        yield
    except SQLAlchemyError as error:
        raise NotKept(str(getattr(error, "orig", None) or error)) from error
    except OSError as error:
        raise NotKept(error.strerror or str(error)) from error


def _set_up_sqlite(connection: Any, _record: Any) -> None:  # what the driver calls a connection
    try:
        for said in ("foreign_keys = ON", "journal_mode = WAL", "synchronous = NORMAL"):
            connection.execute(f"PRAGMA {said}")
    except sqlite3.Error as error:
        raise NotKept(str(error)) from error


def _migrate(connection: Connection) -> None:
    """Bring the tables to their newest form. Where they have it, Alembic is not even imported."""
    if inspect(connection).has_table(_VERSION.name) and connection.execute(select(_VERSION)).scalar() == newest():
        return
    import alembic.command  # late: a third of what opening takes, and seldom needed
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations").replace("%", "%%"))
    config.attributes.update(connection=connection, metadata=METADATA)
    alembic.command.upgrade(config, "head")


def newest() -> str:
    """The revision of the newest migration, by the name of its file."""
    files = (Path(__file__).parent / "migrations" / "versions").glob("v*.py")
    return max(file.stem for file in files)[1:5]


def _searched(wanted: Select[Any], words: Sequence[str], *, is_deleted: bool) -> Select[Any]:
    deleted = PROJECTS.c.deleted
    wanted = wanted.where(deleted.is_not(None) if is_deleted else deleted.is_(None))
    for word in map(_folded, words):
        named = PROJECTS.c.folded.contains(word, autoescape=True)
        wanted = wanted.where(or_(named, PROJECTS.c.words.contains(word, autoescape=True)))
    return wanted


def _get(connection: Connection, id: str, *, is_deleted: bool = False) -> Project:
    row = connection.execute(select(*_LIGHT).where(PROJECTS.c.id == id)).one_or_none()
    if row is None or (row.deleted is not None) != is_deleted:
        raise NoSuchThing
    return _project(row)


def _found(connection: Connection, id: str, number: int) -> Found:
    c = REVISIONS.c
    row = connection.execute(select(REVISIONS).where(c.project == id, c.number == number)).one_or_none()
    if row is None:
        raise NoSuchThing
    return Found(_revision(row), zlib.decompress(row.document))


def _insert(connection: Connection, id: str, number: int, name: str | None, saved: int, document: bytes) -> None:
    packed = zlib.compress(document, 6)  # a model says the same again and again: a twentieth is left
    row = {"project": id, "number": number, "name": name, "saved": saved, "bytes": len(document)}
    connection.execute(insert(REVISIONS).values(**row, tag=_tag(number, document), document=packed))


def _of(kept: Kept) -> dict[str, str]:
    """What the list knows of a document."""
    return {"summary": json.dumps(kept.summary), "words": _folded(kept.words), "thumbnail": kept.thumbnail}


def _tag(number: int, document: bytes) -> str:
    """What tells a state from all others, of this database and of an older copy of it."""
    return f"{number}-{hashlib.sha256(document).hexdigest()[:16]}"


def _folded(text: str) -> str:
    return text.casefold()


def _project(row: Row[*tuple[Any, ...]]) -> Project:
    deleted = None if row.deleted is None else row.deleted / 1e6
    return Project(
        row.id,
        row.name,
        row.created / 1e6,
        row.changed / 1e6,
        deleted,
        row.revision,
        row.tag,
        json.loads(row.summary),
    )


def _revision(row: Row[*tuple[Any, ...]]) -> Revision:
    return Revision(row.number, row.name, row.saved / 1e6, row.bytes, row.tag)


def _now() -> int:
    return time.time_ns() // 1000
