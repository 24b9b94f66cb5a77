"""Other parameters on the same raw values: curves, and alarms that come or go."""

from __future__ import annotations

from collections.abc import AsyncIterator

import msgspec
import pytest

from engine.api import ExpressionError
from plant.devices.recalibration import BUCKETS, MOST_ALARMS, Comparison, compare
from plant.model.device import Device
from plant.model.reading import Flag, Reading

BEGAN = 1_700_000_000.0
OLD = Device(sn="GS001", k=1.0, b=0.0, a1=20.0, a1_deadband=0.1, a2=50.0, a2_deadband=0.1, range_high=500.0)


async def readings(values: list[float], every_s: float = 10.0, **more: float) -> AsyncIterator[list[Reading]]:
    made = [
        Reading(0.0, seq % 65536, value, 25.0, 0, sn="GS001", time=BEGAN + seq * every_s, **more)
        for seq, value in enumerate(values)
    ]
    for begin in range(0, len(made), 500):
        yield made[begin : begin + 500]


async def compared(new: Device, values: list[float], hours: float = 24.0, old: Device = OLD) -> Comparison:
    return await compare(old, new, readings(values), since=BEGAN, until=BEGAN + hours * 3600)


async def test_alarms_that_would_not_have_been_are_lost():
    found = await compared(msgspec.structs.replace(OLD, k=0.5), [10.0, 30.0, 30.0, 10.0, 60.0, 10.0])
    assert [(alarm.type, alarm.at - BEGAN, alarm.until, alarm.peak) for alarm in found.lost] == [
        ("A1", 10.0, BEGAN + 30.0, 30.0),
        ("A2", 40.0, BEGAN + 50.0, 60.0),
    ]
    assert [(alarm.type, alarm.at - BEGAN) for alarm in found.gained] == []
    assert (found.kept, found.lost_count, found.gained_count) == (1, 2, 0)


async def test_alarms_that_would_have_been_are_gained_and_one_may_go_on():
    found = await compared(msgspec.structs.replace(OLD, b=15.0), [10.0, 3.0, 10.0])
    assert [(alarm.type, alarm.at - BEGAN, alarm.until and alarm.until - BEGAN) for alarm in found.gained] == [
        ("A1", 0.0, 10.0),
        ("A1", 20.0, None),
    ]
    assert found.lost == []


async def test_deadband_counts_as_it_does_live():
    new = msgspec.structs.replace(OLD, a1_deadband=5.0)
    found = await compared(new, [25.0, 18.0, 25.0, 10.0])
    assert (found.kept, found.gained_count, found.lost_count) == (2, 0, 0)


async def test_both_curves_are_there_and_a_value_that_can_not_be_is_a_gap():
    new = msgspec.structs.replace(OLD, k=2.0, raw_high=40.0)
    found = await compared(new, [10.0, 50.0], hours=480 * 5 / 3600)
    assert [(bucket.old, bucket.new) for bucket in found.curve] == [(10.0, 20.0), (50.0, None)]


async def test_fault_flags_of_the_old_parameters_do_not_stick():
    chunks = readings([10.0], flags=int(Flag.UNCALIBRATED))
    found = await compare(msgspec.structs.replace(OLD, k=None), OLD, chunks, since=BEGAN, until=BEGAN + 60)
    assert [(bucket.old, bucket.new) for bucket in found.curve] == [(None, 10.0)]
    assert [alarm.type for alarm in found.lost] == ["fault"]


async def test_formula_of_the_device_is_used():
    new = msgspec.structs.replace(OLD, formula="interpolate(v_raw, 0, 0, 100, 10)")
    found = await compared(new, [50.0])
    assert found.curve[0].new == 5.0


async def test_wrong_formula_is_refused():
    with pytest.raises(ExpressionError):
        await compared(msgspec.structs.replace(OLD, formula="k *"), [1.0])


async def test_what_comes_back_is_bounded_whatever_the_number_of_readings():
    values = [10.0, 30.0] * 5_000
    found = await compared(msgspec.structs.replace(OLD, k=0.5), values, hours=100_000 / 3600)
    assert found.readings == 10_000
    assert len(found.curve) <= BUCKETS + 1
    assert (len(found.lost), found.lost_count) == (MOST_ALARMS, 5_000)
