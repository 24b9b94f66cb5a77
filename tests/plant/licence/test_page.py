"""The locked site in a real browser: a pop-up on every page, and a Licence page that opens it again."""

from __future__ import annotations

import contextlib
import time
from pathlib import Path

from playwright.async_api import Page, expect

from engine.core.secret import Secret
from engine.server import Server
from engine.settings import Settings
from plant.licence.guard import Licence
from plant.licence.machine import Machine
from plant.licence.store import Record, Records
from plant.licence.token import format_vendor_key
from tests.eventually import eventually
from tests.plant.licence.vendor_site import VendorSite
from tests.servers.mosquitto import Mosquitto
from tests.servers.process import free_port

PASSWORD = "correct horse battery"
MACHINE_ID = "0123456789abcdef0123456789abcdef"


async def test_locked_site_tells_so_and_a_key_entered_on_the_page_opens_it(
    page: Page, tmp_path: Path, postgres_dsn: str, mosquitto: Mosquitto
) -> None:
    vendor = VendorSite.made(tmp_path)
    (tmp_path / "machine-id").write_text(MACHINE_ID)
    (tmp_path / "flows").mkdir()
    expired = time.time() - 80 * 3600
    Records(tmp_path / "data" / "licence", None, Machine(MACHINE_ID)).write_file(
        Record(first_start=expired, seen=expired)
    )
    settings = Settings(
        port=free_port(),
        data=tmp_path / "data",
        flows=tmp_path / "flows",
        database_url=Secret(postgres_dsn),
        mqtt_url=Secret(mosquitto.url),
        admin_password=Secret(PASSWORD),
        machine_id=tmp_path / "machine-id",
        licence_url=f"https://127.0.0.1:{vendor.port}",
        licence_ca_file=tmp_path / "right" / "ca.pem",
        licence_vendor_key=format_vendor_key(vendor.store.signing_key.public_key()),
    )
    async with contextlib.AsyncExitStack() as opened:
        await opened.enter_async_context(vendor.open(tmp_path / "right"))
        server = await opened.enter_async_context(Server(settings))
        await eventually(server.ready.is_set)
        assert server.service(Licence).status.state == "locked"

        await page.goto(server.url)
        await page.get_by_label("用户名").fill("admin")
        await page.get_by_label("密码").fill(PASSWORD)
        await page.keyboard.press("Enter")
        popup = page.get_by_role("dialog", name="授权已过期（License Expired）")
        await expect(popup).to_be_visible()
        await expect(page.get_by_role("alert").filter(has_text="系统已锁定")).to_be_visible()
        await popup.get_by_role("button", name="打开授权页").click()
        await expect(page.get_by_text(Machine(MACHINE_ID).fingerprint)).to_be_visible()
        await expect(page.get_by_role("link", name="授权: 已锁定")).to_be_visible()

        await page.get_by_label("授权码").fill(vendor.store.issue("元芯化工"))
        await page.get_by_role("button", name="保存并验证").click()

        await expect(page.get_by_text("元芯化工")).to_be_visible()
        await expect(page.get_by_role("link", name="授权: 已授权")).to_be_visible()
        await expect(page.get_by_role("alert").filter(has_text="系统已锁定")).to_have_count(0)
