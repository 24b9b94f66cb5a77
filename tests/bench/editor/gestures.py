"""What moves under the mouse: frames that the page itself counts, and the CPU time of its main thread for each."""

from __future__ import annotations

import itertools
import statistics
import time
from collections.abc import Awaitable, Callable

from playwright.async_api import Page

from tests.bench.editor.browser import Tab
from tests.bench.editor.editors import Editor

MOVE_S = 2.0
FRAMES = """() => { const frames = []; window.__frames = frames;
  const tick = at => { frames.push(at); if (window.__frames === frames) requestAnimationFrame(tick); }; requestAnimationFrame(tick); }"""
TAKEN = "() => { const frames = window.__frames; window.__frames = null; return frames; }"
SETTLED = "() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))"

Figures = dict[str, float]
Act = Callable[[int], Awaitable[None]]


async def opened(tab: Tab, editor: Editor, count: int) -> Figures:
    """Opens a flow in a fresh profile: how soon it can be used, and what came over the wire for it."""
    sent: dict[str, float] = {}
    cached: set[str] = set()
    tab.cdp.on("Network.requestServedFromCache", lambda event: cached.add(event["requestId"]))
    tab.cdp.on("Network.loadingFinished", lambda event: sent.update({event["requestId"]: event["encodedDataLength"]}))
    await editor.open(tab.page, count)
    await tab.page.evaluate(SETTLED)
    figures: Figures = {"ready ms": await tab.page.evaluate("performance.now()")}
    came = [size for request, size in sent.items() if request not in cached]
    return figures | {"sent kB": sum(came) / 1000, "requests": len(came), "heap MB": await tab.heap_mb()}


async def moved(tab: Tab, editor: Editor) -> Figures:
    """Drags the first node, pans the whole sheet, drags all nodes: two seconds each."""
    page = tab.page
    box = await page.locator(editor.node).first.bounding_box()
    assert box is not None
    figures = await dragged(tab, "drag one", box["x"] + min(90, box["width"] / 2), box["y"] + box["height"] / 2)
    await page.keyboard.press("Control+1")
    figures |= await counted(tab, "pan at fit", lambda step: page.mouse.wheel(8 if step % 40 < 20 else -8, 4))
    await page.keyboard.press("Control+1")
    await page.keyboard.press("Control+a")
    return figures | await dragged(tab, "drag all", *await _on_a_node(page, editor))


async def dragged(tab: Tab, name: str, x: float, y: float) -> Figures:
    """Presses at a point and moves about it."""
    mouse = tab.page.mouse
    await mouse.move(x, y)
    await mouse.down()
    figures = await counted(tab, name, lambda step: mouse.move(x + step % 120, y + step % 60))
    await mouse.up()
    return figures


async def counted(tab: Tab, name: str, act: Act) -> Figures:
    """Acts again and again; each act waits until the browser has taken the one before."""
    main_s = await tab.main_thread_s()
    await tab.page.evaluate(FRAMES)
    ends, step = time.monotonic() + MOVE_S, 0
    while time.monotonic() < ends:
        await act(step)
        step += 1
    at: list[float] = await tab.page.evaluate(TAKEN)
    main_s = await tab.main_thread_s() - main_s
    frames = sorted(after - before for before, after in itertools.pairwise(at))
    return {
        f"{name} fps": 1000 / statistics.mean(frames),
        f"{name} p95 ms": frames[int(len(frames) * 0.95)],
        f"{name} main ms": main_s * 1000 / step,
    }


async def _on_a_node(page: Page, editor: Editor) -> tuple[float, float]:
    """A point on the first node; where nodes are painted it follows from where the sheet lies: that node is at its origin."""
    node = page.locator(editor.node).first
    if await node.count():
        box = await node.bounding_box()
        assert box is not None
        return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    x, y, scale = await page.evaluate(
        "() => { const { a, e, f } = new DOMMatrix(getComputedStyle(document.querySelector('.react-flow__viewport')).transform);"
        " const { left, top } = document.querySelector('.stage').getBoundingClientRect(); return [left + e, top + f, a]; }"
    )
    return x + 94 * scale, y + 21 * scale
