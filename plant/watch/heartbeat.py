"""Calls an address outside while all is well: a server that is dead can tell nobody so itself."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import aiohttp

from engine.api import BackgroundTask, Clock, Readable, Secret, Supervisor, Targets, Text
from plant.notifications.http_post import post
from plant.notifications.outcome import PermanentFailure, TransientFailure
from plant.watch.watchman import Watchman

__all__ = ["Heartbeat"]

EVERY_S = 60.0
MISSED = 3
"""Calls in a row without an answer after which it is a fault."""


class Heartbeat:
    """A pack service. The service at that address (healthchecks.io and its like) tells people when the calls stay away."""

    def __init__(
        self,
        url: Secret | None,
        watchman: Watchman,
        clock: Clock,
        targets: Targets,
        supervisor: Supervisor | None = None,
    ) -> None:
        """Without an address it rests."""
        self._url = url
        self._watchman = watchman
        self._clock = clock
        self._targets = targets
        self._session: aiohttp.ClientSession | None = None
        self._missed = 0
        self._reason = ""
        self._task = BackgroundTask("heartbeat", self._beat, supervisor)

    async def start(self) -> None:
        """Begins to call."""
        if self._url is not None:
            self._task.start()

    async def stop(self) -> None:
        """Calls no more."""
        await self._task.stop()
        if self._session is not None:
            await self._session.close()

    def health(self) -> Mapping[str, Any]:
        """Degraded when the address does not answer."""
        if self._missed < MISSED:
            return {"status": "ok"}
        problem: Readable = Text("watch.heartbeat-unanswered", reason=self._reason)
        return {"status": "degraded", "problem": problem}

    async def _beat(self) -> None:
        while True:
            await self._clock.sleep(EVERY_S)
            if self._watchman.well:
                await self._call()

    async def _call(self) -> None:
        assert self._url is not None
        if self._session is None:
            self._session = self._targets.session(limit=1)
        try:
            status, _ = await post(self._session, self._url.reveal(), b"", {})
        except (TransientFailure, PermanentFailure) as failure:
            self._missed, self._reason = self._missed + 1, str(failure)
            return
        self._missed = 0 if status < 400 else self._missed + 1
        self._reason = f"HTTP {status}"
