"""What fails is tried again less and less often, up to a limit, and after a success as soon as at first."""

from __future__ import annotations

from itertools import pairwise

from engine.api import Context, Emitter, Message, Node, RetryableError, Source, node
from engine.catalogue.node_types import Catalogue
from engine.core.clock import ManualClock
from engine.core.failure import PermanentError
from engine.pack import Pack
from engine.runtime.site import Site
from engine.runtime.state.journal import Change
from engine.testing import FlowHarness, NodeHarness


def waits(attempts: list[float]) -> list[float]:
    """The times between attempts."""
    return [after - before for before, after in pairwise(attempts)]


@node(category="test")
class Away(Node):
    """Notes when it is asked, and says that the outside world is away until `back`."""

    def start(self, ctx: Context) -> None:
        self.clock = ctx.clock
        self.attempts: list[float] = []
        self.back = False
        self.after_s: float | None = None

    async def process(self, msg: Message) -> Message:
        self.attempts.append(self.clock.monotonic())
        if not self.back:
            raise RetryableError("away", self.after_s)
        return msg


@node(category="test")
class Failing(Source):
    """Notes when it is run, works for `works_s` and fails."""

    def start(self, ctx: Context) -> None:
        self.clock = ctx.clock
        self.attempts: list[float] = []
        self.works_s = 0.0

    async def run(self, emit: Emitter) -> None:
        self.attempts.append(self.clock.monotonic())
        await self.clock.sleep(self.works_s)
        raise OSError("the broker is away")


async def test_message_waits_longer_with_each_failure_up_to_the_limit():
    async with NodeHarness(Away) as bench:
        away = bench.node
        assert isinstance(away, Away)
        await bench.give(1)
        await bench.advance(120)
        between = waits(away.attempts)
        assert 0 < between[0] <= 0.2
        assert all(longer >= 1.9 * shorter for shorter, longer in pairwise(between[:5]))
        assert max(between) == between[-1] <= 10.0


async def test_next_message_is_tried_again_soon_after_one_that_waited_long():
    async with NodeHarness(Away) as bench:
        away = bench.node
        assert isinstance(away, Away)
        await bench.give(1)
        await bench.advance(60)
        away.back = True
        await bench.advance(10)
        assert bench.sent() == [1]
        away.back = False
        away.attempts.clear()
        await bench.give(2)
        await bench.advance(1)
        assert len(away.attempts) >= 3


async def test_node_that_knows_when_to_come_again_is_asked_then():
    """Longer than a call may last; a message that waits for the outside is not taken for one that hangs."""
    async with NodeHarness(Away) as bench:
        away = bench.node
        assert isinstance(away, Away)
        away.after_s = 30.0
        await bench.give(1)
        queue = bench.run.nodes["node"].queue
        assert queue is not None
        for _ in range(100):
            await bench.advance(1.0)
            queue.check()
        assert waits(away.attempts) == [30.0, 30.0, 30.0]
        assert not bench.errors


async def failing(bench: FlowHarness, advance_s: float) -> Failing:
    bench.run.nodes["in"].resume()
    await bench.clock.advance(advance_s)
    source = bench.run.nodes["in"].instance
    assert isinstance(source, Failing)
    return source


def source_flow() -> FlowHarness:
    return FlowHarness(
        "flow: t\nnodes:\n  in: {type: failing, to: end}\n  end: {type: away}\n",
        catalogue=Catalogue([Pack(name="test", nodes=[Failing, Away])]),
    )


async def test_source_that_fails_at_once_is_run_again_less_and_less_often():
    """Chance takes off at most half of a wait, so over a minute it is far from the 120 times of the first wait."""
    async with source_flow() as bench:
        source = await failing(bench, 120)
        assert 20 <= len(source.attempts) <= 60
        assert waits(source.attempts)[0] <= 0.5
        assert max(waits(source.attempts)) > 2.0


async def test_source_that_had_worked_is_run_again_soon():
    async with source_flow() as bench:
        source = await failing(bench, 60)
        source.works_s = 3600.0
        await bench.clock.advance(3700)
        last = source.attempts[-1]
        source.works_s = 0.0
        await bench.clock.advance(3700)
        assert next(at for at in source.attempts if at > last) - (last + 3600.0) <= 0.5


class AwayStore:
    """A store of node memory that is away; it notes when it is asked."""

    def __init__(self, clock: ManualClock, error: Exception) -> None:
        self.clock = clock
        self.error: Exception | None = error
        self.attempts: list[float] = []

    async def start(self) -> None: ...

    async def append(self, changes: list[Change]) -> None:
        self.attempts.append(self.clock.monotonic())
        if self.error is not None:
            raise self.error

    async def load(self) -> list[Change]:
        return []


async def test_node_memory_is_saved_again_less_often_but_soon_after_its_store_is_back():
    """Nothing is acknowledged until then, so the waits end at a second. Also when the store refuses: it may be mended."""
    for error in (RetryableError("away"), PermanentError("no space left")):
        clock = ManualClock()
        store = AwayStore(clock, error)
        journal = Site(Catalogue(), clock, journal_store=store).journal
        journal.touch(lambda: [("flow/node/memory", "key", b"1", None)])
        await clock.advance(60)
        between = waits(store.attempts)
        assert between[0] <= 0.1
        assert 0.5 <= max(between) <= 1.0
        assert not journal.clean
        store.error = None
        await clock.advance(1.0)
        assert journal.clean
        assert not journal.problem
        await journal.close()
