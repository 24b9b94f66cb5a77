"""Group commit of node memory: a message that settles while changes are not on disk yet waits for the commit that has them."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Protocol

from engine.core.background_task import BackgroundTask, Supervisor, describe_error
from engine.core.backoff import Backoff
from engine.core.failure import RetryableError
from engine.core.message import Delivery, Message
from engine.runtime.state.group_commit import GroupCommit
from engine.texts.text import Readable, reason_of

__all__ = ["LONGEST_KEY", "Change", "Journal", "JournalStore", "working_on"]

log = logging.getLogger("mcs.journal")

GATHER_S = 0.003
LONGEST_KEY = 500
"""Characters of a key: PostgreSQL's index has room for 2,704 bytes of name and key."""

_IN_WORK: ContextVar[Sequence[Delivery]] = ContextVar("in work", default=())
"""The same of a node that awaits something while it has its messages."""

Change = tuple[str, str, bytes | None, float | None]
"""(memory name, key, value in msgpack or None for forgotten, Unix time when it ends or None)."""


@contextmanager
def working_on(messages: Sequence[Message]) -> Iterator[None]:
    """What is remembered within, after any await too, comes of these messages."""
    before = _IN_WORK.set([message.delivery for message in messages])
    try:
        yield
    finally:
        _IN_WORK.reset(before)


class JournalStore(Protocol):
    """Where changes are kept: PostgreSQL or Redis."""

    async def start(self) -> None:
        """Begins to follow what other workers change, where the store can tell."""

    async def append(self, changes: list[Change]) -> None:
        """Commits all of them together. Raises RetryableError while the store is away."""

    async def load(self) -> list[Change]:
        """The living entries of all memories, oldest first."""


class Journal:
    """Collects changes and commits them eagerly: the next commit starts when the last is done, with what has gathered (see `GroupCommit`).

    Without a store (tests, simulation) it is always clean.
    """

    def __init__(self, store: JournalStore | None = None, supervisor: Supervisor | None = None) -> None:
        supervisor = supervisor if supervisor is not None else Supervisor()
        self.clean = True
        self.kept = store is not None
        """Whether what nodes remember outlives the process."""
        self.problem: Readable = ""
        self._store = store
        self._clock = supervisor.clock
        self._gathering = GroupCommit(GATHER_S)
        self._collectors: list[Callable[[], list[Change]]] = []
        self._ready: list[Change] = []
        """Encoded, as the last message that had a part in it is done."""
        self.current: Delivery | None = None
        """Of the message that nodes are given in this very moment: what they remember meanwhile is its change."""
        self._waiting: list[tuple[Callable[[Delivery], None], Delivery]] = []
        self._changes: list[Change] = []
        """Handed over by their memories, not written yet."""
        self._settling: list[tuple[Callable[[Delivery], None], Delivery]] = []
        """Finished with the commit that is under way."""
        self._wake: asyncio.Future[None] | None = None
        self._idle: list[asyncio.Future[None]] = []
        self._task = BackgroundTask("node memory", self._commit_all, supervisor)

    def touch(self, collect: Callable[[], list[Change]]) -> None:
        """A memory has changes; `collect` hands them over (encoded) when the commit starts."""
        if self._store is None:
            collect()
            return
        self._collectors.append(collect)
        self._awake()

    def add(self, changes: list[Change]) -> None:
        """Changes that may be committed as they are."""
        self._ready += changes
        self._awake()

    def _awake(self) -> None:
        if not self.clean:
            return  # a commit is under way, and looks again after it
        self.clean = False
        self._task.start()
        wake, self._wake = self._wake, None
        if wake is not None and not wake.done():
            wake.set_result(None)

    def after_commit(self, finish: Callable[[Delivery], None], delivery: Delivery) -> None:
        """Calls `finish(delivery)` once everything that was touched so far is committed."""
        self._waiting.append((finish, delivery))
        self._gathering.added(len(self._waiting))

    def in_work(self) -> list[Delivery]:
        """Of the messages that a node has while it awaits something, as far as anybody waits for them."""
        return [one for one in _IN_WORK.get() if one.pending > 0 and one.is_awaited]

    async def flush(self) -> None:
        """Returns when all is committed. Waits as long as the store is away; cancel to give up."""
        while self._has_work:
            idle: asyncio.Future[None] = asyncio.get_running_loop().create_future()
            self._idle.append(idle)
            await idle

    async def close(self) -> None:
        """Stops at once; what is not committed was not acknowledged either."""
        await self._task.stop()

    @property
    def _has_work(self) -> bool:
        return bool(self._collectors or self._ready or self._waiting or self._changes or self._settling)

    async def _commit_all(self) -> None:
        while True:
            while self._has_work:
                await self._commit()
            idle, self._idle = self._idle, []
            for waiting in idle:
                if not waiting.done():
                    waiting.set_result(None)
            self._wake = asyncio.get_running_loop().create_future()
            await self._wake

    async def _commit(self) -> None:
        assert self._store is not None
        if self._collectors or self._ready:
            await self._gathering.enough(len(self._waiting))
        collectors, self._collectors = self._collectors, []
        self._settling += self._waiting
        self._waiting = []
        ready, self._ready = self._ready, []
        collected = [change for collect in collectors for change in collect()]
        # The last word on each key: a statement may write a row once only.
        self._changes = list({change[:2]: change for change in (*self._changes, *ready, *collected)}.values())
        await self._append(self._store, self._changes)
        self._changes = []
        self._gathering.ended()
        if not self._collectors and not self._ready:
            self.clean = True
        settling, self._settling = self._settling, []
        for finish, delivery in settling:
            finish(delivery)

    async def _append(self, store: JournalStore, changes: list[Change]) -> None:
        # No message of any flow is acknowledged meanwhile, so the store must not have been back for long before it is found.
        backoff = Backoff(self._clock, longest_s=1.0)
        while changes:
            try:
                await store.append(changes)
            except RetryableError as away:
                if reason_of(away) != self.problem:
                    log.warning("node memory is not being saved: %s; trying again", away)
                self.problem = reason_of(away)
                await self._clock.sleep(away.after_s or backoff.next_s())
            except Exception as error:
                # Whatever the store raises, this task must live: without it no message of any flow would ever be acknowledged again.
                if describe_error(error) != self.problem:
                    log.exception("node memory is not being saved; trying again")
                self.problem = describe_error(error)
                await backoff.wait()
            else:
                self.problem = ""
                return
