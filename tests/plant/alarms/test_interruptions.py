"""What comes in between: a long silence, a clock that is set back, a level that is taken away, a device that leaves and returns."""

from __future__ import annotations

from msgspec.structs import replace

from tests.plant.alarms.harness import DEVICE, LIVELY, START, RulesHarness, brief


def test_a_day_that_was_missed_is_one_repeat_and_the_next_is_due_ten_minutes_later():
    bench = RulesHarness()
    bench.see(0, 21.0)
    assert [event.kind for event in bench.rules.advance("GS1", START + 90_000)] == ["repeated"]
    assert bench.rules.advance("GS1", START + 90_599) == []
    assert [event.kind for event in bench.rules.advance("GS1", START + 90_600)] == ["repeated"]


def test_after_a_step_back_of_the_clock_nobody_waits_for_a_repeat_longer_than_ever():
    bench = RulesHarness()
    bench.see(0, 21.0)
    assert bench.rules.advance("GS1", START - 86_400) == []
    assert [event.kind for event in bench.rules.advance("GS1", START - 86_400 + 600)] == ["repeated"]


def test_a_level_that_was_taken_away_and_comes_back_begins_its_delay_anew():
    bench = RulesHarness(replace(DEVICE, a1_delay_s=60.0))
    with_level, without = bench.device, replace(bench.device, a1=None)
    bench.see(0, 25.0)
    bench.device = without
    bench.see(10, 25.0)
    bench.device = with_level
    assert bench.see(70, 25.0) == []
    assert brief(bench.see(130, 25.0)) == [("A1", "raised", "unacknowledged", True)]


def test_a_device_that_left_and_returns_has_no_gap_in_between():
    bench = RulesHarness(LIVELY)
    bench.see(0, 1.0)
    bench.note(bench.rules.retire("GS1", "removed", START + 5))
    assert bench.see(86_400, 1.0) == []


def test_a_late_reading_beyond_a_level_that_is_shelved_is_recorded_and_not_notified():
    bench = RulesHarness()
    bench.see(100, 5.0)
    bench.rules.commands.shelve("GS1", "A1", "li", "works", START + 3600, START + 100)
    assert brief(bench.see(50, 30.0)) == [("A1", "late", "normal", False)]
