"""The rows of one device and day: which columns a file has, how they are read, and the fingerprint that tells whether they are still the same."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import Any

import asyncpg
import msgspec
from asyncpg.pool import PoolConnectionProxy

from plant.archive.entry import ArchiveFile

__all__ = ["COLUMNS", "ROWS", "Figures", "delete_rows", "figures_of_day", "stream_rows"]

COLUMNS = (
    "sn",
    "time",
    "seq",
    "v_raw",
    "temp",
    "humi",
    "bat",
    "rssi",
    "net",
    "err",
    "conc",
    "conc_raw",
    "flags",
    "received_at",
    "extra",
)
"""All columns of `readings`, in the order in which a file has them."""

ROWS = "from readings where sn = $1 and time >= $2 and time < $3"

# The hash of the whole row, not of its key: a row that was corrected after it had been filed must be filed again.
_HASH = f"hash_record_extended(row({', '.join(COLUMNS)})::record, 0)"
_SUMS = "count(*) as rows, coalesce(sum(hash), 0)::text as fingerprint"

# How values are written must not depend on the server's configuration: the same rows give the same bytes.
_WRITTEN = "set local datestyle = 'ISO, YMD'; set local timezone = 'UTC'; set local extra_float_digits = 1; set local intervalstyle = 'postgres'"


class Figures(msgspec.Struct, frozen=True):
    """How many rows, their fingerprint, and the times of the first and last, Unix seconds."""

    rows: int
    fingerprint: str
    first_time: float | None = None
    last_time: float | None = None


async def stream_rows(
    connection: PoolConnectionProxy, file: ArchiveFile, write: Callable[[bytes], Coroutine[Any, Any, None]]
) -> Figures:
    """Gives the rows to `write` piece by piece as CSV with a header, in the order of time and seq, and returns their figures.

    Figures and rows are of one moment, whatever is stored meanwhile. Memory does not grow with the rows.
    """
    key = (file.sn, file.begins, file.ends)
    async with connection.transaction(isolation="repeatable_read", readonly=True):
        await connection.execute(_WRITTEN)
        row = await connection.fetchrow(
            f"select {_SUMS}, extract(epoch from min(time))::float8 as first_time, extract(epoch from max(time))::float8 as last_time "
            f"from (select time, {_HASH} as hash {ROWS}) as hashed",
            *key,
        )
        assert row is not None
        if row["rows"]:
            await connection.copy_from_query(
                f"select {', '.join(COLUMNS)} {ROWS} order by time, seq", *key, output=write, format="csv", header=True
            )
    return Figures(row["rows"], row["fingerprint"], row["first_time"], row["last_time"])


async def delete_rows(connection: PoolConnectionProxy, file: ArchiveFile) -> Figures:
    """Deletes the rows of that device and day, and returns the figures of what was deleted. For a transaction of the caller's."""
    row = await connection.fetchrow(
        f"with gone as (delete {ROWS} returning {_HASH} as hash) select {_SUMS} from gone",
        file.sn,
        file.begins,
        file.ends,
    )
    assert row is not None
    return Figures(row["rows"], row["fingerprint"])


async def figures_of_day(connection: PoolConnectionProxy, file: ArchiveFile) -> dict[str, Figures]:
    """{sn: figures} of all devices with rows on the day of this file."""
    rows: list[asyncpg.Record] = await connection.fetch(
        f"select sn, {_SUMS} from (select sn, {_HASH} as hash from readings where time >= $1 and time < $2) as hashed group by sn",
        file.begins,
        file.ends,
    )
    return {row["sn"]: Figures(row["rows"], row["fingerprint"]) for row in rows}
