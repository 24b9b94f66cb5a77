"""The two editors as a hand uses them: filled with the same flows, opened, and told to do the same things."""

from __future__ import annotations

import json
import urllib.request
from typing import Any, Protocol

from playwright.async_api import Page

from tests.bench.editor.stopwatch import Stopwatch
from tests.browser.live_site import LiveSite

UPLINK = "metachip/gas/+/data"
OPEN_S = 120.0
BETWEEN_KEYS_MS = 300


class Editor(Protocol):
    """What both can be asked for. Times are in milliseconds, as the page itself sees them."""

    name: str
    node: str

    def fill(self, count: int) -> None:
        """A flow of so many nodes in chains of ten."""

    async def sign_in(self, page: Page) -> None: ...

    async def open(self, page: Page, count: int) -> None:
        """Returns when nodes of that flow are on the screen."""

    async def inspect(self, page: Page, turn: int) -> float:
        """Double click on a node → its form is there."""

    async def deploy(self, page: Page, turn: int) -> float:
        """Changes a node (another each turn), then: click on deploy → the page says that it runs."""

    def fill_debug(self) -> None:
        """A flow that shows every reading of the broker in the debug list."""

    async def open_debug(self, page: Page) -> None:
        """That flow with its debug list."""


class OurEditor:
    """Our editor on a running engine."""

    name = "ours"
    node = ".react-flow__node"

    def __init__(self, site: LiveSite) -> None:
        self.site = site

    def fill(self, count: int) -> None:
        nodes, layout = [], []
        for index in range(count):
            to = f"\n    to: n{index + 1}" if index % 10 < 9 and index + 1 < count else ""
            nodes.append(f"  n{index}:\n    type: filter{to}")
            layout.append(f"  n{index}: {list(_place(index))}")
        self._add(f"bench-{count}", nodes, layout)

    def fill_live(self, wires: int) -> None:
        """So many wires on which something passes four times a second, another value each time."""
        heads = ", ".join(f"n{index}" for index in range(0, wires, 10))
        nodes = [f"  tick:\n    type: inject\n    with: {{send_time: true, every_s: 0.25}}\n    to: [{heads}]"]
        layout = ["  tick: [-300, 0]"]
        for index in range(wires):
            to = f"\n    to: n{index + 1}" if index % 10 < 9 else ""
            nodes.append(f"  n{index}:\n    type: change\n    with: {{rules: []}}{to}")
            layout.append(f"  n{index}: {list(_place(index))}")
        self._add("bench-live", nodes, layout)

    def fill_debug(self) -> None:
        source = (
            '  uplink:\n    type: mqtt-in\n    with: {broker: "${broker:site}", topic: ' + UPLINK + "}\n    to: show"
        )
        self._add("bench-debug", [source, "  show:\n    type: debug"], [])

    def _add(self, name: str, nodes: list[str], layout: list[str]) -> None:
        lines = [f"flow: {name}", "nodes:", *nodes, *(["layout:", *layout] if layout else [])]
        self.site.call("POST", "/api/flows", {"name": name, "text": "\n".join(lines) + "\n"})

    async def sign_in(self, page: Page) -> None:
        await self.site.sign_in(page)

    async def open(self, page: Page, count: int) -> None:
        await self.open_flow(page, f"bench-{count}")

    async def open_flow(self, page: Page, name: str) -> None:
        await page.goto(f"{self.site.url}/flows/{name}", wait_until="commit")
        await page.wait_for_selector(f"{self.node}, .stage-overview", timeout=OPEN_S * 1000)

    async def show_live(self, page: Page, shown: bool) -> None:
        """Figures on the wires, or none."""
        if shown != await page.evaluate("JSON.parse(localStorage.getItem('mcs.canvas') ?? '{}').live ?? true"):
            await page.keyboard.press("l")

    async def inspect(self, page: Page, turn: int) -> float:
        close = page.locator(".dock-head .button-icon").last
        if await close.count():
            await close.click()
        watch = await Stopwatch.on(page, "pointerup", "document.querySelector('.dock .inspector-form')")
        await page.locator(f'{self.node}[data-id="n{turn * 10}"] .node-label').dblclick()
        return await watch.ms()

    async def correct(self, page: Page, turn: int) -> float:
        """A value that can't be is typed into a field → its node is marked."""
        await self._type_band(page, turn, str(turn + 1))
        marked = f'{self.node}[data-id="n{turn * 10}"] .node'
        await page.wait_for_selector(f"{marked}:not([data-problem])")
        await page.wait_for_timeout(BETWEEN_KEYS_MS)
        watch = await Stopwatch.on(page, "input", f"document.querySelector('{marked}[data-problem=error]')")
        await self._type_band(page, turn, "-1")
        took = await watch.ms()
        await self._type_band(page, turn, str(turn + 1))
        await page.wait_for_selector(f"{marked}:not([data-problem])")
        return took

    async def deploy(self, page: Page, turn: int) -> float:
        await self._type_band(page, turn, f"{turn + 1}.5")
        for close in await page.locator(".strip .button-icon").all():
            await close.click()
        await page.keyboard.press("Control+Enter")
        go = page.locator(".dialog .button-primary:not([aria-disabled])")
        await go.wait_for(timeout=30_000)
        watch = await Stopwatch.on(page, "pointerup", "document.querySelector('.strip-ok')")
        await go.click()
        return await watch.ms()

    async def _type_band(self, page: Page, turn: int, text: str) -> None:
        await page.locator(f'{self.node}[data-id="n{turn * 10}"] .node-label').click()
        if not await page.locator(".dock").count():
            await page.locator(f'{self.node}[data-id="n{turn * 10}"] .node-label').dblclick()
        await page.locator('[data-field="with.band"] input').fill(text)

    async def open_debug(self, page: Page) -> None:
        await self.open_flow(page, "bench-debug")
        await page.locator('.bottom-strip [role=tab][id*="debug"], .bottom-strip [role=tab]').nth(1).click()
        await page.wait_for_selector(".debug-list")


