"""A site is written into one file while it runs, and comes back from it in an empty place, to the last row."""

from __future__ import annotations

import asyncio
import zipfile
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import asyncpg
import msgspec
import pytest
from cryptography.fernet import Fernet

from engine.access.secrets_store import KEY_FILE
from engine.core.errors import SetupError
from engine.core.secret import Secret
from engine.db.database import Database
from engine.db.migrations import Migration
from engine.ops.backup.age import BackupAge
from engine.ops.backup.manifest import MANIFEST
from engine.ops.backup.restore import restore, verify
from engine.ops.backup.save import save
from engine.ops.backup.tables import copy_in, read_tables
from engine.pack import discover_packs
from engine.server import migrations_of
from engine.settings import Settings
from tests.servers.postgres import Postgres

READINGS = 20_000


class Place:
    """A database with the folders of a site."""

    def __init__(self, folder: Path, dsn: str) -> None:
        self.dsn = dsn
        self.flows = folder / "flows"
        self.settings = Settings(
            data=folder / "data", flows=self.flows, nodes=(folder / "nodes",), database_url=Secret(dsn)
        )
        for made in (self.flows, folder / "data" / "files", folder / "nodes"):
            made.mkdir(parents=True)

    async def value(self, sql: str) -> Any:
        connection = await asyncpg.connect(self.dsn)
        try:
            return await connection.fetchval(sql)
        finally:
            await connection.close()

    async def digest(self) -> str:
        """Of all readings, alarms and devices."""
        return str(
            await self.value(
                "select md5((select string_agg(r::text, '|' order by sn, time, seq) from readings r) || "
                "(select string_agg(d::text, '|' order by sn) from devices d))"
            )
        )


@pytest.fixture
def new_place(postgres_server: Postgres, tmp_path: Path) -> Any:
    names: list[str] = []

    def make(name: str) -> Place:
        postgres_server.sql(f"create database {name} template template0")
        names.append(name)
        return Place(tmp_path / name, postgres_server.dsn(name))

    yield make
    for name in names:
        postgres_server.sql(f"drop database {name} with (force)")


@pytest.fixture
def migrations() -> list[Migration]:
    return migrations_of(list(discover_packs()))


async def filled(place: Place, migrations: list[Migration]) -> None:
    from engine.db.migrations import migrate

    connection = await asyncpg.connect(place.dsn)
    await migrate(connection, migrations)
    await connection.execute("insert into devices (sn, k, b) select 'GS' || n, n, -n from generate_series(1, 20) n")
    await connection.execute(
        "insert into readings (sn, time, seq, v_raw, extra) select 'GS' || n % 20 + 1, now() - n * interval '10 s', n, n, "
        "case when n % 7 = 0 then jsonb_build_object('x', n) end from generate_series(1, $1::int) n",
        READINGS,
    )
    await connection.execute(
        "insert into alarms (sn, time, type, notified) select 'GS1', now() - n * interval '1 h', 'gas_a1', true from generate_series(1, 5) n"
    )
    await connection.close()
    key = Fernet.generate_key()
    (place.settings.data / KEY_FILE).write_bytes(key)
    await place.value("insert into users (name, password, role) values ('admin', 'a hash', 'admin') returning name")
    secret = Fernet(key).encrypt(b"hunter2").hex()
    await place.value(
        f"insert into secrets (name, value, changed_by) values ('smtp', '\\x{secret}', 'admin') returning name"
    )
    (place.flows / "f.yaml").write_text("flow: f\nnodes: {}\n")
    (place.flows / ".shipped").mkdir()
    (place.flows / ".shipped" / "f.yaml").write_text("flow: f\n")
    (place.settings.nodes[0] / "mine.py").write_text("# a node\n")
    (place.settings.data / "files" / "note.txt").write_text("note")


def damage(file: Path) -> None:
    """In the middle of the readings."""
    with zipfile.ZipFile(file) as archive:
        at = archive.getinfo("tables/readings").header_offset + 20_000
    data = bytearray(file.read_bytes())
    data[at : at + 64] = b"\0" * 64
    file.write_bytes(data)


