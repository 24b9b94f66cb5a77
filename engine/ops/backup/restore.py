"""`mcs restore-backup`: makes an empty database and empty folders into the site that a backup holds, upgraded to this version."""

from __future__ import annotations

import asyncio
import secrets
import tempfile
import zipfile
import zlib
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack
from dataclasses import replace
from pathlib import Path, PurePosixPath
from typing import IO
from urllib.parse import urlsplit, urlunsplit

import asyncpg
import msgspec

from engine.core.errors import SetupError
from engine.core.secret import Secret
from engine.core.whole_file import whole_file
from engine.db.migrations import Migration
from engine.db.owner import as_owner, make_engine_login, migrate_as
from engine.ops.backup.manifest import FORMAT, MANIFEST, Manifest
from engine.ops.backup.save import connected, database_of
from engine.ops.backup.tables import copy_in, make_table, quoted, read_tables
from engine.settings import Settings
from engine.texts.text import Text

__all__ = ["restore", "verify"]

PART_BYTES = 262_144
MOST_NODE_FOLDERS = 100

_THINGS = """
select case relkind when 'S' then 'sequence' when 'v' then 'view' when 'm' then 'materialized view' else 'table' end as kind,
    oid::regclass::text as name
from pg_class c
where relnamespace = 'public'::regnamespace and relkind in ('r', 'p', 'v', 'm', 'S') and not relispartition
and not exists (select from pg_depend where classid = 'pg_class'::regclass and objid = c.oid
    and (deptype = 'e' or relkind = 'S' and deptype in ('a', 'i')))
union all
select 'routine', p.oid::regprocedure::text from pg_proc p
where pronamespace = 'public'::regnamespace
and not exists (select from pg_depend where classid = 'pg_proc'::regclass and objid = p.oid and deptype = 'e')
"""


async def restore(settings: Settings, source: Path, flows: Path, migrations: Sequence[Migration]) -> Manifest:
    """`migrations` are all of this version, in their order.

    Nothing is overwritten: SetupError when the database has tables already, when one of the files is there with another content, when
    the backup is damaged, or when a newer version made it. Whatever fails, database and folders are as they were.
    """
    try:
        with zipfile.ZipFile(source) as archive:
            manifest = _manifest(archive)
            targets = _targets(archive, manifest, settings, flows)
            then = _migrations_of(manifest, migrations)
            async with database_of(settings) as named, connected(named) as connection:
                owner = named.owner_database_url.reveal() if named.owner_database_url else None
                await _refuse_full(connection, then)
                before = await _things(connection)
                async with AsyncExitStack() as undoing:
                    undoing.push_async_callback(_undo, connection, owner, before)
                    await migrate_as(connection, then, owner)
                    await _make_tables(connection, manifest)
                    if owner is None:
                        await _rows(connection, archive, manifest)
                    else:
                        # The audit log is the owner's to fill.
                        async with as_owner(owner) as filling:
                            await _rows(filling, archive, manifest)
                    for name, target in targets.items():
                        if not target.exists():
                            undoing.callback(target.unlink, missing_ok=True)
                        _put(archive, name, target)
                    # What this version has added since the backup was made.
                    await migrate_as(connection, migrations, owner)
                    undoing.pop_all()
    except (zipfile.BadZipFile, zipfile.LargeZipFile, EOFError) as damaged:
        raise SetupError(Text("setup.backup-damaged", file=str(source), reason=str(damaged))) from damaged
    except asyncpg.InsufficientPrivilegeError as refused:
        raise SetupError(Text("setup.owner-needed", reason=str(refused))) from refused
    except OSError as failure:
        raise SetupError(Text("setup.backup-unreadable", file=str(source), reason=str(failure))) from failure
    return manifest


async def verify(settings: Settings, source: Path, migrations: Sequence[Migration]) -> Manifest:
    """Restores a backup into a database made for this and dropped again, and into folders that are thrown away.

    SetupError when it can't be restored, with the reason, and when the login may not make a database.
    """
    async with database_of(settings) as named:
        assert named.database_url is not None
        maker = named.owner_database_url or named.database_url
        name = f"mcs_verify_{secrets.token_hex(6)}"
        async with connected(replace(named, database_url=maker)) as connection:
            try:
                await connection.execute(f"create database {name} template template0")
            except asyncpg.InsufficientPrivilegeError as refused:
                raise SetupError(Text("setup.verify-needs-database", reason=str(refused))) from refused
            try:
                with tempfile.TemporaryDirectory() as folder:
                    scratch = replace(
                        named,
                        database_url=_beside(named.database_url, name),
                        owner_database_url=named.owner_database_url and _beside(named.owner_database_url, name),
                        data=Path(folder, "data"),
                        nodes=tuple(Path(folder, f"nodes{number}") for number in range(MOST_NODE_FOLDERS)),
                    )
                    if scratch.owner_database_url is not None and scratch.database_url is not None:
                        async with as_owner(scratch.owner_database_url.reveal()) as owner:
                            await make_engine_login(owner, scratch.database_url.reveal())
                    return await restore(scratch, source, Path(folder, "flows"), migrations)
            finally:
                await connection.execute(f"drop database {name} with (force)")


def _beside(address: Secret, database: str) -> Secret:
    """The address of another database of that server."""
    return Secret(urlunsplit(urlsplit(address.reveal())._replace(path=f"/{database}")))


