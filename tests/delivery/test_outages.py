"""Database and broker go away under load: nothing is lost, nothing is stored twice, memory stays bounded."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from tests.delivery.conftest import MakeEngine
from tests.delivery.engine_process import EngineProcess, Table, load
from tests.eventually import eventually
from tests.servers.mosquitto import Mosquitto
from tests.servers.postgres import Postgres

READINGS = 24_000
DEVICES = 20
RATE = 4_000


async def all_stored(table: Table) -> None:
    """Every reading is there once, and none was put aside."""

    async def stored() -> bool:
        return (await table.value("select count(*) from readings") or 0) >= READINGS

    await eventually(stored, 90)
    assert await table.readings() == (READINGS, READINGS)
    assert await table.value("select count(*) from quarantine") == 0


async def test_stopped_database_stops_nothing_and_every_reading_is_stored_afterwards(
    make_engine: MakeEngine, make_postgres: Callable[[], Postgres], make_mosquitto: Callable[..., Mosquitto]
) -> None:
    """24,000 readings at 4,000/s, the database away until the last of them is with the engine."""
    server = make_postgres()
    table = Table(server.dsn())
    engine = make_engine(server.dsn(), make_mosquitto())
    await table.add_devices(DEVICES)
    await engine.ready()

    async def some_stored() -> bool:
        return (await table.value("select count(*) from readings") or 0) > RATE // 2

    async def all_taken() -> bool:
        return (await engine.health())["flows"]["gas-monitoring"]["under_way"] == 0

    async with load(engine.mqtt_url, devices=DEVICES, count=READINGS, rate=RATE) as publishing:
        await eventually(some_stored)
        await asyncio.to_thread(server.stop)
        rss_mb = engine.rss_mb()
        await publishing.finished()
        await eventually(all_taken)
        health = await engine.health()
        assert health["status"] == health["services"]["spool"]["status"] == "degraded"
        assert engine.rss_mb() < rss_mb + 64
        await asyncio.to_thread(server.start)
    await all_stored(table)
    await eventually(lambda: is_well(engine))
    await table.close()


async def test_restarted_broker_brings_every_reading(
    table: Table, make_engine: MakeEngine, make_mosquitto: Callable[..., Mosquitto]
) -> None:
    """Restarted twice under load; it keeps sessions on disk, as the shipped configuration does."""
    broker = make_mosquitto(persistence=True)
    engine = make_engine(table.dsn, broker)
    await table.add_devices(DEVICES)
    await engine.ready()
    async with load(engine.mqtt_url, devices=DEVICES, count=READINGS, rate=RATE) as publishing:
        for part in (READINGS // 4, READINGS // 2):

            async def so_many(part: int = part) -> bool:
                return (await table.value("select count(*) from readings") or 0) > part

            await eventually(so_many)
            await asyncio.to_thread(broker.restart)
        await publishing.finished()
    await all_stored(table)


async def is_well(engine: EngineProcess) -> bool:
    """Flow and database say so themselves, and nothing is left to acknowledge."""
    health = await engine.health()
    flow = health["flows"]["gas-monitoring"]
    return (health["services"]["database"]["status"], flow["status"], flow["under_way"]) == ("ok", "ok", 0)
