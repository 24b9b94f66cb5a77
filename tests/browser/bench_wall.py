"""How soon a published value is on the wall's screen, and whether the wall grows: measured and printed, not judged.

python -m pytest -s tests/browser/bench_wall.py
"""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Callable

import pytest

from tests.browser.conftest import NewPage
from tests.browser.gas_site import Sender, add_plan
from tests.browser.live_site import LiveSite
from tests.eventually import eventually

DEVICES = 100
WATCH = """
() => {
  window.seen = {};
  const note = (node) => {
    const sn = node.closest("[data-sn]").dataset.sn, seq = node.dataset.seq;
    requestAnimationFrame(() => { window.seen[sn + "/" + seq] = Date.now(); });
  };
  const watch = new MutationObserver((changes) => changes.forEach((change) => note(change.target)));
  for (const node of document.querySelectorAll(".dot-value b")) watch.observe(node, { attributeFilter: ["data-seq"] });
}
"""


@pytest.fixture(scope="module")
def hundred(make_site: Callable[..., LiveSite]) -> LiveSite:
    site = make_site()
    plan = add_plan(site)
    head = "sn,name,k,b,a1,a2,plan_id,left_pct,top_pct,period_s\n"
    lines = [
        f"B{n:03},B{n:03},1,0,1000,2000,{plan},{5 + 10 * (n % 10)},{5 + 10 * (n // 10)},10\n" for n in range(DEVICES)
    ]
    site.call("POST", "/api/devices.csv", {"text": head + "".join(lines), "dry_run": False})
    return site


@pytest.mark.timeout(900)
async def test_publish_to_screen(hundred: LiveSite, new_page: NewPage) -> None:
    page = await new_page(hundred, role="viewer", width=1920, height=1080)
    await page.goto("/wall")
    await page.locator(".wall[data-loaded]").wait_for()
    async with Sender(hundred) as sender:
        for n in range(DEVICES):
            await sender.send(f"B{n:03}", 1)
        await page.wait_for_function(f"document.querySelectorAll('.dot-value b[data-seq]').length === {DEVICES}")
        for rate in (10, 100):
            await page.evaluate(WATCH)
            sent: dict[str, float] = {}
            began = time.monotonic()
            for turn in range(rate * 12):
                await asyncio.sleep(max(0.0, began + turn / rate - time.monotonic()))
                sn = f"B{turn % DEVICES:03}"
                sent[f"{sn}/{sender.seq + 1}"] = time.time() * 1000
                await sender.send(sn, turn % 97, qos=0)
            await asyncio.sleep(2)
            seen: dict[str, float] = await page.evaluate("() => window.seen")
            delays = sorted(seen[key] - at for key, at in sent.items() if key in seen)
            told = {
                name: round(delays[int(len(delays) * part)])
                for name, part in (("p50", 0.5), ("p95", 0.95), ("p99", 0.99))
            }
            print(f"\n{rate} values/s at {DEVICES} devices: {told} ms, {len(delays)} of {len(sent)} seen on screen")


@pytest.mark.timeout(900)
async def test_wall_does_not_grow(hundred: LiveSite, new_page: NewPage) -> None:
    page = await new_page(hundred, role="viewer")
    await page.goto("/wall")
    await page.locator(".wall[data-loaded]").wait_for()
    tools = await page.context.new_cdp_session(page)

    async def heap_mb() -> float:
        await tools.send("HeapProfiler.collectGarbage")
        return float(await page.evaluate("performance.memory.usedJSHeapSize")) / 1e6

    async with Sender(hundred) as sender:
        sizes = []
        for _ in range(5):
            for turn in range(10_000):
                await sender.send(f"B{turn % DEVICES:03}", turn % 97, qos=0)
            await eventually(lambda: _is_shown(page, sender.seq), within_s=120)
            sizes.append(round(await heap_mb(), 1))
    print(f"\nheap after each 10,000 readings: {sizes} MB")


async def _is_shown(page, seq: int) -> bool:  # type: ignore[no-untyped-def]
    shown = await page.evaluate(
        "[...document.querySelectorAll('.dot-value b')].map((node) => Number(node.dataset.seq))"
    )
    return max(json.loads(json.dumps(shown))) >= seq - DEVICES
