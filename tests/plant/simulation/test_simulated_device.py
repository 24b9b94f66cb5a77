"""Simulated devices behave like the real ones, the same every time."""

from __future__ import annotations

import pytest

from plant.model.reading import PacketDecoder
from plant.simulation.simulated_device import KINDS, SimulatedDevice, fleet

NOW = 1_767_225_600.0


def run(device: SimulatedDevice, packets: int) -> list[dict[str, object]]:
    """What it sends in so many intervals."""
    return [packet for n in range(packets) for packet in device.packets(NOW + n * device.normal_interval_s)]


def conc(packet: dict[str, object]) -> float:
    return 0.2 * float(packet["v_raw"]) - 80 + 0.05 * (float(packet["temp"]) - 25)  # type: ignore[arg-type]


def test_the_same_seed_gives_the_same_packets():
    assert run(fleet(6)[2], 50) == run(fleet(6)[2], 50)
    assert run(fleet(6, seed=2)[2], 50) != run(fleet(6)[2], 50)


@pytest.mark.parametrize("kind", ["normal", *KINDS])
def test_every_packet_is_one_that_the_server_takes(kind: str):
    decode = PacketDecoder()
    assert all(decode(dict(packet))[1] is None for packet in run(SimulatedDevice(9, kind), 200))


def test_numbers_wrap():
    assert [packet["seq"] for packet in run(SimulatedDevice(1), 8)] == [65530, 65531, 65532, 65533, 65534, 65535, 0, 1]


def test_the_leaking_one_passes_its_alarm_level_within_a_minute_and_stays_off_the_rail():
    device = SimulatedDevice(1, "leaking", interval_s=5.0)
    known = device.parameters()
    packets = run(device, 12)
    assert known.a2 is not None
    assert known.raw_high is not None
    assert max(conc(packet) for packet in packets) > known.a2
    assert max(float(packet["v_raw"]) for packet in packets) < known.raw_high  # type: ignore[arg-type]


def test_normal_ones_stay_below_their_levels():
    assert all(0 < conc(packet) < 10 for packet in run(SimulatedDevice(7), 500))


def test_the_lossy_one_skips_and_repeats_numbers():
    numbers = [packet["seq"] for packet in run(SimulatedDevice(4, "lossy"), 500)]
    assert 440 < len(set(numbers)) < 470
    assert len(numbers) > len(set(numbers))


def test_the_faulty_one_warms_up_then_breaks_then_works():
    assert {packet["err"] for packet in run(SimulatedDevice(3, "faulty"), 30)} == {0, 1, 2}


def test_it_falls_back_to_its_normal_interval_by_itself():
    device = SimulatedDevice(1)
    assert device.obey({"cmd": "set_rate", "interval": 1, "duration": 600}, NOW)
    assert [device.interval_s(NOW + s) for s in (0, 599.9, 600)] == [1.0, 1.0, 10.0]


@pytest.mark.parametrize(
    "command",
    [{}, {"cmd": "reboot"}, {"cmd": "set_rate", "interval": 0, "duration": 600}, {"cmd": "set_rate", "interval": 1}],
)
def test_a_command_it_does_not_know_changes_nothing(command: dict[str, object]):
    device = SimulatedDevice(1)
    assert not device.obey(command, NOW)
    assert device.interval_s(NOW) == 10.0
