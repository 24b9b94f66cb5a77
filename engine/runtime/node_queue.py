"""A queue and a task in front of an asynchronous node: keeps order, retries what may pass, and gives up on what hangs."""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from engine.core.background_task import BackgroundTask, Supervisor
from engine.core.backoff import Backoff
from engine.core.failure import RetryableError
from engine.core.foreign_code import NodeBroke, NodeHangs, await_foreign
from engine.core.message import Message
from engine.runtime.state.group_commit import GroupCommit
from engine.runtime.state.journal import working_on
from engine.texts.text import Readable, Text, reason_of

__all__ = ["NodeQueue", "TimedOut"]

STRIKES = 2
"""Time-outs in a row after which a queue counts as stuck."""
STUCK_S = 30.0
"""How long a stuck queue turns messages away before it tries one again."""


class TimedOut(Exception):
    """An asynchronous node did not return in time."""


class NodeQueue:
    """Feeds one asynchronous node: one message (or one batch) at a time, in order.

    A message here is held, so its source does not acknowledge it. `RetryableError` keeps the message and tries again with back-off,
    for ever; any other error sends it the way of errors. A node that hangs loses the message after `timeout_s` (to the way of errors);
    after two in a row what waits and what comes is turned away the same way, so that the source does not stop for the others.
    """

    def __init__(
        self,
        *,
        name: str,
        call: Callable[[Any], Awaitable[Any]],
        batch: int,
        timeout_s: float,
        supervisor: Supervisor,
        after: Callable[[Message, Any], None],
        fail: Callable[[Message, Exception], None],
        after_batch: Callable[[list[Message], Sequence[Any]], None] | None = None,
        linger_s: float = 0.0,
    ) -> None:
        self.name = name
        self.after = after
        self.after_batch = after_batch or self._one_after_another
        self.fail = fail
        self.received = 0
        self.handled = 0
        self.busy_s = 0.0
        self.problem: Readable = ""
        self.stuck_until = 0.0
        self._call = call
        self._batch = batch
        self._gathering = GroupCommit(linger_s) if linger_s else None
        self._timeout_s = timeout_s
        self._clock = supervisor.clock
        self._waiting: deque[Message] = deque()
        self._in_work: list[Message] = []
        self._left = False
        self._began = 0.0
        self._retrying = False
        self._expired = 0
        self._strikes = 0
        self._wake: asyncio.Future[None] | None = None
        self._idle: list[asyncio.Future[None]] = []
        self._task = BackgroundTask(f"queue {name}", self._run, supervisor)
        self._worker: asyncio.Task[Any] | None = None

    @property
    def depth(self) -> int:
        """Messages waiting or in work."""
        return len(self._waiting) + len(self._in_work)

    @property
    def stuck(self) -> bool:
        """True while messages are turned away because the node hangs."""
        return self._clock.monotonic() < self.stuck_until

    def start(self) -> None:
        """Starts the task that feeds the node."""
        self._task.start()

    def put(self, message: Message) -> None:
        """Takes a message; returns at once."""
        self.received += 1
        if self.stuck_until and self.stuck:
            self.fail(
                message,
                TimedOut(
                    Text(
                        "runtime.hangs-until", node=self.name, seconds=round(self.stuck_until - self._clock.monotonic())
                    )
                ),
            )
            return
        message.delivery.pending += 1
        self._waiting.append(message)
        if self._wake is not None:
            self._wake.set_result(None)
            self._wake = None
        elif self._gathering is not None:
            self._gathering.added(len(self._waiting))

    async def drained(self) -> None:
        """Returns when nothing waits and nothing is in work."""
        while self.depth:
            idle: asyncio.Future[None] = asyncio.get_running_loop().create_future()
            self._idle.append(idle)
            await idle

    def check(self) -> None:
        """Called about twice a second: gives up on a call that has lasted too long. One that goes on when it is cancelled is cancelled again
        each time that its time has passed once more, and what waits and comes is turned away."""
        lasted_s = self._clock.monotonic() - self._began
        if self._in_work and not self._retrying and lasted_s > self._timeout_s * (self._expired + 1):
            self._expired += 1
            if self._expired > 1:
                self.problem = Text("runtime.did-not-return", node=self.name, seconds=self._timeout_s)
                self._turn_away()
            if self._worker is not None:
                self._worker.cancel()

    async def stop(self) -> None:
        """Stops at once. What waits stays held: its source was not told that it is done and brings it again."""
        self._expired = 0
        await self._task.stop()

    def evict(self, reason: Exception) -> int:
        """Sends all that waits the way of errors; the number of messages."""
        evicted = list(self._waiting)
        self._waiting.clear()
        for message in evicted:
            self.fail(message, reason)
            message.delivery.release()
        return len(evicted)

    def take_over(self) -> list[Message]:
        """Ends the queue and hands out what it holds, in order, what is in work first. The caller takes over the holds: one `release` each."""
        taken = [*self._in_work, *self._waiting]
        self._left = True
        self._in_work = []
        self._waiting.clear()
        self._task.cancel()
        return taken

    async def _run(self) -> None:
        self._worker = asyncio.current_task()
        self._expired = 0
        self._retrying = False
        # What a run that ended by itself was at.
        self._waiting.extendleft(reversed(self._in_work))
        self._in_work = []
        while True:
            while self._waiting:
                if self._gathering is not None:
                    await self._gathering.enough(len(self._waiting))
                if self._batch > 1:
                    self._in_work = [self._waiting.popleft() for _ in range(min(self._batch, len(self._waiting)))]
                    await self._handle(self._in_work)
                    if self._gathering is not None:
                        self._gathering.ended()
                else:
                    await self._handle_one(self._waiting.popleft())
            for idle in self._idle:
                if not idle.done():
                    idle.set_result(None)
            self._idle.clear()
            self._wake = asyncio.get_running_loop().create_future()
            await self._wake

    async def _handle_one(self, message: Message) -> None:
        self._in_work = [message]
        try:
            result = await self._attempt(message)
            if self._left:
                return
            self.after(message, result)
        except Exception as error:  # noqa: BLE001 - whatever a node raises stops only this message
            self.fail(message, error)
        self._done([message])

    async def _handle(self, messages: list[Message]) -> None:
        """A failing batch is halved until the message that fails stands alone."""
        try:
            results = await self._attempt(messages)
            if self._left:
                return
            if results is not None:
                self.after_batch(messages, results)
        except Exception as error:  # noqa: BLE001
            if len(messages) > 1 and not isinstance(error, TimedOut):
                middle = len(messages) // 2
                await self._handle(messages[:middle])
                await self._handle(messages[middle:])
                return
            for message in messages:
                self.fail(message, error)
        self._done(messages)

    def _one_after_another(self, messages: list[Message], results: Sequence[Any]) -> None:
        for message, result in zip(messages, results, strict=True):
            if isinstance(result, Exception):
                self.fail(message, result)
            else:
                self.after(message, result)

    async def _attempt(self, work: Any) -> Any:
        # Without chance: one process is no crowd, and a replay has the same waits each time.
        backoff = Backoff(self._clock, jitter=0.0)
        while True:
            self._began = began = self._clock.monotonic()
            try:
                with working_on(self._in_work):
                    result = await await_foreign(self._call, work)
            except RetryableError as away:
                self.problem = reason_of(away)
                self._retrying = True
                await self._clock.sleep(away.after_s or backoff.next_s())
                self._retrying = False
            except asyncio.CancelledError:
                if not self._expired:
                    raise
                raise self._give_up() from None
            except NodeBroke as broke:
                if isinstance(broke.__cause__, NodeHangs):  # it held up the whole loop, and was interrupted
                    raise self._give_up() from broke
                raise
            else:
                self._unexpire()
                self._strikes = 0
                self.stuck_until = 0.0
                self.problem = ""
                self.busy_s += self._clock.monotonic() - began
                return result

    def _give_up(self) -> TimedOut:
        """The message in work has had its time."""
        self._unexpire()
        self._strikes += 1
        self.problem = Text("runtime.did-not-return", node=self.name, seconds=self._timeout_s)
        if self._strikes >= STRIKES:
            self._turn_away()
        return TimedOut(self.problem)

    def _turn_away(self) -> None:
        self.stuck_until = self._clock.monotonic() + STUCK_S
        self.evict(TimedOut(Text("runtime.hangs", node=self.name)))
        logging.getLogger("mcs.queue").error("%s hangs: its messages go the way of errors for %g s", self.name, STUCK_S)

    def _unexpire(self) -> None:
        """Takes back the cancellation by which a call that lasts too long is ended."""
        if self._worker is not None:
            for _ in range(self._expired):
                self._worker.uncancel()
        self._expired = 0

    def _done(self, messages: list[Message]) -> None:
        if self._left:
            return
        self.handled += len(messages)
        if len(messages) < len(self._in_work):
            done = set(map(id, messages))
            self._in_work = [message for message in self._in_work if id(message) not in done]
        else:
            self._in_work = []
        for message in messages:
            message.delivery.release()
