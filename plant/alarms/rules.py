"""The alarm rules of a site: readings and time in, events out. docs/alarms.md says the same in words."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

import msgspec
from msgspec.structs import replace

from engine.api import Memory
from plant.alarms.commands import Commands
from plant.alarms.conditions import Condition, Policy, conditions_for, normal_check
from plant.alarms.event import AlarmEvent
from plant.alarms.kinds import GAS, KINDS, NEVER_HEARD, OF_DEVICES, OFFLINE, UNREGISTERED, WARM_UP
from plant.alarms.store import AlarmRecord
from plant.alarms.tracked_alarm import TrackedAlarm
from plant.alarms.tracked_alarms import SUPPRESSING, TrackedAlarms
from plant.model.device import Device
from plant.model.reading import Flag, Reading

__all__ = ["Rules"]

CLOCK = int(Flag.CLOCK)
NOT_YET_S = 60.0
"""What is said to have been judged further ahead than this was judged by a clock that was wrong."""
_BOTH = frozenset({"raised", "repeated"})


class Rules:
    """Judges readings in the order they come; a device's readings are its clock, so a backlog is judged as it would have been live.

    `memory` and `last` are the memories of `TrackedAlarms`. Nothing is done to the outside: the events say what is to be stored and sent.
    What people do is in `commands`.
    """

    def __init__(self, policy: Policy, memory: Memory[TrackedAlarm], last: Memory[float]) -> None:
        self.policy = policy
        self.seen_to: dict[str, float] = {}
        self.late = 0
        self._arrived: set[str] = set()
        self.delayed: set[str] = set()
        """Devices with an alarm whose delay runs, which the clock drives when no reading does: see `run_delays`."""
        self._conditions: dict[str, tuple[Device | None, tuple[Condition, ...], Callable[[Reading], bool]]] = {}
        self._alarms = TrackedAlarms(policy, memory, last, self._device)
        self.by_device = self._alarms.by_device
        self.commands = Commands(self._alarms)
        for alarms in self.by_device.values():
            self.delayed.update(alarm.sn for alarm in alarms.values() if _waits(alarm))

    def observe(self, reading: Reading, device: Device | None) -> list[AlarmEvent]:
        """What a reading changes. One older than the device's last changes no state; beyond a limit it is an alarm of the kind `late`.

        One that goes by its arrival, as the device's clock was wrong, is never late: then time itself has jumped, and running timers go along.
        """
        sn, at = reading.sn, reading.time
        known = self._conditions.get(sn)
        if known is None or known[0] is not device:
            known = self._know(sn, device)
        alarms = self.by_device.get(sn)
        before = self.seen_to.get(sn)
        arrived = reading.flags & CLOCK and at == reading.received_at
        if before is not None and at < before and not arrived:
            return self._observe_late(reading, known[1])
        gap = before is not None and at - before >= self._silence_s(device)
        if arrived or sn in self._arrived:
            gap = self._time_jumps(sn, at, before, gap, bool(arrived))
        events: list[AlarmEvent] = []
        # Nearly every reading ends here: nothing is remembered of the device, and it says nothing to remember.
        if alarms is not None or gap or reading.err == 2 or not known[2](reading):
            events = self._judge(reading, device, known[1], gap)
        self.seen_to[sn] = at
        return events

    def observe_past(self, reading: Reading, device: Device | None) -> list[AlarmEvent]:
        """What a reading says that is not of now, such as one that the broker had retained: no state changes; beyond a limit it is `late`."""
        return self._observe_late(reading, self._know(reading.sn, device)[1])

    def advance(self, sn: str, to: float) -> list[AlarmEvent]:
        """Runs a device's timers up to that event time: repeats of what nobody has acknowledged. What was missed in between is one repeat."""
        events: list[AlarmEvent] = []
        every_s = self.policy.repeat_s
        due = []
        for alarm in self._alarms.of_device(sn):
            if alarm.repeat_at is None:
                continue
            if alarm.repeat_at > to + every_s:
                alarm.repeat_at = to + every_s  # time was set back: people wait for no longer than ever
                self._alarms.remember(alarm)
            elif alarm.repeat_at <= to:
                due.append((alarm.repeat_at + (to - alarm.repeat_at) // every_s * every_s, alarm))
        for at, alarm in sorted(due, key=lambda one: one[0]):
            events += self._alarms.step(alarm, "repeat", at)
        return events

    def clock_was_set(self, by_s: float, waiting: Iterable[str]) -> None:
        """The server's clock was set by so much: shelves, and the alarms of these devices, which go by it, go along."""
        self.commands.shift_ends(by_s)
        for sn in waiting:
            self._shift(sn, by_s)

    def judged_to(self, sn: str) -> float | None:
        """Event time of the last reading of a device that waits for a delay; None when none does."""
        return max((alarm.floor for alarm in self._alarms.of_device(sn) if _waits(alarm)), default=None)

    def run_delays(self, sn: str, device: Device | None, to: float) -> list[AlarmEvent]:
        """Raises what has been beyond its limit for its delay before that event time. Two readings must have shown it: one alone may be a spike, but
        what two have shown goes on until a reading says otherwise, be the sensor broken or the device silent meanwhile."""
        events: list[AlarmEvent] = []
        known = self._conditions.get(sn)
        if known is None or known[0] is not device:
            known = self._know(sn, device)
        for condition in known[1]:
            alarm = self._alarms.get(sn, condition.type)
            if alarm is None or not _waits(alarm) or alarm.beyond_since is None or alarm.beyond_count < 2:
                continue
            due = alarm.beyond_since + condition.delay_s
            if due < to:
                events += self._alarms.begin(alarm, due, alarm.story)
        self._settle_delays(sn)
        return _one_notice(events)

    def device_silent(self, sn: str, device: Device | None, now: float) -> list[AlarmEvent]:
        """The device has missed its periods: it is off-line since then, by its own time where that is known."""
        since = self.seen_to.get(sn)
        at = since + self._silence_s(device) if since is not None else now
        events: list[AlarmEvent] = []
        warming = self._alarms.get(sn, WARM_UP)
        if warming is not None:
            events += self._end_warm_up(warming, at)
        alarm = self._alarms.get_or_make(sn, OFFLINE, device)
        if not alarm.active:
            events += self._alarms.begin(alarm, at, {"last_reading": since, "missed": self.policy.missed})
        return events

    def never_heard(self, sn: str, device: Device, now: float) -> list[AlarmEvent]:
        """The registry has it, and nobody has ever heard it."""
        alarm = self._alarms.get_or_make(sn, NEVER_HEARD, device)
        return [] if alarm.active else self._alarms.begin(alarm, now, {})

    def set_condition(
        self, sn: str, type: str, holds: bool, at: float, story: Mapping[str, Any] | None = None
    ) -> list[AlarmEvent]:
        """A condition that no reading shows: the link of the site, a notification channel (`sn` is then its name)."""
        alarm = self._alarms.get_or_make(sn, type, None)
        if holds and not alarm.active:
            return self._alarms.begin(alarm, at, story or {})
        if not holds and alarm.active:
            return self._alarms.clear(alarm, at)
        self._alarms.remember(alarm)
        return []

    def unregistered(self, reading: Reading) -> list[AlarmEvent]:
        """A detector that the registry does not have: what it measures nobody can judge, that it is there is an alarm. Its last raw value is kept."""
        alarm = self._alarms.get_or_make(reading.sn, UNREGISTERED, None)
        alarm.value = reading.v_raw
        if not alarm.active:
            story = {"v_raw": reading.v_raw, "temp": reading.temp, "seq": reading.seq, "err": reading.err}
            return self._alarms.begin(alarm, reading.time, story)
        return self.advance(reading.sn, reading.time)

    def unregistered_ends(self, sn: str, at: float) -> list[AlarmEvent]:
        """It was registered, or is not heard any more."""
        alarm = self._alarms.get(sn, UNREGISTERED)
        return self._alarms.clear(alarm, at) if alarm is not None and alarm.active else []

    def forget_times(self) -> None:
        """Gaps up to now are nobody's: the site was silent, or this process was not running."""
        self.seen_to.clear()

    def adopt(self, record: AlarmRecord, now: float) -> None:
        """An alarm that is open by the tables, when the memory was lost: it goes on, instead of being raised a second time. The latest goes first."""
        if self._alarms.get(record.sn, record.type) is not None:
            return  # an older one of the same kind, which nobody closed
        alarm = self._alarms.get_or_make(record.sn, record.type, None)
        for name in (
            "state",
            "active",
            "raised_at",
            "returned_at",
            "value",
            "peak",
            "threshold",
            "unit",
            "name",
            "location",
            "revision",
        ):
            setattr(alarm, name, getattr(record, name))
        alarm.floor = record.raised_at
        if record.active:
            alarm.beyond_since = record.raised_at
        if record.notified:
            alarm.notified_at = record.raised_at
        if alarm.state == "unacknowledged":
            alarm.repeat_at = now + self.policy.repeat_s
        if alarm.peak is not None and alarm.threshold is not None and alarm.peak < alarm.threshold:
            alarm.side = "low"
        self._alarms.remember(alarm)

    def retire(self, sn: str, reason: str, at: float) -> list[AlarmEvent]:
        """The device has left the registry, or was switched off there: its alarms end, those who were notified of them are told that nobody watches
        any more, and nothing is remembered of it. Should it come back it begins anew."""
        events: list[AlarmEvent] = []
        for alarm in self._alarms.of_device(sn):
            if alarm.type in OF_DEVICES and alarm.state != "normal":
                alarm.by, alarm.reason = "", reason
                events += self._alarms.retire(alarm, at)
        self.delayed.discard(sn)
        self._alarms.forget(sn)
        self.seen_to.pop(sn, None)
        self._conditions.pop(sn, None)
        return events

    def _know(
        self, sn: str, device: Device | None
    ) -> tuple[Device | None, tuple[Condition, ...], Callable[[Reading], bool]]:
        conditions = conditions_for(device, self.policy)
        known = self._conditions[sn] = (device, conditions, normal_check(conditions))
        return known

    def _judge(
        self, reading: Reading, device: Device | None, conditions: tuple[Condition, ...], gap: bool
    ) -> list[AlarmEvent]:
        sn, at = reading.sn, reading.time
        events: list[AlarmEvent] = []
        if gap:
            events += self._delays_of_silence(sn, device, at)
            # While it was silent no reading drove its timers: they ran by the clock, and so they do in a replay.
            events += self.advance(sn, self.seen_to[sn] + self._silence_s(device))
            events += self.device_silent(sn, device, at)
            events += self.advance(sn, at)
        for type in (OFFLINE, NEVER_HEARD):
            silent = self._alarms.get(sn, type)
            if silent is not None and silent.active:
                events += self._alarms.clear(silent, at)
        overdue = self._warming(reading, device, events)
        raised = self.run_delays(sn, device, at) if sn in self.delayed else []
        for condition in conditions:
            value = condition.measure(reading)
            if condition.type == "fault" and overdue:
                value = 1.0
            if value is not None:
                self._judge_condition(condition, value, reading, device, raised)
            elif condition.delay_s:
                raised += self._go_on(condition, reading)
        events += _one_notice(raised)
        self._clear_without_condition(sn, conditions, at, events)
        self._settle_delays(sn)
        # What no value of this reading has driven: of a gas alarm whose sensor has failed since people are notified again all the same.
        return events + self.advance(sn, at)

    def _clear_without_condition(
        self, sn: str, conditions: tuple[Condition, ...], at: float, events: list[AlarmEvent]
    ) -> None:
        """A level or a range that was taken away in the registry has no alarm any more."""
        watched = {condition.type for condition in conditions}
        for alarm in self._alarms.of_device(sn):
            if alarm.type in GAS and alarm.type not in watched and (alarm.active or alarm.beyond_since is not None):
                if alarm.active:
                    events += self._alarms.clear(alarm, at)
                else:
                    alarm.beyond_since = None
                    self._alarms.remember(alarm)

    def _judge_condition(
        self, condition: Condition, value: float, reading: Reading, device: Device | None, events: list[AlarmEvent]
    ) -> None:
        """One condition and one value: the delay runs, the alarm is raised, goes on or is over."""
        alarm = self._alarms.get(reading.sn, condition.type)
        active = alarm is not None and alarm.active
        holds = condition.holds(value, active)
        if alarm is None:
            if not holds:
                return
            alarm = self._alarms.get_or_make(reading.sn, condition.type, device)
        if reading.time <= alarm.floor <= max(reading.received_at, reading.time) + NOT_YET_S:
            return  # judged before: it came again after a crash
        alarm.floor = reading.time
        alarm.side = condition.side
        alarm.update_value(value if condition.measured else None)
        if not holds:
            was_waiting, alarm.beyond_since, alarm.beyond_count = alarm.beyond_since is not None, None, 0
            if active:
                events += self._alarms.clear(alarm, reading.time)
            elif was_waiting:
                self._alarms.remember(alarm)
            return
        if alarm.beyond_since is None or alarm.beyond_since > reading.time:
            alarm.beyond_since, alarm.beyond_count = reading.time, 0
        alarm.beyond_count += 1
        alarm.threshold, alarm.unit = (condition.limit if condition.measured else None), condition.unit
        if active:
            if alarm.repeat_at is not None and reading.time >= alarm.repeat_at:
                events += self._alarms.step(alarm, "repeat", reading.time)
            elif self.policy.record_continued:
                events += self._alarms.step(alarm, "continue", reading.time)
            else:
                self._alarms.remember(alarm)
        elif reading.time - alarm.beyond_since >= condition.delay_s:
            events += self._alarms.begin(alarm, reading.time, _story(reading, device, condition))
        else:
            alarm.story = _story(reading, device, condition)
            if condition.type in GAS:
                self.delayed.add(reading.sn)
            self._alarms.remember(alarm)

    def _go_on(self, condition: Condition, reading: Reading) -> list[AlarmEvent]:
        """A reading that shows no value during a delay: what was known last goes on."""
        alarm = self._alarms.get(reading.sn, condition.type)
        if alarm is None or not _waits(alarm) or alarm.beyond_since is None or reading.time <= alarm.floor:
            return []
        alarm.floor, alarm.beyond_count = reading.time, alarm.beyond_count + 1
        due = alarm.beyond_since + condition.delay_s
        if due <= reading.time:
            return self._alarms.begin(alarm, due, alarm.story)
        self._alarms.remember(alarm)
        return []

    def _delays_of_silence(self, sn: str, device: Device | None, at: float) -> list[AlarmEvent]:
        """What the clock has raised in a silence, for a replay; a delay that only one reading had begun begins anew."""
        events = self.run_delays(sn, device, at) if sn in self.delayed else []
        for alarm in self._alarms.of_device(sn):
            if _waits(alarm):
                alarm.beyond_since, alarm.beyond_count = None, 0
                self._alarms.remember(alarm)
        return events

    def _settle_delays(self, sn: str) -> None:
        if sn in self.delayed and not any(_waits(alarm) for alarm in self._alarms.of_device(sn)):
            self.delayed.discard(sn)

    def _warming(self, reading: Reading, device: Device | None, events: list[AlarmEvent]) -> bool:
        """Shows a warm-up as suppressed by design, for at most its time. True when it has lasted too long: then it is a fault."""
        at = reading.time
        alarm = self._alarms.get(reading.sn, WARM_UP)
        if reading.err != 2:
            if alarm is not None:
                events += self._end_warm_up(alarm, at)
            return False
        if alarm is None:
            alarm = self._alarms.get_or_make(reading.sn, WARM_UP, device)
            alarm.beyond_since, alarm.until = at, at + self.policy.warm_up_s
            events += self._alarms.step(alarm, "suppress", at)
        if alarm.until is not None and at < alarm.until:
            return False
        if alarm.state == "suppressed":
            alarm.reason = "it has lasted too long"
            events += self._alarms.step(alarm, "end-normal", at)
        return True

    def _end_warm_up(self, alarm: TrackedAlarm, at: float) -> list[AlarmEvent]:
        alarm.beyond_since = None
        if alarm.state == "suppressed":
            return self._alarms.step(alarm, "end-normal", at)
        self._alarms.remember(alarm)
        return []

    def _time_jumps(self, sn: str, at: float, before: float | None, gap: bool, arrived: bool) -> bool:
        """To or from going by the arrival. Never a gap: a silence shows by the clock, here nothing but the time has changed."""
        if arrived:
            self._arrived.add(sn)
        else:
            self._arrived.discard(sn)
        if before is not None and (gap or at < before):
            self._shift(sn, at - before)
        return False

    def _shift(self, sn: str, by_s: float) -> None:
        for alarm in self._alarms.of_device(sn):
            alarm.shift(by_s)
            self._alarms.remember(alarm)

    def _observe_late(self, reading: Reading, conditions: Iterable[Condition]) -> list[AlarmEvent]:
        self.late += 1
        events = []
        for condition in conditions:
            value = condition.measure(reading)
            alarm = self._alarms.get(reading.sn, condition.type)
            if (
                value is None
                or not KINDS[condition.type].gas
                or condition.type == "rise"
                or not condition.holds(value, active=False)
            ):
                continue
            if alarm is not None and alarm.raised_at is not None and alarm.raised_at <= reading.time <= alarm.floor:
                continue  # the alarm that was on at that time covers it
            if self._alarms.was_active_at(reading.sn, condition.type, reading.time):
                continue  # so does one that is over: after an outage of the database its readings come a second time
            shown = TrackedAlarm(sn=reading.sn, type=condition.type, value=value, peak=value, threshold=condition.limit)
            shown.side, shown.gas = condition.side, known.gas if (known := self._device(reading.sn)) is not None else ""
            shown.unit, shown.raised_at, shown.story = condition.unit, reading.time, _story(reading, None, condition)
            if alarm is not None:
                shown.state, shown.name, shown.location = alarm.state, alarm.name, alarm.location
            event = self._alarms.event(shown, "late", "no" if shown.state in SUPPRESSING else "yes", reading.time)
            events.append(msgspec.structs.replace(event, state="normal"))  # it is over; what is on now is another one
        return events

    def _silence_s(self, device: Device | None) -> float:
        return self.policy.missed * (device.period_s if device is not None else 10.0)

    def _device(self, sn: str) -> Device | None:
        known = self._conditions.get(sn)
        return known[0] if known is not None else None


def _waits(alarm: TrackedAlarm) -> bool:
    """Whether its delay runs."""
    return alarm.beyond_since is not None and not alarm.active and alarm.type in GAS


def _one_notice(events: list[AlarmEvent]) -> list[AlarmEvent]:
    """A jump straight to A2 is one notice, which names both levels: the A1 of the same moment is recorded only."""
    highest = next((event for event in events if event.type == "A2" and event.notified and event.kind in _BOTH), None)
    lower = next((event for event in events if event.type == "A1" and event.notified and event.kind in _BOTH), None)
    if highest is None or lower is None or highest.at != lower.at:
        return events
    both = {
        highest.id: replace(highest, with_a1=True),
        lower.id: replace(lower, notified=False, not_notified_reason="with-a2"),
    }
    return [both.get(event.id, event) for event in events]


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
