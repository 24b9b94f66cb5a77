"""The alarm rules of a site: readings, time and people's commands in, events out. docs/alarms.md says the same in words."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from engine.api import Memory
from plant.alarms.conditions import Condition, Policy, conditions_for, sound_by
from plant.alarms.event import AlarmEvent
from plant.alarms.kinds import GAS, KINDS, SITE
from plant.alarms.point import Point
from plant.alarms.states import State, Told, Trigger, step
from plant.device import Device
from plant.reading import Reading

__all__ = ["Impossible", "Rules"]

PAST = 20
"""How many alarms of a device and type that are over are known, for readings that come late."""
OFFLINE = "offline"
WARM_UP = "warm-up"
SUPPRESSING = frozenset({"shelved", "suppressed", "out-of-service"})


class Impossible(Exception):
    """A command that this alarm's state does not allow; the text says which state it is in and what can be done."""


class Rules:
    """Judges readings in the order they come; a device's readings are its clock, so a backlog is judged as it would have been live.

    `points` is the memory by `SN TYPE`, `last` the one by `{sn}_{type}` (in Redis: `last_alarm_{sn}_{type}`; event time of the last
    notification, Unix seconds). Nothing is done to the outside: the events say what is to be stored and told.
    """

    def __init__(self, policy: Policy, points: Memory[Point], last: Memory[float]) -> None:
        self.policy = policy
        self.points: dict[str, dict[str, Point]] = {}
        self.seen_to: dict[str, float] = {}
        self.late = 0
        self._past: dict[tuple[str, str], deque[tuple[float, float]]] = {}
        self._memory = points
        self._last = last
        self._conditions: dict[str, tuple[Device | None, tuple[Condition, ...], Callable[[Reading], bool]]] = {}
        for _, point in points.items():
            self.points.setdefault(point.sn, {})[point.type] = point

    def observe(self, reading: Reading, device: Device | None) -> list[AlarmEvent]:
        """What a reading changes. One older than the device's last changes no state; beyond a limit it is told as `late`."""
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
            events += self._step(due, "repeat", due.repeat_at)

    def silent(self, sn: str, device: Device | None, now: float) -> list[AlarmEvent]:
        """The device has missed its periods: it is off-line since then, by its own time where that is known."""
        since = self.seen_to.get(sn)
        at = since + self._silence_s(device) if since is not None else now
        events: list[AlarmEvent] = []
        warming = self.points.get(sn, {}).get(WARM_UP)
        if warming is not None:
            events += self._end_warm_up(warming, at)
        point = self._point(sn, OFFLINE, device)
        if not point.active:
            events += self._raise(point, at, {"last_reading": since, "missed": self.policy.missed})
        return events

    def condition(
        self, sn: str, type: str, holds: bool, at: float, story: Mapping[str, Any] | None = None
    ) -> list[AlarmEvent]:
        """A condition that no reading tells: the link of the site, a notification channel (`sn` is then its name)."""
        point = self._point(sn, type, None)
        if holds and not point.active:
            return self._raise(point, at, story or {})
        if not holds and point.active:
            return self._clear(point, at)
        self._keep(point)
        return []

    def forget_times(self) -> None:
        """Gaps up to now are nobody's: the site was silent, or this process was not running."""
        self.seen_to.clear()

    def acknowledge(self, sn: str, type: str, by: str, at: float) -> list[AlarmEvent]:
        """Somebody has taken note. Raises Impossible when there is nothing to acknowledge."""
        return self._command(sn, type, "acknowledge", at, by, "")

    def reset(self, sn: str, type: str, by: str, at: float) -> list[AlarmEvent]:
        """Releases a latched alarm whose condition is gone. Raises Impossible otherwise."""
        return self._command(sn, type, "reset", at, by, "")

    def shelve(self, sn: str, type: str, by: str, reason: str, until: float, at: float) -> list[AlarmEvent]:
        """Recorded but not told until that time, then told at once if it is active. Raises Impossible when it is suppressed already."""
        if until <= at:
            raise Impossible("the end of the shelf is not in the future; take a later one")
        return self._command(sn, type, "shelve", at, by, reason, until)

    def suppress_gas(self, sn: str, by: str, reason: str, until: float, at: float) -> list[AlarmEvent]:
        """Calibration: the gas alarms of a device are recorded but not told until that time. What is shelved stays shelved."""
        if until <= at:
            raise Impossible("the end of the calibration is not in the future; take a later one")
        events: list[AlarmEvent] = []
        for type in GAS:
            if step(self._state(sn, type), "suppress") is not None:
                events += self._command(sn, type, "suppress", at, by, reason, until)
        if not events:
            raise Impossible(f"all gas alarms of {sn} are shelved, suppressed or out of service already")
        return events

    def remove(self, sn: str, by: str, reason: str, at: float) -> list[AlarmEvent]:
        """Takes all alarms of a device out of service, until `end`."""
        events: list[AlarmEvent] = []
        for type in (*GAS, "fault", OFFLINE, "battery", "signal"):
            if step(self._state(sn, type), "remove") is not None:
                events += self._command(sn, type, "remove", at, by, reason)
        if not events:
            raise Impossible(f"{sn} is out of service already")
        return events

    def retire(self, sn: str, reason: str, at: float) -> list[AlarmEvent]:
        """The device has left the registry: its alarms end, and nothing is remembered of it. Should it come back it begins anew."""
        events: list[AlarmEvent] = []
        for point in list(self.points.get(sn, {}).values()):
            if step(point.state, "remove") is not None:
                events += self._command(sn, point.type, "remove", at, "", reason)
            self._memory.delete(f"{sn} {point.type}")
        for known in (self.points, self.seen_to, self._conditions):
            known.pop(sn, None)
        return events

    def restore(self, sn: str, state: State, by: str, at: float) -> list[AlarmEvent]:
        """Ends a calibration (`suppressed`) or being out of service for all alarms of a device."""
        types = [
            point.type for point in self.points.get(sn, {}).values() if point.state == state and point.type != WARM_UP
        ]
        if not types:
            raise Impossible(f"no alarm of {sn} is {state}")
        return [event for type in types for event in self.end(sn, type, by, at)]

    def end(self, sn: str, type: str, by: str, at: float) -> list[AlarmEvent]:
        """Ends shelving, suppression or being out of service; an alarm that is active then is told at once."""
        point = self.points.get(sn, {}).get(type)
        if point is None or point.state not in SUPPRESSING:
            raise Impossible(f"the alarm {type} of {sn} is neither shelved nor suppressed nor out of service")
        point.by, point.reason, point.until = by, "", None
        return self._step(point, "end-active" if point.active else "end-normal", at)

    def ended_by(self, now: float) -> list[AlarmEvent]:
        """Shelves and calibrations whose time is over by the clock."""
        over = [
            point
            for points in self.points.values()
            for point in points.values()
            if point.until is not None and point.until <= now and point.state in SUPPRESSING and point.type != WARM_UP
        ]
        return [event for point in over for event in self.end(point.sn, point.type, "", point.until or now)]

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
        offline = self.points.get(sn, {}).get(OFFLINE)
        if offline is not None and offline.active:
            events += self._clear(offline, at)
        overdue = self._warming(reading, device, events)
        for condition in conditions:
            value = condition.measure(reading)
            if condition.type == "fault" and overdue:
                value = 1.0
            if value is not None:
                self._weigh(condition, value, reading, device, events)
        self._clear_without_condition(sn, conditions, at, events)
        # What no value of this reading has driven: a gas alarm whose sensor has failed since is told again all the same.
        return events + self.advance(sn, at)

    def _clear_without_condition(
        self, sn: str, conditions: tuple[Condition, ...], at: float, events: list[AlarmEvent]
    ) -> None:
        """A level or a range that was taken away in the registry has no alarm any more."""
        watched = {condition.type for condition in conditions}
        for point in list(self.points.get(sn, {}).values()):
            if point.type in GAS and point.type not in watched and (point.active or point.beyond_since is not None):
                if point.active:
                    events += self._clear(point, at)
                else:
                    point.beyond_since = None
                    self._keep(point)

    def _weigh(
        self, condition: Condition, value: float, reading: Reading, device: Device | None, events: list[AlarmEvent]
    ) -> None:
        """One condition and one value: the delay runs, the alarm is raised, goes on or is over."""
        point = self.points.get(reading.sn, {}).get(condition.type)
        active = point is not None and point.active
        holds = condition.holds(value, active)
        if point is None:
            if not holds:
                return
            point = self._point(reading.sn, condition.type, device)
        if reading.time <= point.floor:
            return  # judged before: it came again after a crash
        point.floor = reading.time
        point.see(value)
        if not holds:
            was_waiting, point.beyond_since = point.beyond_since is not None, None
            if active:
                events += self._clear(point, reading.time)
            elif was_waiting:
                self._keep(point)
            return
        if point.beyond_since is None:
            point.beyond_since = reading.time
        point.threshold, point.unit, point.side = condition.limit, condition.unit, condition.side
        if active:
            if point.repeat_at is not None and reading.time >= point.repeat_at:
                events += self._step(point, "repeat", reading.time)
            elif self.policy.record_continued:
                events += self._step(point, "continue", reading.time)
            else:
                self._keep(point)
        elif reading.time - point.beyond_since >= condition.delay_s:
            events += self._raise(point, reading.time, _story(reading, device, condition))
        else:
            self._keep(point)

    def _warming(self, reading: Reading, device: Device | None, events: list[AlarmEvent]) -> bool:
        """Shows a warm-up as suppressed by design, for at most its time. True when it has lasted too long: then it is a fault."""
        at = reading.time
        point = self.points.get(reading.sn, {}).get(WARM_UP)
        if reading.err != 2:
            if point is not None:
                events += self._end_warm_up(point, at)
            return False
        if point is None:
            point = self._point(reading.sn, WARM_UP, device)
            point.beyond_since, point.until = at, at + self.policy.warm_up_s
            events += self._step(point, "suppress", at)
        if point.until is not None and at < point.until:
            return False
        if point.state == "suppressed":
            point.reason = "it has lasted too long"
            events += self._step(point, "end-normal", at)
        return True

    def _end_warm_up(self, point: Point, at: float) -> list[AlarmEvent]:
        point.beyond_since = None
        if point.state == "suppressed":
            return self._step(point, "end-normal", at)
        self._keep(point)
        return []

    def _observe_late(self, reading: Reading, conditions: Iterable[Condition]) -> list[AlarmEvent]:
        self.late += 1
        events = []
        for condition in conditions:
            value = condition.measure(reading)
            point = self.points.get(reading.sn, {}).get(condition.type)
            if value is None or not KINDS[condition.type].gas or not condition.holds(value, active=False):
                continue
            if point is not None and point.raised_at is not None and point.raised_at <= reading.time <= point.floor:
                continue  # the alarm that was on at that time covers it
            if any(begin <= reading.time <= end for begin, end in self._past.get((reading.sn, condition.type), ())):
                continue  # so does one that is over: after an outage of the database its readings come a second time
            shown = Point(sn=reading.sn, type=condition.type, value=value, peak=value, threshold=condition.limit)
            shown.unit, shown.raised_at, shown.story = condition.unit, reading.time, _story(reading, None, condition)
            if point is not None:
                shown.state, shown.name, shown.location = point.state, point.name, point.location
            events.append(self._event(shown, "late", "no" if shown.state in SUPPRESSING else "yes", reading.time))
        return events

    def _command(
        self, sn: str, type: str, trigger: Trigger, at: float, by: str, reason: str, until: float | None = None
    ) -> list[AlarmEvent]:
        point = self._point(sn, type, None)
        if step(point.state, trigger) is None:
            self._keep(point)
            raise Impossible(f"the alarm {type} of {sn} is {point.state}: there is nothing to {trigger}")
        point.by, point.reason, point.until = by, reason, until
        return self._step(point, trigger, at)

    def _raise(self, point: Point, at: float, story: Mapping[str, Any]) -> list[AlarmEvent]:
        point.begin(at, story)
        return self._step(point, "raise", at)

    def _clear(self, point: Point, at: float) -> list[AlarmEvent]:
        point.active = False
        point.beyond_since = None
        # A device that was thought off-line may bring readings from before.
        point.returned_at = at if point.raised_at is None else max(at, point.raised_at)
        return self._step(point, "clear-latching" if point.type in self.policy.latching else "clear", at)

    def _step(self, point: Point, trigger: Trigger, at: float) -> list[AlarmEvent]:
        """Makes the step, remembers it, and returns its event; nothing when the table has none."""
        taken = step(point.state, trigger)
        if taken is None:
            self._keep(point)
            return []
        if trigger == "raise" and point.raised_at is None:
            point.raised_at = at
        point.state = taken.to
        kind = "escalated" if taken.event == "raised" and self._escalates(point) else taken.event
        told: Told = taken.told
        event = self._event(point, kind, told, at)
        if point.state == "unacknowledged":
            if event.told or point.repeat_at is None:
                point.repeat_at = self._next_repeat(point, at)
        else:
            point.repeat_at = None
        self._keep(point)
        return [event]

    def _event(self, point: Point, kind: str, told: Told, at: float) -> AlarmEvent:
        """The event, decided for or against telling people, with the handbook's key set when they are told of an alarm."""
        key = f"{point.sn}_{point.type}"
        last = self._last.get(key)
        untold = ""
        if told == "no":
            untold = point.state if point.state in SUPPRESSING else "recorded only"
        elif told == "notice":
            untold = "" if point.told_at is not None else "the alarm itself was not told"
        elif told == "yes" and last is not None and abs(at - last) < self.policy.hold_s:
            untold = f"less than {self.policy.hold_s:g} s after the last notification"
        if not untold and told != "notice":
            # Kept for longer than it is asked for: the comparison above decides by event time, not by when an entry ends.
            last = at if last is None else max(at, last)
            self._last.set(key, last, ttl_s=2 * self.policy.hold_s)
            point.told_at = at
        point.revision += 1
        raised_at = point.raised_at
        end = point.returned_at if point.returned_at is not None else at
        kind_of = KINDS.get(point.type)
        return AlarmEvent(
            id=f"{point.sn}/{point.type}/{at:.3f}/{kind}",
            sn=point.sn,
            type=point.type,
            kind=kind,
            state=point.state,
            at=at,
            priority=kind_of.priority if kind_of is not None else "low",
            active=point.active,
            raised_at=raised_at,
            revision=point.revision,
            value=point.value,
            unit=point.unit,
            threshold=point.threshold,
            peak=point.peak,
            lasted_s=max(0.0, end - raised_at) if raised_at is not None else 0.0,
            told=not untold,
            untold=untold,
            quiet_until=last + self.policy.hold_s if last is not None else None,
            name=point.name,
            location=point.location,
            by=point.by,
            reason=point.reason,
            until=point.until,
            story=point.story,
        )

    def _next_repeat(self, point: Point, at: float) -> float:
        """After the last notification, be it of an earlier alarm that silenced this one (handbook 3.3: later, it is sent)."""
        last = self._last.get(f"{point.sn}_{point.type}")
        return (last if last is not None and abs(at - last) < self.policy.repeat_s else at) + self.policy.repeat_s

    def _escalates(self, point: Point) -> bool:
        below = KINDS[point.type].above if point.type in KINDS else ""
        lower = self.points.get(point.sn, {}).get(below)
        return lower is not None and lower.active

    def _state(self, sn: str, type: str) -> State:
        point = self.points.get(sn, {}).get(type)
        return point.state if point is not None else "normal"

    def _silence_s(self, device: Device | None) -> float:
        return self.policy.missed * (device.period_s if device is not None else 10.0)

    def _point(self, sn: str, type: str, device: Device | None) -> Point:
        points = self.points.setdefault(sn, {})
        point = points.get(type)
        if point is None:
            point = points[type] = Point(sn=sn, type=type)
        if device is None and sn != SITE and sn in self._conditions:
            device = self._conditions[sn][0]
        if device is not None:
            point.name, point.location = device.name, device.location
        return point

    def _keep(self, point: Point) -> None:
        key = f"{point.sn} {point.type}"
        if point.idle:
            if point.raised_at is not None:
                past = self._past.setdefault((point.sn, point.type), deque(maxlen=PAST))
                past.append((point.raised_at, point.returned_at or point.floor))
            points = self.points.get(point.sn, {})
            points.pop(point.type, None)
            if not points:
                self.points.pop(point.sn, None)
            self._memory.delete(key)
        else:
            self._memory.set(key, point)


def _story(reading: Reading, device: Device | None, condition: Condition) -> dict[str, Any]:
    """Everything the judgement went by."""
    told: dict[str, Any] = {
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
        told |= {"k": device.k, "b": device.b, "t_coef": device.t_coef, "formula": device.formula}
    return told
