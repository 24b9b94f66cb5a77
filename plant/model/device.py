"""One gas detector as the registry knows it: calibration, alarm levels, place."""

from __future__ import annotations

from typing import Literal

import msgspec

__all__ = ["Device", "Direction"]

Direction = Literal["high", "low"]


class Device(msgspec.Struct, frozen=True, gc=False, kw_only=True, forbid_unknown_fields=True):
    """A row of the table `devices`. Concentrations are in `unit`.

    k, b, t_coef      conc = k * v_raw + b + t_coef * (temp - 25); without k or b there is no concentration
    formula           another expression for this device; None: the flow's own
    raw_low, raw_high raw values at or beyond which the sensor is at a rail and the reading a fault
    range_low, range_high   measuring range
    a1, a2            alarm levels (None: no such level); `_direction` says whether above or below is dangerous (O₂ has both),
                      `_deadband` how far the value must come back, `_delay_s` how long it must last
    left_pct, top_pct place on the floor plan `plan_id`, from its left and upper edge, in percent of its size
    period_s          how often it reports
    revision          counts the changes of its row
    """

    sn: str
    name: str = ""
    gas: str = ""
    unit: str = "ppm"
    k: float | None = None
    b: float | None = None
    t_coef: float = 0.0
    formula: str | None = None
    raw_low: float | None = None
    raw_high: float | None = None
    range_low: float = 0.0
    range_high: float | None = None
    a1: float | None = None
    a1_direction: Direction = "high"
    a1_deadband: float = 0.0
    a1_delay_s: float = 0.0
    a2: float | None = None
    a2_direction: Direction = "high"
    a2_deadband: float = 0.0
    a2_delay_s: float = 0.0
    location: str = ""
    plan_id: int | None = None
    left_pct: float | None = None
    top_pct: float | None = None
    period_s: float = 10.0
    enabled: bool = True
    revision: int = 1
