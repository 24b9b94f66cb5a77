"""Waits between attempts: they grow, they end at a limit, and chance only makes them shorter."""

from __future__ import annotations

import asyncio

from engine.core.backoff import Backoff
from engine.core.clock import ManualClock, settle


def test_waits_double_up_to_the_longest():
    backoff = Backoff(ManualClock(), first_s=0.1, longest_s=5.0, jitter=0.0)
    assert [round(backoff.next_s(), 6) for _ in range(8)] == [0.1, 0.2, 0.4, 0.8, 1.6, 3.2, 5.0, 5.0]


def test_chance_takes_off_up_to_its_share_and_differs():
    whole = Backoff(ManualClock(), jitter=0.0)
    waits = [Backoff(ManualClock(), jitter=0.5).next_s() for _ in range(200)]
    first_s = whole.next_s()
    assert all(first_s / 2 <= wait <= first_s for wait in waits)
    assert len(set(waits)) > 100


def test_first_wait_comes_again_after_success():
    backoff = Backoff(ManualClock(), first_s=0.1, jitter=0.0)
    for _ in range(6):
        backoff.next_s()
    backoff.reset()
    assert backoff.next_s() == 0.1


def test_years_of_failures_do_not_overflow():
    backoff = Backoff(ManualClock(), jitter=0.0)
    assert {backoff.next_s() for _ in range(5000)} >= {0.1, 5.0}


async def test_waiting_goes_by_the_clock_that_is_given():
    clock = ManualClock()
    waiting = asyncio.ensure_future(Backoff(clock, first_s=60.0, longest_s=60.0, jitter=0.0).wait())
    await clock.advance(59.0)
    assert not waiting.done()
    await clock.advance(1.0)
    await settle()
    assert waiting.done()
