"""The file on disk: batches that a database could not take yet, in order, and copies of what a start without it needs.

SQLite, in WAL with `synchronous=FULL`: a transaction that has returned survives a power cut, and a half-written one never was.
"""

from __future__ import annotations

import asyncio
import logging
import os
import sqlite3
import time
import zlib
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import NamedTuple, TypeVar

from engine.core.background_jobs import BackgroundJobs
from engine.core.failure import RetryableError
from engine.texts.text import Readable, Text

__all__ = ["Backlog", "Entry", "SpoolFile", "SpoolFull"]

log = logging.getLogger("mcs.spool")

_T = TypeVar("_T")

FREE_BYTES = 500_000_000
"""The disk keeps this much for the databases, or the end of the outage would find them without room."""
SHRINK_PAGES = 2000
"""Pages given back to the disk after a removal, at most: all of a large file at once would stop the drain for seconds."""

TABLES = """
create table if not exists batch (
    id integer primary key autoincrement, stream text not null, at real not null, rows integer not null, crc integer not null,
    body blob not null
);
create index if not exists batch_stream on batch (stream, id);
create table if not exists copy (name text not null, key text not null, body blob not null, primary key (name, key)) without rowid;
"""


class SpoolFull(RetryableError):
    """No room left: the message waits with its source, as it did before there was a spool."""


class Entry(NamedTuple):
    """One batch. `at` is Unix seconds, when it was spooled."""

    id: int
    at: float
    rows: int
    body: bytes


class Backlog(NamedTuple):
    """What waits in one stream: rows, bytes, and since when the oldest does (Unix seconds; 0 when nothing waits)."""

    rows: int = 0
    size_bytes: int = 0
    oldest_at: float = 0.0


class _Append(NamedTuple):
    stream: str
    rows: int
    body: bytes
    done: asyncio.Future[None]


