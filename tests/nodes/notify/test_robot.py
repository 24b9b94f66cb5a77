"""`robot`, and with it what every channel node does: nothing lost, nobody flooded, A2 first, and a dead channel is an alarm."""

from __future__ import annotations

import asyncio
from itertools import pairwise
from typing import Any

import msgspec
import pytest

from engine.catalogue.node_types import Catalogue
from engine.core.clock import ManualClock
from engine.runtime.site import Site
from plant.notifications.card import Robot
from plant.notifications.notice import notice_of
from tests.eventually import eventually
from tests.nodes.notify.harness import channel
from tests.plant.notifications.harness import AT, alarm, robot
from tests.servers.vendors import Webhook, serving


class Counting(Webhook):
    """A vendor's robot: it answers with its code."""

    def answer(self, request: Any, body: bytes) -> tuple[int, Any]:
        self.texts.append(body.decode())
        return 200, {"errcode": 0, "errmsg": "ok"}


class Hanging(Webhook):
    """It lets the first request hang until it `goes_on`."""

    def __init__(self) -> None:
        super().__init__()
        self.goes_on = asyncio.Event()

    async def handle(self, request: Any) -> Any:
        if not self.requests:
            self.requests.append(("", {}, await request.read()))
            await self.goes_on.wait()
        return await super().handle(request)


TOO_FAST = (200, {"errcode": 130101, "errmsg": "send too fast, exceed 20 times per minute"})
BAD_SIGN = (401, {"error": "bad signature"})


async def test_an_alarm_is_sent_and_its_receipt_goes_on():
    async with serving(Webhook()) as vendor, channel(robot("custom"), robot_url=vendor.url) as bench:
        await bench.give(alarm())
        await eventually(lambda: bench.sent("sent"))
        (receipt,) = bench.sent("sent")
        assert (receipt.channel, receipt.count, receipt.subject) == ("robot", 1, "【报警】GS001 一级报警")
        assert bench.results == [("sent", 1)]


async def test_a_channel_that_is_switched_off_sends_nothing_and_one_that_is_switched_on_does_with_the_next_message():
    off = msgspec.structs.replace(robot("custom"), enabled=False)
    async with serving(Webhook()) as vendor, channel(off, robot_url=vendor.url) as bench:
        await bench.give(alarm())
        await bench.service.put("robot", True, Robot(type="custom", template="新 {sn}"), 0, "admin")
        await bench.give(alarm("GS002"))
        await eventually(lambda: vendor.texts)
        assert len(vendor.texts) == 1
        assert "新 GS002" in vendor.texts[0]


async def test_an_event_that_comes_again_is_notified_once():
    async with serving(Webhook()) as vendor, channel(robot("custom"), robot_url=vendor.url) as bench:
        await bench.give(alarm())
        await eventually(lambda: vendor.texts)
        await bench.give(alarm(), notice_of([alarm(), alarm("GS002")]))
        await eventually(lambda: len(vendor.texts) == 2)
        assert bench.results == [("sent", 1), ("sent", 1)]
        assert "GS001" not in vendor.texts[1]


async def test_a_vendor_that_is_down_is_tried_again_and_what_waits_is_one_message():
    async with serving(Webhook()) as vendor, channel(robot("custom"), robot_url=vendor.url) as bench:
        vendor.says = [(503, "maintenance")] * 4
        await bench.give(alarm("GS000"))
        await bench.until_attempts(1)
        await bench.give(*(alarm(f"GS{n:03}", after=n) for n in range(1, 50)))
        await bench.until_attempts(5)
        assert [result for result, _ in bench.results] == ["again"] * 4 + ["sent"]
        assert len(vendor.texts) == 1
        assert bench.results[-1][1] == 50


async def test_after_three_failures_the_channel_is_an_alarm_and_it_ends_with_the_first_success():
    async with serving(Webhook()) as vendor, channel(robot("custom"), robot_url=vendor.url) as bench:
        vendor.says = [(503, "maintenance")] * 4
        await bench.give(alarm())
        await bench.until_attempts(2)
        assert bench.controller.reports == []
        await bench.until_attempts(3)
        assert bench.controller.reports == [("robot", True)]
        await bench.until_attempts(5)
        assert bench.controller.reports == [("robot", True), ("robot", False)]


async def test_what_the_vendor_declines_goes_the_way_of_errors_and_the_channel_is_an_alarm_at_once():
    async with serving(Webhook()) as vendor, channel(robot("custom"), robot_url=vendor.url) as bench:
        vendor.says = [BAD_SIGN]
        await bench.give(alarm())
        await eventually(lambda: bench.errors)
        assert "bad signature" in bench.errors[0]
        assert bench.results == [("refused", 1)]
        assert bench.controller.reports == [("robot", True)]


async def test_an_alarm_of_the_channel_itself_is_for_the_others():
    async with serving(Webhook()) as vendor, channel(robot("custom"), robot_url=vendor.url) as bench:
        await bench.give(alarm("robot", "channel"), alarm("email", "channel", after=1))
        await eventually(lambda: vendor.texts)
        assert bench.results == [("sent", 1)]


