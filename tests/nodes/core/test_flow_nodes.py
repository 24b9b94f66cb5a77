"""Nodes that tie a flow together: links, catch, status, complete, debug, inject, schedule."""

import asyncio

import msgspec
import pytest

from engine.api import DebugHub
from engine.catalogue import Catalogue
from engine.database import Database
from engine.testing import FlowHarness
from nodes import pack

COUNT = "select count(*) from schedule_fired"


def flow(text):
    return FlowHarness(text, catalogue=Catalogue([pack]))


def shown(site):
    return [(row.node, row.value) for row in site.debug.rows]


async def test_a_link_carries_messages_to_every_link_in_named():
    text = """
flow: f
nodes:
  start: {type: change, with: {rules: [{do: set, path: topic, value: t}]}, to: out}
  out: {type: link-out, with: {to: [a, f/b]}}
  a: {type: link-in, to: seen}
  b: {type: link-in, to: seen}
  seen: {type: debug}
"""
    async with flow(text) as running:
        await running.give("start", 1)
        assert shown(running.site) == [("seen", 1), ("seen", 1)]
        assert running.run.under_way == 1  # the one the test itself holds


async def test_a_call_comes_back_to_its_caller_through_nested_calls():
    text = """
flow: f
nodes:
  call: {type: link-call, with: {to: double}, to: seen}
  seen: {type: debug}
  double: {type: link-in, to: once}
  once: {type: formula, with: {expression: "payload * 2"}, to: nested}
  nested: {type: link-call, with: {to: add}, to: back}
  add: {type: link-in, to: plus}
  plus: {type: formula, with: {expression: "payload + 1"}, to: back}
  back: {type: link-out, with: {mode: return}}
"""
    async with flow(text) as running:
        await running.give("call", 5, 6)
        assert shown(running.site) == [("seen", 11), ("seen", 13)]


async def test_a_call_without_an_answer_is_an_error_in_time():
    text = """
flow: f
nodes:
  call: {type: link-call, with: {to: hole, wait_s: 5}}
  hole: {type: link-in}
  caught: {type: catch, to: seen}
  seen: {type: debug, with: {show: error.reason}}
"""
    async with flow(text) as running:
        await running.give("call", 5)
        await running.clock.advance(4.9)
        assert shown(running.site) == []
        await running.clock.advance(0.2)
        assert shown(running.site) == [("seen", "nothing came back from f/hole within 5 s")]


async def test_catch_hears_only_of_its_scope_and_keeps_the_message():
    text = """
flow: f
nodes:
  one: {type: range, to: seen}
  two: {type: range, to: seen}
  caught: {type: catch, with: {scope: [one]}, to: seen}
  seen: {type: debug}
"""
    async with flow(text) as running:
        await running.give("one", "no number")
        await running.give("two", "neither")
        assert shown(running.site) == [("seen", "no number")]


async def test_complete_and_status_tell_what_happened():
    text = """
flow: f
nodes:
  hold: {type: delay, with: {delay_s: 1}, to: sink}
  sink: {type: debug, with: {active: false}}
  done: {type: complete, with: {scope: [sink]}, to: seen}
  state: {type: status, with: {scope: [hold]}, to: seen}
  seen: {type: debug}
"""
    async with flow(text) as running:
        await running.give("hold", 1)
        await running.clock.advance(1)
        values = [value for _, value in shown(running.site)]
        assert 1 in values
        assert [value["text"] for value in values if value != 1] == ["1 held", ""]


async def test_debug_shows_a_path_or_the_whole_message(bench):
    async with bench("debug", "show: ''") as node:
        await node.give({"payload": 1, "topic": "t", "x": 2})
        row = node.site.service(DebugHub).rows[-1]
        assert (row.value["payload"], row.value["topic"], row.value["x"]) == (1, "t", 2)


@pytest.mark.parametrize("config", ["{cron: 'x'}", "{cron: '0 0 30 2 *'}", "{cron: '* * * * *', time_zone: Moon/Base}"])
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
                async with asyncio.timeout(20):
                    while len(one.outputs) + len(two.outputs) < minute:
                        await asyncio.sleep(0.01)
                fired = [output.message.time for output in [*one.outputs, *two.outputs]]
            async with database.connection(30) as connection:
                assert await connection.fetchval(COUNT) == 3
        assert len(set(fired)) == len(fired) == 3
    finally:
        await database.stop()


def _table():
    from pathlib import Path

    import engine

    return (Path(engine.__file__).parent / "sql" / "003_schedule.sql").read_text(encoding="utf-8")
