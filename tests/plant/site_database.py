"""A database with the tables of the engine and the plant, for tests that store something."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from engine.db.database import Database
from engine.db.migrations import migrate, read_migrations

FOLDERS = {"engine": Path("engine/sql"), "plant": Path("plant/sql")}


@asynccontextmanager
async def migrated(dsn: str) -> AsyncIterator[Database]:
    """A connected Database whose tables are up to date."""
    database = Database(dsn)
    await database.start()
    try:
        async with database.connection(20.0) as connection:
            await migrate(
                connection, [one for pack, folder in FOLDERS.items() for one in read_migrations(pack, folder)]
            )
        yield database
    finally:
        await database.stop()