def _manifest(archive: zipfile.ZipFile) -> Manifest:
    try:
        manifest = msgspec.json.decode(archive.read(MANIFEST), type=Manifest)
    except (KeyError, msgspec.MsgspecError) as wrong:
        raise SetupError(Text("setup.no-backup")) from wrong
    if manifest.format != FORMAT:
        raise SetupError(Text("setup.backup-format", have=manifest.format, known=FORMAT))
    return manifest


def _migrations_of(manifest: Manifest, migrations: Sequence[Migration]) -> list[Migration]:
    """Those that had been applied when the backup was made: its rows fit the tables of then."""
    known = {(one.pack, one.number): one for one in migrations}
    applied = {(mark.pack, mark.number): mark.checksum for mark in manifest.migrations}
    for key, checksum in applied.items():
        if key not in known or known[key].checksum != checksum:
            text = Text("setup.backup-newer", number=f"{key[1]:03}", pack=key[0], version=manifest.version)
            raise SetupError(text)
    return [one for one in migrations if (one.pack, one.number) in applied]


def _targets(archive: zipfile.ZipFile, manifest: Manifest, settings: Settings, flows: Path) -> dict[str, Path]:
    targets: dict[str, Path] = {}
    for name in manifest.files:
        parts = PurePosixPath(name).parts
        if ".." in parts or name.startswith("/") or "\\" in name:
            raise SetupError(Text("setup.backup-foreign-file", file=name))
        match parts:
            case ("flows", *rest) if rest:
                targets[name] = flows.joinpath(*rest)
            case ("data", *rest) if rest:
                targets[name] = settings.data.joinpath(*rest)
            case ("nodes", number, *rest) if rest and number.isdecimal() and int(number) < len(settings.nodes):
                targets[name] = settings.nodes[int(number)].joinpath(*rest)
            case ("nodes", *_):
                raise SetupError(Text("setup.backup-nodes"))
            case _:
                raise SetupError(Text("setup.backup-foreign-file", file=name))
    bases = (flows, settings.data, *settings.nodes)
    for name, target in targets.items():
        if linked := _link_on_the_way(target, bases):
            raise SetupError(Text("setup.restore-link", file=str(linked)))
        if target.exists() and target.read_bytes() != archive.read(name):
            raise SetupError(Text("setup.restore-in-the-way", file=str(target)))
    return targets


async def _make_tables(connection: asyncpg.Connection, manifest: Manifest) -> None:
    """Those that no migration makes; an older backup says nothing of them but their names."""
    there = {table.name for table in await read_tables(connection)}
    for mark in manifest.tables:
        if mark.table.name in there:
            continue
        if not mark.table.types:
            raise SetupError(Text("setup.backup-foreign-table", table=mark.table.name, version=manifest.version))
        await make_table(connection, mark.table)


async def _things(connection: asyncpg.Connection) -> set[tuple[str, str]]:
    """What the schema holds: (kind, name), those that others need last."""
    return {(row["kind"], row["name"]) for row in await connection.fetch(_THINGS)}


async def _undo(connection: asyncpg.Connection, owner: str | None, before: set[tuple[str, str]]) -> None:
    """Takes away what was not there before; the owner of the schema may, whoever made it."""
    async with AsyncExitStack() as opened:
        undoing = connection if owner is None else await opened.enter_async_context(as_owner(owner))
        for kind, name in sorted(await _things(connection) - before):
            await undoing.execute(f"drop {kind} if exists {name} cascade")


def _link_on_the_way(target: Path, bases: Sequence[Path]) -> Path | None:
    """The first link between the folder that ops have named, which may be one, and the file."""
    way = [target, *target.parents]
    inner = next((way[: way.index(base)] for base in bases if base in way), way)
    return next((path for path in reversed(inner) if path.is_symlink()), None)


async def _rows(connection: asyncpg.Connection, archive: zipfile.ZipFile, manifest: Manifest) -> None:
    async with connection.transaction():
        # The migrations may have put rows in by themselves: they are in the backup too.
        names = ", ".join(quoted(mark.table.name) for mark in manifest.tables)
        if names:
            await connection.execute(f"truncate {names} cascade")
        for mark in manifest.tables:
            try:
                with archive.open(f"tables/{mark.table.name}") as entry:
                    rows = await copy_in(connection, mark.table, _parts(entry))
            except (asyncpg.DataError, zlib.error) as wrong:
                raise zipfile.BadZipFile(f"{mark.table.name}: {wrong}") from wrong
            if rows != mark.rows:
                raise zipfile.BadZipFile(f"{mark.table.name} has {rows} rows instead of {mark.rows}")


async def _refuse_full(connection: asyncpg.Connection, then: Sequence[Migration]) -> None:
    """A database with tables but no rows is what a restore that failed has left: it may be tried again."""
    if await connection.fetchval("select to_regclass('schema_migrations')") is None:
        return
    for table in await read_tables(connection):
        if await connection.fetchval(f"select exists (select from {quoted(table.name)})"):
            raise SetupError(Text("setup.restore-database-full"))
    applied = {
        (row["pack"], row["number"]) for row in await connection.fetch("select pack, number from schema_migrations")
    }
    if applied - {(one.pack, one.number) for one in then}:
        raise SetupError(Text("setup.restore-newer-tables"))


async def _parts(entry: IO[bytes]) -> AsyncIterator[bytes]:
    while part := await asyncio.to_thread(entry.read, PART_BYTES):
        yield part


def _put(archive: zipfile.ZipFile, name: str, target: Path) -> None:
    mode = 0o600 if name.startswith("data/") else 0o644
    with whole_file(target, mode) as file, archive.open(name) as entry:
        while part := entry.read(PART_BYTES):
            file.write(part)
