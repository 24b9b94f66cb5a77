"""The tables of the plant on a plain PostgreSQL."""

from __future__ import annotations

import datetime

import asyncpg
import pytest

from engine.core.clock import ManualClock
from plant.readings.storage import ReadingStorage
from tests.plant.site_database import migrated

NEW_YEAR = datetime.datetime(2026, 1, 1, tzinfo=datetime.UTC)
INSERT = "insert into readings (sn, time, seq, v_raw) values ($1, $2, $3, 1.0)"


async def test_the_same_reading_is_refused_twice(postgres_dsn: str):
    """(sn, time, seq) is unique, over all partitions."""
    async with migrated(postgres_dsn) as database, database.connection() as connection:
        await connection.execute(INSERT, "GS001", NEW_YEAR, 7)
        await connection.execute(INSERT, "GS001", NEW_YEAR, 8)
        await connection.execute(INSERT, "GS002", NEW_YEAR, 7)
        with pytest.raises(asyncpg.UniqueViolationError):
            await connection.execute(INSERT, "GS001", NEW_YEAR, 7)


async def test_rows_of_a_day_without_partition_move_in_when_it_is_made(postgres_dsn: str):
    """They wait in the default partition; nothing is lost, and a second run makes nothing."""
    async with migrated(postgres_dsn) as database, database.connection() as connection:
        await connection.execute(INSERT, "GS001", NEW_YEAR, 7)
        await connection.execute(INSERT, "GS001", NEW_YEAR + datetime.timedelta(days=1), 8)
        day = NEW_YEAR.date()
        assert await connection.fetchval("select make_reading_partitions($1, $1)", day) == 1
        assert await connection.fetchval("select make_reading_partitions($1, $1)", day) == 0
        places = await connection.fetch("select tableoid::regclass::text as place, seq from readings order by seq")
        assert [(row["place"], row["seq"]) for row in places] == [("readings_20260101", 7), ("readings_default", 8)]


async def test_a_week_of_partitions_is_made_ahead(postgres_dsn: str):
    """From today by the engine's clock."""
    async with migrated(postgres_dsn) as database:
        storage = ReadingStorage(database, ManualClock(NEW_YEAR.timestamp()))
        assert await storage.run_once() == 8
        assert await storage.run_once() == 0
        async with database.connection() as connection:
            assert await connection.fetchval("select to_regclass('readings_20260108')::text") == "readings_20260108"


async def test_a_device_needs_only_its_serial_number(postgres_dsn: str):
    """Every other column has a default."""
    async with migrated(postgres_dsn) as database, database.connection() as connection:
        await connection.execute("insert into devices (sn, k, b, t_coef) values ('GS001', 0.02, -40, 0.1)")
        with pytest.raises(asyncpg.CheckViolationError):
            await connection.execute("insert into devices (sn) values ('a/b')")
