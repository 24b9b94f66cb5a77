"""What a hundred open tabs cost the flow: the same readings without a tab and with a hundred.

    .venv/bin/python -m tests.bench.tabs [--tabs 100] [--readings 10000] [--rate 1000]      rate 0: as fast as they go

Each tab listens to the figures of the flow, a tapped wire, the debug list, the values of the wall and the states. CPU time of the engine's
process per message, and how long the whole took; of both look at the ratio.
"""

from __future__ import annotations

import argparse
import asyncio
import tempfile
import time
from pathlib import Path

from tests.bench.measure import cpu_s
from tests.delivery.engine_process import EngineProcess, Table, load
from tests.delivery.tabs import tabs
from tests.eventually import eventually
from tests.servers.mosquitto import Mosquitto
from tests.servers.postgres import Postgres

DEVICES = 100


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--tabs", type=int, default=100)
    parser.add_argument("--readings", type=int, default=10_000)
    parser.add_argument("--rate", type=float, default=1_000.0)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="mcs-bench-") as name:
        folder = Path(name)
        folder.chmod(0o755)  # the database runs under an account of its own
        asyncio.run(_bench(folder, given.tabs, given.readings, given.rate))


async def _bench(folder: Path, count: int, readings: int, rate: float) -> None:
    postgres, broker = Postgres(folder, durable=True), Mosquitto(folder)
    postgres.start()
    broker.start()
    (folder / "engine").mkdir()
    engine = EngineProcess(folder / "engine", postgres.dsn(), broker.url).take_flow()
    table = Table(engine.environment["MCS_DATABASE_URL"])
    try:
        engine.start()
        await table.add_devices(DEVICES)
        await engine.ready()
        await _run(engine, table, 0, 3_000, 0)  # imports and caches
        alone = await _run(engine, table, 0, readings, rate)
        watched = await _run(engine, table, count, readings, rate)
    finally:
        await engine.close()
        await table.close()
        broker.stop()
        postgres.stop()
    print(f"{'':14}{'µs CPU a message':>18}{'messages a second':>20}{'RSS MB':>9}")
    for name, (cpu_us, per_s, rss_mb) in (("no tab", alone), (f"{count} tabs", watched)):
        print(f"{name:14}{cpu_us:>18.1f}{per_s:>20.0f}{rss_mb:>9.0f}")
    print(f"{'ratio':14}{watched[0] / alone[0]:>18.2f}{watched[1] / alone[1]:>20.2f}")


async def _run(
    engine: EngineProcess, table: Table, count: int, readings: int, rate: float
) -> tuple[float, float, float]:
    """(µs of CPU a message, messages a second, resident MB)"""
    before = await table.value("select count(*) from readings") or 0
    async with tabs(engine, count):
        used, began = cpu_s(engine.process), time.monotonic()
        async with load(engine.mqtt_url, devices=DEVICES, count=readings, first=before, rate=rate) as sent:
            await sent.finished()

            async def stored() -> bool:
                return (await table.value("select count(*) from readings") or 0) >= before + readings

            await eventually(stored, 120)
        return (cpu_s(engine.process) - used) * 1e6 / readings, readings / (time.monotonic() - began), engine.rss_mb()


if __name__ == "__main__":
    main()
