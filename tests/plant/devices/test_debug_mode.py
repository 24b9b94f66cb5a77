"""Fast reporting: told to the device over the broker, kept in the database, over by itself."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import aiomqtt
import pytest

from engine.core.clock import ManualClock
from engine.core.failure import RetryableError
from engine.db.database import Database
from engine.runtime.services.live_hubs import LiveHub
from plant.devices.debug_mode import DebugMode
from tests.eventually import eventually
from tests.plant.site_database import migrated
from tests.servers.mosquitto import Mosquitto


@asynccontextmanager
async def following(database: Database, url: str, clock: ManualClock | None = None) -> AsyncIterator[DebugMode]:
    debugging = DebugMode(database, LiveHub(), clock or ManualClock(), url)
    await debugging.start()
    try:
        yield debugging
    finally:
        await debugging.stop()


async def test_device_is_told_and_every_worker_knows(postgres_dsn: str, make_mosquitto: Callable[..., Mosquitto]):
    broker = make_mosquitto()
    async with (
        migrated(postgres_dsn) as database,
        following(database, broker.url) as debugging,
        following(database, broker.url) as other,
        aiomqtt.Client("127.0.0.1", broker.port) as device,
    ):
        await device.subscribe("metachip/gas/GS001/cmd", qos=1)
        run = await debugging.begin("GS001", "chen", 1.0, 600.0)
        message = await asyncio.wait_for(anext(aiter(device.messages)), 60)
        assert json.loads(message.payload) == {"cmd": "set_rate", "interval": 1, "duration": 600}
        assert not message.retain
        await eventually(lambda: other.running == {"GS001": run})
        await other.end("GS001", 10.0)
        message = await asyncio.wait_for(anext(aiter(device.messages)), 60)
        assert json.loads(message.payload) == {"cmd": "set_rate", "interval": 10, "duration": 1}
        await eventually(lambda: debugging.running == {})


async def test_it_ends_by_itself_and_pages_are_reported(postgres_dsn: str, make_mosquitto: Callable[..., Mosquitto]):
    broker, clock = make_mosquitto(), ManualClock()
    async with migrated(postgres_dsn) as database, following(database, broker.url, clock) as debugging:
        watching = debugging._hub.subscribe("debugging")
        await debugging.begin("GS001", "chen", 1.0, 600.0)
        await eventually(lambda: "GS001" in debugging.running)
        await clock.advance(599.0)
        assert "GS001" in debugging.running
        await clock.advance(1.5)
        await eventually(lambda: debugging.running == {})
        told: list[dict[str, Any]] = json.loads(await watching.take())
        assert [item["ends_at"] is None for item in told] == [False, True]


async def test_nothing_is_kept_when_the_broker_does_not_take_the_command(
    postgres_dsn: str, make_mosquitto: Callable[..., Mosquitto]
):
    broker = make_mosquitto()
    broker.stop()
    async with migrated(postgres_dsn) as database, following(database, broker.url) as debugging:
        with pytest.raises(RetryableError, match="broker"):
            await debugging.begin("GS001", "chen", 1.0, 600.0)
        async with database.connection() as connection:
            assert await connection.fetchval("select count(*) from debugging") == 0
