"""A bad message stops only itself, and a bad node only its own branch."""

from __future__ import annotations

import asyncio

from engine.core.clock import SystemClock, settle
from engine.runtime.watchdog import Watchdog
from tests.engine.runtime.fixture_nodes import flow, started


async def test_raising_node_sends_to_its_error_port():
    """A wire from `error` takes what failed, with the reason."""
    async with flow(
        "  in: {type: feed, to: [bad, end]}\n  bad: {type: raise, to: {error: errors}}\n  errors: {type: keep-errors}\n  end: {type: sink}\n"
    ) as bench:
        feed = await started(bench)
        feed.emit.push(1, token="a")
        await settle()
        assert bench.run.nodes["errors"].instance.got == ["broken"]
        assert bench.run.nodes["end"].instance.got == [1]
        assert feed.done == ["a"]
        assert "broken" in str(bench.site.health()["flows"]["t"]["nodes"]["bad"])


async def test_without_a_wire_the_catch_node_hears():
    """A catch node in scope takes what has no error wire."""
    body = "  in: {type: feed, to: bad}\n  bad: {type: raise}\n  c: {type: catch-all, to: errors}\n  errors: {type: keep-errors}\n"
    async with flow(body) as bench:
        feed = await started(bench)
        feed.emit.push(1)
        await settle()
        assert bench.run.nodes["errors"].instance.got == ["broken"]


async def test_catch_node_does_not_hear_what_has_an_error_wire():
    """A wire is the nearer answer."""
    body = """
  in: {type: feed, to: bad}
  bad: {type: raise, to: {error: wired}}
  wired: {type: keep-errors}
  c: {type: catch-all, to: caught}
  caught: {type: keep-errors}
"""
    async with flow(body) as bench:
        feed = await started(bench)
        feed.emit.push(1)
        await settle()
        assert bench.run.nodes["wired"].instance.got == ["broken"]
        assert bench.run.nodes["caught"].instance.got == []


async def test_large_payload_is_cut_in_quarantine_with_its_size():
    async with flow("  in: {type: feed, to: bad}\n  bad: {type: raise}\n") as bench:
        feed = await started(bench)
        feed.emit.push(b"x" * 1_500_000)
        await settle()
        (kept,) = bench.site.quarantine.recent
        assert (len(kept.payload), kept.size_bytes) == (1_000_000, 1_500_000)


async def test_order_holds_around_a_message_that_spoils_its_batch():
    """The batch is halved until it stands alone, the first half first."""
    async with flow("  in: {type: feed, to: batch}\n  batch: {type: batch, to: end}\n  end: {type: sink}\n") as bench:
        feed = await started(bench)
        for payload in (*range(10), "bad", *range(10, 20)):
            feed.emit.push(payload)
        await settle(100)
        assert bench.run.nodes["batch"].instance.stored == list(range(20))


async def test_without_any_route_it_lands_in_quarantine():
    """The last place: kept with node and reason."""
    async with flow("  in: {type: feed, to: bad}\n  bad: {type: raise, with: {refuse: true}}\n") as bench:
        feed = await started(bench)
        feed.emit.push({"v": 1}, token="a")
        await settle()
        assert [(kept.node, kept.reason, kept.payload) for kept in bench.site.quarantine.recent] == [
            ("bad", "not this one", b'{"v":1}')
        ]
        assert feed.done == ["a"]


async def test_tap_on_the_error_port_shows_what_failed_with_its_reason():
    """Wired, caught or neither."""
    for route in ("raise, to: {error: end}", "raise"):
        async with flow(f"  in: {{type: feed, to: bad}}\n  bad: {{type: {route}}}\n  end: {{type: sink}}\n") as bench:
            seen: list[object] = []
            bench.run.observer.tap("bad", "error", lambda message, seen=seen: seen.append(message))
            feed = await started(bench)
            feed.emit.push(7)
            await settle()
            assert [(message.payload, message.props["error"]["reason"]) for message in seen] == [(7, "broken")]
            assert bench.run.observer.last["bad", "error"][1] is seen[0]


async def test_failing_error_handler_ends_in_quarantine_not_in_a_loop():
    """A message that fails again on its way of errors goes to quarantine."""
    body = """
  in: {type: feed, to: bad}
  bad: {type: raise, to: {error: worse}}
  worse: {type: raise, to: {error: worst}}
  worst: {type: raise}
"""
    async with flow(body) as bench:
        feed = await started(bench)
        feed.emit.push(1, token="a")
        await settle()
        assert [kept.node for kept in bench.site.quarantine.recent] == ["worse"]
        assert feed.done == ["a"]