class SpoolFile:
    """`await open()` first, `await close()` last. All SQL runs on one thread of its own; many appends share a commit."""

    def __init__(self, path: Path, *, limit_bytes: int, now: Callable[[], float] = time.time) -> None:
        self.path = path
        self.limit_bytes = limit_bytes
        self.problem: Readable = ""
        """What was wrong with the file when it was opened, for people; "" when nothing was."""
        self._now = now
        self._thread = ThreadPoolExecutor(1, "spool")
        self._sql: sqlite3.Connection | None = None
        self._backlogs: dict[str, Backlog] = {}
        self._appends: list[_Append] = []
        self._copies: dict[tuple[str, str], bytes | None] = {}
        self._jobs = BackgroundJobs()
        self._committing: asyncio.Task[None] | None = None

    async def open(self) -> None:
        """Opens the file, or makes it. A damaged one is set aside under another name, and what can be read of it is taken over."""
        await self._run(self._open)

    async def close(self) -> None:
        """Writes what was given and ends the thread; harmless when that was done."""
        if self._sql is None:
            return
        if self._committing is not None:
            await asyncio.wait([self._committing])
        await self.flush_copies()
        await self._run(self._close)
        self._thread.shutdown()

    def backlog(self, stream: str) -> Backlog:
        """What waits in a stream."""
        return self._backlogs.get(stream, Backlog())

    @property
    def streams(self) -> Mapping[str, Backlog]:
        """Every stream in which something waits."""
        return self._backlogs

    @property
    def size_bytes(self) -> int:
        """Of all that waits."""
        return sum(backlog.size_bytes for backlog in self._backlogs.values())

    @property
    def room_bytes(self) -> int:
        """What may still come: by the limit, and by what the disk has left."""
        disk = os.statvfs(self.path.parent)
        return max(0, min(self.limit_bytes - self.size_bytes, disk.f_bavail * disk.f_frsize - FREE_BYTES))

    async def append(self, stream: str, rows: int, body: bytes) -> None:
        """Returns when the batch is on disk. SpoolFull when there is no room; whoever is cancelled while waiting may find it stored all the same."""
        if len(body) > self.room_bytes - sum(len(one.body) for one in self._appends):
            raise SpoolFull(
                Text(
                    "spool.full",
                    file=str(self.path),
                    size_mb=round(self.size_bytes / 1e6),
                    limit_mb=round(self.limit_bytes / 1e6),
                )
            )
        done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._appends.append(_Append(stream, rows, body, done))
        if self._committing is None:
            self._committing = self._jobs.start("a commit of the spool", self._commit)
        await done

    async def oldest(self, stream: str, most_bytes: int = 1_000_000) -> list[Entry]:
        """The oldest batches of a stream, in order: as many as fit, at least one; [] when none waits."""
        return await self._run(self._oldest, stream, most_bytes)

    async def remove(self, stream: str, last: int) -> None:
        """These batches are in the database: all of the stream up to the id `last`."""
        rows, size_bytes, oldest_at = await self._run(self._remove, stream, last)
        if rows or stream in self._unwritten():
            self._backlogs[stream] = Backlog(rows, size_bytes, oldest_at)
        else:
            self._backlogs.pop(stream, None)

    def copy(self, name: str, key: str, body: bytes | None) -> None:
        """Remembers a copy (None: there is none any more); written with the next commit, or by `flush_copies`."""
        self._copies[name, key] = body

    async def flush_copies(self) -> None:
        """Writes the copies given so far. OSError when the disk refuses; they stay for the next time."""
        copies, self._copies = self._copies, {}
        if not copies:
            return
        try:
            await self._run(self._write, (), copies)
        except sqlite3.Error as error:
            self._copies = copies | self._copies
            raise OSError(f"{self.path}: {error}") from error

    async def copies(self, name: str) -> dict[str, bytes]:
        """All copies under a name."""
        stored = await self._run(self._read_copies, name)
        for (own, key), body in self._copies.items():
            if own == name:
                stored.pop(key, None)
                if body is not None:
                    stored[key] = body
        return stored

    async def _commit(self) -> None:
        while self._appends:
            appends, self._appends = self._appends, []
            copies, self._copies = self._copies, {}
            try:
                await self._run(self._write, appends, copies)
            except sqlite3.Error as error:
                self._copies = copies | self._copies
                failure = SpoolFull(Text("spool.unwritable", file=str(self.path), reason=str(error)))
                for one in appends:
                    if not one.done.done():
                        one.done.set_exception(failure)
                continue
            for one in appends:
                before = self.backlog(one.stream)
                self._backlogs[one.stream] = Backlog(
                    before.rows + one.rows, before.size_bytes + len(one.body), before.oldest_at or self._now()
                )
                if not one.done.done():
                    one.done.set_result(None)
        self._committing = None

    def _unwritten(self) -> set[str]:
        return {one.stream for one in self._appends}

    async def _run(self, call: Callable[..., _T], *given: object) -> _T:
        return await asyncio.get_running_loop().run_in_executor(self._thread, call, *given)

    # On the thread:

    def _open(self) -> None:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        try:
            self._sql = _connect(self.path)
            if self._sql.execute("pragma quick_check").fetchone()[0] != "ok":
                raise sqlite3.DatabaseError("its pages do not agree")
        except sqlite3.DatabaseError as error:
            self._set_aside(error)
        assert self._sql is not None
        rows = self._sql.execute(
            "select stream, sum(rows), sum(length(body)), min(at) from batch group by stream"
        ).fetchall()
        self._backlogs = {stream: Backlog(rows, size, at) for stream, rows, size, at in rows}

    def _set_aside(self, error: sqlite3.DatabaseError) -> None:
        """What the damaged file still gives goes into a new one; the old one is kept for whoever wants to look."""
        if self._sql is not None:
            self._sql.close()
        aside = self.path.with_name(f"{self.path.stem}-damaged-{int(self._now())}{self.path.suffix}")
        for end in ("", "-wal", "-shm"):
            part = self.path.with_name(self.path.name + end)
            if part.exists():
                part.rename(aside.with_name(aside.name + end))
        self._sql = _connect(self.path)
        saved = _salvage(aside, self._sql)
        self.problem = Text("spool.damaged", reason=str(error), saved=saved, file=str(aside))
        log.error("%s", self.problem)

    def _close(self) -> None:
        if self._sql is not None:
            self._sql.close()
            self._sql = None

    def _write(self, appends: Sequence[_Append], copies: Mapping[tuple[str, str], bytes | None]) -> None:
        assert self._sql is not None
        at = self._now()
        with self._sql as sql:
            sql.executemany(
                "insert into batch (stream, at, rows, crc, body) values (?, ?, ?, ?, ?)",
                [(one.stream, at, one.rows, zlib.crc32(one.body), one.body) for one in appends],
            )
            sql.executemany(
                "delete from copy where name = ? and key = ?",
                [name_key for name_key, body in copies.items() if body is None],
            )
            sql.executemany(
                "insert or replace into copy values (?, ?, ?)",
                [(*name_key, body) for name_key, body in copies.items() if body is not None],
            )

    def _oldest(self, stream: str, most_bytes: int) -> list[Entry]:
        assert self._sql is not None
        found: list[Entry] = []
        damaged: list[int] = []
        size = 0
        rows = self._sql.execute("select id, at, rows, crc, body from batch where stream = ? order by id", (stream,))
        for id, at, count, crc, body in rows:
            if zlib.crc32(body) != crc:
                damaged.append(id)
                continue
            size += len(body)
            if found and size > most_bytes:
                break
            found.append(Entry(id, at, count, body))
        rows.close()
        for id in damaged:
            self._damaged(stream, id)
        return found

    def _damaged(self, stream: str, id: int) -> None:
        """SQLite knows no checksums: a flipped bit is found here. The batch stays in the file for whoever wants to look."""
        assert self._sql is not None
        with self._sql as sql:
            sql.execute("update batch set stream = ? where id = ?", (f"damaged {stream}", id))
        self.problem = Text("spool.batch-damaged", batch=id, stream=stream, file=str(self.path))
        log.error("%s", self.problem)

    def _remove(self, stream: str, last: int) -> tuple[int, int, float]:
        assert self._sql is not None
        with self._sql as sql:
            sql.execute("delete from batch where stream = ? and id <= ?", (stream, last))
        self._sql.execute(f"pragma incremental_vacuum({SHRINK_PAGES})").fetchall()
        rows, size, at = self._sql.execute(
            "select sum(rows), sum(length(body)), min(at) from batch where stream = ?", (stream,)
        ).fetchone()
        return rows or 0, size or 0, at or 0.0

    def _read_copies(self, name: str) -> dict[str, bytes]:
        assert self._sql is not None
        return dict(self._sql.execute("select key, body from copy where name = ?", (name,)).fetchall())


