"""A hundred tabs watch while 1,000 readings a second come: each is told of them, and none of them holds up the flow."""

from __future__ import annotations

from tests.delivery.engine_process import EngineProcess, Table, load
from tests.delivery.tabs import FLOW, tabs
from tests.eventually import eventually

TABS = 100
DEVICES = 20
READINGS = 6_000
RATE = 1_000


async def test_hundred_tabs_see_what_comes_and_nothing_is_lost(engine: EngineProcess, table: Table) -> None:
    """Every reading is stored once; every tab gets figures, samples and values to the last."""
    await table.add_devices(DEVICES)
    await engine.ready()
    async with tabs(engine, TABS) as opened, load(engine.mqtt_url, devices=DEVICES, count=READINGS, rate=RATE) as sent:
        await sent.finished()

        async def stored() -> bool:
            return await table.readings() == (READINGS, READINGS)

        await eventually(stored)

        def told() -> bool:
            wanted = (f"telemetry:{FLOW}", f"tap:{FLOW}/concentration/out", "live:readings")
            return all(tab.items[topic] for tab in opened for topic in wanted)

        await eventually(told)
    assert await table.value("select count(*) from quarantine") == 0
    assert (await engine.telemetry())["store"][0] == READINGS
