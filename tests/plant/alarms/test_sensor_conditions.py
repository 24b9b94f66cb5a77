"""Row 3.4: what is wrong with the sensor, the device, its battery, its signal and its link."""

import msgspec

from plant.alarms.silence import SilenceDetector
from plant.model.reading import Flag
from tests.plant.alarms.harness import LIVELY, START, RulesHarness, brief


def test_an_open_circuit_is_a_fault_and_leaves_a_gas_alarm_as_it_is():
    bench = RulesHarness()
    bench.see(0, 30.0)
    assert brief(bench.see(10, None, err=1)) == [("fault", "raised", "unacknowledged", True)]
    assert bench.state("A1") == "unacknowledged"


def test_a_raw_value_at_the_rail_and_a_missing_calibration_are_faults():
    for flag in (Flag.FAULT, Flag.UNCALIBRATED):
        assert brief(RulesHarness().see(0, None, flags=int(flag))) == [("fault", "raised", "unacknowledged", True)]


def test_far_below_the_range_is_a_fault_and_a_little_below_is_not():
    bench = RulesHarness()
    assert bench.see(0, 0.0, conc_raw=-10.0) == []
    assert brief(bench.see(10, 0.0, conc_raw=-10.1)) == [("fault", "raised", "unacknowledged", True)]


def test_a_gas_alarm_whose_sensor_has_failed_is_notified_again_all_the_same():
    bench = RulesHarness()
    bench.see(0, 60.0)
    for second in range(10, 610, 10):
        bench.see(second, None, err=1)
    assert (600, "A2", "repeated") in bench.notified


def test_above_the_range_is_an_alarm_of_its_own():
    assert [event.type for event in RulesHarness().see(0, 101.0)] == ["over-range", "A2", "A1"]


def test_warming_up_is_shown_with_its_end_and_ends_with_the_first_good_reading():
    bench = RulesHarness()
    assert brief(bench.see(0, None, err=2)) == [("warm-up", "suppressed", "suppressed", False)]
    assert bench.rules.by_device["GS1"]["warm-up"].until == START + 600
    assert brief(bench.see(30, 5.0)) == [("warm-up", "unsuppressed", "normal", False)]


def test_warming_up_for_too_long_is_a_fault():
    bench = RulesHarness()
    for second in range(0, 600, 10):
        bench.see(second, None, err=2)
    assert bench.state("fault") == "normal"
    assert ("fault", "raised", "unacknowledged", True) in brief(bench.see(600, None, err=2))


def test_warming_up_ends_when_the_device_goes_off_line():
    bench = RulesHarness(LIVELY)
    bench.see(0, None, err=2)
    bench.note(bench.rules.device_silent("GS1", LIVELY, START + 40))
    assert bench.state("warm-up") == "normal"
    assert bench.state("offline") == "unacknowledged"


def test_calibration_suppresses_the_gas_alarms_and_no_other():
    bench = RulesHarness()
    bench.rules.commands.suppress_gas("GS1", "li", "span gas", START + 300, START)
    assert [event.notified for event in bench.see(10, 60.0)] == [False, False]
    assert brief(bench.see(20, None, err=1)) == [("fault", "raised", "unacknowledged", True)]


def test_calibration_ends_by_itself_and_what_is_active_then_is_notified_at_once():
    bench = RulesHarness()
    bench.rules.commands.suppress_gas("GS1", "li", "span gas", START + 300, START)
    bench.see(290, 60.0)
    ended = bench.rules.commands.end_expired(START + 300)
    assert {(event.type, event.kind, event.notified) for event in ended} == {
        ("A1", "unsuppressed", True),
        ("A2", "unsuppressed", True),
        ("over-range", "unsuppressed", False),
    }


def test_battery_and_signal_have_a_way_back_of_their_own():
    bench = RulesHarness()
    assert [event.type for event in bench.see(0, 1.0, bat=19, rssi=-101)] == ["battery", "signal"]
    assert bench.see(10, 1.0, bat=24, rssi=-98) == []
    assert {event.type for event in bench.see(20, 1.0, bat=25, rssi=-97)} == {"battery", "signal"}


def test_twenty_percent_and_minus_hundred_dbm_are_still_well():
    assert RulesHarness().see(0, 1.0, bat=20, rssi=-100) == []


def test_three_missed_periods_are_off_line_since_then():
    bench = RulesHarness(LIVELY)
    bench.see(0, 1.0)
    (event,) = bench.note(bench.rules.device_silent("GS1", LIVELY, START + 33))
    assert (event.type, event.at, event.notified) == ("offline", START + 30, True)
    assert ("offline", "returned", "returned", True) in brief(bench.see(95, 1.0))


def test_a_device_that_left_the_registry_has_no_alarms_and_begins_anew_when_it_is_back():
    bench = RulesHarness()
    bench.see(0, 30.0)
    gone = bench.rules.retire("GS1", "deleted", START + 40)
    assert brief(gone) == [("A1", "retired", "normal", True)]
    assert bench.rules.by_device == {}
    assert len(bench.memories.open("points")) == 0
    assert [event.type for event in bench.see(700, 30.0)] == ["A1"]


