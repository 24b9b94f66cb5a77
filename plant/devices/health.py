"""How each device is doing: its packets, battery, signal, and when it was last heard."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

from plant.model.packet_loss import PacketCount
from plant.model.reading import Flag, Reading

__all__ = ["DeviceFigures", "DeviceHealth"]


class DeviceFigures(msgspec.Struct, frozen=True):
    """The figures of one device at this moment. Times are Unix seconds, shares per cent, `rssi` dBm.

    clock_ahead_s   by how much its clock is ahead of the server's, below 0 when it is behind; None while it is right
    """

    sn: str
    received: int
    lost: int
    loss_pct: float
    duplicates: int
    late: int
    reboots: int
    malformed: int
    last_seen: float
    bat: int | None
    rssi: int | None
    net: str | None
    flags: int
    clock_ahead_s: float | None


class DeviceHealth:
    """The last reading and the packet count of every device, as `sequence-check` has seen them."""

    def __init__(self) -> None:
        self._devices: dict[str, tuple[PacketCount, Reading | None]] = {}

    def note(self, sn: str, count: PacketCount, reading: Reading | None) -> None:
        """Keeps both by reference; costs as much as a dict entry. `reading` is None for what is only remembered from before a restart."""
        self._devices[sn] = (count, reading)

    def of(self, sn: str) -> DeviceFigures | None:
        """The figures of a device, None when it was never heard."""
        known = self._devices.get(sn)
        if known is None:
            return None
        count, reading = known
        return DeviceFigures(
            sn=sn,
            received=count.received,
            lost=count.lost,
            loss_pct=round(count.loss_pct, 2),
            duplicates=count.duplicates,
            late=count.late,
            reboots=count.reboots,
            malformed=count.malformed,
            last_seen=reading.received_at if reading else count.last_ts,
            bat=reading.bat if reading else None,
            rssi=reading.rssi if reading else None,
            net=reading.net if reading else None,
            flags=reading.flags if reading else 0,
            clock_ahead_s=round(reading.ts - reading.received_at, 1)
            if reading and reading.flags & Flag.CLOCK
            else None,
        )

    def all(self) -> list[DeviceFigures]:
        """The figures of every device that was heard, by serial number."""
        return [figures for sn in sorted(self._devices) if (figures := self.of(sn)) is not None]

    async def start(self) -> None:
        """Nothing to start."""

    async def stop(self) -> None:
        """Nothing to stop."""

    def health(self) -> Mapping[str, Any]:
        """The number of devices heard."""
        return {"status": "ok", "heard": len(self._devices)}
