"""Work that ends by itself: all of it ends with its owner, and one that fails is told and ends nothing else."""

from __future__ import annotations

import asyncio

import pytest

from engine.core.background_jobs import BackgroundJobs
from engine.core.clock import settle


async def raising(error: BaseException) -> None:
    raise error


@pytest.mark.parametrize("error", [ValueError("no such file"), SystemExit(2)], ids=["error", "exit"])
async def test_a_job_that_fails_is_logged_with_its_name_and_ends_no_other(
    error: BaseException, caplog: pytest.LogCaptureFixture
):
    async with BackgroundJobs() as jobs:
        other = jobs.start("the other", asyncio.Event().wait)
        jobs.start("restoring", raising, error)
        await settle()
        assert "restoring failed" in caplog.text
        assert not other.done()
        assert len(jobs) == 1
    assert other.cancelled()


async def test_jobs_that_are_done_are_forgotten():
    jobs = BackgroundJobs()
    jobs.start("quick", asyncio.sleep, 0)
    await settle()
    assert len(jobs) == 0
    await jobs.stop()


async def test_a_job_that_stops_all_jobs_does_not_wait_for_itself():
    jobs = BackgroundJobs()
    other = jobs.start("the other", asyncio.Event().wait)
    await settle()
    jobs.start("the last", jobs.stop)
    await settle()
    assert other.cancelled()


async def test_a_job_that_is_stopped_before_its_first_step_leaves_nothing_behind():
    jobs = BackgroundJobs()
    jobs.start("late", asyncio.sleep, 0)
    await jobs.stop()
    assert len(jobs) == 0
