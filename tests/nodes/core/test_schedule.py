"""Times of day, once per site."""

import msgspec
import pytest

from engine.db.database import Database
from tests.eventually import eventually

COUNT = "select count(*) from schedule_fired"


def _table():
    from pathlib import Path

    import engine

    return (Path(engine.__file__).parent / "sql" / "003_schedule.sql").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    "config",
    [
        "{cron: 'x'}",
        "{cron: '0 0 30 2 *'}",
        "{cron: '* * * * *', time_zone: Moon/Base}",
        f"{{cron: '* * * * *', time_zone: {'a' * 300}}}",
    ],
)
def test_a_schedule_that_never_comes_is_refused(bench, config):
    with pytest.raises(msgspec.ValidationError):
        bench("schedule", config)._plan()


async def test_schedule_keeps_to_its_time_zone_over_a_clock_change(bench):
    async with bench("schedule", "{cron: '0 8 * * *', time_zone: Europe/Berlin}") as node:
        await node.clock.advance_to(1_711_700_000)  # 2024-03-29; on the 31st Berlin goes to summer time
        before = len(node.outputs)
        await node.advance(4 * 86_400)
        locals_ = [output.payload["local"] for output in node.outputs[before:]]
        assert locals_ == [
            "2024-03-30T08:00:00+01:00",
            "2024-03-31T08:00:00+02:00",
            "2024-04-01T08:00:00+02:00",
            "2024-04-02T08:00:00+02:00",
        ]


async def test_workers_that_share_a_database_fire_once(bench, postgres_dsn):
    database = Database(postgres_dsn)
    await database.start()
    try:
        async with database.connection(30) as connection:
            await connection.execute(_table())
        config = "{cron: '* * * * *', payload: go}"
        async with (
            bench("schedule", config, services=[database]) as one,
            bench("schedule", config, services=[database]) as two,
        ):
            fired = []
            for minute in range(1, 4):
                for worker in (one, two):
                    await worker.advance(60)
                await eventually(lambda minute=minute: len(one.outputs) + len(two.outputs) >= minute)
                fired = [output.message.time for output in [*one.outputs, *two.outputs]]
            async with database.connection(30) as connection:
                assert await connection.fetchval(COUNT) == 3
        assert len(set(fired)) == len(fired) == 3
    finally:
        await database.stop()


async def test_a_clock_that_is_set_on_by_years_fires_what_is_due_and_walks_through_nothing(bench):
    async with bench("schedule", "{cron: '* * * * *', time_zone: UTC}") as node:
        node.clock.step(26 * 365 * 86_400 + 7.0)
        await node.advance(30)
        assert len(node.outputs) <= 6
        before = len(node.outputs)
        await node.advance(600)
        assert len(node.outputs) - before == 10


async def test_a_time_is_not_missed_when_the_clock_is_set_on_to_it(bench):
    async with bench("schedule", "{cron: '0 8 * * *', time_zone: UTC}") as node:
        midnight = node.clock.now() // 86_400 * 86_400 + 86_400
        await node.clock.advance_to(midnight + 7 * 3600)
        before = len(node.outputs)
        node.clock.step(3605)
        await node.advance(30)
        assert [output.message.time for output in node.outputs[before:]] == [midnight + 8 * 3600]


@pytest.mark.parametrize("back_s", [600, 3600, 86_400 * 365 * 20])
async def test_a_clock_that_is_put_back_does_not_keep_the_schedule_waiting(bench, back_s):
    async with bench("schedule", "{cron: '* * * * *'}") as node:
        await node.advance(120)
        node.clock.step(-back_s)
        before = len(node.outputs)
        await node.advance(300)
        assert len(node.outputs) - before == 5


async def test_a_start_does_not_take_for_fired_what_a_clock_that_was_ahead_has_fired(bench, postgres_dsn):
    database = Database(postgres_dsn)
    await database.start()
    try:
        async with database.connection(30) as connection:
            await connection.execute(_table())
            for at in (1_700_000_040, 1_700_000_040 + 3600):
                await connection.execute(
                    "insert into schedule_fired values ('test', 'node', to_timestamp($1::float8))", at
                )

            async def one_is_left() -> bool:
                return await connection.fetchval(COUNT) == 1

            async with bench("schedule", "{cron: '* * * * *'}", services=[database]):
                await eventually(one_is_left)
    finally:
        await database.stop()
