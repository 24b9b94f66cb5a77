"""What was given to the spool is on disk, in order, and what is damaged is told and does not take the rest with it."""

from __future__ import annotations

import asyncio
import os
import signal
import sqlite3
import subprocess
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import pytest

from engine.runtime.state.spool.spool_file import SpoolFile, SpoolFull

Opened = Callable[[], Awaitable[SpoolFile]]


@pytest.fixture
async def opened(tmp_path: Path) -> AsyncIterator[Opened]:
    files: list[SpoolFile] = []

    async def make(limit_bytes: int = 10_000_000) -> SpoolFile:
        spool = SpoolFile(tmp_path / "spool.sqlite", limit_bytes=limit_bytes, now=lambda: 1_800_000_000.0)
        await spool.open()
        files.append(spool)
        return spool

    yield make
    for spool in files:
        await spool.close()


async def test_batches_come_back_in_order_after_a_new_start(opened: Opened):
    first = await opened()
    await asyncio.gather(*(first.append("rows", 2, b"%d" % number) for number in range(50)))
    await first.append("events", 1, b"other")
    await first.close()
    second = await opened()
    assert [entry.body for entry in await second.oldest("rows")] == [b"%d" % number for number in range(50)]
    assert second.backlog("rows")[:2] == (100, sum(len(b"%d" % number) for number in range(50)))
    assert second.backlog("events").rows == 1


async def test_removal_leaves_what_came_later_and_the_other_streams(opened: Opened):
    spool = await opened()
    for body in (b"a", b"b", b"c"):
        await spool.append("rows", 1, body)
    await spool.append("events", 1, b"x")
    entries = await spool.oldest("rows", most_bytes=2)
    await spool.remove("rows", entries[-1].id)
    assert [entry.body for entry in await spool.oldest("rows")] == [b"c"]
    assert (spool.backlog("rows").rows, spool.backlog("events").rows) == (1, 1)


async def test_full_spool_refuses_and_keeps_what_it_has(opened: Opened):
    spool = await opened(100)  # type: ignore[call-arg]
    await spool.append("rows", 1, bytes(90))
    with pytest.raises(SpoolFull, match="is full"):
        await spool.append("rows", 1, bytes(20))
    assert spool.backlog("rows").rows == 1


async def test_appends_that_wait_together_do_not_pass_the_limit_together(opened: Opened):
    spool = await opened(100)  # type: ignore[call-arg]
    results = await asyncio.gather(*(spool.append("rows", 1, bytes(40)) for _ in range(4)), return_exceptions=True)
    assert [isinstance(result, SpoolFull) for result in results] == [False, False, True, True]


async def test_copies_are_there_at_the_next_start_and_go_when_deleted(opened: Opened):
    first = await opened()
    first.copy("devices", "GS1", b"one")
    first.copy("devices", "GS2", b"two")
    await first.append("rows", 1, b"a")  # copies go along with the commit
    first.copy("devices", "GS2", None)
    assert await first.copies("devices") == {"GS1": b"one"}
    await first.close()
    second = await opened()
    assert await second.copies("devices") == {"GS1": b"one"}


async def test_flipped_bit_in_a_batch_costs_that_batch_and_is_reported(opened: Opened, tmp_path: Path):
    first = await opened()
    for number in range(3):
        await first.append("rows", 1, b"batch %d " % number * 2000)
    await first.close()
    file = tmp_path / "spool.sqlite"
    raw = bytearray(file.read_bytes())
    raw[raw.index(b"batch 1 batch 1") + 3000] ^= 1
    file.write_bytes(raw)
    second = await opened()
    assert [entry.body[:8] for entry in await second.oldest("rows")] == [b"batch 0 ", b"batch 2 "]
    assert "damaged" in str(second.problem)


def names(folder: Path) -> list[str]:
    return [file.name for file in folder.iterdir()]


async def test_damaged_file_is_set_aside_and_its_readable_part_taken_over(opened: Opened, tmp_path: Path):
    first = await opened()
    first.copy("devices", "GS1", b"one")
    for number in range(200):
        await first.append("rows", 1, b"%03d" % number * 1000)
    await first.close()
    file = tmp_path / "spool.sqlite"
    raw = bytearray(file.read_bytes())
    middle = len(raw) // 2 // 4096 * 4096
    raw[middle : middle + 4096] = os.urandom(4096)
    file.write_bytes(raw)
    second = await opened()
    kept = [entry.body[:3] for entry in await second.oldest("rows", most_bytes=10_000_000)]
    assert 150 < len(kept) < 200
    assert kept == sorted(kept)
    assert "damaged" in str(second.problem)
    assert any("damaged" in name for name in names(tmp_path))


async def test_file_that_is_no_database_at_all_does_not_keep_the_start(opened: Opened, tmp_path: Path):
    (tmp_path / "spool.sqlite").write_bytes(os.urandom(20_000))
    spool = await opened()
    await spool.append("rows", 1, b"a")
    assert spool.backlog("rows").rows == 1
    assert "damaged" in str(spool.problem)


WRITER = """
import asyncio, sys
from pathlib import Path
from engine.runtime.state.spool.spool_file import SpoolFile

async def main():
    spool = SpoolFile(Path(sys.argv[1]), limit_bytes=100_000_000)
    await spool.open()
    number = 0
    while True:
        await spool.append("rows", 1, b"%d" % number)
        print(number, flush=True)
        number += 1

asyncio.run(main())
"""


def write_until_killed(file: Path) -> int:
    """How many batches were answered before the kill."""
    with subprocess.Popen([sys.executable, "-c", WRITER, file], stdout=subprocess.PIPE) as writer:
        assert writer.stdout is not None
        for _ in range(200):
            writer.stdout.readline()
        writer.send_signal(signal.SIGKILL)
        return 200 + len(writer.stdout.readlines())


async def test_nothing_that_was_answered_is_missing_after_a_kill(opened: Opened, tmp_path: Path):
    answered = await asyncio.to_thread(write_until_killed, tmp_path / "spool.sqlite")
    spool = await opened()
    bodies = [entry.body for entry in await spool.oldest("rows", most_bytes=10_000_000)]
    assert bodies[: answered - 1] == [b"%d" % number for number in range(min(answered - 1, len(bodies)))]
    assert spool.backlog("rows").rows >= answered - 1


async def test_only_the_account_itself_may_read_it(opened: Opened, tmp_path: Path):
    await opened()
    assert (tmp_path / "spool.sqlite").stat().st_mode & 0o077 == 0
    assert sqlite3.connect(tmp_path / "spool.sqlite").execute("pragma journal_mode").fetchone() == ("wal",)
