"""Time as a thing that is handed in: the system's clock in production, one that stands still in tests and replays."""

from __future__ import annotations

import asyncio
import heapq
import itertools
import math
import time
from collections.abc import Callable
from typing import Protocol

__all__ = ["Clock", "ManualClock", "SystemClock", "Timer"]


class Timer(Protocol):
    """A call that is due later."""

    def cancel(self) -> None:
        """Calls it off; harmless when it has run or was called off before."""


class Clock(Protocol):
    """What nodes ask for the time."""

    def now(self) -> float:
        """Unix seconds."""

    def monotonic(self) -> float:
        """Seconds that never go back, from an arbitrary zero."""

    def call_later(self, delay_s: float, call: Callable[[], None]) -> Timer:
        """Calls once, `delay_s` from now (at once when that is not above zero, but never within this call)."""

    async def sleep(self, delay_s: float) -> None:
        """Waits. Cancellation leaves nothing behind."""


class SystemClock:
    """The machine's own time."""

    def now(self) -> float:
        return time.time()

    def monotonic(self) -> float:
        return time.monotonic()

    def call_later(self, delay_s: float, call: Callable[[], None]) -> Timer:
        return asyncio.get_running_loop().call_later(max(0.0, delay_s), call)

    async def sleep(self, delay_s: float) -> None:
        await asyncio.sleep(max(0.0, delay_s))


class _ManualTimer:
    __slots__ = ("call", "cancelled", "due")

    def __init__(self, due: float, call: Callable[[], None]) -> None:
        self.due = due
        self.call = call
        self.cancelled = False

    def cancel(self) -> None:
        self.cancelled = True


class ManualClock:
    """A clock that moves only when told. Timers run in order of their time, equal times in order of their making.

    It counts from its start: in Unix seconds a float has steps of 0.2 µs, and a timer for less would be due at once, again and again.
    For the same reason a timer is due later than now, however short its delay.
    """

    def __init__(self, start: float = 1_700_000_000.0) -> None:
        self._start = start
        self._passed_s = 0.0
        self._stepped_s = 0.0
        self._order = itertools.count()
        self._timers: list[tuple[float, int, _ManualTimer]] = []

    def now(self) -> float:
        return self._start + self._passed_s + self._stepped_s

    def step(self, seconds: float) -> None:
        """Sets the wall clock on, or back; no time goes by, and no timer moves."""
        self._stepped_s += seconds

    def monotonic(self) -> float:
        return self._passed_s

    def call_later(self, delay_s: float, call: Callable[[], None]) -> Timer:
        due = self._passed_s + max(0.0, delay_s)
        if delay_s > 0:
            due = max(due, math.nextafter(self._passed_s, math.inf))
        timer = _ManualTimer(due, call)
        heapq.heappush(self._timers, (timer.due, next(self._order), timer))
        return timer

    async def sleep(self, delay_s: float) -> None:
        woken: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        timer = self.call_later(delay_s, lambda: None if woken.done() else woken.set_result(None))
        try:
            await woken
        finally:
            timer.cancel()

    async def advance(self, seconds: float) -> None:
        """Moves time on, timer by timer; between two timers everything that can run without more time runs."""
        end = self._passed_s + seconds
        await settle()
        while self._timers and self._timers[0][0] <= end:
            due, _, timer = heapq.heappop(self._timers)
            if timer.cancelled:
                continue
            self._passed_s = max(self._passed_s, due)
            timer.call()
            await settle()
        self._passed_s = end
        await settle()

    async def advance_to(self, moment: float) -> None:
        """Moves on to that Unix time; does nothing when it has passed."""
        await self.advance(max(0.0, moment - self.now()))


async def settle(turns: int = 20) -> None:
    """Lets ready tasks run. Twenty turns of the loop cover the longest hand-over chain between tasks."""
    for _ in range(turns):
        await asyncio.sleep(0)
