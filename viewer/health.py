"""How each sensor has been doing: loss, battery, signal, faults, drift, values that stand still."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from typing import Any, Literal

from viewer.readings import Readings

__all__ = ["Finding", "Grade", "SensorHealth", "sensor_health"]

Grade = Literal["good", "watch", "bad"]

POOR_DBM = -100
"""Handbook 2.3: below that the network counts as poor."""
FULL_TURN = 65536


@dataclass(frozen=True)
class Finding:
    """Something that is worth a look: a key of the page's words, the figure, and how serious it is."""

    key: str
    value: float
    grade: Grade


@dataclass(frozen=True)
class SensorHealth:
    """Of one device. Shares are per cent; None where the files do not say.

    lost         packets that are missing between the sequence numbers; a number that starts again from below counts as a reboot
    battery_days until 20 % at the rate of the files; None while it does not fall
    drift_pct    how far the daily base line (the lowest twentieth of the raw value) has moved from the first to the last day, of its median;
                 None with less than three days
    stuck_s      the longest time in which the raw value was exactly the same
    daily        median of the raw value, by day
    """

    sn: str
    rows: int
    first: datetime.datetime
    last: datetime.datetime
    lost: int
    loss_pct: float
    reboots: int
    battery: float | None
    battery_low: float | None
    battery_days: float | None
    signal_dbm: float | None
    poor_pct: float
    fault_pct: float
    warming_pct: float
    drift_pct: float | None
    stuck_s: float
    conc_mean: float | None
    conc_high: float | None
    daily: tuple[float, ...]

    @property
    def findings(self) -> list[Finding]:
        """What is not as it should be, the most serious first."""
        drift = abs(self.drift_pct or 0.0)
        judged = [
            ("loss", self.loss_pct, 2.0, 20.0),
            ("fault", self.fault_pct, 0.5, 10.0),
            ("stuck", self.stuck_s / 3600, 1.0, 12.0),
            ("drift", drift, 5.0, 20.0),
            ("poor", self.poor_pct, 20.0, 60.0),
            ("reboots", float(self.reboots), 3.0, 50.0),
        ]
        found = [
            Finding(key, value, "bad" if value >= bad else "watch")
            for key, value, watch, bad in judged
            if value >= watch
        ]
        if self.battery is not None and self.battery < 30:
            found.append(Finding("battery", self.battery, "bad" if self.battery < 15 else "watch"))
        return sorted(found, key=lambda finding: finding.grade != "bad")

    @property
    def grade(self) -> Grade:
        """The most serious finding decides."""
        return self.findings[0].grade if self.findings else "good"


_SENSORS = f"""
with steps as (
    select *, nullif(seq, -1) - lag(nullif(seq, -1)) over in_order as step, v_raw is distinct from lag(v_raw) over in_order as moved
    from readings window in_order as (partition by sn order by time, seq)
), judged as (
    select *,
        case when step > 1 then step - 1 when step < -{FULL_TURN // 2} then step + {FULL_TURN} - 1 else 0 end as missing,
        step < 0 and step >= -{FULL_TURN // 2} as reboots,
        sum(moved::integer) over (partition by sn order by time, seq) as run
    from steps
), runs as (
    select sn, max(length) as stuck_s from (select sn, run, epoch(max(time)) - epoch(min(time)) as length from judged group by sn, run) group by sn
), days as (
    select sn, cast(time as date) as day, quantile_cont(v_raw, 0.05) filter (where err = 0) as base, median(v_raw) as middle
    from readings group by 1, 2
), bases as (
    select sn, count(base) as days, arg_max(base, day) - arg_min(base, day) as moved, median(base) as usual, list(middle order by day) as daily
    from days group by sn
)
select judged.sn, count(*), epoch(min(time)), epoch(max(time)), sum(missing)::bigint, 100.0 * sum(missing) / (count(*) + sum(missing)),
    count(*) filter (where reboots), arg_max(bat, time), min(bat)::double, regr_slope(bat, epoch(time) / 86400), avg(rssi),
    coalesce(100.0 * count(*) filter (where rssi < {POOR_DBM}) / nullif(count(rssi), 0), 0),
    100.0 * count(*) filter (where err not in (0, 2)) / count(*),
    100.0 * count(*) filter (where err = 2) / count(*),
    any_value(case when days >= 3 and usual <> 0 then 100.0 * bases.moved / abs(usual) end),
    any_value(stuck_s), avg(conc), max(conc), any_value(daily)
from judged join runs using (sn) join bases using (sn) group by judged.sn order by judged.sn
"""


def sensor_health(readings: Readings) -> list[SensorHealth]:
    """All devices by serial number."""
    return [_health(readings, *row) for row in readings.sql.execute(_SENSORS).fetchall()]


def _health(
    readings: Readings,
    sn: str,
    rows: int,
    first: float,
    last: float,
    lost: int,
    loss_pct: float,
    reboots: int,
    *rest: Any,
) -> SensorHealth:
    (
        battery,
        battery_low,
        slope,
        signal_dbm,
        poor_pct,
        fault_pct,
        warming_pct,
        drift_pct,
        stuck_s,
        conc_mean,
        conc_high,
        daily,
    ) = rest
    falls = battery is not None and slope is not None and slope < -0.01
    return SensorHealth(
        sn=sn,
        rows=rows,
        first=readings.moment(first),
        last=readings.moment(last),
        lost=lost,
        loss_pct=loss_pct,
        reboots=reboots,
        battery=battery,
        battery_low=battery_low,
        battery_days=max(0.0, (battery - 20) / -slope) if falls else None,
        signal_dbm=signal_dbm,
        poor_pct=poor_pct,
        fault_pct=fault_pct,
        warming_pct=warming_pct,
        drift_pct=drift_pct,
        stuck_s=stuck_s,
        conc_mean=conc_mean,
        conc_high=conc_high,
        daily=tuple(daily),
    )
