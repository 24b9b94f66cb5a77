"""The wall in a real browser: live values, states that stand out, and a picture that says so when it is not live."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.async_api import Page, expect

from tests.browser.conftest import NewPage
from tests.browser.gas_site import Sender, add_device, add_plan, store_readings
from tests.browser.live_site import LiveSite


@pytest.fixture(scope="module")
def wall_site(make_site: Callable[..., LiveSite]) -> LiveSite:
    """A site with one plan and four devices on it."""
    site = make_site()
    plan = add_plan(site)
    for number in range(1, 5):
        place = {"plan_id": plan, "left_pct": 20 * number, "top_pct": 50, "a1": 20, "a2": 50, "range_high": 500}
        add_device(site, f"W{number}", name=f"W{number}", **place)
    return site


async def opened(page: Page) -> Page:
    await page.goto("/wall")
    await page.locator(".wall[data-loaded]").wait_for()
    return page


def dot(page: Page, sn: str):  # type: ignore[no-untyped-def]
    return page.locator(f'.dot[data-sn="{sn}"]')


async def test_viewer_begins_on_the_wall(wall_site: LiveSite, new_page: NewPage) -> None:
    page = await new_page(wall_site, role="viewer")
    await page.goto("/")
    await expect(page).to_have_url(f"{wall_site.url}/wall")
    await expect(page.locator(".dot")).to_have_count(4)


async def test_new_k_acts_on_the_next_value_of_the_wall(wall_site: LiveSite, new_page: NewPage) -> None:
    wall = await opened(await new_page(wall_site, role="viewer"))
    admin = await new_page(wall_site)
    await admin.goto("/devices/W1")
    async with Sender(wall_site) as sender:
        await sender.send("W1", 4)
        await expect(dot(wall, "W1").locator(".dot-value")).to_have_text("4.0 ppm")
        await admin.get_by_label("斜率 K", exact=True).fill("2")
        await expect(admin.get_by_test_id("trial")).to_contain_text("8.00")
        await expect(admin.get_by_test_id("now")).to_contain_text("4.00")
        await admin.get_by_role("button", name="保存").click()
        await expect(admin.get_by_text("已保存")).to_be_visible()
        await sender.send("W1", 4)
        await expect(dot(wall, "W1").locator(".dot-value")).to_have_text("8.0 ppm")


async def test_state_is_colour_shape_and_text_and_ripples_until_acknowledged(
    wall_site: LiveSite, new_page: NewPage
) -> None:
    wall = await opened(await new_page(wall_site, role="operator"))
    async with Sender(wall_site) as sender:
        await sender.send("W2", 60)
        await expect(dot(wall, "W2")).to_have_attribute("data-state", "a2")
        await expect(dot(wall, "W2").locator(".dot-state")).to_have_text("二级报警")
        await expect(dot(wall, "W2")).to_have_class(r"dot dot-a2 dot-ripple")
        await expect(wall.locator(".ticker-new").first).to_contain_text("W2")
        await dot(wall, "W2").click()
        rows = wall.locator(".alarm-row")
        await expect(rows).to_have_count(2)
        for left in (1, 0):
            await rows.locator("button").first.click()
            await expect(rows.locator("button")).to_have_count(left)
        await expect(dot(wall, "W2")).not_to_have_class(r"dot dot-a2 dot-ripple dot-open")
        await expect(dot(wall, "W2")).to_have_attribute("data-state", "a2")
        await sender.send("W2", 1)
        await expect(dot(wall, "W2")).to_have_attribute("data-state", "ok")


async def test_horn_sounds_until_muted_and_the_mute_ends_by_itself(
    make_site: Callable[..., LiveSite], new_page: NewPage
) -> None:
    """After five minutes; an alarm that comes meanwhile sounds at once."""
    site = make_site()
    plan = add_plan(site)
    for sn, left in (("H1", 30), ("H2", 60)):
        add_device(site, sn, name=sn, plan_id=plan, left_pct=left, top_pct=50, a1=20, range_high=500)
    page = await new_page(site, role="viewer")
    await page.clock.install()
    wall = await opened(page)
    await wall.get_by_role("button", name="声音已关").click()
    await expect(wall.get_by_role("button", name="声音已开")).to_be_visible()
    sounding, muted = wall.get_by_role("button", name="消音", exact=True), wall.locator("button", has_text="消音中")
    async with Sender(site) as sender:
        await sender.send("H1", 30)
        await sounding.click()
        await expect(muted).to_contain_text("消音中 4:5")

        await page.clock.fast_forward("04:30")
        await expect(muted).to_contain_text("消音中 0:2")
        await page.clock.fast_forward("00:31")
        await expect(sounding).to_be_visible()

        await sounding.click()
        await expect(muted).to_be_visible()
        await sender.send("H2", 30)
        await expect(dot(wall, "H2")).to_have_attribute("data-state", "a1")
        await muted.click()
        await expect(sounding).to_be_visible()


async def test_drawer_shows_the_last_hour_by_the_minute(wall_site: LiveSite, new_page: NewPage) -> None:
    await store_readings(wall_site, "W3", [float(number % 30) for number in range(3500)], 1.0)
    wall = await opened(await new_page(wall_site, role="viewer"))
    await dot(wall, "W3").click()
    drawer = wall.locator(".drawer")
    await expect(drawer.locator(".chart[data-drawn]")).to_be_visible()
    minutes = await drawer.locator(".hour[data-minutes]").get_attribute("data-minutes")
    assert 58 <= int(minutes or 0) <= 61
    await wall.keyboard.press("Escape")
    await expect(drawer).to_have_count(0)


async def test_silence_of_all_devices_freezes_the_picture_and_the_next_reading_frees_it(
    wall_site: LiveSite, new_page: NewPage
) -> None:
    page = await new_page(wall_site, role="viewer")
    await page.clock.install()
    wall = await opened(page)
    async with Sender(wall_site) as sender:
        await sender.send("W4", 3)
        await expect(dot(wall, "W4")).to_have_attribute("data-state", "ok")
        await wall.clock.fast_forward(30_000)
        await expect(wall.get_by_role("alert")).to_contain_text("收不到任何设备的数据")
        await expect(wall.locator(".wall-live")).to_have_text("非实时")
        await expect(dot(wall, "W4")).to_have_attribute("data-state", "offline")
        await expect(wall.locator(".wall-frozen")).to_have_count(1)


async def test_names_are_text_and_never_markup(wall_site: LiveSite, new_page: NewPage) -> None:
    name = "<img src=x onerror=document.title='owned'><b>x"
    add_device(wall_site, "HTML", name=name, plan_id=1, left_pct=50, top_pct=20)
    try:
        wall = await opened(await new_page(wall_site, role="viewer"))
        await expect(dot(wall, "HTML").locator(".dot-name")).to_have_text(name)
        await wall.goto("/devices")
        await expect(wall.get_by_text(name).first).to_be_visible()
        assert await wall.title() != "owned"
    finally:
        wall_site.call("DELETE", "/api/devices/HTML")


async def test_ripple_keeps_still_for_who_wants_less_motion(wall_site: LiveSite, new_page: NewPage) -> None:
    page = await new_page(wall_site, role="viewer")
    await page.emulate_media(reduced_motion="reduce")
    wall = await opened(page)
    async with Sender(wall_site) as sender:
        await sender.send("W4", 30)
    await expect(dot(wall, "W4")).to_have_class(r"dot dot-a1 dot-ripple")
    ripples = "document.getAnimations().filter((one) => one.animationName === 'ripple').length"
    assert await wall.evaluate(ripples) == 0
    await wall.emulate_media(reduced_motion="no-preference")
    assert await wall.evaluate(ripples) > 0


async def test_lost_link_is_told_at_once_and_values_are_grey_until_it_is_back(
    make_site: Callable[..., LiveSite], new_page: NewPage
) -> None:
    site = make_site()
    plan = add_plan(site)
    add_device(site, "L1", name="L1", plan_id=plan, left_pct=50, top_pct=50)
    page = await new_page(site, role="viewer")
    page.allowed.extend(["WebSocket", "Failed to load", "ERR_"])  # type: ignore[attr-defined]
    wall = await opened(page)
    async with Sender(site) as sender:
        await sender.send("L1", 3)
        await expect(dot(wall, "L1")).to_have_attribute("data-state", "ok")
        site.stop()
        await expect(wall.get_by_role("alert")).to_contain_text("与服务器的连接已断开")
        await expect(wall.locator(".wall-frozen .dot-value")).to_have_css("opacity", "0.62")
        await expect(wall.locator(".wall-live")).to_have_text("非实时")
        site.start()
        await sender.send("L1", 4)
        await expect(dot(wall, "L1").locator(".dot-value")).to_have_text("4.0 ppm")
        await expect(wall.locator(".wall-frozen")).to_have_count(0)
