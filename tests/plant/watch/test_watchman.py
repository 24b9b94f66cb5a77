"""The monitoring that is ill is an alarm of its own, and while nobody judges alarms people are told all the same."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator
from typing import Any

from engine.core.clock import ManualClock
from engine.core.site_health import SiteHealth
from engine.runtime.services.leases import Lease, NoLeases
from engine.testing import NodeHarness
from plant.alarms.kinds import MONITORING
from plant.alarms.service import Alarms
from plant.devices.registry import Devices
from plant.watch.watchman import LASTS_S, WELL_S, Watchman
from tests.plant.notifications.harness import AT, channels, robot
from tests.servers.vendors import Webhook, serving


class Site:
    """A watchman over a site whose health the test sets."""

    def __init__(self, watchman: Watchman, clock: ManualClock, vendor: Webhook, facts: dict[str, Any]) -> None:
        self.watchman, self.clock, self.vendor, self.facts = watchman, clock, vendor, facts

    def set(self, part: str, problem: str) -> None:
        self.facts["services"][part] = {"status": "degraded" if problem else "ok", "problem": problem}

    async def passes(self, seconds: float) -> None:
        """That time goes by, with a look every two seconds."""
        for _ in range(int(seconds // 2) + 1):
            await self.clock.advance(2.0)
            await self.watchman.look()


@contextlib.asynccontextmanager
async def watched(alarms: Alarms, clock: ManualClock) -> AsyncIterator[Site]:
    facts: dict[str, Any] = {"status": "ok", "services": {}, "flows": {}, "quarantined": 0}
    async with serving(Webhook()) as vendor, channels(robot("custom"), robot_url=vendor.url) as service:
        health = SiteHealth(lambda: facts)
        yield Site(Watchman(health, alarms, service, clock), clock, vendor, facts)


@contextlib.asynccontextmanager
async def judging(alarms: Alarms, clock: ManualClock) -> AsyncIterator[NodeHarness]:
    services = [Devices(devices={}), alarms]
    async with NodeHarness("alarm", {}, clock=clock, services=services) as bench:
        yield bench


def events(bench: NodeHarness) -> list[tuple[str, str]]:
    return [(event.sn, event.kind) for event in bench.sent("event") if event.type == MONITORING]


async def test_a_fault_that_lasts_is_an_alarm_and_ends_when_it_has_stayed_away():
    clock = ManualClock(AT)
    alarms = Alarms(clock=clock)
    async with judging(alarms, clock) as bench, watched(alarms, clock) as site:
        site.set("database", "the database is away")
        await site.passes(LASTS_S - 10)
        assert events(bench) == []
        await site.passes(20)
        assert events(bench) == [("database", "raised")]
        (raised,) = [alarm for alarm in alarms.active() if alarm.type == MONITORING]
        assert raised.story == {"problem": "the database is away"}
        site.set("database", "")
        await site.passes(WELL_S - 10)
        assert events(bench) == [("database", "raised")]
        await site.passes(20)
        assert events(bench) == [("database", "raised"), ("database", "returned")]
        assert site.vendor.texts == []


async def test_what_is_ill_because_the_database_is_away_is_no_alarm_of_its_own():
    clock = ManualClock(AT)
    alarms = Alarms(clock=clock)
    async with judging(alarms, clock) as bench, watched(alarms, clock) as site:
        for part in ("database", "memory", "spool", "leases"):
            site.set(part, "the database is away")
        site.set("disk", "1 MB left")
        await site.passes(LASTS_S + 10)
        assert sorted(events(bench)) == [("database", "raised"), ("disk", "raised")]


async def test_a_flow_that_ought_to_run_and_does_not_is_an_alarm():
    clock = ManualClock(AT)
    alarms = Alarms(clock=clock)
    async with judging(alarms, clock) as bench, watched(alarms, clock) as site:
        site.facts["flows"]["report"] = {"status": "stopped", "problems": ["report.yaml:3: no such type"]}
        await site.passes(LASTS_S + 10)
        assert events(bench) == [("flow:report", "raised")]


async def test_a_quarantine_that_grows_is_an_alarm_and_a_few_messages_are_none():
    clock = ManualClock(AT)
    alarms = Alarms(clock=clock)
    async with judging(alarms, clock) as bench, watched(alarms, clock) as site:
        await site.passes(10)
        site.facts["quarantined"] = 50
        await site.passes(LASTS_S + 10)
        assert events(bench) == []
        site.facts["quarantined"] = 500
        await site.passes(LASTS_S + 10)
        assert events(bench) == [("quarantine", "raised")]


async def test_when_nobody_judges_each_channel_is_told_directly_and_told_of_the_end():
    clock = ManualClock(AT)
    alarms = Alarms(clock=clock)
    async with watched(alarms, clock) as site:
        site.set("alarms", "no flow with an alarm node runs")
        site.vendor.says = [(503, "maintenance")]
        await site.passes(LASTS_S + 120)
        assert len(site.vendor.texts) == 1
        assert "监测系统故障" in site.vendor.texts[0]
        assert "报警：" in site.vendor.texts[0]
        assert "no flow with an alarm node runs" in site.vendor.texts[0]
        async with judging(alarms, clock):
            site.set("alarms", "")
            await site.passes(WELL_S + 10)
        assert len(site.vendor.texts) == 2


async def test_a_process_beside_the_one_that_judges_tells_of_its_own_faults_alone():
    class JudgedElsewhere(NoLeases):
        def other(self, name: str) -> Lease | None:
            return Lease(name=name, holder="another", process="worker", url="")

    clock = ManualClock(AT)
    alarms = Alarms(leases=JudgedElsewhere(), clock=clock)
    async with watched(alarms, clock) as site:
        assert alarms.health()["status"] == "ok"
        site.set("database", "the database is away")
        site.set("alarms", "nobody judges")
        await site.passes(LASTS_S + 10)
        assert site.vendor.texts == []
        site.set("database", "")
        site.set("archive", "the bucket is away")
        await site.passes(LASTS_S + 10)
        assert len(site.vendor.texts) == 1
        assert "the bucket is away" in site.vendor.texts[0]
