"""Devices in a real browser: typed, refused, merged, counted down, imported, and recalibrated before it counts."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Page, expect

from tests.browser.conftest import NewPage
from tests.browser.gas_site import add_device, commands_to, store_readings
from tests.browser.live_site import LiveSite
from tests.eventually import eventually


@pytest.fixture(scope="module")
def devices_site(make_site: Callable[..., LiveSite]) -> LiveSite:
    return make_site()


async def device_page(page: Page, sn: str) -> Page:
    await page.goto(f"/devices/{sn}")
    await expect(page.get_by_label("斜率 K", exact=True)).to_be_visible()
    return page


async def save(page: Page) -> None:
    await page.get_by_role("button", name="保存", exact=True).click()


async def test_bad_values_are_told_at_their_fields_and_nothing_is_saved(
    devices_site: LiveSite, new_page: NewPage
) -> None:
    add_device(devices_site, "BAD", a1=20, a2=50)
    page = await new_page(devices_site)
    page.allowed.append("422")  # type: ignore[attr-defined]
    await device_page(page, "BAD")
    await page.get_by_label("斜率 K", exact=True).fill("abc")
    await page.get_by_label("A1 报警设定值").fill("60")
    await save(page)
    field = page.locator(".field", has=page.get_by_label("斜率 K", exact=True))
    await expect(field.locator(".field-problem")).to_have_text("不是有效的数字")
    crossed = page.locator(".field", has=page.get_by_label("A2 报警设定值"))
    await expect(crossed.locator(".field-problem")).to_have_text("A1 与 A2 的报警设定值交叉了")
    device = devices_site.call("GET", "/api/devices/BAD")["device"]
    assert (device["k"], device["a1"], device["revision"]) == (1.0, 20.0, 1)


async def test_two_who_save_other_fields_are_merged_and_the_same_field_is_asked_about(
    devices_site: LiveSite, new_page: NewPage
) -> None:
    add_device(devices_site, "TWO", a1=20, a2=50)
    page = await new_page(devices_site)
    page.allowed.append("409")  # type: ignore[attr-defined]
    # The live channel would tell the page of the other's change; here it is late.
    await page.route_web_socket("**/api/ws*", lambda socket: None)
    await device_page(page, "TWO")
    await page.get_by_label("斜率 K", exact=True).fill("2")
    change = {"revision": 1, "fields": {"b": 5, "a1": 25}}
    devices_site.call("PATCH", "/api/devices/TWO", change)
    await save(page)
    await expect(page.get_by_text("已自动合并")).to_be_visible()

    def both_are_kept() -> bool:
        device = devices_site.call("GET", "/api/devices/TWO")["device"]
        return (device["k"], device["b"], device["a1"], device["revision"]) == (2.0, 5.0, 25.0, 3)

    await eventually(both_are_kept)
    await page.get_by_label("A1 报警设定值").fill("30")
    devices_site.call("PATCH", "/api/devices/TWO", {"revision": 3, "fields": {"a1": 22}})
    await save(page)
    merge = page.get_by_role("dialog")
    await expect(merge.get_by_role("row", name="A1 报警设定值")).to_contain_text(re.compile("25.*22.*30"))
    await merge.get_by_role("button", name="按选择保存").click()
    await eventually(lambda: devices_site.call("GET", "/api/devices/TWO")["device"]["a1"] == 30.0)


async def test_debugging_is_commanded_counted_down_everywhere_and_ends_by_itself(
    devices_site: LiveSite, new_page: NewPage
) -> None:
    add_device(devices_site, "DBG")
    heard: list[dict[str, Any]] = []
    ready = asyncio.Event()
    listening = asyncio.create_task(commands_to(devices_site, "DBG", heard, ready))
    await ready.wait()
    page, other = await new_page(devices_site, role="operator"), await new_page(devices_site, role="viewer")
    await device_page(page, "DBG")
    await device_page(other, "DBG")
    await page.get_by_role("button", name="开启 1 秒/次 调试").click()
    assert heard == []
    await page.get_by_role("dialog").get_by_role("button", name="开启").click()
    for one in (page, other):
        await expect(one.get_by_test_id("countdown")).to_have_text(re.compile(r"^(10:00|9:5\d)$"))
    assert heard == [{"cmd": "set_rate", "interval": 1, "duration": 600}]
    await other.reload()
    await expect(other.get_by_test_id("countdown")).to_be_visible()
    shown = [await seconds_left(one) for one in (page, other)]
    assert abs(shown[0] - shown[1]) <= 1
    devices_site.call("POST", "/api/devices/DBG/debugging", {"interval_s": 1, "duration_s": 5}, role="operator")
    for one in (page, other):
        await expect(one.get_by_test_id("countdown")).to_have_count(0)
        await expect(one.get_by_role("button", name="开启 1 秒/次 调试")).to_be_visible()
    assert devices_site.call("GET", "/api/devices/DBG")["debugging"] is None
    listening.cancel()


async def seconds_left(page: Page) -> int:
    minutes, _, seconds = (await page.get_by_test_id("countdown").inner_text()).partition(":")
    return 60 * int(minutes) + int(seconds)


async def test_list_is_filtered_and_sorted_by_its_address(devices_site: LiveSite, new_page: NewPage) -> None:
    for number in range(1, 4):
        add_device(devices_site, f"LIST{number}", name=f"泵房 {number}", gas="CO")
    page = await new_page(devices_site, role="viewer")
    await page.goto("/devices")
    await page.get_by_role("searchbox").fill("泵房")
    await page.get_by_role("button", name="名称").click()
    await page.get_by_role("button", name="名称").click()
    rows = page.locator(".device-row[data-sn]")
    await expect(rows).to_have_count(3)
    await expect(rows.first).to_have_attribute("data-sn", "LIST3")
    await page.reload()
    await expect(rows.first).to_have_attribute("data-sn", "LIST3")
    await expect(page.get_by_role("searchbox")).to_have_value("泵房")


async def test_csv_is_looked_at_line_by_line_before_it_is_stored(
    devices_site: LiveSite, new_page: NewPage, tmp_path: Path
) -> None:
    page = await new_page(devices_site)
    await page.goto("/devices")
    await page.get_by_role("button", name="CSV").click()
    await page.get_by_role("menuitem", name="导入 CSV").click()
    file = tmp_path / "devices.csv"
    file.write_text("sn,name,k,b,a1,a2\nC1,一号,abc,0,20,50\nC2,二号,1,0,50,20\nC 3,x,1,0,,\n", encoding="utf-8")
    await page.get_by_label("CSV 文件").set_input_files(file)
    problems = page.get_by_role("list", name="错误")
    for told in ("第 2 行 k 不是有效的数字", "第 3 行 a2 A1 与 A2 的报警设定值交叉了", "第 4 行 sn"):
        await expect(problems).to_contain_text(told)
    await expect(page.get_by_role("button", name="应用")).to_have_attribute("aria-disabled", "true")
    # As Excel in China writes it.
    file = tmp_path / "corrected.csv"
    file.write_bytes("sn,name,k,b\nC1,一号,2,0\nC2,=1+1,1,0\n".encode("gb18030"))
    await page.get_by_label("CSV 文件").set_input_files(file)
    await expect(page.get_by_text("新增 2")).to_be_visible()
    assert "C1" not in {device["sn"] for device in devices_site.call("GET", "/api/devices")["devices"]}
    await page.get_by_role("button", name="应用").click()
    await expect(page.get_by_text("已新增 2 台")).to_be_visible()
    assert devices_site.call("GET", "/api/devices/C1")["device"]["name"] == "一号"
    assert "'=1+1" in devices_site.call("GET", "/api/devices.csv").decode()


async def test_many_are_changed_after_a_preview(devices_site: LiveSite, new_page: NewPage) -> None:
    for number in range(1, 4):
        add_device(devices_site, f"BULK{number}", a2=50)
    page = await new_page(devices_site)
    await page.goto("/devices?q=BULK")
    await expect(page.locator(".device-row[data-sn]")).to_have_count(3)
    await page.get_by_label("全选").check()
    await page.get_by_role("button", name="批量修改 3 台").click()
    await page.get_by_label("新值").fill("15")
    await page.get_by_role("button", name="预览").click()
    await expect(page.locator(".outcome-table").get_by_role("row", name="BULK2")).to_contain_text(
        "A1 报警设定值 — → 15"
    )
    await page.get_by_role("button", name="应用").click()
    await expect(page.get_by_text("已修改 3 台设备")).to_be_visible()
    assert devices_site.call("GET", "/api/devices/BULK3")["device"]["a1"] == 15.0


async def test_recalibration_shows_what_would_change_before_it_is_applied(
    devices_site: LiveSite, new_page: NewPage
) -> None:
    add_device(devices_site, "CAL", a1=20, a2=50)
    await store_readings(devices_site, "CAL", [5.0, 30.0, 30.0, 5.0, 15.0, 15.0, 5.0], 10.0)
    page = await device_page(await new_page(devices_site), "CAL")
    await page.get_by_role("button", name="用过去 24 小时的数据预览").click()
    verdict = page.get_by_test_id("verdict")
    await expect(verdict).to_contain_text("新增报警 0")
    await page.get_by_label("斜率 K", exact=True).fill("1.5")
    await expect(verdict).to_contain_text("新增报警 1")
    await page.get_by_label("斜率 K", exact=True).fill("0.5")
    await expect(verdict).to_contain_text("消失报警 1")
    await expect(page.locator(".recal .chart[data-drawn]")).to_be_visible()
    assert devices_site.call("GET", "/api/devices/CAL")["device"]["k"] == 1.0
    await page.get_by_role("button", name="应用新参数").click()
    await eventually(lambda: devices_site.call("GET", "/api/devices/CAL")["device"]["k"] == 0.5)


async def test_formula_is_chosen_and_kept(devices_site: LiveSite, new_page: NewPage) -> None:
    add_device(devices_site, "FML")
    page = await device_page(await new_page(devices_site), "FML")
    await page.get_by_role("radio", name="查表").click()
    await page.get_by_label("第 2 行原始值").fill("100")
    await page.get_by_label("第 2 行浓度").fill("50")
    await page.get_by_label("原始值", exact=True).fill("50")
    await expect(page.get_by_test_id("trial")).to_contain_text("25.0")
    await save(page)
    await expect(page.get_by_text("已保存")).to_be_visible()
    await page.reload()
    await expect(page.get_by_label("第 2 行浓度")).to_have_value("50")
    page.allowed.append("422")  # type: ignore[attr-defined]
    await page.get_by_role("radio", name="表达式").click()
    await page.get_by_role("textbox", name="表达式").fill("__import__('os').system('x')")
    await expect(page.locator(".formula .field-problem")).to_be_visible()
    await save(page)
    assert "interpolate" in devices_site.call("GET", "/api/devices/FML")["device"]["formula"]


async def test_viewer_may_try_and_not_save(devices_site: LiveSite, new_page: NewPage) -> None:
    add_device(devices_site, "LOOK")
    page = await device_page(await new_page(devices_site, role="viewer", width=390), "LOOK")
    await expect(page.get_by_label("斜率 K", exact=True)).to_have_attribute("readonly", "")
    await expect(page.get_by_role("button", name="开启 1 秒/次 调试")).to_have_attribute("aria-disabled", "true")
    assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth")
