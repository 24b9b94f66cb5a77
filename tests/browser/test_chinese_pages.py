"""Nothing on a Chinese page is English but user data and identifiers: every page, tab, dialog and menu is looked through."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Page, expect

from tests.browser.conftest import NewPage
from tests.browser.gas_site import Sender, add_device, add_plan
from tests.browser.leftovers import leftovers
from tests.browser.live_site import LiveSite
from tests.eventually import eventually

PLAIN = (
    "/devices", "/plans", "/alarms", "/settings/alarms", "/flows", "/archive", "/licence", "/quarantine", "/health", "/users", "/secrets", "/audit",
)  # fmt: skip
OPENERS = {
    "/devices": ["添加设备", ("CSV", "导入 CSV")],
    "/alarms": ["搁置", "标定抑制", "二级报警（A2）"],
    "/flows": ["新建流程"],
    "/users": ["新建用户"],
    "/secrets": ["新建凭据"],
    "/quarantine": ["20"],
}
"""Buttons that open a dialog or a drawer, by page; several are pressed one after the other."""
OPENERS_OF_LAST_TAB = {"/users": ["新建令牌"]}
FLOW_TABS = ["YAML", "版本", "问题", "调试", "监视", "追踪", "测试", "节点"]
OWN = {
    "token",
    "Plan",
    "admin",
    "GX001",
    "tests",
    "integrator",
    "operator",
    "viewer",
    "gas",
    "monitoring",
    "archive",
    "worker",
}


@pytest.fixture
async def full_site(site: LiveSite) -> LiveSite:
    """A site with something on each page: a plan, an alarm, a message in the quarantine, a secret, a token."""
    add_device(site, "GX001", name="一号泵房", a1=20.0, a2=50.0, unit="ppm", period_s=3600)
    add_plan(site)
    site.call("PUT", "/api/secrets/smtp-password", {"value": "swordfish"})
    async with Sender(site) as sender:
        await sender.send("GX001", 61.5)
        await sender.client.publish("metachip/gas/GX001/data", b"{not json", qos=1)
    await eventually(lambda: site.call("GET", "/api/quarantine"))
    await eventually(lambda: site.call("GET", "/api/alarms")["alarms"])
    return site


def words_of(value: Any) -> set[str]:
    """Every Latin word of some data, to be taken for user data on a page."""
    return set(re.findall(r"[A-Za-z][\w.@/-]*", str(value)))


async def test_nothing_on_a_chinese_page_is_english(full_site: LiveSite, new_page: NewPage, shots: Path) -> None:
    page = await new_page(full_site, role="admin")
    await page.goto("/flows")
    flow, tests = (full_site.call("GET", f"/api/flows/gas-monitoring{part}") for part in ("", "/tests"))
    names = [*flow["flow"]["nodes"], *(case["name"] for case in tests["cases"])]
    own = OWN | words_of([full_site.call("GET", "/api/devices"), names])
    found: dict[str, set[str]] = {}

    async def look(where: str) -> None:
        left = await leftovers(page, own) - {word for known in found.values() for word in known}
        if left:
            found[where] = left
            await page.screenshot(path=shots / f"{len(found)}.png")

    for path in PLAIN:
        await page.goto(path)
        await expect(page.locator("h1").first).to_be_visible()
        await expect(page.get_by_text("加载中……")).to_have_count(0)
        await look(path)
        await through_openers(page, OPENERS.get(path, []), lambda name, path=path: look(f"{path} {name}"))
        await through_tabs(page, lambda tab, path=path: look(f"{path} {tab}"))
        await through_openers(page, OPENERS_OF_LAST_TAB.get(path, []), lambda name, path=path: look(f"{path} {name}"))
    await page.goto("/devices/GX001")
    await expect(page.get_by_label("斜率 K", exact=True)).to_be_visible()
    await look("/devices/GX001")
    await page.goto("/wall")
    await expect(page.get_by_role("heading").first).to_be_visible()
    await look("/wall")
    await look_through_flow(page, "gas-monitoring", look)
    told = "\n".join(f"{where}: {one}" for where, ones in found.items() for one in sorted(ones))
    assert not found, told


async def through_openers(
    page: Page, openers: Sequence[str | tuple[str, ...]], look: Callable[[str], Awaitable[None]]
) -> None:
    """Each dialog, menu or drawer that buttons open, and closed again by Escape."""
    for opener in openers:
        for name in [opener] if isinstance(opener, str) else opener:
            await page.get_by_role("button", name=name).or_(page.get_by_role("menuitem", name=name)).first.click()
            await look(name)
        await page.keyboard.press("Escape")


async def through_tabs(page: Page, look: Callable[[str], Awaitable[None]]) -> None:
    """Every tab of a page once."""
    for tab in await page.get_by_role("tab").all():
        await tab.click()
        await look(await tab.inner_text())


async def look_through_flow(page: Page, flow: str, look: Callable[[str], Awaitable[None]]) -> None:
    """The canvas, every node's form, every panel, the menus and the dialogs of the flow page."""
    await page.goto(f"/flows/{flow}")
    nodes = page.locator(".react-flow__node")
    await expect(nodes.first).to_be_visible()
    await look("canvas")
    for node in await nodes.all():
        label = node.locator(".node-label")
        if await label.count():
            await label.click()
            await look(f"node {await label.inner_text()}")
    await through_tabs(page, lambda tab: look(f"flow {tab}"))
    await page.get_by_role("button", name="更多命令").click()
    await look("more commands")
    await page.keyboard.press("Escape")
    for keys, name in (("Control+f", "search"), ("Control+k", "commands"), ("?", "keys"), ("Control+Enter", "deploy")):
        await page.locator(".react-flow__pane").click(position={"x": 8, "y": 8})
        await page.keyboard.press(keys)
        await expect(page.get_by_role("dialog")).to_be_visible()
        await look(name)
        await page.keyboard.press("Escape")
        await expect(page.get_by_role("dialog")).to_have_count(0)
    await page.locator(".react-flow__node .node-label").first.click(button="right")
    await look("menu of a node")
    await page.keyboard.press("Escape")
