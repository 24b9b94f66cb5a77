"""Real Redis servers."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import redis as redis_client

from tests.servers.process import ServerProcess, free_port, program


class Redis(ServerProcess):
    """A Redis on 127.0.0.1 that writes every change to its append-only file, so a restart finds its data."""

    def __init__(self, folder: Path) -> None:
        port = free_port()
        self.url = f"redis://127.0.0.1:{port}/0"
        command = [program("redis-server"), "--port", str(port), "--bind", "127.0.0.1", "--dir", str(folder)]
        command += ["--save", "", "--appendonly", "yes", "--appendfsync", "always"]
        super().__init__(command, port, folder / "redis.log")


@pytest.fixture(scope="session")
def redis_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Redis]:
    """The server that all tests share. Take `redis_url` unless you need the server itself."""
    server = Redis(tmp_path_factory.mktemp("redis"))
    server.start()
    yield server
    server.stop()


@pytest.fixture
def redis_url(redis_server: Redis) -> Iterator[str]:
    """The address of an empty Redis."""
    yield redis_server.url
    with redis_client.Redis.from_url(redis_server.url) as client:
        client.flushall()


@pytest.fixture
def make_redis(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[], Redis]]:
    """`make_redis()` starts a server that this test may stop, kill and start again."""
    made: list[Redis] = []

    def make() -> Redis:
        server = Redis(tmp_path_factory.mktemp("redis"))
        made.append(server)
        server.start()
        return server

    yield make
    for server in made:
        server.stop()
