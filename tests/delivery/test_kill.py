"""What was acknowledged is in the database, exactly once, whenever the engine is killed."""

from __future__ import annotations

import asyncio
import json
import random
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import aiomqtt
import asyncpg
import pytest

from tests.eventually import eventually
from tests.servers.process import free_port

READINGS = 20_000
DEVICES = 20
KILLS = 5
START_S = 1_760_000_000
FLOW = Path("flows/gas-monitoring.yaml").absolute()


class Engine:
    """`mcs run` of the shipped flow in a process of its own, to be killed and started again."""

    def __init__(self, folder: Path, dsn: str, mqtt_url: str) -> None:
        self.folder = folder
        self.environment = {
            "PATH": "/usr/bin:/bin",
            "HOME": str(folder),
            "MCS_DATABASE_URL": dsn,
            "MCS_MQTT_URL": mqtt_url,
            "MCS_PORT": str(free_port()),
            "MCS_DATA": str(folder / "data"),
            "MCS_FLOWS": str(FLOW.parent),
        }
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        with (self.folder / "engine.log").open("ab") as log:
            command = [sys.executable, "-m", "engine", "run"]
            self.process = subprocess.Popen(
                command, cwd=FLOW.parent.parent, env=self.environment, stdout=log, stderr=log
            )

    def end(self, number: signal.Signals) -> None:
        assert self.process is not None
        self.process.send_signal(number)
        self.process.wait(30)


@pytest.fixture
async def engine(tmp_path: Path, postgres_dsn: str, make_mosquitto: Callable[..., object]) -> AsyncIterator[Engine]:
    broker = make_mosquitto()
    engine = Engine(tmp_path, postgres_dsn, f"mqtt://127.0.0.1:{broker.port}")
    engine.start()
    yield engine
    engine.end(signal.SIGTERM)


async def publish(url: str, first: int, last: int) -> None:
    """Readings number `first` to `last` of all devices together, each acknowledged by the broker."""
    host, _, port = url.removeprefix("mqtt://").partition(":")
    async with aiomqtt.Client(host, int(port)) as client:
        for begin in range(first, last, 100):
            await asyncio.gather(*(one(client, number) for number in range(begin, min(begin + 100, last))))


async def one(client: aiomqtt.Client, number: int) -> None:
    device, seq = f"KILL{number % DEVICES:03}", number // DEVICES
    packet = {
        "ts": START_S + seq,
        "seq": seq,
        "v_raw": 2000.0,
        "temp": 25.0,
        "humi": 40.0,
        "bat": 90,
        "rssi": -70,
        "net": "4G",
        "err": 0,
    }
    await client.publish(f"metachip/gas/{device}/data", json.dumps(packet), qos=1)


async def test_every_reading_is_stored_once_though_the_engine_is_killed_five_times(engine: Engine, postgres_dsn: str):
    """20,000 numbered readings at QoS 1; SIGKILL at random moments while they come."""
    connection = await asyncpg.connect(postgres_dsn)

    async def count(sql: str) -> int:
        try:
            return int(await connection.fetchval(sql))
        except asyncpg.UndefinedTableError:
            return 0

    url = engine.environment["MCS_MQTT_URL"]
    await eventually(lambda: count("select 1 from devices union all select 1 limit 1"), 30)
    await connection.executemany(
        "insert into devices (sn, k, b) values ($1, 0.01, 0)", [(f"KILL{number:03}",) for number in range(DEVICES)]
    )

    async def subscribed() -> bool:
        await publish(url, 0, 1)
        return bool(await count("select count(*) from readings"))

    await eventually(subscribed, 30)  # from here on the broker keeps the session, whatever happens to the engine
    moments = random.Random(4)
    for kill in range(KILLS):
        part = READINGS // KILLS
        publishing = asyncio.create_task(publish(url, kill * part, (kill + 1) * part))
        await asyncio.sleep(moments.uniform(0.05, 0.6))  # a random moment of the traffic, waited for by nobody
        engine.end(signal.SIGKILL)
        engine.start()
        await publishing
    await eventually(lambda: stored(count), 60)
    assert await count("select count(distinct (sn, seq)) from readings") == READINGS
    assert await count("select count(*) from readings") == READINGS
    assert await count("select count(*) from quarantine") == 0
    await connection.close()


async def stored(count: Callable[[str], object]) -> bool:
    return await count("select count(*) from readings") >= READINGS  # type: ignore[misc]
