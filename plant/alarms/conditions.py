"""When an alarm's condition holds: each type's limit for one device, and what a reading says about it."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Literal

from msgspec import Struct

from plant.alarms.kinds import is_oxygen
from plant.alarms.trend import Drift, Rise, Stuck
from plant.model.device import Device
from plant.model.reading import Flag, Reading

__all__ = ["Condition", "Policy", "conditions_for", "normal_check"]

Measure = Callable[[Reading], float | None]

DEADBAND_PCT = 1.0
"""Of the measuring range: the deadband of a level that was given none."""

UNUSABLE = int(Flag.FAULT | Flag.UNCALIBRATED)
"""As a number: combining flags of an enum costs more than all the rest of a judgement."""


class Policy(Struct, frozen=True, kw_only=True):
    """What holds for the whole site; the times in seconds.

    hold_s         least time between two notifications of one device and type (handbook 3.3: 10 minutes)
    repeat_s       of an alarm nobody has acknowledged people are notified again after this time
    missed         periods without a reading after which a device is off-line
    warm_up_s      a device that warms up for longer has a fault
    battery_pct    below is a low battery, until 5 above
    signal_dbm     below is a poor signal (handbook 2.3), until 3 above
    under_range_pct   of the measuring range below its lower end: the sensor has a fault
    stuck_s        a raw value that is exactly the same for so long is stuck; 0: never
    drift_pct, drift_s   further from zero than this share of the range for so long is a drift of the zero; 0: never
    rise_pct       a rise by more than this share of the range within a minute; 0: never
    never_heard_s  a device of the registry that was never heard for so long; 0: never
    latching       types that stay until they are reset
    record_continued   record each further reading beyond the limit (handbook 3.3), or transitions only
    """

    hold_s: float = 600.0
    repeat_s: float = 600.0
    missed: int = 3
    warm_up_s: float = 600.0
    battery_pct: float = 20.0
    signal_dbm: float = -100.0
    under_range_pct: float = 10.0
    stuck_s: float = 21_600.0
    drift_pct: float = 5.0
    drift_s: float = 86_400.0
    rise_pct: float = 0.0
    never_heard_s: float = 3600.0
    latching: frozenset[str] = frozenset({"over-range"})
    record_continued: bool = True


class Condition(Struct, frozen=True):
    """One type of alarm of one device. Beyond `limit` it holds, exactly at the limit it does not (handbook 3.3: value > threshold);
    once active it holds until the value is back at the limit by at least `deadband`. What is not `measured` holds or does not: it has no value."""

    type: str
    measure: Measure
    side: Literal["high", "low"]
    limit: float
    deadband: float = 0.0
    delay_s: float = 0.0
    unit: str = ""
    measured: bool = True

    def holds(self, value: float, active: bool) -> bool:
        """Whether the condition holds at this value."""
        back = self.deadband if active else 0.0
        return value > self.limit - back if self.side == "high" else value < self.limit + back


def conditions_for(device: Device | None, policy: Policy) -> tuple[Condition, ...]:
    """The conditions of a device, the most urgent first. A device that the registry does not know has neither levels nor a range."""
    found: list[Condition] = []
    if device is not None:
        unit = device.unit
        span = device.range_high - device.range_low if device.range_high is not None else 0.0
        # Without a deadband a value that trembles at its level is an alarm and a return with every reading.
        least = DEADBAND_PCT * span / 100
        if device.range_high is not None:
            found.append(Condition("over-range", _conc, "high", device.range_high, least, 0.0, unit))
        if device.a2 is not None:
            found.append(
                Condition(
                    "A2", _conc, device.a2_direction, device.a2, device.a2_deadband or least, device.a2_delay_s, unit
                )
            )
        if device.a1 is not None:
            found.append(
                Condition(
                    "A1", _conc, device.a1_direction, device.a1, device.a1_deadband or least, device.a1_delay_s, unit
                )
            )
        if policy.rise_pct and span:
            found.append(Condition("rise", Rise(span), "high", policy.rise_pct, policy.rise_pct / 2, 0.0, "%"))
        if policy.stuck_s:
            found.append(Condition("stuck", Stuck(policy.stuck_s), "high", 0.0, measured=False))
        if policy.drift_pct and span and _rests_at_zero(device):
            drift = Drift(device.range_low, span, policy.drift_pct, policy.drift_s)
            found.append(Condition("zero-drift", drift, "high", policy.drift_pct, 1.0, 0.0, "%"))
    found.append(Condition("fault", _fault(device, policy), "high", 0.0, measured=False))
    found.append(Condition("battery", _battery, "low", policy.battery_pct, 5.0, 0.0, "%"))
    found.append(Condition("signal", _signal, "low", policy.signal_dbm, 3.0, 0.0, "dBm"))
    return tuple(found)


def normal_check(conditions: tuple[Condition, ...]) -> Callable[[Reading], bool]:
    """Whether a reading is free of all these conditions, none of them being active: one look instead of six, for nearly every reading."""
    bounds: dict[Measure, tuple[float, float]] = {}
    above: list[tuple[Measure, float]] = []
    for one in conditions:
        if one.measure in (_conc, _battery, _signal):
            low, high = bounds.get(one.measure, (-math.inf, math.inf))
            bounds[one.measure] = (low, min(high, one.limit)) if one.side == "high" else (max(low, one.limit), high)
        else:
            assert one.side == "high"
            above.append((one.measure, one.limit))
    conc_low, conc_high = bounds.get(_conc, (-math.inf, math.inf))
    bat_low, bat_high = bounds.get(_battery, (-math.inf, math.inf))
    rssi_low, rssi_high = bounds.get(_signal, (-math.inf, math.inf))

    def is_normal(reading: Reading) -> bool:
        conc, bat, rssi = reading.conc, reading.bat, reading.rssi
        if conc is not None and not conc_low <= conc <= conc_high:
            return False
        if bat is not None and not bat_low <= bat <= bat_high:
            return False
        if rssi is not None and not rssi_low <= rssi <= rssi_high:
            return False
        for measure, limit in above:
            value = measure(reading)
            if value is not None and value > limit:
                return False
        return True

    return is_normal


def _conc(reading: Reading) -> float | None:
    """No concentration, no judgement: a gas alarm neither comes nor goes because the sensor has failed."""
    return reading.conc


def _rests_at_zero(device: Device) -> bool:
    """Oxygen does not, nor does what is watched for too little of it."""
    low = (device.a1 is not None and device.a1_direction == "low") or (
        device.a2 is not None and device.a2_direction == "low"
    )
    return not low and not is_oxygen(device.gas)


def _battery(reading: Reading) -> float | None:
    return reading.bat


def _signal(reading: Reading) -> float | None:
    return reading.rssi


def _fault(device: Device | None, policy: Policy) -> Measure:
    """1 for a broken sensor (err = 1 or any code but 0 and 2, raw value at a rail, under range), 0 for a sound one, None while warming up."""
    lowest: float | None = None
    if device is not None and device.range_high is not None:
        lowest = device.range_low - (device.range_high - device.range_low) * policy.under_range_pct / 100

    def measure(reading: Reading) -> float | None:
        if reading.err == 2:
            return None
        under = lowest is not None and reading.conc_raw is not None and reading.conc_raw < lowest
        return 1.0 if reading.err or reading.flags & UNUSABLE or under else 0.0

    return measure
