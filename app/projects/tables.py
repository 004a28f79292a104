"""The tables of projects. A change of them is a migration in `migrations/versions`.

Times are microseconds since 1970 in UTC: every database orders them alike. Nothing here is SQLite's own.
"""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, ForeignKey, Index, Integer, LargeBinary, MetaData, String, Table, Text

METADATA = MetaData()

PROJECTS = Table(
    "projects",
    METADATA,
    Column("id", String(16), primary_key=True),
    Column("name", String(200), nullable=False),
    Column("folded", String(600), nullable=False),  # the name as it is searched; folding makes ß two letters
    Column("words", Text, nullable=False),  # what else a search finds: layers, classes, codes
    Column("created", BigInteger, nullable=False),
    Column("changed", BigInteger, nullable=False),
    Column("deleted", BigInteger),  # null: it is there
    Column("revision", Integer, nullable=False),  # the newest
    Column("tag", String(32), nullable=False),  # the newest one's, which a save compares
    Column("summary", Text, nullable=False),  # JSON
    Column("thumbnail", Text, nullable=False),  # SVG
    Index("projects_by_change", "deleted", "changed"),
)

REVISIONS = Table(
    "revisions",
    METADATA,
    Column("project", String(16), ForeignKey("projects.id", ondelete="CASCADE"), primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("name", String(200)),  # one that was named is never dropped
    Column("saved", BigInteger, nullable=False),
    Column("bytes", Integer, nullable=False),  # of the document, before it was packed
    Column("tag", String(32), nullable=False),
    Column("document", LargeBinary, nullable=False),  # its JSON, packed by zlib
)
