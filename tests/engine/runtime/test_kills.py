"""A process that is killed at any step: what its nodes remember is as if the messages that come again had never been seen."""

from __future__ import annotations

import asyncio
import functools
from typing import Any, ClassVar

import msgspec
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from engine.api import Context, Message, Node, Pack, RetryableError, node
from engine.catalogue.node_types import Catalogue
from engine.core.clock import ManualClock, settle
from engine.flow.yaml.read import read_flow
from engine.pack import discover_packs
from engine.runtime.site import Site
from engine.runtime.state.journal import Change
from tests.engine.runtime.fixture_nodes import Feed

START = 1_700_000_000.0
REMEMBERING = {
    "filter": "{type: filter}",
    "deadband": "{type: filter, with: {mode: deadband, band: 1}}",
    "debounce": "{type: debounce, with: {name: '{topic}', hold_s: 25}}",
    "threshold": "{type: threshold, with: {limit: 2}}",
    "window": "{type: window, with: {length_s: 30, mode: sliding, figures: [sum], key: topic}}",
    "batch": "{type: batch, with: {count: 2}}",
    "join": "{type: join, with: {mode: manual, build: array, count: 2}}",
}


GROUPING = {"batch", "join"}


class Disk:
    """A journal store that outlives the process."""

    def __init__(self, changes: list[Change] | None = None) -> None:
        self.changes = list(changes or ())
        self.answers = asyncio.Event()
        self.answers.set()

    async def start(self) -> None: ...

    async def append(self, changes: list[Change]) -> None:
        await self.answers.wait()
        self.changes += changes

    async def load(self) -> list[Change]:
        return self.changes

    @property
    def values(self) -> dict[tuple[str, str], Any]:
        """What is there in the end."""
        last = {change[:2]: change[2] for change in self.changes}
        return {place: msgspec.msgpack.decode(value) for place, value in last.items() if value is not None}


class Shelf:
    """The outside world: away, or what it was given."""

    def __init__(self) -> None:
        self.away = False
        self.given: list[Any] = []

    async def start(self) -> None: ...

    async def stop(self) -> None: ...

    def health(self) -> dict[str, Any]:
        return {"status": "ok"}


@node(category="test")
class Store(Node):
    """Brings it to the shelf, and tries again while that is away."""

    outputs: ClassVar = ()

    def start(self, ctx: Context) -> None:
        self.shelf = ctx.service(Shelf)

    async def process(self, msg: Message) -> None:
        if self.shelf.away:
            raise RetryableError("the shelf is away", after_s=1.0)
        self.shelf.given.append(msg.payload)


@functools.cache
def catalogue() -> Catalogue:
    return Catalogue([*discover_packs(), Pack(name="test", nodes=[Feed, Store])])


def text(chain: list[str]) -> str:
    ids = [f"n{at}" for at in range(len(chain))]
    lines = [
        f"  {id}: {REMEMBERING[kind][:-1]}, to: {to}}}"
        for id, kind, to in zip(ids, chain, [*ids[1:], "store"], strict=True)
    ]
    return "\n".join(["flow: f", "nodes:", "  in: {type: feed, to: n0}", *lines, "  store: {type: store}"])


class Process:
    """One life of the engine on a disk."""

    def __init__(self, chain: list[str], disk: Disk, shelf: Shelf) -> None:
        self.text, self.disk, self.shelf = text(chain), disk, shelf
        self.clock = ManualClock(START)

    async def __aenter__(self) -> Process:
        self.site = Site(catalogue(), self.clock, journal_store=self.disk)
        self.site.provide(self.shelf)
        await self.site.start()
        flow, problems = read_flow(self.text)
        assert flow is not None, problems
        run = await self.site.deploy(flow, read_problems=problems) and self.site.flows["f"]
        await settle()
        self.feed: Feed = run.nodes["in"].instance
        return self

    async def bring(self, number: int, payload: int) -> None:
        self.feed.emit.push(payload, f"t{payload % 2}", time=START + 10.0 * number, token=number)
        await settle()

    async def end_of_outage(self) -> None:
        self.shelf.away = False
        await self.clock.advance(2)
        await self.written()

    async def written(self) -> None:
        """What may be committed is, and what waited for that is acknowledged."""
        await self.site.journal.flush()
        await settle()

    async def __aexit__(self, *failure: object) -> None:
        self.disk = Disk()
        await self.site.stop(grace_s=0.0)


