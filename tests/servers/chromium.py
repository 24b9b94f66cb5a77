"""A real Chromium, driven through Playwright."""

from collections.abc import AsyncIterator

import pytest_asyncio
from playwright.async_api import Page, async_playwright

from tests.servers.process import program

ARGUMENTS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@pytest_asyncio.fixture
async def page() -> AsyncIterator[Page]:
    """An empty page in a browser of its own, 1280 × 800."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=program("chromium"), args=ARGUMENTS)
        context = await browser.new_context(viewport={"width": 1280, "height": 800}, locale="zh-CN")
        yield await context.new_page()
        await browser.close()
