"""Alarms in PostgreSQL: writing what happened, and reading it back for the pages."""

from __future__ import annotations

import datetime
import logging
from collections.abc import Sequence
from typing import Any

import asyncpg
import msgspec
from asyncpg.pool import PoolConnectionProxy
from msgspec import Struct

from engine.api import Database, PermanentError, Text, as_jsonb, connection_or_retry, read_as, with_texts
from plant.alarms.attempt import ATTEMPT_COLUMNS, AttemptRecord
from plant.alarms.event import AlarmEvent
from plant.alarms.kinds import Priority
from plant.alarms.states import State

__all__ = ["AlarmRecord", "AlarmStore", "Figures", "Story"]

log = logging.getLogger("mcs.alarms")

_EVENT = (
    "insert into alarm_events (id, sn, type, raised_at, at, kind, state, notified, not_notified_reason, by_user, reason, event) "
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
with raised as (
    select sn, type, time, priority, active, returned_at, acknowledged_at, lag(time, 2) over (partition by sn, type order by time) as third_last
    from alarms where time > $1 and time <= $2),
slots as (select floor(extract(epoch from time) / 600) as slot, count(*) as number from raised group by 1)
select (select count(*) from raised) as raised,
       (select coalesce(jsonb_object_agg(priority, number), '{}')
          from (select priority, count(*) as number from raised group by 1) as by_priority) as by_priority,
       (select coalesce(jsonb_agg(jsonb_build_object('sn', sn, 'type', type, 'count', number) order by number desc), '[]')
          from (select sn, type, count(*) as number from raised group by 1, 2 order by 3 desc limit 10) as often) as most_frequent,
       (select coalesce(jsonb_agg(jsonb_build_object('sn', sn, 'type', type, 'count', number) order by number desc), '[]')
          from (select sn, type, count(*) as number from raised where time - third_last <= interval '1 minute' group by 1, 2
                order by 3 desc limit 100) as c) as chattering,
       (select count(*) from raised where returned_at - time < interval '1 minute' and acknowledged_at is null) as fleeting,
       (select coalesce(jsonb_agg(jsonb_build_object('sn', sn, 'type', type, 'since', extract(epoch from time)) order by time), '[]')
          from (select sn, type, time from alarms where active and time < $2 - interval '24 hours' order by time limit 100) as old) as stale,
       (select coalesce(max(number), 0) from slots) as most_in_10_min,
       (select count(*) from slots where number > 10) as floods,
       (select extract(epoch from percentile_cont(0.5) within group (order by acknowledged_at - time))::float8
          from raised where acknowledged_at is not null) as acknowledged_after_s
"""
_PAST = (
    "id, sn, type, extract(epoch from time)::float8 as raised_at, priority, state, active, value, peak, threshold, unit, notified, name, "
    "location, extract(epoch from returned_at)::float8 as returned_at, extract(epoch from acknowledged_at)::float8 as acknowledged_at, "
    "coalesce(acknowledged_by, '') as acknowledged_by, revision"
)


class AlarmRecord(Struct, kw_only=True):
    """A row of `alarms`. Times are Unix seconds; `value` is that of the reading that raised it; `notified`: people were."""

    id: int
    sn: str
    type: str
    raised_at: float
    priority: Priority
    state: State
    active: bool
    value: float | None
    peak: float | None
    threshold: float | None
    unit: str
    notified: bool
    name: str
    location: str
    returned_at: float | None
    acknowledged_at: float | None
    acknowledged_by: str
    revision: int


class RecordedEvent(Struct, kw_only=True):
    """Something that happened to an alarm, and when it was stored."""

    event: AlarmEvent
    recorded_at: float


class Story(Struct, kw_only=True):
    """One alarm with everything that happened, in order of time. `first` is what raised it: raw value, k, b, limit, deadband, delay."""

    alarm: AlarmRecord
    first: dict[str, Any]
    events: list[RecordedEvent]
    notifications: list[AttemptRecord]


class AlarmCount(Struct, kw_only=True):
    """How often an alarm came."""

    sn: str
    type: str
    count: int


class StaleAlarm(Struct, kw_only=True):
    """An alarm that has been active for more than a day."""

    sn: str
    type: str
    since: float


class Figures(Struct, kw_only=True):
    """The measures of ISA-18.2 (clause 16) and EEMUA 191 over the last days.

    per_10_min       average number raised in 10 minutes (acceptable: up to 1, manageable: up to 2)
    most_in_10_min   the most in one slot of 10 minutes; above 10 is a flood
    floods, flood_pct   slots of 10 minutes with a flood, and their share of the time in %; below 1 % is good
    chattering       raised three or more times within a minute
    fleeting         gone within a minute, before anybody acknowledged
    stale            active for more than 24 h
    most_frequent    the ten that came most often; `top_pct` is their share of all in %
    by_priority      {critical, high, medium, low: number}
    acknowledged_after_s   the median
    """

    days: float
    raised: int
    per_day: float
    per_10_min: float
    most_in_10_min: int
    floods: int
    flood_pct: float
    chattering: list[AlarmCount]
    fleeting: int
    stale: list[StaleAlarm]
    most_frequent: list[AlarmCount]
    top_pct: float
    by_priority: dict[str, int]
    acknowledged_after_s: float | None


class AlarmStore:
    """The tables `alarms` and `alarm_events`. Every method raises RetryableError while the database is away."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def write(self, events: Sequence[AlarmEvent]) -> None:
        """Commits these events together; one that is there already changes nothing. PermanentError when the tables refuse one."""
        try:
            await self._write(events)
        except asyncpg.PostgresError as error:
            raise PermanentError(Text("alarm.tables", reason=str(error))) from error

    async def _write(self, events: Sequence[AlarmEvent]) -> None:
        async with connection_or_retry(self._database) as connection, connection.transaction():
            await connection.executemany(_EVENT, [_event_row(event) for event in events])
            rows = [_alarm_row(event) for event in events if event.raised_at is not None]
            # In one order for all workers: two that write the same alarms then wait for each other instead of locking up.
            rows.sort(key=lambda row: (row[0], row[1], row[2], row[16]))
            await connection.executemany(_ALARM, rows)

    # As a target of the spool: an outage of the database is not an outage of the alarms.

    def encode(self, items: Sequence[AlarmEvent]) -> bytes:
        return msgspec.json.encode(items)

    def decode(self, body: bytes) -> list[AlarmEvent]:
        return read_as(msgspec.json.decode(body), list[AlarmEvent])

    def reject(self, item: AlarmEvent, error: PermanentError) -> None:
        log.error("the event %s of the alarm %s of %s is not stored: %s", item.kind, item.type, item.sn, error)

    async def close(self) -> None:
        """Its connections are the pool's."""

    async def history(
        self,
        *,
        before: float | None = None,
        before_id: int | None = None,
        since: float | None = None,
        sn: str = "",
        type: str = "",
        priority: str = "",
        notified: bool | None = None,
        limit: int = 100,
    ) -> list[AlarmRecord]:
        """Alarms, the latest first, raised before (with `before_id`: or at) and not before those Unix times."""
        async with connection_or_retry(self._database) as connection:
            rows = await connection.fetch(
                f"select {_PAST} from alarms where ($1::timestamptz is null or time < $1 or (time = $1 and id < $2::bigint)) "
                "and ($3::timestamptz is null or time >= $3) and ($4 = '' or sn = $4) and ($5 = '' or type = $5) "
                "and ($6 = '' or priority = $6) and ($7::bool is null or notified = $7) order by time desc, id desc limit $8",
                _moment(before),
                before_id,
                _moment(since),
                sn,
                type,
                priority,
                notified,
                limit,
            )
        return [AlarmRecord(**row) for row in rows]

    async def open_alarms(self, limit: int = 1000) -> list[AlarmRecord]:
        """Alarms that were not normal when they were stored last, the latest first."""
        async with connection_or_retry(self._database) as connection:
            rows = await connection.fetch(
                f"select {_PAST} from alarms where state <> 'normal' order by time desc, id desc limit $1", limit
            )
        return [AlarmRecord(**row) for row in rows]

    async def story(self, id: int) -> Story | None:
        """One alarm by its number; None when there is none."""
        async with connection_or_retry(self._database) as connection:
            return await self._story(connection, "id = $1", id)

    async def story_of(self, sn: str, type: str, raised_at: float) -> Story | None:
        """One alarm by when it was raised; None when there is none."""
        async with connection_or_retry(self._database) as connection:
            return await self._story(
                connection,
                "sn = $1 and type = $2 and time between $3::timestamptz - interval '2 ms' and $3::timestamptz + interval '2 ms'",
                sn,
                type,
                _moment(raised_at),
            )

    async def figures(self, now: float, days: float) -> Figures:
        """What `Figures` says, of the last days."""
        async with connection_or_retry(self._database) as connection:
            row = await connection.fetchrow(_FIGURES, _moment(max(0.0, now - days * 86400)), _moment(now))
        assert row is not None
        raised, slots = row["raised"], max(1.0, days * 144)
        frequent = msgspec.json.decode(row["most_frequent"], type=list[AlarmCount])
        return Figures(
            days=days,
            raised=raised,
            per_day=raised / days,
            per_10_min=raised / slots,
            most_in_10_min=row["most_in_10_min"],
            floods=row["floods"],
            flood_pct=min(100.0, 100.0 * row["floods"] / slots),
            chattering=msgspec.json.decode(row["chattering"], type=list[AlarmCount]),
            fleeting=row["fleeting"],
            stale=msgspec.json.decode(row["stale"], type=list[StaleAlarm]),
            most_frequent=frequent,
            top_pct=100.0 * sum(one.count for one in frequent) / raised if raised else 0.0,
            by_priority=msgspec.json.decode(row["by_priority"], type=dict[str, int]),
            acknowledged_after_s=row["acknowledged_after_s"],
        )

    async def _story(self, connection: PoolConnectionProxy, where: str, *values: object) -> Story | None:
        alarm = await connection.fetchrow(f"select {_PAST}, story, time from alarms where {where}", *values)
        if alarm is None:
            return None
        rows = await connection.fetch(
            "select event, extract(epoch from recorded_at)::float8 as recorded_at from alarm_events "
            "where sn = $1 and type = $2 and raised_at = $3 order by at, recorded_at limit 1000",
            alarm["sn"],
            alarm["type"],
            alarm["time"],
        )
        events = [
            RecordedEvent(event=event, recorded_at=row["recorded_at"])
            for event, row in zip(
                read_as([msgspec.json.decode(row["event"]) for row in rows], list[AlarmEvent]), rows, strict=True
            )
        ]
        attempts = await connection.fetch(
            f"select {ATTEMPT_COLUMNS} from notifications where events && $1::text[] order by at, id limit 500",
            [past.event.id for past in events],
        )
        return Story(
            alarm=AlarmRecord(**{name: alarm[name] for name in AlarmRecord.__struct_fields__}),
            first=with_texts(msgspec.json.decode(alarm["story"])),
            events=events,
            notifications=[AttemptRecord(**row) for row in attempts],
        )


def _event_row(event: AlarmEvent) -> tuple[object, ...]:
    return (
        event.id,
        event.sn,
        event.type,
        _moment(event.raised_at),
        _moment(event.at),
        event.kind,
        event.state,
        event.notified,
        event.not_notified_reason,
        event.by,
        event.reason,
        as_jsonb(event),
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
        event.notified,
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
        as_jsonb(event.story),
    )


def _moment(seconds: float | None) -> datetime.datetime | None:
    return None if seconds is None else datetime.datetime.fromtimestamp(seconds, datetime.UTC)
