"""What is in a file, that it is always the same bytes, and that a half one is never taken for whole."""

import gzip
import subprocess
import sys

from tests.eventually import eventually
from tests.nodes.archive.archive_site import ArchiveSite

NAME = "archive_GS001_2026-03-06.csv.gz"


async def test_same_rows_give_the_same_bytes(site: ArchiveSite):
    """In whatever order they were stored, and whenever they are filed."""
    await site.fill([6], devices=1)
    async with site.database.connection() as connection:
        await connection.execute("create table kept as select * from readings order by random()")
    await site.run()
    first = site.objects()[NAME]
    async with site.database.connection() as connection:
        await connection.execute("delete from archives; insert into readings select * from kept")
    await site.clock.advance(86_400)
    await site.run()
    assert site.objects()[NAME] == first
    assert first[4:8] == bytes(4)  # the time in gzip's header


async def test_file_reads_as_what_the_table_said(site: ArchiveSite):
    """Times in UTC with their offset, numbers in full, null as nothing, JSON as it is."""
    await site.fill([6], devices=1, rows=5)
    await site.run()
    lines = gzip.decompress(site.objects()[NAME]).decode().splitlines()
    assert lines[0] == "sn,time,seq,v_raw,temp,humi,bat,rssi,net,err,conc,conc_raw,flags,received_at,extra"
    assert lines[1] == "GS001,2026-03-06 00:00:00+00,0,2000,20,45,88,-70,4G,0,0,-1,0,2026-03-06 00:00:00+00,"
    assert lines[4].endswith(',"{""n"": [1, 2], ""note"": ""a, \\""b\\""""}"')


async def test_full_disk_is_waited_for(site: ArchiveSite):
    """Nothing half stays under the file's name; when there is room again the same run goes on."""
    await site.fill([6], devices=1)
    site.archive.folder.mkdir(parents=True)
    full = site.archive.folder / f"{NAME}.part"
    full.symlink_to("/dev/full")
    await site.begin()
    await eventually(lambda: site.site.flows["archive"].nodes["file"].queue.problem)
    (((name, state, problem),)) = await site.ledger()
    assert (name, state) == (NAME, "selected")
    assert "No space left on device" in problem
    assert site.archive.health()["status"] == "degraded"
    assert site.local == []
    assert len(await site.rows()) == 40
    await site.clock.advance(60)
    await site.finished()
    assert len(site.archived()) == 40
    assert await site.rows() == []
    assert site.archive.health()["status"] == "ok"


async def test_half_file_of_an_earlier_run_is_written_anew(site: ArchiveSite):
    """A file that is not what the ledger says is no file."""
    await site.fill([6], devices=1)
    rows = await site.rows()
    upload = site.site.flows["archive"].nodes["upload"].instance
    upload.target.name = "nowhere-at-all"
    await site.begin()
    await eventually(lambda: site.archive.health()["stuck"])
    whole = site.archive.folder / NAME
    content = whole.read_bytes()
    whole.write_bytes(content[: len(content) // 2])
    await site.restart()
    await site.run()
    assert site.archived() == rows


def test_memory_does_not_grow_with_the_rows(postgres_dsn: str):
    """100,000 rows are 12 MB of text; `tests/bench` does it with five million."""
    command = [sys.executable, "-m", "tests.bench.archive_memory", "--rows", "100000", "--dsn", postgres_dsn]
    told = subprocess.run(command, check=True, capture_output=True, text=True, timeout=120).stdout
    assert float(told.rpartition("grown by ")[2].split()[0]) < 10.0, told
