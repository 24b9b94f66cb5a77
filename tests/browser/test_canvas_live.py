"""What runs is seen on the canvas: rates and last values on wires, status and figures of nodes, and when they are old."""

import re

from playwright.async_api import Page, WebSocketRoute, expect

from tests.browser.canvas import node, open_flow
from tests.browser.conftest import NewPage
from tests.browser.live_site import LiveSite

RATE = re.compile(r"[\d.]+/s")


async def opened(site: LiveSite, new_page: NewPage) -> Page:
    page = await new_page(site)
    await open_flow(page, "gas-monitoring")
    return page


async def test_wires_show_rate_and_last_value_until_switched_off(site: LiveSite, new_page: NewPage) -> None:
    page = await opened(site, new_page)
    wire = page.locator('.react-flow__edge[data-id^="uplink.out>"] .wire')
    await expect(wire.locator(".wire-text")).to_have_text(RATE)
    await expect(wire).to_have_attribute("data-flowing", "")
    await expect(wire.locator("title")).to_contain_text("{")
    await page.keyboard.press("l")
    await expect(wire.locator(".wire-text")).to_have_text("")
    await page.keyboard.press("l")
    await expect(wire.locator(".wire-text")).to_have_text(RATE)


async def test_nodes_show_status_figures_and_heat(site: LiveSite, new_page: NewPage) -> None:
    """Status by colour, shape and text; in, out, p50 and p95 on hover; all of them at once as heat."""
    page = await opened(site, new_page)
    uplink = node(page, "uplink")
    await expect(uplink.locator(".node-status")).to_have_text("已订阅")
    await expect(uplink.locator(".node")).to_have_attribute("data-level", "ok")
    reading = node(page, "reading")
    await expect(reading.locator(".node-figures")).to_be_hidden()
    await reading.hover()
    await expect(reading.locator(".node-figures")).to_have_text(re.compile(r"^\d+ → \d+"))
    await page.get_by_role("button", name="热力图").click()
    await expect(page.locator(".node[data-heat]").first).to_be_visible()
    await page.get_by_role("button", name="热力图").click()
    await expect(page.locator(".node[data-heat]")).to_have_count(0)


async def test_figures_turn_grey_when_none_come_any_more(site: LiveSite, new_page: NewPage) -> None:
    page = await new_page(site)
    cut: list[bool] = []

    def between(browser: WebSocketRoute) -> None:
        server = browser.connect_to_server()
        server.on_message(lambda message: None if cut else browser.send(message))

    await page.route_web_socket("**/api/ws*", between)
    await open_flow(page, "gas-monitoring")
    wire = page.locator('.react-flow__edge[data-id^="uplink.out>"] .wire')
    await expect(wire).to_have_attribute("data-flowing", "")
    await expect(wire).not_to_have_attribute("data-stale", "")
    cut.append(True)
    await expect(wire).to_have_attribute("data-stale", "")
    await expect(wire).not_to_have_attribute("data-flowing", "")
