"""The shipped flow on real servers: devices publish, and what they said is stored, shown, and raises alarms."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiomqtt

from engine.catalogue.node_types import Catalogue
from engine.db.database import Database
from engine.flow.references import References
from engine.flow.yaml.read import read_flow
from engine.pack import discover_packs
from engine.runtime.quarantine import Quarantine
from engine.runtime.services.live_hubs import LiveHub
from engine.runtime.site import Site
from engine.runtime.state.stores import PostgresJournal, PostgresQuarantine
from plant.alarms.service import Alarms
from plant.devices.health import DeviceHealth
from plant.devices.registry import Devices
from plant.model.device import Device
from plant.notifications.service import Channels
from plant.simulation.command import register
from plant.simulation.simulated_device import fleet
from plant.simulation.simulator import Simulator
from tests.eventually import eventually
from tests.plant.site_database import migrated
from tests.servers.mosquitto import Mosquitto

FLOW = Path("flows/gas-monitoring.yaml")


@asynccontextmanager
async def running(database: Database, broker: Mosquitto) -> AsyncIterator[Site]:
    """The site with its flow, connected to the broker."""
    site = Site(
        Catalogue(discover_packs()),
        references=References(brokers={"site": broker.url}),
        journal_store=PostgresJournal(database),
        quarantine=Quarantine(PostgresQuarantine(database)),
        database=database,
    )
    registry = Devices(database)
    await site.start()
    await registry.start()
    site.provide(registry)
    site.provide(DeviceHealth())
    site.provide(Alarms(database))
    channels = Channels(database)
    await channels.start()
    site.provide(channels)
    flow, problems = read_flow(FLOW)
    assert flow is not None
    await site.deploy(flow, read_problems=problems)
    uplink = site.flows[flow.flow].nodes["uplink"].context
    await eventually(lambda: uplink.status_level == "ok" and uplink.status_text)
    try:
        yield site
    finally:
        await site.stop()
        await channels.stop()
        await registry.stop()


async def value(database: Database, query: str) -> Any:
    async with database.connection() as connection:
        return await connection.fetchval(query)


def packet(seq: int, v_raw: float = 2500.0) -> bytes:
    return b'{"ts":%d,"seq":%d,"v_raw":%f,"temp":25,"err":0}' % (1_767_225_600 + 10 * seq, seq, v_raw)


async def test_every_packet_of_a_fleet_is_stored_and_shown(postgres_dsn: str, make_mosquitto: Callable[..., Mosquitto]):
    broker = make_mosquitto()
    async with migrated(postgres_dsn) as database, running(database, broker) as site:
        devices = fleet(6, interval_s=10.0)
        await register(site.service(Devices), devices)
        await eventually(lambda: len(site.service(Devices).known) == 6)
        simulator = Simulator(broker.url, devices, speed=40, count=20)
        report = await simulator.run()
        distinct = "select count(*) from readings"
        await eventually(lambda: site.flows["gas-monitoring"].under_way == 0)
        stored = await value(database, distinct)
        lossy_twice = report.sent - stored
        assert 0 <= lossy_twice <= 5
        assert await value(database, "select count(*) from readings where err <> 0 and conc is not null") == 0
        assert await value(database, "select count(*) from readings where err = 0 and conc is null") == 0
        assert len(site.service(LiveHub).latest("readings")) == 6
        assert await value(database, "select count(*) from quarantine") == 0


async def test_gas_above_its_level_raises_an_alarm_that_is_notified_once(
    postgres_dsn: str, make_mosquitto: Callable[..., Mosquitto]
):
    broker = make_mosquitto()
    async with migrated(postgres_dsn) as database, running(database, broker) as site:
        await site.service(Devices).put(Device(sn="GS001", k=0.02, b=-40.0, a1=20.0, a2=50.0))
        await eventually(lambda: site.service(Devices).get("GS001") is not None)
        async with aiomqtt.Client("127.0.0.1", broker.port) as client:
            for seq in range(3):
                await client.publish("metachip/gas/GS001/data", packet(seq, 3250.0), qos=1)
        await eventually(
            lambda: site.flows["gas-monitoring"].under_way == 0 and "GS001/A1" in site.service(LiveHub).latest("alarms")
        )
        async with database.connection() as connection:
            rows = await connection.fetch("select type, value, notified, state from alarms")
            events = await connection.fetch("select kind, notified, not_notified_reason from alarm_events order by at")
        assert [tuple(row) for row in rows] == [("A1", 25.0, True, "unacknowledged")]
        assert [tuple(row) for row in events] == [
            ("raised", True, ""),
            ("continued", False, "recorded-only"),
            ("continued", False, "recorded-only"),
        ]


async def test_what_is_wrong_lands_in_quarantine_with_its_reason_and_gas_flows_on(
    postgres_dsn: str, make_mosquitto: Callable[..., Mosquitto]
):
    broker = make_mosquitto()
    async with migrated(postgres_dsn) as database, running(database, broker) as site:
        await site.service(Devices).put(Device(sn="GS001", k=0.02, b=-40.0))
        await eventually(lambda: site.service(Devices).get("GS001") is not None)
        async with aiomqtt.Client("127.0.0.1", broker.port) as client:
            for payload in (
                b"{",
                b"\x00\xff\xfe",
                packet(1).replace(b'"seq":1', b'"seq":"1"'),
                b'{"ts":NaN}',
                b"",
                b"[" * 5000,
            ):
                await client.publish("metachip/gas/GS001/data", payload, qos=1)
            await client.publish("metachip/gas/GS404/data", packet(1), qos=1)
            await client.publish("metachip/gas/G S/data", packet(1), qos=1)
            await client.publish("metachip/gas/GS001/data", b"x" * 10_000_000, qos=1)
            await client.publish("metachip/gas/GS001/data", packet(2), qos=1)
        await eventually(lambda: site.quarantine.count == 7)
        await eventually(lambda: site.flows["gas-monitoring"].under_way == 0)
        async with database.connection() as connection:
            reasons = [row["reason"] for row in await connection.fetch("select reason from quarantine")]
        assert len(reasons) == 7
        assert all(reasons)
        assert await value(database, "select array_agg(seq order by sn, seq) from readings") == [-1, 2, 1]


async def test_a_new_k_acts_on_the_next_reading(postgres_dsn: str, make_mosquitto: Callable[..., Mosquitto]):
    """Changed in the table by somebody else, without a restart."""
    broker = make_mosquitto()
    async with migrated(postgres_dsn) as database, running(database, broker) as site, database.connection() as other:
        await other.execute("insert into devices (sn, k, b) values ('GS001', 0.02, 0)")
        await eventually(lambda: site.service(Devices).get("GS001") is not None)
        async with aiomqtt.Client("127.0.0.1", broker.port) as client:
            await client.publish("metachip/gas/GS001/data", packet(1), qos=1)
            await eventually(lambda: "GS001" in site.service(LiveHub).latest("readings"))
            await other.execute("update devices set k = 0.04")
            await eventually(lambda: site.service(Devices).known["GS001"].k == 0.04)
            await client.publish("metachip/gas/GS001/data", packet(2), qos=1)
        await eventually(lambda: site.service(LiveHub).latest("readings")["GS001"].seq == 2)
        await eventually(lambda: site.flows["gas-monitoring"].under_way == 0)
        assert await other.fetchval("select array_agg(conc order by seq) from readings") == [50.0, 100.0]


async def test_readings_wait_while_the_database_is_away_and_are_stored_once(
    make_postgres: Callable[..., Any], make_mosquitto: Callable[..., Mosquitto]
):
    """Killed in the middle; the known parameters stay in force meanwhile."""
    broker, server = make_mosquitto(), make_postgres()
    async with migrated(server.dsn()) as database, running(database, broker) as site:
        await site.service(Devices).put(Device(sn="GS001", k=0.02, b=-40.0))
        await eventually(lambda: site.service(Devices).get("GS001") is not None)
        async with aiomqtt.Client("127.0.0.1", broker.port) as client:
            for seq in range(200):
                await client.publish("metachip/gas/GS001/data", packet(seq), qos=1)
            await asyncio.to_thread(server.kill)
            for seq in range(200, 400):
                await client.publish("metachip/gas/GS001/data", packet(seq), qos=1)
        await eventually(lambda: not database.up)
        await asyncio.to_thread(server.start)
        await eventually(lambda: site.flows["gas-monitoring"].under_way == 0 and database.up)
        await eventually(lambda: _counted(database, 400))
        assert await value(database, "select count(distinct seq) from readings") == 400
        assert await value(database, "select count(*) from quarantine") == 0


async def _counted(database: Database, wanted: int) -> bool:
    return bool(await value(database, "select count(*) from readings") == wanted)
