"""What readings say only together: that a raw value does not move any more, and how fast a concentration rises."""

from __future__ import annotations

import math
from collections import deque

from plant.model.reading import Reading

__all__ = ["Drift", "Rise", "Stuck"]

FEWEST = 60
"""Readings that must show the same raw value: two that are hours apart show nothing."""
WINDOW_S = 60.0


class Stuck:
    """1.0 once the raw value has been exactly the same for `after_s`, 0.0 when it has moved, None while neither is known.

    A live sensor has noise: one that shows none is blocked, frozen, or is no sensor. Asked twice for one reading it counts it once.
    """

    def __init__(self, after_s: float) -> None:
        self._after_s = after_s
        self._value = math.nan
        self._since = self._last = -math.inf
        self._count = 0
        self._moved = False

    def __call__(self, reading: Reading) -> float | None:
        if reading.err:
            self._value, self._moved = math.nan, False
            return None
        if reading.time > self._last:
            self._last = reading.time
            if reading.v_raw == self._value:
                self._count += 1
            else:
                self._moved = self._value == self._value
                self._value, self._since, self._count = reading.v_raw, reading.time, 1
        if self._count >= FEWEST and self._last - self._since >= self._after_s:
            return 1.0
        return 0.0 if self._moved else None


class Drift:
    """How far it is from zero, in per cent of the range, once it has been further away than `limit` for `after_s`; None before."""

    def __init__(self, zero: float, span: float, limit: float, after_s: float) -> None:
        self._zero, self._span, self._limit, self._after_s = zero, span, limit, after_s
        self._since: float | None = None

    def __call__(self, reading: Reading) -> float | None:
        if reading.conc_raw is None or reading.conc is None:
            return None
        away = 100.0 * abs(reading.conc_raw - self._zero) / self._span
        if away <= self._limit:
            self._since = None
            return away
        if self._since is None or self._since > reading.time:
            self._since = reading.time
        return away if reading.time - self._since >= self._after_s else None


class Rise:
    """By how much the concentration has risen within the last minute, in per cent of the range."""

    def __init__(self, span: float) -> None:
        self._span = span
        self._recent: deque[tuple[float, float]] = deque()
        self._rise: float | None = None

    def __call__(self, reading: Reading) -> float | None:
        conc, at, recent = reading.conc, reading.time, self._recent
        if conc is None:
            return None
        if not recent or at > recent[-1][0]:
            recent.append((at, conc))
            while recent[0][0] < at - WINDOW_S:
                recent.popleft()
            self._rise = 100.0 * (conc - min(value for _, value in recent)) / self._span
        return self._rise
