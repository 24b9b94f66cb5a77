"""/api/alarms/history, …/figures, …/story and one alarm: what was raised, how good the alarms are, and the whole story of one."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from engine.api import ApiError, Call, Nothing, Route, Text
from plant.alarms.service import Alarms
from plant.alarms.store import AlarmRecord, Figures, Story
from plant.api.alarms import Moment, Sn, TypeName

__all__ = ["ROUTES"]


class HistoryQuery(msgspec.Struct, forbid_unknown_fields=True):
    """Which alarms; `before` and `before_id` go on from the last of a page."""

    before: Moment | None = None
    before_id: Annotated[int, Meta(ge=0, le=2**62)] | None = None
    since: Moment | None = None
    sn: Annotated[str, Meta(max_length=64)] = ""
    type: Annotated[str, Meta(max_length=32)] = ""
    priority: Literal["", "critical", "high", "medium", "low"] = ""
    notified: bool | None = None
    limit: Annotated[int, Meta(ge=1, le=500)] = 100


class StoryQuery(msgspec.Struct, forbid_unknown_fields=True):
    """The alarm of a device and type that was raised then."""

    sn: Sn
    type: TypeName
    raised_at: Moment


class FiguresQuery(msgspec.Struct, forbid_unknown_fields=True):
    """Over how many days."""

    days: Annotated[float, Meta(gt=0, le=366)] = 7.0


async def history(call: Call[HistoryQuery]) -> list[AlarmRecord]:
    """Alarms that were raised, the latest first."""
    given = call.given
    return await call.service(Alarms).store.history(
        before=given.before,
        before_id=given.before_id,
        since=given.since,
        sn=given.sn,
        type=given.type,
        priority=given.priority,
        notified=given.notified,
        limit=given.limit,
    )


async def figures(call: Call[FiguresQuery]) -> Figures:
    """How good the alarms are, by the measures of ISA-18.2 and EEMUA 191: rates, floods, chattering, fleeting and stale ones."""
    return await call.service(Alarms).store.figures(call.server.clock.now(), call.given.days)


async def story_of(call: Call[StoryQuery]) -> Story:
    """Everything that happened to an alarm, found by when it was raised."""
    given = call.given
    found = await call.service(Alarms).store.story_of(given.sn, given.type, given.raised_at)
    if found is None:
        raise ApiError(404, "not_found", Text("alarm.no-such"))
    return found


async def story(call: Call[Nothing]) -> Story:
    """Everything that happened to an alarm: what it was judged by, who did what, and each attempt to tell of it."""
    found = await call.service(Alarms).store.story(call.number("id"))
    if found is None:
        raise ApiError(404, "not_found", Text("alarm.no-such"))
    return found


ROUTES = (
    Route(
        method="GET",
        path="/api/alarms/history",
        role="viewer",
        handler=history,
        given=HistoryQuery,
        answer=list[AlarmRecord],
    ),
    Route(method="GET", path="/api/alarms/figures", role="viewer", handler=figures, given=FiguresQuery, answer=Figures),
    Route(
        method="GET",
        path="/api/alarms/story",
        role="viewer",
        handler=story_of,
        given=StoryQuery,
        answer=Story,
        refusals=(404,),
    ),
    Route(method="GET", path="/api/alarms/{id}", role="viewer", handler=story, answer=Story, refusals=(404,)),
)
