"""The engine's login adds lines to the audit log and can't change it, with a server of its own, the embedded one, or an older one."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import asyncpg
import psutil
import pytest

from engine.core.errors import SetupError
from engine.core.secret import Secret
from engine.db.migrations import migrate
from engine.db.query_login import QueryLogin
from engine.db.reserved_tables import ReservedTables
from engine.ops.backup.restore import restore
from engine.ops.backup.save import save
from engine.ops.embedded.postgres import EmbeddedPostgres
from engine.pack import discover_packs
from engine.server import migrate_only, migrations_of
from engine.settings import Settings
from tests.servers.postgres import PASSWORD, Postgres

TAMPERING = [
    "delete from audit",
    "truncate audit",
    "update audit set who = 'nobody'",
    "drop table audit",
    "drop table audit cascade",
    "alter table audit rename to gone",
    "alter table audit add column x int",
    "alter table audit disable trigger all",
    "create rule hide as on insert to audit do instead nothing",
    "create trigger hide before insert on audit for each row execute function suppress_redundant_updates_trigger()",
    "alter table audit owner to current_user",
    "drop schema public cascade",
    "alter schema public rename to gone",
    "grant delete on audit to current_user; delete from audit",
    "select setval('audit_id_seq', 1)",
    "create index on audit (who)",
]

LINE = "insert into audit (who, address, action, target, details) values ('a', '', 'b', 'c', '{}')"


async def tampered(dsn: str) -> list[str]:
    """The statements that the login of that address got through; a line is there before and after."""
    connection = await asyncpg.connect(dsn)
    await connection.execute(LINE)
    through: list[str] = []
    for statement in TAMPERING:
        try:
            async with connection.transaction():
                await connection.execute(statement)
                through.append(statement)
        except asyncpg.PostgresError:
            continue
    assert await connection.fetchval("select count(*) from audit") >= 1
    assert not await connection.fetchval("select rolsuper from pg_roles where rolname = current_user")
    await connection.execute("create table own (n int); drop table own; create temp table t (n int)")
    await connection.close()
    return through


@pytest.fixture
def settings(tmp_path: Path, make_postgres: Callable[[], Postgres]) -> Settings:
    """A fresh server, the owner's login, and an engine's login that is not there yet."""
    server = make_postgres()
    server.sql("create database site")
    owner = server.dsn("site")
    engine = f"postgresql://mcs_engine:an-engine@127.0.0.1:{server.port}/site"
    return Settings(data=tmp_path / "data", database_url=Secret(engine), owner_database_url=Secret(owner))


def of(secret: Secret | None) -> str:
    assert secret is not None
    return secret.reveal()


async def test_set_up_makes_a_login_that_can_not_change_the_audit_log(settings: Settings):
    assert await migrate_only(settings)
    assert await migrate_only(settings) == []
    assert await tampered(of(settings.database_url)) == []


async def test_login_without_the_right_to_make_logins_runs_queries_with_the_one_that_set_up_made(settings: Settings):
    from engine.access.secrets_store import SecretsStore
    from engine.db.database import Database

    await migrate_only(settings)
    dsn = of(settings.database_url)
    database = Database(dsn)
    await database.start()
    login = QueryLogin(dsn, ReservedTables(name for pack in discover_packs() for name in pack.reserved_tables))
    async with database.connection(30) as connection:
        await login.prepare(connection, SecretsStore(database, settings.data).derived("query login"))
    async with login.database.connection(30) as connection:
        assert await connection.fetch("select * from readings") == []
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await connection.fetch("select * from audit")
    await login.stop()
    await database.stop()


async def test_tables_that_an_older_version_made_as_the_owner_are_handed_over(settings: Settings):
    owner = await asyncpg.connect(of(settings.owner_database_url))
    migrations = migrations_of(discover_packs())
    await migrate(owner, [one for one in migrations if (one.pack, one.number) < ("engine", 5) or one.pack == "plant"])
    await owner.execute(LINE)
    assert len(await migrate_only(settings)) > 0
    assert await tampered(of(settings.database_url)) == []
    not_handed = await owner.fetch(
        "select relname from pg_class where relnamespace = 'public'::regnamespace and relowner = current_user::regrole "
        "and relkind in ('r', 'p', 'v') and relname <> 'audit'"
    )
    assert not_handed == []
    await owner.close()


async def test_owner_that_is_no_superuser_has_to_be_a_member_of_the_engine(make_postgres, tmp_path: Path):  # type: ignore[no-untyped-def]
    server = make_postgres()
    for statement in (
        f"create role owning login password '{PASSWORD}'",
        f"create role engine login password '{PASSWORD}'",
        "create database site owner owning",
    ):
        server.sql(statement)
    server.sql("alter schema public owner to owning", "site")
    address = f"postgresql://{{}}:{PASSWORD}@127.0.0.1:{server.port}/site"
    settings = Settings(
        data=tmp_path,
        database_url=Secret(address.format("engine")),
        owner_database_url=Secret(address.format("owning")),
        query_database_url=Secret(address.format("asking")),
    )
    with pytest.raises(SetupError, match="member of the engine's login"):
        await migrate_only(settings)
    server.sql("grant engine to owning")
    await migrate_only(settings)
    assert await tampered(address.format("engine")) == []
    with pytest.raises(SetupError, match="give the engine another login"):
        await migrate_only(replace(settings, owner_database_url=settings.database_url))


async def test_embedded_server_keeps_the_audit_log_and_has_no_rights_over_the_machine(tmp_path: Path):
    settings = Settings(data=tmp_path)
    async with EmbeddedPostgres(tmp_path) as server:
        await migrate_only(settings)
        assert await tampered(server.dsn) == []
        process = psutil.Process(int((server.cluster / "postmaster.pid").read_text().split()[0]))
        for one in [process, *process.children(recursive=True)]:
            with contextlib.suppress(psutil.NoSuchProcess, FileNotFoundError):
                assert capabilities(one.pid) == 0, one.cmdline()
                assert one.uids().effective != 0


async def test_restore_fills_the_audit_log_as_its_owner(settings: Settings, tmp_path: Path):
    await migrate_only(settings)
    connection = await asyncpg.connect(of(settings.database_url))
    await connection.execute(LINE)
    await connection.close()
    file, flows = tmp_path / "site.zip", tmp_path / "flows"
    await save(replace(settings, owner_database_url=None), file, flows)
    owner = await asyncpg.connect(of(settings.owner_database_url))
    await owner.execute("truncate audit")
    await owner.close()
    migrations = migrations_of(discover_packs())
    with pytest.raises(SetupError, match="MCS_OWNER_DATABASE_URL"):
        await restore(replace(settings, owner_database_url=None), file, flows, migrations)
    await restore(settings, file, flows, migrations)
    assert await tampered(of(settings.database_url)) == []


def capabilities(pid: int) -> int:
    """The effective and the permitted ones of a process, as the kernel tells them."""
    lines = dict(line.split(":", 1) for line in Path(f"/proc/{pid}/status").read_text("ascii").splitlines())
    return int(lines["CapEff"], 16) | int(lines["CapPrm"], 16)
