"""The device registry as the flows see it: wholly in memory, kept fresh by the database's notifications."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import msgspec

from engine.api import Copies, Database, NoCopies, Supervisor, TableCache, Text, connection_or_retry
from plant.model.device import Device

__all__ = ["Devices"]

log = logging.getLogger("mcs.devices")

CHANNEL = "devices"
COPIES = "devices"
ANSWERS_WITHIN_S = 3.0

_COLUMNS = Device.__struct_fields__
_SELECT = f"select {', '.join(_COLUMNS)} from devices"


class Devices:
    """All devices by serial number.

    A change in the table, by whomever, acts within milliseconds: the table notifies, this reads the row again. While the database is away
    the last known parameters stay in force, and everything is read anew when it is back.
    """

    def __init__(
        self,
        database: Database | None = None,
        devices: Iterable[Device] = (),
        supervisor: Supervisor | None = None,
        copies: Copies | None = None,
    ) -> None:
        """Without a database it holds just `devices` (tests, simulations). `copies` are for a start in an outage."""
        self.known: dict[str, Device] = {device.sn: device for device in devices}
        self.on_change: list[Callable[[str, Device | None], None]] = []
        """Called with every device that has changed, None when it is gone; at the first reading with all of them."""
        self._database = database
        self._problems: dict[str, Text] = {}
        self._copies: Copies = copies if copies is not None else NoCopies()
        self._cache: TableCache | None = None
        if database is not None:
            self._cache = TableCache("device registry", database, CHANNEL, self._read, supervisor)

    @classmethod
    def holding(cls, devices: Mapping[str, Mapping[str, Any]] | Sequence[Mapping[str, Any]]) -> Devices:
        """A registry without a database: {sn: {field: value}}, or [{sn: …, field: value}]. msgspec.ValidationError names a wrong field."""
        rows = [{"sn": sn, **fields} for sn, fields in devices.items()] if isinstance(devices, Mapping) else devices
        return cls(devices=[msgspec.convert(row, Device) for row in rows])

    def get(self, sn: str) -> Device | None:
        """The device, or None when the registry does not have it."""
        return self.known.get(sn)

    async def start(self) -> None:
        """Returns when the registry has been read once, however long the database is away: without it every reading would be refused.
        Where there is a copy of it on disk, that is good enough after a moment."""
        if self._cache is None:
            return
        copies = await self._copies.copies(COPIES)
        for sn, body in copies.items():
            self.known[sn] = msgspec.json.decode(body, type=Device)
            self._notify(sn, self.known[sn])
        await self._cache.start(ANSWERS_WITHIN_S if self._copies.complete else None)

    async def stop(self) -> None:
        """Stops following changes."""
        if self._cache is not None:
            await self._cache.stop()

    def health(self) -> Mapping[str, Any]:
        """Degraded while rows can't be read, or can't be used; the devices concerned keep their last good parameters."""
        away = self._cache.problem if self._cache is not None else ""
        unusable = Text("device.problems", problems=list(self._problems.values())) if self._problems else ""
        problem = away or unusable
        return {"status": "degraded" if problem else "ok", "problem": problem, "devices": len(self.known)}

    async def put(self, device: Device) -> None:
        """Writes a device to the table. Raises RetryableError while it is away, asyncpg's IntegrityConstraintViolationError on a bad value."""
        if self._database is None:
            self.known[device.sn] = device
            return
        await self._execute(
            f"insert into devices ({', '.join(_COLUMNS)}) values ({', '.join(f'${n}' for n in range(1, len(_COLUMNS) + 1))}) "
            f"on conflict (sn) do update set {', '.join(f'{name} = excluded.{name}' for name in _COLUMNS)}, changed_at = now()",
            *(getattr(device, name) for name in _COLUMNS),
        )

    async def remove(self, sn: str) -> None:
        """Deletes a device; its readings stay."""
        if self._database is None:
            self.known.pop(sn, None)
            return
        await self._execute("delete from devices where sn = $1", sn)

    async def _execute(self, statement: str, *values: Any) -> None:
        assert self._database is not None
        async with connection_or_retry(self._database) as connection:
            await connection.execute(statement, *values)

    async def _read(self, stale: set[str] | None) -> None:
        assert self._database is not None
        async with connection_or_retry(self._database) as connection:
            if stale is None:
                rows = await connection.fetch(_SELECT)
            else:
                rows = await connection.fetch(f"{_SELECT} where sn = any($1::text[])", list(stale))
        found = {row["sn"]: dict(row) for row in rows}
        for sn in (set(self.known) if stale is None else stale) - found.keys():
            self.known.pop(sn, None)
            self._problems.pop(sn, None)
            self._copies.copy(COPIES, sn, None)
            self._notify(sn, None)
        for sn, row in found.items():
            try:
                device = self.known[sn] = msgspec.convert(row, Device)
            except msgspec.ValidationError as error:
                self._problems[sn] = Text("device.unusable", sn=sn, reason=str(error))
                log.error("%s", self._problems[sn])
            else:
                self._problems.pop(sn, None)
                self._copies.copy(COPIES, sn, msgspec.json.encode(device))
                self._notify(sn, device)

    def _notify(self, sn: str, device: Device | None) -> None:
        for call in self.on_change:
            call(sn, device)
