"""What pages ask of stored readings, on a plain PostgreSQL."""

from __future__ import annotations

import datetime

from asyncpg.pool import PoolConnectionProxy

from plant.readings.queries import last_readings, minutes, past_alarms, readings_since, recent_readings
from tests.plant.site_database import migrated

BEGAN = 1_767_225_600.0  # 2026-01-01T00:00:00Z


async def store(connection: PoolConnectionProxy, sn: str, *values: tuple[float, float | None]) -> None:
    rows = [
        (sn, datetime.datetime.fromtimestamp(BEGAN + at, datetime.UTC), n, 1.0, c) for n, (at, c) in enumerate(values)
    ]
    await connection.executemany(
        "insert into readings (sn, time, seq, v_raw, conc, temp) values ($1, $2, $3, $4, $5, 25)", rows
    )


async def test_minutes_hold_mean_and_extremes_and_faults_count_as_none(postgres_dsn: str):
    async with migrated(postgres_dsn) as database, database.connection() as connection:
        await store(connection, "GS001", (0, 1.0), (59.9, 3.0), (60, 7.0), (61, None), (180, None), (-1, 99.0))
        await store(connection, "GS002", (0, 50.0))
        found = await minutes(connection, "GS001", BEGAN, BEGAN + 3600)
        assert [(one.at - BEGAN, one.mean, one.low, one.high, one.count) for one in found] == [
            (0.0, 2.0, 1.0, 3.0, 2),
            (60.0, 7.0, 7.0, 7.0, 2),
            (180.0, None, None, None, 1),
        ]


async def test_last_reading_of_each_device_is_found_unless_it_is_long_ago(postgres_dsn: str):
    async with migrated(postgres_dsn) as database, database.connection() as connection:
        await store(connection, "GS001", (0, 1.0), (10, 2.0))
        await store(connection, "GS002", (-6 * 86400.0, 1.0))
        found = await last_readings(connection, ["GS001", "GS002", "GS003"], BEGAN + 60)
        assert [(one.sn, one.conc) for one in found] == [("GS001", 2.0)]
        assert [one.conc for one in await recent_readings(connection, "GS001", 5)] == [2.0, 1.0]


async def test_readings_come_in_order_and_in_pieces(postgres_dsn: str):
    async with migrated(postgres_dsn) as database, database.connection() as connection:
        await store(connection, "GS001", *((float(1200 - n), float(n)) for n in range(1201)))
        sizes, times = [], []
        async for piece in readings_since(connection, "GS001", BEGAN):
            sizes.append(len(piece))
            times += [reading.time for reading in piece]
        assert sizes == [500, 500, 201]
        assert times == sorted(times)


async def test_alarms_that_were_on_are_found_whenever_they_began(postgres_dsn: str):
    async with migrated(postgres_dsn) as database, database.connection() as connection:
        for type, begin, end in (("A1", -900, -600), ("A2", -900, 60), ("fault", 100, None), ("battery", 9000, None)):
            await connection.execute(
                "insert into alarms (sn, time, type, notified, active, returned_at) "
                "values ('GS001', to_timestamp($1), $2, true, $3, to_timestamp($4))",
                BEGAN + begin,
                type,
                end is None,
                None if end is None else BEGAN + end,
            )
        found = await past_alarms(connection, "GS001", BEGAN, BEGAN + 3600)
        assert [(one.type, one.at - BEGAN, one.until and one.until - BEGAN) for one in found] == [
            ("A2", -900.0, 60.0),
            ("fault", 100.0, None),
        ]
