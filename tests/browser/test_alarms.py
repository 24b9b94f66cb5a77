"""The alarm page as watch-keepers work with it: list, keys, shelf, story, history, figures, on a desk and in the hand."""

from __future__ import annotations

import json
import re
import time
from pathlib import Path

import aiomqtt
import pytest
from playwright.async_api import Page, expect

from tests.browser.axe import assert_accessible
from tests.browser.conftest import NewPage
from tests.browser.live_site import LiveSite

NAMES = {"GX001": "一号泵房", "GX002": "二号泵房", "GX003": "罐区 <b>北</b>", "GX004": "装卸台"}


@pytest.fixture(scope="module")
def gas_site(site: LiveSite) -> LiveSite:
    """Detectors whose raw value is their concentration, besides those that the simulator runs."""
    for sn, name in NAMES.items():
        fields = {"k": 1.0, "b": 0.0, "a1": 20.0, "a2": 50.0, "name": name, "location": "A 区", "period_s": 3600}
        site.call("POST", "/api/devices", {"sn": sn, "fields": fields})
    return site


_seq = iter(range(1, 65_000))


async def publish(site: LiveSite, sn: str, v_raw: float, **fields: object) -> None:
    packet = {
        "ts": time.time(),
        "seq": next(_seq),
        "v_raw": v_raw,
        "temp": 25,
        "err": 0,
        "bat": 90,
        "rssi": -60,
        **fields,
    }
    address = site.mqtt_url.rpartition("/")[2].rpartition("@")[2]
    async with aiomqtt.Client(address.rpartition(":")[0], int(address.rpartition(":")[2])) as client:
        await client.publish(f"metachip/gas/{sn}/data", json.dumps(packet), qos=1)


def row(page: Page, sn: str, type: str = "二级报警（A2）"):
    return page.get_by_role("listitem", name=f"{sn} {type}")


async def opened(site: LiveSite, new_page: NewPage, **how: object) -> Page:
    page = await new_page(site, **how)  # type: ignore[arg-type]
    await page.goto("/alarms")
    await expect(page.get_by_role("heading", name="报警", exact=True)).to_be_visible()
    return page


async def test_an_alarm_appears_by_itself_is_acknowledged_and_goes(gas_site: LiveSite, new_page: NewPage):
    page = await opened(gas_site, new_page, role="operator")
    await publish(gas_site, "GX001", 61.5)
    alarm = row(page, "GX001")
    await expect(alarm).to_contain_text("未确认")
    await expect(alarm).to_contain_text("61.5")
    await expect(alarm).to_contain_text("一号泵房")
    await alarm.get_by_role("button", name="确认").click()
    await expect(alarm).to_contain_text("已确认")
    await publish(gas_site, "GX001", 5.0)
    await expect(alarm).to_have_count(0)


async def test_a_name_with_markup_is_shown_as_it_is_written(gas_site: LiveSite, new_page: NewPage):
    page = await opened(gas_site, new_page)
    await publish(gas_site, "GX003", 30.0)
    await expect(row(page, "GX003", "一级报警（A1）")).to_contain_text("罐区 <b>北</b>")
    await publish(gas_site, "GX003", 1.0)


async def test_the_list_is_worked_with_keys_alone(gas_site: LiveSite, new_page: NewPage):
    page = await opened(gas_site, new_page, role="operator")
    await publish(gas_site, "GX002", 70.0)
    alarm = row(page, "GX002")
    await expect(alarm).to_be_visible()
    await alarm.focus()
    await page.keyboard.press("ArrowDown")
    await page.keyboard.press("ArrowUp")
    await alarm.focus()
    await page.keyboard.press("a")
    await expect(alarm).to_contain_text("已确认")
    await page.keyboard.press("s")
    dialog = page.get_by_role("dialog")
    await dialog.get_by_label("原因").fill("正在换传感器")
    await page.keyboard.press("Enter")
    await expect(alarm).to_contain_text("已搁置")
    await expect(alarm).to_contain_text("正在换传感器")
    await expect(alarm).to_contain_text("the-operator")
    await alarm.get_by_role("button", name="结束搁置").click()
    await expect(alarm).to_contain_text("未确认")
    await publish(gas_site, "GX002", 1.0)
    await alarm.get_by_role("button", name="确认").click()
    await expect(alarm).to_have_count(0)


async def test_a_device_is_calibrated_without_telling_anybody_and_it_is_shown_with_its_end(
    gas_site: LiveSite, new_page: NewPage
):
    page = await opened(gas_site, new_page, role="operator")
    await page.get_by_role("button", name="标定抑制").click()
    dialog = page.get_by_role("dialog")
    await dialog.get_by_role("textbox", name="设备").fill("GX002")
    await dialog.get_by_role("textbox", name="原因").fill("标准气")
    await dialog.get_by_role("button", name="标定抑制").click()
    alarm = row(page, "GX002")
    await expect(alarm).to_contain_text("已抑制")
    await expect(alarm).to_contain_text("标准气")
    await alarm.get_by_role("button", name="结束抑制").click()
    await expect(alarm).to_have_count(0)


async def test_the_story_tells_what_it_was_judged_by_and_what_happened(gas_site: LiveSite, new_page: NewPage):
    page = await opened(gas_site, new_page, role="operator")
    await publish(gas_site, "GX004", 88.0)
    await row(page, "GX004").scroll_into_view_if_needed()
    await row(page, "GX004").get_by_role("button", name="二级报警（A2）").click()
    story = page.get_by_role("complementary", name="GX004 二级报警（A2）")
    await expect(story).to_contain_text("斜率 K")
    await expect(story).to_contain_text("88 ppm")
    await expect(story).to_contain_text("已通知")
    await row(page, "GX004").get_by_role("button", name="确认").click()
    await expect(story).to_contain_text("the-operator")
    await page.keyboard.press("Escape")
    await expect(story).to_have_count(0)
    await publish(gas_site, "GX004", 1.0)


