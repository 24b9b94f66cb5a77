"""Numbered SQL files that bring a pack's tables up to date, each applied once."""

import hashlib
import logging
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import asyncpg
from asyncpg.pool import PoolConnectionProxy

from engine.core.errors import SetupError
from engine.texts.text import Text

log = logging.getLogger(__name__)

FILE_NAME = re.compile(r"(\d{3})_([a-z0-9_]+)\.sql")
LOCK_KEY = 0x6D63735F6D696772  # "mcs_migr": all workers of a database queue up behind this one number

_TABLE = """
create table if not exists schema_migrations (
    pack       text        not null,
    number     integer     not null,
    name       text        not null,
    checksum   text        not null,
    applied_at timestamptz not null default now(),
    primary key (pack, number)
)
"""


@dataclass(frozen=True)
class Migration:
    """One SQL file of a pack."""

    pack: str
    number: int
    name: str
    path: Path
    sql: str

    @property
    def checksum(self) -> str:
        """SHA-256 of the text; how the lines end does not count."""
        return hashlib.sha256(self.sql.encode()).hexdigest()


def read_migrations(pack: str, folder: Path) -> list[Migration]:
    """The files `001_name.sql`, `002_…` of a pack's folder in their order; a missing folder has none.

    Raises `SetupError` for a `.sql` file with another kind of name, a number used twice, or one left out.
    """
    found: list[Migration] = []
    for path in sorted(folder.glob("*.sql")):
        parts = FILE_NAME.fullmatch(path.name)
        if parts is None:
            raise SetupError(Text("setup.migration-name", file=str(path)))
        if int(parts[1]) != len(found) + 1:
            text = Text("setup.migration-number", file=str(path), number=parts[1], next=f"{len(found) + 1:03}")
            raise SetupError(text)
        found.append(Migration(pack, int(parts[1]), parts[2], path, path.read_text(encoding="utf-8")))
    return found


async def migrate(
    connection: asyncpg.Connection | PoolConnectionProxy, migrations: Sequence[Migration]
) -> list[Migration]:
    """Apply what is missing, in the order given, each in a transaction of its own; returns what was applied.

    Workers that start at once wait for one another. Raises `SetupError` when a file was changed after it was applied,
    when the database was written by a newer version, and with file and line when a statement fails; the files before it
    stay applied. A lost connection raises as asyncpg raises it: nothing is half applied, call again.
    """
    await connection.execute("select pg_advisory_lock($1)", LOCK_KEY)
    try:
        await connection.execute(_TABLE)
        missing = await pending(connection, migrations)
        for migration in missing:
            await _apply(connection, migration)
        return missing
    finally:
        # A lost connection has let go of the lock already.
        if not connection.is_closed():
            await connection.execute("select pg_advisory_unlock($1)", LOCK_KEY)


async def pending(
    connection: asyncpg.Connection | PoolConnectionProxy, migrations: Sequence[Migration]
) -> list[Migration]:
    """What has not been applied yet; all of them where there is no table of migrations. `SetupError` as `migrate` raises it."""
    if await connection.fetchval("select to_regclass('schema_migrations') is null"):
        return list(migrations)
    rows = await connection.fetch("select pack, number, checksum from schema_migrations")
    applied = {(row["pack"], row["number"]): row["checksum"] for row in rows}
    _refuse_changed(migrations, applied)
    return [migration for migration in migrations if (migration.pack, migration.number) not in applied]


def _refuse_changed(migrations: Sequence[Migration], applied: dict[tuple[str, int], str]) -> None:
    for migration in migrations:
        if applied.get((migration.pack, migration.number), migration.checksum) != migration.checksum:
            raise SetupError(Text("setup.migration-changed", file=str(migration.path)))
    known = {(migration.pack, migration.number) for migration in migrations}
    packs = {migration.pack for migration in migrations}
    newer = sorted(key for key in applied.keys() - known if key[0] in packs)
    if newer:
        pack, number = newer[-1]
        raise SetupError(Text("setup.database-newer", number=f"{number:03}", pack=pack))


async def _apply(connection: asyncpg.Connection | PoolConnectionProxy, migration: Migration) -> None:
    log.info("migrating: %s", migration.path.name)
    try:
        async with connection.transaction():
            await connection.execute(migration.sql)
            await connection.execute(
                "insert into schema_migrations (pack, number, name, checksum) values ($1, $2, $3, $4)",
                migration.pack,
                migration.number,
                migration.name,
                migration.checksum,
            )
    except (asyncpg.SyntaxOrAccessError, asyncpg.DataError, asyncpg.IntegrityConstraintViolationError) as wrong:
        position = int(wrong.position or 0)
        line = migration.sql.count("\n", 0, max(position - 1, 0)) + 1
        place = f"{migration.path}:{line}" if position else str(migration.path)
        raise SetupError(Text("setup.migration-fails", place=place, reason=str(wrong.message))) from wrong
