"""A value further below the measuring range than noise reaches is a fault, and not the 0 that the formula limits it to."""

from __future__ import annotations

from typing import Any

import pytest

from engine.api import Message
from nodes.gas.measuring_range import MeasuringRange
from plant.model.device import Device
from plant.model.reading import Reading


def judged(raw: float | None, device: Device | None, **config: Any) -> tuple[float | None, int]:
    """(concentration, flags) of a reading whose value before it was limited is `raw`."""
    reading = Reading(sn="GS001", ts=1.0, seq=1, v_raw=0.0, temp=25.0, err=0, conc=0.0, conc_raw=raw)
    payload = MeasuringRange(**config).process(Message(reading).with_props(device=device)).payload
    return payload.conc, payload.flags


RANGE_100 = Device(sn="GS001", range_high=100.0)


@pytest.mark.parametrize(
    ("raw", "device", "config", "expected"),
    [
        (-25.0, RANGE_100, {}, (None, 16)),
        (-2.0, RANGE_100, {}, (0.0, 0)),
        (-2.0, RANGE_100, {"under_range_pct": 1.0}, (None, 16)),
        (5.0, RANGE_100, {}, (0.0, 0)),
        (None, RANGE_100, {}, (0.0, 0)),
        (-25.0, None, {}, (0.0, 0)),
    ],
)
def test_only_what_lies_below_noise_is_a_fault(
    raw: float | None, device: Device | None, config: dict[str, Any], expected: tuple[float | None, int]
):
    assert judged(raw, device, **config) == expected
