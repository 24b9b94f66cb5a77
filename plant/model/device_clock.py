"""Whether a device's clock can be believed: its time against the order of its packets and against when they arrive."""

from __future__ import annotations

import msgspec

__all__ = ["EARLIEST", "DeviceClock"]

EARLIEST = 946684800.0 + 7305 * 86400  # 2020-01-01T00:00:00Z
NUMBERS = 65536
AHEAD = 1000
"""A number that is further ahead than that is no next one."""
STEP_S = 30.0
"""A clock that jumps by more is wrong, one that is off by less is right: no latency makes a reading come before it was taken."""
SLACK_S = 1.2
SHORTEST_S, LONGEST_S = 0.5, 10.0
"""A device that pauses does not send more seldom from then on."""
AS_OURS = 2
"""So many readings in a row must come as far apart as their times are, before being far behind is a wrong clock and no backlog."""


class DeviceClock(msgspec.Struct, gc=False):
    """What is known of one device's clock. Times are Unix seconds by the device, `steady` is monotonic.

    A backlog comes faster than it was taken and keeps its times. A time that lies ahead of its arrival, that goes back while the numbers go on
    and the packets come no faster than the device sends, or that is far behind while readings come as far apart as their times say, is a wrong
    clock: the arrival counts, and from there on `off_s` is added to the device's time. So readings of a wrong clock keep their distances, and
    one that is delivered again has the same time as before.

    off_s      what is added; 0 while the clock is right
    time, seq, steady   event time, number and arrival of the newest reading; `ts` its time by the device
    period_s   how far apart readings came while both clocks agreed, at most ten seconds
    as_ours    how many readings in a row have come as far apart as their times are
    stray      (number, arrival) of a reading that came out of order, while no other has come since
    """

    off_s: float = 0.0
    seq: int = -1
    ts: float = 0.0
    time: float = 0.0
    steady: float = 0.0
    period_s: float = LONGEST_S
    as_ours: int = 0
    stray: tuple[int, float] | None = None

    def place(self, ts: float, seq: int, arrived: float, steady: float, most_ahead_s: float) -> tuple[float, bool]:
        """(event time, whether the clock was wrong) of a reading that arrived at that Unix time. Exactly `arrived` with True: judge it as new."""
        behind_s, apart_s, passed_s = arrived - ts, ts - self.ts, steady - self.steady
        # Nearly every reading ends here: the next one of a right clock.
        if (
            seq == self.seq + 1
            and self.as_ours == AS_OURS
            and apart_s > 0.0
            and -SLACK_S <= apart_s - passed_s <= SLACK_S
            and -STEP_S <= behind_s <= STEP_S
            and passed_s >= self.period_s / 2
            and not self.off_s
            and self.stray is None
        ):
            self.time = self.ts = ts
            self.seq, self.steady = seq, steady
            return ts, False
        if self.off_s and -STEP_S <= behind_s <= STEP_S:
            self.off_s = 0.0
        at = ts + self.off_s
        if seq < 0:
            seq = (
                self.seq + 1
            ) % NUMBERS  # it came without one that can be read: as far as anybody knows it is the next
        if self.seq < 0:
            if (ts < EARLIEST and not self.off_s) or at > arrived + most_ahead_s:
                return self._arrived(ts, seq, arrived, steady)
            return self._accept(at, ts, seq, steady)
        ahead = (seq - self.seq) % NUMBERS
        if at > arrived + most_ahead_s or (at > arrived + STEP_S and (self.off_s or apart_s > passed_s + STEP_S)):
            return self._arrived(ts, seq, arrived, steady)
        if ts < EARLIEST and not self.off_s:
            return self._arrived(ts, seq, arrived, steady)
        in_order = 0 < ahead <= AHEAD
        if at < self.time or (at == self.time and not in_order):
            return self._goes_back(at, ts, seq, arrived, steady, in_order and passed_s >= self.period_s * ahead / 2)
        if in_order:
            if abs(apart_s - passed_s) <= min(SLACK_S, 0.2 + 0.1 * passed_s):
                self.as_ours = min(AS_OURS, self.as_ours + 1)
                if ahead == 1 and passed_s > SHORTEST_S:
                    self.period_s = min(passed_s, LONGEST_S)
            else:
                self.as_ours = 0
            stands = apart_s == 0.0 and passed_s >= self.period_s / 2
            if stands or (arrived - at > most_ahead_s and self.as_ours >= AS_OURS):
                return self._arrived(ts, seq, arrived, steady)
        return self._accept(at, ts, seq, steady)

    def place_retained(self, ts: float, arrived: float, most_ahead_s: float) -> tuple[float, bool]:
        """The same of a reading that the broker had kept. It says nothing about the clock, as it was not sent now."""
        at = ts + self.off_s
        return (arrived, True) if at < EARLIEST or at > arrived + most_ahead_s else (at, bool(self.off_s))

    def _goes_back(
        self, at: float, ts: float, seq: int, arrived: float, steady: float, live: bool
    ) -> tuple[float, bool]:
        """Older than the newest reading: a clock that was put back, or a reading that is late."""
        stray, self.stray = self.stray, (seq, steady)
        if stray is not None and (seq - stray[0]) % NUMBERS <= 1 and steady - stray[1] >= self.period_s / 2:
            live = True  # numbers and time began anew: a restart that has cost the device its clock
        if live:
            return self._arrived(ts, seq, arrived, steady)
        return at, bool(self.off_s)

    def _accept(self, at: float, ts: float, seq: int, steady: float) -> tuple[float, bool]:
        self.time, self.ts, self.seq, self.steady, self.stray = at, ts, seq, steady, None
        return at, bool(self.off_s)

    def _arrived(self, ts: float, seq: int, arrived: float, steady: float) -> tuple[float, bool]:
        off_s = arrived - ts
        self.off_s = off_s if abs(off_s) > STEP_S else 0.0
        self.as_ours = 0
        self._accept(arrived, ts, seq, steady)
        return arrived, True
