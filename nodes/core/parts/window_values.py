"""The values of one window of event time, and the figures that are taken of them."""

from __future__ import annotations

import math
from bisect import insort
from collections.abc import Sequence
from typing import Annotated, Literal

from engine.api import Struct, choices, field

__all__ = ["Figure", "WindowValues"]

Figure = Annotated[
    Literal["count", "sum", "mean", "min", "max", "range", "stddev", "first", "last", "percentile"],
    choices(
        count=("Count", "个数"),
        sum=("Sum", "总和"),
        mean=("Mean", "平均值"),
        min=("Minimum", "最小值"),
        max=("Maximum", "最大值"),
        range=("Range", "极差"),
        stddev=("Standard deviation", "标准差"),
        first=("First", "首个值"),
        last=("Last", "末个值"),
        percentile=("Percentile", "百分位"),
    ),
]


class WindowValues(Struct):
    """(event time, value) pairs from `start` (inclusive) to `end` (exclusive), Unix seconds, in the order of time."""

    start: float
    end: float
    pairs: list[tuple[float, float]] = field(default_factory=list)

    def add(self, time: float, value: float) -> None:
        """Puts a value at its place in time."""
        if not self.pairs or time >= self.pairs[-1][0]:
            self.pairs.append((time, value))
        else:
            insort(self.pairs, (time, value))

    def forget_before(self, time: float) -> None:
        """Drops what is at or before that time."""
        keep = next((at for at, pair in enumerate(self.pairs) if pair[0] > time), len(self.pairs))
        del self.pairs[:keep]

    def figures(self, wanted: Sequence[Figure], percentile: float) -> dict[str, float]:
        """{figure: value} of at least one value.

        stddev is that of a sample (n - 1), 0 for a single value. A percentile is interpolated linearly between the
        two nearest values (method 7 of Hyndman and Fan, 1996: what NumPy and spreadsheets do); its name carries its
        number, e.g. p95.
        """
        values = [value for _, value in self.pairs]
        total = math.fsum(values)
        mean = total / len(values)
        ordered = sorted(values)
        made: dict[str, float] = {}
        for figure in wanted:
            match figure:
                case "count":
                    made[figure] = len(values)
                case "sum":
                    made[figure] = total
                case "mean":
                    made[figure] = min(
                        max(mean, ordered[0]), ordered[-1]
                    )  # rounding never carries it out of the values
                case "min":
                    made[figure] = ordered[0]
                case "max":
                    made[figure] = ordered[-1]
                case "range":
                    made[figure] = ordered[-1] - ordered[0]
                case "stddev":
                    spread = math.hypot(*(value - mean for value in values))  # squares of large values overflow
                    made[figure] = spread / math.sqrt(len(values) - 1) if len(values) > 1 else 0.0
                case "first":
                    made[figure] = values[0]
                case "last":
                    made[figure] = values[-1]
                case "percentile":
                    made[f"p{percentile:g}"] = _percentile(ordered, percentile)
        return made


def _percentile(ordered: list[float], percentile: float) -> float:
    place = (len(ordered) - 1) * percentile / 100
    below = math.floor(place)
    above = min(below + 1, len(ordered) - 1)
    return ordered[below] + (ordered[above] - ordered[below]) * (place - below)
