"""Pieces of work that end by themselves, each in a task of its own, and all with their owner."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import Self, TypeVarTuple

from engine.core.background_task import describe_error

__all__ = ["BackgroundJobs"]

_Given = TypeVarTuple("_Given")

log = logging.getLogger("mcs.tasks")


class BackgroundJobs:
    """As `async with BackgroundJobs() as jobs:` the jobs end with the block, else by `stop`. What a job raises is logged with its name, and ends
    no other.
    """

    def __init__(self) -> None:
        self._running: set[asyncio.Task[None]] = set()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *failure: object) -> None:
        await self.stop()

    def __len__(self) -> int:
        """How many are under way."""
        return len(self._running)

    def start(self, name: str, work: Callable[[*_Given], Awaitable[object]], *given: *_Given) -> asyncio.Task[None]:
        """Begins `work(*given)`; the task may be waited for or cancelled, and raises nothing of what the job raises."""
        job = asyncio.get_running_loop().create_task(_contained(name, work, *given), name=name)
        self._running.add(job)
        job.add_done_callback(self._running.discard)
        return job

    async def stop(self) -> None:
        """Returns when all have ended. A caller that is cancelled meanwhile is cancelled."""
        for job in self._running:
            job.cancel()
        others = self._running - {asyncio.current_task()}
        if others:
            await asyncio.wait(others)


async def _contained(name: str, work: Callable[[*_Given], Awaitable[object]], *given: *_Given) -> None:
    try:
        await work(*given)
    except (asyncio.CancelledError, GeneratorExit):
        raise
    except BaseException as error:
        # asyncio would end the whole process by a SystemExit.
        log.exception("%s failed: %s", name, describe_error(error))
