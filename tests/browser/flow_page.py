"""The flow page as a person uses it: a flow of its own per test, nodes and wires under the mouse."""

from __future__ import annotations

import urllib.error

from playwright.async_api import Locator, Page

from tests.browser.live_site import LiveSite

FLOW = """\
# What knocks five times a second.
flow: {name}
title: {{zh: 演示, en: Demo}}
nodes:
  tick:
    type: inject
    title: {{zh: 节拍, en: Tick}}
    with: {{payload: {{v: 3}}, topic: t/1, every_s: 0.2}}
    to: scale
  scale:
    type: formula        # comments stay
    title: {{zh: 换算, en: Scale}}
    with: {{expression: "v * 2", result: w}}
    to: route
  route:
    type: switch
    title: {{zh: 分流, en: Route}}
    with: {{property: payload.w, rules: [{{op: gt, value: 5, port: high}}]}}
    to: {{high: show}}
  show:
    type: debug
    title: {{zh: 显示, en: Show}}
layout:
  tick: [40, 60]
  scale: [300, 60]
  route: [560, 60]
  show: [820, 60]
"""


def make_flow(site: LiveSite, name: str, text: str = FLOW) -> None:
    """Adds a flow that runs, new for each test."""
    try:
        view = site.call("GET", f"/api/flows/{name}")
        site.call("DELETE", f"/api/flows/{name}", {"base": view["revision"]})
    except urllib.error.HTTPError:
        pass
    site.call("POST", "/api/flows", {"name": name, "text": text.format(name=name) if text is FLOW else text})


async def open_flow(page: Page, name: str) -> None:
    """The flow page, with the palette out of the way and nodes at a size that can be read."""
    await page.add_init_script(
        "localStorage.getItem('mcs.layout') || localStorage.setItem('mcs.layout', JSON.stringify({palette: false}))"
    )
    await page.goto(f"/flows/{name}")
    await node(page, "tick").wait_for()


def node(page: Page, id: str) -> Locator:
    """The box of a node."""
    return page.locator(f'.react-flow__node[data-id="{id}"]')


async def click_node(page: Page, id: str) -> None:
    """Selects it, by its title."""
    await node(page, id).locator(".node-label").click()


async def click_wire(page: Page, start: str, end: str) -> None:
    """Selects the wire between two nodes of one height, in its middle."""
    one, other = await node(page, start).bounding_box(), await node(page, end).bounding_box()
    assert one is not None
    assert other is not None
    await page.mouse.click((one["x"] + one["width"] + other["x"]) / 2, one["y"] + 16)


def dock(page: Page, tab: str) -> Locator:
    """A tab at the right."""
    return page.locator(".dock").get_by_role("tab", name=tab)


def drawer(page: Page, tab: str) -> Locator:
    """A tab at the bottom."""
    return page.locator(".bottom-strip").get_by_role("tab", name=tab)


async def text_of(page: Page) -> str:
    """What the YAML panel holds; opens it when it is closed."""
    if not await page.locator(".yaml .cm-content").count():
        await dock(page, "YAML").click()
    lines = page.locator(".yaml .cm-line")
    await lines.first.wait_for()
    return "\n".join(await lines.all_inner_texts())
