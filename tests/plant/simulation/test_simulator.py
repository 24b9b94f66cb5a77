"""The simulator against a real broker."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable

import aiomqtt
import pytest

from plant.simulation.simulated_device import fleet
from plant.simulation.simulator import Simulator
from tests.eventually import eventually
from tests.servers.mosquitto import Mosquitto
from tests.servers.process import free_port


async def collected(broker: Mosquitto, count: int, run: Callable[[], object]) -> list[tuple[str, dict[str, object]]]:
    """The first `count` packets that arrive while `run` runs."""
    async with aiomqtt.Client("127.0.0.1", broker.port) as client:
        await client.subscribe("metachip/gas/+/data", qos=1)
        task = asyncio.ensure_future(run())  # type: ignore[arg-type]
        got: list[tuple[str, dict[str, object]]] = []
        async for message in client.messages:
            got.append((str(message.topic), json.loads(bytes(message.payload))))  # type: ignore[arg-type]
            if len(got) == count:
                break
        await task
        return got


async def test_devices_publish_on_their_own_topics(make_mosquitto: Callable[..., Mosquitto]):
    broker = make_mosquitto()
    devices = fleet(2)
    simulator = Simulator(broker.url, devices, speed=200, count=5)
    got = await collected(broker, 10, simulator.run)
    assert {topic for topic, _ in got} == {"metachip/gas/GS000001/data", "metachip/gas/GS000002/data"}
    assert [packet["seq"] for topic, packet in got if "GS000001" in topic] == [65530, 65531, 65532, 65533, 65534]
    assert simulator.report.sent == 10
    assert "10 packets" in str(simulator.report.text(1.0))


async def test_a_command_is_obeyed(make_mosquitto: Callable[..., Mosquitto]):
    broker = make_mosquitto()
    devices = fleet(1)
    simulator = Simulator(broker.url, devices, speed=20)
    running = asyncio.create_task(simulator.run())
    await eventually(lambda: simulator.report.sent > 0)
    async with aiomqtt.Client("127.0.0.1", broker.port) as client:
        await client.publish("metachip/gas/GS000001/cmd", b"junk", qos=1)
        await client.publish("metachip/gas/GS000001/cmd", b'{"cmd":"set_rate","interval":1,"duration":600}', qos=1)
        await eventually(lambda: simulator.report.commands == 1)
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)


async def test_packets_wait_while_the_broker_is_away(make_mosquitto: Callable[..., Mosquitto]):
    broker = make_mosquitto()
    simulator = Simulator(broker.url, fleet(1), speed=50)
    running = asyncio.create_task(simulator.run())
    await eventually(lambda: simulator.report.sent > 2)
    await asyncio.to_thread(broker.stop)
    await eventually(lambda: simulator.report.lost_connections > 0)
    sent = simulator.report.sent
    await asyncio.to_thread(broker.start)
    await eventually(lambda: simulator.report.sent > sent + 5)
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)


async def test_it_ends_in_the_middle_of_many_packets(make_mosquitto: Callable[..., Mosquitto]):
    broker = make_mosquitto()
    for _ in range(15):
        simulator = Simulator(broker.url, fleet(50), speed=400)
        running = asyncio.create_task(simulator.run())
        await _sent(simulator, 300)
        running.cancel()
        await eventually(running.done)


async def _sent(simulator: Simulator, count: int) -> None:
    await eventually(lambda: simulator.report.sent > count)


def test_an_authority_that_can_not_be_read_is_told_before_anything_runs():
    with pytest.raises(ValueError, match=r"nowhere\.pem can't be read as a PEM file"):
        Simulator("mqtts://127.0.0.1", fleet(1), ca_file="nowhere.pem")


async def test_a_broker_that_is_not_there_is_told_once_for_all_devices(caplog: pytest.LogCaptureFixture):
    port = free_port()
    simulator = Simulator(f"mqtt://127.0.0.1:{port}", fleet(3), speed=1000)
    running = asyncio.create_task(simulator.run())
    await eventually(lambda: simulator.report.lost_connections >= 3)
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    (told,) = [record.getMessage() for record in caplog.records if record.name == "mcs.simulator"]
    assert f"no connection to the broker at 127.0.0.1:{port}" in told
