"""A deploy restarts what changed and nothing else, and loses nothing."""

from __future__ import annotations

from typing import ClassVar

import pytest

from engine.api import Message, Node, node
from engine.catalogue.node_types import NodeType
from engine.core.clock import settle
from engine.flow.problem import FlowError, errors_in
from engine.runtime.deploy_report import DeployFailed
from tests.engine.runtime.fixture_nodes import flow, started

BODY = """flow: t
nodes:
  in: {{type: feed, to: {to}}}
  plus: {{type: add, with: {{by: {by}}}, to: end}}
  count: {{type: count}}
  end: {{type: sink}}
"""


async def test_changed_config_restarts_only_that_node():
    """Source, sink and counter keep instance and state; the report names what changed."""
    async with flow(BODY.format(to="[plus, count]", by=1).partition("nodes:\n")[2]) as bench:
        feed = await started(bench)
        before = {id: node.instance for id, node in bench.run.nodes.items()}
        feed.emit.push(1)
        await bench.deploy(BODY.format(to="[plus, count]", by=10))
        feed.emit.push(1)
        await settle()
        after = {id: node.instance for id, node in bench.run.nodes.items()}
        assert [id for id in after if after[id] is not before[id]] == ["plus"]
        assert after["end"].got == [2, 11]
        assert bench.report.changed == ["plus"]
        assert bench.report.kept == ["in", "count", "end"]
        assert bench.report.balanced
        assert bench.run.counts()["plus"] == (2, {"out": 2}, 0)
        assert bench.run.counts()["in"][1] == {"out": 2}


async def test_new_wire_restarts_nothing():
    """Wires are the program's, not the nodes'."""
    async with flow(BODY.format(to="plus", by=1).partition("nodes:\n")[2]) as bench:
        feed = await started(bench)
        await bench.deploy(BODY.format(to="[plus, end]", by=1))
        feed.emit.push(1)
        await settle()
        assert bench.run.nodes["end"].instance.got == [2, 1]
        assert bench.report.added == bench.report.changed == bench.report.removed == []


async def test_node_that_refuses_to_start_rolls_back():
    """The old version goes on, with its instances."""
    async with flow(BODY.format(to="plus", by=1).partition("nodes:\n")[2]) as bench:
        feed = await started(bench)
        instance = bench.run.nodes["plus"].instance
        with pytest.raises(DeployFailed, match=r"plus.*told not to start"):
            await bench.deploy(BODY.format(to="plus", by=1).replace("by: 1", "by: 5, fail_start: true"))
        feed.emit.push(1)
        await settle()
        assert bench.run.nodes["plus"].instance is instance
        assert bench.run.nodes["end"].instance.got == [2]


@node(category="test")
class Holding(Node):
    """Notes that it was stopped, in the list that the test gives."""

    stopped: ClassVar[list[str]] = []

    def process(self, msg: Message) -> Message:
        return msg

    def stop(self) -> None:
        self.stopped.append("holding")


async def test_refused_deploy_stops_what_it_had_started():
    """A node that had opened a port or a connection would keep it, and the next deploy would find it taken."""
    async with flow(BODY.format(to="plus", by=1).partition("nodes:\n")[2]) as bench:
        bench.site.catalogue.add(NodeType(Holding))
        text = BODY.format(to="plus", by=1) + "  new: {type: holding}\n  bad: {type: add, with: {fail_start: true}}\n"
        with pytest.raises(DeployFailed, match="told not to start"):
            await bench.deploy(text)
        assert Holding.stopped == ["holding"]


async def test_flow_with_problems_is_refused_and_the_old_one_goes_on():
    """All problems at once, nothing stopped."""
    async with flow(BODY.format(to="plus", by=1).partition("nodes:\n")[2]) as bench:
        feed = await started(bench)
        with pytest.raises(FlowError) as refused:
            await bench.deploy(BODY.format(to="nowhere", by="much"))
        assert len(errors_in(refused.value.problems)) == 2
        feed.emit.push(1)
        await settle()
        assert bench.run.nodes["end"].instance.got == [2]


async def test_messages_waiting_for_a_changed_node_go_to_the_new_one():
    """What a queue still holds is passed on, in order; the source is told when it is done."""
    text = "flow: t\nnodes:\n  in: {type: feed, to: away}\n  away: {type: away, to: end}\n  end: {type: sink}\n"
    changed = text.replace("type: away", "type: slow, with: {label: new}")
    async with flow(text.partition("nodes:\n")[2]) as bench:
        feed = await started(bench)
        for number in range(4):
            feed.emit.push(number, token=number)
        await settle()
        await bench.deploy(changed)
        slow = bench.run.nodes["away"].instance
        slow.gate.set()
        await settle()
        assert bench.run.nodes["end"].instance.got == [0, 1, 2, 3]
        assert feed.done == [0, 1, 2, 3]
        assert bench.report.balanced
        assert bench.run.counts()["away"] == (4, {"out": 4}, 0)


async def test_messages_waiting_for_a_removed_node_land_in_quarantine():
    """Not lost, not silent."""
    async with flow("  in: {type: feed, to: away}\n  away: {type: away}\n") as bench:
        feed = await started(bench)
        feed.emit.push(1, token="a")
        feed.emit.push(2, token="b")
        await settle()
        await bench.deploy("flow: t\nnodes:\n  in: {type: feed, to: end}\n  end: {type: sink}\n")
        await settle()
        assert [kept.payload for kept in bench.site.quarantine.recent] == [b"1", b"2"]
        assert sorted(feed.done) == ["a", "b"]


async def test_state_of_a_kept_and_of_a_changed_node_survives():
    """A counter goes on counting over a deploy that changes it; removing the node forgets."""
    text = "flow: t\nnodes:\n  in: {type: feed, to: count}\n  count: {type: count, to: end}\n  end: {type: sink}\n"
    async with flow(text.partition("nodes:\n")[2]) as bench:
        feed = await started(bench)
        feed.emit.push(None, "a")
        await bench.deploy(text.replace("type: count,", "type: count, with: {label: x},"))
        feed.emit.push(None, "a")
        await bench.deploy("flow: t\nnodes:\n  in: {type: feed, to: end}\n  end: {type: sink}\n")
        await bench.deploy(text)
        feed.emit.push(None, "a")
        await settle()
        assert bench.run.nodes["end"].instance.got == [1, 2, 1]


async def test_true_instead_of_one_is_a_change():
    """Python takes them for equal; a message that is sent is another."""
    body = '  in: {type: feed, to: fail}\n  fail: {type: raise, with: {"on": 1}}\n'
    async with flow(body) as bench:
        await bench.deploy("flow: t\nnodes:\n" + body.replace(": 1}", ": true}"))
        assert bench.report.changed == ["fail"]
