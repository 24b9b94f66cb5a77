"""The editor's figures in Chromium: what is sent, how soon it can be used, heap, frames per second. Node-RED in turn where it is installed.

    python -m tests.bench.editor [--nodes 200 1000] [--rounds 5] [--node-red node-red]

Both open a flow of the same number of nodes in chains of ten. A figure is the median of all rounds; frames are those that the page
itself counts while a real mouse moves for two seconds. The machine's load moves the figures: look at ratios.
"""

from __future__ import annotations

import argparse
import asyncio
import itertools
import json
import os
import shutil
import statistics
import subprocess
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from playwright.async_api import Browser, Page, async_playwright

from tests.browser.live_site import LiveSite
from tests.eventually import wait_until
from tests.servers.chromium import ARGUMENTS
from tests.servers.mosquitto import Mosquitto
from tests.servers.postgres import Postgres
from tests.servers.process import free_port, program

MOVE_S = 2.0
FRAMES = """() => { const frames = []; window.__frames = frames;
  const tick = at => { frames.push(at); if (window.__frames === frames) requestAnimationFrame(tick); }; requestAnimationFrame(tick); }"""
TAKEN = "() => { const frames = window.__frames; window.__frames = null; return frames; }"
Figures = dict[str, float]


class Ours:
    """Our editor on a running engine."""

    name = "ours"
    node = ".react-flow__node"

    def __init__(self, site: LiveSite) -> None:
        self.site = site

    def prepare(self, count: int) -> None:
        nodes, layout = [], []
        for index in range(count):
            to = f"\n    to: n{index + 1}" if index % 10 < 9 and index + 1 < count else ""
            nodes.append(f"  n{index}:\n    type: filter{to}")
            layout.append(f"  n{index}: [{index % 10 * 240 + index // 250 * 2600}, {index // 10 % 25 * 90}]")
        lines = [f"flow: bench-{count}", "nodes:", *nodes, "layout:", *layout]
        self.site.call("POST", "/api/flows", {"name": f"bench-{count}", "text": "\n".join(lines) + "\n"})

    async def sign_in(self, page: Page) -> None:
        await self.site.sign_in(page)

    async def open(self, page: Page, count: int) -> None:
        await page.goto(f"{self.site.url}/flows/bench-{count}", wait_until="commit")
        await page.wait_for_selector(f"{self.node}, .stage-far", timeout=120_000)

    async def fit(self, page: Page) -> None:
        await page.keyboard.press("Control+1")

    async def select_all(self, page: Page) -> None:
        await page.keyboard.press("Control+a")


class NodeRed:
    """Node-RED's editor with the same number of nodes."""

    name = "Node-RED"
    node = ".red-ui-flow-node"

    def __init__(self, url: str) -> None:
        self.url = url

    def prepare(self, count: int) -> None:
        """Replaces what is deployed: one tab at a time."""

    def deploy(self, count: int) -> None:
        flow: list[dict[str, Any]] = [{"id": "tab", "type": "tab", "label": "bench"}]
        for index in range(count):
            wires = [[f"n{index + 1}"]] if index % 10 < 9 and index + 1 < count else [[]]
            x, y = index % 10 * 240 + index // 250 * 2600 + 120, index // 10 % 25 * 90 + 40
            flow.append({"id": f"n{index}", "z": "tab", "type": "change", "rules": [], "x": x, "y": y, "wires": wires})
        data = json.dumps(flow).encode()
        headers = {"Content-Type": "application/json"}
        urllib.request.urlopen(urllib.request.Request(f"{self.url}/flows", data, headers, method="POST"), timeout=60)

    async def sign_in(self, page: Page) -> None:
        """Anybody is let in."""

    async def open(self, page: Page, count: int) -> None:
        self.deploy(count)
        await page.goto(self.url, wait_until="commit")
        await page.wait_for_selector(self.node, timeout=120_000)

    async def fit(self, page: Page) -> None:
        await page.keyboard.press("Control+1")

    async def select_all(self, page: Page) -> None:
        await page.keyboard.press("Control+a")


async def measured(browser: Browser, editor: Ours | NodeRed, count: int) -> Figures:
    """One round in a browser profile of its own."""
    context = await browser.new_context(viewport={"width": 1440, "height": 900}, locale="zh-CN")
    page = await context.new_page()
    await editor.sign_in(page)
    cdp = await context.new_cdp_session(page)
    await cdp.send("Network.enable")
    sent: list[float] = []
    cdp.on("Network.loadingFinished", lambda event: sent.append(event["encodedDataLength"]))
    await editor.open(page, count)
    await page.evaluate("() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")
    figures: Figures = {"ready ms": await page.evaluate("performance.now()")}
    figures |= {"sent kB": sum(sent) / 1000, "requests": len(sent)}
    await cdp.send("HeapProfiler.collectGarbage")
    figures["heap MB"] = (await cdp.send("Runtime.getHeapUsage"))["usedSize"] / 1e6

    one = page.locator(editor.node).first
    box = await one.bounding_box()
    assert box is not None
    x, y = box["x"] + min(90, box["width"] / 2), box["y"] + box["height"] / 2
    figures |= _named("drag one", await _frames_of_drag(page, x, y))
    await editor.fit(page)
    figures |= _named("pan at fit", await _frames(page, lambda step: page.mouse.wheel(8 if step % 40 < 20 else -8, 4)))
    await editor.fit(page)
    await editor.select_all(page)
    spot = await _on_a_node(page, editor)
    figures |= _named("drag all", await _frames_of_drag(page, *spot))
    await context.close()
    return figures


