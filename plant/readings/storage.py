"""Keeps the table `readings` in the shape that suits the database's edition, and says which edition that is."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from engine.api import Clock, Database, Supervisor, Text, connection_or_retry
from plant.readings.periodic_task import PeriodicTask

__all__ = ["EDITIONS", "ReadingStorage"]

EDITIONS: Final = {
    "timescaledb": "TimescaleDB",
    "timescaledb-apache": "TimescaleDB, Apache edition",
    "postgresql": "PostgreSQL",
}
"""What `readings_edition()` answers → its name for people."""

FULL_EDITION = Path(__file__).with_name("full_edition.sql")
DAYS_AHEAD = 7
SET_UP_LOCK = 0x6D63735F73746F72  # "mcs_stor": workers that start at once set up one after another


class ReadingStorage(PeriodicTask):
    """Looks once an hour. On plain PostgreSQL it makes the partitions of the coming week (a late one harms nothing: rows wait in the default
    partition and move); on the full edition of TimescaleDB it sees to compression and the aggregate by the minute; the Apache edition makes
    its chunks by itself.
    """

    every_s = 3600.0
    retry_s = 5.0

    def __init__(self, database: Database, clock: Clock, supervisor: Supervisor | None = None) -> None:
        super().__init__(clock, supervisor)
        self.edition = ""
        self._database = database

    def health(self) -> Mapping[str, Any]:
        """Degraded while the table can't be kept in shape; `edition` is the database's, by its name for people."""
        return {**super().health(), "edition": EDITIONS.get(self.edition, self.edition)}

    def describe_refusal(self, reason: str) -> Text:
        return Text("reading.edition-refused", reason=reason)

    async def run_once(self) -> int:
        """Does what the edition needs; how many partitions were made. Raises RetryableError while the database is away, asyncpg's errors when it
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
