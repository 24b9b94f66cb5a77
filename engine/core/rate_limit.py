"""How often something may happen."""

from __future__ import annotations

import math
from collections import deque

from engine.core.clock import Clock

__all__ = ["RateLimit"]


class RateLimit:
    """At most `most` in any `per_s` seconds, wherever they begin. Setting the wall clock changes nothing."""

    def __init__(self, most: int, per_s: float, clock: Clock) -> None:
        """`most` is 1 or more."""
        self._most = most
        self._per_s = per_s
        self._clock = clock
        self._taken: deque[float] = deque(maxlen=most)

    @property
    def recent(self) -> int:
        """How many there were in the last `per_s` seconds."""
        now = self._clock.monotonic()
        return sum(now - at < self._per_s for at in self._taken)

    @property
    def since_last_s(self) -> float:
        """How long ago the last one was."""
        return self._clock.monotonic() - self._taken[-1] if self._taken else math.inf

    def wait_s(self, share: float = 1.0) -> float:
        """How long until the next may happen, 0.0 when it may now. With a `share` below 1 the rest of the limit is left to others."""
        most = max(1, int(self._most * share))
        if len(self._taken) < most:
            return 0.0
        return max(0.0, self._taken[-most] + self._per_s - self._clock.monotonic())

    def take(self) -> None:
        """One happens now, whether it may or not."""
        self._taken.append(self._clock.monotonic())

    def passes(self) -> bool:
        """Whether one may happen now; it is taken then."""
        if self.wait_s() > 0:
            return False
        self.take()
        return True
