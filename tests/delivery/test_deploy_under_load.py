"""Twenty deploys through the API while 2,000 readings a second come: nothing lost, nothing twice, what did not change stays."""

from __future__ import annotations

import asyncio
from typing import Any

from tests.delivery.engine_process import EngineProcess, Table, load
from tests.eventually import eventually

RATE = 2_000
READINGS = 30_000
DEVICES = 20
DEPLOYS = 20
FLOW = "gas-monitoring"


def change(number: int) -> list[dict[str, Any]]:
    """The operations of one deploy: a config changed, a branch added, that branch removed, a node replaced on the main path."""
    match number % 4:
        case 0:
            return [{"op": "change_node", "id": "concentration", "set": {"floor": -1.0 - number}}]
        case 1:
            added = {"op": "add_node", "id": "extra", "type": "live", "with": {"channel": f"extra-{number}"}}
            return [added, {"op": "add_wire", "node": "packets", "to": "extra"}]
        case 2:
            return [{"op": "remove_node", "id": "extra"}]
        case _:
            return [
                {"op": "change_node", "id": "store", "set": {"on_conflict": "update" if number % 8 == 3 else "ignore"}}
            ]


async def test_twenty_deploys_lose_nothing_and_keep_what_did_not_change(engine: EngineProcess, table: Table) -> None:
    """30,000 numbered readings; the source keeps its connection all the time, and counts on."""
    await table.add_devices(DEVICES)
    await engine.ready()
    connections = engine.broker_connections()
    async with load(engine.mqtt_url, devices=DEVICES, count=READINGS, rate=RATE) as publishing:
        reports = []
        for number in range(DEPLOYS):
            done = await engine.deploy(FLOW, *change(number))
            assert done["balanced"], done
            reports.append(done["report"])
        under_load = not publishing.over
        await publishing.finished()

    async def stored() -> bool:
        return (await table.value("select count(*) from readings") or 0) >= READINGS

    await eventually(stored)
    assert await table.readings() == (READINGS, READINGS)
    assert await table.value("select count(*) from quarantine") == 0
    assert under_load
    assert [report["changed"] + report["added"] + report["removed"] for report in reports] == [
        [["concentration"], ["extra"], ["extra"], ["store"]][number % 4] for number in range(DEPLOYS)
    ]
    assert engine.broker_connections() == connections
    nodes = await engine.telemetry()
    assert [nodes[id][0] for id in ("reading", "packets", "device", "concentration", "store")] == [READINGS] * 5


async def test_node_that_fails_to_start_rolls_back_under_load(engine: EngineProcess, table: Table) -> None:
    """PermanentError with the node and its reason; the version before it goes on, and is in the file."""
    await table.add_devices(DEVICES)
    await engine.ready()
    text = (engine.flows / f"{FLOW}.yaml").read_text()
    async with load(engine.mqtt_url, devices=DEVICES, count=4_000, rate=RATE) as publishing:
        bad = [
            {"op": "change_node", "id": "concentration", "set": {"floor": -1.0}},
            {"op": "change_node", "id": "reading", "set": {"topic": "metachip/{sn}/{sn}"}},
        ]
        refused = await engine.deploy(FLOW, *bad, expect=424)
        assert "reading" in str(refused)
        await asyncio.wait_for(publishing.finished(), 60)

    async def stored() -> bool:
        return await table.readings() == (4_000, 4_000)

    await eventually(stored)
    assert (engine.flows / f"{FLOW}.yaml").read_text() == text
    assert (await engine.health())["flows"][FLOW]["status"] == "ok"
