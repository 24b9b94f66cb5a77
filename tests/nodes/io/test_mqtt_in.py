"""mqtt-in against a real Mosquitto, with aiomqtt as the publisher."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import aiomqtt
import msgspec
import pytest

from engine.catalogue.node_types import Catalogue, NodeType
from engine.core.clock import SystemClock
from engine.core.message import Message
from engine.runtime.deploy_report import DeployFailed
from engine.runtime.site import Site
from engine.testing import NodeHarness
from nodes.io.mqtt_in import MqttIn
from tests.eventually import eventually
from tests.said import said
from tests.servers.mosquitto import Mosquitto

CLIENT = "test-mqtt-in"


def bench_on(server: Mosquitto, **config: Any) -> NodeHarness:
    config = {"broker": server.url, "topic": "t/#", "client_id": CLIENT, **config}
    return NodeHarness(MqttIn, config, site=Site(Catalogue(), SystemClock()))  # type: ignore[arg-type]


async def connected(bench: NodeHarness) -> None:
    context = bench.run.nodes["node"].context
    await eventually(lambda: context.status_level == "ok" and context.status_text)


class Held:
    """Stands in front of the flow and keeps every message under way until it is released."""

    def __init__(self, bench: NodeHarness, window: int = 5000) -> None:
        emitter = bench.run.nodes["node"].emitter
        assert emitter is not None
        self.most = 0
        self._emitter, self._run = emitter, bench.run
        self._held: list[Message] = []
        emitter.window = window
        emitter.connect(self._take, self._take)

    def release(self) -> int:
        """Lets all go; how many there were."""
        held, self._held = self._held, []
        for message in held:
            message.delivery.release()
        return len(held)

    def _take(self, message: Message) -> None:
        message.delivery.hold()
        self._held.append(message)
        self.most = max(self.most, self._emitter.under_way)
        self._run.enter("to out", message)


async def publish(broker: Mosquitto, *payloads: bytes, topic: str = "t/a", qos: int = 1) -> None:
    async with aiomqtt.Client("127.0.0.1", broker.port) as client:
        for payload in payloads:
            await client.publish(topic, payload, qos=qos)


@pytest.mark.parametrize("version", ["3.1.1", "5"])
@pytest.mark.parametrize("qos", [0, 1, 2])
async def test_what_is_published_comes_in_once_and_in_order(
    make_mosquitto: Callable[..., Mosquitto], version: str, qos: int
):
    broker = make_mosquitto()
    async with bench_on(broker, version=version, qos=qos) as bench:
        await connected(bench)
        await publish(broker, *(b"%d" % n for n in range(50)), qos=qos)
        await eventually(lambda: len(bench.outputs) == 50)
        assert bench.sent() == [b"%d" % n for n in range(50)]
        assert bench.outputs[0].message.topic == "t/a"


async def test_what_the_broker_had_retained_says_so(make_mosquitto: Callable[..., Mosquitto]):
    broker = make_mosquitto()
    async with aiomqtt.Client("127.0.0.1", broker.port) as client:
        await client.publish("t/a", b"kept", qos=1, retain=True)
    async with bench_on(broker) as bench:
        await eventually(lambda: bench.outputs)
        await publish(broker, b"now")
        await eventually(lambda: len(bench.outputs) == 2)
        assert [output.message.props.get("retain") for output in bench.outputs] == [True, None]


async def test_broker_keeps_messages_while_the_engine_is_away(make_mosquitto: Callable[..., Mosquitto]):
    """The session outlives the node."""
    broker = make_mosquitto()
    async with bench_on(broker) as bench:
        await connected(bench)
    await publish(broker, b"1", b"2")
    async with bench_on(broker) as bench:
        await eventually(lambda: len(bench.outputs) == 2)
        assert bench.sent() == [b"1", b"2"]
    async with bench_on(broker) as bench:
        await connected(bench)
        assert bench.sent() == []  # acknowledged: they do not come a third time


async def test_message_that_no_branch_has_finished_is_not_acknowledged(make_mosquitto: Callable[..., Mosquitto]):
    """Held by its delivery, it comes again to the next session."""
    broker = make_mosquitto()
    async with bench_on(broker) as bench:
        await connected(bench)
        held = Held(bench)
        await publish(broker, b"held")
        await eventually(lambda: held.most == 1)
    async with bench_on(broker) as again:
        await eventually(lambda: again.sent() == [b"held"])


async def test_full_flow_stops_reading_and_goes_on(make_mosquitto: Callable[..., Mosquitto]):
    """At the bound the broker keeps what comes, but for what one read of the socket has brought; afterwards all of it comes."""
    broker = make_mosquitto()
    payloads = [b"%d" % n + b" " * 20_000 for n in range(200)]
    async with bench_on(broker) as bench:
        await connected(bench)
        held = Held(bench, window=20)
        await publish(broker, *payloads)
        await eventually(lambda: held.most >= 20)
        await eventually(lambda: held.release() == 0 and len(bench.outputs) == 200)
        assert held.most < 60
        assert bench.sent() == payloads


async def test_oversize_message_goes_its_own_way_and_the_rest_flows_on(make_mosquitto: Callable[..., Mosquitto]):
    broker = make_mosquitto()
    async with bench_on(broker, largest_bytes=2000) as bench:
        await connected(bench)
        await publish(broker, b"a", b"x" * 10_000_000, b"b")
        await eventually(lambda: len(bench.outputs) == 3)
        assert bench.sent() == [b"a", b"b"]
        (head,) = bench.sent("oversize")
        assert 0 < len(head) <= 1024


async def test_broker_that_is_down_at_start_is_waited_for(
    make_mosquitto: Callable[..., Mosquitto], caplog: pytest.LogCaptureFixture
):
    """And its absence shows under the node, and is one line of the log."""
    broker = make_mosquitto(persistence=True)
    broker.stop()
    async with bench_on(broker) as bench:
        context = bench.run.nodes["node"].context
        await eventually(lambda: context.status_level == "error")
        await asyncio.to_thread(broker.start)
        await connected(bench)
        (told,) = [record.getMessage() for record in caplog.records if record.name == "mcs.node"]
        assert f"no connection to mqtt://127.0.0.1:{broker.port}" in told
        await publish(broker, b"1")
        await eventually(lambda: bench.sent() == [b"1"])
        await asyncio.to_thread(broker.restart)
        await connected(bench)
        await publish(broker, b"2")
        await eventually(lambda: bench.sent()[-1:] == [b"2"])


@pytest.mark.parametrize(
    ("config", "reason"),
    [({"topic": "t/#/x"}, "#"), ({"broker": "http://127.0.0.1"}, "mqtt://"), ({"topic": []}, "topic")],
)
async def test_wrong_config_is_refused_before_it_runs(mosquitto: Mosquitto, config: dict[str, Any], reason: str):
    with pytest.raises((DeployFailed, msgspec.ValidationError)) as refused:
        await bench_on(mosquitto, **config).__aenter__()
    assert reason in said(refused.value)


def test_it_is_a_source():
    assert NodeType(MqttIn).is_source
