"""/api/plans: floor plans and the places of devices on them; /api/wall: all that the wall needs to begin."""

from __future__ import annotations

from typing import Annotated, Any

import msgspec
from aiohttp import web
from msgspec import Meta

from engine.api import ApiError, Call, Database, Nothing, Route, Text, reason_of, render, request_connection
from plant.api.table_errors import table_errors_answered
from plant.devices.debug_mode import DebugMode, DebugRun
from plant.devices.registry import Devices
from plant.devices.table import DeviceTable, MapPosition
from plant.model.device import Device
from plant.plans.plan_image import ImageRefused, PlanImage, PlanImages
from plant.plans.plans import Plan, PlanTable

__all__ = ["ROUTES"]

MEDIA = ("image/jpeg", "image/png", "application/octet-stream")
UPLOAD_LIMIT_S = 60.0


class PlanName(msgspec.Struct, forbid_unknown_fields=True):
    """What a plan is called."""

    name: Annotated[str, Meta(min_length=1, max_length=80, pattern=r"^[^\x00-\x1f\x7f]*\S[^\x00-\x1f\x7f]*$")]


class MapPositions(msgspec.Struct, forbid_unknown_fields=True):
    """Where devices are; those not named stay where they are."""

    places: Annotated[list[MapPosition], Meta(max_length=20_000)]


class ImageQuery(msgspec.Struct, forbid_unknown_fields=True):
    """`v` is the digest that the list of plans gives: the answer may then be kept for ever."""

    v: Annotated[str, Meta(max_length=64)] = ""


class Placed(msgspec.Struct):
    """How many devices were placed or taken off."""

    count: int


class WallDevice(msgspec.Struct, omit_defaults=True):
    """What the wall shows of a device."""

    sn: str
    name: str = ""
    gas: str = ""
    unit: str = "ppm"
    location: str = ""
    a1: float | None = None
    a1_direction: str = "high"
    a2: float | None = None
    a2_direction: str = "high"
    range_high: float | None = None
    plan_id: int | None = None
    left_pct: float | None = None
    top_pct: float | None = None
    period_s: float = 10.0
    enabled: bool = True


class Wall(msgspec.Struct):
    """All that a wall begins with, besides the open alarms (/api/alarms); what changes comes by live:readings, live:alarms, live:devices,
    live:plans and live:debugging."""

    now: float
    plans: list[Plan]
    devices: list[WallDevice]
    debugging: list[DebugRun]


@table_errors_answered
async def list_plans(call: Call[Nothing]) -> list[Plan]:
    """All floor plans."""
    async with request_connection(call.service(Database)) as connection:
        return await PlanTable(connection).all()


@table_errors_answered
async def add_plan(call: Call[bytes]) -> Plan:
    """Upload a JPEG or PNG picture as a new floor plan."""
    image = await _image(call)
    async with request_connection(call.service(Database)) as connection:
        table = PlanTable(connection)
        name = render(Text("plan.first-name", number=len(await table.all()) + 1), call.language)
        plan = await table.add(name, image, call.who.user)
    call.target, call.details = str(plan.id), {"width": plan.width, "height": plan.height}
    return plan


@table_errors_answered
async def replace_image(call: Call[bytes]) -> Plan:
    """Upload another picture for a floor plan; the devices keep their places in percent."""
    id, image = call.number("id"), await _image(call)
    async with request_connection(call.service(Database)) as connection:
        return await PlanTable(connection).replace(id, image, call.who.user)


@table_errors_answered
async def rename_plan(call: Call[PlanName]) -> Plan:
    """Give a floor plan another name."""
    call.details = {"name": call.given.name}
    async with request_connection(call.service(Database)) as connection:
        return await PlanTable(connection).rename(call.number("id"), call.given.name.strip(), call.who.user)


