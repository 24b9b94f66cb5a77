"""What a backup says of itself."""

from __future__ import annotations

import msgspec

from engine.ops.backup.tables import Table

__all__ = ["FORMAT", "MANIFEST", "Manifest", "MigrationMark", "TableMark"]

FORMAT = 1
MANIFEST = "manifest.json"


class MigrationMark(msgspec.Struct, frozen=True):
    """A migration that had been applied."""

    pack: str
    number: int
    checksum: str


class TableMark(msgspec.Struct, frozen=True):
    """A table of the backup and how many rows it holds."""

    table: Table
    rows: int


class Manifest(msgspec.Struct, frozen=True, kw_only=True):
    """`made_at` is Unix seconds; `files` are the names of what is not a table, below flows/, nodes/ and data/."""

    format: int
    version: str
    made_at: float
    migrations: list[MigrationMark]
    tables: list[TableMark]
    files: list[str]
