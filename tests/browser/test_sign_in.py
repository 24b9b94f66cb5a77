"""Signing in with a real browser."""

from playwright.async_api import expect

from tests.browser.conftest import NewPage
from tests.browser.live_site import PASSWORD, LiveSite


async def test_wrong_password_is_told_and_the_right_one_opens_the_flows(site: LiveSite, new_page: NewPage) -> None:
    page = await new_page(site, role=None)
    page.allowed.extend(["401"])  # type: ignore[attr-defined]
    await page.goto("/")
    await page.get_by_label("用户").fill("admin")
    await page.get_by_label("密码").fill("not this one")
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("alert")).to_be_visible()
    await page.get_by_label("密码").fill(PASSWORD)
    await page.keyboard.press("Enter")
    await expect(page.get_by_text("气体监测").first).to_be_visible()


async def test_the_language_is_switched_without_a_reload(site: LiveSite, new_page: NewPage) -> None:
    page = await new_page(site, role="viewer")
    await page.goto("/flows")
    await page.get_by_role("button", name="English").click()
    await expect(page.get_by_text("Gas monitoring").first).to_be_visible()
