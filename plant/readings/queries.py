"""What pages ask of the stored readings. All of it in one place: where an edition has something better, it goes here."""

from __future__ import annotations

import datetime
from collections.abc import AsyncIterator, Sequence

import msgspec
from asyncpg import Record
from asyncpg.pool import PoolConnectionProxy

from plant.model.reading import Reading

__all__ = ["AlarmSpan", "Minute", "last_readings", "minutes", "past_alarms", "readings_since", "recent_readings"]

CHUNK = 500
LOOK_BACK_DAYS = 4
"""The last reading is looked for this far back: what is older is in the archive (handbook 5.2 keeps three days)."""

_COLUMNS = "time, received_at, v_raw, temp, humi, conc, conc_raw, seq, bat, rssi, err, flags, sn, net"


class Minute(msgspec.Struct, frozen=True, array_like=True):
    """One minute of one device, as an array: start (Unix s), mean, least and greatest concentration (null without any), readings, mean raw value."""

    at: float
    mean: float | None
    low: float | None
    high: float | None
    count: int
    raw: float | None


class AlarmSpan(msgspec.Struct):
    """An alarm as it was or would have been. `until` is None when it goes on at the end."""

    type: str
    at: float
    until: float | None
    peak: float | None


async def minutes(connection: PoolConnectionProxy, sn: str, since: float, until: float) -> list[Minute]:
    """The minutes that have readings, in order, from the one that `since` is in. Each edition of the database has its own way to them."""
    rows = await connection.fetch(
        "select extract(epoch from minute)::float8 as at, mean, low, high, count, raw from minutes_of_readings($1, $2, $3) order by minute",
        sn,
        _moment(since),
        _moment(until),
    )
    return [Minute(row["at"], row["mean"], row["low"], row["high"], row["count"], row["raw"]) for row in rows]


async def past_alarms(connection: PoolConnectionProxy, sn: str, since: float, until: float) -> list[AlarmSpan]:
    """Alarms of a device that were on at some time in between, in the order of their time."""
    rows = await connection.fetch(
        "select type, time, returned_at, peak from alarms where sn = $1 and time < $3 "
        "and (returned_at >= $2 or (returned_at is null and (active or time >= $2))) order by time desc limit 500",
        sn,
        _moment(since),
        _moment(until),
    )
    return [
        AlarmSpan(
            row["type"], row["time"].timestamp(), row["returned_at"] and row["returned_at"].timestamp(), row["peak"]
        )
        for row in reversed(rows)
    ]


async def recent_readings(connection: PoolConnectionProxy, sn: str, limit: int) -> list[Reading]:
    """The latest first."""
    rows = await connection.fetch(
        f"select {_COLUMNS} from readings where sn = $1 order by time desc, seq desc limit $2", sn, limit
    )
    return [_reading(row) for row in rows]


async def last_readings(connection: PoolConnectionProxy, sns: Sequence[str], now: float) -> list[Reading]:
    """The last reading of each of these devices, of those that have one in the last days."""
    rows = await connection.fetch(
        f"select found.* from unnest($1::text[]) as wanted (sn), lateral (select {_COLUMNS} from readings where readings.sn = wanted.sn "
        "and time > $2 order by time desc, seq desc limit 1) as found",
        list(sns),
        _moment(now - LOOK_BACK_DAYS * 86400),
    )
    return [_reading(row) for row in rows]


async def readings_since(connection: PoolConnectionProxy, sn: str, since: float) -> AsyncIterator[list[Reading]]:
    """All readings from that time on in the order of their time, a few hundred at once whatever their number."""
    async with connection.transaction(readonly=True):
        cursor = await connection.cursor(
            f"select {_COLUMNS} from readings where sn = $1 and time >= $2 order by time, seq", sn, _moment(since)
        )
        while rows := await cursor.fetch(CHUNK):
            yield [_reading(row) for row in rows]


def _reading(row: Record) -> Reading:
    return Reading(
        ts=row["time"].timestamp(),
        seq=row["seq"],
        v_raw=row["v_raw"],
        temp=row["temp"],
        err=row["err"],
        humi=row["humi"],
        bat=row["bat"],
        rssi=row["rssi"],
        net=row["net"],
        sn=row["sn"],
        time=row["time"].timestamp(),
        received_at=row["received_at"].timestamp(),
        conc=row["conc"],
        conc_raw=row["conc_raw"],
        flags=row["flags"],
    )


def _moment(seconds: float) -> datetime.datetime:
    return datetime.datetime.fromtimestamp(seconds, datetime.UTC)
