"""/api/devices: the registry, all of it and one device."""

from __future__ import annotations

from typing import Annotated, Any

import msgspec
from msgspec import Meta

from engine.api import Call, Database, Nothing, Route, request_connection
from plant.api.table_errors import table_errors_answered
from plant.devices.debug_mode import DebugMode, DebugRun
from plant.devices.health import DeviceFigures, DeviceHealth
from plant.devices.table import DeviceTable
from plant.model.concentration import missing_for
from plant.model.device import Device

__all__ = ["ROUTES", "Changes", "Sn"]

Sn = Annotated[str, Meta(min_length=1, max_length=64)]
Changes = dict[str, Any]
"""Names of fields of a device → what they are to be; `plant.devices.validation` judges them."""


class DeviceList(msgspec.Struct):
    """All devices, and how each is doing; `now` is the server's clock, Unix seconds. What is at its default is left out."""

    now: float
    devices: list[dict[str, Any]]
    figures: list[DeviceFigures]
    debugging: list[DebugRun]


class DeviceView(msgspec.Struct):
    """One device. `missing` are the parameters that its formula lacks; `figures` is null when it was never heard."""

    now: float
    device: Device
    missing: list[str]
    figures: DeviceFigures | None
    debugging: DebugRun | None


class NewDevice(msgspec.Struct, forbid_unknown_fields=True):
    """A device to add; what is left out has its default."""

    sn: Sn
    fields: Changes = {}


class DeviceChange(msgspec.Struct, forbid_unknown_fields=True):
    """Fields to set. `revision` is the one that was seen: 409 with the current device when somebody else was quicker."""

    revision: int
    fields: Changes


@table_errors_answered
async def list_devices(call: Call[Nothing]) -> DeviceList:
    """All devices with their figures."""
    async with request_connection(call.service(Database)) as connection:
        devices = await DeviceTable(connection).all()
    return DeviceList(
        now=call.server.clock.now(),
        devices=[_short(device) for device in devices],
        figures=call.service(DeviceHealth).all(),
        debugging=list(call.service(DebugMode).running.values()),
    )


@table_errors_answered
async def get_device(call: Call[Nothing]) -> DeviceView:
    """One device with its figures."""
    async with request_connection(call.service(Database)) as connection:
        return _view(call, await DeviceTable(connection).one(call.path("sn")))


@table_errors_answered
async def add_device(call: Call[NewDevice]) -> DeviceView:
    """Add a device."""
    call.target, call.details = call.given.sn, call.given.fields
    async with request_connection(call.service(Database)) as connection:
        return _view(call, await DeviceTable(connection).add(call.given.sn, call.given.fields))


@table_errors_answered
async def change_device(call: Call[DeviceChange]) -> DeviceView:
    """Set fields of a device; they act on its next message."""
    call.details = call.given.fields
    async with request_connection(call.service(Database)) as connection:
        return _view(
            call, await DeviceTable(connection).change(call.path("sn"), call.given.revision, call.given.fields)
        )


@table_errors_answered
async def remove_device(call: Call[Nothing]) -> None:
    """Remove a device; its readings stay."""
    async with request_connection(call.service(Database)) as connection:
        await DeviceTable(connection).remove(call.path("sn"))


def _view(call: Call[Any], device: Device) -> DeviceView:
    return DeviceView(
        now=call.server.clock.now(),
        device=device,
        missing=list(missing_for(device)),
        figures=call.service(DeviceHealth).of(device.sn),
        debugging=call.service(DebugMode).running.get(device.sn),
    )


def _short(device: Device) -> dict[str, Any]:
    return {
        name: value
        for name in Device.__struct_fields__
        if (value := getattr(device, name)) != getattr(_DEFAULTS, name) or name in ("sn", "revision")
    }


_DEFAULTS = Device(sn="")


ROUTES = (
    Route(method="GET", path="/api/devices", role="viewer", handler=list_devices, answer=DeviceList),
    Route(
        method="POST",
        path="/api/devices",
        role="admin",
        handler=add_device,
        given=NewDevice,
        answer=DeviceView,
        status=201,
        refusals=(404, 409, 422),
        action="device.add",
    ),
    Route(method="GET", path="/api/devices/{sn}", role="viewer", handler=get_device, answer=DeviceView),
    Route(
        method="PATCH",
        path="/api/devices/{sn}",
        role="admin",
        handler=change_device,
        given=DeviceChange,
        answer=DeviceView,
        refusals=(404, 409, 422),
        action="device.change",
    ),
    Route(
        method="DELETE",
        path="/api/devices/{sn}",
        role="admin",
        handler=remove_device,
        answer=None,
        status=204,
        action="device.remove",
    ),
)
