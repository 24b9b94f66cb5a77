"""A site that is held takes nothing in and finishes what is under way; let go, its sources bring again."""

from __future__ import annotations

import asyncio
from typing import Any, ClassVar

from engine.api import Emitter, Node, Pack, Port, Source, node
from engine.catalogue.node_types import Catalogue
from engine.core.clock import settle
from engine.flow.yaml.read import read_flow
from engine.runtime.site import Site

FLOW = "flow: f\nnodes:\n  well: {type: well, to: slow}\n  slow: {type: slow}\n"


@node(category="testing")
class Well(Source):
    """Brings what `fire` is told to, while it runs."""

    running: ClassVar[list[Emitter]] = []

    async def run(self, emit: Emitter) -> None:
        self.running.append(emit)
        try:
            await asyncio.Event().wait()
        finally:
            self.running.remove(emit)


@node(category="testing", side_effect=True)
class Slow(Node):
    """Keeps what it gets, when the gate is open."""

    outputs: ClassVar[tuple[Port, ...]] = ()
    gate: ClassVar[asyncio.Event]
    kept: ClassVar[list[Any]] = []

    async def process(self, msg: Any) -> None:
        await self.gate.wait()
        self.kept.append(msg.payload)


async def started() -> Site:
    Well.running.clear()
    Slow.kept.clear()
    Slow.gate = asyncio.Event()
    site = Site(Catalogue([Pack(name="testing", nodes=[Well, Slow])]))
    await site.start()
    return site


async def deploy(site: Site, text: str = FLOW) -> None:
    flow, problems = read_flow(text, "f.yaml")
    assert flow is not None, problems
    await site.deploy(flow)
    await settle()


async def test_held_sources_bring_nothing_and_what_is_under_way_finishes() -> None:
    site = await started()
    await deploy(site)
    Well.running[0].push("before")
    await settle()

    await site.suspension.hold_sources("licence", "not today")

    assert Well.running == []
    assert site.flows["f"].under_way == 1
    Slow.gate.set()
    await settle()
    assert (Slow.kept, site.flows["f"].under_way) == (["before"], 0)
    assert site.health()["held"] == "not today"
    assert site.flows["f"].nodes["well"].context.status_text == "not today"
    await site.stop()


async def test_sources_go_on_when_the_last_reason_is_lifted() -> None:
    site = await started()
    await deploy(site)
    await site.suspension.hold_sources("licence", "one")
    await site.suspension.hold_sources("inventory", "two")

    await site.suspension.release("licence")
    await settle()
    assert Well.running == []
    await site.suspension.release("inventory")
    await settle()

    assert len(Well.running) == 1
    assert "held" not in site.health()
    assert site.flows["f"].nodes["well"].context.status_text == ""
    await site.stop()


async def test_flow_deployed_meanwhile_starts_held() -> None:
    site = await started()
    await site.suspension.hold_sources("licence", "not today")
    await deploy(site)
    await deploy(site, FLOW.replace("well: {type: well,", "well: {type: well, title: again,"))
    assert Well.running == []
    assert list(site.flows["f"].nodes) == ["well", "slow"]

    await site.suspension.release("licence")
    await settle()

    assert len(Well.running) == 1
    await site.stop()
