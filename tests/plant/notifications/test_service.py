"""Cards and attempts on a real database: shared by workers, kept in step, and never waited for."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import pytest

from plant.alarms.attempt import Attempt
from plant.notifications.card import Email, Robot
from plant.notifications.service import Changed, Channels
from tests.eventually import eventually
from tests.plant.notifications.harness import AT
from tests.plant.site_database import migrated
from tests.servers.postgres import Postgres


def attempt(answer: str = "ok", **fields: object) -> Attempt:
    given = {
        "at": AT,
        "channel": "robot",
        "attempt": 1,
        "result": "sent",
        "subject": "GS001",
        "events": ["a", "b"],
        "count": 2,
    }
    return Attempt(answer=answer, **{**given, **fields})  # type: ignore[arg-type]


async def test_a_card_saved_by_one_worker_is_the_card_of_all(postgres_dsn: str):
    async with migrated(postgres_dsn) as database:
        here, there = Channels(database), Channels(database)
        await here.start()
        await there.start()
        saved = await here.put("robot", True, Robot(type="feishu", template="{sn}"), 0, "li")
        assert (saved.revision, saved.changed_by) == (1, "li")
        await eventually(lambda: there.cards["robot"].revision == 1)
        assert there.cards["robot"].settings == Robot(type="feishu", template="{sn}")
        await here.stop()
        await there.stop()


async def test_the_second_of_two_who_save_at_once_is_told_and_overwrites_nothing(postgres_dsn: str):
    async with migrated(postgres_dsn) as database:
        service = Channels(database)
        await service.start()
        await service.put("email", False, Email(server="smtp.a.cn"), 0, "li")
        with pytest.raises(Changed) as changed:
            await service.put("email", False, Email(server="smtp.b.cn"), 0, "wang")
        assert changed.value.card.changed_by == "li"
        assert service.cards["email"].settings == Email(server="smtp.a.cn")
        assert (await service.put("email", True, Email(server="smtp.b.cn"), 1, "wang")).revision == 2
        await service.stop()


async def test_every_attempt_is_kept_with_its_answer_and_the_last_is_known_after_a_restart(postgres_dsn: str):
    async with migrated(postgres_dsn) as database:
        service = Channels(database)
        await service.start()
        service.note(attempt("sign not match", result="refused", hint="sign"))
        service.note(attempt('{"errcode":0}\0', attempt=2, at=AT + 1))
        await service.stop()
        again = Channels(database)
        await again.start()
        entries = await again.attempts.entries(channel="robot")
        assert [(entry.result, entry.answer, entry.hint) for entry in entries] == [
            ("sent", '{"errcode":0}�', ""),
            ("refused", "sign not match", "sign"),
        ]
        assert again.attempts.last["robot"].attempt == 2
        await again.stop()


async def test_attempts_made_while_the_database_is_away_are_written_when_it_is_back(
    make_postgres: Callable[[], Postgres],
):
    server = make_postgres()
    async with migrated(server.dsn()) as database:
        service = Channels(database)
        await service.start()
        await asyncio.to_thread(server.stop)
        await eventually(lambda: not database.up)
        for n in range(300):
            service.note(attempt(f"ok {n}"))
        await asyncio.to_thread(server.start)

        async def written() -> bool:
            async with database.connection() as connection:
                answers = await connection.fetch("select answer from notifications order by id")
            return [row["answer"] for row in answers] == [f"ok {n}" for n in range(300)]

        await eventually(written)
        await service.stop()


async def test_a_site_whose_database_is_away_starts_with_empty_cards_and_gets_them_later(
    make_postgres: Callable[[], Postgres],
):
    server = make_postgres()
    async with migrated(server.dsn()) as database:
        first = Channels(database)
        await first.start()
        await first.put("robot", True, Robot(), 0, "li")
        await first.stop()
        await asyncio.to_thread(server.stop)
        service = Channels(database)
        await service.start()
        assert service.cards["robot"].revision == 0
        assert service.health()["status"] in ("ok", "degraded")
        await asyncio.to_thread(server.start)
        await eventually(lambda: service.cards["robot"].enabled)
        await service.stop()
