"""One measured run: so many readings through a candidate, and what they cost it."""

from __future__ import annotations

import asyncio
import contextlib
import re
import time
from collections.abc import AsyncIterator

import aiohttp
import msgspec
import psutil

from tests.bench.candidate import DEVICES, Candidate
from tests.delivery.engine_process import Load

LOOK_S = 0.1
PATIENCE_S = 60.0
_TS = re.compile(rb'"ts":\s*(\d+\.\d+)')


class Run(msgspec.Struct, kw_only=True):
    """CPU is user and system time of the candidate's process alone; `rss_mb` the most that was seen. Latencies are in milliseconds."""

    sent: int
    handled: int
    cpu_us: float
    per_s: float
    rss_mb: float
    p50_ms: float | None = None
    p99_ms: float | None = None


class Watcher:
    """A page that shows live readings: it reads every frame and knows how old each reading was."""

    def __init__(self) -> None:
        self.since = time.time()  # older readings are what the page is shown first
        self.ages_s: list[float] = []

    @contextlib.asynccontextmanager
    async def watching(self, candidate: Candidate) -> AsyncIterator[Watcher]:
        """Connected for the block."""
        url, headers, first = await candidate.live()
        async with (
            aiohttp.ClientSession() as session,
            session.ws_connect(url, headers=headers, max_msg_size=0) as socket,
        ):
            if first:
                await socket.send_str(first)
            reading = asyncio.create_task(self._read(socket))
            try:
                yield self
            finally:
                reading.cancel()
                await asyncio.gather(reading, return_exceptions=True)

    async def _read(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        async for message in socket:
            now = time.time()
            data = message.data if isinstance(message.data, bytes) else message.data.encode()
            sent = [float(moment) for moment in _TS.findall(data)]
            self.ages_s += [now - moment for moment in sent if moment >= self.since]


async def measure(candidate: Candidate, *, first: int, count: int, qos: int, rate: float = 0.0) -> Run:
    """Publishes readings number `first` to `first + count` and waits until the candidate is done with them."""
    process = psutil.Process(candidate.pid)
    before = await candidate.handled()
    began_s, rss = cpu_s(process), process.memory_info().rss
    publishing = Load(
        candidate.mqtt_url, devices=DEVICES, first=first, count=count, qos=qos, rate=rate, alarm=0.01, stamp=""
    )
    try:
        handled, ended = 0, 0.0
        deadline = time.monotonic() + PATIENCE_S + (count / rate if rate else 0.0)
        while handled < count and time.monotonic() < deadline:
            at = cpu_s(process)
            await asyncio.sleep(LOOK_S)
            rss = max(rss, process.memory_info().rss)
            # Asked only when it seems to be done: the question costs it something too.
            if publishing.over and cpu_s(process) - at < LOOK_S / 3:
                handled = await candidate.handled() - before
                ended = time.time()
        told = await publishing.finished()
    finally:
        publishing.stop()
    used_s = cpu_s(process) - began_s
    return Run(
        sent=count,
        handled=handled,
        cpu_us=used_s / max(1, handled) * 1e6,
        per_s=handled / max(1e-9, ended - told["began"]),
        rss_mb=rss / 2**20,
    )


async def latency(candidate: Candidate, *, first: int, count: int, rate: float) -> Run:
    """The same at an even rate, with the age of the readings on the page."""
    watcher = Watcher()
    async with watcher.watching(candidate):
        run = await measure(candidate, first=first, count=count, qos=1, rate=rate)
    ages = sorted(age * 1000 for age in watcher.ages_s[len(watcher.ages_s) // 10 :])
    if ages:
        run.p50_ms, run.p99_ms = ages[len(ages) // 2], ages[len(ages) * 99 // 100]
    return run


def cpu_s(process: psutil.Process) -> float:
    """What a process has used so far, in seconds of CPU."""
    times = process.cpu_times()
    return float(times.user + times.system)
