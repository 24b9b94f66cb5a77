"""Sites for the nodes under test."""

import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import pytest

from engine.api import Database, Settings
from engine.core.targets import Target
from engine.db.migrations import migrate, read_migrations
from engine.runtime.state.journal import JournalStore
from engine.runtime.state.stores import PostgresJournal
from tests.nodes.io.harness import SiteHarness

HERE = (Target.parse("127.0.0.0/8"), Target.parse("::1"))
"""The servers of the tests."""
MakeBench = Callable[..., Awaitable[SiteHarness]]


@pytest.fixture
async def make_bench(tmp_path: Path) -> AsyncIterator[MakeBench]:
    """`await make_bench(journal, files=…)` starts a site; the arguments by name are settings."""
    async with contextlib.AsyncExitStack() as opened:

        async def make(journal: JournalStore | None = None, **settings: object) -> SiteHarness:
            bench = SiteHarness(Settings(**{"data": tmp_path / "data", "allowed_targets": HERE, **settings}), journal)  # type: ignore[arg-type]
            await bench.site.start()
            opened.push_async_callback(bench.site.stop, 0.2)
            return bench

        yield make


@pytest.fixture
async def bench(make_bench: MakeBench) -> SiteHarness:
    """A site with nothing special."""
    return await make_bench()


@pytest.fixture
async def journal(postgres_dsn: str) -> AsyncIterator[JournalStore]:
    """Where node memory outlives a site."""
    database = Database(postgres_dsn)
    await database.start()
    async with database.connection(10) as connection:
        await migrate(connection, read_migrations("engine", Path("engine/sql")))
    yield PostgresJournal(database)
    await database.stop()
