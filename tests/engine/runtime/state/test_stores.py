"""Node memory and quarantine in real PostgreSQL and Redis: what was committed is there after a restart, and workers hear of each other."""

from __future__ import annotations

import json
import secrets
from collections.abc import AsyncIterator
from pathlib import Path

import msgspec
import pytest
from redis import asyncio as redis

from engine.core.background_task import Supervisor
from engine.core.clock import SystemClock
from engine.core.failure import RetryableError
from engine.db.database import Database
from engine.db.migrations import migrate, read_migrations
from engine.runtime.quarantine import Quarantine
from engine.runtime.state.journal import Change, Journal
from engine.runtime.state.memory import Memories
from engine.runtime.state.redis_journal import RedisJournal
from engine.runtime.state.stores import PostgresJournal, PostgresQuarantine
from tests.engine.runtime.fixture_nodes import message
from tests.eventually import eventually

SQL = Path("engine/sql")


@pytest.fixture
async def database(postgres_dsn: str) -> AsyncIterator[Database]:
    database = Database(postgres_dsn)
    await database.start()
    async with database.connection(10) as connection:
        await migrate(connection, read_migrations("engine", SQL))
    yield database
    await database.stop()


CHANGES: list[Change] = [
    ("f/n/m", "a", b"\x01", None),
    ("f/n/m", "a", b"\x02", None),
    ("f/n/m", "gone", b"\x01", None),
    ("f/n/m", "gone", None, None),
    ("f/n/m", "键 with: colon", b"\x03", 4_000_000_000.0),
    ("f/n/m", "a NUL \x00 from a payload", b"\x05", None),
    ("f/n/m", "a NUL \x00 that is gone", b"\x05", None),
    ("f/n/m", "a NUL \x00 that is gone", None, None),
    ("last_alarm", "GS1_a1", b"\x04", None),
]
LONGEST: Change = ("流" * 64 + "/" + "点" * 64 + "/memory", "键" * 500, b"\x06", None)
TOO_LONG: Change = ("f/n/m", secrets.token_hex(5000), b"\x07", None)
LIVING = [
    ("f/n/m", "a", b"\x02"),
    ("f/n/m", "键 with: colon", b"\x03"),
    ("f/n/m", "a NUL \x00 from a payload", b"\x05"),
    ("last_alarm", "GS1_a1", b"\x04"),
]


async def test_postgres_gives_back_the_last_change_of_each_key(database: Database):
    """Folded or not, in several appends or one."""
    store = PostgresJournal(database)
    for change in CHANGES:
        await store.append([change])
    await store.fold()
    await store.append([("f/n/m", "later", b"\x05", None), LONGEST, TOO_LONG])
    loaded = await PostgresJournal(database).load()
    assert sorted(change[:3] for change in loaded) == sorted([*LIVING, ("f/n/m", "later", b"\x05"), LONGEST[:3]])


async def test_redis_gives_back_the_last_change_of_each_key(redis_url: str):
    """The same entries, the same answer; a shared one under its plain key."""
    store = RedisJournal(redis_url)
    for change in CHANGES:
        await store.append([change])
    assert sorted(change[:3] for change in await store.load()) == sorted(LIVING)
    client = redis.from_url(redis_url)
    assert await client.get("last_alarm_GS1_a1") == b"4"
    await client.aclose()
    await store.stop()


@pytest.mark.parametrize("value", [1767225600.5, 0, -1, "元", "", True, [1, "a"], {"a": 1.5}, b"\x00\xff", None])
async def test_a_shared_value_comes_back_as_it_was_and_a_plain_one_is_readable_by_other_programs(
    redis_url: str, value: object
):
    """Numbers, texts and truths are JSON; what JSON can't say stays msgpack."""
    store = RedisJournal(redis_url)
    await store.append([("shared", "key", msgspec.msgpack.encode(value), None)])
    (change,) = await store.load()
    assert change[2] is not None
    assert msgspec.msgpack.decode(change[2]) == value
    client = redis.from_url(redis_url)
    if isinstance(value, (int, float, str)):
        assert msgspec.json.decode(await client.get("shared_key")) == value
    await client.aclose()
    await store.stop()


async def test_redis_forgets_by_itself_at_the_end(redis_url: str):
    """The time to live is Redis's own, so a key ends though no worker runs."""
    store = RedisJournal(redis_url)
    ends = SystemClock().now() + 100
    await store.append([("last_alarm", "GS1_a1", b"\x01", ends)])
    client = redis.from_url(redis_url)
    assert 95_000 < await client.pttl("last_alarm_GS1_a1") <= 100_000
    (change,) = await store.load()
    assert abs(change[3] - ends) < 1
    await client.aclose()
    await store.stop()


