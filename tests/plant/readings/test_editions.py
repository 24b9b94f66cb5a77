"""Every edition of the database gives the same answers, and loses no row."""

from __future__ import annotations

import datetime
import random
from collections.abc import AsyncIterator
from pathlib import Path
from statistics import fmean

import asyncpg
import pytest

from engine.api import Database
from engine.core.clock import ManualClock
from plant.readings.queries import last_readings, minutes
from plant.readings.storage import EDITIONS, ReadingStorage
from tests.bench.storage import measure, table
from tests.nodes.archive.archive_site import TODAY, archive_site
from tests.plant.site_database import migrated
from tests.servers.s3 import Bucket
from tests.servers.timescaledb import Edition

NOON = TODAY.replace(hour=12)
INSERT = "insert into readings (sn, time, seq, v_raw, conc) values ($1, $2, $3, $4, $5) on conflict do nothing"


@pytest.fixture
async def database(edition: Edition) -> AsyncIterator[Database]:
    """Migrated and set up."""
    async with migrated(edition.dsn) as database:
        await ReadingStorage(database, ManualClock(TODAY.timestamp())).run_once()
        yield database


async def test_edition_is_named_and_setting_up_twice_does_no_harm(edition: Edition, database: Database):
    """Health names it."""
    storage = ReadingStorage(database, ManualClock(TODAY.timestamp()))
    assert await storage.run_once() == 0
    assert storage.edition == edition.name
    assert storage.health() == {"status": "ok", "problem": "", "edition": EDITIONS[edition.name]}


async def test_minutes_are_the_same_on_every_edition(database: Database):
    """Mean, least, greatest, count; a fault without concentration counts as a reading; the minute that `since` is in is whole."""
    chance = random.Random(3)
    readings = [
        (
            NOON + datetime.timedelta(seconds=7 * n),
            chance.uniform(0, 100),
            None if n % 9 == 4 else chance.uniform(0, 50),
        )
        for n in range(200)
    ]
    async with database.connection() as connection:
        await connection.executemany(
            INSERT, [("GS001", at, n, raw, conc) for n, (at, raw, conc) in enumerate(readings)]
        )
        await connection.execute(INSERT, "GS002", NOON, 1, 5.0, 5.0)
        since = NOON.timestamp() + 90
        got = await minutes(connection, "GS001", since, NOON.timestamp() + 900)
    assert [minute.at for minute in got] == [NOON.timestamp() + 60 * n for n in range(1, 15)]
    for minute in got:
        of_it = [(raw, conc) for at, raw, conc in readings if 0 <= at.timestamp() - minute.at < 60]
        known = [conc for _, conc in of_it if conc is not None]
        assert minute.count == len(of_it)
        assert (minute.low, minute.high) == (min(known), max(known))
        assert minute.mean == pytest.approx(fmean(known))
        assert minute.raw == pytest.approx(fmean(raw for raw, _ in of_it))


async def test_a_reading_is_stored_once(database: Database):
    """(sn, time, seq) is unique, also in a day that is closed."""
    async with database.connection() as connection:
        for _ in range(2):
            await connection.execute(INSERT, "GS001", NOON, 7, 1.0, 1.0)
        with pytest.raises(asyncpg.UniqueViolationError):
            await connection.execute(INSERT.removesuffix(" on conflict do nothing"), "GS001", NOON, 7, 1.0, 1.0)
        assert len(await last_readings(connection, ["GS001", "GS002"], TODAY.timestamp())) == 1


async def test_old_days_are_archived_and_nothing_else_goes(edition: Edition, s3_bucket: Bucket, tmp_path: Path):
    """By the chunk or partition where the whole day is archived; a late row is part two."""
    async with archive_site(edition.dsn, s3_bucket, tmp_path) as site:
        await ReadingStorage(site.database, site.clock).run_once()
        await site.fill([5, 6, 7])
        old, hot = await site.rows(before=7), await site.rows()
        await site.run()
        assert site.archived() == old
        assert await site.rows() == sorted(set(hot) - set(old))
        async with site.database.connection() as connection:
            chunks = [
                await connection.fetchval("select readings_of_day($1)", TODAY.replace(day=day)) for day in (5, 6, 7)
            ]
        assert [chunk is None for chunk in chunks] == [True, True, False]
        await site.add("GS001", 6, 9999)
        await site.run()
        assert len(site.archived()) == len(old) + 1
        assert await site.rows() == sorted(set(hot) - set(old))


async def test_five_days_of_a_site_are_stored_and_asked(edition: Edition, capsys: pytest.CaptureFixture[str]):
    """A hundred devices, one reading in 20 minutes; `tests/bench/storage.py` does it with one in 10 s."""
    figures = await measure(edition.name, edition.dsn, devices=100, days=5, interval_s=1200)
    assert figures.rows == 5 * 100 * 72
    assert (figures.compressed_mb is not None) == (edition.name == "timescaledb")
    with capsys.disabled():
        print(f"\n{table([figures])}")
