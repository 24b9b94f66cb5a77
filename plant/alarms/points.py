"""Every alarm that is remembered, and what a step of its state does: it is remembered, becomes one event, and people are notified or not."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Mapping
from typing import Any

from engine.api import Memory
from plant.alarms.conditions import Policy
from plant.alarms.event import AlarmEvent
from plant.alarms.kinds import KINDS, SITE
from plant.alarms.point import Point
from plant.alarms.states import Notify, State, Trigger, step
from plant.model.device import Device

__all__ = ["SUPPRESSING", "Points"]

PAST = 20
"""How many alarms of a device and type that are over are known, for readings that come late."""
SUPPRESSING = frozenset({"shelved", "suppressed", "out-of-service"})


class Points:
    """`memory` is by `SN TYPE`, `last` by `{sn}_{type}` (in Redis: `last_alarm_{sn}_{type}`; event time of the last notification, Unix
    seconds). `device_of` gives the device by its serial number, None while it is not known; its name and place go into the events.
    """

    def __init__(
        self,
        policy: Policy,
        memory: Memory[Point],
        last: Memory[float],
        device_of: Callable[[str], Device | None],
    ) -> None:
        self.by_device: dict[str, dict[str, Point]] = {}
        self._policy = policy
        self._memory = memory
        self._last = last
        self._device_of = device_of
        self._past: dict[tuple[str, str], deque[tuple[float, float]]] = {}
        for _, point in memory.items():
            self.by_device.setdefault(point.sn, {})[point.type] = point

    def of(self, sn: str) -> list[Point]:
        """All alarms of a device that are remembered."""
        return list(self.by_device.get(sn, {}).values())

    def get(self, sn: str, type: str) -> Point | None:
        """One alarm; None: it is normal and waits for nothing."""
        return self.by_device.get(sn, {}).get(type)

    def state(self, sn: str, type: str) -> State:
        """The state of one alarm."""
        point = self.get(sn, type)
        return point.state if point is not None else "normal"

    def covered(self, sn: str, type: str, at: float) -> bool:
        """Whether an alarm that is over was on at that event time."""
        return any(begin <= at <= end for begin, end in self._past.get((sn, type), ()))

    def forget(self, sn: str) -> None:
        """Remembers nothing of a device any more."""
        for type in self.by_device.pop(sn, {}):
            self._memory.delete(f"{sn} {type}")

    def open(self, sn: str, type: str, device: Device | None) -> Point:
        """One alarm, made when there is none, with the name and the place of its device."""
        points = self.by_device.setdefault(sn, {})
        point = points.get(type)
        if point is None:
            point = points[type] = Point(sn=sn, type=type)
        if device is None and sn != SITE:
            device = self._device_of(sn)
        if device is not None:
            point.name, point.location = device.name, device.location
        return point

    def begin(self, point: Point, at: float, story: Mapping[str, Any]) -> list[AlarmEvent]:
        """It is raised: `story` is what it was judged by."""
        point.begin(at, story)
        return self.step(point, "raise", at)

    def clear(self, point: Point, at: float) -> list[AlarmEvent]:
        """Its condition is gone."""
        point.active = False
        point.beyond_since = None
        # A device that was thought off-line may bring readings from before.
        point.returned_at = at if point.raised_at is None else max(at, point.raised_at)
        return self.step(point, "clear-latching" if point.type in self._policy.latching else "clear", at)

    def step(self, point: Point, trigger: Trigger, at: float) -> list[AlarmEvent]:
        """Makes the step, remembers it, and returns its event; nothing when the table has none."""
        taken = step(point.state, trigger)
        if taken is None:
            self.keep(point)
            return []
        if trigger == "raise" and point.raised_at is None:
            point.raised_at = at
        point.state = taken.to
        kind = "raised_to_a2" if taken.event == "raised" and self._a1_is_active(point) else taken.event
        event = self.event(point, kind, taken.notify, at)
        if point.state == "unacknowledged":
            if event.notified or point.repeat_at is None:
                point.repeat_at = self._next_repeat(point, at)
        else:
            point.repeat_at = None
        self.keep(point)
        return [event]

    def event(self, point: Point, kind: str, notify: Notify, at: float) -> AlarmEvent:
        """The event, decided for or against notifying people, with the handbook's key set when they are notified of an alarm."""
        key = f"{point.sn}_{point.type}"
        last = self._last.get(key)
        reason = ""
        if notify == "no":
            reason = point.state if point.state in SUPPRESSING else "recorded-only"
        elif notify == "notice":
            reason = "" if point.notified_at is not None else "alarm-not-notified"
        elif notify == "yes" and last is not None and abs(at - last) < self._policy.hold_s:
            reason = "hold"
        if not reason and notify != "notice":
            # Kept for longer than it is asked for: the comparison above decides by event time, not by when an entry ends.
            last = at if last is None else max(at, last)
            self._last.set(key, last, ttl_s=2 * self._policy.hold_s)
            point.notified_at = at
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
            notified=not reason,
            not_notified_reason=reason,
            quiet_until=last + self._policy.hold_s if last is not None else None,
            name=point.name,
            location=point.location,
            by=point.by,
            reason=point.reason,
            until=point.until,
            story=point.story,
        )

    def keep(self, point: Point) -> None:
        """Remembers it as it is now, or that it is over."""
        key = f"{point.sn} {point.type}"
        if point.idle:
            if point.raised_at is not None:
                past = self._past.setdefault((point.sn, point.type), deque(maxlen=PAST))
                past.append((point.raised_at, point.returned_at or point.floor))
            points = self.by_device.get(point.sn, {})
            points.pop(point.type, None)
            if not points:
                self.by_device.pop(point.sn, None)
            self._memory.delete(key)
        else:
            self._memory.set(key, point)

    def _next_repeat(self, point: Point, at: float) -> float:
        """After the last notification, be it of an earlier alarm that silenced this one (handbook 3.3: later, it is sent)."""
        last = self._last.get(f"{point.sn}_{point.type}")
        return (last if last is not None and abs(at - last) < self._policy.repeat_s else at) + self._policy.repeat_s

    def _a1_is_active(self, point: Point) -> bool:
        """Whether this is the level above one that is active already."""
        below = KINDS[point.type].above if point.type in KINDS else ""
        lower = self.get(point.sn, below)
        return lower is not None and lower.active
