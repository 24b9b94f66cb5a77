"""What is measured: an engine in a process of its own, on a broker and a database of its own."""

from __future__ import annotations

from pathlib import Path
from typing import Protocol

from tests.delivery.engine_process import SHIPPED, EngineProcess, Table
from tests.servers.mosquitto import Mosquitto
from tests.servers.postgres import Postgres

DEVICES = 1000
CASES = ("counter", "store", "whole")
FLOWS = {
    "counter": Path(__file__).parent / "flows" / "counter.yaml",
    "store": Path(__file__).parent / "flows" / "store.yaml",
    "whole": SHIPPED,
}


class Candidate(Protocol):
    """An engine with one case's flow."""

    name: str
    mqtt_url: str

    @property
    def pid(self) -> int: ...

    async def start(self) -> None:
        """Returns when it takes messages."""

    async def handled(self) -> int:
        """How many readings it is done with since its start: calculated, or committed where the case stores them."""

    async def live(self) -> tuple[str, dict[str, str], str]:
        """Where live readings come from: address of the WebSocket, headers, and what to send first."""

    async def stop(self) -> None: ...


class Ours:
    """`mcs run` with one flow."""

    name = "mcs"

    def __init__(self, folder: Path, case: str, server: Postgres, database: str) -> None:
        self.case = case
        broker_folder, engine_folder = folder / "broker", folder / "engine"
        broker_folder.mkdir(parents=True)
        engine_folder.mkdir()
        server.sql(f"create database {database}")
        self.broker = Mosquitto(broker_folder)
        self.mqtt_url = self.broker.url
        self.table = Table(server.dsn(database))
        self.engine = EngineProcess(engine_folder, self.table.dsn, self.broker.url, MCS_LOG_LEVEL="warning")
        self.engine.take_flow(FLOWS[case])

    @property
    def pid(self) -> int:
        return int(self.engine.process.pid)

    async def start(self) -> None:
        self.broker.start()
        self.engine.start()
        await self.table.add_devices(DEVICES, a1=20.0, a2=50.0)
        await self.engine.ready("gas-monitoring" if self.case == "whole" else "bench", within_s=60)

    async def handled(self) -> int:
        if self.case == "counter":
            return int(await self.engine.figure("mcs_node_messages_out_total", node="concentration", port="out"))
        return int(await self.table.value("select count(*) from readings") or 0)

    async def live(self) -> tuple[str, dict[str, str], str]:
        await self.engine.call("GET", "/api/flows")  # signs in
        jar = self.engine.http.cookie_jar.filter_cookies(f"http://127.0.0.1:{self.engine.port}")  # type: ignore[arg-type]
        cookies = "; ".join(f"{name}={morsel.value}" for name, morsel in jar.items())
        origin = f"http://127.0.0.1:{self.engine.port}"
        return f"{origin}/api/ws", {"Cookie": cookies, "Origin": origin}, '{"subscribe":"live:readings"}'

    async def stop(self) -> None:
        await self.engine.close()
        await self.table.close()
        self.broker.stop()
