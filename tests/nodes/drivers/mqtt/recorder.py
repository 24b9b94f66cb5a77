"""A subscriber that keeps what it is given, for tests to wait on."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

from nodes.drivers.mqtt import BrokerAddress, Publish, Subscriber
from tests.eventually import PATIENCE_S


async def until(condition: Callable[[], object]) -> None:
    """Return once the condition holds."""
    async with asyncio.timeout(PATIENCE_S):
        while not condition():  # noqa: ASYNC110  the conditions are about lists, not events
            await asyncio.sleep(0.005)


class Recorder:
    """A Subscriber with its messages, statuses and oversized messages in lists. `acknowledge` acks at once."""

    def __init__(self, address: BrokerAddress, filters: list[tuple[str, int]], *, acknowledge: bool, **options: Any):
        self.acknowledge, self.publishes, self.batches = acknowledge, list[Publish](), 0
        self.statuses: list[tuple[str, str]] = []
        self.oversizes: list[tuple[str, int, bytes]] = []
        self.told: Callable[[], Awaitable[None] | None] = lambda: None
        self.subscriber = Subscriber(
            address,
            filters=filters,
            on_batch=self._take,
            on_status=lambda status, detail: self.statuses.append((status, str(detail))),
            on_oversize=self._take_oversize,
            **({"client_id": "recorder"} | options),
        )

    def _take(self, batch: list[Publish]) -> None:
        self.batches += 1
        self.publishes += batch
        if self.acknowledge:
            self.subscriber.ack([publish.token for publish in batch])

    def _take_oversize(self, topic: str, size_bytes: int, head: bytes) -> Awaitable[None] | None:
        self.oversizes.append((topic, size_bytes, head))
        return self.told()

    @property
    def payloads(self) -> list[bytes]:
        """The payloads, in the order they came."""
        return [publish.payload for publish in self.publishes]

    def words(self, status: str) -> str:
        """All that was said with this status."""
        return "\n".join(detail for kind, detail in self.statuses if kind == status)

    async def connected(self, times: int = 1) -> None:
        """Start if need be, and wait until it has connected so many times."""
        await self.subscriber.start()
        await until(lambda: sum(status == "connected" for status, _ in self.statuses) >= times)

    async def said(self, status: str) -> str:
        """Wait for this status; its words."""
        await self.subscriber.start()
        await until(lambda: self.words(status))
        return self.words(status)
