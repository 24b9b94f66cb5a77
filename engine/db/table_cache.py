"""What a table says, kept in memory and in step with it through NOTIFY."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable

from engine.core.background_task import BackgroundTask, Supervisor
from engine.core.backoff import Backoff
from engine.core.failure import RetryableError
from engine.db.database import Database, Unavailable
from engine.texts.text import Readable

__all__ = ["TableCache"]

log = logging.getLogger("mcs.cache")


class TableCache:
    """Calls `read(keys)` for the rows that have changed: those whose keys `channel` was notified with, or all (`keys` is None).

    All are read at first, after each break of the connection (what was notified meanwhile is unknown), and when a notification names no key.
    While the database is away what was read last stays, and reading is tried again; changes that come meanwhile are read together.
    `read` takes over what it finds, and raises RetryableError or Unavailable while the database is away.
    """

    def __init__(
        self,
        name: str,
        database: Database,
        channel: str,
        read: Callable[[set[str] | None], Awaitable[None]],
        supervisor: Supervisor | None = None,
    ) -> None:
        supervisor = supervisor if supervisor is not None else Supervisor()
        self._name = name
        self._database = database
        self._channel = channel
        self._read = read
        self._backoff = Backoff(supervisor.clock)
        self._task = BackgroundTask(name, self._follow, supervisor)
        self._stale: set[str] | None = None
        self._wake = asyncio.Event()
        self._loaded = asyncio.Event()
        self._problem = ""
        self._unlisten: Callable[[], None] = lambda: None

    @property
    def problem(self) -> Readable:
        """Why it may not be in step with the table; "" when it is."""
        return self._problem or self._task.problem

    async def start(self, wait_s: float | None = None) -> bool:
        """Returns when all was read once (True), however long the database is away, or after `wait_s` (False)."""
        self._unlisten = self._database.listen(self._channel, self.refresh)
        self._task.start()
        try:
            async with asyncio.timeout(wait_s):
                await self._loaded.wait()
        except TimeoutError:
            return False
        return True

    async def stop(self) -> None:
        """Follows the table no more; what was read stays."""
        self._unlisten()
        self._unlisten = lambda: None
        await self._task.stop()

    def refresh(self, key: str | None = None) -> None:
        """Has this row read again, or all of them; returns at once."""
        if not key:
            self._stale = None
        elif self._stale is not None:
            self._stale.add(key)
        self._wake.set()

    async def _follow(self) -> None:
        if self._task.ends:
            self.refresh()  # what the run before was to read is unknown
        while True:
            await self._wake.wait()
            self._wake.clear()
            stale, self._stale = self._stale, set()
            try:
                await self._read(stale)
            except (RetryableError, Unavailable) as away:
                if not self._problem:
                    log.warning("%s: what was read last stays, trying again: %s", self._name, away)
                self._problem = str(away)
                self._stale = None if stale is None or self._stale is None else self._stale | stale
                self._wake.set()
                await self._backoff.wait()
            else:
                self._problem = ""
                self._backoff.reset()
                self._loaded.set()
