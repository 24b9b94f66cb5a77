"""What the tables of the plant refuse, as answers of the API."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

from engine.api import ApiError, Call, Text
from plant.devices.table import DeviceNotFound, InvalidDevice, PlanNotFound, SerialNumberTaken, StaleRevision

__all__ = ["table_errors_answered"]

_T = TypeVar("_T")


def table_errors_answered(handler: Callable[[Call[Any]], Awaitable[_T]]) -> Callable[[Call[Any]], Awaitable[_T]]:
    """Turns what the tables refuse into answers of the API."""

    async def handle(call: Call[Any]) -> _T:
        try:
            return await handler(call)
        except DeviceNotFound as missing:
            raise ApiError(404, "not_found", Text("device.none", sn=str(missing)[:64])) from missing
        except PlanNotFound as missing:
            raise ApiError(404, "not_found", Text("plan.none", number=str(missing)[:20])) from missing
        except SerialNumberTaken as taken:
            raise ApiError(409, "taken", Text("device.taken", sn=str(taken))) from taken
        except InvalidDevice as bad:
            raise ApiError(422, "bad_device", Text("device.bad"), more={"fields": bad.problems}) from bad
        except StaleRevision as stale:
            raise ApiError(409, "conflict", Text("device.stale"), more={"current": stale.current}) from stale

    handle.__doc__, handle.__name__ = handler.__doc__, handler.__name__
    return handle
