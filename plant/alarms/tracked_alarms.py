"""Every alarm that is remembered, and what a step of its state does: it is remembered, becomes one event, and people are notified or not."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Mapping
from typing import Any

from engine.api import Memory
from plant.alarms.conditions import Policy
from plant.alarms.event import AlarmEvent
from plant.alarms.kinds import GAS, KINDS, OF_DEVICES, SITE
from plant.alarms.states import Notify, State, Trigger, step
from plant.alarms.tracked_alarm import TrackedAlarm
from plant.model.device import Device

__all__ = ["SUPPRESSING", "TrackedAlarms"]

PAST = 20
"""How many alarms of a device and type that are over are known, for readings that come late."""
_TOLD_ANEW = frozenset({"A2", "over-range"})
_TAKEN_NOTE_OF: frozenset[State] = frozenset({"normal", "latched-acknowledged"})
SUPPRESSING = frozenset({"shelved", "suppressed", "out-of-service"})


class TrackedAlarms:
    """`memory` is by `SN TYPE`, `last` by `{sn}_{type}` (in Redis: `last_alarm_{sn}_{type}`; event time of the last notification, Unix
    seconds). `device_of` gives the device by its serial number, None while it is not known; its name and place go into the events.
    """

    def __init__(
        self,
        policy: Policy,
        memory: Memory[TrackedAlarm],
        last: Memory[float],
        device_of: Callable[[str], Device | None],
    ) -> None:
        self.by_device: dict[str, dict[str, TrackedAlarm]] = {}
        self._policy = policy
        self._memory = memory
        self._last = last
        self._device_of = device_of
        self._past: dict[tuple[str, str], deque[tuple[float, float]]] = {}
        for _, alarm in memory.items():
            self.by_device.setdefault(alarm.sn, {})[alarm.type] = alarm

    def of_device(self, sn: str) -> list[TrackedAlarm]:
        """All alarms of a device that are remembered."""
        return list(self.by_device.get(sn, {}).values())

    def get(self, sn: str, type: str) -> TrackedAlarm | None:
        """One alarm; None: it is normal and waits for nothing."""
        return self.by_device.get(sn, {}).get(type)

    def state(self, sn: str, type: str) -> State:
        """The state of one alarm."""
        alarm = self.get(sn, type)
        return alarm.state if alarm is not None else "normal"

    def gas_types(self) -> list[str]:
        """What a calibration suppresses: what is judged by the concentration."""
        return [type for type in GAS if type != "rise" or self._policy.rise_pct]

    def was_active_at(self, sn: str, type: str, at: float) -> bool:
        """Whether an alarm that is over was on at that event time."""
        return any(begin <= at <= end for begin, end in self._past.get((sn, type), ()))

    def forget(self, sn: str) -> None:
        """Remembers nothing of a device any more."""
        alarms = self.by_device.get(sn, {})
        for type in OF_DEVICES:
            if alarms.pop(type, None) is not None:
                self._memory.delete(f"{sn} {type}")
            self._last.delete(f"{sn}_{type}")
            self._past.pop((sn, type), None)
        if not alarms:
            self.by_device.pop(sn, None)

    def get_or_make(self, sn: str, type: str, device: Device | None) -> TrackedAlarm:
        """One alarm, made when there is none, with the name and the place of its device."""
        alarms = self.by_device.setdefault(sn, {})
        alarm = alarms.get(type)
        if alarm is None:
            alarm = alarms[type] = TrackedAlarm(sn=sn, type=type)
        if device is None and sn != SITE:
            device = self._device_of(sn)
        if device is not None:
            alarm.name, alarm.location = device.name, device.location
            alarm.gas = device.gas if type in GAS else ""
        return alarm

    def begin(self, alarm: TrackedAlarm, at: float, story: Mapping[str, Any]) -> list[AlarmEvent]:
        """It is raised: `story` is what it was judged by."""
        alarm.begin(at, story)
        return self.step(alarm, "raise", at)

    def clear(self, alarm: TrackedAlarm, at: float) -> list[AlarmEvent]:
        """Its condition is gone."""
        alarm.active = False
        alarm.beyond_since = None
        # A device that was thought off-line may bring readings from before.
        alarm.returned_at = at if alarm.raised_at is None else max(at, alarm.raised_at)
        return self.step(alarm, "clear-latching" if alarm.type in self._policy.latching else "clear", at)

    def retire(self, alarm: TrackedAlarm, at: float) -> list[AlarmEvent]:
        """Nobody watches it any more."""
        if alarm.active:
            alarm.active, alarm.beyond_since = False, None
            alarm.returned_at = at if alarm.raised_at is None else max(at, alarm.raised_at)
        return self.step(alarm, "retire", at)

    def step(self, alarm: TrackedAlarm, trigger: Trigger, at: float) -> list[AlarmEvent]:
        """Makes the step, remembers it, and returns its event; nothing when the table has none."""
        taken = step(alarm.state, trigger)
        if taken is None:
            self.remember(alarm)
            return []
        if trigger == "raise" and alarm.raised_at is None:
            alarm.raised_at = at
        alarm.state = taken.to
        if alarm.type in _TOLD_ANEW and alarm.state in _TAKEN_NOTE_OF and trigger not in ("end-normal", "retire"):
            # The least time between notifications is against flutter. What somebody has taken note of and what is over is none: it is told anew.
            self._last.delete(f"{alarm.sn}_{alarm.type}")
        kind = "raised_to_a2" if taken.event == "raised" and self._a1_is_active(alarm) else taken.event
        event = self.event(alarm, kind, taken.notify, at)
        if alarm.state == "unacknowledged":
            if event.notified or alarm.repeat_at is None:
                alarm.repeat_at = self._next_repeat(alarm, at)
        else:
            alarm.repeat_at = None
        self.remember(alarm)
        return [event]

    def event(self, alarm: TrackedAlarm, kind: str, notify: Notify, at: float) -> AlarmEvent:
        """The event, decided for or against notifying people, with the handbook's key set when they are notified of an alarm."""
        key = f"{alarm.sn}_{alarm.type}"
        last = self._last.get(key)
        reason = ""
        if notify == "no":
            reason = alarm.state if alarm.state in SUPPRESSING else "recorded-only"
        elif notify == "notice":
            reason = "" if alarm.notified_at is not None else "alarm-not-notified"
        elif notify == "yes" and last is not None and abs(at - last) < self._policy.hold_s:
            reason = "hold"
        if not reason and notify != "notice":
            # Kept for longer than it is asked for: the comparison above decides by event time, not by when an entry ends.
            last = at if last is None else max(at, last)
            self._last.set(key, last, ttl_s=2 * self._policy.hold_s)
            alarm.notified_at = at
        alarm.revision += 1
        raised_at = alarm.raised_at
        end = alarm.returned_at if alarm.returned_at is not None else at
        kind_of = KINDS.get(alarm.type)
        return AlarmEvent(
            id=f"{alarm.sn}/{alarm.type}/{at:.3f}/{kind}",
            sn=alarm.sn,
            type=alarm.type,
            kind=kind,
            state=alarm.state,
            at=at,
            priority=kind_of.priority if kind_of is not None else "low",
            active=alarm.active,
            raised_at=raised_at,
            revision=alarm.revision,
            value=alarm.value,
            unit=alarm.unit,
            threshold=alarm.threshold,
            peak=alarm.peak,
            side=alarm.side,
            gas=alarm.gas,
            lasted_s=max(0.0, end - raised_at) if raised_at is not None else 0.0,
            notified=not reason,
            not_notified_reason=reason,
            quiet_until=last + self._policy.hold_s if last is not None else None,
            name=alarm.name,
            location=alarm.location,
            by=alarm.by,
            reason=alarm.reason,
            until=alarm.until,
            story=alarm.story,
        )

    def remember(self, alarm: TrackedAlarm) -> None:
        """Remembers it as it is now, or that it is over."""
        key = f"{alarm.sn} {alarm.type}"
        if alarm.idle:
            if alarm.raised_at is not None:
                past = self._past.setdefault((alarm.sn, alarm.type), deque(maxlen=PAST))
                past.append((alarm.raised_at, alarm.returned_at or alarm.floor))
            alarms = self.by_device.get(alarm.sn, {})
            alarms.pop(alarm.type, None)
            if not alarms:
                self.by_device.pop(alarm.sn, None)
            self._memory.delete(key)
        else:
            self._memory.set(key, alarm)

    def _next_repeat(self, alarm: TrackedAlarm, at: float) -> float:
        """After the last notification, be it of an earlier alarm that silenced this one (handbook 3.3: later, it is sent)."""
        last = self._last.get(f"{alarm.sn}_{alarm.type}")
        return (last if last is not None and abs(at - last) < self._policy.repeat_s else at) + self._policy.repeat_s

    def _a1_is_active(self, alarm: TrackedAlarm) -> bool:
        """Whether this is the level above one that is active already."""
        below = KINDS[alarm.type].above if alarm.type in KINDS else ""
        lower = self.get(alarm.sn, below)
        return lower is not None and lower.active
