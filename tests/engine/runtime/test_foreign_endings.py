"""Whatever a node raises, its queue and its source go on: the ends are shown, and the work is started again."""

from __future__ import annotations

import asyncio
from typing import ClassVar

import pytest

from engine.api import Emitter, Message, Node, Source, node
from engine.catalogue.node_types import Catalogue
from engine.core.clock import settle
from engine.pack import Pack
from engine.testing import FlowHarness
from tests.engine.runtime.fixture_nodes import Feed, Sink, started

ENDS = {"exit": SystemExit(3), "interrupt": KeyboardInterrupt(), "cancelled": asyncio.CancelledError()}


@node(category="test")
class Ends(Node):
    """Asynchronous: raises what the payload names."""

    async def process(self, msg: Message) -> Message:
        await asyncio.sleep(0)
        if msg.payload in ENDS:
            raise ENDS[msg.payload]
        return msg


@node(category="test")
class EndingSource(Source):
    """Each run brings its number and then ends as the test has set."""

    end: ClassVar[BaseException | None] = None
    runs: ClassVar[int] = 0

    async def run(self, emit: Emitter) -> None:
        type(self).runs += 1
        await emit(self.runs)
        if self.end is not None:
            raise self.end


def flow(body: str) -> FlowHarness:
    nodes = [Feed, Sink, Ends, EndingSource]
    return FlowHarness("flow: t\nnodes:\n" + body, catalogue=Catalogue([Pack(name="endings", nodes=nodes)]))


@pytest.mark.parametrize("name", ENDS)
async def test_what_would_end_a_queue_ends_one_message(name: str):
    async with flow("  in: {type: feed, to: ends}\n  ends: {type: ends, to: end}\n  end: {type: sink}\n") as bench:
        feed = await started(bench)
        for number, payload in enumerate(["before", name, "after"]):
            feed.emit.push(payload, token=number)
        await settle()
        assert bench.run.nodes["end"].instance.got == ["before", "after"]
        assert [kept.node for kept in bench.site.quarantine.recent] == ["ends"]
        assert sorted(feed.done) == [0, 1, 2]
        assert "ends" in bench.site.health()["flows"]["t"]["nodes"]


@pytest.mark.parametrize("end", [None, RuntimeError("no port"), *ENDS.values()], ids=lambda end: type(end).__name__)
async def test_source_that_ends_by_itself_is_shown_and_started_again(
    end: BaseException | None, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(EndingSource, "end", end)
    monkeypatch.setattr(EndingSource, "runs", 0)
    async with flow("  in: {type: ending-source, to: end}\n  end: {type: sink}\n") as bench:
        bench.run.nodes["in"].resume()
        await settle()
        assert bench.run.nodes["end"].instance.got == [1]
        assert bench.site.health()["flows"]["t"]["status"] == "degraded"
        assert [(str(task.name), task.state) for task in bench.site.supervisor.tasks() if task.problem] == [
            ("source t/in", "ended")
        ]
        await bench.clock.advance(0.1)
        assert bench.run.nodes["end"].instance.got == [1, 2]


async def test_tasks_of_a_flow_that_has_stopped_are_not_missed():
    async with flow("  in: {type: feed, to: ends}\n  ends: {type: ends}\n") as bench:
        await started(bench)
        assert {str(task.name) for task in bench.site.supervisor.tasks()} == {"source t/in", "queue t/ends"}
        await bench.site.remove("t")
        assert bench.site.supervisor.tasks() == []