async def test_history_is_filtered_and_opens_the_story(gas_site: LiveSite, new_page: NewPage):
    page = await opened(gas_site, new_page)
    await page.get_by_role("tab", name="历史").click()
    await page.get_by_label("设备").fill("GX004")
    table = page.get_by_role("table", name="历史")
    await expect(table.get_by_role("row")).to_have_count(3)
    await page.get_by_label("类型").select_option("A2")
    await expect(table.get_by_role("row")).to_have_count(2)
    await table.get_by_role("button").first.click()
    await expect(page.get_by_role("complementary")).to_contain_text("恢复")


async def test_figures_say_what_is_good(gas_site: LiveSite, new_page: NewPage):
    page = await opened(gas_site, new_page)
    await page.get_by_role("tab", name="报警质量").click()
    await expect(page.get_by_role("region", name="抖动报警")).to_contain_text("应为 0")
    await expect(page.get_by_role("region", name="平均每 10 分钟报警数")).to_contain_text("共")


async def test_a_viewer_sees_why_the_buttons_do_nothing(gas_site: LiveSite, new_page: NewPage):
    page = await opened(gas_site, new_page, role="viewer")
    await publish(gas_site, "GX001", 62.0)
    button = row(page, "GX001").get_by_role("button", name="确认")
    await expect(button).to_have_attribute("aria-disabled", "true")
    await expect(button).to_have_attribute("title", "需要操作员角色")


@pytest.mark.parametrize(
    ("language", "scheme", "width"), [("zh", "light", 1280), ("en", "dark", 1280), ("zh", "light", 390)]
)
async def test_everything_is_reachable_and_readable(
    gas_site: LiveSite, new_page: NewPage, shots: Path, language: str, scheme: str, width: int
):
    page = await new_page(gas_site, role="operator", language=language, scheme=scheme, width=width, height=844)
    await page.goto("/alarms")
    await publish(gas_site, "GX001", 63.0)
    await publish(gas_site, "GX002", 33.0)
    await expect(page.locator('[data-key="GX002 A1"]')).to_be_visible()
    await page.screenshot(path=shots / f"alarms-{language}-{scheme}-{width}.png")
    await assert_accessible(page)
    assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    await page.locator('[data-key="GX001 A2"] .alarm-what').click()
    await expect(page.get_by_role("complementary")).to_contain_text("63")
    await page.screenshot(path=shots / f"alarms-story-{language}-{scheme}-{width}.png")
    await assert_accessible(page)


async def test_a_storm_of_a_thousand_alarms_shows_the_first_and_counts_the_rest(gas_site: LiveSite, new_page: NewPage):
    page = await opened(gas_site, new_page)
    many = [
        {"sn": f"ST{n:04}", "type": "A1", "priority": "high", "state": "unacknowledged", "active": True, "raised_at": n}
        for n in range(1000)
    ]
    await page.route(
        "**/api/alarms", lambda route: route.fulfill(json={"now": time.time(), "alarms": [_whole(one) for one in many]})
    )
    await page.reload()
    # The site's own alarms come on top, as they are raised.
    await expect(page.get_by_role("main").get_by_role("status").first).to_contain_text(re.compile(r"10\d\d 条报警"))
    await expect(page.get_by_text(re.compile(r"还有 6\d\d 条报警未显示"))).to_be_visible()
    await expect(page.locator(".alarm")).to_have_count(400)
    await page.locator(".alarm").first.click()


def _whole(alarm: dict[str, object]) -> dict[str, object]:
    rest = {
        "returned_at": None,
        "value": 25,
        "peak": 25,
        "threshold": 20,
        "unit": "ppm",
        "name": "",
        "location": "",
        "by": "",
        "reason": "",
        "until": None,
    }
    return {**rest, **alarm}


async def test_every_page_says_that_alarms_are_not_judged_and_the_list_keeps_what_was_open(
    gas_site: LiveSite, new_page: NewPage
):
    page = await opened(gas_site, new_page, role="admin")
    await publish(gas_site, "GX004", 61.5)
    await expect(row(page, "GX004")).to_contain_text("未确认")
    await expect(page.get_by_role("link", name="报警").locator(".rail-count")).to_be_visible()
    await page.goto("/flows")
    await page.get_by_role("button", name="停用流程 gas-monitoring").click()
    await expect(page.get_by_role("dialog")).to_contain_text("报警不再判断")
    await page.get_by_role("dialog").get_by_role("button", name="停用").click()
    try:
        await expect(page.get_by_role("alert")).to_contain_text("起报警未在判断")
        await page.goto("/alarms")
        await expect(row(page, "GX004")).to_contain_text("未确认")
        await page.goto("/wall")
        await expect(page.get_by_role("alert").filter(has_text="起报警未在判断")).to_be_visible()
    finally:
        await page.goto("/flows")
        await page.get_by_role("button", name="启用流程 gas-monitoring").click()
    await expect(page.get_by_role("alert")).to_have_count(0)
    await expect(page.get_by_role("status").filter(has_text="没有启用任何通知渠道")).to_be_visible()
    await page.goto("/alarms")
    await row(page, "GX004").get_by_role("button", name="确认").click()
    await publish(gas_site, "GX004", 5.0)
    await expect(row(page, "GX004")).to_have_count(0)