def _connect(path: Path) -> sqlite3.Connection:
    sql = sqlite3.connect(path, check_same_thread=False)
    os.chmod(path, 0o600)  # noqa: PTH101 - it holds what the database holds
    sql.execute("pragma auto_vacuum = incremental")
    sql.execute("pragma journal_mode = wal")
    sql.execute("pragma synchronous = full")
    sql.executescript(TABLES)
    return sql


def _salvage(damaged: Path, into: sqlite3.Connection) -> int:
    """Copies every batch that can still be read, one by one, and every copy; how many batches that were."""
    saved = 0
    try:
        old = sqlite3.connect(f"file:{damaged}?mode=ro", uri=True)
    except sqlite3.Error:
        return 0
    with old, into:
        for table, columns in (("copy", "name, key, body"), ("batch", "id, stream, at, rows, crc, body")):
            order = "order by id" if table == "batch" else ""
            try:
                for row in old.execute(f"select {columns} from {table} {order}"):
                    marks = ", ".join("?" * len(row))
                    into.execute(f"insert or replace into {table} ({columns}) values ({marks})", row)
                    saved += table == "batch"
            except sqlite3.DatabaseError:
                continue  # up to the damaged page; the batches behind it are asked for by their number below
        saved += _salvage_by_number(old, into)
    old.close()
    return saved


def _salvage_by_number(old: sqlite3.Connection, into: sqlite3.Connection) -> int:
    known = {id for (id,) in into.execute("select id from batch")}
    try:
        last = old.execute("select seq from sqlite_sequence where name = 'batch'").fetchone()
    except sqlite3.DatabaseError:
        return 0
    saved = 0
    for id in range((max(known) if known else 0) + 1, (last[0] if last else 0) + 1):
        try:
            row = old.execute("select id, stream, at, rows, crc, body from batch where id = ?", (id,)).fetchone()
        except sqlite3.DatabaseError:
            continue
        if row is not None:
            into.execute("insert into batch (id, stream, at, rows, crc, body) values (?, ?, ?, ?, ?, ?)", row)
            saved += 1
    return saved
