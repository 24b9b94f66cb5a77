"""Row 3.7: readings that come late, and gaps in a backlog."""

from tests.plant.alarms.harness import LIVELY, START, RulesHarness, brief


def test_a_late_reading_changes_no_state_and_is_told_as_late():
    bench = RulesHarness()
    bench.see(100, 5.0)
    (event,) = bench.see(50, 60.0)[:1]
    assert (event.type, event.kind, event.notified, event.raised_at) == ("A2", "late", True, START + 50)
    assert bench.state("A2") == "normal"


def test_a_late_reading_that_the_alarm_of_that_time_covers_is_no_news():
    bench = RulesHarness()
    bench.see(0, 21.0)
    bench.see(100, 21.0)
    assert [event for event in bench.see(50, 22.0) if event.type == "A1"] == []


def test_readings_of_an_alarm_that_is_over_and_come_a_second_time_are_no_news():
    bench = RulesHarness()
    for at, conc in ((0, 5.0), (10, 25.0), (20, 25.0), (30, 5.0)):
        bench.see(at, conc)
    bench.rules.commands.acknowledge("GS1", "A1", "li", START + 40)
    bench.see(1000, 5.0)
    assert [bench.see(at, conc) for at, conc in ((0, 5.0), (10, 25.0), (20, 25.0), (30, 5.0))] == [[], [], [], []]
    assert [event.kind for event in bench.see(500, 25.0)] == ["late"]


def test_a_gap_in_a_backlog_is_the_off_line_alarm_it_would_have_been_live():
    bench = RulesHarness(LIVELY)
    bench.see(0, 1.0)
    assert brief(bench.see(95, 1.0)) == [
        ("offline", "raised", "unacknowledged", True),
        ("offline", "returned", "returned", True),
    ]
    assert [event.at - START for event in bench.events] == [30.0, 95.0]


def test_readings_from_before_an_off_line_alarm_end_it_and_its_duration_is_not_negative():
    bench = RulesHarness(LIVELY)
    bench.see(0, 1.0)
    bench.note(bench.rules.device_silent("GS1", bench.device, START + 40))
    (event,) = bench.see(10, 1.0)
    assert (event.kind, event.lasted_s) == ("returned", 0.0)
