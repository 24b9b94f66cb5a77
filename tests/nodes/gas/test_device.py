"""Parameters from the registry, and readings that can have no concentration."""

from __future__ import annotations

import msgspec
import pytest

from engine.testing import NodeHarness
from nodes.gas.device import Device
from plant.devices.registry import Devices
from plant.model.reading import Flag, Reading

DEVICES = {
    "GS001": {"k": 0.02, "b": -40.0, "raw_low": 10.0, "raw_high": 3300.0},
    "GS002": {"k": 0.02},
    "GS003": {"formula": "v_raw / 2"},
    "GS004": {"k": 1.0, "b": 0.0, "enabled": False},
}


def given(sn: str, v_raw: float = 2000.0, err: int = 0) -> dict[str, object]:
    return {"key": sn, "payload": Reading(0.0, 1, v_raw, 25.0, err, sn=sn, conc=5.0), "mark": 1}


async def test_parameters_are_attached_and_other_properties_stay():
    registry = Devices.holding(DEVICES)
    async with NodeHarness(Device, services=[registry]) as bench:
        await bench.give(given("GS001"))
        (output,) = bench.outputs
        assert (output.port, output.message.props) == ("ok", {"mark": 1, "device": registry.get("GS001")})


async def test_a_change_of_the_registry_acts_on_the_next_message():
    registry = Devices.holding(DEVICES)
    async with NodeHarness(Device, services=[registry]) as bench:
        await bench.give(given("GS001"))
        registry.known["GS001"] = msgspec.structs.replace(registry.known["GS001"], k=9.0)
        await bench.give(given("GS001"))
        assert [output.message.props["device"].k for output in bench.outputs] == [0.02, 9.0]


@pytest.mark.parametrize(
    ("sn", "v_raw", "err", "flag"),
    [
        ("GS001", 2000.0, 1, Flag.FAULT),
        ("GS001", 2000.0, 7, Flag.FAULT),
        ("GS001", 2000.0, 2, Flag.WARMING_UP),
        ("GS001", 3300.0, 0, Flag.FAULT),
        ("GS001", 10.0, 0, Flag.FAULT),
        ("GS002", 2000.0, 0, Flag.UNCALIBRATED),
    ],
)
async def test_a_reading_without_a_valid_value_leaves_by_fault(sn: str, v_raw: float, err: int, flag: Flag):
    """It has no concentration, also none that somebody else put there."""
    async with NodeHarness(Device, services=[Devices.holding(DEVICES)]) as bench:
        await bench.give(given(sn, v_raw, err))
        (output,) = bench.outputs
        assert (output.port, output.payload.flags, output.payload.conc) == ("fault", flag, None)


async def test_faults_pass_when_asked_to():
    async with NodeHarness(Device, "on_fault: pass", services=[Devices.holding(DEVICES)]) as bench:
        await bench.give(given("GS001", err=1))
        assert sorted((output.port, output.payload.flags) for output in bench.outputs) == [("ok", Flag.FAULT)]


async def test_a_formula_of_its_own_needs_neither_k_nor_b():
    async with NodeHarness(Device, services=[Devices.holding(DEVICES)]) as bench:
        await bench.give(given("GS003"))
        assert [output.port for output in bench.outputs] == ["ok"]


@pytest.mark.parametrize(
    ("sn", "reason"),
    [("GS004", "switched off"), ("", "no serial number at `key`")],
)
async def test_switched_off_devices_and_none_at_all_are_refused(sn: str, reason: str):
    async with NodeHarness(Device, services=[Devices.holding(DEVICES)]) as bench:
        await bench.give(given(sn))
        assert reason in bench.errors[0]


async def test_a_device_that_nobody_registered_has_a_way_of_its_own():
    async with NodeHarness(Device, services=[Devices.holding(DEVICES)]) as bench:
        await bench.give(given("GS999"))
        assert [(output.port, output.payload.flags) for output in bench.outputs] == [
            ("unregistered", Flag.UNCALIBRATED)
        ]


async def test_formula_that_lacks_a_parameter_makes_no_concentration():
    """The device is not calibrated for its own formula: flagged, and not refused."""
    registry = Devices.holding({"GS001": {"formula": "k * v_raw ** 2", "b": 1.0}, "GS002": {"formula": "v_raw / 2"}})
    async with NodeHarness(Device, services=[registry]) as bench:
        await bench.give(given("GS001"))
        await bench.give(given("GS002"))
        assert sorted((output.port, output.payload.flags) for output in bench.outputs) == [
            ("fault", int(Flag.UNCALIBRATED)),
            ("ok", 0),
        ]
