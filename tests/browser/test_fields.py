"""Fields of the inspector that are no plain text: secrets, names with values, references to brokers."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.async_api import Locator, Page, expect

from tests.browser.conftest import NewPage
from tests.browser.flow_page import click_node, make_flow, open_flow, text_of
from tests.browser.live_site import LiveSite

FLOW = """\
flow: asking
nodes:
  tick:
    type: inject
    with: {payload: 1, every_s: 60}
    to: [ask, put]
  ask:
    type: http-request
    with: {url: "http://127.0.0.1:9/", headers: {Accept: text/plain}}
  put:
    type: subflow/store
    with: {password: none}
  hear:
    type: mqtt-in
    with: {topic: nothing/here, broker: "${broker:site}"}
    to: show
  show:
    type: debug
subflows:
  store:
    inputs: {in: send}
    fields:
      password: {type: string, x-secret: true}
    nodes:
      send: {type: http-request, with: {url: "http://127.0.0.1:9/", headers: {X-Key: "${field:password}"}}}
layout:
  tick: [40, 60]
  ask: [300, 60]
  put: [300, 160]
  hear: [40, 260]
  show: [300, 260]
"""


@pytest.fixture(scope="module")
def asking(make_site: Callable[..., LiveSite]) -> LiveSite:
    """A site with a flow that has such fields."""
    site = make_site()
    make_flow(site, "asking", FLOW)
    return site


async def form_of(page: Page, id: str) -> Locator:
    await open_flow(page, "asking")
    await click_node(page, id)
    return page.locator(".inspector")


async def test_a_secret_is_stored_under_a_name_and_its_value_is_nowhere_on_the_page(
    asking: LiveSite, new_page: NewPage
) -> None:
    """Made from the field, chosen as a reference, replaced; the file says only its name."""
    page = await new_page(asking)
    form = await form_of(page, "put")
    await expect(form.locator(".secret")).to_have_text("已设置（明文，请改用凭据）")

    await form.get_by_role("button", name="在“password”中引用消息网关或凭据").click()
    await page.get_by_role("menuitem", name="新建凭据……").click()
    dialog = page.get_by_role("dialog")
    await dialog.get_by_label("名称").fill("store-password")
    await dialog.get_by_label("值", exact=True).fill("hunter2-hunter2")
    await dialog.get_by_role("button", name="保存").click()

    await expect(form.locator(".secret")).to_have_text("store-password")
    await text_of(page)
    await expect(page.locator(".yaml .cm-content")).to_contain_text("${secret:store-password}")
    await page.get_by_role("tab", name="节点").click()
    await form.get_by_role("button", name="更换").click()
    await expect(page.get_by_role("dialog").get_by_label("名称")).to_have_value("store-password")
    await expect(page.get_by_role("dialog").get_by_label("值", exact=True)).to_have_value("")
    assert "hunter2" not in await page.content()


async def test_names_with_values_are_added_renamed_and_removed(asking: LiveSite, new_page: NewPage) -> None:
    """A name that is taken is not taken again."""
    page = await new_page(asking)
    form = await form_of(page, "ask")
    headers = form.get_by_role("group", name="请求头", exact=True)
    await headers.get_by_role("button", name="添加一项").click()
    names = headers.get_by_label("“请求头”的名称")
    await expect(names).to_have_count(2)
    await names.nth(1).fill("Accept")
    await names.nth(1).press("Enter")
    await expect(names.nth(1)).to_have_value("name2")
    await names.nth(1).fill("X-Site")
    await names.nth(1).press("Enter")
    await headers.get_by_label("请求头 X-Site", exact=True).fill("north")
    await names.nth(1).click()
    await text_of(page)
    # Quoted where the file said "" before: an edit keeps the quotes that it finds.
    await expect(page.locator(".yaml .cm-content")).to_contain_text(re.compile(r'X-Site: "?north"?}'))
    await page.get_by_role("tab", name="节点").click()
    await headers.get_by_role("button", name="删除 Accept").click()
    await expect(names).to_have_count(1)
    await text_of(page)
    await expect(page.locator(".yaml .cm-content")).not_to_contain_text("Accept")


async def test_a_reference_is_picked_from_what_the_site_has(asking: LiveSite, new_page: NewPage) -> None:
    page = await new_page(asking)
    form = await form_of(page, "hear")
    broker = form.get_by_role("textbox", name="消息网关")
    await broker.fill("mqtt://elsewhere")
    await form.get_by_role("button", name="在“消息网关”中引用消息网关或凭据").click()
    await page.get_by_role("menuitem", name="${broker:site}").click()
    await expect(broker).to_have_value("${broker:site}")
    await text_of(page)
    await expect(page.locator(".yaml .cm-content")).to_contain_text("${broker:site}")
