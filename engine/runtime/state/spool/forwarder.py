"""A database as a target that may be away or hang: what it can't take in time goes to the spool, and from there in order once it can."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from typing import Generic, Protocol, TypeVar

from engine.core.background_task import describe_error
from engine.core.backoff import Backoff
from engine.core.clock import Clock
from engine.core.failure import PermanentError, RetryableError
from engine.runtime.state.spool.spool_file import Backlog, SpoolFile, SpoolFull
from engine.texts.text import Readable, Text, reason_of

__all__ = ["Forwarder", "Target"]

log = logging.getLogger("mcs.spool")

T = TypeVar("T")

DRAIN_WITHIN_S = 60.0
"""A batch from the spool may take this long: after an outage a database has much to do at once."""


class Target(Protocol[T]):
    """A database as somebody writes to it."""

    async def write(self, items: Sequence[T]) -> None:
        """Commits a batch. RetryableError: the target is away. PermanentError: it will never take one of these.

        It may be called again with what it has committed already (an answer that was lost, a kill), and stores that once. A call that
        is cancelled ends at once, also when the server hangs.
        """

    def encode(self, items: Sequence[T]) -> bytes:
        """A batch as it lies on disk."""

    def decode(self, body: bytes) -> list[T]:
        """The way back; a version after an upgrade still reads what an earlier one wrote."""

    def reject(self, item: T, error: PermanentError) -> None:
        """The target refuses an item from the disk for good; one that is written directly raises to whoever writes it."""

    async def close(self) -> None:
        """Lets go of connections; `write` opens them again."""


class Forwarder(Generic[T]):
    """Writes batches to a target, directly while it answers within `patience_s`, else through the spool, and keeps their order.

    Without a spool (tests, simulations) every batch is written directly.
    """

    def __init__(
        self,
        spool: SpoolFile | None,
        stream: str,
        target: Target[T],
        clock: Clock,
        *,
        opened: asyncio.Event,
        patience_s: float = 3.0,
        drain_within_s: float = DRAIN_WITHIN_S,
    ) -> None:
        self.stream = stream
        self.target = target
        self.problem: Readable = ""
        """Why the target does not take anything just now; "" while it does."""
        self._spool = spool
        self._clock = clock
        self._opened = opened
        self._patience_s = patience_s
        self._drain_within_s = drain_within_s
        self._away_since: float | None = None
        self._appending = 0
        self._filled = asyncio.Event()

    @property
    def backlog(self) -> Backlog:
        """What waits on disk."""
        return self._spool.backlog(self.stream) if self._spool is not None else Backlog()

    @property
    def spooling(self) -> bool:
        """Whether what is put now goes to disk: something waits there already, and nothing may overtake it."""
        return self._appending > 0 or self.backlog.rows > 0

    async def put(self, items: Sequence[T]) -> None:
        """Returns when they are committed, or lie on disk. PermanentError when the target refuses one of them. RetryableError while its
        patience lasts, and when there is no room on disk either: then whoever writes waits and tries again, as without a spool."""
        if self._spool is None:
            await self._opened.wait()
            await self.target.write(items)
            return
        if not self.spooling and await self._wrote(items):
            return
        self._appending += 1
        try:
            await self._spool.append(self.stream, len(items), self.target.encode(items))
        except SpoolFull:
            if self.backlog.rows:
                raise
            await self.target.write(items)
        finally:
            self._appending -= 1
        self._filled.set()

    async def drain(self) -> None:
        """Runs for ever: whatever waits on disk goes to the target, oldest first. To be run as a task that is watched."""
        if self._spool is None:
            return
        if self.backlog.rows:
            self._filled.set()
        backoff = Backoff(self._clock)
        while True:
            await self._opened.wait()
            await self._filled.wait()
            entries = await self._spool.oldest(self.stream)
            if not entries:
                self._filled.clear()
                if not self.spooling:
                    self._is_back()
                continue
            items = [item for entry in entries for item in self.target.decode(entry.body)]
            try:
                async with asyncio.timeout(self._drain_within_s):
                    await self._write_each(items)
            except (RetryableError, TimeoutError) as away:
                self.problem = reason_of(away) or Text("spool.no-answer", seconds=self._drain_within_s)
                await backoff.wait()
            else:
                backoff.reset()
                await self._spool.remove(self.stream, entries[-1].id)

    async def _wrote(self, items: Sequence[T]) -> bool:
        """Whether the target has taken them; False when its patience is over. RetryableError before that."""
        left_s = self._patience_left()
        if left_s <= 0 or not self._opened.is_set():
            return False
        began = self._clock.monotonic()
        try:
            async with asyncio.timeout(left_s):
                await self.target.write(items)
        except TimeoutError:
            self._has_gone(Text("spool.no-answer", seconds=round(left_s, 1)), began)
            return False
        except RetryableError as away:
            self._has_gone(reason_of(away), began)
            if self._patience_left() > 0:
                raise
            return False
        self._is_back()
        return True

    async def _write_each(self, items: Sequence[T]) -> None:
        """A batch with an item that is refused is halved until it stands alone."""
        try:
            await self.target.write(items)
        except (RetryableError, TimeoutError):
            raise
        except Exception as error:  # noqa: BLE001 - whatever it is, it must not keep all that waits behind it on disk for ever
            if len(items) == 1:
                refused = error if isinstance(error, PermanentError) else PermanentError(describe_error(error))
                self.target.reject(items[0], refused)
                return
            middle = len(items) // 2
            await self._write_each(items[:middle])
            await self._write_each(items[middle:])

    def _patience_left(self) -> float:
        """Seconds; the first failure begins it, so that further attempts of whoever writes share one."""
        if self._away_since is None:
            return self._patience_s
        return self._away_since + self._patience_s - self._clock.monotonic()

    def _has_gone(self, problem: Readable, since: float) -> None:
        if self._away_since is None:
            self._away_since = since
            log.warning("%s: %s; what comes now is spooled", self.stream, problem)
        self.problem = problem

    def _is_back(self) -> None:
        if self._away_since is not None:
            log.warning("%s: everything is written again", self.stream)
        self._away_since = None
        self.problem = ""
