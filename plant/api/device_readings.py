"""/api/devices/SN/minutes and …/readings: what a device has measured."""

from __future__ import annotations

from typing import Annotated

import msgspec
from msgspec import Meta

from engine.api import Call, Database, Route, request_connection
from plant.api.table_errors import table_errors_answered
from plant.model.reading import Reading
from plant.readings.queries import AlarmSpan, Minute, minutes, past_alarms, recent_readings

__all__ = ["ROUTES"]


class MinutesQuery(msgspec.Struct, forbid_unknown_fields=True):
    """The hours before `until` (Unix s; left out: now)."""

    hours: Annotated[float, Meta(gt=0, le=24)] = 1.0
    until: Annotated[float, Meta(ge=0, le=4e9)] | None = None


class MinutesView(msgspec.Struct):
    """The minutes that have readings, in order, and the alarms that were on."""

    now: float
    since: float
    until: float
    minutes: list[Minute]
    alarms: list[AlarmSpan]


class RecentQuery(msgspec.Struct, forbid_unknown_fields=True):
    """How many."""

    limit: Annotated[int, Meta(ge=1, le=500)] = 20


@table_errors_answered
async def get_minutes(call: Call[MinutesQuery]) -> MinutesView:
    """The last hour of a device by the minute."""
    now = call.server.clock.now()
    until = now if call.given.until is None else call.given.until
    since = until - call.given.hours * 3600
    async with request_connection(call.service(Database)) as connection:
        sn = call.path("sn")
        return MinutesView(
            now,
            since,
            until,
            await minutes(connection, sn, since, until),
            await past_alarms(connection, sn, since, until),
        )


@table_errors_answered
async def get_readings(call: Call[RecentQuery]) -> list[Reading]:
    """The last readings of a device, the latest first."""
    async with request_connection(call.service(Database)) as connection:
        return await recent_readings(connection, call.path("sn"), call.given.limit)


ROUTES = (
    Route(
        method="GET",
        path="/api/devices/{sn}/minutes",
        role="viewer",
        handler=get_minutes,
        given=MinutesQuery,
        answer=MinutesView,
    ),
    Route(
        method="GET",
        path="/api/devices/{sn}/readings",
        role="viewer",
        handler=get_readings,
        given=RecentQuery,
        answer=list[Reading],
    ),
)
