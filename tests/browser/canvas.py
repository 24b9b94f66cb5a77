"""The canvas as a person's hands know it: nodes and ports by name, drags in steps, what the draft says."""

from __future__ import annotations

from typing import Any

from playwright.async_api import Locator, Page, expect

from tests.browser.live_site import LiveSite

CHAIN = """\
# Kept by the editor.
flow: {name}
nodes:
  tick:
    type: inject
    with: {{payload: 3, every_s: 0.5}}
    to: shape
  shape:
    type: change
    with: {{rules: [{{do: set, path: payload.seen, value: 1}}]}}
    to: show
  show:
    type: debug
  spare:
    type: filter
layout:
  tick: [40, 100]
  shape: [340, 100]
  show: [640, 100]
  spare: [340, 300]
"""


def add_flow(site: LiveSite, name: str, text: str = CHAIN) -> None:
    """A flow of that name: tick → shape → show, and a node that is not wired."""
    site.call("POST", "/api/flows", {"name": name, "text": text.format(name=name)})


async def open_flow(page: Page, name: str) -> None:
    """Open a flow and wait until it is drawn."""
    await page.goto(f"/flows/{name}")
    await expect(page.locator(".stage .react-flow__node, .stage-overview, .stage-empty").first).to_be_visible()


def node(page: Page, id: str) -> Locator:
    return page.locator(f'.react-flow__node[data-id="{id}"]')


def out_port(page: Page, id: str, port: str = "") -> Locator:
    """An output port, by default the first."""
    named = f'[data-handleid="{port}"]' if port else ""
    return node(page, id).locator(f".port-out{named}").first


def in_port(page: Page, id: str) -> Locator:
    return node(page, id).locator(".port-in").first


def wires(page: Page) -> Locator:
    return page.locator(".react-flow__edge")


async def centre(place: Locator) -> tuple[float, float]:
    box = await place.bounding_box()
    assert box is not None
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


async def drag(
    page: Page, start: tuple[float, float], end: tuple[float, float], *, button: Any = "left", drop: bool = True
) -> None:
    """Press, move there in steps as a hand does, and let go unless `drop` is false."""
    await page.mouse.move(*start)
    await page.mouse.down(button=button)
    await page.mouse.move((start[0] + end[0]) / 2, (start[1] + end[1]) / 2, steps=4)
    await page.mouse.move(*end, steps=4)
    if drop:
        await page.mouse.up(button=button)


async def place_of(page: Page, id: str) -> tuple[float, float]:
    """Where a node's corner is on the page, to the pixel."""
    box = await node(page, id).bounding_box()
    assert box is not None
    return round(box["x"]), round(box["y"])


async def zoom(page: Page) -> float:
    style = await page.locator(".react-flow__viewport").get_attribute("style") or ""
    return float(style.split("scale(")[1].split(")")[0])


async def select(page: Page, *ids: str) -> None:
    """Click the first, Shift-click the others."""
    for index, id in enumerate(ids):
        await node(page, id).locator(".node-label").click(modifiers=["Shift"] if index else [])


def selected(page: Page) -> Locator:
    return page.locator(".node[data-selected]")


async def bare_point(page: Page) -> tuple[float, float]:
    """A place of the canvas where nothing is."""
    box = await page.locator(".stage").bounding_box()
    assert box is not None
    return box["x"] + 30, box["y"] + 24
