"""Takes archived rows out of the database: exactly those that are in a verified file, or the whole day when all of it is."""

from __future__ import annotations

from typing import Literal

import msgspec
from asyncpg.pool import PoolConnectionProxy

from engine.api import connection_or_retry
from plant.archive.entry import ArchiveFile
from plant.archive.ledger import Ledger, as_file
from plant.archive.rows import Figures, delete_rows, figures_of_day

__all__ = ["Cleaned", "clean"]

LOCK_LIMIT = "5s"
"""How long it waits for a lock that others hold; whoever waits behind it waits no longer than that."""
STATEMENT_LIMIT = "10min"


class Cleaned(msgspec.Struct, frozen=True):
    """What became of the rows.

    deleted  they were deleted; dropped: the whole day was, with these `files`
    waits    other devices of the day are still on their way in this run: the last of them cleans the day
    changed  the table has other rows for the day than the file: the next run files them anew
    settled  the ledger has nothing to clean for this file any more
    """

    how: Literal["deleted", "dropped", "waits", "changed", "settled"]
    files: tuple[ArchiveFile, ...] = ()


async def clean(ledger: Ledger, file: ArchiveFile) -> Cleaned:
    """Takes out the rows of a verified file, and with the last file of a day the day itself. Rows and ledger change in one transaction.

    Raises RetryableError while the database is away or others hold the day.
    """
    async with connection_or_retry(ledger.database) as connection, connection.transaction():
        await connection.execute(
            f"set local lock_timeout = '{LOCK_LIMIT}'; set local statement_timeout = '{STATEMENT_LIMIT}'"
        )
        rows = await ledger.unfinished_of_day(connection, file.date)
        mine = next(
            (row for row in rows if (row["sn"], row["part"], row["md5"]) == (file.sn, file.part, file.md5)), None
        )
        if mine is None or mine["state"] != "verified":
            return Cleaned("settled")
        verified = [as_file(row) for row in rows if row["state"] == "verified"]
        under_way = [row for row in rows if row["state"] != "verified" and row["run_at"] == mine["run_at"]]
        if any(not row["problem"] for row in under_way):
            return Cleaned("waits")
        if len(verified) == len(rows) and await _drop_day(connection, file, verified):
            done, how = verified, "dropped"
        else:
            done, how = await _delete(connection, verified), "deleted"
        for one in done:
            await ledger.advance_on(connection, one, "cleaned")
        if file not in done:
            return Cleaned("changed", tuple(done))
        return Cleaned("dropped" if how == "dropped" else "deleted", tuple(done))


async def _drop_day(connection: PoolConnectionProxy, file: ArchiveFile, verified: list[ArchiveFile]) -> bool:
    """Drops the partition or chunk of the day if all that is in it is in these files."""
    chunk = await connection.fetchval("select readings_of_day($1)::text", file.date)
    if chunk is None:
        return False
    # A late reading for this day waits until this is decided; readings of other days go on.
    await connection.execute(f"lock table {chunk} in share row exclusive mode")
    archived = {one.sn: Figures(one.rows, one.fingerprint) for one in verified}
    if await figures_of_day(connection, file) != archived:
        return False
    return bool(await connection.fetchval("select drop_readings_of_day($1)", file.date))


async def _delete(connection: PoolConnectionProxy, verified: list[ArchiveFile]) -> list[ArchiveFile]:
    """Deletes what is in each file if the table still has just that; the files for which it was so."""
    done = []
    for one in verified:
        deleting = connection.transaction()
        await deleting.start()
        gone = await delete_rows(connection, one)
        if gone in (Figures(one.rows, one.fingerprint), Figures(0, "0")):
            await deleting.commit()
            done.append(one)
        else:
            await deleting.rollback()
    return done