@pytest.mark.parametrize("step_s", [-3600.0, -120.0, 600.0, 86_400.0 * 365])
async def test_a_wall_clock_that_jumps_holds_no_notice_up_and_gives_none_up(step_s: float):
    async with serving(Webhook()) as vendor, channel(robot("custom"), robot_url=vendor.url) as bench:
        await bench.give(alarm("GS001"))
        await eventually(lambda: len(vendor.texts) == 1)
        vendor.says = [(503, "maintenance")]
        await bench.give(alarm("GS002"))
        await bench.until_attempts(2)
        bench.clock.step(step_s)
        stepped_at = bench.clock.monotonic()
        await bench.give(alarm("GS003"))

        async def all_sent() -> bool:
            await bench.clock.advance(1.0)
            return sum(count for result, count in bench.results if result == "sent") == 3

        await eventually(all_sent)
        assert bench.clock.monotonic() - stepped_at < 60
        assert bench.errors == []


async def test_an_a2_overtakes_what_waits_for_the_rate_limit():
    config = {"per_minute": 4}
    async with serving(Webhook()) as vendor, channel(robot("custom"), robot_url=vendor.url, config=config) as bench:
        for n in range(3):
            await bench.give(alarm(f"GS{n:03}"))
            await bench.until_attempts(n + 1)
        await bench.give(alarm("GS100"), alarm("GS101"))
        await bench.give(alarm("GS200", "A2"))
        await bench.until_attempts(5)
        first, second = vendor.texts[3:5]
        assert "GS200" in first
        assert "GS100" not in first
        assert "GS100" in second
        assert "GS101" in second


async def test_a_thousand_alarms_one_by_one_in_a_minute_stay_below_the_vendors_limit_and_all_arrive():
    async with serving(Counting()) as vendor, channel(robot("dingtalk"), robot_url=vendor.url) as bench:
        for n in range(1000):
            await bench.clock.advance_to(AT + n * 0.06)
            await bench.give(alarm(f"GS{n:04}", "A2", after=n * 0.06))
        in_the_minute = len(bench.noted)

        async def all_told() -> bool:
            await bench.clock.advance(1.0)
            return sum(count for _, count in bench.results) == 1000

        await eventually(all_told)
        assert in_the_minute <= 18
        told = [event for attempt in bench.noted for event in attempt.events]
        assert len(told) == len(set(told)) == 1000


async def test_an_a2_leaves_within_two_seconds_although_a_message_hangs():
    async with serving(Hanging()) as vendor, channel(robot("custom"), robot_url=vendor.url) as bench:
        await bench.give(alarm())
        await eventually(lambda: vendor.requests)
        await bench.give(alarm("GS002", "A2", after=1))
        await bench.clock.advance(1.5)
        await eventually(lambda: bench.results)
        assert "GS002" in vendor.texts[0]
        vendor.goes_on.set()
        await eventually(lambda: len(bench.results) == 2)


async def test_an_a2_that_is_new_does_not_wait_for_the_pause_of_what_failed():
    async with serving(Webhook()) as vendor, channel(robot("custom"), robot_url=vendor.url) as bench:
        vendor.says = [(503, "maintenance")] * 6
        await bench.give(alarm())
        await bench.until_attempts(6)
        await bench.clock.advance(3)  # the next pause is 16 to 32 s
        await bench.give(alarm("GS002", "A2"))
        await eventually(lambda: len(bench.results) >= 7)
        assert bench.noted[6].events == ["GS002/A2/1767225600.000/raised"]


async def test_one_more_a2_every_two_seconds_leaves_within_two_seconds_each():
    """A webhook of one's own has no rate; what a vendor counts gets slower, and never more than it takes."""
    async with serving(Webhook()) as vendor, channel(robot("custom"), robot_url=vendor.url) as bench:
        for n in range(20):
            await bench.give(alarm(f"GS{n:03}", "A2", after=2 * n))
            await bench.until_attempts(n + 1)
            assert bench.noted[n].at - (AT + 2 * n) <= 2
            await bench.clock.advance_to(AT + 2 * n + 2)


async def test_a_robot_that_mutes_who_is_too_fast_is_left_alone_by_an_a2_too():
    async with serving(Counting()) as vendor, channel(robot("dingtalk"), robot_url=vendor.url) as bench:
        vendor.says = [TOO_FAST]
        await bench.give(alarm())
        await bench.until_attempts(1)
        await bench.give(alarm("GS002", "A2"))
        await bench.until_attempts(2)
        assert bench.noted[1].at - bench.noted[0].at >= 30


@pytest.mark.parametrize("status", [403, 404, 408, 502])
async def test_a_proxy_that_restarts_is_tried_again(status: int):
    async with serving(Webhook()) as vendor, channel(robot("custom"), robot_url=vendor.url) as bench:
        vendor.says = [(status, "restarting")]
        await bench.give(alarm())
        await bench.until_attempts(2)
        assert [result for result, _ in bench.results] == ["again", "sent"]


