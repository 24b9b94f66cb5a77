"""The vendor's licence server on real HTTPS, and a clock that can run ahead."""

from __future__ import annotations

import contextlib
import ssl
from collections.abc import AsyncIterator
from pathlib import Path

from aiohttp import web

from engine.core.clock import SystemClock
from licence_server.app import make_app
from licence_server.store import LicenceStore
from tests.servers.certificates import make_certificates
from tests.servers.process import free_port


class ShiftedClock(SystemClock):
    """The system's clock when so many seconds more have gone by."""

    ahead_s = 0.0

    def now(self) -> float:
        return super().now() + self.ahead_s

    def monotonic(self) -> float:
        return super().monotonic() + self.ahead_s


class VendorSite:
    """The licence server on HTTPS, at one port, with the certificate of the folder given."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.store = LicenceStore.create(folder / "licences")
        self.port = free_port()

    @contextlib.asynccontextmanager
    async def open(self, certificates: Path) -> AsyncIterator[None]:
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(certificates / "server.pem", certificates / "server.key")
        runner = web.AppRunner(make_app(self.store), access_log=None, shutdown_timeout=1.0)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", self.port, ssl_context=context).start()
        try:
            yield
        finally:
            await runner.cleanup()

    @classmethod
    def made(cls, folder: Path) -> VendorSite:
        """With certificates in `right` and, by another authority, in `wrong`."""
        for name in ("right", "wrong"):
            (folder / name).mkdir()
            make_certificates(folder / name)
        return cls(folder)
