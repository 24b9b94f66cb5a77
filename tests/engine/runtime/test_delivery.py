"""A source hears that a message is done after every branch of it is, and not before."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator

from engine.core.clock import ManualClock, settle
from engine.flow.yaml.read import read_flow
from engine.runtime.site import Site
from engine.runtime.state.journal import Change
from tests.engine.runtime.fixture_nodes import Feed, catalogue, flow, started
from tests.eventually import eventually


async def test_plain_chain_settles_at_once():
    """A message that only plain nodes touched is acknowledged in the same turn of the loop."""
    async with flow("  in: {type: feed, to: plus}\n  plus: {type: add, to: end}\n  end: {type: sink}\n") as bench:
        feed = await started(bench)
        feed.emit.push(1, token="a")
        await settle()
        assert bench.run.nodes["end"].instance.got == [2]
        assert feed.done == ["a"]


async def test_message_in_an_async_branch_is_not_acknowledged_before_it_returns():
    """One slow branch of two keeps the acknowledgement back."""
    async with flow("  in: {type: feed, to: [end, slow]}\n  slow: {type: slow}\n  end: {type: sink}\n") as bench:
        feed = await started(bench)
        feed.emit.push(1, token="a")
        await settle()
        assert bench.run.nodes["end"].instance.got == [1]
        assert feed.done == []
        bench.run.nodes["slow"].instance.gate.set()
        await settle()
        assert feed.done == ["a"]


async def test_a_flow_that_stops_lets_its_queues_finish_first():
    """What they hold is handled and acknowledged, in the time that it is given."""
    async with flow("  in: {type: feed, to: slow}\n  slow: {type: slow}\n") as bench:
        feed = await started(bench)
        slow = bench.run.nodes["slow"].instance
        for number in range(3):
            feed.emit.push(number, token=number)
        await settle()
        stopping = asyncio.create_task(bench.run.stop(grace_s=30.0))
        await settle()
        slow.gate.set()
        await stopping
        assert (slow.seen, feed.done) == ([0, 1, 2], [0, 1, 2])


async def test_order_holds_through_an_async_node():
    """What goes in one after the other comes out one after the other."""
    async with flow("  in: {type: feed, to: batch}\n  batch: {type: batch, to: end}\n  end: {type: sink}\n") as bench:
        feed = await started(bench)
        for number in range(250):
            feed.emit.push(number, token=number)
        await settle()
        assert bench.run.nodes["end"].instance.got == list(range(250))
        assert feed.done == list(range(250))
        assert max(len(batch) for batch in bench.run.nodes["batch"].instance.batches) == 100


async def test_full_window_stops_the_source_and_opens_again():
    """A source is told to stop at the bound and to go on below it; nothing is dropped."""
    async with flow("  in: {type: feed, to: slow}\n  slow: {type: slow}\n") as bench:
        feed = await started(bench)
        feed.emit.window = 3
        for number in range(3):
            feed.emit.push(number, token=number)
        told: list[str] = []
        feed.emit.on_room(lambda: told.append("room"))
        assert feed.emit.full
        assert told == []
        bench.run.nodes["slow"].instance.gate.set()
        await settle()
        assert told == ["room"]
        assert feed.done == [0, 1, 2]


async def test_retry_keeps_the_message_until_the_world_is_back():
    """While the outside is away the message waits, unacknowledged; then it goes on by itself."""
    async with flow("  in: {type: feed, to: away}\n  away: {type: away, to: end}\n  end: {type: sink}\n") as bench:
        feed = await started(bench)
        feed.emit.push(1, token="a")
        await bench.clock.advance(3)
        away = bench.run.nodes["away"].instance
        assert away.attempts > 2
        assert feed.done == []
        assert "away" in str(bench.site.health()["flows"]["t"]["nodes"]["away"])
        away.back = True
        await bench.clock.advance(10)
        assert bench.run.nodes["end"].instance.got == [1]
        assert feed.done == ["a"]
        assert bench.site.health()["status"] == "ok"


async def test_bad_message_of_a_batch_fails_alone():
    """The batch is halved until the bad one stands alone; the rest is stored once."""
    async with flow(
        "  in: {type: feed, to: batch}\n  batch: {type: batch, to: {error: errors}}\n  errors: {type: keep-errors}\n"
    ) as bench:
        feed = await started(bench)
        for payload in [*range(40), "bad", *range(40, 60)]:
            feed.emit.push(payload, token=payload)
        await settle(60)
        assert sorted(bench.run.nodes["batch"].instance.stored) == list(range(60))
        assert bench.run.nodes["errors"].instance.got == ["one of them is bad"]
        assert len(feed.done) == 61


async def test_timer_emission_is_counted_and_settles():
    """A message that a timer sends after its source was told counts as the flow's own until it is done."""
    async with flow("  in: {type: feed, to: later}\n  later: {type: later, to: end}\n  end: {type: sink}\n") as bench:
        feed = await started(bench)
        feed.emit.push(1, token="a")
        await bench.clock.advance(2)
        assert bench.run.nodes["end"].instance.got == [1]
        assert bench.run.under_way == 0
        assert bench.run.accepted == 2


