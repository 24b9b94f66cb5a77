"""Real PostgreSQL servers: one cluster for the whole run with a fresh database per test, and clusters to stop."""

import itertools
import os
import signal
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from engine.ops.embedded.account import Account
from tests.eventually import wait_until
from tests.servers.process import ServerProcess, free_port, program

USER = "mcs"
PASSWORD = "only-for-tests"


class Postgres(ServerProcess):
    """A Debian PostgreSQL on 127.0.0.1 that asks for a password; `dsn()` is its address. `programs` names another one's folder."""

    def __init__(self, folder: Path, *, durable: bool, preload: str = "", programs: Path | None = None) -> None:
        port = free_port()
        self._programs = programs
        self._cluster = folder / "cluster"
        self._account = Account.for_cluster(self._cluster)
        self._account.make_folder(self._cluster)
        with tempfile.TemporaryFile() as password, self._account.within_reach(self._cluster) as (place, inherited):
            password.write(f"{PASSWORD}\n".encode())
            password.seek(0)
            os.fchown(password.fileno(), self._account.uid, self._account.gid)
            arguments = ["-D", place, "-U", USER, "-A", "scram-sha-256", "--pwfile", "/dev/stdin", "-N"]
            initdb = self._account.command(self._installed("initdb"), *arguments, "-E", "UTF8", "--locale=C.UTF-8")
            subprocess.run(initdb, check=True, stdin=password, capture_output=True, cwd="/", pass_fds=inherited)
        settings = {
            "listen_addresses": "127.0.0.1",
            "port": str(port),
            "unix_socket_directories": "",
            "fsync": "on" if durable else "off",
            "max_connections": "100",
            **({"shared_preload_libraries": preload} if preload else {}),
        }
        options = [f"--{name}={value}" for name, value in settings.items()]
        command = self._account.command(self._installed("postgres"), *options)
        # SIGINT is the fast shutdown: sessions are ended, not waited for.
        super().__init__(command, port, folder / "postgres.log", stop_signal=signal.SIGINT)

    def start(self) -> None:
        """Start it and wait until it answers; it accepts connections a little before that."""
        super().start()
        ready = [self._installed("pg_isready"), "-q", "-h", "127.0.0.1", "-p", str(self.port)]
        wait_until(lambda: subprocess.run(ready, check=False).returncode == 0)

    @contextmanager
    def _reached(self) -> Iterator[tuple[list[str], tuple[int, ...]]]:
        with self._account.within_reach(self._cluster) as (place, inherited):
            yield ["-D", place], inherited

    def dsn(self, database: str = "postgres") -> str:
        """The address of one of its databases."""
        return f"postgresql://{USER}:{PASSWORD}@127.0.0.1:{self.port}/{database}"

    def sql(self, statement: str, database: str = "postgres") -> str:
        """Run a statement from outside the test's event loop; rows come back as lines of text."""
        command = [self._installed("psql"), "-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-c", statement]
        return subprocess.run(
            [*command, self.dsn(database)], check=True, stdout=subprocess.PIPE, text=True, timeout=60
        ).stdout.strip()

    def _installed(self, name: str) -> str:
        if self._programs is not None:
            return str(self._programs / name)
        versions = sorted(
            Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: int(path.parent.name), reverse=True
        )
        return program(name, *(os.fspath(path) for path in versions))


@pytest.fixture(scope="session")
def postgres_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Postgres]:
    """The cluster that all tests share. Take `postgres_dsn` unless you need the server itself."""
    server = Postgres(tmp_path_factory.mktemp("postgres"), durable=False)
    server.start()
    yield server
    server.stop()


@pytest.fixture(scope="session")
def _database_numbers() -> Iterator[int]:
    return itertools.count(1)


@pytest.fixture
def postgres_dsn(postgres_server: Postgres, _database_numbers: Iterator[int]) -> Iterator[str]:
    """The address of a fresh, empty database of this test."""
    name = f"test_{next(_database_numbers)}"
    postgres_server.sql(f"create database {name} template template0")
    yield postgres_server.dsn(name)
    postgres_server.sql(f"drop database {name} with (force)")


@pytest.fixture
def make_postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[], Postgres]]:
    """`make_postgres()` starts a durable cluster that this test may stop, kill and start again."""
    made: list[Postgres] = []

    def make() -> Postgres:
        server = Postgres(tmp_path_factory.mktemp("postgres"), durable=True)
        made.append(server)
        server.start()
        return server

    yield make
    for server in made:
        server.stop()
