"""When a commit may follow the last."""

from __future__ import annotations

import asyncio

from engine.runtime.state.group_commit import ENOUGH, Gathering

FOR_EVER_S = 3600.0


async def test_first_commit_and_one_after_a_quiet_moment_do_not_wait() -> None:
    gathering = Gathering(FOR_EVER_S)
    await gathering.enough(1)

    short = Gathering(0.0)
    short.ended()
    await short.enough(1)


async def test_commit_right_after_another_waits_until_enough_are_there() -> None:
    gathering = Gathering(FOR_EVER_S)
    gathering.ended()
    waiting = asyncio.create_task(gathering.enough(1))
    await asyncio.sleep(0)
    gathering.added(ENOUGH - 1)
    await asyncio.sleep(0)
    assert not waiting.done()
    gathering.added(ENOUGH)
    await waiting


async def test_commit_with_enough_does_not_wait() -> None:
    gathering = Gathering(FOR_EVER_S)
    gathering.ended()
    await gathering.enough(ENOUGH)


async def test_pause_ends_by_itself() -> None:
    gathering = Gathering(0.01)
    gathering.ended()
    await gathering.enough(1)


async def test_wait_that_is_cancelled_leaves_nothing_behind() -> None:
    gathering = Gathering(FOR_EVER_S)
    gathering.ended()
    waiting = asyncio.create_task(gathering.enough(1))
    await asyncio.sleep(0)
    waiting.cancel()
    await asyncio.gather(waiting, return_exceptions=True)
    gathering.added(ENOUGH)
    await gathering.enough(ENOUGH)
