"""`mcs run` in a process of its own, on a real broker and a real database: to be killed, deployed to, and asked how it is."""

from __future__ import annotations

import asyncio
import json
import shutil
import signal
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Self

import aiohttp
import asyncpg
import psutil

from tests.bench.publisher import START_S
from tests.eventually import PATIENCE_S, eventually
from tests.servers.process import free_port

ROOT = Path(__file__).parents[2]
SHIPPED = ROOT / "flows" / "gas-monitoring.yaml"
PASSWORD = "only for these tests"
__all__ = ["PASSWORD", "ROOT", "SHIPPED", "START_S", "EngineProcess", "Load", "Table", "load"]


class EngineProcess:
    """The engine with flows of its own folder, where deploys write. `environment` holds its settings."""

    def __init__(self, folder: Path, dsn: str, mqtt_url: str, **settings: str) -> None:
        self.folder = folder
        self.flows = folder / "flows"
        self.flows.mkdir()
        self.port = free_port()
        self.mqtt_url = mqtt_url
        self.environment = {
            "PATH": "/usr/bin:/bin",
            "HOME": str(folder),
            "MCS_DATABASE_URL": dsn,
            "MCS_MQTT_URL": mqtt_url,
            "MCS_PORT": str(self.port),
            "MCS_DATA": str(folder / "data"),
            "MCS_FLOWS": str(self.flows),
            "MCS_ADMIN_PASSWORD": PASSWORD,
            **settings,
        }
        self._process: subprocess.Popen[bytes] | None = None
        self._session: aiohttp.ClientSession | None = None

    def take_flow(self, flow: Path = SHIPPED) -> Self:
        """Copies a flow file into the folder of flows."""
        shutil.copy(flow, self.flows)
        return self

    def start(self) -> None:
        """Starts the process, and does not wait for it."""
        with (self.folder / "engine.log").open("ab") as log:
            command = ["setpriv", "--pdeathsig=KILL", sys.executable, "-m", "engine", "run"]
            self._process = subprocess.Popen(command, cwd=ROOT, env=self.environment, stdout=log, stderr=log)

    def end(self, number: signal.Signals = signal.SIGTERM) -> None:
        """Ends it with a signal; harmless when it has ended."""
        assert self._process is not None
        self._process.send_signal(number)
        self._process.wait(30)

    @property
    def log(self) -> str:
        """What it has said since the first start."""
        return (self.folder / "engine.log").read_text(errors="replace")

    @property
    def process(self) -> psutil.Process:
        """The running process."""
        assert self._process is not None
        return psutil.Process(self._process.pid)

    def rss_mb(self) -> float:
        """Resident memory."""
        return float(self.process.memory_info().rss) / 2**20

    def broker_connections(self) -> set[int]:
        """The local ports of its connections to the broker: another port is another connection."""
        broker = int(self.mqtt_url.rpartition(":")[2])
        found = self.process.net_connections("tcp")
        return {
            one.laddr.port for one in found if one.raddr and one.raddr.port == broker and one.status == "ESTABLISHED"
        }

    async def health(self) -> dict[str, Any]:
        """The answer of /api/health; {} while nobody answers."""
        try:
            async with self.http.get("/api/health") as answer:
                return dict(await answer.json())
        except (aiohttp.ClientError, OSError):
            return {}

    async def ready(self, flow: str = "gas-monitoring", within_s: float = PATIENCE_S) -> Self:
        """Returns when the flow runs and its sources are connected."""

        async def runs() -> bool:
            health = await self.health()
            return "starting" not in health and health.get("flows", {}).get(flow, {}).get("status") == "ok"

        await eventually(runs, within_s)
        await eventually(self.broker_connections, within_s)
        return self

    async def call(self, method: str, path: str, body: Any = None, expect: int = 200) -> Any:
        """A call of the API as the administrator."""
        async with self.http.request(method, path, json=body) as answer:
            told = await answer.text()
            if answer.status == 401:
                await self._sign_in()
                return await self.call(method, path, body, expect)
            assert answer.status == expect, f"{method} {path}: {answer.status} {told[:2000]}"
            return json.loads(told) if told else None

    async def deploy(self, flow: str, *operations: dict[str, Any], expect: int = 200) -> dict[str, Any]:
        """Deploys operations on the flow as it is; what was done."""
        row = await self.call("GET", f"/api/flows/{flow}")
        wanted = {"base": row["revision"], "operations": list(operations)}
        done: dict[str, Any] = await self.call("POST", f"/api/flows/{flow}/deploy", wanted, expect)
        return done

    async def figure(self, name: str, **labels: str) -> float:
        """One figure of /metrics, which answers without the database too."""
        async with self.http.get("/metrics") as answer:
            for line in (await answer.text()).splitlines():
                if line.startswith(f"{name}{{") and all(
                    f'{label}="{value}"' in line for label, value in labels.items()
                ):
                    return float(line.rpartition(" ")[2])
        raise LookupError(f"/metrics has no {name} {labels}")

    async def telemetry(self, flow: str = "gas-monitoring") -> dict[str, list[Any]]:
        """{node: [in, out, errors, …]}."""
        told = await self.call("GET", f"/api/flows/{flow}/telemetry")
        return dict(told["nodes"])

    @property
    def http(self) -> aiohttp.ClientSession:
        """A browser's session."""
        if self._session is None:
            url = f"http://127.0.0.1:{self.port}"
            jar = aiohttp.CookieJar(unsafe=True)
            self._session = aiohttp.ClientSession(url, cookie_jar=jar, headers={"X-MCS": "1", "Origin": url})
        return self._session

    async def close(self) -> None:
        """Ends the process and the session."""
        if self._session is not None:
            await self._session.close()
        if self._process is not None and self._process.poll() is None:
            self.end()

    async def _sign_in(self) -> None:
        wanted = {"user": "admin", "password": PASSWORD}
        async with self.http.post("/api/session", json=wanted) as answer:
            assert answer.status == 200, await answer.text()


