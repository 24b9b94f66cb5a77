"""/api/devices/SN/debugging: the red button."""

from __future__ import annotations

from typing import Annotated

import msgspec
from msgspec import Meta

from engine.api import Call, Database, Nothing, Route, request_connection
from plant.api.table_errors import table_errors_answered
from plant.devices.debug_mode import DebugMode, DebugRun
from plant.devices.table import DeviceTable

__all__ = ["ROUTES"]

DEBUG_S = 600.0


class Debug(msgspec.Struct, forbid_unknown_fields=True):
    """How fast, and for how long; the handbook's button says 1 s for 600 s."""

    interval_s: Annotated[float, Meta(ge=1, le=60)] = 1.0
    duration_s: Annotated[float, Meta(ge=5, le=3600)] = DEBUG_S


@table_errors_answered
async def begin_debugging(call: Call[Debug]) -> DebugRun:
    """Have a device report fast for a while; it falls back by itself."""
    sn = call.path("sn")
    async with request_connection(call.service(Database)) as connection:
        await DeviceTable(connection).one(sn)
    call.details = {"interval_s": call.given.interval_s, "duration_s": call.given.duration_s}
    return await call.service(DebugMode).begin(sn, call.who.user, call.given.interval_s, call.given.duration_s)


@table_errors_answered
async def end_debugging(call: Call[Nothing]) -> None:
    """Have a device go back to its normal interval now."""
    async with request_connection(call.service(Database)) as connection:
        device = await DeviceTable(connection).one(call.path("sn"))
    await call.service(DebugMode).end(device.sn, device.period_s)


ROUTES = (
    Route(
        method="POST",
        path="/api/devices/{sn}/debugging",
        role="operator",
        handler=begin_debugging,
        given=Debug,
        answer=DebugRun,
        action="device.debug",
    ),
    Route(
        method="DELETE",
        path="/api/devices/{sn}/debugging",
        role="operator",
        handler=end_debugging,
        answer=None,
        status=204,
        action="device.debug_end",
    ),
)
