"""Keeps the day partitions of `readings` made ahead, on a PostgreSQL without TimescaleDB."""

from __future__ import annotations

import asyncio
import datetime
import logging
from collections.abc import Mapping
from typing import Any

from engine.api import Clock, Database, Retry, connection_or_retry

__all__ = ["ReadingPartitions"]

log = logging.getLogger("mcs.partitions")

DAYS_AHEAD = 7
LOOK_EVERY_S = 3600.0
RETRY_S = 5.0


class ReadingPartitions:
    """Makes the partitions of the coming week, once an hour. Late ones harm nothing: rows wait in the default partition and move."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock
        self._problem = ""
        self._task: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Begins to look, and returns at once."""
        self._task = asyncio.create_task(self._keep_making(), name="reading partitions")

    async def stop(self) -> None:
        """Stops looking."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    def health(self) -> Mapping[str, Any]:
        """Degraded while partitions can't be made."""
        return {"status": "degraded" if self._problem else "ok", "problem": self._problem}

    async def make(self) -> int:
        """Makes what is missing from today to a week ahead; how many that were. Raises Retry while the database is away."""
        today = datetime.datetime.fromtimestamp(self._clock.now(), datetime.UTC).date()
        async with connection_or_retry(self._database) as connection:
            made: int = await connection.fetchval(
                "select make_reading_partitions($1, $2)", today, today + datetime.timedelta(days=DAYS_AHEAD)
            )
            return made

    async def _keep_making(self) -> None:
        while True:
            try:
                await self.make()
            except Retry as away:
                self._problem = str(away)
                await self._clock.sleep(RETRY_S)
            else:
                self._problem = ""
                await self._clock.sleep(LOOK_EVERY_S)
