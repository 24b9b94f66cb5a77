"""A channel node beside a vendor's server, on a clock that the test moves."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator
from typing import Any

from engine.core.clock import ManualClock
from engine.runtime.site import Site
from engine.testing import NodeHarness
from plant.alarms.service import Alarms
from plant.notifications.card import Card
from plant.notifications.service import Channels
from tests.eventually import eventually
from tests.plant.notifications.harness import AT, channels


class RecordingController:
    """Stands where the running `alarm` node does, and notes what the channels report."""

    def __init__(self) -> None:
        self.reports: list[tuple[str, bool]] = []

    def alarms(self) -> list[Any]:
        return []

    def command(self, command: Any) -> list[Any]:
        return command(self, 0.0)  # type: ignore[no-any-return]

    def set_condition(self, sn: str, type: str, holds: bool, at: float, story: Any = None) -> list[Any]:
        if not self.reports or self.reports[-1] != (sn, holds):
            self.reports.append((sn, holds))
        return []

    def stored(self, ids: Any) -> None:
        return None


class ChannelHarness(NodeHarness):
    """`service` holds the card, `controller` what was reported."""

    service: Channels
    controller: RecordingController

    async def until_attempts(self, count: int) -> None:
        """Moves the clock on until so many attempts were made."""

        async def attempted() -> bool:
            await self.clock.advance(1.0)
            return len(self.results) >= count

        await eventually(attempted)

    @property
    def results(self) -> list[tuple[str, int]]:
        """(result, number of events) of every attempt."""
        return [(attempt.result, attempt.count) for attempt in self.noted]

    noted: list[Any]


@contextlib.asynccontextmanager
async def channel(
    card: Card, *, site: Site | None = None, config: dict[str, Any] | None = None, **secrets: str
) -> AsyncIterator[ChannelHarness]:
    """The node of that card's kind, running."""
    clock = site.clock if site is not None else ManualClock(AT)
    assert isinstance(clock, ManualClock)
    alarms, controller = Alarms(), RecordingController()
    alarms.attach(controller)
    async with channels(card, **secrets) as service:
        noted: list[Any] = []
        keep = service.note
        service.note = lambda attempt: (noted.append(attempt), keep(attempt))[1]  # type: ignore[method-assign]
        bench = ChannelHarness(card.kind, config or {}, clock=clock, services=[alarms, service], site=site)
        if site is not None:
            site.provide(alarms)
            site.provide(service)
        bench.service, bench.controller, bench.noted = service, controller, noted
        async with bench:
            yield bench
