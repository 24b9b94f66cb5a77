"""`alarm-write` on a real database: each thing that happens once, the alarm's row kept up to date, and waiting while it is away."""

from __future__ import annotations

from collections.abc import Callable

import msgspec

from engine.core.clock import ManualClock
from engine.db.database import Database
from engine.testing import NodeHarness
from plant.alarms.event import AlarmEvent
from plant.alarms.service import Alarms
from plant.alarms.store import AlarmStore
from plant.devices.registry import Devices
from plant.model.device import Device
from tests.eventually import eventually
from tests.plant.alarms.harness import START, RulesHarness, reading
from tests.plant.site_database import migrated
from tests.said import said
from tests.servers.postgres import Postgres


def a_whole_alarm() -> list[AlarmEvent]:
    """Raised, acknowledged and over."""
    bench = RulesHarness()
    bench.see(0, 25.0)
    bench.note(bench.rules.commands.acknowledge("GS1", "A1", "li", START + 5))
    bench.see(60, 48.0)
    bench.see(90, 5.0)
    return bench.events


def writer(database: Database) -> NodeHarness:
    return NodeHarness("alarm-write", {}, services=[Alarms(database)])


async def test_the_row_of_an_alarm_tells_its_whole_life(postgres_dsn: str):
    async with migrated(postgres_dsn) as database, writer(database) as bench:
        events = a_whole_alarm()
        await bench.give(*events)
        await eventually(lambda: len(bench.sent()) == len(events))
        (row,) = await AlarmStore(database).history()
        shown = {
            name: getattr(row, name)
            for name in ("sn", "type", "value", "threshold", "notified", "state", "active", "peak")
        }
        assert shown == {
            "sn": "GS1",
            "type": "A1",
            "value": 25.0,
            "threshold": 20.0,
            "notified": True,
            "state": "normal",
            "active": False,
            "peak": 48.0,
        }
        assert (row.acknowledged_by, row.acknowledged_at, row.returned_at) == ("li", START + 5, START + 90)
        story = await AlarmStore(database).story(row.id)
        assert story is not None
        assert [past.event.kind for past in story.events] == ["raised", "acknowledged", "returned"]
        assert story.first["v_raw"] == 25.0


async def test_an_event_that_comes_again_is_stored_once_and_an_old_one_does_not_undo_a_new_one(postgres_dsn: str):
    async with migrated(postgres_dsn) as database, writer(database) as bench:
        events = a_whole_alarm()
        await bench.give(*events, *events)
        await bench.give(events[0])
        await eventually(lambda: len(bench.sent()) == 2 * len(events) + 1)
        async with database.connection() as connection:
            assert await connection.fetchval("select count(*) from alarm_events") == len(events)
            assert await connection.fetchval("select state from alarms") == "normal"


async def test_what_is_no_alarm_event_is_refused_and_the_rest_is_stored(postgres_dsn: str):
    async with migrated(postgres_dsn) as database, writer(database) as bench:
        await bench.give({"payload": {"sn": 1}}, *a_whole_alarm()[:1])
        await eventually(lambda: bench.sent() and bench.errors)
        assert "put an alarm node before it" in bench.errors[0]


async def test_texts_that_postgresql_can_not_hold_do_not_keep_the_rest_waiting(postgres_dsn: str):
    async with migrated(postgres_dsn) as database, writer(database) as bench:
        event = msgspec.structs.replace(a_whole_alarm()[0], story={"extra": "a\0b", "said": "\\u0000"})
        await bench.give(event)
        await eventually(lambda: bench.sent())


async def test_events_wait_while_the_database_is_away(make_postgres: Callable[[], Postgres]):
    server = make_postgres()
    clock = ManualClock()
    async with (
        migrated(server.dsn()) as database,
        NodeHarness("alarm-write", {}, services=[Alarms(database)], clock=clock) as bench,
    ):
        server.stop()
        await bench.give(*a_whole_alarm())
        queue = bench.run.nodes["node"].queue
        assert queue is not None
        await eventually(lambda: "away" in said(queue.problem))
        assert bench.sent() == []
        server.start()

        async def stored() -> bool:
            await clock.advance(10)
            return len(bench.sent()) == 3

        await eventually(stored)


async def test_a_memory_that_was_lost_doubles_no_alarm(postgres_dsn: str):
    """A Redis that was emptied: what is open by the table goes on."""
    device = Device(sn="GS1", k=1.0, b=0.0, a2=50.0)
    async with migrated(postgres_dsn) as database:
        store = AlarmStore(database)
        for at in (0, 10):
            alarms = Alarms(database)
            await alarms.start()
            services = [Devices(devices=[device]), alarms]
            async with NodeHarness("alarm", {}, clock=ManualClock(START + at), services=services) as bench:
                await bench.give({"payload": reading(at, 60.0), "key": "GS1", "time": START + at})
                events = bench.sent()
                await store.write(events)
        (row,) = await store.history()
        assert (row.type, row.raised_at, row.state, row.active) == ("A2", START, "unacknowledged", True)
        assert [(event.kind, event.raised_at) for event in events] == [("continued", START)]
