"""Every released version's database migrates to this one's: the same tables as a fresh one has, and all rows still there."""

from __future__ import annotations

import asyncio
import subprocess
from pathlib import Path
from typing import Any

import asyncpg
import pytest

from engine.db.migrations import migrate
from engine.pack import discover_packs
from engine.server import migrations_of
from tests.servers.postgres import Postgres

RELEASED = sorted((Path(__file__).parent / "schemas").glob("*.sql"))
NOT_BY_DAY = "c.relname !~ '^readings_\\d{8}'"

CATALOGUE = {
    "columns": f"""
        select c.relname, a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull, a.attidentity, pg_get_expr(d.adbin, d.adrelid)
        from pg_attribute a join pg_class c on c.oid = a.attrelid left join pg_attrdef d on d.adrelid = c.oid and d.adnum = a.attnum
        where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p', 'v') and a.attnum > 0 and not a.attisdropped and {NOT_BY_DAY}""",
    "constraints": f"""
        select c.relname, o.contype::text, pg_get_constraintdef(o.oid) from pg_constraint o join pg_class c on c.oid = o.conrelid
        where c.relnamespace = 'public'::regnamespace and {NOT_BY_DAY}""",
    "indexes": "select indexdef from pg_indexes where schemaname = 'public' and tablename !~ '^readings_\\d{8}'",
    "functions": "select proname, pg_get_functiondef(oid) from pg_proc where pronamespace = 'public'::regnamespace",
    "triggers": f"""
        select pg_get_triggerdef(t.oid) from pg_trigger t join pg_class c on c.oid = t.tgrelid where not tgisinternal and {NOT_BY_DAY}""",
    "comments": f"""
        select c.relname, d.objsubid, d.description from pg_description d join pg_class c on c.oid = d.objoid
        where c.relnamespace = 'public'::regnamespace and {NOT_BY_DAY}""",
}


async def described(dsn: str) -> dict[str, list[Any]]:
    connection = await asyncpg.connect(dsn)
    try:
        return {
            name: sorted((tuple(row) for row in await connection.fetch(query)), key=repr)
            for name, query in CATALOGUE.items()
        }
    finally:
        await connection.close()


async def to_head(dsn: str) -> int:
    connection = await asyncpg.connect(dsn)
    try:
        return len(await migrate(connection, migrations_of(list(discover_packs()))))
    finally:
        await connection.close()


@pytest.mark.parametrize("released", RELEASED, ids=lambda path: path.stem)
async def test_database_of_a_released_version_becomes_what_a_fresh_one_is(
    released: Path, postgres_server: Postgres, postgres_dsn: str
) -> None:
    name = f"released_{released.stem.replace('.', '_')}"
    postgres_server.sql(f"create database {name} template template0")
    try:
        old = postgres_server.dsn(name)
        load = [postgres_server._installed("psql"), "-X", "-q", "-v", "ON_ERROR_STOP=1", "-f", str(released), old]
        await asyncio.to_thread(subprocess.run, load, check=True, stdout=subprocess.DEVNULL)

        assert await to_head(old) > 0
        await to_head(postgres_dsn)

        after, fresh = await described(old), await described(postgres_dsn)
        for kind in CATALOGUE:
            assert after[kind] == fresh[kind], kind
        connection = await asyncpg.connect(old)
        counts = {
            table: await connection.fetchval(f"select count(*) from {table}")
            for table in ("users", "devices", "readings", "alarms", "revisions")
        }
        await connection.close()
        assert counts == {"users": 1, "devices": 2, "readings": 50, "alarms": 2, "revisions": 1}
        assert await to_head(old) == 0
    finally:
        postgres_server.sql(f"drop database {name} with (force)")


def test_there_is_a_released_version() -> None:
    assert [path.stem for path in RELEASED][:1] == ["0.1.0"]
