"""The report of a stress run, for people and as JSON."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

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

    def text(self) -> str:
        """Some lines for people."""
        share = "" if self.connections == self.devices else f" over {self.connections} connections"
        lines = [
            f"{self.devices} devices{share}, one packet every {self.interval_s:g} s each, for {self.seconds:.0f} s on {self.cores} cores",
            f"  published   {self.published} ({self.rate_per_s:.0f}/s), confirmed by the broker {self.confirmed}",
            f"  stored      {self.stored}: lost {self.lost}, twice {self.twice}, connections lost {self.connections_lost}",
            f"  arrival     {_format_latency(self.arrival)}",
            f"  alarms      {self.alarms_seen} of {self.alarms_expected}, readable {_format_latency(self.alarm)} after publishing",
        ]
        if self.generator_late_ms > 1000 * self.interval_s / 10:
            lines.append(
                f"  the generator itself was up to {self.generator_late_ms:.0f} ms late: too slow a machine for both"
            )
        for name, cost in self.costs.items():
            lines.append(
                f"  {name:12}{cost.cpu_pct:6.1f} % of a core, {cost.memory_mb:6.1f} MB (peak {cost.peak_mb:.1f} MB)"
            )
        lines.append("  all stored once, every alarm raised" if self.passed else "  NOT as it should be")
        return "\n".join(lines)


def latency(values_s: Sequence[float]) -> Latency | None:
    """None without values."""
    if not values_s:
        return None
    ordered = sorted(values_s)

    def at(share: float) -> float:
        return round(1000 * ordered[min(len(ordered) - 1, int(len(ordered) * share))], 1)

    return Latency(count=len(ordered), p50=at(0.5), p99=at(0.99), max=round(1000 * ordered[-1], 1))


def _format_latency(latency: Latency | None) -> str:
    if latency is None:
        return "not measured"
    return f"p50 {latency.p50:.1f} ms, p99 {latency.p99:.1f} ms, longest {latency.max:.1f} ms"
