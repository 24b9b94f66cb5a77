"""A running web server with flows behind /hook, and callers with tokens."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
from yarl import URL

from engine.core.message import Message
from engine.core.roles import Identity
from engine.texts.text import Readable
from tests.engine.web.running import RunningServer, running
from tests.nodes.io.harness import SiteHarness, add_types
from tests.said import said

BOSS = Identity(user="admin", role="integrator", via="session")


class WebhookServer(SiteHarness):
    """The bench of a server; `session` calls it as nobody, `token(role)` is a header that says who."""

    def __init__(self, server: RunningServer, session: aiohttp.ClientSession) -> None:
        super().__init__(server.settings, site=server.site)
        self.server = server
        self.session = session
        self._refused: list[str] = []
        put = server.site.quarantine.put

        def noted(flow: str, node: str, message: Message, reason: Readable) -> None:
            self._refused.append(said(reason))
            put(flow, node, message, reason)

        # With a table behind it the quarantine keeps nothing in memory.
        server.site.quarantine.put = noted  # type: ignore[method-assign]

    @property
    def refused(self) -> list[str]:
        """Why messages went to quarantine, with what to do next."""
        return self._refused

    @property
    def url(self) -> URL:
        """Where hooks begin."""
        return self.server.url / "hook"

    async def token(self, role: str = "operator") -> dict[str, str]:
        """A header with a fresh API token."""
        name = f"{role}-{len(await self.server.accounts.tokens())}"
        text, _ = await self.server.accounts.add_token(name, role, BOSS)  # type: ignore[arg-type]
        return {"Authorization": f"Bearer {text}"}


@contextlib.asynccontextmanager
async def webhook_server(dsn: str, folder: Path) -> AsyncIterator[WebhookServer]:
    """Starts one and stops it."""
    async with running(dsn, folder) as server, aiohttp.ClientSession() as session:
        add_types(server.site)
        yield WebhookServer(server, session)