def heard_at(presence: SilenceDetector, now: float, *names: str, period_s: float = 10.0) -> None:
    for name in names:
        presence.heard(name, now, period_s)


def test_one_device_of_many_is_off_line_by_itself():
    presence = SilenceDetector(3)
    heard_at(presence, 0, "a")
    for now in (0, 10, 20):
        heard_at(presence, now, "b", "c")
    assert presence.check(29.9) == ([], False)
    assert presence.check(30) == (["a"], False)
    assert presence.check(31) == ([], False)


def test_the_broker_down_is_one_alarm_of_the_site_and_none_of_its_devices():
    presence = SilenceDetector(3)
    for number in range(200):
        presence.heard(f"GS{number}", number * 0.05, 10.0)
    found = [presence.check(now) for now in range(10, 120)]
    assert [sns for sns, _ in found if sns] == []
    assert sum(site for _, site in found) == 1


def test_devices_that_report_seldom_do_not_hide_that_the_link_is_down():
    presence = SilenceDetector(3)
    heard_at(presence, 0, "slow", period_s=600.0)
    heard_at(presence, 5, "a", "b", "c")
    assert presence.check(36) == ([], True)


def test_what_does_not_come_back_with_the_link_is_off_line_by_itself():
    presence = SilenceDetector(3)
    heard_at(presence, 0, "a", "b")
    assert presence.check(31) == ([], True)
    assert presence.heard("b", 100, 10.0)
    for now in range(110, 130, 10):
        heard_at(presence, now, "b")
    assert presence.check(130) == (["a"], False)


def test_two_devices_that_stay_away_do_not_take_the_link_down_again():
    presence = SilenceDetector(3)
    heard_at(presence, 0, "a", "b")
    heard_at(presence, 0, "slow", period_s=60.0)
    assert presence.check(31) == ([], True)
    presence.heard("slow", 60, 60.0)
    assert presence.check(91) == (["a", "b"], False)


def test_the_only_device_of_a_site_is_off_line_and_not_the_site():
    presence = SilenceDetector(3)
    heard_at(presence, 0, "a")
    assert presence.check(30) == (["a"], False)


HOURLY = msgspec.structs.replace(LIVELY, period_s=3600.0)


def test_over_range_stays_until_somebody_resets_it():
    bench = RulesHarness(msgspec.structs.replace(LIVELY, a1=None, a2=None))
    bench.see(0, 101.0)
    assert brief(bench.see(10, 50.0)) == [("over-range", "returned", "latched", True)]


def test_a_level_without_a_deadband_has_one_per_cent_of_the_range():
    bench = RulesHarness(msgspec.structs.replace(LIVELY, a2=None))
    bench.see(0, 20.5)
    assert bench.see(10, 19.1) == []
    assert brief(bench.see(20, 19.0)) == [("A1", "returned", "returned", True)]


def test_a_raw_value_that_never_moves_is_stuck_and_one_that_moves_is_not():
    bench = RulesHarness(HOURLY)
    for n in range(8):
        bench.see(n * 3600, 10.0)
    assert bench.events == []  # eight readings in seven hours show nothing
    for n in range(60):
        bench.see(8 * 3600 + n, 10.0)
    assert brief(bench.events) == [("stuck", "raised", "unacknowledged", True)]
    assert (bench.events[0].value, bench.events[0].threshold) == (None, None)
    assert brief(bench.see(9 * 3600, 10.1)) == [("stuck", "returned", "returned", True)]


def test_a_sensor_that_for_a_day_never_comes_back_to_zero_drifts():
    bench = RulesHarness(HOURLY)
    for hour in range(24):
        bench.see(hour * 3600, 6.0 + hour % 2)
    assert bench.events == []
    (event,) = bench.see(24 * 3600, 6.0)
    assert (event.type, event.value, event.threshold, event.unit) == ("zero-drift", 6.0, 5.0, "%")
    assert [one.kind for one in bench.see(25 * 3600, 1.0)] == ["returned"]


def test_oxygen_does_not_drift_from_zero():
    bench = RulesHarness(msgspec.structs.replace(LIVELY, gas="O2", range_high=30.0, a1=None, a2=None, period_s=3600.0))
    for hour in range(30):
        bench.see(hour * 3600, 20.9 + hour % 2 / 10)
    assert bench.events == []


def test_a_rapid_rise_is_an_alarm_where_it_is_asked_for():
    bench = RulesHarness(rise_pct=10.0)
    for at, conc in ((0, 1.0), (10, 5.0), (20, 10.0)):
        assert bench.see(at, conc) == []
    (event,) = bench.see(30, 12.0)
    assert (event.type, event.value, event.unit, event.notified) == ("rise", 11.0, "%", True)
    assert [(one.type, one.kind) for one in bench.see(80, 13.0)] == [("rise", "returned")]
