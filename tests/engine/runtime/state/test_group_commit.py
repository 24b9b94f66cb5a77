"""When a commit may follow the last."""

from __future__ import annotations

import asyncio

from engine.runtime.state.group_commit import ENOUGH, GroupCommit

FOR_EVER_S = 3600.0


async def test_first_commit_and_one_after_a_quiet_moment_do_not_wait() -> None:
    commit_group = GroupCommit(FOR_EVER_S)
    await commit_group.enough(1)

    short = GroupCommit(0.0)
    short.ended()
    await short.enough(1)


async def test_commit_right_after_another_waits_until_enough_are_there() -> None:
    commit_group = GroupCommit(FOR_EVER_S)
    commit_group.ended()
    waiting = asyncio.create_task(commit_group.enough(1))
    await asyncio.sleep(0)
    commit_group.added(ENOUGH - 1)
    await asyncio.sleep(0)
    assert not waiting.done()
    commit_group.added(ENOUGH)
    await waiting


async def test_commit_with_enough_does_not_wait() -> None:
    commit_group = GroupCommit(FOR_EVER_S)
    commit_group.ended()
    await commit_group.enough(ENOUGH)


async def test_pause_ends_by_itself() -> None:
    commit_group = GroupCommit(0.01)
    commit_group.ended()
    await commit_group.enough(1)


async def test_wait_that_is_cancelled_leaves_nothing_behind() -> None:
    commit_group = GroupCommit(FOR_EVER_S)
    commit_group.ended()
    waiting = asyncio.create_task(commit_group.enough(1))
    await asyncio.sleep(0)
    waiting.cancel()
    await asyncio.gather(waiting, return_exceptions=True)
    commit_group.added(ENOUGH)
    await commit_group.enough(ENOUGH)
