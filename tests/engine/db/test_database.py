"""The database connection comes and goes with a real server."""

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import asyncpg
import pytest

from engine.core.background_task import Supervisor
from engine.core.failure import RetryableError
from engine.db.database import Database, Unavailable, is_transient
from engine.db.dedicated_connection import DedicatedConnection
from tests.eventually import eventually
from tests.servers.postgres import PASSWORD, Postgres
from tests.servers.process import free_port
from tests.waits import HurriedClock, assert_waits_grow


@asynccontextmanager
async def started(dsn: str, max_connections: int = 8) -> AsyncIterator[Database]:
    database = Database(dsn, max_connections=max_connections)
    await database.start()
    try:
        yield database
    finally:
        await database.stop()


async def test_connection_runs_a_query(postgres_dsn: str) -> None:
    async with started(postgres_dsn) as database, database.connection() as connection:
        assert await connection.fetchval("select 6 * 7") == 42


async def test_start_succeeds_while_the_server_is_down_and_connects_later(
    make_postgres: Callable[[], Postgres],
) -> None:
    server = make_postgres()
    server.stop()

    async with started(server.dsn()) as database:
        await eventually(lambda: "connect" in str(database.problem or "").lower())
        assert not database.up
        await asyncio.to_thread(server.start)
        async with database.connection(timeout_s=20) as connection:
            assert await connection.fetchval("select 1") == 1

        assert (database.up, database.problem) == (True, None)


@pytest.mark.parametrize("how", ["stop", "kill"])
async def test_server_that_went_away_is_noticed_and_used_again(make_postgres: Callable[[], Postgres], how: str) -> None:
    server = make_postgres()
    async with started(server.dsn()) as database:
        async with database.connection(timeout_s=20):
            pass

        await asyncio.to_thread(getattr(server, how))
        await eventually(lambda: not database.up)
        await asyncio.to_thread(server.start)

        async with database.connection(timeout_s=20) as connection:
            assert await connection.fetchval("select 1") == 1


