"""Which devices report every second just now, and until when: known to every worker, shown to every page."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any

import msgspec

from engine.api import (
    Clock,
    Database,
    LiveHub,
    RetryableError,
    Supervisor,
    TableCache,
    Text,
    Timer,
    connection_or_retry,
    request_connection,
)
from plant.devices.commands import send_command

__all__ = ["CHANNEL", "DebugMode", "DebugRun"]

CHANNEL = "debugging"


class DebugRun(msgspec.Struct, frozen=True):
    """One device's fast reporting; it ends by itself. Times are Unix seconds by the server's clock; `ends_at` is None when it is over."""

    sn: str
    interval_s: float
    started_at: float
    ends_at: float | None
    by: str


class DebugMode:
    """The table `debugging` followed by every worker. A device that was told falls back by itself, so nothing has to be sent at the end."""

    def __init__(
        self,
        database: Database,
        hub: LiveHub,
        clock: Clock,
        mqtt_url: str | None,
        supervisor: Supervisor | None = None,
    ) -> None:
        self.running: dict[str, DebugRun] = {}
        self._database = database
        self._hub = hub
        self._clock = clock
        self._url = mqtt_url
        self._cache = TableCache("debugging", database, CHANNEL, self._read, supervisor)
        self._timer: Timer | None = None

    async def start(self) -> None:
        """Follows the table from now on."""
        await self._cache.start(wait_s=0.0)

    async def stop(self) -> None:
        """Follows it no more."""
        if self._timer is not None:
            self._timer.cancel()
        await self._cache.stop()

    def health(self) -> Mapping[str, Any]:
        """How many devices are being debugged."""
        return {"status": "ok", "running": len(self.running)}

    async def begin(self, sn: str, by: str, interval_s: float, duration_s: float) -> DebugRun:
        """Tells the device, and everybody. Raises RetryableError when the broker does not take the command; nothing has changed then."""
        now = self._clock.now()
        run = DebugRun(sn, interval_s, now, now + duration_s, by)
        async with request_connection(self._database) as connection, connection.transaction():
            await connection.execute(
                "insert into debugging (sn, interval_s, started_at, ends_at, by_user) values ($1, $2, $3, $4, $5) on conflict (sn) do update "
                "set interval_s = excluded.interval_s, started_at = excluded.started_at, ends_at = excluded.ends_at, by_user = excluded.by_user",
                sn,
                interval_s,
                _moment(now),
                _moment(now + duration_s),
                by,
            )
            await self._send(sn, interval_s, duration_s)
        return run

    async def end(self, sn: str, normal_interval_s: float) -> None:
        """Tells the device to go back to its normal interval at once. Raises RetryableError as `begin` does."""
        async with request_connection(self._database) as connection, connection.transaction():
            await connection.execute("delete from debugging where sn = $1", sn)
            await self._send(sn, normal_interval_s, 1)

    async def _send(self, sn: str, interval_s: float, duration_s: float) -> None:
        if self._url is None:
            raise RetryableError(Text("device.no-broker"))
        command = {"cmd": "set_rate", "interval": _short(interval_s), "duration": _short(duration_s)}
        await send_command(self._url, sn, command)

    async def _read(self, changed: object) -> None:
        now = self._clock.now()
        async with connection_or_retry(self._database) as connection:
            await connection.execute("delete from debugging where ends_at <= $1", _moment(now))
            rows = await connection.fetch("select sn, interval_s, started_at, ends_at, by_user from debugging")
        found = {
            row["sn"]: DebugRun(
                row["sn"], row["interval_s"], row["started_at"].timestamp(), row["ends_at"].timestamp(), row["by_user"]
            )
            for row in rows
        }
        for sn in self.running.keys() - found.keys():
            self._hub.publish(CHANNEL, sn, msgspec.structs.replace(self.running[sn], ends_at=None))
            self._hub.forget(CHANNEL, sn)
        for sn, run in found.items():
            if self.running.get(sn) != run:
                self._hub.publish(CHANNEL, sn, run)
        self.running = found
        if self._timer is not None:
            self._timer.cancel()
        ends = [run.ends_at for run in found.values() if run.ends_at is not None]
        if ends:
            self._timer = self._clock.call_later(max(0.0, min(ends) - self._clock.now()), self._cache.refresh)


def _short(seconds: float) -> float | int:
    """As the handbook writes it: 1 and not 1.0; the firmware may read whole numbers only."""
    return int(seconds) if seconds == int(seconds) else seconds


def _moment(seconds: float) -> datetime.datetime:
    return datetime.datetime.fromtimestamp(seconds, datetime.UTC)
