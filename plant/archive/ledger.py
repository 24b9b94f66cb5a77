"""The ledger of the archive: one row per file, changed only in the direction in which the work goes."""

from __future__ import annotations

import datetime
from typing import Any

import asyncpg
import msgspec
from asyncpg.pool import PoolConnectionProxy

from engine.api import Database, connection_or_retry
from plant.archive.entry import ArchiveFile, State, file_name

__all__ = ["Ledger"]

_FIELDS = ("part", "name", "state", "rows", "size_bytes", "md5", "bucket", "object_key", "etag")
_ORDER: tuple[State, ...] = ("selected", "filed", "uploaded", "verified", "cleaned")

_OLD_DAYS = """
with days as (
    select sn, (time at time zone 'utc')::date as day, count(*) as rows
    from readings where time < $1 group by 1, 2
), latest as (
    select distinct on (sn, day) sn, day, part, state from archives order by sn, day, part desc
)
insert into archives (sn, day, part, name, state, run_at)
select days.sn, days.day, p.part, '', 'selected', $2
from days left join latest using (sn, day),
lateral (select case when latest.part is null then 1 when latest.state = 'cleaned' then latest.part + 1 else latest.part end as part) p
on conflict (sn, day, part) do update set run_at = excluded.run_at
returning *
"""


class Ledger:
    """The table `archives`. Every method raises Retry while the database is away."""

    def __init__(self, database: Database) -> None:
        self.database = database

    async def select(self, before: datetime.datetime, run_at: datetime.datetime) -> list[ArchiveFile]:
        """One entry per device and day that still has rows earlier than `before`, by day and device.

        A day that was archived and has got rows since gets a new part; one that was interrupted goes on where it stood.
        """
        async with connection_or_retry(self.database) as connection, connection.transaction():
            rows = await connection.fetch(_OLD_DAYS, before, run_at)
            files = sorted((_file(row) for row in rows), key=lambda file: (file.day, file.sn))
            unnamed = [file for file in files if not file.name]
            await connection.executemany(
                "update archives set name = $4 where sn = $1 and day = $2 and part = $3",
                [(file.sn, file.begins.date(), file.part, file_name(file.sn, file.day, file.part)) for file in unnamed],
            )
        return [_named(file) for file in files]

    async def get(self, file: ArchiveFile) -> ArchiveFile | None:
        """The entry of that device, day and part as it is now."""
        async with connection_or_retry(self.database) as connection:
            row = await connection.fetchrow(
                "select * from archives where sn = $1 and day = $2 and part = $3",
                file.sn,
                file.begins.date(),
                file.part,
            )
        return None if row is None else _file(row)

    async def filed(self, file: ArchiveFile) -> bool:
        """The file is on disk, with these figures. False when another worker has finished the day meanwhile."""
        async with connection_or_retry(self.database) as connection:
            done = await connection.fetchval(
                "update archives set state = 'filed', rows = $4, size_bytes = $5, md5 = $6, first_time = to_timestamp($7::float8), "
                "last_time = to_timestamp($8::float8), bucket = '', object_key = '', etag = '', problem = '', changed_at = now() "
                "where sn = $1 and day = $2 and part = $3 and state <> 'cleaned' returning true",
                file.sn,
                file.begins.date(),
                file.part,
                file.rows,
                file.size_bytes,
                file.md5,
                file.first_time,
                file.last_time,
            )
        return bool(done)

    async def advance(self, file: ArchiveFile, state: State, **fields: str) -> bool:
        """Notes that this very file (by its MD5) has come to `state`; False when the ledger knows another file by now."""
        async with connection_or_retry(self.database) as connection:
            return await self.advance_on(connection, file, state, **fields)

    async def advance_on(self, connection: PoolConnectionProxy, file: ArchiveFile, state: State, **fields: str) -> bool:
        """The same inside a transaction of the caller's."""
        before = _ORDER[: _ORDER.index(state) + 1]
        extra = "".join(f", {name} = ${number}" for number, name in enumerate(fields, 7))
        done = await connection.fetchval(
            f"update archives set state = $5, problem = '', changed_at = now(){extra} "
            "where sn = $1 and day = $2 and part = $3 and md5 = $4 and state = any($6::text[]) returning true",
            file.sn,
            file.begins.date(),
            file.part,
            file.md5,
            state,
            list(before),
            *fields.values(),
        )
        return bool(done)

    async def refused(self, file: ArchiveFile, problem: str, back_to: State | None = None) -> None:
        """Notes what went wrong, and with `back_to` where the next run begins again."""
        async with connection_or_retry(self.database) as connection:
            await connection.execute(
                "update archives set problem = $4, state = coalesce($5, state), changed_at = now() "
                "where sn = $1 and day = $2 and part = $3 and state <> 'cleaned'",
                file.sn,
                file.begins.date(),
                file.part,
                problem[:1000],
                back_to,
            )

    async def forget(self, file: ArchiveFile) -> None:
        """Drops an entry that has come to nothing: its rows were gone before there was a file."""
        async with connection_or_retry(self.database) as connection:
            await connection.execute(
                "delete from archives where sn = $1 and day = $2 and part = $3 and state in ('selected', 'filed')",
                file.sn,
                file.begins.date(),
                file.part,
            )

    async def cleaned_names(self, names: list[str]) -> set[str]:
        """Which of these files are needed on this machine no longer."""
        async with connection_or_retry(self.database) as connection:
            rows = await connection.fetch(
                "select name from archives where name = any($1::text[]) and state = 'cleaned'", names
            )
        return {row["name"] for row in rows}


def _file(row: asyncpg.Record) -> ArchiveFile:
    fields: dict[str, Any] = {name: row[name] for name in _FIELDS}
    for name in ("first_time", "last_time"):
        fields[name] = row[name].timestamp() if row[name] else None
    return ArchiveFile(sn=row["sn"], day=row["day"].isoformat(), **fields)


def _named(file: ArchiveFile) -> ArchiveFile:
    return msgspec.structs.replace(file, name=file.name or file_name(file.sn, file.day, file.part))