async def test_output_that_is_no_message_is_an_error_that_names_the_port():
    """Neither a stray value nor an unknown port is lost silently."""
    async with flow("  in: {type: feed, to: odd}\n  odd: {type: odd}\n") as bench:
        feed = await started(bench)
        feed.emit.push("port")
        feed.emit.push("value")
        await settle()
        assert "'nowhere'" in bench.site.quarantine.recent[0].reason
        assert "int" in bench.site.quarantine.recent[1].reason


async def test_hanging_async_node_is_given_up_and_then_turned_away():
    """After two time-outs its messages go the way of errors at once; the other branch never waits."""
    async with flow("  in: {type: feed, to: [hang, end]}\n  hang: {type: hang}\n  end: {type: sink}\n") as bench:
        feed = await started(bench)
        for number in range(5):
            feed.emit.push(number, token=number)
        queue = bench.run.nodes["hang"].queue
        for _ in range(2):
            await bench.clock.advance(1.5)
            queue.check()
            await settle()
        assert bench.run.nodes["end"].instance.got == [0, 1, 2, 3, 4]
        assert queue.stuck
        assert sorted(feed.done) == [0, 1, 2, 3, 4]
        feed.emit.push(5, token=5)
        await settle()
        assert 5 in feed.done
        assert "hang" in bench.site.health()["flows"]["t"]["nodes"]


async def test_time_outs_with_a_success_between_them_are_no_hanging():
    """Only two in a row are: a node that is slow now and then goes on getting its messages."""
    async with flow("  in: {type: feed, to: slow}\n  slow: {type: slow, to: end}\n  end: {type: sink}\n") as bench:
        feed = await started(bench)
        slow, queue = bench.run.nodes["slow"].instance, bench.run.nodes["slow"].queue
        for number in (0, 2):
            feed.emit.push(number)
            await settle()
            await bench.clock.advance(slow.timeout_s + 1)
            queue.check()
            await settle()
            slow.gate.set()
            feed.emit.push(number + 1)
            await settle()
            slow.gate.clear()
        assert bench.run.nodes["end"].instance.got == [1, 3]
        assert not queue.stuck


async def test_spinning_plain_node_is_interrupted_and_set_aside():
    """A plain node that blocks the loop is interrupted by the watchdog; after two times it gets no more messages."""
    async with flow("  in: {type: feed, to: [spin, end]}\n  spin: {type: spin}\n  end: {type: sink}\n") as bench:
        bench.site.clock = SystemClock()
        feed = await started(bench)
        dog = Watchdog(limit_s=0.3)
        dog.start()
        try:
            feed.emit.push(1, token=1)
            await asyncio.sleep(0.4)
            feed.emit.push(2, token=2)
            await asyncio.sleep(0.01)
        finally:
            dog.stop()
        feed.emit.push(3, token=3)
        await settle()
        assert bench.run.nodes["end"].instance.got == [1, 2, 3]
        assert bench.run.nodes["spin"].set_aside
        assert [kept.node for kept in bench.site.quarantine.recent] == ["spin"] * 3
        assert feed.done == [1, 2, 3]


async def test_node_that_hangs_on_many_messages_of_one_read_is_set_aside_after_two():
    """A source may bring a thousand in one turn of the loop; the node after the bad one is never interrupted in its place."""
    async with flow("  in: {type: feed, to: [spin, end]}\n  spin: {type: spin}\n  end: {type: sink}\n") as bench:
        bench.site.clock = SystemClock()
        feed = await started(bench)
        dog = Watchdog(limit_s=0.2, progress=lambda: bench.site.messages_begun)
        dog.start()
        try:
            for number in range(50):
                feed.emit.push(number, token=number)
        finally:
            dog.stop()
        await settle()
        assert bench.run.nodes["end"].instance.got == list(range(50))
        reasons = [kept.reason for kept in bench.site.quarantine.recent]
        assert sum("interrupted" in reason for reason in reasons) == 2
        assert len(reasons) == len(feed.done) == 50


async def test_slow_node_that_gets_through_its_messages_is_not_taken_for_hanging():
    """One turn of the loop may take longer than the limit, as long as messages go through."""
    async with flow("  in: {type: feed, to: slow}\n  slow: {type: tardy}\n") as bench:
        bench.site.clock = SystemClock()
        feed = await started(bench)
        dog = Watchdog(limit_s=0.2, progress=lambda: bench.site.messages_begun)
        dog.start()
        try:
            for number in range(20):
                feed.emit.push(number)
        finally:
            dog.stop()
        assert bench.run.counts()["slow"] == (20, {"out": 20}, 0)
