"""What nodes remember survives SIGKILL up to the last acknowledged message, whether the memory is in PostgreSQL or in Redis."""

from __future__ import annotations

import asyncio
import json
import signal
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.delivery.conftest import MakeEngine
from tests.delivery.engine_process import EngineProcess
from tests.eventually import eventually
from tests.servers.mosquitto import Mosquitto
from tests.servers.redis import Redis

FLOW = """\
flow: memory
nodes:
  arrived: {type: http-in, with: {path: /memory, open: true}, to: [three, changed]}
  three: {type: batch, with: {count: 3}, to: together}
  together: {type: join, to: three-written}
  three-written: {type: file-write, with: {file: three.jsonl}}
  changed: {type: filter, to: changed-written}
  changed-written: {type: file-write, with: {file: changed.jsonl}}
"""


async def up(engine: EngineProcess) -> None:
    async def runs() -> bool:
        health = await engine.health()
        return "starting" not in health and health.get("flows", {}).get("memory", {}).get("status") == "ok"

    await eventually(runs)


def lines(engine: EngineProcess, name: str) -> list[object]:
    file = engine.folder / "data" / "files" / name
    return [json.loads(line) for line in file.read_text().splitlines()] if file.exists() else []


@pytest.mark.parametrize("store", ["postgres", "redis"])
async def test_node_memory_is_there_after_a_kill(
    store: str,
    postgres_dsn: str,
    mosquitto: Mosquitto,
    make_engine: MakeEngine,
    make_redis: Callable[[], Redis],
    tmp_path: Path,
) -> None:
    """Two of a batch of three are acknowledged, the engine is killed at once, and the third completes it; a filter knows what it let pass."""
    flow = tmp_path / "memory.yaml"
    flow.write_text(FLOW)
    settings = {"MCS_REDIS_URL": make_redis().url} if store == "redis" else {}
    engine = make_engine(postgres_dsn, mosquitto, flow, **settings)
    await up(engine)
    for number in (1, 2):
        await engine.call("POST", "/hook/memory", {"n": number})
    engine.end(signal.SIGKILL)
    engine.start()
    await up(engine)
    await engine.call("POST", "/hook/memory", {"n": 2})
    await eventually(lambda: lines(engine, "three.jsonl") == [[{"n": 1}, {"n": 2}, {"n": 2}]])
    assert lines(engine, "changed.jsonl") == [{"n": 1}, {"n": 2}]


async def test_health_tells_that_redis_is_away(
    postgres_dsn: str, mosquitto: Mosquitto, make_engine: MakeEngine, make_redis: Callable[[], Redis], tmp_path: Path
) -> None:
    """Nothing is acknowledged meanwhile, so whoever runs the site must learn why."""
    flow = tmp_path / "memory.yaml"
    flow.write_text(FLOW)
    server = make_redis()
    engine = make_engine(postgres_dsn, mosquitto, flow, MCS_REDIS_URL=server.url)
    await up(engine)
    server.stop()
    waiting = asyncio.create_task(engine.call("POST", "/hook/memory", {"n": 1}))

    async def told() -> bool:
        health = await engine.health()
        memory = health["services"]["memory"]
        return health["status"] == memory["status"] == "degraded" and memory["problem"].startswith("Redis is away")

    await eventually(told)
    server.start()
    await waiting
    assert (await engine.health())["services"]["memory"] == {"status": "ok"}
