"""What was acknowledged is in the database, exactly once, whenever the engine is killed."""

from __future__ import annotations

import asyncio
import random
import signal

from tests.delivery.engine_process import EngineProcess, Table, load
from tests.eventually import eventually

READINGS = 20_000
DEVICES = 20
KILLS = 5


async def test_every_reading_is_stored_once_though_the_engine_is_killed_five_times(
    engine: EngineProcess, table: Table
) -> None:
    """20,000 numbered readings at QoS 1; SIGKILL at random moments while they come."""
    await table.add_devices(DEVICES)
    await engine.ready()  # from here on the broker keeps the session, whatever happens to the engine
    moments = random.Random(4)
    for kill in range(KILLS):
        part = READINGS // KILLS
        async with load(engine.mqtt_url, devices=DEVICES, first=kill * part, count=part, rate=6000) as publishing:
            await asyncio.sleep(moments.uniform(0.1, 0.7))  # a random moment of the traffic, waited for by nobody
            engine.end(signal.SIGKILL)
            engine.start()
            await publishing.finished()

    async def stored() -> bool:
        return (await table.readings())[1] >= READINGS

    await eventually(stored)
    assert await table.readings() == (READINGS, READINGS)
    assert await table.value("select count(*) from quarantine") == 0
