"""What is in a file, that it is always the same bytes, and that a half one is never taken for whole."""

import gzip
import subprocess
import sys

from tests.eventually import eventually
from tests.nodes.archive.night import Night

NAME = "archive_GS001_2026-03-06.csv.gz"


async def test_same_rows_give_the_same_bytes(tonight: Night):
    """In whatever order they were stored, and whenever they are filed."""
    await tonight.fill([6], devices=1)
    async with tonight.database.connection() as connection:
        await connection.execute("create table kept as select * from readings order by random()")
    await tonight.run()
    first = tonight.objects()[NAME]
    async with tonight.database.connection() as connection:
        await connection.execute("delete from archives; insert into readings select * from kept")
    await tonight.clock.advance(86_400)
    await tonight.run()
    assert tonight.objects()[NAME] == first
    assert first[4:8] == bytes(4)  # the time in gzip's header


async def test_file_reads_as_what_the_table_said(tonight: Night):
    """Times in UTC with their offset, numbers in full, null as nothing, JSON as it is."""
    await tonight.fill([6], devices=1, rows=5)
    await tonight.run()
    lines = gzip.decompress(tonight.objects()[NAME]).decode().splitlines()
    assert lines[0] == "sn,time,seq,v_raw,temp,humi,bat,rssi,net,err,conc,conc_raw,flags,received_at,extra"
    assert lines[1] == "GS001,2026-03-06 00:00:00+00,0,2000,20,45,88,-70,4G,0,0,-1,0,2026-03-06 00:00:00+00,"
    assert lines[4].endswith(',"{""n"": [1, 2], ""note"": ""a, \\""b\\""""}"')


async def test_full_disk_is_waited_for(tonight: Night):
    """Nothing half stays under the file's name; when there is room again the same run goes on."""
    await tonight.fill([6], devices=1)
    tonight.archive.folder.mkdir(parents=True)
    full = tonight.archive.folder / f"{NAME}.part"
    full.symlink_to("/dev/full")
    await tonight.begin()
    await eventually(lambda: tonight.site.flows["archive"].nodes["file"].queue.problem)
    (((name, state, problem),)) = await tonight.ledger()
    assert (name, state) == (NAME, "selected")
    assert "No space left on device" in problem
    assert tonight.archive.health()["status"] == "degraded"
    assert tonight.local == []
    assert len(await tonight.rows()) == 40
    await tonight.clock.advance(60)
    await tonight.finished()
    assert len(tonight.archived()) == 40
    assert await tonight.rows() == []
    assert tonight.archive.health()["status"] == "ok"


async def test_half_file_of_an_earlier_run_is_written_anew(tonight: Night):
    """A file that is not what the ledger says is no file."""
    await tonight.fill([6], devices=1)
    rows = await tonight.rows()
    upload = tonight.site.flows["archive"].nodes["upload"].instance
    upload.target.name = "nowhere-at-all"
    await tonight.begin()
    await eventually(lambda: tonight.archive.health()["stuck"])
    whole = tonight.archive.folder / NAME
    content = whole.read_bytes()
    whole.write_bytes(content[: len(content) // 2])
    await tonight.restart()
    await tonight.run()
    assert tonight.archived() == rows


def test_memory_does_not_grow_with_the_rows(postgres_dsn: str):
    """100,000 rows are 12 MB of text; `tests/bench` does it with five million."""
    command = [sys.executable, "-m", "tests.bench.archive_memory", "--rows", "100000", "--dsn", postgres_dsn]
    told = subprocess.run(command, check=True, capture_output=True, text=True, timeout=120).stdout
    assert float(told.rpartition("grown by ")[2].split()[0]) < 10.0, told
