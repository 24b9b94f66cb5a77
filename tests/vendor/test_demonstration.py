"""The demonstration brings its own licence server, on real HTTPS, and is licensed by it; again after a restart."""

from __future__ import annotations

import asyncio
import contextlib
from pathlib import Path
from typing import Any

from engine.core.clock import SystemClock
from engine.runtime.services.suspension import Suspension
from engine.settings import Settings
from licence_server.demo import demo
from plant.licence.guard import Licence
from tests.eventually import eventually


class Site:
    """What the demonstration sees of a site."""

    def __init__(self, folder: Path) -> None:
        (folder / "machine-id").write_text("0123456789abcdef0123456789abcdef\n")
        self.settings = Settings(data=folder / "data", machine_id=folder / "machine-id")
        self.clock = SystemClock()
        self.licence = Licence(self.settings, self.clock, Suspension())

    def service(self, kind: type[Any]) -> Any:
        assert kind is Licence
        return self.licence


async def licensed(site: Site) -> dict[str, Any]:
    await site.licence.start()
    running = asyncio.create_task(demo(site))  # type: ignore[arg-type]
    try:
        await eventually(lambda: site.licence.status.state == "licensed")
        return dict(site.licence.health())
    finally:
        running.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await running
        await site.licence.stop()


async def test_demonstration_is_licensed_by_its_own_server(tmp_path: Path) -> None:
    assert (await licensed(Site(tmp_path)))["light"] == "green"
    signing_key = (tmp_path / "data" / "licence-server" / "signing.pem").read_bytes()

    assert (await licensed(Site(tmp_path)))["light"] == "green"

    assert (tmp_path / "data" / "licence-server" / "signing.pem").read_bytes() == signing_key
