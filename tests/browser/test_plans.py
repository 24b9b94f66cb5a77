"""Floor plans in a real browser: devices get their places by mouse, finger, keys and numbers; bad files are refused."""

from __future__ import annotations

import urllib.error
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.async_api import Locator, Page, expect

from plant.plans.demo_plan import drawn_plan
from tests.browser.conftest import NewPage
from tests.browser.gas_site import add_device, add_plan
from tests.browser.live_site import LiveSite
from tests.eventually import eventually


@pytest.fixture(scope="module")
def plan_site(make_site: Callable[..., LiveSite]) -> LiveSite:
    site = make_site()
    add_plan(site)
    for number in range(1, 5):
        add_device(site, f"P{number}", name=f"P{number}")
    return site


async def editing(page: Page) -> Page:
    await page.goto("/plans")
    await page.get_by_role("button", name="编辑点位").click()
    await page.locator(".shelf-item").first.wait_for()
    return page


async def centre(locator: Locator) -> tuple[float, float]:
    box = await locator.bounding_box()
    assert box is not None
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


async def point(page: Page, left: float, top: float) -> tuple[float, float]:
    box = await page.locator(".plan").bounding_box()
    assert box is not None
    return box["x"] + box["width"] * left / 100, box["y"] + box["height"] * top / 100


def place(site: LiveSite, sn: str) -> tuple[float | None, float | None]:
    device = site.call("GET", f"/api/devices/{sn}")["device"]
    return device["left_pct"], device["top_pct"]


def near(given: tuple[float | None, float | None], left: float, top: float) -> bool:
    return given[0] is not None and given[1] is not None and abs(given[0] - left) < 0.5 and abs(given[1] - top) < 0.5


async def test_device_is_dragged_onto_the_plan_and_is_right_on_every_screen(
    plan_site: LiveSite, new_page: NewPage
) -> None:
    wall = await new_page(plan_site, role="viewer", width=1000, height=600)
    await wall.goto("/wall")
    await wall.locator(".wall[data-loaded]").wait_for()
    page = await editing(await new_page(plan_site))
    await page.mouse.move(*await centre(page.locator('.shelf-item[data-sn="P1"] .shape')))
    await page.mouse.down()
    await page.mouse.move(*await point(page, 10, 10), steps=4)
    await page.mouse.move(*await point(page, 30, 40), steps=4)
    await page.mouse.up()
    assert place(plan_site, "P1") == (None, None)
    await page.get_by_role("button", name="保存 1 处").click()
    await eventually(lambda: near(place(plan_site, "P1"), 30, 40))
    dot = wall.locator('.dot[data-sn="P1"] .dot-mark')
    for width, height in ((1000, 600), (1500, 700), (500, 800)):
        await wall.set_viewport_size({"width": width, "height": height})
        at, wanted = await centre(dot), await point(wall, *(float(part or 0) for part in place(plan_site, "P1")))
        assert abs(at[0] - wanted[0]) < 1
        assert abs(at[1] - wanted[1]) < 1


async def test_keys_numbers_and_undo(plan_site: LiveSite, new_page: NewPage) -> None:
    page = await editing(await new_page(plan_site))
    await page.locator('.shelf-item[data-sn="P2"]').focus()
    await page.keyboard.press("Enter")
    spot = page.locator('.spot[data-sn="P2"]')
    await spot.focus()
    await page.keyboard.press("ArrowRight")
    await page.keyboard.press("Shift+ArrowDown")
    await expect(page.get_by_role("textbox", name="左")).to_have_value("50.25")
    await expect(page.get_by_role("textbox", name="上")).to_have_value("52")
    await page.get_by_role("textbox", name="左").fill("12.5")
    await page.keyboard.press("Enter")
    await page.get_by_role("textbox", name="上").fill("nonsense")
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("textbox", name="上")).to_have_value("52")
    await spot.focus()
    await page.keyboard.press("Control+z")
    await expect(page.get_by_role("textbox", name="左")).to_have_value("50.25")
    await page.keyboard.press("Control+Shift+z")
    await expect(page.get_by_role("textbox", name="左")).to_have_value("12.5")
    await page.get_by_role("button", name="保存 1 处").click()
    await eventually(lambda: place(plan_site, "P2") == (12.5, 52.0))
    await spot.focus()
    await page.keyboard.press("Delete")
    await page.get_by_role("button", name="保存 1 处").click()
    await eventually(lambda: place(plan_site, "P2") == (None, None))


