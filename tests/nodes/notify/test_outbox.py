"""What a channel's outbox does with what waits in it, whatever the channel."""

from __future__ import annotations

from plant.notifications.notice import notice_of
from tests.eventually import eventually
from tests.nodes.notify.harness import channel
from tests.plant.notifications.harness import alarm, robot
from tests.servers.vendors import Webhook, serving


async def test_what_waits_for_a_channel_that_is_switched_off_is_not_sent_when_it_is_on_again():
    async with serving(Webhook()) as vendor, channel(robot("custom"), robot_url=vendor.url) as bench:
        vendor.says = [(503, "maintenance")] * 100
        await bench.give(alarm())
        await bench.until_attempts(1)
        card = bench.service.cards["robot"]
        await bench.service.put("robot", False, card.settings, card.revision, "admin")
        await bench.advance(120)
        vendor.says = []
        card = bench.service.cards["robot"]
        await bench.service.put("robot", True, card.settings, card.revision, "admin")
        await bench.give(alarm("GS002"))
        await eventually(lambda: vendor.texts)
        assert "GS002" in vendor.texts[0]
        assert not any("GS001" in text for text in vendor.texts)


async def test_a_storm_that_has_waited_leaves_oldest_first_in_messages_of_at_most_a_thousand_alarms():
    async with serving(Webhook()) as vendor, channel(robot("custom"), robot_url=vendor.url) as bench:
        vendor.says = [(503, "maintenance")]
        await bench.give(alarm("GS0000"))
        await bench.until_attempts(1)
        for start in (0, 600, 1200):
            await bench.give(notice_of([alarm(f"GS{n:04}", after=n) for n in range(start + 1, start + 601)]))
            await bench.advance(0.1)
        sent: list[int] = []
        while sum(sent) < 1801:
            await bench.until_attempts(len(bench.results) + 1)
            sent = [count for result, count in bench.results if result == "sent"]
        assert (sum(sent), max(sent)) == (1801, 600)
        # The oldest first: they have waited longest.
        assert [f"GS{n:04}" in text for n, text in zip((0, 1, 601, 1201), vendor.texts, strict=True)] == [True] * 4
