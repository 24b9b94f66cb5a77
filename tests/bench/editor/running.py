"""What the editor costs while messages flow: figures on a thousand wires, and a debug list that gets a thousand rows a second."""

from __future__ import annotations

import asyncio

from tests.bench.editor.browser import Tab, Used
from tests.bench.editor.editors import Editor, OurEditor
from tests.bench.editor.gestures import Figures
from tests.delivery.engine_process import load

LOOK_S = 5.0
RATE = 1000
SETTLE_S = 1.5


async def live_wires(tab: Tab, editor: OurEditor) -> Figures:
    """CPU of the browser with live figures less that without, near (the wires in sight) and with all wires in sight."""
    await editor.open_flow(tab.page, "bench-live")
    figures: Figures = {}
    for where in ("near", "at fit"):
        if where == "at fit":
            await tab.page.keyboard.press("Control+1")
        points = {}
        for shown in (True, False):
            await editor.show_live(tab.page, shown)
            await asyncio.sleep(SETTLE_S)
            used = await Used(tab).begin()
            await asyncio.sleep(LOOK_S)
            points[shown] = await used.percent()
        figures[f"live wires {where}, main thread, points"] = points[True][0] - points[False][0]
        figures[f"live wires {where}, browser, points"] = points[True][1] - points[False][1]
    return figures


async def debug_list(tab: Tab, editor: Editor, mqtt_url: str) -> Figures:
    """A thousand messages a second into the debug list that is looked at."""
    await editor.open_debug(tab.page)
    seconds = SETTLE_S * 2 + LOOK_S * 2
    async with load(mqtt_url, devices=100, rate=RATE, count=int(RATE * seconds), qos=0):
        await asyncio.sleep(SETTLE_S * 2)
        used = await Used(tab).begin()
        await asyncio.sleep(LOOK_S)
        main, browser = await used.percent()
    return {"debug list, main thread %": main, "debug list, browser %": browser}
