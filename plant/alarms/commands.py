"""What people do about alarms: acknowledge, shelve, calibrate, take out of service, and the end of each."""

from __future__ import annotations

from collections.abc import Mapping

from engine.api import Text
from plant.alarms.event import AlarmEvent
from plant.alarms.kinds import OF_DEVICES, WARM_UP
from plant.alarms.states import State, Trigger, step
from plant.alarms.tracked_alarm import TrackedAlarm
from plant.alarms.tracked_alarms import SUPPRESSING, TrackedAlarms

__all__ = ["CommandRefused", "Commands"]


_STATES: Mapping[State, Text] = {
    "normal": Text("alarm.normal"),
    "unacknowledged": Text("alarm.unacknowledged"),
    "acknowledged": Text("alarm.acknowledged"),
    "returned": Text("alarm.returned"),
    "latched": Text("alarm.latched"),
    "latched-acknowledged": Text("alarm.latched-acknowledged"),
    "shelved": Text("alarm.shelved"),
    "suppressed": Text("alarm.suppressed"),
    "out-of-service": Text("alarm.out-of-service"),
}
_ACTIONS: Mapping[Trigger, Text] = {
    "acknowledge": Text("alarm.acknowledge"),
    "reset": Text("alarm.reset"),
    "shelve": Text("alarm.shelve"),
    "suppress": Text("alarm.suppress"),
    "remove": Text("alarm.remove"),
}
"""What people do; the other triggers are the rules' own and come with the state that they belong to."""


class CommandRefused(Exception):
    """A command that this alarm's state does not allow; the text says which state it is in and what can be done."""


class Commands:
    """Each gives the events that come of it. `at` is Unix seconds, `by` who it was."""

    def __init__(self, alarms: TrackedAlarms) -> None:
        self._alarms = alarms

    def acknowledge(self, sn: str, type: str, by: str, at: float) -> list[AlarmEvent]:
        """Somebody has taken note. Raises CommandRefused when there is nothing to acknowledge."""
        return self.apply(sn, type, "acknowledge", at, by, "")

    def reset(self, sn: str, type: str, by: str, at: float) -> list[AlarmEvent]:
        """Releases a latched alarm whose condition is gone. Raises CommandRefused otherwise."""
        return self.apply(sn, type, "reset", at, by, "")

    def shelve(self, sn: str, type: str, by: str, reason: str, until: float, at: float) -> list[AlarmEvent]:
        """Recorded and nobody is notified until that time, then at once if it is active. Raises CommandRefused when it is suppressed already."""
        if until <= at:
            raise CommandRefused(Text("alarm.shelf-end"))
        return self.apply(sn, type, "shelve", at, by, reason, until)

    def suppress_gas(self, sn: str, by: str, reason: str, until: float, at: float) -> list[AlarmEvent]:
        """Calibration: the gas alarms of a device are recorded and nobody is notified until that time. What is shelved stays shelved."""
        if until <= at:
            raise CommandRefused(Text("alarm.calibration-end"))
        events: list[AlarmEvent] = []
        for type in self._alarms.gas_types():
            if step(self._alarms.state(sn, type), "suppress") is not None:
                events += self.apply(sn, type, "suppress", at, by, reason, until)
        if not events:
            raise CommandRefused(Text("alarm.nothing-to-suppress", sn=sn))
        return events

    def remove(self, sn: str, by: str, reason: str, at: float) -> list[AlarmEvent]:
        """Takes all alarms of a device out of service, until `end`."""
        events: list[AlarmEvent] = []
        for type in (type for type in OF_DEVICES if type != WARM_UP):
            if step(self._alarms.state(sn, type), "remove") is not None:
                events += self.apply(sn, type, "remove", at, by, reason)
        if not events:
            raise CommandRefused(Text("alarm.out-already", sn=sn))
        return events

    def restore(self, sn: str, state: State, by: str, at: float) -> list[AlarmEvent]:
        """Ends a calibration (`suppressed`) or being out of service for all alarms of a device."""
        types = [alarm.type for alarm in self._alarms.of_device(sn) if alarm.state == state and alarm.type != WARM_UP]
        if not types:
            raise CommandRefused(
                Text("alarm.none-suppressed", sn=sn) if state == "suppressed" else Text("alarm.none-out", sn=sn)
            )
        return [event for type in types for event in self.end(sn, type, by, at)]

    def end(self, sn: str, type: str, by: str, at: float) -> list[AlarmEvent]:
        """Ends shelving, suppression or being out of service; of an alarm that is active then people are notified at once."""
        alarm = self._alarms.get(sn, type)
        if alarm is None or alarm.state not in SUPPRESSING:
            raise CommandRefused(Text("alarm.not-held", type=type, sn=sn))
        alarm.by, alarm.reason, alarm.until = by, "", None
        return self._alarms.step(alarm, "end-active" if alarm.active else "end-normal", at)

    def end_expired(self, now: float) -> list[AlarmEvent]:
        """Shelves and calibrations whose time is over by the clock."""
        over = [alarm for alarm in self._suppressed() if (alarm.until or now) <= now]
        return [event for alarm in over for event in self.end(alarm.sn, alarm.type, "", alarm.until or now)]

    def clamp_ends(self, now: float) -> None:
        """After a start: a clock that was put back meanwhile keeps nothing shelved for longer than was asked for."""
        for alarm in self._suppressed():
            alarm.clamp_until(now)
            self._alarms.remember(alarm)

    def shift_ends(self, by_s: float) -> None:
        """The clock was set: an hour's shelf still lasts an hour."""
        for alarm in self._suppressed():
            if alarm.until is not None and alarm.until_set_at is not None:
                alarm.until, alarm.until_set_at = alarm.until + by_s, alarm.until_set_at + by_s
                self._alarms.remember(alarm)

    def _suppressed(self) -> list[TrackedAlarm]:
        """What a person has shelved or suppressed until a time."""
        return [
            alarm
            for alarms in self._alarms.by_device.values()
            for alarm in alarms.values()
            if alarm.until is not None and alarm.state in SUPPRESSING and alarm.type != WARM_UP
        ]

    def apply(
        self, sn: str, type: str, trigger: Trigger, at: float, by: str, reason: str, until: float | None = None
    ) -> list[AlarmEvent]:
        """Any step of one alarm. Raises CommandRefused when its state has none."""
        alarm = self._alarms.get_or_make(sn, type, None)
        if step(alarm.state, trigger) is None:
            self._alarms.remember(alarm)
            raise CommandRefused(
                Text("alarm.no-step", type=type, sn=sn, state=_STATES[alarm.state], action=_ACTIONS[trigger])
            )
        alarm.by, alarm.reason, alarm.until, alarm.until_set_at = by, reason, until, at
        return self._alarms.step(alarm, trigger, at)
