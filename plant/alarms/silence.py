"""Who still reports: tells a device that has fallen silent from a site that has."""

from __future__ import annotations

from collections.abc import Iterable

__all__ = ["SilenceDetector"]

QUIET_PERIODS = 1.5
"""When of several devices that report equally often or more often none has been heard for so many periods, the link is down."""


class SilenceDetector:
    """Arrival times by device, the one heard longest ago first, so that a check looks at those few that may be due.

    Every `now` is monotonic: a step of the wall clock makes nobody silent.
    """

    def __init__(self, missed: int) -> None:
        self.site_silent = False
        self._missed = missed
        self._heard: dict[str, tuple[float, float]] = {}
        self._granted: set[str] = set()
        self._last = 0.0
        self._shortest_s = float("inf")

    def heard(self, sn: str, now: float, period_s: float) -> bool:
        """A reading arrived. True when it ends the silence of the whole site: everyone then gets a full allowance again."""
        self._heard.pop(sn, None)
        self._heard[sn] = (now, period_s)
        self._last = now
        if period_s < self._shortest_s:
            self._shortest_s = period_s
        if self._granted:
            self._granted.discard(sn)
        if not self.site_silent:
            return False
        self.site_silent = False
        self._granted = set(self._heard) - {sn}
        for other, (_, period) in list(self._heard.items()):
            self._heard[other] = (now, period)
        return True

    def expect(self, sn: str, now: float, period_s: float) -> None:
        """A device known from before a restart: its allowance begins now."""
        self._heard.setdefault(sn, (now, period_s))
        self._last = max(self._last, now)
        self._shortest_s = min(self._shortest_s, period_s)

    def check(self, now: float) -> tuple[list[str], bool]:
        """(devices that have just fallen silent, whether the whole site has just done so). A silent device is named once, until it is heard."""
        due = []
        for sn, (at, period) in self._heard.items():
            if now - at < self._missed * self._shortest_s:
                break
            if now - at >= self._missed * period:
                due.append(sn)
        if not due or self.site_silent:
            return [], False
        if self._site_is_silent(due, now):
            self.site_silent = True
            return [], True
        for sn in due:
            del self._heard[sn]
            self._granted.discard(sn)
        return due, False

    def _site_is_silent(self, due: Iterable[str], now: float) -> bool:
        # One that did not come back when the link did is silent by itself, else it would take the link down with it again and again.
        own = [sn for sn in due if sn not in self._granted]
        if not own:
            return False
        slowest = max(self._heard[sn][1] for sn in own)
        as_often = sum(period <= slowest for _, period in self._heard.values())
        return as_often > 1 and now - self._last >= QUIET_PERIODS * slowest
