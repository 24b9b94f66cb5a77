"""Row 3.2: levels with their own deadband and delay, and none that silences another."""

from typing import Literal

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from plant.alarms.conditions import Policy, conditions_for, normal_check
from plant.model.device import Device
from plant.model.reading import Reading
from tests.plant.alarms.harness import DEVICE, LIVELY, START, RulesHarness, brief

OXYGEN = Device(
    sn="GS1",
    k=1.0,
    b=0.0,
    unit="%VOL",
    a1=19.5,
    a1_direction="low",
    a1_deadband=0.3,
    a2=23.5,
    a2_direction="high",
    a2_deadband=0.2,
)


def test_a2_is_told_although_a1_was_told_a_moment_ago():
    bench = RulesHarness()
    bench.see(0, 30.0)
    assert brief(bench.see(10, 60.0)) == [("A2", "raised_to_a2", "unacknowledged", True)]


def test_a2_is_told_although_a1_is_acknowledged_and_shelved():
    bench = RulesHarness()
    bench.see(0, 30.0)
    now = bench.events[-1].at
    bench.rules.commands.acknowledge("GS1", "A1", "li", now + 1)
    bench.rules.commands.shelve("GS1", "A1", "li", "known", now + 3600, now + 2)
    assert brief(bench.see(10, 60.0)) == [("A2", "raised_to_a2", "unacknowledged", True)]


def test_one_device_does_not_silence_another():
    bench = RulesHarness()
    bench.see(0, 30.0)
    other = msgspec.structs.replace(DEVICE, sn="GS2")
    bench.device = other
    assert brief(bench.see(1, 30.0)) == [("A1", "raised", "unacknowledged", True)]


def test_gas_does_not_silence_a_fault():
    bench = RulesHarness()
    bench.see(0, 60.0)
    assert brief(bench.see(10, None, err=1)) == [("fault", "raised", "unacknowledged", True)]


def test_an_active_alarm_ends_at_the_limit_less_its_deadband_and_not_before():
    bench = RulesHarness(msgspec.structs.replace(DEVICE, a1_deadband=2.0))
    bench.see(0, 21.0)
    assert bench.see(10, 18.1) == []
    assert brief(bench.see(20, 18.0)) == [("A1", "returned", "returned", True)]


def test_each_level_has_its_own_deadband():
    bench = RulesHarness(msgspec.structs.replace(DEVICE, a1_deadband=2.0, a2_deadband=10.0))
    bench.see(0, 60.0)
    assert bench.see(10, 41.0) == []
    assert [event.type for event in bench.see(20, 40.0)] == ["A2"]


def test_a_level_with_a_delay_waits_until_the_value_has_stayed_beyond_it():
    bench = RulesHarness(msgspec.structs.replace(DEVICE, a1_delay_s=30.0))
    assert bench.see(0, 25.0) == []
    assert bench.see(29, 25.0) == []
    assert brief(bench.see(30, 25.0)) == [("A1", "raised", "unacknowledged", True)]


def test_the_delay_begins_anew_when_the_value_comes_back_in_between():
    bench = RulesHarness(msgspec.structs.replace(DEVICE, a1_delay_s=30.0))
    for at, conc in ((0, 25.0), (20, 19.0), (30, 25.0), (50, 25.0)):
        assert bench.see(at, conc) == []
    assert len(bench.see(60, 25.0)) == 1


SLOW_A2 = msgspec.structs.replace(LIVELY, a1=None, a2_delay_s=15.0)


def test_a_delay_that_two_readings_have_begun_runs_out_in_the_silence_after_them():
    bench = RulesHarness(SLOW_A2)
    bench.see(0, 90.0)
    bench.see(10, 90.0)
    assert bench.rules.run_delays("GS1", SLOW_A2, START + 15.0) == []
    (event,) = bench.rules.run_delays("GS1", SLOW_A2, START + 16.0)
    assert (event.type, event.kind, event.at - START, event.notified) == ("A2", "raised", 15.0, True)
    assert bench.rules.delayed == set()


def test_one_reading_before_a_silence_and_one_after_it_is_no_delay():
    bench = RulesHarness(SLOW_A2)
    bench.see(0, 90.0)
    assert bench.rules.run_delays("GS1", SLOW_A2, START + 599.0) == []
    assert [event.type for event in bench.see(600, 90.0)] == ["offline", "offline"]
    bench.see(610, 90.0)
    assert [(event.type, event.at - START) for event in bench.see(620, 90.0)] == [("A2", 615.0)]


