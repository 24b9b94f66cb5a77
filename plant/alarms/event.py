"""One thing that happened to an alarm, complete enough to be stored, shown and told without asking anybody."""

from __future__ import annotations

from typing import Any

from msgspec import Struct, field

from plant.alarms.kinds import Priority
from plant.alarms.states import State

__all__ = ["AlarmEvent"]


class AlarmEvent(Struct, frozen=True, kw_only=True):
    """A row of `alarm_events`.

    id           the same for the same thing happening, so that what is brought again after a crash is stored and told once
    raised_at    event time at which this alarm was raised, with `sn` and `type` its identity; None for a shelf or the like without an alarm
    kind         raised, escalated, late, continued, repeated, returned, acknowledged, reset, shelved, suppressed, removed, un…
    state        the state after it (ISA-18.2)
    active       whether the condition holds after it
    at           event time, Unix seconds
    revision     counts the events of one alarm from 1
    value, peak, threshold   in `unit`
    lasted_s     from raised to now or to its return
    told         whether people are to be told; `untold` says why not: "10 minutes", "shelved", "recorded only" …
    quiet_until  until when a further alarm of this device and type is only recorded
    by, reason, until   of a command
    story        what it was judged by: v_raw, temp, k, b, t_coef, formula, deadband, delay_s …
    """

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
    lasted_s: float = 0.0
    told: bool = False
    untold: str = ""
    quiet_until: float | None = None
    name: str = ""
    location: str = ""
    by: str = ""
    reason: str = ""
    until: float | None = None
    story: dict[str, Any] = field(default_factory=dict)
