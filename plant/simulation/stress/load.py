"""The devices of a stress run: they publish on time, each packet numbered, and some leak once so that alarms can be timed."""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Mapping
from dataclasses import replace

import msgspec

from nodes.drivers.mqtt import BrokerAddress
from plant.model.device import Device
from plant.simulation.simulated_device import SimulatedDevice
from plant.simulation.stress.link import Link

__all__ = ["Load", "device_names", "stress_device"]

NORMAL_MV, LEAK_MV = 410.0, 800.0
"""2 ppm, and 80 ppm: above A2."""
TICK_S = 0.01
CONNECT_S, CONNECT_EACH_S = 60.0, 0.05
"""How long all connections may take to be made, TLS included."""


def device_names(count: int, prefix: str) -> list[str]:
    """STRESS00000, STRESS00001, …"""
    return [f"{prefix}{number:05}" for number in range(count)]


def stress_device(sn: str, interval_s: float) -> Device:
    """The registry's row: calibrated as a simulated device is."""
    return msgspec.structs.replace(SimulatedDevice(0).parameters(), sn=sn, name="stress", period_s=interval_s)


class Load:
    """`published` is {(sn, seq): Unix time of writing}; `leaks` is {sn: Unix time of the one packet above A2}.

    More devices than `connections` share them, device by device in turn.
    """

    def __init__(
        self,
        url: str,
        names: list[str],
        *,
        interval_s: float,
        connections: int,
        passwords: Mapping[str, str],
        ca_file: str | None = None,
    ) -> None:
        """ValueError when the address is none."""
        address = BrokerAddress.parse(url, ca_file=ca_file if url.startswith("mqtts:") else None, keepalive_s=60)
        tls = address.ssl_context()
        self.names = names
        self.interval_s = interval_s
        self.published: dict[tuple[str, int], float] = {}
        self.leaks: dict[str, float] = {}
        self.confirmed = 0
        self.late_s = 0.0
        """The longest time a packet was published after it was due: the generator's own lack of speed."""
        self.links = [
            Link(
                replace(address, username=name, password=passwords[name]) if name in passwords else address,
                f"stress-{name}",
                tls=tls,
                confirmed=self._count,
            )
            for name in names[:connections]
        ]
        self._random = random.Random(1)

    @property
    def connected(self) -> int:
        """Links that the broker has accepted."""
        return sum(link.ready for link in self.links)

    @property
    def losses(self) -> int:
        """Connections lost, or not made in time."""
        return sum(link.losses for link in self.links)

    @property
    def refusals(self) -> int:
        """Connections that the broker refused: a wrong password, usually."""
        return sum(link.refusals for link in self.links)

    async def connect(self, per_s: float = 400.0) -> None:
        """Makes the connections, not all at once: a site's devices do not either. TimeoutError when some are missing in the end."""
        async with asyncio.timeout(CONNECT_S + len(self.links) * CONNECT_EACH_S):
            for number, link in enumerate(self.links):
                link.start()
                if number % 20 == 19:
                    await asyncio.sleep(20 / per_s)
            while self.connected < len(self.links):  # noqa: ASYNC110 - thousands of links, looked at 20 times a second
                await asyncio.sleep(0.05)

    async def run(self, duration_s: float, leaks: int) -> None:
        """Publishes for that long: each device every interval, the devices spread over it. `leaks` of them leak once, each at a moment of its own."""
        count = len(self.names)
        rounds = max(1, round(duration_s / self.interval_s))
        # Not in the first round, where the engine may not know the device yet, nor in the last.
        leaking = set(self._random.sample(range(count), min(leaks, count))) if rounds > 2 else set()
        leak_round = {index: self._random.randrange(1, rounds - 1) for index in leaking}
        began = time.perf_counter()
        for number in range(rounds):
            for index, sn in enumerate(self.names):
                due = began + (number + index / count) * self.interval_s
                delay = due - time.perf_counter()
                if delay > TICK_S:
                    await asyncio.sleep(delay)
                elif index % 50 == 0:
                    await asyncio.sleep(0)
                self.late_s = max(self.late_s, -delay)
                self._publish(index, sn, number, leaks=leak_round.get(index) == number)

    async def settle(self, limit_s: float = 60.0) -> None:
        """Waits until the broker has confirmed everything, at most so long."""
        deadline = time.monotonic() + limit_s
        while self.confirmed < len(self.published) and time.monotonic() < deadline:  # noqa: ASYNC110 - a hot path
            await asyncio.sleep(0.05)

    async def stop(self) -> None:
        """Closes all connections."""
        await asyncio.gather(*(link.stop() for link in self.links))

    def _publish(self, index: int, sn: str, seq: int, *, leaks: bool) -> None:
        now = time.time()
        raw = (LEAK_MV if leaks else NORMAL_MV) + self._random.uniform(-2, 2)
        payload = b'{"ts":%d,"seq":%d,"v_raw":%.1f,"temp":25.4,"humi":45.0,"bat":88,"rssi":-75,"net":"4G","err":0}' % (
            int(now),
            seq,
            raw,
        )
        self.published[sn, seq] = now
        if leaks:
            self.leaks[sn] = now
        self.links[index % len(self.links)].publish(f"metachip/gas/{sn}/data", payload)

    def _count(self) -> None:
        self.confirmed += 1