class Table:
    """A database as a test sees it from outside; a table that is not there yet, or a server that is away, counts as empty."""

    def __init__(self, dsn: str) -> None:
        self.dsn = dsn
        self._connection: asyncpg.Connection | None = None

    async def value(self, query: str, *values: Any) -> Any:
        """The one value of a query, None while it can't be had."""
        try:
            return (await self.rows(query, *values))[0][0]
        except (
            OSError,
            IndexError,
            asyncpg.UndefinedTableError,
            asyncpg.PostgresConnectionError,
            asyncpg.InterfaceError,
        ):
            return None
        except (asyncpg.CannotConnectNowError, asyncpg.AdminShutdownError):
            return None

    async def rows(self, query: str, *values: Any) -> list[tuple[Any, ...]]:
        """The rows of a query."""
        if self._connection is None or self._connection.is_closed():
            self._connection = await asyncpg.connect(self.dsn, timeout=10)
        return [tuple(row) for row in await self._connection.fetch(query, *values)]

    async def close(self) -> None:
        """Ends its connection."""
        if self._connection is not None:
            await self._connection.close(timeout=5)

    async def add_devices(self, count: int, prefix: str = "GS", **columns: float) -> None:
        """Registers devices with k 0.02 and b -40, and the columns given; waits for the table."""

        async def there() -> bool:
            return await self.value("select count(*) from devices") is not None

        await eventually(there)
        names = "".join(f", {name}" for name in columns)
        values = "".join(f", {value}" for value in columns.values())
        await self.rows(
            f"insert into devices (sn, k, b, t_coef{names}) select $1 || lpad(n::text, 5, '0'), 0.02, -40, 0.1{values} "
            "from generate_series(0, $2 - 1) n",
            prefix,
            count,
        )

    async def readings(self) -> tuple[int, int]:
        """(rows, different readings)."""
        rows = await self.rows("select count(*), count(distinct (sn, time, seq)) from readings")
        return rows[0][0], rows[0][1]


class Load:
    """The publisher as a process of its own."""

    def __init__(self, url: str, **options: object) -> None:
        words = [word for name, value in options.items() for word in (f"--{name}", *[str(value)][: value != ""])]
        command = ["setpriv", "--pdeathsig=KILL", sys.executable, "-m", "tests.bench.publisher", "--url", url, *words]
        self.process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE)

    @property
    def over(self) -> bool:
        """Whether everything is published."""
        return self.process.poll() is not None

    async def finished(self) -> dict[str, float]:
        """Waits for its end; what it has to tell."""
        output, _ = await asyncio.to_thread(self.process.communicate)
        assert self.process.returncode == 0
        told: dict[str, float] = json.loads(output)
        return told

    def stop(self) -> None:
        """Ends it, whatever it does."""
        self.process.kill()
        self.process.wait()


@asynccontextmanager
async def load(url: str, **options: object) -> AsyncIterator[Load]:
    """Publishes until the block ends at the latest."""
    publishing = Load(url, **options)
    try:
        yield publishing
    finally:
        publishing.stop()
