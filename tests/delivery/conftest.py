"""An engine process, and what a test sees of its database."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest

from tests.delivery.engine_process import EngineProcess, Table
from tests.servers.mosquitto import Mosquitto

MakeEngine = Callable[..., EngineProcess]


@pytest.fixture
async def make_engine(tmp_path: Path) -> AsyncIterator[MakeEngine]:
    """`make_engine(dsn, broker, flow=…)` starts one; it is not ready yet."""
    made: list[EngineProcess] = []

    def make(dsn: str, broker: Mosquitto, *flows: Path, **settings: str) -> EngineProcess:
        engine = EngineProcess(tmp_path, dsn, broker.url, **settings)
        made.append(engine)
        for flow in flows:
            engine.take_flow(flow)
        if not flows:
            engine.take_flow()
        engine.start()
        return engine

    yield make
    for engine in made:
        await engine.close()


@pytest.fixture
def engine(postgres_dsn: str, make_engine: MakeEngine, make_mosquitto: Callable[..., Mosquitto]) -> EngineProcess:
    """The shipped flow on a database and a broker of its own."""
    return make_engine(postgres_dsn, make_mosquitto())


@pytest.fixture
async def table(postgres_dsn: str) -> AsyncIterator[Table]:
    """The database of `engine`, seen from outside."""
    table = Table(postgres_dsn)
    yield table
    await table.close()
