"""Row 3.3: acknowledgement, return, repeat, latching, and what a restart leaves."""

import itertools
from typing import get_args

import pytest

from plant.alarms.commands import CommandRefused
from plant.alarms.states import STEPS, State, Trigger, step
from tests.plant.alarms.harness import START, RulesHarness, brief


def test_acknowledged_by_name_and_then_not_repeated():
    bench = RulesHarness()
    bench.see(0, 21.0)
    (event,) = bench.note(bench.rules.commands.acknowledge("GS1", "A1", "li", START + 5))
    assert (event.state, event.by, event.at) == ("acknowledged", "li", START + 5)
    for second in range(10, 1500, 10):
        bench.see(second, 21.0)
    assert bench.notified == [(0, "A1", "raised")]


def test_an_acknowledged_alarm_that_returns_is_normal_and_nothing_is_remembered():
    bench = RulesHarness()
    bench.see(0, 21.0)
    bench.rules.commands.acknowledge("GS1", "A1", "li", START + 5)
    assert brief(bench.see(10, 19.0)) == [("A1", "returned", "normal", True)]
    assert bench.rules.by_device == {}


def test_returned_stays_until_it_is_acknowledged():
    bench = RulesHarness()
    bench.see(0, 21.0)
    bench.see(10, 19.0)
    assert bench.state("A1") == "returned"
    bench.rules.commands.acknowledge("GS1", "A1", "li", START + 20)
    assert bench.state("A1") == "normal"


def test_the_notice_of_the_return_tells_duration_and_peak():
    bench = RulesHarness()
    for at, conc in ((0, 21.0), (10, 48.5), (20, 30.0), (90, 12.0)):
        bench.see(at, conc)
    notice = bench.events[-1]
    assert (notice.kind, notice.notified, notice.lasted_s, notice.peak, notice.value) == (
        "returned",
        True,
        90.0,
        48.5,
        12.0,
    )


def test_the_return_of_an_alarm_that_nobody_was_told_of_is_not_told():
    bench = RulesHarness()
    for at, conc in ((0, 21.0), (10, 19.0), (20, 21.0), (30, 19.0)):
        bench.see(at, conc)
    assert [event.notified for event in bench.events if event.kind == "returned"] == [True, False]


def test_a_latching_alarm_waits_for_its_reset():
    bench = RulesHarness(latching=frozenset({"A1"}))
    bench.see(0, 21.0)
    bench.see(10, 19.0)
    assert bench.state("A1") == "latched"
    bench.rules.commands.acknowledge("GS1", "A1", "li", START + 11)
    bench.rules.commands.reset("GS1", "A1", "li", START + 12)
    assert bench.state("A1") == "normal"


def test_what_is_active_can_not_be_reset():
    bench = RulesHarness(latching=frozenset({"A1"}))
    bench.see(0, 21.0)
    with pytest.raises(CommandRefused, match="is unacknowledged: there is nothing to reset"):
        bench.rules.commands.reset("GS1", "A1", "li", START + 1)


def test_an_acknowledgement_comes_once():
    bench = RulesHarness()
    bench.see(0, 21.0)
    bench.rules.commands.acknowledge("GS1", "A1", "li", START + 1)
    with pytest.raises(CommandRefused, match="is acknowledged: there is nothing to acknowledge"):
        bench.rules.commands.acknowledge("GS1", "A1", "wang", START + 2)


def test_states_and_timers_survive_a_restart():
    bench = RulesHarness()
    bench.see(0, 21.0)
    bench.restart()
    assert bench.state("A1") == "unacknowledged"
    assert bench.see(300, 25.0) == [], "no second alarm, no second message"
    assert brief(bench.see(600, 21.0))[-1] == ("A1", "repeated", "unacknowledged", True)


def test_a_delay_that_runs_survives_a_restart():
    bench = RulesHarness()
    bench.device = bench.device.__class__(sn="GS1", k=1, b=0, a1=20.0, a1_delay_s=30.0)
    bench.see(0, 25.0)
    bench.see(20, 25.0)
    bench.restart()
    assert len(bench.see(30, 25.0)) == 1


def test_a_reading_that_comes_again_after_a_crash_changes_nothing():
    bench = RulesHarness(record_continued=True)
    bench.see(0, 21.0)
    bench.see(10, 22.0)
    bench.restart()
    assert bench.see(0, 21.0) == []
    assert bench.see(10, 22.0) == []


@pytest.mark.parametrize(("state", "trigger"), list(itertools.product(get_args(State), get_args(Trigger))))
def test_every_step_of_the_table_leads_to_a_state_and_is_named(state: State, trigger: Trigger):
    taken = step(state, trigger)
    assert (state, trigger) in STEPS or taken is None
    assert taken is None or (taken.to in get_args(State) and taken.event)


def test_nothing_that_is_suppressed_or_shelved_is_notified_before_it_ends():
    quiet = ("shelved", "suppressed", "out-of-service")
    notified = {
        (state, trigger) for (state, trigger), taken in STEPS.items() if state in quiet and taken.notify != "no"
    }
    assert notified == {(state, "end-active") for state in quiet}
