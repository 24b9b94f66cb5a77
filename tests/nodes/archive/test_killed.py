"""Killed at any point of its work and run again: no row is lost, none is in the archive twice."""

from __future__ import annotations

import multiprocessing
import signal
from multiprocessing.context import ForkServerContext

import pytest

from tests.nodes.archive.killed import POINTS, run_until_killed
from tests.nodes.archive.night import Night


@pytest.fixture(scope="module")
def forks() -> ForkServerContext:
    """Processes that have everything imported already."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["tests.nodes.archive.killed", "boto3", "nodes", "plant.pack"])
    return context


@pytest.mark.parametrize("point", POINTS)
async def test_killed_run_loses_nothing_and_doubles_nothing(
    tonight: Night, forks: ForkServerContext, postgres_dsn: str, point: str
):
    """SIGKILL at the point the first time, then the second time it comes there, then a run to the end."""
    await tonight.fill([5, 6, 7], devices=2, rows=12)
    old, rows = await tonight.rows(before=7), await tonight.rows()
    exits = []
    for turn in (1, 2):
        victim = forks.Process(
            target=run_until_killed, args=(point, turn, postgres_dsn, tonight.bucket, tonight.settings.data)
        )
        victim.start()
        victim.join(60)
        exits.append(victim.exitcode)
        assert await everything(tonight) >= set(old)
    assert exits in ([-signal.SIGKILL, -signal.SIGKILL], [-signal.SIGKILL, 0])
    await tonight.run()
    assert tonight.archived() == old
    assert await tonight.rows() == sorted(set(rows) - set(old))
    assert set(await tonight.states()) == {"cleaned"}
    assert tonight.local == []


async def everything(tonight: Night) -> set[tuple[str, ...]]:
    """What is in the table or in the bucket."""
    return {*await tonight.rows(), *tonight.archived()}
