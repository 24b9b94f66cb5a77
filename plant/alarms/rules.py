"""The alarm rules of a site: readings and time in, events out. docs/alarms.md says the same in words."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from engine.api import Memory
from plant.alarms.commands import Commands
from plant.alarms.conditions import Condition, Policy, conditions_for, sound_by
from plant.alarms.event import AlarmEvent
from plant.alarms.kinds import GAS, KINDS, OFFLINE, WARM_UP
from plant.alarms.point import Point
from plant.alarms.points import SUPPRESSING, Points
from plant.alarms.states import step
from plant.model.device import Device
from plant.model.reading import Reading

__all__ = ["Rules"]


class Rules:
    """Judges readings in the order they come; a device's readings are its clock, so a backlog is judged as it would have been live.

    `points` and `last` are the memories of `Points`. Nothing is done to the outside: the events say what is to be stored and sent.
    What people do is in `commands`.
    """

    def __init__(self, policy: Policy, points: Memory[Point], last: Memory[float]) -> None:
        self.policy = policy
        self.seen_to: dict[str, float] = {}
        self.late = 0
        self._conditions: dict[str, tuple[Device | None, tuple[Condition, ...], Callable[[Reading], bool]]] = {}
        self._points = Points(policy, points, last, self._device)
        self.points = self._points.by_device
        self.commands = Commands(self._points)

    def observe(self, reading: Reading, device: Device | None) -> list[AlarmEvent]:
        """What a reading changes. One older than the device's last changes no state; beyond a limit it is an alarm of the kind `late`."""
        sn, at = reading.sn, reading.time
        known = self._conditions.get(sn)
        if known is None or known[0] is not device:
            conditions = conditions_for(device, self.policy)
            known = self._conditions[sn] = (device, conditions, sound_by(conditions))
        points = self.points.get(sn)
        before = self.seen_to.get(sn)
        if before is not None and at < before:
            return self._observe_late(reading, known[1])
        gap = before is not None and at - before >= self._silence_s(device)
        events: list[AlarmEvent] = []
        # Nearly every reading ends here: nothing is remembered of the device, and it says nothing to remember.
        if points is not None or gap or reading.err == 2 or not known[2](reading):
            events = self._judge(reading, device, known[1], gap)
        self.seen_to[sn] = at
        return events

    def advance(self, sn: str, to: float) -> list[AlarmEvent]:
        """Runs a device's timers up to that event time: repeats of what nobody has acknowledged."""
        events: list[AlarmEvent] = []
        points = self.points.get(sn, {})
        while True:
            due = min(
                (point for point in points.values() if point.repeat_at is not None and point.repeat_at <= to),
                key=lambda point: point.repeat_at or 0.0,
                default=None,
            )
            if due is None or due.repeat_at is None:
                return events
            events += self._points.step(due, "repeat", due.repeat_at)

    def silent(self, sn: str, device: Device | None, now: float) -> list[AlarmEvent]:
        """The device has missed its periods: it is off-line since then, by its own time where that is known."""
        since = self.seen_to.get(sn)
        at = since + self._silence_s(device) if since is not None else now
        events: list[AlarmEvent] = []
        warming = self._points.get(sn, WARM_UP)
        if warming is not None:
            events += self._end_warm_up(warming, at)
        point = self._points.open(sn, OFFLINE, device)
        if not point.active:
            events += self._points.begin(point, at, {"last_reading": since, "missed": self.policy.missed})
        return events

    def condition(
        self, sn: str, type: str, holds: bool, at: float, story: Mapping[str, Any] | None = None
    ) -> list[AlarmEvent]:
        """A condition that no reading tells: the link of the site, a notification channel (`sn` is then its name)."""
        point = self._points.open(sn, type, None)
        if holds and not point.active:
            return self._points.begin(point, at, story or {})
        if not holds and point.active:
            return self._points.clear(point, at)
        self._points.keep(point)
        return []

    def forget_times(self) -> None:
        """Gaps up to now are nobody's: the site was silent, or this process was not running."""
        self.seen_to.clear()

    def retire(self, sn: str, reason: str, at: float) -> list[AlarmEvent]:
        """The device has left the registry: its alarms end, and nothing is remembered of it. Should it come back it begins anew."""
        events: list[AlarmEvent] = []
        for point in self._points.of(sn):
            if step(point.state, "remove") is not None:
                events += self.commands.give(sn, point.type, "remove", at, "", reason)
        self._points.forget(sn)
        self.seen_to.pop(sn, None)
        self._conditions.pop(sn, None)
        return events

    def _judge(
        self, reading: Reading, device: Device | None, conditions: tuple[Condition, ...], gap: bool
    ) -> list[AlarmEvent]:
        sn, at = reading.sn, reading.time
        events: list[AlarmEvent] = []
        if gap:
            # While it was silent no reading drove its timers: they ran by the clock, and so they do in a replay.
            events += self.advance(sn, self.seen_to[sn] + self._silence_s(device))
            events += self.silent(sn, device, at)
            events += self.advance(sn, at)
        offline = self._points.get(sn, OFFLINE)
        if offline is not None and offline.active:
            events += self._points.clear(offline, at)
        overdue = self._warming(reading, device, events)
        for condition in conditions:
            value = condition.measure(reading)
            if condition.type == "fault" and overdue:
                value = 1.0
            if value is not None:
                self._weigh(condition, value, reading, device, events)
        self._clear_without_condition(sn, conditions, at, events)
        # What no value of this reading has driven: of a gas alarm whose sensor has failed since people are notified again all the same.
        return events + self.advance(sn, at)

    def _clear_without_condition(
        self, sn: str, conditions: tuple[Condition, ...], at: float, events: list[AlarmEvent]
    ) -> None:
        """A level or a range that was taken away in the registry has no alarm any more."""
        watched = {condition.type for condition in conditions}
        for point in self._points.of(sn):
            if point.type in GAS and point.type not in watched and (point.active or point.beyond_since is not None):
                if point.active:
                    events += self._points.clear(point, at)
                else:
                    point.beyond_since = None
                    self._points.keep(point)

    def _weigh(
        self, condition: Condition, value: float, reading: Reading, device: Device | None, events: list[AlarmEvent]
    ) -> None:
        """One condition and one value: the delay runs, the alarm is raised, goes on or is over."""
        point = self._points.get(reading.sn, condition.type)
        active = point is not None and point.active
        holds = condition.holds(value, active)
        if point is None:
            if not holds:
                return
            point = self._points.open(reading.sn, condition.type, device)
        if reading.time <= point.floor:
            return  # judged before: it came again after a crash
        point.floor = reading.time
        point.see(value)
        if not holds:
            was_waiting, point.beyond_since = point.beyond_since is not None, None
            if active:
                events += self._points.clear(point, reading.time)
            elif was_waiting:
                self._points.keep(point)
            return
        if point.beyond_since is None:
            point.beyond_since = reading.time
        point.threshold, point.unit, point.side = condition.limit, condition.unit, condition.side
        if active:
            if point.repeat_at is not None and reading.time >= point.repeat_at:
                events += self._points.step(point, "repeat", reading.time)
            elif self.policy.record_continued:
                events += self._points.step(point, "continue", reading.time)
            else:
                self._points.keep(point)
        elif reading.time - point.beyond_since >= condition.delay_s:
            events += self._points.begin(point, reading.time, _story(reading, device, condition))
        else:
            self._points.keep(point)

    def _warming(self, reading: Reading, device: Device | None, events: list[AlarmEvent]) -> bool:
        """Shows a warm-up as suppressed by design, for at most its time. True when it has lasted too long: then it is a fault."""
        at = reading.time
        point = self._points.get(reading.sn, WARM_UP)
        if reading.err != 2:
            if point is not None:
                events += self._end_warm_up(point, at)
            return False
        if point is None:
            point = self._points.open(reading.sn, WARM_UP, device)
            point.beyond_since, point.until = at, at + self.policy.warm_up_s
            events += self._points.step(point, "suppress", at)
        if point.until is not None and at < point.until:
            return False
        if point.state == "suppressed":
            point.reason = "it has lasted too long"
            events += self._points.step(point, "end-normal", at)
        return True

    def _end_warm_up(self, point: Point, at: float) -> list[AlarmEvent]:
        point.beyond_since = None
        if point.state == "suppressed":
            return self._points.step(point, "end-normal", at)
        self._points.keep(point)
        return []

    def _observe_late(self, reading: Reading, conditions: Iterable[Condition]) -> list[AlarmEvent]:
        self.late += 1
        events = []
        for condition in conditions:
            value = condition.measure(reading)
            point = self._points.get(reading.sn, condition.type)
            if value is None or not KINDS[condition.type].gas or not condition.holds(value, active=False):
                continue
            if point is not None and point.raised_at is not None and point.raised_at <= reading.time <= point.floor:
                continue  # the alarm that was on at that time covers it
            if self._points.covered(reading.sn, condition.type, reading.time):
                continue  # so does one that is over: after an outage of the database its readings come a second time
            shown = Point(sn=reading.sn, type=condition.type, value=value, peak=value, threshold=condition.limit)
            shown.unit, shown.raised_at, shown.story = condition.unit, reading.time, _story(reading, None, condition)
            if point is not None:
                shown.state, shown.name, shown.location = point.state, point.name, point.location
            events.append(
                self._points.event(shown, "late", "no" if shown.state in SUPPRESSING else "yes", reading.time)
            )
        return events

    def _silence_s(self, device: Device | None) -> float:
        return self.policy.missed * (device.period_s if device is not None else 10.0)

    def _device(self, sn: str) -> Device | None:
        known = self._conditions.get(sn)
        return known[0] if known is not None else None


def _story(reading: Reading, device: Device | None, condition: Condition) -> dict[str, Any]:
    """Everything the judgement went by."""
    story: dict[str, Any] = {
        "v_raw": reading.v_raw,
        "temp": reading.temp,
        "conc": reading.conc,
        "conc_raw": reading.conc_raw,
        "seq": reading.seq,
        "err": reading.err,
        "flags": reading.flags,
        "received_at": reading.received_at,
        "limit": condition.limit,
        "side": condition.side,
        "deadband": condition.deadband,
        "delay_s": condition.delay_s,
    }
    if device is not None:
        story |= {"k": device.k, "b": device.b, "t_coef": device.t_coef, "formula": device.formula}
    return story
