"""The cards of Settings → Alarms: filled in, tested with the vendor's real answer, saved; secrets only go in."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import Page, expect

from tests.browser.axe import assert_accessible
from tests.browser.conftest import NewPage
from tests.browser.live_site import LiveSite
from tests.servers.vendors import DingTalk, serving

SECRET = "SECtheRobotsOwnSecret"


@pytest.fixture
async def dingtalk() -> AsyncIterator[DingTalk]:
    async with serving(DingTalk(secret=SECRET, keyword="报警")) as vendor:
        yield vendor


def address(vendor: DingTalk) -> str:
    return f"{vendor.url}/robot/send?access_token=token-0123456789"


async def opened(site: LiveSite, new_page: NewPage, **how: object) -> Page:
    page = await new_page(site, **how)  # type: ignore[arg-type]
    await page.goto("/settings/alarms")
    await expect(page.get_by_role("region", name="群机器人通知", exact=True)).to_be_visible()
    return page


async def test_a_robot_is_set_up_tested_and_saved_and_its_secrets_do_not_come_back(
    site: LiveSite, new_page: NewPage, dingtalk: DingTalk
):
    page = await opened(site, new_page)
    answers: list[str] = []
    page.on("response", lambda answer: answers.append(answer.url) if "/api/channels" in answer.url else None)
    robot = page.get_by_role("region", name="群机器人通知", exact=True)
    await robot.get_by_role("switch").check()
    await robot.get_by_label("Webhook 地址").fill(address(dingtalk))
    await robot.get_by_label("加签密钥").fill("wrong")
    await robot.get_by_role("button", name="发送测试").click()
    await expect(robot.get_by_text("测试被拒绝").first).to_be_visible()
    await expect(robot).to_contain_text("签名不匹配")
    await expect(robot).to_contain_text("sign not match")
    await robot.get_by_label("加签密钥").fill(SECRET)
    await robot.get_by_label("消息模板").fill("{sn} {vla}")
    page.allowed.append("422")  # type: ignore[attr-defined]
    await robot.get_by_role("button", name="保存").click()
    await expect(robot).to_contain_text("没有变量 {vla}，是不是 {val}？")
    await robot.get_by_label("消息模板").fill("{sn} 报警 ")
    await robot.get_by_role("button", name="{val}").click()
    await expect(robot).to_contain_text("GS001 报警 52.3")
    await robot.get_by_role("button", name="发送测试").click()
    await expect(robot.get_by_text("测试成功").first).to_be_visible()
    await expect(robot).to_contain_text('"errmsg": "ok"')
    await robot.get_by_role("button", name="保存").click()
    await expect(robot).to_contain_text("已设置（127.0.0.1）")
    await page.reload()
    await expect(robot).to_contain_text("已设置（127.0.0.1）")
    await expect(robot.get_by_role("switch")).to_be_checked()
    everything = await page.content() + str(site.call("GET", "/api/channels"))
    assert SECRET not in everything
    assert "token-0123456789" not in everything
    await expect(page.get_by_role("table", name="发送记录")).to_contain_text("测试成功")
    assert any("TEST001 报警 25" in text for text in dingtalk.texts)


async def test_two_admins_at_one_card_hear_of_each_other(site: LiveSite, new_page: NewPage):
    page = await opened(site, new_page)
    sms = page.get_by_role("region", name="短信通知", exact=True)
    await sms.get_by_label("签名名称").fill("我的")
    card = next(one for one in site.call("GET", "/api/channels")["cards"] if one["name"] == "sms")
    site.call(
        "PUT",
        "/api/channels/sms",
        {"enabled": False, "settings": {**card["settings"], "sign_name": "别人的"}, "revision": card["revision"]},
    )
    page.allowed.append("409")  # type: ignore[attr-defined]
    await sms.get_by_role("button", name="保存").click()
    await expect(sms.get_by_role("alert")).to_contain_text("刚刚修改了这张卡片")
    await sms.get_by_role("button", name="载入最新内容").click()
    await expect(sms.get_by_label("签名名称")).to_have_value("别人的")


async def test_a_card_that_is_switched_on_unfinished_says_what_it_lacks(site: LiveSite, new_page: NewPage):
    page = await opened(site, new_page)
    email = page.get_by_role("region", name="邮件通知", exact=True)
    await email.get_by_role("switch").check()
    await email.get_by_label("收件人", exact=True).fill("a@b.cn, c@d.cn")
    page.allowed.append("422")  # type: ignore[attr-defined]
    await email.get_by_role("button", name="保存").click()
    await expect(email).to_contain_text("“a@b.cn, c@d.cn”不是邮箱地址")
    await expect(email).to_contain_text("开启前必须填写")
    await email.get_by_role("button", name="撤销修改").click()
    await expect(email.get_by_role("switch")).not_to_be_checked()


async def test_only_administrators_see_the_cards(site: LiveSite, new_page: NewPage):
    page = await new_page(site, role="operator")
    await page.goto("/alarms")
    await expect(page.get_by_role("navigation")).to_be_visible()
    await expect(page.get_by_role("link", name="报警配置")).to_have_count(0)


@pytest.mark.parametrize(
    ("language", "scheme", "width"), [("zh", "light", 1400), ("en", "dark", 1280), ("zh", "light", 390)]
)
async def test_everything_is_reachable_and_readable(
    site: LiveSite, new_page: NewPage, shots: Path, language: str, scheme: str, width: int
):
    page = await new_page(site, language=language, scheme=scheme, width=width, height=900)
    await page.goto("/settings/alarms")
    await expect(page.locator(".channel")).to_have_count(3)
    await page.screenshot(path=shots / f"channels-{language}-{scheme}-{width}.png", full_page=True)
    await assert_accessible(page)
    assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth")