async def test_site_comes_back_to_the_last_row(
    new_place: Callable[[str], Place], migrations: list[Migration], tmp_path: Path
) -> None:
    old, new, file = new_place("backup_old"), new_place("backup_new"), tmp_path / "site.zip"
    await filled(old, migrations)

    await save(old.settings, file, old.flows)
    manifest = await restore(new.settings, file, new.flows, migrations)

    assert file.stat().st_mode & 0o777 == 0o600
    assert {mark.table.name: mark.rows for mark in manifest.tables}["readings"] == READINGS
    assert await new.digest() == await old.digest()
    key = (new.settings.data / KEY_FILE).read_bytes()
    assert Fernet(key).decrypt(await new.value("select value from secrets where name = 'smtp'")) == b"hunter2"
    assert (new.settings.data / "secrets.key").stat().st_mode & 0o777 == 0o600
    assert (new.flows / ".shipped" / "f.yaml").read_text() == "flow: f\n"
    assert (new.settings.nodes[0] / "mine.py").read_text() == "# a node\n"
    assert (new.settings.data / "files" / "note.txt").read_text() == "note"
    next_id = "insert into alarms (sn, time, type, notified) values ('GS2', now(), 'gas_a1', true) returning id"
    assert await new.value(next_id) == 6


async def test_tables_that_no_migration_makes_come_back_too(
    new_place: Callable[[str], Place], migrations: list[Migration], tmp_path: Path
) -> None:
    """What was restored from the archive, and what a flow has made."""
    old, new, file = new_place("backup_own"), new_place("backup_own_new"), tmp_path / "site.zip"
    await filled(old, migrations)
    await old.value(
        "create table restored_2026 (sn text not null, time timestamptz not null, v float8, primary key (sn, time))"
    )
    await old.value("insert into restored_2026 values ('GS1', now(), 1.5), ('GS2', now(), null) returning sn")
    await save(old.settings, file, old.flows)

    await restore(new.settings, file, new.flows, migrations)

    rows = "select string_agg(r::text, '|' order by sn) from restored_2026 r"
    assert await new.value(rows) == await old.value(rows)
    twice = "insert into restored_2026 select * from restored_2026 on conflict (sn, time) do nothing returning sn"
    assert await new.value(twice) is None


async def test_a_backup_is_verified_in_a_database_that_is_gone_afterwards(
    new_place: Callable[[str], Place], migrations: list[Migration], tmp_path: Path
) -> None:
    place, file = new_place("backup_verified"), tmp_path / "site.zip"
    await filled(place, migrations)
    before = await place.digest()
    await save(place.settings, file, place.flows)
    manifest = await verify(place.settings, file, migrations)
    assert {mark.table.name: mark.rows for mark in manifest.tables}["readings"] == READINGS
    assert await place.value("select count(*) from pg_database where datname like 'mcs_verify_%'") == 0
    assert (await place.digest(), await place.value("select count(*) from backups")) == (before, 1)
    damage(file)
    with pytest.raises(SetupError, match="is damaged"):
        await verify(place.settings, file, migrations)
    assert await place.value("select count(*) from pg_database where datname like 'mcs_verify_%'") == 0


async def test_health_says_how_old_the_last_backup_is(
    new_place: Callable[[str], Place], migrations: list[Migration], tmp_path: Path
) -> None:
    place = new_place("backup_age")
    await filled(place, migrations)
    database = Database(place.dsn)
    await database.start()
    try:
        age = BackupAge(database, 7)
        async with database.connection(20):
            await age.look()
        assert age.health() == {"status": "ok", "problem": ""}
        await place.value("update schema_migrations set applied_at = now() - interval '9 d' returning 1")
        await age.look()
        assert str(age.health()["problem"]) == "the site is 9 days old and has never been backed up"
        await save(place.settings, tmp_path / "site.zip", place.flows)
        await age.look()
        assert age.health() == {"status": "ok", "problem": "", "age_hours": 0.0}
        await place.value("update backups set at = now() - interval '8 d' returning 1")
        await age.look()
        assert (age.health()["status"], str(age.health()["problem"])) == ("degraded", "the last backup is 8 days old")
    finally:
        await database.stop()


async def test_what_is_there_is_not_overwritten(
    new_place: Callable[[str], Place], migrations: list[Migration], tmp_path: Path
) -> None:
    old, file = new_place("backup_full"), tmp_path / "site.zip"
    await filled(old, migrations)
    await save(old.settings, file, old.flows)
    with pytest.raises(SetupError, match=r"site\.zip is there already"):
        await save(old.settings, file, old.flows)
    with pytest.raises(SetupError, match="holds a site already"):
        await restore(old.settings, file, old.flows, migrations)

    other = new_place("backup_flow")
    (other.flows / "f.yaml").write_text("flow: mine\nnodes: {}\n")
    with pytest.raises(SetupError, match=r"f\.yaml is there already"):
        await restore(other.settings, file, other.flows, migrations)
    assert await other.value("select to_regclass('readings')") is None
    assert (other.flows / "f.yaml").read_text() == "flow: mine\nnodes: {}\n"


