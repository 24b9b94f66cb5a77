"""Keeps the table `readings` in the shape that suits the database's edition, and says which edition that is."""

from __future__ import annotations

import asyncio
import datetime
import logging
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import asyncpg

from engine.api import Clock, Database, Retry, connection_or_retry

__all__ = ["EDITIONS", "ReadingStorage"]

log = logging.getLogger("mcs.storage")

EDITIONS: Final = {
    "timescaledb": "TimescaleDB",
    "timescaledb-apache": "TimescaleDB, Apache edition",
    "postgresql": "PostgreSQL",
}
"""What `readings_edition()` answers → its name for people."""

FULL_EDITION = Path(__file__).with_name("full_edition.sql")
DAYS_AHEAD = 7
LOOK_EVERY_S = 3600.0
RETRY_S = 5.0
SET_UP_LOCK = 0x6D63735F73746F72  # "mcs_stor": workers that start at once set up one after another


class ReadingStorage:
    """Looks once an hour. On plain PostgreSQL it makes the partitions of the coming week (a late one harms nothing: rows wait in the default
    partition and move); on the full edition of TimescaleDB it sees to compression and the aggregate by the minute; the Apache edition makes
    its chunks by itself.
    """

    def __init__(self, database: Database, clock: Clock) -> None:
        self.edition = ""
        self._database = database
        self._clock = clock
        self._problem = ""
        self._task: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Begins to look, and returns at once."""
        self._task = asyncio.create_task(self._keep(), name="storage of readings")

    async def stop(self) -> None:
        """Stops looking."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    def health(self) -> Mapping[str, Any]:
        """Degraded while the table can't be kept in shape; `edition` is the database's, by its name for people."""
        status = "degraded" if self._problem else "ok"
        return {"status": status, "problem": self._problem, "edition": EDITIONS.get(self.edition, self.edition)}

    async def keep(self) -> int:
        """Does what the edition needs; how many partitions were made. Raises Retry while the database is away, asyncpg's errors when it
        refuses."""
        async with connection_or_retry(self._database) as connection:
            self.edition = await connection.fetchval("select readings_edition()")
            if self.edition == "timescaledb":
                await connection.execute(f"select pg_advisory_lock({SET_UP_LOCK})")
                try:
                    await connection.execute(FULL_EDITION.read_text(encoding="utf-8"))
                finally:
                    if not connection.is_closed():
                        await connection.execute(f"select pg_advisory_unlock({SET_UP_LOCK})")
            today = datetime.datetime.fromtimestamp(self._clock.now(), datetime.UTC).date()
            made: int = await connection.fetchval(
                "select make_reading_partitions($1, $2)", today, today + datetime.timedelta(days=DAYS_AHEAD)
            )
            return made

    async def _keep(self) -> None:
        while True:
            try:
                await self.keep()
            except Retry as away:
                self._problem = str(away)
                await self._clock.sleep(RETRY_S)
            except asyncpg.PostgresError as refused:
                self._problem = f"the database refuses what its edition should be able to do: {refused}; see the log"
                log.exception("storage of readings")
                await self._clock.sleep(LOOK_EVERY_S)
            else:
                self._problem = ""
                await self._clock.sleep(LOOK_EVERY_S)
