"""A browser profile of its own for each measurement, and what its processes and its page's main thread use."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import psutil
from playwright.async_api import CDPSession, Page, Playwright

from tests.servers.chromium import ARGUMENTS
from tests.servers.process import program


class Tab:
    """One page of the only browser that this process has running."""

    def __init__(self, page: Page, cdp: CDPSession) -> None:
        self.page = page
        self.cdp = cdp

    async def main_thread_s(self) -> float:
        """CPU seconds of the page's main thread in tasks, since it was opened."""
        metrics = (await self.cdp.send("Performance.getMetrics"))["metrics"]
        return float(next(metric["value"] for metric in metrics if metric["name"] == "TaskDuration"))

    async def heap_mb(self) -> float:
        """What JavaScript holds after a collection."""
        await self.cdp.send("HeapProfiler.collectGarbage")
        return float((await self.cdp.send("Runtime.getHeapUsage"))["usedSize"]) / 1e6


@asynccontextmanager
async def tab(play: Playwright) -> AsyncIterator[Tab]:
    """An empty page, 1440 × 900, in a browser that ends with the block."""
    browser = await play.chromium.launch(executable_path=program("chromium"), args=ARGUMENTS)
    try:
        context = await browser.new_context(viewport={"width": 1440, "height": 900}, locale="zh-CN")
        page = await context.new_page()
        cdp = await context.new_cdp_session(page)
        await cdp.send("Network.enable")
        await cdp.send("Performance.enable", {"timeDomain": "threadTicks"})
        yield Tab(page, cdp)
    finally:
        await browser.close()


class Used:
    """What a browser uses between two moments, in percent of one core."""

    def __init__(self, tab: Tab) -> None:
        self._tab = tab
        self._began = time.monotonic()
        self._cpu_s = browser_cpu_s()

    async def begin(self) -> Used:
        self._main_s = await self._tab.main_thread_s()
        self._began, self._cpu_s = time.monotonic(), browser_cpu_s()
        return self

    async def percent(self) -> tuple[float, float]:
        """(of the page's main thread, of all processes of the browser)"""
        took_s = time.monotonic() - self._began
        main_s = await self._tab.main_thread_s() - self._main_s
        return 100 * main_s / took_s, 100 * (browser_cpu_s() - self._cpu_s) / took_s


def browser_cpu_s() -> float:
    """CPU seconds of all processes of this program's browser."""
    total = 0.0
    for process in psutil.Process().children(recursive=True):
        try:
            if "chrom" in process.name():
                times = process.cpu_times()
                total += times.user + times.system
        except psutil.NoSuchProcess:
            continue
    return total
