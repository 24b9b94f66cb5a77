"""The clock that moves only when told."""

from __future__ import annotations

from engine.core.clock import ManualClock


async def test_a_timer_shorter_than_the_clocks_steps_is_due_later_than_now() -> None:
    clock = ManualClock()
    await clock.advance(60.0)
    due: list[float] = []

    def again() -> None:
        due.append(clock.monotonic())
        if len(due) < 3:
            clock.call_later(1e-17, again)

    clock.call_later(1e-17, again)
    await clock.advance(1.0)
    assert 60.0 < due[0] < due[1] < due[2]
