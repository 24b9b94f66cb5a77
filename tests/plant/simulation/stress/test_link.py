"""A publishing connection of the stress tool, against a real broker."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from nodes.drivers.mqtt import BrokerAddress
from plant.simulation.stress.link import Link
from tests.eventually import eventually
from tests.servers.mosquitto import Mosquitto


@pytest.mark.parametrize("version", ["3.1.1", "5"])
async def test_what_the_broker_has_not_confirmed_is_sent_again_when_it_is_back(
    make_mosquitto: Callable[..., Mosquitto], version: str
) -> None:
    broker = make_mosquitto()
    confirmed: list[int] = []
    address = BrokerAddress.parse(broker.url, version=version)  # type: ignore[arg-type]
    link = Link(address, "stress-1", tls=None, confirmed=lambda: confirmed.append(1))
    link.start()
    try:
        await eventually(lambda: link.ready)
        link.publish("t/1", b"one")
        await eventually(lambda: len(confirmed) == 1)
        broker.stop()
        await eventually(lambda: not link.ready)
        link.publish("t/1", b"two")
        link.publish("t/1", b"three")
        broker.start()
        await eventually(lambda: len(confirmed) == 3)
        assert (link.losses > 0, link.refusals) == (True, 0)
    finally:
        await link.stop()


async def test_a_refused_connection_is_counted_as_such(make_mosquitto: Callable[..., Mosquitto]) -> None:
    broker = make_mosquitto(passwords={"GS1": "right"})
    link = Link(BrokerAddress.parse(broker.url), "stress-1", tls=None, confirmed=lambda: None)
    link.start()
    try:
        await eventually(lambda: link.refusals)
        assert not link.ready
    finally:
        await link.stop()
