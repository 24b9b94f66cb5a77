"""What a site has kept for long enough is deleted, and nothing else: on a real database."""

from __future__ import annotations

import datetime
import math
from collections.abc import AsyncIterator, Callable

import pytest

from engine.core.clock import ManualClock
from engine.db.database import Database
from plant.readings.retention import History
from tests.eventually import eventually
from tests.plant.site_database import migrated
from tests.said import said
from tests.servers.postgres import Postgres

NOW = datetime.datetime(2026, 11, 26, 3, tzinfo=datetime.UTC)
KEEP_DAYS = 400
EVENT = (
    "insert into alarm_events (id, sn, type, raised_at, at, kind, state, notified, not_notified_reason, by_user, reason, event, recorded_at) "
    "values ($1, 'GS1', 'A1', $2, $3, $4, 'normal', false, '', '', '', '{}', $5)"
)
ALARM = "insert into alarms (sn, type, time, notified, state) values ('GS1', 'A1', $1, true, $2)"
ATTEMPT = "insert into notifications (at, channel, attempt, result, answer, subject, events) values ($1, 'mail', 1, 'sent', '', '', '{}')"
MESSAGE = (
    "insert into quarantine (at, flow, node, time, topic, key, reason, payload, size_bytes, props) "
    "values ($1, 'f', 'n', $1, '', '', '', '', 0, '{}')"
)


def ago(days: float) -> datetime.datetime:
    return NOW - datetime.timedelta(days=days)


@pytest.fixture
async def database(postgres_dsn: str) -> AsyncIterator[Database]:
    async with migrated(postgres_dsn) as database:
        yield database


def history(database: Database) -> History:
    return History(database, ManualClock(NOW.timestamp()), KEEP_DAYS)


async def event(
    database: Database,
    id: str,
    days: float,
    kind: str = "raised",
    *,
    alarm: datetime.datetime | None = None,
    stored: float = math.nan,
) -> None:
    recorded_at = ago(days if math.isnan(stored) else stored)
    async with database.connection() as connection:
        await connection.execute(EVENT, id, alarm, ago(days), kind, recorded_at)


async def events(database: Database) -> list[str]:
    async with database.connection() as connection:
        return [row["id"] for row in await connection.fetch("select id from alarm_events order by id")]


async def test_only_what_is_older_than_the_keep_time_goes(database: Database):
    async with database.connection() as connection:
        for days in (KEEP_DAYS + 1, KEEP_DAYS - 1):
            await connection.execute(ATTEMPT, ago(days))
            await connection.execute(MESSAGE, ago(days))
    await event(database, "old", KEEP_DAYS + 1)
    await event(database, "young", KEEP_DAYS - 1)

    assert await history(database).run_once() == {"alarm_events": 1, "notifications": 1, "quarantine": 1}

    assert await events(database) == ["young"]
    async with database.connection() as connection:
        for table in ("notifications", "quarantine"):
            assert [row["at"] for row in await connection.fetch(f"select at from {table}")] == [ago(KEEP_DAYS - 1)]


async def test_the_alarm_itself_is_kept_for_ever(database: Database):
    raised_at = ago(KEEP_DAYS * 5)
    async with database.connection() as connection:
        await connection.execute(ALARM, raised_at, "normal")
    await event(database, "raised", KEEP_DAYS * 5, alarm=raised_at)

    await history(database).run_once()

    assert await events(database) == []
    async with database.connection() as connection:
        assert await connection.fetchval("select time from alarms") == raised_at


async def test_an_open_alarm_keeps_its_events_but_not_each_reading(database: Database):
    raised_at = ago(KEEP_DAYS + 9)
    async with database.connection() as connection:
        await connection.execute(ALARM, raised_at, "shelved")
    await event(database, "continued", KEEP_DAYS + 8, "continued", alarm=raised_at)
    await event(database, "raised", KEEP_DAYS + 9, alarm=raised_at)
    await event(database, "shelved", KEEP_DAYS + 7, "shelved", alarm=raised_at)

    await history(database).run_once()
    assert await events(database) == ["raised", "shelved"]

    async with database.connection() as connection:
        await connection.execute("update alarms set state = 'normal'")
    await history(database).run_once()
    assert await events(database) == []


async def test_an_event_of_a_wrong_clock_is_kept_from_when_it_was_stored(database: Database):
    await event(database, "late", KEEP_DAYS + 300, stored=1)

    await history(database).run_once()

    assert await events(database) == ["late"]


async def test_much_goes_a_batch_at_a_time_past_what_stays(database: Database):
    """An event that stays is the oldest, and does not stand in the way."""
    raised_at = ago(KEEP_DAYS + 99)
    async with database.connection() as connection:
        await connection.execute(ALARM, raised_at, "acknowledged")
    await event(database, "open", KEEP_DAYS + 99, alarm=raised_at)
    for n in range(7):
        await event(database, f"old{n}", KEEP_DAYS + 1 + n)
    clock = ManualClock(NOW.timestamp())
    cleaning = History(database, clock, KEEP_DAYS, batch=3)
    await cleaning.start()
    left: list[int] = []

    async def one_batch_more() -> bool:
        left.append(len(await events(database)))
        await clock.advance(0.2)
        return left[-1] == 1

    await eventually(one_batch_more)
    await cleaning.stop()
    assert set(left) <= {8, 5, 2, 1}


async def test_each_day_what_has_become_too_old_goes(database: Database):
    await event(database, "today", KEEP_DAYS + 0.5)
    await event(database, "tomorrow", KEEP_DAYS - 0.5)
    clock = ManualClock(NOW.timestamp())
    cleaning = History(database, clock, KEEP_DAYS)
    await cleaning.start()

    async def today_is_gone() -> bool:
        return await events(database) == ["tomorrow"]

    await eventually(today_is_gone)

    async def tomorrow_is_gone() -> bool:
        await clock.advance(History.every_s)
        return await events(database) == []

    await eventually(tomorrow_is_gone)
    await cleaning.stop()


async def test_a_database_that_is_away_is_waited_for(make_postgres: Callable[[], Postgres]):
    server = make_postgres()
    clock = ManualClock(NOW.timestamp())
    async with migrated(server.dsn()) as database:
        await event(database, "old", KEEP_DAYS + 1)
        server.stop()
        await eventually(lambda: not database.up)
        cleaning = History(database, clock, KEEP_DAYS)
        await cleaning.start()
        server.start()

        async def gone() -> bool:
            await clock.advance(60.0)
            return database.up and await events(database) == []

        await eventually(gone)
        assert cleaning.health() == {"status": "ok", "problem": ""}
        await cleaning.stop()


async def test_a_refusal_is_told_by_health(database: Database):
    async with database.connection() as connection:
        await connection.execute("alter table notifications rename to elsewhere")
    cleaning = history(database)
    await cleaning.start()

    await eventually(lambda: cleaning.health()["status"] == "degraded")

    assert "notifications" in said(cleaning.health()["problem"])
    await cleaning.stop()
