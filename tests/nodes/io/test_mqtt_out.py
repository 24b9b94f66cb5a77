"""mqtt-out against a real Mosquitto."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import aiomqtt
import pytest

from engine.catalogue.node_types import Catalogue
from engine.core.background_task import Supervisor
from engine.core.clock import SystemClock
from engine.core.message import UNSET
from engine.runtime.site import Site
from engine.testing import NodeHarness
from nodes.drivers.mqtt import BrokerAddress
from nodes.drivers.mqtt.publisher import MqttPublisher
from nodes.io.mqtt_out import MqttOut
from tests.eventually import eventually
from tests.servers.mosquitto import Mosquitto
from tests.servers.process import free_port
from tests.waits import HurriedClock, assert_waits_grow


def bench_on(server: Mosquitto, site: Site | None = None, **config: Any) -> NodeHarness:
    return NodeHarness(MqttOut, {"broker": server.url, **config}, site=site or Site(Catalogue(), SystemClock()))  # type: ignore[arg-type]


@asynccontextmanager
async def listening(broker: Mosquitto) -> AsyncIterator[list[aiomqtt.Message]]:
    """What arrives at the broker."""
    got: list[aiomqtt.Message] = []
    async with aiomqtt.Client("127.0.0.1", broker.port) as client:
        await client.subscribe("#", qos=2)

        async def read() -> None:
            async for message in client.messages:
                got.append(message)

        task = asyncio.create_task(read())
        yield got
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


@pytest.mark.parametrize("qos", [0, 1, 2])
async def test_values_are_published_in_order_as_they_are_or_as_json(make_mosquitto: Callable[..., Mosquitto], qos: int):
    broker = make_mosquitto()
    async with listening(broker) as got, bench_on(broker, topic="out/{{key}}", qos=qos) as bench:
        for payload in (b"\x00\xff", "气体", {"a": 1.5}, 7, None, UNSET):
            await bench.give({"payload": payload, "key": "GS001"})
        await eventually(lambda: len(got) == 6)
        assert [message.payload for message in got] == [b"\x00\xff", "气体".encode(), b'{"a":1.5}', b"7", b"null", b""]
        assert {(str(message.topic), message.qos) for message in got} == {("out/GS001", qos)}


async def test_without_a_topic_the_messages_own_is_taken_and_retained_when_asked(
    make_mosquitto: Callable[..., Mosquitto],
):
    broker = make_mosquitto()
    async with bench_on(broker, retain=True) as bench:
        await bench.give({"payload": "on", "topic": "lamp"})
        await eventually(lambda: bench.run.nodes["node"].queue.handled == 1)  # type: ignore[union-attr]
        async with listening(broker) as got:
            await eventually(lambda: [(str(message.topic), message.payload) for message in got] == [("lamp", b"on")])


@pytest.mark.parametrize("topic", ["", "a/+/b", "a/#"])
async def test_a_topic_that_can_not_be_published_to_is_refused(mosquitto: Mosquitto, topic: str):
    async with bench_on(mosquitto) as bench:
        await bench.give({"payload": 1, "topic": topic})
        await eventually(lambda: bench.errors)
        assert "can't be published to" in bench.errors[0]


async def test_a_place_without_a_value_is_refused(mosquitto: Mosquitto):
    async with bench_on(mosquitto, topic="out/{{payload.sn}}") as bench:
        await bench.give({"payload": {}})
        await eventually(lambda: bench.errors)
        assert "payload.sn" in bench.errors[0]


async def test_messages_wait_while_the_broker_is_away(make_mosquitto: Callable[..., Mosquitto]):
    """Down at start, and down later: nothing is dropped, order holds."""
    broker = make_mosquitto()
    broker.stop()
    async with bench_on(broker, topic="t") as bench:
        await bench.give(1)
        context = bench.run.nodes["node"].context
        await eventually(lambda: context.status_level == "warning" and not bench.errors)
        await asyncio.to_thread(broker.start)
        async with listening(broker) as got:
            await eventually(
                lambda: [message.payload for message in got][-1:] == [b"1"] or context.status_text == "connected"
            )
            await bench.give(2, 3)
            await eventually(lambda: [message.payload for message in got][-2:] == [b"2", b"3"])
        assert bench.errors == []


async def test_nodes_share_one_connection_per_broker(make_mosquitto: Callable[..., Mosquitto]):
    broker = make_mosquitto()
    site = Site(Catalogue(), SystemClock())
    async with bench_on(broker, site, topic="a") as one, bench_on(broker, site, topic="b") as other:
        assert one.node._line is other.node._line  # type: ignore[attr-defined]
    assert site.connections._open == {}


@pytest.mark.parametrize("version", ["3.1.1", "5"])
async def test_a_message_too_large_for_the_broker_is_refused_and_holds_up_no_other(
    make_mosquitto: Callable[..., Mosquitto], version: str
):
    """The broker closes the connection on it, and would each time it came again."""
    broker = make_mosquitto(extra="max_packet_size 2000")
    async with listening(broker) as got, bench_on(broker, topic="out", version=version) as bench:
        await bench.give("x" * 5000, "after")
        await eventually(lambda: [message.payload for message in got] == [b"after"])
        assert "closed the connection 3 times on this message of 5,000 bytes" in bench.errors[0]


async def test_a_broker_that_is_not_there_is_called_less_and_less_often():
    clock = HurriedClock()
    publisher = await MqttPublisher(
        BrokerAddress.parse(f"mqtt://127.0.0.1:{free_port()}"), "c", Supervisor(clock)
    ).open()
    await eventually(lambda: len(clock.waits) >= 9)
    await publisher.close()
    assert_waits_grow(clock.waits[:9], 0.1, 5.0)
