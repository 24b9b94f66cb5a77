"""What leaves the database: exactly what is in a verified file."""

import asyncio

import pytest

from engine.api import Message
from nodes.archive.archive_clean import ArchiveClean
from tests.nodes.archive.archive_site import ArchiveSite


async def test_day_that_is_wholly_archived_is_dropped(site: ArchiveSite):
    """Its partition goes; those of other days stay."""
    await site.fill([6, 7])
    await site.run()
    assert await site.partitions() == ["readings_20260307"]


@pytest.mark.parametrize("change", ["insert", "update"])
async def test_row_that_changed_since_it_was_filed_stays(
    site: ArchiveSite, monkeypatch: pytest.MonkeyPatch, change: str
):
    """One that came late, one that was corrected: nothing of that device is deleted, and the next run files it anew."""
    await site.fill([6], devices=2)
    process = ArchiveClean.process
    statements = {
        "insert": "insert into readings (sn, time, seq, v_raw) values ('GS001', '2026-03-06 12:00Z', 9999, 1) on conflict do nothing",
        "update": "update readings set conc = 77 where sn = 'GS001' and seq = 3",
    }

    async def late(self: ArchiveClean, msg: Message) -> list[Message]:
        async with site.database.connection() as connection:
            await connection.execute(statements[change])
        return await process(self, msg)

    monkeypatch.setattr(ArchiveClean, "process", late)
    await site.restart()
    await site.run()
    monkeypatch.setattr(ArchiveClean, "process", process)
    await site.restart()
    rows = await site.rows()
    assert {row[0] for row in rows} == {"GS001"}
    assert (await site.ledger("state"))[1] == ("cleaned",)
    await site.run()
    await site.run()
    assert [row for row in site.archived() if row[0] == "GS001"] == rows
    assert await site.rows() == []
    assert await site.partitions() == []


async def test_reading_that_arrives_while_the_day_is_dropped_is_kept(site: ArchiveSite):
    """It waits for the partition's lock, and is stored in the default partition then."""
    await site.fill([6])
    running = asyncio.create_task(site.run())
    for seq in range(60):
        await site.add("GS009", 6, seq)
    await running
    await site.run()
    await site.run()
    assert len([row for row in site.archived() if row[0] == "GS009"]) == 60
    assert len(site.archived()) == 180


async def test_rows_in_the_default_partition_are_deleted(site: ArchiveSite):
    """A day without a partition of its own has nothing to drop."""
    await site.add("GS001", 2, 1)
    await site.add("GS001", 9, 2)
    await site.run()
    assert [row[2] for row in site.archived()] == ["1"]
    assert [row[2] for row in await site.rows()] == ["2"]
