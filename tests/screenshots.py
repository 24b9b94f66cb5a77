"""Pictures of every page and state, taken from a running demo: `python -m tests.screenshots [--out docs/screenshots] [NAME …]`.

Git keeps only those that README.md or the manual shows; .gitignore names them.
"""

from __future__ import annotations

import argparse
import asyncio
import io
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Awaitable, Callable
from pathlib import Path

from PIL import Image
from playwright.async_api import Browser, Page, async_playwright

from tests.browser.live_site import PASSWORD
from tests.eventually import eventually
from tests.servers.chromium import ARGUMENTS
from tests.servers.process import free_port, program

Take = Callable[[Page], Awaitable[None]]
FIRST = "the first one of all"
WARM_UP_S = 40.0
LOOKS = (("zh", "light"), ("en", "dark"))
FLOW = "/flows/gas-monitoring"


async def _nothing(page: Page) -> None:
    pass


async def _node_chosen(page: Page, id: str = "reading") -> None:
    await page.locator(f'.react-flow__node[data-id="{id}"] .node-label').click()


async def _dot_chosen(page: Page) -> None:
    await page.locator(".dot").first.click()


def _dialog(keys: str, text: str = "") -> Take:
    async def take(page: Page) -> None:
        await page.keyboard.press(keys)
        await page.get_by_role("dialog").first.wait_for()
        await page.keyboard.type(text)

    return take


def _panel(tab: str, *more: str) -> Take:
    """A node chosen, and a tab by its icon's place in the dock or drawer, then buttons by selector."""

    async def take(page: Page) -> None:
        await page.keyboard.press("Control+b")
        await _node_chosen(page)
        await page.locator(f'[role=tab][data-panel="{tab}"]').click()
        for selector in more:
            await page.locator(selector).first.click()
            await page.wait_for_timeout(2500)

    return take


async def _deploy_asked(page: Page) -> None:
    await page.keyboard.press("Control+b")
    await _node_chosen(page, "concentration")
    await page.get_by_role("textbox", name="下限").fill("1")
    await page.keyboard.press("Control+Enter")
    await page.locator(".diff").wait_for()


async def _problem(page: Page) -> None:
    await page.keyboard.press("Control+b")
    await _node_chosen(page, "concentration")
    await page.get_by_role("textbox", name="结果字段").fill("")
    await page.locator('[role=tab][data-panel="problems"]').click()


STATES: dict[str, tuple[str, Take]] = {
    "flows": ("/flows", _nothing),
    "flow": (FLOW, _nothing),
    "flow-node": (FLOW, _node_chosen),
    "flow-yaml": (FLOW, _panel("yaml")),
    "flow-versions": (FLOW, _panel("versions", ".version-head")),
    "flow-problems": (FLOW, _problem),
    "flow-debug": (FLOW, _panel("debug")),
    "flow-tap": (FLOW, _panel("tap")),
    "flow-trace": (FLOW, _panel("trace", ".debug-bar .button")),
    "flow-test": (FLOW, _panel("test", ".test-form .field-reset", ".test-form .button-primary")),
    "flow-deploy": (FLOW, _deploy_asked),
    "flow-commands": (FLOW, _dialog("Control+k")),
    "flow-keys": (FLOW, _dialog("?")),
    "flow-search": (FLOW, _dialog("Control+f", "conc")),
    "wall": ("/wall", _nothing),
    "wall-device": ("/wall", _dot_chosen),
    "devices": ("/devices", _nothing),
    "device": ("/devices/GS000001", _nothing),
    "plans": ("/plans", _nothing),
    "alarms": ("/alarms", _nothing),
    "channels": ("/settings/alarms", _nothing),
    "archive": ("/archive", _nothing),
    "health": ("/health", _nothing),
    "quarantine": ("/quarantine", _nothing),
    "users": ("/users", _nothing),
    "secrets": ("/secrets", _nothing),
    "audit": ("/audit", _nothing),
    "licence": ("/licence", _nothing),
}
PHONE = ("alarms", "device")
"""Also taken at the width of a phone."""


def main(out: Path, wanted: list[str]) -> None:
    """Takes the pictures that are wanted, all without names."""
    out.mkdir(parents=True, exist_ok=True)
    port = free_port()
    with tempfile.TemporaryDirectory() as folder:
        environment = {**os.environ, "MCS_PORT": str(port), "MCS_DATA": folder, "MCS_ADMIN_PASSWORD": FIRST}
        demo = subprocess.Popen([sys.executable, "-m", "engine", "demo"], env=environment, stdout=subprocess.DEVNULL)
        try:
            asyncio.run(_take(f"http://127.0.0.1:{port}", out, wanted))
        finally:
            demo.send_signal(signal.SIGINT)
            demo.wait(30)


async def _take(url: str, out: Path, wanted: list[str]) -> None:
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=program("chromium"), args=ARGUMENTS)
        await _sign_up(browser, url)
        await asyncio.sleep(WARM_UP_S)  # curves need a past
        for language, scheme in LOOKS:
            await _take_all(browser, url, out, wanted, language, scheme)


async def _take_all(browser: Browser, url: str, out: Path, wanted: list[str], language: str, scheme: str) -> None:
    for name, (path, take) in STATES.items():
        if wanted and name not in wanted:
            continue
        for width, height, suffix in [(1440, 900, "")] + ([(390, 844, "-phone")] if name in PHONE else []):
            page = await _page(browser, url, language, scheme, width, height)
            try:
                await page.goto(path)
                await page.wait_for_timeout(2500)
                await take(page)
                await page.wait_for_timeout(1200)
            except Exception as failure:  # noqa: BLE001 - the other pictures are still wanted
                print(f"{name} ({language}, {scheme}): {failure}", file=sys.stderr)
            file = out / f"{name}{suffix}-{language}-{scheme}.png"
            _write_small(await page.screenshot(), file)
            print(file)
            await page.context.close()


def _write_small(picture: bytes, file: Path) -> None:
    """With a palette: a page has few colours, and the file is a third."""
    with Image.open(io.BytesIO(picture)) as full:
        full.convert("RGB").quantize(256, dither=Image.Dither.NONE).save(file, optimize=True)


async def _sign_up(browser: Browser, url: str) -> None:
    context = await browser.new_context(base_url=url)
    headers = {"Origin": url, "X-MCS": "1"}

    async def ready() -> bool:
        try:
            answer = await context.request.get("/api/health")
        except Exception:  # noqa: BLE001 - not there yet
            return False
        return answer.ok and "starting" not in await answer.json()

    await eventually(ready, within_s=120)
    await context.request.post("/api/session", data={"user": "admin", "password": FIRST}, headers=headers)
    await context.request.post("/api/session/password", data={"old": FIRST, "new": PASSWORD}, headers=headers)
    await context.close()


async def _page(browser: Browser, url: str, language: str, scheme: str, width: int, height: int) -> Page:
    context = await browser.new_context(
        base_url=url,
        viewport={"width": width, "height": height},
        locale="zh-CN" if language == "zh" else "en-GB",
        color_scheme=scheme,  # type: ignore[arg-type]
    )
    await context.add_init_script(f"localStorage.setItem('mcs.language', '{language}')")
    data = {"user": "admin", "password": PASSWORD}
    await context.request.post("/api/session", data=data, headers={"Origin": url, "X-MCS": "1"})
    return await context.new_page()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", choices=[*STATES, []], help="which pictures; all without")
    parser.add_argument("--out", type=Path, default=Path("docs/screenshots"))
    options = parser.parse_args()
    main(options.out, options.names)
