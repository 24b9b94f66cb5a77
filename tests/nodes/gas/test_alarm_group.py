"""`alarm-group`: of a storm the first goes at once and the rest is one message, an A2 never waits, nothing is lost."""

from __future__ import annotations

from engine.catalogue.node_types import Catalogue
from engine.core.clock import ManualClock
from engine.runtime.site import Site
from engine.testing import NodeHarness
from plant.alarms.event import AlarmEvent
from plant.notifications.notice import AlarmNotice
from tests.plant.notifications.harness import AT, alarm


def group(**config: object) -> NodeHarness:
    return NodeHarness("alarm-group", config, clock=ManualClock(AT))


async def give(bench: NodeHarness, event: AlarmEvent) -> None:
    await bench.clock.advance_to(event.at)
    await bench.give(event)


def sent(bench: NodeHarness) -> list[tuple[float, int, str]]:
    """(seconds, how many events, the first device) of each message."""
    return [(round(one.at, 3), one.payload.count, one.payload.events[0].sn) for one in bench.outputs]


async def test_of_two_hundred_alarms_in_five_seconds_the_first_goes_at_once_and_the_rest_is_one_message():
    async with group() as bench:
        for n in range(200):
            await give(bench, alarm(f"GS{n:03}", after=n * 0.025))
        await bench.advance(20)
        assert sent(bench) == [(0.0, 1, "GS000"), (6.975, 199, "GS001")]
        assert all(isinstance(notice, AlarmNotice) for notice in bench.sent())
        assert len({event.id for notice in bench.sent() for event in notice.events}) == 200


async def test_an_a2_in_the_middle_of_a_storm_goes_at_once_and_alone():
    async with group() as bench:
        for n in range(200):
            await give(bench, alarm(f"GS{n:03}", "A2" if n == 100 else "A1", after=n * 0.025))
        await bench.advance(20)
        assert sent(bench) == [(0.0, 1, "GS000"), (2.5, 1, "GS100"), (6.975, 198, "GS001")]


async def test_a_single_alarm_is_told_at_once():
    async with group() as bench:
        await give(bench, alarm())
        await bench.advance(10)
        assert sent(bench) == [(0.0, 1, "GS001")]


async def test_a_thousand_alarms_in_a_minute_are_a_handful_of_messages_and_all_of_them_are_reported():
    async with group() as bench:
        for n in range(1000):
            await give(bench, alarm(f"GS{n:04}", after=n * 0.06))
        await bench.advance(100)
        assert sum(count for _, count, _ in sent(bench)) == 1000
        assert len(sent(bench)) <= 4
        assert len({event.id for notice in bench.sent() for event in notice.events}) == 1000


async def test_after_the_storm_groups_are_short_again():
    async with group() as bench:
        for n in range(40):
            await give(bench, alarm(f"GS{n:03}", after=n * 0.5))
        await bench.advance(60)
        for n in range(30):
            await give(bench, alarm("GS900", after=100 + n * 0.5, kind="raised"))
        await bench.advance(60)
        assert sent(bench)[-2][0] - 100 <= 20


async def test_what_people_are_not_to_be_told_of_ends_here():
    async with group() as bench:
        await give(bench, alarm(notified=False))
        await give(bench, alarm("GS002", "A2", notified=False))
        await bench.advance(60)
        assert sent(bench) == []


async def test_the_return_of_an_a2_is_not_urgent():
    async with group() as bench:
        await give(bench, alarm("GS001", "A2", kind="returned"))
        assert sent(bench) == []
        await bench.advance(2)
        assert [notice.priority for notice in bench.sent()] == ["low"]


async def test_what_was_gathered_survives_a_restart():
    clock = ManualClock(AT)
    site = Site(Catalogue(), clock)
    async with NodeHarness("alarm-group", {}, clock=clock, site=site) as bench:
        await bench.give(alarm("GS000"), alarm("GS001"), alarm("GS002", after=1))
    async with NodeHarness("alarm-group", {}, clock=clock, site=site) as bench:
        await bench.advance(2)
        assert sent(bench) == [(2.0, 2, "GS001")]
    async with NodeHarness("alarm-group", {}, clock=clock, site=site) as bench:
        await bench.advance(60)
        assert sent(bench) == []


async def test_what_is_gathered_when_the_node_is_removed_can_be_given_to_it_again():
    async with group() as bench:
        for n in range(3):
            await give(bench, alarm(f"GS{n:03}", after=n))
        kept = list(bench.node.kept_messages())
        assert [message.payload.sn for message in kept] == ["GS001", "GS002"]
    async with group() as again:
        for message in kept:
            await again.give(message)
        await again.advance(20)
        assert [event.sn for notice in again.sent() for event in notice.events] == ["GS001", "GS002"]
