"""Changes of the device table by people: each checked, each against the revision that was seen, several together or none."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import asyncpg
import msgspec
from asyncpg.pool import PoolConnectionProxy

from plant.devices.validation import FieldProblem, changed, problems_of
from plant.model.device import Device

__all__ = [
    "DeviceNotFound",
    "DeviceTable",
    "InvalidDevice",
    "MapPosition",
    "PlanNotFound",
    "PlannedChange",
    "SerialNumberTaken",
    "StaleRevision",
]

_COLUMNS = Device.__struct_fields__
_WRITTEN = tuple(name for name in _COLUMNS if name != "revision")
_SELECT = f"select {', '.join(_COLUMNS)} from devices"
_UPDATE = (
    f"update devices set {', '.join(f'{name} = ${n}' for n, name in enumerate(_WRITTEN[1:], 2))} where sn = $1 "
    "returning revision"
)
_INSERT = (
    f"insert into devices ({', '.join(_WRITTEN)}) values ({', '.join(f'${n}' for n in range(1, len(_WRITTEN) + 1))})"
)


class InvalidDevice(Exception):
    """The parameters won't do; nothing was stored."""

    def __init__(self, problems: Sequence[FieldProblem]) -> None:
        super().__init__(problems[0].message)
        self.problems = list(problems)


class DeviceNotFound(Exception):
    """The registry has no such device."""


class PlanNotFound(Exception):
    """There is no such floor plan."""


class SerialNumberTaken(Exception):
    """The registry has that serial number already."""


class StaleRevision(Exception):
    """Somebody else has changed the device since; `current` is what it is now."""

    def __init__(self, current: Device) -> None:
        super().__init__(f"device {current.sn} was changed by somebody else")
        self.current = current