async def undisturbed(chain: list[str], payloads: list[int]) -> tuple[list[Any], Disk]:
    shelf, disk = Shelf(), Disk()
    async with Process(chain, disk, shelf) as process:
        for number, payload in enumerate(payloads):
            await process.bring(number, payload)
        await process.written()
        assert sorted(process.feed.done) == list(range(len(payloads)))
        return list(shelf.given), Disk(disk.changes)


async def killed(
    chain: list[str], payloads: list[int], at: int, away_from: int, written_to: int
) -> tuple[list[Any], Disk]:
    """Killed after `at` messages, the shelf being away from one of them on and nothing being written any more from another on; what was not
    acknowledged comes again, then the rest."""
    shelf, disk = Shelf(), Disk()
    async with Process(chain, disk, shelf) as process:
        for number, payload in enumerate(payloads[:at]):
            shelf.away = number >= away_from
            if number == written_to:
                disk.answers.clear()
            await process.bring(number, payload)
            if number < written_to:
                await process.written()
        left, done = Disk(disk.changes), set(process.feed.done)
    shelf.away = False
    async with Process(chain, left, shelf) as process:
        for number, payload in enumerate(payloads):
            if number >= at or number not in done:
                await process.bring(number, payload)
        if GROUPING & set(chain):
            for number in range(4):  # pushes out what waits for the rest of its group
                await process.bring(100 + 10 * number, 100 + 10 * number)
        await process.end_of_outage()
        return list(shelf.given), Disk(left.changes)


def values_in(found: Any) -> set[int]:
    """All numbers in lists of lists."""
    return set().union(*map(values_in, found)) if isinstance(found, list) else {found}


@settings(max_examples=12, deadline=None, derandomize=True, phases=[Phase.generate])
@given(
    st.lists(st.sampled_from(sorted(REMEMBERING.keys() - GROUPING)), min_size=1, max_size=3)
    | st.lists(st.sampled_from(["filter", *sorted(GROUPING)]), min_size=1, max_size=3),
    st.lists(st.integers(0, 4), min_size=1, max_size=7),
    st.integers(0, 7),
    st.integers(0, 7),
)
def test_what_would_have_passed_without_the_kill_passes_whenever_it_comes(
    chain: list[str], payloads: list[int], away_from: int, written_to: int
):
    async def play() -> None:
        passed, disk = await undisturbed(chain, payloads)
        for at in range(len(payloads) + 1):
            given, after = await killed(chain, payloads, at, away_from, written_to)
            if GROUPING & set(chain):
                # What comes twice makes other groups of them; none is missing.
                passed, given = sorted(values_in(passed)), sorted(values_in(given))
            else:
                assert after.values == disk.values
            missing = [one for one in passed if one not in given]
            assert not missing, f"killed after {at}: {missing} of {passed} never came, {given} did"

    asyncio.run(play())


@pytest.mark.parametrize("kind", ["filter", "debounce"])
async def test_a_message_that_comes_again_after_a_kill_does_not_meet_its_own_trace(kind: str):
    given, _ = await killed([kind], [1], at=1, away_from=0, written_to=1)
    assert given == [1]


async def test_one_that_is_dropped_beside_one_that_waits_for_the_outside_world_is_acknowledged():
    shelf, disk = Shelf(), Disk()
    async with Process(["filter"], disk, shelf) as process:
        shelf.away = True
        await process.bring(0, 3)
        await process.bring(1, 3)
        await process.written()
        assert process.feed.done == [1]
        await process.end_of_outage()
        assert process.feed.done == [1, 0]
        assert len(disk.values) == 1


async def test_a_message_that_never_ends_does_not_hold_up_the_others_for_ever():
    shelf, disk = Shelf(), Disk()
    async with Process(["filter"], disk, shelf) as process:
        shelf.away = True
        await process.bring(0, 1)
        process.site.flows["f"].nodes["store"].queue.evict(RuntimeError("nobody ends it"))  # type: ignore[union-attr]
        process.feed.emit.push(2, "t1", time=START + 10.0, token=1)
        await settle()
        process.site.memories.close_all()
        await process.written()
        assert disk.values
