"""Deletes, once a day, what the site has kept for long enough. Which tables are kept for ever: docs/runtime.md."""

from __future__ import annotations

import asyncio
import datetime
import logging
from collections.abc import Mapping
from typing import Any, Final

import asyncpg

from engine.api import Clock, Database, Retry, connection_or_retry

__all__ = ["History"]

log = logging.getLogger("mcs.history")

DAY_S = 86_400.0
RETRY_S = 60.0
PAUSE_S = 0.2
"""Between two batches, so that after an upgrade, with years to delete, readings are stored as ever."""

# What names the rows of a batch; `$1` is the moment, `$2` the size of the batch. Workers that delete at once take different rows.
_OLD: Final = {
    # An event of a wrong clock may be old when it is stored. What led to an alarm that still stands is asked for, but not each reading of it.
    "alarm_events": "select id from alarm_events as old where at < $1 and recorded_at < $1 and (kind = 'continued' or not exists "
    "(select from alarms where sn = old.sn and type = old.type and time = old.raised_at and state <> 'normal')) order by at",
    "notifications": "select id from notifications as old where at < $1 order by at",
    # The engine's table; a message that nobody has sent again in that time is waited for by nobody.
    "quarantine": "select id from quarantine as old where at < $1 order by at",
}


class History:
    """Events of alarms, attempts to tell people and quarantined messages go when they are `keep_days` old.

    An alarm that is still open keeps its events, but for those that only say that it goes on.
    """

    def __init__(self, database: Database, clock: Clock, keep_days: int, *, batch: int = 5_000) -> None:
        self._database = database
        self._clock = clock
        self._keep_s = keep_days * DAY_S
        self._batch = batch
        self._problem = ""
        self._task: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Begins to delete, and returns at once."""
        self._task = asyncio.create_task(self._keep(), name="history")

    async def stop(self) -> None:
        """Ends it; batches that were deleted stay so."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    def health(self) -> Mapping[str, Any]:
        """Degraded while the database refuses to delete."""
        return {"status": "degraded" if self._problem else "ok", "problem": self._problem}

    async def forget(self) -> dict[str, int]:
        """Deletes what is too old now, a batch at a time: how many rows of each table. Raises Retry while the database is away, asyncpg's
        errors when it refuses."""
        before = datetime.datetime.fromtimestamp(self._clock.now() - self._keep_s, datetime.UTC)
        return {table: await self._forget(table, before) for table in _OLD}

    async def _forget(self, table: str, before: datetime.datetime) -> int:
        delete = f"delete from {table} where id in ({_OLD[table]} limit $2 for update of old skip locked)"
        gone = 0
        while True:
            async with connection_or_retry(self._database) as connection:
                batch = int((await connection.execute(delete, before, self._batch)).removeprefix("DELETE "))
            gone += batch
            if batch < self._batch:
                break
            await self._clock.sleep(PAUSE_S)
        if gone:
            log.info("%s: %d rows from before %s are deleted", table, gone, before.date())
        return gone

    async def _keep(self) -> None:
        while True:
            try:
                await self.forget()
            except Retry:
                # Health tells of the database itself.
                await self._clock.sleep(RETRY_S)
            except asyncpg.PostgresError as refused:
                self._problem = f"the database refuses to delete what is too old: {refused}; see the log"
                log.exception("history")
                await self._clock.sleep(DAY_S)
            else:
                self._problem = ""
                await self._clock.sleep(DAY_S)
