"""One thing that happened to an alarm, complete enough to be stored, shown and sent without asking anybody."""

from __future__ import annotations

from typing import Any, ClassVar

from msgspec import Struct, field
from msgspec.structs import force_setattr

from engine.api import RenamedFields
from plant.alarms.kinds import Priority
from plant.alarms.states import State

__all__ = ["AlarmEvent"]


class AlarmEvent(RenamedFields, Struct, frozen=True, kw_only=True):
    """A row of `alarm_events`.

    id           the same for the same thing happening, so that what is delivered again after a crash is stored once and notified once
    raised_at    event time at which this alarm was raised, with `sn` and `type` its identity; None for a shelf or the like without an alarm
    kind         raised, raised_to_a2, late, continued, repeated, returned, acknowledged, reset, shelved, suppressed, removed, un…
    state        the state after it (ISA-18.2)
    active       whether the condition holds after it
    at           event time, Unix seconds
    revision     counts the events of one alarm from 1
    value, peak, threshold   in `unit`; None for what is not measured, such as a fault
    side, gas    on which side of the threshold the alarm is (its peak is the lowest value on the low one), and the gas, if it is about one
    with_a1      this A2 came with its A1 in the same reading: one notice names both
    lasted_s     from raised to now or to its return
    notified     whether people are to be notified; `not_notified_reason` says why not: `hold` (less than the least time since the
                 last notification), `with-a2`, `recorded-only`, `alarm-not-notified` (the return of one nobody was notified of), or the
                 state that suppresses it
    quiet_until  until when a further alarm of this device and type is only recorded
    by, reason, until   of a command
    story        what it was judged by: v_raw, temp, k, b, t_coef, formula, deadband, delay_s …
    """

    new_names: ClassVar = {"told": "notified", "untold": "not_notified_reason"}
    new_values: ClassVar = {
        "escalated": "raised_to_a2",
        "recorded only": "recorded-only",
        "the alarm itself was not told": "alarm-not-notified",
    }

    id: str
    sn: str
    type: str
    kind: str
    state: State
    at: float
    priority: Priority = "medium"
    active: bool = True
    raised_at: float | None = None
    revision: int = 1
    value: float | None = None
    unit: str = ""
    threshold: float | None = None
    peak: float | None = None
    side: str = "high"
    gas: str = ""
    with_a1: bool = False
    lasted_s: float = 0.0
    notified: bool = False
    not_notified_reason: str = ""
    quiet_until: float | None = None
    name: str = ""
    location: str = ""
    by: str = ""
    reason: str = ""
    until: float | None = None
    story: dict[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """An event that 0.1 has stored."""
        if self.kind in self.new_values:
            force_setattr(self, "kind", self.new_values[self.kind])
        if self.not_notified_reason in self.new_values:
            force_setattr(self, "not_notified_reason", self.new_values[self.not_notified_reason])
        elif self.not_notified_reason.startswith("less than"):
            force_setattr(self, "not_notified_reason", "hold")