def test_a_sensor_that_breaks_during_the_delay_leaves_what_was_known_last():
    bench = RulesHarness(SLOW_A2)
    bench.see(0, 90.0)
    bench.see(10, None, err=1)
    assert [(event.type, event.at - START) for event in bench.see(20, None, err=1) if event.type == "A2"] == [
        ("A2", 15.0)
    ]


def test_a_silence_in_a_backlog_is_judged_as_it_was_live():
    bench = RulesHarness(SLOW_A2)
    bench.see(0, 90.0)
    bench.see(10, 90.0)
    assert [(event.type, event.kind, event.at - START) for event in bench.see(600, 1.0)] == [
        ("A2", "raised", 15.0),
        ("offline", "raised", 40.0),
        ("offline", "returned", 600.0),
        ("A2", "returned", 600.0),
    ]


def test_a_jump_straight_to_a2_is_one_notice_that_names_both():
    bench = RulesHarness()
    first, second = bench.see(0, 60.0)
    assert (first.type, first.notified, first.with_a1) == ("A2", True, True)
    assert (second.type, second.notified, second.not_notified_reason) == ("A1", False, "with-a2")
    assert [event.notified for event in bench.see(10, 1.0)] == [True, True]


def test_a2_has_no_delay_unless_it_is_given_one():
    bench = RulesHarness(msgspec.structs.replace(DEVICE, a1_delay_s=30.0))
    assert [event.type for event in bench.see(0, 60.0)] == ["A2"]


def test_too_little_oxygen_and_too_much_are_alarms():
    bench = RulesHarness(OXYGEN)
    assert bench.see(0, 20.9) == []
    low = bench.see(10, 19.4)
    assert brief(low) == [("A1", "raised", "unacknowledged", True)]
    assert bench.see(20, 19.7) == []
    assert brief(bench.see(30, 19.8)) == [("A1", "returned", "returned", True)]
    assert brief(bench.see(40, 23.6)) == [("A2", "raised", "unacknowledged", True)]


def test_the_peak_of_a_low_level_is_the_lowest_value():
    bench = RulesHarness(OXYGEN)
    for at, conc in ((0, 19.0), (10, 17.5), (20, 18.0), (30, 20.9)):
        bench.see(at, conc)
    assert bench.events[-1].peak == 17.5


def test_a_level_that_is_taken_away_ends_its_alarm():
    bench = RulesHarness()
    bench.see(0, 30.0)
    bench.device = msgspec.structs.replace(DEVICE, a1=None)
    assert brief(bench.see(10, 30.0)) == [("A1", "returned", "returned", True)]


def test_a_level_that_is_moved_acts_on_the_next_reading():
    bench = RulesHarness()
    bench.see(0, 30.0)
    bench.device = msgspec.structs.replace(DEVICE, a1=40.0)
    assert brief(bench.see(10, 30.0)) == [("A1", "returned", "returned", True)]


def test_an_event_tells_everything_it_was_judged_by():
    bench = RulesHarness(msgspec.structs.replace(DEVICE, t_coef=0.1, a1_deadband=2.0, a1_delay_s=5.0))
    bench.see(0, 21.0)
    (event,) = bench.see(5, 22.0)
    assert (event.value, event.threshold, event.unit, event.name, event.location) == (22.0, 20.0, "ppm", "泵房", "A 区")
    known = {"v_raw": 22.0, "temp": 25.0, "k": 1.0, "b": 0.0, "t_coef": 0.1, "deadband": 2.0, "delay_s": 5.0}
    assert known.items() <= event.story.items()


@given(
    st.builds(
        Reading,
        ts=st.just(0.0),
        seq=st.just(0),
        v_raw=st.just(0.0),
        temp=st.just(25.0),
        err=st.sampled_from([0, 0, 1, 3]),
        bat=st.sampled_from([None, 0, 19, 20, 100]),
        rssi=st.sampled_from([None, -101, -100, -50]),
        conc=st.sampled_from([None, 0.0, 19.9, 20.0, 20.1, 50.0, 50.1, 101.0]),
        conc_raw=st.sampled_from([None, -11.0, -10.0, 5.0]),
        flags=st.sampled_from([0, 1, 16, 64]),
    ),
    st.sampled_from(["high", "low"]),
)
def test_one_look_says_what_asking_every_condition_says(reading: Reading, side: Literal["high", "low"]) -> None:
    """Nearly every reading is judged by the one look alone."""
    device = Device(sn="A", k=1.0, b=0.0, range_high=100.0, a1=20.0, a1_direction=side, a2=50.0)
    conditions = conditions_for(device, Policy())
    holding = [one for one in conditions if (value := one.measure(reading)) is not None and one.holds(value, False)]
    assert normal_check(conditions)(reading) is not bool(holding)
