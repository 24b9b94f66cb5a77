"""Moving about on the canvas: both sets of gestures, keys, selection, order, and the painted canvas far away."""

from collections.abc import Callable

import pytest
from playwright.async_api import Page, expect

from tests.browser.axe import assert_accessible
from tests.browser.canvas import add_flow, bare_point, centre, drag, node, open_flow, place_of, select, selected, zoom
from tests.browser.conftest import NewPage
from tests.browser.live_site import LiveSite
from tests.eventually import eventually

FLOW = "viewing"


@pytest.fixture(scope="module")
def quiet(make_site: Callable[..., LiveSite]) -> LiveSite:
    """A site with a small flow."""
    site = make_site()
    add_flow(site, FLOW)
    return site


async def opened(site: LiveSite, new_page: NewPage) -> Page:
    page = await new_page(site)
    await open_flow(page, FLOW)
    return page


async def test_canvas_is_moved_by_wheel_middle_button_and_space(quiet: LiveSite, new_page: NewPage) -> None:
    page = await opened(quiet, new_page)
    x, y = await bare_point(page)
    start = await place_of(page, "tick")

    await page.mouse.move(x, y)
    await page.mouse.wheel(0, 100)
    await eventually(lambda: _moved(page, start))
    here = await place_of(page, "tick")
    assert here[0] == start[0]

    await drag(page, (x, y), (x + 80, y + 40), button="middle")
    assert await place_of(page, "tick") == (here[0] + 80, here[1] + 40)

    await page.keyboard.down("Space")
    await drag(page, (x, y), (x + 50, y))
    await page.keyboard.up("Space")
    assert await place_of(page, "tick") == (here[0] + 130, here[1] + 40)
    await expect(selected(page)).to_have_count(0)


async def test_ctrl_wheel_zooms_and_keys_fit(quiet: LiveSite, new_page: NewPage) -> None:
    page = await opened(quiet, new_page)
    x, y = await bare_point(page)
    before = await zoom(page)
    await page.mouse.move(x, y)
    await page.keyboard.down("Control")
    await page.mouse.wheel(0, -200)
    await page.keyboard.up("Control")
    await eventually(lambda: _zoomed(page, before))
    await select(page, "spare")
    await page.keyboard.press("f")
    stage = await page.locator(".stage").bounding_box()
    assert stage is not None

    async def in_the_middle() -> bool:
        at = await centre(node(page, "spare"))
        return abs(at[0] - stage["x"] - stage["width"] / 2) < 40 and abs(at[1] - stage["y"] - stage["height"] / 2) < 40

    await eventually(in_the_middle)
    await page.keyboard.press("Control+1")
    for id in ("tick", "show", "spare"):
        await expect(node(page, id)).to_be_in_viewport()


async def test_lasso_selects_and_the_other_set_of_gestures_moves_the_canvas(quiet: LiveSite, new_page: NewPage) -> None:
    page = await opened(quiet, new_page)
    x, y = await bare_point(page)
    right, bottom = await centre(node(page, "shape"))
    await drag(page, (x, y), (right, bottom))
    await expect(selected(page)).to_have_count(2)
    await page.get_by_role("button", name="拖动空白处框选").click()
    before = await place_of(page, "tick")
    await drag(page, (x, y), (x + 60, y + 30))
    assert await place_of(page, "tick") == (before[0] + 60, before[1] + 30)
    await page.keyboard.down("Shift")
    await drag(page, (x, y), await centre(node(page, "tick")))
    await page.keyboard.up("Shift")
    await expect(node(page, "tick").locator(".node[data-selected]")).to_have_count(1)


async def test_tab_walks_along_the_flow_and_arrows_move(quiet: LiveSite, new_page: NewPage) -> None:
    page = await opened(quiet, new_page)
    await page.mouse.click(*await bare_point(page))
    for id in ("tick", "spare", "shape", "show"):
        await page.keyboard.press("Tab")
        await expect(node(page, id).locator(".node[data-selected]")).to_have_count(1)
    await page.keyboard.press("Shift+Tab")
    await expect(page.locator(".only-spoken[role=status]")).to_contain_text("shape")
    before, scale = await place_of(page, "shape"), await zoom(page)
    await page.keyboard.press("ArrowDown")
    await page.keyboard.press("ArrowDown")
    await eventually(lambda: _is_at(page, "shape", (before[0], round(before[1] + 20 * scale))))
    await page.keyboard.press("Control+z")
    await eventually(lambda: _is_at(page, "shape", before))


