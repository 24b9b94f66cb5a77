"""Questions to a real PostgreSQL: values only as parameters, strictly typed; writes, floods and endless statements refused."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from engine.api import Database, QueryLogin, ReservedTables
from tests.eventually import eventually
from tests.nodes.io.conftest import MakeBench
from tests.nodes.io.harness import SiteHarness
from tests.servers.postgres import Postgres


@pytest.fixture
async def bench(make_bench: MakeBench, postgres_dsn: str) -> AsyncIterator[SiteHarness]:
    """A site with a database that holds two devices."""
    database = Database(postgres_dsn)
    await database.start()
    async with database.connection(10) as connection:
        await connection.execute(
            "create table devices (sn text primary key, k float8, seen timestamptz, extra jsonb);"
            "insert into devices values ('GS1', 1.5, 'epoch', '{\"a\": [1]}'), ('GS2', null, null, null)"
        )
        login = QueryLogin(postgres_dsn, ReservedTables())
        await login.prepare(connection, "only-for-tests")
    made = await make_bench()
    made.site.provide(database)
    made.site.provide(login)
    yield made
    await made.site.stop(0.2)
    await login.stop()
    await database.stop()


async def ask(bench: SiteHarness, config: str, *payloads: Any) -> None:
    await bench.deploy(f"  ask: {{type: postgres-query, with: {{{config}}}, to: keep}}\n  keep: {{type: keep}}\n")
    for payload in payloads:
        bench.give("ask", payload, key="GS1")
    await eventually(lambda: bench.under_way == 0)


BY_SN = "sql: 'select * from devices where sn = $1', parameters: [payload]"


async def test_rows_in_plain_values(bench: SiteHarness) -> None:
    await ask(bench, "sql: 'select * from devices order by sn'", "go")
    gs1 = {"sn": "GS1", "k": 1.5, "seen": 0.0, "extra": {"a": [1]}}
    assert bench.got() == [[gs1, {"sn": "GS2", "k": None, "seen": None, "extra": None}]]
    assert bench.messages()[0].key == "GS1"


async def test_first_row_or_null(bench: SiteHarness) -> None:
    await ask(bench, f"{BY_SN}, output: first", "GS1", "none")
    assert [row and row["sn"] for row in bench.got()] == ["GS1", None]


async def test_each_row_a_message_of_one_sequence(bench: SiteHarness) -> None:
    await ask(bench, "sql: 'select sn from devices order by sn', output: each", "go")
    assert bench.got() == [{"sn": "GS1"}, {"sn": "GS2"}]
    assert [message.props["parts"]["index"] for message in bench.messages()] == [0, 1]
    assert bench.messages()[1].props["parts"]["count"] == 2


async def test_value_is_never_a_part_of_the_statement(bench: SiteHarness) -> None:
    hostile = "'; drop table devices; --"
    await ask(bench, f"{BY_SN}, read_only: false", hostile, "GS2")
    assert [len(rows) for rows in bench.got()] == [0, 1]


@pytest.mark.parametrize(
    ("kind", "good", "plain", "bad"),
    [
        ("int4", 7.0, 7, 7.5), ("int8", 1 << 40, 1 << 40, 1 << 70), ("float8", 2, 2.0, "2"), ("bool", True, True, 1),
        ("text", "气", "气", 5), ("timestamptz", "1970-01-01T00:00:01+00:00", 1.0, "1970-01-01T00:00:01"),
        ("timestamptz", 1.5, 1.5, 1e30), ("jsonb", {"a": None}, {"a": None}, object()), ("numeric", 1.25, 1.25, "x"),
        ("int4[]", [1, None], [1, None], [1.5]), ("bytea", b"\xff", b"\xff", 5), ("date", "2026-01-01", "2026-01-01", "1.1."),
        ("uuid", "00000000-0000-0000-0000-000000000001", "00000000-0000-0000-0000-000000000001", "1"),
    ],
)  # fmt: skip
async def test_values_are_converted_strictly(bench: SiteHarness, kind: str, good: Any, plain: Any, bad: Any) -> None:
    """What fits comes back as plain data, what doesn't is refused with its place."""
    await ask(bench, f"sql: 'select $1::{kind} as v', parameters: [payload], output: first", good, bad)
    assert bench.got() == [{"v": plain}]
    assert len(bench.refused) == 1
    assert "$1 (payload)" in bench.refused[0]


async def test_statement_that_writes_needs_leave(bench: SiteHarness) -> None:
    insert = "sql: 'insert into devices (sn) values ($1) returning sn', parameters: [payload], output: first"
    await ask(bench, insert, "GS3")
    assert "turn off read only" in bench.refused[0]
    await ask(bench, f"{insert}, read_only: false", "GS3")
    assert "permission denied" in bench.refused[-1]
    async with bench.site.service(Database).connection(10) as owner:
        login = await owner.fetchval(
            "select grantee from information_schema.role_table_grants where table_name = 'devices' and grantee like 'mcs_query%'"
        )
        await owner.execute(f"grant insert, delete on devices to {login}")
    await ask(bench, f"{insert}, read_only: false", "GS3", "GS3", "GS4")
    assert bench.got() == [{"sn": "GS3"}, {"sn": "GS4"}]
    assert "duplicate key" in bench.refused[-1]
    await ask(bench, "sql: 'delete from devices', read_only: false", "go")
    assert bench.got()[-1] == []


async def test_answer_is_cut_at_most_rows_and_says_so(bench: SiteHarness) -> None:
    await ask(bench, "sql: 'select * from generate_series(1, 1000000) n', most_rows: 3", "go")
    assert bench.got() == [[{"n": 1}, {"n": 2}, {"n": 3}]]
    assert bench.messages()[0].props["more"] is True


async def test_endless_statement_is_ended(bench: SiteHarness) -> None:
    await ask(bench, "sql: 'select pg_sleep(60)', limit_s: 0.1", "go")
    assert "ended after 0.1 s" in bench.refused[0]


@pytest.mark.parametrize(
    ("config", "reason"),
    [
        ("sql: 'select 1; drop table devices'", "multiple commands"),
        ("sql: 'selekt'", "syntax error"),
        ("sql: 'select $1::int, $2::int', parameters: [payload]", "2 parameters"),
    ],
)
async def test_statement_that_can_not_be_run_is_refused(bench: SiteHarness, config: str, reason: str) -> None:
    await ask(bench, config, 1)
    assert reason in bench.refused[0]


async def test_messages_wait_while_the_database_is_away(bench: SiteHarness, make_postgres: Any) -> None:
    """A database of its own address, stopped and started again."""
    server: Postgres = make_postgres()
    await ask(bench, f"sql: 'select 1 as one', output: first, database: '{server.dsn()}'", "go")
    server.stop()
    bench.give("ask", "again")
    queue = bench.site.flows["test"].nodes["ask"].queue
    await eventually(lambda: queue is not None and bool(queue.problem))
    server.start()
    await eventually(lambda: bench.got() == [{"one": 1}] * 2)
    assert bench.refused == []
