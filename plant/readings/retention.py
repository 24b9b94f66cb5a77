"""Deletes, once a day, what the site has kept for long enough. Which tables are kept for ever: docs/runtime.md."""

from __future__ import annotations

import datetime
import logging
from typing import Final

from engine.api import Clock, Database, Supervisor, Text, connection_or_retry
from plant.readings.periodic_task import PeriodicTask

__all__ = ["History"]

log = logging.getLogger("mcs.history")

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


class History(PeriodicTask):
    """Events of alarms, attempts to notify people and quarantined messages go when they are `keep_days` old.

    An alarm that is still open keeps its events, but for those that only say that it goes on.
    """

    every_s = 86_400.0
    retry_s = 60.0

    def __init__(
        self,
        database: Database,
        clock: Clock,
        keep_days: int,
        supervisor: Supervisor | None = None,
        *,
        batch: int = 5_000,
    ) -> None:
        super().__init__(clock, supervisor)
        self._database = database
        self._keep_days = keep_days
        self._batch = batch

    def describe_refusal(self, reason: str) -> Text:
        return Text("reading.delete-refused", reason=reason)

    async def run_once(self) -> dict[str, int]:
        """Deletes what is too old now, a batch at a time: how many rows of each table. Raises RetryableError while the database is away, asyncpg's
        errors when it refuses."""
        now = datetime.datetime.fromtimestamp(self._clock.now(), datetime.UTC)
        before = now - datetime.timedelta(days=self._keep_days)
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
