"""postgres-write against a real server: every row once, a bad value alone, and patience while the database is away."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from engine.api import Database, SystemClock
from engine.core.clock import settle
from engine.testing import NodeHarness
from nodes.drivers.postgres_table import STAGED_AFTER_CONFLICT
from nodes.io.postgres_write import PostgresWrite
from tests.eventually import eventually

TABLE = "create table got (n int8 primary key, time timestamptz, v float8, name text, ok bool, small int2, extra jsonb)"
COLUMNS = {
    "n": "payload.n",
    "time": "time",
    "v": "payload.v",
    "name": "topic",
    "ok": "payload.ok",
    "small": "payload.small",
    "extra": "payload.extra",
}
GOOD = {"n": 1, "v": 1.5, "ok": True, "small": -7, "extra": {"a": [1, "二"]}}


@pytest.fixture
async def database(postgres_dsn: str) -> AsyncIterator[Database]:
    database = Database(postgres_dsn)
    await database.start()
    async with database.connection(10) as connection:
        await connection.execute(TABLE)
    yield database
    await database.stop()


def bench(database: Database, **config: object) -> NodeHarness:
    config = {"table": "got", "columns": COLUMNS, **config}
    return NodeHarness(PostgresWrite, config, services=[database], clock=SystemClock())  # type: ignore[arg-type]


async def rows(database: Database, what: str = "n") -> list[object]:
    async with database.connection(10) as connection:
        return [row[0] for row in await connection.fetch(f"select {what} from got order by n")]


async def test_row_holds_what_the_message_held(database: Database):
    """Every kind of column; the message goes on once the row is committed."""
    async with bench(database) as node:
        await node.give({"payload": GOOD, "topic": "名 T", "time": 1_734_321_000.25})
        await eventually(lambda: node.sent())
        async with database.connection(10) as connection:
            row = await connection.fetchrow(
                "select *, extract(epoch from time)::float8 as at, extra::text as json from got"
            )
    assert (row["n"], row["v"], row["name"], row["ok"], row["small"]) == (1, 1.5, "名 T", True, -7)
    assert row["at"] == 1_734_321_000.25
    assert row["json"] == '{"a": [1, "二"]}'


async def test_missing_value_is_null(database: Database):
    """What the payload does not have is not invented."""
    async with bench(database) as node:
        await node.give({"payload": {"n": 1}, "topic": "t"})
        await eventually(lambda: node.sent())
    assert await rows(database, "v is null and ok is null and extra is null") == [True]


async def test_row_that_is_there_already_is_stored_once(database: Database):
    """Within a batch, in a later batch, and after a restart of the node."""
    for _ in range(2):
        async with bench(database) as node:
            await node.give(*({"payload": {**GOOD, "n": n % 50}} for n in range(120)))
            await eventually(lambda node=node: len(node.sent()) == 120)
    assert await rows(database) == list(range(50))


async def test_conflicting_row_is_brought_up_to_date_when_told_so(database: Database):
    """on_conflict: update."""
    async with bench(database, on_conflict="update") as node:
        await node.give({"payload": GOOD})
        await eventually(lambda: len(node.sent()) == 1)
        await node.give({"payload": {**GOOD, "v": 9.0}})
        await eventually(lambda: len(node.sent()) == 2)
    assert await rows(database, "v") == [9.0]


async def test_rows_go_straight_into_the_table_again_some_time_after_one_that_was_there(database: Database):
    """A row that comes twice sends the batches after it through a staging table, which costs half as much again; not for ever."""
    async with database.connection(10) as connection:
        await connection.execute("alter table got add way text default left(current_query(), 10)")
    async with bench(database) as node:
        for count, n in enumerate((1, 1, *range(2, STAGED_AFTER_CONFLICT + 5)), 1):
            await node.give({"payload": {**GOOD, "n": n}})
            await eventually(lambda count=count: len(node.sent()) == count)
    ways = await rows(database, "way")
    straight, staged = 'COPY "got"', "insert int"
    assert ways == [straight, *[staged] * (STAGED_AFTER_CONFLICT - 1), *[straight] * 4]


@pytest.mark.parametrize(
    ("value", "column"),
    [
        ({"n": "one"}, "n"),
        ({"n": True}, "n"),
        ({"n": 1 << 70}, "n"),
        ({"n": 5, "v": "much"}, "v"),
        ({"n": 5, "ok": 1}, "ok"),
        ({"n": 5, "small": 40_000}, "small"),
    ],
)
async def test_value_that_does_not_go_in_is_refused_alone(database: Database, value: dict[str, object], column: str):
    """The reason names the column; the messages round it are stored."""
    async with bench(database) as node:
        await node.give({"payload": GOOD}, {"payload": {**GOOD, **value}}, {"payload": {**GOOD, "n": 2}})
        await eventually(lambda: len(node.outputs) == 3)
        assert [reason.startswith(f"the column `{column}` wants") for reason in node.errors] == [True]
    assert await rows(database) == [1, 2]


async def test_row_that_the_table_refuses_fails_alone(database: Database):
    """A check of the table's own: the batch is halved until the row stands alone."""
    async with database.connection(10) as connection:
        await connection.execute("alter table got add check (v < 100)")
    async with bench(database) as node:
        await node.give(*({"payload": {**GOOD, "n": n, "v": 1000.0 if n == 13 else 1.0}} for n in range(40)))
        await eventually(lambda: len(node.outputs) == 40)
        assert len(node.errors) == 1
        assert "check" in node.errors[0]
    assert len(await rows(database)) == 39


@pytest.mark.parametrize(
    ("config", "problem"),
    [({"table": "nowhere"}, "no table `nowhere`"), ({"columns": {"x": "payload.n"}}, "no column `x`")],
)
async def test_table_or_column_that_is_not_there_is_named(database: Database, config: dict[str, object], problem: str):
    """The message goes the way of errors with the reason; the flow goes on."""
    async with bench(database, **config) as node:
        await node.give({"payload": GOOD})
        await eventually(lambda: node.errors)
        assert problem in node.errors[0]


async def test_database_that_goes_away_is_waited_for(make_postgres):
    """What comes meanwhile is held, unacknowledged, and stored when it is back."""
    server = make_postgres()
    database = Database(server.dsn())
    await database.start()
    async with database.connection(10) as connection:
        await connection.execute(TABLE)
    async with bench(database) as node:
        await node.give({"payload": GOOD})
        await eventually(lambda: node.sent())
        server.stop()
        await node.give(*({"payload": {**GOOD, "n": n}} for n in range(2, 30)))
        await settle()
        assert len(node.sent()) == 1
        server.start()
        await eventually(lambda: len(node.sent()) == 29)
        assert await rows(database) == list(range(1, 30))
    await database.stop()
