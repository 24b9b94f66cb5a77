"""The full edition's own: compression and ready minutes. Collected where MCS_TEST_TIMESCALEDB names a PostgreSQL that has it."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine.core.clock import ManualClock
from plant.readings.queries import minutes
from plant.readings.storage import FULL_EDITION, ReadingStorage
from tests.nodes.archive.archive_site import TODAY, archive_site
from tests.servers.s3 import Bucket
from tests.servers.timescaledb import FULL, Edition

__test__ = bool(FULL)


@pytest.fixture
def full(edition: Edition) -> Edition:
    return edition


@pytest.mark.parametrize("edition_server", ["timescaledb"], indirect=True)
async def test_compressed_days_are_archived_and_late_rows_go_into_them(
    full: Edition, s3_bucket: Bucket, tmp_path: Path
):
    """Compressed or not, the same rows come out; the minutes of a day go with it."""
    async with archive_site(full.dsn, s3_bucket, tmp_path) as site:
        await ReadingStorage(site.database, ManualClock(TODAY.timestamp())).run_once()
        async with site.database.connection() as connection:  # the job would compress at a moment of its own
            await connection.execute("select remove_compression_policy('readings')")
        await site.fill([5, 6, 7], rows=600)
        old, hot = await site.rows(before=7), await site.rows()
        async with site.database.connection() as connection:
            begin = TODAY.replace(day=7, hour=0).timestamp()
            before = await minutes(connection, "GS001", begin, begin + 86400)
            await connection.execute("call refresh_continuous_aggregate('readings_by_minute', null, null)")
            await connection.fetch("select compress_chunk(chunk) from show_chunks('readings') as chunk")
            assert await connection.fetchval(
                "select bool_and(is_compressed) from timescaledb_information.chunks where hypertable_name = 'readings'"
            )
            assert await minutes(connection, "GS001", begin, begin + 86400) == before
        assert await site.rows() == hot
        await site.add("GS001", 6, 9999)
        await site.run()
        assert len(site.archived()) == len(old) + 1
        assert await site.rows() == sorted(set(hot) - set(old))
        async with site.database.connection() as connection:
            kept = await connection.fetchval("select min(minute) from readings_by_minute")
        assert kept == TODAY.replace(day=7, hour=0)


@pytest.mark.parametrize("edition_server", ["timescaledb"], indirect=True)
async def test_jobs_compress_after_a_day_and_refresh_each_minute_and_none_drops(
    full: Edition, s3_bucket: Bucket, tmp_path: Path
):
    """A retention policy would lose what is not archived."""
    async with archive_site(full.dsn, s3_bucket, tmp_path) as site:
        await ReadingStorage(site.database, site.clock).run_once()
        async with site.database.connection() as connection:
            rows = await connection.fetch(
                "select proc_name, schedule_interval::text, config->>'compress_after' as after from timescaledb_information.jobs "
                "where job_id >= 1000 order by 1"
            )
    assert [tuple(row) for row in rows] == [
        ("policy_compression", "12:00:00", "24:00:00"),
        ("policy_refresh_continuous_aggregate", "00:01:00", None),
    ]
    assert "retention" not in FULL_EDITION.read_text(encoding="utf-8").replace("no retention policy", "")
