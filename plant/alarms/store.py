"""Alarms in PostgreSQL: writing what happened, and reading it back for the pages."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from typing import Any

import msgspec
from asyncpg.pool import PoolConnectionProxy

from engine.api import Database, connection_or_retry
from plant.alarms.event import AlarmEvent

__all__ = ["AlarmStore"]

_EVENT = (
    "insert into alarm_events (id, sn, type, raised_at, at, kind, state, told, untold, by_user, reason, event) "
    "values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) on conflict (id) do nothing"
)
_ALARM = (
    "insert into alarms (sn, type, time, value, threshold, unit, notified, location, name, priority, state, active, peak, returned_at, "
    "acknowledged_at, acknowledged_by, revision, story) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18) "
    "on conflict (sn, type, time) do update set notified = alarms.notified or excluded.notified, "
    "state = excluded.state, active = excluded.active, peak = coalesce(excluded.peak, alarms.peak), "
    "returned_at = coalesce(excluded.returned_at, alarms.returned_at), "
    "acknowledged_at = coalesce(excluded.acknowledged_at, alarms.acknowledged_at), "
    "acknowledged_by = coalesce(excluded.acknowledged_by, alarms.acknowledged_by), revision = excluded.revision "
    "where alarms.revision < excluded.revision"
)
_FIGURES = """
with raised as (select sn, type, time, lag(time, 2) over (partition by sn, type order by time) as third_last
                from alarms where time > $1)
select (select count(*) from raised) as raised,
       (select coalesce(jsonb_agg(distinct jsonb_build_array(sn, type)), '[]')
          from raised where time - third_last <= interval '1 minute') as chattering,
       (select coalesce(jsonb_agg(jsonb_build_array(sn, type)), '[]')
          from alarms where active and time < $2 - interval '24 hours') as stale,
       (select coalesce(max(crowd), 0)
          from (select count(*) over (order by time range between interval '10 minutes' preceding and current row) as crowd
                from raised) as crowds) as most_in_10_min
"""


class AlarmStore:
    """The tables `alarms` and `alarm_events`. Every method raises Retry while the database is away."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def write(self, events: Sequence[AlarmEvent]) -> None:
        """Commits these events together; one that is there already changes nothing."""
        async with connection_or_retry(self._database) as connection, connection.transaction():
            await connection.executemany(_EVENT, [_event_row(event) for event in events])
            rows = [_alarm_row(event) for event in events if event.raised_at is not None]
            # In one order for all workers: two that write the same alarms then wait for each other instead of locking up.
            rows.sort(key=lambda row: (row[0], row[1], row[2], row[16]))
            await connection.executemany(_ALARM, rows)

    async def history(
        self, *, before: float | None, limit: int, sn: str = "", type: str = "", since: float | None = None
    ) -> list[dict[str, Any]]:
        """Alarms, the latest first, raised before and not before those Unix times."""
        async with connection_or_retry(self._database) as connection:
            rows = await connection.fetch(
                "select * from alarms where ($1::timestamptz is null or time < $1) and ($2::timestamptz is null or time >= $2) "
                "and ($3 = '' or sn = $3) and ($4 = '' or type = $4) order by time desc, id desc limit $5",
                _moment(before),
                _moment(since),
                sn,
                type,
                limit,
            )
        return [_shown(dict(row)) for row in rows]

    async def story(self, id: int) -> dict[str, Any] | None:
        """{alarm, events, notifications} of one alarm in order of time; None when there is no such alarm."""
        async with connection_or_retry(self._database) as connection:
            alarm = await connection.fetchrow("select * from alarms where id = $1", id)
            if alarm is None:
                return None
            return await self._told(connection, _shown(dict(alarm)), alarm["time"])

    async def figures(self, now: float, days: float) -> dict[str, Any]:
        """ISA-18.2 figures of the last days: chattering (three or more raised within a minute), stale (active for over 24 h),
        flood (the most raised within 10 minutes; above 10 is a flood)."""
        async with connection_or_retry(self._database) as connection:
            row = await connection.fetchrow(_FIGURES, _moment(now - days * 86400), _moment(now))
        assert row is not None
        most = row["most_in_10_min"]
        return {
            "days": days,
            "raised": row["raised"],
            "per_day": row["raised"] / days,
            "chattering": msgspec.json.decode(row["chattering"]),
            "stale": msgspec.json.decode(row["stale"]),
            "most_in_10_min": most,
            "flood": most > 10,
        }

    async def _told(
        self, connection: PoolConnectionProxy, alarm: dict[str, Any], raised_at: datetime.datetime
    ) -> dict[str, Any]:
        rows = await connection.fetch(
            "select event, recorded_at from alarm_events where sn = $1 and type = $2 and raised_at = $3 order by at, recorded_at",
            alarm["sn"],
            alarm["type"],
            raised_at,
        )
        events = [{**msgspec.json.decode(row["event"]), "recorded_at": row["recorded_at"].timestamp()} for row in rows]
        attempts = await connection.fetch(
            "select id, at, channel, attempt, result, answer, subject from notifications where events && $1::text[] order by at, id",
            [event["id"] for event in events],
        )
        return {"alarm": alarm, "events": events, "notifications": [_shown(dict(row)) for row in attempts]}


def _event_row(event: AlarmEvent) -> tuple[object, ...]:
    return (
        event.id,
        event.sn,
        event.type,
        _moment(event.raised_at),
        _moment(event.at),
        event.kind,
        event.state,
        event.told,
        event.untold,
        event.by,
        event.reason,
        _json(event),
    )


def _alarm_row(event: AlarmEvent) -> tuple[Any, ...]:
    assert event.raised_at is not None
    acknowledged = event.kind == "acknowledged"
    return (
        event.sn,
        event.type,
        _moment(event.raised_at),
        event.value,
        event.threshold,
        event.unit,
        event.told,
        event.location,
        event.name,
        event.priority,
        event.state,
        event.active,
        event.peak,
        None if event.active else _moment(event.raised_at + event.lasted_s),
        _moment(event.at) if acknowledged else None,
        event.by if acknowledged else None,
        event.revision,
        _json(event.story),
    )


def _json(value: Any) -> str:
    """JSON that PostgreSQL takes: it has no NUL character."""
    return msgspec.json.encode(value).decode().replace("\\u0000", "�")


def _moment(seconds: float | None) -> datetime.datetime | None:
    return None if seconds is None else datetime.datetime.fromtimestamp(seconds, datetime.UTC)


def _shown(row: dict[str, Any]) -> dict[str, Any]:
    """A row as JSON: times as Unix seconds, jsonb decoded."""
    return {
        name: value.timestamp()
        if isinstance(value, datetime.datetime)
        else msgspec.json.decode(value)
        if name == "story"
        else value
        for name, value in row.items()
    }