class NodeRedEditor:
    """Node-RED's editor. It holds one flow file: what is opened replaces what was there."""

    name = "Node-RED"
    node = ".red-ui-flow-node"

    def __init__(self, url: str, mqtt_url: str) -> None:
        self.url = url
        self.mqtt_port = mqtt_url.rpartition(":")[2]

    def fill(self, count: int) -> None:
        """Done when it is opened."""

    def _replace(self, *nodes: dict[str, Any]) -> None:
        flow = [{"id": "tab", "type": "tab", "label": "bench"}, *nodes]
        headers = {"Content-Type": "application/json"}
        request = urllib.request.Request(f"{self.url}/flows", json.dumps(flow).encode(), headers, method="POST")
        urllib.request.urlopen(request, timeout=60)

    async def sign_in(self, page: Page) -> None:
        """Anybody is let in."""

    async def open(self, page: Page, count: int) -> None:
        nodes = []
        for index in range(count):
            wires = [[f"n{index + 1}"]] if index % 10 < 9 and index + 1 < count else [[]]
            x, y = _place(index)
            nodes.append(
                {
                    "id": f"n{index}",
                    "z": "tab",
                    "type": "change",
                    "rules": [],
                    "x": x + 120,
                    "y": y + 40,
                    "wires": wires,
                }
            )
        self._replace(*nodes)
        await self._show(page)

    async def _show(self, page: Page) -> None:
        await page.goto(self.url, wait_until="commit")
        await page.wait_for_selector(self.node, timeout=OPEN_S * 1000)

    async def inspect(self, page: Page, turn: int) -> float:
        watch = await Stopwatch.on(page, "pointerup", "document.querySelector('.red-ui-tray-body form')")
        await page.locator(self.node).nth(turn).dblclick(force=True)
        took = await watch.ms()
        await page.locator("#node-dialog-cancel").click()
        await page.wait_for_selector(".red-ui-tray", state="detached")
        return took

    async def deploy(self, page: Page, turn: int) -> float:
        await page.evaluate(
            "turn => { const node = RED.nodes.node('n' + turn * 10);"
            " node.name = 'turn ' + turn + performance.now(); node.changed = node.dirty = true;"
            " RED.nodes.dirty(true); RED.view.redraw();"
            " window.applied = false; RED.events.on('deploy', () => { window.applied = true; }); }",
            turn,
        )
        watch = await Stopwatch.on(page, "pointerup", "window.applied")
        await page.locator("#red-ui-header-button-deploy").click()
        return await watch.ms()

    def fill_debug(self) -> None:
        broker = {"id": "broker", "type": "mqtt-broker", "broker": "127.0.0.1", "port": self.mqtt_port, "clientid": ""}
        broker |= {
            "autoConnect": True,
            "usetls": False,
            "protocolVersion": "4",
            "keepalive": "60",
            "cleansession": True,
        }
        uplink = {"id": "uplink", "z": "tab", "type": "mqtt in", "topic": UPLINK, "qos": "0", "datatype": "json"}
        uplink |= {"broker": "broker", "inputs": 0, "x": 120, "y": 80, "wires": [["show"]]}
        show = {"id": "show", "z": "tab", "type": "debug", "active": True, "tosidebar": True, "complete": "payload"}
        self._replace(broker, uplink, show | {"targetType": "msg", "x": 400, "y": 80, "wires": []})

    async def open_debug(self, page: Page) -> None:
        self.fill_debug()
        await self._show(page)
        await page.evaluate("RED.sidebar.show('debug')")


def _place(index: int) -> tuple[int, int]:
    return index % 10 * 240 + index // 250 * 2600, index // 10 % 25 * 90
