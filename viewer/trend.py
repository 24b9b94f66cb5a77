"""Curves with few points that keep every peak."""

from __future__ import annotations

import datetime
from collections.abc import Sequence

from viewer.readings import Readings

__all__ = ["VALUES", "Point", "curve"]

VALUES = ("conc", "v_raw", "temp", "humi", "bat", "rssi")
"""What can be drawn."""

Point = tuple[str, datetime.datetime, float | None]
"""(device, time, value); a value of None is where the line breaks."""

BREAK_S = 300.0


def curve(
    readings: Readings,
    value: str,
    devices: Sequence[str],
    begin: datetime.datetime,
    end: datetime.datetime,
    parts: int = 600,
) -> list[Point]:
    """At most twice `parts` points per device: the time from `begin` to `end` is cut into parts, and of each the least and the greatest
    value are drawn where they are, so that no peak is lost however long the time. The line breaks where nothing came for more than five
    minutes (or three parts). ValueError for a value that can't be drawn.
    """
    if value not in VALUES:
        raise ValueError(f"{value!r} can't be drawn; take one of {', '.join(VALUES)}")
    width_s = max((end - begin).total_seconds() / parts, 1e-3)
    rows = readings.sql.execute(
        f"""
        with parts as (
            select sn, floor((epoch(time) - ?) / ?) as part, min({value}) as low, arg_min(time, {value}) as low_at,
                max({value}) as high, arg_max(time, {value}) as high_at
            from readings where list_contains(?, sn) and time between to_timestamp(?) and to_timestamp(?) and {value} is not null group by 1, 2
        )
        select sn, epoch(low_at) as moment, low as value from parts
        union select sn, epoch(high_at), high from parts
        order by 1, 2
        """,
        [begin.timestamp(), width_s, list(devices), begin.timestamp(), end.timestamp()],
    ).fetchall()
    longest = datetime.timedelta(seconds=max(BREAK_S, 3 * width_s))
    return _broken([(sn, readings.moment(at), number) for sn, at, number in rows], longest)


def _broken(rows: Sequence[Point], longest: datetime.timedelta) -> list[Point]:
    points: list[Point] = []
    for sn, at, value in rows:
        if points and points[-1][0] == sn and at - points[-1][1] > longest:
            points.append((sn, points[-1][1] + longest / 2, None))
        points.append((sn, at, value))
    return points
