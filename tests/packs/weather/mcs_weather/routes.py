"""/api/weather/stations: the stations, for who looks and for who sets up."""

from __future__ import annotations

from typing import Annotated

import msgspec

from engine.api import Call, Meta, Nothing, Route
from mcs_weather.stations import Stations


class StationName(msgspec.Struct, forbid_unknown_fields=True):
    """What a station is called."""

    name: Annotated[str, Meta(min_length=1, max_length=100)]


async def stations(call: Call[Nothing]) -> dict[str, str]:
    """All stations by id."""
    return call.service(Stations).all()


async def save(call: Call[StationName]) -> dict[str, str]:
    """Add a station, or give it another name."""
    call.details["name"] = call.given.name
    await call.service(Stations).save(call.path("id"), call.given.name)
    return call.service(Stations).all()


ROUTES = (
    Route(method="GET", path="/api/weather/stations", role="viewer", handler=stations, answer=dict[str, str]),
    Route(
        method="PUT",
        path="/api/weather/stations/{id}",
        role="admin",
        handler=save,
        given=StationName,
        answer=dict[str, str],
        action="weather.save",
    ),
)
