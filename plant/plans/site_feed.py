"""Tells the pages that watch what has changed on the site besides readings: devices, plans; and what was last known before a restart."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import Any

from engine.api import BackgroundJobs, Backoff, Clock, Database, LiveHub, RetryableError, connection_or_retry
from plant.devices.registry import Devices
from plant.model.device import Device
from plant.readings.queries import last_readings

__all__ = ["SiteFeed"]

log = logging.getLogger("mcs.site-feed")


class SiteFeed:
    """Publishes on `live:devices` (the device, or {sn, gone}) and `live:plans` (that the list has changed).

    At its start it puts the last stored reading of every device on `live:readings`, so that a page shows a device that is silent with its
    last value and its age, and not as if it had never been.
    """

    def __init__(self, database: Database, devices: Devices, hub: LiveHub, clock: Clock) -> None:
        self._database, self._devices, self._hub, self._clock = database, devices, hub, clock
        self._jobs = BackgroundJobs()

    async def start(self) -> None:
        """Begins to follow."""
        self._devices.on_change.append(self._device_changed)
        self._database.listen("plans", self._plans_changed)
        self._jobs.start("showing the last readings", self._recall)

    async def stop(self) -> None:
        """Follows no more."""
        if self._device_changed in self._devices.on_change:
            self._devices.on_change.remove(self._device_changed)
        await self._jobs.stop()

    def health(self) -> Mapping[str, Any]:
        """Always well: what it does not tell, a page asks for."""
        return {"status": "ok"}

    def _device_changed(self, sn: str, device: Device | None) -> None:
        if device is None:
            self._hub.publish("devices", sn, {"sn": sn, "gone": True})
            self._hub.forget("readings", sn)
        else:
            self._hub.publish("devices", sn, device)

    def _plans_changed(self, id: str | None) -> None:
        self._hub.publish("plans", "", {"plan": id})
        self._hub.forget("plans", "")  # who comes later has just asked for the list

    async def _recall(self) -> None:
        backoff = Backoff(self._clock)
        while True:
            try:
                async with connection_or_retry(self._database) as connection:
                    found = await last_readings(connection, list(self._devices.known), self._clock.now())
            except RetryableError as away:
                log.debug("the last readings wait: %s", away)
                await backoff.wait()
                continue
            heard = self._hub.latest("readings")
            for reading in found:
                if reading.sn not in heard:
                    self._hub.publish("readings", reading.sn, reading)
            return
