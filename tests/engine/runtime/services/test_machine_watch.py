"""The clock that is set and the disk that fills up are to be seen."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path

import pytest

from engine.core.background_task import Supervisor
from engine.core.clock import ManualClock
from engine.db.database import Database
from engine.runtime.services.machine_watch import COMPARE_EVERY_S, STEP_SHOWN_FOR_S, ClockWatch, disk_health
from tests.eventually import eventually
from tests.servers.process import free_port


@pytest.mark.parametrize("step_s", [-3600.0, 600.0])
async def test_a_clock_that_is_set_is_shown_for_ten_minutes(step_s: float):
    clock = ManualClock()
    away = Database(f"postgresql://nobody@127.0.0.1:{free_port()}/nowhere")
    watch = ClockWatch(clock, away, Supervisor(clock))
    await clock.advance(100)
    watch.look()
    assert watch.health()["status"] == "ok"
    clock.step(step_s)
    watch.look()
    assert watch.health()["status"] == "degraded"
    assert f"{abs(step_s):,.0f} s" in str(watch.health()["problem"])
    await clock.advance(STEP_SHOWN_FOR_S)
    watch.look()
    assert watch.health()["status"] == "ok"


async def test_a_clock_that_differs_from_the_databases_is_shown(postgres_dsn: str):
    clock = ManualClock(time.time() + 3600)
    database = Database(postgres_dsn)
    await database.start()
    watch = ClockWatch(clock, database, Supervisor(clock))
    watch.start()
    try:

        async def seen() -> bool:
            await clock.advance(COMPARE_EVERY_S)
            await asyncio.sleep(0.05)
            return watch.health()["status"] == "degraded"

        await eventually(seen)
        assert 3000 < watch.health()["drift_s"] < 4200
    finally:
        await watch.stop()
        await database.stop()


def test_a_disk_with_room_is_well_and_a_folder_that_is_gone_is_not(tmp_path: Path):
    assert disk_health(tmp_path)["free_bytes"] > 0
    assert disk_health(tmp_path / "gone")["status"] == "degraded"
