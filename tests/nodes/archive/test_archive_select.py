"""Which days a run takes on, and what becomes of rows that come late."""

import pytest

from engine.api import NoLeases, RetryableError
from engine.runtime.services.leases import Lease
from plant.archive.service import Archive
from tests.nodes.archive.archive_site import TODAY, ArchiveSite


async def test_days_older_than_three_leave_and_the_others_stay(site: ArchiveSite):
    """Whole days by UTC: at 18:00 on the 10th the 6th goes, the 7th stays."""
    await site.fill([4, 6, 7, 10])
    old, hot = await site.rows(before=7), await site.rows()
    await site.run()
    assert site.archived() == old
    assert await site.rows() == sorted(set(hot) - set(old))
    assert await site.states() == ["cleaned"] * 6
    assert site.local == []


async def test_files_are_named_by_device_and_day(site: ArchiveSite):
    """archive_{sn}_{date}.csv.gz."""
    await site.fill([6], devices=2)
    await site.run()
    assert list(site.objects()) == ["archive_GS001_2026-03-06.csv.gz", "archive_GS002_2026-03-06.csv.gz"]


async def test_second_run_has_nothing_to_do(site: ArchiveSite):
    await site.fill([6])
    await site.run()
    before = await site.ledger("changed_at")
    await site.run()
    assert await site.ledger("changed_at") == before


async def test_rows_that_come_after_their_day_was_archived_are_part_two(site: ArchiveSite):
    """The first file stays as it is."""
    await site.fill([6], devices=1)
    await site.run()
    first = site.objects()
    await site.add("GS001", 6, 9999)
    await site.run()
    later = site.objects()
    assert list(later) == ["archive_GS001_2026-03-06.csv.gz", "archive_GS001_2026-03-06_2.csv.gz"]
    assert later["archive_GS001_2026-03-06.csv.gz"] == first["archive_GS001_2026-03-06.csv.gz"]
    assert len(site.archived()) == 41
    assert await site.rows() == []


async def test_run_goes_no_further_than_most_and_the_next_goes_on(site: ArchiveSite):
    """The oldest first."""
    site.site.flows["archive"].nodes["select"].instance.most = 2
    await site.fill([4, 6])
    await site.run()
    assert await site.states() == ["cleaned", "cleaned", *["selected"] * 4]
    await site.run()
    await site.run()
    assert await site.states() == ["cleaned"] * 6


async def test_run_that_is_still_under_way_is_not_doubled(site: ArchiveSite):
    """A second trigger meanwhile is dropped and counted."""
    await site.fill([6])
    await site.begin()
    await site.begin()
    await site.finished()
    assert len(site.archived()) == 120
    select = site.site.flows["archive"].nodes["select"]
    assert select.context.status_level == "warning"


async def test_serial_numbers_with_signs_make_safe_names(site: ArchiveSite):
    """A colon is no part of a file name everywhere."""
    await site.add("A:1.b_c-d", 6, 1)
    await site.run()
    assert list(site.objects()) == ["archive_A%3A1.b_c-d_2026-03-06.csv.gz"]


async def test_a_second_process_that_archives_is_told_the_name_of_the_first(site: ArchiveSite):
    """Whatever its flow is called: one would clean what the other is still filing."""

    class TheOtherHasIt(NoLeases):
        async def claim(self, name: str, changed: object = None) -> Lease | None:
            return Lease(name=name, holder="x", process="archiver", url="")

    site.site.provide(TheOtherHasIt(), NoLeases)
    second = Archive(site)
    with pytest.raises(RetryableError, match="the process archiver archives"):
        await second.select(TODAY, TODAY, 10)
    assert await site.states() == []
