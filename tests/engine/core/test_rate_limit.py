"""At most so many in any span of so long."""

from __future__ import annotations

from engine.core.clock import ManualClock
from engine.core.rate_limit import RateLimit


async def test_no_span_of_the_limits_length_holds_more_than_the_limit():
    clock = ManualClock()
    limit, passed = RateLimit(3, 10.0, clock), list[float]()
    for _ in range(100):
        if limit.passes():
            passed.append(clock.monotonic())
        await clock.advance(1.0)
    assert all(sum(begin <= at < begin + 10.0 for at in passed) <= 3 for begin in passed)
    assert len(passed) == 30


async def test_the_wait_is_until_the_oldest_leaves_the_span():
    clock = ManualClock()
    limit = RateLimit(2, 60.0, clock)
    limit.take()
    await clock.advance(20.0)
    limit.take()
    assert limit.wait_s() == 40.0
    await clock.advance(40.0)
    assert limit.wait_s() == 0.0


async def test_a_share_leaves_the_rest_to_others():
    clock = ManualClock()
    limit = RateLimit(4, 60.0, clock)
    for _ in range(3):
        limit.take()
    assert (limit.wait_s(share=0.75), limit.wait_s()) == (60.0, 0.0)


async def test_a_small_share_is_at_least_one():
    limit = RateLimit(1, 60.0, ManualClock())
    assert limit.wait_s(share=0.75) == 0.0


async def test_what_is_over_no_longer_counts_as_recent():
    clock = ManualClock()
    limit = RateLimit(5, 10.0, clock)
    limit.take()
    await clock.advance(9.0)
    limit.take()
    assert (limit.recent, limit.since_last_s) == (2, 0.0)
    await clock.advance(2.0)
    assert (limit.recent, limit.since_last_s) == (1, 2.0)
