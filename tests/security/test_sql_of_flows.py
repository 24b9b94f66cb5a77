"""SQL from a flow's text reads the site's tables, and leads neither to a shell, nor to files, nor to who may sign in; on three kinds of server."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import asyncpg
import pytest

from engine.api import Database
from engine.core.failure import PermanentError
from engine.db.migrations import migrate
from engine.db.query_login import QueryLogin
from engine.db.reserved_tables import ReservedTables
from engine.db.scram import scram_verifier
from engine.ops.embedded.postgres import EmbeddedPostgres
from engine.pack import discover_packs
from engine.server import migrations_of
from tests.servers.postgres import PASSWORD, Postgres

RESERVED = ReservedTables(["licence_records"])

ESCAPES = [
    "copy (select 1) to program 'touch /tmp/out-of-the-flow'",
    "copy devices to program 'sh'",
    "copy (select 1) to '/tmp/out-of-the-flow'",
    "create temp table t (line text); copy t from '/etc/passwd'",
    "select pg_read_file('/etc/passwd')",
    "select pg_read_binary_file('/etc/passwd')",
    "select pg_ls_dir('/')",
    "select lo_import('/etc/passwd')",
    "select lo_export(1, '/tmp/out-of-the-flow')",
    "select * from pg_authid",
    "select rolpassword from pg_authid",
    "select usename, passwd from pg_shadow",
    "alter system set archive_command = 'sh'",
    "select pg_reload_conf()",
    "create extension plpython3u",
    "create function f() returns text language c as 'libc', 'system'",
    "create function public.f() returns text language sql as 'select 1::text'",
    "set session authorization mcs",
    "set role mcs",
    "reset role; select * from users",
    "reset session authorization; delete from audit",
    "select * from users",
    "select * from sessions",
    "select * from api_tokens",
    "select * from secrets",
    "select * from licence_records",
    "delete from audit",
    "insert into audit (who, action) values ('x', 'y')",
    "update users set role = 'admin'",
    "drop table audit",
    "truncate readings",
    "insert into devices (sn) values ('GS1')",
    "alter role current_user superuser",
    "create role x login superuser",
    "grant pg_execute_server_program to current_user",
    "do $$ begin execute 'copy (select 1) to program ''sh'''; end $$",
    "select pg_terminate_backend(pid) from pg_stat_activity where usename <> current_user and datname = current_database()",
    "create table public.mine (n int)",
    "create temp table mine (n int)",
    "select set_config('statement_timeout', '0', false), dblink('dbname=postgres', 'select 1')",
]

Server = Callable[[], Awaitable[str]]


async def prepared(dsn: str) -> QueryLogin:
    """The site's tables in that database, and the login for queries as a start of the engine makes it."""
    database = Database(dsn)
    await database.start()
    async with database.connection(30) as connection:
        await migrate(connection, migrations_of(discover_packs()))
        login = QueryLogin(dsn, RESERVED)
        await login.prepare(connection, "derived")
        await login.prepare(connection, "derived")
    await database.stop()
    return login


@contextlib.asynccontextmanager
async def embedded(folder: Path) -> AsyncIterator[str]:
    async with EmbeddedPostgres(folder) as server:
        yield server.dsn


@pytest.fixture(params=["embedded", "a superuser's", "an owner's"])
async def dsn(
    request: pytest.FixtureRequest, tmp_path: Path, make_postgres: Callable[[], Postgres]
) -> AsyncIterator[str]:
    if request.param == "embedded":
        async with embedded(tmp_path) as address:
            yield address
        return
    server = make_postgres()
    if request.param == "a superuser's":
        yield server.dsn()
        return
    owner = await asyncpg.connect(server.dsn())
    await owner.execute(f"create role owning login createrole password '{PASSWORD}'")
    await owner.execute("create database site owner owning")
    await owner.close()
    yield f"postgresql://owning:{PASSWORD}@127.0.0.1:{server.port}/site"


async def test_no_statement_of_a_flow_leaves_the_tables_that_it_may_read(dsn: str):
    login = await prepared(dsn)
    out: list[str] = []
    async with login.database.connection(10) as connection:
        for read_only in (True, False):
            for statement in ESCAPES:
                try:
                    async with connection.transaction(readonly=read_only):
                        if not read_only:
                            await connection.execute("set transaction read write")
                        await connection.execute(statement)
                        if not statement.startswith("select pg_terminate"):
                            out.append(statement)
                except asyncpg.PostgresError:
                    continue
        assert out == []
        # and it reads what it is for
        assert await connection.fetch("select sn from devices") == []
        assert await connection.fetch("select * from readings") == []
    await login.stop()


