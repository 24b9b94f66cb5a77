"""What people do about alarms: acknowledge, shelve, calibrate, take out of service, and the end of each."""

from __future__ import annotations

from plant.alarms.event import AlarmEvent
from plant.alarms.kinds import GAS, OFFLINE, WARM_UP
from plant.alarms.points import SUPPRESSING, Points
from plant.alarms.states import State, Trigger, step

__all__ = ["Commands", "Impossible"]


class Impossible(Exception):
    """A command that this alarm's state does not allow; the text says which state it is in and what can be done."""


class Commands:
    """Each gives the events that come of it. `at` is Unix seconds, `by` who it was."""

    def __init__(self, points: Points) -> None:
        self._points = points

    def acknowledge(self, sn: str, type: str, by: str, at: float) -> list[AlarmEvent]:
        """Somebody has taken note. Raises Impossible when there is nothing to acknowledge."""
        return self.give(sn, type, "acknowledge", at, by, "")

    def reset(self, sn: str, type: str, by: str, at: float) -> list[AlarmEvent]:
        """Releases a latched alarm whose condition is gone. Raises Impossible otherwise."""
        return self.give(sn, type, "reset", at, by, "")

    def shelve(self, sn: str, type: str, by: str, reason: str, until: float, at: float) -> list[AlarmEvent]:
        """Recorded and nobody is notified until that time, then at once if it is active. Raises Impossible when it is suppressed already."""
        if until <= at:
            raise Impossible("the end of the shelf is not in the future; take a later one")
        return self.give(sn, type, "shelve", at, by, reason, until)

    def suppress_gas(self, sn: str, by: str, reason: str, until: float, at: float) -> list[AlarmEvent]:
        """Calibration: the gas alarms of a device are recorded and nobody is notified until that time. What is shelved stays shelved."""
        if until <= at:
            raise Impossible("the end of the calibration is not in the future; take a later one")
        events: list[AlarmEvent] = []
        for type in GAS:
            if step(self._points.state(sn, type), "suppress") is not None:
                events += self.give(sn, type, "suppress", at, by, reason, until)
        if not events:
            raise Impossible(f"all gas alarms of {sn} are shelved, suppressed or out of service already")
        return events

    def remove(self, sn: str, by: str, reason: str, at: float) -> list[AlarmEvent]:
        """Takes all alarms of a device out of service, until `end`."""
        events: list[AlarmEvent] = []
        for type in (*GAS, "fault", OFFLINE, "battery", "signal"):
            if step(self._points.state(sn, type), "remove") is not None:
                events += self.give(sn, type, "remove", at, by, reason)
        if not events:
            raise Impossible(f"{sn} is out of service already")
        return events

    def restore(self, sn: str, state: State, by: str, at: float) -> list[AlarmEvent]:
        """Ends a calibration (`suppressed`) or being out of service for all alarms of a device."""
        types = [point.type for point in self._points.of(sn) if point.state == state and point.type != WARM_UP]
        if not types:
            raise Impossible(f"no alarm of {sn} is {state}")
        return [event for type in types for event in self.end(sn, type, by, at)]

    def end(self, sn: str, type: str, by: str, at: float) -> list[AlarmEvent]:
        """Ends shelving, suppression or being out of service; of an alarm that is active then people are notified at once."""
        point = self._points.get(sn, type)
        if point is None or point.state not in SUPPRESSING:
            raise Impossible(f"the alarm {type} of {sn} is neither shelved nor suppressed nor out of service")
        point.by, point.reason, point.until = by, "", None
        return self._points.step(point, "end-active" if point.active else "end-normal", at)

    def ended_by(self, now: float) -> list[AlarmEvent]:
        """Shelves and calibrations whose time is over by the clock."""
        over = [
            point
            for points in self._points.by_device.values()
            for point in points.values()
            if point.until is not None and point.until <= now and point.state in SUPPRESSING and point.type != WARM_UP
        ]
        return [event for point in over for event in self.end(point.sn, point.type, "", point.until or now)]

    def give(
        self, sn: str, type: str, trigger: Trigger, at: float, by: str, reason: str, until: float | None = None
    ) -> list[AlarmEvent]:
        """Any step of one alarm. Raises Impossible when its state has none."""
        point = self._points.open(sn, type, None)
        if step(point.state, trigger) is None:
            self._points.keep(point)
            raise Impossible(f"the alarm {type} of {sn} is {point.state}: there is nothing to {trigger}")
        point.by, point.reason, point.until = by, reason, until
        return self._points.step(point, trigger, at)