async def _on_a_node(page: Page, editor: Ours | NodeRed) -> tuple[float, float]:
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


async def _frames_of_drag(page: Page, x: float, y: float) -> list[float]:
    await page.mouse.move(x, y)
    await page.mouse.down()
    frames = await _frames(page, lambda step: page.mouse.move(x + step % 120, y + step % 60))
    await page.mouse.up()
    return frames


async def _frames(page: Page, act: Callable[[int], Any]) -> list[float]:
    """The times between frames, ms, while `act` is called as fast as the browser takes it."""
    await page.evaluate(FRAMES)
    began, step = time.monotonic(), 0
    while time.monotonic() - began < MOVE_S:
        await act(step)
        step += 1
    at = await page.evaluate(TAKEN)
    return [after - before for before, after in itertools.pairwise(at)]


def _named(name: str, frames: list[float]) -> Figures:
    ordered = sorted(frames)
    return {f"{name} fps": 1000 / statistics.mean(frames), f"{name} p95 ms": ordered[int(len(ordered) * 0.95)]}


@contextmanager
def our_editor(folder: Path) -> Iterator[Ours]:
    """A site of its own broker and database."""
    postgres, broker = Postgres(folder, durable=False), Mosquitto(folder)
    postgres.start()
    broker.start()
    site = LiveSite(folder / "site", postgres.dsn(), broker.url)
    site.start()
    try:
        yield Ours(site)
    finally:
        site.stop()
        broker.stop()
        postgres.stop()


@contextmanager
def node_red(command: str, folder: Path) -> Iterator[NodeRed | None]:
    """Node-RED on a free port; None where it is not installed."""
    path = shutil.which(command)
    if path is None:
        yield None
        return
    port = free_port()
    folder.mkdir()
    settings = folder / "settings.js"
    # Without these a tour and a question lie over the canvas.
    quiet = "editorTheme: { tours: false }, telemetry: { enabled: false, updateNotification: false }"
    log = 'logging: { console: { level: "error" } }'
    settings.write_text(f'module.exports = {{ uiHost: "127.0.0.1", {log}, {quiet} }};\n')
    arguments = [path, "--port", str(port), "--userDir", str(folder), "--settings", str(settings)]
    running = subprocess.Popen(arguments, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        wait_until(lambda: running.poll() is not None or _answers(f"http://127.0.0.1:{port}/flows"), within_s=90)
        assert running.poll() is None, f"{path} does not start; run it by hand to see why (Node-RED 5 needs Node 22.9)"
        yield NodeRed(f"http://127.0.0.1:{port}")
    finally:
        running.terminate()
        running.wait(20)


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=2):
            return True
    except OSError:
        return False


def main(arguments: argparse.Namespace) -> None:
    """Rounds in turn, then a table with a line per figure."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o755)
        (folder / "site").mkdir()
        with our_editor(folder) as ours, node_red(arguments.node_red, folder / "node-red") as theirs:
            asyncio.run(rounds([ours] if theirs is None else [ours, theirs], arguments.nodes, arguments.rounds))


async def rounds(editors: Sequence[Ours | NodeRed], nodes: list[int], times: int) -> None:
    """Every editor once in each round, in a browser of its own."""
    async with async_playwright() as play:
        for count in nodes:
            found: dict[str, list[Figures]] = {editor.name: [] for editor in editors}
            for editor in editors:
                editor.prepare(count)
            for _ in range(times):
                for editor in editors:
                    browser = await play.chromium.launch(executable_path=program("chromium"), args=ARGUMENTS)
                    found[editor.name].append(await measured(browser, editor, count))
                    await browser.close()
            _report(count, found)


def _report(count: int, found: dict[str, list[Figures]]) -> None:
    print(f"\n{count} nodes, median of {len(found['ours'])}, load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")
    for figure in found["ours"][0]:
        values = {name: statistics.median(round_[figure] for round_ in rounds) for name, rounds in found.items()}
        theirs = values.get("Node-RED")
        line = f"  {figure:18}" + "".join(f"{name} {value:10.1f}   " for name, value in values.items())
        print(line + (f"ratio {values['ours'] / theirs:.2f}" if theirs else ""))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--nodes", type=int, nargs="+", default=[200, 1000])
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--node-red", default="node-red", help="the command that starts Node-RED")
    main(parser.parse_args())
