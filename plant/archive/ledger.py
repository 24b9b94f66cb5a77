"""The ledger of the archive: one row per file, changed only in the direction in which the work goes."""

from __future__ import annotations

import datetime
from typing import Any

import asyncpg
from asyncpg.pool import PoolConnectionProxy

from engine.api import Database, Readable, as_jsonb, connection_or_retry, in_full, stored
from plant.archive.entry import FOLDER, ArchiveFile, State, file_name
from plant.archive.rows import Figures

__all__ = ["Ledger", "as_file"]

_FIELDS = (
    "part",
    "name",
    "state",
    "rows",
    "size_bytes",
    "md5",
    "fingerprint",
    "bucket",
    "object_key",
    "etag",
)
_ORDER: tuple[State, ...] = ("selected", "filed", "uploaded", "verified", "cleaned")

_NEW = """
with days as (select distinct sn, (time at time zone 'utc')::date as day from readings where time < $1),
latest as (select distinct on (sn, day) sn, day, part, state from archives order by sn, day, part desc)
select sn, day, coalesce(part + 1, 1) as part from days left join latest using (sn, day)
where state is null or state = 'cleaned'
"""

_ENTRY = "where sn = $1 and day = $2 and part = $3"


class Ledger:
    """The table `archives`. Every method raises RetryableError while the database is away."""

    def __init__(self, database: Database) -> None:
        self.database = database

    async def select(self, before: datetime.datetime, run_at: datetime.datetime, most: int) -> list[ArchiveFile]:
        """What a run has to do, by day and device: files that an earlier run did not finish, and one for each device and day with rows
        earlier than `before`. A day that was archived and has got rows since gets a new part. At most `most`, the oldest."""
        async with connection_or_retry(self.database) as connection, connection.transaction():
            # Two runs at once: the second sees what the first has entered.
            await connection.execute("lock table archives in share row exclusive mode")
            new = [(row["sn"], row["day"], row["part"]) for row in await connection.fetch(_NEW, before)]
            await connection.executemany(
                "insert into archives (sn, day, part, name, run_at) values ($1, $2, $3, $4, 'epoch')",
                [(*key, file_name(key[0], key[1].isoformat(), key[2])) for key in new],
            )
            rows = await connection.fetch(
                "update archives set run_at = $2 where (sn, day, part) in (select sn, day, part from archives "
                "where state <> 'cleaned' and day < $1 order by day, sn, part limit $3) returning *",
                before.date(),
                run_at,
                most,
            )
        return sorted(map(as_file, rows), key=lambda file: (file.day, file.sn, file.part))

    async def get(self, file: ArchiveFile) -> ArchiveFile | None:
        """The entry of that device, day and part as it is now."""
        async with connection_or_retry(self.database) as connection:
            row = await connection.fetchrow(f"select * from archives {_ENTRY}", *_key(file))
        return None if row is None else as_file(row)

    async def filed(self, file: ArchiveFile, figures: Figures, size_bytes: int, md5: str) -> ArchiveFile | None:
        """The file is on disk, with these figures. None when another worker has finished the day meanwhile."""
        async with connection_or_retry(self.database) as connection:
            row = await connection.fetchrow(
                "update archives set state = 'filed', rows = $4, size_bytes = $5, md5 = $6, fingerprint = $7, "
                "first_time = to_timestamp($8::float8), last_time = to_timestamp($9::float8), bucket = '', object_key = '', etag = '', "
                f"problem = '', changed_at = now() {_ENTRY} and state <> 'cleaned' returning *",
                *_key(file),
                figures.rows,
                size_bytes,
                md5,
                figures.fingerprint,
                figures.first_time,
                figures.last_time,
            )
        return None if row is None else as_file(row)

    async def uploaded(self, file: ArchiveFile, bucket: str, object_key: str, etag: str) -> bool:
        """This very file (by its MD5) is in the bucket; False when the ledger knows another file by now, or this one further on."""
        async with connection_or_retry(self.database) as connection:
            done = await connection.fetchval(
                f"update archives set state = 'uploaded', bucket = $5, object_key = $6, etag = $7, problem = '', changed_at = now() {_ENTRY} "
                "and md5 = $4 and state in ('filed', 'uploaded') returning true",
                *_key(file),
                file.md5,
                bucket,
                object_key,
                etag,
            )
        return bool(done)

    async def advance(self, file: ArchiveFile, state: State) -> bool:
        """Notes that this very file (by its MD5) has come to `state`; False when the ledger knows another file by now."""
        async with connection_or_retry(self.database) as connection:
            return await self.advance_on(connection, file, state)

    async def advance_on(self, connection: PoolConnectionProxy, file: ArchiveFile, state: State) -> bool:
        """The same inside a transaction of the caller's."""
        done = await connection.fetchval(
            f"update archives set state = $5, problem = '', changed_at = now() {_ENTRY} and md5 = $4 and state = any($6::text[]) returning true",
            *_key(file),
            file.md5,
            state,
            list(_ORDER[: _ORDER.index(state) + 1]),
        )
        return bool(done)

    async def refused(self, file: ArchiveFile, problem: Readable, back_to: State | None = None) -> None:
        """Notes what went wrong, and with `back_to` where the next run begins again."""
        async with connection_or_retry(self.database) as connection:
            await connection.execute(
                "update archives set problem = $4, problem_text = $6, state = coalesce($5, state), changed_at = now() "
                f"{_ENTRY} and state <> 'cleaned'",
                *_key(file),
                in_full(problem, "en")[:1000],
                back_to,
                None if isinstance(problem, str) else as_jsonb(stored(problem)),
            )

    async def forget(self, file: ArchiveFile) -> None:
        """Drops an entry that has come to nothing: its rows were gone before there was a file."""
        async with connection_or_retry(self.database) as connection:
            await connection.execute(f"delete from archives {_ENTRY} and state = 'selected'", *_key(file))

    async def cleaned(self, names: list[str]) -> list[ArchiveFile]:
        """Those of these files that are needed on this machine no longer."""
        async with connection_or_retry(self.database) as connection:
            rows = await connection.fetch(
                "select * from archives where name = any($1::text[]) and state = 'cleaned'", names
            )
        return [as_file(row) for row in rows]

    async def unfinished_of_day(self, connection: PoolConnectionProxy, day: datetime.date) -> list[asyncpg.Record]:
        """The entries of that day whose rows are still in the table, locked for the caller's transaction."""
        rows: list[asyncpg.Record] = await connection.fetch(
            "select * from archives where day = $1 and state <> 'cleaned' order by sn, part for update", day
        )
        return rows


def as_file(row: asyncpg.Record) -> ArchiveFile:
    """A row of the ledger as a file."""
    fields: dict[str, Any] = {name: row[name] for name in _FIELDS}
    for name in ("first_time", "last_time"):
        fields[name] = row[name].timestamp() if row[name] else None
    return ArchiveFile(sn=row["sn"], day=row["day"].isoformat(), path=f"{FOLDER}/{row['name']}", **fields)


def _key(file: ArchiveFile) -> tuple[str, datetime.date, int]:
    return file.sn, file.date, file.part
