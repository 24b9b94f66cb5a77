"""Clocks that are wrong, of devices and of the server, through the nodes of the shipped flow: gas is told, and told once."""

from __future__ import annotations

import asyncio
import functools
from typing import Any, ClassVar

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.api import Message, Node, Pack, node
from engine.catalogue.node_types import Catalogue
from engine.pack import discover_packs
from engine.testing import FlowHarness
from plant.alarms.event import AlarmEvent
from plant.alarms.service import Alarms
from plant.devices.health import DeviceHealth
from plant.devices.registry import Devices
from plant.model.device import Device
from plant.model.reading import Flag, Reading

FLOW = """
flow: gas
nodes:
  reading: {type: gas-reading, with: {topic: "metachip/gas/{sn}/data"}, to: {ok: packets}}
  packets: {type: sequence-check, to: device}
  device: {type: device, to: {ok: concentration, fault: [alarm, readings]}}
  concentration: {type: formula, with: {expression: k * v_raw + b, result: conc, floor: 0}, to: [alarm, readings]}
  alarm: {type: alarm, with: {record_continued: false}, to: events}
  events: {type: kept}
  readings: {type: kept}
"""
DEVICES = [Device(sn=f"GS{n}", k=1.0, b=0.0, a1=20.0, a2=50.0) for n in range(2)]
DAY_S = 86_400.0
GAS = ("A1", "A2")


@node(category="testing")
class Kept(Node):
    """Keeps what it is given."""

    outputs: ClassVar = ()

    def start(self, ctx: Any) -> None:
        self.payloads: list[Any] = []

    def process(self, msg: Message) -> None:
        self.payloads.append(msg.payload)


@functools.cache
def catalogue() -> Catalogue:
    return Catalogue([*discover_packs(), Pack(name="test", nodes=[Kept])])


class Plant(FlowHarness):
    """Two devices that report every 10 s: GS0 by whatever clock a test gives it, GS1 always rightly."""

    def __init__(self) -> None:
        super().__init__(FLOW, catalogue=catalogue(), services=[Devices(devices=DEVICES), Alarms(), DeviceHealth()])
        self.began = self.clock.now()
        self.seqs = {"GS0": 0, "GS1": 0}

    async def send(self, conc: float, off_s: float = 0.0, *, sn: str = "GS0", seq: int | None = None) -> None:
        """One packet now, by a clock that is so much ahead; the next number unless one is given."""
        if seq is None:
            self.seqs[sn] = (self.seqs[sn] + 1) % 65536
            seq = self.seqs[sn]
        packet = {"ts": self.real + off_s, "seq": seq, "v_raw": conc, "temp": 25, "err": 0}
        await self.give("reading", {"topic": f"metachip/gas/{sn}/data", "payload": packet})

    async def round_of(self, conc: float, off_s: float = 0.0) -> None:
        """Ten seconds later: both report, GS1 nothing but fresh air."""
        await self.clock.advance(10)
        await self.send(conc, off_s)
        await self.send(1.0, sn="GS1")

    @property
    def real(self) -> float:
        """What time it is, whatever the server's clock says."""
        return self.began + self.clock.monotonic()

    @property
    def events(self) -> list[AlarmEvent]:
        return self.run.nodes["events"].instance.payloads  # type: ignore[attr-defined, no-any-return]

    @property
    def readings(self) -> list[Reading]:
        """Of GS0."""
        kept = self.run.nodes["readings"].instance.payloads  # type: ignore[attr-defined]
        return [one for one in kept if one.sn == "GS0"]

    @property
    def happened(self) -> list[tuple[str, str]]:
        """(type, kind) of every event."""
        return [(event.type, event.kind) for event in self.events]

    def active(self, type: str) -> bool:
        return any(one.active and one.type == type for one in self.site.service(Alarms).active())


async def test_a_clock_that_was_ahead_once_hides_nothing_that_comes_after():
    async with Plant() as plant:
        await plant.round_of(5.0)
        await plant.round_of(5.0, off_s=290)
        await plant.round_of(80.0)
        assert plant.happened == [("A2", "raised"), ("A1", "raised")]
        assert [reading.flags for reading in plant.readings] == [0, Flag.CLOCK, 0]
        assert plant.readings[1].time == plant.readings[1].received_at


