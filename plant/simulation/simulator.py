"""Simulated gas detectors that speak the real protocol to a real broker, each over a connection of its own."""

from __future__ import annotations

import asyncio
import logging
import ssl
import time
from collections import deque
from collections.abc import Sequence
from urllib.parse import unquote, urlsplit

import aiomqtt
import msgspec

from engine.api import BackgroundJobs, Backoff, Clock, SystemClock, Text
from plant.simulation.simulated_device import SimulatedDevice

__all__ = ["Report", "Simulator"]

log = logging.getLogger("mcs.simulator")

KEEPALIVE_S = 60
KEPT_PACKETS = 100
"""What a device keeps while it has no connection; older packets are gone, as on the real one."""
ANSWER_S = 10.0


class Report(msgspec.Struct):
    """What a run has done. `latencies_ms` are times from publishing to the broker's confirmation (QoS 1, 2), the last ten thousand."""

    sent: int = 0
    lost_connections: int = 0
    commands: int = 0
    latencies_ms: deque[float] = msgspec.field(default_factory=lambda: deque(maxlen=10_000))

    def text(self, seconds: float) -> Text:
        """One line for people."""
        rate = self.sent / seconds if seconds else 0.0
        sent = Text(
            "command.sent",
            packets=self.sent,
            seconds=f"{seconds:.1f}",
            rate=f"{rate:.1f}",
            lost=self.lost_connections,
            commands=self.commands,
        )
        if not self.latencies_ms:
            return sent
        ordered = sorted(self.latencies_ms)
        p50, p99 = ordered[len(ordered) // 2], ordered[int(len(ordered) * 0.99)]
        return Text("command.sent-confirmed", sent=sent, p50=f"{p50:.1f}", p99=f"{p99:.1f}")


class Simulator:
    """Runs devices until it is cancelled, or until each has sent `count` packets.

    `speed` makes intervals that many times shorter; the packets carry the true time. Connections that are lost are made again.
    """

    def __init__(
        self,
        url: str,
        devices: Sequence[SimulatedDevice],
        *,
        qos: int = 1,
        speed: float = 1.0,
        count: int | None = None,
        clock: Clock | None = None,
        ca_file: str | None = None,
    ) -> None:
        """`url` is mqtt://[user[:password]@]host[:port], or mqtts:// for TLS. ValueError when it is neither, or `ca_file` is no PEM file;
        it never quotes the password.
        """
        parts = urlsplit(url)
        if parts.scheme not in ("mqtt", "mqtts") or not parts.hostname:
            raise ValueError(Text("command.address"))
        self.report = Report()
        self.devices = list(devices)
        self._host, self._tls = parts.hostname, parts.scheme == "mqtts"
        self._port = parts.port or (8883 if self._tls else 1883)
        self._user = unquote(parts.username) if parts.username else None
        self._password = unquote(parts.password) if parts.password else None
        self._context = _context(ca_file) if self._tls else None
        self._logged = ""
        self._qos, self._speed, self._count = qos, speed, count
        self._clock: Clock = clock or SystemClock()

    async def run(self) -> Report:
        """The report when all are done. Cancelled, it closes all connections; `report` has what was sent until then."""
        async with asyncio.TaskGroup() as group:
            for number, device in enumerate(self.devices):
                # Spread over the first interval, as devices that were switched on one after the other.
                delay_s = device.normal_interval_s / self._speed * number / len(self.devices)
                group.create_task(self._live(device, delay_s), name=f"device {device.sn}")
        return self.report

    async def _live(self, device: SimulatedDevice, delay_s: float) -> None:
        await self._clock.sleep(delay_s)
        waiting: deque[bytes] = deque(maxlen=KEPT_PACKETS)
        backoff = Backoff(self._clock, first_s=1.0)
        async with BackgroundJobs() as jobs:
            measuring = jobs.start(f"device {device.sn}", self._measure, device, waiting)
            while not measuring.done() or waiting:
                try:
                    async with self._client(device) as client:
                        backoff.reset()
                        await self._serve(device, client, waiting, measuring)
                except (aiomqtt.MqttError, OSError) as lost:
                    _go_if_cancelled()
                    self.report.lost_connections += 1
                    self._log_problem(str(lost))
                    await backoff.wait()

    def _log_problem(self, problem: str) -> None:
        """Once for all devices, and again when it is another problem."""
        if problem != self._logged:
            self._logged = problem
            log.warning("no connection to the broker at %s:%d (%s); trying again", self._host, self._port, problem)

    async def _measure(self, device: SimulatedDevice, waiting: deque[bytes]) -> None:
        made = 0
        while self._count is None or made < self._count:
            now = self._clock.now()
            waiting.extend(msgspec.json.encode(packet) for packet in device.packets(now))
            made += 1
            if made != self._count:
                await self._clock.sleep(device.interval_s(now) / self._speed)

    async def _serve(
        self, device: SimulatedDevice, client: aiomqtt.Client, waiting: deque[bytes], measuring: asyncio.Task[None]
    ) -> None:
        """Sends what waits and takes commands, until nothing more will come or the connection is lost."""
        topic = f"metachip/gas/{device.sn}"
        await client.subscribe(f"{topic}/cmd", qos=1)
        # Not a job: its end, and what it raises, is how the loss of the connection is noticed.
        commands = asyncio.create_task(self._take_commands(device, client))
        try:
            while not commands.done():
                while waiting:
                    began = time.perf_counter()
                    await client.publish(f"{topic}/data", waiting[0], qos=self._qos, timeout=ANSWER_S)
                    _go_if_cancelled()
                    waiting.popleft()
                    self.report.sent += 1
                    if self._qos:
                        self.report.latencies_ms.append((time.perf_counter() - began) * 1000)
                if measuring.done():
                    return
                await self._clock.sleep(min(0.1, device.normal_interval_s / self._speed / 4))
            commands.result()
        finally:
            commands.cancel()
            await asyncio.gather(commands, return_exceptions=True)

    async def _take_commands(self, device: SimulatedDevice, client: aiomqtt.Client) -> None:
        async for message in client.messages:
            try:
                command = msgspec.json.decode(message.payload, type=dict)
            except (msgspec.MsgspecError, UnicodeDecodeError):
                continue  # the firmware ignores what it can't read
            if device.obey(command, self._clock.now()):
                self.report.commands += 1

    def _client(self, device: SimulatedDevice) -> aiomqtt.Client:
        return aiomqtt.Client(
            self._host,
            self._port,
            username=self._user,
            password=self._password,
            identifier=f"sim-{device.sn}",
            keepalive=KEEPALIVE_S,
            tls_context=self._context,
        )


def _context(ca_file: str | None) -> ssl.SSLContext:
    try:
        return ssl.create_default_context(cafile=ca_file)
    except OSError as wrong:
        raise ValueError(Text("command.no-pem", file=ca_file or "", reason=str(wrong))) from wrong


def _go_if_cancelled() -> None:
    """aiomqtt waits with `asyncio.wait_for`, which before Python 3.12 swallows a cancellation that comes in the same turn as the answer."""
    task = asyncio.current_task()
    if task is not None and task.cancelling():
        raise asyncio.CancelledError
