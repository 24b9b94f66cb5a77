"""Brings archive files back: into a table of their own, where they can be queried without ever being archived again."""

from __future__ import annotations

import asyncio
import re
import zlib
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Literal

import asyncpg
import msgspec
from asyncpg.pool import PoolConnectionProxy

from engine.api import BackgroundJobs, PermanentError, RetryableError, Settings, Text, connection_or_retry, copy_stream
from plant.archive.bucket import Bucket
from plant.archive.entry import ArchiveFile
from plant.archive.file import is_intact
from plant.archive.ledger import Ledger
from plant.archive.rows import COLUMNS

__all__ = ["TABLE", "RestoreJob", "RestoreJobs", "restore_file"]

TABLE = "restored_readings"
TABLE_NAME = re.compile(r"restored[a-z0-9_]{0,50}")
PIECE_BYTES = 1 << 18
UNPACKED_BYTES = 1 << 20
KEPT = 20
GZIP = 31

_MADE = """
create table if not exists {table} (
    time timestamptz not null, received_at timestamptz, v_raw double precision not null, temp double precision,
    humi double precision, conc double precision, conc_raw double precision, seq integer not null, bat smallint, rssi smallint,
    err smallint, flags smallint, sn text not null, net text, extra jsonb, primary key (sn, time, seq)
)
"""


class RestoreJob(msgspec.Struct, kw_only=True):
    """One restore. `rows` are in the file, `added` were new in the table."""

    name: str
    table: str
    state: Literal["running", "done", "failed"] = "running"
    rows: int = 0
    added: int = 0
    problem: str = ""


async def restore_file(connection: PoolConnectionProxy, path: Path, table: str = TABLE) -> tuple[int, int]:
    """Puts all rows of a file into a table, which is made when it is not there; (rows in the file, rows that were new).

    All or nothing. PermanentError when the file is damaged, or no archive file, or the table's name does not begin with `restored`.
    """
    if not TABLE_NAME.fullmatch(table):
        raise PermanentError(Text("archive.table", table=table[:80]))
    try:
        async with connection.transaction():
            await connection.execute(_MADE.format(table=table))
            text = _unpacked(path)
            first = await anext(text, b"")
            names = _columns(path, first)
            await connection.execute(
                f"create temp table mcs_restore on commit drop as select * from {table} with no data"
            )
            await copy_stream(
                connection, "mcs_restore", _and_then(first, text), columns=names, format="csv", header=True
            )
            rows = await connection.fetchval("select count(*) from mcs_restore")
            added = await connection.execute(
                f"insert into {table} ({', '.join(names)}) select {', '.join(names)} from mcs_restore on conflict do nothing"
            )
    except (asyncpg.DataError, asyncpg.IntegrityConstraintViolationError) as wrong:
        raise PermanentError(Text("archive.no-readings", name=path.name, reason=str(wrong))) from wrong
    return int(rows), int(added.rpartition(" ")[2])


class RestoreJobs:
    """RestoreJobs from the bucket, one at a time; the last ones are remembered."""

    def __init__(self, ledger: Ledger, settings: Settings, folder: Path) -> None:
        self.recent: list[RestoreJob] = []
        self._ledger = ledger
        self._settings = settings
        self._folder = folder
        self._one = asyncio.Lock()
        self._jobs = BackgroundJobs()

    def begin(self, file: ArchiveFile, table: str) -> RestoreJob:
        """Starts restoring an archived file; how it goes is in what is returned. PermanentError for a table that may not be one."""
        if not TABLE_NAME.fullmatch(table):
            raise PermanentError(Text("archive.table", table=table[:80]))
        job = RestoreJob(name=file.name, table=table)
        self.recent = [job, *self.recent[: KEPT - 1]]
        self._jobs.start(f"restoring {file.name}", self._restore, file, job)
        return job

    async def stop(self) -> None:
        """Ends what is under way; a file is restored wholly or not at all."""
        await self._jobs.stop()

    async def _restore(self, file: ArchiveFile, job: RestoreJob) -> None:
        try:
            async with self._one:
                path = self._folder / f"{file.name}.back"
                try:
                    await asyncio.to_thread(self._fetch, file, path)
                    async with connection_or_retry(self._ledger.database) as connection:
                        job.rows, job.added = await restore_file(connection, path, job.table)
                finally:
                    path.unlink(missing_ok=True)
            job.state = "done"
        except (PermanentError, RetryableError, OSError) as error:
            job.state, job.problem = "failed", str(error)

    def _fetch(self, file: ArchiveFile, path: Path) -> None:
        self._folder.mkdir(parents=True, exist_ok=True)
        Bucket(self._settings, bucket=file.bucket).download(file.object_key, path)
        if not is_intact(path, file.size_bytes, file.md5):
            raise PermanentError(Text("archive.md5", key=file.object_key, bucket=file.bucket))


async def _unpacked(path: Path) -> AsyncIterator[bytes]:
    """The text of a gzip file, of one or several members, piece by piece. PermanentError when it is none, or does not come to its proper end."""
    unpack = zlib.decompressobj(GZIP)
    with path.open("rb") as file:
        while piece := await asyncio.to_thread(file.read, PIECE_BYTES):
            more = False
            while piece or more:
                if unpack.eof:
                    unpack = zlib.decompressobj(GZIP)
                try:
                    text = await asyncio.to_thread(unpack.decompress, piece, UNPACKED_BYTES)
                except zlib.error as wrong:
                    raise PermanentError(Text("archive.no-gzip", name=path.name, reason=str(wrong))) from wrong
                piece = unpack.unused_data if unpack.eof else unpack.unconsumed_tail
                # zlib may have taken all that came and still hold back what did not fit.
                more = len(text) == UNPACKED_BYTES and not unpack.eof
                if text:
                    yield text
    if not unpack.eof:
        raise PermanentError(Text("archive.cut", name=path.name))


async def _and_then(first: bytes, rest: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    yield first
    async for piece in rest:
        yield piece


def _columns(path: Path, first: bytes) -> list[str]:
    names = first.partition(b"\n")[0].decode("utf-8", "replace").strip().split(",")
    if not {"sn", "time", "seq", "v_raw"} <= set(names) or not set(names) <= set(COLUMNS):
        raise PermanentError(Text("archive.no-archive", name=path.name, line=",".join(names)[:120]))
    return names
