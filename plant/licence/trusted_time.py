"""Time that can't be turned back: the licence counts by it, whatever is done to the clock of the server."""

from __future__ import annotations

from engine.api import Clock

__all__ = ["TrustedTime"]

TOLERANCE_S = 300.0
"""A clock that is put right by less than this is no rollback."""


class TrustedTime:
    """At least the latest time ever seen, plus the time that has run since; the vendor's signed time puts it right.

    Where the clock is ahead, time goes on from there: a clock that jumped into the future locks the site until the vendor has answered.
    """

    def __init__(self, clock: Clock, seen: float = 0.0) -> None:
        self._clock = clock
        self._offset = 0.0
        self._base = max(seen, clock.now())
        self._base_at = clock.monotonic()

    def now(self) -> float:
        """Unix seconds, never less than before (until `put_right`)."""
        kept, now = self._trusted(), self._of_the_system()
        if now > kept:
            self._base, self._base_at = now, self._clock.monotonic()
            return now
        return kept

    def at_least(self, seen: float) -> None:
        """It was that late before: known from a record that was read only now."""
        if seen > self._trusted():
            self._base, self._base_at = seen, self._clock.monotonic()

    def put_right(self, now: float) -> None:
        """The vendor has said what time it is."""
        self._base, self._base_at = now, self._clock.monotonic()
        self._offset = now - self._clock.now()

    @property
    def behind_s(self) -> float:
        """By how much the clock has been put back, 0 when it was not."""
        gap = self._trusted() - self._of_the_system()
        return gap if gap > TOLERANCE_S else 0.0

    def _trusted(self) -> float:
        return self._base + (self._clock.monotonic() - self._base_at)

    def _of_the_system(self) -> float:
        return self._clock.now() + self._offset