async def test_server_that_stops_in_the_middle_of_an_answer_to_the_probe_is_used_again(
    postgres_dsn: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """asyncpg then raises an error of a family of its own; it must not end the watch for good."""
    execute, broken = asyncpg.Connection.execute, []

    async def breaks_once(connection: asyncpg.Connection, query: str) -> str:
        if not broken:
            broken.append(query)
            raise asyncpg.InternalClientError("cannot switch to state 12; another operation (2) is in progress")
        return await execute(connection, query)

    monkeypatch.setattr(asyncpg.Connection, "execute", breaks_once)
    async with started(postgres_dsn) as database, database.connection(timeout_s=20) as connection:
        assert await connection.fetchval("select 1") == 1
    assert broken == ["select 1"]


async def test_query_under_way_when_the_server_stops_raises_a_transient_error(
    make_postgres: Callable[[], Postgres],
) -> None:
    server = make_postgres()
    async with started(server.dsn()) as database, database.connection(timeout_s=20) as connection:
        query = asyncio.create_task(connection.execute("select pg_sleep(60)"))
        await asyncio.to_thread(server.stop)
        with pytest.raises((asyncpg.PostgresError, asyncpg.InterfaceError, OSError)) as caught:
            await query

    assert is_transient(caught.value)


async def test_waiting_ends_with_unavailable_that_names_server_but_no_password() -> None:
    async with started("postgresql://mcs:hunter2@127.0.0.1:1/plant?password=hunter2") as database:
        with pytest.raises(Unavailable, match=r"127\.0\.0\.1:1/plant") as caught:
            async with database.connection(timeout_s=0.5):
                pass

    assert "hunter2" not in str(caught.value)


async def test_refused_password_is_a_problem_that_does_not_show_it(
    postgres_server: Postgres, caplog: pytest.LogCaptureFixture
) -> None:
    dsn = postgres_server.dsn().replace(PASSWORD, "hunter2")

    with caplog.at_level(logging.DEBUG, "engine"):
        async with started(dsn) as database:
            await eventually(lambda: "password authentication failed" in str(database.problem or ""))

    assert "hunter2" not in str(database.problem or "") + caplog.text


async def test_all_connections_in_use_ends_with_unavailable(postgres_dsn: str) -> None:
    async with started(postgres_dsn, max_connections=1) as database, database.connection():
        with pytest.raises(Unavailable, match="in use"):
            async with database.connection(timeout_s=0.2):
                pass


async def test_listener_gets_notifications_and_is_told_to_refresh_after_a_reconnect(
    make_postgres: Callable[[], Postgres],
) -> None:
    server = make_postgres()
    heard: list[str | None] = []
    async with started(server.dsn()) as database:
        database.listen("devices", heard.append)
        await eventually(lambda: heard == [None])
        await asyncio.to_thread(server.sql, "notify devices, 'GS000001'")
        await eventually(lambda: heard == [None, "GS000001"])

        await asyncio.to_thread(server.restart)
        await eventually(lambda: heard == [None, "GS000001", None])
        await asyncio.to_thread(server.sql, "notify devices, 'GS000002'")

        await eventually(lambda: heard[-1] == "GS000002")


async def test_listener_that_raises_does_not_stop_the_others(postgres_dsn: str) -> None:
    heard: list[str | None] = []

    def broken(payload: str | None) -> None:
        raise RuntimeError("broken")

    async with started(postgres_dsn) as database:
        database.listen("devices", broken)
        database.listen("devices", heard.append)

        await eventually(lambda: heard == [None])
        assert database.up


async def test_ended_listener_hears_nothing_more(postgres_dsn: str) -> None:
    first: list[str | None] = []
    second: list[str | None] = []
    async with started(postgres_dsn) as database:
        end = database.listen("devices", first.append)
        database.listen("devices", second.append)
        await eventually(lambda: (first, second) == ([None], [None]))
        end()
        async with database.connection() as connection:
            await connection.execute("notify devices, 'x'")
        await eventually(lambda: second == [None, "x"])

    assert first == [None]


@pytest.mark.parametrize(
    ("error", "transient"),
    [
        (asyncpg.AdminShutdownError(""), True),
        (asyncpg.CannotConnectNowError(""), True),
        (asyncpg.TooManyConnectionsError(""), True),
        (asyncpg.ConnectionDoesNotExistError(""), True),
        (asyncpg.DeadlockDetectedError(""), True),
        (asyncpg.InterfaceError("connection is closed"), True),
        (ConnectionResetError(), True),
        (Unavailable(""), True),
        (asyncpg.InterfaceError("cannot perform operation: another operation is in progress"), False),
        (asyncpg.PostgresSyntaxError(""), False),
        (asyncpg.UniqueViolationError(""), False),
        (asyncpg.InvalidPasswordError(""), False),
        (ValueError(), False),
    ],
)
def test_transient_errors_are_told_from_permanent_ones(error: Exception, transient: bool) -> None:
    assert is_transient(error) is transient


async def test_own_connections_leave_the_pool_to_others_and_end_with_the_database(postgres_dsn: str) -> None:
    """However many nodes keep one, each for itself."""
    async with started(postgres_dsn, max_connections=1) as database:
        held = [DedicatedConnection(database) for _ in range(3)]
        for one in held:
            async with one.use() as connection:
                assert await connection.fetchval("select 1") == 1
        async with database.connection(5) as connection:
            ours = "select count(*) from pg_stat_activity where application_name = 'mcs'"
            assert await connection.fetchval(ours) >= 5
    checking = await asyncpg.connect(postgres_dsn)

    async def all_closed() -> bool:
        return await checking.fetchval(ours) == 0

    await eventually(all_closed)
    await checking.close()


async def test_held_connection_survives_a_wrong_statement_in_a_transaction(postgres_dsn: str) -> None:
    """It is rolled back and goes on; a connection that was ended is RetryableError, and made anew."""
    async with started(postgres_dsn) as database:
        held = DedicatedConnection(database)
        async with held.use() as connection:
            pid = connection.get_server_pid()
        with pytest.raises(asyncpg.UndefinedTableError):
            await _use(held, "begin", "select * from nowhere")
        async with held.use() as connection:
            assert connection.get_server_pid() == pid
            assert not connection.is_in_transaction()
        async with database.connection(5) as other:
            await other.execute("select pg_terminate_backend($1)", pid)

        async def on_another() -> bool:
            # RetryableError where its end is only noticed by the statement; where it is known before, a new one is there at once.
            with contextlib.suppress(RetryableError):
                async with held.use() as connection:
                    return bool(await connection.fetchval("select pg_backend_pid()") != pid)
            return False

        await eventually(on_another)


async def _use(held: DedicatedConnection, *statements: str) -> None:
    async with held.use() as connection:
        for statement in statements:
            await connection.execute(statement)


async def test_server_that_is_not_there_is_called_less_and_less_often() -> None:
    clock = HurriedClock()
    database = Database(f"postgresql://nobody@127.0.0.1:{free_port()}/none", supervisor=Supervisor(clock))
    await database.start()
    await eventually(lambda: len(clock.waits) >= 9)
    await database.stop()
    assert_waits_grow(clock.waits[:9], 0.1, 5.0)
