"""How a device is doing, as its page asks for it."""

from __future__ import annotations

from plant.devices.health import DeviceHealth
from plant.model.packet_loss import PacketCount
from plant.model.reading import Reading


def test_figures_are_those_of_the_last_reading():
    health = DeviceHealth()
    count = PacketCount(1, 0.0)
    count.count(3, 20.0)
    reading = Reading(20.0, 3, 1.0, 25.0, 0, bat=55, rssi=-101, sn="GS001", received_at=21.0)
    health.note("GS001", count, reading)
    figures = health.of("GS001")
    assert figures is not None
    assert (figures.received, figures.lost, figures.bat, figures.rssi, figures.last_seen) == (2, 1, 55, -101, 21.0)
    assert health.all() == [figures]
    assert health.of("GS002") is None
