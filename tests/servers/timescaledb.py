"""The database's editions, each a real server: plain PostgreSQL, TimescaleDB's Apache edition, and the full one where it is told where it is."""

import itertools
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.servers.postgres import Postgres

FULL = os.environ.get("MCS_TEST_TIMESCALEDB")
"""Folder with the programs of a PostgreSQL that has the full edition. No package has it here, so it is tested where somebody has built it."""

EDITIONS = ["postgresql", "timescaledb-apache", *(["timescaledb"] if FULL else [])]
WITHOUT = "TimescaleDB is not installed; run tests/timescaledb.sh"


@dataclass(frozen=True)
class Edition:
    """A fresh database of one edition, by the name that the product gives it."""

    name: str
    dsn: str


def start_edition(name: str, folder: Path) -> Postgres:
    """A server of that edition. AssertionError where TimescaleDB has not been built."""
    is_plain = name == "postgresql"
    assert is_plain or FULL or list(Path("/usr/share/postgresql").glob("*/extension/timescaledb.control")), WITHOUT
    programs = Path(FULL) if FULL and name == "timescaledb" else None
    server = Postgres(folder, durable=False, preload="" if is_plain else "timescaledb", programs=programs)
    server.start()
    return server


@pytest.fixture(scope="session", params=EDITIONS)
def edition_server(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[str, Postgres]]:
    """(edition, its server)."""
    server = start_edition(request.param, tmp_path_factory.mktemp("edition"))
    yield request.param, server
    server.stop()


_numbers = itertools.count(1)


@pytest.fixture
def edition(edition_server: tuple[str, Postgres]) -> Iterator[Edition]:
    """A fresh database of each edition in turn."""
    name, server = edition_server
    database = f"edition_{next(_numbers)}"
    server.sql(f"create database {database} template template0")
    if name != "postgresql":
        server.sql("create extension timescaledb", database)
    yield Edition(name, server.dsn(database))
    server.sql(f"drop database {database} with (force)")
