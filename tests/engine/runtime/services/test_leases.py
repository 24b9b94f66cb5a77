"""What one process has no other may have, and a database that is away keeps nobody from working."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import msgspec
import pytest

from engine.api import Database
from engine.db.migrations import migrate, read_migrations
from engine.runtime.services.leases import Lease, Leases
from tests.servers.process import free_port

FLOW = "flow:gas"
AWAY = f"postgresql://nobody@127.0.0.1:{free_port()}/nowhere"


class Copies:
    complete = True

    def __init__(self) -> None:
        self.kept: dict[str, bytes] = {}

    def copy(self, name: str, key: str, body: bytes | None) -> None:
        if body is None:
            self.kept.pop(key, None)
        else:
            self.kept[key] = body

    async def copies(self, name: str) -> dict[str, bytes]:
        return self.kept


@pytest.fixture
async def database(postgres_dsn: str) -> AsyncIterator[Database]:
    database = Database(postgres_dsn)
    await database.start()
    async with database.connection(10) as connection:
        await migrate(connection, read_migrations("engine", Path("engine/sql")))
    yield database
    await database.stop()


@pytest.fixture
async def process(database: Database) -> AsyncIterator[Callable[..., Leases]]:
    async with contextlib.AsyncExitStack() as opened:

        def make(name: str, on: Database = database, copies: Copies | None = None) -> Leases:
            leases = Leases(on, holder=f"folder of {name}", process=name, url=f"http://{name}", copies=copies)
            opened.push_async_callback(leases.stop)
            return leases

        yield make


async def test_the_second_is_told_who_has_it_and_gets_it_when_that_one_ends(process: Callable[..., Leases]):
    worker, standby, changes = process("worker"), process("standby"), list[str]()
    assert await worker.claim(FLOW) is None
    other = await standby.claim(FLOW, lambda: changes.append("changed"))
    assert other is not None
    assert (other.process, other.url) == ("worker", "http://worker")
    assert standby.flows == {"standby": [], "worker": ["gas"]}
    changes.clear()
    await worker.stop()
    assert await standby.claim(FLOW, lambda: changes.append("changed")) is None
    assert changes == ["changed"]


async def test_a_process_that_was_killed_finds_its_lease_at_once(process: Callable[..., Leases]):
    assert await process("worker").claim(FLOW) is None
    assert await process("worker").claim(FLOW) is None


async def test_a_lease_that_nobody_renews_ends(process: Callable[..., Leases], database: Database):
    worker, standby = process("worker"), process("standby")
    await worker.claim(FLOW)
    async with database.connection(10) as connection:
        await connection.execute("update leases set until = now() - interval '1 s'")
    assert await standby.claim(FLOW) is None
    lost = await worker.claim(FLOW)
    assert lost is not None
    assert lost.process == "standby"


async def test_without_the_database_a_process_runs_what_nobody_else_had_and_says_so(process: Callable[..., Leases]):
    away, copies = Database(AWAY), Copies()
    copies.kept["flow:archive"] = msgspec.json.encode(
        Lease(name="flow:archive", holder="x", process="archiver", url="")
    )
    leases = process("worker", away, copies)
    await leases.start()
    assert await leases.claim(FLOW) is None
    other = await leases.claim("flow:archive")
    assert other is not None
    assert other.process == "archiver"
    assert (
        leases.health()["status"],
        "whether another process has archive, gas" in str(leases.health()["problem"]),
    ) == (
        "degraded",
        True,
    )


async def test_a_claim_made_while_the_database_was_away_is_settled_for_who_has_the_row(
    process: Callable[..., Leases], database: Database
):
    await process("standby").claim(FLOW)
    late, changes = process("worker", Database(AWAY)), list[str]()
    assert await late.claim(FLOW, lambda: changes.append("changed")) is None
    late._database = database
    assert await late.claim(FLOW, lambda: changes.append("changed")) is not None
    assert changes == ["changed"]
