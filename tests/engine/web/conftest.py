"""A running server, and browsers to call it with."""

import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import aiohttp
import pytest

from tests.engine.web.running import PASSWORD, Browser, RunningServer, running

NewBrowser = Callable[..., Awaitable[Browser]]


@pytest.fixture
async def server(postgres_dsn: str, tmp_path: Path) -> AsyncIterator[RunningServer]:
    """A server with one flow, `gas`, and one user, `admin`."""
    async with running(postgres_dsn, tmp_path) as server:
        yield server


@pytest.fixture
async def new_browser(server: RunningServer) -> AsyncIterator[NewBrowser]:
    """`await new_browser()` is nobody; `await new_browser("viewer")` is signed in as a user of that role."""
    async with contextlib.AsyncExitStack() as opened:

        async def make(role: str | None = None) -> Browser:
            jar = aiohttp.CookieJar(unsafe=True)  # cookies of an IP address are kept too
            session = await opened.enter_async_context(aiohttp.ClientSession(cookie_jar=jar))
            browser = Browser(server, session)
            if role is None:
                return browser
            users = {user.name for user in await server.accounts.users()}
            name = "admin" if role == "admin" else f"the-{role}"
            if name not in users:
                await server.accounts.add_user(name, "their first one", role)  # type: ignore[arg-type]
                await server.accounts.change_own_password(name, "their first one", PASSWORD)
            return await browser.sign_in(name)

        yield make


@pytest.fixture
async def browser(new_browser: NewBrowser) -> Browser:
    """A browser that the administrator is signed in with."""
    return await new_browser("admin")
