"""mqtt-in over deploys and restarts, against a real Mosquitto: what waits in a session is taken, and nothing goes on collecting."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import aiomqtt
import pytest

from engine.catalogue.node_types import Catalogue
from engine.core.clock import SystemClock
from engine.flow.yaml.read import read_flow
from engine.pack import Pack
from engine.runtime.site import Site
from nodes.io.mqtt_in import MqttIn
from tests.engine.runtime.fixture_nodes import Sink
from tests.engine.runtime.test_renames import KeptOnDisk
from tests.eventually import eventually
from tests.servers.mosquitto import Mosquitto

GONE = "flow: t\nnodes:\n  end: {type: sink}\n"


class Restarted:
    """A site that stops and starts again with the memory that it had."""

    def __init__(self, broker: Mosquitto) -> None:
        self.broker = broker
        self.store = KeptOnDisk()

    def flow(self, id: str = "in", **config: Any) -> str:
        fields = ", ".join(
            f"{name}: {value}" for name, value in {"broker": self.broker.url, "topic": "t/#", **config}.items()
        )
        return f"flow: t\nnodes:\n  {id}: {{type: mqtt-in, with: {{{fields}}}, to: end}}\n  end: {{type: sink}}\n"

    async def start(self) -> None:
        self.site = Site(Catalogue([Pack(name="t", nodes=[MqttIn, Sink])]), SystemClock(), journal_store=self.store)
        await self.site.start()

    async def deploy(self, text: str, renames: Mapping[str, str] | None = None, *, quiet: bool = False) -> None:
        flow, _ = read_flow(text)
        assert flow is not None
        await self.site.deploy(flow, renames=renames or {}, hold_sources=quiet)

    async def connected(self, id: str = "in") -> None:
        context = self.site.flows["t"].nodes[id].context
        await eventually(lambda: context.status_level == "ok" and context.status_text)

    async def stop(self) -> None:
        await self.site.journal.flush()
        await self.site.stop()

    async def ran_before(self, text: str, *published: str) -> None:
        """The flow has run; what was published since waits in its session."""
        await self.start()
        await self.deploy(text)
        await self.connected()
        await self.stop()
        await self.publish(*published)
        await self.start()

    async def publish(self, *topics: str) -> None:
        async with aiomqtt.Client("127.0.0.1", self.broker.port) as client:
            for number, topic in enumerate(topics):
                await client.publish(topic, b"%d" % number, qos=1)

    @property
    def got(self) -> list[bytes]:
        return self.site.flows["t"].nodes["end"].instance.got


@pytest.fixture
def site(make_mosquitto: Callable[..., Mosquitto]) -> Restarted:
    return Restarted(make_mosquitto())


async def test_what_waits_under_a_former_client_id_is_taken_and_the_session_is_ended(site: Restarted):
    await site.ran_before(site.flow(client_id="before"), *["t/a"] * 300)
    await site.deploy(site.flow(client_id="after"))
    await eventually(lambda: len(site.got) == 300)
    await eventually(lambda: list(dict(site.site.memories.open("t/in/sessions").items())) == ["after"])
    await site.publish("t/b")
    await eventually(lambda: len(site.got) == 301)
    assert sorted(map(int, site.got)) == sorted([*range(300), 0])
    await site.stop()


async def test_topic_that_was_changed_is_unsubscribed_over_a_restart_too(site: Restarted):
    await site.ran_before(site.flow(client_id="c", topic="old/#"), "old/waits")
    await site.deploy(site.flow(client_id="c", topic="new/#"))
    await eventually(lambda: site.site.memories.open("t/in/sessions").get("c").filters == ["new/#"])
    await site.publish("old/late", "new/comes")
    await eventually(lambda: site.got == [b"0", b"1"])
    await site.stop()


async def test_renamed_source_goes_on_with_its_session(site: Restarted):
    await site.ran_before(site.flow(), *["t/a"] * 5)
    await site.deploy(site.flow(), quiet=True)
    await site.deploy(site.flow("uplink"), {"in": "uplink"})
    await eventually(lambda: len(site.got) == 5)
    (name,) = dict(site.site.memories.open("t/uplink/sessions").items())
    assert name.endswith("-t-in")
    await site.stop()


@pytest.mark.parametrize("quiet", [True, False], ids=["never ran", "runs"])
async def test_removed_source_brings_what_waits_and_leaves_no_session(site: Restarted, quiet: bool):
    await site.ran_before(site.flow(client_id="c"), *["t/a"] * 50)
    await site.deploy(site.flow(client_id="c"), quiet=quiet)
    if not quiet:
        await site.connected()
    await site.deploy(GONE)
    assert len(site.got) == 50
    await site.stop()
    await site.publish("t/late")
    await site.start()
    await site.deploy(site.flow(client_id="c"))
    await site.connected()
    await site.publish("t/now")
    await eventually(lambda: site.got == [b"0"])
    await site.stop()
