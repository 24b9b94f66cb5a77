"""Users, tokens, secrets, audit, quarantine and health, as an administrator works with them."""

import urllib.error
from pathlib import Path

import aiomqtt
import asyncpg
import pytest
from playwright.async_api import Page, expect

from tests.browser.axe import assert_accessible
from tests.browser.conftest import NewPage
from tests.browser.live_site import LiveSite
from tests.eventually import eventually

PAGES = ("users", "secrets", "audit", "quarantine", "health")


async def test_user_is_added_and_signs_in_with_a_password_of_their_own(site: LiveSite, new_page: NewPage) -> None:
    page = await new_page(site)
    await page.goto("/users")
    await page.get_by_role("button", name="新建用户").click()
    await page.get_by_label("名称").fill("zhang")
    await page.get_by_label("角色", exact=True).select_option("operator")
    password = await page.get_by_role("textbox", name="初始密码").input_value()
    await page.get_by_role("button", name="保存").click()
    await expect(page.get_by_role("cell", name="zhang", exact=True)).to_be_visible()

    theirs = await new_page(site, role=None)
    theirs.allowed.append("401")  # type: ignore[attr-defined]
    await theirs.goto("/")
    await theirs.get_by_label("用户").fill("zhang")
    await theirs.get_by_label("密码").fill(password)
    await theirs.keyboard.press("Enter")
    await theirs.get_by_label("当前密码").fill(password)
    await theirs.get_by_label("新密码").fill("a better one by far")
    await theirs.get_by_role("button", name="保存").click()
    await expect(theirs.get_by_role("dialog")).to_have_count(0)
    await expect(theirs.get_by_role("form", name="登录")).to_have_count(0)
    await theirs.goto("/flows")
    await expect(theirs.get_by_role("navigation")).to_be_visible()
    await expect(theirs.get_by_role("link", name="用户")).to_have_count(0)


async def test_token_is_shown_once_and_works_until_it_is_removed(site: LiveSite, new_page: NewPage) -> None:
    page = await new_page(site)
    await page.goto("/users")
    await page.get_by_role("tab", name="API 令牌").click()
    await page.get_by_role("button", name="新建令牌").click()
    await page.get_by_label("名称").fill("script")
    await page.get_by_role("button", name="添加").click()
    token = await page.get_by_test_id("token").inner_text()
    answer = await page.context.request.get("/api/flows", headers={"Authorization": f"Bearer {token}"})
    assert answer.ok
    await page.get_by_role("dialog").get_by_role("button", name="关闭").last.click()
    await expect(page.get_by_test_id("token")).to_have_count(0)
    await page.get_by_role("button", name="删除令牌 script").click()
    await page.get_by_role("dialog").get_by_role("button", name="删除").click()
    await expect(page.get_by_role("cell", name="script", exact=True)).to_have_count(0)
    answer = await page.context.request.get("/api/flows", headers={"Authorization": f"Bearer {token}"})
    assert answer.status == 401


async def test_secret_goes_in_and_never_comes_back(site: LiveSite, new_page: NewPage) -> None:
    page = await new_page(site)
    await page.goto("/secrets")
    await page.get_by_role("button", name="新建凭据").click()
    await page.get_by_label("名称").fill("smtp-password")
    await page.get_by_label("值").fill("swordfish")
    await page.get_by_role("button", name="保存").click()
    await expect(page.get_by_role("cell", name="smtp-password", exact=True)).to_be_visible()
    await expect(page.get_by_text("swordfish")).to_have_count(0)
    assert "swordfish" not in str(site.call("GET", "/api/secrets"))
    await page.goto("/audit")
    await expect(page.get_by_role("cell", name="设置凭据").first).to_be_visible()
    await expect(page.get_by_text("swordfish")).to_have_count(0)


async def test_audit_is_filtered_while_typing(site: LiveSite, new_page: NewPage) -> None:
    with pytest.raises(urllib.error.HTTPError):
        site._call("POST", "/api/session", {"user": "intruder", "password": "guess"})
    page = await new_page(site)
    await page.goto("/audit")
    await page.get_by_label("用户").fill("intruder")
    await expect(page.get_by_role("row")).to_have_count(2)
    await expect(page.get_by_role("cell", name="登录失败")).to_be_visible()


async def test_a_long_list_goes_on_where_it_ended(site: LiveSite, new_page: NewPage) -> None:
    async with asyncpg.create_pool(site.dsn, min_size=1, max_size=1) as pool:
        await pool.execute(
            "insert into audit (who, address, action, target, details) "
            "select 'robot', '', 'login', n::text, '{}' from generate_series(1, 150) as n"
        )
    page = await new_page(site)
    await page.goto("/audit")
    async with page.expect_response(lambda answer: "who=robot" in answer.url):  # what is typed is asked a moment later
        await page.get_by_label("用户").fill("robot")
    await expect(page.get_by_role("cell", name="150", exact=True)).to_be_visible()
    await expect(page.get_by_role("cell", name="50", exact=True)).to_have_count(0)
    await page.get_by_role("button", name="更早的记录").click()
    for number in ("150", "50", "1"):
        await expect(page.get_by_role("cell", name=number, exact=True)).to_have_count(1)
    await expect(page.get_by_role("button", name="更早的记录")).to_have_count(0)


async def test_quarantined_message_is_read_reprocessed_and_discarded(site: LiveSite, new_page: NewPage) -> None:
    host, _, port = site.mqtt_url.removeprefix("mqtt://").partition(":")
    async with aiomqtt.Client(host, int(port)) as client:
        await client.publish("metachip/gas/BAD001/data", b'{"ts": <script>alert(1)</script>', qos=1)
    await eventually(lambda: site.call("GET", "/api/quarantine"))
    page = await new_page(site)
    await page.goto("/quarantine")
    await page.get_by_role("row").nth(1).get_by_role("button").click()
    dialog = page.get_by_role("dialog")
    await expect(dialog.get_by_text("<script>alert(1)</script>")).to_be_visible()
    await dialog.get_by_role("button", name="重新处理").click()
    await expect(page.get_by_text("已于").first).to_be_visible()
    # What can't be read can't be read again: it comes back as a new entry.
    await eventually(lambda: len(site.call("GET", "/api/quarantine")) == 2)
    await page.get_by_role("button", name="重新加载").click()
    for left in (3, 2):
        await expect(page.get_by_role("row")).to_have_count(left)
        await page.get_by_role("row").nth(1).get_by_role("button").click()
        await dialog.get_by_role("button", name="丢弃").click()
        await dialog.get_by_role("button", name="丢弃").click()
    await expect(page.get_by_text("隔离区是空的")).to_be_visible()


async def test_health_names_flows_and_services(site: LiveSite, new_page: NewPage) -> None:
    page = await new_page(site, role="viewer")
    await page.goto("/health")
    await expect(page.get_by_role("link", name="gas-monitoring")).to_be_visible()
    await expect(page.get_by_role("cell", name="数据库", exact=True)).to_be_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_pages_can_be_used_by_everybody(site: LiveSite, new_page: NewPage, scheme: str, shots: Path) -> None:
    page: Page = await new_page(site, scheme=scheme, language="zh" if scheme == "light" else "en")
    for name in PAGES:
        await page.goto(f"/{name}")
        await expect(page.get_by_role("heading", level=1)).to_be_visible()
        await page.wait_for_load_state("networkidle")
        await page.screenshot(path=shots / f"{name}.png")
        await assert_accessible(page)
