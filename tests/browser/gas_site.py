"""What tests of the site's pages share: one device's packets, its place on a plan, and pictures to upload."""

from __future__ import annotations

import asyncio
import json
import time
import urllib.request
from typing import Any
from urllib.parse import urlsplit

import aiomqtt
import asyncpg

from plant.plans.demo_plan import drawn_plan
from tests.browser.live_site import LiveSite


def add_device(site: LiveSite, sn: str, **fields: Any) -> None:
    """A device in the registry; by default it measures what its raw value says, and reports every second."""
    site.call("POST", "/api/devices", {"sn": sn, "fields": {"k": 1, "b": 0, "period_s": 1, **fields}})


def add_plan(site: LiveSite, picture: bytes | None = None) -> int:
    """A floor plan; its id."""
    request = urllib.request.Request(
        site.url + "/api/plans",
        data=picture or drawn_plan(),
        headers={"Authorization": f"Bearer {site.token('admin')}", "Content-Type": "image/png"},
        method="POST",
    )
    with urllib.request.urlopen(request, timeout=30) as answer:
        made: dict[str, Any] = json.loads(answer.read())
    return int(made["id"])


class Sender:
    """Publishes a device's packets: `async with Sender(site) as sender: await sender.send("GS001", 12.5)`."""

    def __init__(self, site: LiveSite) -> None:
        address = urlsplit(site.mqtt_url)
        self.client = aiomqtt.Client(address.hostname or "127.0.0.1", address.port or 1883)
        self.seq = 0

    async def __aenter__(self) -> Sender:
        await self.client.__aenter__()
        return self

    async def __aexit__(self, *failure: Any) -> None:
        await self.client.__aexit__(*failure)

    async def send(self, sn: str, v_raw: float, *, qos: int = 1) -> None:
        """One packet, now."""
        self.seq = (self.seq + 1) % 65536
        packet = {"ts": time.time(), "seq": self.seq, "v_raw": v_raw, "temp": 25, "err": 0}
        await self.client.publish(f"metachip/gas/{sn}/data", json.dumps(packet), qos=qos)


async def store_readings(site: LiveSite, sn: str, values: list[float], every_s: float) -> None:
    """Readings of the time up to now, straight into the database."""
    now = time.time()
    connection = await asyncpg.connect(site.dsn)
    try:
        await connection.execute(
            "insert into readings (sn, time, seq, v_raw, temp, conc, conc_raw) "
            "select $1, to_timestamp($2 + $3::float8 * n), n, v, 25, v, v from unnest($4::float8[]) with ordinality as given (v, n)",
            sn,
            now - every_s * (len(values) + 1),
            every_s,
            values,
        )
    finally:
        await connection.close()


async def commands_to(site: LiveSite, sn: str, heard: list[dict[str, Any]], ready: asyncio.Event) -> None:
    """Listens as the device would, until it is cancelled."""
    address = urlsplit(site.mqtt_url)
    async with aiomqtt.Client(address.hostname or "127.0.0.1", address.port or 1883) as client:
        await client.subscribe(f"metachip/gas/{sn}/cmd", qos=1)
        ready.set()
        async for message in client.messages:
            heard.append(json.loads(message.payload))  # type: ignore[arg-type]
