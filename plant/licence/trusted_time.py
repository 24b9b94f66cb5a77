"""Time that can't be turned back: the licence counts by it, whatever is done to the clock of the server."""

from __future__ import annotations

from engine.api import Clock

__all__ = ["TrustedTime"]

TOLERANCE_S = 300.0
"""A clock that is put right by less than this is no rollback."""
MOST_OFF_S = 30 * 86400.0
"""A server that seems to have been off for longer has a wrong clock."""


class TrustedTime:
    """The latest time ever seen, plus the time that has run since; the vendor's signed time puts it right.

    What the clock says counts once, at the start, for the time that the server was off. Setting it, on or back, while the server runs changes
    nothing: one second in the year 2106 locks no site, and a clock that was put back unlocks none.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._offset = 0.0
        self._set(clock.now())

    def start(self, seen: float) -> None:
        """`seen` is how late it was when the server last ran; 0: nobody knows."""
        now = self._clock.now()
        self._set(seen if seen and not seen <= now <= seen + MOST_OFF_S else now)

    def now(self) -> float:
        """Unix seconds, never less than before (until `put_right`)."""
        return self._base + (self._clock.monotonic() - self._base_at)

    def at_least(self, moment: float) -> None:
        """It is that late: the vendor has signed something then."""
        if moment > self.now():
            self._set(moment)

    def put_right(self, now: float) -> None:
        """The vendor has said what time it is."""
        self._set(now)
        self._offset = now - self._clock.now()

    @property
    def behind_s(self) -> float:
        """By how much the clock has been put back, 0 when it was not."""
        gap = self.now() - (self._clock.now() + self._offset)
        return gap if gap > TOLERANCE_S else 0.0

    def _set(self, now: float) -> None:
        self._base, self._base_at = now, self._clock.monotonic()
