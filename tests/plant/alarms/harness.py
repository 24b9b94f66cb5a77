"""The alarm rules with a memory of their own, and short ways to say what a device sends."""

from __future__ import annotations

from typing import Any

import msgspec

from engine.core.clock import ManualClock
from engine.runtime.state.journal import Journal
from engine.runtime.state.memory import Memories
from plant.alarms.conditions import Policy
from plant.alarms.event import AlarmEvent
from plant.alarms.rules import Rules
from plant.alarms.tracked_alarm import TrackedAlarm
from plant.model.device import Device
from plant.model.reading import Reading

START = 1_700_000_000.0
LIVELY = Device(sn="GS1", k=1.0, b=0.0, a1=20.0, a2=50.0, range_high=100.0, unit="ppm", name="泵房", location="A 区")
"""It reports every 10 s: after 30 s without a reading it is off-line."""
DEVICE = msgspec.structs.replace(LIVELY, period_s=1000.0)
"""One whose readings may be far apart."""


class RulesHarness:
    """`see(at, conc)` gives a reading, `at` in seconds from the start. What has happened is in `events`."""

    def __init__(self, device: Device = DEVICE, **policy: Any) -> None:
        self.device: Device = device
        self.policy = Policy(**{"record_continued": False, **policy})
        self.memories = Memories(ManualClock(START), Journal())
        self.events: list[AlarmEvent] = []
        self.restart()

    def restart(self) -> None:
        """The rules are made anew from what the memory holds."""
        self.rules = Rules(
            self.policy, self.memories.open("points", TrackedAlarm), self.memories.open("last_alarm", float)
        )

    def see(self, at: float, conc: float | None, **fields: Any) -> list[AlarmEvent]:
        """One reading."""
        return self.note(self.rules.observe(reading(at, conc, self.device.sn, **fields), self.device))

    def note(self, events: list[AlarmEvent]) -> list[AlarmEvent]:
        """Keeps what a command has brought."""
        self.events += events
        return events

    def state(self, type: str) -> str:
        """The state of an alarm."""
        alarm = self.rules.by_device.get(self.device.sn, {}).get(type)
        return alarm.state if alarm is not None else "normal"

    @property
    def notified(self) -> list[tuple[float, str, str]]:
        """(seconds from the start, type, kind) of what people were notified of."""
        return [(event.at - START, event.type, event.kind) for event in self.events if event.notified]


def reading(at: float, conc: float | None, sn: str = "GS1", **fields: Any) -> Reading:
    """A reading with k = 1 and b = 0: the raw value is the concentration."""
    time = START + at
    given = {"err": 0, "bat": 80, "rssi": -70, "conc_raw": conc, "received_at": time, **fields}
    return Reading(ts=time, seq=0, v_raw=conc or 0.0, temp=25.0, sn=sn, time=time, conc=conc, **given)


def brief(events: list[AlarmEvent]) -> list[tuple[str, str, str, bool]]:
    """(type, kind, state, notified) of each."""
    return [(event.type, event.kind, event.state, event.notified) for event in events]
