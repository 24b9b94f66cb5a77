"""The alarms of the site for everyone outside the flow: what is active, commands by people, history, figures."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Protocol

import asyncpg
from msgspec import Struct

from engine.api import (
    BackgroundJobs,
    Clock,
    Database,
    Forwarder,
    NoLeases,
    ReadableField,
    RetryableError,
    Spool,
    SystemClock,
    Text,
)
from plant.alarms.event import AlarmEvent
from plant.alarms.kinds import KINDS, Priority
from plant.alarms.rules import Rules
from plant.alarms.store import AlarmRecord, AlarmStore
from plant.alarms.tracked_alarm import TrackedAlarm

__all__ = ["AlarmController", "Alarms", "Judging"]

log = logging.getLogger("mcs.alarms")

_STATES = {"unacknowledged": 0, "acknowledged": 1, "latched": 2, "latched-acknowledged": 2, "returned": 3}
_PRIORITIES: dict[Priority, int] = {"critical": 0, "high": 1, "medium": 2, "low": 3}

JUDGING = "alarms"
"""The lease of the process that judges."""
STREAM = "alarm events"
OPEN_WITHIN_S = 2.0
PATIENCE_S = 0.3
"""The reading that raised an alarm waits for its record, and with it what comes behind it."""

Command = Callable[[Rules, float], list[AlarmEvent]]


class AlarmController(Protocol):
    """The running `alarm` node, as the service sees it."""

    def alarms(self) -> list[TrackedAlarm]:
        """All alarms that are not normal."""

    def command(self, command: Command) -> list[AlarmEvent]:
        """Does something to the rules, sends what comes of it down the flow, and returns it. Raises CommandRefused."""

    def stored(self, ids: Iterable[str]) -> None:
        """These events are in the database."""


class Judging(Struct, frozen=True, kw_only=True):
    """Whether readings are judged. `by` is the process that does ("" when none does), `since` when the last one stopped, Unix s, and `problem`
    what to do about it."""

    here: bool
    by: str
    since: float | None = None
    problem: ReadableField = ""


class Alarms:
    """A pack service. Commands reach the `alarm` node that runs; without one they are refused with RetryableError."""

    def __init__(
        self,
        database: Database | None = None,
        spool: Spool | None = None,
        *,
        leases: NoLeases | None = None,
        clock: Clock | None = None,
    ) -> None:
        """Without a database (tests, simulations) there is no history; without a spool an outage of it is waited for."""
        self.writers = 0
        self._leases = leases if leases is not None else NoLeases()
        self._clock: Clock = clock or SystemClock()
        self._idle_since = self._clock.now()
        self._jobs = BackgroundJobs()
        self.left_open: list[AlarmRecord] = []
        self._controllers: list[AlarmController] = []
        store = self._store = AlarmStore(database) if database is not None else None
        self._forwarder: Forwarder[AlarmEvent] | None = None
        if store is not None and spool is not None:
            self._forwarder = spool.forwarder(STREAM, lambda: store, patience_s=PATIENCE_S)

    async def start(self) -> None:
        """Asks who judges, and which alarms are open by the tables, for a node whose memory was lost. A database that is away is not waited for."""
        self._jobs.start("asking who judges", self._claim)
        if self._store is None:
            return
        try:
            async with asyncio.timeout(OPEN_WITHIN_S):
                self.left_open = await self._store.open_alarms()
        except (TimeoutError, RetryableError, asyncpg.PostgresError) as error:
            log.info("which alarms are open is not read from the tables: %s", error)

    async def stop(self) -> None:
        """Nobody is asked any more."""
        await self._jobs.stop()
        await self._leases.release(JUDGING)

    def health(self) -> Mapping[str, Any]:
        """Degraded while no `alarm` node runs, here or in another process."""
        judging = self.judging
        if judging.problem:
            return {"status": "degraded", "problem": judging.problem, "since_at": judging.since}
        facts = {"status": "ok", "active": sum(alarm.active for alarm in self.active())}
        return facts if judging.here else {**facts, "by": judging.by}

    @property
    def judging(self) -> Judging:
        """Whether readings are judged, and by which process."""
        if self._controllers:
            return Judging(here=True, by=self._leases.process)
        other = self._leases.other(JUDGING)
        if other is not None:
            return Judging(here=False, by=other.process)
        return Judging(here=False, by="", since=self._idle_since, problem=Text("alarm.no-node"))

    @property
    def store(self) -> AlarmStore:
        """The tables. RetryableError when the site has no database."""
        if self._store is None:
            raise RetryableError(Text("alarm.no-history"))
        return self._store

    async def write(self, events: Sequence[AlarmEvent]) -> None:
        """Returns when the events are in the tables, or on disk for them; and tells the `alarm` nodes so."""
        forwarder = self._forwarder
        if forwarder is None:
            await self.store.write(events)
        else:
            await forwarder.put(events)
        self.stored([event.id for event in events])

    def attach(self, controller: AlarmController) -> None:
        """An `alarm` node has taken over."""
        self._controllers.append(controller)
        self._jobs.start("claiming the alarms", self._claim)

    def detach(self, controller: AlarmController) -> None:
        """It has stopped; harmless when it was not attached."""
        if controller in self._controllers:
            self._controllers.remove(controller)
            if not self._controllers:
                self._idle_since = self._clock.now()
                self._jobs.start("giving the alarms back", self._claim)

    def stored(self, ids: Sequence[str]) -> None:
        """Called by `alarm-write` after its commit."""
        for controller in self._controllers:
            controller.stored(ids)

    def active(self) -> list[TrackedAlarm]:
        """Every alarm that is not normal, the most urgent first, of equal ones the latest."""
        alarms = [alarm for controller in self._controllers for alarm in controller.alarms() if alarm.state != "normal"]
        return sorted(alarms, key=lambda alarm: (_urgency(alarm), -(alarm.raised_at or alarm.floor)))

    def acknowledge(self, sn: str, type: str, by: str) -> list[AlarmEvent]:
        """See `Commands.acknowledge`; so are the others. Each raises CommandRefused, and RetryableError while no alarm node runs."""
        return self._do(sn, type, lambda rules, now: rules.commands.acknowledge(sn, type, by, now))

    def reset(self, sn: str, type: str, by: str) -> list[AlarmEvent]:
        return self._do(sn, type, lambda rules, now: rules.commands.reset(sn, type, by, now))

    def shelve(self, sn: str, type: str, by: str, reason: str, until: float) -> list[AlarmEvent]:
        return self._do(sn, type, lambda rules, now: rules.commands.shelve(sn, type, by, reason, until, now))

    def unshelve(self, sn: str, type: str, by: str) -> list[AlarmEvent]:
        return self._do(sn, type, lambda rules, now: rules.commands.end(sn, type, by, now))

    def calibrate(self, sn: str, by: str, reason: str, until: float) -> list[AlarmEvent]:
        """Suppresses the gas alarms of a device until that Unix time."""
        return self._do(sn, "", lambda rules, now: rules.commands.suppress_gas(sn, by, reason, until, now))

    def end_calibration(self, sn: str, by: str) -> list[AlarmEvent]:
        return self._do(sn, "", lambda rules, now: rules.commands.restore(sn, "suppressed", by, now))

    def take_out_of_service(self, sn: str, by: str, reason: str) -> list[AlarmEvent]:
        return self._do(sn, "", lambda rules, now: rules.commands.remove(sn, by, reason, now))

    def put_into_service(self, sn: str, by: str) -> list[AlarmEvent]:
        return self._do(sn, "", lambda rules, now: rules.commands.restore(sn, "out-of-service", by, now))

    def report(self, name: str, type: str, holds: bool, story: Mapping[str, Any]) -> None:
        """A condition of the site itself, such as a notification channel that fails. Nothing happens while no alarm node runs."""
        for controller in self._controllers[-1:]:
            controller.command(lambda rules, now: rules.set_condition(name, type, holds, now, story))

    async def _claim(self) -> None:
        """Holds the lease while an `alarm` node runs here; the others know by it that somebody judges."""
        if self._controllers:
            await self._leases.claim(JUDGING)
        else:
            await self._leases.release(JUDGING)

    def _do(self, sn: str, type: str, command: Command) -> list[AlarmEvent]:
        if not self._controllers:
            raise RetryableError(Text("alarm.no-node"))
        wanted = [
            controller
            for controller in self._controllers
            if any(alarm.sn == sn and type in ("", alarm.type) for alarm in controller.alarms())
        ]
        return (wanted or self._controllers)[-1].command(command)


def _urgency(alarm: TrackedAlarm) -> tuple[int, int]:
    """What is active and unacknowledged before all else; then by priority."""
    kind = KINDS.get(alarm.type)
    return _STATES.get(alarm.state, 4), _PRIORITIES[kind.priority if kind is not None else "low"]
