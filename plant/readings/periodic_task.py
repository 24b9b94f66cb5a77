"""Work on the database that is done again and again for as long as the site runs."""

from __future__ import annotations

import logging
from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import Any, ClassVar

import asyncpg

from engine.api import BackgroundTask, Clock, Readable, RetryableError, Supervisor, Text, reason_of

__all__ = ["PeriodicTask"]

log = logging.getLogger("mcs.rounds")


class PeriodicTask(ABC):
    """A pack service: `run_once` at once, and then every `every_s`; every `retry_s` while the database is away."""

    every_s: ClassVar[float]
    retry_s: ClassVar[float]

    def __init__(self, clock: Clock, supervisor: Supervisor | None = None) -> None:
        self._clock = clock
        self._problem: Readable = ""
        self._task = BackgroundTask(type(self).__name__.lower(), self._go_on, supervisor)

    @abstractmethod
    def describe_refusal(self, reason: str) -> Text:
        """What health says when the database refuses; the next round comes in its time."""

    @abstractmethod
    async def run_once(self) -> object:
        """One round. Raises RetryableError while the database is away, asyncpg's errors when it refuses."""

    async def start(self) -> None:
        """Begins, and returns at once."""
        self._task.start()

    async def stop(self) -> None:
        """Ends it, a round under way too; what that has committed stays."""
        await self._task.stop()

    def health(self) -> Mapping[str, Any]:
        """Degraded while the last round could not be finished."""
        return {"status": "degraded" if self._problem else "ok", "problem": self._problem}

    async def _go_on(self) -> None:
        while True:
            pause_s = self.every_s
            try:
                await self.run_once()
                self._problem = ""
            except RetryableError as away:
                self._problem = reason_of(away)
                pause_s = self.retry_s
            except asyncpg.PostgresError as refused:
                self._problem = self.describe_refusal(str(refused))
                log.exception("%s", self._problem)
            await self._clock.sleep(pause_s)