@table_errors_answered
async def remove_plan(call: Call[Nothing]) -> None:
    """Remove a floor plan; its devices are on no plan then."""
    async with request_connection(call.service(Database)) as connection:
        await PlanTable(connection).remove(call.number("id"))


@table_errors_answered
async def get_image(call: Call[ImageQuery]) -> web.Response:
    """The picture of a floor plan. With ?v=DIGEST of the list it may be kept for ever."""
    async with request_connection(call.service(Database)) as connection:
        media, digest, content = await PlanTable(connection).image(call.number("id"))
    answer = web.Response(body=content, content_type=media)
    answer.headers["Content-Disposition"] = "inline"
    known = call.given.v == digest
    answer.headers["Cache-Control"] = "private, max-age=31536000, immutable" if known else "private, no-cache"
    return answer


@table_errors_answered
async def place_devices(call: Call[MapPositions]) -> Placed:
    """Put devices on a floor plan, by the percentage from its left and upper edge, or take them off."""
    for place in call.given.places:
        if (place.left_pct is None) != (place.top_pct is None):
            raise ApiError(422, "bad_place", Text("plan.one-coordinate", sn=place.sn))
        if any(not 0 <= value <= 100 for value in (place.left_pct, place.top_pct) if value is not None):
            raise ApiError(422, "bad_place", Text("plan.outside", sn=place.sn))
    call.details = {"devices": [place.sn for place in call.given.places][:100]}
    async with request_connection(call.service(Database)) as connection:
        return Placed(await DeviceTable(connection).place(call.number("id"), call.given.places))


@table_errors_answered
async def get_wall(call: Call[Nothing]) -> Wall:
    """All that the wall begins with."""
    async with request_connection(call.service(Database)) as connection:
        plans = await PlanTable(connection).all()
    return Wall(
        now=call.server.clock.now(),
        plans=plans,
        devices=[_on_wall(device) for device in call.service(Devices).known.values()],
        debugging=list(call.service(DebugMode).running.values()),
    )


async def _image(call: Call[bytes]) -> PlanImage:
    try:
        return await call.service(PlanImages).checked(call.given)
    except ImageRefused as refused:
        raise ApiError(422, refused.code, reason_of(refused), Text("plan.picture")) from refused


def _on_wall(device: Device) -> WallDevice:
    return WallDevice(*(getattr(device, name) for name in WallDevice.__struct_fields__))


_ONE = "/api/plans/{id}"
_ADMIN: dict[str, Any] = {"role": "admin"}

ROUTES = (
    Route(method="GET", path="/api/wall", role="viewer", handler=get_wall, answer=Wall),
    Route(method="GET", path="/api/plans", role="viewer", handler=list_plans, answer=list[Plan]),
    Route(
        method="POST",
        path="/api/plans",
        **_ADMIN,
        handler=add_plan,
        given=bytes,
        media=MEDIA,
        answer=Plan,
        status=201,
        refusals=(422,),
        action="plan.add",
        time_limit_s=UPLOAD_LIMIT_S,
    ),
    Route(method="PATCH", path=_ONE, **_ADMIN, handler=rename_plan, given=PlanName, answer=Plan, action="plan.rename"),
    Route(method="DELETE", path=_ONE, **_ADMIN, handler=remove_plan, answer=None, status=204, action="plan.remove"),
    Route(method="GET", path=_ONE + "/image", role="viewer", handler=get_image, given=ImageQuery, answer=bytes),
    Route(
        method="PUT",
        path=_ONE + "/image",
        **_ADMIN,
        handler=replace_image,
        given=bytes,
        media=MEDIA,
        answer=Plan,
        refusals=(422,),
        action="plan.image",
        time_limit_s=UPLOAD_LIMIT_S,
    ),
    Route(
        method="PUT",
        path=_ONE + "/places",
        **_ADMIN,
        handler=place_devices,
        given=MapPositions,
        answer=Placed,
        refusals=(422,),
        action="plan.places",
    ),
)
