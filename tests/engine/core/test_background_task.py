"""Work that goes on until it is stopped: what ends by itself is noticed, shown and started again."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable

import pytest

from engine.core.background_task import BackgroundTask, Supervisor
from engine.core.clock import ManualClock, settle


class Work:
    """Counts its runs; each run waits until the test says how it ends."""

    def __init__(self) -> None:
        self.runs = 0
        self.cancelled = 0
        self.cleans_up: Callable[[], None] = lambda: None
        self._end: asyncio.Future[None] | None = None

    async def __call__(self) -> None:
        self.runs += 1
        self._end = asyncio.get_running_loop().create_future()
        try:
            await self._end
        except asyncio.CancelledError:
            self.cancelled += 1
            self.cleans_up()
            raise

    async def ends(self, error: BaseException | None = None) -> None:
        """The run that is under way returns, or raises this."""
        assert self._end is not None
        if error is None:
            self._end.set_result(None)
        elif isinstance(error, asyncio.CancelledError):
            self._end.cancel()
        else:
            self._end.set_exception(error)
        await settle()


class Bench:
    def __init__(self) -> None:
        self.clock = ManualClock()
        self.supervisor = Supervisor(self.clock)
        self.work = Work()
        self.task = BackgroundTask("reading the meter", self.work, self.supervisor)


@pytest.fixture
async def bench():
    bench = Bench()
    bench.task.start()
    await settle()
    yield bench
    await bench.task.stop()


ENDS = [None, RuntimeError("no meter"), SystemExit(1), KeyboardInterrupt(), asyncio.CancelledError()]


@pytest.mark.parametrize("error", ENDS, ids=lambda error: type(error).__name__)
async def test_work_that_ends_by_itself_is_shown_and_started_again(bench: Bench, error: BaseException | None):
    await bench.work.ends(error)
    assert [(one.name, one.state, one.ends) for one in bench.supervisor.tasks()] == [("reading the meter", "ended", 1)]
    assert bench.task.problem
    await bench.clock.advance(0.1)
    assert bench.work.runs == 2
    assert bench.supervisor.tasks()[0].state == "running"


async def test_the_problem_names_what_was_raised_until_the_work_has_lasted(bench: Bench):
    await bench.work.ends(RuntimeError("no meter"))
    await bench.clock.advance(1.0)
    assert bench.task.problem == "RuntimeError: no meter"
    await bench.clock.advance(30.0)
    assert bench.task.problem == ""


async def test_work_that_ends_at_once_again_and_again_is_started_ever_more_rarely(bench: Bench):
    for _ in range(20):
        await bench.work.ends()
        await bench.clock.advance(5.0)
    assert bench.work.runs == 21
    bench_runs = bench.work.runs
    await bench.work.ends()
    await bench.clock.advance(2.4)
    assert bench.work.runs == bench_runs


async def test_an_end_after_long_work_is_the_first_again(bench: Bench):
    for _ in range(10):
        await bench.work.ends()
        await bench.clock.advance(5.0)
    await bench.clock.advance(30.0)
    await bench.work.ends()
    await bench.clock.advance(0.1)
    assert bench.work.runs == 12


async def test_ends_are_logged_with_the_name_and_the_traceback_of_the_first(
    bench: Bench, caplog: pytest.LogCaptureFixture
):
    for _ in range(2):
        await bench.work.ends(RuntimeError("no meter"))
        await bench.clock.advance(5.0)
    found = [record for record in caplog.records if record.levelno == logging.ERROR]
    assert ["reading the meter" in record.getMessage() for record in found] == [True, True]
    assert [record.exc_info is not None for record in found] == [True, False]


async def test_stopped_work_has_ended_and_stays_so(bench: Bench):
    await bench.task.stop()
    assert (bench.work.cancelled, bench.task.running, bench.supervisor.tasks()) == (1, False, [])
    await bench.clock.advance(60.0)
    assert bench.work.runs == 1


async def test_work_that_waits_to_be_started_again_can_be_stopped(bench: Bench):
    await bench.work.ends()
    await bench.task.stop()
    await bench.clock.advance(60.0)
    assert bench.work.runs == 1


async def test_what_work_raises_as_it_is_stopped_is_logged_and_not_raised(
    bench: Bench, caplog: pytest.LogCaptureFixture
):
    def breaks() -> None:
        raise OSError("the socket is gone")

    bench.work.cleans_up = breaks
    await bench.task.stop()
    assert "reading the meter failed as it was stopped: OSError: the socket is gone" in caplog.text


async def test_stopping_passes_on_the_cancellation_of_its_caller():
    entered, leave = asyncio.Event(), asyncio.Event()

    async def slow_to_end() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            entered.set()
            await leave.wait()

    task = BackgroundTask("slow", slow_to_end)
    task.start()
    await settle()
    stopping = asyncio.ensure_future(task.stop())
    await entered.wait()
    stopping.cancel()
    await settle()
    assert stopping.cancelled()
    leave.set()
    await task.stop()
    assert not task.running


async def test_work_is_given_the_time_to_finish_that_its_owner_allows(bench: Bench):
    stopping = asyncio.ensure_future(bench.task.stop(finish_s=60.0))
    await settle()
    await bench.work.ends()
    await stopping
    await bench.clock.advance(60.0)
    assert (bench.work.runs, bench.work.cancelled) == (1, 0)


async def test_work_that_does_not_finish_in_time_is_cancelled(bench: Bench):
    await bench.task.stop(finish_s=0.001)
    assert bench.work.cancelled == 1


async def test_work_that_is_cancelled_and_started_at_once_runs_once_more(bench: Bench):
    bench.task.cancel()
    bench.task.start()
    await settle()
    assert (bench.work.runs, bench.work.cancelled, bench.task.ends) == (2, 1, 0)


async def test_starting_twice_runs_once(bench: Bench):
    bench.task.start()
    await settle()
    assert bench.work.runs == 1


def test_a_process_that_ends_does_not_wait_for_work_that_nobody_has_stopped():
    async def main() -> None:
        BackgroundTask("forgotten", asyncio.Event().wait).start()
        await settle()

    asyncio.run(main())