class MapPosition(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Where a device is on a plan, in percent of the picture; None for both takes it off the plan."""

    sn: str
    left_pct: float | None
    top_pct: float | None


class PlannedChange(msgspec.Struct, frozen=True):
    """What a change would do to one device: {field: [before, after]} of what differs."""

    sn: str
    changes: dict[str, tuple[Any, Any]]
    problems: list[FieldProblem]
    new: bool = False


class DeviceTable:
    """The table over one connection. Every method is one transaction."""

    def __init__(self, connection: PoolConnectionProxy) -> None:
        self._connection = connection

    async def all(self) -> list[Device]:
        """Every device, by serial number."""
        return [_device(row) for row in await self._connection.fetch(f"{_SELECT} order by sn")]

    async def one(self, sn: str) -> Device:
        """Raises DeviceNotFound."""
        row = await self._connection.fetchrow(f"{_SELECT} where sn = $1", sn)
        if row is None:
            raise DeviceNotFound(sn)
        return _device(row)

    async def add(self, sn: str, changes: Mapping[str, Any]) -> Device:
        """A new device. Raises InvalidDevice, SerialNumberTaken."""
        device, problems = changed(Device(sn=sn), changes)
        if problems:
            raise InvalidDevice(problems)
        try:
            await self._connection.execute(_INSERT, *(getattr(device, name) for name in _WRITTEN))
        except asyncpg.UniqueViolationError as taken:
            raise SerialNumberTaken(sn) from taken
        except asyncpg.ForeignKeyViolationError as missing:
            raise PlanNotFound(str(device.plan_id)) from missing
        return device

    async def change(self, sn: str, revision: int, changes: Mapping[str, Any]) -> Device:
        """The device with these fields set. Raises DeviceNotFound, InvalidDevice, and StaleRevision when it is no longer at that revision."""
        async with self._connection.transaction():
            row = await self._connection.fetchrow(f"{_SELECT} where sn = $1 for update", sn)
            if row is None:
                raise DeviceNotFound(sn)
            before = _device(row)
            if before.revision != revision:
                raise StaleRevision(before)
            device, problems = changed(before, changes)
            if problems:
                raise InvalidDevice(problems)
            return await self._write(device)

    async def remove(self, sn: str) -> None:
        """Its readings stay. Raises DeviceNotFound."""
        if await self._connection.execute("delete from devices where sn = $1", sn) == "DELETE 0":
            raise DeviceNotFound(sn)

    async def change_many(
        self, wanted: Mapping[str, Mapping[str, Any]], *, add: bool, dry_run: bool
    ) -> list[PlannedChange]:
        """What changes, device by device in the order given; all is stored, or with `dry_run` or any problem nothing.

        `wanted` is {sn: {field: value}}. With `add` a serial number that is not known makes a new device, else it is left out.
        """
        async with self._connection.transaction():
            rows = await self._connection.fetch(
                f"{_SELECT} where sn = any($1::text[]) order by sn for update", list(wanted)
            )
            known = {row["sn"]: _device(row) for row in rows}
            plans = {row["id"] for row in await self._connection.fetch("select id from plans")}
            planned: list[PlannedChange] = []
            made: list[Device] = []
            for sn, changes in wanted.items():
                if sn not in known and not add:
                    continue
                before = known.get(sn) or Device(sn=sn)
                device, problems = changed(before, changes)
                if sn not in known:
                    problems = [*problems, *(one for one in problems_of(device) if one.field == "sn")]
                    problems = list(dict.fromkeys(problems))
                if device.plan_id is not None and device.plan_id not in plans:
                    problems.append(FieldProblem("plan_id", "plan", f"there is no floor plan {device.plan_id}"))
                planned.append(PlannedChange(sn, _difference(before, device), problems, sn not in known))
                made.append(device)
            if dry_run or any(plan.problems for plan in planned):
                return planned
            values = [
                tuple(getattr(device, name) for name in _WRITTEN)
                for device, plan in zip(made, planned, strict=True)
                if plan.changes or plan.new
            ]
            new = {plan.sn for plan in planned if plan.new}
            await self._connection.executemany(_INSERT, [row for row in values if row[0] in new])
            await self._connection.executemany(_UPDATE, [row for row in values if row[0] not in new])
        return planned

    async def place(self, plan: int, places: Sequence[MapPosition]) -> int:
        """Puts devices on a plan, or takes them off it; how many there were. Raises PlanNotFound."""
        on = [place for place in places if place.left_pct is not None and place.top_pct is not None]
        off = [place.sn for place in places if place.left_pct is None or place.top_pct is None]
        async with self._connection.transaction():
            if not await self._connection.fetchval("select true from plans where id = $1 for share", plan):
                raise PlanNotFound(str(plan))
            # In one order, so that two who save at the same time wait for each other instead of locking up.
            sns = sorted(place.sn for place in places)
            await self._connection.execute("select from devices where sn = any($1::text[]) order by sn for update", sns)
            put = await self._connection.execute(
                "update devices set plan_id = $1, left_pct = place.l, top_pct = place.t "
                "from unnest($2::text[], $3::float8[], $4::float8[]) as place (sn, l, t) where devices.sn = place.sn",
                plan,
                [place.sn for place in on],
                [place.left_pct for place in on],
                [place.top_pct for place in on],
            )
            taken = await self._connection.execute(
                "update devices set plan_id = null, left_pct = null, top_pct = null where plan_id = $1 and sn = any($2::text[])",
                plan,
                off,
            )
        return int(put.rpartition(" ")[2]) + int(taken.rpartition(" ")[2])

    async def _write(self, device: Device) -> Device:
        try:
            revision = await self._connection.fetchval(_UPDATE, *(getattr(device, name) for name in _WRITTEN))
        except asyncpg.ForeignKeyViolationError as missing:
            raise PlanNotFound(str(device.plan_id)) from missing
        # None: nothing was different, so nothing was written.
        return msgspec.structs.replace(device, revision=revision or device.revision)


def _difference(before: Device, after: Device) -> dict[str, tuple[Any, Any]]:
    return {
        name: (getattr(before, name), getattr(after, name))
        for name in _WRITTEN[1:]
        if getattr(before, name) != getattr(after, name)
    }


def _device(row: asyncpg.Record) -> Device:
    return msgspec.convert(dict(row), Device)
