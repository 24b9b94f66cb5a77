"""Looking into a running flow: debug list, tap, trace, test runs, hostile messages, a server that restarts."""

from __future__ import annotations

import json
import re
from collections.abc import Callable

import aiomqtt
import yaml
from playwright.async_api import expect

from tests.browser.axe import assert_accessible
from tests.browser.conftest import NewPage
from tests.browser.flow_page import FLOW, click_node, click_wire, drawer, make_flow, node, open_flow
from tests.browser.live_site import LiveSite

HOSTILE = '<img src=x onerror="window.hit=1"><script>window.hit=1</script>'

LARGE = """\
flow: large
nodes:
  tick: {type: mqtt-in, with: {broker: "${broker:site}", topic: large, largest_bytes: 9000000}, to: show}
  show: {type: debug}
layout:
  tick: [40, 60]
  show: [300, 60]
"""


async def test_debug_list_filters_on_the_server_pauses_and_leads_to_the_node(site: LiveSite, new_page: NewPage) -> None:
    make_flow(site, "debugging")
    page = await new_page(site)
    await open_flow(page, "debugging")
    await drawer(page, "调试").click()
    rows = page.locator(".debug-row")
    await expect(rows.first).to_contain_text("{v: 3, w: 6}")
    await page.get_by_role("button", name="暂停").click()
    skipped = page.locator(".debug-bar .badge")
    await expect(skipped).not_to_have_text("跳过 0 条")
    await page.get_by_role("button", name="继续").click()
    await page.get_by_role("searchbox", name="在服务器上筛选").fill("nothing like this")
    await expect(rows).to_have_count(0)
    await page.get_by_role("searchbox", name="在服务器上筛选").fill('"w":6')
    await expect(rows.first).to_be_visible()
    await rows.first.locator(".debug-node").click()
    await expect(node(page, "show").locator(".node")).to_have_attribute("data-selected", "true")
    await page.get_by_role("button", name="暂停").click()
    await rows.first.locator(".debug-value").click()
    detail = page.locator(".debug-detail")
    await detail.get_by_text("w", exact=True).hover()
    await detail.get_by_role("button", name="复制路径 payload.w").click()
    assert await page.evaluate("navigator.clipboard.readText()") == "payload.w"
    await assert_accessible(page, ".bottom")


async def test_wire_is_tapped_without_a_deploy(site: LiveSite, new_page: NewPage) -> None:
    make_flow(site, "tapping")
    page = await new_page(site)
    await open_flow(page, "tapping")
    await drawer(page, "监视").click()
    await expect(page.locator(".data-panel-none")).to_contain_text("点选一条连线")
    await click_wire(page, "scale", "route")
    await expect(page.locator(".data-panel .debug-row").nth(2)).to_contain_text("{v: 3, w: 6}")
    await expect(page.locator(".tap-rate")).to_have_text(re.compile(r"^[1-9]\d*/s$"))
    await expect(page.locator(".debug-detail .value-name", has_text="w")).to_be_visible()
    assert len(site.call("GET", "/api/flows/tapping/revisions")) == 1
    await page.locator(".debug-detail").get_by_role("button", name="用作测试样本").click()
    await expect(page.get_by_role("combobox", name="把样本交给")).to_have_value("route")
    await expect(page.get_by_role("textbox", name="载荷")).to_have_value(json.dumps({"v": 3, "w": 6}, indent=1))


async def test_message_is_traced_with_what_each_node_changed(site: LiveSite, new_page: NewPage) -> None:
    make_flow(site, "tracing")
    page = await new_page(site)
    await open_flow(page, "tracing")
    await drawer(page, "追踪").click()
    await page.get_by_role("button", name="追踪下一条").click()
    hops = page.locator(".trace-hop")
    await expect(hops).to_have_count(4)
    await expect(hops.nth(1).locator("[data-mark=added]")).to_contain_text("w")
    await expect(hops.nth(1).locator(".trace-ms")).to_contain_text("s")
    await expect(page.locator(".wire[data-traced]")).to_have_count(3)
    await assert_accessible(page, ".bottom")


async def test_branch_is_tried_kept_as_a_test_and_a_red_one_blocks_the_deploy(
    site: LiveSite, new_page: NewPage
) -> None:
    make_flow(site, "testing")
    page = await new_page(site)
    await open_flow(page, "testing")
    await click_node(page, "scale")
    await drawer(page, "测试").click()
    await page.get_by_role("textbox", name="载荷").fill('{"v": 4}')
    await page.get_by_role("button", name="试运行").click()
    place = page.locator(".test-place", has=page.locator("code", has_text="scale.out"))
    await expect(place).to_contain_text("w: 8")
    await place.get_by_role("button", name="作为预期").click()
    await page.get_by_role("textbox", name="测试名称").fill("加倍")
    await page.get_by_role("button", name="保存测试").click()
    await expect(page.locator(".test-list")).to_contain_text("加倍")
    kept = yaml.safe_load((site.flows / "testing_test.yaml").read_text(encoding="utf-8"))
    assert kept["cases"] == [
        {
            "name": "加倍",
            "given": [{"node": "scale", "payload": {"v": 4}}],
            "expect": [{"node": "scale.out", "payload": {"v": 4, "w": 8.0}}],
        }
    ]
    await page.locator(".expression .cm-content").click()
    await page.keyboard.press("Control+A")
    await page.keyboard.type("v * 3")
    await page.get_by_role("button", name="全部运行").click()
    await expect(page.locator(".debug-bar .badge-error")).to_contain_text("1 个未通过")
    await page.keyboard.press("Control+Enter")
    dialog = page.get_by_role("dialog")
    page.allowed.append("422")  # type: ignore[attr-defined]
    await dialog.get_by_role("button", name="部署", exact=True).click()
    await expect(dialog.locator(".deploy-red")).to_contain_text("加倍")
    await assert_accessible(page, "dialog", ".bottom")
    anyway = dialog.get_by_role("button", name="仍然部署")
    await expect(anyway).to_have_attribute("aria-disabled", "true")
    await dialog.get_by_label("仍要部署的理由").fill("演示")
    await anyway.click()
    await expect(page.locator(".strip-ok")).to_be_visible()
    assert site.call("GET", "/api/flows/testing/revisions")[0]["note"] == "[tests fail: 演示]"


