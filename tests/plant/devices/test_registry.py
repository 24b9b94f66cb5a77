"""The registry follows its table, and survives the database."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import msgspec
import pytest

from engine.db.database import Database
from plant.devices.registry import Devices
from plant.model.device import Device
from tests.eventually import eventually
from tests.plant.site_database import migrated
from tests.servers.postgres import Postgres


@asynccontextmanager
async def registry_of(database: Database) -> AsyncIterator[Devices]:
    registry = Devices(database)
    await registry.start()
    try:
        yield registry
    finally:
        await registry.stop()


async def test_devices_are_there_when_it_has_started(postgres_dsn: str):
    """The first message finds its device."""
    async with migrated(postgres_dsn) as database:
        async with database.connection() as connection:
            await connection.execute("insert into devices (sn, k, b) values ('GS001', 0.02, -40)")
        async with registry_of(database) as registry:
            assert registry.get("GS001") == Device(sn="GS001", k=0.02, b=-40.0)
            assert registry.get("GS002") is None


async def test_a_change_by_anyone_is_followed(postgres_dsn: str):
    """Insert, update, renaming, delete and truncate, from another connection."""
    async with migrated(postgres_dsn) as database, registry_of(database) as registry, database.connection() as other:
        await other.execute("insert into devices (sn, k, b) values ('GS001', 1, 0), ('GS002', 1, 0), ('GS003', 1, 0)")
        await eventually(lambda: len(registry.known) == 3)
        await other.execute("update devices set k = 5 where sn = 'GS001'")
        await eventually(lambda: registry.known["GS001"].k == 5.0)
        await other.execute("update devices set sn = 'GS009' where sn = 'GS002'")
        await eventually(lambda: sorted(registry.known) == ["GS001", "GS003", "GS009"])
        await other.execute("delete from devices where sn = 'GS003'")
        await eventually(lambda: sorted(registry.known) == ["GS001", "GS009"])
        await other.execute("truncate devices")
        await eventually(lambda: registry.known == {})


async def test_known_parameters_stay_while_the_database_is_away_and_changes_are_caught_up(
    make_postgres: Callable[[], Postgres],
):
    """What changed while nobody listened is read when it is back."""
    server = make_postgres()
    async with migrated(server.dsn()) as database, registry_of(database) as registry:
        await registry.put(Device(sn="GS001", k=1.0, b=0.0))
        await eventually(lambda: registry.get("GS001") is not None)
        await asyncio.to_thread(server.kill)
        await eventually(lambda: not database.up)
        assert registry.get("GS001") == Device(sn="GS001", k=1.0, b=0.0)
        await asyncio.to_thread(server.start)
        await asyncio.to_thread(server.sql, "update devices set k = 2")
        await eventually(lambda: registry.known["GS001"].k == 2.0)
        await eventually(lambda: registry.health()["status"] == "ok")


async def test_put_and_remove_write_the_table(postgres_dsn: str):
    """Both act on the registry through the notification, as anybody's change does."""
    async with migrated(postgres_dsn) as database, registry_of(database) as registry:
        device = Device(sn="GS001", gas="O2", unit="%vol", k=1.0, b=0.0, a1=19.5, a1_direction="low", left_pct=12.5)
        await registry.put(device)
        await eventually(lambda: registry.get("GS001") == device)
        await registry.put(msgspec.structs.replace(device, enabled=False))
        await eventually(lambda: not registry.known["GS001"].enabled)
        await registry.remove("GS001")
        await eventually(lambda: registry.get("GS001") is None)


def test_holding_refuses_a_field_that_devices_do_not_have():
    """A misspelt field in a flow test is found."""
    with pytest.raises(msgspec.ValidationError, match="kk"):
        Devices.holding({"GS001": {"kk": 1}})
