"""The report of a stress run, for people and as JSON."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from engine.api import Text
from plant.simulation.stress.watch import Cost

__all__ = ["Latency", "StressReport", "latency"]


class Latency(msgspec.Struct, frozen=True, kw_only=True):
    """Milliseconds."""

    count: int
    p50: float
    p99: float
    max: float


class StressReport(msgspec.Struct, frozen=True, kw_only=True):
    """`lost` is what was published and is not in the database; `twice` what is there more than once. `arrival` is publishing to the
    engine's reading of it, `alarm` publishing to the alarm's row being readable."""

    devices: int
    connections: int
    interval_s: float
    seconds: float
    published: int
    confirmed: int
    stored: int
    lost: int
    twice: int
    connections_lost: int
    rate_per_s: float
    generator_late_ms: float
    alarms_expected: int
    alarms_seen: int
    arrival: Latency | None
    alarm: Latency | None
    costs: dict[str, Cost]
    cores: int

    @property
    def passed(self) -> bool:
        """Nothing lost, nothing twice, every alarm raised."""
        return self.lost == 0 and self.twice == 0 and self.alarms_seen == self.alarms_expected

    def text(self) -> Text:
        """Some lines for people."""
        share = (
            Text("command.report-devices", count=self.devices)
            if self.connections == self.devices
            else Text("command.report-shared", count=self.devices, connections=self.connections)
        )
        lines = [
            Text(
                "command.report-load",
                devices=share,
                interval=self.interval_s,
                seconds=round(self.seconds),
                cores=self.cores,
            ),
            Text(
                "command.report-published",
                count=self.published,
                rate=round(self.rate_per_s),
                confirmed=self.confirmed,
            ),
            Text(
                "command.report-stored",
                count=self.stored,
                lost=self.lost,
                twice=self.twice,
                connections=self.connections_lost,
            ),
            Text("command.report-arrival", latency=_latency_text(self.arrival)),
            Text(
                "command.report-alarms",
                seen=self.alarms_seen,
                expected=self.alarms_expected,
                latency=_latency_text(self.alarm),
            ),
        ]
        if self.generator_late_ms > 1000 * self.interval_s / 10:
            lines.append(Text("command.report-late", late=round(self.generator_late_ms)))
        for name, cost in self.costs.items():
            lines.append(
                Text(
                    "command.report-cost",
                    name=name,
                    cpu=f"{cost.cpu_pct:.1f}",
                    memory=f"{cost.memory_mb:.1f}",
                    peak=f"{cost.peak_mb:.1f}",
                )
            )
        lines.append(Text("command.report-passed") if self.passed else Text("command.report-failed"))
        return Text("command.report", lines=lines)


def latency(values_s: Sequence[float]) -> Latency | None:
    """None without values."""
    if not values_s:
        return None
    ordered = sorted(values_s)

    def at(share: float) -> float:
        return round(1000 * ordered[min(len(ordered) - 1, int(len(ordered) * share))], 1)

    return Latency(count=len(ordered), p50=at(0.5), p99=at(0.99), max=round(1000 * ordered[-1], 1))


def _latency_text(latency: Latency | None) -> Text:
    if latency is None:
        return Text("command.not-measured")
    return Text("command.latency", p50=f"{latency.p50:.1f}", p99=f"{latency.p99:.1f}", longest=f"{latency.max:.1f}")
