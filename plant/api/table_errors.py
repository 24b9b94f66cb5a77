"""What the tables of the plant refuse, as answers of the API."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

from engine.api import ApiError, Call, not_found
from plant.devices.table import DeviceNotFound, InvalidDevice, PlanNotFound, SerialNumberTaken, StaleRevision

__all__ = ["table_errors_answered"]

_T = TypeVar("_T")


def table_errors_answered(handler: Callable[[Call[Any]], Awaitable[_T]]) -> Callable[[Call[Any]], Awaitable[_T]]:
    """Turns what the tables refuse into answers of the API."""

    async def handle(call: Call[Any]) -> _T:
        try:
            return await handler(call)
        except DeviceNotFound as missing:
            raise not_found(f"device {str(missing)[:64]}", "look at the list of devices") from missing
        except PlanNotFound as missing:
            raise not_found(f"floor plan {str(missing)[:20]}", "look at the list of plans") from missing
        except SerialNumberTaken as taken:
            raise ApiError(409, "taken", f"there is a device {taken} already", "take another serial number") from taken
        except InvalidDevice as bad:
            raise ApiError(
                422, "bad_device", str(bad), "correct the fields named", more={"fields": bad.problems}
            ) from bad
        except StaleRevision as stale:
            raise ApiError(
                409,
                "conflict",
                str(stale),
                "merge your changes with the current device",
                more={"current": stale.current},
            ) from stale

    handle.__doc__, handle.__name__ = handler.__doc__, handler.__name__
    return handle
