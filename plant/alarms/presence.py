"""Who still reports: tells a device that has fallen silent from a site that has."""

from __future__ import annotations

__all__ = ["Presence"]

QUIET_PERIODS = 1.5
"""When no device at all has been heard for this many periods, it is the link that is down and not one device after the other."""


class Presence:
    """Arrival times by device, the one heard longest ago first, so that a check looks at those few that may be due."""

    def __init__(self, missed: int) -> None:
        self.site_silent = False
        self._missed = missed
        self._heard: dict[str, tuple[float, float]] = {}
        self._last = 0.0
        self._shortest_s = float("inf")

    def heard(self, sn: str, now: float, period_s: float) -> bool:
        """A reading arrived. True when it ends the silence of the whole site: everyone then gets a full allowance again."""
        self._heard.pop(sn, None)
        self._heard[sn] = (now, period_s)
        self._last = now
        self._shortest_s = min(self._shortest_s, period_s)
        if not self.site_silent:
            return False
        self.site_silent = False
        for other, (_, period) in list(self._heard.items()):
            self._heard[other] = (now, period)
        return True

    def expect(self, sn: str, now: float, period_s: float) -> None:
        """A device known from before a restart: its allowance begins now."""
        self._heard.setdefault(sn, (now, period_s))
        self._last = max(self._last, now)
        self._shortest_s = min(self._shortest_s, period_s)

    def forget(self, sn: str) -> None:
        """The device has left the registry."""
        self._heard.pop(sn, None)

    def check(self, now: float) -> tuple[list[str], bool]:
        """(devices that have just fallen silent, whether the whole site has just done so). A silent device is told once, until it is heard."""
        due = []
        for sn, (at, period) in self._heard.items():
            if now - at < self._missed * self._shortest_s:
                break
            if now - at >= self._missed * period:
                due.append(sn)
        if not due or self.site_silent:
            return [], False
        if len(self._heard) > 1 and now - self._last >= QUIET_PERIODS * self._slowest():
            self.site_silent = True
            return [], True
        for sn in due:
            del self._heard[sn]
        return due, False

    def _slowest(self) -> float:
        return max(period for _, period in self._heard.values())
