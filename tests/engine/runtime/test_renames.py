"""A node that is renamed, disabled or removed loses nothing: what it holds follows, stays, or goes to quarantine."""

from __future__ import annotations

from typing import Any

import pytest

from engine.catalogue.node_types import Catalogue
from engine.core.clock import ManualClock, settle
from engine.flow.yaml.read import read_flow
from engine.pack import Pack
from engine.runtime.site import Site
from engine.runtime.state.journal import Change
from engine.testing import FlowHarness
from nodes.core.delay import Delay
from tests.engine.runtime.fixture_nodes import CATALOGUE_NODES, started

KEEPS = "flow: t\nnodes:\n  in: {type: feed, to: wait}\n  wait: {type: delay, with: {delay_s: 60}, to: end}\n  end: {type: sink}\n"
COUNTS = "flow: t\nnodes:\n  in: {type: feed, to: count}\n  count: {type: count, to: end}\n  end: {type: sink}\n"
GONE = "flow: t\nnodes:\n  in: {type: feed, to: end}\n  end: {type: sink}\n"


def catalogue() -> Catalogue:
    return Catalogue([Pack(name="palette", nodes=[*CATALOGUE_NODES, Delay])])


def flow(text: str) -> FlowHarness:
    return FlowHarness(text, catalogue=catalogue())


def renamed(text: str, old: str, new: str) -> str:
    return text.replace(f"  {old}:", f"  {new}:").replace(f"to: {old}", f"to: {new}")


@pytest.mark.parametrize("renames", [{"wait": "later"}, {}], ids=["as it was said", "as the content shows"])
async def test_delayed_messages_follow_a_rename(renames: dict[str, str]):
    async with flow(KEEPS) as bench:
        feed = await started(bench)
        for number in range(5):
            feed.emit.push(number, token=number)
        await bench.deploy(renamed(KEEPS, "wait", "later"), renames)
        assert bench.report.renamed == {"wait": "later"}
        assert bench.report.balanced
        await bench.clock.advance(60)
        assert bench.run.nodes["end"].instance.got == [0, 1, 2, 3, 4]
        assert list(bench.site.quarantine.recent) == []


async def test_rename_that_changes_the_config_too_carries_memory_and_counts():
    async with flow(COUNTS) as bench:
        feed = await started(bench)
        feed.emit.push(None, "a")
        text = renamed(COUNTS, "count", "counter").replace("type: count,", "type: count, with: {label: x},")
        await bench.deploy(text, {"count": "counter"})
        feed.emit.push(None, "a")
        assert bench.run.nodes["end"].instance.got == [1, 2]
        assert bench.run.counts()["counter"] == (2, {"out": 2}, 0)


async def test_what_waits_in_a_queue_follows_a_rename():
    text = "flow: t\nnodes:\n  in: {type: feed, to: away}\n  away: {type: away, to: end}\n  end: {type: sink}\n"
    async with flow(text) as bench:
        feed = await started(bench)
        for number in range(3):
            feed.emit.push(number, token=number)
        await settle()
        await bench.deploy(renamed(text, "away", "back"), {"away": "back"})
        bench.run.nodes["back"].instance.back = True
        await bench.clock.advance(5)
        assert bench.run.nodes["end"].instance.got == [0, 1, 2]
        assert feed.done == [0, 1, 2]


async def test_nodes_that_change_names_with_each_other_keep_each_its_own():
    body = "  in: {{type: feed, to: [{0}, {1}]}}\n  {0}: {{type: count, with: {{label: l}}, to: end}}\n  {1}: {{type: count, to: end}}\n"
    text = "flow: t\nnodes:\n" + body + "  end: {{type: sink}}\n"
    async with flow(text.format("a", "b")) as bench:
        feed = await started(bench)
        await bench.give("a", {"payload": 0, "topic": "x"})
        await bench.deploy(text.format("b", "a"), {"a": "b", "b": "a"})
        feed.emit.push(None, "x")
        assert sorted(bench.run.nodes["end"].instance.got) == [1, 1, 2]
        assert bench.site.memories.open("t/b/counts", int).get("x") == 2
        assert bench.site.memories.open("t/a/counts", int).get("x") == 1


async def test_new_node_under_a_name_that_another_has_left_begins_empty():
    async with flow(COUNTS) as bench:
        feed = await started(bench)
        feed.emit.push(None, "a")
        both = (
            COUNTS.replace("to: count}", "to: [count, moved]}") + "  moved: {type: count, with: {label: l}, to: end}\n"
        )
        await bench.deploy(both, {"count": "moved"})
        feed.emit.push(None, "a")
        assert sorted(bench.run.nodes["end"].instance.got) == [1, 1, 2]


