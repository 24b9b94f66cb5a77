"""A target that is away or hangs costs its patience once; then everything is spooled, and arrives in order and whole."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from pathlib import Path

import pytest

from engine.core.clock import Clock, ManualClock, SystemClock
from engine.core.failure import PermanentError, RetryableError
from engine.runtime.state.spool.forwarder import Forwarder
from engine.runtime.state.spool.spool_file import SpoolFile, SpoolFull
from tests.eventually import eventually


class Target:
    """Takes numbers; may be away, hang, or refuse one of them for good."""

    def __init__(self) -> None:
        self.stored: list[int] = []
        self.away = False
        self.hangs = False
        self.refuses: int | None = None
        self.calls = 0
        self.rejected: list[int] = []

    async def write(self, items: Sequence[int]) -> None:
        self.calls += 1
        if self.hangs:
            await asyncio.sleep(3600)
        if self.away:
            raise RetryableError("the database is away")
        if self.refuses in items:
            raise PermanentError(f"{self.refuses} is refused")
        self.stored += [item for item in items if item not in self.stored]

    def encode(self, items: Sequence[int]) -> bytes:
        return b",".join(b"%d" % item for item in items)

    def decode(self, body: bytes) -> list[int]:
        return [int(item) for item in body.split(b",")]

    def reject(self, item: int, error: PermanentError) -> None:
        self.rejected.append(item)

    async def close(self) -> None:
        """Nothing to let go of."""


class Bench:
    def __init__(self, spool: SpoolFile, patience_s: float, clock: Clock | None = None) -> None:
        self.spool = spool
        self.target = Target()
        self.opened = asyncio.Event()
        self.opened.set()
        self.forwarder: Forwarder[int] = Forwarder(
            spool,
            "numbers",
            self.target,
            clock or SystemClock(),
            opened=self.opened,
            patience_s=patience_s,
            drain_within_s=0.5,
        )

    async def put(self, *items: int) -> None:
        """As a node's queue does it: what may be tried again is."""
        while True:
            try:
                await self.forwarder.put(items)
                return
            except SpoolFull:
                raise
            except RetryableError:
                await asyncio.sleep(0.01)


@pytest.fixture
async def make_bench(tmp_path: Path) -> AsyncIterator[Callable[..., Bench]]:
    spool = SpoolFile(tmp_path / "spool.sqlite", limit_bytes=1500)
    await spool.open()
    tasks: list[asyncio.Task[None]] = []

    def make(patience_s: float = 0.1) -> Bench:
        bench = Bench(spool, patience_s)
        tasks.append(asyncio.create_task(bench.forwarder.drain()))
        return bench

    yield make
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    await spool.close()


async def test_target_that_answers_is_written_directly(make_bench: Callable[..., Bench]):
    bench = make_bench()
    await bench.put(1, 2)
    assert bench.target.stored == [1, 2]
    assert bench.spool.streams == {}


@pytest.mark.parametrize("fault", ["away", "hangs"])
async def test_outage_is_spooled_and_arrives_in_order_when_it_is_over(make_bench: Callable[..., Bench], fault: str):
    bench = make_bench()
    setattr(bench.target, fault, True)
    for number in range(20):
        await bench.put(number)
    assert bench.target.stored == []
    assert bench.forwarder.backlog.rows == 20
    assert bench.forwarder.problem
    setattr(bench.target, fault, False)
    await bench.put(20)
    await eventually(lambda: not bench.forwarder.spooling)
    await bench.put(21)
    await eventually(lambda: bench.target.stored == list(range(22)))
    await eventually(lambda: bench.forwarder.problem == "")


async def test_first_failures_are_for_whoever_writes_until_the_patience_is_over(tmp_path: Path):
    clock = ManualClock()
    spool = SpoolFile(tmp_path / "spool.sqlite", limit_bytes=1000)
    await spool.open()
    bench = Bench(spool, 3.0, clock)
    bench.target.away = True
    with pytest.raises(RetryableError):
        await bench.forwarder.put([1])
    await clock.advance(2.9)
    with pytest.raises(RetryableError):
        await bench.forwarder.put([1])
    await clock.advance(0.2)
    await bench.forwarder.put([1])
    assert bench.forwarder.backlog.rows == 1
    await spool.close()


async def test_nothing_overtakes_what_lies_on_disk(make_bench: Callable[..., Bench]):
    bench = make_bench()
    bench.target.away = True
    await bench.put(1)
    bench.target.away = False
    await asyncio.gather(bench.put(2), bench.put(3))
    await eventually(lambda: not bench.forwarder.spooling)
    assert bench.target.stored == [1, 2, 3]


async def test_one_that_is_refused_for_good_does_not_hold_up_the_rest(make_bench: Callable[..., Bench]):
    bench = make_bench()
    bench.target.away = True
    for number in range(6):
        await bench.put(number)
    bench.target.refuses, bench.target.away = 3, False
    await eventually(lambda: not bench.forwarder.spooling)
    assert bench.target.stored == [0, 1, 2, 4, 5]
    assert bench.target.rejected == [3]


async def test_refusal_of_a_direct_write_is_for_whoever_writes(make_bench: Callable[..., Bench]):
    bench = make_bench()
    bench.target.refuses = 1
    with pytest.raises(PermanentError):
        await bench.forwarder.put([1])
    assert not bench.forwarder.spooling


async def test_full_spool_is_back_pressure_and_its_content_arrives(make_bench: Callable[..., Bench]):
    bench = make_bench()
    bench.target.away = True
    await bench.put(*range(300))
    with pytest.raises(SpoolFull):
        await bench.put(*range(300, 600))
    spooled = bench.forwarder.backlog.rows
    assert spooled == 300
    bench.target.away = False
    await eventually(lambda: not bench.forwarder.spooling)
    assert bench.target.stored == list(range(spooled))


async def test_what_a_process_before_has_left_is_drained_by_the_next(make_bench: Callable[..., Bench]):
    first = make_bench()
    first.target.away = True
    await first.put(1, 2)
    second = make_bench()
    await eventually(lambda: second.target.stored == [1, 2])


async def test_before_the_tables_are_made_everything_is_spooled(make_bench: Callable[..., Bench]):
    bench = make_bench()
    bench.opened.clear()
    await bench.put(1)
    assert bench.target.calls == 0
    bench.opened.set()
    await eventually(lambda: bench.target.stored == [1])
