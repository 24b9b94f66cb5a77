"""`mcs backup`: writes the site as it is at one moment, while it runs."""

from __future__ import annotations

import asyncio
import contextlib
import importlib.metadata
import logging
import sys
import time
import zipfile
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import IO

import asyncpg
import msgspec

from engine.access.secrets_store import KEY_FILE
from engine.core.errors import SetupError
from engine.core.secret import Secret
from engine.core.whole_file import whole_file
from engine.ops.backup.manifest import FORMAT, MANIFEST, Manifest, MigrationMark, TableMark
from engine.ops.backup.tables import copy_out, read_tables
from engine.ops.embedded.postgres import EmbeddedPostgres
from engine.settings import Settings
from engine.texts.text import Text

__all__ = ["connected", "database_of", "save", "site_files"]

log = logging.getLogger("mcs.backup")

CONNECT_S = 10.0


async def save(settings: Settings, target: Path | None, flows: Path, *, overwrite: bool = False) -> Manifest:
    """Writes a ZIP file, readable for its owner only, or to standard output when `target` is None. What is there is refused, or with `overwrite`
    replaced when all is written.

    The database is read in one snapshot. The file holds password hashes, and secrets with their key: keep it as you keep a key.
    SetupError when the database does not answer or the file can't be written.
    """
    if target is None:
        return await _write(settings, sys.stdout.buffer, flows)
    if not overwrite and await asyncio.to_thread(target.exists):
        raise SetupError(Text("setup.backup-exists", file=str(target)))
    try:
        with whole_file(target, 0o600) as file:
            manifest = await _write(settings, file, flows)
    except OSError as failure:
        raise SetupError(
            Text("setup.file-unwritable", file=str(target), reason=failure.strerror or str(failure))
        ) from failure
    return manifest


def site_files(settings: Settings, flows: Path) -> Iterator[tuple[str, Path]]:
    """(name in the backup, file) of everything beside the database. The licence is not in it: it belongs to the machine."""
    for path in _below(flows, ".yaml"):
        yield f"flows/{path.relative_to(flows)}", path
    for number, folder in enumerate(settings.nodes):
        for path in _below(folder, ".py"):
            yield f"nodes/{number}/{path.relative_to(folder)}", path
    if (settings.data / KEY_FILE).is_file():
        yield f"data/{KEY_FILE}", settings.data / KEY_FILE
    for path in _below(settings.data / "files", ""):
        yield f"data/{path.relative_to(settings.data)}", path


@asynccontextmanager
async def database_of(settings: Settings) -> AsyncIterator[Settings]:
    """The settings with the address of a database that runs: the embedded one is started when none is named."""
    if settings.database_url is not None:
        yield settings
        return
    async with EmbeddedPostgres(settings.data) as postgres:
        yield replace(settings, database_url=Secret(postgres.dsn), owner_database_url=Secret(postgres.owner_dsn))


@asynccontextmanager
async def connected(settings: Settings) -> AsyncIterator[asyncpg.Connection]:
    """A connection of its own. SetupError when the database does not answer."""
    assert settings.database_url is not None
    try:
        connection = await asyncpg.connect(settings.database_url.reveal(), timeout=CONNECT_S)
    except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError) as failure:
        raise SetupError(Text("setup.database-silent", reason=str(failure) or type(failure).__name__)) from failure
    try:
        yield connection
    finally:
        await connection.close(timeout=CONNECT_S)


async def _write(settings: Settings, file: IO[bytes], flows: Path) -> Manifest:
    async with (
        database_of(settings) as named,
        connected(named) as connection,
        # One snapshot for all tables: an alarm is not in the backup without its reading.
        connection.transaction(isolation="repeatable_read", readonly=True),
    ):
        if await connection.fetchval("select to_regclass('schema_migrations')") is None:
            raise SetupError(Text("setup.database-empty"))
        marks = await connection.fetch("select pack, number, checksum from schema_migrations order by pack, number")
        with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
            tables: list[TableMark] = []
            for table in await read_tables(connection):
                with archive.open(f"tables/{table.name}", "w", force_zip64=True) as entry:

                    async def write(data: bytes, entry: IO[bytes] = entry) -> None:
                        await asyncio.to_thread(entry.write, data)

                    tables.append(TableMark(table, await copy_out(connection, table, write)))
            names: list[str] = []
            for name, path in site_files(settings, flows):
                archive.write(path, name)
                names.append(name)
            if not any(name.startswith("flows/") for name in names):
                log.warning("%s", Text("setup.backup-without-flows", folder=str(flows)))
            manifest = Manifest(
                format=FORMAT,
                version=importlib.metadata.version("mcs-iot"),
                made_at=time.time(),
                migrations=[MigrationMark(**row) for row in marks],
                tables=tables,
                files=names,
            )
            archive.writestr(MANIFEST, msgspec.json.format(msgspec.json.encode(manifest)))
        await _note(named, tables)
    return manifest


async def _note(settings: Settings, tables: list[TableMark]) -> None:
    """For the health page. A database of an older version has no list yet, and is backed up before its upgrade."""
    async with connected(settings) as connection:
        with contextlib.suppress(asyncpg.UndefinedTableError):
            await connection.execute("insert into backups (rows) values ($1)", sum(mark.rows for mark in tables))


def _below(folder: Path, suffix: str) -> Iterator[Path]:
    for path in sorted(folder.rglob("*")):
        if path.is_file() and not path.is_symlink() and path.name.endswith(suffix) and "__pycache__" not in path.parts:
            yield path