async def test_contents_of_two_alike_nodes_tell_nothing():
    """Which of them it was is anybody's guess: nothing is carried, and nothing is lost."""
    async with flow(KEEPS) as bench:
        feed = await started(bench)
        feed.emit.push(1)
        two = renamed(KEEPS, "wait", "one") + "  two: {type: delay, with: {delay_s: 60}, to: end}\n"
        await bench.deploy(two)
        assert bench.report.renamed == {}
        assert [kept.node for kept in bench.site.quarantine.recent] == ["wait"]


async def test_what_a_removed_node_keeps_goes_to_quarantine():
    async with flow(KEEPS) as bench:
        feed = await started(bench)
        for number in range(3):
            feed.emit.push(number, token=number)
        await bench.deploy(GONE)
        assert [kept.payload for kept in bench.site.quarantine.recent] == [b"0", b"1", b"2"]
        assert bench.report.quarantined == 3
        await bench.deploy(KEEPS)
        await bench.clock.advance(60)
        assert bench.run.nodes["end"].instance.got == []


async def test_what_a_disabled_node_keeps_waits_until_it_is_enabled_again():
    async with flow(KEEPS) as bench:
        feed = await started(bench)
        feed.emit.push(1)
        await bench.deploy(KEEPS.replace("type: delay,", "type: delay, disabled: true,"))
        await bench.clock.advance(60)
        assert bench.run.nodes["end"].instance.got == []
        assert list(bench.site.quarantine.recent) == []
        await bench.deploy(KEEPS)
        await settle()
        assert bench.run.nodes["end"].instance.got == [1]


async def test_what_a_removed_flow_keeps_goes_to_quarantine():
    async with flow(KEEPS) as bench:
        feed = await started(bench)
        feed.emit.push(1, token="a")
        await bench.site.remove("t")
        assert [(kept.flow, kept.node, kept.payload) for kept in bench.site.quarantine.recent] == [("t", "wait", b"1")]


async def test_buffering_node_whose_config_changes_sends_each_message_once():
    """Some are on their way to a node that is away, so their entries are still there when the new version begins."""
    text = KEEPS.replace("to: end}\n  end", "to: away}\n  away: {type: away, to: end}\n  end")
    async with flow(text) as bench:
        feed = await started(bench)
        for number in range(4):
            feed.emit.push(number)
            await bench.clock.advance(20)
        await settle()
        await bench.deploy(text.replace("delay_s: 60", "delay_s: 61"))
        bench.run.nodes["away"].instance.back = True
        await bench.clock.advance(120)
        assert sorted(bench.run.nodes["end"].instance.got) == [0, 1, 2, 3]


async def test_message_that_comes_while_those_of_the_version_before_are_on_their_way_is_kept():
    text = KEEPS.replace("to: end}\n  end", "to: away}\n  away: {type: away, to: end}\n  end")
    async with flow(text) as bench:
        feed = await started(bench)
        feed.emit.push("old")
        await bench.clock.advance(60)
        await bench.deploy(text.replace("delay_s: 60", "delay_s: 61"))
        feed.emit.push("new")
        bench.run.nodes["away"].instance.back = True
        await bench.clock.advance(20)
        await bench.deploy(text)
        await bench.clock.advance(120)
        assert bench.run.nodes["end"].instance.got == ["old", "new"]


class KeptOnDisk:
    """A store of node memory that outlives its site."""

    def __init__(self) -> None:
        self.entries: dict[tuple[str, str], Change] = {}

    async def start(self) -> None: ...

    async def append(self, changes: list[Change]) -> None:
        for change in changes:
            if change[2] is None:
                self.entries.pop(change[:2], None)
            else:
                self.entries[change[:2]] = change

    async def load(self) -> list[Change]:
        return list(self.entries.values())


async def test_memory_that_was_renamed_is_there_after_a_restart():
    store = KeptOnDisk()
    names: list[Any] = []
    for text, renames in ((COUNTS, {}), (renamed(COUNTS, "count", "counter"), {"count": "counter"})):
        site = Site(catalogue(), ManualClock(), journal_store=store)
        await site.start()
        for version in (COUNTS, text):
            read, _ = read_flow(version)
            assert read is not None
            await site.deploy(read, renames=renames if version is text else {}, hold_sources=True)
        node = next(id for id in site.flows["t"].nodes if id.startswith("count"))
        site.flows["t"].nodes["in"].emitter.push(None, "a")
        await site.journal.flush()
        names.append((node, site.flows["t"].nodes["end"].instance.got))
        await site.stop()
    assert names == [("count", [1]), ("counter", [2])]
    assert list(store.entries) == [("t/counter/counts", "a")]
