"""What version 0.1 has stored with its own names (`told`, `untold`, `told_at`, `escalated`) is read after the upgrade: nothing is silenced."""

from __future__ import annotations

from typing import Any

import asyncpg
import msgspec
import pytest

from engine.catalogue.node_types import Catalogue
from engine.core.clock import ManualClock
from engine.core.message import Message
from engine.core.paths import Path
from engine.runtime.site import Site
from engine.runtime.state.journal import Journal
from engine.runtime.state.memory import Memories
from engine.testing import NodeHarness
from nodes.gas.alarm_write import as_event
from plant.alarms.conditions import Policy
from plant.alarms.rules import Rules
from plant.alarms.store import AlarmStore
from plant.alarms.tracked_alarm import TrackedAlarm
from plant.notifications.notice import as_notice, notice_of
from tests.eventually import eventually
from tests.nodes.notify.harness import channel
from tests.plant.alarms.harness import DEVICE, START, reading
from tests.plant.notifications.harness import AT, alarm, robot
from tests.plant.site_database import migrated
from tests.servers.vendors import Webhook, serving

WAS = {"notified": "told", "not_notified_reason": "untold", "notified_at": "told_at"}


def as_it_was(value: Any) -> Any:
    """Plain data with the names of 0.1."""
    if isinstance(value, dict):
        return {WAS.get(name, name): as_it_was(part) for name, part in value.items()}
    return [as_it_was(part) for part in value] if isinstance(value, list) else value


def stored(name: str, key: str, value: Any) -> tuple[str, str, bytes, None]:
    """An entry of node memory, as a journal of 0.1 gives it back."""
    return name, key, msgspec.msgpack.encode(as_it_was(msgspec.to_builtins(value))), None


async def test_alarms_that_a_group_had_gathered_go_out():
    clock = ManualClock(AT)
    site = Site(Catalogue(), clock)
    events = [alarm("GS001"), alarm("GS002", after=1)]
    site.memories.take([stored("test/node/waiting", event.id, event) for event in events])
    async with NodeHarness("alarm-group", {}, clock=clock, site=site) as bench:
        await bench.advance(2)
        (notice,) = bench.sent()
        assert [(event.sn, event.notified) for event in notice.events] == [("GS001", True), ("GS002", True)]


async def test_what_waited_for_a_vendor_goes_out():
    site = Site(Catalogue(), ManualClock(AT))
    notice = notice_of([alarm("GS001", kind="escalated", type="A2")])
    site.memories.take([stored("test/node/outbox", notice.id, {"notice": notice, "since": AT, "topic": ""})])
    async with serving(Webhook()) as vendor, channel(robot("custom"), site=site, robot_url=vendor.url) as bench:
        await bench.until_attempts(1)
        await eventually(lambda: vendor.texts)
        assert "升为二级报警" in vendor.texts[0]


def test_the_return_of_an_alarm_that_people_were_notified_of_is_notified():
    memories = Memories(ManualClock(START), Journal())
    was = TrackedAlarm(
        sn="GS1", type="A1", state="unacknowledged", active=True, raised_at=START, floor=START, notified_at=START
    )
    memories.take([stored("points", "GS1 A1", was)])
    rules = Rules(Policy(), memories.open("points", TrackedAlarm), memories.open("last_alarm", float))
    (back,) = rules.observe(reading(10, 5.0), DEVICE)
    assert (back.kind, back.notified) == ("returned", True)


def test_a_quarantined_notice_is_one_that_people_are_notified_of():
    plain = as_it_was(msgspec.to_builtins(notice_of([alarm()])))
    assert as_notice(plain) == notice_of([alarm()])
    assert as_event(plain["events"][0]) == alarm()


async def test_the_story_of_an_old_alarm_is_told_in_todays_names(postgres_dsn: str):
    async with migrated(postgres_dsn) as database:
        store = AlarmStore(database)
        await store.write([alarm()])
        connection = await asyncpg.connect(postgres_dsn)
        old = as_it_was(msgspec.to_builtins(alarm(notified=False)))
        old |= {"kind": "escalated", "untold": "less than 600 s after the last notification"}
        await connection.execute("update alarm_events set event = $1", msgspec.json.encode(old).decode())
        await connection.close()
        story = await store.story_of("GS001", "A1", AT)
        assert story is not None
        (past,) = story.events
        assert (past.event.kind, past.event.notified, past.event.not_notified_reason) == ("raised_to_a2", False, "hold")


def test_a_node_that_reads_an_old_name_gets_the_new_field_and_a_warning():
    with pytest.warns(FutureWarning, match="AlarmEvent.told is now notified; write that"):
        assert alarm().told is True  # type: ignore[attr-defined]
    with pytest.warns(FutureWarning, match="untold is now not_notified_reason"):
        assert Path("payload.untold").get(Message(alarm())) == ""
    with pytest.raises(AttributeError, match="AlarmEvent has no field 'tolled'"):
        alarm().tolled  # type: ignore[attr-defined]  # noqa: B018


def test_an_event_says_nothing_in_old_names():
    assert not {"told", "untold"} & msgspec.to_builtins(alarm()).keys()