class GatedStore:
    """A store of node memory; each commit waits until the test lets it through."""

    def __init__(self) -> None:
        self.committed: list[Change] = []
        self.asked: list[asyncio.Future[None]] = []

    async def start(self) -> None: ...

    async def append(self, changes: list[Change]) -> None:
        self.asked.append(asyncio.get_running_loop().create_future())
        await self.asked[-1]
        self.committed += changes

    async def load(self) -> list[Change]:
        return []

    async def commit(self) -> None:
        """Lets the commit that waits through."""
        await eventually(lambda: self.asked)
        self.asked.pop().set_result(None)
        await settle()


@contextlib.asynccontextmanager
async def counting(store: GatedStore) -> AsyncIterator[tuple[Feed, Site]]:
    """A flow that counts messages by topic, with its memory in that store."""
    site = Site(catalogue(), ManualClock(), journal_store=store)
    read, _ = read_flow(
        "flow: t\nnodes:\n  in: {type: feed, to: count}\n  count: {type: count, to: end}\n  end: {type: sink}\n"
    )
    assert read is not None
    await site.deploy(read)
    await settle()
    feed = site.flows["t"].nodes["in"].instance
    assert isinstance(feed, Feed)
    yield feed, site
    await site.stop()


async def test_message_that_changed_node_memory_is_acknowledged_after_the_commit_that_has_the_change():
    """Acknowledged before it and killed then, the message would be gone and the node would not know of it."""
    store = GatedStore()
    async with counting(store) as (feed, site):
        feed.emit.push(1, "first", token="a")
        await eventually(lambda: store.asked)
        feed.emit.push(2, "second", token="b")
        await settle()
        assert site.flows["t"].nodes["end"].instance.got == [1, 1]  # type: ignore[attr-defined]
        assert feed.done == []
        await store.commit()
        assert [change[1] for change in store.committed] == ["first"]
        assert feed.done == ["a"]
        await store.commit()
        assert [change[1] for change in store.committed] == ["first", "second"]
        assert feed.done == ["a", "b"]


async def test_change_that_comes_between_two_commits_waits_for_the_second():
    """Also where its key was changed before, by a message that waits already."""
    store = GatedStore()
    async with counting(store) as (feed, _):

        def settled(tokens: list[str]) -> None:
            feed.done += tokens
            if tokens == ["a"]:
                feed.emit.push(3, "second", token="c")

        feed.settled = settled  # type: ignore[method-assign]
        feed.emit.push(1, "first", token="a")
        await eventually(lambda: store.asked)
        feed.emit.push(2, "second", token="b")
        await store.commit()
        assert feed.done == ["a"]
        await store.commit()
        assert feed.done == ["a", "b", "c"]
        assert [change[1] for change in store.committed] == ["first", "second"]