async def test_the_vendors_own_limit_makes_it_wait_and_is_no_alarm_of_the_channel():
    card = robot("dingtalk")
    async with serving(Webhook()) as vendor, channel(card, robot_url=f"{vendor.url}/?access_token=x") as bench:
        vendor.says = [TOO_FAST] * 3 + [(200, {"errcode": 0, "errmsg": "ok"})]
        await bench.give(alarm())
        await bench.until_attempts(4)
        assert [result for result, _ in bench.results] == ["again"] * 3 + ["sent"]
        assert bench.controller.reports in ([], [("robot", False)])
        assert bench.noted[1].at - bench.noted[0].at >= 30


async def test_what_waits_survives_a_restart_and_what_was_told_is_not_told_again():
    clock = ManualClock(AT)
    site = Site(Catalogue(), clock)
    async with serving(Webhook()) as vendor:
        async with channel(robot("custom"), site=site, robot_url=vendor.url) as bench:
            await bench.give(alarm("GS001"))
            await bench.until_attempts(1)
            vendor.says = [(503, "maintenance")] * 2
            await bench.give(alarm("GS002"))
            await bench.until_attempts(2)
        vendor.says = []
        async with channel(robot("custom"), site=site, robot_url=vendor.url) as bench:
            await bench.give(alarm("GS001"))
            await bench.until_attempts(1)
        assert len(vendor.texts) == 2
        assert "GS002" in vendor.texts[1]


async def test_a_card_that_is_corrected_ends_the_pause_at_once():
    async with serving(Webhook()) as vendor, channel(robot("custom"), robot_url=vendor.url) as bench:
        vendor.says = [(503, "maintenance")] * 6
        await bench.give(alarm())
        await bench.until_attempts(6)
        await bench.service.put("robot", True, Robot(type="custom"), 0, "admin")
        await bench.advance(3)  # the next pause would have been 32 s
        await eventually(lambda: bench.results[-1][0] == "sent")


async def test_news_of_yesterday_is_given_up_and_goes_the_way_of_errors():
    async with serving(Webhook()) as vendor, channel(robot("custom"), robot_url=vendor.url) as bench:
        vendor.says = [(503, "maintenance")] * 10_000
        await bench.give(alarm())
        await bench.until_attempts(7)
        await bench.clock.advance(86_400)

        async def given_up() -> bool:
            await bench.clock.advance(61)
            return bool(bench.errors)

        await eventually(given_up)
        assert "could not be sent for a day" in bench.errors[0]


async def test_a_fault_of_ours_stops_one_message_and_not_the_channel(monkeypatch: pytest.MonkeyPatch):
    async with serving(Webhook()) as vendor, channel(robot("custom"), robot_url=vendor.url) as bench:
        with monkeypatch.context() as broken:
            broken.setattr("plant.notifications.service.compose_message", lambda *_: 1 / 0)
            await bench.give(alarm())
            await eventually(lambda: bench.errors)
        await bench.give(alarm("GS002"))
        await eventually(lambda: vendor.texts)
        assert "ZeroDivisionError" in bench.errors[0]


async def test_a_node_whose_card_does_not_exist_does_not_start():
    with pytest.raises(Exception, match="there is no card `pager`"):
        async with channel(robot("custom"), config={"channel": "pager"}):
            pass


async def test_what_is_no_alarm_is_refused():
    async with channel(robot("custom")) as bench:
        await bench.give({"payload": {"temp": 25}})
        assert "put an alarm or alarm-group node before it" in bench.errors[0]


async def test_a_vendor_that_is_down_is_asked_less_and_less_often_and_after_a_success_as_soon_as_at_first():
    """Up to once a minute, so that an hour of it is no flood; the benches' steps are a second each."""
    async with serving(Webhook()) as vendor, channel(robot("custom"), robot_url=vendor.url) as bench:
        vendor.says = [(503, "maintenance")] * 8
        await bench.give(alarm())
        await bench.until_attempts(9)
        vendor.says = [(503, "maintenance")] * 2
        await bench.give(alarm("GS002"))
        await bench.until_attempts(12)
        waits = [after.at - before.at for before, after in pairwise(bench.noted)]
        whole = [1, 2, 4, 8, 16, 32, 60, 60]
        assert all(most / 2 <= wait <= most + 1 for wait, most in zip(waits[:8], whole, strict=True)), waits
        assert waits[9] <= 2


async def test_a_quarter_of_the_pace_is_kept_for_what_is_urgent():
    """Of eight a minute six: the seventh of the others waits for the minute to end, and an A2 does not."""
    config = {"per_minute": 8}
    async with serving(Webhook()) as vendor, channel(robot("custom"), robot_url=vendor.url, config=config) as bench:
        for n in range(6):
            await bench.give(alarm(f"GS{n:03}"))
            await bench.until_attempts(n + 1)
        await bench.give(alarm("GS100"))
        await bench.clock.advance_to(bench.noted[0].at + 55)
        assert len(bench.noted) == 6
        await bench.give(alarm("GS200", "A2"))
        await bench.until_attempts(8)
        first, *_, urgent, last = (attempt.at for attempt in bench.noted)
        assert "GS200" in vendor.texts[6]
        assert urgent - first < 60 <= last - first
