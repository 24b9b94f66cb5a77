"""Two things of the machine that the monitoring depends on and that nobody looks at: room on its disk, and its clock."""

from __future__ import annotations

import logging
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import asyncpg
import psutil

from engine.core.background_task import BackgroundTask, Supervisor
from engine.core.clock import Clock
from engine.db.database import Database, Unavailable
from engine.db.request_connection import request_connection
from engine.texts.text import Readable, Text

__all__ = ["ClockWatch", "disk_health"]

log = logging.getLogger("mcs.machine")

LEAST_FREE_BYTES = 1_000_000_000
LEAST_FREE_SHARE = 0.05
LOOK_EVERY_S = 5.0
COMPARE_EVERY_S = 60.0
STEP_S = 5.0
"""A clock that is kept by NTP is slewed, not set."""
STEP_SHOWN_FOR_S = 600.0
DRIFT_S = 30.0


def disk_health(folder: Path) -> Mapping[str, Any]:
    """{"status", "free_bytes", "problem"}: degraded with less than 5 % or 1 GB left, whichever is less."""
    try:
        usage = psutil.disk_usage(str(folder))
    except OSError as failure:
        return {
            "status": "degraded",
            "problem": Text("runtime.disk-unreadable", folder=str(folder), reason=str(failure)),
        }
    if usage.free >= min(LEAST_FREE_BYTES, LEAST_FREE_SHARE * usage.total):
        return {"status": "ok", "free_bytes": usage.free}
    problem = Text("runtime.disk-full-soon", folder=str(folder), free_mb=usage.free // 1_000_000)
    return {"status": "degraded", "free_bytes": usage.free, "problem": problem}


class ClockWatch:
    """Notices when the wall clock is set, and when it is not that of the database; nothing here depends on either being right."""

    def __init__(self, clock: Clock, database: Database, supervisor: Supervisor) -> None:
        self._clock = clock
        self._database = database
        self._task = BackgroundTask("clock", self._watch, supervisor)
        self._offset = clock.now() - clock.monotonic()
        self._step_s = 0.0
        self._stepped_at: float | None = None
        self._drift_s = 0.0
        self._compared_at: float | None = None

    def start(self) -> None:
        """Begins to look."""
        self._task.start()

    async def stop(self) -> None:
        """Looks no more."""
        await self._task.stop()

    def health(self) -> Mapping[str, Any]:
        """{"status", "drift_s", "problem"}; degraded for ten minutes after a step, and while it differs from the database's clock."""
        problem: Readable = ""
        if self._stepped_at is not None and self._clock.monotonic() - self._stepped_at < STEP_SHOWN_FOR_S:
            problem = Text("runtime.clock-stepped", seconds=round(self._step_s))
        if abs(self._drift_s) > DRIFT_S:
            problem = Text("runtime.clock-drift", seconds=round(self._drift_s))
        facts = {"status": "degraded" if problem else "ok", "drift_s": round(self._drift_s, 1)}
        return {**facts, "problem": problem} if problem else facts

    async def _watch(self) -> None:
        while True:
            await self._clock.sleep(LOOK_EVERY_S)
            self.look()
            now = self._clock.monotonic()
            if self._compared_at is None or now - self._compared_at >= COMPARE_EVERY_S:
                self._compared_at = now
                await self._compare()

    def look(self) -> None:
        """Compares the wall clock with the time that has gone by since the last look."""
        offset = self._clock.now() - self._clock.monotonic()
        if abs(offset - self._offset) > STEP_S:
            self._step_s = offset - self._offset
            self._stepped_at = self._clock.monotonic()
            log.warning("the clock was set by %+.0f s", self._step_s)
        self._offset = offset

    async def _compare(self) -> None:
        asked = time.monotonic()
        try:
            async with request_connection(self._database) as connection:
                theirs = await connection.fetchval("select extract(epoch from clock_timestamp())::float8")
        except (Unavailable, TimeoutError, OSError, asyncpg.PostgresError, asyncpg.InterfaceError) as away:
            log.debug("the database's clock can't be read: %s", away)
            return
        self._drift_s = self._clock.now() - (time.monotonic() - asked) / 2 - theirs
