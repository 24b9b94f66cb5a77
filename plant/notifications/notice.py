"""What goes to the channels: one alarm event that people are to be notified of, or a group of them."""

from __future__ import annotations

from typing import Any

import msgspec
from msgspec import Struct

from engine.api import PermanentError, Text, read_as
from plant.alarms.event import AlarmEvent
from plant.alarms.kinds import Priority

__all__ = ["AlarmNotice", "as_notice", "notice_of"]

_RANK: dict[Priority, int] = {"critical": 0, "high": 1, "medium": 2, "low": 3}


class AlarmNotice(Struct, frozen=True, kw_only=True):
    """Events that go out in one message, the earliest first. `priority` is that of the most urgent; a return is never urgent."""

    id: str
    priority: Priority
    count: int
    events: list[AlarmEvent]


def notice_of(events: list[AlarmEvent]) -> AlarmNotice:
    """A notice of these events; there must be at least one."""
    ordered = sorted(events, key=lambda event: event.at)
    priorities: list[Priority] = [event.priority if event.kind != "returned" else "low" for event in ordered]
    priority = min(priorities, key=_RANK.__getitem__)
    return AlarmNotice(id=f"{ordered[0].id}+{len(ordered) - 1}", priority=priority, count=len(ordered), events=ordered)


def as_notice(payload: Any) -> AlarmNotice:
    """The payload as a notice; a single alarm event will do, and both also as a dict. PermanentError when it is neither."""
    if payload.__class__ is AlarmNotice:
        return payload
    if payload.__class__ is AlarmEvent:
        return notice_of([payload])
    try:
        if isinstance(payload, dict) and "events" in payload:
            return read_as(payload, AlarmNotice)
        return notice_of([read_as(payload, AlarmEvent)])
    except msgspec.ValidationError as error:
        raise PermanentError(Text("gas.no-notice", reason=str(error))) from error
