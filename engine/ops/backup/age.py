"""How long ago the site was backed up, for the health page."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping
from typing import Any

import asyncpg

from engine.core.background_task import BackgroundTask, Supervisor
from engine.db.database import Database, Unavailable
from engine.db.request_connection import request_connection
from engine.texts.text import Text

__all__ = ["BackupAge"]

log = logging.getLogger("mcs.backup")

LOOK_EVERY_S = 60.0
DAY_S = 86_400.0

_AGES = """
select extract(epoch from now() - (select max(at) from backups))::float8 as backup,
    extract(epoch from now() - (select min(applied_at) from schema_migrations))::float8 as site
"""


class BackupAge:
    """Asks the database every minute; by its clock, so that a wall clock that jumps makes no backup old."""

    def __init__(self, database: Database, days: int, supervisor: Supervisor | None = None) -> None:
        """Degraded when the last backup, or without one the site, is older than `days`."""
        self.age_s: float | None = None
        """None when there is none, or it is not known yet."""
        self._site_s = 0.0
        self._database = database
        self._days = days
        self._task = BackgroundTask("backup age", self._watch, supervisor)

    def start(self) -> None:
        """Begins to ask."""
        self._task.start()

    async def stop(self) -> None:
        await self._task.stop()

    async def look(self) -> None:
        """Asks now. While the database is away, or of an older version, what was known last stays."""
        try:
            async with request_connection(self._database) as connection:
                row = await connection.fetchrow(_AGES)
        except (Unavailable, OSError, asyncpg.PostgresError, asyncpg.InterfaceError) as failure:
            log.debug("the age of the last backup is not known: %s", failure)
            return
        assert row is not None
        self.age_s, self._site_s = row["backup"], row["site"] or 0.0

    def health(self) -> Mapping[str, Any]:
        """{"status", "problem", "age_hours"}; no age where there is no backup."""
        oldest = self._days * DAY_S
        problem: Text | str = ""
        if self.age_s is None and self._site_s > oldest:
            problem = Text("runtime.no-backup", days=int(self._site_s // DAY_S))
        elif self.age_s is not None and self.age_s > oldest:
            problem = Text("runtime.backup-old", days=int(self.age_s // DAY_S))
        age = {"age_hours": round(self.age_s / 3600, 1)} if self.age_s is not None else {}
        return {"status": "degraded" if problem else "ok", "problem": problem, **age}

    async def _watch(self) -> None:
        while True:
            await self.look()
            await asyncio.sleep(LOOK_EVERY_S)
