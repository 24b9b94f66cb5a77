"""Which days a run takes on, and what becomes of rows that come late."""

from tests.nodes.archive.night import Night


async def test_days_older_than_three_leave_and_the_others_stay(tonight: Night):
    """Whole days by UTC: at 18:00 on the 10th the 6th goes, the 7th stays."""
    await tonight.fill([4, 6, 7, 10])
    old, hot = await tonight.rows(before=7), await tonight.rows()
    await tonight.run()
    assert tonight.archived() == old
    assert await tonight.rows() == sorted(set(hot) - set(old))
    assert await tonight.states() == ["cleaned"] * 6
    assert tonight.local == []


async def test_files_are_named_by_device_and_day(tonight: Night):
    """archive_{sn}_{date}.csv.gz."""
    await tonight.fill([6], devices=2)
    await tonight.run()
    assert list(tonight.objects()) == ["archive_GS001_2026-03-06.csv.gz", "archive_GS002_2026-03-06.csv.gz"]


async def test_second_run_has_nothing_to_do(tonight: Night):
    await tonight.fill([6])
    await tonight.run()
    before = await tonight.ledger("changed_at")
    await tonight.run()
    assert await tonight.ledger("changed_at") == before


async def test_rows_that_come_after_their_day_was_archived_are_part_two(tonight: Night):
    """The first file stays as it is."""
    await tonight.fill([6], devices=1)
    await tonight.run()
    first = tonight.objects()
    await tonight.add("GS001", 6, 9999)
    await tonight.run()
    later = tonight.objects()
    assert list(later) == ["archive_GS001_2026-03-06.csv.gz", "archive_GS001_2026-03-06_2.csv.gz"]
    assert later["archive_GS001_2026-03-06.csv.gz"] == first["archive_GS001_2026-03-06.csv.gz"]
    assert len(tonight.archived()) == 41
    assert await tonight.rows() == []


async def test_run_goes_no_further_than_most_and_the_next_goes_on(tonight: Night):
    """The oldest first."""
    tonight.site.flows["archive"].nodes["select"].instance.most = 2
    await tonight.fill([4, 6])
    await tonight.run()
    assert await tonight.states() == ["cleaned", "cleaned", *["selected"] * 4]
    await tonight.run()
    await tonight.run()
    assert await tonight.states() == ["cleaned"] * 6


async def test_run_that_is_still_under_way_is_not_doubled(tonight: Night):
    """A second trigger meanwhile is dropped and counted."""
    await tonight.fill([6])
    await tonight.begin()
    await tonight.begin()
    await tonight.finished()
    assert len(tonight.archived()) == 120
    select = tonight.site.flows["archive"].nodes["select"]
    assert select.context.status_level == "warning"


async def test_serial_numbers_with_signs_make_safe_names(tonight: Night):
    """A colon is no part of a file name everywhere."""
    await tonight.add("A:1.b_c-d", 6, 1)
    await tonight.run()
    assert list(tonight.objects()) == ["archive_A%3A1.b_c-d_2026-03-06.csv.gz"]
