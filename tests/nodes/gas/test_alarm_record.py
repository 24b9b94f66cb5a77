"""Alarms in a real table."""

from __future__ import annotations

from typing import Any

from engine.catalogue import Catalogue
from engine.clock import SystemClock
from engine.database import Database
from engine.run.site import Site
from engine.testing import NodeHarness
from nodes.gas.alarm_record import AlarmRecord
from plant.device import Device
from tests.eventually import eventually
from tests.plant.site_database import migrated

NOW = 1_767_225_600.0


def bench_on(database: Database, notified: bool) -> NodeHarness:
    return NodeHarness(AlarmRecord, {"notified": notified}, site=Site(Catalogue(), SystemClock()), services=[database])  # type: ignore[arg-type]


def alarm(**changes: Any) -> dict[str, Any]:
    device = Device(sn="GS001", unit="%LEL", location="boiler house")
    found = {"value": 51.5, "limit": 50, "direction": "above"}
    return {
        "payload": 1,
        "key": "GS001",
        "time": NOW,
        "type": "gas_a2",
        "threshold": found,
        "device": device,
        **changes,
    }


async def test_alarm_is_stored_with_what_is_known_of_it(postgres_dsn: str):
    async with migrated(postgres_dsn) as database, bench_on(database, True) as bench:
        await bench.give(alarm())
        await eventually(lambda: bench.outputs)
        async with database.connection() as connection:
            row = await connection.fetchrow(
                "select sn, extract(epoch from time)::float8 as time, type, value, threshold, unit, notified, location from alarms"
            )
        stored = {"sn": "GS001", "time": NOW, "type": "gas_a2", "value": 51.5, "threshold": 50.0, "unit": "%LEL"}
        assert dict(row) == {**stored, "notified": True, "location": "boiler house"}
        assert bench.outputs[0].payload.notified is True


async def test_alarm_that_comes_again_is_stored_once(postgres_dsn: str):
    async with migrated(postgres_dsn) as database, bench_on(database, False) as bench:
        await bench.give(alarm(), alarm(), alarm(time=NOW + 10), alarm(type="gas_a1"))
        await eventually(lambda: len(bench.outputs) == 4)
        async with database.connection() as connection:
            assert await connection.fetchval("select count(*) from alarms where not notified") == 3


async def test_alarm_without_a_type_is_refused_and_the_others_are_stored(postgres_dsn: str):
    async with migrated(postgres_dsn) as database, bench_on(database, True) as bench:
        await bench.give(alarm(type=5), alarm(key=""), alarm(time=1e300), alarm())
        await eventually(lambda: len(bench.outputs) == 4)
        assert [output.port for output in bench.outputs].count("error") == 3
        async with database.connection() as connection:
            assert await connection.fetchval("select count(*) from alarms") == 1
