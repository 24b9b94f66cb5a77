"""The whole way: the real server locks when the vendor is gone for 72 h, and after the vendor's answer works the backlog off."""

from __future__ import annotations

import contextlib
import ssl
import time
from collections.abc import Callable
from pathlib import Path

import aiohttp
import aiomqtt
import asyncpg
import pytest

from engine.core.secret import Secret
from engine.server import Server
from engine.settings import Settings
from plant.devices.registry import Devices
from plant.licence.guard import Licence
from plant.licence.token import format_vendor_key
from plant.model.device import Device
from tests.eventually import eventually
from tests.plant.licence.vendor_site import ShiftedClock, VendorSite
from tests.said import said
from tests.servers.mosquitto import Mosquitto
from tests.servers.process import free_port

PASSWORD = "correct horse battery"
READINGS = 60
FIRST_TS = 1_767_225_600
FLOWS = Path("flows").absolute()


@pytest.fixture
def vendor(tmp_path: Path) -> VendorSite:
    return VendorSite.made(tmp_path)


async def test_backlog_of_the_lock_is_processed_with_its_true_times(
    vendor: VendorSite, tmp_path: Path, postgres_dsn: str, make_mosquitto: Callable[..., Mosquitto]
) -> None:
    broker = make_mosquitto(persistence=True)
    (tmp_path / "machine-id").write_text("0123456789abcdef0123456789abcdef\n")
    settings = Settings(
        port=free_port(),
        data=tmp_path / "data",
        flows=FLOWS,
        database_url=Secret(postgres_dsn),
        mqtt_url=Secret(broker.url),
        admin_password=Secret(PASSWORD),
        machine_id=tmp_path / "machine-id",
        licence_url=f"https://127.0.0.1:{vendor.port}",
        licence_key=Secret(vendor.store.issue("Acme")),
        licence_ca_file=tmp_path / "right" / "ca.pem",
        licence_vendor_key=format_vendor_key(vendor.store.signing_key.public_key()),
    )
    clock = ShiftedClock()
    server = Server(settings, flow_paths=[FLOWS / "gas-monitoring.yaml"], clock=clock)
    async with contextlib.AsyncExitStack() as opened:
        async with vendor.open(tmp_path / "right"):
            await opened.enter_async_context(server)
            await eventually(lambda: server.ready.is_set() and server.service(Licence).status.state == "licensed")
            uplink = server.site.flows["gas-monitoring"].nodes["uplink"].context
            await eventually(lambda: "connected" in said(uplink.status_text).lower() or uplink.status_level == "ok")
            await server.service(Devices).put(Device(sn="GS001", k=0.02, b=-40.0))
        licence = server.service(Licence)
        jar = aiohttp.CookieJar(unsafe=True)
        browser = await opened.enter_async_context(aiohttp.ClientSession(server.url, cookie_jar=jar))
        await browser.post("/api/session", json={"user": "admin", "password": PASSWORD})

        clock.ahead_s = 80 * 3600
        await licence.ask_now()

        assert (server.health()["status"], server.health()["services"]["licence"]["state"]) == ("locked", "locked")
        await publish(broker)
        async with browser.get("/api/flows") as answer:
            assert (answer.status, (await answer.json())["error"]["message"]) == (403, "License Expired")
        async with browser.get("/api/licence") as answer:
            assert (answer.status, (await answer.json())["state"]) == (200, "locked")
        async with vendor.open(tmp_path / "wrong"):
            assert "not trusted" in said((await licence.ask_now()).problem)
            assert licence.status.state == "locked"
        connection = await asyncpg.connect(postgres_dsn)
        opened.push_async_callback(connection.close)
        assert await connection.fetchval("select count(*) from readings") == 0
        assert server.site.flows["gas-monitoring"].accepted == 0

        async with vendor.open(tmp_path / "right"):
            await licence.ask_now()
            assert licence.status.state == "licensed"

        async def stored() -> bool:
            return bool(await connection.fetchval("select count(*) from readings") == READINGS)

        await eventually(stored)
        rows = await connection.fetch("select extract(epoch from time)::int as ts, seq from readings order by seq")
        assert [(row["ts"], row["seq"]) for row in rows] == [(FIRST_TS + 10 * seq, seq) for seq in range(READINGS)]
        async with browser.get("/api/flows") as answer:
            assert answer.status == 200


async def publish(broker: Mosquitto) -> None:
    """Ten minutes of a device, each packet confirmed by the broker."""
    async with aiomqtt.Client("127.0.0.1", broker.port) as client:
        for seq in range(READINGS):
            packet = b'{"ts":%d,"seq":%d,"v_raw":2500.0,"temp":25,"err":0}' % (FIRST_TS + 10 * seq, seq)
            await client.publish("metachip/gas/GS001/data", packet, qos=1)


async def test_question_over_https_is_answered_and_too_many_are_not(vendor: VendorSite, tmp_path: Path) -> None:
    key = vendor.store.issue("Acme")
    context = ssl.create_default_context(cafile=tmp_path / "right" / "ca.pem")
    question = {"machine": "0" * 32, "key": key, "nonce": "a" * 32}
    async with vendor.open(tmp_path / "right"), aiohttp.ClientSession(f"https://127.0.0.1:{vendor.port}") as session:
        statuses = []
        for _ in range(31):
            async with session.post("/api/licences/verify", json=question, ssl=context) as answer:
                statuses.append(answer.status)
        assert statuses == [200] * 30 + [429]
        assert 0 < int(answer.headers["Retry-After"]) <= 31
        assert vendor.store.entries()[0].bound == ["0" * 32]
        last_at = vendor.store.entries()[0].last_at
        assert last_at is not None
        assert abs(last_at - time.time()) < 60


async def test_server_refuses_what_is_no_question(vendor: VendorSite, tmp_path: Path) -> None:
    context = ssl.create_default_context(cafile=tmp_path / "right" / "ca.pem")
    async with vendor.open(tmp_path / "right"), aiohttp.ClientSession(f"https://127.0.0.1:{vendor.port}") as session:
        for body in (b"", b"{", b"[]", b'{"machine":"x","key":"k","nonce":"n"}', b"\xff", b"{" * 5000):
            async with session.post("/api/licences/verify", data=body, ssl=context) as answer:
                assert answer.status in (400, 413), body[:20]
