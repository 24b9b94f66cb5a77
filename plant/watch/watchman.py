"""Makes an alarm of every fault of the monitoring itself; while nobody judges alarms it tells people by itself."""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import Mapping
from typing import Any

from msgspec import Struct

from engine.api import BackgroundTask, Clock, Fault, LiveHub, Readable, SiteHealth, Supervisor, Text, faults_in, stored
from plant.alarms.attempt import Attempt, Result
from plant.alarms.event import AlarmEvent
from plant.alarms.kinds import KINDS, MONITORING
from plant.alarms.service import Alarms, Judging
from plant.notifications.card import Card
from plant.notifications.outcome import PermanentFailure, TransientFailure
from plant.notifications.service import Channels

__all__ = ["SiteStatus", "Watchman"]

log = logging.getLogger("mcs.watchman")

LOOK_EVERY_S = 2.0
LASTS_S = 30.0
"""A fault is told when it has lasted: a deploy, or a database that starts again, is none."""
WELL_S = 60.0
"""And over when it has not come back for so long."""
AGAIN_S = 60.0
SEND_WITHIN_S = 20.0
QUARANTINE_SPAN_S = 600.0
QUARANTINE_MOST = 100
"""Messages in that span; fewer are a device that sends rubbish, and the quarantine shows it."""

TOLD_OTHERWISE = frozenset({"channels", "watchman"})
"""A channel that fails is an alarm of its own."""
OF_THE_DATABASE = frozenset({"memory", "quarantine", "spool", "leases", "readingstorage", "history", "archive"})
"""While the database is away these are not well either: it is told once."""
OF_ALL_PROCESSES = OF_THE_DATABASE - {"archive"} | {"database", "alarms", "licence", "clock"}
"""What the process that judges alarms tells of."""


class SiteStatus(Struct, frozen=True, kw_only=True):
    """What every page shows. `channels` are those that are on, `unacknowledged` counts alarms (None where another process judges), `faults` what
    is not well at this moment."""

    judging: Judging
    channels: list[str]
    unacknowledged: int | None
    faults: list[Fault]