async def test_a_clock_that_is_ahead_from_the_first_reading_and_then_right_hides_nothing():
    async with Plant() as plant:
        await plant.round_of(5.0, off_s=290)
        await plant.round_of(80.0)
        await plant.round_of(80.0)
        assert plant.happened == [("A2", "raised"), ("A1", "raised")]
        assert [reading.flags for reading in plant.readings] == [0, Flag.CLOCK, 0]


@pytest.mark.parametrize("off_s", [-120.0, -3600.0, -DAY_S, 290.0, DAY_S])
async def test_a_clock_that_jumps_is_judged_by_arrival(off_s: float):
    """It raises, it ends, and the times are those of the server; then it is put right, and nothing happens."""
    async with Plant() as plant:
        for _ in range(3):
            await plant.round_of(5.0)
        for conc in (5.0, 80.0, 80.0, 5.0):
            await plant.round_of(conc, off_s)
        wrong = plant.readings[3:]
        assert {reading.flags for reading in wrong} == {Flag.CLOCK}
        assert [reading.time for reading in wrong] == [reading.received_at for reading in wrong]
        for _ in range(3):
            await plant.round_of(5.0)
        assert plant.happened == [("A2", "raised"), ("A1", "raised"), ("A2", "returned"), ("A1", "returned")]
        assert plant.readings[-1].flags == 0


async def test_a_clock_that_is_a_day_behind_from_the_start_is_found_out_and_nobody_is_off_line():
    async with Plant() as plant:
        for conc in (5.0, 5.0, 5.0, 80.0, 5.0):
            await plant.round_of(conc, -DAY_S)
        assert plant.readings[-1].flags == Flag.CLOCK
        assert plant.readings[-1].time == plant.readings[-1].received_at
        assert {event.type for event in plant.events} == set(GAS)
        assert [event.at for event in plant.events] == [plant.real - 10] * 2 + [plant.real] * 2


async def test_gas_of_a_clock_that_was_ahead_ends_with_the_first_reading_of_a_right_one():
    async with Plant() as plant:
        for _ in range(3):
            await plant.round_of(60.0, off_s=200)
        assert plant.active("A2")
        await plant.round_of(1.0)
        assert not plant.active("A2")


async def test_a_device_that_restarts_and_has_lost_its_clock_is_live_again_with_its_second_packet():
    async with Plant() as plant:
        for _ in range(50):
            await plant.round_of(5.0)
        plant.seqs["GS0"] = 0
        await plant.round_of(5.0, -DAY_S)
        await plant.round_of(80.0, -DAY_S)
        assert plant.active("A2")


async def test_a_clock_that_stands_still_is_judged_by_arrival():
    async with Plant() as plant:
        await plant.round_of(5.0)
        for conc in (5.0, 80.0, 80.0, 5.0):
            await plant.round_of(conc, off_s=plant.began - plant.real - 10)
        assert plant.happened == [("A2", "raised"), ("A1", "raised"), ("A2", "returned"), ("A1", "returned")]


