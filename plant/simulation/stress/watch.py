"""What a stress run costs: CPU and memory of the processes named, and the moment at which each alarm can be seen."""

from __future__ import annotations

import asyncio
import contextlib
import time

import asyncpg
import msgspec
import psutil

from engine.api import BackgroundTask

__all__ = ["AlarmWatch", "Cost", "Costs"]

LOOK_EVERY_S = 0.5
POLL_S = 0.02


class Cost(msgspec.Struct, frozen=True, kw_only=True):
    """One part of the server. `cpu_pct` is of one core, on average; memory is resident, without what PostgreSQL's processes share."""

    cpu_pct: float
    memory_mb: float
    peak_mb: float


class Costs:
    """`parts` are {name: process id}; children count as part of their parent."""

    def __init__(self, parts: dict[str, int]) -> None:
        self._parts = parts
        self._cpu_before: dict[str, float] = {}
        self._began = 0.0
        self._peaks: dict[str, float] = {}
        self._task = BackgroundTask("stress costs", self._look)

    def start(self) -> None:
        """From here on it counts."""
        self._began = time.monotonic()
        self._cpu_before = {name: self._cpu_s(pid) for name, pid in self._parts.items()}
        self._task.start()

    async def stop(self) -> dict[str, Cost]:
        """What each part has cost since."""
        await self._task.stop()
        seconds = max(0.001, time.monotonic() - self._began)
        costs: dict[str, Cost] = {}
        for name, pid in self._parts.items():
            memory = self._memory_mb(pid)
            costs[name] = Cost(
                cpu_pct=round(100 * (self._cpu_s(pid) - self._cpu_before[name]) / seconds, 1),
                memory_mb=round(memory, 1),
                peak_mb=round(max(memory, self._peaks.get(name, 0.0)), 1),
            )
        return costs

    async def _look(self) -> None:
        while True:
            for name, pid in self._parts.items():
                self._peaks[name] = max(self._peaks.get(name, 0.0), self._memory_mb(pid))
            await asyncio.sleep(LOOK_EVERY_S)

    @staticmethod
    def _processes(pid: int) -> list[psutil.Process]:
        with contextlib.suppress(psutil.Error):
            parent = psutil.Process(pid)
            return [parent, *parent.children(recursive=True)]
        return []

    def _cpu_s(self, pid: int) -> float:
        total = 0.0
        for process in self._processes(pid):
            with contextlib.suppress(psutil.Error):
                times = process.cpu_times()
                # A child that has ended counts in its parent's.
                total += times.user + times.system + times.children_user + times.children_system
        return total

    def _memory_mb(self, pid: int) -> float:
        total = 0
        for process in self._processes(pid):
            with contextlib.suppress(psutil.Error):
                memory = process.memory_info()
                # The shared buffers are mapped by every process of PostgreSQL; they are counted once, by the parent.
                total += memory.rss if process.pid == pid else memory.rss - memory.shared
        return total / 1e6


class AlarmWatch:
    """Polls the alarm table every 20 ms: `seen` is {sn: Unix time at which its first alarm could be read}."""

    def __init__(self, connection: asyncpg.Connection, prefix: str) -> None:
        self.seen: dict[str, float] = {}
        self._connection = connection
        self._prefix = prefix
        self._last_id = 0
        self._task = BackgroundTask("stress alarms", self._poll)

    async def start(self) -> None:
        """Earlier alarms do not count."""
        self._last_id = await self._connection.fetchval("select coalesce(max(id), 0) from alarms")
        self._task.start()

    async def stop(self) -> None:
        """Ends the polling."""
        await self._task.stop()

    async def _poll(self) -> None:
        while True:
            rows = await self._connection.fetch(
                "select id, sn from alarms where id > $1 and starts_with(sn, $2) order by id",
                self._last_id,
                self._prefix,
            )
            now = time.time()
            for row in rows:
                self._last_id = row["id"]
                self.seen.setdefault(row["sn"], now)
            await asyncio.sleep(POLL_S)
