"""A table kept in memory: followed by its keys, read anew when that is not enough, left alone when it is stopped."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from engine.core.background_task import Supervisor
from engine.core.failure import RetryableError
from engine.db.database import Database
from engine.db.table_cache import TableCache
from tests.eventually import eventually

CHANNEL = "cached"


class Reading:
    """Remembers what was asked for; raises what the test puts there, once each."""

    def __init__(self) -> None:
        self.asked: list[set[str] | None] = []
        self.raises: list[Exception] = []

    async def __call__(self, keys: set[str] | None) -> None:
        self.asked.append(keys)
        if self.raises:
            raise self.raises.pop(0)


@asynccontextmanager
async def cache_of(dsn: str, reading: Reading) -> AsyncIterator[tuple[TableCache, Database, Supervisor]]:
    supervisor = Supervisor()
    database = Database(dsn, supervisor=supervisor)
    cache = TableCache("cached rows", database, CHANNEL, reading, supervisor)
    await database.start()
    try:
        await cache.start()
        yield cache, database, supervisor
    finally:
        await cache.stop()
        await database.stop()


async def notify(database: Database, key: str) -> None:
    async with database.connection() as connection:
        await connection.execute("select pg_notify($1, $2)", CHANNEL, key)


async def test_all_rows_are_read_at_the_start_and_then_those_that_are_named(postgres_dsn: str):
    async with cache_of(postgres_dsn, reading := Reading()) as (_, database, _):
        await notify(database, "GS001")
        await eventually(lambda: reading.asked == [None, {"GS001"}])


async def test_a_notification_without_a_key_reads_all_rows(postgres_dsn: str):
    async with cache_of(postgres_dsn, reading := Reading()) as (_, database, _):
        await notify(database, "")
        await eventually(lambda: reading.asked == [None, None])


async def test_rows_that_could_not_be_read_are_read_later(postgres_dsn: str):
    async with cache_of(postgres_dsn, reading := Reading()) as (cache, database, _):
        reading.raises = [RetryableError("the database is away")]
        await notify(database, "GS001")
        await eventually(lambda: reading.asked == [None, {"GS001"}, {"GS001"}])
        await eventually(lambda: cache.problem == "")


async def test_a_read_that_breaks_is_shown_and_everything_is_read_anew(postgres_dsn: str):
    async with cache_of(postgres_dsn, reading := Reading()) as (cache, database, supervisor):
        reading.raises = [KeyError("k")]
        await notify(database, "GS001")
        await eventually(lambda: reading.asked == [None, {"GS001"}, None])
        assert "KeyError" in cache.problem
        assert [task.name for task in supervisor.tasks() if task.problem] == ["cached rows"]


@pytest.mark.parametrize("wait_s", [0.0, 0.01])
async def test_starting_waits_no_longer_than_it_may(wait_s: float):
    database = Database("postgresql://127.0.0.1:1/none")
    cache = TableCache("cached rows", database, CHANNEL, Reading())
    await cache.start(wait_s)
    await cache.stop()
    await database.stop()


async def test_a_stopped_cache_reads_no_more(postgres_dsn: str):
    async with cache_of(postgres_dsn, reading := Reading()) as (cache, database, supervisor):
        await cache.stop()
        await notify(database, "GS001")
        assert reading.asked == [None]
        assert [task.name for task in supervisor.tasks()] == ["database"]
