"""Work that goes on beside everything else for as long as its owner wants it, and who watches that it does."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import Any, Literal

import msgspec

from engine.core.backoff import Backoff
from engine.core.clock import Clock, SystemClock, Timer
from engine.core.failure import PermanentError, RetryableError
from engine.texts.text import Readable, ReadableField, Text, reason_of

__all__ = ["BackgroundTask", "Supervisor", "TaskState", "describe_error"]

log = logging.getLogger("mcs.tasks")

PROVEN_S = 30.0
"""A run that has lasted so long has done its work: what ended it is the first failure again, and what ended the one before is over."""

LEFT_BEHIND_S = 10.0
"""How long work may take to end that was asked to."""


class TaskState(msgspec.Struct, frozen=True, kw_only=True):
    """One task that is wanted. `ended`: its work has ended by itself and waits to be started again; `ends` is how often that was."""

    name: ReadableField
    state: Literal["running", "ended"]
    ends: int
    problem: ReadableField


class Supervisor:
    """All tasks of a process that ought to be running, in the order in which they were started."""

    def __init__(self, clock: Clock | None = None) -> None:
        self.clock: Clock = clock or SystemClock()
        self._wanted: dict[BackgroundTask, None] = {}

    def watch(self, task: BackgroundTask) -> None:
        """It has been started."""
        self._wanted[task] = None

    def forget(self, task: BackgroundTask) -> None:
        """It is no longer wanted."""
        self._wanted.pop(task, None)

    def tasks(self) -> list[TaskState]:
        """How each of them is."""
        return [
            TaskState(
                name=task.name,
                state="running" if task.running else "ended",
                ends=task.ends,
                problem=task.problem,
            )
            for task in self._wanted
        ]


class BackgroundTask:
    """Runs `work()` until it is stopped. Work that ends by itself, whatever it raised, is logged with its name and started again with back-off.

    `work` lasts until it is cancelled, and begins anew each time it is called.
    """

    def __init__(
        self,
        name: Readable,
        work: Callable[[], Awaitable[object]],
        supervisor: Supervisor | None = None,
        *,
        log: logging.Logger | logging.LoggerAdapter[Any] = log,
    ) -> None:
        self.name = name
        self.ends = 0
        """How often the work has ended by itself."""
        self._work = work
        self._log = log
        self._supervisor = supervisor if supervisor is not None else Supervisor()
        self._clock = self._supervisor.clock
        self._backoff = Backoff(self._clock)
        self._wanted = False
        self._run: asyncio.Task[tuple[Readable, BaseException | None]] | None = None
        self._again: Timer | None = None
        self._began = 0.0
        self._reason: Readable = ""

    @property
    def running(self) -> bool:
        """Whether the work runs now."""
        return self._run is not None and not self._run.done()

    @property
    def problem(self) -> Readable:
        """Why the work has ended, until it runs again and has lasted for half a minute; "" when all is well."""
        proven = self.running and self._clock.monotonic() - self._began >= PROVEN_S
        return "" if proven else self._reason

    def start(self) -> None:
        """Begins; harmless when it has begun."""
        if not self._wanted:
            self._wanted = True
            self._reason = ""
            self._backoff.reset()
            self._supervisor.watch(self)
            self._begin()

    def cancel(self) -> None:
        """Asks the work to end, and returns at once. It may be started again."""
        self._want_no_more()
        if self._run is not None:
            self._run.cancel()

    async def stop(self, finish_s: float = 0.0) -> None:
        """Returns when the work has ended; with `finish_s` it is first given so long to return by itself. What it raises in ending is logged; work
        that goes on when it is cancelled is left behind after ten seconds; a caller that is cancelled meanwhile is cancelled."""
        run = None if self._run is asyncio.current_task() else self._run
        self._want_no_more()
        try:
            if run is not None and finish_s > 0:
                await asyncio.wait([run], timeout=finish_s)
        finally:
            self.cancel()
        if run is not None:
            _, going_on = await asyncio.wait([run], timeout=LEFT_BEHIND_S)
            if going_on:
                self._log.error("%s does not end; it is left behind", self.name)

    def _want_no_more(self) -> None:
        self._wanted = False
        self._supervisor.forget(self)
        if self._again is not None:
            self._again.cancel()
            self._again = None

    def _begin(self) -> None:
        self._again = None
        self._began = self._clock.monotonic()
        self._run = asyncio.get_running_loop().create_task(self._contained(), name=str(self.name))
        self._run.add_done_callback(self._ended)

    async def _contained(self) -> tuple[Readable, BaseException | None]:
        """Why the work has ended by itself."""
        try:
            await self._work()
        except (asyncio.CancelledError, GeneratorExit):
            raise
        except BaseException as error:  # noqa: BLE001 - asyncio would end the whole process by a SystemExit
            return describe_error(error), error
        return Text("runtime.returned"), None

    def _ended(self, run: asyncio.Task[tuple[Readable, BaseException | None]]) -> None:
        reason, error = (Text("runtime.cancelled"), None) if run.cancelled() else run.result()
        if run is not self._run or not self._wanted:
            if error is not None:
                self._log.error("%s failed as it was stopped: %s", self.name, reason, exc_info=error)
            return
        self.ends += 1
        if self._clock.monotonic() - self._began >= PROVEN_S:
            self._backoff.reset()
            self._reason = ""
        # The same again and again would fill the disk with the same traceback; where the world is away the text says all.
        told = reason == self._reason or isinstance(error, (RetryableError, PermanentError))
        self._reason = reason
        self._log.error(
            "%s has ended by itself: %s; it is started again", self.name, reason, exc_info=None if told else error
        )
        self._again = self._clock.call_later(self._backoff.next_s(), self._begin)


def describe_error(error: BaseException) -> Readable:
    """Its text when it brings one of ours, else its class and words: for a log or a status line."""
    reason = reason_of(error)
    if isinstance(reason, Text):
        return reason
    return f"{type(error).__name__}: {reason}" if reason else type(error).__name__
