"""Row 3.1, the handbook to the letter: over the threshold, recorded always, told once in ten minutes."""

import msgspec

from tests.plant.alarms.harness import DEVICE, START, RulesHarness, brief


def test_value_above_the_threshold_is_an_alarm_and_one_equal_to_it_is_not():
    bench = RulesHarness()
    assert bench.see(0, 20.0) == []
    assert brief(bench.see(10, 20.1)) == [("A1", "raised", "unacknowledged", True)]


def test_a_value_that_dances_round_the_threshold_is_recorded_each_time_and_notified_once():
    bench = RulesHarness()
    for second in range(0, 60, 10):
        bench.see(second, 21.0 if second % 20 == 0 else 19.0)
    raised = [event for event in bench.events if event.kind == "raised"]
    assert [event.notified for event in raised] == [True, False, False]
    assert raised[1].not_notified_reason == "hold"
    assert raised[1].quiet_until == START + 600


def test_exactly_ten_minutes_later_it_is_notified_again_and_a_second_earlier_it_is_not():
    early, late = RulesHarness(), RulesHarness()
    for bench, at in ((early, 599), (late, 600)):
        bench.see(0, 21.0)
        bench.see(5, 19.0)
        bench.see(at, 21.0)
    assert [at for at, _, kind in early.notified if kind == "raised"] == [0]
    assert [at for at, _, kind in late.notified if kind == "raised"] == [0, 600]


def test_the_key_is_last_alarm_sn_type_and_holds_the_time_of_the_last_notification():
    bench = RulesHarness()
    last = bench.memories.open("last_alarm", float)
    bench.see(0, 21.0)
    assert last.items() == [("GS1_A1", START)]
    bench.see(300, 21.0)
    assert last.get("GS1_A1") == START
    bench.see(605, 21.0)
    assert last.get("GS1_A1") == START + 605


def test_gas_that_stays_is_notified_again_with_the_first_reading_after_ten_minutes_while_nobody_acknowledges():
    bench = RulesHarness()
    for second in range(5, 1300, 10):
        bench.see(second, 21.0)
    assert bench.notified == [(5, "A1", "raised"), (605, "A1", "repeated"), (1205, "A1", "repeated")]


def test_every_further_reading_beyond_the_threshold_is_recorded_and_not_notified():
    bench = RulesHarness(record_continued=True)
    bench.see(0, 21.0)
    assert brief(bench.see(10, 25.0)) == [("A1", "continued", "unacknowledged", False)]


def test_an_alarm_that_was_silenced_is_notified_when_the_ten_minutes_are_over():
    bench = RulesHarness()
    bench.see(0, 21.0)
    bench.see(10, 19.0)
    for second in range(20, 700, 10):
        bench.see(second, 21.0)
    assert (600, "A1", "repeated") in bench.notified


def test_an_a2_that_was_acknowledged_and_has_returned_is_told_at_once_when_it_comes_again():
    bench = RulesHarness(msgspec.structs.replace(DEVICE, a1=None))
    bench.see(0, 60.0)
    bench.note(bench.rules.commands.acknowledge("GS1", "A2", "li", START + 5))
    bench.see(10, 1.0)
    assert brief(bench.see(20, 60.0)) == [("A2", "raised", "unacknowledged", True)]
    bench.see(30, 1.0)
    assert brief(bench.see(40, 60.0)) == [("A2", "raised", "unacknowledged", False)]


def test_an_a1_that_was_acknowledged_is_told_again_after_ten_minutes_only():
    bench = RulesHarness()
    bench.see(0, 30.0)
    bench.note(bench.rules.commands.acknowledge("GS1", "A1", "li", START + 5))
    bench.see(10, 1.0)
    assert brief(bench.see(20, 30.0)) == [("A1", "raised", "unacknowledged", False)]


def test_a_device_that_comes_back_into_the_registry_begins_anew():
    bench = RulesHarness(msgspec.structs.replace(DEVICE, a1=None))
    bench.see(0, 60.0)
    bench.rules.retire("GS1", "deleted", START + 5)
    assert brief(bench.see(20, 60.0)) == [("A2", "raised", "unacknowledged", True)]
