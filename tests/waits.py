"""How long something waits between attempts, told without waiting."""

from __future__ import annotations

import asyncio

from engine.core.clock import ManualClock

__all__ = ["HurriedClock", "assert_waits_grow"]


class HurriedClock(ManualClock):
    """Who sleeps goes on at once, that much later by this clock; `waits` are the sleeps in order, in seconds."""

    def __init__(self) -> None:
        super().__init__()
        self.waits: list[float] = []

    async def sleep(self, delay_s: float) -> None:
        self.waits.append(delay_s)
        self._passed_s += delay_s
        await asyncio.sleep(0)


def assert_waits_grow(waits: list[float], first_s: float, longest_s: float) -> None:
    """Each twice as long as the one before, of which chance leaves out at most half, until `longest_s`."""
    whole = [min(longest_s, first_s * 2**number) for number in range(len(waits))]
    assert len(waits) > 2
    assert all(most / 2 <= wait <= most for wait, most in zip(waits, whole, strict=True)), waits
