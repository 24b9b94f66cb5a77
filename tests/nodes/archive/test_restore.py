"""Archive files come back into a table of their own, whole or not at all."""

from __future__ import annotations

import gzip
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import asyncpg
import pytest

from engine.api import PermanentError
from plant.archive.restore import RestoreJob, restore_file
from plant.archive.rows import COLUMNS
from tests.eventually import eventually
from tests.nodes.archive.archive_site import ArchiveSite
from tests.said import said

NAME = "archive_GS001_2026-03-06.csv.gz"
GOOD = "sn,time,seq,v_raw\nGS001,2026-03-06 00:00:00+00,1,2.5\n"


async def test_restored_rows_are_those_that_were_archived(site: ArchiveSite):
    """Fetched from the bucket, checked, and put into a table of their own; twice does no harm."""
    await site.fill([6], devices=1)
    async with site.database.connection() as connection:
        await connection.execute("create table kept as select * from readings")
        await site.run()
        row = await connection.fetchrow("select * from archives")
        assert row is not None
        (file,) = await site.archive.ledger.cleaned([row["name"]])
        for added in (40, 0):
            job = site.archive.restores.begin(file, "restored_march")
            await eventually(lambda job=job: job.state != "running")
            assert job == RestoreJob(name=NAME, table="restored_march", state="done", rows=40, added=added)
        names = ", ".join(COLUMNS)
        differing = f"select {names} from kept except select {names} from restored_march"
        assert await connection.fetch(differing) == []
        assert await connection.fetchval("select count(*) from restored_march") == 40
    assert site.local == []


async def test_object_that_was_exchanged_in_the_bucket_is_not_restored(site: ArchiveSite):
    """Its MD5 is not that of the ledger."""
    await site.fill([6], devices=1)
    await site.run()
    site.client.put_object(Bucket=site.bucket.name, Key=NAME, Body=gzip.compress(GOOD.encode()))
    (file,) = await site.archive.ledger.cleaned([NAME])
    job = site.archive.restores.begin(file, "restored_readings")
    await eventually(lambda: job.state != "running")
    assert job.state == "failed"
    assert "MD5 differs" in job.problem


@pytest.mark.parametrize(
    "table", ["readings", "restored; drop table readings", "RestoreJob", "restored-1", "public.restored"]
)
async def test_no_other_table_can_be_restored_into(tmp_path: Path, table: str):
    """What is restored must never look like what was measured now."""
    with pytest.raises(PermanentError, match="can't be restored into"):
        await restore_file(None, tmp_path / "x", table)  # type: ignore[arg-type]  # it comes to no connection


async def test_damaged_file_is_refused_whole(postgres_dsn: str, tmp_path: Path):
    """The reason says what is wrong with it, and no table is left."""
    path = tmp_path / NAME
    damaged = [
        (b"", "cut off"),
        (b"sn,time\n", "no gzip file"),
        (gzip.compress(GOOD.encode())[:-6], "cut off"),
        (gzip.compress(GOOD.encode())[:-8] + bytes(8), "damaged"),
        (gzip.compress(b"a,b\n1,2\n"), "no archive of readings"),
        (gzip.compress((GOOD + "GS001,soon,2,2.5\n").encode()), "nothing of it was restored"),
        # The database refuses a row long before the end is missed.
        (gzip.compress((GOOD + "GS001,soon,2,2.5\n" * 500_000).encode())[:-6], "cut off"),
    ]
    connection: Any = await asyncpg.connect(postgres_dsn)
    for content, words in damaged:
        path.write_bytes(content)
        with pytest.raises(PermanentError) as refused:
            await restore_file(connection, path)
        assert words in said(refused.value)
    assert await connection.fetchval("select to_regclass('restored_readings')") is None
    await connection.close()


def test_command_restores_files_without_the_site(postgres_dsn: str, tmp_path: Path):
    """Into an empty database; files of several gzip members too; what can't be read is said, and the rest goes on."""
    (tmp_path / "bad.csv.gz").write_bytes(b"sn,time,seq")
    second = "GS001,2026-03-06 00:00:10+00,2,2.5\n"
    (tmp_path / "good.csv.gz").write_bytes(gzip.compress(GOOD.encode()) + gzip.compress(second.encode()))
    command = [sys.executable, "-m", "engine", "restore", "bad.csv.gz", "good.csv.gz"]
    environment = {**os.environ, "MCS_DATABASE_URL": postgres_dsn}
    done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=60)
    assert done.returncode == 1
    assert done.stdout.splitlines() == [
        "bad.csv.gz: bad.csv.gz is no gzip file, or is damaged (Error -3 while decompressing data: incorrect header check)",
        "good.csv.gz: 2 rows, 2 of them new in restored_readings",
    ]


async def test_a_file_has_every_column_of_readings(site: ArchiveSite, tmp_path: Path):
    """A column that a migration adds must not stay out of the archive."""
    async with site.database.connection() as connection:
        rows = await connection.fetch(
            "select attname from pg_attribute where attrelid = 'readings'::regclass and attnum > 0 and not attisdropped"
        )
        (tmp_path / NAME).write_bytes(gzip.compress(GOOD.encode()))
        await restore_file(connection, tmp_path / NAME)
        restored = await connection.fetch(
            "select attname from pg_attribute where attrelid = 'restored_readings'::regclass and attnum > 0"
        )
    assert {row["attname"] for row in rows} == set(COLUMNS) == {row["attname"] for row in restored}
