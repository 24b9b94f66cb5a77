"""Every route of the plant, in the order in which they are documented."""

from __future__ import annotations

from plant.api import (
    alarm_history,
    alarms,
    archive,
    bulk_devices,
    channels,
    device_debugging,
    device_readings,
    device_trial,
    devices,
    plans,
)

__all__ = ["ROUTES"]

ROUTES = (
    *devices.ROUTES,
    *bulk_devices.ROUTES,
    *device_trial.ROUTES,
    *device_readings.ROUTES,
    *device_debugging.ROUTES,
    *plans.ROUTES,
    *archive.ROUTES,
    *alarms.ROUTES,
    *alarm_history.ROUTES,
    *channels.ROUTES,
)
