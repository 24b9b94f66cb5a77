"""How long to wait before the next attempt at what has failed."""

from __future__ import annotations

import random

from engine.core.clock import Clock

__all__ = ["Backoff"]


class Backoff:
    """Waits that grow: `first_s`, doubled with each failure in a row, at most `longest_s`, and of that a part by chance.

    Chance keeps a hundred clients from returning to a restarted server in the same instant: up to the share `jitter` of a wait is left out.
    The longest wait is how late a peer that is back may be found to be back, so for a broker or a database it is 5 s.
    """

    def __init__(self, clock: Clock, *, first_s: float = 0.1, longest_s: float = 5.0, jitter: float = 0.5) -> None:
        self._clock = clock
        self._first_s = first_s
        self._longest_s = longest_s
        self._jitter = jitter
        self._failures = 0

    def next_s(self) -> float:
        """The wait after one more failure, for who waits by a timer of its own."""
        # Beyond 2**60 a float has no room; the longest wait is reached long before.
        whole_s = min(self._longest_s, self._first_s * 2.0 ** min(self._failures, 60))
        self._failures += 1
        return whole_s * (1.0 - self._jitter * random.random())

    async def wait(self) -> None:
        """Waits after one more failure. Cancellation leaves nothing behind."""
        await self._clock.sleep(self.next_s())

    def reset(self) -> None:
        """It has worked: the next failure is the first again."""
        self._failures = 0
