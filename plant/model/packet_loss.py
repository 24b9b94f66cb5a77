"""Packet-loss statistics of one device, from the sequence numbers it sends."""

from __future__ import annotations

import msgspec

from plant.model.reading import Flag

__all__ = ["PacketCount"]

NUMBERS = 65536
WINDOW = 64
"""Numbers before the last one of which it is known whether they came."""
LATE_LIMIT = 1000
"""How far behind the last number a late packet may be; a number further back, with a later clock, is a reboot."""
SPARE = 100
"""Lost packets that are believed whatever the clocks say."""
MASK = (1 << WINDOW) - 1
RECENT = 1000
"""Packets that the recent loss is about: above it, older ones count half."""


class PacketCount(msgspec.Struct, gc=False):
    """What is known of a device's packets. `loss_pct` is about the last thousand or so; the other figures count since the device is known.

    last, last_ts    sequence number and device clock of the newest packet; seen: bit n is set when number last-n has come
    received         packets, duplicates included
    lost             numbers that never came; a late one is taken off again
    duplicates, late, reboots, malformed   what `Flag` says, counted
    """

    last: int
    last_ts: float
    seen: int = 1
    received: int = 1
    lost: int = 0
    duplicates: int = 0
    late: int = 0
    reboots: int = 0
    recent: float = 1.0
    recent_lost: float = 0.0
    malformed: int = 0

    @property
    def loss_pct(self) -> float:
        """Share of the recent packets that were lost, 0 to 100 %."""
        return 100.0 * self.recent_lost / self.recent

    def count(self, seq: int, ts: float, fastest_s: float = 1.0) -> int:
        """Takes one more packet into account and returns what is to be known of it, as a sum of `Flag`: 0 for the next one, or after a gap.

        A jump is a gap as long as the device could have sent so many packets since, at one per `fastest_s` seconds; a restart from a low number
        otherwise. A number that has come is a duplicate when the device's clock has not gone on, and a restart when it has.
        """
        self.received += 1
        ahead = (seq - self.last) % NUMBERS
        if ahead == 1:
            self.last, self.last_ts = seq, ts
            self.seen = (self.seen << 1 | 1) & MASK
            self.recent += 1
            if self.recent > RECENT:
                self._age()
            return 0
        behind = -ahead % NUMBERS
        if behind <= LATE_LIMIT and ts <= self.last_ts:
            return self._earlier(behind)
        if self._could_have_sent(seq, ahead, ts, fastest_s):
            self.lost += ahead - 1
            self._expect(ahead, ahead - 1)
            self.seen = (self.seen << ahead | 1) & MASK if ahead < WINDOW else 1
            self.last, self.last_ts = seq, ts
            return 0
        self.reboots += 1
        self.last, self.last_ts, self.seen = seq, ts, 1
        self._expect(1, 0)
        return int(Flag.REBOOT)

    def _could_have_sent(self, seq: int, ahead: int, ts: float, fastest_s: float) -> bool:
        if ahead == 0:
            return False
        if seq > self.last and ahead <= NUMBERS // 2:
            return True  # nobody restarts at a higher number
        return ahead - 1 <= max(0.0, ts - self.last_ts) / fastest_s + (SPARE if seq > SPARE else 0)

    def _earlier(self, behind: int) -> int:
        if behind >= WINDOW:
            self.late += 1
            return int(Flag.LATE)
        bit = 1 << behind
        if self.seen & bit:
            self.duplicates += 1
            return int(Flag.DUPLICATE)
        self.seen |= bit
        self.late += 1
        self.lost = max(0, self.lost - 1)
        self.recent_lost = max(0.0, self.recent_lost - 1)
        return int(Flag.LATE)

    def _expect(self, packets: int, lost: int) -> None:
        self.recent += packets
        self.recent_lost += lost
        while self.recent > RECENT:
            self._age()

    def _age(self) -> None:
        self.recent /= 2
        self.recent_lost /= 2
