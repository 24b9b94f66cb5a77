"""Whatever a node raises, its queue and its source go on: the ends are shown, and the work is started again."""

from __future__ import annotations

import asyncio
import contextlib
from typing import ClassVar

import pytest

from engine.api import Context, Emitter, Message, Node, Port, Source, node
from engine.catalogue.node_types import Catalogue
from engine.core.clock import settle
from engine.core.foreign_code import run_process
from engine.flow.problem import FlowError
from engine.pack import Pack
from engine.runtime.deploy_report import DeployFailed
from engine.runtime.watchdog import Watchdog
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
class PlainEnds(Node):
    """Raises what the payload names, in the source's own turn."""

    def process(self, msg: Message) -> Message:
        if msg.payload in ENDS:
            raise ENDS[msg.payload]
        return msg


@node(category="test")
class EndsAnywhere(Node):
    """Raises SystemExit in the method named."""

    where: str = ""

    def __post_init__(self) -> None:
        self._at("made")

    def input_ports(self) -> tuple[Port, ...]:
        self._at("ports")
        return self.inputs

    def start(self, ctx: Context) -> None:
        self._at("start")

    def resume(self) -> None:
        self._at("resume")

    def process(self, msg: Message) -> Message:
        return msg

    def stop(self) -> None:
        self._at("stop")

    def _at(self, method: str) -> None:
        if self.where == method:
            raise SystemExit(f"in {method}")


@node(category="test")
class Spins(Node):
    """Asynchronous: holds up the loop for ever, with nothing that is awaited."""

    async def process(self, msg: Message) -> Message:
        while msg.payload == "spin":
            pass
        return msg


@node(category="test")
class Stubborn(Node):
    """Asynchronous: goes on when it is cancelled, until the test opens its gate."""

    timeout_s = 1.0

    def start(self, ctx: Context) -> None:
        self.gate = asyncio.Event()

    async def process(self, msg: Message) -> Message:
        while not self.gate.is_set():
            with contextlib.suppress(asyncio.CancelledError):
                await self.gate.wait()
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

    def settled(self, tokens: list[object]) -> None:
        raise SystemExit("in settled")


def flow(body: str) -> FlowHarness:
    nodes = [Feed, Sink, Ends, PlainEnds, EndsAnywhere, Spins, Stubborn, EndingSource]
    return FlowHarness("flow: t\nnodes:\n" + body, catalogue=Catalogue([Pack(name="endings", nodes=nodes)]))


@pytest.mark.parametrize("type", ["ends", "plain-ends"])
@pytest.mark.parametrize("name", ENDS)
async def test_what_would_end_a_queue_or_the_process_ends_one_message(name: str, type: str):
    body = f"  in: {{type: feed, to: ends}}\n  ends: {{type: {type}, to: end}}\n  end: {{type: sink}}\n"
    async with flow(body) as bench:
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


@pytest.mark.parametrize("where", ["made", "ports"])
async def test_node_that_ends_the_process_when_it_is_looked_at_is_a_problem_of_its_flow(where: str):
    with pytest.raises(FlowError):
        async with flow(f"  in: {{type: feed, to: e}}\n  e: {{type: ends-anywhere, with: {{where: {where}}}}}\n"):
            pass


async def test_node_that_ends_the_process_at_its_start_refuses_the_deploy():
    with pytest.raises(DeployFailed, match="in start"):
        async with flow("  in: {type: feed, to: e}\n  e: {type: ends-anywhere, with: {where: start}}\n"):
            pass


@pytest.mark.parametrize("where", ["resume", "stop"])
async def test_node_that_ends_the_process_as_it_takes_over_or_stops_ends_nothing(where: str):
    body = f"  in: {{type: feed, to: [e, end]}}\n  e: {{type: ends-anywhere, with: {{where: {where}}}}}\n  end: {{type: sink}}\n"
    async with flow(body) as bench:
        feed = await started(bench)
        feed.emit.push(1)
        assert bench.run.nodes["end"].instance.got == [1]
        assert ("e" in bench.site.health()["flows"]["t"]["nodes"]) == (where == "resume")


async def test_source_that_fails_to_acknowledge_is_shown():
    async with flow("  in: {type: ending-source, to: end}\n  end: {type: sink}\n") as bench:
        source = bench.run.nodes["in"]
        source.emitter.push(1, token="a")
        await settle()
        assert source.errors == 1
        assert "in settled" in str(source.last_error)


async def test_asynchronous_node_that_spins_is_interrupted():
    async with flow("  in: {type: feed, to: s}\n  s: {type: spins, to: end}\n  end: {type: sink}\n") as bench:
        feed = await started(bench)
        dog = Watchdog(limit_s=0.2)
        dog.start()
        try:
            feed.emit.push("spin", token="a")
            feed.emit.push("good", token="b")
            await settle()
        finally:
            dog.stop()
        assert bench.run.nodes["end"].instance.got == ["good"]
        assert [kept.node for kept in bench.site.quarantine.recent] == ["s"]


async def test_node_that_goes_on_when_it_is_cancelled_is_shown_and_keeps_nothing_waiting():
    body = "  in: {type: feed, to: [s, end]}\n  s: {type: stubborn}\n  end: {type: sink}\n"
    async with flow(body) as bench:
        feed = await started(bench)
        for number in range(3):
            feed.emit.push(number, token=number)
        queue = bench.run.nodes["s"].queue
        await settle()
        for _ in range(2):
            await bench.clock.advance(1.5)
            queue.check()
            await settle()
        assert sorted(feed.done) == [1, 2]
        assert "s" in bench.site.health()["flows"]["t"]["nodes"]
        bench.run.nodes["s"].instance.gate.set()
        await settle()
        feed.emit.push(3, token=3)
        await settle()
        assert sorted(feed.done) == [0, 1, 2, 3]
        assert not queue.problem


def test_task_of_a_node_that_asks_the_process_to_end_does_not_end_it():
    async def main() -> str:
        ending = asyncio.ensure_future(_exit())
        await asyncio.wait([ending])
        asyncio.get_running_loop().call_soon(_interrupt)
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        return f"goes on after {ending.exception()!r}"

    assert run_process(main(), asyncio.new_event_loop) == "goes on after SystemExit(3)"


async def _exit() -> None:
    raise SystemExit(3)


def _interrupt() -> None:
    raise KeyboardInterrupt


async def test_tasks_of_a_flow_that_has_stopped_are_not_missed():
    async with flow("  in: {type: feed, to: ends}\n  ends: {type: ends}\n") as bench:
        await started(bench)
        assert {str(task.name) for task in bench.site.supervisor.tasks()} == {"source t/in", "queue t/ends"}
        await bench.site.remove("t")
        assert bench.site.supervisor.tasks() == []
