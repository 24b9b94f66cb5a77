"""What is remembered of one alarm of one device: its state, when it was raised, its peak, whether people were notified."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from msgspec import Struct, field

from engine.api import RenamedFields
from plant.alarms.kinds import WARM_UP
from plant.alarms.states import State

__all__ = ["TrackedAlarm"]


class TrackedAlarm(RenamedFields, Struct, kw_only=True):
    """The memory of one alarm. One that is normal and waits for nothing is not kept at all.

    beyond_since   event time at which the condition began to hold, while its delay runs and after
    beyond_count   readings since then, without the one that may raise it
    floor          event time of its last change: readings up to it have been judged
    notified_at    event time of the last notification of this alarm; None while there was none
    repeat_at      when people are notified again unless somebody acknowledges
    until          when shelving or suppression ends by itself: Unix time, of a warm-up event time; set at `until_set_at`
    """

    new_names: ClassVar = {"told_at": "notified_at"}

    sn: str
    type: str
    state: State = "normal"
    active: bool = False
    beyond_since: float | None = None
    beyond_count: int = 0
    raised_at: float | None = None
    returned_at: float | None = None
    floor: float = 0.0
    revision: int = 0
    value: float | None = None
    peak: float | None = None
    threshold: float | None = None
    unit: str = ""
    side: str = "high"
    gas: str = ""
    name: str = ""
    location: str = ""
    notified_at: float | None = None
    repeat_at: float | None = None
    by: str = ""
    reason: str = ""
    until: float | None = None
    until_set_at: float | None = None
    story: dict[str, Any] = field(default_factory=dict)

    @property
    def idle(self) -> bool:
        """Whether there is nothing to remember."""
        return self.state == "normal" and not self.active and self.beyond_since is None

    def begin(self, at: float, story: Mapping[str, Any]) -> None:
        """A new alarm begins here; what the last one left is forgotten."""
        self.raised_at = at
        self.returned_at = None
        self.revision = 0
        self.notified_at = None
        self.peak = self.value
        self.active = True
        self.story = dict(story)

    def update_value(self, value: float | None) -> None:
        """The value now; its peak too while the alarm is active."""
        self.value = value
        if value is not None and (
            self.peak is None or (value > self.peak if self.side == "high" else value < self.peak)
        ):
            self.peak = value

    def shift(self, by_s: float) -> None:
        """Event time was set on, or back: its timers go along. When it was raised stays, as that is its name."""
        if by_s < 0:
            self.floor = 0.0  # what has been judged lies ahead of now
        if self.beyond_since is not None:
            self.beyond_since += by_s
        if self.repeat_at is not None:
            self.repeat_at += by_s
        if self.type == WARM_UP and self.until is not None:
            self.until += by_s

    def clamp_until(self, now: float) -> None:
        """After a start: what is left of a shelf is between nothing and all of it, whatever the clock says now."""
        if self.until is not None and self.until_set_at is not None and now < self.until_set_at:
            self.until_set_at, self.until = now, now + self.until - self.until_set_at
