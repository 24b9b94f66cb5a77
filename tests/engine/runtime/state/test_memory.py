"""Node memory survives, ends when its time is over, and holds acknowledgements back until it is on disk."""

from __future__ import annotations

import asyncio

import pytest

from engine.core.background_task import Supervisor
from engine.core.clock import ManualClock, settle
from engine.core.failure import PermanentError, RetryableError
from engine.core.message import Delivery
from engine.runtime.state.journal import Change, Journal
from engine.runtime.state.memory import Memories


class Disk:
    """A journal store in memory that the test can take away."""

    def __init__(self) -> None:
        self.changes: list[Change] = []
        self.appends = 0
        self.away = False
        self.gate = asyncio.Event()
        self.gate.set()

    async def append(self, changes: list[Change]) -> None:
        await self.gate.wait()
        if self.away:
            raise RetryableError("the disk is away")
        self.appends += 1
        self.changes += changes

    async def load(self) -> list[Change]:
        return self.changes


async def test_value_is_there_after_a_restart():
    """What was journaled comes back under the same name, typed."""
    disk = Disk()
    journal = Journal(disk)
    memory = Memories(ManualClock(), journal).open("f/n/m", dict[str, int])
    memory.set("a", {"x": 1})
    memory.set("b", {"x": 2})
    memory.delete("a")
    await journal.flush()
    again = Memories(ManualClock(), Journal(disk))
    again.take(await disk.load())
    assert again.open("f/n/m", dict[str, int]).items() == [("b", {"x": 2})]


async def test_value_is_forgotten_when_its_time_is_over():
    """At the very end it is still there, after it no more."""
    clock = ManualClock()
    memory = Memories(clock, Journal()).open("m")
    memory.set("a", 1, ttl_s=10)
    await clock.advance(10)
    assert memory.get("a") == 1
    await clock.advance(0.001)
    assert memory.get("a") is None
    assert memory.items() == []


async def test_value_that_is_set_again_without_an_end_has_none():
    clock = ManualClock()
    memory = Memories(clock, Journal()).open("m")
    memory.set("a", 1, ttl_s=10)
    memory.set("b", 1, ttl_s=1000)
    memory.set("a", 2)
    await clock.advance(100)
    assert memory.get("a") == 2


async def test_own_change_that_is_not_committed_is_later_than_another_workers():
    """What the other has changed is taken over where this worker has changed nothing since."""
    disk = Disk()
    disk.gate.clear()
    journal = Journal(disk)
    memories = Memories(ManualClock(), journal)
    memory = memories.open("m")
    memory.set("mine", 1)
    memories.follow([("m", "mine", b"\x07", None), ("m", "other", b"\x07", None)])
    assert memory.items() == [("mine", 1), ("other", 7)]
    await journal.close()


async def test_delivery_waits_for_the_commit_of_what_changed():
    """A message that settles while its change is being written is finished after the write."""
    disk = Disk()
    disk.gate.clear()
    journal = Journal(disk)
    memory = Memories(ManualClock(), journal).open("m")
    memory.set("a", 1)
    await settle()
    finished: list[str] = []
    journal.after_commit(lambda delivery: finished.append("done"), Delivery(lambda d: None))
    await settle()
    assert not journal.clean
    assert finished == []
    disk.gate.set()
    await settle()
    assert finished == ["done"]
    assert journal.clean


async def test_many_changes_leave_in_one_commit():
    """While a commit is under way the next one gathers everything."""
    disk = Disk()
    disk.gate.clear()
    journal = Journal(disk)
    memory = Memories(ManualClock(), journal).open("m")
    memory.set("first", 1)
    await settle()
    for number in range(1000):
        memory.set(str(number % 10), number)
    disk.gate.set()
    await journal.flush()
    assert disk.appends == 2
    assert len(disk.changes) == 11


async def test_store_that_is_away_is_tried_again_and_said():
    """Nothing is lost and the problem is shown meanwhile."""
    disk = Disk()
    disk.away = True
    clock = ManualClock()
    journal = Journal(disk, Supervisor(clock))
    Memories(clock, journal).open("m").set("a", 1)
    await settle()
    assert journal.problem == "the disk is away"
    disk.away = False
    await clock.advance(1.0)
    await journal.flush()
    assert journal.problem == ""
    assert [change[1] for change in disk.changes] == ["a"]


async def test_entry_that_no_longer_fits_its_type_is_left_out():
    """A node that changed what it remembers starts afresh for that key instead of failing."""
    memories = Memories(ManualClock(), Journal())
    memories.take([("m", "good", b"\x01", None), ("m", "bad", b"\xa1x", None)])
    assert memories.open("m", int).items() == [("good", 1)]


async def test_value_that_cannot_be_saved_keeps_nothing_else_back():
    """It stays in memory, the others are committed, and acknowledgements go on."""
    disk = Disk()
    journal = Journal(disk)
    memory = Memories(ManualClock(), journal).open("m")
    memory.set("huge", 1 << 80)
    memory.set("good", 1)
    await journal.flush()
    assert memory.get("huge") == 1 << 80
    assert [change[1] for change in disk.changes] == ["good"]
    assert journal.clean


async def test_key_that_no_index_can_hold_is_refused_with_its_message():
    """Taken, it would stop the commits of all."""
    memory = Memories(ManualClock(), Journal()).open("f/n/m")
    memory.set("k" * 500, 1)
    with pytest.raises(PermanentError, match="has 501 characters; at most 500"):
        memory.set("k" * 501, 1)
    assert len(memory) == 1


@pytest.mark.parametrize("step_s", [-86_400.0, 86_400.0])
async def test_a_clock_that_is_set_moves_no_end_of_a_value(step_s: float):
    clock = ManualClock()
    memory = Memories(clock, Journal()).open("f/n/m")
    memory.set("k", 1, ttl_s=60)
    clock.step(step_s)
    await clock.advance(59)
    assert memory.get("k") == 1
    await clock.advance(2)
    assert memory.get("k") is None
