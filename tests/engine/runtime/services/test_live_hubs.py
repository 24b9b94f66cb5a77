"""What a browser gets of live values and debug rows: everything while it keeps up, the latest of each key when it does not."""

from __future__ import annotations

import asyncio
import json
from typing import Any

from engine.core.message import Message
from engine.runtime.services.live_hubs import LONGEST_BACKLOG, MOST_KEYS, DebugHub, LiveHub, Subscription


async def taken(subscription: Subscription) -> list[Any]:
    """What the next frame holds."""
    items: list[Any] = json.loads(await subscription.take())
    return items


async def test_client_that_keeps_up_gets_every_item_in_order():
    hub = LiveHub()
    subscription = hub.subscribe("readings")
    for number in range(100):
        hub.publish("readings", f"GS{number % 3}", number)
    assert await taken(subscription) == list(range(100))
    assert subscription.skipped == 0


async def test_client_that_lags_gets_the_latest_of_each_key_and_the_count_of_what_it_missed():
    """The newest last, as they came. A wall that shows an old value for a new one would hide an alarm."""
    hub = LiveHub()
    subscription = hub.subscribe("readings")
    for number in range(LONGEST_BACKLOG + 1):
        hub.publish("readings", f"GS{number % 30}", number)
    assert await taken(subscription) == list(range(LONGEST_BACKLOG - 29, LONGEST_BACKLOG + 1))
    assert subscription.skipped == LONGEST_BACKLOG - 29


async def test_client_that_lags_by_many_bytes_keeps_the_newest_that_fit():
    hub = LiveHub()
    subscription = hub.subscribe("readings")
    for number in range(200):
        hub.publish("readings", str(number), {"number": number, "text": "x" * 20_000})
    numbers = [item["number"] for item in await taken(subscription)]
    assert numbers == list(range(200 - len(numbers), 200))
    assert 50 <= len(numbers) < 100
    assert subscription.skipped == 200 - len(numbers)


async def test_client_that_lags_by_many_keys_keeps_the_newest():
    hub = LiveHub()
    subscription = hub.subscribe("readings")
    for number in range(LONGEST_BACKLOG + 1):
        hub.publish("readings", str(number), number)
    numbers = await taken(subscription)
    assert numbers == list(range(LONGEST_BACKLOG + 1 - len(numbers), LONGEST_BACKLOG + 1))
    assert subscription.skipped + len(numbers) == LONGEST_BACKLOG + 1


async def test_slow_client_costs_the_others_nothing():
    hub = LiveHub()
    slow, quick = hub.subscribe("readings"), hub.subscribe("readings")
    got: list[int] = []
    for number in range(LONGEST_BACKLOG + 100):
        hub.publish("readings", "GS1", number)
        got += await taken(quick)
    assert got == list(range(LONGEST_BACKLOG + 100))
    assert quick.skipped == 0
    assert slow.skipped == LONGEST_BACKLOG


async def test_client_that_comes_later_begins_with_the_last_of_each_key():
    hub = LiveHub()
    for number in range(6):
        hub.publish("readings", f"GS{number % 2}", number)
    assert await taken(hub.subscribe("readings")) == [4, 5]
    hub.forget("readings", "GS0")
    assert await taken(hub.subscribe("readings")) == [5]
    later = hub.subscribe("readings", replay=False)
    hub.publish("readings", "GS1", 7)
    assert await taken(later) == [7]


async def test_key_too_many_drops_the_one_that_is_known_longest():
    hub = LiveHub()
    for number in range(MOST_KEYS + 1):
        hub.publish("readings", str(number), number)
    latest = hub.latest("readings")
    assert len(latest) == MOST_KEYS
    assert "0" not in latest
    assert latest[str(MOST_KEYS)] == MOST_KEYS


async def test_closed_subscription_gets_nothing_more():
    hub = LiveHub()
    subscription = hub.subscribe("readings")
    subscription.close()
    hub.publish("readings", "GS1", 1)
    taking = asyncio.ensure_future(subscription.take())
    await asyncio.sleep(0)
    assert not taking.done()
    taking.cancel()


async def test_debug_rows_are_filtered_before_they_are_sent():
    hub = DebugHub()
    wanted = hub.subscribe(lambda row, data: b"leak" in data)
    for payload in ("calm", "a leak", "calm", "leak again"):
        hub.publish("gas", "show", Message(payload))
    assert [row["value"] for row in await taken(wanted)] == ["a leak", "leak again"]
    assert wanted.skipped == 0
