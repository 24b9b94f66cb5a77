"""`alarm`: what drives the rules besides readings, restarts, people, and that live and replayed input are judged alike."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from redis import asyncio as redis

from engine.catalogue.node_types import Catalogue
from engine.core.background_task import Supervisor
from engine.core.clock import ManualClock
from engine.pack import discover_packs
from engine.runtime.site import Site
from engine.runtime.state.redis_journal import RedisJournal
from engine.testing import NodeHarness
from plant.alarms.commands import CommandRefused
from plant.alarms.event import AlarmEvent
from plant.alarms.service import Alarms
from plant.devices.registry import Devices
from plant.model.device import Device
from plant.model.reading import Flag
from tests.plant.alarms.harness import START, reading

KIND = Catalogue(discover_packs()).types["alarm"].cls
FLEET = [Device(sn=f"GS{n}", k=1.0, b=0.0, a1=20.0, a2=50.0, a1_delay_s=20.0, a1_deadband=2.0) for n in range(4)]
QUICK = [Device(sn=f"GS{n}", k=1.0, b=0.0, a1=20.0, a2=50.0) for n in range(4)]


def harness(config: dict[str, Any] | None = None, devices: Iterable[Device] = QUICK, **options: Any) -> NodeHarness:
    clock = options.pop("clock", None) or ManualClock(START)
    services = [Devices(devices=devices), Alarms()]
    return NodeHarness(KIND, config or {"record_continued": False}, clock=clock, services=services, **options)


def happened(bench: NodeHarness, *types: str) -> list[tuple[float, str, str, str, bool]]:
    """(seconds, device, type, kind, told) of every event, those of some types only if named."""
    events: list[AlarmEvent] = bench.sent()
    return [
        (event.at - START, event.sn, event.type, event.kind, event.notified)
        for event in events
        if not types or event.type in types
    ]


async def give(bench: NodeHarness, at: float, conc: float | None, sn: str = "GS0", **fields: Any) -> None:
    await bench.give({"payload": reading(at, conc, sn, **fields), "key": sn, "time": START + at})


async def live(bench: NodeHarness, at: float, conc: float | None, sn: str = "GS0", **fields: Any) -> None:
    """As `give`, at its own time."""
    await bench.clock.advance_to(START + at)
    await give(bench, at, conc, sn, **fields)


async def test_a_device_that_falls_silent_among_others_is_off_line_and_repeated_by_the_clock():
    async with harness() as bench:
        await live(bench, 0, 1.0, "GS0")
        for at in range(0, 660, 10):
            await live(bench, at, 1.0, "GS1")
        assert happened(bench) == [
            (30, "GS0", "offline", "raised", True),
            (630, "GS0", "offline", "repeated", True),
        ]


async def test_an_old_reading_that_the_broker_retained_is_told_late_and_shows_nobody_alive():
    retained = int(Flag.RETAINED)
    async with harness() as bench:
        await bench.clock.advance_to(START + 600)
        await give(bench, 0, 60.0, "GS0", flags=retained)
        await give(bench, 595, 30.0, "GS1", flags=retained)
        assert happened(bench) == [
            (0, "GS0", "A2", "late", True),
            (0, "GS0", "A1", "late", True),
            (595, "GS1", "A1", "raised", True),
        ]


@pytest.mark.parametrize("restarted", [False, True])
async def test_a_delay_runs_out_by_the_clock_also_over_a_restart(restarted: bool):
    device = Device(sn="GS0", k=1.0, b=0.0, a2=50.0, a2_delay_s=15.0)
    clock = ManualClock(START)
    site = Site(Catalogue(), clock)
    async with harness(devices=[device], clock=clock, site=site) as bench:
        await live(bench, 0, 90.0)
        await live(bench, 10, 90.0)
        if not restarted:
            await bench.clock.advance(6)
            assert happened(bench, "A2") == [(15, "GS0", "A2", "raised", True)]
    async with harness(devices=[device], clock=clock, site=site) as bench:
        await bench.clock.advance(4)
        assert happened(bench, "A2") == []
        await bench.clock.advance(2)
        assert happened(bench, "A2") == ([(15, "GS0", "A2", "raised", True)] if restarted else [])


async def test_a_detector_that_nobody_registered_is_one_alarm_until_it_is_registered():
    devices = Devices(devices=QUICK)
    async with NodeHarness(KIND, {}, clock=ManualClock(START), services=[devices, Alarms()]) as bench:
        for at in (0, 10, 20):
            await live(bench, at, None, "GS9")
        (alarm,) = bench.site.service(Alarms).active()
        assert (alarm.type, alarm.value) == ("unregistered", 0.0)
        await devices.put(Device(sn="GS9", k=1.0, b=0.0, a2=50.0))
        await live(bench, 21, 60.0, "GS9")
        assert [(type, kind, told) for _, _, type, kind, told in happened(bench)] == [
            ("unregistered", "raised", True),
            ("unregistered", "returned", True),
            ("A2", "raised", True),
        ]


async def test_an_unregistered_detector_that_is_gone_for_an_hour_is_no_alarm_any_more():
    async with harness() as bench:
        await live(bench, 0, None, "GS9")
        await bench.clock.advance(3602)
        assert [(type, kind) for _, sn, type, kind, _ in happened(bench) if sn == "GS9"][-1] == (
            "unregistered",
            "returned",
        )


async def test_a_device_that_was_removed_while_the_process_was_down_leaves_no_ghost():
    clock = ManualClock(START)
    site = Site(Catalogue(), clock)
    async with harness(clock=clock, site=site) as bench:
        await live(bench, 0, 60.0, "GS0")
    async with harness(devices=QUICK[1:], clock=clock, site=site) as bench:
        await bench.clock.advance(40)
        assert [(sn, type, kind, told) for _, sn, type, kind, told in happened(bench, "A1", "A2")] == [
            ("GS0", "A2", "retired", True),
            ("GS0", "A1", "retired", True),
        ]
        assert [alarm.sn for alarm in bench.site.service(Alarms).active() if alarm.type in ("A1", "A2")] == []


async def test_one_old_reading_does_not_end_the_silence_of_the_site():
    async with harness() as bench:
        for n in range(4):
            await live(bench, n, 1.0, f"GS{n}")
        await bench.clock.advance_to(START + 500)
        await give(bench, 100, 1.0, "GS2")
        assert happened(bench, "link") == [(30, "site", "link", "raised", True)]
        await give(bench, 500, 1.0, "GS2")
        assert happened(bench, "link")[1:] == [(500, "site", "link", "returned", True)]


async def test_a_device_of_the_registry_that_is_never_heard_is_an_alarm_until_it_is():
    async with harness(devices=QUICK[:1]) as bench:
        await bench.clock.advance(3659)
        assert happened(bench) == []
        await bench.clock.advance(62)
        assert [(type, kind, told) for _, _, type, kind, told in happened(bench)] == [("never-heard", "raised", True)]
        await live(bench, 3730, 1.0)
        assert [(type, kind) for _, _, type, kind, _ in happened(bench)][-1] == ("never-heard", "returned")


async def test_a_device_may_be_called_site():
    clock = ManualClock(START)
    site = Site(Catalogue(), clock)
    devices = [Device(sn="site", k=1.0, b=0.0, a2=50.0)]
    async with harness(devices=devices, clock=clock, site=site) as bench:
        await live(bench, 0, 60.0, "site")
        bench.site.service(Alarms).shelve("site", "A2", "li", "works", START + 3600)
    async with harness(devices=devices, clock=clock, site=site) as bench:
        assert [alarm.state for alarm in bench.site.service(Alarms).active()] == ["shelved"]


@pytest.mark.parametrize("step_s", [-3600.0, 600.0, 3600.0, 86_400.0 * 365])
async def test_a_wall_clock_that_jumps_makes_nobody_silent(step_s: float):
    async with harness() as bench:
        for at in range(0, 40, 10):
            await bench.clock.advance(10)
            for sn in ("GS0", "GS1"):
                await bench.give({"payload": reading(at, 1.0, sn), "key": sn, "time": START + at})
        bench.clock.step(step_s)
        await bench.clock.advance(9)
        assert happened(bench, "offline", "link") == []
        await bench.clock.advance(60)
        assert [(type, kind) for _, _, type, kind, _ in happened(bench, "offline", "link")] == [("link", "raised")]


async def test_the_site_falling_silent_is_one_alarm_and_ends_with_the_first_reading():
    async with harness() as bench:
        for n in range(4):
            await live(bench, n, 1.0, f"GS{n}")
        await bench.clock.advance_to(START + 100)
        await live(bench, 100, 1.0, "GS2")
        assert happened(bench) == [
            (30, "site", "link", "raised", True),
            (100, "site", "link", "returned", True),
        ]


async def test_a_device_that_is_gone_from_the_registry_is_not_waited_for():
    devices = Devices(devices=QUICK)
    async with NodeHarness(KIND, {}, clock=ManualClock(START), services=[devices, Alarms()]) as bench:
        await live(bench, 0, 30.0, "GS0")
        await devices.remove("GS0")
        for at in range(0, 100, 10):
            await live(bench, at, 1.0, "GS1")
        assert [(kind, told) for _, sn, _, kind, told in happened(bench) if sn == "GS0"] == [
            ("raised", True),
            ("retired", True),
        ]


async def test_an_operator_acknowledges_and_the_event_goes_down_the_flow_with_the_name():
    async with harness() as bench:
        await live(bench, 0, 60.0)
        alarms = bench.site.service(Alarms)
        alarms.acknowledge("GS0", "A2", "li")
        assert [(event.kind, event.by) for event in bench.sent()][-1] == ("acknowledged", "li")
        with pytest.raises(CommandRefused):
            alarms.acknowledge("GS0", "A2", "wang")


async def test_a_shelf_ends_by_the_clock_although_no_reading_comes():
    async with harness() as bench:
        await live(bench, 0, 60.0)
        bench.site.service(Alarms).shelve("GS0", "A2", "li", "works", START + 20)
        await bench.clock.advance_to(START + 25)
        assert (20, "GS0", "A2", "unshelved", True) in happened(bench)


async def test_states_survive_the_restart_of_the_node_and_nothing_is_told_twice():
    clock = ManualClock(START)
    site = Site(Catalogue(), clock)
    async with harness(clock=clock, site=site) as bench:
        await live(bench, 0, 60.0)
        before = bench.site.service(Alarms).active()
    async with harness(clock=clock, site=site) as bench:
        assert bench.site.service(Alarms).active() == before
        await give(bench, 0, 60.0)
        await live(bench, 10, 61.0)
        assert happened(bench) == []
        await live(bench, 20, 1.0)
        assert happened(bench, "A2") == [(20, "GS0", "A2", "returned", True)]


async def test_in_redis_the_handbooks_key_is_a_plain_number_that_ends_by_itself(redis_url: str):
    store = RedisJournal(redis_url, Supervisor(ManualClock(START)))
    site = Site(Catalogue(), ManualClock(START), journal_store=store)
    client = redis.from_url(redis_url)
    async with harness(clock=site.clock, site=site) as bench:
        await live(bench, 0, 60.0)
        await bench.site.journal.flush()
        assert float(await client.get("last_alarm_GS0_A2")) == START
        assert float(await client.get("last_alarm_GS0_A1")) == START
        assert 600_000 < await client.pttl("last_alarm_GS0_A2") <= 1_200_000
        await live(bench, 600, 60.0)
        await bench.site.journal.flush()
        assert float(await client.get("last_alarm_GS0_A2")) == START + 600
    await client.aclose()
    await store.stop()


async def test_a_channel_that_fails_is_an_alarm_that_is_repeated_and_ends():
    async with harness() as bench:
        alarms = bench.site.service(Alarms)
        alarms.report("robot", "channel", True, {"answer": "310000 sign not match"})
        alarms.report("robot", "channel", True, {"answer": "310000 sign not match"})
        await bench.clock.advance(601)
        alarms.report("robot", "channel", False, {})
        assert [entry[2:] for entry in happened(bench)] == [
            ("channel", "raised", True),
            ("channel", "repeated", True),
            ("channel", "returned", True),
        ]


async def test_a_type_that_does_not_exist_can_not_latch():
    with pytest.raises(Exception, match="Invalid enum value 'A3'"):
        async with harness({"latching": ["A3"]}):
            pass


VALUES = st.one_of(st.floats(0, 70), st.sampled_from([19.0, 20.0, 21.0, 49.0, 51.0, None]))


@settings(max_examples=25)
@given(st.lists(st.tuples(st.integers(0, 3), VALUES), min_size=1, max_size=90), st.sampled_from([FLEET, QUICK]))
def test_a_backlog_delivered_in_a_second_gives_the_same_transitions_as_live(
    packets: list[tuple[int, float | None]], devices: list[Device]
):
    """Five minutes and more of four devices, each reading at its own time; then the same at once, through a node of its own."""

    async def play(at_their_time: bool) -> list[tuple[float, str, str, str, bool]]:
        async with harness({"record_continued": True}, devices) as bench:
            # Every round all four report, so that nobody is off-line.
            for round_, (n, conc) in enumerate(packets):
                at = 10.0 * round_
                for other in range(4):
                    value = conc if other == n else 1.0
                    fields = {"err": 1} if value is None else {}
                    step = live if at_their_time else give
                    await step(bench, at + other, value, f"GS{other}", **fields)
            return sorted(happened(bench))

    assert asyncio.run(play(True)) == asyncio.run(play(False))
