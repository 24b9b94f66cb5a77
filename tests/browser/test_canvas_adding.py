"""Adding nodes: the palette by typing, by keys and by hand, and the list that a dropped wire opens."""

from collections.abc import Callable

import pytest
from playwright.async_api import Page, expect

from tests.browser.canvas import add_flow, bare_point, centre, drag, in_port, node, open_flow, out_port, wires
from tests.browser.conftest import NewPage
from tests.browser.live_site import LiveSite

FLOW = "adding"


@pytest.fixture(scope="module")
def quiet(make_site: Callable[..., LiveSite]) -> LiveSite:
    """A site with a small flow besides the shipped ones."""
    site = make_site()
    add_flow(site, FLOW)
    return site


async def opened(site: LiveSite, new_page: NewPage) -> Page:
    page = await new_page(site)
    await open_flow(page, FLOW)
    return page


async def test_palette_finds_in_chinese_by_initials_and_in_english(quiet: LiveSite, new_page: NewPage) -> None:
    """And Enter adds what was found in the middle of the canvas, again and again, each time one step."""
    page = await opened(quiet, new_page)
    search = page.get_by_role("combobox", name="搜索节点")
    for typed in ("分支", "fz", "switch"):
        await search.fill(typed)
        await expect(page.locator(".palette-row[aria-selected=true]")).to_contain_text("分支")
    await page.keyboard.press("Enter")
    await expect(node(page, "switch")).to_be_visible()
    stage = await page.locator(".stage").bounding_box()
    assert stage is not None
    x, y = await centre(node(page, "switch"))
    assert abs(x - stage["x"] - stage["width"] / 2) < 60
    assert abs(y - stage["y"] - stage["height"] / 2) < 90
    await search.fill("")
    await page.keyboard.press("ArrowDown")
    await page.keyboard.press("ArrowDown")
    await page.keyboard.press("Enter")
    await expect(page.locator(".react-flow__node-node")).to_have_count(6)
    await page.get_by_role("button", name="撤销").click()
    await page.get_by_role("button", name="撤销").click()
    await expect(page.locator(".react-flow__node-node")).to_have_count(4)


async def test_type_is_dragged_from_the_palette_and_spliced_where_it_is_dropped(
    quiet: LiveSite, new_page: NewPage
) -> None:
    page = await opened(quiet, new_page)
    await page.get_by_role("combobox", name="搜索节点").fill("filter")
    item = page.locator(".palette-row").filter(has_text="过滤").first
    await item.drag_to(page.locator(".stage"), target_position={"x": 200, "y": 500})
    await expect(node(page, "filter")).to_be_visible()
    stage = await page.locator(".stage").bounding_box()
    start, end = await centre(out_port(page, "shape")), await centre(in_port(page, "show"))
    assert stage is not None
    x, y = (start[0] + end[0]) / 2 - stage["x"] - 20, (start[1] + end[1]) / 2 - stage["y"]
    await item.drag_to(page.locator(".stage"), target_position={"x": x, "y": y})
    await expect(node(page, "filter-2")).to_be_visible()
    await expect(page.locator('.react-flow__edge[data-id^="shape.out>filter-2"]')).to_have_count(1)
    await expect(page.locator('.react-flow__edge[data-id^="filter-2.out>show"]')).to_have_count(1)


async def test_wire_dropped_on_the_canvas_opens_the_list_and_enter_adds_at_once(
    quiet: LiveSite, new_page: NewPage
) -> None:
    """Typing begins with the drop and Enter follows without a gap; node and wire are one step."""
    page = await opened(quiet, new_page)
    start = await centre(out_port(page, "shape"))
    await drag(page, start, (start[0] + 60, start[1] + 260))
    await page.keyboard.type("switch")
    await page.keyboard.press("Enter")
    await expect(node(page, "switch")).to_be_visible()
    await expect(page.locator('.react-flow__edge[data-id^="shape.out>switch.in"]')).to_have_count(1)
    await page.keyboard.press("Control+z")
    await expect(node(page, "switch")).to_have_count(0)
    await expect(wires(page)).to_have_count(2)
    await expect(page.get_by_role("button", name="撤销")).to_have_attribute("aria-disabled", "true")


async def test_dropped_wire_offers_only_what_takes_its_messages(quiet: LiveSite, new_page: NewPage) -> None:
    page = await new_page(quiet)
    await open_flow(page, "gas-monitoring")
    start = await centre(out_port(page, "reading", "ok"))
    await drag(page, start, (start[0] + 10, start[1] + 260))
    finder = page.get_by_role("dialog", name="添加节点")
    await expect(finder).to_contain_text("读数")
    await page.keyboard.type("sequence-check")
    await expect(finder.get_by_role("option")).to_have_count(1)
    await finder.get_by_role("combobox").fill("alarm-write")
    await expect(finder.get_by_role("option")).to_have_count(0)
    await page.keyboard.press("Escape")
    await expect(finder).to_have_count(0)


async def test_everything_is_added_without_a_mouse(quiet: LiveSite, new_page: NewPage) -> None:
    """A on the canvas opens the list, N adds a note."""
    page = await opened(quiet, new_page)
    await page.mouse.click(*await bare_point(page))
    await page.keyboard.press("a")
    await page.keyboard.type("延时")
    await page.keyboard.press("Enter")
    await expect(node(page, "delay")).to_be_visible()
    await page.keyboard.press("n")
    await expect(page.locator(".note-card")).to_contain_text("便签")
