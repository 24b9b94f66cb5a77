"""Packet loss as a node of the flow."""

from __future__ import annotations

from engine.catalogue.node_types import Catalogue
from engine.core.clock import ManualClock
from engine.runtime.site import Site
from engine.testing import NodeHarness
from nodes.gas.sequence_check import SequenceCheck
from plant.devices.health import DeviceHealth
from plant.model.reading import Flag, Reading


def reading(seq: int, ts: float = 0.0, sn: str = "GS001") -> Reading:
    return Reading(ts, seq, 2000.0, 25.0, 0, sn=sn)


async def test_every_reading_goes_on_and_what_is_odd_is_flagged():
    async with NodeHarness(SequenceCheck, services=[DeviceHealth()]) as bench:
        await bench.give(reading(1), reading(2, 10), reading(2, 10), reading(5, 40), reading(4, 30), reading(0, 50))
        flags = [sent.flags for sent in bench.sent()]
        assert flags == [0, 0, Flag.DUPLICATE, 0, Flag.LATE, Flag.REBOOT]


async def test_a_flag_of_before_is_kept():
    async with NodeHarness(SequenceCheck, services=[DeviceHealth()]) as bench:
        odd = Reading(0.0, 1, 2000.0, 25.0, 0, sn="GS001", flags=int(Flag.CLOCK))
        await bench.give(odd, odd)
        assert [sent.flags for sent in bench.sent()] == [Flag.CLOCK, Flag.CLOCK | Flag.DUPLICATE]
        assert odd.flags == Flag.CLOCK


async def test_devices_are_counted_apart_and_the_page_can_ask():
    health = DeviceHealth()
    async with NodeHarness(SequenceCheck, services=[health]) as bench:
        await bench.give(reading(1), reading(1, sn="GS002"), reading(4, 30))
        first, second = health.all()
        assert (first.sn, first.received, first.lost) == ("GS001", 2, 2)
        assert (second.sn, second.received, second.lost) == ("GS002", 1, 0)


async def test_counts_go_on_after_a_restart():
    """A gap over the restart is counted, and the page shows the figures before the first message."""
    site = Site(Catalogue(), ManualClock())
    async with NodeHarness(SequenceCheck, site=site, services=[DeviceHealth()]) as bench:
        await bench.give(reading(1), reading(2, 10))
    health = DeviceHealth()
    async with NodeHarness(SequenceCheck, site=site, services=[health]) as bench:
        figures = health.of("GS001")
        assert figures is not None
        assert figures.received == 2
        await bench.give(reading(4, 30))
        after = health.of("GS001")
        assert after is not None
        assert (after.received, after.lost) == (3, 1)


async def test_what_is_no_reading_is_refused():
    async with NodeHarness(SequenceCheck, services=[DeviceHealth()]) as bench:
        await bench.give("text")
        assert "put a gas-reading node before it" in bench.errors[0]


async def test_packets_without_a_number_are_taken_and_no_gap():
    health = DeviceHealth()
    async with NodeHarness(SequenceCheck, services=[health]) as bench:
        for seq in (-1, 5000, -1, 5001):
            await bench.give(Reading(0.0, seq, 1.0, 1.0, 0, sn="GS001", flags=int(Flag.MALFORMED) if seq < 0 else 0))
        (figures,) = health.all()
        assert (figures.received, figures.lost, figures.reboots, figures.malformed) == (4, 0, 0, 2)
