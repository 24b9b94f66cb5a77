"""Row 3.5: shelved with reason, user and end; recorded meanwhile; told at once when it ends on an active alarm."""

import pytest

from plant.alarms.commands import CommandRefused
from tests.plant.alarms.harness import START, RulesHarness, brief


def test_a_shelf_says_who_why_and_until_when():
    bench = RulesHarness()
    bench.see(0, 21.0)
    (event,) = bench.rules.commands.shelve("GS1", "A1", "li", "sensor is being changed", START + 3600, START + 5)
    assert (event.state, event.by, event.reason, event.until) == (
        "shelved",
        "li",
        "sensor is being changed",
        START + 3600,
    )


def test_what_happens_on_the_shelf_is_recorded_and_not_notified():
    bench = RulesHarness()
    bench.rules.commands.shelve("GS1", "A1", "li", "works", START + 3600, START)
    assert brief(bench.see(10, 21.0)) == [("A1", "raised", "shelved", False)]
    assert brief(bench.see(20, 19.0)) == [("A1", "returned", "shelved", False)]


def test_an_alarm_that_is_active_when_its_shelf_ends_is_notified_at_once():
    bench = RulesHarness()
    bench.see(0, 21.0)
    bench.rules.commands.shelve("GS1", "A1", "li", "works", START + 60, START + 5)
    bench.see(50, 21.0)
    assert bench.rules.commands.end_expired(START + 59.9) == []
    (event,) = bench.rules.commands.end_expired(START + 60)
    assert (event.kind, event.state, event.notified, event.at) == ("unshelved", "unacknowledged", True, START + 60)


def test_one_that_is_gone_when_its_shelf_ends_is_normal_and_nobody_hears_of_it():
    bench = RulesHarness()
    bench.see(0, 21.0)
    bench.rules.commands.shelve("GS1", "A1", "li", "works", START + 60, START + 5)
    bench.see(50, 19.0)
    assert brief(bench.rules.commands.end_expired(START + 60)) == [("A1", "unshelved", "normal", False)]


def test_a_shelf_can_be_ended_by_hand():
    bench = RulesHarness()
    bench.see(0, 21.0)
    bench.rules.commands.shelve("GS1", "A1", "li", "works", START + 3600, START + 5)
    (event,) = bench.rules.commands.end("GS1", "A1", "wang", START + 20)
    assert (event.state, event.by, event.notified) == ("unacknowledged", "wang", True)


def test_shelving_survives_a_restart():
    bench = RulesHarness()
    bench.rules.commands.shelve("GS1", "A1", "li", "works", START + 3600, START)
    bench.restart()
    assert brief(bench.see(10, 21.0)) == [("A1", "raised", "shelved", False)]


def test_a_shelf_that_ends_in_the_past_is_refused():
    with pytest.raises(CommandRefused, match="not in the future"):
        RulesHarness().rules.commands.shelve("GS1", "A1", "li", "works", START - 1, START)


def test_only_what_is_shelved_can_be_unshelved():
    bench = RulesHarness()
    bench.see(0, 21.0)
    with pytest.raises(CommandRefused, match="neither shelved"):
        bench.rules.commands.end("GS1", "A1", "li", START + 1)
