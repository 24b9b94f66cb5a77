"""A leak is told while the database is away, however long: what it can't take is spooled, and stored once when it is back."""

from __future__ import annotations

import asyncio
import json
import signal
from collections.abc import Callable

import aiomqtt
import pytest

from tests.delivery.conftest import MakeEngine
from tests.delivery.engine_process import START_S, Table, load
from tests.eventually import eventually
from tests.servers.mosquitto import Mosquitto
from tests.servers.postgres import Postgres
from tests.servers.redis import Redis

DEVICES = 20
READINGS = 20_000
"""More than the broker has on its way (1,000) and the flow takes (5,000)."""


def leak(sn: str, second: int) -> str:
    packet = {"ts": START_S + second, "seq": 50_000 + second, "v_raw": 3900.0, "temp": 25.0, "err": 0}
    return json.dumps(packet)


async def test_leak_is_told_while_the_database_is_away_and_every_reading_is_stored_afterwards(
    make_engine: MakeEngine, make_postgres: Callable[[], Postgres], make_mosquitto: Callable[..., Mosquitto]
) -> None:
    """Far more has come than the flow can hold when the leak begins; another node tells of the alarm by MQTT."""
    server, broker = make_postgres(), make_mosquitto()
    table = Table(server.dsn())
    engine = make_engine(server.dsn(), broker)
    await table.add_devices(DEVICES, a1=20.0, a2=30.0)
    await engine.ready()
    tell = {"op": "add_node", "id": "tell", "type": "mqtt-out", "with": {"broker": "${broker:site}", "topic": "told"}}
    await engine.deploy("gas-monitoring", tell, {"op": "add_wire", "node": "alarm", "to": "tell"})
    async with aiomqtt.Client("127.0.0.1", broker.port) as client:
        await client.subscribe("told", qos=1)
        await asyncio.to_thread(server.stop)
        async with load(engine.mqtt_url, devices=DEVICES, count=READINGS, rate=4_000) as publishing:
            await publishing.finished()

        async def spooled() -> bool:
            return int((await engine.health())["services"]["spool"]["rows"]) >= READINGS

        await eventually(spooled)
        await client.publish("metachip/gas/GS00003/data", leak("GS00003", 10_000), qos=1)
        async with asyncio.timeout(60):
            async for message in client.messages:
                told = json.loads(message.payload)  # type: ignore[arg-type]
                if (told["sn"], told["type"], told["kind"]) == ("GS00003", "A2", "raised"):
                    break
        await asyncio.to_thread(server.start)

    async def stored() -> bool:
        return (await table.value("select count(*) from readings") or 0) >= READINGS + 1

    await eventually(stored)
    assert await table.readings() == (READINGS + 1, READINGS + 1)
    assert await table.value("select count(*) from quarantine") == 0

    async def recorded() -> bool:
        return await table.value("select count(*) from alarm_events where type = 'A2' and kind = 'raised'") == 1

    await eventually(recorded)

    async def drained() -> bool:
        return (await engine.health())["services"]["spool"]["rows"] == 0

    await eventually(drained)
    await table.close()


@pytest.mark.parametrize("redis", [False, True], ids=["PostgreSQL", "Redis"])
async def test_restart_in_the_middle_of_the_outage_judges_and_tells_at_once(
    make_engine: MakeEngine,
    make_postgres: Callable[[], Postgres],
    make_mosquitto: Callable[..., Mosquitto],
    make_redis: Callable[..., Redis],
    redis: bool,
) -> None:
    """The registry, what was remembered and the tables' columns come from their copies. What is open stays open, and is told once."""
    server, broker = make_postgres(), make_mosquitto()
    table = Table(server.dsn())
    engine = make_engine(server.dsn(), broker, **({"MCS_REDIS_URL": make_redis().url} if redis else {}))
    await table.add_devices(DEVICES, a1=20.0, a2=30.0)
    await engine.ready()
    tell = {"op": "add_node", "id": "tell", "type": "mqtt-out", "with": {"broker": "${broker:site}", "topic": "told"}}
    await engine.deploy("gas-monitoring", tell, {"op": "add_wire", "node": "alarm", "to": "tell"})
    told: dict[str, tuple[str, str, str]] = {}
    async with aiomqtt.Client("127.0.0.1", broker.port) as client:
        await client.subscribe("told", qos=1)

        async def until_told(sn: str, type: str, kind: str) -> None:
            async with asyncio.timeout(30):
                async for message in client.messages:
                    event = json.loads(message.payload)  # type: ignore[arg-type]
                    # What was not known to be stored before the kill is told again after it, with the same id.
                    told[event["id"]] = (event["sn"], event["type"], event["kind"])
                    if told[event["id"]] == (sn, type, kind):
                        return

        await client.publish("metachip/gas/GS00003/data", leak("GS00003", 1), qos=1)
        await until_told("GS00003", "A2", "raised")

        async def copied() -> bool:
            return await table.value("select count(*) from readings") == 1

        await eventually(copied, 20)
        await asyncio.to_thread(server.stop)
        await client.publish("metachip/gas/GS00003/data", leak("GS00003", 11), qos=1)

        async def spooled() -> bool:
            return int((await engine.health())["services"]["spool"]["rows"]) > 0

        await eventually(spooled, 30)
        await asyncio.to_thread(engine.end, signal.SIGKILL)
        engine.start()
        await eventually(lambda: "judges what comes" in engine.log, 30)
        await eventually(engine.broker_connections, 40)
        await client.publish("metachip/gas/GS00004/data", leak("GS00004", 21), qos=1)
        await client.publish("metachip/gas/GS00003/data", leak("GS00003", 21), qos=1)
        await until_told("GS00004", "A2", "raised")
        await asyncio.to_thread(server.start)

    async def stored() -> bool:
        return await table.value("select count(*) from readings") == 4

    await eventually(stored, 60)
    assert await table.value("select count(*) from quarantine") == 0
    assert list(told.values()).count(("GS00003", "A2", "raised")) == 1

    async def recorded() -> bool:
        return await table.value("select count(distinct sn) from alarms where type = 'A2'") == 2

    await eventually(recorded, 30)
    assert await table.value("select count(*) from alarms where type = 'A2'") == 2
    await table.close()