async def test_workers_hear_of_each_others_changes_through_redis(redis_url: str):
    """A debounce key that one worker sets mutes the other at once."""
    clock = SystemClock()
    journals, memories = [], []
    for _ in range(2):
        own = len(memories)
        store = RedisJournal(redis_url, on_remote=lambda changes, own=own: memories[own].follow(changes))
        journal = Journal(store)
        memories.append(Memories(clock, journal))
        await store.start()
        journals.append((store, journal))
    one, two = (memory.open("last_alarm", float) for memory in memories)
    client = redis.from_url(redis_url)

    async def both_listen() -> bool:
        return (await client.pubsub_numsub("mcs:memory:changes"))[0][1] == 2

    await eventually(both_listen)
    one.set("GS1_a1", 12.5)
    await eventually(lambda: two.get("GS1_a1") == 12.5)
    one.delete("GS1_a1")
    await eventually(lambda: two.get("GS1_a1") is None)
    await client.aclose()
    for store, journal in journals:
        await journal.flush()
        await store.stop()


async def test_redis_that_is_away_is_retry(make_redis):
    """The journal holds on to the changes instead of losing them."""
    server = make_redis()
    store = RedisJournal(server.url)
    server.stop()
    with pytest.raises(RetryableError, match="Redis is away"):
        await store.append(CHANGES)
    await store.stop()


async def test_quarantined_message_is_in_the_table(database: Database):
    """With its reason, its bytes and its properties, whatever characters they hold."""
    quarantine = Quarantine(PostgresQuarantine(database), Supervisor())
    quarantine.start()
    quarantine.put(
        "f",
        "n",
        message(b"\x00\xffjunk", topic="a\x00b", time=1e300, props={"error": {"reason": "x\x00y"}}),
        "bad \x00 thing",
    )
    quarantine.put("f", "n", message({"v": float("nan")}), "no number")
    await quarantine.queue.drained()
    async with database.connection(5) as connection:
        rows = await connection.fetch("select topic, reason, payload, props::text from quarantine order by id")
    assert (rows[0]["topic"], rows[0]["reason"], rows[0]["payload"]) == ("a�b", "bad � thing", b"\x00\xffjunk")
    assert "x�y" in rows[0]["props"]
    assert rows[1]["payload"] == b'{"v":null}'
    assert not quarantine.recent  # a thousand of a megabyte each would not fit beside the rest of a small server
    await quarantine.stop()


async def test_words_that_only_look_like_a_nul_are_quarantined_as_they_are(database: Database):
    """PostgreSQL's own refusal of a NUL says so in its text."""
    quarantine = Quarantine(PostgresQuarantine(database), Supervisor())
    quarantine.start()
    said = "DETAIL:  \\u0000 cannot be converted to text."
    quarantine.put("f", "n", message(b"1", props={"error": {"reason": said}, "a\x00": ["\x00", 1, None]}), said)
    await quarantine.queue.drained()
    async with database.connection(5) as connection:
        row = await connection.fetchrow("select reason, props::text from quarantine")
    assert row["reason"] == said
    assert json.loads(row["props"]) == {"error": {"reason": said}, "a�": ["�", 1, None]}
    await quarantine.stop()


async def test_a_message_that_the_table_refuses_is_kept_without_its_properties_and_holds_up_no_other(
    database: Database,
):
    quarantine = Quarantine(PostgresQuarantine(database), Supervisor())
    for payload in (b"before", b"refused", b"after"):
        quarantine.put("f", "n", message(payload, props={"a": 1}), "bad")
    quarantine.recent[1].props = b'{"a": 2}'
    async with database.connection(5) as connection:
        await connection.execute("alter table quarantine add check (props->>'a' is distinct from '2')")
        await PostgresQuarantine(database).keep(list(quarantine.recent))
        rows = await connection.fetch("select payload, reason, props::text from quarantine order by id")
    assert [row["payload"] for row in rows] == [b"before", b"refused", b"after"]
    assert [row["props"] for row in rows] == ['{"a": 1}', "{}", '{"a": 1}']
    assert rows[1]["reason"].startswith("bad (its properties could not be stored: ")


async def test_quarantine_stores_once_what_it_is_told_twice(database: Database):
    """Its commit may be done and not heard of."""
    store = PostgresQuarantine(database)
    quarantine = Quarantine(store, Supervisor())
    quarantine.put("f", "n", message(b"1"), "bad")
    quarantine.put("f", "n", message(b"1"), "bad")
    await store.keep(list(quarantine.recent))
    await store.keep(list(quarantine.recent))
    async with database.connection(5) as connection:
        assert await connection.fetchval("select count(*) from quarantine") == 2