async def test_finger_drags_too(plan_site: LiveSite, new_page: NewPage) -> None:
    page = await editing(await new_page(plan_site))
    touch = await page.context.new_cdp_session(page)

    async def finger(kind: str, *at: float) -> None:
        points = [{"x": at[0], "y": at[1]}] if at else []
        await touch.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})

    await finger("touchStart", *await centre(page.locator('.shelf-item[data-sn="P3"] .shape')))
    for left in (20, 40, 60):
        await finger("touchMove", *await point(page, left, 20))
    await finger("touchEnd")
    await page.get_by_role("button", name="保存 1 处").click()
    await eventually(lambda: near(place(plan_site, "P3"), 60, 20))


async def test_looking_never_moves_a_device(plan_site: LiveSite, new_page: NewPage) -> None:
    plan_site.call("PUT", "/api/plans/1/places", {"places": [{"sn": "P4", "left_pct": 50, "top_pct": 50}]})
    page = await new_page(plan_site)
    changes: list[str] = []
    page.on("request", lambda request: changes.append(request.url) if request.method != "GET" else None)
    for path, locator in (("/plans", '.spot[data-sn="P4"]'), ("/wall", '.dot[data-sn="P4"]')):
        await page.goto(path)
        await page.locator(locator).wait_for()
        before = await centre(page.locator(locator))
        await page.mouse.move(*before)
        await page.mouse.down()
        await page.mouse.move(before[0] + 200, before[1] + 80, steps=5)
        await page.mouse.up()
        assert await centre(page.locator(locator)) == before
    assert changes == []
    assert place(plan_site, "P4") == (50.0, 50.0)


async def test_what_is_no_picture_or_too_large_is_refused_with_its_reason(
    plan_site: LiveSite, new_page: NewPage, tmp_path: Path
) -> None:
    page = await new_page(plan_site)
    page.allowed.append("422")  # type: ignore[attr-defined]
    await page.goto("/plans")
    upload = page.locator("input[type=file]").first
    svg = tmp_path / "plan.jpg"
    svg.write_text('<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>')
    await upload.set_input_files(svg)
    await expect(page.get_by_text("文件内容不是 JPG 或 PNG 图片")).to_be_visible()
    huge = tmp_path / "huge.png"
    with huge.open("wb") as file:
        file.write(drawn_plan())
        file.truncate(50_000_000)
    await upload.set_input_files(huge)
    await expect(page.get_by_text("图片超过 15 MB")).to_be_visible()
    assert len(plan_site.call("GET", "/api/plans")) == 1


def test_a_large_upload_past_the_page_is_refused_too(plan_site: LiveSite) -> None:
    with pytest.raises((urllib.error.HTTPError, urllib.error.URLError)) as refused:
        add_plan(plan_site, drawn_plan() + bytes(50_000_000))
    assert getattr(refused.value, "code", 413) == 413
    assert len(plan_site.call("GET", "/api/plans")) == 1


async def test_second_plan_is_uploaded_named_and_deleted(
    plan_site: LiveSite, new_page: NewPage, tmp_path: Path
) -> None:
    picture = tmp_path / "二楼.png"
    picture.write_bytes(drawn_plan())
    page = await new_page(plan_site)
    await page.goto("/plans")
    await page.locator("input[type=file]").first.set_input_files(picture)
    await expect(page.get_by_role("button", name="平面图 2")).to_have_attribute("aria-pressed", "true")
    await page.get_by_role("button", name="重命名").click()
    await page.get_by_label("名称").fill("<b>二楼</b>")
    await page.get_by_role("dialog").get_by_role("button", name="保存").click()
    await expect(page.get_by_role("button", name="<b>二楼</b>")).to_be_visible()
    await page.get_by_role("button", name="删除平面图").click()
    await page.get_by_role("dialog").get_by_role("button", name="删除", exact=True).click()
    await eventually(lambda: len(plan_site.call("GET", "/api/plans")) == 1)