class Watchman:
    """A pack service. A fault that lasts is raised by the `alarm` node as the alarm `monitoring` of that part, with all that belongs to an alarm.
    Where no process judges, nothing flows to the channels: then it goes to every channel that is on directly.
    """

    def __init__(
        self,
        health: SiteHealth,
        alarms: Alarms,
        channels: Channels,
        clock: Clock,
        *,
        live: LiveHub | None = None,
        supervisor: Supervisor | None = None,
    ) -> None:
        self._health = health
        self._alarms = alarms
        self._channels = channels
        self._clock = clock
        self._live = live
        self._looked = False
        self._shown: SiteStatus | None = None
        self._task = BackgroundTask("watchman", self._watch, supervisor)
        self._began: dict[str, float] = {}
        self._seen: dict[str, float] = {}
        self._sent: dict[str, AlarmEvent] = {}
        self._to_send: dict[tuple[str, str], tuple[float, AlarmEvent]] = {}
        """By event and channel: when it is tried next (monotonic)."""
        self._quarantined: deque[tuple[float, int]] = deque()

    async def start(self) -> None:
        """Begins to look."""
        self._task.start()

    async def stop(self) -> None:
        """Looks no more."""
        await self._task.stop()

    def health(self) -> Mapping[str, Any]:
        """It is well while it runs; that it runs is seen by the supervisor."""
        return {"status": "ok"}

    @property
    def well(self) -> bool:
        """Whether alarms are judged here and nothing that lasts is wrong with the monitoring."""
        now = self._clock.monotonic()
        lasting = any(now - began >= LASTS_S for part, began in self._began.items() if part != "heartbeat")
        return self._looked and self._alarms.judging.here and not lasting

    async def _watch(self) -> None:
        while True:
            await self._clock.sleep(LOOK_EVERY_S)
            await self.look()

    async def look(self) -> None:
        """Raises what has lasted, ends what is over, sends what waits; and shows the pages how it is."""
        facts = self._health.read()
        if "starting" in facts:
            return
        self._looked = True
        now = self._clock.monotonic()
        faults = {fault.part: fault for fault in self._faults(facts, now)}
        self._show(list(faults.values()))
        for part in faults:
            self._began.setdefault(part, now)
            self._seen[part] = now
        for part in list(self._began):
            if part not in faults and now - self._seen[part] >= WELL_S:
                del self._began[part], self._seen[part]
        lasting = [fault for part, fault in faults.items() if now - self._began[part] >= LASTS_S]
        if self._alarms.judging.here:
            self._report(lasting)
        else:
            self._tell(lasting)
        await self._send(now)

    def _show(self, faults: list[Fault]) -> None:
        judging = self._alarms.judging
        open_alarms = [
            alarm for alarm in self._alarms.active() if alarm.state in ("unacknowledged", "returned", "latched")
        ]
        status = SiteStatus(
            judging=judging,
            channels=[name for name, card in self._channels.cards.items() if card.enabled],
            unacknowledged=len(open_alarms) if judging.here else None,
            faults=faults,
        )
        if status != self._shown and self._live is not None:
            self._shown = status
            self._live.publish("status", "", status)

    def _faults(self, facts: Mapping[str, Any], now: float) -> list[Fault]:
        faults = [fault for fault in faults_in(facts) if fault.part not in TOLD_OTHERWISE]
        if any(fault.part == "database" for fault in faults):
            faults = [fault for fault in faults if fault.part not in OF_THE_DATABASE]
        if (grown := self._quarantine_growth(now, facts["quarantined"])) > QUARANTINE_MOST:
            faults.append(Fault("quarantine", Text("watch.quarantine-grows", count=grown)))
        judging = self._alarms.judging
        if not judging.here and judging.by:
            faults = [fault for fault in faults if fault.part not in OF_ALL_PROCESSES]
        return faults

    def _quarantine_growth(self, now: float, count: int) -> int:
        self._quarantined.append((now, count))
        while now - self._quarantined[0][0] > QUARANTINE_SPAN_S:
            self._quarantined.popleft()
        return count - self._quarantined[0][1]

    def _report(self, lasting: list[Fault]) -> None:
        """Through the `alarm` node, which remembers what is raised over restarts."""
        raised = {one.sn for one in self._alarms.active() if one.type == MONITORING and one.active}
        for fault in lasting:
            if fault.part not in raised:
                self._alarms.report(fault.part, MONITORING, True, _story(fault.problem))
        for part in raised - self._began.keys():
            self._alarms.report(part, MONITORING, False, {})
        for part in list(self._sent):
            self._end(part)

    def _tell(self, lasting: list[Fault]) -> None:
        at = self._clock.now()
        for fault in lasting:
            if fault.part not in self._sent:
                log.error("%s: %s", fault.part, fault.problem)
                self._sent[fault.part] = _event(fault.part, "raised", at, at, _story(fault.problem))
                self._queue(self._sent[fault.part])
        for part in list(self._sent):
            if part not in self._began:
                self._end(part)

    def _end(self, part: str) -> None:
        raised = self._sent.pop(part)
        self._queue(_event(part, "returned", self._clock.now(), raised.at, raised.story))

    def _queue(self, event: AlarmEvent) -> None:
        now = self._clock.monotonic()
        for name, card in self._channels.cards.items():
            if card.enabled:
                self._to_send[event.id, name] = (now, event)

    async def _send(self, now: float) -> None:
        due = [(key, event) for key, (at, event) in self._to_send.items() if at <= now]
        await asyncio.gather(*(self._send_one(key, event) for key, event in due))

    async def _send_one(self, key: tuple[str, str], event: AlarmEvent) -> None:
        card = self._channels.cards[key[1]]
        if not card.enabled:
            del self._to_send[key]
            return
        try:
            async with asyncio.timeout(SEND_WITHIN_S):
                _, answer = await self._channels.send(card, [event])
        except (TransientFailure, TimeoutError) as failure:
            self._to_send[key] = (self._clock.monotonic() + AGAIN_S, event)
            self._note(card, event, "again", str(failure) or "no answer")
        except PermanentFailure as failure:
            del self._to_send[key]
            self._note(card, event, "refused", str(failure))
        else:
            del self._to_send[key]
            self._note(card, event, "sent", answer.text)

    def _note(self, card: Card, event: AlarmEvent, result: Result, answer: str) -> None:
        subject = self._channels.subject(card, [event])
        at = self._clock.now()
        attempt = Attempt(
            at=at, channel=card.name, attempt=1, result=result, answer=answer, subject=subject, events=[event.id]
        )
        self._channels.note(attempt)


def _story(problem: Readable) -> dict[str, Any]:
    return {"problem": stored(problem)}


def _event(part: str, kind: str, at: float, raised_at: float, story: dict[str, Any]) -> AlarmEvent:
    return AlarmEvent(
        id=f"{part}/{MONITORING}/{at:.3f}/{kind}",
        sn=part,
        type=MONITORING,
        kind=kind,
        state="unacknowledged" if kind == "raised" else "returned",
        active=kind == "raised",
        at=at,
        raised_at=raised_at,
        lasted_s=max(0.0, at - raised_at),
        priority=KINDS[MONITORING].priority,
        notified=True,
        story=story,
    )
