"""live hands values to the hub that pages watch."""

from __future__ import annotations

import json

from engine.runtime.services.live_hubs import MOST_KEYS, LiveHub
from engine.testing import NodeHarness
from nodes.io.live import Live


async def test_watching_page_gets_the_value_and_a_later_one_the_last():
    async with NodeHarness(Live, {"channel": "readings"}) as bench:
        hub = bench.site.service(LiveHub)
        page = hub.subscribe("readings")
        await bench.give({"payload": {"conc": 1.0}, "key": "GS001"}, {"payload": {"conc": 2.0}, "key": "GS001"})
        assert json.loads(await page.take()) == [{"conc": 1.0}, {"conc": 2.0}]
        assert hub.latest("readings") == {"GS001": {"conc": 2.0}}


async def test_part_of_a_message_can_be_shown_under_another_key():
    async with NodeHarness(Live, {"channel": "temps", "key": "payload.n", "value": "payload.temp"}) as bench:
        await bench.give({"payload": {"n": 7, "temp": 21.5}}, {"payload": {"n": 7}})
        assert bench.site.service(LiveHub).latest("temps") == {"7": 21.5}
        assert bench.errors == ["the message has no `payload.temp`"]


def test_a_channel_keeps_a_hundred_thousand_keys_and_no_more():
    """Keys that never come again would fill the memory."""
    channel = LiveHub().channel("c")
    for number in range(MOST_KEYS + 2):
        channel.publish(str(number), number)
    assert (len(channel.latest), next(iter(channel.latest))) == (MOST_KEYS, "2")
