"""Somebody outside hears from the site every minute while all is well, and only then."""

from __future__ import annotations

from engine.core.clock import ManualClock
from engine.core.secret import Secret
from engine.core.targets import Target
from engine.runtime.services.targets import Targets
from engine.settings import Settings
from plant.alarms.service import Alarms
from plant.watch.heartbeat import EVERY_S, MISSED, Heartbeat
from plant.watch.watchman import LASTS_S
from tests.eventually import eventually
from tests.plant.notifications.harness import AT
from tests.plant.watch.test_watchman import judging, watched
from tests.servers.vendors import Webhook, serving

HERE = Targets(Settings(allowed_targets=(Target.parse("127.0.0.0/8"),)))


async def test_it_is_called_while_all_is_well_and_not_while_a_fault_lasts():
    clock = ManualClock(AT)
    alarms = Alarms(clock=clock)
    async with serving(Webhook()) as outside, judging(alarms, clock), watched(alarms, clock) as site:
        heartbeat = Heartbeat(Secret(outside.url), site.watchman, clock, HERE)
        await site.passes(2)
        await heartbeat.start()

        async def minute() -> bool:
            await clock.advance(EVERY_S)
            return len(outside.requests) >= 2

        await eventually(minute)
        site.set("database", "the database is away")
        await site.passes(LASTS_S + 10)
        before = len(outside.requests)
        await clock.advance(10 * EVERY_S)
        assert len(outside.requests) == before
        assert heartbeat.health()["status"] == "ok"
        await heartbeat.stop()


async def test_an_address_that_does_not_answer_is_a_fault():
    clock = ManualClock(AT)
    alarms = Alarms(clock=clock)
    async with serving(Webhook()) as outside, judging(alarms, clock), watched(alarms, clock) as site:
        outside.says = [(500, "no")] * MISSED
        heartbeat = Heartbeat(Secret(outside.url), site.watchman, clock, HERE)
        await site.passes(2)
        await heartbeat.start()

        async def ill() -> bool:
            await clock.advance(EVERY_S)
            return heartbeat.health()["status"] == "degraded"

        await eventually(ill)
        assert "500" in str(heartbeat.health()["problem"])
        await heartbeat.stop()
