"""Days of readings on every edition of the database that is here: how long they take to store, how large they are, how fast they answer.

python -m tests.bench.storage                       5 days of 100 devices, a reading every 10 s: 4.3 million rows on each edition
python -m tests.bench.storage --devices 10 --days 2 --interval 60
"""

from __future__ import annotations

import argparse
import asyncio
import datetime
import tempfile
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import msgspec

from engine.core.clock import ManualClock
from plant.readings.queries import last_readings, minutes, recent_readings
from plant.readings.storage import EDITIONS, ReadingStorage
from tests.plant.site_database import migrated
from tests.servers.timescaledb import EDITIONS as HERE
from tests.servers.timescaledb import start_edition

DAY = datetime.timedelta(days=1)
NOW = datetime.datetime(2026, 3, 10, 18, tzinfo=datetime.UTC)
ASKED = 5
"""How often each question is asked; the quickest counts, the first has to read from disk."""

# Values walk as a detector's do: noise on a slow wave. Random digits would compress like nothing that is measured.
_DAY = """
insert into readings (sn, time, received_at, seq, v_raw, temp, humi, bat, rssi, net, err, conc, conc_raw)
select sn, at, at + interval '0.3 s', (extract(epoch from at)::bigint / $3) % 65536,
    2350 + 40 * wave + (random() * 8)::int / 2.0, 22 + round((4 * wave)::numeric, 1), 45 + n / 900 % 10, 88 - n / 4000,
    -70 - (random() * 5)::int, '4G', 0, round((7 + wave + noise)::numeric, 2), round((7 + wave + noise)::numeric, 2)
from (
    select 'GS' || lpad(device::text, 4, '0') as sn, n, $1::timestamptz + n * $3 * interval '1 s' as at, sin(n / 500.0) as wave, random() / 5 as noise
    from generate_series(0, 86400 / $3 - 1) as n, generate_series(1, $2) as device
) as made order by at, sn
"""

_SIZES = {
    "postgresql": "select sum(pg_total_relation_size(relid))::bigint from pg_partition_tree('readings')",
    "timescaledb-apache": "select hypertable_size('readings')",
    "timescaledb": "select hypertable_size('readings')",
}


class Figures(msgspec.Struct, kw_only=True):
    """Of one edition. Sizes in MB, questions in ms: a device's last hour by the minute, its last three days by the minute, the last reading
    of all devices, the last 100 readings of a device."""

    edition: str
    rows: int
    store_s: float
    size_mb: float
    compressed_mb: float | None
    hour_ms: float
    days_ms: float
    last_ms: float
    recent_ms: float


async def measure(edition: str, dsn: str, devices: int, days: int, interval_s: int) -> Figures:
    """Fills a fresh database and asks it."""
    async with migrated(dsn) as database, database.connection() as connection:
        await ReadingStorage(database, ManualClock(NOW.timestamp())).run_once()
        if edition == "timescaledb":  # its job would compress at a moment of its own
            await connection.execute("select remove_compression_policy('readings')")
        first = NOW.replace(hour=0) - (days - 1) * DAY
        await connection.execute("select make_reading_partitions($1, $2)", first.date(), NOW.date())
        began = time.perf_counter()
        for day in range(days):
            await connection.execute(_DAY, first + day * DAY, devices, interval_s, timeout=3600)
        store_s = time.perf_counter() - began
        rows = await connection.fetchval("select count(*) from readings", timeout=600)
        size = await connection.fetchval(_SIZES[edition])
        compressed = None
        if edition == "timescaledb":
            await connection.execute(
                "call refresh_continuous_aggregate('readings_by_minute', null, null)", timeout=3600
            )
            old = "select compress_chunk(chunk) from show_chunks('readings', older_than => $1::timestamptz) as chunk"
            await connection.execute(old, NOW - DAY, timeout=3600)
            compressed = await connection.fetchval(_SIZES[edition])
        await connection.execute("vacuum analyze readings", timeout=3600)
        now, sns = NOW.timestamp(), [f"GS{device:04}" for device in range(1, devices + 1)]
        return Figures(
            edition=edition,
            rows=rows,
            store_s=store_s,
            size_mb=size / 1e6,
            compressed_mb=None if compressed is None else compressed / 1e6,
            hour_ms=await _quickest(lambda: minutes(connection, sns[0], now - 3600, now)),
            days_ms=await _quickest(lambda: minutes(connection, sns[0], now - 3 * 86400, now)),
            last_ms=await _quickest(lambda: last_readings(connection, sns, now)),
            recent_ms=await _quickest(lambda: recent_readings(connection, sns[0], 100)),
        )


async def _quickest(ask: Callable[[], Awaitable[Any]]) -> float:
    times = []
    for _ in range(ASKED):
        began = time.perf_counter()
        assert await ask(), "a question without an answer says nothing"
        times.append(time.perf_counter() - began)
    return 1000 * min(times)


def table(found: list[Figures]) -> str:
    """The figures as lines of text."""
    head = f"{'edition':30} {'rows':>9} {'store s':>8} {'MB':>7} {'compr.':>7} {'1 h ms':>7} {'3 d ms':>7} {'last ms':>8} {'recent':>7}"
    lines = []
    for one in found:
        compressed = "-" if one.compressed_mb is None else f"{one.compressed_mb:.1f}"
        sizes = f"{one.rows:9} {one.store_s:8.1f} {one.size_mb:7.1f} {compressed:>7}"
        times = f"{one.hour_ms:7.1f} {one.days_ms:7.1f} {one.last_ms:8.1f} {one.recent_ms:7.1f}"
        lines.append(f"{EDITIONS[one.edition]:30} {sizes} {times}")
    return "\n".join([head, *lines])


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--devices", type=int, default=100)
    parser.add_argument("--days", type=int, default=5)
    parser.add_argument("--interval", type=int, default=10, help="seconds")
    options = parser.parse_args()
    found = []
    for edition in HERE:
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            folder.chmod(0o755)
            server = start_edition(edition, folder)
            try:
                if edition != "postgresql":
                    server.sql("create extension timescaledb")
                found.append(
                    asyncio.run(measure(edition, server.dsn(), options.devices, options.days, options.interval))
                )
            finally:
                server.stop()
    print(table(found))


if __name__ == "__main__":
    main()
