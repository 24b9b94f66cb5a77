"""A gas detector that exists only in the computer: what it measures, what goes wrong with it, and how it obeys commands."""

from __future__ import annotations

import math
import random
from collections.abc import Mapping
from typing import Any, Final, Literal

from plant.model.device import Device
from plant.plans.demo_plan import Spot

__all__ = ["KINDS", "Kind", "SimulatedDevice", "fleet"]

Kind = Literal["normal", "leaking", "drifting", "faulty", "lossy", "weak"]

KINDS: Final[tuple[Kind, ...]] = ("leaking", "drifting", "faulty", "lossy", "weak")
"""The first five of a fleet are these, the others are normal."""

# 0 ppm is 400 mV, and the range of 500 ppm ends below the rail.
K, B, T_COEF = 0.2, -80.0, 0.05
NORMAL_INTERVAL_S = 10.0
FASTEST_S = 1.0
RAIL_MV = 3300.0
OPEN_CIRCUIT, WARMING_UP = 1, 2
WARM_UP_S = 30.0
LEAK_EVERY_S, LEAK_AFTER_S, LEAK_RISE_S, LEAK_LASTS_S, LEAK_PPM = 600.0, 10.0, 30.0, 180.0, 80.0
FAULT_EVERY_S, FAULT_LASTS_S = 240.0, 60.0
DAY_S = 86400.0


class SimulatedDevice:
    """Deterministic: the same serial number, kind and seed give the same packets at the same times.

    It counts packets from a random number and wraps at 65536, measures a concentration through `k`, `b` and `t_coef` with noise, and takes the
    command `set_rate`, from which it falls back by itself. Times are Unix seconds; ages count from the first packet.
    """

    def __init__(
        self, number: int, kind: Kind = "normal", *, seed: int = 1, interval_s: float = NORMAL_INTERVAL_S
    ) -> None:
        self.sn = f"GS{number:06d}"
        self.kind = kind
        self.normal_interval_s = interval_s
        self._random = random.Random(f"{seed}/{self.sn}")
        self._seq = 65530 if number == 1 else self._random.randrange(65536)
        self._began: float | None = None
        self._fast_until = 0.0
        self._fast_interval_s = FASTEST_S
        self._phase = self._random.uniform(0, DAY_S)
        self._base_ppm = self._random.uniform(0.5, 4.0)
        self._battery = self._random.uniform(60, 100)

    def interval_s(self, now: float) -> float:
        """Time until the next packet: the normal one, or the commanded one while that lasts."""
        return self._fast_interval_s if now < self._fast_until else self.normal_interval_s

    def obey(self, command: Mapping[str, Any], now: float) -> bool:
        """Takes `{"cmd": "set_rate", "interval": s, "duration": s}`; False, and no change, for anything it does not understand."""
        interval, duration = command.get("interval"), command.get("duration")
        if command.get("cmd") != "set_rate" or not _positive(interval) or not _positive(duration):
            return False
        self._fast_interval_s = max(FASTEST_S, float(interval))  # type: ignore[arg-type]  # _positive has seen a number
        self._fast_until = now + float(duration)  # type: ignore[arg-type]
        return True

    def packets(self, now: float) -> list[dict[str, Any]]:
        """What it sends now: one packet, or for a lossy one sometimes none, or the same one twice."""
        packet = self._packet(now)
        if self.kind != "lossy":
            return [packet]
        luck = self._random.random()
        return [] if luck < 0.1 else [packet, packet] if luck < 0.15 else [packet]

    def parameters(self, plan_id: int | None = None, spot: Spot | None = None) -> Device:
        """The registry's row for it, with the calibration that it measures by. `spot` is its place on that plan."""
        placed = spot is not None and plan_id is not None
        return Device(
            sn=self.sn,
            name=spot.name if spot is not None else f"{self.kind} {self.sn[-3:]}",
            gas="CO",
            k=K,
            b=B,
            t_coef=T_COEF,
            raw_high=RAIL_MV,
            range_high=500.0,
            a1=20.0,
            a1_deadband=2.0,
            a2=50.0,
            a2_deadband=5.0,
            location=spot.location if spot is not None else "",
            plan_id=plan_id if placed else None,
            left_pct=spot.left_pct if placed and spot is not None else None,
            top_pct=spot.top_pct if placed and spot is not None else None,
            period_s=self.normal_interval_s,
        )

    def _packet(self, now: float) -> dict[str, Any]:
        if self._began is None:
            self._began = now
        age_s = now - self._began
        err = self._err(age_s)
        temp = 25.0 + 6.0 * math.sin(2 * math.pi * (now + self._phase) / DAY_S) + self._random.gauss(0, 0.1)
        self._battery = max(5.0, self._battery - 0.0005)
        weak = self.kind == "weak"
        seq, self._seq = self._seq, (self._seq + 1) % 65536
        return {
            "ts": int(now),
            "seq": seq,
            "v_raw": RAIL_MV if err == OPEN_CIRCUIT else self._raw(age_s, temp),
            "temp": round(temp, 1),
            "humi": round(self._random.uniform(40, 60), 1),
            "bat": 12 if weak else int(self._battery),
            "rssi": self._random.randint(-112, -101) if weak else self._random.randint(-90, -60),
            "net": "4G",
            "err": err,
        }

    def _err(self, age_s: float) -> int:
        if self.kind != "faulty":
            return 0
        if age_s < WARM_UP_S:
            return WARMING_UP
        return OPEN_CIRCUIT if (age_s - WARM_UP_S) % FAULT_EVERY_S < FAULT_LASTS_S else 0

    def _raw(self, age_s: float, temp: float) -> float:
        ppm = self._base_ppm + self._random.gauss(0, 0.2)
        if self.kind == "leaking":
            ppm += _leak(age_s)
        elif self.kind == "drifting":
            ppm -= 3.0 * age_s / 3600  # down, as an ageing cell: the server holds it at 0
        return round((ppm - B - T_COEF * (temp - 25.0)) / K, 1)


def fleet(size: int, *, seed: int = 1, interval_s: float = NORMAL_INTERVAL_S) -> list[SimulatedDevice]:
    """`size` devices GS000001, GS000002, …: one of every kind of trouble, the others normal."""
    return [
        SimulatedDevice(
            number, KINDS[number - 1] if number <= len(KINDS) else "normal", seed=seed, interval_s=interval_s
        )
        for number in range(1, size + 1)
    ]


def _leak(age_s: float) -> float:
    since = (age_s - LEAK_AFTER_S) % LEAK_EVERY_S
    if age_s < LEAK_AFTER_S or since > LEAK_LASTS_S + LEAK_RISE_S:
        return 0.0
    if since <= LEAK_RISE_S:
        return LEAK_PPM * since / LEAK_RISE_S
    return LEAK_PPM * min(1.0, (LEAK_LASTS_S + LEAK_RISE_S - since) / LEAK_RISE_S)


def _positive(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool) and 0 < value < math.inf
