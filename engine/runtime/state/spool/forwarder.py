"""A database as a target that may be away or hang: what it can't take in time goes to the spool, and from there in order once it can."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from typing import Generic, TypeVar

from engine.core.clock import Clock
from engine.core.failure import PermanentError, RetryableError
from engine.runtime.state.spool.spool_file import Backlog, SpoolFile, SpoolFull

__all__ = ["Forwarder"]

log = logging.getLogger("mcs.spool")

T = TypeVar("T")

DRAIN_WITHIN_S = 60.0
"""A batch from the spool may take this long: after an outage a database has much to do at once."""
FIRST_RETRY_S = 0.2
LONGEST_RETRY_S = 5.0


class Forwarder(Generic[T]):
    """Writes batches to a target, directly while it answers within `patience_s`, else through the spool, and keeps their order.

    write       commits a batch. RetryableError: the target is away. PermanentError: it will never take one of these. It may be called
                again with what it has committed already (an answer that was lost, a kill): it must be able to store that once.
    encode      a batch as bytes, and `decode` back; a version after an upgrade must still read what an earlier one wrote
    rejected    is told of an item of the spool that the target refuses for good; directly written ones raise to whoever writes
    """

    def __init__(
        self,
        spool: SpoolFile,
        stream: str,
        *,
        write: Callable[[Sequence[T]], Awaitable[None]],
        encode: Callable[[Sequence[T]], bytes],
        decode: Callable[[bytes], list[T]],
        rejected: Callable[[T, PermanentError], None],
        clock: Clock,
        patience_s: float = 3.0,
        drain_within_s: float = DRAIN_WITHIN_S,
    ) -> None:
        self.stream = stream
        self.problem = ""
        """Why the target does not take anything just now; "" while it does."""
        self._spool = spool
        self._write = write
        self._encode = encode
        self._decode = decode
        self._rejected = rejected
        self._clock = clock
        self._patience_s = patience_s
        self._drain_within_s = drain_within_s
        self._away_since: float | None = None
        self._appending = 0
        self._filled = asyncio.Event()

    @property
    def backlog(self) -> Backlog:
        """What waits on disk."""
        return self._spool.backlog(self.stream)

    @property
    def spooling(self) -> bool:
        """Whether what is put now goes to disk: something waits there already, and nothing may overtake it."""
        return self._appending > 0 or self.backlog.rows > 0

    async def put(self, items: Sequence[T]) -> None:
        """Returns when they are committed, or lie on disk. PermanentError when the target refuses one of them. RetryableError while its
        patience lasts, and when there is no room on disk either: then whoever writes waits and tries again, as without a spool."""
        if not self.spooling and await self._wrote(items):
            return
        self._appending += 1
        try:
            await self._spool.append(self.stream, len(items), self._encode(items))
        except SpoolFull:
            if self.backlog.rows:
                raise
            await self._write(items)
        finally:
            self._appending -= 1
        self._filled.set()

    async def drain(self) -> None:
        """Runs for ever: whatever waits on disk goes to the target, oldest first. To be run as a task that is watched."""
        if self.backlog.rows:
            self._filled.set()
        wait_s = FIRST_RETRY_S
        while True:
            await self._filled.wait()
            entries = await self._spool.oldest(self.stream)
            if not entries:
                self._filled.clear()
                if not self.spooling:
                    self._is_back()
                continue
            items = [item for entry in entries for item in self._decode(entry.body)]
            try:
                async with asyncio.timeout(self._drain_within_s):
                    await self._write_each(items)
            except (RetryableError, TimeoutError) as away:
                self.problem = str(away) or f"no answer within {self._drain_within_s:g} s"
                await self._clock.sleep(wait_s)
                wait_s = min(wait_s * 2, LONGEST_RETRY_S)
            else:
                wait_s = FIRST_RETRY_S
                await self._spool.remove(self.stream, entries[-1].id)

    async def _wrote(self, items: Sequence[T]) -> bool:
        """Whether the target has taken them; False when its patience is over. RetryableError before that."""
        left_s = self._patience_left()
        if left_s <= 0:
            return False
        began = self._clock.monotonic()
        try:
            async with asyncio.timeout(left_s):
                await self._write(items)
        except TimeoutError:
            self._has_gone(f"no answer within {left_s:.1f} s", began)
            return False
        except RetryableError as away:
            self._has_gone(str(away), began)
            if self._patience_left() > 0:
                raise
            return False
        self._is_back()
        return True

    async def _write_each(self, items: Sequence[T]) -> None:
        """A batch with an item that is refused is halved until it stands alone."""
        try:
            await self._write(items)
        except PermanentError as refused:
            if len(items) == 1:
                self._rejected(items[0], refused)
                return
            middle = len(items) // 2
            await self._write_each(items[:middle])
            await self._write_each(items[middle:])

    def _patience_left(self) -> float:
        """Seconds; the first failure begins it, so that further attempts of whoever writes share one."""
        if self._away_since is None:
            return self._patience_s
        return self._away_since + self._patience_s - self._clock.monotonic()

    def _has_gone(self, problem: str, since: float) -> None:
        if self._away_since is None:
            self._away_since = since
            log.warning("%s: %s; what comes now is spooled", self.stream, problem)
        self.problem = problem

    def _is_back(self) -> None:
        if self._away_since is not None:
            log.warning("%s: everything is written again", self.stream)
        self._away_since = None
        self.problem = ""
