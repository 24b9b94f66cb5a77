"""What other parameters would have made of the last hours: two curves, and the alarms that would have come or gone."""

from __future__ import annotations

import asyncio
from bisect import bisect_right
from collections.abc import AsyncIterator
from typing import Any

import msgspec

from plant.alarms.conditions import Policy
from plant.alarms.event import AlarmEvent
from plant.alarms.rules import Rules
from plant.model.concentration import FORMULA, Concentration
from plant.model.device import Device
from plant.model.reading import Reading
from plant.readings.queries import AlarmSpan

__all__ = ["Bucket", "Comparison", "compare"]

BUCKETS = 480
"""TrackedAlarms per curve, whatever the number of readings: one for each 3 minutes of a day."""
MOST_ALARMS = 200
"""Listed on each side; the counts are of all."""
_RAISED = frozenset({"raised", "raised_to_a2"})


class Bucket(msgspec.Struct, array_like=True):
    """A stretch of both curves, as an array: start (Unix s), then mean, least, greatest of the old and of the new; null without any."""

    at: float
    old: float | None
    old_low: float | None
    old_high: float | None
    new: float | None
    new_low: float | None
    new_high: float | None


class Comparison(msgspec.Struct):
    """`lost` are alarms that would not have been, `gained` ones that would have been too; `kept` counts those of both."""

    readings: int
    bucket_s: float
    curve: list[Bucket]
    lost: list[AlarmSpan]
    gained: list[AlarmSpan]
    kept: int
    lost_count: int
    gained_count: int


async def compare(
    old: Device,
    new: Device,
    chunks: AsyncIterator[list[Reading]],
    *,
    since: float,
    until: float,
    own_formula: str = FORMULA,
    policy: Policy | None = None,
) -> Comparison:
    """Runs the readings through both devices and the rules of the site on event time. What it holds does not grow with their number.

    Raises ExpressionError when one of the formulas is wrong.
    """
    bucket_s = max(1.0, (until - since) / BUCKETS)
    sides = [_Side(device, own_formula, policy or Policy(), since, bucket_s) for device in (old, new)]
    count = 0
    async for chunk in chunks:
        for reading in chunk:
            for side in sides:
                side.take(reading)
        count += len(chunk)
        # The flows of this process go on between two chunks.
        await asyncio.sleep(0)
    before, after = sides
    was, would_be = _Times(before.alarms), _Times(after.alarms)
    lost = [alarm for alarm in before.alarms if not would_be.has(alarm)]
    gained = [alarm for alarm in after.alarms if not was.has(alarm)]
    return Comparison(
        readings=count,
        bucket_s=bucket_s,
        curve=_merged(before, after, since, bucket_s),
        lost=lost[:MOST_ALARMS],
        gained=gained[:MOST_ALARMS],
        kept=len(before.alarms) - len(lost),
        lost_count=len(lost),
        gained_count=len(gained),
    )


class _Side:
    """One of the two devices: its curve and its alarms so far."""

    def __init__(self, device: Device, own_formula: str, policy: Policy, since: float, bucket_s: float) -> None:
        self.device = device
        self.buckets: dict[int, tuple[float, int, float, float]] = {}
        self.alarms: list[AlarmSpan] = []
        self._concentration = Concentration(device, own_formula)
        self._rules = Rules(msgspec.structs.replace(policy, record_continued=False), _Memory(), _Memory())
        self._open: dict[str, AlarmSpan] = {}
        self._since, self._bucket_s = since, bucket_s

    def take(self, reading: Reading) -> None:
        made = self._concentration.of(
            msgspec.structs.replace(
                reading, flags=reading.flags & ~(16 | 32 | 64)
            )  # what the old parameters made of it
        )
        if made.conc is not None:
            number = int((reading.time - self._since) / self._bucket_s)
            total, count, low, high = self.buckets.get(number, (0.0, 0, made.conc, made.conc))
            self.buckets[number] = (total + made.conc, count + 1, min(low, made.conc), max(high, made.conc))
        for event in self._rules.observe(made, self.device):
            self._note(event)

    def _note(self, event: AlarmEvent) -> None:
        known = self._open.get(event.type)
        if event.kind in _RAISED:
            alarm = AlarmSpan(event.type, event.at, None, event.value)
            self._open[event.type] = alarm
            self.alarms.append(alarm)
        elif known is not None:
            known.peak = event.peak
            if not event.active:
                known.until = event.at
                del self._open[event.type]


class _Memory:
    """Memory for rules that nobody asks again."""

    def __init__(self) -> None:
        self.shared: dict[str, Any] = {}
        self._values: dict[str, Any] = {}

    def get(self, key: str, default: Any = None) -> Any:
        return self._values.get(key, default)

    def set(self, key: str, value: Any, ttl_s: float | None = None) -> None:
        self._values[key] = value

    def delete(self, key: str) -> None:
        self._values.pop(key, None)

    def items(self) -> list[tuple[str, Any]]:
        return list(self._values.items())

    def __len__(self) -> int:
        return len(self._values)


class _Times:
    """Finds an alarm among those of the other side. Of one type they follow each other in time and never overlap."""

    def __init__(self, alarms: list[AlarmSpan]) -> None:
        self._alarms: dict[str, list[AlarmSpan]] = {}
        for alarm in alarms:
            self._alarms.setdefault(alarm.type, []).append(alarm)
        self._begins = {type: [alarm.at for alarm in known] for type, known in self._alarms.items()}

    def has(self, alarm: AlarmSpan) -> bool:
        """The same alarm is one of the same type that was on at the same time, be it for another length."""
        end = alarm.until if alarm.until is not None else float("inf")
        at = bisect_right(self._begins.get(alarm.type, []), end)
        if at == 0:
            return False
        last = self._alarms[alarm.type][at - 1]
        return last.until is None or last.until >= alarm.at


def _merged(before: _Side, after: _Side, since: float, bucket_s: float) -> list[Bucket]:
    def three(side: _Side, number: int) -> tuple[float | None, float | None, float | None]:
        found = side.buckets.get(number)
        if found is None:
            return None, None, None
        total, count, low, high = found
        return total / count, low, high

    numbers = sorted(before.buckets.keys() | after.buckets.keys())
    return [Bucket(since + number * bucket_s, *three(before, number), *three(after, number)) for number in numbers]
