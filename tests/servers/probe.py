"""Starts each kind of server that a demonstration or a test run needs from where it stands, asks each something, and waits to be let go.

    python -m tests.servers.probe FOLDER

prints "all answer" once they do; the end of its input ends it.
"""

from __future__ import annotations

import asyncio
import contextlib
import sys
from pathlib import Path

import aiomqtt
import asyncpg

from engine.ops.embedded.broker import EmbeddedBroker
from engine.ops.embedded.postgres import EmbeddedPostgres
from tests.servers.mosquitto import Mosquitto
from tests.servers.postgres import Postgres
from tests.servers.process import ServerProcess


async def main(folder: Path) -> None:
    """Raises what any of them raises."""
    made: list[ServerProcess] = []
    async with EmbeddedPostgres(folder / "data") as postgres, EmbeddedBroker(port=0) as broker:
        with contextlib.ExitStack() as stopped:
            for name, kind in (("mosquitto", Mosquitto), ("postgres", lambda place: Postgres(place, durable=True))):
                (folder / name).mkdir()
                server = kind(folder / name)
                server.start()
                stopped.callback(server.stop)
                made.append(server)
            debian = made[1]
            assert isinstance(debian, Postgres)
            for dsn in (postgres.dsn, debian.dsn()):
                connection = await asyncpg.connect(dsn)
                await connection.execute("create table reading (conc real)")
                await connection.close()
            for port in (broker.port, made[0].port):
                async with aiomqtt.Client("127.0.0.1", port) as client:
                    await client.publish("reading", b"4.5", qos=1)
            print("all answer", flush=True)
            await asyncio.to_thread(sys.stdin.read)


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1])))
