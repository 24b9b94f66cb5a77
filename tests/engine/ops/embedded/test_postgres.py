"""The embedded PostgreSQL starts, stops, and comes back after a kill with its data."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import asyncpg
import psutil
import pytest

from engine.core.errors import SetupError
from engine.ops.embedded.postgres import EmbeddedPostgres
from tests.eventually import eventually

HOLD = """
import asyncio, pathlib, sys
from engine.ops.embedded.postgres import EmbeddedPostgres
async def main():
    async with EmbeddedPostgres(pathlib.Path(sys.argv[1])):
        print("ready", flush=True)
        await asyncio.Event().wait()
asyncio.run(main())
"""


@contextmanager
def engine_killed_at_the_end(*command: str) -> Iterator[None]:
    engine = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert engine.stdout is not None
    try:
        assert engine.stdout.readline() == "ready\n"
        yield
    finally:
        engine.kill()
        engine.wait()
        engine.stdout.close()


async def run(dsn: str, statement: str) -> object:
    connection = await asyncpg.connect(dsn)
    try:
        return await connection.fetchval(statement)
    finally:
        await connection.close()


def server_pid(data: Path) -> int:
    return int((data / "postgres" / "postmaster.pid").read_text().split()[0])


def facts_of(pid: int) -> dict[str, str]:
    """What Linux says of a process: its accounts and capabilities among the rest."""
    status = Path(f"/proc/{pid}/status").read_text()
    return dict(line.split(":", 1) for line in status.splitlines())


def has_ended(pid: int) -> bool:
    return not psutil.pid_exists(pid) or psutil.Process(pid).status() == psutil.STATUS_ZOMBIE


async def test_second_start_finds_the_data_of_the_first(tmp_path: Path) -> None:
    async with EmbeddedPostgres(tmp_path) as server:
        await run(server.dsn, "create table reading (conc real)")
        await run(server.dsn, "insert into reading values (4.5)")

    async with EmbeddedPostgres(tmp_path) as server:
        assert await run(server.dsn, "select conc from reading") == 4.5


async def test_nothing_runs_after_the_block(tmp_path: Path) -> None:
    async with EmbeddedPostgres(tmp_path) as server:
        pid = server_pid(tmp_path)
        await run(server.dsn, "select 1")

    assert has_ended(pid)
    assert not (tmp_path / "postgres" / "postmaster.pid").exists()


async def test_committed_data_survives_killing_the_engine(tmp_path: Path) -> None:
    with engine_killed_at_the_end(sys.executable, "-c", HOLD, str(tmp_path)):
        await run(EmbeddedPostgres(tmp_path).dsn, "create table kept (n int)")

    async with EmbeddedPostgres(tmp_path) as server:
        assert await run(server.dsn, "select count(*) from kept") == 0


async def test_killed_engine_leaves_no_server(tmp_path: Path) -> None:
    with engine_killed_at_the_end(sys.executable, "-c", HOLD, str(tmp_path)):
        pid = server_pid(tmp_path)

    await eventually(lambda: has_ended(pid))


async def test_pid_file_that_names_another_program_is_no_obstacle(tmp_path: Path) -> None:
    async with EmbeddedPostgres(tmp_path):
        pid_file = (tmp_path / "postgres" / "postmaster.pid").read_text()
    stale = pid_file.replace(pid_file.split()[0], str(os.getpid()), 1)
    (tmp_path / "postgres" / "postmaster.pid").write_text(stale)

    async with EmbeddedPostgres(tmp_path) as server:
        assert await run(server.dsn, "select 1") == 1


async def test_crashed_server_recovers_at_the_next_start(tmp_path: Path) -> None:
    async with EmbeddedPostgres(tmp_path) as server:
        await run(server.dsn, "create table kept (n int)")
        os.kill(server_pid(tmp_path), signal.SIGKILL)

    async with EmbeddedPostgres(tmp_path) as server:
        assert await run(server.dsn, "select count(*) from kept") == 0


async def test_second_engine_shares_the_server_and_leaves_it_running(tmp_path: Path) -> None:
    async with EmbeddedPostgres(tmp_path) as first:
        async with EmbeddedPostgres(tmp_path) as second:
            assert await run(second.dsn, "select 1") == 1

        assert await run(first.dsn, "select 1") == 1


@pytest.mark.parametrize("name", ["long" * 30, "one, two"])
async def test_path_that_no_client_can_be_given_gets_its_socket_elsewhere(tmp_path: Path, name: str) -> None:
    async with EmbeddedPostgres(tmp_path / name) as server:
        assert await run(server.dsn, "select 1") == 1
        assert server.socket_dir != server.cluster

    assert not server.socket_dir.exists()


async def test_only_the_servers_account_reaches_socket_and_data(tmp_path: Path) -> None:
    async with EmbeddedPostgres(tmp_path) as server:
        modes = [folder.stat().st_mode & 0o777 for folder in (server.socket_dir, server.cluster)]

    assert modes == [0o700, 0o700]


async def test_unwritable_folder_is_one_clear_error(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("a file where the folder should be")

    with pytest.raises(SetupError, match=r"the data folder .*data can't be written .*MCS_DATA"):
        await EmbeddedPostgres(tmp_path / "data").__aenter__()


async def test_data_of_another_major_version_is_refused(tmp_path: Path) -> None:
    cluster = tmp_path / "postgres"
    cluster.mkdir()
    (cluster / "PG_VERSION").write_text("9\n")

    with pytest.raises(SetupError, match=r"was written by PostgreSQL 9, this is 18.*pg_dump"):
        await EmbeddedPostgres(tmp_path).__aenter__()


async def test_server_has_no_right_beyond_its_accounts(tmp_path: Path) -> None:
    async with EmbeddedPostgres(tmp_path):
        facts = facts_of(server_pid(tmp_path))

    assert facts["Uid"].split()[1] != "0"
    assert {facts[name].strip() for name in ("CapInh", "CapPrm", "CapEff", "CapAmb")} == {"0" * 16}
