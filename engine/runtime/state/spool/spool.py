"""The spool of a site: its file on disk and every stream that goes round an outage through it."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, TypeVar

from engine.core.background_task import BackgroundTask, Supervisor
from engine.core.clock import Clock
from engine.runtime.state.spool.forwarder import Forwarder, Target
from engine.runtime.state.spool.spool_file import SpoolFile

__all__ = ["Spool"]

T = TypeVar("T")

FULL_SOON = 0.9
COPIES_EVERY_S = 2.0


class Spool:
    """Nodes and services ask for a forwarder by the name of its stream; it stays until the site ends, whether or not who asked does."""

    def __init__(self, file: SpoolFile | None, clock: Clock, supervisor: Supervisor, *, closed: bool = False) -> None:
        """`closed`: nothing is written to any target until `open` is called; a start without the database must first make its tables."""
        self.file = file
        self.complete = False
        self._opened = asyncio.Event()
        if not closed:
            self._opened.set()
        self._clock = clock
        self._supervisor = supervisor
        self._forwarders: dict[str, Forwarder[Any]] = {}
        self._tasks: list[BackgroundTask] = []
        if file is not None:
            self._begin("spool copies", self._keep_copies)

    def forwarder(self, stream: str, make: Callable[[], Target[T]], *, patience_s: float = 3.0) -> Forwarder[T]:
        """The forwarder of a stream; the first who asks makes its target."""
        known = self._forwarders.get(stream)
        if known is None:
            known = self._forwarders[stream] = Forwarder(
                self.file, stream, make(), self._clock, opened=self._opened, patience_s=patience_s
            )
            if self.file is not None:
                self._begin(f"spool {stream}", known.drain)
        return known

    def open(self) -> None:
        """The targets may be written to from now on."""
        self._opened.set()

    @property
    def waiting(self) -> list[str]:
        """The streams that an earlier process, or a node that is gone, has left something in."""
        return [] if self.file is None else [name for name in self.file.streams if name not in self._forwarders]

    def copy(self, name: str, key: str, body: bytes | None) -> None:
        """Keeps a copy on disk of what a start without the databases needs (None: no longer); written within seconds."""
        if self.file is not None:
            self.file.copy(name, key, body)

    async def copies(self, name: str) -> dict[str, bytes]:
        """The copies under a name; {} without a file."""
        return await self.file.copies(name) if self.file is not None else {}

    async def stop(self) -> None:
        """Ends the drains and lets go of the targets; what is on disk stays there for the next start."""
        for task in self._tasks:
            await task.stop()
        for forwarder in self._forwarders.values():
            await forwarder.target.close()

    def _begin(self, name: str, work: Callable[[], Awaitable[None]]) -> None:
        task = BackgroundTask(name, work, self._supervisor)
        task.start()
        self._tasks.append(task)

    async def _keep_copies(self) -> None:
        assert self.file is not None
        while True:
            await self._clock.sleep(COPIES_EVERY_S)
            await self.file.flush_copies()

    def health(self) -> Mapping[str, Any]:
        """{"status", "rows", "size_bytes", "room_bytes", "oldest_at", "problem"}; degraded while anything is spooled."""
        if self.file is None:
            return {"status": "ok", "rows": 0}
        backlogs = list(self.file.streams.values())
        rows = sum(backlog.rows for backlog in backlogs)
        problems = [forwarder.problem for forwarder in self._forwarders.values() if forwarder.problem]
        room = self.file.room_bytes
        problem = self.file.problem or (problems[0] if problems else "")
        return {
            "status": "degraded" if problem or rows else "ok",
            "problem": problem,
            "rows": rows,
            "size_bytes": self.file.size_bytes,
            "room_bytes": room,
            "full": self.file.size_bytes > FULL_SOON * (self.file.size_bytes + room),
            **({"oldest_at": min(backlog.oldest_at for backlog in backlogs)} if backlogs else {}),
        }
