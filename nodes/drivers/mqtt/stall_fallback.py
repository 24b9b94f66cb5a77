"""A second ear for the time in which a flow can't finish its messages: what devices say now, while the broker keeps it for later too."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from nodes.drivers.mqtt.subscriber import Subscriber

LOOK_EVERY_S = 1.0
STALLED_S = 3.0
"""So long nothing was acknowledged though something waits for it: the flow is held up by what it stores in."""
CAUGHT_UP = 100
"""Unacknowledged messages below which, with acknowledgements going out again, the first subscription is as good as up to date."""


class Meanwhile:
    """Listens at QoS 0, without a session, as long as the main subscription is stalled.

    `make()` makes the second subscriber, `on_end` is called when it has been stopped; without `wanted()` it does not begin. Whoever
    acknowledges messages of `main` adds their number to `acknowledged`.
    """

    def __init__(
        self,
        main: Subscriber,
        make: Callable[[], Subscriber],
        on_end: Callable[[], None],
        wanted: Callable[[], bool],
    ) -> None:
        self.acknowledged = 0
        self._main = main
        self._make = make
        self._on_end = on_end
        self._wanted = wanted
        self._second: Subscriber | None = None
        self._seen = 0
        self._still_s = 0.0

    @property
    def listening(self) -> bool:
        """Whether the second subscription is there."""
        return self._second is not None

    async def run(self) -> None:
        """Looks once a second, until cancelled; the second subscription then ends too."""
        try:
            while True:
                await asyncio.sleep(LOOK_EVERY_S)
                await self._look()
        finally:
            if self._second is not None:
                await asyncio.shield(self._second.stop(0.0))

    async def _look(self) -> None:
        moved, self._seen = self.acknowledged != self._seen, self.acknowledged
        waiting = self._main.unacknowledged
        self._still_s = 0.0 if moved or not waiting else self._still_s + LOOK_EVERY_S
        if self._second is None and self._still_s >= STALLED_S and self._wanted():
            self._second = self._make()
            await self._second.start()
        elif self._second is not None and (not waiting or (moved and waiting < CAUGHT_UP)):
            second, self._second = self._second, None
            await second.stop(0.0)
            self._on_end()
