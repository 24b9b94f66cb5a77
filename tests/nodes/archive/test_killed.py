"""Killed at any point of its work and run again: no row is lost, none is in the archive twice."""

from __future__ import annotations

import multiprocessing
import signal
from multiprocessing.context import ForkServerContext

import pytest

from tests.nodes.archive.archive_site import ArchiveSite
from tests.nodes.archive.killed_process import POINTS, run_until_killed


@pytest.fixture(scope="module")
def forks() -> ForkServerContext:
    """Processes that have everything imported already."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["tests.nodes.archive.killed_process", "boto3", "nodes", "plant.pack"])
    return context


@pytest.mark.parametrize("point", POINTS)
async def test_killed_run_loses_nothing_and_doubles_nothing(
    site: ArchiveSite, forks: ForkServerContext, postgres_dsn: str, point: str
):
    """SIGKILL at the point the first time, then the second time it comes there, then a run to the end."""
    await site.fill([5, 6, 7], devices=2, rows=12)
    old, rows = await site.rows(before=7), await site.rows()
    exits = []
    for turn in (1, 2):
        victim = forks.Process(
            target=run_until_killed, args=(point, turn, postgres_dsn, site.bucket, site.settings.data)
        )
        victim.start()
        victim.join(60)
        exits.append(victim.exitcode)
        assert await everything(site) >= set(old)
    assert exits in ([-signal.SIGKILL, -signal.SIGKILL], [-signal.SIGKILL, 0])
    await site.run()
    assert site.archived() == old
    assert await site.rows() == sorted(set(rows) - set(old))
    assert set(await site.states()) == {"cleaned"}
    assert site.local == []


async def everything(site: ArchiveSite) -> set[tuple[str, ...]]:
    """What is in the table or in the bucket."""
    return {*await site.rows(), *site.archived()}
