"""When the next commit may follow the last: at once where that matters, a little later where it would carry next to nothing."""

from __future__ import annotations

import asyncio

__all__ = ["ENOUGH", "GroupCommit"]

ENOUGH = 8
"""So many messages never wait. Well below the 20 that Mosquitto has under way at once by default, or the pause would limit the flow."""


class GroupCommit:
    """Asked before each commit, told after it.

    At 1,000 messages a second eager commits carry one message each, and cost ten times what the message does. So one that follows the last
    within `pause_s` waits until that is over, or eight messages are there. After a quiet moment nothing waits, and under load nothing does.
    """

    def __init__(self, pause_s: float) -> None:
        self._pause_s = pause_s
        self._ended_at = float("-inf")
        self._enough: asyncio.Future[None] | None = None

    async def enough(self, waiting: int) -> None:
        """Returns when the commit may begin; `waiting` is how many messages are there for it."""
        loop = asyncio.get_running_loop()
        rest_s = self._ended_at + self._pause_s - loop.time()
        if waiting >= ENOUGH or rest_s <= 0:
            return
        self._enough = loop.create_future()
        timer = loop.call_later(rest_s, self._go)
        try:
            await self._enough
        finally:
            timer.cancel()
            self._enough = None

    def added(self, waiting: int) -> None:
        """One more has come, so many wait now."""
        if self._enough is not None and waiting >= ENOUGH:
            self._go()

    def ended(self) -> None:
        """The commit is done."""
        self._ended_at = asyncio.get_running_loop().time()

    def _go(self) -> None:
        if self._enough is not None and not self._enough.done():
            self._enough.set_result(None)