@pytest.mark.parametrize("outage_s", [300, 3600])
async def test_a_backlog_keeps_the_times_at_which_it_was_taken(outage_s: int):
    """Five minutes, or the last ten of an hour, delivered at once after an outage of the network, with gas in the middle of it."""
    async with Plant() as plant:
        for _ in range(3):
            await plant.round_of(1.0)
        back_at = plant.real
        await plant.clock.advance(outage_s)
        count = min(outage_s // 10, 60)
        taken = [outage_s - 10.0 * (count - n) for n in range(1, count)]
        for n, at in enumerate(taken):
            await plant.clock.advance(0.01)
            await plant.send(60.0 if count // 3 <= n < count // 2 else 1.0, back_at + at - plant.real)
        backlog = plant.readings[3:]
        assert [reading.time for reading in backlog] == pytest.approx([back_at + at for at in taken])
        assert {reading.flags for reading in backlog} == {0}
        raised = [event for event in plant.events if event.type == "A2"]
        assert [(event.kind, event.at) for event in raised] == [
            ("raised", pytest.approx(back_at + taken[count // 3])),
            ("returned", pytest.approx(back_at + taken[count // 2])),
        ]


async def test_a_reading_that_is_out_of_order_is_late_and_leaves_the_alarm_as_it_is():
    async with Plant() as plant:
        for _ in range(40):
            await plant.round_of(5.0)
        await plant.round_of(60.0)
        await plant.clock.advance(5)
        await plant.send(80.0, -300, seq=plant.seqs["GS0"] - 30)
        late = plant.events[-2:]
        assert [(event.type, event.kind, event.active) for event in late] == [
            ("A2", "late", False),
            ("A1", "late", False),
        ]
        assert plant.active("A2")
        await plant.send(5.0, -310, seq=plant.seqs["GS0"] - 31)
        assert plant.active("A2")
        assert plant.events[-2:] == late


OFFS = st.sampled_from([0.0, 0.0, 0.0, 40.0, 290.0, -200.0, -3600.0, -DAY_S, 400.0, -1.7e9])


@settings(max_examples=15, deadline=None)
@given(st.lists(st.tuples(st.sampled_from([5.0, 30.0, 80.0]), OFFS), min_size=1, max_size=25), st.integers(0, 65535))
def test_whatever_a_devices_clock_says_its_alarms_are_those_of_a_right_one(
    packets: list[tuple[float, float]], first: int
):
    """After two readings by a right clock; the numbers go on by one and come every ten seconds."""

    async def play(right: bool) -> list[tuple[str, str, bool]]:
        async with Plant() as plant:
            plant.seqs["GS0"] = first
            for conc, off_s in [(5.0, 0.0), (5.0, 0.0), *packets]:
                await plant.round_of(conc, 0.0 if right else off_s)
            return [(event.type, event.kind, event.notified) for event in plant.events]

    assert asyncio.run(play(False)) == asyncio.run(play(True))


@pytest.mark.parametrize("step_s", [-DAY_S * 9000, -3600.0, -600.0, -120.0, 600.0, 3600.0, DAY_S * 9000])
async def test_the_servers_clock_is_set_and_nothing_false_is_told_and_nothing_true_is_not(step_s: float):
    """With an alarm that nobody has acknowledged, and one device off-line; then gas, a quarter of an hour, and the clock is put right."""
    async with Plant() as plant:
        for _ in range(3):
            await plant.round_of(30.0)
        for _ in range(5):
            await plant.clock.advance(10)
            await plant.send(30.0)
        before = plant.happened
        assert before == [("A1", "raised"), ("offline", "raised")]
        for step in (step_s, -step_s):
            plant.clock.step(step)
            seen = len(plant.events)
            await plant.clock.advance(5)
            await plant.send(30.0)
            assert plant.happened[seen:] == []
            await plant.clock.advance(10)
            await plant.send(80.0)
            assert ("A2", "raised_to_a2") in plant.happened[seen:]
            await plant.clock.advance(10)
            await plant.send(30.0)
            assert ("A2", "returned") in plant.happened[seen:]
            plant.site.service(Alarms).acknowledge("GS0", "A2", "li")
            for _ in range(60):
                await plant.clock.advance(10)
                await plant.send(30.0)
            assert sorted(plant.happened[seen:]) == [
                ("A1", "repeated"),
                ("A2", "acknowledged"),
                ("A2", "raised_to_a2"),
                ("A2", "returned"),
                ("offline", "repeated"),
            ]


@pytest.mark.parametrize("step_s", [-DAY_S, -3600.0, 3600.0])
async def test_a_shelf_lasts_as_long_as_was_asked_for(step_s: float):
    async with Plant() as plant:
        await plant.round_of(60.0)
        alarms = plant.site.service(Alarms)
        alarms.shelve("GS0", "A2", "li", "works", plant.clock.now() + 100)
        plant.clock.step(step_s)
        await plant.clock.advance(90)
        assert ("A2", "unshelved") not in plant.happened
        await plant.clock.advance(12)
        assert plant.happened.count(("A2", "unshelved")) == 1