async def test_hostile_labels_help_and_payloads_stay_text(site: LiveSite, new_page: NewPage) -> None:
    text = yaml.safe_load(FLOW.format(name="hostile"))
    text["nodes"]["tick"]["with"]["payload"] = {HOSTILE: HOSTILE}
    text["nodes"]["tick"] |= {"title": HOSTILE, "note": HOSTILE, "to": ["scale", "show"]}
    text["help"] = HOSTILE
    make_flow(site, "hostile", yaml.safe_dump(text, allow_unicode=True, sort_keys=False))
    page = await new_page(site)
    await open_flow(page, "hostile")
    await node(page, "tick").locator(".node-label").click()
    await drawer(page, "调试").click()
    await page.locator(".debug-row .debug-value").first.click()
    await expect(page.locator(".debug-detail .value-string").first).to_have_text(HOSTILE)
    await drawer(page, "监视").click()
    await expect(page.locator(".data-panel .debug-row").first).to_contain_text("<img src=x")
    for tab in ("YAML", "版本", "节点"):
        await page.locator(".dock").get_by_role("tab", name=tab).click()
    await page.keyboard.press("Control+Enter")
    await page.get_by_role("dialog").get_by_label("说明").fill(HOSTILE)
    await page.keyboard.press("Control+Enter")
    await page.locator(".dock").get_by_role("tab", name="版本").click()
    await expect(page.locator(".version-note", has_text="<script>")).to_be_visible()
    assert await page.evaluate("window.hit") is None


async def test_large_payload_is_cut_with_its_size(site: LiveSite, new_page: NewPage) -> None:
    make_flow(site, "large", LARGE)
    page = await new_page(site)
    await open_flow(page, "large")
    await drawer(page, "监视").click()
    await click_node(page, "tick")
    await expect(page.locator(".data-panel-none")).to_contain_text("正在等待")
    address = site.mqtt_url.removeprefix("mqtt://").rpartition("@")[2]
    host, _, port = address.partition(":")
    async with aiomqtt.Client(host, int(port)) as client:
        await client.publish("large", b"x" * 5_000_000, qos=1)
    await expect(page.locator(".data-panel .debug-row .badge")).to_have_text("5.0 MB")
    await expect(page.locator(".debug-detail")).to_contain_text("原消息为 5.0 MB")
    assert await page.locator(".debug-detail .value-string").evaluate("element => element.textContent.length") < 20_000


async def test_tab_left_open_over_a_restart_says_so_and_goes_on(
    make_site: Callable[..., LiveSite], new_page: NewPage
) -> None:
    site = make_site()
    make_flow(site, "restart")
    page = await new_page(site)
    page.allowed.extend(["WebSocket", "ERR_CONNECTION", "503", "dynamically imported module"])  # type: ignore[attr-defined]
    await open_flow(page, "restart")
    await click_node(page, "scale")
    await page.get_by_role("textbox", name="下限").fill("1")
    await drawer(page, "监视").click()
    await expect(page.locator(".data-panel .debug-row").first).to_be_visible()
    site.stop()
    await expect(page.locator(".connection-banner")).to_contain_text("连接已断开")
    site.start()
    await expect(page.locator(".toast")).to_contain_text("连接已恢复")
    await expect(page.locator(".connection-banner")).to_have_count(0)
    await expect(page.get_by_role("textbox", name="下限")).to_have_value("1")
    before = await page.locator(".debug-count").inner_text()
    await expect(page.locator(".debug-count")).not_to_have_text(before)


async def test_flow_is_switched_off_and_on_in_the_list(site: LiveSite, new_page: NewPage) -> None:
    make_flow(site, "switched")
    page = await new_page(site)
    await page.goto("/flows")
    row = page.get_by_role("row", name="switched")
    await row.get_by_role("button", name="停用流程 switched").click()
    await page.get_by_role("dialog").get_by_role("button", name="停用", exact=True).click()
    await expect(row).to_contain_text("已停用")
    assert "switched" not in site.call("GET", "/api/health")["flows"]
    await row.get_by_role("button", name="启用流程 switched").click()
    await expect(row).to_contain_text("运行中")
