"""The demonstration's own licence server: real HTTPS on a free port of this machine, with a key of its own."""

from __future__ import annotations

import asyncio
import logging
import ssl

from aiohttp import web

from engine.api import SiteView, make_local_certificate
from licence_server.app import make_app
from licence_server.store import SIGNING_KEY, LicenceStore
from plant.licence.guard import Licence
from plant.licence.vendor import HttpsVendor

__all__ = ["demo"]

log = logging.getLogger("mcs.licence-server")


async def demo(site: SiteView) -> None:
    """Serves until cancelled, and has the site licensed by it. A build that carries its vendor's key stays an evaluation."""
    folder = site.settings.data / "licence-server"
    store = LicenceStore(folder) if (folder / SIGNING_KEY).exists() else LicenceStore.create(folder)
    files = make_local_certificate(folder)
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(files.certificate, files.key)
    runner = web.AppRunner(make_app(store), access_log=None)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0, ssl_context=context).start()
        url = f"https://127.0.0.1:{runner.addresses[0][1]}"
        key = store.issue("demonstration")
        try:
            await site.service(Licence).use_vendor(HttpsVendor(url, files.ca), store.signing_key.public_key(), key)
        except ValueError as refused:
            log.info("the demonstration stays an evaluation: %s", refused)
        await asyncio.Event().wait()
    finally:
        await runner.cleanup()