async def test_backends_of_others_are_not_ended_by_it(dsn: str):
    login = await prepared(dsn)
    other = await asyncpg.connect(dsn)
    async with login.database.connection(10) as connection:
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await connection.execute(
                "select pg_terminate_backend(pid) from pg_stat_activity where usename <> current_user"
            )
    assert await other.fetchval("select 1") == 1
    await other.close()
    await login.stop()


async def test_account_that_may_not_make_logins_has_queries_refused_with_the_remedy(
    make_postgres: Callable[[], Postgres],
):
    server = make_postgres()
    admin = await asyncpg.connect(server.dsn())
    await admin.execute(f"create role plain login password '{PASSWORD}'")
    await admin.execute("create database site owner plain")
    await admin.close()
    login = await prepared(f"postgresql://plain:{PASSWORD}@127.0.0.1:{server.port}/site")
    with pytest.raises(PermanentError, match="MCS_QUERY_DATABASE_URL"):
        _ = login.database


@pytest.mark.parametrize(
    ("rights", "why"), [("superuser", "superuser"), ("in role pg_execute_server_program", "member of another role")]
)
async def test_given_login_that_may_do_more_is_refused(make_postgres: Callable[[], Postgres], rights: str, why: str):
    server = make_postgres()
    dsn = server.dsn()
    owner = await asyncpg.connect(dsn)
    await migrate(owner, migrations_of(discover_packs()))
    await owner.execute(f"create role asking login {rights} password '{PASSWORD}'")
    given = dsn.replace("mcs:", "asking:", 1)
    login = QueryLogin(dsn, RESERVED, given=given)
    await login.prepare(owner, "derived")
    with pytest.raises(PermanentError, match=why):
        _ = login.database
    await owner.close()


async def test_given_login_that_reads_secrets_is_refused(make_postgres: Callable[[], Postgres]):
    server = make_postgres()
    dsn = server.dsn()
    owner = await asyncpg.connect(dsn)
    await migrate(owner, migrations_of(discover_packs()))
    await owner.execute(f"create role asking login password '{PASSWORD}'; grant select on secrets to asking")
    login = QueryLogin(dsn, RESERVED, given=dsn.replace("mcs:", "asking:", 1))
    await login.prepare(owner, "derived")
    with pytest.raises(PermanentError, match="may use secrets"):
        _ = login.database
    await owner.close()


async def test_embedded_server_lets_nobody_in_without_a_password(tmp_path: Path):
    async with EmbeddedPostgres(tmp_path) as server:
        socket = server.socket_dir
        for user in ("postgres", "mcs"):
            with pytest.raises(asyncpg.InvalidPasswordError):
                await asyncpg.connect(f"postgresql://{user}@/postgres?host={socket}")
        connection = await asyncpg.connect(server.dsn)
        assert not await connection.fetchval("select rolsuper from pg_roles where rolname = current_user")
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await connection.execute("copy (select 1) to program 'true'")
        await connection.close()


@pytest.mark.parametrize(
    "table",
    ["audit", "public.users", "secrets", "pg_catalog.pg_authid", "information_schema.tables", "licence_records"],
)
def test_tables_that_are_not_written_by_flows_are_named(table: str):
    assert RESERVED.reason(table) is not None


@pytest.mark.parametrize("table", ["readings", "public.devices", "erp.users", "my_audit"])
def test_other_tables_are_written(table: str):
    assert RESERVED.reason(table) is None


def test_verifier_is_the_one_of_rfc_7677():
    """The example of section 3: user "user", password "pencil"; its keys as PostgreSQL writes them."""
    import base64

    salt = base64.b64decode("W22ZaJ0SNY7soEsUEjb6gQ==")
    verifier = scram_verifier("pencil", salt, 4096)
    assert verifier == (
        "SCRAM-SHA-256$4096:W22ZaJ0SNY7soEsUEjb6gQ==$WG5d8oPm3OtcPnkdi4Uo7BkeZkBFzpcXkuLmtbsT4qY=:"
        "wfPLwcE6nTWhTAmQ7tl2KeoiWGPlZqQxSrmfPwDl2dU="
    )
