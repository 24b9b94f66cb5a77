"""When it alarms: hour of the day by day."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from viewer.readings import Readings

__all__ = ["Cell", "Kind", "alarm_cells"]

Kind = Literal["high", "low", "fault"]
FAULT = 16
"""The flag of a reading without concentration because the sensor or its raw value is broken; see the flow's node `device`."""

_ALARMS = {
    "high": "conc > ?",
    "low": "conc < ?",
    "fault": f"(err not in (0, 2) or (flags & {FAULT}) > 0) and ? is not null",
}


@dataclass(frozen=True)
class Cell:
    """One hour of one day in the page's time zone. `minutes` alarmed, over all devices; `alarms` began in it."""

    day: datetime.date
    hour: int
    minutes: int
    alarms: int


def alarm_cells(readings: Readings, kind: Kind, level: float, devices: Sequence[str]) -> list[Cell]:
    """All hours between the first and the last reading, those without an alarm too. A reading at the level is no alarm yet, as in the engine; an
    alarm begins with the first reading of a device that does."""
    rows = readings.sql.execute(
        f"""
        with judged as (
            select sn, time, coalesce({_ALARMS[kind]}, false) as alarms from readings where list_contains(?, sn)
        ), marked as (
            select *, alarms and not lag(alarms, 1, false) over (partition by sn order by time) as begins from judged
        ), hours as (
            select date_trunc('hour', time) as slot, count(distinct (sn, date_trunc('minute', time))) filter (where alarms) as minutes,
                count(*) filter (where begins) as begun
            from marked group by 1
        ), every as (
            select unnest(generate_series(min(slot), max(slot), interval 1 hour)) as slot from hours
        )
        select cast(slot as date), hour(slot), coalesce(sum(minutes), 0)::integer, coalesce(sum(begun), 0)::integer
        from every left join hours using (slot) group by 1, 2 order by 1, 2
        """,
        [level, list(devices)],
    ).fetchall()
    return [Cell(*row) for row in rows]