async def test_nodes_are_aligned_distributed_and_laid_out(quiet: LiveSite, new_page: NewPage) -> None:
    page = await opened(quiet, new_page)
    x, y = await centre(node(page, "show").locator(".node-label"))
    await drag(page, (x, y), (x - 30, y + 60))
    await select(page, "tick", "shape", "show")
    await page.keyboard.press("Alt+Shift+T")
    await eventually(lambda: _in_line(page, ("tick", "shape", "show")))
    await page.keyboard.press("Control+a")
    await page.keyboard.press("Control+Shift+L")

    async def in_order() -> bool:
        places = [(await place_of(page, id))[0] for id in ("tick", "shape", "show")]
        return places == sorted(set(places))

    await eventually(in_order)


async def test_far_away_one_painted_canvas_answers_the_same_hands(quiet: LiveSite, new_page: NewPage) -> None:
    """Below half size nothing of the flow is in the DOM, and nodes are selected, moved and opened all the same."""
    page = await opened(quiet, new_page)
    for _ in range(6):
        await page.keyboard.press("Control+-")
    await expect(page.locator(".stage-overview")).to_be_visible()
    await expect(page.locator(".react-flow__node")).to_have_count(0)
    await page.keyboard.press("Control+1")
    for _ in range(6):
        await page.keyboard.press("Control+-")
    stage = await page.locator(".stage").bounding_box()
    assert stage is not None
    # The middle of the flow is that of the canvas: shape stands above it.
    scale = await zoom(page)
    middle = (stage["x"] + stage["width"] / 2, stage["y"] + stage["height"] / 2)
    shape = (middle[0], middle[1] - 90 * scale)
    await page.mouse.click(*shape)
    await expect(page.get_by_label("标识", exact=True)).to_have_value("shape")
    await drag(page, shape, (shape[0] + 40, shape[1] + 40))
    await expect(page.get_by_role("button", name="撤销")).not_to_have_attribute("aria-disabled", "true")
    await page.keyboard.press("Control+0")
    await expect(node(page, "shape")).to_be_attached()


async def test_right_click_offers_what_can_be_done(quiet: LiveSite, new_page: NewPage) -> None:
    page = await opened(quiet, new_page)
    await node(page, "spare").locator(".node-label").click(button="right")
    menu = page.get_by_role("menu", name="画布菜单")
    await menu.get_by_role("menuitem", name="停用或启用").click()
    await expect(node(page, "spare").locator(".node[data-off]")).to_have_count(1)
    await page.mouse.click(*await bare_point(page), button="right")
    await menu.get_by_role("menuitem", name="全选").click()
    await expect(selected(page)).to_have_count(4)


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_flow_page_can_be_used_by_everybody(quiet: LiveSite, new_page: NewPage, scheme: str) -> None:
    page = await new_page(quiet, scheme=scheme)
    await open_flow(page, "gas-monitoring")
    await assert_accessible(page)
    await select(page, "reading")
    await expect(page.get_by_label("标识", exact=True)).to_have_value("reading")
    await assert_accessible(page)
    await page.keyboard.press("Control+k")
    await expect(page.get_by_role("dialog", name="命令面板")).to_be_visible()
    await assert_accessible(page)
    await page.keyboard.press("Escape")
    await page.mouse.click(*await bare_point(page))
    await page.keyboard.press("?")
    await expect(page.get_by_role("dialog", name="快捷键")).to_be_visible()
    await assert_accessible(page)


async def _moved(page: Page, before: tuple[float, float]) -> bool:
    return await place_of(page, "tick") != before


async def _zoomed(page: Page, before: float) -> bool:
    return await zoom(page) > before


async def _is_at(page: Page, id: str, place: tuple[float, float]) -> bool:
    x, y = await place_of(page, id)
    return abs(x - place[0]) <= 1 and abs(y - place[1]) <= 1


async def _in_line(page: Page, ids: tuple[str, ...]) -> bool:
    return len({(await place_of(page, id))[1] for id in ids}) == 1