async def test_damaged_backup_leaves_nothing_and_a_sound_one_can_follow(
    new_place: Callable[[str], Place], migrations: list[Migration], tmp_path: Path
) -> None:
    old, new, file = new_place("backup_sound"), new_place("backup_damaged"), tmp_path / "site.zip"
    await filled(old, migrations)
    await save(old.settings, file, old.flows)
    damage(file)

    with pytest.raises(SetupError):
        await restore(new.settings, file, new.flows, migrations)

    assert await new.value("select count(*) from pg_class where relnamespace = 'public'::regnamespace") == 0
    assert list(new.flows.iterdir()) == []
    await save(old.settings, file, old.flows, overwrite=True)
    await restore(new.settings, file, new.flows, migrations)
    assert await new.digest() == await old.digest()


async def test_source_that_fails_after_a_row_was_refused_is_reported(
    new_place: Callable[[str], Place], migrations: list[Migration]
) -> None:
    """Both ends of a copy fail: the database at a bad row, then the file."""
    place = new_place("backup_both")
    await filled(place, migrations)

    async def parts() -> AsyncIterator[bytes]:
        for _ in range(20):
            yield b"no row at all" * 10_000
        raise ValueError("the file ends here")

    connection = await asyncpg.connect(place.dsn)
    try:
        table = next(table for table in await read_tables(connection) if table.name == "devices")
        async with asyncio.timeout(60):
            with pytest.raises(ValueError, match="the file ends here"):
                await copy_in(connection, table, parts())
            assert await connection.fetchval("select count(*) from devices") > 0
    finally:
        connection.terminate()


async def test_backup_of_a_newer_version_and_a_foreign_file_are_refused(
    new_place: Callable[[str], Place], migrations: list[Migration], tmp_path: Path
) -> None:
    place, file = new_place("backup_newer"), tmp_path / "site.zip"
    await filled(place, migrations)
    await save(place.settings, file, place.flows)
    with pytest.raises(SetupError, match="which this version does not know"):
        await restore(place.settings, file, place.flows, migrations[:-1])
    (tmp_path / "text.zip").write_text("no zip")
    with pytest.raises(SetupError, match="is damaged"):
        await restore(place.settings, tmp_path / "text.zip", place.flows, migrations)


async def test_name_that_leads_outside_is_refused(
    new_place: Callable[[str], Place], migrations: list[Migration], tmp_path: Path
) -> None:
    place, file = new_place("backup_outside"), tmp_path / "evil.zip"
    manifest = {
        "format": 1,
        "version": "0",
        "made_at": 0,
        "migrations": [],
        "tables": [],
        "files": ["flows/../../evil"],
    }
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr(MANIFEST, msgspec.json.encode(manifest))
        archive.writestr("flows/../../evil", "x")
    with pytest.raises(SetupError, match="where no backup of ours puts one"):
        await restore(place.settings, file, place.flows, migrations)


@pytest.mark.parametrize("linked", ["flows/a.yaml", "flows/sub"])
async def test_nothing_is_written_through_a_link(
    new_place: Callable[[str], Place], migrations: list[Migration], tmp_path: Path, linked: str
) -> None:
    name = "flows/a.yaml" if linked.endswith("yaml") else "flows/sub/a.yaml"
    place, file = new_place(f"backup_link_{len(linked)}"), tmp_path / "linked.zip"
    manifest = {"format": 1, "version": "0", "made_at": 0, "migrations": [], "tables": [], "files": [name]}
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr(MANIFEST, msgspec.json.encode(manifest))
        archive.writestr(name, "x")
    (tmp_path / "outside").mkdir()
    link = place.flows / linked.removeprefix("flows/")
    link.parent.mkdir(parents=True, exist_ok=True)
    link.symlink_to(tmp_path / "outside" / ("a" if linked.endswith("yaml") else ""))
    with pytest.raises(SetupError, match="is a link"):
        await restore(place.settings, file, place.flows, migrations)
    assert list((tmp_path / "outside").iterdir()) == []
